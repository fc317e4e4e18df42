/*
 * json.h
 *		Walks well-formed JSON text in place, as much as the tests need.
 *
 * A value is where it begins in the text.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <string.h>

static inline const char *
json_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* json_end returns where a value ends. */
static inline const char *
json_end(const char *value)
{
	int			depth = 0;

	do
	{
		if (*value == '"')
		{
			for (value++; *value != '"'; value++)
				value += *value == '\\';
			value++;
		}
		else if (strchr("[]{},: \t\r\n", *value) == NULL)
			value += strcspn(value, "[]{},: \t\r\n");
		else
		{
			depth += *value == '[' || *value == '{';
			depth -= *value == ']' || *value == '}';
			value++;
		}
	} while (depth > 0);
	return value;
}

static inline size_t
json_length(const char *value)
{
	return (size_t) (json_end(value) - value);
}

static inline bool
json_equal(const char *a, const char *b)
{
	return json_length(a) == json_length(b) && memcmp(a, b, json_length(a)) == 0;
}

static inline bool
json_is_null(const char *value)
{
	return strncmp(value, "null", 4) == 0;
}

static inline bool
json_is_true(const char *value)
{
	return strncmp(value, "true", 4) == 0;
}

/* json_first returns the first element of an array or key of an object, or NULL. */
static inline const char *
json_first(const char *container)
{
	const char *p = json_space(container + 1);

	return *p == ']' || *p == '}' ? NULL : p;
}

/* json_next returns the next element or key after this element or value, or NULL. */
static inline const char *
json_next(const char *value)
{
	const char *p = json_space(json_end(value));

	return *p == ',' ? json_space(p + 1) : NULL;
}

/* json_get returns a member of an object, or NULL. */
static inline const char *
json_get(const char *object, const char *name)
{
	const char *key = json_first(object);

	while (key != NULL)
	{
		const char *value = json_space(json_space(json_end(key)) + 1);

		if (json_length(key) == strlen(name) + 2 &&
			memcmp(key + 1, name, strlen(name)) == 0)
			return value;
		key = json_next(value);
	}
	return NULL;
}

#endif							/* JSON_H */
