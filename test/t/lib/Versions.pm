# A PostgreSQL whose extension folder is its own, for versions of paysession
# that are made up.

package Versions;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(create_node_with_folder write_file);

# Returns a node, not yet initialized, and its extension folder.  A server finds
# its files relative to its program, and that beside the program that starts it.
sub create_node_with_folder
{
	my ($bin, $lib, $share) = map { qx(pg_config --$_) =~ s/\n//r } qw(bindir pkglibdir sharedir);
	my $root = PostgreSQL::Test::Utils::tempdir();
	my $extension = "$root$share/extension";

	system_or_bail('mkdir', '-p', map { "$root$_" } $bin, $lib, $share);
	system_or_bail('cp', '-Rs', "$bin/.", "$root$bin");
	system_or_bail('cp', '-Rs', "$lib/.", "$root$lib");
	system_or_bail('cp', '-Rs', "$share/.", "$root$share");
	system_or_bail('cp', '--remove-destination', (glob "$bin/{postgres,initdb,pg_ctl}*"), "$root$bin");
	system_or_bail('cp', '-L', '--remove-destination', (glob "$share/extension/paysession*"), $extension);
	return (PostgreSQL::Test::Cluster->new('main', install_path => "$root$bin" =~ s{/bin$}{}r), $extension);
}

sub write_file
{
	my ($file, $content) = @_;

	unlink $file;
	append_to_file($file, $content);
	return;
}

1;
