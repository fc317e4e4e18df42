-- money: ps_begin reserves an authorization before the provider is asked, for one caller at a time, under a key that lasts as long as the doubt
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id) VALUES ('mb_card'), ('mb_bank');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('mb_s1', 'mb_c1', 'mb_card', 100, 'eur'), ('mb_b1', 'mb_c1', 'mb_bank', 100, 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
	SELECT 'mb_s' || n, 'mb_c' || n, 'mb_card', 100, 'eur' FROM generate_series(2, 9) n;

-- What a caller of ps_begin gets, and whether the key is that of the call before.
CREATE TEMP TABLE mb_before (session text PRIMARY KEY, op text, key text);
CREATE FUNCTION pg_temp.begin(session text, lease interval DEFAULT '1 hour')
RETURNS TABLE (claimed boolean, status text, amount bigint, attempt integer, operation text, key text) LANGUAGE plpgsql AS $$
DECLARE
	o paysession.claimed_operation := paysession.ps_begin(session, lease);
	before mb_before;
BEGIN
	DELETE FROM mb_before b WHERE b.session = begin.session RETURNING * INTO before;
	INSERT INTO mb_before VALUES (session, o.id, o.provider_idempotency_key);
	RETURN QUERY SELECT o.claimed, o.status, o.amount, o.attempt, CASE WHEN o.id = before.op THEN 'same' ELSE 'new' END,
		concat_ws(' ', CASE WHEN o.provider_idempotency_key = before.key THEN 'same' ELSE 'new' END, nullif(replace(o.provider_idempotency_key, o.id, ''), ''));
END
$$;

-- the first caller is the one to ask; the session is selected and initiated from now on
SELECT * FROM pg_temp.begin('mb_s1');
SELECT id, is_selected, is_initiated, status FROM paysession.payment_session WHERE cart_id = 'mb_c1' ORDER BY id;
SELECT kind, session_id, payment_id, provider_id, amount, status, attempt, provider_ref, reason, note, metadata, idempotency_key, final, released_amount, finished_at,
	id ~ '^op_[0-9A-HJKMNP-TV-Z]{26}$' AS id, paysession.ps_route(id) = paysession.ps_route('mb_c1') AS route, provider_idempotency_key = id AS key,
	claimed_until - created_at BETWEEN interval '1 hour' AND interval '1 hour 1 s' AS claimed_for, created_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS created
FROM paysession.payment_operation WHERE session_id = 'mb_s1';
-- the others are told the same, and that they are not
SELECT * FROM pg_temp.begin('mb_s1');
SELECT id = (SELECT id FROM paysession.payment_operation WHERE session_id = 'mb_s1') AS same, claimed_until = (SELECT claimed_until
	FROM paysession.payment_operation WHERE session_id = 'mb_s1') AS until,
	claimed FROM paysession.ps_begin('mb_s1', '2 hours');
-- nothing is written for them
SELECT xmin AS before FROM paysession.payment_operation WHERE session_id = 'mb_s1' \gset
SELECT claimed FROM paysession.ps_begin('mb_s1');
SELECT xmin = :'before' AS untouched FROM paysession.payment_operation WHERE session_id = 'mb_s1';
-- the default lease is a minute
SELECT claimed, claimed_until - created_at BETWEEN interval '60 seconds' AND interval '61 seconds' AS claimed_for FROM paysession.ps_begin('mb_s2');

-- a claim that has run out is another's, with the same key: nobody knows whether the provider was asked
SELECT * FROM pg_temp.begin('mb_s3', '1 ms');
SELECT pg_sleep(0.003);
SELECT * FROM pg_temp.begin('mb_s3');
SELECT * FROM pg_temp.begin('mb_s3');
-- so is one whose outcome is unknown
SELECT status, claimed_until <= clock_timestamp() AS unknown, finished_at FROM paysession.ps_finish((SELECT op FROM mb_before WHERE session = 'mb_s3'), 'unknown');
SELECT * FROM pg_temp.begin('mb_s3');
-- and while it is, the amount stays what the provider was asked for
SELECT amount FROM paysession.ps_update('mb_s3', 110);
SELECT * FROM pg_temp.begin('mb_s3');
SELECT status FROM paysession.ps_finish((SELECT op FROM mb_before WHERE session = 'mb_s3'), 'unknown');
SELECT * FROM pg_temp.begin('mb_s3');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('mb_s3')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('mb_s3', 100)$$, true);
SELECT amount FROM paysession.ps_update('mb_s3', 100);
SELECT status FROM paysession.ps_authorize('mb_s3');
-- which is what the session is authorized with when its own amount is gone
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mb_gone', 'mb_gone_c', 'mb_card', 100, 'eur');
SELECT * FROM pg_temp.begin('mb_gone');
UPDATE paysession.payment_session SET amount = NULL WHERE id = 'mb_gone';
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('mb_gone', 99)$$);
SELECT status, amount FROM paysession.ps_authorize('mb_gone');

