\set ECHO none
-- CALL pg_temp.refuse(statement) shows what a statement is refused with, as
-- sqlstate|constraint|table|message; with details, also DETAIL and HINT.
-- A statement that is not refused is undone.
CREATE PROCEDURE pg_temp.refuse(statement text, details boolean DEFAULT false)
LANGUAGE plpgsql AS $$
DECLARE
	state text;
	con text;
	tab text;
	message text;
	detail text;
	hint text;
BEGIN
	BEGIN
		EXECUTE statement;
		RAISE SQLSTATE 'TOKAY';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS
			state = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, tab = TABLE_NAME,
			message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	END;
	IF state = 'TOKAY' THEN
		RAISE INFO 'not refused';
	ELSIF details THEN
		RAISE INFO '%', concat_ws(E'\n', concat_ws('|', state, con, tab, message),
			'DETAIL:  ' || nullif(detail, ''), 'HINT:  ' || nullif(hint, ''));
	ELSE
		RAISE INFO '%', concat_ws('|', state, con, tab, message);
	END IF;
END
$$;
\pset null NULL
\set VERBOSITY terse
\set ECHO all
