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

-- no trigger of a user's runs as anyone but the caller
CREATE FUNCTION pr_whoami() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE INFO '% on % as %', TG_OP, TG_TABLE_NAME, CASE WHEN current_user LIKE 'pr\_%' THEN current_user ELSE 'another' END;
	RETURN NEW;
END
$$;
CREATE TRIGGER whoami BEFORE INSERT OR UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pr_whoami();
CREATE TRIGGER whoami AFTER INSERT ON paysession.payment_session_event FOR EACH ROW EXECUTE FUNCTION pr_whoami();
CREATE TRIGGER whoami BEFORE INSERT OR UPDATE ON paysession.cart FOR EACH ROW EXECUTE FUNCTION pr_whoami();
SET ROLE pr_functions;
SELECT id FROM paysession.ps_create('pr_new2', 'pr_card', id => 'pr_s5');
SELECT total FROM paysession.ps_put_cart('{"id": "pr_new2", "subtotal": 5}');
SET ROLE pr_tables;
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'pr_s5';
RESET ROLE;
DROP FUNCTION pr_whoami CASCADE;

DROP FUNCTION pr_wrapper;
DROP TABLE pr_calls;
DROP OWNED BY pr_none, pr_functions, pr_tables;
DROP ROLE pr_none, pr_functions, pr_tables;
