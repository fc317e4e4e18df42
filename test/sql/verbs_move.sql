-- verbs: ps_require_more, ps_authorize, ps_fail, ps_retry and ps_cancel record the provider's word, once
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('vm_card'), ('vm_bank');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
	SELECT 'vm_s' || n, 'vm_c' || n, 'vm_card', 100, 'eur' FROM generate_series(1, 6) n;

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

-- ps_require_more: the customer must act; the external session is known from now on
SELECT status, is_initiated, data, provider_ref FROM paysession.ps_require_more('vm_s1');
SELECT pg_temp.no_op('vm_s1', $$SELECT paysession.ps_require_more('vm_s1')$$);
SELECT status, is_initiated, data, provider_ref FROM paysession.ps_require_more(session_id => 'vm_s2', data => '{"url": "here"}', provider_ref => 'vm_ref2');
SELECT pg_temp.no_op('vm_s2', $$SELECT paysession.ps_require_more('vm_s2', '{"url": "here"}', 'vm_ref2')$$);
-- what the provider tells anew is stored, without an event
SELECT status, data, provider_ref FROM paysession.ps_require_more('vm_s2', '{"url": "there"}', 'vm_ref3');
SELECT from_status, to_status FROM paysession.ps_history('vm_s2');

-- ps_fail: the provider's no, with its reason
SELECT status, status_reason, is_initiated, data FROM paysession.ps_fail('vm_s1');
SELECT status, status_reason, is_initiated, data FROM paysession.ps_fail(session_id => 'vm_s3', reason => 'no funds', data => '{"code": 51}');
SELECT pg_temp.no_op('vm_s3', $$SELECT paysession.ps_fail('vm_s3', 'another reason')$$);

-- ps_retry: again, from error or requires_more; the reason goes
SELECT status, status_reason, data FROM paysession.ps_retry(session_id => 'vm_s3');
SELECT pg_temp.no_op('vm_s3', $$SELECT paysession.ps_retry('vm_s3')$$);
SELECT status, data, provider_ref FROM paysession.ps_retry('vm_s2');

-- ps_authorize: the provider holds the money; it takes the selection
SELECT status, is_selected, is_initiated, amount, data, provider_ref, status_reason, payment_authorized_at = updated_at AS stamped FROM paysession.ps_authorize('vm_s1');
SELECT status, is_selected, amount, data, provider_ref
FROM paysession.ps_authorize(session_id => 'vm_s2', amount => 100, data => '{"held": 100}', provider_ref => 'vm_ref4');
SELECT pg_temp.no_op('vm_s2', $$SELECT paysession.ps_authorize('vm_s2')$$);
SELECT pg_temp.no_op('vm_s2', $$SELECT paysession.ps_authorize('vm_s2', 100)$$);
SELECT pg_temp.no_op('vm_s2', $$SELECT paysession.ps_authorize('vm_s2', 100, '{"held": 100}', 'vm_ref4')$$);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, is_selected) VALUES ('vm_bank3', 'vm_c3', 'vm_bank', 100, true);
SELECT status, is_selected FROM paysession.ps_authorize('vm_s3');
SELECT status, is_selected FROM paysession.payment_session WHERE id = 'vm_bank3';
-- without a cart there is nothing to select
INSERT INTO paysession.payment_session (id, provider_id, currency_code) VALUES ('vm_free', 'vm_card', 'eur');
SELECT status, is_selected, amount FROM paysession.ps_authorize('vm_free', 30);
-- a late success: from error
SELECT status FROM paysession.ps_fail('vm_s4', 'timed out');
SELECT status, status_reason FROM paysession.ps_authorize('vm_s4');
-- a reference that another session of the provider has is refused, and with it the move
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_s5', provider_ref => 'vm_ref4')$$);
-- of what is authorized, another external session is not taken in silence, be it the first
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_s1', provider_ref => 'vm_ref5')$$);
SELECT status, is_selected FROM paysession.payment_session WHERE id = 'vm_s5';

-- ps_cancel: for good, with its reason; the selection goes
SELECT status, status_reason, is_selected, canceled_at = updated_at AS stamped FROM paysession.ps_cancel('vm_s1');
SELECT status, status_reason, is_selected, is_initiated FROM paysession.ps_cancel(session_id => 'vm_s5', reason => 'changed mind');
SELECT pg_temp.no_op('vm_s5', $$SELECT paysession.ps_cancel('vm_s5', 'another reason')$$);

SELECT session_id, from_status, to_status, is_selected, reason
FROM paysession.payment_session_event WHERE session_id LIKE 'vm\_%' ORDER BY session_id, id;

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_require_more(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_require_more('vm_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_require_more('vm_s6', '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_require_more('vm_s6', NULL, ' ')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_s6', 0)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_s6', 99)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_s6', data => '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('vm_s6', provider_ref => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('vm_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('vm_s6', repeat('x', 65537))$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('vm_s6', data => '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_retry(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_retry('vm_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('vm_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('vm_s6', repeat('x', 65537))$$);
SELECT status, is_initiated FROM paysession.payment_session WHERE id = 'vm_s6';
