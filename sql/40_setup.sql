-- set-up: what a store registers.  Every function below runs as its caller and
-- asks for no table privilege: EXECUTE on it is the whole capability.

CREATE FUNCTION paysession.ps_put_provider(
	id text,
	is_installed boolean DEFAULT true,
	capture_method text DEFAULT 'manual',
	session_ttl interval DEFAULT NULL,
	authorization_ttl interval DEFAULT NULL)
RETURNS paysession.payment_provider
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_put_provider';
COMMENT ON FUNCTION paysession.ps_put_provider(text, boolean, text, interval, interval) IS
	'set-up: registers a payment provider, or replaces what is known of it';
REVOKE ALL ON FUNCTION paysession.ps_put_provider(text, boolean, text, interval, interval) FROM PUBLIC;

CREATE FUNCTION paysession.ps_put_sales_channel(
	id text,
	name text,
	description text DEFAULT NULL,
	is_disabled boolean DEFAULT false,
	metadata jsonb DEFAULT NULL)
RETURNS paysession.sales_channel
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_put_sales_channel';
COMMENT ON FUNCTION paysession.ps_put_sales_channel(text, text, text, boolean, jsonb) IS
	'set-up: registers a sales channel, or replaces what is known of it';
REVOKE ALL ON FUNCTION paysession.ps_put_sales_channel(text, text, text, boolean, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_put_cart(cart jsonb)
RETURNS paysession.cart
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_put_cart';
COMMENT ON FUNCTION paysession.ps_put_cart(jsonb) IS
	'checkout: registers a cart, or changes it; the amounts of its sessions follow';
REVOKE ALL ON FUNCTION paysession.ps_put_cart(jsonb) FROM PUBLIC;
