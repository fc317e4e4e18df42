-- The shop's database, as its migrations would make it: run by a superuser in
-- an empty database, with -f from the top of the tree.
\set ON_ERROR_STOP on
BEGIN;

CREATE EXTENSION paysession;

SELECT FROM paysession.ps_put_provider('card', session_ttl => '30 minutes', authorization_ttl => '7 days');
SELECT FROM paysession.ps_put_provider('wallet', capture_method => 'manual_multiple', session_ttl => '30 minutes');
SELECT FROM paysession.ps_put_provider('bank', capture_method => 'automatic', session_ttl => '30 minutes');

-- As whom the shop connects.  Its page listens to what it does.
CREATE ROLE shop LOGIN;
ALTER ROLE shop SET paysession.notify = on;

-- What the shop knows besides: an order, and how far its worker has read the history.
CREATE SCHEMA shop;
CREATE TABLE shop.purchase (
	id text PRIMARY KEY,
	cart_id text NOT NULL UNIQUE REFERENCES paysession.cart (id),
	payment_id text UNIQUE REFERENCES paysession.payment (id),
	placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE shop.follower (
	name text PRIMARY KEY,
	cursor text
);
INSERT INTO shop.follower (name) VALUES ('orders');
GRANT USAGE ON SCHEMA shop TO shop;
GRANT SELECT, INSERT ON shop.purchase TO shop;
GRANT SELECT, UPDATE ON shop.follower TO shop;

-- paysession.notify tells of sessions; this, of money and webhooks.
CREATE FUNCTION shop.notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('paysession', json_build_object('id', NEW.session_id)::text);
	RETURN NULL;
END $$;
CREATE TRIGGER notify AFTER INSERT OR UPDATE ON paysession.payment
	FOR EACH ROW EXECUTE FUNCTION shop.notify();
CREATE TRIGGER notify AFTER INSERT OR UPDATE ON paysession.provider_event
	FOR EACH ROW EXECUTE FUNCTION shop.notify();

-- Somebody at a prompt who may write to the tables, and should not.
CREATE ROLE clerk LOGIN;
ALTER ROLE clerk SET paysession.notify = on;
GRANT USAGE ON SCHEMA paysession TO clerk;
GRANT SELECT, UPDATE, DELETE ON paysession.payment_session, paysession.payment_session_event TO clerk;

COMMIT;

\set app shop
\ir ../../sql/paysession_grants.sql
