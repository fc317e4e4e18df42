# One backend goes on with its work, cached plans and all, whatever another
# one does to the extension, its tables and its indexes meanwhile.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# Looks something up in every index that the functions use.
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	CREATE FUNCTION checkout(cart text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		card text;
		wallet text;
	BEGIN
		PERFORM paysession.ps_put_provider(id) FROM unnest('{card,wallet}'::text[]) AS id;
		PERFORM paysession.ps_put_sales_channel('web', 'The shop');
		PERFORM paysession.ps_put_cart(jsonb_build_object(
			'id', cart, 'currency_code', 'eur', 'subtotal', 100, 'sales_channels', '["web"]'::jsonb));
		card := (SELECT id FROM paysession.ps_create(cart, 'card'));
		wallet := (SELECT id FROM paysession.ps_create(cart, 'wallet'));
		PERFORM paysession.ps_select(wallet);
		UPDATE paysession.payment_session SET is_selected = false WHERE id = wallet;
		UPDATE paysession.payment_session SET status = 'authorized' WHERE id = card;
		PERFORM paysession.ps_cancel(card);
		PERFORM paysession.ps_authorize(wallet);
		PERFORM paysession.ps_list(payment_collection_id => 'none');
		RETURN (SELECT string_agg(concat_ws(' ', provider_id, status, (SELECT count(*) FROM paysession.ps_history(s.id))), ', ')
				FROM paysession.ps_list(cart) AS s);
	END $$});

my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->query_safe('PREPARE live(text) AS SELECT status::text FROM paysession.ps_list($1, provider_id => \'wallet\')');

my $carts = 0;

sub goes_on
{
	my $after = shift;
	my $cart = 'cart_' . ++$carts;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($session->query("SELECT checkout('$cart'); EXECUTE live('$cart')"),
		"wallet authorized 4, card canceled 3\nauthorized", "goes on after $after");
	return;
}

sub elsewhere
{
	my $sql = shift;

	$node->safe_psql('postgres', $sql);
	goes_on($sql);
	return;
}

goes_on('nothing');

my @tables = split /\n/, $node->safe_psql('postgres',
	"SELECT oid::regclass FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r'");
my @indexes = split /\n/, $node->safe_psql('postgres',
	"SELECT oid::regclass FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'i'");

elsewhere("REINDEX INDEX CONCURRENTLY $_") foreach @indexes;
foreach (@tables)
{
	elsewhere("ALTER TABLE $_ ADD COLUMN extra text NOT NULL DEFAULT 'x'");
	elsewhere("VACUUM FULL $_");
}
is($session->query_safe('SELECT DISTINCT extra FROM paysession.payment_session'),
	'x', 'a default that was added is filled in');
elsewhere("ALTER TABLE $_ DROP COLUMN extra") foreach @tables;

elsewhere('DROP EXTENSION paysession; CREATE EXTENSION paysession');
is( $session->query_safe(
		'BEGIN; DROP EXTENSION paysession; CREATE EXTENSION paysession; SELECT checkout(\'again\'); ROLLBACK'),
	'wallet authorized 4, card canceled 3',
	'works with an extension that this transaction has created');
goes_on('its creation was rolled back');

$node->safe_psql('postgres', 'DROP EXTENSION paysession');
$session->query("SELECT checkout('none')");
like($session->{stderr}, qr/ERROR:  schema "paysession" does not exist/, 'says that the extension is gone');
elsewhere('CREATE EXTENSION paysession');

# The statuses are five, whoever says that there are more.
$node->safe_psql('postgres', "ALTER TYPE paysession.payment_session_status ADD VALUE 'disputed'");
$session->query("INSERT INTO paysession.payment_session (provider_id, status) VALUES ('card', 'disputed')");
like($session->{stderr}, qr/ERROR:  invalid payment session status/, 'no session has a status of somebody else\'s');
goes_on('a status was added');

$session->quit;
$node->stop;
done_testing();
