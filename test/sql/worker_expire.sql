-- worker: ps_expire cancels what nobody has paid in time and has voided what the provider does not hold any more, bounded, each once
\getenv abs_srcdir PG_ABS_SRCDIR
-- in a database of its own: it takes whatever has expired
\set regression :DBNAME
CREATE DATABASE worker_expire;
\c worker_expire
CREATE EXTENSION paysession;
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, session_ttl, authorization_ttl, capture_method) VALUES
	('card', NULL, '1 hour', 'manual_multiple'), ('bank', '1 hour', NULL, 'manual'), ('short', '5 ms', NULL, 'manual');
-- CALL pg_temp.past(ids): their time has passed.
CREATE PROCEDURE pg_temp.past(VARIADIC ids text[])
LANGUAGE sql BEGIN ATOMIC
	UPDATE paysession.payment_session SET expires_at = '2001-01-01'::timestamptz + array_position(ids, id) * interval '1 day' WHERE id = ANY (ids);
END;
-- CALL pg_temp.hold(ids): they were authorized two hours ago.
CREATE PROCEDURE pg_temp.hold(VARIADIC ids text[])
LANGUAGE sql BEGIN ATOMIC
	UPDATE paysession.payment_session SET status = 'authorized', payment_authorized_at = now() - interval '2 hours' WHERE id = ANY (ids);
END;
CREATE FUNCTION pg_temp.sessions(pattern text) RETURNS TABLE (id text, status paysession.payment_session_status, reason text, selected boolean,
	initiated boolean, canceled boolean, ttl text)
BEGIN ATOMIC
	SELECT id, status, status_reason, is_selected, is_initiated, canceled_at IS NOT NULL,
		CASE WHEN expires_at < now() THEN 'past' WHEN expires_at = payment_authorized_at + '1 hour' THEN 'authorization'
		WHEN expires_at IS NOT NULL THEN 'later' END
	FROM paysession.payment_session WHERE id LIKE pattern ORDER BY id;
END;

-- nothing has expired
SELECT count(*) FROM paysession.ps_expire();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('a_pending', 'a_c1', 'card', 100, 'eur'), ('a_error', 'a_c2', 'card', 100, 'eur'), ('a_more', 'a_c3', 'card', 100, 'eur'),
	('a_begun', 'a_c4', 'card', 100, 'eur'), ('a_ref', 'a_c5', 'card', 100, 'eur'), ('a_bare', 'a_c6', 'card', NULL, NULL),
	('a_free', NULL, 'card', 100, 'eur'), ('a_never', 'a_c7', 'card', 100, 'eur'), ('a_later', 'a_c8', 'bank', 100, 'eur'),
	('a_other', 'a_c1', 'bank', 100, 'eur'), ('a_done', 'a_c9', 'card', 100, 'eur'), ('a_gone', 'a_ca', 'card', 100, 'eur');
SELECT status, is_selected FROM paysession.ps_select('a_pending');
SELECT status FROM paysession.ps_fail('a_error', 'declined');
SELECT claimed FROM paysession.ps_begin('a_begun', '1 hour');
SELECT claimed FROM paysession.ps_begin('a_more', '1 hour');
SELECT status FROM paysession.ps_require_more('a_more', provider_ref => 'r_more');
SELECT provider_ref FROM paysession.ps_update('a_ref', provider_ref => 'r_ref');
SELECT status FROM paysession.ps_cancel('a_gone', 'given up');
CALL pg_temp.past('a_pending', 'a_error', 'a_more', 'a_begun', 'a_ref', 'a_bare', 'a_free', 'a_gone');
-- what is initiated leaves a void; one that is being asked for, not before the claim has run out
SELECT id, status, status_reason, is_selected, canceled_at BETWEEN now() - interval '1 ms' AND updated_at AS canceled FROM paysession.ps_expire();
SELECT * FROM pg_temp.sessions('a%');
SELECT * FROM pg_temp.operations('a%');
SELECT session_id, from_status, to_status, is_selected, reason FROM paysession.payment_session_event
WHERE to_status = 'canceled' ORDER BY id;
-- each once
SELECT txid_current() AS before \gset
SELECT count(*) FROM paysession.ps_expire();
SELECT count(*) FROM paysession.payment_session WHERE xmin::text::bigint > :before;
-- a void that is done changes no more, and no late success comes through
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE session_id = 'a_more' AND status = 'pending'), 'succeeded');
SELECT * FROM pg_temp.sessions('a\_more');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('a_more')$$);
SELECT outcome, detail FROM paysession.ps_receive('card', 'e_1', 'authorized', 'a_begun', amount => 100);
SELECT status FROM paysession.ps_create('a_c1', 'card', 100);
-- of a cart that is completed, of a collection
SELECT status FROM paysession.ps_authorize('a_done');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('a_left', 'a_c9', 'bank', 100);
SELECT session_id FROM paysession.ps_complete_cart('a_c9');
SELECT id AS collection FROM paysession.ps_create_collection(100, 'eur') \gset
SELECT count(*) FROM paysession.ps_set_collection_sessions(:'collection', '[{"provider_id": "card", "amount": 100}]');
UPDATE paysession.payment_session SET expires_at = '2001-01-01' WHERE id = 'a_left' OR payment_collection_id = :'collection';
SELECT count(*) FROM paysession.ps_expire();
SELECT status, status_reason FROM paysession.payment_session WHERE id = 'a_left' OR payment_collection_id = :'collection';
SELECT status FROM paysession.payment_collection;

