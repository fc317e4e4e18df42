-- user triggers: what one changes under a function's hands is refused as such, or heard; it is no internal error
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

SELECT count(paysession.ps_put_provider(id)) FROM unnest('{umw_a,umw_b}'::text[]) AS id;
INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_selected) VALUES ('umw_s1', 'umw_c', 'umw_a', false), ('umw_s2', 'umw_c', 'umw_b', true);

-- the row that is being deleted
CREATE FUNCTION pg_temp.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment_session SET data = '{"touched": true}' WHERE id = OLD.id;
	RETURN OLD;
END
$$;
CREATE TRIGGER umw_touch BEFORE DELETE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.touch();
CALL pg_temp.refuse($$SELECT paysession.ps_delete('umw_s1')$$);
DROP TRIGGER umw_touch ON paysession.payment_session;

-- the one that is to be written next
CREATE FUNCTION pg_temp.take() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM paysession.payment_session WHERE cart_id = OLD.cart_id AND id <> OLD.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER umw_take AFTER UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.take();
CALL pg_temp.refuse($$SELECT paysession.ps_select('umw_s1')$$);
DROP TRIGGER umw_take ON paysession.payment_session;
SELECT id, is_selected, data FROM paysession.payment_session WHERE cart_id = 'umw_c' ORDER BY id;

-- one that has been found to be written
SELECT count(paysession.ps_put_sales_channel(id, id)) FROM unnest('{umw_1,umw_2,umw_3}'::text[]) AS id;
SELECT id FROM paysession.ps_put_cart('{"id": "umw_w", "sales_channels": ["umw_1", "umw_2", "umw_3"]}');
CREATE FUNCTION pg_temp.clear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM paysession.cart_sales_channel WHERE cart_id = OLD.cart_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER umw_clear AFTER DELETE ON paysession.cart_sales_channel FOR EACH ROW EXECUTE FUNCTION pg_temp.clear();
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "umw_w", "sales_channels": ["umw_3"]}')$$);
DROP TRIGGER umw_clear ON paysession.cart_sales_channel;
SELECT sales_channel_id FROM paysession.cart_sales_channel WHERE cart_id = 'umw_w' ORDER BY sales_channel_id;

-- totals, before they are judged
CREATE FUNCTION pg_temp.override() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RETURN jsonb_populate_record(NEW, TG_ARGV[0]::jsonb);
END
$$;
CALL pg_temp.pay('umw_p', 'umw_a', 100);
CREATE TRIGGER a_override BEFORE UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION pg_temp.override('{"void_pending": -1}');
CALL pg_temp.refuse($$SELECT paysession.ps_capture('umw_p', 10)$$);
DROP TRIGGER a_override ON paysession.payment;

-- texts of an operation, which are nobody's law
CREATE TRIGGER a_override BEFORE UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION pg_temp.override('{"reason": null, "note": null}');
SELECT amount FROM paysession.ps_capture('umw_p', 50);
SELECT o.status, o.reason, o.note FROM paysession.ps_refund('umw_p', 20, 'return', 'too small', lease => '1 hour') r, paysession.ps_finish(r.id, 'succeeded') o;
DROP TRIGGER a_override ON paysession.payment_operation;
CREATE TRIGGER a_override BEFORE UPDATE ON paysession.payment_operation FOR EACH ROW EXECUTE FUNCTION pg_temp.override('{"metadata": null}');
CALL pg_temp.refuse($$SELECT o.status FROM paysession.ps_refund('umw_p', 5, lease => '1 hour') r, paysession.ps_finish(r.id, 'succeeded') o$$);
DROP TRIGGER a_override ON paysession.payment_operation;
SELECT * FROM pg_temp.money('umw_p');

-- a collection's end, after it is judged
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('umw_l', 100, 'eur');
CREATE TRIGGER zzz_override BEFORE UPDATE ON paysession.payment_collection FOR EACH ROW EXECUTE FUNCTION pg_temp.override('{"status": "canceled"}');
CALL pg_temp.refuse($$UPDATE paysession.payment_collection SET description = 'x' WHERE id = 'umw_l'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update_collection('umw_l', description => 'x')$$);
DROP TRIGGER zzz_override ON paysession.payment_collection;

-- the time of a change
CREATE FUNCTION pg_temp.set_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.updated_at := nullif(TG_ARGV[0], '')::timestamptz;
	RETURN NEW;
END
$$;
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'umw_s1' \gset
SELECT pg_sleep(0.002);
CREATE TRIGGER a_time BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.set_time('2001-01-01');
SELECT updated_at > :'before' AS by_the_clock FROM paysession.ps_update('umw_s1', 79);
DROP TRIGGER a_time ON paysession.payment_session;
CREATE TRIGGER a_time BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.set_time('');
SELECT updated_at > :'before' AS by_the_clock FROM paysession.ps_update('umw_s1', 80);
DROP TRIGGER a_time ON paysession.payment_session;

-- what an event applies; what is said of that has no card number where none may be stored
CREATE FUNCTION pg_temp.refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE 'card 4111 1111 1111 1111 is blocked' USING ERRCODE = 'check_violation';
END
$$;
SELECT outcome FROM paysession.ps_receive('umw_a', 'umw_e1', 'authorized', 'umw_s3');
CREATE TRIGGER umw_refuse BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse_it();
SELECT status FROM paysession.ps_create('umw_c3', 'umw_a', 100, id => 'umw_s3', currency_code => 'eur');
SET paysession.pan_check = off;
SELECT outcome FROM paysession.ps_receive('umw_a', 'umw_e2', 'authorized', 'umw_s3');
RESET paysession.pan_check;
DROP TRIGGER umw_refuse ON paysession.payment_session;
SELECT event_id, outcome, detail FROM paysession.provider_event WHERE event_id LIKE 'umw\_%' ORDER BY event_id;
SELECT * FROM pg_temp.unlawful();
