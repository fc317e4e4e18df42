/*
 * operation.h
 *		What the verbs of operations and of payments share.
 */
#ifndef PAYSESSION_OPERATION_H
#define PAYSESSION_OPERATION_H

#include "args.h"
#include "store.h"
#include "utils/timestamp.h"

/* What a provider answers. */
typedef enum Outcome
{
	OUTCOME_SUCCEEDED,
	OUTCOME_FAILED,
	OUTCOME_UNKNOWN,
	OUTCOME_REVERSED
} Outcome;

extern Interval *operation_get_lease(FunctionCallInfo fcinfo, int n);
extern Interval *operation_get_lease_not_null(FunctionCallInfo fcinfo, int n);
extern Row *operation_answer(Store *payments, Row *payment, Store *operations, Row *old,
							 Outcome outcome, Nullable amount);
extern Row *operation_cancel_session(Store *sessions, Row *old);

#endif							/* PAYSESSION_OPERATION_H */
