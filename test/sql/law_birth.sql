-- law: every INSERT is a birth: pending, stamped, completed and logged
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id, session_ttl) VALUES ('bi_card', NULL), ('bi_hour', '1 hour');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('bi_gone', false);

-- what is not given is made
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('bi_c1', 'bi_card');
SELECT id ~ '^ps_[0-7][0-9A-HJKMNP-TV-Z]{25}$' AS has_id,
	status, is_selected, is_initiated, status_reason, amount, currency_code, provider_ref, data,
	idempotency_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' AS has_key,
	payment_authorized_at, expires_at, canceled_at,
	created_at = updated_at AS one_time,
	created_at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS is_now,
	created_at = date_trunc('milliseconds', created_at) AS in_milliseconds
FROM paysession.payment_session WHERE cart_id = 'bi_c1' \gx

-- NULL is taken for what is made anyway
INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_selected, idempotency_key)
	VALUES (NULL, 'bi_c2', 'bi_card', NULL, NULL);
SELECT id LIKE 'ps_%' AS has_id, is_selected, length(idempotency_key) AS key
FROM paysession.payment_session WHERE cart_id = 'bi_c2';

-- what is given is kept: an id of the caller's own, a key, a time to expire
INSERT INTO paysession.payment_session (id, cart_id, provider_id, idempotency_key, expires_at, is_selected, is_initiated, amount, currency_code, provider_ref, data)
	VALUES ('ps_01J00000000000000000000000', 'bi_c3', 'bi_hour', 'bi_key', '2100-01-01', true, true, 5, 'jpy', 'bi_ref', '{"a": 1}')
	RETURNING id, idempotency_key, expires_at = '2100-01-01' AS expires, is_selected, is_initiated, amount, currency_code, provider_ref, data;

-- times that are sent are not believed
INSERT INTO paysession.payment_session (id, cart_id, provider_id, created_at, updated_at)
	VALUES ('bi_s4', 'bi_c4', 'bi_card', '2001-01-01', '2101-01-01');
SELECT created_at = updated_at AND created_at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS stamped
FROM paysession.payment_session WHERE id = 'bi_s4';

-- the provider's session_ttl counts from then
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('bi_s5', 'bi_c5', 'bi_hour');
SELECT expires_at - created_at AS ttl FROM paysession.payment_session WHERE id = 'bi_s5';

-- it is logged
SELECT session_id, from_status, to_status, e.amount, e.is_selected, reason,
	actor = session_user AS actor, role = current_user AS role, application = current_setting('application_name') AS application,
	e.at BETWEEN s.created_at AND s.created_at + interval '1 minute' AS at_birth, txid = pg_current_xact_id() AS this_transaction
FROM paysession.payment_session_event e JOIN paysession.payment_session s ON s.id = session_id
WHERE session_id IN ('ps_01J00000000000000000000000', 'bi_s4') ORDER BY session_id DESC;
BEGIN;
SET LOCAL application_name = '';
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('bi_s6', 'bi_c6', 'bi_card');
SELECT application, txid = pg_current_xact_id() AS this_transaction
FROM paysession.payment_session_event WHERE session_id = 'bi_s6';
COMMIT;

-- nothing is born otherwise
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, status)
	SELECT 'bi_c7', 'bi_card', 'authorized'$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, status)
	SELECT 'bi_c7', 'bi_card', s FROM unnest('{requires_more}'::paysession.payment_session_status[]) s$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, status) VALUES ('bi_c7', 'bi_card', 'error')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, status) VALUES ('bi_c7', 'bi_card', 'canceled')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, payment_authorized_at) VALUES ('bi_c7', 'bi_card', now())$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, canceled_at) VALUES ('bi_c7', 'bi_card', now())$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('bi_c7', 'bi_gone')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('bi_c7', 'bi_none')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id) VALUES ('bi_c7')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, payment_collection_id, provider_id) VALUES ('bi_c7', 'paycol_1', 'bi_card')$$);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (payment_collection_id, provider_id) VALUES ('paycol_1', 'bi_card')$$);
-- the status is refused first, before provider and cart are looked at
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id, status) VALUES ('bi_c7', 'bi_none', 'error')$$);
SELECT count(*) AS carts_left_behind FROM paysession.cart WHERE id = 'bi_c7';

-- one session per cart and provider, and one of any id
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('bi_c1', 'bi_card')$$, true);
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('bi_s4', 'bi_c8', 'bi_card')$$, true);
-- but another one with the same provider after a cancellation
UPDATE paysession.payment_session SET status = 'canceled' WHERE cart_id = 'bi_c1';
INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('bi_c1', 'bi_card');
SELECT status FROM paysession.payment_session WHERE cart_id = 'bi_c1' ORDER BY status;

-- a session for an unknown cart makes a bare cart; one of a known cart takes the cart's route
SELECT c.id, c.currency_code, c.context, c.metadata, c.subtotal, c.total, c.session_count,
	c.created_at <= s.created_at AS before,
	paysession.ps_route(s.id) = paysession.ps_route(c.id) AS one_route
FROM paysession.cart c JOIN paysession.payment_session s ON s.cart_id = c.id WHERE c.id = 'bi_c2';
SELECT session_count FROM paysession.cart WHERE id = 'bi_c1';

-- a session may be without a cart
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('bi_s9', 'bi_card'), ('bi_s10', 'bi_card');
SELECT id, cart_id, status FROM paysession.payment_session WHERE id IN ('bi_s9', 'bi_s10') ORDER BY id;

-- ids of one cart ascend in the order of their birth
INSERT INTO paysession.payment_provider (id) SELECT 'bi_p' || n FROM generate_series(100, 199) n;
INSERT INTO paysession.payment_session (cart_id, provider_id) SELECT 'bi_c9', 'bi_p' || n FROM generate_series(100, 199) n;
SELECT count(*), bool_and(ordered) AS ascending FROM (
	SELECT id > lag(id, 1, '') OVER (ORDER BY provider_id) AS ordered
	FROM paysession.payment_session WHERE cart_id = 'bi_c9') s;

-- the functions
SELECT status, is_selected, is_initiated, amount, currency_code, data, expires_at - created_at AS ttl
FROM paysession.ps_create('bi_c10', 'bi_hour', 70, '{"b": 2}', currency_code => 'eur');
SELECT from_status, to_status, h.amount, h.is_selected
FROM paysession.payment_session s CROSS JOIN paysession.ps_history(s.id) h WHERE s.cart_id = 'bi_c10';
CALL pg_temp.refuse($$SELECT paysession.ps_create('bi_c7', 'bi_gone')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_create('bi_c7', 'bi_none')$$);
SELECT count(*) AS carts_left_behind FROM paysession.cart WHERE id = 'bi_c7';
