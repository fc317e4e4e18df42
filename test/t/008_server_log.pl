# A refused card number leaves neither itself nor its statement in the
# server's log, by whatever way it came.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
# As a server is without the test suite's settings, but more talkative.
$node->append_conf('postgresql.conf', "log_statement = none\nlog_error_verbosity = verbose");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider('card');
	SELECT paysession.ps_put_provider('wallet');
	SELECT paysession.ps_put_sales_channel('web', 'The shop');
	SELECT paysession.ps_create('cart', 'card', id => 'ps_0000000000000000000000000A');
	CREATE FUNCTION pay(data jsonb) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM paysession.ps_create('cart', 'wallet', data => data);
	END $$});

# P is a card number, S the session, and 987654 a security code.
my $json = q('{"a": [{"b": "P"}]}');
my @refused = (
	"SELECT paysession.ps_create('cart', 'wallet', data => $json)",
	"SELECT paysession.ps_create(NULL, NULL, data => $json)",
	"SELECT paysession.ps_update('S', data => $json)",
	"SELECT paysession.ps_update('unknown', data => $json)",
	"SELECT paysession.ps_update('S', data => '{\"cvc\": 987654}')",
	"SELECT paysession.ps_require_more('S', data => $json)",
	"SELECT paysession.ps_authorize('S', amount => 0, data => $json)",
	"SELECT paysession.ps_fail('S', data => $json)",
	"SELECT paysession.ps_fail('S', 'P was declined')",
	"SELECT paysession.ps_cancel('S', 'P was stolen')",
	"SELECT paysession.ps_put_cart('{\"id\": \"cart\", \"context\": {\"a\": P}}')",
	"SELECT paysession.ps_put_cart('{\"id\": \"cart\", \"metadata\": {\"P\": 0}}')",
	"SELECT paysession.ps_put_sales_channel('web', 'The shop', metadata => $json)",
	"BEGIN READ ONLY; SELECT paysession.ps_update('S', data => $json)",
	"SELECT pay($json)",
	"DO \$\$ BEGIN PERFORM pay($json); END \$\$",
	"PREPARE q(jsonb) AS SELECT pay(\$1); EXECUTE q($json)",
	"INSERT INTO paysession.payment_session (provider_id, data) VALUES ('wallet', $json)",
	"INSERT INTO paysession.payment_session (provider_id, data, status, amount) VALUES ('wallet', $json, 'authorized', -1)",
	"INSERT INTO paysession.payment_session (provider_id, data) VALUES (NULL, $json)",
	"UPDATE paysession.payment_session SET data = $json",
	"UPDATE paysession.payment_session SET status = 'error', status_reason = 'P was declined'",
	"WITH i AS (INSERT INTO paysession.payment_session (provider_id, data) VALUES ('wallet', $json) RETURNING id) SELECT id FROM i",
	"INSERT INTO paysession.payment_session (id, provider_id) VALUES ('S', 'card') ON CONFLICT (id) DO UPDATE SET data = $json",
	"MERGE INTO paysession.payment_session USING (VALUES ('S')) AS v (k) ON id = k WHEN MATCHED THEN UPDATE SET data = $json",
	"COPY paysession.payment_session (provider_id, data) FROM stdin;\nwallet\t{\"a\": \"P\"}\n\\.\n",
	"INSERT INTO paysession.cart (metadata) VALUES ($json)",
	"UPDATE paysession.cart SET context = $json",
	"COPY paysession.cart (id, metadata) FROM stdin;\nother\t{\"a\": \"P\"}\n\\.\n",
	"INSERT INTO paysession.sales_channel (id, metadata) VALUES ('app', $json)",
	"UPDATE paysession.sales_channel SET metadata = $json");
foreach my $statement (@refused)
{
	my ($stdout, $stderr);
	my $sql = $statement =~ s/\bP\b/4111111111111111/gr =~ s/'S'/'ps_0000000000000000000000000A'/gr;

	$node->psql('postgres', "\\set VERBOSITY sqlstate\n$sql", stdout => \$stdout, stderr => \$stderr);
	like($stderr, qr/ERROR:  23514$/, $statement =~ s/\n.*//sr);
}

# What is wrong otherwise with a document that holds a number must not log it either.
foreach my $document ('["4111111111111111"]', '{"a": "4111111111111111", "b": "' . 'x' x 70000 . '"}')
{
	my $stderr;

	$node->psql('postgres', "\\set VERBOSITY sqlstate\nSELECT pay('$document')", stderr => \$stderr);
	like($stderr, qr/ERROR:  (22023|23514)$/, 'a document that is no good anyway');
}

# A webhook's is masked, not refused; what is wrong with the rest of its event must not log it either.
my $long = q('{"card": "P", "b": ") . 'x' x 70000 . q("}');
my $deep = q('{"card": "P", "b": ) . '[' x 65 . ']' x 65 . q(}');
my @failing = (
	[ '23503', "SELECT paysession.ps_receive('nobody', 'e', 'authorized', 'S', payload => $json)" ],
	[ '22023', "SELECT paysession.ps_receive('card', 'e', 'paid', 'S', payload => '{\"number\": P}')" ],
	[ '22023', "SELECT paysession.ps_receive('card', '', 'authorized', 'S', payload => '{\"P\": 0}')" ],
	[ '22003', "SELECT paysession.ps_receive('card', 'e', 'authorized', 'S', amount => 0, payload => '{\"cvc\": 987654}')" ],
	[ '23503', "SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => $long)" ],
	[ '23503', "SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => $deep)" ],
	[ '25006', "BEGIN READ ONLY; SELECT paysession.ps_receive('card', 'e', 'authorized', payload => $json)" ],
	[ '23503', "DO \$\$ BEGIN PERFORM paysession.ps_receive('nobody', 'e', 'authorized', payload => $json); END \$\$" ],
	[ '23503', "PREPARE q(jsonb) AS SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => \$1); EXECUTE q($json)" ]);
foreach my $case (@failing)
{
	my ($sqlstate, $statement) = @$case;
	my $stderr;
	my $sql = $statement =~ s/\bP\b/4111111111111111/gr =~ s/'S'/'ps_0000000000000000000000000A'/gr;

	$node->psql('postgres', "\\set VERBOSITY sqlstate\n$sql", stderr => \$stderr);
	like($stderr, qr/ERROR:  $sqlstate$/, substr($statement, 0, 100));
}
# In the extended protocol, with its parameters.
$node->pgbench(
	'-n -t 1 -M extended', 2, [], [qr/payment provider "nobody" does not exist/],
	'a parameter',
	{
		'008_parameter' => q{
			SET log_parameter_max_length_on_error = -1;
			\set card 4111111111111111
			SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => to_jsonb(:card::bigint))}
	});

# The log does hold what is refused for another reason.
$node->psql('postgres', "SELECT paysession.ps_select('no such session')");
my $log = slurp_file($node->logfile);
like($log, qr/STATEMENT:  SELECT paysession.ps_select\('no such session'\)/, 'other statements are logged');
is(() = $log =~ /ERROR:  23514: .* must not contain a card/g, @refused + 1, 'each refusal is logged');
unlike($log, qr/4111|987654/, 'no digit of theirs is');

$node->stop;
done_testing();
