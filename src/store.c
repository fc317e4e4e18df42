/*
 * store.c
 *		The only room that reads or writes tables; its other half is
 *		store_write.c.
 *
 * Reads are index scans, with no plan and no privilege check, but for a view
 * that reads everything.  A Store lives within one call: store_close releases
 * all its rows.  After an error the transaction's resource owners and memory
 * contexts do.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "commands/sequence.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "executor/tstoreReceiver.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "errors.h"
#include "store.h"

#define STORE_PINS		16

/* The stores that stay open while a body runs. */
typedef struct Keep
{
	bool		has_ended;
	ResourceOwner owner;
	MemoryContext context;
	List	   *stores;
} Keep;

static Keep *keeping = NULL;

/*
 * A slot pins the descriptor that the relation cache has of the table, and a
 * resource owner is slow with many pins of one thing: beyond a few, slots have
 * a copy that is not counted.
 */
static TupleTableSlot *
new_slot(Store *store)
{
	MemoryContext previous;
	TupleDesc	desc;
	TupleTableSlot *slot;

	if (store->nrows < list_length(store->slots))
		return list_nth(store->slots, store->nrows++);

	previous = MemoryContextSwitchTo(store->context);
	desc = RelationGetDescr(store->rel);
	if (list_length(store->slots) >= STORE_PINS)
	{
		if (store->desc == NULL)
			store->desc = CreateTupleDescCopyConstr(desc);
		desc = store->desc;
	}
	slot = ExecAllocTableSlot(&store->slots, desc, table_slot_callbacks(store->rel));
	store->nrows++;
	MemoryContextSwitchTo(previous);
	return slot;
}

/* Makes a row of a filled slot; it no longer depends on a buffer pin. */
static void
view_row(Store *store, Row *row, TupleTableSlot *slot)
{
	ExecMaterializeSlot(slot);
	row_view(row, store->table, slot);
}

/* What a subtransaction in between opens ends with it. */
static bool
is_keeping(void)
{
	return keeping != NULL && !keeping->has_ended && keeping->owner == CurrentResourceOwner;
}

/* The store of a table that is kept and not in use. */
static Store *
find_kept(Table table, StoreMode mode)
{
	ListCell   *lc;

	foreach(lc, keeping->stores)
	{
		Store	   *store = lfirst(lc);

		if (!store->is_open && store->table->table == table && store->mode == mode)
			return store;
	}
	return NULL;
}

Store *
store_open(Table table, StoreMode mode)
{
	MemoryContext context = CurrentMemoryContext;
	bool		keeps = is_keeping();
	Store	   *store = keeps ? find_kept(table, mode) : NULL;

	if (store != NULL)
	{
		store->is_open = true;
		store->guarded = 0;
		store->purges = false;
		return store;
	}
	if (keeps)
		MemoryContextSwitchTo(keeping->context);
	store = palloc0(sizeof(Store));
	store->is_kept = keeps;
	store->is_open = true;
	if (keeps)
		keeping->stores = lappend(keeping->stores, store);
	store->rel = table_open(catalog_table(table)->relid,
							mode == STORE_WRITE ? RowExclusiveLock : AccessShareLock);
	/* Taking the lock may have told us of a change of the table. */
	store->table = catalog_table(table);
	store->mode = mode;
	store->context = CurrentMemoryContext;
	MemoryContextSwitchTo(context);
	return store;
}

/* store_release_rows forgets all rows that were handed out, for a store that goes on. */
void
store_release_rows(Store *store)
{
	ListCell   *lc;

	foreach(lc, store->slots)
		ExecClearTuple(lfirst(lc));
	store->nrows = 0;
	if (store->estate == NULL)
		return;
	/* What was looked up and computed for them may go with their memory. */
	store->written->updatedCols = NULL;
	if (store->result_rel->ri_TrigDesc != NULL)
		memset(store->result_rel->ri_TrigFunctions, 0,
			   store->result_rel->ri_TrigDesc->numtriggers * sizeof(FmgrInfo));
}

static void
end_scan(StoreScan *scan)
{
	index_endscan(scan->scan);
	index_close(scan->index, NoLock);
	pfree(scan);
}

