/*
 * guard_payment.c
 *		The law of payments and of their operations.
 *
 * A payment's totals and times, and its operations, are written by functions
 * only, the two together; the CHECK constraints of the table are the net
 * under what is refused here with a better message.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "errors.h"
#include "guard.h"
#include "id.h"
#include "inbox.h"
#include "ledger.h"
#include "trigger.h"
#include "value.h"

static const struct
{
	PaymentColumn column;
	SessionColumn of_session;
	const char *name;
}			payment_immutable[] = {
	{PAYMENT_ID, SESSION_ID, "id"},
	{PAYMENT_CREATED_AT, SESSION_CREATED_AT, "created_at"},
	{PAYMENT_SESSION_ID, SESSION_ID, "session_id"},
	{PAYMENT_CART_ID, SESSION_CART_ID, "cart_id"},
	{PAYMENT_COLLECTION_ID, SESSION_PAYMENT_COLLECTION_ID, "payment_collection_id"},
	{PAYMENT_PROVIDER_ID, SESSION_PROVIDER_ID, "provider_id"},
	{PAYMENT_CURRENCY_CODE, SESSION_CURRENCY_CODE, "currency_code"},
	{PAYMENT_AMOUNT, SESSION_AMOUNT, "amount"},
};

/* The first of payment_immutable that a payment takes from its session. */
#define FIRST_OF_SESSION	3

static void
check_payment_values(Relation rel, const Row *payment, uint32 changes, bool warns)
{
	if (changes & COLUMN_BIT(PAYMENT_DATA) && !row_is_null(payment, PAYMENT_DATA))
		value_check_document("data", row_get(payment, PAYMENT_DATA), warns);
	if (changes & COLUMN_BIT(PAYMENT_METADATA) && !row_is_null(payment, PAYMENT_METADATA))
		value_check_document("metadata", row_get(payment, PAYMENT_METADATA), warns);
	trigger_check_not_null(rel, payment, PAYMENT_DATA, "data");
	trigger_check_not_null(rel, payment, PAYMENT_METADATA, "metadata");
	for (int i = 0; i < LEDGER_TOTAL_COUNT; i++)
		trigger_check_not_null(rel, payment, ledger_totals[i].column, ledger_totals[i].name);
	if (changes & COLUMN_BIT(PAYMENT_ID) && !row_is_null(payment, PAYMENT_ID))
		value_check_id("payment_id", row_get(payment, PAYMENT_ID));
	if (changes & COLUMN_BIT(PAYMENT_ORDER_ID) && !row_is_null(payment, PAYMENT_ORDER_ID))
		value_check_id("order_id", row_get(payment, PAYMENT_ORDER_ID));
	if (changes & COLUMN_BIT(PAYMENT_AUTHORIZATION_EXPIRES_AT) &&
		!row_is_null(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT))
		value_check_time("authorization_expires_at",
						 DatumGetTimestampTz(row_get(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT)));
}

/* Refuses totals that do not hold money together, before the CHECK prints the row. */
static void
judge_totals(Relation rel, const Row *old, const Row *payment)
{
	int128		used = (int128) row_amount(payment, PAYMENT_CAPTURED_AMOUNT) +
	row_amount(payment, PAYMENT_CAPTURE_PENDING) +
	row_amount(payment, PAYMENT_VOIDED_AMOUNT) + row_amount(payment, PAYMENT_VOID_PENDING);
	int128		refunded = (int128) row_amount(payment, PAYMENT_REFUNDED_AMOUNT) +
	row_amount(payment, PAYMENT_REFUND_PENDING);

	if (used > row_amount(payment, PAYMENT_AMOUNT))
		error_captured_within_amount(rel, ledger_describe(old));
	if (refunded > row_amount(payment, PAYMENT_CAPTURED_AMOUNT))
		error_refunded_within_captured(rel, ledger_describe(old));
}

/* A payment is born with nothing captured, refunded or released. */
static void
judge_birth(Relation rel, const Row *payment)
{
	for (int i = 0; i < LEDGER_TOTAL_COUNT; i++)
	{
		if (row_amount(payment, ledger_totals[i].column) != 0)
			error_by_hand(rel);
	}
	if (!row_is_null(payment, PAYMENT_CAPTURED_AT) || !row_is_null(payment, PAYMENT_CANCELED_AT))
		error_by_hand(rel);
}

static void
judge_immutable(Relation rel, const Row *old, uint32 changes)
{
	for (int i = 0; i < lengthof(payment_immutable); i++)
	{
		if (changes & COLUMN_BIT(payment_immutable[i].column))
			error_payment_immutable(rel, payment_immutable[i].name);
	}
	if (changes & COLUMN_BIT(PAYMENT_ORDER_ID) && !row_is_null(old, PAYMENT_ORDER_ID))
		error_payment_immutable(rel, "order_id");
}

