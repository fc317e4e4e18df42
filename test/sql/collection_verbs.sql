-- collection: ps_create_collection, ps_set_collection_sessions, ps_update_collection, ps_cancel_collection, ps_delete_collection
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/collection.sql

INSERT INTO paysession.payment_provider (id) VALUES ('cv_card'), ('cv_bank');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('cv_gone', false);
-- The sessions of a collection, oldest first.
CREATE FUNCTION pg_temp.sessions(collection text) RETURNS TABLE (provider_id text, amount bigint, status paysession.payment_session_status, status_reason text)
BEGIN ATOMIC
	SELECT provider_id, amount, status, status_reason FROM paysession.payment_session WHERE payment_collection_id = collection ORDER BY id;
END;

-- ps_create_collection
SELECT id ~ '^paycol_[0-9A-HJKMNP-TV-Z]{26}$' AS id, type, status, description, amount, authorized_amount, captured_amount, currency_code, metadata, created_by,
	created_at = updated_at AND created_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AS stamped
FROM paysession.ps_create_collection(1000, 'eur');
SELECT id AS p1, type, status, description, amount, currency_code, metadata, created_by
FROM paysession.ps_create_collection(amount => 9007199254740991, currency_code => 'usd', type => 'claim', description => 'a claim', metadata => '{"order": 7}', created_by => 'admin_1') \gset
SELECT :'type' AS type, :'status' AS status, :'description' AS description, :amount AS amount, :'currency_code' AS currency_code, :'metadata' AS metadata, :'created_by' AS created_by;
SELECT c.id <> :'p1' AS another FROM paysession.ps_create_collection(9007199254740991, 'usd', 'claim', 'a claim', '{"order": 7}', 'admin_1') c;
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(NULL, 'eur')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(0, 'eur')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(-1, 'eur')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(9007199254740992, 'eur')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, 'EUR')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, 'eur', type => NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, 'eur', type => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, 'eur', created_by => ' a')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, 'eur', metadata => '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(1000, 'eur', metadata => '{"card": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create_collection(0, 'eur', description => '4111111111111111')$$);