static void
close_now(Store *store)
{
	ListCell   *lc;

	foreach(lc, store->scans)
		end_scan(lfirst(lc));
	ExecResetTupleTable(store->slots, false);
	if (store->locked != NULL)
		ExecDropSingleTupleTableSlot(store->locked);
	if (store->estate != NULL)
	{
		ExecResetTupleTable(store->estate->es_tupleTable, false);
		ExecCloseResultRelations(store->estate);
		FreeExecutorState(store->estate);
	}
	table_close(store->rel, NoLock);
	pfree(store);
}

static void
let_go(Store *store)
{
	keeping->stores = list_delete_ptr(keeping->stores, store);
	close_now(store);
}

void
store_close(Store *store)
{
	store->is_open = false;
	if (!store->is_kept)
		close_now(store);
	else if (keeping->has_ended)
		let_go(store);
	else
		store_release_rows(store);
}

/*
 * store_let_go ends it before somebody's trigger runs, to which a table that is
 * open is one that it cannot change, and whose expressions are computed anew for each row.
 */
void
store_let_go(void)
{
	List	   *stores;
	ListCell   *lc;

	if (!is_keeping())
		return;
	keeping->has_ended = true;
	stores = list_copy(keeping->stores);
	foreach(lc, stores)
	{
		Store	   *store = lfirst(lc);

		if (!store->is_open)
			let_go(store);
	}
	list_free(stores);
}

/*
 * store_keep runs what opens the same tables again and again, and has them
 * stay open meanwhile: that costs a tenth of a written row.
 */
void
store_keep(void (*body) (void *arg), void *arg)
{
	Keep	   *outer = keeping;
	Keep		keep = {.owner = CurrentResourceOwner,.context = CurrentMemoryContext};
	ListCell   *lc;

	keeping = &keep;
	PG_TRY();
	{
		body(arg);
	}
	PG_FINALLY();
	{
		keeping = outer;
	}
	PG_END_TRY();
	foreach(lc, keep.stores)
		close_now(lfirst(lc));
	list_free(keep.stores);
}

/*
 * The snapshot to find rows with.  STORE_CURRENT looks past the transaction's
 * snapshot even at REPEATABLE READ: a decision must not rest on what somebody
 * has changed since.  store_scan_next then sees to it that such a row is an
 * error there, not an answer.  What the statement that fired a trigger has
 * written so far must count as well, hence the new command.
 */
Snapshot
store_register_snapshot(Store *store)
{
	if (store->mode != STORE_READ)
		CommandCounterIncrement();
	switch (store->mode)
	{
		case STORE_READ:
			return RegisterSnapshot(GetActiveSnapshot());
		case STORE_CURRENT:
			return RegisterSnapshot(GetLatestSnapshot());
		case STORE_WRITE:
			return RegisterSnapshot(GetTransactionSnapshot());
	}
	pg_unreachable();
}

/* A scan of an index, an ended one if there is one that fits. */
static StoreScan *
open_scan(Store *store, Oid index, Snapshot snapshot, int nkeys)
{
	bool		keeps = store->is_kept && is_keeping();
	MemoryContext previous;
	StoreScan  *scan;
	ListCell   *lc;

	foreach(lc, keeps ? store->scans : NIL)
	{
		scan = lfirst(lc);
		if (RelationGetRelid(scan->index) == index && scan->scan->numberOfKeys == nkeys)
		{
			store->scans = foreach_delete_current(store->scans, lc);
			return scan;
		}
	}
	previous = MemoryContextSwitchTo(store->context);
	scan = palloc(sizeof(StoreScan));
	scan->store = store;
	scan->is_kept = keeps;
	scan->index = index_open(index, AccessShareLock);
	scan->scan = index_beginscan(store->rel, scan->index, snapshot, nkeys, 0);
	MemoryContextSwitchTo(previous);
	return scan;
}

