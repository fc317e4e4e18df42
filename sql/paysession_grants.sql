-- Grants an application, a reader and an auditor what they need, and no more:
--
--	psql -d shop -v app=shop -v reader=bi -v auditor=audit \
--		-f "$(pg_config --sharedir)/extension/paysession_grants.sql"
--
-- Run it as the owner of schema paysession, and again after each ALTER
-- EXTENSION paysession UPDATE: what is new is granted to nobody.  A role that
-- is not named is left out.  Nothing is taken away.

\set ON_ERROR_STOP on
-- A router database has no tables; it calls the shards, as the caller.
SELECT pg_catalog.to_regnamespace('paysession_router') IS NOT NULL AS is_router \gset paysession_

-- The application: checkout, money, collections, webhooks, retries, and its
-- worker.  It writes through functions only, and cannot
--	ps_put_provider		who is asked for money, and who captures by itself, is a migration's to say
--	ps_own_routes		which part of the shop a database is for is a migration's to say, too
--	ps_resolve			what becomes of a conflict is a person's to say, who is recorded by name
--	ps_purge			how long anything is kept is for who runs the database to say
--	ps_check			it reads every row that there is, as does the view violation: not for a request to wait for
\if :{?app}
-- "public" would be everyone: here it is a role that does not exist.
SELECT pg_catalog.quote_ident(:'app')::pg_catalog.regrole AS role \gset paysession_
GRANT USAGE ON SCHEMA paysession TO :"app";
GRANT USAGE ON TYPE paysession.payment_session_status TO :"app";  -- for CREATE TEMP TABLE ... AS SELECT
\if :paysession_is_router
GRANT USAGE ON FOREIGN SERVER paysession TO :"app";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession_router TO :"app";
\else
GRANT SELECT ON
	paysession.payment_session, paysession.payment, paysession.payment_operation, paysession.payment_collection,
	paysession.cart, paysession.cart_sales_channel, paysession.sales_channel, paysession.payment_provider,
	paysession.owned_routes,
	paysession.payment_session_event, paysession.provider_event, paysession.idempotency_key,
	paysession.capture, paysession.refund, paysession.order_payment_status, paysession.provider_conflict,
	paysession.session_overview, paysession.provider_funnel, paysession.open_money
	TO :"app";
GRANT EXECUTE ON FUNCTION paysession.ps_owned_routes TO :"app";
\endif
GRANT EXECUTE ON FUNCTION
	paysession.ps_put_sales_channel, paysession.ps_put_cart,
	paysession.ps_create, paysession.ps_set_sessions, paysession.ps_select, paysession.ps_unselect,
	paysession.ps_update, paysession.ps_begin, paysession.ps_require_more, paysession.ps_authorize,
	paysession.ps_fail, paysession.ps_retry, paysession.ps_cancel, paysession.ps_refresh,
	paysession.ps_delete, paysession.ps_complete_cart,
	paysession.ps_promote, paysession.ps_update_payment, paysession.ps_capture, paysession.ps_refund,
	paysession.ps_refund_order, paysession.ps_void, paysession.ps_finish,
	paysession.ps_create_collection, paysession.ps_set_collection_sessions,
	paysession.ps_update_collection, paysession.ps_cancel_collection, paysession.ps_delete_collection,
	paysession.ps_receive,
	paysession.ps_idempotency_begin, paysession.ps_idempotency_advance, paysession.ps_idempotency_finish,
	paysession.ps_stuck, paysession.ps_claim, paysession.ps_expire,
	paysession.ps_get, paysession.ps_get_collection, paysession.ps_list, paysession.ps_history,
	paysession.ps_events, paysession.ps_transitions,
	paysession.ps_new_id, paysession.ps_id_time, paysession.ps_route
	TO :"app";
\endif

-- Who reads what is: reports, dashboards.  Not who did what when
-- (payment_session_event), what providers sent (provider_event), or what the
-- application was asked and answered (idempotency_key).
\if :{?reader}
SELECT pg_catalog.quote_ident(:'reader')::pg_catalog.regrole AS role \gset paysession_
GRANT USAGE ON SCHEMA paysession TO :"reader";
GRANT USAGE ON TYPE paysession.payment_session_status TO :"reader";
\if :paysession_is_router
GRANT USAGE ON FOREIGN SERVER paysession TO :"reader";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession_router TO :"reader";
\else
GRANT SELECT ON
	paysession.payment_session, paysession.payment, paysession.payment_operation, paysession.payment_collection,
	paysession.cart, paysession.cart_sales_channel, paysession.sales_channel, paysession.payment_provider,
	paysession.owned_routes,
	paysession.capture, paysession.refund, paysession.order_payment_status, paysession.provider_conflict,
	paysession.session_overview, paysession.provider_funnel, paysession.open_money
	TO :"reader";
GRANT EXECUTE ON FUNCTION paysession.ps_owned_routes TO :"reader";
\endif
GRANT EXECUTE ON FUNCTION
	paysession.ps_get, paysession.ps_get_collection, paysession.ps_list, paysession.ps_stuck,
	paysession.ps_transitions, paysession.ps_id_time, paysession.ps_route
	TO :"reader";
\endif

-- Who looks into what was done, and whether all is well.  Reads everything,
-- changes nothing.
\if :{?auditor}
SELECT pg_catalog.quote_ident(:'auditor')::pg_catalog.regrole AS role \gset paysession_
GRANT USAGE ON SCHEMA paysession TO :"auditor";
GRANT USAGE ON TYPE paysession.payment_session_status TO :"auditor";
\if :paysession_is_router
GRANT USAGE ON FOREIGN SERVER paysession TO :"auditor";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession_router TO :"auditor";
\else
GRANT SELECT ON ALL TABLES IN SCHEMA paysession TO :"auditor";
GRANT EXECUTE ON FUNCTION paysession.ps_owned_routes TO :"auditor";
\endif
GRANT EXECUTE ON FUNCTION
	paysession.ps_get, paysession.ps_get_collection, paysession.ps_list, paysession.ps_stuck,
	paysession.ps_transitions, paysession.ps_id_time, paysession.ps_route,
	paysession.ps_history, paysession.ps_events, paysession.ps_check
	TO :"auditor";
\endif
