# The tree agrees with itself.

use strict;
use warnings;

use File::Basename;
use File::Find;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my ($version) = slurp_file('paysession.control') =~ /^default_version = '(.*)'$/m;
like($version, qr/^\d+\.\d+\.\d+$/, 'the control file has a version of three numbers');

my $meta = decode_json(slurp_file('META.json'));
is($meta->{version}, $version, 'META.json has it');
is($meta->{provides}{paysession}{version}, $version, 'and provides it');
ok(-f $meta->{provides}{paysession}{$_}, "META.json's $_ is there") foreach qw(file docfile);

# Each goal of make is told once.
my ($goals) = slurp_file('Makefile') =~ /^OWN_GOALS = ((?:.*\\\n)*.*)/m;
my @told = map { /`make ([a-z0-9-]+)/g } slurp_file('CONTRIBUTING.md') =~ /^\| (`make.*?) \|/mg;
is_deeply([ sort @told ], [ sort qw(install installcheck clean), grep { $_ ne '\\' } split ' ', $goals ],
	'CONTRIBUTING.md tells each goal of make once');

my ($latest) = slurp_file('CHANGELOG.md') =~ /^## (\S+)/m;
is($latest, $version, 'CHANGELOG.md begins with it');

my $built = quotemeta "/paysession--$version.sql";
like(slurp_file('.gitignore'), qr/^$built$/m, '.gitignore knows the script that is built');

# Each promise has its expected output, and none is left of a test that went.
my %folders = (
	'test/sql/*.sql' => 'expected',
	'test/isolation/specs/*.spec' => 'test/isolation/expected',
	'test/pairs/specs/*.spec' => 'test/pairs/expected');
foreach my $tests (sort keys %folders)
{
	my @tests = map { basename($_) =~ s/\.\w+$//r } glob $tests;
	my @expected = map { basename($_) =~ s/(_\d)?\.out$//r } glob "$folders{$tests}/*.out";
	my %seen;
	is_deeply([ grep { !$seen{$_}++ } sort @expected ], [ sort @tests ], "$tests and $folders{$tests}");
}

my @long;
my @ragged;
find(
	{
		no_chdir => 1,
		wanted => sub {
			my $file = $_;
			return if !-T $file || $file =~ m{/node_modules/|/package-lock\.json$|/paysession--|\.(out|jsonl|svg|tsv)$};
			my @lines = split /\n/, slurp_file($file);
			push @long, $file if @lines > 700;
			push @ragged, "$file: $_" foreach grep { /[ \t\r]$/ } @lines;
		}
	},
	glob 'src sql test doc examples clients scripts *.md Makefile');
is_deeply(\@long, [], 'no file has more than 700 lines');
is_deeply(\@ragged, [], 'no line ends in white space');

# What is not run through a router is not forgotten when it gets another name.
my ($left_out) = slurp_file('doc/scale.md') =~ /^<!-- not through the router(.*?)^<!-- .not/ms;
is_deeply([ grep { !-f "test/sql/$_.sql" } $left_out =~ /`(\w+)`/g ], [], 'what make check-router leaves out is there');

# What somebody made beforehand is theirs: it must be in the way, not be used.
my @lenient;
foreach my $file (glob 'sql/[0-9]*.sql')
{
	push @lenient, map { "$file: $_" } slurp_file($file) =~ s/--.*//gr =~ /\b(OR\s+REPLACE|IF\s+NOT\s+EXISTS)\b/gi;
}
is_deeply(\@lenient, [], 'the install script finds nothing there already');

# make indent needs them
my %typedefs = map { $_ => 1 } split /\n/, slurp_file('typedefs.list');
my @unknown;
foreach my $file (glob 'src/*.[ch]')
{
	my $code = slurp_file($file);
	push @unknown, grep { !$typedefs{$_} } $code =~ /^typedef (?:struct|enum|union) (\w+)/mg;
}
is_deeply(\@unknown, [], 'typedefs.list has all types');

# Arrows point downwards: take away the rooms that call no other, until none is left.
my %calls;
foreach my $file (glob 'src/*.[ch]')
{
	my $room = basename($file) =~ s/\.\w+$//r;
	$calls{$room}{$_} = 1
	  foreach grep { $_ ne $room && -f "src/$_.h" } slurp_file($file) =~ /^#include "(\w+)\.h"/mg;
	$calls{$room} //= {};
}
while (my @lowest = grep { !%{ $calls{$_} } } keys %calls)
{
	delete @calls{@lowest};
	delete @{$_}{@lowest} foreach values %calls;
}
is_deeply([ sort keys %calls ], [], 'no rooms call each other in a circle');

done_testing();
