/*
 * route.c
 *		The law of routes: a database writes what it owns.
 *
 * A database that owns some routes only is one of several, a shard.  There all
 * that belongs to a cart, or to a collection, is on its route, and every id
 * shows it, so that a range of routes can be moved to another shard by the ids
 * alone.  What is not owned may be there, as a copy that is still coming in or
 * that has not gone yet: it is not written, swept or answered with.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "errors.h"
#include "id.h"
#include "owned.h"
#include "route.h"
#include "store.h"

#define ANCHORS_MAX		3

/* What a table has to do with routes. */
typedef struct Routed
{
	Table		table;
	const char *prefix;			/* of its own ids; NULL: it has none */
	int			id;				/* the column whose route is the row's */
	int			nanchors;
	int			anchors[ANCHORS_MAX];	/* those of ids on the same route */
} Routed;

/* In the order in which ps_own_routes locks them. */
static const Routed routed[] = {
	{TABLE_PAYMENT, "pay", PAYMENT_ID, 3, {PAYMENT_CART_ID, PAYMENT_COLLECTION_ID, PAYMENT_SESSION_ID}},
	{TABLE_SESSION, "ps", SESSION_ID, 2, {SESSION_CART_ID, SESSION_PAYMENT_COLLECTION_ID}},
	{TABLE_CART, "cart", CART_ID},
	{TABLE_CART_SALES_CHANNEL, NULL, CART_CHANNEL_CART_ID},
	{TABLE_OPERATION, "op", OPERATION_ID, 2, {OPERATION_SESSION_ID, OPERATION_PAYMENT_ID}},
	{TABLE_COLLECTION, "paycol", COLLECTION_ID},
	{TABLE_INBOX, NULL, INBOX_SESSION_ID},
	{TABLE_KEY, "ikey", KEY_ID, 1, {KEY_IDEMPOTENCY_KEY}},
};

static const Routed *
find_routed(const Row *row)
{
	for (int i = 0; i < lengthof(routed); i++)
	{
		if (routed[i].table == row->table->table)
			return &routed[i];
	}
	return NULL;
}

/*
 * Refuses an id that does not show its route, or is not on that of what it
 * belongs to.  One that is still to be made will be right.
 */
static void
judge_id(Relation rel, const Routed *table, const Row *row)
{
	Datum		id;

	if (table->prefix == NULL || row_is_null(row, table->id))
		return;
	id = row_get(row, table->id);
	if (!id_is_made(id, table->prefix))
		error_id_shape(rel, TextDatumGetCString(id), table->prefix);
	for (int i = 0; i < table->nanchors; i++)
	{
		if (!row_is_null(row, table->anchors[i]) && id_route(row_get(row, table->anchors[i])) != id_route(id))
			error_route_differs(rel, TextDatumGetCString(id), TextDatumGetCString(row_get(row, table->anchors[i])));
	}
}

static void
check_owned(const Row *row, int column)
{
	if (!row_is_null(row, column))
		id_check_owned(row_get(row, column));
}

/* route_owns tells whether a row is this database's to act on. */
bool
route_owns(const Row *row)
{
	const Routed *table;

	if (!owned_is_sharded())
		return true;
	table = find_routed(row);
	return row_is_null(row, table->id) || owned_has(id_route(row_get(row, table->id)));
}

/*
 * route_judge refuses to write a row that is not ours, or a new one whose id
 * could not be moved with what it belongs to.  old or row is NULL for one that
 * comes or goes.
 */
void
route_judge(Relation rel, const Row *old, const Row *row)
{
	const Routed *table;

	owned_hold(RelationGetRelid(rel), RowExclusiveLock);
	if (!owned_is_sharded())
		return;
	table = find_routed(old != NULL ? old : row);
	if (table == NULL)
		return;
	if (old != NULL)
		check_owned(old, table->id);
	if (row == NULL || (old != NULL && row_same(old, row, table->id)))
		return;
	judge_id(rel, table, row);
	check_owned(row, table->id);
	for (int i = 0; i < table->nanchors; i++)
		check_owned(row, table->anchors[i]);
}

/* route_judge_all refuses rows, as committed now, that could not be moved. */
void
route_judge_all(void)
{
	PushActiveSnapshot(GetLatestSnapshot());
	for (int i = 0; i < lengthof(routed); i++)
	{
		int			nkeys;
		Store	   *store;
		StoreScan  *scan;
		Row		   *row;

		if (routed[i].prefix == NULL)
			continue;
		store = store_open(routed[i].table, STORE_READ);
		scan = store_scan_begin(store, catalog_primary_key(routed[i].table, &nkeys), 0, NULL, NULL,
								ForwardScanDirection);
		while ((row = store_scan_next(scan)) != NULL)
			judge_id(store->rel, &routed[i], row);
		store_scan_end(scan);
		store_close(store);
	}
	PopActiveSnapshot();
}

/*
 * route_lock waits for whoever has written a row with a route to commit, and
 * keeps others from it until we do.
 */
void
route_lock(void)
{
	for (int i = 0; i < lengthof(routed); i++)
		owned_hold(catalog_table(routed[i].table)->relid, ShareRowExclusiveLock);
}
