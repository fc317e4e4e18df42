/*
 * money_test.c
 *		Amounts are exact or refused, and carts cost what they should.
 *
 * To be run where examples/carts.jsonl is found.
 */
#include "json.h"
#include "money.h"
#include "tap.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CARTS			150
#define RANDOM_CARTS	20000

static uint64_t seed = 1;

static void
test_parse(void)
{
	static const struct
	{
		const char *text;
		MoneyError	error;
		int64_t		amount;
	}			cases[] = {
		{"0", MONEY_OK, 0},
		{"-0", MONEY_OK, 0},
		{"7", MONEY_OK, 7},
		{"-7", MONEY_OK, -7},
		{"007", MONEY_OK, 7},
		{"1000000000", MONEY_OK, 1000000000},
		{"-1000000000", MONEY_OK, -1000000000},
		{"12.000", MONEY_OK, 12},
		{"1e3", MONEY_OK, 1000},
		{"1.25E+2", MONEY_OK, 125},
		{"1200e-2", MONEY_OK, 12},
		{"0e999999999999999999999", MONEY_OK, 0},
		{"0.000000000000000000000000000000000001e36", MONEY_OK, 1},
		{"1000000000000000000000000000000000000e-36", MONEY_OK, 1},
		{"9007199254740991", MONEY_OK, MONEY_MAX},
		{"-9007199254740991", MONEY_OK, -MONEY_MAX},
		{"9007199254740992", MONEY_OUT_OF_RANGE, 0},
		{"-9007199254740992", MONEY_OUT_OF_RANGE, 0},
		{"9223372036854775808", MONEY_OUT_OF_RANGE, 0},
		{"18446744073709551617", MONEY_OUT_OF_RANGE, 0},
		{"1e16", MONEY_OUT_OF_RANGE, 0},
		{"-1e400", MONEY_OUT_OF_RANGE, 0},
		{"1e99999999999999999999", MONEY_OUT_OF_RANGE, 0},
		{"0.5", MONEY_INVALID, 0},
		{"-0.000000000000000000000000001", MONEY_INVALID, 0},
		{"1e-9", MONEY_INVALID, 0},
		{"1e-18", MONEY_INVALID, 0},
		{"1e-400", MONEY_INVALID, 0},
		{"1e-99999999999999999999", MONEY_INVALID, 0},
		{"", MONEY_INVALID, 0},
		{"-", MONEY_INVALID, 0},
		{"+1", MONEY_INVALID, 0},
		{".5", MONEY_INVALID, 0},
		{"5.", MONEY_INVALID, 0},
		{"1e", MONEY_INVALID, 0},
		{"1e+", MONEY_INVALID, 0},
		{"1e3x", MONEY_INVALID, 0},
		{" 1", MONEY_INVALID, 0},
		{"1 ", MONEY_INVALID, 0},
		{"1.2.3", MONEY_INVALID, 0},
		{"0x10", MONEY_INVALID, 0},
		{"1,000", MONEY_INVALID, 0},
		{"NaN", MONEY_INVALID, 0},
		{"Infinity", MONEY_INVALID, 0},
	};
	int64_t		amount;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		MoneyError	error = money_parse(cases[i].text, strlen(cases[i].text),
										-MONEY_MAX, &amount);

		ok(error == cases[i].error && (error != MONEY_OK || amount == cases[i].amount),
		   "the amount \"%s\" is %s", cases[i].text,
		   cases[i].error == MONEY_OK ? "taken" :
		   cases[i].error == MONEY_INVALID ? "invalid" : "out of range");
	}
	ok(money_parse("123", 2, 0, &amount) == MONEY_OK && amount == 12,
	   "a number ends where its length says");
	ok(money_parse("1", 1, 1, &amount) == MONEY_OK && amount == 1, "the least amount is taken");
	ok(money_parse("0", 1, 1, &amount) == MONEY_INVALID, "less is invalid");
	ok(money_in_range(MONEY_MAX) && money_in_range(-MONEY_MAX) &&
	   !money_in_range(MONEY_MAX + 1) && !money_in_range(-MONEY_MAX - 1) &&
	   !money_in_range(INT64_MAX) && !money_in_range(INT64_MIN), "2^53 - 1 is the last in range");
}

