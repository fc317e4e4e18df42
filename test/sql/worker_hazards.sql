-- worker: rows that are newer than the statement, or that somebody's trigger changes under a sweep, neither crash nor end it
\getenv abs_srcdir PG_ABS_SRCDIR
-- in a database of its own: it takes whatever is due
\set regression :DBNAME
CREATE DATABASE worker_hazards;
\c worker_hazards
CREATE EXTENSION paysession;
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id) VALUES ('card');
INSERT INTO paysession.cart (id, currency_code) VALUES ('a_c', 'eur');
-- a payment of the same statement
SELECT (paysession.ps_create('a_c', 'card', id => 'a', amount => 100)).status, (paysession.ps_authorize('a')).status,
	(paysession.ps_update_payment((paysession.ps_promote('a')).id, authorization_expires_at => '2001-01-01')).status,
	(SELECT count(*) FROM paysession.ps_expire());
SELECT kind, status, reason FROM paysession.payment_operation;

-- sessions that get more time, or all the time, while others are canceled one by one; one that is canceled is not due
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, expires_at)
	SELECT 'b_' || n, 'b_c' || n, 'card', 100, 'eur', '2001-01-01'::timestamptz + n * interval '1 day' FROM generate_series(1, 5) n;
SELECT status FROM paysession.ps_cancel('b_5');
CREATE FUNCTION pg_temp.extend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.id = 'b_1' THEN
		RAISE 'not this one';
	END IF;
	UPDATE paysession.payment_session SET expires_at = now() + interval '1 day' WHERE id = 'b_3' AND NEW.id = 'b_2';
	UPDATE paysession.payment_session SET expires_at = NULL WHERE id = 'b_4' AND NEW.id = 'b_2';
	RETURN NULL;
END
$$;
CREATE TRIGGER extend AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.extend();
SELECT id, status FROM paysession.ps_expire();
DROP TRIGGER extend ON paysession.payment_session;
SELECT id, status, status_reason, expires_at > now() AS later FROM paysession.payment_session WHERE id LIKE 'b%' ORDER BY id;

-- sessions, carts and keys that are found, and changed before their turn, are passed over and taken by the next sweep
SELECT status FROM paysession.ps_cancel('b_1');
SELECT status FROM paysession.ps_cancel('b_3');
SELECT status FROM paysession.ps_cancel('b_4');
SELECT count(*) FROM generate_series(1, 3) n, paysession.ps_idempotency_begin('b_' || n, NULL, NULL, NULL, '1 ms');
CREATE FUNCTION pg_temp.change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CASE TG_TABLE_NAME
	WHEN 'payment_session' THEN UPDATE paysession.payment_session SET data = '{"changed": true}' WHERE id LIKE 'b%' AND data = '{}';
	WHEN 'cart' THEN UPDATE paysession.cart SET metadata = '{"changed": true}' WHERE id LIKE 'b%' AND metadata = '{}';
	ELSE PERFORM paysession.ps_idempotency_advance(idempotency_key, 'changed') FROM paysession.idempotency_key;
	END CASE;
	RETURN NULL;
END
$$;
CREATE TRIGGER change AFTER DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.change();
CREATE TRIGGER change AFTER DELETE ON paysession.cart FOR EACH ROW EXECUTE FUNCTION pg_temp.change();
CREATE TRIGGER change AFTER DELETE ON paysession.idempotency_key FOR EACH ROW EXECUTE FUNCTION pg_temp.change();
CREATE FUNCTION pg_temp.left() RETURNS text
RETURN (SELECT string_agg(what || ' ' || id, ', ' ORDER BY what DESC, id) FROM (SELECT 'session', id FROM paysession.payment_session UNION ALL SELECT 'cart', id FROM paysession.cart
	UNION ALL SELECT 'key', idempotency_key FROM paysession.idempotency_key) AS r (what, id) WHERE id LIKE 'b%');
SELECT pg_sleep(0.003);
SELECT paysession.ps_purge('infinity');
SELECT pg_temp.left();
SELECT paysession.ps_purge('infinity');
SELECT pg_temp.left();

-- a trigger that reads in a loop, and does to a table what it could while no sweep was on
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, expires_at)
	SELECT 'c_' || n, 'c_c' || n, 'card', 100, 'eur', '2001-01-01' FROM generate_series(1, 3) n;
CREATE FUNCTION pg_temp.look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	FOR NEW.data IN SELECT paysession.ps_get(NEW.id) LOOP
	END LOOP;
	EXECUTE format('CREATE INDEX %I ON paysession.payment_session_event (at)', NEW.id);
	RETURN NULL;
END
$$;
CREATE TRIGGER look AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.look();
SELECT id, status FROM paysession.ps_expire() ORDER BY id;
DROP TRIGGER look ON paysession.payment_session;
DROP INDEX paysession.c_1, paysession.c_2, paysession.c_3;

-- what compares the keys of a foreign key of somebody's, in a subtransaction that reads and writes
DROP TRIGGER change ON paysession.payment_session;
CREATE TABLE why (reason text);
CREATE FUNCTION compare(a text, b text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_get('c_1');
	IF (SELECT count(*) = 2 FROM paysession.payment_session WHERE id LIKE 'e%' AND status = 'canceled') THEN
		PERFORM paysession.ps_put_cart('{"id": "why"}');
	END IF;
	RETURN bttextcmp(a, b);
EXCEPTION WHEN no_data_found THEN
	RETURN NULL;
END
$$;
CREATE OPERATOR CLASS compared FOR TYPE text USING btree AS OPERATOR 3 =, FUNCTION 1 compare(text, text);
CREATE UNIQUE INDEX ON why (reason compared);
INSERT INTO why VALUES ('expired');
ALTER TABLE paysession.payment_session ADD CONSTRAINT why FOREIGN KEY (status_reason) REFERENCES why (reason) NOT VALID;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, expires_at)
	SELECT 'e_' || n, 'e_c' || n, 'card', 100, 'eur', '2001-01-01' FROM generate_series(1, 3) n;
SELECT id, status FROM paysession.ps_expire() ORDER BY id;
ALTER TABLE paysession.payment_session DROP CONSTRAINT why;

-- what a sweep starts over with is told once
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, expires_at)
	SELECT 'd_' || n, 'd_c' || n, 'card', 100, 'eur', CASE WHEN n = 3 THEN '2001-01-01'::timestamptz END FROM generate_series(1, 3) n;
SELECT count(paysession.ps_authorize('d_' || n)) FROM generate_series(1, 2) n;
SELECT count(paysession.ps_update_payment((paysession.ps_promote('d_' || n)).id, authorization_expires_at => '2001-01-01'::timestamptz + n * interval '1 day')) FROM generate_series(1, 2) n;
CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON paysession.payment FOR EACH ROW WHEN (OLD.session_id = 'd_2') EXECUTE FUNCTION pg_temp.keep();
SELECT id, status FROM paysession.ps_expire() ORDER BY id;
DROP TRIGGER keep ON paysession.payment;

-- a trigger that gives a new row another key than is looked for
CREATE FUNCTION pg_temp.lower() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := lower(NEW.id); RETURN NEW; END $$;
CREATE TRIGGER lower BEFORE INSERT ON paysession.cart FOR EACH ROW EXECUTE FUNCTION pg_temp.lower();
SELECT id FROM paysession.ps_put_cart('{"id": "E"}');
SET statement_timeout = '1min';
SELECT id FROM paysession.ps_put_cart('{"id": "E"}');
DROP TRIGGER lower ON paysession.cart;
SELECT * FROM pg_temp.unlawful();

\c :regression
DROP DATABASE worker_hazards;
