\set grants `pg_config --sharedir` /extension/paysession_grants.sql
\i :grants
