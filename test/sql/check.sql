-- check: ps_check() tells what breaks the law, when the law was switched off
\set ECHO none
-- What is healthy: a cart that is paid, one that is not, sessions in every
-- status, a collection, a deleted session, an import.
SELECT paysession.ps_put_provider(id, true, 'manual_multiple') FROM unnest('{ck_card,ck_bank,ck_cash}'::text[]) AS id \g /dev/null
SELECT paysession.ps_put_cart('{"id": "ck_paid", "currency_code": "eur", "subtotal": 100}') \g /dev/null
SELECT paysession.ps_create('ck_paid', 'ck_card', id => 'ck_s1') \g /dev/null
SELECT paysession.ps_authorize('ck_s1') \g /dev/null
INSERT INTO paysession.payment (id, session_id) VALUES ('ck_pay', 'ck_s1');
SELECT paysession.ps_capture('ck_pay', 60, final => false, idempotency_key => 'ck_capture') \g /dev/null
SELECT paysession.ps_capture('ck_pay', 10, final => false, lease => '1 hour', idempotency_key => 'ck_capturing') \g /dev/null
SELECT paysession.ps_refund('ck_pay', 20, idempotency_key => 'ck_refund') \g /dev/null
SELECT paysession.ps_put_cart('{"id": "ck_open", "currency_code": "eur", "subtotal": 100}') \g /dev/null
SELECT paysession.ps_create('ck_open', 'ck_card', id => 'ck_s2') \g /dev/null
SELECT paysession.ps_create('ck_open', 'ck_bank', id => 'ck_s3') \g /dev/null
SELECT paysession.ps_create('ck_open', 'ck_cash', id => 'ck_s4') \g /dev/null
SELECT paysession.ps_begin('ck_s2') \g /dev/null
SELECT paysession.ps_fail('ck_s3', 'declined') \g /dev/null
SELECT paysession.ps_cancel('ck_s4') \g /dev/null
SELECT paysession.ps_create('ck_open', 'ck_cash', id => 'ck_s5') \g /dev/null
SELECT paysession.ps_delete('ck_s5') \g /dev/null
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('ck_col', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount)
	VALUES ('ck_s6', 'ck_col', 'ck_card', 50), ('ck_s7', 'ck_col', 'ck_card', 50);
SELECT paysession.ps_authorize('ck_s6') \g /dev/null
SELECT paysession.ps_put_cart('{"id": "ck_void", "currency_code": "eur", "subtotal": 100}') \g /dev/null
SELECT paysession.ps_create('ck_void', 'ck_card', id => 'ck_s8') \g /dev/null
SELECT paysession.ps_authorize('ck_s8') \g /dev/null
INSERT INTO paysession.payment (id, session_id) VALUES ('ck_voided', 'ck_s8');
SELECT paysession.ps_void('ck_voided') \g /dev/null
SELECT paysession.ps_receive('ck_card', 'ck_parked', 'authorized', 'ck_s9') \g /dev/null
BEGIN;
SET LOCAL row_security = off;
INSERT INTO paysession.payment_session (id, provider_id, status, amount, currency_code, payment_authorized_at)
	VALUES ('ck_imported', 'ck_card', 'authorized', 7, 'eur', '2021-05-01');
COMMIT;

-- CALL pg_temp.broken(statements) shows what ps_check() makes of them.  They
-- are undone.
CREATE PROCEDURE pg_temp.broken(statements text) LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE statements;
	SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") INTO found
	FROM paysession.ps_check(), LATERAL (SELECT regexp_replace(regexp_replace(concat_ws(' | ', rule, object, detail),
		'op_\w{26}', 'op_'), '(event|stands at) \d+', '\1 N', 'g') AS line) l;
	RAISE INFO '%', coalesce(found, 'healthy');
	ROLLBACK;
END
$$;
\set ECHO all

SELECT * FROM paysession.ps_check();
CALL pg_temp.broken('SELECT');

-- rules 1, 2: the graph, births
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET from_status = 'canceled' WHERE session_id = 'ck_s3' AND from_status = 'pending'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET to_status = 'error' WHERE session_id = 'ck_s3' AND from_status IS NULL$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET from_status = NULL, to_status = 'pending' WHERE session_id = 'ck_s3'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session SET created_at = created_at + interval '1 day' WHERE id = 'ck_s7'$$);