/* When the provider lets go of the money, unless it was said. */
static void
set_authorization_expiry(Row *payment, const Row *session)
{
	TimestampTz end;

	if (!row_is_null(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT))
		return;
	end = guard_authorization_end(row_get(session, SESSION_PROVIDER_ID),
								  DatumGetTimestampTz(row_get(session, SESSION_PAYMENT_AUTHORIZED_AT)));
	if (end != DT_NOEND)
		row_set(payment, PAYMENT_AUTHORIZATION_EXPIRES_AT, TimestampTzGetDatum(end));
}

/* Refuses a session whose money the provider has been asked to release. */
static void
judge_not_released(Relation rel, const Row *session)
{
	Store	   *operations = store_open(TABLE_OPERATION, STORE_CURRENT);

	if (ledger_find_latest(operations, row_get(session, SESSION_ID), KIND_VOID, OPERATION_PENDING) != NULL)
		error_being_released(rel, TextDatumGetCString(row_get(session, SESSION_ID)));
	store_close(operations);
}

/* Provider, currency, cart, collection and amount of a payment are its session's. */
static void
judge_of_session(Relation rel, const Row *payment, const Row *session)
{
	for (int i = FIRST_OF_SESSION; i < lengthof(payment_immutable); i++)
	{
		if (!row_same_across(payment, payment_immutable[i].column, session, payment_immutable[i].of_session))
			error_payment_differs(rel, payment_immutable[i].name);
	}
}

/*
 * A payment is born from its session, whose row it updates: a cancellation at
 * REPEATABLE READ, which cannot see the payment, fails instead of passing it.
 */
static void
complete_payment(Relation rel, Row *payment)
{
	TimestampTz now = value_clock();
	Store	   *sessions = store_open(TABLE_SESSION, STORE_WRITE);
	Row		   *session;

	trigger_check_not_null(rel, payment, PAYMENT_SESSION_ID, "session_id");
	value_check_id("session_id", row_get(payment, PAYMENT_SESSION_ID));
	session = store_lock(sessions, INDEX_SESSION, row_get(payment, PAYMENT_SESSION_ID));
	if (session == NULL)
		error_unknown_session_key(rel, TextDatumGetCString(row_get(payment, PAYMENT_SESSION_ID)));
	if (row_status(session) != PS_AUTHORIZED)
		error_not_authorized(rel, TextDatumGetCString(row_get(session, SESSION_ID)));
	judge_not_released(rel, session);
	store_update(sessions, session, store_copy_row(sessions, session));

	for (int i = FIRST_OF_SESSION; i < lengthof(payment_immutable); i++)
	{
		if (row_is_null(payment, payment_immutable[i].column))
			row_set_across(payment, payment_immutable[i].column, session, payment_immutable[i].of_session);
	}
	judge_of_session(rel, payment, session);
	if (row_is_null(payment, PAYMENT_ID))
		row_set(payment, PAYMENT_ID, id_new("pay", ledger_route(session)));
	row_set(payment, PAYMENT_CREATED_AT, TimestampTzGetDatum(now));
	row_set(payment, PAYMENT_UPDATED_AT, TimestampTzGetDatum(now));
	set_authorization_expiry(payment, session);
	store_close(sessions);
}

PG_FUNCTION_INFO_V1(paysession_payment_guard);
PG_FUNCTION_INFO_V1(paysession_payment_follow);
PG_FUNCTION_INFO_V1(paysession_operation_guard);

/* The law's first word about a payment that is to be written. */
static void
before_payment(Relation rel, const Row *old, Row *payment, bool by_function)
{
	uint32		changes = row_column_changes(old, payment);
	TimestampTz now;

	check_payment_values(rel, payment, changes, true);
	if (old == NULL)
	{
		judge_birth(rel, payment);
		complete_payment(rel, payment);
		return;
	}
	judge_immutable(rel, old, changes);
	if (changes & LEDGER_PAYMENT_COLUMNS)
	{
		if (!by_function)
			error_by_hand(rel);
		judge_totals(rel, old, payment);
	}
	now = DatumGetTimestampTz(row_get(old, PAYMENT_UPDATED_AT));
	if (row_differs(old, payment, COLUMN_BIT(PAYMENT_UPDATED_AT)))
		now = Max(now, value_clock());
	if (row_is_null(payment, PAYMENT_UPDATED_AT) ||
		DatumGetTimestampTz(row_get(payment, PAYMENT_UPDATED_AT)) != now)
		row_set(payment, PAYMENT_UPDATED_AT, TimestampTzGetDatum(now));
}

/* Books the capture that came with the authorization. */
static void
capture_automatically(const Row *born)
{
	Store	   *payments = ledger_open_payments();
	Store	   *operations = ledger_open_operations();
	Row		   *payment = store_lock(payments, INDEX_PAYMENT, row_get(born, PAYMENT_ID));
	Row		   *operation = ledger_new(operations, KIND_CAPTURE, NULL, payment);

	row_set(operation, OPERATION_AMOUNT, row_get(payment, PAYMENT_AMOUNT));
	row_set(operation, OPERATION_FINAL, BoolGetDatum(true));
	ledger_finish(operation, OPERATION_SUCCEEDED);
	ledger_insert(payments, &payment, operations, operation, false);
	store_close(operations);
	store_close(payments);
}

