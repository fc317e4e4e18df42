-- worker: what is to be done from time to time.

CREATE FUNCTION paysession.ps_expire(max_rows integer DEFAULT 1000)
RETURNS SETOF paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_expire';
COMMENT ON FUNCTION paysession.ps_expire(integer) IS
	'worker: cancels expired sessions, and has expired authorizations voided';
REVOKE ALL ON FUNCTION paysession.ps_expire(integer) FROM PUBLIC;

CREATE FUNCTION paysession.ps_stuck(
	older_than interval DEFAULT '5 minutes',
	max_rows integer DEFAULT 100)
RETURNS SETOF paysession.payment_operation
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_stuck';
COMMENT ON FUNCTION paysession.ps_stuck(interval, integer) IS
	'worker: the pending operations to ask the provider about, the oldest first';
REVOKE ALL ON FUNCTION paysession.ps_stuck(interval, integer) FROM PUBLIC;

CREATE FUNCTION paysession.ps_purge(
	before timestamptz,
	max_rows integer DEFAULT 1000)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_purge';
COMMENT ON FUNCTION paysession.ps_purge(timestamptz, integer) IS
	'worker: forgets what came to nothing, webhook events and keys from before a time';
REVOKE ALL ON FUNCTION paysession.ps_purge(timestamptz, integer) FROM PUBLIC;
