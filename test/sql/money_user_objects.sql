-- money: a user's own columns, constraints and indexes on payments and operations work for plain SQL and for the functions
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mu_card', 'manual_multiple'), ('mu_ideal', 'automatic');
CALL pg_temp.pay('mu_old', 'mu_card', 100);
SELECT amount FROM paysession.ps_capture('mu_old', 10);

-- columns: without and with a default, evaluated for each row, an identity, a generated one
ALTER TABLE paysession.payment
	ADD shop text,
	ADD shelf text NOT NULL DEFAULT 'main',
	ADD token uuid DEFAULT gen_random_uuid(),
	ADD number bigint GENERATED ALWAYS AS IDENTITY,
	ADD net bigint GENERATED ALWAYS AS (captured_amount - refunded_amount) STORED;
ALTER TABLE paysession.payment_operation
	ADD shop text,
	ADD shelf text NOT NULL DEFAULT 'main',
	ADD token uuid DEFAULT gen_random_uuid(),
	ADD number bigint GENERATED ALWAYS AS IDENTITY,
	ADD signed bigint GENERATED ALWAYS AS (CASE kind WHEN 'refund' THEN -amount ELSE amount END) STORED;
CALL pg_temp.pay('mu_p1', 'mu_card', 100);
UPDATE paysession.payment SET shop = 'north' WHERE id = 'mu_p1' RETURNING shop, shelf, net;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mu_s2', 'mu_c2', 'mu_card', 100, 'eur');
SELECT claimed FROM paysession.ps_begin('mu_s2', '1 hour');
SELECT status FROM paysession.ps_authorize('mu_s2');
SELECT shop, shelf, token IS NOT NULL AS token, number IS NOT NULL AS number, net FROM paysession.ps_promote('mu_s2', 'mu_o1');
SELECT amount, status FROM paysession.ps_capture('mu_p1', 60);
SELECT amount, claimed FROM paysession.ps_refund('mu_p1', 25, lease => '1 hour');
SELECT amount, shelf, signed FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mu_p1' AND status = 'pending'), 'succeeded', 20);
SELECT amount FROM paysession.ps_void('mu_p1');
SELECT amount FROM paysession.ps_capture('mu_old', 20);
CALL pg_temp.pay('mu_p3', 'mu_ideal', 100, 'mu_o3');
SELECT amount, shelf, signed FROM paysession.ps_refund_order('mu_o3', 30);
SELECT shop, net, order_id FROM paysession.ps_update_payment('mu_p1', 'mu_o2', metadata => '{"a": 1}');
SELECT * FROM pg_temp.money('mu\_%');
SELECT id, shop, shelf, net FROM paysession.payment WHERE id LIKE 'mu\_%' ORDER BY id;
SELECT coalesce(payment_id, session_id) AS of, kind, status, shop, shelf, signed FROM paysession.payment_operation WHERE session_id LIKE 'mu\_%' ORDER BY 1, id;
SELECT count(DISTINCT token) = count(*) AS tokens, count(DISTINCT number) = count(*) AS numbers FROM paysession.payment_operation;
SELECT count(DISTINCT token) = count(*) AS tokens, count(DISTINCT number) = count(*) AS numbers FROM paysession.payment;
-- what is the user's is theirs to change, of a payment; of an operation nothing is
SELECT updated_at AS before FROM paysession.payment WHERE id = 'mu_p1' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment SET shop = 'south' WHERE id = 'mu_p1' RETURNING updated_at > :'before' AS updated;
CALL pg_temp.refuse($$UPDATE paysession.payment_operation SET shop = 'south' WHERE payment_id = 'mu_p1'$$);
-- the type that the verbs return has none of them
SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = 'paysession.claimed_operation'::regclass AND attname IN ('shop', 'shelf', 'claimed');

