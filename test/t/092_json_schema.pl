# What ps_get and ps_get_collection return is what their schemas in doc/ say, for
# every session and collection that a regression test leaves behind; and the
# schemas say enough.

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Says of each document, one a line, whether it is valid, or where it is not.
sub validate
{
	my ($noun, $documents) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir . '/documents';
	my ($verdicts, $error);

	append_to_file($file, $documents);
	IPC::Run::run [ 'node', 'test/clients/validate.js', "doc/payment_$noun.schema.json", $file ], '>', \$verdicts, '2>', \$error
	  or die "no verdict; \"npm ci\" in test/clients installs the validator:\n$error";
	return split /\n/, $verdicts;
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'Asia/Kathmandu'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION paysession;
	CREATE TABLE document (id text, updated_at timestamptz, expand text, doc jsonb, PRIMARY KEY (id, updated_at, expand));
	CREATE TABLE collection_document (id text, updated_at timestamptz, expand text, doc jsonb, PRIMARY KEY (id, updated_at, expand))});

sub keep_documents
{
	$node->safe_psql('postgres', q{
		INSERT INTO document
		SELECT s.id, s.updated_at, expand, paysession.ps_get(s.id, expand::text[])
		FROM paysession.payment_session s,
			unnest(ARRAY['{}', '{details}', '{cart}', '{cart.sales_channel}', '{cart.sales_channels}', '{payment_collection}', '{payment}',
				'{operations}', '{details,cart.sales_channel,cart.sales_channels,payment_collection,payment,operations}']) AS expand
		WHERE s.id = btrim(s.id)
			AND NOT EXISTS (SELECT FROM document d WHERE d.id = s.id AND d.updated_at = s.updated_at);
		INSERT INTO collection_document
		SELECT c.id, c.updated_at, expand, paysession.ps_get_collection(c.id, expand::text[])
		FROM paysession.payment_collection c, unnest(ARRAY['{}', '{sessions}', '{payments}', '{sessions,payments}']) AS expand
		WHERE c.id = btrim(c.id)
			AND NOT EXISTS (SELECT FROM collection_document d WHERE d.id = c.id AND d.updated_at = c.updated_at)});
	return;
}

# some of the tests drop the extension, so each is looked at when it ends; one
# brings in history under an id that nothing can be asked for by
$ENV{PG_ABS_SRCDIR} = "$ENV{TESTDIR}/test";
foreach my $file (sort glob 'test/sql/*.sql')
{
	IPC::Run::run [ 'psql', '-X', '-d', $node->connstr('postgres'), '-f', $file ], '>&', \my $output;
	keep_documents();
}

# a collection that goes through its statuses, and one that is canceled
foreach my $step (
	"INSERT INTO payment_collection (id, amount, currency_code) VALUES ('js_pc1', 300, 'eur')",
	q{SELECT FROM ps_put_provider('js_bank', capture_method => 'manual_multiple'), ps_set_collection_sessions('js_pc1',
		'[{"provider_id": "js_bank", "amount": 100}, {"provider_id": "js_bank", "amount": 200}]')},
	"SELECT ps_fail(id) FROM ps_list(payment_collection_id => 'js_pc1')",
	(map { "SELECT ps_authorize(id) FROM ps_list(payment_collection_id => 'js_pc1') WHERE amount = $_" } 100, 200),
	(map { "SELECT ps_capture(p.id) FROM ps_list(payment_collection_id => 'js_pc1') s, ps_promote(s.id) p WHERE s.amount = $_" } 100, 200),
	q{SELECT ps_cancel_collection(id) FROM ps_create_collection(1, 'eur', 'claim', 'a claim', '{"n": 1}', 'me')})
{
	$node->safe_psql('postgres', "SET search_path = paysession; $step");
	keep_documents();
}


