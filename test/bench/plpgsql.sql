-- The law and the verbs as one would usually write them: triggers that judge
-- and record, functions that lock and move.

CREATE FUNCTION plpgsql.guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	cart plpgsql.cart;
	provider plpgsql.payment_provider;
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NEW.status <> 'pending' OR NEW.payment_authorized_at IS NOT NULL THEN
			RAISE check_violation USING MESSAGE = 'a new payment session is pending';
		END IF;
		SELECT * INTO provider FROM plpgsql.payment_provider WHERE id = NEW.provider_id;
		IF NOT FOUND OR NOT provider.is_installed THEN
			RAISE check_violation USING MESSAGE = 'the payment provider is not installed';
		END IF;
		UPDATE plpgsql.cart SET session_count = session_count + 1 WHERE id = NEW.cart_id RETURNING * INTO cart;
		IF cart.completed_at IS NOT NULL THEN
			RAISE check_violation USING MESSAGE = 'the cart is completed';
		END IF;
		NEW.amount := coalesce(NEW.amount, cart.total);
		NEW.currency_code := coalesce(NEW.currency_code, cart.currency_code);
		IF NEW.amount <> cart.total OR NEW.currency_code <> cart.currency_code THEN
			RAISE check_violation USING MESSAGE = 'the amount differs from the total of the cart';
		END IF;
		NEW.created_at := clock_timestamp();
		NEW.updated_at := NEW.created_at;
		NEW.expires_at := coalesce(NEW.expires_at, NEW.created_at + provider.session_ttl);
		RETURN NEW;
	END IF;

	IF NEW IS NOT DISTINCT FROM OLD THEN
		RETURN NEW;
	END IF;
	IF (NEW.id, NEW.created_at, NEW.cart_id, NEW.payment_collection_id, NEW.provider_id) IS DISTINCT FROM
	   (OLD.id, OLD.created_at, OLD.cart_id, OLD.payment_collection_id, OLD.provider_id) THEN
		RAISE check_violation USING MESSAGE = 'a payment session keeps its cart and provider';
	END IF;
	IF OLD.payment_authorized_at IS NOT NULL AND
	   (NEW.amount, NEW.currency_code, NEW.provider_ref, NEW.idempotency_key, NEW.payment_authorized_at) IS DISTINCT FROM
	   (OLD.amount, OLD.currency_code, OLD.provider_ref, OLD.idempotency_key, OLD.payment_authorized_at) THEN
		RAISE check_violation USING MESSAGE = 'an authorized payment session keeps its amount';
	END IF;

	IF NEW.status <> OLD.status THEN
		IF OLD.status = 'canceled' OR (OLD.status = 'authorized' AND NEW.status <> 'canceled') THEN
			RAISE check_violation USING MESSAGE =
				format('invalid payment session transition from "%s" to "%s"', OLD.status, NEW.status);
		END IF;
		IF NEW.status NOT IN ('error', 'canceled') THEN
			NEW.status_reason := NULL;
		END IF;
		IF NEW.status = 'authorized' THEN
			IF NEW.expires_at <= clock_timestamp() THEN
				RAISE check_violation USING MESSAGE = 'the payment session is expired';
			END IF;
			IF NEW.amount IS NULL OR NEW.currency_code IS NULL THEN
				RAISE check_violation USING MESSAGE = 'the payment session has no amount';
			END IF;
			NEW.payment_authorized_at := clock_timestamp();
		ELSIF NEW.status = 'canceled' THEN
			NEW.is_selected := false;
			NEW.canceled_at := clock_timestamp();
		END IF;
	END IF;

	IF NEW.cart_id IS NOT NULL AND NEW.status = 'authorized' AND NEW.is_selected IS NOT TRUE THEN
		RAISE check_violation USING MESSAGE = 'the authorized payment session of a cart is its selected one';
	END IF;
	IF NEW.is_selected AND OLD.is_selected IS NOT TRUE AND
	   (SELECT completed_at IS NOT NULL FROM plpgsql.cart WHERE id = NEW.cart_id) THEN
		RAISE check_violation USING MESSAGE = 'the cart is completed';
	END IF;
	IF (NEW.amount, NEW.currency_code) IS DISTINCT FROM (OLD.amount, OLD.currency_code) AND
	   (SELECT NEW.amount <> total OR NEW.currency_code <> currency_code FROM plpgsql.cart WHERE id = NEW.cart_id) THEN
		RAISE check_violation USING MESSAGE = 'the amount differs from the total of the cart';
	END IF;

	NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at);
	RETURN NEW;
