-- bad input: each is refused, with an error that names what is wrong, and changes nothing
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

-- a row of every kind, in every state that somebody can get wrong
INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('bd_card', 'manual_multiple'), ('bd_bank', 'manual');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('bd_gone', false);
INSERT INTO paysession.sales_channel (id, name) VALUES ('bd_web', 'Web');
INSERT INTO paysession.cart (id, currency_code) VALUES ('bd_open', 'eur'), ('bd_held', 'eur'), ('bd_paid', 'eur'), ('bd_bare', NULL);
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	VALUES ('bd_priced', 'eur', 100, 0, 0, 0, 0);
INSERT INTO paysession.cart_sales_channel VALUES ('bd_open', 'bd_web');
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('bd_set', 1000, 'eur'), ('bd_set2', 1000, 'eur'), ('bd_set3', 1000, 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, idempotency_key) VALUES
	('bd_open1', 'bd_open', 'bd_card', 100, 'bd_open1'), ('bd_open2', 'bd_open', 'bd_bank', 100, 'bd_open2'),
	('bd_held1', 'bd_held', 'bd_card', 100, 'bd_held1'), ('bd_held2', 'bd_held', 'bd_bank', 100, 'bd_held2'),
	('bd_paid1', 'bd_paid', 'bd_card', 100, 'bd_paid1'), ('bd_paid2', 'bd_paid', 'bd_bank', 100, 'bd_open1'),
	('bd_bare1', 'bd_bare', 'bd_card', NULL, 'bd_bare1'), ('bd_bare2', 'bd_bare', 'bd_bank', 100, 'bd_bare2'),
	('bd_priced1', 'bd_priced', 'bd_card', 100, 'bd_priced1'), ('bd_priced2', 'bd_priced', 'bd_bank', 100, 'bd_priced2');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES
	('bd_set1', 'bd_set', 'bd_card', 600), ('bd_set4', 'bd_set', 'bd_bank', 400), ('bd_set7', 'bd_set', 'bd_bank', 401), ('bd_set5', 'bd_set', 'bd_bank', 7), ('bd_set6', 'bd_set2', 'bd_card', 1000);
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code, expires_at, provider_ref) VALUES
	('bd_late', 'bd_card', 100, 'eur', '2001-01-01', 'bd_ref'), ('bd_free', 'bd_card', 100, 'eur', NULL, NULL);
UPDATE paysession.payment_session SET is_selected = true WHERE id IN ('bd_held1', 'bd_paid1');
UPDATE paysession.payment_session SET is_selected = true, is_initiated = true WHERE id = 'bd_open2';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('bd_held1', 'bd_paid1', 'bd_set1');
UPDATE paysession.payment_session SET status = 'canceled' WHERE id IN ('bd_free', 'bd_set5');
INSERT INTO paysession.payment (id, session_id, order_id) VALUES ('bd_pay', 'bd_paid1', 'bd_order');
UPDATE paysession.cart SET completed_at = now() WHERE id = 'bd_paid';
SELECT status FROM paysession.ps_cancel_collection('bd_set3');
SELECT status FROM paysession.ps_capture('bd_pay', 40, idempotency_key => 'bd_key1');
SELECT outcome FROM paysession.ps_receive('bd_card', 'bd_event1', 'authorized', 'bd_held1');
SELECT outcome FROM paysession.ps_receive('bd_card', 'bd_event2', 'authorized', 'bd_none');
SELECT recovery_point FROM paysession.ps_idempotency_begin('bd_busy', 'POST', '/carts', '{"a": 1}', '1 year');
SELECT recovery_point FROM paysession.ps_idempotency_begin('bd_done', 'POST', '/carts', '{"a": 1}');
SELECT recovery_point FROM paysession.ps_idempotency_finish('bd_done', 200, '{"a": 1}');
-- with ids that can be shown, as an import brings them
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount, captured_at, capture_pending, void_pending, order_id) VALUES
	('bd_pay2', 'bd_card', 'eur', 100, 20, now(), 30, 10, 'bd_orders'), ('bd_pay3', 'bd_card', 'usd', 100, 0, NULL, 0, 0, 'bd_orders');
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, status, finished_at, provider_idempotency_key) VALUES
	('bd_capture', 'capture', 'bd_pay2', 'bd_card', 30, 'pending', NULL, 'bd_capture'), ('bd_captured', 'capture', 'bd_pay2', 'bd_card', 20, 'succeeded', now(), 'bd_captured'),
	('bd_void', 'void', 'bd_pay2', 'bd_card', 10, 'pending', NULL, 'bd_void');
INSERT INTO paysession.payment_operation (id, kind, session_id, provider_id, amount, provider_idempotency_key)
	VALUES ('bd_begun', 'authorize', 'bd_open2', 'bd_bank', 100, 'bd_begun');
COMMIT;

-- All rows of all tables, and who wrote them.
CREATE FUNCTION pg_temp.fingerprint() RETURNS TABLE (relation name, has_ours boolean, fingerprint text) LANGUAGE plpgsql AS $$
BEGIN
	FOR relation IN SELECT relname FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format('SELECT bool_or(t::text LIKE ''%%bd\_%%''), md5(string_agg(xmin || t::text, chr(10) ORDER BY t::text)) FROM paysession.%I t', relation)
			INTO has_ours, fingerprint;
		RETURN NEXT;
	END LOOP;
END
$$;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.fingerprint();
-- owned_routes, which concerns all that is there, has a test of its own
SELECT relation FROM before WHERE has_ours IS NOT TRUE AND relation <> 'owned_routes';

-- What a statement is refused with.
CREATE FUNCTION pg_temp.refusal(statement text, OUT state text, OUT con text, OUT tab text, OUT message text) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE statement;
	message := 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, tab = TABLE_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	IF detail LIKE 'Failing row%' THEN
		message := message || ', with the row';
	END IF;
END
$$;

-- Bad values, by what they should have been.
\i :abs_srcdir/sql/include/bad_values.sql

