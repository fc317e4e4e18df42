-- history: what the owner brings with row_security off comes in as it was, held to the constraints
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

CREATE ROLE ho_app;
GRANT USAGE ON SCHEMA paysession TO ho_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA paysession TO ho_app;
GRANT USAGE ON SEQUENCE paysession.payment_session_event_id_seq TO ho_app;
GRANT EXECUTE ON FUNCTION paysession.ps_create TO ho_app;
INSERT INTO paysession.payment_provider (id) VALUES ('ho_card'), ('ho_bank');

-- every table
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_provider (id, is_installed, created_at, updated_at) VALUES ('ho_past', false, '2001-01-01', '2001-01-02');
INSERT INTO paysession.sales_channel (id, name, created_at, updated_at) VALUES ('ho_web', 'Web', '2001-01-01', '2001-01-02');
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total, session_count, completed_at, created_at, updated_at)
	VALUES ('ho_c1', 'eur', 1000, 0, 0, 0, 0, 7, '2001-01-03', '2001-01-01', '2001-01-02');
INSERT INTO paysession.cart_sales_channel VALUES ('ho_c1', 'ho_web');
-- a completed cart, a provider that is not installed, amounts of another time: it has happened
INSERT INTO paysession.payment_session (id, cart_id, provider_id, status, is_selected, amount, currency_code, payment_authorized_at, expires_at, created_at, updated_at, status_reason, idempotency_key, data) VALUES
	('ho_s1', 'ho_c1', 'ho_past', 'authorized', true, 900, 'usd', '2001-01-02', '2001-01-02', '2001-01-01', '2001-01-02', 'kept', 'ho_key', '{"a": 1}');
COPY paysession.payment_session (id, cart_id, provider_id, status, is_selected, amount, currency_code, canceled_at, created_at, updated_at) FROM stdin;
ho_s2	ho_c1	ho_card	canceled	f	1	eur	2001-01-02	2001-01-01	2001-01-02
ho_s3	ho_c1	ho_card	error	f	2	eur	\N	2001-01-01	2001-01-02
ho_s4	\N	ho_card	pending	\N	\N	\N	\N	2001-01-01	2001-01-02
\.
INSERT INTO paysession.payment_session_event (id, txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application, reason)
	VALUES (1, '1', '2001-01-02', 900, 'pending', 'authorized', true, 'ho_s1', 'somebody', 'somebody_else', 'shop', 'why not');
SELECT txid = pg_current_xact_id() AS restamped FROM paysession.payment_session_event WHERE session_id = 'ho_s1';
COMMIT;
SELECT id, is_installed, created_at = '2001-01-01' AND updated_at = '2001-01-02' AS times FROM paysession.payment_provider WHERE id = 'ho_past';
SELECT id, created_at = '2001-01-01' AND updated_at = '2001-01-02' AS times FROM paysession.sales_channel WHERE id = 'ho_web';
SELECT id, total, session_count, created_at = '2001-01-01' AND updated_at = '2001-01-02' AND completed_at = '2001-01-03' AS times FROM paysession.cart WHERE id = 'ho_c1';
SELECT id, status, is_selected, amount, currency_code, status_reason, data,
	created_at = '2001-01-01' AND updated_at = '2001-01-02' AND coalesce(payment_authorized_at, canceled_at, '2001-01-02') = '2001-01-02' AS times
FROM paysession.payment_session WHERE id LIKE 'ho\_s%' ORDER BY id;
-- no event of ours, and no cart made
SELECT session_id, id, to_status, reason, actor, role, application, at = '2001-01-02' AS time
FROM paysession.payment_session_event WHERE session_id LIKE 'ho\_s%';
SELECT count(*) FROM paysession.ps_history('ho_s3');

-- held to the constraints
SET row_security = off;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ho_x', 'ho_none', 'ho_card')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, provider_id) VALUES ('ho_x', 'ho_none')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, payment_collection_id, provider_id) VALUES ('ho_x', 'ho_c1', 'paycol_1', 'ho_bank')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, provider_id, amount) VALUES ('ho_x', 'ho_card', 0)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, provider_id, amount) VALUES ('ho_x', 'ho_card', 9007199254740992)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, provider_id, currency_code) VALUES ('ho_x', 'ho_card', 'EUR')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, provider_id, expires_at) VALUES ('ho_x', 'ho_card', 'infinity')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, provider_id, created_at) VALUES ('ho_x', 'ho_card', '-infinity')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id) VALUES ('ho_card')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_selected) VALUES ('ho_x', 'ho_c1', 'ho_bank', true)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ho_x', 'ho_c1', 'ho_card')$$);
DO $$
DECLARE
	columns text;
