/*
 * owned.h
 *		Which routes this database owns.
 */
#ifndef PAYSESSION_OWNED_H
#define PAYSESSION_OWNED_H

#include "storage/lockdefs.h"

#define ROUTE_COUNT		32768

extern void owned_init(void);
extern bool owned_is_sharded(void);
extern bool owned_has(uint16 route);
extern bool owned_is_news(void);
extern uint16 owned_pick(uint32 n);
extern void owned_hold(Oid relid, LOCKMODE mode);
extern void owned_enter(void);

#endif							/* PAYSESSION_OWNED_H */
