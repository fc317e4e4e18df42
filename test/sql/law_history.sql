-- law: every effective change appends one event, nobody else does, and nobody takes one away
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('hi_card'), ('hi_bank');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, currency_code) VALUES
	('hi_s1', 'hi_c1', 'hi_card', 'eur'), ('hi_s2', 'hi_c1', 'hi_bank', 'eur');

-- one for each change of status, amount or selection, however much changes at once
UPDATE paysession.payment_session SET amount = 100 WHERE cart_id = 'hi_c1';
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'hi_s1';
UPDATE paysession.payment_session SET status = 'error', status_reason = 'card declined', amount = 110 WHERE id = 'hi_s1';
UPDATE paysession.payment_session SET amount = 120 WHERE id = 'hi_s1';
UPDATE paysession.payment_session SET status = 'pending', is_selected = false WHERE id = 'hi_s1';
UPDATE paysession.payment_session SET status = 'authorized', is_selected = true, amount = 130, data = '{"a": 1}' WHERE id = 'hi_s1';
UPDATE paysession.payment_session SET status = 'canceled', status_reason = 'changed mind' WHERE id = 'hi_s1';
DELETE FROM paysession.payment_session WHERE id = 'hi_s2';
SELECT session_id, from_status, to_status, amount, is_selected, reason
FROM paysession.payment_session_event WHERE session_id IN ('hi_s1', 'hi_s2') ORDER BY session_id, id;

-- ids ascend, times do not go back, and each says who, as whom, from where, and in which transaction
SELECT bool_and(id > before) AS ids_ascend, bool_and(at >= earlier) AS times_ascend,
	bool_and(at = date_trunc('milliseconds', at) AND at <= clock_timestamp()) AS in_milliseconds,
	bool_and(actor = session_user AND role = current_user AND application = current_setting('application_name')) AS who,
	count(DISTINCT txid) AS transactions
FROM (SELECT *, lag(id, 1, 0::bigint) OVER w AS before, lag(at, 1, '-infinity') OVER w AS earlier
	FROM paysession.payment_session_event WHERE session_id = 'hi_s1' WINDOW w AS (ORDER BY id)) e;
CREATE ROLE hi_app;
GRANT USAGE ON SCHEMA paysession TO hi_app;
GRANT SELECT, INSERT, UPDATE ON paysession.payment_session TO hi_app;
SET ROLE hi_app;
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('hi_s3', 'hi_card');
RESET ROLE;
SELECT actor = session_user AS actor, role FROM paysession.payment_session_event WHERE session_id = 'hi_s3';

-- the time is the clock's, under the row's lock, not the transaction's
BEGIN;
SELECT pg_sleep(0.002);
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'hi_s3';
SELECT at > now() AS later, at BETWEEN (SELECT updated_at FROM paysession.payment_session WHERE id = 'hi_s3') AND clock_timestamp() AS in_order
FROM paysession.payment_session_event WHERE session_id = 'hi_s3' ORDER BY id DESC LIMIT 1;
COMMIT;

-- none for what changes neither status, amount nor selection; updated_at tells of it
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'hi_s3' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment_session SET data = '{"b": 2}' WHERE id = 'hi_s3' RETURNING updated_at > :'before' AS updated;
-- none for a no-op, and no updated_at either, whatever was sent for it
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'hi_s3' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment_session SET status = status, amount = amount, is_selected = is_selected, data = '{ "b":2 }'
	WHERE id = 'hi_s3' RETURNING updated_at = :'before' AS untouched;
UPDATE paysession.payment_session SET updated_at = now() + interval '1 day'
	WHERE id = 'hi_s3' RETURNING updated_at = :'before' AS untouched;
UPDATE paysession.payment_session SET updated_at = NULL, is_initiated = true
	WHERE id = 'hi_s3' RETURNING updated_at BETWEEN :'before' AND clock_timestamp() AS stamped;
SELECT count(*) FROM paysession.payment_session_event WHERE session_id = 'hi_s3';

