-- webhooks: the inbox takes in every event once, and keeps what came of it
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id) VALUES ('wi_card'), ('wi_bank');
INSERT INTO paysession.payment_provider (id, is_installed) VALUES ('wi_gone', false);
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES
	('wi_s1', 'wi_c1', 'wi_card', 100, 'eur'), ('wi_s2', 'wi_c2', 'wi_card', 100, 'eur'), ('wi_s3', 'wi_c3', 'wi_card', 100, 'eur');

-- what came, as it came; times in milliseconds
SELECT provider_id, event_id, received_at BETWEEN now() - interval '1 ms' AND clock_timestamp() AND received_at = date_trunc('milliseconds', received_at) AS received,
	occurred_at AT TIME ZONE 'UTC' AS occurred_at, amount, status, outcome, session_id, provider_ref, operation_ref, detail, resolved_at, resolved_by, note, payload
FROM paysession.ps_receive(provider_id => 'wi_card', event_id => 'evt_1', status => 'requires_more', session_id => 'wi_s1', provider_ref => 'pi_1', operation_ref => 'op_1',
	amount => 100, payload => '{"id": "evt_1", "n": [1, null, {"a": true}]}', occurred_at => '2024-02-29 12:00:00.123999+00');
SELECT occurred_at, payload, session_id, provider_ref, outcome, detail FROM paysession.ps_receive('wi_card', 'evt_2', 'pending', provider_ref => 'pi_1', payload => NULL);

-- again: the stored event, the stored outcome stays, and nothing else is looked at
SELECT event_id, status, session_id, amount, outcome, detail FROM paysession.ps_receive('wi_card', 'evt_1', 'requires_more', 'wi_s1');
SELECT event_id, status, session_id, amount, outcome, payload FROM paysession.ps_receive('wi_card', 'evt_1', 'authorized', 'wi_s2', amount => 5, payload => '{"b": 1}');
SELECT event_id, status, session_id, outcome, detail FROM paysession.ps_receive('wi_card', 'evt_2', 'pending', 'wi_s2');
SELECT event_id, outcome, status FROM paysession.provider_event WHERE provider_id = 'wi_card' ORDER BY event_id;
SELECT id, status FROM paysession.payment_session WHERE cart_id IN ('wi_c1', 'wi_c2') ORDER BY id;
-- it is one provider's
SELECT outcome FROM paysession.ps_receive('wi_bank', 'evt_1', 'pending', provider_ref => 'pi_1');
SELECT outcome FROM paysession.ps_receive('wi_bank', 'evt_1', 'pending');
-- a provider that is not installed any more still tells of what it holds
SELECT outcome, detail FROM paysession.ps_receive('wi_gone', 'evt_1', 'authorized', provider_ref => 'pi_1');

-- what is no event is refused, and leaves nothing
CREATE PROCEDURE pg_temp.refuse_receive(VARIADIC calls text[]) LANGUAGE plpgsql AS $$
DECLARE
	call text;
BEGIN
	FOREACH call IN ARRAY calls LOOP
		RAISE INFO '%', call;
		CALL pg_temp.refuse(format('SELECT paysession.ps_receive(%s)', call));
	END LOOP;
END
$$;
CALL pg_temp.refuse_receive($$NULL, 'e', 'pending'$$, $$'wi_card', NULL, 'pending'$$, $$'wi_card', 'e', NULL$$, $$NULL, NULL, NULL$$, $$'', 'e', 'pending'$$, $$'wi_card', '', 'pending'$$, $$'wi_card', ' e', 'pending'$$,
	$$'wi_card', E'a\nb', 'pending'$$, $$'wi_card', 'é', 'pending'$$, $$'wi_card', repeat('e', 256), 'pending'$$, $$repeat('e', 65), 'e', 'pending'$$, $$'wi_none', 'e', 'pending'$$);
CALL pg_temp.refuse_receive($$'wi_card', 'e', ''$$, $$'wi_card', 'e', 'Captured'$$, $$'wi_card', 'e', 'paid'$$, $$'wi_card', 'e', ' pending'$$, $$'wi_card', 'e', repeat('x', 100000)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_receive('wi_card', 'e', 'paid')$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_receive('wi_none', 'e', 'pending')$$, true);
CALL pg_temp.refuse_receive($$'wi_card', 'e', 'pending', ''$$, $$'wi_card', 'e', 'pending', repeat('s', 65)$$, $$'wi_card', 'e', 'pending', provider_ref => ''$$, $$'wi_card', 'e', 'pending', provider_ref => repeat('r', 256)$$,
	$$'wi_card', 'e', 'pending', operation_ref => 'a '$$, $$'wi_card', 'e', 'pending', operation_ref => repeat('r', 256)$$);
