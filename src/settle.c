/*
 * settle.c
 *		Applies what providers report: once, in whatever order it comes.
 *
 * Statuses are ordered by rank, not by clock: what is at or behind the
 * session's is stale.  Money is added up, in settle_money.c.  What the law
 * refuses becomes a conflict for somebody to look at: an error would make the
 * provider send the event again for days, and then give up.  So an event is
 * applied in a subtransaction of its own.
 *
 * Locks are those of the verbs: cart and sessions where the selection moves,
 * or the session, then its payment, then operations.  Every event of a session
 * locks it, and every one about money the payment, so that of two events of
 * which one needs the other the later one finds the earlier, parked or applied.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "guard.h"
#include "ledger.h"
#include "session.h"
#include "settle.h"
#include "subtransaction.h"
#include "trigger.h"

static const Nullable absent = {.isnull = true};

static Nullable
column(const Row *row, int c)
{
	return row_is_null(row, c) ? absent : args_of(row_get(row, c));
}

/* How far a status is; the provider's last word is the highest. */
static int
rank(Status status)
{
	static const int ranks[STATUS_COUNT] = {
		[PS_PENDING] = 0,
		[PS_REQUIRES_MORE] = 1,
		[PS_ERROR] = 2,
		[PS_AUTHORIZED] = 3,
		[PS_CANCELED] = 4,
	};

	return ranks[status];
}

static Status
get_status(const Row *event)
{
	for (int s = 0; s < STATUS_COUNT; s++)
	{
		if (row_is(event, INBOX_STATUS, status_labels[s]))
			return s;
	}
	elog(ERROR, "an event of money has no status of a session");
}

/* Whether the provider itself has canceled the external session that an event is about. */
static bool
was_canceled_by_provider(const Scene *scene)
{
	Store	   *inbox = store_open(TABLE_INBOX, STORE_CURRENT);
	Datum		id = row_get(scene->session, SESSION_ID);
	Nullable	about = column(scene->event, INBOX_PROVIDER_REF);
	StoreScan  *scan = store_scan_begin(inbox, INDEX_INBOX_SESSION, 1, &id, NULL, ForwardScanDirection);
	Row		   *event;

	if (about.isnull)
		about = column(scene->session, SESSION_PROVIDER_REF);
	while ((event = store_scan_next(scan)) != NULL)
	{
		if ((row_is(event, INBOX_STATUS, "canceled") || row_is(event, INBOX_STATUS, "voided")) &&
			(row_is(event, INBOX_OUTCOME, INBOX_APPLIED) || row_is(event, INBOX_OUTCOME, INBOX_STALE)) &&
			(about.isnull || row_is_null(event, INBOX_PROVIDER_REF) ||
			 value_same_text(row_get(event, INBOX_PROVIDER_REF), about.value)))
			break;
	}
	store_scan_end(scan);
	store_close(inbox);
	return event != NULL;
}

/* Whether an attempt is under way that a failure reported now does not end. */
static bool
is_being_asked(Scene *scene)
{
	Row		   *pending = ledger_find_latest(scene->operations, row_get(scene->session, SESSION_ID),
											 KIND_AUTHORIZE, OPERATION_PENDING);

	if (pending == NULL)
		return false;
	if (!row_is_null(pending, OPERATION_CLAIMED_UNTIL) &&
		DatumGetTimestampTz(row_get(pending, OPERATION_CLAIMED_UNTIL)) > GetCurrentTimestamp())
		return true;
	return !row_is_null(scene->event, INBOX_OCCURRED_AT) &&
		DatumGetTimestampTz(row_get(pending, OPERATION_CREATED_AT)) >
		DatumGetTimestampTz(row_get(scene->event, INBOX_OCCURRED_AT));
}

/* settle_is_of_another tells whether an event is about an external session that is not, or no more, the session's. */
bool
settle_is_of_another(const Scene *scene)
{
	return !row_is_null(scene->event, INBOX_PROVIDER_REF) && !row_is_null(scene->session, SESSION_PROVIDER_REF) &&
		!row_same_across(scene->event, INBOX_PROVIDER_REF, scene->session, SESSION_PROVIDER_REF);
}

/* What comes of that; money that it holds is a fact, the rest does not matter any more. */
Verdict
settle_of_another(void)
{
	return settle_as(INBOX_STALE, "it is about another external session");
}

/* Whether an authorization is the one that the session had. */
static bool
is_known(const Scene *scene)
{
	return !row_is_null(scene->session, SESSION_PAYMENT_AUTHORIZED_AT) && !settle_is_of_another(scene) &&
		(row_is_null(scene->event, INBOX_AMOUNT) ||
		 row_same_across(scene->event, INBOX_AMOUNT, scene->session, SESSION_AMOUNT));
}

