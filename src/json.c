/*
 * json.c
 *		Our rows as the JSON that a storefront knows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "errors.h"
#include "json.h"

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
	{"session_id", PAYMENT_SESSION_ID, FIELD_TEXT},
	{"provider_id", PAYMENT_PROVIDER_ID, FIELD_TEXT},
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

static const Field collection_fields[] = {
	{"id", COLLECTION_ID, FIELD_TEXT},
	{"type", COLLECTION_TYPE, FIELD_TEXT},
	{"status", COLLECTION_STATUS, FIELD_TEXT},
	{"description", COLLECTION_DESCRIPTION, FIELD_TEXT},
	{"amount", COLLECTION_AMOUNT, FIELD_INTEGER},
	{"authorized_amount", COLLECTION_AUTHORIZED_AMOUNT, FIELD_INTEGER},
	{"captured_amount", COLLECTION_CAPTURED_AMOUNT, FIELD_INTEGER},
	{"currency_code", COLLECTION_CURRENCY_CODE, FIELD_TEXT},
	{"metadata", COLLECTION_METADATA, FIELD_JSON},
	{"created_by", COLLECTION_CREATED_BY, FIELD_TEXT},
	{"created_at", COLLECTION_CREATED_AT, FIELD_TIME},
	{"updated_at", COLLECTION_UPDATED_AT, FIELD_TIME},
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

static const struct
{
	const Field *fields;
	int			n;
}			nouns[] = {
	[JSON_SESSION] = {session_fields, lengthof(session_fields)},
	[JSON_SESSION_DETAILS] = {detail_fields, lengthof(detail_fields)},
	[JSON_CART] = {cart_fields, lengthof(cart_fields)},
	[JSON_CHANNEL] = {channel_fields, lengthof(channel_fields)},
	[JSON_PAYMENT] = {payment_fields, lengthof(payment_fields)},
	[JSON_OPERATION] = {operation_fields, lengthof(operation_fields)},
	[JSON_COLLECTION] = {collection_fields, lengthof(collection_fields)},
};

/* json_read_names returns the names in an array of what is to be expanded. */
List *
json_read_names(ArrayType *array)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
	List	   *names = NIL;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			error_null("an element of expand");
		names = lappend(names, TextDatumGetCString(values[i]));
	}
	return names;
}

static void
push_string(JsonbParseState **state, JsonbIteratorToken token, const char *s, int len)
{
	JsonbValue	value = {.type = jbvString};

	value.val.string.val = (char *) s;
	value.val.string.len = len;
	pushJsonbValue(state, token, &value);
}

void
json_push_key(JsonbParseState **state, const char *key)
{
	push_string(state, WJB_KEY, key, strlen(key));
}

void
json_push_integer(JsonbParseState **state, int64 n)
{
	JsonbValue	value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(n);
	pushJsonbValue(state, WJB_VALUE, &value);
}

void
json_push_null(JsonbParseState **state)
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
			json_push_integer(state, DatumGetInt64(datum));
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

/* json_push_fields adds a row's fields to an object that has been begun. */
void
json_push_fields(JsonbParseState **state, JsonNoun noun, const Row *row)
{
	const Field *fields = nouns[noun].fields;

	for (int i = 0; i < nouns[noun].n; i++)
	{
		bool		isnull = row_is_null(row, fields[i].column);

		if (isnull && fields[i].omit_null)
			continue;
		json_push_key(state, fields[i].name);
		if (isnull)
			json_push_null(state);
		else
			push_datum(state, fields[i].type, row_get(row, fields[i].column));
	}
}

void
json_push_object(JsonbParseState **state, JsonNoun noun, const Row *row)
{
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	json_push_fields(state, noun, row);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}
