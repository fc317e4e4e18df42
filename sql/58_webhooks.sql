-- webhook: what providers report by themselves, in any order and any number of times.

CREATE FUNCTION paysession.ps_receive(
	provider_id text,
	event_id text,
	status text,
	session_id text DEFAULT NULL,
	provider_ref text DEFAULT NULL,
	operation_ref text DEFAULT NULL,
	amount bigint DEFAULT NULL,
	payload jsonb DEFAULT '{}',
	occurred_at timestamptz DEFAULT NULL)
RETURNS paysession.provider_event
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_receive';
COMMENT ON FUNCTION paysession.ps_receive(text, text, text, text, text, text, bigint, jsonb, timestamptz) IS
	'webhook: takes in an event of a provider, once, and applies it';
REVOKE ALL ON FUNCTION paysession.ps_receive(text, text, text, text, text, text, bigint, jsonb, timestamptz) FROM PUBLIC;

CREATE FUNCTION paysession.ps_resolve(
	provider_id text,
	event_id text,
	apply boolean,
	note text DEFAULT NULL)
RETURNS paysession.provider_event
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_resolve';
COMMENT ON FUNCTION paysession.ps_resolve(text, text, boolean, text) IS
	'webhook: tries an event that is a conflict or parked once more, or dismisses it';
REVOKE ALL ON FUNCTION paysession.ps_resolve(text, text, boolean, text) FROM PUBLIC;
