/*
 * value.c
 *		What a single value may be, in an argument or in a column.
 *
 * The card check comes first of all that can be wrong with a document, and of
 * all checks of an entry: an error that came before it would send the
 * statement to the server's log.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_collation.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "errors.h"
#include "money.h"
#include "pan.h"
#include "value.h"

#define DOCUMENT_MAX_SIZE	(64 * 1024)
#define DOCUMENT_MAX_DEPTH	64
#define ID_MAX_LENGTH		64
#define TOKEN_MAX_LENGTH	255

int			value_pan_check = PAN_CHECK_ERROR;

/*
 * Whether a check looks for cards.  One value passes an argument check, a
 * BEFORE and an AFTER trigger; a warning is to come from one of them alone.
 */
static bool
looks_for_cards(bool warns)
{
	return value_pan_check == PAN_CHECK_ERROR || (value_pan_check == PAN_CHECK_WARN && warns);
}

static void
check_text(const char *what, const char *s, size_t len, bool warns)
{
	size_t		start;
	size_t		end;

	if (looks_for_cards(warns) && pan_find(s, len, &start, &end))
		report_card_number(value_pan_check == PAN_CHECK_WARN ? WARNING : ERROR, what);
}

/*
 * The whole part of a number, NULL if it is too large for a card's: a number
 * of a few bytes may have 131,072 digits; a card has 19.
 */
static char *
get_digits(const JsonbValue *number)
{
	Datum		whole = DirectFunctionCall2(numeric_trunc, NumericGetDatum(number->val.numeric), Int32GetDatum(0));

	if (DatumGetBool(DirectFunctionCall2(numeric_gt, DirectFunctionCall1(numeric_abs, whole),
										 NumericGetDatum(int64_to_numeric(PG_INT64_MAX)))))
		return NULL;
	return DatumGetCString(DirectFunctionCall1(numeric_out, whole));
}

static void
check_scalar(const char *what, const JsonbValue *value, bool warns)
{
	if (value->type == jbvString)
		check_text(what, value->val.string.val, value->val.string.len, warns);
	else if (value->type == jbvNumeric)
	{
		char	   *s = get_digits(value);

		if (s != NULL)
		{
			check_text(what, s, strlen(s), warns);
			pfree(s);
		}
	}
}

static const JsonbValue stars = {.type = jbvString,.val.string = {.val = "***",.len = 3}};

/* Whether what is under the key of a security code is none, or masked. */
static bool
is_harmless(JsonbIteratorToken token, const JsonbValue *value)
{
	return token == WJB_VALUE &&
		(value->type == jbvNull || value->type == jbvBool ||
		 (value->type == jbvString && value->val.string.len == stars.val.string.len &&
		  memcmp(value->val.string.val, stars.val.string.val, stars.val.string.len) == 0));
}

/*
 * Refuses a jsonb that holds a card number or a security code (or warns of it,
 * if the setting says so and this check is to), or is too large or too deep.
 * The size is looked at before the value is detoasted.  Returns whether it is
 * an object.
 */
