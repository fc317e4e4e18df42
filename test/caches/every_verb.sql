-- Each verb, and each kind of plain statement, once or twice.
SET search_path = paysession, public;
SELECT id FROM ps_put_provider('card', capture_method => 'manual_multiple', session_ttl => '1 day');
INSERT INTO payment_provider (id) VALUES ('bank');
SELECT id FROM ps_put_sales_channel('web', 'The shop');
SELECT ps_own_routes('{[0,32768)}');
SELECT status FROM ps_create(ps_new_id('cart'), 'bank');
SELECT ps_owned_routes(), ps_own_routes(NULL);
SELECT total FROM ps_put_cart('{"id": "cart", "currency_code": "eur", "sales_channels": ["web"], "items": [{"unit_price": 50, "quantity": 2}]}');
SELECT id AS card FROM ps_create('cart', 'card') \gset
SELECT provider_id, amount FROM ps_set_sessions('cart') ORDER BY 1;
UPDATE cart SET shipping_total = 20 WHERE id = 'cart';
SELECT is_selected FROM ps_select(:'card');
SELECT is_selected FROM ps_unselect(:'card');
SELECT data FROM ps_update(:'card', data => '{"a": 1}');
SELECT amount, claimed FROM ps_begin(:'card');
SELECT status FROM ps_fail(:'card', 'declined');
SELECT status FROM ps_retry(:'card');
SELECT status FROM ps_require_more(:'card', provider_ref => 'pi');
SELECT status, amount, is_selected FROM ps_authorize(:'card');
SELECT status FROM ps_promote(:'card');
SELECT id AS payment FROM ps_complete_cart('cart', order_id => 'order') \gset
SELECT metadata FROM ps_update_payment(:'payment', metadata => '{"gift": true}');
SELECT id AS operation FROM ps_capture(:'payment', 80, lease => '1 hour') \gset
SELECT status, claimed FROM ps_claim(:'operation');
SELECT status FROM ps_finish(:'operation', 'succeeded');
SELECT amount FROM ps_refund(:'payment', 30);
SELECT amount FROM ps_refund_order('order', 10);
SELECT amount FROM ps_void(:'payment');
SELECT outcome FROM ps_receive('card', 'event', 'refunded', provider_ref => 'pi', operation_ref => 're', amount => 5);
SELECT outcome FROM ps_receive('card', 'early', 'authorized', provider_ref => 'not yet');
SELECT outcome FROM ps_resolve('card', 'early', false);
SELECT (ps_get(:'card', '{cart,payment,operations}')) -> 'payment' ->> 'status';
SELECT count(*) FROM ps_list('cart');
SELECT count(*) FROM ps_history(:'card');
SELECT count(*) FROM ps_stuck();
SELECT count(*) FROM ps_events();
SELECT count(*) FROM ps_transitions();
SELECT ps_route(ps_new_id('ps', 'cart')), ps_id_time(ps_new_id('ps')) > '2000-01-01';
INSERT INTO payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('plain', 'plain', 'bank', 10, 'eur');
UPDATE payment_session SET status = 'requires_more' WHERE id = 'plain';
SELECT id AS fresh FROM ps_refresh('plain') \gset
SELECT status FROM ps_cancel(:'fresh');
SELECT status FROM ps_delete((SELECT id FROM ps_create('other', 'bank')));
DELETE FROM payment_session WHERE id = :'fresh';
SELECT id AS collection FROM ps_create_collection(100, 'eur') \gset
SELECT provider_id, amount FROM ps_set_collection_sessions(:'collection',
	'[{"provider_id": "card", "amount": 60}, {"provider_id": "bank", "amount": 40}]') ORDER BY 1;
SELECT amount FROM ps_update_collection(:'collection', description => 'two ways');
SELECT ps_get_collection(:'collection', '{sessions,payments}') ->> 'description';
SELECT status FROM ps_cancel_collection(:'collection');
SELECT amount FROM ps_delete_collection((SELECT id FROM ps_create_collection(50, 'eur')));
SELECT recovery_point FROM ps_idempotency_begin('key', 'POST', '/', '{}');
SELECT recovery_point FROM ps_idempotency_advance('key', 'paid');
SELECT response_code FROM ps_idempotency_finish('key', 200, '{}');
SELECT count(*) FROM ps_expire();
SELECT ps_purge('infinity');
