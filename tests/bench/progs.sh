# SPDX-License-Identifier: MIT
#
# tests/bench/progs.sh - what the benchmarks of programs share: the programs of
# progs/ for the host, for the guest's Linux and for a bare board, runs of a list
# of them in both machines, the check of what they computed, tables of ratios.
# Sourced by bash, with common.sh.
#
# A job is a line `NAME COMMAND`; the guest runs the jobs one after the other,
# with a mark on the console before each and after the last.  What counts is the
# CPU time, user and system, that the simulator's process used between marks.
# What a job prints as `sum: NAME CHECKSUM` must be the same everywhere.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

progs=$top/tests/bench/progs
# With host, Culm would wait for the host's time in the middle of a measurement.
clock=virtual
cross_packages='gcc-powerpc-linux-gnu libc6-dev-powerpc-cross'
jobs=
guest_files=	# of the guest besides, lines of gen_init_cpio
guest_first=	# commands before the first job

# kernel_names KIND - of kernels.def
kernel_names()
{
	sed -n "s/^KERNEL(\([^,]*\), $1,.*/\1/p" "$progs/kernels.def"
}

# progs_compile OUT COMPILER OPTION... - the kernels as a program for Linux
progs_compile()
{
	local out=$1 source d objects=()
	shift
	for source in linpack nbody fft spectral; do
		for d in 0 1; do
			"$@" -O2 -DDOUBLE=$d -c -o "$out-$source-$d.o" \
				"$progs/$source.c" || return 1
			objects+=("$out-$source-$d.o")
		done
	done
	"$@" -O2 -o "$out" "${objects[@]}" \
		"$progs"/{main,dhry,core,deflate,sort,sha256,interp}.c -static -lm
}

# host_compile - the same for the host, at $tmp/host.  With FMA it rounds as the
# guest does, which multiplies and adds in one; vectors would round otherwise.
host_compile()
{
	local fma=
	can_round=
	if grep -qw fma /proc/cpuinfo; then
		fma=-mfma
		can_round=1
	fi
	progs_compile "$tmp/host" "${CC:-cc}" &&
	progs_compile "$tmp/rounder" "${CC:-cc}" $fma -fno-tree-vectorize
}

# guest_compile - for the guest's Linux, static; becomes $guest_files
guest_compile()
{
	local cc=${CROSS_CC:-powerpc-linux-gnu-gcc}
	progs_compile "$tmp/kernels" "$cc" -mcpu=440fp &&
	"$cc" -mcpu=440fp -O2 -static -o "$tmp/kwork" "$progs/kwork.c" || return 1
	guest_files="file /bench/kernels $tmp/kernels 755 0 0
file /bench/kwork $tmp/kwork 755 0 0"
}

# guest_pack - the initramfs with the programs, and a script that runs the jobs
guest_pack()
{
	{
		echo '#!/bin/sh'
		printf '%s\n' "$guest_first"
		job_lines | while read -r number _ command; do
			echo "echo 'mark: $number'"
			echo "$command"
		done
		echo "echo 'mark: $(printf %08x "$(job_count)")'"
	} >"$tmp/jobs"
	cat >"$tmp/list" <<-END
	dir /bench 755 0 0
	file /bench/jobs $tmp/jobs 755 0 0
	$guest_files
	END
	"$guest/gen_init_cpio" -t 0 "$tmp/list" | gzip -1n >"$tmp/progs.cpio.gz" ||
		return 1
	cat "$guest/initramfs.cpio.gz" "$tmp/progs.cpio.gz" >"$tmp/initrd"
	initrd=$tmp/initrd
}

# bare_compile - all integer kernels for a board without Linux: becomes $kernel
bare_compile()
{
	local cc=${CROSS_CC:-powerpc-linux-gnu-gcc}
	"$cc" -mcpu=440 -msoft-float -O2 -Wall -Wextra -fno-pic -no-pie -static \
		-fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib \
		-fno-tree-loop-distribute-patterns -DDIVISOR="$divisor" \
		-Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-n \
		-Wl,--no-warn-rwx-segments -Wl,-T,"$progs/bare.ld" \
		-o "$tmp/bare.elf" "$progs/bare_start.S" \
		"$progs"/{bare_main,bare_string}.c \
		"$progs"/{dhry,core,deflate,sort,sha256,interp}.c -lgcc || return 1
	kernel=$tmp/bare.elf
	initrd=
}

# jobs_setup - bench_setup, and what --quick makes of the jobs
jobs_setup()
{
	# shellcheck disable=SC2086
	bench_setup $cross_packages
	divisor=${quick:+20}
	divisor=${divisor:-1}
}

# progs_setup - the same, and the kernels for the host
progs_setup()
{
	jobs_setup
	host_compile || die "the programs do not compile for the host"
}

# job NAME COMMAND - add one
job() { jobs+="$1 $2"$'\n'; }

job_count() { printf '%s' "$jobs" | grep -c .; }

# job_lines - NUMBER NAME COMMAND, the number as in the marks
job_lines()
{
	local i=0 name command
	while read -r name command; do
		printf '%08x %s %s\n' $((i++)) "$name" "$command"
	done < <(printf '%s' "$jobs")
}

job_names() { job_lines | cut -d ' ' -f 2; }

