-- What nobody may do, tried in plain SQL by the owner of the tables: each
-- statement on each session of that status.
CREATE TABLE demo.illegal (status paysession.payment_session_status, statement text);
INSERT INTO demo.illegal VALUES
	('authorized', $$UPDATE paysession.payment_session SET status = 'pending' WHERE id = $1$$),
	('authorized', $$UPDATE paysession.payment_session SET amount = amount + 1 WHERE id = $1$$),
	('authorized', $$UPDATE paysession.payment_session SET is_selected = false WHERE id = $1$$),
	('authorized', $$UPDATE paysession.payment_session SET payment_authorized_at = '2020-01-01' WHERE id = $1$$),
	('authorized', $$UPDATE paysession.cart SET subtotal = subtotal + 1
		WHERE id = (SELECT cart_id FROM paysession.payment_session WHERE id = $1)$$),
	('authorized', $$DELETE FROM paysession.payment_session WHERE id = $1$$),
	('canceled', $$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = $1$$),
	('pending', $$UPDATE paysession.payment_session SET status = 'authorized' WHERE id = $1$$),
	('pending', $$UPDATE paysession.payment_session SET amount = amount + 1 WHERE id = $1$$),
	('error', $$UPDATE paysession.payment_session SET cart_id = cart_id || '_' WHERE id = $1$$),
	('requires_more', $$UPDATE paysession.payment_session SET created_at = created_at - interval '1 day' WHERE id = $1$$),
	('error', $$INSERT INTO paysession.payment_session (provider_id, status)
		SELECT provider_id, 'authorized' FROM paysession.payment_session WHERE id = $1$$),
	('authorized', $$UPDATE paysession.payment_session_event SET amount = 1 WHERE session_id = $1$$),
	('canceled', $$DELETE FROM paysession.payment_session_event WHERE session_id = $1$$),
	('authorized', $$UPDATE paysession.payment_session SET status = 'canceled' WHERE id = $1$$),
	('authorized', $$UPDATE paysession.payment SET captured_amount = captured_amount + 1 WHERE session_id = $1$$),
	('authorized', $$UPDATE paysession.payment SET amount = amount + 1 WHERE session_id = $1$$),
	('authorized', $$DELETE FROM paysession.payment WHERE session_id = $1$$),
	('authorized', $$UPDATE paysession.payment_operation SET status = 'succeeded' WHERE session_id = $1$$),
	('error', $$INSERT INTO paysession.payment (session_id) VALUES ($1)$$);

CREATE TABLE demo.attempt (statement text, session_id text, refused boolean);

DO $$
DECLARE
	attempt record;
BEGIN
	FOR attempt IN
		SELECT i.statement, s.id
		FROM demo.illegal i JOIN paysession.payment_session s USING (status)
		ORDER BY s.id
	LOOP
		BEGIN
			EXECUTE attempt.statement USING attempt.id;
			INSERT INTO demo.attempt VALUES (attempt.statement, attempt.id, false);
		EXCEPTION WHEN check_violation OR restrict_violation THEN
			INSERT INTO demo.attempt VALUES (attempt.statement, attempt.id, true);
		END;
	END LOOP;
END
$$;

SELECT 'illegal statements in plain SQL: ' || count(*) FILTER (WHERE refused) || ' of ' || count(*) || ' refused'
FROM demo.attempt;
