/*
 * money.c
 *		Exact amounts, and the totals of a cart.
 *
 * A decimal is five digits in base 10^9, least significant first: three of
 * fraction, two of whole part.  All but the last are from 0 to BASE - 1, the
 * last carries the sign: -0.3 is -1 + 0.7.  So the whole part is the floor,
 * and rounding halves up is the same above and below zero.  The product of
 * two decimals has ten such digits and is exact.
 */
#include "money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BASE			INT64_C(1000000000)
#define BASE_DECIMALS	9
#define DIGITS			5
#define FRACTION_DIGITS	3

#define MAX_DECIMALS	(FRACTION_DIGITS * BASE_DECIMALS)
#define MAX_WHOLE_DECIMALS	((DIGITS - FRACTION_DIGITS) * BASE_DECIMALS)

bool
money_in_range(int64_t amount)
{
	return amount >= -MONEY_MAX && amount <= MONEY_MAX;
}

/* add_amount adds to a total; two amounts in range cannot overflow. */
static MoneyError
add_amount(int64_t *total, int64_t amount)
{
	*total += amount;
	return money_in_range(*total) ? MONEY_OK : MONEY_OUT_OF_RANGE;
}

static void
carry(int64_t *digit, int count)
{
	for (int i = 0; i < count - 1; i++)
	{
		int64_t		quotient = digit[i] / BASE;

		/* C rounds towards zero, we need the floor */
		if (digit[i] % BASE < 0)
			quotient--;
		digit[i] -= quotient * BASE;
		digit[i + 1] += quotient;
	}
}

static MoneyDecimal
from_amount(int64_t amount)
{
	MoneyDecimal x = {{0, 0, 0, amount, 0}};

	carry(x.digit, DIGITS);
	return x;
}

static bool
is_negative(const MoneyDecimal *x)
{
	return x->digit[DIGITS - 1] < 0;
}

static bool
has_fraction(const MoneyDecimal *x)
{
	return x->digit[0] != 0 || x->digit[1] != 0 || x->digit[2] != 0;
}

static int64_t
whole_part(const MoneyDecimal *x)
{
	return x->digit[4] * BASE + x->digit[3];
}

static int64_t
round_half_up(const MoneyDecimal *x)
{
	return whole_part(x) + (x->digit[FRACTION_DIGITS - 1] >= BASE / 2);
}

static MoneyError
check_range(const MoneyDecimal *x)
{
	int64_t		whole = whole_part(x);

	if (!money_in_range(whole) || (whole == MONEY_MAX && has_fraction(x)))
		return MONEY_OUT_OF_RANGE;
	return MONEY_OK;
}

/* add_decimal adds sign * x to sum. */
static MoneyError
add_decimal(MoneyDecimal *sum, const MoneyDecimal *x, int sign)
{
	for (int i = 0; i < DIGITS; i++)
		sum->digit[i] += sign * x->digit[i];
	carry(sum->digit, DIGITS);
	return check_range(sum);
}

