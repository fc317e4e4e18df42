/*
 * session_set.c
 *		The verbs that make, replace and remove payment sessions.
 *
 * Nothing external is forgotten: a session whose provider has been spoken to
 * is canceled, never deleted, and an authorized one is left alone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "args.h"
#include "guard.h"
#include "session.h"

#define REASON_REPLACED		"replaced"

static Row *
find_live(Store *sessions, Datum cart_id, Datum provider_id)
{
	return store_find_pair(sessions, INDEX_SESSION_PROVIDER, cart_id, provider_id);
}

/* session_new makes a pending session; what is left null the law fills. */
Row *
session_new(Store *sessions, Datum provider_id)
{
	Row		   *session = store_new_row(sessions);

	row_set(session, SESSION_PROVIDER_ID, provider_id);
	row_set(session, SESSION_STATUS, ObjectIdGetDatum(catalog_status_oid(PS_PENDING)));
	row_set(session, SESSION_IS_INITIATED, BoolGetDatum(false));
	row_set(session, SESSION_IS_SELECTED, BoolGetDatum(false));
	row_set(session, SESSION_DATA, DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
	return session;
}

/* session_cancel cancels a locked session. */
Row *
session_cancel(Store *sessions, Row *old, Nullable reason)
{
	Row		   *session = store_copy_row(sessions, old);

	row_set(session, SESSION_STATUS, ObjectIdGetDatum(catalog_status_oid(PS_CANCELED)));
	row_set_nullable(session, SESSION_STATUS_REASON, reason.value, reason.isnull);
	guard_update_session(sessions, old, session);
	return session;
}

/*
 * Whether a provider may know of a session; a reference is of an external
 * session, and an operation was for one, whatever is_initiated says.
 */
static bool
is_known_outside(const Row *session)
{
	return DatumGetBool(row_get(session, SESSION_IS_INITIATED)) || !row_is_null(session, SESSION_PROVIDER_REF) ||
		store_exists(TABLE_OPERATION, INDEX_OPERATION_SESSION, row_get(session, SESSION_ID));
}

/*
 * session_remove removes a locked session that was never authorized.  Returns
 * the canceled row, or NULL if it was deleted.
 */
Row *
session_remove(Store *sessions, Row *old)
{
	if (!row_is_null(old, SESSION_PAYMENT_AUTHORIZED_AT))
		error_delete_authorized(sessions->rel, TextDatumGetCString(row_get(old, SESSION_ID)));
	if (!is_known_outside(old))
	{
		store_delete(sessions, old);
		return NULL;
	}
	if (row_status(old) == PS_CANCELED)
		return old;
	return session_cancel(sessions, old, args_of(CStringGetTextDatum(REASON_REPLACED)));
}

PG_FUNCTION_INFO_V1(paysession_create);
PG_FUNCTION_INFO_V1(paysession_set_sessions);
PG_FUNCTION_INFO_V1(paysession_refresh);
PG_FUNCTION_INFO_V1(paysession_delete);

/* ps_create(cart_id, provider_id, amount, data, id, currency_code) */
Datum
paysession_create(PG_FUNCTION_ARGS)
{
	Nullable	data;
	Datum		cart_id;
	Datum		provider_id;
	Nullable	amount;
	Nullable	id;
	Nullable	currency_code;
	Store	   *carts;
	Store	   *sessions;
	Row		   *session;

	data = args_get_document(fcinfo, 3, "data");
	args_begin_write("ps_create()");
	cart_id = args_get_id(fcinfo, 0, "cart_id");
	provider_id = args_get_id(fcinfo, 1, "provider_id");
	amount = args_get_amount(fcinfo, 2);
	id = args_get_optional_id(fcinfo, 4, "id");
	currency_code = args_get(fcinfo, 5);
	if (!currency_code.isnull)
		value_check_currency("currency_code", currency_code.value);

	carts = store_open(TABLE_CART, STORE_WRITE);
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	guard_lock_cart(carts, cart_id);
	store_close(carts);

	session = find_live(sessions, cart_id, provider_id);
	if (session != NULL)
	{
		if ((!amount.isnull &&
			 (row_is_null(session, SESSION_AMOUNT) ||
			  DatumGetInt64(row_get(session, SESSION_AMOUNT)) != DatumGetInt64(amount.value))) ||
			(!currency_code.isnull &&
			 (row_is_null(session, SESSION_CURRENCY_CODE) ||
			  !value_same_text(row_get(session, SESSION_CURRENCY_CODE), currency_code.value))))
			error_duplicate_session(sessions->rel, TextDatumGetCString(row_get(session, SESSION_ID)),
									TextDatumGetCString(cart_id));
		PG_RETURN_DATUM(session_finish(sessions, session));
	}

	session = session_new(sessions, provider_id);
	row_set(session, SESSION_CART_ID, cart_id);
	row_set_nullable(session, SESSION_AMOUNT, amount.value, amount.isnull);
	row_set_nullable(session, SESSION_ID, id.value, id.isnull);
	row_set_nullable(session, SESSION_CURRENCY_CODE, currency_code.value, currency_code.isnull);
	if (!data.isnull)
		row_set(session, SESSION_DATA, data.value);
	store_insert(sessions, session);
	PG_RETURN_DATUM(session_finish(sessions, session));
}

static List *
get_installed_providers(void)
{
	Store	   *providers = store_open(TABLE_PROVIDER, STORE_CURRENT);
	StoreScan  *scan = store_scan_begin(providers, INDEX_PROVIDER, 0, NULL, NULL, ForwardScanDirection);
	List	   *ids = NIL;
	Row		   *provider;

	while ((provider = store_scan_next(scan)) != NULL)
	{
		if (DatumGetBool(row_get(provider, PROVIDER_IS_INSTALLED)))
			ids = lappend(ids, DatumGetTextPCopy(row_get(provider, PROVIDER_ID)));
	}
	store_scan_end(scan);
	store_close(providers);
	return ids;
}

/* The ids in an array, each once. */
static List *
get_listed_providers(ArrayType *array)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
	List	   *ids = NIL;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			error_null("an element of provider_ids");
		value_check_id("provider_id", values[i]);
		if (!value_is_listed(ids, values[i]))
			ids = lappend(ids, DatumGetPointer(values[i]));
	}
	return ids;
}

