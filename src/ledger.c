/*
 * ledger.c
 *		What is asked of a provider, and what that does to a payment.
 *
 * A payment's totals are the sum of what its operations contribute, at all
 * times: an operation is written together with the payment, by taking away
 * what it contributed before and adding what it contributes now.  The totals
 * stand on the payment's row because adding up the operations under its lock
 * would not see, at REPEATABLE READ, those committed since the snapshot.
 *
 * claimed_until tells what is known of the provider's side.  NULL: nobody has
 * called, or the answer is known; in the future: one caller is at it; in the
 * past: somebody called, and the outcome is unknown.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "id.h"
#include "inbox.h"
#include "ledger.h"

const LedgerTotal ledger_totals[LEDGER_TOTAL_COUNT] = {
	{PAYMENT_CAPTURED_AMOUNT, "captured_amount"},
	{PAYMENT_CAPTURE_PENDING, "capture_pending"},
	{PAYMENT_REFUNDED_AMOUNT, "refunded_amount"},
	{PAYMENT_REFUND_PENDING, "refund_pending"},
	{PAYMENT_VOIDED_AMOUNT, "voided_amount"},
	{PAYMENT_VOID_PENDING, "void_pending"},
};

/* What of an operation no BEFORE trigger may change. */
#define OPERATION_COLUMNS \
	(COLUMN_BIT(OPERATION_ID) | COLUMN_BIT(OPERATION_KIND) | COLUMN_BIT(OPERATION_SESSION_ID) | \
	 COLUMN_BIT(OPERATION_PAYMENT_ID) | COLUMN_BIT(OPERATION_PROVIDER_ID) | COLUMN_BIT(OPERATION_AMOUNT) | \
	 COLUMN_BIT(OPERATION_STATUS) | COLUMN_BIT(OPERATION_PROVIDER_IDEMPOTENCY_KEY) | \
	 COLUMN_BIT(OPERATION_ATTEMPT) | COLUMN_BIT(OPERATION_CLAIMED_UNTIL) | COLUMN_BIT(OPERATION_FINISHED_AT) | \
	 COLUMN_BIT(OPERATION_FINAL) | COLUMN_BIT(OPERATION_RELEASED_AMOUNT) | \
	 COLUMN_BIT(OPERATION_IDEMPOTENCY_KEY) | COLUMN_BIT(OPERATION_REQUEST))

/* ledger_open_payments opens the payments to be written with their operations. */
Store *
ledger_open_payments(void)
{
	Store	   *payments = store_open(TABLE_PAYMENT, STORE_WRITE);

	payments->guarded = LEDGER_PAYMENT_COLUMNS;
	return payments;
}

Store *
ledger_open_operations(void)
{
	Store	   *operations = store_open(TABLE_OPERATION, STORE_WRITE);

	operations->guarded = OPERATION_COLUMNS;
	return operations;
}

static uint16
route_of(const Row *row, int cart_id, int collection_id, int id)
{
	return id_route(row_get(row, !row_is_null(row, cart_id) ? cart_id :
							!row_is_null(row, collection_id) ? collection_id : id));
}

/* ledger_route returns the route of a session's cart or collection, or its own. */
uint16
ledger_route(const Row *session)
{
	return route_of(session, SESSION_CART_ID, SESSION_PAYMENT_COLLECTION_ID, SESSION_ID);
}

/* ledger_claim_end returns until when a lease that begins now lasts. */
TimestampTz
ledger_claim_end(Interval *lease)
{
	return value_truncate(DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																  TimestampTzGetDatum(value_clock()),
																  IntervalPGetDatum(lease))));
}

/* ledger_describe says where a payment's money is, for an error's detail. */
const char *
ledger_describe(const Row *payment)
{
	return psprintf("Authorized are " INT64_FORMAT ", captured " INT64_FORMAT " and " INT64_FORMAT
					" pending, released " INT64_FORMAT " and " INT64_FORMAT " pending, refunded "
					INT64_FORMAT " and " INT64_FORMAT " pending.",
					row_amount(payment, PAYMENT_AMOUNT),
					row_amount(payment, PAYMENT_CAPTURED_AMOUNT),
					row_amount(payment, PAYMENT_CAPTURE_PENDING),
					row_amount(payment, PAYMENT_VOIDED_AMOUNT),
					row_amount(payment, PAYMENT_VOID_PENDING),
					row_amount(payment, PAYMENT_REFUNDED_AMOUNT),
					row_amount(payment, PAYMENT_REFUND_PENDING));
}

