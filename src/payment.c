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
#include "ledger.h"
#include "operation.h"
#include "payment.h"
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
	Row		   *payment = store_lock(payments, INDEX_PAYMENT, id);

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

	if (payment != NULL)
		return set_order(payments, lock_payment(payments, row_get(payment, PAYMENT_ID)), order_id);

	payment = store_new_row(payments);
	row_set(payment, PAYMENT_SESSION_ID, session_id);
	row_set_nullable(payment, PAYMENT_ORDER_ID, order_id.value, order_id.isnull);
	row_set(payment, PAYMENT_DATA, row_get(session, SESSION_DATA));
	row_set(payment, PAYMENT_METADATA, DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
	for (int i = 0; i < LEDGER_TOTAL_COUNT; i++)
		row_set(payment, ledger_totals[i].column, Int64GetDatum(0));
	store_insert(payments, payment);
	/* With what its birth has booked. */
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

/*
 * What a request for money was called with, to be compared when its key comes
 * again.  What is left out stays out: "all of it" is not an amount.
 */
typedef struct Request
{
	Nullable	key;
	StringInfoData json;
} Request;

static void
begin_request(Request *request, Nullable key)
{
	request->key = key;
	initStringInfo(&request->json);
	appendStringInfoChar(&request->json, '{');
}

static void
add_to_request(Request *request, const char *name, Nullable value, PGFunction output)
{
	if (request->key.isnull || value.isnull)
		return;
	if (request->json.len > 1)
		appendStringInfoChar(&request->json, ',');
	appendStringInfo(&request->json, "\"%s\":", name);
	escape_json(&request->json, DatumGetCString(DirectFunctionCall1(output, value.value)));
}

static Datum
end_request(Request *request)
{
	if (request->key.isnull)
		return (Datum) 0;
	appendStringInfoChar(&request->json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(request->json.data));
}

/*
 * Returns the locked operation that came with the request's key before, or
 * NULL; another request under the key is an error.
 */
static Row *
find_replay(Store *operations, Datum payment_id, const char *kind, Request *request, Datum json)
{
	Row		   *operation;

	if (request->key.isnull)
		return NULL;
	operation = store_find_pair(operations, INDEX_OPERATION_KEY, payment_id, request->key.value);
	if (operation == NULL)
		return NULL;
	if (!ledger_is(operation, OPERATION_KIND, kind) || row_is_null(operation, OPERATION_REQUEST) ||
		!DatumGetBool(DirectFunctionCall2(jsonb_eq, row_get(operation, OPERATION_REQUEST), json)))
		error_idempotency_key_reused();
	return store_lock(operations, INDEX_OPERATION, row_get(operation, OPERATION_ID));
}

/*
 * Books a new operation of a locked payment: reserved and claimed for a lease,
 * or, without one, as having happened.
 */
static Row *
book(Store *payments, Row **payment, Store *operations, Row *operation,
	 Interval *lease, Request *request, Datum json)
{
	if (!request->key.isnull)
	{
		row_set(operation, OPERATION_IDEMPOTENCY_KEY, request->key.value);
		row_set(operation, OPERATION_REQUEST, json);
	}
	if (lease == NULL)
		ledger_finish(operation, OPERATION_SUCCEEDED);
	else
		row_set(operation, OPERATION_CLAIMED_UNTIL, TimestampTzGetDatum(ledger_claim_end(lease)));
	ledger_insert(payments, payment, operations, operation);
	return operation;
}

/* The last operation of a kind that has not failed, locked, or NULL. */
static Row *
find_last(Store *operations, Datum payment_id, const char *kind)
{
	StoreScan  *scan = store_scan_begin(operations, INDEX_OPERATION_PAYMENT, 1, &payment_id, NULL, BackwardScanDirection);
	Row		   *operation;

	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (ledger_is(operation, OPERATION_KIND, kind) &&
			!ledger_is(operation, OPERATION_STATUS, OPERATION_FAILED))
			break;
	}
	store_scan_end(scan);
	return operation != NULL ? store_lock(operations, INDEX_OPERATION, row_get(operation, OPERATION_ID)) : NULL;
}

