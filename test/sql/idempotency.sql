-- idempotency: a request that may come again goes on where it was, or is answered again; its key is for no other request
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('idem_card', 'manual_multiple');
-- What is stored of the keys that are LIKE a pattern.
CREATE FUNCTION pg_temp.keys(pattern text) RETURNS TABLE (key text, method text, path text, params jsonb, point text,
	code integer, body jsonb, locked text)
BEGIN ATOMIC
	SELECT idempotency_key, request_method, request_path, request_params, recovery_point, response_code, response_body,
		CASE WHEN locked_until > clock_timestamp() THEN 'live' WHEN locked_until IS NOT NULL THEN 'ended' END
	FROM paysession.idempotency_key WHERE idempotency_key LIKE pattern ORDER BY idempotency_key;
END;

-- the first to come takes the key, for a minute
SELECT id ~ '^ikey_[0-9A-HJKMNP-TV-Z]{26}$' AS id, paysession.ps_route(id) = paysession.ps_route('id_1') AS route, idempotency_key,
	request_method, request_path, request_params, recovery_point, response_code, response_body, created_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS created,
	locked_at BETWEEN created_at AND clock_timestamp() AS locked, locked_until - locked_at BETWEEN interval '60 s' AND interval '61 s' AS lease
FROM paysession.ps_idempotency_begin('id_1', 'POST', '/carts/1/complete', '{"a": [1, {"b": null}]}');
-- while the lease lasts nobody else works on it, not even whoever has it
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_2', 'POST', '/', '{}', '-1 s')$$);
DO $$
DECLARE
	detail text;
BEGIN
	PERFORM paysession.ps_idempotency_begin(key => 'id_1', method => 'POST', path => '/carts/1/complete',
		params => '{"a": [1, {"b": null}]}', lease => '1 s');
EXCEPTION WHEN lock_not_available THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RAISE INFO '%, until then: %', SQLERRM,
		(SELECT locked_until = substring(detail, '^Somebody works on its request until (.*)\.$')::timestamptz
		FROM paysession.idempotency_key WHERE idempotency_key = 'id_1');
END
$$;
SELECT * FROM pg_temp.keys('id\_1');
-- it has ended: the next one goes on at the recovery point, with a lease of its own
SELECT idempotency_key FROM paysession.ps_idempotency_begin('id_3', 'POST', '/', '{}', '20 ms');
SELECT recovery_point, request_params, locked_until > locked_at AS locked FROM paysession.ps_idempotency_advance('id_3', 'payment_authorized');
SELECT pg_sleep(0.03);
SELECT * FROM pg_temp.keys('id\_3');
SELECT id AS before, created_at AS since FROM paysession.idempotency_key WHERE idempotency_key = 'id_3' \gset
SELECT id = :'before' AS same, created_at = :'since' AS since, recovery_point, locked_at BETWEEN created_at + '20 ms' AND clock_timestamp() AS locked,
	locked_until - locked_at BETWEEN interval '1 hour' AND interval '1 hour 1 s' AS lease
