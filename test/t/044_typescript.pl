# The types and functions of clients/typescript are the extension's, and the
# package has its version.  What they do, "make check-typescript" tests.

use strict;
use warnings FATAL => 'all';

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION paysession');
$node->command_ok([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', "folder=$folder", '-f', 'scripts/typescript.sql' ], 'they are written');
foreach my $file (qw(rows.ts functions.ts))
{
	ok(slurp_file("clients/typescript/src/$file") eq slurp_file("$folder/$file"), "$file is what \"make typescript\" writes")
	  or diag(scalar qx(diff clients/typescript/src/$file $folder/$file));
}

# A type that nobody has thought of is not passed over.
$node->safe_psql('postgres', "CREATE FUNCTION paysession.ps_made_up(p point) RETURNS int LANGUAGE sql AS 'SELECT 1'");
$node->command_fails_like([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', "folder=$folder", '-f', 'scripts/typescript.sql' ],
	qr/what is paysession\.ps_made_up\.p in TypeScript\?/, 'what is of an unknown type is named');

my ($version) = slurp_file('paysession.control') =~ /^default_version = '(.*)'$/m;
is(decode_json(slurp_file("clients/typescript/$_"))->{version}, $version, "$_ has the extension's version") foreach qw(package.json package-lock.json);

done_testing();
