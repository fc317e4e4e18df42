/*
 * tap.h
 *		What the unit tests share: TAP output and repeatable random numbers.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static int	tap_count;
static int	tap_failed;

/* ok reports one promise. */
static inline void
ok(bool passed, const char *promise,...)
{
	va_list		args;

	tap_count++;
	if (!passed)
		tap_failed++;
	printf("%sok %d - ", passed ? "" : "not ", tap_count);
	va_start(args, promise);
	vprintf(promise, args);
	va_end(args);
	printf("\n");
}

/* tap_end prints the plan and returns main's result. */
static inline int
tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0;
}

/* next_random gives the same numbers at every run (splitmix64). */
static inline uint64_t
next_random(uint64_t *seed)
{
	uint64_t	z = *seed += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

#endif							/* TAP_H */
