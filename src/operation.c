/*
 * operation.c
 *		The verbs of what is asked of a provider: claim, finish.
 *
 * Reserve, call, finish: an operation is reserved and claimed in one
 * transaction, its claimant alone calls the provider, after committing, and
 * the answer is recorded in another transaction.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "guard.h"
#include "id.h"
#include "ledger.h"
#include "operation.h"
#include "session.h"

PG_FUNCTION_INFO_V1(paysession_claim);
PG_FUNCTION_INFO_V1(paysession_finish);

/* operation_get_lease returns a lease argument, NULL if it is not given. */
Interval *
operation_get_lease(FunctionCallInfo fcinfo, int n)
{
	Interval   *lease;
	TimestampTz now = value_clock();

	if (PG_ARGISNULL(n))
		return NULL;
	lease = PG_GETARG_INTERVAL_P(n);
	if (DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
												IntervalPGetDatum(lease))) <= now)
		error_invalid("lease", "It must be positive.");
	return lease;
}

Interval *
operation_get_lease_not_null(FunctionCallInfo fcinfo, int n)
{
	Interval   *lease = operation_get_lease(fcinfo, n);

	if (lease == NULL)
		error_null("lease");
	return lease;
}

/* A purge may come between. */
static Row *
lock_operation(Store *operations, Datum id)
{
	Row		   *operation;

	id_check_owned(id);
	operation = store_lock(operations, INDEX_OPERATION, id);
	if (operation == NULL)
		error_unknown_operation(TextDatumGetCString(id));
	return operation;
}

static Row *
find_operation(Store *operations, Datum id)
{
	Row		   *operation;

	id_check_owned(id);
	operation = store_find(operations, INDEX_OPERATION, id);
	if (operation == NULL)
		error_unknown_operation(TextDatumGetCString(id));
	return operation;
}

/* ps_claim(operation_id, lease) */
Datum
paysession_claim(PG_FUNCTION_ARGS)
{
	Datum		id;
	Interval   *lease;
	Store	   *operations;
	Row		   *operation;
	bool		claimed;
	Datum		result;

	args_begin_write("ps_claim()");
	id = args_get_id(fcinfo, 0, "operation_id");
	lease = operation_get_lease_not_null(fcinfo, 1);
	operations = ledger_open_operations();
	operation = lock_operation(operations, id);
	claimed = ledger_claim(operations, &operation, lease);
	result = ledger_result(fcinfo, operation, claimed);
	store_close(operations);
	PG_RETURN_DATUM(result);
}

static Outcome
get_outcome(Datum argument, const Row *operation)
{
	static const char *const labels[] = {
		[OUTCOME_SUCCEEDED] = "succeeded",
		[OUTCOME_FAILED] = "failed",
		[OUTCOME_UNKNOWN] = "unknown",
		[OUTCOME_REVERSED] = "reversed",
	};
	char	   *label = TextDatumGetCString(argument);

	for (int i = 0; i < lengthof(labels); i++)
	{
		if (strcmp(label, labels[i]) != 0)
			continue;
		if (i != OUTCOME_UNKNOWN && row_is(operation, OPERATION_KIND, KIND_AUTHORIZE))
			error_invalid("outcome", "An authorization ends by paysession.ps_authorize, ps_require_more, ps_fail or ps_cancel.");
		if (i == OUTCOME_REVERSED && row_is(operation, OPERATION_KIND, KIND_VOID))
			error_invalid("outcome", "What was released does not come back.");
		return i;
	}
	error_invalid("outcome", "There are succeeded, failed, unknown and reversed.");
	pg_unreachable();
}

static void
already_finished(Store *operations, const Row *operation)
{
	error_operation_finished(operations->rel, TextDatumGetCString(row_get(operation, OPERATION_ID)),
							 TextDatumGetCString(row_get(operation, OPERATION_STATUS)));
}

/*
 * Books a success of less than was reserved: the rest is released, to be
 * captured by another operation, or for good after a final capture.
 */
