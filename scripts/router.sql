-- Writes sql/paysession_router.sql from the functions of the extension: run
-- with psql -XAtq, where that is, in the tree's top folder.

-- What a route is taken from: a function has one of these, or is named below.
CREATE TEMP TABLE address (argument text, expression text);
INSERT INTO address SELECT a, a FROM unnest('{session_id,payment_id,operation_id,cart_id,collection_id,key,near}'::text[]) a;
INSERT INTO address VALUES ('cart', 'cart ->> ''id''');

-- What can be asked of any shard, and what of all, their answers one after another.
CREATE TEMP TABLE anywhere (function text, run_on text);
INSERT INTO anywhere VALUES
	('ps_create_collection', 'ANY'), ('ps_id_time', 'ANY'), ('ps_route', 'ANY'), ('ps_transitions', 'ANY'), ('ps_check', 'ALL');

-- What takes more than one call, with the functions that it uses: X_all runs
-- ps_X on all shards, X_at on that of a slot.
CREATE TEMP TABLE composed (function text, helpers text[], language text, body text);
INSERT INTO composed VALUES
('ps_put_provider', '{all}', 'sql', $$
	SELECT p FROM paysession_router.put_provider_all($1, $2, $3, $4, $5) p LIMIT 1
$$),
('ps_put_sales_channel', '{all}', 'sql', $$
	SELECT c FROM paysession_router.put_sales_channel_all($1, $2, $3, $4, $5) c LIMIT 1
$$),
('ps_refund_order', '{at}', 'plpgsql', $$
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
$$),
('ps_complete_cart', '{at}', 'plpgsql', $$
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
$$),
('ps_receive', '{at}', 'plpgsql', $$
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
$$),
('ps_resolve', '{at}', 'plpgsql', $$
DECLARE
	slot integer := (SELECT f.slot FROM paysession_router.find_event(paysession_router.shards(), provider_id, event_id) f
		ORDER BY is_open DESC LIMIT 1);
BEGIN
	RETURN paysession_router.resolve_at(coalesce(slot, paysession_router.slot(NULL)), provider_id, event_id, apply, note);
END
$$),
('ps_list', '{all,at}', 'plpgsql', $$
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
$$),
('ps_stuck', '{all}', 'sql', $$
	SELECT * FROM paysession_router.stuck_all($1, $2) o ORDER BY o.created_at, o.id COLLATE "C" LIMIT greatest($2, 1)
$$),
-- Per shard in its own order, and by time as far as that allows.
('ps_events', '{}', 'sql', $$
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
$$),
('ps_expire', '{at}', 'plpgsql', $$
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
$$),
('ps_purge', '{at}', 'plpgsql', $$
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
$$);

