# Routes move from shard to shard while customers pay there: what they were
# told is found on the shard that owns it, once, whenever a move was stopped.

use strict;
use warnings FATAL => 'all';

use FindBin;
use IO::Socket::INET;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

use lib "$FindBin::RealBin/lib";
use Customers;
use Router;
use Shop;

my %shards = map { $_ => PostgreSQL::Test::Cluster->new($_) } qw(first second);
my ($first, $second) = @shards{qw(first second)};
foreach ($first, $second)
{
	$_->init(allows_streaming => 'logical');
	$_->append_conf('postgresql.conf', 'log_statement = none');
	$_->start;
	create_shard($_, 'shop');
	$_->safe_psql(
		'shop', q{
		SELECT paysession.ps_put_provider('card', capture_method => 'manual_multiple');
		SELECT paysession.ps_put_sales_channel('web', 'The shop');
		SELECT paysession.ps_own_routes('{}')});
}
$first->safe_psql('shop', q{SELECT paysession.ps_own_routes('{[0,32768)}')});

# What has a route, and by which column
my %routed = (
	(map { $_ => 'id' } qw(cart payment_collection payment_session payment payment_operation idempotency_key)),
	cart_sales_channel => 'cart_id',
	payment_session_event => 'session_id',
	provider_event => 'session_id');
is( $first->safe_psql(
		'shop', q{
		SELECT relname FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'
			AND relname NOT IN ('payment_provider', 'sales_channel', 'owned_routes') ORDER BY 1}),
	join("\n", sort keys %routed),
	'no other table has a route');
my $elsewhere = join ' UNION ALL ', map {
	"SELECT '$_', count(*) FROM (SELECT $routed{$_} AS id FROM paysession.$_ WHERE $routed{$_} IS NOT NULL OFFSET 0) AS ids
	WHERE NOT paysession.ps_owned_routes() @> paysession.ps_route(id)::integer HAVING count(*) > 0"
} sort keys %routed;

# Which slots are whose, as scripts/router-server takes it.
my %owner = map { $_ => 'first' } 0 .. 1023;

sub ranges
{
	my @ranges;

	foreach my $slot (0 .. 1023)
	{
		push @ranges, [ $slot, $slot, $shards{ $owner{$slot} }->connstr('shop') ]
		  if $slot == 0 || $owner{$slot} ne $owner{ $slot - 1 };
		$ranges[-1][1] = $slot;
	}
	return map { "$_->[0]-$_->[1]=$_->[2]" } @ranges;
}

# The option that tells customers and router that some slots are the second
# shard's from now on.
my $folder = $first->basedir;
my $router = has_plproxy($first) ? $first->connstr('router') : undef;
my $maps = 0;

sub switch
{
	my ($from, $to) = @_;
	my $files = "$folder/" . ++$maps;
	my $command = "cp $files.map $folder/new && mv $folder/new $folder/map";

	@owner{ $from .. $to } = ('second') x ($to - $from + 1);
	append_to_file("$files.map", join '', map { s/^(\d+)-(\d+)=(.*)/$1 $2 $3\n/r } ranges());
	if ($router)
	{
		append_to_file("$files.sql", (run_command([ 'scripts/router-server', '--alter', ranges() ]))[0]);
		$command .= qq{ && psql -Xq -v ON_ERROR_STOP=1 -f $files.sql -d "$router"};
	}
	return ('--switch', $command);
}

# Runs the script; does something, or kills it, once it has said something.
# Returns whether it came to a good end, and what it said.
my $runs = 0;
our @pair = map { $_->connstr('shop') } $first, $second;

sub move
{
	my ($arguments, $signal, $step, $do) = @_;
	my $said = "$folder/move_" . ++$runs;
	my $move = IPC::Run::start([ 'scripts/move-routes', @$arguments, @pair ],
		'>', $said, '2>', "$said.error");

	usleep(1000) until !$step || (-e $said && slurp_file($said) =~ /^--- $step/m) || !$move->pumpable;
	$do->($said) if $do;
	$move->signal($signal) if $signal;
	my $is_done = $move->finish;
	my $all = slurp_file($said) . slurp_file("$said.error");
	note $all;
	return ($is_done, $all);
}

sub wait_for
{
	my ($node, $query) = @_;

	$node->poll_query_until('shop', $query) or die "waits for ever: $query";
	return;
}

sub nothing_left
{
	my $what = shift;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is( join(
			'',
			map {
				$_->safe_psql(
					'shop', q{
					SELECT pubname FROM pg_publication UNION ALL SELECT slot_name FROM pg_replication_slots
					UNION ALL SELECT subname FROM pg_subscription
					UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relreplident NOT IN ('d', 'n')})
			} $first, $second),
		'',
		"$what: nothing of the move is left");
	return;
}