-- ps_set_collection_sessions: the sum of the sessions is the amount
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cv_p1', 1000, 'eur'), ('cv_p2', 100, 'eur');
SELECT id = min(id) OVER () AS first, payment_collection_id, cart_id, provider_id, amount, currency_code, status, is_selected, is_initiated, data, paysession.ps_route(id) = paysession.ps_route('cv_p1') AS route
FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_bank", "amount": 400}]');
SELECT * FROM pg_temp.collections('cv_p1');
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_bank", "amount": 399}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_bank", "amount": 401}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 9007199254740991}, {"provider_id": "cv_bank", "amount": 1}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_none", "amount": 400}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_gone", "amount": 400}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_none', '[{"provider_id": "cv_card", "amount": 1000}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions(NULL, '[{"provider_id": "cv_card", "amount": 1000}]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('', '[{"provider_id": "cv_card", "amount": 1000}]')$$);
-- once more: nothing happens
CREATE FUNCTION pg_temp.fingerprint(collection text) RETURNS text LANGUAGE sql
	RETURN (SELECT md5(concat_ws(' ', (SELECT string_agg(s.xmin || s::text, ' ' ORDER BY id) FROM paysession.payment_session s WHERE payment_collection_id = collection),
		(SELECT c.xmin || c::text FROM paysession.payment_collection c WHERE id = collection),
		(SELECT count(*) FROM paysession.payment_session_event e JOIN paysession.payment_session s ON s.id = e.session_id WHERE payment_collection_id = collection))));
SELECT pg_temp.fingerprint('cv_p1') AS before \gset
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_bank", "amount": 400}]');
SELECT count(*) FROM paysession.ps_set_collection_sessions(collection_id => 'cv_p1', sessions => '[{"session_id": null, "amount": 400.00, "provider_id": "cv_bank"}, {"amount": 6e2, "provider_id": "cv_card"}]');
SELECT pg_temp.fingerprint('cv_p1') = :'before' AS same;
-- by name: a session keeps its id, its amount may change, its provider does not
SELECT id AS card FROM paysession.payment_session WHERE payment_collection_id = 'cv_p1' AND provider_id = 'cv_card' \gset
SELECT id AS bank FROM paysession.payment_session WHERE payment_collection_id = 'cv_p1' AND provider_id = 'cv_bank' \gset
SELECT id = :'card' AS card, id = :'bank' AS bank, amount, status
FROM paysession.ps_set_collection_sessions('cv_p1', jsonb_build_array(jsonb_build_object('session_id', :'bank', 'amount', 300), jsonb_build_object('session_id', :'card', 'provider_id', 'cv_card', 'amount', 700)));
CALL pg_temp.refuse(format('SELECT paysession.ps_set_collection_sessions(%L, %L)', 'cv_p1', jsonb_build_array(jsonb_build_object('session_id', :'card', 'provider_id', 'cv_bank', 'amount', 1000))));
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"session_id": "cv_none", "amount": 1000}]')$$, true);
-- named and unnamed: a named one is taken first, an unnamed element finds another of its provider and amount, or makes one
SELECT id IN (:'card', :'bank') AS kept, provider_id, amount
FROM paysession.ps_set_collection_sessions('cv_p1', jsonb_build_array('{"provider_id": "cv_card", "amount": 700}'::jsonb, jsonb_build_object('session_id', :'card', 'amount', 200), '{"provider_id": "cv_bank", "amount": 100}'::jsonb));
SELECT id IN (:'card', :'bank') AS kept, provider_id, amount
FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 200}, {"provider_id": "cv_card", "amount": 800}]');
-- the same provider twice, with the same amount: two sessions
SELECT id = :'card' AS kept, provider_id, amount FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_bank", "amount": 500}, {"provider_id": "cv_bank", "amount": 500}]');
SELECT pg_temp.fingerprint('cv_p1') AS before \gset
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_bank", "amount": 500}, {"provider_id": "cv_bank", "amount": 500}]');
SELECT pg_temp.fingerprint('cv_p1') = :'before' AS same;
-- one without an amount is found by no element, but by name
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id) VALUES ('cv_s1', 'cv_p1', 'cv_bank');
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_bank", "amount": 500}, {"session_id": "cv_s1", "amount": 500}]');
SELECT id, amount FROM paysession.payment_session WHERE id = 'cv_s1';
-- nor is one named twice
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"session_id": "cv_s1", "amount": 500}, {"session_id": "cv_s1", "amount": 500}]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p2', '[{"session_id": "cv_s1", "amount": 100}]')$$);
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id) VALUES ('cv_s2', 'cv_p1', 'cv_bank');
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_bank", "amount": 500}, {"provider_id": "cv_bank", "amount": 500}]');
SELECT id FROM paysession.payment_session WHERE id = 'cv_s2';
-- what the provider knows of is canceled as replaced; a canceled one is named in vain
SELECT claimed FROM paysession.ps_begin('cv_s1');
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p1', '[{"provider_id": "cv_card", "amount": 1000}]');
SELECT id = 'cv_s1' AS begun, provider_id, amount, status, status_reason FROM paysession.payment_session WHERE payment_collection_id = 'cv_p1' ORDER BY status;
SELECT kind, status, reason FROM paysession.payment_operation WHERE session_id = 'cv_s1' ORDER BY id;
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p1', '[{"session_id": "cv_s1", "amount": 1000}]')$$);
-- one with a reference or an operation, too, whatever is_initiated says
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount, provider_ref) VALUES
	('cv_s3', 'cv_p2', 'cv_card', 50, 'cv_r1'), ('cv_s4', 'cv_p2', 'cv_card', 50, NULL), ('cv_s5', 'cv_p2', 'cv_card', 60, NULL);
