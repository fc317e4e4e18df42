-- webhooks: what a provider reports of money is added up, whoever asked for it and however it is told
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('wm_manual', 'manual'), ('wm_multiple', 'manual_multiple'), ('wm_automatic', 'automatic'), ('wm_other', 'manual');

-- CALL pg_temp.play('manual 100', steps…) plays with a payment of 100, promoted unless 'late' is said.
-- A step is a report (status, operation_ref or - or own for the last operation of our own, amount or -),
-- or what the application does: capture, refund or void (amount, leased or as a reference), finish, authorize, promote, cancel, sleep.
-- What waits for something is applied when that commits; here, after each step.
CREATE PROCEDURE pg_temp.commit() LANGUAGE plpgsql AS $$
BEGIN
	SET CONSTRAINTS paysession.aa_settle IMMEDIATE;
	SET CONSTRAINTS paysession.aa_settle DEFERRED;
END
$$;
CREATE FUNCTION pg_temp.play(kind text, VARIADIC steps text[]) RETURNS TABLE (step text, outcome text, detail text, woken text, captured text, refunded text, voided text, session text)
LANGUAGE plpgsql AS $$
DECLARE
	provider text := 'wm_' || split_part(kind, ' ', 1);
	cents bigint := split_part(kind, ' ', 2);
	s text := 'wm_s' || nextval('pg_temp.plays');
	pay text := s || '_p';
	own text;
	words text[];
	n bigint;
	before jsonb;
	con text;
BEGIN
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES (s, s || '_c', provider, cents, 'eur');
	IF kind NOT LIKE '% late' THEN
		UPDATE paysession.payment_session SET status = 'authorized' WHERE id = s;
		INSERT INTO paysession.payment (id, session_id) VALUES (pay, s);
		PERFORM paysession.ps_capture(pay) WHERE provider = 'wm_automatic';
	END IF;
	FOREACH step IN ARRAY steps LOOP
		words := string_to_array(step, ' ');
		n := CASE WHEN words[3] ~ '^[0-9]+$' THEN words[3] WHEN words[2] ~ '^[0-9]+$' THEN words[2] END;
		SELECT jsonb_object_agg(e.event_id, e.outcome) INTO before FROM paysession.provider_event e WHERE e.session_id = s;
		outcome := NULL;
		detail := NULL;
		BEGIN
			CASE words[1]
			WHEN 'authorize' THEN outcome := status FROM paysession.ps_authorize(s);
			WHEN 'promote' THEN
				SELECT id, status INTO pay, outcome FROM paysession.ps_promote(s);
			WHEN 'sleep' THEN PERFORM pg_sleep(0.002);
			WHEN 'cancel' THEN outcome := status FROM paysession.ps_cancel(s);
			WHEN 'capture' THEN
				SELECT id, status INTO own, outcome FROM paysession.ps_capture(pay, n, lease => CASE words[3] WHEN 'leased' THEN interval '1 hour' END, provider_ref => CASE words[3] WHEN 'as' THEN s || words[4] END);
			WHEN 'refund' THEN
				SELECT id, status INTO own, outcome FROM paysession.ps_refund(pay, n, lease => CASE words[3] WHEN 'leased' THEN interval '1 hour' END, provider_ref => CASE words[3] WHEN 'as' THEN s || words[4] END);
			WHEN 'void' THEN
				SELECT id, status INTO own, outcome FROM paysession.ps_void(pay, lease => CASE words[2] WHEN 'leased' THEN interval '1 hour' END, provider_ref => CASE words[2] WHEN 'as' THEN s || words[3] END);
			WHEN 'finish' THEN outcome := status FROM paysession.ps_finish(own, words[2], provider_ref => s || words[3]);
			ELSE
				SELECT e.outcome, e.detail INTO outcome, detail
				FROM paysession.ps_receive(provider, s || '_' || cardinality(ARRAY(SELECT jsonb_object_keys(before))), words[1], s,
					operation_ref => CASE words[2] WHEN 'own' THEN own ELSE s || nullif(words[2], '-') END, amount => n) e;
			END CASE;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS con = CONSTRAINT_NAME;
			outcome := concat_ws(' ', SQLSTATE, nullif(con, ''));
		END;
		CALL pg_temp.commit();
		SELECT string_agg(concat_ws(' ', e.status, e.amount, e.outcome), ', ' ORDER BY length(e.event_id), e.event_id) INTO woken
		FROM paysession.provider_event e WHERE e.session_id = s AND e.outcome <> before ->> e.event_id;
		SELECT concat_ws('+', p.captured_amount, nullif(p.capture_pending, 0)), concat_ws('+', p.refunded_amount, nullif(p.refund_pending, 0)),
			concat_ws('+', p.voided_amount, nullif(p.void_pending, 0)) INTO captured, refunded, voided
		FROM paysession.payment p WHERE p.session_id = s;
		session := x.status FROM paysession.payment_session x WHERE x.id = s;
		RETURN NEXT;
	END LOOP;
	FOR step, outcome, detail IN
		SELECT concat_ws(' ', '=', o.kind, o.amount, nullif(o.reason, 'other')), o.status,
			concat_ws(' ', replace(o.provider_ref, s, ''), CASE WHEN o.final THEN 'final' END, 'releases ' || nullif(o.released_amount, 0), nullif(o.metadata, '{}'))
		FROM paysession.payment_operation o WHERE o.session_id = s ORDER BY o.id
	LOOP
		SELECT NULL, NULL, NULL, NULL, NULL INTO woken, captured, refunded, voided, session;
		RETURN NEXT;
	END LOOP;
