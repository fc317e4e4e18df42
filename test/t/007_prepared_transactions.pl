# The verbs can be part of a two-phase commit.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider(id) FROM unnest('{a,b}'::text[]) AS id;
	SELECT paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "subtotal": 100}');
	SELECT paysession.ps_set_sessions('cart')});

my $state = q{
	SELECT provider_id, status, is_selected, amount, (SELECT count(*) FROM paysession.ps_history(id))
	FROM paysession.payment_session ORDER BY provider_id};
my $before = "a|pending|f|100|1\nb|pending|f|100|1";

# Each verb's part in what is prepared: a new session, a selection, a total, an authorization.
my $work = q{
	BEGIN;
	SELECT paysession.ps_put_provider('c');
	SELECT paysession.ps_create('cart', 'c');
	SELECT paysession.ps_put_cart('{"id": "cart", "subtotal": 200}');
	SELECT paysession.ps_select(id) FROM paysession.ps_list('cart', provider_id => 'a');
	SELECT paysession.ps_fail(id) FROM paysession.ps_list('cart', provider_id => 'b');
	SELECT paysession.ps_authorize(id) FROM paysession.ps_list('cart', provider_id => 'a');
	PREPARE TRANSACTION 'checkout'};

$node->safe_psql('postgres', $work);
is($node->safe_psql('postgres', $state), $before, 'nothing is seen of what is prepared');

sub is_locked
{
	my $when = shift;
	my $stderr;

	$node->psql(
		'postgres',
		q{SET lock_timeout = '10ms'; SELECT paysession.ps_select(id) FROM paysession.ps_list('cart', provider_id => 'b')},
		stderr => \$stderr);
	like($stderr, qr/canceling statement due to lock timeout/, "its locks are held $when");
	return;
}

is_locked('on');
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'checkout'});
is($node->safe_psql('postgres', $state), $before, 'nothing is left of what is rolled back');

$node->safe_psql('postgres', $work);
$node->restart;
is_locked('after a restart');
$node->safe_psql('postgres', q{COMMIT PREPARED 'checkout'});
is($node->safe_psql('postgres', $state),
	"a|authorized|t|200|4\nb|error|f|200|3\nc|pending|f|200|2", 'what is committed is there');
is( $node->safe_psql('postgres', 'SELECT count(*) FROM paysession.payment_session_event WHERE txid::xid <> xmin'),
	'0', 'its events bear the prepared transaction');
is( $node->safe_psql(
		'postgres',
		q{SELECT c.status FROM paysession.ps_list('cart', status => 'authorized') AS s, paysession.ps_cancel(s.id) AS c}),
	'canceled', 'the checkout goes on');

$node->stop;
done_testing();
