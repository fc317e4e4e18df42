-- routes: a database that owns some of them writes, sweeps and answers for these alone, and takes no id that could not be moved
\getenv abs_srcdir PG_ABS_SRCDIR
-- in a database of its own: what is owned concerns all that is there
\set regression :DBNAME
CREATE DATABASE owned_routes;
\c owned_routes
CREATE EXTENSION paysession;
\i :abs_srcdir/sql/include/refuse.sql

-- ids on route 0 and on route 16384
\set ours '01H0000000000'
\set theirs '01H0000000G00'
CREATE FUNCTION pg_temp.id(prefix text, route text, n int) RETURNS text BEGIN ATOMIC
	SELECT prefix || '_' || route || lpad(n::text, 13, '0');
END;
SELECT paysession.ps_route(pg_temp.id('cart', :'ours', 1)) AS ours, paysession.ps_route(pg_temp.id('cart', :'theirs', 1)) AS theirs;
INSERT INTO paysession.payment_provider (id) VALUES ('card'), ('bank'), ('cash');
SELECT id FROM paysession.ps_put_sales_channel('web', 'The shop');

-- alone: everything is owned
SELECT paysession.ps_owned_routes();
SELECT paysession.ps_own_routes(NULL);
-- ranges
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,32769)}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[-1,5)}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{(,5)}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,1),[5,)}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{(,)}')$$);
-- what is there must be movable
BEGIN;
SELECT cart_id FROM paysession.ps_create('my-cart', 'card');
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,16384)}')$$, true);
ROLLBACK;
BEGIN;
SELECT cart_id FROM paysession.ps_create(pg_temp.id('cart', :'ours', 1), 'card', id => pg_temp.id('ps', :'theirs', 1));
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,16384)}')$$, true);
ROLLBACK;
BEGIN;
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('alone', 'card');
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,16384)}')$$);
ROLLBACK;
BEGIN;
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('pay_01H00000000000000000000001', 100, 'eur');
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,16384)}')$$);
ROLLBACK;
-- as ids are made it always is
BEGIN;
SELECT a.status, o.status AS authorization, p.status AS payment, c.status AS capture, l.status AS collection, t.amount, k.recovery_point
FROM paysession.ps_create(paysession.ps_new_id('cart'), 'card', 100, currency_code => 'eur') s, paysession.ps_begin(s.id) o,
	paysession.ps_authorize(s.id) a, paysession.ps_promote(a.id) p, paysession.ps_capture(p.id) c, paysession.ps_create_collection(100, 'eur') l,
	paysession.ps_set_collection_sessions(l.id, '[{"provider_id": "bank", "amount": 100}]') t, paysession.ps_idempotency_begin('key', 'POST', '/', NULL) k;
INSERT INTO paysession.payment_session (provider_id) VALUES ('bank');
INSERT INTO paysession.cart DEFAULT VALUES;
SELECT paysession.ps_own_routes('{[0,16384)}');
ROLLBACK;
SELECT paysession.ps_own_routes('{[0,100),[100,16384)}');
TABLE paysession.owned_routes;
SELECT paysession.ps_owned_routes(), paysession.ps_own_routes('{[0,16384)}');

-- a copy of what is theirs, as it comes in
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.cart (id, currency_code, created_at, updated_at, session_count)
	VALUES (pg_temp.id('cart', :'theirs', 1), 'eur', '2020-01-01', '2020-01-01', 1), (pg_temp.id('cart', :'theirs', 9), 'eur', '2020-01-01', '2020-01-01', 1);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, status, amount, currency_code, expires_at, payment_authorized_at, canceled_at, is_selected, updated_at, provider_ref, idempotency_key) VALUES
	(pg_temp.id('ps', :'theirs', 1), pg_temp.id('cart', :'theirs', 1), 'card', 'authorized', 100, 'eur', NULL, '2020-01-01', NULL, true, '2020-01-01', 'pi_theirs', 'their key'),
	(pg_temp.id('ps', :'theirs', 2), pg_temp.id('cart', :'theirs', 1), 'bank', 'pending', 100, 'eur', '2020-01-01', NULL, NULL, false, '2020-01-01', NULL, 'b'),
	(pg_temp.id('ps', :'theirs', 3), pg_temp.id('cart', :'theirs', 1), 'cash', 'canceled', 100, 'eur', NULL, NULL, '2020-01-01', false, '2020-01-01', NULL, 'c');
