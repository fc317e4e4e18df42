SELECT 1 / count(*) FROM pg_extension WHERE extname = 'paysession' AND extversion = '1.1.0';
