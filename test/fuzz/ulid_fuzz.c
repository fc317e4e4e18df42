/*
 * ulid_fuzz.c
 *		Whatever the clock, the routes and the random numbers do, ids are valid,
 *		in order and keep their route.
 */
#include "ulid.h"

#include <assert.h>
#include <string.h>

#define ROUTES	4
#define STEP	(2 + ULID_RANDOM_BYTES)

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	UlidState	state = {0};
	char		last[ROUTES][ULID_LENGTH] = {{0}};
	uint64_t	clock;

	if (ulid_is_valid((const char *) data, size))
		assert(ulid_ms((const char *) data) >> 48 == 0 &&
			   ulid_route((const char *) data) >> ULID_ROUTE_BITS == 0);

	if (size < sizeof(state))
		return 0;
	memcpy(&state, data, sizeof(state));
	state.ms = (state.ms >> 17) + 1000000;	/* far from the first and the last */
	state.tail_high &= 1;
	clock = state.ms;
	for (data += sizeof(state), size -= sizeof(state); size >= STEP; data += STEP, size -= STEP)
	{
		int			n = data[0] % ROUTES;
		uint16_t	route = (uint16_t) (n * 0x2AAA);
		uint64_t	last_ms = state.ms;
		char		id[ULID_LENGTH];

		clock += data[1] % 8;
		clock -= data[1] / 8 % 8;
		ulid_next(&state, clock, route, data + 2, id);
		assert(ulid_is_valid(id, ULID_LENGTH));
		assert(ulid_route(id) == route);
		assert(ulid_ms(id) == state.ms && state.ms >= last_ms);
		assert(memcmp(last[n], id, ULID_LENGTH) < 0);
		memcpy(last[n], id, ULID_LENGTH);
	}
	return 0;
}