CALL pg_temp.refuse_receive($$'wi_card', 'e', 'captured', amount => 0$$, $$'wi_card', 'e', 'captured', amount => -1$$, $$'wi_card', 'e', 'captured', amount => 9007199254740992$$,
	$$'wi_card', 'e', 'captured', amount => 9223372036854775807$$, $$'wi_card', 'e', 'captured', amount => (-9223372036854775808)$$);
CALL pg_temp.refuse_receive($$'wi_card', 'e', 'captured', occurred_at => 'infinity'$$, $$'wi_card', 'e', 'captured', occurred_at => '-infinity'$$);
SELECT count(*) FROM paysession.provider_event WHERE event_id = 'e';
-- the largest that is one
SELECT length(provider_id), length(event_id), length(session_id), length(provider_ref), length(operation_ref), amount, outcome, occurred_at AT TIME ZONE 'UTC' AS occurred_at
FROM paysession.ps_receive('wi_card', repeat('e', 255), 'dispute_won', repeat('s', 64), repeat('r', 255), repeat('o', 255), 9007199254740991, '{}', '294000-01-01+00');

-- the payload is kept, whatever it is
SELECT n, length(payload::text) AS length, left(payload::text, 80) AS payload FROM unnest(ARRAY['{}', '[]', 'null', '"text"', '17', 'true', '[[], {}]', '{"a": {"b": [1.50, "é"]}}']::jsonb[]) WITH ORDINALITY AS p (sent, n),
	paysession.ps_receive('wi_card', 'any_' || n, 'pending', 'wi_s1', payload => sent) ORDER BY n;
-- unless it is too large, or too deep: the event counts all the same
CREATE FUNCTION pg_temp.deep(depth integer) RETURNS jsonb LANGUAGE sql RETURN (repeat('{"a":', depth) || '1' || repeat('}', depth))::jsonb;
SELECT n, outcome, length(payload::text) AS length, left(payload::text, 60) AS payload
FROM (VALUES (1, pg_temp.deep(64)), (2, pg_temp.deep(65)), (3, pg_temp.deep(3000)), (4, (repeat('[', 65) || repeat(']', 65))::jsonb), (5, jsonb_build_object('a', repeat('x', 65000))), (6, jsonb_build_object('a', repeat('x', 66000))),
	(7, (SELECT jsonb_object_agg(i, md5(i::text)) FROM generate_series(1, 25000) i)), (8, to_jsonb(repeat('4111111111111111 ', 60000)))) v (n, sent),
	paysession.ps_receive('wi_card', 'size_' || n, 'pending', 'wi_s1', payload => sent) ORDER BY n;
SELECT outcome, detail, payload FROM paysession.ps_receive('wi_card', 'size_9', 'authorized', 'wi_s3', payload => pg_temp.deep(65));

-- card numbers and security codes are masked, in keys, in strings and in numbers, at any depth
CREATE TEMP TABLE cards (n integer, sent jsonb);
INSERT INTO cards SELECT n, sent FROM unnest(ARRAY[
	'{"number": "4111111111111111"}', '{"number": 4111111111111111}', '{"number": "4111 1111-1111.1111", "more": "paid with 5555555555554444, thanks, not 378282246310005"}', '{"4111111111111111": {"a": 1}}',
	'[["4111111111111111"], 5555555555554444]', '"4111111111111111"', '4111111111111111', '{"a": [{"b": {"c": "x 4111111111111111"}}]}',
	'{"cvc": "123", "CVV": 123, "pin": ["1", {"2": 3}], "card_number": {"a": {"b": 1}}, "after": "kept"}', '{"cvc": null, "pin": false, "track1": true, "pan": ""}', '[{"cvv2": "1"}, {"cid": 2}, "cvc", 3]',
	'{"number": 4111111111111111.5, "negative": -4111111111111111, "large": 41111111111111110000000, "exponent": 4.111111111111111e15}',
	'{"number": "4111111111111112", "uuid": "41111111-1111-4111-8111-111111111111", "token": "tok_4111111111111111", "ulid": "ps_01J00000000000000000000000", "amount": 123456}',
	'{"cvc": {"cvc": {"number": "4111111111111111"}}, "z": "4111111111111111"}', '{"4111111111111111": 1, "5555555555554444": 2}', '{"4111111111111111": 1, "****************": 2}']::jsonb[]) WITH ORDINALITY AS c (sent, n);
