-- grants: what the script gives an application, a reader and an auditor works, everything else is 42501
\getenv abs_srcdir PG_ABS_SRCDIR

CREATE ROLE gr_app;
CREATE ROLE gr_reader;
CREATE ROLE gr_auditor;
CREATE ROLE gr_none;
GRANT USAGE ON SCHEMA paysession TO gr_none;
\set app gr_app
\set reader gr_reader
\set auditor gr_auditor
-- twice, as after an update
\set ECHO none
\i :abs_srcdir/../sql/paysession_grants.sql
\i :abs_srcdir/../sql/paysession_grants.sql
\set ON_ERROR_STOP off
\set ECHO all

-- The state that a statement ends with as a role; it is undone.
CREATE FUNCTION pg_temp.state_as(role regrole, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %s', role);
	EXECUTE statement;
	RAISE SQLSTATE 'TOKAY';
EXCEPTION WHEN OTHERS THEN
	RETURN replace(SQLSTATE, 'TOKAY', 'allowed');
END
$$;
CREATE TEMP TABLE roles AS SELECT oid::regrole AS role FROM pg_roles WHERE rolname LIKE 'gr\_%';

-- every function is called by everyone; whoever may is told that NULL will not do, at most
CREATE TEMP TABLE called AS
SELECT f.*, role, pg_temp.state_as(role, call) AS state FROM roles, (
	SELECT p.oid::regproc AS function, prorettype = 'trigger'::regtype AS is_trigger, provolatile = 'v' AS is_volatile,
		format('SELECT %s(%s)', p.oid::regproc, string_agg('NULL::' || a.type::regtype, ', ' ORDER BY n)) AS call
	FROM pg_proc p LEFT JOIN LATERAL unnest(proargtypes) WITH ORDINALITY AS a (type, n) ON true
	WHERE pronamespace = 'paysession'::regnamespace GROUP BY p.oid) f;
SELECT state, count(*) > 0 AS some FROM called GROUP BY 1 ORDER BY 1;
-- nobody's on purpose; a new function is somebody's, or stands here
CREATE TEMP TABLE left_out (function) AS VALUES
	('paysession.ps_put_provider'::regproc), ('paysession.ps_own_routes'), ('paysession.ps_resolve'), ('paysession.ps_purge');
SELECT function AS neither_or_both FROM called
WHERE NOT is_trigger GROUP BY 1 HAVING bool_or(state <> '42501') = (function IN (SELECT function FROM left_out));
SELECT function, role AS may_call_a_trigger FROM called WHERE is_trigger AND state <> '42501';
-- the application has the others, but for
SELECT function FROM called WHERE role = 'gr_app'::regrole AND state = '42501' AND NOT is_trigger ORDER BY function::text;
-- reader and auditor have
SELECT function, array_agg(role ORDER BY role::text) AS roles FROM called
WHERE role <> 'gr_app'::regrole AND state <> '42501' GROUP BY function ORDER BY function::text;
-- none of which could write
SELECT function, role AS could_write FROM called WHERE role <> 'gr_app'::regrole AND state <> '42501' AND is_volatile;

-- every table, and every view that could stand for one, with everything that can be done to it
CREATE TEMP TABLE done AS
SELECT relation, command, role, pg_temp.state_as(role, statement) AS state FROM roles, (
	SELECT c.oid::regclass AS relation, command, format(statement, c.oid::regclass, attname) AS statement
	FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum = 1, (VALUES
		('SELECT', 'rvS', 'SELECT FROM %s'),
		('INSERT', 'r+', 'INSERT INTO %s DEFAULT VALUES'),
		('INSERT', 'r', 'MERGE INTO %s USING (SELECT) AS x ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES'),
		('UPDATE', 'r+', 'UPDATE %s SET %I = NULL'),
		('DELETE', 'r+', 'DELETE FROM %s'),
		('TRUNCATE', 'r', 'TRUNCATE %s CASCADE'),
		('lock', 'r+', 'SELECT FROM %s FOR KEY SHARE'),
		('lock', 'r', 'LOCK TABLE %s IN ROW EXCLUSIVE MODE'),
		('trigger', 'r', 'CREATE TRIGGER x BEFORE INSERT ON %s EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()'),
		('alter', 'r', 'ALTER TABLE %s DISABLE TRIGGER ALL'),
		('nextval', 'S', 'SELECT nextval(''%s'')'),
		('setval', 'S', 'SELECT setval(''%s'', 1)')) AS s (command, kinds, statement)
	WHERE relnamespace = 'paysession'::regnamespace
		AND (kinds ~ relkind::text OR relkind = 'v' AND kinds ~ '\+' AND pg_relation_is_updatable(c.oid, false) > 0)) s;
SELECT command, state, count(*) > 3 AS some FROM done GROUP BY 1, 2 ORDER BY 1, 2;
SELECT role, string_agg(replace(relation::text, 'paysession.', ''), ' ' ORDER BY relation::text) AS may_not_read
FROM done WHERE command = 'SELECT' AND state <> 'allowed' AND role <> 'gr_none'::regrole GROUP BY role ORDER BY role::text;
SELECT relation, command AS for_nobody FROM done WHERE role = 'gr_none'::regrole AND state <> '42501';
SELECT role, relation AS has_more_than_select FROM done
WHERE command = 'DELETE' AND (has_table_privilege(role, relation, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
	OR has_any_column_privilege(role, relation, 'INSERT, UPDATE, REFERENCES'));

-- the rest of what is there to be had
SELECT role, statement, state FROM (
	SELECT role, statement, pg_temp.state_as(role, statement) AS state FROM roles, unnest(ARRAY[
		'CREATE TABLE paysession.x ()',
		'CREATE FUNCTION paysession.ps_get(text) RETURNS text LANGUAGE sql RETURN $1',
		'DROP FUNCTION paysession.ps_get',
		'ALTER FUNCTION paysession.ps_get OWNER TO CURRENT_USER',
		'DROP EXTENSION paysession CASCADE',
		'ALTER EXTENSION paysession UPDATE',
		'SET session_replication_role = replica',
		'SET paysession.pan_check = off']) AS statement) s
WHERE state <> '42501';
-- what was read can be kept for the session, but for whoever has nothing
SELECT role, pg_temp.state_as(role, 'CREATE TEMP TABLE x (status paysession.payment_session_status)') AS state FROM roles ORDER BY role::text;
-- nobody can hand on what they have
SELECT grantee::regrole, privilege_type AS can_be_handed_on
FROM (SELECT relacl FROM pg_class UNION ALL SELECT proacl FROM pg_proc UNION ALL SELECT typacl FROM pg_type UNION ALL SELECT nspacl FROM pg_namespace) AS o (acl),
	aclexplode(acl) WHERE is_grantable AND grantee IN (SELECT role FROM roles);

DROP OWNED BY gr_app, gr_reader, gr_auditor, gr_none;
DROP ROLE gr_app, gr_reader, gr_auditor, gr_none;
