-- money: a user's triggers of all kinds fire for plain SQL and for the functions alike, and none of them moves money
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mt_card', 'manual_multiple'), ('mt_ideal', 'automatic');
CREATE TABLE mt_log (n serial, line text);
CREATE FUNCTION mt_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
	INSERT INTO mt_log (line) VALUES (concat_ws(' ', TG_TABLE_NAME, TG_NAME, TG_WHEN, TG_OP,
		CASE WHEN TG_LEVEL = 'ROW' THEN concat_ws(' ', row ->> 'kind', row ->> 'status', row ->> 'captured_amount') ELSE 'statement' END));
	RETURN coalesce(NEW, OLD);
END
$$;
CREATE FUNCTION mt_log_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	rows bigint;
BEGIN
	SELECT count(*) INTO rows FROM new_table;
	INSERT INTO mt_log (line) VALUES (concat_ws(' ', TG_TABLE_NAME, TG_NAME, TG_OP, 'of', rows));
	RETURN NULL;
END
$$;
-- Shows the log and empties it.
CREATE FUNCTION pg_temp.log() RETURNS SETOF text BEGIN ATOMIC
	WITH gone AS (DELETE FROM public.mt_log RETURNING n, line) SELECT line FROM gone ORDER BY n;
END;
DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['payment', 'payment_operation'] LOOP
		EXECUTE format('CREATE TRIGGER b_row BEFORE INSERT OR UPDATE OR DELETE ON paysession.%I FOR EACH ROW EXECUTE FUNCTION mt_log()', t);
		EXECUTE format('CREATE TRIGGER z_row AFTER INSERT OR UPDATE OR DELETE ON paysession.%I FOR EACH ROW EXECUTE FUNCTION mt_log()', t);
		EXECUTE format('CREATE TRIGGER z_stmt AFTER INSERT OR UPDATE OR DELETE ON paysession.%I FOR EACH STATEMENT EXECUTE FUNCTION mt_log()', t);
		EXECUTE format('CREATE TRIGGER t_insert AFTER INSERT ON paysession.%I REFERENCING NEW TABLE AS new_table FOR EACH STATEMENT EXECUTE FUNCTION mt_log_transition()', t);
		EXECUTE format('CREATE TRIGGER t_update AFTER UPDATE ON paysession.%I REFERENCING NEW TABLE AS new_table FOR EACH STATEMENT EXECUTE FUNCTION mt_log_transition()', t);
	END LOOP;
END
$$;
CREATE TRIGGER of_captured AFTER UPDATE OF captured_amount ON paysession.payment FOR EACH ROW EXECUTE FUNCTION mt_log();
CREATE TRIGGER of_status AFTER UPDATE OF status ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION mt_log();
CREATE CONSTRAINT TRIGGER deferred AFTER INSERT ON paysession.payment_operation DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mt_log();

-- plain SQL and the function make a payment alike
CALL pg_temp.pay('mt_p1', 'mt_card', 100);
SELECT * FROM pg_temp.log();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mt_s2', 'mt_c2', 'mt_card', 100, 'eur');
SELECT claimed FROM paysession.ps_begin('mt_s2', '1 hour');
SELECT * FROM pg_temp.log();
SELECT status FROM paysession.ps_authorize('mt_s2');
SELECT * FROM pg_temp.log();
SELECT status FROM paysession.ps_complete_cart('mt_c2');
SELECT * FROM pg_temp.log();
-- what is captured with the authorization
CALL pg_temp.pay('mt_p3', 'mt_ideal', 100);
SELECT * FROM pg_temp.log();
-- operations and totals
SELECT claimed FROM paysession.ps_capture('mt_p1', 60, lease => '1 hour', idempotency_key => 'mt_k1');
SELECT * FROM pg_temp.log();
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mt_p1'), 'unknown');
SELECT * FROM pg_temp.log();
SELECT claimed FROM paysession.ps_capture('mt_p1', 60, lease => '1 hour', idempotency_key => 'mt_k1');
SELECT * FROM pg_temp.log();
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mt_p1'), 'succeeded');
SELECT * FROM pg_temp.log();
UPDATE paysession.payment SET metadata = '{"a": 1}' WHERE id = 'mt_p1';
SELECT * FROM pg_temp.log();
-- a no-op fires nothing
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mt_p1'), 'succeeded');
SELECT status FROM paysession.ps_complete_cart('mt_c2');
SELECT amount FROM paysession.ps_capture('mt_p3');
SELECT status FROM paysession.ps_update_payment('mt_p1', metadata => '{"a": 1}');
SELECT * FROM pg_temp.log();
DROP FUNCTION mt_log, mt_log_transition CASCADE;

-- an outbox of operations sees each once, as it is stored
CREATE FUNCTION mt_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO mt_log (line) SELECT concat_ws(' ', NEW.kind, NEW.status, NEW.amount, 'of', p.status, p.captured_amount, p.refunded_amount)
		FROM paysession.payment p WHERE p.id = NEW.payment_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER outbox AFTER INSERT OR UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION mt_outbox();
