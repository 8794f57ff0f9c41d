/* SPDX-License-Identifier: MIT */
/*
 * main.c - checks the MAC family and dlmzb on the CPU that it runs on. Two
 * oracles: GCC's own test functions, compiled once for a 440 and once for a CPU
 * that has none of these instructions; and a model in 64-bit arithmetic of the
 * manual's definitions, for the forms that GCC never emits. Runs under Linux;
 * knows nothing of the simulator.
 *
 *	mac SEED ROUNDS		as many rounds of random operands for each form
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mac.h"

enum {
	XER_SO = 0x80000000,
	XER_OV = 0x40000000,
	XER_CA = 0x20000000,
	XER_TBC = 0x7f,
	NREG = 3,
	FIRST_REG = 5,		/* the operands are in r5, r6, r7 */
	CODE_WORDS = 40,	/* room for one piece of code */
	MAX_SHOWN = 20,
};

enum halves { LOW_HIGH, HIGH_HIGH, LOW_LOW };

enum kind { KIND_MUL, KIND_MAC, KIND_DLMZB };

struct form {
	const char *name;
	enum kind kind;
	enum halves halves;
	int is_signed, saturates, sign;
};

#define MUL(name, halves, sg)		{ #name, KIND_MUL, halves, sg, 0, 1 },
#define MAC(name, halves, sg, sat, n)	{ #name, KIND_MAC, halves, sg, sat, n },
#define DLMZB(name)			{ #name, KIND_DLMZB, LOW_LOW, 0, 0, 1 },
static const struct form forms[] = {
#include "forms.def"
};

#define NFORM (sizeof(forms) / sizeof(forms[0]))

/* Plain, Rc, OE, OE and Rc, by the assembler. */
extern const uint32_t form_words[NFORM][4];

/* What a piece of code reads and writes; offsets are in its instructions. */
struct regs {
	uint32_t r[NREG], xer, cr;
};

struct block {
	struct regs in, out;
};

/* Which of r[] are destination, first and second source. */
struct alias {
	int t, a, b;
};

static const struct alias aliases[] = {
	{ 0, 1, 2 }, { 1, 1, 2 }, { 2, 1, 2 }, { 0, 1, 1 }, { 1, 1, 1 },
};

#define NALIAS (sizeof(aliases) / sizeof(aliases[0]))

static const uint16_t corner_half[] = {
	0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7ffe, 0x7fff,
	0x8000, 0x8001, 0xff00, 0xfffe, 0xffff,
};

static const uint32_t corner_word[] = {
	0, 1, 0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000,
	0x80000001, 0xbfffffff, 0xc0000000, 0xc0000001, 0xfffe0000,
	0x0001fffe, 0x0001ffff, 0xfffffffe, 0xffffffff,
};

static uint64_t rng_state;
static unsigned long npass, nfail;

static uint32_t rng(void)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return rng_state >> 16;
}

#define PICK(table) ((table)[rng() % (sizeof(table) / sizeof((table)[0]))])

/* A word; often of halves or bytes at an edge. */
static uint32_t rng_word(void)
{
	uint32_t word = rng();

	switch (rng() & 3) {
	case 0:
		return word;
	case 1:
		return PICK(corner_word);
	case 2:
		return (uint32_t)PICK(corner_half) << 16 | PICK(corner_half);
	default:
		/* Some bytes zero, for dlmzb. */
		return word & (rng() & 1 ? 0xff00ffff : 0xffffff00) &
			(rng() & 1 ? 0x00ffffff : 0xffffffff);
	}
}

