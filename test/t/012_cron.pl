# pg_cron does what is to be done from time to time.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
	shared_preload_libraries = 'pg_cron'
	cron.database_name = 'postgres'
	cron.use_background_workers = on});
$node->start;

# pg_cron 1.4 knows no seconds, but the server's next start.
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION pg_cron;
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider('card', session_ttl => '2 seconds');
	SELECT paysession.ps_put_provider('bank');
	SELECT paysession.ps_create('first', 'card', 100, currency_code => 'eur');
	SELECT paysession.ps_create('second', 'bank', 100, currency_code => 'eur');
	SELECT paysession.ps_begin(id, '1 millisecond') FROM paysession.ps_list();
	CREATE TABLE stuck (provider_id text);
	SELECT cron.schedule('expire', '@reboot', 'SELECT paysession.ps_expire()');
	SELECT cron.schedule('stuck', '@reboot', $$INSERT INTO stuck SELECT provider_id FROM paysession.ps_stuck('1 second')$$);
	SELECT cron.schedule('purge', '@reboot', $$SELECT paysession.ps_purge(now() - interval '90 days')$$)});
$node->poll_query_until('postgres', 'SELECT max(expires_at) < clock_timestamp() FROM paysession.payment_session')
  or die 'time stands still';
is($node->safe_psql('postgres', 'SELECT DISTINCT status FROM paysession.payment_session'),
	'pending', 'nothing happens by itself');

$node->restart;
ok( $node->poll_query_until(
		'postgres', q{SELECT count(*) = 3 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')}),
	'the jobs have run');
is($node->safe_psql('postgres', 'SELECT status, count(*) FROM cron.job_run_details GROUP BY status'),
	'succeeded|3', 'and have succeeded');
is( $node->safe_psql('postgres', 'SELECT provider_id, status, status_reason FROM paysession.payment_session ORDER BY provider_id'),
	"bank|pending|\ncard|canceled|expired", 'a session has expired');
is($node->safe_psql('postgres', q{SELECT count(*) FROM stuck WHERE provider_id = 'bank'}), '1', 'an operation is listed as stuck');

$node->stop;
done_testing();