/* discount adds adjustments to a cart of one free item and gives its totals. */
static MoneyError
discount(const char *first, const char *second, MoneyTotals *totals)
{
	MoneyCart	cart;
	MoneyError	error;

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 0, 1, false);
	error = money_add_adjustment(&cart, MONEY_DISCOUNT_NONE, first, strlen(first));
	if (error == MONEY_OK)
		error = money_add_adjustment(&cart, MONEY_DISCOUNT_NONE, second, strlen(second));
	return error != MONEY_OK ? error : money_finish_cart(&cart, totals);
}

static void
test_decimal(void)
{
	static const struct
	{
		const char *first;
		const char *second;
		const char *raw;
		int64_t		rounded;
	}			cases[] = {
		{"0", "0", "0", 0},
		{"0.4", "0", "0.4", 0},
		{"0.5", "0", "0.5", 1},
		{"-0.5", "0", "-0.5", 0},
		{"-0.500000000000000000000000001", "0", "-0.500000000000000000000000001", -1},
		{"0.499999999999999999999999999", "0", "0.499999999999999999999999999", 0},
		{"1.5", "0", "1.5", 2},
		{"-1.5", "0", "-1.5", -1},
		{"-2.5", "0", "-2.5", -2},
		{"-2.6", "0", "-2.6", -3},
		{"0.1", "0.2", "0.3", 0},
		{"17892.1793", "71316", "89208.1793", 89208},
		{"17892.179300", "-0.0003", "17892.179", 17892},
		{"1e-3", "-1", "-0.999", -1},
		{"100", "-100", "0", 0},
		{"999999999.9", "0.1", "1000000000", 1000000000},
		{"-1000000000", "0.000000001", "-999999999.999999999", -1000000000},
		{"9007199254740990.999999999999999999999999999", "0.000000000000000000000000001",
		"9007199254740991", MONEY_MAX},
		{"-9007199254740990.999999999999999999999999999", "0",
		"-9007199254740990.999999999999999999999999999", -MONEY_MAX},
	};
	MoneyTotals totals;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		MoneyError	error = discount(cases[i].first, cases[i].second, &totals);

		ok(error == MONEY_OK && strcmp(totals.raw_discount_total, cases[i].raw) == 0,
		   "%s + %s is %s", cases[i].first, cases[i].second, cases[i].raw);
		ok(error == MONEY_OK && totals.discount_total == cases[i].rounded,
		   "%s rounds to %" PRId64, cases[i].raw, cases[i].rounded);
	}

	ok(discount("9007199254740991.1", "0", &totals) == MONEY_OUT_OF_RANGE,
	   "a fraction above the limit is out of range");
	ok(discount("-9007199254740991.1", "0", &totals) == MONEY_OUT_OF_RANGE,
	   "a fraction below the limit is out of range");
	ok(discount("9007199254740991", "0.1", &totals) == MONEY_OUT_OF_RANGE,
	   "a sum above the limit is out of range");
	ok(discount("-9007199254740991", "-0.1", &totals) == MONEY_OUT_OF_RANGE,
	   "a sum below the limit is out of range");
	ok(discount("0.0000000000000000000000000001", "0", &totals) == MONEY_INVALID,
	   "a 28th digit after the point is refused, not rounded");
}

#define RATE(cart, rate)	money_add_tax_rate(cart, rate, strlen(rate))

