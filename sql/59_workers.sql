-- worker: what is to be done from time to time.

CREATE FUNCTION paysession.ps_expire(max_rows integer DEFAULT 1000)
RETURNS SETOF paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_expire';
COMMENT ON FUNCTION paysession.ps_expire(integer) IS
	'worker: cancels payment sessions that have expired, and has authorizations voided that have';
REVOKE ALL ON FUNCTION paysession.ps_expire(integer) FROM PUBLIC;

CREATE FUNCTION paysession.ps_stuck(
	older_than interval DEFAULT '5 minutes',
	max_rows integer DEFAULT 100)
RETURNS SETOF paysession.payment_operation
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_stuck';
COMMENT ON FUNCTION paysession.ps_stuck(interval, integer) IS
	'worker: the pending operations to ask the provider about, the oldest first; paysession.ps_claim takes one';
REVOKE ALL ON FUNCTION paysession.ps_stuck(interval, integer) FROM PUBLIC;

CREATE FUNCTION paysession.ps_purge(
	before timestamptz,
	max_rows integer DEFAULT 1000)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_purge';
COMMENT ON FUNCTION paysession.ps_purge(timestamptz, integer) IS
	'worker: forgets finished payment sessions, webhook events and idempotency keys from before a time; returns how many rows';
REVOKE ALL ON FUNCTION paysession.ps_purge(timestamptz, integer) FROM PUBLIC;
