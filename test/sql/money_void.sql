-- money: ps_void releases what is not captured; of a payment of which nothing is, payment and session are canceled
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mv_card', 'manual_multiple'), ('mv_ideal', 'automatic');
CREATE FUNCTION pg_temp.session(payment text) RETURNS TABLE (status paysession.payment_session_status, reason text, selected boolean, canceled boolean, canceled_payment boolean)
BEGIN ATOMIC
	SELECT s.status, s.status_reason, s.is_selected, s.canceled_at IS NOT NULL, p.canceled_at IS NOT NULL
	FROM paysession.payment p JOIN paysession.payment_session s ON s.id = p.session_id WHERE p.id = payment;
END;

-- the whole
CALL pg_temp.pay('mv_p1', 'mv_card', 100);
SELECT id ~ '^op_[0-9A-HJKMNP-TV-Z]{26}$' AS id, kind, session_id, payment_id, provider_id, amount, status, provider_idempotency_key = id AS key,
	attempt, claimed_until, provider_ref, reason, note,
	metadata, idempotency_key, final, released_amount, created_at <= finished_at AS finished, claimed FROM paysession.ps_void('mv_p1');
SELECT * FROM pg_temp.money('mv_p1');
SELECT * FROM pg_temp.session('mv_p1');
SELECT canceled_at BETWEEN created_at AND updated_at AND updated_at < canceled_at + '1 s' AS canceled, captured_at FROM paysession.payment WHERE id = 'mv_p1';
SELECT from_status, to_status, reason FROM paysession.ps_history('mv_p1_s');
-- again: the same, and nothing happens
SELECT p::text AS before FROM paysession.payment p WHERE id = 'mv_p1' \gset
SELECT o.id AS op FROM paysession.payment_operation o WHERE payment_id = 'mv_p1' \gset
SELECT pg_sleep(0.002);
SELECT id = :'op' AS same, amount, status, claimed FROM paysession.ps_void('mv_p1');
SELECT id = :'op' AS same, amount, status, claimed FROM paysession.ps_void('mv_p1', '1 hour');
SELECT p::text = :'before' AS untouched FROM paysession.payment p WHERE id = 'mv_p1';
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_p1', idempotency_key => 'mv_new')$$, true);
-- the cart can be paid anew
SELECT status FROM paysession.ps_create('mv_p1_c', 'mv_card', 100);
-- the session's void is the payment's: no other is left behind
SELECT count(*) FROM pg_temp.operations('mv_p1%');

-- the rest, after a part was captured: payment and session stay
CALL pg_temp.pay('mv_p2', 'mv_card', 100);
SELECT amount FROM paysession.ps_capture('mv_p2', 40);
SELECT amount, reason, provider_ref FROM paysession.ps_void(payment_id => 'mv_p2', lease => NULL, reason => 'out of stock', idempotency_key => 'mv_k1', provider_ref => 'mv_r1');
SELECT * FROM pg_temp.money('mv_p2');
SELECT * FROM pg_temp.session('mv_p2');
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('mv_p2_s')$$);
-- a part that was refunded was captured all the same
CALL pg_temp.pay('mv_p3', 'mv_card', 100);
SELECT amount FROM paysession.ps_capture('mv_p3', 40);
SELECT amount FROM paysession.ps_refund('mv_p3');
SELECT amount FROM paysession.ps_void('mv_p3');
SELECT * FROM pg_temp.money('mv_p3');
SELECT * FROM pg_temp.session('mv_p3');
-- one that was taken back was not
CALL pg_temp.pay('mv_p4', 'mv_card', 100);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.ps_capture('mv_p4', 40)), 'reversed');
SELECT amount FROM paysession.ps_void('mv_p4');
SELECT * FROM pg_temp.money('mv_p4');
SELECT * FROM pg_temp.session('mv_p4');
-- a final capture that was taken back after it had released the rest
CALL pg_temp.pay('mv_p5', 'mv_card', 100);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.ps_capture('mv_p5', 40, true)), 'reversed');
SELECT * FROM pg_temp.money('mv_p5');
SELECT amount FROM paysession.ps_void('mv_p5');
SELECT * FROM pg_temp.money('mv_p5');
SELECT * FROM pg_temp.session('mv_p5');

-- with a lease: reserved, then canceled when it succeeds
CALL pg_temp.pay('mv_p6', 'mv_card', 100);
SELECT amount, status, claimed, claimed_until - created_at BETWEEN interval '1 hour' AND interval '1 hour 1 s' AS lease
	FROM paysession.ps_void('mv_p6', '1 hour', 'fraud', 'mv_k1');
