-- Refuses to go on where DROP EXTENSION paysession would destroy more than what
-- migrations have put there: before it, in the same transaction.
SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
	relation regclass;
	is_used boolean;
	used text[] := '{}';
BEGIN
	FOR relation IN
		SELECT oid FROM pg_class
		WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'
			AND relname NOT IN ('payment_provider', 'sales_channel', 'owned_routes')
		ORDER BY oid
	LOOP
		-- so that nobody adds a row between this and the DROP
		EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', relation);
		EXECUTE format('SELECT EXISTS (SELECT FROM %s)', relation) INTO is_used;
		IF is_used THEN
			used := used || relation::text;
		END IF;
	END LOOP;
	IF used <> '{}' THEN
		RAISE EXCEPTION 'paysession is in use: this would destroy what is in it'
			USING DETAIL = 'There are rows in ' || array_to_string(used, ', ') || '.',
			HINT = 'An update is undone by restoring the backup that was made before. To be rid of everything, DROP EXTENSION paysession by hand.';
	END IF;
END
$$;
