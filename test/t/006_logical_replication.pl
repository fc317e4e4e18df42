# Rows arrive at a subscriber as they are: nothing judged, stamped or recorded
# anew, but for the transaction that an event bears.  It can take over.

use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my ($publisher, $subscriber) = map { PostgreSQL::Test::Cluster->new($_) } qw(publisher subscriber);
foreach ($publisher, $subscriber)
{
	$_->init(allows_streaming => 'logical');
	$_->append_conf('postgresql.conf', "max_prepared_transactions = 2\nlogical_decoding_work_mem = 64kB");
	$_->start;
}

# The copy at the start brings a whole shop, from transactions whose numbers
# the subscriber has not reached.
$publisher->safe_psql(
	'postgres', q{
	DO $$
	BEGIN
		FOR i IN 1..1000 LOOP
			PERFORM pg_current_xact_id();
			COMMIT;
		END LOOP;
	END $$});
create_shop($publisher, 'postgres');
$publisher->safe_psql('postgres', 'CREATE PUBLICATION payments FOR TABLES IN SCHEMA paysession');
$subscriber->safe_psql('postgres', 'CREATE EXTENSION paysession');
$subscriber->safe_psql('postgres',
	    "CREATE SUBSCRIPTION payments CONNECTION '"
	  . $publisher->connstr
	  . " dbname=postgres' PUBLICATION payments WITH (streaming = on, two_phase = on)");
$subscriber->wait_for_subscription_sync($publisher, 'payments');
$subscriber->poll_query_until('postgres', q{SELECT subtwophasestate = 'e' FROM pg_subscription})
  or die 'prepared transactions are not replicated';

my $query = rows_query($publisher, 'postgres');

sub arrived_unchanged
{
	my $what = shift;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	same_lines($subscriber->safe_psql('postgres', $query), $publisher->safe_psql('postgres', $query), "$what: rows arrive unchanged");
	is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM paysession.payment_session_event WHERE txid::xid <> xmin'),
		'0', "$what: events bear the transaction that brought them");
	is($subscriber->safe_psql('postgres', 'SELECT object FROM paysession.ps_check()'),
		'sequence paysession.payment_session_event_id_seq', "$what: nothing is broken but the sequence, which stays behind");
	return;
}

arrived_unchanged('copy');

# Inserts, updates and deletes come by the stream.
$publisher->safe_psql(
	'postgres', q{
	SELECT paysession.ps_put_cart('{"id": "second", "currency_code": "eur", "subtotal": 100}');
	SELECT paysession.ps_set_sessions('second', '{card,wallet}');
	SELECT paysession.ps_put_cart('{"id": "second", "subtotal": 200, "sales_channels": ["web"]}');
	SELECT paysession.ps_authorize(id) FROM paysession.ps_list('second', provider_id => 'card');
	SELECT paysession.ps_delete(id) FROM paysession.ps_list('second', provider_id => 'wallet');
	SELECT paysession.ps_put_cart('{"id": "second", "sales_channels": []}');
	SELECT paysession.ps_capture((paysession.ps_complete_cart('second', order_id => 'order_second')).id, 50);
	SELECT paysession.ps_receive('card', 'evt_second', 'captured', provider_ref => 'pi_second');
	SELECT paysession.ps_create('third', 'card', 100, id => 'third', currency_code => 'eur');
	SELECT paysession.ps_update('third', provider_ref => 'pi_second');
	SELECT paysession.ps_resolve('card', 'evt_after_all', false, 'voided by hand');
	SELECT paysession.ps_delete_collection(id) FROM paysession.ps_create_collection(1, 'eur');
	SELECT paysession.ps_idempotency_finish('new', 200, '{}');
	SELECT paysession.ps_purge('2022-01-01');
	UPDATE paysession.payment_session SET data = jsonb_build_object('big', repeat('x', 50000)) WHERE cart_id = 'third'});
$publisher->wait_for_catchup('payments');
arrived_unchanged('stream');

# A transaction that is sent before it ends, part of it undone.
my $large = q{
	BEGIN;
	INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code)
		SELECT 'large_' || i, 'card', 100, 'eur' FROM generate_series(1, 500) AS i;
	SAVEPOINT half;
	UPDATE paysession.payment_session SET status = 'error' WHERE cart_id LIKE 'large%';
	ROLLBACK TO half;
	UPDATE paysession.payment_session SET status = 'authorized' WHERE cart_id LIKE 'large%';};
my $streamed = q{SELECT coalesce(sum(stream_txns), 0) FROM pg_stat_replication_slots WHERE slot_name = 'payments'};
is($publisher->safe_psql('postgres', $streamed), '0', 'nothing was large yet');
$publisher->safe_psql('postgres', "$large COMMIT");
$publisher->wait_for_catchup('payments');
ok($publisher->poll_query_until('postgres', "SELECT ($streamed) = 1"), 'a large transaction is sent before it ends');
arrived_unchanged('large');

# Transactions that are prepared, a small and a large one.
$publisher->safe_psql(
	'postgres', qq{
	BEGIN;
	SELECT paysession.ps_cancel('ps_big');
	PREPARE TRANSACTION 'small';
	${\ ($large =~ s/large/larger/gr)}
	PREPARE TRANSACTION 'large'});
$publisher->wait_for_catchup('payments');
is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM pg_prepared_xacts'), '2', 'what is prepared is prepared there');
arrived_unchanged('prepared');
$publisher->safe_psql('postgres', qq{COMMIT PREPARED '$_'}) foreach qw(large small);
$publisher->wait_for_catchup('payments');
is($subscriber->safe_psql('postgres', q{SELECT status FROM paysession.payment_session WHERE id = 'ps_big'}),
	'canceled', 'and committed there');
arrived_unchanged('committed');

# Who reads the history there gets all of it, once.
is( $subscriber->safe_psql('postgres', 'SELECT count(*), count(DISTINCT (session_id, id)) FROM paysession.ps_events(max_rows => 1000000)'),
	$publisher->safe_psql('postgres', 'SELECT count(*), count(*) FROM paysession.payment_session_event'),
	'the history can be read');

# The subscriber takes over, as the documentation says.
my ($takeover) = slurp_file('doc/operations.md') =~ /^## Replication\n(?:(?!^## ).*\n)*?```sql\n((?s).*?)^```/m;
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION payments');
$subscriber->safe_psql('postgres', $takeover);
shop_goes_on($subscriber, 'postgres', 'takeover');

$subscriber->stop;
$publisher->stop;
done_testing();
