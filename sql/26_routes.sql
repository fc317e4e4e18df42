-- The routes that this database owns, where several share them.

CREATE TABLE paysession.owned_routes (
	id text COLLATE "C" NOT NULL DEFAULT 'owned',
	routes int4multirange NOT NULL,
	CONSTRAINT owned_routes_pkey PRIMARY KEY (id),
	CONSTRAINT owned_routes_id CHECK (id = 'owned'),
	CONSTRAINT owned_routes_routes CHECK (routes <@ '{[0,32768)}')
);
COMMENT ON TABLE paysession.owned_routes IS 'at most one row: the routes that this database owns; no row: it is the only one';
COMMENT ON COLUMN paysession.owned_routes.id IS 'always "owned"';
COMMENT ON COLUMN paysession.owned_routes.routes IS 'ranges from 0 to 32767; may be empty';

SELECT pg_catalog.pg_extension_config_dump('paysession.owned_routes', '');
