/*
 * guard.c
 *		The law of payment sessions: the row triggers, applied to every write
 *		whoever makes it.
 *
 * A BEFORE trigger completes the new row and judges it, for a good message.
 * The AFTER trigger judges the same pair again, on the row as stored, because
 * a BEFORE trigger of somebody else may have come later, and then appends the
 * history.
 *
 * Locks.  An UPDATE or DELETE holds its session before its trigger runs, so
 * the triggers of these never lock the cart, which comes before sessions in
 * the lock order; they read it as committed now.  That is enough: who changes
 * a cart's total locks all its sessions afterwards, so that one of the two
 * sees the other.  An INSERT updates its cart before the row exists.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "errors.h"
#include "guard.h"
#include "history.h"
#include "id.h"
#include "inbox.h"
#include "ledger.h"
#include "trigger.h"
#include "value.h"

/*
 * Payment sessions
 */

static const struct
{
	SessionColumn column;
	const char *name;
}			session_immutable[] = {
	{SESSION_ID, "id"},
	{SESSION_CREATED_AT, "created_at"},
	{SESSION_CART_ID, "cart_id"},
	{SESSION_PAYMENT_COLLECTION_ID, "payment_collection_id"},
	{SESSION_PROVIDER_ID, "provider_id"},
},

			session_frozen[] = {
	{SESSION_AMOUNT, "amount"},
	{SESSION_CURRENCY_CODE, "currency_code"},
	{SESSION_PROVIDER_REF, "provider_ref"},
	{SESSION_IDEMPOTENCY_KEY, "idempotency_key"},
};

/*
 * Refuses values that are wrong by themselves.  Not-null columns are checked
 * here as well, since the executor's own message prints the failing row, data
 * included.
 */
static void
check_session_values(Relation rel, const Row *session, uint32 changes, bool is_new, bool warns)
{
	if (changes & COLUMN_BIT(SESSION_DATA) && !row_is_null(session, SESSION_DATA))
		value_check_document("data", row_get(session, SESSION_DATA), warns);
	if (changes & COLUMN_BIT(SESSION_STATUS_REASON) && !row_is_null(session, SESSION_STATUS_REASON))
		value_check_note("reason", row_get(session, SESSION_STATUS_REASON), warns);

	trigger_check_not_null(rel, session, SESSION_STATUS, "status");
	trigger_check_not_null(rel, session, SESSION_IS_INITIATED, "is_initiated");
	trigger_check_not_null(rel, session, SESSION_PROVIDER_ID, "provider_id");
	trigger_check_not_null(rel, session, SESSION_DATA, "data");
	if (!is_new)
		trigger_check_not_null(rel, session, SESSION_IDEMPOTENCY_KEY, "idempotency_key");

	if (changes & COLUMN_BIT(SESSION_ID) && !row_is_null(session, SESSION_ID))
		value_check_id("session_id", row_get(session, SESSION_ID));
	if (changes & COLUMN_BIT(SESSION_CART_ID) && !row_is_null(session, SESSION_CART_ID))
		value_check_id("cart_id", row_get(session, SESSION_CART_ID));
	if (changes & COLUMN_BIT(SESSION_PAYMENT_COLLECTION_ID) && !row_is_null(session, SESSION_PAYMENT_COLLECTION_ID))
		value_check_id("payment_collection_id", row_get(session, SESSION_PAYMENT_COLLECTION_ID));
	if (changes & COLUMN_BIT(SESSION_PROVIDER_ID))
		value_check_id("provider_id", row_get(session, SESSION_PROVIDER_ID));
	if (changes & COLUMN_BIT(SESSION_PROVIDER_REF) && !row_is_null(session, SESSION_PROVIDER_REF))
		value_check_token("provider_ref", row_get(session, SESSION_PROVIDER_REF));
	if (changes & COLUMN_BIT(SESSION_IDEMPOTENCY_KEY) && !row_is_null(session, SESSION_IDEMPOTENCY_KEY))
		value_check_token("idempotency_key", row_get(session, SESSION_IDEMPOTENCY_KEY));
	if (changes & COLUMN_BIT(SESSION_CURRENCY_CODE) && !row_is_null(session, SESSION_CURRENCY_CODE))
		value_check_currency("currency_code", row_get(session, SESSION_CURRENCY_CODE));
	if (changes & COLUMN_BIT(SESSION_AMOUNT) && !row_is_null(session, SESSION_AMOUNT))
		value_check_amount("amount", DatumGetInt64(row_get(session, SESSION_AMOUNT)));
	if (changes & COLUMN_BIT(SESSION_PAYMENT_AUTHORIZED_AT) && !row_is_null(session, SESSION_PAYMENT_AUTHORIZED_AT))
		value_check_time("payment_authorized_at", DatumGetTimestampTz(row_get(session, SESSION_PAYMENT_AUTHORIZED_AT)));
	if (changes & COLUMN_BIT(SESSION_CANCELED_AT) && !row_is_null(session, SESSION_CANCELED_AT))
		value_check_time("canceled_at", DatumGetTimestampTz(row_get(session, SESSION_CANCELED_AT)));
	if (changes & COLUMN_BIT(SESSION_EXPIRES_AT) && !row_is_null(session, SESSION_EXPIRES_AT))
		value_check_time("expires_at", DatumGetTimestampTz(row_get(session, SESSION_EXPIRES_AT)));
}

