# Whatever stands first in the search_path, the extension uses its own objects
# and PostgreSQL's, when it is created and when it is used, by every role that
# paysession_grants.sql knows and with all that it gives them.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'track_functions = all');
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
				('now', 'clock_timestamp', 'isfinite', 'floor', 'date_trunc', 'gen_random_uuid', 'nextval', 'format', 'jsonb_typeof',
				 'textcat', 'texteq', 'bool_and', 'bool_or', 'sum', 'pg_extension_config_dump')
				AND '"any"'::regtype <> ALL (proargtypes)
		LOOP
			EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s', f.proname, f.arguments, f.result) || trap;
		END LOOP;
		FOR f IN
			SELECT oid, oprname, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS result
			FROM pg_operator
			WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprname IN ('=', '<>', '<', '>', '<=', '>=', '~', '+', '-', '||', '->', '->>')
				AND oprleft = ANY ('{text,bigint,integer,numeric,boolean,jsonb,interval,timestamptz,anyenum}'::regtype[])
				AND oprright = ANY ('{text,bigint,integer,numeric,boolean,jsonb,interval,timestamptz,anyenum}'::regtype[])
		LOOP
			EXECUTE format('CREATE FUNCTION evil.trap_%s(%s, %s) RETURNS %s', f.oid, f.l, f.r, f.result) || trap;
			EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.trap_%s)',
				f.oprname, f.l, f.r, f.oid);
		END LOOP;
	END $do$;
	CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
	CREATE DOMAIN evil.jsonb AS pg_catalog.jsonb CHECK (false);
	CREATE TYPE evil.claimed_operation AS (id integer);
	CREATE FUNCTION evil.cast(pg_catalog.text) RETURNS evil.payment_session_status LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END';
	CREATE CAST (pg_catalog.text AS evil.payment_session_status) WITH FUNCTION evil.cast AS IMPLICIT;
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
	SELECT oid::regclass, '', pg_get_viewdef(oid) FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'v'
	UNION ALL
	SELECT NULL, oid::regprocedure::text, pg_get_function_arguments(oid) || ' ' || pg_get_function_result(oid) FROM pg_proc
	WHERE pronamespace = 'paysession'::regnamespace
	ORDER BY 1, 2, 3};
is($node->safe_psql('hostile', $definitions), $node->safe_psql('honest', $definitions), 'it is created the same');

# Now that they are known, traps by the names of our own functions too; the
# roles, and a table of their own session's in the place of each of ours.
my $share = $node->config_data('--sharedir');
$node->command_ok([ 'psql', '-Xq', '-d', 'hostile', '-c', 'CREATE ROLE app LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE auditor LOGIN',
		map({ ('-v', "$_=$_") } 'app', 'reader', 'auditor'), '-f', "$share/extension/paysession_grants.sql" ],
	'privileges are granted');
$node->safe_psql(
	'hostile', q{
	SET search_path = pg_catalog;
	CREATE FUNCTION evil.cast(paysession.payment_session_status) RETURNS evil.payment_session_status LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END';
	CREATE CAST (paysession.payment_session_status AS evil.payment_session_status) WITH FUNCTION evil.cast(paysession.payment_session_status) AS IMPLICIT;
	DO $do$
	DECLARE
		f record;
	BEGIN
		FOR f IN SELECT oid, proname FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace
		LOOP
			EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS integer', f.proname, pg_get_function_arguments(f.oid))
				|| $$ LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END'$$;
		END LOOP;
	END $do$;
	GRANT USAGE ON SCHEMA evil TO PUBLIC;
	CREATE ROLE writer LOGIN;
	GRANT USAGE ON SCHEMA paysession TO writer;
	GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA paysession TO writer;
	ALTER DATABASE hostile SET search_path = evil, pg_temp, pg_catalog, paysession});
my $temporary = $node->safe_psql(
	'honest', q{
	SELECT 'CREATE TEMP TABLE ' || relname || ' AS SELECT 666 AS id;' FROM pg_class
	WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'v', 'S')});

