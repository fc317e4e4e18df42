/*
 * ulid_test.c
 *		Ids are valid, in order, and keep their route.
 */
#include "tap.h"
#include "ulid.h"

#include <string.h>

#define MS		UINT64_C(1469918176385)
#define MS_LAST UINT64_C(0xFFFFFFFFFFFF)
#define ROUTES	4

static uint64_t seed = 1;

static void
random_bytes(uint8_t bytes[ULID_RANDOM_BYTES])
{
	for (int i = 0; i < ULID_RANDOM_BYTES; i++)
		bytes[i] = (uint8_t) next_random(&seed);
}

static void
test_layout(void)
{
	static const uint8_t bytes[ULID_RANDOM_BYTES] = {
		0xFF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0, 0, 0, 0
	};
	UlidState	state = {0};
	char		id[ULID_LENGTH];

	/* MS << 80 | 0x1234 << 65 | 1 << 64 | 0x0123456789ABCDEF in base 32 */
	ulid_next(&state, MS, 0x1234, bytes, id);
	ok(memcmp(id, "01ARYZ6S414HMG28T5CY4TQKFF", ULID_LENGTH) == 0,
	   "the bits are the time, the route and the random ones");
	ok(ulid_ms(id) == MS && ulid_route(id) == 0x1234, "the time and the route can be read");

	/* a route has no 16th bit */
	state.ms = 0;
	ulid_next(&state, MS - 1, 0xFFFF, bytes, id);
	ok(ulid_ms(id) == MS - 1 && ulid_route(id) == 0x7FFF, "the route does not run into the time");
	ok(memcmp(id + 10, "ZZZ", 3) == 0, "the route is characters 11 to 13");

	ulid_next(&state, MS_LAST + 1, 0, bytes, id);
	ok(ulid_is_valid(id, ULID_LENGTH) && ulid_ms(id) == MS_LAST,
	   "a time of more than 48 bits is the last one");
}

static void
test_order(void)
{
	UlidState	state = {0};
	char		last[ROUTES][ULID_LENGTH] = {{0}};
	uint64_t	last_ms = 0;
	uint64_t	clock = MS;
	int			unordered = 0;
	int			back = 0;
	int			wrong = 0;

	for (int i = 0; i < 1000000; i++)
	{
		int			n = (int) (next_random(&seed) % ROUTES);
		uint16_t	route = (uint16_t) (n * 0x2AAA);
		uint8_t		bytes[ULID_RANDOM_BYTES];
		char		id[ULID_LENGTH];

		/* the clock stands still mostly, and is set back at times */
		if (next_random(&seed) % 16 == 0)
			clock += next_random(&seed) % 8 - 3;

		random_bytes(bytes);
		ulid_next(&state, clock, route, bytes, id);
		unordered += memcmp(last[n], id, ULID_LENGTH) >= 0;
		back += ulid_ms(id) < last_ms;
		wrong += !ulid_is_valid(id, ULID_LENGTH) || ulid_route(id) != route;
		memcpy(last[n], id, ULID_LENGTH);
		last_ms = ulid_ms(id);
	}
	ok(unordered == 0, "1,000,000 ids are in order within their routes");
	ok(back == 0, "1,000,000 ids of any route have times that do not go back");
	ok(wrong == 0, "1,000,000 ids are valid and keep their route");
}

static void
test_overflow(void)
{
	static const uint8_t zeros[ULID_RANDOM_BYTES] = {0};
	static const uint8_t ones[ULID_RANDOM_BYTES] = {
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
	};
	static const uint8_t step[ULID_RANDOM_BYTES] = {
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4
	};
	UlidState	state = {MS, 0, UINT64_MAX};
	char		id[ULID_LENGTH];

	ulid_next(&state, MS, 0, zeros, id);
	ok(state.ms == MS && state.tail_high == 1 && state.tail_low == 0,
	   "the smallest step is 1 and carries into bit 64");

	state.tail_high = 0;
	state.tail_low = 5;
	ulid_next(&state, MS, 0, step, id);
	ok(state.ms == MS && state.tail_high == 0 && state.tail_low == 5 + 1 + 0x01020304,
	   "a step is random");

	state.tail_high = 1;
	state.tail_low = UINT64_MAX - 1;
	ulid_next(&state, MS, 0, zeros, id);
	ok(state.ms == MS && state.tail_high == 1 && state.tail_low == UINT64_MAX,
	   "the last tail of a millisecond can be had");

	ulid_next(&state, MS, 0, ones, id);
	ok(ulid_ms(id) == MS + 1 && ulid_route(id) == 0,
	   "a tail that overflows goes to the next millisecond, not into the route");
	ok(state.tail_high == 1 && state.tail_low == UINT64_MAX,
	   "and its tail is a fresh one");

	ulid_next(&state, MS, 0x7FFF, ones, id);
	ok(ulid_ms(id) == MS + 2 && ulid_route(id) == 0x7FFF,
	   "the clock catches up from there, in order");

	state.ms = MS_LAST;
	state.tail_high = 1;
	state.tail_low = UINT64_MAX;
	ulid_next(&state, MS, 7, zeros, id);
	ok(ulid_ms(id) == MS_LAST && ulid_route(id) == 7,
	   "after the last millisecond there is none");
}

static void
test_valid(void)
{
	static const struct
	{
		const char *id;
		bool		valid;
		const char *what;
	}			cases[] = {
		{"01ARYZ6S41TSV4RRFFQ69G5FAV", true, "a ULID"},
		{"00000000000000000000000000", true, "the first ULID"},
		{"7ZZZZZZZZZZZZZZZZZZZZZZZZZ", true, "the last ULID"},
		{"80000000000000000000000000", false, "more than 128 bits"},
		{"", false, "nothing"},
		{"01ARYZ6S41TSV4RRFFQ69G5FA", false, "25 characters"},
		{"01ARYZ6S41TSV4RRFFQ69G5FAVV", false, "27 characters"},
		{"01aryz6s41tsv4rrffq69g5fav", false, "lower case"},
		{"01ARYZ6S41TSV4RRFFQ69G5FAI", false, "an I"},
		{"01ARYZ6S41TSV4RRFFQ69G5FAL", false, "an L"},
		{"01ARYZ6S41TSV4RRFFQ69G5FAO", false, "an O"},
		{"01ARYZ6S41TSV4RRFFQ69G5FAU", false, "a U"},
		{"01ARYZ6S41-SV4RRFFQ69G5FAV", false, "a dash"},
		{"\xC3\x89" "ARYZ6S41TSV4RRFFQ69G5FAV", false, "a letter that is not ASCII"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(ulid_is_valid(cases[i].id, strlen(cases[i].id)) == cases[i].valid,
		   "%s is %s", cases[i].what, cases[i].valid ? "valid" : "not valid");
	ok(!ulid_is_valid("01ARYZ6S41TSV4RRFFQ69G5FA\0", ULID_LENGTH), "a NUL is not valid");
}

int
main(void)
{
	test_layout();
	test_order();
	test_overflow();
	test_valid();
	return tap_end();
}
