-- read: nothing here locks or writes.

CREATE FUNCTION paysession.ps_get(
	session_id text,
	expand text[] DEFAULT '{}')
RETURNS jsonb
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_get';
COMMENT ON FUNCTION paysession.ps_get(text, text[]) IS
	'read: a payment session as JSON, expanded by details, cart, payment, operations';
REVOKE ALL ON FUNCTION paysession.ps_get(text, text[]) FROM PUBLIC;

CREATE FUNCTION paysession.ps_list(
	cart_id text DEFAULT NULL,
	payment_collection_id text DEFAULT NULL,
	provider_id text DEFAULT NULL,
	status paysession.payment_session_status DEFAULT NULL,
	created_before timestamptz DEFAULT NULL,
	after text DEFAULT NULL,
	max_rows integer DEFAULT 50)
RETURNS SETOF paysession.payment_session
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_list';
COMMENT ON FUNCTION paysession.ps_list(text, text, text, paysession.payment_session_status, timestamptz, text, integer) IS
	'read: payment sessions, newest first; after is the last id seen';
REVOKE ALL ON FUNCTION paysession.ps_list(text, text, text, paysession.payment_session_status, timestamptz, text, integer) FROM PUBLIC;

CREATE FUNCTION paysession.ps_history(
	session_id text,
	at timestamptz DEFAULT NULL)
RETURNS SETOF paysession.payment_session_event
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_history';
COMMENT ON FUNCTION paysession.ps_history(text, timestamptz) IS
	'read: what happened to a payment session, oldest first, up to a time';
REVOKE ALL ON FUNCTION paysession.ps_history(text, timestamptz) FROM PUBLIC;

CREATE FUNCTION paysession.ps_events(
	after text DEFAULT NULL,
	max_rows integer DEFAULT 100)
RETURNS TABLE (cursor text, id bigint, txid xid8, at timestamptz, amount bigint,
	from_status paysession.payment_session_status, to_status paysession.payment_session_status,
	is_selected boolean, session_id text, actor text, role text, application text, reason text)
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_events';
COMMENT ON FUNCTION paysession.ps_events(text, integer) IS
	'read: the history of all payment sessions; after is the last cursor seen';
REVOKE ALL ON FUNCTION paysession.ps_events(text, integer) FROM PUBLIC;

CREATE FUNCTION paysession.ps_transitions()
RETURNS TABLE (from_status paysession.payment_session_status, to_status paysession.payment_session_status, verb text, reason text)
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_transitions';
COMMENT ON FUNCTION paysession.ps_transitions() IS
	'read: the moves that a payment session can make, its birth among them';
REVOKE ALL ON FUNCTION paysession.ps_transitions() FROM PUBLIC;
