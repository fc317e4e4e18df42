-- catalog: everything of ours is commented, dumped, guarded, granted to nobody and rests on nothing of ours that a grantee would need
CREATE TEMP VIEW ours AS
SELECT classid, objid FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'paysession');
SELECT count(*) > 30 AS some FROM ours;

-- From here on each query asks for what is wrong: no row.
-- everything is in our schema, which is a member as well
SELECT oid::regclass::text AS elsewhere FROM pg_class JOIN ours ON classid = 'pg_class'::regclass AND objid = oid WHERE relnamespace <> 'paysession'::regnamespace
UNION ALL SELECT oid::regproc::text FROM pg_proc JOIN ours ON classid = 'pg_proc'::regclass AND objid = oid WHERE pronamespace <> 'paysession'::regnamespace;
SELECT oid::regclass::text AS not_a_member FROM pg_class c WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'S', 'v')
	AND NOT EXISTS (SELECT FROM ours WHERE classid = 'pg_class'::regclass AND objid = c.oid)
UNION ALL SELECT oid::regproc::text FROM pg_proc p WHERE pronamespace = 'paysession'::regnamespace
	AND NOT EXISTS (SELECT FROM ours WHERE classid = 'pg_proc'::regclass AND objid = p.oid);
SELECT nspname FROM pg_namespace n WHERE nspname = 'paysession' AND NOT EXISTS (SELECT FROM ours WHERE classid = 'pg_namespace'::regclass AND objid = n.oid);
SELECT extrelocatable, extnamespace::regnamespace FROM pg_extension WHERE extname = 'paysession' AND (extrelocatable OR extnamespace <> 'pg_catalog'::regnamespace);

-- functions
SELECT oid::regprocedure AS security_definer FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prosecdef;
SELECT oid::regprocedure AS leakproof FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND proleakproof;
SELECT oid::regprocedure AS strict FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND proisstrict;
SELECT oid::regprocedure AS not_c FROM pg_proc p WHERE pronamespace = 'paysession'::regnamespace
	AND (prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c') OR prosrc NOT LIKE 'paysession\_%');
SELECT oid::regprocedure AS unnamed_argument FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND pronargs > 0
	AND (proargnames IS NULL OR '' = ANY (proargnames));

-- privileges
SELECT oid::regprocedure AS granted FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace
	AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee <> proowner));
SELECT oid::regclass AS granted FROM pg_class WHERE relnamespace = 'paysession'::regnamespace
	AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner);
SELECT oid::regtype AS granted FROM pg_type WHERE typnamespace = 'paysession'::regnamespace
	AND (typtype = 'e' OR typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
	AND (typacl IS NULL OR EXISTS (SELECT FROM aclexplode(typacl) WHERE grantee <> typowner));
SELECT nspname AS granted FROM pg_namespace WHERE nspname = 'paysession' AND EXISTS (SELECT FROM aclexplode(nspacl) WHERE grantee <> nspowner);

-- triggers: enabled for origin, but for the one that restamps; a TRUNCATE guard on every table; ours before and after a user's own
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE relnamespace = 'paysession'::regnamespace AND tgenabled <> CASE WHEN tgname = 'zz_restamp' THEN 'A' ELSE 'O' END;
SELECT oid::regclass AS can_be_truncated FROM pg_class c WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'
	AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgfoid = 'paysession.refuse_truncate'::regproc AND tgtype::int & 34 = 34);
SELECT tgrelid::regclass, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
WHERE relnamespace = 'paysession'::regnamespace AND NOT tgisinternal
	AND tgname NOT LIKE CASE WHEN tgtype::int & 2 = 2 THEN 'zz\_%' ELSE 'aa\_%' END;
SELECT oid::regproc AS no_trigger_uses FROM pg_proc p WHERE pronamespace = 'paysession'::regnamespace AND prorettype = 'trigger'::regtype
	AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = p.oid);

-- all rows are dumped
SELECT c.oid::regclass AS not_dumped FROM pg_class c WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'S')
	AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'paysession' AND c.oid = ANY (extconfig) AND array_to_string(extcondition, '') = '');

-- comments on every member, but the types that come with a table or another type, and on every column, in one line that fits a terminal; a function's begins with its chapter
SELECT pg_describe_object(classid, objid, 0) AS no_comment FROM ours
WHERE obj_description(objid, classid::regclass::name) IS NULL AND NOT (classid = 'pg_type'::regclass AND EXISTS (
	SELECT FROM pg_depend d WHERE d.classid = ours.classid AND d.objid = ours.objid AND d.deptype = 'i'));
SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'v', 'c') AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL;
SELECT pg_describe_object(d.classoid, d.objoid, objsubid) AS too_long, length(description) FROM pg_description d
	JOIN ours ON classid = classoid AND objid = objoid WHERE description !~ '^.{1,80}$' OR description ~ '\n';
-- at the prompt, what is to be called stands together, apart from what triggers run
SELECT oid::regprocedure AS neither_ps_nor_trigger FROM pg_proc
WHERE pronamespace = 'paysession'::regnamespace AND (proname ~ '^ps_') = (prorettype = 'trigger'::regtype);
SELECT oid::regprocedure AS no_chapter FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace
	AND obj_description(oid, 'pg_proc') !~ CASE WHEN prorettype = 'trigger'::regtype THEN '^law: .*[^.]$'
		ELSE '^(checkout|money|webhook|read|collection|worker|idempotency|set-up|id): .*[^.]$' END IS NOT FALSE;

-- no CHECK, default, generated column, index, policy or view calls a function of ours, but the view of whoever may call all
SELECT classid::regclass AS kind, objid, refobjid::regproc AS calls FROM pg_depend
WHERE refclassid = 'pg_proc'::regclass AND refobjid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace)
	AND classid IN ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_class'::regclass, 'pg_policy'::regclass, 'pg_rewrite'::regclass)
	AND objid NOT IN (SELECT oid FROM pg_rewrite WHERE ev_class = 'paysession.violation'::regclass);

-- columns: text in collation C where it is an id, a key or a code; times in milliseconds; money as bigint; no index on status or updated_at
SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
	AND ((attname ~ '(^id|_id|_ref|_key|_code|_method)$' AND atttypid = 'text'::regtype AND attcollation <> '"C"'::regcollation)
		OR (atttypid = 'timestamptz'::regtype AND atttypmod IS DISTINCT FROM 3)
		OR atttypid IN ('timestamp'::regtype, 'varchar'::regtype, 'json'::regtype, 'money'::regtype, 'float8'::regtype)
		OR (atttypid = 'int4'::regtype AND attname NOT IN ('attempt', 'response_code')));
SELECT indexrelid::regclass AS breaks_hot FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname IN ('status', 'updated_at')
WHERE indrelid = 'paysession.payment_session'::regclass
	AND (attnum = ANY (indkey) OR pg_get_indexdef(indexrelid) ~ ('\m' || attname || '\M'));
SELECT oid::regclass, reloptions FROM pg_class WHERE oid IN ('paysession.payment_session'::regclass) AND 'fillfactor=90' <> ALL (coalesce(reloptions, '{}'));
SELECT conrelid::regclass, conname AS not_valid FROM pg_constraint WHERE connamespace = 'paysession'::regnamespace AND NOT convalidated;
-- the five statuses in their order, for ever
SELECT enum_range(NULL::paysession.payment_session_status) AS statuses
WHERE enum_range(NULL::paysession.payment_session_status)::text <> '{authorized,pending,requires_more,error,canceled}';
