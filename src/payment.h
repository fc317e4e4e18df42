/*
 * payment.h
 *		What other verbs need of payments.
 */
#ifndef PAYSESSION_PAYMENT_H
#define PAYSESSION_PAYMENT_H

#include "args.h"
#include "store.h"

extern bool payment_is_final(const Row *payment);
extern Row *payment_promote(Store *payments, Row *session, Nullable order_id);

#endif							/* PAYSESSION_PAYMENT_H */
