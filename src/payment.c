/*
 * payment.c
 *		The verbs of a payment.
 *
 * Locks are taken in the order session, payments by id, operations.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "guard.h"
#include "id.h"
#include "ledger.h"
#include "operation.h"
#include "payment.h"
#include "route.h"
#include "session.h"

PG_FUNCTION_INFO_V1(paysession_promote);
PG_FUNCTION_INFO_V1(paysession_update_payment);
PG_FUNCTION_INFO_V1(paysession_capture);
PG_FUNCTION_INFO_V1(paysession_refund);
PG_FUNCTION_INFO_V1(paysession_refund_order);
PG_FUNCTION_INFO_V1(paysession_void);

static Row *
lock_payment(Store *payments, Datum id)
{
	Row		   *payment;

	id_check_owned(id);
	payment = store_lock(payments, INDEX_PAYMENT, id);
	if (payment == NULL)
		error_unknown_payment(TextDatumGetCString(id));
	return payment;
}

/* Gives a locked payment its order, once. */
static Row *
set_order(Store *payments, Row *old, Nullable order_id)
{
	Row		   *payment;

	if (order_id.isnull ||
		(!row_is_null(old, PAYMENT_ORDER_ID) && value_same_text(row_get(old, PAYMENT_ORDER_ID), order_id.value)))
		return old;
	payment = store_copy_row(payments, old);
	row_set(payment, PAYMENT_ORDER_ID, order_id.value);
	store_update(payments, old, payment);
	return payment;
}

/*
 * payment_promote returns the payment of a locked session, and makes it if
 * there is none.
 */