# What a role gets in a session of its own.
sub hostile
{
	my ($role, $sql) = @_;

	$node->safe_psql('hostile', 'SELECT pg_stat_reset()');
	return $node->safe_psql('hostile', "$temporary $sql", extra_params => [ '-U', $role ]);
}

# What a role may call and did not, in its session just now.
sub not_called
{
	my $role = shift;

	return $node->safe_psql(
		'hostile', qq{
		SET search_path = '';
		SELECT oid::regproc FROM pg_proc LEFT JOIN pg_stat_user_functions ON funcid = oid
		WHERE pronamespace = 'paysession'::regnamespace AND has_function_privilege('$role', oid, 'EXECUTE') AND (calls > 0) IS NOT TRUE});
}

my $stderr;
$node->psql('hostile', q{SELECT ps_get('x')}, stderr => \$stderr, extra_params => [ '-U', 'app' ]);
like($stderr, qr/trapped/, 'the trap works: a function of ours');

is( hostile('clerk', q{
		SELECT id FROM paysession.ps_put_provider('card', true, 'manual_multiple', '1 day', '1 day');
		SELECT id FROM paysession.ps_put_provider('bank', capture_method => 'automatic');
		SELECT outcome FROM paysession.ps_receive('card', 'evt_lost', 'captured', 'nowhere');
		SELECT outcome FROM paysession.ps_resolve('card', 'evt_lost', false, 'not ours');
		SELECT paysession.ps_own_routes('{[0,32768)}'), paysession.ps_own_routes(NULL) IS NULL;
		SELECT paysession.ps_purge('2000-01-01')}),
	"card\nbank\nparked\ndismissed\n{[0,32768)}|t\n0", 'by its owner');

