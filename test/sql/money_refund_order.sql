-- money: ps_refund_order refunds over an order's payments, newest first, all or nothing
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mo_card', 'manual_multiple'), ('mo_ideal', 'automatic');
-- an order paid in parts; ids of later payments are larger
CALL pg_temp.pay('mo_p1', 'mo_ideal', 100, 'mo_o1');
CALL pg_temp.pay('mo_p2', 'mo_card', 100, 'mo_o1');
CALL pg_temp.pay('mo_p3', 'mo_ideal', 30, 'mo_o1');
CALL pg_temp.pay('mo_p4', 'mo_card', 100, 'mo_o1');
CALL pg_temp.pay('mo_other', 'mo_ideal', 100, 'mo_o2');
SELECT amount FROM paysession.ps_capture('mo_p2', 40, false);

-- part of the newest that has any; then over several
SELECT kind, payment_id, amount, status, reason, note, claimed_until, finished_at >= created_at AS finished, idempotency_key, metadata, provider_idempotency_key = id AS key
FROM paysession.ps_refund_order('mo_o1', 10);
SELECT payment_id, amount, reason, note FROM paysession.ps_refund_order(order_id => 'mo_o1', amount => 50, reason => 'return', note => 'too small', idempotency_key => 'mo_k1');
SELECT * FROM pg_temp.money('mo\_%');
-- again with the key: the same, in the same order, and no more money
SELECT payment_id, amount, reason, note FROM paysession.ps_refund_order('mo_o1', 50, 'return', 'too small', 'mo_k1');
SELECT arguments, pg_temp.outcome(format('SELECT * FROM paysession.%s', arguments)) AS outcome FROM unnest(ARRAY[
	$$ps_refund_order('mo_o1', 50, 'return', 'too small', 'mo_k1')$$,
	$$ps_refund_order('mo_o1', 51, 'return', 'too small', 'mo_k1')$$,
	$$ps_refund_order('mo_o1', 50, 'swap', 'too small', 'mo_k1')$$,
	$$ps_refund_order('mo_o1', 50, 'return', 'too large', 'mo_k1')$$,
	$$ps_refund_order('mo_o1', 50, 'return', NULL, 'mo_k1')$$,
	$$ps_refund('mo_p2', 30, 'return', 'too small', idempotency_key => 'mo_k1')$$]) AS arguments;
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o1', 51, 'return', 'too small', 'mo_k1')$$, true);
-- with the key a payment refunded by itself was refunded with
SELECT amount FROM paysession.ps_refund('mo_other', 10, idempotency_key => 'mo_k2');
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o2', 10, idempotency_key => 'mo_k2')$$);

-- what is being refunded is not there; all or nothing
SELECT claimed FROM paysession.ps_refund('mo_p1', 20, lease => '1 hour');
SELECT sum(refundable_amount) FROM paysession.payment WHERE order_id = 'mo_o1';
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o1', 91)$$, true);
SELECT * FROM pg_temp.money('mo\_p%');
SELECT payment_id, amount FROM paysession.ps_refund_order('mo_o1', 90);
SELECT * FROM pg_temp.money('mo\_p%');
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o1', 1)$$, true);
-- the key still tells what it did
SELECT payment_id, amount FROM paysession.ps_refund_order('mo_o1', 50, 'return', 'too small', 'mo_k1');
SELECT * FROM pg_temp.operations('mo\_p_') WHERE kind = 'refund';
-- a wrong one among them leaves nothing: each payment's law holds here too
CALL pg_temp.pay('mo_q1', 'mo_ideal', 100, 'mo_o3');
CALL pg_temp.pay('mo_q2', 'mo_ideal', 100, 'mo_o3');
ALTER TABLE paysession.payment_operation ADD CONSTRAINT mo_limit CHECK (payment_id <> 'mo_q1' OR kind <> 'refund') NOT VALID;
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', 150)$$);
SELECT payment_id, amount FROM paysession.ps_refund_order('mo_o3', 60);
ALTER TABLE paysession.payment_operation DROP CONSTRAINT mo_limit;
SELECT * FROM pg_temp.money('mo\_q%');

-- an order whose payments are all held still, or gone
CALL pg_temp.pay('mo_r1', 'mo_card', 100, 'mo_o4');
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o4', 1)$$, true);
SELECT amount FROM paysession.ps_void('mo_r1');
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o4', 1)$$);
-- an order in several currencies
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('mo_usd', 'mo_ideal', 30, 'usd');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'mo_usd';
INSERT INTO paysession.payment (id, session_id, order_id) VALUES ('mo_q3', 'mo_usd', 'mo_o3');
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', 1)$$, true);
SELECT amount FROM paysession.ps_refund('mo_q3', 1);
-- arguments
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_none', 1)$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order(NULL, 1)$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('', 1)$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', NULL)$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', 0)$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', 1, NULL)$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', 1, 'chargeback')$$);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('mo_o3', 1, idempotency_key => '')$$);
SELECT * FROM pg_temp.money('mo\_q%');
SELECT * FROM pg_temp.unlawful();