BEGIN
	FOREACH columns IN ARRAY ARRAY[
		$c$'authorized', NULL, NULL, true, 1, 'eur'$c$,
		$c$'authorized', now(), now(), true, 1, 'eur'$c$,
		$c$'authorized', now(), NULL, true, NULL, 'eur'$c$,
		$c$'authorized', now(), NULL, true, 1, NULL$c$,
		$c$'authorized', now(), NULL, NULL, 1, 'eur'$c$,
		$c$'canceled', NULL, NULL, false, 1, 'eur'$c$,
		$c$'canceled', NULL, now(), true, 1, 'eur'$c$,
		$c$'pending', now(), NULL, false, 1, 'eur'$c$,
		$c$'error', NULL, now(), false, 1, 'eur'$c$,
		$c$'requires_more', now(), NULL, false, 1, 'eur'$c$]
	LOOP
		CALL pg_temp.refuse(format($f$INSERT INTO paysession.payment_session
			(id, cart_id, provider_id, status, payment_authorized_at, canceled_at, is_selected, amount, currency_code)
			VALUES ('ho_x', 'ho_c1', 'ho_bank', %s)$f$, columns));
	END LOOP;
END
$$;
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, currency_code) VALUES ('ho_x', 'EUR')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, created_at) VALUES ('ho_x', 'infinity')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, sales_channel_id) VALUES ('ho_x', 'ho_none')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('ho_x', 'sometimes')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_provider (id, session_ttl) VALUES ('ho_x', '-1 s')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_provider (id, authorization_ttl) VALUES ('ho_x', '0')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart_sales_channel VALUES ('ho_c1', 'ho_none')$$);

-- only an INSERT is history: everything else meets the law
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'ho_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET created_at = '2001-02-01' WHERE id = 'ho_s1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session WHERE id = 'ho_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session_event SET reason = 'x' WHERE session_id = 'ho_s1'$$);
CALL pg_temp.refuse($$DELETE FROM paysession.payment_session_event WHERE session_id = 'ho_s1'$$);
CALL pg_temp.refuse($$TRUNCATE paysession.payment_session_event$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET context = '[]' WHERE id = 'ho_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = 5 WHERE id = 'ho_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.sales_channel SET metadata = '[]' WHERE id = 'ho_web'$$);
UPDATE paysession.cart SET metadata = '{"a": 1}' WHERE id = 'ho_c1' RETURNING metadata, updated_at > '2024-01-01' AS stamped;
UPDATE paysession.payment_provider SET capture_method = 'automatic' WHERE id = 'ho_past' RETURNING capture_method, updated_at > '2024-01-01' AS stamped;
UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'ho_s3';
SELECT from_status, to_status, at > '2024-01-01' AS now FROM paysession.ps_history('ho_s3');

-- a selection that is NULL is none: nothing has changed until something does
UPDATE paysession.payment_session SET status = status, amount = amount WHERE id = 'ho_s4' RETURNING updated_at = '2001-01-02' AS untouched;
SELECT updated_at = '2001-01-02' AS untouched FROM paysession.ps_unselect('ho_s4');
SELECT count(*) FROM paysession.ps_history('ho_s4');
SELECT is_selected FROM paysession.ps_select('ho_s4');
SELECT is_selected FROM paysession.ps_unselect('ho_s4');
SELECT from_status, to_status, is_selected FROM paysession.ps_history('ho_s4');

-- what a clock ahead of ours has stamped does not go back
INSERT INTO paysession.payment_session (id, provider_id, created_at, updated_at) VALUES ('ho_later', 'ho_card', '2100-01-01', '2100-01-02');
INSERT INTO paysession.cart (id, created_at, updated_at) VALUES ('ho_later', '2100-01-01', '2100-01-02');
INSERT INTO paysession.payment_provider (id, created_at, updated_at) VALUES ('ho_later', '2100-01-01', '2100-01-02');
UPDATE paysession.payment_session SET amount = 5 WHERE id = 'ho_later' RETURNING updated_at = '2100-01-02' AS kept;
UPDATE paysession.cart SET currency_code = 'eur' WHERE id = 'ho_later' RETURNING updated_at = '2100-01-02' AS kept;
UPDATE paysession.payment_provider SET is_installed = false WHERE id = 'ho_later' RETURNING updated_at = '2100-01-02' AS kept;
SELECT updated_at = '2100-01-02' AS kept FROM paysession.ps_update('ho_later', 6);
DELETE FROM paysession.payment_session WHERE id = 'ho_later';
SELECT from_status, to_status, amount, at = '2100-01-02' AS in_order FROM paysession.ps_history('ho_later');

