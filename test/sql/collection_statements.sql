-- law: a payment collection follows its sessions through every statement that can write
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/collection.sql

INSERT INTO paysession.payment_provider (id) VALUES ('cs_card'), ('cs_bank');
INSERT INTO paysession.payment_collection (id, amount, currency_code) SELECT 'cs_p' || n, n * 100, 'eur' FROM generate_series(1, 9) n;

-- several rows of several collections at once
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount)
	SELECT format('cs_s%s%s', n, m), 'cs_p' || n, 'cs_card', n * 50 FROM generate_series(1, 3) n, generate_series(1, 2) m;
SELECT * FROM pg_temp.collections('cs_p%');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('cs_s11', 'cs_s12', 'cs_s21');
SELECT * FROM pg_temp.collections('cs_p%') LIMIT 3;
-- one of them too much: none of them
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', amount = 101 WHERE id IN ('cs_s31', 'cs_s22')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) VALUES ('cs_p4', 'cs_card', 1), ('cs_none', 'cs_card', 1)$$);
UPDATE paysession.payment_session SET status = 'canceled' WHERE payment_collection_id IN ('cs_p1', 'cs_p2');
DELETE FROM paysession.payment_session WHERE payment_collection_id = 'cs_p3' AND id = 'cs_s31';
SELECT * FROM pg_temp.collections('cs_p%') LIMIT 3;
-- what one statement takes and gives
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cs_s13', 'cs_p1', 'cs_card', 70), ('cs_s14', 'cs_p1', 'cs_card', 70);
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cs_s13';
UPDATE paysession.payment_session SET status = CASE status WHEN 'authorized' THEN 'canceled' ELSE 'authorized' END::paysession.payment_session_status
	WHERE id IN ('cs_s13', 'cs_s14');
SELECT * FROM pg_temp.collections('cs_p1');

-- several collections at once
UPDATE paysession.payment_collection SET amount = amount + 10 WHERE id LIKE 'cs\_p%';
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET amount = 69 WHERE id LIKE 'cs\_p%'$$, true);
SELECT * FROM pg_temp.collections('cs_p%');

-- INSERT ... ON CONFLICT
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_p1', 5, 'eur') ON CONFLICT DO NOTHING;
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_p1', 70, 'eur') ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount RETURNING status;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_p1', 69, 'eur') ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_p1', 70, 'eur') ON CONFLICT (id) DO UPDATE SET status = 'not_paid'$$);
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cs_s14', 'cs_p1', 'cs_card', 70) ON CONFLICT (id) DO UPDATE SET status = 'canceled';
SELECT * FROM pg_temp.collections('cs_p1');

-- MERGE
MERGE INTO paysession.payment_collection c USING (VALUES ('cs_p1', 20), ('cs_p10', 1000)) v (id, amount) ON c.id = v.id
	WHEN MATCHED THEN UPDATE SET amount = v.amount
	WHEN NOT MATCHED THEN INSERT (id, amount, currency_code) VALUES (v.id, v.amount, 'eur');
MERGE INTO paysession.payment_session s USING (VALUES ('cs_s101', 'cs_p10', 400), ('cs_s102', 'cs_p10', 600), ('cs_s13', NULL, NULL)) v (id, collection, amount) ON s.id = v.id
	WHEN NOT MATCHED THEN INSERT (id, payment_collection_id, provider_id, amount) VALUES (v.id, v.collection, 'cs_bank', v.amount);
MERGE INTO paysession.payment_session s USING (VALUES ('cs_s101'), ('cs_s102')) v (id) ON s.id = v.id
	WHEN MATCHED AND s.id = 'cs_s101' THEN UPDATE SET status = 'authorized'
	WHEN MATCHED THEN DELETE;
