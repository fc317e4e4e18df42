-- Puts an unmodified Medusa v1 server on the extension's payment sessions:
--
--	psql -d medusa -v app=medusa -f "$(pg_config --sharedir)/extension/paysession_for_medusa.sql"
--
-- Run it as a superuser while Medusa is stopped, after CREATE EXTENSION and,
-- where there are payment sessions already, paysession_from_medusa.sql.  app
-- is the role that Medusa connects as.  It says what it refuses, and then has
-- changed nothing.  With -v undo=on it takes everything back; the sessions
-- that Medusa sees go back into its own table.  See doc/medusa.md.

\set ON_ERROR_STOP on
BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL client_min_messages = warning;

\if :{?undo}

-- The functions take their triggers along.
CREATE TEMP TABLE medusa_session ON COMMIT DROP AS TABLE public.payment_session;
ALTER TABLE public.payment_collection_sessions DROP CONSTRAINT "FK_payment_collection_sessions_payment_session_id";
DROP VIEW public.payment_session;
DROP SCHEMA paysession_for_medusa CASCADE;
DELETE FROM public.payment_session_before_paysession;
INSERT INTO public.payment_session_before_paysession (id, cart_id, provider_id, is_selected, status, data,
		created_at, updated_at, idempotency_key, payment_authorized_at, amount, is_initiated)
	SELECT id, cart_id, provider_id, nullif(is_selected, false), status::text::public.payment_session_status_enum, data,
		created_at, updated_at, idempotency_key, payment_authorized_at, amount, is_initiated
	FROM medusa_session;
ALTER TABLE public.payment_session_before_paysession RENAME TO payment_session;
DELETE FROM public.payment_collection_sessions AS link
	WHERE NOT EXISTS (SELECT FROM public.payment_session WHERE id = link.payment_session_id);
ALTER TABLE public.payment_collection_sessions ADD CONSTRAINT "FK_payment_collection_sessions_payment_session_id"
	FOREIGN KEY (payment_session_id) REFERENCES public.payment_session (id) ON DELETE CASCADE;

\else

DO $$
BEGIN
	IF EXISTS (SELECT FROM public.payment_session WHERE id NOT IN (SELECT id FROM paysession.payment_session)) THEN
		RAISE 'table "public.payment_session" has payment sessions that are not in paysession.payment_session'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Run paysession_from_medusa.sql, and delete what it says that it cannot take.';
	END IF;
END
$$;

CREATE SCHEMA paysession_for_medusa;
COMMENT ON SCHEMA paysession_for_medusa IS 'what lets Medusa v1 run on paysession; taken away by paysession_for_medusa.sql -v undo=on';

CREATE FUNCTION paysession_for_medusa.in_transaction() RETURNS boolean
	LANGUAGE c VOLATILE AS '$libdir/paysession', 'paysession_in_transaction';
COMMENT ON FUNCTION paysession_for_medusa.in_transaction() IS 'whether the caller is in a transaction block';

-- Medusa reads a cart's sessions, calls the payment provider and writes what
-- it said, all in one transaction that locks nothing.  So whoever reads a
-- session in a transaction gets its turn here: it locks the cart, or the
-- payment collection, until it ends, and reads what those before have left.
-- These rows, and no lock besides: Medusa writes them at any time in between.
-- Who reads outside of a transaction, as Medusa's GET routes do, waits for
-- nobody.  The cost keeps the planner from joining with all sessions, which
-- would ask for turns at all carts.
CREATE FUNCTION paysession_for_medusa.latest(session paysession.payment_session)
RETURNS SETOF paysession.payment_session
LANGUAGE plpgsql VOLATILE COST 1000000 ROWS 1 SET search_path = pg_catalog AS $$
BEGIN
	IF NOT paysession_for_medusa.in_transaction() OR current_setting('transaction_read_only')::boolean THEN
		RETURN NEXT session;
		RETURN;
	END IF;
	IF session.cart_id IS NOT NULL THEN
		PERFORM FROM public.cart WHERE id = session.cart_id FOR NO KEY UPDATE;
	ELSE
		PERFORM FROM public.payment_collection
			WHERE id IN (SELECT payment_collection_id FROM public.payment_collection_sessions WHERE payment_session_id = session.id)
			ORDER BY id FOR NO KEY UPDATE;
	END IF;
	RETURN QUERY SELECT * FROM paysession.payment_session WHERE id = session.id;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.latest(paysession.payment_session) IS
	'waits, in a transaction, for the turn of this one, and returns the session as it is then';

ALTER TABLE public.payment_session RENAME TO payment_session_before_paysession;

