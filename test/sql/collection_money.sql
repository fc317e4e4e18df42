-- money: what the authorization, capture, refund and void of its sessions make of a payment collection
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql
\i :abs_srcdir/sql/include/collection.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('cm_multi', 'manual_multiple'), ('cm_card', 'manual'), ('cm_ideal', 'automatic');
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cm_p1', 1000, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES
	('cm_s1', 'cm_p1', 'cm_multi', 500), ('cm_s2', 'cm_p1', 'cm_card', 300), ('cm_s3', 'cm_p1', 'cm_ideal', 200);
-- Makes a call, and shows what it answers and what the collection is then.
CREATE FUNCTION pg_temp.after(call text, collection text DEFAULT 'cm_p1') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE call INTO answer;
	RETURN (SELECT concat_ws(' ', answer || ':', status, authorized_amount, captured_amount) FROM paysession.payment_collection WHERE id = collection);
END
$$;

-- reserve, call, finish: nothing is authorized before the provider says so
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s1')$$);
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s1')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'cm_s1'), 'unknown')$$);
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_claim((SELECT id FROM paysession.payment_operation WHERE session_id = 'cm_s1'))$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_require_more('cm_s1', provider_ref => 'cm_r1')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_authorize('cm_s1', 500)$$);
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s2')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_fail('cm_s2', 'no funds')$$);
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s2')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_authorize('cm_s2')$$);
-- promoted: the payment is the collection's; captured at once where the provider does so
SELECT pg_temp.after($$SELECT status FROM paysession.ps_promote('cm_s1', 'cm_o1')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_promote('cm_s1')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_promote('cm_s2', 'cm_o1')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_authorize('cm_s3')$$);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_promote('cm_s3', 'cm_o1')$$);
SELECT session_id, cart_id, payment_collection_id, provider_id, currency_code, amount, captured_amount FROM paysession.payment WHERE payment_collection_id = 'cm_p1' ORDER BY session_id;
SELECT id AS p1 FROM paysession.payment WHERE session_id = 'cm_s1' \gset
SELECT id AS p2 FROM paysession.payment WHERE session_id = 'cm_s2' \gset
SELECT id AS p3 FROM paysession.payment WHERE session_id = 'cm_s3' \gset
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, payment_collection_id) VALUES ('cm_s1', 'cm_p9')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET payment_collection_id = NULL WHERE session_id = 'cm_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET captured_amount = 500 WHERE session_id = 'cm_s1'$$);
-- a capture counts when it has succeeded, and as much as has
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_capture(%L, 100, lease => '60 s')$$, :'p1'));
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = %L AND status = 'pending'), 'failed')$$, :'p1'));
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_capture(%L, 100, lease => '60 s')$$, :'p1'));
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = %L AND status = 'pending'), 'succeeded', 80)$$, :'p1'));
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_capture(%L, 20, idempotency_key => 'cm_k1')$$, :'p1'));
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_capture(%L, 20, idempotency_key => 'cm_k1')$$, :'p1'));
-- manual: one capture, which releases the rest; what was authorized stays so
SELECT pg_temp.after(format($$SELECT released_amount FROM paysession.ps_capture(%L, 250)$$, :'p2'));
SELECT pg_temp.after(format($$SELECT amount FROM paysession.ps_capture(%L)$$, :'p1'));
-- what was released leaves it short of completed, and its amount cannot follow
SELECT status, amount, captured, voided, capturable FROM pg_temp.money('%') WHERE payment IN (:'p1', :'p2', :'p3') ORDER BY amount DESC;
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cm_p1', 950)$$);
-- a refund takes nothing away from what was captured; a capture that is reversed does
SELECT pg_temp.after(format($$SELECT amount FROM paysession.ps_refund(%L, 50)$$, :'p2'));
SELECT pg_temp.after($$SELECT sum(amount) FROM paysession.ps_refund_order('cm_o1', 300)$$);
SELECT pg_temp.after(format($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = %L AND amount = 20), 'reversed')$$, :'p1'));
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection('cm_p1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection('cm_p1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('cm_s1')$$);
SELECT * FROM pg_temp.misderived();
SELECT * FROM pg_temp.unlawful();

