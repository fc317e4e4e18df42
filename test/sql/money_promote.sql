-- money: ps_promote makes an authorized session a payment, once; ps_update_payment adds what becomes known of it
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method, authorization_ttl) VALUES
	('mp_card', 'manual', '7 days'), ('mp_multi', 'manual_multiple', NULL), ('mp_ideal', 'automatic', '7 days');
SELECT total FROM paysession.ps_put_cart('{"id": "mp_c1", "currency_code": "eur", "subtotal": 500}');
SELECT id AS s1 FROM paysession.ps_create('mp_c1', 'mp_card', data => '{"token": "tok_1"}') \gset
SELECT claimed FROM paysession.ps_begin(:'s1');
SELECT status, idempotency_key AS key FROM paysession.ps_authorize(:'s1', data => '{"token": "tok_2"}', provider_ref => 'mp_r1') \gset

-- authorized -> a payment
SELECT id ~ '^pay_[0-9A-HJKMNP-TV-Z]{26}$' AS id, paysession.ps_route(id) = paysession.ps_route('mp_c1') AS route, session_id = :'s1' AS session, cart_id, payment_collection_id,
	order_id, provider_id, currency_code, amount, data, metadata, status, captured_amount, capture_pending, refunded_amount, refund_pending, voided_amount, void_pending,
	capturable_amount, refundable_amount, captured_at, canceled_at, created_at = updated_at AS stamped
FROM paysession.ps_promote(:'s1');
SELECT authorization_expires_at = payment_authorized_at + interval '7 days' AS expiry
	FROM paysession.payment p JOIN paysession.payment_session s ON s.id = p.session_id WHERE s.id = :'s1';
SELECT kind, status, ref FROM pg_temp.operations(:'s1');
-- again: the same, and nothing happens
SELECT id AS p1, p::text AS before, xmin AS version FROM paysession.payment p WHERE session_id = :'s1' \gset
SELECT pg_sleep(0.002);
SELECT p::text = :'before' AS same FROM paysession.ps_promote(:'s1') p;
SELECT p::text = :'before' AS same FROM paysession.ps_promote(session_id => :'s1', order_id => NULL) p;
SELECT xmin = :'version' AS untouched FROM paysession.payment WHERE id = :'p1';
-- the order is set once, whenever it is known
SELECT order_id, updated_at > created_at AS updated FROM paysession.ps_promote(:'s1', 'mp_o1');
SELECT p::text AS before, xmin AS version FROM paysession.payment p WHERE session_id = :'s1' \gset
SELECT p::text = :'before' AS same FROM paysession.ps_promote(:'s1', 'mp_o1') p;
SELECT xmin = :'version' AS untouched FROM paysession.payment WHERE id = :'p1';
SELECT order_id FROM paysession.ps_promote(:'s1');
CALL pg_temp.refuse(format('SELECT paysession.ps_promote(%L, ''mp_o2'')', :'s1'), true);
SELECT count(*) FROM paysession.payment WHERE cart_id = 'mp_c1';

-- at once with its order
CREATE FUNCTION pg_temp.authorized(session text, provider text, amount bigint) RETURNS text BEGIN ATOMIC
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES (session, session || '_c', provider, amount, 'eur');
	SELECT id FROM paysession.ps_authorize(session);
END;
SELECT pg_temp.authorized('mp_s2', 'mp_multi', 200);
SELECT order_id, status, authorization_expires_at FROM paysession.ps_promote('mp_s2', 'mp_o2');
-- after a raw INSERT it finds that one
SELECT pg_temp.authorized('mp_s3', 'mp_card', 300);
INSERT INTO paysession.payment (id, session_id) VALUES ('mp_p3', 'mp_s3');
SELECT id, order_id FROM paysession.ps_promote('mp_s3', 'mp_o3');

