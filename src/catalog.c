/*
 * catalog.c
 *		Finds our relations, columns and enum values by name, once.
 *
 * Everything found is kept in one static, valid until a relcache
 * invalidation names one of our tables (or all): ALTER TABLE, REINDEX
 * CONCURRENTLY, DROP EXTENSION, or ALTER EXTENSION UPDATE in another backend
 * send one.  The callback only marks the static as stale.  It is filled anew
 * by the next lookup, in place: whoever holds a CatalogTable also holds a lock
 * on the table, so that nothing about it can have changed.
 *
 * Columns are found by name, never by number: a user may have added some, and
 * after a dump and restore the numbers may differ.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_enum.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog.h"
#include "errors.h"

#define SCHEMA		"paysession"

static const char *const table_names[TABLE_COUNT] = {
	[TABLE_SESSION] = "payment_session",
	[TABLE_CART] = "cart",
	[TABLE_PROVIDER] = "payment_provider",
	[TABLE_EVENT] = "payment_session_event",
	[TABLE_SALES_CHANNEL] = "sales_channel",
	[TABLE_CART_SALES_CHANNEL] = "cart_sales_channel",
	[TABLE_PAYMENT] = "payment",
	[TABLE_OPERATION] = "payment_operation",
	[TABLE_COLLECTION] = "payment_collection",
	[TABLE_INBOX] = "provider_event",
	[TABLE_KEY] = "idempotency_key",
	[TABLE_OWNED] = "owned_routes",
};

static const char *const column_names[TABLE_COUNT][COLUMN_MAX] = {
	[TABLE_SESSION] = {
		[SESSION_ID] = "id",
		[SESSION_STATUS] = "status",
		[SESSION_UPDATED_AT] = "updated_at",
		[SESSION_PAYMENT_AUTHORIZED_AT] = "payment_authorized_at",
		[SESSION_IS_SELECTED] = "is_selected",
		[SESSION_IS_INITIATED] = "is_initiated",
		[SESSION_AMOUNT] = "amount",
		[SESSION_CREATED_AT] = "created_at",
		[SESSION_EXPIRES_AT] = "expires_at",
		[SESSION_CANCELED_AT] = "canceled_at",
		[SESSION_CART_ID] = "cart_id",
		[SESSION_PAYMENT_COLLECTION_ID] = "payment_collection_id",
		[SESSION_PROVIDER_ID] = "provider_id",
		[SESSION_CURRENCY_CODE] = "currency_code",
		[SESSION_STATUS_REASON] = "status_reason",
		[SESSION_PROVIDER_REF] = "provider_ref",
		[SESSION_IDEMPOTENCY_KEY] = "idempotency_key",
		[SESSION_DATA] = "data",
	},
	[TABLE_CART] = {
		[CART_ID] = "id",
		[CART_CURRENCY_CODE] = "currency_code",
		[CART_CONTEXT] = "context",
		[CART_METADATA] = "metadata",
		[CART_SALES_CHANNEL_ID] = "sales_channel_id",
		[CART_SUBTOTAL] = "subtotal",
		[CART_RAW_DISCOUNT_TOTAL] = "raw_discount_total",
		[CART_ITEM_TAX_TOTAL] = "item_tax_total",
		[CART_SHIPPING_TOTAL] = "shipping_total",
		[CART_SHIPPING_TAX_TOTAL] = "shipping_tax_total",
		[CART_GIFT_CARD_TOTAL] = "gift_card_total",
		[CART_GIFT_CARD_TAX_TOTAL] = "gift_card_tax_total",
		[CART_DISCOUNT_TOTAL] = "discount_total",
		[CART_TAX_TOTAL] = "tax_total",
		[CART_TOTAL] = "total",
		[CART_COMPLETED_AT] = "completed_at",
		[CART_CREATED_AT] = "created_at",
		[CART_UPDATED_AT] = "updated_at",
		[CART_SESSION_COUNT] = "session_count",
	},
	[TABLE_PROVIDER] = {
		[PROVIDER_ID] = "id",
		[PROVIDER_IS_INSTALLED] = "is_installed",
		[PROVIDER_CAPTURE_METHOD] = "capture_method",
		[PROVIDER_SESSION_TTL] = "session_ttl",
		[PROVIDER_AUTHORIZATION_TTL] = "authorization_ttl",
		[PROVIDER_CREATED_AT] = "created_at",
		[PROVIDER_UPDATED_AT] = "updated_at",
	},
	[TABLE_EVENT] = {
		[EVENT_ID] = "id",
		[EVENT_TXID] = "txid",
		[EVENT_AT] = "at",
		[EVENT_AMOUNT] = "amount",
		[EVENT_FROM_STATUS] = "from_status",
		[EVENT_TO_STATUS] = "to_status",
		[EVENT_IS_SELECTED] = "is_selected",
		[EVENT_SESSION_ID] = "session_id",
		[EVENT_ACTOR] = "actor",
		[EVENT_ROLE] = "role",
		[EVENT_APPLICATION] = "application",
		[EVENT_REASON] = "reason",
	},
	[TABLE_SALES_CHANNEL] = {
		[CHANNEL_ID] = "id",
		[CHANNEL_NAME] = "name",
		[CHANNEL_DESCRIPTION] = "description",
		[CHANNEL_IS_DISABLED] = "is_disabled",
		[CHANNEL_METADATA] = "metadata",
		[CHANNEL_CREATED_AT] = "created_at",
		[CHANNEL_UPDATED_AT] = "updated_at",
	},
	[TABLE_CART_SALES_CHANNEL] = {
		[CART_CHANNEL_CART_ID] = "cart_id",
		[CART_CHANNEL_CHANNEL_ID] = "sales_channel_id",
	},
	[TABLE_PAYMENT] = {
		[PAYMENT_ID] = "id",
		[PAYMENT_UPDATED_AT] = "updated_at",
		[PAYMENT_CAPTURED_AMOUNT] = "captured_amount",
		[PAYMENT_CAPTURE_PENDING] = "capture_pending",
		[PAYMENT_REFUNDED_AMOUNT] = "refunded_amount",
		[PAYMENT_REFUND_PENDING] = "refund_pending",
		[PAYMENT_VOIDED_AMOUNT] = "voided_amount",
		[PAYMENT_VOID_PENDING] = "void_pending",
		[PAYMENT_AMOUNT] = "amount",
		[PAYMENT_CAPTURED_AT] = "captured_at",
		[PAYMENT_CANCELED_AT] = "canceled_at",
		[PAYMENT_CREATED_AT] = "created_at",
		[PAYMENT_AUTHORIZATION_EXPIRES_AT] = "authorization_expires_at",
		[PAYMENT_SESSION_ID] = "session_id",
		[PAYMENT_CART_ID] = "cart_id",
		[PAYMENT_COLLECTION_ID] = "payment_collection_id",
		[PAYMENT_ORDER_ID] = "order_id",
		[PAYMENT_PROVIDER_ID] = "provider_id",
		[PAYMENT_CURRENCY_CODE] = "currency_code",
		[PAYMENT_DATA] = "data",
		[PAYMENT_METADATA] = "metadata",
		[PAYMENT_STATUS] = "status",
		[PAYMENT_CAPTURABLE_AMOUNT] = "capturable_amount",
		[PAYMENT_REFUNDABLE_AMOUNT] = "refundable_amount",
	},
	[TABLE_OPERATION] = {
		[OPERATION_ID] = "id",
		[OPERATION_KIND] = "kind",
		[OPERATION_SESSION_ID] = "session_id",
		[OPERATION_PAYMENT_ID] = "payment_id",
		[OPERATION_PROVIDER_ID] = "provider_id",
		[OPERATION_AMOUNT] = "amount",
		[OPERATION_STATUS] = "status",
		[OPERATION_PROVIDER_IDEMPOTENCY_KEY] = "provider_idempotency_key",
		[OPERATION_ATTEMPT] = "attempt",
		[OPERATION_CLAIMED_UNTIL] = "claimed_until",
		[OPERATION_PROVIDER_REF] = "provider_ref",
		[OPERATION_REASON] = "reason",
		[OPERATION_NOTE] = "note",
		[OPERATION_METADATA] = "metadata",
		[OPERATION_IDEMPOTENCY_KEY] = "idempotency_key",
		[OPERATION_FINAL] = "final",
		[OPERATION_RELEASED_AMOUNT] = "released_amount",
		[OPERATION_CREATED_AT] = "created_at",
		[OPERATION_FINISHED_AT] = "finished_at",
		[OPERATION_REQUEST] = "request",
	},
	[TABLE_COLLECTION] = {
		[COLLECTION_ID] = "id",
		[COLLECTION_TYPE] = "type",
		[COLLECTION_STATUS] = "status",
		[COLLECTION_DESCRIPTION] = "description",
		[COLLECTION_AMOUNT] = "amount",
		[COLLECTION_AUTHORIZED_AMOUNT] = "authorized_amount",
		[COLLECTION_CAPTURED_AMOUNT] = "captured_amount",
		[COLLECTION_CURRENCY_CODE] = "currency_code",
		[COLLECTION_METADATA] = "metadata",
		[COLLECTION_CREATED_BY] = "created_by",
		[COLLECTION_CREATED_AT] = "created_at",
		[COLLECTION_UPDATED_AT] = "updated_at",
	},
	[TABLE_INBOX] = {
		[INBOX_PROVIDER_ID] = "provider_id",
		[INBOX_EVENT_ID] = "event_id",
		[INBOX_STATUS] = "status",
		[INBOX_SESSION_ID] = "session_id",
		[INBOX_PROVIDER_REF] = "provider_ref",
		[INBOX_OPERATION_REF] = "operation_ref",
		[INBOX_AMOUNT] = "amount",
		[INBOX_PAYLOAD] = "payload",
		[INBOX_OCCURRED_AT] = "occurred_at",
		[INBOX_RECEIVED_AT] = "received_at",
		[INBOX_OUTCOME] = "outcome",
		[INBOX_DETAIL] = "detail",
		[INBOX_RESOLVED_AT] = "resolved_at",
		[INBOX_RESOLVED_BY] = "resolved_by",
		[INBOX_NOTE] = "note",
	},
	[TABLE_KEY] = {
		[KEY_ID] = "id",
		[KEY_IDEMPOTENCY_KEY] = "idempotency_key",
		[KEY_REQUEST_METHOD] = "request_method",
		[KEY_REQUEST_PATH] = "request_path",
		[KEY_REQUEST_PARAMS] = "request_params",
		[KEY_RECOVERY_POINT] = "recovery_point",
		[KEY_RESPONSE_CODE] = "response_code",
		[KEY_RESPONSE_BODY] = "response_body",
		[KEY_LOCKED_AT] = "locked_at",
		[KEY_LOCKED_UNTIL] = "locked_until",
		[KEY_CREATED_AT] = "created_at",
	},
	[TABLE_OWNED] = {
		[OWNED_ID] = "id",
		[OWNED_ROUTES] = "routes",
	},
};

static const char *const index_names[INDEX_COUNT] = {
	[INDEX_SESSION] = "payment_session_pkey",
	[INDEX_SESSION_CART] = "payment_session_cart_id_idx",
	[INDEX_SESSION_PROVIDER] = "payment_session_cart_id_provider_id_key",
	[INDEX_SESSION_SELECTED] = "payment_session_selected_key",
	[INDEX_SESSION_COLLECTION] = "payment_session_payment_collection_id_idx",
	[INDEX_CART] = "cart_pkey",
	[INDEX_PROVIDER] = "payment_provider_pkey",
	[INDEX_EVENT] = "payment_session_event_pkey",
	[INDEX_SALES_CHANNEL] = "sales_channel_pkey",
	[INDEX_CART_SALES_CHANNEL] = "cart_sales_channel_pkey",
	[INDEX_SESSION_KEY] = "payment_session_idempotency_key_idx",
	[INDEX_PAYMENT] = "payment_pkey",
	[INDEX_PAYMENT_SESSION] = "payment_session_id_key",
	[INDEX_PAYMENT_CART] = "payment_cart_id_idx",
	[INDEX_PAYMENT_ORDER] = "payment_order_id_idx",
	[INDEX_OPERATION] = "payment_operation_pkey",
	[INDEX_OPERATION_SESSION] = "payment_operation_session_id_idx",
	[INDEX_OPERATION_PAYMENT] = "payment_operation_payment_id_idx",
	[INDEX_OPERATION_KEY] = "payment_operation_idempotency_key_key",
	[INDEX_OPERATION_REF] = "payment_operation_provider_ref_key",
	[INDEX_COLLECTION] = "payment_collection_pkey",
	[INDEX_PAYMENT_COLLECTION] = "payment_payment_collection_id_idx",
	[INDEX_SESSION_REF] = "payment_session_provider_ref_key",
	[INDEX_SESSION_EXPIRES_AT] = "payment_session_expires_at_idx",
	[INDEX_EVENT_TXID] = "payment_session_event_txid_id_idx",
	[INDEX_PAYMENT_EXPIRES_AT] = "payment_authorization_expires_at_idx",
	[INDEX_OPERATION_PENDING] = "payment_operation_pending_idx",
	[INDEX_INBOX] = "provider_event_pkey",
	[INDEX_INBOX_SESSION] = "provider_event_session_id_idx",
	[INDEX_INBOX_REF] = "provider_event_parked_provider_ref_idx",
	[INDEX_INBOX_OPERATION_REF] = "provider_event_parked_operation_ref_idx",
	[INDEX_INBOX_RECEIVED_AT] = "provider_event_received_at_idx",
	[INDEX_KEY] = "idempotency_key_pkey",
	[INDEX_KEY_KEY] = "idempotency_key_idempotency_key_key",
	[INDEX_KEY_CREATED_AT] = "idempotency_key_created_at_idx",
	[INDEX_OWNED] = "owned_routes_pkey",
};

static struct
{
	bool		valid;
	CatalogTable tables[TABLE_COUNT];
	Oid			indexes[INDEX_COUNT];
	Oid			event_sequence;
	Oid			statuses[STATUS_COUNT];
}			cache;

static void
forget(Datum arg, Oid relid)
{
	if (!cache.valid)
		return;
	if (!OidIsValid(relid))
	{
		cache.valid = false;
		return;
	}
	for (int t = 0; t < TABLE_COUNT; t++)
	{
		if (cache.tables[t].relid == relid)
			cache.valid = false;
	}
}

static Oid
find_relation(const char *name, Oid schema)
{
	Oid			relid = get_relname_relid(name, schema);

	if (!OidIsValid(relid))
		error_missing_relation(SCHEMA, name);
	return relid;
}

static void
fill_cache(void)
{
	Oid			schema = get_namespace_oid(SCHEMA, false);
	Oid			enum_type;

	for (int t = 0; t < TABLE_COUNT; t++)
	{
		CatalogTable *table = &cache.tables[t];

		table->table = t;
		table->relid = find_relation(table_names[t], schema);
		table->ncolumns = 0;
		for (int c = 0; c < COLUMN_MAX && column_names[t][c] != NULL; c++)
		{
			table->attno[c] = get_attnum(table->relid, column_names[t][c]);
			if (table->attno[c] == InvalidAttrNumber)
				error_missing_column(column_names[t][c], SCHEMA, table_names[t]);
			table->ncolumns++;
		}
	}
	for (int i = 0; i < INDEX_COUNT; i++)
		cache.indexes[i] = find_relation(index_names[i], schema);
	cache.event_sequence = find_relation("payment_session_event_id_seq", schema);

	enum_type = get_atttype(cache.tables[TABLE_SESSION].relid,
							cache.tables[TABLE_SESSION].attno[SESSION_STATUS]);
	for (int s = 0; s < STATUS_COUNT; s++)
	{
		cache.statuses[s] = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
											ObjectIdGetDatum(enum_type),
											CStringGetDatum(status_labels[s]));
		if (!OidIsValid(cache.statuses[s]))
			error_missing_status(status_labels[s]);
	}
}

/*
 * The cache is declared valid before it is filled, so that an invalidation
 * that arrives meanwhile makes the next lookup fill it again.
 */