Row *
payment_promote(Store *payments, Row *session, Nullable order_id)
{
	Datum		session_id = row_get(session, SESSION_ID);
	Row		   *payment = store_find(payments, INDEX_PAYMENT_SESSION, session_id);
	uint64		writes;

	if (payment != NULL)
		return set_order(payments, lock_payment(payments, row_get(payment, PAYMENT_ID)), order_id);

	payment = store_new_row(payments);
	row_set(payment, PAYMENT_SESSION_ID, session_id);
	row_set_nullable(payment, PAYMENT_ORDER_ID, order_id.value, order_id.isnull);
	row_set(payment, PAYMENT_DATA, row_get(session, SESSION_DATA));
	row_set(payment, PAYMENT_METADATA, DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
	for (int i = 0; i < LEDGER_TOTAL_COUNT; i++)
		row_set(payment, ledger_totals[i].column, Int64GetDatum(0));
	writes = store_write_count();
	store_insert(payments, payment);
	/* The payment and its session; more, and its birth has led to something. */
	if (store_write_count() == writes + 2)
		return payment;
	return store_find(payments, INDEX_PAYMENT, row_get(payment, PAYMENT_ID));
}

/* ps_promote(session_id, order_id) */
Datum
paysession_promote(PG_FUNCTION_ARGS)
{
	Datum		id;
	Nullable	order_id;
	Store	   *sessions;
	Store	   *payments;
	Datum		result;

	args_begin_write("ps_promote()");
	id = args_get_id(fcinfo, 0, "session_id");
	order_id = args_get_optional_id(fcinfo, 1, "order_id");
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	payments = ledger_open_payments();
	result = store_datum(payment_promote(payments, session_lock(sessions, id), order_id));
	store_close(payments);
	store_close(sessions);
	PG_RETURN_DATUM(result);
}

/* ps_update_payment(payment_id, order_id, authorization_expires_at, data, metadata) */
Datum
paysession_update_payment(PG_FUNCTION_ARGS)
{
	Nullable	data;
	Nullable	metadata;
	Datum		id;
	Nullable	order_id;
	Nullable	expires_at;
	Store	   *payments;
	Row		   *old;
	Row		   *payment;
	Datum		result;

	data = args_get_document(fcinfo, 3, "data");
	metadata = args_get_document(fcinfo, 4, "metadata");
	args_begin_write("ps_update_payment()");
	id = args_get_id(fcinfo, 0, "payment_id");
	order_id = args_get_optional_id(fcinfo, 1, "order_id");
	expires_at = args_get(fcinfo, 2);
	if (!expires_at.isnull)
		value_check_time("authorization_expires_at", DatumGetTimestampTz(expires_at.value));

	payments = ledger_open_payments();
	old = lock_payment(payments, id);
	payment = store_copy_row(payments, old);
	if (!order_id.isnull)
		row_set(payment, PAYMENT_ORDER_ID, order_id.value);
	if (!expires_at.isnull)
		row_set(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT,
				TimestampTzGetDatum(value_truncate(DatumGetTimestampTz(expires_at.value))));
	if (!data.isnull)
		row_set(payment, PAYMENT_DATA, data.value);
	if (!metadata.isnull)
		row_set(payment, PAYMENT_METADATA, metadata.value);
	if (row_differs(old, payment, 0))
		store_update(payments, old, payment);
	else
		payment = old;
	result = store_datum(payment);
	store_close(payments);
	PG_RETURN_DATUM(result);
}

static const Nullable absent = {.isnull = true};

/*
 * One call for money.  What it was called with is kept with its key, to be
 * compared when the key comes again; what is left out stays out: "all of it"
 * is not an amount.
 */
typedef struct Request
{
	const char *kind;
	Interval   *lease;			/* NULL: it has happened already */
	Nullable	key;
	StringInfoData arguments;
	Datum		json;			/* the arguments, once they are all known */
	Store	   *payments;
	Store	   *operations;
	Row		   *payment;		/* locked */
	Row		   *operation;		/* the answer */
	bool		takes_out;
	bool		claimed;
} Request;

static void
begin_request(Request *request, const char *kind, Interval *lease, Nullable key)
{
	memset(request, 0, sizeof(Request));
	request->kind = kind;
	request->lease = lease;
	request->key = key;
	initStringInfo(&request->arguments);
	appendStringInfoChar(&request->arguments, '{');
}

static void
add_argument(Request *request, const char *name, Nullable value, PGFunction output)
{
	if (request->key.isnull || value.isnull)
		return;
	if (request->arguments.len > 1)
		appendStringInfoChar(&request->arguments, ',');
	appendStringInfo(&request->arguments, "\"%s\":", name);
	escape_json(&request->arguments, DatumGetCString(DirectFunctionCall1(output, value.value)));
}

static void
open_request(Request *request)
{
	if (!request->key.isnull)
	{
		appendStringInfoChar(&request->arguments, '}');
		request->json = DirectFunctionCall1(jsonb_in, CStringGetDatum(request->arguments.data));
	}
	request->payments = ledger_open_payments();
	request->operations = ledger_open_operations();
}

static Datum
close_request(FunctionCallInfo fcinfo, Request *request)
{
	Datum		result = ledger_result(fcinfo, request->operation, request->claimed);

	store_close(request->operations);
	store_close(request->payments);
	return result;
}

/* Answers with an operation that there is, claimed if it may be. */
static void
answer_with(Request *request, Row *operation)
{
	request->operation = store_lock(request->operations, INDEX_OPERATION, row_get(operation, OPERATION_ID));
	request->claimed = request->lease != NULL &&
		ledger_claim(request->operations, &request->operation, request->lease);
}

/*
 * Answers with what came with the request's key before, if anything did, and
 * tells whether it did; another request under the key is an error.
 */
static bool
replay(Request *request)
{
	Row		   *operation;

	if (request->key.isnull)
		return false;
	operation = store_find_pair(request->operations, INDEX_OPERATION_KEY,
								row_get(request->payment, PAYMENT_ID), request->key.value);
	if (operation == NULL)
		return false;
	if (!row_is(operation, OPERATION_KIND, request->kind) || row_is_null(operation, OPERATION_REQUEST) ||
		!DatumGetBool(DirectFunctionCall2(jsonb_eq, row_get(operation, OPERATION_REQUEST), request->json)))
		error_idempotency_key_reused();
	answer_with(request, operation);
	return true;
}

/*
 * Answers with what is booked under the provider's reference already, if that
 * is what is to be booked: a webhook may have come before the caller.
 */
static bool
is_booked(Request *request, Nullable amount, Nullable provider_ref)
{
	Row		   *operation;

	if (request->lease != NULL || provider_ref.isnull)
		return false;
	operation = ledger_find_referenced(request->operations, row_get(request->payment, PAYMENT_PROVIDER_ID),
									   request->kind, provider_ref.value);
	if (operation == NULL ||
		!row_same_across(operation, OPERATION_PAYMENT_ID, request->payment, PAYMENT_ID) ||
		!row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED) ||
		(!amount.isnull && DatumGetInt64(amount.value) != row_amount(operation, OPERATION_AMOUNT)))
		return false;
	answer_with(request, operation);
	return true;
}

/*
 * Answers a request for all that is left, when nothing is, with the last
 * operation of its kind that has not failed.
 */