-- A canceled session is final, so Medusa does not see it and makes a new one.
-- amount is an integer: node-postgres makes a string of a bigint.
CREATE VIEW public.payment_session AS
	SELECT anchor.id, anchor.cart_id, anchor.provider_id, session.is_selected, session.status, session.data,
		anchor.created_at, session.updated_at, session.idempotency_key, session.payment_authorized_at,
		session.amount::integer AS amount, session.is_initiated
	FROM paysession.payment_session AS anchor, paysession_for_medusa.latest(anchor) AS session
	WHERE session.canceled_at IS NULL;
COMMENT ON VIEW public.payment_session IS 'paysession.payment_session as Medusa v1 knows it';

CREATE FUNCTION paysession_for_medusa.write_session() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO paysession.payment_session
				(id, cart_id, provider_id, is_selected, status, data, idempotency_key, payment_authorized_at, amount, is_initiated)
			VALUES (NEW.id, NEW.cart_id, NEW.provider_id, NEW.is_selected, coalesce(NEW.status, 'pending'), coalesce(NEW.data, '{}'),
				NEW.idempotency_key, NEW.payment_authorized_at, NEW.amount, coalesce(NEW.is_initiated, false))
			RETURNING id, is_selected, status, data, created_at, updated_at, idempotency_key, amount, is_initiated
			INTO NEW.id, NEW.is_selected, NEW.status, NEW.data, NEW.created_at, NEW.updated_at, NEW.idempotency_key, NEW.amount,
				NEW.is_initiated;
		RETURN NEW;
	END IF;

	-- What an UPDATE does not name comes from OLD, which somebody who takes no
	-- turn may have changed.
	PERFORM FROM paysession.payment_session WHERE id = OLD.id FOR NO KEY UPDATE;
	IF NOT EXISTS (SELECT FROM public.payment_session AS session WHERE id = OLD.id AND session = OLD) THEN
		RAISE serialization_failure USING MESSAGE = 'payment session was changed by another transaction',
			TABLE = 'payment_session', SCHEMA = 'paysession';
	END IF;
	IF TG_OP = 'DELETE' THEN
		DELETE FROM paysession.payment_session WHERE id = OLD.id;
		RETURN OLD;
	END IF;

	-- A second authorization keeps the time of the first: it is the payment
	-- that there cannot be twice.
	UPDATE paysession.payment_session SET
			id = NEW.id, cart_id = NEW.cart_id, provider_id = NEW.provider_id, is_selected = NEW.is_selected, status = NEW.status,
			data = NEW.data, idempotency_key = NEW.idempotency_key,
			payment_authorized_at = coalesce(OLD.payment_authorized_at, NEW.payment_authorized_at), amount = NEW.amount,
			is_initiated = NEW.is_initiated
		WHERE id = OLD.id
		RETURNING cart_id, is_selected, updated_at, payment_authorized_at
		INTO NEW.cart_id, NEW.is_selected, NEW.updated_at, NEW.payment_authorized_at;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.write_session() IS 'writes what Medusa writes to its view into paysession.payment_session';
CREATE TRIGGER write_session INSTEAD OF INSERT OR UPDATE OR DELETE ON public.payment_session
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.write_session();

-- Providers and carts.  Medusa stores no total, so the amounts are what it
-- gives the sessions; the currency is the region's.
CREATE FUNCTION paysession_for_medusa.follow_provider() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO paysession.payment_provider (id, is_installed) VALUES (NEW.id, NEW.is_installed)
		ON CONFLICT (id) DO UPDATE SET is_installed = excluded.is_installed;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.follow_provider() IS 'makes paysession.payment_provider follow Medusa''s';
CREATE TRIGGER paysession AFTER INSERT OR UPDATE ON public.payment_provider
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.follow_provider();

CREATE FUNCTION paysession_for_medusa.follow_cart() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO paysession.cart (id, currency_code, completed_at)
		SELECT NEW.id, currency_code, NEW.completed_at FROM public.region WHERE id = NEW.region_id
		ON CONFLICT (id) DO UPDATE SET currency_code = excluded.currency_code,
			completed_at = coalesce(cart.completed_at, excluded.completed_at);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.follow_cart() IS 'makes paysession.cart follow Medusa''s: its currency, and when it became an order';
CREATE TRIGGER paysession AFTER INSERT OR UPDATE OF region_id, completed_at ON public.cart
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.follow_cart();

-- "system" pays draft orders, and Medusa has no row of it.
INSERT INTO paysession.payment_provider (id, is_installed)
	SELECT id, is_installed FROM public.payment_provider UNION SELECT 'system', true ON CONFLICT DO NOTHING;
