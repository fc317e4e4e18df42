/*
 * settle_money.c
 *		Applies what providers report about money.
 *
 * An event about one operation carries the provider's reference of it: it
 * answers that operation, or gives its reference to the oldest one of the same
 * kind and amount that has none, or books one that was made outside.  Without
 * a reference the amount is the provider's running total, of which only the
 * difference to ours is booked: at most one operation of each kind and payment
 * is marked as booked so, and an event about one operation first takes its
 * amount out of that.  So the total of a kind is the larger of the highest
 * running total and the sum of its operations, in whatever order they come.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "guard.h"
#include "ledger.h"
#include "money.h"
#include "operation.h"
#include "payment.h"
#include "session.h"
#include "settle.h"

#define REASON_OUTSIDE		"other"

static const Nullable absent = {.isnull = true};

/* What a report is about, and what it says of that. */
typedef struct Report
{
	const char *status;
	const char *kind;
	Outcome		outcome;		/* OUTCOME_UNKNOWN: it has begun */
	bool		disputes;
} Report;

static const Report reports[] = {
	{"captured", KIND_CAPTURE, OUTCOME_SUCCEEDED, false},
	{"capture_failed", KIND_CAPTURE, OUTCOME_FAILED, false},
	{"refunded", KIND_REFUND, OUTCOME_SUCCEEDED, false},
	{"refund_failed", KIND_REFUND, OUTCOME_FAILED, false},
	{"voided", KIND_VOID, OUTCOME_SUCCEEDED, false},
	{"disputed", KIND_REFUND, OUTCOME_UNKNOWN, true},
	{"dispute_lost", KIND_REFUND, OUTCOME_SUCCEEDED, true},
	{"dispute_won", KIND_REFUND, OUTCOME_FAILED, true},
};

static const Report *
find_report_of(const char *status)
{
	for (int i = 0; i < lengthof(reports); i++)
	{
		if (strcmp(status, reports[i].status) == 0)
			return &reports[i];
	}
	return NULL;
}

static const Report *
find_report(const Row *event)
{
	return find_report_of(TextDatumGetCString(row_get(event, INBOX_STATUS)));
}

/* settle_knows tells whether an event can have a status. */
bool
settle_knows(const char *status)
{
	for (int i = 0; i < STATUS_COUNT; i++)
	{
		if (strcmp(status, status_labels[i]) == 0)
			return true;
	}
	return find_report_of(status) != NULL;
}

/* What a canceled authorization comes to. */
static const Report released = {"voided", KIND_VOID, OUTCOME_SUCCEEDED, false};

/* settle_is_money tells whether an event is about money that is held, and not about holding it. */
bool
settle_is_money(const Row *event)
{
	return find_report(event) != NULL;
}

/* settle_is_release tells whether it may end the session. */
bool
settle_is_release(const Row *event)
{
	return strcmp(find_report(event)->kind, KIND_VOID) == 0;
}

static Verdict
applied(void)
{
	return settle_as(INBOX_APPLIED, NULL);
}

static bool
is_of_report(const Row *operation, const Report *report)
{
	return row_is(operation, OPERATION_KIND, report->kind) &&
		row_is(operation, OPERATION_REASON, REASON_CHARGEBACK) == report->disputes;
}

/* Whether an operation will do; amount 0 is any. */
typedef bool (*OperationTest) (const Row *operation, int64 amount);

/*
 * Whether an operation was reserved after an event had come, which then is not
 * about it: its caller has yet to ask the provider.  A dispute nobody asks for.
 */
static bool
is_to_be_asked(const Row *operation, TimestampTz received_at)
{
	return row_is(operation, OPERATION_STATUS, OPERATION_PENDING) &&
		!row_is(operation, OPERATION_REASON, REASON_CHARGEBACK) &&
		DatumGetTimestampTz(row_get(operation, OPERATION_CREATED_AT)) > received_at;
}

/* Finds the oldest operation of a report's kind that passes a test, locked. */
static Row *
find_oldest(Scene *scene, const Report *report, OperationTest test, int64 amount)
{
	TimestampTz received_at = DatumGetTimestampTz(row_get(scene->event, INBOX_RECEIVED_AT));
	Datum		payment_id = row_get(scene->payment, PAYMENT_ID);
	StoreScan  *scan = store_scan_begin(scene->operations, INDEX_OPERATION_PAYMENT, 1, &payment_id, NULL,
										ForwardScanDirection);
	Row		   *operation;

	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (is_of_report(operation, report) && test(operation, amount) &&
			!is_to_be_asked(operation, received_at))
			break;
	}
	store_scan_end(scan);
	return operation != NULL ? store_lock_found(scene->operations, operation) : NULL;
}

