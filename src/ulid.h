/*
 * ulid.h
 *		ULIDs whose first 15 bits after the time are a route.  Pure.
 */
#ifndef PAYSESSION_ULID_H
#define PAYSESSION_ULID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ULID_LENGTH			26
#define ULID_ROUTE_BITS		15
#define ULID_RANDOM_BYTES	13	/* what ulid_next consumes at each call */

/* One generator; all zero to begin with. */
typedef struct UlidState
{
	uint64_t	ms;				/* of the last id; never goes back */
	uint64_t	tail_high;		/* the last id's 65 random bits: bit 64 ... */
	uint64_t	tail_low;		/* ... and bits 63 to 0 */
} UlidState;

extern void ulid_next(UlidState *state, uint64_t ms, uint16_t route,
					  const uint8_t random[ULID_RANDOM_BYTES],
					  char out[ULID_LENGTH]);
extern bool ulid_is_valid(const char *s, size_t len);
extern uint64_t ulid_ms(const char *s);
extern uint16_t ulid_route(const char *s);

#endif							/* PAYSESSION_ULID_H */
