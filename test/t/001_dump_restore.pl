# A dump restores to the same rows, history included, with nothing recorded
# twice, and the checkout goes on where it stood.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION paysession');
# Long histories: restored by two jobs, they are still being loaded when the
# sessions have arrived.
$node->safe_psql(
	'shop', q{
	SELECT paysession.ps_put_provider(id, session_ttl => '1 day')
	FROM unnest('{card,wallet,invoice}'::text[]) AS id;
	SELECT paysession.ps_put_sales_channel('web', 'The shop', metadata => '{"a": [1, null]}');
	DO $$
	DECLARE
		c text;
		s text[];
	BEGIN
		FOR i IN 1..60 LOOP
			c := 'cart_' || i;
			PERFORM paysession.ps_put_cart(jsonb_build_object(
				'id', c, 'currency_code', 'eur', 'subtotal', i * 100, 'raw_discount_total', 0.5,
				'sales_channel_id', 'web', 'sales_channels', '["web"]'::jsonb, 'context', '{"ip": "::1"}'::jsonb));
			s := ARRAY(SELECT id FROM paysession.ps_set_sessions(c) ORDER BY provider_id);
			FOR j IN 1..10 LOOP
				PERFORM paysession.ps_fail(s[1], 'declined', '{"code": "51"}');
				PERFORM paysession.ps_retry(s[1]);
			END LOOP;
			PERFORM paysession.ps_require_more(s[2], provider_ref => 'pi_' || i);
			CASE i % 5
				WHEN 0 THEN
					PERFORM paysession.ps_begin(s[1]);
					PERFORM paysession.ps_authorize(s[1]);
					CONTINUE WHEN i % 10 <> 0;
					PERFORM paysession.ps_capture((paysession.ps_complete_cart(c, order_id => 'order_' || i)).id);
					PERFORM paysession.ps_refund(id, 10, 'return', lease => '1 hour') FROM paysession.payment
						WHERE cart_id = c;
				WHEN 1 THEN PERFORM paysession.ps_cancel(s[2], 'gave up');
				WHEN 2 THEN PERFORM paysession.ps_select(s[3]);
				WHEN 3 THEN PERFORM paysession.ps_delete(s[3]);
				ELSE PERFORM paysession.ps_put_cart(jsonb_build_object('id', c, 'subtotal', 0));
			END CASE;
		END LOOP;
		FOR i IN 1..20 LOOP
			INSERT INTO paysession.payment_collection (id, amount, currency_code, metadata)
				VALUES ('paycol_' || i, 300, 'eur', '{"a": [1, null]}');
			s := ARRAY(SELECT id FROM paysession.ps_set_collection_sessions('paycol_' || i,
				'[{"provider_id": "card", "amount": 100}, {"provider_id": "card", "amount": 200}]') ORDER BY amount);
			CASE i % 5
				WHEN 0 THEN PERFORM paysession.ps_cancel_collection('paycol_' || i, 'gave up');
				WHEN 1 THEN PERFORM paysession.ps_authorize(s[1]);
				WHEN 2 THEN
					PERFORM paysession.ps_authorize(unnest(s));
					PERFORM paysession.ps_capture((paysession.ps_promote(s[1])).id, 99, final => true);
				WHEN 3 THEN PERFORM paysession.ps_fail(unnest(s), 'declined');
				ELSE NULL;
			END CASE;
		END LOOP;
	END $$;
	INSERT INTO paysession.payment_session (provider_id) VALUES ('card');
	SELECT paysession.ps_receive('card', 'evt_paid', 'authorized', id, amount => 100, occurred_at => now())
	FROM paysession.ps_create('cart_paid', 'card', 100, currency_code => 'eur');
	SELECT paysession.ps_receive('card', 'evt_late', 'authorized', 'ps_late', payload => '{"a": [1, null]}');
	SELECT paysession.ps_receive('card', 'evt_lost', 'captured', amount => 1);
	SELECT paysession.ps_resolve('card', 'evt_lost', false, 'not ours');
	SELECT paysession.ps_idempotency_begin('done', 'POST', '/', '{"a": [1, null]}');
	SELECT paysession.ps_idempotency_finish('done', 200, '"ok"');
	SELECT paysession.ps_idempotency_begin('held', 'POST', '/', NULL, '1 hour');
	SELECT paysession.ps_idempotency_advance('held', 'half way')});

my @tables = split /\n/,
  $node->safe_psql('shop',
	q{SELECT c::regclass FROM pg_extension, unnest(extconfig) AS c
	  WHERE extname = 'paysession' ORDER BY c});

# All rows of all tables and sequences that a dump must keep.
sub contents
{
	my $db = shift;

	return join "\n", map {
		$_ . ': '
		  . $node->safe_psql($db,
			$_ =~ /_seq$/
			? "SELECT last_value, is_called FROM $_"
			: "SELECT count(*), md5(string_agg(row::text, ',' ORDER BY row))
			   FROM (SELECT to_jsonb(t) - 'txid' AS row FROM $_ t) AS rows")
	} @tables;
}

my $contents = contents('shop');
my ($last_event) = $contents =~ /event_id_seq: (\d+)/;
is( join("\n", @tables),
	$node->safe_psql('shop',
		q{SELECT oid::regclass FROM pg_class
		  WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'S') ORDER BY oid}),
	'all tables and sequences are registered');
