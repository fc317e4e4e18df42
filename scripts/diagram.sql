-- The status graph in graphviz's language.
SELECT 'digraph payment_session {
	graph [rankdir=LR, nodesep=0.6, ranksep=1.1]
	node [shape=box, style="rounded,filled", fillcolor="#f2f5fa", color="#33557a", fontname="Helvetica", fontsize=12]
	edge [color="#33557a", fontname="Helvetica", fontsize=10]
	new [shape=point, width=0.12, fillcolor="#33557a"]';
SELECT format(E'\t%s -> %s [label="%s", tooltip="%s"]', coalesce(from_status::text, 'new'), to_status, verb, reason)
FROM paysession.ps_transitions()
ORDER BY from_status NULLS FIRST, to_status;
SELECT '}';
