-- worker: ps_purge forgets what is finished, was never authorized and is old, with all that belongs to it, bounded; and nothing else
\getenv abs_srcdir PG_ABS_SRCDIR
-- in a database of its own: it removes whatever is old
\set regression :DBNAME
CREATE DATABASE worker_purge;
\c worker_purge
CREATE EXTENSION paysession;
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id) VALUES ('card'), ('bank');
CREATE FUNCTION pg_temp.sessions(pattern text) RETURNS TABLE (id text, status paysession.payment_session_status, cart text, operations bigint, events bigint)
BEGIN ATOMIC
	SELECT coalesce(s.id, e.session_id), s.status, s.cart_id,
		(SELECT count(*) FROM paysession.payment_operation o WHERE o.session_id = s.id), coalesce(e.count, 0)
	FROM paysession.payment_session s
		FULL JOIN (SELECT session_id, count(*) FROM paysession.payment_session_event GROUP BY 1) e ON e.session_id = s.id
	WHERE coalesce(s.id, e.session_id) LIKE pattern ORDER BY 1;
END;
SELECT paysession.ps_purge(now());

-- sessions: finished, and never authorized
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) SELECT id, id || '_c', 'card', 100, 'eur'
	FROM unnest(ARRAY['a_pending', 'a_more', 'a_error', 'a_canceled', 'a_begun', 'a_failed', 'a_void', 'a_voided', 'a_held', 'a_released', 'a_mixed']) AS id;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('a_mixed_2', 'a_mixed_c', 'bank', 100, 'eur'), ('a_free', NULL, 'card', 1, 'eur');
CALL pg_temp.pay('a_paid', 'card', 100);
SELECT count(*) FROM unnest(ARRAY['a_begun', 'a_failed', 'a_void', 'a_voided', 'a_more']) AS id, paysession.ps_begin(id);
SELECT status FROM paysession.ps_require_more('a_more');
SELECT status FROM unnest(ARRAY['a_error', 'a_failed', 'a_mixed']) AS id, paysession.ps_fail(id, 'declined');
SELECT status FROM unnest(ARRAY['a_canceled', 'a_void', 'a_voided', 'a_free']) AS id, paysession.ps_cancel(id);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'a_voided' AND kind = 'void'), 'succeeded');
SELECT status FROM unnest(ARRAY['a_held', 'a_released']) AS id, paysession.ps_authorize(id);
SELECT status FROM paysession.ps_cancel('a_released');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'a_released'), 'succeeded');
SELECT * FROM pg_temp.sessions('a%');
-- nothing is that old
SELECT paysession.ps_purge(now() - interval '1 day');
SELECT pg_sleep(0.002);
SELECT clock_timestamp() AS then \gset
SELECT pg_sleep(0.002);
-- one changed since then stays
SELECT data FROM paysession.ps_update('a_canceled', data => '{"a": 1}');
SELECT last_value AS before FROM paysession.payment_session_event_id_seq \gset
-- five sessions, and the three carts that have none left
SELECT paysession.ps_purge(:'then');
SELECT * FROM pg_temp.sessions('a%');
SELECT count(*) FROM paysession.payment_operation o WHERE NOT EXISTS (SELECT FROM paysession.payment_session s WHERE s.id = o.session_id);
SELECT id FROM paysession.cart WHERE id LIKE 'a%' ORDER BY id;
-- no deletion is logged
SELECT last_value = :before AS silent FROM paysession.payment_session_event_id_seq;
SELECT count(*) FROM paysession.payment_session_event WHERE to_status IS NULL;
CALL pg_temp.refuse($$SELECT paysession.ps_history('a_error')$$);
-- again: nothing
SELECT paysession.ps_purge(:'then');
-- a deletion by hand, or by a function, is logged and its history stays
SELECT status FROM paysession.ps_delete('a_pending');
SELECT status FROM paysession.ps_retry('a_mixed_2');
DELETE FROM paysession.payment_session WHERE id = 'a_mixed_2';
SELECT pg_sleep(0.002);
SELECT paysession.ps_purge(clock_timestamp());
SELECT * FROM pg_temp.sessions('a%');
SELECT id FROM paysession.cart WHERE id LIKE 'a%' ORDER BY id;
-- what ps_purge may is for nobody else
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session_event WHERE session_id = 'a_void'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_operation WHERE session_id = 'a_void'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'a_void'$$);

