-- What breaks the law, re-derived from the rows and the catalogue.  The one
-- view that calls a function of ours: whoever reads it needs EXECUTE on that;
-- paysession.ps_check reads it as its owner.

CREATE VIEW paysession.violation AS

-- sessions, each by itself and beside what it belongs to
SELECT v.rule, 'payment_session ' || s.id AS object, v.detail
FROM paysession.payment_session s
	LEFT JOIN paysession.cart c ON c.id = s.cart_id
	LEFT JOIN paysession.payment_collection g ON g.id = s.payment_collection_id
	LEFT JOIN paysession.payment_provider r ON r.id = s.provider_id,
	LATERAL (VALUES
		(0, CASE WHEN s.cart_id IS NOT NULL AND c.id IS NULL THEN 'its cart does not exist' END),
		(0, CASE WHEN s.payment_collection_id IS NOT NULL AND g.id IS NULL THEN 'its payment collection does not exist' END),
		(0, CASE WHEN r.id IS NULL THEN 'its payment provider does not exist' END),
		(0, CASE WHEN c.id IS NOT NULL AND g.id IS NOT NULL THEN 'it has a cart and a payment collection' END),
		(0, CASE WHEN pg_catalog.jsonb_typeof(s.data) <> 'object' THEN 'its data is not an object' END),
		(3, CASE WHEN s.status = 'canceled' AND s.is_selected THEN 'it is canceled and selected' END),
		(4, CASE WHEN s.status = 'authorized' AND s.cart_id IS NOT NULL AND s.is_selected IS NOT TRUE
			THEN 'it is authorized and not selected' END),
		(6, CASE WHEN s.status = 'authorized' AND (s.amount IS NULL OR s.currency_code IS NULL)
			THEN 'it is authorized without an amount or a currency' END),
		(6, CASE WHEN c.total IS NOT NULL AND s.status <> 'canceled' AND s.amount IS DISTINCT FROM
				CASE WHEN c.total > 0 THEN c.total END
			THEN pg_catalog.format('its amount is %s, the total of its cart %s', coalesce(s.amount::text, 'null'), c.total) END),
		(6, CASE WHEN s.status <> 'canceled' AND s.currency_code IS DISTINCT FROM coalesce(g.currency_code, c.currency_code, s.currency_code)
			THEN 'its currency is not that of its cart or collection' END),
		(7, CASE WHEN s.status = 'authorized' AND s.payment_authorized_at IS NULL
			THEN 'it is authorized without payment_authorized_at' END),
		(7, CASE WHEN s.status IN ('pending', 'requires_more', 'error') AND s.payment_authorized_at IS NOT NULL
			THEN 'it is not authorized and has payment_authorized_at' END),
		(7, CASE WHEN (s.status = 'canceled') <> (s.canceled_at IS NOT NULL)
			THEN 'its canceled_at does not fit its status' END)
	) AS v (rule, detail)
WHERE v.detail IS NOT NULL

UNION ALL
SELECT 3, 'cart ' || cart_id, 'more than one session is selected'
FROM paysession.payment_session WHERE is_selected AND cart_id IS NOT NULL
GROUP BY cart_id HAVING pg_catalog.count(*) > 1

UNION ALL
SELECT 4, 'cart ' || cart_id, 'more than one session is authorized'
FROM paysession.payment_session WHERE status = 'authorized' AND cart_id IS NOT NULL
GROUP BY cart_id HAVING pg_catalog.count(*) > 1