/*
 * ledger_new returns a pending operation, not inserted yet, of a session or of
 * a payment.  The key for the provider is the operation's id.
 */
Row *
ledger_new(Store *operations, const char *kind, const Row *session, const Row *payment)
{
	Row		   *operation = store_new_row(operations);
	uint16		route = payment != NULL ?
	route_of(payment, PAYMENT_CART_ID, PAYMENT_COLLECTION_ID, PAYMENT_ID) :
	ledger_route(session);

	row_set(operation, OPERATION_ID, id_new("op", route));
	row_set(operation, OPERATION_KIND, CStringGetTextDatum(kind));
	row_set(operation, OPERATION_STATUS, CStringGetTextDatum(OPERATION_PENDING));
	row_set(operation, OPERATION_PROVIDER_IDEMPOTENCY_KEY, row_get(operation, OPERATION_ID));
	row_set(operation, OPERATION_ATTEMPT, Int32GetDatum(1));
	row_set(operation, OPERATION_FINAL, BoolGetDatum(false));
	row_set(operation, OPERATION_RELEASED_AMOUNT, Int64GetDatum(0));
	row_set(operation, OPERATION_METADATA, DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
	row_set(operation, OPERATION_CREATED_AT, TimestampTzGetDatum(value_clock()));
	if (payment != NULL)
	{
		row_set(operation, OPERATION_PAYMENT_ID, row_get(payment, PAYMENT_ID));
		row_set(operation, OPERATION_PROVIDER_ID, row_get(payment, PAYMENT_PROVIDER_ID));
		if (!row_is_null(payment, PAYMENT_SESSION_ID))
			row_set(operation, OPERATION_SESSION_ID, row_get(payment, PAYMENT_SESSION_ID));
	}
	else
	{
		row_set(operation, OPERATION_SESSION_ID, row_get(session, SESSION_ID));
		row_set(operation, OPERATION_PROVIDER_ID, row_get(session, SESSION_PROVIDER_ID));
	}
	return operation;
}

/*
 * ledger_find_latest returns a session's latest operation of a kind and, if
 * not NULL, a status; or NULL.  An operation of a session never comes without
 * an update of the session's row, so that whoever has that locked under a
 * transaction snapshot sees them all.
 */
Row *
ledger_find_latest(Store *operations, Datum session_id, const char *kind, const char *status)
{
	StoreScan  *scan = store_scan_begin(operations, INDEX_OPERATION_SESSION, 1, &session_id, NULL,
										BackwardScanDirection);
	Row		   *operation;

	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (row_is(operation, OPERATION_KIND, kind) &&
			(status == NULL || row_is(operation, OPERATION_STATUS, status)))
			break;
	}
	store_scan_end(scan);
	return operation;
}

/*
 * ledger_claim makes the caller the one to ask the provider, unless somebody
 * is at it or the operation is finished.  The operation must be locked.
 */
bool
ledger_claim(Store *operations, Row **operation, Interval *lease)
{
	TimestampTz now = value_clock();
	Row		   *claimed;

	if (!row_is(*operation, OPERATION_STATUS, OPERATION_PENDING) ||
		(!row_is_null(*operation, OPERATION_CLAIMED_UNTIL) &&
		 DatumGetTimestampTz(row_get(*operation, OPERATION_CLAIMED_UNTIL)) > now))
		return false;
	claimed = store_copy_row(operations, *operation);
	row_set(claimed, OPERATION_CLAIMED_UNTIL, TimestampTzGetDatum(ledger_claim_end(lease)));
	store_update(operations, *operation, claimed);
	*operation = claimed;
	return true;
}

/* Adds what an operation contributes to its payment's totals, or takes it away. */
static void
contribute(Row *payment, const Row *operation, int sign)
{
	int64		amount = row_amount(operation, OPERATION_AMOUNT);
	int64		released = row_amount(operation, OPERATION_RELEASED_AMOUNT);
	bool		pending = row_is(operation, OPERATION_STATUS, OPERATION_PENDING);
	bool		succeeded = row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED);
	int			total;
	int			released_total = pending ? PAYMENT_VOID_PENDING : PAYMENT_VOIDED_AMOUNT;

	if (row_is(operation, OPERATION_KIND, KIND_CAPTURE))
		total = pending ? PAYMENT_CAPTURE_PENDING : PAYMENT_CAPTURED_AMOUNT;
	else if (row_is(operation, OPERATION_KIND, KIND_REFUND))
		total = pending ? PAYMENT_REFUND_PENDING : PAYMENT_REFUNDED_AMOUNT;
	else
		total = pending ? PAYMENT_VOID_PENDING : PAYMENT_VOIDED_AMOUNT;

	if (pending || succeeded)
		row_set(payment, total, Int64GetDatum(row_amount(payment, total) + sign * amount));

	/*
	 * What a final capture released stays released when the capture is
	 * reversed.
	 */
	if (released != 0 && !row_is(operation, OPERATION_STATUS, OPERATION_FAILED))
		row_set(payment, released_total, Int64GetDatum(row_amount(payment, released_total) + sign * released));
}

