-- card numbers and security codes are kept out of documents and notes, wherever, however written and by whatever way; nothing else is
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('cn_card', 'manual_multiple'), ('cn_bank', 'manual');
INSERT INTO paysession.sales_channel (id, name) VALUES ('cn_web', 'Web');
INSERT INTO paysession.cart (id, currency_code) VALUES ('cn_open', 'eur'), ('cn_held', 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('cn_open1', 'cn_open', 'cn_card', 100), ('cn_held1', 'cn_held', 'cn_card', 100);
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cn_held1';
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cn_set', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cn_set1', 'cn_set', 'cn_card', 100);
CALL pg_temp.pay('cn_pay', 'cn_card', 100, 'cn_order');
SELECT status FROM paysession.ps_capture('cn_pay', 40);
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount, captured_at, capture_pending, refund_pending)
	VALUES ('cn_pay2', 'cn_card', 'eur', 100, 20, now(), 30, 20);
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, status, finished_at, provider_idempotency_key) VALUES
	('cn_captured', 'capture', 'cn_pay2', 'cn_card', 20, 'succeeded', now(), 'cn_captured'),
	('cn_capture', 'capture', 'cn_pay2', 'cn_card', 30, 'pending', NULL, 'cn_capture'), ('cn_refund', 'refund', 'cn_pay2', 'cn_card', 20, 'pending', NULL, 'cn_refund');
COMMIT;
SELECT outcome FROM paysession.ps_receive('cn_card', 'cn_event', 'authorized', 'cn_none');
SELECT recovery_point FROM paysession.ps_idempotency_begin('cn_key', 'POST', '/', '{}');

