-- law: a payment is its authorized session's, one for each, and it stays
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, authorization_ttl) VALUES ('lp_card', NULL), ('lp_bank', '7 days');
INSERT INTO paysession.cart (id, currency_code) SELECT 'lp_c' || n, 'eur' FROM generate_series(1, 9) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, data)
	SELECT 'lp_s' || n, 'lp_c' || n, 'lp_card', n * 100, '{"token": "tok"}' FROM generate_series(1, 9) n;
UPDATE paysession.payment_session SET status = 'authorized' WHERE id BETWEEN 'lp_s1' AND 'lp_s6';

-- an INSERT needs no more than the session; the rest is the session's
INSERT INTO paysession.payment (session_id) VALUES ('lp_s1')
RETURNING id ~ '^pay_[0-9A-HJKMNP-TV-Z]{26}$' AS id, cart_id, payment_collection_id, provider_id, currency_code, amount, data, metadata, status,
	capturable_amount, refundable_amount, order_id, authorization_expires_at,
	created_at = updated_at AND created_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS stamped;
SELECT paysession.ps_route(id) = paysession.ps_route(cart_id) AS route_of_cart FROM paysession.payment WHERE session_id = 'lp_s1';
-- it writes its session, so that who cancels that at the same time meets it
SELECT s.xmin = p.xmin AS session_written, s.updated_at = s.payment_authorized_at AS unchanged
	FROM paysession.payment p JOIN paysession.payment_session s ON s.id = p.session_id WHERE s.id = 'lp_s1';
-- what is sent with it is kept where it is the payment's own, and has to agree where it is the session's
INSERT INTO paysession.payment (id, session_id, order_id, data, metadata, created_at, updated_at, authorization_expires_at, captured_amount)
	VALUES ('lp_p2', 'lp_s2', 'lp_o2', '{"a": 1}', '{"b": 2}', '2001-01-01', '2001-01-01', '2099-01-01', 0)
RETURNING id, order_id, data, metadata, created_at > '2024-01-01' AND updated_at = created_at AS stamped, authorization_expires_at = '2099-01-01' AS expiry;
INSERT INTO paysession.payment (id, session_id, cart_id, provider_id, currency_code, amount)
	VALUES ('lp_p3', 'lp_s3', 'lp_c3', 'lp_card', 'eur', 300) RETURNING id;
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, cart_id) VALUES ('lp_s4', 'lp_c3')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, payment_collection_id) VALUES ('lp_s4', 'paycol_1')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, provider_id) VALUES ('lp_s4', 'lp_bank')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, currency_code) VALUES ('lp_s4', 'usd')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, amount) VALUES ('lp_s4', 399)$$);
-- a session without a cart has a payment without one
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('lp_free', 'lp_bank', 50, 'usd');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lp_free';
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, cart_id) VALUES ('lp_free', 'lp_c1')$$);
-- the provider's authorization_ttl counts from the authorization
INSERT INTO paysession.payment (id, session_id) VALUES ('lp_p0', 'lp_free') RETURNING cart_id, currency_code, amount;
SELECT authorization_expires_at = payment_authorized_at + interval '7 days' AS expiry
FROM paysession.payment p JOIN paysession.payment_session s ON s.id = p.session_id WHERE p.id = 'lp_p0';

-- unless another time is given
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('lp_free2', 'lp_bank', 50, 'usd');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lp_free2';
INSERT INTO paysession.payment (session_id, authorization_expires_at) VALUES ('lp_free2', '2099-01-01') RETURNING authorization_expires_at = '2099-01-01' AS expiry;

-- one for each session
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s1')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s4'), ('lp_s4')$$);
INSERT INTO paysession.payment (session_id) VALUES ('lp_s1') ON CONFLICT DO NOTHING RETURNING id;
INSERT INTO paysession.payment (session_id) VALUES ('lp_s2') ON CONFLICT (session_id) DO UPDATE SET metadata = '{"c": 3}' RETURNING id, metadata;
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s2') ON CONFLICT (session_id) DO UPDATE SET captured_amount = 1$$);

