-- money: ps_complete_cart completes a cart with the payment of its authorized session, once, however often it is called
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mk_card', 'manual'), ('mk_bank', 'manual'), ('mk_ideal', 'automatic');
CREATE FUNCTION pg_temp.cart(cart text, total bigint) RETURNS bigint BEGIN ATOMIC
	SELECT total FROM paysession.ps_put_cart(jsonb_build_object('id', cart, 'currency_code', 'eur', 'subtotal', total));
END;
CREATE FUNCTION pg_temp.state(cart text) RETURNS TABLE (completed boolean, payments bigint, sessions text) BEGIN ATOMIC
	SELECT completed_at IS NOT NULL, (SELECT count(*) FROM paysession.payment WHERE cart_id = $1),
		(SELECT string_agg(provider_id || ' ' || status, ', ' ORDER BY provider_id, status) FROM paysession.payment_session WHERE cart_id = $1)
	FROM paysession.cart WHERE id = $1;
END;

-- by cart
SELECT pg_temp.cart('mk_c1', 500);
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('mk_c1', '{mk_card,mk_bank}') ORDER BY provider_id;
SELECT id AS s1, idempotency_key AS key FROM paysession.payment_session WHERE cart_id = 'mk_c1' AND provider_id = 'mk_card' \gset
-- not before there is an authorized session, whatever else there is
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c1')$$, true);
SELECT claimed FROM paysession.ps_begin(:'s1');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c1')$$);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = :'s1'), 'unknown');
CALL pg_temp.refuse(format('SELECT paysession.ps_complete_cart(idempotency_key => %L)', :'key'));
SELECT status FROM paysession.ps_fail(:'s1', 'declined');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c1')$$);
SELECT * FROM pg_temp.state('mk_c1');
SELECT claimed FROM paysession.ps_begin(:'s1');
SELECT status FROM paysession.ps_authorize(:'s1', data => '{"token": "tok"}');
SELECT session_id = :'s1' AS session, cart_id, amount, currency_code, status, order_id, data FROM paysession.ps_complete_cart('mk_c1');
SELECT * FROM pg_temp.state('mk_c1');
-- again and again: the same payment, and nothing changes
SELECT p.id AS p1, p::text || c AS before FROM paysession.payment p JOIN paysession.cart c ON c.id = p.cart_id WHERE c.id = 'mk_c1' \gset
SELECT pg_sleep(0.002);
SELECT id = :'p1' AS same FROM paysession.ps_complete_cart('mk_c1');
SELECT id = :'p1' AS same FROM paysession.ps_complete_cart(idempotency_key => :'key');
SELECT id = :'p1' AS same FROM paysession.ps_complete_cart('mk_c1', :'key');
SELECT id = :'p1' AS same FROM paysession.ps_promote(:'s1');
SELECT p::text || c = :'before' AS untouched FROM paysession.payment p JOIN paysession.cart c ON c.id = p.cart_id WHERE c.id = 'mk_c1';
-- the order when it is known, once
SELECT id = :'p1' AS same, order_id FROM paysession.ps_complete_cart('mk_c1', order_id => 'mk_o1');
SELECT id = :'p1' AS same, order_id FROM paysession.ps_complete_cart('mk_c1', order_id => 'mk_o1');
SELECT id = :'p1' AS same, order_id FROM paysession.ps_complete_cart('mk_c1');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c1', order_id => 'mk_o2')$$);
-- a completed cart takes no session, selection or total, and stays completed
CALL pg_temp.refuse($$SELECT paysession.ps_create('mk_c1', 'mk_ideal')$$, true);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_set_sessions('mk_c1', '{mk_ideal}')$$);
CALL pg_temp.refuse($$SELECT pg_temp.cart('mk_c1', 501)$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET completed_at = NULL WHERE id = 'mk_c1'$$);
-- whatever becomes of the money
SELECT amount FROM paysession.ps_capture(:'p1', 200);
SELECT amount FROM paysession.ps_refund(:'p1', 50);
SELECT id = :'p1' AS same, status FROM paysession.ps_complete_cart('mk_c1', :'key');
SELECT * FROM pg_temp.state('mk_c1');

-- by key, with the order at once, in the transaction that inserts it
SELECT pg_temp.cart('mk_c2', 500);
SELECT id AS s2, idempotency_key AS key FROM paysession.ps_set_sessions('mk_c2', '{mk_ideal}') \gset
SELECT status FROM paysession.ps_authorize(:'s2');
BEGIN;
SELECT order_id, status, captured_amount FROM paysession.ps_complete_cart(cart_id => NULL, idempotency_key => :'key', order_id => 'mk_o2');
ROLLBACK;
SELECT * FROM pg_temp.state('mk_c2');
BEGIN;
SELECT order_id, status, captured_amount FROM paysession.ps_complete_cart(idempotency_key => :'key', order_id => 'mk_o2');
COMMIT;
SELECT order_id, status, captured_amount FROM paysession.ps_complete_cart(idempotency_key => :'key', order_id => 'mk_o2');
SELECT * FROM pg_temp.state('mk_c2');
-- promoted before, by whatever way
SELECT pg_temp.cart('mk_c3', 300);
SELECT id AS s3 FROM paysession.ps_create('mk_c3', 'mk_card') \gset
SELECT status FROM paysession.ps_authorize(:'s3');
INSERT INTO paysession.payment (id, session_id) VALUES ('mk_p3', :'s3');
SELECT id, order_id FROM paysession.ps_complete_cart('mk_c3', order_id => 'mk_o3');
-- voided since: still the same, by cart and by key
SELECT amount FROM paysession.ps_void('mk_p3');
SELECT id, status FROM paysession.ps_complete_cart('mk_c3');
SELECT p.id, p.status FROM paysession.payment_session s, paysession.ps_complete_cart(idempotency_key => s.idempotency_key) p WHERE s.id = :'s3';
SELECT * FROM pg_temp.state('mk_c3');
-- voided before: the cart is to be paid anew, and completed with that
SELECT pg_temp.cart('mk_c4', 400);
SELECT id AS s4 FROM paysession.ps_create('mk_c4', 'mk_card') \gset
SELECT status FROM paysession.ps_authorize(:'s4');
INSERT INTO paysession.payment (id, session_id) VALUES ('mk_p4', :'s4');
SELECT amount FROM paysession.ps_void('mk_p4');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c4')$$);
SELECT status FROM paysession.ps_authorize((SELECT id FROM paysession.ps_create('mk_c4', 'mk_card')));
SELECT id <> 'mk_p4' AS new, status FROM paysession.ps_complete_cart('mk_c4');
SELECT id <> 'mk_p4' AS new, status FROM paysession.ps_complete_cart('mk_c4');
SELECT * FROM pg_temp.state('mk_c4');
-- a total that is not known does not matter
SELECT status FROM paysession.ps_authorize((SELECT id FROM paysession.ps_create('mk_c5', 'mk_card', 7, currency_code => 'eur')));
SELECT amount, status FROM paysession.ps_complete_cart('mk_c5');

