-- money: a crash after each line of a checkout, and what the next caller gets
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('mx_card', 'manual_multiple');

CREATE FUNCTION pg_temp.session(cart text) RETURNS text RETURN (SELECT id FROM paysession.payment_session WHERE cart_id = cart);
CREATE FUNCTION pg_temp.payment(cart text) RETURNS text RETURN (SELECT id FROM paysession.payment WHERE cart_id = cart);
CREATE FUNCTION pg_temp.last(cart text) RETURNS text
	RETURN (SELECT max(id) FROM paysession.payment_operation WHERE session_id = pg_temp.session(cart));

-- the checkout: $1 is the cart, $2 the lease
CREATE TEMP TABLE mx_line (n integer, line text, call text);
COPY mx_line FROM stdin (DELIMITER '|');
1|ps_put_cart|SELECT paysession.ps_put_cart(jsonb_build_object('id', $1, 'currency_code', 'eur', 'subtotal', 100)), $2
2|ps_set_sessions|SELECT paysession.ps_set_sessions($1, '{mx_card}'), $2
3|ps_begin|SELECT paysession.ps_begin(pg_temp.session($1), $2)
4|the provider is asked|SELECT $1, $2
5|ps_require_more|SELECT paysession.ps_require_more(pg_temp.session($1), provider_ref => $1), $2
6|ps_begin|SELECT paysession.ps_begin(pg_temp.session($1), $2)
7|the provider is asked|SELECT $1, $2
8|ps_authorize|SELECT paysession.ps_authorize(pg_temp.session($1)), $2
9|ps_complete_cart|SELECT paysession.ps_complete_cart($1), $2
10|ps_capture|SELECT paysession.ps_capture(pg_temp.payment($1), 60, lease => $2, idempotency_key => 'capture')
11|the provider is asked|SELECT $1, $2
12|ps_finish|SELECT paysession.ps_finish(pg_temp.last($1), 'succeeded'), $2
13|ps_refund|SELECT paysession.ps_refund(pg_temp.payment($1), 20, lease => $2, idempotency_key => 'refund')
14|the provider is asked|SELECT $1, $2
15|ps_finish|SELECT paysession.ps_finish(pg_temp.last($1), 'succeeded'), $2
16|ps_void|SELECT paysession.ps_void(pg_temp.payment($1), $2)
17|the provider is asked|SELECT $1, $2
18|ps_finish|SELECT paysession.ps_finish(pg_temp.last($1), 'succeeded'), $2
\.
CREATE PROCEDURE pg_temp.play(cart text, lines integer, lease interval) LANGUAGE plpgsql AS $$
DECLARE
	line mx_line;
BEGIN
	FOR line IN SELECT * FROM mx_line WHERE n <= lines ORDER BY n LOOP
		EXECUTE line.call USING cart, lease;
	END LOOP;
END
$$;

