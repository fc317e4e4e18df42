-- money: ps_capture captures what is capturable or a part of it, as the provider can; with a lease it reserves it
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mc_card', 'manual'), ('mc_multi', 'manual_multiple'), ('mc_ideal', 'automatic');

-- the whole
CALL pg_temp.pay('mc_p1', 'mc_card', 100);
SELECT id ~ '^op_[0-9A-HJKMNP-TV-Z]{26}$' AS id, kind, session_id, payment_id, provider_id, amount, status, provider_idempotency_key = id AS key,
	attempt, claimed_until, provider_ref, reason, note,
	metadata, idempotency_key, final, released_amount, created_at <= finished_at AS finished, claimed FROM paysession.ps_capture('mc_p1');
SELECT status, captured_at BETWEEN created_at AND updated_at AND updated_at < captured_at + '1 s' AS captured, canceled_at FROM paysession.payment WHERE id = 'mc_p1';
SELECT * FROM pg_temp.money('mc_p1');
SELECT paysession.ps_route(id) = paysession.ps_route('mc_p1_c') AS route, request FROM paysession.payment_operation WHERE payment_id = 'mc_p1';
-- again without an amount: the last one
SELECT o.id AS op, p::text AS before FROM paysession.payment p JOIN paysession.payment_operation o ON o.payment_id = p.id WHERE p.id = 'mc_p1' \gset
SELECT pg_sleep(0.002);
SELECT id = :'op' AS same, status, amount, claimed FROM paysession.ps_capture('mc_p1');
SELECT id = :'op' AS same, status, amount, claimed FROM paysession.ps_capture('mc_p1', lease => '1 hour');
SELECT p::text = :'before' AS untouched FROM paysession.payment p WHERE id = 'mc_p1';
-- with an amount, or a key of its own: nothing is left
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p1', 1)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p1', 100)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p1', idempotency_key => 'mc_new')$$, true);

-- a part: where the provider can capture once, the rest is released
CALL pg_temp.pay('mc_p2', 'mc_card', 100);
SELECT amount, final, released_amount, status FROM paysession.ps_capture('mc_p2', 60);
SELECT * FROM pg_temp.money('mc_p2');
SELECT status, canceled_at FROM paysession.payment WHERE id = 'mc_p2';
SELECT amount, released_amount FROM paysession.ps_capture('mc_p2');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p2', 40)$$, true);
-- unless the caller says that it is not the last
CALL pg_temp.pay('mc_p3', 'mc_card', 100);
SELECT amount, final, released_amount FROM paysession.ps_capture('mc_p3', 60, false);
SELECT * FROM pg_temp.money('mc_p3');
SELECT amount, final, released_amount FROM paysession.ps_capture('mc_p3', 40, true);
SELECT * FROM pg_temp.money('mc_p3');
-- where it can do so several times, the rest stays
CALL pg_temp.pay('mc_p4', 'mc_multi', 100);
SELECT amount, final, released_amount FROM paysession.ps_capture('mc_p4', 30);
SELECT captured_at AS captured_at FROM paysession.payment WHERE id = 'mc_p4' \gset
SELECT pg_sleep(0.002);
SELECT amount, final, released_amount FROM paysession.ps_capture(payment_id => 'mc_p4', amount => 20);
SELECT * FROM pg_temp.money('mc_p4');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p4', 51)$$, true);
SELECT amount, final, released_amount FROM paysession.ps_capture('mc_p4', 10, true);
SELECT * FROM pg_temp.money('mc_p4');
SELECT captured_at = :'captured_at' AS first_capture, updated_at > captured_at AS updated FROM paysession.payment WHERE id = 'mc_p4';
SELECT * FROM pg_temp.operations('mc_p4');
CALL pg_temp.pay('mc_p5', 'mc_multi', 100);
SELECT amount, final FROM paysession.ps_capture('mc_p5');
SELECT * FROM pg_temp.money('mc_p5');
-- what is captured with the authorization is captured
CALL pg_temp.pay('mc_p6', 'mc_ideal', 100);
SELECT amount, final, status, claimed FROM paysession.ps_capture('mc_p6');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p6', 100)$$);
SELECT count(*) FROM pg_temp.operations('mc_p6');
-- after a reversal there is something to capture there too
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mc_p6'), 'reversed');
SELECT amount, final FROM paysession.ps_capture('mc_p6', 60);
SELECT * FROM pg_temp.money('mc_p6');

-- reserve, call, finish: one caller is to ask the provider
CALL pg_temp.pay('mc_p7', 'mc_multi', 100);
SELECT amount, status, claimed, finished_at, claimed_until - created_at BETWEEN interval '1 hour' AND interval '1 hour 1 s' AS lease
	FROM paysession.ps_capture('mc_p7', 60, lease => '1 hour', idempotency_key => 'mc_k1');
