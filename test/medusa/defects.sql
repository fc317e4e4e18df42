-- What goes wrong in a Medusa shop, once each, beside the shop of fill.sql: what
-- its races leave behind, what its services let through, what plain SQL may do.

\set ON_ERROR_STOP on
\set QUIET on
\o /dev/null
BEGIN;
INSERT INTO currency VALUES ('points', '', '', 'Points');
INSERT INTO region (id, name, currency_code, tax_rate) VALUES ('reg_points', 'Points', 'points', 0);

CREATE FUNCTION pg_temp.cart(key text, region text DEFAULT 'reg_eur') RETURNS void LANGUAGE sql AS $$
	INSERT INTO cart (id, region_id, created_at, updated_at) VALUES ('cart_' || key, region, '2025-01-01', '2025-01-02')
$$;
CREATE FUNCTION pg_temp.session(key text, cart text, status text, selected boolean DEFAULT true, amount integer DEFAULT 5399, provider text DEFAULT 'stripe',
	data jsonb DEFAULT '{}', at timestamptz DEFAULT '2025-01-02') RETURNS void LANGUAGE sql AS $$
	INSERT INTO payment_session (id, cart_id, provider_id, is_selected, is_initiated, status, data, amount, payment_authorized_at, created_at, updated_at)
	VALUES ('ps_' || key, 'cart_' || cart, provider, nullif(selected, false), selected, status::payment_session_status_enum, data, amount,
		CASE status WHEN 'authorized' THEN at END, '2025-01-01', '2025-01-02')
$$;
CREATE FUNCTION pg_temp.payment(key text, cart text, amount integer DEFAULT 5399, captured boolean DEFAULT false, canceled boolean DEFAULT false,
	provider text DEFAULT 'stripe', currency text DEFAULT 'eur', refunded integer DEFAULT 0) RETURNS void LANGUAGE sql AS $$
	INSERT INTO payment (id, cart_id, amount, currency_code, provider_id, data, captured_at, canceled_at, amount_refunded, created_at)
	VALUES ('pay_' || key, 'cart_' || cart, amount, currency, provider, '{}', CASE WHEN captured THEN '2025-01-03'::timestamptz END,
		CASE WHEN canceled THEN '2025-01-04'::timestamptz END, refunded, '2025-01-02')
