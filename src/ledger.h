/*
 * ledger.h
 *		What is asked of a provider, and what that does to a payment.
 */
#ifndef PAYSESSION_LEDGER_H
#define PAYSESSION_LEDGER_H

#include "utils/timestamp.h"

#include "args.h"
#include "store.h"

#define KIND_AUTHORIZE		"authorize"
#define KIND_CAPTURE		"capture"
#define KIND_REFUND			"refund"
#define KIND_VOID			"void"

#define REASON_CHARGEBACK	"chargeback"

#define OPERATION_PENDING	"pending"
#define OPERATION_SUCCEEDED "succeeded"
#define OPERATION_FAILED	"failed"
#define OPERATION_REVERSED	"reversed"

/* The columns of a payment that only its operations move. */
#define LEDGER_PAYMENT_COLUMNS \
	(COLUMN_BIT(PAYMENT_CAPTURED_AMOUNT) | COLUMN_BIT(PAYMENT_CAPTURE_PENDING) | \
	 COLUMN_BIT(PAYMENT_REFUNDED_AMOUNT) | COLUMN_BIT(PAYMENT_REFUND_PENDING) | \
	 COLUMN_BIT(PAYMENT_VOIDED_AMOUNT) | COLUMN_BIT(PAYMENT_VOID_PENDING) | \
	 COLUMN_BIT(PAYMENT_CAPTURED_AT) | COLUMN_BIT(PAYMENT_CANCELED_AT))

/* A payment's totals. */
typedef struct LedgerTotal
{
	PaymentColumn column;
	const char *name;
} LedgerTotal;

#define LEDGER_TOTAL_COUNT	6

extern const LedgerTotal ledger_totals[LEDGER_TOTAL_COUNT];

extern Store *ledger_open_payments(void);
extern Store *ledger_open_operations(void);
extern uint16 ledger_route(const Row *session);
extern const char *ledger_describe(const Row *payment);

extern Row *ledger_new(Store *operations, const char *kind, const Row *session, const Row *payment);
extern Row *ledger_find_latest(Store *operations, Datum session_id, const char *kind, const char *status);
extern Row *ledger_find_referenced(Store *operations, Datum provider_id, const char *kind, Datum reference);
extern TimestampTz ledger_claim_end(Interval *lease);
extern bool ledger_claim(Store *operations, Row **operation, Interval *lease);
extern void ledger_finish(Row *operation, const char *status);
extern void ledger_insert(Store *payments, Row **payment, Store *operations, Row *operation, bool takes_out);
extern void ledger_update(Store *payments, Row **payment, Store *operations, Row *old, Row *operation,
						  bool takes_out);
extern void ledger_exchange(Store *payments, Row **payment, Store *operations, Row *old, Row *operation,
							Row *other);

extern void ledger_wake(const Row *operation);
extern bool ledger_is_from_total(const Row *operation);
extern void ledger_set_from_total(Row *operation, bool from_total);
extern Row *ledger_find_from_total(Store *operations, const Row *like);

extern void ledger_judge_amount(Relation sessions, const Row *pending, const Row *session);
extern void ledger_follow_session(Relation sessions, const Row *old, const Row *session);
extern bool ledger_leave_void(const Row *session);
extern Nullable ledger_pending_amount(Datum session_id);
extern void ledger_release_claim(Datum session_id);

extern Datum ledger_result(FunctionCallInfo fcinfo, const Row *operation, bool claimed);

#endif							/* PAYSESSION_LEDGER_H */