-- completed: all is captured, by whichever method
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cm_p2', 300, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES
	('cm_s21', 'cm_p2', 'cm_multi', 100), ('cm_s22', 'cm_p2', 'cm_card', 100), ('cm_s23', 'cm_p2', 'cm_ideal', 100);
UPDATE paysession.payment_session SET status = 'authorized' WHERE payment_collection_id = 'cm_p2';
INSERT INTO paysession.payment (id, session_id) VALUES ('cm_pay21', 'cm_s21'), ('cm_pay22', 'cm_s22'), ('cm_pay23', 'cm_s23');
SELECT * FROM pg_temp.collections('cm_p2');
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_capture('cm_pay21')$$, 'cm_p2');
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_capture('cm_pay22')$$, 'cm_p2');
-- and stays so when all of it is refunded
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_refund('cm_pay21')$$, 'cm_p2');
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_refund('cm_pay22')$$, 'cm_p2');
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_refund('cm_pay23')$$, 'cm_p2');
-- a debit that is lost is not captured any more
SELECT pg_temp.after($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'cm_pay23' AND kind = 'refund'), 'reversed')$$, 'cm_p2');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'cm_pay23' AND kind = 'capture'), 'reversed')$$, 'cm_p2');
SELECT * FROM pg_temp.misderived();

-- voided: nothing captured, the session is canceled with its payment, and somebody else may pay
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cm_p3', 300, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cm_s31', 'cm_p3', 'cm_multi', 100), ('cm_s32', 'cm_p3', 'cm_multi', 200);
UPDATE paysession.payment_session SET status = 'authorized' WHERE payment_collection_id = 'cm_p3';
INSERT INTO paysession.payment (id, session_id) VALUES ('cm_pay31', 'cm_s31'), ('cm_pay32', 'cm_s32');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_void('cm_pay31', lease => '60 s')$$, 'cm_p3');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'cm_pay31'), 'succeeded')$$, 'cm_p3');
SELECT id, status FROM paysession.payment_session WHERE payment_collection_id = 'cm_p3' ORDER BY id;
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cm_p3', '[{"provider_id": "cm_card", "amount": 100}]');
-- partly captured, the rest voided: it stays authorized and partially captured
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_capture('cm_pay32', 50)$$, 'cm_p3');
SELECT pg_temp.after($$SELECT amount FROM paysession.ps_void('cm_pay32')$$, 'cm_p3');
SELECT id, status FROM paysession.payment_session WHERE id = 'cm_s32';
SELECT * FROM pg_temp.misderived();

-- an authorized session without a payment is canceled, and its void waits for the provider
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cm_p4', 300, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cm_s41', 'cm_p4', 'cm_card', 300);
SELECT pg_temp.after($$SELECT status FROM paysession.ps_authorize('cm_s41')$$, 'cm_p4');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_cancel('cm_s41')$$, 'cm_p4');
SELECT kind, amount, status FROM paysession.payment_operation WHERE session_id = 'cm_s41';
SELECT pg_temp.after($$SELECT status FROM paysession.ps_delete_collection('cm_p4')$$, 'cm_p4');
-- once it is canceled, the provider's late yes is refused with its session
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cm_p5', 300, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cm_s51', 'cm_p5', 'cm_card', 300);
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s51')$$, 'cm_p5');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_cancel_collection('cm_p5')$$, 'cm_p5');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('cm_s51')$$);
-- two asked at the same time: each for its part, together no more than the amount
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cm_p6', 300, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cm_s61', 'cm_p6', 'cm_card', 200), ('cm_s62', 'cm_p6', 'cm_card', 100), ('cm_s63', 'cm_p6', 'cm_card', 1);
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s61')$$, 'cm_p6');
SELECT pg_temp.after($$SELECT claimed FROM paysession.ps_begin('cm_s62')$$, 'cm_p6');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_authorize('cm_s61')$$, 'cm_p6');
SELECT pg_temp.after($$SELECT status FROM paysession.ps_authorize('cm_s62')$$, 'cm_p6');
CALL pg_temp.refuse($$SELECT paysession.ps_begin('cm_s63')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('cm_s63')$$);
SELECT * FROM pg_temp.collections('cm_p%');
SELECT * FROM pg_temp.misderived();
SELECT * FROM pg_temp.unlawful();
