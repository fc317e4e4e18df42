-- law: no trigger that a user adds undoes what a payment collection is, before or after the law's own, for plain SQL and for functions
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/collection.sql

INSERT INTO paysession.payment_provider (id) VALUES ('cu_card');
INSERT INTO paysession.payment_collection (id, amount, currency_code) SELECT 'cu_p' || n, 100, 'eur' FROM generate_series(1, 9) n;
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) SELECT 'cu_s' || n, 'cu_p' || n, 'cu_card', 50 FROM generate_series(1, 9) n;

-- Adds triggers that assign, and shows what statements are refused with.
CREATE PROCEDURE pg_temp.tamper(event text, assignment text, VARIADIC statements text[]) LANGUAGE plpgsql AS $$
DECLARE
	tampered text := split_part(event, ' ', 3);
	statement text;
	trigger_name text;
BEGIN
	EXECUTE format('CREATE FUNCTION cu_tamper() RETURNS trigger LANGUAGE plpgsql AS %L', format('BEGIN %s; RETURN NEW; END', assignment));
	FOREACH trigger_name IN ARRAY ARRAY['a_early', 'zzz_late'] LOOP
		EXECUTE format('CREATE TRIGGER %s BEFORE %s FOR EACH ROW EXECUTE FUNCTION cu_tamper()', trigger_name, event);
		FOREACH statement IN ARRAY statements LOOP
			CALL pg_temp.refuse(statement);
		END LOOP;
		EXECUTE format('DROP TRIGGER %s ON %s', trigger_name, tampered);
	END LOOP;
	DROP FUNCTION cu_tamper();
END
$$;
\set collection '''UPDATE ON paysession.payment_collection'''
\set raw '$$UPDATE paysession.payment_collection SET description = ''x'' WHERE id = ''cu_p1''$$'
\set verb '$$SELECT paysession.ps_update_collection(''cu_p1'', description => ''x'')$$'
\set session '$$UPDATE paysession.payment_session SET status = ''authorized'' WHERE id = ''cu_s1''$$'
\set authorize '$$SELECT paysession.ps_authorize(''cu_s1'')$$'

-- what is derived
CALL pg_temp.tamper(:collection, 'NEW.status := ''completed''', :raw, :verb, :session, :authorize);
CALL pg_temp.tamper(:collection, 'NEW.authorized_amount := 7', :raw, :verb, :session, :authorize);
CALL pg_temp.tamper(:collection, 'NEW.captured_amount := 7', :raw, :verb, :session, :authorize);
CALL pg_temp.tamper('INSERT ON paysession.payment_collection', 'NEW.status := ''completed''', $$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (5, 'eur')$$,
	$$SELECT paysession.ps_create_collection(5, 'eur')$$);
CALL pg_temp.tamper('INSERT ON paysession.payment_collection', 'NEW.authorized_amount := 5', $$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (5, 'eur')$$,
	$$SELECT paysession.ps_create_collection(5, 'eur')$$);
-- what does not change, what it may not be
CALL pg_temp.tamper(:collection, 'NEW.id := ''cu_other''', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.currency_code := ''usd''', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.created_at := ''2001-01-01''', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.amount := NULL', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.amount := 0', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.amount := 49', :session, :authorize);
CALL pg_temp.tamper(:collection, 'NEW.metadata := ''[]''', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.metadata := ''{"card": "4111111111111111"}''', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.description := ''4111 1111 1111 1111''', :raw, :verb, :session);
CALL pg_temp.tamper(:collection, 'NEW.type := ''''', :raw, :verb, :session);
CALL pg_temp.tamper('INSERT ON paysession.payment_collection', 'NEW.metadata := ''7''', $$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (5, 'eur')$$,
	$$SELECT paysession.ps_create_collection(5, 'eur')$$);
CALL pg_temp.tamper('INSERT ON paysession.payment_collection', 'NEW.type := NULL', $$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (5, 'eur')$$,
	$$SELECT paysession.ps_create_collection(5, 'eur')$$);
-- the sessions
\set born '$$INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) VALUES (''cu_p1'', ''cu_card'', 50)$$'
\set set '$$SELECT paysession.ps_set_collection_sessions(''cu_p1'', ''[{"provider_id": "cu_card", "amount": 100}]'')$$'
CALL pg_temp.tamper('INSERT ON paysession.payment_session', 'NEW.currency_code := ''usd''', :born, :set);
CALL pg_temp.tamper('INSERT ON paysession.payment_session', 'NEW.payment_collection_id := ''cu_none''', :born, :set);
CALL pg_temp.tamper('INSERT ON paysession.payment_session', 'NEW.cart_id := ''cu_c1''', :born, :set);
CALL pg_temp.tamper('UPDATE ON paysession.payment_session', 'NEW.payment_collection_id := ''cu_p2''', :session, :authorize);
CALL pg_temp.tamper('UPDATE ON paysession.payment_session', 'NEW.payment_collection_id := NULL', :session, :authorize);
CALL pg_temp.tamper('UPDATE ON paysession.payment_session', 'NEW.amount := 101', :session, :authorize);
SELECT id, status, amount, payment_collection_id FROM paysession.payment_session WHERE payment_collection_id = 'cu_p1';
SELECT * FROM pg_temp.collections('cu_p1');

-- an amount that a trigger changes is what the status follows; in what a function writes it is refused
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cu_s2';
CREATE FUNCTION cu_swing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.amount := CASE OLD.amount WHEN 50 THEN 100 ELSE 50 END;
	RETURN NEW;
END
$$;
CREATE TRIGGER a_swing BEFORE UPDATE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_swing();
UPDATE paysession.payment_collection SET description = 'down' WHERE id = 'cu_p2';
SELECT * FROM pg_temp.collections('cu_p2');
UPDATE paysession.payment_collection SET description = 'up' WHERE id = 'cu_p2';
SELECT * FROM pg_temp.collections('cu_p2');
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cu_p2', description => 'x')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('cu_s3')$$);
DROP TRIGGER a_swing ON paysession.payment_collection;
CREATE TRIGGER zzz_swing BEFORE UPDATE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_swing();
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET description = 'down' WHERE id = 'cu_p2'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cu_p2', description => 'x')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cu_s3'$$);
UPDATE paysession.payment_collection SET description = 'no status to follow' WHERE id = 'cu_p3' RETURNING status, amount;
DROP TRIGGER zzz_swing ON paysession.payment_collection;
DROP FUNCTION cu_swing;
SELECT * FROM pg_temp.misderived();

