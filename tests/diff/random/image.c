/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/image.c - assemble the code around the programs, fill
 * constants and states, write the executable.
 */
#include "tests/diff/random/image.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "cpu/fpu.h"

#define BASE_VA (DATA_VA + DATA_BIAS)
/* Offset in the data page as a displacement from the base register. */
#define AT(off) ((u32)(off) - DATA_BIAS)

#define W_SC		0x44000002u
#define W_BLR		0x4e800020u
#define W_BCTR		0x4e800420u
#define W_MTFSF(f)	(63u << 26 | 255u << 17 | field_b(f) | 711u << 1)
#define W_MFFS(f)	(63u << 26 | field_d(f) | 583u << 1)
#define W_MTCR(r)	(W_X(144, r, 0, 0) | 255u << 12)
#define W_STWCX(s, b)	(W_X(150, s, 0, b) | 1)
#define SYS_EXIT	1u
#define SYS_WRITE	4u

/* ---- shared code ------------------------------------------------------- */

static void emit(struct image *im, u32 word)
{
	stb32(im->code + im->code_bytes, word);
	im->code_bytes += 4;
}

static u32 here(const struct image *im)
{
	return CODE_VA + im->code_bytes;
}

static void emit_constant(struct image *im, unsigned int r, u32 v)
{
	emit(im, W_ADDIS(r, 0, v >> 16));
	emit(im, W_ORI(r, r, v));
}

/*
 * Take the next case: r8 its state, CTR its program, LR its prologue; copy
 * the data area; hold no reservation.
 */
static void emit_next(struct image *im)
{
	unsigned int i;

	im->next = here(im);
	emit(im, W_ADDIS(9, 0, DATA_VA >> 16));
	emit(im, W_D(32, 10, 9, NEXT_CASE_AT));
	emit(im, W_D(32, 11, 10, 0));
	emit(im, 11u << 26 | field_a(11));		/* cmpwi r11,0 */
	emit(im, W_BC(4, 2, 16));			/* bne .+16 */
	emit(im, W_ADDI(0, 0, SYS_EXIT));
	emit(im, W_ADDI(3, 0, 0));
	emit(im, W_SC);
	emit(im, W_D(32, 12, 10, 4));
	emit(im, W_D(32, 8, 10, 8));
	emit(im, W_ADDI(10, 10, CASE_BYTES));
	emit(im, W_D(36, 10, 9, NEXT_CASE_AT));
	emit(im, W_MTSPR(N_LR, 11));
	emit(im, W_MTSPR(N_CTR, 12));
	for (i = 0; i < DATA_BYTES; i += 64) {
		emit(im, W_D(46, 16, 8, REC_DATA + i));	/* lmw r16 */
		emit(im, W_D(47, 16, 9, REC_DATA + i));	/* stmw r16 */
	}
	emit(im, W_STWCX(9, 9));
	emit(im, W_D(32, 16, 8, REC_DATA));		/* undo it */
	emit(im, W_D(36, 16, 9, REC_DATA));
	emit(im, W_BLR);
}

/* Load the state at r8, with @base as the last register; go to CTR. */
static void emit_prologue(struct image *im, unsigned int base)
{
	unsigned int i, t = base == 5 ? 6 : 5;

	im->prologue[base] = here(im);
	if (base != 8)
		emit(im, W_ORI(base, 8, 0));
	emit(im, W_D(50, 0, base, REC_FPSCR));		/* lfd */
	emit(im, W_MTFSF(0));
	for (i = 0; i < 32; i++)
		emit(im, W_D(50, i, base, REC_FPR + 8 * i));
	emit(im, W_D(32, t, base, REC_XER));
	emit(im, W_MTSPR(N_XER, t));
	emit(im, W_D(32, t, base, REC_LR));
	emit(im, W_MTSPR(N_LR, t));
	emit(im, W_D(32, t, base, REC_CR));
	emit(im, W_MTCR(t));
	for (i = 0; i < 32; i++)
		if (i != base)
			emit(im, W_D(32, i, base, REC_GPR + 4 * i));
	emit_constant(im, base, BASE_VA);
	emit(im, W_BCTR);
}

