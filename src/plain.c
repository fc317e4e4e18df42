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
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lockdefs.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
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

/*
 * What does not come with PostgreSQL; and what is not immutable, since some
 * functions that do run what they are given, or what a type's owner has said.
 */
static bool
is_of_others(Oid function, void *context)
{
	return function >= FirstNormalObjectId || func_volatile(function) != PROVOLATILE_IMMUTABLE;
}

/* Whether an expression calls such a function. */
static bool
calls_others(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceToDomain) || check_functions_in_node(node, is_of_others, context))
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

/* Returns which of ours a trigger is, as it was made; -1 if it is none. */
static int
find_own(const Trigger *trigger, const PlainLaw *law)
{
	FmgrInfo	function;

	if (trigger->tgqual != NULL || trigger->tgnattr > 0 ||
		trigger->tgoldtable != NULL || trigger->tgnewtable != NULL || OidIsValid(trigger->tgconstraint) ||
		(trigger->tgenabled != TRIGGER_FIRES_ON_ORIGIN && trigger->tgenabled != TRIGGER_FIRES_ALWAYS))
		return -1;
	fmgr_info(trigger->tgfoid, &function);
	for (int i = 0; i < PLAIN_TRIGGERS; i++)
	{
		if (law->triggers[i].function == function.fn_addr && law->triggers[i].type == trigger->tgtype)
			return i;
	}
	return -1;
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
	const CatalogTable *held;
	ListCell   *lc;

	if (!law->holds)
		return false;
	/* Before the list, which an invalidation would take away. */
	held = catalog_table(law->held_table);
	foreach(lc, RelationGetFKeyList(rel))
	{
		ForeignKeyCacheInfo *key = lfirst(lc);

		if (key->conoid == trigger->tgconstraint)
			return key->nkeys == 1 && key->conkey[0] == table->attno[law->held_column] &&
				key->confrelid == held->relid && key->confkey[0] == held->attno[0];
	}
	return false;
}

/* Whether there is only what we know of, and all of it, among a table's triggers. */
static bool
has_plain_triggers(const TriggerDesc *desc, const PlainLaw *law)
{
	uint32		missing = 0;

	if (desc == NULL)
		return false;
	for (int i = 0; i < PLAIN_TRIGGERS && law->triggers[i].function != NULL; i++)
		missing |= 1u << i;
	for (int i = 0; i < desc->numtriggers; i++)
	{
		const Trigger *trigger = &desc->triggers[i];
		int			own;

		if (is_foreign_key(trigger) || TRIGGER_FOR_TRUNCATE(trigger->tgtype))
			continue;
		own = find_own(trigger, law);
		if (own < 0)
			return false;
		missing &= ~(1u << own);
	}
	return missing == 0;
}

/*
 * Returns the triggers of a table's foreign keys, for a new row without that
 * of the one that is held; NULL if there are none.
 */
static TriggerDesc *
get_references(Relation rel, TriggerDesc *triggers, const CatalogTable *table, const PlainLaw *law, bool is_birth)
{
	TriggerDesc *desc = CopyTriggerDesc(triggers);
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
learn(Plain *plain, MemoryContext context, const CatalogTable *table, Relation rel, const PlainLaw *law)
{
	/* A copy: an invalidation may rebuild what the relation cache has. */
	TriggerDesc *triggers = CopyTriggerDesc(rel->trigdesc);
	TriggerDesc *references;
	TriggerDesc *birth_references;
	Bitmapset  *keys;
	MemoryContext previous;

	if (rel->rd_rel->relispartition || !has_plain_triggers(triggers, law) ||
		!has_plain_columns(table, rel) || !has_plain_indexes(rel))
		return false;
	references = get_references(rel, triggers, table, law, false);
	birth_references = get_references(rel, triggers, table, law, true);
	keys = get_keys(rel);

	/* All else that this took goes with the caller's memory. */
	previous = MemoryContextSwitchTo(context);
	plain->references = CopyTriggerDesc(references);
	plain->birth_references = CopyTriggerDesc(birth_references);
	plain->keys = bms_copy(keys);
	MemoryContextSwitchTo(previous);
	return true;
}

/*
 * plain_get returns what there is to know of a table that is plain, given its
 * law; NULL if it is not, or somebody has triggers switched off.  It is valid
 * until the write ends in which it is asked for, or another one around that.
 */
const Plain *
plain_get(Table table, Relation rel, const PlainLaw *law, bool is_nested)
{
	Knowledge  *knowledge = &known[table];

	if (SessionReplicationRole != SESSION_REPLICATION_ROLE_ORIGIN)
		return NULL;
	if (knowledge->relid != RelationGetRelid(rel))
	{
		/* A write around this one may still use what was known. */
		if (knowledge->context != NULL && is_nested)
			MemoryContextSetParent(knowledge->context, TopTransactionContext);
		else if (knowledge->context != NULL)
			MemoryContextDelete(knowledge->context);
		knowledge->context = AllocSetContextCreate(CacheMemoryContext, "paysession plain table",
												   ALLOCSET_SMALL_SIZES);

		/*
		 * Valid beforehand: an invalidation that arrives meanwhile is not
		 * lost.
		 */
		knowledge->relid = RelationGetRelid(rel);
		knowledge->is_plain = false;
		knowledge->is_plain = learn(&knowledge->plain, knowledge->context, catalog_table(table), rel, law);
	}
	return knowledge->is_plain ? &knowledge->plain : NULL;
}
