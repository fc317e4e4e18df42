-- An extension has no way back: where nothing is lost by it, begin anew.
BEGIN;
\ir ../../refuse_when_used.sql
DROP EXTENSION paysession;
COMMIT;
\ir ../deploy/paysession.sql
\ir ../deploy/grants.sql
