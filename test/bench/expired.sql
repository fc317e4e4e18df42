-- Fills the tables in :schema anew with :sessions sessions that have expired,
-- two of each cart.
SET session_replication_role = replica;

TRUNCATE :"schema".cart, :"schema".payment_session, :"schema".payment_session_event, :"schema".provider_event CASCADE;

INSERT INTO :"schema".cart (id, currency_code)
SELECT 'cart_' || n, 'eur'
FROM generate_series(1, :sessions / 2) AS n;

INSERT INTO :"schema".payment_session (id, cart_id, provider_id, amount, currency_code, is_selected, expires_at, data)
SELECT 'ps_0000000' || 1000000000000000000 + 100 * n + k, 'cart_' || n, 'provider_' || k, 5587, 'eur', k = 0,
       now() - interval '1 day',
       jsonb_build_object('id', 'pi_' || md5(n || '.' || k), 'client_secret', md5(k || '.' || n), 'amount', 5587)
FROM generate_series(1, :sessions / 2) AS n, generate_series(0, 1) AS k;

VACUUM ANALYZE :"schema".cart, :"schema".payment_session, :"schema".payment_session_event;