SELECT claimed FROM paysession.ps_begin('cv_s4');
UPDATE paysession.payment_session SET is_initiated = false WHERE id = 'cv_s4';
SELECT provider_id FROM paysession.ps_set_collection_sessions('cv_p2', '[{"provider_id": "cv_bank", "amount": 100}]');
SELECT id, status, status_reason FROM paysession.payment_session WHERE id IN ('cv_s3', 'cv_s4', 'cv_s5') ORDER BY id;
-- one that failed is kept as it is
SELECT id AS failed FROM paysession.payment_session WHERE payment_collection_id = 'cv_p2' AND status = 'pending' \gset
SELECT status FROM paysession.ps_fail(:'failed');
SELECT id = :'failed' AS kept, status FROM paysession.ps_set_collection_sessions('cv_p2', '[{"provider_id": "cv_bank", "amount": 100}]');
-- an amount changed by name is what the next authorization is for, when the provider is not being asked
SELECT status FROM paysession.ps_retry(:'failed');
SELECT amount, claimed FROM paysession.ps_begin(:'failed');
SELECT amount FROM paysession.ps_set_collection_sessions('cv_p2', jsonb_build_array(jsonb_build_object('session_id', :'failed', 'amount', 60), '{"provider_id": "cv_bank", "amount": 40}'::jsonb));
SELECT amount, claimed FROM paysession.ps_begin(:'failed');
SELECT amount, status FROM paysession.ps_require_more(:'failed');
SELECT amount, claimed FROM paysession.ps_begin(:'failed');

-- partially authorized: an authorized session stays, whatever is set
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cv_p3', 1000, 'eur');
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_bank", "amount": 400}]');
SELECT id AS card FROM paysession.payment_session WHERE payment_collection_id = 'cv_p3' AND provider_id = 'cv_card' \gset
SELECT status FROM paysession.ps_authorize(:'card');
-- the elements are the whole, the authorized one among them
SELECT pg_temp.fingerprint('cv_p3') AS before \gset
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_card", "amount": 600}, {"provider_id": "cv_bank", "amount": 400}]');
SELECT count(*) FROM paysession.ps_set_collection_sessions('cv_p3', jsonb_build_array(jsonb_build_object('session_id', :'card', 'amount', 600), '{"provider_id": "cv_bank", "amount": 400}'::jsonb));
-- or the rest
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_bank", "amount": 400}]');
SELECT pg_temp.fingerprint('cv_p3') = :'before' AS same;
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_bank", "amount": 100}, {"provider_id": "cv_card", "amount": 300}]');
-- an element of the rest is not the authorized one, though it looks like it
SELECT status FROM paysession.ps_update_collection('cv_p3', 1200);
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_card", "amount": 600}]');
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_card", "amount": 1200}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_card", "amount": 601}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p3', '[]')$$);
CALL pg_temp.refuse(format('SELECT paysession.ps_set_collection_sessions(%L, %L)', 'cv_p3', jsonb_build_array(jsonb_build_object('session_id', :'card', 'amount', 1200))));
SELECT status FROM paysession.ps_update_collection('cv_p3', 600);
-- wholly authorized: there is nothing more to set
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cv_p3', '[]');
SELECT provider_id, amount, status FROM paysession.ps_set_collection_sessions('cv_p3', '[{"provider_id": "cv_card", "amount": 600}]');

