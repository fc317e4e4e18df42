/*
 * plain.h
 *		Whether nobody's code but ours runs when a row of a table is written.
 */
#ifndef PAYSESSION_PLAIN_H
#define PAYSESSION_PLAIN_H

#include "catalog/pg_trigger.h"
#include "nodes/bitmapset.h"
#include "utils/rel.h"
#include "utils/reltrigger.h"

#include "catalog.h"

#define PLAIN_TRIGGERS	2

#define PLAIN_BEFORE	(TRIGGER_TYPE_ROW | TRIGGER_TYPE_BEFORE)
#define PLAIN_AFTER		(TRIGGER_TYPE_ROW | TRIGGER_TYPE_AFTER)
#define PLAIN_ANY		(TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE)

/* What the law of a table consists of. */
typedef struct PlainLaw
{
	struct
	{
		PGFunction	function;
		int16		type;		/* as in pg_trigger */
	}			triggers[PLAIN_TRIGGERS];

	/*
	 * The column of a new row, if any, whose referenced row the law updates
	 * before the new one is written: where that table is plain as well, it
	 * stays until we commit, and need not be looked for again.
	 */
	bool		holds;
	int			held_column;
	Table		held_table;
} PlainLaw;

typedef struct Plain
{
	TriggerDesc *references;	/* the triggers of foreign keys alone; NULL:
								 * none */
	TriggerDesc *birth_references;	/* those that concern a new row */
	Bitmapset  *keys;			/* columns of which a change concerns them */
} Plain;

extern void plain_init(void);
extern const Plain *plain_get(Table table, Relation rel, const PlainLaw *law, bool is_nested);

#endif							/* PAYSESSION_PLAIN_H */