-- Every argument of every function and every column of every table, with the
-- kinds of bad values to try there; and statements that are bad as they stand.
CREATE TEMP TABLE cases (n serial, kinds text[], statement text);
COPY cases (kinds, statement) FROM stdin;
{id,missing}	SELECT ps_put_provider(id => %s)
{missing}	SELECT ps_put_provider('bd_new', is_installed => %s)
{word,missing}	SELECT ps_put_provider('bd_new', capture_method => %s)
{ttl}	SELECT ps_put_provider('bd_new', session_ttl => %s)
{ttl}	SELECT ps_put_provider('bd_new', authorization_ttl => %s)
{id,missing}	SELECT ps_put_sales_channel(id => %s, name => 'Web')
{missing}	SELECT ps_put_sales_channel('bd_new', name => %s)
{missing}	SELECT ps_put_sales_channel('bd_new', 'Web', is_disabled => %s)
{json,object}	SELECT ps_put_sales_channel('bd_new', 'Web', metadata => %s)
{object,missing}	SELECT ps_put_cart(cart => %s)
{id,missing}	SELECT ps_put_cart(jsonb_build_object('id', %s))
{currency}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'currency_code', %s))
{json}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'context', %s))
{json}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'metadata', %s))
{id,unknown}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'sales_channel_id', %s))
{id,unknown}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'sales_channels', ARRAY['bd_web', %s]))
{number}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'subtotal', %s))
{number}	SELECT ps_put_cart(jsonb_build_object('id', 'bd_new', 'items', jsonb_build_array(jsonb_build_object('unit_price', %s, 'quantity', 1))))
{}	SELECT ps_put_cart('{"id": "bd_held", "subtotal": 1}')
{}	SELECT ps_put_cart('{"id": "bd_held", "currency_code": "usd"}')
{}	SELECT ps_put_cart('{"id": "bd_paid", "subtotal": 1}')
{id,missing}	SELECT ps_create(cart_id => %s, provider_id => 'bd_card')
{id,missing,unknown}	SELECT ps_create('bd_new', provider_id => %s)
{}	SELECT ps_create('bd_new', 'bd_gone')
{amount}	SELECT ps_create('bd_new', 'bd_card', amount => %s)
{json,object}	SELECT ps_create('bd_new', 'bd_card', data => %s)
{id}	SELECT ps_create('bd_new', 'bd_card', id => %s)
{}	SELECT ps_create('bd_new', 'bd_card', id => 'bd_open1')
{currency}	SELECT ps_create('bd_new', 'bd_card', currency_code => %s)
{}	SELECT ps_create('bd_open', 'bd_card', 101)
{}	SELECT ps_create('bd_open', 'bd_card', currency_code => 'usd')
{}	SELECT ps_create('bd_paid', 'bd_gone')
{id,missing}	SELECT ps_set_sessions(cart_id => %s)
{id,missing,unknown}	SELECT ps_set_sessions('bd_open', provider_ids => ARRAY['bd_card', %s])
{}	SELECT ps_set_sessions('bd_open', '{{bd_card},{bd_none}}')
{}	SELECT ps_set_sessions('bd_open', '{bd_card,bd_gone}')
{id,missing,unknown}	SELECT ps_select(session_id => %s)
{}	SELECT ps_select('bd_held2')
{}	SELECT ps_select('bd_free')
{}	SELECT ps_select('bd_paid2')
{id,missing,unknown}	SELECT ps_unselect(session_id => %s)
{}	SELECT ps_unselect('bd_held1')
{id,missing,unknown}	SELECT ps_update(session_id => %s)
{amount}	SELECT ps_update('bd_open1', amount => %s)
{}	SELECT ps_update('bd_priced1', 101)
{}	SELECT ps_update('bd_held1', 101)
{json,object}	SELECT ps_update('bd_open1', data => %s)
{token}	SELECT ps_update('bd_open1', provider_ref => %s)
{}	SELECT ps_update('bd_open1', provider_ref => 'bd_ref')
{}	SELECT ps_update('bd_held1', provider_ref => 'bd_new')
{id,missing,unknown}	SELECT ps_begin(session_id => %s)
{lease,far,missing}	SELECT ps_begin('bd_open1', lease => %s)
{}	SELECT ps_begin('bd_free')
{}	SELECT ps_begin('bd_late')
{}	SELECT ps_begin('bd_bare1')
{}	SELECT ps_begin('bd_held2')
{}	SELECT ps_begin('bd_paid2')
{}	SELECT ps_begin('bd_set7')
{id,missing,unknown}	SELECT ps_require_more(session_id => %s)
{json,object}	SELECT ps_require_more('bd_open1', data => %s)
{token}	SELECT ps_require_more('bd_open1', provider_ref => %s)
{}	SELECT ps_require_more('bd_held1')
{}	SELECT ps_require_more('bd_free')
{id,missing,unknown}	SELECT ps_authorize(session_id => %s)
{amount}	SELECT ps_authorize('bd_open1', amount => %s)
{}	SELECT ps_authorize('bd_open1', 101)
{}	SELECT ps_authorize('bd_held1', 101)
{json,object}	SELECT ps_authorize('bd_open1', data => %s)
{token}	SELECT ps_authorize('bd_open1', provider_ref => %s)
{}	SELECT ps_authorize('bd_held1', provider_ref => 'bd_new')
{}	SELECT ps_authorize('bd_free')
{}	SELECT ps_authorize('bd_late')
{}	SELECT ps_authorize('bd_bare1')
{}	SELECT ps_authorize('bd_bare2')
{}	SELECT ps_authorize('bd_held2')
{}	SELECT ps_authorize('bd_set7')
{id,missing,unknown}	SELECT ps_fail(session_id => %s)
{note}	SELECT ps_fail('bd_open1', reason => %s)
{json,object}	SELECT ps_fail('bd_open1', data => %s)
{}	SELECT ps_fail('bd_held1')
{id,missing,unknown}	SELECT ps_retry(session_id => %s)
{}	SELECT ps_retry('bd_held1')
{id,missing,unknown}	SELECT ps_cancel(session_id => %s)
{note}	SELECT ps_cancel('bd_open1', reason => %s)
{}	SELECT ps_cancel('bd_paid1')
{id,missing,unknown}	SELECT ps_refresh(session_id => %s)
{}	SELECT ps_refresh('bd_held1')
{id,missing,unknown}	SELECT ps_delete(session_id => %s)
{}	SELECT ps_delete('bd_held1')
{id,missing,unknown}	SELECT ps_get(session_id => %s)
{missing,id}	SELECT ps_get('bd_open1', expand => ARRAY['details', %s])
{}	SELECT ps_get('bd_open1', '{details,customer}')
{}	SELECT ps_get('bd_open1', '{""}')
{}	SELECT ps_get('bd_open1', '{{details},{Cart}}')
{id}	SELECT ps_list(cart_id => %s)
{id}	SELECT ps_list(payment_collection_id => %s)
{id}	SELECT ps_list(provider_id => %s)
{unknown}	SELECT ps_list(status => %s)
{id}	SELECT ps_list(after => %s)
{rows,missing}	SELECT ps_list(max_rows => %s)
{id,missing,unknown}	SELECT ps_history(session_id => %s)
{id,unknown}	SELECT ps_events(after => %s)
{}	SELECT ps_events('99999999999999999999:1')
{rows,missing}	SELECT ps_events(max_rows => %s)
{id,missing,unknown}	SELECT ps_promote(session_id => %s)
{id}	SELECT ps_promote('bd_held1', order_id => %s)
{}	SELECT ps_promote('bd_paid1', 'bd_new')
{}	SELECT ps_promote('bd_open1')
{}	SELECT ps_promote('bd_free')
{id,missing,unknown}	SELECT ps_update_payment(payment_id => %s)
{id}	SELECT ps_update_payment('bd_pay', order_id => %s)
{}	SELECT ps_update_payment('bd_pay', 'bd_new')
{time}	SELECT ps_update_payment('bd_pay', authorization_expires_at => %s)
{json,object}	SELECT ps_update_payment('bd_pay', data => %s)
{json,object}	SELECT ps_update_payment('bd_pay', metadata => %s)
{id,missing,unknown}	SELECT ps_capture(payment_id => %s)
{amount}	SELECT ps_capture('bd_pay', amount => %s)
{}	SELECT ps_capture('bd_pay', 61)
{}	SELECT ps_capture('bd_pay', 61, lease => '1 hour')
{}	SELECT ps_capture('bd_pay', 9007199254740991, false)
{lease,far}	SELECT ps_capture('bd_pay', lease => %s)
{token}	SELECT ps_capture('bd_pay', idempotency_key => %s)
{}	SELECT ps_capture('bd_pay', 41, idempotency_key => 'bd_key1')
{}	SELECT ps_capture('bd_pay', 40, true, idempotency_key => 'bd_key1')
{}	SELECT ps_refund('bd_pay', 40, idempotency_key => 'bd_key1')
{token}	SELECT ps_capture('bd_pay', provider_ref => %s)
{json,object}	SELECT ps_capture('bd_pay', metadata => %s)
{id,missing,unknown}	SELECT ps_refund(payment_id => %s)
{amount}	SELECT ps_refund('bd_pay', amount => %s)
{}	SELECT ps_refund('bd_pay', 41)
{}	SELECT ps_refund('bd_pay', 41, lease => '1 hour')
{word,missing,note}	SELECT ps_refund('bd_pay', 1, reason => %s)
{note}	SELECT ps_refund('bd_pay', 1, note => %s)
{lease,far}	SELECT ps_refund('bd_pay', 1, lease => %s)
{token}	SELECT ps_refund('bd_pay', 1, idempotency_key => %s)
{token}	SELECT ps_refund('bd_pay', 1, provider_ref => %s)
{json,object}	SELECT ps_refund('bd_pay', 1, metadata => %s)
{id,missing,unknown}	SELECT ps_refund_order(order_id => %s, amount => 1)
{amount,missing}	SELECT ps_refund_order('bd_order', amount => %s)
{}	SELECT ps_refund_order('bd_order', 41)
{}	SELECT ps_refund_order('bd_orders', 1)
{word,missing,note}	SELECT ps_refund_order('bd_order', 1, reason => %s)
{note}	SELECT ps_refund_order('bd_order', 1, note => %s)
{token}	SELECT ps_refund_order('bd_order', 1, idempotency_key => %s)
{id,missing,unknown}	SELECT ps_void(payment_id => %s)
{lease,far}	SELECT ps_void('bd_pay', lease => %s)
{note}	SELECT ps_void('bd_pay', reason => %s)
{token}	SELECT ps_void('bd_pay', idempotency_key => %s)
{token}	SELECT ps_void('bd_pay', provider_ref => %s)
{id,missing,unknown}	SELECT ps_claim(operation_id => %s)
{lease,far,missing}	SELECT ps_claim('bd_capture', lease => %s)
{id,missing,unknown}	SELECT ps_finish(operation_id => %s, outcome => 'failed')
{word,missing}	SELECT ps_finish('bd_capture', outcome => %s)
{}	SELECT ps_finish('bd_begun', 'succeeded')
{}	SELECT ps_finish('bd_begun', 'failed')
{}	SELECT ps_finish('bd_begun', 'reversed')
{}	SELECT ps_finish('bd_void', 'reversed')
{}	SELECT ps_finish('bd_capture', 'reversed')
{}	SELECT ps_finish('bd_captured', 'failed')
{}	SELECT ps_finish('bd_captured', 'unknown')
{}	SELECT ps_finish('bd_captured', 'succeeded', 19)
{amount}	SELECT ps_finish('bd_capture', 'succeeded', amount => %s)
{}	SELECT ps_finish('bd_capture', 'succeeded', 31)
{token}	SELECT ps_finish('bd_capture', 'succeeded', provider_ref => %s)
{note}	SELECT ps_finish('bd_capture', 'failed', reason => %s)
{}	SELECT ps_complete_cart()
{id,unknown}	SELECT ps_complete_cart(cart_id => %s)
{token,unknown}	SELECT ps_complete_cart(idempotency_key => %s)
{}	SELECT ps_complete_cart(idempotency_key => 'bd_open1')
{}	SELECT ps_complete_cart('bd_held', 'bd_open1')
{}	SELECT ps_complete_cart('bd_held', 'bd_held2')
{}	SELECT ps_complete_cart('bd_open')
{id}	SELECT ps_complete_cart('bd_held', order_id => %s)
{}	SELECT ps_complete_cart('bd_paid', order_id => 'bd_new')
{amount,missing}	SELECT ps_create_collection(amount => %s, currency_code => 'eur')
{currency,missing}	SELECT ps_create_collection(5, currency_code => %s)
{id,missing}	SELECT ps_create_collection(5, 'eur', type => %s)
{note}	SELECT ps_create_collection(5, 'eur', description => %s)
{json,object}	SELECT ps_create_collection(5, 'eur', metadata => %s)
{id}	SELECT ps_create_collection(5, 'eur', created_by => %s)
{id,missing,unknown}	SELECT ps_set_collection_sessions(collection_id => %s, sessions => '[{"provider_id": "bd_card", "amount": 1}]')
{missing,object}	SELECT ps_set_collection_sessions('bd_set', sessions => %s::jsonb)
{number,amount}	SELECT ps_set_collection_sessions('bd_set', jsonb_build_array(jsonb_build_object('provider_id', 'bd_card', 'amount', %s)))
{id,missing,unknown}	SELECT ps_set_collection_sessions('bd_set', jsonb_build_array(jsonb_build_object('provider_id', %s, 'amount', 400)))
{id,unknown}	SELECT ps_set_collection_sessions('bd_set', jsonb_build_array(jsonb_build_object('session_id', %s, 'amount', 400)))
{}	SELECT ps_set_collection_sessions('bd_set', '{}')
{}	SELECT ps_set_collection_sessions('bd_set', '{"provider_id": "bd_card", "amount": 400}')
{}	SELECT ps_set_collection_sessions('bd_set', '[null]')
{}	SELECT ps_set_collection_sessions('bd_set', '["bd_card"]')
{}	SELECT ps_set_collection_sessions('bd_set', '[[{"provider_id": "bd_card", "amount": 400}]]')
{}	SELECT ps_set_collection_sessions('bd_set', (repeat('[', 6000) || repeat(']', 6000))::jsonb)
{}	SELECT ps_set_collection_sessions('bd_set', '[{}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card"}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": "bd_set4"}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": null, "session_id": null, "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": null}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": "400"}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": true}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": [400]}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": {"value": 400}}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": -0.0}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 399.5}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 1e-30}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 18446744073709552016}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 1e131071}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 9007199254740991}, {"provider_id": "bd_card", "amount": 1}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 400, "data": {}}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 400, "": 1}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 400, "Amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 400, "4111111111111111": 1}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": 7, "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": ["bd_card"], "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": {"id": "bd_set4"}, "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_gone", "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": "bd_set5", "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": "bd_set6", "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": "bd_set4", "amount": 200}, {"session_id": "bd_set4", "amount": 200}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": "bd_set4", "provider_id": "bd_card", "amount": 400}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"session_id": "bd_set1", "amount": 599}, {"provider_id": "bd_bank", "amount": 401}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 200}, {"provider_id": "bd_bank", "amount": 199}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 200}, {"provider_id": "bd_bank", "amount": 201}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_card", "amount": 200}, {"provider_id": "bd_bank", "amount": 200}, {}]')
{}	SELECT ps_set_collection_sessions('bd_set', '[]')
{}	SELECT ps_set_collection_sessions('bd_set', (SELECT jsonb_agg('{"provider_id": "bd_card", "amount": 1}'::jsonb) FROM generate_series(1, 10000)))
{}	SELECT ps_set_collection_sessions('bd_set3', '[{"provider_id": "bd_card", "amount": 1000}]')
{id,missing,unknown}	SELECT ps_update_collection(collection_id => %s)
{amount}	SELECT ps_update_collection('bd_set', amount => %s)
{}	SELECT ps_update_collection('bd_set', 599)
{}	SELECT ps_update_collection('bd_set3', 599)
{note}	SELECT ps_update_collection('bd_set', description => %s)
{json,object}	SELECT ps_update_collection('bd_set', metadata => %s)
{id,missing,unknown}	SELECT ps_cancel_collection(collection_id => %s)
{note}	SELECT ps_cancel_collection('bd_set2', reason => %s)
{}	SELECT ps_cancel_collection('bd_set')
{id,missing,unknown}	SELECT ps_delete_collection(collection_id => %s)
{}	SELECT ps_delete_collection('bd_set')
{id,missing,unknown}	SELECT ps_get_collection(collection_id => %s)
{missing,id}	SELECT ps_get_collection('bd_set', expand => ARRAY['payments', %s])
{}	SELECT ps_get_collection('bd_set', '{payments,cart}')
{id,missing,unknown}	SELECT ps_receive(provider_id => %s, event_id => 'bd_new', status => 'authorized')
{token,missing}	SELECT ps_receive('bd_card', event_id => %s, status => 'authorized')
{unknown,missing,id}	SELECT ps_receive('bd_card', 'bd_new', status => %s)
{id}	SELECT ps_receive('bd_card', 'bd_new', 'authorized', session_id => %s)
{token}	SELECT ps_receive('bd_card', 'bd_new', 'authorized', provider_ref => %s)
{token}	SELECT ps_receive('bd_card', 'bd_new', 'captured', operation_ref => %s)
{amount}	SELECT ps_receive('bd_card', 'bd_new', 'captured', amount => %s)
{time}	SELECT ps_receive('bd_card', 'bd_new', 'authorized', occurred_at => %s)
{id,missing,unknown}	SELECT ps_resolve(provider_id => %s, event_id => 'bd_event2', apply => true)
{token,missing,unknown}	SELECT ps_resolve('bd_card', event_id => %s, apply => true)
{missing}	SELECT ps_resolve('bd_card', 'bd_event2', apply => %s)
{note}	SELECT ps_resolve('bd_card', 'bd_event2', false, note => %s)
{}	SELECT ps_resolve('bd_card', 'bd_event1', true)
{}	SELECT ps_resolve('bd_card', 'bd_event1', false)
{token,missing}	SELECT ps_idempotency_begin(key => %s, method => 'POST', path => '/', params => '{}')
{note}	SELECT ps_idempotency_begin('bd_new', method => %s, path => '/', params => '{}')
{note}	SELECT ps_idempotency_begin('bd_new', 'POST', path => %s, params => '{}')
{json}	SELECT ps_idempotency_begin('bd_new', 'POST', '/', params => %s)
{lease,far,missing}	SELECT ps_idempotency_begin('bd_new', 'POST', '/', '{}', lease => %s)
{}	SELECT ps_idempotency_begin('bd_busy', 'POST', '/carts', '{"a": 1}')
{}	SELECT ps_idempotency_begin('bd_busy', 'PUT', '/carts', '{"a": 1}')
{}	SELECT ps_idempotency_begin('bd_done', 'POST', '/cart', '{"a": 1}')
{}	SELECT ps_idempotency_begin('bd_done', 'POST', '/carts', '{"a": 1, "b": null}')
{token,missing,unknown}	SELECT ps_idempotency_advance(key => %s, recovery_point => 'paid')
{id,missing}	SELECT ps_idempotency_advance('bd_busy', recovery_point => %s)
{}	SELECT ps_idempotency_advance('bd_busy', 'finished')
{}	SELECT ps_idempotency_advance('bd_done', 'paid')
{token,missing,unknown}	SELECT ps_idempotency_finish(key => %s, code => 200)
{missing}	SELECT ps_idempotency_finish('bd_busy', code => %s)
{json}	SELECT ps_idempotency_finish('bd_busy', 200, body => %s)
{}	SELECT ps_idempotency_finish('bd_done', 201, '{"a": 1}')
{}	SELECT ps_idempotency_finish('bd_done', 200, '{"a": 2}')
{rows,missing}	SELECT ps_expire(max_rows => %s)
{missing}	SELECT ps_stuck(older_than => %s)
{far}	SELECT ps_stuck(older_than => %s)
{rows,missing}	SELECT ps_stuck(max_rows => %s)
{missing}	SELECT ps_purge(before => %s)
{rows,missing}	SELECT ps_purge('2001-01-01', max_rows => %s)
{id,missing}	SELECT ps_new_id(prefix => %s)
{}	SELECT ps_new_id('PS')
{}	SELECT ps_new_id('ps_')
{}	SELECT ps_new_id('ps1')
{}	SELECT ps_new_id(repeat('x', 17))
{id}	SELECT ps_new_id('ps', near => %s)
{id,missing,unknown}	SELECT ps_id_time(id => %s)
{}	SELECT ps_id_time('ps_01J0000000000000000000000U')
{}	SELECT ps_id_time('ps_81J00000000000000000000000')
{id,missing}	SELECT ps_route(id => %s)
\.
COPY cases (kinds, statement) FROM stdin;
{id,missing}	INSERT INTO payment_provider (id) VALUES (%s)
{missing,id}	UPDATE payment_provider SET id = %s WHERE id = 'bd_gone'
{}	UPDATE payment_provider SET id = 'bd_new' WHERE id = 'bd_card'
{missing}	UPDATE payment_provider SET is_installed = %s WHERE id = 'bd_card'
{word,missing}	UPDATE payment_provider SET capture_method = %s WHERE id = 'bd_card'
{ttl}	UPDATE payment_provider SET session_ttl = %s WHERE id = 'bd_card'
{ttl}	UPDATE payment_provider SET authorization_ttl = %s WHERE id = 'bd_card'
{}	DELETE FROM payment_provider WHERE id = 'bd_card'
{}	TRUNCATE payment_provider CASCADE
{id,missing}	INSERT INTO sales_channel (id, name) VALUES (%s, 'Web')
{missing,id}	UPDATE sales_channel SET id = %s WHERE id = 'bd_web'
{missing}	UPDATE sales_channel SET name = %s WHERE id = 'bd_web'
{missing}	UPDATE sales_channel SET is_disabled = %s WHERE id = 'bd_web'
{json,object}	INSERT INTO sales_channel (id, name, metadata) VALUES ('bd_new', 'Web', %s)
{json,object}	UPDATE sales_channel SET metadata = %s WHERE id = 'bd_web'
{}	DELETE FROM sales_channel WHERE id = 'bd_web'
{}	TRUNCATE sales_channel CASCADE
{id}	INSERT INTO cart (id) VALUES (%s)
{}	INSERT INTO cart (id) VALUES ('bd_open')
{missing,id}	UPDATE cart SET id = %s WHERE id = 'bd_open'
{currency}	UPDATE cart SET currency_code = %s WHERE id = 'bd_open'
{}	UPDATE cart SET currency_code = 'usd' WHERE id = 'bd_held'
{json,object,missing}	INSERT INTO cart (id, context) VALUES ('bd_new', %s)
{json,object,missing}	UPDATE cart SET context = %s WHERE id = 'bd_open'
{json,object,missing}	UPDATE cart SET metadata = %s WHERE id = 'bd_open'
{id,unknown}	UPDATE cart SET sales_channel_id = %s WHERE id = 'bd_open'
{number}	UPDATE cart SET subtotal = %s WHERE id = 'bd_open'
{decimal}	UPDATE cart SET raw_discount_total = %s WHERE id = 'bd_open'
{number}	UPDATE cart SET item_tax_total = %s WHERE id = 'bd_open'
{number}	UPDATE cart SET shipping_total = %s WHERE id = 'bd_open'
{number}	UPDATE cart SET shipping_tax_total = %s WHERE id = 'bd_open'
{number}	UPDATE cart SET gift_card_total = %s WHERE id = 'bd_open'
{number}	UPDATE cart SET gift_card_tax_total = %s WHERE id = 'bd_open'
{}	UPDATE cart SET subtotal = 9007199254740991, shipping_total = 1, raw_discount_total = 0, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = 'bd_open'
{}	UPDATE cart SET subtotal = 5, raw_discount_total = 0, shipping_total = 0, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = 'bd_held'
{}	UPDATE cart SET subtotal = 5, raw_discount_total = 0, shipping_total = 0, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = 'bd_paid'
{}	UPDATE cart SET total = 5 WHERE id = 'bd_priced'
{missing}	UPDATE cart SET session_count = %s WHERE id = 'bd_open'
{time}	UPDATE cart SET completed_at = %s WHERE id = 'bd_open'
{missing}	UPDATE cart SET completed_at = %s WHERE id = 'bd_paid'
{}	UPDATE cart SET completed_at = '2001-01-01' WHERE id = 'bd_paid'
{}	DELETE FROM cart WHERE id = 'bd_open'
{}	TRUNCATE cart CASCADE
{missing,unknown}	INSERT INTO cart_sales_channel (cart_id, sales_channel_id) VALUES (%s, 'bd_web')
{missing,unknown}	UPDATE cart_sales_channel SET cart_id = %s WHERE cart_id = 'bd_open'
{missing,unknown}	UPDATE cart_sales_channel SET sales_channel_id = %s WHERE cart_id = 'bd_open'
{}	TRUNCATE cart_sales_channel
{id}	INSERT INTO payment_session (id, provider_id) VALUES (%s, 'bd_card')
{}	INSERT INTO payment_session (id, provider_id) VALUES ('bd_open1', 'bd_card')
{missing,id}	UPDATE payment_session SET id = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET id = 'bd_new' WHERE id = 'bd_open1'
{id}	INSERT INTO payment_session (cart_id, provider_id) VALUES (%s, 'bd_card')
{}	INSERT INTO payment_session (cart_id, provider_id) VALUES ('bd_open', 'bd_card')
{}	INSERT INTO payment_session (cart_id, provider_id, is_selected) VALUES ('bd_priced', 'bd_gone', true)
{}	INSERT INTO payment_session (cart_id, provider_id) VALUES ('bd_paid', 'bd_card')
{}	INSERT INTO payment_session (cart_id, payment_collection_id, provider_id) VALUES ('bd_new', 'bd_set', 'bd_card')
{id,unknown}	UPDATE payment_session SET cart_id = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET cart_id = 'bd_held' WHERE id = 'bd_free'
{id,unknown}	INSERT INTO payment_session (payment_collection_id, provider_id) VALUES (%s, 'bd_card')
{}	INSERT INTO payment_session (payment_collection_id, provider_id) VALUES ('bd_set3', 'bd_card')
{}	INSERT INTO payment_session (payment_collection_id, provider_id, currency_code) VALUES ('bd_set', 'bd_card', 'usd')
{id,unknown,missing}	UPDATE payment_session SET payment_collection_id = %s WHERE id = 'bd_set4'
{id,missing,unknown}	INSERT INTO payment_session (provider_id) VALUES (%s)
{}	INSERT INTO payment_session (provider_id) VALUES ('bd_gone')
{id,missing,unknown}	UPDATE payment_session SET provider_id = %s WHERE id = 'bd_open1'
{}	INSERT INTO payment_session (provider_id, status) VALUES ('bd_card', 'error')
{}	INSERT INTO payment_session (provider_id, payment_authorized_at) VALUES ('bd_card', now())
{}	INSERT INTO payment_session (provider_id, canceled_at) VALUES ('bd_card', now())
{missing,unknown}	UPDATE payment_session SET status = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET status = 'pending' WHERE id = 'bd_held1'
{}	UPDATE payment_session SET status = 'requires_more' WHERE id = 'bd_held1'
{}	UPDATE payment_session SET status = 'error' WHERE id = 'bd_held1'
{}	UPDATE payment_session SET status = 'pending' WHERE id = 'bd_free'
{}	UPDATE payment_session SET status = 'requires_more' WHERE id = 'bd_free'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_free'
{}	UPDATE payment_session SET status = 'error' WHERE id = 'bd_free'
{}	UPDATE payment_session SET status = 'canceled' WHERE id = 'bd_paid1'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_open1'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_held2'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_late'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_bare1'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_bare2'
{}	UPDATE payment_session SET status = 'authorized' WHERE id = 'bd_set7'
{}	UPDATE payment_session SET status = 'authorized', amount = 101 WHERE id = 'bd_open2'
{}	UPDATE payment_session SET is_selected = true WHERE id = 'bd_open1'
{}	UPDATE payment_session SET is_selected = true WHERE id = 'bd_held2'
{}	UPDATE payment_session SET is_selected = false WHERE id = 'bd_held1'
{missing}	UPDATE payment_session SET is_selected = %s WHERE id = 'bd_held1'
{}	UPDATE payment_session SET is_selected = true WHERE id = 'bd_free'
{}	UPDATE payment_session SET is_selected = true WHERE id = 'bd_paid2'
{missing}	UPDATE payment_session SET is_initiated = %s WHERE id = 'bd_open1'
{amount}	INSERT INTO payment_session (provider_id, amount) VALUES ('bd_card', %s)
{amount}	UPDATE payment_session SET amount = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET amount = 101 WHERE id = 'bd_priced1'
{missing}	UPDATE payment_session SET amount = %s WHERE id = 'bd_priced1'
{missing}	UPDATE payment_session SET amount = %s WHERE id = 'bd_held1'
{}	UPDATE payment_session SET amount = 101 WHERE id = 'bd_held1'
{currency}	UPDATE payment_session SET currency_code = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET currency_code = 'usd' WHERE id = 'bd_open1'
{}	UPDATE payment_session SET currency_code = 'usd' WHERE id = 'bd_set4'
{}	UPDATE payment_session SET currency_code = 'usd' WHERE id = 'bd_held1'
{note}	UPDATE payment_session SET status_reason = %s WHERE id = 'bd_open1'
{token}	UPDATE payment_session SET provider_ref = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET provider_ref = 'bd_ref' WHERE id = 'bd_open1'
{}	UPDATE payment_session SET provider_ref = 'bd_new' WHERE id = 'bd_held1'
{token,missing}	UPDATE payment_session SET idempotency_key = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET idempotency_key = 'bd_new' WHERE id = 'bd_held1'
{json,object,missing}	INSERT INTO payment_session (provider_id, data) VALUES ('bd_card', %s)
{json,object,missing}	UPDATE payment_session SET data = %s WHERE id = 'bd_open1'
{time}	INSERT INTO payment_session (provider_id, expires_at) VALUES ('bd_card', %s)
{time}	UPDATE payment_session SET expires_at = %s WHERE id = 'bd_open1'
{time}	UPDATE payment_session SET status = 'authorized', payment_authorized_at = %s WHERE id = 'bd_open2'
{}	UPDATE payment_session SET payment_authorized_at = '2001-01-01' WHERE id = 'bd_open1'
{}	UPDATE payment_session SET payment_authorized_at = '2001-01-01' WHERE id = 'bd_held1'
{missing}	UPDATE payment_session SET payment_authorized_at = %s WHERE id = 'bd_held1'
{time}	UPDATE payment_session SET status = 'canceled', canceled_at = %s WHERE id = 'bd_open1'
{}	UPDATE payment_session SET canceled_at = '2001-01-01' WHERE id = 'bd_open1'
{missing}	UPDATE payment_session SET canceled_at = %s WHERE id = 'bd_free'
{time,missing}	UPDATE payment_session SET created_at = %s WHERE id = 'bd_open1'
{}	DELETE FROM payment_session WHERE id = 'bd_held1'
{}	DELETE FROM payment_session WHERE id = 'bd_open2'
{}	TRUNCATE payment_session CASCADE
{}	INSERT INTO payment_session_event (txid, at, to_status, is_selected, session_id, actor, role) VALUES ('1', now(), 'authorized', true, 'bd_open1', 'x', 'x')
{}	UPDATE payment_session_event SET reason = 'x' WHERE session_id = 'bd_open1'
{}	DELETE FROM payment_session_event WHERE session_id = 'bd_open1'
{}	TRUNCATE payment_session_event
{id}	INSERT INTO payment_collection (id, amount, currency_code) VALUES (%s, 5, 'eur')
{missing,id}	UPDATE payment_collection SET id = %s WHERE id = 'bd_set2'
{amount,missing}	INSERT INTO payment_collection (amount, currency_code) VALUES (%s, 'eur')
{amount,missing}	UPDATE payment_collection SET amount = %s WHERE id = 'bd_set'
{}	UPDATE payment_collection SET amount = 599 WHERE id = 'bd_set'
{}	UPDATE payment_collection SET amount = 599 WHERE id = 'bd_set3'
{currency,missing}	INSERT INTO payment_collection (amount, currency_code) VALUES (5, %s)
{currency,missing}	UPDATE payment_collection SET currency_code = %s WHERE id = 'bd_set'
{}	UPDATE payment_collection SET currency_code = 'usd' WHERE id = 'bd_set'
{id,missing}	INSERT INTO payment_collection (amount, currency_code, type) VALUES (5, 'eur', %s)
{id,missing}	UPDATE payment_collection SET type = %s WHERE id = 'bd_set'
{id}	UPDATE payment_collection SET created_by = %s WHERE id = 'bd_set'
{note}	INSERT INTO payment_collection (amount, currency_code, description) VALUES (5, 'eur', %s)
{note}	UPDATE payment_collection SET description = %s WHERE id = 'bd_set'
{json,object}	INSERT INTO payment_collection (amount, currency_code, metadata) VALUES (5, 'eur', %s)
{json,object}	UPDATE payment_collection SET metadata = %s WHERE id = 'bd_set'
{missing,unknown}	INSERT INTO payment_collection (amount, currency_code, status) VALUES (5, 'eur', %s)
{missing,unknown}	UPDATE payment_collection SET status = %s WHERE id = 'bd_set'
{}	UPDATE payment_collection SET status = 'canceled' WHERE id = 'bd_set2'
{total,missing}	INSERT INTO payment_collection (amount, currency_code, authorized_amount) VALUES (5, 'eur', %s)
{total,missing}	UPDATE payment_collection SET authorized_amount = %s WHERE id = 'bd_set'
{total,missing}	INSERT INTO payment_collection (amount, currency_code, captured_amount) VALUES (5, 'eur', %s)
{total,missing}	UPDATE payment_collection SET captured_amount = %s WHERE id = 'bd_set2'
{time,missing}	UPDATE payment_collection SET created_at = %s WHERE id = 'bd_set'
{}	DELETE FROM payment_collection WHERE id = 'bd_set'
{}	DELETE FROM payment_collection WHERE id = 'bd_set2'
{}	TRUNCATE payment_collection CASCADE
{id,missing,unknown}	INSERT INTO payment (session_id) VALUES (%s)
{}	INSERT INTO payment (session_id) VALUES ('bd_open1')
{}	INSERT INTO payment (session_id) VALUES ('bd_paid1')
{id}	INSERT INTO payment (session_id, id) VALUES ('bd_held1', %s)
{id}	INSERT INTO payment (session_id, order_id) VALUES ('bd_held1', %s)
{json,object,missing}	INSERT INTO payment (session_id, data) VALUES ('bd_held1', %s)
{json,object,missing}	INSERT INTO payment (session_id, metadata) VALUES ('bd_held1', %s)
{time}	INSERT INTO payment (session_id, authorization_expires_at) VALUES ('bd_held1', %s)
{}	INSERT INTO payment (session_id, amount) VALUES ('bd_held1', 101)
{}	INSERT INTO payment (session_id, currency_code) VALUES ('bd_held1', 'usd')
{}	INSERT INTO payment (session_id, provider_id) VALUES ('bd_held1', 'bd_bank')
{}	INSERT INTO payment (session_id, cart_id) VALUES ('bd_held1', 'bd_open')
{}	INSERT INTO payment (session_id, payment_collection_id) VALUES ('bd_held1', 'bd_set')
{}	INSERT INTO payment (session_id, captured_amount) VALUES ('bd_held1', 1)
{}	INSERT INTO payment (session_id, captured_at) VALUES ('bd_held1', now())
{}	INSERT INTO payment (session_id, canceled_at) VALUES ('bd_held1', now())
{}	INSERT INTO payment (session_id, status) VALUES ('bd_held1', 'captured')
{missing,id}	UPDATE payment SET id = %s WHERE id = 'bd_pay'
{missing,unknown}	UPDATE payment SET session_id = %s WHERE id = 'bd_pay'
{missing,unknown}	UPDATE payment SET cart_id = %s WHERE id = 'bd_pay'
{unknown}	UPDATE payment SET payment_collection_id = %s WHERE id = 'bd_pay'
{missing,unknown}	UPDATE payment SET provider_id = %s WHERE id = 'bd_pay'
{missing,currency}	UPDATE payment SET currency_code = %s WHERE id = 'bd_pay'
{missing,amount}	UPDATE payment SET amount = %s WHERE id = 'bd_pay'
{id,missing,unknown}	UPDATE payment SET order_id = %s WHERE id = 'bd_pay'
{json,object,missing}	UPDATE payment SET data = %s WHERE id = 'bd_pay'
{json,object,missing}	UPDATE payment SET metadata = %s WHERE id = 'bd_pay'
{time}	UPDATE payment SET authorization_expires_at = %s WHERE id = 'bd_pay'
{missing,total}	UPDATE payment SET captured_amount = %s WHERE id = 'bd_pay'
{missing,total}	UPDATE payment SET capture_pending = %s WHERE id = 'bd_pay2'
{missing,total}	UPDATE payment SET refunded_amount = %s WHERE id = 'bd_pay'
{missing,total}	UPDATE payment SET refund_pending = %s WHERE id = 'bd_pay'
{missing,total}	UPDATE payment SET voided_amount = %s WHERE id = 'bd_pay'
{missing,total}	UPDATE payment SET void_pending = %s WHERE id = 'bd_pay'
{missing,time}	UPDATE payment SET captured_at = %s WHERE id = 'bd_pay'
{time}	UPDATE payment SET canceled_at = %s WHERE id = 'bd_pay'
{time,missing}	UPDATE payment SET created_at = %s WHERE id = 'bd_pay'
{}	DELETE FROM payment WHERE id = 'bd_pay'
{}	TRUNCATE payment CASCADE
{}	INSERT INTO payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('bd_new', 'capture', 'bd_pay', 'bd_card', 1, 'bd_new')
{}	UPDATE payment_operation SET status = 'succeeded', finished_at = now() WHERE id = 'bd_capture'
{}	UPDATE payment_operation SET note = 'x' WHERE id = 'bd_captured'
{}	DELETE FROM payment_operation WHERE id = 'bd_capture'
{}	TRUNCATE payment_operation
{}	INSERT INTO provider_event (provider_id, event_id, status, outcome) VALUES ('bd_card', 'bd_new', 'authorized', 'applied')
{}	UPDATE provider_event SET outcome = 'dismissed' WHERE event_id = 'bd_event2'
{}	DELETE FROM provider_event WHERE event_id = 'bd_event2'
{}	TRUNCATE provider_event
{}	INSERT INTO idempotency_key (id, idempotency_key) VALUES ('bd_new', 'bd_new')
{}	UPDATE idempotency_key SET locked_at = NULL, locked_until = NULL WHERE idempotency_key = 'bd_busy'
{}	DELETE FROM idempotency_key WHERE idempotency_key = 'bd_done'
{}	TRUNCATE idempotency_key
\.
-- what may have any value of its type: arguments, and columns beside those of tables that functions alone write and those that are generated
SELECT p.proname AS function, a.name AS argument
FROM pg_proc p, unnest(p.proargnames[1:p.pronargs]) AS a (name)
WHERE p.pronamespace = 'paysession'::regnamespace AND p.proname LIKE 'ps\_%'
	AND NOT EXISTS (SELECT FROM cases WHERE statement ~ format('^SELECT %s\(.*\y%s => .*%%s', p.proname, a.name))