-- the history, each event beside the one before and the last one beside its
-- session; a session that came in as history, or was purged, has no event
UNION ALL
SELECT v.rule, pg_catalog.format('payment_session_event %s of %s', e.id, e.session_id), v.detail
FROM (SELECT h.*, pg_catalog.lead(h.id) OVER w IS NULL AS is_last,
			pg_catalog.bool_or(h.to_status = 'authorized') OVER w AS was_authorized,
			pg_catalog.first_value(h.from_status IS NULL) OVER w AS from_birth,
			pg_catalog.lag(h.id) OVER w AS last_id, pg_catalog.lag(h.at) OVER w AS last_at,
			pg_catalog.lag(h.to_status) OVER w AS last_status, pg_catalog.lag(h.amount) OVER w AS last_amount,
			pg_catalog.lag(h.is_selected) OVER w AS was_selected
		FROM paysession.payment_session_event h
		WINDOW w AS (PARTITION BY h.session_id ORDER BY h.id)) e
	LEFT JOIN paysession.ps_transitions() t
		ON t.from_status IS NOT DISTINCT FROM e.from_status AND t.to_status = e.to_status
	LEFT JOIN paysession.payment_session s ON s.id = e.session_id AND e.is_last,
	LATERAL (VALUES
		(1, CASE WHEN e.from_status <> e.to_status AND t.to_status IS NULL
			THEN pg_catalog.format('no move leads from %s to %s', e.from_status, e.to_status) END),
		(2, CASE WHEN e.from_status IS NULL AND t.to_status IS NULL THEN 'it is a birth that is not pending' END),
		(2, CASE WHEN e.from_status IS NULL AND e.last_status IS NOT NULL THEN 'it is a second birth' END),
		(2, CASE WHEN e.from_status IS NULL AND e.is_last AND s.created_at > e.at THEN 'the session was created after its birth' END),
		(5, CASE WHEN e.from_status = 'authorized' AND e.last_status = 'authorized' AND e.to_status IS NOT NULL
				AND e.amount IS DISTINCT FROM e.last_amount
			THEN 'the amount of an authorized session changed' END),
		(7, CASE WHEN e.is_last AND e.from_birth AND e.to_status IS NOT NULL AND s.id IS NOT NULL
				AND e.was_authorized <> (s.payment_authorized_at IS NOT NULL)
			THEN 'payment_authorized_at does not tell whether the session was ever authorized' END),
		(9, CASE WHEN e.to_status IS NULL AND e.was_authorized THEN 'a session was deleted that had been authorized' END),
		(10, CASE WHEN e.from_status IS NULL AND e.to_status IS NULL THEN 'it is neither a birth nor a deletion nor a move' END),
		(10, CASE WHEN e.last_status IS NOT NULL AND e.from_status IS NOT NULL AND e.from_status <> e.last_status
			THEN pg_catalog.format('it comes from %s, the event before led to %s', e.from_status, e.last_status) END),
		(10, CASE WHEN e.from_status = e.to_status AND e.last_status = e.to_status
				AND e.amount IS NOT DISTINCT FROM e.last_amount AND e.is_selected = e.was_selected
			THEN 'it changes nothing' END),
		(10, CASE WHEN e.at < e.last_at THEN 'it is earlier than the event before' END),
		(10, CASE WHEN e.is_last AND e.to_status IS NOT NULL AND s.id IS NULL THEN 'its session does not exist' END),
		(10, CASE WHEN e.is_last AND (s.status, s.amount, coalesce(s.is_selected, false)) IS DISTINCT FROM
				(e.to_status, e.amount, e.is_selected) AND e.to_status IS NOT NULL AND s.id IS NOT NULL
			THEN 'its session has changed since without an event' END)
	) AS v (rule, detail)
WHERE v.detail IS NOT NULL

UNION ALL
SELECT 10, 'sequence paysession.payment_session_event_id_seq',
	pg_catalog.format('it stands at %s, behind event %s', q.last_value, e.id)
FROM paysession.payment_session_event_id_seq q,
	(SELECT pg_catalog.max(id) AS id FROM paysession.payment_session_event) e
WHERE e.id > q.last_value OR (e.id = q.last_value AND NOT q.is_called)

