-- checkout: a payment session from its birth to the provider's last word.

CREATE FUNCTION paysession.ps_create(
	cart_id text,
	provider_id text,
	amount bigint DEFAULT NULL,
	data jsonb DEFAULT '{}',
	id text DEFAULT NULL,
	currency_code text DEFAULT NULL)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_create';
COMMENT ON FUNCTION paysession.ps_create(text, text, bigint, jsonb, text, text) IS
	'checkout: makes a payment session for a cart, or returns the one that is there';
REVOKE ALL ON FUNCTION paysession.ps_create(text, text, bigint, jsonb, text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_set_sessions(
	cart_id text,
	provider_ids text[] DEFAULT NULL)
RETURNS SETOF paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_set_sessions';
COMMENT ON FUNCTION paysession.ps_set_sessions(text, text[]) IS
	'checkout: makes a cart have a session for each of these providers, and no other';
REVOKE ALL ON FUNCTION paysession.ps_set_sessions(text, text[]) FROM PUBLIC;

CREATE FUNCTION paysession.ps_select(session_id text)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_select';
COMMENT ON FUNCTION paysession.ps_select(text) IS
	'checkout: selects the payment session that the customer pays with';
REVOKE ALL ON FUNCTION paysession.ps_select(text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_unselect(session_id text)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_unselect';
COMMENT ON FUNCTION paysession.ps_unselect(text) IS
	'checkout: takes the selection from a payment session';
REVOKE ALL ON FUNCTION paysession.ps_unselect(text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_update(
	session_id text,
	amount bigint DEFAULT NULL,
	data jsonb DEFAULT NULL,
	provider_ref text DEFAULT NULL)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_update';
COMMENT ON FUNCTION paysession.ps_update(text, bigint, jsonb, text) IS
	'checkout: changes amount, data or reference of a session; data once authorized';
REVOKE ALL ON FUNCTION paysession.ps_update(text, bigint, jsonb, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_require_more(
	session_id text,
	data jsonb DEFAULT NULL,
	provider_ref text DEFAULT NULL)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_require_more';
COMMENT ON FUNCTION paysession.ps_require_more(text, jsonb, text) IS
	'checkout: records that the provider needs more from the customer';
REVOKE ALL ON FUNCTION paysession.ps_require_more(text, jsonb, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_authorize(
	session_id text,
	amount bigint DEFAULT NULL,
	data jsonb DEFAULT NULL,
	provider_ref text DEFAULT NULL)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_authorize';
COMMENT ON FUNCTION paysession.ps_authorize(text, bigint, jsonb, text) IS
	'checkout: records that the provider holds the money; takes the selection';
REVOKE ALL ON FUNCTION paysession.ps_authorize(text, bigint, jsonb, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_fail(
	session_id text,
	reason text DEFAULT NULL,
	data jsonb DEFAULT NULL)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_fail';
COMMENT ON FUNCTION paysession.ps_fail(text, text, jsonb) IS
	'checkout: records the provider''s definitive no';
REVOKE ALL ON FUNCTION paysession.ps_fail(text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_retry(session_id text)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_retry';
COMMENT ON FUNCTION paysession.ps_retry(text) IS
	'checkout: makes a session that failed or waits for the customer pending again';
REVOKE ALL ON FUNCTION paysession.ps_retry(text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_cancel(
	session_id text,
	reason text DEFAULT NULL)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_cancel';
COMMENT ON FUNCTION paysession.ps_cancel(text, text) IS
	'checkout: cancels a payment session for good';
REVOKE ALL ON FUNCTION paysession.ps_cancel(text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_refresh(session_id text)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_refresh';
COMMENT ON FUNCTION paysession.ps_refresh(text) IS
	'checkout: puts a fresh payment session in the place of another, selection kept';
REVOKE ALL ON FUNCTION paysession.ps_refresh(text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_delete(session_id text)
RETURNS paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_delete';
COMMENT ON FUNCTION paysession.ps_delete(text) IS
	'checkout: removes a payment session; one that was initiated is canceled instead';
REVOKE ALL ON FUNCTION paysession.ps_delete(text) FROM PUBLIC;
