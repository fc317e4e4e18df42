-- law: payment_authorized_at is set by the move to authorized, by nothing else, and never cleared
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('at_card');
INSERT INTO paysession.cart (id, currency_code) SELECT 'at_c' || n, 'eur' FROM generate_series(1, 4) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount)
	SELECT 'at_s' || n, 'at_c' || n, 'at_card', 100 FROM generate_series(1, 3) n;

-- not before
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_authorized_at = now() WHERE id = 'at_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_authorized_at = now(), status = 'error' WHERE id = 'at_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_authorized_at = now(), status = 'canceled' WHERE id = 'at_s1'$$);
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'at_s1';
SELECT payment_authorized_at FROM paysession.payment_session WHERE id = 'at_s1';

-- with the move: now, in whole milliseconds, not in the future
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'at_s1';
SELECT payment_authorized_at = updated_at AS one_time,
	payment_authorized_at BETWEEN created_at AND clock_timestamp() AS is_now,
	payment_authorized_at = date_trunc('milliseconds', payment_authorized_at) AS in_milliseconds
FROM paysession.payment_session WHERE id = 'at_s1';
-- or the time that is given there
UPDATE paysession.payment_session SET status = 'authorized', payment_authorized_at = '2024-02-03 04:05:06.789+00' WHERE id = 'at_s2';
SELECT payment_authorized_at = '2024-02-03 04:05:06.789+00' AS kept FROM paysession.payment_session WHERE id = 'at_s2';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', payment_authorized_at = 'infinity' WHERE id = 'at_s3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', payment_authorized_at = '-infinity' WHERE id = 'at_s3'$$);

-- not afterwards, but for the same value
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_authorized_at = now() + interval '1 s' WHERE id = 'at_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_authorized_at = NULL WHERE id = 'at_s1'$$);
UPDATE paysession.payment_session SET payment_authorized_at = payment_authorized_at, status = status WHERE id = 'at_s1';
UPDATE paysession.payment_session SET payment_authorized_at = '2024-02-03 04:05:06.789+00', data = '{"a": 1}' WHERE id = 'at_s2';
-- nor with the cancellation, nor after it
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'canceled', payment_authorized_at = NULL WHERE id = 'at_s2'$$);
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'at_s2';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET payment_authorized_at = NULL WHERE id = 'at_s2'$$);
SELECT status, payment_authorized_at = '2024-02-03 04:05:06.789+00' AS kept FROM paysession.payment_session WHERE id = 'at_s2';

-- the functions
SELECT payment_authorized_at IS NULL AS "null" FROM paysession.ps_create('at_c4', 'at_card', 100, id => 'at_s4');
SELECT payment_authorized_at = updated_at AS one_time FROM paysession.ps_authorize('at_s4');
SELECT payment_authorized_at AS first FROM paysession.payment_session WHERE id = 'at_s4' \gset
SELECT pg_sleep(0.002);
SELECT payment_authorized_at = :'first' AS kept FROM paysession.ps_authorize('at_s4');
SELECT payment_authorized_at = :'first' AS kept FROM paysession.ps_cancel('at_s4');
