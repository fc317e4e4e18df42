-- verbs: ps_put_provider, ps_put_sales_channel and ps_put_cart register, or change what is there
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

-- ps_put_provider: defaults, all arguments by name, and all columns replaced by what is not given
SELECT id, is_installed, capture_method, session_ttl, authorization_ttl, created_at = updated_at AS new FROM paysession.ps_put_provider('vs_card');
SELECT pg_sleep(0.002);
SELECT id, is_installed, capture_method, session_ttl, authorization_ttl, created_at < updated_at AS changed
FROM paysession.ps_put_provider(id => 'vs_card', is_installed => false, capture_method => 'manual_multiple', session_ttl => '1 hour', authorization_ttl => '7 days');
SELECT pg_sleep(0.002);
SELECT is_installed, capture_method, session_ttl, authorization_ttl FROM paysession.ps_put_provider('vs_card', capture_method => 'automatic');
SELECT updated_at AS before FROM paysession.payment_provider WHERE id = 'vs_card' \gset
SELECT pg_sleep(0.002);
SELECT updated_at = :'before' AS untouched FROM paysession.ps_put_provider('vs_card', capture_method => 'automatic');
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('vs_x', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('vs_x', capture_method => NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('vs_x', capture_method => 'sometimes')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('vs_x', session_ttl => '0')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('vs_x', session_ttl => '-1 day')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('vs_x', authorization_ttl => '-1 day')$$);
SELECT count(*) FROM paysession.payment_provider WHERE id = 'vs_x';

-- plain SQL: times are stamped, created_at stays, a no-op moves nothing
INSERT INTO paysession.payment_provider (id, created_at, updated_at) VALUES ('vs_raw', '2001-01-01', '2101-01-01');
INSERT INTO paysession.sales_channel (id, name, created_at, updated_at) VALUES ('vs_raw', 'Raw', '2001-01-01', '2101-01-01');
SELECT created_at AS provider_before FROM paysession.payment_provider WHERE id = 'vs_raw' \gset
SELECT created_at AS channel_before FROM paysession.sales_channel WHERE id = 'vs_raw' \gset
SELECT :'provider_before'::timestamptz BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS provider, :'channel_before'::timestamptz BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS channel;
SELECT pg_sleep(0.002);
UPDATE paysession.payment_provider SET created_at = '2001-01-01', updated_at = 'infinity', is_installed = true WHERE id = 'vs_raw' RETURNING created_at = :'provider_before' AND updated_at = created_at AS untouched;
UPDATE paysession.sales_channel SET created_at = '2001-01-01', updated_at = 'infinity', name = 'Raw' WHERE id = 'vs_raw' RETURNING created_at = :'channel_before' AND updated_at = created_at AS untouched;
UPDATE paysession.payment_provider SET is_installed = false WHERE id = 'vs_raw' RETURNING created_at = :'provider_before' AND updated_at > created_at AS stamped;
UPDATE paysession.sales_channel SET name = 'Rough' WHERE id = 'vs_raw' RETURNING created_at = :'channel_before' AND updated_at > created_at AS stamped;

-- ps_put_sales_channel
SELECT id, name, description, is_disabled, metadata, created_at = updated_at AS new FROM paysession.ps_put_sales_channel('vs_web', 'Web');
SELECT pg_sleep(0.002);
SELECT id, name, description, is_disabled, metadata, created_at < updated_at AS changed
FROM paysession.ps_put_sales_channel(id => 'vs_web', name => 'Web shop', description => 'the shop', is_disabled => true, metadata => '{"a": 1}');
SELECT description, is_disabled, metadata FROM paysession.ps_put_sales_channel('vs_web', 'Web shop');
SELECT updated_at AS before FROM paysession.sales_channel WHERE id = 'vs_web' \gset
SELECT pg_sleep(0.002);
SELECT updated_at = :'before' AS untouched FROM paysession.ps_put_sales_channel('vs_web', 'Web shop');
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel(NULL, 'Web')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel(' ', 'Web')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel('vs_x', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel('vs_x', 'Web', is_disabled => NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel('vs_x', 'Web', metadata => '[]')$$);

-- ps_put_cart: a bare cart, and every key that is stored
SELECT id, currency_code, context, metadata, sales_channel_id, subtotal, raw_discount_total, item_tax_total, shipping_total, shipping_tax_total,
	gift_card_total, gift_card_tax_total, discount_total, tax_total, total, session_count, completed_at, created_at = updated_at AS new
FROM paysession.ps_put_cart('{"id": "vs_c1"}') \gx
SELECT pg_sleep(0.002);
SELECT id FROM paysession.ps_put_sales_channel('vs_app', 'App');
SELECT id, currency_code, context, metadata, sales_channel_id, subtotal, raw_discount_total, item_tax_total, shipping_total, shipping_tax_total,
	gift_card_total, gift_card_tax_total, discount_total, tax_total, total, created_at < updated_at AS changed
FROM paysession.ps_put_cart('{"id": "vs_c1", "currency_code": "eur", "context": {"ip": "::1"}, "metadata": {"a": 1}, "sales_channel_id": "vs_web",
	"sales_channels": ["vs_web", "vs_app", "vs_web"], "subtotal": 1000, "raw_discount_total": 99.5, "item_tax_total": 70, "shipping_total": 50, "shipping_tax_total": 4,
	"gift_card_total": 20, "gift_card_tax_total": 2, "discount_total": 5, "tax_total": 5, "total": 5, "email": "a@example.com", "shipping_address": {"city": "Bern"}}') \gx
SELECT sales_channel_id FROM paysession.cart_sales_channel WHERE cart_id = 'vs_c1' ORDER BY sales_channel_id;
-- what it does not name stays, what it names as null goes
SELECT currency_code, context, metadata, sales_channel_id, subtotal, total FROM paysession.ps_put_cart('{"id": "vs_c1", "metadata": {"b": 2}}');
SELECT currency_code, context, metadata, sales_channel_id, total
FROM paysession.ps_put_cart('{"id": "vs_c1", "currency_code": null, "context": null, "metadata": null, "sales_channel_id": null, "sales_channels": ["vs_app"]}');
SELECT sales_channel_id FROM paysession.cart_sales_channel WHERE cart_id = 'vs_c1' ORDER BY sales_channel_id;
-- amounts that a document with at least one of them leaves out are 0, null is not known
SELECT subtotal, raw_discount_total, item_tax_total, shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total, discount_total, tax_total, total
FROM paysession.ps_put_cart('{"id": "vs_c1", "shipping_total": 30}') \gx
SELECT subtotal, item_tax_total, shipping_tax_total, tax_total, total
FROM paysession.ps_put_cart('{"id": "vs_c1", "subtotal": 100, "item_tax_total": null, "shipping_tax_total": null}');
SELECT subtotal, shipping_total, total FROM paysession.ps_put_cart('{"id": "vs_c1", "subtotal": null}');
-- a total by itself is ignored
SELECT subtotal, total FROM paysession.ps_put_cart('{"id": "vs_c1", "total": 7, "discount_total": 7, "tax_total": 7}');
-- the same again changes nothing
SELECT updated_at AS before FROM paysession.cart WHERE id = 'vs_c1' \gset
SELECT pg_sleep(0.002);
SELECT updated_at = :'before' AS untouched FROM paysession.ps_put_cart('{"id": "vs_c1", "subtotal": null}');
-- its sessions' amounts follow
SELECT amount FROM paysession.ps_create('vs_c1', 'vs_card', id => 'vs_s1');
SELECT total FROM paysession.ps_put_cart('{"id": "vs_c1", "subtotal": 500, "currency_code": "eur"}');
SELECT amount, currency_code FROM paysession.payment_session WHERE id = 'vs_s1';

-- what is wrong is named
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": null}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": 7}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": ""}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('7')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "subtotal": "7"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "subtotal": 7.5}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "subtotal": 9007199254740992}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "raw_discount_total": 1e30}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "currency_code": "EUR"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "currency_code": 7}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "context": []}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "metadata": "a"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "sales_channel_id": "vs_none"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "sales_channels": ["vs_none"]}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "sales_channels": "vs_web"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "sales_channels": [7]}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "vs_c9", "subtotal": 5, "items": []}')$$);
SELECT count(*) FROM paysession.cart WHERE id = 'vs_c9';