$$;
CREATE FUNCTION pg_temp.order(key text, cart text, total integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO "order" VALUES ('order_' || key, 'cart_' || cart, 'reg_eur', 'eur', '2025-01-02');
	INSERT INTO line_item (id, cart_id, order_id, title, unit_price, quantity) VALUES ('item_' || key, 'cart_' || cart, 'order_' || key, 'A thing', total, 1);
	UPDATE cart SET completed_at = '2025-01-02' WHERE id = 'cart_' || $2;
	UPDATE payment SET order_id = 'order_' || key WHERE cart_id = 'cart_' || cart
$$;
CREATE FUNCTION pg_temp.refund(key text, payment text, amount integer, note text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	INSERT INTO refund (id, payment_id, amount, reason, note, created_at) VALUES ('ref_' || key, 'pay_' || payment, amount, 'other', note, '2025-01-05')
$$;
CREATE FUNCTION pg_temp.collection(key text, amount integer, authorized integer DEFAULT NULL, status text DEFAULT 'not_paid') RETURNS void LANGUAGE sql AS $$
	INSERT INTO payment_collection (id, type, status, amount, authorized_amount, region_id, currency_code, created_by, created_at, updated_at)
	VALUES ('paycol_' || key, 'order_edit', status::"PAYMENT_COLLECTION_STATUS_ENUM", amount, authorized, 'reg_eur', 'eur', 'usr_clerk', '2025-01-01', '2025-01-02')
$$;
CREATE FUNCTION pg_temp.part(key text, collection text, status text, amount integer, provider text DEFAULT 'stripe') RETURNS void LANGUAGE sql AS $$
	INSERT INTO payment_session (id, provider_id, is_initiated, status, data, amount, payment_authorized_at, created_at, updated_at)
	VALUES ('ps_' || key, provider, true, status::payment_session_status_enum, '{}', amount,
		CASE status WHEN 'authorized' THEN '2025-01-02'::timestamptz END, '2025-01-01', '2025-01-02');
	INSERT INTO payment_collection_sessions SELECT 'paycol_' || collection, 'ps_' || key WHERE collection IS NOT NULL
$$;
CREATE FUNCTION pg_temp.part_paid(key text, collection text, amount integer, provider text DEFAULT 'stripe') RETURNS void LANGUAGE sql AS $$
	INSERT INTO payment (id, amount, currency_code, provider_id, data, created_at) VALUES ('pay_' || key, amount, 'eur', provider, '{}', '2025-01-02');
	INSERT INTO payment_collection_payments SELECT 'paycol_' || collection, 'pay_' || key WHERE collection IS NOT NULL
$$;

-- Carts without a currency, deleted, or with an id or a time that is none.
SELECT pg_temp.cart('points', 'reg_points'), pg_temp.session('points', 'points', 'pending');
SELECT pg_temp.cart('deleted'), pg_temp.session('deleted', 'deleted', 'pending');
SELECT pg_temp.cart('paid'), pg_temp.session('paid', 'paid', 'authorized'), pg_temp.payment('paid', 'paid');
UPDATE cart SET deleted_at = '2025-01-03' WHERE id IN ('cart_deleted', 'cart_paid');
SELECT pg_temp.cart('spaced '), pg_temp.cart('endless');
UPDATE cart SET created_at = 'infinity' WHERE id = 'cart_endless';
SELECT pg_temp.cart('card');
UPDATE cart SET metadata = '{"note": "4111 1111 1111 1111"}', context = '{"card": {"cvc": "123"}}' WHERE id = 'cart_card';

-- What was authorized is not what the cart or the payment says.
SELECT pg_temp.cart('taxed'), pg_temp.session('taxed', 'taxed', 'authorized', amount => 4499), pg_temp.payment('taxed', 'taxed', captured => true),
	pg_temp.order('taxed', 'taxed', 5399);
SELECT pg_temp.cart('grown'), pg_temp.session('grown', 'grown', 'authorized', amount => 7199), pg_temp.payment('grown', 'grown'), pg_temp.refund('grown', 'grown', 10);
SELECT pg_temp.cart('other'), pg_temp.session('other', 'other', 'authorized'), pg_temp.payment('other', 'other'), pg_temp.order('other', 'other', 5399),
	pg_temp.session('stale', 'other', 'pending', false, 1, 'paypal');
SELECT pg_temp.cart('huge'), pg_temp.order('huge', 'huge', 2147483647);
UPDATE line_item SET quantity = unit_price WHERE id = 'item_huge';
SELECT pg_temp.cart('minus'), pg_temp.session('minus', 'minus', 'pending', amount => -5);
SELECT pg_temp.cart('nothing'), pg_temp.session('nothing', 'nothing', 'authorized', amount => 0);

-- Providers that are not there, sessions without a cart.
SELECT pg_temp.cart('ghost'), pg_temp.session('ghost', 'ghost', 'authorized', provider => 'ghost'), pg_temp.payment('ghost', 'ghost', provider => 'ghost');
SELECT pg_temp.part('detached', NULL, 'pending', 5399), pg_temp.part('detached_paid', NULL, 'authorized', 5399);

-- Selected and authorized are two things.
SELECT pg_temp.cart('left'), pg_temp.session('left', 'left', 'authorized', false), pg_temp.session('right', 'left', 'pending', provider => 'paypal');
SELECT pg_temp.cart('switched'), pg_temp.session('switched', 'switched', 'authorized', false), pg_temp.payment('switched', 'switched'),
	pg_temp.session('chosen', 'switched', 'pending', provider => 'paypal');
SELECT pg_temp.cart('refreshed'), pg_temp.session('refreshed', 'refreshed', 'authorized', false);
SELECT pg_temp.cart('refused'), pg_temp.session('refused', 'refused', 'canceled');
SELECT pg_temp.cart('untimed'), pg_temp.session('untimed', 'untimed', 'authorized', at => NULL);
SELECT pg_temp.cart('once'), pg_temp.session('once', 'once', 'pending');
UPDATE payment_session SET payment_authorized_at = '2025-01-02' WHERE id = 'ps_once';
SELECT pg_temp.cart('again'), pg_temp.session('again', 'again', 'pending'), pg_temp.payment('again', 'again');

-- One session at the provider for two; one key for two; documents.
SELECT pg_temp.cart('first'), pg_temp.session('first', 'first', 'pending', data => '{"id": "pi_twice"}');
SELECT pg_temp.cart('second'), pg_temp.session('second', 'second', 'pending', data => '{"id": "pi_twice"}');
UPDATE payment_session SET idempotency_key = 'once for all' WHERE id IN ('ps_first', 'ps_second');
SELECT pg_temp.cart('number'), pg_temp.session('number', 'number', 'authorized', data => '{"id": "pi_number", "pan": 4111111111111111}');
SELECT pg_temp.cart('list'), pg_temp.session('list', 'list', 'pending', data => '[1, 2]');
SELECT pg_temp.cart('large'), pg_temp.session('large', 'large', 'pending', data => jsonb_build_object('noise', repeat('noise ', 20000)));

-- Payments: two of one session, captured and canceled, in no currency, of nothing.
SELECT pg_temp.collection('twice', 1000, 1000, 'authorized'), pg_temp.part('twice', 'twice', 'authorized', 1000),
	pg_temp.part_paid('twice_1', 'twice', 1000), pg_temp.part_paid('twice_2', 'twice', 1000), pg_temp.part_paid('twice_3', NULL, 1000);
SELECT pg_temp.cart('both'), pg_temp.session('both', 'both', 'authorized'), pg_temp.payment('both', 'both', captured => true, canceled => true),
	pg_temp.refund('both', 'both', 10);
SELECT pg_temp.cart('paid_points'), pg_temp.session('paid_points', 'paid_points', 'authorized'), pg_temp.payment('paid_points', 'paid_points', currency => 'points');
SELECT pg_temp.cart('paid_dollars'), pg_temp.session('paid_dollars', 'paid_dollars', 'authorized'), pg_temp.payment('paid_dollars', 'paid_dollars', currency => 'usd');
SELECT pg_temp.cart('paid_minus'), pg_temp.payment('paid_minus', 'paid_minus', amount => -1);

-- Refunds: more than was paid, of what was not captured, negative, of nothing.
SELECT pg_temp.cart('over'), pg_temp.session('over', 'over', 'authorized'), pg_temp.payment('over', 'over', captured => true, refunded => 1000);
SELECT pg_temp.refund('over_' || n, 'over', 1000) FROM generate_series(1, 8) AS n;
SELECT pg_temp.cart('early'), pg_temp.session('early', 'early', 'authorized'), pg_temp.payment('early', 'early'), pg_temp.refund('early', 'early', 1);
SELECT pg_temp.cart('negative'), pg_temp.session('negative', 'negative', 'authorized'), pg_temp.payment('negative', 'negative', captured => true, refunded => -100),
	pg_temp.refund('negative', 'negative', -100), pg_temp.refund('number', 'negative', 1, 'to 4111111111111111');
UPDATE payment SET amount_refunded = -99 WHERE id = 'pay_negative';
SELECT pg_temp.refund('nothing', NULL, 100);
-- An order's refund, of its newest payments, as it should be; of one that is not captured.
SELECT pg_temp.cart('older'), pg_temp.session('older', 'older', 'authorized'), pg_temp.payment('older', 'older', captured => true, refunded => 601),
	pg_temp.order('older', 'older', 5399), pg_temp.cart('newer'), pg_temp.session('newer', 'newer', 'authorized'),
	pg_temp.payment('newer', 'newer', captured => true, refunded => 5399);
UPDATE payment SET order_id = 'order_older', created_at = '2025-01-03' WHERE id = 'pay_newer';
INSERT INTO refund (id, order_id, amount, reason, created_at) VALUES ('ref_older', 'order_older', 6000, 'other', '2025-01-05');
SELECT pg_temp.cart('old'), pg_temp.session('old', 'old', 'authorized'), pg_temp.payment('old', 'old', captured => true), pg_temp.order('old', 'old', 5399),
	pg_temp.cart('new'), pg_temp.session('new', 'new', 'authorized'), pg_temp.payment('new', 'new', refunded => 5399);
UPDATE payment SET order_id = 'order_old', created_at = '2025-01-03' WHERE id = 'pay_new';
INSERT INTO refund (id, order_id, amount, reason, created_at) VALUES ('ref_old', 'order_old', 5399, 'other', '2025-01-05');

-- Collections: with too many sessions, by decree, too small, of nothing, deleted,
-- canceled, with a session that a refresh has unlinked, or that is in another one, too.
SELECT pg_temp.collection('over', 1000), pg_temp.part('over_1', 'over', 'pending', 1000), pg_temp.part('over_2', 'over', 'pending', 1000);
SELECT pg_temp.collection('decreed', 1000, 1000, 'authorized'), pg_temp.part('decreed', 'decreed', 'pending', 1000);
SELECT pg_temp.collection('small', 10, 1000, 'authorized'), pg_temp.part('small', 'small', 'authorized', 1000), pg_temp.part_paid('small', 'small', 1000);
SELECT pg_temp.collection('nothing', 0);
SELECT pg_temp.collection('deleted', 1000), pg_temp.collection('deleted_paid', 1000, 1000, 'authorized'), pg_temp.part('deleted_paid', 'deleted_paid', 'authorized', 1000),
	pg_temp.part_paid('deleted_paid', 'deleted_paid', 1000);
UPDATE payment_collection SET deleted_at = '2025-01-03' WHERE id IN ('paycol_deleted', 'paycol_deleted_paid');
SELECT pg_temp.collection('canceled', 1000, NULL, 'canceled'), pg_temp.part('canceled', 'canceled', 'pending', 1000);
SELECT pg_temp.collection('unlinked', 1000, 1000, 'authorized'), pg_temp.part('linked', 'unlinked', 'authorized', 650, 'paypal'), pg_temp.part('unlinked', NULL, 'authorized', 350),
	pg_temp.part_paid('linked', 'unlinked', 650, 'paypal'), pg_temp.part_paid('unlinked', 'unlinked', 350);
SELECT pg_temp.collection('shared_1', 100), pg_temp.collection('shared_2', 100), pg_temp.part('shared', 'shared_1', 'pending', 100);
INSERT INTO payment_collection_sessions VALUES ('paycol_shared_2', 'ps_shared');
COMMIT;