static bool
is_pending(const Row *operation, int64 amount)
{
	return row_is(operation, OPERATION_STATUS, OPERATION_PENDING) &&
		(amount == 0 || row_amount(operation, OPERATION_AMOUNT) == amount);
}

/* May be the one that an event brings a reference for. */
static bool
is_without_reference(const Row *operation, int64 amount)
{
	return row_is_null(operation, OPERATION_PROVIDER_REF) &&
		(amount == 0 || row_amount(operation, OPERATION_AMOUNT) == amount) &&
		(row_is(operation, OPERATION_STATUS, OPERATION_PENDING) ||
		 row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED));
}

static bool
is_finished(const Row *operation, int64 amount)
{
	return !row_is(operation, OPERATION_STATUS, OPERATION_PENDING);
}

/* Finds the operation that an event names: by our id, or by the provider's. */
static Row *
find_named(Scene *scene, const Report *report)
{
	Datum		reference = row_get(scene->event, INBOX_OPERATION_REF);
	Row		   *operation = store_find(scene->operations, INDEX_OPERATION, reference);

	if (operation == NULL)
		operation = ledger_find_referenced(scene->operations, row_get(scene->event, INBOX_PROVIDER_ID),
										   report->kind, reference);
	return operation != NULL ? store_lock_found(scene->operations, operation) : NULL;
}

/* The provider's reference that an event brings; our own id is none. */
static void
set_reference(Scene *scene, Row *operation)
{
	if (row_is_null(operation, OPERATION_PROVIDER_REF) && !row_is_null(scene->event, INBOX_OPERATION_REF) &&
		!value_same_text(row_get(scene->event, INBOX_OPERATION_REF), row_get(operation, OPERATION_ID)))
		row_set(operation, OPERATION_PROVIDER_REF, row_get(scene->event, INBOX_OPERATION_REF));
}

static void
write_operation(Scene *scene, Row *old, Row *operation, bool takes_out)
{
	ledger_update(scene->payments, &scene->payment, scene->operations, old, operation, takes_out);
}

/*
 * What a capture made outside releases, where the provider captures once.  Of
 * what is open, `taken` is the capture's own.
 */
static void
set_final(Scene *scene, Row *operation, int64 taken)
{
	int64		open = row_amount(scene->payment, PAYMENT_CAPTURABLE_AMOUNT);

	if (!row_is(operation, OPERATION_KIND, KIND_CAPTURE) || !payment_is_final(scene->payment))
		return;
	row_set(operation, OPERATION_FINAL, BoolGetDatum(true));
	row_set(operation, OPERATION_RELEASED_AMOUNT, Int64GetDatum(Max(open - taken, 0)));
}

/* A released authorization cancels its session. */
static void
follow_payment(Scene *scene)
{
	if (scene->session != NULL && !row_is_null(scene->payment, PAYMENT_CANCELED_AT))
		scene->session = operation_cancel_session(scene->sessions, scene->session);
}

/* What of a kind is open to be booked. */
static int64
get_open(const Row *payment, const Report *report)
{
	return row_amount(payment, strcmp(report->kind, KIND_REFUND) == 0 ?
					  PAYMENT_REFUNDABLE_AMOUNT : PAYMENT_CAPTURABLE_AMOUNT);
}

/* Why an amount cannot be booked: it has to wait for room, or there can never be any. */
static Verdict
no_room(const Row *payment, const Report *report, int64 amount)
{
	if (amount > row_amount(payment, PAYMENT_AMOUNT) || !row_is_null(payment, PAYMENT_CANCELED_AT))
		return settle_as(INBOX_CONFLICT, "more than what was authorized");
	if (strcmp(report->kind, KIND_VOID) == 0 && row_amount(payment, PAYMENT_VOIDED_AMOUNT) >= amount)
		return settle_as(INBOX_STALE, "it has been released already");
	return settle_as(INBOX_PARKED, "more than what is open, as far as is known");
}

