/*
 * begin.c
 *		ps_begin: reserves the authorization of a session.
 *
 * It stands above the webhook inbox: what has waited there for the session may
 * be the provider's answer already.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "guard.h"
#include "ledger.h"
#include "operation.h"
#include "session.h"
#include "settle.h"

PG_FUNCTION_INFO_V1(paysession_begin);

/* Refuses to begin what could not be authorized. */
static void
check_can_begin(Relation rel, const Row *session)
{
	Status		status = row_status(session);

	if (!status_has_edge(status, PS_AUTHORIZED))
		error_transition(rel, status_labels[status], status_labels[PS_AUTHORIZED],
						 guard_allowed_moves(status));
	guard_check_authorizable(rel, session, session);
	if (!row_is_null(session, SESSION_PAYMENT_COLLECTION_ID))
		guard_check_collection_room(session);
}

/*
 * The amount has changed since nobody is known to have asked for the old one:
 * the same operation goes on with the new amount, under a new key.
 */
static Row *
reprice(Store *operations, Row *old, const Row *session)
{
	Row		   *operation = store_copy_row(operations, old);
	int32		attempt = DatumGetInt32(row_get(old, OPERATION_ATTEMPT)) + 1;

	row_set(operation, OPERATION_AMOUNT, row_get(session, SESSION_AMOUNT));
	row_set(operation, OPERATION_ATTEMPT, Int32GetDatum(attempt));
	row_set(operation, OPERATION_PROVIDER_IDEMPOTENCY_KEY,
			CStringGetTextDatum(psprintf("%s.%d", TextDatumGetCString(row_get(old, OPERATION_ID)), attempt)));
	store_update(operations, old, operation);
	return operation;
}

/* Reserves a new attempt, claimed. */
static Row *
new_attempt(Store *operations, const Row *session, Interval *lease)
{
	Row		   *operation = ledger_new(operations, KIND_AUTHORIZE, session, NULL);
	Row		   *failed = ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_AUTHORIZE, OPERATION_FAILED);

	row_set(operation, OPERATION_AMOUNT, row_get(session, SESSION_AMOUNT));
	row_set(operation, OPERATION_CLAIMED_UNTIL, TimestampTzGetDatum(ledger_claim_end(lease)));
	if (failed != NULL)
		row_set(operation, OPERATION_ATTEMPT,
				Int32GetDatum(DatumGetInt32(row_get(failed, OPERATION_ATTEMPT)) + 1));
	store_insert(operations, operation);
	return operation;
}

/* An authorization that was reported although it was never asked for gets an operation all the same. */
static void
note_authorized(Store *operations, const Row *session)
{
	Row		   *operation;

	if (row_status(session) != PS_AUTHORIZED ||
		ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_AUTHORIZE, NULL) != NULL)
		return;
	operation = ledger_new(operations, KIND_AUTHORIZE, session, NULL);
	row_set(operation, OPERATION_AMOUNT, row_get(session, SESSION_AMOUNT));
	ledger_finish(operation, OPERATION_SUCCEEDED);
	store_insert(operations, operation);
}

/* ps_begin(session_id, lease) */
Datum
paysession_begin(PG_FUNCTION_ARGS)
{
	Datum		id;
	Interval   *lease;
	Store	   *sessions;
	Store	   *operations;
	List	   *siblings;
	Row		   *old;
	Row		   *session;
	Row		   *operation;
	bool		updated;
	bool		claimed = false;
	Datum		result;

	args_begin_write("ps_begin()");
	id = args_get_id(fcinfo, 0, "session_id");
	lease = operation_get_lease_not_null(fcinfo, 1);

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	operations = ledger_open_operations();
	old = session_lock_to_authorize(sessions, id, &siblings);
	/* The provider may have answered before it is asked again. */
	if (row_status(old) != PS_AUTHORIZED && settle_waiting(old))
	{
		old = session_lock_to_authorize(sessions, id, &siblings);
		note_authorized(operations, old);
	}
	operation = row_status(old) != PS_AUTHORIZED ? NULL :
		ledger_find_latest(operations, row_get(old, SESSION_ID), KIND_AUTHORIZE, NULL);
	if (operation == NULL)
	{
		check_can_begin(sessions->rel, old);
		session_unselect(sessions, siblings);
		session = store_copy_row(sessions, old);
		row_set(session, SESSION_IS_INITIATED, BoolGetDatum(true));
		if (!row_is_null(session, SESSION_CART_ID))
			row_set(session, SESSION_IS_SELECTED, BoolGetDatum(true));
		if (row_status(old) == PS_ERROR)
			row_set(session, SESSION_STATUS, ObjectIdGetDatum(catalog_status_oid(PS_PENDING)));
		updated = guard_update_session(sessions, old, session);

		operation = ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_AUTHORIZE, OPERATION_PENDING);
		if (operation == NULL)
		{
			/*
			 * Who decides on the session at REPEATABLE READ, and cannot see
			 * the operation, is to fail.
			 */
			if (!updated)
				store_update(sessions, old, session);
			operation = new_attempt(operations, session, lease);
			claimed = true;
		}
		else
		{
			operation = store_lock(operations, INDEX_OPERATION, row_get(operation, OPERATION_ID));
			if (row_is_null(operation, OPERATION_CLAIMED_UNTIL) &&
				row_amount(operation, OPERATION_AMOUNT) != row_amount(session, SESSION_AMOUNT))
				operation = reprice(operations, operation, session);
			claimed = ledger_claim(operations, &operation, lease);
		}
	}
	result = ledger_result(fcinfo, operation, claimed);
	store_close(operations);
	store_close(sessions);
	PG_RETURN_DATUM(result);
}
