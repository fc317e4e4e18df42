-- law: a payment collection's status and amounts are derived, its sessions fit it, and it stays what it is
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/collection.sql

INSERT INTO paysession.payment_provider (id) VALUES ('lx_card'), ('lx_bank');

-- an INSERT needs an amount and a currency; times are stamped, whatever is sent
INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (100, 'eur')
RETURNING id ~ '^paycol_[0-9A-HJKMNP-TV-Z]{26}$' AS id, status, amount, authorized_amount, captured_amount, currency_code, type, description, metadata, created_by,
	created_at = updated_at AND created_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS stamped;
INSERT INTO paysession.payment_collection (id, status, authorized_amount, captured_amount, amount, currency_code, type, description, metadata, created_by, created_at, updated_at)
	VALUES ('lx_p1', 'not_paid', 0, 0, 9007199254740991, 'usd', 'order_edit_2', 'a claim', '{"a": 1}', 'admin_1', '2001-01-01', '2099-01-01')
RETURNING id, amount, currency_code, type, description, metadata, created_by, created_at = updated_at AND created_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS stamped;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('lx_p1', 5, 'eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (currency_code) VALUES ('eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount) VALUES (100)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, type) VALUES (100, 'eur', NULL)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (0, 'eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (-1, 'eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (9007199254740992, 'eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (100, 'EUR')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES (' lx', 100, 'eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, type) VALUES (100, 'eur', '')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, created_by) VALUES (100, 'eur', E'a\n')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, metadata) VALUES (100, 'eur', '[]')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, metadata) VALUES (100, 'eur', '{"card": "4111111111111111"}')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, description) VALUES (100, 'eur', 'paid with 4111 1111 1111 1111')$$);
-- it is born unpaid
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, status) VALUES (100, 'eur', 'awaiting')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, status) VALUES (100, 'eur', 'canceled')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, status) VALUES (100, 'eur', 'paid')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, status) VALUES (100, 'eur', NULL)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, authorized_amount) VALUES (100, 'eur', 1)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, captured_amount) VALUES (100, 'eur', 1)$$);

-- a session of it: any amount, the currency of the collection, its route
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('lx_p2', 100, 'eur'), ('lx_p3', 100, 'eur'), ('lx_p4', 100, 'eur');
INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) VALUES ('lx_p2', 'lx_card', 60)
RETURNING cart_id, payment_collection_id, amount, currency_code, paysession.ps_route(id) = paysession.ps_route('lx_p2') AS route;
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount, currency_code) VALUES
	('lx_s2a', 'lx_p2', 'lx_card', 60, 'eur'), ('lx_s2b', 'lx_p2', 'lx_card', 1000, NULL), ('lx_s2c', 'lx_p2', 'lx_bank', NULL, 'eur');
SELECT * FROM pg_temp.collections('lx_p2');
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount, currency_code) VALUES ('lx_p2', 'lx_card', 40, 'usd')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET currency_code = 'usd' WHERE id = 'lx_s2a'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET currency_code = NULL WHERE id = 'lx_s2a'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (payment_collection_id, provider_id) VALUES ('lx_none', 'lx_card')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (payment_collection_id, cart_id, provider_id) VALUES ('lx_p2', 'lx_c1', 'lx_card')$$);
-- it stays there
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_collection_id = 'lx_p3' WHERE id = 'lx_s2a'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_collection_id = NULL WHERE id = 'lx_s2a'$$);
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('lx_free', 'lx_card', 40, 'eur');
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_collection_id = 'lx_p2' WHERE id = 'lx_free'$$);

-- several are authorized, never more than the amount
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lx_s2a';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lx_s2b'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', amount = 41 WHERE id = 'lx_s2b'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', amount = 21 WHERE id IN ('lx_s2b', 'lx_s2c')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lx_s2c'$$);
SELECT * FROM pg_temp.collections('lx_p2');
UPDATE paysession.payment_session SET status = 'authorized', amount = 20 WHERE id IN ('lx_s2b', 'lx_s2c');
SELECT * FROM pg_temp.collections('lx_p2');
-- nor does the amount go below what is authorized
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = 99 WHERE id = 'lx_p2'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = 0 WHERE id = 'lx_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = NULL WHERE id = 'lx_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = 9007199254740992 WHERE id = 'lx_p2'$$);
UPDATE paysession.payment_collection SET amount = 101 WHERE id = 'lx_p2' RETURNING status, authorized_amount;
UPDATE paysession.payment_collection SET amount = 100 WHERE id = 'lx_p2' RETURNING status, authorized_amount;
-- sums that no bigint holds
INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) SELECT 'lx_p1', 'lx_card', 9007199254740991 FROM generate_series(1, 3);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE payment_collection_id = 'lx_p1'$$, true);

