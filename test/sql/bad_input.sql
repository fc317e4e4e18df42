-- bad input: a clear error for each, nothing changed and nothing half-written
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('bd_card'), ('bd_bank');
INSERT INTO paysession.cart (id, currency_code) VALUES ('bd_c1', 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('bd_s1', 'bd_c1', 'bd_card', 100), ('bd_s2', 'bd_c1', 'bd_bank', 100);

CREATE FUNCTION pg_temp.fingerprint() RETURNS text LANGUAGE sql AS $$
SELECT md5(concat_ws(' ',
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment_session t), (SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.cart t),
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment_provider t), (SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.sales_channel t),
	(SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM paysession.cart_sales_channel t), (SELECT count(*) FROM paysession.payment_session_event WHERE session_id LIKE 'bd\_s%')))
$$;
SELECT pg_temp.fingerprint() AS before \gset

-- ids: every argument that is one, every value that is none
CREATE TEMP TABLE id_calls (n serial, call text);
INSERT INTO id_calls (call) VALUES
	('SELECT paysession.ps_put_provider(%s)'), ('SELECT paysession.ps_put_sales_channel(%s, $$Web$$)'),
	('SELECT paysession.ps_create(%s, $$bd_card$$)'), ('SELECT paysession.ps_create($$bd_c2$$, %s)'),
	('SELECT paysession.ps_set_sessions(%s)'), ('SELECT paysession.ps_set_sessions($$bd_c1$$, ARRAY[%s])'),
	('SELECT paysession.ps_select(%s)'), ('SELECT paysession.ps_unselect(%s)'), ('SELECT paysession.ps_update(%s)'),
	('SELECT paysession.ps_require_more(%s)'), ('SELECT paysession.ps_authorize(%s)'), ('SELECT paysession.ps_fail(%s)'),
	('SELECT paysession.ps_retry(%s)'), ('SELECT paysession.ps_cancel(%s)'), ('SELECT paysession.ps_refresh(%s)'),
	('SELECT paysession.ps_delete(%s)'), ('SELECT paysession.ps_history(%s)'), ('SELECT paysession.ps_id_time(%s)'), ('SELECT paysession.ps_route(%s)');
CREATE TEMP TABLE optional_id_calls (n serial, call text);
INSERT INTO optional_id_calls (call) VALUES
	('SELECT paysession.ps_create($$bd_c2$$, $$bd_card$$, id => %s)'), ('SELECT paysession.ps_new_id($$ps$$, %s)'),
	('SELECT paysession.ps_list(%s)'), ('SELECT paysession.ps_list(provider_id => %s)'), ('SELECT paysession.ps_list(after => %s)'),
	('INSERT INTO paysession.payment_session (id, provider_id) VALUES (%s, $$bd_card$$)'),
	('INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES (%s, $$bd_card$$)'),
	('INSERT INTO paysession.payment_session (provider_id) VALUES (%s)'), ('INSERT INTO paysession.cart (id) VALUES (%s)'),
	('INSERT INTO paysession.cart (sales_channel_id) VALUES (%s)'), ('INSERT INTO paysession.payment_provider (id) VALUES (%s)'),
	('INSERT INTO paysession.sales_channel (id, name) VALUES (%s, $$Web$$)'),
	('SELECT paysession.ps_put_cart(jsonb_build_object($$id$$, %s))'),
	('SELECT paysession.ps_put_cart(jsonb_build_object($$id$$, $$bd_c2$$, $$sales_channel_id$$, %s))'),
	('SELECT paysession.ps_put_cart(jsonb_build_object($$id$$, $$bd_c2$$, $$sales_channels$$, jsonb_build_array(%s)))');
