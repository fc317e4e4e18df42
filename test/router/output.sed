s/router\.ps_/paysession.ps_/g
/NOTICE:  PL\/Proxy: dropping stale conn$/d
s/[a-z_.]+\([0-9]+\): \[[a-z]+\] REMOTE [A-Z]+: //g
s/Remote (detail|hint): //g
# which PL/Proxy loses: what include/refuse.sql says of constraint and table
s/^(INFO:  [0-9A-Z]{5})\|[a-z_]*\|[a-z_]*\|/\1|||/