FROM paysession.ps_idempotency_begin('id_3', 'POST', '/', '{}', '1 hour');
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_3', 'POST', '/', '{}')$$);
-- a stage that is undone has not been reached
BEGIN;
SELECT recovery_point FROM paysession.ps_idempotency_advance(key => 'id_3', recovery_point => 'order_created');
ROLLBACK;
SELECT recovery_point FROM paysession.ps_idempotency_advance('id_3', 'order_created');
-- the same point again is no change
SELECT xmin AS version FROM paysession.idempotency_key WHERE idempotency_key = 'id_3' \gset
SELECT recovery_point FROM paysession.ps_idempotency_advance('id_3', 'order_created');
SELECT xmin = :'version' AS untouched FROM paysession.idempotency_key WHERE idempotency_key = 'id_3';
-- it may go back
SELECT recovery_point FROM paysession.ps_idempotency_advance('id_3', 'started');
-- answered: the answer is repeated, at once and without a lease
SELECT recovery_point, response_code, response_body, locked_at, locked_until FROM paysession.ps_idempotency_finish('id_3', 200, '{"order": "o_1"}');
SELECT xmin AS version FROM paysession.idempotency_key WHERE idempotency_key = 'id_3' \gset
SELECT recovery_point, response_code, response_body, locked_at FROM paysession.ps_idempotency_begin('id_3', 'POST', '/', '{}');
SELECT recovery_point, response_code, response_body, locked_at FROM paysession.ps_idempotency_begin('id_3', 'POST', '/', '{}', '1 ms');
-- the same answer again is no change, another one is refused
SELECT response_code FROM paysession.ps_idempotency_finish(key => 'id_3', code => 200, body => '{"order": "o_1"}');
SELECT xmin = :'version' AS untouched FROM paysession.idempotency_key WHERE idempotency_key = 'id_3';
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_3', 201, '{"order": "o_1"}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_3', 200, '{"order": "o_2"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_3', 200)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('id_3', 'order_created')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('id_3', 'finished')$$, true);
-- an answer without a body, and one after the lease has ended
SELECT recovery_point FROM paysession.ps_idempotency_begin('id_4', 'DELETE', '/carts/4', '{}', '1 ms');
SELECT pg_sleep(0.003);
SELECT response_code, response_body FROM paysession.ps_idempotency_finish('id_4', 204);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_4', 204, 'null')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_4', 204, '{}')$$);
SELECT response_code FROM paysession.ps_idempotency_finish('id_4', 204, NULL);
-- a transaction that fails leaves no key
BEGIN;
SELECT idempotency_key FROM paysession.ps_idempotency_begin('id_5', 'POST', '/', '{}');
ROLLBACK;
SELECT count(*) FROM pg_temp.keys('id\_5');

-- another request under the key, held, free or finished
SELECT idempotency_key FROM paysession.ps_idempotency_begin('id_free', 'POST', '/', '{"a": 1}', '1 ms');
SELECT idempotency_key FROM paysession.ps_idempotency_begin('id_held', 'POST', '/', '{"a": 1}');
SELECT idempotency_key FROM paysession.ps_idempotency_begin('id_done', 'POST', '/', '{"a": 1}');
SELECT response_code FROM paysession.ps_idempotency_finish('id_done', 200);
SELECT idempotency_key FROM paysession.ps_idempotency_begin('id_bare', NULL, NULL, NULL, '1 ms');
SELECT pg_sleep(0.003);
SELECT request, string_agg(state || ': ' || pg_temp.outcome(format('SELECT paysession.ps_idempotency_begin(%L, %s)', 'id_' || state, request)),
	', ' ORDER BY state) AS outcomes
FROM unnest(ARRAY[$$'POST', '/', '{"a": 1}'$$, $$'POST', '/', '{"a": 1.0}'$$, $$'PUT', '/', '{"a": 1}'$$, $$'post', '/', '{"a": 1}'$$,
		$$NULL, '/', '{"a": 1}'$$, $$'POST', '/x', '{"a": 1}'$$, $$'POST', NULL, '{"a": 1}'$$, $$'POST', '/', '{"a": 2}'$$, $$'POST', '/', '{"a": "1"}'$$,
		$$'POST', '/', '{"a": 1, "b": null}'$$, $$'POST', '/', '{}'$$, $$'POST', '/', NULL$$, $$NULL, NULL, NULL$$]) WITH ORDINALITY AS r (request, n),
	unnest(ARRAY['bare', 'done', 'free', 'held']) AS state
GROUP BY n, request ORDER BY n;
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_done', 'POST', '/', '{"a": 2}')$$, true);
-- JSON that is no object
SELECT json, pg_temp.outcome(format($$SELECT paysession.ps_idempotency_begin('id_x', NULL, NULL, %1$L);
	SELECT paysession.ps_idempotency_finish('id_x', 200, %1$L)$$, json)) AS outcome
