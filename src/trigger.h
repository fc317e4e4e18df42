/*
 * trigger.h
 *		What every trigger of ours does first and last.
 */
#ifndef PAYSESSION_TRIGGER_H
#define PAYSESSION_TRIGGER_H

#include "commands/trigger.h"
#include "fmgr.h"

#include "store.h"

/* The events that a trigger is for. */
#define ON_INSERT	(1 << TRIGGER_EVENT_INSERT)
#define ON_DELETE	(1 << TRIGGER_EVENT_DELETE)
#define ON_UPDATE	(1 << TRIGGER_EVENT_UPDATE)

extern TriggerData *trigger_check(FunctionCallInfo fcinfo, const char *function,
								  Table table, TriggerEvent timing, int events);
extern bool trigger_is_history(Relation rel);
extern void trigger_check_not_null(Relation rel, const Row *row, int column, const char *name);
extern void trigger_stamp(const Row *old, Row *row, int created_at, int updated_at, uint32 uncounted);
extern Datum trigger_return(TriggerData *trigger, HeapTuple tuple, Row *row);
extern Datum trigger_before(TriggerData *trigger, Table table,
							void (*before) (Relation rel, const Row *old, Row *row, bool by_function));
extern Datum trigger_after(TriggerData *trigger, Table table,
						   void (*after) (Relation rel, const Row *old, const Row *row, bool is_judged));
extern Datum trigger_functions_only(TriggerData *trigger);

#endif							/* PAYSESSION_TRIGGER_H */
