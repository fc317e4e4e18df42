/*
 * store_write.c
 *		The writing half of the store.
 *
 * Writes go row by row through the entry points that the executor uses
 * itself, so that generated columns, constraints, indexes and everybody's
 * triggers of all kinds are honoured, and as the calling user, so that nothing
 * that a user attached to a table ever runs as its owner.  Table privileges,
 * row security and rewrite rules are not consulted: EXECUTE on the calling
 * function is the whole capability.
 *
 * While nobody's code but ours can run in a write, our triggers are not fired
 * for it: what they would do is done directly, by the same code.  That saves
 * a third of the write.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/nodeModifyTable.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"

#include "errors.h"
#include "expression.h"
#include "store.h"

/*
 * How deep we are in writes of our own, the AFTER triggers that they fire
 * included, and the slot that the innermost one writes.  All of this is put
 * back when a write ends or fails.
 */
static int	write_depth = 0;
static const TupleTableSlot *written_slot = NULL;

/* The row version that the innermost write has stored, or deleted, so far. */
typedef struct Written
{
	Oid			relid;
	ItemPointerData tid;
	bool		purges;
} Written;

static Written written_row;

/* Counts our writes, so that a row knows whether it may have changed since its lock. */
static uint64 write_count = 0;

static const StoreLaw *laws[TABLE_COUNT];
static StoreJudge judge_any;

/* store_set_law tells what the triggers of a table do. */
void
store_set_law(Table table, const StoreLaw *law)
{
	laws[table] = law;
}

/* store_set_judge tells what our triggers of every table do before all else. */
void
store_set_judge(StoreJudge judge)
{
	judge_any = judge;
}

uint64
store_write_count(void)
{
	return write_count;
}

static void
prepare_write(Store *store)
{
	MemoryContext previous;
	EState	   *estate;
	RangeTblEntry *rte;

	Assert(store->mode == STORE_WRITE);
	if (store->estate != NULL)
		return;

	previous = MemoryContextSwitchTo(store->context);

	store->estate = estate = CreateExecutorState();
	rte = makeNode(RangeTblEntry);
	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(store->rel);
	rte->relkind = store->rel->rd_rel->relkind;
	rte->rellockmode = RowExclusiveLock;
	store->written = compat_init_range_table(estate, rte);

	store->result_rel = makeNode(ResultRelInfo);
	InitResultRelInfo(store->result_rel, store->rel, 1, NULL, 0);
	/* Where AfterTriggerEndQuery looks for it. */
	estate->es_opened_result_relations = list_make1(store->result_rel);
	MemoryContextSwitchTo(previous);
}

static void
open_indexes(Store *store, bool speculative)
{
	MemoryContext previous = MemoryContextSwitchTo(store->context);

	if (store->result_rel->ri_IndexRelationDescs != NULL && speculative && !store->is_speculative)
	{
		ExecCloseIndices(store->result_rel);
		store->result_rel->ri_IndexRelationDescs = NULL;
	}
	if (store->result_rel->ri_IndexRelationDescs == NULL)
	{
		ExecOpenIndices(store->result_rel, speculative);
		store->is_speculative = speculative;
	}
	MemoryContextSwitchTo(previous);
}

/*
 * Indexes are opened when the first row needs an entry in one: a heap-only
 * update never does, and opening them costs as much as the rest of it.
 */
static List *
insert_index_entries(Store *store, TupleTableSlot *slot, bool update, bool only_summarizing,
					 List *arbiters, bool *conflict)
{
	ResultRelInfo *rri = store->result_rel;

	if (!store->rel->rd_rel->relhasindex)
		return NIL;
	open_indexes(store, arbiters != NIL);
	return ExecInsertIndexTuples(rri, slot, store->estate, update, arbiters != NIL, conflict, arbiters,
								 only_summarizing);
}

static void
complete_and_check(Store *store, Row *row, CmdType operation)
{
	TupleConstr *constr = RelationGetDescr(store->rel)->constr;
	TupleTableSlot *slot = row->slot;

	slot->tts_tableOid = RelationGetRelid(store->rel);
	if (constr == NULL)
		return;
	if (constr->has_generated_stored)
	{
		ExecComputeStoredGenerated(store->result_rel, store->estate, slot, operation);
		row->touched = ROW_UNKNOWN;
	}
	ExecConstraints(store->result_rel, slot, store->estate);
}

/*
 * Fills the columns that a user has added with their defaults.  Ours are all
 * given by the caller.
 */
