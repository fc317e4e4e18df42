-- user triggers: they may call the functions themselves, on a store's own tables and on ours
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('un_card'), ('un_bank'), ('un_cash');

-- a store's own carts and orders, which ours follow
CREATE TABLE un_basket (id text PRIMARY KEY REFERENCES paysession.cart ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, price bigint);
CREATE FUNCTION un_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_put_cart(jsonb_build_object('id', NEW.id, 'currency_code', 'eur', 'subtotal', NEW.price));
	IF TG_OP = 'INSERT' THEN
		PERFORM paysession.ps_set_sessions(NEW.id, '{un_card,un_bank}');
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER un_price AFTER INSERT OR UPDATE ON un_basket FOR EACH ROW EXECUTE FUNCTION un_price();
INSERT INTO un_basket VALUES ('un_c1', 100), ('un_c2', 200);
UPDATE un_basket SET price = price + 1;
SELECT cart_id, provider_id, amount FROM paysession.payment_session WHERE cart_id LIKE 'un\_%' ORDER BY cart_id, id;
SELECT status FROM paysession.ps_authorize((SELECT id FROM paysession.payment_session WHERE cart_id = 'un_c1' AND provider_id = 'un_card'));
CALL pg_temp.refuse($$UPDATE un_basket SET price = 0$$);
CALL pg_temp.refuse($$DELETE FROM paysession.cart WHERE id = 'un_c1'$$);
SELECT id, price FROM un_basket ORDER BY id;

-- one on ours: once a session is authorized, the others of its cart are canceled
CREATE FUNCTION un_only_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_cancel(s.id, 'paid with ' || NEW.provider_id)
	FROM paysession.payment_session s WHERE s.cart_id = NEW.cart_id AND s.id <> NEW.id ORDER BY id;
	RETURN NULL;
END
$$;
CREATE TRIGGER un_only_one AFTER UPDATE OF status ON paysession.payment_session
	FOR EACH ROW WHEN (NEW.status = 'authorized') EXECUTE FUNCTION un_only_one();
-- and one before: a new session of this provider asks for another one as well
CREATE FUNCTION un_twin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_create(NEW.cart_id, 'un_cash');
	RETURN NEW;
END
$$;
CREATE TRIGGER un_twin BEFORE INSERT ON paysession.payment_session
	FOR EACH ROW WHEN (NEW.provider_id = 'un_bank') EXECUTE FUNCTION un_twin();

CREATE VIEW pg_temp.sessions AS
SELECT cart_id, provider_id, status, status_reason, is_selected, amount FROM paysession.payment_session WHERE cart_id LIKE 'un\_%' ORDER BY cart_id, provider_id;
-- through the functions
SELECT provider_id, amount FROM paysession.ps_set_sessions('un_c3', '{un_card,un_bank}');
UPDATE paysession.cart SET currency_code = 'eur' WHERE id = 'un_c3';
SELECT status, is_selected FROM paysession.ps_authorize((SELECT id FROM paysession.payment_session WHERE cart_id = 'un_c3' AND provider_id = 'un_card'), 5);
SELECT * FROM pg_temp.sessions WHERE cart_id = 'un_c3';
-- and through plain SQL
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('un_c2', 'un_cash');
UPDATE paysession.payment_session SET status = 'authorized' WHERE cart_id = 'un_c2' AND provider_id = 'un_bank';
SELECT * FROM pg_temp.sessions WHERE cart_id = 'un_c2';
INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code) VALUES ('un_c4', 'un_bank', 5, 'eur');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'un_c4';
SELECT session_count FROM paysession.cart WHERE id = 'un_c4';
-- an error of the inner call undoes the outer one
CREATE FUNCTION un_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_select('un_none');
	RETURN NULL;
END
$$;
CREATE TRIGGER un_refuse AFTER UPDATE OF is_selected ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION un_refuse();
CALL pg_temp.refuse($$SELECT paysession.ps_select((SELECT id FROM paysession.payment_session WHERE cart_id = 'un_c4' AND provider_id = 'un_bank'))$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = true WHERE cart_id = 'un_c4' AND provider_id = 'un_bank'$$);
DROP TRIGGER un_refuse ON paysession.payment_session;
SELECT * FROM pg_temp.sessions WHERE cart_id = 'un_c4';

DROP TRIGGER un_twin ON paysession.payment_session;
DROP TRIGGER un_only_one ON paysession.payment_session;
DROP TABLE un_basket;
DROP FUNCTION un_price, un_only_one, un_twin, un_refuse;
