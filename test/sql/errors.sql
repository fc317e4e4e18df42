-- errors: each has its SQLSTATE, table, column and constraint field, a message without a full stop, and sentences that help
INSERT INTO paysession.payment_provider (id) VALUES ('er_card'), ('er_bank');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('er_gone', false);
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	VALUES ('er_c1', 'eur', 100, 0, 0, 0, 0), ('er_done', 'eur', 100, 0, 0, 0, 0), ('er_open', NULL, NULL, NULL, NULL, NULL, NULL);
UPDATE paysession.cart SET completed_at = now() WHERE id = 'er_done';
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES
	('er_held', 'er_c1', 'er_card'), ('er_next', 'er_c1', 'er_bank'), ('er_bare', 'er_open', 'er_card'), ('er_gone', 'er_open', 'er_bank');
INSERT INTO paysession.payment_session (id, provider_id, expires_at, amount, currency_code) VALUES ('er_late', 'er_card', '2001-01-01', 5, 'eur');
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'er_held';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'er_gone';

CREATE PROCEDURE pg_temp.show(statement text) LANGUAGE plpgsql AS $$
DECLARE
	state text;
	sch text;
	tab text;
	col text;
	con text;
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RAISE INFO 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, sch = SCHEMA_NAME, tab = TABLE_NAME, col = COLUMN_NAME, con = CONSTRAINT_NAME,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RAISE INFO '%', concat_ws(E'\n', concat_ws(' ', state, concat_ws('.', nullif(sch, ''), nullif(tab, ''), nullif(col, '')), nullif(con, '')),
		message, 'DETAIL:  ' || nullif(detail, ''), 'HINT:  ' || nullif(hint, ''));
END
$$;
\set VERBOSITY terse

-- arguments and values
CALL pg_temp.show($$SELECT paysession.ps_select(NULL)$$);
CALL pg_temp.show($$SELECT paysession.ps_select('')$$);
CALL pg_temp.show($$SELECT paysession.ps_create('er_new', 'er_card', 0)$$);
CALL pg_temp.show($$INSERT INTO paysession.payment_session (provider_id, amount) VALUES ('er_card', 9007199254740992)$$);
CALL pg_temp.show($$UPDATE paysession.cart SET subtotal = 9007199254740992 WHERE id = 'er_open'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET expires_at = 'infinity' WHERE id = 'er_bare'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET provider_ref = '' WHERE id = 'er_bare'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET currency_code = 'EUR' WHERE id = 'er_bare'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET status = 'paid' WHERE id = 'er_bare'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET status = NULL WHERE id = 'er_bare'$$);
CALL pg_temp.show($$SELECT paysession.ps_put_cart('{"id": "er_new", "subtotal": "7"}')$$);
-- documents
CALL pg_temp.show($$SELECT paysession.ps_update('er_bare', data => '[]')$$);
CALL pg_temp.show($$SELECT paysession.ps_update('er_bare', data => jsonb_build_object('a', repeat('x', 66000)))$$);
CALL pg_temp.show($$SELECT paysession.ps_update('er_bare', data => (repeat('{"a":', 65) || '1' || repeat('}', 65))::jsonb)$$);
CALL pg_temp.show($$SELECT paysession.ps_update('er_bare', data => '{"number": "4111 1111 1111 1111"}')$$);
CALL pg_temp.show($$SELECT paysession.ps_update('er_bare', data => '{"cvc": "123"}')$$);

-- what is not there
CALL pg_temp.show($$SELECT paysession.ps_select('er_none')$$);
CALL pg_temp.show($$SELECT paysession.ps_create('er_new', 'er_none')$$);
CALL pg_temp.show($$INSERT INTO paysession.payment_session (payment_collection_id, provider_id) VALUES ('paycol_none', 'er_card')$$);