-- Tells with which SQLSTATEs a call refuses all of the values, and whether the message shows the row.
CREATE FUNCTION pg_temp.states(call text, bad text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	value text;
	states text[] := '{}';
	detail text;
BEGIN
	FOREACH value IN ARRAY bad LOOP
		BEGIN
			EXECUTE format(call, value);
			states := states || ('accepted ' || left(value, 40));
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			states := states || (SQLSTATE || CASE WHEN detail LIKE 'Failing row%' THEN ' with row' ELSE '' END);
		END;
	END LOOP;
	RETURN (SELECT string_agg(DISTINCT s, ' ') FROM unnest(states) s);
END
$$;
SELECT call, pg_temp.states(call, ARRAY['NULL']) AS "null",
	pg_temp.states(call, ARRAY[$$''$$, $$' '$$, $$' a'$$, $$'a '$$, $$E'a\nb'$$, $$E'\t'$$, $$E'a\x01'$$, $$E'\x7f'$$, $$'é'$$, $$'a€'$$, $$repeat('x', 65)$$, $$repeat('x', 10000000)$$]) AS bad
FROM id_calls ORDER BY n;
SELECT call, pg_temp.states(call, ARRAY[$$''$$, $$' '$$, $$' a'$$, $$'a '$$, $$E'a\nb'$$, $$E'\t'$$, $$E'a\x01'$$, $$E'\x7f'$$, $$'é'$$, $$'a€'$$, $$repeat('x', 65)$$, $$repeat('x', 10000000)$$]) AS bad
FROM optional_id_calls ORDER BY n;
-- the longest that is one
SELECT length(id) AS longest, id LIKE '% %' AS spaces_within FROM paysession.ps_put_provider(repeat('x', 31) || ' ' || repeat('~', 32));
DELETE FROM paysession.payment_provider WHERE id LIKE 'xxx%';
-- references and keys: up to 255
SELECT pg_temp.states(call, ARRAY[$$''$$, $$' a'$$, $$E'a\nb'$$, $$'é'$$, $$repeat('x', 256)$$, $$repeat('x', 10000000)$$]) AS bad, call FROM unnest(ARRAY[
	'SELECT paysession.ps_update($$bd_s1$$, provider_ref => %s)', 'SELECT paysession.ps_authorize($$bd_s1$$, provider_ref => %s)',
	'SELECT paysession.ps_require_more($$bd_s1$$, provider_ref => %s)', 'UPDATE paysession.payment_session SET provider_ref = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.payment_session SET idempotency_key = %s WHERE id = $$bd_s1$$']) WITH ORDINALITY AS c (call, n) ORDER BY n;
-- currencies
SELECT pg_temp.states(call, ARRAY[$$''$$, $$'EUR'$$, $$'eu'$$, $$'euro'$$, $$'eu1'$$, $$'e r'$$, $$'éu'$$, $$repeat('x', 10000000)$$]) AS bad, call FROM unnest(ARRAY[
	'SELECT paysession.ps_create($$bd_c2$$, $$bd_card$$, currency_code => %s)', 'UPDATE paysession.payment_session SET currency_code = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.cart SET currency_code = %s WHERE id = $$bd_c1$$']) WITH ORDINALITY AS c (call, n) ORDER BY n;
-- amounts
SELECT pg_temp.states(call, ARRAY['0', '-1', '9007199254740992', '9223372036854775807', '(-9223372036854775808)']) AS bad, call FROM unnest(ARRAY[
	'SELECT paysession.ps_create($$bd_c2$$, $$bd_card$$, %s)', 'SELECT paysession.ps_update($$bd_s1$$, %s)', 'SELECT paysession.ps_authorize($$bd_s1$$, %s)',
	'INSERT INTO paysession.payment_session (provider_id, amount) VALUES ($$bd_card$$, %s)', 'UPDATE paysession.payment_session SET amount = %s WHERE id = $$bd_s1$$'])
	WITH ORDINALITY AS c (call, n) ORDER BY n;
-- documents
SELECT pg_temp.states(call, ARRAY[$$'[]'$$, $$'[{"a": 1}]'$$, $$'7'$$, $$'"a"'$$, $$'null'$$, $$'true'$$, $$jsonb_build_object('a', repeat('x', 70000))$$,
	$$jsonb_build_object('a', repeat('x', 10000000))$$, $$(repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb$$, $$(repeat('[', 100) || repeat(']', 100))::jsonb$$]) AS bad, call FROM unnest(ARRAY[
	'SELECT paysession.ps_create($$bd_c2$$, $$bd_card$$, data => %s)', 'SELECT paysession.ps_update($$bd_s1$$, data => %s)',
	'SELECT paysession.ps_require_more($$bd_s1$$, data => %s)', 'SELECT paysession.ps_authorize($$bd_s1$$, data => %s)', 'SELECT paysession.ps_fail($$bd_s1$$, data => %s)',
	'INSERT INTO paysession.payment_session (provider_id, data) VALUES ($$bd_card$$, %s)', 'UPDATE paysession.payment_session SET data = %s WHERE id = $$bd_s1$$',
	'INSERT INTO paysession.cart (context) VALUES (%s)', 'UPDATE paysession.cart SET metadata = %s WHERE id = $$bd_c1$$',
	'SELECT paysession.ps_put_sales_channel($$bd_web$$, $$Web$$, metadata => %s)', 'INSERT INTO paysession.sales_channel (id, name, metadata) VALUES ($$bd_web$$, $$Web$$, %s)'])
	WITH ORDINALITY AS c (call, n) ORDER BY n;
SELECT pg_temp.states('SELECT paysession.ps_put_cart(jsonb_build_object($$id$$, $$bd_c2$$, $$metadata$$, %s))', ARRAY[$$'[]'::jsonb$$, $$7$$, $$repeat('x', 70000)$$,
	$$jsonb_build_object('a', repeat('x', 70000))$$, $$(repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb$$]) AS bad;
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(jsonb_build_object('id', 'bd_c2', 'email', repeat('x', 2000000)))$$);
-- the largest and the deepest that are not
SELECT pg_column_size(data) > 60000 AS large FROM paysession.ps_create('bd_large', 'bd_card', data => jsonb_build_object('a', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 2000) n)));
SELECT data #>> array_fill('a'::text, ARRAY[64]) AS deep FROM paysession.ps_create('bd_deep', 'bd_card', data => (repeat('{"a":', 64) || '1' || repeat('}', 64))::jsonb);
DELETE FROM paysession.payment_session WHERE cart_id IN ('bd_large', 'bd_deep');
DELETE FROM paysession.cart WHERE id IN ('bd_large', 'bd_deep');
-- reasons
SELECT pg_temp.states(call, ARRAY[$$repeat('x', 70000)$$, $$repeat('x', 10000000)$$]) AS bad, call FROM unnest(ARRAY['SELECT paysession.ps_fail($$bd_s1$$, %s)',
	'SELECT paysession.ps_cancel($$bd_s1$$, %s)', 'UPDATE paysession.payment_session SET status_reason = %s WHERE id = $$bd_s1$$']) WITH ORDINALITY AS c (call, n) ORDER BY n;
