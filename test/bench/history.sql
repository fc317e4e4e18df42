-- Writes :sessions sessions that were paid, given up or are open, three of a
-- cart, and an event of each, into the files :sessions_file and :events_file.
-- Their carts are in both schemas.
SET session_replication_role = replica;

TRUNCATE paysession.cart, paysession.payment_session, paysession.payment_session_event CASCADE;
TRUNCATE statement.cart, statement.payment_session, statement.payment_session_event CASCADE;

INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, item_tax_total,
                             shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total)
SELECT 'cart_00000000' || 100000000000000000 + n, 'eur', 4200, 0, 798, 495, 94, 0, 0
FROM generate_series(0, :sessions / 3) AS n;

INSERT INTO statement.cart (id, currency_code) SELECT id, currency_code FROM paysession.cart;

INSERT INTO statement.payment_session (id, cart_id, provider_id, amount, currency_code, is_selected, is_initiated, status,
                                       payment_authorized_at, canceled_at, created_at, updated_at, data)
SELECT 'ps_0000000' || 1000000000000000000 + 100 * (i / 3) + k, 'cart_00000000' || 100000000000000000 + i / 3, 'provider_' || k,
       5587, 'eur', k = 0, k <> 1, ('{authorized,pending,canceled}'::paysession.payment_session_status[])[k + 1],
       CASE k WHEN 0 THEN at END, CASE k WHEN 2 THEN at END, at - interval '1 minute', at,
       jsonb_build_object('id', 'pi_' || md5(i::text), 'client_secret', md5('secret ' || i), 'amount', 5587)
FROM generate_series(0, :sessions - 1) AS i, LATERAL (
	SELECT i % 3 AS k, date_trunc('milliseconds', now()) - (:sessions - i) * interval '1 second' AS at) AS row;

INSERT INTO statement.payment_session_event (txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application)
SELECT '1000', updated_at, amount, 'pending', status, is_selected, id, 'shop', 'shop', 'shop'
FROM statement.payment_session
ORDER BY id;

COPY statement.payment_session TO :'sessions_file';
COPY statement.payment_session_event TO :'events_file';
VACUUM ANALYZE paysession.cart, statement.cart;
