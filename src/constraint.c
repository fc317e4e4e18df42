/*
 * constraint.c
 *		CHECK constraints of our tables, compiled once.
 *
 * The executor reads and compiles a table's CHECK expressions anew for every
 * statement; for one row that is more work than all the rest of its update.
 * A compiled set is kept per table, for the backend's life.  It is compiled
 * again after an invalidation of any of our tables or of any function, and
 * for another role, since compiling checks EXECUTE on the functions called.
 *
 * A compiled expression holds its intermediate values and so cannot be
 * entered twice.  While a set is lent out it is never freed or lent again: an
 * evaluation that writes to the same table has the executor compile its own.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "constraint.h"

typedef struct CheckSet
{
	Oid			relid;			/* InvalidOid: nothing valid is compiled */
	Oid			role;
	bool		lent;
	MemoryContext context;		/* NULL before the first use */
	ExprState **checks;
} CheckSet;

static CheckSet sets[TABLE_COUNT];

static void
forget_relation(Datum arg, Oid relid)
{
	for (int t = 0; t < TABLE_COUNT; t++)
	{
		if (!OidIsValid(relid) || sets[t].relid == relid)
			sets[t].relid = InvalidOid;
	}
}

static void
forget_function(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_relation(arg, InvalidOid);
}

void
constraint_init(void)
{
	CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, forget_function, (Datum) 0);
}

static void
compile(CheckSet *set, Relation rel)
{
	TupleConstr *constr = RelationGetDescr(rel)->constr;
	MemoryContext previous;

	if (set->context == NULL)
		set->context = AllocSetContextCreate(CacheMemoryContext, "paysession CHECK constraints",
											 ALLOCSET_SMALL_SIZES);
	else
		MemoryContextReset(set->context);

	previous = MemoryContextSwitchTo(set->context);
	set->checks = palloc(Max(constr->num_check, 1) * sizeof(ExprState *));
	for (int i = 0; i < constr->num_check; i++)
		set->checks[i] = ExecInitExpr(expression_planner(stringToNode(constr->check[i].ccbin)), NULL);
	MemoryContextSwitchTo(previous);
	set->relid = RelationGetRelid(rel);
	set->role = GetUserId();
}

/*
 * constraint_acquire returns the compiled checks of a table, in the order of
 * its descriptor, or NULL where the executor has to compile them itself.
 */
ExprState **
constraint_acquire(Table table, Relation rel)
{
	CheckSet   *set = &sets[table];

	if (RelationGetDescr(rel)->constr == NULL || set->lent)
		return NULL;
	if (set->relid != RelationGetRelid(rel) || set->role != GetUserId())
	{
		set->relid = InvalidOid;
		compile(set, rel);
	}
	set->lent = true;
	return set->checks;
}

/* constraint_release gives back what constraint_acquire returned. */
void
constraint_release(Table table, ExprState **checks)
{
	if (checks != NULL)
		sets[table].lent = false;
}
