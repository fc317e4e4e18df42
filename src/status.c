/*
 * status.c
 *		The session's status graph, as one static table.
 *
 * Everything else that shows or checks the graph reads it here: the law,
 * ps_transitions(), and through that the diagram, the reference and the
 * model.  A transition to the same status is not an edge: it changes nothing.
 */
#include "status.h"

const char *const status_labels[STATUS_COUNT] = {
	[PS_AUTHORIZED] = "authorized",
	[PS_PENDING] = "pending",
	[PS_REQUIRES_MORE] = "requires_more",
	[PS_ERROR] = "error",
	[PS_CANCELED] = "canceled",
};

const StatusEdge status_edges[] = {
	{PS_NEW, PS_PENDING, "ps_create", "the checkout offers this provider"},

	{PS_PENDING, PS_REQUIRES_MORE, "ps_require_more", "the provider needs more from the customer"},
	{PS_PENDING, PS_AUTHORIZED, "ps_authorize", "the provider holds the money"},
	{PS_PENDING, PS_ERROR, "ps_fail", "the provider refused"},
	{PS_PENDING, PS_CANCELED, "ps_cancel", "given up before the provider answered"},

	{PS_REQUIRES_MORE, PS_PENDING, "ps_retry", "started again"},
	{PS_REQUIRES_MORE, PS_AUTHORIZED, "ps_authorize", "the customer acted and the provider holds the money"},
	{PS_REQUIRES_MORE, PS_ERROR, "ps_fail", "the customer acted and the provider refused"},
	{PS_REQUIRES_MORE, PS_CANCELED, "ps_cancel", "the customer did not act"},

	{PS_ERROR, PS_PENDING, "ps_retry", "tried again"},
	{PS_ERROR, PS_REQUIRES_MORE, "ps_require_more", "the provider asks the customer after all"},
	{PS_ERROR, PS_AUTHORIZED, "ps_authorize", "a late success: the provider holds the money"},
	{PS_ERROR, PS_CANCELED, "ps_cancel", "given up after a refusal"},

	{PS_AUTHORIZED, PS_CANCELED, "ps_cancel", "the authorization is released"},
};

const size_t status_edge_count = sizeof(status_edges) / sizeof(status_edges[0]);

/* status_has_edge tells whether a session may move from one status to another. */
bool
status_has_edge(Status from, Status to)
{
	for (size_t i = 0; i < status_edge_count; i++)
	{
		if (status_edges[i].from == from && status_edges[i].to == to)
			return true;
	}
	return false;
}
