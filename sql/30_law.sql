-- The triggers.  BEFORE ones are named to fire last, after a user's own ones,
-- AFTER ones to fire first, after the foreign keys' only.  All stay ENABLE ORIGIN, so that a replica takes
-- rows as they are, but for one: restamp.

CREATE FUNCTION paysession.payment_session_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_session_guard';
COMMENT ON FUNCTION paysession.payment_session_guard() IS 'law: completes and judges a payment session before it is written';
REVOKE ALL ON FUNCTION paysession.payment_session_guard() FROM PUBLIC;

CREATE FUNCTION paysession.payment_session_record() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_session_record';
COMMENT ON FUNCTION paysession.payment_session_record() IS 'law: judges a payment session as stored, and appends its history';
REVOKE ALL ON FUNCTION paysession.payment_session_record() FROM PUBLIC;

CREATE FUNCTION paysession.payment_session_event_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_event_guard';
COMMENT ON FUNCTION paysession.payment_session_event_guard() IS 'law: keeps the history append-only';
REVOKE ALL ON FUNCTION paysession.payment_session_event_guard() FROM PUBLIC;

CREATE FUNCTION paysession.payment_session_event_restamp() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_event_restamp';
COMMENT ON FUNCTION paysession.payment_session_event_restamp() IS 'law: gives history that comes from elsewhere this database''s transaction id';
REVOKE ALL ON FUNCTION paysession.payment_session_event_restamp() FROM PUBLIC;

CREATE FUNCTION paysession.cart_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_cart_guard';
COMMENT ON FUNCTION paysession.cart_guard() IS 'law: completes and judges a cart before it is written; its channels go with it';
REVOKE ALL ON FUNCTION paysession.cart_guard() FROM PUBLIC;

CREATE FUNCTION paysession.cart_follow() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_cart_follow';
COMMENT ON FUNCTION paysession.cart_follow() IS 'law: makes a cart''s sessions follow its total and currency';
REVOKE ALL ON FUNCTION paysession.cart_follow() FROM PUBLIC;

CREATE FUNCTION paysession.setup_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_setup_guard';
COMMENT ON FUNCTION paysession.setup_guard() IS 'law: completes and judges a provider or a sales channel before it is written';
REVOKE ALL ON FUNCTION paysession.setup_guard() FROM PUBLIC;

CREATE FUNCTION paysession.refuse_truncate() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_refuse_truncate';
COMMENT ON FUNCTION paysession.refuse_truncate() IS 'law: refuses TRUNCATE';
REVOKE ALL ON FUNCTION paysession.refuse_truncate() FROM PUBLIC;

CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_session
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_session_guard();
CREATE TRIGGER aa_record AFTER INSERT OR UPDATE OR DELETE ON paysession.payment_session
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_session_record();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_session_event
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_session_event_guard();
CREATE TRIGGER zz_restamp BEFORE INSERT ON paysession.payment_session_event
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_session_event_restamp();
ALTER TABLE paysession.payment_session_event ENABLE ALWAYS TRIGGER zz_restamp;
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.cart
	FOR EACH ROW EXECUTE FUNCTION paysession.cart_guard();
CREATE TRIGGER aa_follow AFTER INSERT OR UPDATE ON paysession.cart
	FOR EACH ROW EXECUTE FUNCTION paysession.cart_follow();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE ON paysession.payment_provider
	FOR EACH ROW EXECUTE FUNCTION paysession.setup_guard();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE ON paysession.sales_channel
	FOR EACH ROW EXECUTE FUNCTION paysession.setup_guard();

CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.payment_session
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.payment_session_event
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.cart
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.cart_sales_channel
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.payment_provider
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.sales_channel
	EXECUTE FUNCTION paysession.refuse_truncate();