static Verdict
settle_authorized(Scene *scene)
{
	Nullable	amount = column(scene->event, INBOX_AMOUNT);
	Nullable	provider_ref = column(scene->event, INBOX_PROVIDER_REF);

	if (row_status(scene->session) == PS_CANCELED)
	{
		if (is_known(scene))
			return settle_as(INBOX_STALE, "the authorization has ended since");
		if (was_canceled_by_provider(scene))
			return settle_as(INBOX_STALE, "the provider has canceled it since");
		return settle_as(INBOX_CONFLICT, "the provider holds the money of a canceled session");
	}
	if (row_status(scene->session) == PS_AUTHORIZED)
	{
		session_authorize(scene->sessions, scene->session, NIL, amount, absent, provider_ref);
		return settle_as(INBOX_STALE, "it is authorized already");
	}
	session_authorize(scene->sessions, scene->session, scene->siblings, amount, absent, provider_ref);
	return settle_as(INBOX_APPLIED, NULL);
}

/* An event about the status of a session. */
static Verdict
settle_status(Scene *scene, Status to)
{
	Status		from = row_status(scene->session);

	if (to == PS_AUTHORIZED)
		return settle_authorized(scene);
	if (settle_is_of_another(scene))
		return settle_of_another();
	if (to == PS_CANCELED)
		return settle_release(scene);
	if (rank(to) <= rank(from))
		return settle_as(INBOX_STALE, psprintf("the session is %s", status_labels[from]));
	if (to == PS_ERROR && is_being_asked(scene))
		return settle_as(INBOX_STALE, "a later attempt is under way");
	session_move(scene->sessions, scene->session, to, absent, absent,
				 row_is_null(scene->session, SESSION_PROVIDER_REF) ?
				 column(scene->event, INBOX_PROVIDER_REF) : absent, false);
	return settle_as(INBOX_APPLIED, NULL);
}

/* Finds an operation by a reference, in all the kinds that can have it. */
static Row *
find_by_reference(Store *operations, Datum provider_id, Datum reference)
{
	static const char *const kinds[] = {KIND_AUTHORIZE, KIND_CAPTURE, KIND_REFUND, KIND_VOID};
	Row		   *operation = NULL;

	for (int i = 0; i < lengthof(kinds) && operation == NULL; i++)
		operation = ledger_find_referenced(operations, provider_id, kinds[i], reference);
	return operation;
}

/*
 * Finds what an event is about: by the session's id, else by its reference,
 * an old one too, else by that of an operation.  Nothing is locked.
 */
static bool
find_target(const Row *event, Nullable *session_id, Nullable *payment_id)
{
	Store	   *sessions = store_open(TABLE_SESSION, STORE_CURRENT);
	Store	   *operations = store_open(TABLE_OPERATION, STORE_CURRENT);
	Datum		provider_id = row_get(event, INBOX_PROVIDER_ID);
	Row		   *session = NULL;
	Row		   *operation = NULL;

	if (!row_is_null(event, INBOX_SESSION_ID))
		session = store_find(sessions, INDEX_SESSION, row_get(event, INBOX_SESSION_ID));
	if (session == NULL && !row_is_null(event, INBOX_PROVIDER_REF))
	{
		session = store_find_pair(sessions, INDEX_SESSION_REF, provider_id, row_get(event, INBOX_PROVIDER_REF));
		if (session == NULL)
			operation = find_by_reference(operations, provider_id, row_get(event, INBOX_PROVIDER_REF));
	}
	if (session == NULL && operation == NULL && !row_is_null(event, INBOX_OPERATION_REF))
	{
		operation = store_find(operations, INDEX_OPERATION, row_get(event, INBOX_OPERATION_REF));
		if (operation == NULL)
			operation = find_by_reference(operations, provider_id, row_get(event, INBOX_OPERATION_REF));
	}

	*session_id = *payment_id = absent;
	if (session != NULL)
		*session_id = args_of(PointerGetDatum(DatumGetTextPCopy(row_get(session, SESSION_ID))));
	else if (operation != NULL && !row_is_null(operation, OPERATION_SESSION_ID))
		*session_id = args_of(PointerGetDatum(DatumGetTextPCopy(row_get(operation, OPERATION_SESSION_ID))));
	else if (operation != NULL)
		*payment_id = args_of(PointerGetDatum(DatumGetTextPCopy(row_get(operation, OPERATION_PAYMENT_ID))));
	store_close(operations);
	store_close(sessions);
	return session != NULL || operation != NULL;
}

/*
 * Locks a session for what is applied when a transaction commits.  That may
 * hold locks that come after the session's already, so it does not wait.
 */
