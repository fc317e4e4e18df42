/*
 * cart_document.h
 *		A cart as JSON: what ps_put_cart is given.
 */
#ifndef PAYSESSION_CART_DOCUMENT_H
#define PAYSESSION_CART_DOCUMENT_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "catalog.h"

#define CART_DOCUMENT_COLUMNS	(CART_GIFT_CARD_TAX_TOTAL + 1)

typedef enum CartField
{
	DOCUMENT_ABSENT,
	DOCUMENT_NULL,
	DOCUMENT_GIVEN
} CartField;

/* By cart column, from CART_ID to CART_GIFT_CARD_TAX_TOTAL. */
typedef struct CartDocument
{
	CartField	field[CART_DOCUMENT_COLUMNS];
	Datum		value[CART_DOCUMENT_COLUMNS];
	bool		has_sales_channels;
	List	   *sales_channels; /* of text */
} CartDocument;

extern void cart_document_read(Jsonb *jsonb, CartDocument *document);

#endif							/* PAYSESSION_CART_DOCUMENT_H */
