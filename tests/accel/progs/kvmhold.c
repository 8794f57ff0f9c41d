/* SPDX-License-Identifier: MIT */
/*
 * kvmhold MB SEED FILE - holds MB megabytes of memory with a pattern in it and
 * looks at all of it again and again, until there is a FILE.  The last line is
 * `kvmhold: ok`.  A host's memory that is in no guest, for stress.
 */
#include "kvm.h"

enum { SYS_ACCESS = 33 };

/* The word at index @i. */
static uint32_t word_at(uint32_t seed, uint32_t i)
{
	return (i ^ seed) * 2654435761u;
}

static void check(const uint32_t *w, uint32_t words, uint32_t seed)
{
	uint32_t i;

	for (i = 0; i < words; i++) {
		if (w[i] == word_at(seed, i))
			continue;
		put_value("kvmhold: at", i * 4);
		put_value("kvmhold: not", word_at(seed, i));
		die("kvmhold: CHANGED to", w[i]);
	}
}

static int prog_main(int argc, char **argv, char **envp)
{
	static const long pause[2] = { 5, 0 };
	uint32_t words, seed, i, times = 0;
	uint32_t *w;

	(void)envp;
	if (argc < 4)
		die("kvmhold: usage: kvmhold MB SEED FILE", 0);
	words = (uint32_t)get_dec(argv[1]) << 18;
	seed = (uint32_t)get_dec(argv[2]);
	w = (void *)mmap2((long)words * 4, MAP_ANON_PRIVATE, -1);
	if (is_error((long)w))
		die("kvmhold: mmap", (uint32_t)w);
	for (i = 0; i < words; i++)
		w[i] = word_at(seed, i);
	put_text("kvmhold: filled\n");
	while (sys_call(SYS_ACCESS, (long)argv[3], 0, 0)) {
		check(w, words, seed);
		times++;
		sys_call(SYS_NANOSLEEP, (long)pause, 0, 0);
	}
	check(w, words, seed);
	put_text("kvmhold: looks ");
	put_dec(times + 1);
	put_text("\nkvmhold: ok\n");
	return 0;
}
