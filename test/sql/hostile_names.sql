-- hostile names: nothing of ours is found through search_path, whoever put what there
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

CREATE ROLE hn_app;
GRANT USAGE ON SCHEMA paysession TO hn_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession TO hn_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON paysession.payment_session, paysession.cart, paysession.payment_provider TO hn_app;

-- a schema with everything that the code could stumble on
CREATE SCHEMA hn_evil;
GRANT USAGE ON SCHEMA hn_evil TO hn_app;
CREATE FUNCTION hn_evil.shout() RETURNS void LANGUAGE plpgsql AS $$BEGIN RAISE 'the evil schema was found'; END$$;
DO $$
DECLARE
	f text;
BEGIN
	FOREACH f IN ARRAY ARRAY['now() RETURNS timestamptz', 'clock_timestamp() RETURNS timestamptz', 'gen_random_uuid() RETURNS uuid',
		'date_trunc(text, timestamptz) RETURNS timestamptz', 'isfinite(timestamptz) RETURNS boolean', 'floor(numeric) RETURNS numeric',
		'nextval(regclass) RETURNS bigint', 'textcat(text, text) RETURNS text', 'texteq(text, text) RETURNS boolean',
		'jsonb_typeof(jsonb) RETURNS text', 'payment_session_guard() RETURNS trigger', 'payment_session_record() RETURNS trigger',
		'cart_guard() RETURNS trigger', 'cart_follow() RETURNS trigger', 'ps_create(text, text) RETURNS text', 'ps_select(text) RETURNS text']
	LOOP
		EXECUTE format('CREATE FUNCTION hn_evil.%s LANGUAGE plpgsql AS %L', f, 'BEGIN RAISE ''the evil schema was found''; END');
	END LOOP;
	FOREACH f IN ARRAY ARRAY['text, text', 'bigint, bigint', 'boolean, boolean', 'timestamptz, timestamptz'] LOOP
		EXECUTE format('CREATE FUNCTION hn_evil.shout(%s) RETURNS boolean LANGUAGE plpgsql AS %L', f, 'BEGIN RAISE ''the evil schema was found''; END');
		EXECUTE format('CREATE OPERATOR hn_evil.= (LEFTARG = %s, RIGHTARG = %s, FUNCTION = hn_evil.shout)', split_part(f, ', ', 1), split_part(f, ', ', 2));
		EXECUTE format('CREATE OPERATOR hn_evil.< (LEFTARG = %s, RIGHTARG = %s, FUNCTION = hn_evil.shout)', split_part(f, ', ', 1), split_part(f, ', ', 2));
	END LOOP;
END
$$;
CREATE TYPE hn_evil.payment_session_status AS ENUM ('canceled', 'authorized', 'pending');
CREATE DOMAIN hn_evil.text AS pg_catalog.text CHECK (pg_catalog.length(VALUE) < 0);
CREATE TABLE hn_evil.payment_session (id pg_catalog.text, status pg_catalog.text);
CREATE TABLE hn_evil.payment_session_event (id int);
CREATE TABLE hn_evil.cart (id int);
CREATE TABLE hn_evil.payment_provider (id int);
CREATE TABLE hn_evil.sales_channel (id int);
CREATE SEQUENCE hn_evil.payment_session_event_id_seq START 666;

-- in the middle of it, a checkout
SET SESSION AUTHORIZATION hn_app;
CREATE TEMP TABLE payment_session (id int);
CREATE TEMP TABLE cart (id int);
CREATE TEMP TABLE payment_provider (id int);
CREATE TEMP TABLE payment_session_event (id int);
CREATE TEMP SEQUENCE payment_session_event_id_seq START 666;
SET search_path = hn_evil, pg_temp, pg_catalog;
INSERT INTO paysession.payment_provider (id) VALUES ('hn_card'), ('hn_bank');
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	VALUES ('hn_c1', 'eur', 100, 0.5, 0, 0, 0);
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('hn_s1', 'hn_c1', 'hn_card'), ('hn_s2', 'hn_new', 'hn_card');
UPDATE paysession.payment_session SET status = 'requires_more', is_selected = true WHERE id OPERATOR(pg_catalog.=) 'hn_s1';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id OPERATOR(pg_catalog.=) 'hn_s1';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id OPERATOR(pg_catalog.=) 'hn_s1';
UPDATE paysession.cart SET subtotal = 200 WHERE id OPERATOR(pg_catalog.=) 'hn_c1' RETURNING total;
DELETE FROM paysession.payment_session WHERE id OPERATOR(pg_catalog.=) 'hn_s2';
SELECT id FROM paysession.ps_put_provider('hn_cash');
SELECT total FROM paysession.ps_put_cart('{"id": "hn_c2", "currency_code": "eur", "subtotal": 300}');
SELECT amount FROM paysession.ps_create('hn_c2', 'hn_card', id => 'hn_s3');
SELECT amount FROM paysession.ps_create('hn_c2', 'hn_bank', id => 'hn_s4');
SELECT is_selected FROM paysession.ps_select('hn_s3');
SELECT is_selected FROM paysession.ps_select('hn_s4');
SELECT status FROM paysession.ps_fail('hn_s4', 'no');
SELECT status FROM paysession.ps_authorize('hn_s3');
SELECT provider_id FROM paysession.ps_set_sessions('hn_c2', '{hn_card}');
SELECT id, status FROM paysession.ps_list('hn_c2');
SELECT from_status, to_status, reason FROM paysession.ps_history('hn_s4');
SELECT pg_catalog.count(*) FROM paysession.ps_transitions();
SELECT paysession.ps_fail('hn_s3');
RESET search_path;
RESET SESSION AUTHORIZATION;
SELECT id, status, is_selected, amount FROM paysession.payment_session WHERE id LIKE 'hn\_%' ORDER BY id;
SELECT session_id, from_status, to_status, amount FROM paysession.payment_session_event WHERE session_id LIKE 'hn\_%' ORDER BY session_id, id;

DISCARD TEMP;
SET client_min_messages = warning;
DROP SCHEMA hn_evil CASCADE;
DROP OWNED BY hn_app;
DROP ROLE hn_app;
