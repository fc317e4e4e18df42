-- money: bad input: a clear error for each, nothing changed and nothing half-written
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mi_card', 'manual_multiple');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('mi_s1', 'mi_c1', 'mi_card', 100, 'eur'), ('mi_s2',
	'mi_c2', 'mi_card', 100, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'mi_s2';
CALL pg_temp.pay('mi_p1', 'mi_card', 100);
SELECT amount FROM paysession.ps_capture('mi_p1', 40);
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, capture_pending, order_id) VALUES ('mi_p2', 'mi_card', 'eur', 100, 30,
	'mi_o1'), ('mi_p3', 'mi_card', 'eur', 10, 0, 'mi_o2');
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, provider_idempotency_key) VALUES ('mi_op', 'capture', 'mi_p2', 'mi_card', 30, 'mi_op');
COMMIT;

CREATE FUNCTION pg_temp.fingerprint() RETURNS text LANGUAGE sql AS $$
SELECT md5(concat_ws(' ',
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment_session t), (SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.cart t),
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment t), (SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment_operation t),
	(SELECT count(*) FROM paysession.payment_session_event)))
$$;
SELECT pg_temp.fingerprint() AS before \gset
-- Tells with which SQLSTATEs a call refuses all of the values, and which it does not.
CREATE FUNCTION pg_temp.states(call text, bad text[]) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT CASE WHEN outcome = 'not refused' THEN 'accepted ' || left(value, 40) ELSE outcome END, ', ')
	FROM unnest(bad) AS value, pg_temp.outcome(format(call, value)) AS outcome
$$;
CREATE FUNCTION pg_temp.states(calls text[], bad text[]) RETURNS TABLE (bad text, call text) LANGUAGE sql AS $$
	SELECT pg_temp.states(c.call, states.bad), c.call FROM unnest(calls) WITH ORDINALITY AS c (call, n) ORDER BY n
$$;

-- ids
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_begin(%s)', 'SELECT paysession.ps_claim(%s)', 'SELECT paysession.ps_finish(%s, ''failed'')',
	'SELECT paysession.ps_promote(%s)',
	'SELECT paysession.ps_update_payment(%s)', 'SELECT paysession.ps_capture(%s)', 'SELECT paysession.ps_refund(%s)',
	'SELECT * FROM paysession.ps_refund_order(%s, 1)', 'SELECT paysession.ps_void(%s)'],
	ARRAY[$$''$$, $$' mi'$$, $$'mi '$$, $$E'a\tb'$$, $$'é'$$, $$repeat('x', 65)$$, $$repeat('x', 10000000)$$]);
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_promote(''mi_s2'', %s)', 'SELECT paysession.ps_update_payment(''mi_p1'', %s)', 'SELECT paysession.ps_complete_cart(%s)',
	'SELECT paysession.ps_complete_cart(''mi_c2'', order_id => %s)', 'INSERT INTO paysession.payment (session_id) VALUES (%s)',
	'INSERT INTO paysession.payment (session_id, id) VALUES (''mi_s2'', %s)',
	'INSERT INTO paysession.payment (session_id, order_id) VALUES (''mi_s2'', %s)', 'UPDATE paysession.payment SET order_id = %s WHERE id = ''mi_p1'''],
	ARRAY[$$''$$, $$' mi'$$, $$'mi '$$, $$E'a\tb'$$, $$'é'$$, $$repeat('x', 65)$$, $$repeat('x', 10000000)$$]);