SELECT n, payload FROM cards, paysession.ps_receive('wi_card', 'card_' || n, 'pending', 'wi_s1', payload => sent) ORDER BY n;
-- no number of more digits than a card's is one, nor is what comes after its point; thousands of the largest cost nothing
SELECT payload FROM paysession.ps_receive('wi_card', 'digits_1', 'pending', 'wi_s1', payload => '[9223372036854775808.4111111111111111, 0.4111111111111111, -41111111111111110000]');
BEGIN;
SELECT n, outcome, payload = sent AS kept FROM CAST('[' || repeat('1e131071, ', 3999) || '1e131071]' AS jsonb) AS v (sent), generate_series(1, 4) n, paysession.ps_receive('wi_card', 'large_' || n, 'pending', 'wi_s1', payload => sent);
COMMIT;
-- only masked where the setting is not off, and never refused
SET paysession.pan_check = warn;
SELECT n, payload FROM cards, paysession.ps_receive('wi_card', 'warn_' || n, 'pending', 'wi_s1', payload => sent) WHERE n IN (1, 2, 4, 6, 9) ORDER BY n;
SET paysession.pan_check = off;
SELECT n, payload FROM cards, paysession.ps_receive('wi_card', 'off_' || n, 'pending', 'wi_s1', payload => sent) WHERE n IN (1, 2, 4, 6, 9) ORDER BY n;
SELECT payload FROM paysession.ps_receive('wi_card', 'off_65', 'pending', 'wi_s1', payload => jsonb_build_object('a', repeat('x', 66000)));
SELECT left(payload::text, 60) AS payload FROM paysession.ps_receive('wi_card', 'off_deep', 'pending', 'wi_s1', payload => pg_temp.deep(65));
RESET paysession.pan_check;
-- ids and references are tokens
SELECT event_id, provider_ref, operation_ref, outcome FROM paysession.ps_receive('wi_card', '4111111111111111', 'pending', provider_ref => '5555555555554444', operation_ref => '378282246310005');
-- what the law says of a refusal is a detail, never of the payload
SELECT outcome, detail FROM paysession.ps_receive('wi_card', 'big', 'authorized', 'wi_s2', amount => 99, payload => '{"secret": "s3cr3t"}');

-- view provider_conflict: what somebody has to look at
SELECT event_id, status, outcome, detail FROM paysession.provider_conflict WHERE provider_id = 'wi_card' ORDER BY event_id;
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.provider_event (provider_id, event_id, received_at, status, outcome) SELECT 'wi_bank', outcome || age, now() - age::interval, 'pending', outcome
FROM unnest('{applied,duplicate,stale,parked,conflict,dismissed}'::text[]) outcome, unnest('{59 minutes,61 minutes}'::text[]) age;
SELECT event_id, outcome FROM paysession.provider_conflict WHERE provider_id = 'wi_bank' ORDER BY event_id;
SELECT attname FROM pg_attribute WHERE attrelid = 'paysession.provider_conflict'::regclass AND attnum > 0 ORDER BY attnum;
ROLLBACK;

