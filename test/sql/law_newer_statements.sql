-- law: it holds on the statements that PostgreSQL 17 has and 15 has not
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
SELECT current_setting('server_version_num')::integer < 170000 AS older \gset
\if :older
	\quit
\endif

INSERT INTO paysession.payment_provider (id) VALUES ('ns_card'), ('ns_bank');
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	SELECT 'ns_c' || n, 'eur', 100, 0, 0, 0, 0 FROM generate_series(1, 4) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ns_1', 'ns_c1', 'ns_card'), ('ns_2', 'ns_c1', 'ns_bank');
CREATE VIEW pg_temp.writable AS SELECT id, cart_id, provider_id, status, is_selected FROM paysession.payment_session WHERE id LIKE 'ns\_%';
CREATE VIEW pg_temp.events AS
SELECT session_id, from_status, to_status, is_selected
FROM paysession.payment_session_event WHERE session_id LIKE 'ns\_%' ORDER BY session_id, id;

-- MERGE into a view, what is not in the source, what comes of it
MERGE INTO pg_temp.writable s USING (VALUES ('ns_1'), ('ns_3')) AS v (id) ON s.id = v.id
WHEN MATCHED THEN UPDATE SET status = 'requires_more', is_selected = true
WHEN NOT MATCHED BY TARGET THEN INSERT (id, cart_id, provider_id) VALUES (v.id, 'ns_c3', 'ns_card')
WHEN NOT MATCHED BY SOURCE THEN UPDATE SET status = 'error'
RETURNING merge_action(), s.id, s.status, s.is_selected;
MERGE INTO paysession.payment_session s USING (VALUES ('ns_1')) AS v (id) ON s.id = v.id
WHEN MATCHED THEN UPDATE SET status = 'authorized'
RETURNING s.id, s.status, s.payment_authorized_at IS NOT NULL AS authorized;
SELECT * FROM pg_temp.events;
CALL pg_temp.refuse($$MERGE INTO pg_temp.writable s USING (VALUES ('ns_2')) AS v (id) ON s.id = v.id
	WHEN NOT MATCHED BY SOURCE THEN UPDATE SET status = 'pending'$$);
CALL pg_temp.refuse($$MERGE INTO pg_temp.writable s USING (VALUES ('ns_2')) AS v (id) ON s.id = v.id
	WHEN NOT MATCHED BY SOURCE THEN DELETE$$);
CALL pg_temp.refuse($$WITH moved AS (MERGE INTO pg_temp.writable s USING (VALUES ('ns_1')) AS v (id) ON s.id = v.id
	WHEN MATCHED THEN UPDATE SET status = 'error' RETURNING s.id) SELECT * FROM moved$$);
CALL pg_temp.refuse($$MERGE INTO paysession.payment_session_event e USING (VALUES ('ns_1')) AS v (id) ON e.session_id = v.id
	WHEN MATCHED THEN UPDATE SET actor = 'nobody'$$);

-- COPY leaves out what is no value of its type, and nothing that is only refused
COPY paysession.payment_session (id, cart_id, provider_id, is_selected) FROM stdin (ON_ERROR ignore);
ns_4	ns_c4	ns_card	perhaps
ns_5	ns_c4	ns_bank	false
\.
COPY paysession.payment_session (id, cart_id, provider_id, status) FROM stdin (ON_ERROR ignore);
ns_6	ns_c4	ns_card	authorized
\.
SELECT id, status FROM pg_temp.writable WHERE cart_id = 'ns_c4' ORDER BY id;

-- who may maintain a table may not write to it
CREATE ROLE ns_keeper;
GRANT USAGE ON SCHEMA paysession TO ns_keeper;
GRANT MAINTAIN ON ALL TABLES IN SCHEMA paysession TO ns_keeper;
SET ROLE ns_keeper;
REINDEX TABLE paysession.payment_session;
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'canceled'$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session_event$$);
RESET ROLE;
DROP OWNED BY ns_keeper;
DROP ROLE ns_keeper;

-- an owner who has another expression computed writes past the law, and is seen
BEGIN;
ALTER TABLE paysession.cart ALTER COLUMN total SET EXPRESSION AS (subtotal + 1);
SELECT c.* FROM paysession.ps_check() AS c WHERE c::text LIKE '%ns\_%' ORDER BY c::text;
ROLLBACK;
