-- collection: ps_get_collection, and what ps_get and ps_list say of a session's collection
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('cr_card', 'manual_multiple'), ('cr_bank', 'manual');
INSERT INTO paysession.payment_collection (id, amount, currency_code, type, description, metadata, created_by) VALUES
	('cr_p1', 1000, 'eur', 'claim', 'a claim', '{"order": {"n": 7}, "tags": ["a"]}', 'admin_1'), ('cr_p2', 9007199254740991, 'usd', 'order_edit', NULL, NULL, NULL);
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount, data) VALUES
	('cr_s1', 'cr_p1', 'cr_card', 600, '{"token": "tok_1"}'), ('cr_s2', 'cr_p1', 'cr_bank', 400, '{}'), ('cr_s3', 'cr_p1', 'cr_card', 1, '{}');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cr_s1';
UPDATE paysession.payment_session SET status = 'canceled', status_reason = 'out of stock' WHERE id = 'cr_s3';
INSERT INTO paysession.payment (id, session_id, order_id) VALUES ('cr_pay1', 'cr_s1', 'cr_o1');
SELECT status FROM paysession.ps_capture('cr_pay1', 250);

-- Times and keys are shown as that.
CREATE FUNCTION pg_temp.show(document jsonb) RETURNS text LANGUAGE sql
	RETURN regexp_replace(regexp_replace(jsonb_pretty(document), '"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?[+-]\d\d:\d\d"', '"a time"', 'g'),
		'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '"a key"', 'g');
\pset format unaligned
\pset tuples_only on
-- the collection alone: names, types, nulls
SELECT pg_temp.show(paysession.ps_get_collection('cr_p1'));
SELECT pg_temp.show(paysession.ps_get_collection('cr_p2'));
SELECT key, jsonb_typeof(value) FROM jsonb_each(paysession.ps_get_collection('cr_p1')) ORDER BY key;
SELECT paysession.ps_get_collection('cr_p1') = paysession.ps_get_collection(collection_id => 'cr_p1', expand => NULL),
	paysession.ps_get_collection('cr_p1') = paysession.ps_get_collection('cr_p1', '{}');
-- expanded: sessions by id, the canceled ones too; payments
SELECT pg_temp.show(paysession.ps_get_collection('cr_p1', '{sessions}') -> 'payment_sessions');
SELECT pg_temp.show(paysession.ps_get_collection('cr_p1', '{payments}') -> 'payments');
SELECT expand, (SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_object_keys(paysession.ps_get_collection('cr_p1', expand) - ARRAY(SELECT jsonb_object_keys(paysession.ps_get_collection('cr_p1')))) AS key)
FROM (VALUES ('{sessions}'::text[]), ('{payments}'), ('{payments,sessions}'), ('{sessions,sessions}')) v (expand);
SELECT paysession.ps_get_collection('cr_p2', '{sessions,payments}') -> 'payment_sessions', paysession.ps_get_collection('cr_p2', '{sessions,payments}') -> 'payments';
-- the sessions are what ps_get says of each
SELECT jsonb_agg(paysession.ps_get(id) ORDER BY id) = paysession.ps_get_collection('cr_p1', '{sessions}') -> 'payment_sessions' FROM paysession.payment_session WHERE payment_collection_id = 'cr_p1';
-- ps_get of a session: its collection, if it has one
SELECT paysession.ps_get('cr_s1', '{payment_collection}') -> 'payment_collection' = paysession.ps_get_collection('cr_p1');
SELECT paysession.ps_get('cr_s1', '{details}') ->> 'payment_collection_id', paysession.ps_get('cr_s1') -> 'cart_id';
SELECT paysession.ps_get('cr_s1', '{payment}') -> 'payment' = paysession.ps_get_collection('cr_p1', '{payments}') -> 'payments' -> 0;
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('cr_free', 'cr_card', 5, 'eur');
SELECT paysession.ps_get('cr_free', '{payment_collection}') -> 'payment_collection';
SELECT (SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_object_keys(paysession.ps_get('cr_s1', '{payment_collection,payment,operations}') - ARRAY(SELECT jsonb_object_keys(paysession.ps_get('cr_s1')))) AS key);
\pset format aligned
\pset tuples_only off
-- ps_list
SELECT id, status FROM paysession.ps_list(payment_collection_id => 'cr_p1');
SELECT id FROM paysession.ps_list(payment_collection_id => 'cr_p1', status => 'pending');
SELECT id FROM paysession.ps_list(payment_collection_id => 'cr_p1', provider_id => 'cr_card');
SELECT id FROM paysession.ps_list(payment_collection_id => 'cr_p1', after => 'cr_s3', max_rows => 1);
SELECT id FROM paysession.ps_list(payment_collection_id => 'cr_p1', created_before => '2001-01-01');
SELECT id FROM paysession.ps_list(payment_collection_id => 'cr_p2');
SELECT id FROM paysession.ps_list(payment_collection_id => 'cr_none');
SELECT id FROM paysession.ps_list('cr_c1', 'cr_p1');

-- errors
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_p1', '{sessions,customer}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_p1', '{payment_sessions}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_p1', '{Payments}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_p1', '{""}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_p1', '{sessions,NULL}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('cr_none', '{customer}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get_collection('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_get('cr_s1', '{payment_collections}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_list(payment_collection_id => '')$$);

-- it reads what its statement sees, a verb what is there
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT paysession.ps_get_collection('cr_p1') ->> 'status' AS status;
COMMIT;
SELECT before, status, paysession.ps_get_collection('cr_p1') ->> 'description' AS after
FROM (SELECT paysession.ps_get_collection('cr_p1') ->> 'description' AS before, status FROM paysession.ps_update_collection('cr_p1', description => 'another')) s;
SELECT paysession.ps_get_collection('cr_p1') ->> 'description' AS description;
