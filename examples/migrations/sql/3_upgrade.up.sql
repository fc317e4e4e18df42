SET LOCAL lock_timeout = '5s';  -- whoever comes after a waiting ALTER waits, too
ALTER EXTENSION paysession UPDATE TO '1.1.0';
\ir 2_grants.up.sql