static void
repeat_last(Request *request)
{
	Datum		payment_id = row_get(request->payment, PAYMENT_ID);
	StoreScan  *scan = store_scan_begin(request->operations, INDEX_OPERATION_PAYMENT, 1, &payment_id, NULL,
										BackwardScanDirection);
	Row		   *operation;

	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (row_is(operation, OPERATION_KIND, request->kind) &&
			!row_is(operation, OPERATION_STATUS, OPERATION_FAILED))
			break;
	}
	store_scan_end(scan);
	if (operation == NULL || !request->key.isnull)
		error_captured_within_amount(request->payments->rel, ledger_describe(request->payment));
	answer_with(request, operation);
}

/* A new operation for the request, of an amount or of all that is open. */
static void
new_operation(Request *request, Nullable amount, int64 open, Nullable provider_ref, Nullable metadata)
{
	Row		   *operation = ledger_new(request->operations, request->kind, NULL, request->payment);

	row_set(operation, OPERATION_AMOUNT, amount.isnull ? Int64GetDatum(open) : amount.value);
	row_set_nullable(operation, OPERATION_PROVIDER_REF, provider_ref.value, provider_ref.isnull);
	if (!metadata.isnull)
		row_set(operation, OPERATION_METADATA, metadata.value);
	request->operation = operation;
	/* What has happened, a running total may have counted before. */
	request->takes_out = request->lease == NULL && !amount.isnull;
}

/* What can be captured, with what a running total has counted of the request's own amount. */
static int64
get_capturable(const Request *request)
{
	int64		open = row_amount(request->payment, PAYMENT_CAPTURABLE_AMOUNT);
	Row		   *booked = request->takes_out ? ledger_find_from_total(request->operations, request->operation) : NULL;

	if (booked != NULL)
		open += Min(row_amount(booked, OPERATION_AMOUNT), row_amount(request->operation, OPERATION_AMOUNT));
	return open;
}

/*
 * Books the request's new operation: reserved and claimed for the lease, or,
 * without one, as having happened.
 */
static void
book(Request *request)
{
	Row		   *operation = request->operation;

	if (!request->key.isnull)
	{
		row_set(operation, OPERATION_IDEMPOTENCY_KEY, request->key.value);
		row_set(operation, OPERATION_REQUEST, request->json);
	}
	if (request->lease == NULL)
		ledger_finish(operation, OPERATION_SUCCEEDED);
	else
		row_set(operation, OPERATION_CLAIMED_UNTIL, TimestampTzGetDatum(ledger_claim_end(request->lease)));
	ledger_insert(request->payments, &request->payment, request->operations, operation, request->takes_out);
	request->claimed = request->lease != NULL;
}

/* payment_is_final tells whether a capture releases the rest when nobody says. */
bool
payment_is_final(const Row *payment)
{
	Store	   *providers = store_open(TABLE_PROVIDER, STORE_CURRENT);
	Row		   *provider = store_find(providers, INDEX_PROVIDER, row_get(payment, PAYMENT_PROVIDER_ID));
	bool		final = provider == NULL || !row_is(provider, PROVIDER_CAPTURE_METHOD, "manual_multiple");

	store_close(providers);
	return final;
}

/* ps_capture(payment_id, amount, final, lease, idempotency_key, provider_ref, metadata) */
Datum
paysession_capture(PG_FUNCTION_ARGS)
{
	Nullable	metadata;
	Datum		id;
	Nullable	amount;
	Nullable	final;
	Nullable	provider_ref;
	Request		request;
	int64		open;

	metadata = args_get_document(fcinfo, 6, "metadata");
	args_begin_write("ps_capture()");
	id = args_get_id(fcinfo, 0, "payment_id");
	amount = args_get_amount(fcinfo, 1);
	final = args_get(fcinfo, 2);
	begin_request(&request, KIND_CAPTURE, operation_get_lease(fcinfo, 3),
				  args_get_token(fcinfo, 4, "idempotency_key"));
	provider_ref = args_get_token(fcinfo, 5, "provider_ref");
	add_argument(&request, "amount", amount, int8out);
	add_argument(&request, "final", final, boolout);
	add_argument(&request, "provider_ref", provider_ref, textout);
	add_argument(&request, "metadata", metadata, jsonb_out);

	open_request(&request);
	request.payment = lock_payment(request.payments, id);
	if (replay(&request) || is_booked(&request, amount, provider_ref))
		PG_RETURN_DATUM(close_request(fcinfo, &request));
	open = row_amount(request.payment, PAYMENT_CAPTURABLE_AMOUNT);
	if (open == 0 && amount.isnull)
	{
		repeat_last(&request);
		PG_RETURN_DATUM(close_request(fcinfo, &request));
	}
	new_operation(&request, amount, open, provider_ref, metadata);
	open = get_capturable(&request);
	row_set(request.operation, OPERATION_FINAL,
			final.isnull ? BoolGetDatum(payment_is_final(request.payment)) : final.value);
	if (DatumGetBool(row_get(request.operation, OPERATION_FINAL)))
		row_set(request.operation, OPERATION_RELEASED_AMOUNT,
				Int64GetDatum(Max(open - row_amount(request.operation, OPERATION_AMOUNT), 0)));
	book(&request);
	PG_RETURN_DATUM(close_request(fcinfo, &request));
}