-- payments
UNION ALL
SELECT v.rule, 'payment ' || p.id, v.detail
FROM paysession.payment p
	LEFT JOIN paysession.payment_session s ON s.id = p.session_id
	LEFT JOIN (
		SELECT payment_id,
			coalesce(pg_catalog.sum(amount) FILTER (WHERE kind = 'capture' AND status = 'succeeded'), 0) AS captured,
			coalesce(pg_catalog.sum(amount) FILTER (WHERE kind = 'capture' AND status = 'pending'), 0) AS capture_pending,
			coalesce(pg_catalog.sum(amount) FILTER (WHERE kind = 'refund' AND status = 'succeeded'), 0) AS refunded,
			coalesce(pg_catalog.sum(amount) FILTER (WHERE kind = 'refund' AND status = 'pending'), 0) AS refund_pending,
			coalesce(pg_catalog.sum(amount) FILTER (WHERE kind = 'void' AND status = 'succeeded'), 0)
				+ coalesce(pg_catalog.sum(released_amount) FILTER (WHERE status IN ('succeeded', 'reversed')), 0) AS voided,
			coalesce(pg_catalog.sum(amount) FILTER (WHERE kind = 'void' AND status = 'pending'), 0)
				+ coalesce(pg_catalog.sum(released_amount) FILTER (WHERE status = 'pending'), 0) AS void_pending
		FROM paysession.payment_operation GROUP BY payment_id) o ON o.payment_id = p.id,
	LATERAL (VALUES
		(11, CASE WHEN p.captured_amount < 0 OR p.capture_pending < 0 OR p.voided_amount < 0 OR p.void_pending < 0
				OR p.captured_amount::numeric + p.capture_pending + p.voided_amount + p.void_pending > p.amount
			THEN 'what is captured, released and pending of both is not within the amount' END),
		(11, CASE WHEN p.refunded_amount < 0 OR p.refund_pending < 0
				OR p.refunded_amount::numeric + p.refund_pending > p.captured_amount
			THEN 'what is refunded and pending is not within what is captured' END),
		(12, CASE WHEN p.session_id IS NOT NULL AND s.id IS NULL THEN 'its session does not exist' END),
		(12, CASE WHEN s.id IS NOT NULL AND (p.cart_id, p.payment_collection_id, p.provider_id, p.currency_code, p.amount)
				IS DISTINCT FROM (s.cart_id, s.payment_collection_id, s.provider_id, s.currency_code, s.amount)
			THEN 'its cart, collection, provider, currency or amount is not its session''s' END),
		(12, CASE WHEN s.id IS NOT NULL AND p.canceled_at IS NULL AND s.status <> 'authorized'
			THEN pg_catalog.format('it is not canceled, its session is %s', s.status) END),
		(13, CASE WHEN (p.captured_amount, p.capture_pending, p.refunded_amount, p.refund_pending, p.voided_amount, p.void_pending)
				IS DISTINCT FROM (coalesce(o.captured, 0), coalesce(o.capture_pending, 0), coalesce(o.refunded, 0),
					coalesce(o.refund_pending, 0), coalesce(o.voided, 0), coalesce(o.void_pending, 0))
			THEN pg_catalog.format('captured, refunded and voided are %s and %s pending, %s and %s, %s and %s; its operations make %s and %s, %s and %s, %s and %s',
				p.captured_amount, p.capture_pending, p.refunded_amount, p.refund_pending, p.voided_amount, p.void_pending,
				coalesce(o.captured, 0), coalesce(o.capture_pending, 0), coalesce(o.refunded, 0),
				coalesce(o.refund_pending, 0), coalesce(o.voided, 0), coalesce(o.void_pending, 0)) END),
		(13, CASE WHEN (p.canceled_at IS NOT NULL) <> (p.voided_amount = p.amount)
			THEN 'it is canceled without being released as a whole, or the other way round' END)
	) AS v (rule, detail)
WHERE v.detail IS NOT NULL

UNION ALL
SELECT 12, 'payment_session ' || session_id, 'it has more than one payment'
FROM paysession.payment WHERE session_id IS NOT NULL
GROUP BY session_id HAVING pg_catalog.count(*) > 1

