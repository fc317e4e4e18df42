/*
 * pan.c
 *		Finds card numbers, and the keys under which security codes are kept.
 *
 * A word is a run of ASCII letters and digits.  Bytes outside of ASCII end one:
 * a number between typographic quotes, or after a Chinese word, is to be found.
 * A candidate is a run of consecutive words, each of digits only, joined by
 * one space, dash or dot each, of 14 to 19 digits in all: it begins and ends
 * at a word's boundary, but may have further such words as neighbours
 * ("order 12 4111 1111 1111 1111").  At most 19 digits are read from each
 * word on, so the work is linear.  The words of a UUID are part of no
 * candidate; a ULID is one word that has letters or too many digits.
 *
 * Candidates that overlap are found as one: hiding the first alone would
 * leave the rest of the other, which may be the real number, to be read.
 */
#include "pan.h"

#include <string.h>

#define PAN_MIN_DIGITS	14
#define PAN_MAX_DIGITS	19
#define UUID_LENGTH		36

/*
 * Ranges of the first four digits, with the lengths that the issuer uses.
 * Visa's old numbers of 13 digits are left out: article codes and telephone
 * numbers look alike.
 */
static const struct
{
	int			from;
	int			to;
	int			min_digits;
	int			max_digits;
}			issuers[] = {
	{2221, 2720, 16, 16},		/* Mastercard */
	{3000, 3059, 14, 14},		/* Diners Club */
	{3400, 3499, 15, 15},		/* American Express */
	{3528, 3589, 16, 19},		/* JCB */
	{3600, 3699, 14, 14},		/* Diners Club */
	{3700, 3799, 15, 15},		/* American Express */
	{3800, 3999, 14, 14},		/* Diners Club */
	{4000, 4999, 16, 16},		/* Visa */
	{4000, 4999, 19, 19},		/* Visa */
	{5000, 5099, 14, 19},		/* Maestro */
	{5100, 5599, 16, 16},		/* Mastercard */
	{5600, 5899, 14, 19},		/* Maestro */
	{6000, 6999, 14, 19},		/* Maestro, Discover, UnionPay */
};

/* In lower case, without '_' and '-'. */
static const char *const secret_keys[] = {
	"cvv", "cvc", "cvv2", "cvc2", "cid", "pin", "pan", "track1", "track2", "cardnumber"
};

/* The classes of <ctype.h> would depend on the locale. */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

static bool
is_word(char c)
{
	return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '-' || c == '.';
}

/* starts_with_uuid tells whether a UUID begins here, where a word begins. */
static bool
starts_with_uuid(const char *s, size_t len)
{
	if (len < UUID_LENGTH || (len > UUID_LENGTH && is_word(s[UUID_LENGTH])))
		return false;

	for (int i = 0; i < UUID_LENGTH; i++)
	{
		if (i == 8 || i == 13 || i == 18 || i == 23)
		{
			if (s[i] != '-')
				return false;
		}
		else if (!is_digit(s[i]) &&
				 !(to_lower(s[i]) >= 'a' && to_lower(s[i]) <= 'f'))
			return false;
	}
	return true;
}

static bool
has_issuer(const int *digits, int count)
{
	int			prefix = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];

	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++)
	{
		if (prefix >= issuers[i].from && prefix <= issuers[i].to &&
			count >= issuers[i].min_digits && count <= issuers[i].max_digits)
			return true;
	}
	return false;
}

/* passes_luhn checks the last digit against all others (ISO/IEC 7812-1). */
static bool
passes_luhn(const int *digits, int count)
{
	int			sum = 0;

	for (int i = 0; i < count; i++)
	{
		int			n = digits[i];

		if ((count - i) % 2 == 0)
			n = n < 5 ? n * 2 : n * 2 - 9;
		sum += n;
	}
	return sum % 10 == 0;
}

/*
 * longest_pan returns where the longest card number ends whose first word is
 * the one at start, 0 if there is none.
 */
static size_t
longest_pan(const char *s, size_t len, size_t start)
{
	int			digits[PAN_MAX_DIGITS];
	int			count = 0;
	size_t		end = 0;
	size_t		i = start;

	while (i < len && is_digit(s[i]) && !starts_with_uuid(s + i, len - i))
	{
		for (; i < len && is_digit(s[i]); i++)
		{
			if (count == PAN_MAX_DIGITS)
				return end;
			digits[count++] = s[i] - '0';
		}
		if (i < len && is_word(s[i]))
			return end;
		if (count >= PAN_MIN_DIGITS &&
			has_issuer(digits, count) && passes_luhn(digits, count))
			end = i;
		if (i < len && is_separator(s[i]))
			i++;
		else
			return end;
	}
	return end;
}

/*
 * pan_find tells whether there is a card number in the text, and where the
 * first one is: from *start to before *end.
 */
bool
pan_find(const char *s, size_t len, size_t *start, size_t *end)
{
	bool		found = false;
	size_t		i = 0;

	while (i < len && (!found || i < *end))
	{
		size_t		pan_end;

		if (!is_word(s[i]))
		{
			i++;
			continue;
		}
		if (starts_with_uuid(s + i, len - i))
		{
			i += UUID_LENGTH;
			continue;
		}

		pan_end = longest_pan(s, len, i);
		if (pan_end > 0 && !found)
		{
			found = true;
			*start = i;
			*end = pan_end;
		}
		else if (pan_end > 0 && pan_end > *end)
			*end = pan_end;

		while (i < len && is_word(s[i]))
			i++;
	}
	return found;
}

/*
 * pan_is_secret_key tells whether a value under this key is a security code,
 * a track or a card number, however the key is written: card_number,
 * cardNumber, CARD-NUMBER.
 */
bool
pan_is_secret_key(const char *key, size_t len)
{
	for (size_t i = 0; i < sizeof(secret_keys) / sizeof(secret_keys[0]); i++)
	{
		const char *expected = secret_keys[i];
		size_t		j;

		for (j = 0; j < len; j++)
		{
			if (key[j] == '_' || key[j] == '-')
				continue;
			if (*expected == '\0' || to_lower(key[j]) != *expected)
				break;
			expected++;
		}
		if (j == len && *expected == '\0')
			return true;
	}
	return false;
}
