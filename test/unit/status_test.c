/*
 * status_test.c
 *		The session's graph is exactly this one.
 */
#include "status.h"
#include "tap.h"

#include <string.h>

int
main(void)
{
	static const char *const labels[] = {
		"authorized", "pending", "requires_more", "error", "canceled"
	};
	static const bool graph[][STATUS_COUNT] = {
		/* to: authorized, pending, requires_more, error, canceled */
		{false, true, false, false, false}, /* new */
		{false, false, false, false, true}, /* from authorized */
		{true, false, true, true, true},	/* from pending */
		{true, true, false, true, true},	/* from requires_more */
		{true, true, true, false, true},	/* from error */
		{false, false, false, false, false},	/* from canceled */
	};
	size_t		edges = 0;

	ok(STATUS_COUNT == 5, "there are five statuses");
	for (int i = 0; i < STATUS_COUNT; i++)
		ok(strcmp(status_labels[i], labels[i]) == 0, "status %d is %s", i, labels[i]);

	for (int from = PS_NEW; from < STATUS_COUNT; from++)
	{
		for (int to = 0; to < STATUS_COUNT; to++)
		{
			bool		allowed = graph[from + 1][to];

			edges += allowed;
			ok(status_has_edge((Status) from, (Status) to) == allowed,
			   "%s to %s is %s", from < 0 ? "(new)" : labels[from], labels[to],
			   allowed ? "an edge" : "no edge");
		}
		ok(!status_has_edge((Status) from, PS_NEW), "%s does not become new",
		   from < 0 ? "(new)" : labels[from]);
	}

	ok(status_edge_count == edges, "no edge stands twice");
	for (size_t i = 0; i < status_edge_count; i++)
	{
		const StatusEdge *edge = &status_edges[i];

		ok(strncmp(edge->verb, "ps_", 3) == 0 && strlen(edge->reason) > 0,
		   "edge %zu has its verb and reason", i);
	}
	return tap_end();
}