-- by the clock, not by the transaction's start
BEGIN;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('b_short', 'b_c1', 'short', 100, 'eur');
SELECT pg_sleep(0.01);
SELECT id, status, expires_at > now() AS later FROM paysession.ps_expire();
ROLLBACK;
-- no more than asked for, the longest overdue first; the default is 1000
INSERT INTO paysession.payment_session (id, provider_id, expires_at)
	SELECT 'b_' || n, 'card', '2001-01-01'::timestamptz - n * interval '1 s' FROM generate_series(1, 1004) n;
SELECT id FROM paysession.ps_expire(1);
SELECT id FROM paysession.ps_expire(max_rows => 2);
SELECT count(*), min(expires_at) = '2001-01-01'::timestamptz - interval '1001 s' AS first FROM paysession.ps_expire();
SELECT id FROM paysession.ps_expire();
CALL pg_temp.refuse($$SELECT paysession.ps_expire(0)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_expire(-1)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_expire(NULL)$$);
BEGIN READ ONLY;
CALL pg_temp.refuse($$SELECT paysession.ps_expire()$$);
ROLLBACK;

-- what is authorized does not expire with its session's time, but with the authorization
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
	SELECT 'c_' || n, 'c_c' || n, CASE n WHEN 2 THEN 'bank' ELSE 'card' END, 100, 'eur' FROM generate_series(1, 8) n;
CALL pg_temp.hold('c_2', 'c_3', 'c_4', 'c_5', 'c_6');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'c_1';
INSERT INTO paysession.payment (id, session_id) VALUES ('c_6_p', 'c_6');
CALL pg_temp.past('c_1', 'c_2', 'c_3', 'c_4', 'c_5', 'c_6');
-- within it, no time known, or a payment with a time of its own: looked at once, and not told of
SELECT id, status, status_reason, is_selected FROM paysession.ps_expire(6);
SELECT * FROM pg_temp.sessions('c\__');
SELECT * FROM pg_temp.operations('c\__');
SELECT count(*) FROM paysession.payment_session_event WHERE session_id LIKE 'c\__' AND (from_status, to_status) = ('authorized', 'authorized');
SELECT id, status FROM paysession.ps_expire();
-- the provider counts: canceled when the void is done, authorized still when it refuses
SELECT o.session_id, o.status FROM paysession.payment_operation p
	CROSS JOIN paysession.ps_finish(p.id, CASE p.session_id WHEN 'c_3' THEN 'succeeded' ELSE 'failed' END) o
WHERE p.session_id IN ('c_3', 'c_4') ORDER BY p.session_id;
SELECT * FROM pg_temp.sessions('c\_3');
SELECT * FROM pg_temp.sessions('c\_4');
-- while it is pending there is no other, and no payment
CALL pg_temp.past('c_5');
SELECT id FROM paysession.ps_expire();
CALL pg_temp.refuse($$SELECT paysession.ps_promote('c_5')$$);
SELECT status FROM paysession.ps_cancel('c_5');
-- a refused one can be paid
INSERT INTO paysession.payment (id, session_id) VALUES ('c_4_p', 'c_4');
SELECT id, status FROM paysession.ps_expire();
SELECT * FROM pg_temp.operations('c\__');
-- an authorization ends whatever the session's own time is
UPDATE paysession.payment_session SET expires_at = NULL WHERE id = 'c_7';
UPDATE paysession.payment_session SET expires_at = now() + interval '1 day' WHERE id = 'c_8';
CALL pg_temp.hold('c_7', 'c_8');
SELECT id, status FROM paysession.ps_expire() ORDER BY id;
SELECT * FROM pg_temp.operations('c\_7');

