# SPDX-License-Identifier: MIT
#
# tests/accel/lib.sh - a 440 as a host: Linux on a simulated Bamboo with Culm
# in it, built for powerpc, that runs the same Linux once more.  Sourced by
# bash; knows how to make and start such a host, not what is tested.
#
# There are two beds: `qemu`, Debian's qemu-system-ppc -M bamboo, and `culm`,
# Culm itself.  Both run the guest kernel of the other tests.

. "$(dirname "${BASH_SOURCE[0]}")/../tool.sh"

culm=		# of this host
guest=
module=		# the kernel module; none: the nested Culm interprets
module_options=	# of its insmod
beds="qemu culm"
host_mb=256
host_append=	# more of the host's kernel command line
guest_mb=64
limit=1500	# seconds of one bed

accel_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) beds=culm ;;
		--culm) culm=${2?}; shift ;;
		--guest) guest=${2?}; shift ;;
		--module) module=${2?}; shift ;;
		--wide) wide=${2?}; shift ;;
		--bed) beds=${2?}; shift ;;
		--limit) limit=${2?}; shift ;;
		*)
			echo "usage: $0 [--quick] [--bed qemu|culm] [--module FILE.ko|none]" >&2
			echo "       [--culm PROGRAM] [--wide PROGRAM] [--guest FOLDER] [--limit SECONDS]" >&2
			exit 2
			;;
		esac
		shift
	done
}

# cross_build - Culm for powerpc, static; its path in $wide
cross_build()
{
	local libs
	with_progress "$top/build/wide-libs.log" \
		"$top/tests/guest/build-ppc-libs" ||
		die "libfdt and zlib for powerpc: build/wide-libs.log"
	libs=$(tail -n 1 "$top/build/wide-libs.log")
	with_progress "$top/build/wide-build.log" \
		build_culm "$top/build/wide" --host=powerpc-linux-gnu \
		CC=powerpc-linux-gnu-gcc CPPFLAGS="-I$libs/include" \
		LDFLAGS="-L$libs/lib -static" ||
		die "the build for powerpc: build/wide-build.log"
	wide=$top/build/wide/inst/bin/culm
}

# host_setup - what a host needs and was not given is built; $tmp, kept when
# something failed
host_setup()
{
	tmp=$(mktemp -d) || exit 1
	trap 'if [ "$nfail" -eq 0 ]; then rm -rf "$tmp"; else
		echo "Consoles and messages of the failures are in $tmp"; fi' EXIT
	mkdir -p "$top/build"
	install_packages "$top/build/accel-install.log" gcc device-tree-compiler \
		qemu-system-ppc ipxe-qemu gcc-powerpc-linux-gnu || exit 1
	need_culm accel
	need_guest accel
	if [ -z "$module" ] && [ -x "$top/tests/accel/build" ]; then
		if with_progress "$top/build/accel-module.log" \
			"$top/tests/accel/build"; then
			module=$(tail -n 1 "$top/build/accel-module.log")
			module=$module/culm-kvm.ko
		else
			fail "the module does not build: build/accel-module.log"
		fi
	fi
	[ -f "$module" ] || module=
	${HOSTCC:-cc} -O2 -o "$tmp/stamp" "$top/tests/bench/stamp.c" || exit 1
}

# accel_setup - the same, for a host with Culm in it
accel_setup()
{
	local b
	host_setup
	[ -n "${wide-}" ] || cross_build
	guest_initrd=$guest/initramfs.cpio.gz
	# compiled here, since the host has no dtc; the chip's tree comes along
	for b in bamboo ppc440ep; do
		dtc -q -I dts -O dtb -o "$tmp/$b.dtb" \
			"$top/soc/boards/$b.dts" || exit 1
	done
	powerpc-linux-gnu-strip -o "$tmp/culm" "$wide" || exit 1
	powerpc-linux-gnu-strip -o "$tmp/vmlinux" "$guest/vmlinux" || exit 1
}