is( hostile('app', q{
		SELECT id FROM paysession.ps_put_sales_channel('web', 'The shop');
		SELECT total, discount_total, tax_total FROM paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "sales_channels": ["web"],
			"subtotal": 100, "raw_discount_total": 9.5, "item_tax_total": 7, "shipping_tax_total": null}');
		SELECT provider_id FROM paysession.ps_set_sessions('cart', '{card}');
		SELECT provider_id FROM paysession.ps_create('cart', 'bank', id => 's1');
		SELECT l.is_selected, u.is_selected FROM paysession.ps_select('s1') AS l, paysession.ps_unselect(l.id) AS u;
		SELECT b.claimed, f.status FROM paysession.ps_begin('s1') AS b, paysession.ps_finish(b.id, 'unknown') AS f;
		SELECT c.kind, c.claimed FROM paysession.ps_stuck('0') AS s, paysession.ps_claim(s.id) AS c;
		SELECT f.status, r.status, m.status, a.status, c.status, a.amount
		FROM paysession.ps_fail('s1', 'declined') AS f, paysession.ps_retry(f.id) AS r,
			paysession.ps_require_more(r.id, provider_ref => 'pi_1') AS m,
			paysession.ps_authorize(m.id) AS a, paysession.ps_cancel(a.id) AS c;
		SELECT u.data, r.status, d.status FROM paysession.ps_create('cart', 'bank') AS s, paysession.ps_update(s.id, data => '{"a": 1}') AS u,
			paysession.ps_refresh(u.id) AS r, paysession.ps_delete(r.id) AS d;
		SELECT outcome FROM paysession.ps_receive('card', 'evt_paid', 'authorized', 's2', amount => 100, payload => '{"a": [1]}');
		SELECT status FROM paysession.ps_create('other', 'card', 100, id => 's2', currency_code => 'eur');
		SELECT p.status, u.order_id, c.amount FROM paysession.ps_promote('s2') AS p,
			paysession.ps_update_payment(p.id, 'order', metadata => '{"a": 1}') AS u, paysession.ps_capture(u.id, 60) AS c;
		SELECT r.amount, v.amount FROM paysession.payment AS p, paysession.ps_refund(p.id, 10) AS r, paysession.ps_void(r.payment_id) AS v;
		SELECT amount FROM paysession.ps_refund_order('order', 20);
		SELECT a.status, p.status FROM paysession.ps_create('third', 'bank', 5, id => 's3', currency_code => 'eur') AS s,
			paysession.ps_authorize(s.id) AS a, paysession.ps_complete_cart(a.cart_id) AS p;
		SELECT u.amount, s.amount, d.amount FROM paysession.ps_create_collection(5, 'eur') AS c, paysession.ps_update_collection(c.id, 7) AS u,
			paysession.ps_set_collection_sessions(u.id, '[{"provider_id": "card", "amount": 7}]') AS s,
			paysession.ps_delete_collection(s.payment_collection_id) AS d;
		SELECT s.amount, x.status FROM paysession.ps_create_collection(7, 'eur') AS c,
			paysession.ps_set_collection_sessions(c.id, '[{"provider_id": "card", "amount": 7}]') AS s,
			paysession.ps_cancel_collection(s.payment_collection_id) AS x;
		SELECT pg_catalog.jsonb_typeof(j) FROM paysession.payment_collection AS c, paysession.ps_get_collection(c.id, '{sessions,payments}') AS j;
		SELECT b.recovery_point, a.recovery_point, f.response_code FROM paysession.ps_idempotency_begin('key', 'POST', '/', '{}') AS b,
			paysession.ps_idempotency_advance(b.idempotency_key, 'half way') AS a, paysession.ps_idempotency_finish(a.idempotency_key, 200) AS f;
		SELECT pg_catalog.count(*) FROM paysession.ps_expire();
		SELECT pg_catalog.count(*) FROM paysession.ps_list('cart', provider_id => 'bank', status => 'canceled', created_before => 'infinity') AS l,
			paysession.ps_history(l.id), paysession.ps_get(l.id, '{details,cart.sales_channel,cart.sales_channels,payment,operations}');
		SELECT DISTINCT pg_catalog.jsonb_typeof(j) FROM paysession.ps_list() AS l, paysession.ps_get(l.id, '{cart,payment,operations}') AS j;
		SELECT from_status, to_status, reason FROM paysession.ps_events(NULL, 1);
		SELECT pg_catalog.count(*) FROM paysession.ps_transitions();
		SELECT paysession.ps_owned_routes() IS NULL, paysession.ps_route(id), pg_catalog.isfinite(paysession.ps_id_time(id)) FROM paysession.ps_new_id('ps', 'cart') AS id}),
	"web\n97|10|7\ncard\nbank\nt|f\nt|pending\nauthorize|t\nerror|pending|requires_more|authorized|canceled|97\n{\"a\": 1}|pending|pending\n"
	  . "parked\npending\nauthorized|order|60\n10|40\n20\nauthorized|captured\n7|7|7\n7|canceled\nobject\n"
	  . "started|half way|200\n0\n9\nobject\n|pending|\n14\nt|3617|t",
	'by the application');
is(not_called('app'), '', 'all that it may');

# A reader and an auditor, all tables and views of theirs included.
my $reads = q{
	SELECT pg_catalog.count(*), pg_catalog.min(pg_catalog.jsonb_typeof(j)) FROM paysession.ps_list(status => 'authorized') AS l,
		paysession.ps_get(l.id, '{details,cart,cart.sales_channel,cart.sales_channels,payment,operations}') AS j;
	SELECT pg_catalog.jsonb_typeof(j) FROM paysession.payment_collection AS c, paysession.ps_get_collection(c.id, '{sessions,payments}') AS j;
	SELECT kind FROM paysession.ps_stuck('0');
	SELECT pg_catalog.count(*) FROM paysession.ps_transitions();
	SELECT paysession.ps_owned_routes() IS NULL, paysession.ps_route(id) IS NOT NULL, pg_catalog.isfinite(paysession.ps_id_time(id)) FROM paysession.payment_collection;
	SELECT status, captured_amount FROM paysession.order_payment_status;};
