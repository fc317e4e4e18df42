/*
 * plain.c
 *		Whether nobody's code but ours runs when a row of a table is written.
 *
 * A table is plain while its row triggers are ours and those of foreign keys,
 * all enabled as they were made; its columns are ours; and its constraints,
 * generated columns and indexes call only functions that come with PostgreSQL.
 * Then nothing can come between the law's first word about a row and its last.
 *
 * What was found is kept per table, for the backend's life, until an
 * invalidation of the table or of any function.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/sysattr.h"
#include "access/transam.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lockdefs.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "plain.h"

typedef struct Knowledge
{
	Oid			relid;			/* InvalidOid: nothing valid is known */
	bool		is_plain;
	MemoryContext context;		/* NULL before the first use */
	Plain		plain;
} Knowledge;

static Knowledge known[TABLE_COUNT];

static void
forget_relation(Datum arg, Oid relid)
{
	for (int t = 0; t < TABLE_COUNT; t++)
	{
		if (!OidIsValid(relid) || known[t].relid == relid)
			known[t].relid = InvalidOid;
	}
}

static void
forget_all(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_relation(arg, InvalidOid);
}

void
plain_init(void)
{
	CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, forget_all, (Datum) 0);
	CacheRegisterSyscacheCallback(CONSTROID, forget_all, (Datum) 0);
}

static bool
is_own_function(Oid function, void *context)
{
	return function >= FirstNormalObjectId;
}

/* Whether an expression calls what does not come with PostgreSQL. */
static bool
calls_others(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceToDomain) || check_functions_in_node(node, is_own_function, context))
		return true;
	return expression_tree_walker(node, calls_others, context);
}

static bool
has_plain_columns(const CatalogTable *table, Relation rel)
{
	TupleDesc	desc = RelationGetDescr(rel);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attisdropped)
			continue;
		if (!catalog_is_own(table, att->attnum))
			return false;
		if (att->attgenerated && calls_others(build_column_default(rel, i + 1), NULL))
			return false;
	}
	for (int i = 0; desc->constr != NULL && i < desc->constr->num_check; i++)
	{
		if (calls_others(stringToNode(desc->constr->check[i].ccbin), NULL))
			return false;
	}
	return true;
}

static bool
has_plain_indexes(Relation rel)
{
	ListCell   *lc;
	bool		is_plain = true;

	foreach(lc, RelationGetIndexList(rel))
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);
		int			nsupport = index->rd_indam->amsupport * IndexRelationGetNumberOfAttributes(index);

		if (calls_others((Node *) RelationGetIndexExpressions(index), NULL) ||
			calls_others((Node *) RelationGetIndexPredicate(index), NULL))
			is_plain = false;
		for (int i = 0; i < nsupport; i++)
		{
			if (index->rd_support[i] >= FirstNormalObjectId)
				is_plain = false;
		}
		index_close(index, AccessShareLock);
	}
	return is_plain;
}

/* Whether a trigger is one of ours, as it was made. */
static bool
is_ours(const Trigger *trigger, const PGFunction *triggers)
{
	FmgrInfo	function;

	if (!TRIGGER_FOR_ROW(trigger->tgtype) || trigger->tgqual != NULL || trigger->tgnattr > 0 ||
		trigger->tgoldtable != NULL || trigger->tgnewtable != NULL || OidIsValid(trigger->tgconstraint) ||
		(trigger->tgenabled != TRIGGER_FIRES_ON_ORIGIN && trigger->tgenabled != TRIGGER_FIRES_ALWAYS))
		return false;
	fmgr_info(trigger->tgfoid, &function);
	for (int i = 0; i < PLAIN_TRIGGERS; i++)
	{
		if (triggers[i] == function.fn_addr)
			return true;
	}
	return false;
}

static bool
is_foreign_key(const Trigger *trigger)
{
	return trigger->tgisinternal && trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN &&
		RI_FKey_trigger_type(trigger->tgfoid) != RI_TRIGGER_NONE;
}