-- ps_update_collection: what is given replaces, what is not stays
SELECT amount, description, metadata, type, created_by FROM paysession.ps_update_collection('cv_p3', 700, 'seven', '{"n": 7}');
SELECT amount, description, metadata FROM paysession.ps_update_collection('cv_p3', amount => 701);
SELECT amount, description, metadata FROM paysession.ps_update_collection('cv_p3', description => 'eight');
SELECT amount, description, metadata FROM paysession.ps_update_collection(collection_id => 'cv_p3', metadata => '{}');
SELECT c::text AS before, xmin AS version FROM paysession.payment_collection c WHERE id = 'cv_p3' \gset
SELECT pg_sleep(0.002);
SELECT c::text = :'before' AS same FROM paysession.ps_update_collection('cv_p3') c;
SELECT c::text = :'before' AS same FROM paysession.ps_update_collection('cv_p3', 701, 'eight', '{ }') c;
SELECT xmin = :'version' AS untouched FROM paysession.payment_collection WHERE id = 'cv_p3';
SELECT status, amount, updated_at > created_at AS updated FROM paysession.ps_update_collection('cv_p3', 600);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_p3', 599)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_p3', 0)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_p3', 9007199254740992)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_p3', metadata => '"a"')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_none', metadata => '{"card": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_none', description => '4111111111111111')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_none', 5)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection(NULL, 5)$$);

-- ps_cancel_collection: with its sessions, unless one is authorized
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection('cv_p3')$$, true);
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cv_p4', 100, 'eur'), ('cv_p5', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) SELECT 'cv_s4' || n, 'cv_p4', 'cv_card', 20 FROM generate_series(1, 5) n;
SELECT claimed FROM paysession.ps_begin('cv_s42');
SELECT status FROM paysession.ps_fail('cv_s43', 'no funds');
SELECT status FROM paysession.ps_authorize('cv_s44');
SELECT status FROM paysession.ps_cancel('cv_s44', 'changed mind');
SELECT status FROM paysession.ps_require_more('cv_s45');
SELECT status, amount, authorized_amount FROM paysession.ps_cancel_collection('cv_p4', 'order edit declined');
SELECT id, status, status_reason FROM paysession.payment_session WHERE payment_collection_id = 'cv_p4' ORDER BY id;
SELECT session_id, kind, status FROM paysession.payment_operation WHERE session_id IN ('cv_s42', 'cv_s44') ORDER BY session_id, id;
SELECT pg_temp.fingerprint('cv_p4') AS before \gset
SELECT status FROM paysession.ps_cancel_collection('cv_p4', 'again');
SELECT pg_temp.fingerprint('cv_p4') = :'before' AS same;
SELECT status FROM paysession.ps_cancel_collection(collection_id => 'cv_p5', reason => NULL);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p4', '[{"provider_id": "cv_card", "amount": 100}]')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_set_collection_sessions('cv_p4', '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('cv_p4', 101)$$, true);
SELECT status, description FROM paysession.ps_update_collection('cv_p4', 100, 'declined');
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('cv_s41')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection('cv_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel_collection('cv_none', 'my card is 4111111111111111')$$);

-- ps_delete_collection: it and its sessions are gone, or canceled where one has to stay
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection('cv_p3')$$, true);
SELECT id, status FROM paysession.ps_delete_collection('cv_p5');
INSERT INTO paysession.payment_collection (id, amount, currency_code) SELECT 'cv_p6' || n, 100, 'eur' FROM generate_series(1, 7) n;
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) SELECT 'cv_s6' || n || m, 'cv_p6' || n, 'cv_card', 50 FROM generate_series(1, 7) n, generate_series(1, 2) m;
UPDATE paysession.payment_session SET status = CASE id WHEN 'cv_s611' THEN 'error' ELSE 'canceled' END::paysession.payment_session_status WHERE payment_collection_id = 'cv_p61';
SELECT claimed FROM paysession.ps_begin('cv_s621');
UPDATE paysession.payment_session SET is_initiated = true WHERE id = 'cv_s631';
UPDATE paysession.payment_session SET status = 'canceled', is_initiated = true WHERE id = 'cv_s641';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'cv_s651';
UPDATE paysession.payment_session SET status = 'canceled', is_initiated = false WHERE id = 'cv_s651';
SELECT claimed FROM paysession.ps_begin('cv_s661');
UPDATE paysession.payment_session SET is_initiated = false WHERE id = 'cv_s661';
UPDATE paysession.payment_session SET provider_ref = 'cv_r7' WHERE id = 'cv_s671';
SELECT n, (paysession.ps_delete_collection('cv_p6' || n)).status FROM generate_series(1, 7) n;
SELECT * FROM pg_temp.collections('cv_p6%');
SELECT id, payment_collection_id, status, status_reason FROM paysession.payment_session WHERE id LIKE 'cv\_s6%' ORDER BY id;
SELECT session_id, from_status, to_status, reason FROM paysession.payment_session_event WHERE session_id IN ('cv_s611', 'cv_s621', 'cv_s622') AND from_status IS NOT NULL ORDER BY session_id, id;
-- canceled already, again: it stays as long as they do
SELECT status FROM paysession.ps_delete_collection('cv_p62');
SELECT status FROM paysession.ps_delete_collection('cv_p4');
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection('cv_p61')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete_collection('')$$);
-- a payment that came in without a session keeps it
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cv_h1', 100, 'eur');
INSERT INTO paysession.payment (id, payment_collection_id, provider_id, currency_code, amount) VALUES ('cv_hp1', 'cv_h1', 'cv_card', 'eur', 40);
COMMIT;
SELECT status FROM paysession.ps_delete_collection('cv_h1');

