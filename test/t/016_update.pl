# An extension that was updated is the one that is freshly installed: same
# objects, in the same order of columns, with the same privileges, comments and
# settings, nothing more.  Its rows are as they were.

use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;
use Versions;

my ($version) = slurp_file('paysession.control') =~ /^default_version = '(.*)'$/m;
my @released = grep { !/--/ } map { m{^sql/paysession--(.*)\.sql$} } glob 'sql/paysession--*.sql';
my @changes = grep { $_ ne $version } slurp_file('CHANGELOG.md') =~ /^## (\S+)/mg;
is_deeply([ sort @released ], [ sort @changes ], 'the install script of each version before this one is kept');

my ($node, $extension) = create_node_with_folder();
$node->init;
$node->start;

# What the extension is when it has been made so.
sub made_by
{
	$node->safe_psql('postgres', shift);
	my $definition = definition($node, 'postgres');
	$node->safe_psql('postgres', 'DROP EXTENSION paysession; DROP SCHEMA paysession CASCADE');
	return $definition;
}
my $install = 'CREATE EXTENSION paysession';

sub update
{
	my $from = shift;

	return "$install VERSION '$from'; ALTER EXTENSION paysession UPDATE";
}

# From a shop in a database that has the version's name.
sub update_is_right
{
	my $from = shift;
	my $query = rows_query($node, $from);
	my $rows = $node->safe_psql($from, $query);

	same_lines(made_by(update($from)), made_by($install), "from $from: updated is as installed");
	$node->safe_psql('postgres', 'CREATE DATABASE restored');
	run_log([ 'pg_dump', '-d', $node->connstr($from) ], '|', [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored') ])
	  or die 'not restored';
	same_lines($node->safe_psql('restored', $query), $rows, "from $from: a dump restores to the same rows");
	$node->safe_psql('postgres', 'DROP DATABASE restored');
	$node->safe_psql($from, 'ALTER EXTENSION paysession UPDATE');
	same_lines($node->safe_psql($from, $query), $rows, "from $from: an update leaves the same rows");
	shop_goes_on($node, $from, "from $from");
	return;
}

foreach my $from (@released)
{
	create_shop($node, $from, version => $from);
	update_is_right($from);
}

# A version that is made up, to see that what an update gets wrong is seen.
my $made_up = <<'END';
CREATE TABLE paysession.made_up (id text COLLATE "C" NOT NULL, CONSTRAINT made_up_pkey PRIMARY KEY (id)) WITH (fillfactor = 90);
COMMENT ON TABLE paysession.made_up IS 'made up';
ALTER TABLE paysession.made_up ADD COLUMN colour text COLLATE "C";
ALTER TABLE paysession.made_up ADD COLUMN shape text DEFAULT 'round';
COMMENT ON COLUMN paysession.made_up.colour IS 'made up';
COMMENT ON COLUMN paysession.made_up.shape IS 'made up';
ALTER TABLE paysession.payment_session ADD CONSTRAINT made_up CHECK (status_reason <> '');
CREATE INDEX made_up_idx ON paysession.payment_session (created_at);
SELECT pg_catalog.pg_extension_config_dump('paysession.made_up', '');
CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON paysession.made_up EXECUTE FUNCTION paysession.refuse_truncate();
ALTER TABLE paysession.made_up ENABLE ALWAYS TRIGGER zz_truncate;
CREATE FUNCTION paysession.ps_made_up() RETURNS SETOF record LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'paysession_transitions';
COMMENT ON FUNCTION paysession.ps_made_up() IS 'made up';
REVOKE ALL ON FUNCTION paysession.ps_made_up() FROM PUBLIC;
END
my %mistakes = (
	'a column'                      => sub { s/^.*colour.*\n//mg },
	'where a column stands'         => sub { s/^(.*ADD COLUMN colour.*\n)(.*ADD COLUMN shape.*\n)/$2$1/m },
	'a constraint'                  => sub { s/^.* ADD CONSTRAINT .*\n//m },
	"a column's comment"            => sub { s/^COMMENT ON COLUMN .*\n//m },
	"a table's comment"             => sub { s/^COMMENT ON TABLE .*\n//m },
	'an index'                      => sub { s/^CREATE INDEX .*\n//m },
	'to have rows dumped'           => sub { s/^SELECT .*\n//m },
	'a trigger'                     => sub { s/^.*zz_truncate.*\n//mg },
	'what a trigger is enabled for' => sub { s/^.* ENABLE ALWAYS .*\n//m },
	"a function's comment"          => sub { s/^COMMENT ON FUNCTION .*\n//m },
	'a privilege of PUBLIC'         => sub { s/^REVOKE .*\n//m },
	'to take something away'        => sub { $_ .= "CREATE SEQUENCE paysession.left_over;\n" });

create_shop($node, $version, version => $version);
write_file("$extension/paysession.control", slurp_file("$extension/paysession.control") =~ s/^(default_version = ).*/$1'next'/mr);
write_file("$extension/paysession--next.sql", slurp_file("$extension/paysession--$version.sql") . $made_up);

my $script = "$extension/paysession--$version--next.sql";
my $installed = made_by($install);
foreach my $mistake (sort keys %mistakes)
{
	local $_ = $made_up;
	$mistakes{$mistake}->();
	isnt($_, $made_up, "an update that forgets $mistake");
	write_file($script, $_);
	isnt(made_by(update($version)), $installed, 'is seen');
}
write_file($script, $made_up);
update_is_right($version);

$node->stop;
done_testing();
