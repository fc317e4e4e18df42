-- money: what is read of payments: ps_get with its payment, its operations and the cart's refunds, and the views
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method, authorization_ttl) VALUES ('mg_card', 'manual_multiple', '7 days'), ('mg_ideal', 'automatic', NULL);
INSERT INTO paysession.cart (id, currency_code) VALUES ('mg_c1', 'eur');
SELECT id FROM paysession.ps_create('mg_c1', 'mg_card', 1000, id => 'mg_s1');

-- what differs from run to run is shown by its kind
CREATE FUNCTION pg_temp.show(document jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT regexp_replace(regexp_replace(jsonb_pretty(document),
		'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?[+-]\d\d:\d\d"', '"a time"', 'g'), '"op_[0-9A-HJKMNP-TV-Z]{26}"', '"an id"', 'g')
$$;
\pset tuples_only
\pset format unaligned

-- nothing there yet
SELECT paysession.ps_get('mg_s1', '{payment,operations}') -> 'payment', paysession.ps_get('mg_s1', '{payment,operations}') -> 'operations',
	paysession.ps_get('mg_s1', '{cart}') -> 'cart';
-- what was asked for, oldest first
SELECT claimed FROM paysession.ps_begin('mg_s1', '1 hour');
SELECT status FROM paysession.ps_fail('mg_s1', 'declined');
SELECT claimed FROM paysession.ps_begin('mg_s1', '1 hour');
SELECT status FROM paysession.ps_authorize('mg_s1', provider_ref => 'mg_r1');
SELECT pg_temp.show(paysession.ps_get('mg_s1', '{operations}') -> 'operations');
INSERT INTO paysession.payment (id, session_id, data) VALUES ('mg_p1', 'mg_s1', '{"brand": "visa"}');
SELECT order_id FROM paysession.ps_update_payment('mg_p1', 'mg_o1', metadata => '{"gift": true}');
SELECT amount FROM paysession.ps_capture('mg_p1', 600, provider_ref => 'mg_r2', metadata => '{"shipment": 1}');
SELECT amount FROM paysession.ps_refund('mg_p1', 50, 'return', 'too small');
SELECT claimed FROM paysession.ps_refund('mg_p1', 25, lease => '1 hour');
SELECT pg_temp.show(paysession.ps_get('mg_s1', '{payment,operations}') - '{amount,cart_id,created_at,data,id,idempotency_key,is_initiated,is_selected,payment_authorized_at,provider_id,status,updated_at}'::text[]);
-- the values are the tables' own
SELECT g -> 'payment' @> (to_jsonb(p) - '{updated_at,created_at,captured_at,canceled_at,authorization_expires_at,session_id,cart_id,payment_collection_id,provider_id,capture_pending,refund_pending,void_pending}'::text[]),
	(g -> 'payment' ->> 'captured_at')::timestamptz = captured_at, (g -> 'payment' ->> 'authorization_expires_at')::timestamptz = authorization_expires_at,
	(g -> 'payment' ->> 'created_at')::timestamptz = created_at, (g -> 'payment' ->> 'updated_at')::timestamptz = updated_at
FROM paysession.payment p, paysession.ps_get(session_id, '{payment}') AS g WHERE p.id = 'mg_p1';
-- only what was asked for, and the twelve names without
SELECT array_length(ARRAY(SELECT jsonb_object_keys(paysession.ps_get('mg_s1'))), 1),
	paysession.ps_get('mg_s1', '{payment}') - 'payment' = paysession.ps_get('mg_s1'), paysession.ps_get('mg_s1', '{operations}') - 'operations' = paysession.ps_get('mg_s1');
-- refunds of a cart are those of all its payments
SELECT paysession.ps_get('mg_s1', '{cart}') #> '{cart,refunded_total}', paysession.ps_get('mg_s1', '{cart}') #> '{cart,refundable_amount}';
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, cart_id, provider_id, currency_code, amount, captured_amount, captured_at, refunded_amount) VALUES ('mg_old',
	'mg_c1', 'mg_card', 'eur', 500, 500, now(), 100);