/* Refuses a stored birth that a later trigger has made another one. */
static void
judge_stored_birth(Relation rel, const Row *payment)
{
	Store	   *sessions = store_open(TABLE_SESSION, STORE_CURRENT);
	Row		   *session = store_find(sessions, INDEX_SESSION, row_get(payment, PAYMENT_SESSION_ID));

	judge_birth(rel, payment);
	if (session == NULL || !store_is_ours(session))
		error_modified_by_trigger(rel);
	if (row_status(session) != PS_AUTHORIZED)
		error_not_authorized(rel, TextDatumGetCString(row_get(session, SESSION_ID)));
	judge_of_session(rel, payment, session);
	store_close(sessions);
}

/*
 * Its last word.  A new payment is captured already where the provider
 * captures with the authorization.  What functions write, the store has
 * guarded.
 */
static void
after_payment(Relation rel, const Row *old, const Row *payment, bool is_judged)
{
	uint32		changes = row_column_changes(old, payment);
	InboxKeys	keys = {.provider_ref.isnull = true,.operation_ref.isnull = true,.operation_id.isnull = true};
	Store	   *providers;
	Row		   *provider;

	if (!is_judged)
	{
		check_payment_values(rel, payment, changes, false);
		if (old == NULL)
			judge_stored_birth(rel, payment);
		else
		{
			judge_immutable(rel, old, changes);
			if (changes & LEDGER_PAYMENT_COLUMNS && !store_wrote(rel, payment->slot))
				error_by_hand(rel);
		}
	}
	if (old != NULL)
	{
		if (changes & COLUMN_BIT(PAYMENT_CAPTURED_AMOUNT) && !row_is_null(payment, PAYMENT_COLLECTION_ID))
			guard_follow_collection(row_get(payment, PAYMENT_COLLECTION_ID));
		return;
	}
	providers = store_open(TABLE_PROVIDER, STORE_CURRENT);
	provider = store_find(providers, INDEX_PROVIDER, row_get(payment, PAYMENT_PROVIDER_ID));
	if (provider != NULL && row_is(provider, PROVIDER_CAPTURE_METHOD, "automatic"))
		capture_automatically(payment);
	store_close(providers);
	keys.provider_id = row_get(payment, PAYMENT_PROVIDER_ID);
	keys.session_id.value = row_get(payment, PAYMENT_SESSION_ID);
	inbox_wake(&keys);
}

const StoreLaw guard_payment_law = {
	before_payment, after_payment,
	{{{paysession_payment_guard, PLAIN_BEFORE | PLAIN_ANY},
	{paysession_payment_follow, PLAIN_AFTER | TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE}}, true, PAYMENT_SESSION_ID, TABLE_SESSION}
};

/* BEFORE INSERT OR UPDATE OR DELETE ON payment */
Datum
paysession_payment_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_guard",
										 TABLE_PAYMENT, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);

	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		error_delete_payment(trigger->tg_relation);
	return trigger_before(trigger, TABLE_PAYMENT, before_payment);
}

/* AFTER INSERT OR UPDATE ON payment */
Datum
paysession_payment_follow(PG_FUNCTION_ARGS)
{
	return trigger_after(trigger_check(fcinfo, "paysession.payment_follow",
									   TABLE_PAYMENT, TRIGGER_EVENT_AFTER, ON_INSERT | ON_UPDATE),
						 TABLE_PAYMENT, after_payment);
}

/* The law about operations: functions write them. */
static void
before_operation(Relation rel, const Row *old, Row *operation, bool by_function)
{
	uint32		changes = row_column_changes(old, operation);

	if (!by_function)
		error_by_hand(rel);
	if (changes & COLUMN_BIT(OPERATION_METADATA) && !row_is_null(operation, OPERATION_METADATA))
		value_check_document("metadata", row_get(operation, OPERATION_METADATA), true);
	if (changes & COLUMN_BIT(OPERATION_REASON) && !row_is_null(operation, OPERATION_REASON))
		value_check_note("reason", row_get(operation, OPERATION_REASON), true);
	if (changes & COLUMN_BIT(OPERATION_NOTE) && !row_is_null(operation, OPERATION_NOTE))
		value_check_note("note", row_get(operation, OPERATION_NOTE), true);
}

const StoreLaw guard_operation_law = {
	before_operation, NULL, {{{paysession_operation_guard, PLAIN_BEFORE | PLAIN_ANY}}}
};

/* BEFORE INSERT OR UPDATE OR DELETE ON payment_operation */
Datum
paysession_operation_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.payment_operation_guard",
										 TABLE_OPERATION, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);

	if (!TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return trigger_before(trigger, TABLE_OPERATION, before_operation);
	if (!store_purges(trigger->tg_relation, trigger->tg_trigslot))
		error_by_hand(trigger->tg_relation);
	return PointerGetDatum(trigger->tg_trigtuple);
}
