-- law: one session of a cart is selected, the authorized one if there is one
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('se_card'), ('se_bank'), ('se_cash'), ('se_more');
INSERT INTO paysession.cart (id, currency_code) VALUES ('se_c1', 'eur'), ('se_c2', 'eur'), ('se_c3', 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES
	('se_card1', 'se_c1', 'se_card', 100),
	('se_bank1', 'se_c1', 'se_bank', 100),
	('se_cash1', 'se_c1', 'se_cash', 100);

CREATE VIEW pg_temp.sessions AS
SELECT id, status, is_selected FROM paysession.payment_session WHERE id LIKE 'se\_%' ORDER BY id;

-- at most one
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'se_card1';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'se_bank1'$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, amount, is_selected)
	VALUES ('se_c1', 'se_more', 100, true)$$);
UPDATE paysession.payment_session SET is_selected = false WHERE id = 'se_card1';
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'se_bank1';
-- NULL is false
UPDATE paysession.payment_session SET is_selected = NULL WHERE id = 'se_bank1';
SELECT * FROM pg_temp.sessions;
-- each change of the selection is logged
SELECT session_id, from_status, to_status, is_selected
FROM paysession.payment_session_event WHERE session_id IN ('se_card1', 'se_bank1') ORDER BY id;

-- one of each cart, and any number without a cart
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, is_selected) VALUES
	('se_card2', 'se_c2', 'se_card', 100, true), ('se_card3', 'se_c3', 'se_card', 100, true);
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code, is_selected) VALUES
	('se_free1', 'se_card', 100, 'eur', true), ('se_free2', 'se_card', 100, 'eur', true), ('se_free3', 'se_card', 100, 'eur', false);
-- where no selection is asked for
UPDATE paysession.payment_session SET status = 'authorized' WHERE id IN ('se_free2', 'se_free3');
UPDATE paysession.payment_session SET is_selected = false WHERE id = 'se_free2';

-- a canceled session is not selected
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'se_card2';
SELECT * FROM pg_temp.sessions WHERE id = 'se_card2';
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'se_card2'$$, true);
UPDATE paysession.payment_session SET status = 'canceled', is_selected = true WHERE id = 'se_free1';
SELECT * FROM pg_temp.sessions WHERE id = 'se_free1';

-- authorizing selects where nothing is selected
UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'se_cash1';
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';
SELECT from_status, to_status, is_selected
FROM paysession.payment_session_event WHERE session_id = 'se_cash1' ORDER BY id DESC LIMIT 1;
-- the selection cannot leave the authorized session, nor go to another one
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = false WHERE id = 'se_cash1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = NULL WHERE id = 'se_cash1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'se_card1'$$);
-- so that at most one of a cart is authorized
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'se_bank1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', is_selected = true WHERE id = 'se_bank1'$$);
-- its cancellation sets the cart free
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'se_cash1';
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'se_card1';
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';

-- authorizing is refused where something else is selected
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'se_bank1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', is_selected = true WHERE id = 'se_bank1'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE cart_id = 'se_c1' AND status = 'pending'$$);
-- but what cannot be authorized anyway is told so
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = 'se_cash1'$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('se_cash1')$$);
-- and cannot give the selection away in one go
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status = 'authorized', is_selected = false WHERE id = 'se_card1'$$);
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';

-- the functions: selecting takes the selection from the others
SELECT id, is_selected FROM paysession.ps_select('se_bank1');
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';
SELECT id, is_selected FROM paysession.ps_unselect('se_bank1');
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';
-- authorizing takes it as well
SELECT id, is_selected FROM paysession.ps_select('se_bank1');
SELECT id, status, is_selected FROM paysession.ps_authorize('se_card1');
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';
-- but not from an authorized session
CALL pg_temp.refuse($$SELECT paysession.ps_select('se_bank1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('se_bank1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('se_cash1')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_unselect('se_card1')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_select('se_cash1')$$, true);
SELECT is_selected FROM paysession.ps_cancel('se_card1');
SELECT is_selected FROM paysession.ps_authorize('se_bank1');
SELECT * FROM pg_temp.sessions WHERE id LIKE '%1';