/* An operation that was made outside, not written yet. */
static Row *
new_operation(Scene *scene, const Report *report, int64 amount)
{
	Row		   *operation = ledger_new(scene->operations, report->kind, NULL, scene->payment);

	row_set(operation, OPERATION_AMOUNT, Int64GetDatum(amount));
	if (strcmp(report->kind, KIND_REFUND) == 0)
		row_set(operation, OPERATION_REASON,
				CStringGetTextDatum(report->disputes ? REASON_CHARGEBACK : REASON_OUTSIDE));
	set_reference(scene, operation);
	return operation;
}

static void
insert_operation(Scene *scene, Row *operation, bool takes_out)
{
	ledger_insert(scene->payments, &scene->payment, scene->operations, operation, takes_out);
	follow_payment(scene);
}

/* How much of an operation a running total has counted already. */
static int64
get_counted(Scene *scene, const Row *operation)
{
	Row		   *booked = ledger_find_from_total(scene->operations, operation);

	return booked == NULL ? 0 : Min(row_amount(booked, OPERATION_AMOUNT), row_amount(operation, OPERATION_AMOUNT));
}

/* Books an operation that was made outside. */
static void
book(Scene *scene, const Report *report, int64 amount)
{
	Row		   *operation = new_operation(scene, report, amount);

	set_final(scene, operation, amount - get_counted(scene, operation));
	if (report->outcome == OUTCOME_SUCCEEDED)
		ledger_finish(operation, OPERATION_SUCCEEDED);
	insert_operation(scene, operation, true);
}

/*
 * Finds what has been reported of the same operation with another status, and
 * waits; returns its amount, 0 if that is not said, or -1 if there is nothing.
 */
static int64
find_parked_report(const Row *event, const char *status)
{
	Store	   *inbox = store_open(TABLE_INBOX, STORE_CURRENT);
	Datum		keys[] = {row_get(event, INBOX_PROVIDER_ID), row_get(event, INBOX_OPERATION_REF)};
	StoreScan  *scan = store_scan_begin(inbox, INDEX_INBOX_OPERATION_REF, 2, keys, NULL, ForwardScanDirection);
	int64		amount = -1;
	Row		   *parked;

	while (amount < 0 && (parked = store_scan_next(scan)) != NULL)
	{
		if (row_is(parked, INBOX_STATUS, status))
			amount = row_amount(parked, INBOX_AMOUNT);
	}
	store_scan_end(scan);
	store_close(inbox);
	return amount;
}

/* Books an operation that was made outside and taken back, which needs no room. */
static void
book_reversed(Scene *scene, const Report *report, int64 amount)
{
	Row		   *operation = new_operation(scene, report, amount);

	set_final(scene, operation, amount - get_counted(scene, operation));
	ledger_finish(operation, OPERATION_REVERSED);
	insert_operation(scene, operation, true);
}

/* An event about an operation that was made outside. */
static Verdict
settle_outside(Scene *scene, const Report *report, int64 amount)
{
	int64		open = get_open(scene->payment, report);

	if (amount == 0)
		amount = open;
	if (amount > 0 && !report->disputes &&
		find_parked_report(scene->event, strcmp(report->kind, KIND_CAPTURE) == 0 ?
						   "capture_failed" : "refund_failed") >= 0)
	{
		book_reversed(scene, report, amount);
		return applied();
	}
	if (amount == 0 || amount > open + get_counted(scene, new_operation(scene, report, amount)))
		return no_room(scene->payment, report, amount);
	book(scene, report, amount);
	return applied();
}

/* A void that we were told had failed, and that the provider has done after all. */
static Verdict
settle_late_release(Scene *scene, const Report *report, Row *old, Row *operation)
{
	if (row_amount(old, OPERATION_AMOUNT) > get_open(scene->payment, report))
		return no_room(scene->payment, report, row_amount(old, OPERATION_AMOUNT));
	ledger_finish(operation, OPERATION_SUCCEEDED);
	write_operation(scene, old, operation, true);
	follow_payment(scene);
	return applied();
}

