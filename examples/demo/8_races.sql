-- Carts that eight customers pay at once, each with a session of their own.
SELECT count(*) || ' carts to race for'
FROM generate_series(1, :rounds) AS n, paysession.ps_put_cart(jsonb_build_object(
	'id', 'race_' || n, 'currency_code', 'eur', 'subtotal', 4200));

SELECT count(*) || ' providers, ' || :rounds * count(*) || ' sessions'
FROM generate_series(0, 7) AS client, paysession.ps_put_provider('racer_' || client);

SELECT FROM generate_series(1, :rounds) AS n,
	paysession.ps_set_sessions('race_' || n, (SELECT array_agg('racer_' || client) FROM generate_series(0, 7) AS client));

-- And collections that have room for four of them.
INSERT INTO paysession.payment_collection (id, amount, currency_code)
	SELECT 'race_' || n, 4000, 'eur' FROM generate_series(1, :rounds) AS n;
INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount)
	SELECT 'race_' || n, 'racer_' || client, 1000 FROM generate_series(1, :rounds) AS n, generate_series(0, 7) AS client;
