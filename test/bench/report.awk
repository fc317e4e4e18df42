# report.awk aims.tsv results.tsv performance.md: prints the document, with the
# tables between its markers made anew.  With -v picture=1 it prints what
# gnuplot draws instead.
#
# A line of results.tsv is part, case, contender, measure and the values of all
# rounds.

BEGIN {
	FS = "\t"
	label["instructions"] = "instructions"
	label["cpu"] = "CPU"
	label["eight"] = "calls a second, 8 clients"
	label["wal"] = "bytes of WAL"
}

FNR == 1 { file++ }
/^#/ && file == 1 { next }

file == 1 {
	aims[++n_aims] = $0
	next
}

file == 2 {
	if (!(($1, $2) in seen)) {
		seen[$1, $2]
		cases[$1, ++n_cases[$1]] = $2
	}
	measures[$1, $2, $3, ++n_measures[$1, $2, $3]] = $4
	values[$1, $2, $3, $4] = $5
	next
}

function sort(v, count,	i, j, t)
{
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) {
			t = v[j]
			v[j] = v[j - 1]
			v[j - 1] = t
		}
}

# value returns the median of a measure's rounds, or nothing.
function value(part, case, contender, measure,	v, count)
{
	count = split(values[part, case, contender, measure], v, " ")
	sort(v, count)
	return v[int((count + 1) / 2)]
}

# ratio sets ratio_median to that of the rounds' ratios, each of two
# neighbours in time, and ratio_low and ratio_high to between what it is with
# 95 % certainty or more, as far as there are rounds enough.
function ratio(part, case, contender, against, measure,	v, w, count, i, cut)
{
	count = split(values[part, case, contender, measure], v, " ")
	if (count == 0 || split(values[part, case, against, measure], w, " ") != count)
		return ratio_median = ""
	for (i = 1; i <= count; i++)
		v[i] = w[i] > 0 ? v[i] / w[i] : 1
	sort(v, count)
	cut = count >= 9 ? 2 : 1
	ratio_low = v[cut]
	ratio_high = v[count + 1 - cut]
	return ratio_median = sprintf("%.2f", v[int((count + 1) / 2)])
}

function print_head(s,	n, i, cell)
{
	print "| " s " |"
	n = split(s, cell, / \| /)
	printf "|"
	for (i = 1; i <= n; i++)
		printf i == 1 ? "---|" : "---:|"
	print ""
}

# How a contender's measure compares with the statement's.
function beside(part, case, contender, measure)
{
	return " | " ratio(part, case, contender, "statement", measure)
}

function ratios(part, case, measure)
{
	return beside(part, case, "paysession", measure) beside(part, case, "plpgsql", measure) \
		beside(part, case, "client", measure)
}

function print_verbs(	i, c)
{
	print_head("verb | instructions by hand | ours | PL/pgSQL | client | CPU by hand, µs | ours | PL/pgSQL | client")
	for (i = 1; i <= n_cases["instructions"]; i++) {
		c = cases["instructions", i]
		printf "| %s | %d%s | %.0f%s |\n", c, value("instructions", c, "statement", "instructions"),
			ratios("instructions", c, "instructions"), value("speed", c, "statement", "cpu"), ratios("speed", c, "cpu")
	}
}

function print_clients(	i, c)
{
	print_head("verb | 1 client by hand, calls/s | ours | PL/pgSQL | client | 8 clients by hand, calls/s | ours | PL/pgSQL | client")
	for (i = 1; i <= n_cases["speed"]; i++) {
		c = cases["speed", i]
		printf "| %s | %d%s | %d%s |\n", c, value("speed", c, "statement", "one"), ratios("speed", c, "one"),
			value("speed", c, "statement", "eight"), ratios("speed", c, "eight")
	}
}

function print_writes(	i, c, k, hot)
{
	print_head("verb | WAL ours | by hand | PL/pgSQL | client | HOT ours | by hand | PL/pgSQL | client")
	split("paysession statement plpgsql client", contender, " ")
	for (i = 1; i <= n_cases["writes"]; i++) {
		c = cases["writes", i]
		hot = ""
		printf "| %s", c
		for (k = 1; k <= 4; k++) {
			printf " | %s", value("writes", c, contender[k], "wal")
			hot = hot " | " value("writes", c, contender[k], "hot")
		}
		print hot " |"
	}
}