static void
test_taxes(void)
{
	MoneyCart	cart;
	MoneyTotals totals;

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 50, 1, true);
	money_begin_tax_rates(&cart);
	RATE(&cart, "5");
	RATE(&cart, "5");
	money_add_shipping_method(&cart, 50);
	RATE(&cart, "5");
	RATE(&cart, "5");
	money_finish_cart(&cart, &totals);
	ok(totals.item_tax_total == 6, "an item's tax is rounded for each rate");
	ok(totals.shipping_tax_total == 5, "a shipping method's tax is rounded once");
	ok(totals.tax_total == 11 && totals.total == 111, "the taxes add to the total");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 100, 1, true);
	money_add_adjustment(&cart, MONEY_DISCOUNT_NONE, "150", 3);
	money_begin_tax_rates(&cart);
	RATE(&cart, "5");
	money_finish_cart(&cart, &totals);
	ok(totals.item_tax_total == -2 && totals.total == -52, "a tax of -2.5 rounds to -2");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 1000, 1, true);
	money_begin_tax_rates(&cart);
	ok(RATE(&cart, "0.0499999999999999999999999") == MONEY_OK, "a rate may have 25 decimals");
	money_finish_cart(&cart, &totals);
	ok(totals.item_tax_total == 0, "a rate just below a half is not rounded up");
	ok(RATE(&cart, "0.00000000000000000000000001") == MONEY_INVALID,
	   "a 26th decimal of a rate is refused, not rounded");
	ok(RATE(&cart, "-5") == MONEY_INVALID, "a negative rate is refused");
	ok(RATE(&cart, "1e400") == MONEY_OUT_OF_RANGE, "a rate of 1e400 is out of range");
	ok(RATE(&cart, "null") == MONEY_INVALID, "a rate that is no number is refused");

	money_begin_cart(&cart, false, false);
	money_add_shipping_method(&cart, 50);
	money_begin_tax_rates(&cart);
	RATE(&cart, "5");
	money_add_item(&cart, 50, 1, true);
	RATE(&cart, "5");
	RATE(&cart, "5");
	money_finish_cart(&cart, &totals);
	ok(totals.item_tax_total == 6 && totals.shipping_tax_total == 3,
	   "shipping methods may come before items");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 1000, 1, true);
	money_finish_cart(&cart, &totals);
	ok(!totals.has_taxes, "without tax rates on any item the taxes are unknown");

	money_begin_cart(&cart, false, false);
	money_add_shipping_method(&cart, 100);
	money_finish_cart(&cart, &totals);
	ok(!totals.has_taxes, "so they are without tax rates on any shipping method");
	money_add_item(&cart, 1000, 1, true);
	money_finish_cart(&cart, &totals);
	ok(!totals.has_taxes && totals.tax_total == 0 && totals.total == 1100, "and count as 0");
	money_begin_tax_rates(&cart);
	money_finish_cart(&cart, &totals);
	ok(totals.has_taxes && totals.tax_total == 0 && totals.total == 1100,
	   "with an empty list on one of them they are 0");

	money_begin_cart(&cart, false, false);
	money_finish_cart(&cart, &totals);
	ok(totals.has_taxes && totals.total == 0, "a cart without lines has a tax of 0");

	money_begin_cart(&cart, true, false);
	money_add_shipping_method(&cart, 1000);
	money_begin_tax_rates(&cart);
	RATE(&cart, "20");
	money_finish_cart(&cart, &totals);
	ok(totals.shipping_total == 0 && totals.shipping_tax_total == 0 && totals.total == 0,
	   "free shipping has no price and no tax");
}

static void
test_discounts(void)
{
	static const struct
	{
		bool		allow;
		MoneyDiscount discount;
		int64_t		taken;
	}			cases[] = {
		{true, MONEY_DISCOUNT_NONE, 10}, {true, MONEY_DISCOUNT_CART, 10},
		{true, MONEY_DISCOUNT_OTHER, 0}, {false, MONEY_DISCOUNT_NONE, 10},
		{false, MONEY_DISCOUNT_CART, 0}, {false, MONEY_DISCOUNT_OTHER, 0},
	};
	MoneyCart	cart;
	MoneyTotals totals;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		money_begin_cart(&cart, false, false);
		money_add_item(&cart, 100, 1, cases[i].allow);
		money_add_adjustment(&cart, cases[i].discount, "10", 2);
		money_begin_tax_rates(&cart);
		RATE(&cart, "10");
		money_finish_cart(&cart, &totals);
		ok(totals.discount_total == cases[i].taken &&
		   totals.item_tax_total == (100 - cases[i].taken) / 10,
		   "an adjustment of %s discount %s where discounts are %sallowed",
		   cases[i].discount == MONEY_DISCOUNT_NONE ? "no" :
		   cases[i].discount == MONEY_DISCOUNT_CART ? "the cart's" : "another",
		   cases[i].taken ? "counts" : "does not count", cases[i].allow ? "" : "not ");
	}
	ok(money_add_adjustment(&cart, MONEY_DISCOUNT_OTHER, "1e400", 5) == MONEY_OUT_OF_RANGE,
	   "an adjustment is checked, whether it counts or not");
}

