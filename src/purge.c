/*
 * purge.c
 *		Forgets what is finished and old.
 *
 * What somebody holds, or somebody's foreign key refers to, is passed over.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"

#include "args.h"
#include "inbox.h"
#include "ledger.h"
#include "route.h"
#include "subtransaction.h"

PG_FUNCTION_INFO_V1(paysession_purge);

typedef struct Purge
{
	TimestampTz before;
	int64		left;			/* how many rows may still go */
	int64		count;
	Row		   *row;			/* the one that is being purged, locked */
} Purge;

static Store *
open_to_purge(Table table)
{
	Store	   *store = store_open(table, STORE_WRITE);

	store->purges = true;
	return store;
}

static bool
is_old(const Purge *purge, const Row *row, int column)
{
	return DatumGetTimestampTz(row_get(row, column)) < purge->before;
}

/* Deletes all rows of a table that an index leads to by one id. */
static void
delete_all(Table table, TableIndex index, Datum id)
{
	Store	   *store = open_to_purge(table);
	StoreScan  *scan = store_scan_begin(store, index, 1, &id, NULL, ForwardScanDirection);
	Row		   *found;

	while ((found = store_scan_next(scan)) != NULL)
	{
		Row		   *row = store_lock_found(store, found);

		if (row != NULL)
			store_delete(store, row);
	}
	store_scan_end(scan);
	store_close(store);
}

static void
delete_session(void *arg)
{
	Purge	   *purge = arg;
	Datum		id = row_get(purge->row, SESSION_ID);
	Store	   *sessions = open_to_purge(TABLE_SESSION);

	delete_all(TABLE_OPERATION, INDEX_OPERATION_SESSION, id);
	delete_all(TABLE_EVENT, INDEX_EVENT, id);
	store_delete(sessions, purge->row);
	store_close(sessions);
}

static void
delete_row(void *arg)
{
	Purge	   *purge = arg;
	Store	   *store = open_to_purge(purge->row->table->table);

	store_delete(store, purge->row);
	store_close(store);
}

/* Runs a deletion, which a foreign key may refuse, and counts it. */
static void
try_delete(Purge *purge, SubtransactionBody body, Row *row)
{
	purge->row = row;
	if (subtransaction_try(body, purge) != NULL)
		return;
	purge->left--;
	purge->count++;
}

/* Whether something is still asked of the provider. */
static bool
has_pending_operation(const Row *session)
{
	Store	   *operations = store_open(TABLE_OPERATION, STORE_CURRENT);
	Datum		id = row_get(session, SESSION_ID);
	StoreScan  *scan = store_scan_begin(operations, INDEX_OPERATION_SESSION, 1, &id, NULL, ForwardScanDirection);
	Row		   *operation;

	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (row_is(operation, OPERATION_STATUS, OPERATION_PENDING))
			break;
	}
	store_scan_end(scan);
	store_close(operations);
	return operation != NULL;
}

static bool
is_finished(const Purge *purge, const Row *session)
{
	Status		status = row_status(session);

	return (status == PS_CANCELED || status == PS_ERROR) &&
		row_is_null(session, SESSION_PAYMENT_AUTHORIZED_AT) &&
		is_old(purge, session, SESSION_UPDATED_AT) && route_owns(session);
}

static void
purge_sessions(Purge *purge)
{
	Store	   *sessions = store_open(TABLE_SESSION, STORE_WRITE);
	StoreScan  *scan = store_scan_begin(sessions, INDEX_SESSION, 0, NULL, NULL, ForwardScanDirection);
	Row		   *session;

	while (purge->left > 0 && (session = store_scan_next(scan)) != NULL)
	{
		if (is_finished(purge, session) && store_try_lock(sessions, session) &&
			!has_pending_operation(session))
			try_delete(purge, delete_session, session);
	}
	store_scan_end(scan);
	store_close(sessions);
}

/* Carts that have had sessions, and have none any more. */
static void
purge_carts(Purge *purge)
{
	Store	   *carts = store_open(TABLE_CART, STORE_WRITE);
	StoreScan  *scan = store_scan_begin(carts, INDEX_CART, 0, NULL, NULL, ForwardScanDirection);
	Row		   *cart;

	while (purge->left > 0 && (cart = store_scan_next(scan)) != NULL)
	{
		Datum		id = row_get(cart, CART_ID);

		/* Sessions come after their cart: who makes one has the lock first. */
		if (is_old(purge, cart, CART_UPDATED_AT) && DatumGetInt64(row_get(cart, CART_SESSION_COUNT)) > 0 &&
			route_owns(cart) &&
			!store_exists(TABLE_SESSION, INDEX_SESSION_CART, id) &&
			!store_exists(TABLE_PAYMENT, INDEX_PAYMENT_CART, id) &&
			store_try_lock(carts, cart) && !store_exists(TABLE_SESSION, INDEX_SESSION_CART, id))
			try_delete(purge, delete_row, cart);
	}
	store_scan_end(scan);
	store_close(carts);
}

/* Purges the wanted rows of a table to which none of ours refers. */
static void
purge_table(Purge *purge, Table table, TableIndex index, bool (*is_wanted) (const Row *row))
{
	Store	   *store = store_open(table, STORE_WRITE);
	ScanKeyData key;
	StoreScan  *scan;
	Row		   *found;

	ScanKeyInit(&key, 1, BTLessStrategyNumber, F_TIMESTAMPTZ_LT, TimestampTzGetDatum(purge->before));
	scan = store_scan_keys(store, index, &key, 1, ForwardScanDirection);
	while (purge->left > 0 && (found = store_scan_next(scan)) != NULL)
	{
		if (is_wanted(found) && route_owns(found) && store_try_lock(store, found))
			try_delete(purge, delete_row, found);
	}
	store_scan_end(scan);
	store_close(store);
}

static bool
is_settled(const Row *event)
{
	return !row_is(event, INBOX_OUTCOME, INBOX_PARKED) && !row_is(event, INBOX_OUTCOME, INBOX_CONFLICT);
}

static bool
is_free(const Row *key)
{
	return row_is_null(key, KEY_LOCKED_UNTIL) ||
		DatumGetTimestampTz(row_get(key, KEY_LOCKED_UNTIL)) <= GetCurrentTimestamp();
}

/* ps_purge(before, max_rows) */
Datum
paysession_purge(PG_FUNCTION_ARGS)
{
	Purge		purge = {0};

	args_begin_write("ps_purge()");
	purge.before = DatumGetTimestampTz(args_get_not_null(fcinfo, 0, "before"));
	purge.left = args_get_max_rows(fcinfo, 1);
	purge_sessions(&purge);
	purge_carts(&purge);
	purge_table(&purge, TABLE_INBOX, INDEX_INBOX_RECEIVED_AT, is_settled);
	purge_table(&purge, TABLE_KEY, INDEX_KEY_CREATED_AT, is_free);
	PG_RETURN_INT64(purge.count);
}
