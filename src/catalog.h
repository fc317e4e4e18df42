/*
 * catalog.h
 *		Where our tables, columns, indexes and enum values are.
 */
#ifndef PAYSESSION_CATALOG_H
#define PAYSESSION_CATALOG_H

#include "access/attnum.h"
#include "status.h"

typedef enum Table
{
	TABLE_SESSION,
	TABLE_CART,
	TABLE_PROVIDER,
	TABLE_EVENT,
	TABLE_SALES_CHANNEL,
	TABLE_CART_SALES_CHANNEL,
	TABLE_PAYMENT,
	TABLE_OPERATION,
	TABLE_COLLECTION,
	TABLE_INBOX,
	TABLE_KEY,
	TABLE_OWNED
} Table;

#define TABLE_COUNT		(TABLE_OWNED + 1)

/* The columns that the code names, in no particular order. */
typedef enum SessionColumn
{
	SESSION_ID,
	SESSION_STATUS,
	SESSION_UPDATED_AT,
	SESSION_PAYMENT_AUTHORIZED_AT,
	SESSION_IS_SELECTED,
	SESSION_IS_INITIATED,
	SESSION_AMOUNT,
	SESSION_CREATED_AT,
	SESSION_EXPIRES_AT,
	SESSION_CANCELED_AT,
	SESSION_CART_ID,
	SESSION_PAYMENT_COLLECTION_ID,
	SESSION_PROVIDER_ID,
	SESSION_CURRENCY_CODE,
	SESSION_STATUS_REASON,
	SESSION_PROVIDER_REF,
	SESSION_IDEMPOTENCY_KEY,
	SESSION_DATA
} SessionColumn;

typedef enum CartColumn
{
	CART_ID,
	CART_CURRENCY_CODE,
	CART_CONTEXT,
	CART_METADATA,
	CART_SALES_CHANNEL_ID,
	CART_SUBTOTAL,
	CART_RAW_DISCOUNT_TOTAL,
	CART_ITEM_TAX_TOTAL,
	CART_SHIPPING_TOTAL,
	CART_SHIPPING_TAX_TOTAL,
	CART_GIFT_CARD_TOTAL,
	CART_GIFT_CARD_TAX_TOTAL,
	CART_DISCOUNT_TOTAL,
	CART_TAX_TOTAL,
	CART_TOTAL,
	CART_COMPLETED_AT,
	CART_CREATED_AT,
	CART_UPDATED_AT,
	CART_SESSION_COUNT
} CartColumn;

typedef enum ProviderColumn
{
	PROVIDER_ID,
	PROVIDER_IS_INSTALLED,
	PROVIDER_CAPTURE_METHOD,
	PROVIDER_SESSION_TTL,
	PROVIDER_AUTHORIZATION_TTL,
	PROVIDER_CREATED_AT,
	PROVIDER_UPDATED_AT
} ProviderColumn;

typedef enum EventColumn
{
	EVENT_ID,
	EVENT_TXID,
	EVENT_AT,
	EVENT_AMOUNT,
	EVENT_FROM_STATUS,
	EVENT_TO_STATUS,
	EVENT_IS_SELECTED,
	EVENT_SESSION_ID,
	EVENT_ACTOR,
	EVENT_ROLE,
	EVENT_APPLICATION,
	EVENT_REASON
} EventColumn;

typedef enum SalesChannelColumn
{
	CHANNEL_ID,
	CHANNEL_NAME,
	CHANNEL_DESCRIPTION,
	CHANNEL_IS_DISABLED,
	CHANNEL_METADATA,
	CHANNEL_CREATED_AT,
	CHANNEL_UPDATED_AT
} SalesChannelColumn;

typedef enum CartSalesChannelColumn
{
	CART_CHANNEL_CART_ID,
	CART_CHANNEL_CHANNEL_ID
} CartSalesChannelColumn;

typedef enum PaymentColumn
{
	PAYMENT_ID,
	PAYMENT_UPDATED_AT,
	PAYMENT_CAPTURED_AMOUNT,
	PAYMENT_CAPTURE_PENDING,
	PAYMENT_REFUNDED_AMOUNT,
	PAYMENT_REFUND_PENDING,
	PAYMENT_VOIDED_AMOUNT,
	PAYMENT_VOID_PENDING,
	PAYMENT_AMOUNT,
	PAYMENT_CAPTURED_AT,
	PAYMENT_CANCELED_AT,
	PAYMENT_CREATED_AT,
	PAYMENT_AUTHORIZATION_EXPIRES_AT,
	PAYMENT_SESSION_ID,
	PAYMENT_CART_ID,
	PAYMENT_COLLECTION_ID,
	PAYMENT_ORDER_ID,
	PAYMENT_PROVIDER_ID,
	PAYMENT_CURRENCY_CODE,
	PAYMENT_DATA,
	PAYMENT_METADATA,
	PAYMENT_STATUS,
	PAYMENT_CAPTURABLE_AMOUNT,
	PAYMENT_REFUNDABLE_AMOUNT
} PaymentColumn;

/* The first ones in the order of the type claimed_operation. */
typedef enum OperationColumn
{
	OPERATION_ID,
	OPERATION_KIND,
	OPERATION_SESSION_ID,
	OPERATION_PAYMENT_ID,
	OPERATION_PROVIDER_ID,
	OPERATION_AMOUNT,
	OPERATION_STATUS,
	OPERATION_PROVIDER_IDEMPOTENCY_KEY,
	OPERATION_ATTEMPT,
	OPERATION_CLAIMED_UNTIL,
	OPERATION_PROVIDER_REF,
	OPERATION_REASON,
	OPERATION_NOTE,
	OPERATION_METADATA,
	OPERATION_IDEMPOTENCY_KEY,
	OPERATION_FINAL,
	OPERATION_RELEASED_AMOUNT,
	OPERATION_CREATED_AT,
	OPERATION_FINISHED_AT,
	OPERATION_REQUEST
} OperationColumn;

