-- cart_totals: what a cart costs, to the minor unit
\getenv abs_srcdir PG_ABS_SRCDIR
\set carts :abs_srcdir '/../examples/carts.jsonl'
\pset null NULL

-- 150 carts, each with the totals that a store computed for it
CREATE TEMPORARY TABLE line (n serial, document jsonb);
-- one line, one row: no character of the file quotes or separates
COPY line (document) FROM :'carts' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
CREATE TEMPORARY TABLE computed AS
SELECT n, document -> 'totals' AS theirs, to_jsonb(cart) AS ours
FROM line, paysession.ps_put_cart(document -> 'input' || jsonb_build_object('id', 'ct_' || n, 'currency_code', 'eur')) AS cart;

-- the store added in binary fractions: 90814.91159999999 is 90814.9116
SELECT field, count(*) AS carts,
	count(*) FILTER (WHERE (ours ->> field)::numeric = round((theirs ->> field)::numeric, 6)) AS agree
FROM computed, unnest(ARRAY['subtotal', 'raw_discount_total', 'discount_total', 'item_tax_total', 'shipping_total',
	'shipping_tax_total', 'tax_total', 'gift_card_total', 'gift_card_tax_total', 'total']) AS field
GROUP BY field ORDER BY field;
SELECT n, theirs -> 'raw_discount_total' AS theirs, ours -> 'raw_discount_total' AS ours
FROM computed WHERE theirs -> 'raw_discount_total' <> ours -> 'raw_discount_total' ORDER BY n;

\pset tuples_only
-- Carts worked by hand.  Of the totals, those that are not 0 are shown.
CREATE FUNCTION pg_temp.totals(document jsonb) RETURNS jsonb
BEGIN ATOMIC
	SELECT jsonb_object_agg(key, value) FILTER (WHERE value <> '0')
	FROM paysession.ps_put_cart('{"id": "ct_hand"}' || document) AS cart, jsonb_each(to_jsonb(cart))
	WHERE key LIKE '%total';
END;

-- halves go up: 1.5 to 2, 2.5 to 3
SELECT pg_temp.totals('{"items": [{"unit_price": 15, "quantity": 1, "tax_rates": [10]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 25, "quantity": 1, "tax_rates": [10]}]}');
-- below zero as well, -2.5 to -2
SELECT pg_temp.totals('{"items": [{"unit_price": 0, "quantity": 1, "tax_rates": [10], "adjustments": [{"amount": 25}]}]}');
-- also where goods come back
SELECT pg_temp.totals('{"items": [{"unit_price": -5, "quantity": 5, "tax_rates": [10]}, {"unit_price": 100, "quantity": 1, "tax_rates": []}]}');
-- and a discount: 0.5 to 1, 0.499… to 0, -0.5 to 0, -0.51 to -1
SELECT pg_temp.totals('{"items": [{"unit_price": 9, "quantity": 1, "adjustments": [{"amount": 0.5}]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 9, "quantity": 1, "adjustments": [{"amount": 0.499999999999999999999999999}]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 9, "quantity": 1, "adjustments": [{"amount": -0.5}]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 9, "quantity": 1, "adjustments": [{"amount": -0.51}]}]}');
-- 7.7 % of 3500 is 269.5, and 2.9 % of 500 is 14.5; in binary fractions the latter would be 14.499…
SELECT pg_temp.totals('{"items": [{"unit_price": 3500, "quantity": 1, "tax_rates": [7.7]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 500, "quantity": 1, "tax_rates": [2.9]}]}');
-- 0.1 three times is 0.3, so 10 - 0.3 = 9.7, of which 50 % is 4.85
SELECT pg_temp.totals('{"items": [{"unit_price": 10, "quantity": 1, "tax_rates": [50], "adjustments": [{"amount": 0.1}, {"amount": 0.1}, {"amount": 0.1}]}]}');
-- a line's tax is rounded for each rate: 0.5 + 0.5 is 2; shipping's once for all: 1; each line and method by itself
SELECT pg_temp.totals('{"items": [{"unit_price": 5, "quantity": 1, "tax_rates": [10, 10]}]}');
SELECT pg_temp.totals('{"shipping_methods": [{"price": 5, "tax_rates": [10, 10]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 4, "quantity": 1, "tax_rates": [10]}, {"unit_price": 4, "quantity": 1, "tax_rates": [10]}],
	"shipping_methods": [{"price": 4, "tax_rates": [10]}, {"price": 4, "tax_rates": [10]}]}');
-- the line is taxed, not the unit: 3 x 5 at 10 % is 1.5
SELECT pg_temp.totals('{"items": [{"unit_price": 5, "quantity": 3, "tax_rates": [10]}]}');

