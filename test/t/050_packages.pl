# What the packages say of the extension is what it is, and what those who
# distribute them ask for.

use strict;
use warnings;

use IPC::Run ();
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my ($version) = slurp_file('paysession.control') =~ /^default_version = '(.*)'$/m;
my $schema = 'test/packages/pgxn_meta.schema.json';
my $meta = decode_json(slurp_file('META.json'));

# Says of each of the documents whether it is valid, or where it is not.
sub validate
{
	my $file = PostgreSQL::Test::Utils::tempdir() . '/documents';
	my ($verdicts, $error);

	append_to_file($file, join '', map { encode_json($_) . "\n" } @_);
	IPC::Run::run [ 'node', 'test/clients/validate.js', $schema, $file ], '>', \$verdicts, '2>', \$error
	  or die "no verdict; \"npm ci\" in test/clients installs the validator:\n$error";
	return split /\n/, $verdicts;
}

# A copy of META.json with something else at a path; without it if undefined.
sub changed
{
	my ($value, @path) = @_;
	my $copy = decode_json(encode_json($meta));
	my $key = pop @path;
	my $place = $copy;

	$place = $place->{$_} foreach @path;
	if (defined $value) { $place->{$key} = $value }
	else { delete $place->{$key} }
	return $copy;
}

my @broken = (
	(map { [ changed(undef, $_), ' required' ] } qw(abstract license maintainer meta-spec name provides version)),
	(map { [ changed(undef, 'provides', 'paysession', $_), '/provides/paysession required' ] } qw(file version)),
	[ changed('1.0', 'version'), '/version pattern' ],
	[ changed('a b', 'name'), '/name pattern' ],
	[ changed('', 'abstract'), '/abstract minLength' ],
	[ changed('PostgreSQL', 'license'), '/license anyOf' ],
	[ changed([], 'maintainer'), '/maintainer anyOf' ],
	[ changed('ready', 'release_status'), '/release_status enum' ],
	[ changed('2.0.0', 'meta-spec', 'version'), '/meta-spec/version const' ],
	[ changed('15', 'prereqs', 'runtime', 'requires', 'PostgreSQL'), '/prereqs/runtime/requires/PostgreSQL pattern' ],
	[ changed({}, 'prereqs', 'runtime', 'needs'), '/prereqs/runtime propertyNames' ],
	[ changed('/tmp/x', 'provides', 'paysession', 'file'), '/provides/paysession/file pattern' ],
	[ changed('doc/../../x', 'provides', 'paysession', 'docfile'), '/provides/paysession/docfile pattern' ],
	[ changed(['a/b'], 'tags'), '/tags/0 pattern' ],
	[ changed('me', 'author'), ' additionalProperties' ]);
my @verdicts = validate($meta, changed('me', 'x_author'), map { $_->[0] } @broken);
is(shift @verdicts, 'valid', 'META.json is valid');
is(shift @verdicts, 'valid', 'and may have keys of its own');
foreach my $case (@broken)
{
	my $verdict = shift @verdicts;

	ok((grep { $_ eq $case->[1] } split /, /, $verdict), "is refused:$case->[1]") or diag($verdict);
}

# The Debian package
like(slurp_file('debian/changelog'), qr/\Apaysession \(\Q$version\E-\d+\) /, "debian/changelog begins with the control file's version");
is(slurp_file('debian/control.in') =~ s/PGVERSION/15/gr, slurp_file('debian/control'), 'debian/control is what debian/control.in makes of PostgreSQL 15');
my @majors = slurp_file('debian/pgversions') =~ /\d+/g;
my ($built_for) = slurp_file('src/compat.h') =~ /^#error "paysession is built for PostgreSQL (.*)"$/m;
is_deeply([ $built_for =~ /(?<!\.)\b\d\d\b(?!\.)/g ], \@majors, 'debian/pgversions has those that the library is built for');
is(slurp_file('debian/copyright') =~ s/^ \.?//gmr =~ s/\A.*?^License: PostgreSQL\n\nLicense: PostgreSQL\n//msr,
	slurp_file('LICENSE') =~ s/\A.*?\n\n//sr, 'debian/copyright has the licence');

done_testing();
