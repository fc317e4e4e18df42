-- cart_document: ps_put_cart takes what it is told, refuses what it cannot take, and then writes nothing
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

SELECT FROM paysession.ps_put_provider('cd_card');
SELECT FROM paysession.ps_put_sales_channel('cd_web', 'Web shop');
SELECT FROM paysession.ps_put_sales_channel('cd_app', 'App');

CREATE FUNCTION pg_temp.put(document jsonb) RETURNS jsonb
BEGIN ATOMIC
	SELECT to_jsonb(cart) - '{session_count,completed_at,created_at,updated_at}'::text[] FROM paysession.ps_put_cart(document) AS cart;
END;
CREATE VIEW pg_temp.channels AS
SELECT cart_id, sales_channel_id FROM paysession.cart_sales_channel WHERE cart_id LIKE 'cd\_%' ORDER BY 1, 2;

-- what a document leaves out is empty, and unknown
\pset tuples_only
SELECT pg_temp.put('{"id": "cd_c1"}');
-- or stays as it is; keys that are not ours are passed over
SELECT pg_temp.put('{"id": "cd_c1", "currency_code": "eur", "sales_channel_id": "cd_web", "sales_channels": ["cd_web", "cd_app", "cd_web"],
	"context": {"ip": "192.0.2.7"}, "metadata": {"a": [1, {"b": null}]}, "email": "someone@example.com", "items_total": -1}');
SELECT pg_temp.put('{"id": "cd_c1", "metadata": {"c": 2}}');
SELECT * FROM pg_temp.channels;
SELECT pg_temp.put('{"id": "cd_c1", "sales_channels": ["cd_app"]}');
SELECT * FROM pg_temp.channels;
-- null empties, but the channels: that is []
SELECT pg_temp.put('{"id": "cd_c1", "currency_code": null, "sales_channel_id": null, "sales_channels": null, "context": null, "metadata": null}');
SELECT * FROM pg_temp.channels;
SELECT pg_temp.put('{"id": "cd_c1", "sales_channels": []}');
SELECT * FROM pg_temp.channels;

-- the amounts themselves: of those that are left out each is 0, null is unknown
SELECT pg_temp.put('{"id": "cd_c1", "subtotal": 1000}');
SELECT pg_temp.put('{"id": "cd_c1", "subtotal": 1000, "raw_discount_total": 10.5, "item_tax_total": 200, "shipping_total": 50, "shipping_tax_total": 10,
	"gift_card_total": 30, "gift_card_tax_total": 6}');
SELECT pg_temp.put('{"id": "cd_c1", "subtotal": 1000, "item_tax_total": null, "shipping_tax_total": null}');
SELECT pg_temp.put('{"id": "cd_c1", "subtotal": 1000, "raw_discount_total": null}');
-- what follows from them is not asked for
SELECT pg_temp.put('{"id": "cd_c1", "discount_total": 7, "tax_total": 7, "total": 7}');
SELECT pg_temp.put('{"id": "cd_c1", "subtotal": -5, "raw_discount_total": -2.5, "discount_total": 7, "tax_total": 7, "total": "seven"}');
SELECT pg_temp.put('{"id": "cd_c1", "items": [{"unit_price": 5, "quantity": 1}], "discount_total": 7, "tax_total": 7, "total": 7}');
-- a number is what it is worth, however it is written
SELECT pg_temp.put('{"id": "cd_c1", "items": [{"unit_price": 1.5e2, "quantity": 2.0}], "shipping_methods": [{"price": 0}]}');
SELECT pg_temp.put('{"id": "cd_c1", "subtotal": 9007199254740991, "raw_discount_total": 9007199254740990.5}');
\pset tuples_only

-- What is refused, of a cart that is there.
SELECT pg_temp.put('{"id": "cd_old", "currency_code": "eur", "sales_channel_id": "cd_web", "sales_channels": ["cd_web"], "context": {"a": 1},
	"metadata": {"b": 2}, "items": [{"unit_price": 100, "quantity": 2, "tax_rates": [20]}]}') ->> 'total' AS total;
