# shellcheck shell=bash
# What the scripts share.  A script begins with
#
#	. "$(dirname "$0")/lib.sh"
#	packages+=(graphviz)		# besides what building and testing need
#	extras=(postgresql-15-cron)	# without which only what needs them fails
#	npm=(test/clients)			# folders that need "npm ci"
#	products=(doc/status.svg)	# what goes back into the tree in the end
#	settings=("fsync=off")		# of the server, besides PostgreSQL's own
#	enter "$@"
#	build
#	start_server
#
# and from enter on it runs in a private copy of the tree, as a user who may
# run PostgreSQL.  Servers and copy are gone when it ends, however it ends.

packages=(gcc libc6-dev make)
if [ -z "${PG_CONFIG:-}" ]; then
	PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config
	packages+=(postgresql-15 postgresql-server-dev-15)
fi
extras=()
npm=()
products=()
settings=()
scratch=${PAYSESSION_SCRATCH:-}

say()
{
	printf '%s\n' "--- $*"
}

die()
{
	printf '%s\n' "$*" >&2
	exit 1
}

# quietly runs a command whose output is of interest only when it fails.
quietly()
{
	local log status=0

	log=$(mktemp)
	"$@" >"$log" 2>&1 </dev/null || {
		status=$?
		cat "$log" >&2
	}
	rm -f "$log"
	return "$status"
}

is_installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages installs those of Debian's packages that are missing.
install_packages()
{
	local missing=() wanted=() all root=() package keep_out=/etc/postgresql-common/createcluster.d/paysession.conf

	command -v apt-get >/dev/null || return 0
	for package in "${packages[@]}"; do
		is_installed "$package" || missing+=("$package")
	done
	# Node.js of another source brings its own.
	[ ${#npm[@]} = 0 ] || command -v npm >/dev/null || missing+=(nodejs npm)
	for package in "${extras[@]}"; do
		is_installed "$package" || wanted+=("$package")
	done
	all=("${missing[@]}" "${wanted[@]}")
	[ ${#all[@]} -gt 0 ] || return 0

	if [ "$(id -u)" != 0 ]; then
		if command -v sudo >/dev/null && sudo -v; then
			root=(sudo)
		elif [ ${#missing[@]} -gt 0 ]; then
			die "missing packages: run as root: apt-get install ${missing[*]}"
		else
			say "missing packages, what needs them will fail: run as root: apt-get install ${wanted[*]}"
			return 0
		fi
	fi
	say "installing ${all[*]}: some minutes at most"

	quietly "${root[@]}" apt-get update -q || say "going on with the package lists that there are"
	(
		# PostgreSQL's package would create a cluster and start it.
		if [[ " ${missing[*]} " = *" postgresql-15 "* ]]; then
			trap '"${root[@]}" rm -f "$keep_out"' EXIT
			"${root[@]}" mkdir -p "${keep_out%/*}"
			printf 'create_main_cluster = false\n' | "${root[@]}" tee "$keep_out" >/dev/null
		fi
		install_now "${missing[@]}"
	) || die "could not install ${missing[*]}"
	for package in "${wanted[@]}"; do
		install_now "$package" || say "could not install $package: what needs it will fail"
	done
}

# install_now is a part of install_packages.
install_now()
{
	[ $# = 0 ] || quietly "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends "$@"
}

# leave stops whatever server still runs in the scratch folder and removes it.
# Once more, when a program that was interrupted too is still cleaning up there.
leave()
{
	local file pid

	for _ in {1..50}; do
		while read -r file; do
			pid=$(head -n 1 "$file" 2>/dev/null) || continue
			kill -QUIT "$pid" 2>/dev/null || continue
			while kill -0 "$pid" 2>/dev/null; do
				sleep 0.1
			done
		done < <(find "$scratch" -name postmaster.pid 2>/dev/null)
		rm -rf "$scratch" 2>/dev/null && return
		sleep 0.1
	done
}

# enter goes on in a copy of the tree, as postgres when root.  A script that
# another one calls is there already.
enter()
{
	local top script user become=() file status=0

	if [ -n "$scratch" ]; then
		cd "$scratch/tree" || exit
		return
	fi
	top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
	script=$(realpath --relative-to="$top" "$0")
	install_packages
	scratch=$(mktemp -d /tmp/paysession.XXXXXX)
	trap leave EXIT
	trap : INT			# what runs inside decides
	trap 'exit 143' TERM HUP
	mkdir "$scratch/tree"
	tar -C "$top" --exclude=./.git -cf - . | tar -C "$scratch/tree" -xf -
	for file in "${npm[@]}"; do
		(cd "$scratch/tree/$file" && quietly npm ci --prefer-offline) || say "npm ci failed in $file: what needs it will fail"
	done
	if [ "$(id -u)" = 0 ]; then
		user=$(id -un postgres 2>/dev/null) || user=nobody
		chown -R "$user:" "$scratch"
		become=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups)
	fi

	# The caller's connection settings and make flags are not for us.
	for file in "${!PG@}"; do
		[ "$file" = PG_CONFIG ] || unset "$file"
	done
	unset MAKEFLAGS MAKELEVEL MFLAGS
	"${become[@]}" env HOME="$scratch" TMPDIR="$scratch" LC_ALL=C.UTF-8 \
		PAYSESSION_SCRATCH="$scratch" PG_CONFIG="$PG_CONFIG" \
		bash "$scratch/tree/$script" "$@" || status=$?
	if [ "$status" = 0 ]; then
		# a part of a measurement may not make all of them
		for file in "${products[@]}"; do
			[ ! -e "$scratch/tree/$file" ] || cp "$scratch/tree/$file" "$top/$file"
		done
	fi
	exit "$status"
}

# build builds the extension and installs it into a PostgreSQL of our own,
# whose programs come first in PATH.  A server finds its files relative to
# its own program, so a copy of that and links to the rest are enough.
build()
{
	local install=$scratch/install bin lib share

	bin=$("$PG_CONFIG" --bindir) lib=$("$PG_CONFIG" --pkglibdir) share=$("$PG_CONFIG" --sharedir)
	PATH=$install$bin:$PATH
	[ ! -d "$install" ] || return 0

	say "building"
	make -s PG_CONFIG="$PG_CONFIG" clean >/dev/null
	make -s -j "$(nproc)" PG_CONFIG="$PG_CONFIG" with_llvm=no all
	mkdir -p "$install$bin" "$install$lib" "$install$share"
	cp -R "$bin/." "$install$bin"
	cp -Rs "$lib/." "$install$lib"
	cp -Rs "$share/." "$install$share"
	make -s PG_CONFIG="$PG_CONFIG" with_llvm=no DESTDIR="$install" install
}

# start_server starts a server that listens in the scratch folder only.
start_server()
{
	local setting

	initdb -D "$scratch/server" -A trust -U postgres --no-locale -E UTF8 --no-sync >"$scratch/server.log"
	for setting in "listen_addresses=''" "unix_socket_directories='$scratch'" "${settings[@]}"; do
		printf '%s\n' "$setting" >>"$scratch/server/postgresql.conf"
	done
	pg_ctl -D "$scratch/server" -l "$scratch/server.log" -s -w start || {
		cat "$scratch/server.log"
		die "the server did not start"
	}
	export PGHOST=$scratch PGUSER=postgres PGDATABASE=postgres
}

stop_server()
{
	pg_ctl -D "$scratch/server" -s -m fast stop
	rm -rf "$scratch/server"
}
