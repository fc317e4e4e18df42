/*
 * cart_document.c
 *		Reads a cart as JSON, and has its totals computed.
 *
 * Every error names the path of what is wrong.  Keys that are not ours, an
 * e-mail address or a postal one, are passed over and stored nowhere.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "cart_document.h"
#include "errors.h"
#include "money.h"
#include "value.h"

#define MAX_SIZE		(1024 * 1024)

static const struct
{
	CartColumn	column;
	const char *key;
}			amount_keys[] = {
	{CART_SUBTOTAL, "subtotal"},
	{CART_RAW_DISCOUNT_TOTAL, "raw_discount_total"},
	{CART_ITEM_TAX_TOTAL, "item_tax_total"},
	{CART_SHIPPING_TOTAL, "shipping_total"},
	{CART_SHIPPING_TAX_TOTAL, "shipping_tax_total"},
	{CART_GIFT_CARD_TOTAL, "gift_card_total"},
	{CART_GIFT_CARD_TAX_TOTAL, "gift_card_tax_total"},
};

static const char *const computing_keys[] = {
	"items", "shipping_methods", "discount", "free_shipping", "gift_cards", "gift_cards_taxable"
};

static JsonbValue *
get(JsonbContainer *object, const char *key, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(object, key, strlen(key), value);
}

/* The same, taking JSON's null for absent. */
static JsonbValue *
get_not_null(JsonbContainer *object, const char *key, JsonbValue *value)
{
	if (get(object, key, value) == NULL || value->type == jbvNull)
		return NULL;
	return value;
}

/*
 * An array that is gone through, and a place in the document: a key at the
 * top or in an array's element, or an element of the array under that key.
 * Paths are only written out for an error.
 */
typedef struct Elements
{
	JsonbContainer *array;
	const struct Path *path;
	int			i;
	JsonbContainer *object;		/* the element */
} Elements;

typedef struct Path
{
	const Elements *parent;		/* NULL at the top */
	const char *key;			/* NULL: the element itself */
	int			i;				/* -1, or an element of the key's array */
} Path;

#define TOP(key)		(&(Path) {NULL, key, -1})
#define IN(parent, key) (&(Path) {parent, key, -1})

static const char *
show(const Path *path)
{
	StringInfoData buf;

	initStringInfo(&buf);
	if (path->parent != NULL)
		appendStringInfo(&buf, "%s[%d]", show(path->parent->path), path->parent->i);
	if (path->key != NULL)
		appendStringInfo(&buf, "%s%s", buf.len > 0 ? "." : "", path->key);
	if (path->i >= 0)
		appendStringInfo(&buf, "[%d]", path->i);
	return buf.data;
}

static Datum
get_text(const JsonbValue *value, const Path *path)
{
	if (value->type != jbvString)
		error_cart_document(show(path), "must be a string");
	return PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
}

static bool
get_bool(JsonbContainer *object, const Path *path, bool otherwise)
{
	JsonbValue	value;

	if (get_not_null(object, path->key, &value) == NULL)
		return otherwise;
	if (value.type != jbvBool)
		error_cart_document(show(path), "must be true or false");
	return value.val.boolean;
}

static void
check_money(MoneyError error, const Path *path, const char *must)
{
	if (error == MONEY_INVALID)
		error_cart_document(show(path), must);
	if (error == MONEY_OUT_OF_RANGE)
		error_out_of_range(show(path));
}

/* A number as decimal text, exactly as it stands in the document. */
static char *
get_decimal(const JsonbValue *value, const Path *path)
{
	if (value == NULL || value->type != jbvNumeric)
		error_cart_document(show(path), "must be a number");
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
}

static int64
get_integer(JsonbContainer *object, const Path *path, int64 min)
{
	JsonbValue	value;
	char	   *s = get_decimal(get(object, path->key, &value), path);
	int64		result = 0;

	check_money(money_parse(s, strlen(s), min, &result), path,
				min > 0 ? "must be a positive integer" :
				min == 0 ? "must be an integer and not negative" : "must be an integer");
	pfree(s);
	return result;
}

/* Starts on the array of objects under a key; false if there is none. */
static bool
begin_elements(Elements *elements, JsonbContainer *object, const Path *path)
{
	JsonbValue	value;

	elements->path = path;
	elements->i = -1;
	if (get_not_null(object, path->key, &value) == NULL)
		return false;
	if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
		error_cart_document(show(path), "must be an array");
	elements->array = value.val.binary.data;
	return true;
}

static bool
next_element(Elements *elements)
{
	JsonbValue *value;

	CHECK_FOR_INTERRUPTS();
	if (++elements->i >= JsonContainerSize(elements->array))
		return false;
	value = getIthJsonbValueFromContainer(elements->array, elements->i);
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		error_cart_document(show(IN(elements, NULL)), "must be an object");
	elements->object = value->val.binary.data;
	pfree(value);
	return true;
}

#define MUST_BE_RATE	"must be a percentage, not negative, with at most 25 decimals"

