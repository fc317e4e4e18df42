-- One amount that two sessions pay together, with a card each.
SELECT 'a payment collection of ' || c.amount || ', ' || count(*) || ' sessions: ' || string_agg(s.amount::text, ' + ' ORDER BY s.amount)
FROM paysession.ps_create_collection(6000, 'eur', description => 'two cards') AS c,
	paysession.ps_set_collection_sessions(c.id,
		'[{"provider_id": "stripe", "amount": 1500}, {"provider_id": "stripe", "amount": 4500}]') AS s
GROUP BY c.amount;

SELECT count(s.*) || ' authorized'
FROM paysession.payment_session l, paysession.ps_authorize(l.id) AS s
WHERE l.payment_collection_id IS NOT NULL;

-- A third that plain SQL adds is one too many.
INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount)
	SELECT id, 'stripe', 1 FROM paysession.payment_collection;

DO $$
DECLARE
	overdraw text := 'UPDATE paysession.payment_session SET status = ''authorized'' WHERE id = $1';
	session text := (SELECT id FROM paysession.payment_session WHERE payment_collection_id IS NOT NULL AND status = 'pending');
BEGIN
	EXECUTE overdraw USING session;
	INSERT INTO demo.attempt VALUES (overdraw, session, false);
EXCEPTION WHEN check_violation THEN
	INSERT INTO demo.attempt VALUES (overdraw, session, true);
END
$$;

SELECT 'status ' || c.status || ', with a third session that was ' || CASE WHEN a.refused THEN 'refused' ELSE 'authorized' END
FROM paysession.payment_collection c, paysession.payment_session s JOIN demo.attempt a ON a.session_id = s.id
WHERE s.payment_collection_id = c.id;

SELECT count(o.*) || ' captured'
FROM paysession.payment_session s, paysession.ps_promote(s.id) AS p, paysession.ps_capture(p.id) AS o
WHERE s.payment_collection_id IS NOT NULL AND s.status = 'authorized';

SELECT 'status ' || status || ', captured ' || captured_amount || ' of ' || amount FROM paysession.payment_collection;
