-- law: a session costs what its cart costs, and an unknown or wrong amount is never authorized
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('am_card'), ('am_bank'), ('am_cash');
INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
	VALUES ('am_c1', 'eur', 1000, 0, 200, 0, 0), ('am_free', 'eur', 1000, 1000, 0, 0, 0), ('am_neg', 'eur', 1000, 1001, 0, 0, 0);
INSERT INTO paysession.cart (id) VALUES ('am_open');

CREATE VIEW pg_temp.sessions AS
SELECT cart_id, id, status, amount, currency_code FROM paysession.payment_session WHERE cart_id LIKE 'am\_%' ORDER BY id;

-- a known total: the session's amount and currency are the cart's
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('am_s1', 'am_c1', 'am_card', NULL, NULL),
	('am_s2', 'am_c1', 'am_bank', 1200, 'eur');
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, amount) VALUES ('am_c1', 'am_cash', 1199)$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, currency_code) VALUES ('am_c1', 'am_cash', 'usd')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 1201 WHERE id = 'am_s1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = NULL WHERE id = 'am_s1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET currency_code = 'usd' WHERE id = 'am_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET currency_code = NULL WHERE id = 'am_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 1201, status = 'authorized' WHERE id = 'am_s1'$$);
SELECT * FROM pg_temp.sessions;

-- a total of nothing or less: no amount, and nothing to authorize
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('am_s3', 'am_free', 'am_card'), ('am_s4', 'am_neg', 'am_card');
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, amount) VALUES ('am_free', 'am_bank', 1)$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 1 WHERE id = 'am_s4'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'am_s3'$$, true);
SELECT * FROM pg_temp.sessions WHERE id IN ('am_s3', 'am_s4');

-- no total: amounts are free
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES
	('am_s5', 'am_open', 'am_card', 10), ('am_s6', 'am_open', 'am_bank', 20), ('am_s7', 'am_open', 'am_cash', NULL);
UPDATE paysession.payment_session SET amount = 30 WHERE id = 'am_s6';
UPDATE paysession.payment_session SET amount = NULL WHERE id = 'am_s5';
SELECT * FROM pg_temp.sessions WHERE cart_id = 'am_open';
-- but not without an amount and a currency authorized
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'am_s5'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'am_s6'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', currency_code = 'eur' WHERE id = 'am_s5'$$, true);
UPDATE paysession.payment_session SET status = 'authorized', currency_code = 'eur', amount = 40 WHERE id = 'am_s7';
SELECT * FROM pg_temp.sessions WHERE cart_id = 'am_open';

-- positive, and at most what JSON carries exactly
INSERT INTO paysession.payment_session (id, provider_id, amount) VALUES ('am_s8', 'am_card', 1), ('am_s9', 'am_card', 9007199254740991);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 0 WHERE id = 'am_s8'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = -1 WHERE id = 'am_s8'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET amount = 9007199254740992 WHERE id = 'am_s8'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id, amount) VALUES ('am_card', 9223372036854775807)$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id, amount) VALUES ('am_card', 9223372036854775808)$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET currency_code = 'EUR' WHERE id = 'am_s8'$$, true);

-- each change of the amount is logged
SELECT session_id, from_status, to_status, amount FROM paysession.payment_session_event
WHERE session_id IN ('am_s5', 'am_s6', 'am_s7') ORDER BY session_id, id;

-- the functions
CALL pg_temp.refuse($$SELECT paysession.ps_create('am_c1', 'am_cash', 1199)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_create('am_c1', 'am_cash', currency_code => 'usd')$$);
SELECT amount, currency_code FROM paysession.ps_create('am_c1', 'am_cash', id => 'am_s10');
CALL pg_temp.refuse($$SELECT paysession.ps_update('am_s10', 1199)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('am_s10', 1199)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('am_s3')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('am_s3', 1)$$);
SELECT status, amount FROM paysession.ps_authorize('am_s10', 1200);
-- ps_authorize's amount fills a missing one
SELECT amount FROM paysession.ps_create('am_open2', 'am_card', id => 'am_s11', currency_code => 'eur');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('am_s11')$$);
SELECT status, amount FROM paysession.ps_authorize('am_s11', 70);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('am_s11', 71)$$, true);
SELECT amount FROM paysession.ps_create('am_open3', 'am_card', id => 'am_s12');
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('am_s12', 70)$$);
