SELECT 1 / has_function_privilege(:'app', 'paysession.ps_create(text, text, bigint, jsonb, text, text)', 'EXECUTE')::integer;