-- what somebody else refers to stays, and holds nothing else back
CREATE TABLE my_session (id text REFERENCES paysession.payment_session);
CREATE TABLE my_cart (id text REFERENCES paysession.cart);
CREATE TABLE my_operation (id text REFERENCES paysession.payment_operation);
CREATE TABLE my_follower (id text REFERENCES paysession.payment_session ON DELETE CASCADE);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
	SELECT 'b_' || n, 'b_c' || n, 'card', 100, 'eur' FROM generate_series(1, 7) n;
SELECT claimed FROM paysession.ps_begin('b_3');
SELECT count(*) FROM generate_series(1, 7) n, paysession.ps_fail('b_' || n);
INSERT INTO my_session VALUES ('b_1');
INSERT INTO my_cart VALUES ('b_c2');
INSERT INTO my_operation SELECT id FROM paysession.payment_operation WHERE session_id = 'b_3';
INSERT INTO my_follower VALUES ('b_4');
-- a payment of an older time, without a session; a cart that has had no session yet, one that was changed since; a trigger
SELECT id FROM paysession.ps_put_cart('{"id": "b_new", "currency_code": "eur"}');
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, cart_id, provider_id, currency_code, amount) VALUES ('b_p5', 'b_c5', 'card', 'eur', 100);
COMMIT;
SELECT pg_sleep(0.002);
SELECT clock_timestamp() AS then \gset
SELECT pg_sleep(0.002);
SELECT id FROM paysession.ps_put_cart('{"id": "b_c6", "metadata": {"a": 1}}');
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.id = 'b_7' THEN
		RAISE 'not this one';
	END IF;
	RETURN OLD;
END
$$;
CREATE TRIGGER keep BEFORE DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION keep();
SELECT paysession.ps_purge(:'then');
SELECT * FROM pg_temp.sessions('b%');
SELECT id FROM paysession.cart WHERE id LIKE 'b%' ORDER BY id;
SELECT id FROM my_follower;
DROP TABLE my_session, my_cart, my_operation, my_follower;
DROP TRIGGER keep ON paysession.payment_session;
SELECT pg_sleep(0.002);
SELECT paysession.ps_purge(clock_timestamp());
SELECT * FROM pg_temp.sessions('b%');
SELECT id FROM paysession.cart WHERE id LIKE 'b%' ORDER BY id;
-- a cart with its sales channels, a session of a collection
SELECT name FROM paysession.ps_put_sales_channel('web', 'The shop');
SELECT id FROM paysession.ps_put_cart('{"id": "c_c1", "currency_code": "eur", "subtotal": 100, "sales_channel_id": "web", "sales_channels": ["web"]}');
SELECT c.status FROM paysession.ps_create('c_c1', 'card') s CROSS JOIN paysession.ps_cancel(s.id) c;
SELECT id AS collection FROM paysession.ps_create_collection(100, 'eur') \gset
SELECT c.status FROM paysession.ps_set_collection_sessions(:'collection', '[{"provider_id": "card", "amount": 100}]') s
	CROSS JOIN paysession.ps_fail(s.id) c;
SELECT pg_sleep(0.002);
SELECT paysession.ps_purge(clock_timestamp());
SELECT (SELECT count(*) FROM paysession.payment_session WHERE cart_id = 'c_c1' OR payment_collection_id IS NOT NULL) AS sessions,
	(SELECT count(*) FROM paysession.cart WHERE id = 'c_c1') AS carts, (SELECT count(*) FROM paysession.cart_sales_channel) AS channels,
	(SELECT count(*) FROM paysession.payment_collection) AS collections;

-- webhook events that are settled, by when they came
CREATE FUNCTION pg_temp.events(pattern text) RETURNS TABLE (id text, outcome text)
BEGIN ATOMIC
	SELECT event_id, outcome FROM paysession.provider_event WHERE event_id LIKE pattern ORDER BY event_id;
END;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('d_1', 'd_c1', 'card', 100, 'eur');
SELECT event_id, outcome FROM (VALUES ('d_applied', 'authorized', 'd_1'), ('d_conflict', 'authorized', NULL), ('d_dismissed', 'authorized', NULL),
	('d_parked', 'authorized', 'd_none'), ('d_stale', 'pending', 'd_1')) AS e (id, what, about), paysession.ps_receive('card', e.id, e.what, e.about);
SELECT outcome FROM paysession.ps_resolve('card', 'd_dismissed', false);
SELECT pg_sleep(0.002);
SELECT clock_timestamp() AS then \gset
SELECT pg_sleep(0.002);
SELECT outcome FROM paysession.ps_receive('card', 'd_young', 'pending', 'd_1');
SELECT paysession.ps_purge(:'then');
SELECT * FROM pg_temp.events('d%');
-- one that comes again is new
SELECT outcome FROM paysession.ps_receive('card', 'd_applied', 'authorized', 'd_1');
CALL pg_temp.refuse($$DELETE FROM paysession.provider_event$$);

