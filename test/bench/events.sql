-- A past of :events events for session number 3 of the first :carts carts in
-- :schema.
SET session_replication_role = replica;
INSERT INTO :"schema".payment_session_event (txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application)
SELECT pg_current_xact_id(), now(), amount, 'pending', 'pending', e % 2 = 1, id, session_user, current_user, 'shop'
FROM generate_series(1, :events) AS e, generate_series(0, :carts - 1) AS n
JOIN :"schema".payment_session ON id = 'ps_0000000' || 1000000000000000003 + 100 * n
ORDER BY e;
VACUUM ANALYZE :"schema".payment_session_event;