static void
test_gift_cards(void)
{
	MoneyCart	cart;
	MoneyTotals totals;

	/* 1000 + 200 of tax */
	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 1000, 1, true);
	money_begin_tax_rates(&cart);
	RATE(&cart, "20");
	money_add_gift_card(&cart, 500, NULL, 0);
	money_add_gift_card(&cart, 900, "0", 1);
	money_finish_cart(&cart, &totals);
	ok(totals.gift_card_total == 1200 && totals.total == 0, "gift cards pay the taxes too");
	ok(totals.gift_card_tax_total == 0, "cards without a tax rate, or at 0, are not taxed");
	money_add_gift_card(&cart, 1000, "10", 2);
	money_add_gift_card(&cart, 1000, "10", 2);
	money_add_gift_card(&cart, 1000, "10", 2);
	money_finish_cart(&cart, &totals);
	ok(totals.gift_card_tax_total == 120 && totals.total == -120,
	   "taxed cards are taxed as far as there is something to pay");

	money_begin_cart(&cart, false, true);
	money_add_item(&cart, 1000, 1, true);
	money_begin_tax_rates(&cart);
	RATE(&cart, "20");
	money_add_gift_card(&cart, 5000, NULL, 0);
	money_finish_cart(&cart, &totals);
	ok(totals.gift_card_total == 1000 && totals.total == 200,
	   "where gift cards are taxable they do not pay the taxes");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 100, 1, true);
	money_add_adjustment(&cart, MONEY_DISCOUNT_NONE, "150", 3);
	money_add_gift_card(&cart, 70, "20", 2);
	money_finish_cart(&cart, &totals);
	ok(totals.gift_card_total == -50 && totals.gift_card_tax_total == 0 && totals.total == 0,
	   "a card of a cart below zero is not taxed");
	ok(money_add_gift_card(&cart, 1, "x", 1) == MONEY_INVALID,
	   "a card's rate that is no number is refused");
}

