-- verbs: ps_select, ps_unselect and ps_update change what they name, and nothing when there is nothing to change
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('vl_card'), ('vl_bank');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('vl_s1', 'vl_c1', 'vl_card', 100, 'eur'), ('vl_s2', 'vl_c1', 'vl_bank', 100, 'eur');
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('vl_free', 'vl_card');

-- Tells whether a statement left a session, its cart and their history as they were.
CREATE FUNCTION pg_temp.no_op(session text, statement text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	probe text := 'SELECT (SELECT s FROM paysession.payment_session s WHERE id = $1)::text
		|| (SELECT string_agg(s::text, '' '' ORDER BY id) FROM paysession.payment_session s WHERE cart_id = (SELECT cart_id FROM paysession.payment_session WHERE id = $1))
		|| (SELECT count(*) FROM paysession.payment_session_event)';
	old text;
	new text;
BEGIN
	EXECUTE probe INTO old USING session;
	PERFORM pg_sleep(0.002);
	EXECUTE statement;
	EXECUTE probe INTO new USING session;
	RETURN old = new;
END
$$;

-- ps_select returns the session that was selected; the other one's selection goes, in one event each
SELECT id, is_selected, status FROM paysession.ps_select(session_id => 'vl_s1');
SELECT pg_temp.no_op('vl_s1', $$SELECT paysession.ps_select('vl_s1')$$);
SELECT id, is_selected FROM paysession.ps_select('vl_s2');
SELECT session_id, from_status, to_status, is_selected FROM paysession.payment_session_event WHERE session_id LIKE 'vl\_s%' ORDER BY id;
SELECT is_selected FROM paysession.ps_select('vl_free');
SELECT pg_temp.no_op('vl_s2', $$SELECT paysession.ps_select('vl_s2')$$);
-- in any status but canceled
SELECT status FROM paysession.ps_fail('vl_s1');
SELECT is_selected, status FROM paysession.ps_select('vl_s1');
SELECT status FROM paysession.ps_require_more('vl_s2');
SELECT is_selected, status FROM paysession.ps_select('vl_s2');

-- ps_unselect
SELECT id, is_selected FROM paysession.ps_unselect(session_id => 'vl_s2');
SELECT pg_temp.no_op('vl_s2', $$SELECT paysession.ps_unselect('vl_s2')$$);
SELECT pg_temp.no_op('vl_s1', $$SELECT paysession.ps_unselect('vl_s1')$$);
SELECT is_selected FROM paysession.ps_unselect('vl_free');

-- ps_update: one thing at a time, or all; data is replaced, not merged
SELECT amount, data, provider_ref FROM paysession.ps_update('vl_s1', 110);
SELECT amount, data, provider_ref FROM paysession.ps_update('vl_s1', data => '{"a": 1}');
SELECT amount, data, provider_ref FROM paysession.ps_update('vl_s1', provider_ref => 'vl_ref1');
SELECT amount, data, provider_ref, status, is_selected FROM paysession.ps_update(session_id => 'vl_s1', amount => 120, data => '{"b": 2}', provider_ref => 'vl_ref2');
SELECT pg_temp.no_op('vl_s1', $$SELECT paysession.ps_update('vl_s1')$$);
SELECT pg_temp.no_op('vl_s1', $$SELECT paysession.ps_update('vl_s1', 120, '{"b": 2}', 'vl_ref2')$$);
SELECT pg_temp.no_op('vl_s1', $$SELECT paysession.ps_update('vl_s1', NULL, NULL, NULL)$$);
SELECT count(*) FILTER (WHERE to_status = from_status AND amount IN (110, 120)) AS amount_events, count(*) AS events FROM paysession.ps_history('vl_s1');
-- a reference is the provider's own: unique for it
CALL pg_temp.refuse($$SELECT paysession.ps_update('vl_free', provider_ref => 'vl_ref2')$$, true);
SELECT provider_ref FROM paysession.ps_update('vl_s2', provider_ref => 'vl_ref2');
-- a canceled session keeps its status and its selection, but takes a note of the provider's
SELECT status FROM paysession.ps_cancel('vl_s2');
SELECT status, data FROM paysession.ps_update('vl_s2', data => '{"late": true}');
CALL pg_temp.refuse($$SELECT paysession.ps_select('vl_s2')$$);
SELECT pg_temp.no_op('vl_s2', $$SELECT paysession.ps_unselect('vl_s2')$$);

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_select(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_select('vl_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_unselect(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_unselect('vl_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('vl_none', 5)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('vl_s1', 0)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('vl_s1', data => '7')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('vl_s1', provider_ref => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('vl_s1', provider_ref => repeat('x', 256))$$);
SELECT provider_ref = repeat('x', 255) AS longest FROM paysession.ps_update('vl_s1', provider_ref => repeat('x', 255));
