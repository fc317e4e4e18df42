/*
 * provider_event.c
 *		The verbs of the webhook inbox.
 *
 * The lock on an event's key, which may be new, comes before all others.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "id.h"
#include "ledger.h"
#include "settle.h"

PG_FUNCTION_INFO_V1(paysession_receive);
PG_FUNCTION_INFO_V1(paysession_resolve);

/*
 * Keeps others from an event, which may not be there yet, until we commit, and
 * returns it, or NULL.  Under a transaction snapshot that does not show one
 * that is there, that is an error.
 */
static Row *
lock_event(Store *inbox, Datum provider_id, Datum event_id)
{
	Store	   *current;
	Row		   *found;

	store_lock_key(inbox, PointerGetDatum(cstring_to_text(psprintf("%s %s", TextDatumGetCString(provider_id),
																   TextDatumGetCString(event_id)))));
	current = store_open(TABLE_INBOX, STORE_CURRENT);
	found = store_find_pair(current, INDEX_INBOX, provider_id, event_id);
	if (found != NULL)
		found = store_find_pair(inbox, INDEX_INBOX, provider_id, event_id);
	store_close(current);
	return found;
}

/* ps_receive once its payload has been looked at. */
static Datum receive(FunctionCallInfo fcinfo, Datum payload);

static void
check_provider(Store *inbox, Datum provider_id)
{
	Store	   *providers = store_open(TABLE_PROVIDER, STORE_CURRENT);

	if (store_find(providers, INDEX_PROVIDER, provider_id) == NULL)
		error_event_provider(inbox->rel, TextDatumGetCString(provider_id));
	store_close(providers);
}

static Datum
finish(Store *inbox, Row *event)
{
	Datum		result = store_datum(event);

	store_close(inbox);
	return result;
}

/*
 * ps_receive(provider_id, event_id, status, session_id, provider_ref,
 *			  operation_ref, amount, payload, occurred_at)
 */
Datum
paysession_receive(PG_FUNCTION_ARGS)
{
	ErrorContextCallback callback = {.callback = value_hide_statement,.previous = error_context_stack};
	bool		masked = false;
	Datum		payload = PG_ARGISNULL(7) ? DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")) :
	value_mask_document(PG_GETARG_DATUM(7), &masked);
	Datum		result;

	if (masked)
		error_context_stack = &callback;
	result = receive(fcinfo, payload);
	error_context_stack = callback.previous;
	return result;
}

static Datum
receive(FunctionCallInfo fcinfo, Datum payload)
{
	Datum		provider_id;
	Datum		event_id;
	Datum		status;
	Nullable	session_id;
	Nullable	provider_ref;
	Nullable	operation_ref;
	Nullable	amount;
	Nullable	occurred_at;
	Store	   *inbox;
	Row		   *event;

	args_begin_write("ps_receive()");
	provider_id = args_get_id(fcinfo, 0, "provider_id");
	event_id = args_get_not_null(fcinfo, 1, "event_id");
	value_check_token("event_id", event_id);
	status = args_get_not_null(fcinfo, 2, "status");
	if (!settle_knows(TextDatumGetCString(status)))
		error_invalid("status",
					  "An event's status is that of a session, or captured, capture_failed, refunded, refund_failed, "
					  "voided, disputed, dispute_won or dispute_lost.");
	session_id = args_get_optional_id(fcinfo, 3, "session_id");
	provider_ref = args_get_token(fcinfo, 4, "provider_ref");
	operation_ref = args_get_token(fcinfo, 5, "operation_ref");
	amount = args_get_amount(fcinfo, 6);
	occurred_at = args_get(fcinfo, 8);
	if (!occurred_at.isnull)
	{
		value_check_time("occurred_at", DatumGetTimestampTz(occurred_at.value));
		occurred_at.value = TimestampTzGetDatum(value_truncate(DatumGetTimestampTz(occurred_at.value)));
	}

	inbox = inbox_open();
	if (!session_id.isnull)
		id_check_owned(session_id.value);
	event = lock_event(inbox, provider_id, event_id);
	if (event != NULL)
	{
		row_set(event, INBOX_OUTCOME, CStringGetTextDatum(INBOX_DUPLICATE));
		PG_RETURN_DATUM(finish(inbox, event));
	}
	check_provider(inbox, provider_id);
	event = store_new_row(inbox);
	row_set(event, INBOX_PROVIDER_ID, provider_id);
	row_set(event, INBOX_EVENT_ID, event_id);
	row_set(event, INBOX_STATUS, status);
	row_set_nullable(event, INBOX_SESSION_ID, session_id.value, session_id.isnull);
	row_set_nullable(event, INBOX_PROVIDER_REF, provider_ref.value, provider_ref.isnull);
	row_set_nullable(event, INBOX_OPERATION_REF, operation_ref.value, operation_ref.isnull);
	row_set_nullable(event, INBOX_AMOUNT, amount.value, amount.isnull);
	row_set_nullable(event, INBOX_OCCURRED_AT, occurred_at.value, occurred_at.isnull);
	row_set(event, INBOX_RECEIVED_AT, TimestampTzGetDatum(value_clock()));
	row_set(event, INBOX_PAYLOAD, payload);
	settle_event(inbox, event, true);
	store_insert(inbox, event);
	settle_following(inbox, event);
	PG_RETURN_DATUM(finish(inbox, event));
}

