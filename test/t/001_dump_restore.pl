# A dump restores to the same rows, history included, with nothing recorded
# twice, and the checkout goes on where it stood.

use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
create_shop($node, 'shop');
$node->safe_psql(
	'shop', q{
	CREATE ROLE app;
	GRANT USAGE ON SCHEMA paysession TO app;
	GRANT SELECT (id, status), UPDATE ON paysession.payment_session TO app;
	GRANT EXECUTE ON FUNCTION paysession.ps_select(text) TO app;
	SET row_security = off;
	INSERT INTO paysession.owned_routes (routes) VALUES ('{[0,32768)}')});

# A shop that lacks something would prove nothing of it.
my $occurs = q{
	CREATE FUNCTION pg_temp.occurs(relation oid, condition text) RETURNS boolean LANGUAGE plpgsql AS $$
	DECLARE
		found boolean;
	BEGIN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %s)', relation::regclass, condition) INTO found;
		RETURN found;
	END
	$$;
	CREATE TEMP VIEW facts AS
	SELECT c.oid AS relation, relname, attname, attnum, atttypid, attgenerated
	FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
	WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'v') AND relname <> 'violation'
		AND attnum > 0 AND NOT attisdropped;
};
is( $node->safe_psql(
		'shop', "$occurs
		SELECT relation::regclass, attname FROM facts WHERE NOT pg_temp.occurs(relation, format('%I IS NOT NULL', attname))"),
	'', 'no column is NULL throughout');
is( $node->safe_psql(
		'shop', qq{$occurs
		SELECT relation::regclass, attname, value
		FROM (SELECT relation, attname, enumlabel FROM facts JOIN pg_enum ON enumtypid = atttypid
			  UNION ALL
			  SELECT relation, attname, (regexp_matches(pg_get_constraintdef(n.oid), '''(\\w+)''::text', 'g'))[1]
			  FROM facts JOIN pg_constraint n ON conrelid = relation AND conname = concat_ws('_', relname, attname) AND atttypid = 'text'::regtype
			  UNION ALL
			  SELECT relation, attname, (regexp_matches(pg_get_expr(adbin, adrelid), '''(\\w+)''::text', 'g'))[1]
			  FROM facts JOIN pg_attrdef ON (adrelid, adnum) = (relation, attnum) WHERE attgenerated <> '') AS values (relation, attname, value)
		WHERE NOT pg_temp.occurs(relation, format('%I = %L', attname, value))}),
	'', 'each value of each status occurs');

my $query = rows_query($node, 'shop');
my $rows = $node->safe_psql('shop', $query);
my $sequence = 'SELECT last_value, is_called FROM paysession.payment_session_event_id_seq';
my $last_event = $node->safe_psql('shop', $sequence);
is( $node->safe_psql(
		'shop', q{
		SELECT oid::regclass FROM pg_class
		WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'S')
			AND oid NOT IN (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'paysession')}),
	'', 'all tables and sequences are registered');

my $directory = PostgreSQL::Test::Utils::tempdir();
my %dumps = (
	plain     => ['-Fp'],
	custom    => ['-Fc'],
	directory => [ '-Fd', '-j2' ],
	tar       => ['-Ft']);
$node->command_ok([ 'pg_dump', @{ $dumps{$_} }, '-f', "$directory/$_", 'shop' ], "$_: dumped") foreach sort keys %dumps;

$node->safe_psql('postgres', 'CREATE DATABASE model TEMPLATE shop');
my $definition = definition($node, 'model');

my @psql = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$directory/plain");
my @pg_restore = ('pg_restore', '--exit-on-error');
my @restores = (
	[ plain              => @psql ],
	[ plain_transaction  => @psql, '-1' ],
	[ custom             => @pg_restore, "$directory/custom" ],
	[ custom_transaction => @pg_restore, "$directory/custom", '-1' ],
	[ custom_parallel    => @pg_restore, "$directory/custom", '-j2' ],
	[ directory_parallel => @pg_restore, "$directory/directory", '-j2' ],
	[ tar                => @pg_restore, "$directory/tar" ]);
foreach (@restores)
{
	my ($db, @command) = @$_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	{
		local $ENV{PGOPTIONS} = '-c session_replication_role=replica' if $db =~ /parallel/;
		$node->command_ok([ @command, '-d', $db ], "$db: restored");
	}
	same_lines($node->safe_psql($db, $query), $rows, "$db: the same rows, none more");
	is($node->safe_psql($db, $sequence), $last_event, "$db: the sequence is where it was");
	is($node->safe_psql($db, 'SELECT count(*) FROM paysession.payment_session_event WHERE txid::xid <> xmin'),
		'0', "$db: events bear the transaction that brought them into this database");
	is($node->safe_psql($db, 'SELECT paysession.ps_owned_routes(), paysession.ps_own_routes(NULL)'),
		'{[0,32768)}|', "$db: it owns what it did, until it is told otherwise");
	shop_goes_on($node, $db, $db);
	same_lines(definition($node, $db), $definition, "$db: the same definitions and privileges");
}

# Two jobs load sessions beside what they refer to.
$node->safe_psql('postgres', 'CREATE DATABASE unordered');
$node->command_checks_all(
	[ 'pg_restore', '-j2', "$directory/custom", '-d', 'unordered' ],
	1, [qr/^$/], [qr/violates foreign key constraint/],
	'parallel jobs that check foreign keys fail loudly');

# Dumps of a part.
$node->command_ok([ 'pg_dump', '-e', 'paysession', '-f', "$directory/extension", 'shop' ], 'the extension dumped');
$node->safe_psql('postgres', 'CREATE DATABASE extension');
$node->safe_psql('extension', slurp_file("$directory/extension"));
same_lines($node->safe_psql('extension', $query), $rows, 'with its rows');
$node->command_like([ 'pg_dump', '-n', 'paysession', 'shop' ], qr/^(?!.*^(COPY|INSERT) )/ms, "a dump of the schema has no row");

# A dump that keeps row security on brings births, which are not authorized.
$node->safe_psql('postgres', 'CREATE DATABASE births');
$node->command_ok([ 'pg_dump', '--enable-row-security', '-f', "$directory/births", 'shop' ], 'dumped with row security');
$node->command_checks_all([ 'psql', '-X', '-q', '-f', "$directory/births", '-d', 'births' ],
	0, [], [qr/ERROR:  a new payment session/], 'births');
is($node->safe_psql('births', 'SELECT count(*) FROM paysession.payment_session'), '0', 'no session is restored');

$node->stop;
done_testing();
