# A refused card number leaves neither itself nor its statement in the server's
# log, nor anywhere else in the server's files, by whatever way it came.

use strict;
use warnings FATAL => 'all';

use File::Find;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $card = '4111111111111111';
my $other_card = '5555555555554444';

# All that can be logged of an error, and all that is not the statement as such.
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
	shared_preload_libraries = 'auto_explain, pg_stat_statements'
	auto_explain.log_min_duration = 0
	auto_explain.log_nested_statements = on
	auto_explain.log_analyze = on
	auto_explain.log_verbose = on
	auto_explain.log_triggers = on
	logging_collector = on
	log_destination = 'stderr, csvlog, jsonlog'
	log_statement = none
	log_error_verbosity = verbose
	log_min_error_statement = warning
	log_parameter_max_length_on_error = -1});
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	CREATE EXTENSION pg_stat_statements;
	SELECT paysession.ps_put_provider('card', capture_method => 'manual_multiple');
	SELECT paysession.ps_put_provider('wallet');
	SELECT paysession.ps_put_sales_channel('web', 'The shop');
	SELECT paysession.ps_create('cart', 'card', id => 'session');
	SELECT paysession.ps_create('held', 'card', 100, id => 'held', currency_code => 'eur');
	SELECT paysession.ps_authorize('held');
	INSERT INTO paysession.payment (id, session_id) VALUES ('payment', 'held');
	SELECT paysession.ps_capture('payment', 50);
	INSERT INTO paysession.payment_collection (id, amount, currency_code) VALUES ('collection', 100, 'eur');
	SELECT paysession.ps_idempotency_begin('key', NULL, NULL, NULL);
	CREATE FUNCTION pay(data jsonb) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM paysession.ps_create('cart', 'wallet', data => data);
	END $$;
	CREATE FUNCTION pay_again(data jsonb) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM pay(data);
	EXCEPTION WHEN check_violation THEN
		RAISE;
	END $$});

# Runs statements and returns their SQLSTATEs.
sub states
{
	my ($sql) = @_;
	my $stderr;

	$node->psql('postgres', "\\set VERBOSITY sqlstate\n$sql", stderr => \$stderr);
	return join ' ', $stderr =~ /ERROR:  (\w{5})$/gm;
}

# What a statement is before its values: documents and notes.
my %values = (
	DOC => qq({"a": [{"b": "$card"}]}),
	NUM => qq({"a": $card}),
	KEY => qq({"$card": 0}),
	CVC => '{"cvc": "s3cr3t"}',
	NOTE => "$card was declined");
my $placeholder = join '|', map { "\\b$_\\b" } keys %values;

sub with_literals
{
	my ($statement) = @_;

	return $statement =~ s/($placeholder)/'$values{$1}'/gr;
}

