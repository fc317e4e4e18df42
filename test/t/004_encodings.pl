# The extension lives in databases of any encoding, and keeps what is not ASCII.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# What the client sends and expects; a database of SQL_ASCII keeps the bytes.
$ENV{PGCLIENTENCODING} = 'UTF8';
my $text = "refus\xc3\xa9e \xe2\x80\x94 d\xc3\xa9sol\xc3\xa9";
my $latin_text = "refus\xc3\xa9e - d\xc3\xa9sol\xc3\xa9";

foreach my $encoding ('UTF8', 'LATIN1', 'SQL_ASCII')
{
	my $db = lc $encoding;
	my $reason = $encoding eq 'LATIN1' ? $latin_text : $text;
	my ($stdout, $stderr);

	$node->safe_psql('postgres',
		"CREATE DATABASE $db ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($db, 'CREATE EXTENSION paysession');

	is( $node->safe_psql(
			$db, qq{
			SELECT count(*) FROM paysession.ps_put_provider('card');
			SELECT metadata FROM paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "subtotal": 100, "metadata": {"$reason": "$reason"}}');
			SELECT data FROM paysession.ps_create('cart', 'card', data => '{"$reason": ["$reason"]}');
			SELECT f.status_reason FROM paysession.ps_list() AS s, paysession.ps_fail(s.id, '$reason') AS f;
			SELECT reason FROM paysession.ps_list() AS s, paysession.ps_history(s.id) WHERE to_status = 'error';
			SELECT a.status FROM paysession.ps_list() AS s, paysession.ps_authorize(s.id) AS a}),
		qq(1\n{"$reason": "$reason"}\n{"$reason": ["$reason"]}\n$reason\n$reason\nauthorized),
		"$encoding: a checkout");

	foreach my $call (
		"ps_create('cart', 'card', id => '\xc3\xa9')",
		"ps_select('\xc3\xa9')")
	{
		$node->psql($db, "\\set VERBOSITY sqlstate\nSELECT paysession.$call", stderr => \$stderr);
		like($stderr, qr/ERROR:  22023/, "$encoding: an id is ASCII");
	}
	$node->psql($db,
		"\\set VERBOSITY sqlstate\nSELECT paysession.ps_create('cart', 'card', data => '{\"a\": \"\xc3\xa94111111111111111\xc3\xa9\"}')",
		stderr => \$stderr);
	like($stderr, qr/ERROR:  23514/, "$encoding: a card number is seen among letters that are not ASCII");
}

$node->stop;
done_testing();