static void
fill_defaults(Store *store, Row *row)
{
	TupleDesc	desc = RelationGetDescr(store->rel);
	EState	   *estate = store->estate;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		bool		ours = false;
		Expr	   *expr;

		if (att->attisdropped || att->attgenerated)
			continue;
		for (int c = 0; c < row->table->ncolumns && !ours; c++)
			ours = (row->table->attno[c] == i + 1);
		if (ours)
			continue;
		expr = (Expr *) build_column_default(store->rel, i + 1);
		if (expr != NULL)
			row->slot->tts_values[i] = ExecEvalExpr(ExecPrepareExpr(expr, estate),
													GetPerTupleExprContext(estate),
													&row->slot->tts_isnull[i]);
	}
}

/*
 * What the guarded columns are before anybody's BEFORE triggers, in a row
 * that outlives what these do to the slot; NULL where none are guarded.
 */
static Row *
remember_guarded(Store *store, Row *row)
{
	Row		   *copy;

	if (store->guarded == 0)
		return NULL;
	copy = store_copy_row(store, row);
	ExecMaterializeSlot(copy->slot);
	row_view(copy, store->table, copy->slot);
	return copy;
}

/* Refuses what a BEFORE trigger has done to a guarded column. */
static void
check_guarded(Store *store, const Row *remembered, Row *row)
{
	if (remembered == NULL)
		return;
	row_view(row, store->table, row->slot);
	if (!(row_column_changes(remembered, row) & store->guarded))
		return;
	if (store->guarded == STORE_GUARD_ALL)
		error_functions_only(store->rel);
	error_by_hand(store->rel);
}

static void
note_written(Store *store, const ItemPointerData *tid)
{
	written_row.relid = RelationGetRelid(store->rel);
	written_row.tid = *tid;
	written_row.purges = store->purges;
}

/* Stores a new row; returns the indexes whose uniqueness is to be checked later. */
static List *
store_tuple(Store *store, Row *row)
{
	TupleTableSlot *slot = row->slot;

	complete_and_check(store, row, CMD_INSERT);
	table_tuple_insert(store->rel, slot, store->estate->es_output_cid, 0, NULL);
	note_written(store, &slot->tts_tid);
	return insert_index_entries(store, slot, false, false, NIL, NULL);
}

/* The same of a changed row. */
static List *
replace_tuple(Store *store, Row *old, Row *row)
{
	TupleTableSlot *slot = row->slot;
	TM_FailureData tmfd;
	TM_Result	result;
	LockTupleMode lockmode;
	TU_UpdateIndexes indexes;

	complete_and_check(store, row, CMD_UPDATE);
	result = table_tuple_update(store->rel, &old->slot->tts_tid, slot, store->estate->es_output_cid,
								store->estate->es_snapshot, InvalidSnapshot, true,
								&tmfd, &lockmode, &indexes);
	if (result == TM_SelfModified)
		error_modified_by_trigger(store->rel);
	if (result != TM_Ok)
		elog(ERROR, "unexpected result %d of updating a row of \"%s\"",
			 (int) result, RelationGetRelationName(store->rel));
	note_written(store, &slot->tts_tid);
	if (indexes == TU_None)
		return NIL;
	return insert_index_entries(store, slot, true, compat_only_summarizing(indexes), NIL, NULL);
}

static void
insert_row(Store *store, Row *row, TransitionCaptureState *capture)
{
	ResultRelInfo *rri = store->result_rel;
	TupleTableSlot *slot = row->slot;
	Row		   *remembered = remember_guarded(store, row);
	List	   *recheck;

	if (rri->ri_TrigDesc && rri->ri_TrigDesc->trig_insert_before_row &&
		!ExecBRInsertTriggers(store->estate, rri, slot))
		error_suppressed(store->rel);
	check_guarded(store, remembered, row);
	recheck = store_tuple(store, row);
	ExecARInsertTriggers(store->estate, rri, slot, recheck, capture);
}

/*
 * Inserts unless a row with the same key of one index is there or comes in
 * meanwhile, as INSERT ... ON CONFLICT (key) DO NOTHING does; returns whether
 * it inserted.
 */