static void
set_succeeded_amount(Store *payments, Row *payment, Row *operation, int64 amount)
{
	int64		reserved = row_amount(operation, OPERATION_AMOUNT);

	if (!row_is_null(operation, OPERATION_AMOUNT) && amount > reserved)
	{
		if (row_is(operation, OPERATION_KIND, KIND_REFUND))
			error_refunded_within_captured(payments->rel, psprintf("Reserved are " INT64_FORMAT ".", reserved));
		error_captured_within_amount(payments->rel, psprintf("Reserved are " INT64_FORMAT ".", reserved));
	}
	if (DatumGetBool(row_get(operation, OPERATION_FINAL)))
		row_set(operation, OPERATION_RELEASED_AMOUNT,
				Int64GetDatum(row_amount(operation, OPERATION_RELEASED_AMOUNT) + reserved - amount));
	row_set(operation, OPERATION_AMOUNT, Int64GetDatum(amount));
}

/* operation_answer returns an operation as an answer makes it; as it was where it is known already. */
Row *
operation_answer(Store *payments, Row *payment, Store *operations, Row *old, Outcome outcome, Nullable amount)
{
	Row		   *operation = store_copy_row(operations, old);
	bool		pending = row_is(old, OPERATION_STATUS, OPERATION_PENDING);

	switch (outcome)
	{
		case OUTCOME_SUCCEEDED:
			if (pending)
			{
				ledger_finish(operation, OPERATION_SUCCEEDED);
				if (!amount.isnull)
					set_succeeded_amount(payments, payment, operation, DatumGetInt64(amount.value));
			}
			else if (!row_is(old, OPERATION_STATUS, OPERATION_SUCCEEDED) ||
					 (!amount.isnull && DatumGetInt64(amount.value) != row_amount(old, OPERATION_AMOUNT)))
				already_finished(operations, old);
			break;
		case OUTCOME_FAILED:
			if (pending)
				ledger_finish(operation, OPERATION_FAILED);
			else if (!row_is(old, OPERATION_STATUS, OPERATION_FAILED))
				already_finished(operations, old);
			break;
		case OUTCOME_UNKNOWN:
			if (!pending)
				already_finished(operations, old);
			if (row_is_null(old, OPERATION_CLAIMED_UNTIL) ||
				DatumGetTimestampTz(row_get(old, OPERATION_CLAIMED_UNTIL)) > value_clock())
				row_set(operation, OPERATION_CLAIMED_UNTIL, TimestampTzGetDatum(value_clock()));
			break;
		case OUTCOME_REVERSED:
			if (row_is(old, OPERATION_STATUS, OPERATION_SUCCEEDED))
				ledger_finish(operation, OPERATION_REVERSED);
			else if (!row_is(old, OPERATION_STATUS, OPERATION_REVERSED))
				already_finished(operations, old);
			break;
	}
	return operation;
}

/* A refund keeps why it was asked for; the provider's reason joins its note. */
static void
add_reason(Row *operation, Datum reason)
{
	if (!row_is(operation, OPERATION_KIND, KIND_REFUND))
		row_set(operation, OPERATION_REASON, reason);
	else if (row_is_null(operation, OPERATION_NOTE))
		row_set(operation, OPERATION_NOTE, reason);
	else
		row_set(operation, OPERATION_NOTE,
				CStringGetTextDatum(psprintf("%s\n%s", TextDatumGetCString(row_get(operation, OPERATION_NOTE)),
											 TextDatumGetCString(reason))));
}

/*
 * The operation of the same payment, kind and amount to which an event has
 * given the reference, and the answer, of a pending one that is answered,
 * locked; or NULL.  Of several that are alike an event can only guess; who asked the
 * provider knows.
 */
static Row *
find_mistaken(Store *operations, const Row *old, const Row *operation)
{
	Row		   *found;

	if (!row_is(old, OPERATION_STATUS, OPERATION_PENDING) || row_is(operation, OPERATION_STATUS, OPERATION_PENDING) ||
		row_is_null(operation, OPERATION_PROVIDER_REF) || row_same(old, operation, OPERATION_PROVIDER_REF))
		return NULL;
	found = ledger_find_referenced(operations, row_get(operation, OPERATION_PROVIDER_ID),
								   TextDatumGetCString(row_get(operation, OPERATION_KIND)),
								   row_get(operation, OPERATION_PROVIDER_REF));
	if (found == NULL || !row_same(found, operation, OPERATION_PAYMENT_ID) ||
		!row_same(found, operation, OPERATION_AMOUNT) || row_is(found, OPERATION_STATUS, OPERATION_PENDING))
		return NULL;

	/*
	 * No event says that a void failed; and one that says the contrary was no
	 * guess.
	 */
	if (row_is(found, OPERATION_STATUS, OPERATION_SUCCEEDED) ? row_is(operation, OPERATION_STATUS, OPERATION_FAILED) :
		row_is(found, OPERATION_KIND, KIND_VOID))
		return NULL;
	return store_lock_found(operations, found);
}

