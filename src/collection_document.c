/*
 * collection_document.c
 *		Reads the sessions that a collection is to have.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "collection_document.h"
#include "money.h"

static Nullable
get_id(const JsonbValue *value, const char *name, int i)
{
	Nullable	id = {.isnull = value->type == jbvNull};

	if (id.isnull)
		return id;
	if (value->type != jbvString)
		error_collection_document(i, "has an id that is not a string");
	id.value = PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
	value_check_id(name, id.value);
	return id;
}

static int64
get_amount(const JsonbValue *value, int i)
{
	char	   *s;
	int64		amount = 0;

	if (value->type != jbvNumeric)
		error_collection_document(i, "has an amount that is not a number");
	s = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	switch (money_parse(s, strlen(s), -MONEY_MAX, &amount))
	{
		case MONEY_OK:
			break;
		case MONEY_OUT_OF_RANGE:
			error_not_positive("amount");
			break;
		case MONEY_INVALID:
			error_collection_document(i, "has an amount that is not an integer");
			break;
	}
	value_check_amount("amount", amount);
	return amount;
}

static bool
is_key(const JsonbValue *key, const char *name)
{
	return key->val.string.len == strlen(name) && memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

static CollectionSession *
read_element(JsonbContainer *object, int i)
{
	CollectionSession *element = palloc0(sizeof(CollectionSession));
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	key;
	JsonbValue	value;

	element->session_id.isnull = true;
	element->provider_id.isnull = true;
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&it, &value, true);
		if (is_key(&key, "session_id"))
			element->session_id = get_id(&value, "session_id", i);
		else if (is_key(&key, "provider_id"))
			element->provider_id = get_id(&value, "provider_id", i);
		else if (is_key(&key, "amount"))
			element->amount = get_amount(&value, i);
		else
			error_collection_document(i, "has a key that is none of provider_id, amount and session_id");
	}
	if (element->amount == 0)
		error_collection_document(i, "has no amount");
	if (element->provider_id.isnull && element->session_id.isnull)
		error_collection_document(i, "has neither a provider_id nor a session_id");
	return element;
}

static bool
is_named(List *elements, Datum session_id)
{
	ListCell   *lc;

	foreach(lc, elements)
	{
		CollectionSession *element = lfirst(lc);

		if (!element->session_id.isnull && value_same_text(element->session_id.value, session_id))
			return true;
	}
	return false;
}

/* collection_document_read returns the elements of the document. */
List *
collection_document_read(Jsonb *document)
{
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	value;
	List	   *elements = NIL;

	if (!JB_ROOT_IS_ARRAY(document) || JB_ROOT_IS_SCALAR(document))
		error_invalid("sessions", "It is an array of objects with provider_id, amount and, for one that is there, session_id.");
	it = JsonbIteratorInit(&document->root);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		int			i = list_length(elements) + 1;
		CollectionSession *element;

		CHECK_FOR_INTERRUPTS();
		if (token != WJB_ELEM)
			continue;
		if (value.type != jbvBinary || !JsonContainerIsObject(value.val.binary.data))
			error_collection_document(i, "must be an object");
		element = read_element(value.val.binary.data, i);
		if (!element->session_id.isnull && is_named(elements, element->session_id.value))
			error_collection_document(i, "names a session that another one has named");
		elements = lappend(elements, element);
	}
	return elements;
}