/* The amount that a cart asks of its sessions; false while it does not know. */
static bool
get_cart_amount(const Row *cart, Datum *amount, bool *isnull)
{
	if (row_is_null(cart, CART_TOTAL))
		return false;
	*amount = row_get(cart, CART_TOTAL);
	*isnull = DatumGetInt64(*amount) <= 0;
	return true;
}

static Row *
find_provider(Store *providers, Relation sessions, Datum provider_id)
{
	Row		   *provider = store_find(providers, INDEX_PROVIDER, provider_id);

	if (provider == NULL)
		error_unknown_provider(sessions, TextDatumGetCString(provider_id));
	if (!DatumGetBool(row_get(provider, PROVIDER_IS_INSTALLED)))
		error_provider_not_installed(sessions, TextDatumGetCString(provider_id));
	return provider;
}

/* guard_check_provider refuses a provider for which no session can be made. */
void
guard_check_provider(Relation sessions, Datum provider_id)
{
	Store	   *providers = store_open(TABLE_PROVIDER, STORE_CURRENT);

	find_provider(providers, sessions, provider_id);
	store_close(providers);
}

static void
judge_initial(Relation rel, const Row *session)
{
	if (row_status(session) != PS_PENDING ||
		!row_is_null(session, SESSION_PAYMENT_AUTHORIZED_AT) ||
		!row_is_null(session, SESSION_CANCELED_AT))
		error_initial_status(rel);
}

/*
 * Finds the selected session of a cart, as committed now and with our own
 * changes.  One that is selected concurrently meets the unique index.
 */
static Row *
find_selected(Store *sessions, const Row *session)
{
	return store_find(sessions, INDEX_SESSION_SELECTED, row_get(session, SESSION_CART_ID));
}

/*
 * guard_authorization_end returns until when a provider holds money that it
 * has authorized, by its setting; DT_NOEND: it is not known.
 */
TimestampTz
guard_authorization_end(Datum provider_id, TimestampTz authorized_at)
{
	Store	   *providers = store_open(TABLE_PROVIDER, STORE_CURRENT);
	Row		   *provider = store_find(providers, INDEX_PROVIDER, provider_id);
	TimestampTz end = DT_NOEND;

	if (provider != NULL && !row_is_null(provider, PROVIDER_AUTHORIZATION_TTL))
		end = value_truncate(DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																	 TimestampTzGetDatum(authorized_at),
																	 row_get(provider, PROVIDER_AUTHORIZATION_TTL))));
	store_close(providers);
	return end;
}

/*
 * Has whoever sweeps look at an authorization when it ends, in case that it
 * has no payment then.  An earlier time leads there as well.
 */