INSERT INTO paysession.cart (id, currency_code, completed_at)
	SELECT cart.id, region.currency_code, cart.completed_at
	FROM public.cart JOIN public.region ON region.id = cart.region_id ON CONFLICT DO NOTHING;

-- Money.  A payment of Medusa's is one of ours, with the same id, but for those
-- that stray_payment shows: a provider whose plugin says nothing when a cart's
-- total changes leaves the session's amount as it was, and Medusa then makes a
-- payment of another amount than what its session says is authorized.
CREATE FUNCTION paysession_for_medusa.promote(payment public.payment, of_session text) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO paysession.payment (id, session_id, provider_id, amount, currency_code, cart_id, order_id, data)
		VALUES (payment.id, of_session, payment.provider_id, payment.amount, payment.currency_code, payment.cart_id,
			payment.order_id, payment.data)
$$;
COMMENT ON FUNCTION paysession_for_medusa.promote(public.payment, text) IS 'makes a payment of Medusa''s one of its session';

CREATE VIEW paysession_for_medusa.stray_payment AS
	SELECT payment.id, payment.cart_id, payment.amount, session.id AS session_id, session.amount AS session_amount,
		payment.created_at
	FROM public.payment LEFT JOIN paysession.payment_session AS session
		ON session.cart_id = payment.cart_id AND session.payment_authorized_at IS NOT NULL
	WHERE NOT EXISTS (SELECT FROM paysession.payment AS ours WHERE ours.id = payment.id);
COMMENT ON VIEW paysession_for_medusa.stray_payment IS 'the payments that are Medusa''s alone, with what is known of their sessions';

CREATE FUNCTION paysession_for_medusa.follow_payment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	session record;
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- A payment collection's has no cart: see link_payment.
		IF NEW.cart_id IS NULL THEN
			RETURN NULL;
		END IF;
		SELECT id, amount INTO session FROM paysession.payment_session WHERE cart_id = NEW.cart_id AND is_selected;
		IF session.amount IS DISTINCT FROM NEW.amount THEN
			RAISE WARNING 'payment "%" is not what its session authorized: it stays Medusa''s alone', NEW.id;
		ELSE
			PERFORM paysession_for_medusa.promote(NEW, session.id);
		END IF;
		RETURN NULL;
	END IF;
	IF NOT EXISTS (SELECT FROM paysession.payment WHERE id = NEW.id) THEN
		RETURN NULL;
	END IF;
	IF OLD.order_id IS NULL AND NEW.order_id IS NOT NULL THEN
		PERFORM paysession.ps_update_payment(NEW.id, order_id => NEW.order_id);
	END IF;
	IF OLD.captured_at IS NULL AND NEW.captured_at IS NOT NULL THEN
		PERFORM paysession.ps_capture(NEW.id);
	END IF;
	IF OLD.canceled_at IS NULL AND NEW.canceled_at IS NOT NULL THEN
		PERFORM paysession.ps_void(NEW.id);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.follow_payment() IS 'makes paysession.payment follow Medusa''s';
CREATE TRIGGER paysession AFTER INSERT OR UPDATE OF order_id, captured_at, canceled_at ON public.payment
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.follow_payment();

-- Medusa reads what was refunded before its transaction, and writes the sum:
-- what is written is what ours says.
CREATE FUNCTION paysession_for_medusa.keep_refunded() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	NEW.amount_refunded = coalesce((SELECT refunded_amount FROM paysession.payment WHERE id = NEW.id), NEW.amount_refunded);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.keep_refunded() IS 'makes what Medusa''s payment says of refunds what paysession.payment says';
CREATE TRIGGER paysession_keep BEFORE UPDATE OF amount_refunded ON public.payment
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.keep_refunded();

CREATE FUNCTION paysession_for_medusa.follow_refund() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM paysession.payment WHERE id = NEW.payment_id OR order_id = NEW.order_id) THEN
		RETURN NULL;
	END IF;
	-- Medusa's payment comes before ours in the lock order.
	PERFORM FROM public.payment WHERE id = NEW.payment_id OR order_id = NEW.order_id ORDER BY id FOR NO KEY UPDATE;
	IF NEW.payment_id IS NOT NULL THEN
		PERFORM paysession.ps_refund(NEW.payment_id, NEW.amount, NEW.reason::text, NEW.note, idempotency_key => NEW.id);
	ELSE
		PERFORM paysession.ps_refund_order(NEW.order_id, NEW.amount, NEW.reason::text, NEW.note, idempotency_key => NEW.id);
	END IF;
	-- To what keep_refunded makes of it.
	UPDATE public.payment SET amount_refunded = DEFAULT WHERE id = NEW.payment_id OR order_id = NEW.order_id;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.follow_refund() IS 'books a refund of Medusa''s, and tells Medusa''s payments what has been refunded';
