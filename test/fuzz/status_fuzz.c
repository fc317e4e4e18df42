/*
 * status_fuzz.c
 *		Whatever is asked for, in whatever order, a session goes along edges of
 *		the table only: from new to pending, from authorized to canceled, and
 *		from there nowhere.
 */
#include "status.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* edges_between counts the edges that the table has from one status to another. */
static int
edges_between(int from, int to)
{
	int			count = 0;

	for (size_t i = 0; i < status_edge_count; i++)
		count += status_edges[i].from == from && status_edges[i].to == to;
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int			status = PS_NEW;

	for (size_t i = 0; i < size; i++)
	{
		int			to = (int8_t) data[i];
		bool		allowed = status_has_edge((Status) status, (Status) to);

		assert(edges_between(status, to) == allowed);
		/* nothing comes from, or leads to, what is no status */
		assert(to >= 0 && to < STATUS_COUNT ? strlen(status_labels[to]) > 0 :
			   !allowed && (to == PS_NEW || !status_has_edge((Status) to, PS_PENDING)));
		if (!allowed)
			continue;
		assert(status != PS_CANCELED);
		assert(status != PS_AUTHORIZED || to == PS_CANCELED);
		assert(status != PS_NEW || to == PS_PENDING);
		status = to;
	}
	return 0;
}
