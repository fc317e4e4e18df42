-- money: history: payments and operations that the owner brings with row_security off come in as they were, held to the constraints
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

CREATE ROLE mh_app;
GRANT USAGE ON SCHEMA paysession TO mh_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA paysession TO mh_app;
INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mh_card', 'manual_multiple'), ('mh_ideal', 'automatic');
INSERT INTO paysession.cart (id, currency_code) VALUES ('mh_c1', 'eur');

-- as it was: times, totals, a session or none, whatever the provider does
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, status, is_selected, amount, currency_code, payment_authorized_at, created_at, updated_at)
	VALUES ('mh_s1', 'mh_c1', 'mh_ideal', 'authorized', true, 100, 'eur', '2001-01-02', '2001-01-01', '2001-01-02');
INSERT INTO paysession.payment (id, session_id, cart_id, provider_id, currency_code, amount, captured_amount, refunded_amount, refund_pending,
	voided_amount, order_id, data, metadata,
	captured_at, created_at, updated_at, authorization_expires_at)
	VALUES ('mh_p1', 'mh_s1', 'mh_c1', 'mh_ideal', 'eur', 100, 60, 20, 5, 40, 'mh_o1', '{"a": 1}', '{"b": 2}', '2001-01-04', '2001-01-03', '2001-01-06', '2001-02-01');
COPY paysession.payment (id, provider_id, currency_code, amount, voided_amount, canceled_at, created_at, updated_at) FROM stdin;
mh_p2	mh_card	usd	50	50	2001-01-02	2001-01-01	2001-01-02
\.
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, created_at, updated_at) VALUES ('mh_p3', 'mh_ideal', 'eur', 70, '2001-01-01', '2001-01-01');
COPY paysession.payment_operation (id, kind, session_id, payment_id, provider_id, amount, released_amount, final, status, provider_idempotency_key, provider_ref, reason, note, attempt, claimed_until, created_at, finished_at) FROM stdin;
mh_a1	authorize	mh_s1	\N	mh_ideal	100	0	f	succeeded	mh_a1.2	mh_r1	\N	\N	2	\N	2001-01-01	2001-01-02
mh_k1	capture	mh_s1	mh_p1	mh_ideal	60	40	t	succeeded	mh_k1	mh_r2	\N	\N	1	\N	2001-01-03	2001-01-04
mh_r1	refund	mh_s1	mh_p1	mh_ideal	20	0	f	succeeded	mh_r1	mh_r3	return	too small	1	\N	2001-01-05	2001-01-05
mh_r2	refund	mh_s1	mh_p1	mh_ideal	5	0	f	pending	mh_r2	\N	chargeback	\N	1	2001-01-07	2001-01-06	\N
mh_v1	void	\N	mh_p2	mh_card	50	0	f	succeeded	mh_v1	\N	\N	\N	1	\N	2001-01-02	2001-01-02
mh_x1	void	mh_s1	\N	mh_ideal	\N	0	f	failed	mh_x1	\N	\N	\N	1	\N	2001-01-02	2001-01-02
\.
COMMIT;
SELECT * FROM pg_temp.money('mh\_%');
SELECT id, session_id, cart_id, order_id, data, metadata, created_at < '2002-01-01' AND updated_at < '2002-01-01' AND coalesce(captured_at,
	canceled_at, created_at) < '2002-01-01' AS times
FROM paysession.payment WHERE id LIKE 'mh\_%' ORDER BY id;
SELECT id, kind, status, amount, released_amount, final, attempt, provider_idempotency_key, provider_ref, reason, note, created_at < '2002-01-01'
	AND coalesce(finished_at, claimed_until) < '2002-01-01' AS times
FROM paysession.payment_operation WHERE id LIKE 'mh\_%' ORDER BY id;
-- an id that no payment of ours would have is no hindrance
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, order_id, metadata, created_at, updated_at) VALUES (' mh odd ', 'mh_card',
	'eur', 70, ' odd ', '{"a": 1}', '2001-01-01', '2001-01-01');
