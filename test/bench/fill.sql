-- Fills the tables in :schema anew with :carts carts of :sessions sessions
-- each: number 0 pending and selected, 1 pending, 2 failed, the rest pending.
-- Ids are of the shape that the extension makes.  pgbench knows only numbers,
-- so an id is a constant and a number of 18 or 19 digits.
SET session_replication_role = replica;

TRUNCATE :"schema".cart, :"schema".payment_session, :"schema".payment_session_event CASCADE;

INSERT INTO :"schema".cart (id, currency_code, subtotal, raw_discount_total, item_tax_total,
                            shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total)
SELECT 'cart_00000000' || 100000000000000000 + n, 'eur', 4200, 0, 798, 495, 94, 0, 0
FROM generate_series(0, :carts - 1) AS n;

INSERT INTO :"schema".payment_session (id, cart_id, provider_id, amount, currency_code, is_selected, is_initiated, status, data)
SELECT 'ps_0000000' || 1000000000000000000 + 10 * n + k, 'cart_00000000' || 100000000000000000 + n, 'provider_' || k,
       5587, 'eur', k = 0, k = 2, (CASE WHEN k = 2 THEN 'error' ELSE 'pending' END)::paysession.payment_session_status,
       jsonb_build_object('id', 'pi_' || md5(n || '.' || k), 'client_secret', md5(k || '.' || n), 'amount', 5587)
FROM generate_series(0, :carts - 1) AS n, generate_series(0, :sessions - 1) AS k;

VACUUM ANALYZE :"schema".cart, :"schema".payment_session, :"schema".payment_session_event;
SELECT FROM pg_stat_reset();