INSERT INTO paysession.payment (id, session_id, cart_id, provider_id, currency_code, amount, captured_amount, order_id, authorization_expires_at)
	VALUES (pg_temp.id('pay', :'theirs', 1), pg_temp.id('ps', :'theirs', 1), pg_temp.id('cart', :'theirs', 1), 'card', 'eur', 100, 40, 'order', '2020-01-01');
INSERT INTO paysession.payment_operation (id, kind, session_id, payment_id, provider_id, amount, status, provider_idempotency_key, claimed_until, created_at, finished_at) VALUES
	(pg_temp.id('op', :'theirs', 1), 'authorize', pg_temp.id('ps', :'theirs', 2), NULL, 'bank', 100, 'pending', 'x', '2020-01-01', '2020-01-01', NULL),
	(pg_temp.id('op', :'theirs', 2), 'capture', pg_temp.id('ps', :'theirs', 1), pg_temp.id('pay', :'theirs', 1), 'card', 40, 'succeeded', 'y', NULL, '2020-01-01', '2020-01-01');
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES (pg_temp.id('paycol', :'theirs', 1), 100, 'eur');
INSERT INTO paysession.cart_sales_channel VALUES (pg_temp.id('cart', :'theirs', 1), 'web');
INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, session_id, received_at) VALUES
	('card', 'e1', 'pending', 'stale', pg_temp.id('ps', :'theirs', 1), '2020-01-01'), ('card', 'e2', 'error', 'conflict', pg_temp.id('ps', :'theirs', 1), '2020-01-01');
COMMIT;
-- an idempotency key whose route is theirs, and one whose is ours
SELECT (SELECT min('key' || n) FROM generate_series(1, 9) n WHERE paysession.ps_route('key' || n) >= 16384) AS their_key,
	(SELECT min('key' || n) FROM generate_series(1, 9) n WHERE paysession.ps_route('key' || n) < 16384) AS our_key \gset
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.idempotency_key (id, idempotency_key, created_at)
	SELECT paysession.ps_new_id('ikey', :'their_key'), :'their_key', '2020-01-01';
COMMIT;