/* store_scan_keys starts a scan of the rows that match the keys of an index. */
StoreScan *
store_scan_keys(Store *store, TableIndex index, ScanKey keys, int nkeys, ScanDirection direction)
{
	Snapshot	snapshot = store_register_snapshot(store);
	StoreScan  *scan = open_scan(store, catalog_index(index), snapshot, nkeys);

	scan->scan->xs_snapshot = scan->snapshot = snapshot;
	scan->direction = direction;
	scan->row = palloc(sizeof(Row));
	scan->row->slot = new_slot(store);
	index_rescan(scan->scan, keys, nkeys, NULL, 0);
	return scan;
}

/*
 * store_scan_begin starts a scan of the rows whose first index columns equal
 * the keys, and whose next one is below a bound, where one is given.  All of
 * these columns are text in collation "C".
 */
StoreScan *
store_scan_begin(Store *store, TableIndex index, int nkeys, const Datum *keys,
				 const Datum *below, ScanDirection direction)
{
	ScanKeyData skeys[3];
	int			n = 0;

	for (; n < nkeys; n++)
		ScanKeyEntryInitialize(&skeys[n], 0, n + 1, BTEqualStrategyNumber, InvalidOid,
							   C_COLLATION_OID, F_TEXTEQ, keys[n]);
	if (below != NULL)
	{
		ScanKeyEntryInitialize(&skeys[n], 0, n + 1, BTLessStrategyNumber, InvalidOid,
							   C_COLLATION_OID, F_TEXT_LT, *below);
		n++;
	}
	return store_scan_keys(store, index, skeys, n, direction);
}

/* store_scan_next returns the next row, valid until the one after it, or NULL. */
Row *
store_scan_next(StoreScan *scan)
{
	Store	   *store = scan->store;
	TupleTableSlot *slot = scan->row->slot;
	MemoryContext previous;
	bool		found;

	CHECK_FOR_INTERRUPTS();
	/* A scan keeps what it allocates here, a list of the dead it has met. */
	previous = MemoryContextSwitchTo(store->context);
	found = index_getnext_slot(scan->scan, scan->direction, slot);
	MemoryContextSwitchTo(previous);
	if (!found)
		return NULL;

	if (store->mode == STORE_CURRENT && IsolationUsesXactSnapshot())
	{
		Snapshot	snapshot = RegisterSnapshot(GetTransactionSnapshot());

		if (!table_tuple_satisfies_snapshot(store->rel, slot, snapshot))
			error_serialization();
		UnregisterSnapshot(snapshot);
	}
	view_row(store, scan->row, slot);
	return scan->row;
}

void
store_scan_end(StoreScan *scan)
{
	Store	   *store = scan->store;
	MemoryContext previous;

	UnregisterSnapshot(scan->snapshot);
	if (!scan->is_kept)
	{
		end_scan(scan);
		return;
	}
	/* gives back what it has pinned */
	index_rescan(scan->scan, NULL, scan->scan->numberOfKeys, NULL, 0);
	previous = MemoryContextSwitchTo(store->context);
	store->scans = lappend(store->scans, scan);
	MemoryContextSwitchTo(previous);
}

static Row *
find(Store *store, TableIndex index, int nkeys, const Datum *keys)
{
	StoreScan  *scan = store_scan_begin(store, index, nkeys, keys, NULL, ForwardScanDirection);
	Row		   *row = store_scan_next(scan);

	store_scan_end(scan);
	return row;
}

/* store_find returns the row with a key, not locked, or NULL. */
Row *
store_find(Store *store, TableIndex index, Datum key)
{
	return find(store, index, 1, &key);
}

/* store_exists tells whether a table has a row with a key now. */
bool
store_exists(Table table, TableIndex index, Datum key)
{
	Store	   *store = store_open(table, STORE_CURRENT);
	bool		exists = store_find(store, index, key) != NULL;

	/* Nobody has a row of it, and a purge asks often. */
	ExecResetTupleTable(store->slots, true);
	store->slots = NIL;
	store->nrows = 0;
	store_close(store);
	return exists;
}

Row *
store_find_pair(Store *store, TableIndex index, Datum key1, Datum key2)
{
	Datum		keys[] = {key1, key2};

	return find(store, index, 2, keys);
}

