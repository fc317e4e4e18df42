-- privileges: EXECUTE on a function is the whole capability, raw DML needs table privileges, PUBLIC has nothing
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
GRANT ALL ON PROCEDURE pg_temp.refuse TO PUBLIC;

CREATE ROLE pr_none;
CREATE ROLE pr_functions;
CREATE ROLE pr_tables;
INSERT INTO paysession.payment_provider (id) VALUES ('pr_card'), ('pr_bank');
INSERT INTO paysession.cart (id, currency_code) SELECT 'pr_c' || n, 'eur' FROM generate_series(1, 5) n;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('pr_s1', 'pr_c1', 'pr_card', 100);

-- PUBLIC has nothing, not even with a way into the schema
CREATE FUNCTION pg_temp.reachable(role text) RETURNS TABLE (what text)
BEGIN ATOMIC
	SELECT 'schema' WHERE has_schema_privilege(role, 'paysession', 'USAGE') OR has_schema_privilege(role, 'paysession', 'CREATE')
	UNION ALL
	SELECT p.oid::regprocedure::text FROM pg_proc p
	WHERE p.pronamespace = 'paysession'::regnamespace AND has_function_privilege(role, p.oid, 'EXECUTE')
	UNION ALL
	SELECT c.oid::regclass::text FROM pg_class c
	WHERE c.relnamespace = 'paysession'::regnamespace AND c.relkind = 'r'
		AND (has_table_privilege(role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
			OR has_any_column_privilege(role, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
	UNION ALL
	SELECT c.oid::regclass::text FROM pg_class c
	WHERE c.relnamespace = 'paysession'::regnamespace AND c.relkind = 'S'
		AND has_sequence_privilege(role, c.oid, 'USAGE, SELECT, UPDATE')
	UNION ALL
	SELECT t.oid::regtype::text FROM pg_type t
	WHERE t.typnamespace = 'paysession'::regnamespace AND t.typtype = 'e' AND has_type_privilege(role, t.oid, 'USAGE');
END;
SELECT * FROM pg_temp.reachable('pr_none');
SET ROLE pr_none;
CALL pg_temp.refuse($$SELECT paysession.ps_transitions()$$);
RESET ROLE;
GRANT USAGE ON SCHEMA paysession TO pr_none, pr_functions, pr_tables;
SELECT * FROM pg_temp.reachable('pr_none');
-- so that every function and every statement is refused
CREATE TABLE pr_calls AS
SELECT format('SELECT %s(%s)', p.oid::regproc, string_agg('NULL::' || a.type::regtype, ', ' ORDER BY a.n)) AS call
FROM pg_proc p LEFT JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY AS a (type, n) ON true
WHERE p.pronamespace = 'paysession'::regnamespace GROUP BY p.oid;
GRANT SELECT ON pr_calls TO PUBLIC;
CREATE FUNCTION pg_temp.state(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE call;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
GRANT EXECUTE ON FUNCTION pg_temp.state TO PUBLIC;
SET ROLE pr_none;
SELECT pg_temp.state(call), count(*) > 20 AS all_functions FROM pr_calls GROUP BY 1;
CALL pg_temp.refuse($$SELECT FROM paysession.payment_session$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('pr_c2', 'pr_card')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 1$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session$$);
CALL pg_temp.refuse($$SELECT FROM paysession.payment_session_event$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id) VALUES ('pr_c9')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_provider (id) VALUES ('pr_mine')$$);
CALL pg_temp.refuse($$CREATE TABLE paysession.mine ()$$);
CALL pg_temp.refuse($$SELECT nextval('paysession.payment_session_event_id_seq')$$);
CALL pg_temp.refuse($$SET paysession.pan_check = off$$);
RESET ROLE;

-- EXECUTE alone runs a whole checkout
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prorettype <> 'trigger'::regtype LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pr_functions', f);
	END LOOP;
END
$$;
SET ROLE pr_functions;
SELECT id FROM paysession.ps_put_provider('pr_cash');
SELECT id FROM paysession.ps_put_sales_channel('pr_web', 'Web');
SELECT total FROM paysession.ps_put_cart('{"id": "pr_c2", "subtotal": 500, "sales_channels": ["pr_web"]}');
SELECT provider_id, amount FROM paysession.ps_set_sessions('pr_c2', '{pr_card,pr_bank}') ORDER BY provider_id;
SELECT id FROM paysession.ps_create('pr_c2', 'pr_cash', id => 'pr_s2');
SELECT is_selected FROM paysession.ps_select('pr_s2');
SELECT status FROM paysession.ps_require_more('pr_s2', '{"url": "here"}', 'pr_ref');
SELECT status FROM paysession.ps_fail('pr_s2', 'declined');
SELECT status FROM paysession.ps_retry('pr_s2');
SELECT status FROM paysession.ps_authorize('pr_s2');
SELECT data FROM paysession.ps_update('pr_s2', data => '{"held": true}');
SELECT count(*) FROM paysession.ps_list('pr_c2');
SELECT from_status, to_status, actor = session_user AS actor, role FROM paysession.ps_history('pr_s2');
-- and is refused what the law refuses, and everything raw
CALL pg_temp.refuse($$SELECT paysession.ps_update('pr_s2', 501)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete('pr_s2')$$);
CALL pg_temp.refuse($$SELECT FROM paysession.payment_session$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'canceled'$$);
CALL pg_temp.refuse($$SELECT paysession.payment_session_guard()$$);
RESET ROLE;

-- raw DML alone meets the law, and its history is written
GRANT SELECT, INSERT, UPDATE, DELETE ON paysession.payment_session TO pr_tables;
SET ROLE pr_tables;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('pr_s3', 'pr_c3', 'pr_card', 300), ('pr_s4', 'pr_new', 'pr_card', 400);
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'pr_s3';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'pr_s3';
DELETE FROM paysession.payment_session WHERE id = 'pr_s4';
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, status) VALUES ('pr_c4', 'pr_card', 'error')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'error' WHERE id = 'pr_s3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 301 WHERE id = 'pr_s3'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'pr_s3'$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('pr_s3')$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session_event$$);
CALL pg_temp.refuse($$ALTER TABLE paysession.payment_session DISABLE TRIGGER ALL$$);
CALL pg_temp.refuse($$SET session_replication_role = replica$$);
RESET ROLE;
-- some columns are enough: what the law completes needs no privilege
REVOKE ALL ON paysession.payment_session FROM pr_tables;
GRANT SELECT (id, status), UPDATE (status), INSERT (cart_id, provider_id) ON paysession.payment_session TO pr_tables;
SET ROLE pr_tables;
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('pr_c4', 'pr_card');
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'pr_s3' RETURNING status;
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'pr_s3'$$);
RESET ROLE;
SELECT status, is_selected, canceled_at IS NOT NULL AS stamped FROM paysession.payment_session WHERE id = 'pr_s3';
GRANT SELECT, INSERT, UPDATE, DELETE ON paysession.payment_session TO pr_tables;
GRANT UPDATE, SELECT ON paysession.cart TO pr_tables;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('pr_s6', 'pr_c3', 'pr_card', 5, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'pr_s6';
SET ROLE pr_tables;
UPDATE paysession.cart SET subtotal = 10, raw_discount_total = 0, shipping_total = 0, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = 'pr_c1' RETURNING total;
CALL pg_temp.refuse($$UPDATE paysession.cart SET currency_code = 'usd' WHERE id = 'pr_c3'$$);
SELECT id, amount FROM paysession.payment_session WHERE cart_id = 'pr_c1';
RESET ROLE;
-- a grant on the history itself does not open it, for reading it does
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON paysession.payment_session_event TO pr_tables;
SET ROLE pr_tables;
SELECT session_id, from_status, to_status, amount, is_selected, role FROM paysession.payment_session_event
WHERE role = 'pr_tables' AND session_id IN ('pr_s1', 'pr_s3', 'pr_s4') ORDER BY session_id, id;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session_event (id, txid, at, is_selected, session_id, actor, role)
	VALUES (1, '1', now(), false, 'pr_s3', 'me', 'me')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session_event SET reason = 'x' WHERE session_id = 'pr_s3'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session_event WHERE session_id = 'pr_s3'$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session_event$$);
RESET ROLE;

-- a wrapper lends its owner's capability, no more; the history names both
CREATE FUNCTION pr_wrapper(session_id text) RETURNS paysession.payment_session_status
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	RETURN (SELECT s.status FROM paysession.ps_require_more(session_id) s);
GRANT EXECUTE ON FUNCTION pr_wrapper TO pr_none;
ALTER FUNCTION pr_wrapper OWNER TO pr_functions;
SET ROLE pr_none;
SELECT pr_wrapper('pr_s1');
CALL pg_temp.refuse($$SELECT pr_wrapper('pr_s6')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('pr_s1')$$);
RESET ROLE;
SELECT to_status, actor = session_user AS actor, role FROM paysession.ps_history('pr_s1') ORDER BY id DESC LIMIT 1;

-- no trigger, default or CHECK of a user's, on no table, runs as anyone but the caller, whatever a function or a trigger of ours writes
BEGIN;
CREATE TABLE pr_ran (on_table text, what text, who name);
GRANT SELECT, INSERT ON pr_ran TO PUBLIC;
CREATE FUNCTION pr_note(on_table text, what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pr_ran VALUES (on_table, what, current_user);
	RETURN true;
END
$$;
CREATE FUNCTION pr_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pr_note(TG_TABLE_NAME, TG_OP);
	RETURN coalesce(NEW, OLD);
END
$$;
DO $$
DECLARE
	tab regclass;
	kind text;
BEGIN
	FOR tab IN SELECT oid FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' LOOP
		FOREACH kind IN ARRAY ARRAY['BEFORE ROW', 'AFTER ROW', 'BEFORE STATEMENT', 'AFTER STATEMENT'] LOOP
			EXECUTE format('CREATE TRIGGER %I %s INSERT OR UPDATE OR DELETE ON %s FOR EACH %s EXECUTE FUNCTION pr_trigger()',
				'pr ' || kind, split_part(kind, ' ', 1), tab, split_part(kind, ' ', 2));
		END LOOP;
		EXECUTE format('CREATE CONSTRAINT TRIGGER pr_deferred AFTER INSERT OR UPDATE OR DELETE ON %s
			DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pr_trigger()', tab);
		EXECUTE format('ALTER TABLE %s ADD pr_noted boolean DEFAULT pr_note(%2$L, %3$L), ADD CHECK (pr_note(%2$L, %4$L)) NOT VALID',
			tab, split_part(tab::text, '.', 2), 'default', 'check');
	END LOOP;
END
$$;
TRUNCATE pr_ran;
SET ROLE pr_functions;
\o /dev/null
SELECT paysession.ps_put_provider('pr_gold', is_installed) FROM unnest('{false,true}'::boolean[]) AS is_installed;
SELECT paysession.ps_put_provider('pr_silver');
SELECT paysession.ps_put_sales_channel('pr_shop', name) FROM unnest('{Shop,The shop}'::text[]) AS name;
SELECT paysession.ps_put_cart('{"id": "pr_t1", "currency_code": "eur", "subtotal": 100, "sales_channels": ["pr_web", "pr_shop"]}');
SELECT paysession.ps_put_cart('{"id": "pr_t1", "sales_channels": ["pr_web"]}');
SELECT paysession.ps_create('pr_t1', 'pr_gold', id => 'pr_t1');
SELECT paysession.ps_create('pr_t2', 'pr_gold', id => 'pr_t2');
SELECT paysession.ps_delete('pr_t2');
SELECT paysession.ps_begin('pr_t1');
SELECT paysession.ps_receive('pr_gold', 'pr_paid', 'authorized', 'pr_t1');
SELECT paysession.ps_capture(id, 60) FROM paysession.ps_complete_cart('pr_t1');
SELECT paysession.ps_create('pr_t3', 'pr_gold', 5, currency_code => 'eur', id => 'pr_t3');
SELECT paysession.ps_put_cart('{"id": "pr_t3", "sales_channels": ["pr_web"]}');
SELECT paysession.ps_begin('pr_t3');
SELECT paysession.ps_fail('pr_t3', 'declined');
SELECT paysession.ps_set_collection_sessions(id, '[{"provider_id": "pr_gold", "amount": 7}]') FROM paysession.ps_create_collection(7, 'eur');
SELECT paysession.ps_delete_collection(id) FROM paysession.ps_create_collection(7, 'eur');
SELECT paysession.ps_receive('pr_gold', 'pr_lost', 'captured', 'pr_nowhere');
SELECT paysession.ps_resolve('pr_gold', 'pr_lost', false);
SELECT paysession.ps_idempotency_begin('pr_key', 'POST', '/', NULL);
SELECT paysession.ps_idempotency_finish('pr_key', 200);
SELECT paysession.ps_purge(now() + interval '1 day', 100000);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
\o
RESET ROLE;
SELECT on_table, string_agg(DISTINCT what, ' ' ORDER BY what) AS ran, array_agg(DISTINCT who) AS as_whom FROM pr_ran GROUP BY 1 ORDER BY 1;
TRUNCATE pr_ran;
-- privileges on tables are enough for plain SQL on all of them, without one function
REVOKE ALL ON ALL TABLES IN SCHEMA paysession FROM pr_tables;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA paysession TO pr_tables;
SELECT oid::regproc AS may_be_called FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND has_function_privilege('pr_tables', oid, 'EXECUTE');
SELECT outcome FROM paysession.ps_receive('pr_gold', 'pr_early', 'authorized', 'pr_t4');
SELECT claimed FROM paysession.ps_begin((SELECT id FROM paysession.ps_create('pr_t6', 'pr_gold', 5, currency_code => 'eur', id => 'pr_t6')));
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
TRUNCATE pr_ran;
SET ROLE pr_tables;
INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('pr_tin', 'manual'), ('pr_iron', 'automatic');
UPDATE paysession.payment_provider SET session_ttl = '1 day' WHERE id = 'pr_tin';
DELETE FROM paysession.payment_provider WHERE id = 'pr_tin';
INSERT INTO paysession.sales_channel (id, name) VALUES ('pr_fair', 'Fair'), ('pr_phone', 'Phone');
UPDATE paysession.sales_channel SET is_disabled = true WHERE id = 'pr_fair';
DELETE FROM paysession.sales_channel WHERE id = 'pr_fair';
INSERT INTO paysession.cart (id, currency_code) VALUES ('pr_t4', 'eur'), ('pr_t5', 'eur');
INSERT INTO paysession.cart_sales_channel VALUES ('pr_t4', 'pr_web'), ('pr_t5', 'pr_web');
UPDATE paysession.cart_sales_channel SET sales_channel_id = 'pr_phone' WHERE cart_id = 'pr_t5';
DELETE FROM paysession.cart WHERE id = 'pr_t5';
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('pr_t4', 'pr_t4', 'pr_gold', 100), ('pr_t5', 'pr_t4', 'pr_silver', 100);
DELETE FROM paysession.payment_session WHERE id = 'pr_t5';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'pr_t6';
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('pr_t7', 'pr_iron', 100, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'pr_t7';
INSERT INTO paysession.payment (session_id) VALUES ('pr_t7');
UPDATE paysession.payment SET order_id = 'pr_o7' WHERE session_id = 'pr_t7';
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('pr_t8', 5, 'eur'), ('pr_t9', 5, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('pr_t8', 'pr_t8', 'pr_gold', 5);
DELETE FROM paysession.payment_collection WHERE id = 'pr_t9';
SET CONSTRAINTS ALL IMMEDIATE;
SELECT id, status FROM paysession.payment_session WHERE id LIKE 'pr\_t_' ORDER BY id;
RESET ROLE;
SELECT on_table, string_agg(DISTINCT what, ' ' ORDER BY what) AS ran, array_agg(DISTINCT who) AS as_whom FROM pr_ran GROUP BY 1 ORDER BY 1;
ROLLBACK;

DROP FUNCTION pr_wrapper;
DROP TABLE pr_calls;
DROP OWNED BY pr_none, pr_functions, pr_tables;
DROP ROLE pr_none, pr_functions, pr_tables;