typedef enum CollectionColumn
{
	COLLECTION_ID,
	COLLECTION_TYPE,
	COLLECTION_STATUS,
	COLLECTION_DESCRIPTION,
	COLLECTION_AMOUNT,
	COLLECTION_AUTHORIZED_AMOUNT,
	COLLECTION_CAPTURED_AMOUNT,
	COLLECTION_CURRENCY_CODE,
	COLLECTION_METADATA,
	COLLECTION_CREATED_BY,
	COLLECTION_CREATED_AT,
	COLLECTION_UPDATED_AT
} CollectionColumn;

/* provider_event; its primary key first */
typedef enum InboxColumn
{
	INBOX_PROVIDER_ID,
	INBOX_EVENT_ID,
	INBOX_STATUS,
	INBOX_SESSION_ID,
	INBOX_PROVIDER_REF,
	INBOX_OPERATION_REF,
	INBOX_AMOUNT,
	INBOX_PAYLOAD,
	INBOX_OCCURRED_AT,
	INBOX_RECEIVED_AT,
	INBOX_OUTCOME,
	INBOX_DETAIL,
	INBOX_RESOLVED_AT,
	INBOX_RESOLVED_BY,
	INBOX_NOTE
} InboxColumn;

/* idempotency_key */
typedef enum KeyColumn
{
	KEY_ID,
	KEY_IDEMPOTENCY_KEY,
	KEY_REQUEST_METHOD,
	KEY_REQUEST_PATH,
	KEY_REQUEST_PARAMS,
	KEY_RECOVERY_POINT,
	KEY_RESPONSE_CODE,
	KEY_RESPONSE_BODY,
	KEY_LOCKED_AT,
	KEY_LOCKED_UNTIL,
	KEY_CREATED_AT
} KeyColumn;

/* owned_routes, and the id of its only row */
typedef enum OwnedColumn
{
	OWNED_ID,
	OWNED_ROUTES
} OwnedColumn;

#define OWNED_ONLY		"owned"

#define COLUMN_MAX		24

typedef enum TableIndex
{
	INDEX_SESSION,				/* (id) */
	INDEX_SESSION_CART,			/* (cart_id, id) */
	INDEX_SESSION_PROVIDER,		/* (cart_id, provider_id) where canceled_at is
								 * null */
	INDEX_SESSION_SELECTED,		/* (cart_id) where is_selected */
	INDEX_SESSION_COLLECTION,	/* (payment_collection_id, id) */
	INDEX_CART,
	INDEX_PROVIDER,
	INDEX_EVENT,				/* (session_id, id) */
	INDEX_SALES_CHANNEL,
	INDEX_CART_SALES_CHANNEL,	/* (cart_id, sales_channel_id) */
	INDEX_SESSION_KEY,			/* (idempotency_key) */
	INDEX_PAYMENT,
	INDEX_PAYMENT_SESSION,		/* (session_id) */
	INDEX_PAYMENT_CART,			/* (cart_id, id) */
	INDEX_PAYMENT_ORDER,		/* (order_id, id) */
	INDEX_OPERATION,
	INDEX_OPERATION_SESSION,	/* (session_id, id) */
	INDEX_OPERATION_PAYMENT,	/* (payment_id, id) */
	INDEX_OPERATION_KEY,		/* (payment_id, idempotency_key) */
	INDEX_OPERATION_REF,		/* (provider_id, kind, provider_ref) */
	INDEX_COLLECTION,
	INDEX_PAYMENT_COLLECTION,	/* (payment_collection_id) */
	INDEX_SESSION_REF,			/* (provider_id, provider_ref) */
	INDEX_SESSION_EXPIRES_AT,	/* (expires_at) where canceled_at is null */
	INDEX_EVENT_TXID,			/* (txid, id) */
	INDEX_PAYMENT_EXPIRES_AT,	/* (authorization_expires_at) where
								 * canceled_at is null */
	INDEX_OPERATION_PENDING,	/* (created_at) where finished_at is null */
	INDEX_INBOX,				/* (provider_id, event_id) */
	INDEX_INBOX_SESSION,		/* (session_id, provider_id, event_id) */
	INDEX_INBOX_REF,			/* (provider_id, provider_ref) where parked */
	INDEX_INBOX_OPERATION_REF,	/* (provider_id, operation_ref) where parked */
	INDEX_INBOX_RECEIVED_AT,
	INDEX_KEY,
	INDEX_KEY_KEY,				/* (idempotency_key) */
	INDEX_KEY_CREATED_AT,
	INDEX_OWNED
} TableIndex;

#define INDEX_COUNT		(INDEX_OWNED + 1)

typedef struct CatalogTable
{
	Table		table;
	Oid			relid;
	int			ncolumns;		/* how many columns are ours */
	AttrNumber	attno[COLUMN_MAX];	/* by the table's column enum */
} CatalogTable;

extern void catalog_init(void);
extern const CatalogTable *catalog_table(Table table);
extern TableIndex catalog_primary_key(Table table, int *nkeys);
extern Oid	catalog_index(TableIndex index);
extern Oid	catalog_event_sequence(void);
extern Oid	catalog_view_owner(const char *view);
extern bool catalog_owns_tables(Oid role);
extern bool catalog_is_own(const CatalogTable *table, AttrNumber attno);
extern Oid	catalog_status_oid(Status status);
extern Status catalog_status(Oid status_oid);

#endif							/* PAYSESSION_CATALOG_H */
