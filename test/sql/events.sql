-- read: ps_events pages through the history of all sessions by a cursor, and shows nothing that something could still come in before
\getenv abs_srcdir PG_ABS_SRCDIR
-- in a database of its own: it reads the events of all
\set regression :DBNAME
CREATE DATABASE events;
\c events
CREATE EXTENSION paysession;
\i :abs_srcdir/sql/include/refuse.sql

-- CALL pg_temp.settle() waits until all that is written is shown: somebody's
-- transaction, of autovacuum for one, delays it.
CREATE PROCEDURE pg_temp.settle() LANGUAGE plpgsql AS $$
BEGIN
	WHILE pg_snapshot_xmin(pg_current_snapshot()) <= (SELECT max(txid) FROM paysession.payment_session_event) LOOP
		PERFORM pg_sleep(0.01);
		COMMIT;
	END LOOP;
END
$$;
INSERT INTO paysession.payment_provider (id) VALUES ('card');
SELECT * FROM paysession.ps_events();

INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('s1', 'c1', 'card', 100, 'eur'), ('s2', 'c2', 'card', 200, 'usd'), ('s3', 'c3', 'card', NULL, NULL);
SET application_name = '';
SELECT status FROM paysession.ps_fail('s2', 'declined');
RESET application_name;
SELECT status FROM paysession.ps_authorize('s1');
SELECT status FROM paysession.ps_delete('s3');
CALL pg_temp.settle();
-- a row is an event, with its cursor
SELECT id, amount, from_status, to_status, is_selected, session_id, application, reason, cursor = txid || '.' || id AS cursor FROM paysession.ps_events();
SELECT count(*) FROM (TABLE paysession.payment_session_event EXCEPT
	SELECT id, txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application, reason FROM paysession.ps_events()) e;
-- what is not committed is not shown, not even to who has written it
BEGIN;
SELECT status FROM paysession.ps_retry('s2');
SELECT status FROM paysession.ps_fail('s2', 'again');
SELECT max(id) FROM paysession.ps_events();
COMMIT;
CALL pg_temp.settle();
SELECT max(id) FROM paysession.ps_events();
BEGIN;
SELECT status FROM paysession.ps_retry('s2');
ROLLBACK;
SELECT max(id) FROM paysession.ps_events();

-- page by page: each once, whether a transaction's events are split or not
CREATE FUNCTION pg_temp.pages(max_rows integer) RETURNS TABLE (page text) LANGUAGE plpgsql AS $$
DECLARE
	last text;
BEGIN
	FOR i IN 1..9 LOOP
		SELECT string_agg(id::text, ' ' ORDER BY n), max(cursor) FILTER (WHERE n = count) INTO page, last
		FROM (SELECT row_number() OVER () AS n, count(*) OVER (), id, cursor FROM paysession.ps_events(last, max_rows)) e;
		EXIT WHEN page IS NULL;
		RETURN NEXT;
	END LOOP;
END
$$;
SELECT * FROM pg_temp.pages(1);
SELECT * FROM pg_temp.pages(2);
SELECT * FROM pg_temp.pages(4);
SELECT * FROM pg_temp.pages(1000);
-- the default is 100
INSERT INTO paysession.payment_session (provider_id) SELECT 'card' FROM generate_series(1, 200);
CALL pg_temp.settle();
SELECT count(*), max(id) FROM paysession.ps_events();
SELECT count(*), max(id) FROM paysession.ps_events((SELECT cursor FROM paysession.ps_events() ORDER BY id DESC LIMIT 1));
SELECT count(*), max(id) FROM paysession.ps_events(after => NULL, max_rows => 1000);
-- there is nothing behind the last
SELECT cursor AS last FROM paysession.ps_events(NULL, 1000) ORDER BY id DESC LIMIT 1 \gset
SELECT count(*) FROM paysession.ps_events(:'last');
-- the cursor of an event that has been purged still leads on
SELECT cursor AS purged FROM paysession.ps_events() WHERE session_id = 's2' ORDER BY id DESC LIMIT 1 \gset
SELECT paysession.ps_purge('infinity');
SELECT id FROM paysession.ps_events(:'purged', 2);
-- one before all, one behind all
SELECT id FROM paysession.ps_events('0.0', 1);
SELECT id FROM paysession.ps_events('18446744073709551615.9223372036854775807', 1);
-- what is none
CREATE FUNCTION pg_temp.state(cursor text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_events(cursor);
	RETURN 'a cursor';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT pg_temp.state(cursor), count(*) FROM unnest(ARRAY['', ' ', '.', '1', '1.', '.1', '1.2.3', '1,2', '-1.2', '1.-2', '+1.2', '1.+2', ' 1.2', '1. 2',
	'1.2 ', E'1.2\n', '0x1.2', '1e3.2', 'a.b', '1.b', '１.2', '18446744073709551616.1', '1.9223372036854775808', repeat('9', 100000) || '.1',
	'1.' || repeat('9', 100000)]) AS cursor
GROUP BY 1;
CALL pg_temp.refuse($$SELECT paysession.ps_events('1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_events(NULL, NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_events(NULL, 0)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_events(NULL, -1)$$);
BEGIN READ ONLY;
SELECT id FROM paysession.ps_events(max_rows => 1);
COMMIT;

\c :regression
DROP DATABASE events;
