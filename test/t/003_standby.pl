# On a standby what reads works, and whatever writes says that it cannot.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider('card');
	SELECT paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "subtotal": 100}');
	SELECT paysession.ps_create('cart', 'card');
	SELECT paysession.ps_create('late', 'card', 100, id => 'ps_late', currency_code => 'eur');
	SELECT paysession.ps_begin('ps_late', '1 millisecond')});
$primary->backup('base');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# What happens from now on comes by the stream.
$primary->safe_psql('postgres', q{SELECT paysession.ps_receive('card', 'evt_1', 'authorized', id) FROM paysession.ps_list('cart')});
$primary->wait_for_catchup($standby);

my $id = $primary->safe_psql('postgres', q{SELECT id FROM paysession.ps_list('cart')});

foreach my $query (
	'SELECT * FROM paysession.ps_list()',
	"SELECT * FROM paysession.ps_list('cart')",
	"SELECT * FROM paysession.ps_history('$id')",
	"SELECT paysession.ps_get('$id', '{cart}')",
	'SELECT * FROM paysession.ps_events()',
	"SELECT * FROM paysession.ps_stuck('0')",
	'SELECT * FROM paysession.provider_event',
	'SELECT * FROM paysession.ps_transitions()',
	"SELECT paysession.ps_id_time('$id'), paysession.ps_route('$id')")
{
	my $answer = $primary->safe_psql('postgres', $query);

	isnt($answer, '', "the primary answers $query");
	is($standby->safe_psql('postgres', $query), $answer, 'the standby answers the same');
}
like($standby->safe_psql('postgres', "SELECT paysession.ps_new_id('ps')"), qr/^ps_/, 'it makes ids');

# Every function that may write, called with something that fits its types.
my @writing = split /\n/, $primary->safe_psql(
	'postgres', q{
	SELECT format('%s(%s)', oid::regproc,
		(SELECT string_agg(format('%L::%s',
			CASE type WHEN 'jsonb'::regtype THEN '{"id": "x"}' WHEN 'text[]'::regtype THEN '{x}'
				WHEN 'bigint'::regtype THEN '1' WHEN 'integer'::regtype THEN '1' WHEN 'boolean'::regtype THEN 'true'
				WHEN 'interval'::regtype THEN '1 day' WHEN 'timestamptz'::regtype THEN 'now' ELSE 'x' END,
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

$standby->stop;
$primary->stop;
done_testing();
