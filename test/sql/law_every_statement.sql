-- law: it holds on every statement that can write
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('st_card'), ('st_bank'), ('st_cash');
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	SELECT 'st_c' || n, 'eur', 100, 0, 0, 0, 0 FROM generate_series(1, 9) n;

CREATE VIEW pg_temp.events AS
SELECT session_id, from_status, to_status, amount, is_selected
FROM paysession.payment_session_event WHERE session_id LIKE 'st\_%' ORDER BY session_id, id;

-- INSERT of several rows, INSERT of a query
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('st_1', 'st_c1', 'st_card'), ('st_2', 'st_c1', 'st_bank');
INSERT INTO paysession.payment_session (id, cart_id, provider_id)
	SELECT 'st_3' || id, 'st_c3', id FROM paysession.payment_provider WHERE id LIKE 'st\_%';
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, status)
	VALUES ('st_x', 'st_c2', 'st_card', 'pending'), ('st_y', 'st_c2', 'st_bank', 'authorized')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount)
	SELECT 'st_x', 'st_c2', id, 99 FROM paysession.payment_provider WHERE id = 'st_card'$$);
SELECT * FROM pg_temp.events;

-- INSERT ... ON CONFLICT: nothing happens, or an update does
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('st_1', 'st_c1', 'st_card') ON CONFLICT DO NOTHING;
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('st_1', 'st_c1', 'st_card')
	ON CONFLICT (id) DO UPDATE SET is_selected = true;
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('st_c1', 'st_card')
	ON CONFLICT (cart_id, provider_id) WHERE canceled_at IS NULL DO UPDATE SET status = 'requires_more', amount = EXCLUDED.amount;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('st_1', 'st_c1', 'st_card')
	ON CONFLICT (id) DO UPDATE SET amount = 99$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('st_1', 'st_c1', 'st_card')
	ON CONFLICT (id) DO UPDATE SET cart_id = 'st_c2'$$);
-- what could not be born is refused, conflict or not
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, status) VALUES ('st_1', 'st_c1', 'st_card', 'error')
	ON CONFLICT (id) DO UPDATE SET status = 'error'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('st_1', 'st_c1', 'st_card', 99)
	ON CONFLICT DO NOTHING$$);
SELECT * FROM pg_temp.events WHERE session_id = 'st_1';

-- UPDATE of several rows, with a join, through a view, through a cursor
UPDATE paysession.payment_session SET status = 'error' WHERE id IN ('st_1', 'st_2');
UPDATE paysession.payment_session s SET status = 'pending' FROM paysession.cart c WHERE c.id = s.cart_id AND c.id = 'st_c1';
CREATE VIEW pg_temp.writable AS SELECT id, status, is_selected, amount FROM paysession.payment_session;
UPDATE pg_temp.writable SET status = 'authorized' WHERE id = 'st_1';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'error' WHERE cart_id = 'st_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session s SET status = 'pending' FROM paysession.cart c WHERE c.id = s.cart_id AND s.id = 'st_1'$$);
CALL pg_temp.refuse($$UPDATE pg_temp.writable SET amount = 99 WHERE id = 'st_1'$$);
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM paysession.payment_session WHERE id = 'st_1' FOR UPDATE;
MOVE c;
SAVEPOINT s;
UPDATE paysession.payment_session SET status = 'pending' WHERE CURRENT OF c;
ROLLBACK TO s;
UPDATE paysession.payment_session SET status = 'canceled' WHERE CURRENT OF c;
COMMIT;
SELECT * FROM pg_temp.events WHERE session_id IN ('st_1', 'st_2');

-- DELETE, with a join, through a view
DELETE FROM paysession.payment_session WHERE id = 'st_3st_card';
DELETE FROM paysession.payment_session s USING paysession.cart c WHERE c.id = s.cart_id AND s.id = 'st_3st_bank';
DELETE FROM pg_temp.writable WHERE id = 'st_3st_cash';
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE cart_id = 'st_c1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session s USING paysession.cart c WHERE c.id = s.cart_id AND s.id = 'st_1'$$);
CALL pg_temp.refuse($$DELETE FROM pg_temp.writable WHERE id = 'st_1'$$);
SELECT * FROM pg_temp.events WHERE session_id LIKE 'st\_3%';

-- MERGE
MERGE INTO paysession.payment_session s
USING (VALUES ('st_2', 'st_c1', 'st_bank'), ('st_4', 'st_c4', 'st_card')) AS v (id, cart_id, provider_id) ON s.id = v.id
WHEN MATCHED THEN UPDATE SET status = 'requires_more', is_selected = true
WHEN NOT MATCHED THEN INSERT (id, cart_id, provider_id) VALUES (v.id, v.cart_id, v.provider_id);
CALL pg_temp.refuse($$MERGE INTO paysession.payment_session s USING (VALUES ('st_1')) AS v (id) ON s.id = v.id
	WHEN MATCHED THEN UPDATE SET status = 'pending'$$);
