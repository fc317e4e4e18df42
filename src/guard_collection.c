/*
 * guard_collection.c
 *		The law of payment collections.
 *
 * Status and amounts of a collection are a formula over its sessions and
 * payments.  Whoever changes one of these locks the collection afterwards,
 * and only then reads the formula: of two who change two sessions at the same
 * time, the second reads what the first has committed, or fails under a
 * transaction snapshot, which does not show it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/rel.h"

#include "errors.h"
#include "guard.h"
#include "id.h"
#include "ledger.h"
#include "money.h"
#include "trigger.h"
#include "value.h"

#define COLLECTION_DERIVED \
	(COLUMN_BIT(COLLECTION_STATUS) | COLUMN_BIT(COLLECTION_AUTHORIZED_AMOUNT) | \
	 COLUMN_BIT(COLLECTION_CAPTURED_AMOUNT))

static const struct
{
	CollectionColumn column;
	const char *name;
}			collection_immutable[] = {
	{COLLECTION_ID, "id"},
	{COLLECTION_CREATED_AT, "created_at"},
	{COLLECTION_CURRENCY_CODE, "currency_code"},
};

/* What the sessions and payments of a collection come to. */
typedef struct Facts
{
	int128		authorized;
	int128		captured;
	bool		has_live;		/* a session that is not canceled */
	bool		has_open;		/* one that can be, or is, authorized */
	bool		has_error;
} Facts;

/* guard_open_collections opens the collections to be written. */
Store *
guard_open_collections(void)
{
	Store	   *collections = store_open(TABLE_COLLECTION, STORE_WRITE);

	collections->guarded = COLLECTION_DERIVED | COLUMN_BIT(COLLECTION_AMOUNT);
	return collections;
}

/*
 * guard_lock_collection_key comes before all other locks of a verb that
 * decides which sessions a collection has: their rows, which may be new, come
 * before the collection's in the order of locks.
 */
void
guard_lock_collection_key(Datum id)
{
	Store	   *collections = store_open(TABLE_COLLECTION, STORE_WRITE);

	store_lock_key(collections, id);
	store_close(collections);
}

bool
guard_is_collection_canceled(const Row *collection)
{
	return row_is(collection, COLLECTION_STATUS, COLLECTION_CANCELED);
}

static void
gather(Datum id, Facts *facts)
{
	Store	   *sessions = store_open(TABLE_SESSION, STORE_CURRENT);
	Store	   *payments = store_open(TABLE_PAYMENT, STORE_CURRENT);
	StoreScan  *scan;
	Row		   *row;

	memset(facts, 0, sizeof(Facts));
	scan = store_scan_begin(sessions, INDEX_SESSION_COLLECTION, 1, &id, NULL, ForwardScanDirection);
	while ((row = store_scan_next(scan)) != NULL)
	{
		Status		status = row_status(row);

		facts->has_live |= status != PS_CANCELED;
		facts->has_open |= status != PS_CANCELED && status != PS_ERROR;
		facts->has_error |= status == PS_ERROR;
		if (status == PS_AUTHORIZED)
			facts->authorized += DatumGetInt64(row_get(row, SESSION_AMOUNT));
	}
	store_scan_end(scan);
	scan = store_scan_begin(payments, INDEX_PAYMENT_COLLECTION, 1, &id, NULL, ForwardScanDirection);
	while ((row = store_scan_next(scan)) != NULL)
		facts->captured += DatumGetInt64(row_get(row, PAYMENT_CAPTURED_AMOUNT));
	store_scan_end(scan);
	store_close(payments);
	store_close(sessions);
}

/* The status that the facts make; canceled it stays. */
static const char *
get_status(const Facts *facts, const Row *collection)
{
	int64		amount = DatumGetInt64(row_get(collection, COLLECTION_AMOUNT));

	if (guard_is_collection_canceled(collection))
		return COLLECTION_CANCELED;
	if (facts->captured >= amount)
		return "completed";
	if (facts->captured > 0)
		return "partially_captured";
	if (facts->authorized >= amount)
		return "authorized";
	if (facts->authorized > 0)
		return "partially_authorized";
	if (facts->has_error && !facts->has_open)
		return "failed";
	if (facts->has_live)
		return "awaiting";
	return "not_paid";
}

