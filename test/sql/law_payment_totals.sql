-- law: a payment's totals are the sums of its operations, within what was authorized and captured, and nobody else writes them
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('lt_card', 'manual_multiple'), ('lt_bank', 'automatic');
CALL pg_temp.pay('lt_p1', 'lt_card', 100);
-- a raw INSERT books the capture that came with the authorization
CALL pg_temp.pay('lt_p2', 'lt_bank', 100);
SELECT * FROM pg_temp.money('lt\_p%');
SELECT * FROM pg_temp.operations('lt\_p%');

-- by hand: not one of them, not up, not down, not even to nothing
SELECT c, pg_temp.outcome(format('UPDATE paysession.payment SET %s = %s WHERE id = ''lt_p1''', c, v)) AS outcome, count(*), string_agg(v, ' ' ORDER BY v COLLATE "C") AS values
FROM unnest('{captured_amount,capture_pending,refunded_amount,refund_pending,voided_amount,void_pending}'::text[]) WITH ORDINALITY AS c (c, n),
	unnest('{1,-1,100,9223372036854775807,"NULL"}'::text[]) AS v GROUP BY c, n, outcome ORDER BY n, outcome;
SELECT c, pg_temp.outcome(format('UPDATE paysession.payment SET %s WHERE id = ''lt_p2''', c)) AS outcome
FROM unnest(ARRAY['captured_amount = 99', 'captured_amount = 0, captured_at = NULL', 'captured_at = NULL', 'captured_at = captured_at + ''1 day''',
	'canceled_at = now()', 'refunded_amount = 100', 'captured_amount = 40, refunded_amount = 40, voided_amount = 60',
	'status = ''refunded''', 'capturable_amount = 1', 'refundable_amount = 0', 'captured_amount = captured_amount']) AS c;
CALL pg_temp.refuse($$UPDATE paysession.payment SET refunded_amount = 1 WHERE id = 'lt_p2'$$, true);
CALL pg_temp.refuse($$MERGE INTO paysession.payment p USING (VALUES (1)) v (a) ON p.id = 'lt_p1' WHEN MATCHED THEN UPDATE SET captured_amount = 100$$);

