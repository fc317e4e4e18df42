/*
 * session_read.c
 *		Reads payment sessions, their history and their graph.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/xid8.h"

#include "args.h"
#include "guard.h"
#include "id.h"
#include "route.h"
#include "session.h"

PG_FUNCTION_INFO_V1(paysession_list);
PG_FUNCTION_INFO_V1(paysession_history);
PG_FUNCTION_INFO_V1(paysession_events);
PG_FUNCTION_INFO_V1(paysession_transitions);

static bool
matches_text(const Row *session, SessionColumn column, Nullable wanted)
{
	return wanted.isnull ||
		(!row_is_null(session, column) &&
		 value_same_text(row_get(session, column), wanted.value));
}

/*
 * ps_list(cart_id, payment_collection_id, provider_id, status,
 *		   created_before, after, max_rows)
 *
 * Newest first, by keyset: the index that fits is read backwards from below
 * the last id seen.
 */
Datum
paysession_list(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Nullable	cart_id = args_get_optional_id(fcinfo, 0, "cart_id");
	Nullable	collection_id = args_get_optional_id(fcinfo, 1, "payment_collection_id");
	Nullable	provider_id = args_get_optional_id(fcinfo, 2, "provider_id");
	Nullable	status = args_get(fcinfo, 3);
	Nullable	created_before = args_get(fcinfo, 4);
	Nullable	after = args_get_optional_id(fcinfo, 5, "after");
	int32		max_rows = args_get_max_rows(fcinfo, 6);
	Nullable	key = !cart_id.isnull ? cart_id : collection_id;
	TableIndex	index = !cart_id.isnull ? INDEX_SESSION_CART :
	!collection_id.isnull ? INDEX_SESSION_COLLECTION : INDEX_SESSION;
	Store	   *sessions;
	StoreScan  *scan;
	Row		   *session;

	InitMaterializedSRF(fcinfo, 0);
	sessions = store_open(TABLE_SESSION, STORE_READ);
	if (!key.isnull)
		id_check_owned(key.value);
	scan = store_scan_begin(sessions, index, key.isnull ? 0 : 1, &key.value,
							after.isnull ? NULL : &after.value, BackwardScanDirection);
	while (max_rows > 0 && (session = store_scan_next(scan)) != NULL)
	{
		if (route_owns(session) &&
			matches_text(session, SESSION_PAYMENT_COLLECTION_ID, collection_id) &&
			matches_text(session, SESSION_PROVIDER_ID, provider_id) &&
			(status.isnull || DatumGetObjectId(row_get(session, SESSION_STATUS)) == DatumGetObjectId(status.value)) &&
			(created_before.isnull ||
			 DatumGetTimestampTz(row_get(session, SESSION_CREATED_AT)) < DatumGetTimestampTz(created_before.value)))
		{
			store_put_result(rsinfo->setResult, session);
			max_rows--;
		}
	}
	store_scan_end(scan);
	store_close(sessions);
	return (Datum) 0;
}

/* ps_history(session_id, at) */
Datum
paysession_history(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		id = args_get_id(fcinfo, 0, "session_id");
	Nullable	at = args_get(fcinfo, 1);
	Store	   *events;
	StoreScan  *scan;
	Row		   *event;
	bool		any = false;

	InitMaterializedSRF(fcinfo, 0);
	events = store_open(TABLE_EVENT, STORE_READ);
	id_check_owned(id);
	scan = store_scan_begin(events, INDEX_EVENT, 1, &id, NULL, ForwardScanDirection);
	while ((event = store_scan_next(scan)) != NULL)
	{
		any = true;
		if (at.isnull || DatumGetTimestampTz(row_get(event, EVENT_AT)) <= DatumGetTimestampTz(at.value))
			store_put_result(rsinfo->setResult, event);
	}
	store_scan_end(scan);
	store_close(events);

	/* A session that came in as history has none; a deleted one still has. */
	if (!any)
	{
		Store	   *sessions = store_open(TABLE_SESSION, STORE_READ);

		session_find(sessions, id);
		store_close(sessions);
	}
	return (Datum) 0;
}