/*
 * Gives a locked collection the status and amounts that its sessions and
 * payments make, and refuses those that it cannot have.
 */
static void
derive(Relation rel, Row *collection)
{
	Facts		facts;
	const char *status;

	gather(row_get(collection, COLLECTION_ID), &facts);
	if (facts.authorized > DatumGetInt64(row_get(collection, COLLECTION_AMOUNT)))
		error_collection_amount(rel, TextDatumGetCString(row_get(collection, COLLECTION_ID)),
								DatumGetInt64(row_get(collection, COLLECTION_AMOUNT)),
								(int64) Min(facts.authorized, PG_INT64_MAX));
	if (facts.captured > MONEY_MAX)
		error_out_of_range("captured_amount");
	if (guard_is_collection_canceled(collection) && facts.has_live)
		error_collection_canceled(rel, TextDatumGetCString(row_get(collection, COLLECTION_ID)));
	status = get_status(&facts, collection);
	if (!row_is(collection, COLLECTION_STATUS, status))
		row_set(collection, COLLECTION_STATUS, CStringGetTextDatum(status));
	if (row_amount(collection, COLLECTION_AUTHORIZED_AMOUNT) != facts.authorized)
		row_set(collection, COLLECTION_AUTHORIZED_AMOUNT, Int64GetDatum((int64) facts.authorized));
	if (row_amount(collection, COLLECTION_CAPTURED_AMOUNT) != facts.captured)
		row_set(collection, COLLECTION_CAPTURED_AMOUNT, Int64GetDatum((int64) facts.captured));
}

/* guard_update_collection writes a locked collection, derived, unless nothing changes. */
Row *
guard_update_collection(Store *collections, Row *old, Row *row)
{
	derive(collections->rel, row);
	if (!row_differs(old, row, 0))
		return old;
	store_update(collections, old, row);
	return row;
}

/*
 * guard_follow_collection makes the collection of a session, or of a payment,
 * follow a change of it.  Without a collection the foreign key refuses it.
 */
void
guard_follow_collection(Datum id)
{
	Store	   *collections = guard_open_collections();
	Row		   *collection = store_lock(collections, INDEX_COLLECTION, id);

	if (collection != NULL)
		guard_update_collection(collections, collection, store_copy_row(collections, collection));
	store_close(collections);
}

/* guard_check_collection_room refuses to ask for more than the session's collection has open. */
void
guard_check_collection_room(const Row *session)
{
	Store	   *collections = store_open(TABLE_COLLECTION, STORE_CURRENT);
	Row		   *collection = store_find(collections, INDEX_COLLECTION,
										row_get(session, SESSION_PAYMENT_COLLECTION_ID));

	if (collection != NULL)
	{
		int64		amount = DatumGetInt64(row_get(collection, COLLECTION_AMOUNT));
		int64		authorized = row_amount(collection, COLLECTION_AUTHORIZED_AMOUNT) +
		row_amount(session, SESSION_AMOUNT);

		if (authorized > amount)
			error_collection_amount(collections->rel, TextDatumGetCString(row_get(collection, COLLECTION_ID)),
									amount, authorized);
	}
	store_close(collections);
}

/*
 * guard_check_collection_sum refuses to bring back a canceled session where
 * others pay its part.  The collection's key is locked.
 */
void
guard_check_collection_sum(Store *sessions, const Row *canceled)
{
	Store	   *collections = store_open(TABLE_COLLECTION, STORE_CURRENT);
	Datum		id = row_get(canceled, SESSION_PAYMENT_COLLECTION_ID);
	int64		amount = row_amount(store_find(collections, INDEX_COLLECTION, id), COLLECTION_AMOUNT);
	int128		sum = row_amount(canceled, SESSION_AMOUNT);
	StoreScan  *scan = store_scan_begin(sessions, INDEX_SESSION_COLLECTION, 1, &id, NULL, ForwardScanDirection);
	Row		   *session;

	while ((session = store_scan_next(scan)) != NULL)
	{
		if (row_status(session) != PS_CANCELED)
			sum += row_amount(session, SESSION_AMOUNT);
	}
	store_scan_end(scan);
	if (sum > amount)
		error_collection_sum(collections->rel, TextDatumGetCString(id), amount, (int64) Min(sum, MONEY_MAX));
	store_close(collections);
}