SELECT * FROM pg_temp.collections('cs_p1%');
CALL pg_temp.refuse($$MERGE INTO paysession.payment_collection c USING (VALUES ('cs_p10')) v (id) ON c.id = v.id WHEN MATCHED THEN DELETE$$);
CALL pg_temp.refuse($$MERGE INTO paysession.payment_collection c USING (VALUES ('cs_p10')) v (id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET amount = 399$$);

-- a statement with several
WITH c AS (INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_p11', 100, 'eur') RETURNING id)
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) SELECT 'cs_s11_' || n, id, 'cs_card', 50 FROM c, generate_series(1, 2) n;
WITH s AS (UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cs_s11_1')
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'cs_s11_2';
SELECT * FROM pg_temp.collections('cs_p11');
WITH c AS (UPDATE paysession.payment_collection SET description = 'first the collection' WHERE id = 'cs_p11')
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'cs_s11_1';
SELECT * FROM pg_temp.collections('cs_p11');
WITH s AS (UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cs_s11_2')
UPDATE paysession.payment_collection SET description = 'first the session' WHERE id = 'cs_p11';
SELECT * FROM pg_temp.collections('cs_p11');
CALL pg_temp.refuse($$WITH s AS (UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cs_s11_2')
UPDATE paysession.payment_collection SET amount = 49 WHERE id = 'cs_p11'$$);

WITH s AS (DELETE FROM paysession.payment_session WHERE payment_collection_id = 'cs_p3')
DELETE FROM paysession.payment_collection WHERE id = 'cs_p3';
SELECT * FROM pg_temp.collections('cs_p3');

-- COPY, a view, a cursor
COPY paysession.payment_collection (id, amount, currency_code) FROM stdin;
cs_p12	100	eur
\.
COPY paysession.payment_session (id, payment_collection_id, provider_id, amount) FROM stdin;
cs_s121	cs_p12	cs_card	50
cs_s122	cs_p12	cs_card	50
\.
CREATE VIEW pg_temp.writable AS SELECT id, status, amount, description FROM paysession.payment_collection;
UPDATE pg_temp.writable SET amount = 110, description = 'by view' WHERE id = 'cs_p12';
CALL pg_temp.refuse($$UPDATE pg_temp.writable SET status = 'failed' WHERE id = 'cs_p12'$$);
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM paysession.payment_session WHERE id = 'cs_s121' FOR UPDATE;
MOVE c;
UPDATE paysession.payment_session SET status = 'authorized' WHERE CURRENT OF c;
COMMIT;
SELECT * FROM pg_temp.collections('cs_p12');

-- within a transaction: every statement shows it, a rollback takes it back
BEGIN;
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cs_s122';
UPDATE paysession.payment_collection SET amount = 100 WHERE id = 'cs_p12' RETURNING status, authorized_amount;
SAVEPOINT s;
UPDATE paysession.payment_session SET status = 'canceled' WHERE payment_collection_id = 'cs_p12';
SELECT * FROM pg_temp.collections('cs_p12');
ROLLBACK TO s;
SELECT * FROM pg_temp.collections('cs_p12');
ROLLBACK;
SELECT * FROM pg_temp.collections('cs_p12');
SELECT * FROM pg_temp.misderived();

-- history: as it was, derived from its next change on
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_collection (id, status, authorized_amount, captured_amount, amount, currency_code, created_at, updated_at)
	VALUES ('cs_h1', 'completed', 100, 100, 100, 'eur', '2001-01-01', '2002-01-01'), ('cs_h2', 'canceled', 0, 0, 100, 'eur', '2001-01-01', '2002-01-01')
RETURNING id, status, authorized_amount, captured_amount, created_at = '2001-01-01' AND updated_at = '2002-01-01' AS as_it_was;
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount, currency_code, status, payment_authorized_at, created_at, updated_at)
	VALUES ('cs_hs1', 'cs_h1', 'cs_card', 100, 'eur', 'authorized', '2001-01-01', '2001-01-01', '2001-01-01');
INSERT INTO paysession.payment (id, session_id, payment_collection_id, provider_id, currency_code, amount, captured_amount, captured_at, created_at)
	VALUES ('cs_hp1', 'cs_hs1', 'cs_h1', 'cs_card', 'eur', 100, 100, '2001-01-01', '2001-01-01');
SELECT updated_at = '2002-01-01' AS untouched FROM paysession.payment_collection WHERE id = 'cs_h1';
SELECT * FROM pg_temp.misderived();
-- the constraints hold
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code, status) VALUES ('cs_h3', 5, 'eur', 'paid')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_h3', 0, 'eur')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code, authorized_amount) VALUES ('cs_h3', 5, 'eur', 6)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_h3', 5, 'EUR')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (id, amount, currency_code, created_at) VALUES ('cs_h3', 5, 'eur', 'infinity')$$);
-- an update is none
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET status = 'failed' WHERE id = 'cs_h1'$$);
-- nor does a session that came into a canceled one go on there, but to its end
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount, currency_code) VALUES ('cs_hs2', 'cs_h2', 'cs_card', 100, 'eur');
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'error' WHERE id = 'cs_hs2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cs_hs2'$$);
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'cs_hs2';
SELECT * FROM pg_temp.collections('cs_h2');
-- a payment that a session is not known of counts as captured
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cs_h3', 100, 'eur');
INSERT INTO paysession.payment (id, payment_collection_id, provider_id, currency_code, amount, captured_amount, captured_at)
	VALUES ('cs_hp3', 'cs_h3', 'cs_card', 'eur', 40, 40, '2001-01-01');
UPDATE paysession.payment_collection SET description = 'imported' WHERE id = 'cs_h3' RETURNING status, authorized_amount, captured_amount;
UPDATE paysession.payment_collection SET amount = 39 WHERE id = 'cs_h3' RETURNING status, authorized_amount, captured_amount;
INSERT INTO paysession.payment (id, payment_collection_id, provider_id, currency_code, amount, captured_amount, captured_at)
	SELECT 'cs_hp3_' || n, 'cs_h3', 'cs_card', 'eur', 9007199254740991, 9007199254740991, '2001-01-01' FROM generate_series(1, 2) n;
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET description = 'too much' WHERE id = 'cs_h3'$$);
ROLLBACK;
-- history is its owner's alone
CREATE ROLE cs_app;
GRANT USAGE ON SCHEMA paysession TO cs_app;
GRANT SELECT, INSERT ON paysession.payment_collection TO cs_app;
SET ROLE cs_app;
SET row_security = off;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_collection (amount, currency_code, status) VALUES (100, 'eur', 'completed')$$);
RESET row_security;
RESET ROLE;
REVOKE ALL ON paysession.payment_collection FROM cs_app;
REVOKE ALL ON SCHEMA paysession FROM cs_app;
DROP ROLE cs_app;