-- a column that nobody fills refuses
ALTER TABLE paysession.payment_operation ADD wanted text, ADD CONSTRAINT mu_wanted CHECK (wanted IS NOT NULL) NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mu_old', 1)$$);
ALTER TABLE paysession.payment_operation DROP wanted;
-- a CHECK, and with it the whole call is undone
ALTER TABLE paysession.payment_operation ADD CONSTRAINT mu_limit CHECK (amount < 50) NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mu_old', 50)$$);
SELECT amount FROM paysession.ps_capture('mu_old', 49);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mu_s4', 'mu_c4', 'mu_card', 50, 'eur');
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mu_s4')$$);
SELECT is_initiated, is_selected FROM paysession.payment_session WHERE id = 'mu_s4';
ALTER TABLE paysession.payment_operation DROP CONSTRAINT mu_limit;
ALTER TABLE paysession.payment ADD CONSTRAINT mu_limit CHECK (refunded_amount < 50) NOT VALID;
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mu_old', 50)$$);
SELECT amount FROM paysession.ps_refund('mu_old', 49);
ALTER TABLE paysession.payment DROP CONSTRAINT mu_limit;
-- a foreign key, a unique constraint, a deferred one
CREATE TABLE mu_orders (id text COLLATE "C" PRIMARY KEY);
INSERT INTO mu_orders VALUES ('mu_o1'), ('mu_o4');
ALTER TABLE paysession.payment ADD CONSTRAINT mu_order FOREIGN KEY (order_id) REFERENCES mu_orders (id) NOT VALID;
SELECT order_id FROM paysession.ps_update_payment('mu_old', 'mu_o4');
SELECT status FROM paysession.ps_authorize('mu_s4');
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mu_s4', 'mu_none')$$);
ALTER TABLE paysession.payment ADD CONSTRAINT mu_one EXCLUDE (order_id WITH =) WHERE (session_id LIKE 'mu\_s%') DEFERRABLE INITIALLY DEFERRED;
BEGIN;
SELECT order_id FROM paysession.ps_promote('mu_s4', 'mu_o1');
COMMIT;
ALTER TABLE paysession.payment DROP CONSTRAINT mu_one, DROP CONSTRAINT mu_order;
DROP TABLE mu_orders;
-- an index, on what changes
CREATE INDEX mu_status ON paysession.payment (status, refundable_amount) INCLUDE (id);
CREATE INDEX mu_pending ON paysession.payment_operation (claimed_until) WHERE status = 'pending';
CREATE INDEX mu_data ON paysession.payment USING gin (metadata);
SELECT status FROM paysession.ps_promote('mu_s4');
SELECT claimed FROM paysession.ps_capture((SELECT id FROM paysession.payment WHERE session_id = 'mu_s4'), lease => '1 hour');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'mu_s4' AND kind = 'capture'), 'succeeded');
SET enable_seqscan = off;
SELECT session_id FROM paysession.payment WHERE status = 'captured' AND session_id LIKE 'mu\_%' ORDER BY 1;
SELECT id FROM paysession.payment WHERE metadata @> '{"a": 1}' AND id LIKE 'mu\_%';
SELECT count(*) FROM paysession.payment_operation WHERE status = 'pending' AND claimed_until IS NOT NULL AND session_id LIKE 'mu\_%';
RESET enable_seqscan;
DROP INDEX paysession.mu_status, paysession.mu_pending, paysession.mu_data;

-- without them all goes on
ALTER TABLE paysession.payment DROP shop, DROP shelf, DROP token, DROP number, DROP net;
ALTER TABLE paysession.payment_operation DROP shop, DROP shelf, DROP token, DROP number, DROP signed;
SELECT amount FROM paysession.ps_capture('mu_old', 5);
CALL pg_temp.pay('mu_p5', 'mu_ideal', 100);
SELECT amount, reason FROM paysession.ps_refund('mu_p5', 5, 'return');
SELECT * FROM pg_temp.money('mu\_%');
SELECT * FROM pg_temp.unlawful();
