# A database in which everything has happened (shop.sql), and what is asked of
# it once it has been restored, updated, upgraded or replicated.

package Shop;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use File::Basename;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(create_shop rows_query same_lines definition is_healthy shop_goes_on);

sub create_shop
{
	my ($node, $db, %params) = @_;
	my $version = $params{version} ? "VERSION '$params{version}'" : '';

	$node->safe_psql('postgres', qq{CREATE DATABASE "$db"}) if $db ne 'postgres';
	$node->safe_psql($db, "CREATE EXTENSION paysession $version");
	$node->safe_psql($db, slurp_file(dirname(__FILE__) . '/shop.sql'));
	return;
}

# Returns the query for all rows of all tables and views, with the columns that
# they have in this database.  txid is left out where rows become new ones, and
# what a view tells by the clock; what ps_check() reads is no row of anybody's.
sub rows_query
{
	my ($node, $db, %params) = @_;
	my $left_out = join ', ', map { "'$_'" } qw(age waits_for), $params{same_cluster} ? () : 'txid';

	return $node->safe_psql(
		$db, qq{
		SELECT string_agg(format('SELECT %L AS relation, to_jsonb(r) AS row FROM (SELECT %s FROM %1\$s) AS r', relation, columns), E'\\nUNION ALL ')
			|| E'\\nORDER BY relation, row'
		FROM (SELECT c.oid::regclass AS relation, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
			  FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
			  WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'v') AND relname <> 'violation'
				AND attnum > 0 AND NOT attisdropped AND attname NOT IN ($left_out)
			  GROUP BY c.oid) AS relations});
}

# What has many lines, of which the first that differs is shown.
sub same_lines
{
	my ($lines, $expected, $what) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is_deeply([ split /\n/, $lines ], [ split /\n/, $expected ], $what);
	return;
}

# Returns all that the extension consists of.  pg_dump tells nothing of its
# members, nor of the privileges that its scripts gave and took: so it is taken
# apart, for good.
sub definition
{
	my ($node, $db) = @_;
	my $members = $node->safe_psql(
		$db, q{
		SELECT pg_describe_object(classid, objid, objsubid) AS member FROM pg_depend
		WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
			AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'paysession')
		ORDER BY member;
		SELECT pg_describe_object(classoid, objoid, objsubid) AS object, initprivs FROM pg_init_privs
		WHERE privtype = 'e' ORDER BY object;
		SELECT extversion, extrelocatable, extnamespace::regnamespace FROM pg_extension WHERE extname = 'paysession';
		SELECT table_id::regclass::text, condition
		FROM pg_extension, unnest(extconfig, extcondition) AS dumped (table_id, condition) WHERE extname = 'paysession' ORDER BY 1});
	$node->safe_psql(
		$db, q{
		DELETE FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
			AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'paysession');
		DELETE FROM pg_init_privs WHERE privtype = 'e'});
	my ($dump, $stderr) = run_command([ 'pg_dump', '-s', '-d', $node->connstr($db) ]);
	die $stderr if $stderr ne '';

	# Every dump has a key of its own.
	$dump =~ s/^\\(un)?restrict .*\n//mg;
	return "$members\n$dump";
}

sub is_healthy
{
	my ($node, $db, $what) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($node->safe_psql($db, 'SELECT * FROM paysession.ps_check()'), '', "$what: no rule is broken");
	return;
}

