# pg_upgrade brings over everything, the transactions that events bear
# included: the checkout goes on, and so does who reads the history.

use strict;
use warnings FATAL => 'all';

use Cwd;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $old = PostgreSQL::Test::Cluster->new('old');
$old->init;
# A cluster whose transaction ids have gone round.
system_or_bail('pg_resetwal', '-e', '3', $old->data_dir);
$old->start;
create_shop($old, 'shop');
$old->safe_psql(
	'shop', q{
	CREATE ROLE app;
	GRANT USAGE ON SCHEMA paysession TO app;
	GRANT SELECT (id, status), UPDATE ON paysession.payment_session TO app;
	GRANT EXECUTE ON FUNCTION paysession.ps_select(text) TO app;
	CREATE INDEX recently ON paysession.payment_session (updated_at);
	CREATE TABLE outbox (LIKE paysession.payment_session_event);
	CREATE FUNCTION publish() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO outbox VALUES (NEW.*); RETURN NULL; END $$;
	CREATE TRIGGER publish AFTER INSERT ON paysession.payment_session_event FOR EACH ROW EXECUTE FUNCTION publish()});

my $events = 'SELECT * FROM paysession.ps_events(NULL, 1000000)';
my $query = rows_query($old, 'shop', same_cluster => 1);
my ($rows, $history) = map { $old->safe_psql('shop', $_) } $query, $events;
my ($cursor, $txid) = $history =~ /^((\d+)\.\d+)[^\n]*\z/m;
cmp_ok($txid, '>', 3 * 2**32, 'transaction ids have an epoch');

# pg_upgrade writes the conditions anew, from what pg_dump shows of them, with
# fewer parentheses.
sub definition_of_copy
{
	my $node = shift;

	$node->safe_psql('postgres', 'CREATE DATABASE model TEMPLATE shop');
	my $definition = definition($node, 'model');
	$node->safe_psql('postgres', 'DROP DATABASE model');
	return $definition =~ tr/()//dr;
}

my $definition = definition_of_copy($old);
$old->stop;

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init;
my $bindir = $new->config_data('--bindir');
my $tree = getcwd;
chdir PostgreSQL::Test::Utils::tempdir();
command_ok(
	[
		'pg_upgrade', '--link', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $bindir, '-B', $bindir,
		'-s', $new->host, '-p', $old->port, '-P', $new->port
	],
	'upgraded');
chdir $tree;

$new->start;
same_lines($new->safe_psql('shop', $query), $rows, 'the same rows');
same_lines(definition_of_copy($new), $definition, 'the same definitions and privileges, the own index and trigger included');
same_lines($new->safe_psql('shop', $events), $history, 'the same history, cursors included');
shop_goes_on($new, 'shop', 'upgraded');
is( $new->safe_psql('shop', "SELECT id, from_status, to_status FROM paysession.ps_events('$cursor')"),
	$new->safe_psql('shop', 'SELECT id, from_status, to_status FROM outbox ORDER BY txid, id'),
	'who reads the history gets what is new');
$new->command_ok([ 'vacuumdb', '--all', '--freeze', '--analyze' ], 'vacuumed');
$new->command_ok([ 'pg_amcheck', '--all', '--install-missing', '--heapallindexed', '--parent-check' ], 'tables and indexes are sound');
is_healthy($new, 'shop', 'vacuumed');

$new->stop;
done_testing();
