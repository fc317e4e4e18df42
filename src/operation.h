/*
 * operation.h
 *		What the verbs of operations and of payments share.
 */
#ifndef PAYSESSION_OPERATION_H
#define PAYSESSION_OPERATION_H

#include "args.h"
#include "store.h"
#include "utils/timestamp.h"

extern Interval *operation_get_lease(FunctionCallInfo fcinfo, int n);
extern void operation_cancel_session(Store *sessions, Row *old);

#endif							/* PAYSESSION_OPERATION_H */
