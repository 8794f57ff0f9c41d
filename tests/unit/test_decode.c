/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_decode.c - cpu/decode.c.  Words are those of GNU as for
 * -m440; fields are the architecture's [440UM] instruction formats.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/spr.h"
#include "cpu/state.h"

struct row {
	enum insn_id id;
	u32 word, mask;		/* the bits that tell this row from others */
};

/* Rows as words, straight from the table. */
static const struct row rows[] = {
#define OP(op, name, ...) { INSN_##name, (op##u) << 26, 0xfc000000 },
#define OP_1(op, name, ...) { INSN_##name, (op##u) << 26 | 2, 0xfc000002 },
#define OP_1(op, name, ...) { INSN_##name, (op##u) << 26 | 2, 0xfc000002 },
#define X19(xo, name, ...) { INSN_##name, 19u << 26 | xo << 1, 0xfc0007fe },
#define X31(xo, name, ...) { INSN_##name, 31u << 26 | xo << 1, 0xfc0007fe },
#define X31_1(xo, name, ...) { INSN_##name, 31u << 26 | xo << 1 | 1, 0xfc0007ff },
#define ALSO31(xo, name) { INSN_##name, 31u << 26 | xo << 1, 0xfc0007fe },
#define X31_1(xo, name, ...) { INSN_##name, 31u << 26 | xo << 1 | 1, 0xfc0007ff },
#define ALSO31(xo, name) { INSN_##name, 31u << 26 | xo << 1, 0xfc0007fe },
#define XO31(xo, name, ...) { INSN_##name, 31u << 26 | xo << 1, 0xfc0003fe },
#define A31(xo, name, ...) { INSN_##name, 31u << 26 | xo << 1, 0xfc00003e },
#define X4(xo, name, ...) { INSN_##name, 4u << 26 | xo << 1, 0xfc0007fe },
#define XO4(xo, name, ...) { INSN_##name, 4u << 26 | xo << 1, 0xfc0003fe },
#define A59(xo, name, ...) { INSN_##name, 59u << 26 | xo << 1, 0xfc00003e },
#define A63(xo, name, ...) { INSN_##name, 63u << 26 | xo << 1, 0xfc00003e },
#define X63(xo, name, ...) { INSN_##name, 63u << 26 | xo << 1, 0xfc0007fe },
#define INSN(...)
#include "cpu/insn.def"
};

/* Rows with a second extended opcode. */
enum {
	ALSO_ROWS = 0
#define ALSO31(xo, name) + 1
#define INSN(...)
#include "cpu/insn.def"
};

