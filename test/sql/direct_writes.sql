-- direct writes: a function's write of a table that has nobody's code but ours applies the law without firing triggers, and leaves the same rows
-- its temporary functions' schema has a number
\set SHOW_CONTEXT never
SELECT count(*) FROM unnest('{dw_card,dw_bank}'::text[]) AS id, paysession.ps_put_provider(id, capture_method => 'manual_multiple', session_ttl => '1 day', authorization_ttl => '1 hour');
SELECT count(*) FROM paysession.ps_put_provider('dw_now', capture_method => 'automatic');

-- All that a checkout writes.
CREATE PROCEDURE pg_temp.checkout() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM paysession.ps_put_cart('{"id": "dw_c1", "currency_code": "eur", "subtotal": 100}');
	PERFORM paysession.ps_create('dw_c1', 'dw_card', id => 'dw_s1', data => '{"a": 1}');
	PERFORM paysession.ps_create('dw_c1', 'dw_bank', id => 'dw_s2');
	PERFORM paysession.ps_select('dw_s2');
	PERFORM paysession.ps_put_cart('{"id": "dw_c1", "subtotal": 120}');
	PERFORM paysession.ps_begin('dw_s1');
	PERFORM paysession.ps_require_more('dw_s1', '{"a": 2}', 'dw_ref');
	PERFORM paysession.ps_authorize('dw_s1');
	PERFORM paysession.ps_fail('dw_s2', 'declined');
	PERFORM paysession.ps_retry('dw_s2');
	PERFORM paysession.ps_cancel('dw_s2', 'gave up');
	PERFORM paysession.ps_promote('dw_s1', 'dw_order');
	PERFORM paysession.ps_complete_cart('dw_c1');
	PERFORM paysession.ps_capture(id, 50, final => false, provider_ref => 'dw_capture') FROM paysession.payment WHERE session_id = 'dw_s1';
	PERFORM paysession.ps_refund(id, 20, 'return', 'broken', lease => '1 hour') FROM paysession.payment WHERE session_id = 'dw_s1';
	PERFORM paysession.ps_finish(id, 'succeeded', 15) FROM paysession.payment_operation WHERE session_id = 'dw_s1' AND kind = 'refund';
	PERFORM paysession.ps_void(id) FROM paysession.payment WHERE session_id = 'dw_s1';
	PERFORM paysession.ps_create('dw_c2', 'dw_now', 70, id => 'dw_s3', currency_code => 'eur');
	PERFORM paysession.ps_authorize('dw_s3');
	PERFORM paysession.ps_promote('dw_s3');
	INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('dw_col', 30, 'eur');
	PERFORM paysession.ps_set_collection_sessions('dw_col', '[{"provider_id": "dw_card", "amount": 30}]');
	PERFORM paysession.ps_authorize(id) FROM paysession.payment_session WHERE payment_collection_id = 'dw_col';
END $$;

-- What that has left, without times and what is made by chance.
CREATE FUNCTION pg_temp.left_rows() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT ROW('cart', id, currency_code, total, session_count, completed_at IS NULL, updated_at >= created_at)::text FROM paysession.cart WHERE id LIKE 'dw\_%'
	UNION ALL
	SELECT ROW('session', cart_id, provider_id, payment_collection_id, currency_code, amount, status, status_reason, is_selected, is_initiated,
		payment_authorized_at IS NULL, canceled_at IS NULL, expires_at - created_at > interval '2 hours', provider_ref, data, updated_at >= created_at)::text
	FROM paysession.payment_session WHERE provider_id LIKE 'dw\_%'
	UNION ALL
	SELECT ROW('event', s.provider_id, row_number() OVER (PARTITION BY e.session_id ORDER BY e.id), e.amount, e.from_status, e.to_status, e.is_selected,
		e.actor = session_user, e.role = current_user, e.application = current_setting('application_name'), e.reason, e.txid = pg_current_xact_id())::text
	FROM paysession.payment_session_event e JOIN paysession.payment_session s ON s.id = e.session_id WHERE s.provider_id LIKE 'dw\_%'
	UNION ALL
	SELECT ROW('payment', session_id, cart_id, provider_id, currency_code, amount, captured_amount, capture_pending, refunded_amount, refund_pending,
		voided_amount, void_pending, status, order_id, captured_at IS NULL, canceled_at IS NULL, authorization_expires_at IS NULL, data, metadata)::text
	FROM paysession.payment WHERE provider_id LIKE 'dw\_%'
	UNION ALL
	SELECT ROW('operation', session_id LIKE 'dw\_%', provider_id, kind, status, amount, released_amount, final, attempt, claimed_until IS NULL,
		finished_at IS NULL, provider_ref, reason, note, metadata)::text
	FROM paysession.payment_operation WHERE provider_id LIKE 'dw\_%'
	UNION ALL
	SELECT ROW('collection', status, amount, authorized_amount, captured_amount)::text FROM paysession.payment_collection WHERE id LIKE 'dw\_%'
	ORDER BY 1
