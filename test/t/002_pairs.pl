# The specs of pairs are those that the table of verbs leads to, and that has
# every function which meets others.

use strict;
use warnings;

use File::Basename;
use PostgreSQL::Test::Utils;
use Test::More;

# The specs in a folder, by name.
sub specs
{
	return map { basename($_) => slurp_file($_) } glob shift() . '/*.spec';
}

my $folder = PostgreSQL::Test::Utils::tempdir();
system_or_bail($^X, 'test/pairs/write', $folder);
my %written = specs($folder);
my %there = specs('test/pairs/specs');
is_deeply([ sort keys %there ], [ sort keys %written ], 'the specs are there, and no others: make pairs');
is_deeply([ grep { $written{$_} ne ($there{$_} // '') } sort keys %written ], [], 'they are up to date: make pairs');

# What makes something new, or is about something else, meets nothing here.
my %alone = map { $_ => 1 } qw(ps_put_provider ps_put_sales_channel ps_own_routes ps_create_collection ps_resolve
  ps_idempotency_begin ps_idempotency_advance ps_idempotency_finish ps_new_id);
my $table = slurp_file('test/pairs/verbs.tbl');
my @missing;
foreach my $chapter (glob 'sql/[0-9]*.sql')
{
	my @writing = slurp_file($chapter) =~ /^CREATE FUNCTION paysession\.(ps_\w+)\([^;]*? VOLATILE /mg;
	push @missing, grep { !$alone{$_} && $table !~ /\b$_\(/ } @writing;
}
is_deeply(\@missing, [], 'every function that writes is in the table');

done_testing();
