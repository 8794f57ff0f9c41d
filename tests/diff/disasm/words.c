/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/disasm/words.c - instruction words for two disassemblers.
 *
 *	words LEVEL COUNT
 *
 * Writes words, the first byte first, to standard output: for every row of
 * insn.def all values of every field, fields that are equal, and every bit
 * turned round, LEVEL times; the encodings that have extended mnemonics one by
 * one; every extended opcode of every primary opcode; then random words, until
 * there are COUNT.  The seed is fixed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "cpu/disasm.h"

struct row {
	u32 word, mask;
};

static const struct row rows[] = {
#define ROW(op, xo, first, last) \
	{ PPC_PLACE(op, 0, 5) | PPC_PLACE(xo, first, last), \
	  PPC_MASK(0, 5) | PPC_MASK(first, last) },
#define OP(op, ...)	ROW(op, op, 0, 5)
#define OP_1(op, ...)	ROW(op, 1, 30, 30)
#define X19(xo, ...)	ROW(19, xo, 21, 30)
#define X31(xo, ...)	ROW(31, xo, 21, 30)
#define X31_1(xo, ...)	ROW(31, 2 * xo + 1, 21, 31)
#define ALSO31(xo, name) ROW(31, xo, 21, 30)
#define XO31(xo, ...)	ROW(31, xo, 22, 30)
#define A31(xo, ...)	ROW(31, xo, 26, 30)
#define X4(xo, ...)	ROW(4, xo, 21, 30)
#define XO4(xo, ...)	ROW(4, xo, 22, 30)
#define A59(xo, ...)	ROW(59, xo, 26, 30)
#define A63(xo, ...)	ROW(63, xo, 26, 30)
#define X63(xo, ...)	ROW(63, xo, 21, 30)
#define INSN(...)
#include "cpu/insn.def"
};

/* Where fields of five bits begin. */
static const unsigned int places[] = { 6, 11, 16, 21, 26 };

static u64 seed = 440;
static unsigned long written;

static u32 random32(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 32);
}

static void put(u32 word)
{
	u32 w = be32(word);

	if (fwrite(&w, 4, 1, stdout) != 1)
		exit(1);
	written++;
}

static void put_row(const struct row *r, u32 rest)
{
	put(r->word | (rest & ~r->mask));
}

/* Fields that are 0, all ones, equal to others, or random. */
static u32 related_fields(void)
{
	u32 same = random32() & 31, w = random32() & 1;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		u32 r = random32(), v = r >> 8 & 31;

		switch (r & 7) {
		case 0: case 1: case 2:
			v = 0;
			break;
		case 3: case 4:
			v = same;
			break;
		case 5:
			v = 31;
			break;
		}
		w |= PPC_PLACE(v, places[i], places[i] + 4);
	}
	return w;
}

static void each_field_value(const struct row *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		for (u32 v = 0; v < 32; v++) {
			u32 at = PPC_MASK(places[i], places[i] + 4);
			u32 rest = related_fields() & ~at;

			put_row(r, rest | PPC_PLACE(v, places[i],
						    places[i] + 4));
		}
}

/* A word of the row that is an instruction, each of its bits turned. */
static void each_bit(const struct row *r)
{
	u32 word = r->word;

	for (int i = 0; i < 1000; i++) {
		word = r->word | (related_fields() & ~r->mask);
		if (disasm_row(word) != INSN_ILLEGAL)
			break;
	}
	put(word);
	for (int b = 0; b < 32; b++)
		put(word ^ PPC_BIT(b));
}

static void each_row(unsigned int level)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (unsigned int k = 0; k < level; k++) {
			each_field_value(&rows[i]);
			each_bit(&rows[i]);
			for (int n = 0; n < 64; n++)
				put_row(&rows[i], related_fields());
			for (int n = 0; n < 32; n++)
				put_row(&rows[i], random32());
		}
}

/* All BO and BI of the branches, forward and back, with all of LK and AA. */
static void each_branch(unsigned int level)
{
	for (u32 n = 0; n < 1024 * 4 * level; n++) {
		u32 fields = (n & 1023) << 16 | (n >> 10 & 3);
		u32 disp = n & 4096 ? random32() & 0xfffc : 0x8000 & random32();

		put(16u << 26 | fields | disp);
		put(19u << 26 | fields | 16 << 1);
		put(19u << 26 | fields | 528 << 1);
	}
}

/* All numbers of SPRs and DCRs; rotations; bits of CR; masks of mtcrf. */
static void each_number(unsigned int level)
{
	static const u32 moves[] = { 339, 467, 371, 323, 451, 144, 19 };
	u32 step = level > 8 ? 1 : 7;

	for (u32 n = 0; n < 1024; n++)
		for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
			put(31u << 26 | moves[i] << 1 | n << 11 |
			    (random32() & 0x03e00000));
	for (u32 n = 0; n < 32768; n += step) {
		u32 rs = random32() & 0x03ff0000;

		put(21u << 26 | rs | n << 1 | (rs >> 20 & 1));
		put(23u << 26 | rs | n << 1 | (rs >> 20 & 1));
		put(20u << 26 | rs | n << 1 | (rs >> 20 & 1));
		put(19u << 26 | n << 11 | (rs >> 16 & 15) << 6 | 33 << 1);
	}
}

/* Immediates; with LEVEL 1 the ends only. */
static void each_immediate(unsigned int level)
{
	for (u32 op = 3; op < 56; op++) {
		u32 step = level > 8 ? 3 : 4093;

		for (u32 n = 0; n < 65536; n += step)
			put(op << 26 | n | (related_fields() & 0x03ff0000));
		for (u32 n = 0; n < 5; n++)
			put(op << 26 | ((0x7ffeu + n) & 0xffff) |
			    (related_fields() & 0x03ff0000));
	}
}

/* Every primary opcode with everything where an extended opcode can be. */
static void each_opcode(unsigned int level)
{
	for (unsigned int k = 0; k < level; k++)
		for (u32 op = 0; op < 64; op++) {
			u32 step = level > 8 || (op & 47) == 15 || op == 4 ||
				op == 19 || op == 59 ? 1 : 16;

			for (u32 xo = 0; xo < 2048; xo += step)
				put(op << 26 | xo |
				    (related_fields() & 0x03fff800));
		}
}

int main(int argc, char **argv)
{
	unsigned int level;
	unsigned long count;

	if (argc != 3) {
		fprintf(stderr, "Usage: words LEVEL COUNT\n");
		return 2;
	}
	level = (unsigned int)strtoul(argv[1], NULL, 10);
	count = strtoul(argv[2], NULL, 10);
	each_row(level);
	each_branch(level);
	each_number(level);
	each_immediate(level);
	each_opcode(level);
	while (written < count)
		put(random32());
	return fflush(stdout) ? 1 : 0;
}
