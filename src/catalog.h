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
	TABLE_CART_SALES_CHANNEL
} Table;

#define TABLE_COUNT		(TABLE_CART_SALES_CHANNEL + 1)

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

#define COLUMN_MAX		19

typedef enum TableIndex
{
	INDEX_SESSION,				/* (id) */
	INDEX_SESSION_CART,			/* (cart_id, id) */
	INDEX_SESSION_PROVIDER,		/* (cart_id, provider_id) where canceled_at is null */
	INDEX_SESSION_SELECTED,		/* (cart_id) where is_selected */
	INDEX_SESSION_COLLECTION,	/* (payment_collection_id, id) */
	INDEX_CART,
	INDEX_PROVIDER,
	INDEX_EVENT,				/* (session_id, id) */
	INDEX_SALES_CHANNEL,
	INDEX_CART_SALES_CHANNEL	/* (cart_id, sales_channel_id) */
} TableIndex;

#define INDEX_COUNT		(INDEX_CART_SALES_CHANNEL + 1)

typedef struct CatalogTable
{
	Table		table;
	Oid			relid;
	int			ncolumns;		/* how many columns are ours */
	AttrNumber	attno[COLUMN_MAX];	/* by the table's column enum */
} CatalogTable;

extern void catalog_init(void);
extern const CatalogTable *catalog_table(Table table);
extern TableIndex catalog_primary_key(Table table);
extern Oid	catalog_index(TableIndex index);
extern Oid	catalog_event_sequence(void);
extern Oid	catalog_status_oid(Status status);
extern Status catalog_status(Oid status_oid);

#endif							/* PAYSESSION_CATALOG_H */
