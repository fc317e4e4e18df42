# paysession_from_medusa.sql brings a Medusa shop in, all of it or nothing, and
# tells what breaks a rule; what has changed since, when it runs again.

use strict;
use warnings FATAL => 'all';

use Cwd;
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::RealBin/lib";
use Shop;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $script = $node->config_data('--sharedir') . '/extension/paysession_from_medusa.sql';
my $examples = getcwd . '/examples/carts.jsonl';
my @kinds = qw(provider sales_channel cart collection session payment refund);

# A database with Medusa's tables, a shop of that many carts in them, and the extension.
sub create_medusa
{
	my ($db, $carts) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION paysession');
	$node->safe_psql($db, slurp_file('test/medusa/schema.sql'));
	$node->command_ok([ 'psql', '-Xq', '-d', $db, '-v', "carts=$carts", '-v', "examples=$examples", '-f', 'test/medusa/fill.sql' ],
		"$db: a shop of $carts carts");
	return;
}

sub from_medusa
{
	my ($db, @more) = @_;

	return 'psql', '-Xq', '-d', $db, @more, '-f', $script;
}

# What the last run did: medusa, new, changed, unchanged, refused, gone of each kind.
sub last_run
{
	my $db = shift;

	return $node->safe_psql(
		$db, q{
		SELECT kind, medusa, new, changed, unchanged, refused, gone FROM paysession_medusa.run
		WHERE at = (SELECT max(at) FROM paysession_medusa.run)
		ORDER BY array_position('{provider,sales_channel,cart,collection,session,payment,refund}', kind)});
}

