-- What sqlsmith gets to see of the functions.  Left to itself it picks among
-- the two thousand that there are, of ours only those that return no set, and
-- passes NULL to most.  Here each that the role may execute has two wrappers
-- that return text: one takes what sqlsmith thinks of, the other takes nothing
-- and picks its arguments among values that they may well have.
CREATE SCHEMA smith;
GRANT USAGE ON SCHEMA smith TO smith;

-- by the argument's name; FUNCTION.ARGUMENT comes before it
CREATE VIEW smith.value (argument, value) AS
	SELECT name, id
	FROM paysession.payment_session, unnest('{session_id,id,near,after}'::text[]) AS name
	UNION ALL
	SELECT name, provider_ref
	FROM paysession.payment_session, unnest('{provider_ref,operation_ref}'::text[]) AS name
	WHERE provider_ref IS NOT NULL
	UNION ALL
	SELECT 'idempotency_key', idempotency_key
	FROM paysession.payment_session
	UNION ALL
	SELECT 'payment_id', id
	FROM paysession.payment
	UNION ALL
	SELECT 'order_id', order_id
	FROM paysession.payment
	WHERE order_id IS NOT NULL
	UNION ALL
	SELECT name, id
	FROM paysession.payment_operation, unnest('{operation_id,operation_ref}'::text[]) AS name
	UNION ALL
	SELECT name, id
	FROM paysession.payment_collection, unnest('{collection_id,payment_collection_id}'::text[]) AS name
	UNION ALL
	SELECT 'sessions', jsonb_build_array(
		jsonb_build_object('provider_id', 'card', 'amount', div(amount, 2)),
		jsonb_build_object('provider_id', 'wallet', 'amount', amount - div(amount, 2)))::text
	FROM paysession.payment_collection
	UNION ALL
	SELECT 'cart_id', id
	FROM paysession.cart
	UNION ALL
	SELECT 'cart', jsonb_build_object('id', id, 'subtotal', total + 1)::text
	FROM paysession.cart
	UNION ALL
	SELECT 'provider_id', id
	FROM paysession.payment_provider
	UNION ALL
	SELECT 'event_id', event_id
	FROM paysession.provider_event
	UNION ALL
	SELECT name, idempotency_key
	FROM paysession.idempotency_key, unnest('{key,idempotency_key}'::text[]) AS name
	UNION ALL
	SELECT 'ps_events.after', cursor
	FROM paysession.ps_events(max_rows => 10)
	UNION ALL
	SELECT name, 'new_' || n
	FROM unnest('{cart_id,event_id,order_id,key,idempotency_key,provider_ref,operation_ref}'::text[]) AS name,
		generate_series(1, 20) AS n
	UNION ALL
	SELECT name, value
	FROM (VALUES
		('amount', '{NULL,NULL,NULL,NULL,0,10,50,100,1234}'::text[]),
		('at', '{-infinity,now,2000-01-01}'),
		('authorization_expires_at', '{NULL,tomorrow,2000-01-01}'),
		('body', '{"{}","[1]",null,"{\"id\": 1}"}'),
		('cart', '{"{\"id\": \"new_1\", \"items\": [{\"unit_price\": 100, \"quantity\": 2}]}","{\"id\": \"new_2\", \"subtotal\": 0}"}'),
		('code', '{200,404,-1}'),
		('created_before', '{NULL,now}'),
		('created_by', '{NULL,someone}'),
		('currency_code', '{eur,usd,EUR}'),
		('data', '{NULL,NULL,"{}","{\"a\": 1}","{\"number\": \"4111111111111111\"}"}'),
		('description', '{NULL,text}'),
		('expand', '{"{}","{cart,payment,operations}","{cart.sales_channel}"}'),
		('ps_get_collection.expand', '{"{}","{sessions,payments}","{payments}"}'),
		('final', '{NULL,t,f}'),
		('is_disabled', '{t,f}'),
		('lease', '{NULL,1 millisecond,1 second,1 hour}'),
		('max_rows', '{1,2,100,0}'),
		('metadata', '{NULL,"{}","{\"a\": [1, {}]}"}'),
		('method', '{GET,POST}'),
		('name', '{web,""}'),
		('note', '{NULL,text}'),
		('occurred_at', '{NULL,now,2000-01-01}'),
		('older_than', '{0,1 hour}'),
		('outcome', '{succeeded,succeeded,failed,unknown,reversed}'),
		('params', '{"{}","{\"a\": 1}"}'),
		('path', '{/carts,/}'),
		('payload', '{"{}","{\"card\": \"4111111111111111\"}",1,null}'),
		('prefix', '{ps,pay,op,cart}'),
		('provider_ids', '{NULL,"{card,wallet}","{card,invoice,transfer}"}'),
		('provider_ref', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
		('ps_create.id', '{NULL,NULL,NULL,new_1}'),
		('idempotency_key', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
		('reason', '{NULL,return,discount,other}'),
		('recovery_point', '{started,authorized,finished}'),
		('status', '{NULL,pending,requires_more,authorized,error,canceled}'),
		('ps_receive.status', '{pending,requires_more,authorized,error,canceled,captured,capture_failed,refunded,refund_failed,voided,disputed,dispute_won,dispute_lost}'),
		('type', '{order_edit,""}')) AS few (name, list), unnest(list) AS value;
GRANT SELECT ON smith.value TO smith;

-- One of the latest, or of those that are written above.
CREATE FUNCTION smith.pick(argument text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT latest.value
	        FROM (SELECT v.value FROM smith.value v WHERE v.argument = $1 ORDER BY v.value DESC LIMIT 100) AS latest
	        ORDER BY random() LIMIT 1);
END
$$;

DO $$
DECLARE
	f record;
	missing text;
	wrapper text;
BEGIN
	FOR f IN
		SELECT p.proname, array_agg(a.name) AS names,
			string_agg(quote_ident(a.name) || ' ' || a.type, ', ' ORDER BY n) AS parameters,
			string_agg('$' || n, ', ' ORDER BY n) AS passed,
			string_agg('smith.pick(' || quote_literal(
				CASE WHEN EXISTS (SELECT FROM smith.value v WHERE v.argument = p.proname || '.' || a.name)
					THEN p.proname || '.' ELSE '' END || a.name) || ')::' || a.type, ', ' ORDER BY n) AS picked
		FROM pg_proc p
			LEFT JOIN generate_series(1, p.pronargs) AS n ON true
			LEFT JOIN LATERAL (VALUES (p.proargnames[n], p.proargtypes[n - 1]::regtype)) AS a (name, type) ON n > 0
		WHERE p.pronamespace = 'paysession'::regnamespace AND p.prorettype <> 'trigger'::regtype
			AND has_function_privilege('smith', p.oid, 'EXECUTE')
		GROUP BY p.oid
	LOOP
		SELECT string_agg(name, ', ') INTO missing FROM unnest(f.names) AS name
		WHERE NOT EXISTS (SELECT FROM smith.value v WHERE v.argument = name);
		IF missing IS NOT NULL THEN
			RAISE '% has arguments that smith.value does not know: %', f.proname, missing;
		END IF;
		-- A refusal must not end the query around the call.
		wrapper := $f$
			CREATE FUNCTION smith.%1$I(%2$s) RETURNS text LANGUAGE plpgsql AS $b$
			BEGIN
				RETURN (SELECT r::text FROM paysession.%1$I(%3$s) AS r LIMIT 1);
			EXCEPTION WHEN OTHERS THEN
				IF SQLSTATE LIKE 'XX%%' THEN RAISE; END IF;
				RETURN SQLSTATE;
			END
			$b$ $f$;
		EXECUTE format(wrapper, f.proname, '', f.picked);
		CONTINUE WHEN f.picked IS NULL;
		EXECUTE format(wrapper, f.proname, f.parameters, f.passed);
	END LOOP;
END
$$;

-- sqlsmith reads "pg_proc", whichever comes first in the search_path.
CREATE VIEW smith.pg_proc AS
	SELECT * FROM pg_catalog.pg_proc p
	WHERE proname LIKE 'ps\_%' AND has_function_privilege(oid, 'EXECUTE')
		OR pronamespace = 'pg_catalog'::regnamespace AND (prokind <> 'f' OR prorettype = 'jsonb'::regtype)
		AND NOT EXISTS (SELECT FROM pg_type WHERE typtype = 'p' AND oid IN (p.prorettype, p.provariadic));
GRANT SELECT ON smith.pg_proc TO smith;
ALTER ROLE smith SET search_path = smith, pg_catalog;
ALTER ROLE smith_orm SET search_path = smith, pg_catalog;

-- It takes these ranges for types of values, which fails half of its queries.
DELETE FROM pg_operator WHERE (SELECT typname FROM pg_type t WHERE t.oid = oprleft) ~ '^any.*range'
	OR (SELECT typname FROM pg_type t WHERE t.oid = oprright) ~ '^any.*range';
