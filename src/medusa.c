/*
 * medusa.c
 *		What paysession_for_medusa.sql needs to know, and SQL cannot tell.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(paysession_in_transaction);

/*
 * paysession_in_transaction returns whether locks outlast this statement.
 */
Datum
paysession_in_transaction(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(IsTransactionBlock());
}
