/*
 * inbox.c
 *		The webhook inbox: what waits in it for something to appear.
 *
 * An event may come before the transaction has committed that makes what it
 * is about.  Who parks an event and who makes a session or a reference must
 * not pass each other by, each unable to see the other's row: both take a
 * lock on the id or reference until they commit, who parks exclusively, after
 * which it looks once more; who makes shared, so that makers never wait for
 * each other, and then looks for what is parked.
 *
 * What a maker finds it only touches.  It is applied by a deferred trigger
 * when the transaction commits: whoever is in the middle of writing rows does
 * not have them change under its hands.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "nodes/makefuncs.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "errors.h"
#include "inbox.h"
#include "route.h"
#include "trigger.h"

/* Whether events are being applied, which looks for more by itself. */
static bool is_settling = false;

bool
inbox_is_settling(void)
{
	return is_settling;
}

void
inbox_set_settling(bool settling)
{
	is_settling = settling;
}

/* inbox_open opens the inbox to be written, by no trigger of anybody else. */
Store *
inbox_open(void)
{
	Store	   *inbox = store_open(TABLE_INBOX, STORE_WRITE);

	inbox->guarded = STORE_GUARD_ALL;
	return inbox;
}

/* inbox_get_keys returns what an event names. */
InboxKeys
inbox_get_keys(const Row *event)
{
	static const InboxColumn columns[] = {INBOX_SESSION_ID, INBOX_PROVIDER_REF, INBOX_OPERATION_REF};
	InboxKeys	keys = {.provider_id = row_get(event, INBOX_PROVIDER_ID),.operation_id.isnull = true};
	Nullable   *values[] = {&keys.session_id, &keys.provider_ref, &keys.operation_ref};

	for (int i = 0; i < lengthof(columns); i++)
	{
		values[i]->isnull = row_is_null(event, columns[i]);
		if (!values[i]->isnull)
			values[i]->value = row_get(event, columns[i]);
	}
	return keys;
}

/*
 * Locks or unlocks all that is named, in the order in which it is made: a
 * session, its reference, its operations.  Each kind has its own locks, so
 * that no hash mixes them up; an operation's id and reference are one kind,
 * for an event has only one of them.
 */
static void
for_each_lock(const InboxKeys *keys, void (*f) (Oid classid, Oid objid, uint16 objsubid, LOCKMODE mode), LOCKMODE mode)
{
	const Nullable *values[] = {&keys->session_id, &keys->provider_ref, &keys->operation_ref, &keys->operation_id};

	for (int i = 0; i < lengthof(values); i++)
	{
		if (!values[i]->isnull)
			f(catalog_table(TABLE_INBOX)->relid, store_key_number(values[i]->value), Min(i + 1, 3), mode);
	}
}

/*
 * inbox_lock_unknown waits for whoever may be making what an event is about,
 * and keeps others from it until the event is parked, or is not after all.
 */
void
inbox_lock_unknown(const InboxKeys *keys)
{
	for_each_lock(keys, LockDatabaseObject, ExclusiveLock);
}

void
inbox_unlock_unknown(const InboxKeys *keys)
{
	for_each_lock(keys, UnlockDatabaseObject, ExclusiveLock);
}

/* Adds the parked events that an index leads to, as rows to be locked. */
static List *
add_parked(List *found, Store *inbox, TableIndex index, int nkeys, const Datum *keys)
{
	StoreScan  *scan = store_scan_begin(inbox, index, nkeys, keys, NULL, ForwardScanDirection);
	Row		   *event;

	while ((event = store_scan_next(scan)) != NULL)
	{
		if (row_is(event, INBOX_OUTCOME, INBOX_PARKED) && route_owns(event))
			found = lappend(found, list_make2(DatumGetTextPCopy(row_get(event, INBOX_PROVIDER_ID)),
											  DatumGetTextPCopy(row_get(event, INBOX_EVENT_ID))));
	}
	store_scan_end(scan);
	return found;
}

/* inbox_find_parked returns the keys of the events that wait for one of these. */
List *
inbox_find_parked(const InboxKeys *keys)
{
	Store	   *inbox = store_open(TABLE_INBOX, STORE_CURRENT);
	List	   *found = NIL;
	Datum		with_ref[] = {keys->provider_id, keys->provider_ref.value};
	Datum		with_operation_ref[] = {keys->provider_id, keys->operation_ref.value};
	Datum		with_operation_id[] = {keys->provider_id, keys->operation_id.value};

	if (!keys->session_id.isnull)
		found = add_parked(found, inbox, INDEX_INBOX_SESSION, 1, &keys->session_id.value);
	if (!keys->provider_ref.isnull)
		found = add_parked(found, inbox, INDEX_INBOX_REF, 2, with_ref);
	if (!keys->operation_ref.isnull)
		found = add_parked(found, inbox, INDEX_INBOX_OPERATION_REF, 2, with_operation_ref);
	if (!keys->operation_id.isnull)
		found = add_parked(found, inbox, INDEX_INBOX_OPERATION_REF, 2, with_operation_id);
	store_close(inbox);
	return found;
}

/* Undoes that somebody has made all constraints of the transaction immediate. */
static void
defer_settling(void)
{
	ConstraintsSetStmt *statement = makeNode(ConstraintsSetStmt);

	statement->constraints = list_make1(makeRangeVar("paysession", "aa_settle", -1));
	statement->deferred = true;
	AfterTriggerSetState(statement);
}

/* inbox_lock_parked locks and returns an event that was parked; NULL if it is not any more. */
Row *
inbox_lock_parked(Store *inbox, List *key)
{
	Row		   *found = store_find_pair(inbox, INDEX_INBOX, PointerGetDatum(linitial(key)),
										PointerGetDatum(lsecond(key)));
	Row		   *event = found != NULL ? store_lock_found(inbox, found) : NULL;

	return event != NULL && row_is(event, INBOX_OUTCOME, INBOX_PARKED) ? event : NULL;
}

/* Has a parked event applied when we commit. */
static void
touch(Store *inbox, List *key)
{
	Row		   *event = inbox_lock_parked(inbox, key);

	if (event != NULL)
		store_update(inbox, event, store_copy_row(inbox, event));
}

/* inbox_wake_later has a parked event applied when we commit, although it was to be now. */
void
inbox_wake_later(List *key)
{
	Store	   *inbox = inbox_open();

	defer_settling();
	touch(inbox, key);
	store_close(inbox);
}

/* inbox_wake has what has waited for what has just been made applied. */
void
inbox_wake(const InboxKeys *keys)
{
	List	   *found;

	for_each_lock(keys, LockDatabaseObject, ShareLock);
	if (is_settling)
		return;
	found = inbox_find_parked(keys);
	if (found != NIL)
	{
		Store	   *inbox = inbox_open();
		ListCell   *lc;

		defer_settling();
		foreach(lc, found)
			touch(inbox, lfirst(lc));
		store_close(inbox);
	}
}

PG_FUNCTION_INFO_V1(paysession_functions_only);

/* BEFORE INSERT OR UPDATE OR DELETE ON provider_event, idempotency_key */
Datum
paysession_functions_only(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Table		table = CALLED_AS_TRIGGER(fcinfo) &&
	RelationGetRelid(trigger->tg_relation) == catalog_table(TABLE_KEY)->relid ? TABLE_KEY : TABLE_INBOX;

	trigger = trigger_check(fcinfo, "paysession.functions_only", table,
							TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);
	return trigger_functions_only(trigger);
}
