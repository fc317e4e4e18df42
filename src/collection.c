/*
 * collection.c
 *		The verbs of a payment collection.
 *
 * Locks are taken in the order key of the collection, sessions by id, the
 * collection.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "args.h"
#include "collection_document.h"
#include "guard.h"
#include "id.h"
#include "json.h"
#include "money.h"
#include "session.h"

PG_FUNCTION_INFO_V1(paysession_create_collection);
PG_FUNCTION_INFO_V1(paysession_set_collection_sessions);
PG_FUNCTION_INFO_V1(paysession_update_collection);
PG_FUNCTION_INFO_V1(paysession_cancel_collection);
PG_FUNCTION_INFO_V1(paysession_delete_collection);
PG_FUNCTION_INFO_V1(paysession_get_collection);

static Row *
lock_collection(Store *collections, Datum id)
{
	Row		   *collection;

	id_check_owned(id);
	collection = store_lock(collections, INDEX_COLLECTION, id);
	if (collection == NULL)
		error_unknown_collection(TextDatumGetCString(id));
	return collection;
}

static Row *
find_listed(List *sessions, const Row *session)
{
	ListCell   *lc;

	foreach(lc, sessions)
	{
		if (row_same(lfirst(lc), session, SESSION_ID))
			return lfirst(lc);
	}
	return NULL;
}

/*
 * Locks all sessions of a collection, by id, and then it; from then on no new
 * one is born.  One that was born meanwhile, past the key, is locked out of
 * order, and so without waiting.
 */
static Row *
lock_with_sessions(Store *collections, Store *sessions, Datum id, List **all)
{
	Row		   *collection;
	StoreScan  *scan;
	Row		   *found;

	*all = NIL;
	store_lock_key(collections, id);
	scan = store_scan_begin(sessions, INDEX_SESSION_COLLECTION, 1, &id, NULL, ForwardScanDirection);
	while ((found = store_scan_next(scan)) != NULL)
	{
		Row		   *session = store_lock_found(sessions, found);

		if (session != NULL)
			*all = lappend(*all, session);
	}
	store_scan_end(scan);
	collection = lock_collection(collections, id);

	scan = store_scan_begin(sessions, INDEX_SESSION_COLLECTION, 1, &id, NULL, ForwardScanDirection);
	while ((found = store_scan_next(scan)) != NULL)
	{
		if (find_listed(*all, found) != NULL)
			continue;
		if (!store_try_lock(sessions, found))
			error_serialization();
		*all = lappend(*all, store_lock(sessions, INDEX_SESSION, row_get(found, SESSION_ID)));
	}
	store_scan_end(scan);
	return collection;
}

/* ps_create_collection(amount, currency_code, type, description, metadata, created_by) */
Datum
paysession_create_collection(PG_FUNCTION_ARGS)
{
	Nullable	description;
	Nullable	metadata;
	Nullable	created_by;
	Datum		amount;
	Datum		currency_code;
	Datum		type;
	Store	   *collections;
	Row		   *collection;
	Datum		result;

	metadata = args_get_document(fcinfo, 4, "metadata");
	description = args_get_note(fcinfo, 3, "description");
	args_begin_write("ps_create_collection()");
	amount = args_get_not_null(fcinfo, 0, "amount");
	value_check_amount("amount", DatumGetInt64(amount));
	currency_code = args_get_not_null(fcinfo, 1, "currency_code");
	value_check_currency("currency_code", currency_code);
	type = args_get_id(fcinfo, 2, "type");
	created_by = args_get_optional_id(fcinfo, 5, "created_by");

	collections = guard_open_collections();
	collection = store_new_row(collections);
	row_set(collection, COLLECTION_AMOUNT, amount);
	row_set(collection, COLLECTION_CURRENCY_CODE, currency_code);
	row_set(collection, COLLECTION_TYPE, type);
	row_set(collection, COLLECTION_STATUS, CStringGetTextDatum(COLLECTION_NOT_PAID));
	row_set(collection, COLLECTION_AUTHORIZED_AMOUNT, Int64GetDatum(0));
	row_set(collection, COLLECTION_CAPTURED_AMOUNT, Int64GetDatum(0));
	row_set_nullable(collection, COLLECTION_DESCRIPTION, description.value, description.isnull);
	row_set_nullable(collection, COLLECTION_METADATA, metadata.value, metadata.isnull);
	row_set_nullable(collection, COLLECTION_CREATED_BY, created_by.value, created_by.isnull);
	store_insert(collections, collection);
	result = store_datum(collection);
	store_close(collections);
	PG_RETURN_DATUM(result);
}

