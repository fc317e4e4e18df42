-- orm: what a mapper sends without knowing of the law works
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('or_card'), ('or_bank');
INSERT INTO paysession.cart (id, currency_code) VALUES ('or_c1', 'eur'), ('or_c2', 'eur');

-- it sends an id and times of its own clock, in milliseconds, and the defaults that it knows
INSERT INTO paysession.payment_session (id, cart_id, provider_id, is_selected, is_initiated, status, data, amount, payment_authorized_at, idempotency_key, created_at, updated_at)
	VALUES ('ps_01HV0000000000000000000000', 'or_c1', 'or_card', NULL, false, 'pending', '{}', 100, NULL, NULL, '2024-04-09T12:00:00.123Z', '2024-04-09T12:00:00.123Z')
	RETURNING id, is_selected, idempotency_key IS NOT NULL AS has_key, created_at = updated_at AND created_at > '2024-04-10' AS stamped;

-- it reads a row into a language with milliseconds, and saves all of it
CREATE FUNCTION pg_temp.save(session text, changes jsonb) RETURNS TABLE (status text, is_selected boolean, amount bigint, touched boolean)
LANGUAGE plpgsql AS $$
DECLARE
	read paysession.payment_session;
	object jsonb;
	saved paysession.payment_session;
BEGIN
	SELECT * INTO read FROM paysession.payment_session WHERE id = session;
	PERFORM pg_sleep(0.002);
	object := to_jsonb(read);
	-- what a JavaScript Date keeps of a time
	SELECT jsonb_object_agg(key, CASE WHEN key ~ '_at$' AND value <> 'null'
			THEN to_jsonb(to_char((value #>> '{}')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ELSE value END)
		INTO object FROM jsonb_each(object);
	saved := jsonb_populate_record(read, object || changes);
	UPDATE paysession.payment_session SET (id, cart_id, payment_collection_id, provider_id, is_selected, is_initiated, status, status_reason, data,
			provider_ref, idempotency_key, amount, currency_code, payment_authorized_at, expires_at, canceled_at, created_at, updated_at)
		= (saved.id, saved.cart_id, saved.payment_collection_id, saved.provider_id, saved.is_selected, saved.is_initiated, saved.status, saved.status_reason, saved.data,
			saved.provider_ref, saved.idempotency_key, saved.amount, saved.currency_code, saved.payment_authorized_at, saved.expires_at, saved.canceled_at, saved.created_at, saved.updated_at)
		WHERE id = session;
	RETURN QUERY SELECT s.status::text, s.is_selected, s.amount, s.updated_at > read.updated_at FROM paysession.payment_session s WHERE id = session;
END
$$;
SELECT * FROM pg_temp.save('ps_01HV0000000000000000000000', '{}');
SELECT * FROM pg_temp.save('ps_01HV0000000000000000000000', '{"amount": 110, "is_selected": true}');
SELECT * FROM pg_temp.save('ps_01HV0000000000000000000000', '{"status": "requires_more", "data": {"url": "here"}, "updated_at": "2001-01-01"}');
SELECT * FROM pg_temp.save('ps_01HV0000000000000000000000', '{"status": "authorized", "payment_authorized_at": "2024-04-09T12:00:01.456Z"}');
-- the authorized row as well, with its data
SELECT * FROM pg_temp.save('ps_01HV0000000000000000000000', '{}');
SELECT * FROM pg_temp.save('ps_01HV0000000000000000000000', '{"data": {"snapshot": 2}}');
CALL pg_temp.refuse($$SELECT pg_temp.save('ps_01HV0000000000000000000000', '{"amount": 120}')$$);
SELECT payment_authorized_at = '2024-04-09 12:00:01.456+00' AS kept FROM paysession.payment_session WHERE id = 'ps_01HV0000000000000000000000';
SELECT from_status, to_status, amount, is_selected FROM paysession.ps_history('ps_01HV0000000000000000000000');

-- it takes the sessions out of the cart's collection: the cart keeps them
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount) VALUES ('or_s2', 'or_c2', 'or_card', 10), ('or_s3', 'or_c2', 'or_bank', 10);
UPDATE paysession.payment_session SET cart_id = NULL WHERE cart_id = 'or_c2';
UPDATE paysession.payment_session SET cart_id = NULL, is_selected = NULL WHERE id IN ('or_s2', 'or_s3') AND cart_id = 'or_c2';
SELECT id, cart_id, is_selected FROM paysession.payment_session WHERE id IN ('or_s2', 'or_s3') ORDER BY id;

-- it selects by clearing all, then setting one
BEGIN;
UPDATE paysession.payment_session SET is_selected = NULL WHERE cart_id = 'or_c2';
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'or_s2';
COMMIT;
BEGIN;
UPDATE paysession.payment_session SET is_selected = NULL WHERE cart_id = 'or_c2';
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'or_s3';
COMMIT;
SELECT id, is_selected FROM paysession.payment_session WHERE cart_id = 'or_c2' ORDER BY id;

-- it deletes and inserts the same id again
BEGIN;
DELETE FROM paysession.payment_session WHERE id = 'or_s3';
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, is_selected) VALUES ('or_s3', 'or_c2', 'or_bank', 20, true);
COMMIT;
DELETE FROM paysession.payment_session WHERE id = 'or_s3';
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, is_selected) VALUES ('or_s3', 'or_c2', 'or_bank', 30, true);
SELECT status, amount FROM paysession.ps_authorize('or_s3');
SELECT from_status, to_status, amount, is_selected FROM paysession.ps_history('or_s3');

-- it upserts
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, created_at) VALUES ('or_s2', 'or_c2', 'or_card', 11, '2024-04-09T12:00:00.123Z')
	ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount, cart_id = EXCLUDED.cart_id, provider_id = EXCLUDED.provider_id
	RETURNING amount, status;