END $$;

CREATE FUNCTION plpgsql.record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO plpgsql.payment_session_event
			(txid, at, amount, to_status, is_selected, session_id, actor, role, application)
		VALUES (pg_current_xact_id(), NEW.created_at, NEW.amount, NEW.status, NEW.is_selected, NEW.id,
		        session_user, current_user, nullif(current_setting('application_name'), ''));
	ELSIF (NEW.status, NEW.amount, NEW.is_selected) IS DISTINCT FROM (OLD.status, OLD.amount, OLD.is_selected) THEN
		INSERT INTO plpgsql.payment_session_event
			(txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application, reason)
		VALUES (pg_current_xact_id(), NEW.updated_at, NEW.amount, OLD.status, NEW.status, NEW.is_selected, NEW.id,
		        session_user, current_user, nullif(current_setting('application_name'), ''),
		        CASE WHEN NEW.status <> OLD.status THEN NEW.status_reason END);
	END IF;
	RETURN NULL;
END $$;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON plpgsql.payment_session FOR EACH ROW EXECUTE FUNCTION plpgsql.guard();
CREATE TRIGGER record AFTER INSERT OR UPDATE ON plpgsql.payment_session FOR EACH ROW EXECUTE FUNCTION plpgsql.record();

CREATE FUNCTION plpgsql.guard_cart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- Generated columns are not computed yet.
	IF ROW(NEW.currency_code, NEW.subtotal, NEW.raw_discount_total, NEW.item_tax_total, NEW.shipping_total,
	       NEW.shipping_tax_total, NEW.gift_card_total, NEW.gift_card_tax_total) IS NOT DISTINCT FROM
	   ROW(OLD.currency_code, OLD.subtotal, OLD.raw_discount_total, OLD.item_tax_total, OLD.shipping_total,
	       OLD.shipping_tax_total, OLD.gift_card_total, OLD.gift_card_tax_total) THEN
		RETURN NEW;
	END IF;
	IF OLD.completed_at IS NOT NULL THEN
		RAISE check_violation USING MESSAGE = 'the cart is completed';
	END IF;
	PERFORM FROM plpgsql.payment_session WHERE cart_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
	IF EXISTS (SELECT FROM plpgsql.payment_session WHERE cart_id = NEW.id AND status = 'authorized') THEN
		RAISE check_violation USING MESSAGE = 'a payment session of the cart is authorized';
	END IF;
	NEW.updated_at := clock_timestamp();
	RETURN NEW;
END $$;

CREATE FUNCTION plpgsql.price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW.total, NEW.currency_code) IS DISTINCT FROM (OLD.total, OLD.currency_code) THEN
		UPDATE plpgsql.payment_session SET amount = NEW.total, currency_code = NEW.currency_code
		WHERE cart_id = NEW.id AND status <> 'canceled';
	END IF;
	RETURN NULL;
END $$;

CREATE TRIGGER guard BEFORE UPDATE ON plpgsql.cart FOR EACH ROW EXECUTE FUNCTION plpgsql.guard_cart();
CREATE TRIGGER price AFTER UPDATE ON plpgsql.cart FOR EACH ROW EXECUTE FUNCTION plpgsql.price();