static bool
check_json(const char *what, Datum document, bool warns)
{
	Jsonb	   *jsonb;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	value;
	bool		secret = false;
	int			depth = 0;
	int			max_depth = 0;
	bool		is_object;

	if (toast_raw_datum_size(document) - VARHDRSZ > DOCUMENT_MAX_SIZE)
		error_document(what, "must not be larger than 64 kB");

	jsonb = DatumGetJsonbP(document);
	it = JsonbIteratorInit(&jsonb->root);
	while ((token = JsonbIteratorNext(&it, &value, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (secret && looks_for_cards(warns) && !is_harmless(token, &value))
			report_security_code(value_pan_check == PAN_CHECK_WARN ? WARNING : ERROR, what);
		secret = false;

		switch (token)
		{
			case WJB_BEGIN_OBJECT:
			case WJB_BEGIN_ARRAY:
				depth++;
				max_depth = Max(max_depth, depth);
				break;
			case WJB_END_OBJECT:
			case WJB_END_ARRAY:
				depth--;
				break;
			case WJB_KEY:
				check_scalar(what, &value, warns);
				secret = pan_is_secret_key(value.val.string.val, value.val.string.len);
				break;
			default:
				check_scalar(what, &value, warns);
				break;
		}
	}

	is_object = JB_ROOT_IS_OBJECT(jsonb);
	if (max_depth > DOCUMENT_MAX_DEPTH)
		error_document(what, "must not be nested deeper than 64 levels");
	if ((Pointer) jsonb != DatumGetPointer(document))
		pfree(jsonb);
	return is_object;
}

/* value_check_document refuses what is no object, or not to be stored. */
void
value_check_document(const char *what, Datum document, bool warns)
{
	if (!check_json(what, document, warns))
		error_document(what, "must be a JSON object");
}

/* value_hide_statement is for the error context of what must not log its statement, whatever goes wrong. */
void
value_hide_statement(void *arg)
{
	errhidestmt(true);
	errhidecontext(true);
}

/* value_check_json refuses JSON of any kind that is not to be stored. */
void
value_check_json(const char *what, Datum json)
{
	check_json(what, json, true);
}

/* Puts stars for the digits of all card numbers in a text that may be changed. */
static bool
mask_text(char *s, size_t len)
{
	size_t		start;
	size_t		end;
	bool		found = false;

	while (pan_find(s, len, &start, &end))
	{
		found = true;
		for (size_t i = start; i < end; i++)
		{
			if (s[i] >= '0' && s[i] <= '9')
				s[i] = '*';
		}
		s += end;
		len -= end;
	}
	return found;
}

/* Takes out of a string or a number what is in it of a card; tells whether there was any. */
static bool
mask_scalar(JsonbValue *value)
{
	char	   *s;

	if (value_pan_check == PAN_CHECK_OFF)
		return false;
	if (value->type == jbvString)
	{
		value->val.string.val = pnstrdup(value->val.string.val, value->val.string.len);
		return mask_text(value->val.string.val, value->val.string.len);
	}
	if (value->type != jbvNumeric || (s = get_digits(value)) == NULL)
		return false;
	if (!mask_text(s, strlen(s)))
	{
		pfree(s);
		return false;
	}
	value->type = jbvString;
	value->val.string.val = s;
	value->val.string.len = strlen(s);
	return true;
}

/* value_mask_text takes the card numbers out of a message that is to be stored. */
char *
value_mask_text(char *s)
{
	if (value_pan_check != PAN_CHECK_OFF)
		mask_text(s, strlen(s));
	return s;
}

static Datum
get_omission(const char *why)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"omitted\": \"%s\"}", why);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/*
 * value_mask_document returns a jsonb with stars for card numbers and security
 * codes, and a word in the place of one that is too large or too deep to keep;
 * *masked tells whether there was anything that is not to be logged.
 */
Datum
value_mask_document(Datum document, bool *masked)
{
	JsonbParseState *state = NULL;
	JsonbValue *result = NULL;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	value;
	int			depth = 0;
	bool		secret = false;
	bool		scalar = false;

	/* What is not looked at may hold anything. */
	*masked = true;
	if (toast_raw_datum_size(document) - VARHDRSZ > DOCUMENT_MAX_SIZE)
		return get_omission("larger than 64 kB");
	*masked = false;
	it = JsonbIteratorInit(&DatumGetJsonbP(document)->root);
	while ((token = JsonbIteratorNext(&it, &value, secret)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		switch (token)
		{
			case WJB_BEGIN_ARRAY:
				scalar = value.val.array.rawScalar;
				result = pushJsonbValue(&state, token, scalar ? &value : NULL);
				depth++;
				break;
			case WJB_BEGIN_OBJECT:
				depth++;
				result = pushJsonbValue(&state, token, NULL);
				break;
			case WJB_END_ARRAY:
			case WJB_END_OBJECT:
				depth--;
				result = pushJsonbValue(&state, token, NULL);
				break;
			case WJB_KEY:
				*masked |= mask_scalar(&value);
				result = pushJsonbValue(&state, token, &value);
				break;
			default:
				if (!secret || is_harmless(token, &value))
					*masked |= mask_scalar(&value);
				else
				{
					value = stars;
					*masked = true;
				}
				result = pushJsonbValue(&state, token, &value);
				break;
		}
		secret = token == WJB_KEY && value_pan_check != PAN_CHECK_OFF &&
			pan_is_secret_key(value.val.string.val, value.val.string.len);
		if (depth > DOCUMENT_MAX_DEPTH)
		{
			*masked = true;
			return get_omission("nested deeper than 64 levels");
		}
	}
	return JsonbPGetDatum(JsonbValueToJsonb(result));
}

/* value_check_note refuses free text that is too large or holds a card number. */
void
value_check_note(const char *what, Datum note, bool warns)
{
	text	   *t;

	if (toast_raw_datum_size(note) - VARHDRSZ > DOCUMENT_MAX_SIZE)
		error_document(what, "must not be larger than 64 kB");
	t = DatumGetTextPP(note);
	check_text(what, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), warns);
}

static bool
is_plain(Datum value, size_t max_length)
{
	text	   *t;
	const char *s;
	size_t		len;

	if (toast_raw_datum_size(value) - VARHDRSZ > max_length)
		return false;
	t = DatumGetTextPP(value);
	s = VARDATA_ANY(t);
	len = VARSIZE_ANY_EXHDR(t);
	if (len == 0 || s[0] == ' ' || s[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++)
	{
		if (s[i] < 0x20 || s[i] > 0x7e)
			return false;
	}
	return true;
}

/* value_check_id refuses what cannot be an id of a row. */
void
value_check_id(const char *what, Datum id)
{
	if (!is_plain(id, ID_MAX_LENGTH))
		error_invalid(what, "An id has 1 to 64 printable ASCII characters, and no space at an end.");
}

/* value_check_token refuses what cannot be a provider's reference or a key. */
void
value_check_token(const char *what, Datum token)
{
	if (!is_plain(token, TOKEN_MAX_LENGTH))
		error_invalid(what, "It has 1 to 255 printable ASCII characters, and no space at an end.");
}

void
value_check_currency(const char *what, Datum currency)
{
	text	   *t;
	const char *s;

	if (toast_raw_datum_size(currency) - VARHDRSZ == 3)
	{
		t = DatumGetTextPP(currency);
		s = VARDATA_ANY(t);
		if (s[0] >= 'a' && s[0] <= 'z' && s[1] >= 'a' && s[1] <= 'z' && s[2] >= 'a' && s[2] <= 'z')
			return;
	}
	error_invalid(what, "A currency is three lower-case letters of ISO 4217.");
}

void
value_check_amount(const char *what, int64 amount)
{
	if (amount <= 0 || !money_in_range(amount))
		error_not_positive(what);
}

void
value_check_time(const char *what, TimestampTz time)
{
	if (TIMESTAMP_NOT_FINITE(time))
		error_not_finite(what);
}

/* value_same_text tells whether two ids are the same. */
bool
value_same_text(Datum a, Datum b)
{
	return DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, a, b));
}

/* value_is_listed tells whether an id is in a list of text. */
bool
value_is_listed(List *ids, Datum id)
{
	ListCell   *lc;

	foreach(lc, ids)
	{
		if (value_same_text(PointerGetDatum(lfirst(lc)), id))
			return true;
	}
	return false;
}

/*
 * value_truncate cuts a time to whole milliseconds, which is what the columns
 * keep.  Cut, not rounded: nothing is to have happened in the future.
 */
TimestampTz
value_truncate(TimestampTz time)
{
	TimestampTz rest = time % 1000;

	return time - (rest < 0 ? rest + 1000 : rest);
}

/* value_clock returns the time now. */
TimestampTz
value_clock(void)
{
	return value_truncate(GetCurrentTimestamp());
}
