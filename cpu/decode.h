/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/decode.h [F] - from an instruction word to a row and its operands.
 */
#ifndef CPU_DECODE_H
#define CPU_DECODE_H

#include "base/env.h"

enum insn_id {
#define INSN(name, ...) INSN_##name,
#include "cpu/insn.def"
	INSN_ILLEGAL,		/* no row has this encoding */
	INSN_COUNT
};

enum insn_form {
#define FORM(name, ...) FORM_##name,
#include "cpu/form.def"
#undef FORM
	FORM_COUNT
};

enum insn_flags { RC = 1, OE = 2, PRIV = 4, FP = 8 };

/* How many instances of a body an engine may specialise, by kind. */
enum insn_variants {
	VAR_ONE,
	VAR_RC,		/* 0; 1 with Rc */
	VAR_OERC,	/* 0; 1 Rc; 2 OE; 3 OE and Rc */
	VAR_BRANCH,	/* enum branch_variant */
	VAR_BC,		/* enum bc_variant */
	VAR_BLR,	/* 0 any; 1 unconditional, no LK */
	VAR_BCTR,	/* 0 any; 1 unconditional; 2 unconditional with LK */
	VAR_SPRN,	/* enum sprn_variant */
};

#define K_RC 1u
#define K_OE 2u

enum sprn_variant { SPR_ANY, SPR_IS_LR, SPR_IS_CTR, SPR_IS_TBL };

/* BR_SELF: a branch to itself, without LK. */
enum branch_variant { BR_NEAR, BR_NEAR_LK, BR_FAR, BR_FAR_LK, BR_SELF };

/* In-page conditional branches without LK by condition, then the rest. */
enum bc_variant {
	BC_GE, BC_LT, BC_LE, BC_GT, BC_NE, BC_EQ, BC_NS, BC_SO,
	BC_DNZ, BC_DZ, BC_ANY,
	BC_VARIANTS
};

/*
 * A decoded instruction.  @h belongs to the engine.  a is GPR_ZERO where a
 * form reads r0A and the field is 0.
 *   imm: an immediate, sign-extended; a mask; an SPR or DCR number; a
 *        displacement in bytes (in-page branches: in bytes of struct op)
 */
struct op {
	union {
		const void *h;
		u64 pad;
	};
	u32 imm;
	u8 d, a, b, c;
};

struct insn_info {
	const char *name;	/* row name */
	const char *mnemonic;
	u8 form, flags, variants;
};

extern const struct insn_info insn_table[INSN_COUNT];

enum insn_id insn_find(u32 word);
/*
 * insn_decode - operands of @word, found at @ea, into @op (but for op->h).
 * @in_page: in-page branches may be expressed as a distance between ops
 * Returns the variant number.
 */
unsigned int insn_decode(enum insn_id id, u32 word, u32 ea, bool in_page,
			 struct op *op);

/* op.c of a branch. */
#define BR_LK 1u
#define BR_AA 2u

#endif
