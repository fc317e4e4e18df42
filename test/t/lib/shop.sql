-- A shop in which everything has happened: each status of each noun is there,
-- and no column is NULL throughout.  Only what every version that can be
-- updated from can do.

SELECT FROM paysession.ps_put_provider('card', capture_method => 'manual_multiple',
	session_ttl => '1 day', authorization_ttl => '7 days');
SELECT FROM paysession.ps_put_provider('wallet', session_ttl => '1 day');
SELECT FROM paysession.ps_put_provider('invoice', capture_method => 'automatic', session_ttl => '1 day');
SELECT FROM paysession.ps_put_provider('transfer', is_installed => false);
SELECT FROM paysession.ps_put_sales_channel('web', 'The shop', 'where most come from', metadata => '{"a": [1, null]}');
SELECT FROM paysession.ps_put_sales_channel('fair', 'A stall', is_disabled => true);

-- Checkouts with long histories: restored by two jobs, they are still being
-- loaded when the sessions have arrived.
DO $$
DECLARE
	c text;
	s text[];
BEGIN
	FOR i IN 1..60 LOOP
		c := 'cart_' || i;
		PERFORM paysession.ps_put_cart(jsonb_build_object(
			'id', c, 'currency_code', 'eur', 'subtotal', i * 100, 'raw_discount_total', 0.5,
			'sales_channel_id', 'web', 'sales_channels', '["web"]'::jsonb, 'context', '{"ip": "::1"}'::jsonb));
		s := ARRAY(SELECT id FROM paysession.ps_set_sessions(c) ORDER BY provider_id);
		FOR j IN 1..10 LOOP
			PERFORM paysession.ps_fail(s[1], 'declined', '{"code": "51"}');
			PERFORM paysession.ps_retry(s[1]);
		END LOOP;
		PERFORM paysession.ps_require_more(s[2], provider_ref => 'pi_' || i);
		CASE i % 5
			WHEN 0 THEN
				PERFORM paysession.ps_begin(s[1]);
				PERFORM paysession.ps_authorize(s[1]);
				CONTINUE WHEN i % 10 <> 0;
				PERFORM paysession.ps_capture((paysession.ps_complete_cart(c, order_id => 'order_' || i)).id);
				PERFORM paysession.ps_refund(id, 10, 'return', lease => '1 hour') FROM paysession.payment
					WHERE cart_id = c;
			WHEN 1 THEN PERFORM paysession.ps_cancel(s[2], 'gave up');
			WHEN 2 THEN PERFORM paysession.ps_select(s[3]);
			WHEN 3 THEN PERFORM paysession.ps_delete(s[3]);
			ELSE PERFORM paysession.ps_put_cart(jsonb_build_object('id', c, 'subtotal', 0));
		END CASE;
	END LOOP;
END
$$;
SELECT FROM paysession.ps_create('cart_failed', 'card', 100, id => 'ps_failed', currency_code => 'usd');
SELECT FROM paysession.ps_begin('ps_failed');
SELECT FROM paysession.ps_fail('ps_failed', E'declined: \\N is no\tNULL\nnor "é" a letter of ours');
SELECT FROM paysession.ps_create('cart_begun', 'card', 100, id => 'ps_begun', currency_code => 'usd');
SELECT FROM paysession.ps_begin('ps_begun', '1 hour');
SELECT FROM paysession.ps_create('cart_gone', 'wallet', id => 'ps_gone');
SELECT FROM paysession.ps_cancel('ps_gone');
DELETE FROM paysession.payment_session WHERE id = 'ps_gone';
SELECT FROM paysession.ps_create('cart_big', 'card', 9007199254740991, id => 'ps_big', currency_code => 'usd',
	data => jsonb_build_object('noise', (SELECT string_agg(md5(i::text), E'\\\n') FROM generate_series(1, 1500) AS i)));
SELECT FROM paysession.ps_put_cart('{"id": "cart_taxed", "currency_code": "eur", "metadata": {"gift": true}, "gift_cards": [{"balance": 50, "tax_rate": 20}],
	"items": [{"id": "i", "unit_price": 199, "quantity": 3, "tax_rates": [7.7], "adjustments": [{"amount": 33.3, "discount_id": null}]}],
	"shipping_methods": [{"id": "s", "price": 50, "tax_rates": [19]}]}');
