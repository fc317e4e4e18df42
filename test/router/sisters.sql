-- Each function once more, in schema router: through a router database.
CREATE EXTENSION paysession;
CREATE EXTENSION plproxy;
CREATE SCHEMA router;
GRANT USAGE ON SCHEMA router TO PUBLIC;
SELECT format('CREATE FUNCTION router.%I(%s) RETURNS %s LANGUAGE plproxy AS %L', proname, pg_get_function_arguments(oid), pg_get_function_result(oid),
	format('CONNECT %L; TARGET paysession.%I;', :'connection', proname))
FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND proname LIKE 'ps\_%' AND proname !~ '^ps_own(ed)?_routes$'
\gexec
