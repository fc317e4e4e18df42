-- webhooks: a provider's report of a status moves a session forward by rank, and nothing back
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('ws_card', 'manual_multiple'), ('ws_bank', 'manual');

-- every report, in every state that a session can be in
CREATE PROCEDURE pg_temp.bring(session text, state text) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES (session, session || '_c', 'ws_card', 100, 'eur');
	CASE
	WHEN state = 'new' THEN NULL;
	WHEN state = 'begun' THEN PERFORM paysession.ps_begin(session, '1 hour');
	WHEN state = 'unknown' THEN PERFORM paysession.ps_finish((SELECT id FROM paysession.ps_begin(session)), 'unknown');
	WHEN state = 'requires_more' THEN PERFORM paysession.ps_require_more(session);
	WHEN state = 'error' THEN PERFORM paysession.ps_fail(session, 'declined');
	WHEN state = 'canceled' THEN PERFORM paysession.ps_cancel(session, 'by us');
	WHEN state = 'called off' THEN
		PERFORM paysession.ps_begin(session);
		PERFORM paysession.ps_cancel(session, 'by us');
	WHEN state = 'expired' THEN UPDATE paysession.payment_session SET expires_at = '2001-01-01' WHERE id = session;
	ELSE
		PERFORM paysession.ps_authorize(session);
		PERFORM paysession.ps_promote(session) WHERE state <> 'authorized';
		PERFORM paysession.ps_capture(id, 60, state <> 'partly captured', CASE state WHEN 'capturing' THEN interval '1 hour' END)
			FROM paysession.payment WHERE session_id = session AND state IN ('capturing', 'partly captured', 'captured');
		PERFORM paysession.ps_void(id, CASE state WHEN 'voiding' THEN interval '1 hour' END)
			FROM paysession.payment WHERE session_id = session AND state IN ('voiding', 'voided');
	END CASE;
END
$$;
CREATE FUNCTION pg_temp.report(state text, event text, cents bigint DEFAULT NULL) RETURNS TABLE (outcome text, detail text, session text, selected boolean, reason text, operations text)
LANGUAGE plpgsql AS $$
DECLARE
	named text := concat_ws('_', 'ws', state, event, cents);
	e paysession.provider_event;
BEGIN
	CALL pg_temp.bring(named, state);
	e := paysession.ps_receive('ws_card', named, event, session_id => named, amount => cents);
	ASSERT e = (SELECT i FROM paysession.provider_event i WHERE i.event_id = named);
	outcome := e.outcome;
	detail := e.detail;
	SELECT s.status, s.is_selected, s.status_reason INTO session, selected, reason FROM paysession.payment_session s WHERE s.id = named;
	SELECT string_agg(concat_ws(' ', o.kind, o.status, o.amount, o.reason), ', ' ORDER BY o.id) INTO operations
	FROM paysession.payment_operation o WHERE o.session_id = named;
	RETURN NEXT;
END
$$;
SELECT state, event, r.*
FROM unnest('{new,begun,unknown,requires_more,error,authorized,promoted,capturing,partly captured,captured,voiding,voided,canceled,called off,expired}'::text[]) WITH ORDINALITY AS s (state, n),
	unnest('{pending,requires_more,error,authorized,canceled}'::text[]) WITH ORDINALITY AS v (event, m), pg_temp.report(state, event) r
ORDER BY n, m;

-- an authorization of another amount than the session's, or than what was asked for, is for somebody to look at
SELECT state, event, cents, r.* FROM (VALUES ('new', 'authorized', 100), ('new', 'authorized', 99), ('begun', 'authorized', 101), ('authorized', 'authorized', 100), ('authorized', 'authorized', 99),
	('promoted', 'authorized', 99), ('canceled', 'authorized', 99), ('new', 'error', 99), ('new', 'canceled', 99)) v (state, event, cents), pg_temp.report(state, event, cents) r;
-- a session without an amount takes the provider's, and cannot be authorized without any
INSERT INTO paysession.payment_session (id, cart_id, provider_id, currency_code) VALUES ('ws_free', 'ws_free_c', 'ws_card', 'eur');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_free_0', 'authorized', 'ws_free');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_free_1', 'authorized', 'ws_free', amount => 70);
SELECT status, amount, is_initiated FROM paysession.payment_session WHERE id = 'ws_free';

