/*
 * compat.h
 *		What differs between PostgreSQL's versions; the only place that asks.
 *
 * The code speaks the newest version's language, and older ones get what they
 * lack from here.
 */
#ifndef PAYSESSION_COMPAT_H
#define PAYSESSION_COMPAT_H

#include "access/tableam.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"

#if PG_VERSION_NUM < 150002 || (PG_VERSION_NUM >= 160000 && PG_VERSION_NUM < 170000) || PG_VERSION_NUM >= 180000
#error "paysession is built for PostgreSQL 15, from 15.2 on, and 17"
#endif

#if PG_VERSION_NUM >= 160000

#include "varatt.h"

/* Where the executor looks for the columns that a statement changes. */
typedef RTEPermissionInfo WrittenColumns;

#else

typedef RangeTblEntry WrittenColumns;
typedef bool TU_UpdateIndexes;

#define TU_None false

#define EvalPlanQualInit(epqstate, estate, plan, marks, param, relations) \
	EvalPlanQualInit(epqstate, estate, plan, marks, param)
#define ExecBRDeleteTriggers(estate, epqstate, rri, tid, tuple, slot, result, failure) \
	ExecBRDeleteTriggers(estate, epqstate, rri, tid, tuple, slot)
#define ExecBRUpdateTriggers(estate, epqstate, rri, tid, tuple, slot, result, failure) \
	ExecBRUpdateTriggers(estate, epqstate, rri, tid, tuple, slot, failure)
#define ExecInsertIndexTuples(rri, slot, estate, update, speculative, conflict, arbiters, summarizing) \
	ExecInsertIndexTuples(rri, slot, estate, update, speculative, conflict, arbiters)
#define object_ownercheck(class, object, role) pg_class_ownercheck(object, role)

#endif

/* Gives the executor a relation to write to, as its first and only one. */
static inline WrittenColumns *
compat_init_range_table(EState *estate, RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 160000
	RTEPermissionInfo *info = makeNode(RTEPermissionInfo);

	info->relid = rte->relid;
	rte->perminfoindex = 1;
	ExecInitRangeTable(estate, list_make1(rte), list_make1(info));
	return info;
#else
	ExecInitRangeTable(estate, list_make1(rte));
	return rte;
#endif
}

/* Whether the new version of a row needs entries in those indexes only that summarize pages, BRIN's. */
static inline bool
compat_only_summarizing(TU_UpdateIndexes indexes)
{
#if PG_VERSION_NUM >= 160000
	return indexes == TU_Summarizing;
#else
	return false;
#endif
}

/* Has a result relation use expressions for its generated columns; NULL: compile its own. */
static inline void
compat_set_generated(ResultRelInfo *rri, EState *estate, ExprState **expressions, int count, Bitmapset *columns)
{
#if PG_VERSION_NUM >= 160000
	rri->ri_GeneratedExprsI = rri->ri_GeneratedExprsU = expressions;
	rri->ri_NumGeneratedNeededI = rri->ri_NumGeneratedNeededU = count;
	rri->ri_extraUpdatedCols = columns;
#else
	ResultRelInfoExtra *extra;

	rri->ri_GeneratedExprs = expressions;
	rri->ri_NumGeneratedNeeded = count;
	if (estate->es_resultrelinfo_extra == NIL)
	{
		MemoryContext previous = MemoryContextSwitchTo(estate->es_query_cxt);

		estate->es_resultrelinfo_extra = list_make1(palloc(sizeof(ResultRelInfoExtra)));
		MemoryContextSwitchTo(previous);
	}
	extra = linitial(estate->es_resultrelinfo_extra);
	/* The columns may go before the relation does. */
	extra->rinfo = (expressions != NULL) ? rri : NULL;
	extra->ri_extraUpdatedCols = columns;
#endif
}

#endif							/* PAYSESSION_COMPAT_H */
