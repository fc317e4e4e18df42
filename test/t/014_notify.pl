# With paysession.notify each change of a payment session that commits is told
# to whoever listens.

use strict;
use warnings FATAL => 'all';

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 1');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider(id) FROM unnest('{a,b}'::text[]) AS id;
	CREATE ROLE app;
	GRANT USAGE ON SCHEMA paysession TO app;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession TO app});

# Returns what psql has said of notifications: of each id, from and to, which
# is all that there is.
sub notifications
{
	my @told;

	foreach (shift =~ /^Asynchronous notification "paysession" with payload "(.*)" received from/mg)
	{
		my $change = decode_json($_);

		push @told, join ' ', map { $_ // 'null' } delete @$change{qw(id from to)}, %$change;
	}
	return join "\n", @told;
}

# Runs SQL in a session that listens, and returns what that was told.
sub told
{
	my $sql = shift;

	return notifications($node->safe_psql('postgres', "LISTEN paysession; $sql; SELECT"));
}

sub changes
{
	return told("SET paysession.notify = on; $_[0]");
}

is(told(q{INSERT INTO paysession.payment_session (id, cart_id, provider_id, amount, currency_code) VALUES ('s1', 'c1', 'a', 100, 'eur')}),
	'', 'nothing by default');
is(told(q{SELECT paysession.ps_fail('s1')}), '', 'off');

# a change of status, of selection, of amount
is(changes(q{SELECT paysession.ps_create('c2', 'a', id => 'ps_00000000000000000000000002')}),
	'ps_00000000000000000000000002 null pending', 'a birth');
is(changes(q{SELECT paysession.ps_retry('s1')}), 's1 error pending', 'a move');
is(changes(q{SELECT paysession.ps_select('s1')}), 's1 pending pending', 'a selection');
is(changes(q{SELECT paysession.ps_update('s1', amount => 200)}), 's1 pending pending', 'an amount');
is(changes(q{SELECT paysession.ps_put_cart('{"id": "c1", "currency_code": "eur", "subtotal": 300}')}),
	's1 pending pending', "its cart's total");
is(changes(q{SELECT paysession.ps_delete('ps_00000000000000000000000002')}),
	'ps_00000000000000000000000002 pending null', 'a deletion');

# what is none
is(changes($_), '', "none: $_")
  foreach (
	q{SELECT paysession.ps_select('s1')},
	q{SELECT paysession.ps_update('s1', data => '{"a": 1}', provider_ref => 'r1')},
	q{SELECT paysession.ps_put_cart('{"id": "c1", "subtotal": 300, "metadata": {"a": 1}}')},
	q{UPDATE paysession.payment_session SET status = status, amount = amount},
	q{BEGIN; SELECT paysession.ps_fail('s1'); ROLLBACK},
	q{BEGIN; SET LOCAL row_security = off; INSERT INTO paysession.payment_session (id, provider_id) VALUES ('old', 'a'); COMMIT},
	q{INSERT INTO paysession.payment_session (id, provider_id) VALUES ('s1', 'a') ON CONFLICT DO NOTHING});

# plain SQL, in the order in which it happens
is( changes(
		q{
	INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('s3', 'c3', 'a'), ('s4', 'c4', 'a'), ('a"b\c', NULL, 'a');
	BEGIN;
	UPDATE paysession.payment_session SET status = 'error' WHERE id = 's4';
	SAVEPOINT s;
	UPDATE paysession.payment_session SET status = 'error' WHERE id = 's3';
	ROLLBACK TO s;
	UPDATE paysession.payment_session SET status = 'canceled' WHERE id IN ('s3', 'a"b\c');
	COMMIT;
	DELETE FROM paysession.payment_session WHERE id = 's3'}),
	join("\n",
		's3 null pending', 's4 null pending', 'a"b\c null pending', 's4 pending error', 's3 pending canceled', 'a"b\c pending canceled',
		's3 canceled null'),
	'plain SQL');
is(changes(q{SET ROLE app; SELECT paysession.ps_authorize('s1', 300)}), 's1 pending authorized', 'of whoever may change it');
is(changes(q{SELECT paysession.ps_purge('infinity')}), '', 'a purge forgets in silence');

# What PostgreSQL's notifications are like: the same is told once a transaction, and none can be prepared.
is( changes(
		q{
	BEGIN;
	SELECT paysession.ps_unselect(id) FROM paysession.ps_create('c6', 'a', id => 'ps_00000000000000000000000006');
	SELECT paysession.ps_select('ps_00000000000000000000000006');
	SELECT paysession.ps_unselect('ps_00000000000000000000000006');
	COMMIT}),
	"ps_00000000000000000000000006 null pending\nps_00000000000000000000000006 pending pending",
	'the same twice in a transaction is told once');
my ($stdout, $stderr);
$node->psql(
	'postgres',
	q{SET paysession.notify = on; BEGIN; SELECT paysession.ps_fail('ps_00000000000000000000000006'); PREPARE TRANSACTION 'p'},
	stdout => \$stdout, stderr => \$stderr);
like($stderr, qr/cannot PREPARE a transaction that has executed LISTEN, UNLISTEN, or NOTIFY/, 'a transaction that tells cannot be prepared');

# All who listen are told, once it has committed.
my @listeners = map { $node->background_psql('postgres') } 1 .. 2;
$_->query_safe('LISTEN paysession') foreach @listeners;
my $writer = $node->background_psql('postgres');
$writer->query_safe(q{SET paysession.notify = on; BEGIN; SELECT paysession.ps_cancel('s1')});
is(notifications($_->query_safe('SELECT 1')), '', 'not before it has committed') foreach @listeners;
$writer->query_safe('COMMIT');
is(notifications($_->query_safe('SELECT 1')), 's1 authorized canceled', 'a listener is told') foreach @listeners;
is(notifications($_->query_safe('SELECT 1')), '', 'and once') foreach @listeners;
$_->quit foreach @listeners, $writer;

# Where it is on for a database, no client needs to say so.
$node->safe_psql('postgres', 'ALTER DATABASE postgres SET paysession.notify = on');
is(told(q{SELECT paysession.ps_create('c5', 'a', id => 'ps_00000000000000000000000005')}),
	'ps_00000000000000000000000005 null pending', 'set for the database');

$node->stop;
done_testing();