static void
set_authorization_end(Row *session)
{
	TimestampTz end = guard_authorization_end(row_get(session, SESSION_PROVIDER_ID),
											  DatumGetTimestampTz(row_get(session, SESSION_PAYMENT_AUTHORIZED_AT)));

	if (end == DT_NOEND ||
		(!row_is_null(session, SESSION_EXPIRES_AT) && DatumGetTimestampTz(row_get(session, SESSION_EXPIRES_AT)) <= end))
		return;
	row_set(session, SESSION_EXPIRES_AT, TimestampTzGetDatum(end));
}

/* What follows from a move to another status. */
static void
complete_move(Relation rel, const Row *old, Row *session, TimestampTz now)
{
	Status		status = row_status(session);

	if (status != PS_ERROR && status != PS_CANCELED)
		row_set_null(session, SESSION_STATUS_REASON);

	if (status == PS_CANCELED)
	{
		if (row_is_selected(session))
			row_set(session, SESSION_IS_SELECTED, BoolGetDatum(false));
		if (row_is_null(session, SESSION_CANCELED_AT))
			row_set(session, SESSION_CANCELED_AT, TimestampTzGetDatum(now));
	}
	else if (status == PS_AUTHORIZED)
	{
		if (row_is_null(session, SESSION_PAYMENT_AUTHORIZED_AT))
			row_set(session, SESSION_PAYMENT_AUTHORIZED_AT, TimestampTzGetDatum(now));
		if (!row_is_null(session, SESSION_CART_ID) && !row_is_selected(old) &&
			status_has_edge(row_status(old), PS_AUTHORIZED))
		{
			Store	   *sessions = store_open(TABLE_SESSION, STORE_CURRENT);

			if (find_selected(sessions, session) != NULL)
				error_other_selected(rel, TextDatumGetCString(row_get(session, SESSION_CART_ID)));
			store_close(sessions);
			if (!row_is_selected(session))
				row_set(session, SESSION_IS_SELECTED, BoolGetDatum(true));
		}
	}
}

/*
 * complete_change adds to a changed session what follows from the change, and
 * tells whether it is one.  It is idempotent for one time, so that a
 * function's row, which comes here completed, leaves the trigger as it came.
 */
static bool
complete_change(Relation rel, const Row *old, Row *session, TimestampTz now)
{
	bool		differs;

	/* An ORM that detaches a cart's sessions would lose them. */
	if (row_is_null(session, SESSION_CART_ID) && !row_is_null(old, SESSION_CART_ID))
		row_set(session, SESSION_CART_ID, row_get(old, SESSION_CART_ID));
	/* History may have a NULL, which is no change. */
	if (row_is_null(session, SESSION_IS_SELECTED) && !row_is_null(old, SESSION_IS_SELECTED))
		row_set(session, SESSION_IS_SELECTED, BoolGetDatum(false));
	if (!row_same(old, session, SESSION_STATUS))
		complete_move(rel, old, session, now);

	differs = row_differs(old, session, COLUMN_BIT(SESSION_UPDATED_AT));
	if (differs)
		now = Max(now, DatumGetTimestampTz(row_get(old, SESSION_UPDATED_AT)));
	else
		now = DatumGetTimestampTz(row_get(old, SESSION_UPDATED_AT));
	if (row_is_null(session, SESSION_UPDATED_AT) ||
		DatumGetTimestampTz(row_get(session, SESSION_UPDATED_AT)) != now)
		row_set(session, SESSION_UPDATED_AT, TimestampTzGetDatum(now));
	return differs;
}

/* guard_allowed_moves says where a status leads to, for an error's hint. */
const char *
guard_allowed_moves(Status from)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (size_t i = 0; i < status_edge_count; i++)
	{
		if (status_edges[i].from == from)
			appendStringInfo(&buf, "%s\"%s\"", buf.len > 0 ? ", " : "From there it can move to ",
							 status_labels[status_edges[i].to]);
	}
	if (buf.len == 0)
		appendStringInfo(&buf, "\"%s\" is final; make a new session with paysession.ps_create",
						 status_labels[from]);
	appendStringInfoChar(&buf, '.');
	return buf.data;
}

