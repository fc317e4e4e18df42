/*
 * plain.h
 *		Whether nobody's code but ours runs when a row of a table is written.
 */
#ifndef PAYSESSION_PLAIN_H
#define PAYSESSION_PLAIN_H

#include "nodes/bitmapset.h"
#include "utils/rel.h"
#include "utils/reltrigger.h"

#include "catalog.h"

#define PLAIN_TRIGGERS	2

typedef struct Plain
{
	TriggerDesc *references;	/* the triggers of foreign keys alone; NULL: none */
	Bitmapset  *keys;			/* columns of which a change concerns them */
} Plain;

extern void plain_init(void);
extern const Plain *plain_get(Table table, Relation rel, const PGFunction *triggers);

#endif							/* PAYSESSION_PLAIN_H */