CALL pg_temp.refuse($$MERGE INTO paysession.payment_session s USING (VALUES ('st_1')) AS v (id) ON s.id = v.id
	WHEN MATCHED THEN DELETE$$);
CALL pg_temp.refuse($$MERGE INTO paysession.payment_session s USING (VALUES ('st_5')) AS v (id) ON s.id = v.id
	WHEN NOT MATCHED THEN INSERT (id, cart_id, provider_id, status) VALUES (v.id, 'st_c5', 'st_card', 'authorized')$$);
MERGE INTO paysession.payment_session s USING (VALUES ('st_4')) AS v (id) ON s.id = v.id WHEN MATCHED THEN DELETE;
SELECT * FROM pg_temp.events WHERE session_id IN ('st_2', 'st_4');
MERGE INTO paysession.cart c USING (VALUES ('st_c1', 120)) AS v (id, subtotal) ON c.id = v.id
WHEN MATCHED THEN UPDATE SET subtotal = v.subtotal;
SELECT id, amount FROM paysession.payment_session WHERE cart_id = 'st_c1' ORDER BY id;

-- COPY
COPY paysession.payment_session (id, cart_id, provider_id, created_at) FROM stdin;
st_6	st_c6	st_card	2001-01-01
st_7	st_new	st_card	2001-01-01
\.
COPY paysession.payment_session (id, cart_id, provider_id, status) FROM stdin;
st_8	st_c8	st_card	pending
st_9	st_c9	st_card	authorized
\.
SELECT id, status, amount, created_at > '2001-01-01' AS stamped FROM paysession.payment_session WHERE id IN ('st_6', 'st_7', 'st_8', 'st_9') ORDER BY id;
SELECT * FROM pg_temp.events WHERE session_id IN ('st_6', 'st_7', 'st_8', 'st_9');
COPY paysession.payment_session_event (id, txid, at, is_selected, session_id, actor, role) FROM stdin;
1	1	2001-01-01	f	st_6	me	me
\.
COPY paysession.cart (id, currency_code) FROM stdin;
st_c10	EUR
\.

-- a writable CTE: what its parts write meets the law as well
WITH made AS (INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('st_8', 'st_c8', 'st_card') RETURNING id),
	moved AS (UPDATE paysession.payment_session SET status = 'error' WHERE id = 'st_6' RETURNING id),
	gone AS (DELETE FROM paysession.payment_session WHERE id = 'st_7' RETURNING id)
SELECT made.id, moved.id, gone.id FROM made, moved, gone;
SELECT * FROM pg_temp.events WHERE session_id IN ('st_6', 'st_7', 'st_8');
CALL pg_temp.refuse($$WITH moved AS (UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'st_1' RETURNING id) SELECT * FROM moved$$);
CALL pg_temp.refuse($$WITH made AS (INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('st_c8', 'st_bank') RETURNING id)
	INSERT INTO paysession.payment_session_event (txid, at, is_selected, session_id, actor, role)
	SELECT '1', now(), false, id, 'me', 'me' FROM made$$);
-- a session of a cart that the same statement makes
WITH cart AS (INSERT INTO paysession.cart (id, currency_code) VALUES ('st_c11', 'eur') RETURNING id)
INSERT INTO paysession.payment_session (id, cart_id, provider_id) SELECT 'st_11', cart.id, 'st_card' FROM cart;
-- two sessions of one cart in one statement, and a total in the same one as its sessions
WITH priced AS (UPDATE paysession.cart SET subtotal = 130 WHERE id = 'st_c9' RETURNING id)
INSERT INTO paysession.payment_session (id, cart_id, provider_id)
	SELECT 'st_9' || p, id, p FROM priced, unnest('{st_card,st_bank}'::text[]) p;
SELECT id, amount FROM paysession.payment_session WHERE cart_id = 'st_c9' ORDER BY id;

-- TRUNCATE, of one table or with what hangs on it
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session, paysession.payment_session_event, paysession.cart, paysession.cart_sales_channel$$);

-- a prepared statement
PREPARE move AS UPDATE paysession.payment_session SET status = $2 WHERE id = $1;
EXECUTE move('st_8', 'requires_more');
EXECUTE move('st_8', 'authorized');
EXECUTE move('st_8', 'pending');
DEALLOCATE move;
SELECT * FROM pg_temp.events WHERE session_id = 'st_8';