-- a provider that captures with the authorization: the whole is captured already, once
SELECT pg_temp.authorized('mp_s4', 'mp_ideal', 400);
SELECT status, captured_amount, capturable_amount, refundable_amount, captured_at >= created_at AS captured, order_id FROM paysession.ps_promote('mp_s4', 'mp_o4');
SELECT status, captured_amount, order_id FROM paysession.ps_promote('mp_s4', 'mp_o4');
SELECT kind, amount, released, final, status, claim FROM pg_temp.operations('mp_s4');
SELECT pg_temp.authorized('mp_s5', 'mp_ideal', 500);
INSERT INTO paysession.payment (id, session_id) VALUES ('mp_p5', 'mp_s5') RETURNING status, captured_amount;
SELECT * FROM pg_temp.money('mp_p5');
SELECT kind, amount, final, status FROM pg_temp.operations('mp_p5');
SELECT paysession.ps_route(o.id) = paysession.ps_route('mp_s5_c') AS route, o.provider_idempotency_key = o.id AS key,
	o.finished_at IS NOT NULL AS finished, o.session_id, o.provider_id
FROM paysession.payment_operation o WHERE payment_id = 'mp_p5';
-- what counts is what the provider does when the payment is made
SELECT capture_method FROM paysession.ps_put_provider('mp_ideal', capture_method => 'manual');
SELECT pg_temp.authorized('mp_s6', 'mp_ideal', 600);
SELECT status FROM paysession.ps_promote('mp_s6');

-- what is not authorized, or not any more, is not promoted; promoted, it is not canceled
SELECT id FROM paysession.ps_create('mp_c7', 'mp_card', 700, id => 'mp_s7', currency_code => 'eur');
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_s7')$$, true);
SELECT claimed FROM paysession.ps_begin('mp_s7');
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_s7')$$);
SELECT status FROM paysession.ps_require_more('mp_s7');
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_s7')$$);
SELECT status FROM paysession.ps_fail('mp_s7');
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_s7')$$);
SELECT status FROM paysession.ps_authorize('mp_s7');
SELECT status FROM paysession.ps_cancel('mp_s7');
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_s7')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('mp_s2')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_delete('mp_s2')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('mp_s2')$$);
-- a payment canceled since is the session's payment still
SELECT status FROM paysession.ps_void('mp_p3');
SELECT id, status FROM paysession.ps_promote('mp_s3', 'mp_o3');

-- ps_update_payment: what is given replaces, what is not stays
SELECT order_id, data, metadata FROM paysession.ps_update_payment('mp_p5', data => '{"card": "visa"}');
SELECT order_id, data, metadata FROM paysession.ps_update_payment('mp_p5', metadata => '{"gift": true}');
SELECT order_id, data, metadata, authorization_expires_at = '2099-01-01 00:00:00.123+00' AS expiry
	FROM paysession.ps_update_payment(payment_id => 'mp_p5', order_id => 'mp_o5', authorization_expires_at => '2099-01-01 00:00:00.123999+00',
	data => '{"a": 1}', metadata => '{}');
SELECT p::text AS before, xmin AS version FROM paysession.payment p WHERE id = 'mp_p5' \gset
SELECT pg_sleep(0.002);
SELECT p::text = :'before' AS same FROM paysession.ps_update_payment('mp_p5') p;
SELECT p::text = :'before' AS same FROM paysession.ps_update_payment('mp_p5', 'mp_o5', '2099-01-01 00:00:00.123999+00', '{"a": 1}', '{}') p;
SELECT xmin = :'version' AS untouched FROM paysession.payment WHERE id = 'mp_p5';
SELECT updated_at > created_at AS updated, authorization_expires_at = '1999-12-31 23:59:59.123+00' AS expiry, status
FROM paysession.ps_update_payment('mp_p5', authorization_expires_at => '1999-12-31 23:59:59.123999+00');
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_p5', 'mp_o1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_p5', authorization_expires_at => 'infinity')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_p5', authorization_expires_at => '-infinity')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_p5', data => '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_p5', metadata => '"a"')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_p5', '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('mp_none', 'mp_o1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment(NULL)$$);

CALL pg_temp.refuse($$SELECT paysession.ps_promote(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_promote('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_promote('mp_s6', ' o')$$);
SELECT * FROM pg_temp.unlawful();