END
$$;
CREATE TEMP SEQUENCE plays;
\pset null ''

-- an operation made outside: of the amount said, or of all that is open
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 60', 'captured c2 -', 'refunded r1 30', 'refunded r2 -');
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 60', 'voided v1 30', 'voided v2 -', 'refunded r1 60');
SELECT * FROM pg_temp.play('multiple 100', 'voided v1 -');
-- a capture ends the authorization where the provider captures once
SELECT * FROM pg_temp.play('manual 100', 'captured c1 60', 'voided v1 40', 'voided - 40', 'captured c2 10', 'refunded r1 60');
SELECT * FROM pg_temp.play('manual 100', 'voided v1 40', 'captured c1 60');
SELECT * FROM pg_temp.play('manual 100', 'captured - 60', 'voided - 40', 'captured c1 60');
SELECT * FROM pg_temp.play('manual 100', 'captured - 60', 'captured c1 60');
SELECT * FROM pg_temp.play('manual 100', 'captured c1 60', 'capture_failed c1 60', 'captured c1 60');
SELECT * FROM pg_temp.play('manual 100', 'capture_failed c1 60', 'captured c1 60');
SELECT * FROM pg_temp.play('manual 100', 'void leased', 'capture_failed c1 60', 'captured c1 60', 'finish failed v1');
SELECT * FROM pg_temp.play('automatic 100', 'captured c1 100', 'captured - 100', 'captured c2 10', 'refunded - 100');

-- our own, pending: by its id, by the reference that it has, or the oldest one of the kind and amount
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'captured own 60', 'captured own 60', 'capture_failed own 60', 'captured own 60');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'captured own -', 'refund 10 leased', 'refund_failed own 10', 'refunded own 10', 'void leased', 'voided own 40');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'finish unknown c1', 'capture 60', 'captured c1 -', 'captured c1 60');
SELECT * FROM pg_temp.play('multiple 100', 'capture 30 leased', 'capture 30 leased', 'captured c1 30', 'captured c2 30', 'captured c3 30', 'captured c1 30');
SELECT * FROM pg_temp.play('multiple 100', 'capture 30 leased', 'captured c1 20', 'captured c2 30');
SELECT * FROM pg_temp.play('multiple 100', 'capture 30 leased', 'captured c1 -');
SELECT * FROM pg_temp.play('multiple 100', 'void leased', 'voided v1 100', 'voided v1 100', 'canceled - -');
SELECT * FROM pg_temp.play('manual 100', 'capture 60 leased', 'captured c1 60');
SELECT * FROM pg_temp.play('manual 100', 'capture 60 leased', 'capture_failed c1 60', 'capture 60 leased', 'captured c2 60');
-- less than was asked for; never more
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'captured own 50', 'captured own 60');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'captured own 61');
SELECT * FROM pg_temp.play('manual 100', 'capture 60 leased', 'captured own 50');
-- our own, booked already: the echo brings its reference
SELECT * FROM pg_temp.play('multiple 100', 'capture 60', 'captured c1 60', 'refund 20 as r1', 'refunded r1 20', 'refund 20', 'refund 20', 'refunded r2 20', 'refunded r3 20', 'refunded r4 20');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60', 'captured own 60', 'captured c1 60', 'void', 'voided v1 40', 'voided v2 40');
-- the webhook comes first, and then the caller, who knows the reference
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 60', 'capture 60 as c1', 'refunded r1 20', 'refund 20 as r1', 'voided v1 40', 'void as v1');