/* Writes a payment's new totals, and the times that follow from them. */
static void
write_totals(Store *payments, Row **payment, Row *changed)
{
	Datum		now = TimestampTzGetDatum(value_clock());

	if (row_is_null(changed, PAYMENT_CAPTURED_AT) && row_amount(changed, PAYMENT_CAPTURED_AMOUNT) > 0)
		row_set(changed, PAYMENT_CAPTURED_AT, now);
	if (row_is_null(changed, PAYMENT_CANCELED_AT) &&
		row_amount(changed, PAYMENT_VOIDED_AMOUNT) == row_amount(changed, PAYMENT_AMOUNT))
		row_set(changed, PAYMENT_CANCELED_AT, now);
	store_update(payments, *payment, changed);
	*payment = changed;
}

/*
 * ledger_wake has applied what providers have reported that waits for what an
 * operation does, for it or for its reference.
 */
void
ledger_wake(const Row *operation)
{
	InboxKeys	keys = {.provider_id = row_get(operation, OPERATION_PROVIDER_ID),.provider_ref.isnull = true,
	.operation_id.value = row_get(operation, OPERATION_ID)};

	keys.session_id.isnull = row_is_null(operation, OPERATION_SESSION_ID);
	if (!keys.session_id.isnull)
		keys.session_id.value = row_get(operation, OPERATION_SESSION_ID);
	keys.operation_ref.isnull = row_is_null(operation, OPERATION_PROVIDER_REF);
	if (!keys.operation_ref.isnull)
		keys.operation_ref.value = row_get(operation, OPERATION_PROVIDER_REF);
	inbox_wake(&keys);
}

/* ledger_finish gives an operation its final status. */
void
ledger_finish(Row *operation, const char *status)
{
	row_set(operation, OPERATION_STATUS, CStringGetTextDatum(status));
	row_set(operation, OPERATION_FINISHED_AT, TimestampTzGetDatum(value_clock()));
	row_set_null(operation, OPERATION_CLAIMED_UNTIL);
}

/*
 * A provider may report running totals.  What of one is more than we know of
 * is booked as one operation of each kind, which is marked; what becomes known
 * as an operation of its own is taken out of it.
 */
static Datum
get_mark(void)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"source\": \"running total\"}"));
}

/* ledger_is_from_total tells whether an operation was booked from a running total. */
bool
ledger_is_from_total(const Row *operation)
{
	return DatumGetBool(DirectFunctionCall2(jsonb_eq, row_get(operation, OPERATION_METADATA), get_mark()));
}

void
ledger_set_from_total(Row *operation, bool from_total)
{
	row_set(operation, OPERATION_METADATA,
			from_total ? get_mark() : DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
}

/*
 * ledger_find_from_total returns, locked, what is booked from a running total
 * of the kind and payment of an operation, or NULL.  A chargeback is none.
 */
Row *
ledger_find_from_total(Store *operations, const Row *like)
{
	Datum		payment_id = row_get(like, OPERATION_PAYMENT_ID);
	StoreScan  *scan;
	Row		   *operation;

	if (row_is(like, OPERATION_REASON, REASON_CHARGEBACK))
		return NULL;
	scan = store_scan_begin(operations, INDEX_OPERATION_PAYMENT, 1, &payment_id, NULL, ForwardScanDirection);
	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (row_same(operation, like, OPERATION_KIND) &&
			row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED) && ledger_is_from_total(operation))
			break;
	}
	store_scan_end(scan);
	return operation != NULL ? store_lock_found(operations, operation) : NULL;
}

/* Whether the last total came before an operation was reserved, and so cannot have counted it. */
static bool
is_reserved_since(const Row *booked, const Row *old)
{
	return old != NULL && DatumGetTimestampTz(row_get(old, OPERATION_CREATED_AT)) >
		DatumGetTimestampTz(row_get(booked, OPERATION_FINISHED_AT));
}

