-- What there is now.  holds is false where a promise was broken.
CREATE TABLE demo.report (n serial, what text, result text, holds boolean DEFAULT true);

INSERT INTO demo.report (what, result)
	SELECT 'carts', count(*) FROM paysession.cart;
INSERT INTO demo.report (what, result, holds)
	SELECT '  derived totals that agree with the store''s', count(*) FILTER (WHERE agrees) || ' of ' || count(*),
		bool_and(agrees)
	FROM demo.agreement;
INSERT INTO demo.report (what, result)
	SELECT 'sessions', count(*) FROM paysession.payment_session;
INSERT INTO demo.report (what, result)
	SELECT '  ' || status, count(*) FROM paysession.payment_session GROUP BY status ORDER BY status;
INSERT INTO demo.report (what, result)
	SELECT 'events', count(*) FROM paysession.payment_session_event;
INSERT INTO demo.report (what, result, holds)
	SELECT 'illegal moves refused', count(*) FILTER (WHERE refused) || ' of ' || count(*), bool_and(refused)
	FROM demo.attempt;

-- Everything that the history knows of a race counts, not only its end.
INSERT INTO demo.report (what, result, holds)
	SELECT 'races with exactly one winner', count(*) FILTER (WHERE one_winner) || ' of ' || count(*), bool_and(one_winner)
	FROM (
		SELECT count(*) FILTER (WHERE s.status = 'authorized' AND s.is_selected) = 1
			AND count(*) FILTER (WHERE s.is_selected) = 1
			AND (SELECT count(*) FROM paysession.payment_session_event e
				 WHERE e.to_status = 'authorized' AND e.session_id = ANY (array_agg(s.id))) = 1 AS one_winner
		FROM paysession.payment_session s
		WHERE s.cart_id LIKE 'race\_%'
		GROUP BY s.cart_id
	) AS races;
INSERT INTO demo.report (what, result)
	VALUES ('sessions per second', :'speed');

\pset format aligned
\pset tuples_only off
\pset border 2
\pset footer off
SELECT what AS "paysession", result AS " " FROM demo.report ORDER BY n;
