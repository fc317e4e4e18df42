/*
 * idempotency.c
 *		The verbs of an idempotency key.
 *
 * A request that is worked on holds its key by a lease, which ends by itself
 * when its worker has died.  Each stage of the request is a transaction of the
 * application's, which moves the recovery point with the work that it does.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "args.h"
#include "id.h"
#include "ledger.h"
#include "operation.h"

#define POINT_STARTED	"started"
#define POINT_FINISHED	"finished"

PG_FUNCTION_INFO_V1(paysession_idempotency_begin);
PG_FUNCTION_INFO_V1(paysession_idempotency_advance);
PG_FUNCTION_INFO_V1(paysession_idempotency_finish);

static Store *
open_keys(void)
{
	Store	   *keys = store_open(TABLE_KEY, STORE_WRITE);

	keys->guarded = STORE_GUARD_ALL;
	return keys;
}

static Datum
finish(Store *keys, Row *key)
{
	Datum		result = store_datum(key);

	store_close(keys);
	return result;
}

static Datum
get_key(FunctionCallInfo fcinfo)
{
	Datum		key = args_get_not_null(fcinfo, 0, "key");

	value_check_token("key", key);
	return key;
}

static Row *
lock_key(Store *keys, Datum key)
{
	Row		   *row;

	id_check_owned(key);
	row = store_lock(keys, INDEX_KEY_KEY, key);
	if (row == NULL)
		error_unknown_idempotency_key();
	return row;
}

static bool
is_finished(const Row *key)
{
	return !row_is_null(key, KEY_RESPONSE_CODE);
}

typedef struct Request
{
	Datum		key;
	Nullable	method;
	Nullable	path;
	Nullable	params;
	Interval   *lease;
} Request;

static void
take_lease(Row *key, Interval *lease)
{
	row_set(key, KEY_LOCKED_AT, TimestampTzGetDatum(value_clock()));
	row_set(key, KEY_LOCKED_UNTIL, TimestampTzGetDatum(ledger_claim_end(lease)));
}

static bool
is_same(const Row *key, int column, Nullable value, PGFunction equal)
{
	if (value.isnull || row_is_null(key, column))
		return value.isnull == row_is_null(key, column);
	return DatumGetBool(DirectFunctionCall2Coll(equal, C_COLLATION_OID, row_get(key, column), value.value));
}

/* A new key is taken; one that is there, unless somebody holds it or it is finished. */
static void
fill_key(Row *key, bool is_new, void *arg)
{
	Request    *request = arg;

	if (is_new)
	{
		row_set(key, KEY_ID, id_new("ikey", id_route(request->key)));
		row_set(key, KEY_IDEMPOTENCY_KEY, request->key);
		row_set_nullable(key, KEY_REQUEST_METHOD, request->method.value, request->method.isnull);
		row_set_nullable(key, KEY_REQUEST_PATH, request->path.value, request->path.isnull);
		row_set_nullable(key, KEY_REQUEST_PARAMS, request->params.value, request->params.isnull);
		row_set(key, KEY_RECOVERY_POINT, CStringGetTextDatum(POINT_STARTED));
		row_set(key, KEY_CREATED_AT, TimestampTzGetDatum(value_clock()));
	}
	else if (!is_same(key, KEY_REQUEST_METHOD, request->method, texteq) ||
			 !is_same(key, KEY_REQUEST_PATH, request->path, texteq) ||
			 !is_same(key, KEY_REQUEST_PARAMS, request->params, jsonb_eq))
		error_idempotency_key_reused();
	else if (is_finished(key))
		return;
	else if (!row_is_null(key, KEY_LOCKED_UNTIL) &&
			 DatumGetTimestampTz(row_get(key, KEY_LOCKED_UNTIL)) > GetCurrentTimestamp())
		error_idempotency_key_held(timestamptz_to_str(DatumGetTimestampTz(row_get(key, KEY_LOCKED_UNTIL))));
	take_lease(key, request->lease);
}

static Nullable
get_word(FunctionCallInfo fcinfo, int n, const char *name)
{
	Nullable	word = args_get(fcinfo, n);

	if (!word.isnull)
		value_check_note(name, word.value, true);
	return word;
}

/* ps_idempotency_begin(key, method, path, params, lease) */
Datum
paysession_idempotency_begin(PG_FUNCTION_ARGS)
{
	Request		request;
	Store	   *keys;
	Row		   *key;

	request.params = args_get_json(fcinfo, 3, "params");
	request.method = get_word(fcinfo, 1, "method");
	request.path = get_word(fcinfo, 2, "path");
	args_begin_write("ps_idempotency_begin()");
	request.key = get_key(fcinfo);
	request.lease = operation_get_lease_not_null(fcinfo, 4);
	keys = open_keys();
	id_check_owned(request.key);
	key = store_put(keys, INDEX_KEY_KEY, request.key, fill_key, &request);
	PG_RETURN_DATUM(finish(keys, key));
}

/* ps_idempotency_advance(key, recovery_point) */
Datum
paysession_idempotency_advance(PG_FUNCTION_ARGS)
{
	Datum		point;
	Datum		id;
	Store	   *keys;
	Row		   *old;
	Row		   *key;

	args_begin_write("ps_idempotency_advance()");
	id = get_key(fcinfo);
	point = args_get_id(fcinfo, 1, "recovery_point");
	if (value_same_text(point, CStringGetTextDatum(POINT_FINISHED)))
		error_invalid("recovery_point", "paysession.ps_idempotency_finish makes it finished.");
	keys = open_keys();
	old = lock_key(keys, id);
	if (is_finished(old))
		error_idempotency_key_finished(keys->rel);
	key = store_copy_row(keys, old);
	row_set(key, KEY_RECOVERY_POINT, point);
	if (row_differs(old, key, 0))
		store_update(keys, old, key);
	PG_RETURN_DATUM(finish(keys, key));
}

/* ps_idempotency_finish(key, code, body) */
Datum
paysession_idempotency_finish(PG_FUNCTION_ARGS)
{
	Nullable	body;
	Datum		id;
	Datum		code;
	Store	   *keys;
	Row		   *old;
	Row		   *key;

	body = args_get_json(fcinfo, 2, "body");
	args_begin_write("ps_idempotency_finish()");
	id = get_key(fcinfo);
	code = args_get_not_null(fcinfo, 1, "code");
	keys = open_keys();
	old = lock_key(keys, id);
	if (is_finished(old))
	{
		if (DatumGetInt32(row_get(old, KEY_RESPONSE_CODE)) != DatumGetInt32(code) ||
			!is_same(old, KEY_RESPONSE_BODY, body, jsonb_eq))
			error_idempotency_key_finished(keys->rel);
		PG_RETURN_DATUM(finish(keys, old));
	}
	key = store_copy_row(keys, old);
	row_set(key, KEY_RECOVERY_POINT, CStringGetTextDatum(POINT_FINISHED));
	row_set(key, KEY_RESPONSE_CODE, code);
	row_set_nullable(key, KEY_RESPONSE_BODY, body.value, body.isnull);
	row_set_null(key, KEY_LOCKED_AT);
	row_set_null(key, KEY_LOCKED_UNTIL);
	store_update(keys, old, key);
	PG_RETURN_DATUM(finish(keys, key));
}