-- rules 3, 4: selection
CALL pg_temp.broken($$
	UPDATE pg_index SET indisunique = false WHERE indexrelid = 'paysession.payment_session_selected_key'::regclass;
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, is_selected)
		VALUES ('ck_1', 'ck_open', 'ck_cash', 100, 'eur', true)$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	INSERT INTO paysession.payment_session (id, provider_id, status, canceled_at, is_selected) VALUES ('ck_1', 'ck_card', 'canceled', now(), true)$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	INSERT INTO paysession.payment_session (id, cart_id, provider_id, status, amount, currency_code, payment_authorized_at)
		VALUES ('ck_1', 'ck_paid', 'ck_cash', 'authorized', 100, 'eur', now())$$);

-- rule 5: what is frozen
CALL pg_temp.broken($$
	UPDATE paysession.payment_session SET amount = 40, updated_at = updated_at WHERE id = 'ck_s6';
	UPDATE paysession.payment_collection SET authorized_amount = 40 WHERE id = 'ck_col';
	INSERT INTO paysession.payment_session_event (session_id, txid, at, amount, from_status, to_status, is_selected, actor, role)
		VALUES ('ck_s6', pg_current_xact_id(), clock_timestamp(), 40, 'authorized', 'authorized', false, '', '')$$);

-- rule 6: amounts follow the cart; an authorization is of one amount
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('ck_1', 'ck_open', 'ck_cash', 99, 'eur')$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('ck_1', 'ck_open', 'ck_cash', NULL, 'eur')$$);
CALL pg_temp.broken($$UPDATE paysession.cart SET subtotal = 0 WHERE id = 'ck_void'; INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('ck_1', 'ck_void', 'ck_cash', 99, 'eur')$$);
CALL pg_temp.broken($$UPDATE paysession.cart SET subtotal = 101 WHERE id = 'ck_paid'$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('ck_1', 'ck_open', 'ck_cash', 100, 'usd')$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount, currency_code) VALUES ('ck_1', 'ck_col', 'ck_cash', 100, 'usd')$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	UPDATE paysession.payment_session SET amount = NULL WHERE id = 'ck_imported'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	UPDATE paysession.payment_session SET currency_code = NULL WHERE id = 'ck_imported'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET session_id = 'ck_s6' WHERE session_id = 'ck_s2'$$);

-- rule 7: the times of the moves
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	UPDATE paysession.payment_session SET payment_authorized_at = NULL WHERE id = 'ck_s6'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	UPDATE paysession.payment_session SET payment_authorized_at = now() WHERE id = 'ck_s3'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session SET payment_authorized_at = now() WHERE id = 'ck_s4'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session SET payment_authorized_at = NULL WHERE id = 'ck_s8'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	UPDATE paysession.payment_session SET canceled_at = NULL WHERE id = 'ck_s4'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_state;
	UPDATE paysession.payment_session SET canceled_at = now() WHERE id = 'ck_s3'$$);

-- rule 9: what must stay
CALL pg_temp.broken($$
	DELETE FROM paysession.payment_session WHERE id = 'ck_s8';
	DELETE FROM paysession.payment WHERE id = 'ck_voided';
	DELETE FROM paysession.payment_operation WHERE payment_id = 'ck_voided' OR session_id = 'ck_s8';
	INSERT INTO paysession.payment_session_event (session_id, txid, at, amount, from_status, to_status, is_selected, actor, role)
		VALUES ('ck_s8', pg_current_xact_id(), clock_timestamp(), 100, 'canceled', NULL, false, '', '')$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET session_id = 'ck_s4' WHERE session_id = 'ck_s2'$$);

-- rule 10: the history
CALL pg_temp.broken($$DELETE FROM paysession.payment_session WHERE id = 'ck_s7'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session SET status = 'requires_more' WHERE id = 'ck_s7'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session SET amount = 49 WHERE id = 'ck_s7'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session SET is_selected = true WHERE id = 'ck_s7'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET from_status = 'requires_more' WHERE session_id = 'ck_s3' AND to_status = 'error'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET at = at - interval '1 day' WHERE session_id = 'ck_s3' AND to_status = 'error'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET from_status = NULL, to_status = NULL WHERE session_id = 'ck_s5' AND to_status IS NULL$$);
CALL pg_temp.broken($$
	INSERT INTO paysession.payment_session_event (session_id, txid, at, amount, from_status, to_status, is_selected, actor, role)
	VALUES ('ck_s7', pg_current_xact_id(), clock_timestamp(), 50, 'pending', 'pending', false, '', '')$$);
