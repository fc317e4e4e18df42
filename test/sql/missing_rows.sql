-- missing rows: where somebody has taken away, past the foreign keys, what they hold, everything answers or refuses, and nothing crashes
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql
\i :abs_srcdir/sql/include/money.sql

INSERT INTO paysession.payment_provider (id, capture_method) VALUES ('gone_card', 'manual'), ('gone_ideal', 'automatic');
SELECT id FROM paysession.ps_put_sales_channel('gone_web', 'The shop');
SELECT total FROM paysession.ps_put_cart('{"id": "gone_c", "currency_code": "eur", "subtotal": 100, "sales_channels": ["gone_web"]}');
INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('gone_s', 'gone_c', 'gone_card');
INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('gone_held', 'gone_held_c', 'gone_ideal', 5, 'eur');
SELECT status FROM paysession.ps_authorize('gone_held');
CALL pg_temp.pay('gone_p', 'gone_card', 100);
CALL pg_temp.pay('gone_q', 'gone_card', 100);
SELECT claimed FROM paysession.ps_capture('gone_p', 60, lease => '1 hour');
INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('gone_l', 100, 'eur');
INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id, amount) VALUES ('gone_part', 'gone_l', 'gone_card', 100);
INSERT INTO paysession.payment_session (id, provider_id, amount, currency_code) VALUES ('gone_asked', 'gone_card', 100, 'eur');
SELECT claimed FROM paysession.ps_begin('gone_asked', '1 ms');
SELECT pg_sleep(0.002);

-- What comes of a query once our rows of a table are gone; all of it is undone.
CREATE FUNCTION pg_temp.without(tab regclass, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE format('DELETE FROM %s WHERE id LIKE %L', tab, 'gone\_%');
	SET LOCAL session_replication_role = origin;
	EXECUTE format('WITH q AS (%s) SELECT coalesce(string_agg(q::text, '' ''), ''nothing'') FROM q', query) INTO answer;
	RAISE SQLSTATE 'TOKAY';
EXCEPTION WHEN OTHERS THEN
	RETURN replace(concat_ws(' ', SQLSTATE, SQLERRM), 'TOKAY TOKAY', coalesce(answer, ''));
END
$$;

SELECT query, pg_temp.without('paysession.payment_provider', query) FROM unnest(ARRAY[
	$$SELECT status FROM paysession.ps_authorize('gone_s')$$,
	$$SELECT status FROM paysession.ps_promote('gone_held')$$,
	$$SELECT status FROM paysession.ps_capture('gone_q', 10)$$,
	$$SELECT status FROM paysession.ps_refresh('gone_s')$$,
	$$SELECT outcome, detail FROM paysession.ps_receive('gone_card', 'gone_e', 'captured', 'gone_p_s')$$]) AS query;
SELECT query, pg_temp.without('paysession.cart', query) FROM unnest(ARRAY[
	$$SELECT paysession.ps_get('gone_s') ->> 'status'$$,
	$$SELECT paysession.ps_get('gone_s', '{cart}')$$,
	$$SELECT status FROM paysession.ps_select('gone_s')$$,
	$$SELECT status, amount FROM paysession.ps_authorize('gone_s')$$,
	$$SELECT status FROM paysession.ps_set_sessions('gone_c', '{gone_card}')$$,
	$$SELECT status FROM paysession.ps_complete_cart('gone_held_c')$$]) AS query;
SELECT query, pg_temp.without('paysession.sales_channel', query) FROM unnest(ARRAY[
	$$SELECT paysession.ps_get('gone_s', '{cart}') -> 'cart' ->> 'total'$$,
	$$SELECT paysession.ps_get('gone_s', '{cart.sales_channels}')$$]) AS query;
SELECT query, pg_temp.without('paysession.payment_collection', query) FROM unnest(ARRAY[
	$$SELECT status FROM paysession.ps_update('gone_part', data => '{"a": 1}')$$,
	$$SELECT status FROM paysession.ps_update('gone_part', 50)$$,
	$$UPDATE paysession.payment_session SET currency_code = 'usd' WHERE id = 'gone_part' RETURNING status, currency_code$$,
	$$SELECT claimed FROM paysession.ps_begin('gone_part')$$,
	$$SELECT status FROM paysession.ps_authorize('gone_part')$$,
	$$SELECT status FROM paysession.ps_refresh('gone_part')$$,
	$$SELECT paysession.ps_get_collection('gone_l')$$]) AS query;
SELECT query, pg_temp.without('paysession.payment_session', query) FROM unnest(ARRAY[
	$$SELECT session_id FROM paysession.ps_stuck('0') WHERE session_id = 'gone_asked'$$,
	$$SELECT o.status FROM paysession.payment_operation p, paysession.ps_finish(p.id, 'unknown') o WHERE p.session_id = 'gone_asked'$$,
	$$SELECT o.status FROM paysession.payment_operation p, paysession.ps_finish(p.id, 'succeeded') o WHERE p.payment_id = 'gone_p'$$,
	$$SELECT status FROM paysession.ps_void('gone_q')$$,
	$$SELECT status FROM paysession.ps_update_payment('gone_p', metadata => '{"a": 1}')$$,
	$$SELECT outcome, detail FROM paysession.ps_receive('gone_card', 'gone_e', 'voided', 'gone_p_s')$$]) AS query;
SELECT query, pg_temp.without('paysession.payment', query) FROM unnest(ARRAY[
	$$SELECT status FROM paysession.ps_cancel('gone_p_s')$$,
	$$SELECT o.status FROM paysession.payment_operation p, paysession.ps_finish(p.id, 'succeeded') o WHERE p.payment_id = 'gone_p'$$,
	$$SELECT outcome, detail FROM paysession.ps_receive('gone_card', 'gone_e', 'captured', 'gone_p_s')$$]) AS query;
SELECT * FROM pg_temp.unlawful();