/*
 * Locks the version of a row that was found, or at READ COMMITTED the latest
 * one, against everything but a foreign key's check.  Under a transaction
 * snapshot a newer version is a serialization failure: following it silently
 * would make a decision on data that the transaction cannot see.
 */
static TM_Result
lock_tuple(Store *store, Row *found, LockWaitPolicy wait, TupleTableSlot *slot)
{
	Snapshot	snapshot = store_register_snapshot(store);
	TM_FailureData tmfd;
	TM_Result	result;
	int			flags = 0;

	Assert(store->mode == STORE_WRITE);
	if (wait == LockWaitBlock && !IsolationUsesXactSnapshot())
		flags |= TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	result = table_tuple_lock(store->rel, &found->slot->tts_tid, snapshot, slot,
							  GetCurrentCommandId(false), LockTupleNoKeyExclusive,
							  wait, flags, &tmfd);
	UnregisterSnapshot(snapshot);

	switch (result)
	{
		case TM_Ok:
		case TM_WouldBlock:
			break;
		case TM_Updated:
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				error_serialization();
			break;
		case TM_Invisible:
		case TM_SelfModified:
			/* Changed by somebody's trigger since it was found. */
			if (wait != LockWaitSkip)
				error_modified_by_trigger(store->rel);
			break;
		default:
			elog(ERROR, "unexpected result %d of locking a row of \"%s\"",
				 (int) result, RelationGetRelationName(store->rel));
	}
	return result;
}

/*
 * store_lock_found locks a row that was found and returns its latest version,
 * or NULL if it has been deleted.
 */
Row *
store_lock_found(Store *store, Row *found)
{
	TupleTableSlot *slot = new_slot(store);
	Row		   *row = palloc(sizeof(Row));

	if (lock_tuple(store, found, LockWaitBlock, slot) != TM_Ok)
		return NULL;
	view_row(store, row, slot);
	row->locked_at = store_write_count();
	return row;
}

/*
 * Locks the row with a key and returns its latest version, or NULL if there
 * is none.  When the row was deleted while we waited, another one may have
 * taken its key: an ORM deletes and inserts the same id again.
 */
static Row *
lock(Store *store, TableIndex index, int nkeys, const Datum *keys)
{
	for (;;)
	{
		Row		   *found = find(store, index, nkeys, keys);
		Row		   *locked;

		if (found == NULL)
			return NULL;
		locked = store_lock_found(store, found);
		if (locked != NULL)
			return locked;
	}
}

/* store_lock locks and returns the row with a key; NULL if there is none. */
Row *
store_lock(Store *store, TableIndex index, Datum key)
{
	return lock(store, index, 1, &key);
}

/* store_lock_again returns a row as it is now, locked; NULL if it is gone. */
Row *
store_lock_again(Store *store, const Row *row)
{
	int			nkeys;
	TableIndex	index = catalog_primary_key(store->table->table, &nkeys);
	Datum		keys[2];

	for (int i = 0; i < nkeys; i++)
		keys[i] = row_get(row, i);
	return lock(store, index, nkeys, keys);
}

/*
 * store_try_lock locks a row if nobody else holds it and nobody has changed
 * it since it was found, so that the row found is the row locked.
 */
bool
store_try_lock(Store *store, Row *found)
{
	TM_Result	result;

	if (store->locked == NULL)
	{
		MemoryContext previous = MemoryContextSwitchTo(store->context);

		store->locked = table_slot_create(store->rel, NULL);
		MemoryContextSwitchTo(previous);
	}
	found->locked_at = store_write_count();
	result = lock_tuple(store, found, LockWaitSkip, store->locked);
	/* A sweeper locks many: none may keep a buffer pinned. */
	ExecClearTuple(store->locked);
	return result == TM_Ok;
}

/*
 * store_key_number returns which of the locks on keys is a key's.  There are
 * 1024, since a transaction may take many, and the lock table is small.
 */
uint32
store_key_number(Datum key)
{
	text	   *t = DatumGetTextPP(key);

	return hash_bytes((unsigned char *) VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)) % 1024;
}

/*
 * store_lock_key locks a key of a table until the transaction ends, be there a
 * row with it or not, against others who lock it so: for whoever decides about
 * a set of rows before locking the one that they hang on.
 */