/* ps_resolve(provider_id, event_id, apply, note) */
Datum
paysession_resolve(PG_FUNCTION_ARGS)
{
	Nullable	note;
	Datum		provider_id;
	Datum		event_id;
	bool		apply;
	Store	   *inbox;
	Row		   *found;
	Row		   *old;
	Row		   *event;

	note = args_get(fcinfo, 3);
	if (!note.isnull)
		value_check_note("note", note.value, true);
	args_begin_write("ps_resolve()");
	provider_id = args_get_id(fcinfo, 0, "provider_id");
	event_id = args_get_not_null(fcinfo, 1, "event_id");
	value_check_token("event_id", event_id);
	apply = DatumGetBool(args_get_not_null(fcinfo, 2, "apply"));

	inbox = inbox_open();
	found = lock_event(inbox, provider_id, event_id);
	if (found == NULL)
		error_unknown_event(TextDatumGetCString(provider_id), TextDatumGetCString(event_id));
	if (!row_is_null(found, INBOX_SESSION_ID))
		id_check_owned(row_get(found, INBOX_SESSION_ID));
	if (!apply && row_is(found, INBOX_OUTCOME, INBOX_DISMISSED))
		PG_RETURN_DATUM(finish(inbox, found));
	if (!row_is(found, INBOX_OUTCOME, INBOX_CONFLICT) && !row_is(found, INBOX_OUTCOME, INBOX_PARKED))
		error_event_settled(inbox->rel, TextDatumGetCString(event_id),
							TextDatumGetCString(row_get(found, INBOX_OUTCOME)));

	event = store_copy_row(inbox, found);
	if (apply)
		settle_event(inbox, event, row_is(found, INBOX_OUTCOME, INBOX_CONFLICT));
	else
		row_set(event, INBOX_OUTCOME, CStringGetTextDatum(INBOX_DISMISSED));

	/*
	 * The event comes after what it is about; somebody's write may have woken
	 * it meanwhile.
	 */
	old = store_lock_again(inbox, found);
	if (old == NULL || !row_same(found, old, INBOX_OUTCOME))
		PG_RETURN_DATUM(finish(inbox, old != NULL ? old : event));
	row_set(event, INBOX_RESOLVED_AT, TimestampTzGetDatum(value_clock()));
	row_set(event, INBOX_RESOLVED_BY, CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false)));
	if (!note.isnull)
		row_set(event, INBOX_NOTE, note.value);
	store_update(inbox, old, event);
	settle_following(inbox, event);
	PG_RETURN_DATUM(finish(inbox, event));
}
