# paysession_grants.sql, as it is installed, from the command line: whatever
# the roles are called, once and again, and with mistakes.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION paysession; CREATE ROLE clerk LOGIN');
my $script = $node->config_data('--sharedir') . '/extension/paysession_grants.sql';

my %roles = (
	app => q{o'brien's "shop"; DROP SCHEMA paysession CASCADE; --},
	reader => q{B:I \ %s $1},
	auditor => "Pr\xc3\xbcfer");
foreach my $role (values %roles)
{
	$node->safe_psql('postgres', 'CREATE ROLE "' . $role =~ s/"/""/gr . '" LOGIN');
}

sub grant
{
	my %to = @_;

	return 'psql', '-Xq', '-d', 'postgres', (map { ('-v', "$_=$to{$_}") } sort keys %to), '-f', $script;
}

# Who but the owner has what.
sub granted
{
	return $node->safe_psql(
		'postgres', q{
		SELECT grantee::regrole, count(*) FILTER (WHERE privilege_type = 'EXECUTE'),
			count(*) FILTER (WHERE privilege_type = 'SELECT'), count(*)
		FROM (SELECT proowner, proacl FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace
			UNION ALL SELECT relowner, relacl FROM pg_class WHERE relnamespace = 'paysession'::regnamespace
			UNION ALL SELECT typowner, typacl FROM pg_type WHERE typnamespace = 'paysession'::regnamespace
			UNION ALL SELECT nspowner, nspacl FROM pg_namespace WHERE nspname = 'paysession') AS o (owner, acl), aclexplode(acl)
		WHERE grantee <> owner GROUP BY 1 ORDER BY 1});
}

my $nothing = granted();
is($nothing, '', 'nothing is granted to begin with');
$node->command_ok([ grant() ], 'nobody is named');
foreach my $nobody ('public', 'shp', '')
{
	foreach (sort keys %roles)
	{
		$node->command_checks_all([ grant($_ => $nobody) ],
			3, [qr/^$/], [qr/role "$nobody" does not exist/], "$_: no role \"$nobody\"");
	}
}
{
	local $ENV{PGUSER} = 'clerk';
	$node->command_checks_all([ grant(app => 'clerk') ],
		3, [qr/^$/], [qr/permission denied for schema paysession/], 'by somebody else');
}
is(granted(), $nothing, 'nothing has been granted');

foreach (sort keys %roles)
{
	my $before = granted();

	$node->command_ok([ grant($_ => $roles{$_}) ], "$_: $roles{$_}");
	my $after = granted();
	is($after =~ tr/\n//, $before eq '' ? 0 : 1 + $before =~ tr/\n//, 'one role more has something');
	$node->command_ok([ grant($_ => $roles{$_}) ], 'once more');
	is(granted(), $after, 'nothing changes');
}
$node->safe_psql('postgres', 'GRANT INSERT, UPDATE ON paysession.cart TO clerk');
my $more = granted();
$node->command_ok([ grant(%roles) ], 'all at once');
is(granted(), $more, 'nothing is taken away');

# They can do what they are for, and not what another one is for.
my $app = q{SELECT subtotal FROM paysession.ps_put_cart('{"id": "cart", "subtotal": 5}')};
my $reader = 'SELECT subtotal FROM paysession.cart';
my $auditor = 'SELECT count(*) FROM paysession.ps_check()';
my %can = (app => "5\n5\n", reader => "5\n", auditor => "5\n0\n");
foreach (sort keys %roles)
{
	my ($stdout, $stderr);

	$node->psql('postgres', "\\set VERBOSITY sqlstate\n$app; $reader; $auditor",
		stdout => \$stdout, stderr => \$stderr, on_error_stop => 0, extra_params => [ '-U', $roles{$_} ]);
	is("$stdout\n", $can{$_}, "$_: what it can do");
	is(() = $stderr =~ /ERROR:  42501/g, 3 - $can{$_} =~ tr/\n//, "$_: and what it cannot");
}

$node->stop;
done_testing();
