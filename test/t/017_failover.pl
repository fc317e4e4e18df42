# The primary dies under load and its synchronous standby takes over: whatever
# a client or a reader was told is there, nothing is there by half, and the
# checkout goes on.

use strict;
use warnings FATAL => 'all';

use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $primary = PostgreSQL::Test::Cluster->new('main');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$primary->start;
create_shop($primary, 'postgres');

# The file of a client that goes through checkouts, each step a transaction
# that says what there is now.
sub steps
{
	my $client = shift;
	my $file = $primary->basedir . "/$client";
	my $steps = '';

	foreach my $n (1 .. 1000)
	{
		my $it = "${client}_$n";

		$steps .= qq{
			SELECT 'event', id, status FROM paysession.ps_create('cart_$it', 'card', 100, id => 'ps_$it', currency_code => 'eur');
			SELECT 'operation', id, kind FROM paysession.ps_begin('ps_$it');
			SELECT 'event', id, status FROM paysession.ps_fail('ps_$it', 'declined');
			UPDATE paysession.payment_session SET status = 'pending' WHERE id = 'ps_$it' RETURNING 'event', id, status;
			SELECT 'event', id, status FROM paysession.ps_authorize('ps_$it');
			SELECT 'payment', id, session_id FROM paysession.ps_complete_cart('cart_$it', order_id => 'order_$it');
			SELECT 'operation', c.id, c.kind FROM paysession.payment p, paysession.ps_capture(p.id, 60) c WHERE p.session_id = 'ps_$it';
			SELECT 'provider_event', event_id, outcome FROM paysession.ps_receive('card', 'evt_$it', 'refunded', 'ps_$it',
				operation_ref => 're_$it', amount => 10);
			SELECT 'key', idempotency_key, recovery_point FROM paysession.ps_idempotency_begin('key_$it', 'POST', '/', '{}');
		};
	}
	append_to_file($file, $steps);
	return $file;
}
my $there = q{
	SELECT 'event', session_id, to_status::text FROM paysession.payment_session_event
	UNION ALL SELECT 'operation', id, kind FROM paysession.payment_operation
	UNION ALL SELECT 'payment', id, session_id FROM paysession.payment
	UNION ALL SELECT 'provider_event', event_id, outcome FROM paysession.provider_event
	UNION ALL SELECT 'key', idempotency_key, recovery_point FROM paysession.idempotency_key
	UNION ALL SELECT 'shown', cursor, session_id FROM paysession.ps_events(max_rows => 1000000)};

# Returns the server that has taken over.
sub fail_over
{
	my ($name, $commit) = @_;
	my $standby = PostgreSQL::Test::Cluster->new($name);
	my @clients;

	$primary->backup($name);
	$standby->init_from_backup($primary, $name, has_streaming => 1);
	$standby->start;
	$primary->append_conf('postgresql.conf', "synchronous_standby_names = '*'\nsynchronous_commit = $commit");
	$primary->reload;
	$primary->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'})
	  or die 'no synchronous standby';

	# PREPARE TRANSACTION tells, too.
	$primary->safe_psql(
		'postgres', qq{
		SELECT paysession.ps_create('cart_$name', 'card', 100, id => 'ps_$name', currency_code => 'eur');
		BEGIN;
		SELECT paysession.ps_authorize('ps_$name');
		PREPARE TRANSACTION '$name'});
	foreach my $client (1 .. 4)
	{
		my ($told, $error) = ('', '');
		my @psql = ('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $primary->connstr('postgres'), '-f', steps("${name}_$client"));

		push @clients, { told => \$told, psql => IPC::Run::start(\@psql, '>', \$told, '2>', \$error) };
	}
	foreach my $client (@clients)
	{
		$client->{psql}->pump until ${ $client->{told} } =~ /(.*\n){100}/;
	}
	my $shown = $primary->safe_psql('postgres', q{SELECT 'shown', cursor, session_id FROM paysession.ps_events(max_rows => 1000000)});
	$primary->kill9;
	foreach my $client (@clients)
	{
		$client->{psql}->finish;
		is($client->{psql}->result, 2, "$commit: a client was at it until it lost the connection");
	}
	$standby->promote;

	my $told = join '', $shown, "\n", map { ${ $_->{told} } } @clients;
	my $facts = $standby->basedir . '/told';
	append_to_file($facts, $told);
	is( $standby->safe_psql(
			'postgres', qq{
			CREATE TEMP TABLE told (what text, id text, state text);
			\\copy told FROM '$facts' WITH (DELIMITER '|')
			SELECT * FROM told EXCEPT ($there)}),
		'', "$commit: what clients and readers were told is there");
	is_healthy($standby, 'postgres', $commit);
	is( $standby->safe_psql(
			'postgres', qq{
			COMMIT PREPARED '$name';
			SELECT status FROM paysession.ps_complete_cart('cart_$name')}),
		'authorized', "$commit: what was prepared is committed");
	return $standby;
}

$primary = fail_over('second', 'on');

# The clients go on with the server that has taken over, until it dies.
$primary = fail_over('third', 'remote_apply');
shop_goes_on($primary, 'postgres', 'the third server');

$primary->stop;
done_testing();
