-- get: a session with everything expanded costs a few index lookups, however many sessions there are
SELECT FROM paysession.ps_put_provider('gc_card');
INSERT INTO paysession.sales_channel (id, name) SELECT format('gc_channel_%s', n), 'Channel' FROM generate_series(1, 500) AS n;
INSERT INTO paysession.cart (id, sales_channel_id) SELECT format('gc_cart_%s', n), format('gc_channel_%s', 1 + n % 500) FROM generate_series(1, 3000) AS n;
INSERT INTO paysession.cart_sales_channel SELECT id, format('gc_channel_%s', n) FROM paysession.cart, generate_series(1, 2) AS n WHERE id LIKE 'gc\_%';
INSERT INTO paysession.payment_session (id, cart_id, provider_id) SELECT format('gc_session_%s', n), format('gc_cart_%s', n), 'gc_card' FROM generate_series(1, 3000) AS n;

\set get 'paysession.ps_get(\'gc_session_2000\', \'{details,cart.sales_channel,cart.sales_channels}\')'

-- lookups: one for each row, and no sequential scan
BEGIN;
CREATE VIEW pg_temp.counted AS
SELECT relname, seq_scan, idx_scan FROM pg_catalog.pg_stat_xact_user_tables WHERE schemaname = 'paysession';
CREATE TEMPORARY TABLE before AS SELECT * FROM pg_temp.counted;
SELECT jsonb_array_length(:get #> '{cart,sales_channels}') AS sales_channels;
SELECT relname, c.seq_scan - b.seq_scan AS seq_scans, c.idx_scan - b.idx_scan AS index_lookups
FROM pg_temp.counted c JOIN before b USING (relname) WHERE (c.seq_scan, c.idx_scan) <> (b.seq_scan, b.idx_scan) ORDER BY relname;
COMMIT;

-- blocks: 3 for a lookup, that is root and leaf of the index, and the row
CREATE FUNCTION pg_temp.blocks(query text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ' || query INTO plan;
	RETURN (plan #> '{0,Plan,Shared Hit Blocks}')::bigint + (plan #> '{0,Plan,Shared Read Blocks}')::bigint;
END
$$;
SELECT relname, pg_relation_size(oid) / current_setting('block_size')::int > 50 AS has_many_blocks
FROM pg_class WHERE oid IN ('paysession.payment_session'::regclass, 'paysession.cart'::regclass) ORDER BY relname;
SELECT pg_temp.blocks('SELECT paysession.ps_get(''gc_session_2000'')') <= 4 AS of_the_session,
	pg_temp.blocks('SELECT ' || :'get') <= 24 AS of_everything;
