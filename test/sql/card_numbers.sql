-- card numbers and security codes are kept out of documents and notes, and nothing else is
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('cn_card'), ('cn_bank');
INSERT INTO paysession.cart (id, currency_code) VALUES ('cn_c1', 'eur'), ('cn_c2', 'eur');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('cn_s1', 'cn_c1', 'cn_card', 100);
INSERT INTO paysession.sales_channel (id, name) VALUES ('cn_web', 'Web');

-- Shows what comes of storing a document.
CREATE FUNCTION pg_temp.verdict(document jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE paysession.payment_session SET data = document WHERE id = 'cn_s1';
	RETURN 'stored';
EXCEPTION WHEN check_violation THEN
	RETURN SQLERRM;
END
$$;

-- what is one
SELECT document, pg_temp.verdict(document) FROM unnest(ARRAY[
	'{"number": "4111111111111111"}', '{"number": 4111111111111111}', '{"number": "4111 1111 1111 1111"}', '{"number": "4111-1111-1111-1111"}',
	'{"number": "4111.1111.1111.1111"}', '{"note": "paid with 5555555555554444, thanks"}', '{"amex": "378282246310005"}', '{"diners": "30569309025904"}',
	'{"deep": {"er": [1, {"still": "6011111111111117"}]}}', '{"4111111111111111": true}', '{"list": ["a", "4111111111111111"]}', '{"number": 4.111111111111111e15}',
	'{"token": "tok_4111111111111111"}', '{"cvc": "123"}', '{"CVV": 123}', '{"card_number": "x"}', '{"cardNumber": "x"}', '{"a": [{"PIN": "0000"}]}', '{"track2": "x"}', '{"pan": {"a": 1}}', '{"cvv2": []}']::jsonb[])
	WITH ORDINALITY AS d (document, n) ORDER BY n;
-- what is none: another check digit, too short or long, no issuer, part of a word, a UUID, one of our ids, a key without a value
SELECT document, pg_temp.verdict(document) FROM unnest(ARRAY[
	'{"number": "4111111111111112"}', '{"number": "411111111111111"}', '{"number": "41111111111111111111"}', '{"number": "9111111111111111"}',
	'{"token": "tok4111111111111111"}', '{"token": "4111111111111111x"}', '{"number": "4111  1111  1111  1111"}', '{"ean": "4006381333931"}', '{"last4": "1111"}',
	'{"uuid": "41111111-1111-4111-8111-111111111111"}', '{"session": "ps_01J00000000000000000000000"}', '{"cvc": null}', '{"cvc_check": "pass"}', '{"pin": false}',
	'{"opinion": "1"}', '{"amount": 123456}']::jsonb[])
	WITH ORDINALITY AS d (document, n) ORDER BY n;

-- everywhere: each document and each note, through plain SQL
CALL pg_temp.refuse($$INSERT INTO paysession.payment_session (provider_id, data) VALUES ('cn_card', '{"a": "4111111111111111"}')$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET data = '{"cvc": "123"}' WHERE id = 'cn_s1'$$, true);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET status_reason = 'card 4111111111111111 declined' WHERE id = 'cn_s1'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.cart (id, context) VALUES ('cn_x', '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET context = '{"cvc": "123"}' WHERE id = 'cn_c1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET metadata = '{"a": "4111111111111111"}' WHERE id = 'cn_c1'$$);
CALL pg_temp.refuse($$INSERT INTO paysession.sales_channel (id, name, metadata) VALUES ('cn_x', 'X', '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$UPDATE paysession.sales_channel SET metadata = '{"pin": "0000"}' WHERE id = 'cn_web'$$);
-- and through the functions
CALL pg_temp.refuse($$SELECT paysession.ps_create('cn_x', 'cn_card', data => '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_s1', data => '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_require_more('cn_s1', '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_authorize('cn_s1', data => '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('cn_s1', data => '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail('cn_s1', '4111111111111111')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_cancel('cn_s1', '4111111111111111')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cn_x", "context": {"a": "4111111111111111"}}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"id": "cn_x", "metadata": {"cvc": "123"}}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_sales_channel('cn_x', 'X', metadata => '{"a": "4111111111111111"}')$$);
-- before anything else that is wrong is told: an unknown session, a bad id, an array, too deep
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_none', data => '{"a": "4111111111111111"}')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update(NULL, -1, '{"a": "4111111111111111"}', '')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_s1', data => '["4111111111111111"]')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_s1', data => (repeat('{"a":', 70) || '4111111111111111' || repeat('}', 70))::jsonb)$$);
CALL pg_temp.refuse($$SELECT paysession.ps_fail(NULL, '4111111111111111')$$);
CALL pg_temp.refuse($$SELECT paysession.ps_put_cart('{"context": {"a": "4111111111111111"}, "subtotal": "x"}')$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET data = '["4111111111111111"]', amount = -1, provider_id = NULL WHERE id = 'cn_s1'$$);
CALL pg_temp.refuse($$UPDATE paysession.cart SET subtotal = 9007199254740992, metadata = '{"a": "4111111111111111"}', context = NULL WHERE id = 'cn_c1'$$);
BEGIN READ ONLY;
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_s1', data => '{"a": "4111111111111111"}')$$);
COMMIT;

-- ids, references and keys are tokens, and exempt
INSERT INTO paysession.payment_provider (id) VALUES ('4111111111111111');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, provider_ref, idempotency_key, amount, currency_code)
	VALUES ('5555555555554444', '6011111111111117', '4111111111111111', '378282246310005', '30569309025904', 5, 'eur');
SELECT status, provider_ref FROM paysession.ps_authorize('5555555555554444');
SELECT id, provider_id FROM paysession.ps_create('6011111111111117', 'cn_card', id => '4012888888881881');
SELECT provider_ref FROM paysession.ps_update('4012888888881881', provider_ref => '4222222222222220');
SELECT id FROM paysession.ps_put_cart('{"id": "4111111111111111", "number": "4111111111111111"}');
SELECT id FROM paysession.ps_put_sales_channel('4111111111111111', '4111 1111 1111 1111');

-- only a superuser sets what happens
CREATE ROLE cn_app;
GRANT USAGE ON SCHEMA paysession TO cn_app;
GRANT SELECT, UPDATE ON paysession.payment_session TO cn_app;
SET ROLE cn_app;
SET paysession.pan_check = off;
SHOW paysession.pan_check;
RESET ROLE;
SET paysession.pan_check = maybe;
-- warn: one warning for a write, and it is stored
SET paysession.pan_check = warn;
UPDATE paysession.payment_session SET data = '{"a": "4111111111111111"}' WHERE id = 'cn_s1';
SELECT data FROM paysession.ps_update('cn_s1', data => '{"cvc": "123"}');
SELECT status_reason FROM paysession.ps_fail('cn_s1', 'card 4111111111111111 declined');
SELECT context FROM paysession.ps_put_cart('{"id": "cn_c1", "context": {"a": "4111111111111111"}}');
SELECT metadata FROM paysession.ps_put_sales_channel('cn_web', 'Web', metadata => '{"a": "4111111111111111"}');
SELECT data FROM paysession.ps_create('cn_c1', 'cn_bank', data => '{"b": "4111111111111111"}');
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_s1', data => '["4111111111111111"]')$$);
-- off: it is stored
SET paysession.pan_check = off;
SELECT status_reason FROM paysession.ps_cancel('cn_s1', '4111111111111111');
SELECT data FROM paysession.ps_update('cn_s1', data => '{"a": "4111111111111111", "cvc": "123"}');
UPDATE paysession.cart SET metadata = '{"a": "4111111111111111"}' WHERE id = 'cn_c1' RETURNING metadata;
CALL pg_temp.refuse($$SELECT paysession.ps_update('cn_s1', data => '["4111111111111111"]')$$);
RESET paysession.pan_check;
SHOW paysession.pan_check;
-- what was stored then hinders nothing that leaves it alone
SELECT status, data, provider_ref FROM paysession.ps_update('cn_s1', provider_ref => 'cn_ref');
UPDATE paysession.payment_session SET is_initiated = true WHERE id = 'cn_s1' RETURNING status_reason, data;
UPDATE paysession.cart SET subtotal = 5 WHERE id = 'cn_c1' RETURNING metadata;
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET data = data || '{"b": 1}' WHERE id = 'cn_s1'$$);
SELECT count(*) FROM paysession.cart WHERE id = 'cn_x';

DROP OWNED BY cn_app;
DROP ROLE cn_app;