static void emit_epilogue(struct image *im, unsigned int base)
{
	unsigned int i;

	im->epilogue[base] = here(im);
	emit(im, W_D(47, 0, base, AT(REC_GPR)));	/* stmw r0 */
	for (i = 0; i < 32; i++)
		emit(im, W_D(54, i, base, AT(REC_FPR + 8 * i)));
	emit(im, W_MFFS(0));
	emit(im, W_D(54, 0, base, AT(REC_FPSCR)));
	emit_constant(im, 4, DATA_VA);
	emit(im, W_X(19, 3, 0, 0));			/* mfcr */
	emit(im, W_D(36, 3, 4, REC_CR));
	emit(im, W_MFSPR(3, N_XER));
	emit(im, W_D(36, 3, 4, REC_XER));
	emit(im, W_MFSPR(3, N_LR));
	emit(im, W_D(36, 3, 4, REC_LR));
	emit(im, W_MFSPR(3, N_CTR));
	emit(im, W_D(36, 3, 4, REC_CTR));
	emit(im, W_ADDI(0, 0, SYS_WRITE));
	emit(im, W_ADDI(3, 0, 1));
	emit(im, W_ADDI(5, 0, REC_BYTES));
	emit(im, W_SC);
	emit(im, W_B(im->next - here(im)));
}

/* ---- data -------------------------------------------------------------- */

/* An FPSCR image; without enables unless they are wanted. */
static u32 any_fpscr(struct rng *r, bool has_enables)
{
	u32 v = (u32)rng_next(r);

	if (rng_chance(r, 50))
		v &= FPSCR_RN;
	v &= ~FPSCR_NI;
	return has_enables ? v :
	       v & ~(FPSCR_VE | FPSCR_OE | FPSCR_UE | FPSCR_ZE | FPSCR_XE);
}

static void fill_constants(u8 *data, struct rng *r, bool has_enables)
{
	unsigned int i, n = CONST_BYTES / 8;

	for (i = 0; i < n / 4; i++) {
		stb32(data + CONST_AT + 8 * i, rng_single(r));
		stb32(data + CONST_AT + 8 * i + 4, rng_single(r));
	}
	for (; i < n - CONST_FPSCRS; i++)
		stb64(data + CONST_AT + 8 * i, rng_double(r));
	for (; i < n; i++)
		stb64(data + CONST_AT + 8 * i, any_fpscr(r, has_enables));
}

/**
 * state_random - a state to start a program from
 * @state:       REC_BYTES, filled
 * @r:           generator
 * @has_enables: FPSCR may enable exceptions
 */
void state_random(u8 *state, struct rng *r, bool has_enables)
{
	unsigned int i;

	for (i = 0; i < DATA_BYTES; i += 8) {
		if (rng_chance(r, 50)) {
			stb64(state + REC_DATA + i, rng_double(r));
		} else {
			stb32(state + REC_DATA + i, rng_word(r));
			stb32(state + REC_DATA + i + 4, rng_single(r));
		}
	}
	for (i = 0; i < 32; i++) {
		stb32(state + REC_GPR + 4 * i, rng_word(r));
		stb64(state + REC_FPR + 8 * i, rng_double(r));
	}
	stb32(state + REC_CR, (u32)rng_next(r));
	stb32(state + REC_XER, (u32)rng_next(r) & 0xe000007f);
	stb32(state + REC_LR, (u32)rng_next(r));
	stb32(state + REC_CTR, 0);
	stb64(state + REC_FPSCR, any_fpscr(r, has_enables));
}

/* ---- the image --------------------------------------------------------- */

/**
 * image_init - an image without programs and cases
 * @im:          initialised; image_free releases it
 * @cases:       room for as many
 * @states:      filled at random
 * @has_enables: FPSCR images may enable exceptions
 * @seed:        of constants and states
 */
void image_init(struct image *im, unsigned int cases, unsigned int states,
		bool has_enables, u64 seed)
{
	struct rng r;
	unsigned int i;

	memset(im, 0, sizeof(*im));
	im->code = xcalloc(1, CODE_MAX);
	im->data = xcalloc(1, DATA_MAX);
	im->cases_max = cases;
	im->states_max = states;
	im->states = LIST_AT + (CASE_BYTES * (cases + 1) + 63) / 64 * 64;
	im->data_bytes = im->states + states * REC_BYTES;
	rng_seed(&r, seed);
	fill_constants(im->data, &r, has_enables);
	for (i = 0; i < states; i++)
		state_random(im->data + im->states + i * REC_BYTES, &r,
			     has_enables);
	image_reset(im);
}

/**
 * image_reset - take out programs and cases; constants and states stay
 * @im: image
 */
void image_reset(struct image *im)
{
	unsigned int i;

	im->code_bytes = 0;
	emit_next(im);
	for (i = 1; i < 32; i++) {
		emit_prologue(im, i);
		emit_epilogue(im, i);
	}
	im->shared_bytes = im->code_bytes;
	im->cases = 0;
	image_start_at(im, 0);
}

