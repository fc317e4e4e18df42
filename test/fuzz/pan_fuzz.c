/*
 * pan_fuzz.c
 *		What is found is made of digits and can be hidden; a card number that
 *		stands alone is found in any text; ids are never one.
 */
#include "pan.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SIZE	4096

static const char card[] = "\n4111111111111111\n";

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
touches(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* hide masks every card number and returns how many there were. */
static int
hide(char *text, size_t len)
{
	size_t		start;
	size_t		end;
	size_t		last = 0;
	int			count = 0;

	for (; pan_find(text, len, &start, &end); count++)
	{
		int			digits = 0;

		assert(last <= start && start < end && end <= len);
		assert(start == 0 || !touches(text[start - 1]));
		assert(end == len || !touches(text[end]));
		for (size_t i = start; i < end; i++)
		{
			if (text[i] >= '0' && text[i] <= '9')
				digits++;
			else
				assert(memchr(" -.", text[i], 3) != NULL &&
					   touches(text[i - 1]) && touches(text[i + 1]));
		}
		assert(digits >= 14);
		memset(text + start, '*', end - start);
		last = end;
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char		text[TEXT_SIZE + sizeof(card)];
	char		copy[TEXT_SIZE];
	int			count;

	if (size > TEXT_SIZE)
		return 0;
	memcpy(copy, data, size);
	count = hide(copy, size);

	memcpy(text, data, size);
	memcpy(text + size, card, sizeof(card) - 1);
	assert(hide(text, size + sizeof(card) - 1) == count + 1);
	assert(memcmp(text, copy, size) == 0);

	pan_is_secret_key((const char *) data, size);

	if (size >= 16)
	{
		for (int i = 0, n = 0; i < 16; i++)
			n += sprintf(text + n, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
						 data[15] & 1 ? data[i] % 10 * 16 + data[i] / 16 % 10 : data[i]);
		assert(hide(text, 36) == 0);
	}
	return 0;
}