ORDER BY 1, 2;
SELECT c.relname AS "table", a.attname AS "column"
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'paysession'::regnamespace AND c.relkind = 'r'
	AND c.relname NOT IN ('payment_session_event', 'payment_operation', 'provider_event', 'idempotency_key')
	AND NOT EXISTS (SELECT FROM cases WHERE statement ~ format('^UPDATE %s SET (.*\y)?%s = %%s', c.relname, a.attname))
ORDER BY 1, 2;

SET search_path = paysession;
SET client_min_messages = warning;
\pset format unaligned
SELECT statement, coalesce(kind, '') AS "with", count(*) AS values, state, con AS "constraint", tab AS "table", message
FROM cases c LEFT JOIN LATERAL unnest(kinds) WITH ORDINALITY AS k (kind, m) ON true LEFT JOIN bad b USING (kind),
	LATERAL pg_temp.refusal(CASE WHEN value IS NULL THEN statement ELSE format(statement, value) END)
GROUP BY c.n, statement, m, kind, state, con, tab, message ORDER BY c.n, m, min(b.n);
\pset format aligned
RESET client_min_messages;
RESET search_path;

-- the functions of the triggers by hand, on another table, for a statement, and at another time
CREATE TABLE bd_other (id text);
SELECT tgfoid::regproc AS function, tgrelid::regclass AS "table", string_agg(DISTINCT concat_ws(' ', state, message), ', ') AS refused_with
FROM pg_trigger, unnest(ARRAY['SELECT %1$s()',
	'DO $d$ BEGIN CREATE TRIGGER bd BEFORE INSERT ON bd_other FOR EACH ROW EXECUTE FUNCTION %1$s(); INSERT INTO bd_other VALUES (''a''); END $d$',
	'DO $d$ BEGIN CREATE TRIGGER bd AFTER INSERT ON bd_other FOR EACH ROW EXECUTE FUNCTION %1$s(); INSERT INTO bd_other VALUES (''a''); END $d$',
	'DO $d$ BEGIN CREATE TRIGGER bd BEFORE DELETE ON %2$s EXECUTE FUNCTION %1$s(); DELETE FROM %2$s WHERE false; END $d$',
	'DO $d$ BEGIN CREATE TRIGGER bd AFTER DELETE ON %2$s EXECUTE FUNCTION %1$s(); DELETE FROM %2$s WHERE false; END $d$',
	'DO $d$ BEGIN CREATE TRIGGER bd %3$s UPDATE ON %2$s FOR EACH ROW EXECUTE FUNCTION %1$s(); UPDATE %2$s SET created_at = created_at WHERE id LIKE ''bd\_%%''; END $d$'])
	AS misuse, LATERAL pg_temp.refusal(format(misuse, tgfoid::regproc, tgrelid::regclass, CASE WHEN tgtype & 2 = 0 THEN 'BEFORE' ELSE 'AFTER' END))