-- The functions, with their arguments as CREATE FUNCTION has them.  What says
-- which routes a shard owns is for the shard alone.
CREATE TEMP VIEW public_function AS
SELECT f.oid, f.proname::text AS name, f.pronargs, pg_get_function_result(f.oid) AS result,
	(SELECT string_agg(format('r.%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
		WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
	coalesce(f.proargnames[1:f.pronargs], '{}') AS names,
	pg_get_function_arguments(f.oid) AS arguments,
	(SELECT string_agg(format('%I %s', f.proargnames[n], format_type(f.proargtypes[n - 1], NULL)), ', ' ORDER BY n)
		FROM generate_series(1, f.pronargs) n) AS bare_arguments,
	obj_description(f.oid, 'pg_proc') AS comment
FROM pg_proc f JOIN pg_type t ON t.oid = f.prorettype
WHERE f.pronamespace = 'paysession'::regnamespace AND f.proname LIKE 'ps\_%' AND f.proname !~ '^ps_own(ed)?_routes$';

SET search_path = '';

SELECT $head$-- The functions of paysession in a router database, which has no payment
-- session itself: PL/Proxy sends each call to the shard whose data it is
-- about.  doc/scale.md says how it is set up.
--
--	psql -1 -d router -f "$(pg_config --sharedir)/extension/paysession_router.sql"
--
-- Run it where extension plproxy and foreign server paysession are, as one
-- transaction.  "make router" has written it, from the extension: do not edit it.

\set ON_ERROR_STOP on
CREATE SCHEMA paysession;
COMMENT ON SCHEMA paysession IS 'payment sessions of a store''s checkout, which are on its shards';$head$;

-- The row types of its results.
CREATE TEMP VIEW row_type AS
SELECT DISTINCT c.oid, c.relname, coalesce(obj_description(c.oid, 'pg_class'), obj_description(t.oid, 'pg_type')) AS comment
FROM pg_temp.public_function f JOIN pg_proc p USING (oid) JOIN pg_type t ON t.oid = p.prorettype JOIN pg_class c ON c.oid = t.typrelid;

SELECT format(E'CREATE TYPE paysession.%I AS ENUM (%s);\nCOMMENT ON TYPE paysession.%1$I IS %3$L;\nREVOKE ALL ON TYPE paysession.%1$I FROM PUBLIC;',
	t.typname, (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
	obj_description(t.oid, 'pg_type'))
FROM pg_type t WHERE t.typnamespace = 'paysession'::regnamespace AND t.typtype = 'e';
SELECT format(E'\nCREATE TYPE paysession.%I AS (%s);\nCOMMENT ON TYPE paysession.%1$I IS %3$L;\nREVOKE ALL ON TYPE paysession.%1$I FROM PUBLIC;',
	r.relname, (SELECT string_agg(format(E'\n\t%I %s', a.attname, format_type(a.atttypid, a.atttypmod)
			|| CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END), ',' ORDER BY a.attnum)
		FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
		WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
	r.comment)
FROM pg_temp.row_type r ORDER BY r.relname;

\set helpers `cat scripts/router-helpers.sql`
\qecho
\qecho :helpers

-- functions
CREATE FUNCTION pg_temp.write(schema text, name text, arguments text, result text, attributes text, body text) RETURNS text
LANGUAGE sql AS $write$
	SELECT format(E'\nCREATE FUNCTION %s.%s(%s)\nRETURNS %s LANGUAGE %s AS $$%s$$;', schema, name, arguments, result, attributes, body)
$write$;

-- What runs on all shards, and what on that of a slot.  A shard's rows may
-- have more columns: of its user's, or of a newer version.
SELECT pg_temp.write('paysession_router', substr(f.name, 4) || '_all', f.bare_arguments,
	regexp_replace(f.result, '^(SETOF )?', 'SETOF '), 'plproxy',
	format(' CLUSTER ''paysession''; RUN ON ALL; TARGET paysession.%s; ', f.name))
FROM pg_temp.public_function f JOIN pg_temp.composed c ON c.function = f.name
WHERE 'all' = ANY (c.helpers) ORDER BY f.name;
SELECT pg_temp.write('paysession_router', substr(f.name, 4) || '_at', 'slot integer, ' || f.bare_arguments, f.result, 'plproxy',
	format(E'\n\tCLUSTER ''paysession''; RUN ON slot; SELECT %s FROM paysession.%s(%s) r;\n',
		coalesce(f.columns, 'r'), f.name,
		(SELECT string_agg('$' || n + 1, ', ' ORDER BY n) FROM generate_series(1, f.pronargs) n)))
FROM pg_temp.public_function f JOIN pg_temp.composed c ON c.function = f.name
WHERE 'at' = ANY (c.helpers) ORDER BY f.name;
\qecho
\qecho 'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession_router FROM PUBLIC;'
\qecho 'GRANT EXECUTE ON FUNCTION paysession_router.route, paysession_router.slot, paysession_router.shards TO PUBLIC;'

-- How each is routed: a new one is for somebody to say.
CREATE TEMP VIEW routed AS
SELECT f.*, coalesce(c.language, 'plproxy') AS language, coalesce(c.body, ' CLUSTER ''paysession''; RUN ON ' || coalesce(
	(SELECT w.run_on FROM pg_temp.anywhere w WHERE w.function = f.name),
	(SELECT format('paysession_router.slot(%s)', a.expression) FROM pg_temp.address a WHERE a.argument = ANY (f.names))) || '; ') AS body
FROM pg_temp.public_function f LEFT JOIN pg_temp.composed c ON c.function = f.name;
DO $$
DECLARE
	unknown text := (SELECT string_agg(name, ', ') FROM pg_temp.routed WHERE body IS NULL);
BEGIN
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'where does % run?', unknown;
	END IF;
END
$$;
SELECT pg_temp.write('paysession', name, arguments, result, language, body)
	|| format(E'\nCOMMENT ON FUNCTION %s IS %L;', oid::regprocedure, comment)
FROM pg_temp.routed ORDER BY name;
\qecho
\qecho 'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession FROM PUBLIC;'
