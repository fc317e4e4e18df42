/*
 * cart.c
 *		The verb of a cart.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "args.h"
#include "cart_document.h"
#include "guard.h"

PG_FUNCTION_INFO_V1(paysession_put_cart);

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
		store_insert_if_absent(links, link);
	}
	store_close(links);
}

/* ps_put_cart(cart) */
Datum
paysession_put_cart(PG_FUNCTION_ARGS)
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
	cart = store_put(carts, INDEX_CART, document.value[CART_ID], fill_cart, &document);
	if (document.has_sales_channels)
		put_sales_channels(document.value[CART_ID], document.sales_channels);
	result = store_datum(cart);
	store_close(carts);
	PG_RETURN_DATUM(result);
}
