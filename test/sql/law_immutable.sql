-- law: what a session is never changes, and what is authorized is frozen
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('im_card'), ('im_bank');
INSERT INTO paysession.cart (id) VALUES ('im_c2');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, provider_ref, idempotency_key)
	VALUES ('im_s1', 'im_c1', 'im_card', 100, 'eur', 'im_ref', 'im_key');
INSERT INTO paysession.payment_session (id, provider_id) VALUES ('im_free', 'im_card');

-- id, created_at, cart_id, payment_collection_id and provider_id, in any status
CREATE PROCEDURE pg_temp.try_immutable()
LANGUAGE plpgsql AS $$
DECLARE
	change text;
BEGIN
	FOREACH change IN ARRAY ARRAY[
		$c$id = 'im_s9'$c$,
		$c$created_at = created_at - interval '1 ms'$c$,
		$c$created_at = 'infinity'$c$,
		$c$cart_id = 'im_c2'$c$,
		$c$payment_collection_id = 'paycol_1'$c$,
		$c$cart_id = NULL, payment_collection_id = 'paycol_1'$c$,
		$c$provider_id = 'im_bank'$c$]
	LOOP
		RAISE INFO '%', change;
		CALL pg_temp.refuse('UPDATE paysession.payment_session SET ' || change || $c$ WHERE id = 'im_s1'$c$);
	END LOOP;
END
$$;
CALL pg_temp.try_immutable();
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET cart_id = 'im_c2' WHERE id = 'im_free'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET id = NULL WHERE id = 'im_free'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET created_at = NULL WHERE id = 'im_free'$$);
CALL pg_temp.refuse($$UPDATE paysession.payment_session SET provider_id = NULL WHERE id = 'im_free'$$);

-- the same values pass: nothing has changed
UPDATE paysession.payment_session
SET id = id, created_at = created_at, cart_id = cart_id, payment_collection_id = payment_collection_id, provider_id = provider_id
WHERE id = 'im_s1';
-- and a cart_id of NULL keeps the cart
UPDATE paysession.payment_session SET cart_id = NULL WHERE id = 'im_s1' RETURNING cart_id;
UPDATE paysession.payment_session SET cart_id = NULL, data = '{"a": 1}' WHERE id = 'im_s1' RETURNING cart_id, data;

-- until it is authorized the rest may change
UPDATE paysession.payment_session
SET amount = 101, currency_code = 'usd', provider_ref = 'im_ref2', idempotency_key = 'im_key2', is_initiated = true, expires_at = '2100-01-01'
WHERE id = 'im_s1';
-- even together with the move
UPDATE paysession.payment_session
SET amount = 102, currency_code = 'chf', provider_ref = 'im_ref3', idempotency_key = 'im_key3', status = 'authorized'
WHERE id = 'im_s1';
SELECT status, amount, currency_code, provider_ref, idempotency_key FROM paysession.payment_session WHERE id = 'im_s1';

-- then amount, currency_code, provider_ref and idempotency_key are frozen
CREATE PROCEDURE pg_temp.try_frozen()
LANGUAGE plpgsql AS $$
DECLARE
	change text;
BEGIN
	FOREACH change IN ARRAY ARRAY[
		'amount = 103', 'amount = NULL',
		$c$currency_code = 'eur'$c$, 'currency_code = NULL',
		$c$provider_ref = 'im_ref4'$c$, 'provider_ref = NULL',
		$c$idempotency_key = 'im_key4'$c$, 'idempotency_key = NULL']
	LOOP
		RAISE INFO '%', change;
		CALL pg_temp.refuse('UPDATE paysession.payment_session SET ' || change || $c$ WHERE id = 'im_s1'$c$);
	END LOOP;
END
$$;
CALL pg_temp.try_frozen();
CALL pg_temp.try_immutable();
UPDATE paysession.payment_session
SET amount = 102, currency_code = 'chf', provider_ref = 'im_ref3', idempotency_key = 'im_key3', cart_id = NULL WHERE id = 'im_s1';
-- but data goes on
UPDATE paysession.payment_session SET data = '{"snapshot": 2}' WHERE id = 'im_s1' RETURNING cart_id, data;
-- and after a cancellation all stays as it was authorized
UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'im_s1';
CALL pg_temp.try_frozen();
CALL pg_temp.try_immutable();
SELECT status, amount, currency_code, provider_ref, idempotency_key, cart_id, provider_id
FROM paysession.payment_session WHERE id = 'im_s1';

-- the functions
SELECT status FROM paysession.ps_create('im_c3', 'im_card', 100, id => 'im_s3', currency_code => 'eur');
SELECT amount, provider_ref FROM paysession.ps_update('im_s3', 101, provider_ref => 'im_ref5');
SELECT status FROM paysession.ps_authorize('im_s3');
CALL pg_temp.refuse($$SELECT paysession.ps_update('im_s3', 102)$$, true);
CALL pg_temp.refuse($$SELECT paysession.ps_update('im_s3', provider_ref => 'im_ref6')$$, true);
SELECT amount, provider_ref, data FROM paysession.ps_update('im_s3', 101, '{"snapshot": 3}', 'im_ref5');
