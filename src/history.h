/*
 * history.h
 *		The append-only history of payment sessions.
 */
#ifndef PAYSESSION_HISTORY_H
#define PAYSESSION_HISTORY_H

#include "store.h"

extern const StoreLaw history_law;
extern bool history_notify;		/* the setting paysession.notify */

extern void history_append(const Row *old, const Row *session);

#endif							/* PAYSESSION_HISTORY_H */
