/*
 * session_json.c
 *		A payment session as the JSON that a storefront knows.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"

#include "args.h"
#include "json.h"
#include "session.h"

typedef struct Expansion
{
	bool		details;
	bool		payment_collection;
	bool		payment;
	bool		operations;
	bool		cart;
	bool		sales_channel;
	bool		sales_channels;
} Expansion;

static void
push_channel(JsonbParseState **state, Store *channels, Datum id)
{
	Row		   *channel = store_find(channels, INDEX_SALES_CHANNEL, id);

	if (channel == NULL)
		elog(ERROR, "sales channel of a cart is missing");
	json_push_object(state, JSON_CHANNEL, channel);
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
	json_push_key(state, "refunded_total");
	json_push_integer(state, refunded);
	json_push_key(state, "refundable_amount");
	json_push_integer(state, refundable);
}

static void
push_collection(JsonbParseState **state, const Row *session)
{
	Store	   *collections = store_open(TABLE_COLLECTION, STORE_READ);
	Row		   *collection = row_is_null(session, SESSION_PAYMENT_COLLECTION_ID) ? NULL :
	store_find(collections, INDEX_COLLECTION, row_get(session, SESSION_PAYMENT_COLLECTION_ID));

	json_push_key(state, "payment_collection");
	if (collection == NULL)
		json_push_null(state);
	else
		json_push_object(state, JSON_COLLECTION, collection);
	store_close(collections);
}

static void
push_payment(JsonbParseState **state, Datum session_id)
{
	Store	   *payments = store_open(TABLE_PAYMENT, STORE_READ);
	Row		   *payment = store_find(payments, INDEX_PAYMENT_SESSION, session_id);

	json_push_key(state, "payment");
	if (payment == NULL)
		json_push_null(state);
	else
		json_push_object(state, JSON_PAYMENT, payment);
	store_close(payments);
}

static void
push_operations(JsonbParseState **state, Datum session_id)
{
	Store	   *operations = store_open(TABLE_OPERATION, STORE_READ);
	StoreScan  *scan = store_scan_begin(operations, INDEX_OPERATION_SESSION, 1, &session_id, NULL, ForwardScanDirection);
	Row		   *operation;

	json_push_key(state, "operations");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	while ((operation = store_scan_next(scan)) != NULL)
		json_push_object(state, JSON_OPERATION, operation);
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
	json_push_fields(state, JSON_CART, cart);
	push_refunds(state, cart_id);
	if (expansion->sales_channel)
	{
		json_push_key(state, "sales_channel");
		if (row_is_null(cart, CART_SALES_CHANNEL_ID))
			json_push_null(state);
		else
			push_channel(state, channels, row_get(cart, CART_SALES_CHANNEL_ID));
	}
	if (expansion->sales_channels)
	{
		json_push_key(state, "sales_channels");
		push_channels_of(state, channels, cart_id);
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
	store_close(channels);
	store_close(carts);
}

static void
read_expansion(ArrayType *array, Expansion *expansion)
{
	ListCell   *lc;

	foreach(lc, json_read_names(array))
	{
		const char *name = lfirst(lc);

		if (strcmp(name, "details") == 0)
			expansion->details = true;
		else if (strcmp(name, "payment_collection") == 0)
			expansion->payment_collection = true;
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
			error_expand(foreach_current_index(lc) + 1, "session",
						 "details, cart, cart.sales_channel, cart.sales_channels, payment_collection, payment and operations");
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
	json_push_fields(&state, JSON_SESSION, session);
	if (expansion.details)
		json_push_fields(&state, JSON_SESSION_DETAILS, session);
	if (expansion.cart)
	{
		json_push_key(&state, "cart");
		if (row_is_null(session, SESSION_CART_ID))
			json_push_null(&state);
		else
			push_cart(&state, row_get(session, SESSION_CART_ID), &expansion);
	}
	if (expansion.payment_collection)
		push_collection(&state, session);
	if (expansion.payment)
		push_payment(&state, id);
	if (expansion.operations)
		push_operations(&state, id);
	result = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
	store_close(sessions);
	PG_RETURN_JSONB_P(result);
}