/* Refuses what a session's cart, as committed now, forbids. */
static void
judge_with_cart(Relation rel, const Row *session, const Row *cart, bool engages, bool is_priced)
{
	Datum		amount;
	bool		isnull;

	if (engages && !row_is_null(cart, CART_COMPLETED_AT))
		error_cart_completed(rel, TextDatumGetCString(row_get(session, SESSION_CART_ID)));
	if (!is_priced)
		return;
	if (get_cart_amount(cart, &amount, &isnull))
	{
		bool		session_isnull = row_is_null(session, SESSION_AMOUNT);

		if (isnull != session_isnull ||
			(!isnull && DatumGetInt64(amount) != DatumGetInt64(row_get(session, SESSION_AMOUNT))))
			error_amount_differs(rel, "the total of its cart",
								 session_isnull ? "null" :
								 psprintf(INT64_FORMAT, DatumGetInt64(row_get(session, SESSION_AMOUNT))),
								 isnull ? "null" : psprintf(INT64_FORMAT, DatumGetInt64(amount)));
	}
	if (!row_is_null(cart, CART_CURRENCY_CODE) &&
		(row_is_null(session, SESSION_CURRENCY_CODE) ||
		 !value_same_text(row_get(cart, CART_CURRENCY_CODE), row_get(session, SESSION_CURRENCY_CODE))))
		error_currency_differs(rel, "cart", TextDatumGetCString(row_get(session, SESSION_CART_ID)));
}

/*
 * The same of a cart that is not at hand.  Without one the foreign key refuses
 * the session; that of a birth must be the one that the birth has updated.
 */
static void
judge_with_its_cart(Relation rel, const Row *session, bool engages, bool is_priced, bool is_birth)
{
	Store	   *carts = store_open(TABLE_CART, STORE_CURRENT);
	Row		   *cart = store_find(carts, INDEX_CART, row_get(session, SESSION_CART_ID));

	if (cart != NULL)
	{
		judge_with_cart(rel, session, cart, engages, is_priced);
		if (is_birth && !store_is_ours(cart))
			error_modified_by_trigger(rel);
	}
	store_close(carts);
}

static bool
has_expired(const Row *session)
{
	return !row_is_null(session, SESSION_EXPIRES_AT) &&
		DatumGetTimestampTz(row_get(session, SESSION_EXPIRES_AT)) <= GetCurrentTimestamp();
}

/*
 * guard_check_authorizable refuses a session that lacks what an authorization
 * needs.  The time that a move to authorized sets is the authorization's.
 */
void
guard_check_authorizable(Relation rel, const Row *old, const Row *session)
{
	if (has_expired(old) && has_expired(session))
		error_expired(rel, TextDatumGetCString(row_get(session, SESSION_ID)));
	if (row_is_null(session, SESSION_AMOUNT))
		error_amount_missing(rel);
	if (row_is_null(session, SESSION_CURRENCY_CODE))
		error_currency_missing(rel);
}

/* An authorization ends under no payment but a canceled one. */
static void
judge_payment(Relation rel, const Row *session)
{
	Store	   *payments = store_open(TABLE_PAYMENT, STORE_CURRENT);
	Row		   *payment = store_find(payments, INDEX_PAYMENT_SESSION, row_get(session, SESSION_ID));

	if (payment != NULL && row_is_null(payment, PAYMENT_CANCELED_AT))
		error_session_payment(rel, TextDatumGetCString(row_get(session, SESSION_ID)));
	store_close(payments);
}

/* Refuses a move that the graph does not have, or that its facts forbid. */
static void
judge_move(Relation rel, Status from, Status to, const Row *old, const Row *session)
{
	if (!status_has_edge(from, to))
		error_transition(rel, status_labels[from], status_labels[to], guard_allowed_moves(from));
	if (to == PS_AUTHORIZED)
		guard_check_authorizable(rel, old, session);
	if (from == PS_AUTHORIZED)
		judge_payment(rel, session);
}

