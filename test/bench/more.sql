-- Adds carts number :from to :until - 1, with three sessions each, the first
-- of them selected, to what there is.
SET session_replication_role = replica;

INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, item_tax_total,
                             shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total)
SELECT 'cart_00000000' || 100000000000000000 + n, 'eur', 4200, 0, 798, 495, 94, 0, 0
FROM generate_series(:from, :until - 1) AS n;

INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, is_selected, data)
SELECT 'ps_0000000' || 1000000000000000000 + 100 * n + k, 'cart_00000000' || 100000000000000000 + n, 'provider_' || k,
       5587, 'eur', k = 0,
       jsonb_build_object('id', 'pi_' || md5(n || '.' || k), 'client_secret', md5(k || '.' || n), 'amount', 5587)
FROM generate_series(:from, :until - 1) AS n, generate_series(0, 2) AS k;

VACUUM ANALYZE paysession.cart, paysession.payment_session;
