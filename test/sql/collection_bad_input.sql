-- bad input: what a collection's functions and columns refuse; nothing changed and nothing half-written
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('cb_card'), ('cb_bank');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('cb_gone', false);
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cb_p1', 1000, 'eur'), ('cb_p2', 1000, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES
	('cb_s1', 'cb_p1', 'cb_card', 600), ('cb_s2', 'cb_p1', 'cb_bank', 400), ('cb_s3', 'cb_p1', 'cb_bank', 7), ('cb_s4', 'cb_p2', 'cb_card', 1000);
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cb_s1';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'cb_s3';

CREATE FUNCTION pg_temp.fingerprint() RETURNS text LANGUAGE sql AS $$
SELECT md5(concat_ws(' ',
	(SELECT string_agg(xmin || t::text, ' ' ORDER BY id) FROM paysession.payment_collection t),
	(SELECT string_agg(xmin || t::text, ' ' ORDER BY id) FROM paysession.payment_session t),
	(SELECT string_agg(xmin || t::text, ' ' ORDER BY id) FROM paysession.payment t),
	(SELECT string_agg(xmin || t::text, ' ' ORDER BY id) FROM paysession.payment_operation t),
	(SELECT count(*) FROM paysession.payment_session_event)))
$$;
SELECT pg_temp.fingerprint() AS before \gset
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	con text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' ', SQLSTATE, nullif(con, ''), SQLERRM, CASE WHEN detail LIKE 'Failing row%' THEN '(with the row)' END);
END
$$;

