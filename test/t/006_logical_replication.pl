# Rows arrive at a subscriber as they are: nothing judged, stamped or recorded
# anew, but for the transaction that an event bears.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(allows_streaming => 'logical');
$subscriber->start;
$_->safe_psql('postgres', 'CREATE EXTENSION paysession') foreach $publisher, $subscriber;

# The copy at the start brings a session of each status, in transactions whose
# numbers the subscriber has not reached.
$publisher->safe_psql(
	'postgres', q{
	DO $$
	BEGIN
		FOR i IN 1..100 LOOP
			PERFORM pg_current_xact_id();
			COMMIT;
		END LOOP;
	END $$;
	SELECT paysession.ps_put_provider(id) FROM unnest('{a,b,c,d}'::text[]) AS id;
	SELECT paysession.ps_put_sales_channel('web', 'The shop');
	SELECT paysession.ps_put_cart('{"id": "first", "currency_code": "eur", "subtotal": 100, "sales_channels": ["web"]}');
	SELECT paysession.ps_set_sessions('first');
	SELECT paysession.ps_fail(id, 'declined') FROM paysession.ps_list('first', provider_id => 'a');
	SELECT paysession.ps_require_more(id) FROM paysession.ps_list('first', provider_id => 'b');
	SELECT paysession.ps_cancel(id, 'given up') FROM paysession.ps_list('first', provider_id => 'c');
	SELECT paysession.ps_authorize(id, provider_ref => 'pi_1') FROM paysession.ps_list('first', provider_id => 'd');
	INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('both', 300, 'eur');
	SELECT paysession.ps_set_collection_sessions('both', '[{"provider_id": "a", "amount": 100}, {"provider_id": "b", "amount": 200}]');
	SELECT paysession.ps_authorize(id) FROM paysession.ps_list(payment_collection_id => 'both', provider_id => 'a');
	SELECT paysession.ps_receive('a', 'evt_1', 'authorized', 'not yet', payload => '{"a": 1}');
	SELECT paysession.ps_idempotency_begin('key_1', 'POST', '/', '{"a": 1}');
	CREATE PUBLICATION payments FOR TABLES IN SCHEMA paysession});
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION payments CONNECTION '" . $publisher->connstr . " dbname=postgres' PUBLICATION payments");
$subscriber->wait_for_subscription_sync($publisher, 'payments');

my @tables = split /\n/, $publisher->safe_psql('postgres',
	"SELECT oid::regclass FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'");

sub arrived_unchanged
{
	my $what = shift;
	my $contents = join ' UNION ALL ', map {
		"SELECT '$_', to_jsonb(t) - 'txid' FROM $_ AS t"
	} @tables;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($subscriber->safe_psql('postgres', "$contents ORDER BY 1, 2"),
		$publisher->safe_psql('postgres', "$contents ORDER BY 1, 2"),
		"$what: rows arrive unchanged");
	# What a webhook has done has the number of a subtransaction in xmin.
	foreach ($publisher, $subscriber)
	{
		is($_->safe_psql('postgres', q{
			SELECT count(*) FROM paysession.payment_session_event
			WHERE txid::xid <> xmin AND (session_id, to_status) <> ('not yet', 'authorized')}),
			'0', "$what: events bear the transaction of the " . $_->name);
	}
	return;
}

arrived_unchanged('copy');

# Inserts, updates and deletes come by the stream.
$publisher->safe_psql(
	'postgres', q{
	SELECT paysession.ps_put_cart('{"id": "second", "currency_code": "eur", "subtotal": 100}');
	SELECT paysession.ps_set_sessions('second', '{a,b}');
	SELECT paysession.ps_put_cart('{"id": "second", "subtotal": 200}');
	SELECT paysession.ps_cancel(id) FROM paysession.ps_list('first', provider_id => 'd');
	SELECT paysession.ps_authorize(id) FROM paysession.ps_list('first', provider_id => 'a');
	SELECT paysession.ps_delete(id) FROM paysession.ps_list('second', provider_id => 'a');
	SELECT paysession.ps_put_cart('{"id": "first", "sales_channels": []}');
	SELECT paysession.ps_authorize(id) FROM paysession.ps_list(payment_collection_id => 'both', provider_id => 'b');
	SELECT paysession.ps_capture(p.id) FROM paysession.ps_list(payment_collection_id => 'both') s, paysession.ps_promote(s.id) p;
	SELECT paysession.ps_delete_collection(id) FROM paysession.ps_create_collection(1, 'eur');
	SELECT paysession.ps_create('third', 'a', 100, id => 'not yet', currency_code => 'eur');
	SELECT paysession.ps_receive('a', 'evt_2', 'authorized');
	SELECT paysession.ps_resolve('a', 'evt_2', false, 'not ours');
	SELECT paysession.ps_idempotency_finish('key_1', 200, '{}');
	SELECT paysession.ps_receive('b', 'evt_3', 'authorized', 'b2');
	SELECT paysession.ps_idempotency_begin('key_2', NULL, NULL, NULL);
	UPDATE paysession.payment_session SET data = jsonb_build_object('big', repeat('x', 50000)) WHERE cart_id = 'second'});
$publisher->wait_for_catchup('payments');

arrived_unchanged('stream');
is($subscriber->safe_psql('postgres', 'SELECT id, status, authorized_amount, captured_amount FROM paysession.payment_collection'),
	'both|completed|300|300', 'stream: what a collection comes to arrives, too');

# The subscriber takes over.
$subscriber->safe_psql('postgres', q{
	ALTER SUBSCRIPTION payments DISABLE;
	SELECT setval('paysession.payment_session_event_id_seq', (SELECT max(id) FROM paysession.payment_session_event));
	SELECT paysession.ps_create('fourth', 'b', 100, id => 'b2', currency_code => 'eur')});
is($subscriber->safe_psql('postgres', q{
	SELECT status FROM paysession.payment_session WHERE id = 'b2';
	SELECT outcome FROM paysession.ps_receive('a', 'evt_1', 'authorized', 'not yet');
	SELECT recovery_point FROM paysession.ps_idempotency_begin('key_1', 'POST', '/', '{"a": 1}')}),
	"authorized\nduplicate\nfinished", 'takeover: what waits is applied, what is known is known');
$subscriber->stop;
$publisher->stop;
done_testing();
