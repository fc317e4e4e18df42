/*
 * session.c
 *		The verbs of a payment session.
 *
 * A verb checks its arguments, card check first, locks what it decides on,
 * sets the columns, and leaves the judgement to the law.  What it returns is
 * the row as stored.  Locks are taken in the order cart, then sessions by id.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "args.h"
#include "guard.h"
#include "id.h"
#include "ledger.h"
#include "session.h"

static void
set_argument(Row *session, SessionColumn column, Nullable argument)
{
	if (!argument.isnull)
		row_set(session, column, argument.value);
}

Row *
session_lock(Store *sessions, Datum id)
{
	Row		   *session;

	id_check_owned(id);
	session = store_lock(sessions, INDEX_SESSION, id);
	if (session == NULL)
		error_unknown_session(TextDatumGetCString(id));
	return session;
}

/* Locks a session's cart and all its sessions; *session is then locked too. */
List *
session_lock_with_siblings(Store *carts, Store *sessions, Row **session)
{
	Datum		id = row_get(*session, SESSION_ID);
	List	   *live;
	ListCell   *lc;

	guard_lock_cart(carts, row_get(*session, SESSION_CART_ID));
	live = guard_lock_sessions(sessions, row_get(*session, SESSION_CART_ID));
	foreach(lc, live)
	{
		Row		   *sibling = lfirst(lc);

		if (row_same(sibling, *session, SESSION_ID))
		{
			*session = sibling;
			return list_delete_cell(live, lc);
		}
	}
	/* It is canceled, or has been deleted meanwhile. */
	*session = session_lock(sessions, id);
	return live;
}

/* Takes the selection from a cart's other sessions. */
void
session_unselect(Store *sessions, List *siblings)
{
	ListCell   *lc;

	foreach(lc, siblings)
	{
		Row		   *sibling = lfirst(lc);
		Row		   *changed;

		if (!row_is_selected(sibling))
			continue;
		if (row_status(sibling) == PS_AUTHORIZED)
			error_other_authorized(sessions->rel, TextDatumGetCString(row_get(sibling, SESSION_CART_ID)));
		changed = store_copy_row(sessions, sibling);
		row_set(changed, SESSION_IS_SELECTED, BoolGetDatum(false));
		guard_update_session(sessions, sibling, changed);
	}
}

Row *
session_find(Store *sessions, Datum id)
{
	Row		   *session;

	id_check_owned(id);
	session = store_find(sessions, INDEX_SESSION, id);
	if (session == NULL)
		error_unknown_session(TextDatumGetCString(id));
	return session;
}

/* session_finish returns a session as a function does, and closes the table. */
Datum
session_finish(Store *sessions, Row *session)
{
	Datum		result = store_datum(session);

	store_close(sessions);
	return result;
}

/*
 * session_move moves a locked session to a status and sets what else is
 * given; returns it as it is then.  In that status already it stays as it is,
 * except for what `also` says: news that a provider may repeat.
 */
Row *
session_move(Store *sessions, Row *old, Status to, Nullable reason, Nullable data, Nullable provider_ref, bool also)
{
	Row		   *session;

	/* A new operation comes with an update of its session. */
	if (row_status(old) == to && to == PS_CANCELED && ledger_leave_void(old))
		store_update(sessions, old, store_copy_row(sessions, old));
	if (row_status(old) == to && !also)
		return old;
	session = store_copy_row(sessions, old);
	row_set(session, SESSION_STATUS, ObjectIdGetDatum(catalog_status_oid(to)));
	if (to == PS_ERROR || to == PS_CANCELED)
		row_set_nullable(session, SESSION_STATUS_REASON, reason.value, reason.isnull);
	if (to == PS_ERROR || to == PS_REQUIRES_MORE)
		row_set(session, SESSION_IS_INITIATED, BoolGetDatum(true));
	set_argument(session, SESSION_DATA, data);
	set_argument(session, SESSION_PROVIDER_REF, provider_ref);
	return guard_update_session(sessions, old, session) ? session : old;
}

/* Locks one session and moves it. */
static Datum
move(Datum id, Status to, Nullable reason, Nullable data, Nullable provider_ref, bool also)
{
	Store	   *sessions = store_open(TABLE_SESSION, STORE_WRITE);

	return session_finish(sessions, session_move(sessions, session_lock(sessions, id), to,
												 reason, data, provider_ref, also));
}

static const Nullable absent = {.isnull = true};

