-- :calls calls in one backend, each a transaction of its own, and what they
-- leave in it: events, and kB of memory contexts and of anonymous memory.
CREATE PROCEDURE pg_temp.call(calls integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 0 .. calls / 2 - 1 LOOP
		PERFORM paysession.ps_fail('ps_0000000' || 1000000000000000000 + 100 * (i % 500));
		COMMIT;
		PERFORM paysession.ps_retry('ps_0000000' || 1000000000000000000 + 100 * (i % 500));
		COMMIT;
	END LOOP;
END $$;

CREATE VIEW pg_temp.memory AS
SELECT (sum(total_bytes) / 1024)::bigint AS contexts,
       substring(pg_read_file('/proc/self/status') FROM 'RssAnon:\s+(\d+) kB')::bigint AS process
FROM pg_backend_memory_contexts;

SET synchronous_commit = off;
CALL pg_temp.call(1000);
SELECT * FROM pg_temp.memory \gset before_
CALL pg_temp.call(:calls);
SELECT * FROM pg_temp.memory \gset after_
SELECT count(*) - 1000, :after_contexts - :before_contexts, :after_process - :before_process
FROM paysession.payment_session_event;
