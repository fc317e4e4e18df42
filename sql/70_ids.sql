-- id: a prefix, an underscore and a ULID whose first 15 random bits are the route.

CREATE FUNCTION paysession.ps_new_id(
	prefix text,
	near text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_new_id';
COMMENT ON FUNCTION paysession.ps_new_id(text, text) IS
	'id: a new id with a prefix (without its underscore), on the route of another id';
REVOKE ALL ON FUNCTION paysession.ps_new_id(text, text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_id_time(id text)
RETURNS timestamptz
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'paysession_id_time';
COMMENT ON FUNCTION paysession.ps_id_time(text) IS
	'id: when an id was made';
REVOKE ALL ON FUNCTION paysession.ps_id_time(text) FROM PUBLIC;

CREATE FUNCTION paysession.ps_route(id text)
RETURNS smallint
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'paysession_route';
COMMENT ON FUNCTION paysession.ps_route(text) IS
	'id: the 15 bits by which everything of one cart is kept together';
REVOKE ALL ON FUNCTION paysession.ps_route(text) FROM PUBLIC;