$$;

-- CALL pg_temp.checkout_with(statements) shows which of our triggers fire when these have been executed before, and what
-- is left otherwise than without them.  All is undone.
CREATE VIEW pg_temp.counts AS
SELECT p.proname, pg_stat_get_xact_function_calls(p.oid) AS calls FROM pg_proc p
WHERE pronamespace = 'paysession'::regnamespace AND prorettype = 'trigger'::regtype;
CREATE TEMP TABLE plain_rows (line text);
CREATE PROCEDURE pg_temp.checkout_with(statements text) LANGUAGE plpgsql AS $$
DECLARE
	fired text;
	other text;
	counts pg_temp.counts[];
	lines text[];
BEGIN
	SET LOCAL track_functions = 'all';
	EXECUTE statements;
	counts := ARRAY(SELECT c FROM pg_temp.counts c);
	CALL pg_temp.checkout();
	SELECT string_agg(proname, ' ' ORDER BY proname) INTO fired FROM pg_temp.counts c
	WHERE calls > coalesce((SELECT b.calls FROM unnest(counts) b WHERE b.proname = c.proname), 0);
	lines := ARRAY(SELECT pg_temp.left_rows());
	SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") INTO other FROM (
		(SELECT unnest(lines) AS line EXCEPT ALL TABLE pg_temp.plain_rows) UNION ALL (TABLE pg_temp.plain_rows EXCEPT ALL SELECT unnest(lines))) d
	WHERE EXISTS (TABLE pg_temp.plain_rows);
	RAISE INFO '%', concat_ws(E'\n', fired, other, (SELECT string_agg(detail, E'\n') FROM paysession.ps_check() WHERE rule <> 0));
	ROLLBACK;
	IF NOT EXISTS (TABLE pg_temp.plain_rows) THEN
		INSERT INTO pg_temp.plain_rows SELECT unnest(lines);
	END IF;
END $$;
CREATE FUNCTION dw_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN coalesce(NEW, OLD); END';
CREATE FUNCTION dw_true(text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN true; END';

-- nobody's code: only a cart that might have come in meanwhile, the sessions of a collection and its status are written in the general way
CALL pg_temp.checkout_with('');
SELECT line FROM plain_rows;
CALL pg_temp.checkout_with('SELECT');

-- a trigger of somebody's, on one table
CALL pg_temp.checkout_with('CREATE TRIGGER m BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION dw_nothing()');
CALL pg_temp.checkout_with('CREATE TRIGGER m AFTER INSERT ON paysession.payment_session_event FOR EACH ROW EXECUTE FUNCTION dw_nothing()');
CALL pg_temp.checkout_with('CREATE TRIGGER m AFTER UPDATE ON paysession.payment FOR EACH STATEMENT EXECUTE FUNCTION dw_nothing()');
CALL pg_temp.checkout_with('CREATE TRIGGER m AFTER INSERT ON paysession.payment_operation REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION dw_nothing()');
CALL pg_temp.checkout_with('CREATE CONSTRAINT TRIGGER m AFTER UPDATE ON paysession.cart DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dw_nothing()');
-- a CHECK, a column, an index that calls a function of somebody's; one that does not
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD CHECK (dw_true(id))');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD CHECK (length(id) > 0)');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD COLUMN dw_own boolean GENERATED ALWAYS AS (amount > 5) STORED');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD COLUMN dw_own integer DEFAULT 1');
CALL pg_temp.checkout_with('CREATE INDEX dw_index ON paysession.payment_session (dw_true(id))');
CALL pg_temp.checkout_with('CREATE INDEX dw_index ON paysession.payment_session (id) WHERE dw_true(id)');
CALL pg_temp.checkout_with('CREATE INDEX dw_index ON paysession.payment_session (upper(id)) WHERE amount > 5');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment ADD UNIQUE (id, order_id) DEFERRABLE');
-- a domain's constraint is a function in disguise
CALL pg_temp.checkout_with('CREATE DOMAIN dw_domain AS text CHECK (dw_true(VALUE)); ALTER TABLE paysession.payment_session ADD CHECK (id::dw_domain IS NOT NULL)');
-- ours, switched off or otherwise than it was made
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_operation DISABLE TRIGGER zz_guard');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_operation ENABLE REPLICA TRIGGER zz_guard');
CALL pg_temp.checkout_with('DROP TRIGGER aa_follow ON paysession.cart');
CALL pg_temp.checkout_with('DROP TRIGGER aa_follow ON paysession.cart; CREATE TRIGGER aa_follow AFTER UPDATE ON paysession.cart FOR EACH ROW WHEN (true) EXECUTE FUNCTION paysession.cart_follow()');