/* What is left of that when an operation has become known; not written yet. */
static Row *
take_out(Store *operations, const Row *booked, const Row *operation)
{
	Row		   *rest = store_copy_row(operations, booked);
	int64		left = row_amount(booked, OPERATION_AMOUNT) - row_amount(operation, OPERATION_AMOUNT);

	if (left > 0)
		row_set(rest, OPERATION_AMOUNT, Int64GetDatum(left));
	else
		ledger_finish(rest, OPERATION_REVERSED);
	return rest;
}

/*
 * Writes an operation of a locked payment, new where old is NULL, and what
 * becomes of another one by it, if not NULL; and the totals, once: they hold
 * together before and after, and not half way.
 */
static void
write_operation(Store *payments, Row **payment, Store *operations, Row *old, Row *operation,
				Row *other, Row *other_after)
{
	Row		   *changed = store_copy_row(payments, *payment);

	if (old != NULL)
		contribute(changed, old, -1);
	contribute(changed, operation, 1);
	if (other != NULL)
	{
		contribute(changed, other, -1);
		contribute(changed, other_after, 1);
	}
	/* Who decides on the payment at REPEATABLE READ is to see a new one. */
	if (old == NULL || row_differs(*payment, changed, 0))
	{
		uint64		writes = store_write_count();

		write_totals(payments, payment, changed);
		/* Somebody's trigger may have answered the operation meanwhile. */
		if (old != NULL && store_write_count() != writes + 1 &&
			!row_same(old, store_lock(operations, INDEX_OPERATION, row_get(old, OPERATION_ID)), OPERATION_STATUS))
			error_modified_by_trigger(operations->rel);
	}
	if (other != NULL)
		store_update(operations, other, other_after);
	if (old != NULL)
		store_update(operations, old, operation);
	else
		store_insert(operations, operation);
	ledger_wake(operation);
}

static void
write_with_total(Store *payments, Row **payment, Store *operations, Row *old, Row *operation, bool takes_out)
{
	Row		   *booked = takes_out ? ledger_find_from_total(operations, operation) : NULL;

	if (booked != NULL && is_reserved_since(booked, old))
		booked = NULL;
	write_operation(payments, payment, operations, old, operation,
					booked, booked != NULL ? take_out(operations, booked, operation) : NULL);
}

/*
 * ledger_insert writes a new operation of a locked payment, and its totals; it
 * may take it out of what a running total has booked.
 */
void
ledger_insert(Store *payments, Row **payment, Store *operations, Row *operation, bool takes_out)
{
	write_with_total(payments, payment, operations, NULL, operation, takes_out);
}

/* ledger_update does the same with an operation that is there, and locked. */
void
ledger_update(Store *payments, Row **payment, Store *operations, Row *old, Row *operation, bool takes_out)
{
	write_with_total(payments, payment, operations, old, operation, takes_out);
}

/*
 * ledger_exchange writes the answer of an operation whose reference, and
 * answer, an event had given to another one of the same kind and amount.  The
 * other is as if it had not been answered: who asks the provider next does so
 * with its key.
 */
void
ledger_exchange(Store *payments, Row **payment, Store *operations, Row *old, Row *operation, Row *other)
{
	Row		   *unanswered = store_copy_row(operations, other);

	row_set(unanswered, OPERATION_STATUS, CStringGetTextDatum(OPERATION_PENDING));
	row_set(unanswered, OPERATION_CLAIMED_UNTIL, TimestampTzGetDatum(value_clock()));
	row_set_null(unanswered, OPERATION_FINISHED_AT);
	row_set_null(unanswered, OPERATION_PROVIDER_REF);
	write_operation(payments, payment, operations, old, operation, other, unanswered);
}

/*
 * An external session that may still be paid or held must be canceled with
 * the provider: it is left as a pending void, of the money that is held if
 * any, for whoever asks the provider next; not before the claim of whoever is
 * asking for the authorization has run out.
 */
static void
leave_void(Store *operations, const Row *session, const Row *authorization)
{
	Row		   *operation = ledger_new(operations, KIND_VOID, session, NULL);

	if (!row_is_null(session, SESSION_AMOUNT))
		row_set(operation, OPERATION_AMOUNT, row_get(session, SESSION_AMOUNT));
	if (authorization != NULL && !row_is_null(authorization, OPERATION_CLAIMED_UNTIL))
		row_set(operation, OPERATION_CLAIMED_UNTIL, row_get(authorization, OPERATION_CLAIMED_UNTIL));
	store_insert(operations, operation);
}