-- adjustments: the cart's discount, none at all and another; the first does not touch what allows no discounts
SELECT pg_temp.totals('{"discount": "d", "items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20], "adjustments": [
	{"discount_id": "d", "amount": 100}, {"discount_id": null, "amount": 20}, {"amount": 3}, {"discount_id": "other", "amount": 4000}]}]}');
SELECT pg_temp.totals('{"discount": "d", "items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20], "allow_discounts": false, "adjustments": [
	{"discount_id": "d", "amount": 100}, {"discount_id": null, "amount": 20}, {"amount": 3}, {"discount_id": "other", "amount": 4000}]}]}');
SELECT pg_temp.totals('{"discount": null, "items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20], "adjustments": [
	{"discount_id": "d", "amount": 100}, {"discount_id": null, "amount": 20}]}]}');
-- shipping is not discounted; free shipping costs nothing and is not taxed
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": [20]}], "shipping_methods": [{"price": 50, "tax_rates": [20]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": [20]}], "shipping_methods": [{"price": 50, "tax_rates": [20]}], "free_shipping": true}');

-- taxes that nobody computed are unknown, and count as nothing; [] is 0, and one line's rates are enough
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1}], "shipping_methods": [{"price": 50}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": null}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": []}], "shipping_methods": [{"price": 50}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1}], "shipping_methods": [{"price": 50, "tax_rates": [20]}]}');
-- a cart without lines has no tax
SELECT pg_temp.totals('{"items": []}');

-- gift cards, not taxable: they pay the tax as well, 1200 of 1700
SELECT pg_temp.totals('{"items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20]}], "gift_cards_taxable": false,
	"gift_cards": [{"balance": 1000}, {"balance": 700}]}');
-- taxable: 1000 of 1700
SELECT pg_temp.totals('{"items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20]}], "gift_cards_taxable": true,
	"gift_cards": [{"balance": 1000}, {"balance": 700}]}');
-- with a rate, the tax of what each draws: 25 % of 600, then of the 400 that are left
SELECT pg_temp.totals('{"items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20]}],
	"gift_cards": [{"balance": 600, "tax_rate": 25}, {"balance": 700, "tax_rate": 25}]}');
-- without one, or with 0, it leaves all of it to the next
SELECT pg_temp.totals('{"items": [{"unit_price": 1000, "quantity": 1, "tax_rates": [20]}],
	"gift_cards": [{"balance": 600, "tax_rate": null}, {"balance": 500, "tax_rate": 0}, {"balance": 700, "tax_rate": 25}, {"balance": 700, "tax_rate": 10}]}');
-- shipping and discounts count in what they pay: 100 + 50 - 30.5 rounded up
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "adjustments": [{"amount": 30.5}]}], "shipping_methods": [{"price": 50}],
	"gift_cards": [{"balance": 500, "tax_rate": 10}]}');
-- an empty one pays nothing; halves go up: 10 % of 5
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": []}], "gift_cards": [{"balance": 0, "tax_rate": 10}, {"balance": 5, "tax_rate": 10}]}');
-- more discount than goods: the gift card "pays" the same negative amount, untaxed
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": [], "adjustments": [{"amount": 130}]}], "gift_cards": [{"balance": 10, "tax_rate": 10}]}');

-- a total of 0, and below: 100 - 130 and 20 % of -30
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": [20], "adjustments": [{"amount": 100}]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 100, "quantity": 1, "tax_rates": [20], "adjustments": [{"amount": 130}]}]}');

-- the largest cart there can be, and no larger one
SELECT pg_temp.totals('{"items": [{"unit_price": 4503599627370495, "quantity": 2, "tax_rates": []}], "shipping_methods": [{"price": 1}]}');
\set VERBOSITY terse
SELECT pg_temp.totals('{"items": [{"unit_price": 4503599627370495, "quantity": 2, "tax_rates": []}], "shipping_methods": [{"price": 2}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 4503599627370496, "quantity": 2}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 4503599627370495, "quantity": 2, "tax_rates": [0, 101]}]}');
SELECT pg_temp.totals('{"items": [{"unit_price": 4503599627370495, "quantity": 2, "adjustments": [{"amount": -0.1}, {"amount": -1}]}]}');
SELECT pg_temp.totals('{"items": [], "gift_cards": [{"balance": 9007199254740991}, {"balance": 1}]}');

-- a thousand lines: line i costs i, 1 off in fractions; 10 % of the rest is a half where i ends in 6
SELECT pg_temp.totals(jsonb_build_object('items', jsonb_agg(jsonb_build_object(
	'unit_price', i, 'quantity', 1, 'adjustments', '[{"amount": 0.9}, {"amount": 0.1}]'::jsonb, 'tax_rates', '[10]'::jsonb))))
FROM generate_series(1, 1000) AS i;
