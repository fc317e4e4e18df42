-- law: what was authorized is never deleted, and no table is truncated
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('de_card'), ('de_bank');
INSERT INTO paysession.cart (id, currency_code) SELECT 'de_c' || n, 'eur' FROM generate_series(1, 8) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount)
	SELECT 'de_s' || n, 'de_c' || n, 'de_card', n FROM generate_series(1, 6) n;

-- a session that was never authorized can go, in whatever status; the deletion is logged
UPDATE paysession.payment_session SET status = 'requires_more', is_initiated = true WHERE id = 'de_s2';
UPDATE paysession.payment_session SET status = 'error', status_reason = 'no' WHERE id = 'de_s3';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'de_s4';
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'de_s1';
WITH deleted AS (DELETE FROM paysession.payment_session WHERE id IN ('de_s1', 'de_s2', 'de_s3', 'de_s4') RETURNING id, status)
SELECT * FROM deleted ORDER BY id;
SELECT session_id, from_status, to_status, amount, is_selected, reason
FROM paysession.payment_session_event WHERE session_id LIKE 'de\_s%' AND to_status IS NULL ORDER BY session_id;
-- the time of the deletion is not before the last change
SELECT bool_and(at >= before) AS in_order FROM (
	SELECT at, lag(at) OVER (PARTITION BY session_id ORDER BY id) AS before
	FROM paysession.payment_session_event WHERE session_id LIKE 'de\_s%') e;

-- an authorized one cannot, nor one that was
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('de_s5', 'de_s6');
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'de_s6';
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'de_s5'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'de_s6'$$, true);
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('de_s7', 'de_c8', 'de_card');
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id IN ('de_s5', 'de_s7')$$);
SELECT id, status FROM paysession.payment_session WHERE id LIKE 'de\_s%' ORDER BY id;

-- nor the cart and the provider that a session has
CALL pg_temp.refuse($$DELETE FROM paysession.cart WHERE id = 'de_c5'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET id = 'de_c9' WHERE id = 'de_c5'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_provider WHERE id = 'de_card'$$);
DELETE FROM paysession.cart WHERE id = 'de_c1';
-- a cart without sessions goes, and its links to sales channels with it
INSERT INTO paysession.sales_channel (id, name) VALUES ('de_web', 'Web');
INSERT INTO paysession.cart (id, sales_channel_id) VALUES ('de_linked', 'de_web');
INSERT INTO paysession.cart_sales_channel VALUES ('de_linked', 'de_web');
CALL pg_temp.refuse($$DELETE FROM paysession.sales_channel WHERE id = 'de_web'$$);
DELETE FROM paysession.cart WHERE id = 'de_linked';
SELECT count(*) FROM paysession.cart_sales_channel WHERE cart_id = 'de_linked';
DELETE FROM paysession.sales_channel WHERE id = 'de_web';

-- an id can be used again after a deletion, and its history goes on
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('de_s2', 'de_c2', 'de_card', 22);
SELECT from_status, to_status, amount FROM paysession.payment_session_event WHERE session_id = 'de_s2' ORDER BY id;

-- no table can be truncated
SET client_min_messages = warning;
DO $$
DECLARE
	t regclass;
BEGIN
	FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' ORDER BY relname LOOP
		CALL pg_temp.refuse(format('TRUNCATE %s CASCADE', t));
	END LOOP;
END
$$;
SELECT count(*) AS still_there FROM paysession.payment_session WHERE id = 'de_s5';

-- the functions: what was never initiated is deleted
SELECT id FROM paysession.ps_create('de_c7', 'de_card', 70, id => 'de_f1');
SELECT id, status, is_initiated FROM paysession.ps_delete('de_f1');
-- what was initiated is canceled instead
SELECT id FROM paysession.ps_create('de_c7', 'de_card', 70, id => 'de_f2', currency_code => 'eur');
SELECT is_initiated FROM paysession.ps_require_more('de_f2');
SELECT id, status, status_reason FROM paysession.ps_delete('de_f2');
-- and what was authorized is refused
SELECT id FROM paysession.ps_create('de_c7', 'de_card', 70, id => 'de_f3');
SELECT status FROM paysession.ps_authorize('de_f3');
CALL pg_temp.refuse($$SELECT paysession.ps_delete('de_f3')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('de_f3')$$, true);
SELECT status FROM paysession.ps_cancel('de_f3');
CALL pg_temp.refuse($$SELECT paysession.ps_delete('de_f3')$$);
SELECT id, status FROM paysession.payment_session WHERE id LIKE 'de\_f%' ORDER BY id;
SELECT session_id, from_status, to_status, reason
FROM paysession.payment_session_event WHERE session_id LIKE 'de\_f%' ORDER BY session_id, id;
