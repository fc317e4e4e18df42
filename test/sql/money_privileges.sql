-- money: privileges: EXECUTE on a function is the whole capability, raw DML needs table privileges and meets the law, PUBLIC has nothing
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql
GRANT ALL ON PROCEDURE pg_temp.refuse TO PUBLIC;

CREATE ROLE mq_none;
CREATE ROLE mq_functions;
CREATE ROLE mq_tables;
CREATE ROLE mq_reader;
GRANT USAGE ON SCHEMA paysession TO mq_none, mq_functions, mq_tables, mq_reader;
INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mq_card', 'manual_multiple'), ('mq_ideal', 'automatic');
CALL pg_temp.pay('mq_p1', 'mq_card', 100, 'mq_o1');

-- PUBLIC has nothing: no table, view, function or type
SELECT c.oid::regclass AS readable FROM pg_class c WHERE c.relnamespace = 'paysession'::regnamespace
	AND c.relname ~ '^(payment|payment_operation|capture|refund|order_payment_status|claimed_operation)$'
	AND c.relkind IN ('r', 'v') AND (has_table_privilege('mq_none', c.oid,
	'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') OR has_any_column_privilege('mq_none', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'));
SELECT has_type_privilege('mq_none', 'paysession.claimed_operation', 'USAGE') AS type;
SET ROLE mq_none;
CALL pg_temp.refuse($$SELECT FROM paysession.payment$$);
CALL pg_temp.refuse($$SELECT FROM paysession.payment_operation$$);
CALL pg_temp.refuse($$SELECT FROM paysession.capture$$);
CALL pg_temp.refuse($$SELECT FROM paysession.refund$$);
CALL pg_temp.refuse($$SELECT FROM paysession.order_payment_status$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('mq_none')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET metadata = '{}'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mq_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_claim('mq_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('mq_none', 'failed')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mq_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mq_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mq_p1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mq_p1')$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mq_o1', 1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_void('mq_p1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mq_none')$$);
CALL pg_temp.refuse($$SELECT paysession.payment_guard()$$);
CALL pg_temp.refuse($$SELECT paysession.payment_follow()$$);
CALL pg_temp.refuse($$SELECT paysession.payment_operation_guard()$$);
RESET ROLE;

-- EXECUTE alone runs a whole checkout, the money with it
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prorettype <> 'trigger'::regtype LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO mq_functions', f);
	END LOOP;
END
$$;
SET ROLE mq_functions;
SELECT total FROM paysession.ps_put_cart('{"id": "mq_c1", "currency_code": "eur", "subtotal": 500}');
SELECT id AS s FROM paysession.ps_set_sessions('mq_c1', '{mq_card}') \gset
SELECT claimed, status FROM paysession.ps_begin(:'s');
SELECT status FROM paysession.ps_authorize(:'s');
SELECT id AS p, order_id FROM paysession.ps_complete_cart('mq_c1', order_id => 'mq_o2') \gset
SELECT id AS op, claimed FROM paysession.ps_capture(:'p', 300, lease => '1 hour') \gset
SELECT status FROM paysession.ps_finish(:'op', 'unknown');
SELECT claimed FROM paysession.ps_claim(:'op');
SELECT status FROM paysession.ps_finish(:'op', 'succeeded', 250);
SELECT amount FROM paysession.ps_refund(:'p', 50);
SELECT amount FROM paysession.ps_refund_order('mq_o2', 50);
SELECT amount FROM paysession.ps_void(:'p');
SELECT metadata FROM paysession.ps_update_payment(:'p', metadata => '{"a": 1}');
SELECT status, captured_amount, refunded_amount, voided_amount FROM paysession.ps_promote(:'s');
SELECT paysession.ps_get(:'s', '{payment}') #>> '{payment,status}', jsonb_array_length(paysession.ps_get(:'s', '{operations}') -> 'operations');
SELECT status FROM paysession.ps_authorize((SELECT id FROM paysession.ps_create('mq_c2', 'mq_ideal', 5, currency_code => 'eur')));
SELECT status, captured_amount FROM paysession.ps_complete_cart('mq_c2');
-- and is refused what the law refuses, and everything raw
CALL pg_temp.refuse(format('SELECT paysession.ps_refund(%L, 151)', :'p'));
CALL pg_temp.refuse($$SELECT FROM paysession.payment$$);
CALL pg_temp.refuse($$SELECT FROM paysession.capture$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET captured_amount = 0$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation (id) VALUES ('mq_x')$$);
RESET ROLE;

-- raw DML alone meets the law; what follows from it is written for whoever made it
GRANT SELECT, INSERT, UPDATE, DELETE ON paysession.payment_session, paysession.payment, paysession.payment_operation TO mq_tables;
SET ROLE mq_tables;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mq_s3', 'mq_c3', 'mq_card', 300, 'eur'), ('mq_s4',
	'mq_c4', 'mq_ideal', 400, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('mq_s3', 'mq_s4');
INSERT INTO paysession.payment (id, session_id) VALUES ('mq_p3', 'mq_s3'), ('mq_p4', 'mq_s4');
UPDATE paysession.payment SET order_id = 'mq_o3', metadata = '{"a": 1}' WHERE id = 'mq_p3' RETURNING order_id;
SELECT id, status, captured_amount FROM paysession.payment WHERE id IN ('mq_p3', 'mq_p4') ORDER BY id;
CALL pg_temp.refuse($$UPDATE paysession.payment SET captured_amount = 300 WHERE id = 'mq_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET amount = 301 WHERE id = 'mq_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET order_id = 'mq_o4' WHERE id = 'mq_p3'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, refunded_amount) VALUES ('mq_s3', 1)$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment WHERE id = 'mq_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'mq_s3'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mq_x', 'capture', 'mq_p3', 'mq_card', 5, 'k')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_operation SET status = 'failed' WHERE payment_id = 'mq_p4'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_operation WHERE payment_id = 'mq_p4'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mq_p3')$$);
CALL pg_temp.refuse($$ALTER TABLE paysession.payment DISABLE TRIGGER ALL$$);
SET row_security = off;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mq_x', 'capture', 'mq_p3', 'mq_card', 5, 'k')$$);
RESET row_security;
RESET ROLE;
-- a session begun is canceled by someone who may not touch operations: they follow all the same
SELECT claimed FROM paysession.ps_begin((SELECT id FROM paysession.ps_create('mq_c5', 'mq_card', 5, id => 'mq_s5', currency_code => 'eur')));
REVOKE ALL ON paysession.payment_operation FROM mq_tables;
SET ROLE mq_tables;
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'mq_s5';
RESET ROLE;
SELECT kind, status, reason FROM pg_temp.operations('mq_s5');

-- a reader sees through the views what it is granted
GRANT SELECT ON paysession.capture, paysession.order_payment_status TO mq_reader;
SET ROLE mq_reader;
SELECT amount, status, currency_code, order_id FROM paysession.capture WHERE order_id = 'mq_o2';
SELECT order_id, status, captured_amount FROM paysession.order_payment_status WHERE order_id LIKE 'mq%' ORDER BY order_id;
CALL pg_temp.refuse($$SELECT FROM paysession.refund$$);
CALL pg_temp.refuse($$SELECT FROM paysession.payment$$);
RESET ROLE;

-- no trigger of a user's runs as anyone but the caller
CREATE FUNCTION mq_whoami() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE INFO '% on % as %', TG_OP, TG_TABLE_NAME, CASE WHEN current_user LIKE 'mq\_%' THEN current_user ELSE 'another' END;
	RETURN NEW;
END
$$;
CREATE TRIGGER whoami BEFORE INSERT OR UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION mq_whoami();
CREATE TRIGGER whoami AFTER INSERT OR UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION mq_whoami();
SET ROLE mq_functions;
SELECT amount FROM paysession.ps_capture('mq_p3', 10);
SELECT amount FROM paysession.ps_void('mq_p3');
SET ROLE mq_tables;
UPDATE paysession.payment SET metadata = '{}' WHERE id = 'mq_p3';
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('mq_s6', 'mq_ideal', 6, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'mq_s6';
INSERT INTO paysession.payment (id, session_id) VALUES ('mq_p6', 'mq_s6');
RESET ROLE;
DROP TRIGGER whoami ON paysession.payment;
DROP TRIGGER whoami ON paysession.payment_operation;
DROP FUNCTION mq_whoami;
SELECT * FROM pg_temp.money('mq\_%');
SELECT * FROM pg_temp.unlawful();

DROP OWNED BY mq_none, mq_functions, mq_tables, mq_reader;
DROP ROLE mq_none, mq_functions, mq_tables, mq_reader;
