-- The bytes, indexes included, that a payment leaves in the tables: run with
-- psql -XAtq.
SELECT FROM paysession.ps_put_provider('card');
CREATE TEMP TABLE made AS SELECT paysession.ps_new_id('cart') AS cart FROM generate_series(1, 5000);
SELECT count(paysession.ps_put_cart(jsonb_build_object('id', cart, 'currency_code', 'eur', 'subtotal', 4000, 'item_tax_total', 200))) FROM made \g /dev/null
SELECT count(paysession.ps_create(cart, 'card', data => '{"client_secret": "pi_3OZq8aK2eZvKYlo2C1m3XyZ4_secret"}')) FROM made \g /dev/null
SELECT count(paysession.ps_begin(s.id)) FROM made, paysession.ps_list(cart) s \g /dev/null
SELECT count(paysession.ps_authorize(s.id, provider_ref => 'pi_' || md5(cart))) FROM made, paysession.ps_list(cart) s \g /dev/null
SELECT count(paysession.ps_complete_cart(cart, order_id => 'order_' || md5(cart))) FROM made \g /dev/null
SELECT count(paysession.ps_receive('card', 'evt_' || md5(cart), 'authorized', session_id => s.id, payload => '{"type": "payment_intent.amount_capturable_updated"}'))
FROM made, paysession.ps_list(cart) s \g /dev/null
SELECT count(paysession.ps_capture((paysession.ps_complete_cart(cart)).id)) FROM made \g /dev/null
SELECT sum(pg_total_relation_size(oid)) / 5000
FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r';
