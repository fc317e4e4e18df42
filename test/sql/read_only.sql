-- read only: every function that writes refuses in a READ ONLY transaction, those that read do not
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('ro_card');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, is_selected)
	VALUES ('ro_s1', 'ro_c1', 'ro_card', 100, 'eur', true);
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('ro_p1', 100, 'eur');

BEGIN READ ONLY;
CALL pg_temp.refuse($$SELECT paysession.ps_put_provider('ro_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_own_routes('{}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel('ro_web', 'Web')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "ro_c1"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('ro_c1', 'ro_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('ro_c1', '{ro_card}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_select('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_unselect('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('ro_s1', 101)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_require_more('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_retry('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete('ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(100, 'eur')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('ro_p1', '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('ro_p1', 101)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection('ro_p1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection('ro_p1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_receive('ro_card', 'ro_e1', 'pending', 'ro_s1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('ro_card', 'ro_e1', false)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_expire()$$);
CALL pg_temp.refuse($$SELECT paysession.ps_purge(now())$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('ro_k1', 'POST', '/', '{}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('ro_k1', 'paid')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('ro_k1', 200)$$);
-- as plain SQL is
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 101 WHERE id = 'ro_s1'$$);
-- these read
SELECT id, status, amount FROM paysession.ps_list('ro_c1');
SELECT from_status, to_status, amount FROM paysession.ps_history('ro_s1');
SELECT count(*) FROM paysession.ps_transitions();
SELECT paysession.ps_owned_routes();
SELECT paysession.ps_get_collection('ro_p1', '{sessions,payments}') ->> 'amount' AS amount;
SELECT count(*) FROM paysession.ps_stuck() WHERE session_id = 'ro_s1';
SELECT count(*) FROM paysession.ps_events(max_rows => 5);
SELECT length(paysession.ps_new_id('ps')) AS new_id, paysession.ps_id_time('ps_01J00000000000000000000000') AT TIME ZONE 'UTC' AS time,
	paysession.ps_route('ps_01J00000000000000000000000') AS route;
COMMIT;

-- whatever is no reader and makes no id refuses, is volatile, and may not run in parallel
CREATE TEMP VIEW functions AS
SELECT oid, provolatile, proparallel, proargtypes,
	obj_description(oid, 'pg_proc') LIKE 'read: %' OR proname IN ('ps_get_collection', 'ps_stuck', 'ps_owned_routes') AS reads, obj_description(oid, 'pg_proc') LIKE 'id: %' AS makes_id
FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prorettype <> 'trigger'::regtype;
CREATE TEMP VIEW writers AS SELECT * FROM functions WHERE NOT reads AND NOT makes_id;
CREATE FUNCTION pg_temp.state(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE call;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
BEGIN READ ONLY;
SELECT pg_temp.state(format('SELECT %s(%s)', w.oid::regproc, (SELECT string_agg(CASE t WHEN 'jsonb'::regtype THEN $j$'{"id": "ro_c1"}'$j$ ELSE 'NULL' END || '::' || t::regtype, ', ' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY AS a (t, n)))), count(*) > 36 AS all_writers
FROM writers w GROUP BY 1;
COMMIT;
SELECT oid::regproc AS function, provolatile, proparallel FROM writers WHERE (provolatile, proparallel) <> ('v', 'u');
SELECT oid::regproc AS function, provolatile, proparallel FROM functions WHERE reads AND (provolatile, proparallel) <> ('s', 'r');
SELECT id, status, is_selected, amount FROM paysession.payment_session WHERE cart_id = 'ro_c1';
