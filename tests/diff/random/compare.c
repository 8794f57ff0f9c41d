/* SPDX-License-Identifier: MIT */
/* tests/diff/random/compare.c - both sides run, and a verdict on each case. */
#include "tests/diff/random/compare.h"

#include <stdio.h>

#include "base/bits.h"

/**
 * bench_open - choose the two sides
 * @b:      initialised
 * @engine: name of Culm's engine, NULL for the best
 * @qemu:   program
 * @faults: file with the list of the peer's faults; NULL: it has none
 * @cases:  most cases of a run
 *
 * Returns: 0, -1 after a message.
 */
int bench_open(struct bench *b, const char *engine, const char *qemu,
	       const char *faults, unsigned int cases)
{
	struct errmsg msg = { "" };

	memset(b, 0, sizeof(*b));
	b->engine = engine_find(engine, &msg);
	if (!b->engine) {
		fprintf(stderr, "diff/random: %s\n", msg.text);
		return -1;
	}
	if (faults && faults_load(&b->faults, faults))
		return -1;
	b->gen_flags = faults_gen_flags(&b->faults) | GEN_NO_ENABLES |
		       GEN_NO_TIME | GEN_NO_TRAP | GEN_NO_USPR;
	outcome_init(&b->culm, cases);
	outcome_init(&b->peer, cases);
	outcome_init(&b->model, 1);
	qemu_open(&b->qemu, qemu);
	return 0;
}

/**
 * bench_close - release what bench_open took
 * @b: bench
 */
void bench_close(struct bench *b)
{
	qemu_close(&b->qemu);
	outcome_free(&b->culm);
	outcome_free(&b->peer);
	outcome_free(&b->model);
}

/* Run the cases from @first on both sides. */
static int run_both(struct bench *b, struct image *im, unsigned int first)
{
	struct core c;

	image_start_at(im, first);
	if (qemu_start(&b->qemu, im))
		return -1;
	b->culm.count = 0;
	b->culm.has_died = false;
	core_open(&c, b->engine, im);
	core_start(&c, &b->culm);
	core_run(&c);
	b->insns += cpu_insns(c.cpu);
	core_close(&c);
	return qemu_finish(&b->qemu, &b->peer, im->cases);
}

static bool is_same(const u8 *a, const u8 *b)
{
	/* the upper half of FPSCR as an FPR is undefined */
	return !memcmp(a, b, REC_FPSCR) &&
	       !memcmp(a + REC_FPSCR + 4, b + REC_FPSCR + 4, 4);
}

static void count_played(struct faults *f)
{
	unsigned int i;

	for (i = 0; i < FAULT_COUNT; i++)
		f->cases[i] += f->was_played[i];
}

/* @c steps; records @i of both sides are of case @item. */
static enum verdict judge(struct bench *b, struct core *c, unsigned int item,
			  unsigned int i)
{
	const u8 *culm = b->culm.records + REC_BYTES * i;
	const u8 *peer = b->peer.records + REC_BYTES * i;

	if (is_same(culm, peer))
		return SAME;
	if (!model_run(c, NULL, item, &b->model) ||
	    memcmp(b->model.records, culm, REC_BYTES))
		return UNSTEADY;
	if (!model_run(c, &b->faults, item, &b->model) ||
	    !is_same(b->model.records, peer))
		return DIFFERENT;
	count_played(&b->faults);
	return EXPLAINED;
}

/**
 * bench_run - run all cases of an image on both sides
 * @b:        bench
 * @im:       image
 * @verdicts: enum verdict of each case
 *
 * Returns: 0, -1 when the peer cannot be run.
 */
int bench_run(struct bench *b, const struct image *im, u8 *verdicts)
{
	struct image *run = (struct image *)im;
	unsigned int first = 0, i, n;
	struct core c;

	while (first < im->cases) {
		if (run_both(b, run, first))
			return -1;
		n = b->culm.count < b->peer.count ? b->culm.count :
		    b->peer.count;
		core_open(&c, &engine_interp, im);
		for (i = 0; i < n; i++)
			verdicts[first + i] = (u8)judge(b, &c, first + i, i);
		core_close(&c);
		first += n;
		if (first < im->cases)
			verdicts[first++] = DIED;
	}
	return 0;
}

/**
 * verdict_text - a verdict in words
 * @v: verdict
 */
const char *verdict_text(enum verdict v)
{
	switch (v) {
	case SAME:
		return "the same on both sides";
	case EXPLAINED:
		return "explained by known faults of QEMU";
	case DIFFERENT:
		return "Culm and QEMU differ";
	case UNSTEADY:
		return "Culm's engine differs from the interpreter stepping";
	case DIED:
		return "it ends on one side only";
	}
	return "";
}

/* ---- differences in words ---------------------------------------------- */

static void put_word_difference(const char *name, u32 a, u32 b)
{
	if (a != b)
		printf("  %-6s Culm %08x, QEMU %08x\n", name, a, b);
}

/**
 * put_differences - print where two records differ
 * @culm: ours
 * @peer: theirs
 * @base: base register of the program
 */
void put_differences(const u8 *culm, const u8 *peer, unsigned int base)
{
	char name[24];
	unsigned int i;
	u64 a, b;

	for (i = 0; i < DATA_BYTES; i += 4) {
		snprintf(name, sizeof(name), "%d(r%u)", (int)i - (int)DATA_BIAS,
			 base);
		put_word_difference(name, ldb32(culm + i), ldb32(peer + i));
	}
	for (i = 0; i < 32; i++) {
		snprintf(name, sizeof(name), "r%u", i);
		put_word_difference(name, ldb32(culm + REC_GPR + 4 * i),
				    ldb32(peer + REC_GPR + 4 * i));
	}
	for (i = 0; i < 32; i++) {
		a = ldb64(culm + REC_FPR + 8 * i);
		b = ldb64(peer + REC_FPR + 8 * i);
		if (a != b)
			printf("  f%-5u Culm %016llx, QEMU %016llx\n", i,
			       (unsigned long long)a, (unsigned long long)b);
	}
	put_word_difference("cr", ldb32(culm + REC_CR), ldb32(peer + REC_CR));
	put_word_difference("xer", ldb32(culm + REC_XER),
			    ldb32(peer + REC_XER));
	put_word_difference("lr", ldb32(culm + REC_LR), ldb32(peer + REC_LR));
	put_word_difference("ctr", ldb32(culm + REC_CTR),
			    ldb32(peer + REC_CTR));
	put_word_difference("fpscr", ldb32(culm + REC_FPSCR + 4),
			    ldb32(peer + REC_FPSCR + 4));
}