void test_decode_rows(void)
{
	bool has_row[INSN_COUNT] = { false };
	u32 seed = 31;

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		has_row[rows[i].id] = true;
	for (unsigned int i = 0; i < INSN_ILLEGAL; i++)
		CU_ASSERT_TRUE(has_row[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		for (int k = 0; k < 200; k++) {
			seed = seed * 1664525 + 1013904223;
			CU_ASSERT_EQUAL(insn_find(rows[i].word |
				((seed ^ seed >> 15) & ~rows[i].mask)),
				rows[i].id);
		}
}

/* Every word that no row covers is illegal. */
void test_decode_holes(void)
{
	for (u32 op = 0; op < 64; op++)
		for (u32 xo = 0; xo < 2048; xo++) {
			u32 word = op << 26 | xo;
			enum insn_id want = INSN_ILLEGAL;

			for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
				if ((word & rows[i].mask) == rows[i].word)
					want = rows[i].id;
			if (insn_find(word) != want)
				CU_FAIL("a word finds the wrong row");
		}
}

/* No word belongs to two rows. */
void test_decode_overlaps(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		for (unsigned int k = 0; k < i; k++) {
			u32 both = rows[i].mask & rows[k].mask;

			CU_ASSERT_NOT_EQUAL(rows[i].word & both,
					    rows[k].word & both);
		}
}

struct form_case {
	u32 word;
	const char *text;
	enum insn_id id;
	u32 imm;
	u8 d, a, b, c;
	u8 variant;
	u8 check;		/* which of imm d a b c */
};

#define I 1
#define D 2
#define A 4
#define BB 8
#define C 16

static const struct form_case forms[] = {
	{ 0x38610010, "addi 3,1,16", INSN_addi, 16, 3, 1, 0, 0, 0, I | D | A },
	{ 0x3860ffff, "li 3,-1", INSN_addi, 0xffffffff, 3, GPR_ZERO, 0, 0, 0,
	  I | D | A },
	{ 0x30608000, "addic 3,0,-32768", INSN_addic, 0xffff8000, 3, 0, 0, 0,
	  0, I | D | A },
	{ 0x60a4ffff, "ori 4,5,0xffff", INSN_ori, 0xffff, 5, 4, 0, 0, 0,
	  I | D | A },
	{ 0x2f838000, "cmpwi cr7,3,-32768", INSN_cmpi, 0xffff8000, 7, 3, 0, 0,
	  0, I | D | A },
	{ 0x2b838000, "cmplwi cr7,3,0x8000", INSN_cmpli, 0x8000, 7, 3, 0, 0,
	  0, I | D | A },
	{ 0x7f032000, "cmpw cr6,3,4", INSN_cmp, 0, 6, 3, 4, 0, 0, D | A | BB },
	{ 0x8060fffc, "lwz 3,-4(0)", INSN_lwz, 0xfffffffc, 3, GPR_ZERO, 0, 0,
	  0, I | D | A },
	{ 0x8461fffc, "lwzu 3,-4(1)", INSN_lwzu, 0xfffffffc, 3, 1, 0, 0, 0,
	  I | D | A },
	{ 0x7c60202e, "lwzx 3,0,4", INSN_lwzx, 0, 3, GPR_ZERO, 4, 0, 0,
	  D | A | BB },
	{ 0x7c61206e, "lwzux 3,1,4", INSN_lwzux, 0, 3, 1, 4, 0, 0,
	  D | A | BB },
	{ 0xbb810010, "lmw 28,16(1)", INSN_lmw, 16, 28, 1, 0, 0, 0, I | D | A },
	{ 0x7d8404aa, "lswi 12,4,32", INSN_lswi, 0, 12, 4, 0, 0, 0, D | A | BB },
	{ 0x7c0027ec, "dcbz 0,4", INSN_dcbz, 0, 0, GPR_ZERO, 4, 0, 0, A | BB },
	{ 0x54a3402e, "rlwinm 3,5,8,0,23", INSN_rlwinm, 0xffffff00, 5, 3, 8, 0,
	  0, I | D | A | BB },
	/* MB > ME: the mask wraps */
	{ 0x54a3063f, "rlwinm. 3,5,0,24,31", INSN_rlwinm, 0xff, 5, 3, 0, 24, 1,
	  I | D | A | BB | C },
	{ 0x50a3f70e, "rlwimi 3,5,30,28,7", INSN_rlwimi, 0xff00000f, 5, 3, 30,
	  28, 0, I | D | A | BB },
	{ 0x7c642a15, "add. 3,4,5", INSN_add, 0, 3, 4, 5, 0, 1, D | A | BB },
	{ 0x7c642e14, "addo 3,4,5", INSN_add, 0, 3, 4, 5, 0, 2, D | A | BB },
	{ 0x7c642e15, "addo. 3,4,5", INSN_add, 0, 3, 4, 5, 0, 3, D | A | BB },
	{ 0x10642919, "macchwu. 3,4,5", INSN_macchwu, 0, 3, 4, 5, 0, 1,
	  D | A | BB },
	{ 0x7c60285e, "isel 3,0,5,1", INSN_isel, 0, 3, GPR_ZERO, 5, 1, 0,
	  D | A | BB | C },
	{ 0x4f040000, "mcrf 6,1", INSN_mcrf, 0, 6, 1, 0, 0, 0, D | A },
	{ 0x4cc63242, "crset 6", INSN_creqv, 0, 6, 6, 6, 0, 0, D | A | BB },
	{ 0x7c681120, "mtcrf 0x81,3", INSN_mtcrf, 0x81, 3, 0, 0, 0, 0, I | D },
	{ 0x7f800400, "mcrxr cr7", INSN_mcrxr, 0, 7, 0, 0, 0, 0, D },
	/* SPR and DCR numbers: low half first */
	{ 0x7c72eba6, "mtmmucr 3", INSN_mtspr, 0x3b2, 3, 0, 0, 0, 0, I | D },
	{ 0x7c6802a6, "mflr 3", INSN_mfspr, SPRN_LR, 3, 0, 0, 0, SPR_IS_LR,
	  I | D },
	{ 0x7c6903a6, "mtctr 3", INSN_mtspr, SPRN_CTR, 3, 0, 0, 0, SPR_IS_CTR,
	  I | D },
	{ 0x7c6d42e6, "mftbu 3", INSN_mftb, 269, 3, 0, 0, 0, SPR_ANY, I | D },
	{ 0x7c6c42e6, "mftb 3", INSN_mftb, 268, 3, 0, 0, 0, SPR_IS_TBL,
	  I | D },
	{ 0x7c603286, "mfdcr 3,0xc0", INSN_mfdcr, 0xc0, 3, 0, 0, 0, 0, I | D },
	{ 0x7c008146, "wrteei 1", INSN_wrteei, MSR_EE, 0, 0, 0, 0, 0, I },
	{ 0x7c000146, "wrteei 0", INSN_wrteei, 0, 0, 0, 0, 0, 0, I },
	{ 0x7c641764, "tlbre 3,4,2", INSN_tlbre, 0, 3, 4, 2, 0, 0,
	  D | A | BB },
	{ 0x7c642f25, "tlbsx. 3,4,5", INSN_tlbsx, 0, 3, 4, 5, 0, 1,
	  D | A | BB },
	{ 0xfc22193a, "fmadd 1,2,4,3", INSN_fmadd, 0, 1, 2, 3, 4, 0,
	  D | A | BB | C },
	{ 0xfc2200f3, "fmul. 1,2,3", INSN_fmul, 0, 1, 2, 0, 3, 1, D | A | C },
	{ 0xfc00158e | 0x01fe0000, "mtfsf 0xff,2", INSN_mtfsf, 0xff, 0, 0, 2,
	  0, 0, I | BB },
	{ 0xff80310d, "mtfsfi. 7,3", INSN_mtfsfi, 3, 7, 0, 0, 0, 1, I | D },
	{ 0xffa0008c, "mtfsb0 29", INSN_mtfsb0, 0, 29, 0, 0, 0, 0, D },
	{ 0xff8c0080, "mcrfs 7,3", INSN_mcrfs, 0, 7, 3, 0, 0, 0, D | A },
	{ 0xff821800, "fcmpu 7,2,3", INSN_fcmpu, 0, 7, 2, 3, 0, 0,
	  D | A | BB },
};

void test_decode_forms(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct form_case *f = &forms[i];
		struct op op;
		unsigned int variant;
		int right;

		memset(&op, 0x55, sizeof(op));
		right = insn_find(f->word) == f->id;
		if (right && f->check) {
			variant = insn_decode(f->id, f->word, 0, true, &op);
			right = variant == f->variant &&
				(!(f->check & I) || op.imm == f->imm) &&
				(!(f->check & D) || op.d == f->d) &&
				(!(f->check & A) || op.a == f->a) &&
				(!(f->check & BB) || op.b == f->b) &&
				(!(f->check & C) || op.c == f->c);
		}
		if (!right)
			printf("     %s\n", f->text);
		CU_ASSERT_TRUE(right);
	}
}

static unsigned int branch(u32 word, u32 ea, bool in_page, struct op *op)
{
	return insn_decode(insn_find(word), word, ea, in_page, op);
}

#define NEAR(bytes) ((u32)((bytes) / 4 * (int)sizeof(struct op)))

void test_decode_b(void)
{
	struct op op;

	CU_ASSERT_EQUAL(branch(0x48000008, 0x100, true, &op), BR_NEAR);
	CU_ASSERT_EQUAL(op.imm, NEAR(8));
	CU_ASSERT_EQUAL(branch(0x4bffff01, 0x100, true, &op), BR_NEAR_LK);
	CU_ASSERT_EQUAL(op.imm, NEAR(-256));
	/* out of the page, either way, by one word */
	CU_ASSERT_EQUAL(branch(0x4bfffefc, 0x100, true, &op), BR_FAR);
	CU_ASSERT_EQUAL(op.imm, (u32)-260);
	CU_ASSERT_EQUAL(branch(0x48000f00, 0x100, true, &op), BR_FAR);
	CU_ASSERT_EQUAL(branch(0x48000efc, 0x100, true, &op), BR_NEAR);
	CU_ASSERT_EQUAL(branch(0x48000f01, 0x100, true, &op), BR_FAR_LK);
	/* the longest ones; a page away in the last bits only */
	CU_ASSERT_EQUAL(branch(0x49fffffc, 0, true, &op), BR_FAR);
	CU_ASSERT_EQUAL(op.imm, 0x01fffffc);
	CU_ASSERT_EQUAL(branch(0x4a000000, 0, true, &op), BR_FAR);
	CU_ASSERT_EQUAL(op.imm, 0xfe000000);
	/* where no page is decoded there is no near branch */
	CU_ASSERT_EQUAL(branch(0x48000008, 0x100, false, &op), BR_FAR);
	CU_ASSERT_EQUAL(op.imm, 8);
	/* to itself; not with LK or AA */
	CU_ASSERT_EQUAL(branch(0x48000000, 0x100, true, &op), BR_SELF);
	CU_ASSERT_EQUAL(branch(0x48000001, 0x100, true, &op), BR_NEAR_LK);
	CU_ASSERT_EQUAL(branch(0x48000002, 0, true, &op), BR_FAR);
	CU_ASSERT_EQUAL(op.c, BR_AA);
	CU_ASSERT_EQUAL(branch(0x4bfffe03, 0x100, true, &op), BR_FAR_LK);
	CU_ASSERT_EQUAL(op.c, BR_AA | BR_LK);
	CU_ASSERT_EQUAL(op.imm, 0xfffffe00);
}

void test_decode_bc(void)
{
	struct op op;

	/* BO 12 (if true) and 4 (if not); the two hint bits do not matter */
	for (u32 bi = 0; bi < 32; bi++)
		for (u32 hint = 0; hint < 4; hint++) {
			u32 w = 16u << 26 | bi << 16 | 0x10;

			CU_ASSERT_EQUAL(branch(w | (12 | hint) << 21, 0x20,
					       true, &op), 2 * (bi & 3) + 1);
			CU_ASSERT_EQUAL(op.a, bi >> 2);
			CU_ASSERT_EQUAL(op.imm, NEAR(16));
			CU_ASSERT_EQUAL(branch(w | (4 | hint) << 21, 0x20,
					       true, &op), 2 * (bi & 3));
		}
	CU_ASSERT_EQUAL(branch(0x4200fff8, 0x20, true, &op), BC_DNZ);
	CU_ASSERT_EQUAL(op.imm, NEAR(-8));
	CU_ASSERT_EQUAL(branch(0x4240fff8, 0x20, true, &op), BC_DZ);
	/* CTR and a condition; always; far; LK; AA */
	CU_ASSERT_EQUAL(branch(0x4102fff8, 0x20, true, &op), BC_ANY);
	CU_ASSERT_EQUAL(op.d, 8);
	CU_ASSERT_EQUAL(op.b, 2);
	CU_ASSERT_EQUAL(op.imm, (u32)-8);
	CU_ASSERT_EQUAL(branch(0x4280fff8, 0x20, true, &op), BC_ANY);
	CU_ASSERT_EQUAL(branch(0x4182ffdc, 0x20, true, &op), BC_ANY);
	CU_ASSERT_EQUAL(branch(0x41820011, 0x20, true, &op), BC_ANY);
	CU_ASSERT_EQUAL(op.c, BR_LK);
	CU_ASSERT_EQUAL(branch(0x41820012, 0x20, true, &op), BC_ANY);
	CU_ASSERT_EQUAL(op.c, BR_AA);
	CU_ASSERT_EQUAL(branch(0x41820010, 0x20, false, &op), BC_ANY);
}

void test_decode_xl(void)
{
	struct op op;

	CU_ASSERT_EQUAL(branch(0x4e800020, 0, true, &op), 1);	/* blr */
	CU_ASSERT_EQUAL(branch(0x4e800021, 0, true, &op), 0);	/* blrl */
	CU_ASSERT_EQUAL(op.c, BR_LK);
	CU_ASSERT_EQUAL(branch(0x4d820020, 0, true, &op), 0);	/* beqlr */
	CU_ASSERT_EQUAL(op.d, 12);
	CU_ASSERT_EQUAL(op.b, 2);
	CU_ASSERT_EQUAL(branch(0x4e800420, 0, true, &op), 1);	/* bctr */
	CU_ASSERT_EQUAL(branch(0x4e800421, 0, true, &op), 2);	/* bctrl */
	CU_ASSERT_EQUAL(branch(0x4c9e0420, 0, true, &op), 0);	/* bnectr cr7 */
	CU_ASSERT_EQUAL(op.a, 7);
	CU_ASSERT_EQUAL(branch(0x4e9e0420, 0, true, &op), 1);	/* BI is idle */
}