-- nobody writes what is derived
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET status = 'completed' WHERE id = 'lx_p2'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET status = 'canceled' WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET status = NULL WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET authorized_amount = 99 WHERE id = 'lx_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET captured_amount = 1 WHERE id = 'lx_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET authorized_amount = NULL WHERE id = 'lx_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET captured_amount = NULL WHERE id = 'lx_p2'$$);
-- not even with a change that would make it so
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = 101, status = 'partially_authorized' WHERE id = 'lx_p2'$$);
-- the same again is no change
UPDATE paysession.payment_collection SET status = 'authorized', authorized_amount = 100, captured_amount = 0 WHERE id = 'lx_p2' RETURNING status;

-- id, currency and birth do not change
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET id = 'lx_p9' WHERE id = 'lx_p3'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET id = NULL WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET currency_code = 'usd' WHERE id = 'lx_p3'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET currency_code = NULL WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET created_at = '2001-01-01' WHERE id = 'lx_p3'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET created_at = NULL WHERE id = 'lx_p3'$$);
-- the rest does, and is checked
UPDATE paysession.payment_collection SET type = 'swap', description = 'a swap', metadata = '{"b": 2}', created_by = 'admin_2' WHERE id = 'lx_p3'
RETURNING type, description, metadata, created_by;
UPDATE paysession.payment_collection SET description = NULL, metadata = NULL, created_by = NULL WHERE id = 'lx_p3'
RETURNING type, description, metadata, created_by;
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET type = '' WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET type = NULL WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET created_by = 'é' WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET metadata = '7' WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET metadata = '{"cvc": "123"}' WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET description = '5500 0000 0000 0004' WHERE id = 'lx_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET description = repeat('x', 70000) WHERE id = 'lx_p3'$$);

-- updated_at moves with every change, and with nothing else
SELECT c::text AS before, updated_at FROM paysession.payment_collection c WHERE id = 'lx_p3' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment_collection SET amount = amount, type = type, description = NULL, updated_at = '2099-01-01' WHERE id = 'lx_p3';
UPDATE paysession.payment_collection SET updated_at = NULL WHERE id = 'lx_p3';
SELECT c::text = :'before' AS same FROM paysession.payment_collection c WHERE id = 'lx_p3';
UPDATE paysession.payment_collection SET amount = 101, updated_at = '2099-01-01' WHERE id = 'lx_p3'
RETURNING updated_at > :'updated_at' AND updated_at <= clock_timestamp() AS moved;
-- a session that changes nothing of its collection does not touch it
SELECT c::text AS before, xmin AS version FROM paysession.payment_collection c WHERE id = 'lx_p2' \gset
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('lx_s2d', 'lx_p2', 'lx_card', 7);
UPDATE paysession.payment_session SET amount = 8 WHERE id = 'lx_s2d';
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'lx_s2d';
UPDATE paysession.payment_session SET is_selected = true WHERE payment_collection_id = 'lx_p2';
DELETE FROM paysession.payment_session WHERE id = 'lx_s2d';
SELECT c::text = :'before' AND xmin = :'version' AS untouched FROM paysession.payment_collection c WHERE id = 'lx_p2';
-- one that does, moves updated_at
SELECT updated_at FROM paysession.payment_collection WHERE id = 'lx_p4' \gset
SELECT pg_sleep(0.002);
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('lx_s4', 'lx_p4', 'lx_card', 100);
SELECT status, updated_at > :'updated_at' AS moved FROM paysession.payment_collection WHERE id = 'lx_p4';

-- DELETE: nothing authorized, and no session
CALL pg_temp.refuse($$DELETE FROM paysession.payment_collection WHERE id = 'lx_p2'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_collection WHERE id = 'lx_p4'$$);
DELETE FROM paysession.payment_session WHERE id = 'lx_s4';
DELETE FROM paysession.payment_collection WHERE id = 'lx_p4' RETURNING id, status;
CALL pg_temp.refuse($$TRUNCATE paysession.payment_collection CASCADE$$);

-- a canceled collection takes neither session nor amount; what describes it changes
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_collection (id, amount, currency_code, status) VALUES ('lx_p5', 100, 'eur', 'canceled');
COMMIT;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) VALUES ('lx_p5', 'lx_card', 100)$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('lx_free', 'lx_p5', 'lx_card', 100) ON CONFLICT DO NOTHING$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = 101 WHERE id = 'lx_p5'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET status = 'not_paid' WHERE id = 'lx_p5'$$);
UPDATE paysession.payment_collection SET description = 'no longer wanted' WHERE id = 'lx_p5' RETURNING status, amount, description;
DELETE FROM paysession.payment_collection WHERE id = 'lx_p5' RETURNING id, status;

SELECT * FROM pg_temp.misderived();