-- operations
UNION ALL
SELECT v.rule, 'payment_operation ' || o.id, v.detail
FROM paysession.payment_operation o
	LEFT JOIN paysession.payment p ON p.id = o.payment_id
	LEFT JOIN paysession.payment_session s ON s.id = o.session_id,
	LATERAL (VALUES
		(6, CASE WHEN o.kind = 'authorize' AND o.status = 'pending' AND s.status = 'authorized'
			THEN 'it is pending, its session authorized' END),
		(9, CASE WHEN o.kind = 'authorize' AND o.status = 'pending' AND s.status = 'canceled'
			THEN 'it is pending, its session canceled' END),
		(11, CASE WHEN o.amount <= 0 OR o.released_amount < 0 THEN 'its amount is not positive' END),
		(14, CASE WHEN o.session_id IS NOT NULL AND s.id IS NULL THEN 'its session does not exist' END),
		(14, CASE WHEN o.payment_id IS NOT NULL AND p.id IS NULL THEN 'its payment does not exist' END),
		(14, CASE WHEN o.provider_id <> p.provider_id OR o.provider_id <> s.provider_id
			THEN 'its provider is not its payment''s or session''s' END),
		(14, CASE WHEN o.session_id <> p.session_id THEN 'its session is not its payment''s' END),
		(14, CASE WHEN (o.status = 'pending') <> (o.finished_at IS NULL) THEN 'its finished_at does not fit its status' END),
		(14, CASE WHEN o.status = 'reversed' AND o.kind = 'authorize' THEN 'it is an authorization that is reversed' END)
	) AS v (rule, detail)
WHERE v.detail IS NOT NULL

-- collections: the formula
UNION ALL
SELECT 16, 'payment_collection ' || g.id,
	pg_catalog.format('it is %s, authorized %s, captured %s; its sessions and payments make it %s, %s, %s',
		g.status, g.authorized_amount, g.captured_amount, f.status, f.authorized, f.captured)
FROM paysession.payment_collection g
	LEFT JOIN (
		SELECT payment_collection_id AS id, coalesce(pg_catalog.sum(amount) FILTER (WHERE status = 'authorized'), 0) AS authorized,
			pg_catalog.array_agg(DISTINCT status) FILTER (WHERE status <> 'canceled') AS live
		FROM paysession.payment_session GROUP BY payment_collection_id) s ON s.id = g.id
	LEFT JOIN (
		SELECT payment_collection_id AS id, pg_catalog.sum(captured_amount) AS captured
		FROM paysession.payment GROUP BY payment_collection_id) p ON p.id = g.id,
	LATERAL (SELECT coalesce(s.authorized, 0) AS authorized, coalesce(p.captured, 0) AS captured,
		CASE
		WHEN g.status = 'canceled' THEN 'canceled'
		WHEN p.captured >= g.amount THEN 'completed'
		WHEN p.captured > 0 THEN 'partially_captured'
		WHEN s.authorized >= g.amount THEN 'authorized'
		WHEN s.authorized > 0 THEN 'partially_authorized'
		WHEN s.live = '{error}' THEN 'failed'
		WHEN s.live IS NOT NULL THEN 'awaiting'
		ELSE 'not_paid' END AS status) f
WHERE (g.status, g.authorized_amount, g.captured_amount) IS DISTINCT FROM (f.status, f.authorized, f.captured)
	OR f.authorized > g.amount OR (g.status = 'canceled' AND s.live IS NOT NULL)

-- the inbox: what waits for what is there
UNION ALL
SELECT 0, pg_catalog.format('provider_event %s of %s', e.event_id, e.provider_id),
	'it waits for a session that exists: paysession.ps_resolve tries it again'
FROM paysession.provider_event e
WHERE e.outcome = 'parked' AND e.detail = 'there is no such session yet' AND EXISTS (
	SELECT FROM paysession.payment_session s
	WHERE s.provider_id = e.provider_id AND (s.id = e.session_id OR (e.session_id IS NULL AND s.provider_ref = e.provider_ref)))

-- the law itself
UNION ALL
SELECT 0, pg_catalog.format('trigger %s on paysession.%s', l.name, l.on_table),
	CASE WHEN t.tgname IS NULL THEN 'it is missing' ELSE 'it is not as it was made' END
