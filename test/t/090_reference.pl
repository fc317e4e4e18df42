# doc/reference*.md has an entry for everything that there is, and for nothing
# else: functions with their signatures, tables with columns, types, indexes
# and constraints, triggers, settings, the status graph, and every error that
# the code raises, by SQLSTATE, constraint field and message.
use strict;
use warnings;

use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The reference, as a list of sections (##), each with its tables and entries
# (###), each with its tables and the SQL of its first code block.
my $reference = join '', map { slurp_file($_) } glob 'doc/reference*.md';
my (@sections, $section, $entry, $code);
for (split /\n/, $reference)
{
	if (defined $code)
	{
		if (/^```/) { $entry->{sql} //= $code; $code = undef }
		else { $code .= "$_ " }
	}
	elsif (/^```sql/) { $code = '' }
	elsif (/^## (.*)/)
	{
		$entry = $section = { name => $1, entries => [], rows => [] };
		push @sections, $section;
	}
	elsif (/^### (.*)/)
	{
		$entry = { name => $1, section => $section->{name}, rows => [] };
		push @{ $section->{entries} }, $entry;
	}
	elsif (/^\| (.*)\|$/ && $entry)
	{
		my @cells = map { s/^ *| *$//gr } split /\|/, $1, -1;
		push @{ $entry->{rows} }, \@cells;
	}
}

sub section
{
	my ($name) = @_;
	my ($found) = grep { $_->{name} eq $name } @sections;
	return $found // die "the reference has no section \"$name\"";
}

# The rows of a table, without its header, cells joined, code marks removed.
sub rows
{
	my ($entry, @columns) = @_;
	my @rows = @{ $entry->{rows} };
	shift @rows;
	return map { join(' | ', map { s/`//gr } @{$_}[@columns]) } @rows;
}

sub same
{
	my ($what, $documented, $actual) = @_;
	my %documented = map { $_ => 1 } @$documented;
	my %actual = map { $_ => 1 } @$actual;
	isnt(scalar(@$actual), 0, "$what: there are some");
	is(join("\n", grep { !$documented{$_} } sort keys %actual), '', "$what: none is missing in the reference");
	is(join("\n", grep { !$actual{$_} } sort keys %documented), '', "$what: the reference makes none up");
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION paysession');

sub query
{
	my ($sql) = @_;
	return split /\n/, $node->safe_psql('postgres', "LOAD '\$libdir/paysession'; SET search_path = paysession; $sql");
}

# As it is written: short type names, defaults without their casts.
sub signature
{
	my ($s) = @_;
	$s =~ s/timestamp with time zone/timestamptz/g;
	$s =~ s/::[\w ]+(\[\])?//g;
	$s =~ s/\s+/ /g;
	$s =~ s/ ?([()]) ?/$1/g;
	$s =~ s/ $//;
	return $s;
}

my @functions = map { @{ $_->{entries} } } grep { $_->{name} =~ /^Functions: / } @sections;
same('functions',
	[ map { signature($_->{sql} // '') } @functions ],
	[ map { signature($_) } query(
		q{SELECT proname || '(' || pg_get_function_arguments(oid) || ') RETURNS ' || pg_get_function_result(oid)
		  FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prorettype <> 'trigger'::regtype}) ]);
same('functions, by chapter',
	[ map { $_->{section} =~ s/Functions: //r . ': ' . $_->{name} } @functions ],
	[ query(
		q{SELECT split_part(obj_description(oid, 'pg_proc'), ':', 1) || ': ' || proname
		  FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace AND prorettype <> 'trigger'::regtype}) ]);

same('triggers',
	[ rows(section('Triggers'), 0 .. 2) ],
	[ query(
		q{SELECT relname || ' | ' || tgname || ' | ' || tgfoid::regprocedure
		  FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
		  WHERE relnamespace = 'paysession'::regnamespace AND NOT tgisinternal}) ]);
same('trigger functions',
	[ rows(section('Triggers'), 2) ],
	[ query(
		q{SELECT oid::regprocedure FROM pg_proc
		  WHERE pronamespace = 'paysession'::regnamespace AND prorettype = 'trigger'::regtype}) ]);

my @relations = @{ section('Tables')->{entries} };
my @views = map { @{ section($_)->{entries} } } qw(Views Types);
same('tables',
	[ map { $_->{name} } @relations ],
	[ query(
		q{SELECT relname FROM pg_class
		  WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'p', 'f')}) ]);
same('views and composite types',
	[ map { $_->{name} } @views ],
	[ query(
		q{SELECT relname FROM pg_class
		  WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('v', 'm', 'c')}) ]);
same('columns',
	[ map({ my $r = $_; map { "$r->{name} | $_" } rows($r, 0 .. 2) } @relations),
		map({ my $v = $_; map { "$v->{name} | $_" } rows($v, 0, 1) } @views) ],
	[ map { s/timestamp(\(\d\))? with time zone/'timestamptz' . ($1 \/\/ '')/er } query(
		q{SELECT concat_ws(' | ', relname, attname, format_type(atttypid, atttypmod),
			CASE WHEN relkind IN ('v', 'm', 'c') THEN NULL
				WHEN attgenerated <> '' THEN 'generated' WHEN attnotnull THEN 'not null' ELSE 'null' END)
		  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
		  WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
			AND attnum > 0 AND NOT attisdropped}) ]);
like($reference, qr/`$_`/, "sequence $_ is mentioned")
  for query(
	q{SELECT relname FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'S'});

same('constraints',
	[ rows(section('Constraints'), 0 .. 2) ],
	[ query(
		q{SELECT concat_ws(' | ', conrelid::regclass, conname,
			CASE contype WHEN 'c' THEN '23514' WHEN 'f' THEN '23503' ELSE '23505' END)
		  FROM pg_constraint WHERE connamespace = 'paysession'::regnamespace AND contype <> 't'
		  UNION
		  SELECT concat_ws(' | ', indrelid::regclass, indexrelid::regclass, '23505')
		  FROM pg_index JOIN pg_class c ON c.oid = indrelid
		  WHERE indisunique AND relnamespace = 'paysession'::regnamespace}) ]);
same('indexes',
	[ rows(section('Indexes'), 0 .. 2) ],
	[ query(
		q{SELECT concat_ws(' | ', indrelid::regclass, indexrelid::regclass,
			string_agg(pg_get_indexdef(indexrelid, n::int, true), ', ' ORDER BY n))
		  FROM pg_index JOIN pg_class c ON c.oid = indrelid, generate_series(1, indnkeyatts) AS n
		  WHERE NOT indisunique AND relnamespace = 'paysession'::regnamespace
		  GROUP BY indrelid, indexrelid}) ]);

my %status = map { $_->{name} => $_ } @{ section('Status')->{entries} };
is(join("\n", rows($status{payment_session_status}, 0)),
	join("\n", query('SELECT unnest(enum_range(NULL::payment_session_status))')),
	'the statuses, in their order');
same('enums',
	[ grep { $_ ne 'Moves' } keys %status ],
	[ query(q{SELECT typname FROM pg_type WHERE typnamespace = 'paysession'::regnamespace AND typtype = 'e'}) ]);
is( join("\n", map { "| $_ |" } map { join(' | ', @$_) } map { [ @{$_}[ 0 .. 3 ] ] } @{ $status{Moves}{rows} }),
	join("\n", grep { !/^\|-/ } query(slurp_file('scripts/transitions.sql'))),
	'the moves, as "make diagram" writes them');

my @settings = @{ section('Settings')->{entries} };
same('settings',
	[ map { my $s = $_; map { "$s->{name} = $_" } rows($s, 0) } @settings ],
	[ query(
		q{SELECT name || ' = ' || value FROM pg_settings, unnest(CASE vartype WHEN 'bool' THEN '{off,on}' ELSE enumvals END) value
		  WHERE name LIKE 'paysession.%'}) ]);
same('defaults of settings',
	[ map { my $s = $_; map { "$s->{name} = $_->[0]" =~ s/`//gr } grep { $_->[1] =~ /^default/ } @{ $s->{rows} } } @settings ],
	[ query(q{SELECT name || ' = ' || boot_val FROM pg_settings WHERE name LIKE 'paysession.%'}) ]);

# What the code raises.  A message of the code is a pattern, one of the
# reference an example of it.
chomp(my $headers = qx(@{[ $ENV{PG_CONFIG} // 'pg_config' ]} --includedir-server));
my $errcodes = slurp_file("$headers/utils/errcodes.h");
my %sqlstate;
$sqlstate{$1} = "$2$3$4$5$6"
  while $errcodes =~ /^#define (ERRCODE_\w+)\s+MAKE_SQLSTATE\('(.)','(.)','(.)','(.)','(.)'\)/mg;

my @raised;
for my $file (glob 'src/*.[ch]')
{
	my (undef, @reports) = split /\bereport\(/, slurp_file($file);
	for (@reports)
	{
		my ($errcode) = /errcode\((\w+)\)/;
		my ($message) = /errmsg\(("(?:[^"\\]|\\.|"\s*")*)"/;
		my ($constraint) = /(?:errtableconstraint\(\w+,|PG_DIAG_CONSTRAINT_NAME,) "(\w+)"/;
		$message =~ s/^"|(?<!\\)"\s*"//g;
		$message = join '.+', map { quotemeta } split /%[a-z]+/, $message =~ s/\\"/"/gr, -1;
		push @raised,
		  {
			key => join(' | ', $sqlstate{$errcode}, $constraint // ''),
			message => qr/^$message$/,
			name => basename($file) . ": $message"
		  };
	}
}

my @errors = map { { key => join(' | ', @{$_}[ 0, 1 ]) =~ s/`//gr, message => $_->[2] =~ s/^`|`$//gr } }
  grep { $_->[0] ne 'SQLSTATE' } @{ section('Errors')->{rows} };

sub shows
{
	my ($error, $raised) = @_;
	return $error->{key} eq $raised->{key} && $error->{message} =~ $raised->{message};
}

isnt(scalar(@raised), 0, 'errors: there are some');
is( join("\n", map { "$_->{key} | $_->{name}" } grep { my $r = $_; !grep { shows($_, $r) } @errors } @raised),
	'', 'errors: none is missing in the reference');
is( join("\n", map { "$_->{key} | $_->{message}" } grep { my $e = $_; !grep { shows($e, $_) } @raised } @errors),
	'', 'errors: the reference makes none up');

done_testing();
