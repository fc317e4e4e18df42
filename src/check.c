/*
 * check.c
 *		Finds what breaks the law in the tables as they are.
 *
 * What the triggers judge row by row is derived here a second time, from all
 * rows and by other means: by view paysession.violation, in SQL.  Only what
 * the catalog room knows better than SQL is added.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "store.h"

#define RULE_NONE			0

PG_FUNCTION_INFO_V1(paysession_check);

/* Reports the columns of a table that are not the extension's. */
static void
put_foreign_columns(ReturnSetInfo *rsinfo, Store *store)
{
	TupleDesc	columns = RelationGetDescr(store->rel);

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		Datum		values[3];
		bool		nulls[3] = {false};

		if (column->attisdropped || catalog_is_own(store->table, column->attnum))
			continue;
		values[0] = Int32GetDatum(RULE_NONE);
		values[1] = CStringGetTextDatum(psprintf("column paysession.%s.%s", RelationGetRelationName(store->rel),
												 NameStr(column->attname)));
		values[2] = CStringGetTextDatum("it is not the extension's: a dump with it does not restore");
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/* ps_check() */
Datum
paysession_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int t = 0; t < TABLE_COUNT; t++)
	{
		Store	   *store = store_open(t, STORE_READ);

		put_foreign_columns(rsinfo, store);
		store_close(store);
	}
	store_put_view(rsinfo, "violation");
	return (Datum) 0;
}
