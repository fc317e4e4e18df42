-- Fills Medusa's tables with a shop of so many carts, always the same, in all
-- states that a cart comes to by what Medusa itself does:
--
--	psql -v carts=600 -v examples=examples/carts.jsonl -f test/medusa/fill.sql

\set ON_ERROR_STOP on
\set QUIET on
\set documents `cat :'examples'`

BEGIN;
-- What carts consist of, and what Medusa makes of it.  Gift cards at most one:
-- what several pay is told apart neither by Medusa's own orders.
CREATE TEMP TABLE example ON COMMIT DROP AS
SELECT d::jsonb -> 'input' AS input, (d::jsonb -> 'totals' ->> 'total')::bigint AS total, (d::jsonb -> 'totals' ->> 'gift_card_total')::bigint AS by_card,
	row_number() OVER (PARTITION BY (d::jsonb -> 'totals' ->> 'total')::bigint > 0 ORDER BY nr) - 1 AS nr,
	count(*) OVER (PARTITION BY (d::jsonb -> 'totals' ->> 'total')::bigint > 0) AS of
FROM string_to_table(rtrim(:'documents', E'\n'), E'\n') WITH ORDINALITY AS l (d, nr)
WHERE jsonb_array_length(d::jsonb -> 'input' -> 'gift_cards') <= 1;