FROM unnest(ARRAY['null', 'true', '1', '"a"', '[]', '[1, "a"]', '{}']) AS json;

-- keys
SELECT name, pg_temp.outcome(format('SELECT paysession.ps_idempotency_begin(%L, NULL, NULL, NULL)', key)) AS begin,
	pg_temp.outcome(format('SELECT paysession.ps_idempotency_advance(%L, %L)', key, 'a')) AS advance,
	pg_temp.outcome(format('SELECT paysession.ps_idempotency_finish(%L, 200)', key)) AS finish
FROM (VALUES ('null', NULL), ('0 bytes', ''), ('1 byte', 'k'), ('255 bytes', repeat('k', 255)), ('256 bytes', repeat('k', 256)),
	('1 MB', repeat('k', 1000000)), ('space before', ' k'), ('space behind', 'k '), ('space', ' '), ('space between', 'k k'),
	('tab', E'k\tk'), ('no ASCII', 'clé'), ('quote', 'k''k'), ('card number', '4111111111111111')) AS k (name, key);
-- one of 255 bytes is kept whole, and differs from another by its last
SELECT length(idempotency_key) FROM paysession.ps_idempotency_begin(repeat('k', 254) || '1', NULL, NULL, '1');
SELECT length(idempotency_key) FROM paysession.ps_idempotency_begin(repeat('k', 254) || '2', NULL, NULL, '2');
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('', NULL, NULL, NULL)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin(NULL, NULL, NULL, NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('id_none', 'a')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_none', 200)$$);
-- the other arguments
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_y', NULL, NULL, NULL, NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_y', NULL, NULL, NULL, '0')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_y', NULL, NULL, NULL, '300000 years')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('id_1', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('id_1', '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_advance('id_1', repeat('p', 65))$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_1', NULL)$$);
-- documents and texts of any size and depth are no way around the limits
CREATE FUNCTION pg_temp.nested(depth integer) RETURNS text RETURN repeat('[', depth) || repeat(']', depth);
SELECT name, pg_temp.outcome(format('SELECT paysession.ps_idempotency_begin(%L, NULL, NULL, %L)', 'id_y', json)) AS params,
	pg_temp.outcome(format('SELECT paysession.ps_idempotency_finish(%L, 200, %L)', 'id_1', json)) AS body
FROM (VALUES ('64 levels', pg_temp.nested(64)), ('65 levels', pg_temp.nested(65)), ('60 kB', to_json(repeat('x', 60000))::text),
	('1 MB', to_json(repeat('x', 1000000))::text), ('card number', '{"a": [{"b": "4111 1111 1111 1111"}]}'), ('number', '4111111111111111'),
	('key', '{"4111111111111111": 1}'), ('code', '[{"cvc": "123"}]'),
	('card number, too large', json_build_array('4111111111111111', repeat('x', 1000000))::text)) AS j (name, json);
SELECT pg_temp.outcome($$SELECT paysession.ps_idempotency_begin('id_y', repeat('x', 70000), NULL, NULL)$$) AS method,
	pg_temp.outcome($$SELECT paysession.ps_idempotency_begin('id_y', NULL, repeat('x', 70000), NULL)$$) AS path;
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_y', NULL, NULL, '{"a": "4111111111111111"}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_y', NULL, '/cards/4111111111111111', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_y', '4111111111111111', NULL, NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('id_1', 200, '"4111111111111111"')$$);
-- the card check is the first
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin(NULL, NULL, NULL, '{"a": "4111111111111111"}', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_finish('', NULL, '{"a": "4111111111111111"}')$$);
-- nothing has come of all that
SELECT * FROM pg_temp.keys('id\_%');