-- two refunds of the same amount are two
SELECT * FROM pg_temp.play('automatic 100', 'refunded r1 20', 'refunded r2 20', 'refunded r1 20', 'refunded r2 20');
SELECT * FROM pg_temp.play('automatic 100', 'refund 20 leased', 'refunded r1 20', 'refund 20 leased', 'refunded r2 20', 'refunded r3 20');

-- a running total counts what has ever succeeded, once
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'refunded - 20', 'refunded - 50', 'refunded - 30', 'refunded - 100', 'refunded - 100');
SELECT * FROM pg_temp.play('automatic 100', 'refunded r1 20', 'refunded - 20', 'refunded - 40', 'refunded r2 20', 'refunded r3 20', 'refunded - 60');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 60', 'refunded r1 20', 'refunded r2 20', 'refunded r3 20', 'refunded r4 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'refunded r1 20', 'refunded - 30', 'refunded r2 10');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'refunded r1 30', 'refunded - 50');
SELECT * FROM pg_temp.play('multiple 100', 'captured - 20', 'captured - 60', 'captured c1 60', 'captured c2 40', 'captured - 100');
SELECT * FROM pg_temp.play('multiple 100', 'captured - 60', 'captured c1 50', 'captured c2 50');
SELECT * FROM pg_temp.play('manual 100', 'captured - 20', 'captured c1 60');
SELECT * FROM pg_temp.play('multiple 100', 'voided - 30', 'voided - 100');
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 20', 'voided - 30', 'voided - 80', 'voided - 80');
-- its difference finishes a pending operation of that amount
SELECT * FROM pg_temp.play('automatic 100', 'refund 20 leased', 'refunded - 20', 'refunded r1 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded r1 30', 'refund 20 leased', 'refunded - 50', 'refund 20 leased', 'refunded - 60', 'finish succeeded r3');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'captured - 60', 'void leased', 'voided - 40');
-- without an amount it is all that can be
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'captured - -', 'captured - -', 'captured - -', 'refund 20 leased', 'refunded - -', 'refunded - -', 'refunded - -');
SELECT * FROM pg_temp.play('multiple 100', 'void leased', 'voided - -');
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 60', 'voided - -');
-- whoever asked counts once, when a total came first
SELECT * FROM pg_temp.play('automatic 100', 'refund 20 leased', 'refunded - 50', 'finish succeeded r1', 'refunded r2 30', 'refunded - 50');
SELECT * FROM pg_temp.play('automatic 100', 'refund 20 leased', 'refunded - 50', 'refunded r1 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 30', 'refund 30', 'refunded r1 30');
SELECT * FROM pg_temp.play('multiple 100', 'captured - 30', 'capture 30', 'captured c1 30');
-- although money is refunded that only the total has counted
SELECT * FROM pg_temp.play('multiple 100', 'captured - 20', 'refunded r1 20', 'captured c1 10', 'captured c2 10');
SELECT * FROM pg_temp.play('multiple 100', 'captured - 20', 'refunded - 20', 'captured c1 40');
-- but a total cannot have counted what was reserved after it
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'sleep', 'refund 20 leased', 'finish succeeded r1', 'refunded - 20', 'refunded - 40', 'refunded - 50');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 50', 'sleep', 'refund 50 leased', 'finish succeeded r1', 'refund 10 leased');
SELECT * FROM pg_temp.play('multiple 100', 'captured - 20', 'sleep', 'capture 10 leased', 'captured own 10', 'captured - 30');
-- the total that counts is the last one
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'sleep', 'refund 10 leased', 'sleep', 'refunded - 50', 'finish succeeded r1', 'refunded - 50');