sub is_undone
{
	my $what = shift;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($first->safe_psql('shop', 'SELECT paysession.ps_owned_routes()'), '{[0,32768)}', "$what: the source owns all");
	is($second->safe_psql('shop', "SELECT paysession.ps_owned_routes(); $elsewhere"), '{}', "$what: the target has nothing");
	nothing_left($what);
	return;
}

# What cannot be moved
$first->safe_psql('shop', q{SELECT paysession.ps_put_provider('bank')});
like((move(['0-9']))[1], qr/does not know each provider/, 'a provider that the target does not know');
$second->safe_psql('shop', q{SELECT paysession.ps_put_provider('bank')});
$first->safe_psql('shop', 'CREATE TABLE shop_order (payment_id text REFERENCES paysession.payment)');
like((move(['0-9']))[1], qr/refers to rows that would go: public.shop_order/, 'a table that refers to what moves');
$first->safe_psql('shop', 'DROP TABLE shop_order');

# An event that the target has, too
my ($cart) = $first->safe_psql(
	'shop', q{
	SELECT id FROM (SELECT paysession.ps_new_id('cart') AS id FROM generate_series(1, 2000)) AS ids
	WHERE paysession.ps_route(id) >> 5 BETWEEN 256 AND 319 LIMIT 1});
my $session = $cart =~ s/cart/ps/r;
$first->safe_psql(
	'shop', qq{
	SELECT paysession.ps_put_cart('{"id": "$cart", "currency_code": "eur", "subtotal": 100, "sales_channels": ["web"]}');
	SELECT paysession.ps_create('$cart', 'card', id => '$session');
	SELECT paysession.ps_receive('card', 'evt_twice', 'pending', '$session');
	SELECT paysession.ps_receive('card', 'evt_early', 'requires_more', provider_ref => 'pi_early')});
$second->safe_psql('shop', q{SELECT paysession.ps_receive('card', 'evt_twice', 'captured', amount => 1)});
like((move(['256-319']))[1], qr/these events without their session:\ncard\|evt_twice/, 'an event that came to the target first');
$second->safe_psql(
	'shop', q{
	SET session_replication_role = replica;
	UPDATE paysession.provider_event SET session_id = 'ps_other'});
like((move(['256-319']))[1], qr/does not take the rows/, 'a row that the target refuses');
$second->safe_psql(
	'shop', q{
	SET session_replication_role = replica;
	DELETE FROM paysession.provider_event});
is_undone('a row that the target refuses');

# Holds something in the target until it is let go.
sub hold
{
	my $statement = shift;
	my ($input, $output) = ("BEGIN; $statement; SELECT 'held';\n", '');
	my $holder = IPC::Run::start([ 'psql', '-XAtq', '-d', $second->connstr('shop') ], '<', \$input, '>', \$output);

	pump $holder until $output =~ /held/;
	return $holder;
}

# Who is in the way, and who does not answer
my $holder;
move(['256-319'], 'KILL', 'copying', sub { wait_for($first, q{SELECT bool_or(active) FROM pg_replication_slots}) });
my $reader = $first->safe_psql('shop', q{SELECT active_pid FROM pg_replication_slots WHERE slot_name = 'paysession_move'});
kill 'STOP', $reader;
like((move([ '--abort', '256-319' ]))[1], qr/active for PID $reader/, 'a slot that somebody does not let go of');
kill 'CONT', $reader;
ok((move([ '--abort', '256-319' ]))[0], 'it is let go of');
is_undone('a slot that somebody does not let go of');
like(
	(move(
			['256-319'],
			undef, 'copying',
			sub { $first->safe_psql('shop', q{SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2}) }))[1],
	qr/the connection is lost that kept others away/,
	'others might be at work');
is_undone('others might be at work');
my $mute = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $!;
{
	local @pair = ($pair[0], 'host=127.0.0.1 port=' . $mute->sockport);
	like((move(['256-319']))[1], qr/timeout expired.*the target does not answer/s, 'a server that says nothing');
}

# A target that is gone, until it comes back
my ($succeeded, $said) = move(
	['256-319'],
	undef,
	'copying',
	sub {
		wait_for($second, q{SELECT count(*) > 0 FROM pg_stat_subscription WHERE pid IS NOT NULL});
		$second->stop('immediate');
	});
