# SPDX-License-Identifier: MIT
#
# tests/fuzz/lib.sh - what run and repeat share: where things are, and calling
# the fuzzer.  Sourced by bash, after ../tool.sh.

export CULM_BOARDS=$top/soc/boards
export ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# one access or event that takes longer hangs; more memory than that leaks
limits=(-timeout=20 -rss_limit_mb=2048 -max_len=2048)

# what is missing to build it; nothing when all is there
fuzz_lacks()
{
	local p
	for p in clang dtc; do
		command -v $p >/dev/null || echo "$p"
	done
	ls "$(clang -print-resource-dir 2>/dev/null)"/lib/linux/libclang_rt.fuzzer-"$(uname -m)".a \
		>/dev/null 2>&1 || echo "clang's libFuzzer (libclang-rt-dev)"
}

# fuzz_build - sets dir; false when it cannot be built
fuzz_build()
{
	dir=$("$top/tests/fuzz/compile") || return 1
	export CULM_FUZZ_BOARD=$dir/board.dtb
}

# fuzzer TARGET OPTION...
fuzzer()
{
	local target=$1
	shift
	CULM_FUZZ=$target "$dir/fuzz" "${limits[@]}" "$@"
}