/* An event about an operation that we have, or one made outside, that succeeded. */
static Verdict
settle_success(Scene *scene, const Report *report, Row *named, int64 amount)
{
	Row		   *old = named;
	Row		   *operation;

	if (old == NULL)
		old = find_oldest(scene, report, is_without_reference, amount);
	if (old == NULL)
		return settle_outside(scene, report, amount);

	operation = store_copy_row(scene->operations, old);
	set_reference(scene, operation);
	if (row_is(old, OPERATION_STATUS, OPERATION_SUCCEEDED))
	{
		if (named != NULL)
			return settle_as(INBOX_DUPLICATE, "the operation has succeeded already");
		if (ledger_is_from_total(old))
		{
			ledger_set_from_total(operation, false);
			set_final(scene, operation, 0);
		}
		write_operation(scene, old, operation, false);
		return applied();
	}
	if (row_is(old, OPERATION_STATUS, OPERATION_FAILED) && row_is(old, OPERATION_KIND, KIND_VOID))
		return settle_late_release(scene, report, old, operation);
	if (!row_is(old, OPERATION_STATUS, OPERATION_PENDING))
	{
		/*
		 * It has succeeded before it failed, and a running total may count
		 * it.
		 */
		if (row_is(old, OPERATION_STATUS, OPERATION_FAILED))
		{
			ledger_finish(operation, OPERATION_REVERSED);
			write_operation(scene, old, operation, true);
		}
		return settle_as(row_is(old, OPERATION_STATUS, OPERATION_FAILED) ? INBOX_APPLIED : INBOX_STALE,
						 "the operation has failed since");
	}
	operation = operation_answer(scene->payments, scene->payment, scene->operations, old, OUTCOME_SUCCEEDED,
								 amount != 0 ? args_of(Int64GetDatum(amount)) : absent);
	set_reference(scene, operation);
	write_operation(scene, old, operation, true);
	follow_payment(scene);
	return applied();
}

/* The same of one that failed, or was taken back. */
static Verdict
settle_failure(Scene *scene, const Report *report, Row *named, int64 amount)
{
	Row		   *old = named;
	Row		   *operation;

	if (old == NULL && !report->disputes)
	{
		/* Its success may wait for room, which it will never need. */
		int64		parked = find_parked_report(scene->event, strcmp(report->kind, KIND_CAPTURE) == 0 ?
												"captured" : "refunded");

		if (parked > 0)
		{
			book_reversed(scene, report, parked);
			return applied();
		}
	}
	if (old == NULL)
		old = find_oldest(scene, report, is_without_reference, amount);
	if (old == NULL)
		return settle_as(INBOX_PARKED, "there is no such operation yet");
	if (row_is(old, OPERATION_STATUS, OPERATION_FAILED) || row_is(old, OPERATION_STATUS, OPERATION_REVERSED))
		return settle_as(INBOX_DUPLICATE, "the operation has failed already");
	if (row_is(old, OPERATION_KIND, KIND_CAPTURE) && row_is(old, OPERATION_STATUS, OPERATION_SUCCEEDED) &&
		row_amount(old, OPERATION_AMOUNT) > row_amount(scene->payment, PAYMENT_REFUNDABLE_AMOUNT))
		return settle_as(INBOX_PARKED, "the money is refunded, as far as is known");
	operation = operation_answer(scene->payments, scene->payment, scene->operations, old,
								 row_is(old, OPERATION_STATUS, OPERATION_PENDING) ? OUTCOME_FAILED : OUTCOME_REVERSED,
								 absent);
	set_reference(scene, operation);
	if (ledger_is_from_total(old))
	{
		ledger_set_from_total(operation, false);
		set_final(scene, operation, 0);
	}
	write_operation(scene, old, operation, false);
	return applied();
}

/* A dispute opens a pending refund, so that the money cannot be refunded twice. */
static Verdict
settle_dispute(Scene *scene, const Report *report, Row *named, int64 amount)
{
	Row		   *old = named;
	int64		open = get_open(scene->payment, report);

	if (old == NULL)
		old = find_oldest(scene, report, is_without_reference, amount);
	if (old != NULL)
	{
		Row		   *operation = store_copy_row(scene->operations, old);

		set_reference(scene, operation);
		if (row_same(old, operation, OPERATION_PROVIDER_REF))
			return settle_as(INBOX_DUPLICATE, "the dispute is known");
		write_operation(scene, old, operation, false);
		return applied();
	}
	if (amount == 0)
		amount = open;
	if (amount == 0 || amount > open)
		return no_room(scene->payment, report, amount);
	book(scene, report, amount);
	return applied();
}