SELECT amount FROM paysession.ps_create('cd_old', 'cd_card', id => 'cd_s1');
CREATE TEMPORARY TABLE before AS
SELECT c.ctid AS cart, l.ctid AS link, s.ctid AS session
FROM paysession.cart c JOIN paysession.cart_sales_channel l ON l.cart_id = c.id JOIN paysession.payment_session s ON s.cart_id = c.id
WHERE c.id = 'cd_old';

CREATE PROCEDURE pg_temp.refuse_cart(document jsonb)
LANGUAGE plpgsql AS $$
BEGIN
	CALL pg_temp.refuse(format('SELECT paysession.ps_put_cart(%L)', '{"id": "cd_old"}' || document));
END
$$;

-- no cart, or no such cart
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('null')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('[{"id": "cd_new"}]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{}')$$);
CALL pg_temp.refuse_cart('{"id": null}');
CALL pg_temp.refuse_cart('{"id": 7}');
CALL pg_temp.refuse_cart('{"id": ""}');
CALL pg_temp.refuse_cart('{"id": "c\u00e4rt"}');
-- items, or amounts
CALL pg_temp.refuse_cart('{"items": [], "subtotal": 0}');
CALL pg_temp.refuse_cart('{"gift_cards_taxable": true, "shipping_tax_total": null}');
-- everything else is still judged
CALL pg_temp.refuse_cart('{"currency_code": "EUR"}');
CALL pg_temp.refuse_cart('{"currency_code": 978}');
CALL pg_temp.refuse_cart('{"sales_channel_id": ["cd_web"]}');
CALL pg_temp.refuse_cart('{"sales_channel_id": "cd_none"}');
CALL pg_temp.refuse_cart('{"sales_channels": "cd_web"}');
CALL pg_temp.refuse_cart('{"sales_channels": {"cd_web": 1}}');
CALL pg_temp.refuse_cart('{"sales_channels": ["cd_web", 7]}');
CALL pg_temp.refuse_cart('{"sales_channels": ["cd_web", null]}');
CALL pg_temp.refuse_cart('{"sales_channels": ["cd_web", ""]}');
CALL pg_temp.refuse_cart('{"sales_channels": ["cd_app", "cd_none"], "subtotal": 1}');
CALL pg_temp.refuse_cart('{"context": "x"}');
CALL pg_temp.refuse_cart('{"metadata": []}');
CALL pg_temp.refuse_cart('{"metadata": {"n": "4111 1111 1111 1111"}}');

-- types
CALL pg_temp.refuse_cart('{"items": {}}');
CALL pg_temp.refuse_cart('{"items": "none"}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1}, 7]}');
CALL pg_temp.refuse_cart('{"items": [[]]}');
CALL pg_temp.refuse_cart('{"items": [null]}');
CALL pg_temp.refuse_cart('{"items": [{"quantity": 1}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": "1", "quantity": 1}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": null}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1}, {"unit_price": 1, "quantity": 1, "allow_discounts": 0}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": {"amount": 1}}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": [{"amount": 1}, 1]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": [{}]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": [{"amount": "1", "discount_id": "d"}]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": [{"amount": 1, "discount_id": 7}]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": 20}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": [20, "20"]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": [20, null]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": [20, [20]]}]}');
CALL pg_temp.refuse_cart('{"shipping_methods": 1}');
CALL pg_temp.refuse_cart('{"shipping_methods": [{}]}');
CALL pg_temp.refuse_cart('{"shipping_methods": [{"price": 1, "tax_rates": {"de": 19}}]}');
CALL pg_temp.refuse_cart('{"discount": 7}');
CALL pg_temp.refuse_cart('{"discount": ["d"]}');
CALL pg_temp.refuse_cart('{"free_shipping": "yes"}');
CALL pg_temp.refuse_cart('{"gift_cards_taxable": 1}');
CALL pg_temp.refuse_cart('{"gift_cards": {"balance": 1}}');
CALL pg_temp.refuse_cart('{"gift_cards": [{"tax_rate": 1}]}');
CALL pg_temp.refuse_cart('{"gift_cards": [{"balance": 1}, {"balance": 1, "tax_rate": "1"}]}');
CALL pg_temp.refuse_cart('{"subtotal": "1"}');
CALL pg_temp.refuse_cart('{"raw_discount_total": "NaN"}');
CALL pg_temp.refuse_cart('{"item_tax_total": true}');

