# Whatever stands first in the search_path, the extension uses its own objects
# and PostgreSQL's, when it is created and when it is used.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE honest');
$node->safe_psql('postgres', 'CREATE DATABASE hostile');
$node->safe_psql('honest', 'CREATE EXTENSION paysession');

# Everything by whose name ours or PostgreSQL's own could be mistaken, and
# which fails when it is used.
$node->safe_psql(
	'hostile', q{
	CREATE SCHEMA evil;
	CREATE TABLE evil.payment_session ();
	CREATE TABLE evil.payment_session_event ();
	CREATE TABLE evil.payment_provider ();
	CREATE TABLE evil.cart ();
	CREATE SEQUENCE evil.payment_session_event_id_seq;
	CREATE TYPE evil.payment_session_status AS ENUM ('trapped');
	DO $do$
	DECLARE
		f record;
		trap text := $$ LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END'$$;
	BEGIN
		FOR f IN
			SELECT proname, pg_get_function_arguments(oid) AS arguments, pg_get_function_result(oid) AS result
			FROM pg_proc
			WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN
				('now', 'isfinite', 'floor', 'date_trunc', 'gen_random_uuid', 'nextval', 'pg_extension_config_dump')
		LOOP
			EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s', f.proname, f.arguments, f.result) || trap;
		END LOOP;
		FOR f IN
			SELECT oid, oprname, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS result
			FROM pg_operator
			WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprname IN ('=', '<', '>', '<=', '>=', '~', '+', '-')
				AND oprleft = ANY ('{text,bigint,integer,numeric,interval,timestamptz,anyenum}'::regtype[])
				AND oprright = ANY ('{text,bigint,integer,numeric,interval,timestamptz,anyenum}'::regtype[])
		LOOP
			EXECUTE format('CREATE FUNCTION evil.trap_%s(%s, %s) RETURNS %s', f.oid, f.l, f.r, f.result) || trap;
			EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.trap_%s)',
				f.oprname, f.l, f.r, f.oid);
		END LOOP;
	END $do$;
	CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
	CREATE DOMAIN evil.jsonb AS pg_catalog.jsonb CHECK (false);
	CREATE ROLE clerk SUPERUSER LOGIN;
	ALTER ROLE clerk SET search_path = evil, pg_catalog, paysession;
	ALTER DATABASE hostile SET search_path = evil, pg_catalog});

foreach my $query ('SELECT 1 = 1', 'SELECT now()')
{
	my $stderr;

	$node->psql('hostile', $query, stderr => \$stderr);
	like($stderr, qr/trapped/, "the trap works: $query");
}

my @clerk = (extra_params => [ '-U', 'clerk' ]);
$node->safe_psql('hostile', 'CREATE EXTENSION paysession', @clerk);

# A name from elsewhere would stand there with its schema.
my $definitions = q{
	SET search_path = '';
	SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
	WHERE connamespace = 'paysession'::regnamespace
	UNION ALL
	SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod) || coalesce(' ' || pg_get_expr(adbin, adrelid), '')
	FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'
	UNION ALL
	SELECT indexrelid::regclass, '', pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON oid = indexrelid
	WHERE relnamespace = 'paysession'::regnamespace
	UNION ALL
	SELECT NULL, oid::regprocedure::text, pg_get_function_arguments(oid) || ' ' || pg_get_function_result(oid) FROM pg_proc
	WHERE pronamespace = 'paysession'::regnamespace
	ORDER BY 1, 2, 3};
is($node->safe_psql('hostile', $definitions), $node->safe_psql('honest', $definitions), 'it is created the same');

is( $node->safe_psql(
		'hostile', q{
		SELECT id FROM paysession.ps_put_provider('card', session_ttl => '1 day', authorization_ttl => '1 day');
		SELECT id FROM paysession.ps_put_sales_channel('web', 'The shop');
		SELECT total, discount_total, tax_total FROM paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "sales_channels": ["web"],
			"subtotal": 100, "raw_discount_total": 9.5, "item_tax_total": 7, "shipping_tax_total": null}');
		SELECT provider_id FROM paysession.ps_set_sessions('cart');
		SELECT l.status, f.status, r.status, m.status, a.status, c.status, a.amount
		FROM paysession.ps_list('cart', provider_id => 'card', status => 'pending', created_before => 'infinity') AS l,
			paysession.ps_fail(l.id, 'declined') AS f, paysession.ps_retry(f.id) AS r,
			paysession.ps_require_more(r.id, provider_ref => 'pi_1') AS m,
			paysession.ps_authorize(m.id) AS a, paysession.ps_cancel(a.id) AS c;
		SELECT pg_catalog.count(*) FROM paysession.ps_list(), paysession.ps_history(id);
		SELECT pg_catalog.count(*) FROM paysession.ps_list(), paysession.ps_get(id, '{cart}') AS j;
		INSERT INTO paysession.payment_session (provider_id, amount, currency_code) VALUES ('card', 1, 'eur');
		UPDATE paysession.payment_session SET status = 'authorized' WHERE payment_authorized_at IS NULL;
		DELETE FROM paysession.sales_channel WHERE is_disabled;
		SELECT status FROM paysession.payment_session}, @clerk),
	"card\nweb\n97|10|7\ncard\npending|error|pending|requires_more|authorized|canceled|97\n6\n1\ncanceled\nauthorized",
	'it is used the same');

$node->stop;
done_testing();
