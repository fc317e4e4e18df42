-- views: session_overview, provider_funnel and open_money say what there is, to whoever may read the tables, by index
\pset null NULL

INSERT INTO paysession.payment_provider (id, capture_method, session_ttl, authorization_ttl) VALUES
	('vw_card', 'manual_multiple', NULL, '7 days'), ('vw_bank', 'manual', '1 millisecond', NULL), ('vw_ideal', 'automatic', NULL, NULL);
-- a session of each kind, and what it waits for
SELECT count(*) FROM (VALUES ('new'), ('asked'), ('unsure'), ('more'), ('declined'), ('held'), ('ordered'), ('capturing'),
		('captured'), ('refunding'), ('left'), ('gone')) AS k (kind),
	paysession.ps_create('vw_c_' || kind, 'vw_card', 1000, id => 'vw_' || kind, currency_code => 'eur');
SELECT claimed FROM paysession.ps_begin('vw_asked', '1 hour');
SELECT claimed FROM paysession.ps_begin('vw_unsure', '1 millisecond');
SELECT claimed FROM paysession.ps_begin('vw_more', '1 hour');
SELECT status FROM paysession.ps_require_more('vw_more');
SELECT claimed FROM paysession.ps_begin('vw_declined', '1 hour');
SELECT status FROM paysession.ps_fail('vw_declined', 'card_declined');
SELECT count(a.*) FROM (VALUES ('held'), ('ordered'), ('capturing'), ('captured'), ('refunding'), ('left')) AS k (kind), paysession.ps_authorize('vw_' || kind) AS a;
SELECT status FROM paysession.ps_create('vw_c_ordered', 'vw_bank', 1000, id => 'vw_beaten', currency_code => 'eur');
SELECT count(p.*) FROM (VALUES ('ordered'), ('capturing'), ('captured'), ('refunding')) AS k (kind),
	paysession.ps_complete_cart('vw_c_' || kind, order_id => 'vw_o_' || kind) AS p;
SELECT id AS ordered FROM paysession.payment WHERE session_id = 'vw_ordered' \gset
SELECT id AS capturing FROM paysession.payment WHERE session_id = 'vw_capturing' \gset
SELECT id AS captured FROM paysession.payment WHERE session_id = 'vw_captured' \gset
SELECT id AS refunding FROM paysession.payment WHERE session_id = 'vw_refunding' \gset
SELECT amount FROM paysession.ps_capture(:'ordered', 400);
SELECT amount FROM paysession.ps_capture(:'capturing', 300, lease => '1 hour');
SELECT amount, final, released_amount FROM paysession.ps_capture(:'captured', 900, final => true);
SELECT amount FROM paysession.ps_refund(:'captured', 100);
SELECT amount FROM paysession.ps_capture(:'refunding');
SELECT amount FROM paysession.ps_refund(:'refunding', 250, lease => '1 hour');
SELECT status FROM paysession.ps_cancel('vw_left');
SELECT status FROM paysession.ps_cancel('vw_gone');
SELECT status FROM paysession.ps_create('vw_c_late', 'vw_bank', 1000, id => 'vw_late', currency_code => 'eur');
-- an amount in another currency that two sessions pay, and a third that is not needed any more
SELECT id AS collection FROM paysession.ps_create_collection(500, 'jpy') \gset
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES
	('vw_part_1', :'collection', 'vw_ideal', 200), ('vw_part_2', :'collection', 'vw_card', 300), ('vw_part_3', :'collection', 'vw_card', 1);
SELECT status FROM paysession.ps_authorize('vw_part_1');
SELECT captured_amount FROM paysession.ps_promote('vw_part_1');
SELECT id, waits_for FROM paysession.session_overview WHERE id = 'vw_part_3';
SELECT status FROM paysession.ps_authorize('vw_part_2');
SELECT pg_sleep(0.01);

SELECT substr(id, 4) AS id, status, amount, currency_code AS cur, captured_amount AS captured, refunded_amount AS refunded, open_amount AS open,
	pending_kind, waits_for