-- What the next caller gets, undone: of an operation its status, whether it is the caller's to ask for, and with which key.
CREATE FUNCTION pg_temp.next(cart text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	keys text[] := ARRAY(SELECT provider_idempotency_key FROM paysession.payment_operation WHERE session_id = pg_temp.session(cart));
	before text := pg_temp.payment(cart);
	row record;
	o jsonb;
	con text;
	gets text;
BEGIN
	EXECUTE call INTO row USING cart;
	o := to_jsonb(row);
	gets := CASE WHEN o ? 'claimed' THEN concat_ws(' ', o ->> 'kind', o ->> 'status', CASE WHEN (o ->> 'claimed')::boolean THEN 'claimed' END,
			CASE WHEN o ->> 'provider_idempotency_key' = ANY (keys) THEN 'same key' ELSE 'new key' END)
		ELSE concat_ws(' ', o ->> 'status', CASE WHEN o ? 'captured_amount' THEN CASE WHEN before = o ->> 'id' THEN 'same' ELSE 'new' END END) END;
	RAISE SQLSTATE 'TOKAY';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME;
	RETURN CASE WHEN SQLSTATE = 'TOKAY' THEN gets ELSE concat_ws(' ', SQLSTATE, nullif(con, '')) END;
END
$$;
CREATE FUNCTION pg_temp.after(lines integer, lease interval) RETURNS TABLE (begun text, authorized text, complete_cart text,
	capture text, refund text, void text, claim_last text) LANGUAGE plpgsql AS $$
DECLARE
	cart text := concat('mx_', CASE WHEN lease > '1 s' THEN 'now' ELSE 'later' END, lines);
BEGIN
	CALL pg_temp.play(cart, lines, lease);
	PERFORM pg_sleep(0.003);
	begun := pg_temp.next(cart, 'SELECT * FROM paysession.ps_begin(pg_temp.session($1), ''1 hour'')');
	authorized := pg_temp.next(cart, 'SELECT * FROM paysession.ps_authorize(pg_temp.session($1))');
	complete_cart := pg_temp.next(cart, 'SELECT * FROM paysession.ps_complete_cart($1)');
	capture := pg_temp.next(cart, 'SELECT * FROM paysession.ps_capture(pg_temp.payment($1), 60, lease => ''1 hour'', idempotency_key => ''capture'')');
	refund := pg_temp.next(cart, 'SELECT * FROM paysession.ps_refund(pg_temp.payment($1), 20, lease => ''1 hour'', idempotency_key => ''refund'')');
	void := pg_temp.next(cart, 'SELECT * FROM paysession.ps_void(pg_temp.payment($1), ''1 hour'')');
	claim_last := pg_temp.next(cart, 'SELECT * FROM paysession.ps_claim(pg_temp.last($1), ''1 hour'')');
	RETURN NEXT;
END
$$;

-- at once, while the one who crashed may be alive and at it
SELECT n, line, a.* FROM mx_line, pg_temp.after(n, '1 hour') a ORDER BY n;
-- later, when its lease has run out: nobody knows whether the provider was asked
SELECT n, line, a.* FROM mx_line, pg_temp.after(n, '1 ms') a ORDER BY n;

-- whoever goes on from there gets to the same end as if nothing had happened
CREATE FUNCTION pg_temp.go_on(cart text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	o paysession.claimed_operation;
	keys text[] := ARRAY(SELECT provider_idempotency_key FROM paysession.payment_operation WHERE session_id = pg_temp.session(cart));
	asked text;
BEGIN
	PERFORM paysession.ps_put_cart(jsonb_build_object('id', cart, 'currency_code', 'eur', 'subtotal', 100));
	PERFORM paysession.ps_set_sessions(cart, '{mx_card}') WHERE pg_temp.payment(cart) IS NULL;
	o := paysession.ps_begin(pg_temp.session(cart), '1 hour');
	IF o.claimed THEN
		asked := concat_ws(', ', asked, 'authorize' || CASE WHEN o.provider_idempotency_key = ANY (keys) THEN ' again' ELSE '' END);
		PERFORM paysession.ps_authorize(pg_temp.session(cart));
	END IF;
	PERFORM paysession.ps_complete_cart(cart);
	o := paysession.ps_capture(pg_temp.payment(cart), 60, lease => '1 hour', idempotency_key => 'capture');
	IF o.claimed THEN
		asked := concat_ws(', ', asked, 'capture' || CASE WHEN o.provider_idempotency_key = ANY (keys) THEN ' again' ELSE '' END);
		PERFORM paysession.ps_finish(o.id, 'succeeded');
	END IF;
	o := paysession.ps_refund(pg_temp.payment(cart), 20, lease => '1 hour', idempotency_key => 'refund');
	IF o.claimed THEN
		asked := concat_ws(', ', asked, 'refund' || CASE WHEN o.provider_idempotency_key = ANY (keys) THEN ' again' ELSE '' END);
		PERFORM paysession.ps_finish(o.id, 'succeeded');
	END IF;
	RETURN asked;
END
$$;
SELECT n, line, pg_temp.go_on(concat('mx_later', n)) AS asked FROM mx_line WHERE n <= 15 ORDER BY n;
SELECT status, amount, captured_amount, refunded_amount, capture_pending + refund_pending + void_pending AS pending, count(*),
	count((SELECT completed_at FROM paysession.cart c WHERE c.id = p.cart_id)) AS completed,
	sum((SELECT count(*) FROM paysession.payment_operation o WHERE o.session_id = p.session_id)) AS operations
FROM paysession.payment p WHERE cart_id LIKE 'mx\_later%' AND voided_amount + void_pending = 0 GROUP BY 1, 2, 3, 4, 5;
SELECT * FROM pg_temp.unlawful();
