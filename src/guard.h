/*
 * guard.h
 *		The doors of the law: how functions write what triggers judge.
 */
#ifndef PAYSESSION_GUARD_H
#define PAYSESSION_GUARD_H

#include "store.h"

extern Status guard_status(const Row *session);
extern bool guard_is_selected(const Row *session);
extern const char *guard_allowed_moves(Status from);
extern void guard_check_authorizable(Relation rel, const Row *session);
extern bool guard_update_session(Store *sessions, Row *old, Row *row);
extern Row *guard_touch_cart(Store *carts, Datum cart_id);
extern void guard_fill_cart(Row *cart);
extern Row *guard_lock_cart(Store *carts, Datum cart_id);
extern List *guard_lock_sessions(Store *sessions, Datum cart_id);
extern void guard_check_provider(Store *sessions, Datum provider_id);

#endif							/* PAYSESSION_GUARD_H */