-- numbers
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1}, {"unit_price": 1, "quantity": 1}, {"unit_price": 1, "quantity": 1}, {"unit_price": 1, "quantity": -1}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 0}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1.5}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1e400}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 0.01, "quantity": 100}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 9007199254740992, "quantity": 1}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 18446744073709551617, "quantity": 1}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": [-20]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": [1e400]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "tax_rates": [1e-400]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": [{"discount_id": "not the cart''s", "amount": 1e400}]}]}');
CALL pg_temp.refuse_cart('{"items": [{"unit_price": 1, "quantity": 1, "adjustments": [{"amount": 1e-400}]}]}');
CALL pg_temp.refuse_cart('{"shipping_methods": [{"price": -1}]}');
CALL pg_temp.refuse_cart('{"shipping_methods": [{"price": 1.1}]}');
CALL pg_temp.refuse_cart('{"shipping_methods": [{"price": 1, "tax_rates": [1e400]}], "free_shipping": true}');
CALL pg_temp.refuse_cart('{"gift_cards": [{"balance": -1}]}');
CALL pg_temp.refuse_cart('{"gift_cards": [{"balance": 1, "tax_rate": -1}]}');
CALL pg_temp.refuse_cart('{"gift_cards": [{"balance": 0, "tax_rate": 1e400}]}');
CALL pg_temp.refuse_cart('{"subtotal": 1.5}');
CALL pg_temp.refuse_cart('{"shipping_total": -9007199254740992}');
CALL pg_temp.refuse_cart('{"raw_discount_total": 1e400}');
CALL pg_temp.refuse_cart('{"raw_discount_total": 9007199254740991.5}');
CALL pg_temp.refuse_cart('{"subtotal": 9007199254740991, "shipping_total": 1}');
CALL pg_temp.refuse_cart('{"subtotal": -1, "item_tax_total": 9007199254740991, "shipping_tax_total": 1}');

-- size: 10,000 lines are taken, 5 MB are not, whatever fills them, nor is a context of more than 64 kB
BEGIN;
SELECT total FROM (SELECT jsonb_agg('{"unit_price": 1, "quantity": 1, "tax_rates": [50]}'::jsonb) AS items FROM generate_series(1, 10000)) AS i,
	paysession.ps_put_cart(jsonb_build_object('id', 'cd_old', 'items', items));
ROLLBACK;
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(jsonb_build_object('id', 'cd_old',
	'items', jsonb_agg('{"unit_price": 1, "quantity": 1, "tax_rates": [50]}'::jsonb))) FROM generate_series(1, 60000)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(jsonb_build_object('id', 'cd_old', 'note', repeat('x', 5000000)))$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(jsonb_build_object('id', 'cd_old', 'context', jsonb_build_object('x', repeat('x', 65536))))$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(('{"id": "cd_old", "metadata": ' || repeat('{"a":', 65) || '1' || repeat('}', 66))::jsonb)$$);

-- nothing was written
SELECT c.ctid = cart AND l.ctid = link AND s.ctid = session AS untouched
FROM before, paysession.cart c JOIN paysession.cart_sales_channel l ON l.cart_id = c.id JOIN paysession.payment_session s ON s.cart_id = c.id
WHERE c.id = 'cd_old';
-- nor is a cart that was not there
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cd_new", "sales_channels": ["cd_web", "cd_none"]}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cd_new", "items": [{"unit_price": 1, "quantity": -1}]}')$$);
SELECT count(*) FROM paysession.cart WHERE id = 'cd_new';

-- plain SQL: no fraction of a discount that is no number, and no amount that JSON cannot carry
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, raw_discount_total) VALUES ('cd_new', 'NaN')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, raw_discount_total) VALUES ('cd_new', 'Infinity')$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = '-Infinity' WHERE id = 'cd_old'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = 1e400 WHERE id = 'cd_old'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET gift_card_total = 9007199254740992 WHERE id = 'cd_old'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = 9007199254740991, shipping_total = 1 WHERE id = 'cd_old'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = -1, item_tax_total = 9007199254740991, shipping_tax_total = 1 WHERE id = 'cd_old'$$);
