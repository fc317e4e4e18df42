/*
 * route.h
 *		The law of routes: a database writes what it owns.
 */
#ifndef PAYSESSION_ROUTE_H
#define PAYSESSION_ROUTE_H

#include "utils/rel.h"

#include "row.h"

extern bool route_owns(const Row *row);
extern void route_judge(Relation rel, const Row *old, const Row *row);
extern void route_judge_all(void);
extern void route_lock(void);

#endif							/* PAYSESSION_ROUTE_H */