# Goes on with what the shop has, once.
sub shop_goes_on
{
	my ($node, $db, $what) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is_healthy($node, $db, $what);
	my $last_event = $node->safe_psql($db, 'SELECT max(id) FROM paysession.payment_session_event');
	$node->safe_psql(
		$db, q{
		SELECT paysession.ps_authorize(id) FROM paysession.ps_list('cart_2', provider_id => 'card');
		SELECT paysession.ps_cancel(id) FROM paysession.ps_list('cart_5', status => 'authorized');
		SELECT paysession.ps_refresh(id) FROM paysession.ps_list('cart_1', provider_id => 'wallet');
		SELECT paysession.ps_put_cart('{"id": "cart_3", "subtotal": 7}');
		SELECT paysession.ps_authorize(id) FROM paysession.ps_list(payment_collection_id => 'paycol_1', status => 'pending')});
	is( $node->safe_psql(
			$db, qq{
			SELECT cart_id, provider_id, from_status, to_status, e.is_selected, e.amount
			FROM paysession.payment_session_event e LEFT JOIN paysession.payment_session s ON s.id = session_id
			WHERE e.id > $last_event ORDER BY e.id}),
		"cart_2|wallet|pending|pending|f|199\n"
		  . "cart_2|card|pending|authorized|t|199\n"
		  . "cart_5|card|authorized|canceled|f|499\n"
		  . "||pending||f|99\n"
		  . "cart_1|wallet||pending|f|99\n"
		  . "cart_3|card|pending|pending|f|7\n"
		  . "cart_3|invoice|requires_more|requires_more|f|7\n"
		  . "|card|pending|authorized|f|200",
		"$what: the checkout goes on");

	is( $node->safe_psql(
			$db, q{
			UPDATE paysession.payment_collection SET description = 'derived again' WHERE created_by = 'clerk';
			SELECT status, authorized_amount, captured_amount, array_agg(id ORDER BY id)
			FROM paysession.payment_collection WHERE created_by = 'clerk' GROUP BY 1, 2, 3 ORDER BY 1, 2}),
		"authorized|300|0|{paycol_1}\n"
		  . "awaiting|0|0|{paycol_14,paycol_19,paycol_4,paycol_9}\n"
		  . "canceled|0|0|{paycol_10,paycol_15,paycol_20,paycol_5}\n"
		  . "failed|0|0|{paycol_13,paycol_18,paycol_3,paycol_8}\n"
		  . "partially_authorized|100|0|{paycol_11,paycol_16,paycol_6}\n"
		  . "partially_captured|300|99|{paycol_12,paycol_17,paycol_2,paycol_7}",
		"$what: what collections come to is derived as before");

	# Of the two captures that were asked for one is late.
	is( $node->safe_psql(
			$db, q{
			CREATE TEMP VIEW asked AS SELECT o.* FROM paysession.payment_operation o JOIN paysession.payment p ON payment_id = p.id
				WHERE p.session_id = 'ps_asked' ORDER BY o.id;
			SELECT o.amount, c.claimed FROM asked o, paysession.ps_claim(o.id) c;
			SELECT f.amount, f.status FROM asked o, paysession.ps_finish(o.id, 'succeeded') f;
			SELECT status, captured_amount, voided_amount FROM paysession.payment WHERE session_id = 'ps_asked';
			SELECT c.amount, c.final FROM paysession.payment p, paysession.ps_capture(p.id) c WHERE p.session_id = 'ps_half';
			SELECT r.amount, r.status FROM paysession.ps_refund_order('order_old', 2000) r;
			SELECT status, refundable_amount FROM paysession.order_payment_status WHERE order_id = 'order_old'}),
		"30|t\n20|f\n30|succeeded\n20|succeeded\ncaptured|50|50\n50|f\n2000|succeeded\npartially_refunded|3000",
		"$what: the money goes on");

	$node->safe_psql($db, q{SELECT paysession.ps_create('cart_late', 'card', 100, id => 'ps_late', currency_code => 'eur')});
	is( $node->safe_psql(
			$db, q{
			SELECT status FROM paysession.payment_session WHERE id = 'ps_late';
			SELECT outcome FROM paysession.provider_event WHERE event_id = 'evt_late';
			SELECT outcome FROM paysession.ps_receive('card', 'evt_paid', 'canceled', 'ps_late');
			SELECT recovery_point, response_code, response_body FROM paysession.ps_idempotency_begin('done', 'POST', '/', '{"a": [1, null]}')}),
		"authorized\napplied\nduplicate\nfinished|200|\"ok\"",
		"$what: what waits is applied, what is known is known");
	my ($stdout, $stderr);
	$node->psql($db, q{SELECT paysession.ps_idempotency_begin('held', 'POST', '/', NULL)}, stdout => \$stdout, stderr => \$stderr);
	like($stderr, qr/idempotency key is in use/, "$what: what is held is held");
	is_healthy($node, $db, "$what, and goes on");
	return;
}

1;
