# Eight clients on one cart: none fails for the race, and every rule holds in
# the end.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'log_statement = none');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION paysession;
	SELECT paysession.ps_put_provider('p' || i) FROM generate_series(0, 7) AS i;
	SELECT paysession.ps_put_cart('{"id": "cart", "currency_code": "eur", "subtotal": 100}');
	SELECT paysession.ps_set_sessions('cart')});

# What a rule refuses is an answer; any other error, a deadlock above all, ends
# the client's script.  A session to be refreshed may have been canceled, and
# replaced already.
$node->safe_psql(
	'postgres', q{
	CREATE TABLE answer (verb text, refused_by text);
	CREATE FUNCTION try(verb text, call text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE call;
		INSERT INTO answer VALUES (verb);
	EXCEPTION WHEN check_violation OR restrict_violation OR no_data_found OR unique_violation THEN
		IF SQLSTATE = '23505' AND verb <> 'ps_refresh' THEN
			RAISE;
		END IF;
		INSERT INTO answer VALUES (verb, SQLSTATE);
	END $$});

# Each client goes for the session of one provider, which now and then is a
# neighbour's too.
my $session = q{coalesce((SELECT id FROM paysession.ps_list('cart', provider_id => 'p:n') WHERE status <> 'canceled'), 'none')};
my @calls = (
	q{ps_create('cart', 'p:n')},
	qq{ps_select($session)},
	q{ps_put_cart('{"id": "cart", "subtotal": :subtotal}')},
	qq{ps_authorize($session)},
	qq{ps_cancel($session)},
	qq{ps_refresh($session)},
	qq{ps_delete($session)},
	q{ps_set_sessions('cart')});
my $script = "\\set n (:client_id + random(0, 1)) % 8\n\\set subtotal random(1, 3) * 100\n"
  . join '', map { "SELECT try('" . s/\(.*//r . "', \$\$SELECT paysession.$_\$\$);\n" } @calls;
$node->pgbench('-n -c 8 -j 2 -t 100', 0, [qr{transactions actually processed: 800/800}],
	[qr/^$/], 'no client fails for the race', { '010_one_cart' => $script });
is($node->safe_psql('postgres', 'SELECT count(DISTINCT verb) FROM answer WHERE refused_by IS NULL'),
	scalar(@calls), 'each verb had its turn');
is($node->safe_psql('postgres', 'SELECT count(*) FROM answer'), 800 * @calls, 'every call was answered');

my %rules = (
	'at most one is selected' => q{
		SELECT FROM paysession.payment_session WHERE is_selected GROUP BY cart_id HAVING count(*) > 1},
	'what is authorized is selected' => q{
		SELECT FROM paysession.payment_session WHERE status = 'authorized' AND NOT is_selected},
	'one live session for each provider' => q{
		SELECT FROM paysession.payment_session WHERE status <> 'canceled' GROUP BY provider_id HAVING count(*) > 1},
	'amounts are the total' => q{
		SELECT FROM paysession.payment_session s JOIN paysession.cart c ON c.id = cart_id
		WHERE status <> 'canceled' AND amount IS DISTINCT FROM total},
	'the history ends with what is' => q{
		SELECT FROM paysession.payment_session s FULL JOIN
			(SELECT DISTINCT ON (session_id) * FROM paysession.payment_session_event ORDER BY session_id, id DESC) e
			ON e.session_id = s.id
		WHERE (s.status, s.is_selected, s.amount) IS DISTINCT FROM (e.to_status, e.is_selected, e.amount)
			AND NOT (s IS NULL AND e.to_status IS NULL)},
	'the history has no gap, and only moves of the graph' => q{
		SELECT FROM (
			SELECT *, lag(to_status) OVER w AS before, lag(at) OVER w AS before_at, row_number() OVER w AS n
			FROM paysession.payment_session_event WINDOW w AS (PARTITION BY session_id ORDER BY id)) e
		WHERE from_status IS DISTINCT FROM before OR at < before_at OR (n > 1 AND before IS NULL)
			OR (to_status IS NOT NULL AND from_status IS DISTINCT FROM to_status
				AND NOT EXISTS (SELECT FROM paysession.ps_transitions() t
					WHERE (t.from_status, t.to_status) IS NOT DISTINCT FROM (e.from_status, e.to_status)))});
foreach my $rule (sort keys %rules)
{
	is($node->safe_psql('postgres', "SELECT count(*) FROM ($rules{$rule}) AS broken"), '0', $rule);
}

$node->stop;
done_testing();
