# Whoever pages through ps_events beside eight writers gets every event once,
# in the order of its cursors; whoever follows the ids alone does not.

use strict;
use warnings FATAL => 'all';

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 1\nlog_statement = none");
$node->start;

# Both readers commit after each page.  They end when the writers have, and
# nothing more comes.
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider('card');
	CREATE TABLE by_cursor (n bigserial, page integer, cursor text, txid xid8, id bigint);
	CREATE TABLE by_id (id bigint);
	CREATE TABLE written ();
	CREATE PROCEDURE read() LANGUAGE plpgsql AS $$
	DECLARE
		last_cursor text;
		last_id bigint := 0;
		is_written boolean;
	BEGIN
		FOR page IN 1..1000000 LOOP
			is_written := EXISTS (SELECT FROM written);
			INSERT INTO by_cursor (page, cursor, txid, id) SELECT page, cursor, txid, id FROM paysession.ps_events(last_cursor, 7);
			EXIT WHEN NOT FOUND AND is_written;
			SELECT cursor INTO last_cursor FROM by_cursor ORDER BY n DESC LIMIT 1;
			INSERT INTO by_id SELECT id FROM paysession.payment_session_event WHERE id > last_id ORDER BY id LIMIT 7;
			SELECT coalesce(max(id), 0) INTO last_id FROM by_id;
			COMMIT;
		END LOOP;
	END $$});

# Transactions of different length, and some that are undone, in part or whole.
my $insert = "INSERT INTO paysession.payment_session (provider_id) VALUES ('card');\n";
my %scripts = (
	short => $insert,
	long => "\\set ms random(1, 30)\nBEGIN;\n$insert\\sleep :ms ms\n$insert${insert}COMMIT;\n",
	undone => "\\set ms random(1, 30)\nBEGIN;\n$insert\\sleep :ms ms\n${insert}ROLLBACK;\n",
	half => "BEGIN;\nSAVEPOINT half;\n${insert}ROLLBACK TO half;\n\\sleep 5 ms\n${insert}COMMIT;\n");
my @scripts;
foreach my $name (sort keys %scripts)
{
	my $file = $node->basedir . "/$name.pgbench";

	append_to_file($file, $scripts{$name});
	push @scripts, '-f', $file;
}

my @connection = ('-h', $node->host, '-p', $node->port);
my ($reader_output, $writer_output) = ('', '');
my $reader = IPC::Run::start([ 'psql', '-X', @connection, '-c', 'CALL read()', 'postgres' ],
	'>&', \$reader_output, IPC::Run::timeout(60));
my $writers = IPC::Run::start(
	[ 'pgbench', '-n', '-c', 8, '-j', 2, '-T', 3, '-R', 1000, @connection, @scripts, 'postgres' ],
	'>&', \$writer_output);

# One is prepared among them, and committed when the others' ids are well past its own.
$node->poll_query_until('postgres', 'SELECT count(*) > 100 FROM by_id') or die 'nothing is read';
$node->safe_psql('postgres', "BEGIN; $insert PREPARE TRANSACTION 'slow'");
my $now = $node->safe_psql('postgres', 'SELECT last_value FROM paysession.payment_session_event_id_seq');
$node->poll_query_until('postgres', "SELECT max(id) > $now + 100 FROM by_id") or die 'nobody reads on';
$node->safe_psql('postgres', q{COMMIT PREPARED 'slow'});

$writers->finish;
is($writers->result(0), 0, 'the writers are done') or diag $writer_output;
my $pages = $node->safe_psql('postgres', 'SELECT count(DISTINCT page) FROM by_cursor');
cmp_ok($pages, '>', 20, 'the reader had begun before');
$node->safe_psql('postgres', 'INSERT INTO written DEFAULT VALUES');
$reader->finish;
is($reader->result(0), 0, 'the reader has come to the end') or diag $reader_output;

my $events = $node->safe_psql('postgres', 'SELECT count(*) FROM paysession.payment_session_event');
cmp_ok($events, '>', 500, 'there was something to read');
is($node->safe_psql('postgres', 'SELECT count(*) FROM by_cursor'), $events, 'each event was read');
is( $node->safe_psql('postgres', 'SELECT count(*) FROM by_cursor JOIN paysession.payment_session_event USING (txid, id)'),
	$events, 'as it is');
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*)
	FROM (SELECT txid, id, lag(txid) OVER w AS txid_before, lag(id) OVER w AS id_before FROM by_cursor WINDOW w AS (ORDER BY n)) b
	WHERE (txid, id) <= (txid_before, id_before)}),
	'0', 'in the order of the cursors, and so once');
is( $node->safe_psql('postgres', q{SELECT string_agg(cursor, ' ') FROM paysession.ps_events(NULL, 1000000)}),
	$node->safe_psql('postgres', q{SELECT string_agg(cursor, ' ' ORDER BY n) FROM by_cursor}),
	'which is what a later reader sees');
cmp_ok(
	$node->safe_psql(
		'postgres', q{
	SELECT count(*) FROM paysession.payment_session_event
	WHERE id < (SELECT max(id) FROM by_id) AND id NOT IN (SELECT id FROM by_id)}),
	'>=', 1, 'who follows the ids has missed some');

$node->stop;
done_testing();
