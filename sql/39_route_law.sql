-- The triggers of routes; every other guard judges them beside its own law.

CREATE FUNCTION paysession.cart_sales_channel_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_cart_sales_channel_guard';
COMMENT ON FUNCTION paysession.cart_sales_channel_guard() IS 'law: refuses the sales channels of a cart whose route is not owned';
REVOKE ALL ON FUNCTION paysession.cart_sales_channel_guard() FROM PUBLIC;

CREATE FUNCTION paysession.owned_routes_guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'paysession_owned_routes_guard';
COMMENT ON FUNCTION paysession.owned_routes_guard() IS 'law: keeps the owned routes to the functions';
REVOKE ALL ON FUNCTION paysession.owned_routes_guard() FROM PUBLIC;

CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.cart_sales_channel
	FOR EACH ROW EXECUTE FUNCTION paysession.cart_sales_channel_guard();
CREATE TRIGGER zz_guard BEFORE INSERT OR UPDATE OR DELETE ON paysession.owned_routes
	FOR EACH ROW EXECUTE FUNCTION paysession.owned_routes_guard();
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.owned_routes
	EXECUTE FUNCTION paysession.refuse_truncate();
