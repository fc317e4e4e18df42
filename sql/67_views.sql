-- Questions of the day: what support, finance and operations ask.  They run
-- as their reader, who needs SELECT on the tables beneath.

CREATE VIEW paysession.session_overview WITH (security_invoker = true) AS
	SELECT s.id, s.cart_id, s.payment_collection_id, p.order_id, s.provider_id, s.status, s.status_reason, s.is_selected,
		s.amount, s.currency_code, p.id AS payment_id,
		coalesce(p.captured_amount, 0) AS captured_amount,
		coalesce(p.refunded_amount, 0) AS refunded_amount,
		coalesce(p.capturable_amount + p.capture_pending + p.void_pending,
			CASE WHEN s.status = 'authorized' THEN s.amount END, 0) AS open_amount,
		o.kind AS pending_kind,
		CASE
		WHEN o.kind IS NOT NULL AND (o.kind, s.status) <> ('authorize', 'requires_more')
			THEN CASE WHEN o.claimed_until > pg_catalog.now() THEN 'provider' ELSE 'worker' END
		WHEN s.status = 'canceled' THEN NULL
		WHEN s.status = 'authorized' THEN CASE WHEN p.id IS NULL THEN 'order' WHEN p.capturable_amount > 0 THEN 'capture' END
		WHEN c.completed_at IS NOT NULL OR g.authorized_amount = g.amount THEN NULL
		WHEN s.expires_at <= pg_catalog.now() THEN 'expiry'
		ELSE 'customer' END AS waits_for,
		greatest(s.updated_at, p.updated_at) AS last_change_at,
		s.created_at,
		pg_catalog.now() - s.created_at AS age
	FROM paysession.payment_session s
		LEFT JOIN paysession.payment p ON p.session_id = s.id
		LEFT JOIN paysession.cart c ON c.id = s.cart_id
		LEFT JOIN paysession.payment_collection g ON g.id = s.payment_collection_id
		LEFT JOIN LATERAL (
			SELECT kind, claimed_until FROM paysession.payment_operation
			WHERE session_id = s.id AND finished_at IS NULL ORDER BY id LIMIT 1) o ON true;
COMMENT ON VIEW paysession.session_overview IS 'a payment session, where its money is, and what it waits for';
COMMENT ON COLUMN paysession.session_overview.id IS 'the payment session';
COMMENT ON COLUMN paysession.session_overview.cart_id IS 'the cart that it pays';
COMMENT ON COLUMN paysession.session_overview.payment_collection_id IS 'the payment collection that it pays a part of';
COMMENT ON COLUMN paysession.session_overview.order_id IS 'the application''s order';
COMMENT ON COLUMN paysession.session_overview.provider_id IS 'the payment provider';
COMMENT ON COLUMN paysession.session_overview.status IS 'where it stands with the provider';
COMMENT ON COLUMN paysession.session_overview.status_reason IS 'why it is error or canceled';
COMMENT ON COLUMN paysession.session_overview.is_selected IS 'whether the customer pays with it';
COMMENT ON COLUMN paysession.session_overview.amount IS 'in minor units, as all amounts';
COMMENT ON COLUMN paysession.session_overview.currency_code IS 'ISO 4217, lower case';
COMMENT ON COLUMN paysession.session_overview.payment_id IS 'the payment that it became';
COMMENT ON COLUMN paysession.session_overview.captured_amount IS 'what has been captured';
COMMENT ON COLUMN paysession.session_overview.refunded_amount IS 'what has been refunded';
COMMENT ON COLUMN paysession.session_overview.open_amount IS 'what is authorized, and neither captured nor released';
COMMENT ON COLUMN paysession.session_overview.pending_kind IS
	'what the provider''s answer is wanted to: authorize, capture, refund, void';
COMMENT ON COLUMN paysession.session_overview.waits_for IS
	'customer, provider, worker, order, capture or expiry; NULL: nothing';
COMMENT ON COLUMN paysession.session_overview.last_change_at IS 'when it, or its payment, last changed';
COMMENT ON COLUMN paysession.session_overview.created_at IS 'when it was made';
COMMENT ON COLUMN paysession.session_overview.age IS 'how long ago that is';

