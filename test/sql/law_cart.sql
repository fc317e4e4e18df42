-- law: a cart's sessions follow its total and currency, which stand still while one is authorized
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('ca_card'), ('ca_bank'), ('ca_cash');
INSERT INTO paysession.cart (id, currency_code) VALUES ('ca_c1', NULL), ('ca_other', NULL);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('ca_card', 'ca_c1', 'ca_card', 50, 'usd'), ('ca_bank', 'ca_c1', 'ca_bank', NULL, NULL),
	('ca_cash', 'ca_c1', 'ca_cash', 60, NULL), ('ca_other', 'ca_other', 'ca_card', 70, 'usd');
UPDATE paysession.payment_session SET status = 'error', status_reason = 'declined' WHERE id = 'ca_bank';
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'ca_cash';

CREATE VIEW pg_temp.sessions AS
SELECT id, status, status_reason, amount, currency_code FROM paysession.payment_session WHERE cart_id = 'ca_c1' ORDER BY id;

-- the total is a sum of what is stored, rounded half up, and not known until all of it is
UPDATE paysession.cart SET subtotal = 1000, shipping_total = 200, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = 'ca_c1';
SELECT total, tax_total, discount_total FROM paysession.cart WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;
UPDATE paysession.cart SET raw_discount_total = 100.5, currency_code = 'eur' WHERE id = 'ca_c1';
SELECT total, tax_total, discount_total FROM paysession.cart WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;
UPDATE paysession.cart SET raw_discount_total = -100.5, item_tax_total = 30, gift_card_total = 40, gift_card_tax_total = 5 WHERE id = 'ca_c1';
SELECT total, tax_total, discount_total FROM paysession.cart WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;
-- and nobody writes it
CALL pg_temp.refuse($$UPDATE paysession.cart SET total = 1 WHERE id = 'ca_c1'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, total) VALUES ('ca_c9', 1)$$);

-- a total that does not change touches no session
SELECT max(updated_at) AS before FROM paysession.payment_session WHERE cart_id = 'ca_c1' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.cart SET subtotal = 900, shipping_total = 300 WHERE id = 'ca_c1';
SELECT max(updated_at) = :'before' AS untouched FROM paysession.payment_session WHERE cart_id = 'ca_c1';
-- nothing or less to pay: no amount
UPDATE paysession.cart SET subtotal = -85, shipping_total = 0 WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;
SELECT total FROM paysession.cart WHERE id = 'ca_c1';
UPDATE paysession.cart SET subtotal = -86 WHERE id = 'ca_c1';
SELECT total FROM paysession.cart WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;
-- a total that becomes unknown leaves the amounts, and so does a currency
UPDATE paysession.cart SET subtotal = 500 WHERE id = 'ca_c1';
UPDATE paysession.cart SET subtotal = NULL, currency_code = NULL WHERE id = 'ca_c1';
SELECT total FROM paysession.cart WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;
-- every change of an amount was logged, and those of other carts were none of it
SELECT session_id, from_status, to_status, amount FROM paysession.payment_session_event
WHERE session_id IN ('ca_card', 'ca_cash', 'ca_other') ORDER BY session_id, id;

-- while a session is authorized, total and currency stand still
UPDATE paysession.cart SET subtotal = 500, currency_code = 'eur' WHERE id = 'ca_c1';
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ca_card';
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = 501 WHERE id = 'ca_c1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.cart SET item_tax_total = NULL WHERE id = 'ca_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = NULL WHERE id = 'ca_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET currency_code = 'usd' WHERE id = 'ca_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET currency_code = NULL WHERE id = 'ca_c1'$$);
UPDATE paysession.cart SET subtotal = 499, shipping_total = 1, metadata = '{"note": "same total"}' WHERE id = 'ca_c1';
-- its cancellation sets them free; a canceled session keeps what it was
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'ca_card';
UPDATE paysession.cart SET subtotal = 600 WHERE id = 'ca_c1';
SELECT * FROM pg_temp.sessions;

-- a completed cart takes no new session, selection, total or currency
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ca_card2', 'ca_c1', 'ca_card');
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'ca_card2';
UPDATE paysession.cart SET completed_at = now() WHERE id = 'ca_c1';
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('ca_c1', 'ca_cash')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'ca_bank'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = 601 WHERE id = 'ca_c1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = NULL WHERE id = 'ca_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET currency_code = 'usd' WHERE id = 'ca_c1'$$);
UPDATE paysession.cart SET metadata = '{"order": 1}' WHERE id = 'ca_c1' RETURNING metadata, completed_at IS NOT NULL AS completed;
UPDATE paysession.payment_session SET data = '{"a": 1}' WHERE id = 'ca_card2' RETURNING data;
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'ca_card2';
SELECT * FROM pg_temp.sessions;