-- Where there is a document or a note: %s is the value, %2$s the same without quotes.
CREATE TEMP TABLE places (n serial, kind text, statement text);
COPY places (kind, statement) FROM stdin;
document	SELECT ps_put_sales_channel('cn_web', 'Web', metadata => %s)
document	SELECT ps_put_cart(jsonb_build_object('id', 'cn_open', 'context', %s))
document	SELECT ps_put_cart(jsonb_build_object('id', 'cn_open', 'metadata', %s))
document	SELECT ps_create('cn_open', 'cn_bank', data => %s)
document	SELECT ps_update('cn_open1', data => %s)
document	SELECT ps_update('cn_held1', data => %s)
document	SELECT ps_require_more('cn_open1', data => %s)
document	SELECT ps_authorize('cn_open1', data => %s)
document	SELECT ps_fail('cn_open1', data => %s)
note	SELECT ps_fail('cn_open1', reason => %s)
note	SELECT ps_cancel('cn_open1', reason => %s)
document	SELECT ps_update_payment('cn_pay', data => %s)
document	SELECT ps_update_payment('cn_pay', metadata => %s)
document	SELECT ps_capture('cn_pay', 1, metadata => %s)
document	SELECT ps_capture('cn_pay', 1, lease => '1 hour', metadata => %s)
document	SELECT ps_refund('cn_pay', 1, metadata => %s)
note	SELECT ps_refund('cn_pay', 1, note => %s)
note	SELECT ps_refund('cn_pay', 1, note => %s, lease => '1 hour')
note	SELECT ps_refund_order('cn_order', 1, note => %s)
note	SELECT ps_void('cn_pay', reason => %s)
note	SELECT ps_void('cn_pay', '1 hour', %s)
note	SELECT ps_finish('cn_capture', 'failed', reason => %s)
note	SELECT ps_finish('cn_refund', 'failed', reason => %s)
note	SELECT ps_create_collection(5, 'eur', description => %s)
document	SELECT ps_create_collection(5, 'eur', metadata => %s)
note	SELECT ps_update_collection('cn_set', description => %s)
document	SELECT ps_update_collection('cn_set', metadata => %s)
note	SELECT ps_cancel_collection('cn_set', reason => %s)
note	SELECT ps_resolve('cn_card', 'cn_event', false, note => %s)
note	SELECT ps_idempotency_begin('cn_new', method => %s, path => '/', params => '{}')
note	SELECT ps_idempotency_begin('cn_new', 'POST', path => %s, params => '{}')
document	SELECT ps_idempotency_begin('cn_new', 'POST', '/', params => %s)
document	SELECT ps_idempotency_finish('cn_key', 200, body => %s)
document	INSERT INTO sales_channel (id, name, metadata) VALUES ('cn_new', 'Web', %s)
document	UPDATE sales_channel SET metadata = %s WHERE id = 'cn_web'
document	COPY sales_channel (id, name, metadata) FROM PROGRAM $$printf 'cn_new\\tWeb\\t%%s\\n' '%2$s'$$
document	INSERT INTO cart (id, context) VALUES ('cn_new', %s)
document	UPDATE cart SET context = %s WHERE id = 'cn_open'
document	COPY cart (id, context) FROM PROGRAM $$printf 'cn_new\\t%%s\\n' '%2$s'$$
document	INSERT INTO cart (id, metadata) VALUES ('cn_new', %s)
document	UPDATE cart SET metadata = %s WHERE id = 'cn_open'
document	COPY cart (id, metadata) FROM PROGRAM $$printf 'cn_new\\t%%s\\n' '%2$s'$$
document	INSERT INTO payment_session (provider_id, data) VALUES ('cn_card', %s)
document	UPDATE payment_session SET data = %s WHERE id = 'cn_open1'
document	COPY payment_session (provider_id, data) FROM PROGRAM $$printf 'cn_card\\t%%s\\n' '%2$s'$$
document	INSERT INTO payment_session (id, provider_id) VALUES ('cn_open1', 'cn_card') ON CONFLICT (id) DO UPDATE SET data = %s
document	MERGE INTO payment_session USING (VALUES ('cn_open1')) AS v (k) ON id = k WHEN MATCHED THEN UPDATE SET data = %s
note	INSERT INTO payment_session (provider_id, status_reason) VALUES ('cn_card', %s)
note	UPDATE payment_session SET status = 'error', status_reason = %s WHERE id = 'cn_open1'
note	COPY payment_session (provider_id, status_reason) FROM PROGRAM $$printf 'cn_card\\t%%s\\n' '%2$s'$$
document	INSERT INTO payment (session_id, data) VALUES ('cn_held1', %s)
document	UPDATE payment SET data = %s WHERE id = 'cn_pay'
document	COPY payment (session_id, data) FROM PROGRAM $$printf 'cn_held1\\t%%s\\n' '%2$s'$$
document	INSERT INTO payment (session_id, metadata) VALUES ('cn_held1', %s)
document	UPDATE payment SET metadata = %s WHERE id = 'cn_pay'
document	INSERT INTO payment_collection (amount, currency_code, metadata) VALUES (5, 'eur', %s)
document	UPDATE payment_collection SET metadata = %s WHERE id = 'cn_set'
document	COPY payment_collection (amount, currency_code, metadata) FROM PROGRAM $$printf '5\\teur\\t%%s\\n' '%2$s'$$
note	INSERT INTO payment_collection (amount, currency_code, description) VALUES (5, 'eur', %s)
note	UPDATE payment_collection SET description = %s WHERE id = 'cn_set'
note	COPY payment_collection (amount, currency_code, description) FROM PROGRAM $$printf '5\\teur\\t%%s\\n' '%2$s'$$
\.
-- Where they are not the only thing that is wrong.
CREATE TEMP TABLE mistakes (n serial, kind text, statement text);
COPY mistakes (kind, statement) FROM stdin;
document	SELECT ps_put_sales_channel(NULL, NULL, metadata => %s)
document	SELECT ps_put_cart(jsonb_build_object('subtotal', 'x', 'context', %s))
document	SELECT ps_put_cart(jsonb_build_object('id', 7, 'items', 7, 'metadata', %s))
document	SELECT ps_create(NULL, NULL, 0, %s, '', 'EUR')
document	SELECT ps_create('cn_new', 'cn_none', data => %s)
document	SELECT ps_update('cn_none', data => %s)
document	SELECT ps_update(NULL, -1, %s, '')
document	SELECT ps_update('cn_open1', data => jsonb_build_array(%s))
document	SELECT ps_update('cn_open1', data => (repeat('{"a":', 70) || %s || repeat('}', 70))::jsonb)
document	SELECT ps_require_more(NULL, %s, '')
document	SELECT ps_authorize(NULL, 0, %s, '')
document	SELECT ps_fail(NULL, data => %s)
note	SELECT ps_fail(NULL, %s)
note	SELECT ps_cancel(NULL, %s)
document	SELECT ps_update_payment(NULL, '', 'infinity', %s)
document	SELECT ps_update_payment(NULL, '', 'infinity', metadata => %s)
document	SELECT ps_capture(NULL, 0, NULL, '0', '', '', %s)
document	SELECT ps_refund(NULL, 0, NULL, NULL, '0', '', '', %s)
note	SELECT ps_refund(NULL, 0, NULL, %s)
note	SELECT ps_refund(NULL, 0, %s)
note	SELECT ps_refund_order(NULL, 0, NULL, %s)
note	SELECT ps_refund_order(NULL, 0, %s)
note	SELECT ps_void(NULL, '0', %s)
note	SELECT ps_finish(NULL, NULL, 0, '', %s)
note	SELECT ps_create_collection(0, 'EUR', '', %s)
document	SELECT ps_create_collection(0, 'EUR', '', NULL, %s)
note	SELECT ps_update_collection(NULL, 0, %s)
document	SELECT ps_update_collection(NULL, 0, NULL, %s)
note	SELECT ps_cancel_collection(NULL, %s)
note	SELECT ps_resolve(NULL, NULL, NULL, %s)
note	SELECT ps_idempotency_begin('', %s, NULL, NULL, '0')
note	SELECT ps_idempotency_begin('', NULL, %s, NULL, '0')
document	SELECT ps_idempotency_begin('', NULL, NULL, %s, '0')
document	SELECT ps_idempotency_finish('', NULL, %s)
document	INSERT INTO sales_channel (id, metadata) VALUES (NULL, %s)
document	UPDATE sales_channel SET id = NULL, name = NULL, metadata = %s WHERE id = 'cn_web'
document	INSERT INTO cart (id, subtotal, context) VALUES ('', 9007199254740992, %s)
document	UPDATE cart SET currency_code = 'EUR', context = NULL, metadata = %s WHERE id = 'cn_open'
document	INSERT INTO payment_session (id, provider_id, status, amount, data) VALUES ('', NULL, 'authorized', -1, %s)
document	INSERT INTO payment_session (cart_id, payment_collection_id, provider_id, data) VALUES ('cn_open', 'cn_none', 'cn_none', %s)
document	UPDATE payment_session SET status = NULL, amount = -1, provider_id = NULL, data = jsonb_build_array(%s) WHERE id = 'cn_open1'
document	UPDATE payment_session SET status = 'pending', amount = 101, data = %s WHERE id = 'cn_held1'
note	UPDATE payment_session SET status = 'error', data = NULL, status_reason = %s WHERE id = 'cn_held1'
document	INSERT INTO payment (session_id, data) VALUES ('cn_none', %s)
document	INSERT INTO payment (session_id, captured_amount, metadata) VALUES (NULL, 1, %s)
document	UPDATE payment SET captured_amount = 1, data = %s WHERE id = 'cn_pay'
document	UPDATE payment SET order_id = '', data = NULL, metadata = %s WHERE id = 'cn_pay'
document	INSERT INTO payment_collection (amount, currency_code, status, metadata) VALUES (NULL, NULL, 'completed', %s)
note	INSERT INTO payment_collection (amount, currency_code, status, description) VALUES (0, 'EUR', 'completed', %s)
document	UPDATE payment_collection SET id = '', status = 'completed', metadata = %s WHERE id = 'cn_set'
note	UPDATE payment_collection SET amount = 0, currency_code = 'usd', description = %s WHERE id = 'cn_set'
\.