-- null, where there has to be something
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_begin(%s)', 'SELECT paysession.ps_begin(''mi_s1'', %s)', 'SELECT paysession.ps_claim(%s)',
	'SELECT paysession.ps_claim(''mi_op'', %s)',
	'SELECT paysession.ps_finish(%s, ''failed'')', 'SELECT paysession.ps_finish(''mi_op'', %s)', 'SELECT paysession.ps_promote(%s)',
	'SELECT paysession.ps_update_payment(%s)', 'SELECT paysession.ps_capture(%s)',
	'SELECT paysession.ps_refund(%s)', 'SELECT paysession.ps_refund(''mi_p1'', 1, %s)', 'SELECT * FROM paysession.ps_refund_order(%s, 1)',
	'SELECT * FROM paysession.ps_refund_order(''mi_o1'', %s)',
	'SELECT * FROM paysession.ps_refund_order(''mi_o1'', 1, %s)', 'SELECT paysession.ps_void(%s)', 'SELECT paysession.ps_complete_cart(%s)',
	'INSERT INTO paysession.payment (session_id) VALUES (%s)',
	'INSERT INTO paysession.payment (session_id, data) VALUES (''mi_s2'', %s)', 'INSERT INTO paysession.payment (session_id, metadata) VALUES (''mi_s2'', %s)',
	'UPDATE paysession.payment SET data = %s WHERE id = ''mi_p1''', 'UPDATE paysession.payment SET metadata = %s WHERE id = ''mi_p1'''], ARRAY['NULL']);
-- what does not exist
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_begin(%s)', 'SELECT paysession.ps_claim(%s)', 'SELECT paysession.ps_finish(%s, ''failed'')',
	'SELECT paysession.ps_promote(%s)', 'SELECT paysession.ps_update_payment(%s)',
	'SELECT paysession.ps_capture(%s)', 'SELECT paysession.ps_refund(%s)', 'SELECT * FROM paysession.ps_refund_order(%s, 1)',
	'SELECT paysession.ps_void(%s)', 'SELECT paysession.ps_complete_cart(%s)',
	'SELECT paysession.ps_complete_cart(idempotency_key => %s)', 'INSERT INTO paysession.payment (session_id) VALUES (%s)'], ARRAY[$$'mi_none'$$]);

-- amounts: none at all, and more than there is
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_capture(''mi_p1'', %s)', 'SELECT paysession.ps_capture(''mi_p1'', %s, lease => ''1 hour'')',
	'SELECT paysession.ps_refund(''mi_p1'', %s)',
	'SELECT paysession.ps_refund(''mi_p1'', %s, lease => ''1 hour'')', 'SELECT * FROM paysession.ps_refund_order(''mi_o1'', %s)',
	'SELECT paysession.ps_finish(''mi_op'', ''succeeded'', %s)', 'SELECT paysession.ps_finish(''mi_op'', ''failed'', %s)'],
	ARRAY['0', '-1', '9007199254740992', '9223372036854775807', '(-9223372036854775808)']);
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_capture(''mi_p1'', %s)', 'SELECT paysession.ps_capture(''mi_p1'', %s, lease => ''1 hour'')',
	'SELECT paysession.ps_refund(''mi_p1'', %s)',
	'SELECT paysession.ps_refund(''mi_p1'', %s, lease => ''1 hour'')', 'SELECT * FROM paysession.ps_refund_order(''mi_o1'', %s)',
	'SELECT paysession.ps_finish(''mi_op'', ''succeeded'', %s)'], ARRAY['61', '100', '101', '9007199254740991']);
-- leases
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_begin(''mi_s1'', %s)', 'SELECT paysession.ps_claim(''mi_op'', %s)',
	'SELECT paysession.ps_capture(''mi_p1'', 1, lease => %s)',
	'SELECT paysession.ps_refund(''mi_p1'', 1, lease => %s)', 'SELECT paysession.ps_void(''mi_p1'', %s)'], ARRAY[$$'0'$$, $$'-1 s'$$, $$'1 day -48 hours'$$, $$'300000 years'$$]);
-- keys, references
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_capture(''mi_p1'', 1, idempotency_key => %s)', 'SELECT paysession.ps_refund(''mi_p1'', 1, idempotency_key => %s)',
	'SELECT * FROM paysession.ps_refund_order(''mi_o1'', 1, idempotency_key => %s)', 'SELECT paysession.ps_void(''mi_p1'', idempotency_key => %s)',
	'SELECT paysession.ps_complete_cart(idempotency_key => %s)',
	'SELECT paysession.ps_capture(''mi_p1'', 1, provider_ref => %s)', 'SELECT paysession.ps_refund(''mi_p1'', 1, provider_ref => %s)',
	'SELECT paysession.ps_void(''mi_p1'', provider_ref => %s)',
	'SELECT paysession.ps_finish(''mi_op'', ''succeeded'', provider_ref => %s)'], ARRAY[$$''$$, $$' mi'$$, $$'mi '$$, $$E'a\nb'$$, $$'é'$$, $$repeat('x', 256)$$]);
