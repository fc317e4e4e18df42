-- Fills the tables in :schema anew with five groups of carts, :carts in group 0
-- and :others in each of the rest.  Those of group 0 have :sessions sessions
-- each: number 0 pending and selected, 1 pending, 2 failed, the rest pending.
-- Those of groups 1 to 3 have one, number 0, authorized: in group 1 that is
-- all, in 2 it is a payment, in 3 a captured one.  Those of group 4 have none.
-- Ids are of the shape that the extension makes.  pgbench knows only numbers,
-- so an id is a constant and a number of 18 or 19 digits.
SET session_replication_role = replica;

TRUNCATE :"schema".cart, :"schema".payment_session, :"schema".payment_session_event, :"schema".provider_event CASCADE;

INSERT INTO :"schema".cart (id, currency_code, subtotal, raw_discount_total, item_tax_total,
                            shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total)
SELECT 'cart_00000000' || 100000000000000000 + n, 'eur', 4200, 0, 798, 495, 94, 0, 0
FROM generate_series(0, :carts + 4 * :others - 1) AS n;

INSERT INTO :"schema".payment_session (id, cart_id, provider_id, amount, currency_code, is_selected, is_initiated, status, data)
SELECT 'ps_0000000' || 1000000000000000000 + 100 * n + k, 'cart_00000000' || 100000000000000000 + n, 'provider_' || k,
       5587, 'eur', k = 0, k = 2, (CASE WHEN k = 2 THEN 'error' ELSE 'pending' END)::paysession.payment_session_status,
       jsonb_build_object('id', 'pi_' || md5(n || '.' || k), 'client_secret', md5(k || '.' || n), 'amount', 5587)
FROM generate_series(0, :carts - 1) AS n, generate_series(0, :sessions - 1) AS k;

INSERT INTO :"schema".payment_session (id, cart_id, provider_id, amount, currency_code, is_selected, is_initiated, status,
                                       payment_authorized_at, data)
SELECT 'ps_0000000' || 1000000000000000000 + 100 * n, 'cart_00000000' || 100000000000000000 + n, 'provider_0',
       5587, 'eur', true, true, 'authorized', now(),
       jsonb_build_object('id', 'pi_' || md5(n || '.0'), 'client_secret', md5('0.' || n), 'amount', 5587)
FROM generate_series(:carts, :carts + 3 * :others - 1) AS n;

INSERT INTO :"schema".payment (id, session_id, cart_id, provider_id, amount, currency_code, captured_amount, captured_at)
SELECT 'pay_0000000' || 1000000000000000000 + 100 * n, 'ps_0000000' || 1000000000000000000 + 100 * n,
       'cart_00000000' || 100000000000000000 + n, 'provider_0', 5587, 'eur',
       CASE WHEN n < :carts + 2 * :others THEN 0 ELSE 5587 END, CASE WHEN n >= :carts + 2 * :others THEN now() END
FROM generate_series(:carts + :others, :carts + 3 * :others - 1) AS n;

INSERT INTO :"schema".payment_operation (id, kind, status, final, session_id, payment_id, provider_id, amount,
                                         provider_idempotency_key, finished_at)
SELECT 'op_1000000' || 1000000000000000000 + 100 * n, 'capture', 'succeeded', true,
       'ps_0000000' || 1000000000000000000 + 100 * n, 'pay_0000000' || 1000000000000000000 + 100 * n,
       'provider_0', 5587, 'op_1000000' || 1000000000000000000 + 100 * n, now()
FROM generate_series(:carts + 2 * :others, :carts + 3 * :others - 1) AS n;

VACUUM ANALYZE :"schema".cart, :"schema".payment_session, :"schema".payment_session_event,
	:"schema".payment, :"schema".payment_operation, :"schema".provider_event;
SELECT FROM pg_stat_reset();
