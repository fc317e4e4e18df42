/*
 * guard_cart.c
 *		The law of carts, and of what is set up: providers, sales channels.
 *
 * A cart's total is decided in one place with its sessions: a new session
 * updates its cart before it exists, and a change of the total locks all the
 * cart's sessions, in the order of their ids, and updates those that follow.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "errors.h"
#include "guard.h"
#include "id.h"
#include "money.h"
#include "trigger.h"
#include "value.h"

static const struct
{
	CartColumn	column;
	const char *name;
	int			sign;			/* in the total */
}			cart_amounts[] = {
	{CART_SUBTOTAL, "subtotal", 1},
	{CART_SHIPPING_TOTAL, "shipping_total", 1},
	{CART_ITEM_TAX_TOTAL, "item_tax_total", 1},
	{CART_SHIPPING_TAX_TOTAL, "shipping_tax_total", 1},
	{CART_GIFT_CARD_TOTAL, "gift_card_total", -1},
	{CART_GIFT_CARD_TAX_TOTAL, "gift_card_tax_total", -1},
};

static bool
numeric_exceeds(Numeric a, Numeric b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(a), NumericGetDatum(b)));
}

/* raw_discount_total, its halves rounded up. */
static int64
round_discount(Numeric raw)
{
	Datum		half = DirectFunctionCall3(numeric_in, CStringGetDatum("0.5"),
										   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	/* NaN counts as greater than any number. */
	if (numeric_exceeds(raw, int64_to_numeric(MONEY_MAX)) ||
		numeric_exceeds(int64_to_numeric(-MONEY_MAX), raw))
		error_out_of_range("raw_discount_total");
	return DatumGetInt64(DirectFunctionCall1(numeric_int8,
											 DirectFunctionCall1(numeric_floor,
																 DirectFunctionCall2(numeric_add, NumericGetDatum(raw), half))));
}

/*
 * Refuses amounts, or a total of them, that JSON could not carry exactly; the
 * generated columns would otherwise fail with a message that names nothing.
 */
static void
check_cart_amounts(const Row *cart)
{
	int128		total = 0;

	for (int i = 0; i < lengthof(cart_amounts); i++)
	{
		int64		amount;

		if (row_is_null(cart, cart_amounts[i].column))
			continue;
		amount = DatumGetInt64(row_get(cart, cart_amounts[i].column));
		if (!money_in_range(amount))
			error_out_of_range(cart_amounts[i].name);
		total += cart_amounts[i].sign * amount;
	}
	if (!row_is_null(cart, CART_RAW_DISCOUNT_TOTAL))
		total -= round_discount(DatumGetNumeric(row_get(cart, CART_RAW_DISCOUNT_TOTAL)));
	if (total > MONEY_MAX || total < -MONEY_MAX)
		error_out_of_range("total");
	if (!row_is_null(cart, CART_ITEM_TAX_TOTAL) && !row_is_null(cart, CART_SHIPPING_TAX_TOTAL) &&
		!money_in_range(DatumGetInt64(row_get(cart, CART_ITEM_TAX_TOTAL)) +
						DatumGetInt64(row_get(cart, CART_SHIPPING_TAX_TOTAL))))
		error_out_of_range("tax_total");
}

static void
check_cart_values(Relation rel, const Row *cart, uint32 changes)
{
	if (changes & COLUMN_BIT(CART_CONTEXT) && !row_is_null(cart, CART_CONTEXT))
		value_check_document("context", row_get(cart, CART_CONTEXT), true);
	if (changes & COLUMN_BIT(CART_METADATA) && !row_is_null(cart, CART_METADATA))
		value_check_document("metadata", row_get(cart, CART_METADATA), true);

	trigger_check_not_null(rel, cart, CART_CONTEXT, "context");
	trigger_check_not_null(rel, cart, CART_METADATA, "metadata");
	trigger_check_not_null(rel, cart, CART_SESSION_COUNT, "session_count");
	if (changes & COLUMN_BIT(CART_ID) && !row_is_null(cart, CART_ID))
		value_check_id("cart_id", row_get(cart, CART_ID));
	if (changes & COLUMN_BIT(CART_SALES_CHANNEL_ID) && !row_is_null(cart, CART_SALES_CHANNEL_ID))
		value_check_id("sales_channel_id", row_get(cart, CART_SALES_CHANNEL_ID));
	if (changes & COLUMN_BIT(CART_CURRENCY_CODE) && !row_is_null(cart, CART_CURRENCY_CODE))
		value_check_currency("currency_code", row_get(cart, CART_CURRENCY_CODE));
	if (changes & COLUMN_BIT(CART_COMPLETED_AT) && !row_is_null(cart, CART_COMPLETED_AT))
		value_check_time("completed_at", DatumGetTimestampTz(row_get(cart, CART_COMPLETED_AT)));
	check_cart_amounts(cart);
}

PG_FUNCTION_INFO_V1(paysession_cart_guard);
PG_FUNCTION_INFO_V1(paysession_cart_follow);
PG_FUNCTION_INFO_V1(paysession_cart_sales_channel_guard);
PG_FUNCTION_INFO_V1(paysession_setup_guard);
PG_FUNCTION_INFO_V1(paysession_refuse_truncate);

/*
 * Deletes a cart's associations with it.  Not left to the foreign key, which
 * would do it as the owner of the table, a user's trigger there included.
 */
static void
delete_associations(Datum cart_id)
{
	Store	   *associations = store_open(TABLE_CART_SALES_CHANNEL, STORE_WRITE);
	StoreScan  *scan = store_scan_begin(associations, INDEX_CART_SALES_CHANNEL, 1, &cart_id, NULL,
										ForwardScanDirection);
	Row		   *association;

	while ((association = store_scan_next(scan)) != NULL)
	{
		Row		   *locked = store_lock_found(associations, association);

		if (locked != NULL)
			store_delete(associations, locked);
	}
	store_scan_end(scan);
	store_close(associations);
}

/* The law's first word about a cart that is to be written. */
static void
before_cart(Relation rel, const Row *old, Row *cart, bool by_function)
{
	check_cart_values(rel, cart, row_column_changes(old, cart));
	if (old != NULL && !row_is_null(old, CART_COMPLETED_AT) && !row_same(old, cart, CART_COMPLETED_AT))
		error_completed_at(rel);
	if (old == NULL && row_is_null(cart, CART_ID))
		row_set(cart, CART_ID, id_new("cart", id_random_route()));
	trigger_check_not_null(rel, cart, CART_ID, "id");
	trigger_stamp(old, cart, CART_CREATED_AT, CART_UPDATED_AT, COLUMN_BIT(CART_SESSION_COUNT));
}

/* Makes a live session follow the cart's total and currency. */
static void
follow(Store *sessions, Row *old, const Row *cart)
{
	Row		   *session = store_copy_row(sessions, old);

	if (!row_is_null(cart, CART_TOTAL))
		row_set_nullable(session, SESSION_AMOUNT, row_get(cart, CART_TOTAL),
						 DatumGetInt64(row_get(cart, CART_TOTAL)) <= 0);
	if (!row_is_null(cart, CART_CURRENCY_CODE))
		row_set(session, SESSION_CURRENCY_CODE, row_get(cart, CART_CURRENCY_CODE));
	guard_update_session(sessions, old, session);
}

/* Its last word, when the generated total is known. */
static void
after_cart(Relation rel, const Row *old, const Row *cart, bool is_judged)
{
	Store	   *sessions;
	List	   *live;
	ListCell   *lc;

	if (old == NULL || (row_same(old, cart, CART_TOTAL) && row_same(old, cart, CART_CURRENCY_CODE)))
		return;
	if (!row_is_null(old, CART_COMPLETED_AT))
		error_cart_completed(rel, TextDatumGetCString(row_get(cart, CART_ID)));

	sessions = store_open(TABLE_SESSION, STORE_WRITE);
	live = guard_lock_sessions(sessions, row_get(cart, CART_ID));
	foreach(lc, live)
	{
		if (row_status((Row *) lfirst(lc)) == PS_AUTHORIZED)
			error_cart_total_authorized(rel, TextDatumGetCString(row_get(cart, CART_ID)));
	}
	foreach(lc, live)
		follow(sessions, lfirst(lc), cart);
	store_close(sessions);
}

const StoreLaw guard_cart_law = {
	before_cart, after_cart, {{{paysession_cart_guard, PLAIN_BEFORE | PLAIN_ANY}, {paysession_cart_follow, PLAIN_AFTER | TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE}}}
};

/* BEFORE INSERT OR UPDATE OR DELETE ON cart */
Datum
paysession_cart_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.cart_guard",
										 TABLE_CART, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);
	Row			old;

	if (!TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return trigger_before(trigger, TABLE_CART, before_cart);
	row_view(&old, catalog_table(TABLE_CART), trigger->tg_trigslot);
	delete_associations(row_get(&old, CART_ID));
	return PointerGetDatum(trigger->tg_trigtuple);
}