-- a statement nested in a function's write is judged like any other
CREATE FUNCTION cu_nested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment_collection SET description = 'nested' WHERE id = 'cu_p4';
	RETURN NULL;
END
$$;
CREATE FUNCTION cu_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.status := 'completed';
	RETURN NEW;
END
$$;
CREATE TRIGGER cu_nested AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION cu_nested();
CREATE TRIGGER zzz_complete BEFORE UPDATE ON paysession.payment_collection FOR EACH ROW WHEN (NEW.id = 'cu_p4') EXECUTE FUNCTION cu_complete();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'error' WHERE id = 'cu_s3'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('cu_s3')$$);
SELECT * FROM pg_temp.misderived();
DROP TRIGGER zzz_complete ON paysession.payment_collection;
-- and is let be when it is lawful
SELECT status FROM paysession.ps_fail('cu_s3');
SELECT description FROM paysession.payment_collection WHERE id = 'cu_p4';
DROP TRIGGER cu_nested ON paysession.payment_session;
DROP FUNCTION cu_nested, cu_complete;

-- triggers that change a session of the collection that is written
CREATE FUNCTION cu_authorize() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment_session SET status = 'authorized' WHERE payment_collection_id = NEW.id AND status = 'pending';
	RETURN NEW;
END
$$;
CREATE TRIGGER a_before BEFORE UPDATE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_authorize();
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET description = 'x' WHERE id = 'cu_p5'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cu_p5', description => 'x')$$);
DROP TRIGGER a_before ON paysession.payment_collection;
CREATE TRIGGER a_after AFTER UPDATE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_authorize();
UPDATE paysession.payment_collection SET description = 'x' WHERE id = 'cu_p5';
SELECT status FROM paysession.ps_update_collection('cu_p6', description => 'x');
DROP TRIGGER a_after ON paysession.payment_collection;
CREATE TRIGGER z_after AFTER UPDATE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_authorize();
UPDATE paysession.payment_collection SET description = 'x' WHERE id = 'cu_p7';
SELECT status FROM paysession.ps_update_collection('cu_p8', description => 'x');
DROP TRIGGER z_after ON paysession.payment_collection;
DROP FUNCTION cu_authorize;
SELECT * FROM pg_temp.collections('cu_p%');
SELECT * FROM pg_temp.misderived();

-- one that takes the write away is told so, and the session does not change without its collection
CREATE FUNCTION cu_suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER suppress BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_suppress();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cu_s9'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('cu_s9')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(5, 'eur')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cu_p9', 101)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection('cu_p9')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection('cu_p9')$$);
DROP TRIGGER suppress ON paysession.payment_collection;
DROP FUNCTION cu_suppress;

-- all kinds fire for a function's writes
CREATE TABLE cu_log (n serial, line text);
CREATE FUNCTION cu_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO cu_log (line) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_OP, CASE WHEN TG_LEVEL = 'ROW' THEN concat_ws(' -> ', OLD.status, NEW.status) END));
	RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER row_before BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_log();
CREATE TRIGGER row_after AFTER INSERT OR UPDATE OR DELETE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_log();
CREATE TRIGGER of_status AFTER UPDATE OF status ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION cu_log();
CREATE TRIGGER statement AFTER INSERT OR UPDATE OR DELETE ON paysession.payment_collection EXECUTE FUNCTION cu_log();
SELECT id AS made FROM paysession.ps_create_collection(100, 'eur') \gset
SELECT amount FROM paysession.ps_update_collection(:'made', 101);
SELECT count(*) FROM paysession.ps_set_collection_sessions(:'made', '[{"provider_id": "cu_card", "amount": 101}]');
SELECT status FROM paysession.ps_delete_collection(:'made');
SELECT line FROM cu_log ORDER BY n;
DROP TRIGGER row_before ON paysession.payment_collection;
DROP TRIGGER row_after ON paysession.payment_collection;
DROP TRIGGER of_status ON paysession.payment_collection;
DROP TRIGGER statement ON paysession.payment_collection;
DROP FUNCTION cu_log;
DROP TABLE cu_log;