/* Whether a trigger checks the foreign key whose referenced row the law holds. */
static bool
is_held(Relation rel, const Trigger *trigger, const CatalogTable *table, const PlainLaw *law)
{
	ListCell   *lc;

	if (!law->holds)
		return false;

	foreach(lc, RelationGetFKeyList(rel))
	{
		ForeignKeyCacheInfo *key = lfirst(lc);

		if (key->conoid == trigger->tgconstraint)
			return key->nkeys == 1 && key->conkey[0] == table->attno[law->held_column] &&
				key->confrelid == catalog_table(law->held_table)->relid;
	}
	return false;
}

/* Whether there is only what we know of among a table's triggers. */
static bool
has_plain_triggers(Relation rel, const PGFunction *triggers)
{
	const TriggerDesc *desc = rel->trigdesc;
	int			missing = 0;

	if (desc == NULL)
		return false;
	for (int i = 0; i < PLAIN_TRIGGERS && triggers[i] != NULL; i++)
		missing++;
	for (int i = 0; i < desc->numtriggers; i++)
	{
		const Trigger *trigger = &desc->triggers[i];

		if (is_foreign_key(trigger) || TRIGGER_FOR_TRUNCATE(trigger->tgtype))
			continue;
		if (!is_ours(trigger, triggers))
			return false;
		missing--;
	}
	return missing == 0;
}

/*
 * Returns the triggers of a table's foreign keys, for a new row without that
 * of the one that is held; NULL if there are none.
 */
static TriggerDesc *
get_references(Relation rel, const CatalogTable *table, const PlainLaw *law, bool is_birth)
{
	TriggerDesc *desc = CopyTriggerDesc(rel->trigdesc);
	int			kept = 0;

	for (int i = 0; i < desc->numtriggers; i++)
	{
		if (is_foreign_key(&desc->triggers[i]) &&
			!(is_birth && is_held(rel, &desc->triggers[i], table, law)))
			desc->triggers[kept++] = desc->triggers[i];
	}
	desc->numtriggers = kept;
	return kept > 0 ? desc : NULL;
}

static Bitmapset *
get_keys(Relation rel)
{
	Bitmapset  *keys = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_KEY);
	ListCell   *lc;

	foreach(lc, RelationGetFKeyList(rel))
	{
		ForeignKeyCacheInfo *key = lfirst(lc);

		for (int i = 0; i < key->nkeys; i++)
			keys = bms_add_member(keys, key->conkey[i] - FirstLowInvalidHeapAttributeNumber);
	}
	return keys;
}

static bool
learn(Plain *plain, const CatalogTable *table, Relation rel, const PlainLaw *law)
{
	if (rel->rd_rel->relispartition || !has_plain_triggers(rel, law->triggers) ||
		!has_plain_columns(table, rel) || !has_plain_indexes(rel))
		return false;
	plain->references = get_references(rel, table, law, false);
	plain->birth_references = get_references(rel, table, law, true);
	plain->keys = get_keys(rel);
	return true;
}

/*
 * plain_get returns what there is to know of a table that is plain, given its
 * law; NULL if it is not, or somebody has triggers switched off.  It is valid
 * until the transaction ends.
 */
const Plain *
plain_get(Table table, Relation rel, const PlainLaw *law)
{
	Knowledge  *knowledge = &known[table];

	if (SessionReplicationRole != SESSION_REPLICATION_ROLE_ORIGIN)
		return NULL;
	if (knowledge->relid != RelationGetRelid(rel))
	{
		MemoryContext previous;

		/* A write that is under way may still use what was known. */
		if (knowledge->context != NULL)
			MemoryContextSetParent(knowledge->context, TopTransactionContext);
		knowledge->context = AllocSetContextCreate(CacheMemoryContext, "paysession plain table",
												   ALLOCSET_SMALL_SIZES);
		previous = MemoryContextSwitchTo(knowledge->context);
		/* Valid beforehand: an invalidation that arrives meanwhile is not lost. */
		knowledge->relid = RelationGetRelid(rel);
		knowledge->is_plain = false;
		knowledge->is_plain = learn(&knowledge->plain, catalog_table(table), rel, law);
		MemoryContextSwitchTo(previous);
	}
	return knowledge->is_plain ? &knowledge->plain : NULL;
}
