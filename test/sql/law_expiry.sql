-- law: an expired session cannot be authorized
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id, session_ttl) VALUES ('ex_card', NULL), ('ex_short', '2 ms');
INSERT INTO paysession.cart (id, currency_code) SELECT 'ex_c' || n, 'eur' FROM generate_series(1, 6) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, expires_at) VALUES
	('ex_past', 'ex_c1', 'ex_card', 100, now() - interval '1 day'),
	('ex_future', 'ex_c2', 'ex_card', 100, now() + interval '1 day'),
	('ex_never', 'ex_c3', 'ex_card', 100, NULL),
	('ex_short', 'ex_c4', 'ex_short', 100, NULL);
SELECT pg_sleep(0.01);

-- by the clock, not by the transaction's start
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ex_past'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ex_short'$$);
BEGIN;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, expires_at)
	VALUES ('ex_soon', 'ex_c5', 'ex_card', 100, clock_timestamp() + interval '5 ms');
SELECT pg_sleep(0.02);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ex_soon'$$);
ROLLBACK;
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('ex_future', 'ex_never');

-- a late success after a failure is late as well
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'ex_past';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ex_past'$$);
-- every other move is open, and what is authorized does not expire
UPDATE paysession.payment_session SET status = 'requires_more' WHERE id = 'ex_past';
UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'ex_past';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'ex_past';
UPDATE paysession.payment_session SET expires_at = now() - interval '1 day' WHERE id = 'ex_future';
UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'ex_future';
SELECT id, status, expires_at < now() AS expired FROM paysession.payment_session WHERE id LIKE 'ex\_%' ORDER BY id;

-- one that gets more time in the same statement has not expired
INSERT INTO paysession.payment_session (id, provider_id, expires_at, amount, currency_code) VALUES ('ex_more', 'ex_card', '2001-01-01', 5, 'eur');
UPDATE paysession.payment_session SET status = 'authorized', expires_at = now() + interval '1 day' WHERE id = 'ex_more' RETURNING status;

-- finite
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET expires_at = 'infinity' WHERE id = 'ex_never'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id, expires_at) VALUES ('ex_card', '-infinity')$$);

-- the functions
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('ex_short')$$, true);
SELECT status FROM paysession.ps_fail('ex_short');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('ex_short')$$);
SELECT status FROM paysession.ps_create('ex_c6', 'ex_short', 100, id => 'ex_s6');
SELECT pg_sleep(0.01);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('ex_s6')$$);
-- ps_refresh gives the customer new time
UPDATE paysession.payment_provider SET session_ttl = '1 hour' WHERE id = 'ex_short';
SELECT status, expires_at - created_at AS ttl FROM paysession.ps_refresh('ex_s6');
SELECT s.status FROM paysession.payment_session o CROSS JOIN paysession.ps_authorize(o.id) s WHERE o.cart_id = 'ex_c6';