static Row *
lock_woken(Store *sessions, Datum id)
{
	Row		   *session = session_find(sessions, id);

	if (!store_try_lock(sessions, session))
		error_serialization();
	return session_lock(sessions, id);
}

/*
 * Locks what an event is about.  Who wakes what waits for money has the
 * payment, and need not have the session.
 */
static void
lock_scene(Scene *scene, Nullable session_id, Nullable payment_id)
{
	if (!session_id.isnull)
	{
		Row		   *payment = store_find(scene->payments, INDEX_PAYMENT_SESSION, session_id.value);

		if (!scene->is_woken)
			scene->session = row_is(scene->event, INBOX_STATUS, "authorized") ?
				session_lock_to_authorize(scene->sessions, session_id.value, &scene->siblings) :
				session_lock(scene->sessions, session_id.value);
		else if (payment == NULL || !settle_is_money(scene->event) || settle_is_release(scene->event))
			scene->session = lock_woken(scene->sessions, session_id.value);
		/* It may have been promoted while we waited. */
		if (payment == NULL)
			payment = store_find(scene->payments, INDEX_PAYMENT_SESSION, session_id.value);
		if (payment == NULL)
			return;
		payment_id.value = row_get(payment, PAYMENT_ID);
	}
	scene->payment = store_lock(scene->payments, INDEX_PAYMENT, payment_id.value);
}

static Verdict
apply(Row *event, Nullable session_id, Nullable payment_id, bool woken)
{
	Scene		scene = {.event = event,.is_woken = woken};
	Verdict		verdict;

	scene.sessions = store_open(TABLE_SESSION, STORE_WRITE);
	scene.payments = ledger_open_payments();
	scene.operations = ledger_open_operations();
	lock_scene(&scene, session_id, payment_id);
	if (!row_same_across(event, INBOX_PROVIDER_ID,
						 scene.session != NULL ? scene.session : scene.payment,
						 scene.session != NULL ? (int) SESSION_PROVIDER_ID : (int) PAYMENT_PROVIDER_ID))
		verdict = settle_as(INBOX_CONFLICT, "it is of another provider");
	else if (settle_is_money(event))
		verdict = settle_money(&scene);
	else if (scene.session == NULL)
		verdict = settle_as(INBOX_STALE, "the payment came in as history");
	else
		verdict = settle_status(&scene, get_status(event));
	store_close(scene.operations);
	store_close(scene.payments);
	store_close(scene.sessions);
	return verdict;
}

typedef struct Application
{
	Row		   *event;
	Nullable	session_id;
	Nullable	payment_id;
	bool		woken;
	Verdict		verdict;
} Application;

static void
apply_body(void *arg)
{
	Application *application = arg;

	application->verdict = apply(application->event, application->session_id, application->payment_id,
								 application->woken);
}

/*
 * Applies an event in a subtransaction.  What is refused when it is woken,
 * because another session is selected, waits on: the locks that moving the
 * selection needs come before those that the waker has.
 */
static Verdict
try_apply(Row *event, Nullable session_id, Nullable payment_id, bool woken)
{
	Application application = {.event = event,.session_id = session_id,.payment_id = payment_id,.woken = woken};
	ErrorData  *error = subtransaction_try(apply_body, &application);
	Verdict		verdict;

	if (error == NULL)
		return application.verdict;
	verdict = settle_as(woken && error->constraint_name != NULL &&
						strcmp(error->constraint_name, "payment_session_selected") == 0 ?
						INBOX_PARKED : INBOX_CONFLICT, value_mask_text(error->message));
	verdict.is_unknown = error->sqlerrcode == ERRCODE_NO_DATA_FOUND;
	return verdict;
}

/*
 * Finds what an event is about.  A new event is first kept from missing who is
 * making that: they find only what is stored.
 */
static bool
find_target_of(const Row *event, bool is_new, Nullable *session_id, Nullable *payment_id)
{
	InboxKeys	keys = inbox_get_keys(event);

	if (find_target(event, session_id, payment_id))
		return true;
	if (!is_new)
		return false;
	inbox_lock_unknown(&keys);
	if (!find_target(event, session_id, payment_id))
		return false;
	inbox_unlock_unknown(&keys);
	return true;
}