my @refused = (
	"SELECT paysession.ps_put_sales_channel('web', 'The shop', metadata => DOC)",
	"SELECT paysession.ps_put_cart(jsonb_build_object('id', 'cart', 'context', NUM::jsonb))",
	"SELECT paysession.ps_put_cart(jsonb_build_object('id', 'cart', 'metadata', KEY::jsonb))",
	"SELECT paysession.ps_create('cart', 'wallet', data => DOC)",
	"SELECT paysession.ps_create(NULL, NULL, data => DOC)",
	"SELECT paysession.ps_update('session', data => DOC)",
	"SELECT paysession.ps_update('session', data => CVC)",
	"SELECT paysession.ps_update('unknown', data => DOC)",
	"SELECT paysession.ps_require_more('session', data => DOC)",
	"SELECT paysession.ps_authorize('session', amount => 0, data => DOC)",
	"SELECT paysession.ps_fail('session', data => DOC)",
	"SELECT paysession.ps_fail('session', NOTE)",
	"SELECT paysession.ps_cancel('session', NOTE)",
	"SELECT paysession.ps_update_payment('payment', data => DOC)",
	"SELECT paysession.ps_update_payment('payment', metadata => CVC)",
	"SELECT paysession.ps_capture('payment', metadata => DOC)",
	"SELECT paysession.ps_refund('payment', metadata => DOC)",
	"SELECT paysession.ps_refund('payment', note => NOTE)",
	"SELECT paysession.ps_refund('payment', reason => NOTE)",
	"SELECT * FROM paysession.ps_refund_order('order', 1, note => NOTE)",
	"SELECT paysession.ps_void('payment', reason => NOTE)",
	"SELECT paysession.ps_finish('operation', 'failed', reason => NOTE)",
	"SELECT paysession.ps_create_collection(5, 'eur', description => NOTE)",
	"SELECT paysession.ps_create_collection(5, 'eur', metadata => DOC)",
	"SELECT paysession.ps_update_collection('collection', description => NOTE)",
	"SELECT paysession.ps_update_collection('collection', metadata => DOC)",
	"SELECT paysession.ps_cancel_collection('collection', NOTE)",
	"SELECT paysession.ps_resolve('card', 'event', false, NOTE)",
	"SELECT paysession.ps_idempotency_begin('key', NOTE, NULL, NULL)",
	"SELECT paysession.ps_idempotency_begin('key', NULL, NOTE, NULL)",
	"SELECT paysession.ps_idempotency_begin('key', NULL, NULL, DOC)",
	"SELECT paysession.ps_idempotency_finish('key', 200, DOC)",
	"SELECT pay(DOC)",
	"SELECT pay_again(DOC)",
	"INSERT INTO paysession.payment_session (provider_id, data) VALUES ('wallet', DOC)",
	"INSERT INTO paysession.payment_session (provider_id, data, status, amount) VALUES ('wallet', DOC, 'authorized', -1)",
	"INSERT INTO paysession.payment_session (provider_id, data) VALUES (NULL, CVC)",
	"INSERT INTO paysession.payment_session (provider_id, status_reason) VALUES ('wallet', NOTE)",
	"UPDATE paysession.payment_session SET data = DOC",
	"UPDATE paysession.payment_session SET status = 'error', status_reason = NOTE",
	"WITH i AS (INSERT INTO paysession.payment_session (provider_id, data) VALUES ('wallet', DOC) RETURNING id) SELECT id FROM i",
	"INSERT INTO paysession.payment_session (id, provider_id) VALUES ('session', 'card') ON CONFLICT (id) DO UPDATE SET data = DOC",
	"MERGE INTO paysession.payment_session USING (VALUES ('session')) AS v (k) ON id = k WHEN MATCHED THEN UPDATE SET data = DOC",
	"INSERT INTO paysession.cart (metadata) VALUES (DOC)",
	"UPDATE paysession.cart SET context = DOC",
	"INSERT INTO paysession.sales_channel (id, metadata) VALUES ('app', DOC)",
	"UPDATE paysession.sales_channel SET metadata = CVC",
	"INSERT INTO paysession.payment (session_id, metadata) VALUES ('held', DOC)",
	"UPDATE paysession.payment SET data = DOC",
	"INSERT INTO paysession.payment_collection (amount, currency_code, description) VALUES (0, 'EUR', NOTE)",
	"UPDATE paysession.payment_collection SET metadata = DOC");
my @refused_as_text = (
	"BEGIN READ ONLY; SELECT paysession.ps_update('session', data => DOC)",
	"DO \$\$ BEGIN PERFORM pay(DOC); END \$\$",
	"PREPARE q(jsonb) AS SELECT pay(\$1); EXECUTE q(DOC)",
	"COPY paysession.payment_session (provider_id, data) FROM stdin;\nwallet\t$values{DOC}\n\\.\n",
	"COPY paysession.payment_session (provider_id, status_reason) FROM stdin;\nwallet\t$values{NOTE}\n\\.\n",
	"COPY paysession.cart (id, metadata) FROM stdin;\nother\t$values{DOC}\n\\.\n",
	"COPY paysession.payment (session_id, data) FROM stdin;\nheld\t$values{DOC}\n\\.\n");