COMMIT;
UPDATE paysession.payment SET metadata = '{"b": 2}' WHERE id = ' mh odd ' RETURNING id, order_id, metadata;
-- nothing was booked, moved or logged for it
SELECT count(*) FROM paysession.payment_operation WHERE payment_id = 'mh_p3';
SELECT count(*) FROM paysession.payment_session_event WHERE session_id = 'mh_s1';
SELECT session_count, updated_at < now() AS untouched FROM paysession.cart WHERE id = 'mh_c1';

-- held to the constraints
SET row_security = off;
SELECT c, pg_temp.outcome(format('INSERT INTO paysession.payment (id, provider_id, currency_code, amount, %s', c)) AS outcome FROM unnest(ARRAY[
	$$captured_amount) VALUES ('mh_x', 'mh_card', 'eur', 100, 101)$$, $$voided_amount, capture_pending) VALUES ('mh_x', 'mh_card', 'eur', 100, 60, 41)$$,
	$$refunded_amount) VALUES ('mh_x', 'mh_card', 'eur', 100, 1)$$,
	$$captured_amount, refund_pending) VALUES ('mh_x', 'mh_card', 'eur', 100, 10, 11)$$, $$captured_amount) VALUES ('mh_x', 'mh_card', 'eur', 100, -1)$$,
	$$order_id) VALUES ('mh_x', 'mh_card', 'eur', 0, NULL)$$, $$order_id) VALUES ('mh_x', 'mh_card', 'eur', 9007199254740992, NULL)$$,
	$$order_id) VALUES ('mh_x', 'mh_card', 'EUR', 1, NULL)$$,
	$$order_id) VALUES ('mh_x', 'mh_none', 'eur', 1, NULL)$$, $$cart_id) VALUES ('mh_x', 'mh_card', 'eur', 1, 'mh_none')$$,
	$$session_id) VALUES ('mh_x', 'mh_card', 'eur', 1, 'mh_none')$$,
	$$session_id) VALUES ('mh_x', 'mh_ideal', 'eur', 100, 'mh_s1')$$, $$session_id) VALUES (NULL, 'mh_card', 'eur', 1, NULL)$$,
	$$session_id) VALUES ('mh_p1', 'mh_card', 'eur', 1, NULL)$$,
	$$authorization_expires_at) VALUES ('mh_x', 'mh_card', 'eur', 1, 'infinity')$$, $$captured_at) VALUES ('mh_x', 'mh_card', 'eur', 1, '-infinity')$$,
	$$created_at) VALUES ('mh_x', 'mh_card', 'eur', 1, 'infinity')$$,
	$$canceled_at) VALUES ('mh_x', 'mh_card', 'eur', 1, 'infinity')$$, $$updated_at) VALUES ('mh_x', 'mh_card', 'eur', 1, 'infinity')$$]) AS c;
SELECT c, pg_temp.outcome(format('INSERT INTO paysession.payment_operation (id, provider_id, provider_idempotency_key, kind, amount, status, finished_at, session_id, payment_id%s', c)) AS outcome FROM unnest(ARRAY[
	$$) VALUES ('mh_x', 'mh_card', 'k', 'capture', 0, 'pending', NULL, NULL, 'mh_p2')$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'capture', NULL, 'pending', NULL, NULL, 'mh_p2')$$,
	$$) VALUES ('mh_x', 'mh_card', 'k', 'void', NULL, 'pending', NULL, NULL, 'mh_p2')$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'chargeback', 1, 'pending', NULL, NULL, 'mh_p2')$$,
	$$) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'unknown', now(), NULL, 'mh_p2')$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'pending', now(), NULL, 'mh_p2')$$,
	$$) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'failed', NULL, NULL, 'mh_p2')$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'pending', NULL, 'mh_s1', NULL)$$,
	$$) VALUES ('mh_x', 'mh_card', 'k', 'refund', 1, 'pending', NULL, 'mh_s1', NULL)$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'authorize', 1, 'pending', NULL, NULL, NULL)$$,
	$$) VALUES ('mh_x', 'mh_card', 'k', 'authorize', 1, 'pending', NULL, 'mh_s1', 'mh_p1')$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'void', 1, 'pending', NULL, NULL, NULL)$$,
	$$) VALUES ('mh_x', 'mh_none', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_p2')$$, $$) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_none')$$,
	$$) VALUES ('mh_x', 'mh_card', 'k', 'void', 1, 'pending', NULL, 'mh_none', NULL)$$, $$) VALUES ('mh_k1', 'mh_card', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_p2')$$,
	$$, provider_ref) VALUES ('mh_x', 'mh_ideal', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_p1', 'mh_r2')$$,
	$$, released_amount) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_p2', -1)$$,
	$$, claimed_until) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_p2', 'infinity')$$,
	$$, created_at) VALUES ('mh_x', 'mh_card', 'k', 'capture', 1, 'pending', NULL, NULL, 'mh_p2', '-infinity')$$]) AS c;

