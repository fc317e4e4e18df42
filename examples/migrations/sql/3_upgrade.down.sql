-- An extension has no way back: where nothing is lost by it, begin anew.
\ir ../refuse_when_used.sql
DROP EXTENSION paysession;
\ir 1_install.up.sql
\ir 2_grants.up.sql
