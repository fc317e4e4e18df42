-- money: no external session is forgotten: what a function removes, the provider is still to be told
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id) VALUES ('mn_card'), ('mn_bank');
-- A session that has got that far.
CREATE PROCEDURE pg_temp.session(session text, step text) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES (session, session || '_c', 'mn_card', 100, 'eur');
	PERFORM paysession.ps_update(session, provider_ref => session || '_r') WHERE step = 'referenced';
	PERFORM paysession.ps_begin(session, '1 hour') WHERE step IN ('begun', 'unknown', 'asked', 'failed', 'retried');
	PERFORM paysession.ps_finish(id, 'unknown') FROM paysession.payment_operation WHERE session_id = session AND step = 'unknown';
	PERFORM paysession.ps_require_more(session, provider_ref => session || '_r') WHERE step IN ('asked', 'waiting');
	PERFORM paysession.ps_fail(session) WHERE step IN ('failed', 'declined', 'retried');
	PERFORM paysession.ps_retry(session) WHERE step = 'retried';
	PERFORM paysession.ps_authorize(session) WHERE step = 'authorized';
END
$$;
-- What becomes of it and of what was asked for it.
CREATE FUNCTION pg_temp.removed(step text, how text) RETURNS TABLE (becomes text, reason text, operations text) LANGUAGE plpgsql AS $$
DECLARE
	session text := concat_ws('_', 'mn', step, split_part(how, ' ', 1));
	con text;
BEGIN
	CALL pg_temp.session(session, step);
	BEGIN
		EXECUTE CASE how
			WHEN 'ps_cancel' THEN 'SELECT paysession.ps_cancel($1)'
			WHEN 'ps_delete' THEN 'SELECT paysession.ps_delete($1)'
			WHEN 'ps_refresh' THEN 'SELECT paysession.ps_refresh($1)'
			WHEN 'ps_set_sessions' THEN 'SELECT * FROM paysession.ps_set_sessions($1 || ''_c'', ''{mn_bank}'')'
			WHEN 'total 0' THEN 'SELECT paysession.ps_put_cart(jsonb_build_object(''id'', $1 || ''_c'', ''subtotal'', 0)), (SELECT count(*) FROM paysession.ps_set_sessions($1 || ''_c''))'
			ELSE 'DELETE FROM paysession.payment_session WHERE id = $1' END USING session;
		SELECT s.status, s.status_reason INTO becomes, reason FROM paysession.payment_session s WHERE id = session;
		becomes := coalesce(becomes, 'deleted');
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME;
		becomes := concat_ws(' ', SQLSTATE, nullif(con, ''));
	END;
	SELECT string_agg(concat_ws(' ', kind, status, amount, o.reason), ', ' ORDER BY id) INTO operations FROM paysession.payment_operation o WHERE session_id = session;
	RETURN NEXT;
END
$$;
SELECT step, how, r.*
FROM unnest('{new,referenced,begun,unknown,waiting,asked,declined,failed,retried,authorized}'::text[]) WITH ORDINALITY AS s (step, n),
	unnest('{ps_cancel,ps_delete,ps_refresh,ps_set_sessions,total 0,DELETE}'::text[]) WITH ORDINALITY AS h (how, m), pg_temp.removed(step, how) r ORDER BY n, m;

-- canceled again, what was never begun is left alone
SELECT status FROM paysession.ps_cancel('mn_new_ps_cancel');
SELECT count(*) FROM pg_temp.operations('mn_new_ps_cancel');

-- the void is what a worker asks the provider about; the session is as canceled as before, whatever the answer
CALL pg_temp.session('mn_s1', 'asked');
SELECT status FROM paysession.ps_cancel('mn_s1', 'changed mind');
SELECT kind, session_id, payment_id, provider_id, amount, status, provider_idempotency_key = id AS key, attempt, claimed_until, provider_ref, reason,
	metadata, final, released_amount, finished_at
FROM paysession.payment_operation WHERE session_id = 'mn_s1' AND kind = 'void';
SELECT id AS void FROM paysession.payment_operation WHERE session_id = 'mn_s1' AND kind = 'void' \gset
SELECT kind, claimed FROM paysession.ps_claim(:'void', '1 hour');
SELECT claimed FROM paysession.ps_claim(:'void', '1 hour');
SELECT status FROM paysession.ps_finish(:'void', 'unknown');
SELECT claimed FROM paysession.ps_claim(:'void', '1 hour');
-- once is enough, while it is not known to have failed
SELECT status FROM paysession.ps_cancel('mn_s1');
SELECT count(*) FROM pg_temp.operations('mn_s1') WHERE kind = 'void';
SELECT status, reason FROM paysession.ps_finish(:'void', 'failed', reason => 'already paid');
SELECT status, status_reason FROM paysession.payment_session WHERE id = 'mn_s1';
SELECT status FROM paysession.ps_cancel('mn_s1');
SELECT * FROM pg_temp.operations('mn_s1');
SELECT status, amount, provider_ref FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'mn_s1'
	AND status = 'pending'), 'succeeded', 60, 'mn_v1');
