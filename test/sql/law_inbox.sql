-- law: the webhook inbox and the idempotency keys are written by the functions only
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('li_card');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('li_s1', 'li_c1', 'li_card', 100, 'eur'), ('li_s2', 'li_c2', 'li_card', 100, 'eur');
SELECT outcome FROM paysession.ps_receive('li_card', 'li_e1', 'error', 'li_s1');
SELECT outcome FROM paysession.ps_receive('li_card', 'li_e2', 'authorized', 'li_none');
SELECT recovery_point FROM paysession.ps_idempotency_begin('li_k1', 'POST', '/pay', '{}');

-- raw INSERT, UPDATE and DELETE are refused, whoever makes them
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome) VALUES ('li_card', 'li_x', 'pending', 'parked')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event SELECT * FROM paysession.provider_event WHERE event_id = 'li_e1' ON CONFLICT DO NOTHING$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event SELECT * FROM paysession.provider_event WHERE event_id = 'li_e1' ON CONFLICT (provider_id, event_id) DO UPDATE SET outcome = 'dismissed'$$);
CALL pg_temp.refuse($$UPDATE paysession.provider_event SET outcome = 'dismissed' WHERE event_id = 'li_e2'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.provider_event SET payload = payload WHERE event_id = 'li_e1'$$);
CALL pg_temp.refuse($$UPDATE paysession.provider_event SET note = 'x', resolved_at = now() WHERE event_id = 'li_e1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.provider_event WHERE event_id = 'li_e1'$$, true);
CALL pg_temp.refuse($$TRUNCATE paysession.provider_event$$);
CALL pg_temp.refuse($$MERGE INTO paysession.provider_event USING (VALUES (1)) v (a) ON event_id = 'li_e2' WHEN MATCHED THEN UPDATE SET outcome = 'applied'$$);
CALL pg_temp.refuse($$MERGE INTO paysession.provider_event USING (VALUES (1)) v (a) ON event_id = 'li_e2' WHEN MATCHED THEN DELETE$$);
COPY paysession.provider_event (provider_id, event_id, status, outcome) FROM stdin;
li_card	li_x	pending	parked
\.
CALL pg_temp.refuse($$INSERT INTO paysession.idempotency_key (id, idempotency_key) VALUES ('li_x', 'li_x')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.idempotency_key SET locked_at = NULL, locked_until = NULL WHERE idempotency_key = 'li_k1'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.idempotency_key WHERE idempotency_key = 'li_k1'$$, true);
CALL pg_temp.refuse($$TRUNCATE paysession.idempotency_key$$);
-- from within a function's own write too
CREATE FUNCTION li_forge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.provider_event SET outcome = 'applied' WHERE event_id = 'li_e2';
	RETURN NULL;
END
$$;
CREATE TRIGGER li_forge AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION li_forge();
SELECT outcome, detail FROM paysession.ps_receive('li_card', 'li_e3', 'authorized', 'li_s2');
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('li_s2')$$);
DROP TRIGGER li_forge ON paysession.payment_session;
DROP FUNCTION li_forge;
-- nor can a user's trigger change what a function writes
CREATE FUNCTION li_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.outcome := 'dismissed';
	RETURN NEW;
END
$$;
CREATE TRIGGER li_change BEFORE INSERT OR UPDATE ON paysession.provider_event FOR EACH ROW EXECUTE FUNCTION li_change();
CALL pg_temp.refuse($$SELECT paysession.ps_receive('li_card', 'li_e4', 'authorized', 'li_s2')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('li_card', 'li_e3', true)$$);
DROP TRIGGER li_change ON paysession.provider_event;
DROP FUNCTION li_change;
SELECT event_id, status, outcome FROM paysession.provider_event WHERE provider_id = 'li_card' ORDER BY event_id;
SELECT id, status FROM paysession.payment_session WHERE provider_id = 'li_card' ORDER BY id;

-- who may write the table needs more than that
CREATE ROLE li_app;
GRANT USAGE ON SCHEMA paysession TO li_app;
GRANT ALL ON ALL TABLES IN SCHEMA paysession TO li_app;
SET ROLE li_app;
SET row_security = off;
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome) VALUES ('li_card', 'li_x', 'pending', 'parked')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.idempotency_key (id, idempotency_key) VALUES ('li_x', 'li_x')$$);
RESET ROLE;
RESET row_security;
DROP OWNED BY li_app;
DROP ROLE li_app;

-- history comes in as it was, held to the constraints, and settles nothing
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.provider_event (provider_id, event_id, received_at, status, outcome, session_id, payload)
	VALUES ('li_card', 'li_h1', '2001-01-01', 'authorized', 'parked', 'li_s2', '{"a": 1}');
COPY paysession.provider_event (provider_id, event_id, received_at, status, outcome, session_id, resolved_at, resolved_by, note) FROM stdin;
li_card	li_h2	2001-01-01	canceled	dismissed	li_s2	2001-01-02	li_somebody	by hand
\.
INSERT INTO paysession.idempotency_key (id, created_at, idempotency_key, request_method, request_path, request_params, recovery_point, response_code)
	VALUES ('li_ikey', '2001-01-01', 'li_k2', 'POST', '/pay', '{}', 'finished', 200);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome) VALUES ('li_card', 'li_h1', 'pending', 'stale')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome) VALUES ('li_none', 'li_h3', 'pending', 'stale')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome) VALUES ('li_card', 'li_h3', 'paid', 'stale')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome) VALUES ('li_card', 'li_h3', 'pending', 'settled')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, amount) VALUES ('li_card', 'li_h3', 'pending', 'stale', 0)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, amount) VALUES ('li_card', 'li_h3', 'pending', 'stale', 9007199254740992)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, occurred_at) VALUES ('li_card', 'li_h3', 'pending', 'stale', 'infinity')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, payload) VALUES ('li_card', 'li_h3', 'pending', 'stale', NULL)$$);
-- and no further
CALL pg_temp.refuse($$UPDATE paysession.provider_event SET outcome = 'dismissed' WHERE event_id = 'li_h1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.provider_event WHERE event_id = 'li_h1'$$);
CALL pg_temp.refuse($$TRUNCATE paysession.provider_event$$);
COMMIT;
SELECT event_id, received_at = '2001-01-01' AS kept, outcome, resolved_by, note FROM paysession.provider_event WHERE event_id LIKE 'li\_h_' ORDER BY event_id;
SELECT status FROM paysession.payment_session WHERE id = 'li_s2';
-- what came in so is as good as any: a repetition is one, and what waits can be resolved
SELECT event_id, outcome FROM paysession.ps_receive('li_card', 'li_h2', 'canceled', 'li_s2');
SELECT outcome FROM paysession.ps_resolve('li_card', 'li_h1', true);
SELECT response_code FROM paysession.ps_idempotency_begin('li_k2', 'POST', '/pay', '{}');
SELECT status FROM paysession.payment_session WHERE id = 'li_s2';
