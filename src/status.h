/*
 * status.h
 *		The session's status graph.  Pure: nothing of PostgreSQL in here.
 */
#ifndef PAYSESSION_STATUS_H
#define PAYSESSION_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * In the order of the enum type payment_session_status.  PS_NEW is the
 * state before birth; no row ever has it.
 */
typedef enum Status
{
	PS_NEW = -1,
	PS_AUTHORIZED,
	PS_PENDING,
	PS_REQUIRES_MORE,
	PS_ERROR,
	PS_CANCELED
} Status;

#define STATUS_COUNT	(PS_CANCELED + 1)

typedef struct StatusEdge
{
	Status		from;
	Status		to;
	const char *verb;			/* the function that takes this edge */
	const char *reason;
} StatusEdge;

extern const char *const status_labels[STATUS_COUNT];
extern const StatusEdge status_edges[];
extern const size_t status_edge_count;

extern bool status_has_edge(Status from, Status to);

#endif							/* PAYSESSION_STATUS_H */
