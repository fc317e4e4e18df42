-- Payments, and what is asked of the provider for them.

CREATE TABLE paysession.payment (
	id text COLLATE "C" NOT NULL,
	updated_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	captured_amount bigint NOT NULL DEFAULT 0,
	capture_pending bigint NOT NULL DEFAULT 0,
	refunded_amount bigint NOT NULL DEFAULT 0,
	refund_pending bigint NOT NULL DEFAULT 0,
	voided_amount bigint NOT NULL DEFAULT 0,
	void_pending bigint NOT NULL DEFAULT 0,
	amount bigint NOT NULL,
	captured_at timestamptz(3),
	canceled_at timestamptz(3),
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	authorization_expires_at timestamptz(3),
	session_id text COLLATE "C",
	cart_id text COLLATE "C",
	payment_collection_id text COLLATE "C",
	order_id text COLLATE "C",
	provider_id text COLLATE "C" NOT NULL,
	currency_code text COLLATE "C" NOT NULL,
	data jsonb NOT NULL DEFAULT '{}',
	metadata jsonb NOT NULL DEFAULT '{}',
	status text COLLATE "C" GENERATED ALWAYS AS (CASE
		WHEN canceled_at IS NOT NULL THEN 'canceled'
		WHEN refunded_amount > 0 AND refunded_amount = captured_amount THEN 'refunded'
		WHEN refunded_amount > 0 THEN 'partially_refunded'
		WHEN captured_amount > 0 AND captured_amount + voided_amount = amount THEN 'captured'
		WHEN captured_amount > 0 THEN 'partially_captured'
		ELSE 'authorized' END) STORED,
	capturable_amount bigint GENERATED ALWAYS AS
		(amount - captured_amount - capture_pending - voided_amount - void_pending) STORED,
	refundable_amount bigint GENERATED ALWAYS AS
		(captured_amount - refunded_amount - refund_pending) STORED,
	CONSTRAINT payment_pkey PRIMARY KEY (id),
	CONSTRAINT payment_session_id_key UNIQUE (session_id),
	CONSTRAINT payment_session_id_fkey FOREIGN KEY (session_id) REFERENCES paysession.payment_session (id),
	CONSTRAINT payment_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES paysession.cart (id),
	CONSTRAINT payment_payment_collection_id_fkey FOREIGN KEY (payment_collection_id)
		REFERENCES paysession.payment_collection (id),
	CONSTRAINT payment_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES paysession.payment_provider (id),
	CONSTRAINT payment_amount CHECK (amount BETWEEN 1 AND 9007199254740991),
	CONSTRAINT payment_currency_code CHECK (currency_code ~ '^[a-z]{3}$'),
	CONSTRAINT payment_captured_within_amount CHECK
		(captured_amount >= 0 AND capture_pending >= 0 AND voided_amount >= 0 AND void_pending >= 0
		 AND captured_amount + capture_pending + voided_amount + void_pending <= amount),
	CONSTRAINT payment_refunded_within_captured CHECK
		(refunded_amount >= 0 AND refund_pending >= 0 AND refunded_amount + refund_pending <= captured_amount),
	CONSTRAINT payment_times CHECK
		((isfinite(created_at) AND isfinite(updated_at) AND isfinite(captured_at)
		  AND isfinite(canceled_at) AND isfinite(authorization_expires_at)) IS NOT FALSE)
) WITH (fillfactor = 90);
CREATE INDEX payment_cart_id_idx ON paysession.payment (cart_id, id) WHERE cart_id IS NOT NULL;
CREATE INDEX payment_order_id_idx ON paysession.payment (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_payment_collection_id_idx
	ON paysession.payment (payment_collection_id) WHERE payment_collection_id IS NOT NULL;
CREATE INDEX payment_authorization_expires_at_idx ON paysession.payment (authorization_expires_at)
	WHERE authorization_expires_at IS NOT NULL AND canceled_at IS NULL;
COMMENT ON TABLE paysession.payment IS 'an authorized payment session, promoted: money to capture and refund';
COMMENT ON COLUMN paysession.payment.id IS 'pay_ and a ULID; made when missing';
COMMENT ON COLUMN paysession.payment.updated_at IS 'when it last changed';
COMMENT ON COLUMN paysession.payment.captured_amount IS 'what has been captured, in minor units';
COMMENT ON COLUMN paysession.payment.capture_pending IS 'what the provider has been asked to capture';
COMMENT ON COLUMN paysession.payment.refunded_amount IS 'what has been refunded';
COMMENT ON COLUMN paysession.payment.refund_pending IS 'what the provider has been asked to refund';
COMMENT ON COLUMN paysession.payment.voided_amount IS 'what has been released without being captured';
COMMENT ON COLUMN paysession.payment.void_pending IS 'what the provider has been asked to release';
COMMENT ON COLUMN paysession.payment.amount IS 'what was authorized: its session''s amount';
COMMENT ON COLUMN paysession.payment.captured_at IS 'when money was first captured';
COMMENT ON COLUMN paysession.payment.canceled_at IS 'when the whole authorization was released';
COMMENT ON COLUMN paysession.payment.created_at IS 'when it was promoted';
COMMENT ON COLUMN paysession.payment.authorization_expires_at IS 'until when the provider holds the money, as far as is known';
COMMENT ON COLUMN paysession.payment.session_id IS 'the session that it was promoted from; NULL only for history';
COMMENT ON COLUMN paysession.payment.cart_id IS 'its session''s cart';
COMMENT ON COLUMN paysession.payment.payment_collection_id IS 'its session''s payment collection';
COMMENT ON COLUMN paysession.payment.order_id IS 'the application''s order; set once';
COMMENT ON COLUMN paysession.payment.provider_id IS 'its session''s provider';
COMMENT ON COLUMN paysession.payment.currency_code IS 'its session''s currency';
COMMENT ON COLUMN paysession.payment.data IS 'a JSON object: what the provider needs';
COMMENT ON COLUMN paysession.payment.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.payment.status IS
	'generated: what has become of the money, from authorized to refunded or canceled';
COMMENT ON COLUMN paysession.payment.capturable_amount IS 'generated: what can still be captured or released';
COMMENT ON COLUMN paysession.payment.refundable_amount IS 'generated: what can still be refunded';

CREATE TABLE paysession.payment_operation (
	id text COLLATE "C" NOT NULL,
	claimed_until timestamptz(3),
	finished_at timestamptz(3),
	created_at timestamptz(3) NOT NULL DEFAULT pg_catalog.date_trunc('milliseconds', pg_catalog.now()),
	amount bigint,
	released_amount bigint NOT NULL DEFAULT 0,
	attempt integer NOT NULL DEFAULT 1,
	final boolean NOT NULL DEFAULT false,
	status text COLLATE "C" NOT NULL DEFAULT 'pending',
	kind text COLLATE "C" NOT NULL,
	session_id text COLLATE "C",
	payment_id text COLLATE "C",
	provider_id text COLLATE "C" NOT NULL,
	provider_idempotency_key text COLLATE "C" NOT NULL,
	provider_ref text COLLATE "C",
	reason text,
	note text,
	metadata jsonb NOT NULL DEFAULT '{}',
	idempotency_key text COLLATE "C",
	request jsonb,
	CONSTRAINT payment_operation_pkey PRIMARY KEY (id),
	CONSTRAINT payment_operation_session_id_fkey FOREIGN KEY (session_id) REFERENCES paysession.payment_session (id),
	CONSTRAINT payment_operation_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES paysession.payment (id),
	CONSTRAINT payment_operation_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES paysession.payment_provider (id),
	CONSTRAINT payment_operation_kind CHECK (
		CASE kind
		WHEN 'authorize' THEN session_id IS NOT NULL AND payment_id IS NULL
		WHEN 'capture' THEN payment_id IS NOT NULL
		WHEN 'refund' THEN payment_id IS NOT NULL
		WHEN 'void' THEN session_id IS NOT NULL OR payment_id IS NOT NULL
		ELSE false
		END),
	CONSTRAINT payment_operation_status CHECK (status IN ('pending', 'succeeded', 'failed', 'reversed')),
	CONSTRAINT payment_operation_amount CHECK
		(CASE WHEN amount IS NULL THEN payment_id IS NULL AND (kind = 'void' OR status = 'failed')
		 ELSE amount BETWEEN 1 AND 9007199254740991 AND released_amount >= 0 END),
	CONSTRAINT payment_operation_finished_at CHECK ((status = 'pending') = (finished_at IS NULL)),
	CONSTRAINT payment_operation_times CHECK
		((isfinite(created_at) AND isfinite(claimed_until) AND isfinite(finished_at)) IS NOT FALSE)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX payment_operation_provider_ref_key
	ON paysession.payment_operation (provider_id, kind, provider_ref) WHERE provider_ref IS NOT NULL;
CREATE UNIQUE INDEX payment_operation_idempotency_key_key
	ON paysession.payment_operation (payment_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX payment_operation_session_id_idx
	ON paysession.payment_operation (session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX payment_operation_payment_id_idx
	ON paysession.payment_operation (payment_id, id) WHERE payment_id IS NOT NULL;
CREATE INDEX payment_operation_pending_idx
	ON paysession.payment_operation (created_at) WHERE finished_at IS NULL;
COMMENT ON TABLE paysession.payment_operation IS 'one thing asked of a payment provider, and its answer; written by functions only';
COMMENT ON COLUMN paysession.payment_operation.id IS 'op_ and a ULID';
COMMENT ON COLUMN paysession.payment_operation.claimed_until IS
	'until when one caller is at it; past: outcome unknown; NULL: nobody, or finished';
COMMENT ON COLUMN paysession.payment_operation.finished_at IS 'when the provider''s answer was recorded';
COMMENT ON COLUMN paysession.payment_operation.created_at IS 'when it was reserved';
COMMENT ON COLUMN paysession.payment_operation.amount IS 'in minor units; NULL only where a session''s amount was not known';
COMMENT ON COLUMN paysession.payment_operation.released_amount IS 'what a final capture releases, in minor units';
COMMENT ON COLUMN paysession.payment_operation.attempt IS 'how often a new key was needed, this one included';
COMMENT ON COLUMN paysession.payment_operation.final IS 'whether the capture releases the rest';
COMMENT ON COLUMN paysession.payment_operation.status IS 'pending, succeeded, failed, reversed';
COMMENT ON COLUMN paysession.payment_operation.kind IS 'authorize, capture, refund, void';
COMMENT ON COLUMN paysession.payment_operation.session_id IS 'the session that it is for';
COMMENT ON COLUMN paysession.payment_operation.payment_id IS 'the payment that it is for; NULL: the session has none';
COMMENT ON COLUMN paysession.payment_operation.provider_id IS 'the payment provider';
COMMENT ON COLUMN paysession.payment_operation.provider_idempotency_key IS 'the key to send to the provider with every call for this';
COMMENT ON COLUMN paysession.payment_operation.provider_ref IS 'the provider''s own id of it';
COMMENT ON COLUMN paysession.payment_operation.reason IS 'why: of a refund, a void, or a failure';
COMMENT ON COLUMN paysession.payment_operation.note IS 'free text';
COMMENT ON COLUMN paysession.payment_operation.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.payment_operation.idempotency_key IS 'the caller''s key: the same key is the same operation';
COMMENT ON COLUMN paysession.payment_operation.request IS 'the arguments that the caller''s key came with';

-- An operation, and whether the caller is the one to ask the provider.
CREATE TYPE paysession.claimed_operation AS (
	id text, kind text, session_id text, payment_id text, provider_id text, amount bigint, status text,
	provider_idempotency_key text, attempt integer, claimed_until timestamptz, provider_ref text,
	reason text, note text, metadata jsonb, idempotency_key text, final boolean, released_amount bigint,
	created_at timestamptz, finished_at timestamptz, claimed boolean);
COMMENT ON TYPE paysession.claimed_operation IS 'a payment operation, and whether the caller is the one to ask the provider';
COMMENT ON COLUMN paysession.claimed_operation.id IS 'op_ and a ULID';
COMMENT ON COLUMN paysession.claimed_operation.kind IS 'authorize, capture, refund, void';
COMMENT ON COLUMN paysession.claimed_operation.session_id IS 'the session that it is for';
COMMENT ON COLUMN paysession.claimed_operation.payment_id IS 'the payment that it is for; NULL: the session has none';
COMMENT ON COLUMN paysession.claimed_operation.provider_id IS 'the payment provider';
COMMENT ON COLUMN paysession.claimed_operation.amount IS 'in minor units; NULL only where a session''s amount was not known';
COMMENT ON COLUMN paysession.claimed_operation.status IS 'pending, succeeded, failed, reversed';
COMMENT ON COLUMN paysession.claimed_operation.provider_idempotency_key IS 'the key to send to the provider with every call for this';
COMMENT ON COLUMN paysession.claimed_operation.attempt IS 'how often a new key was needed, this one included';
COMMENT ON COLUMN paysession.claimed_operation.claimed_until IS 'until when one caller is at it; past: outcome unknown; NULL: nobody, or finished';
COMMENT ON COLUMN paysession.claimed_operation.provider_ref IS 'the provider''s own id of it';
COMMENT ON COLUMN paysession.claimed_operation.reason IS 'why: of a refund, a void, or a failure';
COMMENT ON COLUMN paysession.claimed_operation.note IS 'free text';
COMMENT ON COLUMN paysession.claimed_operation.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.claimed_operation.idempotency_key IS 'the caller''s key: the same key is the same operation';
COMMENT ON COLUMN paysession.claimed_operation.final IS 'whether the capture releases the rest';
COMMENT ON COLUMN paysession.claimed_operation.released_amount IS 'what a final capture releases, in minor units';
COMMENT ON COLUMN paysession.claimed_operation.created_at IS 'when it was reserved';
COMMENT ON COLUMN paysession.claimed_operation.finished_at IS 'when the provider''s answer was recorded';
COMMENT ON COLUMN paysession.claimed_operation.claimed IS 'whether the caller is the one to ask the provider';
REVOKE ALL ON TYPE paysession.claimed_operation FROM PUBLIC;

CREATE VIEW paysession.capture AS
	SELECT o.id, o.payment_id, o.amount, o.status, o.final, o.released_amount, o.provider_ref, o.metadata,
		o.idempotency_key, o.created_at, o.finished_at,
		p.provider_id, p.currency_code, p.cart_id, p.order_id
	FROM paysession.payment_operation o JOIN paysession.payment p ON p.id = o.payment_id
	WHERE o.kind = 'capture';
COMMENT ON VIEW paysession.capture IS 'the captures, with their payment''s provider, currency, cart and order';
COMMENT ON COLUMN paysession.capture.id IS 'the operation';
COMMENT ON COLUMN paysession.capture.payment_id IS 'the payment';
COMMENT ON COLUMN paysession.capture.amount IS 'in minor units';
COMMENT ON COLUMN paysession.capture.status IS 'pending, succeeded, failed, reversed';
COMMENT ON COLUMN paysession.capture.final IS 'whether it releases the rest';
COMMENT ON COLUMN paysession.capture.released_amount IS 'what it releases, in minor units';
COMMENT ON COLUMN paysession.capture.provider_ref IS 'the provider''s own id of it';
COMMENT ON COLUMN paysession.capture.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.capture.idempotency_key IS 'the caller''s key';
COMMENT ON COLUMN paysession.capture.created_at IS 'when it was reserved';
COMMENT ON COLUMN paysession.capture.finished_at IS 'when the provider''s answer was recorded';
COMMENT ON COLUMN paysession.capture.provider_id IS 'the payment''s provider';
COMMENT ON COLUMN paysession.capture.currency_code IS 'the payment''s currency';
COMMENT ON COLUMN paysession.capture.cart_id IS 'the payment''s cart';
COMMENT ON COLUMN paysession.capture.order_id IS 'the payment''s order';

CREATE VIEW paysession.refund AS
	SELECT o.id, o.payment_id, o.amount, o.status, o.reason, o.note, o.provider_ref, o.metadata,
		o.idempotency_key, o.created_at, o.finished_at,
		p.provider_id, p.currency_code, p.cart_id, p.order_id
	FROM paysession.payment_operation o JOIN paysession.payment p ON p.id = o.payment_id
	WHERE o.kind = 'refund';
COMMENT ON VIEW paysession.refund IS 'the refunds, with their payment''s provider, currency, cart and order';
COMMENT ON COLUMN paysession.refund.id IS 'the operation';
COMMENT ON COLUMN paysession.refund.payment_id IS 'the payment';
COMMENT ON COLUMN paysession.refund.amount IS 'in minor units';
COMMENT ON COLUMN paysession.refund.status IS 'pending, succeeded, failed, reversed';
COMMENT ON COLUMN paysession.refund.reason IS 'why: return, chargeback and the like';
COMMENT ON COLUMN paysession.refund.note IS 'free text';
COMMENT ON COLUMN paysession.refund.provider_ref IS 'the provider''s own id of it';
COMMENT ON COLUMN paysession.refund.metadata IS 'a JSON object of the application''s own';
COMMENT ON COLUMN paysession.refund.idempotency_key IS 'the caller''s key';
COMMENT ON COLUMN paysession.refund.created_at IS 'when it was reserved';
COMMENT ON COLUMN paysession.refund.finished_at IS 'when the provider''s answer was recorded';
COMMENT ON COLUMN paysession.refund.provider_id IS 'the payment''s provider';
COMMENT ON COLUMN paysession.refund.currency_code IS 'the payment''s currency';
COMMENT ON COLUMN paysession.refund.cart_id IS 'the payment''s cart';
COMMENT ON COLUMN paysession.refund.order_id IS 'the payment''s order';

CREATE VIEW paysession.order_payment_status AS
	SELECT order_id,
		CASE
		WHEN bool_and(canceled_at IS NOT NULL) THEN 'canceled'
		WHEN sum(refunded_amount) > 0 AND sum(refunded_amount) = sum(captured_amount) THEN 'refunded'
		WHEN sum(refunded_amount) > 0 THEN 'partially_refunded'
		WHEN sum(captured_amount) > 0 AND sum(captured_amount) + sum(voided_amount) = sum(amount) THEN 'captured'
		WHEN sum(captured_amount) > 0 THEN 'partially_captured'
		ELSE 'authorized' END AS status,
		currency_code,
		sum(amount)::bigint AS amount,
		sum(captured_amount)::bigint AS captured_amount,
		sum(refunded_amount)::bigint AS refunded_amount,
		sum(voided_amount)::bigint AS voided_amount,
		sum(capturable_amount)::bigint AS capturable_amount,
		sum(refundable_amount)::bigint AS refundable_amount
	FROM paysession.payment WHERE order_id IS NOT NULL
	GROUP BY order_id, currency_code;
COMMENT ON VIEW paysession.order_payment_status IS 'what an order''s payments amount to, by currency';
COMMENT ON COLUMN paysession.order_payment_status.order_id IS 'the application''s order';
COMMENT ON COLUMN paysession.order_payment_status.status IS 'as that of a payment, of all its payments together';
COMMENT ON COLUMN paysession.order_payment_status.currency_code IS 'ISO 4217, lower case';
COMMENT ON COLUMN paysession.order_payment_status.amount IS 'what was authorized, in minor units';
COMMENT ON COLUMN paysession.order_payment_status.captured_amount IS 'what has been captured';
COMMENT ON COLUMN paysession.order_payment_status.refunded_amount IS 'what has been refunded';
COMMENT ON COLUMN paysession.order_payment_status.voided_amount IS 'what has been released without being captured';
COMMENT ON COLUMN paysession.order_payment_status.capturable_amount IS 'what can still be captured or released';
COMMENT ON COLUMN paysession.order_payment_status.refundable_amount IS 'what can still be refunded';

SELECT pg_catalog.pg_extension_config_dump('paysession.payment', '');
SELECT pg_catalog.pg_extension_config_dump('paysession.payment_operation', '');