-- a document that is stored out of line is compared by its content
CREATE FUNCTION pg_temp.large(tail text) RETURNS jsonb LANGUAGE sql
	RETURN (SELECT jsonb_object_agg(n, md5(n::text)) || jsonb_build_object('tail', tail) FROM generate_series(1, 1200) n);
UPDATE paysession.payment_session SET data = pg_temp.large('a') WHERE id = 'hi_s3';
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'hi_s3' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment_session SET data = data, updated_at = now() WHERE id = 'hi_s3' RETURNING updated_at = :'before' AS untouched;
UPDATE paysession.payment_session SET data = pg_temp.large('a') WHERE id = 'hi_s3' RETURNING updated_at = :'before' AS untouched;
SELECT updated_at = :'before' AS untouched FROM paysession.ps_update('hi_s3', data => pg_temp.large('a'));
UPDATE paysession.payment_session SET data = pg_temp.large('b') WHERE id = 'hi_s3' RETURNING updated_at > :'before' AS updated;
SELECT is_selected, data = pg_temp.large('b') AS kept FROM paysession.ps_unselect('hi_s3');
SELECT is_selected, data = pg_temp.large('b') AS kept FROM paysession.ps_select('hi_s3');

-- a rolled-back change leaves none
BEGIN;
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'hi_s3';
SELECT count(*) FROM paysession.payment_session_event WHERE session_id = 'hi_s3';
ROLLBACK;
SELECT count(*) FROM paysession.payment_session_event WHERE session_id = 'hi_s3';

-- nobody writes the history by hand
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session_event (txid, at, is_selected, session_id, actor, role)
	VALUES ('1', now(), false, 'hi_s1', 'me', 'me')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session_event
	SELECT * FROM paysession.payment_session_event WHERE session_id = 'hi_s1'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session_event
	SELECT * FROM paysession.payment_session_event WHERE session_id = 'hi_s1' ON CONFLICT DO NOTHING$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session_event SET reason = 'x' WHERE session_id = 'hi_s1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session_event WHERE session_id = 'hi_s1'$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session_event$$);
-- not even a trigger of a session's table
CREATE FUNCTION hi_forge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO paysession.payment_session_event (txid, at, is_selected, session_id, actor, role)
		VALUES ('1', now(), false, NEW.id, 'me', 'me');
	RETURN NEW;
END
$$;
CREATE TRIGGER hi_forge BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION hi_forge();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 5 WHERE id = 'hi_s3'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('hi_s3', 5)$$);
DROP TRIGGER hi_forge ON paysession.payment_session;
-- nor one of the history itself
CREATE FUNCTION hi_twice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.id := NEW.id + 1000000;
	INSERT INTO paysession.payment_session_event SELECT NEW.*;
	RETURN NULL;
END
$$;
CREATE TRIGGER hi_twice AFTER INSERT ON paysession.payment_session_event FOR EACH ROW EXECUTE FUNCTION hi_twice();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 5 WHERE id = 'hi_s3'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('hi_s3', 5)$$);
DROP TRIGGER hi_twice ON paysession.payment_session_event;
DROP FUNCTION hi_forge, hi_twice;

-- what comes with triggers off, as from a publisher, gets this database's transaction id all the same
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO paysession.payment_session_event (id, txid, at, is_selected, session_id, actor, role)
	VALUES (1, '1', '2024-01-01', false, 'hi_replicated', 'me', 'me'), (2, NULL, '2024-01-01', false, 'hi_replicated', 'me', 'me');
SELECT id, at = '2024-01-01' AS kept, txid = pg_current_xact_id() AS restamped
FROM paysession.payment_session_event WHERE session_id = 'hi_replicated' ORDER BY id;
ROLLBACK;

-- the functions
SELECT from_status, to_status, amount, is_selected, reason FROM paysession.ps_history('hi_s1') LIMIT 4;
SELECT status FROM paysession.ps_fail('hi_s3', 'no funds');
SELECT status FROM paysession.ps_fail('hi_s3', 'once more');
SELECT from_status, to_status, reason FROM paysession.ps_history('hi_s3');

REVOKE ALL ON paysession.payment_session FROM hi_app;
REVOKE ALL ON SCHEMA paysession FROM hi_app;
DROP ROLE hi_app;