/* Whether a capture releases the rest when the caller does not say. */
static bool
is_final_by_default(const Row *payment)
{
	Store	   *providers = store_open(TABLE_PROVIDER, STORE_CURRENT);
	Row		   *provider = store_find(providers, INDEX_PROVIDER, row_get(payment, PAYMENT_PROVIDER_ID));
	bool		final = provider == NULL || !ledger_is(provider, PROVIDER_CAPTURE_METHOD, "manual_multiple");

	store_close(providers);
	return final;
}

static Datum
end_money_verb(FunctionCallInfo fcinfo, Store *payments, Store *operations, Row *operation, bool claimed)
{
	Datum		result = ledger_result(fcinfo, operation, claimed);

	store_close(operations);
	store_close(payments);
	return result;
}

/* ps_capture(payment_id, amount, final, lease, idempotency_key, provider_ref, metadata) */
Datum
paysession_capture(PG_FUNCTION_ARGS)
{
	Nullable	metadata;
	Datum		id;
	Nullable	amount;
	Nullable	final;
	Interval   *lease;
	Nullable	provider_ref;
	Request		request;
	Datum		json;
	Store	   *payments;
	Store	   *operations;
	Row		   *payment;
	Row		   *operation;
	int64		open;

	metadata = args_get_document(fcinfo, 6, "metadata");
	args_begin_write("ps_capture()");
	id = args_get_id(fcinfo, 0, "payment_id");
	amount = args_get_amount(fcinfo, 1);
	final = args_get(fcinfo, 2);
	lease = operation_get_lease(fcinfo, 3);
	begin_request(&request, args_get_token(fcinfo, 4, "idempotency_key"));
	provider_ref = args_get_token(fcinfo, 5, "provider_ref");
	add_to_request(&request, "amount", amount, int8out);
	add_to_request(&request, "final", final, boolout);
	add_to_request(&request, "provider_ref", provider_ref, textout);
	add_to_request(&request, "metadata", metadata, jsonb_out);
	json = end_request(&request);

	payments = ledger_open_payments();
	operations = ledger_open_operations();
	payment = lock_payment(payments, id);
	operation = find_replay(operations, id, KIND_CAPTURE, &request, json);
	if (operation != NULL)
	{
		bool		claimed = lease != NULL && ledger_claim(operations, &operation, lease);

		PG_RETURN_DATUM(end_money_verb(fcinfo, payments, operations, operation, claimed));
	}

	open = ledger_amount(payment, PAYMENT_CAPTURABLE_AMOUNT);
	if (open == 0 && amount.isnull)
	{
		bool		claimed;

		operation = find_last(operations, id, KIND_CAPTURE);
		if (operation == NULL || !request.key.isnull)
			error_captured_within_amount(payments->rel, ledger_describe(payment));
		claimed = lease != NULL && ledger_claim(operations, &operation, lease);
		PG_RETURN_DATUM(end_money_verb(fcinfo, payments, operations, operation, claimed));
	}
	operation = ledger_new(operations, KIND_CAPTURE, NULL, payment);
	row_set(operation, OPERATION_AMOUNT, amount.isnull ? Int64GetDatum(open) : amount.value);
	row_set(operation, OPERATION_FINAL,
			final.isnull ? BoolGetDatum(is_final_by_default(payment)) : final.value);
	if (DatumGetBool(row_get(operation, OPERATION_FINAL)))
		row_set(operation, OPERATION_RELEASED_AMOUNT,
				Int64GetDatum(Max(open - ledger_amount(operation, OPERATION_AMOUNT), 0)));
	if (!provider_ref.isnull)
		row_set(operation, OPERATION_PROVIDER_REF, provider_ref.value);
	if (!metadata.isnull)
		row_set(operation, OPERATION_METADATA, metadata.value);
	operation = book(payments, &payment, operations, operation, lease, &request, json);
	PG_RETURN_DATUM(end_money_verb(fcinfo, payments, operations, operation, lease != NULL));
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

/* ps_refund(payment_id, amount, reason, note, lease, idempotency_key, provider_ref, metadata) */
Datum
paysession_refund(PG_FUNCTION_ARGS)
{
	Nullable	note;
	Nullable	metadata;
	Datum		id;
	Nullable	amount;
	Nullable	reason;
	Interval   *lease;
	Nullable	provider_ref;
	Request		request;
	Datum		json;
	Store	   *payments;
	Store	   *operations;
	Row		   *payment;
	Row		   *operation;
	int64		open;

	metadata = args_get_document(fcinfo, 7, "metadata");
	note = args_get_note(fcinfo, 3, "note");
	reason = args_get_note(fcinfo, 2, "reason");
	args_begin_write("ps_refund()");
	id = args_get_id(fcinfo, 0, "payment_id");
	amount = args_get_amount(fcinfo, 1);
	check_refund_reason(reason);
	lease = operation_get_lease(fcinfo, 4);
	begin_request(&request, args_get_token(fcinfo, 5, "idempotency_key"));
	provider_ref = args_get_token(fcinfo, 6, "provider_ref");
	add_to_request(&request, "amount", amount, int8out);
	add_to_request(&request, "reason", reason, textout);
	add_to_request(&request, "note", note, textout);
	add_to_request(&request, "provider_ref", provider_ref, textout);
	add_to_request(&request, "metadata", metadata, jsonb_out);
	json = end_request(&request);

	payments = ledger_open_payments();
	operations = ledger_open_operations();
	payment = lock_payment(payments, id);
	operation = find_replay(operations, id, KIND_REFUND, &request, json);
	if (operation != NULL)
	{
		bool		claimed = lease != NULL && ledger_claim(operations, &operation, lease);

		PG_RETURN_DATUM(end_money_verb(fcinfo, payments, operations, operation, claimed));
	}

	open = ledger_amount(payment, PAYMENT_REFUNDABLE_AMOUNT);
	if (open == 0)
		error_refunded_within_captured(payments->rel, ledger_describe(payment));
	operation = ledger_new(operations, KIND_REFUND, NULL, payment);
	row_set(operation, OPERATION_AMOUNT, amount.isnull ? Int64GetDatum(open) : amount.value);
	row_set(operation, OPERATION_REASON, reason.value);
	row_set_nullable(operation, OPERATION_NOTE, note.value, note.isnull);
	row_set_nullable(operation, OPERATION_PROVIDER_REF, provider_ref.value, provider_ref.isnull);
	if (!metadata.isnull)
		row_set(operation, OPERATION_METADATA, metadata.value);
	operation = book(payments, &payment, operations, operation, lease, &request, json);
	PG_RETURN_DATUM(end_money_verb(fcinfo, payments, operations, operation, lease != NULL));
}

/* Locks an order's payments by id, the order of locks; newest last. */
static List *
lock_order_payments(Store *payments, Datum order_id)
{
	StoreScan  *scan = store_scan_begin(payments, INDEX_PAYMENT_ORDER, 1, &order_id, NULL, ForwardScanDirection);
	List	   *found = NIL;
	Row		   *payment;

	while ((payment = store_scan_next(scan)) != NULL)
	{
		Row		   *locked = store_lock_found(payments, payment);

		if (locked != NULL)
			found = lappend(found, locked);
	}
	store_scan_end(scan);
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
	Datum		json;
	Store	   *payments;
	Store	   *operations;
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
	begin_request(&request, args_get_token(fcinfo, 4, "idempotency_key"));
	add_to_request(&request, "order_id", order_id, textout);
	add_to_request(&request, "amount", amount, int8out);
	add_to_request(&request, "reason", reason, textout);
	add_to_request(&request, "note", note, textout);
	json = end_request(&request);
	InitMaterializedSRF(fcinfo, 0);

	payments = ledger_open_payments();
	operations = ledger_open_operations();
	locked = lock_order_payments(payments, order_id.value);
	if (locked == NIL)
		error_unknown_order(TextDatumGetCString(order_id.value));

	for (int i = list_length(locked) - 1; i >= 0; i--)
	{
		Row		   *payment = list_nth(locked, i);
		Row		   *operation = find_replay(operations, row_get(payment, PAYMENT_ID), KIND_REFUND, &request, json);

		if (!row_same(payment, linitial(locked), PAYMENT_CURRENCY_CODE))
			error_order_currencies(TextDatumGetCString(order_id.value));
		/* Only whether it is enough counts, and a larger sum might wrap. */
		if (open < left)
			open += ledger_amount(payment, PAYMENT_REFUNDABLE_AMOUNT);
		if (operation != NULL)
		{
			tuplestore_puttupleslot(rsinfo->setResult, operation->slot);
			replayed = true;
		}
	}
	if (!replayed && open < left)
		error_refunded_within_captured(payments->rel,
									   psprintf("The order's payments have " INT64_FORMAT " left to refund.", open));

	for (int i = list_length(locked) - 1; i >= 0 && left > 0 && !replayed; i--)
	{
		Row		   *payment = list_nth(locked, i);
		int64		part = Min(left, ledger_amount(payment, PAYMENT_REFUNDABLE_AMOUNT));
		Row		   *operation;

		if (part == 0)
			continue;
		operation = ledger_new(operations, KIND_REFUND, NULL, payment);
		row_set(operation, OPERATION_AMOUNT, Int64GetDatum(part));
		row_set(operation, OPERATION_REASON, reason.value);
		row_set_nullable(operation, OPERATION_NOTE, note.value, note.isnull);
		operation = book(payments, &payment, operations, operation, NULL, &request, json);
		tuplestore_puttupleslot(rsinfo->setResult, operation->slot);
		left -= part;
	}
	store_close(operations);
	store_close(payments);
	return (Datum) 0;
}

/* ps_void(payment_id, lease, reason, idempotency_key, provider_ref) */
Datum
paysession_void(PG_FUNCTION_ARGS)
{
	Nullable	reason;
	Datum		id;
	Interval   *lease;
	Nullable	provider_ref;
	Request		request;
	Datum		json;
	Store	   *sessions;
	Store	   *payments;
	Store	   *operations;
	Row		   *session = NULL;
	Row		   *payment;
	Row		   *operation;
	int64		open;
	bool		claimed = false;
	Datum		result;

	reason = args_get_note(fcinfo, 2, "reason");
	args_begin_write("ps_void()");
	id = args_get_id(fcinfo, 0, "payment_id");
	lease = operation_get_lease(fcinfo, 1);
	begin_request(&request, args_get_token(fcinfo, 3, "idempotency_key"));
	provider_ref = args_get_token(fcinfo, 4, "provider_ref");
	add_to_request(&request, "reason", reason, textout);
	add_to_request(&request, "provider_ref", provider_ref, textout);
	json = end_request(&request);

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	payments = ledger_open_payments();
	operations = ledger_open_operations();
	payment = store_find(payments, INDEX_PAYMENT, id);
	if (payment != NULL && !row_is_null(payment, PAYMENT_SESSION_ID))
		session = store_lock(sessions, INDEX_SESSION, row_get(payment, PAYMENT_SESSION_ID));
	payment = lock_payment(payments, id);

	operation = find_replay(operations, id, KIND_VOID, &request, json);
	open = ledger_amount(payment, PAYMENT_CAPTURABLE_AMOUNT);
	if (operation != NULL)
		claimed = lease != NULL && ledger_claim(operations, &operation, lease);
	else if (open == 0)
	{
		operation = find_last(operations, id, KIND_VOID);
		if (operation == NULL || !request.key.isnull)
			error_captured_within_amount(payments->rel, ledger_describe(payment));
		claimed = lease != NULL && ledger_claim(operations, &operation, lease);
	}
	else
	{
		operation = ledger_new(operations, KIND_VOID, NULL, payment);
		row_set(operation, OPERATION_AMOUNT, Int64GetDatum(open));
		row_set_nullable(operation, OPERATION_REASON, reason.value, reason.isnull);
		row_set_nullable(operation, OPERATION_PROVIDER_REF, provider_ref.value, provider_ref.isnull);
		operation = book(payments, &payment, operations, operation, lease, &request, json);
		claimed = lease != NULL;
		if (session != NULL && !row_is_null(payment, PAYMENT_CANCELED_AT))
			operation_cancel_session(sessions, session);
	}
	result = ledger_result(fcinfo, operation, claimed);
	store_close(operations);
	store_close(payments);
	store_close(sessions);
	PG_RETURN_DATUM(result);
}