CREATE FUNCTION plpgsql.guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NOT EXISTS (
			SELECT FROM plpgsql.payment_session
			WHERE id = NEW.session_id AND status = 'authorized' AND cart_id IS NOT DISTINCT FROM NEW.cart_id
				AND (provider_id, currency_code, amount) = (NEW.provider_id, NEW.currency_code, NEW.amount)
			FOR NO KEY UPDATE) THEN
			RAISE check_violation USING MESSAGE = 'the payment is not that of an authorized payment session';
		END IF;
		NEW.created_at := clock_timestamp();
		NEW.updated_at := NEW.created_at;
		RETURN NEW;
	END IF;
	IF (NEW.id, NEW.session_id, NEW.cart_id, NEW.provider_id, NEW.currency_code, NEW.amount, NEW.created_at) IS DISTINCT FROM
	   (OLD.id, OLD.session_id, OLD.cart_id, OLD.provider_id, OLD.currency_code, OLD.amount, OLD.created_at) THEN
		RAISE check_violation USING MESSAGE = 'a payment keeps its session and amount';
	END IF;
	IF NEW.captured_amount > 0 AND NEW.captured_at IS NULL THEN
		NEW.captured_at := clock_timestamp();
	END IF;
	NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at);
	RETURN NEW;
END $$;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON plpgsql.payment
	FOR EACH ROW EXECUTE FUNCTION plpgsql.guard_payment();

CREATE FUNCTION plpgsql.guard_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF (NEW.id, NEW.kind, NEW.session_id, NEW.payment_id, NEW.provider_id, NEW.created_at) IS DISTINCT FROM
		   (OLD.id, OLD.kind, OLD.session_id, OLD.payment_id, OLD.provider_id, OLD.created_at) THEN
			RAISE check_violation USING MESSAGE = 'an operation keeps what it is for';
		END IF;
		RETURN NEW;
	END IF;
	NEW.created_at := clock_timestamp();
	IF NEW.status <> 'pending' THEN
		NEW.finished_at := NEW.created_at;
	END IF;
	RETURN NEW;
END $$;

CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON plpgsql.payment_operation
	FOR EACH ROW EXECUTE FUNCTION plpgsql.guard_operation();