-- a failure ends what is pending, takes back what has succeeded, and waits for what is to come
SELECT * FROM pg_temp.play('automatic 100', 'refund 20 leased', 'refund_failed own 20', 'refund_failed own 20', 'refunded own 20');
SELECT * FROM pg_temp.play('automatic 100', 'refund 20 leased', 'refund_failed r1 20', 'refunded r1 20', 'refund_failed r1 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded r1 20', 'refund_failed r1 20', 'refund_failed r1 20', 'refunded r1 20', 'refunded - 20', 'refunded - 30');
SELECT * FROM pg_temp.play('automatic 100', 'refund_failed r1 20', 'refunded r1 20', 'refunded r2 20');
SELECT * FROM pg_temp.play('automatic 100', 'refund 20', 'refund_failed r1 20', 'refunded r1 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'refund_failed r1 20', 'refunded r1 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 50', 'refund_failed r1 20', 'refunded r1 20', 'refunded r2 30');
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 100', 'capture_failed c1 100', 'captured c2 100', 'captured c1 100');
-- what names no operation ends the oldest pending one, and nothing else
SELECT * FROM pg_temp.play('multiple 100', 'capture 30 leased', 'capture 20 leased', 'capture_failed - 20', 'capture_failed - -', 'capture_failed - 30');
SELECT * FROM pg_temp.play('automatic 100', 'refund_failed r1 20', 'sleep', 'refunded - 20', 'refunded r1 20');
-- but never one that is younger than the report
SELECT * FROM pg_temp.play('multiple 100', 'capture_failed - 20', 'capture_failed c1 20', 'sleep', 'capture 20 leased', 'captured c1 20', 'captured own 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded - 20', 'refund 20 leased', 'refund_failed - 20');
SELECT * FROM pg_temp.play('automatic 100', 'capture_failed - 100', 'capture_failed c1 100');
-- a capture is not taken back while its money is refunded
SELECT * FROM pg_temp.play('multiple 60', 'captured c1 20', 'refunded r1 10', 'capture_failed c1 20', 'captured c2 20');

-- a dispute holds the money back; lost it is refunded, won it is ours again
SELECT * FROM pg_temp.play('automatic 100', 'disputed d1 60', 'disputed d1 60', 'refund 60', 'refunded r1 60', 'dispute_won d1 60', 'dispute_won d1 60');
SELECT * FROM pg_temp.play('automatic 100', 'disputed d1 60', 'refund 40', 'dispute_lost d1 60', 'dispute_lost d1 60', 'dispute_won d1 60');
SELECT * FROM pg_temp.play('automatic 100', 'dispute_won d1 60', 'disputed d1 60');
SELECT * FROM pg_temp.play('automatic 100', 'dispute_lost d1 60', 'disputed d1 60');
SELECT * FROM pg_temp.play('automatic 100', 'disputed d1 -', 'disputed d2 60', 'dispute_won d1 -');
SELECT * FROM pg_temp.play('automatic 100', 'disputed - 60', 'disputed - 60', 'disputed - -', 'dispute_lost - -', 'dispute_lost - -', 'dispute_won - -');
SELECT * FROM pg_temp.play('automatic 100', 'dispute_won - -', 'sleep', 'disputed - 60', 'disputed d1 60');
SELECT * FROM pg_temp.play('automatic 100', 'disputed - 60', 'disputed d1 60', 'dispute_lost d1 60');
-- it is no refund of ours, and no part of a running total of them
SELECT * FROM pg_temp.play('automatic 100', 'disputed d1 20', 'refund 20 leased', 'refunded - 20', 'refunded r1 20', 'dispute_lost d1 20', 'refunded - 20', 'refunded - 30', 'refunded d1 20');
SELECT * FROM pg_temp.play('automatic 100', 'refunded r1 20', 'disputed r1 20', 'dispute_lost r1 20');

-- what comes before its time waits for it
SELECT * FROM pg_temp.play('multiple 100 late', 'captured c1 60', 'refunded r1 20', 'disputed d1 10', 'authorized - 100', 'promote', 'authorized - -');
SELECT * FROM pg_temp.play('multiple 100 late', 'dispute_won d1 10', 'disputed d1 10', 'refunded r1 20', 'captured c1 20', 'authorize', 'promote');
SELECT * FROM pg_temp.play('multiple 100 late', 'captured c1 60', 'voided v1 40', 'authorize', 'voided v2 99', 'promote');
SELECT * FROM pg_temp.play('automatic 100 late', 'captured c1 100', 'authorize', 'sleep', 'promote', 'capture_failed c1 100');
SELECT * FROM pg_temp.play('multiple 100 late', 'captured c1 60', 'cancel', 'captured c2 60');
SELECT * FROM pg_temp.play('multiple 100 late', 'authorize', 'voided v1 -', 'captured c1 60', 'authorized - -');
SELECT * FROM pg_temp.play('multiple 100 late', 'authorize', 'voided v1 100', 'refunded r1 10');
SELECT * FROM pg_temp.play('multiple 100', 'refunded r1 20', 'refunded r2 20', 'captured c1 30', 'captured c2 20');
SELECT * FROM pg_temp.play('multiple 100', 'refunded - 20', 'capture 30');
SELECT * FROM pg_temp.play('multiple 100', 'refunded r1 20', 'capture 30 leased', 'finish succeeded c1');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'voided v1 100', 'captured c2 50', 'capture_failed own 60');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'canceled - -', 'finish failed c1');
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'canceled - -', 'finish succeeded c1');
SELECT * FROM pg_temp.play('multiple 100', 'void leased', 'captured c1 60', 'finish failed v1');
SELECT * FROM pg_temp.play('automatic 100', 'refund 60 leased', 'refunded r1 50', 'finish failed r2');
SELECT * FROM pg_temp.play('automatic 100', 'refunded r1 60', 'refunded r2 50', 'refund_failed r1 60');
SELECT * FROM pg_temp.play('automatic 60', 'refunded r1 30', 'disputed d1 60', 'dispute_lost d1 60', 'refund_failed r1 30');
SELECT * FROM pg_temp.play('automatic 60', 'refund 40 leased', 'refunded r2 30', 'refund_failed r2 30', 'finish succeeded r1');
SELECT * FROM pg_temp.play('automatic 30', 'refund 30 leased', 'refund_failed r1 30', 'refunded - 30', 'disputed d2 20', 'dispute_lost d2 20', 'refunded r1 30');

