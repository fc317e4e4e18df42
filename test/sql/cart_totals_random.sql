-- cart_totals: random carts cost what the formulas say, which stand here once more in numeric arithmetic

-- The carts: some stores have prices of 10, some of a milliard.
CREATE FUNCTION pg_temp.below(n bigint) RETURNS bigint
LANGUAGE sql VOLATILE AS $$ SELECT floor(random() * n)::bigint $$;
CREATE FUNCTION pg_temp.pick(VARIADIC choices text[]) RETURNS text
LANGUAGE sql VOLATILE AS $$ SELECT choices[1 + pg_temp.below(cardinality(choices))] $$;

-- a key to be merged into a line; left out or null when nobody computed its taxes
CREATE FUNCTION pg_temp.random_rates(computed boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	rates jsonb := '[]';
BEGIN
	IF NOT computed OR pg_temp.below(15) = 0 THEN
		RETURN pg_temp.pick('{}', '{"tax_rates": null}');
	END IF;
	FOR i IN 1 .. pg_temp.pick('0', '1', '1', '1', '2', '3', '9')::int LOOP
		rates := rates || pg_temp.pick('0', '2.5', '2.9', '5.5', '7.7', '8.1', '8.875', '19', '20', '25',
			'33.333333', '100', '1e1', '0.0000000001')::jsonb;
	END LOOP;
	RETURN jsonb_build_object('tax_rates', rates);
END
$$;

CREATE FUNCTION pg_temp.random_adjustments(scale bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	adjustments jsonb := '[]';
BEGIN
	FOR i IN 1 .. pg_temp.pick('0', '0', '1', '2', '3')::int LOOP
		adjustments := adjustments || (
			jsonb_build_object('amount', (pg_temp.below(scale) - scale / 5) / pg_temp.pick('1', '2', '3.2', '10', '10000', '0.5')::numeric)
			|| pg_temp.pick('{}', '{"discount_id": null}', '{"discount_id": "d1"}', '{"discount_id": "d1"}', '{"discount_id": "d2"}')::jsonb);
	END LOOP;
	RETURN jsonb_build_object('adjustments', adjustments);
END
$$;

CREATE FUNCTION pg_temp.random_cart() RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	scale bigint := pg_temp.pick('10', '1000', '1000', '100000', '1000000000');
	computed boolean := pg_temp.below(8) > 0;
	items jsonb := '[]';
	methods jsonb := '[]';
	cards jsonb := '[]';
BEGIN
	FOR i IN 1 .. pg_temp.pick('0', '1', '1', '2', '3', '5', '20')::int LOOP
		items := items || (jsonb_build_object('unit_price', pg_temp.below(scale), 'quantity', 1 + pg_temp.below(9))
			|| pg_temp.pick('{}', '{"allow_discounts": null}', '{"allow_discounts": true}', '{"allow_discounts": false}')::jsonb
			|| pg_temp.random_adjustments(scale) || pg_temp.random_rates(computed));
	END LOOP;
	FOR i IN 1 .. pg_temp.pick('0', '1', '1', '2')::int LOOP
		methods := methods || (jsonb_build_object('price', pg_temp.below(scale)) || pg_temp.random_rates(computed));
	END LOOP;
	FOR i IN 1 .. pg_temp.pick('0', '0', '1', '2', '4')::int LOOP
		cards := cards || (jsonb_build_object('balance', pg_temp.below(2 * scale))
			|| pg_temp.pick('{}', '{"tax_rate": null}', '{"tax_rate": 0}', '{"tax_rate": 7.7}', '{"tax_rate": 12.5}')::jsonb);
	END LOOP;
	RETURN jsonb_build_object('items', items, 'shipping_methods', methods, 'gift_cards', cards)
		|| pg_temp.pick('{}', '{"discount": null}', '{"discount": "d1"}', '{"discount": "d1"}')::jsonb
		|| pg_temp.pick('{}', '{"free_shipping": false}', '{"free_shipping": true}')::jsonb
		|| pg_temp.pick('{"gift_cards_taxable": false}', '{"gift_cards_taxable": true}')::jsonb;
END
$$;

-- The formulas.
CREATE FUNCTION pg_temp.r(x numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$ SELECT floor(x + 0.5) $$;

-- what a line's rates make of an amount, each rounded or all of them at once
CREATE FUNCTION pg_temp.tax(line jsonb, amount numeric, each boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
	SELECT pg_temp.r(coalesce(sum(CASE WHEN each THEN pg_temp.r(amount * rate::numeric / 100) ELSE amount * rate::numeric / 100 END), 0))
	FROM jsonb_array_elements(nullif(line -> 'tax_rates', 'null')) AS rate
$$;

CREATE FUNCTION pg_temp.expected(cart jsonb,
	OUT subtotal numeric, OUT raw_discount_total numeric, OUT discount_total numeric, OUT item_tax_total numeric,
	OUT shipping_total numeric, OUT shipping_tax_total numeric, OUT tax_total numeric,
	OUT gift_card_total numeric, OUT gift_card_tax_total numeric, OUT total numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	payable numeric;
	used numeric;
	card jsonb;
BEGIN
	SELECT coalesce(sum(price), 0), coalesce(sum(off), 0), coalesce(sum(pg_temp.tax(line, price - off, true)), 0)
	INTO subtotal, raw_discount_total, item_tax_total
	FROM jsonb_array_elements(cart -> 'items') AS line,
		LATERAL (SELECT (line -> 'unit_price')::numeric * (line -> 'quantity')::numeric AS price) AS p,
		LATERAL (
			SELECT coalesce(sum((a -> 'amount')::numeric), 0) AS off FROM jsonb_array_elements(line -> 'adjustments') AS a
			WHERE a ->> 'discount_id' IS NULL
				OR (a -> 'discount_id' = cart -> 'discount' AND line ->> 'allow_discounts' IS DISTINCT FROM 'false')) AS o;

	SELECT coalesce(sum(price), 0), coalesce(sum(pg_temp.tax(line, price, false)), 0)
	INTO shipping_total, shipping_tax_total
	FROM jsonb_array_elements(cart -> 'shipping_methods') AS line,
		LATERAL (SELECT (line -> 'price')::numeric AS price) AS p
	WHERE cart ->> 'free_shipping' IS DISTINCT FROM 'true';

	tax_total := item_tax_total + shipping_tax_total;
	discount_total := pg_temp.r(raw_discount_total);

	payable := subtotal + shipping_total - discount_total
		+ CASE WHEN (cart -> 'gift_cards_taxable')::boolean THEN 0 ELSE tax_total END;
	SELECT CASE WHEN count(*) > 0 THEN least(payable, sum((c -> 'balance')::numeric)) ELSE 0 END
	INTO gift_card_total FROM jsonb_array_elements(cart -> 'gift_cards') AS c;
	gift_card_tax_total := 0;
	FOR card IN SELECT c FROM jsonb_array_elements(cart -> 'gift_cards') WITH ORDINALITY AS e (c, n) ORDER BY n LOOP
		used := least(payable, (card -> 'balance')::numeric);
		IF used > 0 AND (card ->> 'tax_rate')::numeric <> 0 THEN
			gift_card_tax_total := gift_card_tax_total + pg_temp.r(used * (card ->> 'tax_rate')::numeric / 100);
			payable := payable - used;
		END IF;
	END LOOP;

	total := subtotal + shipping_total + tax_total - (gift_card_total + discount_total + gift_card_tax_total);

	-- lines, and nobody computed a tax for any of them
	IF (SELECT bool_and(nullif(line -> 'tax_rates', 'null') IS NULL)
		FROM jsonb_array_elements((cart -> 'items') || (cart -> 'shipping_methods')) AS line) THEN
		item_tax_total := NULL;
		shipping_tax_total := NULL;
		tax_total := NULL;
	END IF;
END
$$;

SELECT setseed(0.7);
CREATE TEMPORARY TABLE random_cart AS
SELECT n, pg_temp.random_cart() AS document FROM generate_series(1, 1000) AS n;
CREATE TEMPORARY TABLE computed AS
SELECT n, document, to_jsonb(expected) AS expected, to_jsonb(cart) AS ours
FROM random_cart, pg_temp.expected(document) AS expected,
	paysession.ps_put_cart(document || jsonb_build_object('id', 'ct_random_' || n)) AS cart;

SELECT count(*) AS carts, count(*) FILTER (WHERE ours @> expected) AS agree FROM computed;
SELECT * FROM computed WHERE NOT ours @> expected ORDER BY n LIMIT 3;
-- among them are enough of each kind
SELECT kind, count(*) > 20 AS enough
FROM computed, LATERAL (VALUES
	('taxes unknown', expected -> 'tax_total' = 'null'),
	('no lines', document -> 'items' = '[]' AND document -> 'shipping_methods' = '[]'),
	('a fraction in the discount', expected -> 'raw_discount_total' <> expected -> 'discount_total'),
	('a negative discount', expected -> 'discount_total' < '0'),
	('a negative tax', expected -> 'item_tax_total' < '0'),
	('free shipping', document @> '{"free_shipping": true}'),
	('gift cards pay all', expected -> 'gift_card_total' > '0' AND expected -> 'gift_card_total' = expected -> 'subtotal'),
	('gift cards taxed', expected -> 'gift_card_tax_total' > '0'),
	('a negative total', expected -> 'total' < '0')) AS k (kind, is_one)
WHERE is_one GROUP BY kind ORDER BY kind;
