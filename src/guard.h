/*
 * guard.h
 *		The doors of the law: how functions write what triggers judge.
 */
#ifndef PAYSESSION_GUARD_H
#define PAYSESSION_GUARD_H

#include "datatype/timestamp.h"
#include "store.h"

extern const char *guard_allowed_moves(Status from);
extern void guard_check_authorizable(Relation rel, const Row *old, const Row *session);
extern TimestampTz guard_authorization_end(Datum provider_id, TimestampTz authorized_at);
extern bool guard_update_session(Store *sessions, Row *old, Row *row);
extern Row *guard_touch_cart(Store *carts, Datum cart_id);
extern void guard_fill_cart(Row *cart);
extern Row *guard_lock_cart(Store *carts, Datum cart_id);
extern List *guard_lock_sessions(Store *sessions, Datum cart_id);
extern void guard_check_provider(Relation sessions, Datum provider_id);

extern const StoreLaw guard_session_law;
extern const StoreLaw guard_cart_law;
extern const StoreLaw guard_payment_law;
extern const StoreLaw guard_operation_law;

#define COLLECTION_NOT_PAID "not_paid"
#define COLLECTION_CANCELED "canceled"

extern Store *guard_open_collections(void);
extern void guard_lock_collection_key(Datum id);
extern bool guard_is_collection_canceled(const Row *collection);
extern Row *guard_update_collection(Store *collections, Row *old, Row *row);
extern void guard_follow_collection(Datum id);
extern void guard_check_collection_room(const Row *session);
extern void guard_check_collection_sum(Store *sessions, const Row *canceled);
extern void guard_join_collection(Relation sessions, Row *session);
extern void guard_judge_in_collection(Relation sessions, const Row *session);

#endif							/* PAYSESSION_GUARD_H */