# every kind of session is among them
foreach my $kind (
	(map { "doc ->> 'status' = '$_'" } qw(authorized pending requires_more error canceled)),
	(map { "doc -> '$_' = 'null'" } qw(amount cart_id cart payment_authorized_at expires_at)),
	(map { "doc ->> '$_' IS NOT NULL" } qw(status_reason provider_ref expires_at canceled_at)),
	(map { "doc #> '{cart,$_}' = 'null'" } qw(sales_channel_id sales_channel tax_total)),
	"doc #> '{cart,tax_total}' > '0'",
	"NOT doc -> 'cart' ? 'total'",
	"doc #> '{cart,total}' < '0'",
	"doc #> '{cart,raw_discount_total}' <> doc #> '{cart,discount_total}'",
	"jsonb_array_length(doc #> '{cart,sales_channels}') > 1",
	"doc #> '{cart,refunded_total}' > '0'",
	"doc -> 'payment_collection' = 'null'",
	"doc #>> '{payment_collection,status}' = 'authorized'",
	"doc -> 'payment' = 'null'",
	(map { "doc #>> '{payment,status}' = '$_'" }
		  qw(authorized partially_captured captured partially_refunded refunded canceled)),
	(map { "doc #> '{payment,$_}' = 'null'" } qw(order_id authorization_expires_at captured_at canceled_at)),
	(map { "doc #>> '{payment,$_}' IS NOT NULL" } qw(order_id authorization_expires_at captured_at canceled_at)),
	"doc -> 'operations' = '[]'",
	"jsonb_array_length(doc -> 'operations') > 1",
	(map { "doc @> '{\"operations\": [{\"kind\": \"$_\"}]}'" } qw(authorize capture refund void)),
	(map { "doc @> '{\"operations\": [{\"status\": \"$_\"}]}'" } qw(pending succeeded failed reversed)),
	(map { "doc @> '{\"operations\": [{\"$_\": null}]}'" } qw(amount provider_ref reason note)),
	(map { "doc @? '\$.operations[*].$_ ? (\@ != null)'" } qw(provider_ref reason note)))
{
	is($node->safe_psql('postgres', "SELECT count(*) > 0 FROM document WHERE $kind"), 't', "there is: $kind");
}

foreach my $kind (
	(map { "doc ->> 'status' = '$_'" }
		  qw(not_paid awaiting partially_authorized authorized partially_captured completed failed canceled)),
	(map { ("doc -> '$_' = 'null'", "doc ->> '$_' IS NOT NULL") } qw(description metadata created_by)),
	(map { ("doc -> '$_' = '[]'", "jsonb_array_length(doc -> '$_') > 1", "NOT doc ? '$_'") } qw(payment_sessions payments)))
{
	is($node->safe_psql('postgres', "SELECT count(*) > 0 FROM collection_document WHERE $kind"), 't', "there is a collection: $kind");
}

foreach (([ session => 'document' ], [ collection => 'collection_document' ]))
{
	my ($noun, $table) = @$_;
	my @verdicts = validate($noun, $node->safe_psql('postgres', "SELECT doc FROM $table"));

	is_deeply([ grep { $_ ne 'valid' } @verdicts ], [], @verdicts . " documents of a $noun are valid");
}

# What a broken document is refused for.
sub set_to
{
	my ($path, $value, $keyword) = @{ $_[0] };

	return [ "jsonb_set(doc, '{" . $path =~ tr{/}{,}r . "}', '$value')", "/$path $keyword" ];
}

sub refuses
{
	my ($noun, $whole, @broken) = @_;
	my $expressions = join ', ', map { $_->[0] } @broken;
	my @verdicts = validate($noun, $whole . "\n"
		  . $node->safe_psql('postgres', "SELECT unnest(ARRAY[$expressions]) FROM CAST(\$\$$whole\$\$ AS jsonb) AS doc"));

	is(shift @verdicts, 'valid', "the whole document of a $noun is valid");
	foreach my $case (@broken)
	{
		my ($expression, $reason) = @$case;
		my $verdict = shift @verdicts;

		ok((grep { $_ eq $reason } split /, /, $verdict), "$noun: $expression is refused:$reason") or diag($verdict);
	}
	return;
}

my ($whole) = $node->safe_psql('postgres', q{
	INSERT INTO paysession.payment_provider (id) VALUES ('js_card');
	SELECT FROM paysession.ps_put_sales_channel('js_web', 'Web shop');
	SELECT FROM paysession.ps_put_cart('{"id": "js_c1", "currency_code": "eur", "sales_channel_id": "js_web",
		"sales_channels": ["js_web"], "items": [{"unit_price": 100, "quantity": 1, "tax_rates": [20]}]}');
	SELECT FROM paysession.ps_create('js_c1', 'js_card', id => 'js_s1');
	SELECT FROM paysession.ps_begin('js_s1');
	SELECT FROM paysession.ps_authorize('js_s1');
	SELECT FROM paysession.ps_complete_cart('js_c1') p, paysession.ps_capture(p.id, lease => '1 minute');
	SELECT paysession.ps_get('js_s1', '{details,cart.sales_channel,cart.sales_channels,payment_collection,payment,operations}')}) =~ /^(\{.*\})$/m;