static bool
insert_row_speculatively(Store *store, Row *row, Oid arbiter, TransitionCaptureState *capture)
{
	List	   *arbiters = list_make1_oid(arbiter);
	ResultRelInfo *rri = store->result_rel;
	EState	   *estate = store->estate;
	TupleTableSlot *slot = row->slot;
	Row		   *remembered = remember_guarded(store, row);

	if (rri->ri_TrigDesc && rri->ri_TrigDesc->trig_insert_before_row &&
		!ExecBRInsertTriggers(estate, rri, slot))
		error_suppressed(store->rel);
	check_guarded(store, remembered, row);
	complete_and_check(store, row, CMD_INSERT);
	open_indexes(store, true);

	for (;;)
	{
		ItemPointerData conflict;
		bool		failed = false;
		uint32		token;
		List	   *recheck;

		CHECK_FOR_INTERRUPTS();
		if (!ExecCheckIndexConstraints(rri, slot, estate, &conflict, arbiters))
			return false;
		token = SpeculativeInsertionLockAcquire(GetCurrentTransactionId());
		table_tuple_insert_speculative(store->rel, slot, estate->es_output_cid, 0, NULL, token);
		recheck = insert_index_entries(store, slot, false, false, arbiters, &failed);
		table_tuple_complete_speculative(store->rel, slot, token, !failed);
		SpeculativeInsertionLockRelease(GetCurrentTransactionId());
		if (!failed)
		{
			note_written(store, &slot->tts_tid);
			ExecARInsertTriggers(estate, rri, slot, recheck, capture);
			return true;
		}
	}
}

static void
update_row(Store *store, Row *old, Row *row, TransitionCaptureState *capture)
{
	ResultRelInfo *rri = store->result_rel;
	EState	   *estate = store->estate;
	TupleTableSlot *slot = row->slot;
	EPQState	epqstate;
	Row		   *remembered = remember_guarded(store, row);
	List	   *recheck;

	/* The row is locked, so that its plan never has to be evaluated anew. */
	EvalPlanQualInit(&epqstate, estate, NULL, NIL, -1, NIL);
	if (rri->ri_TrigDesc && rri->ri_TrigDesc->trig_update_before_row &&
		!ExecBRUpdateTriggers(estate, &epqstate, rri, &old->slot->tts_tid, NULL, slot, NULL, NULL))
		error_suppressed(store->rel);
	check_guarded(store, remembered, row);
	recheck = replace_tuple(store, old, row);
	ExecARUpdateTriggers(estate, rri, NULL, NULL, &old->slot->tts_tid, NULL, slot,
						 recheck, capture, false);
}

static void
delete_row(Store *store, Row *old, TransitionCaptureState *capture)
{
	ResultRelInfo *rri = store->result_rel;
	EState	   *estate = store->estate;
	EPQState	epqstate;
	TM_FailureData tmfd;
	TM_Result	result;

	note_written(store, &old->slot->tts_tid);
	EvalPlanQualInit(&epqstate, estate, NULL, NIL, -1, NIL);
	if (rri->ri_TrigDesc && rri->ri_TrigDesc->trig_delete_before_row &&
		!ExecBRDeleteTriggers(estate, &epqstate, rri, &old->slot->tts_tid, NULL, NULL, NULL, NULL))
		error_suppressed(store->rel);
	result = table_tuple_delete(store->rel, &old->slot->tts_tid, estate->es_output_cid,
								estate->es_snapshot, InvalidSnapshot, true, &tmfd, false);
	if (result == TM_SelfModified)
		error_modified_by_trigger(store->rel);
	if (result != TM_Ok)
		elog(ERROR, "unexpected result %d of deleting a row of \"%s\"",
			 (int) result, RelationGetRelationName(store->rel));
	note_written(store, &old->slot->tts_tid);
	ExecARDeleteTriggers(estate, rri, &old->slot->tts_tid, NULL, capture, false);
}

/*
 * Writes a row as a statement of its own: an after-trigger query level with
 * statement triggers and transition tables.
 */
static bool
write_with_triggers(Store *store, CmdType operation, Oid arbiter, Row *old, Row *row)
{
	ResultRelInfo *rri = store->result_rel;
	EState	   *estate = store->estate;
	TransitionCaptureState *capture;
	bool		written = true;

	store_let_go();
	AfterTriggerBeginQuery();
	capture = MakeTransitionCaptureState(rri->ri_TrigDesc, RelationGetRelid(store->rel), operation);
	switch (operation)
	{
		case CMD_INSERT:
			ExecBSInsertTriggers(estate, rri);
			fill_defaults(store, row);
			if (OidIsValid(arbiter))
				written = insert_row_speculatively(store, row, arbiter, capture);
			else
				insert_row(store, row, capture);
			ExecASInsertTriggers(estate, rri, capture);
			break;
		case CMD_UPDATE:
			store->written->updatedCols = row_changes(old, row);
			ExecBSUpdateTriggers(estate, rri);
			update_row(store, old, row, capture);
			ExecASUpdateTriggers(estate, rri, capture);
			break;
		default:
			Assert(operation == CMD_DELETE);
			ExecBSDeleteTriggers(estate, rri);
			delete_row(store, old, capture);
			ExecASDeleteTriggers(estate, rri, capture);
			break;
	}
	written_slot = NULL;
	AfterTriggerEndQuery(estate);
	return written;
}

