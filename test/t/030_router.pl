# Through a router database: the same functions, each call on the shard that
# its data is on, what is asked of all shards merged as one server has it.

use strict;
use warnings FATAL => 'all';

use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib dirname(__FILE__) . '/lib';
use Router;
use Shop;

my $node = PostgreSQL::Test::Cluster->new('main');
skip_without_plproxy($node);
$node->init;
$node->append_conf('postgresql.conf', 'log_statement = none');
$node->start;
my @shards = map { create_shard($node, $_) } qw(north south);
create_router($node, 'router', @shards);

sub router { return $node->safe_psql('router', $_[0]) }
sub north { return $node->safe_psql('north', $_[0]) }
sub south { return $node->safe_psql('south', $_[0]) }
sub both { return north($_[0]) . '|' . south($_[0]) }

north(q{SELECT paysession.ps_own_routes('{[0,16384)}')});
south(q{SELECT paysession.ps_own_routes('{[16384,32768)}')});

# The SQLSTATE and the message that a statement fails with.
sub error
{
	my ($statement) = @_;
	my $stderr;

	$node->psql('router', "\\set VERBOSITY verbose\n$statement", stderr => \$stderr);
	return $stderr =~ /^psql:<stdin>:\d+: ERROR:  (\w+): (.*)/m ? "$1 $2" : "no error: $stderr";
}

# The router's script is what the extension makes it.
is(north(slurp_file('scripts/router.sql')) . "\n",
	slurp_file('sql/paysession_router.sql'), 'sql/paysession_router.sql is up to date: make router');
my $functions = q{
	SELECT f.oid::regprocedure, pg_get_function_arguments(f.oid), pg_get_function_result(f.oid), obj_description(f.oid, 'pg_proc'),
		EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS public
	FROM pg_proc f WHERE pronamespace = 'paysession'::regnamespace AND proname LIKE 'ps\_%' AND proname !~ '^ps_own(ed)?_routes$'
	ORDER BY f.oid::regprocedure::text};
same_lines(router($functions), north($functions), 'the same functions, arguments, results and comments, for nobody');
my $types = router(q{SELECT string_agg(quote_literal(typname), ', ' ORDER BY typname) FROM pg_type
	WHERE typnamespace = 'paysession'::regnamespace AND typcategory <> 'A'});
my $columns = qq{
	SELECT t.typname, enum_range, a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation
	FROM enum_range(NULL::paysession.payment_session_status), pg_type t LEFT JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0
	WHERE t.typnamespace = 'paysession'::regnamespace AND t.typname IN ($types) ORDER BY t.typname, a.attnum};
same_lines(router($columns), north($columns), 'the same types');

# Ids of all kinds: of ours and of nobody's, almost ours, with any letter that an id may have.
north(q{
	SELECT setseed(0.5);
	CREATE TABLE id AS
	SELECT CASE n % 5
		WHEN 0 THEN paysession.ps_new_id((ARRAY['ps', 'pay', 'op', 'paycol', 'ikey', 'cart'])[1 + n / 5 % 6])
		WHEN 1 THEN paysession.ps_new_id((ARRAY['order', 'p', 'cart'])[1 + n / 5 % 3], 'cart' || n)
		WHEN 2 THEN overlay(paysession.ps_new_id('ps') PLACING chr(33 + (random() * 93)::int) FROM 1 + (random() * 28)::int)
		WHEN 3 THEN 'x' || (SELECT string_agg(chr(33 + (random() * 93)::int), '') FROM generate_series(1, 1 + n % 63))
		ELSE gen_random_uuid()::text || n END AS id
	FROM generate_series(1, 10000) n});
north('COPY (SELECT id, paysession.ps_route(id) FROM id) TO ' . "'" . $node->data_dir . "/id'");
router(q{CREATE TABLE id (id text, route integer); COPY id FROM '} . $node->data_dir . q{/id'});
is(router('SELECT count(*), count(DISTINCT route) > 5000 FROM id'), '10000|t', 'ids with many routes');
is(router('SELECT * FROM id WHERE paysession_router.route(id) <> route LIMIT 5'), '', 'the router knows their routes');
is(router('SELECT count(*) FROM id WHERE paysession_router.slot(id) <> route >> 5'), '0', 'and slots');
is(router('SELECT min(paysession_router.slot(NULL)) >= 0, max(paysession_router.slot(NULL)) <= 1023, count(DISTINCT paysession_router.slot(NULL)) > 900 FROM id'),
	't|t|t', 'without an id it is any slot');