refuses('session', $whole,
	[ "doc || '{\"extra\": 1}'", ' additionalProperties' ],
	(map { [ "doc - '$_'", ' required' ] }
		  qw(id cart_id provider_id is_selected is_initiated status data idempotency_key amount payment_authorized_at created_at updated_at)),
	(map { [ "doc - '$_'", ' dependentRequired' ] }
		  qw(payment_collection_id currency_code status_reason provider_ref expires_at canceled_at)),
	(map { [ "doc #- '{cart,$_}'", '/cart required' ] }
		  qw(context metadata sales_channel_id item_tax_total shipping_tax_total tax_total refunded_total refundable_amount)),
	(map { [ "doc #- '{cart,$_}'", '/cart dependentRequired' ] }
		  qw(subtotal discount_total raw_discount_total shipping_total gift_card_total gift_card_tax_total)),
	(map { [ "doc #- '{cart,sales_channel,$_}'", '/cart/sales_channel required' ] }
		  qw(id name description is_disabled metadata created_at updated_at)),
	(map { [ "doc #- '{payment,$_}'", '/payment required' ] }
		  qw(id session_id provider_id order_id status amount currency_code captured_amount refunded_amount voided_amount capturable_amount refundable_amount
			data metadata authorization_expires_at captured_at canceled_at created_at updated_at)),
	(map { [ "doc #- '{operations,0,$_}'", '/operations/0 required' ] }
		  qw(id kind status amount provider_ref reason note metadata created_at finished_at)),
	(map { set_to($_) }
		[ 'id', '1', 'type' ],
		[ 'cart_id', '1', 'type' ],
		[ 'provider_id', 'null', 'type' ],
		[ 'is_selected', '"t"', 'type' ],
		[ 'is_initiated', 'null', 'type' ],
		[ 'status', '"paid"', 'enum' ],
		[ 'data', '[]', 'type' ],
		[ 'data', 'null', 'type' ],
		[ 'idempotency_key', 'null', 'type' ],
		[ 'amount', '"120"', 'type' ],
		[ 'amount', 'null', 'type' ],
		[ 'amount', '1.5', 'type' ],
		[ 'amount', '0', 'minimum' ],
		[ 'amount', '9007199254740992', 'maximum' ],
		[ 'payment_authorized_at', 'null', 'type' ],
		[ 'created_at', 'null', 'type' ],
		[ 'created_at', '1764000000', 'type' ],
		[ 'created_at', '"Tue Jan 01 00:00:00 2030 UTC"', 'format' ],
		[ 'updated_at', '"2030-01-01T00:00:00"', 'format' ],
		[ 'currency_code', '"EUR"', 'pattern' ],
		[ 'expires_at', '"tomorrow"', 'format' ],
		[ 'cart', '"js_c1"', 'type' ],
		[ 'cart/context', 'null', 'type' ],
		[ 'cart/total', 'null', 'type' ],
		[ 'cart/total', '"120"', 'type' ],
		[ 'cart/total', '0.5', 'type' ],
		[ 'cart/subtotal', '-9007199254740992', 'minimum' ],
		[ 'cart/raw_discount_total', 'null', 'type' ],
		[ 'cart/tax_total', '"20"', 'type' ],
		[ 'cart/refunded_total', 'null', 'type' ],
		[ 'cart/sales_channels', 'null', 'type' ],
		[ 'cart/sales_channels/0', 'null', 'type' ],
		[ 'cart/sales_channels/0/name', 'null', 'type' ],
		[ 'cart/sales_channel/created_at', '"today"', 'format' ],
		[ 'payment_collection', '"js_pc1"', 'type' ],
		[ 'payment', '[]', 'type' ],
		[ 'payment/session_id', '1', 'type' ],
		[ 'payment/provider_id', 'null', 'type' ],
		[ 'payment/order_id', '1', 'type' ],
		[ 'payment/status', '"paid"', 'enum' ],
		[ 'payment/amount', '0', 'minimum' ],
		[ 'payment/amount', '"120"', 'type' ],
		[ 'payment/currency_code', '"EUR"', 'pattern' ],
		[ 'payment/captured_amount', '-1', 'minimum' ],
		[ 'payment/refundable_amount', '0.5', 'type' ],
		[ 'payment/capturable_amount', '9007199254740992', 'maximum' ],
		[ 'payment/data', 'null', 'type' ],
		[ 'payment/captured_at', '"today"', 'format' ],
		[ 'payment/created_at', 'null', 'type' ],
		[ 'operations', 'null', 'type' ],
		[ 'operations/0', 'null', 'type' ],
		[ 'operations/0/kind', '"charge"', 'enum' ],
		[ 'operations/0/status', '"canceled"', 'enum' ],
		[ 'operations/0/amount', '0', 'minimum' ],
		[ 'operations/0/amount', '"120"', 'type' ],
		[ 'operations/0/provider_ref', '1', 'type' ],
		[ 'operations/0/metadata', 'null', 'type' ],
		[ 'operations/0/finished_at', 'null', 'type' ],
		[ 'operations/1/finished_at', '"2030-01-01T00:00:00Z"', 'type' ],
		[ 'operations/1/created_at', '"2030-01-01T00:00:00"', 'format' ]),
	[ "jsonb_set(doc, '{cart,email}', '1')", '/cart additionalProperties' ],
	[ "jsonb_set(doc, '{cart,sales_channel,email}', '1')", '/cart/sales_channel additionalProperties' ],
	[ "jsonb_set(doc, '{payment,email}', '1')", '/payment additionalProperties' ],
	[ "jsonb_set(doc, '{operations,0,claimed}', 'true')", '/operations/0 additionalProperties' ],
	[ "jsonb_set(doc, '{status}', '\"pending\"')", '/payment_authorized_at type' ]);

