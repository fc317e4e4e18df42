# Draws the ratios in the file "ratios": verb, instructions of ours, of
# PL/pgSQL and of the client's transaction, and CPU of the three.
set terminal svg size 900,620 font "sans-serif,12" background "white"
set datafile separator tab
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9
set boxwidth 0.9
set yrange [0:*]
set ytics 0.5
set grid ytics linecolor rgb "#dddddd"
set border 3 linecolor rgb "#888888"
set xtics nomirror rotate by -30 scale 0 noenhanced
set ytics nomirror
set arrow from graph 0, first 1 to graph 1, first 1 nohead front linecolor rgb "#333333"
set multiplot layout 2,1
do for [panel = 0:1] {
	set title (panel == 0 ? "Instructions" : "CPU") . " of a call; the hand-written statement is 1"
	if (panel == 0) { set key outside right top } else { set key off }
	set rmargin 22
	plot ratios using (column(2 + 3 * panel)):xtic(1) title "paysession" linecolor rgb "#2b6cb0", \
		"" using (column(3 + 3 * panel)) title "PL/pgSQL, triggers" linecolor rgb "#dd8452", \
		"" using (column(4 + 3 * panel)) title "client's transaction" linecolor rgb "#a0a0a0"
}
unset multiplot
