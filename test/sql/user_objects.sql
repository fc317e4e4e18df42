-- user objects: a column, a generated one, an index or a CHECK of the user's own works for plain SQL and for the functions
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('uo_card'), ('uo_bank');
INSERT INTO paysession.cart (id, currency_code) SELECT 'uo_c' || n, 'eur' FROM generate_series(1, 9) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('uo_old', 'uo_c1', 'uo_card', 100);

-- columns: without and with a default, evaluated for each row, an identity, a generated one
ALTER TABLE paysession.payment_session
	ADD shop text,
	ADD shelf text NOT NULL DEFAULT 'main',
	ADD token uuid DEFAULT gen_random_uuid(),
	ADD number bigint GENERATED ALWAYS AS IDENTITY,
	ADD floor smallint NOT NULL DEFAULT -1,
	ADD double bigint GENERATED ALWAYS AS (amount * 2) STORED;
ALTER TABLE paysession.cart
	ADD shelf text NOT NULL DEFAULT 'main',
	ADD half bigint GENERATED ALWAYS AS (subtotal / 2) STORED;
ALTER TABLE paysession.payment_provider ADD shelf text NOT NULL DEFAULT 'main';
ALTER TABLE paysession.sales_channel ADD shelf text NOT NULL DEFAULT 'main';
ALTER TABLE paysession.cart_sales_channel ADD shelf text NOT NULL DEFAULT 'main';
ALTER TABLE paysession.payment_session_event
	ADD shelf text NOT NULL DEFAULT 'main', ADD double bigint GENERATED ALWAYS AS (amount * 2) STORED;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, shop) VALUES ('uo_s2', 'uo_c2', 'uo_card', 200, 'north');
SELECT shop, shelf, token IS NOT NULL AS token, double FROM paysession.ps_create('uo_c3', 'uo_card', 300, id => 'uo_s3');
SELECT shelf FROM paysession.ps_put_provider('uo_cash');
SELECT shelf FROM paysession.ps_put_sales_channel('uo_web', 'Web');
SELECT shelf, half FROM paysession.ps_put_cart('{"id": "uo_c8", "subtotal": 1000, "sales_channels": ["uo_web"]}');
SELECT shelf FROM paysession.cart_sales_channel WHERE cart_id = 'uo_c8';
UPDATE paysession.payment_session SET amount = 210 WHERE id = 'uo_s2' RETURNING shop, double;
SELECT shelf, double FROM paysession.ps_update('uo_s3', 310);
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'uo_s2';
SELECT status, double FROM paysession.ps_authorize('uo_s3');
SELECT status, double FROM paysession.ps_authorize('uo_old');
SELECT id, status, amount, shop, shelf, double FROM paysession.payment_session WHERE id LIKE 'uo\_%' ORDER BY id;
SELECT count(DISTINCT token) AS tokens, count(DISTINCT number) AS numbers FROM paysession.payment_session WHERE id LIKE 'uo\_%';
SELECT session_id, to_status, shelf, double FROM paysession.payment_session_event WHERE session_id LIKE 'uo\_%' ORDER BY session_id, id;
-- a change of the user's column alone counts as a change
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'uo_s2' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment_session SET shop = 'south' WHERE id = 'uo_s2' RETURNING updated_at > :'before' AS updated;
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'uo_s2' \gset
UPDATE paysession.payment_session SET shop = 'south' WHERE id = 'uo_s2' RETURNING updated_at = :'before' AS untouched;

-- a column that nobody fills refuses
ALTER TABLE paysession.payment_session ADD wanted text, ADD CONSTRAINT uo_wanted CHECK (wanted IS NOT NULL) NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_create('uo_c4', 'uo_card')$$);
ALTER TABLE paysession.payment_session DROP wanted;