CALL pg_temp.broken($$UPDATE paysession.payment_session_event SET id = 1000000000000 WHERE session_id = 'ck_s7'$$);
-- a purge is not seen, nor is what came in as history
CALL pg_temp.broken($$DELETE FROM paysession.payment_session_event WHERE session_id = 'ck_s3'$$);

-- rules 11 to 14: the money
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment DROP CONSTRAINT payment_captured_within_amount;
	UPDATE paysession.payment_operation SET amount = 41 WHERE idempotency_key = 'ck_capturing';
	UPDATE paysession.payment SET capture_pending = 41 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment DROP CONSTRAINT payment_refunded_within_captured;
	UPDATE paysession.payment_operation SET amount = 61 WHERE idempotency_key = 'ck_refund';
	UPDATE paysession.payment SET refunded_amount = 61 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment DROP CONSTRAINT payment_refunded_within_captured;
	ALTER TABLE paysession.payment_operation DROP CONSTRAINT payment_operation_amount;
	UPDATE paysession.payment_operation SET amount = -1 WHERE idempotency_key = 'ck_refund';
	UPDATE paysession.payment SET refunded_amount = -1 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_operation DROP CONSTRAINT payment_operation_amount;
	UPDATE paysession.payment_operation SET released_amount = -1 WHERE kind = 'authorize' AND session_id = 'ck_s2'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET session_id = 'ck_s0' WHERE id = 'ck_voided'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET amount = 101 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET cart_id = 'ck_open' WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET payment_collection_id = 'ck_col' WHERE id = 'ck_voided'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET provider_id = 'ck_cash' WHERE id = 'ck_voided'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET currency_code = 'usd' WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment (id, session_id, provider_id, currency_code, amount, payment_collection_id) VALUES ('ck_1', 'ck_s7', 'ck_card', 'eur', 50, 'ck_col')$$);
CALL pg_temp.broken($$
	UPDATE pg_index SET indisunique = false WHERE indexrelid = 'paysession.payment_session_id_key'::regclass;
	INSERT INTO paysession.payment (id, session_id, provider_id, currency_code, amount, cart_id) VALUES ('ck_1', 'ck_s1', 'ck_card', 'eur', 100, 'ck_paid')$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET captured_amount = 61 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET capture_pending = 9 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET refunded_amount = 21 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET refund_pending = 1 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET voided_amount = 1 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET void_pending = 1 WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET released_amount = 1 WHERE idempotency_key = 'ck_capture'$$);
CALL pg_temp.broken($$DELETE FROM paysession.payment_operation WHERE payment_id = 'ck_pay'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET canceled_at = NULL WHERE id = 'ck_voided'$$);
CALL pg_temp.broken($$UPDATE paysession.payment SET canceled_at = now() WHERE id = 'ck_pay'$$);
CALL pg_temp.broken($$DELETE FROM paysession.payment WHERE id = 'ck_voided'; UPDATE paysession.payment_operation SET id = 'ck_1' WHERE payment_id = 'ck_voided'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET session_id = 'ck_s0', id = 'ck_1' WHERE session_id = 'ck_s2'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET provider_id = 'ck_cash', id = 'ck_1' WHERE session_id = 'ck_s2'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET provider_id = 'ck_cash', id = 'ck_1' WHERE idempotency_key = 'ck_refund'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET session_id = 'ck_s6', id = 'ck_1' WHERE idempotency_key = 'ck_refund'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_operation DROP CONSTRAINT payment_operation_finished_at;
	UPDATE paysession.payment_operation SET finished_at = NULL, id = 'ck_1' WHERE idempotency_key = 'ck_refund'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_operation SET status = 'reversed', finished_at = now(), id = 'ck_1' WHERE session_id = 'ck_s2'$$);

-- rule 16: collections
CALL pg_temp.broken($$UPDATE paysession.payment_collection SET status = 'awaiting' WHERE id = 'ck_col'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_collection SET authorized_amount = 51 WHERE id = 'ck_col'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_collection SET captured_amount = 1 WHERE id = 'ck_col'$$);
CALL pg_temp.broken($$UPDATE paysession.payment_collection SET status = 'canceled' WHERE id = 'ck_col'$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_collection DROP CONSTRAINT payment_collection_amount;
	UPDATE paysession.payment_collection SET amount = 49, status = 'authorized' WHERE id = 'ck_col'$$);

