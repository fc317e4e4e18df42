-- What goes on in the shop of fill.sql and defects.sql after it was brought in.

\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
CREATE FUNCTION pg_temp.id(prefix text, key text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
	SELECT prefix || '_01HQ' || upper(left(md5(prefix || key), 22))
$$;
UPDATE payment_provider SET is_installed = true WHERE id = 'klarna';
UPDATE sales_channel SET name = 'World' WHERE id = 'sc_web';
UPDATE cart SET metadata = '{"gift": true}' WHERE id = pg_temp.id('cart', '25');

-- selected; selected instead of another one; paid after an error
UPDATE payment_session SET is_selected = true, is_initiated = true, data = '{"id": "pi_chosen"}' WHERE id = pg_temp.id('ps', '1stripe');
UPDATE payment_session SET is_selected = NULL WHERE id = pg_temp.id('ps', '2stripe');
UPDATE payment_session SET is_selected = true WHERE id = pg_temp.id('ps', '2paypal');
UPDATE payment_session SET status = 'authorized', payment_authorized_at = '2026-01-01' WHERE id = pg_temp.id('ps', '4stripe');
-- with another card
UPDATE payment_session SET data = '{"id": "pi_number", "pan": "5555555555554444", "brand": "other"}' WHERE id = 'ps_number';
-- in another one's place; deleted although it is authorized
UPDATE payment_session SET id = 'ps_fresh', status = 'pending' WHERE id = pg_temp.id('ps', '24paypal');
DELETE FROM payment_session WHERE id = 'ps_untimed';
-- a move that there is not
UPDATE payment_session SET status = 'pending', payment_authorized_at = NULL WHERE id = 'ps_refreshed';

-- from an open cart to a captured order; an order of what was paid before
INSERT INTO "order" SELECT 'order_' || c, 'cart_' || c, 'reg_eur', 'eur' FROM unnest('{first,over}'::text[]) AS c;
INSERT INTO line_item (id, cart_id, order_id, title, unit_price, quantity)
SELECT 'item_' || c, 'cart_' || c, 'order_' || c, 'A thing', 5399, 1 FROM unnest('{first,over}'::text[]) AS c;
UPDATE cart SET completed_at = '2026-01-01' WHERE id IN ('cart_first', 'cart_over');
UPDATE payment_session SET status = 'authorized', payment_authorized_at = '2026-01-01' WHERE id = 'ps_first';
INSERT INTO payment (id, cart_id, order_id, amount, currency_code, provider_id, data, captured_at)
VALUES ('pay_first', 'cart_first', 'order_first', 5399, 'eur', 'stripe', '{}', '2026-01-02');
UPDATE payment SET order_id = 'order_over' WHERE id = 'pay_over';

-- captured, canceled, refunded, refunded once too often, forgotten, mended
UPDATE payment SET captured_at = '2026-01-01' WHERE id = pg_temp.id('pay', '7');
UPDATE payment SET canceled_at = '2026-01-01' WHERE id = pg_temp.id('pay', '27');
INSERT INTO refund (id, payment_id, amount, reason) VALUES ('ref_later', pg_temp.id('pay', '8'), 1, 'return'), ('ref_again', pg_temp.id('pay', '12'), 1, 'return');
UPDATE payment SET amount_refunded = 1 WHERE id = pg_temp.id('pay', '8');
DELETE FROM refund WHERE id = 'ref_number';
UPDATE payment SET canceled_at = NULL, amount_refunded = 10 WHERE id = 'pay_both';

-- a part of a collection
UPDATE payment_session SET status = 'authorized', payment_authorized_at = '2026-01-01' WHERE id = pg_temp.id('ps', '19/1');
UPDATE payment_collection SET authorized_amount = 350, status = 'partially_authorized' WHERE id = pg_temp.id('paycol', '19');
INSERT INTO payment (id, amount, currency_code, provider_id, data, captured_at)
SELECT 'pay_part', 350, currency_code, 'stripe', '{}', '2026-01-02' FROM payment_collection WHERE id = pg_temp.id('paycol', '19');
INSERT INTO payment_collection_payments VALUES (pg_temp.id('paycol', '19'), 'pay_part');

INSERT INTO cart (id, region_id) VALUES ('cart_late', 'reg_eur');
INSERT INTO payment_session (id, cart_id, provider_id, is_selected, is_initiated, status, data, amount, payment_authorized_at)
VALUES ('ps_late', 'cart_late', 'manual', true, true, 'authorized', '{}', 100, '2026-01-01');
INSERT INTO payment (id, cart_id, amount, currency_code, provider_id, data) VALUES ('pay_late', 'cart_late', 100, 'eur', 'manual', '{}');
COMMIT;