FROM (VALUES
		('payment_session', 'zz_guard', 31, 'payment_session_guard'),
		('payment_session', 'aa_record', 29, 'payment_session_record'),
		('payment_session_event', 'zz_guard', 31, 'payment_session_event_guard'),
		('payment_session_event', 'zz_restamp', 7, 'payment_session_event_restamp'),
		('cart', 'zz_guard', 31, 'cart_guard'),
		('cart', 'aa_follow', 21, 'cart_follow'),
		('payment_provider', 'zz_guard', 23, 'setup_guard'),
		('sales_channel', 'zz_guard', 23, 'setup_guard'),
		('payment', 'zz_guard', 31, 'payment_guard'),
		('payment', 'aa_follow', 21, 'payment_follow'),
		('payment_operation', 'zz_guard', 31, 'payment_operation_guard'),
		('payment_collection', 'zz_guard', 31, 'payment_collection_guard'),
		('payment_collection', 'aa_follow', 21, 'payment_collection_follow'),
		('provider_event', 'zz_guard', 31, 'functions_only'),
		('provider_event', 'aa_settle', 17, 'provider_event_settle'),
		('idempotency_key', 'zz_guard', 31, 'functions_only'),
		('payment_session', 'zz_truncate', 34, 'refuse_truncate'),
		('payment_session_event', 'zz_truncate', 34, 'refuse_truncate'),
		('cart', 'zz_truncate', 34, 'refuse_truncate'),
		('cart_sales_channel', 'zz_guard', 31, 'cart_sales_channel_guard'),
		('owned_routes', 'zz_guard', 31, 'owned_routes_guard'),
		('owned_routes', 'zz_truncate', 34, 'refuse_truncate'),
		('cart_sales_channel', 'zz_truncate', 34, 'refuse_truncate'),
		('payment_provider', 'zz_truncate', 34, 'refuse_truncate'),
		('sales_channel', 'zz_truncate', 34, 'refuse_truncate'),
		('payment', 'zz_truncate', 34, 'refuse_truncate'),
		('payment_operation', 'zz_truncate', 34, 'refuse_truncate'),
		('payment_collection', 'zz_truncate', 34, 'refuse_truncate'),
		('provider_event', 'zz_truncate', 34, 'refuse_truncate'),
		('idempotency_key', 'zz_truncate', 34, 'refuse_truncate')) AS l (on_table, name, type, function)
	LEFT JOIN (pg_catalog.pg_trigger t
		JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'paysession'::pg_catalog.regnamespace
		JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid)
	ON c.relname = l.on_table AND t.tgname = l.name AND NOT t.tgisinternal
WHERE (t.tgenabled, t.tgtype, f.proname, f.pronamespace, t.tgqual IS NULL OR l.name = 'aa_settle') IS DISTINCT FROM
	(CASE WHEN l.name = 'zz_restamp' THEN 'A'::"char" ELSE 'O' END, l.type::smallint, l.function::pg_catalog.name,
	 'paysession'::pg_catalog.regnamespace::pg_catalog.oid, true)

UNION ALL
SELECT 0, pg_catalog.format('constraint %s on paysession.%s', k.conname, c.relname), 'its foreign key is not enforced'
FROM pg_catalog.pg_trigger t
	JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
	JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint
WHERE c.relnamespace = 'paysession'::pg_catalog.regnamespace AND t.tgisinternal AND t.tgenabled <> 'O'
GROUP BY k.conname, c.relname

UNION ALL
SELECT 0, 'function ' || pg_catalog.format('paysession.%s(%s)', f.proname, pg_catalog.pg_get_function_identity_arguments(f.oid)), v.detail
FROM pg_catalog.pg_proc f, LATERAL (VALUES
		(CASE WHEN f.prosecdef THEN 'it does not run as its caller' END),
		(CASE WHEN EXISTS (
				SELECT FROM pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) a
				WHERE a.grantee = 0)
			THEN 'PUBLIC may execute it' END)
	) AS v (detail)
WHERE v.detail IS NOT NULL AND f.pronamespace = 'paysession'::pg_catalog.regnamespace;

COMMENT ON VIEW paysession.violation IS
	'what breaks the law, by the number of its rule; 0: what makes it hold';
COMMENT ON COLUMN paysession.violation.rule IS 'the number of the rule; 0: what makes the rules hold';
COMMENT ON COLUMN paysession.violation.object IS 'what breaks it';
COMMENT ON COLUMN paysession.violation.detail IS 'how';

CREATE FUNCTION paysession.ps_check()
RETURNS TABLE (rule integer, object text, detail text)
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_check';
COMMENT ON FUNCTION paysession.ps_check() IS
	'read: everything in the tables that breaks the law; a healthy database has none';
REVOKE ALL ON FUNCTION paysession.ps_check() FROM PUBLIC;
