# SPDX-License-Identifier: MIT
#
# tests/bench/common.sh - what the benchmarks share: options, the two machines,
# rounds that take turns, medians.  Sourced by bash; knows nothing of what is
# measured.  The peer is Debian's qemu-system-ppc with the same kernel image.

. "$(dirname "${BASH_SOURCE[0]}")/../tool.sh"

rounds=5
json=
culm=
guest=
quick=
clock=host
engine=auto
mem=128
kernel=		# what to boot, bench_setup's choice is the guest's Linux
initrd=
timeout=900
culm_more=()	# what a benchmark adds to each machine's command line
qemu_more=()

bench_usage()
{
	cat >&2 <<-END
	usage: $0 [--quick] [--rounds N] [--json FILE] [--culm PROGRAM]
	       [--guest FOLDER] [--clock host|virtual] [--engine auto|interp|jit]
	Builds what is not given.  --guest is the folder that tests/guest/build prints.
	END
	exit 2
}

bench_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) quick=1; rounds=1 ;;
		--rounds) rounds=${2?}; shift ;;
		--json) json=${2?}; shift ;;
		--culm) culm=${2?}; shift ;;
		--guest) guest=${2?}; shift ;;
		--clock) clock=${2?}; shift ;;
		--engine) engine=${2?}; shift ;;
		*) bench_usage ;;
		esac
		shift
	done
}

# bench_setup [PACKAGE...] - find or build culm, the guest, the peer and the stop
# watch; Debian's packages that the caller needs besides
bench_setup()
{
	tmp=$(mktemp -d) || exit 1
	trap 'rm -rf "$tmp"' EXIT
	mkdir -p "$top/build"
	install_packages "$top/build/bench-install.log" gcc ipxe-qemu qemu-system-ppc \
		"$@" || exit 1
	[ -n "$culm" ] || echo "Building culm ..."
	need_culm bench
	[ -n "$guest" ] ||
		echo "Building the guest, unless the cache has it ..."
	need_guest bench
	kernel=$guest/vmlinux
	initrd=$guest/initramfs.cpio.gz
	${CC:-cc} -O2 -o "$tmp/stamp" "$top/tests/bench/stamp.c" || exit 1
	peer_version=$(qemu-system-ppc --version |
		sed -n 's/.*version \([^ )]*\).*/\1/p;q')
}

# machine NAME APPEND STAMP-OPTION... - run one of the two; stamp's lines.  Both
# give the kernel Linux's own tree of the board: the peer has no flash, no NAND
# and no I2C chips, and a boot that looks for them is another piece of work.
machine()
{
	local name=$1 append=$2 command
	shift 2
	case $name in
	culm)
		command=("$culm" run "$guest/bamboo.dtb" --mem "${mem}M" --kernel "$kernel"
			${initrd:+--initrd "$initrd"} --append "$append"
			--serial stdio --clock="$clock" --engine="$engine"
			--no-reboot "${culm_more[@]}") ;;
	qemu)
		command=(qemu-system-ppc -M bamboo -m "$mem" -display none
			-monitor none -serial stdio -no-reboot -net none
			-kernel "$kernel" ${initrd:+-initrd "$initrd"}
			-append "$append" "${qemu_more[@]}") ;;
	esac
	"$tmp/stamp" --timeout $timeout --log "$tmp/console" "$@" -- \
		"${command[@]}" 2>"$tmp/messages" || {
		echo "The last lines of its console and its messages:" >&2
		tail -q -n 5 "$tmp/console" "$tmp/messages" | sed 's/^/  | /' >&2
		die "$name did not get there"
	}
}

# turns I - the two names, in an order that changes from round to round
turns()
{
	if [ $(($1 % 2)) -eq 1 ]; then echo culm qemu; else echo qemu culm; fi
}

# note KEY VALUE - remember a measurement
note() { echo "$1 $2" >>"$tmp/values"; }

# stat_of KEY median|min|max|list
stat_of()
{
	awk -v key="$1" '$1 == key { print $2 }' "$tmp/values" | sort -n |
	awk -v what="$2" '
	{ v[NR] = $1; list = list (NR > 1 ? ", " : "") $1 }
	END {
		m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
		if (what == "list") print list
		else printf "%.3f\n", what == "min" ? v[1] : what == "max" ? v[NR] : m
	}'
}

# ratio KEY KEY - of their medians
ratio()
{
	awk -v a="$(stat_of "$1" median)" -v b="$(stat_of "$2" median)" \
		'BEGIN { printf "%.3f\n", (b > 0 ? a / b : 0) }'
}

# table_row NAME KEY - median and spread in seconds
table_row()
{
	printf '%-34s %10s %10s %10s\n' "$1" "$(stat_of "$2" median)" \
		"$(stat_of "$2" min)" "$(stat_of "$2" max)"
}

table_head()
{
	printf '%-34s %10s %10s %10s\n' "seconds, $rounds rounds, clock=$clock" median least most
}

# json_key KEY - all values of a measurement as a member of an object
json_key() { printf '  "%s": [%s]' "$1" "$(stat_of "$1" list)"; }

# write_json NAME RATIO-MEMBERS KEY...
write_json()
{
	local name=$1 ratios=$2 k
	shift 2
	[ -n "$json" ] || return 0
	{
		printf '{\n  "bench": "%s",\n  "peer": "qemu-system-ppc %s",\n' \
			"$name" "$peer_version"
		printf '  "host_cpus": %d,\n  "clock": "%s",\n  %s' \
			"$(nproc)" "$clock" "$ratios"
		for k in "$@"; do
			printf ',\n'
			json_key "$k"
		done
		printf '\n}\n'
	} >"$json" || die "cannot write $json"
}
