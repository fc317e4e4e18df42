# Logical decoding of the history shows each event once, in the order in which
# transactions committed.

use strict;
use warnings FATAL => 'all';

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 1');
$node->start;

# From 15.19 on a server has a list of what it may decode with.
if ($node->safe_psql('postgres', q{SELECT count(*) FROM pg_settings WHERE name = 'output_plugin_libraries'}))
{
	$node->append_conf('postgresql.conf', q{output_plugin_libraries = 'pgoutput, wal2json'});
	$node->reload;
}
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider(id) FROM unnest('{a,b,c}'::text[]) AS id;
	CREATE PUBLICATION history FOR TABLE paysession.payment_session_event WITH (publish = 'insert')});
$node->safe_psql('postgres', "SELECT pg_create_logical_replication_slot('$_', '$_')") foreach qw(wal2json pgoutput);

my @names = split /\n/, $node->safe_psql(
	'postgres', q{
	SELECT attname FROM pg_attribute
	WHERE attrelid = 'paysession.payment_session_event'::regclass AND attnum > 0
	ORDER BY attnum});

# What of an event is looked at.  A slot's events are returned one a line.
my @columns = qw(id session_id from_status to_status);

sub wal2json
{
	my $changes = $node->safe_psql(
		'postgres', q{
		SELECT data FROM pg_logical_slot_get_changes('wal2json', NULL, NULL, 'format-version', '2', 'actions', 'insert',
			'include-transaction', 'false', 'add-tables', 'paysession.payment_session_event')});
	my @events;

	foreach (split /\n/, $changes)
	{
		my %event = map { $_->{name} => $_->{value} // '' } @{ decode_json($_)->{columns} };
		push @events, join '|', @event{@columns};
	}
	return join "\n", @events;
}

# pgoutput sends bytes: of an insert I, relation, N, number of columns, and of
# each n, or t, length and text.
sub pgoutput
{
	my $messages = $node->safe_psql(
		'postgres', q{
		SELECT encode(data, 'hex') FROM pg_logical_slot_get_binary_changes('pgoutput', NULL, NULL,
			'proto_version', '1', 'publication_names', 'history')});
	my @events;

	foreach my $message (map { pack 'H*', $_ } split /\n/, $messages)
	{
		next if $message !~ /^I/;
		my ($count, $rest) = unpack 'x6 n a*', $message;
		my %event;

		foreach my $name (@names[ 0 .. $count - 1 ])
		{
			(my $kind, $rest) = unpack 'a a*', $rest;
			$event{$name} = '';
			($event{$name}, $rest) = unpack 'N/a a*', $rest if $kind eq 't';
		}
		push @events, join '|', @event{@columns};
	}
	return join "\n", @events;
}

my $seen = '0';

sub are_events
{
	my ($what, $order) = @_;
	my $events = $node->safe_psql('postgres',
		'SELECT ' . join(', ', @columns) . " FROM paysession.payment_session_event WHERE id > $seen ORDER BY $order");

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	isnt($events, '', "$what: there is something to see");
	is(wal2json(), $events, "$what, by wal2json");
	is(pgoutput(), $events, "$what, by pgoutput");
	is(wal2json() . pgoutput(), '', "$what: once");
	$seen = $node->safe_psql('postgres', 'SELECT max(id) FROM paysession.payment_session_event');
	return;
}

$node->safe_psql(
	'postgres', q{
	SELECT paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "subtotal": 100}');
	SELECT paysession.ps_set_sessions('cart');
	SELECT paysession.ps_begin(id) FROM paysession.ps_list('cart', provider_id => 'a');
	SELECT paysession.ps_fail(id, 'declined') FROM paysession.ps_list('cart', provider_id => 'a');
	SELECT paysession.ps_put_cart('{"id": "cart", "subtotal": 200}');
	SELECT paysession.ps_authorize(id) FROM paysession.ps_list('cart', provider_id => 'b');
	SELECT paysession.ps_delete(id) FROM paysession.ps_list('cart', provider_id => 'c');
	SELECT paysession.ps_update(id, data => '{"a": 1}') FROM paysession.ps_list('cart', provider_id => 'b')});
are_events('functions', 'id');

$node->safe_psql(
	'postgres', q{
	INSERT INTO paysession.payment_session (id, cart_id, provider_id) VALUES ('x1', 'c1', 'a'), ('x2', 'c2', 'a');
	UPDATE paysession.payment_session SET is_selected = true WHERE id LIKE 'x_';
	BEGIN;
	UPDATE paysession.payment_session SET status = 'error' WHERE id = 'x1';
	SAVEPOINT s;
	UPDATE paysession.payment_session SET status = 'error' WHERE id = 'x2';
	ROLLBACK TO s;
	UPDATE paysession.payment_session SET status = 'canceled' WHERE id = 'x2';
	COMMIT;
	BEGIN;
	UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'x1';
	ROLLBACK;
	DELETE FROM paysession.payment_session WHERE id = 'x1'});
are_events('plain SQL', 'id');

# What is prepared is seen when it commits, behind what has committed before.
$node->safe_psql(
	'postgres', q{
	BEGIN;
	INSERT INTO paysession.payment_session (id, provider_id) VALUES ('y1', 'a');
	UPDATE paysession.payment_session SET status = 'error' WHERE id = 'y1';
	PREPARE TRANSACTION 'p';
	INSERT INTO paysession.payment_session (id, provider_id) VALUES ('y2', 'a');
	COMMIT PREPARED 'p'});
are_events('a prepared transaction', 'txid DESC, id');

# A purge takes events away, which is none.
is($node->safe_psql('postgres', q{SELECT paysession.ps_purge('infinity') > 0}), 't', 'a purge');
is(wal2json() . pgoutput(), '', 'is not seen');

$node->stop;
done_testing();