SELECT amount FROM paysession.ps_refund('mt_p1', 10);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mt_p1' AND kind = 'refund'), 'reversed');
SELECT * FROM pg_temp.log();
DROP TRIGGER outbox ON paysession.payment_operation;

-- a trigger that changes what is the application's own of a payment is heard
CREATE FUNCTION mt_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.metadata := NEW.metadata || '{"tag": true}';
	RETURN NEW;
END
$$;
CREATE TRIGGER tag BEFORE INSERT OR UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION mt_tag();
CALL pg_temp.pay('mt_p4', 'mt_card', 100);
SELECT amount FROM paysession.ps_capture('mt_p4', 40);
UPDATE paysession.payment SET metadata = '{"a": 1}' WHERE id = 'mt_p1';
SELECT id, metadata, captured_amount FROM paysession.payment WHERE id IN ('mt_p1', 'mt_p4') ORDER BY id;
DROP TRIGGER tag ON paysession.payment;
-- so is one that writes the payment meanwhile
CREATE FUNCTION mt_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment SET metadata = metadata || '{"touched": true}' WHERE id = NEW.payment_id AND NOT metadata ? 'touched';
	RETURN NEW;
END
$$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION mt_touch();
SELECT amount FROM paysession.ps_capture('mt_p4', 20);
SELECT metadata, captured_amount FROM paysession.payment WHERE id = 'mt_p4';
CALL pg_temp.pay('mt_p5', 'mt_card', 100);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.ps_capture('mt_p5', 40, lease => '1 hour')), 'succeeded');
SELECT metadata, captured_amount, capture_pending FROM paysession.payment WHERE id = 'mt_p5';
DROP TRIGGER touch ON paysession.payment_operation;
-- and one that goes on with a verb: what is captured is refunded at once
CREATE FUNCTION mt_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_refund(NEW.payment_id, 5, 'discount') WHERE NEW.kind = 'capture' AND NEW.status = 'succeeded';
	RETURN NULL;
END
$$;
CREATE TRIGGER refund AFTER INSERT OR UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION mt_refund();
SELECT amount FROM paysession.ps_capture('mt_p5', 10);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.ps_capture('mt_p5', 20, lease => '1 hour')), 'succeeded');
SELECT * FROM pg_temp.money('mt_p5');
CALL pg_temp.pay('mt_p6', 'mt_ideal', 100);
SELECT * FROM pg_temp.money('mt_p6');
DROP TRIGGER refund ON paysession.payment_operation;
-- but not for the operation that is being answered
CREATE FUNCTION mt_finish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_finish(id, 'succeeded', amount) FROM paysession.payment_operation WHERE payment_id = NEW.id AND status = 'pending'
	AND amount = 10 AND pg_trigger_depth() = 1;
	RETURN NULL;
END
$$;
SELECT claimed FROM paysession.ps_capture('mt_p5', 20, lease => '1 hour');
SELECT claimed FROM paysession.ps_capture('mt_p5', 10, lease => '1 hour');
CREATE TRIGGER finish AFTER UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION mt_finish();
CALL pg_temp.refuse($$SELECT paysession.ps_finish(id, 'succeeded') FROM paysession.payment_operation WHERE payment_id = 'mt_p5' AND amount = 10 AND status = 'pending'$$);
-- for another it may
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mt_p5' AND amount = 20 AND status = 'pending'), 'failed');
SELECT kind, amount, status FROM pg_temp.operations('mt_p5') WHERE amount IN (10, 20);
DROP TRIGGER finish ON paysession.payment;
SELECT * FROM pg_temp.money('mt_p5');

-- a trigger that takes the change away: nothing happens, and a function says so
CREATE FUNCTION mt_suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mt_s7', 'mt_c7', 'mt_card', 100, 'eur'), ('mt_s8',
	'mt_c8', 'mt_card', 100, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'mt_s7';
CREATE TRIGGER suppress BEFORE INSERT OR UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION mt_suppress();
INSERT INTO paysession.payment (session_id) VALUES ('mt_s7') RETURNING id;
UPDATE paysession.payment SET order_id = 'mt_o1' WHERE id = 'mt_p5' RETURNING id;
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mt_s7')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mt_c7')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mt_p4', 1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mt_p4', 'mt_o1')$$);
DROP TRIGGER suppress ON paysession.payment;
CREATE TRIGGER suppress BEFORE INSERT OR UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION mt_suppress();
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mt_p4', 1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mt_s8')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(id, 'reversed') FROM paysession.payment_operation WHERE payment_id = 'mt_p3'$$);
DROP TRIGGER suppress ON paysession.payment_operation;
SELECT completed_at IS NULL AS open FROM paysession.cart WHERE id = 'mt_c7';
SELECT * FROM pg_temp.money('mt\_%');
SELECT * FROM pg_temp.unlawful();

DROP FUNCTION pg_temp.log;
DROP TABLE mt_log;
DROP FUNCTION mt_outbox, mt_tag, mt_touch, mt_refund, mt_finish, mt_suppress;
