/*
 * cart.c
 *		The verbs of a cart.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "args.h"
#include "cart_document.h"
#include "guard.h"
#include "id.h"
#include "ledger.h"
#include "payment.h"
#include "route.h"

PG_FUNCTION_INFO_V1(paysession_put_cart);
PG_FUNCTION_INFO_V1(paysession_complete_cart);

static void
fill_cart(Row *cart, bool is_new, void *arg)
{
	const CartDocument *document = arg;

	if (is_new)
		guard_fill_cart(cart);
	for (int c = 0; c < CART_DOCUMENT_COLUMNS; c++)
	{
		if (document->field[c] != DOCUMENT_ABSENT)
			row_set_nullable(cart, c, document->value[c], document->field[c] == DOCUMENT_NULL);
	}
}

typedef struct CartChannel
{
	Datum		cart_id;
	Datum		channel_id;
} CartChannel;

/* Makes the cart's sales channels be exactly those given. */
static void
put_sales_channels(Datum cart_id, List *wanted)
{
	Store	   *links = store_open(TABLE_CART_SALES_CHANNEL, STORE_WRITE);
	StoreScan  *scan = store_scan_begin(links, INDEX_CART_SALES_CHANNEL, 1, &cart_id, NULL, ForwardScanDirection);
	List	   *present = NIL;
	Row		   *link;
	ListCell   *lc;

	while ((link = store_scan_next(scan)) != NULL)
	{
		Row		   *locked = store_lock_found(links, link);

		if (locked == NULL)
			continue;
		if (value_is_listed(wanted, row_get(locked, CART_CHANNEL_CHANNEL_ID)))
			present = lappend(present, DatumGetPointer(row_get(locked, CART_CHANNEL_CHANNEL_ID)));
		else
			store_delete(links, locked);
	}
	store_scan_end(scan);
	foreach(lc, wanted)
	{
		if (value_is_listed(present, PointerGetDatum(lfirst(lc))))
			continue;
		link = store_new_row(links);
		row_set(link, CART_CHANNEL_CART_ID, cart_id);
		row_set(link, CART_CHANNEL_CHANNEL_ID, PointerGetDatum(lfirst(lc)));
		store_insert_if_absent(links, INDEX_CART_SALES_CHANNEL, link);
	}
	store_close(links);
}

static Datum
put_cart(PG_FUNCTION_ARGS)
{
	CartDocument document;
	Store	   *carts;
	Row		   *cart;
	Datum		result;

	cart_document_read(DatumGetJsonbP(args_get_not_null(fcinfo, 0, "cart")), &document);
	args_begin_write("ps_put_cart()");
	if (document.field[CART_ID] != DOCUMENT_GIVEN)
		error_null("cart.id");
	value_check_id("cart_id", document.value[CART_ID]);

	carts = store_open(TABLE_CART, STORE_WRITE);
	id_check_owned(document.value[CART_ID]);
	cart = store_put(carts, INDEX_CART, document.value[CART_ID], fill_cart, &document);
	if (document.has_sales_channels)
		put_sales_channels(document.value[CART_ID], document.sales_channels);
	result = store_datum(cart);
	store_close(carts);
	PG_RETURN_DATUM(result);
}

/* ps_put_cart(cart) */
Datum
paysession_put_cart(PG_FUNCTION_ARGS)
{
	return args_call_hiding(fcinfo, 0, put_cart);
}

/*
 * Finds the cart whose session has a key; keys are not unique, so that a cart
 * that is named must be among those that it leads to.  A key whose cart moves
 * is not unknown.
 */