# Who calls.
$node->safe_psql('postgres', 'CREATE ROLE clerk LOGIN; CREATE ROLE stranger LOGIN');
foreach my $db (qw(north south router))
{
	$node->command_ok([
			'psql', '-Xq', '-d', $node->connstr($db), '-v', 'app=clerk', '-f',
			$node->config_data('--sharedir') . '/extension/paysession_grants.sql' ],
		"grants in $db");
}
sub clerk
{
	return $node->safe_psql('router', $_[0], extra_params => [ '-U', 'clerk' ]);
}

# Setting up is for all.
is(router(q{SELECT id, capture_method FROM paysession.ps_put_provider('card', capture_method => 'manual_multiple')}),
	'card|manual_multiple', 'a provider is put');
is(both(q{SELECT id, capture_method FROM paysession.payment_provider}), 'card|manual_multiple|card|manual_multiple', 'on all shards');
clerk(q{SELECT paysession.ps_put_sales_channel('web', 'Web')});
is(both(q{SELECT name FROM paysession.sales_channel}), 'Web|Web', 'and a sales channel');

# Forty carts, and more, which are on both shards.  Here they have names too.
router(q{
	CREATE TABLE cart AS SELECT kind || n AS name, paysession.ps_new_id('cart') AS id
	FROM unnest('{cart,wide,late,quick,slow}'::text[]) kind, generate_series(1, 40) n;
	CREATE FUNCTION cart(text) RETURNS text LANGUAGE sql AS 'SELECT id FROM public.cart WHERE name = $1';
	GRANT SELECT ON cart TO PUBLIC});
clerk(q{SELECT count(paysession.ps_put_cart(jsonb_build_object('id', cart('cart' || n), 'subtotal', 100 * n, 'currency_code', 'eur')))
	FROM generate_series(1, 40) n});
clerk(q{SELECT count(paysession.ps_create(cart('cart' || n), 'card')) FROM generate_series(1, 40) n});
my ($on_north, $on_south) = split /\|/, both('SELECT count(*) FROM paysession.cart');
is($on_north + $on_south, 40, 'every cart is on one shard');
cmp_ok($on_north, '>', 5, 'some here');
cmp_ok($on_south, '>', 5, 'some there');
my $strays = q{
	SELECT count(*) FROM (SELECT id FROM paysession.cart UNION ALL SELECT cart_id FROM paysession.payment_session
		UNION ALL SELECT id FROM paysession.payment_session) i WHERE (paysession.ps_route(id) >> 5 < 512) <> };
is(north("$strays true") . south("$strays false"), '00', 'the one that owns its slot, and so are its sessions');
is(both('SELECT DISTINCT actor FROM paysession.payment_session_event'), 'clerk|clerk', 'history names who has called');
is(north(q{SELECT count(*) FROM paysession.ps_check()}) + router('SELECT count(*) FROM paysession.ps_check()'), 0, 'all is well');
my $denied = qr/permission denied for/;
foreach ('SELECT paysession.ps_list()', 'SELECT paysession_router.list_all(NULL, NULL, NULL, NULL, NULL, NULL, 1)')
{
	my ($stdout, $stderr);

	$node->psql('router', $_, stderr => \$stderr, extra_params => [ '-U', 'stranger' ]);
	like($stderr, $denied, 'a stranger may not');
}

