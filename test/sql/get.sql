-- get: a payment session as the JSON that a storefront knows
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id, session_ttl) VALUES ('ge_card', NULL), ('ge_bank', '1 hour');
SELECT FROM paysession.ps_put_sales_channel('ge_web', 'Web shop', 'the web', metadata => '{"host": "shop.example"}');
SELECT FROM paysession.ps_put_sales_channel('ge_app', 'App', is_disabled => true);
SELECT total FROM paysession.ps_put_cart('{"id": "ge_c1", "currency_code": "eur", "sales_channel_id": "ge_web", "sales_channels": ["ge_web", "ge_app"],
	"context": {"ip": "192.0.2.7"}, "metadata": {"gift": true}, "free_shipping": false, "gift_cards": [{"balance": 100, "tax_rate": 10}],
	"items": [{"unit_price": 500, "quantity": 2, "tax_rates": [20], "adjustments": [{"amount": 10.5}]}], "shipping_methods": [{"price": 50, "tax_rates": [20]}]}');
SELECT id FROM paysession.ps_create('ge_c1', 'ge_card', data => '{"token": "tok_1", "list": [1.50, null, {"a": "b"}]}', id => 'ge_s1');

-- what differs from run to run is shown by its kind
CREATE FUNCTION pg_temp.show(document jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT regexp_replace(regexp_replace(jsonb_pretty(document),
		'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?[+-]\d\d:\d\d"', '"a time"', 'g'),
		'"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"', '"a UUID"', 'g')
$$;
\pset tuples_only
\pset format unaligned

-- twelve names, and nothing else
SELECT pg_temp.show(paysession.ps_get('ge_s1'));
SELECT paysession.ps_get('ge_s1') = paysession.ps_get('ge_s1', NULL);
-- with all that can be asked for
SELECT pg_temp.show(paysession.ps_get('ge_s1', '{details,cart,cart.sales_channel,cart.sales_channels}'));
-- each by itself
SELECT expand, (SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_object_keys(paysession.ps_get('ge_s1', expand) - ARRAY(SELECT jsonb_object_keys(paysession.ps_get('ge_s1')))) AS key),
	(SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_object_keys(paysession.ps_get('ge_s1', expand) -> 'cart') AS key WHERE key LIKE 'sales%')
FROM unnest(ARRAY['{}', '{details}', '{cart}', '{cart.sales_channel}', '{cart.sales_channels}', '{cart,cart}', '{cart.sales_channels,details}']) AS e,
	CAST(e AS text[]) AS expand;
-- the cart is the session's own, and the values are the tables' own
SELECT s.id, g @> jsonb_build_object('amount', s.amount, 'status', s.status, 'data', s.data, 'idempotency_key', s.idempotency_key, 'is_selected', s.is_selected)
	AND (g ->> 'created_at')::timestamptz = s.created_at AND (g ->> 'updated_at')::timestamptz = s.updated_at
	AND g -> 'cart' @> (to_jsonb(c) - '{id,currency_code,session_count,completed_at,created_at,updated_at}'::text[])
FROM paysession.payment_session s JOIN paysession.cart c ON c.id = s.cart_id, paysession.ps_get(s.id, '{cart}') AS g
WHERE s.cart_id = 'ge_c1';

-- a session that got somewhere
SELECT status FROM paysession.ps_create('ge_c1', 'ge_bank', id => 'ge_s2');
SELECT status FROM paysession.ps_require_more('ge_s2', provider_ref => 'ge_ref');
SELECT pg_temp.show(paysession.ps_get('ge_s2', '{details}') - 'data');
SELECT status FROM paysession.ps_fail('ge_s2', 'card_declined');
SELECT paysession.ps_get('ge_s2', '{details}') - '{data,idempotency_key,created_at,updated_at,expires_at}'::text[];
SELECT status FROM paysession.ps_authorize('ge_s2');
SELECT pg_temp.show(paysession.ps_get('ge_s2', '{details}') - 'data');
SELECT status FROM paysession.ps_cancel('ge_s2', 'out of stock');
SELECT pg_temp.show(paysession.ps_get('ge_s2', '{details}') - 'data');

-- what is unknown is null, but of a cart's totals only the taxes are: the others are left out
SELECT id FROM paysession.ps_create('ge_bare', 'ge_card', id => 'ge_s3');
SELECT pg_temp.show(paysession.ps_get('ge_s3', '{details,cart.sales_channel,cart.sales_channels}'));
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('ge_s4', 'ge_card');
SELECT pg_temp.show(paysession.ps_get('ge_s4', '{details,cart.sales_channel,cart.sales_channels}'));
UPDATE paysession.cart SET subtotal = 1, raw_discount_total = 0.5, shipping_tax_total = 3 WHERE id = 'ge_bare';
SELECT paysession.ps_get('ge_s3', '{cart}') -> 'cart';
-- numbers of any size are exact
SELECT total FROM paysession.ps_put_cart('{"id": "ge_bare", "subtotal": 9007199254740991, "raw_discount_total": 0.000000000000000000000000001}');
SELECT jsonb_typeof(g -> 'amount'), g -> 'amount', g #> '{cart,total}', g #> '{cart,raw_discount_total}' FROM paysession.ps_get('ge_s3', '{cart}') AS g;

-- a time is ISO 8601 with its zone, whatever the client's way to show it
UPDATE paysession.payment_session SET expires_at = '2030-07-01 12:34:56.789+00' WHERE id = 'ge_s3';
SET datestyle = 'SQL, DMY';
SET timezone = 'America/St_Johns';
SELECT paysession.ps_get('ge_s3', '{details}') -> 'expires_at';
SET datestyle = 'German';
SET timezone = 'Asia/Kathmandu';
SELECT paysession.ps_get('ge_s3', '{details}') -> 'expires_at';
SET datestyle = 'Postgres';
SET timezone = 'UTC';
SELECT paysession.ps_get('ge_s3', '{details}') -> 'expires_at';
UPDATE paysession.payment_session SET expires_at = '2030-01-01 00:00+00' WHERE id = 'ge_s3';
SELECT paysession.ps_get('ge_s3', '{details}') -> 'expires_at';
RESET datestyle;
RESET timezone;

-- what is refused
CALL pg_temp.refuse($$SELECT paysession.ps_get(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('ge_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('ge_s1', '{cart,customer}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_get('ge_s1', '{Cart}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('ge_s1', '{""}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('ge_s1', '{cart,NULL}')$$);
-- not even when nothing could be expanded
CALL pg_temp.refuse($$SELECT paysession.ps_get('ge_s4', '{cart.items}')$$);

-- it reads what its statement sees
BEGIN READ ONLY;
SELECT paysession.ps_get('ge_s1') ->> 'status';
COMMIT;
WITH u AS (UPDATE paysession.payment_session SET status = 'error' WHERE id = 'ge_s1' RETURNING id) SELECT paysession.ps_get(id) ->> 'status' FROM u;
SELECT paysession.ps_get('ge_s1') ->> 'status';
