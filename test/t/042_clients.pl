# The programs in examples/clients, one for each driver, print the same and leave
# the same behind: while others are in their way, when they are run again, and
# where they cannot get through.

use strict;
use warnings FATAL => 'all';

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $built = PostgreSQL::Test::Utils::tempdir;
my $jars = join ':', map { "/usr/share/java/$_.jar" } qw(postgresql HikariCP slf4j-api slf4j-nop jackson-databind jackson-core jackson-annotations);
my $examples = 'examples/clients';
$ENV{NODE_PATH} = 'test/clients/node_modules';

# Debian's Go packages, which are no modules
local @ENV{qw(GO111MODULE GOPATH GOCACHE)} = ('off', '/usr/share/gocode', "$built/cache");

# Of each: what succeeds where it can be run, what compiles it, and what runs it.
my %clients = (
	node => {
		there => [ 'node', '-e', 'require("pg")' ],
		run => [ 'node', "$examples/node/checkout.js" ] },
	psycopg => {
		there => [ '/usr/bin/python3', '-c', 'import psycopg, psycopg_pool' ],
		run => [ '/usr/bin/python3', "$examples/psycopg/checkout.py" ] },
	ruby => {
		there => [ 'ruby', '-e', 'require "pg"; require "connection_pool"' ],
		run => [ 'ruby', "$examples/ruby/checkout.rb" ] },
	php => {
		there => [ 'php', '-r', 'exit(extension_loaded("pdo_pgsql") ? 0 : 1);' ],
		run => [ 'php', "$examples/php/checkout.php" ] },
	go => {
		there => [ 'go', 'list', 'github.com/lib/pq' ],
		compile => [ 'go', 'build', '-o', "$built/checkout", "$examples/go/checkout.go" ],
		run => ["$built/checkout"] },
	jdbc => {
		there => [ 'sh', '-c', 'command -v javac java && ls $(echo "$1" | tr : " ")', 'sh', $jars ],
		compile => [ 'javac', '-Xlint:all,-serial', '-Werror', '-cp', $jars, '-d', $built, "$examples/jdbc/Checkout.java" ],
		run => [ 'java', '-cp', "$jars:$built", 'Checkout' ] });

my $expected = <<'END';
cart: 53.99 eur, discount 100.25
sessions: klarna, stripe
authorized: 53.99, visa 4242, for 7 days
partially_refunded: 45.00 captured, 8.99 released, 10.00 refunded, not canceled
refused: 23514 payment_session_transition: From there it can move to "canceled".
refused: 23514 payment_refunded_within_captured: Authorized are 5399, captured 4500 and 0 pending, released 899 and 0 pending, refunded 1000 and 0 pending.
END

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
# for JDBC, which knows no sockets
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE DATABASE shop;
	CREATE DATABASE elsewhere;
	CREATE ROLE shop LOGIN;
	ALTER ROLE shop SET deadlock_timeout = '10ms'});
foreach my $database (qw(shop elsewhere))
{
	$node->safe_psql($database, q{
		CREATE EXTENSION paysession;
		SELECT paysession.ps_put_provider('stripe', authorization_ttl => '7 days'), paysession.ps_put_provider('klarna')});
	$node->command_ok([ 'psql', '-Xq', '-v', 'app=shop', '-d', $database, '-f', $node->config_data('--sharedir') . '/extension/paysession_grants.sql' ],
		"$database: the application has what paysession_grants.sql gives it");
}
# whatever is asked for here is another database's, for ever
$node->safe_psql('elsewhere', q{SELECT paysession.ps_own_routes('{}')});

# Who is in the way.  Of a deadlock it is the client that is told.
my ($customer, $first, $second) = map { $node->background_psql('shop') } 1 .. 3;
$_->set_query_timer_restart(1) foreach $customer, $first, $second;
$second->query_safe(q{SET deadlock_timeout = '1h'; SET application_name = 'second'});