unlike($contents, qr/: 0\|/, 'no table is empty');

my $directory = PostgreSQL::Test::Utils::tempdir();
$node->command_ok([ 'pg_dump', '-f', "$directory/plain", 'shop' ], 'plain dump');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$directory/custom", 'shop' ], 'custom dump');

my @restores = (
	[ plain       => 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$directory/plain", '-d' ],
	[ one_job     => 'pg_restore', '--exit-on-error', "$directory/custom", '-d' ],
	[ transaction => 'pg_restore', '-1', "$directory/custom", '-d' ],
	[ parallel    => 'pg_restore', '--exit-on-error', '-j2', "$directory/custom", '-d' ]);
foreach (@restores)
{
	my ($db, @command) = @$_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	{
		local $ENV{PGOPTIONS} = '-c session_replication_role=replica' if $db eq 'parallel';
		$node->command_ok([ @command, $db ], "$db: restored");
	}
	is(contents($db), $contents, "$db: the same rows, no event more, the sequence where it was");
	is($node->safe_psql($db, 'SELECT count(*) FROM paysession.payment_session_event WHERE txid::xid <> xmin'),
		'0', "$db: events bear the transaction that brought them into this database");

	$node->safe_psql(
		$db, q{
		SELECT paysession.ps_authorize(id) FROM paysession.ps_list('cart_2', provider_id => 'card');
		SELECT paysession.ps_cancel(id) FROM paysession.ps_list('cart_5', status => 'authorized');
		SELECT paysession.ps_refresh(id) FROM paysession.ps_list('cart_1', provider_id => 'wallet');
		SELECT paysession.ps_put_cart('{"id": "cart_3", "subtotal": 7}');
		SELECT paysession.ps_authorize(id) FROM paysession.ps_list(payment_collection_id => 'paycol_1', status => 'pending')});
	is( $node->safe_psql(
			$db, qq{
			SELECT cart_id, provider_id, from_status, to_status, e.is_selected, e.amount
			FROM paysession.payment_session_event e LEFT JOIN paysession.payment_session s ON s.id = session_id
			WHERE e.id > $last_event ORDER BY e.id}),
		"cart_2|wallet|pending|pending|f|199\n"
		  . "cart_2|card|pending|authorized|t|199\n"
		  . "cart_5|card|authorized|canceled|f|499\n"
		  . "||pending||f|99\n"
		  . "cart_1|wallet||pending|f|99\n"
		  . "cart_3|card|pending|pending|f|7\n"
		  . "cart_3|invoice|requires_more|requires_more|f|7\n"
		  . "|card|pending|authorized|f|200",
		"$db: the checkout goes on");
	is($node->safe_psql($db, q{
		UPDATE paysession.payment_collection SET description = 'derived again';
		SELECT status, authorized_amount, captured_amount, array_agg(id ORDER BY id)
		FROM paysession.payment_collection GROUP BY 1, 2, 3 ORDER BY 1, 2}),
		"authorized|300|0|{paycol_1}\n"
		  . "awaiting|0|0|{paycol_14,paycol_19,paycol_4,paycol_9}\n"
		  . "canceled|0|0|{paycol_10,paycol_15,paycol_20,paycol_5}\n"
		  . "failed|0|0|{paycol_13,paycol_18,paycol_3,paycol_8}\n"
		  . "partially_authorized|100|0|{paycol_11,paycol_16,paycol_6}\n"
		  . "partially_captured|300|99|{paycol_12,paycol_17,paycol_2,paycol_7}",
		"$db: what collections come to is derived as before");

	$node->safe_psql($db, q{SELECT paysession.ps_create('cart_late', 'card', 100, id => 'ps_late', currency_code => 'eur')});
	is( $node->safe_psql(
			$db, q{
			SELECT status FROM paysession.payment_session WHERE id = 'ps_late';
			SELECT event_id, outcome FROM paysession.provider_event ORDER BY event_id;
			SELECT outcome FROM paysession.ps_receive('card', 'evt_paid', 'canceled', 'ps_late');
			SELECT recovery_point, response_code, response_body FROM paysession.ps_idempotency_begin('done', 'POST', '/', '{"a": [1, null]}')}),
		"authorized\nevt_late|applied\nevt_lost|dismissed\nevt_paid|applied\nduplicate\nfinished|200|\"ok\"",
		"$db: what waits is applied, what is known is known");
	my ($stdout, $stderr);
	$node->psql($db, q{SELECT paysession.ps_idempotency_begin('held', 'POST', '/', NULL)}, stdout => \$stdout, stderr => \$stderr);
	like($stderr, qr/idempotency key is in use/, "$db: what is held is held");
}

# Two jobs load sessions beside what they refer to.
$node->safe_psql('postgres', 'CREATE DATABASE unordered');
$node->command_checks_all(
	[ 'pg_restore', '-j2', "$directory/custom", '-d', 'unordered' ],
	1, [qr/^$/], [qr/violates foreign key constraint/],
	'parallel jobs that check foreign keys fail loudly');

$node->stop;
done_testing();
