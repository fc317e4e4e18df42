# paysession_from_medusa.sql brings a Medusa shop in, all of it or nothing, and
# tells what breaks a rule; what has changed since, when it runs again.

use strict;
use warnings FATAL => 'all';

use Cwd;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $script = $node->config_data('--sharedir') . '/extension/paysession_from_medusa.sql';
my $examples = getcwd . '/examples/carts.jsonl';
my @kinds = qw(provider sales_channel cart collection session payment refund);

# A database with Medusa's tables, a shop of that many carts in them, and the extension.
sub create_medusa
{
	my ($db, $carts) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION paysession');
	$node->safe_psql($db, slurp_file('test/medusa/schema.sql'));
	$node->command_ok([ 'psql', '-Xq', '-d', $db, '-v', "carts=$carts", '-v', "examples=$examples", '-f', 'test/medusa/fill.sql' ],
		"$db: a shop of $carts carts");
	return;
}

sub from_medusa
{
	my ($db, @more) = @_;

	return 'psql', '-Xq', '-d', $db, @more, '-f', $script;
}

# What the last run did: medusa, new, changed, unchanged, refused, gone of each kind.
sub last_run
{
	my $db = shift;

	return $node->safe_psql(
		$db, q{
		SELECT kind, medusa, new, changed, unchanged, refused, gone FROM paysession_medusa.run
		WHERE at = (SELECT max(at) FROM paysession_medusa.run)
		ORDER BY array_position('{provider,sales_channel,cart,collection,session,payment,refund}', kind)});
}

