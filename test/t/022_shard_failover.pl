# The primary of a shard dies under load, and its synchronous standby takes
# over: who calls through the router, and calls again, finds what he was told.

use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Customers;
use Router;
use Shop;

my ($primary, $other) = map { PostgreSQL::Test::Cluster->new($_) } qw(primary other);
my $standby = PostgreSQL::Test::Cluster->new('standby');

skip_without_plproxy($primary);
$primary->init(allows_streaming => 1);
$other->init;
$_->start foreach $primary, $other;
my %routes = (primary => '{[0,16384)}', other => '{[16384,32768)}');
foreach ($primary, $other)
{
	create_shard($_, 'shop');
	$_->safe_psql(
		'shop', qq{
		SELECT paysession.ps_put_provider('card', capture_method => 'manual_multiple');
		SELECT paysession.ps_own_routes('$routes{$_->name}')});
}

$primary->backup('base');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->append_conf('postgresql.conf', "synchronous_standby_names = '*'");
$primary->reload;
$primary->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'})
  or die 'no synchronous standby';

# As doc/scale.md says
my $pair = sprintf 'host=%s,%s port=%d,%d dbname=shop target_session_attrs=read-write',
  map({ $_->host } $primary, $standby), map({ $_->port } $primary, $standby);
create_router($other, 'router', "0-511=$pair", '512-1023=' . $other->connstr('shop'));

start_customer("customer_$_", $other->connstr('router'), qw(57P01 XX000)) foreach 1 .. 4;
shop_on();
$primary->kill9;
$standby->promote;
shop_on();
stop_customers();
is_told_truly('shop', $standby, $other);
is_healthy($_, 'shop', $_->name) foreach $standby, $other;

$_->stop foreach $standby, $other;
done_testing();
