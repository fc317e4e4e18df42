-- The tables.  No CHECK, default, generated column or index calls a function
-- of ours: who is granted raw INSERT would need EXECUTE on it.  What a single
-- row may not be stands here once more although the triggers refuse it first
-- with a better message: it also holds for what comes in with triggers off.

CREATE TABLE paysession.payment_provider (
	id text COLLATE "C" NOT NULL,
	is_installed boolean NOT NULL DEFAULT true,
	capture_method text COLLATE "C" NOT NULL DEFAULT 'manual',
	session_ttl interval,
	authorization_ttl interval,
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	updated_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	CONSTRAINT payment_provider_pkey PRIMARY KEY (id),
	CONSTRAINT payment_provider_capture_method
		CHECK (capture_method IN ('automatic', 'manual', 'manual_multiple')),
	CONSTRAINT payment_provider_session_ttl CHECK ((session_ttl > interval '0' AND session_ttl <= interval '100 years') IS NOT FALSE),
	CONSTRAINT payment_provider_authorization_ttl
		CHECK ((authorization_ttl > interval '0' AND authorization_ttl <= interval '100 years') IS NOT FALSE)
);
COMMENT ON TABLE paysession.payment_provider IS 'who is asked for the money';
COMMENT ON COLUMN paysession.payment_provider.id IS 'the name that the application gives the provider';
COMMENT ON COLUMN paysession.payment_provider.is_installed IS 'whether new sessions may be made for it';
COMMENT ON COLUMN paysession.payment_provider.capture_method IS
	'automatic: with the authorization; manual: one capture; manual_multiple: several';
COMMENT ON COLUMN paysession.payment_provider.session_ttl IS 'how long a new session can be authorized; NULL: for ever';
COMMENT ON COLUMN paysession.payment_provider.authorization_ttl IS 'how long the provider holds authorized money; NULL: unknown';
COMMENT ON COLUMN paysession.payment_provider.created_at IS 'when it was registered';
COMMENT ON COLUMN paysession.payment_provider.updated_at IS 'when it was last changed';

