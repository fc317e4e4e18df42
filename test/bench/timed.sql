-- Runs :file, and prints the milliseconds of CPU and of time that it took.
\o /dev/null
SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1) AS cpu, clock_timestamp() AS at \gset
\i :file
\o
SELECT round((split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric - :cpu) / 1000000),
       round(1000 * extract(epoch FROM clock_timestamp() - :'at'));