-- no function answers with it, or with what may be there no more, and none writes it
CREATE TEMP TABLE answered (answer text, call text);
CREATE FUNCTION pg_temp.answers(n int, key text) RETURNS TABLE (answer text, statements bigint, calls text) LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	TRUNCATE answered;
	FOREACH statement IN ARRAY ARRAY[
		'ps_create(cart, ''cash'')', 'ps_create(cart, ''card'', 100)', 'ps_set_sessions(cart)', 'ps_select(ps)', 'ps_unselect(ps)',
		'ps_update(ps)', 'ps_update(ps, data => ''{"a": 1}'')', 'ps_begin(ps)', 'ps_require_more(ps)', 'ps_authorize(ps)', 'ps_fail(ps)', 'ps_retry(ps)',
		'ps_cancel(ps)', 'ps_refresh(ps)', 'ps_delete(ps)', 'ps_get(ps)', 'ps_history(ps)', 'ps_promote(ps)',
		'ps_update_payment(pay)', 'ps_capture(pay)', 'ps_refund(pay)', 'ps_void(pay)', 'ps_claim(op)', 'ps_finish(op, ''unknown'')',
		'ps_complete_cart(cart)', 'ps_complete_cart(cart, ''their key'')', 'ps_put_cart(jsonb_build_object(''id'', cart, ''currency_code'', ''eur''))',
		'ps_set_collection_sessions(paycol, ''[{"provider_id": "card", "amount": 100}]'')', 'ps_update_collection(paycol)',
		'ps_cancel_collection(paycol)', 'ps_delete_collection(paycol)', 'ps_get_collection(paycol)',
		'ps_list(cart)', 'ps_list(payment_collection_id => paycol)', 'ps_receive(''card'', ''e9'', ''pending'', session_id => ps)',
		'ps_idempotency_begin(key, ''POST'', ''/'', NULL)', 'ps_idempotency_advance(key, ''paid'')', 'ps_idempotency_finish(key, 200)']
	LOOP
		BEGIN
			EXECUTE format('SELECT paysession.%s FROM (SELECT pg_temp.id(''cart'', $1, $2) AS cart, pg_temp.id(''ps'', $1, $2) AS ps, pg_temp.id(''pay'', $1, $2) AS pay, '
				'pg_temp.id(''op'', $1, $2) AS op, pg_temp.id(''paycol'', $1, $2) AS paycol, $3::text AS key) x', statement) USING '01H0000000G00', n, key;
			RAISE SQLSTATE 'TOKAY';
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO answered VALUES (concat_ws(' ', SQLSTATE, SQLERRM), statement);
		END;
	END LOOP;
	RETURN QUERY SELECT replace(a.answer, 'TOKAY TOKAY', 'answered'), count(*), CASE WHEN count(*) < 30 THEN string_agg(call, ' ' ORDER BY call) END FROM answered a GROUP BY 1 ORDER BY 2 DESC;
END
$$;
SELECT regexp_replace(answer, paysession.ps_route(:'their_key')::text, 'of the key') AS answer, statements, calls FROM pg_temp.answers(1, :'their_key');
SELECT regexp_replace(answer, paysession.ps_route(:'their_key')::text, 'of the key') AS answer, statements, calls FROM pg_temp.answers(7, :'their_key');
CALL pg_temp.refuse(format($$SELECT paysession.ps_get(%L)$$, pg_temp.id('ps', :'theirs', 1)), true);
-- found by something else than its id it is refused, or passed over
CALL pg_temp.refuse($$SELECT paysession.ps_receive('card', 'e9', 'canceled', provider_ref => 'pi_theirs')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('card', 'e2', false)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => 'their key')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refund_order('order', 1)$$);
-- an id of another shape has a route as well
CALL pg_temp.refuse($$SELECT paysession.ps_get('cart_1')$$);
SELECT paysession.ps_route('cart_1') AS owned, paysession.ps_route('cart_3') AS not_owned;
CALL pg_temp.refuse($$SELECT paysession.ps_get('cart_3')$$);
-- nobody sweeps it who does not own it
SELECT id FROM paysession.ps_list() ORDER BY id;
SELECT id FROM paysession.ps_stuck('0');
SELECT id FROM paysession.ps_expire();
SELECT paysession.ps_purge('2021-01-01');
BEGIN;
SELECT paysession.ps_own_routes('{[0,32768)}');
SELECT id FROM paysession.ps_list() ORDER BY id;
SELECT id FROM paysession.ps_stuck('0');
SELECT id, status FROM paysession.ps_expire() ORDER BY id;
SELECT paysession.ps_purge('2021-01-01');
ROLLBACK;