static void
judge_currency(Relation sessions, const Row *session, const Row *collection)
{
	if (row_is_null(session, SESSION_CURRENCY_CODE) ||
		!value_same_text(row_get(collection, COLLECTION_CURRENCY_CODE), row_get(session, SESSION_CURRENCY_CODE)))
		error_currency_differs(sessions, "payment collection",
							   TextDatumGetCString(row_get(collection, COLLECTION_ID)));
}

/*
 * guard_join_collection gives a new session the currency of its collection, or
 * judges what it has, and locks that before the row exists: the foreign key's check would lock it
 * in a weaker way first, to meet somebody who deletes it on the way up.
 */
void
guard_join_collection(Relation sessions, Row *session)
{
	Store	   *collections = guard_open_collections();
	Datum		id = row_get(session, SESSION_PAYMENT_COLLECTION_ID);
	Row		   *collection = store_lock(collections, INDEX_COLLECTION, id);

	if (collection == NULL)
		error_unknown_collection_key(sessions, TextDatumGetCString(id));
	if (guard_is_collection_canceled(collection))
		error_collection_canceled(collections->rel, TextDatumGetCString(id));
	if (row_is_null(session, SESSION_CURRENCY_CODE))
		row_set(session, SESSION_CURRENCY_CODE,
				PointerGetDatum(DatumGetTextPCopy(row_get(collection, COLLECTION_CURRENCY_CODE))));
	judge_currency(sessions, session, collection);
	store_close(collections);
}

/* guard_judge_in_collection refuses a session in another currency than its collection's. */
void
guard_judge_in_collection(Relation sessions, const Row *session)
{
	Store	   *collections = store_open(TABLE_COLLECTION, STORE_CURRENT);
	Row		   *collection = store_find(collections, INDEX_COLLECTION,
										row_get(session, SESSION_PAYMENT_COLLECTION_ID));

	if (collection != NULL)
		judge_currency(sessions, session, collection);
	store_close(collections);
}

static void
check_collection_values(Relation rel, const Row *collection, uint32 changes, bool warns)
{
	if (changes & COLUMN_BIT(COLLECTION_METADATA) && !row_is_null(collection, COLLECTION_METADATA))
		value_check_document("metadata", row_get(collection, COLLECTION_METADATA), warns);
	if (changes & COLUMN_BIT(COLLECTION_DESCRIPTION) && !row_is_null(collection, COLLECTION_DESCRIPTION))
		value_check_note("description", row_get(collection, COLLECTION_DESCRIPTION), warns);
	trigger_check_not_null(rel, collection, COLLECTION_AMOUNT, "amount");
	trigger_check_not_null(rel, collection, COLLECTION_CURRENCY_CODE, "currency_code");
	trigger_check_not_null(rel, collection, COLLECTION_TYPE, "type");
	if (changes & COLUMN_BIT(COLLECTION_ID) && !row_is_null(collection, COLLECTION_ID))
		value_check_id("collection_id", row_get(collection, COLLECTION_ID));
	if (changes & COLUMN_BIT(COLLECTION_TYPE))
		value_check_id("type", row_get(collection, COLLECTION_TYPE));
	if (changes & COLUMN_BIT(COLLECTION_CREATED_BY) && !row_is_null(collection, COLLECTION_CREATED_BY))
		value_check_id("created_by", row_get(collection, COLLECTION_CREATED_BY));
	if (changes & COLUMN_BIT(COLLECTION_CURRENCY_CODE))
		value_check_currency("currency_code", row_get(collection, COLLECTION_CURRENCY_CODE));
	if (changes & COLUMN_BIT(COLLECTION_AMOUNT))
		value_check_amount("amount", DatumGetInt64(row_get(collection, COLLECTION_AMOUNT)));
}

/* A collection is born with no session. */
static void
judge_birth(Relation rel, const Row *collection)
{
	if (!row_is(collection, COLLECTION_STATUS, COLLECTION_NOT_PAID) ||
		row_is_null(collection, COLLECTION_AUTHORIZED_AMOUNT) || row_is_null(collection, COLLECTION_CAPTURED_AMOUNT) ||
		row_amount(collection, COLLECTION_AUTHORIZED_AMOUNT) != 0 ||
		row_amount(collection, COLLECTION_CAPTURED_AMOUNT) != 0)
		error_collection_derived(rel);
}

