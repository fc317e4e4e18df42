# The clients in examples/routes know the route of an id without asking.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION paysession');

# Ids of ours and of others, almost ours, and what is no id but has a hash.
my $ids = $node->safe_psql(
	'postgres', q{
	SELECT setseed(0.5);
	WITH id AS MATERIALIZED (SELECT CASE n % 5
			WHEN 0 THEN paysession.ps_new_id((ARRAY['ps', 'pay', 'op', 'paycol', 'ikey', 'cart'])[1 + n / 5 % 6])
			WHEN 1 THEN paysession.ps_new_id((ARRAY['order', 'p', 'cart'])[1 + n / 5 % 3], 'cart' || n)
			WHEN 2 THEN overlay(paysession.ps_new_id('ps') PLACING chr(33 + (random() * 93)::int) FROM 1 + (random() * 28)::int)
			WHEN 3 THEN (SELECT string_agg(chr(33 + (random() * 93)::int), '') FROM generate_series(1, 1 + n % 64))
			ELSE gen_random_uuid()::text || n END AS id
		FROM generate_series(1, 10000) n)
	SELECT id || ' ' || paysession.ps_route(id) FROM id
	UNION ALL SELECT t || ' ' || (get_byte(h, 0) * 256 + get_byte(h, 1)) / 2
	FROM (SELECT 'é€𝄞' || n AS t, sha256(convert_to('é€𝄞' || n, 'UTF8')) AS h FROM generate_series(1, 100) n) others});
my @expected = grep { / / } split /\n/, $ids;
$node->stop;
is(scalar @expected, 10100, 'so many ids');

my $file = PostgreSQL::Test::Utils::tempdir() . '/ids';
append_to_file($file, join '', map { s/ .*//r . "\n" } @expected);

# which go finds in a folder of its own
my $go = PostgreSQL::Test::Utils::tempdir();
mkdir "$go/route";
append_to_file("$go/route/route.go", slurp_file('examples/routes/route.go'));
append_to_file("$go/go.mod", "module routes\n");
append_to_file("$go/main.go", <<'END');
package main

import (
	"bufio"
	"fmt"
	"os"
	"routes/route"
)

func main() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(in.Text(), route.Route(in.Text()))
	}
}
END

my %clients = (
	python3 => [ 'python3', '-c', q{import sys
sys.stdin.reconfigure(encoding='utf-8', newline='\n')
sys.stdout.reconfigure(encoding='utf-8')
sys.path.insert(0, 'examples/routes')
sys.dont_write_bytecode = True
from route import route
for id in sys.stdin.read().splitlines():
	print(id, route(id))} ],
	node => [ 'node', '-e', q{const { route } = require('./examples/routes/route.js');
for (const id of require('fs').readFileSync(0, 'utf8').trimEnd().split('\n'))
	process.stdout.write(`${id} ${route(id)}\n`);} ],
	go => [ 'sh', '-c', "cd $go && go run ." ]);

foreach my $client (sort keys %clients)
{
	my ($command, @arguments) = @{ $clients{$client} };
	my ($out, $err);

	SKIP:
	{
		skip "no $client", 1 if system("command -v $client >/dev/null") != 0;
		IPC::Run::run([ $command, @arguments ], '<', $file, '>', \$out, '2>', \$err);
		is_deeply([ split /\n/, $out ], \@expected, $client) or diag($err);
	}
}

done_testing();