-- plain SQL is held to the same
SELECT format('CALL pg_temp.refuse(%L)', replace(replace(statement, 'THEIRS', :'theirs'), 'OURS', :'ours')) FROM unnest(ARRAY[
	$$INSERT INTO paysession.cart (id) VALUES ('cart_THEIRS0000000000005')$$,
	$$UPDATE paysession.cart SET metadata = '{"a": 1}' WHERE id LIKE 'cart_THEIRS%'$$,
	$$UPDATE paysession.cart SET id = 'cart_OURS0000000000008' WHERE id = 'cart_THEIRS0000000000009'$$,
	$$DELETE FROM paysession.cart WHERE id = 'cart_THEIRS0000000000009'$$,
	$$INSERT INTO paysession.cart_sales_channel VALUES ('cart_THEIRS0000000000009', 'web')$$,
	$$UPDATE paysession.cart_sales_channel SET cart_id = 'cart_OURS0000000000001'$$,
	$$DELETE FROM paysession.cart_sales_channel$$,
	$$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('cart_THEIRS0000000000001', 'cash')$$,
	$$INSERT INTO paysession.payment_session (id, provider_id) VALUES ('ps_THEIRS0000000000009', 'cash')$$,
	$$INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) VALUES ('paycol_THEIRS0000000000001', 'cash', 1)$$,
	$$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id LIKE 'ps_THEIRS%'$$,
	$$DELETE FROM paysession.payment_session WHERE id = 'ps_THEIRS0000000000003'$$,
	$$INSERT INTO paysession.payment (session_id) VALUES ('ps_THEIRS0000000000001')$$,
	$$UPDATE paysession.payment SET order_id = 'x' WHERE id LIKE 'pay_THEIRS%'$$,
	$$UPDATE paysession.payment_collection SET amount = 50 WHERE id LIKE 'paycol_THEIRS%'$$,
	$$DELETE FROM paysession.payment_collection WHERE id LIKE 'paycol_THEIRS%'$$,
	$$MERGE INTO paysession.payment_session s USING (SELECT) x ON id = 'ps_THEIRS0000000000002' WHEN MATCHED THEN UPDATE SET status = 'error'$$]) AS statement \gexec

-- ids that could not be moved are refused at birth
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cart_1"}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_create('cart_1', 'card')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id) VALUES ('ps_01H00000000000000000000001')$$);
SELECT id FROM paysession.ps_put_cart(jsonb_build_object('id', pg_temp.id('cart', :'ours', 1), 'currency_code', 'eur', 'sales_channels', '{web}'::text[]));
CALL pg_temp.refuse($$UPDATE paysession.cart SET id = 'cart_1' WHERE id = 'cart_01H00000000000000000000001'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('cart_01H00000000000000000000001', 'card', id => 'ps_01H00000000100000000000001')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_create('cart_01H00000000000000000000001', 'card', id => 'my-session')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ps_01H0000000G000000000000001', 'cart_01H00000000000000000000001', 'card')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('mine', 1, 'eur')$$);
SELECT id FROM paysession.ps_create(pg_temp.id('cart', :'ours', 1), 'card', 100, id => pg_temp.id('ps', :'ours', 1));
SELECT status FROM paysession.ps_authorize(pg_temp.id('ps', :'ours', 1));
CALL pg_temp.refuse($$INSERT INTO paysession.payment (id, session_id) VALUES ('pay_01H00000000100000000000001', 'ps_01H00000000000000000000001')$$);
-- a later trigger does not get round it
CREATE FUNCTION pg_temp.elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.id := 'ps_01H0000000G000000000000005'; RETURN NEW; END$$;
CREATE TRIGGER zzz BEFORE INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.elsewhere();
CALL pg_temp.refuse($$SELECT paysession.ps_create('cart_01H00000000000000000000001', 'bank', 100)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id) VALUES ('bank')$$);
DROP TRIGGER zzz ON paysession.payment_session;
CREATE OR REPLACE FUNCTION pg_temp.elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.id := 'cart_01H0000000G000000000000005'; RETURN NEW; END$$;
CREATE TRIGGER zzz BEFORE INSERT ON paysession.cart FOR EACH ROW EXECUTE FUNCTION pg_temp.elsewhere();
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id) VALUES ('cart_01H00000000000000000000005')$$);
DROP TRIGGER zzz ON paysession.cart;