static Datum
find_cart_by_key(Store *sessions, Datum key, Nullable named)
{
	StoreScan  *scan = store_scan_begin(sessions, INDEX_SESSION_KEY, 1, &key, NULL, ForwardScanDirection);
	List	   *carts = NIL;
	int			elsewhere = -1;
	Row		   *session;

	while ((session = store_scan_next(scan)) != NULL)
	{
		if (row_is_null(session, SESSION_CART_ID))
			continue;
		if (!route_owns(session))
			elsewhere = id_route(row_get(session, SESSION_ID));
		else if (!value_is_listed(carts, row_get(session, SESSION_CART_ID)))
			carts = lappend(carts, DatumGetTextPCopy(row_get(session, SESSION_CART_ID)));
	}
	store_scan_end(scan);
	if (carts == NIL && elsewhere >= 0)
		error_route_not_owned(elsewhere);
	if (carts == NIL)
		error_unknown_key();
	if (!named.isnull)
	{
		if (!value_is_listed(carts, named.value))
			error_idempotency_key_reused();
		return named.value;
	}
	if (list_length(carts) > 1)
		error_ambiguous_key();
	return PointerGetDatum(linitial(carts));
}

/* The authorized session of a locked cart, which has the key if one is given. */
static Row *
find_authorized(Store *sessions, Datum cart_id, Nullable key)
{
	ListCell   *lc;

	foreach(lc, guard_lock_sessions(sessions, cart_id))
	{
		Row		   *session = lfirst(lc);

		if (row_status(session) == PS_AUTHORIZED &&
			(key.isnull || value_same_text(row_get(session, SESSION_IDEMPOTENCY_KEY), key.value)))
			return session;
	}
	return NULL;
}

/* The last payment of a cart that was completed with one. */
static Row *
find_payment(Store *payments, Datum cart_id)
{
	StoreScan  *scan = store_scan_begin(payments, INDEX_PAYMENT_CART, 1, &cart_id, NULL, BackwardScanDirection);
	Row		   *payment = store_scan_next(scan);

	store_scan_end(scan);
	return payment != NULL ? payment : store_new_row(payments);
}

/* ps_complete_cart(cart_id, idempotency_key, order_id) */
Datum
paysession_complete_cart(PG_FUNCTION_ARGS)
{
	Nullable	cart_id;
	Nullable	key;
	Nullable	order_id;
	Store	   *carts;
	Store	   *sessions;
	Store	   *payments;
	Row		   *cart;
	Row		   *payment;
	Row		   *session;
	Datum		result;

	args_begin_write("ps_complete_cart()");
	cart_id = args_get_optional_id(fcinfo, 0, "cart_id");
	key = args_get_token(fcinfo, 1, "idempotency_key");
	order_id = args_get_optional_id(fcinfo, 2, "order_id");
	if (cart_id.isnull && key.isnull)
		error_null("cart_id");

	carts = store_open(TABLE_CART, STORE_WRITE);
	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	payments = ledger_open_payments();
	if (!cart_id.isnull)
		id_check_owned(cart_id.value);
	if (!key.isnull)
		cart_id.value = find_cart_by_key(sessions, key.value, cart_id);
	cart = store_lock(carts, INDEX_CART, cart_id.value);
	if (cart == NULL)
		error_unknown_cart(TextDatumGetCString(cart_id.value));
	session = find_authorized(sessions, cart_id.value, key);

	if (session != NULL)
		payment = payment_promote(payments, session, order_id);
	else if (!row_is_null(cart, CART_TOTAL) && DatumGetInt64(row_get(cart, CART_TOTAL)) <= 0)
		payment = store_new_row(payments);
	else if (!row_is_null(cart, CART_COMPLETED_AT))
		payment = find_payment(payments, cart_id.value);
	else
		error_cart_not_authorized(carts->rel, TextDatumGetCString(cart_id.value));

	if (row_is_null(cart, CART_COMPLETED_AT))
	{
		Row		   *completed = store_copy_row(carts, cart);

		row_set(completed, CART_COMPLETED_AT, TimestampTzGetDatum(value_clock()));
		store_update(carts, cart, completed);
	}
	result = store_datum(payment);
	store_close(payments);
	store_close(sessions);
	store_close(carts);
	PG_RETURN_DATUM(result);
}