-- payments past the time of their authorization: what is not captured is to be voided
CALL pg_temp.pay('d_whole', 'card', 100);
CALL pg_temp.pay('d_part', 'card', 100);
CALL pg_temp.pay('d_asked', 'card', 100);
CALL pg_temp.pay('d_all', 'card', 100);
CALL pg_temp.pay('d_void', 'card', 100);
CALL pg_temp.pay('d_voiding', 'card', 100);
CALL pg_temp.pay('d_later', 'card', 100);
CALL pg_temp.pay('d_unknown', 'bank', 100);
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, authorization_expires_at)
	VALUES ('d_old', 'card', 'eur', 100, '2001-01-01');
COMMIT;
SELECT status FROM paysession.ps_capture('d_part', 40);
SELECT claimed FROM paysession.ps_capture('d_asked', 40, lease => '1 hour');
SELECT status FROM paysession.ps_capture('d_all');
SELECT status FROM paysession.ps_void('d_void');
SELECT claimed FROM paysession.ps_void('d_voiding', '1 hour');
UPDATE paysession.payment SET authorization_expires_at = '2001-01-02'
WHERE id IN ('d_whole', 'd_part', 'd_asked', 'd_all', 'd_void', 'd_voiding');
SELECT id, status, is_selected FROM paysession.ps_expire(100) ORDER BY id;
SELECT * FROM pg_temp.money('d%');
SELECT id, authorization_expires_at < now() AS past FROM paysession.payment WHERE id LIKE 'd%' ORDER BY id;
SELECT * FROM pg_temp.operations('d%') WHERE status = 'pending';
SELECT count(*) FROM paysession.ps_expire();
-- a capture that was asked for may still succeed; then the rest goes
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'd_asked'), 'succeeded');
SELECT id, status FROM paysession.ps_expire();
SELECT o.payment_id, o.status FROM paysession.payment_operation p CROSS JOIN paysession.ps_finish(p.id, 'succeeded') o
WHERE p.reason = 'expired' AND p.payment_id LIKE 'd%' ORDER BY p.payment_id;
SELECT * FROM pg_temp.money('d%');
SELECT * FROM pg_temp.sessions('d_whole%');
-- sessions come first, and both count
CALL pg_temp.pay('e_1', 'card', 100);
CALL pg_temp.pay('e_2', 'card', 100);
UPDATE paysession.payment SET authorization_expires_at = '2001-01-01'::timestamptz + substr(id, 3)::integer * interval '1 day' WHERE id LIKE 'e\__';
INSERT INTO paysession.payment_session (id, provider_id, expires_at) VALUES ('e_3', 'card', '2002-01-01'), ('e_4', 'card', '2002-01-02');
SELECT id FROM paysession.ps_expire(1);
SELECT id FROM paysession.ps_expire(2);
SELECT id FROM paysession.ps_expire(2);
-- a payment that is canceled has nothing to expire, whenever that was to be
CALL pg_temp.pay('g_2', 'card', 100);
SELECT status FROM paysession.ps_void('g_2');
UPDATE paysession.payment SET authorization_expires_at = '2001-01-01' WHERE id = 'g_2' RETURNING xmin AS version \gset
SELECT count(*) FROM paysession.ps_expire();
SELECT xmin = :'version' AS untouched FROM paysession.payment WHERE id = 'g_2';
-- the provider ends the authorization itself, before the void that was left
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('g_1', 'g_c', 'card', 100, 'eur');
CALL pg_temp.hold('g_1');
SELECT id FROM paysession.ps_expire();
SELECT outcome FROM paysession.ps_receive('card', 'e_2', 'canceled', 'g_1');
SELECT * FROM pg_temp.sessions('g\_1');
SELECT * FROM pg_temp.operations('g\_1');
-- what somebody's trigger refuses is passed over, again and again, and holds nothing else back
CALL pg_temp.pay('f_4', 'card', 100);
CALL pg_temp.pay('f_5', 'card', 100);
UPDATE paysession.payment SET authorization_expires_at = '2001-01-01' WHERE id IN ('f_4', 'f_5');
INSERT INTO paysession.payment_session (id, provider_id, expires_at)
	SELECT 'f_' || n, 'card', '2001-01-01'::timestamptz + n * interval '1 day' FROM generate_series(1, 3) n;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.id IN ('f_1', 'f_4') THEN
		RAISE 'not this one';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER keep BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION keep();
SELECT id, status FROM paysession.ps_expire(1);
SELECT id, status FROM paysession.ps_expire();
SELECT id, status FROM paysession.ps_expire();
SELECT * FROM pg_temp.sessions('f\__');
SELECT * FROM pg_temp.operations('f%');
DROP TRIGGER keep ON paysession.payment_session;
DROP TRIGGER keep ON paysession.payment;
SELECT id, status FROM paysession.ps_expire();
SELECT * FROM pg_temp.unlawful();

\c :regression
DROP DATABASE worker_expire;
