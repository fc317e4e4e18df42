# shellcheck shell=bash
# What the measurements share.  A case is a file cases/VERB/CONTENDER.pgbench.
# A contender has its tables in the schema of its name:
#
#	paysession	the extension
#	statement	one prepared statement that writes the same rows
#	plpgsql		a function and triggers
#	client		a transaction of several statements

. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
packages+=(valgrind)
# No checkpoint, no vacuum in between.
settings=(autovacuum=off shared_buffers=512MB max_wal_size=8GB checkpoint_timeout=1h)
bench=$(dirname "${BASH_SOURCE[0]}")
results=$scratch/results
contenders=(paysession statement plpgsql client)

# What a measurement chooses: of how many carts the groups are (fill.sql), where
# group 0 begins; the number of the first call's cart; how many calls come
# before those that count, or between two pg_sleep().
carts=0 others=0 from=0 first=0 warm=0 counted=0
part='' round=0

# verb; which group of carts it is called for and which of their sessions
# (fill.sql); rows made per call: events, payments, operations, inbox
verbs='create 0 9 1
select 0 1 2
set_sessions 4 0 3
put_cart 0 0 3
begin 0 0 1
require_more 0 0 1
authorize 0 0 1
fail 0 0 1
retry 0 2 1
cancel 0 0 1
receive 0 0 2
update 0 0 1
promote 1 0 1
capture 2 0 1
refund 3 0 1
get 0 0 0'

