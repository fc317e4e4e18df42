-- The triggers of what functions alone write: the webhook inbox, idempotency keys.

CREATE FUNCTION paysession.functions_only() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_functions_only';
COMMENT ON FUNCTION paysession.functions_only() IS 'law: keeps the webhook inbox and the idempotency keys to the functions';
REVOKE ALL ON FUNCTION paysession.functions_only() FROM PUBLIC;

CREATE FUNCTION paysession.provider_event_settle() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_provider_event_settle';
COMMENT ON FUNCTION paysession.provider_event_settle() IS 'law: applies a parked event when what it has waited for commits';
REVOKE ALL ON FUNCTION paysession.provider_event_settle() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER aa_settle AFTER UPDATE ON paysession.provider_event
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW
	WHEN (OLD.outcome = 'parked' AND NEW.outcome = 'parked' AND OLD.detail IS NOT DISTINCT FROM NEW.detail)
	EXECUTE FUNCTION paysession.provider_event_settle();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.provider_event
	FOR EACH ROW EXECUTE FUNCTION paysession.functions_only();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.provider_event
	EXECUTE FUNCTION paysession.refuse_truncate();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.idempotency_key
	FOR EACH ROW EXECUTE FUNCTION paysession.functions_only();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.idempotency_key
	EXECUTE FUNCTION paysession.refuse_truncate();