SELECT * FROM pg_temp.money('mc_p7');
SELECT captured_at FROM paysession.payment WHERE id = 'mc_p7';
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', 60, lease => '1 hour', idempotency_key => 'mc_k1');
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', 60, idempotency_key => 'mc_k1');
-- another one meanwhile has the rest
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p7', 41, lease => '1 hour')$$);
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', lease => '1 ms', idempotency_key => 'mc_k2');
SELECT * FROM pg_temp.money('mc_p7');
-- nothing is left, and the last is the one that is being asked for
SELECT pg_sleep(0.003);
SELECT amount, status, claimed, idempotency_key, claimed_until < clock_timestamp() AS unknown FROM paysession.ps_capture('mc_p7');
SELECT amount, status, claimed, claimed_until < clock_timestamp() AS unknown FROM paysession.ps_capture('mc_p7', idempotency_key => 'mc_k2');
-- its lease has run out: it is the next caller's who has one, with the key or without
SELECT amount, status, claimed, idempotency_key FROM paysession.ps_capture('mc_p7', lease => '1 hour');
SELECT amount, status, claimed, idempotency_key FROM paysession.ps_capture('mc_p7', lease => '1 hour');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mc_p7' AND idempotency_key = 'mc_k2'), 'unknown');
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', lease => '1 hour', idempotency_key => 'mc_k2');
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', lease => '1 hour', idempotency_key => 'mc_k2');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mc_p7' AND idempotency_key = 'mc_k1'), 'succeeded');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mc_p7' AND idempotency_key = 'mc_k2'), 'failed');
SELECT * FROM pg_temp.money('mc_p7');
-- replayed after the answer
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', 60, lease => '1 hour', idempotency_key => 'mc_k1');
SELECT amount, status, claimed FROM paysession.ps_capture('mc_p7', lease => '1 hour', idempotency_key => 'mc_k2');
-- the next attempt after a failure is a new one
SELECT id = provider_idempotency_key AS own_key, amount, claimed FROM paysession.ps_capture('mc_p7', lease => '1 hour', idempotency_key => 'mc_k3');
SELECT * FROM pg_temp.operations('mc_p7');

-- what failed is not what was captured last
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mc_p7' AND idempotency_key = 'mc_k3'), 'failed');
SELECT amount FROM paysession.ps_void('mc_p7');
SELECT amount, status, idempotency_key FROM paysession.ps_capture('mc_p7');

-- a key is for one request
CALL pg_temp.pay('mc_p8', 'mc_multi', 100);
SELECT amount, final, provider_ref, metadata, idempotency_key FROM paysession.ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}');
SELECT amount, final, provider_ref, metadata, idempotency_key FROM paysession.ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r1', '{"b": 2, "a": 1}');
SELECT * FROM pg_temp.money('mc_p8');
SELECT arguments, pg_temp.outcome(format('SELECT paysession.%s', arguments)) AS outcome FROM unnest(ARRAY[
	$$ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 60, false, '1 hour', 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 61, false, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', NULL, false, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 60, true, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 60, NULL, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r2', '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 60, false, NULL, 'mc_k1', NULL, '{"a": 1, "b": 2}')$$,
	$$ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r1', '{"a": 1}')$$,
	$$ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r1')$$,
	$$ps_capture('mc_p8', 60, false, NULL, 'mc_k1', 'mc_r1', NULL)$$,
	$$ps_refund('mc_p8', 60, idempotency_key => 'mc_k1')$$,
	$$ps_void('mc_p8', idempotency_key => 'mc_k1')$$,
	$$ps_capture('mc_p9', 60, idempotency_key => 'mc_k1')$$]) AS arguments;
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p8', 61, false, NULL, 'mc_k1', 'mc_r1', '{"a": 1, "b": 2}')$$, true);
-- of one payment: with another it is another request
CALL pg_temp.pay('mc_p9', 'mc_card', 100);
SELECT payment_id, amount FROM paysession.ps_capture('mc_p9', idempotency_key => 'mc_k1');
-- the provider's reference is for one capture
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_p8', 1, provider_ref => 'mc_r1')$$);

-- of a payment that is canceled nothing is captured
CALL pg_temp.pay('mc_pa', 'mc_card', 100);
SELECT amount FROM paysession.ps_void('mc_pa');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_pa')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mc_pa', 1)$$);
SELECT * FROM pg_temp.money('mc_pa');
SELECT * FROM pg_temp.unlawful();