/* Whether an event has given a reference to another operation, which may be a guess. */
static bool
is_taken(Store *operations, const Row *operation, Datum reference)
{
	return ledger_find_referenced(operations, row_get(operation, OPERATION_PROVIDER_ID),
								  TextDatumGetCString(row_get(operation, OPERATION_KIND)), reference) != NULL;
}

/* operation_cancel_session cancels a locked session whose money was released, and returns it. */
Row *
operation_cancel_session(Store *sessions, Row *old)
{
	if (row_status(old) != PS_AUTHORIZED)
		return old;
	return session_cancel(sessions, old, args_of(CStringGetTextDatum("voided")));
}

/* ps_finish(operation_id, outcome, amount, provider_ref, reason) */
Datum
paysession_finish(PG_FUNCTION_ARGS)
{
	Nullable	reason;
	Nullable	provider_ref;
	Nullable	amount;
	Datum		id;
	Outcome		outcome;
	Store	   *sessions;
	Store	   *payments;
	Store	   *operations;
	Row		   *session = NULL;
	Row		   *payment = NULL;
	Row		   *old;
	Row		   *operation;
	Datum		result;

	reason = args_get_note(fcinfo, 4, "reason");
	args_begin_write("ps_finish()");
	id = args_get_id(fcinfo, 0, "operation_id");
	amount = args_get_amount(fcinfo, 2);
	provider_ref = args_get_token(fcinfo, 3, "provider_ref");

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	payments = ledger_open_payments();
	operations = ledger_open_operations();
	old = find_operation(operations, id);
	outcome = get_outcome(args_get_not_null(fcinfo, 1, "outcome"), old);

	/* Session, payment, operation: the order of locks. */
	if (row_is(old, OPERATION_KIND, KIND_VOID) && !row_is_null(old, OPERATION_SESSION_ID))
		session = store_lock(sessions, INDEX_SESSION, row_get(old, OPERATION_SESSION_ID));
	if (!row_is_null(old, OPERATION_PAYMENT_ID))
		payment = store_lock(payments, INDEX_PAYMENT, row_get(old, OPERATION_PAYMENT_ID));
	old = lock_operation(operations, id);

	operation = operation_answer(payments, payment, operations, old, outcome, amount);
	if (!provider_ref.isnull && row_is_null(old, OPERATION_PROVIDER_REF) &&
		(!row_same(old, operation, OPERATION_STATUS) || !is_taken(operations, operation, provider_ref.value)))
	{
		row_set(operation, OPERATION_PROVIDER_REF, provider_ref.value);
		/* What has a name is not a part of a total any more. */
		if (ledger_is_from_total(old))
			ledger_set_from_total(operation, false);
	}
	if (!reason.isnull && !row_same(old, operation, OPERATION_STATUS))
		add_reason(operation, reason.value);
	if (row_differs(old, operation, 0))
	{
		Row		   *mistaken = payment != NULL ? find_mistaken(operations, old, operation) : NULL;

		if (mistaken != NULL)
		{
			/*
			 * It succeeded, as its caller says, and failed since, as an event
			 * has said.
			 */
			if (row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED) &&
				!row_is(mistaken, OPERATION_STATUS, OPERATION_SUCCEEDED))
				ledger_finish(operation, OPERATION_REVERSED);
			ledger_exchange(payments, &payment, operations, old, operation, mistaken);
		}
		else if (payment != NULL)
			ledger_update(payments, &payment, operations, old, operation,
						  !row_same(old, operation, OPERATION_STATUS) &&
						  row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED));
		else
		{
			store_update(operations, old, operation);
			ledger_wake(operation);
		}
		if (session != NULL && outcome == OUTCOME_SUCCEEDED &&
			(payment == NULL || !row_is_null(payment, PAYMENT_CANCELED_AT)))
			operation_cancel_session(sessions, session);
	}
	result = store_datum(operation);
	store_close(operations);
	store_close(payments);
	store_close(sessions);
	PG_RETURN_DATUM(result);
}
