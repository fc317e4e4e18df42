-- The triggers of payments and of what is asked for them.

CREATE FUNCTION paysession.payment_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_payment_guard';
COMMENT ON FUNCTION paysession.payment_guard() IS 'law: completes and judges a payment before it is written';
REVOKE ALL ON FUNCTION paysession.payment_guard() FROM PUBLIC;

CREATE FUNCTION paysession.payment_follow() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_payment_follow';
COMMENT ON FUNCTION paysession.payment_follow() IS 'law: judges a payment as stored; books what was captured with the authorization';
REVOKE ALL ON FUNCTION paysession.payment_follow() FROM PUBLIC;

CREATE FUNCTION paysession.payment_operation_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_operation_guard';
COMMENT ON FUNCTION paysession.payment_operation_guard() IS 'law: keeps operations to the functions';
REVOKE ALL ON FUNCTION paysession.payment_operation_guard() FROM PUBLIC;

CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_guard();
CREATE TRIGGER aa_follow AFTER INSERT OR UPDATE ON paysession.payment
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_follow();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_operation
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_operation_guard();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.payment
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.payment_operation
	EXECUTE FUNCTION paysession.refuse_truncate();
