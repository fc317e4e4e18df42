BEGIN;
SET LOCAL lock_timeout = '5s';  -- whoever comes after a waiting ALTER waits, too
ALTER EXTENSION paysession UPDATE TO '1.1.0';
\set grants `pg_config --sharedir` /extension/paysession_grants.sql
\i :grants
COMMIT;
