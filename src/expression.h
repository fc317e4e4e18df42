/*
 * expression.h
 *		CHECK constraints and generated columns of our tables, compiled once.
 */
#ifndef PAYSESSION_EXPRESSION_H
#define PAYSESSION_EXPRESSION_H

#include "nodes/execnodes.h"

#include "catalog.h"

extern void expression_init(void);
extern bool expression_lend(Table table, ResultRelInfo *result_rel, EState *estate);
extern void expression_take_back(Table table);

#endif							/* PAYSESSION_EXPRESSION_H */
