/*
 * trigger.c
 *		What every trigger of ours does first and last.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "errors.h"
#include "owned.h"
#include "route.h"
#include "store.h"
#include "trigger.h"
#include "value.h"

/* Refuses a row that another database owns, but for history. */
static void
judge_route(TriggerData *trigger, const CatalogTable *table)
{
	bool		insert = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	Row			old;
	Row			row;

	owned_hold(RelationGetRelid(trigger->tg_relation), RowExclusiveLock);
	if (!owned_is_sharded() || (insert && trigger_is_history(trigger->tg_relation)))
		return;
	if (!insert)
		row_view(&old, table, trigger->tg_trigslot);
	if (insert || update)
		row_view(&row, table, insert ? trigger->tg_trigslot : trigger->tg_newslot);
	route_judge(trigger->tg_relation, insert ? NULL : &old, insert || update ? &row : NULL);
}

/*
 * trigger_check returns the trigger's data, or refuses a call that is not by
 * a row trigger of that timing, for one of those events, on that table of ours,
 * and a row that this database is not to write.
 */
TriggerData *
trigger_check(FunctionCallInfo fcinfo, const char *function, Table table,
			  TriggerEvent timing, int events)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		(trigger->tg_event & TRIGGER_EVENT_TIMINGMASK) != timing ||
		!(events & (1 << (trigger->tg_event & TRIGGER_EVENT_OPMASK))) ||
		catalog_table(table)->relid != RelationGetRelid(trigger->tg_relation))
		error_trigger_protocol(function);
	judge_route(trigger, catalog_table(table));
	return trigger;
}

/*
 * trigger_is_history tells whether an INSERT brings what already happened: a
 * restore or an import, by the table's owner, with row_security off as the
 * prologue of every dump has it.  A SECURITY DEFINER function in between is
 * somebody else's errand, and what our functions write is never history.
 */
bool
trigger_is_history(Relation rel)
{
	return !row_security && !store_is_writing() && !InLocalUserIdChange() &&
		object_ownercheck(RelationRelationId, RelationGetRelid(rel), GetOuterUserId());
}

/*
 * trigger_check_not_null refuses a null where the table would: the executor's
 * own message prints the failing row, documents included.
 */
void
trigger_check_not_null(Relation rel, const Row *row, int column, const char *name)
{
	if (row_is_null(row, column))
		error_null_column(rel, name, row->table->attno[column]);
}

/*
 * trigger_stamp stamps the times of a row that is born or changed; nobody else sets them.
 * Columns in `uncounted` may change without the row counting as changed.
 */
void
trigger_stamp(const Row *old, Row *row, int created_at, int updated_at, uint32 uncounted)
{
	TimestampTz now = value_clock();

	if (old == NULL)
		row_set(row, created_at, TimestampTzGetDatum(now));
	else
	{
		row_copy(row, old, created_at);
		if (row_differs(old, row, COLUMN_BIT(updated_at) | uncounted))
			now = Max(now, DatumGetTimestampTz(row_get(old, updated_at)));
		else
			now = DatumGetTimestampTz(row_get(old, updated_at));
	}
	if (row_is_null(row, updated_at) || DatumGetTimestampTz(row_get(row, updated_at)) != now)
		row_set(row, updated_at, TimestampTzGetDatum(now));
}

/* trigger_return returns what a BEFORE trigger returns for its new row. */
Datum
trigger_return(TriggerData *trigger, HeapTuple tuple, Row *row)
{
	HeapTuple	result;

	if (!row->changed)
		return PointerGetDatum(tuple);
	result = heap_form_tuple(RelationGetDescr(trigger->tg_relation),
							 row->slot->tts_values, row->slot->tts_isnull);
	result->t_data->t_ctid = tuple->t_data->t_ctid;
	result->t_self = tuple->t_self;
	result->t_tableOid = tuple->t_tableOid;
	return PointerGetDatum(result);
}

/*
 * trigger_before is a BEFORE trigger of INSERT and UPDATE: it has the law say
 * its first word about the row, but for history.
 */
Datum
trigger_before(TriggerData *trigger, Table table,
			   void (*before) (Relation rel, const Row *old, Row *row, bool by_function))
{
	Row			old;
	Row			row;

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		if (trigger_is_history(trigger->tg_relation))
			return PointerGetDatum(trigger->tg_trigtuple);
		row_view(&row, catalog_table(table), trigger->tg_trigslot);
		before(trigger->tg_relation, NULL, &row, store_writes(trigger->tg_trigslot));
		return trigger_return(trigger, trigger->tg_trigtuple, &row);
	}
	row_view(&old, catalog_table(table), trigger->tg_trigslot);
	row_view(&row, catalog_table(table), trigger->tg_newslot);
	before(trigger->tg_relation, &old, &row, store_writes(trigger->tg_newslot));
	return trigger_return(trigger, trigger->tg_newtuple, &row);
}

/* trigger_after is an AFTER trigger of the same, for the law's last word. */
Datum
trigger_after(TriggerData *trigger, Table table,
			  void (*after) (Relation rel, const Row *old, const Row *row, bool is_judged))
{
	Row			old;
	Row			row;

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		if (!trigger_is_history(trigger->tg_relation))
		{
			row_view(&row, catalog_table(table), trigger->tg_trigslot);
			after(trigger->tg_relation, NULL, &row, false);
		}
		return PointerGetDatum(NULL);
	}
	row_view(&old, catalog_table(table), trigger->tg_trigslot);
	row_view(&row, catalog_table(table), trigger->tg_newslot);
	after(trigger->tg_relation, &old, &row, false);
	return PointerGetDatum(NULL);
}

/* trigger_functions_only is a BEFORE trigger of a table that functions alone write, but for history. */
Datum
trigger_functions_only(TriggerData *trigger)
{
	Relation	rel = trigger->tg_relation;

	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
	{
		if (!store_purges(rel, trigger->tg_trigslot))
			error_functions_only(rel);
		return PointerGetDatum(trigger->tg_trigtuple);
	}
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
	{
		if (!store_writes(trigger->tg_newslot))
			error_functions_only(rel);
		return PointerGetDatum(trigger->tg_newtuple);
	}
	if (!store_writes(trigger->tg_trigslot) && !trigger_is_history(rel))
		error_functions_only(rel);
	return PointerGetDatum(trigger->tg_trigtuple);
}
