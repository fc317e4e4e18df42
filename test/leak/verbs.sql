-- What :calls calls of each hot verb in one backend, each in a transaction of
-- its own, leave in its memory: per call, bytes of memory contexts, of memory
-- that is the process's alone, and of its data segment.  Before they are
-- counted, :warm calls of each fill the caches.
CREATE SCHEMA leak;

-- Empties our tables, past the law.
CREATE PROCEDURE leak.clear() LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE (SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') FROM pg_class
			 WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' AND relname <> 'payment_provider');
	SET LOCAL session_replication_role = origin;
END
$$;

-- Makes sessions s_1, s_2, …, each of a cart, up to a status; 'captured' is a
-- payment p_1, p_2, … of which 100 are.  One by one: a transaction that holds
-- many locks leaves a larger table of them.
CREATE PROCEDURE leak.make(rows integer, upto text) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. rows LOOP
		INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
			VALUES ('s_' || i, 'cart_' || i, 'card', 100, 'eur');
		IF upto <> 'pending' THEN
			UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 's_' || i;
		END IF;
		IF upto IN ('promoted', 'captured') THEN
			INSERT INTO paysession.payment (id, session_id) VALUES ('p_' || i, 's_' || i);
		END IF;
		IF upto = 'captured' THEN
			PERFORM paysession.ps_capture('p_' || i, 100);
		END IF;
		COMMIT;
	END LOOP;
END
$$;

-- A verb's call, i being its number, and what makes what that finds.
CREATE TABLE leak.verb (n integer GENERATED ALWAYS AS IDENTITY, verb text PRIMARY KEY, call text, make text);
INSERT INTO leak.verb (verb, call, make) VALUES
	('ps_put_cart', $$ps_put_cart(jsonb_build_object('id', 'cart', 'currency_code', 'eur', 'items',
		jsonb_build_array(jsonb_build_object('unit_price', 100 + i % 7, 'quantity', 2, 'tax_rates', '[19]'::jsonb))))$$, 'NULL'),
	('ps_create', $$ps_create('cart_' || i, 'card', 100, '{"token": "tok"}', currency_code => 'eur')$$, 'NULL'),
	('ps_set_sessions', $$ps_set_sessions('cart_1', CASE i % 2 WHEN 0 THEN '{card,bank}' ELSE '{card,cash}' END::text[])$$, $$CALL leak.make(1, 'pending')$$),
	('ps_select', $$ps_select('s_' || i)$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_begin', $$ps_begin('s_' || i)$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_require_more', $$ps_require_more('s_' || i, '{"url": "here"}')$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_fail', $$ps_fail('s_' || i, 'declined')$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_cancel', $$ps_cancel('s_' || i)$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_authorize', $$ps_authorize('s_' || i, 100)$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_receive', $$ps_receive('card', 'event_' || i, 'authorized', 's_' || i, payload => '{"n": 1}')$$, $$CALL leak.make(calls, 'pending')$$),
	('ps_promote', $$ps_promote('s_' || i)$$, $$CALL leak.make(calls, 'authorized')$$),
	('ps_capture', $$ps_capture('p_' || i, 60)$$, $$CALL leak.make(calls, 'promoted')$$),
	('ps_refund', $$ps_refund('p_' || i, 60)$$, $$CALL leak.make(calls, 'captured')$$),
	('ps_get', $$ps_get('s_' || 1 + i % 10, '{cart,payment,operations}')$$, $$CALL leak.make(10, 'captured')$$);

-- Procedure leak.VERB(calls) makes that many.
SELECT format($create$
CREATE PROCEDURE leak.%I(calls integer) LANGUAGE plpgsql AS $$
BEGIN
	CALL leak.clear();
	%s;
	COMMIT;
	FOR i IN 1 .. calls LOOP
		PERFORM FROM paysession.%s;
		COMMIT;
	END LOOP;
END
$$
$create$, verb, make, call)
FROM leak.verb \gexec

CREATE TABLE leak.seen (n integer GENERATED ALWAYS AS IDENTITY, verb text, calls integer, contexts bigint, private bigint, data bigint);
CREATE FUNCTION leak.see(verb text, calls integer) RETURNS void BEGIN ATOMIC
	INSERT INTO leak.seen (verb, calls, contexts, private, data)
	SELECT verb, calls, (SELECT sum(total_bytes) FROM pg_backend_memory_contexts),
		substring(status FROM 'RssAnon:\s+(\d+) kB')::bigint * 1024, substring(status FROM 'VmData:\s+(\d+) kB')::bigint * 1024
	FROM pg_read_file('/proc/self/status') AS status;
END;
CREATE VIEW leak.left_per_call AS
SELECT verb, calls, round((contexts - lag(contexts) OVER w)::numeric / calls, 3) AS contexts,
	round((private - lag(private) OVER w)::numeric / calls, 3) AS private, round((data - lag(data) OVER w)::numeric / calls, 3) AS data
FROM leak.seen WINDOW w AS (ORDER BY n) ORDER BY n OFFSET 1;

-- The statements that make so many calls of each verb and see what they have
-- left, at most 10,000 calls at a time: a procedure keeps some bytes of each
-- write that it has committed, of whatever table, until it ends.
CREATE FUNCTION leak.statements(calls integer) RETURNS TABLE (verb text, n integer, after integer, statement text) BEGIN ATOMIC
	SELECT v.verb, v.n, s.after, CASE WHEN s.after < calls THEN format('CALL leak.%I(%s)', v.verb, least(10000, calls - s.after))
		ELSE format('SELECT leak.see(%L, %s)', v.verb, calls) END
	FROM leak.verb v, (SELECT generate_series(0, calls - 1, 10000) UNION ALL SELECT calls) AS s (after);
END;

\o /dev/null
SELECT paysession.ps_put_provider(id, capture_method => 'manual_multiple') FROM unnest('{card,bank,cash}'::text[]) AS id;
SET synchronous_commit = off;
SELECT statement FROM leak.statements(:warm) ORDER BY n, after \gexec
TRUNCATE leak.seen;
SELECT leak.see(NULL, NULL);
SELECT statement FROM leak.statements(:calls) ORDER BY n, after \gexec
-- Once more: a leak goes on, what has only found another place does not.
SELECT statement FROM leak.statements(:calls) JOIN leak.left_per_call l USING (verb)
WHERE greatest(l.contexts, l.private) >= :limit ORDER BY n, after \gexec
\o
TABLE leak.left_per_call;
