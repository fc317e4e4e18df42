# What README.md and doc/ show is real: the checkout answers what README says,
# the migration, the import, the webhook's handler and the consumer run, and
# every link within the tree leads somewhere, and to every page.
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
$node->command_ok([ 'sh', '-c', block('README.md', 'Write it into a migration', 'sh') ], 'its role gets its privileges');
is( $node->safe_psql(
		'shop', q{
			SET ROLE shop;
			SELECT count(*) FROM paysession.ps_set_sessions('cart_1');
			SELECT status FROM paysession.ps_authorize(
				(SELECT id FROM paysession.ps_create('cart_2', 'stripe', 5399, currency_code => 'eur')));
			INSERT INTO shop_order (payment_id) SELECT id FROM paysession.ps_complete_cart('cart_2');
			SELECT paysession.ps_get(session_id) ->> 'amount' FROM paysession.payment JOIN shop_order ON payment_id = payment.id;
			SELECT outcome FROM paysession.ps_receive('stripe', 'evt_0', 'pending', session_id => 'unknown')}),
	"2\nauthorized\n5399\nparked", 'the role of the migration can run a checkout');

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
foreach my $heading ('The inbox', 'A checkout in three stages')
{
	is(psql_output('shop', block('doc/webhooks.md', $heading, 'sql')),
		block('doc/webhooks.md', $heading, 'text'), "\"$heading\" answers what doc/webhooks.md says");
}

# The handler, with an event of each of Stripe's types that it knows, one that
# it does not, and what it needs of Express, Stripe and pg.
my $handler = PostgreSQL::Test::Utils::tempdir . '/handler.mjs';
append_to_file($handler, <<'END' . block('doc/webhooks.md', 'A handler', 'js') . <<'END');
import { execFileSync } from 'node:child_process';
const secret = 'secret';
const stripe = { webhooks: { constructEvent: (body) => body } };
const express = { raw: () => null };
const literal = (value) => value == null ? 'NULL' : typeof value === 'number' ? value
  : `'${(typeof value === 'object' ? JSON.stringify(value) : value).replaceAll("'", "''")}'`;
const pool = { query: (sql, values) => execFileSync('psql', ['-Xqd', process.argv[2], '-v', 'ON_ERROR_STOP=1', '-c',
  sql.replaceAll(/\$(\d)/g, (_, n) => literal(values[n - 1]))]) };
let handle;
const app = { post: (path, parse, handler) => { handle = handler; } };
END
const intent = { id: 'pi_5', amount_capturable: 5399, metadata: { session_id: 'ps_handler' } };
const part = { id: 'part_5', payment_intent: 'pi_5', amount: 1000, amount_captured: 5399, amount_refunded: 1000 };
for (const [index, type] of [...Object.keys(names), 'customer.created'].entries()) {
  const body = { id: 'evt_h' + index, type, created: 1764000000, data: { object: /intent/.test(type) ? intent : part } };
  await handle({ body, get: () => null }, { sendStatus: (status) => console.log(status) });
}
END
$node->safe_psql('shop', q{
	SELECT paysession.ps_create('cart_5', 'stripe', 5399, currency_code => 'eur', id => 'ps_handler');
	SELECT paysession.ps_require_more('ps_handler', provider_ref => 'pi_5')});
my $statuses;
IPC::Run::run [ 'node', $handler, $node->connstr('shop') ], '>', \$statuses or die 'the handler failed';
is($statuses, "200\n" x 10, 'the handler answers 200');
is( $node->safe_psql('shop', q{
		SELECT status, amount, session_id, provider_ref, operation_ref, occurred_at = to_timestamp(1764000000), payload ->> 'id'
		FROM paysession.provider_event WHERE event_id LIKE 'evt_h%' ORDER BY event_id}) . "\n", <<END, 'what is for us is in the inbox');
authorized|5399|ps_handler|pi_5||t|pi_5
requires_more||ps_handler|pi_5||t|pi_5
error||ps_handler|pi_5||t|pi_5
canceled||ps_handler|pi_5||t|pi_5
captured|5399|ps_handler|pi_5||t|part_5
refunded|1000|ps_handler|pi_5||t|part_5
refund_failed|1000|ps_handler|pi_5|part_5|t|part_5
disputed|1000|ps_handler|pi_5|part_5|t|part_5
dispute_won|1000|ps_handler|pi_5|part_5|t|part_5
END

my ($tables, $loop) = block('doc/webhooks.md', 'Reading the history', 'sql') =~ /^(.*?)(BEGIN;.*)$/s;
$node->safe_psql('shop', $tables . $loop);
my $mails = $node->safe_psql('shop', 'SELECT count(*) FROM mail');
cmp_ok($mails, '>', 2, 'the consumer has work');
is($node->safe_psql('shop', "$loop SELECT count(*) FROM mail; SELECT cursor = (SELECT txid || '.' || id
		FROM paysession.payment_session_event ORDER BY txid DESC, id DESC LIMIT 1) FROM consumer"),
	"$mails\nt", 'and does it once, to the end');

# Anchors as GitHub makes them.
sub anchors
{
	my ($file) = @_;
	return map { lc =~ s/[^\w\- ]//gr =~ s/ /-/gr } slurp_file($file) =~ /^#+ (.*)$/mg;
}

my %linked;
for my $file (glob '*.md doc/*.md clients/*/README.md examples/*/README.md')
{
	my @broken;
	for my $link (slurp_file($file) =~ s/^```.*?^```$//gmsr =~ /\]\(([^)\s]+)\)/g)
	{
		next if $link =~ /^https:/;
		my ($path, $anchor) = split /#/, $link;
		my $target = $path ne '' ? dirname($file) . "/$path" : $file;
		$linked{ basename($target) } = 1 if $target ne $file;
		push @broken, $link
		  if !-e $target || (defined $anchor && !grep { $_ eq $anchor } anchors($target));
	}
	is(join("\n", @broken), '', "links of $file");
}
is(join(' ', grep { !$linked{ basename($_) } } glob 'doc/*.{md,json,png,svg}'), '', 'something links to every file of doc/');

done_testing();
