-- What users attach to our tables neither crashes a function, nor makes it hang, nor misleads it.
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

SELECT count(paysession.ps_put_provider(id)) FROM unnest('{uh_a,uh_b}'::text[]) AS id;

-- a unique index of their own is an error like any other, not a conflict to wait for
CREATE UNIQUE INDEX uh_name ON paysession.sales_channel (name);
SELECT id FROM paysession.ps_put_sales_channel('uh_1', 'uh name');
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel('uh_2', 'uh name')$$);
DROP INDEX paysession.uh_name;
ALTER TABLE paysession.cart ADD uh_n int, ADD CONSTRAINT uh_deferred UNIQUE (uh_n) DEFERRABLE;
SELECT id FROM paysession.ps_put_cart('{"id": "uh_deferred"}');

-- a CHECK that cannot even be prepared is an error each time, until it is gone
ALTER TABLE paysession.payment_provider ADD CONSTRAINT uh_never CHECK (length(id) < 1 / 0) NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('uh_c')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('uh_c')$$);
ALTER TABLE paysession.payment_provider DROP CONSTRAINT uh_never;
SELECT id FROM paysession.ps_put_provider('uh_c');

-- a column that was dropped is no change; one with a default is returned with it
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('uh_s', 'uh_a');
ALTER TABLE paysession.payment_session ADD uh_x int DEFAULT 7;
SELECT uh_x FROM paysession.ps_list(provider_id => 'uh_a');
SELECT uh_x FROM paysession.ps_unselect('uh_s');
UPDATE paysession.payment_session SET uh_x = 8 WHERE id = 'uh_s';
CREATE TEMP TABLE uh_before AS SELECT updated_at FROM paysession.payment_session WHERE id = 'uh_s';
ALTER TABLE paysession.payment_session DROP uh_x;
ALTER TABLE paysession.cart DROP uh_n;
SELECT pg_sleep(0.003);
UPDATE paysession.payment_session SET data = data WHERE id = 'uh_s';
SELECT s.updated_at = b.updated_at AS untouched FROM paysession.payment_session s, uh_before b WHERE s.id = 'uh_s';

-- a domain's default is a default
CREATE DOMAIN pg_temp.uh_five AS int DEFAULT 5;
ALTER TABLE paysession.sales_channel ADD uh_d pg_temp.uh_five;
SELECT uh_d FROM paysession.ps_put_sales_channel('uh_3', 'uh three');
ALTER TABLE paysession.sales_channel DROP uh_d;

-- our trigger functions for another event
INSERT INTO paysession.cart (id) VALUES ('uh_event');
CREATE TRIGGER uh_follow AFTER DELETE ON paysession.cart FOR EACH ROW EXECUTE FUNCTION paysession.cart_follow();
CALL pg_temp.refuse($$DELETE FROM paysession.cart WHERE id = 'uh_event'$$);
DROP TRIGGER uh_follow ON paysession.cart;

-- a trigger that cancels the session that ps_set_sessions keeps
SELECT count(*) FROM paysession.ps_set_sessions('uh_cart', '{uh_a,uh_b}');
CREATE FUNCTION pg_temp.cancel_sibling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment_session SET status = 'canceled' WHERE cart_id = OLD.cart_id;
	RETURN NULL;
END $$;
CREATE TRIGGER uh_cancel AFTER DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.cancel_sibling();
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('uh_cart', '{uh_b}')$$);
DROP TRIGGER uh_cancel ON paysession.payment_session;

-- a clock of their own is not ours
CREATE FUNCTION pg_temp.set_future() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.updated_at := '2999-01-01';
	RETURN NEW;
END $$;
CREATE TRIGGER uh_clock BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.set_future();
SELECT updated_at < '2999-01-01' AS ours FROM paysession.ps_require_more('uh_s');
DROP TRIGGER uh_clock ON paysession.payment_session;

-- a trigger that is sorted after ours and makes the birth another one's
CREATE FUNCTION pg_temp.move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.data ? 'cart' THEN
		NEW.cart_id := NEW.data ->> 'cart';
	ELSE
		NEW.provider_id := 'uh_gone';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zzz BEFORE INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.move();
SELECT is_installed FROM paysession.ps_put_provider('uh_gone', is_installed => false);
CALL pg_temp.refuse($$SELECT paysession.ps_create('uh_other', 'uh_a')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uh_other', 'uh_a')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('uh_other', 'uh_a', data => '{"cart": "uh_deferred"}')$$);
DROP TRIGGER zzz ON paysession.payment_session;

-- large numbers in a document are no cards, and cost nothing
SELECT status FROM paysession.ps_create('uh_big', 'uh_a',
	data => (SELECT jsonb_build_object('n', jsonb_agg(1e131071)) FROM generate_series(1, 3000)));
CALL pg_temp.refuse($$SELECT paysession.ps_create('uh_big', 'uh_b', data => '{"n": 4111111111111111.50}')$$);

DELETE FROM paysession.payment_session WHERE cart_id = 'uh_big';

-- the kept form of a CHECK follows its domain
CREATE DOMAIN public.uh_short AS int;
ALTER TABLE paysession.payment_provider ADD CONSTRAINT uh_check CHECK (length(id)::public.uh_short IS NOT NULL) NOT VALID;
SELECT id FROM paysession.ps_put_provider('uh_twelve_chars');
ALTER DOMAIN public.uh_short ADD CHECK (VALUE < 9) NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('uh_thirteen_ch')$$);
ALTER TABLE paysession.payment_provider DROP CONSTRAINT uh_check;
DROP DOMAIN public.uh_short;
