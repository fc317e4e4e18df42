-- What a case has left in the tables of :schema, as one digest: all that does
-- not depend on the time or on chance.
SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C"))
FROM (
	SELECT ROW('cart', id, session_count, total, completed_at)::text
	FROM :"schema".cart
	UNION ALL
	SELECT ROW('session', cart_id, provider_id, currency_code, amount, status, status_reason, is_selected,
	                 is_initiated, payment_authorized_at IS NULL, canceled_at IS NULL, expires_at IS NULL, provider_ref, data)::text
	FROM :"schema".payment_session
	UNION ALL
	SELECT ROW('event', s.cart_id, s.provider_id, e.amount, e.from_status, e.to_status, e.is_selected,
	                 e.actor, e.role, e.application, e.reason)::text
	FROM :"schema".payment_session_event AS e JOIN :"schema".payment_session AS s ON s.id = e.session_id
	UNION ALL
	SELECT ROW('payment', p.session_id, p.cart_id, p.provider_id, p.currency_code, p.amount, p.captured_amount, p.capture_pending,
	                 p.refunded_amount, p.refund_pending, p.voided_amount, p.void_pending, p.status, p.order_id,
	                 p.captured_at IS NULL, p.canceled_at IS NULL, p.authorization_expires_at IS NULL, p.data, p.metadata)::text
	FROM :"schema".payment AS p
	UNION ALL
	SELECT ROW('operation', o.session_id, o.payment_id, o.provider_id, o.kind, o.status, o.amount, o.released_amount, o.final,
	                 o.attempt, o.provider_idempotency_key = o.id, o.claimed_until IS NULL, o.finished_at IS NULL,
	                 o.provider_ref, o.reason, o.note, o.metadata, o.idempotency_key, o.request)::text
	FROM :"schema".payment_operation AS o
	UNION ALL
	SELECT ROW('inbox', provider_id, event_id, occurred_at IS NULL, amount, status, outcome, session_id, provider_ref,
	                 operation_ref, detail, resolved_at, payload)::text
	FROM :"schema".provider_event
) AS lines (line);