/* Makes a cart's live sessions be those of the wanted providers. */
static void
set_sessions(Store *sessions, Datum cart_id, List *wanted)
{
	List	   *live = guard_lock_sessions(sessions, cart_id);
	List	   *present = NIL;
	Row		   *last = NULL;
	bool		has_selected = false;
	ListCell   *lc;

	foreach(lc, live)
	{
		Row		   *session = lfirst(lc);

		if (value_is_listed(wanted, row_get(session, SESSION_PROVIDER_ID)) ||
			row_status(session) == PS_AUTHORIZED)
		{
			present = lappend(present, DatumGetPointer(row_get(session, SESSION_PROVIDER_ID)));
			has_selected |= row_is_selected(session);
			last = session;
		}
		else
			session_remove(sessions, session);
	}
	foreach(lc, wanted)
	{
		Row		   *session;

		if (value_is_listed(present, PointerGetDatum(lfirst(lc))))
			continue;
		session = session_new(sessions, PointerGetDatum(lfirst(lc)));
		row_set(session, SESSION_CART_ID, cart_id);
		if (list_length(wanted) == 1 && !has_selected)
		{
			row_set(session, SESSION_IS_SELECTED, BoolGetDatum(true));
			has_selected = true;
		}
		store_insert(sessions, session);
	}
	/* Then the only session that was kept is the one of that provider. */
	if (list_length(wanted) == 1 && !has_selected)
	{
		Row		   *session = store_copy_row(sessions, last);

		row_set(session, SESSION_IS_SELECTED, BoolGetDatum(true));
		guard_update_session(sessions, last, session);
	}
}