/* Refuses changes of columns that do not change. */
static void
judge_columns(Relation rel, const Row *old, Status from, Status to, uint32 changes)
{
	for (int i = 0; i < lengthof(session_immutable); i++)
	{
		if (changes & COLUMN_BIT(session_immutable[i].column))
			error_immutable(rel, session_immutable[i].name);
	}
	for (int i = 0; i < lengthof(session_frozen); i++)
	{
		if (changes & COLUMN_BIT(session_frozen[i].column) &&
			!row_is_null(old, SESSION_PAYMENT_AUTHORIZED_AT))
			error_frozen(rel, session_frozen[i].name);
	}
	if (changes & COLUMN_BIT(SESSION_PAYMENT_AUTHORIZED_AT) &&
		!(from != to && to == PS_AUTHORIZED))
		error_immutable(rel, "payment_authorized_at");
	if (changes & COLUMN_BIT(SESSION_CANCELED_AT) &&
		!(from != to && to == PS_CANCELED))
		error_immutable(rel, "canceled_at");
}

/*
 * Refuses a change that the law forbids.  It reads the cart only where the
 * change needs it: authorizing a session that is selected and keeps its amount
 * does not.
 */
static void
judge_change(Relation rel, const Row *old, const Row *session, uint32 changes)
{
	Status		from = row_status(old);
	Status		to = row_status(session);
	bool		has_cart = !row_is_null(session, SESSION_CART_ID);
	bool		engages = row_is_selected(session) && !row_is_selected(old);
	bool		is_priced = to != PS_CANCELED &&
	changes & (COLUMN_BIT(SESSION_AMOUNT) | COLUMN_BIT(SESSION_CURRENCY_CODE));

	if (from != to)
		judge_move(rel, from, to, old, session);
	judge_columns(rel, old, from, to, changes);
	if (row_is_selected(session) && to == PS_CANCELED)
		error_canceled_selected(rel);
	if (has_cart && to == PS_AUTHORIZED && !row_is_selected(session))
		error_selection_leaves(rel);
	if (has_cart && (engages || is_priced))
		judge_with_its_cart(rel, session, engages, is_priced, false);
	if (!row_is_null(session, SESSION_PAYMENT_COLLECTION_ID) && changes & COLUMN_BIT(SESSION_CURRENCY_CODE))
		guard_judge_in_collection(rel, session);
}

/* Refuses a stored birth that a later trigger has made another one. */
static void
judge_stored_birth(Relation rel, const Row *session)
{
	judge_initial(rel, session);
	if (!row_is_null(session, SESSION_CART_ID))
		judge_with_its_cart(rel, session, true, true, true);
	if (!row_is_null(session, SESSION_PAYMENT_COLLECTION_ID))
		guard_judge_in_collection(rel, session);
	guard_check_provider(rel, row_get(session, SESSION_PROVIDER_ID));
}

