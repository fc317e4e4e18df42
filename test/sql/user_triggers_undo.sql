-- user triggers: one that comes after ours cannot undo the law, since the row is judged as stored
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('uu_card'), ('uu_bank');
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	VALUES ('uu_c1', 'eur', 100, 0, 0, 0, 0), ('uu_c2', 'eur', 100, 0, 0, 0, 0), ('uu_done', 'eur', 100, 0, 0, 0, 0);
UPDATE paysession.cart SET completed_at = now() WHERE id = 'uu_done';
INSERT INTO paysession.payment_session (id, cart_id, provider_id, expires_at) VALUES
	('uu_old', 'uu_c1', 'uu_card', '2001-01-01'), ('uu_gone', 'uu_c2', 'uu_card', NULL), ('uu_held', 'uu_c2', 'uu_bank', NULL);
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('uu_free', 'uu_card');
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'uu_gone';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'uu_held';

CREATE FUNCTION uu_override() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RETURN jsonb_populate_record(NEW, TG_ARGV[0]::jsonb);
END
$$;
-- Shows what a statement is refused with while a trigger after ours overrides columns.
CREATE PROCEDURE pg_temp.undo(columns jsonb, statement text, tab regclass DEFAULT 'paysession.payment_session')
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER zzz_override BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION uu_override(%L)', tab, columns);
	CALL pg_temp.refuse(statement);
	EXECUTE format('DROP TRIGGER zzz_override ON %s', tab);
END
$$;

-- birth
CALL pg_temp.undo('{"status": "error"}',
	$$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"status": "authorized", "payment_authorized_at": "2024-01-01", "is_selected": true}',
	$$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"status": "canceled", "canceled_at": "2024-01-01"}', $$SELECT paysession.ps_create('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"id": "a b "}', $$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"amount": 99}', $$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"amount": 99}', $$SELECT paysession.ps_create('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"cart_id": "uu_done"}', $$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"data": {"number": "4111 1111 1111 1111"}}', $$SELECT paysession.ps_create('uu_c1', 'uu_bank')$$);
CALL pg_temp.undo('{"data": []}', $$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('uu_c1', 'uu_bank')$$);

-- moves
CALL pg_temp.undo('{"status": "error", "canceled_at": null}',
	$$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_gone'$$);
CALL pg_temp.undo('{"status": "error", "canceled_at": null}', $$SELECT paysession.ps_update('uu_gone', data => '{"a": 1}')$$);
CALL pg_temp.undo('{"status": "authorized", "payment_authorized_at": "2024-01-01", "is_selected": true}',
	$$UPDATE paysession.payment_session SET status = 'error' WHERE id = 'uu_old'$$);
CALL pg_temp.undo('{"status": "authorized", "payment_authorized_at": "2024-01-01", "is_selected": true}', $$SELECT paysession.ps_fail('uu_old')$$);
CALL pg_temp.undo('{"status": "pending", "payment_authorized_at": null, "canceled_at": null}', $$SELECT paysession.ps_cancel('uu_held')$$);

-- selection
CALL pg_temp.undo('{"is_selected": false}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_held'$$);
CALL pg_temp.undo('{"is_selected": true}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_gone'$$);

-- what is fixed or frozen, and when it happened
CALL pg_temp.undo('{"id": "uu_new"}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_old'$$);
CALL pg_temp.undo('{"cart_id": null}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_old'$$);
CALL pg_temp.undo('{"provider_id": "uu_bank"}', $$SELECT paysession.ps_update('uu_old', data => '{"a": 1}')$$);
CALL pg_temp.undo('{"amount": 101}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_held'$$);
CALL pg_temp.undo('{"currency_code": "usd"}', $$SELECT paysession.ps_update('uu_held', data => '{"a": 1}')$$);
CALL pg_temp.undo('{"payment_authorized_at": "2024-01-01"}', $$SELECT paysession.ps_update('uu_held', data => '{"a": 1}')$$);
CALL pg_temp.undo('{"canceled_at": "2024-01-01"}', $$SELECT paysession.ps_update('uu_gone', data => '{"a": 1}')$$);
CALL pg_temp.undo('{"created_at": "2024-01-01"}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_old'$$);

-- amounts, values, documents
CALL pg_temp.undo('{"amount": 99}', $$UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'uu_old'$$);
CALL pg_temp.undo('{"provider_ref": ""}', $$SELECT paysession.ps_update('uu_old', data => '{"a": 1}')$$);
CALL pg_temp.undo('{"data": {"cvc": "123"}}', $$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'uu_old'$$);
CALL pg_temp.undo('{"status_reason": "4111111111111111"}', $$SELECT paysession.ps_fail('uu_old')$$);

-- a cart: its sessions follow what is stored
CALL pg_temp.undo('{"subtotal": 99}', $$UPDATE paysession.cart SET metadata = '{"a": 1}' WHERE id = 'uu_c2'$$, 'paysession.cart');
CALL pg_temp.undo('{"subtotal": 99}', $$SELECT paysession.ps_put_cart('{"id": "uu_c2", "metadata": {"a": 1}}')$$, 'paysession.cart');
CREATE TRIGGER zzz_override BEFORE UPDATE ON paysession.cart FOR EACH ROW EXECUTE FUNCTION uu_override('{"subtotal": 99}');
UPDATE paysession.cart SET metadata = '{"a": 1}' WHERE id = 'uu_c1';
SELECT id, amount FROM paysession.payment_session WHERE cart_id = 'uu_c1' ORDER BY id;
DROP TRIGGER zzz_override ON paysession.cart;

-- the history tells the time by the clock, whatever a trigger makes of updated_at
CREATE TRIGGER zzz_override BEFORE INSERT OR UPDATE ON paysession.payment_session
	FOR EACH ROW EXECUTE FUNCTION uu_override('{"updated_at": "2001-01-01"}');
UPDATE paysession.payment_session SET amount = 5 WHERE id = 'uu_free';
UPDATE paysession.payment_session SET amount = 6 WHERE id = 'uu_free';
DROP TRIGGER zzz_override ON paysession.payment_session;
SELECT count(*), bool_and(at > '2024-01-01') AS by_the_clock FROM paysession.payment_session_event WHERE session_id = 'uu_free';

-- nothing of all this has happened
SELECT id, status, is_selected, amount, cart_id, data, status_reason, provider_ref
FROM paysession.payment_session WHERE id LIKE 'uu\_%' ORDER BY id;
SELECT session_id, from_status, to_status FROM paysession.payment_session_event
WHERE session_id IN ('uu_old', 'uu_gone', 'uu_held') ORDER BY session_id, id;

DROP FUNCTION uu_override;
