-- law: the status of a payment session moves only along the graph
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('tr_card');

-- Makes a session and brings it to a status, in plain SQL.
CREATE FUNCTION pg_temp.session_in(wanted paysession.payment_session_status) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	made text;
BEGIN
	INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code)
		VALUES ('tr_' || gen_random_uuid(), 'tr_card', 100, 'eur') RETURNING id INTO made;
	IF wanted <> 'pending' THEN
		UPDATE paysession.payment_session SET status = wanted, is_initiated = true WHERE id = made;
	END IF;
	PERFORM pg_sleep(0.002);
	RETURN made;
END
$$;

-- Tells what a statement does to a session in a status.
CREATE FUNCTION pg_temp.outcome(start paysession.payment_session_status, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	session text := pg_temp.session_in(start);
	old paysession.payment_session;
	new paysession.payment_session;
	events bigint;
	con text;
BEGIN
	SELECT * INTO old FROM paysession.payment_session WHERE id = session;
	SELECT count(*) INTO events FROM paysession.payment_session_event WHERE session_id = session;
	BEGIN
		EXECUTE statement USING session;
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME;
		RETURN SQLSTATE || ' ' || replace(con, 'payment_session_', '');
	END;
	SELECT * INTO new FROM paysession.payment_session WHERE id = session;
	SELECT count(*) - events INTO events FROM paysession.payment_session_event WHERE session_id = session;
	IF old = new AND events = 0 THEN
		RETURN 'no-op';
	END IF;
	RETURN new.status || ', ' || events || ' event';
END
$$;

-- plain SQL: every pair
SELECT f AS "from", t AS "to",
	pg_temp.outcome(f, format('UPDATE paysession.payment_session SET status = %L WHERE id = $1', t))
FROM unnest(enum_range(NULL::paysession.payment_session_status)) WITH ORDINALITY AS tos (t, n),
	unnest('{pending,requires_more,error,authorized,canceled}'::paysession.payment_session_status[])
		WITH ORDINALITY AS froms (f, m)
ORDER BY m, n \crosstabview

-- the functions: every verb on every status
SELECT f AS "from", verb,
	pg_temp.outcome(f, format('SELECT paysession.%I($1)', verb))
FROM unnest('{ps_authorize,ps_retry,ps_require_more,ps_fail,ps_cancel}'::text[]) WITH ORDINALITY AS verbs (verb, n),
	unnest('{pending,requires_more,error,authorized,canceled}'::paysession.payment_session_status[])
		WITH ORDINALITY AS froms (f, m)
ORDER BY m, n \crosstabview

-- a refused move says from where, to where, and what is allowed
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('tr_s1', 'tr_c1', 'tr_card', 100, 'eur'), ('tr_s2', 'tr_c2', 'tr_card', 100, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'tr_s1';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'tr_s2';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'tr_s1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'tr_s2'$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('tr_s1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('tr_s2')$$, true);

-- the reason why a session is error or canceled goes when it is neither
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
	VALUES ('tr_s3', 'tr_c3', 'tr_card', 100, 'eur');
UPDATE paysession.payment_session SET status = 'error', status_reason = 'no funds' WHERE id = 'tr_s3';
SELECT status, status_reason FROM paysession.payment_session WHERE id = 'tr_s3';
UPDATE paysession.payment_session SET status = 'requires_more' WHERE id = 'tr_s3';
SELECT status, status_reason FROM paysession.payment_session WHERE id = 'tr_s3';
UPDATE paysession.payment_session SET status = 'canceled', status_reason = 'gave up' WHERE id = 'tr_s3';
SELECT status, status_reason, canceled_at = updated_at AS stamped
FROM paysession.payment_session WHERE id = 'tr_s3';

-- canceled_at comes with the move to canceled, and with nothing else
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET canceled_at = now() WHERE id = 'tr_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET canceled_at = NULL WHERE id = 'tr_s3'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET canceled_at = now() + interval '1 day' WHERE id = 'tr_s3'$$);
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('tr_s4', 'tr_c4', 'tr_card');
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'error', canceled_at = now() WHERE id = 'tr_s4'$$);
UPDATE paysession.payment_session SET status = 'canceled', canceled_at = '2024-02-03 04:05:06.789+00' WHERE id = 'tr_s4';
SELECT canceled_at = '2024-02-03 04:05:06.789+00' AS kept FROM paysession.payment_session WHERE id = 'tr_s4';
