# The picture in doc/, and the models, are of the graph that the functions know.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('diagram');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION paysession');

is($node->safe_psql('postgres', slurp_file('scripts/diagram.sql')) . "\n",
	slurp_file('doc/status.dot'), 'doc/status.dot is up to date: make diagram');
is($node->safe_psql('postgres', slurp_file('scripts/graph.sql')) . "\n",
	slurp_file('test/model/graph.pml'), 'test/model/graph.pml is up to date: make diagram');

done_testing();