-- what is ours goes on, by functions that fire no trigger and by those that do, and all of it stays on its route
SELECT outcome FROM paysession.ps_receive('card', 'parked', 'captured', provider_ref => 'pi_later');
SELECT outcome FROM paysession.ps_receive('card', 'parked too', 'authorized', session_id => pg_temp.id('ps', :'ours', 5));
SELECT status FROM paysession.ps_promote(pg_temp.id('ps', :'ours', 1), 'our-order');
SELECT c.status, c.amount FROM paysession.payment p, paysession.ps_capture(p.id, 60) c WHERE p.session_id = pg_temp.id('ps', :'ours', 1);
SELECT status FROM paysession.ps_refund_order('our-order', 10);
SELECT provider_id, is_selected FROM paysession.ps_set_sessions(pg_temp.id('cart', :'ours', 2), '{bank}');
SELECT s.amount, s.status FROM paysession.ps_create_collection(100, 'eur') c, paysession.ps_set_collection_sessions(c.id, '[{"provider_id": "bank", "amount": 100}]') s;
INSERT INTO paysession.payment_session (provider_id) VALUES ('bank');
INSERT INTO paysession.cart DEFAULT VALUES;
SELECT recovery_point, paysession.ps_route(id) = paysession.ps_route(idempotency_key) AS on_the_keys_route FROM paysession.ps_idempotency_begin(:'our_key', 'POST', '/', NULL);
SELECT recovery_point FROM paysession.ps_idempotency_finish(:'our_key', 200);
SELECT count(*) > 100 AS many, bool_and(paysession.ps_route(paysession.ps_new_id('x')) < 32768 AND paysession.ps_route(paysession.ps_new_id('cart')) < 16384) AS owned FROM generate_series(1, 200);
SELECT table_name, count(*) > 0 AS some, bool_and(route < 16384) AS owned FROM (
	SELECT 'cart' AS table_name, paysession.ps_route(id) FROM paysession.cart WHERE created_at > '2021-01-01'
	UNION ALL SELECT 'payment_session', paysession.ps_route(id) FROM paysession.payment_session WHERE updated_at > '2021-01-01'
	UNION ALL SELECT 'payment_collection', paysession.ps_route(id) FROM paysession.payment_collection WHERE id <> pg_temp.id('paycol', :'theirs', 1)
	UNION ALL SELECT 'idempotency_key', paysession.ps_route(id) FROM paysession.idempotency_key WHERE created_at > '2021-01-01') r (table_name, route)
GROUP BY 1 ORDER BY 1;
SELECT count(*) AS astray FROM paysession.payment_session s LEFT JOIN paysession.payment p ON p.session_id = s.id LEFT JOIN paysession.payment_operation o ON o.session_id = s.id
WHERE paysession.ps_route(coalesce(s.cart_id, s.payment_collection_id, s.id)) <> ALL (ARRAY[paysession.ps_route(s.id), paysession.ps_route(coalesce(p.id, s.id)), paysession.ps_route(coalesce(o.id, s.id))]);
SELECT cart_id IS NULL AS without_cart, provider_id, status, paysession.ps_route(id) < 16384 AS owned FROM paysession.ps_list() ORDER BY 1, 2, 3;
SELECT paysession.ps_purge('infinity') > 0 AS purged;

-- a session of ours is made by what waits for it; an event that names another one waits on
SELECT status FROM paysession.ps_create(pg_temp.id('cart', :'ours', 5), 'card', 100, id => pg_temp.id('ps', :'ours', 5), currency_code => 'eur');
SELECT status FROM paysession.payment_session WHERE id = pg_temp.id('ps', :'ours', 5);
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, session_id, provider_ref)
	VALUES ('card', 'theirs', 'error', 'parked', pg_temp.id('ps', :'theirs', 8), 'pi_ours');
COMMIT;
SELECT status FROM paysession.ps_create(pg_temp.id('cart', :'ours', 6), 'card', 100, id => pg_temp.id('ps', :'ours', 6), currency_code => 'eur');
SELECT status FROM paysession.ps_update(pg_temp.id('ps', :'ours', 6), provider_ref => 'pi_ours');
SELECT outcome FROM paysession.provider_event WHERE event_id = 'theirs';

