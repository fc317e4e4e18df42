-- The webhook inbox: what providers have reported, and what came of it.

CREATE TABLE paysession.provider_event (
	provider_id text COLLATE "C" NOT NULL,
	event_id text COLLATE "C" NOT NULL,
	received_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	occurred_at timestamptz(3),
	amount bigint,
	status text COLLATE "C" NOT NULL,
	outcome text COLLATE "C" NOT NULL,
	session_id text COLLATE "C",
	provider_ref text COLLATE "C",
	operation_ref text COLLATE "C",
	detail text,
	resolved_at timestamptz(3),
	resolved_by text COLLATE "C",
	note text,
	payload jsonb NOT NULL DEFAULT '{}',
	CONSTRAINT provider_event_pkey PRIMARY KEY (provider_id, event_id),
	CONSTRAINT provider_event_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES paysession.payment_provider (id),
	CONSTRAINT provider_event_status CHECK (status IN
		('pending', 'requires_more', 'error', 'authorized', 'canceled', 'captured', 'capture_failed',
		 'refunded', 'refund_failed', 'voided', 'disputed', 'dispute_won', 'dispute_lost')),
	CONSTRAINT provider_event_outcome CHECK (outcome IN
		('applied', 'duplicate', 'stale', 'parked', 'conflict', 'dismissed')),
	CONSTRAINT provider_event_amount CHECK ((amount BETWEEN 1 AND 9007199254740991) IS NOT FALSE),
	CONSTRAINT provider_event_times CHECK
		((isfinite(received_at) AND isfinite(occurred_at) AND isfinite(resolved_at)) IS NOT FALSE)
) WITH (fillfactor = 90);
CREATE INDEX provider_event_session_id_idx
	ON paysession.provider_event (session_id, provider_id, event_id) WHERE session_id IS NOT NULL;
CREATE INDEX provider_event_parked_provider_ref_idx
	ON paysession.provider_event (provider_id, provider_ref) WHERE outcome = 'parked' AND provider_ref IS NOT NULL;
CREATE INDEX provider_event_parked_operation_ref_idx
	ON paysession.provider_event (provider_id, operation_ref) WHERE outcome = 'parked' AND operation_ref IS NOT NULL;
CREATE INDEX provider_event_received_at_idx ON paysession.provider_event (received_at);
COMMENT ON TABLE paysession.provider_event IS 'the webhook inbox: each event once, and what came of it; written by functions';
COMMENT ON COLUMN paysession.provider_event.provider_id IS 'the payment provider that sent it';
COMMENT ON COLUMN paysession.provider_event.event_id IS 'the provider''s own id of the event';
COMMENT ON COLUMN paysession.provider_event.received_at IS 'when it first came';
COMMENT ON COLUMN paysession.provider_event.occurred_at IS 'when it happened, by the provider''s clock; NULL: not said';
COMMENT ON COLUMN paysession.provider_event.amount IS
	'in minor units: of one operation, or without operation_ref a running total';
COMMENT ON COLUMN paysession.provider_event.status IS
	'what it says of the session (authorized, …) or of money (captured, refunded, …)';
COMMENT ON COLUMN paysession.provider_event.outcome IS
	'what came of it: applied, duplicate, stale, parked, conflict or dismissed';
COMMENT ON COLUMN paysession.provider_event.session_id IS 'the payment session, as given or as found';
COMMENT ON COLUMN paysession.provider_event.provider_ref IS 'the provider''s own id of the external session';
COMMENT ON COLUMN paysession.provider_event.operation_ref IS 'the provider''s id of the capture, refund, void or dispute, or our operation''s';
COMMENT ON COLUMN paysession.provider_event.detail IS 'why it was not applied, or what was done';
COMMENT ON COLUMN paysession.provider_event.resolved_at IS 'when somebody last resolved it by hand';
COMMENT ON COLUMN paysession.provider_event.resolved_by IS 'session_user of whoever resolved it by hand';
COMMENT ON COLUMN paysession.provider_event.note IS 'what whoever resolved it had to say';
COMMENT ON COLUMN paysession.provider_event.payload IS 'what the provider sent, card numbers masked; left out when larger than 64 kB';

CREATE VIEW paysession.provider_conflict AS
	SELECT provider_id, event_id, received_at, occurred_at, status, amount, session_id, provider_ref, operation_ref,
		outcome, detail
	FROM paysession.provider_event
	WHERE outcome = 'conflict'
		OR (outcome = 'parked' AND received_at < pg_catalog.now() - interval '1 hour');
COMMENT ON VIEW paysession.provider_conflict IS
	'the events for somebody to look at: conflicts, and those parked for over an hour';
COMMENT ON COLUMN paysession.provider_conflict.provider_id IS 'the payment provider that sent it';
COMMENT ON COLUMN paysession.provider_conflict.event_id IS 'the provider''s own id of the event';
COMMENT ON COLUMN paysession.provider_conflict.received_at IS 'when it first came';
COMMENT ON COLUMN paysession.provider_conflict.occurred_at IS 'when it happened, by the provider''s clock; NULL: not said';
COMMENT ON COLUMN paysession.provider_conflict.status IS 'what it says of the session (authorized, …) or of money (captured, refunded, …)';
COMMENT ON COLUMN paysession.provider_conflict.amount IS 'in minor units: of one operation, or without operation_ref a running total';
COMMENT ON COLUMN paysession.provider_conflict.session_id IS 'the payment session, as given or as found';
COMMENT ON COLUMN paysession.provider_conflict.provider_ref IS 'the provider''s own id of the external session';
COMMENT ON COLUMN paysession.provider_conflict.operation_ref IS 'the provider''s id of the capture, refund, void or dispute, or our operation''s';
COMMENT ON COLUMN paysession.provider_conflict.outcome IS 'conflict or parked';
COMMENT ON COLUMN paysession.provider_conflict.detail IS 'why it was not applied';

SELECT pg_catalog.pg_extension_config_dump('paysession.provider_event', '');
