/*
 * history.c
 *		The append-only history of payment sessions.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupmacs.h"
#include "access/xact.h"
#include "commands/async.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "errors.h"
#include "history.h"
#include "store.h"
#include "trigger.h"
#include "value.h"

bool		history_notify = false;

static void
append_label(StringInfo json, const char *name, const Row *session)
{
	appendStringInfo(json, ", \"%s\": ", name);
	if (session == NULL)
		appendStringInfoString(json, "null");
	else
		appendStringInfo(json, "\"%s\"", status_labels[row_status(session)]);
}

/* Tells listeners of a change when it commits; only what they need to ask for more. */
static void
notify(const Row *old, const Row *session)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"id\": ");
	escape_json(&json, TextDatumGetCString(row_get(session != NULL ? session : old, SESSION_ID)));
	append_label(&json, "from", old);
	append_label(&json, "to", session);
	appendStringInfoChar(&json, '}');
	Async_Notify("paysession", json.data);
}

/*
 * history_append appends one event to the history.  The sequence is read under the session's
 * row lock, so that ids ascend within a session; its time is taken there as
 * well, and is not before the session's last change should the clock go back.
 */
void
history_append(const Row *old, const Row *session)
{
	const Row  *known = session != NULL ? session : old;
	Store	   *events = store_open(TABLE_EVENT, STORE_WRITE);
	Row		   *event = store_new_row(events);
	TimestampTz at = value_clock();

	if (old != NULL)
		at = Max(at, DatumGetTimestampTz(row_get(old, SESSION_UPDATED_AT)));

	row_set(event, EVENT_ID, Int64GetDatum(store_next_event_id()));
	row_set(event, EVENT_TXID, FullTransactionIdGetDatum(GetTopFullTransactionId()));
	row_set(event, EVENT_AT, TimestampTzGetDatum(at));
	if (!row_is_null(known, SESSION_AMOUNT))
		row_set(event, EVENT_AMOUNT, row_get(known, SESSION_AMOUNT));
	if (old != NULL)
		row_set(event, EVENT_FROM_STATUS, row_get(old, SESSION_STATUS));
	if (session != NULL)
		row_set(event, EVENT_TO_STATUS, row_get(session, SESSION_STATUS));
	row_set(event, EVENT_IS_SELECTED, BoolGetDatum(session != NULL && row_is_selected(session)));
	row_set(event, EVENT_SESSION_ID, row_get(known, SESSION_ID));
	row_set(event, EVENT_ACTOR, CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false)));
	row_set(event, EVENT_ROLE, CStringGetTextDatum(GetUserNameFromId(GetUserId(), false)));
	if (application_name[0] != '\0')
		row_set(event, EVENT_APPLICATION, CStringGetTextDatum(application_name));
	if (old != NULL && session != NULL && !row_same(old, session, SESSION_STATUS) &&
		!row_is_null(session, SESSION_STATUS_REASON))
		row_set(event, EVENT_REASON, row_get(session, SESSION_STATUS_REASON));
	store_insert(events, event);
	store_close(events);
	if (history_notify)
		notify(old, session);
}

PG_FUNCTION_INFO_V1(paysession_event_guard);
PG_FUNCTION_INFO_V1(paysession_event_restamp);

/* There is nothing to say about what history_append writes. */
const StoreLaw history_law = {
	NULL, NULL, {{{paysession_event_guard, PLAIN_BEFORE | PLAIN_ANY}, {paysession_event_restamp, PLAIN_BEFORE | TRIGGER_TYPE_INSERT}}}
};

/* BEFORE INSERT OR UPDATE OR DELETE ON payment_session_event */
Datum
paysession_event_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_session_event_guard",
										 TABLE_EVENT, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);

	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event) &&
		store_purges(trigger->tg_relation, trigger->tg_trigslot))
		return PointerGetDatum(trigger->tg_trigtuple);
	if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ||
		!(store_writes(trigger->tg_trigslot) || trigger_is_history(trigger->tg_relation)))
		error_append_only(trigger->tg_relation);
	return PointerGetDatum(trigger->tg_trigtuple);
}

/*
 * Returns a copy of a tuple with another value of eight bytes in a column, or
 * NULL where that is not at its place: forming the tuple anew would cost an
 * import a twentieth.
 */
static HeapTuple
overwrite(HeapTuple tuple, TupleDesc desc, AttrNumber attno, Datum value)
{
	Form_pg_attribute att = TupleDescAttr(desc, attno - 1);
	bool		isnull;

	for (int i = 1; i <= attno; i++)
	{
		if (heap_attisnull(tuple, i, desc))
			return NULL;
	}
	/* looks where it is */
	heap_getattr(tuple, attno, desc, &isnull);
	/* where Datum has four bytes, the column is passed by reference */
	if (!att->attbyval || att->attcacheoff < 0)
		return NULL;
	tuple = heap_copytuple(tuple);
	store_att_byval((char *) tuple->t_data + tuple->t_data->t_hoff + att->attcacheoff, value, att->attlen);
	return tuple;
}

/*
 * BEFORE INSERT ON payment_session_event, ENABLE ALWAYS: the numbers of
 * another cluster's transactions would hide rows from a reader that follows
 * them in commit order, or repeat them.
 */
Datum
paysession_event_restamp(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_session_event_restamp",
										 TABLE_EVENT, TRIGGER_EVENT_BEFORE, ON_INSERT);
	const CatalogTable *table = catalog_table(TABLE_EVENT);
	Datum		txid = FullTransactionIdGetDatum(GetTopFullTransactionId());
	HeapTuple	tuple = overwrite(trigger->tg_trigtuple, RelationGetDescr(trigger->tg_relation),
								  table->attno[EVENT_TXID], txid);
	Row			event;

	if (tuple != NULL)
		return PointerGetDatum(tuple);
	row_view(&event, table, trigger->tg_trigslot);
	row_set(&event, EVENT_TXID, txid);
	return trigger_return(trigger, trigger->tg_trigtuple, &event);
}
