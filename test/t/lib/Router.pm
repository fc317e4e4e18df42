# A router database in front of shards, all in databases of servers of a test.

package Router;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use File::Basename;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(has_plproxy skip_without_plproxy create_shard create_router);

sub has_plproxy
{
	my ($node) = @_;

	return -f $node->config_data('--sharedir') . '/extension/plproxy.control';
}

sub skip_without_plproxy
{
	my ($node) = @_;

	plan skip_all => 'no postgresql-15-plproxy' unless has_plproxy($node);
	return;
}

# Returns the connection string of a new database with the extension.
sub create_shard
{
	my ($node, $db) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION paysession');
	return 'host=' . $node->host . ' port=' . $node->port . " dbname=$db";
}

# Makes a router database in which everybody is on the shards who they are
# here.  Shards are given as scripts/router-server takes them.
sub create_router
{
	my ($node, $db, @shards) = @_;
	my ($server, $stderr) = run_command([ 'scripts/router-server', @shards ]);

	$stderr eq '' or die $stderr;
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, "CREATE EXTENSION plproxy; $server; CREATE USER MAPPING FOR PUBLIC SERVER paysession");
	$node->safe_psql($db, slurp_file($node->config_data('--sharedir') . '/extension/paysession_router.sql'));
	return;
}

1;
