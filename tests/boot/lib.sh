# SPDX-License-Identifier: MIT
#
# tests/boot/lib.sh - running the simulator with a guest, for tests/boot/run and
# tests/wide/run.  Sourced by bash; knows the command line and the guest's
# marks, not what is tested.

. "$(dirname "${BASH_SOURCE[0]}")/../tool.sh"

culm=
guest=
quick=
limit=300		# seconds that a boot may take

boot_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) quick=1 ;;
		--culm) culm=${2?}; shift ;;
		--guest) guest=${2?}; shift ;;
		*)
			echo "usage: $0 [--quick] [--culm PROGRAM] [--guest FOLDER]" >&2
			exit 2
			;;
		esac
		shift
	done
}

# boot_setup - build what was not given; $tmp, kept when something failed
boot_setup()
{
	tmp=$(mktemp -d) || exit 1
	trap 'if [ "$nfail" -eq 0 ]; then rm -rf "$tmp"; else
		echo "Consoles and messages of the failures are in $tmp"; fi' EXIT
	mkdir -p "$top/build"
	need_culm boot
	need_guest boot
	${HOSTCC:-cc} -O2 -o "$tmp/stamp" "$top/tests/bench/stamp.c" || exit 1
}

# What a test boot runs in the guest: warnings of the kernel, who it thinks it
# is.  Nothing depends on the time of day.
guest_run='uname -rm; echo begin: dmesg; dmesg -r | grep ^.[0-4][^0-9]; echo end: dmesg; cat /proc/cpuinfo; for p in clock timebase; do echo tree: $p $(hexdump -C /proc/device-tree/cpus/cpu@0/$p-frequency | head -n 1); done'

# boot NAME BOARD KERNEL OPTION... - one boot to the end of $guest_run, then a
# reset; console in $tmp/NAME.console, messages in NAME.err, statistics in
# NAME.json.  False, with a failure counted, if it did not come to that end.
boot()
{
	local name=$1 board=$2 kernel=$3 status
	shift 3
	printf '%s ... ' "$name"
	"$tmp/stamp" --timeout $limit --log "$tmp/$name.console" --wait \
		--mark 'culm guest: init' --mark 'culm guest: exit 0' -- \
		${runner-} "$culm" run "$board" --kernel "$kernel" \
		--initrd "$guest/initramfs.cpio.gz" \
		--append "console=ttyS0,115200 culm.run=\"$guest_run\"" \
		--serial stdio --clock=virtual --no-reboot \
		--stats "$tmp/$name.json" "$@" \
		>"$tmp/$name.stamp" 2>"$tmp/$name.err"
	status=$(awk '$1 == "end" { print $4 }' "$tmp/$name.stamp")
	if [ "$(grep -c ^mark "$tmp/$name.stamp")" -ne 2 ]; then
		echo "no"
		fail "$name: did not reach the end of the guest's command; its last lines:"
		tail -n 4 "$tmp/$name.console" "$tmp/$name.err" | sed 's/^/  | /'
		return 1
	elif [ "$status" != 0 ]; then
		echo "no"
		fail "$name: exit status $status after a reset under --no-reboot"
		return 1
	fi
	echo "$(awk '$1 == "end" { print $2 " s" }' "$tmp/$name.stamp"), $(insns "$name") instructions"
	pass
}

# insns NAME - instructions that the run called NAME executed
insns() { sed -n 's/.*"insns": *\([0-9]*\).*/\1/p' "$tmp/$1.json" | head -n 1; }
