/*
 * json.h
 *		Our rows as the JSON that a storefront knows.
 */
#ifndef PAYSESSION_JSON_H
#define PAYSESSION_JSON_H

#include "utils/array.h"
#include "utils/jsonb.h"

#include "row.h"

typedef enum JsonNoun
{
	JSON_SESSION,
	JSON_SESSION_DETAILS,
	JSON_CART,
	JSON_CHANNEL,
	JSON_PAYMENT,
	JSON_OPERATION,
	JSON_COLLECTION
} JsonNoun;

extern List *json_read_names(ArrayType *array);
extern void json_push_key(JsonbParseState **state, const char *key);
extern void json_push_integer(JsonbParseState **state, int64 n);
extern void json_push_null(JsonbParseState **state);
extern void json_push_fields(JsonbParseState **state, JsonNoun noun, const Row *row);
extern void json_push_object(JsonbParseState **state, JsonNoun noun, const Row *row);

#endif							/* PAYSESSION_JSON_H */