SELECT status, status_reason FROM paysession.ps_cancel('mn_s1');
SELECT count(*) FROM pg_temp.operations('mn_s1') WHERE kind = 'void';
-- of a session whose amount is unknown so is that of its void, until it is told
INSERT INTO paysession.payment_session (id, provider_id, is_initiated) VALUES ('mn_s2', 'mn_card', true);
SELECT status FROM paysession.ps_cancel('mn_s2');
SELECT * FROM pg_temp.operations('mn_s2');
SELECT status, amount FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'mn_s2'), 'succeeded', 5);
INSERT INTO paysession.payment_session (id, provider_id, is_initiated) VALUES ('mn_s3', 'mn_card', true);
SELECT status FROM paysession.ps_cancel('mn_s3');
SELECT status, amount FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'mn_s3'), 'succeeded');
-- an authorization that is canceled is to be released, one with a live payment is not canceled
CALL pg_temp.session('mn_s4', 'authorized');
SELECT status FROM paysession.ps_cancel('mn_s4');
SELECT * FROM pg_temp.operations('mn_s4');
-- one that is held still while it is being released is canceled when it was
CALL pg_temp.session('mn_s8', 'authorized');
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_operation (id, kind, session_id, provider_id, amount, provider_idempotency_key) VALUES
	('mn_o1', 'void', 'mn_s8', 'mn_card', 100, 'mn_o1'), ('mn_o2', 'void', 'mn_s8', 'mn_card', 100, 'mn_o2');
COMMIT;
SELECT status FROM paysession.ps_finish('mn_o1', 'unknown');
SELECT status FROM paysession.ps_finish('mn_o1', 'failed');
SELECT status FROM paysession.payment_session WHERE id = 'mn_s8';
SELECT status FROM paysession.ps_finish('mn_o2', 'succeeded');
SELECT status, status_reason FROM paysession.payment_session WHERE id = 'mn_s8';
SELECT count(*) FROM pg_temp.operations('mn_s8') WHERE status = 'pending';
CALL pg_temp.pay('mn_p5', 'mn_card', 100);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('mn_p5_s')$$);
SELECT claimed FROM paysession.ps_void('mn_p5', '1 hour');
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('mn_p5_s')$$);
SELECT * FROM pg_temp.operations('mn_p5');

-- a reference that was known once is found, on the session or on an operation, whatever replaced it
CALL pg_temp.session('mn_s6', 'begun');
SELECT provider_ref FROM paysession.ps_require_more('mn_s6', provider_ref => 'mn_r1');
SELECT status FROM paysession.ps_fail('mn_s6', 'declined');
SELECT claimed, attempt FROM paysession.ps_begin('mn_s6');
SELECT provider_ref FROM paysession.ps_require_more('mn_s6', provider_ref => 'mn_r2');
SELECT provider_ref FROM paysession.ps_update('mn_s6', provider_ref => 'mn_r3');
UPDATE paysession.payment_session SET provider_ref = NULL WHERE id = 'mn_s6';
UPDATE paysession.payment_session SET provider_ref = 'mn_r4' WHERE id = 'mn_s6';
UPDATE paysession.payment_session SET provider_ref = 'mn_r5' WHERE id = 'mn_s6';
SELECT status, provider_ref FROM paysession.ps_authorize('mn_s6', provider_ref => 'mn_r6');
SELECT kind, status, amount, attempt, ref, reason FROM pg_temp.operations('mn_s6');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('mn_s6', provider_ref => 'mn_r7')$$, true);
-- nor is one lost of a session that was not begun, or whose amount nobody knows
CALL pg_temp.session('mn_s9', 'waiting');
UPDATE paysession.payment_session SET amount = NULL, provider_ref = 'mn_r8' WHERE id = 'mn_s9';
UPDATE paysession.payment_session SET provider_ref = 'mn_r9' WHERE id = 'mn_s9';
SELECT kind, status, amount, attempt, ref, reason FROM pg_temp.operations('mn_s9');
-- the second attempt may go on with the external session of the first, or come back to it
CALL pg_temp.session('mn_s7', 'begun');
SELECT provider_ref FROM paysession.ps_require_more('mn_s7', provider_ref => 'mn_q1');
SELECT status FROM paysession.ps_fail('mn_s7', 'declined');
SELECT claimed, attempt FROM paysession.ps_begin('mn_s7');
SELECT provider_ref FROM paysession.ps_require_more('mn_s7', provider_ref => 'mn_q2');
SELECT provider_ref FROM paysession.ps_require_more('mn_s7', provider_ref => 'mn_q1');
SELECT status, provider_ref FROM paysession.ps_authorize('mn_s7');
SELECT kind, status, attempt, ref, reason FROM pg_temp.operations('mn_s7');
SELECT * FROM pg_temp.unlawful();
