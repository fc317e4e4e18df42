/*
 * session.h
 *		What the verbs of payment sessions share.
 */
#ifndef PAYSESSION_SESSION_H
#define PAYSESSION_SESSION_H

#include "args.h"
#include "store.h"

extern Row *session_find(Store *sessions, Datum id);
extern Row *session_lock(Store *sessions, Datum id);
extern List *session_lock_with_siblings(Store *carts, Store *sessions, Row **session);
extern Row *session_lock_to_authorize(Store *sessions, Datum id, List **siblings);
extern Row *session_move(Store *sessions, Row *old, Status to, Nullable reason, Nullable data,
						 Nullable provider_ref, bool also);
extern Row *session_authorize(Store *sessions, Row *old, List *siblings, Nullable amount, Nullable data,
							  Nullable provider_ref);
extern Row *session_new(Store *sessions, Datum provider_id);
extern Row *session_cancel(Store *sessions, Row *old, Nullable reason);
extern Row *session_remove(Store *sessions, Row *old);
extern void session_put_live(ReturnSetInfo *rsinfo, Store *sessions, TableIndex index, Datum key);
extern void session_unselect(Store *sessions, List *siblings);
extern Datum session_finish(Store *sessions, Row *session);

#endif							/* PAYSESSION_SESSION_H */
