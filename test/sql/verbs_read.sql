-- verbs: ps_list, ps_history and ps_transitions show what there is
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('vd_card'), ('vd_bank'), ('vd_cash');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('vd_1', 'vd_c1', 'vd_card', 100, 'eur'), ('vd_2', 'vd_c1', 'vd_bank', 100, 'eur'), ('vd_3', 'vd_c1', 'vd_cash', 100, 'eur'),
	('vd_4', 'vd_c2', 'vd_card', 200, 'eur'), ('vd_5', 'vd_c2', 'vd_bank', 200, 'eur');
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('vd_6', 'vd_card');
SELECT status FROM paysession.ps_fail('vd_2', 'no');
SELECT status FROM paysession.ps_cancel('vd_4');

-- ps_list: newest first, by cart, provider, status, and any of them together
SELECT id, status FROM paysession.ps_list('vd_c1');
SELECT id FROM paysession.ps_list(cart_id => 'vd_c1', provider_id => 'vd_card');
SELECT id FROM paysession.ps_list(provider_id => 'vd_card', status => 'pending');
SELECT id FROM paysession.ps_list(cart_id => 'vd_c2', status => 'canceled');
SELECT id FROM paysession.ps_list('vd_none');
SELECT id FROM paysession.ps_list(provider_id => 'vd_none');
SELECT count(*) FROM paysession.ps_list(payment_collection_id => 'paycol_none');
SELECT count(*) FROM paysession.ps_list(cart_id => 'vd_c1', payment_collection_id => 'paycol_none');
-- by time of birth
SELECT count(*) FROM paysession.ps_list('vd_c1', created_before => '2024-01-01');
SELECT count(*) FROM paysession.ps_list('vd_c1', created_before => 'infinity');
SELECT created_at AS born FROM paysession.payment_session WHERE id = 'vd_1' \gset
SELECT id FROM paysession.ps_list('vd_c1', provider_id => 'vd_card', created_before => :'born');
SELECT id FROM paysession.ps_list('vd_c1', provider_id => 'vd_card', created_before => :'born'::timestamptz + interval '1 ms');
-- page by page: after the last id seen, as many as asked for
SELECT id FROM paysession.ps_list('vd_c1', max_rows => 2);
SELECT id FROM paysession.ps_list('vd_c1', after => 'vd_2', max_rows => 2);
SELECT id FROM paysession.ps_list('vd_c1', after => 'vd_1');
SELECT id FROM paysession.ps_list(after => 'vd_7', max_rows => 3);
SELECT id FROM paysession.ps_list(after => 'vd_7', provider_id => 'vd_card', max_rows => 3);
INSERT INTO paysession.payment_provider (id) SELECT 'vd_p' || n FROM generate_series(1, 60) n;
SELECT count(*) FROM paysession.ps_set_sessions('vd_c3', ARRAY(SELECT 'vd_p' || n FROM generate_series(1, 60) n));
SELECT count(*) AS by_default FROM paysession.ps_list('vd_c3');
SELECT count(*) FROM paysession.ps_list('vd_c3', max_rows => 1000);
-- all columns, as stored
SELECT count(*) AS rows, bool_and(l = s) AS as_stored FROM paysession.ps_list('vd_c1') l JOIN paysession.payment_session s USING (id);
-- it sees what its statement sees, no more
SELECT (SELECT status FROM paysession.ps_retry('vd_2')) AS retried, (SELECT string_agg(status::text, ' ') FROM paysession.ps_list('vd_c1', provider_id => 'vd_bank')) AS listed;
SELECT id, status FROM paysession.ps_list('vd_c1', provider_id => 'vd_bank');

-- ps_history: oldest first, all columns; up to a time its last row is what the session was then
SELECT from_status, to_status, amount, is_selected, reason FROM paysession.ps_history(session_id => 'vd_2');
SELECT count(*) AS rows, bool_and(h = e) AS as_stored FROM paysession.ps_history('vd_2') h JOIN paysession.payment_session_event e USING (session_id, id);
SELECT pg_sleep(0.005);
SELECT clock_timestamp() AS then \gset
SELECT pg_sleep(0.005);
SELECT status FROM paysession.ps_authorize('vd_2');
SELECT to_status FROM paysession.ps_history('vd_2', :'then') ORDER BY id DESC LIMIT 1;
SELECT to_status FROM paysession.ps_history('vd_2') ORDER BY id DESC LIMIT 1;
SELECT at AS last FROM paysession.ps_history('vd_2') ORDER BY id DESC LIMIT 1 \gset
SELECT count(*) FROM paysession.ps_history('vd_2', at => :'last');
SELECT count(*) FROM paysession.ps_history('vd_2', at => '2024-01-01');
SELECT count(*) FROM paysession.ps_history('vd_2', at => 'infinity');
-- of a session that is gone as well
SELECT id FROM paysession.ps_delete('vd_6');
SELECT from_status, to_status FROM paysession.ps_history('vd_6');

-- ps_transitions: the graph
SELECT * FROM paysession.ps_transitions();
SELECT DISTINCT verb FROM paysession.ps_transitions()
EXCEPT SELECT proname FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace;

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_list('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(payment_collection_id => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(provider_id => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(status => 'paid')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(after => ' ')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(max_rows => 0)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_list(max_rows => -1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(max_rows => NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_history(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_history('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_history('vd_none')$$);