sql()
{
	PGOPTIONS='-c client_min_messages=warning' psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# make_tables CONTENDER... makes the extension, and the tables of those beside it.
make_tables()
{
	local contender

	sql -c 'CREATE EXTENSION paysession' -c 'CREATE TABLE cpu (ns bigint)' \
		-c "SELECT FROM generate_series(0, 9) AS k, paysession.ps_put_provider('provider_' || k)"
	for contender in "$@"; do
		[ "$contender" = paysession ] || sql -v schema="$contender" -f "$bench/tables.sql"
		[ "$contender" != plpgsql ] || sql -f "$bench/plpgsql.sql"
	done
}

# fill CONTENDER SESSIONS: that many of each cart of group 0.
fill()
{
	sql -v schema="$1" -v carts="$carts" -v others="$others" -v sessions="$2" -f "$bench/fill.sql"
}

count_rows()
{
	sql -c "SELECT (SELECT count(*) FROM $1.payment_session_event) + (SELECT count(*) FROM $1.payment)
		+ (SELECT count(*) FROM $1.payment_operation) + (SELECT count(*) FROM $1.provider_event)"
}

# check_made CONTENDER EXPECTED: a call that changed nothing is no call.  The
# payments of groups 2 and 3 and the captures of group 3 were there before.
check_made()
{
	local made

	made=$(($(count_rows "$1") - 3 * others))
	[ "$made" = "$2" ] || die "$1: $made rows made instead of $2"
}

# for_each_verb FUNCTION calls it for every verb, with $verb, $group, $session
# and $rows set.
for_each_verb()
{
	# shellcheck disable=SC2034
	while read -r verb group session rows; do
		printf ' %s' "$verb"
		"$@"
	done <<<"$verbs"
	echo
}

# for_each_contender FUNCTION calls it for every contender that the verb has,
# another one first in every round.
for_each_contender()
{
	local i n=${#contenders[@]}

	for ((i = 0; i < n; i++)); do
		contender=${contenders[(i + round) % n]}
		[ ! -e "$bench/cases/$verb/$contender.pgbench" ] || "$@"
	done
}

# note CASE CONTENDER MEASURE VALUE
note()
{
	printf '%s\t%s\t%s\t%s\t%s\n' "$part" "$@" >>"$results"
}

# call CLIENTS CALLS SCRIPT...: each client runs the scripts and then the case,
# CALLS times.
call()
{
	local clients=$1 calls=$2 start=$from size=$carts

	shift 2
	if [ "$group" != 0 ]; then
		start=$((carts + (group - 1) * others)) size=$others
	fi
	rm -f "$scratch"/calls.*
	pgbench -n -M prepared -c "$clients" -j $((clients > 2 ? 2 : clients)) -t "$calls" -l --log-prefix="$scratch/calls" \
		-D start="$start" -D size="$size" -D calls="$calls" -D first="$first" -D k="$session" -D i=-1 \
		-D warm="$warm" -D counted="$counted" \
		-f <(cat "$@" "$bench/cases/$verb/$contender.pgbench") >"$scratch/pgbench.log" 2>&1
}

# run_case CLIENTS CALLS [SCRIPT]: for each call the next cart, the first one
# number $first, in an order in which neighbours are far apart.
run_case()
{
	call "$1" "$2" "$bench/next.pgbench" "${@:3}" || {
		cat "$scratch/pgbench.log"
		die "$verb, $contender: a call failed"
	}
}

# The calls per second from when every client had made $warm calls until the
# first one was done.
calls_per_second()
{
	cat "$scratch"/calls.* | awk -v warm="$warm" '
		{ time = $5 + $6 / 1000000; if ($2 == warm && time > first) first = time
		  if (time > last[$1]) last[$1] = time; end[NR] = time }
		END { for (c in last) if (!until || last[c] < until) until = last[c]
		      for (i in end) n += end[i] > first && end[i] <= until
		      printf "%.1f\n", n / (until - first) }'
}

# start_counting restarts the server so that it counts instructions, those of
# a backend since its last pg_sleep() into a file of their own.
start_counting()
{
	pg_ctl -D "$scratch/server" -s -m fast stop
	mkdir -p "$scratch/counts"
	rm -f "$scratch/counts.log"
	valgrind -q --tool=callgrind --dump-before=pg_sleep --callgrind-out-file="$scratch/counts/%p" \
		postgres -D "$scratch/server" >"$scratch/counts.log" 2>&1 &
	until grep -qs 'ready to accept connections' "$scratch/counts.log"; do
		kill -0 $! 2>/dev/null || {
			cat "$scratch/counts.log"
			die "the server did not start"
		}
		sleep 0.2
	done
}

stop_counting()
{
	pg_ctl -D "$scratch/server" -s -m fast stop
	pg_ctl -D "$scratch/server" -l "$scratch/server.log" -s -w start
}

# count_instructions sets $instructions to those of a call, in user space.
# count.pgbench calls pg_sleep() before every $counted-th call.  What comes
# before the first one is the backend's start.
count_instructions()
{
	rm -f "$scratch"/counts/*
	run_case 1 $((2 * counted)) "$bench/count.pgbench"
	# shellcheck disable=SC2034
	instructions=$(awk -v n="$counted" '/^totals:/ { printf "%d", $2 / n }' "$scratch"/counts/*.2)
}

# describe_machine notes what all this ran on.
describe_machine()
{
	local part=about

	note "machine" - is "$(nproc) CPUs, $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1), $(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GB"
	note "kernel" - is "$(uname -sr)"
	note "disk" - is "$(stat -f -c %T "$scratch"), fdatasync of 8 kB in $(pg_test_fsync -s 1 -f "$scratch/fsync" |
		awk '$1 == "fdatasync" { print $4; exit }') µs"
	note "server" - is "$(postgres --version), $(gcc --version | head -n 1)"
}

# report puts the results into test/bench/results.tsv, in the place of those of
# the same parts, and from there into the document.
report()
{
	cd "$scratch/tree" || exit
	touch test/bench/results.tsv
	awk -F '\t' -v OFS='\t' '
		NR == FNR {
			key = $1 FS $2 FS $3 FS $4
			if (key in values)
				values[key] = values[key] " " $5
			else {
				keys[++n] = key
				values[key] = $5
			}
			parts[$1]
			next
		}
		!($1 in parts)
		END { for (i = 1; i <= n; i++) print keys[i], values[keys[i]] }' \
		"$results" test/bench/results.tsv >"$scratch/results.tsv"
	mv "$scratch/results.tsv" test/bench/results.tsv
	awk -f test/bench/report.awk test/bench/{aims,results}.tsv doc/performance.md >"$scratch/performance.md"
	mv "$scratch/performance.md" doc/performance.md
	awk -v picture=1 -f test/bench/report.awk test/bench/{aims,results}.tsv >"$scratch/ratios"
	[ ! -s "$scratch/ratios" ] || gnuplot -e "ratios='$scratch/ratios'" test/bench/ratios.gnuplot >doc/performance.svg
	sed -n '/^<!-- bench: aims -->/,/^<!-- end -->/{ /^<!--/d; /./p; }' doc/performance.md
}
