/*
 * ledger.h
 *		What is asked of a provider, and what that does to a payment.
 */
#ifndef PAYSESSION_LEDGER_H
#define PAYSESSION_LEDGER_H

#include "args.h"
#include "store.h"

#define KIND_AUTHORIZE		"authorize"
#define KIND_CAPTURE		"capture"
#define KIND_REFUND			"refund"
#define KIND_VOID			"void"

#define OPERATION_PENDING	"pending"
#define OPERATION_SUCCEEDED "succeeded"
#define OPERATION_FAILED	"failed"
#define OPERATION_REVERSED	"reversed"

extern bool ledger_is(const Row *row, int column, const char *value);
extern int64 ledger_amount(const Row *row, int column);

extern const char *ledger_describe(const Row *payment);
extern Row *ledger_new(Store *operations, const char *kind, const Row *session, const Row *payment);
extern Row *ledger_find_latest(Store *operations, Datum session_id, const char *kind, const char *status);
extern bool ledger_claim(Store *operations, Row **operation, Interval *lease);
extern void ledger_finish(Row *operation, const char *status);
extern void ledger_insert(Store *payments, Row **payment, Store *operations, Row *operation);
extern void ledger_update(Store *payments, Row **payment, Store *operations, Row *old, Row *operation);
extern void ledger_follow_session(const Row *old, const Row *session);
extern void ledger_release_claim(Datum session_id);
extern Datum ledger_result(FunctionCallInfo fcinfo, const Row *operation, bool claimed);

#endif							/* PAYSESSION_LEDGER_H */
