/*
 * ulid.c
 *		ULIDs: 48 bits of milliseconds, 15 bits of route, 65 bits of tail.
 */
#include "ulid.h"

#include <string.h>

#define MS_MAX		((UINT64_C(1) << 48) - 1)
#define ROUTE_MASK	((1 << ULID_ROUTE_BITS) - 1)

/* characters of the time, and of the route that follows it */
#define MS_LENGTH	10
#define ROUTE_LENGTH	3

/* Crockford's base 32 */
#define ALPHABET_SIZE	32
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static uint64_t
big_endian(const uint8_t *bytes, int count)
{
	uint64_t	n = 0;

	for (int i = 0; i < count; i++)
		n = n << 8 | bytes[i];
	return n;
}

static uint64_t
decode(const char *s, int count)
{
	uint64_t	n = 0;

	for (int i = 0; i < count; i++)
	{
		const char *found = memchr(alphabet, s[i], ALPHABET_SIZE);

		n = n << 5 | (uint64_t) (found - alphabet);
	}
	return n;
}

static void
fresh_tail(UlidState *state, const uint8_t *random)
{
	state->tail_high = random[0] & 1;
	state->tail_low = big_endian(random + 1, 8);
}

/*
 * ulid_next writes the next id of a route, without a terminating NUL.
 *
 * Within one millisecond the tail only grows, whatever the routes, so that
 * the ids of each route stay in order although routes alternate.  The step is
 * random, else an id would give away its neighbours.
 */
void
ulid_next(UlidState *state, uint64_t ms, uint16_t route,
		  const uint8_t random[ULID_RANDOM_BYTES], char out[ULID_LENGTH])
{
	uint64_t	high;
	uint64_t	low;

	if (ms > MS_MAX)
		ms = MS_MAX;

	if (ms > state->ms)
	{
		state->ms = ms;
		fresh_tail(state, random);
	}
	else
	{
		low = state->tail_low + 1 + big_endian(random + 9, 4);
		if (low < state->tail_low)
			state->tail_high++;
		state->tail_low = low;

		/* the 66th bit would be the route's */
		if (state->tail_high > 1)
		{
			if (state->ms < MS_MAX)
				state->ms++;
			fresh_tail(state, random);
		}
	}

	high = state->ms << 16 | (uint64_t) (route & ROUTE_MASK) << 1 | state->tail_high;
	low = state->tail_low;
	for (int i = ULID_LENGTH - 1; i >= 0; i--)
	{
		out[i] = alphabet[low & 31];
		low = low >> 5 | high << 59;
		high >>= 5;
	}
}

/* ulid_is_valid tells whether s is a ULID in its canonical, upper-case form. */
bool
ulid_is_valid(const char *s, size_t len)
{
	if (len != ULID_LENGTH || s[0] > '7')
		return false;

	for (int i = 0; i < ULID_LENGTH; i++)
	{
		if (memchr(alphabet, s[i], ALPHABET_SIZE) == NULL)
			return false;
	}
	return true;
}

/* ulid_ms returns the milliseconds since 1970 of a valid ULID. */
uint64_t
ulid_ms(const char *s)
{
	return decode(s, MS_LENGTH);
}

/* ulid_route returns the route of a valid ULID. */
uint16_t
ulid_route(const char *s)
{
	return (uint16_t) decode(s + MS_LENGTH, ROUTE_LENGTH);
}