-- times
SELECT pg_temp.states(call, ARRAY[$$'infinity'$$, $$'-infinity'$$]) AS bad, call FROM unnest(ARRAY[
	'INSERT INTO paysession.payment_session (provider_id, expires_at) VALUES ($$bd_card$$, %s)', 'UPDATE paysession.payment_session SET expires_at = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.payment_session SET status = $$authorized$$, payment_authorized_at = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.payment_session SET status = $$canceled$$, canceled_at = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.cart SET completed_at = %s WHERE id = $$bd_c1$$'])
	WITH ORDINALITY AS c (call, n) ORDER BY n;
-- what does not exist
SELECT pg_temp.states(call, ARRAY[$$'bd_none'$$]) AS unknown, call FROM id_calls WHERE call !~ 'put_|route|id_time|ps_create\(%s|set_sessions\(%s' ORDER BY n;
CALL pg_temp.refuse($$SELECT paysession.ps_list(status => 'paid')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'Authorized' WHERE id = 'bd_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = '' WHERE id = 'bd_s1'$$);
-- columns that must not be null, without the row in the message
SELECT pg_temp.states(call, ARRAY['NULL']) AS "null", call FROM unnest(ARRAY['UPDATE paysession.payment_session SET status = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.payment_session SET is_initiated = %s WHERE id = $$bd_s1$$', 'UPDATE paysession.payment_session SET data = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.payment_session SET provider_id = %s WHERE id = $$bd_s1$$', 'UPDATE paysession.payment_session SET idempotency_key = %s WHERE id = $$bd_s1$$',
	'UPDATE paysession.cart SET context = %s WHERE id = $$bd_c1$$', 'UPDATE paysession.cart SET session_count = %s WHERE id = $$bd_c1$$',
	'UPDATE paysession.cart SET id = %s WHERE id = $$bd_c1$$', 'INSERT INTO paysession.sales_channel (id, name) VALUES ($$bd_web$$, %s)',
	'INSERT INTO paysession.sales_channel (id, name, is_disabled) VALUES ($$bd_web$$, $$Web$$, %s)', 'UPDATE paysession.payment_provider SET id = %s WHERE id = $$bd_card$$']) WITH ORDINALITY AS c (call, n) ORDER BY n;

SELECT pg_temp.fingerprint() = :'before' AS nothing_changed;

-- the trigger functions by hand, on another table, at another time, for each statement
CREATE TABLE bd_other (id text, status text);
DO $$
DECLARE
	f regproc;
	definition text;
BEGIN
	FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prorettype = 'trigger'::regtype ORDER BY proname LOOP
		CALL pg_temp.refuse(format('SELECT %s()', f));
		FOREACH definition IN ARRAY ARRAY['BEFORE INSERT ON bd_other FOR EACH ROW', 'AFTER INSERT ON bd_other FOR EACH ROW', 'BEFORE INSERT ON bd_other'] LOOP
			EXECUTE format('CREATE TRIGGER bd %s EXECUTE FUNCTION %s()', definition, f);
			CALL pg_temp.refuse($i$INSERT INTO bd_other VALUES ('a', 'pending')$i$);
			DROP TRIGGER bd ON bd_other;
		END LOOP;
	END LOOP;
END
$$;
DROP TABLE bd_other;
CREATE TRIGGER bd AFTER INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION paysession.payment_session_guard();
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id) VALUES ('bd_card')$$);
DROP TRIGGER bd ON paysession.payment_session;
CREATE TRIGGER bd BEFORE INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION paysession.payment_session_record();
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id) VALUES ('bd_card')$$);
DROP TRIGGER bd ON paysession.payment_session;