CREATE FUNCTION plpgsql.new_id(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT prefix || '_' || gen_random_uuid()
$$;

-- Locks a session, and before it its cart where the selection is to move.
CREATE FUNCTION plpgsql.lock_session(session_id text, with_cart boolean) RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session;
BEGIN
	IF with_cart THEN
		PERFORM FROM plpgsql.cart
		WHERE id = (SELECT cart_id FROM plpgsql.payment_session WHERE id = session_id)
		FOR NO KEY UPDATE;
	END IF;
	SELECT * INTO session FROM plpgsql.payment_session WHERE id = session_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE no_data_found USING MESSAGE = format('payment session "%s" does not exist', session_id);
	END IF;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_create(p_cart_id text, p_provider_id text)
RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session;
BEGIN
	PERFORM FROM plpgsql.cart WHERE id = p_cart_id FOR NO KEY UPDATE;
	SELECT * INTO session FROM plpgsql.payment_session
	WHERE cart_id = p_cart_id AND provider_id = p_provider_id AND canceled_at IS NULL;
	IF NOT FOUND THEN
		INSERT INTO plpgsql.payment_session (id, cart_id, provider_id)
		VALUES (plpgsql.new_id('ps'), p_cart_id, p_provider_id)
		RETURNING * INTO session;
	END IF;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_set_sessions(p_cart_id text, p_provider_ids text[])
RETURNS SETOF plpgsql.payment_session LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM plpgsql.cart WHERE id = p_cart_id FOR NO KEY UPDATE;
	DELETE FROM plpgsql.payment_session
	WHERE cart_id = p_cart_id AND provider_id <> ALL (p_provider_ids) AND payment_authorized_at IS NULL;
	INSERT INTO plpgsql.payment_session (id, cart_id, provider_id)
	SELECT plpgsql.new_id('ps'), p_cart_id, p.id
	FROM unnest(p_provider_ids) AS p (id)
	WHERE NOT EXISTS (
		SELECT FROM plpgsql.payment_session AS s
		WHERE s.cart_id = p_cart_id AND s.provider_id = p.id AND s.canceled_at IS NULL);
	RETURN QUERY SELECT * FROM plpgsql.payment_session WHERE cart_id = p_cart_id AND canceled_at IS NULL;
END $$;

CREATE FUNCTION plpgsql.ps_put_cart(cart jsonb) RETURNS plpgsql.cart LANGUAGE plpgsql AS $$
DECLARE
	stored plpgsql.cart;
BEGIN
	INSERT INTO plpgsql.cart AS c (id, currency_code, subtotal, raw_discount_total, item_tax_total, shipping_total,
	                               shipping_tax_total, gift_card_total, gift_card_tax_total)
	SELECT r.id, r.currency_code, r.subtotal, r.raw_discount_total, r.item_tax_total, r.shipping_total,
	       r.shipping_tax_total, r.gift_card_total, r.gift_card_tax_total
	FROM jsonb_populate_record(NULL::plpgsql.cart, cart) AS r
	ON CONFLICT (id) DO UPDATE
	SET (currency_code, subtotal, raw_discount_total, item_tax_total, shipping_total,
	     shipping_tax_total, gift_card_total, gift_card_tax_total) =
	    (excluded.currency_code, excluded.subtotal, excluded.raw_discount_total, excluded.item_tax_total, excluded.shipping_total,
	     excluded.shipping_tax_total, excluded.gift_card_total, excluded.gift_card_tax_total)
	RETURNING * INTO stored;
	RETURN stored;
END $$;

CREATE FUNCTION plpgsql.ps_select(session_id text) RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(session_id, true);
BEGIN
	IF NOT session.is_selected THEN
		UPDATE plpgsql.payment_session SET is_selected = false WHERE cart_id = session.cart_id AND is_selected;
		UPDATE plpgsql.payment_session SET is_selected = true WHERE id = session_id RETURNING * INTO session;
	END IF;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_begin(p_session_id text) RETURNS plpgsql.payment_operation LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(p_session_id, true);
	operation plpgsql.payment_operation;
	new_id text := plpgsql.new_id('op');
BEGIN
	SELECT * INTO operation FROM plpgsql.payment_operation
	WHERE session_id = p_session_id AND kind = 'authorize' AND status = 'pending';
	IF FOUND THEN
		RETURN operation;
	END IF;
	IF NOT session.is_selected THEN
		UPDATE plpgsql.payment_session SET is_selected = false WHERE cart_id = session.cart_id AND is_selected;
	END IF;
	UPDATE plpgsql.payment_session SET is_initiated = true, is_selected = true WHERE id = p_session_id;
	INSERT INTO plpgsql.payment_operation (id, kind, session_id, provider_id, amount, provider_idempotency_key, attempt, claimed_until)
	SELECT new_id, 'authorize', session.id, session.provider_id, session.amount, new_id, count(*) + 1,
	       clock_timestamp() + interval '60 seconds'
	FROM plpgsql.payment_operation
	WHERE session_id = p_session_id AND kind = 'authorize' AND status = 'failed'
	RETURNING * INTO operation;
	RETURN operation;
END $$;

CREATE FUNCTION plpgsql.ps_require_more(session_id text, p_data jsonb DEFAULT NULL, p_provider_ref text DEFAULT NULL)
RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(session_id, false);
BEGIN
	UPDATE plpgsql.payment_operation SET claimed_until = NULL
	WHERE payment_operation.session_id = session.id AND kind = 'authorize' AND status = 'pending';
	UPDATE plpgsql.payment_session
	SET status = 'requires_more', is_initiated = true, data = coalesce(p_data, data),
		provider_ref = coalesce(p_provider_ref, provider_ref)
	WHERE id = session.id
	RETURNING * INTO session;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_authorize(session_id text, p_amount bigint DEFAULT NULL, p_data jsonb DEFAULT NULL,
                                     p_provider_ref text DEFAULT NULL)
RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session;
BEGIN
	SELECT * INTO session FROM plpgsql.payment_session WHERE id = session_id;
	session := plpgsql.lock_session(session_id, NOT session.is_selected);
	IF p_amount <> session.amount THEN
		RAISE check_violation USING MESSAGE = 'the amount differs from the session''s';
	END IF;
	IF session.status = 'authorized' THEN
		RETURN session;
	END IF;
	UPDATE plpgsql.payment_operation SET status = 'succeeded', finished_at = clock_timestamp()
	WHERE payment_operation.session_id = session.id AND kind = 'authorize' AND status = 'pending';
	IF NOT session.is_selected THEN
		UPDATE plpgsql.payment_session SET is_selected = false
		WHERE cart_id = session.cart_id AND is_selected;
	END IF;
	UPDATE plpgsql.payment_session
	SET status = 'authorized', is_initiated = true, is_selected = true,
		amount = coalesce(p_amount, amount), data = coalesce(p_data, data),
		provider_ref = coalesce(p_provider_ref, provider_ref)
	WHERE id = session.id
	RETURNING * INTO session;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_fail(session_id text, p_reason text DEFAULT NULL)
RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(session_id, false);
BEGIN
	UPDATE plpgsql.payment_operation SET status = 'failed', finished_at = clock_timestamp()
	WHERE payment_operation.session_id = session.id AND kind = 'authorize' AND status = 'pending';
	UPDATE plpgsql.payment_session SET status = 'error', status_reason = p_reason, is_initiated = true
	WHERE id = session.id
	RETURNING * INTO session;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_retry(session_id text) RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(session_id, false);
BEGIN
	UPDATE plpgsql.payment_session SET status = 'pending' WHERE id = session.id RETURNING * INTO session;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_cancel(session_id text, p_reason text DEFAULT NULL)
RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(session_id, false);
BEGIN
	IF EXISTS (SELECT FROM plpgsql.payment WHERE payment.session_id = session.id AND canceled_at IS NULL) THEN
		RAISE check_violation USING MESSAGE = 'the payment session has a payment';
	END IF;
	UPDATE plpgsql.payment_operation SET status = 'failed', finished_at = clock_timestamp()
	WHERE payment_operation.session_id = session.id AND kind = 'authorize' AND status = 'pending';
	UPDATE plpgsql.payment_session SET status = 'canceled', status_reason = p_reason
	WHERE id = session.id
	RETURNING * INTO session;
	RETURN session;
END $$;

CREATE FUNCTION plpgsql.ps_promote(p_session_id text) RETURNS plpgsql.payment LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session := plpgsql.lock_session(p_session_id, false);
	payment plpgsql.payment;
BEGIN
	SELECT * INTO payment FROM plpgsql.payment WHERE session_id = p_session_id;
	IF NOT FOUND THEN
		INSERT INTO plpgsql.payment (id, session_id, cart_id, payment_collection_id, provider_id, amount, currency_code,
		                             authorization_expires_at, data)
		SELECT plpgsql.new_id('pay'), session.id, session.cart_id, session.payment_collection_id, session.provider_id,
		       session.amount, session.currency_code, session.payment_authorized_at + p.authorization_ttl, session.data
		FROM plpgsql.payment_provider AS p WHERE p.id = session.provider_id
		RETURNING * INTO payment;
	END IF;
	RETURN payment;
END $$;

CREATE FUNCTION plpgsql.ps_capture(p_payment_id text) RETURNS plpgsql.payment_operation LANGUAGE plpgsql AS $$
DECLARE
	payment plpgsql.payment;
	operation plpgsql.payment_operation;
	new_id text := plpgsql.new_id('op');
BEGIN
	SELECT * INTO payment FROM plpgsql.payment WHERE id = p_payment_id FOR NO KEY UPDATE;
	IF payment.capturable_amount <= 0 THEN
		RAISE check_violation USING MESSAGE = 'nothing is left to be captured';
	END IF;
	INSERT INTO plpgsql.payment_operation (id, kind, status, final, session_id, payment_id, provider_id, amount, provider_idempotency_key)
	SELECT new_id, 'capture', 'succeeded', p.capture_method <> 'manual_multiple', payment.session_id, payment.id,
	       payment.provider_id, payment.capturable_amount, new_id
	FROM plpgsql.payment_provider AS p WHERE p.id = payment.provider_id
	RETURNING * INTO operation;
	UPDATE plpgsql.payment SET captured_amount = captured_amount + operation.amount WHERE id = p_payment_id;
	RETURN operation;
END $$;

CREATE FUNCTION plpgsql.ps_refund(p_payment_id text, p_amount bigint, p_reason text DEFAULT 'other')
RETURNS plpgsql.payment_operation LANGUAGE plpgsql AS $$
DECLARE
	payment plpgsql.payment;
	operation plpgsql.payment_operation;
	new_id text := plpgsql.new_id('op');
BEGIN
	SELECT * INTO payment FROM plpgsql.payment WHERE id = p_payment_id FOR NO KEY UPDATE;
	IF payment.refundable_amount < p_amount THEN
		RAISE check_violation USING MESSAGE = 'more than is left to be refunded';
	END IF;
	INSERT INTO plpgsql.payment_operation (id, kind, status, session_id, payment_id, provider_id, amount,
	                                       provider_idempotency_key, reason)
	VALUES (new_id, 'refund', 'succeeded', payment.session_id, payment.id, payment.provider_id, p_amount, new_id, p_reason)
	RETURNING * INTO operation;
	UPDATE plpgsql.payment SET refunded_amount = refunded_amount + p_amount WHERE id = p_payment_id;
	RETURN operation;
END $$;

CREATE FUNCTION plpgsql.ps_receive(p_provider_id text, p_event_id text, p_status text, session_id text, amount bigint, payload jsonb)
RETURNS plpgsql.provider_event LANGUAGE plpgsql AS $$
DECLARE
	event plpgsql.provider_event;
BEGIN
	INSERT INTO plpgsql.provider_event (provider_id, event_id, received_at, amount, status, outcome, session_id, payload)
	VALUES (p_provider_id, p_event_id, clock_timestamp(), amount, p_status, 'applied', session_id, payload)
	ON CONFLICT DO NOTHING
	RETURNING * INTO event;
	IF NOT FOUND THEN
		SELECT * INTO event FROM plpgsql.provider_event WHERE provider_id = p_provider_id AND event_id = p_event_id;
		event.outcome := 'duplicate';
		RETURN event;
	END IF;
	BEGIN
		IF p_status = 'authorized' THEN
			PERFORM plpgsql.ps_authorize(session_id, amount);
		END IF;
	EXCEPTION WHEN check_violation THEN
		UPDATE plpgsql.provider_event SET outcome = 'conflict', detail = SQLERRM
		WHERE provider_id = p_provider_id AND event_id = p_event_id
		RETURNING * INTO event;
	END;
	RETURN event;
END $$;

CREATE FUNCTION plpgsql.ps_get(session_id text) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (
		SELECT row_to_json(s)
		FROM (
			SELECT id, cart_id, provider_id, is_selected, is_initiated, status, data, idempotency_key, amount,
			       payment_authorized_at, created_at, updated_at
			FROM plpgsql.payment_session
			WHERE id = session_id
		) AS s);
END $$;