/* multiply_round gives a * b, halves rounded up. */
static MoneyError
multiply_round(const MoneyDecimal *a, const MoneyDecimal *b, int64_t *result)
{
	int64_t		product[2 * DIGITS] = {0};
	int64_t		whole;

	/* up to DIGITS * BASE^2 = 5 * 10^18 each: an int64 holds it */
	for (int i = 0; i < DIGITS; i++)
	{
		for (int j = 0; j < DIGITS; j++)
			product[i + j] += a->digit[i] * b->digit[j];
	}
	carry(product, 2 * DIGITS);

	whole = product[2 * DIGITS - 1];
	for (int i = 2 * DIGITS - 2; i >= 2 * FRACTION_DIGITS; i--)
	{
		if (whole > MONEY_MAX / BASE || whole < -MONEY_MAX / BASE - 1)
			return MONEY_OUT_OF_RANGE;
		whole = whole * BASE + product[i];
	}
	*result = whole + (product[2 * FRACTION_DIGITS - 1] >= BASE / 2);
	return money_in_range(*result) ? MONEY_OK : MONEY_OUT_OF_RANGE;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * parse_decimal reads a number of JSON, times 10^shift.  Text of any length
 * is taken, zeros at either end cost nothing.
 */
static MoneyError
parse_decimal(const char *s, size_t len, int shift, MoneyDecimal *x)
{
	static const int32_t power_of_ten[BASE_DECIMALS] = {
		1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000
	};
	bool		negative = len > 0 && s[0] == '-';
	size_t		first = negative;
	size_t		point;
	size_t		last;
	size_t		i;
	int64_t		power;

	for (i = first; i < len && is_digit(s[i]); i++)
		;
	point = last = i;
	if (point == first)
		return MONEY_INVALID;
	if (i < len && s[i] == '.')
	{
		for (i++; i < len && is_digit(s[i]); i++)
			;
		last = i;
		if (last == point + 1)
			return MONEY_INVALID;
	}

	power = (int64_t) (point - first) - 1 + shift;
	if (i < len && (s[i] == 'e' || s[i] == 'E'))
	{
		int64_t		exponent = 0;
		int			sign = 1;
		size_t		exponent_first;

		i++;
		if (i < len && (s[i] == '+' || s[i] == '-'))
			sign = s[i++] == '-' ? -1 : 1;
		exponent_first = i;
		for (; i < len && is_digit(s[i]); i++)
		{
			/* no text has digits enough to make up for more than this */
			if (exponent < INT64_C(1000000000000000))
				exponent = exponent * 10 + (s[i] - '0');
		}
		if (i == exponent_first)
			return MONEY_INVALID;
		power += sign * exponent;
	}
	if (i < len)
		return MONEY_INVALID;

	memset(x, 0, sizeof(*x));
	for (i = first; i < last; i++)
	{
		if (i == point)
			continue;
		if (s[i] != '0')
		{
			int			place;

			if (power >= MAX_WHOLE_DECIMALS)
				return MONEY_OUT_OF_RANGE;
			if (power < -MAX_DECIMALS)
				return MONEY_INVALID;
			place = (int) power + MAX_DECIMALS;
			x->digit[place / BASE_DECIMALS] +=
				(s[i] - '0') * (int64_t) power_of_ten[place % BASE_DECIMALS];
		}
		power--;
	}

	if (negative)
	{
		MoneyDecimal magnitude = *x;

		memset(x, 0, sizeof(*x));
		return add_decimal(x, &magnitude, -1);
	}
	return check_range(x);
}

/* parse_rate reads a percentage as a factor: 7.7 is 0.077. */
static MoneyError
parse_rate(const char *s, size_t len, MoneyDecimal *rate)
{
	MoneyError	error = parse_decimal(s, len, -2, rate);

	if (error == MONEY_OK && is_negative(rate))
		return MONEY_INVALID;
	return error;
}

/* print_decimal writes a decimal in its shortest form. */
static void
print_decimal(const MoneyDecimal *x, char text[MONEY_TEXT_SIZE])
{
	MoneyDecimal magnitude = {{0}};
	int			len;

	add_decimal(&magnitude, x, is_negative(x) ? -1 : 1);
	len = snprintf(text, MONEY_TEXT_SIZE,
				   "%s%" PRId64 ".%09" PRId64 "%09" PRId64 "%09" PRId64,
				   is_negative(x) ? "-" : "", whole_part(&magnitude),
				   magnitude.digit[2], magnitude.digit[1], magnitude.digit[0]);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	text[len] = '\0';
}

/* money_parse reads an amount: a whole number of minor units, at least min. */
MoneyError
money_parse(const char *s, size_t len, int64_t min, int64_t *amount)
{
	MoneyDecimal x;
	MoneyError	error = parse_decimal(s, len, 0, &x);

	if (error != MONEY_OK)
		return error;
	if (has_fraction(&x) || whole_part(&x) < min)
		return MONEY_INVALID;
	*amount = whole_part(&x);
	return MONEY_OK;
}

void
money_begin_cart(MoneyCart *cart, bool free_shipping, bool gift_cards_taxable)
{
	memset(cart, 0, sizeof(*cart));
	cart->free_shipping = free_shipping;
	cart->gift_cards_taxable = gift_cards_taxable;
}

/*
 * money_add_item adds an item.  The price of one that the customer returns
 * may be negative.
 */
MoneyError
money_add_item(MoneyCart *cart, int64_t unit_price, int64_t quantity,
			   bool allow_discounts)
{
	MoneyDecimal price = from_amount(unit_price);
	MoneyDecimal count = from_amount(quantity);
	int64_t		subtotal;
	MoneyError	error = multiply_round(&price, &count, &subtotal);

	if (error != MONEY_OK)
		return error;

	cart->has_lines = true;
	cart->is_shipping = false;
	cart->allow_discounts = allow_discounts;
	cart->taxable = from_amount(subtotal);
	return add_amount(&cart->subtotal, subtotal);
}

/*
 * money_add_adjustment takes an amount off the item.  Those of discounts that
 * do not apply are read, and come to nothing.
 */
MoneyError
money_add_adjustment(MoneyCart *cart, MoneyDiscount discount,
					 const char *amount, size_t len)
{
	MoneyDecimal x;
	MoneyError	error = parse_decimal(amount, len, 0, &x);

	if (error != MONEY_OK || discount == MONEY_DISCOUNT_OTHER ||
		(discount == MONEY_DISCOUNT_CART && !cart->allow_discounts))
		return error;

	error = add_decimal(&cart->taxable, &x, -1);
	if (error != MONEY_OK)
		return error;
	return add_decimal(&cart->raw_discount_total, &x, 1);
}

MoneyError
money_add_shipping_method(MoneyCart *cart, int64_t price)
{
	if (cart->free_shipping)
		price = 0;

	cart->has_lines = true;
	cart->is_shipping = true;
	cart->taxable = from_amount(price);
	cart->shipping_rate = from_amount(0);
	cart->shipping_tax = 0;
	return add_amount(&cart->shipping_total, price);
}

/*
 * money_begin_tax_rates notes that the tax rates of the item or shipping
 * method are known, though there may be none.
 */
void
money_begin_tax_rates(MoneyCart *cart)
{
	cart->has_tax_rates = true;
}

/*
 * money_add_tax_rate taxes the item or shipping method.  An item's tax is
 * rounded for each rate, a shipping method's once for all its rates.
 */
MoneyError
money_add_tax_rate(MoneyCart *cart, const char *rate, size_t len)
{
	MoneyDecimal factor;
	int64_t		tax;
	int64_t		added;
	MoneyError	error = parse_rate(rate, len, &factor);

	if (error != MONEY_OK)
		return error;

	if (!cart->is_shipping)
	{
		error = multiply_round(&cart->taxable, &factor, &tax);
		if (error != MONEY_OK)
			return error;
		return add_amount(&cart->item_tax_total, tax);
	}

	error = add_decimal(&cart->shipping_rate, &factor, 1);
	if (error != MONEY_OK)
		return error;
	error = multiply_round(&cart->taxable, &cart->shipping_rate, &tax);
	if (error != MONEY_OK)
		return error;
	added = tax - cart->shipping_tax;
	cart->shipping_tax = tax;
	return add_amount(&cart->shipping_tax_total, added);
}

/*
 * money_add_gift_card adds a gift card; tax_rate is NULL for one without.
 *
 * A taxed card draws on what the taxed ones before it have left; a card
 * without tax, or taxed at 0, leaves all of it to the next.
 */
MoneyError
money_add_gift_card(MoneyCart *cart, int64_t balance,
					const char *tax_rate, size_t len)
{
	MoneyDecimal factor;
	MoneyDecimal taxable;
	int64_t		drawn;
	int64_t		tax;
	MoneyError	error;

	if (!cart->has_gift_cards)
	{
		cart->gift_cardable = cart->subtotal + cart->shipping_total -
			round_half_up(&cart->raw_discount_total);
		if (!cart->gift_cards_taxable)
			cart->gift_cardable += cart->item_tax_total + cart->shipping_tax_total;
		cart->gift_cardable_left = cart->gift_cardable;
		cart->has_gift_cards = true;
	}

	error = add_amount(&cart->gift_card_balance, balance);
	if (error != MONEY_OK || tax_rate == NULL)
		return error;
	error = parse_rate(tax_rate, len, &factor);
	if (error != MONEY_OK)
		return error;

	drawn = cart->gift_cardable_left < balance ? cart->gift_cardable_left : balance;
	if (drawn <= 0 || (whole_part(&factor) == 0 && !has_fraction(&factor)))
		return MONEY_OK;

	taxable = from_amount(drawn);
	error = multiply_round(&taxable, &factor, &tax);
	if (error != MONEY_OK)
		return error;
	cart->gift_cardable_left -= drawn;
	return add_amount(&cart->gift_card_tax_total, tax);
}

/*
 * money_finish_cart gives the totals.  The taxes of a cart are unknown, and
 * count as 0, when it has lines and none of them came with tax rates.
 */
MoneyError
money_finish_cart(const MoneyCart *cart, MoneyTotals *totals)
{
	totals->has_taxes = cart->has_tax_rates || !cart->has_lines;
	totals->subtotal = cart->subtotal;
	totals->discount_total = round_half_up(&cart->raw_discount_total);
	print_decimal(&cart->raw_discount_total, totals->raw_discount_total);
	totals->item_tax_total = cart->item_tax_total;
	totals->shipping_total = cart->shipping_total;
	totals->shipping_tax_total = cart->shipping_tax_total;
	totals->tax_total = cart->item_tax_total + cart->shipping_tax_total;
	totals->gift_card_total = cart->gift_cardable < cart->gift_card_balance ?
		cart->gift_cardable : cart->gift_card_balance;
	totals->gift_card_tax_total = cart->gift_card_tax_total;

	/* each of the six is below 2^55 */
	totals->total = totals->subtotal + totals->shipping_total + totals->tax_total -
		(totals->gift_card_total + totals->discount_total + totals->gift_card_tax_total);

	if (!money_in_range(totals->tax_total) ||
		!money_in_range(totals->gift_card_total) ||
		!money_in_range(totals->total))
		return MONEY_OUT_OF_RANGE;
	return MONEY_OK;
}