static void
test_overflow(void)
{
	MoneyCart	cart;
	MoneyTotals totals;

	money_begin_cart(&cart, false, false);
	ok(money_add_item(&cart, MONEY_MAX, 2, true) == MONEY_OUT_OF_RANGE &&
	   money_add_item(&cart, MONEY_MAX, MONEY_MAX, true) == MONEY_OUT_OF_RANGE &&
	   money_add_item(&cart, -MONEY_MAX, MONEY_MAX, true) == MONEY_OUT_OF_RANGE &&
	   money_add_item(&cart, 4294967296, 4294967296, true) == MONEY_OUT_OF_RANGE,
	   "an item that is too dear is out of range");
	ok(money_add_item(&cart, MONEY_MAX, 1, true) == MONEY_OK &&
	   money_add_item(&cart, 1, 1, true) == MONEY_OUT_OF_RANGE, "so are all of them together");

	money_begin_cart(&cart, false, false);
	ok(money_add_shipping_method(&cart, MONEY_MAX) == MONEY_OK &&
	   money_add_shipping_method(&cart, 1) == MONEY_OUT_OF_RANGE, "and shipping");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, MONEY_MAX, 1, true);
	ok(RATE(&cart, "101") == MONEY_OUT_OF_RANGE &&
	   RATE(&cart, "9007199254740991") == MONEY_OUT_OF_RANGE &&
	   RATE(&cart, "900719925474099100") == MONEY_OUT_OF_RANGE &&
	   RATE(&cart, "900719925474099200") == MONEY_OUT_OF_RANGE, "and a tax");
	ok(RATE(&cart, "100") == MONEY_OK && RATE(&cart, "0.0000000000001") == MONEY_OUT_OF_RANGE,
	   "and all of an item's taxes");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, MONEY_MAX, 1, true);
	money_add_shipping_method(&cart, 1);
	ok(money_finish_cart(&cart, &totals) == MONEY_OUT_OF_RANGE, "and the total");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, MONEY_MAX, 1, true);
	RATE(&cart, "100");
	money_add_item(&cart, -MONEY_MAX, 1, true);
	money_add_item(&cart, -10, 1, true);
	money_add_shipping_method(&cart, 1);
	RATE(&cart, "100");
	ok(money_finish_cart(&cart, &totals) == MONEY_OUT_OF_RANGE,
	   "and the tax total, where the total is in range");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, -MONEY_MAX, 1, true);
	money_add_item(&cart, 0, 1, true);
	money_add_adjustment(&cart, MONEY_DISCOUNT_NONE, "1", 1);
	money_add_gift_card(&cart, 5, NULL, 0);
	ok(money_finish_cart(&cart, &totals) == MONEY_OUT_OF_RANGE,
	   "and the gift card total, where the total is in range");

	money_begin_cart(&cart, false, false);
	money_add_shipping_method(&cart, MONEY_MAX);
	ok(RATE(&cart, "100") == MONEY_OK && RATE(&cart, "1e-9") == MONEY_OUT_OF_RANGE,
	   "and a shipping method's taxes");
	money_add_shipping_method(&cart, 0);
	ok(RATE(&cart, "900719925474099100") == MONEY_OK && RATE(&cart, "1") == MONEY_OUT_OF_RANGE,
	   "and its rates");

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 1, 1, true);
	ok(money_add_adjustment(&cart, MONEY_DISCOUNT_NONE,
							"-9007199254740991", 17) == MONEY_OUT_OF_RANGE,
	   "and what an item costs with its adjustments");

	money_begin_cart(&cart, false, false);
	ok(money_add_gift_card(&cart, MONEY_MAX, NULL, 0) == MONEY_OK &&
	   money_add_gift_card(&cart, 1, "0", 1) == MONEY_OUT_OF_RANGE, "and gift cards");
	money_begin_cart(&cart, false, false);
	money_add_item(&cart, MONEY_MAX, 1, true);
	ok(money_add_gift_card(&cart, MONEY_MAX - 1, "101", 3) == MONEY_OUT_OF_RANGE,
	   "and a gift card's tax");
	money_begin_cart(&cart, false, false);
	money_add_item(&cart, MONEY_MAX, 1, true);
	ok(money_add_gift_card(&cart, MONEY_MAX - 1, "100", 3) == MONEY_OK &&
	   money_add_gift_card(&cart, 1, "200", 3) == MONEY_OUT_OF_RANGE, "and all of their taxes");
}

/* number reads a member of the cart that the caller knows to be right. */
static int64_t
number(const char *object, const char *name)
{
	return strtoll(json_get(object, name), NULL, 10);
}

static MoneyError
add_rates(MoneyCart *cart, const char *line)
{
	MoneyError	error = MONEY_OK;

	money_begin_tax_rates(cart);
	for (const char *rate = json_first(json_get(line, "tax_rates"));
		 rate != NULL && error == MONEY_OK; rate = json_next(rate))
		error = money_add_tax_rate(cart, rate, json_length(rate));
	return error;
}

