-- What providers report by themselves: before the browser comes back, each
-- report three times, on every second cart in the opposite order.
CREATE TABLE demo.hook AS
	SELECT n, s.id AS session_id
	FROM generate_series(1, 20) AS n,
		paysession.ps_put_cart(jsonb_build_object('id', 'hook_' || n, 'currency_code', 'eur', 'subtotal', 4200)) AS c,
		paysession.ps_create(c.id, 'stripe') AS s;

SELECT count(*) || ' customers are sent to their bank'
FROM demo.hook h, paysession.ps_begin(h.session_id)
WHERE claimed;

CREATE TABLE demo.delivery AS
	SELECT d.n, r.event_id, r.outcome
	FROM (SELECT h.n, h.session_id, report.*
		  FROM demo.hook h, generate_series(1, 3) AS round,
			(VALUES (1, 'authorized', NULL, 4200), (2, 'captured', 'ch_', 4200), (3, 'refunded', 're_', 1000))
				AS report (i, status, ref, amount)
		  ORDER BY round, n, CASE WHEN n % 2 = 0 THEN i ELSE -i END) AS d,
		paysession.ps_receive('stripe', format('evt_%s_%s', d.n, d.i), d.status, d.session_id,
			operation_ref => d.ref || d.n, amount => d.amount) AS r;

SELECT count(*) || ' webhooks delivered: ' || count(*) FILTER (WHERE outcome = 'applied') || ' applied, '
	|| count(*) FILTER (WHERE outcome = 'parked') || ' before what they need, '
	|| count(*) FILTER (WHERE outcome = 'duplicate') || ' again'
FROM demo.delivery;

SELECT count(s.*) || ' browsers come back: authorized already'
FROM demo.hook h, paysession.ps_authorize(h.session_id) AS s;

SELECT count(p.*) || ' carts completed'
FROM demo.hook h, paysession.ps_complete_cart('hook_' || h.n, order_id => 'hook_' || h.n) AS p;

SELECT 'one outcome: ' || string_agg(DISTINCT format('captured %s, refunded %s', captured_amount, refunded_amount), ' and ')
FROM paysession.payment WHERE order_id LIKE 'hook\_%';

-- We refund ourselves; the provider's webhook is there before its answer.
CREATE TABLE demo.echo AS
	SELECT p.session_id, r.id
	FROM paysession.payment p, paysession.ps_refund(p.id, 500, lease => '30 seconds') AS r
	WHERE p.order_id LIKE 'hook\_%';
SELECT count(*) || ' refunds asked for; their webhooks: ' || string_agg(DISTINCT r.outcome, ' and ')
FROM demo.echo e, paysession.ps_receive('stripe', 'evt_' || e.id, 'refunded', e.session_id,
	operation_ref => 're_' || e.id, amount => 500) AS r;
SELECT count(*) || ' answered: ' || string_agg(DISTINCT f.status, ' and ')
FROM demo.echo e, paysession.ps_finish(e.id, 'succeeded', provider_ref => 're_' || e.id) AS f;

-- One is for another shop, as it seems.  And a browser does not come back.
SELECT 'a webhook about something unknown: ' || outcome
FROM paysession.ps_receive('stripe', 'evt_elsewhere', 'captured', provider_ref => 'pi_elsewhere', amount => 1200);
SELECT 'a customer who closes the browser: ' || outcome
FROM paysession.ps_create('hook_closed', 'stripe', 4200, currency_code => 'eur') AS s,
	paysession.ps_receive('stripe', 'evt_closed', 'authorized', s.id, amount => 4200);

-- A client that has heard nothing asks again.
SELECT 'a request with an idempotency key: ' || recovery_point
FROM paysession.ps_idempotency_begin('demo', 'POST', '/carts/hook_1/complete', '{}');
SELECT FROM paysession.ps_idempotency_finish('demo', 200, '{"order": "hook_1"}');
SELECT 'the same again: ' || recovery_point || ', ' || response_code || ' ' || response_body
FROM paysession.ps_idempotency_begin('demo', 'POST', '/carts/hook_1/complete', '{}');

-- And one that never does.
SELECT FROM paysession.ps_put_provider('transfer', session_ttl => '1 millisecond');
SELECT FROM paysession.ps_create('hook_late', 'transfer', 4200, currency_code => 'eur');
SELECT FROM pg_sleep(0.01);
SELECT count(*) || ' canceled: ' || string_agg(status_reason, ', ')
FROM paysession.ps_expire();
SELECT FROM paysession.ps_create('hook_later', 'transfer', 4200, currency_code => 'eur');