/* session_put_live adds the sessions that are not canceled to what a function returns. */
void
session_put_live(ReturnSetInfo *rsinfo, Store *sessions, TableIndex index, Datum key)
{
	StoreScan  *scan = store_scan_begin(sessions, index, 1, &key, NULL, ForwardScanDirection);
	Row		   *session;

	while ((session = store_scan_next(scan)) != NULL)
	{
		if (row_status(session) != PS_CANCELED)
			store_put_result(rsinfo->setResult, session);
	}
	store_scan_end(scan);
}

/* ps_set_sessions(cart_id, provider_ids) */
Datum
paysession_set_sessions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		cart_id;
	List	   *wanted;
	ListCell   *lc;
	Store	   *carts;
	Store	   *sessions;
	Row		   *cart;

	args_begin_write("ps_set_sessions()");
	cart_id = args_get_id(fcinfo, 0, "cart_id");
	wanted = PG_ARGISNULL(1) ? get_installed_providers() : get_listed_providers(PG_GETARG_ARRAYTYPE_P(1));
	InitMaterializedSRF(fcinfo, 0);

	carts = store_open(TABLE_CART, STORE_WRITE);
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	foreach(lc, wanted)
		guard_check_provider(sessions->rel, PointerGetDatum(lfirst(lc)));
	cart = guard_lock_cart(carts, cart_id);
	if (!row_is_null(cart, CART_TOTAL) && DatumGetInt64(row_get(cart, CART_TOTAL)) <= 0)
		wanted = NIL;
	set_sessions(sessions, cart_id, wanted);
	store_close(carts);

	session_put_live(rsinfo, sessions, INDEX_SESSION_CART, cart_id);
	store_close(sessions);
	return (Datum) 0;
}

/* ps_refresh(session_id) */
Datum
paysession_refresh(PG_FUNCTION_ARGS)
{
	Datum		id;
	Store	   *carts;
	Store	   *sessions;
	Row		   *old;
	Row		   *session;

	args_begin_write("ps_refresh()");
	id = args_get_id(fcinfo, 0, "session_id");
	carts = store_open(TABLE_CART, STORE_WRITE);
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	old = session_find(sessions, id);
	if (!row_is_null(old, SESSION_PAYMENT_COLLECTION_ID))
		guard_lock_collection_key(row_get(old, SESSION_PAYMENT_COLLECTION_ID));
	if (row_is_null(old, SESSION_CART_ID))
		old = session_lock(sessions, id);
	else
		session_lock_with_siblings(carts, sessions, &old);
	store_close(carts);

	session = session_new(sessions, row_get(old, SESSION_PROVIDER_ID));
	row_copy(session, old, SESSION_CART_ID);
	row_copy(session, old, SESSION_PAYMENT_COLLECTION_ID);
	row_copy(session, old, SESSION_AMOUNT);
	row_copy(session, old, SESSION_CURRENCY_CODE);
	row_set(session, SESSION_IS_SELECTED, BoolGetDatum(row_is_selected(old)));
	if (row_status(old) != PS_CANCELED)
		session_remove(sessions, old);
	else if (!row_is_null(old, SESSION_PAYMENT_COLLECTION_ID))
		guard_check_collection_sum(sessions, old);
	else if (!row_is_null(old, SESSION_CART_ID))
	{
		Row		   *live = find_live(sessions, row_get(old, SESSION_CART_ID), row_get(old, SESSION_PROVIDER_ID));

		if (live != NULL)
			error_duplicate_session(sessions->rel, TextDatumGetCString(row_get(live, SESSION_ID)),
									TextDatumGetCString(row_get(old, SESSION_CART_ID)));
	}
	store_insert(sessions, session);
	PG_RETURN_DATUM(session_finish(sessions, session));
}

/* ps_delete(session_id) */
Datum
paysession_delete(PG_FUNCTION_ARGS)
{
	Datum		id;
	Store	   *sessions;
	Row		   *old;
	Row		   *canceled;

	args_begin_write("ps_delete()");
	id = args_get_id(fcinfo, 0, "session_id");
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	old = session_lock(sessions, id);
	canceled = session_remove(sessions, old);
	PG_RETURN_DATUM(session_finish(sessions, canceled != NULL ? canceled : old));
}