/* The live session that an element names, or describes; NULL: it is a new one. */
static Row *
find_wanted(const CollectionSession *wanted, List *all, List *taken, bool describes_all, Datum collection_id)
{
	ListCell   *lc;

	foreach(lc, all)
	{
		Row		   *session = lfirst(lc);

		if (row_status(session) == PS_CANCELED || list_member_ptr(taken, session))
			continue;
		if (!wanted->session_id.isnull)
		{
			if (value_same_text(row_get(session, SESSION_ID), wanted->session_id.value))
				return session;
		}
		else if ((describes_all || row_status(session) != PS_AUTHORIZED) &&
				 !row_is_null(session, SESSION_AMOUNT) &&
				 DatumGetInt64(row_get(session, SESSION_AMOUNT)) == wanted->amount &&
				 value_same_text(row_get(session, SESSION_PROVIDER_ID), wanted->provider_id.value))
			return session;
	}
	if (!wanted->session_id.isnull)
		error_unknown_collection_session(TextDatumGetCString(wanted->session_id.value),
										 TextDatumGetCString(collection_id));
	return NULL;
}

/*
 * Finds for each element the live session that it keeps, named ones first, and
 * returns all of these.  Elements that sum to the whole amount also describe
 * authorized sessions; else they are what is to be paid beside those.
 */
static List *
match(List *wanted, List *all, const Row *collection, bool describes_all)
{
	List	   *taken = NIL;

	for (int named = 1; named >= 0; named--)
	{
		ListCell   *lc;

		foreach(lc, wanted)
		{
			CollectionSession *element = lfirst(lc);

			if (element->session_id.isnull == named)
				continue;
			element->session = find_wanted(element, all, taken, describes_all,
										   row_get(collection, COLLECTION_ID));
			if (element->session != NULL)
				taken = lappend(taken, element->session);
		}
	}
	return taken;
}

/* Refuses elements that do not pay the collection's amount, with what is authorized beside them. */
static void
check_sum(Store *collections, const Row *collection, int128 sum, List *all, List *taken)
{
	int64		amount = DatumGetInt64(row_get(collection, COLLECTION_AMOUNT));
	ListCell   *lc;

	foreach(lc, all)
	{
		Row		   *session = lfirst(lc);

		if (row_status(session) == PS_AUTHORIZED && !list_member_ptr(taken, session))
			sum += DatumGetInt64(row_get(session, SESSION_AMOUNT));
	}
	if (sum > MONEY_MAX)
		error_out_of_range("the sum of the amounts");
	if (sum != amount)
		error_collection_sum(collections->rel, TextDatumGetCString(row_get(collection, COLLECTION_ID)),
							 amount, (int64) sum);
}

static void
keep_session(Store *sessions, const CollectionSession *wanted)
{
	Row		   *session = store_copy_row(sessions, wanted->session);

	row_set(session, SESSION_AMOUNT, Int64GetDatum(wanted->amount));
	if (!wanted->provider_id.isnull)
		row_set(session, SESSION_PROVIDER_ID, wanted->provider_id.value);
	guard_update_session(sessions, wanted->session, session);
}

static void
insert_session(Store *sessions, const CollectionSession *wanted, Datum collection_id)
{
	Row		   *session = session_new(sessions, wanted->provider_id.value);

	row_set(session, SESSION_PAYMENT_COLLECTION_ID, collection_id);
	row_set(session, SESSION_AMOUNT, Int64GetDatum(wanted->amount));
	store_insert(sessions, session);
}