/**
 * image_free - release an image
 * @im: initialised
 */
void image_free(struct image *im)
{
	free(im->code);
	free(im->data);
}

/**
 * image_set_state - replace a state
 * @im:    image
 * @i:     which
 * @state: REC_BYTES
 */
void image_set_state(struct image *im, unsigned int i, const u8 *state)
{
	memcpy(im->data + im->states + i * REC_BYTES, state, REC_BYTES);
}

/**
 * image_add_program - add the words of a program
 * @im: image
 * @p:  program
 *
 * Returns: its address, 0 when there is no room.
 */
u32 image_add_program(struct image *im, const struct program *p)
{
	unsigned int n = program_words(p), i;
	u32 at = here(im), *words;

	if (im->code_bytes + 4 * n + 4 > CODE_MAX)
		return 0;
	words = xcalloc(n + 1, sizeof(*words));
	program_layout(p, at, words);
	for (i = 0; i < n; i++)
		emit(im, words[i]);
	free(words);
	emit(im, W_B(im->epilogue[p->base] - here(im)));
	return at;
}

/**
 * image_add_case - add a case at the end of the list
 * @im:      image with room for it
 * @base:    base register of the program
 * @program: address from image_add_program
 * @state:   number of the state
 */
void image_add_case(struct image *im, unsigned int base, u32 program,
		    unsigned int state)
{
	u8 *p = im->data + LIST_AT + CASE_BYTES * im->cases++;

	stb32(p, im->prologue[base]);
	stb32(p + 4, program);
	stb32(p + 8, DATA_VA + im->states + state * REC_BYTES);
	stb32(p + CASE_BYTES, 0);
}

/**
 * image_start_at - choose the case that a run begins with
 * @im:    image
 * @first: its number
 */
void image_start_at(struct image *im, unsigned int first)
{
	stb32(im->data + NEXT_CASE_AT, DATA_VA + LIST_AT + CASE_BYTES * first);
}

static void put_segment(u8 *p, u32 offset, u32 va, u32 bytes)
{
	stb32(p, 1);			/* PT_LOAD */
	stb32(p + 4, offset);
	stb32(p + 8, va);
	stb32(p + 12, va);
	stb32(p + 16, bytes);
	stb32(p + 20, bytes);
	stb32(p + 24, 7);		/* rwx */
	stb32(p + 28, 0x10000);
}

#define ELF_PAGE 0x10000u

/**
 * image_write_elf - write the image as a static executable
 * @im:   image
 * @path: file
 *
 * Returns: 0, -1 when the file cannot be written.
 */
int image_write_elf(const struct image *im, const char *path)
{
	static const u8 ident[16] = { 0x7f, 'E', 'L', 'F', 1, 2, 1 };
	u32 second = ELF_PAGE + (im->code_bytes + ELF_PAGE - 1) / ELF_PAGE *
		     ELF_PAGE;
	u8 *head = xcalloc(1, ELF_PAGE);
	FILE *f = fopen(path, "wb");
	bool ok;

	memcpy(head, ident, 16);
	stb32(head + 16, 2u << 16 | 20);	/* ET_EXEC, EM_PPC */
	stb32(head + 20, 1);
	stb32(head + 24, im->next);
	stb32(head + 28, 52);			/* program headers */
	stb32(head + 40, 52u << 16 | 32);
	stb32(head + 44, 2u << 16 | 40);
	put_segment(head + 52, ELF_PAGE, CODE_VA, im->code_bytes);
	put_segment(head + 84, second, DATA_VA, im->data_bytes);
	ok = f && fwrite(head, ELF_PAGE, 1, f) == 1 &&
	     fwrite(im->code, im->code_bytes, 1, f) == 1 &&
	     !fseek(f, (long)second, SEEK_SET) &&
	     fwrite(im->data, im->data_bytes, 1, f) == 1;
	free(head);
	if (f && fclose(f))
		ok = false;
	return ok ? 0 : -1;
}

/* ---- outcomes ---------------------------------------------------------- */

/**
 * outcome_init - room for what a run gives
 * @o:     initialised
 * @cases: at most
 */
void outcome_init(struct outcome *o, unsigned int cases)
{
	memset(o, 0, sizeof(*o));
	o->records = xcalloc(cases, REC_BYTES);
}

/**
 * outcome_free - release an outcome
 * @o: initialised
 */
void outcome_free(struct outcome *o)
{
	free(o->records);
}
