-- cart_totals: a cart's sessions cost what the cart costs, in the same transaction
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('cf_card'), ('cf_bank'), ('cf_cash'), ('cf_voucher');
CREATE VIEW pg_temp.sessions AS
SELECT id, status, amount, currency_code FROM paysession.payment_session WHERE cart_id = 'cf_c1' ORDER BY id;
CREATE VIEW pg_temp.events AS
SELECT session_id, from_status, to_status, amount FROM paysession.payment_session_event WHERE session_id LIKE 'cf\_%' ORDER BY session_id, id;
-- where each row lies: any update moves it
CREATE VIEW pg_temp.versions AS
SELECT 'cart' AS what, ctid AS version FROM paysession.cart WHERE id = 'cf_c1'
UNION ALL SELECT id, ctid AS version FROM paysession.payment_session WHERE cart_id = 'cf_c1';

-- one session in each status but authorized; 2 x 500 + 20 %
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "currency_code": "eur", "items": [{"unit_price": 500, "quantity": 2, "tax_rates": [20]}]}');
SELECT amount FROM paysession.ps_create('cf_c1', 'cf_card', id => 'cf_pending');
SELECT amount FROM paysession.ps_create('cf_c1', 'cf_bank', id => 'cf_error');
SELECT amount FROM paysession.ps_create('cf_c1', 'cf_cash', id => 'cf_more');
SELECT amount FROM paysession.ps_create('cf_c1', 'cf_voucher', id => 'cf_canceled');
SELECT status FROM paysession.ps_fail('cf_error');
SELECT status FROM paysession.ps_require_more('cf_more');
SELECT status FROM paysession.ps_cancel('cf_canceled');

-- the total changes, and what is not canceled follows
BEGIN;
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 500, "quantity": 3, "tax_rates": [20]}]}');
SELECT * FROM pg_temp.sessions;
ROLLBACK;
SELECT * FROM pg_temp.sessions;
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 500, "quantity": 3, "tax_rates": [20]}]}');
SELECT * FROM pg_temp.sessions;
SELECT * FROM pg_temp.events;
-- so does the currency
SELECT currency_code, total FROM paysession.ps_put_cart('{"id": "cf_c1", "currency_code": "chf"}');
SELECT * FROM pg_temp.sessions;

-- the same document again is nothing new
CREATE TEMPORARY TABLE before AS SELECT * FROM pg_temp.versions;
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "currency_code": "chf", "items": [{"unit_price": 500, "quantity": 3, "tax_rates": [20]}]}');
SELECT count(*) AS rows, count(b.what) AS untouched FROM pg_temp.versions LEFT JOIN before b USING (what, version);
-- the same total of another cart is new to the cart alone
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 1500, "quantity": 1, "tax_rates": [18]}], "shipping_methods": [{"price": 30}]}');
SELECT what FROM pg_temp.versions LEFT JOIN before b USING (what, version) WHERE b.what IS NULL;
SELECT count(*) FROM pg_temp.events;

-- nothing to pay: no amount, and no session
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 500, "quantity": 3, "tax_rates": [20], "adjustments": [{"amount": 1500}]}]}');
SELECT * FROM pg_temp.sessions;
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 500, "quantity": 3, "tax_rates": [20], "adjustments": [{"amount": 1600}]}]}');
SELECT * FROM pg_temp.sessions;
BEGIN;
SELECT id FROM paysession.ps_set_sessions('cf_c1', '{cf_card,cf_bank}');
SELECT id, status, status_reason FROM paysession.payment_session WHERE cart_id = 'cf_c1' ORDER BY id;
ROLLBACK;
-- something again
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 500, "quantity": 3}]}');
SELECT * FROM pg_temp.sessions;
-- a total that is no longer known leaves the amounts
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "subtotal": null}');
SELECT * FROM pg_temp.sessions;
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 500, "quantity": 2}], "gift_cards": [{"balance": 100}]}');

-- under an authorized session the total and the currency stand
SELECT status, amount FROM paysession.ps_authorize('cf_pending');
DROP TABLE before;
CREATE TEMPORARY TABLE before AS SELECT * FROM pg_temp.versions;
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 501, "quantity": 2}], "gift_cards": [{"balance": 100}]}')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 499, "quantity": 2}], "gift_cards": [{"balance": 100}]}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "items": []}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "subtotal": null}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "currency_code": "eur"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "currency_code": null}')$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = subtotal + 1 WHERE id = 'cf_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET raw_discount_total = 0.5 WHERE id = 'cf_c1'$$);
-- the unchanged document passes, and a full-row save does
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "currency_code": "chf", "items": [{"unit_price": 500, "quantity": 2}], "gift_cards": [{"balance": 100}]}');
SELECT count(*) AS rows, count(b.what) AS untouched FROM pg_temp.versions LEFT JOIN before b USING (what, version);
UPDATE paysession.cart SET currency_code = currency_code, subtotal = subtotal WHERE id = 'cf_c1';
-- and what does not change the total: 900 otherwise come by, an adjustment of a fraction, metadata
SELECT subtotal, total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 900, "quantity": 1, "adjustments": [{"amount": 0.49}]}]}');
SELECT metadata, total FROM paysession.ps_put_cart('{"id": "cf_c1", "metadata": {"gift": true}}');
SELECT * FROM pg_temp.sessions;

-- a canceled session holds nothing
SELECT status FROM paysession.ps_cancel('cf_pending');
SELECT total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 501, "quantity": 2}]}');
SELECT * FROM pg_temp.sessions;

-- a completed cart's total stands, and all else may change
UPDATE paysession.cart SET completed_at = '2030-01-01 00:00+00' WHERE id = 'cf_c1';
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 502, "quantity": 2}]}')$$, true);
SELECT subtotal, total FROM paysession.ps_put_cart('{"id": "cf_c1", "items": [{"unit_price": 1002, "quantity": 1}]}');