-- only an INSERT is history: everything else meets the law
CALL pg_temp.refuse($$UPDATE paysession.payment SET captured_amount = 100 WHERE id = 'mh_p1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment SET created_at = '2001-01-01' WHERE id = 'mh_p1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment WHERE id = 'mh_p1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_operation SET note = 'x' WHERE id = 'mh_r1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_operation WHERE id = 'mh_r1'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation SELECT * FROM paysession.payment_operation WHERE id = 'mh_r1' ON CONFLICT (id) DO UPDATE SET amount = 1$$);
-- and it goes on from where it was: the verbs work on it, and write no history
SELECT claimed, provider_idempotency_key FROM paysession.ps_claim('mh_r2');
SELECT status, reason FROM paysession.ps_finish('mh_r2', 'succeeded');
SELECT status, attempt, provider_idempotency_key FROM paysession.ps_begin('mh_s1');
SELECT amount, finished_at > '2024-01-01' AS now FROM paysession.ps_refund('mh_p1', 10);
SELECT id, order_id FROM paysession.ps_promote('mh_s1', 'mh_o1');
SELECT amount FROM paysession.ps_capture('mh_p3', 30, false);
SELECT amount, session_id FROM paysession.ps_void('mh_p3');
INSERT INTO paysession.cart (id, currency_code) VALUES ('mh_c2', 'eur');
SELECT status FROM paysession.ps_authorize((SELECT id FROM paysession.ps_create('mh_c2', 'mh_ideal', 100)));
SELECT status, created_at > '2024-01-01' AS now FROM paysession.ps_complete_cart('mh_c2');
SELECT * FROM pg_temp.money('mh\_%');
-- a key that nobody knows the request of is of another
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, status, finished_at, provider_idempotency_key, idempotency_key)
	VALUES ('mh_k2', 'capture', 'mh_p3', 'mh_ideal', 30, 'failed', now(), 'mh_k2', 'mh_key');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('mh_p3', 30, idempotency_key => 'mh_key')$$);
-- nor does what a user's trigger inserts within one
CREATE FUNCTION mh_forge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mh_x', 'capture', 'mh_p1', 'mh_ideal', 1, 'k');
	RETURN NULL;
END
$$;
CREATE TRIGGER mh_forge AFTER UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION mh_forge();
CALL pg_temp.refuse($$SELECT paysession.ps_refund('mh_p1', 1)$$);
DROP FUNCTION mh_forge CASCADE;

-- who does not own the tables brings no history, with row_security off or not
SET ROLE mh_app;
CALL pg_temp.refuse($$INSERT INTO paysession.payment (provider_id, currency_code, amount) VALUES ('mh_card', 'eur', 5)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mh_x', 'capture', 'mh_p1', 'mh_ideal', 1, 'k')$$);
RESET ROLE;
-- nor does a SECURITY DEFINER function of the owner's
CREATE FUNCTION mh_definer() RETURNS void LANGUAGE sql SECURITY DEFINER SET row_security = off
	BEGIN ATOMIC INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mh_x',
	'capture', 'mh_p1', 'mh_ideal', 1, 'k'); END;
CALL pg_temp.refuse($$SELECT mh_definer()$$);
DROP FUNCTION mh_definer;
-- with row_security on neither does the owner
RESET row_security;
CALL pg_temp.refuse($$INSERT INTO paysession.payment (provider_id, currency_code, amount) VALUES ('mh_card', 'eur', 5)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mh_x', 'capture', 'mh_p1', 'mh_ideal', 1, 'k')$$);
SELECT * FROM pg_temp.unlawful();

DROP OWNED BY mh_app;
DROP ROLE mh_app;
