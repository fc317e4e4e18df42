/*
 * owned.c
 *		Which routes this database owns, where several share them.
 *
 * Each backend has a copy of the one row of table owned_routes, for its life,
 * until an invalidation of that table.  Who changes the row locks all tables
 * with routes against writers, and sends the invalidation before it lets go:
 * whoever gets a lock on one of them has then heard of it.  So the copy is
 * right for a writer from its first lock until it commits.  It is not read
 * with the transaction's snapshot, which would let a REPEATABLE READ writer
 * through with what was owned before.
 */
#include "postgres.h"

#include "access/xact.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/multirangetypes.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "errors.h"
#include "owned.h"
#include "store.h"

static struct
{
	bool		valid;
	Oid			relid;			/* of the table that it was read from */
	bool		is_sharded;
	Bitmapset  *routes;
	TransactionId since;		/* who has said so */
}			owned;

/* Counts the invalidations, so that one that comes while the row is read is not lost. */
static uint64 forgotten = 0;

static void
forget(Datum arg, Oid relid)
{
	if (OidIsValid(relid) && relid != owned.relid)
		return;
	owned.valid = false;
	forgotten++;
}

void
owned_init(void)
{
	CacheRegisterRelcacheCallback(forget, (Datum) 0);
}

static void
copy_routes(Datum datum)
{
	MultirangeType *multirange = DatumGetMultirangeTypeP(datum);
	TypeCacheEntry *type = lookup_type_cache(MultirangeTypeGetOid(multirange), TYPECACHE_MULTIRANGE_INFO);
	int32		count;
	RangeType **ranges;

	multirange_deserialize(type->rngtype, multirange, &count, &ranges);
	for (int i = 0; i < count; i++)
	{
		MemoryContext previous;
		RangeBound	lower;
		RangeBound	upper;
		bool		empty;

		range_deserialize(type->rngtype, ranges[i], &lower, &upper, &empty);
		previous = MemoryContextSwitchTo(CacheMemoryContext);
		owned.routes = bms_add_range(owned.routes, DatumGetInt32(lower.val), DatumGetInt32(upper.val) - 1);
		MemoryContextSwitchTo(previous);
	}
}

/*
 * Copies the row.  A parallel query, in which nothing is written, has no other
 * snapshot than its own; what that shows is not kept.
 */
static void
copy_row(void)
{
	bool		is_parallel = IsInParallelMode();
	Store	   *store = store_open(TABLE_OWNED, STORE_READ);
	uint64		before = forgotten;
	StoreScan  *scan;
	Row		   *row;

	owned.relid = RelationGetRelid(store->rel);
	bms_free(owned.routes);
	owned.routes = NULL;
	if (!is_parallel)
		PushActiveSnapshot(GetLatestSnapshot());
	scan = store_scan_begin(store, INDEX_OWNED, 0, NULL, NULL, ForwardScanDirection);
	row = store_scan_next(scan);
	owned.is_sharded = row != NULL;
	if (row != NULL)
	{
		copy_routes(row_get(row, OWNED_ROUTES));
		owned.since = store_writer(row);
	}
	store_scan_end(scan);
	if (!is_parallel)
		PopActiveSnapshot();
	store_close(store);
	owned.valid = !is_parallel && forgotten == before;
}

/* owned_is_sharded tells whether this database owns some routes only. */
bool
owned_is_sharded(void)
{
	if (unlikely(!owned.valid))
		copy_row();
	return owned.is_sharded;
}

bool
owned_has(uint16 route)
{
	return !owned_is_sharded() || bms_is_member(route, owned.routes);
}

/*
 * owned_is_news tells whether what is owned has changed since the snapshot,
 * which then may lack rows that have come with the routes.
 */
bool
owned_is_news(void)
{
	return owned_is_sharded() && ActiveSnapshotSet() && !IsInParallelMode() &&
		!TransactionIdIsCurrentTransactionId(owned.since) && XidInMVCCSnapshot(owned.since, GetActiveSnapshot());
}

/* owned_pick returns one of the routes of a sharded database, by any number. */
uint16
owned_pick(uint32 n)
{
	int			count = owned_is_sharded() ? bms_num_members(owned.routes) : 0;
	int			route = -1;

	if (count == 0)
		error_no_route_owned();
	for (n %= count; n > 0; n--)
		route = bms_next_member(owned.routes, route);
	return bms_next_member(owned.routes, route);
}

/*
 * owned_hold locks a table until the (sub)transaction ends.  What a statement
 * of a cursor locks goes when that fails within a savepoint, even if it has
 * written before.
 */
void
owned_hold(Oid relid, LOCKMODE mode)
{
	ResourceOwner owner = CurrentResourceOwner;

	CurrentResourceOwner = CurTransactionResourceOwner;
	LockRelationOid(relid, mode);
	CurrentResourceOwner = owner;
}

/*
 * owned_enter has a function that is going to write in a sharded database wait
 * for who changes what is owned, or be waited for, before it locks any table:
 * these two never take the same locks in different orders.
 */
void
owned_enter(void)
{
	if (owned_is_sharded())
		owned_hold(owned.relid, RowExclusiveLock);
}
