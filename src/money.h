/*
 * money.h
 *		Amounts that never wrap, and the totals of a cart.  Pure.
 *
 * Numbers are given as they stand in JSON, with their length, and are taken
 * exactly: a decimal is from -MONEY_MAX to MONEY_MAX with at most 27 digits
 * after the point (a tax rate 25); nothing is ever rounded but where the
 * formulas say so.
 *
 * A cart is told in this order: money_begin_cart; its lines, that is each
 * item, then its adjustments, then its tax rates, and each shipping method,
 * then its tax rates; each gift card; money_finish_cart.  A cart that met an
 * error is to be thrown away.
 */
#ifndef PAYSESSION_MONEY_H
#define PAYSESSION_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest integer that JSON carries exactly everywhere: 2^53 - 1. */
#define MONEY_MAX			INT64_C(9007199254740991)

/* A decimal as text: a sign, 16 digits, the point, 27 digits and NUL. */
#define MONEY_TEXT_SIZE		46

typedef enum MoneyError
{
	MONEY_OK,
	MONEY_INVALID,				/* no number, or not of the asked kind */
	MONEY_OUT_OF_RANGE			/* the number, or a sum it goes into */
} MoneyError;

/* Whose an item's adjustment is. */
typedef enum MoneyDiscount
{
	MONEY_DISCOUNT_NONE,		/* it has no discount_id */
	MONEY_DISCOUNT_CART,		/* that of the cart's discount */
	MONEY_DISCOUNT_OTHER
} MoneyDiscount;

/* In base 10^9, least significant digit first; see money.c. */
typedef struct MoneyDecimal
{
	int64_t		digit[5];
} MoneyDecimal;

/* A cart while it is added up; to be used by money.c only. */
typedef struct MoneyCart
{
	bool		free_shipping;
	bool		gift_cards_taxable;
	bool		has_lines;
	bool		has_tax_rates;
	bool		has_gift_cards;

	/* the item or shipping method that is being told */
	bool		is_shipping;
	bool		allow_discounts;
	MoneyDecimal taxable;
	MoneyDecimal shipping_rate;
	int64_t		shipping_tax;

	int64_t		subtotal;
	MoneyDecimal raw_discount_total;
	int64_t		item_tax_total;
	int64_t		shipping_total;
	int64_t		shipping_tax_total;
	int64_t		gift_card_balance;
	int64_t		gift_cardable;	/* what gift cards may pay, 0 without any, ... */
	int64_t		gift_cardable_left; /* ... and what taxed ones have left of it */
	int64_t		gift_card_tax_total;
} MoneyCart;

typedef struct MoneyTotals
{
	bool		has_taxes;		/* false: the three tax totals are unknown */
	int64_t		subtotal;
	int64_t		discount_total;
	char		raw_discount_total[MONEY_TEXT_SIZE];
	int64_t		item_tax_total;
	int64_t		shipping_total;
	int64_t		shipping_tax_total;
	int64_t		tax_total;
	int64_t		gift_card_total;
	int64_t		gift_card_tax_total;
	int64_t		total;
} MoneyTotals;

extern bool money_in_range(int64_t amount);
extern MoneyError money_parse(const char *s, size_t len, int64_t min, int64_t *amount);

extern void money_begin_cart(MoneyCart *cart, bool free_shipping, bool gift_cards_taxable);
extern MoneyError money_add_item(MoneyCart *cart, int64_t unit_price, int64_t quantity,
								 bool allow_discounts);
extern MoneyError money_add_adjustment(MoneyCart *cart, MoneyDiscount discount,
									   const char *amount, size_t len);
extern MoneyError money_add_shipping_method(MoneyCart *cart, int64_t price);
extern void money_begin_tax_rates(MoneyCart *cart);
extern MoneyError money_add_tax_rate(MoneyCart *cart, const char *rate, size_t len);
extern MoneyError money_add_gift_card(MoneyCart *cart, int64_t balance,
									  const char *tax_rate, size_t len);
extern MoneyError money_finish_cart(const MoneyCart *cart, MoneyTotals *totals);

#endif							/* PAYSESSION_MONEY_H */
