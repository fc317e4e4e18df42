/*
 * row.h
 *		A row of one of our tables, addressed by our own column enums.
 *
 * A view over a slot whose attributes are all deformed; it owns nothing.
 * Changing a value changes the slot's arrays, not the tuple behind them, so
 * whoever changes one sees to it that a tuple is formed from the arrays:
 * store.c of its virtual rows, guard.c of what a trigger returns.
 */
#ifndef PAYSESSION_ROW_H
#define PAYSESSION_ROW_H

#include "executor/tuptable.h"
#include "nodes/bitmapset.h"

#include "catalog.h"

typedef struct Row
{
	const CatalogTable *table;
	TupleTableSlot *slot;
	uint32		touched;		/* columns in which it may differ from the row
								 * that it is a copy of; ROW_UNKNOWN: any */
	bool		changed;		/* since the tuple behind the slot was formed */
	uint64		locked_at;		/* store.c: how many writes came before its
								 * lock */
} Row;

#define COLUMN_BIT(column)	(1u << (column))

StaticAssertDecl(COLUMN_MAX <= 31, "a column needs a bit");

#define ROW_UNKNOWN		(~0u)

static inline void
row_view(Row *row, const CatalogTable *table, TupleTableSlot *slot)
{
	slot_getallattrs(slot);
	row->table = table;
	row->slot = slot;
	row->touched = ROW_UNKNOWN;
	row->changed = false;
	row->locked_at = 0;
}

static inline bool
row_is_null(const Row *row, int column)
{
	return row->slot->tts_isnull[row->table->attno[column] - 1];
}

static inline Datum
row_get(const Row *row, int column)
{
	Assert(!row_is_null(row, column));
	return row->slot->tts_values[row->table->attno[column] - 1];
}

static inline void
row_set(Row *row, int column, Datum value)
{
	row->slot->tts_values[row->table->attno[column] - 1] = value;
	row->slot->tts_isnull[row->table->attno[column] - 1] = false;
	row->touched |= COLUMN_BIT(column);
	row->changed = true;
}

static inline void
row_set_null(Row *row, int column)
{
	if (row_is_null(row, column))
		return;
	row->slot->tts_values[row->table->attno[column] - 1] = (Datum) 0;
	row->slot->tts_isnull[row->table->attno[column] - 1] = true;
	row->touched |= COLUMN_BIT(column);
	row->changed = true;
}

/* Sets a column to what may be an SQL NULL. */
static inline void
row_set_nullable(Row *row, int column, Datum value, bool isnull)
{
	if (isnull)
		row_set_null(row, column);
	else
		row_set(row, column, value);
}

/* Sets a column to what it is in another row of the same table. */
static inline void
row_copy(Row *row, const Row *from, int column)
{
	int			i = row->table->attno[column] - 1;

	row_set_nullable(row, column, from->slot->tts_values[i], from->slot->tts_isnull[i]);
}

extern uint32 row_column_changes(const Row *old, const Row *row);
extern bool row_same_across(const Row *a, int column_a, const Row *b, int column_b);
extern void row_set_across(Row *row, int column, const Row *from, int column_from);
extern bool row_same_attribute(const Row *a, const Row *b, int i);
extern bool row_same(const Row *a, const Row *b, int column);
extern bool row_differs(const Row *a, const Row *b, uint32 except);
extern bool row_is(const Row *row, int column, const char *value);
extern int64 row_amount(const Row *row, int column);
extern Status row_status(const Row *session);
extern bool row_is_selected(const Row *session);
extern Bitmapset *row_changes(const Row *a, const Row *b);

#endif							/* PAYSESSION_ROW_H */
