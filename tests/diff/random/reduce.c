/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/reduce.c - take items out of a failing program, and
 * numbers out of its first state, as long as it fails; print what is left.
 */
#include "tests/diff/random/compare.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"

/* Run the suspect alone. */
static enum verdict try_alone(struct bench *b, const struct suspect *s,
			      struct image *im)
{
	u8 verdict = SAME;
	u64 insns = b->insns;
	u32 at;

	image_reset(im);
	image_set_state(im, 0, s->state);
	at = image_add_program(im, &s->prog);
	image_add_case(im, s->prog.base, at, 0);
	if (bench_run(b, im, &verdict))
		verdict = SAME;
	b->insns = insns;
	return (enum verdict)verdict;
}

static bool fails(struct bench *b, const struct suspect *s, struct image *im)
{
	return try_alone(b, s, im) == s->verdict;
}

/* Take out items @at..@at + @n and their partners; false: nothing was in. */
static bool take_out(struct program *p, unsigned int at, unsigned int n)
{
	bool any = false;
	unsigned int i;

	for (i = at; i < at + n && i < p->n; i++) {
		any |= p->items[i].n != 0;
		p->items[i].n = 0;
		if (p->items[i].partner != NO_ITEM)
			p->items[p->items[i].partner].n = 0;
	}
	return any;
}

static bool reduce_items(struct bench *b, struct suspect *s, struct image *im,
			 unsigned int chunk)
{
	struct item *keep = xcalloc(s->prog.n, sizeof(*keep));
	size_t bytes = s->prog.n * sizeof(*keep);
	bool any = false;
	unsigned int i;

	for (i = 0; i < s->prog.n; i += chunk) {
		memcpy(keep, s->prog.items, bytes);
		if (!take_out(&s->prog, i, chunk))
			continue;
		if (fails(b, s, im))
			any = true;
		else
			memcpy(s->prog.items, keep, bytes);
	}
	free(keep);
	return any;
}

/* Single words of items, where the rest stands without them. */
static void reduce_words(struct bench *b, struct suspect *s, struct image *im)
{
	struct item *it, keep;
	unsigned int i, k;

	for (i = 0; i < s->prog.n; i++) {
		it = &s->prog.items[i];
		if (it->fix != FIX_NONE || it->partner != NO_ITEM)
			continue;
		for (k = 0; k < it->n && it->n > 1;) {
			keep = *it;
			memmove(&it->w[k], &it->w[k + 1],
				(it->n - k - 1u) * sizeof(it->w[0]));
			it->n--;
			if (!fails(b, s, im)) {
				*it = keep;
				k++;
			}
		}
	}
}

static void reduce_state(struct bench *b, struct suspect *s, struct image *im,
			 unsigned int from, unsigned int to, unsigned int chunk)
{
	u8 keep[REC_BYTES];
	unsigned int i;

	for (i = from; i < to; i += chunk) {
		memcpy(keep, s->state, REC_BYTES);
		memset(s->state + i, 0, chunk);
		if (!memcmp(keep, s->state, REC_BYTES))
			continue;
		if (!fails(b, s, im))
			memcpy(s->state, keep, REC_BYTES);
	}
}

/**
 * reduce - shrink a failing case to the shortest that fails in the same way
 * @b: bench
 * @s: case; changed
 */
void reduce(struct bench *b, struct suspect *s)
{
	struct image im;
	unsigned int chunk;

	image_init(&im, 1, 1, false, 0);
	if (!fails(b, s, &im)) {
		printf("  it does not fail alone; here it is whole:\n");
		image_free(&im);
		return;
	}
	for (chunk = s->prog.n / 2; chunk > 1; chunk /= 2)
		reduce_items(b, s, &im, chunk);
	while (reduce_items(b, s, &im, 1))
		;
	reduce_words(b, s, &im);
	reduce_state(b, s, &im, REC_DATA, REC_GPR, DATA_BYTES / 4);
	reduce_state(b, s, &im, REC_DATA, REC_GPR, 8);
	reduce_state(b, s, &im, REC_GPR, REC_FPR, 32 * 4);
	reduce_state(b, s, &im, REC_GPR, REC_FPR, 4);
	reduce_state(b, s, &im, REC_FPR, REC_CR, 32 * 8);
	reduce_state(b, s, &im, REC_FPR, REC_CR, 8);
	reduce_state(b, s, &im, REC_CR, REC_FPSCR, 4);
	reduce_state(b, s, &im, REC_FPSCR, REC_BYTES, 8);
	image_free(&im);
}