ok(!$succeeded, 'a target that is gone');
unlike($said, qr/does not take the rows/, 'takes no rows, but that is not why');
like($said, qr/the target does not answer.*not undone/s, 'which is said');
my $noted = $first->safe_psql('shop', q{SELECT obj_description(oid) FROM pg_publication});
$first->safe_psql(
	'shop', qq{
	SELECT pg_create_logical_replication_slot('pg_1_sync_2_' || split_part(split_part('$noted', ' ', 3), '/', 1), 'pgoutput')});
{
	local @pair = ($pair[0]);
	$first->safe_psql('shop', qq{COMMENT ON PUBLICATION paysession_move IS '$noted going'});
	like((move([ '--target-is-gone', '256-319' ]))[1], qr/restore it/, 'the only one that has everything');
	$first->safe_psql(
		'shop', qq{
		COMMENT ON PUBLICATION paysession_move IS '$noted';
		SELECT paysession.ps_own_routes('{[0,8192),[10240,32768)}')});
	($succeeded, $said) = move([ '--target-is-gone', '256-319' ]);
	ok($succeeded, 'the source has its slots again');
	like($said, qr/must never come back.*what it has written since is lost/s, 'and is told what of');
}
$second->start;
$second->safe_psql('shop', $_)
  foreach 'ALTER SUBSCRIPTION paysession_move DISABLE',
  'ALTER SUBSCRIPTION paysession_move SET (slot_name = NONE)',
  'DROP SUBSCRIPTION paysession_move', qq{
	SET session_replication_role = replica;
	INSERT INTO paysession.idempotency_key (id, idempotency_key)
	VALUES ('$cart', '$cart') };
like((move(['256-319']))[1], qr/the target has rows on the slots, in .*idempotency_key;.*--drop-copies/, 'it has come back');
{
	local @pair = reverse @pair;
	ok((move([ '--drop-copies', '256-319' ]))[0], 'as one that has nothing');
}
is_undone('it has come back');

# Customers look into a map, or call the router.
if ($router)
{
	create_router($first, 'router', ranges());
	start_customer("router_$_", $router) foreach 1 .. 2;
}
append_to_file("$folder/map", '0 1023 ' . $first->connstr('shop') . "\n");
start_customer("direct_$_", "$folder/map") foreach 1 .. 2;

# A consumer of the history keeps a cursor of each shard, and what it has seen.
my %cursor = (first => 'NULL', second => 'NULL');
my %seen;

sub read_events
{
	foreach my $shard (sort keys %shards)
	{
		my $page = "SELECT session_id, id, cursor FROM paysession.ps_events($cursor{$shard}, 1000000)";

		foreach (split /\n/, $shards{$shard}->safe_psql('shop', $page))
		{
			my ($event, $cursor) = /(.*)\|(.*)/;

			$seen{$event} = 1;
			$cursor{$shard} = "'$cursor'";
		}
	}
	return;
}

# Until the target owns the slots, a move that is stopped is undone.
foreach my $stop ([ 'KILL', 'publishing' ], [ 'KILL', 'copying' ], [ 'KILL', 'fencing' ], [ 'TERM', 'copying' ])
{
	my ($signal, $step) = @$stop;

	shop_on();
	move(['256-511'], $signal, $step);
	read_events();
	ok((move([ '--abort', '256-511' ]))[0], "$signal $step: it is undone") if $signal eq 'KILL';
	is_undone("$signal $step");
}

my $is_copied = q{SELECT count(*) = 9 FROM pg_subscription_rel WHERE srsubstate = 'r'};

# It is gone on with, too, and what happened meanwhile arrives.
my @switch = switch(256, 319);
move(
	[ @switch, '256-319' ],
	'KILL',
	'copying',
	sub {
		$holder = hold(q{SELECT pg_advisory_lock(hashtext('paysession_move'))});
		wait_for($second, q{SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)});
		foreach my $option ([], ['--abort'])
		{
			my ($succeeded, $said) = move([ @$option, '256-319' ]);

			ok(!$succeeded, "@$option by somebody else is refused");
			like($said, qr/somebody else moves routes from or to the source: process \d+, user \w+/, "@$option by somebody else: why");
		}
	});
$holder->finish;
wait_for($second, $is_copied);
$first->safe_psql(
	'shop', qq{
	SELECT paysession.ps_update('$session', provider_ref => 'pi_early');
	SELECT paysession.ps_put_cart('{"id": "$cart", "subtotal": 200, "sales_channels": []}');
	SELECT paysession.ps_refresh('$session')});
my $rowfilter = $first->safe_psql('shop', q{SELECT rowfilter FROM pg_publication_tables WHERE tablename = 'cart'});
is( $first->safe_psql(
		'shop', qq{
		SELECT count(*), count(*) FILTER (WHERE $rowfilter) > 0
		FROM (SELECT unnest(ARRAY[id, lower(id), id || 'x', 'order ' || i, E'C:\\\\' || i]) AS id
			FROM (SELECT i, paysession.ps_new_id('cart') AS id FROM generate_series(1, 5000) AS i) AS made) AS ids
		WHERE (paysession.ps_route(id) >> 5 BETWEEN 256 AND 319) <> $rowfilter}),
	'0|f',
	'what is published is what has the routes');