# All measures of a part, ours beside what is written by hand.
function print_part(part,	i, j, c, m, has_client)
{
	for (i = 1; i <= n_cases[part]; i++)
		has_client = has_client || (part, cases[part, i], "client") in n_measures
	print_head(part " | ours | by hand | ratio" (has_client ? " | client | ours to client" : ""))
	for (i = 1; i <= n_cases[part]; i++)
		for (j = 1; j <= n_measures[part, c = cases[part, i], "paysession"]; j++) {
			m = measures[part, c, "paysession", j]
			printf "| %s, %s | %s | %s%s", c, m, value(part, c, "paysession", m), value(part, c, "statement", m),
				beside(part, c, "paysession", m)
			if (has_client)
				printf " | %s | %s", value(part, c, "client", m), ratio(part, c, "paysession", "client", m)
			print " |"
		}
}

# What authorize is made up of.
function print_pieces(part, contender, prefix, title,	i, m)
{
	print_head(title)
	for (i = 1; i <= n_measures[part, "authorize", contender]; i++) {
		m = measures[part, "authorize", contender, i]
		if (index(m, prefix) == 1)
			printf "| %s | %s |\n", substr(m, length(prefix) + 1), value(part, "authorize", contender, m)
	}
}

function print_aims(	i, a, v, verdict)
{
	print_head("what | measured | aim | so")
	for (i = 1; i <= n_aims; i++) {
		split(aims[i], a)
		if (a[4] == "-") {
			v = value(a[1], a[2], "paysession", a[3])
			ratio_low = ratio_high = v
		} else
			v = ratio(a[1], a[2], "paysession", a[4], a[3])
		if (v == "")
			verdict = "not measured"
		else if (a[5] == "at most" ? v <= a[6] : v >= a[6])
			verdict = "met"
		else if (a[6] == "1.00" && a[5] == "at least" && ratio_high >= 1)
			verdict = "no difference found"
		else
			verdict = "not met"
		printf "| %s: %s | %s%s | %s %s | %s |\n", a[2], (a[3] in label) ? label[a[3]] : a[3], v,
			v != "" && a[4] != "-" && ratio_low != ratio_high ? sprintf(" (%.2f–%.2f)", ratio_low, ratio_high) : "",
			a[5], a[6], verdict
	}
}

function print_about(	i, c)
{
	for (i = 1; i <= n_cases["about"]; i++) {
		c = cases["about", i]
		printf "- %s: %s\n", c, values["about", c, "-", "is"]
	}
}

function print_block(name)
{
	if (name == "aims")
		print_aims()
	else if (name == "about")
		print_about()
	else if (name == "verbs")
		print_verbs()
	else if (name == "clients")
		print_clients()
	else if (name == "writes")
		print_writes()
	else if (name == "records")
		print_pieces("writes", "paysession", "record ", "record | bytes")
	else if (name == "bare") {
		print_head("the UPDATE | instructions | of the statement by hand")
		printf "| with our triggers and an event | %d | %s |\n", value("instructions", "update", "paysession", "instructions"),
			ratio("instructions", "update", "paysession", "statement", "instructions")
		printf "| without triggers and events | %d | %s |\n", value("instructions", "update", "bare", "instructions"),
			ratio("instructions", "update", "bare", "statement", "instructions")
	}
	else if (name == "areas")
		print_pieces("instructions", "paysession", "area ", "ps_authorize | instructions")
	else if (name == "areas by hand")
		print_pieces("instructions", "statement", "area ", "the hand-written statement | instructions")
	else
		print_part(name)
}

file == 3 && /^<!-- bench: .* -->$/ {
	print $0 "\n"
	sub(/^<!-- bench: /, "")
	sub(/ -->$/, "")
	print_block($0)
	print ""
	within = 1
}

/^<!-- end -->$/ { within = 0 }
file == 3 && !within { print }

# What gnuplot draws: the ratios of instructions and of CPU.
END {
	if (!picture)
		exit
	for (i = 1; i <= n_cases["instructions"]; i++) {
		c = cases["instructions", i]
		if (!(("speed", c) in seen))
			continue
		row = c ratios("instructions", c, "instructions") ratios("speed", c, "cpu")
		gsub(/ \| /, "\t", row)
		print row
	}
}