FROM paysession.session_overview WHERE id LIKE 'vw\_%' ORDER BY id;
SELECT cart_id, order_id, provider_id, status_reason, is_selected, payment_id = :'captured' AS payment,
	last_change_at = (SELECT updated_at FROM paysession.payment WHERE id = :'captured') AS last_change, now() - age = created_at AS age
FROM paysession.session_overview WHERE id = 'vw_captured';
SELECT status, status_reason, payment_collection_id = :'collection' AS collection
FROM paysession.session_overview WHERE id IN ('vw_declined', 'vw_part_2') ORDER BY id;
-- one row each, with several operations pending as well
SELECT claimed FROM paysession.ps_capture(:'ordered', 100, lease => '1 hour') \; SELECT claimed FROM paysession.ps_refund(:'ordered', 50, lease => '1 hour');
SELECT pending_kind, waits_for FROM paysession.session_overview WHERE id = 'vw_ordered';
SELECT count(*) = (SELECT count(*) FROM paysession.payment_session) AS one_each FROM paysession.session_overview;
-- what nobody is at any more is the worker's
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = :'refunding' AND kind = 'refund'), 'unknown');
SELECT waits_for FROM paysession.session_overview WHERE id = 'vw_refunding';

-- where the money is
SELECT state, amount, currency_code AS cur, provider_id, session_id, payment_id IS NOT NULL AS payment, order_id, cart_id,
	payment_collection_id IS NOT NULL AS collection, authorized_at IS NOT NULL AS authorized, captured_at IS NOT NULL AS captured,
	held_until - authorized_at AS held_for
FROM paysession.open_money WHERE session_id LIKE 'vw\_%' ORDER BY session_id, state;
SELECT currency_code, state, sum(amount) FROM paysession.open_money WHERE session_id LIKE 'vw\_%' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT p.session_id AS does_not_add_up FROM paysession.payment p LEFT JOIN paysession.open_money m ON m.payment_id = p.id
WHERE p.session_id LIKE 'vw\_%' GROUP BY p.id HAVING coalesce(sum(m.amount), 0) <> p.amount - p.voided_amount - p.refunded_amount;
-- what was let go is nowhere
SELECT count(f.*) FROM paysession.payment_operation o, paysession.ps_finish(o.id, 'succeeded') f WHERE o.session_id = 'vw_left' AND o.kind = 'void';
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.payment_operation WHERE payment_id = :'capturing' AND status = 'pending'), 'failed');
SELECT amount FROM paysession.ps_void(:'capturing');
SELECT count(*) FROM paysession.open_money WHERE session_id IN ('vw_left', 'vw_capturing');
-- an authorization that has run out is being released, its session still authorized
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, provider_id, status, amount, currency_code, payment_authorized_at, expires_at, created_at)
	VALUES ('vw_past', 'vw_card', 'authorized', 70, 'eur', '2021-05-01', '2021-05-08', '2021-05-01');
INSERT INTO paysession.payment_operation (id, kind, session_id, provider_id, amount, provider_idempotency_key)
	VALUES ('op_vw_past', 'void', 'vw_past', 'vw_card', 70, 'op_vw_past');
INSERT INTO paysession.payment (id, provider_id, amount, currency_code, created_at) VALUES ('vw_unknown', 'vw_card', 80, 'eur', '2021-05-01');
COMMIT;
SELECT state, amount, session_id, payment_id FROM paysession.open_money
WHERE session_id = 'vw_past' OR payment_id = 'vw_unknown' ORDER BY amount;

-- the funnel: the day is the reader's, who was refused and then authorized is not failed, who left is not refused
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, provider_id, status, is_initiated, amount, currency_code, created_at, payment_authorized_at, canceled_at)
SELECT 'vw_f' || n, 'vw_funnel', status::paysession.payment_session_status, begun, 100, 'eur', made::timestamptz, made::timestamptz + took, canceled_at
FROM (VALUES
	(1, 'authorized', true, '2020-06-01 10:00+0', interval '10 s', NULL::timestamptz),
	(2, 'authorized', true, '2020-06-01 11:00+0', '30 s', NULL),
	(3, 'canceled', true, '2020-06-01 12:00+0', '80 s', '2020-06-02'),
	(4, 'error', true, '2020-06-01 13:00+0', NULL, NULL),
	(5, 'canceled', true, '2020-06-01 14:00+0', NULL, '2020-06-01 14:10+0'),
	(6, 'canceled', true, '2020-06-01 15:00+0', NULL, '2020-06-01 15:10+0'),
	(7, 'pending', false, '2020-06-01 16:00+0', NULL, NULL),
	(8, 'requires_more', true, '2020-06-01 23:30+0', NULL, NULL)) AS f (n, status, begun, made, took, canceled_at),
	paysession.ps_put_provider('vw_funnel');