static Datum
set_collection_sessions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		id;
	List	   *wanted;
	int128		sum = 0;
	Store	   *collections;
	Store	   *sessions;
	Row		   *collection;
	List	   *all;
	List	   *taken;
	ListCell   *lc;

	args_begin_write("ps_set_collection_sessions()");
	id = args_get_id(fcinfo, 0, "collection_id");
	wanted = collection_document_read(DatumGetJsonbP(args_get_not_null(fcinfo, 1, "sessions")));
	foreach(lc, wanted)
		sum += ((CollectionSession *) lfirst(lc))->amount;
	InitMaterializedSRF(fcinfo, 0);

	collections = guard_open_collections();
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	collection = lock_with_sessions(collections, sessions, id, &all);
	if (guard_is_collection_canceled(collection))
		error_collection_canceled(collections->rel, TextDatumGetCString(id));
	taken = match(wanted, all, collection, sum == DatumGetInt64(row_get(collection, COLLECTION_AMOUNT)));
	foreach(lc, wanted)
	{
		CollectionSession *element = lfirst(lc);

		if (element->session == NULL)
			guard_check_provider(sessions->rel, element->provider_id.value);
	}
	check_sum(collections, collection, sum, all, taken);

	foreach(lc, all)
	{
		Status		status = row_status(lfirst(lc));

		if (status != PS_AUTHORIZED && status != PS_CANCELED && !list_member_ptr(taken, lfirst(lc)))
			session_remove(sessions, lfirst(lc));
	}
	foreach(lc, wanted)
	{
		CollectionSession *element = lfirst(lc);

		if (element->session != NULL)
			keep_session(sessions, element);
		else
			insert_session(sessions, element, id);
	}
	store_close(collections);

	session_put_live(rsinfo, sessions, INDEX_SESSION_COLLECTION, id);
	store_close(sessions);
	return (Datum) 0;
}

/* ps_set_collection_sessions(collection_id, sessions) */
Datum
paysession_set_collection_sessions(PG_FUNCTION_ARGS)
{
	return args_call_hiding(fcinfo, 1, set_collection_sessions);
}

/* ps_update_collection(collection_id, amount, description, metadata) */
Datum
paysession_update_collection(PG_FUNCTION_ARGS)
{
	Nullable	description;
	Nullable	metadata;
	Nullable	amount;
	Datum		id;
	Store	   *collections;
	Row		   *old;
	Row		   *collection;
	Datum		result;

	metadata = args_get_document(fcinfo, 3, "metadata");
	description = args_get_note(fcinfo, 2, "description");
	args_begin_write("ps_update_collection()");
	id = args_get_id(fcinfo, 0, "collection_id");
	amount = args_get_amount(fcinfo, 1);

	collections = guard_open_collections();
	old = lock_collection(collections, id);
	collection = store_copy_row(collections, old);
	if (!amount.isnull)
		row_set(collection, COLLECTION_AMOUNT, amount.value);
	if (!description.isnull)
		row_set(collection, COLLECTION_DESCRIPTION, description.value);
	if (!metadata.isnull)
		row_set(collection, COLLECTION_METADATA, metadata.value);
	result = store_datum(guard_update_collection(collections, old, collection));
	store_close(collections);
	PG_RETURN_DATUM(result);
}

static void
check_no_money(Store *collections, Datum id, List *all)
{
	ListCell   *lc;

	foreach(lc, all)
	{
		if (row_status(lfirst(lc)) == PS_AUTHORIZED)
			error_collection_money(collections->rel, TextDatumGetCString(id));
	}
}

/* Cancels a locked collection, all of whose sessions are. */
static Row *
cancel_collection(Store *collections, Datum id)
{
	Row		   *old = lock_collection(collections, id);
	Row		   *collection = store_copy_row(collections, old);

	row_set(collection, COLLECTION_STATUS, CStringGetTextDatum(COLLECTION_CANCELED));
	return guard_update_collection(collections, old, collection);
}

/* ps_cancel_collection(collection_id, reason) */
Datum
paysession_cancel_collection(PG_FUNCTION_ARGS)
{
	Nullable	reason;
	Datum		id;
	Store	   *collections;
	Store	   *sessions;
	List	   *all;
	ListCell   *lc;
	Datum		result;

	reason = args_get_note(fcinfo, 1, "reason");
	args_begin_write("ps_cancel_collection()");
	id = args_get_id(fcinfo, 0, "collection_id");

	collections = guard_open_collections();
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	lock_with_sessions(collections, sessions, id, &all);
	check_no_money(collections, id, all);
	foreach(lc, all)
	{
		if (row_status(lfirst(lc)) != PS_CANCELED)
			session_cancel(sessions, lfirst(lc), reason);
	}
	result = store_datum(cancel_collection(collections, id));
	store_close(sessions);
	store_close(collections);
	PG_RETURN_DATUM(result);
}

