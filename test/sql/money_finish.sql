-- money: ps_finish records the provider's answer, once; what was reserved follows it
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mf_card', 'manual_multiple');

-- every kind, in every state that it can be in, given every answer
CREATE FUNCTION pg_temp.operation(payment text, kind text, state text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	op text;
BEGIN
	IF kind = 'authorize' THEN
		INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES (payment || '_s', payment || '_c', 'mf_card', 100, 'eur');
		op := id FROM paysession.ps_begin(payment || '_s', '1 hour');
		PERFORM paysession.ps_fail(payment || '_s') WHERE state = 'failed';
		PERFORM paysession.ps_authorize(payment || '_s') WHERE state = 'succeeded';
		RETURN op;
	END IF;
	CALL pg_temp.pay(payment, 'mf_card', 100);
	IF kind = 'refund' THEN
		PERFORM paysession.ps_capture(payment);
	END IF;
	op := CASE kind
		WHEN 'capture' THEN (SELECT id FROM paysession.ps_capture(payment, 60, lease => '1 hour'))
		WHEN 'refund' THEN (SELECT id FROM paysession.ps_refund(payment, 60, lease => '1 hour'))
		ELSE (SELECT id FROM paysession.ps_void(payment, '1 hour')) END;
	IF state = 'reversed' THEN
		PERFORM paysession.ps_finish(op, 'succeeded');
	END IF;
	IF state <> 'pending' THEN
		PERFORM paysession.ps_finish(op, state);
	END IF;
	RETURN op;
END
$$;
CREATE FUNCTION pg_temp.answer(kind text, state text, outcome text) RETURNS TABLE (becomes text, claim text, finished text, money text, session text)
LANGUAGE plpgsql AS $$
DECLARE
	p text := concat_ws('_', 'mf', kind, state, outcome);
	op text := pg_temp.operation(p, kind, state);
	old text;
	o paysession.payment_operation;
	con text;
BEGIN
	old := x::text FROM paysession.payment_operation x WHERE id = op;
	BEGIN
		o := paysession.ps_finish(op, outcome);
		becomes := CASE WHEN o::text = old THEN 'no-op' ELSE o.status END;
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME;
		becomes := concat_ws(' ', SQLSTATE, nullif(con, ''));
	END;
	SELECT * INTO o FROM paysession.payment_operation WHERE id = op;
	claim := CASE WHEN o.claimed_until > clock_timestamp() THEN 'claimed' WHEN o.claimed_until IS NOT NULL THEN 'unknown' END;
	finished := CASE WHEN o.finished_at IS NOT NULL THEN 'finished' END;
	SELECT concat_ws(' ', 'c', captured_amount, capture_pending, 'r', refunded_amount, refund_pending, 'v', voided_amount, void_pending) INTO money
	FROM paysession.payment WHERE id = p;
	SELECT s.status INTO session FROM paysession.payment_session s WHERE id = p || '_s';
	RETURN NEXT;
END
$$;
SELECT kind, state, outcome, a.*
FROM unnest('{authorize,capture,refund,void}'::text[]) WITH ORDINALITY AS k (kind, n),
	unnest('{pending,succeeded,failed,reversed}'::text[]) WITH ORDINALITY AS s (state, m),
	unnest('{succeeded,failed,unknown,reversed,done}'::text[]) WITH ORDINALITY AS u (outcome, o),
	pg_temp.answer(kind, state, outcome) a
WHERE kind NOT IN ('authorize', 'void') OR state <> 'reversed' ORDER BY n, m, o;

-- what else comes with the answer
CREATE PROCEDURE pg_temp.reserve(payment text, VARIADIC kinds text[]) LANGUAGE plpgsql AS $$
BEGIN
	CALL pg_temp.pay(payment, 'mf_card', 100);
	PERFORM paysession.ps_capture(payment, 40, false) WHERE 'refund' = ANY (kinds);
	PERFORM paysession.ps_capture(payment, 30, false, '1 hour') WHERE 'capture' = ANY (kinds);
	PERFORM paysession.ps_capture(payment, 30, true, '1 hour') WHERE 'final' = ANY (kinds);
	PERFORM paysession.ps_refund(payment, 30, 'return', 'too small', '1 hour') WHERE 'refund' = ANY (kinds);
	PERFORM paysession.ps_void(payment, '1 hour') WHERE 'void' = ANY (kinds);
END
$$;
CREATE FUNCTION pg_temp.pending(payment text, kind text) RETURNS text
	RETURN (SELECT id FROM paysession.payment_operation o WHERE o.payment_id = $1 AND o.kind = $2 AND o.status = 'pending');
CALL pg_temp.reserve('mf_p1', 'capture', 'refund', 'void');
SELECT status, provider_ref, reason, note, claimed_until FROM paysession.ps_finish(pg_temp.pending('mf_p1', 'capture'), 'succeeded', provider_ref => 'mf_r1', reason => 'late');
SELECT status, provider_ref, reason, note FROM paysession.ps_finish(pg_temp.pending('mf_p1', 'refund'), 'succeeded', provider_ref => 'mf_r1', reason => 'slow');
SELECT status, provider_ref, reason, note FROM paysession.ps_finish(operation_id => pg_temp.pending('mf_p1', 'void'), outcome => 'failed',
	amount => NULL, provider_ref => 'mf_r1', reason => 'no such hold');
CALL pg_temp.pay('mf_p0', 'mf_card', 100);
SELECT amount FROM paysession.ps_capture('mf_p0', 100);
SELECT status, reason, note FROM paysession.ps_finish((SELECT id FROM paysession.ps_refund('mf_p0', 10, 'claim', lease => '1 hour')), 'failed', reason => 'no account');
-- finished_at is the time of the answer; what the answer is about does not change
SELECT kind, amount, finished_at >= created_at AS finished, attempt, provider_idempotency_key = id AS key, provider_id, session_id, payment_id
FROM paysession.payment_operation WHERE payment_id = 'mf_p1' ORDER BY id;
-- the provider's references are unique for each kind
CALL pg_temp.reserve('mf_p2', 'capture');
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p2', 'capture'), 'succeeded', provider_ref => 'mf_r1')$$);
SELECT status, provider_ref FROM paysession.ps_finish(pg_temp.pending('mf_p2', 'capture'), 'unknown', provider_ref => 'mf_r2');

-- less than was reserved: the rest can be captured, refunded or released again
CALL pg_temp.reserve('mf_p3', 'capture', 'refund', 'void');
SELECT * FROM pg_temp.money('mf_p3');
SELECT amount, released_amount FROM paysession.ps_finish(pg_temp.pending('mf_p3', 'capture'), 'succeeded', 29);
SELECT amount, released_amount FROM paysession.ps_finish(pg_temp.pending('mf_p3', 'refund'), 'succeeded', 28);
SELECT amount, released_amount FROM paysession.ps_finish(pg_temp.pending('mf_p3', 'void'), 'succeeded', 27);
SELECT * FROM pg_temp.money('mf_p3');
-- of a final capture it goes with the rest of the payment
CALL pg_temp.reserve('mf_p4', 'final');
SELECT * FROM pg_temp.money('mf_p4');
SELECT amount, released_amount FROM paysession.ps_finish(pg_temp.pending('mf_p4', 'capture'), 'succeeded', 25);
SELECT * FROM pg_temp.money('mf_p4');
-- exactly what was reserved
CALL pg_temp.reserve('mf_p5', 'final', 'refund');
SELECT amount, released_amount FROM paysession.ps_finish(pg_temp.pending('mf_p5', 'capture'), 'succeeded', 30);
SELECT amount FROM paysession.ps_finish(pg_temp.pending('mf_p5', 'refund'), 'succeeded', 30);
SELECT * FROM pg_temp.money('mf_p5');
-- more than that is refused
CALL pg_temp.reserve('mf_p6', 'capture', 'refund', 'void');
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), 'succeeded', 31)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'refund'), 'succeeded', 31)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'void'), 'succeeded', 31)$$, true);
-- a final capture that failed gives back what it would have released
CALL pg_temp.reserve('mf_p7', 'final');
SELECT status FROM paysession.ps_finish(pg_temp.pending('mf_p7', 'capture'), 'failed', reason => 'expired card');
SELECT * FROM pg_temp.money('mf_p7');
SELECT * FROM pg_temp.operations('mf_p7');