-- without a total the amounts stay free
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('ca_late', 'ca_late', 'ca_card', 5);
UPDATE paysession.cart SET completed_at = now() WHERE id = 'ca_late';
UPDATE paysession.payment_session SET amount = 6 WHERE id = 'ca_late' RETURNING amount;

-- times are stamped, and a no-op moves none
INSERT INTO paysession.cart (id, created_at, updated_at) VALUES ('ca_c2', '2001-01-01', '2101-01-01');
SELECT created_at = updated_at AND created_at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS stamped
FROM paysession.cart WHERE id = 'ca_c2';
UPDATE paysession.cart SET created_at = '2001-01-01' WHERE id = 'ca_c2' RETURNING created_at > '2024-01-01' AS kept;
UPDATE paysession.cart SET created_at = 'infinity' WHERE id = 'ca_c2' RETURNING created_at > '2024-01-01' AND isfinite(created_at) AS kept;
INSERT INTO paysession.cart DEFAULT VALUES RETURNING id ~ '^cart_[0-7][0-9A-HJKMNP-TV-Z]{25}$' AS has_id;
SELECT updated_at AS before FROM paysession.cart WHERE id = 'ca_c2' \gset
SELECT pg_sleep(0.002);
UPDATE paysession.cart SET context = '{}', updated_at = 'infinity' WHERE id = 'ca_c2' RETURNING updated_at = :'before' AS untouched;
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('ca_c2', 'ca_card');
SELECT updated_at = :'before' AS untouched, session_count FROM paysession.cart WHERE id = 'ca_c2';
UPDATE paysession.cart SET context = '{"ip": "::1"}' WHERE id = 'ca_c2' RETURNING updated_at > :'before' AS stamped;

-- what cannot be an amount, a currency, a time or a document
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, subtotal) VALUES ('ca_c3', 9007199254740992)$$, true);
CALL pg_temp.refuse($$UPDATE paysession.cart SET gift_card_tax_total = -9007199254740992 WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = 'NaN' WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = 'infinity' WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = 9007199254740991.5 WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = 1e100 WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = 9007199254740991, shipping_total = 1 WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET gift_card_total = 9007199254740991, raw_discount_total = 1 WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET currency_code = 'euro' WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET completed_at = 'infinity' WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET context = '[]' WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET metadata = NULL WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET sales_channel_id = 'ca_none' WHERE id = 'ca_c2'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, sales_channel_id) VALUES ('ca_c3', ' ')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id) VALUES ('')$$);
UPDATE paysession.cart SET subtotal = 9007199254740991, raw_discount_total = 0.4999999 WHERE id = 'ca_c2' RETURNING subtotal, discount_total;

-- the functions
SELECT total, currency_code FROM paysession.ps_put_cart('{"id": "ca_c4", "currency_code": "eur", "subtotal": 900}');
SELECT amount, currency_code FROM paysession.ps_create('ca_c4', 'ca_card', id => 'ca_f1');
SELECT total FROM paysession.ps_put_cart('{"id": "ca_c4", "subtotal": 950, "currency_code": "chf"}');
SELECT status, amount, currency_code FROM paysession.ps_authorize('ca_f1');
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "ca_c4", "subtotal": 951}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "ca_c4", "currency_code": "usd"}')$$);
SELECT status FROM paysession.ps_cancel('ca_f1');
SELECT amount FROM paysession.ps_create('ca_c4', 'ca_bank', id => 'ca_f2');
UPDATE paysession.cart SET completed_at = now() WHERE id = 'ca_c4';
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "ca_c4", "subtotal": 951}')$$);
SELECT metadata, total FROM paysession.ps_put_cart('{"id": "ca_c4", "subtotal": 950, "metadata": {"order": 1}}');
CALL pg_temp.refuse($$SELECT paysession.ps_create('ca_c4', 'ca_cash')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('ca_c4', '{ca_cash}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('ca_f2')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_select('ca_f2')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('ca_f2')$$);
SELECT id, status FROM paysession.ps_create('ca_c4', 'ca_bank');