/* Whether the table is plain that the law writes before a new row. */
static bool
is_held_plain(const PlainLaw *law)
{
	Relation	rel;
	bool		is_plain;

	if (!law->holds)
		return true;
	rel = table_open(catalog_table(law->held_table)->relid, RowExclusiveLock);
	is_plain = plain_get(law->held_table, rel, &laws[law->held_table]->plain, write_depth > 1) != NULL;
	table_close(rel, NoLock);
	return is_plain;
}

/* What there is to know for a write that can do without firing triggers; or NULL. */
static const Plain *
get_plain(Store *store, CmdType operation)
{
	const StoreLaw *law = laws[store->table->table];

	if (law == NULL || operation == CMD_DELETE || (operation == CMD_INSERT && !is_held_plain(&law->plain)))
		return NULL;
	return plain_get(store->table->table, store->rel, &law->plain, write_depth > 1);
}

/* Has the foreign keys of a row checked that was written. */
static void
check_references(Store *store, TriggerDesc *references, Row *old, Row *row)
{
	ResultRelInfo *rri = store->result_rel;
	TriggerDesc *triggers = rri->ri_TrigDesc;
	FmgrInfo   *functions = rri->ri_TrigFunctions;

	if (references == NULL)
		return;
	/* After an error the store is not used again. */
	rri->ri_TrigDesc = references;
	rri->ri_TrigFunctions = palloc0(references->numtriggers * sizeof(FmgrInfo));
	AfterTriggerBeginQuery();
	if (old == NULL)
		ExecARInsertTriggers(store->estate, rri, row->slot, NIL, NULL);
	else
		ExecARUpdateTriggers(store->estate, rri, NULL, NULL, &old->slot->tts_tid, NULL, row->slot, NIL, NULL, false);
	AfterTriggerEndQuery(store->estate);
	rri->ri_TrigDesc = triggers;
	rri->ri_TrigFunctions = functions;
}

/*
 * Writes a row of a plain table: the law's first word, the row, the foreign
 * keys, and the law's last word, on the row as it was judged.
 */
static void
write_directly(Store *store, const Plain *plain, CmdType operation, Row *old, Row *row)
{
	const StoreLaw *law = laws[store->table->table];

	judge_any(store->rel, old, row);
	if (law->before != NULL)
		law->before(store->rel, old, row, true);
	if (operation == CMD_INSERT)
	{
		store_tuple(store, row);
		check_references(store, plain->birth_references, NULL, row);
	}
	else
	{
		store->written->updatedCols = row_changes(old, row);
		replace_tuple(store, old, row);

		/*
		 * The check of a new row's key may still be to come, and would not
		 * find it.
		 */
		if (bms_overlap(store->written->updatedCols, plain->keys) || store_is_ours(old))
			check_references(store, plain->references, old, row);
	}
	written_slot = NULL;
	CommandCounterIncrement();
	if (law->after != NULL)
		law->after(store->rel, old, row, true);
}

/* Writes one row as a command of its own, so that what comes next sees it. */
static bool
write_row(Store *store, CmdType operation, Oid arbiter, Row *old, Row *row)
{
	const TupleTableSlot *outer_slot = written_slot;
	Written		outer_row = written_row;
	ResultRelInfo *rri;
	EState	   *estate;
	bool		lent;
	volatile bool written = true;

	prepare_write(store);
	rri = store->result_rel;
	estate = store->estate;
	estate->es_snapshot = store_register_snapshot(store);
	estate->es_output_cid = GetCurrentCommandId(true);

	rri->ri_ConstraintExprs = NULL;
	compat_set_generated(rri, estate, NULL, 0, NULL);
	lent = expression_lend(store->table->table, rri, estate);
	write_depth++;
	written_slot = (row != NULL) ? row->slot : NULL;
	PG_TRY();
	{
		const Plain *plain = OidIsValid(arbiter) ? NULL : get_plain(store, operation);

		if (plain != NULL)
			write_directly(store, plain, operation, old, row);
		else
			written = write_with_triggers(store, operation, arbiter, old, row);
	}
	PG_FINALLY();
	{
		write_depth--;
		written_slot = outer_slot;
		written_row = outer_row;
		if (lent)
			expression_take_back(store->table->table);
	}
	PG_END_TRY();

	UnregisterSnapshot(estate->es_snapshot);
	estate->es_snapshot = InvalidSnapshot;
	ResetPerTupleExprContext(estate);
	CommandCounterIncrement();
	write_count++;
	if (row != NULL)
		row_view(row, store->table, row->slot);
	return written;
}