WHERE NOT tgisinternal AND tgfoid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace)
	AND (misuse NOT LIKE '%created_at%' OR tgrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'updated_at'))
GROUP BY tgfoid, tgrelid ORDER BY tgfoid::regproc::text, tgrelid::regclass::text;
DROP TABLE bd_other;

-- after all of it
SELECT * FROM (SELECT * FROM before EXCEPT SELECT * FROM pg_temp.fingerprint()) AS changed;

-- what is just good enough
BEGIN;
SELECT length(id) AS longest, id LIKE '% %' AS spaces_within FROM paysession.ps_put_provider(repeat('x', 31) || ' ' || repeat('~', 32), session_ttl => '100 years');
SELECT amount, length(provider_ref) AS longest FROM paysession.ps_update('bd_open1', 9007199254740991, provider_ref => repeat('x', 255));
SELECT pg_column_size(data) > 60000 AS large FROM paysession.ps_update('bd_open1',
	data => jsonb_build_object('a', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 2000) n)));
SELECT data #>> array_fill('a'::text, ARRAY[64]) AS deep FROM paysession.ps_update('bd_open1', data => (repeat('{"a":', 64) || '1' || repeat('}', 64))::jsonb);
SELECT length(status_reason) AS longest FROM paysession.ps_cancel('bd_open1', repeat('x', 65536));
SELECT discount_total FROM paysession.ps_put_cart('{"id": "bd_open", "raw_discount_total": 9007199254740990.5}');
SELECT claimed_until - now() > interval '99 years' AS long FROM paysession.ps_claim('bd_capture', '100 years');
-- a key that is given twice is what JSON makes of it: the last
SELECT count(*) FROM paysession.ps_set_collection_sessions('bd_set', '[{"provider_id": "bd_none", "provider_id": "bd_bank", "amount": "x", "amount": 400}]');
-- times that are stamped, whatever is sent
UPDATE paysession.payment_provider SET created_at = 'infinity', updated_at = NULL WHERE id = 'bd_card' RETURNING isfinite(created_at), isfinite(updated_at);
UPDATE paysession.sales_channel SET created_at = 'infinity', updated_at = NULL WHERE id = 'bd_web' RETURNING isfinite(created_at), isfinite(updated_at);
UPDATE paysession.cart SET created_at = 'infinity', updated_at = NULL WHERE id = 'bd_open' RETURNING isfinite(created_at), isfinite(updated_at);
UPDATE paysession.payment_session SET updated_at = 'infinity' WHERE id = 'bd_open2' RETURNING isfinite(updated_at);
UPDATE paysession.payment_collection SET updated_at = 'infinity' WHERE id = 'bd_set' RETURNING isfinite(updated_at);
UPDATE paysession.payment SET updated_at = NULL WHERE id = 'bd_pay' RETURNING isfinite(updated_at);
ROLLBACK;