/* ---- printing ---------------------------------------------------------- */

/* Words as text, by objdump where there is one. */
static void print_text(struct bench *b, const u8 *code, unsigned int words,
		       u32 at)
{
	char *cmd, line[256];
	unsigned int i, n = 0;
	FILE *f = fopen(b->qemu.elf, "wb");

	if (f) {
		fwrite(code, 4, words, f);
		fclose(f);
	}
	cmd = xasprintf("powerpc-linux-gnu-objdump -b binary -EB "
			"-m powerpc -M 440 --adjust-vma=0x%x -D %s "
			"2>/dev/null", at, b->qemu.elf);
	f = popen(cmd, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strchr(line, '\t')) {
			printf("  %s", line);
			n++;
		}
	if (f)
		pclose(f);
	free(cmd);
	for (i = n ? words : 0; i < words; i++)
		printf("  %08x:\t%08x\n", at + 4 * i, ldb32(code + 4 * i));
}

static void print_state(const u8 *state)
{
	unsigned int i;

	for (i = 0; i < DATA_BYTES; i += 4)
		if (ldb32(state + i))
			printf("  data%+d: %08x\n", (int)i - (int)DATA_BIAS,
			       ldb32(state + i));
	for (i = 0; i < 32; i++)
		if (ldb32(state + REC_GPR + 4 * i))
			printf("  r%u: %08x\n", i,
			       ldb32(state + REC_GPR + 4 * i));
	for (i = 0; i < 32; i++)
		if (ldb64(state + REC_FPR + 8 * i))
			printf("  f%u: %016llx\n", i,
			       (unsigned long long)ldb64(state + REC_FPR +
							 8 * i));
	printf("  cr: %08x, xer: %08x, lr: %08x, fpscr: %08x\n",
	       ldb32(state + REC_CR), ldb32(state + REC_XER),
	       ldb32(state + REC_LR), ldb32(state + REC_FPSCR + 4));
}

static void print_model(struct bench *b, const struct image *im,
			unsigned int base)
{
	const u8 *culm = b->culm.records, *peer = b->peer.records;
	unsigned int i;
	struct core c;

	core_open(&c, &engine_interp, im);
	if (model_run(&c, &b->faults, 0, &b->model))
		culm = b->model.records;
	core_close(&c);
	if (culm == b->culm.records ||
	    !memcmp(culm, b->culm.records, REC_BYTES))
		return;
	printf("  with known faults of QEMU played on Culm:");
	for (i = 0; i < FAULT_COUNT; i++)
		if (b->faults.was_played[i])
			printf(" %s", fault_name(i));
	printf("\n");
	put_differences(culm, peer, base);
}

/**
 * suspect_print - print a case and what differs
 * @b: bench
 * @s: case
 */
void suspect_print(struct bench *b, const struct suspect *s)
{
	unsigned int words = program_words(&s->prog);
	struct image im;

	image_init(&im, 1, 1, false, 0);
	printf("  %s; base register r%u = %08x\n", verdict_text(s->verdict),
	       s->prog.base, DATA_VA + DATA_BIAS);
	try_alone(b, s, &im);
	print_text(b, im.code + im.code_bytes - 4 * words - 4, words,
		   CODE_VA + im.code_bytes - 4 * words - 4);
	printf("  first state, what is not 0:\n");
	print_state(s->state);
	if (b->culm.has_died)
		printf("  Culm: %s\n", b->culm.why);
	if (b->peer.has_died)
		printf("  QEMU: %s\n", b->peer.why);
	if (b->culm.count && b->peer.count) {
		put_differences(b->culm.records, b->peer.records,
				s->prog.base);
		if (s->verdict == DIFFERENT)
			print_model(b, &im, s->prog.base);
	}
	image_free(&im);
}