CREATE FUNCTION pg_temp.id(prefix text, key text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
	SELECT prefix || '_01HQ' || upper(left(md5(prefix || key), 22))
$$;

-- Each cart's story.
CREATE TEMP TABLE story ON COMMIT DROP AS
SELECT i, i % 20 AS what, pg_temp.id('cart', i::text) AS cart_id, 'order_' || i AS order_id, pg_temp.id('pay', i::text) AS payment_id,
	i % 20 BETWEEN 7 AND 19 AS is_ordered, i % 20 BETWEEN 6 AND 19 AND i % 20 <> 16 AS is_authorized,
	'2024-01-01Z'::timestamptz + i * interval '7 minutes' + i % 997 * interval '1.003 ms' AS at,
	(ARRAY['eur', 'usd', 'dkk'])[1 + i % 3] AS currency_code, (ARRAY['stripe', 'paypal', 'manual'])[1 + i / 20 % 3] AS provider_id, e.input, e.total, e.by_card
FROM generate_series(1, :carts) AS i JOIN example e ON (e.total > 0) = (i % 20 <> 16) AND e.nr = i % e.of;
CREATE INDEX ON story (cart_id);
ANALYZE story;

INSERT INTO currency VALUES ('eur', 'EUR', 'EUR', 'Euro'), ('usd', '$', '$', 'US Dollar'), ('dkk', 'Dkr', 'kr', 'Danish krone');
INSERT INTO region (id, name, currency_code, tax_rate) SELECT 'reg_' || code, name, code, 19 FROM currency;
INSERT INTO payment_provider (id, is_installed) VALUES ('stripe', true), ('paypal', true), ('manual', true), ('klarna', false);
INSERT INTO sales_channel (id, name, deleted_at) VALUES ('sc_web', 'Web', NULL), ('sc_fair', 'Fair', '2023-12-24');
INSERT INTO discount_rule (id, type, value) VALUES ('dru_some', 'fixed', 100), ('dru_shipping', 'free_shipping', 0);
INSERT INTO discount (id, code, is_dynamic, rule_id, is_disabled)
SELECT DISTINCT a ->> 'discount_id', a ->> 'discount_id', false, 'dru_some', false
FROM example, jsonb_array_elements(input -> 'items') AS l, jsonb_array_elements(l -> 'adjustments') AS a WHERE a ->> 'discount_id' IS NOT NULL
UNION SELECT input ->> 'discount', input ->> 'discount', false, 'dru_some', false FROM example WHERE input ->> 'discount' IS NOT NULL
UNION SELECT 'disc_shipping', 'SHIP', false, 'dru_shipping', false;

INSERT INTO cart (id, region_id, sales_channel_id, context, metadata, completed_at, payment_authorized_at, created_at, updated_at)
SELECT cart_id, 'reg_' || currency_code, CASE WHEN i % 7 = 0 THEN 'sc_fair' WHEN i % 2 = 0 THEN 'sc_web' END,
	jsonb_build_object('ip', '192.0.2.' || i % 256, 'user_agent', 'Mozilla/5.0'), CASE WHEN i % 5 = 0 THEN jsonb_build_object('gift', i % 2 = 0) END,
	CASE WHEN is_ordered THEN at + interval '4 minutes' END, CASE WHEN is_authorized OR is_ordered THEN at + interval '3 minutes' END, at, at + interval '4 minutes'
FROM story;
INSERT INTO "order" (id, cart_id, region_id, currency_code, created_at)
SELECT order_id, cart_id, 'reg_' || currency_code, currency_code, at + interval '4 minutes' FROM story WHERE is_ordered;

-- Tax lines are kept once there is an order.
INSERT INTO line_item (id, cart_id, order_id, title, allow_discounts, unit_price, quantity)
SELECT format('item_%s_%s', i, nr), cart_id, CASE WHEN is_ordered THEN order_id END, 'A thing', (l -> 'allow_discounts')::boolean,
	(l -> 'unit_price')::integer, (l -> 'quantity')::integer
FROM story, jsonb_array_elements(input -> 'items') WITH ORDINALITY AS e (l, nr);
INSERT INTO line_item_adjustment (id, item_id, description, discount_id, amount)
SELECT format('lia_%s_%s_%s', i, nr, n), format('item_%s_%s', i, nr), 'off', a ->> 'discount_id', (a -> 'amount')::numeric
FROM story, jsonb_array_elements(input -> 'items') WITH ORDINALITY AS e (l, nr), jsonb_array_elements(l -> 'adjustments') WITH ORDINALITY AS f (a, n);
INSERT INTO line_item_tax_line (id, rate, name, code, item_id)
SELECT format('litl_%s_%s_%s', i, nr, n), (r #>> '{}')::real, 'VAT', 'vat_' || n, format('item_%s_%s', i, nr)
FROM story, jsonb_array_elements(input -> 'items') WITH ORDINALITY AS e (l, nr), jsonb_array_elements(l -> 'tax_rates') WITH ORDINALITY AS f (r, n)
WHERE is_ordered;
INSERT INTO shipping_method (id, shipping_option_id, cart_id, order_id, price, data)
SELECT format('sm_%s_%s', i, nr), 'so_post', cart_id, CASE WHEN is_ordered THEN order_id END, (m -> 'price')::integer, '{}'
FROM story, jsonb_array_elements(input -> 'shipping_methods') WITH ORDINALITY AS e (m, nr);
INSERT INTO shipping_method_tax_line (id, rate, name, code, shipping_method_id)
SELECT format('smtl_%s_%s_%s', i, nr, n), (r #>> '{}')::real, 'VAT', 'vat_' || n, format('sm_%s_%s', i, nr)
FROM story, jsonb_array_elements(input -> 'shipping_methods') WITH ORDINALITY AS e (m, nr), jsonb_array_elements(m -> 'tax_rates') WITH ORDINALITY AS f (r, n)
WHERE is_ordered;
INSERT INTO cart_discounts (cart_id, discount_id)
SELECT cart_id, input ->> 'discount' FROM story WHERE input ->> 'discount' IS NOT NULL
UNION ALL SELECT cart_id, 'disc_shipping' FROM story WHERE (input -> 'free_shipping')::boolean;
-- A gift card's balance is drawn down by the order.
INSERT INTO gift_card (id, code, value, balance, region_id, tax_rate)
SELECT 'gift_' || i, 'GIFT' || i, (g -> 'balance')::integer, (g -> 'balance')::integer - CASE WHEN is_ordered THEN by_card ELSE 0 END,
	'reg_' || currency_code, (g ->> 'tax_rate')::real
FROM story, jsonb_array_elements(input -> 'gift_cards') AS g;
INSERT INTO cart_gift_cards (cart_id, gift_card_id) SELECT cart_id, 'gift_' || i FROM story WHERE input -> 'gift_cards' <> '[]';
INSERT INTO gift_card_transaction (id, gift_card_id, order_id, amount, is_taxable, tax_rate)
SELECT 'gct_' || i, 'gift_' || i, order_id, by_card, coalesce((g ->> 'tax_rate')::real, 0) > 0, (g ->> 'tax_rate')::real
FROM story, jsonb_array_elements(input -> 'gift_cards') AS g WHERE is_ordered AND by_card > 0;

-- A session for each of two providers, one of them selected.
INSERT INTO payment_session (id, cart_id, provider_id, is_selected, is_initiated, status, data, amount, payment_authorized_at, created_at, updated_at)
SELECT pg_temp.id('ps', i || p), cart_id, p, CASE WHEN is_chosen THEN true END, is_chosen,
	(CASE WHEN is_chosen AND is_authorized THEN 'authorized' WHEN is_chosen AND what = 3 THEN 'requires_more' WHEN is_chosen AND what = 4 THEN 'error'
	 WHEN NOT is_chosen AND what = 5 THEN 'canceled' ELSE 'pending' END)::payment_session_status_enum,
	CASE WHEN NOT is_chosen THEN '{}' WHEN p = 'manual' THEN '{"status": "pending"}'
	ELSE jsonb_build_object('id', format('%s_%s', left(p, 2), md5(i::text)), 'amount', total, 'client_secret', md5('secret' || i)) END,
	total, CASE WHEN is_chosen AND is_authorized THEN at + interval '3 minutes' END, at + interval '1 minute', at + interval '3 minutes'
FROM story, LATERAL (SELECT p, p = provider_id AND what <> 1 AS is_chosen FROM unnest(ARRAY['stripe', 'paypal', 'manual']) WITH ORDINALITY AS u (p, nr)
	WHERE p = provider_id OR nr = 1 + (i / 20 + 1) % 3) AS p
WHERE what NOT IN (0, 16);

-- Its payment, or two where the first was canceled for want of stock.
INSERT INTO payment (id, cart_id, order_id, amount, currency_code, provider_id, data, captured_at, canceled_at, created_at, updated_at)
SELECT CASE n WHEN 1 THEN payment_id ELSE pg_temp.id('pay', i || 'again') END, cart_id, CASE WHEN is_ordered AND (what <> 15 OR n = 2) THEN order_id END, total,
	currency_code, provider_id, jsonb_build_object('id', format('%s_%s', left(provider_id, 2), md5(i::text))),
	CASE WHEN what >= 8 AND what <> 14 AND (what <> 15 OR n = 2) THEN at + interval '1 day' END,
	CASE WHEN what = 14 OR (what = 15 AND n = 1) THEN at + interval '2 days' END,
	at + interval '3 minutes' + n * interval '-13 ms' + CASE WHEN n = 2 THEN interval '1 minute' ELSE interval '0' END, at + interval '2 days'
FROM story, generate_series(1, CASE what WHEN 15 THEN 2 ELSE 1 END) AS n
WHERE is_authorized;
UPDATE cart SET payment_id = p.id FROM payment p WHERE p.cart_id = cart.id AND p.canceled_at IS NULL;
INSERT INTO refund (id, order_id, payment_id, amount, note, reason, created_at)
SELECT pg_temp.id('ref', i || '/' || n), CASE WHEN what = 13 THEN order_id END, CASE WHEN what <> 13 THEN payment_id END,
	CASE WHEN what = 12 AND n = 2 THEN total - (total + 1) / 2 ELSE (total + 1) / 2 END, CASE WHEN what = 11 THEN 'too small' END, 'return', at + n * interval '3 days'
FROM story, generate_series(1, CASE what WHEN 12 THEN 2 ELSE 1 END) AS n
WHERE what IN (11, 12, 13) AND (what <> 12 OR total > 1);
UPDATE payment p SET amount_refunded = r.amount
FROM (SELECT s.payment_id, sum(r.amount) AS amount FROM refund r JOIN story s ON s.payment_id = r.payment_id OR s.order_id = r.order_id GROUP BY 1) AS r
WHERE r.payment_id = p.id;

-- What a changed order costs: paid by two sessions, or not yet.
INSERT INTO payment_collection (id, type, status, description, amount, authorized_amount, region_id, currency_code, created_by, created_at, updated_at)
SELECT pg_temp.id('paycol', i::text), 'order_edit', CASE what WHEN 18 THEN 'authorized' ELSE 'not_paid' END::"PAYMENT_COLLECTION_STATUS_ENUM", 'one more thing', 1000,
	CASE what WHEN 18 THEN 1000 END, 'reg_' || currency_code, currency_code, 'usr_clerk', at + interval '1 day', at + interval '2 days'
FROM story WHERE what IN (18, 19);
INSERT INTO payment_session (id, provider_id, is_initiated, status, data, amount, payment_authorized_at, created_at, updated_at)
SELECT pg_temp.id('ps', i || '/' || n), p, true, CASE what WHEN 18 THEN 'authorized' ELSE 'pending' END::payment_session_status_enum,
	jsonb_build_object('id', format('%s_%s_%s', left(p, 2), n, md5(i::text))), amount, CASE what WHEN 18 THEN at + interval '2 days' END,
	at + interval '1 day', at + interval '2 days'
FROM story, (VALUES (1, 'stripe', 350), (2, 'paypal', 650)) AS v (n, p, amount) WHERE what IN (18, 19);
INSERT INTO payment_collection_sessions
SELECT pg_temp.id('paycol', i::text), pg_temp.id('ps', i || '/' || n) FROM story, generate_series(1, 2) AS n WHERE what IN (18, 19);
INSERT INTO payment (id, amount, currency_code, provider_id, data, captured_at, created_at)
SELECT pg_temp.id('pay', i || '/' || n), amount, currency_code, p, '{}', CASE n WHEN 1 THEN at + interval '3 days' END, at + interval '2 days'
FROM story, (VALUES (1, 'stripe', 350), (2, 'paypal', 650)) AS v (n, p, amount) WHERE what = 18;
INSERT INTO payment_collection_payments
SELECT pg_temp.id('paycol', i::text), pg_temp.id('pay', i || '/' || n) FROM story, generate_series(1, 2) AS n WHERE what = 18;
COMMIT;
ANALYZE;