/* Completes a new session and judges it, with its cart or collection held. */
static void
complete_birth(Relation rel, Row *session)
{
	TimestampTz now;
	Store	   *providers;
	Row		   *provider;
	uint16		route;

	/* Refuse what cannot be born before its cart is made or locked. */
	judge_initial(rel, session);
	if (!row_is_null(session, SESSION_PAYMENT_COLLECTION_ID) && !row_is_null(session, SESSION_CART_ID))
		error_anchors(rel);
	providers = store_open(TABLE_PROVIDER, STORE_CURRENT);
	provider = find_provider(providers, rel, row_get(session, SESSION_PROVIDER_ID));

	if (!row_is_null(session, SESSION_CART_ID))
	{
		Store	   *carts = store_open(TABLE_CART, STORE_WRITE);
		Row		   *cart = guard_touch_cart(carts, row_get(session, SESSION_CART_ID));
		Datum		amount;
		bool		isnull;

		if (row_is_null(session, SESSION_AMOUNT) && get_cart_amount(cart, &amount, &isnull))
			row_set_nullable(session, SESSION_AMOUNT, amount, isnull);
		if (row_is_null(session, SESSION_CURRENCY_CODE) && !row_is_null(cart, CART_CURRENCY_CODE))
			row_set(session, SESSION_CURRENCY_CODE,
					PointerGetDatum(DatumGetTextPCopy(row_get(cart, CART_CURRENCY_CODE))));
		judge_with_cart(rel, session, cart, true, true);
		store_close(carts);
		route = id_route(row_get(session, SESSION_CART_ID));
	}
	else if (!row_is_null(session, SESSION_PAYMENT_COLLECTION_ID))
	{
		guard_join_collection(rel, session);
		route = id_route(row_get(session, SESSION_PAYMENT_COLLECTION_ID));
	}
	else
		route = id_random_route();

	if (row_is_null(session, SESSION_ID))
		row_set(session, SESSION_ID, id_new("ps", route));
	if (row_is_null(session, SESSION_IDEMPOTENCY_KEY))
		row_set(session, SESSION_IDEMPOTENCY_KEY,
				CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(uuid_out,
																		DirectFunctionCall1(gen_random_uuid, (Datum) 0)))));
	if (row_is_null(session, SESSION_IS_SELECTED))
		row_set(session, SESSION_IS_SELECTED, BoolGetDatum(false));
	/* Not before its cart. */
	now = value_clock();
	row_set(session, SESSION_CREATED_AT, TimestampTzGetDatum(now));
	row_set(session, SESSION_UPDATED_AT, TimestampTzGetDatum(now));
	if (row_is_null(session, SESSION_EXPIRES_AT) && !row_is_null(provider, PROVIDER_SESSION_TTL))
	{
		TimestampTz expires_at =
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
												row_get(provider, PROVIDER_SESSION_TTL)));

		row_set(session, SESSION_EXPIRES_AT, TimestampTzGetDatum(value_truncate(expires_at)));
	}
	store_close(providers);
}

/* What was asked of a provider stays findable. */
static void
judge_no_operation(Relation rel, const Row *session)
{
	if (store_exists(TABLE_OPERATION, INDEX_OPERATION_SESSION, row_get(session, SESSION_ID)))
		error_delete_with_operation(rel, TextDatumGetCString(row_get(session, SESSION_ID)));
}

/*
 * A function's row brings the time of its change, unless somebody's trigger
 * has put another one there since.
 */
static TimestampTz
time_of_change(const Row *old, const Row *session, bool by_function)
{
	TimestampTz now = value_clock();
	TimestampTz given;

	if (!by_function || row_is_null(session, SESSION_UPDATED_AT))
		return now;
	given = DatumGetTimestampTz(row_get(session, SESSION_UPDATED_AT));
	return given >= DatumGetTimestampTz(row_get(old, SESSION_UPDATED_AT)) && given <= now ? given : now;
}

/* The law's first word about a session that is to be written. */
static void
before_session(Relation rel, const Row *old, Row *session, bool by_function)
{
	uint32		changes = row_column_changes(old, session);

	check_session_values(rel, session, changes, old == NULL, true);
	if (old == NULL)
	{
		complete_birth(rel, session);
		return;
	}
	complete_change(rel, old, session, time_of_change(old, session, by_function));
	if (session->changed)
		changes = row_column_changes(old, session);
	judge_change(rel, old, session, changes);
	if (changes & COLUMN_BIT(SESSION_STATUS) && row_status(session) == PS_AUTHORIZED)
		set_authorization_end(session);
}

/* What follows for the collection of a session that has come, moved or gone. */
static void
follow_collection(const Row *session)
{
	if (!row_is_null(session, SESSION_PAYMENT_COLLECTION_ID))
		guard_follow_collection(row_get(session, SESSION_PAYMENT_COLLECTION_ID));
}