CREATE TEMP TABLE spellings (n serial, kind text, is_card boolean, value text);
-- the issuers' own test numbers, lengths and ranges; separators; neighbours
COPY spellings (value) FROM stdin;
4111111111111111
4000000000000000006
5555555555554444
2223003122003222
378282246310005
30569309025904
36227206271667
6011111111111117
3530111333300000
6205500000000000004
6759649826438453
50180000000009
561200000000007
50180000000000007
630400000000000000
4111 1111 1111 1111
4111-1111-1111-1111
4111.1111.1111.1111
4111 1111-1111.1111
3782 822463 10005
4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1
paid with 4111111111111111, thanks
(4111111111111111)
-4111111111111111
tok_4111111111111111
é4111111111111111é
4111111111111111.00
order 12 4111 1111 1111 1111
4111 1111 1111 1111 12/29
\.
UPDATE spellings SET kind = 'note', is_card = true;
-- another check digit; too short, too long, of no issuer; other separators; letters that touch it; what is something else
COPY spellings (value) FROM stdin;
4111111111111112
4222222222222
41111111111111111115
9111111111111110
352099001761481
4111  1111  1111  1111
4111/1111/1111/1111
4111_1111_1111_1111
tok4111111111111111
4111111111111111x
x4111 1111 1111 1111
4111 1111 1111 1111x
41111111-1111-1111-1111-111111111111
A1234567-1234-1234-4111-111111111111
ps_04111111111111111111111111
pay_01J00000000000000000000000
4006381333931
+49 30 1234567-89
2024-05-01 12.34.56.789012
cvc: 123
ending in 1111
\.
UPDATE spellings SET kind = 'note', is_card = false WHERE kind IS NULL;
-- in documents: all of these as a value and as a key
INSERT INTO spellings (kind, is_card, value) SELECT 'document', is_card, jsonb_build_object('a', value) FROM spellings ORDER BY n;
INSERT INTO spellings (kind, is_card, value) SELECT 'document', is_card, jsonb_build_object(value ->> 'a', 0) FROM (SELECT n, is_card, value::jsonb FROM spellings WHERE kind = 'document') s ORDER BY n;
-- deep down; numbers; security codes
COPY spellings (value) FROM stdin;
{"a": [{"b": {"c": [0, ["4111111111111111"]]}}]}
{"a": "one", "b": ["two", "4111111111111111"], "c": 3}
{"a": "\\u0034111111111111111"}
{"a": 4111111111111111}
{"a": -4111111111111111}
{"a": 4111111111111111.0}
{"a": 4111111111111111.5}
{"a": 4.111111111111111e15}
{"a": 41111111111111110e-1}
{"a": 6205500000000000004}
{"cvv": 123}
{"CVV": "123"}
{"cvc": "123"}
{"cVc": ""}
{"cvv2": []}
{"cvv": "****"}
{"cvv": ["***"]}
{"CVC2": [{"a": null}]}
{"a": [{"cid": "1234"}]}
{"PIN": "0000"}
{"Pan": {"a": 1}}
{"track1": "x"}
{"Track2": "x"}
{"TRACK_1": "x"}
{"card_number": "x"}
{"cardNumber": "x"}
{"CARD-NUMBER": "x"}
\.
UPDATE spellings SET kind = 'document', is_card = true WHERE kind IS NULL;
COPY spellings (value) FROM stdin;
{}
{"a": 4111111111111112}
{"a": 41111111111111111115}
{"a": 0.4111111111111111}
{"a": 4.111111111111111e14}
{"a": 1e1000}
{"a": 123456, "b": [1111, 1111, 1111]}
{"cvc": null, "CVV": true, "pin": false}
{"cvc": "***", "a": {"PAN": "***", "b": "**** **** **** ****"}}
{"cvc_check": "pass", "cvv3": "1", "opinion": "1", "span": "1", "pin_code_tried": 1, "card": "visa", "last4": "1111", "number": "1"}
\.
UPDATE spellings SET kind = 'document', is_card = false WHERE kind IS NULL;