static void
judge_columns(Relation rel, const Row *old, uint32 changes)
{
	for (int i = 0; i < lengthof(collection_immutable); i++)
	{
		if (changes & COLUMN_BIT(collection_immutable[i].column))
			error_collection_immutable(rel, collection_immutable[i].name);
	}
	if (changes & COLUMN_BIT(COLLECTION_AMOUNT) && guard_is_collection_canceled(old))
		error_collection_canceled(rel, TextDatumGetCString(row_get(old, COLLECTION_ID)));
}

PG_FUNCTION_INFO_V1(paysession_collection_guard);
PG_FUNCTION_INFO_V1(paysession_collection_follow);

/* BEFORE INSERT OR UPDATE OR DELETE ON payment_collection */
Datum
paysession_collection_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_collection_guard",
										 TABLE_COLLECTION, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);
	Relation	rel = trigger->tg_relation;
	const CatalogTable *table = catalog_table(TABLE_COLLECTION);
	uint32		changes;
	Row			old;
	Row			collection;

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		if (trigger_is_history(rel))
			return PointerGetDatum(trigger->tg_trigtuple);
		row_view(&collection, table, trigger->tg_trigslot);
		check_collection_values(rel, &collection, row_column_changes(NULL, &collection), true);
		judge_birth(rel, &collection);
		if (row_is_null(&collection, COLLECTION_ID))
			row_set(&collection, COLLECTION_ID, id_new("paycol", id_random_route()));
		trigger_stamp(NULL, &collection, COLLECTION_CREATED_AT, COLLECTION_UPDATED_AT, 0);
		return trigger_return(trigger, trigger->tg_trigtuple, &collection);
	}

	row_view(&old, table, trigger->tg_trigslot);
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
	{
		if (row_amount(&old, COLLECTION_AUTHORIZED_AMOUNT) > 0)
			error_collection_money(rel, TextDatumGetCString(row_get(&old, COLLECTION_ID)));
		return PointerGetDatum(trigger->tg_trigtuple);
	}

	row_view(&collection, table, trigger->tg_newslot);
	changes = row_column_changes(&old, &collection);
	check_collection_values(rel, &collection, changes, true);
	judge_columns(rel, &old, changes);
	if (!store_writes(trigger->tg_newslot))
	{
		if (changes & COLLECTION_DERIVED)
			error_collection_derived(rel);
		derive(rel, &collection);
	}
	trigger_stamp(&old, &collection, COLLECTION_CREATED_AT, COLLECTION_UPDATED_AT, 0);
	return trigger_return(trigger, trigger->tg_newtuple, &collection);
}

/*
 * AFTER INSERT OR UPDATE ON payment_collection.  What functions write is
 * derived, and the store has guarded it; anything else is once more, as it
 * is now: the same statement may have gone on.
 */
Datum
paysession_collection_follow(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_collection_follow",
										 TABLE_COLLECTION, TRIGGER_EVENT_AFTER, ON_INSERT | ON_UPDATE);
	Relation	rel = trigger->tg_relation;
	const CatalogTable *table = catalog_table(TABLE_COLLECTION);
	uint32		changes;
	Row			old;
	Row			collection;

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		if (trigger_is_history(rel))
			return PointerGetDatum(NULL);
		row_view(&collection, table, trigger->tg_trigslot);
		check_collection_values(rel, &collection, row_column_changes(NULL, &collection), false);
		judge_birth(rel, &collection);
		return PointerGetDatum(NULL);
	}

	row_view(&old, table, trigger->tg_trigslot);
	row_view(&collection, table, trigger->tg_newslot);
	changes = row_column_changes(&old, &collection);
	check_collection_values(rel, &collection, changes, false);
	judge_columns(rel, &old, changes);
	if (store_wrote(rel, trigger->tg_newslot))
		return PointerGetDatum(NULL);
	/* What cannot be derived again: only a verb cancels, and for good. */
	if (guard_is_collection_canceled(&old) != guard_is_collection_canceled(&collection))
		error_collection_derived(rel);
	guard_follow_collection(row_get(&collection, COLLECTION_ID));
	return PointerGetDatum(NULL);
}
