-- The table of moves in doc/reference.md: run with psql -XAtq.
SELECT '| from | to | function | why |';
SELECT '|---|---|---|---|';
SELECT pg_catalog.format('| %s | `%s` | [`%s`](#%3$s) | %s |',
	coalesce('`' || from_status || '`', '(new)'), to_status, verb, reason)
FROM paysession.ps_transitions();