/* Applies what providers have reported of a session before it, or its reference, was there. */
static void
wake_inbox(const Row *session)
{
	InboxKeys	keys = {.provider_id = row_get(session, SESSION_PROVIDER_ID),.operation_ref.isnull = true,.operation_id.isnull = true};

	keys.session_id.value = row_get(session, SESSION_ID);
	keys.provider_ref.isnull = row_is_null(session, SESSION_PROVIDER_REF);
	if (!keys.provider_ref.isnull)
		keys.provider_ref.value = row_get(session, SESSION_PROVIDER_REF);
	inbox_wake(&keys);
}

/* The law's last word about a session that is stored. */
static void
after_session(Relation rel, const Row *old, const Row *session, bool is_judged)
{
	uint32		changes = row_column_changes(old, session);

	if (!is_judged)
	{
		check_session_values(rel, session, changes, false, false);
		if (old == NULL)
			judge_stored_birth(rel, session);
		else
			judge_change(rel, old, session, changes);
	}
	if (old == NULL)
	{
		history_append(NULL, session);
		follow_collection(session);
		wake_inbox(session);
		return;
	}
	if (changes & (COLUMN_BIT(SESSION_STATUS) | COLUMN_BIT(SESSION_AMOUNT)) ||
		row_is_selected(old) != row_is_selected(session))
		history_append(old, session);
	if (changes & (COLUMN_BIT(SESSION_STATUS) | COLUMN_BIT(SESSION_PROVIDER_REF)))
		ledger_follow_session(rel, old, session);
	if (changes & COLUMN_BIT(SESSION_STATUS))
		follow_collection(session);
	/* Another one was selected, or a payment was to come, which will not. */
	if (changes & COLUMN_BIT(SESSION_PROVIDER_REF) ||
		(row_is_selected(session) && !row_is_selected(old) && row_status(session) != PS_AUTHORIZED) ||
		(row_status(session) == PS_CANCELED && row_status(old) != PS_CANCELED))
		wake_inbox(session);
}

PG_FUNCTION_INFO_V1(paysession_session_guard);
PG_FUNCTION_INFO_V1(paysession_session_record);

const StoreLaw guard_session_law = {
	before_session, after_session,
	{{{paysession_session_guard, PLAIN_BEFORE | PLAIN_ANY}, {paysession_session_record, PLAIN_AFTER | PLAIN_ANY}}, true, SESSION_CART_ID, TABLE_CART}
};

/* BEFORE INSERT OR UPDATE OR DELETE ON payment_session */
Datum
paysession_session_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_session_guard",
										 TABLE_SESSION, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);
	Row			old;

	if (!TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return trigger_before(trigger, TABLE_SESSION, before_session);
	row_view(&old, catalog_table(TABLE_SESSION), trigger->tg_trigslot);
	if (!row_is_null(&old, SESSION_PAYMENT_AUTHORIZED_AT))
		error_delete_authorized(trigger->tg_relation, TextDatumGetCString(row_get(&old, SESSION_ID)));
	judge_no_operation(trigger->tg_relation, &old);
	return PointerGetDatum(trigger->tg_trigtuple);
}

/* AFTER INSERT OR UPDATE OR DELETE ON payment_session */
Datum
paysession_session_record(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_session_record",
										 TABLE_SESSION, TRIGGER_EVENT_AFTER, ON_INSERT | ON_UPDATE | ON_DELETE);
	Row			old;

	if (!TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return trigger_after(trigger, TABLE_SESSION, after_session);
	row_view(&old, catalog_table(TABLE_SESSION), trigger->tg_trigslot);
	if (!store_purges(trigger->tg_relation, trigger->tg_trigslot))
		history_append(&old, NULL);
	follow_collection(&old);
	return PointerGetDatum(NULL);
}

/*
 * guard_update_session writes a locked session, completed, unless nothing
 * changes; it returns whether it wrote.  row is then the row as stored.
 */
bool
guard_update_session(Store *sessions, Row *old, Row *row)
{
	if (!complete_change(sessions->rel, old, row, value_clock()))
		return false;
	store_update(sessions, old, row);
	return true;
}