-- the history tells of it as of any other change
SELECT from_status, to_status, is_selected, reason FROM paysession.ps_history('ws_new_canceled');
SELECT from_status, to_status, is_selected, reason FROM paysession.ps_history('ws_new_authorized_100');
SELECT count(*) FROM paysession.ps_history('ws_authorized_authorized');

-- the provider holds the money: that takes the selection from another session, unless that is authorized too
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, is_selected) VALUES
	('ws_s1', 'ws_c1', 'ws_card', 100, 'eur', false), ('ws_s2', 'ws_c1', 'ws_bank', 100, 'eur', true),
	('ws_s3', 'ws_c2', 'ws_card', 100, 'eur', false), ('ws_s4', 'ws_c2', 'ws_bank', 100, 'eur', false);
SELECT status FROM paysession.ps_authorize('ws_s4');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e1', 'requires_more', 'ws_s1');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e2', 'authorized', 'ws_s1');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e3', 'authorized', 'ws_s3');
SELECT id, status, is_selected FROM paysession.payment_session WHERE cart_id IN ('ws_c1', 'ws_c2') ORDER BY id;

-- a session is found by its id, by its reference, by one that it had before, and by that of an operation
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, provider_ref) VALUES ('ws_s5', 'ws_c5', 'ws_card', 100, 'eur', 'ws_old');
SELECT provider_ref FROM paysession.ps_update('ws_s5', provider_ref => 'ws_ref');
SELECT session_id, provider_ref, operation_ref, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e4', 'requires_more', provider_ref => 'ws_ref');
SELECT session_id, provider_ref, operation_ref, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e5', 'error', provider_ref => 'ws_old');
SELECT session_id, provider_ref, operation_ref, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e6', 'requires_more', operation_ref => 'ws_old');
SELECT e.session_id, e.provider_ref, e.operation_ref = o.id AS by_id, e.outcome, e.detail FROM paysession.payment_operation o, paysession.ps_receive('ws_card', 'ws_e7', 'error', operation_ref => o.id) e WHERE o.session_id = 'ws_s5';
-- the id is more than a reference
SELECT session_id, provider_ref, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e8', 'error', 'ws_s3', 'ws_ref');
-- what ends another external session than the one that goes on is old news
SELECT session_id, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e18', 'canceled', provider_ref => 'ws_old');
SELECT session_id, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e19', 'voided', provider_ref => 'ws_old', amount => 100);
-- money under a reference that it had before is money all the same
SELECT session_id, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e9', 'authorized', provider_ref => 'ws_old');
SELECT status, provider_ref FROM paysession.payment_session WHERE id = 'ws_s5';
-- an authorized session has one: another one holds money as well
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e10', 'authorized', 'ws_s5', 'ws_ref');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e11', 'authorized', 'ws_s5', 'ws_other');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e12', 'canceled', 'ws_s5', 'ws_other');
SELECT status, provider_ref FROM paysession.payment_session WHERE id = 'ws_s5';
-- the first one that is reported is learned, another one does not replace it
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('ws_s6', 'ws_c6', 'ws_card', 100, 'eur');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e13', 'requires_more', 'ws_s6', 'ws_first');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e14', 'error', 'ws_s6', 'ws_second');
SELECT status, provider_ref, is_initiated FROM paysession.payment_session WHERE id = 'ws_s6';
-- unless the money is held under it; the first one stays findable
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e15', 'authorized', 'ws_s6', 'ws_third');
SELECT status, provider_ref FROM paysession.payment_session WHERE id = 'ws_s6';
SELECT session_id, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e16', 'pending', provider_ref => 'ws_first');

-- it is the provider's own
SELECT outcome, detail, session_id FROM paysession.ps_receive('ws_bank', 'ws_e1', 'error', 'ws_s6');
SELECT outcome, detail, session_id FROM paysession.ps_receive('ws_bank', 'ws_e2', 'error', provider_ref => 'ws_third');
SELECT outcome, detail FROM paysession.ps_receive('ws_bank', 'ws_e3', 'error', operation_ref => (SELECT id FROM paysession.payment_operation WHERE session_id = 'ws_s5' ORDER BY id LIMIT 1));
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_e17', 'error');

-- an error ends no attempt that is under way or younger than it
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code)
	SELECT 'ws_a' || n, 'ws_ca' || n, 'ws_card', 100, 'eur' FROM generate_series(1, 4) n;