-- what is changed holds at once, and not after a rollback
BEGIN;
SELECT paysession.ps_own_routes('{[16384,32768)}');
CALL pg_temp.refuse($$SELECT paysession.ps_get('ps_01H00000000000000000000001')$$);
SELECT status FROM paysession.ps_cancel(pg_temp.id('ps', :'theirs', 2));
ROLLBACK;
SELECT paysession.ps_get(pg_temp.id('ps', :'ours', 1)) ->> 'status' AS status;
BEGIN;
SAVEPOINT a;
SELECT paysession.ps_own_routes('{}');
CALL pg_temp.refuse($$SELECT paysession.ps_get('ps_01H00000000000000000000001')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('cart')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.cart DEFAULT VALUES$$);
ROLLBACK TO a;
SELECT paysession.ps_get(pg_temp.id('ps', :'ours', 1)) ->> 'status' AS status;
SAVEPOINT b;
SELECT paysession.ps_own_routes('{[16384,32768)}');
RELEASE b;
COMMIT;
CALL pg_temp.refuse($$SELECT paysession.ps_get('ps_01H00000000000000000000001')$$);
SELECT paysession.ps_get(pg_temp.id('ps', :'theirs', 1)) ->> 'status' AS status;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT paysession.ps_own_routes('{[0,16384)}'), paysession.ps_own_routes('{[0,10)}');
SELECT paysession.ps_get(pg_temp.id('ps', :'ours', 1)) ->> 'status' AS status;
COMMIT;
-- a parallel query asks as well
BEGIN;
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('debug_parallel_query', 'force_parallel_mode');
SELECT paysession.ps_owned_routes(), paysession.ps_get(pg_temp.id('ps', :'ours', 1)) ->> 'status' AS status;
COMMIT;

-- functions write the row, and no trigger of anybody's changes it
CALL pg_temp.refuse($$INSERT INTO paysession.owned_routes VALUES ('owned', '{[0,1)}')$$);
CALL pg_temp.refuse($$UPDATE paysession.owned_routes SET routes = '{[0,32768)}'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.owned_routes$$);
CALL pg_temp.refuse($$TRUNCATE paysession.owned_routes$$);
CREATE FUNCTION pg_temp.more() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.routes := '{[0,32768)}'; RETURN NEW; END$$;
CREATE TRIGGER more BEFORE UPDATE ON paysession.owned_routes FOR EACH ROW EXECUTE FUNCTION pg_temp.more();
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{[0,20)}')$$);
DROP TRIGGER more ON paysession.owned_routes;
-- also where triggers are switched off, all hear of it
BEGIN;
SET LOCAL session_replication_role = replica;
SELECT paysession.ps_own_routes('{[20,30)}');
CALL pg_temp.refuse($$SELECT paysession.ps_get('ps_01H00000000000000000000001')$$);
ROLLBACK;
-- a restore does, and is heard of
SELECT paysession.ps_own_routes(NULL), paysession.ps_owned_routes();
SELECT status FROM paysession.ps_cancel(pg_temp.id('ps', :'theirs', 2));
BEGIN;
SET LOCAL row_security = off;
CALL pg_temp.refuse($$INSERT INTO paysession.owned_routes VALUES ('other', '{}')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.owned_routes VALUES ('owned', '{[0,32769)}')$$);
INSERT INTO paysession.owned_routes (routes) VALUES ('{[0,16384)}');
COMMIT;
CALL pg_temp.refuse($$SELECT paysession.ps_get('ps_01H0000000G000000000000001')$$);
-- not where nothing is written
BEGIN READ ONLY;
SELECT paysession.ps_own_routes(NULL);
ROLLBACK;
SELECT * FROM paysession.ps_check() WHERE object !~ :'theirs';

\c :regression
DROP DATABASE owned_routes;