# host_image SCRIPT - the host's initramfs: the guest's own with the folder /culm
# in it, where SCRIPT is called `run`
host_image()
{
	local f
	{
		echo "dir /culm 0755 0 0"
		echo "file /culm/culm $tmp/culm 0755 0 0"
		echo "file /culm/bamboo.dtb $tmp/bamboo.dtb 0644 0 0"
		echo "file /culm/ppc440ep.dtb $tmp/ppc440ep.dtb 0644 0 0"
		echo "file /culm/vmlinux $tmp/vmlinux 0644 0 0"
		echo "file /culm/initrd $guest_initrd 0644 0 0"
		echo "file /culm/run $1 0755 0 0"
		[ -z "$module" ] || echo "file /culm/kvm.ko $module 0644 0 0"
		for f in "${host_files[@]}"; do
			echo "file /culm/${f##*/} $f 0644 0 0"
		done
	} >"$tmp/list"
	"$guest/gen_init_cpio" "$tmp/list" | gzip -1 >"$tmp/more.cpio.gz" &&
		cat "$guest/initramfs.cpio.gz" "$tmp/more.cpio.gz" \
			>"$tmp/host.cpio.gz"
}
host_files=()
guest_board=bamboo	# of the nested guest: a file of the host's, without .dtb
guest_initrd=	# of the nested guest; accel_setup sets the plain one

# host_run BED NAME OPTION... - boot the host, run /culm/run in it; its console
# goes to $tmp/NAME.host.  False if it did not come to the end.
host_run()
{
	local bed=$1 name=$2
	local append="console=ttyS0,115200 culm.run=\"sh /culm/run\"$host_append"
	local command status
	shift 2
	case $bed in
	qemu)
		command=(qemu-system-ppc -M bamboo -m "$host_mb" -display none
			-monitor none -serial stdio -no-reboot -net none
			-kernel "$guest/vmlinux" -initrd "$tmp/host.cpio.gz"
			-append "$append") ;;
	culm)
		command=("$culm" run bamboo --mem "${host_mb}M"
			--kernel "$guest/vmlinux" --initrd "$tmp/host.cpio.gz"
			--append "$append" --serial stdio --clock=virtual
			--stats "$tmp/$name.json" --no-reboot) ;;
	esac
	"$tmp/stamp" --timeout "$limit" --log "$tmp/$name.host" --wait \
		--mark 'culm guest: init' --mark 'accel: end' -- \
		"${command[@]}" "$@" >"$tmp/$name.stamp" 2>"$tmp/$name.err"
	[ "$(grep -c ^mark "$tmp/$name.stamp")" -eq 2 ] && return 0
	fail "$name: the host did not get to the end; its last lines:"
	tail -q -n 6 "$tmp/$name.host" "$tmp/$name.err" | sed 's/^/  | /'
	return 1
}

# nested OPTIONS APPEND [FIRST [LAST]] - the host's script: FIRST, then Culm with
# a guest, LAST
nested()
{
	cat <<-END
	#!/bin/sh
	export CULM_BOARDS=/culm
	# no message of the host's kernel in the middle of a line
	dmesg -n 1
	[ ! -f /culm/kvm.ko ] || insmod /culm/kvm.ko $module_options || echo "accel: no module"
	${3-}
	echo "accel: begin"
	/culm/culm run /culm/$guest_board.dtb $1 --kernel /culm/vmlinux \\
		--initrd /culm/initrd --mem ${guest_mb}M --serial stdio \\
		--no-reboot --rtc 1767225600 --stats /tmp/stats.json \\
		--append '$2' </dev/null 2>/tmp/messages
	status=\$?
	${4-}
	echo
	echo "accel: done"
	echo "accel: status \$status"
	cat /tmp/messages
	echo "accel: stats"
	cat /tmp/stats.json
	echo "accel: dmesg"
	dmesg -r | grep '^<[0-3]>'
	echo "accel: end"
	END
}

# between FROM TO - the lines of standard input between two lines
between()
{
	tr -d '\r' | sed -n "/^$1\$/,/^$2\$/p" | sed '1d;$d'
}

# folded - of each stack trace the line that says what happened: registers depend
# on the moment
folded()
{
	awk '
	/-+\[ cut here \]-+/ { fold = 1; next }
	/---\[ end trace/ { fold = 0; next }
	!fold || /WARNING|BUG/'
}

# masked - a console without what no two boots share: times, clock rates and what
# follows from them, and what the kernel does beside the boot (the initrd is
# unpacked meanwhile)
masked()
{
	tr -d '\r' | folded | sed -E '
		s/^\[ *[0-9]+\.[0-9]+\] /[T] /
		/Calibrating delay loop/d
		/^\[T\] (time_init|clocksource|clockevent|sched_clock|random|printk)/d
		/^(clock|timebase|bogomips)[[:space:]]*:/d
		/^tree: (clock|timebase) /d
		s/[0-9]+ (ns|us|ms|usecs|msecs|jiffies|MB\/s)/N \1/g
		s/lpj=[0-9]+/lpj=N/g
		/crng init done/d
		/Freeing unused kernel image/d
		/Freeing initrd memory/d
		s/to [0-9-]+T[0-9:]+ UTC \([0-9]+\)/to DATE/
	'
}