-- rule 0: what is neither here nor there
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('ck_1', 'ck_none', 'ck_card')$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id) VALUES ('ck_1', 'ck_none', 'ck_card')$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, provider_id) VALUES ('ck_1', 'ck_none')$$);
CALL pg_temp.broken($$INSERT INTO paysession.payment_session (id, provider_id, data) VALUES ('ck_1', 'ck_card', '[]')$$);
CALL pg_temp.broken($$
	ALTER TABLE paysession.payment_session DROP CONSTRAINT payment_session_anchor;
	INSERT INTO paysession.payment_session (id, cart_id, payment_collection_id, provider_id, amount, currency_code)
		VALUES ('ck_1', 'ck_open', 'ck_col', 'ck_cash', 100, 'eur')$$);
CALL pg_temp.broken($$UPDATE paysession.provider_event SET session_id = 'ck_s2' WHERE event_id = 'ck_parked'$$);
CALL pg_temp.broken($$
	UPDATE paysession.provider_event SET session_id = NULL, provider_ref = 'ck_ref' WHERE event_id = 'ck_parked';
	UPDATE paysession.payment_session SET provider_ref = 'ck_ref' WHERE id = 'ck_s2'$$);

-- rule 0: the law itself
CALL pg_temp.broken('ALTER TABLE paysession.cart DISABLE TRIGGER ALL');
CALL pg_temp.broken('ALTER TABLE paysession.payment ENABLE ALWAYS TRIGGER zz_guard');
CALL pg_temp.broken('ALTER TABLE paysession.payment_session_event ENABLE TRIGGER zz_restamp');
CALL pg_temp.broken('DROP TRIGGER aa_record ON paysession.payment_session');
CALL pg_temp.broken('GRANT EXECUTE ON FUNCTION paysession.ps_promote TO PUBLIC');
CALL pg_temp.broken('UPDATE pg_proc SET proacl = NULL WHERE oid = ''paysession.ps_cancel''::regproc');
CALL pg_temp.broken('ALTER FUNCTION paysession.ps_authorize SECURITY DEFINER');
CALL pg_temp.broken('ALTER TABLE paysession.cart ADD COLUMN ck_1 int; ALTER TABLE paysession.cart ADD COLUMN ck_2 int; ALTER TABLE paysession.cart DROP COLUMN ck_2');

CALL pg_temp.broken('CREATE OR REPLACE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()');
CALL pg_temp.broken('CREATE OR REPLACE TRIGGER zz_guard BEFORE INSERT ON paysession.cart FOR EACH ROW EXECUTE FUNCTION paysession.cart_guard()');
CALL pg_temp.broken('CREATE OR REPLACE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.cart FOR EACH ROW WHEN (false) EXECUTE FUNCTION paysession.cart_guard()');

-- all triggers of ours are known to it
SELECT tgrelid::regclass, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE relnamespace = 'paysession'::regnamespace AND NOT tgisinternal
	AND pg_get_viewdef('paysession.violation'::regclass) !~ format('''%s''::text,\s*''%s''::text,\s*%s,', relname, tgname, tgtype);

-- it reads as the owner, whatever the caller may read, and writes nothing
CREATE ROLE ck_auditor;
GRANT USAGE ON SCHEMA paysession TO ck_auditor;
SET ROLE ck_auditor;
SELECT * FROM paysession.ps_check();
RESET ROLE;
GRANT EXECUTE ON FUNCTION paysession.ps_check() TO ck_auditor;
BEGIN READ ONLY;
SET LOCAL ROLE ck_auditor;
SELECT * FROM paysession.ps_check();
SELECT * FROM paysession.violation;
ROLLBACK;
BEGIN;
ALTER TABLE paysession.payment_session DISABLE TRIGGER aa_record;
ALTER TABLE paysession.payment_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE paysession.payment_session FORCE ROW LEVEL SECURITY;
UPDATE paysession.payment_session SET is_selected = true WHERE id = 'ck_s7';
SET LOCAL ROLE ck_auditor;
SELECT rule, detail FROM paysession.ps_check();
SELECT current_user;
ROLLBACK;
REVOKE ALL ON FUNCTION paysession.ps_check() FROM ck_auditor;
REVOKE ALL ON SCHEMA paysession FROM ck_auditor;
DROP ROLE ck_auditor;