sub start
{
	my ($client, $database, $out, $err) = @_;
	my @server = $client eq 'jdbc' ? sprintf 'jdbc:postgresql://127.0.0.1:%d/%s?user=shop', $node->port, $database : ();

	local @ENV{qw(PGHOST PGPORT PGDATABASE PGUSER)} = ($node->host, $node->port, $database, 'shop');
	return IPC::Run::start([ @{ $clients{$client}{run} }, @server, "cart_$client", "order_$client" ],
		'<', \undef, '>', $out, '2>', $err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
}

sub waits
{
	my ($application, $blocker) = @_;

	$node->poll_query_until('postgres', qq{
		SELECT count(*) = 1 FROM pg_stat_activity
		WHERE application_name = '$application' AND query LIKE '%$blocker%' AND cardinality(pg_blocking_pids(pid)) > 0})
	  or die "$application does not wait";
	return;
}

# Runs a client while its cart changes under its snapshot, and then somebody
# locks what it needs in another order.
sub hinder
{
	my ($client, $out, $err) = @_;

	$node->safe_psql('shop', qq{SELECT paysession.ps_put_cart('{"id": "cart_$client"}')});
	$customer->query_safe(qq{BEGIN; SELECT paysession.ps_put_cart('{"id": "cart_$client", "metadata": {"gift": true}}')});
	$first->query_safe(q{BEGIN; SELECT FROM paysession.payment_provider WHERE id = 'stripe' FOR UPDATE});
	my $run = start($client, 'shop', $out, $err);
	waits('checkout', 'ps_put_cart');
	$customer->query_safe('COMMIT');

	waits('checkout', 'ps_set_sessions');
	$second->query_safe(q{BEGIN; SELECT FROM paysession.payment_provider WHERE id = 'klarna' FOR UPDATE});
	$second->query_until(qr//, "SELECT FROM paysession.cart WHERE id = 'cart_$client' FOR UPDATE;\n");
	waits('second', 'cart');
	$first->query_safe('ROLLBACK');
	$second->query_safe('ROLLBACK');
	return $run;
}

sub left_behind
{
	my $client = shift;

	return $node->safe_psql('shop', qq{
		SELECT s.provider_id, e.from_status, e.to_status, e.is_selected, e.amount, e.role, e.application
		FROM paysession.payment_session s, paysession.ps_history(s.id) e WHERE cart_id = 'cart_$client' ORDER BY s.provider_id, e.id;
		SELECT kind, status, attempt, amount, released_amount, reason, idempotency_key,
			provider_ref = replace(kind, 'authorize', 'auth') || '_' || provider_idempotency_key
		FROM paysession.payment_operation
		WHERE session_id IN (SELECT id FROM paysession.payment_session WHERE cart_id = 'cart_$client') ORDER BY id;
		SELECT order_id, status, amount, captured_amount, voided_amount, refunded_amount, data FROM paysession.payment WHERE cart_id = 'cart_$client'});
}

# Everything, to the last time stamp.
sub everything
{
	return $node->safe_psql('shop', join ';', map { "SELECT t FROM paysession.$_ t ORDER BY t.id" }
		  qw(cart payment_session payment_session_event payment payment_operation));
}

# all of them are to be run
my $all = $ENV{PAYSESSION_CLIENTS};
foreach my $client (sort keys %clients)
{
	SKIP:
	{
		my ($there, $compile) = @{ $clients{$client} }{qw(there compile)};
		my $ready = eval { IPC::Run::run($there, '>&', \my $output) };

		if (!$ready && !$all)
		{
			diag "$client: not installed, not tested";
			skip $client, 1;
		}
		ok($ready, "$client is installed") or next;
		if ($compile)
		{
			IPC::Run::run($compile, '>&', \my $said);
			is($said, '', "$client: compiles without a warning");
		}
		my ($out, $err);
		# PDO does not tell the constraint
		my $prints = $client eq 'php' ? $expected =~ s/(23514) \w+/$1/gr : $expected;

		my $run = hinder($client, \$out, \$err);
		ok($run->finish, "$client: pays") or diag $err;
		is($out, $prints, "$client: prints what all do");
		is($err, "40001 at attempt 1\n40P01 at attempt 2\n", "$client: has begun again");
		is(left_behind($client), <<"END" =~ s/\n\z//r, "$client: leaves behind what all do");
klarna||pending|f|5399|shop|checkout
stripe||pending|f|5399|shop|checkout
stripe|pending|pending|t|5399|shop|checkout
stripe|pending|authorized|t|5399|shop|checkout
authorize|succeeded|1|5399|0|||t
capture|succeeded|1|4500|899||order_$client shipped|t
refund|succeeded|1|1000|0|return|order_$client return 1|t
order_$client|partially_refunded|5399|4500|899|1000|{"card": {"brand": "visa", "last4": "4242"}}
END

		my $before = everything();
		start($client, 'shop', \$out, \$err)->finish;
		is($out, $prints, "$client: prints the same again");
		is($err, '', "$client: nobody was in its way");
		is(everything(), $before, "$client: and changes nothing");

		ok(!start($client, 'elsewhere', \$out, \$err)->finish, "$client: gives up");
		is($out, '', "$client: prints nothing");
		like($err, qr/\A(?:40001 at attempt ([1-4])\n){4}.*route \d+ is not owned by this database/, "$client: after five attempts");
	}
}

$_->quit foreach $customer, $first, $second;
is($node->safe_psql('shop', 'SELECT paysession.ps_check()'), '', 'all is well');
$node->stop;
done_testing();
