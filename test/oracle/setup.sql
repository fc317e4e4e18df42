-- What the clients find in the database of a seed.

CREATE EXTENSION paysession;

-- They are no superusers, and own nothing.
GRANT USAGE ON SCHEMA paysession TO oracle_client;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA paysession TO oracle_client;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA paysession TO oracle_client;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession TO oracle_client;

INSERT INTO paysession.sales_channel (id, name) VALUES ('web', 'Web'), ('shop', 'Shop');
INSERT INTO paysession.payment_provider (id, capture_method, session_ttl, authorization_ttl) VALUES
	('card', 'manual', NULL, NULL), ('wallet', 'manual_multiple', NULL, '1 day'), ('bank', 'automatic', NULL, NULL),
	('brief', 'manual_multiple', '200 ms', '400 ms'), ('spare', 'manual_multiple', NULL, NULL);

-- A trigger of somebody's, which now and then holds up who is writing, so that
-- others come between.  Without one the functions write in another way.
CREATE SCHEMA oracle;
CREATE FUNCTION oracle.pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF random() < 0.02 THEN
		PERFORM pg_sleep(0.002);
	END IF;
	RETURN NULL;
END $$;

CREATE PROCEDURE oracle.set_triggers(wanted boolean) LANGUAGE plpgsql AS $$
DECLARE
	name regclass;
BEGIN
	FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format('DROP TRIGGER IF EXISTS a_pause ON %s', name);
		IF wanted THEN
			EXECUTE format('CREATE TRIGGER a_pause AFTER INSERT OR UPDATE ON %s
				FOR EACH ROW EXECUTE FUNCTION oracle.pause()', name);
		END IF;
	END LOOP;
END $$;