-- ps_refresh in a collection: the same amount, the others stay
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cv_p7', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cv_s71', 'cv_p7', 'cv_card', 60), ('cv_s72', 'cv_p7', 'cv_bank', 40);
SELECT status FROM paysession.ps_authorize('cv_s71');
UPDATE paysession.payment_session SET status = 'error' WHERE id = 'cv_s72';
SELECT id <> 'cv_s72' AS fresh, payment_collection_id, cart_id, provider_id, amount, currency_code, status, is_selected, paysession.ps_route(id) = paysession.ps_route('cv_p7') AS route FROM paysession.ps_refresh('cv_s72');
SELECT * FROM pg_temp.sessions('cv_p7');
SELECT * FROM pg_temp.collections('cv_p7');
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('cv_s71')$$);
-- one that was begun is canceled as replaced; it comes back while nobody else pays its part
SELECT id AS s73 FROM paysession.payment_session WHERE payment_collection_id = 'cv_p7' AND status = 'pending' \gset
SELECT claimed FROM paysession.ps_begin(:'s73');
SELECT id AS s74 FROM paysession.ps_refresh(:'s73') \gset
SELECT amount, status, status_reason, id = :'s73' AS old FROM paysession.payment_session WHERE payment_collection_id = 'cv_p7' ORDER BY id = 'cv_s71' DESC, id;
CALL pg_temp.refuse(format('SELECT paysession.ps_refresh(%L)', :'s73'), true);
SELECT status FROM paysession.ps_cancel(:'s74');
SELECT amount, status FROM paysession.ps_refresh(:'s73');
SELECT * FROM pg_temp.collections('cv_p7');

-- the collection's room bounds what a provider is asked for
SELECT amount FROM paysession.ps_update_collection('cv_p7', 99);
SELECT id AS s75 FROM paysession.payment_session WHERE payment_collection_id = 'cv_p7' AND status = 'pending' \gset
CALL pg_temp.refuse(format('SELECT paysession.ps_begin(%L)', :'s75'), true);
CALL pg_temp.refuse(format('SELECT paysession.ps_authorize(%L)', :'s75'), true);
SELECT amount FROM paysession.ps_update_collection('cv_p7', 100);
SELECT amount, claimed FROM paysession.ps_begin(:'s75');
-- ps_update, ps_delete, ps_select of a session of a collection: as of one without a cart
SELECT amount FROM paysession.ps_update(:'s75', 39);
SELECT is_selected FROM paysession.ps_select(:'s75');
SELECT status FROM paysession.ps_delete(:'s75');
SELECT * FROM pg_temp.collections('cv_p7');
SELECT * FROM pg_temp.misderived();