INSERT INTO paysession.payment_session (provider_id) VALUES ('card');

-- A payment for each way that money can go.
CREATE FUNCTION pg_temp.pay(story text, provider text DEFAULT 'card') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_create('cart_' || story, provider, 100, id => 'ps_' || story, currency_code => 'eur');
	PERFORM paysession.ps_begin('ps_' || story);
	PERFORM paysession.ps_authorize('ps_' || story, provider_ref => 'pi_' || story);
	RETURN (SELECT id FROM paysession.ps_complete_cart('cart_' || story, order_id => 'order_' || story));
END
$$;
DO $$
DECLARE
	p text;
BEGIN
	PERFORM paysession.ps_update_payment(pg_temp.pay('open'), metadata => '{"gift": true}');
	PERFORM paysession.ps_capture(pg_temp.pay('half'), 50);
	p := pg_temp.pay('asked');
	PERFORM paysession.ps_capture(p, 30, lease => '1 millisecond', idempotency_key => 'first parcel', metadata => '{"parcel": 1}');
	PERFORM paysession.ps_capture(p, 20, final => true, lease => '1 hour');
	PERFORM paysession.ps_finish(id, 'unknown') FROM paysession.ps_void(pg_temp.pay('doubtful'), lease => '1 hour');
	PERFORM paysession.ps_finish(id, 'failed', reason => 'too late') FROM paysession.ps_void(pg_temp.pay('kept'), lease => '1 hour');
	PERFORM paysession.ps_void(pg_temp.pay('void'), reason => 'sold out', provider_ref => 'void_1');
	p := pg_temp.pay('stumbling');
	PERFORM paysession.ps_finish(id, 'failed', reason => 'try later') FROM paysession.ps_capture(p, lease => '1 hour');
	PERFORM paysession.ps_finish(id, 'reversed', reason => 'the debit bounced') FROM paysession.ps_capture(p, 40);
	PERFORM paysession.ps_capture(p, 60, final => true, provider_ref => 'ch_stumbling');
	p := pg_temp.pay('returned', 'invoice');
	PERFORM paysession.ps_refund(p, 30, 'return', 'too small', idempotency_key => 'return 1');
	PERFORM paysession.ps_finish(id, 'reversed', reason => 'the account is closed') FROM paysession.ps_refund(p, 20);
	PERFORM paysession.ps_finish(id, 'failed', reason => 'not enough money') FROM paysession.ps_refund(p, 20, 'claim', lease => '1 hour');
	PERFORM paysession.ps_refund(pg_temp.pay('sent_back', 'invoice'), reason => 'return');
END
$$;

DO $$
DECLARE
	s text[];
BEGIN
	FOR i IN 1..20 LOOP
		INSERT INTO paysession.payment_collection (id, amount, currency_code, description, created_by, metadata)
			VALUES ('paycol_' || i, 300, 'eur', 'what a changed order costs', 'clerk', '{"a": [1, null]}');
		s := ARRAY(SELECT id FROM paysession.ps_set_collection_sessions('paycol_' || i,
			'[{"provider_id": "card", "amount": 100}, {"provider_id": "card", "amount": 200}]') ORDER BY amount);
		CASE i % 5
			WHEN 0 THEN PERFORM paysession.ps_cancel_collection('paycol_' || i, 'gave up');
			WHEN 1 THEN PERFORM paysession.ps_authorize(s[1]);
			WHEN 2 THEN
				PERFORM paysession.ps_authorize(unnest(s));
				PERFORM paysession.ps_capture((paysession.ps_promote(s[1])).id, 99, final => true);
			WHEN 3 THEN PERFORM paysession.ps_fail(unnest(s), 'declined');
			ELSE NULL;
		END CASE;
	END LOOP;
	PERFORM paysession.ps_create_collection(100, 'eur');
	PERFORM paysession.ps_capture((paysession.ps_promote((paysession.ps_authorize(s.id)).id)).id)
	FROM paysession.ps_create_collection(100, 'eur') AS c,
		paysession.ps_set_collection_sessions(c.id, '[{"provider_id": "card", "amount": 100}]') AS s;
	PERFORM paysession.ps_authorize(s.id)
	FROM paysession.ps_create_collection(100, 'eur') AS c,
		paysession.ps_set_collection_sessions(c.id, '[{"provider_id": "card", "amount": 100}]') AS s;
