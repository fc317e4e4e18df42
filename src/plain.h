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

/* What the law of a table consists of. */
typedef struct PlainLaw
{
	PGFunction	triggers[PLAIN_TRIGGERS];	/* the functions of its triggers */

	/*
	 * The column of a new row, if any, whose referenced row the law updates
	 * before the new one is written: it stays until we commit, and need not
	 * be looked for again.
	 */
	bool		holds;
	int			held_column;
	Table		held_table;
} PlainLaw;

typedef struct Plain
{
	TriggerDesc *references;	/* the triggers of foreign keys alone; NULL: none */
	TriggerDesc *birth_references;	/* those that concern a new row */
	Bitmapset  *keys;			/* columns of which a change concerns them */
} Plain;

extern void plain_init(void);
extern const Plain *plain_get(Table table, Relation rel, const PlainLaw *law);

#endif							/* PAYSESSION_PLAIN_H */
