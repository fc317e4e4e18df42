/*
 * id.c
 *		New ids, and the route that an id carries.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "errors.h"
#include "id.h"
#include "owned.h"
#include "ulid.h"
#include "value.h"

#define UNIX_TO_POSTGRES_MS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY * 1000)

#define PREFIX_MAX_LENGTH	16

static const char *const prefixes[] = {"ps_", "pay_", "op_", "paycol_", "ikey_", "cart_"};

/* Of this backend; it only moves forward, and no error can leave it half done. */
static UlidState ulid_state;

static void
fill_random(uint8 *buffer, size_t len)
{
	if (!pg_strong_random(buffer, len))
		error_no_random();
}

/* id_new returns a new id with a prefix, as text. */
Datum
id_new(const char *prefix, uint16 route)
{
	int64		ms = GetCurrentTimestamp() / 1000 + UNIX_TO_POSTGRES_MS;
	uint8		random[ULID_RANDOM_BYTES];
	size_t		prefix_length = strlen(prefix);
	text	   *id = palloc(VARHDRSZ + prefix_length + 1 + ULID_LENGTH);
	char	   *s = VARDATA(id);

	SET_VARSIZE(id, VARHDRSZ + prefix_length + 1 + ULID_LENGTH);
	memcpy(s, prefix, prefix_length);
	s[prefix_length] = '_';
	fill_random(random, sizeof(random));
	ulid_next(&ulid_state, ms, route, random, s + prefix_length + 1);
	return PointerGetDatum(id);
}

/* Returns the ULID within an id of a known prefix, or NULL. */
static const char *
find_ulid(const char *s, size_t len)
{
	for (int i = 0; i < lengthof(prefixes); i++)
	{
		size_t		prefix_length = strlen(prefixes[i]);

		if (len == prefix_length + ULID_LENGTH &&
			memcmp(s, prefixes[i], prefix_length) == 0 &&
			ulid_is_valid(s + prefix_length, ULID_LENGTH))
			return s + prefix_length;
	}
	return NULL;
}

/* id_is_made tells whether an id is as id_new makes it with a prefix of ours. */
bool
id_is_made(Datum id, const char *prefix)
{
	text	   *t = DatumGetTextPP(id);
	size_t		prefix_length = strlen(prefix);

	return find_ulid(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)) == VARDATA_ANY(t) + prefix_length + 1 &&
		memcmp(VARDATA_ANY(t), prefix, prefix_length) == 0;
}

/*
 * id_route returns the route of any id: what is in it if it is of our shape,
 * else the first bits of its SHA-256, which any language can compute.
 */
uint16
id_route(Datum id)
{
	text	   *t = DatumGetTextPP(id);
	const char *ulid = find_ulid(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	pg_cryptohash_ctx *ctx;
	uint8		digest[PG_SHA256_DIGEST_LENGTH];

	if (ulid != NULL)
		return ulid_route(ulid);

	ctx = pg_cryptohash_create(PG_SHA256);
	if (pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, (uint8 *) VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)) < 0 ||
		pg_cryptohash_final(ctx, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not compute the SHA-256 of an id: %s", pg_cryptohash_error(ctx));
	pg_cryptohash_free(ctx);
	return digest[0] << 7 | digest[1] >> 1;
}

/*
 * id_check_owned refuses an id whose route another database owns.  Who only
 * reads may have locks from before a change, and has to ask whether there was one.
 */
void
id_check_owned(Datum id)
{
	uint16		route;

	if (!owned_is_sharded())
		return;
	AcceptInvalidationMessages();
	route = id_route(id);
	if (!owned_has(route))
		error_route_not_owned(route);
	if (owned_is_news())
		error_serialization();
}

/* id_random_route returns any route, or any that is owned. */
uint16
id_random_route(void)
{
	uint32		random;

	fill_random((uint8 *) &random, sizeof(random));
	return owned_is_sharded() ? owned_pick(random) : random % ROUTE_COUNT;
}

PG_FUNCTION_INFO_V1(paysession_new_id);
PG_FUNCTION_INFO_V1(paysession_id_time);
PG_FUNCTION_INFO_V1(paysession_route);

/* ps_new_id(prefix, near) */
Datum
paysession_new_id(PG_FUNCTION_ARGS)
{
	char	   *prefix;
	size_t		len;

	if (PG_ARGISNULL(0))
		error_null("prefix");
	prefix = text_to_cstring(PG_GETARG_TEXT_PP(0));
	len = strlen(prefix);
	if (len == 0 || len > PREFIX_MAX_LENGTH || strspn(prefix, "abcdefghijklmnopqrstuvwxyz") != len)
		error_invalid("prefix", "A prefix has 1 to 16 lower-case letters, without the underscore.");
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(id_new(prefix, id_random_route()));
	value_check_id("near", PG_GETARG_DATUM(1));
	PG_RETURN_DATUM(id_new(prefix, id_route(PG_GETARG_DATUM(1))));
}

/* ps_id_time(id): whatever the prefix, the ULID is what ends the id */
Datum
paysession_id_time(PG_FUNCTION_ARGS)
{
	char	   *id;
	size_t		len;

	if (PG_ARGISNULL(0))
		error_null("id");
	value_check_id("id", PG_GETARG_DATUM(0));
	id = text_to_cstring(PG_GETARG_TEXT_PP(0));
	len = strlen(id);
	if (len < 1 + ULID_LENGTH || id[len - ULID_LENGTH - 1] != '_' ||
		!ulid_is_valid(id + len - ULID_LENGTH, ULID_LENGTH))
		error_invalid("id", "Only an id that ends in an underscore and a ULID has a time.");
	PG_RETURN_TIMESTAMPTZ(((int64) ulid_ms(id + len - ULID_LENGTH) - UNIX_TO_POSTGRES_MS) * 1000);
}

/* ps_route(id) */
Datum
paysession_route(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		error_null("id");
	value_check_id("id", PG_GETARG_DATUM(0));
	PG_RETURN_INT16(id_route(PG_GETARG_DATUM(0)));
}