# Reading merges.
is(clerk('SELECT count(*), count(DISTINCT id) FROM paysession.ps_list(max_rows => 100)'), '40|40', 'ps_list has all sessions');
my $ids = join "\n", sort { $b cmp $a } split /\n/, north('SELECT id FROM paysession.payment_session') . "\n" . south('SELECT id FROM paysession.payment_session');
is(clerk('SELECT id FROM paysession.ps_list(max_rows => 100)'), $ids, 'newest first');
my @pages = ('');
while (my $page = clerk(q{SELECT id FROM paysession.ps_list(max_rows => 7} . ($pages[-1] eq '' ? '' : ", after => '$pages[-1]'") . ')'))
{
	push @pages, split /\n/, $page;
}
is(join("\n", @pages[ 1 .. $#pages ]), $ids, 'page by page');
is(clerk(q{SELECT cart_id = cart('cart7') FROM paysession.ps_list(cart('cart7'))}), 't', 'of one cart');
is(clerk(q{SELECT count(*) FROM generate_series(1, 40) n, paysession.ps_list(cart('cart' || n)) s WHERE s.cart_id = cart('cart' || n)}), '40', 'of each');

# The history, with each shard's cursor in one.
my @events = split /\n/, clerk('SELECT session_id, id FROM paysession.ps_events(max_rows => 1000)');
is(scalar @events, 40, 'ps_events has all events');
my @paged;
my $cursor = 'NULL';
my $made = 0;
while (my $page = clerk("SELECT cursor, session_id || '|' || id FROM paysession.ps_events($cursor, 9)"))
{
	my @rows = map { [ split /\|/, $_, 2 ] } split /\n/, $page;

	cmp_ok(scalar @rows, '<=', 9, 'a page');
	push @paged, map { $_->[1] } @rows;
	# while more happens
	clerk(qq{SELECT paysession.ps_update(id, data => '{"n": $made}'), paysession.ps_select(id) FROM paysession.ps_list(cart('cart$made'))}) if ++$made <= 40;
	# from anywhere in a page on
	my $last = $made % 3 ? $#rows : int($#rows / 2);
	splice @paged, $last - $#rows if $last < $#rows;
	$cursor = "'$rows[$last][0]'";
}
my @all = split /\n/, north('SELECT session_id, id FROM paysession.payment_session_event') . "\n" . south('SELECT session_id, id FROM paysession.payment_session_event');
is_deeply([ sort @paged ], [ sort @all ], 'none is missed, none repeated');
cmp_ok(scalar @all, '>', 50, 'of more than there were at first');
is( router(
		q{SELECT count(*) FROM (SELECT id, lag(id) OVER (PARTITION BY session_id ORDER BY n) AS last
			FROM paysession.ps_events(max_rows => 1000) WITH ORDINALITY e (cursor, id, txid, at, amount, f, t, s, session_id, actor, role, a, reason, n)) e
		WHERE id < last}),
	'0', 'those of a session in their order');
is(error("SELECT paysession.ps_events('$_')") =~ s/ .*: / /r, '22023 invalid after', "no cursor: $_")
  foreach '739.1', '', '{}', 'x', '{"1/2": "x"}';

# Money, found by what has no route.
clerk(q{SELECT paysession.ps_authorize(s.id, provider_ref => 'ref_' || c.name) FROM paysession.ps_list(max_rows => 100) s JOIN cart c ON c.id = s.cart_id});
is( clerk(q{SELECT count(*), count(DISTINCT p.id), bool_and(p.cart_id = s.cart_id)
		FROM paysession.ps_list(max_rows => 100) s JOIN cart c ON c.id = s.cart_id, LATERAL paysession.ps_complete_cart(idempotency_key => s.idempotency_key, order_id => 'order_' || c.name) p}),
	'40|40|t', 'carts are completed by key');
is(error(q{SELECT paysession.ps_complete_cart(idempotency_key => 'none')}) =~ s/ .*: / /r,
	'P0002 no payment session of a cart has this idempotency key', 'by none');
is(error('SELECT paysession.ps_complete_cart()') =~ s/ .*: / /r, '22004 cart_id must not be null', 'nor by nothing');
is(clerk(q{SELECT count(paysession.ps_capture(id)) FROM (SELECT (paysession.ps_complete_cart(cart('cart' || n))).id FROM generate_series(1, 40) n) p}), '40', 'captured');
is(clerk(q{SELECT count(*), sum(r.amount) FROM generate_series(1, 40) n, paysession.ps_refund_order('order_cart' || n, 10) r}), '40|400', 'refunded by order');
is(error(q{SELECT paysession.ps_refund_order('none', 1)}) =~ s/ .*: / /r, 'P0002 order "none" has no payment', 'not by none');

# What is on both shards.
clerk(q{SELECT paysession.ps_put_cart(jsonb_build_object('id', c, 'subtotal', 5, 'currency_code', 'eur')), paysession.ps_create(c, 'card'),
	paysession.ps_authorize((paysession.ps_create(c, 'card')).id), paysession.ps_complete_cart(c, order_id => 'wide') FROM (SELECT id AS c FROM cart WHERE name LIKE 'wide%' LIMIT 20) c});
is(both(q{SELECT count(*) > 0 FROM paysession.payment WHERE order_id = 'wide'}), 't|t', 'an order over both');
is(error(q{SELECT paysession.ps_refund_order('wide', 1)}), '22023 payments of order "wide" are on several shards', 'is not refunded as one');
$_->(q{INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code, idempotency_key)
	VALUES (paysession.ps_new_id('cart'), 'card', 5, 'eur', 'twin')})
  foreach \&north, \&south;
is(error(q{SELECT paysession.ps_complete_cart(idempotency_key => 'twin')}),
	'22023 idempotency key belongs to payment sessions of several carts', 'nor is a key that both know');

# Webhooks.
my $outcomes = q{SELECT string_agg(DISTINCT e.outcome, ' ') FROM generate_series(1, 40) n, };
is(clerk("$outcomes paysession.ps_receive('card', 'sess' || n, 'refunded', session_id => (SELECT id FROM paysession.ps_list(cart('cart' || n))), amount => 20) e"),
	'applied', 'an event is applied by session');
is(clerk("$outcomes paysession.ps_receive('card', 'ref' || n, 'refunded', provider_ref => 'ref_cart' || n, amount => 30) e"), 'applied', 'by reference');
is(clerk("$outcomes paysession.ps_receive('card', 'ref' || n, 'refunded', provider_ref => 'ref_cart' || n, amount => 30) e"), 'duplicate', 'once');
is(clerk("$outcomes paysession.ps_receive('card', 'park' || n, 'authorized', provider_ref => 'later' || n) e"), 'parked', 'or is parked');
is(clerk("$outcomes paysession.ps_receive('card', 'park' || n, 'authorized', provider_ref => 'later' || n) e"), 'duplicate', 'once');
is(both(q{SELECT count(*) > 5 FROM paysession.provider_event WHERE outcome = 'parked'}), 't|t', 'here and there');
clerk(q{SELECT paysession.ps_put_cart(jsonb_build_object('id', cart('late' || n), 'subtotal', 5, 'currency_code', 'eur')),
	paysession.ps_update((paysession.ps_create(cart('late' || n), 'card')).id, provider_ref => 'later' || n) FROM generate_series(1, 40) n});
my $authorized = q{SELECT count(*) FROM paysession.ps_list(max_rows => 1000) s JOIN cart c ON c.id = s.cart_id WHERE name LIKE 'late%' AND status = 'authorized'};
cmp_ok(clerk($authorized), '<', 40, 'some wait on the wrong shard');
is(clerk("$outcomes paysession.ps_receive('card', 'park' || n, 'authorized', provider_ref => 'later' || n) e"), 'applied duplicate', 'until they come again');
is(clerk($authorized), '40', 'then all are applied');
my $left = join ',', map { split /\n/ } map { $_->(q{SELECT event_id FROM paysession.provider_event WHERE outcome = 'parked'}) } \&north, \&south;
is(router("SELECT DISTINCT (paysession.ps_resolve('card', e, false, 'came again')).outcome FROM unnest('{$left}'::text[]) e"),
	'dismissed', 'what has been left behind is dismissed');
is(both(q{SELECT count(*) FROM paysession.provider_event WHERE outcome = 'parked'}), '0|0', 'everywhere');
is(error(q{SELECT paysession.ps_resolve('card', 'none', true)}) =~ s/ .*: / /r, 'P0002 event "none" of payment provider "card" does not exist', 'none is not');

# Collections, and ids that have no near.
is( clerk(q{SELECT count(DISTINCT c.id), sum(g.n) FROM generate_series(1, 40) n, paysession.ps_create_collection(100 + n, 'eur') c,
		LATERAL (SELECT count(*) AS n FROM paysession.ps_set_collection_sessions(c.id, format('[{"provider_id": "card", "amount": %s}]', 100 + n)::jsonb)) g}),
	'40|40', 'collections get their sessions');
is(both('SELECT count(*) > 5 FROM paysession.payment_collection'), 't|t', 'here and there');
is(clerk(q{SELECT count(DISTINCT paysession.ps_new_id('order')) FROM generate_series(1, 40)}), '40', 'ids are new');
is(clerk(q{SELECT bool_and(paysession.ps_route(paysession.ps_new_id('ps', cart('cart' || n))) = paysession.ps_route(cart('cart' || n))) FROM generate_series(1, 9) n}), 't', 'or near');
is(clerk(q{SELECT count(*) FROM generate_series(1, 20) n, paysession.ps_idempotency_begin('key' || n, 'GET', '/', '{}') k,
	paysession.ps_idempotency_finish('key' || n, 200) f WHERE f.response_code = 200}), '20', 'idempotency keys');
is(clerk('SELECT count(*) FROM paysession.ps_transitions()'), north('SELECT count(*) FROM paysession.ps_transitions()'), 'the graph');

# The worker's.
router(q{SELECT paysession.ps_put_provider('quick', session_ttl => '1 millisecond')});
clerk(q{SELECT count(paysession.ps_create(cart('quick' || n), 'quick', 5, currency_code => 'eur')) FROM generate_series(1, 30) n});
clerk(q{SELECT count(paysession.ps_begin((paysession.ps_create(cart('slow' || n), 'card', 5, currency_code => 'eur')).id, '1 millisecond'))
	FROM generate_series(1, 30) n});
my $stuck = q{SELECT id FROM paysession.ps_stuck('-1 hour', %d)};
# one of the youngest is older than its id says
south(q{SET session_replication_role = replica; UPDATE paysession.payment_operation SET created_at = created_at - interval '1 hour'
	WHERE id = (SELECT max(id) FROM paysession.payment_operation WHERE finished_at IS NULL)});
my $dated = q{SELECT created_at || ' ' || id FROM paysession.ps_stuck('-1 hour', 500)};
my $oldest = join "\n", map { s/.* //r } sort split /\n/, north($dated) . "\n" . south($dated);
cmp_ok($oldest =~ tr/\n//, '>', 20, 'some operations are stuck');
is(clerk(sprintf $stuck, 500), $oldest, 'ps_stuck has all, the oldest first');
is(clerk(sprintf $stuck, 3), join("\n", (split /\n/, $oldest)[ 0 .. 2 ]), 'or the first of them');
is(join(' ', map { clerk("SELECT count(*) FROM paysession.ps_expire($_)") } 7, 11, 100, 100), '7 11 12 0', 'ps_expire stops at max_rows');
is(both(q{SELECT count(*) FROM paysession.payment_session WHERE provider_id = 'quick' AND status <> 'canceled'}), '0|0', 'on all shards');
is(error("SELECT paysession.ps_expire($_)") =~ s/ .*: / /r, '22023 invalid max_rows', "not $_ rows") foreach 0, -1;
my @purged = (7);
push @purged, router('SELECT paysession.ps_purge(clock_timestamp(), 7)') while $purged[-1];
is_deeply([ grep { $_ > 7 } @purged ], [], 'ps_purge stops at max_rows');
cmp_ok(scalar @purged, '>', 5, 'and goes on');
is(both(q{SELECT count(*) FROM paysession.payment_session WHERE provider_id = 'quick'}), '0|0', 'on all shards');
is(router('SELECT count(*) FROM paysession.ps_check()'), 0, 'all is well');

# What is left of an error.
sub fields
{
	my ($db, $statement) = @_;
	my $stderr;

	$node->psql($db, "\\set VERBOSITY verbose\n$statement", stderr => \$stderr);
	return { $stderr =~ /^(?:psql:<stdin>:\d+: )?([A-Z ]+):  (.*)$/mg };
}
my $wrong = q{SELECT paysession.ps_create((SELECT paysession.ps_new_id('cart')), 'nobody')};
my ($direct, $routed) = map { fields($_, $wrong) } qw(north router);
is($routed->{ERROR} =~ s/paysession\.ps_create\(6\): \[(north|south)\] REMOTE ERROR: //r, $direct->{ERROR}, 'SQLSTATE and message');
is($routed->{$_}, 'Remote ' . lc($_) . ": $direct->{$_}", $_) foreach qw(DETAIL HINT);
is_deeply([ map { exists $direct->{"$_ NAME"} } qw(SCHEMA TABLE CONSTRAINT) ], [ 1, 1, 1 ], 'a shard names the constraint');
is_deeply([ grep { / NAME/ } keys %$routed ], [], 'which is lost');
my $card = q{SELECT paysession.ps_create((SELECT paysession.ps_new_id('cart')), 'card', data => '{"a": "4111 1111 1111 %s"}')};
is(error(sprintf($card, '1111')) =~ s/ .*: / /r, '23514 payment session data must not contain a card number', 'a card number is refused');
my $log = slurp_file($node->logfile);
is(() = $log =~ /4111 1111 1111 1111/g, 1, "the router's log has the statement");
error("SET log_min_error_statement = panic;\n" . sprintf($card, '1111'));
$log = slurp_file($node->logfile, length $log);
unlike($log, qr/4111 1111/, 'unless it is told not to');
like($log, qr/must not contain a card number/, 'but that there was one');

# A shard whose rows have more columns, as a newer one has, or its owner wants.
my $one = q{SELECT id, amount FROM paysession.ps_list(cart('cart7'))};
my $listed = router($one);
like($listed, qr/^ps_\w+\|700$/, 'a session');
both('ALTER TABLE paysession.payment_session ADD shop text');
is(router($one), $listed, 'a shard may have another column');
is(router('SELECT count(*) FROM paysession.ps_list(max_rows => 2)'), 2, 'or all of them');

# The router is made anew in one transaction, or stays as it is.
my @anew = (
	'psql', '-Xq1', '-d', $node->connstr('router'), '-v', 'app=clerk', '-c', 'DROP SCHEMA paysession, paysession_router CASCADE',
	map { ('-f', $node->config_data('--sharedir') . "/extension/paysession_$_.sql") } qw(router grants));
my $get = "$one, (SELECT oid FROM pg_proc WHERE proname = 'ps_list') made" =~ s/amount/amount, made.oid/r;
my ($first_made) = clerk($get) =~ /^\Q$listed\E\|(\d+)$/;
$node->command_fails([ @anew, '-c', 'SELECT 1 / 0' ], 'a router that is not made anew');
is(clerk($get), "$listed|$first_made", 'stays as it was');
$node->command_ok(\@anew, 'one that is made anew');
like(clerk($get), qr/^\Q$listed\E\|(?!$first_made$)/, 'is that');

# The server: ranges of slots, and what cannot be.
sub server
{
	my ($stdout, $stderr) = run_command([ 'scripts/router-server', @_ ]);
	return $stderr eq '' ? $stdout : $stderr;
}
my %count;
$count{$_}++ foreach server(map { "dbname=s$_" } 1 .. 3) =~ /p\d+ '(.*?)'/g;
is_deeply(\%count, { 'dbname=s1' => 341, 'dbname=s2' => 341, 'dbname=s3' => 342 }, 'slots are shared out evenly');
my ($before, $from, $after) = server("0-9=dbname=a", "11-1023=dbname=c", "10=password='x'") =~ /p9 '(.*)',\s+p10 '(.*)',\s+p11 '(.*)',/;
is("$before, $from, $after", "dbname=a, password=''x'', dbname=c", 'or in ranges');
is(server(@$_[ 1 .. $#$_ ]), $_->[0], $_->[0])
  foreach [ 'usage: router-server [--alter] SHARD...' ], [ 'slot 1023 is in no range', '0-1022=a' ], [ 'slot 5 is in two ranges', '0-1023=a', '5=b' ],
  [ 'either all shards have a range, or none has', '0-1023=a', 'dbname=b' ], [ 'there is no range 9-1024', '9-1024=a' ], [ 'there is no range 9-8', '9-8=a' ],
  [ 'a connection string is empty', '' ];

# Who is connected already sees a change with the next call.
my $alter = $node->data_dir . '/alter.sql';
append_to_file($alter, server('--alter', $shards[0]));
my $on = q{SELECT count(*) FROM paysession.ps_list(max_rows => 1000) s JOIN cart c ON c.id = s.cart_id WHERE name LIKE 'cart%';};
is(router("$on\n\\! psql -Xq -d '" . $node->connstr('router') . "' -f $alter\n$on"), "40\n$on_north", 'one shard has it all');

$node->stop;
done_testing();
