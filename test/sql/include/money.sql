\set ECHO none
-- What the tests of payments share.  The ids of payments are the tests' own;
-- those of operations are not shown.

-- CALL pg_temp.pay(id, provider, amount) makes a payment in euros, by plain
-- SQL, of session id_s of cart id_c.
CREATE PROCEDURE pg_temp.pay(payment text, provider text, amount bigint, order_id text DEFAULT NULL)
LANGUAGE sql BEGIN ATOMIC
	INSERT INTO paysession.cart (id, currency_code) VALUES (payment || '_c', 'eur');
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount)
		VALUES (payment || '_s', payment || '_c', provider, amount);
	UPDATE paysession.payment_session SET status = 'authorized' WHERE id = payment || '_s';
	INSERT INTO paysession.payment (id, session_id, order_id) VALUES (payment, payment || '_s', order_id);
END;

-- Where the money of the payments is whose id is LIKE a pattern.
CREATE FUNCTION pg_temp.money(pattern text) RETURNS TABLE (payment text, status text, amount bigint,
	captured bigint, c_pending bigint, refunded bigint, r_pending bigint, voided bigint, v_pending bigint,
	capturable bigint, refundable bigint)
BEGIN ATOMIC
	SELECT id, status, amount, captured_amount, capture_pending, refunded_amount, refund_pending,
		voided_amount, void_pending, capturable_amount, refundable_amount
	FROM paysession.payment WHERE id LIKE pattern ORDER BY id;
END;

-- The operations of the payments or sessions whose id is LIKE a pattern.
CREATE FUNCTION pg_temp.operations(pattern text) RETURNS TABLE (of text, kind text, amount bigint,
	released bigint, final boolean, status text, claim text, attempt integer, ref text, reason text, note text)
BEGIN ATOMIC
	SELECT coalesce(payment_id, session_id), kind, amount, released_amount, final, status,
		CASE WHEN claimed_until > clock_timestamp() THEN 'claimed' WHEN claimed_until IS NOT NULL THEN 'unknown' END,
		attempt, provider_ref, reason, note
	FROM paysession.payment_operation WHERE payment_id LIKE pattern OR session_id LIKE pattern
	ORDER BY coalesce(payment_id, session_id), id;
END;

-- What a statement, which is undone, is refused with.
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	con text;
BEGIN
	EXECUTE statement;
	RAISE SQLSTATE 'TOKAY';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME;
	RETURN concat_ws(' ', replace(SQLSTATE, 'TOKAY', 'not refused'), nullif(con, ''));
END
$$;

-- The payments that break rule 11, 12 or 13.
CREATE FUNCTION pg_temp.unlawful() RETURNS TABLE (rule integer, payment text)
BEGIN ATOMIC
	SELECT 11, id FROM paysession.payment
	WHERE least(captured_amount, capture_pending, refunded_amount, refund_pending, voided_amount, void_pending) < 0
		OR captured_amount + capture_pending + voided_amount + void_pending > amount
		OR refunded_amount + refund_pending > captured_amount
	UNION ALL
	SELECT 12, p.id FROM paysession.payment p JOIN paysession.payment_session s ON s.id = p.session_id
	WHERE (p.cart_id, p.payment_collection_id, p.provider_id, p.currency_code, p.amount)
		IS DISTINCT FROM (s.cart_id, s.payment_collection_id, s.provider_id, s.currency_code, s.amount)
	UNION ALL
	SELECT 13, p.id FROM paysession.payment p, LATERAL (
		SELECT coalesce(sum(amount) FILTER (WHERE kind = 'capture' AND status = 'succeeded'), 0) AS captured,
			coalesce(sum(amount) FILTER (WHERE kind = 'capture' AND status = 'pending'), 0) AS capture_pending,
			coalesce(sum(amount) FILTER (WHERE kind = 'refund' AND status = 'succeeded'), 0) AS refunded,
			coalesce(sum(amount) FILTER (WHERE kind = 'refund' AND status = 'pending'), 0) AS refund_pending,
			coalesce(sum(amount) FILTER (WHERE kind = 'void' AND status = 'succeeded'), 0)
				+ coalesce(sum(released_amount) FILTER (WHERE status IN ('succeeded', 'reversed')), 0) AS voided,
			coalesce(sum(amount) FILTER (WHERE kind = 'void' AND status = 'pending'), 0)
				+ coalesce(sum(released_amount) FILTER (WHERE status = 'pending'), 0) AS void_pending
		FROM paysession.payment_operation WHERE payment_id = p.id) o
	WHERE (p.captured_amount, p.capture_pending, p.refunded_amount, p.refund_pending, p.voided_amount, p.void_pending)
		<> (o.captured, o.capture_pending, o.refunded, o.refund_pending, o.voided, o.void_pending);
END;
\set ECHO all
