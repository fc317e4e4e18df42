/*
 * session_json.c
 *		A payment session as the JSON that a storefront knows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "args.h"
#include "guard.h"
#include "session.h"

typedef enum FieldType
{
	FIELD_TEXT,
	FIELD_BOOL,
	FIELD_INTEGER,
	FIELD_NUMERIC,
	FIELD_TIME,
	FIELD_JSON,
	FIELD_STATUS
} FieldType;

typedef struct Field
{
	const char *name;
	int			column;
	FieldType	type;
	bool		omit_null;		/* left out while unknown, never null */
} Field;

static const Field session_fields[] = {
	{"id", SESSION_ID, FIELD_TEXT},
	{"cart_id", SESSION_CART_ID, FIELD_TEXT},
	{"provider_id", SESSION_PROVIDER_ID, FIELD_TEXT},
	{"is_selected", SESSION_IS_SELECTED, FIELD_BOOL},
	{"is_initiated", SESSION_IS_INITIATED, FIELD_BOOL},
	{"status", SESSION_STATUS, FIELD_STATUS},
	{"data", SESSION_DATA, FIELD_JSON},
	{"idempotency_key", SESSION_IDEMPOTENCY_KEY, FIELD_TEXT},
	{"amount", SESSION_AMOUNT, FIELD_INTEGER},
	{"payment_authorized_at", SESSION_PAYMENT_AUTHORIZED_AT, FIELD_TIME},
	{"created_at", SESSION_CREATED_AT, FIELD_TIME},
	{"updated_at", SESSION_UPDATED_AT, FIELD_TIME},
};

static const Field detail_fields[] = {
	{"payment_collection_id", SESSION_PAYMENT_COLLECTION_ID, FIELD_TEXT},
	{"currency_code", SESSION_CURRENCY_CODE, FIELD_TEXT},
	{"status_reason", SESSION_STATUS_REASON, FIELD_TEXT},
	{"provider_ref", SESSION_PROVIDER_REF, FIELD_TEXT},
	{"expires_at", SESSION_EXPIRES_AT, FIELD_TIME},
	{"canceled_at", SESSION_CANCELED_AT, FIELD_TIME},
};

static const Field cart_fields[] = {
	{"context", CART_CONTEXT, FIELD_JSON},
	{"metadata", CART_METADATA, FIELD_JSON},
	{"sales_channel_id", CART_SALES_CHANNEL_ID, FIELD_TEXT},
	{"subtotal", CART_SUBTOTAL, FIELD_INTEGER, true},
	{"discount_total", CART_DISCOUNT_TOTAL, FIELD_INTEGER, true},
	{"raw_discount_total", CART_RAW_DISCOUNT_TOTAL, FIELD_NUMERIC, true},
	{"item_tax_total", CART_ITEM_TAX_TOTAL, FIELD_INTEGER},
	{"shipping_total", CART_SHIPPING_TOTAL, FIELD_INTEGER, true},
	{"shipping_tax_total", CART_SHIPPING_TAX_TOTAL, FIELD_INTEGER},
	{"tax_total", CART_TAX_TOTAL, FIELD_INTEGER},
	{"gift_card_total", CART_GIFT_CARD_TOTAL, FIELD_INTEGER, true},
	{"gift_card_tax_total", CART_GIFT_CARD_TAX_TOTAL, FIELD_INTEGER, true},
	{"total", CART_TOTAL, FIELD_INTEGER, true},
};

static const Field channel_fields[] = {
	{"id", CHANNEL_ID, FIELD_TEXT},
	{"name", CHANNEL_NAME, FIELD_TEXT},
	{"description", CHANNEL_DESCRIPTION, FIELD_TEXT},
	{"is_disabled", CHANNEL_IS_DISABLED, FIELD_BOOL},
	{"metadata", CHANNEL_METADATA, FIELD_JSON},
	{"created_at", CHANNEL_CREATED_AT, FIELD_TIME},
	{"updated_at", CHANNEL_UPDATED_AT, FIELD_TIME},
};

typedef struct Expansion
{
	bool		details;
	bool		cart;
	bool		sales_channel;
	bool		sales_channels;
} Expansion;

static void
push_string(JsonbParseState **state, JsonbIteratorToken token, const char *s, int len)
{
	JsonbValue	value = {.type = jbvString};

	value.val.string.val = (char *) s;
	value.val.string.len = len;
	pushJsonbValue(state, token, &value);
}

static void
push_key(JsonbParseState **state, const char *key)
{
	push_string(state, WJB_KEY, key, strlen(key));
}

static void
push_integer(JsonbParseState **state, int64 n)
{
	JsonbValue	value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(n);
	pushJsonbValue(state, WJB_VALUE, &value);
}

static void
push_null(JsonbParseState **state)
{
	JsonbValue	value = {.type = jbvNull};

	pushJsonbValue(state, WJB_VALUE, &value);
}

