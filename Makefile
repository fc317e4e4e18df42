# CONTRIBUTING.md says what each goal is for.

# PGXS may not be installed yet when one of these is asked for: their scripts
# install what they need, and build in a copy of the tree.
OWN_GOALS = check demo shell bench bench-scale baseline diagram fuzz indent lint coverage leak oracle crash pairs model \
	check-asserts check-sanitizers check-valgrind check-caches smith \
	router check-router check-routes check-clients bench-router paper typescript check-typescript check-migrations \
	dist check-dist deb check-deb check-17 checkout check-checkout check-medusa help
SECONDS ?= 60
SEEDS ?= 1
OPS ?= 100000
POINTS ?= 12
CALLS ?= 1000000
QUERIES ?= 2000
PORT ?= 4040
ROUNDS ?= 20
SUITES ?= regress isolation pairs tap

ifneq ($(filter $(OWN_GOALS), $(MAKECMDGOALS)),)

check demo diagram indent lint coverage pairs model router check-router check-clients paper typescript check-typescript \
check-migrations dist check-dist deb check-deb check-checkout:
	@scripts/$@

shell:
	@scripts/demo shell

help:
	@sed -n 's/^| \(`make.*\) | \(.*\) |$$/\1\n    \2/p' CONTRIBUTING.md | tr -d '`' | fmt -w 100

checkout:
	@scripts/checkout $(PORT)

bench:
	@test/bench/run $(PARTS)

bench-scale:
	@test/bench/scale $(PARTS)

bench-router:
	@test/bench/router

baseline:
	@test/bench/guard keep

fuzz:
	@scripts/fuzz $(SECONDS)

leak:
	@scripts/leak $(CALLS)

oracle:
	@scripts/oracle $(SEEDS) $(OPS)

crash:
	@scripts/crash $(POINTS)

check-asserts check-sanitizers check-valgrind:
	@scripts/strict $(@:check-%=%) $(SUITES)

check-17:
	@scripts/check-17 $(SUITES)

check-caches:
	@scripts/caches

check-routes:
	@scripts/routes

smith:
	@scripts/smith $(QUERIES)

check-medusa:
	@scripts/check-medusa $(ROUNDS)

# PGXS knows the others.
OTHER_GOALS = $(filter-out $(OWN_GOALS), $(MAKECMDGOALS))
$(OTHER_GOALS):
	@$(MAKE) $@

.PHONY: $(OWN_GOALS) $(OTHER_GOALS)

else

EXTENSION = paysession
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'$$/\1/p" paysession.control)

MODULE_big = paysession
OBJS = $(patsubst %.c, %.o, $(wildcard src/*.c))
PG_CPPFLAGS = -Isrc
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers

SCRIPT = paysession--$(EXTVERSION).sql
DATA = $(wildcard sql/paysession*.sql)
DATA_built = $(SCRIPT)

REGRESS = $(sort $(patsubst test/sql/%.sql, %, $(wildcard test/sql/*.sql)))
REGRESS_PREP = test/expected/.
REGRESS_OPTS = --inputdir=test --no-locale --encoding=UTF8 --load-extension=paysession
ISOLATION = $(sort $(patsubst test/isolation/specs/%.spec, %, $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --no-locale --encoding=UTF8 --load-extension=paysession
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(PGXS),)
$(error no PostgreSQL server headers: set PG_CONFIG; "make check" and "make demo" install what they need)
endif
include $(PGXS)

$(SCRIPT): $(sort $(wildcard sql/[0-9]*.sql))
	cat $^ > $@

# What unpacks the zip of PGXN may not know links.
test/expected/.:
	ln -sfn ../expected $(@D)

$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*.h) paysession.control

endif