-- waiting for the customer the claim is released, and the same goes on after it
SELECT * FROM pg_temp.begin('mb_s4');
SELECT status FROM paysession.ps_require_more('mb_s4', provider_ref => 'mb_r4');
SELECT * FROM pg_temp.operations('mb_s4');
SELECT * FROM pg_temp.begin('mb_s4');
SELECT status, provider_ref FROM paysession.payment_session WHERE id = 'mb_s4';
-- a repeated notice releases it as well
SELECT status FROM paysession.ps_require_more('mb_s4');
SELECT * FROM pg_temp.begin('mb_s4');
SELECT status FROM paysession.ps_require_more('mb_s4', '{"url": "here"}');
SELECT xmin AS version FROM paysession.payment_operation WHERE session_id = 'mb_s4' \gset
SELECT status FROM paysession.ps_require_more('mb_s4', '{"url": "there"}');
SELECT xmin = :'version' AS untouched FROM paysession.payment_operation WHERE session_id = 'mb_s4';
-- a call whose outcome nobody knows may come without a claim, too
SELECT status FROM paysession.ps_finish((SELECT op FROM mb_before WHERE session = 'mb_s4'), 'unknown');
SELECT amount FROM paysession.ps_update('mb_s4', 110);
SELECT * FROM pg_temp.begin('mb_s4');
SELECT status FROM paysession.ps_require_more('mb_s4');
-- the amount has changed since: the same operation under a new key
SELECT amount FROM paysession.ps_update('mb_s4', 120);
SELECT * FROM pg_temp.begin('mb_s4');
SELECT status FROM paysession.ps_require_more('mb_s4');
SELECT amount FROM paysession.ps_update('mb_s4', 130);
SELECT * FROM pg_temp.begin('mb_s4');
SELECT status, amount FROM paysession.ps_authorize('mb_s4');
SELECT * FROM pg_temp.operations('mb_s4');

-- after the provider's no the next attempt is a new operation; from error the session is pending again
SELECT * FROM pg_temp.begin('mb_s5');
SELECT status FROM paysession.ps_fail('mb_s5', 'declined');
SELECT * FROM pg_temp.begin('mb_s5');
SELECT status, status_reason FROM paysession.payment_session WHERE id = 'mb_s5';
SELECT status FROM paysession.ps_fail('mb_s5', 'declined again');
SELECT status FROM paysession.ps_retry('mb_s5');
SELECT * FROM pg_temp.begin('mb_s5');
SELECT status FROM paysession.ps_fail('mb_s5');
-- one that succeeded late
SELECT status FROM paysession.ps_authorize('mb_s5');
SELECT * FROM pg_temp.operations('mb_s5');
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s5')$$);
-- a repriced attempt counts
SELECT * FROM pg_temp.begin('mb_s6');
SELECT status FROM paysession.ps_require_more('mb_s6');
SELECT amount FROM paysession.ps_update('mb_s6', 120);
SELECT * FROM pg_temp.begin('mb_s6');
SELECT status FROM paysession.ps_fail('mb_s6');
SELECT * FROM pg_temp.begin('mb_s6');

-- authorized, everybody gets the one that did it
SELECT status FROM paysession.ps_authorize('mb_s6');
SELECT * FROM pg_temp.begin('mb_s6');
SELECT * FROM pg_temp.begin('mb_s4');
-- the selection moves with the call, unless it is the authorized one's
SELECT * FROM pg_temp.begin('mb_b1');
SELECT id, is_selected FROM paysession.payment_session WHERE cart_id = 'mb_c1' ORDER BY id;
SELECT status FROM paysession.ps_authorize('mb_b1');
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s1')$$);
-- without a cart there is nothing to select
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('mb_free', 'mb_card', 5, 'eur');
SELECT * FROM pg_temp.begin('mb_free');
SELECT is_selected, is_initiated FROM paysession.payment_session WHERE id = 'mb_free';

-- what could not be authorized is not begun
SELECT status FROM paysession.ps_cancel('mb_s7');
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s7')$$, true);
UPDATE paysession.payment_session SET amount = NULL WHERE id = 'mb_s8';
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s8')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('mb_s8')$$);
UPDATE paysession.payment_session SET amount = 1, currency_code = NULL WHERE id = 'mb_s8';
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s8')$$);
UPDATE paysession.payment_session SET currency_code = 'eur', expires_at = '2001-01-01' WHERE id = 'mb_s8';
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s8')$$);
SELECT is_selected, is_initiated FROM paysession.payment_session WHERE id = 'mb_s8';
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_begin(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s9', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s9', '0')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_begin('mb_s9', '-1 s')$$);
SELECT of, count(*) FROM pg_temp.operations('mb%') GROUP BY of ORDER BY of;

-- ps_claim: for a worker, what nobody is at
SELECT * FROM pg_temp.begin('mb_s9', '1 ms');
SELECT pg_sleep(0.003);
SELECT op FROM mb_before WHERE session = 'mb_s9' \gset
SELECT claimed, status, amount, claimed_until > clock_timestamp() + '30 minutes' AS until FROM paysession.ps_claim(:'op', '1 hour');
SELECT claimed FROM paysession.ps_claim(operation_id => :'op', lease => '1 hour');
SELECT status FROM paysession.ps_finish(:'op', 'unknown');
SELECT claimed, claimed_until - clock_timestamp() BETWEEN interval '50 s' AND interval '60 s' AS until FROM paysession.ps_claim(:'op');
SELECT status FROM paysession.ps_fail('mb_s9', 'no');
SELECT claimed, status, reason FROM paysession.ps_claim(:'op');
CALL pg_temp.refuse($$SELECT paysession.ps_claim('mb_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_claim(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_claim('op', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_claim('op', '-1 s')$$);
SELECT * FROM pg_temp.unlawful();
