-- verbs: ps_create makes a session once, ps_set_sessions makes a cart's sessions be exactly those asked for
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('vc_card'), ('vc_bank'), ('vc_cash');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('vc_gone', false);

-- ps_create: defaults
SELECT id ~ '^ps_' AS own_id, cart_id, provider_id, status, amount, currency_code, data, is_selected, is_initiated FROM paysession.ps_create('vc_c1', 'vc_card');
-- all arguments by name; NULL is not given
SELECT id, cart_id, provider_id, status, amount, currency_code, data, is_selected, is_initiated
FROM paysession.ps_create(cart_id => 'vc_c1', provider_id => 'vc_bank', amount => 70, data => '{"a": 1}', id => 'vc_s2', currency_code => 'eur');
SELECT id ~ '^ps_' AS own_id, amount, currency_code, data FROM paysession.ps_create('vc_c1', 'vc_cash', NULL, NULL, NULL, NULL);
-- the same cart and provider: the session that is there, whatever else is said
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'vc_s2' \gset
SELECT pg_sleep(0.002);
SELECT id, amount, updated_at = :'before' AS untouched FROM paysession.ps_create('vc_c1', 'vc_bank');
SELECT id, amount, data, currency_code, updated_at = :'before' AS untouched FROM paysession.ps_create('vc_c1', 'vc_bank', 70, '{"b": 2}', 'vc_other', 'eur');
SELECT session_count FROM paysession.cart WHERE id = 'vc_c1';
-- with another amount or currency it is refused, as an ORM reads it
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c1', 'vc_bank', 71)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c1', 'vc_bank', currency_code => 'usd')$$);
SELECT amount FROM paysession.ps_create('vc_c10', 'vc_card', id => 'vc_s10');
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c10', 'vc_card', 71)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c10', 'vc_card', currency_code => 'usd')$$);
-- the same id for another session
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c2', 'vc_card', id => 'vc_s2')$$, true);
-- in any status but canceled
SELECT status FROM paysession.ps_authorize('vc_s2');
SELECT id, status FROM paysession.ps_create('vc_c1', 'vc_bank');
SELECT status FROM paysession.ps_cancel('vc_s2');
SELECT id, status FROM paysession.ps_create('vc_c1', 'vc_bank', id => 'vc_s3');
-- a provider that is not installed makes none, but gives the one that is there
UPDATE paysession.payment_provider SET is_installed = false WHERE id = 'vc_bank';
SELECT id FROM paysession.ps_create('vc_c1', 'vc_bank');
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c2', 'vc_bank')$$);
UPDATE paysession.payment_provider SET is_installed = true WHERE id = 'vc_bank';
SELECT count(*) FROM paysession.cart WHERE id = 'vc_c2';

CREATE VIEW pg_temp.sessions AS
SELECT cart_id, provider_id, status, is_selected, amount, status_reason FROM paysession.payment_session WHERE cart_id LIKE 'vc\_%' ORDER BY cart_id, id;

-- ps_set_sessions: creates, keeps and removes; each provider once
SELECT total FROM paysession.ps_put_cart('{"id": "vc_c3", "currency_code": "eur", "subtotal": 100}');
SELECT provider_id, status, is_selected, amount FROM paysession.ps_set_sessions(cart_id => 'vc_c3', provider_ids => '{vc_card,vc_bank,vc_card}');
SELECT id AS card, updated_at AS before FROM paysession.payment_session WHERE cart_id = 'vc_c3' AND provider_id = 'vc_card' \gset
SELECT pg_sleep(0.002);
SELECT provider_id, id = :'card' AS kept, updated_at = :'before' AS untouched FROM paysession.ps_set_sessions('vc_c3', '{vc_card,vc_cash}');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vc_c3';
-- again: nothing changes
SELECT count(*) AS events FROM paysession.payment_session_event \gset
SELECT provider_id FROM paysession.ps_set_sessions('vc_c3', '{vc_cash,vc_card}');
SELECT count(*) - :events AS more_events FROM paysession.payment_session_event;
-- one that was initiated is canceled, not deleted
SELECT status FROM paysession.ps_require_more(:'card');
SELECT provider_id FROM paysession.ps_set_sessions('vc_c3', '{vc_cash}');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vc_c3';
-- one provider and nothing selected: it is selected, there already or not
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c4', '{vc_card}');
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c4', '{vc_card,vc_bank}');
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c4', '{vc_bank}');
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c5', '{vc_card,vc_bank}');
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c5', '{vc_card}');
-- none: all are removed
SELECT * FROM paysession.ps_set_sessions('vc_c5', '{}');
SELECT count(*) FROM paysession.payment_session WHERE cart_id = 'vc_c5';
-- an authorized one is never removed
SELECT provider_id FROM paysession.ps_set_sessions('vc_c6', '{vc_card,vc_bank}');
UPDATE paysession.payment_session SET status = 'authorized', amount = 5, currency_code = 'eur' WHERE cart_id = 'vc_c6' AND provider_id = 'vc_card';
SELECT provider_id, status, is_selected FROM paysession.ps_set_sessions('vc_c6', '{vc_cash}');
SELECT provider_id, status, is_selected FROM paysession.ps_set_sessions('vc_c6', '{}');
-- nothing to pay: all are removed, and none made
SELECT total FROM paysession.ps_put_cart('{"id": "vc_c7", "subtotal": 100}');
SELECT provider_id, amount FROM paysession.ps_set_sessions('vc_c7', '{vc_card,vc_bank}');
SELECT total FROM paysession.ps_put_cart('{"id": "vc_c7", "subtotal": 100, "gift_card_total": 100}');
SELECT * FROM paysession.ps_set_sessions('vc_c7', '{vc_card,vc_bank}');
SELECT * FROM paysession.ps_set_sessions('vc_c7', '{vc_card}');
SELECT count(*) FROM paysession.payment_session WHERE cart_id = 'vc_c7';
-- by default all providers that are installed
BEGIN;
UPDATE paysession.payment_provider SET is_installed = (id IN ('vc_card', 'vc_cash'));
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c8');
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c8', NULL);
UPDATE paysession.payment_provider SET is_installed = (id = 'vc_card');
SELECT provider_id, is_selected FROM paysession.ps_set_sessions('vc_c8');
ROLLBACK;
-- a provider that was canceled gets a fresh one
SELECT provider_id FROM paysession.ps_set_sessions('vc_c9', '{vc_card}');
UPDATE paysession.payment_session SET status = 'canceled' WHERE cart_id = 'vc_c9';
SELECT provider_id, status, is_selected FROM paysession.ps_set_sessions('vc_c9', '{vc_card}');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vc_c9' AND status = 'canceled';

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('vc_x', '{vc_card,NULL}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('vc_x', '{vc_card,""}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('vc_x', '{vc_card,vc_none}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('vc_x', '{vc_card,vc_gone}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_set_sessions('vc_c7', '{vc_none}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create(NULL, 'vc_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_x', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('', 'vc_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_x', ' vc_card')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_x', 'vc_card', 0)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_x', 'vc_card', data => '[]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_x', 'vc_card', id => '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_x', 'vc_card', currency_code => 'EUR')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('vc_c1', 'vc_bank', currency_code => 'EUR')$$);
SELECT count(*) FROM paysession.cart WHERE id = 'vc_x';