/*
 * Returns a locked row as it is now.  Somebody's trigger, fired by a write of
 * ours since the lock, may have changed it in this transaction.
 */
static Row *
renew(Store *store, Row *old)
{
	Row		   *now;

	if (old->locked_at == write_count)
		return old;
	now = store_lock_again(store, old);
	if (now == NULL)
		error_modified_by_trigger(store->rel);
	return now;
}

void
store_insert(Store *store, Row *row)
{
	write_row(store, CMD_INSERT, InvalidOid, NULL, row);
}

/* store_insert_if_absent inserts unless there is a row with its key in an index. */
bool
store_insert_if_absent(Store *store, TableIndex index, Row *row)
{
	return write_row(store, CMD_INSERT, catalog_index(index), NULL, row);
}

/*
 * store_update writes the columns in which row differs from old, a row that
 * is locked; row is then what was stored.
 */
void
store_update(Store *store, Row *old, Row *row)
{
	Row		   *now = renew(store, old);

	if (now != old)
	{
		for (int i = 0; i < now->slot->tts_tupleDescriptor->natts; i++)
		{
			if (!row_same_attribute(old, row, i))
				continue;
			row->slot->tts_values[i] = now->slot->tts_values[i];
			row->slot->tts_isnull[i] = now->slot->tts_isnull[i];
		}
		old = now;
	}
	write_row(store, CMD_UPDATE, InvalidOid, old, row);
}

/* store_delete deletes a row that is locked. */
void
store_delete(Store *store, Row *old)
{
	write_row(store, CMD_DELETE, InvalidOid, renew(store, old), NULL);
}

/* Whether a row is the one with a key, after everybody's triggers. */
static bool
has_key(Store *store, TableIndex index, const Row *row, Datum key)
{
	Relation	rel = index_open(catalog_index(index), AccessShareLock);
	int			i = rel->rd_index->indkey.values[0] - 1;

	index_close(rel, NoLock);
	return !row->slot->tts_isnull[i] &&
		DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, row->slot->tts_values[i], key));
}

/*
 * store_put inserts the row with a key, or locks the one that is there and
 * updates it if the filled row differs; it returns the row as stored.
 */
Row *
store_put(Store *store, TableIndex index, Datum key, StoreFill fill, void *arg)
{
	for (;;)
	{
		Row		   *old = store_lock(store, index, key);
		Row		   *row;

		if (old != NULL)
		{
			row = store_copy_row(store, old);
			fill(row, false, arg);
			if (!row_differs(old, row, 0))
				return old;
			store_update(store, old, row);
			return row;
		}
		row = store_new_row(store);
		fill(row, true, arg);
		if (store_insert_if_absent(store, index, row))
			return row;
		/* Of another key than we look for, it would be in the way again. */
		if (!has_key(store, index, row, key))
			error_modified_by_trigger(store->rel);
		/* A transaction snapshot will never see the row that was in the way. */
		if (IsolationUsesXactSnapshot())
			error_serialization();
	}
}

/* store_is_writing tells whether a function's write is under way, however deep. */
bool
store_is_writing(void)
{
	return write_depth > 0;
}

/*
 * store_writes tells whether a row that a BEFORE trigger is given is the very
 * one that a function writes, and not one of a statement nested in it.
 */
bool
store_writes(const TupleTableSlot *slot)
{
	return slot != NULL && slot == written_slot;
}

/*
 * store_wrote tells whether the row version that an AFTER trigger is given is
 * the very one that a function has written.
 */
bool
store_wrote(Relation rel, const TupleTableSlot *slot)
{
	return write_depth > 0 && written_row.relid == RelationGetRelid(rel) &&
		ItemPointerEquals(&written_row.tid, (ItemPointer) &slot->tts_tid);
}

/* store_purges tells the same of a row that is deleted to be forgotten. */
bool
store_purges(Relation rel, const TupleTableSlot *slot)
{
	return store_wrote(rel, slot) && written_row.purges;
}
