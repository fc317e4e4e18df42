-- money: reserve, call the provider, finish; and what has happened already.

CREATE FUNCTION paysession.ps_begin(
	session_id text,
	lease interval DEFAULT '60 seconds')
RETURNS paysession.claimed_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_begin';
COMMENT ON FUNCTION paysession.ps_begin(text, interval) IS
	'money: reserves an authorization; claimed: this caller is to ask the provider';
REVOKE ALL ON FUNCTION paysession.ps_begin(text, interval) FROM PUBLIC;

CREATE FUNCTION paysession.ps_claim(
	operation_id text,
	lease interval DEFAULT '60 seconds')
RETURNS paysession.claimed_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_claim';
COMMENT ON FUNCTION paysession.ps_claim(text, interval) IS
	'worker: claims a pending operation whose claim has run out';
REVOKE ALL ON FUNCTION paysession.ps_claim(text, interval) FROM PUBLIC;

CREATE FUNCTION paysession.ps_finish(
	operation_id text,
	outcome text,
	amount bigint DEFAULT NULL,
	provider_ref text DEFAULT NULL,
	reason text DEFAULT NULL)
RETURNS paysession.payment_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_finish';
COMMENT ON FUNCTION paysession.ps_finish(text, text, bigint, text, text) IS
	'money: records a provider''s answer: succeeded, failed, unknown or reversed';
REVOKE ALL ON FUNCTION paysession.ps_finish(text, text, bigint, text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_promote(
	session_id text,
	order_id text DEFAULT NULL)
RETURNS paysession.payment
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_promote';
COMMENT ON FUNCTION paysession.ps_promote(text, text) IS
	'money: makes an authorized payment session a payment, once';
REVOKE ALL ON FUNCTION paysession.ps_promote(text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_update_payment(
	payment_id text,
	order_id text DEFAULT NULL,
	authorization_expires_at timestamptz DEFAULT NULL,
	data jsonb DEFAULT NULL,
	metadata jsonb DEFAULT NULL)
RETURNS paysession.payment
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_update_payment';
COMMENT ON FUNCTION paysession.ps_update_payment(text, text, timestamptz, jsonb, jsonb) IS
	'money: changes what is known of a payment; its order is set once';
REVOKE ALL ON FUNCTION paysession.ps_update_payment(text, text, timestamptz, jsonb, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_capture(
	payment_id text,
	amount bigint DEFAULT NULL,
	final boolean DEFAULT NULL,
	lease interval DEFAULT NULL,
	idempotency_key text DEFAULT NULL,
	provider_ref text DEFAULT NULL,
	metadata jsonb DEFAULT '{}')
RETURNS paysession.claimed_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_capture';
COMMENT ON FUNCTION paysession.ps_capture(text, bigint, boolean, interval, text, text, jsonb) IS
	'money: captures what is capturable, or an amount; with a lease: reserves it';
REVOKE ALL ON FUNCTION paysession.ps_capture(text, bigint, boolean, interval, text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_refund(
	payment_id text,
	amount bigint DEFAULT NULL,
	reason text DEFAULT 'other',
	note text DEFAULT NULL,
	lease interval DEFAULT NULL,
	idempotency_key text DEFAULT NULL,
	provider_ref text DEFAULT NULL,
	metadata jsonb DEFAULT '{}')
RETURNS paysession.claimed_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_refund';
COMMENT ON FUNCTION paysession.ps_refund(text, bigint, text, text, interval, text, text, jsonb) IS
	'money: refunds what is refundable, or an amount; with a lease: reserves it';
REVOKE ALL ON FUNCTION paysession.ps_refund(text, bigint, text, text, interval, text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_refund_order(
	order_id text,
	amount bigint,
	reason text DEFAULT 'other',
	note text DEFAULT NULL,
	idempotency_key text DEFAULT NULL)
RETURNS SETOF paysession.payment_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_refund_order';
COMMENT ON FUNCTION paysession.ps_refund_order(text, bigint, text, text, text) IS
	'money: refunds an amount over an order''s payments, newest first, all or nothing';
REVOKE ALL ON FUNCTION paysession.ps_refund_order(text, bigint, text, text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_void(
	payment_id text,
	lease interval DEFAULT NULL,
	reason text DEFAULT NULL,
	idempotency_key text DEFAULT NULL,
	provider_ref text DEFAULT NULL)
RETURNS paysession.claimed_operation
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_void';
COMMENT ON FUNCTION paysession.ps_void(text, interval, text, text, text) IS
	'money: releases what is not captured; with a lease: reserves it';
REVOKE ALL ON FUNCTION paysession.ps_void(text, interval, text, text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_complete_cart(
	cart_id text DEFAULT NULL,
	idempotency_key text DEFAULT NULL,
	order_id text DEFAULT NULL)
RETURNS paysession.payment
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_complete_cart';
COMMENT ON FUNCTION paysession.ps_complete_cart(text, text, text) IS
	'checkout: completes a cart, once, with the payment of its authorized session';
REVOKE ALL ON FUNCTION paysession.ps_complete_cart(text, text, text) FROM PUBLIC;
