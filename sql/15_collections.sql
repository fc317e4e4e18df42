-- Payment collections: one amount that several payment sessions pay together.

CREATE TABLE paysession.payment_collection (
	id text COLLATE "C" NOT NULL,
	status text COLLATE "C" NOT NULL DEFAULT 'not_paid',
	updated_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	authorized_amount bigint NOT NULL DEFAULT 0,
	captured_amount bigint NOT NULL DEFAULT 0,
	amount bigint NOT NULL,
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	currency_code text COLLATE "C" NOT NULL,
	type text COLLATE "C" NOT NULL DEFAULT 'order_edit',
	created_by text COLLATE "C",
	description text,
	metadata jsonb,
	CONSTRAINT payment_collection_pkey PRIMARY KEY (id),
	CONSTRAINT payment_collection_status CHECK (status IN
		('not_paid', 'awaiting', 'partially_authorized', 'authorized', 'partially_captured', 'completed',
		 'failed', 'canceled')),
	CONSTRAINT payment_collection_amount CHECK
		(amount BETWEEN 1 AND 9007199254740991 AND authorized_amount BETWEEN 0 AND amount AND captured_amount >= 0),
	CONSTRAINT payment_collection_currency_code CHECK (currency_code ~ '^[a-z]{3}$'),
	CONSTRAINT payment_collection_times CHECK (isfinite(created_at) AND isfinite(updated_at))
) WITH (fillfactor = 90);
COMMENT ON TABLE paysession.payment_collection IS 'one amount that several payment sessions pay together';
COMMENT ON COLUMN paysession.payment_collection.id IS 'paycol_ and a ULID; made when missing';
COMMENT ON COLUMN paysession.payment_collection.status IS
	'derived from its sessions and payments: from not_paid to completed, or canceled';
COMMENT ON COLUMN paysession.payment_collection.updated_at IS 'when it last changed';
COMMENT ON COLUMN paysession.payment_collection.authorized_amount IS
	'derived: what its sessions have authorized, in minor units; at most amount';
COMMENT ON COLUMN paysession.payment_collection.captured_amount IS 'derived: what its payments have captured; a refund does not lower it';
COMMENT ON COLUMN paysession.payment_collection.amount IS 'what is to be paid, in minor units';
COMMENT ON COLUMN paysession.payment_collection.created_at IS 'when it was made';
COMMENT ON COLUMN paysession.payment_collection.currency_code IS 'ISO 4217, lower case; that of all its sessions';
COMMENT ON COLUMN paysession.payment_collection.type IS 'what it is for, in the application''s words';
COMMENT ON COLUMN paysession.payment_collection.created_by IS 'who made it, in the application''s words';
COMMENT ON COLUMN paysession.payment_collection.description IS 'free text';
COMMENT ON COLUMN paysession.payment_collection.metadata IS 'a JSON object of the application''s own';

SELECT pg_catalog.pg_extension_config_dump('paysession.payment_collection', '');