refuses('session',
	$node->safe_psql('postgres', q{
		SELECT paysession.ps_get(id, '{payment_collection}')
		FROM paysession.ps_list(payment_collection_id => 'js_pc1', max_rows => 1)}),
	[ "jsonb_set(doc, '{payment_collection,email}', '1')", '/payment_collection additionalProperties' ],
	[ "doc #- '{payment_collection,created_by}'", '/payment_collection required' ],
	(map { set_to($_) }
		[ 'payment_collection/payments', '[]', 'false schema' ],
		[ 'payment_collection/payment_sessions', '[]', 'false schema' ],
		[ 'payment_collection/status', '"paid"', 'enum' ]));

refuses('collection',
	$node->safe_psql('postgres', q{SELECT paysession.ps_get_collection('js_pc1', '{sessions,payments}')}),
	[ "doc || '{\"extra\": 1}'", ' additionalProperties' ],
	(map { [ "doc - '$_'", ' required' ] }
		  qw(id type status description amount authorized_amount captured_amount currency_code metadata created_by created_at updated_at)),
	(map { [ "jsonb_set(doc, '{status}', '\"$_\"')", '/authorized_amount const' ] } qw(not_paid awaiting failed canceled)),
	(map { [ "jsonb_set(doc, '{status}', '\"$_\"')", '/captured_amount const' ] } qw(awaiting partially_authorized authorized)),
	[ "doc || '{\"status\": \"authorized\", \"authorized_amount\": 0}'", '/authorized_amount minimum' ],
	(map { set_to($_) }
		[ 'id', 'null', 'type' ],
		[ 'type', 'null', 'type' ],
		[ 'status', '"paid"', 'enum' ],
		[ 'description', '1', 'type' ],
		[ 'amount', '0', 'minimum' ],
		[ 'amount', '"300"', 'type' ],
		[ 'amount', '1.5', 'type' ],
		[ 'amount', '9007199254740992', 'maximum' ],
		[ 'authorized_amount', '-1', 'minimum' ],
		[ 'authorized_amount', 'null', 'type' ],
		[ 'captured_amount', '0', 'minimum' ],
		[ 'captured_amount', '9007199254740992', 'maximum' ],
		[ 'currency_code', '"EUR"', 'pattern' ],
		[ 'metadata', '[]', 'type' ],
		[ 'created_by', '1', 'type' ],
		[ 'created_at', '"today"', 'format' ],
		[ 'updated_at', 'null', 'type' ],
		[ 'payment_sessions', 'null', 'type' ],
		[ 'payment_sessions/0', 'null', 'type' ],
		[ 'payment_sessions/0/status', '"paid"', 'enum' ],
		[ 'payment_sessions/0/cart_id', '"js_c1"', 'type' ],
		(map { [ "payment_sessions/0/$_", 'null', 'false schema' ] } qw(payment_collection_id cart payment_collection payment)),
		[ 'payment_sessions/0/operations', '[]', 'false schema' ],
		[ 'payments', 'null', 'type' ],
		[ 'payments/1/status', '"paid"', 'enum' ]),
	[ "doc #- '{payment_sessions,1,idempotency_key}'", '/payment_sessions/1 required' ],
	[ "doc #- '{payments,0,session_id}'", '/payments/0 required' ]);

$node->stop;
done_testing();
