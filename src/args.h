/*
 * args.h
 *		How every function takes its arguments.
 */
#ifndef PAYSESSION_ARGS_H
#define PAYSESSION_ARGS_H

#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"

#include "errors.h"
#include "owned.h"
#include "value.h"

/* A value that may be an SQL NULL. */
typedef struct Nullable
{
	Datum		value;
	bool		isnull;
} Nullable;

static inline Nullable
args_of(Datum value)
{
	Nullable	arg = {.value = value};

	return arg;
}

/*
 * What every function that writes does first, but for the card check of its
 * documents: this error, too, sends the statement to the server's log.
 */
static inline void
args_begin_write(const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
	owned_enter();
}

/*
 * Calls what takes only a part of a document, or refuses it for its shape:
 * a card number in the rest of it must not be logged either.
 */
static inline Datum
args_call_hiding(FunctionCallInfo fcinfo, int n, PGFunction body)
{
	ErrorContextCallback callback = {.callback = value_hide_statement,.previous = error_context_stack};
	bool		masked = false;
	Datum		result;

	if (!PG_ARGISNULL(n))
		value_mask_document(PG_GETARG_DATUM(n), &masked);
	if (masked)
		error_context_stack = &callback;
	result = body(fcinfo);
	error_context_stack = callback.previous;
	return result;
}

static inline Nullable
args_get(FunctionCallInfo fcinfo, int n)
{
	Nullable	arg = {.value = PG_ARGISNULL(n) ? (Datum) 0 : PG_GETARG_DATUM(n),.isnull = PG_ARGISNULL(n)};

	return arg;
}

static inline Datum
args_get_not_null(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		error_null(name);
	return PG_GETARG_DATUM(n);
}

static inline Datum
args_get_id(FunctionCallInfo fcinfo, int n, const char *name)
{
	Datum		id = args_get_not_null(fcinfo, n, name);

	value_check_id(name, id);
	return id;
}

static inline Nullable
args_get_optional_id(FunctionCallInfo fcinfo, int n, const char *name)
{
	Nullable	arg = args_get(fcinfo, n);

	if (!arg.isnull)
		value_check_id(name, arg.value);
	return arg;
}

static inline Nullable
args_get_document(FunctionCallInfo fcinfo, int n, const char *name)
{
	Nullable	arg = args_get(fcinfo, n);

	if (!arg.isnull)
		value_check_document(name, arg.value, false);
	return arg;
}

static inline Nullable
args_get_json(FunctionCallInfo fcinfo, int n, const char *name)
{
	Nullable	arg = args_get(fcinfo, n);

	if (!arg.isnull)
		value_check_json(name, arg.value);
	return arg;
}

static inline Nullable
args_get_note(FunctionCallInfo fcinfo, int n, const char *name)
{
	Nullable	arg = args_get(fcinfo, n);

	if (!arg.isnull)
		value_check_note(name, arg.value, false);
	return arg;
}

static inline Nullable
args_get_token(FunctionCallInfo fcinfo, int n, const char *name)
{
	Nullable	arg = args_get(fcinfo, n);

	if (!arg.isnull)
		value_check_token(name, arg.value);
	return arg;
}

static inline int32
args_get_max_rows(FunctionCallInfo fcinfo, int n)
{
	int32		max_rows = DatumGetInt32(args_get_not_null(fcinfo, n, "max_rows"));

	if (max_rows <= 0)
		error_invalid("max_rows", "It must be positive.");
	return max_rows;
}

static inline Nullable
args_get_amount(FunctionCallInfo fcinfo, int n)
{
	Nullable	arg = args_get(fcinfo, n);

	if (!arg.isnull)
		value_check_amount("amount", DatumGetInt64(arg.value));
	return arg;
}

#endif							/* PAYSESSION_ARGS_H */
