-- user triggers: all kinds fire for plain SQL and for the functions alike, and none of them undoes the law
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('ut_card'), ('ut_bank');
INSERT INTO paysession.cart (id, currency_code) SELECT 'ut_c' || n, 'eur' FROM generate_series(1, 9) n;

CREATE TABLE ut_log (n serial, line text);
CREATE FUNCTION ut_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO ut_log (line) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_OP,
		CASE WHEN TG_LEVEL = 'ROW' THEN format('%s -> %s', coalesce(OLD.id, '-'), coalesce(NEW.id, '-')) ELSE 'statement' END));
	RETURN coalesce(NEW, OLD);
END
$$;
CREATE FUNCTION ut_log_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	old_rows text;
	new_rows text;
BEGIN
	IF TG_OP <> 'INSERT' THEN
		SELECT string_agg(format('%s %s', id, status), ', ' ORDER BY id) INTO old_rows FROM old_table;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		SELECT string_agg(format('%s %s', id, status), ', ' ORDER BY id) INTO new_rows FROM new_table;
	END IF;
	INSERT INTO ut_log (line) VALUES (format('%s [%s] -> [%s]', TG_NAME, old_rows, new_rows));
	RETURN NULL;
END
$$;
-- Shows the log and empties it.
CREATE FUNCTION pg_temp.log() RETURNS SETOF text BEGIN ATOMIC
	WITH gone AS (DELETE FROM public.ut_log RETURNING n, line) SELECT line FROM gone ORDER BY n;
END;

-- for each row, before and after, and for each statement
CREATE TRIGGER b_row BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_log();
CREATE TRIGGER z_row AFTER INSERT OR UPDATE OR DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_log();
CREATE TRIGGER of_status AFTER UPDATE OF status ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_log();
CREATE TRIGGER b_stmt BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_session FOR EACH STATEMENT EXECUTE FUNCTION ut_log();
CREATE TRIGGER z_stmt AFTER INSERT OR UPDATE OR DELETE ON paysession.payment_session FOR EACH STATEMENT EXECUTE FUNCTION ut_log();
CREATE TRIGGER t_insert AFTER INSERT ON paysession.payment_session REFERENCING NEW TABLE AS new_table FOR EACH STATEMENT EXECUTE FUNCTION ut_log_transition();
CREATE TRIGGER t_update AFTER UPDATE ON paysession.payment_session REFERENCING OLD TABLE AS old_table NEW TABLE AS new_table FOR EACH STATEMENT EXECUTE FUNCTION ut_log_transition();
CREATE TRIGGER t_delete AFTER DELETE ON paysession.payment_session REFERENCING OLD TABLE AS old_table FOR EACH STATEMENT EXECUTE FUNCTION ut_log_transition();
CREATE CONSTRAINT TRIGGER deferred AFTER INSERT ON paysession.payment_session DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ut_log();

INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('ut_s1', 'ut_c1', 'ut_card', 100);
SELECT * FROM pg_temp.log();
SELECT id FROM paysession.ps_create('ut_c2', 'ut_card', 100, id => 'ut_s2');
SELECT * FROM pg_temp.log();
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ut_s1';
SELECT * FROM pg_temp.log();
SELECT status FROM paysession.ps_authorize('ut_s2');
SELECT * FROM pg_temp.log();
SELECT data FROM paysession.ps_update('ut_s2', data => '{"a": 1}');
SELECT * FROM pg_temp.log();
SELECT id FROM paysession.ps_create('ut_c3', 'ut_card', 100, id => 'ut_s3');
SELECT count(*) FROM pg_temp.log();
SELECT id FROM paysession.ps_delete('ut_s3');
SELECT * FROM pg_temp.log();
-- a no-op of a function fires nothing
SELECT status FROM paysession.ps_authorize('ut_s2');
SELECT * FROM pg_temp.log();
DROP TRIGGER b_row ON paysession.payment_session;
DROP TRIGGER z_row ON paysession.payment_session;
DROP TRIGGER of_status ON paysession.payment_session;
DROP TRIGGER b_stmt ON paysession.payment_session;
DROP TRIGGER z_stmt ON paysession.payment_session;
DROP TRIGGER t_insert ON paysession.payment_session;
DROP TRIGGER t_update ON paysession.payment_session;
DROP TRIGGER t_delete ON paysession.payment_session;
DROP TRIGGER deferred ON paysession.payment_session;

-- on the history: an outbox sees the event of a function's change as well
CREATE FUNCTION ut_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO ut_log (line) VALUES (format('%s: %s -> %s', NEW.session_id, NEW.from_status, NEW.to_status));
	RETURN NULL;
