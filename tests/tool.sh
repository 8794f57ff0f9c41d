# SPDX-License-Identifier: MIT
#
# tests/tool.sh - what the scripts of ./check, ./demo and tests/ share: finding
# the tree, counting results, installing what is missing, waiting in company.
# It is sourced by bash; it must not know what is built or tested.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

npass=0
nfail=0
nskip=0

pass() { npass=$((npass + 1)); }
fail() { nfail=$((nfail + 1)); echo "FAIL $*"; }
skip() { nskip=$((nskip + 1)); echo "skip $*"; }

# tally NAME - the closing line of a runner; false if anything failed
tally()
{
	echo "$1: $npass passed, $nfail failed, $nskip skipped"
	[ "$nfail" -eq 0 ]
}

die() { echo "${0##*/}: $*" >&2; exit 1; }

# c_sources - every C source and header of the tree, a path from the top a line
c_sources()
{
	(cd "$top" && find base mmu cpu soc accel host cli traces gui tests \
		-path tests/guest -prune -o \
		\( -name '*.c' -o -name '*.h' \) -type f -print 2>/dev/null |
		LC_ALL=C sort)
}

# is_freestanding FILE - does its first line mark it [F]?
is_freestanding()
{
	head -n 1 "$1" | grep -q 'GPL-2\.0-only OR MIT'
}

# missing_packages PACKAGE... - those that Debian has not installed
missing_packages()
{
	local p
	for p in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" \
			= installed ] || echo "$p"
	done
}

# install_packages LOG PACKAGE... - bring in what is missing; false, after a
# line that says what to do, when that cannot be done from here
install_packages()
{
	local log=$1 missing sudo=
	shift
	if ! command -v dpkg-query >/dev/null; then
		echo "This is not a Debian system; going on, in the hope that you have the likes of:"
		echo "  $*"
		return 0
	fi
	missing=$(missing_packages "$@" | sort -u | tr '\n' ' ')
	[ -n "${missing// /}" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		sudo=$(command -v sudo) || {
			echo "Missing packages, and no sudo here.  As root, run:"
			echo "  apt-get install $missing"
			return 1
		}
	fi
	echo "Installing from Debian: $missing"
	if ! with_progress "$log" $sudo sh -c 'export DEBIAN_FRONTEND=noninteractive
		apt-get install -y --no-install-recommends "$@" || {
			apt-get update &&
			apt-get install -y --no-install-recommends "$@"; }' \
		sh $missing; then
		echo "Could not install: $missing"
		echo "The reason is at the end of $log:"
		tail -n 5 "$log" | sed 's/^/  | /'
		return 1
	fi
}

# last_words FILE - its last line that is not empty, short enough for a line
last_words()
{
	tail -c 2000 "$1" 2>/dev/null | tr '\r' '\n' |
		sed 's/[^[:print:]]//g; /^ *$/d' | tail -n 1 | cut -c 1-60
}

# with_progress LOG CMD... - run CMD with its output in LOG; while it runs, a
# line now and then says that it does: in place on a terminal, every 20 seconds
# elsewhere.  Standard input is not CMD's.  Returns what CMD returns.
with_progress()
{
	local log=$1 pid start=$SECONDS next=20 rc tty=
	shift
	[ -t 1 ] && tty=1
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		if [ -n "$tty" ] && [ $((SECONDS - start)) -ge 2 ]; then
			printf '\r\033[K  %4d s  %s' $((SECONDS - start)) \
				"$(last_words "$log")"
		elif [ -z "$tty" ] && [ $((SECONDS - start)) -ge $next ]; then
			printf '  %4d s  %s\n' $((SECONDS - start)) \
				"$(last_words "$log")"
			next=$((next + 20))
		fi
	done
	wait "$pid"
	rc=$?
	[ -n "$tty" ] && printf '\r\033[K'
	return $rc
}

# plain_source - prints a source folder that is not configured itself, as configure
# wants it: the tree, or a copy of its sources where somebody built in it
plain_source()
{
	local copy=$top/build/source
	if [ ! -f "$top/config.status" ]; then
		echo "$top"
		return
	fi
	mkdir -p "$copy" && (cd "$top" && find . -path ./build -prune -o \
		-path ./.git -prune -o -name .deps -prune -o -type f \
		! -name '*.[oa]' ! -name config.status ! -path ./Makefile -print |
		tar -cf - -T -) | tar -xf - -C "$copy" || return 1
	echo "$copy"
}

# build_culm DIR [CONFIGURE-OPTION...] - configure out of the source folder, and
# make; installs into DIR/inst, so that the program finds its boards
build_culm()
{
	local dir=$1 source
	shift
	if [ ! -x "$top/configure" ] || [ "$top/configure.ac" -nt "$top/configure" ] ||
	   [ "$top/Makefile.am" -nt "$top/Makefile.in" ]; then
		(cd "$top" && autoreconf -i) || return 1
	fi
	source=$(plain_source) && mkdir -p "$dir" && cd "$dir" || return 1
	if [ "$(cat options 2>/dev/null)" != "$*" ] || [ ! -f config.status ]; then
		"$source/configure" --prefix="$dir/inst" "$@" || return 1
		echo "$*" >options
	fi
	make -j"$(nproc)" && make install
}

# need_culm NAME [CONFIGURE-OPTION...] - $culm, built in build/NAME if not given
need_culm()
{
	local name=$1
	shift
	mkdir -p "$top/build"
	if [ -z "$culm" ]; then
		with_progress "$top/build/$name-build.log" \
			build_culm "$top/build/$name" "$@" ||
			die "the build failed: build/$name-build.log"
		culm=$top/build/$name/inst/bin/culm
	fi
	culm=$(realpath "$culm") || exit 1
}

# need_guest NAME - $guest, built if not given; the log is build/NAME-guest.log
need_guest()
{
	local log=$top/build/$1-guest.log
	mkdir -p "$top/build"
	if [ -z "$guest" ]; then
		with_progress "$log" "$top/tests/guest/build" ||
			die "the guest's build failed: build/$1-guest.log"
		guest=$(tail -n 1 "$log")
	fi
	[ -f "$guest/vmlinux" ] || die "$guest: no vmlinux in it"
}