-- An authorization that ended with its session was not refused by a provider.
CREATE VIEW paysession.provider_funnel WITH (security_invoker = true) AS
	SELECT provider_id, created_at::date AS day,
		pg_catalog.count(*) AS sessions,
		pg_catalog.count(*) FILTER (WHERE is_initiated) AS begun,
		pg_catalog.count(payment_authorized_at) AS authorized,
		pg_catalog.count(*) FILTER (WHERE payment_authorized_at IS NULL AND (was_refused OR status = 'error')) AS failed,
		pg_catalog.percentile_cont(0.5) WITHIN GROUP
			(ORDER BY payment_authorized_at - coalesce(asked_at, created_at)) AS median_time_to_authorize
	FROM (
		SELECT s.provider_id, s.created_at, s.status, s.is_initiated, s.payment_authorized_at,
			pg_catalog.min(o.created_at) AS asked_at,
			pg_catalog.bool_or(o.status = 'failed' AND (o.reason IN ('canceled', 'replaced')) IS NOT TRUE) AS was_refused
		FROM paysession.payment_session s
			LEFT JOIN paysession.payment_operation o ON o.session_id = s.id AND o.kind = 'authorize'
		GROUP BY s.id) AS told
	GROUP BY 1, 2;
COMMENT ON VIEW paysession.provider_funnel IS 'what became of the payment sessions of a provider and a day';
COMMENT ON COLUMN paysession.provider_funnel.provider_id IS 'the payment provider';
COMMENT ON COLUMN paysession.provider_funnel.day IS 'the day on which they were made, by the reader''s TimeZone';
COMMENT ON COLUMN paysession.provider_funnel.sessions IS 'how many were made';
COMMENT ON COLUMN paysession.provider_funnel.begun IS 'of how many communication with the provider has begun';
COMMENT ON COLUMN paysession.provider_funnel.authorized IS 'how many were authorized, those included that were canceled later';
COMMENT ON COLUMN paysession.provider_funnel.failed IS 'how many the provider refused, and did not authorize after all';
COMMENT ON COLUMN paysession.provider_funnel.median_time_to_authorize IS
	'from when the provider was first asked; of one that was not, from its making';

-- Every amount stands in one row: those of a payment add up to what was
-- authorized, less what was released and refunded.  A canceled payment has
-- none: that it is left out lets the index on authorization_expires_at serve.
CREATE VIEW paysession.open_money WITH (security_invoker = true) AS
	SELECT m.state, m.amount, p.currency_code, p.provider_id, p.order_id, p.cart_id, p.payment_collection_id, p.session_id,
		p.id AS payment_id, coalesce(s.payment_authorized_at, p.created_at) AS authorized_at,
		p.authorization_expires_at AS held_until, p.captured_at
	FROM paysession.payment p
		LEFT JOIN paysession.payment_session s ON s.id = p.session_id,
		LATERAL (VALUES
			('held', p.capturable_amount),
			('capturing', p.capture_pending),
			('releasing', p.void_pending),
			('captured', p.refundable_amount),
			('refunding', p.refund_pending)) AS m (state, amount)
	WHERE p.canceled_at IS NULL AND m.amount > 0
	UNION ALL
	SELECT CASE WHEN v.session_id IS NULL THEN 'held' ELSE 'releasing' END, s.amount, s.currency_code, s.provider_id,
		NULL::text COLLATE "C", s.cart_id, s.payment_collection_id, s.id,
		NULL::text COLLATE "C", s.payment_authorized_at, s.expires_at, NULL::timestamptz(3)
	FROM paysession.payment_session s
		LEFT JOIN (
			SELECT DISTINCT session_id FROM paysession.payment_operation
			WHERE kind = 'void' AND finished_at IS NULL) v ON v.session_id = s.id
	WHERE s.payment_authorized_at IS NOT NULL AND (s.status = 'authorized' OR v.session_id IS NOT NULL)
		AND NOT EXISTS (SELECT FROM paysession.payment p WHERE p.session_id = s.id);
COMMENT ON VIEW paysession.open_money IS 'money that can still move: what is held, captured, and on its way';
COMMENT ON COLUMN paysession.open_money.state IS 'held, capturing, releasing, captured, refunding';
COMMENT ON COLUMN paysession.open_money.amount IS 'in minor units';
COMMENT ON COLUMN paysession.open_money.currency_code IS 'ISO 4217, lower case';
COMMENT ON COLUMN paysession.open_money.provider_id IS 'the payment provider';
COMMENT ON COLUMN paysession.open_money.order_id IS 'the application''s order';
COMMENT ON COLUMN paysession.open_money.cart_id IS 'the cart';
COMMENT ON COLUMN paysession.open_money.payment_collection_id IS 'the payment collection';
COMMENT ON COLUMN paysession.open_money.session_id IS 'the payment session';
COMMENT ON COLUMN paysession.open_money.payment_id IS 'the payment; NULL: the session has not become one';
COMMENT ON COLUMN paysession.open_money.authorized_at IS 'when the provider held the money';
COMMENT ON COLUMN paysession.open_money.held_until IS 'until when it holds what is held, as far as is known';
COMMENT ON COLUMN paysession.open_money.captured_at IS 'when some was first captured';