-- keys are written by functions only
SELECT statement, pg_temp.outcome(statement) AS outcome FROM unnest(ARRAY[
	$$INSERT INTO paysession.idempotency_key (id, idempotency_key) VALUES ('ikey_1', 'id_raw')$$,
	$$INSERT INTO paysession.idempotency_key (id, idempotency_key) VALUES ('ikey_1', 'id_1') ON CONFLICT DO NOTHING$$,
	$$UPDATE paysession.idempotency_key SET locked_at = NULL, locked_until = NULL WHERE idempotency_key = 'id_1'$$,
	$$UPDATE paysession.idempotency_key SET recovery_point = recovery_point$$,
	$$MERGE INTO paysession.idempotency_key USING (VALUES ('id_1')) AS v (k) ON idempotency_key = k WHEN MATCHED THEN UPDATE SET recovery_point = 'a'$$,
	$$DELETE FROM paysession.idempotency_key WHERE idempotency_key = 'id_1'$$, $$TRUNCATE paysession.idempotency_key$$]) AS statement;
CALL pg_temp.refuse($$DELETE FROM paysession.idempotency_key$$, true);
COPY paysession.idempotency_key (id, idempotency_key) FROM stdin;
ikey_1	id_raw
\.
-- nor does a trigger of somebody else rewrite one
CREATE FUNCTION pg_temp.rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.locked_until := NEW.locked_until + interval '1 hour';
	RETURN NEW;
END
$$;
CREATE TRIGGER id_rewrite BEFORE INSERT ON paysession.idempotency_key FOR EACH ROW EXECUTE FUNCTION pg_temp.rewrite();
CALL pg_temp.refuse($$SELECT paysession.ps_idempotency_begin('id_z', 'POST', '/', '{}')$$, true);
DROP TRIGGER id_rewrite ON paysession.idempotency_key;
-- history comes in as it was, and is held to the constraints
SET row_security = off;
SELECT pg_temp.outcome(format('INSERT INTO paysession.idempotency_key (id, idempotency_key, %s)', rest)) AS outcome, rest FROM unnest(ARRAY[
	$$created_at) VALUES ('ikey_1', 'id_old', '2001-01-01'$$, $$created_at) VALUES ('ikey_1', 'id_1', '2001-01-01'$$, $$created_at) VALUES ('ikey_1', 'id_old', 'infinity'$$,
	$$recovery_point) VALUES ('ikey_1', 'id_old', 'finished'$$, $$response_code) VALUES ('ikey_1', 'id_old', 200$$, $$locked_at) VALUES ('ikey_1', 'id_old', now()$$]) AS rest;
CALL pg_temp.refuse($$UPDATE paysession.idempotency_key SET recovery_point = 'a'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.idempotency_key$$);
INSERT INTO paysession.idempotency_key (id, idempotency_key, request_params, recovery_point, created_at, locked_at, locked_until)
	VALUES ('ikey_1', 'id_old', '1', 'half', '2001-01-01', '2001-01-01', '2001-01-02');
RESET row_security;
SELECT id, recovery_point, created_at < '2002-01-01' AS old FROM paysession.ps_idempotency_begin('id_old', NULL, NULL, '1');
-- that nobody has ever held can be taken
SET row_security = off;
INSERT INTO paysession.idempotency_key (id, idempotency_key) VALUES ('ikey_2', 'id_never');
RESET row_security;
SELECT id, recovery_point, locked_at IS NOT NULL AS locked FROM paysession.ps_idempotency_begin('id_never', NULL, NULL, NULL);