END
$$;
CREATE TRIGGER outbox AFTER INSERT ON paysession.payment_session_event FOR EACH ROW EXECUTE FUNCTION ut_outbox();
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'ut_s1';
SELECT status FROM paysession.ps_cancel('ut_s2');
SELECT * FROM pg_temp.log();
DROP TRIGGER outbox ON paysession.payment_session_event;

-- a trigger that changes the row before the law sees it is judged by what it makes
CREATE FUNCTION ut_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.data := NEW.data || '{"tag": true}';
	RETURN NEW;
END
$$;
CREATE TRIGGER tag BEFORE INSERT OR UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_tag();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('ut_s4', 'ut_c4', 'ut_card', 100) RETURNING data;
UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'ut_s4' RETURNING data;
SELECT data FROM paysession.ps_create('ut_c5', 'ut_card', 100, id => 'ut_s5');
SELECT data FROM paysession.ps_update('ut_s5', data => '{"a": 1}');
DROP TRIGGER tag ON paysession.payment_session;
-- one that changes the cart of the new session meanwhile
CREATE FUNCTION ut_touch_cart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.cart SET metadata = metadata || '{"touched": true}' WHERE id = NEW.cart_id;
	RETURN NEW;
END
$$;
CREATE TRIGGER touch_cart BEFORE INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_touch_cart();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('ut_s6', 'ut_c6', 'ut_card', 100);
SELECT id FROM paysession.ps_create('ut_c6', 'ut_bank', 100, id => 'ut_s7');
SELECT metadata, session_count FROM paysession.cart WHERE id = 'ut_c6';
DROP TRIGGER touch_cart ON paysession.payment_session;

-- one that changes the other sessions of the cart, which the function has locked already
CREATE FUNCTION ut_touch_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF pg_trigger_depth() = 1 THEN
		UPDATE paysession.payment_session SET data = data || '{"touched": true}' WHERE cart_id = NEW.cart_id AND id <> NEW.id;
	END IF;
	RETURN NULL;
END
$$;
SELECT is_selected FROM paysession.ps_select('ut_s6');
CREATE TRIGGER touch_others AFTER UPDATE OF is_selected ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_touch_others();
SELECT is_selected, data FROM paysession.ps_select('ut_s7');
SELECT id, is_selected, data FROM paysession.payment_session WHERE cart_id = 'ut_c6' ORDER BY id;
SELECT status, is_selected FROM paysession.ps_authorize('ut_s6');
SELECT id, status, is_selected, data FROM paysession.payment_session WHERE cart_id = 'ut_c6' ORDER BY id;
DROP TRIGGER touch_others ON paysession.payment_session;

-- a trigger that takes the change away: nothing happens, and a function says so
CREATE FUNCTION ut_suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER suppress BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ut_suppress();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('ut_s8', 'ut_c8', 'ut_card', 100) RETURNING id;
UPDATE paysession.payment_session SET amount = 5 WHERE id = 'ut_s4' RETURNING id;
DELETE FROM paysession.payment_session WHERE id = 'ut_s4' RETURNING id;
CALL pg_temp.refuse($$SELECT paysession.ps_create('ut_c8', 'ut_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('ut_s4', 5)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete('ut_s4')$$);
DROP TRIGGER suppress ON paysession.payment_session;
CREATE TRIGGER suppress BEFORE INSERT ON paysession.payment_session_event FOR EACH ROW EXECUTE FUNCTION ut_suppress();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 5 WHERE id = 'ut_s4'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('ut_s4', 5)$$);
DROP TRIGGER suppress ON paysession.payment_session_event;
CREATE TRIGGER suppress BEFORE INSERT OR UPDATE ON paysession.cart FOR EACH ROW EXECUTE FUNCTION ut_suppress();
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('ut_c8', 'ut_card')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('ut_new', 'ut_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "ut_c8", "subtotal": 1}')$$);
DROP TRIGGER suppress ON paysession.cart;
SELECT s.id, s.amount, count(*) AS events FROM paysession.payment_session s
JOIN paysession.payment_session_event e ON e.session_id = s.id WHERE s.id IN ('ut_s4', 'ut_s8') GROUP BY s.id ORDER BY s.id;

DROP FUNCTION pg_temp.log;
DROP TABLE ut_log;
DROP FUNCTION ut_log, ut_log_transition, ut_outbox, ut_tag, ut_touch_cart, ut_touch_others, ut_suppress;
