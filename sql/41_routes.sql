-- set-up: one database of several.

CREATE FUNCTION paysession.ps_own_routes(routes int4multirange)
RETURNS int4multirange
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'paysession_own_routes';
COMMENT ON FUNCTION paysession.ps_own_routes(int4multirange) IS
	'set-up: has this database own some routes only; NULL: all, as the only one';
REVOKE ALL ON FUNCTION paysession.ps_own_routes(int4multirange) FROM PUBLIC;

CREATE FUNCTION paysession.ps_owned_routes()
RETURNS int4multirange
LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_owned_routes';
COMMENT ON FUNCTION paysession.ps_owned_routes() IS
	'set-up: the routes that this database owns; NULL: all, as the only one';
REVOKE ALL ON FUNCTION paysession.ps_owned_routes() FROM PUBLIC;
