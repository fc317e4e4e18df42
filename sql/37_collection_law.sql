-- The triggers of payment collections.

CREATE FUNCTION paysession.payment_collection_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_collection_guard';
COMMENT ON FUNCTION paysession.payment_collection_guard() IS 'law: derives and judges a payment collection before it is written';
REVOKE ALL ON FUNCTION paysession.payment_collection_guard() FROM PUBLIC;

CREATE FUNCTION paysession.payment_collection_follow() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_collection_follow';
COMMENT ON FUNCTION paysession.payment_collection_follow() IS 'law: judges a payment collection as stored, and derives it again';
REVOKE ALL ON FUNCTION paysession.payment_collection_follow() FROM PUBLIC;

CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.payment_collection
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_collection_guard();
CREATE TRIGGER aa_follow AFTER INSERT OR UPDATE ON paysession.payment_collection
	FOR EACH ROW EXECUTE FUNCTION paysession.payment_collection_follow();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.payment_collection
	EXECUTE FUNCTION paysession.refuse_truncate();
