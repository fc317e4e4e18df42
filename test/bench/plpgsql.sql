-- What the law asks of an UPDATE, as one would usually write it.

CREATE FUNCTION plpgsql.guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
	IF (NEW.status, NEW.amount, NEW.is_selected) IS DISTINCT FROM (OLD.status, OLD.amount, OLD.is_selected) THEN
		INSERT INTO plpgsql.payment_session_event
			(txid, at, amount, from_status, to_status, is_selected, session_id, actor, role, application, reason)
		VALUES (pg_current_xact_id(), NEW.updated_at, NEW.amount, OLD.status, NEW.status, NEW.is_selected, NEW.id,
		        session_user, current_user, nullif(current_setting('application_name'), ''),
		        CASE WHEN NEW.status <> OLD.status THEN NEW.status_reason END);
	END IF;
	RETURN NULL;
END $$;

CREATE TRIGGER guard BEFORE UPDATE ON plpgsql.payment_session FOR EACH ROW EXECUTE FUNCTION plpgsql.guard();
CREATE TRIGGER record AFTER UPDATE ON plpgsql.payment_session FOR EACH ROW EXECUTE FUNCTION plpgsql.record();

CREATE FUNCTION plpgsql.ps_authorize(session_id text, p_amount bigint DEFAULT NULL, p_data jsonb DEFAULT NULL,
                                     p_provider_ref text DEFAULT NULL)
RETURNS plpgsql.payment_session LANGUAGE plpgsql AS $$
DECLARE
	session plpgsql.payment_session;
BEGIN
	SELECT * INTO session FROM plpgsql.payment_session WHERE id = session_id;
	IF NOT FOUND THEN
		RAISE no_data_found USING MESSAGE = format('payment session "%s" does not exist', session_id);
	END IF;
	IF NOT session.is_selected THEN
		PERFORM FROM plpgsql.cart WHERE id = session.cart_id FOR NO KEY UPDATE;
	END IF;
	SELECT * INTO session FROM plpgsql.payment_session WHERE id = session_id FOR NO KEY UPDATE;
	IF p_amount <> session.amount THEN
		RAISE check_violation USING MESSAGE = 'the amount differs from the session''s';
	END IF;
	IF session.status = 'authorized' THEN
		RETURN session;
	END IF;
	IF NOT session.is_selected THEN
		UPDATE plpgsql.payment_session SET is_selected = false
		WHERE cart_id = session.cart_id AND is_selected;
	END IF;
	UPDATE plpgsql.payment_session
	SET status = 'authorized', is_initiated = true, is_selected = true,
		amount = coalesce(p_amount, amount), data = coalesce(p_data, data),
		provider_ref = coalesce(p_provider_ref, provider_ref)
	WHERE id = session_id
	RETURNING * INTO session;
	RETURN session;
END $$;