/* add_up computes the totals of a cart document. */
static MoneyError
add_up(const char *input, MoneyTotals *totals)
{
	const char *cart_discount = json_get(input, "discount");
	MoneyCart	cart;
	MoneyError	error = MONEY_OK;

	money_begin_cart(&cart, json_is_true(json_get(input, "free_shipping")),
					 json_is_true(json_get(input, "gift_cards_taxable")));
	for (const char *item = json_first(json_get(input, "items"));
		 item != NULL && error == MONEY_OK; item = json_next(item))
	{
		error = money_add_item(&cart, number(item, "unit_price"), number(item, "quantity"),
							   json_is_true(json_get(item, "allow_discounts")));
		for (const char *adjustment = json_first(json_get(item, "adjustments"));
			 adjustment != NULL && error == MONEY_OK; adjustment = json_next(adjustment))
		{
			const char *id = json_get(adjustment, "discount_id");
			const char *amount = json_get(adjustment, "amount");

			error = money_add_adjustment(&cart, json_is_null(id) ? MONEY_DISCOUNT_NONE :
										 json_equal(id, cart_discount) ? MONEY_DISCOUNT_CART :
										 MONEY_DISCOUNT_OTHER, amount, json_length(amount));
		}
		if (error == MONEY_OK)
			error = add_rates(&cart, item);
	}
	for (const char *method = json_first(json_get(input, "shipping_methods"));
		 method != NULL && error == MONEY_OK; method = json_next(method))
	{
		error = money_add_shipping_method(&cart, number(method, "price"));
		if (error == MONEY_OK)
			error = add_rates(&cart, method);
	}
	for (const char *card = json_first(json_get(input, "gift_cards"));
		 card != NULL && error == MONEY_OK; card = json_next(card))
	{
		const char *rate = json_get(card, "tax_rate");

		error = money_add_gift_card(&cart, number(card, "balance"),
									json_is_null(rate) ? NULL : rate, json_length(rate));
	}
	return error == MONEY_OK ? money_finish_cart(&cart, totals) : error;
}