-- What a statement is refused with, and whether that tells a digit; one that is not refused is undone.
CREATE FUNCTION pg_temp.refusal(statement text, OUT state text, OUT con text, OUT tab text, OUT message text, OUT tells boolean) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
	col text;
	typ text;
BEGIN
	EXECUTE statement;
	RAISE SQLSTATE 'TOKAY' USING MESSAGE = 'stored';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, tab = TABLE_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, col = COLUMN_NAME, typ = PG_DATATYPE_NAME;
	tells := concat(con, tab, message, detail, hint, col, typ) ~ '[0-9]';
END
$$;
CREATE FUNCTION pg_temp.fill(statement text, kind text, value text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE kind WHEN 'document' THEN format(statement, quote_literal(value::jsonb) || '::jsonb', value::jsonb) ELSE format(statement, quote_literal(value), value) END
$$;
CREATE FUNCTION pg_temp.fill(statement text, kind text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.fill(statement, kind, CASE kind WHEN 'document' THEN '{"a": "4111111111111111"}' ELSE '4111111111111111' END)
$$;

SET search_path = paysession;
\pset format unaligned
-- every spelling in every place
CREATE TEMP TABLE results AS
SELECT p.n, statement, s.n AS spelling, is_card, value, r.*
FROM places p JOIN spellings s USING (kind), pg_temp.refusal(pg_temp.fill(statement, kind, value)) r;
SELECT statement, count(*) AS spellings, state, con AS "constraint", tab AS "table", message, tells
FROM results WHERE is_card GROUP BY n, statement, state, con, tab, message, tells ORDER BY n, message;
-- and what only looks like them
SELECT statement, count(*) AS spellings, message FROM results WHERE NOT is_card GROUP BY n, statement, message ORDER BY n, message;
-- what the spellings are taken for, everywhere the same
SELECT value, count(*) AS places, message FROM (SELECT spelling, value, regexp_replace(message, 'payment session \w+ must not contain ', '') AS message FROM results) r
GROUP BY spelling, value, message ORDER BY spelling, message;
-- before anything else that is wrong is told
SELECT statement, message, tells
FROM mistakes, pg_temp.refusal(pg_temp.fill(statement, kind)) ORDER BY n;
-- and that the transaction only reads
BEGIN READ ONLY;
SELECT count(*), state, con AS "constraint", tells
FROM places, pg_temp.refusal(pg_temp.fill(statement, kind)) WHERE statement LIKE 'SELECT %' GROUP BY state, con, tells;
COMMIT;
\pset format aligned

-- a webhook's payload is masked instead: what the check would refuse is not in it any more, and nothing else has gone
SELECT is_card, count(*), payload <> value::jsonb AS is_masked, message AS as_data
FROM spellings, ps_receive('cn_card', 'cn_masked' || n, 'pending', payload => value::jsonb), pg_temp.refusal(format('SELECT ps_update(''cn_open1'', data => %L)', payload))
WHERE kind = 'document' GROUP BY is_card, is_masked, message ORDER BY is_card, message;
-- as is what the refusal of an event says
BEGIN;
CREATE FUNCTION pg_temp.blocked() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'cards 4111 1111 1111 1111 and 5555555555554444 are blocked, 1234 is not'; END$$;
CREATE TRIGGER cn_blocked BEFORE UPDATE ON payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.blocked();
SELECT outcome, detail FROM ps_receive('cn_card', 'cn_blocked', 'error', 'cn_open1');
ROLLBACK;

-- ids, references and keys are tokens, and exempt; as are names
BEGIN;
INSERT INTO payment_provider (id) VALUES ('4111111111111111');
INSERT INTO payment_session (id, cart_id, provider_id, provider_ref, idempotency_key, amount, currency_code)
	VALUES ('5555555555554444', '6011111111111117', '4111111111111111', '378282246310005', '30569309025904', 5, 'eur');
SELECT status, provider_ref FROM ps_authorize('5555555555554444');
SELECT order_id FROM ps_promote('5555555555554444', '3530111333300000');
SELECT id, provider_id FROM ps_create('6011111111111117', 'cn_card', id => '4012888888881881');
SELECT provider_ref FROM ps_update('4012888888881881', provider_ref => '4222222222222220');
SELECT idempotency_key, provider_ref FROM ps_capture('cn_pay', 1, idempotency_key => '4111111111111111', provider_ref => '5555555555554444');
SELECT id FROM ps_put_cart('{"id": "4111111111111111", "number": "4111111111111111"}');
SELECT id, name FROM ps_put_sales_channel('4111111111111111', '4111 1111 1111 1111');
SELECT type, created_by FROM ps_create_collection(5, 'eur', '4111111111111111', created_by => '5555555555554444');
SELECT idempotency_key FROM ps_idempotency_begin('4111111111111111', NULL, NULL, NULL);
SELECT recovery_point FROM ps_idempotency_advance('4111111111111111', '5555555555554444');
ROLLBACK;

-- warn: once for each, and it is stored; a security code too
SET paysession.pan_check = warn;
DO $$
DECLARE
	place record;
BEGIN
	FOR place IN SELECT kind, statement FROM places ORDER BY n LOOP
		RAISE INFO '% %', place.statement, (pg_temp.refusal(pg_temp.fill(place.statement, place.kind))).message;
	END LOOP;
END
$$;
BEGIN;
SELECT data FROM ps_update('cn_open1', data => '{"a": [{"cvc": "123"}]}');
SELECT context FROM ps_put_cart('{"id": "cn_open", "context": {"a": "4111111111111111"}}');
-- not again with the answer
SELECT id AS op FROM ps_capture('cn_pay', 9, lease => '1 hour', metadata => '{"cvc": "123"}') \gset
SELECT status FROM ps_finish(:'op', 'succeeded');
SELECT id AS op FROM ps_refund('cn_pay', 9, note => '4111111111111111', lease => '1 hour') \gset
SELECT status FROM ps_finish(:'op', 'succeeded');
SELECT id AS op FROM ps_void('cn_pay', '1 hour', '4111111111111111') \gset
SELECT status FROM ps_finish(:'op', 'failed');
-- what is no document is refused all the same
CALL pg_temp.refuse($$SELECT ps_update('cn_open1', data => '["4111111111111111"]')$$);
ROLLBACK;
-- off: it is stored
SET paysession.pan_check = off;
SELECT message, count(*) AS places FROM places, pg_temp.refusal(pg_temp.fill(statement, kind)) GROUP BY message;
CALL pg_temp.refuse($$SELECT ps_update('cn_open1', data => '["4111111111111111"]')$$);
SELECT data FROM ps_update('cn_open1', data => '{"a": "4111111111111111", "cvc": "123"}');
UPDATE cart SET metadata = '{"a": "4111111111111111"}' WHERE id = 'cn_open' RETURNING metadata;
SELECT status_reason FROM ps_fail('cn_open1', '4111111111111111');
RESET paysession.pan_check;
SHOW paysession.pan_check;
-- what was stored then hinders nothing that leaves it alone
SELECT status_reason, data, provider_ref FROM ps_update('cn_open1', provider_ref => 'cn_ref');
UPDATE payment_session SET is_initiated = true WHERE id = 'cn_open1' RETURNING status_reason, data;
UPDATE cart SET subtotal = 5 WHERE id = 'cn_open' RETURNING metadata;
CALL pg_temp.refuse($$UPDATE payment_session SET data = data || '{"b": 1}' WHERE id = 'cn_open1'$$);

-- only a superuser sets it
SET paysession.pan_check = maybe;
CREATE ROLE cn_app;
GRANT USAGE ON SCHEMA paysession TO cn_app;
GRANT SELECT, UPDATE ON payment_session TO cn_app;
SET SESSION AUTHORIZATION cn_app;
SET paysession.pan_check = off;
SELECT set_config('paysession.pan_check', 'warn', true);
CREATE FUNCTION pg_temp.unchecked() RETURNS void LANGUAGE sql SET paysession.pan_check = off AS '';
ALTER ROLE cn_app SET paysession.pan_check = off;
SHOW paysession.pan_check;
RESET SESSION AUTHORIZATION;
-- not even before the library that has the setting is loaded
\c -
SET SESSION AUTHORIZATION cn_app;
SET paysession.pan_check = off;
UPDATE paysession.payment_session SET data = '{"b": "4111111111111111"}' WHERE id = 'cn_open1';
SHOW paysession.pan_check;
RESET SESSION AUTHORIZATION;
DROP OWNED BY cn_app;
DROP ROLE cn_app;
