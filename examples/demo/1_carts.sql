-- Real carts: what each costs, as the store computed it.
CREATE SCHEMA demo;
CREATE TABLE demo.line (n serial PRIMARY KEY, document jsonb NOT NULL);
\copy demo.line (document) FROM 'examples/carts.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

CREATE VIEW demo.cart AS
	SELECT n, 'cart_' || to_char(n, 'FM000') AS id, document -> 'totals' AS totals FROM demo.line;

SELECT count(*) || ' carts put'
FROM demo.cart c,
	paysession.ps_put_cart(jsonb_build_object(
		'id', c.id,
		'currency_code', 'eur',
		'subtotal', c.totals -> 'subtotal',
		'raw_discount_total', c.totals -> 'raw_discount_total',
		'item_tax_total', c.totals -> 'item_tax_total',
		'shipping_total', c.totals -> 'shipping_total',
		'shipping_tax_total', c.totals -> 'shipping_tax_total',
		'gift_card_total', c.totals -> 'gift_card_total',
		'gift_card_tax_total', c.totals -> 'gift_card_tax_total'));

-- What the database derives must be what the store computed.
CREATE VIEW demo.agreement AS
	SELECT c.id,
		(ours.discount_total, ours.tax_total, ours.total)
		= ((c.totals ->> 'discount_total')::bigint,
		   (c.totals ->> 'tax_total')::bigint,
		   (c.totals ->> 'total')::bigint) AS agrees
	FROM demo.cart c JOIN paysession.cart ours USING (id);

SELECT 'derived totals: ' || count(*) FILTER (WHERE agrees) || ' of ' || count(*) || ' agree'
FROM demo.agreement;