INSERT INTO paysession.payment_operation (id, kind, status, session_id, provider_id, amount, reason, provider_idempotency_key, created_at, finished_at)
SELECT 'op_vw_f' || i, 'authorize', status, 'vw_f' || n, 'vw_funnel', 100, reason, 'op_vw_f' || i, at::timestamptz, at::timestamptz
FROM (VALUES
	(1, 1, 'succeeded', NULL, '2020-06-01 10:00:04+0'),
	(2, 2, 'failed', 'card_declined', '2020-06-01 11:00:01+0'),
	(3, 2, 'succeeded', NULL, '2020-06-01 11:00:20+0'),
	(4, 5, 'failed', 'canceled', '2020-06-01 14:00:01+0'),
	(5, 6, 'failed', NULL, '2020-06-01 15:00:01+0')) AS o (i, n, status, reason, at);
COMMIT;
SET TimeZone = 'UTC';
SELECT * FROM paysession.provider_funnel WHERE provider_id = 'vw_funnel' ORDER BY day;
SET TimeZone = 'Europe/Berlin';
SELECT * FROM paysession.provider_funnel WHERE provider_id = 'vw_funnel' AND day > '2020-06-01';
RESET TimeZone;

-- who may read a view may not read by it what they could not read themselves
CREATE ROLE vw_reader;
GRANT USAGE ON SCHEMA paysession TO vw_reader;
GRANT SELECT ON paysession.session_overview, paysession.provider_funnel, paysession.open_money TO vw_reader;
SET ROLE vw_reader;
\set VERBOSITY sqlstate
SELECT FROM paysession.session_overview;
SELECT FROM paysession.provider_funnel;
SELECT FROM paysession.open_money;
\set VERBOSITY default
RESET ROLE;
GRANT SELECT ON paysession.payment_session, paysession.payment, paysession.payment_operation, paysession.cart, paysession.payment_collection TO vw_reader;
ALTER TABLE paysession.payment_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY vw_some ON paysession.payment_session TO vw_reader USING (provider_id = 'vw_funnel');
SET ROLE vw_reader;
SELECT count(*) FROM paysession.session_overview;
SELECT count(*) FROM paysession.open_money WHERE payment_id IS NULL;
RESET ROLE;
DROP POLICY vw_some ON paysession.payment_session;
ALTER TABLE paysession.payment_session DISABLE ROW LEVEL SECURITY;
DROP OWNED BY vw_reader;
DROP ROLE vw_reader;

-- what is asked for by its id is found by index, through the view
CREATE FUNCTION pg_temp.reads_all(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Seq Scan' THEN RETURN line; END IF;
	END LOOP;
	RETURN NULL;
END
$$;
SET enable_seqscan = off;
SELECT view, condition, pg_temp.reads_all(format('SELECT * FROM paysession.%I WHERE %s', view, condition))
FROM (VALUES
	('session_overview', 'id = $$x$$'), ('session_overview', 'cart_id = $$x$$'), ('session_overview', 'payment_id = $$x$$'),
	('session_overview', 'order_id = $$x$$'), ('session_overview', 'payment_collection_id = $$x$$'),
	('open_money', 'payment_id = $$x$$'), ('open_money', 'order_id = $$x$$'), ('open_money', 'cart_id = $$x$$'),
	('open_money', 'session_id = $$x$$'), ('open_money', 'payment_collection_id = $$x$$')) AS q (view, condition);
RESET enable_seqscan;