-- idempotency keys that nobody works under
SELECT count(*) FROM (VALUES ('e_free', '1 ms'::interval), ('e_held', '1 hour'), ('e_done', '1 hour')) AS k (key, lease),
	paysession.ps_idempotency_begin(key, NULL, NULL, NULL, lease);
SELECT recovery_point FROM paysession.ps_idempotency_finish('e_done', 200);
SELECT pg_sleep(0.003);
SELECT clock_timestamp() AS then \gset
SELECT pg_sleep(0.002);
SELECT count(*) FROM paysession.ps_idempotency_begin('e_young', NULL, NULL, NULL, '1 ms');
SELECT pg_sleep(0.003);
SELECT paysession.ps_purge(:'then');
SELECT idempotency_key FROM paysession.idempotency_key ORDER BY 1;
CALL pg_temp.refuse($$DELETE FROM paysession.idempotency_key$$);

-- no more than asked for: sessions, carts, events, keys
SELECT count(*) FROM generate_series(1, 2) n, paysession.ps_receive('card', 'f_e' || n, 'pending', 'd_1');
INSERT INTO paysession.payment_session (id, cart_id, provider_id) SELECT 'f_' || n, 'f_c' || n, 'card' FROM generate_series(1, 3) n;
SELECT count(*) FROM generate_series(1, 3) n, paysession.ps_fail('f_' || n);
CREATE FUNCTION pg_temp.old() RETURNS text
RETURN (SELECT string_agg(what, ' ' ORDER BY what) FROM (SELECT id FROM paysession.payment_session UNION ALL SELECT id FROM paysession.cart
	UNION ALL SELECT event_id FROM paysession.provider_event UNION ALL SELECT idempotency_key FROM paysession.idempotency_key) AS o (what)
	WHERE what ~ '^[ef]_');
SELECT paysession.ps_purge('infinity', 1);
SELECT pg_temp.old();
SELECT paysession.ps_purge(before => 'infinity', max_rows => 4);
SELECT pg_temp.old();
SELECT paysession.ps_purge('infinity', 1);
SELECT pg_temp.old();
SELECT paysession.ps_purge('infinity', 3);
SELECT pg_temp.old();
SELECT paysession.ps_purge('infinity');
-- the default is 1000
INSERT INTO paysession.payment_session (id, provider_id) SELECT 'g_' || n, 'card' FROM generate_series(1, 1001) n;
UPDATE paysession.payment_session SET status = 'error' WHERE id LIKE 'g%';
SELECT paysession.ps_purge('infinity');
SELECT paysession.ps_purge('infinity');
SELECT paysession.ps_purge('-infinity');
CALL pg_temp.refuse($$SELECT paysession.ps_purge(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_purge(now(), NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_purge(now(), 0)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_purge(now(), -1)$$);
BEGIN READ ONLY;
CALL pg_temp.refuse($$SELECT paysession.ps_purge(now())$$);
ROLLBACK;
-- so does an event or a key to which somebody refers
CREATE TABLE my_event (provider_id text, event_id text, FOREIGN KEY (provider_id, event_id) REFERENCES paysession.provider_event);
CREATE TABLE my_key (id text REFERENCES paysession.idempotency_key);
SELECT outcome FROM generate_series(1, 2) n, paysession.ps_receive('card', 'kept_' || n, 'error', 'nobody') AS e;
SELECT outcome FROM generate_series(1, 2) n, paysession.ps_resolve('card', 'kept_' || n, false);
SELECT recovery_point FROM generate_series(1, 2) n, paysession.ps_idempotency_begin('kept_' || n, 'POST', '/', NULL, '1 ms');
INSERT INTO my_event VALUES ('card', 'kept_1');
INSERT INTO my_key SELECT id FROM paysession.idempotency_key WHERE idempotency_key = 'kept_1';
SELECT pg_sleep(0.003);
SELECT paysession.ps_purge(clock_timestamp()) > 0 AS purged;
SELECT event_id FROM paysession.provider_event WHERE event_id LIKE 'kept%' ORDER BY event_id;
SELECT idempotency_key FROM paysession.idempotency_key WHERE idempotency_key LIKE 'kept%' ORDER BY idempotency_key;
SELECT * FROM pg_temp.unlawful();

\c :regression
DROP DATABASE worker_purge;
