/*
 * constraint.h
 *		CHECK constraints of our tables, compiled once.
 */
#ifndef PAYSESSION_CONSTRAINT_H
#define PAYSESSION_CONSTRAINT_H

#include "nodes/execnodes.h"
#include "utils/relcache.h"

#include "catalog.h"

extern void constraint_init(void);
extern ExprState **constraint_acquire(Table table, Relation rel);
extern void constraint_release(Table table, ExprState **checks);

#endif							/* PAYSESSION_CONSTRAINT_H */