static void
check_refund_reason(Nullable reason)
{
	static const char *const reasons[] = {"discount", "return", "swap", "claim", "other"};

	if (reason.isnull)
		error_null("reason");
	for (int i = 0; i < lengthof(reasons); i++)
	{
		if (value_same_text(reason.value, CStringGetTextDatum(reasons[i])))
			return;
	}
	error_invalid("reason", "A refund's reason is discount, return, swap, claim or other.");
}

static void
book_refund(Request *request, Nullable amount, int64 open, Nullable reason, Nullable note,
			Nullable provider_ref, Nullable metadata)
{
	new_operation(request, amount, open, provider_ref, metadata);
	row_set(request->operation, OPERATION_REASON, reason.value);
	row_set_nullable(request->operation, OPERATION_NOTE, note.value, note.isnull);
	book(request);
}

/* ps_refund(payment_id, amount, reason, note, lease, idempotency_key, provider_ref, metadata) */
Datum
paysession_refund(PG_FUNCTION_ARGS)
{
	Nullable	note;
	Nullable	metadata;
	Datum		id;
	Nullable	amount;
	Nullable	reason;
	Nullable	provider_ref;
	Request		request;
	int64		open;

	metadata = args_get_document(fcinfo, 7, "metadata");
	note = args_get_note(fcinfo, 3, "note");
	reason = args_get_note(fcinfo, 2, "reason");
	args_begin_write("ps_refund()");
	id = args_get_id(fcinfo, 0, "payment_id");
	amount = args_get_amount(fcinfo, 1);
	check_refund_reason(reason);
	begin_request(&request, KIND_REFUND, operation_get_lease(fcinfo, 4),
				  args_get_token(fcinfo, 5, "idempotency_key"));
	provider_ref = args_get_token(fcinfo, 6, "provider_ref");
	add_argument(&request, "amount", amount, int8out);
	add_argument(&request, "reason", reason, textout);
	add_argument(&request, "note", note, textout);
	add_argument(&request, "provider_ref", provider_ref, textout);
	add_argument(&request, "metadata", metadata, jsonb_out);

	open_request(&request);
	request.payment = lock_payment(request.payments, id);
	if (replay(&request) || is_booked(&request, amount, provider_ref))
		PG_RETURN_DATUM(close_request(fcinfo, &request));
	open = row_amount(request.payment, PAYMENT_REFUNDABLE_AMOUNT);
	if (open == 0 && amount.isnull)
		error_refunded_within_captured(request.payments->rel, ledger_describe(request.payment));
	book_refund(&request, amount, open, reason, note, provider_ref, metadata);
	PG_RETURN_DATUM(close_request(fcinfo, &request));
}

/*
 * Locks an order's payments by id, the order of locks; newest last.  An order
 * that moves is not unknown.
 */
static List *
lock_order_payments(Store *payments, Datum order_id)
{
	StoreScan  *scan = store_scan_begin(payments, INDEX_PAYMENT_ORDER, 1, &order_id, NULL, ForwardScanDirection);
	List	   *found = NIL;
	int			elsewhere = -1;
	Row		   *payment;

	while ((payment = store_scan_next(scan)) != NULL)
	{
		Row		   *locked = NULL;

		if (route_owns(payment))
			locked = store_lock_found(payments, payment);
		else
			elsewhere = id_route(row_get(payment, PAYMENT_ID));
		if (locked != NULL)
			found = lappend(found, locked);
	}
	store_scan_end(scan);
	if (found == NIL && elsewhere >= 0)
		error_route_not_owned(elsewhere);
	if (found == NIL)
		error_unknown_order(TextDatumGetCString(order_id));
	return found;
}

