# SPDX-License-Identifier: MIT
#
# lib.sh - the cache of built guests, for the build* scripts beside it.
#
# An entry is a folder $cache/NAME-KEY, where KEY is a hash of all that goes
# into it. A recipe (recipes/NAME) fills it: it runs in an empty work folder,
# with all its output in a log; the entry is filled under a temporary name and
# renamed at the end, so that an entry which exists is whole. One lock per NAME:
# a second build waits and then finds the entry of the first. Nothing here knows
# what the guests are made of.
#
# The caller sets $prog, the name for messages; stdout is left to its result.
# shellcheck shell=bash disable=SC2154

guest=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CULM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/culm}
cache=$(realpath -m -- "$cache")/guest
recipe_pid=

say()
{
	printf '%s: %s\n' "$prog" "$*" >&2
}

die()
{
	say "$@"
	exit 1
}

# Stop the recipe with all its children when we are stopped.
on_signal()
{
	trap - INT TERM HUP
	if [ "$recipe_pid" ]; then
		kill -TERM -- "-$recipe_pid" 2>/dev/null
		wait "$recipe_pid" 2>/dev/null
		rm -rf "$entry_tmp"
	fi
	[ ! -t 2 ] || printf '\r\033[K' >&2
	say "interrupted"
	exit 130
}

# need_packages: stop, by name, if a package of ./deps is missing.
need_packages()
{
	local missing

	missing=$("$guest/deps" | sort | comm -23 - <(
		dpkg-query -W -f '${db:Status-Status} ${Package}\n' |
			sed -n 's/^installed //p' | sort -u))
	[ -z "$missing" ] || die "packages are missing, install them with:" \
		"apt-get install ${missing//$'\n'/ }"
}

# versions PACKAGE-PATTERN...: names and versions of the installed ones.
versions()
{
	dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' "$@" \
		2>/dev/null | sed -n 's/^installed //p' | LC_ALL=C sort
}

# From apt-cache's output; a binary built again has a suffix of its own.
version_of_source()
{
	awk '/^Version:/ && !v { v = $2; sub(/\+b[0-9]+$/, "", v) }
	     /^Source: .*\(/ && !s { s = substr($3, 2, length($3) - 2) }
	     END { print s ? s : v }'
}

# source_version BINARY: version of the Debian source package that BINARY comes
# from, as the system's package lists have it; nothing where there are none.
# Noted in the cache until the lists change: apt may take a second to tell.
source_version()
{
	local note=$cache/version-$1 stamp

	stamp=$(stat -c %y /var/lib/apt/lists 2>&1)
	if [ "$(sed -n 2p "$note" 2>/dev/null)" != "$stamp" ]; then
		mkdir -p "$cache"
		{
			apt-cache show --no-all-versions "$1" 2>/dev/null |
				version_of_source
			echo "$stamp"
		} >"$note.$$"
		mv "$note.$$" "$note"
	fi
	sed -n 1p "$note"
}

# files_key PATTERN...: names and contents of files here, for a key. Quote the
# patterns: they are expanded here and not in the caller's folder.
files_key()
{
	# shellcheck disable=SC2048,SC2086
	(cd "$guest" && sha256sum -- $*)
}

elapsed()
{
	printf '%dm%02ds' $((SECONDS / 60)) $((SECONDS % 60))
}

# watch PID LOG: report a recipe's progress until it ends. In its log, a line
# "== TEXT" starts a step and "== TEXT (N files)" one that compiles about N.
watch()
{
	local step last='' total count line tick=0 tty=''

	[ -t 2 ] && tty=1
	while kill -0 "$1" 2>/dev/null; do
		step=$(sed -n 's/^== //p' "$2" | tail -n 1)
		total=${step##* (}
		total=${total% files)}
		if [ "$step" != "$last" ]; then
			[ ! "$tty" ] || printf '\r\033[K' >&2
			say "$entry_name: $step"
			last=$step
			tick=0
		fi
		if [[ $total =~ ^[0-9]+$ ]]; then
			count=$(grep -cE '^ +(CC|AS|BOOTCC|HOSTCC)( |$)' "$2")
			line="$entry_name: $count of about $total files, $(elapsed)"
			if [ "$tty" ]; then
				printf '\r\033[K%s: %s' "$prog" "$line" >&2
			elif ((tick > 0 && tick % 30 == 0)); then
				say "$line"
			fi
		fi
		tick=$((tick + 1))
		# Ends early when the recipe does.
		wait_a_second "$1"
	done
	[ ! "$tty" ] || printf '\r\033[K' >&2
}

wait_a_second()
{
	local i

	for ((i = 0; i < 5; i++)); do
		sleep 0.2
		kill -0 "$1" 2>/dev/null || return 0
	done
}

# run_recipe NAME: fill $entry_tmp/out; the work folder goes.
run_recipe()
{
	local log=$cache/log/$1 failed=0 name kept=()

	# Of our environment a recipe sees only what the network may need.
	for name in http_proxy https_proxy no_proxy APT_CONFIG; do
		[ -z "${!name-}" ] || kept+=("$name=${!name}")
	done
	rm -rf "$entry_tmp"
	mkdir -p "$entry_tmp/work" "$entry_tmp/out" "$cache/log"
	: >"$log"
	trap on_signal INT TERM HUP
	# Its own process group, so that on_signal reaches all of it.
	set -m
	(
		cd "$entry_tmp/work" &&
		exec env -i PATH="$PATH" HOME="$HOME" LC_ALL=C TZ=UTC \
			GUEST="$guest" CACHE="$cache" OUT="$entry_tmp/out" \
			JOBS="$(nproc)" "${kept[@]}" "${recipe_env[@]}" \
			bash -euo pipefail "$guest/recipes/$1"
	) >"$log" 2>&1 </dev/null &
	recipe_pid=$!
	set +m
	watch "$recipe_pid" "$log"
	wait "$recipe_pid" || failed=1
	recipe_pid=
	trap - INT TERM HUP
	if ((failed)); then
		rm -rf "$entry_tmp"
		tail -n 15 "$log" >&2
		die "building $1 failed; the full log is $log"
	fi
	rm -rf "$entry_tmp/work"
}

# cached NAME INPUTS [VAR=VALUE...]: set $entry to the cache's folder for what
# recipes/NAME makes, made now if need be. INPUTS is a text that changes when
# any input but the recipe does; the recipe sees the variables.
cached()
{
	local name=$1 inputs=$2 key lock

	shift 2
	recipe_env=("$@")
	key=$({ files_key "recipes/$name"; echo "$inputs"; } | sha256sum)
	entry=$cache/$name-${key:0:16}
	[ -d "$entry" ] && return

	need_packages
	entry_name=$name
	entry_tmp=$cache/.tmp-$name
	mkdir -p "$cache"
	exec {lock}>"$cache/.lock-$name"
	if ! flock -n "$lock"; then
		say "$name: waiting for another build of it to end"
		flock "$lock"
	fi
	if ! [ -d "$entry" ]; then
		SECONDS=0
		run_recipe "$name"
		mv -T "$entry_tmp/out" "$entry"
		rm -rf "$entry_tmp"
		say "$name: done in $(elapsed)"
	fi
	exec {lock}>&-
}