-- never of one that is not authorized, or not there, or none
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s7')$$, true);
UPDATE paysession.payment_session SET status = 'requires_more' WHERE id = 'lp_s7';
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s7')$$);
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'lp_s7';
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s7')$$);
UPDATE paysession.payment_session SET status = 'canceled' WHERE id IN ('lp_s6', 'lp_s7');
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s7')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s6')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_none')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (provider_id, currency_code, amount) VALUES ('lp_card', 'eur', 5)$$);
-- nor of one whose money is being released
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_operation (id, kind, session_id, provider_id, amount, provider_idempotency_key) VALUES ('lp_void', 'void', 'lp_s4', 'lp_card', 400, 'lp_void');
RESET row_security;
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('lp_s4')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_promote('lp_s4')$$);
ROLLBACK;
-- nor with money captured already
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, captured_amount) VALUES ('lp_s4', 400)$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, capture_pending) VALUES ('lp_s4', 400)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, refunded_amount) VALUES ('lp_s4', 1)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, refund_pending) VALUES ('lp_s4', 1)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, voided_amount) VALUES ('lp_s4', 1)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, void_pending) VALUES ('lp_s4', 1)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, captured_at) VALUES ('lp_s4', now())$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, canceled_at) VALUES ('lp_s4', now())$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, status) VALUES ('lp_s4', 'captured')$$);

-- COPY and MERGE are no way around
COPY paysession.payment (id, session_id, order_id) FROM stdin;
lp_p4	lp_s4	lp_o4
\.
MERGE INTO paysession.payment p USING (VALUES ('lp_s4'), ('lp_s5')) v (session_id) ON p.session_id = v.session_id
	WHEN MATCHED THEN UPDATE SET metadata = '{"merged": true}'
	WHEN NOT MATCHED THEN INSERT (id, session_id) VALUES ('lp_p5', v.session_id);
SELECT id, session_id, cart_id, amount, metadata FROM paysession.payment WHERE id IN ('lp_p4', 'lp_p5') ORDER BY id;
CALL pg_temp.refuse($$MERGE INTO paysession.payment p USING (VALUES ('lp_p4')) v (id) ON p.id = v.id WHEN MATCHED THEN DELETE$$);

-- what it is of never changes
CALL pg_temp.refuse($$UPDATE paysession.payment SET id = 'lp_x' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET id = NULL WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET created_at = '2001-01-01' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET session_id = 'lp_s9' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET session_id = NULL WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET cart_id = 'lp_c1' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET payment_collection_id = 'paycol_1' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET provider_id = 'lp_bank' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET currency_code = 'usd' WHERE id = 'lp_p2'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET amount = 100 WHERE id = 'lp_p2'$$);
-- its order is set once
UPDATE paysession.payment SET order_id = 'lp_o3' WHERE id = 'lp_p3' RETURNING order_id;
UPDATE paysession.payment SET order_id = 'lp_o3' WHERE id = 'lp_p3' RETURNING order_id;
CALL pg_temp.refuse($$UPDATE paysession.payment SET order_id = 'lp_o4' WHERE id = 'lp_p3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET order_id = NULL WHERE id = 'lp_p3'$$);
-- an ORM saves whole rows
UPDATE paysession.payment SET id = id, session_id = session_id, cart_id = cart_id, order_id = order_id, amount = amount, captured_amount = captured_amount,
	captured_at = captured_at, created_at = created_at, data = '{"saved": true}' WHERE id = 'lp_p3' RETURNING data;
-- what is known of it may change, and updated_at tells of it; of a no-op it does not
SELECT updated_at AS before FROM paysession.payment WHERE id = 'lp_p3' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.payment SET data = '{"saved": true}', updated_at = now() WHERE id = 'lp_p3' RETURNING updated_at = :'before' AS untouched;
UPDATE paysession.payment SET metadata = '{"gift": true}', authorization_expires_at = '2099-01-01', updated_at = '2001-01-01'
WHERE id = 'lp_p3' RETURNING updated_at > :'before' AS updated;
UPDATE paysession.payment SET metadata = '{}', updated_at = NULL WHERE id = 'lp_p3' RETURNING updated_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS stamped;

-- it is never deleted, and its session is not canceled under it
CALL pg_temp.refuse($$DELETE FROM paysession.payment WHERE id = 'lp_p3'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment CASCADE$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'lp_s3'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'lp_s3'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.cart WHERE id = 'lp_c3'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_provider WHERE id = 'lp_card'$$);
SELECT * FROM pg_temp.money('lp\_p%');
SELECT * FROM pg_temp.unlawful();