# job_run MACHINE - all jobs once: their CPU times are noted, sums are checked
job_run()
{
	local i args=() append='console=ttyS0,115200 culm.run=/bench/jobs'
	for ((i = 0; i <= $(job_count); i++)); do
		args+=(--mark "mark: $(printf %08x $i)")
	done
	machine "$1" "$append" "${args[@]}" >"$tmp/out" || exit 1
	awk -v machine="$1" -v names="$(job_names | tr '\n' ' ')" '
		BEGIN { split(names, name, " ") }
		$1 == "mark" { if ($2) printf "%s_%s_s %.4f\n", machine, name[$2], $4 - cpu
			       cpu = $4 }' "$tmp/out" >>"$tmp/values"
	tr -d '\r' <"$tmp/console" | sed -n 's/^sum: //p' | sums_check "$1"
}

# host_run - the kernels of the jobs on the host itself, timed likewise
host_run()
{
	local name
	for name in $(job_names); do
		"$tmp/stamp" --wait --log "$tmp/console" --mark 'sum: ' -- \
			"$tmp/host" "$name" "$divisor" >"$tmp/out" ||
			die "$name fails on the host"
		note "host_${name}_s" "$(awk '$1 == "end" { print $3 }' "$tmp/out")"
	done
}

# sums_expect NAME... - what these kernels must print, from the host
sums_expect()
{
	local name
	for name in "$@"; do
		[ "${name%_[ds]}" = "$name" ] || [ -n "$can_round" ] || continue
		"$tmp/rounder" "$name" "$divisor" | sed 's/^sum: //' >>"$tmp/sums"
	done
}

# sums_check MACHINE - stdin: NAME CHECKSUM; the first machine decides what the
# host did not
sums_check()
{
	local name sum want n=0
	touch "$tmp/sums"
	while read -r name sum _; do
		want=$(awk -v name="$name" '$1 == name { print $2 }' "$tmp/sums")
		[ -n "$want" ] || echo "$name $sum" >>"$tmp/sums"
		[ "${want:-$sum}" = "$sum" ] || die "$1: $name is wrong: $sum, not $want"
		n=$((n + 1))
	done
	[ "$n" -eq "$(job_count)" ] ||
		die "$1: $n results of $(job_count)"
}

# job_rounds [host] - all rounds in both machines, and on the host
job_rounds()
{
	local i m
	for i in $(seq "$rounds"); do
		[ -z "${1-}" ] || host_run
		for m in $(turns "$i"); do
			printf 'round %d of %d: %s ...' "$i" "$rounds" "$m"
			job_run "$m"
			tail -n "$(job_count)" "$tmp/values" |
				awk '{ s += $2 } END { printf " %.1f s of CPU\n", s }'
		done
	done
}

# per_round KEY KEY - the quotient of two keys in each round
per_round()
{
	awk -v a="$1" -v b="$2" '$1 == a { x[++n] = $2 } $1 == b { y[++k] = $2 }
		END { for (i = 1; i <= n; i++) print (y[i] > 0 ? x[i] / y[i] : 0) }' \
		"$tmp/values"
}

# job_table OVER UNDER - medians of both, their ratio and its spread, for each
# job; leaves the ratios in $tmp/ratios
job_table()
{
	local name over=$1 under=$2
	: >"$tmp/ratios"
	printf '%-12s %10s %10s %8s %8s %8s   %s\n' "$([ "$divisor" -eq 1 ] || echo "work / $divisor")" "$over" \
		"$under" ratio least most "median CPU s, $rounds rounds, clock=$clock"
	for name in $(job_names); do
		per_round "${over}_${name}_s" "${under}_${name}_s" |
		sort -n | awk -v name="$name" \
			-v x="$(stat_of "${over}_${name}_s" median)" \
			-v y="$(stat_of "${under}_${name}_s" median)" \
			-v ratios="$tmp/ratios" '
			{ v[NR] = $1 }
			END {
				r = y > 0 ? x / y : 0
				printf "%-12s %10.3f %10.3f %8.2f %8.2f %8.2f\n",
					name, x, y, r, v[1], v[NR]
				printf "%s %.3f\n", name, r >>ratios
			}'
	done
}

# ratio_mean, ratio_least, ratio_most - over $tmp/ratios
ratio_mean()
{
	awk '{ s += log($2 > 0 ? $2 : 1e-9) } END { printf "%.3f\n", exp(s / NR) }' \
		"$tmp/ratios"
}
ratio_least() { sort -k 2n "$tmp/ratios" | awk 'NR == 1 { print $2, $1 }'; }
ratio_most() { sort -k 2nr "$tmp/ratios" | awk 'NR == 1 { print $2, $1 }'; }

# ratio_pairs - NAME=RATIO of all, on a line
ratio_pairs() { awk '{ printf " %s=%s", $1, $2 }' "$tmp/ratios"; }

# ratio_members MEAN - the same for JSON
ratio_members()
{
	printf '"ratio": %s, "ratios": {' "$1"
	awk '{ printf("%s\"%s\": %s", (NR > 1 ? ", " : ""), $1, $2) }' "$tmp/ratios"
	printf '}'
}

# job_keys MACHINE... - all keys of measurements
job_keys()
{
	local m name
	for m in "$@"; do
		for name in $(job_names); do
			echo "${m}_${name}_s"
		done
	done
}

# job_report NAME - table, JSON and the closing line: peer's time over Culm's
job_report()
{
	local mean least
	echo
	job_table qemu culm
	mean=$(ratio_mean)
	read -r least worst < <(ratio_least)
	echo "qemu $peer_version / culm (above 1: Culm is faster): geometric mean" \
		"$mean, least $least ($worst)"
	# shellcheck disable=SC2046
	write_json "$1" "$(ratio_members "$mean")" $(job_keys culm qemu)
	echo "ratio=$mean least=$least worst=$worst$(ratio_pairs) rounds=$rounds"
}