/* Sets the outcome of an event, and applies it if what it is about is there. */
static void
settle_one(Row *event, bool is_new, bool woken)
{
	Nullable	session_id = absent;
	Nullable	payment_id;
	Verdict		verdict = {INBOX_PARKED, "there is no such session yet"};

	if (row_is_null(event, INBOX_SESSION_ID) && row_is_null(event, INBOX_PROVIDER_REF) &&
		row_is_null(event, INBOX_OPERATION_REF))
		verdict = settle_as(INBOX_CONFLICT, "it names neither a session nor a reference");
	else
	{
		while (find_target_of(event, is_new, &session_id, &payment_id))
		{
			Verdict		found = try_apply(event, session_id, payment_id, woken);

			/* It may have been deleted while we waited for it. */
			if (found.is_unknown && !find_target(event, &session_id, &payment_id))
				continue;
			verdict = found;
			break;
		}
		if (!session_id.isnull)
			row_set(event, INBOX_SESSION_ID, session_id.value);
	}
	row_set(event, INBOX_OUTCOME, CStringGetTextDatum(verdict.outcome));
	row_set_nullable(event, INBOX_DETAIL,
					 verdict.detail != NULL ? CStringGetTextDatum(verdict.detail) : (Datum) 0,
					 verdict.detail == NULL);
}

/* Tries a parked event once more; tells whether it was applied. */
static bool
retry(Store *inbox, List *key, bool woken, InboxKeys *keys)
{
	Row		   *old = inbox_lock_parked(inbox, key);
	Row		   *event;

	if (old == NULL)
		return false;
	event = store_copy_row(inbox, old);
	settle_one(event, false, woken);
	if (row_differs(old, event, 0))
		store_update(inbox, old, event);
	*keys = inbox_get_keys(event);
	return row_is(event, INBOX_OUTCOME, INBOX_APPLIED);
}

/*
 * Tries parked events until none of them can be applied: what one does may be
 * what another has waited for.
 */
static void
settle_all(Store *inbox, List *events, bool woken)
{
	while (events != NIL)
	{
		List	   *next = NIL;
		ListCell   *lc;

		foreach(lc, events)
		{
			InboxKeys	keys;

			if (retry(inbox, lfirst(lc), woken, &keys))
				next = list_concat(next, inbox_find_parked(&keys));
		}
		events = next;
	}
}

/*
 * Applies an event, or parked ones; woken ones with the locks that there are
 * and those that come after them.
 */
static void
settle_alone(Store *inbox, Row *event, bool is_new, List *parked, bool woken)
{
	bool		outer = inbox_is_settling();

	inbox_set_settling(true);
	PG_TRY();
	{
		if (event != NULL)
			settle_one(event, is_new, woken);
		settle_all(inbox, parked, woken);
	}
	PG_FINALLY();
	{
		inbox_set_settling(outer);
	}
	PG_END_TRY();
}

/*
 * settle_event sets the outcome of an event.  The caller writes it, and then
 * settles what it has made possible.
 */
void
settle_event(Store *inbox, Row *event, bool is_new)
{
	settle_alone(inbox, event, is_new, NIL, false);
}

/* settle_following applies what has waited for an applied event. */
void
settle_following(Store *inbox, const Row *event)
{
	InboxKeys	keys = inbox_get_keys(event);

	if (row_is(event, INBOX_OUTCOME, INBOX_APPLIED))
		settle_alone(inbox, NULL, false, inbox_find_parked(&keys), true);
}

/*
 * settle_waiting applies what waits for a session, whose locks are held; tells
 * whether there was anything.
 */
bool
settle_waiting(const Row *session)
{
	InboxKeys	keys = {.provider_id = row_get(session, SESSION_PROVIDER_ID),
		.session_id = column(session, SESSION_ID),.provider_ref = column(session, SESSION_PROVIDER_REF),
	.operation_ref = absent,.operation_id = absent};
	List	   *events = inbox_find_parked(&keys);

	if (events != NIL)
	{
		Store	   *inbox = inbox_open();

		settle_alone(inbox, NULL, false, events, false);
		store_close(inbox);
	}
	return events != NIL;
}

PG_FUNCTION_INFO_V1(paysession_provider_event_settle);

/*
 * Deferred AFTER UPDATE ON provider_event, of a parked event that was touched.
 * Made immediate by SET CONSTRAINTS, it would change rows under the hands of
 * who is writing them; then it waits once more.
 */
Datum
paysession_provider_event_settle(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.provider_event_settle",
										 TABLE_INBOX, TRIGGER_EVENT_AFTER, ON_UPDATE);
	List	   *key;
	Row			event;

	row_view(&event, catalog_table(TABLE_INBOX), trigger->tg_newslot);
	key = list_make2(DatumGetTextPCopy(row_get(&event, INBOX_PROVIDER_ID)),
					 DatumGetTextPCopy(row_get(&event, INBOX_EVENT_ID)));
	if (store_is_writing())
		inbox_wake_later(key);
	else
	{
		Store	   *inbox = inbox_open();

		settle_alone(inbox, NULL, false, list_make1(key), true);
		store_close(inbox);
	}
	return PointerGetDatum(NULL);
}