/* Reads the cursor of an event: its transaction, a point, its id. */
static void
read_cursor(Datum cursor, FullTransactionId *txid, int64 *id)
{
	char	   *s = TextDatumGetCString(cursor);
	char	   *end;

	errno = 0;
	*txid = FullTransactionIdFromU64(strtou64(s, &end, 10));
	if (errno == 0 && s[0] >= '0' && s[0] <= '9' && *end == '.' && end[1] >= '0' && end[1] <= '9')
	{
		*id = strtoi64(end + 1, &end, 10);
		if (errno == 0 && *end == '\0')
			return;
	}
	error_invalid("after", "It is the cursor of an event that paysession.ps_events has returned.");
}

/* Puts events into the result while there is room; returns how much is left. */
static int32
put_events(ReturnSetInfo *rsinfo, StoreScan *scan, int32 max_rows)
{
	Row		   *event;

	while (max_rows > 0 && (event = store_scan_next(scan)) != NULL)
	{
		Datum		values[EVENT_REASON + 2];
		bool		nulls[EVENT_REASON + 2] = {false};

		values[0] = CStringGetTextDatum(psprintf(UINT64_FORMAT "." INT64_FORMAT,
												 U64FromFullTransactionId(DatumGetFullTransactionId(row_get(event, EVENT_TXID))),
												 DatumGetInt64(row_get(event, EVENT_ID))));
		for (int c = 0; c <= EVENT_REASON; c++)
		{
			nulls[c + 1] = row_is_null(event, c);
			values[c + 1] = nulls[c + 1] ? (Datum) 0 : row_get(event, c);
		}
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		max_rows--;
	}
	store_scan_end(scan);
	return max_rows;
}

/*
 * ps_events(after, max_rows)
 *
 * Numbers are taken before the transactions commit that take them, so that
 * their order alone would hide what commits late.  Here events are ordered by
 * transaction, and only those of transactions are shown before which no other
 * is still running: nothing can come in behind them any more.
 */
Datum
paysession_events(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Nullable	after = args_get(fcinfo, 0);
	int32		max_rows = args_get_max_rows(fcinfo, 1);
	FullTransactionId txid = FirstNormalFullTransactionId;
	int64		id = 0;
	Datum		horizon;
	Store	   *events;
	ScanKeyData keys[2];

	if (!after.isnull)
		read_cursor(after.value, &txid, &id);
	InitMaterializedSRF(fcinfo, 0);
	horizon = DirectFunctionCall1(pg_snapshot_xmin, DirectFunctionCall1(pg_current_snapshot, (Datum) 0));
	events = store_open(TABLE_EVENT, STORE_READ);
	if (!after.isnull)
	{
		ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_XID8EQ, FullTransactionIdGetDatum(txid));
		ScanKeyInit(&keys[1], 2, BTGreaterStrategyNumber, F_INT8GT, Int64GetDatum(id));
		max_rows = put_events(rsinfo, store_scan_keys(events, INDEX_EVENT_TXID, keys, 2, ForwardScanDirection), max_rows);
	}
	ScanKeyInit(&keys[0], 1, after.isnull ? BTGreaterEqualStrategyNumber : BTGreaterStrategyNumber,
				after.isnull ? F_XID8GE : F_XID8GT, FullTransactionIdGetDatum(txid));
	ScanKeyInit(&keys[1], 1, BTLessStrategyNumber, F_XID8LT, horizon);
	put_events(rsinfo, store_scan_keys(events, INDEX_EVENT_TXID, keys, 2, ForwardScanDirection), max_rows);
	store_close(events);
	return (Datum) 0;
}

/* ps_transitions() */
Datum
paysession_transitions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < status_edge_count; i++)
	{
		const StatusEdge *edge = &status_edges[i];
		Datum		values[4];
		bool		nulls[4] = {edge->from == PS_NEW};

		values[0] = nulls[0] ? (Datum) 0 : ObjectIdGetDatum(catalog_status_oid(edge->from));
		values[1] = ObjectIdGetDatum(catalog_status_oid(edge->to));
		values[2] = CStringGetTextDatum(edge->verb);
		values[3] = CStringGetTextDatum(edge->reason);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