-- the sessions of ps_set_collection_sessions; a part that is good comes first in some, and is not done
CREATE TEMP TABLE documents (n serial, sessions text);
COPY documents (sessions) FROM stdin;
\N
null
true
7
"cb_card"
{}
{"provider_id": "cb_card", "amount": 1000}
[null]
[7]
["cb_card"]
[true]
[[]]
[[{"provider_id": "cb_card", "amount": 1000}]]
[{}]
[{"provider_id": "cb_card"}]
[{"amount": 1000}]
[{"provider_id": null, "amount": 1000}]
[{"provider_id": null, "session_id": null, "amount": 1000}]
[{"session_id": "cb_s2"}]
[{"provider_id": "cb_card", "amount": null}]
[{"provider_id": "cb_card", "amount": "1000"}]
[{"provider_id": "cb_card", "amount": true}]
[{"provider_id": "cb_card", "amount": [1000]}]
[{"provider_id": "cb_card", "amount": {"value": 1000}}]
[{"provider_id": "cb_card", "amount": 0}]
[{"provider_id": "cb_card", "amount": -0.0}]
[{"provider_id": "cb_card", "amount": -1000}]
[{"provider_id": "cb_card", "amount": 999.5}]
[{"provider_id": "cb_card", "amount": 1e-30}]
[{"provider_id": "cb_card", "amount": 9007199254740992}]
[{"provider_id": "cb_card", "amount": -9007199254740992}]
[{"provider_id": "cb_card", "amount": 9223372036854775808}]
[{"provider_id": "cb_card", "amount": 18446744073709552616}]
[{"provider_id": "cb_card", "amount": 1e1000}]
[{"provider_id": "cb_card", "amount": 1e131071}]
[{"provider_id": "cb_card", "amount": 9007199254740991}, {"provider_id": "cb_card", "amount": 9007199254740991}]
[{"provider_id": "cb_card", "amount": 1000, "data": {}}]
[{"provider_id": "cb_card", "amount": 1000, "": 1}]
[{"provider_id": "cb_card", "amount": 1000, "Amount": 1000}]
[{"provider_id": "cb_card", "amount": 1000, "amounts": 1000}]
[{"provider_id": "cb_card", "amount": 1000, "number": "4111 1111 1111 1111"}]
[{"4111111111111111": "cb_card", "amount": 1000}]
[{"provider_id": "", "amount": 1000}]
[{"provider_id": " cb_card", "amount": 1000}]
[{"provider_id": "cb_card\\n", "amount": 1000}]
[{"provider_id": "é", "amount": 1000}]
[{"provider_id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "amount": 1000}]
[{"provider_id": 7, "amount": 1000}]
[{"provider_id": ["cb_card"], "amount": 1000}]
[{"provider_id": {"id": "cb_card"}, "amount": 1000}]
[{"provider_id": false, "amount": 1000}]
[{"provider_id": "cb_none", "amount": 400}]
[{"provider_id": "cb_none", "amount": 1}]
[{"provider_id": "cb_gone", "amount": 400}]
[{"provider_id": "cb_card", "amount": 200}, {"provider_id": "cb_gone", "amount": 200}]
[{"session_id": "", "amount": 1000}]
[{"session_id": 7, "amount": 1000}]
[{"session_id": ["cb_s2"], "amount": 1000}]
[{"session_id": "cb_none", "amount": 400}]
[{"session_id": "cb_s3", "amount": 400}]
[{"session_id": "cb_s4", "amount": 400}]
[{"session_id": "cb_s2", "amount": 200}, {"session_id": "cb_s2", "amount": 200}]
[{"session_id": "cb_s2", "provider_id": "cb_card", "amount": 400}]
[{"session_id": "cb_s2", "provider_id": "cb_none", "amount": 400}]
[{"session_id": "cb_s1", "provider_id": "cb_bank", "amount": 600}, {"provider_id": "cb_bank", "amount": 400}]
[{"session_id": "cb_s1", "amount": 599}, {"provider_id": "cb_bank", "amount": 401}]
[{"provider_id": "cb_card", "amount": 200}, {"provider_id": "cb_bank", "amount": 199}]
[{"provider_id": "cb_card", "amount": 200}, {"provider_id": "cb_bank", "amount": 201}]
[{"provider_id": "cb_card", "amount": 200}, {"provider_id": "cb_bank", "amount": 200}, {}]
[]
\.
SELECT left(sessions, 80) AS sessions, pg_temp.refusal(format('SELECT paysession.ps_set_collection_sessions(''cb_p1'', %L::jsonb)', sessions)) AS refusal FROM documents ORDER BY n;
SELECT pg_temp.fingerprint() = :'before' AS nothing_changed;
SELECT pg_temp.refusal($$SELECT paysession.ps_set_collection_sessions('cb_p1', (repeat('[', 6000) || repeat(']', 6000))::jsonb)$$);
SELECT pg_temp.refusal($$SELECT paysession.ps_set_collection_sessions('cb_p1', jsonb_build_array(jsonb_build_object('provider_id', repeat('x', 10000000), 'amount', 1000)))$$);
SELECT pg_temp.refusal($$SELECT paysession.ps_set_collection_sessions('cb_p1', jsonb_build_array(jsonb_build_object('amount', (repeat('9', 100000))::numeric, 'provider_id', 'cb_card')))$$);
SELECT pg_temp.refusal($$SELECT paysession.ps_set_collection_sessions('cb_p1', (SELECT jsonb_agg('{"provider_id": "cb_card", "amount": 1}'::jsonb) FROM generate_series(1, 100000)))$$);
-- a key that is given twice is what JSON makes of it: the last
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cb_p1', '[{"provider_id": "cb_none", "provider_id": "cb_bank", "amount": "x", "amount": 400}]')$$);

-- every other argument and column
CREATE TEMP TABLE bad (kind text, n serial, value text);
COPY bad (kind, value) FROM stdin;
id	''
id	' '
id	' a'
id	'a '
id	E'a\\nb'
id	E'\\x7f'
id	'é'
id	repeat('x', 65)
id	repeat('x', 10000000)
currency	''
currency	'EUR'
currency	'eu'
currency	'euro'
currency	'e r'
amount	0
amount	-1
amount	9007199254740992
amount	9223372036854775807
amount	(-9223372036854775808)
document	'[]'
document	'7'
document	'"a"'
document	'null'
document	jsonb_build_object('a', repeat('x', 70000))
document	(repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb
card	'{"note": "4111 1111 1111 1111"}'
card	'{"cvc": "123"}'
note	repeat('x', 70000)
note	'4111-1111-1111-1111'
time	'infinity'
time	'-infinity'
missing	NULL
unknown	'cb_none'
\.
CREATE TEMP TABLE places (n serial, kinds text[], call text);
COPY places (kinds, call) FROM stdin;
{amount,missing}	SELECT paysession.ps_create_collection(%s, 'eur')
{currency,missing}	SELECT paysession.ps_create_collection(5, %s)
{id,missing}	SELECT paysession.ps_create_collection(5, 'eur', %s)
{note}	SELECT paysession.ps_create_collection(5, 'eur', description => %s)
{document,card}	SELECT paysession.ps_create_collection(5, 'eur', metadata => %s)
{id}	SELECT paysession.ps_create_collection(5, 'eur', created_by => %s)
{id,missing,unknown}	SELECT paysession.ps_set_collection_sessions(%s, '[{"provider_id": "cb_bank", "amount": 400}]')
{id,missing,unknown}	SELECT paysession.ps_update_collection(%s)
{amount}	SELECT paysession.ps_update_collection('cb_p1', %s)
{note}	SELECT paysession.ps_update_collection('cb_p1', description => %s)
{document,card}	SELECT paysession.ps_update_collection('cb_p1', metadata => %s)
{id,missing,unknown}	SELECT paysession.ps_cancel_collection(%s)
{note}	SELECT paysession.ps_cancel_collection('cb_p2', %s)
{id,missing,unknown}	SELECT paysession.ps_delete_collection(%s)
{id,missing,unknown}	SELECT paysession.ps_get_collection(%s)
{id}	SELECT paysession.ps_list(payment_collection_id => %s)
{id,unknown}	INSERT INTO paysession.payment_session (payment_collection_id, provider_id) VALUES (%s, 'cb_card')
{id}	INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES (%s, 5, 'eur')
{amount,missing}	INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (%s, 'eur')
{currency,missing}	INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (5, %s)
{id,missing}	INSERT INTO paysession.payment_collection (amount, currency_code, type) VALUES (5, 'eur', %s)
{id}	INSERT INTO paysession.payment_collection (amount, currency_code, created_by) VALUES (5, 'eur', %s)
{note}	INSERT INTO paysession.payment_collection (amount, currency_code, description) VALUES (5, 'eur', %s)
{document,card}	INSERT INTO paysession.payment_collection (amount, currency_code, metadata) VALUES (5, 'eur', %s)
{missing,unknown}	INSERT INTO paysession.payment_collection (amount, currency_code, status) VALUES (5, 'eur', %s)
{missing}	INSERT INTO paysession.payment_collection (amount, currency_code, authorized_amount) VALUES (5, 'eur', %s)
{missing}	INSERT INTO paysession.payment_collection (amount, currency_code, captured_amount) VALUES (5, 'eur', %s)
{amount,missing}	UPDATE paysession.payment_collection SET amount = %s WHERE id = 'cb_p1'
{document,card}	UPDATE paysession.payment_collection SET metadata = %s WHERE id = 'cb_p1'
{note}	UPDATE paysession.payment_collection SET description = %s WHERE id = 'cb_p1'
{id,missing}	UPDATE paysession.payment_collection SET type = %s WHERE id = 'cb_p1'
{id}	UPDATE paysession.payment_collection SET created_by = %s WHERE id = 'cb_p1'
{time,missing}	UPDATE paysession.payment_collection SET created_at = %s WHERE id = 'cb_p1'
{missing,unknown}	UPDATE paysession.payment_collection SET status = %s WHERE id = 'cb_p1'
\.
SELECT call, kind, (SELECT string_agg(DISTINCT regexp_replace(pg_temp.refusal(format(call, value)), '^(accepted|.{5}).*?(\(with the row\))?$', '\1\2'), ' ')
	FROM bad WHERE bad.kind = k.kind) AS refused_with
FROM places, unnest(kinds) WITH ORDINALITY AS k (kind, m) ORDER BY n, m;
SELECT pg_temp.fingerprint() = :'before' AS nothing_changed;

-- no card digit in an error, though the statement has one
SELECT sessions, pg_temp.refusal(format('SELECT paysession.ps_set_collection_sessions(''cb_p1'', %L::jsonb)', sessions)) ~ '4111' AS shown FROM documents WHERE sessions ~ '4111';
