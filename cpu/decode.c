/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/decode.c [F] - the decoder, generated from insn.def, and the extraction
 * of operand fields by form.
 */
#include "cpu/decode.h"
#include "base/bits.h"
#include "cpu/spr.h"
#include "cpu/state.h"

#define VAR_(v) VAR_##v
const struct insn_info insn_table[INSN_COUNT] = {
#define INSN(name, mnem, form, flags, vars, ...) \
	[INSN_##name] = { #name, mnem, FORM_##form, flags, VAR_(vars) },
#include "cpu/insn.def"
	[INSN_ILLEGAL] = { "illegal", ".long", FORM_NONE, 0, VAR_ONE },
};

#define CASE(xo, name, ...) case xo: return INSN_##name;
#define NOTHING(xo, name, ...)

static enum insn_id find_4(u32 word)
{
	switch (PPC_FIELD(word, 22, 30)) {
#define XO4 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	switch (PPC_FIELD(word, 21, 30)) {
#define X4 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	return INSN_ILLEGAL;
}

static enum insn_id find_19(u32 word)
{
	switch (PPC_FIELD(word, 21, 30)) {
#define X19 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	return INSN_ILLEGAL;
}

static enum insn_id find_31(u32 word)
{
	switch (PPC_FIELD(word, 21, 30)) {
#define X31 CASE
#define XO31(xo, name, ...) case xo: case 512 + xo: return INSN_##name;
#define ALSO31 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	switch (PPC_FIELD(word, 26, 30)) {
#define A31 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	switch (PPC_FIELD(word, 21, 31)) {
#define X31_1(xo, name, ...) case 2 * xo + 1: return INSN_##name;
#define INSN(...)
#include "cpu/insn.def"
	}
	return INSN_ILLEGAL;
}

static enum insn_id find_59(u32 word)
{
	switch (PPC_FIELD(word, 26, 30)) {
#define A59 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	return INSN_ILLEGAL;
}

static enum insn_id find_63(u32 word)
{
	switch (PPC_FIELD(word, 26, 30)) {
#define A63 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	switch (PPC_FIELD(word, 21, 30)) {
#define X63 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	return INSN_ILLEGAL;
}

/**
 * insn_find - the row of an instruction word
 * @word: instruction
 *
 * Returns: the row's number, INSN_ILLEGAL when no row has that encoding.  A
 * wrong bit of the opcode makes a word illegal; a reserved bit that is not 0
 * makes it an invalid form, like some operands, and the 440 executes those.
 * Software relies on it: glibc's mffsl is an mffs with reserved bits.
 * Context: freestanding; reserved fields are not looked at.
 * Source:  [440UM] 9.2, "Reserved" fields; disasm_row() is the strict one.
 */
enum insn_id insn_find(u32 word)
{
	switch (word >> 26) {
#define OP CASE
#define INSN(...)
#include "cpu/insn.def"
	case 4:
		return find_4(word);
	case 19:
		return find_19(word);
	case 31:
		return find_31(word);
	case 59:
		return find_59(word);
	case 63:
		return find_63(word);
	}
	if (!(word & PPC_BIT(30)))
		return INSN_ILLEGAL;
	switch (word >> 26) {
#define OP_1 CASE
#define INSN(...)
#include "cpu/insn.def"
	}
	return INSN_ILLEGAL;
}

static u32 rotate_mask(u32 mb, u32 me)
{
	u32 from_mb = 0xffffffffu >> mb, to_me = 0xffffffffu << (31 - me);

	return mb <= me ? from_mb & to_me : from_mb | to_me;
}

/* SPR and DCR numbers and the mftb register have their halves swapped. */
static u32 split_field(u32 word)
{
	return PPC_FIELD(word, 16, 20) << 5 | PPC_FIELD(word, 11, 15);
}

static bool is_near(u32 ea, u32 disp)
{
	return ((ea + disp) ^ ea) >> 12 == 0;
}

/* Bytes of code to bytes of ops. */
static u32 op_distance(u32 disp)
{
	return (u32)((s32)disp / 4 * (s32)sizeof(struct op));
}

static unsigned int decode_b(u32 word, u32 ea, bool in_page, struct op *op)
{
	u32 disp = (u32)sext(word & 0x03fffffc, 26);
	bool lk = word & 1, aa = word & 2;

	op->c = (lk ? BR_LK : 0) | (aa ? BR_AA : 0);
	op->imm = disp;
	if (disp == 0 && !lk && !aa)
		return BR_SELF;
	if (aa || !in_page || !is_near(ea, disp))
		return lk ? BR_FAR_LK : BR_FAR;
	op->imm = op_distance(disp);
	return lk ? BR_NEAR_LK : BR_NEAR;
}

static unsigned int decode_bc(u32 word, u32 ea, bool in_page, struct op *op)
{
	u32 disp = (u32)sext(word & 0xfffc, 16);
	bool lk = word & 1, aa = word & 2;

	op->d = PPC_FIELD(word, 6, 10);		/* BO */
	op->a = PPC_FIELD(word, 11, 13);	/* field and bit of BI */
	op->b = PPC_FIELD(word, 14, 15);
	op->c = (lk ? BR_LK : 0) | (aa ? BR_AA : 0);
	op->imm = disp;
	if (aa || lk || !in_page || !is_near(ea, disp))
		return BC_ANY;
	if ((op->d & 0x14) == 0x04) {
		op->imm = op_distance(disp);
		return 2u * op->b + (op->d >> 3 & 1);
	}
	if ((op->d & 0x14) == 0x10) {
		op->imm = op_distance(disp);
		return op->d & 2 ? BC_DZ : BC_DNZ;
	}
	return BC_ANY;
}

static unsigned int decode_xl(enum insn_id id, u32 word, struct op *op)
{
	bool always = (PPC_FIELD(word, 6, 10) & 0x14) == 0x14;

	op->d = PPC_FIELD(word, 6, 10);
	op->a = PPC_FIELD(word, 11, 13);
	op->b = PPC_FIELD(word, 14, 15);
	op->c = word & 1 ? BR_LK : 0;
	if (!always)
		return 0;
	if (id == INSN_bclr)
		return word & 1 ? 0 : 1;
	return word & 1 ? 2 : 1;
}

static void decode_fields(u32 word, struct op *op)
{
	op->d = PPC_FIELD(word, 6, 10);
	op->a = PPC_FIELD(word, 11, 15);
	op->b = PPC_FIELD(word, 16, 20);
	op->c = PPC_FIELD(word, 21, 25);
}

static void base_or_zero(struct op *op)
{
	if (op->a == 0)
		op->a = GPR_ZERO;
}

static void decode_operands(unsigned int form, u32 word, struct op *op)
{
	switch (form) {
	case FORM_D_A0_SI: case FORM_LD_D: case FORM_ST_D: case FORM_LM_D:
	case FORM_STM_D: case FORM_FLD_D: case FORM_FST_D:
		base_or_zero(op);
		op->imm = (u32)sext(word & 0xffff, 16);
		break;
	case FORM_D_A_SI: case FORM_TO_A_SI: case FORM_LDU_D: case FORM_STU_D:
	case FORM_FLDU_D: case FORM_FSTU_D:
		op->imm = (u32)sext(word & 0xffff, 16);
		break;
	case FORM_A_S_UI:
		op->imm = word & 0xffff;
		break;
	case FORM_BF_A_SI:
		op->d = PPC_FIELD(word, 6, 8);
		op->imm = (u32)sext(word & 0xffff, 16);
		break;
	case FORM_BF_A_UI:
		op->d = PPC_FIELD(word, 6, 8);
		op->imm = word & 0xffff;
		break;
	case FORM_BF_A_B: case FORM_BF_FA_FB: case FORM_MCRXR:
		op->d = PPC_FIELD(word, 6, 8);
		break;
	case FORM_MCRF: case FORM_MCRFS:
		op->d = PPC_FIELD(word, 6, 8);
		op->a = PPC_FIELD(word, 11, 13);
		break;
	case FORM_MTFSFI:
		op->d = PPC_FIELD(word, 6, 8);
		op->imm = PPC_FIELD(word, 16, 19);
		break;
	case FORM_MTFSF:
		op->imm = PPC_FIELD(word, 7, 14);
		break;
	case FORM_FXM_S:
		op->imm = PPC_FIELD(word, 12, 19);
		break;
	case FORM_M_SH: case FORM_M_INS: case FORM_M_B:
		op->imm = rotate_mask(PPC_FIELD(word, 21, 25),
				      PPC_FIELD(word, 26, 30));
		break;
	case FORM_MFSPR: case FORM_MTSPR: case FORM_MFTB: case FORM_MFDCR:
	case FORM_MTDCR:
		op->imm = split_field(word);
		break;
	case FORM_E_ONLY:
		op->imm = word & 0x8000 ? MSR_EE : 0;
		break;
	case FORM_ISEL: case FORM_LD_X: case FORM_ST_X: case FORM_LSWI:
	case FORM_STSWI: case FORM_LSWX: case FORM_STSWX: case FORM_EA_X:
	case FORM_CT_EA_X: case FORM_FLD_X: case FORM_FST_X:
		base_or_zero(op);
		break;
	default:
		break;
	}
}

static unsigned int variant_of(enum insn_id id, u32 word, u32 ea, bool in_page,
			       struct op *op)
{
	switch (insn_table[id].variants) {
	case VAR_RC:
		return word & 1;
	case VAR_OERC:
		return (word & 1) | (word >> 9 & 2);
	case VAR_BRANCH:
		return decode_b(word, ea, in_page, op);
	case VAR_BC:
		return decode_bc(word, ea, in_page, op);
	case VAR_BLR: case VAR_BCTR:
		return decode_xl(id, word, op);
	case VAR_SPRN:
		return op->imm == SPRN_LR ? SPR_IS_LR :
		       op->imm == SPRN_CTR ? SPR_IS_CTR :
		       op->imm == SPRN_TBLR ? SPR_IS_TBL : SPR_ANY;
	default:
		return 0;
	}
}

/**
 * insn_decode - operands of an instruction
 * @id:      its row, from insn_find
 * @word:    instruction
 * @ea:      where it is; matters to branches only
 * @in_page: whether an in-page branch may be given as a distance of ops
 * @op:      filled but for op->h
 *
 * Returns: the variant, meaning by insn_table[id].variants.
 */
unsigned int insn_decode(enum insn_id id, u32 word, u32 ea, bool in_page,
			 struct op *op)
{
	op->imm = word;
	decode_fields(word, op);
	decode_operands(insn_table[id].form, word, op);
	return variant_of(id, word, ea, in_page, op);
}