/* Removes locked sessions, by the same rule as a cart's; tells whether one must stay. */
static bool
remove_sessions(Store *sessions, List *all)
{
	bool		stays = false;
	ListCell   *lc;

	foreach(lc, all)
	{
		Row		   *session = lfirst(lc);

		if (!row_is_null(session, SESSION_PAYMENT_AUTHORIZED_AT) || session_remove(sessions, session) != NULL)
			stays = true;
	}
	return stays;
}

/* ps_delete_collection(collection_id) */
Datum
paysession_delete_collection(PG_FUNCTION_ARGS)
{
	Datum		id;
	Store	   *collections;
	Store	   *sessions;
	List	   *all;
	Row		   *collection;
	Datum		result;

	args_begin_write("ps_delete_collection()");
	id = args_get_id(fcinfo, 0, "collection_id");

	collections = guard_open_collections();
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	lock_with_sessions(collections, sessions, id, &all);
	check_no_money(collections, id, all);
	/* A payment that is left then came in as history. */
	if (remove_sessions(sessions, all) || store_exists(TABLE_PAYMENT, INDEX_PAYMENT_COLLECTION, id))
		collection = cancel_collection(collections, id);
	else
	{
		collection = lock_collection(collections, id);
		store_delete(collections, collection);
	}
	result = store_datum(collection);
	store_close(sessions);
	store_close(collections);
	PG_RETURN_DATUM(result);
}

/* Adds all rows that an index leads to by the collection's id. */
static void
push_rows(JsonbParseState **state, const char *key, JsonNoun noun, Table table, TableIndex index, Datum collection_id)
{
	Store	   *store = store_open(table, STORE_READ);
	StoreScan  *scan = store_scan_begin(store, index, 1, &collection_id, NULL, ForwardScanDirection);
	Row		   *row;

	json_push_key(state, key);
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	while ((row = store_scan_next(scan)) != NULL)
		json_push_object(state, noun, row);
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	store_scan_end(scan);
	store_close(store);
}

typedef struct Expansion
{
	bool		sessions;
	bool		payments;
} Expansion;

static void
read_expansion(ArrayType *array, Expansion *expansion)
{
	ListCell   *lc;

	foreach(lc, json_read_names(array))
	{
		const char *name = lfirst(lc);

		if (strcmp(name, "sessions") == 0)
			expansion->sessions = true;
		else if (strcmp(name, "payments") == 0)
			expansion->payments = true;
		else
			error_expand(foreach_current_index(lc) + 1, "collection", "sessions and payments");
	}
}

/* ps_get_collection(collection_id, expand) */
Datum
paysession_get_collection(PG_FUNCTION_ARGS)
{
	Datum		id = args_get_id(fcinfo, 0, "collection_id");
	JsonbParseState *state = NULL;
	Expansion	expansion = {0};
	Store	   *collections;
	Row		   *collection;
	Jsonb	   *result;

	if (!PG_ARGISNULL(1))
		read_expansion(PG_GETARG_ARRAYTYPE_P(1), &expansion);
	collections = store_open(TABLE_COLLECTION, STORE_READ);
	id_check_owned(id);
	collection = store_find(collections, INDEX_COLLECTION, id);
	if (collection == NULL)
		error_unknown_collection(TextDatumGetCString(id));
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	json_push_fields(&state, JSON_COLLECTION, collection);
	if (expansion.sessions)
		push_rows(&state, "payment_sessions", JSON_SESSION, TABLE_SESSION, INDEX_SESSION_COLLECTION, id);
	if (expansion.payments)
		push_rows(&state, "payments", JSON_PAYMENT, TABLE_PAYMENT, INDEX_PAYMENT_COLLECTION, id);
	result = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
	store_close(collections);
	PG_RETURN_JSONB_P(result);
}
