# Prints what a contender's call spends in each area, as "area cost", of a
# profile of callgrind's.  An area is a function and all that it calls, but for
# the areas within it; what is not there is a part of what it is within.

BEGIN { FS = "\t" }

FNR == NR {
	if ($1 == contender) {
		areas[++n] = $2
		parents[n] = $3
		titles[n] = $4
	}
	next
}

# A name comes with its number the first time only.
function name(s,	number)
{
	sub(/^c?fn=/, "", s)
	number = s
	sub(/\).*/, "", number)
	if (s ~ / /) {
		s = substr(s, index(s, " ") + 1)
		sub(/\.(isra|constprop|part)\..*/, "", s)
		names[number] = s
	}
	return names[number]
}

/^fn=/ { fn = name($0) }
/^cfn=/ { name($0) }
# The cost of a call stands in the line after it, as that of a line does.
/^[0-9+*-]/ {
	split($0, cell, " ")
	cost[fn] += cell[2]
}

END {
	for (i = 1; i <= n; i++) {
		own[areas[i]] += cost[areas[i]]
		own[parents[i]] -= cost[areas[i]]
	}
	for (i = 1; i <= n; i++)
		if (areas[i] in cost)
			printf "%s\t%d\n", titles[i], own[areas[i]] / calls
}