/* What of a kind has ever succeeded; what a running total counts. */
static int64
get_total(Scene *scene, const Report *report)
{
	Datum		payment_id = row_get(scene->payment, PAYMENT_ID);
	StoreScan  *scan;
	Row		   *operation;
	int128		total = 0;

	/* What final captures have released counts as well. */
	if (strcmp(report->kind, KIND_VOID) == 0)
		return row_amount(scene->payment, PAYMENT_VOIDED_AMOUNT);
	scan = store_scan_begin(scene->operations, INDEX_OPERATION_PAYMENT, 1, &payment_id, NULL, ForwardScanDirection);
	while ((operation = store_scan_next(scan)) != NULL)
	{
		if (is_of_report(operation, report) &&
			(row_is(operation, OPERATION_STATUS, OPERATION_SUCCEEDED) ||
			 (row_is(operation, OPERATION_STATUS, OPERATION_REVERSED) && !ledger_is_from_total(operation))))
			total += row_amount(operation, OPERATION_AMOUNT);
	}
	store_scan_end(scan);
	return (int64) Min(total, MONEY_MAX);
}

/* Books what a running total has more than we know of, with what the last one had. */
static void
book_total(Scene *scene, const Report *report, int64 difference)
{
	Row		   *operation = new_operation(scene, report, difference);
	Row		   *old = ledger_find_from_total(scene->operations, operation);

	if (old == NULL)
	{
		ledger_set_from_total(operation, true);
		ledger_finish(operation, OPERATION_SUCCEEDED);
		insert_operation(scene, operation, false);
		return;
	}
	operation = store_copy_row(scene->operations, old);
	row_set(operation, OPERATION_AMOUNT, Int64GetDatum(row_amount(old, OPERATION_AMOUNT) + difference));
	ledger_finish(operation, OPERATION_SUCCEEDED);
	write_operation(scene, old, operation, false);
	follow_payment(scene);
}

/* A running total; 0: of all that can be. */
static Verdict
settle_total(Scene *scene, const Report *report, int64 total)
{
	int64		ours = get_total(scene, report);
	int64		difference = total - ours;
	Row		   *old;
	Row		   *operation;

	if (total == 0)
	{
		old = find_oldest(scene, report, is_pending, 0);
		difference = old != NULL ? row_amount(old, OPERATION_AMOUNT) : get_open(scene->payment, report);
	}
	else
		old = find_oldest(scene, report, is_pending, difference);
	if (difference <= 0)
		return settle_as(INBOX_STALE, "it is counted already");
	if (old != NULL)
	{
		operation = operation_answer(scene->payments, scene->payment, scene->operations, old, OUTCOME_SUCCEEDED, absent);
		write_operation(scene, old, operation, false);
		follow_payment(scene);
		return applied();
	}
	if (difference > get_open(scene->payment, report))
		return no_room(scene->payment, report, total);
	book_total(scene, report, difference);
	return applied();
}

/* An event that does not say which operation it is about, and is no total. */
static Verdict
settle_unnamed(Scene *scene, const Report *report, int64 amount)
{
	Row		   *old = find_oldest(scene, report, is_pending, amount);

	if (report->outcome == OUTCOME_UNKNOWN)
	{
		if (old != NULL)
			return settle_as(INBOX_STALE, "there is an open dispute already");
		return settle_dispute(scene, report, NULL, amount);
	}
	if (old == NULL)
	{
		if (find_oldest(scene, report, is_finished, 0) != NULL)
			return settle_as(INBOX_STALE, "nothing of the kind is pending");
		return settle_as(INBOX_PARKED, "there is no such operation yet");
	}
	return report->outcome == OUTCOME_SUCCEEDED ? settle_success(scene, report, old, amount) :
		settle_failure(scene, report, old, amount);
}

/* Whether an operation that an event names is one that it can be about. */
static bool
is_about(Scene *scene, const Report *report, const Row *named)
{
	return row_same_across(named, OPERATION_PAYMENT_ID, scene->payment, PAYMENT_ID) && is_of_report(named, report);
}

