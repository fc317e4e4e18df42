-- Values that are wrong by themselves, of each kind.
CREATE TEMP TABLE bad (kind text, n serial, value text);
COPY bad (kind, value) FROM stdin;
id	''
id	' '
id	' a'
id	'a '
id	E'a\\nb'
id	E'\\t'
id	E'a\\x01'
id	E'\\x7f'
id	'é'
id	'a€'
id	repeat('x', 65)
id	repeat('x', 1000000)
token	''
token	' a'
token	'a '
token	E'a\\nb'
token	'é'
token	repeat('x', 256)
token	repeat('x', 1000000)
currency	''
currency	'EUR'
currency	'eu'
currency	'euro'
currency	'Eur'
currency	'eUr'
currency	'euR'
currency	'{ur'
currency	'e{r'
currency	'eu{'
currency	'eu1'
currency	'e r'
currency	'éu'
currency	repeat('x', 1000000)
amount	0
amount	-1
amount	9007199254740992
amount	9223372036854775807
amount	(-9223372036854775808)
total	7
total	-1
total	9007199254740992
number	9007199254740992
number	-9007199254740992
number	9223372036854775807
number	(-9223372036854775808)
decimal	'NaN'
decimal	'Infinity'
decimal	'-Infinity'
decimal	9007199254740991.5
decimal	1e1000
json	jsonb_build_object('a', repeat('x', 70000))
json	to_jsonb(repeat('x', 1000000))
json	(repeat('{"a":', 65) || '1' || repeat('}', 65))::jsonb
json	(repeat('[', 6000) || repeat(']', 6000))::jsonb
object	'[]'
object	'[{"a": 1}]'
object	'7'
object	'"a"'
object	'null'
object	'true'
note	repeat('x', 70000)
note	repeat('x', 1000000)
word	''
word	'Succeeded'
word	'succeeded '
word	'pending'
word	'chargeback'
word	'Manual'
time	'infinity'
time	'-infinity'
lease	'0'
lease	'-1 s'
lease	'1 day -48 hours'
far	'300000 years'
ttl	'0'
ttl	'-1 s'
ttl	'1 month -31 days'
ttl	'100 years 1 s'
ttl	'300000 years'
rows	0
rows	-1
rows	-2147483648
missing	NULL
unknown	'bd_none'
\.
