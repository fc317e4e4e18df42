-- How evenly carts are shared out: run with psql -XAtq -v carts=N.  A cart has
-- one session or many: four of five have one, a few of a thousand ten and more.
-- Their routes are as random as ps_new_id makes them, so figures vary a little.
SELECT setseed(0.42) \g /dev/null
CREATE TEMP TABLE cart AS
SELECT n, paysession.ps_route(paysession.ps_new_id('cart')) >> 5 AS slot,
	least(floor((1 - random()) ^ -0.43), 1000) AS sessions
FROM generate_series(1, :carts) n;

SELECT '| carts | ' || string_agg(shards || ' shards', ' | ' ORDER BY shards) || ' | slots |'
FROM unnest('{4,8,16,32,64}'::int[]) shards;
SELECT '|---|---|---|---|---|---|---|';
SELECT format('| %s | %s |', to_char(carts, 'FM9,999,999'), string_agg(to_char(imbalance, 'FM90.00'), ' | ' ORDER BY shards))
FROM (
	SELECT carts, shards, max(load) * shards / sum(load) AS imbalance
	FROM unnest(ARRAY[1000, 10000, 100000, 1000000]) carts, unnest('{4,8,16,32,64,1024}'::int[]) shards,
		LATERAL (SELECT sum(sessions) AS load FROM cart WHERE n <= carts GROUP BY slot * shards / 1024) shard
	WHERE carts <= :carts
	GROUP BY carts, shards) found
GROUP BY carts ORDER BY carts;
