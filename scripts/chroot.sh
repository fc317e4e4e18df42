# shellcheck shell=bash
# A Debian in a folder, made once and never changed.  A script begins with
#
#	. "$(dirname "$0")/lib.sh"
#	. "$(dirname "$0")/chroot.sh"
#	make_debian trixie postgresql-17	# with these packages
#	inside COMMAND...
#
# and the command runs as root in there, with the tree at /mnt to read, in
# namespaces of its own: its processes, its mounts, and all that it writes,
# are gone when it ends.

[ "$(id -u)" = 0 ] || die "it makes a Debian in a folder, which takes root: run it with sudo"
top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
cache=$(realpath -m "${DEBIANS:-/var/cache/paysession}")
# shellcheck disable=SC2034 # lib.sh
packages=(debian-archive-keyring debootstrap)

# make_debian RELEASE PACKAGE... sets "debian" to the folder.
make_debian()
{
	local release=$1 sources mirror

	shift
	debian=$cache/$release
	[ ! -d "$debian" ] || return 0

	install_packages
	. /etc/os-release
	# where this machine has its packages from, updates included
	sources=$(apt-get indextargets --format "deb \$(SITE) \$(RELEASE) \$(COMPONENT)" "Created-By: Packages" "Origin: Debian" |
		sed "s/ $VERSION_CODENAME/ $release/" | sort -u)
	mirror=$(awk -v release="$release" '$3 == release { print $2; exit }' <<<"$sources")
	[ -n "$mirror" ] || die "apt knows no source of Debian's packages"
	say "making a Debian in $debian: some minutes"
	mkdir -p "$cache"
	rm -rf "$debian.new"
	quietly unshare --mount debootstrap --variant=minbase "$release" "$debian.new" "$mirror"
	printf '%s\n' "$sources" >"$debian.new/etc/apt/sources.list"
	printf '#!/bin/sh\nexit 101\n' >"$debian.new/usr/sbin/policy-rc.d"
	chmod +x "$debian.new/usr/sbin/policy-rc.d"
	mkdir -p "$debian.new/etc/postgresql-common/createcluster.d"
	printf 'create_main_cluster = false\n' >"$debian.new/etc/postgresql-common/createcluster.d/paysession.conf"
	quietly unshare --mount --pid --fork --kill-child chroot "$debian.new" env DEBIAN_FRONTEND=noninteractive \
		sh -ec 'mount -t proc proc /proc
			apt-get update -q
			apt-get upgrade -q -y
			[ $# = 0 ] || apt-get install -q -y --no-install-recommends "$@"
			apt-get clean' sh "$@"
	mv "$debian.new" "$debian"
}

inside()
{
	local written status=0

	written=$(mktemp -d /tmp/paysession.XXXXXX)
	mkdir -p "$written"/{root,upper,work} "$cache/archives"
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child sh -ec '
		cd "$1"
		mount -t overlay -o "lowerdir=$2,upperdir=upper,workdir=work" overlay root
		mount --bind "$3" root/var/cache/apt/archives
		mkdir -p root/var/cache/apt/archives/partial
		mount --bind -o ro "$4" root/mnt
		mount -t proc proc root/proc
		mount -t devpts devpts root/dev/pts
		mount -t tmpfs -o mode=1777 tmpfs root/dev/shm
		# whom to ask for names, and whom to trust
		cp --parents /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt root || true
		shift 4
		exec chroot root "$@"' \
		sh "$written" "$debian" "$cache/archives" "$top" \
		env HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" || status=$?
	rm -rf "$written"
	return "$status"
}