-- a foreign key of somebody's is honoured, by a new row and a changed one
CREATE TABLE dw_parent (id text COLLATE "C" PRIMARY KEY);
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD CONSTRAINT dw_cart FOREIGN KEY (cart_id) REFERENCES dw_parent NOT VALID');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD CONSTRAINT dw_ref FOREIGN KEY (provider_ref) REFERENCES dw_parent NOT VALID');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment ADD CONSTRAINT dw_order FOREIGN KEY (order_id) REFERENCES dw_parent NOT VALID DEFERRABLE INITIALLY DEFERRED');
INSERT INTO dw_parent VALUES ('dw_c1'), ('dw_c2'), ('dw_ref'), ('dw_order');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD CONSTRAINT dw_cart FOREIGN KEY (cart_id) REFERENCES dw_parent NOT VALID');
CALL pg_temp.checkout_with('ALTER TABLE paysession.payment_session ADD CONSTRAINT dw_ref FOREIGN KEY (provider_ref) REFERENCES dw_parent NOT VALID');
-- and so are those of ours
CALL pg_temp.checkout_with($$SELECT paysession.ps_create('dw_c9', 'dw_none')$$);


-- one that is checked at COMMIT only, of a row that is changed before
ALTER TABLE paysession.payment ADD CONSTRAINT dw_order FOREIGN KEY (order_id) REFERENCES dw_parent NOT VALID DEFERRABLE INITIALLY DEFERRED;
SELECT status FROM paysession.ps_create('dw_c3', 'dw_card', 70, id => 'dw_s4', currency_code => 'eur');
SELECT status FROM paysession.ps_authorize('dw_s4');
BEGIN;
SELECT id AS payment FROM paysession.ps_promote('dw_s4', 'dw_nowhere') \gset
SELECT status FROM paysession.ps_capture(:'payment', 10);
COMMIT;
ALTER TABLE paysession.payment DROP CONSTRAINT dw_order;

-- a birth is judged again where a trigger of somebody's runs in what it writes elsewhere
CREATE FUNCTION dw_meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE TG_ARGV[0] USING NEW.id;
	RETURN NULL;
END $$;
CREATE FUNCTION pg_temp.outcome(meddler text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	broken text;
BEGIN
	EXECUTE meddler;
	EXECUTE statement;
	SELECT string_agg(detail, '; ') INTO broken FROM paysession.ps_check() WHERE object LIKE '%dw\_%';
	RAISE SQLSTATE 'TOKAY' USING MESSAGE = coalesce('broken: ' || broken, 'not refused');
EXCEPTION WHEN OTHERS THEN
	RETURN concat_ws(' ', SQLSTATE, SQLERRM);
END $$;
SELECT subtotal FROM paysession.ps_put_cart('{"id": "dw_c4", "currency_code": "eur", "subtotal": 100}');
SELECT pg_temp.outcome(format('CREATE TRIGGER m AFTER UPDATE ON paysession.cart FOR EACH ROW WHEN (NEW.session_count > OLD.session_count) EXECUTE FUNCTION dw_meddle(%L)', meddling), statement)
FROM unnest(ARRAY['UPDATE paysession.cart SET subtotal = subtotal + 7 WHERE id = $1', 'UPDATE paysession.cart SET completed_at = now() WHERE id = $1',
		'DELETE FROM paysession.cart WHERE id = $1']) AS meddling,
	unnest(ARRAY[$$SELECT paysession.ps_create('dw_c4', 'dw_card', id => 'dw_s5')$$,
		$$INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('dw_s5', 'dw_c4', 'dw_card')$$]) AS statement;
SELECT pg_temp.outcome($$CREATE TRIGGER m AFTER UPDATE ON paysession.payment_session FOR EACH ROW WHEN (NEW.status = OLD.status)
		EXECUTE FUNCTION dw_meddle('UPDATE paysession.payment_session SET status = ''canceled'' WHERE id = $1')$$, statement)
FROM unnest(ARRAY[$$SELECT paysession.ps_promote('dw_s4')$$, $$INSERT INTO paysession.payment (session_id) VALUES ('dw_s4')$$]) AS statement;
-- a trigger that has memory of its own goes through a whole sweep
CREATE FUNCTION dw_definer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER m BEFORE UPDATE ON paysession.payment_session FOR EACH ROW EXECUTE FUNCTION dw_definer();
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code, expires_at)
	SELECT 'dw_x' || i, 'dw_x' || i, 'dw_card', 5, 'eur', '2001-01-01' FROM generate_series(1, 20) AS i;
SELECT count(*) FROM paysession.ps_expire() WHERE id LIKE 'dw\_x%';
DROP TRIGGER m ON paysession.payment_session;

DROP FUNCTION dw_meddle, dw_definer;
DROP TABLE dw_parent;
DROP FUNCTION dw_nothing, dw_true;
