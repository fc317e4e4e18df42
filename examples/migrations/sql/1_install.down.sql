\ir ../refuse_when_used.sql
DROP EXTENSION paysession;
