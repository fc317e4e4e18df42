-- The functions of paysession in a router database, which has no payment
-- session itself: PL/Proxy sends each call to the shard whose data it is
-- about.  doc/scale.md says how it is set up.
--
--	psql -1 -d router -f "$(pg_config --sharedir)/extension/paysession_router.sql"
--
-- Run it where extension plproxy and foreign server paysession are, as one
-- transaction.  "make router" has written it, from the extension: do not edit it.

\set ON_ERROR_STOP on
CREATE SCHEMA paysession;
COMMENT ON SCHEMA paysession IS 'payment sessions of a store''s checkout, which are on its shards';
CREATE TYPE paysession.payment_session_status AS ENUM ('authorized', 'pending', 'requires_more', 'error', 'canceled');
COMMENT ON TYPE paysession.payment_session_status IS 'where a payment session stands with its provider; ps_transitions() has the moves';
REVOKE ALL ON TYPE paysession.payment_session_status FROM PUBLIC;

CREATE TYPE paysession.cart AS (
	id text COLLATE "C",
	currency_code text COLLATE "C",
	context jsonb,
	metadata jsonb,
	sales_channel_id text COLLATE "C",
	subtotal bigint,
	raw_discount_total numeric,
	item_tax_total bigint,
	shipping_total bigint,
	shipping_tax_total bigint,
	gift_card_total bigint,
	gift_card_tax_total bigint,
	discount_total bigint,
	tax_total bigint,
	total bigint,
	session_count bigint,
	completed_at timestamp(3) with time zone,
	created_at timestamp(3) with time zone,
	updated_at timestamp(3) with time zone);
COMMENT ON TYPE paysession.cart IS 'the anchor of a cart''s payment sessions, and what the cart costs';
REVOKE ALL ON TYPE paysession.cart FROM PUBLIC;

CREATE TYPE paysession.claimed_operation AS (
	id text,
	kind text,
	session_id text,
	payment_id text,
	provider_id text,
	amount bigint,
	status text,
	provider_idempotency_key text,
	attempt integer,
	claimed_until timestamp with time zone,
	provider_ref text,
	reason text,
	note text,
	metadata jsonb,
	idempotency_key text,
	final boolean,
	released_amount bigint,
	created_at timestamp with time zone,
	finished_at timestamp with time zone,
	claimed boolean);
COMMENT ON TYPE paysession.claimed_operation IS 'a payment operation, and whether the caller is the one to ask the provider';
REVOKE ALL ON TYPE paysession.claimed_operation FROM PUBLIC;

CREATE TYPE paysession.idempotency_key AS (
	id text COLLATE "C",
	created_at timestamp(3) with time zone,
	locked_at timestamp(3) with time zone,
	locked_until timestamp(3) with time zone,
	response_code integer,
	idempotency_key text COLLATE "C",
	recovery_point text COLLATE "C",
	request_method text COLLATE "C",
	request_path text COLLATE "C",
	request_params jsonb,
	response_body jsonb);
COMMENT ON TYPE paysession.idempotency_key IS 'a request that may come again, and how far it has come; written by functions';
REVOKE ALL ON TYPE paysession.idempotency_key FROM PUBLIC;

CREATE TYPE paysession.payment AS (
	id text COLLATE "C",
	updated_at timestamp(3) with time zone,
	captured_amount bigint,
	capture_pending bigint,
	refunded_amount bigint,
	refund_pending bigint,
	voided_amount bigint,
	void_pending bigint,
	amount bigint,
	captured_at timestamp(3) with time zone,
	canceled_at timestamp(3) with time zone,
	created_at timestamp(3) with time zone,
	authorization_expires_at timestamp(3) with time zone,
	session_id text COLLATE "C",
	cart_id text COLLATE "C",
	payment_collection_id text COLLATE "C",
	order_id text COLLATE "C",
	provider_id text COLLATE "C",
	currency_code text COLLATE "C",
	data jsonb,
	metadata jsonb,
	status text COLLATE "C",
	capturable_amount bigint,
	refundable_amount bigint);
COMMENT ON TYPE paysession.payment IS 'an authorized payment session, promoted: money to capture and refund';
REVOKE ALL ON TYPE paysession.payment FROM PUBLIC;

CREATE TYPE paysession.payment_collection AS (
	id text COLLATE "C",
	status text COLLATE "C",
	updated_at timestamp(3) with time zone,
	authorized_amount bigint,
	captured_amount bigint,
	amount bigint,
	created_at timestamp(3) with time zone,
	currency_code text COLLATE "C",
	type text COLLATE "C",
	created_by text COLLATE "C",
	description text,
	metadata jsonb);
COMMENT ON TYPE paysession.payment_collection IS 'one amount that several payment sessions pay together';
REVOKE ALL ON TYPE paysession.payment_collection FROM PUBLIC;

