/*
 * pan_test.c
 *		Card numbers are found, and what looks like them is not.
 */
#include "pan.h"
#include "tap.h"
#include "ulid.h"

#include <string.h>

#define RANDOM_IDS	300000

static uint64_t seed = 1;

/* finds tells whether exactly this part of the text is the first card number. */
static bool
finds(const char *text, const char *pan)
{
	size_t		start;
	size_t		end;

	if (!pan_find(text, strlen(text), &start, &end))
		return pan == NULL;
	return pan != NULL && end - start == strlen(pan) &&
		memcmp(text + start, pan, end - start) == 0;
}

static void
test_text(void)
{
	static const struct
	{
		const char *text;
		const char *pan;		/* NULL: none */
	}			cases[] = {
		/* the numbers that the issuers publish for tests */
		{"4111111111111111", "4111111111111111"},
		{"4000000000000000006", "4000000000000000006"},
		{"5555555555554444", "5555555555554444"},
		{"2223003122003222", "2223003122003222"},
		{"378282246310005", "378282246310005"},
		{"6011111111111117", "6011111111111117"},
		{"30569309025904", "30569309025904"},
		{"36227206271667", "36227206271667"},
		{"3530111333300000", "3530111333300000"},
		{"6205500000000000004", "6205500000000000004"},
		{"6759649826438453", "6759649826438453"},
		{"4222222222222", NULL},	/* 13 digits */
		{"4111111111111112", NULL}, /* Luhn */
		{"0000000000000000", NULL}, /* no issuer */
		{"", NULL},

		/* separators */
		{"4111 1111 1111 1111", "4111 1111 1111 1111"},
		{"4111-1111-1111-1111", "4111-1111-1111-1111"},
		{"4111.1111.1111.1111", "4111.1111.1111.1111"},
		{"3782 822463 10005", "3782 822463 10005"},
		{"4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1"},
		{"4111 1111-1111.1111", "4111 1111-1111.1111"},
		{"4111  1111 1111 1111", NULL},
		{"4111 -1111 1111 1111", NULL},
		{"4111/1111/1111/1111", NULL},
		{"4111\n1111\n1111\n1111", NULL},

		/* what is around it */
		{"card 4111111111111111.", "4111111111111111"},
		{"(4111111111111111)", "4111111111111111"},
		{"{\"n\":4111111111111111.0}", "4111111111111111"},
		{"-4111111111111111", "4111111111111111"},
		{"card_4111111111111111_", "4111111111111111"},
		{"4111 1111 1111 1111 ", "4111 1111 1111 1111"},
		{"tok4111111111111111", NULL},
		{"4111111111111111x", NULL},
		{"4111 1111 1111 1111x", NULL},
		{"x4111 1111 1111 1111", NULL},
		{"\xC3\xA9" "4111111111111111\xC3\xA9", "4111111111111111"},
		{"94111111111111111", NULL},
		{"41111111111111110", NULL},

		/* neighbours in the same run of digits */
		{"order 12 4111 1111 1111 1111", "4111 1111 1111 1111"},
		{"4111 1111 1111 1111 12/29", "4111 1111 1111 1111"},
		{"1 1 1 1 4111-1111-1111-1111 99 99", "4111-1111-1111-1111"},
		{"x12 4111 1111 1111 1111 3x", "4111 1111 1111 1111"},
		{"00000000000000000000 4111111111111111", "4111111111111111"},
		{"4111111111111111 00000000000000000000", "4111111111111111"},
		{"12345678901234567890 1234", NULL},

		/* the longest from a word on, and all that overlap */
		{"4000 0000 0000 0002 006", "4000 0000 0000 0002"},
		{"4000 0000 0000 0002 002", "4000 0000 0000 0002 002"},
		{"5018 0800 0009 4111 1111 1111 1111", "5018 0800 0009 4111 1111 1111 1111"},
		{"406 4111 1111 1111 1111 9", "406 4111 1111 1111 1111"},

		/* what only looks like a card number */
		{"2024-05-01 12.34.56.789012", NULL},
		{"+49 30 1234567-89", NULL},
		{"4006381333931", NULL},	/* EAN-13 */
		{"352099001761481", NULL},	/* IMEI, Luhn valid */
		{"41111111-1111-1111-1111-111111111111", NULL},
		{"{41111111-1111-1111-1111-111111111111}", NULL},
		{"a1234567-1234-1234-4111-111111111111", NULL},
		{"A1234567-1234-1234-4111-111111111111", NULL},
		{"4111 11111111-1111-1111-1111-111111111111", NULL},
		{"41111111-1111-1111-1111-1111111111119", "41111111-1111-1111"},
		{"41111111 1111-1111-1111-111111111111", "41111111 1111-1111"},
		{"41111111 11111111 and more than a UUID", "41111111 11111111"},
		{"g1234567-1234-1234-4111-111111111111", "4111-111111111111"},
		{"41111111-1111-1111-1111-111111111111 4111111111111111", "4111111111111111"},
		{"ps_01ARYZ6S414111111111111111", NULL},
		{"ps_04111111111111111111111111", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(finds(cases[i].text, cases[i].pan), "\"%s\" has %s", cases[i].text,
		   cases[i].pan ? cases[i].pan : "no card number");
}

/* number writes a Luhn-valid number of that length and prefix. */
static void
number(const char *prefix, int length, char *out)
{
	int			sum = 0;

	memset(out, '0', (size_t) length);
	memcpy(out, prefix, strlen(prefix));
	out[length] = '\0';
	for (int i = length - 2; i >= 0; i--)
	{
		int			n = (out[i] - '0') * ((length - i) % 2 == 0 ? 2 : 1);

		sum += n / 10 + n % 10;
	}
	out[length - 1] = (char) ('0' + (10 - sum % 10) % 10);
}

static void
test_issuers(void)
{
	static const struct
	{
		const char *prefix;
		const char *lengths;	/* of 13 to 20 digits: is it a card number */
	}			cases[] = {
		{"0000", "--------"}, {"1", "--------"}, {"1999", "--------"},
		{"2220", "--------"}, {"2221", "---y----"}, {"2720", "---y----"}, {"2721", "--------"},
		{"2999", "--------"}, {"3000", "-y------"}, {"3059", "-y------"}, {"3060", "--------"},
		{"3399", "--------"}, {"34", "--y-----"}, {"3499", "--y-----"}, {"35", "--------"},
		{"3527", "--------"}, {"3528", "---yyyy-"}, {"3589", "---yyyy-"}, {"3590", "--------"},
		{"36", "-y------"}, {"3699", "-y------"}, {"37", "--y-----"}, {"3799", "--y-----"},
		{"38", "-y------"}, {"3999", "-y------"}, {"4", "---y--y-"}, {"4999", "---y--y-"},
		{"50", "-yyyyyy-"}, {"5099", "-yyyyyy-"}, {"51", "---y----"}, {"5599", "---y----"},
		{"56", "-yyyyyy-"}, {"5899", "-yyyyyy-"}, {"59", "--------"}, {"5999", "--------"},
		{"60", "-yyyyyy-"}, {"62", "-yyyyyy-"}, {"6999", "-yyyyyy-"}, {"7", "--------"},
		{"8", "--------"}, {"9999", "--------"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		for (int length = 13; length <= 20; length++)
		{
			char		text[21];
			bool		expected = cases[i].lengths[length - 13] == 'y';

			number(cases[i].prefix, length, text);
			ok(finds(text, expected ? text : NULL), "%d digits from %s on are %s", length,
			   cases[i].prefix, expected ? "a card number" : "none");
		}
	}
}

static void
test_ids(void)
{
	UlidState	state = {0};
	int			uuids = 0;
	int			ulids = 0;
	size_t		start;
	size_t		end;

	for (int i = 0; i < RANDOM_IDS; i++)
	{
		uint64_t	high = next_random(&seed);
		uint64_t	low = next_random(&seed);
		uint8_t		bytes[ULID_RANDOM_BYTES];
		char		text[40];

		sprintf(text, "%08x-%04x-%04x-%04x-%012llx", (unsigned) (high >> 32),
				(unsigned) (high >> 16 & 0xFFFF), (unsigned) (high & 0xFFFF),
				(unsigned) (low >> 48), (unsigned long long) (low & 0xFFFFFFFFFFFF));
		uuids += pan_find(text, strlen(text), &start, &end);

		/* and of decimal digits only, which random ones never are */
		for (char *c = text; *c != '\0'; c++)
		{
			if (*c >= 'a')
				*c = (char) ('0' + *c % 10);
		}
		uuids += pan_find(text, strlen(text), &start, &end);

		for (int j = 0; j < ULID_RANDOM_BYTES; j++)
			bytes[j] = (uint8_t) (next_random(&seed) >> 32);
		memcpy(text, "ps_", 3);
		ulid_next(&state, high >> 16, (uint16_t) low, bytes, text + 3);
		ulids += pan_find(text, 3 + ULID_LENGTH, &start, &end);
	}
	ok(uuids == 0, "%d random UUIDs hold no card number", 2 * RANDOM_IDS);
	ok(ulids == 0, "%d random ids hold no card number", RANDOM_IDS);
}

static void
test_mask(void)
{
	char		text[] = "a 4111 1111 1111 1111, b 5555555555554444; c 378282246310005";
	size_t		start;
	size_t		end;
	int			count = 0;

	while (pan_find(text, strlen(text), &start, &end))
	{
		memset(text + start, '*', end - start);
		count++;
	}
	ok(count == 3 &&
	   strcmp(text, "a *******************, b ****************; c ***************") == 0,
	   "every card number of a text can be hidden, and nothing else is");
}

static void
test_keys(void)
{
	static const char *const secret[] = {
		"cvv", "cvc", "cvv2", "cvc2", "cid", "pin", "pan", "track1", "track2",
		"card_number", "cardNumber", "card-number", "CARD_NUMBER", "CVV", "Track_2", "_pin_"
	};
	static const char *const plain[] = {
		"", "_", "cv", "cvv3", "cvvs", "acvv", "pan_id", "pinned", "company", "card", "number",
		"card number", "card_numbers", "track", "track3", "incident"
	};

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		ok(pan_is_secret_key(secret[i], strlen(secret[i])), "\"%s\" is a secret's key", secret[i]);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		ok(!pan_is_secret_key(plain[i], strlen(plain[i])), "\"%s\" is none", plain[i]);
	ok(pan_is_secret_key("pinned", 3) && !pan_is_secret_key("pin\0", 4),
	   "a key ends where its length says");
}

int
main(void)
{
	test_text();
	test_issuers();
	test_ids();
	test_mask();
	test_keys();
	return tap_end();
}