SELECT * FROM pg_temp.money('mv_p6');
SELECT * FROM pg_temp.session('mv_p6');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mv_p6', 1)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('mv_p6_s')$$);
SELECT amount, status, claimed FROM paysession.ps_void('mv_p6', '1 hour', 'fraud', 'mv_k1');
SELECT amount, status, claimed FROM paysession.ps_void('mv_p6', '1 hour');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mv_p6'), 'unknown');
SELECT amount, status, claimed FROM paysession.ps_void('mv_p6', '1 hour', 'fraud', 'mv_k1');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mv_p6'), 'unknown');
SELECT amount, status, claimed FROM paysession.ps_void('mv_p6');
SELECT amount, status, claimed FROM paysession.ps_void('mv_p6', '1 hour');
SELECT status, reason FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mv_p6'), 'succeeded');
SELECT * FROM pg_temp.money('mv_p6');
SELECT * FROM pg_temp.session('mv_p6');
-- it failed: all is as before, and the next is a new one
CALL pg_temp.pay('mv_p7', 'mv_card', 100);
SELECT claimed FROM paysession.ps_void('mv_p7', '1 hour');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mv_p7'), 'failed');
SELECT * FROM pg_temp.money('mv_p7');
SELECT * FROM pg_temp.session('mv_p7');
SELECT amount, claimed FROM paysession.ps_void('mv_p7', '1 hour');
-- less than all was released: the rest is held still
SELECT amount FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mv_p7' AND status = 'pending'), 'succeeded', 70);
SELECT * FROM pg_temp.money('mv_p7');
SELECT * FROM pg_temp.session('mv_p7');
SELECT amount FROM paysession.ps_void('mv_p7');
SELECT * FROM pg_temp.money('mv_p7');
SELECT * FROM pg_temp.session('mv_p7');
SELECT * FROM pg_temp.operations('mv_p7');
-- while a capture is asked for, what it asks for is not released
CALL pg_temp.pay('mv_p8', 'mv_card', 100);
SELECT claimed FROM paysession.ps_capture('mv_p8', 30, lease => '1 hour');
SELECT amount FROM paysession.ps_void('mv_p8');
SELECT * FROM pg_temp.money('mv_p8');
SELECT * FROM pg_temp.session('mv_p8');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mv_p8' AND kind = 'capture'), 'failed');
SELECT amount FROM paysession.ps_void('mv_p8');
SELECT * FROM pg_temp.session('mv_p8');

-- nothing to release
CALL pg_temp.pay('mv_p9', 'mv_ideal', 100);
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_p9')$$, true);
CALL pg_temp.pay('mv_pa', 'mv_card', 100);
SELECT claimed FROM paysession.ps_capture('mv_pa', lease => '1 hour');
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_pa')$$, true);
-- a key is for one request
SELECT arguments, pg_temp.outcome(format('SELECT paysession.%s', arguments)) AS outcome FROM unnest(ARRAY[
	$$ps_void('mv_p2', NULL, 'out of stock', 'mv_k1', 'mv_r1')$$, $$ps_void('mv_p2', '1 hour', 'out of stock', 'mv_k1', 'mv_r1')$$,
	$$ps_void('mv_p2', NULL, 'fraud', 'mv_k1', 'mv_r1')$$, $$ps_void('mv_p2', NULL, NULL, 'mv_k1', 'mv_r1')$$,
	$$ps_void('mv_p2', NULL, 'out of stock', 'mv_k1', 'mv_r2')$$, $$ps_void('mv_p2', NULL, 'out of stock', 'mv_k1')$$,
	$$ps_capture('mv_p2', idempotency_key => 'mv_k1')$$]) AS arguments;
CALL pg_temp.pay('mv_pb', 'mv_card', 100);
SELECT amount, metadata FROM paysession.ps_capture('mv_pb', idempotency_key => 'mv_k1', metadata => NULL);
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_pb', idempotency_key => 'mv_k1')$$);
-- a payment without a session: history
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount) VALUES ('mv_old', 'mv_card', 'eur', 100), ('mv_gone', 'mv_card', 'eur', 100),
	('mv_gone2', 'mv_card', 'eur', 100);
COMMIT;
SELECT amount, session_id FROM paysession.ps_capture('mv_old', 40);
SELECT amount FROM paysession.ps_finish((SELECT id FROM paysession.ps_void('mv_old', '1 hour')), 'succeeded', 50);
SELECT amount FROM paysession.ps_void('mv_old');
SELECT amount FROM paysession.ps_finish((SELECT id FROM paysession.ps_void('mv_gone', '1 hour')), 'succeeded');
SELECT * FROM pg_temp.money('mv\_old');
SELECT amount FROM paysession.ps_void('mv_gone2');
SELECT * FROM pg_temp.money('mv\_gone%');
-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_void(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_pa', '-1 s')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_void('mv_pa', idempotency_key => '')$$);
SELECT * FROM pg_temp.unlawful();

-- a reference of a void that failed is no other void's
SELECT status FROM paysession.ps_create('mv_twice', 'mv_card', 100, id => 'mv_twice_s', currency_code => 'eur');
SELECT status FROM paysession.ps_authorize('mv_twice_s');
INSERT INTO paysession.payment (id, session_id) VALUES ('mv_twice', 'mv_twice_s');
SELECT id AS first FROM paysession.ps_void('mv_twice', lease => '1 hour') \gset
SELECT status FROM paysession.ps_finish(:'first', 'failed', provider_ref => 'mv_twice_v');
SELECT id AS second FROM paysession.ps_void('mv_twice', lease => '1 hour') \gset
SELECT status FROM paysession.ps_finish(:'second', 'succeeded', provider_ref => 'mv_twice_v');
SELECT * FROM pg_temp.operations('mv\_twice') WHERE kind = 'void';
