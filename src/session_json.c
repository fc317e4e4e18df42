/*
 * session_json.c
 *		A payment session as the JSON that a storefront knows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
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

static const Field payment_fields[] = {
	{"id", PAYMENT_ID, FIELD_TEXT},
	{"order_id", PAYMENT_ORDER_ID, FIELD_TEXT},
	{"status", PAYMENT_STATUS, FIELD_TEXT},
	{"amount", PAYMENT_AMOUNT, FIELD_INTEGER},
	{"currency_code", PAYMENT_CURRENCY_CODE, FIELD_TEXT},
	{"captured_amount", PAYMENT_CAPTURED_AMOUNT, FIELD_INTEGER},
	{"refunded_amount", PAYMENT_REFUNDED_AMOUNT, FIELD_INTEGER},
	{"voided_amount", PAYMENT_VOIDED_AMOUNT, FIELD_INTEGER},
	{"capturable_amount", PAYMENT_CAPTURABLE_AMOUNT, FIELD_INTEGER},
	{"refundable_amount", PAYMENT_REFUNDABLE_AMOUNT, FIELD_INTEGER},
	{"data", PAYMENT_DATA, FIELD_JSON},
	{"metadata", PAYMENT_METADATA, FIELD_JSON},
	{"authorization_expires_at", PAYMENT_AUTHORIZATION_EXPIRES_AT, FIELD_TIME},
	{"captured_at", PAYMENT_CAPTURED_AT, FIELD_TIME},
	{"canceled_at", PAYMENT_CANCELED_AT, FIELD_TIME},
	{"created_at", PAYMENT_CREATED_AT, FIELD_TIME},
	{"updated_at", PAYMENT_UPDATED_AT, FIELD_TIME},
};

static const Field operation_fields[] = {
	{"id", OPERATION_ID, FIELD_TEXT},
	{"kind", OPERATION_KIND, FIELD_TEXT},
	{"status", OPERATION_STATUS, FIELD_TEXT},
	{"amount", OPERATION_AMOUNT, FIELD_INTEGER},
	{"provider_ref", OPERATION_PROVIDER_REF, FIELD_TEXT},
	{"reason", OPERATION_REASON, FIELD_TEXT},
	{"note", OPERATION_NOTE, FIELD_TEXT},
	{"metadata", OPERATION_METADATA, FIELD_JSON},
	{"created_at", OPERATION_CREATED_AT, FIELD_TIME},
	{"finished_at", OPERATION_FINISHED_AT, FIELD_TIME},
};

typedef struct Expansion
{
	bool		details;
	bool		payment;
	bool		operations;
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

/* What was and what can be refunded of all the cart's payments. */
static void
push_refunds(JsonbParseState **state, Datum cart_id)
{
	Store	   *payments = store_open(TABLE_PAYMENT, STORE_READ);
	StoreScan  *scan = store_scan_begin(payments, INDEX_PAYMENT_CART, 1, &cart_id, NULL, ForwardScanDirection);
	int64		refunded = 0;
	int64		refundable = 0;
	Row		   *payment;

	while ((payment = store_scan_next(scan)) != NULL)
	{
		if (pg_add_s64_overflow(refunded, DatumGetInt64(row_get(payment, PAYMENT_REFUNDED_AMOUNT)), &refunded))
			error_out_of_range("refunded_total");
		if (pg_add_s64_overflow(refundable, DatumGetInt64(row_get(payment, PAYMENT_REFUNDABLE_AMOUNT)), &refundable))
			error_out_of_range("refundable_amount");
	}
	store_scan_end(scan);
	store_close(payments);
	push_key(state, "refunded_total");
	push_integer(state, refunded);
	push_key(state, "refundable_amount");
	push_integer(state, refundable);
}

static void
push_payment(JsonbParseState **state, Datum session_id)
{
	Store	   *payments = store_open(TABLE_PAYMENT, STORE_READ);
	Row		   *payment = store_find(payments, INDEX_PAYMENT_SESSION, session_id);

	push_key(state, "payment");
	if (payment == NULL)
		push_null(state);
	else
	{
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		push_fields(state, payment, payment_fields, lengthof(payment_fields));
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	store_close(payments);
}

static void
push_operations(JsonbParseState **state, Datum session_id)
{
	Store	   *operations = store_open(TABLE_OPERATION, STORE_READ);
	StoreScan  *scan = store_scan_begin(operations, INDEX_OPERATION_SESSION, 1, &session_id, NULL, ForwardScanDirection);
	Row		   *operation;

	push_key(state, "operations");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	while ((operation = store_scan_next(scan)) != NULL)
	{
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		push_fields(state, operation, operation_fields, lengthof(operation_fields));
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	store_scan_end(scan);
	store_close(operations);
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
	push_refunds(state, cart_id);
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
		else if (strcmp(name, "payment") == 0)
			expansion->payment = true;
		else if (strcmp(name, "operations") == 0)
			expansion->operations = true;
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
	if (expansion.payment)
		push_payment(&state, id);
	if (expansion.operations)
		push_operations(&state, id);
	result = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
	store_close(sessions);
	PG_RETURN_JSONB_P(result);
}