sub report
{
	my ($db, $condition) = @_;

	return $node->safe_psql($db,
		'SELECT kind, id, outcome, rule FROM paysession_medusa.report WHERE ' . ($condition // 'true') . ' ORDER BY 1, 2, 3, 4');
}

# The last run has accounted for every row that Medusa has.
sub adds_up
{
	my ($db, $what) = @_;
	my %table = (
		provider => 'payment_provider', sales_channel => 'sales_channel', cart => 'cart', collection => 'payment_collection',
		session => 'payment_session', payment => 'payment', refund => 'refund');

	is( $node->safe_psql(
			$db, q{
			SELECT kind, new + changed + unchanged + refused FROM paysession_medusa.run
			WHERE at = (SELECT max(at) FROM paysession_medusa.run) ORDER BY array_position('{provider,sales_channel,cart,collection,session,payment,refund}', kind)}),
		$node->safe_psql($db, join ' UNION ALL ', map { "SELECT '$_', count(*) FROM public.$table{$_}" } @kinds),
		"$what: what is new, changed, unchanged and refused is all that Medusa has");
	is($node->safe_psql($db, 'SELECT * FROM paysession.ps_check()'), '', "$what: the law holds");
	return;
}

create_medusa('shop', 600);
$node->command_ok([ 'psql', '-Xq', '-d', 'shop', '-f', 'test/medusa/defects.sql' ], 'and what can go wrong in it');

# All or nothing.
my $rows = rows_query($node, 'shop');
my $nothing = $node->safe_psql('shop', $rows);
$node->safe_psql('shop', 'ALTER TABLE paysession.cart DISABLE TRIGGER zz_guard');
$node->command_checks_all([ from_medusa('shop') ], 3, [qr/^$/], [qr/nothing was brought: .*rule 0, trigger zz_guard on paysession\.cart/s],
	'what would break the law is not committed');
$node->safe_psql('shop', 'ALTER TABLE paysession.cart ENABLE TRIGGER zz_guard');
is($node->safe_psql('shop', $rows), $nothing, 'and leaves nothing');
is($node->safe_psql('shop', q{SELECT to_regnamespace('paysession_medusa') IS NULL}), 't', 'not even a report');

# All of it.
$node->command_checks_all([ from_medusa('shop') ], 0, [qr/^ *session +\| +1246 \| +1237 \| +0 \| +0 \| +9 \| +0$/m], [qr/^$/], 'the first run');
adds_up('shop', 'first run');
is( last_run('shop'), join("\n",
		'provider|4|4|0|0|0|0', 'sales_channel|2|2|0|0|0|0', 'cart|636|632|0|0|4|0', 'collection|71|68|0|0|3|0',
		'session|1246|1237|0|0|9|0', 'payment|505|496|0|0|9|0', 'refund|136|128|0|0|8|0'),
	'what it did');
my $defects = report('shop');
same_lines($defects, <<'END' =~ s/\n\z//r, 'each thing that is wrong is named, and nothing else');
cart|cart_card|altered|document
cart|cart_card|altered|document
cart|cart_deleted|refused|deleted
cart|cart_endless|refused|cart_times
cart|cart_points|refused|cart_currency_code
cart|cart_spaced |refused|cart_id
cart|cart_taxed|altered|payment_session_amount
collection|paycol_decreed|altered|payment_collection_amount
collection|paycol_deleted|refused|deleted
collection|paycol_nothing|refused|payment_collection_amount
collection|paycol_over|noted|payment_collection_amount
collection|paycol_small|refused|payment_collection_amount
collection|paycol_unlinked|altered|payment_collection_amount
payment|pay_again|noted|payment_session_authorized
payment|pay_both|refused|payment_captured_within_amount
payment|pay_ghost|refused|payment_provider_id_fkey
payment|pay_grown|refused|payment_amount
payment|pay_negative|noted|payment_refunded_within_captured
payment|pay_new|noted|payment_refunded_within_captured
payment|pay_old|noted|payment_refunded_within_captured
payment|pay_over|noted|payment_refunded_within_captured
payment|pay_paid_dollars|refused|payment_amount
payment|pay_paid_minus|refused|payment_amount
payment|pay_paid_points|refused|payment_currency_code
payment|pay_small|refused|payment_payment_collection_id_fkey
payment|pay_taxed|refused|payment_amount
payment|pay_twice_2|refused|payment_session_id_key
payment|pay_twice_3|noted|payment_session_authorized
payment|pay_unlinked|noted|payment_session_authorized
refund|ref_both|refused|payment_operation_payment_id_fkey
refund|ref_early|refused|payment_refunded_within_captured
refund|ref_grown|refused|payment_operation_payment_id_fkey
refund|ref_negative|refused|payment_operation_amount
refund|ref_nothing|refused|payment_operation_payment_id_fkey
refund|ref_number|altered|document
refund|ref_over_6|refused|payment_refunded_within_captured
refund|ref_over_7|refused|payment_refunded_within_captured
refund|ref_over_8|refused|payment_refunded_within_captured
session|ps_canceled|refused|payment_collection_canceled
session|ps_chosen|altered|payment_session_selected
session|ps_deleted|refused|payment_session_cart_id_fkey
session|ps_detached|noted|payment_session_anchor
session|ps_detached_paid|refused|payment_session_currency_code
session|ps_ghost|refused|payment_session_provider_id_fkey
session|ps_large|altered|document
session|ps_left|refused|payment_session_selected
session|ps_list|altered|document
session|ps_minus|altered|payment_session_amount
session|ps_nothing|refused|payment_session_amount
session|ps_number|altered|document
session|ps_once|altered|payment_session_state
session|ps_points|refused|payment_session_cart_id_fkey
session|ps_refreshed|altered|payment_session_selected
session|ps_refused|altered|payment_session_selected
session|ps_second|altered|payment_session_provider_ref_key
session|ps_shared|altered|payment_session_anchor
session|ps_small|refused|payment_session_payment_collection_id_fkey
session|ps_stale|altered|payment_session_amount
session|ps_switched|altered|payment_session_selected
session|ps_unlinked|refused|payment_session_currency_code
session|ps_untimed|altered|payment_session_state
END

# As they were in Medusa.
is( $node->safe_psql(
		'shop', q{
		SELECT s.status, count(*), count(DISTINCT p.status) AS of, bool_and(p.is_selected IS TRUE = s.is_selected OR p.status <> s.status::text::payment_session_status_enum),
			bool_and(s.created_at = date_trunc('milliseconds', p.created_at)), bool_and(s.amount = p.amount), bool_and(s.data = p.data),
			bool_and(s.payment_authorized_at IS NOT DISTINCT FROM date_trunc('milliseconds', p.payment_authorized_at)),
			min(h.events), max(h.events), count(s.provider_ref)
		FROM paysession.payment_session s JOIN public.payment_session p USING (id)
			JOIN (SELECT session_id, count(*) AS events FROM paysession.payment_session_event GROUP BY 1) h ON h.session_id = s.id
		WHERE s.id LIKE 'ps\_01HQ%' GROUP BY 1 ORDER BY 1}),
	join("\n", 'authorized|420|1|t|t|t|t|t|2|2|300', 'pending|660|1|t|t|t|t|t|1|1|100', 'requires_more|30|1|t|t|t|t|t|2|2|20',
		'error|30|1|t|t|t|t|t|2|2|20', 'canceled|60|2|t|t|t|t|t|2|3|20'),
	'sessions, in every status, with their history');
# Totals are those that Medusa made of the same carts.
my $differ = q{
	WITH example AS (
		SELECT d::jsonb -> 'totals' AS t, row_number() OVER w - 1 AS nr, count(*) OVER (PARTITION BY is_paid) AS of, is_paid
		FROM string_to_table(rtrim(pg_read_file('EXAMPLES'), E'\n'), E'\n') WITH ORDINALITY AS l (d, nr),
			LATERAL (SELECT (d::jsonb -> 'totals' ->> 'total')::bigint > 0 AS is_paid) AS p
		WHERE jsonb_array_length(d::jsonb -> 'input' -> 'gift_cards') <= 1 WINDOW w AS (PARTITION BY is_paid ORDER BY l.nr))
	SELECT count(*), count(*) FILTER (WHERE c.subtotal = (t -> 'subtotal')::bigint AND round(c.raw_discount_total - (t -> 'raw_discount_total')::numeric, 6) = 0
		AND coalesce(c.item_tax_total, 0) = (t -> 'item_tax_total')::bigint AND c.shipping_total = (t -> 'shipping_total')::bigint
		AND coalesce(c.shipping_tax_total, 0) = (t -> 'shipping_tax_total')::bigint AND c.gift_card_total = (t -> 'gift_card_total')::bigint
		AND c.gift_card_tax_total = (t -> 'gift_card_tax_total')::bigint AND c.total = (t -> 'total')::bigint)
	FROM public."order" o JOIN paysession.cart c ON c.id = o.cart_id, LATERAL (SELECT substr(o.id, 7)::integer AS i) AS n
		JOIN example e ON e.is_paid = (i % 20 <> 16) AND e.nr = i % e.of
	WHERE o.id ~ '^order_[0-9]+$'} =~ s/EXAMPLES/$examples/r;
is($node->safe_psql('shop', $differ), '390|390', 'carts that became orders have the totals that Medusa made of them');
is($node->safe_psql('shop', q{SELECT count(*) FROM paysession.cart WHERE total IS NOT NULL AND (completed_at IS NULL OR id = 'cart_huge')}),
	'0', 'no open cart has a total, and none has one that is out of range');
is( $node->safe_psql(
		'shop', q{
		SELECT p.status, count(*), sum(p.amount) = sum(m.amount), sum(p.refunded_amount) = sum(m.amount_refunded), count(p.session_id), count(p.order_id),
			bool_and(p.captured_at IS NOT DISTINCT FROM date_trunc('milliseconds', m.captured_at)), bool_and(p.created_at = date_trunc('milliseconds', m.created_at))
		FROM paysession.payment p JOIN public.payment m USING (id) WHERE id LIKE 'pay\_01HQ%' GROUP BY 1 ORDER BY 1}),
	join("\n", 'authorized|90|t|t|90|30|t|t', 'canceled|60|t|t|30|30|t|t', 'captured|240|t|t|240|210|t|t',
		'partially_refunded|60|t|t|60|60|t|t', 'refunded|30|t|t|30|30|t|t'),
	'payments');
is( $node->safe_psql(
		'shop', q{
		SELECT (SELECT data FROM paysession.payment_session WHERE id = 'ps_number'), (SELECT note FROM paysession.refund WHERE idempotency_key = 'ref_number'),
			(SELECT metadata FROM paysession.cart WHERE id = 'cart_card'), (SELECT context FROM paysession.cart WHERE id = 'cart_card')}),
	'{"id": "pi_number", "pan": "***"}|to ****************|{"note": "**** **** **** ****"}|{"card": {"cvc": "***"}}', 'no card number has come along');
is($node->safe_psql('shop', q{SELECT count(*) FROM paysession.payment_session WHERE idempotency_key = 'once for all'}), '2', 'keys have');

is( $node->safe_psql('shop', q{SELECT payment_id, amount FROM paysession.refund WHERE idempotency_key = 'ref_older' ORDER BY 1}),
	"pay_newer|5399\npay_older|601", 'an order is refunded from its newest payment on');

# Again, and nothing has changed.
my $before = $node->safe_psql('shop', $rows);
$node->command_ok([ from_medusa('shop') ], 'the second run');
adds_up('shop', 'second run');
unlike(last_run('shop'), qr/^\w+\|\d+\|(?!0\|0\|\d+\|\d+\|0$)/m, 'nothing is new, has changed or has gone');
same_lines($node->safe_psql('shop', $rows), $before, 'no row has changed');
is(report('shop'), $defects, 'what is wrong still is');

# Again, after a day.
$node->command_ok([ 'psql', '-Xq', '-d', 'shop', '-f', 'test/medusa/changes.sql' ], 'the shop goes on');
$node->command_ok([ from_medusa('shop') ], 'the third run');
adds_up('shop', 'third run');
is( last_run('shop'), join("\n",
		'provider|4|0|1|3|0|0', 'sales_channel|2|0|1|1|0|0', 'cart|637|1|3|629|4|0', 'collection|71|0|0|68|3|0',
		'session|1246|2|8|1226|10|2', 'payment|508|4|3|493|8|0', 'refund|137|2|0|127|8|0'),
	'it brings what has changed');
{
	my %was = map { $_ => 1 } split /\n/, $defects;
	my %is = map { $_ => 1 } split /\n/, report('shop');

	is_deeply([ sort grep { !$was{$_} } keys %is ],
		[ 'cart|cart_over|noted|cart_total_authorized', 'refund|ref_again|refused|payment_refunded_within_captured', 'refund|ref_number|noted|deleted',
			'session|ps_refreshed|refused|payment_session_transition' ], 'what is wrong now');
	is_deeply([ sort grep { !$is{$_} } keys %was ],
		[ 'payment|pay_both|refused|payment_captured_within_amount', 'refund|ref_both|refused|payment_operation_payment_id_fkey', 'refund|ref_number|altered|document',
			'session|ps_refreshed|altered|payment_session_selected',
			'session|ps_untimed|altered|payment_session_state' ], 'and what is not any more');
}
is( $node->safe_psql(
		'shop', q{
		SELECT c.id, c.total, c.completed_at IS NOT NULL, s.status, s.is_selected, p.status, p.session_id = s.id
		FROM paysession.cart c JOIN paysession.payment_session s ON s.cart_id = c.id LEFT JOIN paysession.payment p ON p.cart_id = c.id
		WHERE c.id IN ('cart_first', 'cart_over', 'cart_late', 'cart_both', 'cart_untimed', 'cart_refreshed') ORDER BY 1}),
	join("\n", 'cart_both||f|authorized|t|partially_refunded|t', 'cart_first|5399|t|authorized|t|captured|t', 'cart_late||f|authorized|t|authorized|t',
		'cart_over||t|authorized|t|partially_refunded|t', 'cart_refreshed||f|authorized|t||', 'cart_untimed||f|canceled|f||'),
	'what became of it');
is($node->safe_psql('shop', q{SELECT kind, status FROM paysession.payment_operation WHERE session_id = 'ps_untimed'}),
	'void|pending', 'money that Medusa has forgotten is still to be released');
is( $node->safe_psql(
		'shop', q{
		SELECT o.order_id, o.status, o.captured_amount = o.amount, o.refunded_amount, s.status
		FROM paysession.order_payment_status o JOIN paysession.payment p USING (order_id) JOIN paysession.payment_session s ON s.id = p.session_id
		WHERE o.order_id IN ('order_7', 'order_27', 'order_8') ORDER BY 1}),
	join("\n", 'order_27|canceled|f|0|canceled', 'order_7|captured|t|0|authorized', 'order_8|partially_refunded|t|1|authorized'), 'captured, canceled, refunded');
$before = report('shop');
$node->command_ok([ from_medusa('shop') ], 'the fourth run');
unlike(last_run('shop'), qr/^\w+\|\d+\|(?!0\|0\|\d+\|\d+\|0$)/m, 'brings nothing');
is(report('shop'), $before, 'and says the same');

# A small shop, in all kinds of databases.
create_medusa('small', 40);
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE small") foreach qw(old foreign_owner hostile busy routed);
$node->command_ok([ from_medusa('small') ], 'a small shop');
my $small = last_run('small');
is(report('small'), '', 'in which nothing is wrong');

# What an older Medusa does not have, in a schema that is not called public.
$node->safe_psql(
	'old', q{
	DELETE FROM payment_collection_payments; DELETE FROM payment_collection_sessions;
	DELETE FROM payment WHERE cart_id IS NULL; DELETE FROM payment_session WHERE cart_id IS NULL;
	DROP TABLE payment_collection_payments, payment_collection_sessions, payment_collection;
	ALTER TABLE cart DROP COLUMN sales_channel_id; DROP TABLE sales_channel;
	ALTER TABLE payment_session DROP COLUMN amount, DROP COLUMN payment_authorized_at, DROP COLUMN is_initiated;
	ALTER SCHEMA public RENAME TO "Bob's ""old"" shop"});
$node->command_checks_all([ from_medusa('old') ], 3, [qr/^$/], [qr/"public\.\w+" is not a table/], 'not in schema public');
$node->command_ok([ from_medusa('old', '-v', q{medusa=Bob's "old" shop}) ], 'an old shop');
is(report('old'), '', 'there is nothing wrong with it');
is( $node->safe_psql('old', 'SELECT status, count(*), count(amount), count(payment_authorized_at) FROM paysession.payment_session GROUP BY 1 ORDER BY 1'),
	$node->safe_psql('small', q{SELECT status, count(*), count(amount) FILTER (WHERE payment_authorized_at IS NOT NULL OR total IS NOT NULL), count(payment_authorized_at)
		FROM paysession.payment_session LEFT JOIN paysession.cart c ON c.id = cart_id
		WHERE payment_collection_id IS NULL GROUP BY 1 ORDER BY 1}), 'amounts and times are those of payments');

# Another shop has nothing of this one, and deletes nothing of it.
$node->safe_psql(
	'old', q{
	CREATE SCHEMA public;
	DO $$
	DECLARE
		t record;
	BEGIN
		FOR t IN SELECT oid::regclass AS it, relname FROM pg_class WHERE relnamespace = '"Bob''s ""old"" shop"'::regnamespace AND relkind = 'r' LOOP
			EXECUTE format('CREATE TABLE public.%I (LIKE %s)', t.relname, t.it);
		END LOOP;
	END
	$$});
my $old = $node->safe_psql('old', $rows);
$node->command_checks_all([ from_medusa('old') ], 3, [qr/^$/], [qr/brought from schema "Bob's "old" shop", not from "public"/], 'another shop');
same_lines($node->safe_psql('old', $rows), $old, 'the first one stays');
$node->safe_psql('old', 'DROP SCHEMA paysession_medusa CASCADE');
$node->command_ok([ from_medusa('old') ], 'when the first one is done with');
same_lines($node->safe_psql('old', $rows), $old, 'it stays, too');

# Somebody who owns the tables, but is no superuser.
$node->safe_psql(
	'foreign_owner', q{
	CREATE ROLE clerk LOGIN;
	GRANT CREATE ON DATABASE foreign_owner TO clerk;
	GRANT USAGE ON SCHEMA paysession TO clerk;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paysession TO clerk;
	GRANT USAGE ON TYPE paysession.payment_session_status TO clerk;
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk;
	GRANT ALL ON ALL TABLES IN SCHEMA paysession TO clerk});
my @by_clerk = from_medusa('foreign_owner', '-U', 'clerk');
$node->command_checks_all([@by_clerk], 3, [qr/^$/], [qr/must be owner of the tables in schema paysession/], 'who may write only');
$node->safe_psql(
	'foreign_owner', q{
	DO $$
	DECLARE
		t regclass;
	BEGIN
		FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind IN ('r', 'v') LOOP
			EXECUTE format('ALTER TABLE %s OWNER TO clerk', t);
		END LOOP;
	END
	$$});
$node->command_ok([@by_clerk], 'who owns the tables, but is no superuser');
is(last_run('foreign_owner'), $small, 'brings as much');

# Where nothing means what it says.
$node->safe_psql(
	'hostile', q{
	CREATE SCHEMA evil;
	CREATE FUNCTION evil.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$;
	CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
	CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
	CREATE OPERATOR evil.~ (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
	CREATE FUNCTION evil.md5(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$;
	CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$;
	CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
	CREATE DOMAIN evil.jsonb AS pg_catalog.jsonb CHECK (false);
	CREATE TABLE evil.cart (id pg_catalog.text); CREATE TABLE evil.m_cart (); CREATE TABLE evil.t_cart (); CREATE TABLE evil.pg_class ();
	ALTER DATABASE hostile SET search_path = evil, public, pg_catalog;
	ALTER DATABASE hostile SET default_transaction_read_only = on;
	ALTER DATABASE hostile SET default_transaction_isolation = 'serializable';
	ALTER DATABASE hostile SET standard_conforming_strings = off;
	ALTER DATABASE hostile SET DateStyle = 'German';
	ALTER DATABASE hostile SET TimeZone = 'Asia/Kolkata'});
$node->command_checks_all([ from_medusa('hostile') ], 0, [qr/sales_channel/], [qr/^$/], 'a hostile database');
$node->safe_psql('postgres', "ALTER DATABASE hostile RESET $_")
  foreach qw(search_path default_transaction_read_only default_transaction_isolation standard_conforming_strings DateStyle TimeZone);
my $marks = q{SELECT md5(string_agg(mark::text, '' ORDER BY kind, id)) FROM paysession_medusa.mark};
is($node->safe_psql('hostile', $marks), $node->safe_psql('small', $marks), 'brings the same');
is($node->safe_psql('hostile', 'SELECT * FROM paysession.ps_check()'), '', 'and the law holds');

# While Medusa writes, somebody else runs it, too, and a webhook has come here.
$node->safe_psql(
	'busy', q{
	SELECT paysession.ps_put_provider('stripe', capture_method => 'automatic');
	SELECT paysession.ps_receive('stripe', 'evt_1', 'authorized', s.id, amount => s.amount)
	FROM public.payment_session s WHERE provider_id = 'stripe' AND status = 'requires_more'});
is($node->safe_psql('busy', 'SELECT outcome FROM paysession.provider_event'), 'parked', 'a webhook is ahead');
my $medusa = $node->background_psql('busy');
$medusa->query_safe(q{
	BEGIN;
	LOCK TABLE public.cart, public.payment, public.payment_session, public.refund, public.payment_collection, public."order", public.line_item IN EXCLUSIVE MODE;
	UPDATE public.cart SET metadata = '{"later": true}' WHERE id = (SELECT min(id) FROM public.cart)});
my @runs = map { IPC::Run::start([ from_medusa($node->connstr('busy')) ], '>', \my $stdout, IPC::Run::timeout(60)) } 1 .. 2;
ok($_->finish, 'it waits for nobody in Medusa') foreach @runs;
$medusa->query_safe('COMMIT');
$medusa->quit;
is($node->safe_psql('busy', q{SELECT kind, sum(new), sum(unchanged), count(*) FROM paysession_medusa.run WHERE kind IN ('cart', 'payment') GROUP BY 1 ORDER BY 1}),
	"cart|40|40|2\npayment|32|32|2", 'of two at once, one brings everything, the other one nothing');
is( $node->safe_psql('busy', q{SELECT e.outcome, s.status FROM paysession.provider_event e JOIN paysession.payment_session s ON s.id = e.session_id}),
	'applied|authorized', 'the webhook is applied to what was brought');
is($node->safe_psql('busy', q{SELECT count(*) FROM paysession.payment_provider WHERE capture_method = 'automatic'}), '1', 'what was set up stays');
$node->command_ok([ from_medusa('busy') ], 'afterwards');
like(last_run('busy'), qr/^cart\|40\|0\|1\|39\|0\|0$/m, 'what was written meanwhile comes');
is($node->safe_psql('busy', 'SELECT * FROM paysession.ps_check()'), '', 'the law holds');

# Not where nothing would be judged, on part of the routes, where somebody else
# has made the schema for the report, or where Medusa's table is a view by now.
$node->safe_psql('routed', q{SELECT paysession.ps_own_routes('{[0,16384)}')});
$node->command_checks_all([ from_medusa('routed') ], 3, [qr/^$/], [qr/owns some routes only/], 'one of several shards');
my %spoilt = (
	'session_replication_role must be origin' =>
	  [ 'ALTER DATABASE small SET session_replication_role = replica', 'ALTER DATABASE small RESET session_replication_role' ],
	q{schema paysession_medusa is somebody else's} =>
	  [ 'ALTER SCHEMA paysession_medusa OWNER TO clerk', 'ALTER SCHEMA paysession_medusa OWNER TO current_user' ],
	'"public.payment_session" is not a table' => [
		'ALTER TABLE public.payment_session RENAME TO was; CREATE VIEW public.payment_session AS SELECT * FROM public.was',
		'DROP VIEW public.payment_session; ALTER TABLE public.was RENAME TO payment_session' ]);
foreach my $error (sort keys %spoilt)
{
	$node->safe_psql('small', $spoilt{$error}[0]);
	$node->command_checks_all([ from_medusa('small') ], 3, [qr/^$/], [qr/ERROR:  \Q$error\E/], $error);
	$node->safe_psql('small', $spoilt{$error}[1]);
}
$node->command_ok([ from_medusa('small') ], 'otherwise again');

$node->stop;
done_testing();
