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
) AS lines (line);
