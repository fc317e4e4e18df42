# paper.awk -v bytes=STORED results.tsv: prints what a million authorizations a
# minute take.  An authorization is a whole payment: each of these verbs once.

BEGIN {
	FS = "\t"
	verbs = split("put_cart create begin authorize promote receive capture", verb, " ")
	rate = 1000000 / 60
}

$3 == "paysession" && $1 == "writes" && $4 == "wal" { wal[$2] = $5 }
$3 == "paysession" && $1 == "speed" && $4 == "cpu" { cpu[$2, ++rounds[$2]] = $5 }

# the median of a verb's rounds
function median(name, i, j, t, n)
{
	n = rounds[name]
	for (i = 1; i <= n; i++)
		for (j = i; j > 1 && cpu[name, j] < cpu[name, j - 1]; j--) {
			t = cpu[name, j]; cpu[name, j] = cpu[name, j - 1]; cpu[name, j - 1] = t
		}
	return cpu[name, int((n + 1) / 2)]
}

END {
	print "| | |"
	print "|---|---|"
	for (i = 1; i <= verbs; i++) {
		if (!(verb[i] in wal)) {
			print "make bench has not measured " verb[i] > "/dev/stderr"
			exit 1
		}
		log_bytes += wal[verb[i]]
		if (rounds[verb[i]])
			time += median(verb[i])
		else
			unknown = 1
		calls = calls (i > 1 ? ", " : "") "`ps_" verb[i] "`"
	}
	printf "| a payment | %s |\n", calls
	printf "| its WAL | %.1f kB |\n", log_bytes / 1000
	printf "| what it leaves in tables and indexes | %.1f kB |\n", bytes / 1000
	if (!unknown)
		printf "| its CPU | %.2f ms |\n", time / 1000
	print ""
	print "| shards | payments/s, each | " (unknown ? "" : "cores busy, each | ") "WAL, each | WAL a day, each | storage a day, each | a disk of 4 TB is full after |"
	print "|---|---|---|---|---|---|" (unknown ? "" : "---|")
	for (shards = 4; shards <= 64; shards *= 2) {
		printf "| %d | %d |", shards, rate / shards
		if (!unknown)
			printf " %.1f |", rate / shards * time / 1e6
		printf " %.0f MB/s | %.2f TB | %.0f GB | %.0f days |\n", rate / shards * log_bytes / 1e6,
			rate / shards * log_bytes * 86400 / 1e12, rate / shards * bytes * 86400 / 1e9, 4e12 / (rate / shards * bytes * 86400)
	}
}
