/*
 * replay.c
 *		A fuzz target without a fuzzer: it gets the seeds of its ROOM, and many
 *		inputs that are like them, the same ones at every run.
 */
#include "../unit/tap.h"

#include <glob.h>
#include <string.h>

#define VARIANTS	20000
#define MAX_SIZE	1024

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t random_seed = 1;

/* below returns a number below a bound that is not 0. */
static size_t
below(size_t bound)
{
	return next_random(&random_seed) % bound;
}

/* vary overwrites bytes, cuts stretches out or repeats them, and returns the new size. */
static size_t
vary(uint8_t *data, size_t size)
{
	for (size_t n = below(4); n > 0 && size > 0; n--)
	{
		size_t		from = below(size);
		size_t		len = 1 + below(size - from);

		switch (below(4))
		{
			case 0:
				data[from] = (uint8_t) below(256);
				break;
			case 1:
				data[from] = data[below(size)];
				break;
			case 2:
				memmove(data + from, data + from + len, size - from - len);
				size -= len;
				break;
			default:
				if (size + len > MAX_SIZE)
					break;
				memmove(data + from + len, data + from, size - from);
				size += len;
				break;
		}
	}
	return size;
}

int
main(void)
{
	glob_t		seeds;

	if (glob("test/fuzz/seeds/" ROOM "_*", 0, NULL, &seeds) != 0)
		return 1;
	for (size_t i = 0; i < seeds.gl_pathc; i++)
	{
		uint8_t		seed[MAX_SIZE];
		FILE	   *file = fopen(seeds.gl_pathv[i], "rb");
		size_t		size = fread(seed, 1, MAX_SIZE, file);

		fclose(file);
		LLVMFuzzerTestOneInput(seed, size);
		for (int n = 0; n < VARIANTS; n++)
		{
			uint8_t		data[MAX_SIZE];

			memcpy(data, seed, size);
			LLVMFuzzerTestOneInput(data, vary(data, size));
		}
		ok(true, "%s and %d inputs like it", seeds.gl_pathv[i], VARIANTS);
	}
	globfree(&seeds);
	return tap_end();
}
