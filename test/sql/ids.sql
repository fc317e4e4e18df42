-- ids: a prefix and a ULID that carries its time and its cart's route, which any language can compute
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('id_card'), ('id_bank');

-- the shape
SELECT prefix, paysession.ps_new_id(prefix) ~ ('^' || prefix || '_[0-7][0-9A-HJKMNP-TV-Z]{25}$') AS shape
FROM unnest('{ps,pay,op,paycol,ikey,cart,whatever,abcdefghijklmnop}'::text[]) AS prefix;
SELECT count(DISTINCT paysession.ps_new_id('ps')) AS ids FROM generate_series(1, 10000);

-- the time, in milliseconds, of this moment and of any id that ends in a ULID
SELECT date_trunc('milliseconds', clock_timestamp()) AS before \gset
SELECT paysession.ps_new_id('ps') AS id \gset
SELECT paysession.ps_id_time(:'id') BETWEEN :'before' AND clock_timestamp() AS now;
SELECT id, paysession.ps_id_time(id) AT TIME ZONE 'UTC' AS time FROM unnest(ARRAY[
	'ps_00000000000000000000000000',
	'ps_01ARYZ6S410000000000000000',
	'my_own_01ARYZ6S41TSV4RRFFQ69G5FAV',
	'x_7ZZZZZZZZZZZZZZZZZZZZZZZZZ']) AS id;
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('ps_80000000000000000000000000')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('ps_01arYZ6S410000000000000000')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('ps_01ARYZ6S41000000000000000I')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('ps_01ARYZ6S41')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('01ARYZ6S410000000000000000')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('customer-17')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time(repeat('x', 40) || '_01ARYZ6S410000000000000000')$$);

-- the route of an id of ours is within it: characters 11 to 13 of the ULID, 15 bits
SELECT id, paysession.ps_route(id) AS route FROM unnest(ARRAY[
	'ps_01ARYZ6S410000000000000000', 'ps_01ARYZ6S410010000000000000', 'ps_01ARYZ6S410100000000000000',
	'pay_01ARYZ6S41Z0Z0000000000000', 'op_01ARYZ6S41ZZZZZZZZZZZZZZZZ', 'paycol_01ARYZ6S41ZZZ0000000000000',
	'ikey_01ARYZ6S411000000000000000', 'cart_01ARYZ6S411000000000000000']) AS id;
-- of any other id it is the first 15 bits of its SHA-256
CREATE FUNCTION pg_temp.sha_route(id text) RETURNS int LANGUAGE sql
	RETURN (get_byte(sha256(convert_to(id, 'UTF8')), 0) * 256 + get_byte(sha256(convert_to(id, 'UTF8')), 1)) / 2;
SELECT id, paysession.ps_route(id) = pg_temp.sha_route(id) AS by_sha256 FROM unnest(ARRAY[
	'customer-17', 'a', 'order_01ARYZ6S411000000000000000', 'PS_01ARYZ6S411000000000000000', 'ps_01ARYZ6S41100000000000000', 'ps_01ARYZ6S41100000000000000U',
	'ps_81ARYZ6S411000000000000000', 'ps-01ARYZ6S411000000000000000', 'cart_01aryz6s411000000000000000', repeat('x', 64)]) AS id;
SELECT bool_and(paysession.ps_route('cart ' || n) = pg_temp.sha_route('cart ' || n)) AS by_sha256 FROM generate_series(1, 1000) n;
-- known values
SELECT paysession.ps_route('abc') AS abc, x'BA78'::int / 2 AS expected;
-- routes of new ids are spread over all 15 bits
SELECT count(DISTINCT paysession.ps_route(paysession.ps_new_id('ps'))) > 2000 AS spread, bit_or(paysession.ps_route(paysession.ps_new_id('ps'))) AS bits
FROM generate_series(1, 4000);

-- a new id near another one has its route
SELECT near, count(DISTINCT paysession.ps_route(id)) AS routes, bool_and(paysession.ps_route(id) = paysession.ps_route(near)) AS same
FROM unnest('{customer-17,cart_01ARYZ6S41ZZZ0000000000000,ps_01ARYZ6S410010000000000000}'::text[]) AS near,
	generate_series(1, 1000), LATERAL (SELECT paysession.ps_new_id('op', near) AS id OFFSET 0) i GROUP BY near ORDER BY near COLLATE "C";
-- and so have all ids that are made for a cart, whatever the cart's id
INSERT INTO paysession.cart DEFAULT VALUES RETURNING id AS cart \gset
SELECT status FROM paysession.ps_create(:'cart', 'id_card');
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('customer-17', 'id_card'), (:'cart', 'id_bank'),
	('cart_01ARYZ6S41ZZZ0000000000000', 'id_card');
SELECT count(*), bool_and(paysession.ps_route(id) = paysession.ps_route(cart_id)) AS same
FROM paysession.payment_session WHERE cart_id IN ('customer-17', :'cart', 'cart_01ARYZ6S41ZZZ0000000000000');

-- ids of one backend and route ascend, their times do across routes as well
CREATE TEMP TABLE made AS SELECT n, paysession.ps_new_id('ps', 'near ' || n % 3) AS id FROM generate_series(1, 3000) n ORDER BY n;
SELECT bool_and(id > before) AS ascend FROM (SELECT id, lag(id, 1, '') OVER (PARTITION BY n % 3 ORDER BY n) AS before FROM made) m;
SELECT bool_and(paysession.ps_id_time(id) >= paysession.ps_id_time(before)) AS times_ascend
FROM (SELECT id, lag(id) OVER (ORDER BY n) AS before FROM made) m WHERE before IS NOT NULL;

-- and no id gives away the next one
CREATE FUNCTION pg_temp.last20bits(id text) RETURNS int LANGUAGE sql
	RETURN (SELECT sum((strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(id, length(id) - k, 1)) - 1) << (5 * k)) FROM generate_series(0, 3) k);
SELECT count(DISTINCT step) > 2900 AS unforeseeable
FROM (SELECT (pg_temp.last20bits(id) - lag(pg_temp.last20bits(id)) OVER (ORDER BY n) + 1048576) % 1048576 AS step FROM made) m;

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_new_id(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('ps_')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('PS')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('abcdefghijklmnopq')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('ps', '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_new_id('ps', repeat('x', 65))$$);
SELECT paysession.ps_new_id('ps', NULL) LIKE 'ps_%' AS random_route;
CALL pg_temp.refuse($$SELECT paysession.ps_id_time(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_id_time('ps01ARZ3NDEKTSV4RRFFQ69G5FAV')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_route(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_route('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_route(E'a\nb')$$);
