-- collection: several payment sessions that pay one amount together.

CREATE FUNCTION paysession.ps_create_collection(
	amount bigint,
	currency_code text,
	type text DEFAULT 'order_edit',
	description text DEFAULT NULL,
	metadata jsonb DEFAULT NULL,
	created_by text DEFAULT NULL)
RETURNS paysession.payment_collection
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_create_collection';
COMMENT ON FUNCTION paysession.ps_create_collection(bigint, text, text, text, jsonb, text) IS
	'collection: makes a payment collection of an amount';
REVOKE ALL ON FUNCTION paysession.ps_create_collection(bigint, text, text, text, jsonb, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_set_collection_sessions(
	collection_id text,
	sessions jsonb)
RETURNS SETOF paysession.payment_session
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_set_collection_sessions';
COMMENT ON FUNCTION paysession.ps_set_collection_sessions(text, jsonb) IS
	'collection: makes these sessions, and what is authorized, pay a collection';
REVOKE ALL ON FUNCTION paysession.ps_set_collection_sessions(text, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_update_collection(
	collection_id text,
	amount bigint DEFAULT NULL,
	description text DEFAULT NULL,
	metadata jsonb DEFAULT NULL)
RETURNS paysession.payment_collection
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_update_collection';
COMMENT ON FUNCTION paysession.ps_update_collection(text, bigint, text, jsonb) IS
	'collection: changes amount, description or metadata of a payment collection';
REVOKE ALL ON FUNCTION paysession.ps_update_collection(text, bigint, text, jsonb) FROM PUBLIC;

CREATE FUNCTION paysession.ps_cancel_collection(
	collection_id text,
	reason text DEFAULT NULL)
RETURNS paysession.payment_collection
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_cancel_collection';
COMMENT ON FUNCTION paysession.ps_cancel_collection(text, text) IS
	'collection: cancels a collection and its sessions, none of them authorized';
REVOKE ALL ON FUNCTION paysession.ps_cancel_collection(text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_delete_collection(collection_id text)
RETURNS paysession.payment_collection
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_delete_collection';
COMMENT ON FUNCTION paysession.ps_delete_collection(text) IS
	'collection: removes a collection, or cancels it where a session must stay';
REVOKE ALL ON FUNCTION paysession.ps_delete_collection(text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_get_collection(
	collection_id text,
	expand text[] DEFAULT '{}')
RETURNS jsonb
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_get_collection';
COMMENT ON FUNCTION paysession.ps_get_collection(text, text[]) IS
	'collection: a payment collection as JSON; expand names sessions, payments';
REVOKE ALL ON FUNCTION paysession.ps_get_collection(text, text[]) FROM PUBLIC;