void
store_lock_key(Store *store, Datum key)
{
	LockDatabaseObject(RelationGetRelid(store->rel), store_key_number(key), 0, ExclusiveLock);
}

/* store_new_row returns a row of NULLs to fill and insert. */
Row *
store_new_row(Store *store)
{
	TupleTableSlot *slot = new_slot(store);
	Row		   *row = palloc(sizeof(Row));

	ExecStoreAllNullTuple(slot);
	row_view(row, store->table, slot);
	return row;
}

/* store_copy_row returns a copy of a row, to change and to update with. */
Row *
store_copy_row(Store *store, const Row *row)
{
	TupleTableSlot *slot = new_slot(store);
	Row		   *copy = palloc(sizeof(Row));
	int			natts = row->slot->tts_tupleDescriptor->natts;

	ExecClearTuple(slot);
	memcpy(slot->tts_values, row->slot->tts_values, natts * sizeof(Datum));
	memcpy(slot->tts_isnull, row->slot->tts_isnull, natts * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	row_view(copy, store->table, slot);
	copy->touched = 0;
	return copy;
}

/*
 * Returns the stored tuple of an unchanged row, or NULL: a tuple may lack
 * columns that were added since, whose defaults who gets it does not know.
 */
static HeapTuple
whole_tuple(const Row *row)
{
	HeapTuple	tuple;

	if (row->changed)
		return NULL;
	tuple = ExecFetchSlotHeapTuple(row->slot, false, NULL);
	return HeapTupleHeaderGetNatts(tuple->t_data) == row->slot->tts_tupleDescriptor->natts ? tuple : NULL;
}

/* store_datum returns a row as the composite value that a function returns. */
Datum
store_datum(const Row *row)
{
	TupleDesc	desc = row->slot->tts_tupleDescriptor;
	HeapTuple	tuple = whole_tuple(row);

	if (tuple != NULL)
		return heap_copy_tuple_as_datum(tuple, desc);
	return HeapTupleGetDatum(heap_form_tuple(desc, row->slot->tts_values, row->slot->tts_isnull));
}

/* store_put_result adds a row to those that a function returns. */
void
store_put_result(Tuplestorestate *result, const Row *row)
{
	TupleDesc	desc = row->slot->tts_tupleDescriptor;
	HeapTuple	tuple = whole_tuple(row);

	if (tuple != NULL)
		tuplestore_puttuple(result, tuple);
	else
		tuplestore_putvalues(result, desc, row->slot->tts_values, row->slot->tts_isnull);
}

/* store_writer returns which transaction wrote the row as it was found. */
TransactionId
store_writer(const Row *row)
{
	bool		isnull;

	return DatumGetTransactionId(slot_getsysattr(row->slot, MinTransactionIdAttributeNumber, &isnull));
}

bool
store_is_ours(const Row *row)
{
	return TransactionIdIsCurrentTransactionId(store_writer(row));
}

/*
 * store_put_view adds the rows of a view of ours to what a function returns,
 * as the calling statement sees them.  It reads as the view's owner, as a
 * foreign key's check does: the caller's EXECUTE on the function is enough,
 * and no row security of a table of ours hides anything.  Where a table has
 * another owner it reads as the caller: what that owner put into an index
 * runs when a query is planned, and is not to run as the view's owner.
 */
void
store_put_view(ReturnSetInfo *rsinfo, const char *view)
{
	SPIExecuteOptions options = {.read_only = true};
	char	   *query = psprintf("SELECT * FROM paysession.%s", view);
	Oid			owner = catalog_view_owner(view);
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	options.dest = CreateTuplestoreDestReceiver();
	SetTuplestoreDestReceiverParams(options.dest, rsinfo->setResult, CurrentMemoryContext, false, NULL, NULL);
	SPI_connect();
	if (catalog_owns_tables(owner))
		SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE |
							   SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
	SPI_execute_extended(query, &options);
	SetUserIdAndSecContext(user, context);
	SPI_finish();
}

int64
store_next_event_id(void)
{
	return nextval_internal(catalog_event_sequence(), false);
}
