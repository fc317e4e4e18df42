/*
 * subtransaction.h
 *		Does something that may be refused, and then has not been done.
 */
#ifndef PAYSESSION_SUBTRANSACTION_H
#define PAYSESSION_SUBTRANSACTION_H

#include "utils/elog.h"

typedef void (*SubtransactionBody) (void *arg);

extern ErrorData *subtransaction_try(SubtransactionBody body, void *arg);

#endif							/* PAYSESSION_SUBTRANSACTION_H */
