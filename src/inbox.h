/*
 * inbox.h
 *		The webhook inbox: what waits in it for something to appear.
 */
#ifndef PAYSESSION_INBOX_H
#define PAYSESSION_INBOX_H

#include "args.h"
#include "store.h"

#define INBOX_APPLIED		"applied"
#define INBOX_DUPLICATE		"duplicate"
#define INBOX_STALE			"stale"
#define INBOX_PARKED		"parked"
#define INBOX_CONFLICT		"conflict"
#define INBOX_DISMISSED		"dismissed"

/* What a parked event may wait for; all of one provider. */
typedef struct InboxKeys
{
	Datum		provider_id;
	Nullable	session_id;
	Nullable	provider_ref;
	Nullable	operation_ref;
	Nullable	operation_id;	/* by which an event may name it as well */
} InboxKeys;

extern Store *inbox_open(void);
extern InboxKeys inbox_get_keys(const Row *event);
extern void inbox_lock_unknown(const InboxKeys *keys);
extern void inbox_unlock_unknown(const InboxKeys *keys);
extern List *inbox_find_parked(const InboxKeys *keys);
extern Row *inbox_lock_parked(Store *inbox, List *key);
extern void inbox_wake_later(List *key);
extern void inbox_wake(const InboxKeys *keys);
extern bool inbox_is_settling(void);
extern void inbox_set_settling(bool settling);

#endif							/* PAYSESSION_INBOX_H */