-- values that came in are not judged again when others change
INSERT INTO paysession.payment_provider (id) VALUES (' ho_odd ');
INSERT INTO paysession.sales_channel (id, name, metadata) VALUES (' ho_odd ', 'Odd', '{}');
INSERT INTO paysession.cart (id, currency_code, sales_channel_id) VALUES (' ho_odd ', 'eur', ' ho_odd ');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('ho_usd', ' ho_odd ', 'ho_card', 3, 'usd');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, currency_code, provider_ref, idempotency_key, status, status_reason, data)
	VALUES (' ho_odd ', ' ho_odd ', ' ho_odd ', 'eur', '', '', 'error', '4111 1111 1111 1111', '[{"cvc": "123"}]');
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'ho_usd' RETURNING currency_code;
UPDATE paysession.payment_session SET is_selected = false WHERE id = 'ho_usd';
UPDATE paysession.payment_session SET amount = 5, is_selected = true WHERE id = ' ho_odd ';
UPDATE paysession.cart SET subtotal = 7, shipping_total = 0, raw_discount_total = 0, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = ' ho_odd ';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = ' ho_odd ' RETURNING status, amount, data;
-- a session whose cart has not come yet, as from a publisher, can be changed
SET session_replication_role = replica;
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ho_orphan', 'ho_nowhere', 'ho_card');
RESET session_replication_role;
UPDATE paysession.payment_session SET amount = 5, currency_code = 'eur', is_selected = true WHERE id = 'ho_orphan' RETURNING amount;
DELETE FROM paysession.payment_session WHERE id = 'ho_orphan' RETURNING id;
-- nothing new hangs on a cart whose id is none, though it came in
INSERT INTO paysession.cart (id) VALUES (' ho_odd');
RESET row_security;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES (' ho_odd', 'ho_card')$$);
SET row_security = off;

-- the functions never write history
SELECT status FROM paysession.ps_create('ho_c2', 'ho_card', 5, id => 'ho_f1');
SELECT total, created_at > '2024-01-01' AS now FROM paysession.ps_put_cart('{"id": "ho_c3", "subtotal": 5}');
SELECT created_at > '2024-01-01' AS now FROM paysession.ps_put_provider('ho_now');
SELECT to_status, amount FROM paysession.ps_history('ho_f1');
CALL pg_temp.refuse($$SELECT paysession.ps_create('ho_c2', 'ho_past')$$);
-- nor what a user's trigger inserts within one
CREATE FUNCTION ho_twin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.id = 'ho_f2' THEN
		INSERT INTO paysession.payment_session (id, provider_id, created_at) VALUES ('ho_twin', 'ho_card', '2001-01-01');
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER ho_twin AFTER INSERT ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION ho_twin();
SELECT id FROM paysession.ps_create('ho_c4', 'ho_card', id => 'ho_f2');
DROP TRIGGER ho_twin ON paysession.payment_session;
DROP FUNCTION ho_twin;
SELECT created_at > '2024-01-01' AS now FROM paysession.payment_session WHERE id = 'ho_twin';
SELECT to_status FROM paysession.ps_history('ho_twin');

-- who does not own the table brings no history, with row_security off or not
SET ROLE ho_app;
INSERT INTO paysession.payment_session (id, provider_id, created_at) VALUES ('ho_a1', 'ho_card', '2001-01-01');
INSERT INTO paysession.cart (id, created_at) VALUES ('ho_ac', '2001-01-01');
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id, status, canceled_at) VALUES ('ho_card', 'canceled', '2001-01-01')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session_event (txid, at, is_selected, session_id, actor, role) VALUES ('1', now(), false, 'ho_s1', 'me', 'me')$$);
RESET ROLE;
-- nor does a SECURITY DEFINER function of the owner's, whoever calls it
CREATE FUNCTION ho_definer(session text) RETURNS void LANGUAGE sql SECURITY DEFINER SET row_security = off
	BEGIN ATOMIC INSERT INTO paysession.payment_session (id, provider_id, created_at) VALUES (session, 'ho_card', '2001-01-01'); END;
SELECT ho_definer('ho_d1');
SET ROLE ho_app;
SELECT ho_definer('ho_d2');
RESET ROLE;
DROP FUNCTION ho_definer;
SELECT id, created_at > '2024-01-01' AS now FROM paysession.payment_session WHERE id ~ '^ho_[ad]' ORDER BY id;
SELECT session_id, to_status FROM paysession.payment_session_event WHERE session_id ~ '^ho_[ad]' ORDER BY session_id;
-- with row_security on the owner's INSERT is a birth
RESET row_security;
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id, status, canceled_at) VALUES ('ho_card', 'canceled', '2001-01-01')$$);
-- and in a function that sets it, called by the owner, history
CREATE FUNCTION ho_import(session text) RETURNS void LANGUAGE sql SET row_security = off
	BEGIN ATOMIC INSERT INTO paysession.payment_session (id, provider_id, created_at) VALUES (session, 'ho_card', '2001-01-01'); END;
SELECT ho_import('ho_i1');
DROP FUNCTION ho_import;
SELECT created_at = '2001-01-01' AS kept FROM paysession.payment_session WHERE id = 'ho_i1';

DROP OWNED BY ho_app;
DROP ROLE ho_app;