-- what can never be is for somebody to look at
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 101', 'captured - 101', 'refunded r1 101', 'refunded - 101', 'disputed d1 101', 'voided v1 101', 'voided - 101');
SELECT * FROM pg_temp.play('multiple 100', 'void', 'captured c1 60', 'captured - 60', 'refunded r1 60', 'disputed d1 60', 'voided v1 100', 'canceled - -', 'capture_failed c1 60', 'refund_failed r1 60');
SELECT * FROM pg_temp.play('multiple 100', 'canceled - -', 'captured c1 60', 'voided - 100');
SELECT * FROM pg_temp.play('multiple 100', 'captured c1 60', 'canceled - -');
SELECT * FROM pg_temp.play('multiple 100 late', 'canceled - -', 'captured c1 60', 'refunded r1 60', 'disputed d1 60', 'voided v1 100');
-- an operation is of one kind and of one payment
SELECT * FROM pg_temp.play('multiple 100', 'capture 60 leased', 'refunded own 60', 'voided own 60', 'disputed own 60', 'capture_failed own 60');
SELECT operation_ref = 'wm_s1c1' AS of_another_payment, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e1', 'captured', 'wm_s2', operation_ref => 'wm_s1c1', amount => 60);
SELECT outcome, detail FROM paysession.ps_receive('wm_manual', 'wm_e1', 'captured', 'wm_s2', operation_ref => 'wm_c9', amount => 60);
-- a reference is enough to find what it is about
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e2', 'capture_failed', operation_ref => 'wm_s1c1', amount => 60);
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e3', 'refund_failed', operation_ref => 'wm_s1r1', amount => 30);
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e9', 'voided', operation_ref => 'wm_s2v1', amount => 30);
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e4', 'refund_failed', operation_ref => 'wm_none');