my $refusals = 0;
foreach my $statement (@refused, @refused_as_text)
{
	is(states(with_literals($statement)), '23514', $statement =~ s/\n.*//sr);
	$refusals++;
}
# As parameters, in the extended protocol; also of a prepared statement.
foreach my $case ((map { [ $_, 'extended' ] } @refused), [ $refused[5], 'prepared' ])
{
	my ($statement, $mode) = @$case;

	$node->pgbench(
		"-n -t 1 -M $mode", 2, [], [qr/ERROR:  payment session \w+ must not contain a card/],
		"$mode: $statement",
		{ "008_$refusals" => $statement =~ s/($placeholder)/:\L$1/gr . ';' },
		map { ('-D', "\L$_\E=$values{$_}") } keys %values);
	$refusals++;
}

# What else is wrong with a document that holds a number must not log it either,
# nor what is wrong with the rest of a webhook's event, whose payload is masked,
# or of a document that has more than is kept of it.
my $long = qq('{"a": "$card", "b": ") . 'x' x 70000 . q("}');
my $deep = qq('{"a": "$card", "b": ) . '[' x 65 . ']' x 65 . q(}');
foreach my $case (
	[ '22023', "SELECT pay($long)" ],
	[ '22023', "SELECT paysession.ps_fail('session', '$card' || repeat('x', 70000))" ],
	[ '23503', "SELECT paysession.ps_receive('nobody', 'e', 'authorized', 'session', payload => DOC)" ],
	[ '22023', "SELECT paysession.ps_receive('card', 'e', 'paid', 'session', payload => NUM)" ],
	[ '22023', "SELECT paysession.ps_receive('card', '', 'authorized', 'session', payload => KEY)" ],
	[ '22003', "SELECT paysession.ps_receive('card', 'e', 'authorized', 'session', amount => 0, payload => CVC)" ],
	[ '23503', "SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => $long)" ],
	[ '23503', "SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => $deep)" ],
	[ '25006', "BEGIN READ ONLY; SELECT paysession.ps_receive('card', 'e', 'authorized', payload => DOC)" ],
	[ '23503', "DO \$\$ BEGIN PERFORM paysession.ps_receive('nobody', 'e', 'authorized', payload => DOC); END \$\$" ],
	[ '23503', "PREPARE q(jsonb) AS SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => \$1); EXECUTE q(DOC)" ],
	[ '22003', qq(SELECT paysession.ps_put_cart('{"id": "cart", "billing": {"number": "$card"}, "subtotal": 9007199254740992}')) ],
	[ '22023', qq(SELECT paysession.ps_put_cart('{"id": "", "items": [{"title": "$card", "unit_price": 1, "quantity": 1}]}')) ],
	[ '22023', qq(SELECT paysession.ps_put_cart('{"id": "cart", "number": $card, "items": 7}')) ],
	[ '22023', qq(SELECT paysession.ps_set_collection_sessions('collection', '[{"provider_id": "card", "amount": 100, "number": "$card"}]')) ],
	[ '22023', qq(SELECT paysession.ps_set_collection_sessions('collection', '[{"provider_id": "", "amount": 100}, {"$card": 1}]')) ],
	[ '22023', qq(SELECT paysession.ps_set_collection_sessions('collection', '{"number": "$card"}')) ],
	[ '23001', "INSERT INTO paysession.payment_operation (id, kind, provider_id, provider_idempotency_key, note) VALUES ('x', 'void', 'card', 'x', NOTE)" ],
	[ '23001', "INSERT INTO paysession.payment_session_event (txid, at, is_selected, session_id, actor, role, reason) VALUES ('1', now(), true, 'session', 'x', 'x', NOTE)" ],
	[ '23001', "INSERT INTO paysession.provider_event (provider_id, event_id, status, outcome, payload) VALUES ('card', 'x', 'pending', 'applied', DOC)" ],
	[ '23001', "INSERT INTO paysession.idempotency_key (id, idempotency_key, request_params) VALUES ('x', 'x', DOC)" ])
{
	my ($sqlstate, $statement) = @$case;

	is(states(with_literals($statement)), $sqlstate, substr($statement, 0, 120));
}
# As a parameter: an event that is refused for another reason, and one that is taken.
$node->pgbench(
	'-n -t 1 -M extended', 2, [], [qr/payment provider "nobody" does not exist/],
	'a masked parameter, refused',
	{ '008_event' => q{SELECT paysession.ps_receive('nobody', 'e', 'authorized', payload => :doc);} },
	'-D', "doc=$values{DOC}");
$node->pgbench(
	'-n -t 1 -M extended', 0, [], [],
	'a masked parameter, taken',
	{
		'008_taken' => q{
			SET auto_explain.log_min_duration = -1;
			SELECT paysession.ps_receive('card', 'taken', 'pending', 'session', payload => :doc);}
	},
	'-D', "doc=$values{DOC}");
is($node->safe_psql('postgres', q{SELECT payload FROM paysession.provider_event WHERE event_id = 'taken'}),
	'{"a": [{"b": "****************"}]}', 'and masked');

# Where there is only a warning, that hides as much.
my @warned = (
	"SELECT paysession.ps_create('cart', 'wallet', data => :doc)",
	"SELECT paysession.ps_update('session', data => :doc)",
	"SELECT paysession.ps_fail('session', :note)",
	"SELECT paysession.ps_put_cart(jsonb_build_object('id', 'cart', 'context', :doc::jsonb))",
	"SELECT paysession.ps_put_sales_channel('web', 'The shop', metadata => :doc)",
	"SELECT paysession.ps_capture('payment', 5, metadata => :doc)",
	"SELECT paysession.ps_refund('payment', 5, note => :note)",
	"SELECT paysession.ps_create_collection(5, 'eur', description => :note)",
	"SELECT paysession.ps_idempotency_finish('key', 200, :doc)",
	"INSERT INTO paysession.payment_session (provider_id, data) VALUES ('wallet', :doc)",
	"UPDATE paysession.cart SET metadata = :doc WHERE id = 'cart'",
	"UPDATE paysession.payment SET metadata = :doc WHERE id = 'payment'");
$node->pgbench(
	'-n -t 1 -M extended', 0, [], [qr/WARNING:  payment session body must not contain a card number/],
	'warnings',
	{ '008_warned' => join(";\n", 'SET auto_explain.log_min_duration = -1', 'SET paysession.pan_check = warn', 'BEGIN', @warned, 'ROLLBACK;') },
	'-D', qq(doc={"a": "$other_card"}), '-D', "note=$other_card was declined");

is(states("SELECT paysession.ps_select('no such session')"), 'P0002', 'refused for another reason');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_statements WHERE query ~ '[4]111|[5]555|s[3]cr3t'}), '0', 'pg_stat_statements has none');
isnt($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_statements WHERE query ~ 'ps_receive'}), '0', 'but others');
$node->stop;

my %logs;
my @found;
find(
	sub {
		return unless -f;
		my $content = slurp_file($_);

		$logs{$1} .= $content if $File::Find::dir =~ m{/log$} && /\.(log|csv|json)$/;
		push @found, $File::Find::name if $content =~ /$card|s3cr3t/;
	},
	$node->data_dir);
is_deeply([ sort keys %logs ], [ 'csv', 'json', 'log' ], 'the server has logged in three ways');
foreach my $format (sort keys %logs)
{
	my $log = $logs{$format};
	my @told = $log =~ /^.*(?:4111 ?1111|$other_card|s3cr3t).*$/mg;

	is(() = $log =~ /ERROR.*must not contain a card/g, $refusals, "$format: each refusal is logged");
	is(() = $log =~ /WARNING.*must not contain a card/g, @warned, "$format: each warning is logged");
	is(join("\n", @told), '', "$format: no digit of a number is, nor a code");
	ok($log =~ /SELECT paysession.ps_select\('no such session'\)/, "$format: other statements are logged");
	ok($log =~ /duration: [0-9.]+ ms  plan:.*?SELECT payload FROM paysession.provider_event/s, "$format: and explained");
}
is_deeply(\@found, [], 'nor in any other file of the server');

done_testing();