/* settle_money applies an event about money. */
Verdict
settle_money(Scene *scene)
{
	const Report *report = find_report(scene->event);
	int64		amount = row_amount(scene->event, INBOX_AMOUNT);
	Row		   *named;

	if (scene->payment == NULL)
	{
		if (strcmp(report->kind, KIND_VOID) == 0 &&
			(amount == 0 || amount >= row_amount(scene->session, SESSION_AMOUNT)))
			return settle_is_of_another(scene) ? settle_of_another() : settle_release(scene);
		if (row_status(scene->session) == PS_CANCELED)
			return settle_as(INBOX_CONFLICT, "the session is canceled");
		return settle_as(INBOX_PARKED, "the session has no payment yet");
	}
	if (!row_is_null(scene->payment, PAYMENT_CANCELED_AT))
	{
		if (strcmp(report->kind, KIND_VOID) == 0)
			return settle_as(INBOX_STALE, "the payment is canceled");
		if (strcmp(report->kind, KIND_CAPTURE) == 0 && report->outcome == OUTCOME_SUCCEEDED)
			return settle_as(INBOX_CONFLICT, "the payment is canceled");
	}
	if (row_is_null(scene->event, INBOX_OPERATION_REF))
		return report->outcome == OUTCOME_SUCCEEDED && !report->disputes ?
			settle_total(scene, report, amount) : settle_unnamed(scene, report, amount);

	named = find_named(scene, report);
	if (named != NULL && !is_about(scene, report, named))
		return settle_as(INBOX_CONFLICT, "its operation is another one");
	switch (report->outcome)
	{
		case OUTCOME_SUCCEEDED:
			return settle_success(scene, report, named, amount);
		case OUTCOME_FAILED:
			return settle_failure(scene, report, named, amount);
		default:
			return settle_dispute(scene, report, named, amount);
	}
}

/* Finishes the void of a session that has no payment; false: none is pending. */
static bool
finish_session_void(Scene *scene)
{
	Row		   *found = ledger_find_latest(scene->operations, row_get(scene->session, SESSION_ID),
										   KIND_VOID, OPERATION_PENDING);
	Row		   *old = found != NULL ? store_lock_found(scene->operations, found) : NULL;
	Row		   *operation;

	if (old == NULL)
		return false;
	operation = operation_answer(scene->payments, NULL, scene->operations, old, OUTCOME_SUCCEEDED, absent);
	set_reference(scene, operation);
	store_update(scene->operations, old, operation);
	return true;
}

/* Notes that the provider has let go of a session, which leaves nothing to be voided. */
static void
insert_session_void(Scene *scene)
{
	Row		   *operation = ledger_new(scene->operations, KIND_VOID, scene->session, NULL);

	row_set_across(operation, OPERATION_AMOUNT, scene->session, SESSION_AMOUNT);
	set_reference(scene, operation);
	ledger_finish(operation, OPERATION_SUCCEEDED);
	store_insert(scene->operations, operation);
}

/* Releases all of a payment of which nothing was captured. */
static Verdict
release_payment(Scene *scene)
{
	const Report *report = &released;
	Row		   *old;

	if (!row_is_null(scene->payment, PAYMENT_CANCELED_AT))
		return settle_as(INBOX_STALE, "the payment is canceled");
	if (row_amount(scene->payment, PAYMENT_CAPTURED_AMOUNT) > 0)
		return settle_as(INBOX_CONFLICT, "the payment is captured");
	if (row_amount(scene->payment, PAYMENT_CAPTURE_PENDING) > 0)
		return settle_as(INBOX_PARKED, "a capture is pending");
	while ((old = find_oldest(scene, report, is_pending, 0)) != NULL)
		write_operation(scene, old,
						operation_answer(scene->payments, scene->payment, scene->operations, old,
										 OUTCOME_SUCCEEDED, absent), true);
	if (get_open(scene->payment, report) > 0)
		book(scene, report, get_open(scene->payment, report));
	follow_payment(scene);
	return applied();
}

/* settle_release applies that the provider has let go of a session, and of its money. */
Verdict
settle_release(Scene *scene)
{
	Status		status;
	bool		finished;

	if (scene->payment != NULL)
		return release_payment(scene);
	status = row_status(scene->session);
	finished = finish_session_void(scene);
	if (status == PS_CANCELED)
	{
		if (!finished)
			return settle_as(INBOX_STALE, "the session is canceled");
		/* Who decides on the session at REPEATABLE READ is to see this. */
		store_update(scene->sessions, scene->session, store_copy_row(scene->sessions, scene->session));
		return applied();
	}
	if (!finished)
		insert_session_void(scene);
	session_cancel(scene->sessions, scene->session,
				   args_of(CStringGetTextDatum("canceled by the provider")));
	return applied();
}