-- a payment that came in as history has its money too
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment (id, provider_id, currency_code, amount, captured_amount) VALUES ('wm_old', 'wm_multiple', 'eur', 100, 60);
INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, status, provider_ref, provider_idempotency_key, finished_at)
	VALUES ('wm_op', 'capture', 'wm_old', 'wm_multiple', 60, 'succeeded', 'wm_chr', 'wm_op', '2001-01-01');
COMMIT;
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e5', 'refunded', provider_ref => 'wm_chr', operation_ref => 'wm_re', amount => 20);
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e6', 'capture_failed', operation_ref => 'wm_op', amount => 60);
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e7', 'refund_failed', operation_ref => 'wm_re');
SELECT session_id, outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_e8', 'voided', provider_ref => 'wm_chr');
SELECT * FROM pg_temp.money('wm\_old');
-- a name for what a running total has booked takes nothing away from it
SELECT FROM paysession.ps_create('wm_named', 'wm_multiple', 100, id => 'wm_named_s', currency_code => 'eur');
SELECT FROM paysession.ps_authorize('wm_named_s');
INSERT INTO paysession.payment (id, session_id) VALUES ('wm_named', 'wm_named_s');
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_named1', 'captured', 'wm_named_s', amount => 60);
SELECT id AS booked FROM paysession.payment_operation WHERE payment_id = 'wm_named' \gset
SELECT status, amount, metadata FROM paysession.ps_finish(:'booked', 'succeeded', provider_ref => 'wm_named_c1');
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_named2', 'captured', 'wm_named_s', amount => 70);
SELECT * FROM pg_temp.operations('wm\_named') WHERE kind = 'capture';
-- the provider has released after all what it was said to have refused to release
SELECT id AS void FROM paysession.ps_void('wm_named', lease => '1 hour') \gset
SELECT status FROM paysession.ps_finish(:'void', 'failed');
SELECT outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_named3', 'voided', 'wm_named_s', operation_ref => :'void');
SELECT captured, voided, v_pending FROM pg_temp.money('wm\_named');

