# paysession_for_medusa.sql: what Medusa v1 sends to its tables is held to the
# law, its transactions take turns, and all of it can be taken back.

use strict;
use warnings FATAL => 'all';

use Cwd;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE shop LOGIN');
my $folder = $node->config_data('--sharedir') . '/extension';

sub create_medusa
{
	my $db = shift;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION paysession');
	$node->safe_psql($db, slurp_file('test/medusa/schema.sql') . 'GRANT ALL ON ALL TABLES IN SCHEMA public TO shop');
	return;
}

sub run_script
{
	my ($db, $script, @more) = @_;

	return 'psql', '-Xq', '-d', $db, @more, '-f', "$folder/paysession_$script.sql";
}

# What is in schema public, as pg_dump tells it.
sub public_schema
{
	my $db = shift;
	my ($stdout) = run_command([ 'pg_dump', '-s', '-n', 'public', '-d', $db ]);

	return $stdout =~ s/^\\(un)?restrict .*$//mgr;
}

sub law_holds
{
	my ($db, $what) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($node->safe_psql($db, 'SELECT * FROM paysession.ps_check()'), '', "$what: the law holds");
	return;
}

create_medusa('shop');
local @ENV{qw(PGHOST PGPORT)} = ($node->host, $node->port);
$node->safe_psql(
	'shop', q{
	INSERT INTO currency VALUES ('eur', 'EUR', 'EUR', 'Euro'), ('usd', '$', '$', 'US Dollar');
	INSERT INTO region (id, name, currency_code, tax_rate) VALUES ('reg_eur', 'Europe', 'eur', 20), ('reg_usd', 'America', 'usd', 0);
	INSERT INTO payment_provider VALUES ('stripe', true), ('paypal', true);
	INSERT INTO cart (id, region_id) VALUES ('cart_before', 'reg_usd');
	INSERT INTO payment_session (id, cart_id, provider_id, status, data) VALUES ('ps_before', 'cart_before', 'stripe', 'pending', '{}')});
my $schema = public_schema('shop');

# It refuses what it would lose.
$node->command_checks_all([ run_script('shop', 'for_medusa') ], 3, [qr/^$/],
	[qr/has payment sessions that are not in paysession\.payment_session.*Run paysession_from_medusa\.sql/s], 'sessions that were not brought');
same_lines(public_schema('shop'), $schema, 'nothing has changed');
$node->safe_psql('shop', 'DELETE FROM payment_session');
$node->command_checks_all([ run_script('shop', 'for_medusa', '-v', 'app=public') ], 3, [qr/^$/], [qr/role "public" does not exist/], 'everyone is nobody');
same_lines(public_schema('shop'), $schema, 'nothing has changed');
$node->command_ok([ run_script('shop', 'for_medusa', '-v', 'app=shop') ], 'the script');
is($node->safe_psql('shop', 'SELECT id, currency_code FROM paysession.cart'), 'cart_before|usd', 'carts that there are');
is($node->safe_psql('shop', 'SELECT string_agg(id, $$,$$ ORDER BY id) FROM paysession.payment_provider'), 'paypal,stripe,system', 'and providers');

# Medusa's statements.
my $session = q{INSERT INTO "public"."payment_session"("id", "created_at", "updated_at", "cart_id", "provider_id", "is_selected", "is_initiated", "status",
	"data", "idempotency_key", "amount", "payment_authorized_at") VALUES};
my $payment = q{INSERT INTO "public"."payment"("id", "created_at", "updated_at", "swap_id", "cart_id", "order_id", "amount", "currency_code",
	"amount_refunded", "provider_id", "data", "captured_at", "canceled_at", "metadata", "idempotency_key") VALUES};