static void
ensure_cache(void)
{
	if (cache.valid)
		return;
	PG_TRY();
	{
		cache.valid = true;
		fill_cache();
	}
	PG_CATCH();
	{
		cache.valid = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
}

void
catalog_init(void)
{
	CacheRegisterRelcacheCallback(forget, (Datum) 0);
}

/* catalog_table returns where a table of ours and its columns are. */
const CatalogTable *
catalog_table(Table table)
{
	ensure_cache();
	return &cache.tables[table];
}

/* catalog_primary_key returns the index over a table's first columns, and how many they are. */
TableIndex
catalog_primary_key(Table table, int *nkeys)
{
	static const TableIndex keys[TABLE_COUNT] = {
		[TABLE_SESSION] = INDEX_SESSION,
		[TABLE_CART] = INDEX_CART,
		[TABLE_PROVIDER] = INDEX_PROVIDER,
		[TABLE_SALES_CHANNEL] = INDEX_SALES_CHANNEL,
		[TABLE_PAYMENT] = INDEX_PAYMENT,
		[TABLE_OPERATION] = INDEX_OPERATION,
		[TABLE_COLLECTION] = INDEX_COLLECTION,
		[TABLE_INBOX] = INDEX_INBOX,
		[TABLE_KEY] = INDEX_KEY,
		[TABLE_OWNED] = INDEX_OWNED,
		[TABLE_CART_SALES_CHANNEL] = INDEX_CART_SALES_CHANNEL,
	};

	Assert(table != TABLE_EVENT);
	*nkeys = (table == TABLE_INBOX || table == TABLE_CART_SALES_CHANNEL) ? 2 : 1;
	return keys[table];
}

Oid
catalog_index(TableIndex index)
{
	ensure_cache();
	return cache.indexes[index];
}

Oid
catalog_event_sequence(void)
{
	ensure_cache();
	return cache.event_sequence;
}

static Oid
get_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/* catalog_view_owner returns whom a view of ours belongs to; it is not kept. */
Oid
catalog_view_owner(const char *view)
{
	return get_owner(find_relation(view, get_namespace_oid(SCHEMA, false)));
}

/* catalog_owns_tables tells whether all tables of ours belong to a role. */
bool
catalog_owns_tables(Oid role)
{
	for (int t = 0; t < TABLE_COUNT; t++)
	{
		if (get_owner(catalog_table(t)->relid) != role)
			return false;
	}
	return true;
}

/* catalog_is_own tells whether a column of a table of ours is ours as well. */
bool
catalog_is_own(const CatalogTable *table, AttrNumber attno)
{
	for (int c = 0; c < table->ncolumns; c++)
	{
		if (table->attno[c] == attno)
			return true;
	}
	return false;
}

Oid
catalog_status_oid(Status status)
{
	ensure_cache();
	return cache.statuses[status];
}

/* catalog_status returns the status that a value of the enum type stands for. */
Status
catalog_status(Oid status_oid)
{
	ensure_cache();
	for (int s = 0; s < STATUS_COUNT; s++)
	{
		if (cache.statuses[s] == status_oid)
			return s;
	}
	elog(ERROR, "invalid payment session status %u", status_oid);
}