-- words
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_finish(''mi_op'', %s)', 'SELECT paysession.ps_refund(''mi_p1'', 1, %s)',
	'SELECT * FROM paysession.ps_refund_order(''mi_o1'', 1, %s)'],
	ARRAY[$$''$$, $$'Succeeded'$$, $$'succeeded '$$, $$'pending'$$, $$'Other'$$, $$'chargeback'$$, $$repeat('x', 70000)$$]);
-- documents and notes
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_update_payment(''mi_p1'', data => %s)',
	'SELECT paysession.ps_update_payment(''mi_p1'', metadata => %s)', 'SELECT paysession.ps_capture(''mi_p1'', 1, metadata => %s)',
	'SELECT paysession.ps_refund(''mi_p1'', 1, metadata => %s)', 'INSERT INTO paysession.payment (session_id, data) VALUES (''mi_s2'', %s)',
	'INSERT INTO paysession.payment (session_id, metadata) VALUES (''mi_s2'', %s)',
	'UPDATE paysession.payment SET data = %s WHERE id = ''mi_p1''', 'UPDATE paysession.payment SET metadata = %s WHERE id = ''mi_p1'''],
	ARRAY[$$'[]'$$, $$'7'$$, $$'null'$$, $$jsonb_build_object('a', repeat('x', 70000))$$, $$(repeat('{"a":', 65) || '1' || repeat('}', 65))::jsonb$$]);
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_refund(''mi_p1'', 1, note => %s)',
	'SELECT * FROM paysession.ps_refund_order(''mi_o1'', 1, note => %s)', 'SELECT paysession.ps_void(''mi_p1'', reason => %s)',
	'SELECT paysession.ps_finish(''mi_op'', ''failed'', reason => %s)'], ARRAY[$$repeat('x', 70000)$$, $$repeat('x', 10000000)$$]);
-- card numbers, before anything else that is wrong
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_update_payment(NULL, data => %s)',
	'SELECT paysession.ps_update_payment(NULL, metadata => %s)', 'SELECT paysession.ps_capture(NULL, 0, metadata => %s)',
	'SELECT paysession.ps_refund(NULL, 0, metadata => %s)', 'INSERT INTO paysession.payment (session_id, data) VALUES (''mi_none'', %s)',
	'INSERT INTO paysession.payment (session_id, metadata) VALUES (''mi_none'', %s)',
	'UPDATE paysession.payment SET captured_amount = 1, data = %s WHERE id = ''mi_p1''', 'UPDATE paysession.payment SET order_id = '''', metadata = %s WHERE id = ''mi_p1'''],
	ARRAY[$$'{"number": "4111111111111111"}'$$, $$'{"cvc": "123"}'$$, $$'["4111111111111111"]'$$]);
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_refund(NULL, note => %s)', 'SELECT paysession.ps_refund(NULL, reason => %s)',
	'SELECT * FROM paysession.ps_refund_order(NULL, 0, note => %s)', 'SELECT * FROM paysession.ps_refund_order(NULL, 0, %s)',
	'SELECT paysession.ps_void(NULL, reason => %s)', 'SELECT paysession.ps_finish(NULL, NULL, reason => %s)'], ARRAY[$$'4111111111111111'$$, $$'card 5555 5555 5555 4444'$$]);
-- times
SELECT * FROM pg_temp.states(ARRAY['SELECT paysession.ps_update_payment(''mi_p1'', authorization_expires_at => %s)',
	'INSERT INTO paysession.payment (session_id, authorization_expires_at) VALUES (''mi_s2'', %s)',
	'UPDATE paysession.payment SET authorization_expires_at = %s WHERE id = ''mi_p1'''], ARRAY[$$'infinity'$$, $$'-infinity'$$]);
