# On a standby what reads works, and whatever writes says that it cannot.

use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->backup('base');

# What happens from now on, all of it, comes by the stream.
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
create_shop($primary, 'postgres');
$primary->wait_for_catchup($standby);

my $query = rows_query($primary, 'postgres', same_cluster => 1);
same_lines($standby->safe_psql('postgres', $query), $primary->safe_psql('postgres', $query), 'tables and views are the same');

my %reads = (
	ps_get => q{SELECT paysession.ps_get(id, '{details,cart,payment,operations}') FROM paysession.payment_session ORDER BY id},
	ps_get_collection => q{SELECT paysession.ps_get_collection(id, '{sessions,payments}') FROM paysession.payment_collection ORDER BY id},
	ps_list    => 'SELECT * FROM paysession.ps_list(max_rows => 1000)',
	ps_history => 'SELECT h.* FROM paysession.payment_session s, paysession.ps_history(s.id) h ORDER BY h.id',
	ps_events  => 'SELECT * FROM paysession.ps_events(max_rows => 1000000)',
	ps_stuck   => q{SELECT * FROM paysession.ps_stuck('0')},
	ps_transitions => 'SELECT * FROM paysession.ps_transitions()',
	ps_check   => 'SELECT count(*), min(detail) FROM paysession.ps_check()',
	ps_id_time => 'SELECT paysession.ps_id_time(id) FROM paysession.payment_session WHERE length(id) = 29 ORDER BY id',
	ps_route   => 'SELECT paysession.ps_route(id) FROM paysession.payment_session ORDER BY id',
	ps_owned_routes => q{SELECT coalesce(paysession.ps_owned_routes(), '{[0,32768)}')});
is( join("\n", sort keys %reads),
	$primary->safe_psql(
		'postgres', q{
		SELECT proname FROM pg_proc
		WHERE pronamespace = 'paysession'::regnamespace AND provolatile <> 'v' AND prorettype <> 'trigger'::regtype
		ORDER BY proname COLLATE "C"}),
	'each function that reads is asked');
foreach my $function (sort keys %reads)
{
	my $answer = $primary->safe_psql('postgres', $reads{$function});

	isnt($answer, '', "$function: the primary answers");
	same_lines($standby->safe_psql('postgres', $reads{$function}), $answer, "$function: the standby answers the same");
}
like($standby->safe_psql('postgres', "SELECT paysession.ps_new_id('ps')"), qr/^ps_/, 'it makes ids');

# Who reads the history there is shown nothing that a transaction which still
# runs on the primary could come in behind.
my ($cursor) = $standby->safe_psql('postgres', 'SELECT cursor FROM paysession.ps_events(max_rows => 1000000)') =~ /(\S+)\z/;
my $read = "SELECT session_id FROM paysession.ps_events('$cursor')";
my $slow = $primary->background_psql('postgres');
$slow->query_safe(q{BEGIN; INSERT INTO paysession.payment_session (id, provider_id) VALUES ('slow', 'card')});
$primary->safe_psql('postgres', q{INSERT INTO paysession.payment_session (id, provider_id) VALUES ('fast', 'card')});
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', q{SELECT id FROM paysession.payment_session WHERE id IN ('slow', 'fast')}),
	'fast', 'what is committed is there');
is($standby->safe_psql('postgres', $read), '', 'and not shown yet by ps_events');
$slow->query_safe('COMMIT');
$slow->quit;
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $read), "slow\nfast", 'in the order of their transactions');

# Every function that may write, called with something that fits its types.
my @writing = split /\n/, $primary->safe_psql(
	'postgres', q{
	SELECT format('%s(%s)', oid::regproc,
		(SELECT string_agg(format('%L::%s',
			CASE type WHEN 'jsonb'::regtype THEN '{"id": "x"}' WHEN 'text[]'::regtype THEN '{x}'
				WHEN 'bigint'::regtype THEN '1' WHEN 'integer'::regtype THEN '1' WHEN 'boolean'::regtype THEN 'true'
				WHEN 'interval'::regtype THEN '1 day' WHEN 'timestamptz'::regtype THEN 'now' WHEN 'int4multirange'::regtype THEN '{}' ELSE 'x' END,
			type::regtype), ', ' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY AS arg (type, n)))
	FROM pg_proc
	WHERE pronamespace = 'paysession'::regnamespace AND provolatile = 'v'
		AND prorettype <> 'trigger'::regtype AND proname <> 'ps_new_id'
	ORDER BY proname});
cmp_ok(scalar(@writing), '>=', 14, 'there are functions that write');
foreach my $call (@writing)
{
	my ($name) = $call =~ /(ps_\w+)/;
	my ($stdout, $stderr);

	$standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT $call", stdout => \$stdout, stderr => \$stderr);
	like($stderr, qr/ERROR:  25006: cannot execute $name\(\) in a read-only transaction/, "$name is refused");
}

# As plain SQL is.
foreach my $table (
	split /\n/,
	$primary->safe_psql('postgres',
		"SELECT oid::regclass FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'"))
{
	my ($stdout, $stderr);

	$standby->psql('postgres', "\\set VERBOSITY sqlstate\nDELETE FROM $table", stdout => \$stdout, stderr => \$stderr);
	like($stderr, qr/ERROR:  25006/, "$table: a write is refused");
}

$standby->stop;
$primary->stop;
done_testing();