/* tax_rates of an item or a shipping method: an array of percentages. */
static void
read_tax_rates(const Elements *parent, MoneyCart *cart)
{
	Path		path = {parent, "tax_rates", -1};
	JsonbValue	value;
	JsonbIterator *it;
	JsonbIteratorToken token;

	if (get_not_null(parent->object, path.key, &value) == NULL)
		return;
	if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
		error_cart_document(show(&path), "must be an array of percentages");
	money_begin_tax_rates(cart);
	it = JsonbIteratorInit(value.val.binary.data);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char	   *s;

		if (token != WJB_ELEM)
			continue;
		path.i++;
		s = get_decimal(&value, &path);
		check_money(money_add_tax_rate(cart, s, strlen(s)), &path, MUST_BE_RATE);
		pfree(s);
	}
}

static void
read_adjustments(const Elements *parent, const JsonbValue *discount, MoneyCart *cart)
{
	Path		path = {parent, "adjustments", -1};
	Elements	adjustments;

	if (!begin_elements(&adjustments, parent->object, &path))
		return;
	while (next_element(&adjustments))
	{
		JsonbValue	id;
		JsonbValue	amount;
		MoneyDiscount whose = MONEY_DISCOUNT_NONE;
		char	   *s;

		if (get_not_null(adjustments.object, "discount_id", &id) != NULL)
		{
			if (id.type != jbvString)
				error_cart_document(show(IN(&adjustments, "discount_id")), "must be a string");
			whose = discount != NULL &&
				discount->val.string.len == id.val.string.len &&
				memcmp(discount->val.string.val, id.val.string.val, id.val.string.len) == 0 ?
				MONEY_DISCOUNT_CART : MONEY_DISCOUNT_OTHER;
		}
		s = get_decimal(get(adjustments.object, "amount", &amount), IN(&adjustments, "amount"));
		check_money(money_add_adjustment(cart, whose, s, strlen(s)), IN(&adjustments, "amount"),
					"must have at most 27 decimals");
		pfree(s);
	}
}

static void
read_items(JsonbContainer *root, const JsonbValue *discount, MoneyCart *cart)
{
	Path		path = {NULL, "items", -1};
	Elements	items;

	if (!begin_elements(&items, root, &path))
		return;
	while (next_element(&items))
	{
		int64		unit_price = get_integer(items.object, IN(&items, "unit_price"), -MONEY_MAX);
		int64		quantity = get_integer(items.object, IN(&items, "quantity"), 1);
		bool		allow_discounts = get_bool(items.object, IN(&items, "allow_discounts"), true);

		check_money(money_add_item(cart, unit_price, quantity, allow_discounts),
					IN(&items, "unit_price"), "is invalid");
		read_adjustments(&items, discount, cart);
		read_tax_rates(&items, cart);
	}
}

static void
read_shipping_methods(JsonbContainer *root, MoneyCart *cart)
{
	Path		path = {NULL, "shipping_methods", -1};
	Elements	methods;

	if (!begin_elements(&methods, root, &path))
		return;
	while (next_element(&methods))
	{
		int64		price = get_integer(methods.object, IN(&methods, "price"), 0);

		check_money(money_add_shipping_method(cart, price), IN(&methods, "price"), "is invalid");
		read_tax_rates(&methods, cart);
	}
}

static void
read_gift_cards(JsonbContainer *root, MoneyCart *cart)
{
	Path		path = {NULL, "gift_cards", -1};
	Elements	cards;

	if (!begin_elements(&cards, root, &path))
		return;
	while (next_element(&cards))
	{
		int64		balance = get_integer(cards.object, IN(&cards, "balance"), 0);
		JsonbValue	value;
		char	   *rate = NULL;

		if (get_not_null(cards.object, "tax_rate", &value) != NULL)
			rate = get_decimal(&value, IN(&cards, "tax_rate"));
		check_money(money_add_gift_card(cart, balance, rate, rate != NULL ? strlen(rate) : 0),
					IN(&cards, rate != NULL ? "tax_rate" : "balance"), MUST_BE_RATE);
	}
}

static void
set_amount(CartDocument *document, CartColumn column, int64 amount, bool isnull)
{
	document->field[column] = isnull ? DOCUMENT_NULL : DOCUMENT_GIVEN;
	document->value[column] = Int64GetDatum(amount);
}

