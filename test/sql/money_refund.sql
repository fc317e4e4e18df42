-- money: ps_refund refunds what was captured or parts of it, for a reason; with a lease it reserves it
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mr_card', 'manual_multiple'), ('mr_ideal', 'automatic');

-- the whole
CALL pg_temp.pay('mr_p1', 'mr_ideal', 100);
SELECT captured_at AS captured_at FROM paysession.payment WHERE id = 'mr_p1' \gset
SELECT pg_sleep(0.002);
SELECT id ~ '^op_[0-9A-HJKMNP-TV-Z]{26}$' AS id, kind, session_id, payment_id, provider_id, amount, status, provider_idempotency_key = id AS key,
	attempt, claimed_until, provider_ref, reason, note,
	metadata, idempotency_key, final, released_amount, created_at <= finished_at AS finished, claimed FROM paysession.ps_refund('mr_p1');
SELECT * FROM pg_temp.money('mr_p1');
SELECT captured_at = :'captured_at' AS captured_at_stays, updated_at > captured_at AS updated, canceled_at FROM paysession.payment WHERE id = 'mr_p1';
SELECT paysession.ps_route(id) = paysession.ps_route('mr_p1_c') AS route, request FROM paysession.payment_operation WHERE payment_id = 'mr_p1' AND kind = 'refund';
-- then nothing is left, with an amount or without
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p1', 1)$$);

-- parts, each for its reason; never more than was captured, even where more was authorized
CALL pg_temp.pay('mr_p2', 'mr_card', 100);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p2')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p2', 1)$$);
SELECT amount FROM paysession.ps_capture('mr_p2', 40, false);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p2', 41)$$, true);
SELECT amount, reason, note, provider_ref, metadata FROM paysession.ps_refund('mr_p2', 10, 'return', 'too small', provider_ref => 'mr_r1', metadata => '{"clerk": 7}');
SELECT * FROM pg_temp.money('mr_p2');
SELECT amount, reason FROM paysession.ps_refund(payment_id => 'mr_p2', amount => 5, reason => 'discount');
SELECT amount, reason FROM paysession.ps_refund('mr_p2', 5, 'swap');
SELECT amount, reason FROM paysession.ps_refund('mr_p2', 5, 'claim');
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p2', 16)$$, true);
SELECT amount, reason FROM paysession.ps_refund('mr_p2', 14, 'other');
SELECT * FROM pg_temp.money('mr_p2');
SELECT amount, reason FROM paysession.ps_refund('mr_p2');
SELECT * FROM pg_temp.money('mr_p2');
-- what is captured afterwards can be refunded again
SELECT amount FROM paysession.ps_capture('mr_p2', 20, false);
SELECT * FROM pg_temp.money('mr_p2');
SELECT amount FROM paysession.ps_refund('mr_p2', metadata => NULL);
SELECT * FROM pg_temp.operations('mr_p2');
-- what is only being captured cannot
SELECT claimed FROM paysession.ps_capture('mr_p2', lease => '1 hour');
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p2')$$, true);

-- other reasons there are not
SELECT reason, pg_temp.outcome(format('SELECT paysession.ps_refund(''mr_p1'', 1, %L)', reason))
	FROM unnest('{"",Return,"return ",chargeback,NULL,requested_by_customer}'::text[]) AS reason;
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p1', 1, 'fraud')$$, true);

-- reserve, call, finish
CALL pg_temp.pay('mr_p3', 'mr_ideal', 100);
SELECT amount, status, claimed, finished_at, claimed_until - created_at BETWEEN interval '1 hour' AND interval '1 hour 1 s' AS lease
	FROM paysession.ps_refund('mr_p3', 60, lease => '1 hour', idempotency_key => 'mr_k1');
SELECT * FROM pg_temp.money('mr_p3');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', 60, lease => '1 hour', idempotency_key => 'mr_k1');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', 60, idempotency_key => 'mr_k1');
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p3', 41)$$, true);
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', lease => '1 ms', idempotency_key => 'mr_k2');
SELECT * FROM pg_temp.money('mr_p3');
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p3', lease => '1 hour')$$, true);
SELECT pg_sleep(0.003);
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', lease => '1 hour', idempotency_key => 'mr_k2');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', lease => '1 hour', idempotency_key => 'mr_k2');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mr_p3' AND idempotency_key = 'mr_k1'), 'succeeded');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mr_p3' AND idempotency_key = 'mr_k2'), 'failed');
SELECT * FROM pg_temp.money('mr_p3');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', 60, lease => '1 hour', idempotency_key => 'mr_k1');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', lease => '1 hour', idempotency_key => 'mr_k2');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', lease => '1 hour', idempotency_key => 'mr_k3');
-- a refund that came back can be made again
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mr_p3' AND idempotency_key = 'mr_k1'), 'reversed');
SELECT amount, status, claimed FROM paysession.ps_refund('mr_p3', 60, lease => '1 hour', idempotency_key => 'mr_k1');
SELECT amount, status FROM paysession.ps_refund('mr_p3', 60, idempotency_key => 'mr_k4');
SELECT * FROM pg_temp.operations('mr_p3');
SELECT * FROM pg_temp.money('mr_p3');

-- a key is for one request
CALL pg_temp.pay('mr_p4', 'mr_ideal', 100);
SELECT amount FROM paysession.ps_refund('mr_p4', 60, 'return', 'too small', NULL, 'mr_k1', 'mr_r2', '{"a": 1}');
SELECT arguments, pg_temp.outcome(format('SELECT paysession.%s', arguments)) AS outcome FROM unnest(ARRAY[
	$$ps_refund('mr_p4', 60, 'return', 'too small', NULL, 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 60, 'return', 'too small', '1 hour', 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 61, 'return', 'too small', NULL, 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', NULL, 'return', 'too small', NULL, 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 60, 'swap', 'too small', NULL, 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 60, 'return', 'too "small', NULL, 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 60, 'return', NULL, NULL, 'mr_k1', 'mr_r2', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 60, 'return', 'too small', NULL, 'mr_k1', 'mr_r3', '{"a": 1}')$$,
	$$ps_refund('mr_p4', 60, 'return', 'too small', NULL, 'mr_k1', 'mr_r2', '{"a": 2}')$$,
	$$ps_refund('mr_p4', 60, 'return', 'too small', NULL, 'mr_k1', 'mr_r2')$$,
	$$ps_capture('mr_p4', 60, idempotency_key => 'mr_k1')$$]) AS arguments;
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p4', 1, provider_ref => 'mr_r2')$$);
-- a canceled payment has nothing to refund
CALL pg_temp.pay('mr_p5', 'mr_card', 100);
SELECT amount FROM paysession.ps_void('mr_p5');
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p5')$$, true);
-- the rest that was released neither
CALL pg_temp.pay('mr_p6', 'mr_card', 100);
SELECT released_amount FROM paysession.ps_capture('mr_p6', 60, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mr_p6', 61)$$, true);
SELECT amount FROM paysession.ps_refund('mr_p6');
SELECT * FROM pg_temp.money('mr_p6');
SELECT * FROM pg_temp.unlawful();