PG_FUNCTION_INFO_V1(paysession_select);
PG_FUNCTION_INFO_V1(paysession_unselect);
PG_FUNCTION_INFO_V1(paysession_update);
PG_FUNCTION_INFO_V1(paysession_require_more);
PG_FUNCTION_INFO_V1(paysession_authorize);
PG_FUNCTION_INFO_V1(paysession_fail);
PG_FUNCTION_INFO_V1(paysession_retry);
PG_FUNCTION_INFO_V1(paysession_cancel);

/* ps_select(session_id) */
Datum
paysession_select(PG_FUNCTION_ARGS)
{
	Datum		id;
	Store	   *carts;
	Store	   *sessions;
	Row		   *old;
	Row		   *session;
	List	   *siblings = NIL;

	args_begin_write("ps_select()");
	id = args_get_id(fcinfo, 0, "session_id");
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	old = session_find(sessions, id);
	if (row_is_selected(old))
		PG_RETURN_DATUM(session_finish(sessions, old));

	if (row_is_null(old, SESSION_CART_ID))
		old = session_lock(sessions, id);
	else
	{
		carts = store_open(TABLE_CART, STORE_WRITE);
		siblings = session_lock_with_siblings(carts, sessions, &old);
		store_close(carts);
	}
	if (row_is_selected(old))
		PG_RETURN_DATUM(session_finish(sessions, old));
	if (row_status(old) == PS_CANCELED)
		error_canceled_selected(sessions->rel);
	session_unselect(sessions, siblings);
	session = store_copy_row(sessions, old);
	row_set(session, SESSION_IS_SELECTED, BoolGetDatum(true));
	guard_update_session(sessions, old, session);
	PG_RETURN_DATUM(session_finish(sessions, session));
}

/* ps_unselect(session_id) */
Datum
paysession_unselect(PG_FUNCTION_ARGS)
{
	Datum		id;
	Store	   *sessions;
	Row		   *old;
	Row		   *session;

	args_begin_write("ps_unselect()");
	id = args_get_id(fcinfo, 0, "session_id");
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	old = session_lock(sessions, id);
	if (!row_is_selected(old))
		PG_RETURN_DATUM(session_finish(sessions, old));
	session = store_copy_row(sessions, old);
	row_set(session, SESSION_IS_SELECTED, BoolGetDatum(false));
	PG_RETURN_DATUM(session_finish(sessions, guard_update_session(sessions, old, session) ? session : old));
}

/* ps_update(session_id, amount, data, provider_ref) */
Datum
paysession_update(PG_FUNCTION_ARGS)
{
	Nullable	data;
	Nullable	amount;
	Nullable	provider_ref;
	Datum		id;
	Store	   *sessions;
	Row		   *old;
	Row		   *session;

	data = args_get_document(fcinfo, 2, "data");
	args_begin_write("ps_update()");
	id = args_get_id(fcinfo, 0, "session_id");
	amount = args_get_amount(fcinfo, 1);
	provider_ref = args_get_token(fcinfo, 3, "provider_ref");

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	old = session_lock(sessions, id);
	session = store_copy_row(sessions, old);
	set_argument(session, SESSION_AMOUNT, amount);
	set_argument(session, SESSION_DATA, data);
	set_argument(session, SESSION_PROVIDER_REF, provider_ref);
	PG_RETURN_DATUM(session_finish(sessions, guard_update_session(sessions, old, session) ? session : old));
}

/* ps_require_more(session_id, data, provider_ref) */
Datum
paysession_require_more(PG_FUNCTION_ARGS)
{
	Nullable	data;
	Nullable	provider_ref;
	Datum		id;
	Datum		result;

	data = args_get_document(fcinfo, 1, "data");
	args_begin_write("ps_require_more()");
	id = args_get_id(fcinfo, 0, "session_id");
	provider_ref = args_get_token(fcinfo, 2, "provider_ref");
	result = move(id, PS_REQUIRES_MORE, absent, data, provider_ref, true);
	ledger_release_claim(id);
	PG_RETURN_DATUM(result);
}

/* ps_fail(session_id, reason, data) */
Datum
paysession_fail(PG_FUNCTION_ARGS)
{
	Nullable	reason;
	Nullable	data;
	Datum		id;

	data = args_get_document(fcinfo, 2, "data");
	reason = args_get_note(fcinfo, 1, "reason");
	args_begin_write("ps_fail()");
	id = args_get_id(fcinfo, 0, "session_id");
	PG_RETURN_DATUM(move(id, PS_ERROR, reason, data, absent, false));
}

