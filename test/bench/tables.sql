-- The tables of a contender, in schema :schema: those of the extension with
-- their columns, defaults, indexes, constraints and foreign keys, and with
-- none of its triggers.
CREATE SCHEMA :"schema";

SELECT format('CREATE TABLE %I.%I (LIKE %s INCLUDING ALL)%s', :'schema', c.relname, c.oid::regclass,
              ' WITH (' || array_to_string(c.reloptions, ', ') || ')')
FROM pg_class AS c
WHERE c.relnamespace = 'paysession'::regnamespace AND c.relkind = 'r'
\gexec

SELECT format('ALTER TABLE %I.%I ADD %s', :'schema', c.relname,
              replace(pg_get_constraintdef(f.oid), 'paysession.', :'schema' || '.'))
FROM pg_constraint AS f JOIN pg_class AS c ON c.oid = f.conrelid
WHERE c.relnamespace = 'paysession'::regnamespace AND f.contype = 'f'
\gexec

CREATE SEQUENCE :"schema".payment_session_event_id_seq;
ALTER TABLE :"schema".payment_session_event
	ALTER id SET DEFAULT nextval((:'schema' || '.payment_session_event_id_seq')::regclass);

INSERT INTO :"schema".payment_provider SELECT * FROM paysession.payment_provider;
