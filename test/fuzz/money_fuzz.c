/*
 * money_fuzz.c
 *		A cart told by lines of text, a letter and a number each, is refused or
 *		has totals that are in range and fit each other.
 */
#include "money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* tell tells the cart one more thing, where it stands in the right order. */
static MoneyError
tell(MoneyCart *cart, char *line, char what, const char *s, size_t len)
{
	int64_t		n = 0;

	switch (what)
	{
		case 'i':
		case 'n':
			if (*line == 'g' || money_parse(s, len, -MONEY_MAX, &n) != MONEY_OK)
				return MONEY_OK;
			*line = 'i';
			return money_add_item(cart, n, (int64_t) len % 4 + 1, what == 'i');
		case 's':
			if (*line == 'g' || money_parse(s, len, 0, &n) != MONEY_OK)
				return MONEY_OK;
			*line = 's';
			return money_add_shipping_method(cart, n);
		case 'a':
		case 'c':
			if (*line != 'i')
				return MONEY_OK;
			return money_add_adjustment(cart, what == 'a' ? MONEY_DISCOUNT_NONE :
										MONEY_DISCOUNT_CART, s, len);
		case 't':
			if (*line != 'i' && *line != 's')
				return MONEY_OK;
			money_begin_tax_rates(cart);
			return money_add_tax_rate(cart, s, len);
		case 'g':
			*line = 'g';
			return money_add_gift_card(cart, (int64_t) len * 1000, s, len);
		default:
			*line = 'g';
			return money_add_gift_card(cart, (int64_t) len * 1000, NULL, 0);
	}
}

/* check_amount tells that an amount that was taken is the one written. */
static void
check_amount(const char *s, size_t len)
{
	int64_t		amount;
	int64_t		again;
	char		text[32];

	if (money_parse(s, len, -1000, &amount) != MONEY_OK)
		return;
	assert(amount >= -1000 && amount <= MONEY_MAX);
	sprintf(text, "%" PRId64, amount);
	assert(money_parse(text, strlen(text), amount, &again) == MONEY_OK && again == amount);
	assert(money_parse(text, strlen(text), amount + 1, &again) == MONEY_INVALID);
}

/* rounded_discount gives discount_total of one adjustment, printed again as it was. */
static int64_t
rounded_discount(const char *amount)
{
	MoneyCart	cart;
	MoneyTotals totals;

	money_begin_cart(&cart, false, false);
	money_add_item(&cart, 0, 1, true);
	assert(money_add_adjustment(&cart, MONEY_DISCOUNT_NONE, amount, strlen(amount)) == MONEY_OK);
	assert(money_finish_cart(&cart, &totals) == MONEY_OK);
	assert(strcmp(totals.raw_discount_total, amount) == 0);
	return totals.discount_total;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *) data;
	const char *end = s + size;
	MoneyCart	cart;
	MoneyTotals totals;
	char		negated[MONEY_TEXT_SIZE + 1];
	char		line = '\0';
	int64_t		sum;

	money_begin_cart(&cart, size % 5 == 0, size % 2 == 0);
	while (s < end)
	{
		const char *eol = memchr(s, '\n', (size_t) (end - s));

		if (eol == NULL)
			eol = end;
		if (eol > s)
		{
			check_amount(s + 1, (size_t) (eol - s - 1));
			if (tell(&cart, &line, *s, s + 1, (size_t) (eol - s - 1)) != MONEY_OK)
				return 0;
		}
		s = eol + 1;
	}
	if (money_finish_cart(&cart, &totals) != MONEY_OK)
		return 0;

	assert(money_in_range(totals.subtotal) && money_in_range(totals.discount_total));
	assert(money_in_range(totals.tax_total) && money_in_range(totals.gift_card_total));
	assert(money_in_range(totals.shipping_total) && totals.shipping_total >= 0);
	assert(totals.shipping_tax_total >= 0 && totals.gift_card_tax_total >= 0);
	assert(totals.tax_total == totals.item_tax_total + totals.shipping_tax_total);
	assert(totals.total == totals.subtotal + totals.shipping_total + totals.tax_total -
		   totals.gift_card_total - totals.discount_total - totals.gift_card_tax_total);
	assert(totals.has_taxes || totals.tax_total == 0);

	/* halves go up, so x and -x cancel out but for a half */
	assert(rounded_discount(totals.raw_discount_total) == totals.discount_total);
	if (strcmp(totals.raw_discount_total, "0") == 0)
		return 0;
	if (totals.raw_discount_total[0] == '-')
		strcpy(negated, totals.raw_discount_total + 1);
	else
		sprintf(negated, "-%s", totals.raw_discount_total);
	sum = rounded_discount(negated) + totals.discount_total;
	assert(sum == (strstr(negated, ".5") != NULL && strstr(negated, ".5")[2] == '\0'));
	return 0;
}
