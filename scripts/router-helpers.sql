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