END
$$;

-- What providers have reported.
SELECT FROM paysession.ps_create('cart_paid', 'card', 100, id => 'ps_paid', currency_code => 'eur');
SELECT FROM paysession.ps_receive('card', 'evt_asked', 'requires_more', 'ps_paid');
SELECT FROM paysession.ps_receive('card', 'evt_no', 'error', 'ps_paid');
SELECT FROM paysession.ps_receive('card', 'evt_paid', 'authorized', 'ps_paid', amount => 100, occurred_at => now());
SELECT FROM paysession.ps_receive('card', 'evt_behind', 'pending', 'ps_paid');
SELECT FROM paysession.ps_receive('card', 'evt_canceled', 'canceled', 'ps_void');
SELECT FROM (VALUES ('captured', 'ch_0', 100), ('capture_failed', 'ch_1', 100), ('refunded', 're_1', 10), ('refund_failed', 're_2', 10),
		('voided', 'void_2', 10), ('disputed', 'dp_1', 10), ('dispute_won', 'dp_1', 10), ('dispute_lost', 'dp_2', 10)) AS e (status, ref, amount),
	paysession.ps_receive('invoice', 'evt_' || e.status, e.status, 'ps_returned', operation_ref => e.ref, amount => e.amount);
SELECT FROM paysession.ps_receive('card', 'evt_captured', 'captured', 'ps_stumbling', operation_ref => 'ch_stumbling', amount => 60);
SELECT FROM paysession.ps_create('cart_left', 'card', 100, id => 'ps_left', currency_code => 'eur');
SELECT FROM paysession.ps_cancel('ps_left');
SELECT FROM paysession.ps_receive('card', 'evt_after_all', 'authorized', 'ps_left', 'pi_left', 'auth_left', 100, occurred_at => now());
SELECT FROM paysession.ps_receive('card', 'evt_late', 'authorized', 'ps_late', provider_ref => 'pi_late', payload => '{"a": [1, null]}');
SELECT FROM paysession.ps_receive('card', 'evt_lost', 'captured', amount => 1);
SELECT FROM paysession.ps_resolve('card', 'evt_lost', false, 'not ours');

SELECT FROM paysession.ps_idempotency_begin('done', 'POST', '/', '{"a": [1, null]}');
SELECT FROM paysession.ps_idempotency_finish('done', 200, '"ok"');
SELECT FROM paysession.ps_idempotency_begin('held', 'POST', '/', NULL, '1 hour');
SELECT FROM paysession.ps_idempotency_advance('held', 'half way');
SELECT FROM paysession.ps_idempotency_begin('new', NULL, NULL, NULL);

-- What was imported: a session with its history; a payment of which no session
-- is known, and its capture.
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.cart (id, created_at, updated_at) VALUES ('cart_old', '2021-05-01', '2021-05-01');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, status, status_reason, created_at, updated_at, canceled_at)
	VALUES ('ps_old', 'cart_old', 'card', 'canceled', 'gave up', '2021-05-01', '2021-05-02', '2021-05-02');
INSERT INTO paysession.payment_session_event (session_id, at, from_status, to_status, is_selected, reason, txid, actor, role)
	VALUES ('ps_old', '2021-05-01', NULL, 'pending', false, NULL, '1', 'clerk', 'shop'),
		('ps_old', '2021-05-02', 'pending', 'canceled', false, 'gave up', '1', 'clerk', 'shop');
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount, captured_at, order_id, created_at)
	VALUES ('pay_old', 'card', 'eur', 5000, 5000, '2021-05-02', 'order_old', '2021-05-01');
INSERT INTO paysession.payment_operation (id, kind, status, payment_id, provider_id, amount, provider_idempotency_key, created_at, finished_at)
	VALUES ('op_old', 'capture', 'succeeded', 'pay_old', 'card', 5000, 'old', '2021-05-02', '2021-05-02');
COMMIT;

-- What the shop itself keeps.
CREATE TABLE shop_order (id text PRIMARY KEY, payment_id text NOT NULL REFERENCES paysession.payment);
INSERT INTO shop_order SELECT order_id, id FROM paysession.payment WHERE order_id IS NOT NULL;
