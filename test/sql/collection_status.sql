-- law: the status of a payment collection is the first that matches of canceled, completed, partially_captured, authorized,
-- partially_authorized, failed, awaiting and not_paid, whatever happens
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/collection.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('cy_card', 'manual_multiple'), ('cy_ideal', 'automatic');

-- Changes one thing of collection cy_p1, and shows what it is then.
CREATE FUNCTION pg_temp.after(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN (SELECT concat_ws(' ', status, authorized_amount, captured_amount) FROM paysession.payment_collection WHERE id = 'cy_p1');
END
$$;
CREATE FUNCTION pg_temp.session(n integer, session_status text) RETURNS text LANGUAGE sql
	RETURN pg_temp.after(format('UPDATE paysession.payment_session SET status = %L WHERE id = %L', session_status, 'cy_s' || n));

INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cy_p1', 100, 'eur') RETURNING status;
-- not_paid, awaiting: no session, or one that is not canceled
SELECT pg_temp.after($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s1', 'cy_p1', 'cy_card', 60)$$);
SELECT pg_temp.session(1, 'canceled');
SELECT pg_temp.after($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s2', 'cy_p1', 'cy_card', 60)$$);
SELECT pg_temp.session(2, 'requires_more');
SELECT pg_temp.after($$DELETE FROM paysession.payment_session WHERE id = 'cy_s2'$$);
-- failed: all that is not canceled is an error
SELECT pg_temp.after($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s3', 'cy_p1', 'cy_card', 60), ('cy_s4', 'cy_p1', 'cy_card', 40)$$);
SELECT pg_temp.session(3, 'error');
SELECT pg_temp.session(4, 'error');
SELECT pg_temp.session(3, 'requires_more');
SELECT pg_temp.session(3, 'error');
SELECT pg_temp.session(4, 'pending');
SELECT pg_temp.session(4, 'canceled');
SELECT pg_temp.session(3, 'pending');
-- partially_authorized, authorized: what is authorized counts before what failed or waits
SELECT pg_temp.session(3, 'authorized');
SELECT pg_temp.after($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s5', 'cy_p1', 'cy_card', 40)$$);
SELECT pg_temp.session(5, 'error');
SELECT pg_temp.session(5, 'authorized');
SELECT pg_temp.after($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s6', 'cy_p1', 'cy_card', 40)$$);
SELECT pg_temp.session(6, 'error');
SELECT pg_temp.session(5, 'canceled');
SELECT pg_temp.session(3, 'canceled');
SELECT pg_temp.session(6, 'canceled');
-- and follows the amount
SELECT pg_temp.after($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s7', 'cy_p1', 'cy_card', 60), ('cy_s8', 'cy_p1', 'cy_card', 40)$$);
SELECT pg_temp.session(7, 'authorized');
SELECT pg_temp.after($$UPDATE paysession.payment_collection SET amount = 60 WHERE id = 'cy_p1'$$);
SELECT pg_temp.after($$UPDATE paysession.payment_collection SET amount = 100 WHERE id = 'cy_p1'$$);
SELECT pg_temp.session(8, 'authorized');
-- a payment alone changes nothing
SELECT pg_temp.after($$INSERT INTO paysession.payment (id, session_id) VALUES ('cy_pay7', 'cy_s7'), ('cy_pay8', 'cy_s8')$$);
-- partially_captured, completed: what is captured counts before what is authorized
SELECT pg_temp.after($$SELECT paysession.ps_capture('cy_pay7', 1)$$);
SELECT pg_temp.after($$SELECT paysession.ps_capture('cy_pay7', 59)$$);
SELECT pg_temp.after($$SELECT paysession.ps_capture('cy_pay8', 39)$$);
SELECT pg_temp.after($$SELECT paysession.ps_capture('cy_pay8', 1)$$);
-- a refund does not take that away; a raised amount does
SELECT pg_temp.after($$SELECT paysession.ps_refund('cy_pay8', 40)$$);
SELECT pg_temp.after($$UPDATE paysession.payment_collection SET amount = 150 WHERE id = 'cy_p1'$$);
SELECT pg_temp.after($$UPDATE paysession.payment_collection SET amount = 100 WHERE id = 'cy_p1'$$);
-- canceled: nothing follows
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cy_p2', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('cy_s21', 'cy_p2', 'cy_card', 100);
SELECT claimed FROM paysession.ps_begin('cy_s21');
SELECT status FROM paysession.ps_cancel_collection('cy_p2');
SELECT * FROM pg_temp.misderived();

-- random statements and verbs, most of them refused: what the formula says, after each of them
CREATE TABLE pg_temp.tried (kind integer, collection_status text, statement text, state text, broken text);
CREATE PROCEDURE pg_temp.try(kind integer, collection text, statement text) LANGUAGE plpgsql AS $$
DECLARE
	state text;
	done bigint;
BEGIN
	BEGIN
		EXECUTE statement;
		GET DIAGNOSTICS done = ROW_COUNT;
		state := CASE WHEN done > 0 THEN 'done' ELSE 'nothing' END;
	EXCEPTION WHEN OTHERS THEN
		state := SQLSTATE;
	END;
	INSERT INTO pg_temp.tried SELECT kind, (SELECT status FROM paysession.payment_collection WHERE id = collection), statement, state,
		(SELECT string_agg(m::text, ' ') FROM pg_temp.misderived() m);
END
$$;
CREATE PROCEDURE pg_temp.try_all(rounds integer) LANGUAGE plpgsql AS $$
DECLARE
	c text;
	s text;
	p text;
	amount bigint;
	kind integer;
BEGIN
	FOR i IN 1..rounds LOOP
		-- Of a few that are neither canceled nor completed, for these are mostly done with.
		IF (SELECT count(*) FROM paysession.payment_collection WHERE id LIKE 'cy\_r%' AND status NOT IN ('canceled', 'completed')) < 3 THEN
			INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('cy_r' || i, 100, 'eur');
		END IF;
		SELECT id INTO c FROM paysession.payment_collection
			WHERE id LIKE 'cy\_r%' AND (status NOT IN ('canceled', 'completed') OR random() < 0.02) ORDER BY random() LIMIT 1;
		SELECT id INTO s FROM paysession.payment_session WHERE payment_collection_id = c ORDER BY random() LIMIT 1;
		SELECT id INTO p FROM paysession.payment WHERE payment_collection_id = c ORDER BY random() LIMIT 1;
		amount := 10 * (1 + floor(random() * 10));
		kind := floor(random() * 27);
		CALL pg_temp.try(kind, c, CASE kind
			WHEN 0 THEN format('INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES (%L, %L, %L, %s)',
				'cy_rs' || i, c, CASE WHEN random() < 0.7 THEN 'cy_card' ELSE 'cy_ideal' END, amount)
			WHEN 1 THEN format('INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount)
				SELECT %L || n, %L, ''cy_card'', n * 20 FROM generate_series(1, 2) n', 'cy_rs' || i || '_', c)
			WHEN 2 THEN format('UPDATE paysession.payment_session SET status = %L WHERE id = %L',
				(ARRAY['pending', 'requires_more', 'authorized', 'error', 'canceled'])[1 + floor(random() * 5)], s)
			WHEN 3 THEN format('UPDATE paysession.payment_session SET status = %L WHERE payment_collection_id = %L AND status <> ''canceled''',
				(ARRAY['authorized', 'error', 'canceled'])[1 + floor(random() * 3)], c)
			WHEN 4 THEN format('UPDATE paysession.payment_session SET status = ''authorized'', amount = %s WHERE id = %L', amount, s)
			WHEN 5 THEN format('UPDATE paysession.payment_session SET amount = %s WHERE id = %L', amount, s)
			WHEN 6 THEN format('DELETE FROM paysession.payment_session WHERE id = %L', s)
			WHEN 7 THEN format('UPDATE paysession.payment_collection SET amount = %s WHERE id = %L', amount, c)
			WHEN 8 THEN format('UPDATE paysession.payment_collection SET amount = amount + %s
				WHERE id IN (%L, (SELECT id FROM paysession.payment_collection WHERE id LIKE ''cy\_r%%'' AND status = ''partially_authorized'' LIMIT 1))', amount - 50, c)
			WHEN 9 THEN format('UPDATE paysession.payment_collection SET status = CASE status WHEN ''completed'' THEN ''not_paid'' ELSE ''completed'' END WHERE id = %L', c)
			WHEN 10 THEN format('UPDATE paysession.payment_collection SET authorized_amount = authorized_amount + 10 WHERE id = %L', c)
			WHEN 11 THEN format('INSERT INTO paysession.payment (id, session_id) VALUES (%L, %L)', 'cy_rp' || i, s)
			WHEN 12 THEN format('WITH s AS (UPDATE paysession.payment_session SET status = ''canceled'' WHERE id = %L)
				UPDATE paysession.payment_session SET status = ''authorized'' WHERE payment_collection_id = %L AND id <> %L AND status IN (''pending'', ''error'')', s, c, s)
			WHEN 13 THEN format('DELETE FROM paysession.payment_collection
				WHERE id IN (%L, (SELECT id FROM paysession.payment_collection WHERE id LIKE ''cy\_r%%'' AND status = ''not_paid'' LIMIT 1))', c)
			WHEN 14 THEN format('SELECT paysession.ps_set_collection_sessions(id, jsonb_build_array(jsonb_build_object(''provider_id'', ''cy_card'', ''amount'', amount / 2),
				jsonb_build_object(''provider_id'', ''cy_ideal'', ''amount'', amount - amount / 2))) FROM paysession.payment_collection WHERE id = %L', c)
			WHEN 15 THEN format('SELECT paysession.ps_set_collection_sessions(id, jsonb_build_array(jsonb_build_object(''provider_id'', ''cy_card'', ''amount'', amount - authorized_amount)))
				FROM paysession.payment_collection WHERE id = %L', c)
			WHEN 16 THEN format('SELECT paysession.ps_begin(%L)', s)
			WHEN 17 THEN format('SELECT paysession.ps_authorize(%L)', s)
			WHEN 18 THEN format('SELECT paysession.ps_fail(%L)', s)
			WHEN 19 THEN format('SELECT paysession.ps_refresh(%L)', s)
			WHEN 20 THEN format('SELECT paysession.ps_promote(%L)', s)
			WHEN 21 THEN format('SELECT paysession.ps_capture(%L, %L)', p, CASE WHEN random() < 0.5 THEN amount / 2 END)
			WHEN 22 THEN format('SELECT paysession.ps_refund(%L, %s)', p, amount / 10)
			WHEN 23 THEN format('SELECT paysession.ps_void(%L)', CASE WHEN random() < 0.5 THEN p END)
			WHEN 24 THEN format('SELECT paysession.ps_finish(id, ''reversed'') FROM paysession.payment_operation
				WHERE payment_id = %L AND kind = ''capture'' AND status = ''succeeded'' LIMIT 1', p)
			WHEN 25 THEN format('SELECT paysession.ps_update_collection(%L, %s)', c, amount)
			ELSE format('SELECT paysession.%s(%L)', (ARRAY['ps_cancel_collection', 'ps_delete_collection'])[1 + i % 2], c)
			END);
	END LOOP;
END
$$;
SELECT setseed(0.27);
CALL pg_temp.try_all(800);
SELECT statement, state, broken FROM pg_temp.tried WHERE broken IS NOT NULL LIMIT 5;
-- enough of them was done to say so, two kinds never are, and nothing failed that is no rule's refusal
SELECT count(*) FILTER (WHERE state = 'done') > 200 AS done, count(DISTINCT collection_status) FILTER (WHERE state = 'done') > 5 AS statuses FROM pg_temp.tried;
SELECT DISTINCT kind, state FROM pg_temp.tried WHERE kind IN (9, 10) ORDER BY kind, state;
SELECT DISTINCT state FROM pg_temp.tried WHERE state !~ '^(done|nothing|22003|22004|23001|23502|23503|23505|23514)$';
