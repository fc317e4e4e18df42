-- webhooks: what has waited is applied, whatever the transaction that wakes it does
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('wk_card', 'manual_multiple'), ('wk_bank', 'manual');
CREATE FUNCTION pg_temp.events(pattern text) RETURNS TABLE (event text, status text, outcome text, detail text)
BEGIN ATOMIC
	SELECT event_id, status, outcome, detail FROM paysession.provider_event
	WHERE event_id LIKE pattern AND provider_id LIKE 'wk\_%' ORDER BY event_id;
END;

-- constraints that somebody has made immediate
SELECT outcome FROM unnest(ARRAY['a_1', 'a_2']) AS id, paysession.ps_receive('wk_card', id, 'authorized', 'wk_' || id);
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT status FROM paysession.ps_create('wk_a_c1', 'wk_card', id => 'wk_a_1', amount => 100, currency_code => 'eur');
COMMIT;
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('wk_a_2', 'wk_a_c2', 'wk_card', 100, 'eur');
COMMIT;
SELECT id, status FROM paysession.payment_session WHERE id LIKE 'wk\_a%' ORDER BY id;
SELECT * FROM pg_temp.events('a%');

-- that a trigger makes immediate while a function writes
CREATE FUNCTION pg_temp.immediate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN SET CONSTRAINTS ALL IMMEDIATE; RETURN NULL; END';
CREATE TRIGGER zz_immediate AFTER INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.immediate();
SELECT outcome FROM paysession.ps_receive('wk_card', 'a_3', 'authorized', 'wk_a_3');
SELECT status FROM paysession.ps_create('wk_a_c3', 'wk_card', id => 'wk_a_3', amount => 100, currency_code => 'eur');
DROP TRIGGER zz_immediate ON paysession.payment_session;
SELECT id, status FROM paysession.payment_session WHERE id = 'wk_a_3';

-- an event that names an operation of our own which is not there yet
CALL pg_temp.pay('wk_b', 'wk_card', 100);
CREATE FUNCTION pg_temp.report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE INFO '%', (SELECT detail FROM paysession.ps_receive('wk_card', 'b_1', 'captured', operation_ref => NEW.id, amount => NEW.amount));
	RETURN NEW;
END
$$;
CREATE TRIGGER wk_report BEFORE INSERT ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION pg_temp.report();
SELECT status FROM paysession.ps_capture('wk_b', 60, lease => '1 hour');
DROP TRIGGER wk_report ON paysession.payment_operation;
SELECT * FROM pg_temp.events('b%');
SELECT * FROM pg_temp.money('wk\_b');
-- or a reference that an operation without a payment gets
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('wk_c', 'wk_c_c', 'wk_card', 100, 'eur');
SELECT claimed FROM paysession.ps_begin('wk_c');
SELECT status FROM paysession.ps_cancel('wk_c');
SELECT detail FROM paysession.ps_receive('wk_card', 'c_1', 'voided', operation_ref => 'wk_v1', amount => 100);
SELECT o.status FROM paysession.payment_operation p, paysession.ps_finish(p.id, 'unknown', provider_ref => 'wk_v1') o
WHERE p.session_id = 'wk_c' AND p.kind = 'void';
SELECT * FROM pg_temp.events('c%');
SELECT * FROM pg_temp.operations('wk\_c');

-- what waits for a payment still does when the provider is about to be asked
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('wk_e', 'wk_e_c', 'wk_card', 100, 'eur');
SELECT outcome, detail FROM paysession.ps_receive('wk_card', 'e_1', 'captured', 'wk_e', amount => 100);
SELECT status, claimed FROM paysession.ps_begin('wk_e');
SELECT kind, amount, status FROM pg_temp.operations('wk\_e');
SELECT * FROM pg_temp.events('e%');

-- another event that a trigger takes in meanwhile does not let the selection move
SELECT e.outcome FROM (VALUES (1, 'requires_more'), (2, 'authorized')) AS v (n, status), paysession.ps_receive('wk_card', 'd_' || n, v.status, provider_ref => 'wk_d') e;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, is_selected) VALUES ('wk_d_1', 'wk_d_c', 'wk_bank', 100, 'eur', true);
CREATE OR REPLACE FUNCTION pg_temp.report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_receive('wk_bank', 'd_3', 'pending', 'wk_d_1');
	RETURN NULL;
END
$$;
CREATE TRIGGER wk_report AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.report();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, provider_ref) VALUES ('wk_d_2', 'wk_d_c', 'wk_card', 100, 'eur', 'wk_d');
DROP TRIGGER wk_report ON paysession.payment_session;
SELECT * FROM pg_temp.events('d%');
SELECT id, status, is_selected FROM paysession.payment_session WHERE cart_id = 'wk_d_c' ORDER BY id;
SELECT * FROM pg_temp.unlawful();
