# doc/cookbook.md: every query runs on the demo's data, as the role that it is
# for, and answers what stands below it.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# A day begins far from now, so that the data is of one.
$ENV{PGTZ} = sprintf '<shop>%+d', (gmtime)[2] - 12;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION paysession; CREATE ROLE reader LOGIN; CREATE ROLE auditor LOGIN');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), map { ('-f', $_) }
		glob 'examples/demo/[1-7]_*.sql' ], 'the demo');
$node->command_ok([ 'psql', '-Xq', '-d', $node->connstr('postgres'), '-v', 'reader=reader', '-v', 'auditor=auditor', '-f',
		$node->config_data('--sharedir') . '/extension/paysession_grants.sql' ], 'its readers');

sub ask
{
	my ($role, $sql) = @_;
	local $ENV{PGOPTIONS} = '-c search_path=paysession';
	my ($out, $err) = run_command([ 'psql', '-Xq', '-U', $role, '-d', $node->connstr('postgres'), '-c', $sql ]);
	return ($out, $err);
}

# As it is compared: columns are as wide as what stands in them.
sub narrow
{
	my ($table) = @_;
	$table =~ s/-+/-/g;
	$table =~ s/ +/ /g;
	$table =~ s/ $//mg;
	return $table =~ s/\n*\z//r;
}

my (%answer, $questions);
my $cookbook = slurp_file('doc/cookbook.md');
foreach my $entry (split /^### /m, $cookbook =~ s/\A.*?(?=^### )//msr)
{
	next if $entry eq '';
	my ($question) = $entry =~ /^(.*)/;
	my ($sql, $text) = $entry =~ /^```sql\n(.*?)^```\n\n```text\n(.*?)^```$/ms;
	next unless ok(defined $text, "$question: a query and its answer");
	my $role = $sql =~ /^-- as an auditor\n/ ? 'auditor' : 'reader';
	my ($out, $err) = ask($role, $sql);
	my $expected = join '[^|\n]+', map { quotemeta } split /…/, narrow($text), -1;

	is($err, '', "$question: is answered to a $role");
	like(narrow($out), qr/\A$expected\z/, "$question: that answer");
	$answer{$question} = $out;
	$questions++;
	like((ask('reader', $sql))[1], qr/permission denied/, "$question: for an auditor only") if $role eq 'auditor';
}
cmp_ok($questions, '>=', 20, 'twenty questions at least');

# Two of them foretell what a worker will do.
my @expired = $answer{'What would ps_expire do now?'} =~ /(ps_[0-9A-Z]{26})/g;
is($node->safe_psql('postgres', 'BEGIN; SELECT id FROM paysession.ps_expire(); ROLLBACK'), join("\n", @expired), 'ps_expire does that');
my ($purgeable) = $answer{'What can ps_purge drop?'} =~ /^ +(\d+) \|/m;
is( $node->safe_psql(
		'postgres', q{
		BEGIN;
		SELECT FROM paysession.ps_purge('infinity', 1000000);
		SELECT count(*) FROM paysession.payment_session;
		ROLLBACK;
		SELECT count(*) FROM paysession.payment_session}) =~ s/^\n*(\d+)\n(\d+)$/$2 - $1/er,
	$purgeable, 'ps_purge drops that many');

done_testing();