my %more = (
	reader => '',
	auditor => q{
		SELECT pg_catalog.count(*) FROM paysession.ps_history('s1');
		SELECT pg_catalog.count(*) FROM paysession.ps_events(NULL, 5);
		SELECT pg_catalog.count(*) FROM paysession.ps_check()});
my %answers = (
	reader => "2|object\nobject\nvoid\n14\nt|t|t\npartially_refunded|60",
	auditor => "2|object\nobject\nvoid\n14\nt|t|t\npartially_refunded|60\n9\n5\n0");
foreach my $role (sort keys %more)
{
	my @tables = split /\n/, $node->safe_psql(
		'hostile', qq{
		SET search_path = '';
		SELECT 'SELECT pg_catalog.count(*) IS NOT NULL FROM ' || oid::regclass FROM pg_class
		WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'v') AND has_table_privilege('$role', oid, 'SELECT')});

	is(hostile($role, join(';', @tables)), join("\n", ('t') x @tables), "the tables of the $role");
	is(hostile($role, "$reads $more{$role}"), $answers{$role}, "by the $role");
	is(not_called($role), '', 'all that it may');
}

# Whoever writes by themselves may call nothing.
is( hostile('writer', q{
		INSERT INTO paysession.payment_provider (id) VALUES ('cash');
		UPDATE paysession.payment_provider SET is_installed = false WHERE id OPERATOR(pg_catalog.=) 'cash' RETURNING id;
		DELETE FROM paysession.payment_provider WHERE NOT is_installed RETURNING id;
		INSERT INTO paysession.sales_channel (id, name) VALUES ('phone', 'The phone');
		INSERT INTO paysession.cart (id, currency_code, subtotal, raw_discount_total, shipping_total, gift_card_total, gift_card_tax_total)
			VALUES ('mine', 'eur', 9, 0.5, 0, 0, 0) RETURNING total;
		INSERT INTO paysession.cart_sales_channel VALUES ('mine', 'phone');
		INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('mine', 'mine', 'bank') RETURNING amount;
		INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES ('mine', 'card') RETURNING is_selected;
		UPDATE paysession.cart SET subtotal = 10 WHERE id OPERATOR(pg_catalog.=) 'mine' RETURNING total;
		UPDATE paysession.payment_session SET status = 'authorized', is_selected = true WHERE id OPERATOR(pg_catalog.=) 'mine' RETURNING amount;
		INSERT INTO paysession.payment (session_id) VALUES ('mine');
		UPDATE paysession.payment SET order_id = 'mine' WHERE session_id OPERATOR(pg_catalog.=) 'mine' RETURNING status;
		INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('mine', 5, 'eur');
		INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) VALUES ('mine', 'card', 5) RETURNING currency_code;
		UPDATE paysession.payment_session SET status = 'authorized' WHERE payment_collection_id OPERATOR(pg_catalog.=) 'mine';
		SELECT status FROM paysession.payment_collection WHERE id OPERATOR(pg_catalog.=) 'mine';
		DELETE FROM paysession.payment_session WHERE cart_id OPERATOR(pg_catalog.=) 'mine' AND payment_authorized_at IS NULL RETURNING status;
		INSERT INTO paysession.cart (id) VALUES ('empty');
		INSERT INTO paysession.cart_sales_channel VALUES ('empty', 'phone');
		DELETE FROM paysession.cart WHERE id OPERATOR(pg_catalog.=) 'empty' RETURNING id}),
	"cash\ncash\n8\n8\nf\n9\n9\ncaptured\neur\nauthorized\npending\nempty", 'by plain SQL');
is($node->safe_psql('hostile', q{SELECT pg_catalog.count(*) FROM paysession.ps_check()}), '0', 'and all is well');

$node->stop;
done_testing();