sub report
{
	my ($db, $condition) = @_;

	return $node->safe_psql($db,
		'SELECT kind, id, outcome, rule FROM paysession_medusa.report WHERE ' . ($condition // 'true') . ' ORDER BY 1, 2, 3, 4');
}

# The last run has accounted for every row that Medusa has.
sub adds_up
{
	my ($db, $what) = @_;
	my %table = (
		provider => 'payment_provider', sales_channel => 'sales_channel', cart => 'cart', collection => 'payment_collection',
		session => 'payment_session', payment => 'payment', refund => 'refund');

	is( $node->safe_psql(
			$db, q{
			SELECT kind, new + changed + unchanged + refused FROM paysession_medusa.run
			WHERE at = (SELECT max(at) FROM paysession_medusa.run) ORDER BY array_position('{}{provider,sales_channel,cart,collection,session,payment,refund}', kind)} =~ s/\{\}//r),
		$node->safe_psql($db, join ' UNION ALL ', map { "SELECT '$_', count(*) FROM public.$table{$_}" } @kinds),
		"$what: what is new, changed, unchanged and refused is all that Medusa has");
	is($node->safe_psql($db, 'SELECT * FROM paysession.ps_check()'), '', "$what: the law holds");
	return;
}

create_medusa('shop', 600);
$node->command_ok([ 'psql', '-Xq', '-d', 'shop', '-f', 'test/medusa/defects.sql' ], 'and what can go wrong in it');

# All or nothing.
my $rows = rows_query($node, 'shop');
my $nothing = $node->safe_psql('shop', $rows);
$node->safe_psql('shop', 'ALTER TABLE paysession.cart DISABLE TRIGGER zz_guard');
$node->command_checks_all([ from_medusa('shop') ], 3, [qr/^$/], [qr/nothing was brought: .*rule 0, trigger zz_guard on paysession\.cart/s],
	'what would break the law is not committed');
$node->safe_psql('shop', 'ALTER TABLE paysession.cart ENABLE TRIGGER zz_guard');
is($node->safe_psql('shop', $rows), $nothing, 'and leaves nothing');
is($node->safe_psql('shop', q{SELECT to_regnamespace('paysession_medusa') IS NULL}), 't', 'not even a report');

# All of it.
$node->command_checks_all([ from_medusa('shop') ], 0, [qr/^ *session +\| +1244 \| +1235 \| +0 \| +0 \| +9 \| +0$/m], [qr/^$/], 'the first run');
adds_up('shop', 'first run');
is( last_run('shop'), join("\n",
		'provider|4|4|0|0|0|0', 'sales_channel|2|2|0|0|0|0', 'cart|632|629|0|0|3|0', 'collection|71|68|0|0|3|0',
		'session|1244|1235|0|0|9|0', 'payment|503|494|0|0|9|0', 'refund|135|127|0|0|8|0'),
	'what it did');
my $defects = report('shop');
same_lines($defects, <<'END' =~ s/\n\z//r, 'each thing that is wrong is named, and nothing else');
cart|cart_card|altered|document
cart|cart_card|altered|document
cart|cart_deleted|refused|deleted
cart|cart_points|refused|cart_currency_code
cart|cart_spaced |refused|cart_id
cart|cart_taxed|altered|payment_session_amount
collection|paycol_decreed|altered|payment_collection_amount
collection|paycol_deleted|refused|deleted
collection|paycol_nothing|refused|payment_collection_amount
collection|paycol_over|noted|payment_collection_amount
collection|paycol_small|refused|payment_collection_amount
collection|paycol_unlinked|altered|payment_collection_amount
payment|pay_again|noted|payment_session_authorized
payment|pay_both|refused|payment_captured_within_amount
payment|pay_ghost|refused|payment_provider_id_fkey
payment|pay_grown|refused|payment_amount
payment|pay_negative|noted|payment_refunded_within_captured
payment|pay_new|noted|payment_refunded_within_captured
payment|pay_old|noted|payment_refunded_within_captured
payment|pay_over|noted|payment_refunded_within_captured
payment|pay_paid_dollars|refused|payment_amount
payment|pay_paid_minus|refused|payment_amount
payment|pay_paid_points|refused|payment_currency_code
payment|pay_small|refused|payment_payment_collection_id_fkey
payment|pay_taxed|refused|payment_amount
payment|pay_twice_2|refused|payment_session_id_key
payment|pay_twice_3|noted|payment_session_authorized
payment|pay_unlinked|noted|payment_session_authorized
refund|ref_both|refused|payment_operation_payment_id_fkey
refund|ref_early|refused|payment_refunded_within_captured
refund|ref_grown|refused|payment_operation_payment_id_fkey
refund|ref_negative|refused|payment_operation_amount
refund|ref_nothing|refused|payment_operation_payment_id_fkey
refund|ref_number|altered|document
refund|ref_over_6|refused|payment_refunded_within_captured
refund|ref_over_7|refused|payment_refunded_within_captured
refund|ref_over_8|refused|payment_refunded_within_captured
session|ps_canceled|refused|payment_collection_canceled
session|ps_chosen|altered|payment_session_selected
session|ps_deleted|refused|payment_session_cart_id_fkey
session|ps_detached|noted|payment_session_anchor
session|ps_detached_paid|refused|payment_session_currency_code
session|ps_ghost|refused|payment_session_provider_id_fkey
session|ps_large|altered|document
session|ps_left|refused|payment_session_selected
session|ps_list|altered|document
session|ps_minus|altered|payment_session_amount
session|ps_nothing|refused|payment_session_amount
session|ps_number|altered|document
session|ps_once|altered|payment_session_state
session|ps_points|refused|payment_session_cart_id_fkey
session|ps_refreshed|altered|payment_session_selected
session|ps_refused|altered|payment_session_selected
session|ps_second|altered|payment_session_provider_ref_key
session|ps_shared|altered|payment_session_anchor
session|ps_small|refused|payment_session_payment_collection_id_fkey
session|ps_stale|altered|payment_session_amount
session|ps_switched|altered|payment_session_selected
session|ps_unlinked|refused|payment_session_currency_code
session|ps_untimed|altered|payment_session_state
END

# As they were in Medusa.
is( $node->safe_psql(
		'shop', q{
		SELECT s.status, count(*), count(DISTINCT p.status) AS of, bool_and(p.is_selected IS TRUE = s.is_selected OR p.status <> s.status::text::payment_session_status_enum),
			bool_and(s.created_at = date_trunc('milliseconds', p.created_at)), bool_and(s.amount = p.amount), bool_and(s.data = p.data),
			bool_and(s.payment_authorized_at IS NOT DISTINCT FROM date_trunc('milliseconds', p.payment_authorized_at)),
			min(h.events), max(h.events), count(s.provider_ref)
		FROM paysession.payment_session s JOIN public.payment_session p USING (id)
			JOIN (SELECT session_id, count(*) AS events FROM paysession.payment_session_event GROUP BY 1) h ON h.session_id = s.id
		WHERE s.id LIKE 'ps\_01HQ%' GROUP BY 1 ORDER BY 1}),
	join("\n", 'authorized|420|1|t|t|t|t|t|2|2|300', 'pending|660|1|t|t|t|t|t|1|1|100', 'requires_more|30|1|t|t|t|t|t|2|2|20',
		'error|30|1|t|t|t|t|t|2|2|20', 'canceled|60|2|t|t|t|t|t|2|3|20'),
	'sessions, in every status, with their history');
done_testing();