-- nor by a user's trigger, before the law's trigger or after it, on the payment or on the operation, within a function's own write or not;
-- what else the law judges of a payment it judges as stored, too
CREATE FUNCTION lt_tamper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], TG_ARGV[1]::jsonb));
END
$$;
CREATE FUNCTION pg_temp.tampered(trigger text, tab text, c text, v text, statement text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.outcome(format('DO $d$ BEGIN CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON paysession.%I FOR EACH ROW EXECUTE FUNCTION lt_tamper(%L, %L); %s; END $d$', trigger, tab, c, v, statement))
$$;
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('lt_s3', 'lt_card', 100, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'lt_s3';
UPDATE paysession.payment SET order_id = 'lt_o1' WHERE id = 'lt_p1';
SELECT t AS trigger, c || ' = ' || v AS sets, pg_temp.tampered(t, 'payment', c, v, 'PERFORM paysession.ps_capture(''lt_p1'', 40)') AS "in ps_capture",
	pg_temp.tampered(t, 'payment', c, v, 'UPDATE paysession.payment SET metadata = ''{"a": 1}'' WHERE id = ''lt_p1''') AS "in UPDATE",
	pg_temp.tampered(t, 'payment', c, v, 'INSERT INTO paysession.payment (session_id) VALUES (''lt_s3'')') AS "in INSERT",
	pg_temp.tampered(t, 'payment', c, v, 'PERFORM paysession.ps_promote(''lt_s3'')') AS "in ps_promote"
FROM unnest('{a,zzz}'::text[]) AS t, (VALUES ('captured_amount', '39'), ('capture_pending', '1'), ('refunded_amount', '1'), ('refund_pending', '1'),
	('voided_amount', '1'), ('void_pending', '1'),
	('captured_at', '"2001-01-01"'), ('canceled_at', '"2001-01-01"'), ('amount', '1000'), ('currency_code', '"usd"'), ('provider_id', '"lt_bank"'),
	('session_id', '"lt_p2_s"'), ('cart_id', '"lt_p2_c"'),
	('order_id', '""'), ('data', '{"number": "4111111111111111"}'), ('metadata', '[]'), ('authorization_expires_at', '"infinity"')) v (c, v);
SELECT t AS trigger, c || ' = ' || v AS sets, pg_temp.tampered(t, 'payment_operation', c, v, 'PERFORM paysession.ps_capture(''lt_p1'', 40)') AS "in ps_capture",
	pg_temp.tampered(t, 'payment_operation', c, v, 'INSERT INTO paysession.payment (session_id) VALUES (''lt_s3''); PERFORM paysession.ps_void(id) FROM paysession.payment WHERE session_id = ''lt_s3''') AS "in ps_void"
FROM unnest('{a,zzz}'::text[]) AS t, (VALUES ('amount', '39'), ('released_amount', '1'), ('status', '"failed"'), ('kind', '"refund"'), ('payment_id',
	'"lt_p2"'), ('session_id', '"lt_p2_s"'), ('final', 'true'),
	('provider_id', '"lt_bank"'), ('claimed_until', '"2001-01-01"'), ('provider_idempotency_key', '"k"')) v (c, v);
-- nor by a statement of one
CREATE FUNCTION lt_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment SET captured_amount = 0 WHERE id = NEW.payment_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER elsewhere AFTER INSERT ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION lt_elsewhere();
CALL pg_temp.refuse($$SELECT paysession.ps_capture('lt_p1', 40)$$);
DROP TRIGGER elsewhere ON paysession.payment_operation;
DROP FUNCTION lt_tamper, lt_elsewhere;

-- they follow every operation and its answer, at each level of isolation
CREATE FUNCTION pg_temp.whole_life(payment text) RETURNS TABLE (refused text) LANGUAGE plpgsql AS $$
DECLARE
	op text;
BEGIN
	RAISE INFO '%', current_setting('transaction_isolation');
	op := id FROM paysession.ps_capture(payment, 50, false, lease => '1 hour');
	PERFORM paysession.ps_finish(op, 'unknown');
	RETURN QUERY SELECT pg_temp.outcome(format('SELECT paysession.ps_capture(%L, 51)', payment));
	RETURN QUERY SELECT pg_temp.outcome(format('SELECT paysession.ps_refund(%L, 1)', payment));
	PERFORM paysession.ps_finish(op, 'succeeded', 45);
	op := id FROM paysession.ps_capture(payment, 20, false);
	PERFORM paysession.ps_finish(op, 'reversed');
	PERFORM paysession.ps_refund(payment, 10);
	op := id FROM paysession.ps_refund(payment, 35, lease => '1 hour');
	RETURN QUERY SELECT pg_temp.outcome(format('SELECT paysession.ps_refund(%L, 1)', payment));
	PERFORM paysession.ps_finish(op, 'failed');
	op := id FROM paysession.ps_refund(payment, 5);
	PERFORM paysession.ps_finish(op, 'reversed');
	op := id FROM paysession.ps_capture(payment, 30, true, lease => '1 hour');
	RETURN QUERY SELECT pg_temp.outcome(format('SELECT paysession.ps_void(%L)', payment));
	PERFORM paysession.ps_finish(op, 'failed');
	op := id FROM paysession.ps_void(payment, '1 hour');
	RETURN QUERY SELECT pg_temp.outcome(format('SELECT paysession.ps_capture(%L, 1)', payment));
	PERFORM paysession.ps_finish(op, 'succeeded');
END
$$;
CALL pg_temp.pay('lt_rc', 'lt_card', 100);
CALL pg_temp.pay('lt_rr', 'lt_card', 100);
CALL pg_temp.pay('lt_se', 'lt_card', 100);
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT * FROM pg_temp.whole_life('lt_rc');
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM pg_temp.whole_life('lt_rr');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT * FROM pg_temp.whole_life('lt_se');
COMMIT;
SELECT * FROM pg_temp.money('lt___');
SELECT * FROM pg_temp.operations('lt_rc');

-- under the law, should somebody disable it, the constraints
ALTER TABLE paysession.payment DISABLE TRIGGER zz_guard;
SELECT c, pg_temp.outcome(format('UPDATE paysession.payment SET %s WHERE id = ''lt_p2''', c)) AS outcome
FROM unnest(ARRAY['captured_amount = 101', 'capture_pending = 1', 'voided_amount = 1', 'void_pending = 1', 'captured_amount = -1', 'capture_pending = -1',
	'voided_amount = -1', 'void_pending = -1', 'amount = 99', 'captured_amount = 25, capture_pending = 25, voided_amount = 25, void_pending = 26',
	'refunded_amount = 101', 'refund_pending = 101', 'refunded_amount = -1', 'refund_pending = -1', 'refunded_amount = 60, refund_pending = 41',
	'captured_amount = 25, capture_pending = 25, voided_amount = 25, void_pending = 25, refunded_amount = 12, refund_pending = 13',
	'amount = 0', 'amount = 9007199254740992', 'captured_amount = 9223372036854775807, voided_amount = 1', 'refunded_amount = 9223372036854775807, refund_pending = 1',
	'currency_code = ''EUR''', 'currency_code = NULL', 'provider_id = NULL', 'cart_id = ''lt_none''', 'session_id = ''lt_none''', 'session_id = ''lt_p1_s''']) AS c;
ALTER TABLE paysession.payment ENABLE TRIGGER zz_guard;

-- sums of more than there can be are refused, not wrapped
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('lt_much', 'lt_p1_c', 'lt_bank');
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount, captured_at, order_id, cart_id)
	SELECT 'lt_much' || n, 'lt_card', 'eur', 9007199254740991, 9007199254740991, now(), 'lt_much', 'lt_p1_c' FROM generate_series(1, 1025) n;
CALL pg_temp.refuse($$SELECT * FROM paysession.order_payment_status WHERE order_id = 'lt_much'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refund_order('lt_much', 9007199254740991)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('lt_much', '{cart}')$$);
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('lt_back', 'lt_p2_c', 'lt_card');
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount, refunded_amount, captured_at, cart_id)
	SELECT 'lt_back' || n, 'lt_card', 'eur', 9007199254740991, 9007199254740991, 9007199254740991, now(), 'lt_p2_c' FROM generate_series(1, 1025) n;
CALL pg_temp.refuse($$SELECT paysession.ps_get('lt_back', '{cart}')$$);
ROLLBACK;
SELECT * FROM pg_temp.money('lt\_p%');
SELECT * FROM pg_temp.unlawful();
