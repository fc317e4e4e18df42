/*
 * worker.c
 *		The verbs of whoever sweeps: expire, stuck.
 *
 * A sweeper never waits for a row: what somebody else holds is left for the
 * next time.  What it has looked at for nothing, it does not look at again:
 * it takes the time off the row that led there.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "args.h"
#include "guard.h"
#include "ledger.h"
#include "route.h"
#include "session.h"
#include "subtransaction.h"

#define REASON_EXPIRED		"expired"

PG_FUNCTION_INFO_V1(paysession_expire);
PG_FUNCTION_INFO_V1(paysession_stuck);

/* Starts on the rows whose first index column is a time not after a bound. */
static StoreScan *
scan_until(Store *store, TableIndex index, TimestampTz until)
{
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(until));
	return store_scan_keys(store, index, &key, 1, ForwardScanDirection);
}

/* Whether a row is, still, one that a sweep is to change. */
typedef bool (*DueTest) (const Row *row, TimestampTz now);

static bool
is_past(const Row *row, int column, TimestampTz now)
{
	return !row_is_null(row, column) && DatumGetTimestampTz(row_get(row, column)) <= now;
}

static bool
is_session_due(const Row *session, TimestampTz now)
{
	return is_past(session, SESSION_EXPIRES_AT, now) && row_status(session) != PS_CANCELED &&
		route_owns(session);
}

/* What is reserved for a capture stays: what comes of that has to be seen. */
static bool
is_payment_due(const Row *payment, TimestampTz now)
{
	return is_past(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT, now) && row_is_null(payment, PAYMENT_CANCELED_AT) &&
		row_amount(payment, PAYMENT_CAPTURE_PENDING) == 0 && route_owns(payment);
}

/* Leaves a void of an authorization that has ended, unless there is one. */
static bool
leave_session_void(const Row *session)
{
	Store	   *operations = ledger_open_operations();
	bool		leaves = ledger_find_latest(operations, row_get(session, SESSION_ID),
											KIND_VOID, OPERATION_PENDING) == NULL;

	if (leaves)
	{
		Row		   *operation = ledger_new(operations, KIND_VOID, session, NULL);

		row_set(operation, OPERATION_AMOUNT, row_get(session, SESSION_AMOUNT));
		row_set(operation, OPERATION_REASON, CStringGetTextDatum(REASON_EXPIRED));
		store_insert(operations, operation);
	}
	store_close(operations);
	return leaves;
}

/* The same of what is still held of a payment's. */
static bool
leave_payment_void(Store *payments, Row *payment)
{
	Store	   *operations = ledger_open_operations();
	int64		open = row_amount(payment, PAYMENT_CAPTURABLE_AMOUNT);

	if (open > 0)
	{
		Row		   *operation = ledger_new(operations, KIND_VOID, NULL, payment);

		row_set(operation, OPERATION_AMOUNT, Int64GetDatum(open));
		row_set(operation, OPERATION_REASON, CStringGetTextDatum(REASON_EXPIRED));
		ledger_insert(payments, &payment, operations, operation, false);
	}
	store_close(operations);
	return open > 0;
}

/*
 * An authorized session does not expire; its authorization does, and is then
 * to be voided.  A payment has a time of its own for that.  Returns whether a
 * void was left.
 */
static bool
expire_authorized(Store *sessions, Row *old)
{
	Row		   *session = store_copy_row(sessions, old);
	bool		has_payment = store_exists(TABLE_PAYMENT, INDEX_PAYMENT_SESSION, row_get(old, SESSION_ID));
	TimestampTz end = has_payment ? DT_NOEND :
	guard_authorization_end(row_get(old, SESSION_PROVIDER_ID),
							DatumGetTimestampTz(row_get(old, SESSION_PAYMENT_AUTHORIZED_AT)));
	bool		ends = end <= GetCurrentTimestamp();

	if (end != DT_NOEND && !ends)
		row_set(session, SESSION_EXPIRES_AT, TimestampTzGetDatum(end));
	else
		row_set_null(session, SESSION_EXPIRES_AT);
	ends = ends && leave_session_void(old);
	guard_update_session(sessions, old, session);
	return ends;
}