/* ps_refund_order(order_id, amount, reason, note, idempotency_key) */
Datum
paysession_refund_order(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Nullable	note;
	Nullable	order_id = {.isnull = false};
	Nullable	amount = {.isnull = false};
	Nullable	reason;
	Request		request;
	List	   *locked;
	int64		open = 0;
	int64		left;
	bool		replayed = false;

	note = args_get_note(fcinfo, 3, "note");
	reason = args_get_note(fcinfo, 2, "reason");
	args_begin_write("ps_refund_order()");
	order_id.value = args_get_id(fcinfo, 0, "order_id");
	amount.value = args_get_not_null(fcinfo, 1, "amount");
	left = DatumGetInt64(amount.value);
	value_check_amount("amount", left);
	check_refund_reason(reason);
	begin_request(&request, KIND_REFUND, NULL, args_get_token(fcinfo, 4, "idempotency_key"));
	add_argument(&request, "order_id", order_id, textout);
	add_argument(&request, "amount", amount, int8out);
	add_argument(&request, "reason", reason, textout);
	add_argument(&request, "note", note, textout);
	InitMaterializedSRF(fcinfo, 0);

	open_request(&request);
	locked = lock_order_payments(request.payments, order_id.value);
	for (int i = list_length(locked) - 1; i >= 0; i--)
	{
		request.payment = list_nth(locked, i);
		if (!row_same(request.payment, linitial(locked), PAYMENT_CURRENCY_CODE))
			error_order_currencies(TextDatumGetCString(order_id.value));
		/* Only whether it is enough counts, and a larger sum might wrap. */
		if (open < left)
			open += row_amount(request.payment, PAYMENT_REFUNDABLE_AMOUNT);
		if (replay(&request))
		{
			store_put_result(rsinfo->setResult, request.operation);
			replayed = true;
		}
	}
	if (!replayed && open < left)
		error_refunded_within_captured(request.payments->rel,
									   psprintf("The order's payments have " INT64_FORMAT " left to refund.", open));

	for (int i = list_length(locked) - 1; i >= 0 && left > 0 && !replayed; i--)
	{
		int64		part;

		request.payment = list_nth(locked, i);
		part = Min(left, row_amount(request.payment, PAYMENT_REFUNDABLE_AMOUNT));
		if (part == 0)
			continue;
		book_refund(&request, absent, part, reason, note, absent, absent);
		store_put_result(rsinfo->setResult, request.operation);
		left -= part;
	}
	store_close(request.operations);
	store_close(request.payments);
	return (Datum) 0;
}

/* ps_void(payment_id, lease, reason, idempotency_key, provider_ref) */
Datum
paysession_void(PG_FUNCTION_ARGS)
{
	Nullable	reason;
	Datum		id;
	Nullable	provider_ref;
	Request		request;
	Store	   *sessions;
	Row		   *session = NULL;
	int64		open;

	reason = args_get_note(fcinfo, 2, "reason");
	args_begin_write("ps_void()");
	id = args_get_id(fcinfo, 0, "payment_id");
	begin_request(&request, KIND_VOID, operation_get_lease(fcinfo, 1),
				  args_get_token(fcinfo, 3, "idempotency_key"));
	provider_ref = args_get_token(fcinfo, 4, "provider_ref");
	add_argument(&request, "reason", reason, textout);
	add_argument(&request, "provider_ref", provider_ref, textout);

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	open_request(&request);
	request.payment = store_find(request.payments, INDEX_PAYMENT, id);
	if (request.payment != NULL && !row_is_null(request.payment, PAYMENT_SESSION_ID))
		session = store_lock(sessions, INDEX_SESSION, row_get(request.payment, PAYMENT_SESSION_ID));
	request.payment = lock_payment(request.payments, id);
	open = row_amount(request.payment, PAYMENT_CAPTURABLE_AMOUNT);
	if (replay(&request) || is_booked(&request, absent, provider_ref))
		 /* answered */ ;
	else if (open == 0)
		repeat_last(&request);
	else
	{
		new_operation(&request, absent, open, provider_ref, absent);
		row_set_nullable(request.operation, OPERATION_REASON, reason.value, reason.isnull);
		book(&request);
		if (session != NULL && !row_is_null(request.payment, PAYMENT_CANCELED_AT))
			operation_cancel_session(sessions, session);
	}
	store_close(sessions);
	PG_RETURN_DATUM(close_request(fcinfo, &request));
}
