# shellcheck shell=bash
# A PostgreSQL of our own with assertions and what valgrind needs, built from
# Debian's source, once: where TEST_SERVER says it stays.  A script begins with
#
#	. "$(dirname "$0")/server.sh"	# instead of lib.sh
#	packages+=(valgrind)
#	make_server
#	enter "$@"

if [ -z "${PAYSESSION_SCRATCH:-}" ]; then
	# not in root's home, where postgres may not read
	[ "$(id -u)" = 0 ] && cache=/var/cache || cache=${XDG_CACHE_HOME:-$HOME/.cache}
	TEST_SERVER=$(realpath -m "${TEST_SERVER:-$cache/paysession/postgresql}")
	export TEST_SERVER
	PG_CONFIG=$TEST_SERVER/bin/pg_config
fi
. "$(dirname "$0")/lib.sh"
packages+=(bzip2 libipc-run-perl perl valgrind zlib1g-dev)

# make_server builds the server, unless it is there.
make_server()
{
	local folder

	if [ -n "$scratch" ] || [ -x "$PG_CONFIG" ]; then
		return
	fi
	install_packages
	say "building a PostgreSQL with assertions in $TEST_SERVER: some minutes"
	folder=$(mktemp -d /tmp/paysession.XXXXXX)
	(
		trap 'rm -rf "$folder"' EXIT
		cd "$folder" || exit
		# which a make above us says it is, and PostgreSQL's asks
		unset MAKEFLAGS MAKELEVEL MFLAGS
		fetch_source
		cd source || exit
		# Two assertions are wrong.  A deferred trigger may have an exception
		# block; and who updates a row again after such an update was rolled
		# back to a savepoint may hold it by a lock that knows of both.
		sed -i '/^RollbackAndReleaseCurrentSubTransaction/,/^}/ s/blockState == TBLOCK_STARTED)/blockState == TBLOCK_STARTED || s->blockState == TBLOCK_END || s->blockState == TBLOCK_PREPARE)/' \
			src/backend/access/transam/xact.c
		sed -i '/Assert(HEAP_XMAX_IS_LOCKED_ONLY(infomask_lock_old_tuple));/d' src/backend/access/heap/heapam.c
		# -O1, which valgrind's suppressions are made for
		quietly ./configure --prefix="$TEST_SERVER" --enable-cassert --enable-debug --enable-tap-tests \
			--without-icu --without-readline CFLAGS='-O1 -g -fno-omit-frame-pointer' CPPFLAGS=-DUSE_VALGRIND
		quietly make -s -j "$(nproc)" all
		quietly make -s -j "$(nproc)" -C contrib all
		quietly make -s DESTDIR="$folder/root" install
		quietly make -s -C contrib DESTDIR="$folder/root" install
		cp src/tools/valgrind.supp "$folder/root$TEST_SERVER/share"
		mkdir -p "${TEST_SERVER%/*}"
		mv "$folder/root$TEST_SERVER" "$TEST_SERVER"
	)
}

# fetch_source fetches PostgreSQL's source into the folder "source", with lists
# of sources that apt keeps here only.
fetch_source()
{
	local apt=(apt-get -q -o "Dir::Etc::SourceList=$PWD/sources.list" -o Dir::Etc::SourceParts=-
		-o "Dir::State::Lists=$PWD/lists" -o "Dir::Cache=$PWD" -o APT::Sandbox::User=)

	. /etc/os-release
	apt-get indextargets --format "deb-src \$(SITE) \$(RELEASE) \$(COMPONENT)" \
		"Created-By: Packages" "Codename: $VERSION_CODENAME" | sort -u >sources.list
	mkdir -p lists/partial
	quietly "${apt[@]}" update
	quietly "${apt[@]}" source --download-only --only-source postgresql-15
	mkdir source
	tar -xf postgresql-15_*.orig.tar.* -C source --strip-components=1
}