/* One sweep, or one row of it. */
typedef struct Sweep
{
	const struct Expiry *expiry;
	TimestampTz now;
	int32		left;			/* how many rows may still be changed */
	Nullable	id;				/* of the only row to be changed */
	Tuplestorestate *sessions;	/* those concerned, to be returned */
	Tuplestorestate *tried;		/* an empty one, for those of a part */
	TupleTableSlot *slot;		/* to copy from one to the other */
	Store	   *store;			/* to write with */
} Sweep;

/* What a table's rows that are due come to, each of them locked. */
typedef struct Expiry
{
	Table		table;
	TableIndex	primary_key;
	TableIndex	index;			/* by when they are due */
	DueTest		is_due;
	void		(*expire) (Sweep *sweep, Row *row);
} Expiry;

static void
expire_session(Sweep *sweep, Row *session)
{
	Store	   *sessions = sweep->store;

	if (row_status(session) != PS_AUTHORIZED)
		store_put_result(sweep->sessions, session_cancel(sessions, session,
														 args_of(CStringGetTextDatum(REASON_EXPIRED))));
	else if (expire_authorized(sessions, session))
		store_put_result(sweep->sessions, session_find(sessions, row_get(session, SESSION_ID)));
}

static void
expire_payment(Sweep *sweep, Row *old)
{
	Store	   *payments = sweep->store;
	Row		   *payment = store_copy_row(payments, old);

	row_set_null(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT);
	store_update(payments, old, payment);
	payment = store_lock_again(payments, payment);
	if (leave_payment_void(payments, payment) && !row_is_null(payment, PAYMENT_SESSION_ID))
	{
		Store	   *sessions = store_open(TABLE_SESSION, STORE_CURRENT);

		store_put_result(sweep->sessions, store_find(sessions, INDEX_SESSION, row_get(payment, PAYMENT_SESSION_ID)));
		store_close(sessions);
	}
}

static const Expiry session_expiry = {
	TABLE_SESSION, INDEX_SESSION, INDEX_SESSION_EXPIRES_AT, is_session_due, expire_session
};

static const Expiry payment_expiry = {
	TABLE_PAYMENT, INDEX_PAYMENT, INDEX_PAYMENT_EXPIRES_AT, is_payment_due, expire_payment
};

/*
 * Expires the rows that are due, row by row: what one of them takes of memory
 * and buffers is given back before the next.
 */
