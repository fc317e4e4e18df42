-- verbs: ps_refresh puts a fresh session in the place of another, ps_delete removes one; neither forgets an external session
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('vr_card'), ('vr_bank');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, data, idempotency_key)
	SELECT 'vr_s' || n, 'vr_c' || n, 'vr_card', 100, 'eur', '{"a": 1}', 'vr_key' || n FROM generate_series(1, 6) n;

CREATE VIEW pg_temp.sessions AS
SELECT cart_id, CASE WHEN id LIKE 'vr\_%' THEN id ELSE 'fresh' END AS id, provider_id, status, status_reason, is_selected, is_initiated, amount, currency_code, provider_ref, data
FROM paysession.payment_session WHERE cart_id LIKE 'vr\_%' ORDER BY cart_id, id LIKE 'ps\_%';

-- ps_refresh: not initiated, the old one goes; amount, currency and selection stay, data, reference and key do not
SELECT status FROM paysession.ps_select('vr_s1');
SELECT id <> 'vr_s1' AS fresh, cart_id, provider_id, status, is_selected, is_initiated, amount, currency_code, provider_ref, data, idempotency_key <> 'vr_key1' AS other_key
FROM paysession.ps_refresh(session_id => 'vr_s1');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vr_c1';
SELECT from_status, to_status, is_selected FROM paysession.ps_history('vr_s1');
-- initiated: the old one is canceled and stays findable
SELECT provider_ref FROM paysession.ps_require_more('vr_s2', provider_ref => 'vr_ref2');
SELECT status, is_selected, provider_ref, data FROM paysession.ps_refresh('vr_s2');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vr_c2';
-- from error, selected
SELECT status FROM paysession.ps_select('vr_s3');
SELECT status FROM paysession.ps_fail('vr_s3', 'declined');
SELECT status, status_reason, is_selected FROM paysession.ps_refresh('vr_s3');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vr_c3';
SELECT from_status, to_status, is_selected, reason FROM paysession.ps_history('vr_s3');
-- canceled already: it stays as it is
SELECT status FROM paysession.ps_cancel('vr_s4', 'gave up');
SELECT status, is_selected FROM paysession.ps_refresh('vr_s4');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vr_c4';
-- unless another one has taken its place
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('vr_r1', 'vr_r', 'vr_card');
SELECT status FROM paysession.ps_cancel('vr_r1');
SELECT status FROM paysession.ps_create('vr_r', 'vr_card', id => 'vr_r2');
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('vr_r1')$$, true);
-- authorized: refused until it is canceled
SELECT status FROM paysession.ps_authorize('vr_s5');
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('vr_s5')$$);
SELECT status FROM paysession.ps_cancel('vr_s5');
SELECT status, is_selected FROM paysession.ps_refresh('vr_s5');
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vr_c5';
-- without a cart
INSERT INTO paysession.payment_session (id, provider_id, amount) VALUES ('vr_free', 'vr_card', 30);
SELECT id <> 'vr_free' AS fresh, cart_id, amount FROM paysession.ps_refresh('vr_free');
-- its amount is the cart's, also when the cart's has come since
SELECT total FROM paysession.ps_put_cart('{"id": "vr_c6", "subtotal": 70, "currency_code": "eur"}');
SELECT amount FROM paysession.ps_refresh('vr_s6');

-- ps_delete returns the row that was; not initiated, it is gone
INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_selected) VALUES ('vr_d1', 'vr_d1', 'vr_card', true);
SELECT id, status, is_selected FROM paysession.ps_delete(session_id => 'vr_d1');
CALL pg_temp.refuse($$SELECT paysession.ps_delete('vr_d1')$$);
SELECT from_status, to_status, is_selected FROM paysession.ps_history('vr_d1');
-- initiated: canceled
INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_selected, is_initiated) VALUES ('vr_d2', 'vr_d2', 'vr_card', true, true);
SELECT id, status, status_reason, is_selected FROM paysession.ps_delete('vr_d2');
-- again: nothing happens, whatever it was canceled for
SELECT updated_at AS before FROM paysession.payment_session WHERE id = 'vr_d2' \gset
SELECT pg_sleep(0.002);
SELECT status, updated_at = :'before' AS untouched FROM paysession.ps_delete('vr_d2');
SELECT from_status, to_status, is_selected, reason FROM paysession.ps_history('vr_d2');
-- canceled without ever having been initiated: gone
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('vr_d3', 'vr_d3', 'vr_card');
SELECT status FROM paysession.ps_cancel('vr_d3');
SELECT status FROM paysession.ps_delete('vr_d3');
SELECT count(*) FROM paysession.payment_session WHERE id IN ('vr_d1', 'vr_d3');

-- arguments
CALL pg_temp.refuse($$SELECT paysession.ps_refresh(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_refresh('vr_none')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete(NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete('')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_delete('vr_none')$$);
-- one of no cart and no collection has a fresh one, canceled before or not
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('vr_free', 'vr_card', 100, 'eur');
SELECT status FROM paysession.ps_cancel('vr_free');
SELECT id <> 'vr_free' AS fresh, status, cart_id, amount FROM paysession.ps_refresh('vr_free');
-- a provider that was taken away since makes no fresh session, and the old one stays
UPDATE paysession.payment_provider SET is_installed = false WHERE id = 'vr_card';
CALL pg_temp.refuse($$SELECT paysession.ps_refresh(id) FROM paysession.payment_session WHERE cart_id = 'vr_c1'$$);
SELECT * FROM pg_temp.sessions WHERE cart_id = 'vr_c1';
