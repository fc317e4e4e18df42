-- law: operations are written by the functions only, and follow their session, whoever moves it; no external session is forgotten
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id) VALUES ('lo_card');
CALL pg_temp.pay('lo_p1', 'lo_card', 100);
SELECT kind, amount, claimed FROM paysession.ps_capture('lo_p1', 40, false, '1 hour');
SELECT kind, amount, claimed FROM paysession.ps_capture('lo_p1', 30, false);

-- raw INSERT, UPDATE and DELETE are refused, whoever makes them
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key)
	VALUES ('lo_x', 'capture', 'lo_p1', 'lo_card', 10, 'lo_key')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation SELECT * FROM paysession.payment_operation WHERE payment_id = 'lo_p1' ON CONFLICT DO NOTHING$$);
COPY paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) FROM stdin;
lo_x	capture	lo_p1	lo_card	10	lo_key
\.
CALL pg_temp.refuse($$MERGE INTO paysession.payment_operation USING (VALUES (1)) v (a) ON payment_id = 'lo_p1' AND status = 'pending'
	WHEN MATCHED THEN UPDATE SET status = 'succeeded', finished_at = now()$$);
SELECT attname AS "UPDATE of", pg_temp.outcome(format('UPDATE paysession.payment_operation SET %1$I = %1$I WHERE payment_id = ''lo_p1''', attname)) AS "to itself",
	pg_temp.outcome(format('UPDATE paysession.payment_operation SET %I = NULL WHERE payment_id = ''lo_p1''', attname)) AS "to null"
FROM pg_attribute WHERE attrelid = 'paysession.payment_operation'::regclass AND attnum > 0 ORDER BY attnum;
CALL pg_temp.refuse($$UPDATE paysession.payment_operation SET amount = 100 WHERE payment_id = 'lo_p1'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_operation WHERE payment_id = 'lo_p1'$$, true);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_operation$$);
-- from within a function's own write too
CREATE FUNCTION lo_forge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key)
		VALUES ('lo_x', 'capture', NEW.id, 'lo_card', 10, 'lo_key');
	RETURN NULL;
END
$$;
CREATE TRIGGER lo_forge AFTER UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION lo_forge();
CALL pg_temp.refuse($$SELECT paysession.ps_capture('lo_p1', 10, false)$$);
DROP TRIGGER lo_forge ON paysession.payment;
DROP FUNCTION lo_forge;
SELECT * FROM pg_temp.operations('lo_p1');
SELECT * FROM pg_temp.money('lo_p1');

-- what was asked for a session follows its move
CREATE PROCEDURE pg_temp.begin(session text) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES (session, session || '_c', 'lo_card', 100, 'eur');
	PERFORM paysession.ps_begin(session, '1 hour');
END
$$;
CALL pg_temp.begin('lo_s1');
CALL pg_temp.begin('lo_s2');
CALL pg_temp.begin('lo_s3');
CALL pg_temp.begin('lo_s4');
CALL pg_temp.begin('lo_s5');
SELECT * FROM pg_temp.operations('lo_s_');
UPDATE paysession.payment_session SET status = 'requires_more', provider_ref = 'lo_r1' WHERE id = 'lo_s1';
UPDATE paysession.payment_session SET status = 'authorized', provider_ref = 'lo_r2' WHERE id = 'lo_s2';
UPDATE paysession.payment_session SET status = 'error', status_reason = 'declined' WHERE id = 'lo_s3';
UPDATE paysession.payment_session SET status = 'canceled', status_reason = 'changed mind' WHERE id = 'lo_s4';
-- what moves nothing leaves it alone
UPDATE paysession.payment_session SET data = '{"a": 1}', amount = 90, status = 'pending' WHERE id = 'lo_s5';
SELECT * FROM pg_temp.operations('lo_s_');
-- back from the customer the same goes on; after an error another will
SELECT xmin AS version FROM paysession.payment_operation WHERE session_id = 'lo_s1' \gset
UPDATE paysession.payment_session SET status = 'pending' WHERE id IN ('lo_s1', 'lo_s3');
SELECT xmin = :'version' AS untouched FROM paysession.payment_operation WHERE session_id = 'lo_s1';
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'lo_s1';
SELECT * FROM pg_temp.operations('lo_s1');
SELECT * FROM pg_temp.operations('lo_s3');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lo_s3';
SELECT * FROM pg_temp.operations('lo_s3');
-- the money held is the money asked for
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lo_s5'$$, true);
-- as stored, whatever a user's trigger makes of it
CREATE FUNCTION lo_cheaper() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.amount := 90; RETURN NEW; END';
CREATE TRIGGER zzz_cheaper BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION lo_cheaper();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', amount = 100 WHERE id = 'lo_s5'$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('lo_s5')$$);
DROP FUNCTION lo_cheaper CASCADE;
UPDATE paysession.payment_session SET status = 'authorized', amount = 100 WHERE id = 'lo_s5';

