# What README.md and doc/ show is real: the checkout answers what README says,
# the migration and the import run, and every link within the tree leads
# somewhere.
use strict;
use warnings;

use File::Basename;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The first code block of a language below a heading.
sub block
{
	my ($file, $heading, $language) = @_;
	my ($block) = slurp_file($file) =~ /^#+ \Q$heading\E\n(?:(?!^#).*\n)*?```$language\n((?s).*?)^```$/m;
	return $block // die "$file has no $language below \"$heading\"";
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# psql's output and errors, without the blanks and lines that end them.
sub psql_output
{
	my ($database, $sql) = @_;
	my $output;
	IPC::Run::run [ 'psql', '-Xq', '-d', $node->connstr($database) ], '<', \$sql, '>&', \$output;
	$output =~ s/ +$//mg;
	return $output =~ s/\n*\z/\n/r;
}

$node->safe_psql('postgres', 'CREATE EXTENSION paysession');
is(psql_output('postgres', block('README.md', 'A checkout', 'sql')),
	block('README.md', 'A checkout', 'text'), 'the checkout answers what README says');

$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('postgres', 'CREATE ROLE shop');
$node->safe_psql('shop', block('README.md', 'Write it into a migration', 'sql'));
is( $node->safe_psql(
		'shop', q{
			SET ROLE shop;
			SELECT count(*) FROM paysession.ps_set_sessions('cart_1');
			SELECT status FROM paysession.ps_authorize(
				(SELECT id FROM paysession.ps_create('cart_2', 'stripe', 5399, currency_code => 'eur')));
			INSERT INTO shop_order (payment_id) SELECT id FROM paysession.ps_complete_cart('cart_2');
			SELECT paysession.ps_get(session_id) ->> 'amount' FROM paysession.payment JOIN shop_order ON payment_id = payment.id}),
	"2\nauthorized\n5399", 'the role of the migration can run a checkout');

is(psql_output('shop', block('doc/concepts.md', 'Collections', 'sql')), <<END, 'two sessions pay a collection');
 provider_id | amount | status
-------------+--------+---------
 stripe      |   1500 | pending
 stripe      |   4500 | pending
(2 rows)
END

$node->safe_psql('shop', block('doc/concepts.md', 'Restore and import', 'sql'));
is( $node->safe_psql('shop', q{SELECT status, created_at::date FROM paysession.payment_session WHERE id = 'ps_1999'}),
	'authorized|2021-05-01', 'the import brings its past');
$node->safe_psql('shop', block('doc/operations.md', 'Replication', 'sql'));
is( $node->safe_psql(
		'shop', q{
			SELECT status FROM paysession.ps_cancel((SELECT id FROM paysession.ps_fail(
				(SELECT id FROM paysession.ps_create('cart_3', 'stripe')))));}
		  . block('doc/concepts.md', 'What is left to be voided', 'sql')) =~ s/op_\w+\|(\w+)\|ps_\w+\|/$1/r,
	"canceled\nvoid", 'the query finds the void of a canceled session');

# Anchors as GitHub makes them.
sub anchors
{
	my ($file) = @_;
	return map { lc =~ s/[^\w\- ]//gr =~ s/ /-/gr } slurp_file($file) =~ /^#+ (.*)$/mg;
}

for my $file ('README.md', glob 'doc/*.md')
{
	my @broken;
	for my $link (slurp_file($file) =~ /\]\(([^)\s]+)\)/g)
	{
		next if $link =~ /^https:/;
		my ($path, $anchor) = split /#/, $link;
		my $target = $path ne '' ? dirname($file) . "/$path" : $file;
		push @broken, $link
		  if !-e $target || (defined $anchor && !grep { $_ eq $anchor } anchors($target));
	}
	is(join("\n", @broken), '', "links of $file");
}

done_testing();
