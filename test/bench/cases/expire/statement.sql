WITH o AS (
	SELECT id, status FROM statement.payment_session
	WHERE expires_at <= clock_timestamp() AND canceled_at IS NULL AND status IN ('pending', 'requires_more', 'error')
	LIMIT 100000
	FOR NO KEY UPDATE SKIP LOCKED
), u AS (
	UPDATE statement.payment_session AS s
	SET status = 'canceled', status_reason = 'expired', is_selected = false,
		canceled_at = clock_timestamp(), updated_at = clock_timestamp()
	FROM o
	WHERE s.id = o.id
	RETURNING s.id, o.status AS from_status, s.status, s.status_reason, s.amount, s.is_selected, s.updated_at
)
INSERT INTO statement.payment_session_event (txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application, reason)
SELECT pg_current_xact_id(), updated_at, amount, from_status, status, is_selected, id,
       session_user, current_user, nullif(current_setting('application_name'), ''), status_reason
FROM u;
