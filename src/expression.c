/*
 * expression.c
 *		CHECK constraints and generated columns of our tables, compiled once.
 *
 * The executor reads and compiles a table's expressions anew for every
 * statement; for one row that is more work than all the rest of its update.
 * A compiled set is kept per table, for the backend's life.  It is compiled
 * again after an invalidation of the table or of any function, and for
 * another role, since compiling checks EXECUTE on the functions called.
 *
 * A compiled expression holds its intermediate values and so cannot be
 * entered twice.  While a set is lent out it is never freed or lent again: an
 * evaluation that writes to the same table has the executor compile its own.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/tupdesc.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "compat.h"
#include "expression.h"

typedef struct ExpressionSet
{
	Oid			relid;			/* InvalidOid: nothing valid is compiled */
	Oid			role;
	bool		lent;
	MemoryContext context;		/* NULL before the first use */
	ExprState **checks;
	ExprState **generated;		/* by column */
	int			ngenerated;
	Bitmapset  *columns;		/* that are generated */
} ExpressionSet;

static ExpressionSet sets[TABLE_COUNT];

static void
forget_relation(Datum arg, Oid relid)
{
	for (int t = 0; t < TABLE_COUNT; t++)
	{
		if (!OidIsValid(relid) || sets[t].relid == relid)
			sets[t].relid = InvalidOid;
	}
}

/* Functions may be inlined, and a domain's constraints are compiled in. */
static void
forget_all(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_relation(arg, InvalidOid);
}

void
expression_init(void)
{
	CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, forget_all, (Datum) 0);
	CacheRegisterSyscacheCallback(CONSTROID, forget_all, (Datum) 0);
}

/* What an expression is made of on the way goes with the caller's memory. */
static ExprState *
compile(ExpressionSet *set, Node *expression)
{
	Expr	   *planned = expression_planner((Expr *) expression);
	MemoryContext previous = MemoryContextSwitchTo(set->context);
	ExprState  *state = ExecInitExpr(copyObject(planned), NULL);

	MemoryContextSwitchTo(previous);
	return state;
}

static void
compile_set(ExpressionSet *set, Relation rel)
{
	TupleDesc	desc = RelationGetDescr(rel);
	MemoryContext previous;

	if (set->context == NULL)
		set->context = AllocSetContextCreate(CacheMemoryContext, "paysession expressions",
											 ALLOCSET_SMALL_SIZES);
	else
		MemoryContextReset(set->context);

	set->checks = MemoryContextAllocZero(set->context, Max(desc->constr->num_check, 1) * sizeof(ExprState *));
	for (int i = 0; i < desc->constr->num_check; i++)
		set->checks[i] = compile(set, stringToNode(desc->constr->check[i].ccbin));
	set->generated = MemoryContextAllocZero(set->context, desc->natts * sizeof(ExprState *));
	set->ngenerated = 0;
	set->columns = NULL;
	for (int i = 0; i < desc->natts; i++)
	{
		if (TupleDescAttr(desc, i)->attgenerated)
		{
			set->generated[i] = compile(set, build_column_default(rel, i + 1));
			set->ngenerated++;
			previous = MemoryContextSwitchTo(set->context);
			set->columns = bms_add_member(set->columns, i + 1 - FirstLowInvalidHeapAttributeNumber);
			MemoryContextSwitchTo(previous);
		}
	}
}

static void
renew_set(ExpressionSet *set, Relation rel)
{
	/*
	 * Valid beforehand, so that an invalidation that arrives meanwhile is not
	 * lost; lent, so that a function that is folded to a constant cannot come
	 * here and compile over us.
	 */
	set->relid = RelationGetRelid(rel);
	set->role = GetUserId();
	set->lent = true;
	PG_TRY();
	{
		compile_set(set, rel);
	}
	PG_CATCH();
	{
		set->relid = InvalidOid;
		set->lent = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/*
 * expression_lend gives a table's compiled expressions to a result relation,
 * and returns whether it did; the executor compiles its own otherwise.
 */
bool
expression_lend(Table table, ResultRelInfo *result_rel, EState *estate)
{
	ExpressionSet *set = &sets[table];
	Relation	rel = result_rel->ri_RelationDesc;

	if (RelationGetDescr(rel)->constr == NULL || set->lent)
		return false;
	if (set->relid != RelationGetRelid(rel) || set->role != GetUserId())
		renew_set(set, rel);
	result_rel->ri_ConstraintExprs = set->checks;
	compat_set_generated(result_rel, estate, set->generated, set->ngenerated, set->columns);
	set->lent = true;
	return true;
}

/* expression_take_back ends a loan. */
void
expression_take_back(Table table)
{
	sets[table].lent = false;
}