-- ps_resolve: once more, after what stood in its way is gone
SELECT amount FROM paysession.ps_update('wi_s2', 99);
SELECT outcome, detail, resolved_at = date_trunc('milliseconds', resolved_at) AND resolved_at BETWEEN received_at AND clock_timestamp() AS resolved, resolved_by = session_user AS by, note
FROM paysession.ps_resolve('wi_card', 'big', true, 'the cart was changed');
SELECT status, amount FROM paysession.payment_session WHERE id = 'wi_s2';
SELECT outcome, detail, resolved_by = session_user AS by, note FROM paysession.provider_event WHERE event_id = 'big';
SELECT count(*) FROM paysession.provider_conflict WHERE event_id = 'big';
-- it may be refused again, or wait on
SELECT outcome FROM paysession.ps_receive('wi_card', 'res_1', 'authorized', 'wi_s2', amount => 5);
SELECT outcome, detail, resolved_by = session_user AS by, note FROM paysession.ps_resolve('wi_card', 'res_1', true);
SELECT outcome, detail, note FROM paysession.ps_resolve('wi_card', 'res_1', true, 'still');
SELECT outcome FROM paysession.ps_receive('wi_card', 'res_2', 'authorized', 'wi_none');
SELECT outcome, detail, note FROM paysession.ps_resolve('wi_card', 'res_2', true, 'too early');
-- or closed
SELECT outcome, detail, resolved_by = session_user AS by, note FROM paysession.ps_resolve('wi_card', 'res_1', false, 'refunded by hand');
SELECT outcome, detail, note FROM paysession.ps_resolve('wi_card', 'res_2', apply => false);
SELECT e.outcome, e.note, e = i AS unchanged FROM paysession.provider_event i, paysession.ps_resolve('wi_card', 'res_1', false, 'again') e WHERE i.event_id = 'res_1';
SELECT outcome, note FROM paysession.ps_receive('wi_card', 'res_1', 'authorized', 'wi_s2', amount => 5);
SELECT event_id FROM paysession.provider_conflict WHERE event_id LIKE 'res%';
-- dismissed it waits for nothing
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('wi_none', 'wi_c4', 'wi_card', 100, 'eur');
SELECT status FROM paysession.payment_session WHERE id = 'wi_none';
SELECT outcome FROM paysession.provider_event WHERE event_id = 'res_2';
-- what is settled stays so
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', 'res_1', true)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', 'evt_1', true)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', 'evt_2', false)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', 'none', true)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_none', 'evt_1', true)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve(NULL, 'evt_1', true)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', NULL, true)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', 'evt_1', NULL)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve('wi_card', 'evt_1', true, repeat('x', 65537))$$);
CALL pg_temp.refuse($$SELECT paysession.ps_resolve(NULL, NULL, NULL, 'card 4111111111111111')$$);
-- a user's trigger may refuse what an event does, and its message is kept; what is not about the event passes
CREATE FUNCTION wi_no() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'not today' USING ERRCODE = TG_ARGV[0];
END
$$;
CREATE TRIGGER wi_no BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION wi_no('P0001');
SELECT outcome, detail FROM paysession.ps_receive('wi_card', 'no_1', 'requires_more', 'wi_none');
DROP TRIGGER wi_no ON paysession.payment_session;
CREATE TRIGGER wi_no BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION wi_no('23514');
SELECT outcome, detail FROM paysession.ps_receive('wi_card', 'no_2', 'requires_more', 'wi_none');
DROP TRIGGER wi_no ON paysession.payment_session;
CREATE TRIGGER wi_no BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION wi_no('40001');
CALL pg_temp.refuse($$SELECT paysession.ps_receive('wi_card', 'no_3', 'requires_more', 'wi_none')$$);
DROP TRIGGER wi_no ON paysession.payment_session;
CREATE TRIGGER wi_no BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION wi_no('42501');
CALL pg_temp.refuse($$SELECT paysession.ps_receive('wi_card', 'no_4', 'requires_more', 'wi_none')$$);
DROP TRIGGER wi_no ON paysession.payment_session;
-- nothing of it has stayed, and once more it is applied
SELECT status, is_initiated FROM paysession.payment_session WHERE id = 'wi_none';
SELECT event_id FROM paysession.provider_event WHERE event_id LIKE 'no\_%' ORDER BY 1;
SELECT outcome, detail FROM paysession.ps_resolve('wi_card', 'no_1', true);
-- with what has waited for it
CALL pg_temp.pay('wi_p', 'wi_card', 100);
CREATE TRIGGER wi_no BEFORE UPDATE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION wi_no('P0001');
SELECT outcome, detail FROM paysession.ps_receive('wi_card', 'no_5', 'captured', 'wi_p_s', operation_ref => 'ch_1', amount => 60);
SELECT outcome, detail FROM paysession.ps_receive('wi_card', 'no_6', 'refunded', 'wi_p_s', operation_ref => 're_1', amount => 60);
DROP TRIGGER wi_no ON paysession.payment;
SELECT outcome FROM paysession.ps_resolve('wi_card', 'no_5', true);
SELECT event_id, outcome, resolved_by = session_user AS by_hand FROM paysession.provider_event WHERE session_id = 'wi_p_s' ORDER BY event_id;
SELECT * FROM pg_temp.money('wi\_p');
DROP FUNCTION wi_no;

-- in a transaction that is undone nothing has come
BEGIN;
SELECT outcome FROM paysession.ps_receive('wi_card', 'undone', 'error', 'wi_none');
ROLLBACK;
SELECT outcome FROM paysession.ps_receive('wi_card', 'undone', 'error', 'wi_none');
SELECT * FROM pg_temp.unlawful();