CREATE TYPE paysession.payment_operation AS (
	id text COLLATE "C",
	claimed_until timestamp(3) with time zone,
	finished_at timestamp(3) with time zone,
	created_at timestamp(3) with time zone,
	amount bigint,
	released_amount bigint,
	attempt integer,
	final boolean,
	status text COLLATE "C",
	kind text COLLATE "C",
	session_id text COLLATE "C",
	payment_id text COLLATE "C",
	provider_id text COLLATE "C",
	provider_idempotency_key text COLLATE "C",
	provider_ref text COLLATE "C",
	reason text,
	note text,
	metadata jsonb,
	idempotency_key text COLLATE "C",
	request jsonb);
COMMENT ON TYPE paysession.payment_operation IS 'one thing asked of a payment provider, and its answer; written by functions only';
REVOKE ALL ON TYPE paysession.payment_operation FROM PUBLIC;

CREATE TYPE paysession.payment_provider AS (
	id text COLLATE "C",
	is_installed boolean,
	capture_method text COLLATE "C",
	session_ttl interval,
	authorization_ttl interval,
	created_at timestamp(3) with time zone,
	updated_at timestamp(3) with time zone);
COMMENT ON TYPE paysession.payment_provider IS 'who is asked for the money';
REVOKE ALL ON TYPE paysession.payment_provider FROM PUBLIC;

CREATE TYPE paysession.payment_session AS (
	id text COLLATE "C",
	status paysession.payment_session_status,
	updated_at timestamp(3) with time zone,
	payment_authorized_at timestamp(3) with time zone,
	is_selected boolean,
	is_initiated boolean,
	amount bigint,
	created_at timestamp(3) with time zone,
	expires_at timestamp(3) with time zone,
	canceled_at timestamp(3) with time zone,
	cart_id text COLLATE "C",
	payment_collection_id text COLLATE "C",
	provider_id text COLLATE "C",
	currency_code text COLLATE "C",
	status_reason text,
	provider_ref text COLLATE "C",
	idempotency_key text COLLATE "C",
	data jsonb);
COMMENT ON TYPE paysession.payment_session IS 'one attempt to pay with one payment provider';
REVOKE ALL ON TYPE paysession.payment_session FROM PUBLIC;

CREATE TYPE paysession.payment_session_event AS (
	id bigint,
	txid xid8,
	at timestamp(3) with time zone,
	amount bigint,
	from_status paysession.payment_session_status,
	to_status paysession.payment_session_status,
	is_selected boolean,
	session_id text COLLATE "C",
	actor text COLLATE "C",
	role text COLLATE "C",
	application text,
	reason text);
COMMENT ON TYPE paysession.payment_session_event IS 'the append-only history of all payment sessions';
REVOKE ALL ON TYPE paysession.payment_session_event FROM PUBLIC;

CREATE TYPE paysession.provider_event AS (
	provider_id text COLLATE "C",
	event_id text COLLATE "C",
	received_at timestamp(3) with time zone,
	occurred_at timestamp(3) with time zone,
	amount bigint,
	status text COLLATE "C",
	outcome text COLLATE "C",
	session_id text COLLATE "C",
	provider_ref text COLLATE "C",
	operation_ref text COLLATE "C",
	detail text,
	resolved_at timestamp(3) with time zone,
	resolved_by text COLLATE "C",
	note text,
	payload jsonb);
COMMENT ON TYPE paysession.provider_event IS 'the webhook inbox: each event once, and what came of it; written by functions';
REVOKE ALL ON TYPE paysession.provider_event FROM PUBLIC;

CREATE TYPE paysession.sales_channel AS (
	id text COLLATE "C",
	name text,
	description text,
	is_disabled boolean,
	metadata jsonb,
	created_at timestamp(3) with time zone,
	updated_at timestamp(3) with time zone);
COMMENT ON TYPE paysession.sales_channel IS 'where a store sells';
REVOKE ALL ON TYPE paysession.sales_channel FROM PUBLIC;

-- What the functions below use: of nobody, but for what only computes.
CREATE SCHEMA paysession_router;
COMMENT ON SCHEMA paysession_router IS 'what the functions of schema paysession use in a router database';
GRANT USAGE ON SCHEMA paysession_router TO PUBLIC;

