-- money: errors: each has its SQLSTATE, constraint and table field, the amounts in its detail, and never the row
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('me_card', 'manual_multiple');
INSERT INTO paysession.cart (id, currency_code) VALUES ('me_open', 'eur'), ('me_other', 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, idempotency_key, data) VALUES
	('me_new', 'me_open', 'me_card', 5, 'me_key', '{"a": "me_secret"}'), ('me_held', 'me_other', 'me_card', 5, 'me_held', '{"a": "me_secret"}');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'me_held';
CALL pg_temp.pay('me_p1', 'me_card', 100, 'me_o1');
UPDATE paysession.payment SET data = '{"a": "me_secret"}', metadata = '{"a": "me_secret"}' WHERE id = 'me_p1';
CALL pg_temp.pay('me_p2', 'me_card', 100);
SELECT amount FROM paysession.ps_capture('me_p1', 40, idempotency_key => 'me_k1', provider_ref => 'me_r1');
SELECT claimed FROM paysession.ps_capture('me_p1', 30, lease => '1 hour');
SELECT amount FROM paysession.ps_refund('me_p1', 10, idempotency_key => 'me_k2');
SELECT claimed FROM paysession.ps_refund('me_p1', 5, lease => '1 hour');
-- operations with ids that can be shown, as an import brings them
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, capture_pending, refund_pending, captured_amount, void_pending, order_id)
	VALUES ('me_p3', 'me_card', 'eur', 100, 30, 20, 20, 10, 'me_o3');
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, status, finished_at, provider_idempotency_key) VALUES
	('me_done', 'capture', 'me_p3', 'me_card', 20, 'succeeded', now(), 'me_done'), ('me_capture', 'capture', 'me_p3', 'me_card', 30, 'pending', NULL, 'me_capture'),
	('me_refund', 'refund', 'me_p3', 'me_card', 20, 'pending', NULL, 'me_refund'), ('me_void', 'void', 'me_p3', 'me_card', 10, 'pending', NULL, 'me_void'),
	('me_failed', 'refund', 'me_p3', 'me_card', 20, 'failed', now(), 'me_failed');
COMMIT;

-- what is not there
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_none')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_claim('me_none')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('me_none')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart(idempotency_key => 'me_none')$$, true);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('me_none', 1)$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('me_none')$$, true);
-- what is wrong with an argument
CALL pg_temp.refuse($$SELECT paysession.ps_capture(NULL)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture(' me_p1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', 0)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', lease => '0')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_begin('me_new', NULL)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', idempotency_key => '')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', metadata => '[]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('me_p1', 1, 'fraud')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('me_p1', authorization_expires_at => 'infinity')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_capture', 'maybe')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_void', 'reversed')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', 41, idempotency_key => 'me_k1')$$, true);

-- the law of payments
CALL pg_temp.refuse($$SELECT paysession.ps_promote('me_new')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_complete_cart('me_open')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('me_p1_s')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, amount) VALUES ('me_held', 6)$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment SET amount = 101 WHERE id = 'me_p1'$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('me_p1', 'me_o2')$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment WHERE id = 'me_p1'$$, true);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_operation$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment SET refunded_amount = 0 WHERE id = 'me_p1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment SET captured_at = NULL WHERE id = 'me_p1'$$, true);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_operation WHERE payment_id = 'me_p1'$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, captured_amount) VALUES ('me_held', NULL)$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id, data) VALUES ('me_held', NULL)$$, true);
-- the amounts as they are
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', 31)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', 9007199254740991)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('me_p1', 26)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('me_p2')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('me_p2', 1)$$, true);
CALL pg_temp.refuse($$SELECT * FROM paysession.ps_refund_order('me_o1', 26)$$, true);
SELECT amount FROM paysession.ps_capture('me_p1', 20, true);
CALL pg_temp.refuse($$SELECT paysession.ps_void('me_p1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p1', 1)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_capture', 'succeeded', 31)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_refund', 'succeeded', 21)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_void', 'succeeded', 11)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_done', 'reversed')$$, true);
-- another answer
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_done', 'failed')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_done', 'succeeded', 19)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_failed', 'succeeded')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('me_refund', 'reversed')$$, true);
-- the executor's own
CALL pg_temp.refuse($$SELECT paysession.ps_capture('me_p2', 1, provider_ref => 'me_r1')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment (session_id) VALUES ('me_p1_s')$$, true);
-- cards
CALL pg_temp.refuse($$SELECT paysession.ps_update_payment('me_p1', data => '{"n": "4111111111111111"}')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment SET metadata = '{"cvc": "123"}' WHERE id = 'me_p1'$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_refund('me_p1', 1, 'other', 'to 4111111111111111')$$, true);

-- nobody is shown what is in data: no message, detail or hint of whatever goes wrong has it
CREATE FUNCTION pg_temp.tells(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RAISE SQLSTATE 'TOKAY';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN CASE WHEN SQLSTATE = 'TOKAY' THEN 'not refused' WHEN concat(SQLERRM, detail, hint) ~ 'me_secret|Failing' THEN statement ELSE 'nothing' END;
END
$$;
SELECT DISTINCT pg_temp.tells(format(s, attname, v)) AS tells
FROM unnest(ARRAY['INSERT INTO paysession.payment (session_id, data, %I) VALUES (''me_held'', ''{"a": "me_secret"}'', %s)',
		'UPDATE paysession.payment SET %I = %s WHERE id = ''me_p1''']) AS s,
	unnest('{"NULL",-1,9223372036854775807,''2001-01-01'',''infinity'',''me_none'',''[]''}'::text[]) AS v, pg_attribute
WHERE attrelid = 'paysession.payment'::regclass AND attnum > 0 AND attname NOT IN ('data', 'session_id') ORDER BY tells;
SELECT * FROM pg_temp.unlawful();