static void
expire_rows(void *arg)
{
	Sweep	   *sweep = arg;
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext each = AllocSetContextCreate(outer, "paysession sweep", ALLOCSET_DEFAULT_SIZES);
	Store	   *store = store_open(sweep->expiry->table, STORE_WRITE);
	StoreScan  *scan = sweep->id.isnull ? scan_until(store, sweep->expiry->index, sweep->now) :
	store_scan_begin(store, sweep->expiry->primary_key, 1, &sweep->id.value, NULL, ForwardScanDirection);
	Row		   *found;

	sweep->store = sweep->expiry->table == TABLE_PAYMENT ? ledger_open_payments() :
		store_open(sweep->expiry->table, STORE_WRITE);
	while (sweep->left > 0 && (found = store_scan_next(scan)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (!sweep->expiry->is_due(found, sweep->now) || !store_try_lock(sweep->store, found))
			continue;
		sweep->left--;
		MemoryContextSwitchTo(each);
		sweep->expiry->expire(sweep, found);
		MemoryContextSwitchTo(outer);
		store_release_rows(sweep->store);
		MemoryContextReset(each);
	}
	store_scan_end(scan);
	store_close(store);
	store_close(sweep->store);
	MemoryContextDelete(each);
}

/* The same, with the tables that a row opens kept open for the next. */
static void
sweep_rows(void *arg)
{
	store_keep(expire_rows, arg);
}

/*
 * Tries a part of a sweep, whose sessions are only then known to be returned
 * when nothing has refused it.
 */
static bool
try_part(Sweep *sweep, Sweep *part, SubtransactionBody body)
{
	part->sessions = sweep->tried;
	if (subtransaction_try(body, part) != NULL)
	{
		tuplestore_clear(sweep->tried);
		return false;
	}
	sweep->left = part->left;
	if (tuplestore_tuple_count(sweep->sessions) == 0)
	{
		sweep->tried = sweep->sessions;
		sweep->sessions = part->sessions;
		return true;
	}
	while (tuplestore_gettupleslot(sweep->tried, true, false, sweep->slot))
		tuplestore_puttupleslot(sweep->sessions, sweep->slot);
	tuplestore_clear(sweep->tried);
	return true;
}

/*
 * Sweeps in one go; when somebody's trigger, or a foreign key, refuses a row,
 * one by one, passing over what is refused.
 */
static void
run_sweep(Sweep *sweep, const Expiry *expiry)
{
	Sweep		all;
	Store	   *store;
	StoreScan  *scan;
	Row		   *row;

	sweep->expiry = expiry;
	all = *sweep;
	if (try_part(sweep, &all, sweep_rows))
		return;
	store = store_open(expiry->table, STORE_CURRENT);
	scan = scan_until(store, expiry->index, sweep->now);
	while (sweep->left > 0 && (row = store_scan_next(scan)) != NULL)
	{
		Sweep		one = *sweep;

		if (!expiry->is_due(row, sweep->now))
			continue;
		one.id = args_of(PointerGetDatum(DatumGetTextPCopy(row_get(row, 0))));
		try_part(sweep, &one, expire_rows);
	}
	store_scan_end(scan);
	store_close(store);
}

/* ps_expire(max_rows) */
Datum
paysession_expire(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Sweep		sweep = {.now = GetCurrentTimestamp(),.id.isnull = true};
	MemoryContext previous;

	args_begin_write("ps_expire()");
	sweep.left = args_get_max_rows(fcinfo, 0);
	InitMaterializedSRF(fcinfo, 0);
	sweep.sessions = rsinfo->setResult;
	previous = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	sweep.tried = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0, false, work_mem);
	MemoryContextSwitchTo(previous);
	sweep.slot = MakeSingleTupleTableSlot(rsinfo->setDesc, &TTSOpsMinimalTuple);
	run_sweep(&sweep, &session_expiry);
	if (sweep.left > 0)
		run_sweep(&sweep, &payment_expiry);
	ExecDropSingleTupleTableSlot(sweep.slot);
	tuplestore_end(sweep.tried);
	rsinfo->setResult = sweep.sessions;
	return (Datum) 0;
}

/* Whether the customer is to act first: that ends by itself. */
static bool
waits_for_customer(Store *sessions, const Row *operation)
{
	Row		   *session;

	if (!row_is(operation, OPERATION_KIND, KIND_AUTHORIZE))
		return false;
	session = store_find(sessions, INDEX_SESSION, row_get(operation, OPERATION_SESSION_ID));
	return session != NULL && row_status(session) == PS_REQUIRES_MORE;
}

/* Whether nobody is at a pending operation, and its outcome is not known. */
static bool
is_stuck(const Row *operation, TimestampTz now)
{
	/* A void that nobody has asked for yet has no claim. */
	if (row_is_null(operation, OPERATION_CLAIMED_UNTIL))
		return row_is(operation, OPERATION_KIND, KIND_VOID);
	return DatumGetTimestampTz(row_get(operation, OPERATION_CLAIMED_UNTIL)) <= now;
}

/* ps_stuck(older_than, max_rows) */
Datum
paysession_stuck(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz now = GetCurrentTimestamp();
	Datum		older_than = args_get_not_null(fcinfo, 0, "older_than");
	int32		max_rows = args_get_max_rows(fcinfo, 1);
	TimestampTz until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
																TimestampTzGetDatum(now), older_than));
	Store	   *operations;
	Store	   *sessions;
	StoreScan  *scan;
	Row		   *operation;

	InitMaterializedSRF(fcinfo, 0);
	operations = store_open(TABLE_OPERATION, STORE_READ);
	sessions = store_open(TABLE_SESSION, STORE_READ);
	scan = scan_until(operations, INDEX_OPERATION_PENDING, until);
	while (max_rows > 0 && (operation = store_scan_next(scan)) != NULL)
	{
		if (!is_stuck(operation, now) || !route_owns(operation) || waits_for_customer(sessions, operation))
			continue;
		store_put_result(rsinfo->setResult, operation);
		max_rows--;
	}
	store_scan_end(scan);
	store_close(sessions);
	store_close(operations);
	return (Datum) 0;
}