INSERT INTO paysession.payment (id, cart_id, provider_id, currency_code, amount, voided_amount, canceled_at) VALUES ('mg_gone', 'mg_c1', 'mg_card', 'eur', 500, 500, now());
SELECT paysession.ps_get('mg_s1', '{cart}') #> '{cart,refunded_total}', paysession.ps_get('mg_s1', '{cart}') #> '{cart,refundable_amount}';
ROLLBACK;
-- the payment of a canceled session is still its payment
CALL pg_temp.pay('mg_p2', 'mg_card', 100);
SELECT amount FROM paysession.ps_void('mg_p2', reason => 'out of stock');
SELECT paysession.ps_get('mg_p2_s', '{payment}') #>> '{payment,status}', paysession.ps_get('mg_p2_s', '{payment}') #>> '{payment,voided_amount}',
	jsonb_typeof(paysession.ps_get('mg_p2_s', '{payment}') #> '{payment,canceled_at}'), paysession.ps_get('mg_p2_s', '{operations}') #>> '{operations,0,reason}';
CALL pg_temp.refuse($$SELECT paysession.ps_get('mg_s1', '{payments}')$$, true);
\pset format aligned
\pset tuples_only off

-- capture and refund: each with its payment's provider, currency, cart and order
SELECT payment_id, amount, status, final, released_amount, provider_ref, metadata, idempotency_key, finished_at IS NOT NULL AS finished, provider_id,
	currency_code, cart_id, order_id
FROM paysession.capture WHERE payment_id LIKE 'mg%' ORDER BY id;
SELECT payment_id, amount, status, reason, note, provider_ref, metadata, idempotency_key, finished_at IS NOT NULL AS finished, provider_id, currency_code, cart_id, order_id
FROM paysession.refund WHERE payment_id LIKE 'mg%' ORDER BY id;
SELECT count(*) FILTER (WHERE c.id = o.id) = count(*) AS same FROM paysession.capture c FULL JOIN paysession.payment_operation o ON o.id = c.id WHERE o.kind = 'capture';
SELECT count(*) FILTER (WHERE r.id = o.id) = count(*) AS same FROM paysession.refund r FULL JOIN paysession.payment_operation o ON o.id = r.id WHERE o.kind = 'refund';
CALL pg_temp.refuse($$DELETE FROM paysession.capture$$);
CALL pg_temp.refuse($$UPDATE paysession.refund SET amount = 1$$);

-- order_payment_status: what becomes of an order of two payments
CALL pg_temp.pay('mg_q1', 'mg_card', 100, 'mg_o2');
CALL pg_temp.pay('mg_q2', 'mg_card', 50, 'mg_o2');
CREATE FUNCTION pg_temp.order_after(call text) RETURNS SETOF paysession.order_payment_status LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT ' || call;
	RETURN QUERY SELECT * FROM paysession.order_payment_status WHERE order_id = 'mg_o2';
END
$$;
SELECT call, s.* FROM unnest(ARRAY['1', $$paysession.ps_capture('mg_q1', 60)$$, $$paysession.ps_capture('mg_q2')$$, $$paysession.ps_void('mg_q1')$$,
	$$paysession.ps_refund('mg_q1', 10)$$,
	$$paysession.ps_refund('mg_q2')$$, $$paysession.ps_refund('mg_q1')$$]) WITH ORDINALITY AS c (call, n), pg_temp.order_after(call) AS s ORDER BY n;
-- canceled are all or it is not
CALL pg_temp.pay('mg_q3', 'mg_card', 100, 'mg_o3');
CALL pg_temp.pay('mg_q4', 'mg_card', 100, 'mg_o3');
SELECT amount FROM paysession.ps_void('mg_q3');
SELECT status, amount, voided_amount, capturable_amount FROM paysession.order_payment_status WHERE order_id = 'mg_o3';
SELECT amount FROM paysession.ps_void('mg_q4');
SELECT status, amount, voided_amount, capturable_amount FROM paysession.order_payment_status WHERE order_id = 'mg_o3';
-- what is captured of an order counts with what is released of it, another currency is another matter
CALL pg_temp.pay('mg_q5', 'mg_card', 100, 'mg_o4');
CALL pg_temp.pay('mg_q6', 'mg_ideal', 70, 'mg_o4');
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('mg_usd', 'mg_ideal', 30, 'usd');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'mg_usd';
INSERT INTO paysession.payment (id, session_id, order_id) VALUES ('mg_q7', 'mg_usd', 'mg_o4');
SELECT amount FROM paysession.ps_void('mg_q5');
SELECT * FROM paysession.order_payment_status WHERE order_id = 'mg_o4' ORDER BY currency_code;
-- payments without an order are of none
SELECT count(*) FROM paysession.order_payment_status WHERE order_id IS NULL;
-- a payment's status, by its amounts
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount, refunded_amount, voided_amount, canceled_at)
	SELECT 'mg_x' || n, 'mg_card', 'eur', 100, c, r, v, CASE WHEN v = 100 THEN now() END
	FROM (VALUES (1, 0, 0, 0), (2, 0, 0, 99), (3, 0, 0, 100), (4, 1, 0, 0), (5, 99, 0, 0), (6, 99, 0, 1), (7, 100, 0, 0), (8, 100, 1, 0), (9, 50, 49,
	0), (10, 50, 50, 0), (11, 50, 50, 50)) v (n, c, r, v);
SELECT amount, captured, refunded, voided, status, capturable, refundable FROM pg_temp.money('mg\_x%') ORDER BY length(payment), payment;
ROLLBACK;
SELECT * FROM pg_temp.unlawful();