-- nothing to pay: completed without a payment, once
SELECT pg_temp.cart('mk_c6', 0);
SELECT count(*), count(p.id) AS payments FROM paysession.ps_complete_cart('mk_c6') p;
SELECT c::text AS before FROM paysession.cart c WHERE id = 'mk_c6' \gset
SELECT pg_sleep(0.002);
SELECT count(*), count(p.id) AS payments FROM paysession.ps_complete_cart('mk_c6', order_id => 'mk_o6') p;
SELECT c::text = :'before' AS untouched FROM paysession.cart c WHERE id = 'mk_c6';
SELECT * FROM pg_temp.state('mk_c6');
SELECT total FROM paysession.ps_put_cart('{"id": "mk_c7", "raw_discount_total": 5}');
SELECT count(p.id) AS payments FROM paysession.ps_complete_cart('mk_c7') p;
SELECT * FROM pg_temp.state('mk_c7');

-- whatever was paid and released before
SELECT pg_temp.cart('mk_ca', 100);
SELECT status FROM paysession.ps_authorize((SELECT id FROM paysession.ps_create('mk_ca', 'mk_card', id => 'mk_sa')));
SELECT status FROM paysession.ps_void((SELECT id FROM paysession.ps_promote('mk_sa')));
SELECT pg_temp.cart('mk_ca', 0), pg_sleep(0.002);
SELECT count(p.id) AS payments FROM paysession.ps_complete_cart('mk_ca') p;
SELECT count(p.id) AS payments FROM paysession.ps_complete_cart('mk_ca') p;

-- what it is asked for has to be there, and to be one
SELECT pg_temp.cart('mk_c8', 800);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c8')$$);
INSERT INTO paysession.cart (id) VALUES ('mk_c9');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c9')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart()$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => 'mk_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c8', 'mk_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c1', order_id => '')$$);
CALL pg_temp.refuse(format('SELECT paysession.ps_complete_cart(%L, %L)', 'mk_c8', :'key'), true);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('mk_c1', 'mk_none')$$);
-- keys are the application's to choose: one that sessions of two carts have is no name of a cart
INSERT INTO paysession.payment_session (cart_id, provider_id, currency_code, amount, idempotency_key) VALUES ('mk_d1', 'mk_card', 'eur', 5, 'mk_key'),
	('mk_d2', 'mk_card', 'eur', 5, 'mk_key');
UPDATE paysession.payment_session SET status = 'authorized' WHERE cart_id IN ('mk_d1', 'mk_d2');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => 'mk_key')$$, true);
SELECT cart_id FROM paysession.ps_complete_cart('mk_d2', 'mk_key');
-- sessions of one cart may share one, and the authorized one must have it
INSERT INTO paysession.payment_session (id, cart_id, provider_id, currency_code, amount, idempotency_key) VALUES ('mk_d3a', 'mk_d3', 'mk_card', 'eur', 5, 'mk_key3'),
	('mk_d3b', 'mk_d3', 'mk_ideal', 'eur', 5, 'mk_key3'), ('mk_d4a', 'mk_d4', 'mk_card', 'eur', 5, 'mk_key4'), ('mk_d4b', 'mk_d4', 'mk_ideal', 'eur', 5, 'mk_key5');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('mk_d3b', 'mk_d4a');
SELECT session_id FROM paysession.ps_complete_cart(idempotency_key => 'mk_key3');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => 'mk_key5')$$);
-- and one of no cart leads to none
INSERT INTO paysession.payment_session (provider_id, idempotency_key) VALUES ('mk_card', 'mk_key6');
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => 'mk_key6')$$);
-- a cart that came in as completed, from where its payment did not, is so
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.cart (id, currency_code, subtotal, shipping_total, raw_discount_total, gift_card_total, gift_card_tax_total, completed_at)
	VALUES ('mk_past', 'eur', 100, 0, 0, 0, 0, '2001-01-01');
COMMIT;
SELECT count(*), count(p.id) AS payments FROM paysession.ps_complete_cart('mk_past') p;
SELECT completed_at = '2001-01-01' AS untouched FROM paysession.cart WHERE id = 'mk_past';
SELECT * FROM pg_temp.unlawful();
