-- idempotency: a request of the application that may come again.

CREATE FUNCTION paysession.ps_idempotency_begin(
	key text,
	method text,
	path text,
	params jsonb,
	lease interval DEFAULT '60 seconds')
RETURNS paysession.idempotency_key
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_idempotency_begin';
COMMENT ON FUNCTION paysession.ps_idempotency_begin(text, text, text, jsonb, interval) IS
	'idempotency: takes a key for a lease; says where to go on, or what to answer';
REVOKE ALL ON FUNCTION paysession.ps_idempotency_begin(text, text, text, jsonb, interval) FROM PUBLIC;

CREATE FUNCTION paysession.ps_idempotency_advance(
	key text,
	recovery_point text)
RETURNS paysession.idempotency_key
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_idempotency_advance';
COMMENT ON FUNCTION paysession.ps_idempotency_advance(text, text) IS
	'idempotency: records how far a request has come';
REVOKE ALL ON FUNCTION paysession.ps_idempotency_advance(text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_idempotency_finish(
	key text,
	code integer,
	body jsonb DEFAULT NULL)
RETURNS paysession.idempotency_key
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_idempotency_finish';
COMMENT ON FUNCTION paysession.ps_idempotency_finish(text, integer, jsonb) IS
	'idempotency: records what a request was answered with, to be answered so again';
REVOKE ALL ON FUNCTION paysession.ps_idempotency_finish(text, integer, jsonb) FROM PUBLIC;
