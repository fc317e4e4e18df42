-- reload: the extension can be dropped, created and rolled back in a living backend, and errors leave nothing half-written
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

CREATE FUNCTION pg_temp.checkout(cart text) RETURNS TABLE (status text, events bigint)
LANGUAGE plpgsql AS $$
DECLARE
	session text;
BEGIN
	PERFORM paysession.ps_put_provider('re_card');
	session := (paysession.ps_create(cart, 're_card', 100, currency_code => 'eur')).id;
	PERFORM paysession.ps_select(session);
	PERFORM paysession.ps_authorize(session);
	RETURN QUERY SELECT s.status::text, (SELECT count(*) FROM paysession.ps_history(session)) FROM paysession.payment_session s WHERE id = session;
END
$$;
SELECT * FROM pg_temp.checkout('re_c1');

-- an error within a subtransaction leaves nothing of it
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('re_s2', 're_c2', 're_card', 100, 'eur');
BEGIN;
SELECT is_selected FROM paysession.ps_select('re_s2');
SAVEPOINT a;
SELECT status FROM paysession.ps_authorize('re_s2');
SELECT paysession.ps_fail('re_s2');
ROLLBACK TO a;
UPDATE paysession.payment_session SET status = 'error' WHERE id = 're_s2';
SAVEPOINT b;
SELECT paysession.ps_create('re_new', 're_card', -1);
ROLLBACK TO b;
SELECT paysession.ps_create('re_new', 're_none');
ROLLBACK TO b;
SELECT paysession.ps_set_sessions('re_c2', '{re_none}');
ROLLBACK TO b;
INSERT INTO paysession.payment_session (cart_id, provider_id, status) VALUES ('re_new', 're_card', 'error');
ROLLBACK TO b;
SELECT status FROM paysession.ps_retry('re_s2');
RELEASE b;
SELECT from_status, to_status, is_selected, txid = pg_current_xact_id() AS this_transaction FROM paysession.ps_history('re_s2') OFFSET 1;
COMMIT;
SELECT status, is_selected FROM paysession.payment_session WHERE id = 're_s2';
SELECT from_status, to_status, is_selected FROM paysession.ps_history('re_s2');
SELECT count(*) AS carts_left_behind FROM paysession.cart WHERE id = 're_new';
-- an error in the middle of many rows leaves none of them
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'error' WHERE cart_id IN ('re_c1', 're_c2')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel(id), paysession.ps_authorize(id) FROM paysession.payment_session WHERE cart_id = 're_c2'$$);
SELECT cart_id, status FROM paysession.payment_session WHERE cart_id IN ('re_c1', 're_c2') ORDER BY cart_id;
-- an error thrown by a user's trigger within a function's write, many times over
CREATE FUNCTION re_throw() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'thrown by a trigger'; END$$;
CREATE TRIGGER re_throw AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION re_throw();
DO $$
BEGIN
	FOR i IN 1..100 LOOP
		BEGIN
			PERFORM paysession.ps_authorize('re_s2');
		EXCEPTION WHEN raise_exception THEN
			NULL;
		END;
	END LOOP;
END
$$;
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('re_s2')$$);
DROP TRIGGER re_throw ON paysession.payment_session;
DROP FUNCTION re_throw;
-- nobody takes the backend for one that is still writing: rows that are not written by a function are judged as such
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session_event (id, txid, at, is_selected, session_id, actor, role)
	VALUES (1, '1', now(), false, 're_s2', 'me', 'me')$$);
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, provider_id, created_at) VALUES ('re_past', 're_card', '2001-01-01') RETURNING created_at = '2001-01-01' AS kept;
ROLLBACK;
SELECT status FROM paysession.ps_authorize('re_s2');

-- dropped and created again, in one transaction or in two, rolled back or not
DROP EXTENSION paysession;
CALL pg_temp.refuse($$SELECT * FROM pg_temp.checkout('re_c1')$$);
SELECT count(*) AS schemas_left_behind FROM pg_namespace WHERE nspname = 'paysession';
BEGIN;
CREATE EXTENSION paysession;
SELECT * FROM pg_temp.checkout('re_c1');
ROLLBACK;
CALL pg_temp.refuse($$SELECT * FROM pg_temp.checkout('re_c1')$$);
CREATE EXTENSION paysession;
SELECT * FROM pg_temp.checkout('re_c1');
BEGIN;
DROP EXTENSION paysession;
CREATE EXTENSION paysession;
SELECT * FROM pg_temp.checkout('re_c2');
ROLLBACK;
SELECT count(*) AS sessions FROM paysession.payment_session;
SELECT * FROM pg_temp.checkout('re_c3');
BEGIN;
DROP EXTENSION paysession;
ROLLBACK;
SELECT * FROM pg_temp.checkout('re_c4');
BEGIN;
SAVEPOINT a;
DROP EXTENSION paysession;
ROLLBACK TO a;
SELECT * FROM pg_temp.checkout('re_c5');
COMMIT;
-- into a search_path that is hostile, where everything has the names of ours
DROP EXTENSION paysession;
CREATE SCHEMA re_evil;
CREATE FUNCTION re_evil.now() RETURNS timestamptz LANGUAGE plpgsql AS $$BEGIN RAISE 'the evil schema was found'; END$$;
CREATE FUNCTION re_evil.pg_extension_config_dump(regclass, text) RETURNS void LANGUAGE plpgsql AS $$BEGIN RAISE 'the evil schema was found'; END$$;
CREATE TYPE re_evil.text AS ENUM ();
CREATE TYPE re_evil.bigint AS ENUM ();
CREATE TABLE re_evil.payment_session (id int);
CREATE TEMP TABLE cart (id int);
SET search_path = re_evil, pg_temp, pg_catalog;
CREATE EXTENSION paysession;
RESET search_path;
SELECT * FROM pg_temp.checkout('re_c1');
SET client_min_messages = warning;
DROP SCHEMA re_evil CASCADE;
RESET client_min_messages;
DROP TABLE pg_temp.cart;
-- not into somebody else's schema of that name
DROP EXTENSION paysession;
CREATE SCHEMA paysession;
CREATE EXTENSION paysession;
DROP SCHEMA paysession;
CREATE EXTENSION paysession;

-- the relations may be rewritten, and renamed columns are found or missed loudly
VACUUM FULL paysession.payment_session;
REINDEX TABLE paysession.payment_session;
CLUSTER paysession.cart USING cart_pkey;
SELECT * FROM pg_temp.checkout('re_c6');
BEGIN;
ALTER TABLE paysession.payment_session RENAME amount TO price;
CALL pg_temp.refuse($$SELECT * FROM pg_temp.checkout('re_c7')$$);
ROLLBACK;
BEGIN;
ALTER TABLE paysession.payment RENAME TO paid;
CALL pg_temp.refuse($$SELECT * FROM pg_temp.checkout('re_c7')$$);
ROLLBACK;
BEGIN;
ALTER TYPE paysession.payment_session_status RENAME VALUE 'error' TO 'failed';
-- which changes no table: what is known stays until something else does
COMMENT ON TABLE paysession.payment_session IS NULL;
CALL pg_temp.refuse($$SELECT * FROM pg_temp.checkout('re_c7')$$);
ROLLBACK;
SELECT * FROM pg_temp.checkout('re_c7');
