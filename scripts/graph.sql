-- The status graph in Promela, for the models: run with psql -XAtq.
SELECT '/* The session''s graph, from ps_transitions(): make diagram */';
SELECT format('mtype = { new, %s }', array_to_string(enum_range(NULL::paysession.payment_session_status), ', '));
SELECT E'\n#define HAS_EDGE(from, to) (false \\';
SELECT format(E'\t|| ((from) == %s && (to) == %s) \\', coalesce(from_status::text, 'new'), to_status)
FROM paysession.ps_transitions()
ORDER BY from_status NULLS FIRST, to_status;
SELECT ')';