/* AFTER UPDATE ON cart */
Datum
paysession_cart_follow(PG_FUNCTION_ARGS)
{
	return trigger_after(trigger_check(fcinfo, "paysession.cart_follow",
									   TABLE_CART, TRIGGER_EVENT_AFTER, ON_INSERT | ON_UPDATE), TABLE_CART, after_cart);
}

/* BEFORE INSERT OR UPDATE OR DELETE ON cart_sales_channel */
Datum
paysession_cart_sales_channel_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_check(fcinfo, "paysession.cart_sales_channel_guard", TABLE_CART_SALES_CHANNEL,
										 TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE | ON_DELETE);

	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple);
}

/* BEFORE INSERT OR UPDATE ON payment_provider, sales_channel */
Datum
paysession_setup_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	bool		is_provider = CALLED_AS_TRIGGER(fcinfo) &&
	RelationGetRelid(trigger->tg_relation) == catalog_table(TABLE_PROVIDER)->relid;
	Table		table = is_provider ? TABLE_PROVIDER : TABLE_SALES_CHANNEL;
	int			id = is_provider ? (int) PROVIDER_ID : (int) CHANNEL_ID;
	bool		insert;
	Row			old;
	Row			row;

	trigger = trigger_check(fcinfo, "paysession.setup_guard", table, TRIGGER_EVENT_BEFORE, ON_INSERT | ON_UPDATE);
	insert = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	if (insert && trigger_is_history(trigger->tg_relation))
		return PointerGetDatum(trigger->tg_trigtuple);

	if (insert)
		row_view(&row, catalog_table(table), trigger->tg_trigslot);
	else
	{
		row_view(&old, catalog_table(table), trigger->tg_trigslot);
		row_view(&row, catalog_table(table), trigger->tg_newslot);
	}
	if (!is_provider && !row_is_null(&row, CHANNEL_METADATA))
		value_check_document("metadata", row_get(&row, CHANNEL_METADATA), true);
	if (!is_provider)
	{
		trigger_check_not_null(trigger->tg_relation, &row, CHANNEL_NAME, "name");
		trigger_check_not_null(trigger->tg_relation, &row, CHANNEL_IS_DISABLED, "is_disabled");
	}
	trigger_check_not_null(trigger->tg_relation, &row, id, "id");
	value_check_id(is_provider ? "provider_id" : "sales_channel_id", row_get(&row, id));
	trigger_stamp(insert ? NULL : &old, &row,
				  is_provider ? (int) PROVIDER_CREATED_AT : (int) CHANNEL_CREATED_AT,
				  is_provider ? (int) PROVIDER_UPDATED_AT : (int) CHANNEL_UPDATED_AT, 0);
	return trigger_return(trigger, insert ? trigger->tg_trigtuple : trigger->tg_newtuple, &row);
}

