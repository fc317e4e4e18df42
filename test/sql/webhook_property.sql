-- webhooks: what a provider sends, in any order and any number of times, ends in the same status, selection and amounts
\set ECHO none
-- The provider of this test lives through one random history and tells of it;
-- each history is told in several orders, to a payment session of its own.
-- It keeps within the limits that doc/webhooks.md names: an operation has one
-- name in all events about it, what never gets a reference has an amount of
-- its own, and no capture is taken back that refunds stand on.

CREATE FUNCTION pg_temp.chance(p float8) RETURNS boolean LANGUAGE sql VOLATILE RETURN random() < p;
CREATE FUNCTION pg_temp.any_of(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
	RETURN choices[1 + floor(random() * cardinality(choices))::integer];

-- A history: what the application does before (own), what the provider tells
-- (events) and what is true in the end.
CREATE TYPE pg_temp.history AS (method text, promotion text, amount bigint, own jsonb, events jsonb, truth jsonb);
CREATE TYPE pg_temp.money AS (captured bigint, capture_pending bigint, refunded bigint, refund_pending bigint, voided bigint, void_pending bigint);

CREATE FUNCTION pg_temp.live() RETURNS pg_temp.history LANGUAGE plpgsql AS $$
DECLARE
	h pg_temp.history;
	m pg_temp.money := (0, 0, 0, 0, 0, 0);
	captured_ever bigint := 0;
	refunded_ever bigint := 0;
	known bigint := 0;			-- captured, as far as the application knows
	captures bigint := 0;		-- what it has asked to be captured
	refunds bigint := 0;		-- and to be refunded
	by_id boolean := pg_temp.chance(0.2);
	totals float8 := pg_temp.any_of('0', '0.3', '0.8');
	whose text;
	fate text;
	x bigint;
	ref text;
	event jsonb;
	canceled boolean := false;
	disputed boolean := false;
	captured_once boolean := false;
	taken_back boolean := false;
BEGIN
	h.method := pg_temp.any_of('manual', 'manual_multiple', 'manual_multiple', 'automatic');
	h.promotion := pg_temp.any_of('before', 'before', 'before', 'after', 'soon', 'never');
	h.amount := 10 * (2 + floor(random() * 5));
	h.own := '[]';
	h.events := '[]';

	-- the authorization, after what may have gone wrong before
	WHILE pg_temp.chance(0.4) LOOP
		h.events := h.events || jsonb_build_object('status', pg_temp.any_of('pending', 'requires_more', 'error'));
	END LOOP;
	h.events := h.events || jsonb_build_object('status', 'authorized', 'amount', CASE WHEN pg_temp.chance(0.5) THEN h.amount END);
	IF h.promotion = 'never' THEN
		canceled := pg_temp.chance(0.5);
		IF canceled THEN
			h.events := h.events || jsonb_build_object('status', pg_temp.any_of('canceled', 'voided'), 'amount', CASE WHEN pg_temp.chance(0.5) THEN h.amount END);
		END IF;
		h.truth := jsonb_build_object('status', CASE WHEN canceled THEN 'canceled' ELSE 'authorized' END, 'is_selected', NOT canceled);
		RETURN h;
	END IF;

	IF h.method = 'automatic' THEN
		m.captured := h.amount;
		captured_ever := h.amount;
		known := h.amount;
		captured_once := true;
		IF pg_temp.chance(0.7) THEN
			h.events := h.events || jsonb_build_object('status', 'captured', 'ref', 'c0', 'amount', h.amount);
		END IF;
		IF pg_temp.chance(0.3) THEN
			h.events := h.events || jsonb_build_object('status', 'captured', 'amount', h.amount);
		END IF;
	END IF;

	FOR i IN 1..(3 + floor(random() * 7)) LOOP
		ref := pg_temp.any_of('c', 'r', 'r', 'v', 'd') || i;
		x := 10 * (1 + floor(random() * 3));
		whose := CASE WHEN h.promotion = 'before' THEN pg_temp.any_of('booked', 'booked with ref', 'leased', 'leased', 'outside', 'outside') ELSE 'outside' END;
		fate := pg_temp.any_of('succeeds', 'succeeds', 'succeeds', 'succeeds', 'succeeds', 'fails', 'fails later', 'pending');
		-- what is never told of by its reference must not be mistaken for what is
		IF whose <> 'outside' AND (by_id OR fate = 'pending') THEN
			x := x + 5;
		END IF;
		event := jsonb_build_object('ref', ref, 'amount', x);
		CASE left(ref, 1)
		WHEN 'c' THEN
			CONTINUE WHEN m.captured + m.capture_pending + m.voided + m.void_pending + x > h.amount
				OR (h.method <> 'manual_multiple' AND captured_once)
				OR (fate = 'fails later' AND (m.refunded + m.refund_pending > 0 OR (h.method = 'manual' AND h.own <> '[]')))
				OR (whose <> 'leased' AND fate IN ('fails', 'pending'))
				OR (whose <> 'outside' AND captures + x > h.amount);
			IF whose <> 'outside' THEN
				captures := captures + CASE h.method WHEN 'manual' THEN h.amount ELSE x END;
				h.own := h.own || (event || jsonb_build_object('kind', 'capture', 'whose', whose));
				event := event || CASE WHEN by_id AND whose <> 'booked with ref' THEN jsonb_build_object('own', jsonb_array_length(h.own)) ELSE '{}' END;
			END IF;
			IF fate = 'pending' THEN
				m.capture_pending := m.capture_pending + x;
				m.void_pending := m.void_pending + CASE h.method WHEN 'manual' THEN h.amount - x ELSE 0 END;
				captured_once := true;
				CONTINUE;
			END IF;
			IF fate <> 'fails' THEN
				captured_ever := captured_ever + x;
				captured_once := true;
				IF h.method = 'manual' THEN
					m.voided := h.amount - x;
				END IF;
				taken_back := taken_back OR fate = 'fails later';
				IF fate = 'succeeds' THEN
					m.captured := m.captured + x;
					known := known + CASE WHEN whose LIKE 'booked%' THEN x ELSE 0 END;
				END IF;
				IF whose <> 'booked with ref' OR pg_temp.chance(0.7) THEN
					h.events := h.events || (event || '{"status": "captured"}');
				END IF;
				IF pg_temp.chance(totals) THEN
					h.events := h.events || jsonb_build_object('status', 'captured', 'amount', captured_ever);
				END IF;
			END IF;
			IF fate LIKE 'fails%' THEN
				h.events := h.events || (event || '{"status": "capture_failed"}');
			END IF;
		WHEN 'r' THEN
			CONTINUE WHEN m.refunded + m.refund_pending + x > m.captured OR taken_back
				OR (whose <> 'outside' AND refunds + x > known)
				OR (whose <> 'leased' AND fate IN ('fails', 'pending'));
			IF whose <> 'outside' THEN
				refunds := refunds + x;
				h.own := h.own || (event || jsonb_build_object('kind', 'refund', 'whose', whose));
				event := event || CASE WHEN by_id AND whose <> 'booked with ref' THEN jsonb_build_object('own', jsonb_array_length(h.own)) ELSE '{}' END;
			END IF;
			IF fate = 'pending' THEN
				m.refund_pending := m.refund_pending + x;
				CONTINUE;
			END IF;
			IF fate <> 'fails' THEN
				refunded_ever := refunded_ever + x;
				m.refunded := m.refunded + CASE WHEN fate = 'succeeds' THEN x ELSE 0 END;
				IF whose <> 'booked with ref' OR fate = 'fails later' OR pg_temp.chance(0.7) THEN
					h.events := h.events || (event || '{"status": "refunded"}');
				END IF;
				IF pg_temp.chance(totals) THEN
					h.events := h.events || jsonb_build_object('status', 'refunded', 'amount', refunded_ever);
				END IF;
			END IF;
			IF fate LIKE 'fails%' THEN
				h.events := h.events || (event || '{"status": "refund_failed"}');
			END IF;
		WHEN 'v' THEN
			x := h.amount - m.captured - m.capture_pending - m.voided - m.void_pending;
			CONTINUE WHEN x = 0 OR h.method = 'manual' OR m.voided > 0;
			m.voided := x;
			canceled := x = h.amount;
			h.events := h.events || CASE
				WHEN canceled AND NOT captured_once AND pg_temp.chance(0.5) THEN '{"status": "canceled"}'
				WHEN pg_temp.chance(0.5) THEN jsonb_build_object('status', 'voided', 'ref', ref, 'amount', x)
				ELSE jsonb_build_object('status', 'voided', 'amount', x) END;
			EXIT WHEN canceled;
		ELSE
			CONTINUE WHEN m.refunded + m.refund_pending + x > m.captured OR disputed OR taken_back;
			disputed := true;
			h.events := h.events || (event || '{"status": "disputed"}');
			fate := pg_temp.any_of('open', 'dispute_lost', 'dispute_won');
			IF fate <> 'open' THEN
				h.events := h.events || (event || jsonb_build_object('status', fate));
			END IF;
			m.refund_pending := m.refund_pending + CASE fate WHEN 'open' THEN x ELSE 0 END;
			m.refunded := m.refunded + CASE fate WHEN 'dispute_lost' THEN x ELSE 0 END;
		END CASE;
	END LOOP;
	h.truth := jsonb_build_object('status', CASE WHEN canceled THEN 'canceled' ELSE 'authorized' END, 'is_selected', NOT canceled);
	-- a session that is canceled before it is promoted has no payment
	IF NOT canceled OR h.promotion = 'before' THEN
		h.truth := h.truth || to_jsonb(m);
	END IF;
	RETURN h;
END
$$;

-- What waits for something is applied when that commits; here it is never to.
CREATE PROCEDURE pg_temp.commit() LANGUAGE plpgsql AS $$
BEGIN
	SET CONSTRAINTS paysession.aa_settle IMMEDIATE;
	SET CONSTRAINTS paysession.aa_settle DEFERRED;
END
$$;

-- Tells a history in an order, to a session of its own, and returns what comes of it.
CREATE FUNCTION pg_temp.tell(h pg_temp.history, positions integer[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	provider text := 'pr_' || h.method;
	own text[] := '{}';
	o jsonb;
	e jsonb;
	n integer;
	sums pg_temp.money;
	totals record;
	result jsonb;
BEGIN
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, provider_ref)
		VALUES ('pr_s', 'pr_c', provider, h.amount, 'eur', 'pr_ref'), ('pr_other', 'pr_c', 'pr_bank', h.amount, 'eur', NULL);
	IF h.promotion = 'before' THEN
		PERFORM paysession.ps_authorize('pr_s');
		PERFORM paysession.ps_promote('pr_s');
	ELSE
		PERFORM paysession.ps_select('pr_other');
	END IF;
	FOR o IN SELECT * FROM jsonb_array_elements(h.own) LOOP
		IF o ->> 'kind' = 'capture' THEN
			own := own || (SELECT c.id FROM paysession.payment p, paysession.ps_capture(p.id, (o -> 'amount')::bigint,
				lease => CASE o ->> 'whose' WHEN 'leased' THEN interval '1 hour' END,
				provider_ref => CASE o ->> 'whose' WHEN 'booked with ref' THEN o ->> 'ref' END) c WHERE p.session_id = 'pr_s');
		ELSE
			own := own || (SELECT c.id FROM paysession.payment p, paysession.ps_refund(p.id, (o -> 'amount')::bigint,
				lease => CASE o ->> 'whose' WHEN 'leased' THEN interval '1 hour' END,
				provider_ref => CASE o ->> 'whose' WHEN 'booked with ref' THEN o ->> 'ref' END) c WHERE p.session_id = 'pr_s');
		END IF;
	END LOOP;
	FOREACH n IN ARRAY positions LOOP
		e := h.events -> n;
		PERFORM paysession.ps_receive(provider, 'pr_' || n, e ->> 'status', provider_ref => 'pr_ref',
			operation_ref => CASE WHEN e ? 'own' THEN own[(e -> 'own')::integer] ELSE e ->> 'ref' END, amount => (e ->> 'amount')::bigint);
		IF h.promotion = 'soon' AND (SELECT status FROM paysession.payment_session WHERE id = 'pr_s') = 'authorized' THEN
			PERFORM paysession.ps_promote('pr_s');
			CALL pg_temp.commit();
		END IF;
	END LOOP;
	IF h.promotion = 'after' AND (SELECT status FROM paysession.payment_session WHERE id = 'pr_s') = 'authorized' THEN
		PERFORM paysession.ps_promote('pr_s');
	END IF;
	CALL pg_temp.commit();
	SELECT jsonb_build_object('status', status, 'is_selected', is_selected) INTO result FROM paysession.payment_session WHERE id = 'pr_s';
	SELECT coalesce(sum(amount) FILTER (WHERE kind = 'capture' AND status = 'succeeded'), 0),
		coalesce(sum(amount) FILTER (WHERE kind = 'capture' AND status = 'pending'), 0),
		coalesce(sum(amount) FILTER (WHERE kind = 'refund' AND status = 'succeeded'), 0),
		coalesce(sum(amount) FILTER (WHERE kind = 'refund' AND status = 'pending'), 0),
		coalesce(sum(amount) FILTER (WHERE kind = 'void' AND status = 'succeeded'), 0)
			+ coalesce(sum(released_amount) FILTER (WHERE status IN ('succeeded', 'reversed')), 0),
		coalesce(sum(amount) FILTER (WHERE kind = 'void' AND status = 'pending'), 0)
			+ coalesce(sum(released_amount) FILTER (WHERE status = 'pending'), 0)
	INTO sums FROM paysession.payment_operation WHERE session_id = 'pr_s';
	SELECT (captured_amount, capture_pending, refunded_amount, refund_pending, voided_amount, void_pending)::pg_temp.money AS money
	INTO totals FROM paysession.payment WHERE session_id = 'pr_s';
	RETURN CASE WHEN NOT FOUND THEN result
		WHEN totals.money = sums THEN result || to_jsonb(sums)
		ELSE result || jsonb_build_object('totals', totals.money, 'operations', sums) END;
END
$$;

-- Tells it, and undoes what has come of it.
CREATE PROCEDURE pg_temp.try(h pg_temp.history, positions integer[], INOUT result jsonb) LANGUAGE plpgsql AS $$
BEGIN
	result := pg_temp.tell(h, positions);
	ROLLBACK;
END
$$;

-- Tells many histories, each in order and in three others with repetitions;
-- of one that ends otherwise shows the least that still does.
CREATE PROCEDURE pg_temp.check(histories integer) LANGUAGE plpgsql AS $$
DECLARE
	h pg_temp.history;
	in_order integer[];
	other integer[];
	result jsonb;
	expected jsonb;
	without integer;
	told integer := 0;
	own integer := 0;
	failures integer := 0;
BEGIN
	FOR i IN 1..histories LOOP
		h := pg_temp.live();
		in_order := ARRAY(SELECT n FROM generate_series(0, jsonb_array_length(h.events) - 1) n);
		own := own + jsonb_array_length(h.own);
		FOR k IN 1..4 LOOP
			other := CASE k WHEN 1 THEN in_order ELSE
				ARRAY(SELECT n FROM unnest(in_order || ARRAY(SELECT n FROM unnest(in_order) n WHERE random() < 0.3)) n ORDER BY random()) END;
			told := told + cardinality(other);
			CALL pg_temp.try(h, other, result);
			CONTINUE WHEN result @> h.truth AND NOT result ? 'totals';
			failures := failures + 1;
			without := 0;
			WHILE without < jsonb_array_length(h.events) LOOP
				CALL pg_temp.try(h, array_remove(in_order, without), expected);
				CALL pg_temp.try(h, array_remove(other, without), result);
				IF without = ANY (in_order) AND result <> expected THEN
					in_order := array_remove(in_order, without);
					other := array_remove(other, without);
					without := 0;
				ELSE
					without := without + 1;
				END IF;
			END LOOP;
			CALL pg_temp.try(h, in_order, expected);
			CALL pg_temp.try(h, other, result);
			RAISE INFO E'%\nin order % %\nin order % %', h, in_order, expected, other, result;
			EXIT;
		END LOOP;
	END LOOP;
	RAISE INFO '% histories with % operations of our own, told in % events, % failures', histories, own, told, failures;
END
$$;
\set ECHO all
\set VERBOSITY terse
INSERT INTO paysession.payment_provider (id, capture_method) VALUES
	('pr_manual', 'manual'), ('pr_manual_multiple', 'manual_multiple'), ('pr_automatic', 'automatic'), ('pr_bank', 'manual');
SELECT setseed(0.25);
CALL pg_temp.check(2000);