-- Every function with an idempotency key of its caller: a call, and for each
-- other argument another value.
CREATE TEMP TABLE id_call (name text, argument text, value text, other text, PRIMARY KEY (name, argument));
INSERT INTO id_call VALUES
	('ps_capture', 'payment_id', $$'id_p1'$$, NULL), ('ps_capture', 'amount', '10', '11'), ('ps_capture', 'final', 'false', 'true'),
	('ps_capture', 'lease', $$'1 hour'$$, $$'2 hours'$$), ('ps_capture', 'provider_ref', $$'id_r1'$$, $$'id_x'$$),
	('ps_capture', 'metadata', $$'{"a": 1}'$$, $$'{"a": 2}'$$),
	('ps_refund', 'payment_id', $$'id_p2'$$, NULL), ('ps_refund', 'amount', '10', '11'), ('ps_refund', 'reason', $$'return'$$, $$'swap'$$),
	('ps_refund', 'note', $$'a'$$, $$'b'$$), ('ps_refund', 'lease', $$'1 hour'$$, $$'2 hours'$$),
	('ps_refund', 'provider_ref', $$'id_r2'$$, $$'id_x'$$), ('ps_refund', 'metadata', $$'{"a": 1}'$$, $$'{"a": 2}'$$),
	('ps_refund_order', 'order_id', $$'id_o3'$$, NULL), ('ps_refund_order', 'amount', '10', '11'),
	('ps_refund_order', 'reason', $$'return'$$, $$'swap'$$), ('ps_refund_order', 'note', $$'a'$$, $$'b'$$),
	('ps_void', 'payment_id', $$'id_p4'$$, NULL), ('ps_void', 'lease', $$'1 hour'$$, $$'2 hours'$$), ('ps_void', 'reason', $$'a'$$, $$'b'$$),
	('ps_void', 'provider_ref', $$'id_r4'$$, $$'id_x'$$);
-- A call with its arguments as they are, but for one.
CREATE FUNCTION pg_temp.call(called text, changed text DEFAULT '', given text DEFAULT NULL) RETURNS text
RETURN (SELECT format('SELECT array_agg(id) FROM paysession.%s(%s, idempotency_key => %L)', called,
	string_agg(argument || ' => ' || CASE WHEN argument = changed THEN given ELSE value END, ', ' ORDER BY argument), 'id_key')
	FROM id_call WHERE name = called);
CREATE FUNCTION pg_temp.run(call text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	ids text[];
BEGIN
	EXECUTE call INTO ids;
	RETURN ids;
END
$$;
CALL pg_temp.pay('id_p1', 'idem_card', 100);
CALL pg_temp.pay('id_p2', 'idem_card', 100);
CALL pg_temp.pay('id_p3', 'idem_card', 100, 'id_o3');
CALL pg_temp.pay('id_p4', 'idem_card', 100);
SELECT status FROM paysession.ps_capture('id_p2');
SELECT status FROM paysession.ps_capture('id_p3');
-- none is forgotten; the key of ps_complete_cart is the session's own
SELECT p.proname, a.name FROM pg_proc p, unnest(p.proargnames[:p.pronargs]) AS a (name)
WHERE p.pronamespace = 'paysession'::regnamespace AND 'idempotency_key' = ANY (p.proargnames[:p.pronargs]) AND a.name <> 'idempotency_key'
	AND NOT EXISTS (SELECT FROM id_call c WHERE (c.name, c.argument) = (p.proname, a.name))
ORDER BY p.proname, a.name;
CREATE TEMP TABLE id_first AS SELECT name, pg_temp.run(pg_temp.call(name)) AS ids FROM (SELECT DISTINCT name FROM id_call) c;
SELECT name, cardinality(ids), pg_temp.run(pg_temp.call(name)) = ids AS replayed FROM id_first ORDER BY name;
-- a lease is how, not what
SELECT name, argument, pg_temp.outcome(pg_temp.call(name, argument, other)) AS other,
	pg_temp.outcome(pg_temp.call(name, argument, 'NULL')) AS missing
FROM id_call WHERE other IS NOT NULL ORDER BY name, argument;
-- nothing was booked twice
SELECT * FROM pg_temp.money('id\_p%');
SELECT kind, count(*) FROM paysession.payment_operation WHERE payment_id LIKE 'id\_p%' GROUP BY kind ORDER BY kind;
SELECT * FROM pg_temp.unlawful();