/* BEFORE TRUNCATE on every table of ours */
Datum
paysession_refuse_truncate(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BY_TRUNCATE(((TriggerData *) fcinfo->context)->tg_event))
		error_trigger_protocol("paysession.refuse_truncate");
	error_truncate(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_NULL();
}

static void
fill_bare_cart(Row *cart, bool is_new, void *cart_id)
{
	if (is_new)
	{
		row_set(cart, CART_ID, *(Datum *) cart_id);
		guard_fill_cart(cart);
	}
}

/* guard_fill_cart gives a new cart's not-null columns their first values. */
void
guard_fill_cart(Row *cart)
{
	row_set(cart, CART_CONTEXT, DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
	row_set(cart, CART_METADATA, row_get(cart, CART_CONTEXT));
	row_set(cart, CART_SESSION_COUNT, Int64GetDatum(0));
}

/* guard_lock_cart locks a cart, and makes a bare one where there is none. */
Row *
guard_lock_cart(Store *carts, Datum cart_id)
{
	id_check_owned(cart_id);
	return store_put(carts, INDEX_CART, cart_id, fill_bare_cart, &cart_id);
}

/*
 * guard_touch_cart locks a cart for a new session and counts it.  The count
 * is what makes a writer of the cart's total at REPEATABLE READ, who cannot
 * see the new session, fail instead of passing it by.
 */
Row *
guard_touch_cart(Store *carts, Datum cart_id)
{
	Row		   *old = guard_lock_cart(carts, cart_id);
	Row		   *cart = store_copy_row(carts, old);

	row_set(cart, CART_SESSION_COUNT,
			Int64GetDatum(DatumGetInt64(row_get(old, CART_SESSION_COUNT)) + 1));
	store_update(carts, old, cart);
	return cart;
}

/*
 * guard_lock_sessions locks all sessions of a cart that are not canceled, in
 * the order of their ids, and returns their latest versions.
 */
List *
guard_lock_sessions(Store *sessions, Datum cart_id)
{
	StoreScan  *scan = store_scan_begin(sessions, INDEX_SESSION_CART, 1, &cart_id, NULL, ForwardScanDirection);
	List	   *live = NIL;
	Row		   *found;

	while ((found = store_scan_next(scan)) != NULL)
	{
		Row		   *session;

		if (row_status(found) == PS_CANCELED)
			continue;
		session = store_lock_found(sessions, found);
		if (session != NULL && row_status(session) != PS_CANCELED)
			live = lappend(live, session);
	}
	store_scan_end(scan);
	return live;
}