-- ps_route of any text: what is in an id of our shape, else the first bits of
-- its SHA-256.  It judges nothing, so that the shard does.
CREATE FUNCTION paysession_router.route(id text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	digits CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
	ulid text;
	hash bytea;
BEGIN
	IF id COLLATE "C" ~ '^(ps|pay|op|paycol|ikey|cart)_[0-7][0-9A-HJKMNP-TV-Z]{25}$' THEN
		ulid := right(id, 26);
		RETURN (strpos(digits, substr(ulid, 11, 1)) - 1) * 1024
			+ (strpos(digits, substr(ulid, 12, 1)) - 1) * 32
			+ strpos(digits, substr(ulid, 13, 1)) - 1;
	END IF;
	hash := sha256(convert_to(id, 'UTF8'));
	RETURN get_byte(hash, 0) * 128 + get_byte(hash, 1) / 2;
END
$$;

-- The slot of an id; any of them for none.  One expression, which is inlined:
-- PL/Proxy asks for it with every call.
CREATE FUNCTION paysession_router.slot(id text) RETURNS integer
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
	SELECT coalesce(paysession_router.route(id) >> 5, floor(random() * 1024)::integer)
$$;

-- One slot of each shard, in no order, so that nobody is always the last.
CREATE FUNCTION paysession_router.shards() RETURNS integer[]
LANGUAGE sql STABLE AS $$
	SELECT array_agg(slot ORDER BY random()) FROM (
		SELECT min(substr(o, 2, strpos(o, '=') - 2)::integer) AS slot
		FROM pg_foreign_server s, unnest(s.srvoptions) o
		WHERE s.srvname = 'paysession' AND o ~ '^p[0-9]+='
		GROUP BY substr(o, strpos(o, '='))) shard
$$;

-- One of the slots on each shard.
CREATE FUNCTION paysession_router.shards_of(slots integer[]) RETURNS integer[]
LANGUAGE sql STABLE AS $$
	SELECT array_agg(slot) FROM (
		SELECT min(slot) AS slot
		FROM unnest(slots) slot, pg_foreign_server s, unnest(s.srvoptions) o
		WHERE s.srvname = 'paysession' AND starts_with(o, 'p' || slot || '=')
		GROUP BY substr(o, strpos(o, '='))) shard
$$;

-- Where something is that is known by what has no route: on the slots of what
-- is found.  While a range moves it is found twice, on the same slot.
CREATE FUNCTION paysession_router.find_order(shards integer[], order_id text) RETURNS SETOF integer
LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; SPLIT shards; RUN ON shards;
	SELECT DISTINCT paysession.ps_route(p.id)::integer >> 5 FROM paysession.payment p WHERE p.order_id = order_id;
$$;

CREATE FUNCTION paysession_router.find_key(shards integer[], idempotency_key text) RETURNS SETOF integer
LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; SPLIT shards; RUN ON shards;
	SELECT DISTINCT paysession.ps_route(s.id)::integer >> 5 FROM paysession.payment_session s
	WHERE s.idempotency_key = idempotency_key AND s.cart_id IS NOT NULL;
$$;

-- of several, which a webhook that came before its session can lead to, one
-- where it is still to be settled; without a session it is on that shard
CREATE FUNCTION paysession_router.find_event(shards integer[], provider_id text, event_id text,
	OUT slot integer, OUT is_open boolean) RETURNS SETOF record
LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; SPLIT shards; RUN ON shards;
	SELECT CASE WHEN e.session_id IS NULL THEN (shards)[1] ELSE paysession.ps_route(e.session_id)::integer >> 5 END AS slot,
		e.outcome IN ('parked', 'conflict') AS is_open
	FROM paysession.provider_event e WHERE e.provider_id = provider_id AND e.event_id = event_id;
$$;

-- by what ps_receive would find it
CREATE FUNCTION paysession_router.find_reference(shards integer[], provider_id text, provider_ref text, operation_ref text)
RETURNS SETOF integer
LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; SPLIT shards; RUN ON shards;
	SELECT paysession.ps_route(f.id)::integer >> 5 FROM (
		SELECT s.id FROM paysession.payment_session s WHERE s.provider_id = provider_id AND s.provider_ref = provider_ref
		UNION ALL SELECT o.id FROM paysession.payment_operation o WHERE o.id = operation_ref
		UNION ALL SELECT o.id FROM paysession.payment_operation o
		WHERE o.provider_id = provider_id AND o.kind IN ('authorize', 'capture', 'refund', 'void')
			AND o.provider_ref IN (provider_ref, operation_ref)) f LIMIT 1;
$$;

-- ps_events of all shards, each from its own place in the cursor on.  A shard
-- is called by what stays the same when its standby takes over.
CREATE FUNCTION paysession_router.events_all(after jsonb, max_rows integer)
RETURNS TABLE (shard text, cursor text, id bigint, txid xid8, at timestamptz, amount bigint,
	from_status paysession.payment_session_status, to_status paysession.payment_session_status,
	is_selected boolean, session_id text, actor text, role text, application text, reason text)
LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON ALL;
	SELECT s.name AS shard, e.*
	FROM (SELECT c.system_identifier || '/' || d.oid AS name
		FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()) s,
		LATERAL paysession.ps_events(coalesce(after ->> s.name, after ->> '*'), max_rows) e;
$$;

CREATE FUNCTION paysession_router.list_all(cart_id text, payment_collection_id text, provider_id text, status paysession.payment_session_status, created_before timestamp with time zone, after text, max_rows integer)
RETURNS SETOF paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ALL; TARGET paysession.ps_list; $$;

CREATE FUNCTION paysession_router.put_provider_all(id text, is_installed boolean, capture_method text, session_ttl interval, authorization_ttl interval)
RETURNS SETOF paysession.payment_provider LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ALL; TARGET paysession.ps_put_provider; $$;

CREATE FUNCTION paysession_router.put_sales_channel_all(id text, name text, description text, is_disabled boolean, metadata jsonb)
RETURNS SETOF paysession.sales_channel LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ALL; TARGET paysession.ps_put_sales_channel; $$;

CREATE FUNCTION paysession_router.stuck_all(older_than interval, max_rows integer)
RETURNS SETOF paysession.payment_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ALL; TARGET paysession.ps_stuck; $$;

CREATE FUNCTION paysession_router.complete_cart_at(slot integer, cart_id text, idempotency_key text, order_id text)
RETURNS paysession.payment LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r.id, r.updated_at, r.captured_amount, r.capture_pending, r.refunded_amount, r.refund_pending, r.voided_amount, r.void_pending, r.amount, r.captured_at, r.canceled_at, r.created_at, r.authorization_expires_at, r.session_id, r.cart_id, r.payment_collection_id, r.order_id, r.provider_id, r.currency_code, r.data, r.metadata, r.status, r.capturable_amount, r.refundable_amount FROM paysession.ps_complete_cart($2, $3, $4) r;
$$;

CREATE FUNCTION paysession_router.expire_at(slot integer, max_rows integer)
RETURNS SETOF paysession.payment_session LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r.id, r.status, r.updated_at, r.payment_authorized_at, r.is_selected, r.is_initiated, r.amount, r.created_at, r.expires_at, r.canceled_at, r.cart_id, r.payment_collection_id, r.provider_id, r.currency_code, r.status_reason, r.provider_ref, r.idempotency_key, r.data FROM paysession.ps_expire($2) r;
$$;

CREATE FUNCTION paysession_router.list_at(slot integer, cart_id text, payment_collection_id text, provider_id text, status paysession.payment_session_status, created_before timestamp with time zone, after text, max_rows integer)
RETURNS SETOF paysession.payment_session LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r.id, r.status, r.updated_at, r.payment_authorized_at, r.is_selected, r.is_initiated, r.amount, r.created_at, r.expires_at, r.canceled_at, r.cart_id, r.payment_collection_id, r.provider_id, r.currency_code, r.status_reason, r.provider_ref, r.idempotency_key, r.data FROM paysession.ps_list($2, $3, $4, $5, $6, $7, $8) r;
$$;

CREATE FUNCTION paysession_router.purge_at(slot integer, before timestamp with time zone, max_rows integer)
RETURNS bigint LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r FROM paysession.ps_purge($2, $3) r;
$$;

CREATE FUNCTION paysession_router.receive_at(slot integer, provider_id text, event_id text, status text, session_id text, provider_ref text, operation_ref text, amount bigint, payload jsonb, occurred_at timestamp with time zone)
RETURNS paysession.provider_event LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r.provider_id, r.event_id, r.received_at, r.occurred_at, r.amount, r.status, r.outcome, r.session_id, r.provider_ref, r.operation_ref, r.detail, r.resolved_at, r.resolved_by, r.note, r.payload FROM paysession.ps_receive($2, $3, $4, $5, $6, $7, $8, $9, $10) r;
$$;

CREATE FUNCTION paysession_router.refund_order_at(slot integer, order_id text, amount bigint, reason text, note text, idempotency_key text)
RETURNS SETOF paysession.payment_operation LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r.id, r.claimed_until, r.finished_at, r.created_at, r.amount, r.released_amount, r.attempt, r.final, r.status, r.kind, r.session_id, r.payment_id, r.provider_id, r.provider_idempotency_key, r.provider_ref, r.reason, r.note, r.metadata, r.idempotency_key, r.request FROM paysession.ps_refund_order($2, $3, $4, $5, $6) r;
$$;

CREATE FUNCTION paysession_router.resolve_at(slot integer, provider_id text, event_id text, apply boolean, note text)
RETURNS paysession.provider_event LANGUAGE plproxy AS $$
	CLUSTER 'paysession'; RUN ON slot; SELECT r.provider_id, r.event_id, r.received_at, r.occurred_at, r.amount, r.status, r.outcome, r.session_id, r.provider_ref, r.operation_ref, r.detail, r.resolved_at, r.resolved_by, r.note, r.payload FROM paysession.ps_resolve($2, $3, $4, $5) r;
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession_router FROM PUBLIC;
GRANT EXECUTE ON FUNCTION paysession_router.route, paysession_router.slot, paysession_router.shards TO PUBLIC;

CREATE FUNCTION paysession.ps_authorize(session_id text, amount bigint DEFAULT NULL::bigint, data jsonb DEFAULT NULL::jsonb, provider_ref text DEFAULT NULL::text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_authorize(text,bigint,jsonb,text) IS 'checkout: records that the provider holds the money; takes the selection';

CREATE FUNCTION paysession.ps_begin(session_id text, lease interval DEFAULT '00:01:00'::interval)
RETURNS paysession.claimed_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_begin(text,interval) IS 'money: reserves an authorization; claimed: this caller is to ask the provider';

CREATE FUNCTION paysession.ps_cancel(session_id text, reason text DEFAULT NULL::text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_cancel(text,text) IS 'checkout: cancels a payment session for good';

CREATE FUNCTION paysession.ps_cancel_collection(collection_id text, reason text DEFAULT NULL::text)
RETURNS paysession.payment_collection LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(collection_id); $$;
COMMENT ON FUNCTION paysession.ps_cancel_collection(text,text) IS 'collection: cancels a collection and its sessions, none of them authorized';

CREATE FUNCTION paysession.ps_capture(payment_id text, amount bigint DEFAULT NULL::bigint, final boolean DEFAULT NULL::boolean, lease interval DEFAULT NULL::interval, idempotency_key text DEFAULT NULL::text, provider_ref text DEFAULT NULL::text, metadata jsonb DEFAULT '{}'::jsonb)
RETURNS paysession.claimed_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(payment_id); $$;
COMMENT ON FUNCTION paysession.ps_capture(text,bigint,boolean,interval,text,text,jsonb) IS 'money: captures what is capturable, or an amount; with a lease: reserves it';

CREATE FUNCTION paysession.ps_check()
RETURNS TABLE(rule integer, object text, detail text) LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ALL; $$;
COMMENT ON FUNCTION paysession.ps_check() IS 'read: everything in the tables that breaks the law; a healthy database has none';

CREATE FUNCTION paysession.ps_claim(operation_id text, lease interval DEFAULT '00:01:00'::interval)
RETURNS paysession.claimed_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(operation_id); $$;
COMMENT ON FUNCTION paysession.ps_claim(text,interval) IS 'worker: claims a pending operation whose claim has run out';

CREATE FUNCTION paysession.ps_complete_cart(cart_id text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, order_id text DEFAULT NULL::text)
RETURNS paysession.payment LANGUAGE plpgsql AS $$
DECLARE
	found integer[];
BEGIN
	IF cart_id IS NULL THEN
		found := paysession_router.shards_of(ARRAY(
			SELECT paysession_router.find_key(paysession_router.shards(), idempotency_key)));
		IF cardinality(found) > 1 THEN
			RAISE invalid_parameter_value USING MESSAGE = 'idempotency key belongs to payment sessions of several carts',
				HINT = 'Name the cart.';
		END IF;
	END IF;
	RETURN paysession_router.complete_cart_at(
		coalesce(found[1], paysession_router.slot(cart_id)), cart_id, idempotency_key, order_id);
END
$$;
COMMENT ON FUNCTION paysession.ps_complete_cart(text,text,text) IS 'checkout: completes a cart, once, with the payment of its authorized session';

CREATE FUNCTION paysession.ps_create(cart_id text, provider_id text, amount bigint DEFAULT NULL::bigint, data jsonb DEFAULT '{}'::jsonb, id text DEFAULT NULL::text, currency_code text DEFAULT NULL::text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(cart_id); $$;
COMMENT ON FUNCTION paysession.ps_create(text,text,bigint,jsonb,text,text) IS 'checkout: makes a payment session for a cart, or returns the one that is there';

CREATE FUNCTION paysession.ps_create_collection(amount bigint, currency_code text, type text DEFAULT 'order_edit'::text, description text DEFAULT NULL::text, metadata jsonb DEFAULT NULL::jsonb, created_by text DEFAULT NULL::text)
RETURNS paysession.payment_collection LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ANY; $$;
COMMENT ON FUNCTION paysession.ps_create_collection(bigint,text,text,text,jsonb,text) IS 'collection: makes a payment collection of an amount';

CREATE FUNCTION paysession.ps_delete(session_id text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_delete(text) IS 'checkout: removes a payment session; one that was initiated is canceled instead';

CREATE FUNCTION paysession.ps_delete_collection(collection_id text)
RETURNS paysession.payment_collection LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(collection_id); $$;
COMMENT ON FUNCTION paysession.ps_delete_collection(text) IS 'collection: removes a collection, or cancels it where a session must stay';

CREATE FUNCTION paysession.ps_events(after text DEFAULT NULL::text, max_rows integer DEFAULT 100)
RETURNS TABLE(cursor text, id bigint, txid xid8, at timestamp with time zone, amount bigint, from_status paysession.payment_session_status, to_status paysession.payment_session_status, is_selected boolean, session_id text, actor text, role text, application text, reason text) LANGUAGE sql AS $$
	WITH event AS (
		SELECT e.*, max(e.at) OVER (PARTITION BY e.shard ORDER BY e.n) AS due
		FROM paysession_router.events_all(
			CASE WHEN $1 ~ '^\{("\d+/\d+": "\d+\.\d+"(, )?)+\}$' THEN $1::jsonb
				WHEN $1 IS NOT NULL THEN '{"*": "unknown"}' END, $2)
			WITH ORDINALITY e (shard, cursor, id, txid, at, amount, from_status, to_status, is_selected,
				session_id, actor, role, application, reason, n))
	SELECT (coalesce($1::jsonb, '{}') || jsonb_object_agg(e.shard, e.cursor) OVER (ORDER BY e.due, e.shard, e.n))::text,
		e.id, e.txid, e.at, e.amount, e.from_status, e.to_status, e.is_selected,
		e.session_id, e.actor, e.role, e.application, e.reason
	FROM event e ORDER BY e.due, e.shard, e.n LIMIT greatest($2, 1)
$$;
COMMENT ON FUNCTION paysession.ps_events(text,integer) IS 'read: the history of all payment sessions; after is the last cursor seen';

CREATE FUNCTION paysession.ps_expire(max_rows integer DEFAULT 1000)
RETURNS SETOF paysession.payment_session LANGUAGE plpgsql AS $$
DECLARE
	rest integer := max_rows;
	slot integer;
	count integer;
BEGIN
	FOREACH slot IN ARRAY paysession_router.shards() LOOP
		RETURN QUERY SELECT * FROM paysession_router.expire_at(slot, rest);
		GET DIAGNOSTICS count = ROW_COUNT;
		rest := rest - count;
		EXIT WHEN rest = 0;
	END LOOP;
END
$$;
COMMENT ON FUNCTION paysession.ps_expire(integer) IS 'worker: cancels expired sessions, and has expired authorizations voided';

CREATE FUNCTION paysession.ps_fail(session_id text, reason text DEFAULT NULL::text, data jsonb DEFAULT NULL::jsonb)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_fail(text,text,jsonb) IS 'checkout: records the provider''s definitive no';

CREATE FUNCTION paysession.ps_finish(operation_id text, outcome text, amount bigint DEFAULT NULL::bigint, provider_ref text DEFAULT NULL::text, reason text DEFAULT NULL::text)
RETURNS paysession.payment_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(operation_id); $$;
COMMENT ON FUNCTION paysession.ps_finish(text,text,bigint,text,text) IS 'money: records a provider''s answer: succeeded, failed, unknown or reversed';

CREATE FUNCTION paysession.ps_get(session_id text, expand text[] DEFAULT '{}'::text[])
RETURNS jsonb LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_get(text,text[]) IS 'read: a payment session as JSON, expanded by details, cart, payment, operations';

CREATE FUNCTION paysession.ps_get_collection(collection_id text, expand text[] DEFAULT '{}'::text[])
RETURNS jsonb LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(collection_id); $$;
COMMENT ON FUNCTION paysession.ps_get_collection(text,text[]) IS 'collection: a payment collection as JSON; expand names sessions, payments';

CREATE FUNCTION paysession.ps_history(session_id text, at timestamp with time zone DEFAULT NULL::timestamp with time zone)
RETURNS SETOF paysession.payment_session_event LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_history(text,timestamp with time zone) IS 'read: what happened to a payment session, oldest first, up to a time';

CREATE FUNCTION paysession.ps_id_time(id text)
RETURNS timestamp with time zone LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ANY; $$;
COMMENT ON FUNCTION paysession.ps_id_time(text) IS 'id: when an id was made';

CREATE FUNCTION paysession.ps_idempotency_advance(key text, recovery_point text)
RETURNS paysession.idempotency_key LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(key); $$;
COMMENT ON FUNCTION paysession.ps_idempotency_advance(text,text) IS 'idempotency: records how far a request has come';

CREATE FUNCTION paysession.ps_idempotency_begin(key text, method text, path text, params jsonb, lease interval DEFAULT '00:01:00'::interval)
RETURNS paysession.idempotency_key LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(key); $$;
COMMENT ON FUNCTION paysession.ps_idempotency_begin(text,text,text,jsonb,interval) IS 'idempotency: takes a key for a lease; says where to go on, or what to answer';

CREATE FUNCTION paysession.ps_idempotency_finish(key text, code integer, body jsonb DEFAULT NULL::jsonb)
RETURNS paysession.idempotency_key LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(key); $$;
COMMENT ON FUNCTION paysession.ps_idempotency_finish(text,integer,jsonb) IS 'idempotency: records what a request was answered with, to be answered so again';

CREATE FUNCTION paysession.ps_list(cart_id text DEFAULT NULL::text, payment_collection_id text DEFAULT NULL::text, provider_id text DEFAULT NULL::text, status paysession.payment_session_status DEFAULT NULL::paysession.payment_session_status, created_before timestamp with time zone DEFAULT NULL::timestamp with time zone, after text DEFAULT NULL::text, max_rows integer DEFAULT 50)
RETURNS SETOF paysession.payment_session LANGUAGE plpgsql AS $$
BEGIN
	IF cart_id IS NOT NULL OR payment_collection_id IS NOT NULL THEN
		RETURN QUERY SELECT * FROM paysession_router.list_at(
			paysession_router.slot(coalesce(cart_id, payment_collection_id)),
			cart_id, payment_collection_id, provider_id, status, created_before, after, max_rows);
	ELSE
		-- what cannot be a limit is for the shards to refuse
		RETURN QUERY SELECT s.* FROM paysession_router.list_all(
			cart_id, payment_collection_id, provider_id, status, created_before, after, max_rows) s
			ORDER BY s.id COLLATE "C" DESC LIMIT greatest(max_rows, 1);
	END IF;
END
$$;
COMMENT ON FUNCTION paysession.ps_list(text,text,text,paysession.payment_session_status,timestamp with time zone,text,integer) IS 'read: payment sessions, newest first; after is the last id seen';

CREATE FUNCTION paysession.ps_new_id(prefix text, near text DEFAULT NULL::text)
RETURNS text LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(near); $$;
COMMENT ON FUNCTION paysession.ps_new_id(text,text) IS 'id: a new id with a prefix (without its underscore), on the route of another id';

CREATE FUNCTION paysession.ps_promote(session_id text, order_id text DEFAULT NULL::text)
RETURNS paysession.payment LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_promote(text,text) IS 'money: makes an authorized payment session a payment, once';

CREATE FUNCTION paysession.ps_purge(before timestamp with time zone, max_rows integer DEFAULT 1000)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	total bigint := 0;
	slot integer;
BEGIN
	FOREACH slot IN ARRAY paysession_router.shards() LOOP
		total := total + paysession_router.purge_at(slot, before, (max_rows - total)::integer);
		EXIT WHEN total = max_rows;
	END LOOP;
	RETURN total;
END
$$;
COMMENT ON FUNCTION paysession.ps_purge(timestamp with time zone,integer) IS 'worker: forgets what came to nothing, webhook events and keys from before a time';

CREATE FUNCTION paysession.ps_put_cart(cart jsonb)
RETURNS paysession.cart LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(cart ->> 'id'); $$;
COMMENT ON FUNCTION paysession.ps_put_cart(jsonb) IS 'checkout: registers a cart, or changes it; the amounts of its sessions follow';

CREATE FUNCTION paysession.ps_put_provider(id text, is_installed boolean DEFAULT true, capture_method text DEFAULT 'manual'::text, session_ttl interval DEFAULT NULL::interval, authorization_ttl interval DEFAULT NULL::interval)
RETURNS paysession.payment_provider LANGUAGE sql AS $$
	SELECT p FROM paysession_router.put_provider_all($1, $2, $3, $4, $5) p LIMIT 1
$$;
COMMENT ON FUNCTION paysession.ps_put_provider(text,boolean,text,interval,interval) IS 'set-up: registers a payment provider, or replaces what is known of it';

CREATE FUNCTION paysession.ps_put_sales_channel(id text, name text, description text DEFAULT NULL::text, is_disabled boolean DEFAULT false, metadata jsonb DEFAULT NULL::jsonb)
RETURNS paysession.sales_channel LANGUAGE sql AS $$
	SELECT c FROM paysession_router.put_sales_channel_all($1, $2, $3, $4, $5) c LIMIT 1
$$;
COMMENT ON FUNCTION paysession.ps_put_sales_channel(text,text,text,boolean,jsonb) IS 'set-up: registers a sales channel, or replaces what is known of it';

CREATE FUNCTION paysession.ps_receive(provider_id text, event_id text, status text, session_id text DEFAULT NULL::text, provider_ref text DEFAULT NULL::text, operation_ref text DEFAULT NULL::text, amount bigint DEFAULT NULL::bigint, payload jsonb DEFAULT '{}'::jsonb, occurred_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
RETURNS paysession.provider_event LANGUAGE plpgsql AS $$
DECLARE
	slot integer;
BEGIN
	IF session_id IS NULL THEN
		slot := (SELECT f FROM paysession_router.find_reference(
			paysession_router.shards(), provider_id, provider_ref, operation_ref) f LIMIT 1);
		IF slot IS NULL THEN
			slot := (SELECT f.slot FROM paysession_router.find_event(paysession_router.shards(), provider_id, event_id) f LIMIT 1);
		END IF;
	END IF;
	RETURN paysession_router.receive_at(
		coalesce(slot, paysession_router.slot(coalesce(session_id, provider_id || ' ' || event_id))),
		provider_id, event_id, status, session_id, provider_ref, operation_ref, amount, payload, occurred_at);
END
$$;
COMMENT ON FUNCTION paysession.ps_receive(text,text,text,text,text,text,bigint,jsonb,timestamp with time zone) IS 'webhook: takes in an event of a provider, once, and applies it';

CREATE FUNCTION paysession.ps_refresh(session_id text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_refresh(text) IS 'checkout: puts a fresh payment session in the place of another, selection kept';

CREATE FUNCTION paysession.ps_refund(payment_id text, amount bigint DEFAULT NULL::bigint, reason text DEFAULT 'other'::text, note text DEFAULT NULL::text, lease interval DEFAULT NULL::interval, idempotency_key text DEFAULT NULL::text, provider_ref text DEFAULT NULL::text, metadata jsonb DEFAULT '{}'::jsonb)
RETURNS paysession.claimed_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(payment_id); $$;
COMMENT ON FUNCTION paysession.ps_refund(text,bigint,text,text,interval,text,text,jsonb) IS 'money: refunds what is refundable, or an amount; with a lease: reserves it';

CREATE FUNCTION paysession.ps_refund_order(order_id text, amount bigint, reason text DEFAULT 'other'::text, note text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text)
RETURNS SETOF paysession.payment_operation LANGUAGE plpgsql AS $$
DECLARE
	found integer[] := paysession_router.shards_of(ARRAY(
		SELECT paysession_router.find_order(paysession_router.shards(), order_id)));
BEGIN
	IF cardinality(found) > 1 THEN
		RAISE invalid_parameter_value USING MESSAGE = format('payments of order "%s" are on several shards', order_id),
			HINT = 'Refund them one by one with paysession.ps_refund.';
	END IF;
	RETURN QUERY SELECT * FROM paysession_router.refund_order_at(
		coalesce(found[1], paysession_router.slot(NULL)), order_id, amount, reason, note, idempotency_key);
END
$$;
COMMENT ON FUNCTION paysession.ps_refund_order(text,bigint,text,text,text) IS 'money: refunds an amount over an order''s payments, newest first, all or nothing';

CREATE FUNCTION paysession.ps_require_more(session_id text, data jsonb DEFAULT NULL::jsonb, provider_ref text DEFAULT NULL::text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_require_more(text,jsonb,text) IS 'checkout: records that the provider needs more from the customer';

CREATE FUNCTION paysession.ps_resolve(provider_id text, event_id text, apply boolean, note text DEFAULT NULL::text)
RETURNS paysession.provider_event LANGUAGE plpgsql AS $$
DECLARE
	slot integer := (SELECT f.slot FROM paysession_router.find_event(paysession_router.shards(), provider_id, event_id) f
		ORDER BY is_open DESC LIMIT 1);
BEGIN
	RETURN paysession_router.resolve_at(coalesce(slot, paysession_router.slot(NULL)), provider_id, event_id, apply, note);
END
$$;
COMMENT ON FUNCTION paysession.ps_resolve(text,text,boolean,text) IS 'webhook: tries an event that is a conflict or parked once more, or dismisses it';

CREATE FUNCTION paysession.ps_retry(session_id text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_retry(text) IS 'checkout: makes a session that failed or waits for the customer pending again';

CREATE FUNCTION paysession.ps_route(id text)
RETURNS smallint LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ANY; $$;
COMMENT ON FUNCTION paysession.ps_route(text) IS 'id: the 15 bits by which everything of one cart is kept together';

CREATE FUNCTION paysession.ps_select(session_id text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_select(text) IS 'checkout: selects the payment session that the customer pays with';

CREATE FUNCTION paysession.ps_set_collection_sessions(collection_id text, sessions jsonb)
RETURNS SETOF paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(collection_id); $$;
COMMENT ON FUNCTION paysession.ps_set_collection_sessions(text,jsonb) IS 'collection: makes these sessions, and what is authorized, pay a collection';

CREATE FUNCTION paysession.ps_set_sessions(cart_id text, provider_ids text[] DEFAULT NULL::text[])
RETURNS SETOF paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(cart_id); $$;
COMMENT ON FUNCTION paysession.ps_set_sessions(text,text[]) IS 'checkout: makes a cart have a session for each of these providers, and no other';

CREATE FUNCTION paysession.ps_stuck(older_than interval DEFAULT '00:05:00'::interval, max_rows integer DEFAULT 100)
RETURNS SETOF paysession.payment_operation LANGUAGE sql AS $$
	SELECT * FROM paysession_router.stuck_all($1, $2) o ORDER BY o.created_at, o.id COLLATE "C" LIMIT greatest($2, 1)
$$;
COMMENT ON FUNCTION paysession.ps_stuck(interval,integer) IS 'worker: the pending operations to ask the provider about, the oldest first';

CREATE FUNCTION paysession.ps_transitions()
RETURNS TABLE(from_status paysession.payment_session_status, to_status paysession.payment_session_status, verb text, reason text) LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON ANY; $$;
COMMENT ON FUNCTION paysession.ps_transitions() IS 'read: the moves that a payment session can make, its birth among them';

CREATE FUNCTION paysession.ps_unselect(session_id text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_unselect(text) IS 'checkout: takes the selection from a payment session';

CREATE FUNCTION paysession.ps_update(session_id text, amount bigint DEFAULT NULL::bigint, data jsonb DEFAULT NULL::jsonb, provider_ref text DEFAULT NULL::text)
RETURNS paysession.payment_session LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(session_id); $$;
COMMENT ON FUNCTION paysession.ps_update(text,bigint,jsonb,text) IS 'checkout: changes amount, data or reference of a session; data once authorized';

CREATE FUNCTION paysession.ps_update_collection(collection_id text, amount bigint DEFAULT NULL::bigint, description text DEFAULT NULL::text, metadata jsonb DEFAULT NULL::jsonb)
RETURNS paysession.payment_collection LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(collection_id); $$;
COMMENT ON FUNCTION paysession.ps_update_collection(text,bigint,text,jsonb) IS 'collection: changes amount, description or metadata of a payment collection';

CREATE FUNCTION paysession.ps_update_payment(payment_id text, order_id text DEFAULT NULL::text, authorization_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, data jsonb DEFAULT NULL::jsonb, metadata jsonb DEFAULT NULL::jsonb)
RETURNS paysession.payment LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(payment_id); $$;
COMMENT ON FUNCTION paysession.ps_update_payment(text,text,timestamp with time zone,jsonb,jsonb) IS 'money: changes what is known of a payment; its order is set once';

CREATE FUNCTION paysession.ps_void(payment_id text, lease interval DEFAULT NULL::interval, reason text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, provider_ref text DEFAULT NULL::text)
RETURNS paysession.claimed_operation LANGUAGE plproxy AS $$ CLUSTER 'paysession'; RUN ON paysession_router.slot(payment_id); $$;
COMMENT ON FUNCTION paysession.ps_void(text,interval,text,text,text) IS 'money: releases what is not captured; with a lease: reserves it';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession FROM PUBLIC;
