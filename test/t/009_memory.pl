# A backend's memory does not grow with the calls that it has served, refused
# ones included.  "make leak" looks closer, and longer.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "log_statement = none\nlog_min_messages = fatal\nautovacuum = off");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider(id) FROM unnest('{a,b}'::text[]) AS id;
	SELECT paysession.ps_create('cart', 'a', id => 'ps_0000000000000000000000000A');
	SELECT paysession.ps_create('cart', 'b', id => 'ps_0000000000000000000000000B');
	INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('collection', 10000, 'eur');
	INSERT INTO paysession.payment_session (id, payment_collection_id, provider_id)
		VALUES ('ps_0000000000000000000000000C', 'collection', 'a'), ('ps_0000000000000000000000000D', 'collection', 'b')});

sub calls
{
	my $n = shift;

	return "\\o /dev/null\n" . join('', map { qq{
		SELECT paysession.ps_update('ps_0000000000000000000000000A', amount => $_, data => '{"n": $_}');
		SELECT paysession.ps_select('ps_0000000000000000000000000A');
		SELECT paysession.ps_select('ps_0000000000000000000000000B');
		SELECT paysession.ps_update('ps_0000000000000000000000000B', data => '{"card": "4111111111111111"}');
		UPDATE paysession.payment_session SET amount = $_ WHERE id = 'ps_0000000000000000000000000B';
		SELECT paysession.ps_set_collection_sessions('collection', jsonb_build_array(
			jsonb_build_object('session_id', 'ps_0000000000000000000000000C', 'amount', $_),
			jsonb_build_object('session_id', 'ps_0000000000000000000000000D', 'amount', 10000 - $_)));
		SELECT paysession.ps_set_collection_sessions('collection', '[]');
		SELECT paysession.ps_fail('ps_0000000000000000000000000C');
		SELECT paysession.ps_fail('ps_0000000000000000000000000D');
		SELECT paysession.ps_retry('ps_0000000000000000000000000C');
		SELECT paysession.ps_get_collection('collection', '{sessions,payments}');
	} } 1 .. $n) . "\\o\n";
}

my $memory = q{
	SELECT (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name IN ('TopMemoryContext', 'CacheMemoryContext')),
		(SELECT sum(total_bytes) FROM pg_backend_memory_contexts), (SELECT count(*) FROM pg_backend_memory_contexts);
};
my ($stdout, $stderr);

$node->psql('postgres', calls(500) . $memory . calls(5000) . $memory,
	stdout => \$stdout, stderr => \$stderr, on_error_stop => 0);
is(() = $stderr =~ /must not contain a card number/g, 5500, 'one call of each round is refused for a card number');
is(() = $stderr =~ /ERROR:/g, 2 * 5500, 'and one for the sum of its amounts');

my ($warm, $after) = split /\n/, $stdout;
is($after, $warm, 'after 5000 more rounds memory is what it was after 500');

# What a sweep returns goes to disk beyond work_mem.
$node->safe_psql(
	'postgres', q{
	INSERT INTO paysession.payment_session (cart_id, provider_id, expires_at, data)
		SELECT 'cart_' || n, 'a', now(), jsonb_build_object('n', (SELECT string_agg(md5(n * i || ''), '') FROM generate_series(1, 48) AS i))
		FROM generate_series(1, 10000) AS n});
my ($swept, $grown) = split /\n/, $node->safe_psql(
	'postgres', q{
	SET work_mem = 64;
	SELECT count(*) FROM paysession.ps_expire(1) \gset
	SELECT substring(pg_read_file('/proc/self/status') FROM 'VmPeak:\s+(\d+)') AS before \gset
	SELECT count(*) FROM paysession.ps_expire(100000);
	SELECT substring(pg_read_file('/proc/self/status') FROM 'VmPeak:\s+(\d+)')::integer - :before});
is($swept, 9999, 'a sweep of 15 MB');
cmp_ok($grown, '<', 4096, 'takes less than 4');

# Invalidations make caches come and go: what is told apart from that is a leak
# of the least that can be allocated.
$node->safe_psql('postgres', 'CREATE DATABASE leak');
$node->safe_psql('leak', 'CREATE EXTENSION paysession');
my @verbs = split /\n/, $node->safe_psql('leak', slurp_file('test/leak/verbs.sql'),
	extra_params => [ '-F', ' ', '-v', 'warm=500', '-v', 'calls=2000', '-v', 'limit=1000000' ]);
is(@verbs, 14, 'the hot verbs are called 2000 times each');
foreach (@verbs)
{
	my ($verb, undef, $bytes) = split;

	cmp_ok($bytes, '<', 24, "$verb leaves nothing for each call");
}

$node->stop;
done_testing();