-- the same answer again: nothing happens, except that a reference is learned once; another amount is another answer
SELECT id AS op, o::text AS before FROM paysession.payment_operation o WHERE payment_id = 'mf_p3' AND kind = 'capture' AND amount = 29 \gset
SELECT pg_sleep(0.002);
SELECT f::text = :'before' AS same FROM paysession.ps_finish(:'op', 'succeeded') f;
SELECT f::text = :'before' AS same FROM paysession.ps_finish(:'op', 'succeeded', 29, reason => 'again') f;
SELECT status, amount, provider_ref, reason FROM paysession.ps_finish(:'op', 'succeeded', 29, 'mf_learned', 'again');
SELECT status, amount, provider_ref, reason FROM paysession.ps_finish(:'op', 'succeeded', 29, 'mf_other');
SELECT id AS unknown, o::text AS before FROM paysession.payment_operation o WHERE payment_id = 'mf_p2' \gset
SELECT f::text = :'before' AS same FROM paysession.ps_finish(:'unknown', 'unknown') f;
CREATE PROCEDURE pg_temp.refuse_finish(op text, outcome text, amount bigint) LANGUAGE plpgsql AS $$
DECLARE
	con text;
	tab text;
	hint text;
BEGIN
	PERFORM paysession.ps_finish(op, outcome, amount);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME, tab = TABLE_NAME, hint = PG_EXCEPTION_HINT;
	RAISE INFO '%|%|%|%|%', SQLSTATE, con, tab, replace(SQLERRM, op, 'op_…'), hint;
END
$$;
CALL pg_temp.refuse_finish(:'op', 'succeeded', 30);
CALL pg_temp.refuse_finish(:'op', 'failed', NULL);
-- a success taken back: the money is there again, what a final capture released is not
SELECT status, finished_at > created_at AS later, reason FROM paysession.ps_finish(:'op', 'reversed', reason => 'debit returned');
SELECT * FROM pg_temp.money('mf_p3');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mf_p4'), 'reversed');
SELECT * FROM pg_temp.money('mf_p4');
SELECT status, reason, note FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mf_p5' AND kind = 'refund'),
	'reversed', reason => 'account closed');
SELECT * FROM pg_temp.money('mf_p5');
-- but not while it is refunded
CALL pg_temp.reserve('mf_p8', 'refund');
CALL pg_temp.refuse($$SELECT paysession.ps_finish(id, 'reversed') FROM paysession.payment_operation WHERE payment_id = 'mf_p8' AND kind = 'capture'$$, true);

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_finish(NULL, 'failed')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish('mf_none', 'failed')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), '')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'))$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'void'), 'reversed')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), 'succeeded', 0)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), 'succeeded', -1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), 'succeeded', provider_ref => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_finish(pg_temp.pending('mf_p6', 'capture'), 'failed', reason => repeat('x', 65537))$$);
SELECT * FROM pg_temp.money('mf_p6');
SELECT * FROM pg_temp.unlawful();