my $note = $first->safe_psql('shop', q{SELECT obj_description(oid) FROM pg_publication});
$first->safe_psql('shop', qq{COMMENT ON PUBLICATION paysession_move IS '$note.other'});
foreach my $option ([], ['--abort'])
{
	my ($succeeded, $said) = move([ @$option, '256-319' ]);

	ok(!$succeeded, "@$option to another target is refused");
	like($said, qr/to another target/, "@$option to another target: why");
}
$first->safe_psql('shop', qq{COMMENT ON PUBLICATION paysession_move IS '$note'});
ok((move([ @switch, '256-319' ]))[0], 'a move goes on');
is( $second->safe_psql(
		'shop', qq{
		SELECT total FROM paysession.cart WHERE id = '$cart';
		SELECT status, amount FROM paysession.payment_session WHERE cart_id = '$cart' ORDER BY status DESC;
		SELECT count(*) FROM paysession.cart_sales_channel;
		SELECT outcome, session_id = '$session' FROM paysession.provider_event WHERE event_id = 'evt_early'}),
	"200\ncanceled|200\npending|200\n0\napplied|t",
	'what happened meanwhile has arrived');
nothing_left('a move goes on');

# Once the target owns the slots it cannot be undone, only be gone on with.
foreach my $stop ([ 320, 447, 'the target owns' ], [ 448, 575, 'tidying' ])
{
	my ($from, $to, $step) = @$stop;
	my @arguments = (switch($from, $to), "$from-$to");

	move(\@arguments, 'KILL', $step);
	read_events();
	ok(!(move([ '--abort', "$from-$to" ]))[0], "$step: it cannot be undone");
	ok((move(\@arguments))[0], "$step: it goes on");
	nothing_left($step);
	shop_on();
}

# A target that lags is waited for; that the routers cannot be told is told.
ok( !(
		move(
			[ '--switch', 'false', '0-255' ],
			undef,
			'copying',
			sub {
				wait_for($second, $is_copied);
				$holder = hold('LOCK TABLE paysession.payment_session_event IN SHARE MODE');
				usleep(10_000) until slurp_file($_[0]) =~ /fencing|undoing/;
				usleep(500_000);
				$holder->finish;
			})
	)[0],
	'the routers cannot be told');
ok((move([ switch(0, 255), '0-255' ]))[0], 'now they can');
nothing_left('a move');
shop_on();

# What they were told is there, each event once, on the shard that owns it; and
# the consumer has missed nothing.
stop_customers();
is_told_truly('shop', $first, $second);
read_events();
my %events;
foreach my $shard ($first, $second)
{
	is($shard->safe_psql('shop', $elsewhere), '', $shard->name . ' has nothing of the other one');
	is_healthy($shard, 'shop', $shard->name);
	$events{$_}++ foreach split /\n/, $shard->safe_psql('shop', 'SELECT session_id, id FROM paysession.payment_session_event');
}
is_deeply([ grep { $events{$_} > 1 || !$seen{$_} } keys %events ], [], 'the consumer has seen every event, which is there once');
is_deeply([ grep { !$events{$_} } keys %seen ], [], 'and no other');

# What the target got otherwise is found, and stays.
my ($key) = $first->safe_psql(
	'shop', q{
	SELECT key FROM (SELECT i::text AS key FROM generate_series(1, 2000) AS i) AS keys
	WHERE paysession.ps_route(key) >> 5 BETWEEN 1000 AND 1023 LIMIT 1});
$first->safe_psql('shop', "SELECT paysession.ps_idempotency_begin('$key', NULL, NULL, NULL)");
$second->safe_psql(
	'shop', q{
	CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE TRIGGER forget BEFORE INSERT ON paysession.idempotency_key FOR EACH ROW EXECUTE FUNCTION forget();
	ALTER TABLE paysession.idempotency_key ENABLE ALWAYS TRIGGER forget});
($succeeded, $said) = move([ '--switch', 'false', '1000-1023' ]);
ok(!$succeeded, 'what is lost on the way');
like($said, qr/got something else.*idempotency_key.*COMMAND failed/s, 'is found, and whether the routers know');
foreach my $again (qw(second third))
{
	($succeeded, $said) = move(['1000-1023']);
	ok(!$succeeded, "what is lost on the way, the $again time");
	like($said, qr/the source keeps its copies until --drop-copies/, 'is not forgotten');
	nothing_left('what is lost on the way') if $again eq 'third';
}
is($first->safe_psql('shop', "SELECT idempotency_key FROM paysession.idempotency_key WHERE idempotency_key = '$key'"),
	$key, 'and stays at the source');
ok(!(move([ '--drop-copies', '999-1023' ]))[0], 'more is not dropped than the target owns');
ok((move([ '--drop-copies', '1000-1023' ]))[0], 'until one is done with it');
{
	local @pair = reverse @pair;
	ok((move(['1000']))[0], 'and the slots may go back, one by one');
}

$_->stop foreach $first, $second;
done_testing();