CREATE TABLE paysession.sales_channel (
	id text COLLATE "C" NOT NULL,
	name text NOT NULL,
	description text,
	is_disabled boolean NOT NULL DEFAULT false,
	metadata jsonb,
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	updated_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	CONSTRAINT sales_channel_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE paysession.sales_channel IS 'where a store sells';
COMMENT ON COLUMN paysession.sales_channel.id IS 'the application''s id of the channel';
COMMENT ON COLUMN paysession.sales_channel.name IS 'its name';
COMMENT ON COLUMN paysession.sales_channel.description IS 'what it is for';
COMMENT ON COLUMN paysession.sales_channel.is_disabled IS 'whether it is switched off';
COMMENT ON COLUMN paysession.sales_channel.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.sales_channel.created_at IS 'when it was registered';
COMMENT ON COLUMN paysession.sales_channel.updated_at IS 'when it was last changed';

-- Each money column is NULL until it is known; a NULL tax counts as 0 in total.
CREATE TABLE paysession.cart (
	id text COLLATE "C" NOT NULL,
	currency_code text COLLATE "C",
	context jsonb NOT NULL DEFAULT '{}',
	metadata jsonb NOT NULL DEFAULT '{}',
	sales_channel_id text COLLATE "C",
	subtotal bigint,
	raw_discount_total numeric,
	item_tax_total bigint,
	shipping_total bigint,
	shipping_tax_total bigint,
	gift_card_total bigint,
	gift_card_tax_total bigint,
	discount_total bigint GENERATED ALWAYS AS
		(pg_catalog.floor(raw_discount_total + 0.5)::bigint) STORED,
	tax_total bigint GENERATED ALWAYS AS
		(CASE WHEN item_tax_total IS NOT NULL OR shipping_tax_total IS NOT NULL
		 THEN coalesce(item_tax_total, 0) + coalesce(shipping_tax_total, 0) END) STORED,
	total bigint GENERATED ALWAYS AS
		(subtotal + shipping_total
		 + coalesce(item_tax_total, 0) + coalesce(shipping_tax_total, 0)
		 - (gift_card_total + pg_catalog.floor(raw_discount_total + 0.5)::bigint + gift_card_tax_total)) STORED,
	session_count bigint NOT NULL DEFAULT 0,
	completed_at timestamptz(3),
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	updated_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	CONSTRAINT cart_pkey PRIMARY KEY (id),
	CONSTRAINT cart_sales_channel_id_fkey FOREIGN KEY (sales_channel_id) REFERENCES paysession.sales_channel (id),
	CONSTRAINT cart_currency_code CHECK (currency_code ~ '^[a-z]{3}$'),
	CONSTRAINT cart_times CHECK
		((isfinite(completed_at) AND isfinite(created_at) AND isfinite(updated_at)) IS NOT FALSE)
) WITH (fillfactor = 90);
COMMENT ON TABLE paysession.cart IS 'the anchor of a cart''s payment sessions, and what the cart costs';
COMMENT ON COLUMN paysession.cart.id IS 'the application''s id of the cart';
COMMENT ON COLUMN paysession.cart.currency_code IS 'ISO 4217, lower case; its sessions follow it';
COMMENT ON COLUMN paysession.cart.context IS 'a JSON object: the customer''s IP address, user agent and the like';
COMMENT ON COLUMN paysession.cart.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.cart.sales_channel_id IS 'the sales channel that the cart belongs to';
COMMENT ON COLUMN paysession.cart.subtotal IS 'the lines, in minor units, before discounts and taxes';
COMMENT ON COLUMN paysession.cart.raw_discount_total IS 'the discounts, in minor units, not rounded';
COMMENT ON COLUMN paysession.cart.item_tax_total IS 'the taxes on the lines, in minor units; NULL: not computed';
COMMENT ON COLUMN paysession.cart.shipping_total IS 'the shipping, in minor units';
COMMENT ON COLUMN paysession.cart.shipping_tax_total IS 'the taxes on the shipping, in minor units; NULL: not computed';
COMMENT ON COLUMN paysession.cart.gift_card_total IS 'what gift cards pay, in minor units';
COMMENT ON COLUMN paysession.cart.gift_card_tax_total IS 'the tax within what gift cards pay, in minor units';
COMMENT ON COLUMN paysession.cart.discount_total IS 'generated: raw_discount_total rounded, halves up';
COMMENT ON COLUMN paysession.cart.tax_total IS 'generated: item_tax_total + shipping_tax_total';
COMMENT ON COLUMN paysession.cart.total IS 'generated: what is to be paid, in minor units; may be negative';
COMMENT ON COLUMN paysession.cart.session_count IS
	'how many sessions were ever made for it';
COMMENT ON COLUMN paysession.cart.completed_at IS 'when it became an order';
COMMENT ON COLUMN paysession.cart.created_at IS 'when it was first seen';
COMMENT ON COLUMN paysession.cart.updated_at IS 'when it was last changed';

CREATE TABLE paysession.cart_sales_channel (
	cart_id text COLLATE "C" NOT NULL,
	sales_channel_id text COLLATE "C" NOT NULL,
	CONSTRAINT cart_sales_channel_pkey PRIMARY KEY (cart_id, sales_channel_id),
	CONSTRAINT cart_sales_channel_cart_id_fkey FOREIGN KEY (cart_id)
		REFERENCES paysession.cart (id),
	CONSTRAINT cart_sales_channel_sales_channel_id_fkey FOREIGN KEY (sales_channel_id)
		REFERENCES paysession.sales_channel (id)
);
COMMENT ON TABLE paysession.cart_sales_channel IS 'the sales channels that are associated with a cart';
COMMENT ON COLUMN paysession.cart_sales_channel.cart_id IS 'the cart';
COMMENT ON COLUMN paysession.cart_sales_channel.sales_channel_id IS 'the sales channel';

-- Column order: an update logs one changed byte range, so what a move changes
-- together stands together, of fixed width, before everything of variable width.
CREATE TABLE paysession.payment_session (
	id text COLLATE "C" NOT NULL,
	status paysession.payment_session_status NOT NULL DEFAULT 'pending',
	updated_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	payment_authorized_at timestamptz(3),
	is_selected boolean DEFAULT false,
	is_initiated boolean NOT NULL DEFAULT false,
	amount bigint,
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	expires_at timestamptz(3),
	canceled_at timestamptz(3),
	cart_id text COLLATE "C",
	payment_collection_id text COLLATE "C",
	provider_id text COLLATE "C" NOT NULL,
	currency_code text COLLATE "C",
	status_reason text,
	provider_ref text COLLATE "C",
	idempotency_key text COLLATE "C" NOT NULL DEFAULT pg_catalog.gen_random_uuid()::text,
	data jsonb NOT NULL DEFAULT '{}',
	CONSTRAINT payment_session_pkey PRIMARY KEY (id),
	CONSTRAINT payment_session_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES paysession.cart (id),
	CONSTRAINT payment_session_payment_collection_id_fkey FOREIGN KEY (payment_collection_id)
		REFERENCES paysession.payment_collection (id),
	CONSTRAINT payment_session_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES paysession.payment_provider (id),
	CONSTRAINT payment_session_anchor CHECK (cart_id IS NULL OR payment_collection_id IS NULL),
	CONSTRAINT payment_session_amount CHECK ((amount BETWEEN 1 AND 9007199254740991) IS NOT FALSE),
	CONSTRAINT payment_session_currency_code CHECK (currency_code ~ '^[a-z]{3}$'),
	CONSTRAINT payment_session_state CHECK (
		CASE status
		WHEN 'authorized' THEN payment_authorized_at IS NOT NULL AND canceled_at IS NULL
			AND amount IS NOT NULL AND currency_code IS NOT NULL
			AND (is_selected IS TRUE OR cart_id IS NULL)
		WHEN 'canceled' THEN canceled_at IS NOT NULL AND is_selected IS NOT TRUE
		ELSE payment_authorized_at IS NULL AND canceled_at IS NULL
		END),
	CONSTRAINT payment_session_times CHECK
		((isfinite(created_at) AND isfinite(updated_at) AND isfinite(payment_authorized_at)
		  AND isfinite(expires_at) AND isfinite(canceled_at)) IS NOT FALSE)
) WITH (fillfactor = 90);
COMMENT ON TABLE paysession.payment_session IS 'one attempt to pay with one payment provider';
COMMENT ON COLUMN paysession.payment_session.id IS 'ps_ and a ULID; made when missing';
COMMENT ON COLUMN paysession.payment_session.status IS 'where it stands with the provider';
COMMENT ON COLUMN paysession.payment_session.updated_at IS 'when it last changed';
COMMENT ON COLUMN paysession.payment_session.payment_authorized_at IS 'when the provider held the money';
COMMENT ON COLUMN paysession.payment_session.is_selected IS 'whether the customer pays with it; at most one of a cart';
COMMENT ON COLUMN paysession.payment_session.is_initiated IS 'whether communication with the provider has begun';
COMMENT ON COLUMN paysession.payment_session.amount IS 'in minor units; the cart''s total while the cart has one';
COMMENT ON COLUMN paysession.payment_session.created_at IS 'when it was made';
COMMENT ON COLUMN paysession.payment_session.expires_at IS
	'from when on it cannot be authorized or, authorized, is not held; NULL: never';
COMMENT ON COLUMN paysession.payment_session.canceled_at IS 'when it was canceled';
COMMENT ON COLUMN paysession.payment_session.cart_id IS 'the cart that it pays';
COMMENT ON COLUMN paysession.payment_session.payment_collection_id IS 'the payment collection that it pays a part of';
COMMENT ON COLUMN paysession.payment_session.provider_id IS 'the payment provider';
COMMENT ON COLUMN paysession.payment_session.currency_code IS 'ISO 4217, lower case; its collection''s, or the cart''s while it has one';
COMMENT ON COLUMN paysession.payment_session.status_reason IS 'why it is error or canceled';
COMMENT ON COLUMN paysession.payment_session.provider_ref IS 'the provider''s own id of the external session';
COMMENT ON COLUMN paysession.payment_session.idempotency_key IS
	'the key to continue the completion of the cart after a failure';
COMMENT ON COLUMN paysession.payment_session.data IS 'a JSON object: what the provider needs; may be empty';

-- No index names status or updated_at, in key or predicate: a status change
-- is a heap-only update.
CREATE UNIQUE INDEX payment_session_cart_id_provider_id_key
	ON paysession.payment_session (cart_id, provider_id) WHERE canceled_at IS NULL;
CREATE UNIQUE INDEX payment_session_selected_key
	ON paysession.payment_session (cart_id) WHERE is_selected;
CREATE UNIQUE INDEX payment_session_provider_ref_key
	ON paysession.payment_session (provider_id, provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX payment_session_cart_id_idx
	ON paysession.payment_session (cart_id, id) WHERE cart_id IS NOT NULL;
CREATE INDEX payment_session_payment_collection_id_idx
	ON paysession.payment_session (payment_collection_id, id) WHERE payment_collection_id IS NOT NULL;
CREATE INDEX payment_session_expires_at_idx
	ON paysession.payment_session (expires_at) WHERE expires_at IS NOT NULL AND canceled_at IS NULL;
CREATE INDEX payment_session_idempotency_key_idx ON paysession.payment_session (idempotency_key);

CREATE SEQUENCE paysession.payment_session_event_id_seq;
COMMENT ON SEQUENCE paysession.payment_session_event_id_seq IS 'numbers the history; taken under the session''s row lock';

-- No foreign key to payment_session: the history of a deleted session stays.
CREATE TABLE paysession.payment_session_event (
	id bigint NOT NULL DEFAULT pg_catalog.nextval('paysession.payment_session_event_id_seq'),
	txid xid8 NOT NULL,
	at timestamptz(3) NOT NULL,
	amount bigint,
	from_status paysession.payment_session_status,
	to_status paysession.payment_session_status,
	is_selected boolean NOT NULL,
	session_id text COLLATE "C" NOT NULL,
	actor text COLLATE "C" NOT NULL,
	role text COLLATE "C" NOT NULL,
	application text,
	reason text,
	CONSTRAINT payment_session_event_pkey PRIMARY KEY (session_id, id)
);
ALTER SEQUENCE paysession.payment_session_event_id_seq OWNED BY paysession.payment_session_event.id;
CREATE INDEX payment_session_event_txid_id_idx ON paysession.payment_session_event (txid, id);
COMMENT ON TABLE paysession.payment_session_event IS 'the append-only history of all payment sessions';
COMMENT ON COLUMN paysession.payment_session_event.id IS 'ascending within a session';
COMMENT ON COLUMN paysession.payment_session_event.txid IS 'the transaction that wrote the row into this database';
COMMENT ON COLUMN paysession.payment_session_event.at IS 'when it happened, never earlier than the session''s event before';
COMMENT ON COLUMN paysession.payment_session_event.amount IS 'the session''s amount from then on, in minor units';
COMMENT ON COLUMN paysession.payment_session_event.from_status IS 'the status before; NULL: it was born';
COMMENT ON COLUMN paysession.payment_session_event.to_status IS 'the status from then on; NULL: it was deleted';
COMMENT ON COLUMN paysession.payment_session_event.is_selected IS 'whether it was selected from then on';
COMMENT ON COLUMN paysession.payment_session_event.session_id IS 'the payment session';
COMMENT ON COLUMN paysession.payment_session_event.actor IS 'session_user';
COMMENT ON COLUMN paysession.payment_session_event.role IS 'current_user';
COMMENT ON COLUMN paysession.payment_session_event.application IS 'application_name; NULL when it is empty';
COMMENT ON COLUMN paysession.payment_session_event.reason IS 'the session''s status_reason when the status changed';

SELECT pg_catalog.pg_extension_config_dump('paysession.payment_provider', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.sales_channel', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.cart', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.cart_sales_channel', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.payment_session', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.payment_session_event', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.payment_session_event_id_seq', '');