-- the law of payment sessions
CALL pg_temp.show($$SELECT paysession.ps_create('er_new', 'er_gone')$$);
CALL pg_temp.show($$INSERT INTO paysession.payment_session (provider_id, status) VALUES ('er_card', 'error')$$);
CALL pg_temp.show($$INSERT INTO paysession.payment_session (cart_id, payment_collection_id, provider_id) VALUES ('er_new', 'paycol_none', 'er_card')$$);
CALL pg_temp.show($$SELECT paysession.ps_authorize('er_gone')$$);
CALL pg_temp.show($$SELECT paysession.ps_fail('er_held')$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET cart_id = 'er_c1' WHERE id = 'er_bare'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET amount = 5 WHERE id = 'er_held'$$);
CALL pg_temp.show($$SELECT paysession.ps_select('er_next')$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'er_next'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'er_next'$$);
CALL pg_temp.show($$SELECT paysession.ps_unselect('er_held')$$);
CALL pg_temp.show($$SELECT paysession.ps_select('er_gone')$$);
CALL pg_temp.show($$SELECT paysession.ps_authorize('er_bare')$$);
CALL pg_temp.show($$SELECT paysession.ps_authorize('er_bare', 5)$$);
CALL pg_temp.show($$SELECT paysession.ps_authorize('er_held', 5)$$);
CALL pg_temp.show($$SELECT paysession.ps_update('er_next', 5)$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET currency_code = 'usd' WHERE id = 'er_next'$$);
CALL pg_temp.show($$SELECT paysession.ps_authorize('er_late')$$);
CALL pg_temp.show($$SELECT paysession.ps_delete('er_held')$$);
CALL pg_temp.show($$SELECT paysession.ps_create('er_c1', 'er_card', 5)$$);

-- the law of carts
CALL pg_temp.show($$SELECT paysession.ps_put_cart('{"id": "er_c1", "subtotal": 5}')$$);
CALL pg_temp.show($$SELECT paysession.ps_create('er_done', 'er_card')$$);
CALL pg_temp.show($$UPDATE paysession.cart SET subtotal = 5 WHERE id = 'er_done'$$);

-- the law of payment collections
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('er_p1', 100, 'eur'), ('er_p2', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('er_p1a', 'er_p1', 'er_card', 60), ('er_p1b', 'er_p1', 'er_card', 50);
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'er_p1a';
SELECT status FROM paysession.ps_cancel_collection('er_p2');
CALL pg_temp.show($$SELECT paysession.ps_update_collection('er_none')$$);
CALL pg_temp.show($$SELECT paysession.ps_set_collection_sessions('er_p1', '[{"session_id": "er_none", "amount": 40}]')$$);
CALL pg_temp.show($$SELECT paysession.ps_set_collection_sessions('er_p1', '{}')$$);
CALL pg_temp.show($$SELECT paysession.ps_set_collection_sessions('er_p1', '[{"provider_id": "er_card", "amount": "40"}]')$$);
CALL pg_temp.show($$SELECT paysession.ps_set_collection_sessions('er_p1', '[{"provider_id": "er_card", "amount": 39}]')$$);
CALL pg_temp.show($$SELECT paysession.ps_authorize('er_p1b')$$);
CALL pg_temp.show($$SELECT paysession.ps_cancel_collection('er_p1')$$);
CALL pg_temp.show($$SELECT paysession.ps_update_collection('er_p2', 5)$$);
CALL pg_temp.show($$UPDATE paysession.payment_collection SET currency_code = 'usd' WHERE id = 'er_p1'$$);
CALL pg_temp.show($$UPDATE paysession.payment_collection SET status = 'completed' WHERE id = 'er_p1'$$);
CALL pg_temp.show($$UPDATE paysession.payment_session SET currency_code = 'usd' WHERE id = 'er_p1b'$$);
CALL pg_temp.show($$SELECT paysession.ps_get_collection('er_p1', '{customer}')$$);

-- every table
CALL pg_temp.show($$DELETE FROM paysession.payment_session_event WHERE session_id = 'er_held'$$);
CALL pg_temp.show($$TRUNCATE paysession.payment_session_event$$);
CREATE FUNCTION er_suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER er_suppress BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION er_suppress();
CALL pg_temp.show($$SELECT paysession.ps_update('er_bare', 5)$$);
DROP TRIGGER er_suppress ON paysession.payment_session;
DROP FUNCTION er_suppress;
CALL pg_temp.show($$SELECT paysession.payment_session_guard()$$);