SELECT claimed FROM paysession.ps_begin('ws_a1', '1 hour');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a1', 'error', 'ws_a1', occurred_at => clock_timestamp() + interval '1 hour');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.ps_begin('ws_a2')), 'unknown');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a2', 'error', 'ws_a2', occurred_at => clock_timestamp() - interval '1 hour');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a3', 'error', 'ws_a2', occurred_at => clock_timestamp() + interval '1 hour');
SELECT status FROM paysession.ps_finish((SELECT id FROM paysession.ps_begin('ws_a3')), 'unknown');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a4', 'error', 'ws_a3');
-- what the customer has to do more may fail
SELECT claimed FROM paysession.ps_begin('ws_a4', '1 hour');
SELECT status FROM paysession.ps_require_more('ws_a4');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a5', 'error', 'ws_a4', occurred_at => clock_timestamp() - interval '1 hour');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a6', 'error', 'ws_a4');
SELECT s.id, s.status, o.status, o.claimed_until > clock_timestamp() AS claimed FROM paysession.payment_session s JOIN paysession.payment_operation o ON o.session_id = s.id
WHERE s.id LIKE 'ws\_a_' ORDER BY s.id;
-- and may be late
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a7', 'authorized', 'ws_a1');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_a8', 'authorized', 'ws_a4');
SELECT id, status, status_reason FROM paysession.payment_session WHERE id IN ('ws_a1', 'ws_a4') ORDER BY id;

-- money held after the provider's own cancel is old news; after ours it is somebody's money, whatever came of it since
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b1', 'authorized', 'ws_begun_canceled');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b2', 'authorized', 'ws_canceled_pending');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b3', 'authorized', 'ws_called off_pending');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b4', 'voided', 'ws_called off_pending');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b5', 'authorized', 'ws_called off_pending');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b6', 'authorized', 'ws_canceled_canceled');
SELECT * FROM pg_temp.operations('ws\_called off\_pending');
-- the cancel of another external session, or one that was not applied, is not the provider's last word on this one
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, provider_ref) SELECT 'ws_d' || n, 'ws_cd' || n, 'ws_card', 100, 'eur', 'ws_r' || n FROM generate_series(1, 4) n;
SELECT count(*) FROM generate_series(1, 2) n, paysession.ps_update('ws_d' || n, provider_ref => 'ws_n' || n);
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d1', 'canceled', provider_ref => 'ws_r1');
SELECT status FROM paysession.ps_cancel('ws_d1', 'by us');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d2', 'authorized', provider_ref => 'ws_n1');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d3', 'canceled', provider_ref => 'ws_n2');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d4', 'authorized', provider_ref => 'ws_r2');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d5', 'authorized', 'ws_d2');
SELECT outcome, detail FROM paysession.ps_receive('ws_bank', 'ws_d1', 'canceled', 'ws_d3');
SELECT status FROM paysession.ps_cancel('ws_d3', 'by us');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d6', 'authorized', 'ws_d3');
-- an authorization that we have known is old news once it has ended, another one is not
SELECT status FROM paysession.ps_authorize('ws_d4');
SELECT status FROM paysession.ps_cancel('ws_d4', 'by us');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d7', 'authorized', 'ws_d4');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d8', 'authorized', 'ws_d4', 'ws_r4', amount => 100);
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d9', 'authorized', 'ws_d4', 'ws_r4', amount => 99);
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_d10', 'authorized', 'ws_d4', 'ws_r5', amount => 100);

-- without a cart nothing is selected
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('ws_bare', 'ws_card', 100, 'eur');
SELECT outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b7', 'authorized', 'ws_bare');
SELECT status, is_selected FROM paysession.payment_session WHERE id = 'ws_bare';
-- a payment that came in as history has no session to be moved
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount) VALUES ('ws_old', 'ws_card', 'eur', 100);
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, status, provider_ref, provider_idempotency_key, finished_at)
	VALUES ('ws_op', 'capture', 'ws_old', 'ws_card', 100, 'failed', 'ws_chr', 'ws_op', '2001-01-01');
COMMIT;
SELECT session_id, outcome, detail FROM paysession.ps_receive('ws_card', 'ws_b8', 'authorized', provider_ref => 'ws_chr');
SELECT * FROM pg_temp.unlawful();
