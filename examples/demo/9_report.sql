-- What there is now, and whether the promises were kept.
CREATE TABLE demo.report (n serial, what text, result text, holds boolean);

INSERT INTO demo.report (what, result)
	SELECT 'carts', count(*) FROM paysession.cart;
INSERT INTO demo.report (what, result, holds)
	SELECT '  computed totals that agree with the store''s', count(*) FILTER (WHERE agrees) || ' of ' || count(*),
		coalesce(bool_and(agrees), false)
	FROM demo.agreement;
INSERT INTO demo.report (what, result)
	SELECT 'sessions', count(*) FROM paysession.payment_session;
INSERT INTO demo.report (what, result)
	SELECT '  ' || status, count(*) FROM paysession.payment_session GROUP BY status ORDER BY status;
INSERT INTO demo.report (what, result)
	SELECT 'events', count(*) FROM paysession.payment_session_event;
INSERT INTO demo.report (what, result, holds)
	SELECT 'illegal statements refused', count(*) FILTER (WHERE refused) || ' of ' || count(*), coalesce(bool_and(refused), false)
	FROM demo.attempt;

INSERT INTO demo.report (what, result)
	SELECT 'webhook events', count(*) FROM paysession.provider_event;
INSERT INTO demo.report (what, result, holds)
	SELECT '  delivered in two orders, three times: one outcome', count(*) FILTER (WHERE same) || ' of ' || count(*), coalesce(bool_and(same), false)
	FROM (
		SELECT (captured_amount, refunded_amount, refund_pending) = (4200, 1500, 0)
			AND (SELECT count(*) FROM paysession.payment_operation o WHERE o.payment_id = p.id) = 3 AS same
		FROM paysession.payment p
		WHERE p.order_id LIKE 'hook\_%'
	) AS hooks;
INSERT INTO demo.report (what, result, holds)
	SELECT '  for somebody to look at', count(*), count(*) = 0 FROM paysession.provider_conflict;

-- Everything that the history knows of a race counts, not only its end.
INSERT INTO demo.report (what, result, holds)
	SELECT 'races with exactly one winner', count(*) FILTER (WHERE one_winner) || ' of ' || count(*), coalesce(bool_and(one_winner), false)
	FROM (
		SELECT count(*) FILTER (WHERE s.status = 'authorized' AND s.is_selected) = 1
			AND count(*) FILTER (WHERE s.is_selected) = 1
			AND (SELECT count(*) FROM paysession.payment_session_event e
				 WHERE e.to_status = 'authorized' AND e.session_id = ANY (array_agg(s.id))) = 1 AS one_winner
		FROM paysession.payment_session s
		WHERE s.cart_id LIKE 'race\_%'
		GROUP BY s.cart_id
	) AS races;
INSERT INTO demo.report (what, result, holds)
	SELECT '  refunds that stopped at what was captured', count(*) FILTER (WHERE refunded_amount = 4000) || ' of ' || count(*),
		coalesce(bool_and(refunded_amount = 4000), false)
	FROM paysession.order_payment_status WHERE order_id LIKE 'race\_%';
INSERT INTO demo.report (what, result, holds)
	SELECT '  collections paid once, by four of eight',
		count(*) FILTER (WHERE paid_once) || ' of ' || count(*), coalesce(bool_and(paid_once), false)
	FROM (
		SELECT c.status = 'completed' AND (c.amount, c.amount) = (c.authorized_amount, c.captured_amount)
			AND (SELECT count(*) FROM paysession.payment_session_event e JOIN paysession.payment_session s ON s.id = e.session_id
				 WHERE e.to_status = 'authorized' AND s.payment_collection_id = c.id) = 4 AS paid_once
		FROM paysession.payment_collection c
		WHERE c.id LIKE 'race\_%'
	) AS collections;
INSERT INTO demo.report (what, result)
	VALUES ('sessions per second', :'speed');

-- Where the money is.  Authorized are the sessions' amounts; captured,
-- refunded and voided what the operations add up to; open and net what the
-- payments say that there still is to capture and to refund.
CREATE TABLE demo.money AS
	SELECT *
	FROM (SELECT sum(s.amount) AS authorized, sum(p.capturable_amount + p.capture_pending + p.void_pending) AS open,
			sum(p.refundable_amount + p.refund_pending) AS net
		  FROM paysession.payment p JOIN paysession.payment_session s ON s.id = p.session_id) AS payments,
		(SELECT sum(amount) FILTER (WHERE kind = 'capture') AS captured, sum(amount) FILTER (WHERE kind = 'refund') AS refunded,
			sum(released_amount) + sum(amount) FILTER (WHERE kind = 'void') AS voided
		 FROM paysession.payment_operation WHERE payment_id IS NOT NULL AND status = 'succeeded') AS operations;
INSERT INTO demo.report (what, result)
	SELECT 'payments', count(*) FROM paysession.payment;
INSERT INTO demo.report (what, result)
	SELECT '  ' || status, count(*) FROM paysession.payment GROUP BY status ORDER BY status;
INSERT INTO demo.report (what, result, holds)
	SELECT 'authorized = captured + voided + open', format('%s = %s + %s + %s', authorized, captured, voided, open),
		coalesce(authorized = captured + voided + open, false)
	FROM demo.money;
INSERT INTO demo.report (what, result, holds)
	SELECT 'captured = refunded + net', format('%s = %s + %s', captured, refunded, net),
		coalesce(captured = refunded + net, false)
	FROM demo.money;

\pset format aligned
\pset tuples_only off
\pset border 2
\pset footer off
SELECT what AS "paysession", result AS " ", CASE WHEN holds THEN 'holds' WHEN NOT holds THEN 'BROKEN' END AS "  " FROM demo.report ORDER BY n;