/* ps_retry(session_id) */
Datum
paysession_retry(PG_FUNCTION_ARGS)
{
	Datum		id;

	args_begin_write("ps_retry()");
	id = args_get_id(fcinfo, 0, "session_id");
	PG_RETURN_DATUM(move(id, PS_PENDING, absent, absent, absent, false));
}

/* ps_cancel(session_id, reason) */
Datum
paysession_cancel(PG_FUNCTION_ARGS)
{
	Nullable	reason;
	Datum		id;

	reason = args_get_note(fcinfo, 1, "reason");
	args_begin_write("ps_cancel()");
	id = args_get_id(fcinfo, 0, "session_id");
	PG_RETURN_DATUM(move(id, PS_CANCELED, reason, absent, absent, false));
}

/*
 * session_lock_to_authorize locks a session for its authorization.  Selected already, it is locked
 * alone, provided that nobody holds it or has changed it: to wait for it here
 * and then find it unselected would ask for the cart's lock after it, against
 * the order.  In all other cases cart and siblings are locked first.
 */
Row *
session_lock_to_authorize(Store *sessions, Datum id, List **siblings)
{
	Row		   *session = session_find(sessions, id);
	Store	   *carts;

	*siblings = NIL;
	if (row_is_null(session, SESSION_CART_ID))
		return session_lock(sessions, id);
	if (row_is_selected(session) && store_try_lock(sessions, session))
		return session;
	carts = store_open(TABLE_CART, STORE_WRITE);
	*siblings = session_lock_with_siblings(carts, sessions, &session);
	store_close(carts);
	return session;
}

/*
 * session_authorize authorizes a session locked for that, with its siblings
 * where the selection is to move; returns it as it is then.
 */
Row *
session_authorize(Store *sessions, Row *old, List *siblings, Nullable amount, Nullable data, Nullable provider_ref)
{
	Row		   *session;

	if (!amount.isnull && !row_is_null(old, SESSION_AMOUNT) &&
		DatumGetInt64(amount.value) != DatumGetInt64(row_get(old, SESSION_AMOUNT)))
		error_amount_differs(sessions->rel, "the session's",
							 psprintf(INT64_FORMAT, DatumGetInt64(amount.value)),
							 psprintf(INT64_FORMAT, DatumGetInt64(row_get(old, SESSION_AMOUNT))));
	if (row_status(old) == PS_AUTHORIZED)
	{
		/*
		 * Another external session holds money as well: not to be lost
		 * silently.
		 */
		if (!provider_ref.isnull &&
			(row_is_null(old, SESSION_PROVIDER_REF) ||
			 !value_same_text(row_get(old, SESSION_PROVIDER_REF), provider_ref.value)))
			error_frozen(sessions->rel, "provider_ref");
		return old;
	}

	/* A move that will be refused must not be refused for the selection. */
	if (status_has_edge(row_status(old), PS_AUTHORIZED))
		session_unselect(sessions, siblings);
	session = store_copy_row(sessions, old);
	row_set(session, SESSION_STATUS, ObjectIdGetDatum(catalog_status_oid(PS_AUTHORIZED)));
	row_set(session, SESSION_IS_INITIATED, BoolGetDatum(true));
	if (!row_is_null(session, SESSION_CART_ID))
		row_set(session, SESSION_IS_SELECTED, BoolGetDatum(true));
	if (amount.isnull && row_is_null(session, SESSION_AMOUNT))
		amount = ledger_pending_amount(row_get(session, SESSION_ID));
	set_argument(session, SESSION_AMOUNT, amount);
	set_argument(session, SESSION_DATA, data);
	set_argument(session, SESSION_PROVIDER_REF, provider_ref);
	guard_update_session(sessions, old, session);
	return session;
}

/* ps_authorize(session_id, amount, data, provider_ref) */
Datum
paysession_authorize(PG_FUNCTION_ARGS)
{
	Nullable	data;
	Nullable	amount;
	Nullable	provider_ref;
	Datum		id;
	Store	   *sessions;
	List	   *siblings;
	Row		   *old;

	data = args_get_document(fcinfo, 2, "data");
	args_begin_write("ps_authorize()");
	id = args_get_id(fcinfo, 0, "session_id");
	amount = args_get_amount(fcinfo, 1);
	provider_ref = args_get_token(fcinfo, 3, "provider_ref");

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	old = session_lock_to_authorize(sessions, id, &siblings);
	PG_RETURN_DATUM(session_finish(sessions, session_authorize(sessions, old, siblings, amount, data, provider_ref)));
}