-- a session that the provider may know, or that was authorized, leaves a void behind when it is canceled; another does not
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, is_initiated) VALUES
	('lo_v1', 'lo_v1_c', 'lo_card', 100, false), ('lo_v2', 'lo_v2_c', 'lo_card', 100, true), ('lo_v3', 'lo_v3_c', 'lo_card', NULL, true);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('lo_v4', 'lo_v4_c', 'lo_card', 100, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lo_v4';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id IN ('lo_v1', 'lo_v2', 'lo_v3', 'lo_v4', 'lo_s1', 'lo_s2');
SELECT * FROM pg_temp.operations('lo_v_');
SELECT * FROM pg_temp.operations('lo_s1');
SELECT * FROM pg_temp.operations('lo_s2');
-- initiated in the same statement, or no longer
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('lo_v5', 'lo_v5_c', 'lo_card');
UPDATE paysession.payment_session SET status = 'canceled', is_initiated = true WHERE id = 'lo_v5';
INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_initiated) VALUES ('lo_v6', 'lo_v6_c', 'lo_card', true);
UPDATE paysession.payment_session SET status = 'canceled', is_initiated = false WHERE id = 'lo_v6';
CALL pg_temp.begin('lo_v7');
UPDATE paysession.payment_session SET is_initiated = false WHERE id = 'lo_v7';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'lo_v7';
SELECT of, kind, status FROM pg_temp.operations('lo_v%') WHERE of IN ('lo_v5', 'lo_v6', 'lo_v7');
-- one, however often it is said
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'lo_v4';
SELECT count(*) FROM pg_temp.operations('lo_v4');
-- they keep the session
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'lo_v2'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'lo_s1'$$);
DELETE FROM paysession.payment_session WHERE id = 'lo_v1';

-- under the law, should somebody disable it, the constraints
ALTER TABLE paysession.payment_operation DISABLE TRIGGER zz_guard;
SELECT c, pg_temp.outcome(format('UPDATE paysession.payment_operation SET %s WHERE payment_id = ''lo_p1'' AND amount = 40', c)) AS outcome
FROM unnest(ARRAY['amount = 0', 'amount = -1', 'amount = NULL', 'amount = 9007199254740992', 'released_amount = -1', 'kind = ''chargeback''',
	'status = ''done'', finished_at = now()',
	'status = ''succeeded''', 'finished_at = now()', 'kind = NULL', 'provider_idempotency_key = NULL', 'session_id = ''lo_none''', 'payment_id = ''lo_none''',
	'provider_id = ''lo_none''', 'id = (SELECT id FROM paysession.payment_operation WHERE payment_id = ''lo_p1'' AND amount = 30)',
	'kind = ''void''', 'kind = ''void'', payment_id = NULL, amount = NULL', 'payment_id = NULL, amount = NULL', 'amount = 41']) AS c;
CALL pg_temp.refuse($$UPDATE paysession.payment_operation SET provider_ref = 'lo_one' WHERE payment_id = 'lo_p1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_operation SET idempotency_key = 'lo_one' WHERE payment_id = 'lo_p1'$$);
ALTER TABLE paysession.payment_operation ENABLE TRIGGER zz_guard;
SELECT * FROM pg_temp.unlawful();