static void __attribute__((format(printf, 1, 2))) fail(const char *fmt, ...)
{
	va_list args;

	if (nfail++ >= MAX_SHOWN)
		return;
	va_start(args, fmt);
	fputs("FAIL ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
}

/* The product of the halves that @form takes. */
static int64_t product(const struct form *form, uint32_t a, uint32_t b)
{
	uint16_t x = form->halves == HIGH_HIGH ? a >> 16 : a;
	uint16_t y = form->halves == LOW_LOW ? b : b >> 16;

	if (form->is_signed)
		return (int64_t)(int16_t)x * (int16_t)y;
	return (int64_t)x * y;
}

static uint32_t cr0(uint32_t cr, uint32_t four_bits)
{
	return (cr & 0x0fffffff) | four_bits << 28;
}

/*
 * The sum in 64 bits is exact. It overflows when 32 bits, signed or unsigned,
 * cannot hold it; a saturating form then gives the nearest that they can.
 */
static uint32_t accumulate(const struct form *form, int64_t prod, uint32_t acc,
			   int *overflows)
{
	int64_t max = form->is_signed ? INT32_MAX : UINT32_MAX;
	int64_t min = form->is_signed ? INT32_MIN : 0;
	int64_t sum = form->sign * prod +
		(form->is_signed ? (int64_t)(int32_t)acc : (int64_t)acc);

	*overflows = sum > max || sum < min;
	if (*overflows && form->saturates)
		sum = sum > max ? max : min;
	return sum;
}

/* The number of the leftmost byte that is 0, from 1; 8 and nothing found. */
static uint32_t leftmost_zero(uint32_t a, uint32_t b, uint32_t *found)
{
	uint64_t bytes = (uint64_t)a << 32 | b;
	uint32_t x;

	for (x = 1; x <= 8; x++) {
		if (!(bytes >> (64 - 8 * x) & 0xff)) {
			*found = x < 5 ? 4 : 8;
			return x;
		}
	}
	*found = 2;
	return 8;
}

static void model(const struct form *form, const struct alias *alias, int has_rc,
		  int has_oe, const struct regs *in, struct regs *out)
{
	uint32_t a = in->r[alias->a], b = in->r[alias->b], bits, result;
	int overflows = 0;

	*out = *in;
	if (form->kind == KIND_DLMZB) {
		result = leftmost_zero(a, b, &bits);
		out->xer = (in->xer & ~XER_TBC) | result;
	} else {
		result = product(form, a, b);
		if (form->kind == KIND_MAC)
			result = accumulate(form, product(form, a, b),
					    in->r[alias->t], &overflows);
		if (has_oe)
			out->xer = (in->xer & ~XER_OV) |
				(overflows ? XER_SO | XER_OV : 0);
		bits = (int32_t)result < 0 ? 8 : result ? 4 : 2;
	}
	out->r[alias->t] = result;
	if (has_rc)
		out->cr = cr0(in->cr, bits | (out->xer & XER_SO ? 1 : 0));
}

enum {
	OP_LWZ = 0x80000000, OP_STW = 0x90000000, OP_LIS = 0x3c000000,
	OP_ORI = 0x60000000, OP_BLR = 0x4e800020,
	MFCR_R11 = 0x7d600026, MFCR_R12 = 0x7d800026,
	MTCR_R11 = 0x7d6ff120, MTCR_R12 = 0x7d8ff120,
	MFXER_R11 = 0x7d6102a6, MTXER_R11 = 0x7d6103a6,
};

#define OFFSET(m) ((uint32_t)offsetof(struct block, m))

static uint32_t *put_mem(uint32_t *p, uint32_t op, int reg, uint32_t offset)
{
	*p++ = op | reg << 21 | 3 << 16 | offset;
	return p;
}

/* Into @reg, from the block that r3 points at, or as a constant of the code. */
static uint32_t *put_load(uint32_t *p, int reg, uint32_t offset,
			  const uint32_t *constant)
{
	if (!constant)
		return put_mem(p, OP_LWZ, reg, offset);
	*p++ = OP_LIS | reg << 21 | *constant >> 16;
	*p++ = OP_ORI | reg << 21 | reg << 16 | (*constant & 0xffff);
	return p;
}

/* The word with its three registers put in; dlmzb has RA where RT is else. */
static uint32_t with_regs(const struct form *form, uint32_t word,
			  const struct alias *alias)
{
	int t = FIRST_REG + alias->t, a = FIRST_REG + alias->a;

	if (form->kind == KIND_DLMZB) {
		int swap = t;

		t = a;
		a = swap;
	}
	return (word & 0xfc0007ff) | t << 21 | a << 16 |
		(FIRST_REG + alias->b) << 11;
}

/*
 * Code for one execution, a function of the block's address. A translator may
 * compute all of it at once where @consts gives it the operands.
 */
static void put_code(uint32_t *p, uint32_t word, const struct regs *consts)
{
	int i;

	*p++ = MFCR_R12;
	p = put_load(p, 11, OFFSET(in.xer), consts ? &consts->xer : NULL);
	*p++ = MTXER_R11;
	p = put_mem(p, OP_LWZ, 11, OFFSET(in.cr));
	*p++ = MTCR_R11;
	for (i = 0; i < NREG; i++)
		p = put_load(p, FIRST_REG + i, OFFSET(in.r[0]) + 4 * i,
			     consts ? &consts->r[i] : NULL);
	*p++ = word;
	*p++ = MFCR_R11;
	p = put_mem(p, OP_STW, 11, OFFSET(out.cr));
	*p++ = MFXER_R11;
	p = put_mem(p, OP_STW, 11, OFFSET(out.xer));
	for (i = 0; i < NREG; i++)
		p = put_mem(p, OP_STW, FIRST_REG + i, OFFSET(out.r[0]) + 4 * i);
	*p++ = MTCR_R12;
	*p = OP_BLR;
}

static void rng_regs(struct regs *regs)
{
	int i;

	for (i = 0; i < NREG; i++)
		regs->r[i] = rng_word();
	regs->xer = rng() & (XER_SO | XER_OV | XER_CA | XER_TBC);
	regs->cr = rng();
}

static void compare(const struct form *form, int variant, uint32_t word,
		    const struct alias *alias, const struct block *block,
		    const char *how)
{
	static const char *const suffix[] = { "", ".", "o", "o." };
	const struct regs *in = &block->in, *got = &block->out;
	struct regs want;

	model(form, alias, variant & 1, variant & 2, in, &want);
	if (!memcmp(&want, got, sizeof(want))) {
		npass++;
		return;
	}
	fail("%s%s (%08lx, %s): r5-7 %08lx %08lx %08lx xer %08lx cr %08lx"
	     " -> %08lx %08lx %08lx %08lx %08lx, must be"
	     " %08lx %08lx %08lx %08lx %08lx",
	     form->name, suffix[variant], (unsigned long)word, how,
	     (unsigned long)in->r[0], (unsigned long)in->r[1],
	     (unsigned long)in->r[2], (unsigned long)in->xer,
	     (unsigned long)in->cr, (unsigned long)got->r[0],
	     (unsigned long)got->r[1], (unsigned long)got->r[2],
	     (unsigned long)got->xer, (unsigned long)got->cr,
	     (unsigned long)want.r[0], (unsigned long)want.r[1],
	     (unsigned long)want.r[2], (unsigned long)want.xer,
	     (unsigned long)want.cr);
}

static void run_code(const uint32_t *code, struct block *block)
{
	/* A function's address is that of its code in this ABI. */
	void (*run)(struct block *block) = (void (*)(struct block *))code;

	memset(&block->out, 0xa5, sizeof(block->out));
	run(block);
}

/* One form with its operands from memory, in @rounds executions of one code. */
static void check_variable(const struct form *form, int variant,
			   const struct alias *alias, uint32_t *code, int rounds)
{
	uint32_t word = with_regs(form, form_words[form - forms][variant], alias);
	struct block block;

	put_code(code, word, NULL);
	__builtin___clear_cache((char *)code, (char *)(code + CODE_WORDS));
	while (rounds--) {
		rng_regs(&block.in);
		run_code(code, &block);
		compare(form, variant, word, alias, &block, "loaded");
	}
}

/* The same with its operands as constants, each execution a code of its own. */
static void check_constant(const struct form *form, int variant,
			   const struct alias *alias, uint32_t *code, int rounds)
{
	uint32_t word = with_regs(form, form_words[form - forms][variant], alias);
	struct block block[16];
	int i, n;

	for (; rounds > 0; rounds -= n) {
		n = rounds < 16 ? rounds : 16;
		for (i = 0; i < n; i++) {
			rng_regs(&block[i].in);
			put_code(code + i * CODE_WORDS, word, &block[i].in);
		}
		__builtin___clear_cache((char *)code,
					(char *)(code + n * CODE_WORDS));
		for (i = 0; i < n; i++) {
			run_code(code + i * CODE_WORDS, &block[i]);
			compare(form, variant, word, alias, &block[i],
				"constants");
		}
	}
}

static int check_forms(uint32_t *code, int rounds)
{
	int count = 0, constants = rounds / 50 + 8, variant;
	size_t i, k;

	for (i = 0; i < NFORM; i++) {
		for (variant = 0; variant < 4; variant++) {
			if (!form_words[i][variant])
				continue;
			count++;
			for (k = 0; k < NALIAS; k++) {
				check_variable(&forms[i], variant, &aliases[k],
					       code, rounds);
				check_constant(&forms[i], variant, &aliases[k],
					       code, constants);
			}
		}
	}
	return count;
}

/* The same source for both CPUs, so any difference is a fault. */
static void check_gcc(int rounds)
{
	const struct gcc_case *c;
	int i;

	for (c = gcc_cases; c->name; c++) {
		for (i = 0; i < rounds; i++) {
			int x = rng_word(), y = rng_word(), z = rng_word();
			int got = c->on_440(x, y, z), want = c->elsewhere(x, y, z);

			if (got == want)
				npass++;
			else
				fail("%s(%#x, %#x, %#x) = %#x, must be %#x",
				     c->name, x, y, z, got, want);
		}
	}
}

/* The string lies in an array of the test's; a byte after its end may be 0. */
static void check_strlen(int rounds)
{
	size_t i, n, got, want;

	while (rounds--) {
		n = rng() % STRLEN_ROOM;
		for (i = 0; i < STRLEN_ROOM; i++)
			strlen_440_s[i] = i < n ? rng() % 255 + 1 :
				i == n ? 0 : rng();
		memcpy(strlen_else_s, strlen_440_s, STRLEN_ROOM);
		got = strlen_440();
		want = strlen_else();
		if (got == want && got == n)
			npass++;
		else
			fail("strlen8() = %zu, must be %zu", got, want);
	}
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : 0, count;
	uint32_t *code;

	if (rounds <= 0) {
		fprintf(stderr, "usage: mac SEED ROUNDS\n");
		return 2;
	}
	rng_state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15 + 1;
	code = mmap(NULL, 16 * 4 * CODE_WORDS, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code == MAP_FAILED) {
		perror("mac: mmap");
		return 2;
	}
	check_gcc(rounds * 10);
	check_strlen(rounds * 10);
	printf("GCC's functions: %lu calls agree\n", npass);
	count = check_forms(code, rounds);
	printf("seed %s, %d forms, %d rounds\n", argv[1], count, rounds);
	printf("%lu passed, %lu failed, 0 skipped\n", npass, nfail);
	return nfail != 0;
}