/* The result is built after all stores are closed, so values are copied. */
static void
push_datum(JsonbParseState **state, FieldType type, Datum datum)
{
	JsonbValue	value;
	char		buffer[MAXDATELEN + 1];
	char	   *s;

	switch (type)
	{
		case FIELD_TEXT:
			s = TextDatumGetCString(datum);
			push_string(state, WJB_VALUE, s, strlen(s));
			break;
		case FIELD_STATUS:
			push_string(state, WJB_VALUE, status_labels[catalog_status(DatumGetObjectId(datum))],
						strlen(status_labels[catalog_status(DatumGetObjectId(datum))]));
			break;
		case FIELD_TIME:
			JsonEncodeDateTime(buffer, datum, TIMESTAMPTZOID, NULL);
			push_string(state, WJB_VALUE, pstrdup(buffer), strlen(buffer));
			break;
		case FIELD_INTEGER:
			push_integer(state, DatumGetInt64(datum));
			break;
		case FIELD_BOOL:
			value.type = jbvBool;
			value.val.boolean = DatumGetBool(datum);
			pushJsonbValue(state, WJB_VALUE, &value);
			break;
		case FIELD_NUMERIC:
			value.type = jbvNumeric;
			value.val.numeric = DatumGetNumericCopy(datum);
			pushJsonbValue(state, WJB_VALUE, &value);
			break;
		case FIELD_JSON:
			JsonbToJsonbValue(DatumGetJsonbPCopy(datum), &value);
			pushJsonbValue(state, WJB_VALUE, &value);
			break;
	}
}

static void
push_fields(JsonbParseState **state, const Row *row, const Field *fields, int n)
{
	for (int i = 0; i < n; i++)
	{
		bool		isnull = row_is_null(row, fields[i].column);

		if (isnull && fields[i].omit_null)
			continue;
		push_key(state, fields[i].name);
		if (isnull)
			push_null(state);
		else
			push_datum(state, fields[i].type, row_get(row, fields[i].column));
	}
}

static void
push_channel(JsonbParseState **state, Store *channels, Datum id)
{
	Row		   *channel = store_find(channels, INDEX_SALES_CHANNEL, id);

	if (channel == NULL)
		elog(ERROR, "sales channel of a cart is missing");
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_fields(state, channel, channel_fields, lengthof(channel_fields));
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
push_channels_of(JsonbParseState **state, Store *channels, Datum cart_id)
{
	Store	   *links = store_open(TABLE_CART_SALES_CHANNEL, STORE_READ);
	StoreScan  *scan = store_scan_begin(links, INDEX_CART_SALES_CHANNEL, 1, &cart_id, NULL, ForwardScanDirection);
	Row		   *link;

	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	while ((link = store_scan_next(scan)) != NULL)
		push_channel(state, channels, PointerGetDatum(DatumGetTextPCopy(row_get(link, CART_CHANNEL_CHANNEL_ID))));
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	store_scan_end(scan);
	store_close(links);
}

static void
push_cart(JsonbParseState **state, Datum cart_id, const Expansion *expansion)
{
	Store	   *carts = store_open(TABLE_CART, STORE_READ);
	Store	   *channels = store_open(TABLE_SALES_CHANNEL, STORE_READ);
	Row		   *cart = store_find(carts, INDEX_CART, cart_id);

	if (cart == NULL)
		elog(ERROR, "cart of a payment session is missing");
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_fields(state, cart, cart_fields, lengthof(cart_fields));
	push_key(state, "refunded_total");
	push_integer(state, 0);
	push_key(state, "refundable_amount");
	push_integer(state, 0);
	if (expansion->sales_channel)
	{
		push_key(state, "sales_channel");
		if (row_is_null(cart, CART_SALES_CHANNEL_ID))
			push_null(state);
		else
			push_channel(state, channels, row_get(cart, CART_SALES_CHANNEL_ID));
	}
	if (expansion->sales_channels)
	{
		push_key(state, "sales_channels");
		push_channels_of(state, channels, cart_id);
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
	store_close(channels);
	store_close(carts);
}

static void
read_expansion(ArrayType *array, Expansion *expansion)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		char	   *name;

		if (nulls[i])
			error_null("an element of expand");
		name = TextDatumGetCString(values[i]);
		if (strcmp(name, "details") == 0)
			expansion->details = true;
		else if (strcmp(name, "cart") == 0)
			expansion->cart = true;
		else if (strcmp(name, "cart.sales_channel") == 0)
			expansion->cart = expansion->sales_channel = true;
		else if (strcmp(name, "cart.sales_channels") == 0)
			expansion->cart = expansion->sales_channels = true;
		else
			error_expand(i + 1);
	}
}

PG_FUNCTION_INFO_V1(paysession_get);

/* ps_get(session_id, expand) */
Datum
paysession_get(PG_FUNCTION_ARGS)
{
	Datum		id = args_get_id(fcinfo, 0, "session_id");
	JsonbParseState *state = NULL;
	Expansion	expansion = {0};
	Store	   *sessions;
	Row		   *session;
	Jsonb	   *result;

	if (!PG_ARGISNULL(1))
		read_expansion(PG_GETARG_ARRAYTYPE_P(1), &expansion);
	sessions = store_open(TABLE_SESSION, STORE_READ);
	session = session_find(sessions, id);
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_fields(&state, session, session_fields, lengthof(session_fields));
	if (expansion.details)
		push_fields(&state, session, detail_fields, lengthof(detail_fields));
	if (expansion.cart)
	{
		push_key(&state, "cart");
		if (row_is_null(session, SESSION_CART_ID))
			push_null(&state);
		else
			push_cart(&state, row_get(session, SESSION_CART_ID), &expansion);
	}
	result = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
	store_close(sessions);
	PG_RETURN_JSONB_P(result);
}
