/*
 * shard.c
 *		What makes a database one of several: it owns some routes only.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/multirangetypes.h"

#include "args.h"
#include "errors.h"
#include "owned.h"
#include "route.h"
#include "store.h"
#include "trigger.h"

/* Refuses ranges that are not of routes; those of integers begin within and end before their bounds. */
static void
check_ranges(Datum datum)
{
	MultirangeType *multirange = DatumGetMultirangeTypeP(datum);
	TypeCacheEntry *type = lookup_type_cache(MultirangeTypeGetOid(multirange), TYPECACHE_MULTIRANGE_INFO);
	RangeBound	lower;
	RangeBound	upper;

	if (MultirangeIsEmpty(multirange))
		return;
	multirange_get_bounds(type->rngtype, multirange, 0, &lower, &upper);
	if (lower.infinite || DatumGetInt32(lower.val) < 0)
		error_invalid("routes", "Routes are from 0 to 32767.");
	multirange_get_bounds(type->rngtype, multirange, multirange->rangeCount - 1, &lower, &upper);
	if (upper.infinite || DatumGetInt32(upper.val) > ROUTE_COUNT)
		error_invalid("routes", "Routes are from 0 to 32767.");
}

static void
fill_owned(Row *row, bool is_new, void *routes)
{
	if (is_new)
		row_set(row, OWNED_ID, CStringGetTextDatum(OWNED_ONLY));
	row_set(row, OWNED_ROUTES, *(Datum *) routes);
}

PG_FUNCTION_INFO_V1(paysession_own_routes);
PG_FUNCTION_INFO_V1(paysession_owned_routes);
PG_FUNCTION_INFO_V1(paysession_owned_routes_guard);

/*
 * ps_own_routes(routes)
 *
 * Functions wait at owned_routes itself, before they lock anything else; the
 * other tables are for plain statements.  A lock that was waited for, or a
 * first one, brings in what has been changed meanwhile.
 */
Datum
paysession_own_routes(PG_FUNCTION_ARGS)
{
	Nullable	routes = args_get(fcinfo, 0);
	Datum		only = CStringGetTextDatum(OWNED_ONLY);
	Store	   *store;

	PreventCommandIfReadOnly("ps_own_routes()");
	PreventCommandIfParallelMode("ps_own_routes()");
	if (!routes.isnull)
		check_ranges(routes.value);

	owned_hold(catalog_table(TABLE_OWNED)->relid, ShareRowExclusiveLock);
	route_lock();
	if (owned_is_news())
		error_serialization();
	if (!routes.isnull && !owned_is_sharded())
		route_judge_all();

	store = store_open(TABLE_OWNED, STORE_WRITE);
	store->guarded = STORE_GUARD_ALL;
	store->purges = true;
	if (!routes.isnull)
		store_put(store, INDEX_OWNED, only, fill_owned, &routes.value);
	else
	{
		Row		   *row = store_lock(store, INDEX_OWNED, only);

		if (row != NULL)
			store_delete(store, row);
	}

	/*
	 * After the row: this backend forgets its copy at once, and reads it
	 * again.
	 */
	CacheInvalidateRelcache(store->rel);
	CommandCounterIncrement();
	store_close(store);
	if (routes.isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(routes.value);
}

/* ps_owned_routes() */
Datum
paysession_owned_routes(PG_FUNCTION_ARGS)
{
	Store	   *store = store_open(TABLE_OWNED, STORE_READ);
	Row		   *row = store_find(store, INDEX_OWNED, CStringGetTextDatum(OWNED_ONLY));
	Datum		routes = row != NULL ? PointerGetDatum(DatumGetMultirangeTypePCopy(row_get(row, OWNED_ROUTES))) : (Datum) 0;

	store_close(store);
	if (routes == (Datum) 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(routes);
}

/*
 * BEFORE INSERT OR UPDATE OR DELETE ON owned_routes.  What a restore brings
 * every backend is to hear of, too.
 */
Datum
paysession_owned_routes_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.owned_routes_guard",
										 TABLE_OWNED, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);

	CacheInvalidateRelcache(trigger->tg_relation);
	return trigger_functions_only(trigger);
}
