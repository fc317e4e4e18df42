-- law: it is the same at READ COMMITTED, REPEATABLE READ and SERIALIZABLE
\getenv abs_srcdir PG_ABS_SRCDIR
\i :abs_srcdir/sql/include/refuse.sql

INSERT INTO paysession.payment_provider (id) VALUES ('le_card'), ('le_bank');

-- A checkout with everything that is allowed and much that is not, within one transaction.
CREATE PROCEDURE pg_temp.checkout(c text) LANGUAGE plpgsql AS $$
DECLARE
	level text := current_setting('transaction_isolation');
BEGIN
	RAISE INFO '%', level;
	-- plain SQL
	INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES (c || 1, c, 'le_card'), (c || 2, c, 'le_bank');
	UPDATE paysession.cart SET currency_code = 'eur', subtotal = 100, raw_discount_total = 0, shipping_total = 0, gift_card_total = 0, gift_card_tax_total = 0 WHERE id = c;
	CALL pg_temp.refuse(format('UPDATE paysession.payment_session SET amount = 99 WHERE id = %L', c || 1));
	UPDATE paysession.payment_session SET is_selected = true WHERE id = c || 1;
	CALL pg_temp.refuse(format('UPDATE paysession.payment_session SET is_selected = true WHERE id = %L', c || 2));
	CALL pg_temp.refuse(format('UPDATE paysession.payment_session SET status = ''authorized'' WHERE id = %L', c || 2));
	UPDATE paysession.payment_session SET status = 'authorized' WHERE id = c || 1;
	CALL pg_temp.refuse(format('UPDATE paysession.payment_session SET status = ''pending'' WHERE id = %L', c || 1));
	CALL pg_temp.refuse(format('UPDATE paysession.cart SET subtotal = 101 WHERE id = %L', c));
	CALL pg_temp.refuse(format('DELETE FROM paysession.payment_session WHERE id = %L', c || 1));
	UPDATE paysession.payment_session SET status = 'canceled' WHERE id = c || 1;
	-- the functions
	PERFORM paysession.ps_put_cart(jsonb_build_object('id', c, 'subtotal', 200));
	PERFORM paysession.ps_create(c, 'le_card', id => c || 3);
	PERFORM paysession.ps_select(c || 3);
	PERFORM paysession.ps_select(c || 2);
	PERFORM paysession.ps_fail(c || 2, 'no');
	PERFORM paysession.ps_authorize(c || 3, 200);
	CALL pg_temp.refuse(format('SELECT paysession.ps_select(%L)', c || 2));
	CALL pg_temp.refuse(format('SELECT paysession.ps_authorize(%L)', c || 2));
	CALL pg_temp.refuse(format('SELECT paysession.ps_put_cart(jsonb_build_object(''id'', %L, ''subtotal'', 300))', c));
	PERFORM paysession.ps_cancel(c || 3);
	PERFORM paysession.ps_set_sessions(c, '{le_bank}');
	PERFORM paysession.ps_refresh(c || 2);
	UPDATE paysession.cart SET completed_at = now() WHERE id = c;
	CALL pg_temp.refuse(format('SELECT paysession.ps_create(%L, ''le_card'')', c));
	CALL pg_temp.refuse(format('INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES (%L, ''le_card'')', c));
END
$$;
BEGIN ISOLATION LEVEL READ COMMITTED;
CALL pg_temp.checkout('le_rc');
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
CALL pg_temp.checkout('le_rr');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
CALL pg_temp.checkout('le_se');
COMMIT;

SELECT cart_id, provider_id, status, is_selected, amount, currency_code, status_reason
FROM paysession.payment_session WHERE cart_id LIKE 'le\_%' ORDER BY cart_id, id COLLATE "C" DESC;
SELECT session_id, from_status, to_status, amount, is_selected, reason
FROM paysession.payment_session_event WHERE session_id LIKE 'le\_rc%' ORDER BY session_id, id;
-- the history is the same at each level
SELECT count(DISTINCT lines) AS histories, min(n) AS events FROM (
	SELECT left(session_id, 5), count(*) AS n,
		string_agg(concat_ws(' ', right(session_id, 1), from_status, to_status, amount, is_selected, reason), E'\n' ORDER BY id) AS lines
	FROM paysession.payment_session_event WHERE session_id LIKE 'le\_%' GROUP BY 1) h;
