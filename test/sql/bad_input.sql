-- bad input: a clear error for each, nothing changed and nothing half-written
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('bd_card'), ('bd_bank');
INSERT INTO paysession.cart (id, currency_code) VALUES ('bd_c1', 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('bd_s1', 'bd_c1', 'bd_card', 100), ('bd_s2', 'bd_c1', 'bd_bank', 100);

CREATE FUNCTION pg_temp.fingerprint() RETURNS text LANGUAGE sql AS $$
SELECT md5(concat_ws(' ',
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment_session t),
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.cart t),
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.payment_provider t),
	(SELECT string_agg(t::text, ' ' ORDER BY id) FROM paysession.sales_channel t),
	(SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM paysession.cart_sales_channel t),
	(SELECT count(*) FROM paysession.payment_session_event WHERE session_id LIKE 'bd\_s%')))
$$;
SELECT pg_temp.fingerprint() AS before \gset

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
CREATE TEMP TABLE bad (kind text, n serial, value text);
COPY bad (kind, value) FROM stdin;
id	''
id	' '
id	' a'
id	'a '
id	E'a\\nb'
id	E'\\t'
id	E'a\\x01'
id	E'\\x7f'
id	'é'
id	'a€'
id	repeat('x', 65)
id	repeat('x', 10000000)
token	''
token	' a'
token	E'a\\nb'
token	'é'
token	repeat('x', 256)
token	repeat('x', 10000000)
currency	''
currency	'EUR'
currency	'eu'
currency	'euro'
currency	'Eur'
currency	'eUr'
currency	'euR'
currency	'{ur'
currency	'e{r'
currency	'eu{'
currency	'eu1'
currency	'e r'
currency	'éu'
currency	repeat('x', 10000000)
amount	0
amount	-1
amount	9007199254740992
amount	9223372036854775807
amount	(-9223372036854775808)
document	'[]'
document	'[{"a": 1}]'
document	'7'
document	'"a"'
document	'null'
document	'true'
document	jsonb_build_object('a', repeat('x', 70000))
document	jsonb_build_object('a', repeat('x', 10000000))
document	(repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb
document	(repeat('[', 100) || repeat(']', 100))::jsonb
member	'[]'::jsonb
member	7
member	repeat('x', 70000)
member	jsonb_build_object('a', repeat('x', 70000))
member	(repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb
note	repeat('x', 70000)
note	repeat('x', 10000000)
time	'infinity'
time	'-infinity'
missing	NULL
unknown	'bd_none'
\.
-- Every place that takes a value, and the kinds of bad values to try there.
CREATE TEMP TABLE places (n serial, kinds text[], call text);
COPY places (kinds, call) FROM stdin;
{id,missing}	SELECT paysession.ps_put_provider(%s)
{id,missing}	SELECT paysession.ps_put_sales_channel(%s, 'Web')
{id,missing}	SELECT paysession.ps_create(%s, 'bd_card')
{id,missing,unknown}	SELECT paysession.ps_create('bd_c2', %s)
{id,missing}	SELECT paysession.ps_set_sessions(%s)
{id,missing,unknown}	SELECT paysession.ps_set_sessions('bd_c1', ARRAY[%s])
{id,missing,unknown}	SELECT paysession.ps_select(%s)
{id,missing,unknown}	SELECT paysession.ps_unselect(%s)
{id,missing,unknown}	SELECT paysession.ps_update(%s)
{id,missing,unknown}	SELECT paysession.ps_require_more(%s)
{id,missing,unknown}	SELECT paysession.ps_authorize(%s)
{id,missing,unknown}	SELECT paysession.ps_fail(%s)
{id,missing,unknown}	SELECT paysession.ps_retry(%s)
{id,missing,unknown}	SELECT paysession.ps_cancel(%s)
{id,missing,unknown}	SELECT paysession.ps_refresh(%s)
{id,missing,unknown}	SELECT paysession.ps_delete(%s)
{id,missing,unknown}	SELECT paysession.ps_get(%s)
{id,missing,unknown}	SELECT paysession.ps_history(%s)
{id,missing}	SELECT paysession.ps_id_time(%s)
{id,missing}	SELECT paysession.ps_route(%s)
{id}	SELECT paysession.ps_create('bd_c2', 'bd_card', id => %s)
{id}	SELECT paysession.ps_new_id('ps', %s)
{id}	SELECT paysession.ps_list(%s)
{id}	SELECT paysession.ps_list(provider_id => %s)
{id}	SELECT paysession.ps_list(after => %s)
{id}	INSERT INTO paysession.payment_session (id, provider_id) VALUES (%s, 'bd_card')
{id}	INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES (%s, 'bd_card')
{id,missing,unknown}	INSERT INTO paysession.payment_session (provider_id) VALUES (%s)
{id}	INSERT INTO paysession.cart (id) VALUES (%s)
{id,unknown}	INSERT INTO paysession.cart (sales_channel_id) VALUES (%s)
{id,missing}	INSERT INTO paysession.payment_provider (id) VALUES (%s)
{id,missing}	INSERT INTO paysession.sales_channel (id, name) VALUES (%s, 'Web')
{id}	SELECT paysession.ps_put_cart(jsonb_build_object('id', %s))
{id,unknown}	SELECT paysession.ps_put_cart(jsonb_build_object('id', 'bd_c2', 'sales_channel_id', %s))
{id,unknown}	SELECT paysession.ps_put_cart(jsonb_build_object('id', 'bd_c2', 'sales_channels', jsonb_build_array(%s)))
{token}	SELECT paysession.ps_update('bd_s1', provider_ref => %s)
{token}	SELECT paysession.ps_authorize('bd_s1', provider_ref => %s)
{token}	SELECT paysession.ps_require_more('bd_s1', provider_ref => %s)
{token}	UPDATE paysession.payment_session SET provider_ref = %s WHERE id = 'bd_s1'
{token,missing}	UPDATE paysession.payment_session SET idempotency_key = %s WHERE id = 'bd_s1'
{currency}	SELECT paysession.ps_create('bd_c2', 'bd_card', currency_code => %s)
{currency}	UPDATE paysession.payment_session SET currency_code = %s WHERE id = 'bd_s1'
{currency}	UPDATE paysession.cart SET currency_code = %s WHERE id = 'bd_c1'
{amount}	SELECT paysession.ps_create('bd_c2', 'bd_card', %s)
{amount}	SELECT paysession.ps_update('bd_s1', %s)
{amount}	SELECT paysession.ps_authorize('bd_s1', %s)
{amount}	INSERT INTO paysession.payment_session (provider_id, amount) VALUES ('bd_card', %s)
{amount}	UPDATE paysession.payment_session SET amount = %s WHERE id = 'bd_s1'
{document}	SELECT paysession.ps_create('bd_c2', 'bd_card', data => %s)
{document}	SELECT paysession.ps_update('bd_s1', data => %s)
{document}	SELECT paysession.ps_require_more('bd_s1', data => %s)
{document}	SELECT paysession.ps_authorize('bd_s1', data => %s)
{document}	SELECT paysession.ps_fail('bd_s1', data => %s)
{document}	INSERT INTO paysession.payment_session (provider_id, data) VALUES ('bd_card', %s)
{document,missing}	UPDATE paysession.payment_session SET data = %s WHERE id = 'bd_s1'
{document,missing}	INSERT INTO paysession.cart (context) VALUES (%s)
{document,missing}	UPDATE paysession.cart SET context = %s WHERE id = 'bd_c1'
{document,missing}	UPDATE paysession.cart SET metadata = %s WHERE id = 'bd_c1'
{document}	SELECT paysession.ps_put_sales_channel('bd_web', 'Web', metadata => %s)
{document}	INSERT INTO paysession.sales_channel (id, name, metadata) VALUES ('bd_web', 'Web', %s)
{member}	SELECT paysession.ps_put_cart(jsonb_build_object('id', 'bd_c2', 'context', %s))
{member}	SELECT paysession.ps_put_cart(jsonb_build_object('id', 'bd_c2', 'metadata', %s))
{note}	SELECT paysession.ps_fail('bd_s1', %s)
{note}	SELECT paysession.ps_cancel('bd_s1', %s)
{note}	UPDATE paysession.payment_session SET status_reason = %s WHERE id = 'bd_s1'
{time}	INSERT INTO paysession.payment_session (provider_id, expires_at) VALUES ('bd_card', %s)
{time}	UPDATE paysession.payment_session SET expires_at = %s WHERE id = 'bd_s1'
{time}	UPDATE paysession.payment_session SET status = 'authorized', payment_authorized_at = %s WHERE id = 'bd_s1'
{time}	UPDATE paysession.payment_session SET status = 'canceled', canceled_at = %s WHERE id = 'bd_s1'
{time}	UPDATE paysession.cart SET completed_at = %s WHERE id = 'bd_c1'
{missing,unknown}	UPDATE paysession.payment_session SET status = %s WHERE id = 'bd_s1'
{unknown}	SELECT paysession.ps_list(status => %s)
{missing}	UPDATE paysession.payment_session SET is_initiated = %s WHERE id = 'bd_s1'
{missing}	UPDATE paysession.payment_session SET provider_id = %s WHERE id = 'bd_s1'
{missing}	UPDATE paysession.cart SET session_count = %s WHERE id = 'bd_c1'
{missing}	UPDATE paysession.cart SET id = %s WHERE id = 'bd_c1'
{missing}	UPDATE paysession.payment_provider SET id = %s WHERE id = 'bd_card'
{missing}	INSERT INTO paysession.sales_channel (id, name) VALUES ('bd_web', %s)
{missing}	INSERT INTO paysession.sales_channel (id, name, is_disabled) VALUES ('bd_web', 'Web', %s)
\.
SELECT call, kind, pg_temp.states(call, array_agg(value ORDER BY bad.n)) AS refused_with
FROM places, unnest(kinds) WITH ORDINALITY AS k (kind, m) JOIN bad USING (kind)
GROUP BY places.n, call, kind, m ORDER BY places.n, m;
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart(jsonb_build_object('id', 'bd_c2', 'email', repeat('x', 2000000)))$$);

-- the longest, the largest and the deepest that are not bad
SELECT length(id) AS longest, id LIKE '% %' AS spaces_within FROM paysession.ps_put_provider(repeat('x', 31) || ' ' || repeat('~', 32));
SELECT pg_column_size(data) > 60000 AS large FROM paysession.ps_create('bd_large', 'bd_card',
	data => jsonb_build_object('a', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 2000) n)));
SELECT data #>> array_fill('a'::text, ARRAY[64]) AS deep FROM paysession.ps_create('bd_deep', 'bd_card',
	data => (repeat('{"a":', 64) || '1' || repeat('}', 64))::jsonb);
DELETE FROM paysession.payment_provider WHERE id LIKE 'xxx%';
DELETE FROM paysession.payment_session WHERE cart_id IN ('bd_large', 'bd_deep');
DELETE FROM paysession.cart WHERE id IN ('bd_large', 'bd_deep');

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
CREATE TRIGGER bd BEFORE INSERT ON paysession.payment_session EXECUTE FUNCTION paysession.payment_session_guard();
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id) VALUES ('bd_card')$$);
DROP TRIGGER bd ON paysession.payment_session;