static void
test_real_carts(void)
{
	static const char *const names[] = {
		"subtotal", "discount_total", "item_tax_total", "shipping_total", "shipping_tax_total",
		"tax_total", "gift_card_total", "gift_card_tax_total", "total"
	};
	int			agree[sizeof(names) / sizeof(names[0])] = {0};
	int			raw_agree = 0;
	int			carts = 0;
	static char line[65536];
	FILE	   *file = fopen("examples/carts.jsonl", "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
	{
		const char *expected = json_get(line, "totals");
		const char *raw = json_get(expected, "raw_discount_total");
		MoneyTotals totals;

		carts++;
		if (add_up(json_get(line, "input"), &totals) != MONEY_OK)
			continue;

		agree[0] += totals.subtotal == number(expected, names[0]);
		agree[1] += totals.discount_total == number(expected, names[1]);
		agree[2] += totals.item_tax_total == number(expected, names[2]);
		agree[3] += totals.shipping_total == number(expected, names[3]);
		agree[4] += totals.shipping_tax_total == number(expected, names[4]);
		agree[5] += totals.tax_total == number(expected, names[5]);
		agree[6] += totals.gift_card_total == number(expected, names[6]);
		agree[7] += totals.gift_card_tax_total == number(expected, names[7]);
		agree[8] += totals.total == number(expected, names[8]);

		/*
		 * They were computed in binary floating point, which makes
		 * 90814.91159999999 of 90814.9116.
		 */
		raw_agree += fabs(strtod(totals.raw_discount_total, NULL) - strtod(raw, NULL)) < 1e-9;
	}
	if (file != NULL)
		fclose(file);

	ok(carts == CARTS, "examples/carts.jsonl has %d carts", CARTS);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok(agree[i] == CARTS, "%s agrees in %d of %d", names[i], agree[i], CARTS);
	ok(raw_agree == CARTS, "raw_discount_total agrees in %d of %d", raw_agree, CARTS);
}

/* floor_div rounds a / b, b > 0, down. */
static __int128
floor_div(__int128 a, __int128 b)
{
	return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* random_decimal writes a decimal of up to that many digits, in units of 10^-6. */
static int64_t
random_decimal(int64_t limit, bool negative, char text[32])
{
	int64_t		micro = (int64_t) (next_random(&seed) % (uint64_t) limit);

	if (next_random(&seed) % 2 == 0)
		micro -= micro % 500000;	/* so that halves come up */
	negative = negative && next_random(&seed) % 4 == 0;
	sprintf(text, "%s%" PRId64 ".%06" PRId64, negative ? "-" : "",
			micro / 1000000, micro % 1000000);
	return negative ? -micro : micro;
}

/* The same formulas, in units of 10^-6 (amounts) and 10^-14 (taxes). */
static void
test_random_carts(void)
{
	const __int128 tax_unit = (__int128) 100000000000000;
	int			wrong = 0;

	for (int n = 0; n < RANDOM_CARTS; n++)
	{
		MoneyCart	cart;
		MoneyTotals totals;
		char		text[32];
		bool		taxable = next_random(&seed) % 2 == 0;
		__int128	subtotal = 0,
					raw = 0,
					item_tax = 0,
					shipping = 0,
					shipping_tax = 0,
					balances = 0,
					gift_total = 0,
					gift_tax = 0,
					gift_left,
					rounded;
		int			cards = (int) (next_random(&seed) % 3);
		MoneyError	error = MONEY_OK;

		money_begin_cart(&cart, false, taxable);
		for (uint64_t items = next_random(&seed) % 5; items > 0; items--)
		{
			int64_t		price = (int64_t) (next_random(&seed) % 2000000) - 100000;
			int64_t		quantity = (int64_t) (next_random(&seed) % 9) + 1;
			__int128	taxed = (__int128) price * quantity * 1000000;

			subtotal += price * quantity;
			error |= money_add_item(&cart, price, quantity, true);
			for (uint64_t i = next_random(&seed) % 3; i > 0; i--)
			{
				int64_t		micro = random_decimal(INT64_C(2000000000000), true, text);

				taxed -= micro;
				raw += micro;
				error |= money_add_adjustment(&cart, MONEY_DISCOUNT_CART, text, strlen(text));
			}
			for (uint64_t i = next_random(&seed) % 3; i > 0; i--)
			{
				int64_t		micro = random_decimal(30000000, false, text);

				item_tax += floor_div(2 * taxed * micro + tax_unit, 2 * tax_unit);
				error |= money_add_tax_rate(&cart, text, strlen(text));
			}
		}
		for (uint64_t methods = next_random(&seed) % 3; methods > 0; methods--)
		{
			int64_t		price = (int64_t) (next_random(&seed) % 5000);
			__int128	tax = 0;

			shipping += price;
			error |= money_add_shipping_method(&cart, price);
			for (uint64_t i = next_random(&seed) % 3; i > 0; i--)
			{
				tax += (__int128) price * 1000000 * random_decimal(30000000, false, text);
				error |= money_add_tax_rate(&cart, text, strlen(text));
			}
			shipping_tax += floor_div(2 * tax + tax_unit, 2 * tax_unit);
		}

		rounded = floor_div(2 * raw + 1000000, 2000000);
		gift_left = subtotal + shipping - rounded + (taxable ? 0 : item_tax + shipping_tax);
		gift_total = gift_left;
		for (int i = 0; i < cards; i++)
		{
			int64_t		balance = (int64_t) (next_random(&seed) % 2000000);
			int64_t		rate = random_decimal(30000000, false, text);
			__int128	drawn = gift_left < balance ? gift_left : balance;

			balances += balance;
			error |= money_add_gift_card(&cart, balance, text, strlen(text));
			if (drawn > 0 && rate != 0)
			{
				gift_tax += floor_div(2 * drawn * 1000000 * rate + tax_unit, 2 * tax_unit);
				gift_left -= drawn;
			}
		}
		gift_total = cards == 0 ? 0 : gift_total < balances ? gift_total : balances;

		error |= money_finish_cart(&cart, &totals);
		sprintf(text, "%.6f", (double) raw / 1e6);
		wrong += error != MONEY_OK || totals.subtotal != subtotal ||
			strtod(totals.raw_discount_total, NULL) != strtod(text, NULL) ||
			totals.discount_total != rounded || totals.item_tax_total != item_tax ||
			totals.shipping_total != shipping || totals.shipping_tax_total != shipping_tax ||
			totals.tax_total != item_tax + shipping_tax ||
			totals.gift_card_total != gift_total || totals.gift_card_tax_total != gift_tax ||
			totals.total != subtotal + shipping + item_tax + shipping_tax -
			(gift_total + rounded + gift_tax);
	}
	ok(wrong == 0, "%d random carts cost what 128-bit integers say", RANDOM_CARTS);
}

int
main(void)
{
	test_parse();
	test_decimal();
	test_taxes();
	test_discounts();
	test_gift_cards();
	test_overflow();
	test_real_carts();
	test_random_carts();
	return tap_end();
}