-- a CHECK
ALTER TABLE paysession.payment_session ADD CONSTRAINT uo_limit CHECK (amount < 1000) NOT VALID;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, amount) VALUES ('uo_c4', 'uo_card', 1000)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('uo_c4', 'uo_card', 1000)$$);
SELECT amount FROM paysession.ps_create('uo_c4', 'uo_card', 999, id => 'uo_s4');
CALL pg_temp.refuse($$SELECT paysession.ps_update('uo_s4', 1000)$$);
ALTER TABLE paysession.cart ADD CONSTRAINT uo_euro CHECK (currency_code = 'eur') NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "uo_c4", "currency_code": "usd"}')$$);
ALTER TABLE paysession.cart DROP CONSTRAINT uo_euro;
ALTER TABLE paysession.payment_session DROP CONSTRAINT uo_limit;
-- a domain, a foreign key, a unique and an exclusion constraint
CREATE DOMAIN uo_shop AS text CHECK (VALUE <> '');
CREATE TABLE uo_shop_list (id text PRIMARY KEY);
INSERT INTO uo_shop_list VALUES ('north');
ALTER TABLE paysession.payment_session ADD home uo_shop DEFAULT 'north' REFERENCES uo_shop_list;
SELECT home FROM paysession.ps_create('uo_c5', 'uo_card', id => 'uo_s5');
ALTER TABLE paysession.payment_session ALTER home SET DEFAULT 'west';
CALL pg_temp.refuse($$SELECT paysession.ps_create('uo_c6', 'uo_card')$$);
ALTER TABLE paysession.payment_session DROP home;
ALTER TABLE paysession.payment_session ADD CONSTRAINT uo_one_amount EXCLUDE (amount WITH =) WHERE (id LIKE 'uo\_%');
CALL pg_temp.refuse($$SELECT paysession.ps_create('uo_c6', 'uo_card', 999, id => 'uo_s6')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('uo_s5', 999)$$);
ALTER TABLE paysession.payment_session DROP CONSTRAINT uo_one_amount;
-- one that is only checked at the end
ALTER TABLE paysession.payment_session ADD CONSTRAINT uo_one_amount EXCLUDE (amount WITH =) WHERE (id LIKE 'uo\_%')
	DEFERRABLE INITIALLY DEFERRED;
BEGIN;
SELECT amount FROM paysession.ps_update('uo_s5', 999);
SELECT amount FROM paysession.ps_update('uo_s4', 998);
COMMIT;
BEGIN;
SELECT amount FROM paysession.ps_update('uo_s5', 998);
COMMIT;
ALTER TABLE paysession.payment_session DROP CONSTRAINT uo_one_amount;

-- an index, on the status too
CREATE INDEX uo_status ON paysession.payment_session (status, updated_at) INCLUDE (id);
CREATE INDEX uo_data ON paysession.payment_session USING gin (data);
CREATE INDEX uo_expression ON paysession.payment_session (lower(provider_id)) WHERE status <> 'canceled';
SELECT status FROM paysession.ps_require_more('uo_s4', '{"url": "here"}');
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'uo_s5';
SELECT status FROM paysession.ps_authorize('uo_s4');
SELECT status FROM paysession.ps_create('uo_c7', 'uo_card', id => 'uo_s7');
SET enable_seqscan = off;
SELECT id FROM paysession.payment_session WHERE status = 'authorized' AND id LIKE 'uo\_%' ORDER BY id;
SELECT id FROM paysession.payment_session WHERE status IN ('pending', 'error', 'requires_more') AND id LIKE 'uo\_%' ORDER BY id;
SELECT id FROM paysession.payment_session WHERE data @> '{"url": "here"}';
RESET enable_seqscan;
DROP INDEX paysession.uo_status, paysession.uo_data, paysession.uo_expression;
-- one that summarizes pages: from PostgreSQL 16 on an update is heap-only in spite of it
CREATE INDEX uo_time ON paysession.payment_session USING brin (updated_at);
SELECT updated_at AS before FROM paysession.ps_update('uo_s7', 650) \gset
SET enable_seqscan = off;
SELECT id FROM paysession.payment_session WHERE updated_at >= :'before';
RESET enable_seqscan;
DROP INDEX paysession.uo_time;

-- without them all goes on
ALTER TABLE paysession.payment_session DROP shop, DROP shelf, DROP token, DROP number, DROP floor, DROP double;
ALTER TABLE paysession.cart DROP shelf, DROP half;
ALTER TABLE paysession.payment_provider DROP shelf;
ALTER TABLE paysession.sales_channel DROP shelf;
ALTER TABLE paysession.cart_sales_channel DROP shelf;
ALTER TABLE paysession.payment_session_event DROP shelf, DROP double;
DROP TABLE uo_shop_list;
DROP DOMAIN uo_shop;
SELECT status, amount FROM paysession.ps_update('uo_s7', 700);
SELECT status FROM paysession.ps_cancel('uo_old');
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('uo_s8', 'uo_c8', 'uo_bank') RETURNING amount;
SELECT count(*) FROM paysession.ps_history('uo_old');