-- an event that says no amount waits while there is nothing that it can be about
SELECT FROM paysession.ps_create('wm_all', 'wm_multiple', 100, id => 'wm_all_s', currency_code => 'eur');
SELECT FROM paysession.ps_authorize('wm_all_s');
INSERT INTO paysession.payment (id, session_id) VALUES ('wm_all', 'wm_all_s');
SELECT outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_all1', 'disputed', 'wm_all_s', operation_ref => 'wm_all_d');
SELECT FROM paysession.ps_capture('wm_all', provider_ref => 'wm_all_c');
SELECT outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_all2', 'captured', 'wm_all_s', operation_ref => 'wm_all_c2');
SELECT * FROM pg_temp.money('wm\_all');
-- a running total of part of what is then said to be captured, for good, in one
SELECT FROM paysession.ps_create('wm_sum', 'wm_multiple', 100, id => 'wm_sum_s', currency_code => 'eur');
SELECT FROM paysession.ps_authorize('wm_sum_s');
INSERT INTO paysession.payment (id, session_id) VALUES ('wm_sum', 'wm_sum_s');
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_sum1', 'captured', 'wm_sum_s', amount => 60);
SELECT amount, released_amount FROM paysession.ps_capture('wm_sum', 80, final => true, provider_ref => 'wm_sum_c');
SELECT * FROM pg_temp.money('wm\_sum');
-- what was captured, taken back and captured again adds up to more than an amount can be
SELECT FROM paysession.ps_create('wm_huge', 'wm_multiple', 9007199254740991, id => 'wm_huge_s', currency_code => 'eur');
SELECT FROM paysession.ps_authorize('wm_huge_s');
INSERT INTO paysession.payment (id, session_id) VALUES ('wm_huge', 'wm_huge_s');
SELECT o.status FROM paysession.ps_capture('wm_huge', provider_ref => 'wm_huge_c1') c, paysession.ps_finish(c.id, 'reversed') o;
SELECT status FROM paysession.ps_capture('wm_huge', provider_ref => 'wm_huge_c2');
SELECT outcome, detail FROM paysession.ps_receive('wm_multiple', 'wm_huge1', 'captured', 'wm_huge_s', amount => 9007199254740991);
-- of two refunds alike an event can only guess which it is about; who asked the provider knows
SELECT FROM paysession.ps_create('wm_two', 'wm_multiple', 100, id => 'wm_two_s', currency_code => 'eur');
SELECT FROM paysession.ps_authorize('wm_two_s');
INSERT INTO paysession.payment (id, session_id) VALUES ('wm_two', 'wm_two_s');
SELECT FROM paysession.ps_capture('wm_two');
SELECT id AS first FROM paysession.ps_refund('wm_two', 40, lease => '1 hour') \gset
SELECT id AS second FROM paysession.ps_refund('wm_two', 40, lease => '1 hour') \gset
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_two1', 'refunded', 'wm_two_s', operation_ref => 'wm_two_r2', amount => 40);
SELECT status, provider_ref FROM paysession.ps_finish(:'second', 'succeeded', provider_ref => 'wm_two_r2');
SELECT * FROM pg_temp.operations('wm\_two') WHERE kind = 'refund';
SELECT refunded, r_pending FROM pg_temp.money('wm\_two');
SELECT status, reason, note FROM paysession.ps_finish(:'first', 'failed', reason => 'no account');
SELECT refunded, r_pending FROM pg_temp.money('wm\_two');
-- also where what was guessed has failed since
SELECT id AS first FROM paysession.ps_refund('wm_two', 20, lease => '1 hour') \gset
SELECT id AS second FROM paysession.ps_refund('wm_two', 20, lease => '1 hour') \gset
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_two2', 'refunded', 'wm_two_s', operation_ref => 'wm_two_r4', amount => 20);
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_two3', 'refund_failed', 'wm_two_s', operation_ref => 'wm_two_r4', amount => 20);
SELECT status, provider_ref FROM paysession.ps_finish(:'second', 'succeeded', provider_ref => 'wm_two_r4');
SELECT status, provider_ref FROM paysession.ps_finish(:'first', 'succeeded', provider_ref => 'wm_two_r3');
SELECT refunded, r_pending FROM pg_temp.money('wm\_two');
-- and where both have succeeded, or the answer is not known: then it is left where it is
SELECT id AS first FROM paysession.ps_refund('wm_two', 5) \gset
SELECT id AS second FROM paysession.ps_refund('wm_two', 5, lease => '1 hour') \gset
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_two4', 'refunded', 'wm_two_s', operation_ref => 'wm_two_r5', amount => 5);
SELECT status, provider_ref FROM paysession.ps_finish(:'second', 'unknown', provider_ref => 'wm_two_r5');
SELECT status, provider_ref FROM paysession.ps_finish(:'second', 'succeeded');
SELECT status, provider_ref FROM paysession.ps_finish(:'second', 'succeeded', provider_ref => 'wm_two_r5');
-- and where it is a failure that was guessed
SELECT id AS first FROM paysession.ps_refund('wm_two', 4, lease => '1 hour') \gset
SELECT id AS second FROM paysession.ps_refund('wm_two', 4, lease => '1 hour') \gset
SELECT outcome FROM paysession.ps_receive('wm_multiple', 'wm_two5', 'refund_failed', 'wm_two_s', operation_ref => 'wm_two_r6', amount => 4);
SELECT status, provider_ref FROM paysession.ps_finish(:'second', 'failed', provider_ref => 'wm_two_r6');
SELECT status, provider_ref FROM paysession.ps_finish(:'first', 'succeeded', provider_ref => 'wm_two_r7');
-- but a reference of an operation of another amount is an error of the caller's
SELECT id AS third FROM paysession.ps_refund('wm_two', 3, lease => '1 hour') \gset
SELECT status, provider_ref FROM paysession.ps_finish(:'third', 'succeeded', provider_ref => 'wm_two_r2');
SELECT * FROM pg_temp.unlawful();
