# SPDX-License-Identifier: MIT
#
# tests/diff/guest.sh - running outside test programs under Linux in the
# simulator, for the `run` of the folders beside it: options, the cross
# compiler, an archive of programs that Linux unpacks over the guest's own
# initramfs, and the results, which come back as a tar archive over the second
# serial port.  Sourced by bash; knows nothing of any suite.
# shellcheck shell=bash disable=SC2154

. "$(dirname "${BASH_SOURCE[0]}")/../tool.sh"

culm=${CULM-}	# program to test; without one it is built
guest=
full=
engine=auto
boots=0
limit=${limit:-300}	# seconds that a boot may take
cross=powerpc-linux-gnu-gcc
cache=${CULM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/culm}/diff

diff_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) full= ;;
		--full) full=1 ;;
		--engine) engine=${2?}; shift ;;
		--engine=*) engine=${1#*=} ;;
		--culm) culm=${2?}; shift ;;
		--guest) guest=${2?}; shift ;;
		*)
			echo "usage: $0 [--quick | --full] [--engine auto|interp|jit]" >&2
			echo "       [--culm PROGRAM] [--guest FOLDER]" >&2
			exit 2
			;;
		esac
		shift
	done
}

# diff_setup - build what was not given; $tmp, kept when something failed
diff_setup()
{
	tmp=$(mktemp -d) || exit 1
	trap 'if [ "$nfail" -eq 0 ]; then rm -rf "$tmp"; else
		echo "Consoles and results of the failures are in $tmp"; fi' EXIT
	mkdir -p "$top/build" "$cache"
	need_culm check --enable-werror
	need_guest diff
	command -v $cross >/dev/null || die "no $cross here"
}

# suite NAME - the folder of a program's own tests, brought in if need be
suite()
{
	"$top/tests/guest/build-tests" "$1" 2>"$tmp/suite.log" ||
		{ cat "$tmp/suite.log" >&2; die "no tests of $1"; }
}

# guest_pack FOLDER ARCHIVE - what Linux unpacks as /t, with the shared libraries
# that the programs need.  A file whose name has a space in it cannot go along.
guest_pack()
{
	local f
	{
		echo "dir /lib 755 0 0"
		for f in ld.so.1 libc.so.6 libm.so.6 libgcc_s.so.1; do
			echo "file /lib/$f $(realpath "$($cross \
				-print-file-name=$f)") 755 0 0"
		done
		echo "dir /t 755 0 0"
		(cd "$1" && find . -mindepth 1 -type d | sort) |
			sed 's:^\.\(.*\):dir /t\1 755 0 0:'
		(cd "$1" && find . -type f | sort) |
			sed "s:^\.\(.*\):file /t\1 $1\1 755 0 0:"
	} >"$2.list"
	"$guest/gen_init_cpio" -t 0 "$2.list" | gzip -1n >"$2"
}

# guest_boot NAME FOLDER [OPTION...] - run FOLDER's script `go` in the guest, in
# /t, where FOLDER is; what it leaves in /t/out comes back as $tmp/NAME.out/.
# False, with a failure counted, if it did not come to its end.
guest_boot()
{
	local name=$1 folder=$2 start=$SECONDS
	shift 2
	guest_pack "$folder" "$tmp/$name.cpio.gz" || die "cannot pack $folder"
	cat "$guest/initramfs.cpio.gz" "$tmp/$name.cpio.gz" >"$tmp/$name.initrd"
	rm -rf "$tmp/$name.cpio.gz"* "$tmp/$name.out"
	mkdir "$tmp/$name.out"
	# Paced by an instant second line: its bytes take no guest time.
	timeout -s KILL "$limit" "$culm" run bamboo --engine="$engine" --mem 512M \
		--kernel "$guest/vmlinux" --initrd "$tmp/$name.initrd" \
		--append "console=ttyS0,115200 culm.run=\"$guest_run\"" \
		--serial stdio --serial "file:$tmp/$name.tar" --clock=virtual \
		--no-reboot --stats "$tmp/$name.json" \
		--set '/plb/opb/serial@ef600400:culm,line-speed=instant' "$@" \
		>"$tmp/$name.console" 2>"$tmp/$name.err" </dev/null
	rm -f "$tmp/$name.initrd"
	boots=$((boots + 1))
	if tr -d '\r' <"$tmp/$name.console" | grep -qx 'culm guest: exit 0' &&
	   tar -xf "$tmp/$name.tar" -C "$tmp/$name.out" 2>>"$tmp/$name.err"; then
		echo "$name: booted and ran in $((SECONDS - start)) s, $(sed -n \
			's/.*"insns": *\([0-9]*\).*/\1/p' "$tmp/$name.json" |
			head -n 1) instructions"
		return 0
	fi
	fail "$name: did not reach the end of the guest's command; its last lines:"
	tail -q -n 4 "$tmp/$name.console" "$tmp/$name.err" | sed 's/^/  | /'
	return 1
}

# In the guest: results over the second port, as raw bytes.
guest_run='cd /t; mkdir out; sh ./go; stty -F /dev/ttyS1 raw -echo && tar cf /dev/ttyS1 -C out . && stty -F /dev/ttyS1 raw'