/* Whether a void of the session, or of its payment, has been done or will be. */
static bool
is_voided(Store *operations, const Row *session)
{
	return store_exists(TABLE_PAYMENT, INDEX_PAYMENT_SESSION, row_get(session, SESSION_ID)) ||
		ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_VOID, OPERATION_PENDING) != NULL ||
		ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_VOID, OPERATION_SUCCEEDED) != NULL;
}

/*
 * ledger_leave_void leaves another void of a canceled session whose last one
 * the provider refused, and tells whether it did.
 */
bool
ledger_leave_void(const Row *session)
{
	Store	   *operations = ledger_open_operations();
	bool		leaves = !is_voided(operations, session) &&
	ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_VOID, OPERATION_FAILED) != NULL;

	if (leaves)
		leave_void(operations, session, NULL);
	store_close(operations);
	return leaves;
}

/* ledger_find_referenced returns a provider's operation of a kind with a reference, or NULL. */
Row *
ledger_find_referenced(Store *operations, Datum provider_id, const char *kind, Datum reference)
{
	Datum		keys[] = {provider_id, CStringGetTextDatum(kind), reference};
	StoreScan  *scan = store_scan_begin(operations, INDEX_OPERATION_REF, 3, keys, NULL, ForwardScanDirection);
	Row		   *operation = store_scan_next(scan);

	store_scan_end(scan);
	return operation;
}

/*
 * A reference that a session had and has no more stays findable, on the
 * operation that it belongs to, or on one that says that it was replaced.
 */
static void
keep_reference(Store *operations, const Row *session, Datum reference)
{
	Row		   *latest;
	Row		   *operation;

	if (ledger_find_referenced(operations, row_get(session, SESSION_PROVIDER_ID), KIND_AUTHORIZE, reference) != NULL)
		return;
	operation = ledger_new(operations, KIND_AUTHORIZE, session, NULL);
	ledger_finish(operation, OPERATION_FAILED);
	row_set(operation, OPERATION_REASON, CStringGetTextDatum("replaced"));
	row_set(operation, OPERATION_PROVIDER_REF, reference);
	if (!row_is_null(session, SESSION_AMOUNT))
		row_set(operation, OPERATION_AMOUNT, row_get(session, SESSION_AMOUNT));
	/* No attempt of its own. */
	latest = ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_AUTHORIZE, NULL);
	if (latest != NULL)
		row_set(operation, OPERATION_ATTEMPT, row_get(latest, OPERATION_ATTEMPT));
	store_insert(operations, operation);
}

/*
 * Gives an authorization its session's reference: the first one that is known,
 * and in the end the one under which the money is held.  Several attempts may
 * go on with one external session, which then stays with the first of them.
 */
static void
set_reference(Store *operations, Row *operation, const Row *session)
{
	bool		has_one = !row_is_null(operation, OPERATION_PROVIDER_REF);
	Datum		reference;

	if (row_is_null(session, SESSION_PROVIDER_REF))
		return;
	reference = row_get(session, SESSION_PROVIDER_REF);
	if (has_one && (row_status(session) != PS_AUTHORIZED ||
					value_same_text(row_get(operation, OPERATION_PROVIDER_REF), reference)))
		return;
	row_set_nullable(operation, OPERATION_PROVIDER_REF, reference,
					 ledger_find_referenced(operations, row_get(session, SESSION_PROVIDER_ID),
											KIND_AUTHORIZE, reference) != NULL);
}

/* ledger_judge_amount refuses to hold other money than the provider was asked for. */
void
ledger_judge_amount(Relation sessions, const Row *pending, const Row *session)
{
	if (row_amount(pending, OPERATION_AMOUNT) != row_amount(session, SESSION_AMOUNT))
		error_amount_differs(sessions, "that of its pending operation",
							 psprintf(INT64_FORMAT, row_amount(session, SESSION_AMOUNT)),
							 psprintf(INT64_FORMAT, row_amount(pending, OPERATION_AMOUNT)));
}

