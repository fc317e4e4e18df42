# Prints lines of "verb contender measure value" as a table, of medians.

{
	if (!(($1, $2) in values)) {
		verbs[++n] = $1
		contenders[n] = $2
	}
	values[$1, $2]
	values[$1, $2, $3] = values[$1, $2, $3] " " $4
}

function median(verb, contender, measure,	v, count, i, j, t)
{
	count = split(values[verb, contender, measure], v)
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) {
			t = v[j]
			v[j] = v[j - 1]
			v[j - 1] = t
		}
	return v[int((count + 1) / 2)]
}

function with_ratio(verb, contender, measure,	value)
{
	value = median(verb, contender, measure)
	return sprintf("%11d %5.2f", value, value / median(verb, "statement", measure))
}

END {
	printf "%-24s %17s %17s %17s %6s %5s\n", "",
		"instructions", "calls/s, 1 client", "8 clients", "WAL", "HOT"
	for (i = 1; i <= n; i++) {
		hot = median(verbs[i], contenders[i], "hot")
		printf "%-12s %-11s %s %s %s %6d %5s\n", verbs[i] == verbs[i - 1] ? "" : verbs[i], contenders[i],
			with_ratio(verbs[i], contenders[i], "instructions"),
			with_ratio(verbs[i], contenders[i], "one"),
			with_ratio(verbs[i], contenders[i], "eight"),
			median(verbs[i], contenders[i], "wal"), hot == "" ? "" : hot " %"
	}
}
