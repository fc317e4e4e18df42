-- worker: ps_stuck lists the pending operations that nobody is at, the oldest first, to ask the provider about
\getenv abs_srcdir PG_ABS_SRCDIR
-- in a database of its own: it lists whatever is stuck
\set regression :DBNAME
CREATE DATABASE worker_stuck;
\c worker_stuck
CREATE EXTENSION paysession;
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('card', 'manual_multiple');
-- What is stuck, however young.
CREATE FUNCTION pg_temp.stuck() RETURNS TABLE (of text, kind text, amount bigint, status text, claim text)
BEGIN ATOMIC
	SELECT coalesce(payment_id, session_id), kind, amount, status,
		CASE WHEN claimed_until > clock_timestamp() THEN 'claimed' WHEN claimed_until IS NOT NULL THEN 'ended' END
	FROM paysession.ps_stuck('0')
	ORDER BY coalesce(payment_id, session_id), id;
END;
SELECT * FROM pg_temp.stuck();

-- authorizations: while somebody asks; when whoever asked has died, or has no answer
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) SELECT id, id || '_c', 'card', 100, 'eur'
	FROM unnest(ARRAY['a_asking', 'a_died', 'a_unknown', 'a_waits', 'a_waited', 'a_back', 'a_done', 'a_failed', 'a_given_up', 'a_given_up_2',
		'a_not_begun']) AS id;
SELECT count(*) FROM unnest(ARRAY['a_asking', 'a_given_up_2']) AS id, paysession.ps_begin(id, '1 hour');
SELECT count(*) FROM unnest(ARRAY['a_died', 'a_unknown', 'a_waits', 'a_waited', 'a_back', 'a_done', 'a_failed', 'a_given_up']) AS id,
	paysession.ps_begin(id, '1 ms');
SELECT pg_sleep(0.003);
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'a_unknown'), 'unknown');
-- the customer is to act: that ends by itself, whoever asks meanwhile
SELECT status FROM unnest(ARRAY['a_waits', 'a_waited', 'a_back']) AS id, paysession.ps_require_more(id);
SELECT claimed FROM paysession.ps_begin('a_waited', '1 ms');
SELECT status FROM paysession.ps_retry('a_back');
SELECT claimed FROM paysession.ps_begin('a_back', '1 ms');
SELECT status FROM paysession.ps_authorize('a_done');
SELECT status FROM paysession.ps_fail('a_failed');
-- a session that was given up leaves a void, not to be asked for before the claim on its authorization ends
SELECT status FROM unnest(ARRAY['a_given_up', 'a_given_up_2']) AS id, paysession.ps_cancel(id);
SELECT pg_sleep(0.003);
SELECT * FROM pg_temp.stuck();
SELECT * FROM pg_temp.operations('a%') WHERE status = 'pending';
-- whoever claims one has it for himself
SELECT o.claimed FROM paysession.ps_stuck('0') s CROSS JOIN paysession.ps_claim(s.id, '1 hour') o WHERE s.session_id IN ('a_died', 'a_given_up');
SELECT * FROM pg_temp.stuck();
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'a_given_up' AND kind = 'void'), 'unknown');
SELECT * FROM pg_temp.stuck();
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'a_given_up' AND kind = 'void'), 'succeeded');

-- captures, refunds and voids of payments
CALL pg_temp.pay('b_asking', 'card', 100);
CALL pg_temp.pay('b_died', 'card', 100);
CALL pg_temp.pay('b_void', 'card', 100);
SELECT status FROM paysession.ps_capture('b_asking', 50);
SELECT status FROM paysession.ps_capture('b_died', 50);
SELECT count(*) FROM (VALUES ('b_asking', '1 hour'::interval), ('b_died', '1 ms')) AS v (id, lease), paysession.ps_capture(id, 10, lease => lease),
	paysession.ps_refund(id, 10, lease => lease), paysession.ps_void(id, lease);
SELECT claimed FROM paysession.ps_void('b_void', '1 ms');
-- what is said by the provider of a dispute is for nobody to ask about
SELECT outcome FROM paysession.ps_receive('card', 'e_1', 'disputed', 'b_died_s', operation_ref => 'd_1', amount => 5);
SELECT pg_sleep(0.003);
SELECT * FROM pg_temp.stuck() WHERE of LIKE 'b%';
SELECT * FROM pg_temp.operations('b%') WHERE status = 'pending';
-- one that an authorization's end has left
UPDATE paysession.payment SET authorization_expires_at = '2001-01-01' WHERE id = 'b_void';
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'b_void'), 'failed');
SELECT id FROM paysession.ps_expire();
SELECT * FROM pg_temp.stuck() WHERE of = 'b_void';
-- finished, each way
SELECT s.kind, o.status FROM paysession.ps_stuck('0') s
	CROSS JOIN paysession.ps_finish(s.id, CASE s.kind WHEN 'refund' THEN 'failed' ELSE 'succeeded' END) o
WHERE s.payment_id LIKE 'b%' ORDER BY s.kind, s.payment_id;
SELECT * FROM pg_temp.stuck() WHERE of LIKE 'b%';

-- older than asked, the oldest first, no more than asked for
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code, created_at)
	SELECT 'c_' || n, 'card', 100, 'eur', now() - n * interval '1 minute' FROM generate_series(1, 150) n;
INSERT INTO paysession.payment_operation (id, kind, session_id, provider_id, amount, provider_idempotency_key, claimed_until, created_at)
	SELECT 'op_' || n, 'authorize', 'c_' || n, 'card', 100, 'c_' || n, now() - interval '1 s', now() - n * interval '1 minute'
	FROM generate_series(1, 150) n;
COMMIT;
SELECT count(*), min(created_at) < now() - interval '149 minutes' AS oldest FROM paysession.ps_stuck();
SELECT session_id FROM paysession.ps_stuck(max_rows => 3);
SELECT min(created_at) > now() - interval '151 minutes' AS first, max(created_at) < now() - interval '5 minutes' AS last, count(*)
	FROM paysession.ps_stuck(max_rows => 1000);
SELECT session_id FROM paysession.ps_stuck('149 minutes 30 seconds');
SELECT session_id FROM paysession.ps_stuck(older_than => '147 minutes 30 seconds', max_rows => 2);
SELECT count(*) FROM paysession.ps_stuck('1 day');
SELECT count(*) > 150 AS young_ones FROM paysession.ps_stuck('-1 minute', 1000);
-- it writes nothing, wherever it is asked
BEGIN READ ONLY;
SELECT session_id FROM paysession.ps_stuck(max_rows => 1);
COMMIT;
CALL pg_temp.refuse($$SELECT paysession.ps_stuck(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_stuck('1 day', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_stuck('1 day', 0)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_stuck('1 day', -1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_stuck('300000 years')$$);
SELECT * FROM pg_temp.unlawful();

\c :regression
DROP DATABASE worker_stuck;