/* Gives a pending authorization the answer that its session's move is. */
static void
answer_authorization(Relation sessions, Store *operations, Row *pending, const Row *session)
{
	Row		   *operation = store_copy_row(operations, pending);

	switch (row_status(session))
	{
		case PS_AUTHORIZED:
			ledger_judge_amount(sessions, pending, session);
			ledger_finish(operation, OPERATION_SUCCEEDED);
			break;
		case PS_ERROR:
			ledger_finish(operation, OPERATION_FAILED);
			if (!row_is_null(session, SESSION_STATUS_REASON))
				row_set(operation, OPERATION_REASON, row_get(session, SESSION_STATUS_REASON));
			break;
		case PS_CANCELED:
			ledger_finish(operation, OPERATION_FAILED);
			row_set(operation, OPERATION_REASON, CStringGetTextDatum("canceled"));
			break;
		case PS_REQUIRES_MORE:
			row_set_null(operation, OPERATION_CLAIMED_UNTIL);
			break;
		default:
			break;
	}
	set_reference(operations, operation, session);
	if (!row_differs(pending, operation, 0))
		return;
	store_update(operations, pending, operation);
	if (!row_is_null(pending, OPERATION_PROVIDER_REF) &&
		!row_same(pending, operation, OPERATION_PROVIDER_REF))
		keep_reference(operations, session, row_get(pending, OPERATION_PROVIDER_REF));
}

/*
 * ledger_follow_session does to a session's operations what follows from a
 * change of its status or reference.  Called for every write of a session,
 * whoever makes it.
 */
void
ledger_follow_session(Relation sessions, const Row *old, const Row *session)
{
	Store	   *operations = ledger_open_operations();
	Row		   *found = ledger_find_latest(operations, row_get(session, SESSION_ID),
										   KIND_AUTHORIZE, OPERATION_PENDING);
	Row		   *pending = found != NULL ? store_lock_found(operations, found) : NULL;

	if (!row_is_null(old, SESSION_PROVIDER_REF) && !row_same(old, session, SESSION_PROVIDER_REF))
		keep_reference(operations, old, row_get(old, SESSION_PROVIDER_REF));
	if (pending != NULL)
		answer_authorization(sessions, operations, pending, session);
	if (row_status(session) == PS_CANCELED && row_status(old) != PS_CANCELED &&
		(DatumGetBool(row_get(old, SESSION_IS_INITIATED)) ||
		 DatumGetBool(row_get(session, SESSION_IS_INITIATED)) ||
		 !row_is_null(session, SESSION_PROVIDER_REF) ||
		 row_status(old) == PS_AUTHORIZED || pending != NULL) &&
		!is_voided(operations, session))
		leave_void(operations, session, pending);
	store_close(operations);
}

/* ledger_pending_amount returns what the provider is being asked to authorize. */
Nullable
ledger_pending_amount(Datum session_id)
{
	Store	   *operations = store_open(TABLE_OPERATION, STORE_CURRENT);
	Row		   *pending = ledger_find_latest(operations, session_id, KIND_AUTHORIZE, OPERATION_PENDING);
	Nullable	amount = {.isnull = pending == NULL};

	if (pending != NULL)
		amount.value = row_get(pending, OPERATION_AMOUNT);
	store_close(operations);
	return amount;
}

/*
 * ledger_release_claim notes that the outcome of asking for a locked session's
 * authorization is known, although its status has not moved.
 */
void
ledger_release_claim(Datum session_id)
{
	Store	   *operations = ledger_open_operations();
	Row		   *pending = ledger_find_latest(operations, session_id, KIND_AUTHORIZE, OPERATION_PENDING);

	if (pending != NULL && !row_is_null(pending, OPERATION_CLAIMED_UNTIL))
	{
		Row		   *old = store_lock_found(operations, pending);
		Row		   *operation = store_copy_row(operations, old);

		row_set_null(operation, OPERATION_CLAIMED_UNTIL);
		store_update(operations, old, operation);
	}
	store_close(operations);
}

/* ledger_result returns an operation as the type claimed_operation. */
Datum
ledger_result(FunctionCallInfo fcinfo, const Row *operation, bool claimed)
{
	TupleDesc	desc;
	Datum		values[OPERATION_REQUEST + 1];
	bool		nulls[OPERATION_REQUEST + 1];

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	for (int c = 0; c < OPERATION_REQUEST; c++)
	{
		nulls[c] = row_is_null(operation, c);
		values[c] = nulls[c] ? (Datum) 0 : row_get(operation, c);
	}
	values[OPERATION_REQUEST] = BoolGetDatum(claimed);
	nulls[OPERATION_REQUEST] = false;
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
