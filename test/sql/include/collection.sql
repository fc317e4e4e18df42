\set ECHO none
-- What the tests of payment collections share.

-- The collections whose id is LIKE a pattern.
CREATE FUNCTION pg_temp.collections(pattern text)
RETURNS TABLE (collection text, status text, amount bigint, authorized bigint, captured bigint)
BEGIN ATOMIC
	SELECT id, status, amount, authorized_amount, captured_amount
	FROM paysession.payment_collection WHERE id LIKE pattern ORDER BY id;
END;

-- The collections that are not what their sessions and payments make them.
CREATE FUNCTION pg_temp.misderived()
RETURNS TABLE (collection text, status text, expected text, authorized bigint, expected_authorized numeric,
	captured bigint, expected_captured numeric)
BEGIN ATOMIC
	SELECT c.id, c.status, f.status, c.authorized_amount, f.authorized, c.captured_amount, f.captured
	FROM paysession.payment_collection c, LATERAL (
		SELECT coalesce(sum(s.amount) FILTER (WHERE s.status = 'authorized'), 0) AS authorized,
			(SELECT coalesce(sum(p.captured_amount), 0) FROM paysession.payment p WHERE p.payment_collection_id = c.id) AS captured,
			array_agg(s.status) FILTER (WHERE s.status <> 'canceled') AS live
		FROM paysession.payment_session s WHERE s.payment_collection_id = c.id) sums, LATERAL (
		SELECT sums.authorized, sums.captured, CASE
			WHEN c.status = 'canceled' THEN 'canceled'
			WHEN captured >= c.amount THEN 'completed'
			WHEN captured > 0 THEN 'partially_captured'
			WHEN authorized = c.amount THEN 'authorized'
			WHEN authorized > 0 THEN 'partially_authorized'
			WHEN 'error' = ALL (live) THEN 'failed'
			WHEN live IS NOT NULL THEN 'awaiting'
			ELSE 'not_paid' END AS status) f
	WHERE (c.status, c.authorized_amount, c.captured_amount) IS DISTINCT FROM (f.status, f.authorized, f.captured)
		OR f.authorized > c.amount OR (c.status = 'canceled' AND live IS NOT NULL)
	ORDER BY c.id;
END;
\set ECHO all
