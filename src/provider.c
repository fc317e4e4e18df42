/*
 * provider.c
 *		What a store sets up: payment providers and sales channels.
 */
#include "postgres.h"

#include "args.h"
#include "store.h"

PG_FUNCTION_INFO_V1(paysession_put_provider);
PG_FUNCTION_INFO_V1(paysession_put_sales_channel);

typedef struct Provider
{
	Datum		id;
	Datum		is_installed;
	Datum		capture_method;
	Nullable	session_ttl;
	Nullable	authorization_ttl;
} Provider;

static void
fill_provider(Row *row, bool is_new, void *arg)
{
	const Provider *provider = arg;

	row_set(row, PROVIDER_ID, provider->id);
	row_set(row, PROVIDER_IS_INSTALLED, provider->is_installed);
	row_set(row, PROVIDER_CAPTURE_METHOD, provider->capture_method);
	row_set_nullable(row, PROVIDER_SESSION_TTL, provider->session_ttl.value, provider->session_ttl.isnull);
	row_set_nullable(row, PROVIDER_AUTHORIZATION_TTL, provider->authorization_ttl.value, provider->authorization_ttl.isnull);
}

/* ps_put_provider(id, is_installed, capture_method, session_ttl, authorization_ttl) */
Datum
paysession_put_provider(PG_FUNCTION_ARGS)
{
	Provider	provider;
	Store	   *providers;
	Datum		result;

	args_begin_write("ps_put_provider()");
	provider.id = args_get_id(fcinfo, 0, "id");
	provider.is_installed = args_get_not_null(fcinfo, 1, "is_installed");
	provider.capture_method = args_get_not_null(fcinfo, 2, "capture_method");
	provider.session_ttl = args_get(fcinfo, 3);
	provider.authorization_ttl = args_get(fcinfo, 4);

	providers = store_open(TABLE_PROVIDER, STORE_WRITE);
	result = store_datum(store_put(providers, INDEX_PROVIDER, provider.id, fill_provider, &provider));
	store_close(providers);
	PG_RETURN_DATUM(result);
}

typedef struct SalesChannel
{
	Datum		id;
	Datum		name;
	Nullable	description;
	Datum		is_disabled;
	Nullable	metadata;
} SalesChannel;

static void
fill_sales_channel(Row *row, bool is_new, void *arg)
{
	const SalesChannel *channel = arg;

	row_set(row, CHANNEL_ID, channel->id);
	row_set(row, CHANNEL_NAME, channel->name);
	row_set_nullable(row, CHANNEL_DESCRIPTION, channel->description.value, channel->description.isnull);
	row_set(row, CHANNEL_IS_DISABLED, channel->is_disabled);
	row_set_nullable(row, CHANNEL_METADATA, channel->metadata.value, channel->metadata.isnull);
}

/* ps_put_sales_channel(id, name, description, is_disabled, metadata) */
Datum
paysession_put_sales_channel(PG_FUNCTION_ARGS)
{
	SalesChannel channel;
	Store	   *channels;
	Datum		result;

	channel.metadata = args_get_document(fcinfo, 4, "metadata");
	args_begin_write("ps_put_sales_channel()");
	channel.id = args_get_id(fcinfo, 0, "id");
	channel.name = args_get_not_null(fcinfo, 1, "name");
	channel.description = args_get(fcinfo, 2);
	channel.is_disabled = args_get_not_null(fcinfo, 3, "is_disabled");

	channels = store_open(TABLE_SALES_CHANNEL, STORE_WRITE);
	result = store_datum(store_put(channels, INDEX_SALES_CHANNEL, channel.id, fill_sales_channel, &channel));
	store_close(channels);
	PG_RETURN_DATUM(result);
}