SELECT pg_temp.fingerprint() = :'before' AS nothing_changed;
-- where they are only to be warned of, once for each
BEGIN;
SET LOCAL paysession.pan_check = warn;
SELECT FROM paysession.ps_update_payment('mi_p1', data => '{"number": "4111111111111111"}');
SELECT FROM paysession.ps_update_payment('mi_p1', metadata => '{"number": "4111111111111111"}');
UPDATE paysession.payment SET metadata = '{"cvc": "123"}' WHERE id = 'mi_p1';
SELECT FROM paysession.ps_capture('mi_p1', 1, metadata => '{"number": "4111111111111111"}');
SELECT FROM paysession.ps_refund('mi_p1', 1, metadata => '{"number": "4111111111111111"}');
SELECT FROM paysession.ps_refund('mi_p1', 1, note => '4111111111111111', lease => '1 hour');
SELECT FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = 'mi_p1' AND status = 'pending'), 'failed', reason => 'card 5555555555554444');
SELECT FROM paysession.ps_capture('mi_p3');
SELECT FROM paysession.ps_refund_order('mi_o2', 1, note => '4111111111111111');
SELECT FROM paysession.ps_void('mi_p1', reason => '4111111111111111');
INSERT INTO paysession.payment (session_id, data) VALUES ('mi_s2', '{"number": "4111111111111111"}');
-- and not again with the answer
SELECT id AS op FROM paysession.ps_capture((SELECT id FROM paysession.payment WHERE session_id = 'mi_s2'), 9, lease => '1 hour', metadata => '{"cvc": "123"}') \gset
SELECT status FROM paysession.ps_finish(:'op', 'succeeded');
SELECT id AS op FROM paysession.ps_refund((SELECT id FROM paysession.payment WHERE session_id = 'mi_s2'), 9, note => '4111111111111111', lease => '1 hour') \gset
SELECT status FROM paysession.ps_finish(:'op', 'succeeded');
SELECT id AS op FROM paysession.ps_void((SELECT id FROM paysession.payment WHERE session_id = 'mi_s2'), '1 hour', '4111111111111111') \gset
SELECT status FROM paysession.ps_finish(:'op', 'failed');
ROLLBACK;

-- in a transaction that only reads, whatever else is wrong
BEGIN READ ONLY;
SELECT pg_temp.outcome(call), call FROM unnest(ARRAY['SELECT paysession.ps_begin(NULL)', 'SELECT paysession.ps_claim(NULL)',
	'SELECT paysession.ps_finish(NULL, NULL)', 'SELECT paysession.ps_promote(NULL)',
	'SELECT paysession.ps_update_payment(NULL)', 'SELECT paysession.ps_capture(NULL)', 'SELECT paysession.ps_refund(NULL, reason => NULL)',
	'SELECT * FROM paysession.ps_refund_order(NULL, NULL, NULL)', 'SELECT paysession.ps_void(NULL)',
	'SELECT paysession.ps_complete_cart()', 'SELECT paysession.ps_begin(''mi_s1'')', 'SELECT paysession.ps_refund(''mi_p1'')',
	'SELECT paysession.ps_complete_cart(''mi_c2'')']) AS call;
COMMIT;
-- the trigger functions by hand, at another time, on another table
CREATE TABLE mi_other (id text);
SELECT f, pg_temp.outcome(format('SELECT paysession.%s()', f)) AS "by hand",
	pg_temp.outcome(format('DO $d$ BEGIN CREATE TRIGGER t BEFORE INSERT ON mi_other FOR EACH ROW EXECUTE FUNCTION paysession.%s(); INSERT INTO mi_other VALUES (''a''); END $d$', f)) AS elsewhere,
	pg_temp.outcome(format('DO $d$ BEGIN CREATE TRIGGER t %s INSERT ON paysession.payment FOR EACH ROW EXECUTE FUNCTION paysession.%s(); INSERT INTO paysession.payment (session_id) VALUES (''mi_s2''); END $d$', w, f)) AS "at another time"
FROM (VALUES ('payment_guard', 'AFTER'), ('payment_follow', 'BEFORE'), ('payment_operation_guard', 'BEFORE')) v (f, w);
DROP TABLE mi_other;
SELECT * FROM pg_temp.unlawful();