CREATE TRIGGER paysession AFTER INSERT ON public.refund
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.follow_refund();

-- Payment collections stay Medusa's; their sessions have no cart.
ALTER TABLE public.payment_collection_sessions DROP CONSTRAINT "FK_payment_collection_sessions_payment_session_id";
ALTER TABLE public.payment_collection_sessions ADD CONSTRAINT "FK_payment_collection_sessions_payment_session_id"
	FOREIGN KEY (payment_session_id) REFERENCES paysession.payment_session (id) ON DELETE CASCADE;

CREATE FUNCTION paysession_for_medusa.link_session() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	UPDATE paysession.payment_session AS session SET currency_code = collection.currency_code
		FROM public.payment_collection AS collection
		WHERE session.id = NEW.payment_session_id AND collection.id = NEW.payment_collection_id
			AND session.currency_code IS NULL;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.link_session() IS 'gives a payment collection''s session its currency';
CREATE TRIGGER paysession AFTER INSERT ON public.payment_collection_sessions
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.link_session();

CREATE FUNCTION paysession_for_medusa.link_payment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	payment public.payment;
	of_session text;
BEGIN
	SELECT * INTO payment FROM public.payment WHERE id = NEW.payment_id;
	-- Medusa does not say which session a payment is of.
	SELECT session.id INTO of_session
		FROM public.payment_collection_sessions AS link
		JOIN paysession.payment_session AS session ON session.id = link.payment_session_id
		WHERE link.payment_collection_id = NEW.payment_collection_id AND session.status = 'authorized'
			AND session.provider_id = payment.provider_id AND session.amount = payment.amount
			AND NOT EXISTS (SELECT FROM paysession.payment WHERE session_id = session.id)
		ORDER BY session.payment_authorized_at DESC LIMIT 1;
	IF of_session IS NULL THEN
		RAISE unique_violation USING
			MESSAGE = format('payment collection "%s" has a payment of each authorized session', NEW.payment_collection_id),
			DETAIL = format('Key (payment_collection_id)=(%s) already exists.', NEW.payment_collection_id),
			SCHEMA = 'public', TABLE = 'payment';
	END IF;
	PERFORM paysession_for_medusa.promote(payment, of_session);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.link_payment() IS 'makes a payment of a payment collection of Medusa''s one of its session';
CREATE TRIGGER paysession AFTER INSERT ON public.payment_collection_payments
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.link_payment();

-- Medusa saves a collection as it was before its turn, and so would take away
-- the payments that others have linked to it since.
CREATE FUNCTION paysession_for_medusa.keep_payment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	IF EXISTS (SELECT FROM public.payment_collection WHERE id = OLD.payment_collection_id)
		AND EXISTS (SELECT FROM public.payment WHERE id = OLD.payment_id AND canceled_at IS NULL) THEN
		RETURN NULL;
	END IF;
	RETURN OLD;
END
$$;
COMMENT ON FUNCTION paysession_for_medusa.keep_payment() IS 'keeps the payments of a payment collection of Medusa''s, while there is one, in it';
CREATE TRIGGER paysession_keep BEFORE DELETE ON public.payment_collection_payments
	FOR EACH ROW EXECUTE FUNCTION paysession_for_medusa.keep_payment();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession_for_medusa FROM PUBLIC;
\if :{?app}
-- "public" would be everyone: here it is a role that does not exist.
SELECT quote_ident(:'app')::regrole AS role \gset paysession_
GRANT USAGE ON SCHEMA paysession, paysession_for_medusa TO :"app";
GRANT USAGE ON TYPE paysession.payment_session_status TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON public.payment_session, paysession.payment_session TO :"app";
GRANT SELECT, INSERT, UPDATE ON paysession.cart, paysession.payment_provider TO :"app";
GRANT SELECT, INSERT ON paysession.payment TO :"app";
GRANT EXECUTE ON FUNCTION paysession_for_medusa.in_transaction, paysession_for_medusa.latest, paysession_for_medusa.promote TO :"app";
GRANT EXECUTE ON FUNCTION
	paysession.ps_update_payment, paysession.ps_capture, paysession.ps_void, paysession.ps_refund, paysession.ps_refund_order
	TO :"app";
\endif

\endif

COMMIT;