static void
compute_amounts(JsonbContainer *root, CartDocument *document)
{
	JsonbValue	discount;
	bool		has_discount = get_not_null(root, "discount", &discount) != NULL;
	MoneyCart	cart;
	MoneyTotals totals;

	if (has_discount && discount.type != jbvString)
		error_cart_document("discount", "must be a string");
	money_begin_cart(&cart, get_bool(root, TOP("free_shipping"), false),
					 get_bool(root, TOP("gift_cards_taxable"), true));
	read_items(root, has_discount ? &discount : NULL, &cart);
	read_shipping_methods(root, &cart);
	read_gift_cards(root, &cart);
	check_money(money_finish_cart(&cart, &totals), TOP("total"), "is invalid");

	set_amount(document, CART_SUBTOTAL, totals.subtotal, false);
	set_amount(document, CART_ITEM_TAX_TOTAL, totals.item_tax_total, !totals.has_taxes);
	set_amount(document, CART_SHIPPING_TOTAL, totals.shipping_total, false);
	set_amount(document, CART_SHIPPING_TAX_TOTAL, totals.shipping_tax_total, !totals.has_taxes);
	set_amount(document, CART_GIFT_CARD_TOTAL, totals.gift_card_total, false);
	set_amount(document, CART_GIFT_CARD_TAX_TOTAL, totals.gift_card_tax_total, false);
	document->field[CART_RAW_DISCOUNT_TOTAL] = DOCUMENT_GIVEN;
	document->value[CART_RAW_DISCOUNT_TOTAL] =
		DirectFunctionCall3(numeric_in, CStringGetDatum(totals.raw_discount_total),
							ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* The amounts themselves; of those that are left out, each is 0. */
static void
read_amounts(JsonbContainer *root, CartDocument *document)
{
	for (int i = 0; i < lengthof(amount_keys); i++)
	{
		CartColumn	column = amount_keys[i].column;
		bool		is_raw = column == CART_RAW_DISCOUNT_TOTAL;
		JsonbValue	value;

		if (get(root, amount_keys[i].key, &value) == NULL)
		{
			document->field[column] = DOCUMENT_GIVEN;
			document->value[column] = is_raw ? NumericGetDatum(int64_to_numeric(0)) : Int64GetDatum(0);
		}
		else if (value.type == jbvNull)
			document->field[column] = DOCUMENT_NULL;
		else if (is_raw)
		{
			get_decimal(&value, TOP(amount_keys[i].key));
			document->field[column] = DOCUMENT_GIVEN;
			document->value[column] = NumericGetDatum(value.val.numeric);
		}
		else
			set_amount(document, column, get_integer(root, TOP(amount_keys[i].key), -MONEY_MAX), false);
	}
}

static void
read_text(JsonbContainer *root, const char *key, CartDocument *document, CartColumn column)
{
	JsonbValue	value;

	if (get(root, key, &value) == NULL)
		return;
	document->field[column] = value.type == jbvNull ? DOCUMENT_NULL : DOCUMENT_GIVEN;
	if (value.type != jbvNull)
		document->value[column] = get_text(&value, TOP(key));
}

/* context and metadata; null empties them. */
static void
read_object(JsonbContainer *root, const char *key, CartDocument *document, CartColumn column)
{
	JsonbValue	value;

	if (get(root, key, &value) == NULL)
		return;
	document->field[column] = DOCUMENT_GIVEN;
	if (value.type == jbvNull)
		document->value[column] = DirectFunctionCall1(jsonb_in, CStringGetDatum("{}"));
	else
		document->value[column] = PointerGetDatum(JsonbValueToJsonb(&value));
	value_check_document(key, document->value[column], false);
}

static void
read_sales_channels(JsonbContainer *root, CartDocument *document)
{
	Path		path = {NULL, "sales_channels", -1};
	JsonbValue	value;
	JsonbIterator *it;
	JsonbIteratorToken token;

	if (get_not_null(root, path.key, &value) == NULL)
		return;
	if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
		error_cart_document("sales_channels", "must be an array of ids");
	document->has_sales_channels = true;
	it = JsonbIteratorInit(value.val.binary.data);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		Datum		id;

		if (token != WJB_ELEM)
			continue;
		path.i++;
		id = get_text(&value, &path);
		value_check_id("sales_channel_id", id);
		document->sales_channels = lappend(document->sales_channels, DatumGetPointer(id));
	}
}

/* cart_document_read reads a document, or refuses it. */
void
cart_document_read(Jsonb *jsonb, CartDocument *document)
{
	JsonbContainer *root = &jsonb->root;
	JsonbValue	value;
	const char *computing = NULL;
	const char *amount = NULL;

	memset(document, 0, sizeof(CartDocument));
	if (!JB_ROOT_IS_OBJECT(jsonb))
		error_document("cart", "must be a JSON object");
	read_object(root, "context", document, CART_CONTEXT);
	read_object(root, "metadata", document, CART_METADATA);
	if (VARSIZE(jsonb) > MAX_SIZE)
		error_document("cart", "must not be larger than 1 MB");

	read_text(root, "id", document, CART_ID);
	read_text(root, "currency_code", document, CART_CURRENCY_CODE);
	read_text(root, "sales_channel_id", document, CART_SALES_CHANNEL_ID);
	read_sales_channels(root, document);

	for (int i = 0; i < lengthof(computing_keys); i++)
	{
		if (get(root, computing_keys[i], &value) != NULL)
			computing = computing_keys[i];
	}
	for (int i = 0; i < lengthof(amount_keys); i++)
	{
		if (get(root, amount_keys[i].key, &value) != NULL)
			amount = amount_keys[i].key;
	}
	if (computing != NULL && amount != NULL)
		error_cart_document(amount, psprintf("cannot be given together with %s", computing));
	if (computing != NULL)
		compute_amounts(root, document);
	else if (amount != NULL)
		read_amounts(root, document);
}
