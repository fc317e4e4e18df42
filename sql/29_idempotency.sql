-- Idempotency keys: a request that may come again, and how far it has come.

CREATE TABLE paysession.idempotency_key (
	id text COLLATE "C" NOT NULL,
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	locked_at timestamptz(3),
	locked_until timestamptz(3),
	response_code integer,
	idempotency_key text COLLATE "C" NOT NULL,
	recovery_point text COLLATE "C" NOT NULL DEFAULT 'started',
	request_method text COLLATE "C",
	request_path text COLLATE "C",
	request_params jsonb,
	response_body jsonb,
	CONSTRAINT idempotency_key_pkey PRIMARY KEY (id),
	CONSTRAINT idempotency_key_idempotency_key_key UNIQUE (idempotency_key),
	CONSTRAINT idempotency_key_locked CHECK ((locked_at IS NULL) = (locked_until IS NULL)),
	CONSTRAINT idempotency_key_finished CHECK ((recovery_point = 'finished') = (response_code IS NOT NULL)),
	CONSTRAINT idempotency_key_times CHECK
		((isfinite(created_at) AND isfinite(locked_at) AND isfinite(locked_until)) IS NOT FALSE)
) WITH (fillfactor = 90);
CREATE INDEX idempotency_key_created_at_idx ON paysession.idempotency_key (created_at);
COMMENT ON TABLE paysession.idempotency_key IS 'a request that may come again, and how far it has come; written by functions';
COMMENT ON COLUMN paysession.idempotency_key.id IS 'ikey_ and a ULID';
COMMENT ON COLUMN paysession.idempotency_key.created_at IS 'when the request first came';
COMMENT ON COLUMN paysession.idempotency_key.locked_at IS 'since when somebody works on it; NULL: nobody does';
COMMENT ON COLUMN paysession.idempotency_key.locked_until IS 'until when nobody else may';
COMMENT ON COLUMN paysession.idempotency_key.response_code IS 'what it was answered with; NULL: not yet';
COMMENT ON COLUMN paysession.idempotency_key.idempotency_key IS 'the client''s key';
COMMENT ON COLUMN paysession.idempotency_key.recovery_point IS 'how far it has come: started, the application''s own, finished';
COMMENT ON COLUMN paysession.idempotency_key.request_method IS 'GET, POST and the like';
COMMENT ON COLUMN paysession.idempotency_key.request_path IS 'what was asked for';
COMMENT ON COLUMN paysession.idempotency_key.request_params IS 'with which parameters; another request under the key is refused';
COMMENT ON COLUMN paysession.idempotency_key.response_body IS 'what it was answered with';

SELECT pg_catalog.pg_extension_config_dump('paysession.idempotency_key', '');
