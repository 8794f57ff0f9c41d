# SPDX-License-Identifier: MIT
#
# tests/io/lib.sh - Linux in Culm with a script of a case: starting, awaiting,
# stopping it, and what its console said.  Sourced by run and the case files;
# knows the command line and the guest's marks, not what is tested.
#
# Case files use: $full (1 or empty), $tmp (a folder of the case's own), and the
# functions below.  A guest's script sees guest.sh, and /etc/case, whatever the
# case put into $tmp/etc.
# shellcheck shell=bash disable=SC2154

limit=120			# seconds that a guest may take

# pick QUICK FULL - the one of the two that this run takes
pick() { if [ "$full" ]; then echo "$2"; else echo "$1"; fi; }

# wrong TEXT - a finding; the case fails, and goes on where it can
wrong()
{
	findings+=("$*")
	return 1
}

# not_here REASON - the case cannot run here
not_here()
{
	skipped=$*
	return 1
}

# make_initrd NAME SCRIPT - $tmp/NAME.initrd: the guest's archives and one with
# SCRIPT; the kernel unpacks all that follow each other
make_initrd()
{
	local name=$1 script=$2 file
	{
		cat "$io/guest.sh"
		printf '%s\n' "$script"
	} >"$tmp/$name.sh"
	{
		echo "file /case $tmp/$name.sh 755 0 0"
		echo "dir /etc 755 0 0"
		echo "dir /etc/case 755 0 0"
		for file in "$tmp"/etc/*; do
			[ ! -f "$file" ] ||
				echo "file /etc/case/${file##*/} $file 644 0 0"
		done
	} >"$tmp/$name.list"
	{
		cat "$guest/initramfs.cpio.gz"
		# Archives begin at multiples of 4.
		align4 "$guest/initramfs.cpio.gz"
		cat "$guest/tools.cpio.gz"
		align4 "$guest/tools.cpio.gz"
		"$guest/gen_init_cpio" "$tmp/$name.list"
	} >"$tmp/$name.initrd"
}

align4()
{
	local bytes
	bytes=$(stat -c %s "$1")
	head -c $((-bytes & 3)) /dev/zero
}

# start_guest NAME SCRIPT OPTION... - Culm in the background, its process in
# $pid; the console goes to $tmp/NAME.console, messages to NAME.err
start_guest()
{
	local name=$1
	make_initrd "$name" "$2"
	shift 2
	launch "$name" --kernel "$guest/vmlinux" --initrd "$tmp/$name.initrd" \
		--append 'console=ttyS0,115200 culm.run="sh /case"' "$@"
}

# launch NAME OPTION... - the same without a kernel
launch()
{
	local name=$1
	shift
	# A kill -9 must meet Culm itself: no subshell around it.
	"$culm" run "$board" --engine="$engine" --serial "file:$tmp/$name.console" \
		--no-reboot "$@" >"$tmp/$name.out" 2>"$tmp/$name.err" </dev/null &
	pid=$!
	pids+=("$pid")
}

# await_line NAME PID TEXT [SECONDS] - until a console has TEXT; false when it is
# too late or the process is gone without it
await_line()
{
	local end=$((SECONDS + ${4:-$limit}))
	until grep -qsF -- "$3" "$tmp/$1.console"; do
		if ! kill -0 "$2" 2>/dev/null; then
			grep -qsF -- "$3" "$tmp/$1.console" && return
			wrong "$1: ended before it said \"$3\""
			return 1
		fi
		[ $SECONDS -lt $end ] || {
			wrong "$1: did not say \"$3\" in time"
			return 1
		}
		sleep 0.05
	done
}

# end_guest NAME PID - wait until the guest has ended; it must have come to the
# end of its script with success, and Culm with status 0
end_guest()
{
	local status i=0 console=$tmp/$1.console
	while kill -0 "$2" 2>/dev/null; do
		sleep 0.05
		i=$((i + 1))
		if [ $i -gt $((limit * 20)) ]; then
			kill -9 "$2"
			wrong "$1: not at its end after $limit seconds"
			return 1
		fi
	done
	wait "$2" 2>/dev/null
	status=$?
	if ! grep -qs '^culm guest: exit 0' "$console"; then
		wrong "$1: $(grep -as '^io: failed' "$console" | head -n 3 |
			tr '\r\n' '  ')no success at its end"
		return 1
	fi
	[ $status -eq "$status_expected" ] || {
		wrong "$1: Culm ended with status $status"
		return 1
	}
	# Oops, BUG, WARNING but for what tests/boot allows: no case may cause them.
	if grep -aE 'Oops|BUG:|Kernel panic|call traps|nobody cared|rcu.*stall|NETDEV WATCHDOG|I/O error' \
		"$console" >"$tmp/$1.bad" && [ ! "$errors_allowed" ]; then
		wrong "$1: the kernel says: $(head -n 1 "$tmp/$1.bad")"
		return 1
	fi
}

# run_guest NAME SCRIPT OPTION... - from start to end
run_guest()
{
	start_guest "$@"
	end_guest "$1" "$pid"
}

# kill_guest PID - as if the host had lost its power
kill_guest()
{
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# said NAME KEY - what the script said after "say KEY", the last time
said()
{
	tr -d '\r' <"$tmp/$1.console" | sed -n "s/^io: $2 //p" | tail -n 1
}

# same WHAT A B - two values must be equal, and not empty
same()
{
	[ "$2" ] && [ "$2" = "$3" ] || wrong "$1: \"$2\" is not \"$3\""
}

# at_least WHAT A B - A >= B
at_least()
{
	awk -v a="$2" -v b="$3" 'BEGIN { exit !(a != "" && a + 0 >= b + 0) }' ||
		wrong "$1: $2, less than $3"
}

# remark TEXT - a measurement for the line of the case
remark() { remarks+="${remarks:+, }$*"; }

md5_of() { md5sum "$@" | cut -d ' ' -f 1; }

# background PROGRAM... - a server of the case; ends with the case at the latest
background()
{
	"$@" >>"$tmp/servers.log" 2>&1 </dev/null &
	server=$!
	pids+=("$server")
}

# free_port - $last_port is a port of 127.0.0.1 that nobody listens on, another one
# each time; each case has a range of its own
free_port()
{
	while
		last_port=$((last_port + 1))
		(: >"/dev/tcp/127.0.0.1/$last_port") 2>/dev/null
	do :; done
}
