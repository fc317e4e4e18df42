# The migrations in examples/migrations, with each tool that is there: psql, and
# what "make check-migrations" installs.  Each step is done and undone, in a
# database that is used and in one that is not.

use strict;
use warnings FATAL => 'all';

use FindBin;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;
use Versions;

# The next version, which is made up.
my ($version) = slurp_file('paysession.control') =~ /^default_version = '(.*)'$/m;
my $next = $version =~ s/^\d+\.\K(\d+)/$1 + 1/er;
my ($node, $extension) = create_node_with_folder();
my $change = "COMMENT ON SCHEMA paysession IS 'payment sessions of the next version';\n";
write_file("$extension/paysession--$version--$next.sql", $change);
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE shop LOGIN; CREATE ROLE bi');

my $user = $node->safe_psql('postgres', 'SELECT current_user');
my $home = PostgreSQL::Test::Utils::tempdir;
local @ENV{qw(PGHOST PGPORT PGUSER HOME)} = ($node->host, $node->port, $user, $home);
local @ENV{qw(SQITCH_FULLNAME SQITCH_EMAIL)} = ('Shop', 'dba@shop.example');

# They run where they are shown, but for what is written there on the way.
my $top = "$home/migrations";
system_or_bail('cp', '-R', 'examples/migrations', $top);
my @psql = qw(psql -X -1 -v ON_ERROR_STOP=1 -v app=shop -f);
my @steps = qw(1_install 2_grants 3_upgrade);
my @changes = qw(@ROOT grants paysession-1.1.0);
my %tools = (
	sql => {
		up => sub { return @psql, "$steps[$_[0] - 1].up.sql" },
		down => sub { return @psql, "$steps[$_[0] - 1].down.sql" }
	},
	sqitch => {
		is_there => sub { return system('command -v sqitch >/dev/null') == 0 },
		up => sub { return qw(sqitch deploy --to), $changes[ $_[0] - 1 ], "db:pg:$ENV{PGDATABASE}" },
		down => sub { return qw(sqitch revert -y), ($_[0] > 1 ? ('--to', $changes[ $_[0] - 2 ]) : ()), "db:pg:$ENV{PGDATABASE}" }
	},
	'node-pg-migrate' => {
		is_there => sub { return -x "$top/node-pg-migrate/node_modules/.bin/node-pg-migrate" },
		up => sub { return qw(npm run --silent migrate up 1) },
		down => sub { return qw(npm run --silent migrate down) }
	});

sub query { return $node->safe_psql($ENV{PGDATABASE}, $_[0]) }

# What there is of paysession: its version, what a migration has registered, and
# what the application may.
sub state
{
	return 'nothing' if query("SELECT to_regnamespace('paysession') IS NULL") eq 't';
	my $state = query(q{SELECT extversion, (SELECT string_agg(id, ',') FROM paysession.payment_provider),
		has_schema_privilege('shop', 'paysession', 'USAGE'),
		has_table_privilege('shop', 'paysession.payment', 'SELECT'),
		has_type_privilege('shop', 'paysession.payment_session_status', 'USAGE'),
		(SELECT count(*) > 0 FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND has_function_privilege('shop', oid, 'EXECUTE'))
		FROM pg_extension WHERE extname = 'paysession'});
	return $state;
}
my @states = ('nothing', "$version|stripe|f|f|f|f", "$version|stripe|t|t|t|t", "$next|stripe|t|t|t|t");

foreach my $name (sort keys %tools)
{
	my $tool = $tools{$name};
	next if $tool->{is_there} && !$tool->{is_there}->();

	my $run = sub {
		my ($direction, $step) = @_;
		my $output;
		my $succeeded = IPC::Run::run [ $tool->{$direction}->($step) ], '>&', \$output, init => sub { chdir "$top/$name" };
		return ($succeeded, $output);
	};
	my $succeeds = sub {
		my ($direction, $step) = @_;
		my ($succeeded, $output) = $run->(@_);
		ok($succeeded, "$name in $ENV{PGDATABASE}: $steps[$step - 1] $direction") or diag($output);
		my $to = $direction eq 'up' ? $step : $step - 1;
		is(state(), $states[$to], "and there is: $states[$to]");
	};
	my $is_refused = sub {
		my ($step, $reason) = @_;
		my $before = state();
		my ($succeeded, $output) = $run->('down', $step);
		ok(!$succeeded, "$name in $ENV{PGDATABASE}: $steps[$step - 1] down is refused");
		like($output, $reason, 'which says why');
		is(state(), $before, 'and all is as it was');
	};

	# a shop that is not used yet goes back to nothing, unless a table of its own stands on ours
	local $ENV{PGDATABASE} = "new_$name";
	$node->safe_psql('postgres', qq{CREATE DATABASE "$ENV{PGDATABASE}"});
	$succeeds->('up', 1);
	write_grants() if $name eq 'node-pg-migrate';
	$succeeds->('up', $_) foreach 2, 3;
	query('CREATE TABLE shop_order (payment_id text REFERENCES paysession.payment)');
	$is_refused->(3, qr/shop_order/);
	query('DROP TABLE shop_order');
	$succeeds->('down', $_) foreach 3, 2, 1;
	$succeeds->('up', $_) foreach 1 .. 3;

	# one that is used does not
	$ENV{PGDATABASE} = "used_$name";
	$node->safe_psql('postgres', qq{CREATE DATABASE "$ENV{PGDATABASE}"});
	$succeeds->('up', $_) foreach 1, 2;
	query(q{SET ROLE shop; SELECT paysession.ps_create('cart', 'stripe', 5399, currency_code => 'eur')});
	# the update brings back what the application may
	query('REVOKE SELECT ON paysession.payment FROM shop');
	$succeeds->('up', 3);
	$is_refused->(3, qr/is in use.*paysession\.cart, paysession\.payment_session/s);
	is(query('SELECT amount FROM paysession.payment_session'), '5399', 'with its rows');
}

# What psql need not run is what it would have run.
sub write_grants
{
	foreach my $file ("grants-$version.sql", "grants-$next.sql")
	{
		my ($grants, $stderr) = run_command([ "$top/grants", $ENV{PGDATABASE}, 'app=shop' ]);
		is($stderr, '', "$file is written");
		write_file("$top/node-pg-migrate/$file", $grants);
	}
	return;
}

# The printed grants are all of them, and printing them grants nothing.
{
	local $ENV{PGDATABASE} = 'grants';
	$node->safe_psql('postgres', 'CREATE DATABASE grants');
	query('CREATE EXTENSION paysession');
	my $privileges = q{SELECT c.oid::regclass::text, relacl::text FROM pg_class c WHERE relnamespace = 'paysession'::regnamespace
		UNION ALL SELECT p.oid::regprocedure::text, proacl::text FROM pg_proc p WHERE pronamespace = 'paysession'::regnamespace
		UNION ALL SELECT t.oid::regtype::text, typacl::text FROM pg_type t WHERE typnamespace = 'paysession'::regnamespace
		UNION ALL SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname = 'paysession' ORDER BY 1, 2};
	my $before = query($privileges);
	my ($grants, $stderr) = run_command([ "$top/grants", 'grants', 'app=shop', 'reader=bi' ]);
	is($stderr, '', 'the grants are printed');
	is(query($privileges), $before, 'and nothing is granted');
	query($grants);
	my $printed = query($privileges);
	query('DROP EXTENSION paysession; CREATE EXTENSION paysession');
	$node->command_ok([ @psql, "$extension/paysession_grants.sql", '-v', 'reader=bi' ], 'psql grants them');
	is($printed, query($privileges), 'which are the same');
}

$node->stop;
done_testing();