my %statement = (
	insert => $session . q{ ('%s', DEFAULT, DEFAULT, '%s', '%s', DEFAULT, DEFAULT, '%s', '{}', DEFAULT, %s, DEFAULT) RETURNING "created_at", "updated_at", "is_initiated"},
	insert_again => $session . q{ ('%s', '2026-01-01', '2026-01-01', '%s', '%s', false, false, 'pending', '{}', '%s', %s, NULL) RETURNING "is_initiated"},
	insert_collection => $session . q{ ('%s', DEFAULT, DEFAULT, DEFAULT, '%s', DEFAULT, DEFAULT, 'pending', '{}', DEFAULT, %s, DEFAULT) RETURNING "created_at", "updated_at", "is_initiated"},
	unselect => q{UPDATE "public"."payment_session" SET "is_selected" = NULL, "is_initiated" = false, "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN (%s)},
	initiate => q{UPDATE "public"."payment_session" SET "data" = '{"id": "pi_1"}', "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	select => q{UPDATE "public"."payment_session" SET "is_selected" = true, "is_initiated" = true, "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s')},
	detach => q{UPDATE "public"."payment_session" SET "cart_id" = NULL, "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s')},
	amount => q{UPDATE "public"."payment_session" SET "amount" = %s, "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	status => q{UPDATE "public"."payment_session" SET "status" = '%s', "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	authorize => q{UPDATE "public"."payment_session" SET "status" = 'authorized', "payment_authorized_at" = now(), "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	delete => q{DELETE FROM "public"."payment_session" WHERE "id" = '%s'},
	payment => $payment . q{ ('%s', DEFAULT, DEFAULT, DEFAULT, '%s', DEFAULT, %s, 'eur', DEFAULT, 'stripe', '{}', DEFAULT, DEFAULT, DEFAULT, DEFAULT)
		RETURNING "created_at", "updated_at", "amount_refunded"},
	collection_payment => $payment . q{ ('%s', DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, %s, 'eur', DEFAULT, 'stripe', '{}', DEFAULT, DEFAULT, DEFAULT, DEFAULT)},
	link_session => q{INSERT INTO "public"."payment_collection_sessions"("payment_collection_id", "payment_session_id") VALUES ('%s', '%s')},
	link_payment => q{INSERT INTO "public"."payment_collection_payments"("payment_collection_id", "payment_id") VALUES ('%s', '%s')},
	order => q{UPDATE "public"."payment" SET "order_id" = '%s', "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	capture => q{UPDATE "public"."payment" SET "captured_at" = now(), "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	cancel => q{UPDATE "public"."payment" SET "canceled_at" = now(), "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	refunded => q{UPDATE "public"."payment" SET "amount_refunded" = %s, "updated_at" = CURRENT_TIMESTAMP WHERE "id" IN ('%s') RETURNING "updated_at"},
	refund => q{INSERT INTO "public"."refund"("id", "created_at", "updated_at", "order_id", "payment_id", "amount", "note", "reason", "metadata", "idempotency_key")
		VALUES ('%s', DEFAULT, DEFAULT, %s, %s, %s, DEFAULT, 'return', DEFAULT, DEFAULT) RETURNING "created_at", "updated_at"});

sub statement
{
	my ($name, @values) = @_;

	return sprintf "$statement{$name};\n", @values;
}

# Several of them, as one transaction of Medusa's.
sub medusa
{
	return $node->safe_psql('shop', join('', 'BEGIN;', @_, 'COMMIT;'), extra_params => [ '-U', 'shop' ]);
}

sub refused
{
	my ($sqlstate, $what, @statements) = @_;
	my ($ret, $stdout, $stderr) = $node->psql('shop', join('', "\\set VERBOSITY verbose\nBEGIN;", @statements, 'COMMIT;'), extra_params => [ '-U', 'shop' ]);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	like($stderr, qr/ERROR:  $sqlstate: /, "$what is refused");
	return $stderr;
}

sub sessions
{
	my $cart = shift;

	return $node->safe_psql(
		'shop', qq{
		SELECT string_agg(concat_ws(' ', id, nullif(is_selected, false), status, amount), ', ' ORDER BY id) FROM paysession.payment_session WHERE cart_id = '$cart'});
}

sub payment
{
	my $id = shift;

	return $node->safe_psql(
		'shop', qq{
		SELECT concat_ws(' ', ours.status, session_id, ours.order_id, captured_amount, refunded_amount, voided_amount, theirs.amount_refunded)
		FROM paysession.payment AS ours JOIN public.payment AS theirs USING (id) WHERE id = '$id'});
}

sub cart
{
	my ($cart, @providers) = @_;

	medusa("INSERT INTO cart (id, region_id) VALUES ('cart_$cart', 'reg_eur');", map { statement('insert', "ps_${cart}_$_", "cart_$cart", $_, 'pending', 1000) } @providers);
	return;
}

# A cart with one session, selected and authorized.
sub authorized_cart
{
	my ($cart) = @_;

	cart($cart, 'stripe');
	medusa(statement('select', "ps_${cart}_stripe"), statement('authorize', "ps_${cart}_stripe"));
	return;
}

medusa(q{INSERT INTO cart (id, region_id) VALUES ('cart_1', 'reg_usd'); UPDATE cart SET region_id = 'reg_eur' WHERE id = 'cart_1';
	INSERT INTO payment_provider VALUES ('klarna', true); UPDATE payment_provider SET is_installed = false WHERE id = 'klarna';});
is($node->safe_psql('shop', q{SELECT currency_code FROM paysession.cart WHERE id = 'cart_1'}), 'eur', q{a cart's currency is its region's});
is($node->safe_psql('shop', q{SELECT is_installed FROM paysession.payment_provider WHERE id = 'klarna'}), 'f', 'a provider that is not installed any more');

like(medusa(statement('insert', 'ps_1', 'cart_1', 'stripe', 'pending', 1000)), qr/^\d{4}-[^|]+\|\d{4}-[^|]+\|f$/, 'a session is born');
medusa(statement('insert', 'ps_2', 'cart_1', 'paypal', 'pending', 1000));
is( $node->safe_psql('shop', q{SELECT cart_id, provider_id, is_selected, is_initiated, status, data, amount, payment_authorized_at, idempotency_key IS NOT NULL FROM public.payment_session WHERE id = 'ps_1'}),
	'cart_1|stripe|f|f|pending|{}|1000||t', 'as it reads');
like(refused(23505, 'another one of the same provider', statement('insert', 'ps_3', 'cart_1', 'stripe', 'pending', 1000)),
	qr/DETAIL:  Key \(cart_id, provider_id\)=\(cart_1, stripe\) already exists\..*TABLE NAME:  payment_session/s, q{and Medusa's error handler can read it});
refused(23503, 'one of no provider', statement('insert', 'ps_3', 'cart_1', 'nobody', 'pending', 1000));
refused(23514, 'one of a provider that is not installed', statement('insert', 'ps_3', 'cart_1', 'klarna', 'pending', 1000));

medusa(statement('unselect', q{'ps_1', 'ps_2'}), statement('initiate', 'ps_1'), statement('select', 'ps_1'));
is(sessions('cart_1'), 'ps_1 t pending 1000, ps_2 pending 1000', 'one is selected');
my $key = $node->safe_psql('shop', q{SELECT idempotency_key FROM payment_session WHERE id = 'ps_1'});
medusa(statement('delete', 'ps_1'), statement('insert_again', 'ps_1', 'cart_1', 'stripe', $key, 1000), statement('unselect', q{'ps_1', 'ps_2'}), statement('select', 'ps_2'));
is(sessions('cart_1'), 'ps_1 pending 1000, ps_2 t pending 1000', 'another one is');
is($node->safe_psql('shop', q{SELECT idempotency_key FROM payment_session WHERE id = 'ps_1'}), $key, 'the first one is what it was');
medusa(statement('detach', 'ps_2'), statement('amount', 1200, 'ps_2'));
is(sessions('cart_1'), 'ps_1 pending 1000, ps_2 t pending 1200', 'no session leaves its cart; amounts change');
medusa(statement('status', 'requires_more', 'ps_2'), statement('status', 'error', 'ps_2'));
medusa(statement('status', 'canceled', 'ps_2'));
is(sessions('cart_1'), 'ps_1 pending 1000, ps_2 canceled 1200', 'what is canceled is not selected any more');
is($node->safe_psql('shop', q{SELECT id FROM public.payment_session WHERE cart_id = 'cart_1'}), 'ps_1', 'and Medusa does not see it');
medusa(statement('insert', 'ps_3', 'cart_1', 'paypal', 'pending', 1000));
is(sessions('cart_1'), 'ps_1 pending 1000, ps_2 canceled 1200, ps_3 pending 1000', 'so it makes another one');

# What is authorized.
authorized_cart('2');
my $at = $node->safe_psql('shop', q{SELECT payment_authorized_at FROM public.payment_session WHERE cart_id = 'cart_2'});
isnt($at, '', 'when it was authorized');
medusa(statement('authorize', 'ps_2_stripe'));
is($node->safe_psql('shop', q{SELECT payment_authorized_at FROM public.payment_session WHERE cart_id = 'cart_2'}), $at, 'the first time counts');
refused(23514, 'to leave it', statement('unselect', q{'ps_2_stripe'}));
refused(23514, 'another amount of it', statement('amount', 1200, 'ps_2_stripe'));
refused(23514, 'that it is pending again', statement('status', 'pending', 'ps_2_stripe'));
refused(23001, 'to delete it', statement('delete', 'ps_2_stripe'));
is(sessions('cart_2'), 'ps_2_stripe t authorized 1000', 'it stays');

# Money.
medusa(statement('payment', 'pay_2', 'cart_2', 1000), q{UPDATE cart SET payment_id = 'pay_2', payment_authorized_at = now() WHERE id = 'cart_2';});
is(payment('pay_2'), 'authorized ps_2_stripe 0 0 0 0', 'a payment is the one of its session');
like(refused(23505, 'a second one', statement('payment', 'pay_3', 'cart_2', 1000)), qr/DETAIL:  Key \(cart_id\)=\(cart_2\) already exists\..*TABLE NAME:  payment$/ms, 'by Medusa\'s own index');
medusa(q{INSERT INTO "order" (id, cart_id, region_id, currency_code) VALUES ('order_2', 'cart_2', 'reg_eur', 'eur');},
	statement('order', 'order_2', 'pay_2'), q{UPDATE cart SET completed_at = now() WHERE id = 'cart_2';});
is($node->safe_psql('shop', q{SELECT completed_at IS NOT NULL FROM paysession.cart WHERE id = 'cart_2'}), 't', 'the cart became an order');
refused(23514, 'a refund of what is not captured', statement('refunded', 100, 'pay_2'), statement('refund', 'ref_0', 'NULL', q{'pay_2'}, 100));
medusa(statement('capture', 'pay_2'));
is(payment('pay_2'), 'captured ps_2_stripe order_2 1000 0 0 0', 'captured');
medusa(statement('refunded', 300, 'pay_2'), statement('refund', 'ref_1', q{'order_2'}, q{'pay_2'}, 300));
is(payment('pay_2'), 'partially_refunded ps_2_stripe order_2 1000 300 0 300', 'refunded');
# As one does who has read before the other one wrote.
medusa(statement('refunded', 400, 'pay_2'), statement('refund', 'ref_2', q{'order_2'}, 'NULL', 400));
is(payment('pay_2'), 'partially_refunded ps_2_stripe order_2 1000 700 0 700', 'and again, by the order: the sum is that of all');
refused(23514, 'more', statement('refunded', 800, 'pay_2'), statement('refund', 'ref_3', 'NULL', q{'pay_2'}, 400));
is(payment('pay_2'), 'partially_refunded ps_2_stripe order_2 1000 700 0 700', 'more is not');
refused(23514, 'to cancel what is captured', statement('cancel', 'pay_2'));

authorized_cart('3');
medusa(statement('payment', 'pay_3', 'cart_3', 1000));
medusa(statement('cancel', 'pay_3'));
is(payment('pay_3') . ', ' . sessions('cart_3'), 'canceled ps_3_stripe 0 0 1000 0, ps_3_stripe canceled 1000', 'canceled, and its session with it');
refused(23514, 'to capture it', statement('capture', 'pay_3'));

authorized_cart('4');
medusa(statement('payment', 'pay_4', 'cart_4', 1200));
is(payment('pay_4'), '', 'a payment of another amount is not one of ours');
is($node->safe_psql('shop', 'SELECT id, amount, session_id, session_amount FROM paysession_for_medusa.stray_payment'), 'pay_4|1200|ps_4_stripe|1000', 'it can be seen which one is');
medusa(statement('capture', 'pay_4'), statement('refunded', 100, 'pay_4'), statement('refund', 'ref_4', 'NULL', q{'pay_4'}, 100));
is($node->safe_psql('shop', q{SELECT amount_refunded FROM payment WHERE id = 'pay_4'}), '100', 'Medusa goes on with it alone');

cart('7', 'stripe');
medusa(statement('payment', 'pay_7', 'cart_7', 1000));
is(payment('pay_7'), '', 'nor is one of a cart of which no session is selected');

# What a webhook has told before.
authorized_cart($_) foreach 8, 9;
medusa(statement('payment', "pay_$_", "cart_$_", 1000)) foreach 8, 9;
$node->safe_psql('shop', q{SELECT paysession.ps_capture('pay_8'); SELECT paysession.ps_void('pay_9')});
medusa(statement('capture', 'pay_8'), statement('cancel', 'pay_9'));
is(payment('pay_8'), 'captured ps_8_stripe 1000 0 0 0', 'is not captured');
is(payment('pay_9'), 'canceled ps_9_stripe 0 0 1000 0', 'nor released once more');

# A payment collection.
medusa(q{INSERT INTO payment_collection (id, type, status, amount, region_id, currency_code, created_by) VALUES ('paycol_1', 'order_edit', 'not_paid', 1000, 'reg_eur', 'eur', 'usr_1');},
	map { (statement('insert_collection', "ps_c$_", 'stripe', 500), statement('link_session', 'paycol_1', "ps_c$_")) } 1 .. 2);
is($node->safe_psql('shop', q{SELECT id, currency_code FROM paysession.payment_session WHERE id LIKE 'ps\_c%' ORDER BY 1}), "ps_c1|eur\nps_c2|eur", 'its sessions have its currency');
refused(23503, 'a link to no session', statement('link_session', 'paycol_1', 'ps_c3'));
medusa(statement('authorize', 'ps_c1'), statement('collection_payment', 'pay_c1', 500), statement('link_payment', 'paycol_1', 'pay_c1'));
is(payment('pay_c1'), 'authorized ps_c1 0 0 0 0', 'its payment is one of its session');
like(refused(23505, 'a second one', statement('collection_payment', 'pay_c2', 500), statement('link_payment', 'paycol_1', 'pay_c2')),
	qr/DETAIL:  Key \(payment_collection_id\)=\(paycol_1\) already exists\..*TABLE NAME:  payment$/ms, q{and Medusa's error handler can read it});
medusa(q{DELETE FROM "public"."payment_collection_payments" WHERE ("payment_collection_id" = 'paycol_1') AND ("payment_id" = 'pay_c1');});
is($node->safe_psql('shop', 'SELECT * FROM payment_collection_payments'), 'paycol_1|pay_c1', 'a payment stays in its collection');
medusa(statement('delete', 'ps_c2'));
is($node->safe_psql('shop', 'SELECT payment_session_id FROM payment_collection_sessions'), 'ps_c1', 'a session that is deleted does not');
medusa(q{DELETE FROM payment_collection WHERE id = 'paycol_1';});
is($node->safe_psql('shop', 'SELECT * FROM payment_collection_payments'), '', 'nor does anything in one that is');
law_holds('shop', 'after all of that');

# Turns.
sub wait_for_waiting
{
	$node->poll_query_until('shop', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'waiting'})
	  or die 'nobody waits';
	return;
}
my $read = q{SELECT s.id, s.status FROM "public"."cart" "cart" LEFT JOIN "public"."payment_session" s ON s.cart_id = cart.id WHERE cart.id IN ('cart_5') ORDER BY 1};
my $unlocked = q{SELECT string_agg(id, ',') FROM (SELECT id FROM public.cart WHERE id IN ('cart_5', 'cart_6') ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS c};
cart($_, 'stripe') foreach 5, 6;
medusa(statement('select', 'ps_5_stripe'));
medusa(q{INSERT INTO payment_collection (id, type, status, amount, region_id, currency_code, created_by) VALUES ('paycol_2', 'order_edit', 'not_paid', 1000, 'reg_eur', 'eur', 'usr_1');},
	statement('insert_collection', 'ps_c4', 'stripe', 1000), statement('link_session', 'paycol_2', 'ps_c4'));
# Small tables are read as a whole, where that is cheap.
$node->safe_psql('shop', 'ANALYZE');
my $first = $node->background_psql('shop');
my $second = $node->background_psql('shop', on_error_stop => 0);
$second->query_safe(q{SET application_name = 'waiting'});

$first->query_safe("BEGIN; $read");
is($node->safe_psql('shop', $unlocked), 'cart_6', 'who reads sessions in a transaction has its turn at that cart, and at no other');
is($second->query_safe($read), 'ps_5_stripe|pending', 'who reads outside of one waits for nobody');
is($second->query_safe("BEGIN READ ONLY; $read; COMMIT"), 'ps_5_stripe|pending', 'nor who only reads');
$second->query_until(qr/begun/, "\\echo begun\nBEGIN; $read;\n");
wait_for_waiting();
$first->query_safe(statement('authorize', 'ps_5_stripe') . statement('payment', 'pay_5', 'cart_5', 1000) . 'COMMIT;');
like($second->query_safe('SELECT'), qr/^ps_5_stripe\|authorized$/m, 'the next one reads what it has left');
$second->query_safe('ROLLBACK');

# One that Medusa has deleted and made again, and one in a collection.
my $read_collection = q{SELECT s.id, s.status FROM "public"."payment_collection" c LEFT JOIN "public"."payment_collection_sessions" l ON l.payment_collection_id = c.id
	LEFT JOIN "public"."payment_session" s ON s.id = l.payment_session_id WHERE c.id = 'paycol_2'};
$first->query_safe("BEGIN; $read_collection");
is($node->safe_psql('shop', $unlocked), 'cart_5,cart_6', q{who reads a collection's has its turn at no cart});
$second->query_until(qr/begun/, "\\echo begun\nBEGIN; $read_collection;\n");
wait_for_waiting();
$first->query_safe(statement('delete', 'ps_c4') . statement('insert_collection', 'ps_c4', 'stripe', 1000) . statement('link_session', 'paycol_2', 'ps_c4') . statement('authorize', 'ps_c4') . 'COMMIT;');
like($second->query_safe('SELECT'), qr/^ps_c4\|authorized$/m, 'of a collection as well');
$second->query_safe('ROLLBACK');

# Somebody who takes no turn, a webhook for one.
medusa(statement('select', 'ps_6_stripe'));
$first->query_safe(q{BEGIN; SELECT paysession.ps_require_more('ps_6_stripe')});
$second->query_until(qr/begun/, "\\echo begun\n\\set VERBOSITY sqlstate\n" . statement('initiate', 'ps_6_stripe'));
wait_for_waiting();
$first->query_safe('COMMIT');
$second->query('SELECT');
like($second->{stderr}, qr/ERROR:  40001/, 'what Medusa has not read it does not write over');
$second->{stderr} = '';
is(sessions('cart_6'), 'ps_6_stripe t requires_more 1000', 'it stays');
$_->quit foreach $first, $second;
law_holds('shop', 'after the turns');

# A dump has all of it.
$node->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = $node->basedir . '/shop.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-d', 'shop', '-f', $dump ], 'a dump');
$node->command_ok([ 'pg_restore', '-d', 'restored', '--exit-on-error', $dump ], 'is restored');
same_lines(public_schema('restored'), public_schema('shop'), 'as it was');
$node->safe_psql('restored', statement('authorize', 'ps_6_stripe') . statement('payment', 'pay_6', 'cart_6', 1000));
is($node->safe_psql('restored', q{SELECT session_id FROM paysession.payment WHERE id = 'pay_6'}), 'ps_6_stripe', 'and goes on');

# And back.
my $seen = q{SELECT id, cart_id, provider_id, is_selected IS TRUE, status, data, created_at, updated_at, idempotency_key, payment_authorized_at, amount, is_initiated
	FROM public.payment_session ORDER BY id};
my $before = $node->safe_psql('shop', $seen);
$node->command_ok([ run_script('shop', 'for_medusa', '-v', 'undo=on') ], 'undone');
same_lines(public_schema('shop'), $schema, q{Medusa's tables are what they were});
same_lines($node->safe_psql('shop', $seen), $before, 'with what Medusa has seen');
is($node->safe_psql('shop', q{SELECT to_regnamespace('paysession_for_medusa') IS NULL}), 't', 'nothing is left of it');
medusa(statement('status', 'pending', 'ps_5_stripe'));
is($node->safe_psql('shop', q{SELECT status FROM paysession.payment_session WHERE id = 'ps_5_stripe'}), 'authorized', 'what is here is not asked any more');
law_holds('shop', 'undone');

# A shop that moves over first.
create_medusa('brought');
$node->command_ok([ 'psql', '-Xq', '-d', 'brought', '-v', 'carts=60', '-v', 'examples=' . getcwd . '/examples/carts.jsonl', '-f', 'test/medusa/fill.sql' ], 'a shop');
$schema = public_schema('brought');
$node->command_ok([ run_script('brought', 'from_medusa') ], 'is brought in');
# Those of canceled payments are canceled here, and not seen.
$seen = q{SELECT id, cart_id, provider_id, is_selected IS TRUE, status, data, date_trunc('milliseconds', created_at), amount, is_initiated,
		date_trunc('milliseconds', payment_authorized_at)
	FROM public.payment_session WHERE id IN (SELECT id FROM paysession.payment_session WHERE canceled_at IS NULL) ORDER BY id};
$before = $node->safe_psql('brought', $seen);
foreach my $time (qw(once twice))
{
	$node->command_ok([ run_script('brought', 'for_medusa', '-v', 'app=shop') ], "on top of it, $time");
	same_lines($node->safe_psql('brought', $seen), $before, 'Medusa sees the same sessions');
	$node->command_checks_all([ run_script('brought', 'from_medusa') ], 3, [qr/^$/], [qr/"public\.payment_session" is not a table/], 'nothing is brought any more');
	is($node->safe_psql('brought', 'SELECT count(*) FROM paysession_for_medusa.stray_payment'), '0', 'every payment is one of ours');
	is( $node->safe_psql(
			'brought', q{
			UPDATE public.payment SET captured_at = now() WHERE id = (SELECT min(id) FROM paysession.payment WHERE status = 'authorized' AND order_id IS NOT NULL) RETURNING id} =~ s/$/;/r . q{
			SELECT count(*) FROM public.payment AS theirs JOIN paysession.payment AS ours USING (id) WHERE (theirs.captured_at IS NULL) <> (ours.captured_at IS NULL)}) =~ s/.*\n//r,
		'0', 'what Medusa captures is captured');
	law_holds('brought', $time);
	$node->command_ok([ run_script('brought', 'for_medusa', '-v', 'undo=on') ], 'and back');
	same_lines(public_schema('brought'), $schema, q{Medusa's tables are what they were});
}

$node->stop;
done_testing();
