-- Real carts: what is in each, and what it costs as the store computed it.
CREATE SCHEMA demo;
CREATE TABLE demo.line (n serial PRIMARY KEY, document jsonb NOT NULL);
\copy demo.line (document) FROM 'examples/carts.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

CREATE VIEW demo.cart AS
	SELECT 'cart_' || to_char(n, 'FM000') AS id, document -> 'input' AS input, document -> 'totals' AS totals FROM demo.line;

SELECT count(*) || ' carts put'
FROM demo.cart c,
	paysession.ps_put_cart(c.input || jsonb_build_object('id', c.id, 'currency_code', 'eur'));

-- What the database computes must be what the store computed.  The store's
-- raw_discount_total is a binary fraction, not exact after some digits.
CREATE VIEW demo.agreement AS
	SELECT c.id,
		(ours.subtotal, ours.discount_total, round(ours.raw_discount_total, 6),
		 ours.item_tax_total, ours.shipping_total, ours.shipping_tax_total, ours.tax_total,
		 ours.gift_card_total, ours.gift_card_tax_total, ours.total)
		IS NOT DISTINCT FROM
		((c.totals ->> 'subtotal')::bigint, (c.totals ->> 'discount_total')::bigint,
		 round((c.totals ->> 'raw_discount_total')::numeric, 6),
		 (c.totals ->> 'item_tax_total')::bigint, (c.totals ->> 'shipping_total')::bigint,
		 (c.totals ->> 'shipping_tax_total')::bigint, (c.totals ->> 'tax_total')::bigint,
		 (c.totals ->> 'gift_card_total')::bigint, (c.totals ->> 'gift_card_tax_total')::bigint,
		 (c.totals ->> 'total')::bigint) AS agrees
	FROM demo.cart c JOIN paysession.cart ours USING (id);

SELECT 'computed totals: ' || count(*) FILTER (WHERE agrees) || ' of ' || count(*) || ' agree'
FROM demo.agreement;
