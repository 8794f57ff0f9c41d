/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower.c - from a block's intermediate form to x86-64 code: values,
 * effects and branches; see lower.h.
 */
#include "cpu/jit/lower.h"

/* ---- values ----------------------------------------------------------------- */

/* A sum whose operands are both needed later. */
static void lower_sum(struct lower *l, u16 i, u16 a, u16 b)
{
	unsigned int ra = jit_get(l, a), rb, r;

	if (is_const(l, b)) {
		r = jit_alloc(l);
		lea32(l->b, r, ra, (s32)node(l, b)->imm);
	} else {
		rb = jit_get(l, b);
		r = jit_alloc(l);
		lea32_rr(l->b, r, ra, rb);
	}
	jit_bind(l, i, r);
}

/* Whether the second operand should be the first. */
static bool is_better_turned(const struct lower *l, u16 a, u16 b)
{
	if (l->is_folded[a] || l->is_folded[b])
		return l->is_folded[a];
	return is_const(l, a) || (!jit_may_take(l, a) && jit_may_take(l, b));
}

static void lower_alu(struct lower *l, u16 i, enum x64_alu op)
{
	const struct irn *n = node(l, i);
	u16 a = n->a, b = n->b;
	unsigned int r, rb;

	if (op != ALU_SUB && is_better_turned(l, a, b)) {
		a = n->b;
		b = n->a;
	}
	if (l->is_folded[b]) {
		r = jit_result_like(l, a);
		alu_rm(l->b, op, r, RBP, OFF_GPR(node(l, b)->imm));
	} else if (op == ALU_ADD && !is_const(l, a) && !jit_may_take(l, a)) {
		lower_sum(l, i, a, b);
		return;
	} else if (is_const(l, b)) {
		r = jit_result_like(l, a);
		alu_ri(l->b, op, false, r, (s32)node(l, b)->imm);
	} else {
		rb = jit_get(l, b);
		r = jit_result_like(l, a);
		alu_rr(l->b, op, false, r, a == b ? r : rb);
	}
	l->flags_at = l->b->used;
	l->flags_of = i;
	jit_bind(l, i, r);
}

static void lower_mul(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int ra, r;

	if (is_const(l, n->b)) {
		ra = jit_get(l, n->a);
		r = jit_alloc(l);
		imul_rri(l->b, r, ra, node(l, n->b)->imm);
	} else {
		ra = jit_get(l, n->b);
		r = jit_result_like(l, n->a);
		imul_rr(l->b, false, r, n->a == n->b ? r : ra);
	}
	jit_bind(l, i, r);
}

static void lower_mulh(struct lower *l, u16 i, bool is_signed)
{
	const struct irn *n = node(l, i);
	unsigned int ra = jit_get(l, n->a), rb = jit_get(l, n->b);
	unsigned int r = jit_alloc(l);	/* before rax and rcx are in use */

	if (is_signed) {
		movsxd(l->b, RAX, ra);
		movsxd(l->b, RCX, rb);
	} else {
		mov_rr(l->b, RAX, ra);
		mov_rr(l->b, RCX, rb);
	}
	imul_rr(l->b, true, RAX, RCX);
	shift_ri(l->b, SH_SHR, true, RAX, 32);
	mov_rr(l->b, r, RAX);
	jit_bind(l, i, r);
}

static void lower_shift_const(struct lower *l, u16 i, u32 count)
{
	const struct irn *n = node(l, i);
	unsigned int r, ra;

	if (n->op == IR_ROTL && !jit_may_take(l, n->a)) {
		ra = jit_get(l, n->a);
		r = jit_alloc(l);
		rorx(l->b, r, ra, (32 - count) & 31);
		jit_bind(l, i, r);
		return;
	}
	r = jit_result_like(l, n->a);
	if (n->op == IR_ROTL)
		shift_ri(l->b, SH_ROL, false, r, count & 31);
	else if (n->op == IR_SAR)
		shift_ri(l->b, SH_SAR, false, r, count & 32 ? 31 : count & 31);
	else if (count & 32)
		mov_ri(l->b, r, 0);
	else
		shift_ri(l->b, n->op == IR_SHL ? SH_SHL : SH_SHR, false, r,
			 count & 31);
	jit_bind(l, i, r);
}

static void lower_shift(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int ra, rb, r;

	if (is_const(l, n->b)) {
		lower_shift_const(l, i, node(l, n->b)->imm);
		return;
	}
	rb = jit_get(l, n->b);
	if (n->op == IR_ROTL) {
		r = jit_result_like(l, n->a);
		mov_rr(l->b, RCX, rb);
		rol_cl(l->b, r);
		jit_bind(l, i, r);
		return;
	}
	/* 64-bit shifts by the low 6 bits of the count do what is asked */
	ra = jit_get(l, n->a);
	r = jit_alloc(l);
	if (n->op == IR_SAR) {
		movsxd(l->b, RAX, ra);
		shift_x(l->b, 2, r, RAX, rb);
	} else {
		shift_x(l->b, n->op == IR_SHL ? 1 : 3, r, ra, rb);
	}
	/* upper half back to zero */
	rex(l->b, false, r, 0, r, false);
	put8(l->b, 0x89);
	modrm(l->b, 3, r, r);
	jit_bind(l, i, r);
}

/* Flags for a comparison; with @is_equality only ZF. */
static void compare_nodes(struct lower *l, u16 a, u16 b, bool is_equality)
{
	unsigned int ra = jit_get(l, a);

	if (is_const(l, b) && node(l, b)->imm == 0 && is_equality &&
	    l->flags_of == a && l->flags_at == l->b->used)
		return;		/* just computed */
	if (is_const(l, b) && node(l, b)->imm == 0)
		test_rr(l->b, false, ra, ra);
	else if (is_const(l, b))
		alu_ri(l->b, ALU_CMP, false, ra, (s32)node(l, b)->imm);
	else
		alu_rr(l->b, ALU_CMP, false, ra, jit_get(l, b));
}

/* @r was taken before the flags were set. */
static void put_flag(struct lower *l, u16 i, unsigned int r, enum x64_cc cc)
{
	setcc(l->b, cc, r);
	op0f_rr(l->b, 0xb6, r, r, true);
	jit_bind(l, i, r);
}

/* Set flags for a CR bit; returns the condition under which it is 1. */
static enum x64_cc test_crbit(struct lower *l, const struct irn *n)
{
	static const enum x64_cc known[3][2] = {
		{ CC_L, CC_B }, { CC_G, CC_A }, { CC_E, CC_E },
	};
	unsigned int f = n->imm >> 2, bit = n->imm & 3;

	if (n->kind == CMP_FLOAT && fpr_test(l, n->c))
		return known[bit][1];
	if (n->kind != CMP_NONE && n->kind != CMP_FLOAT) {
		compare_nodes(l, n->a, n->b, bit == 2);
		return known[bit][n->kind == CMP_UNSIGNED];
	}
	lazy_flush(l, 1ull << (LAZY_CR + f));
	if (bit == 1) {
		cmp_mi(l->b, true, RBP, OFF(s.cr) + 8 * (s32)f, 0);
		return CC_G;
	}
	if (bit == 2) {
		cmp_mi(l->b, false, RBP, OFF(s.cr) + 8 * (s32)f, 0);
		return CC_E;
	}
	/* LT is bit 62: bit 30 of the upper half */
	ld32(l->b, RAX, RBP, OFF(s.cr) + 8 * (s32)f + 4);
	alu_ri(l->b, ALU_AND, false, RAX, 0x40000000);
	return CC_NE;
}

/* Flags for a condition node; the host condition under which it holds. */
static enum x64_cc test_condition(struct lower *l, u16 c)
{
	const struct irn *n = node(l, c);
	unsigned int r;

	if (l->is_folded[c] && n->op == IR_XOR)
		return test_condition(l, n->a) ^ 1;
	if (l->is_folded[c] && n->op == IR_CRBIT)
		return test_crbit(l, n);
	if (l->is_folded[c]) {
		compare_nodes(l, n->a, n->b, true);
		return CC_E;
	}
	r = jit_get(l, c);
	test_rr(l->b, false, r, r);
	return CC_NE;
}

static void lower_unary(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int r, ra;

	switch (n->op) {
	case IR_NOT:
		r = jit_result_like(l, n->a);
		not_r(l->b, r);
		break;
	case IR_SWAP16:
	case IR_SWAP32:
		r = jit_result_like(l, n->a);
		swap_bytes(l->b, r, n->op == IR_SWAP16);
		break;
	case IR_SEXT8:
	case IR_SEXT16:
		ra = jit_get(l, n->a);
		r = jit_alloc(l);
		op0f_rr(l->b, n->op == IR_SEXT8 ? 0xbe : 0xbf, r, ra,
			n->op == IR_SEXT8);
		break;
	default: /* IR_CLZ: bsr leaves the target alone for 0 */
		ra = jit_get(l, n->a);
		r = jit_alloc(l);
		mov_ri(l->b, RCX, 63);
		op0f_rr(l->b, 0xbd, RAX, ra, false);
		cmov(l->b, false, CC_E, RAX, RCX);
		alu_ri(l->b, ALU_XOR, false, RAX, 31);
		mov_rr(l->b, r, RAX);
		break;
	}
	jit_bind(l, i, r);
}

static void lower_sel(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int yes = jit_get(l, n->b), no = jit_get(l, n->c);
	unsigned int r = jit_alloc(l);
	enum x64_cc cc = test_condition(l, n->a);

	mov_rr(l->b, r, yes);	/* leaves the flags alone, as no constant would */
	cmov(l->b, false, cc ^ 1, r, no);
	jit_bind(l, i, r);
}

static void lower_skip(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	enum x64_cc cc = test_condition(l, n->a);

	lea64(l->b, RAX, R15, (s32)n->imm);
	cmov(l->b, true, cc, R15, RAX);
}

/* What is read from memory must be there, what is written there not later. */
static void flush_field(struct lower *l, u32 off)
{
	int item = lazy_field(off);

	if (item >= 0)
		lazy_flush(l, 1ull << item);
	else if (off >= offsetof(struct cpu_state, cr) &&
		 off < offsetof(struct cpu_state, xer_so))
		lazy_flush(l, LAZY_ALL_CR);
}

static void lower_get(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int r;

	if (n->op == IR_LD32 || n->op == IR_LD8)
		flush_field(l, n->imm);
	r = jit_alloc(l);

	switch (n->op) {
	case IR_GPR:
		ld32(l->b, r, RBP, OFF_GPR(n->imm));
		jit_set_home(l, n->imm, i);
		break;
	case IR_LD32:
		ld32(l->b, r, RBP, OFF(s) + (s32)n->imm);
		break;
	case IR_LD8:
		ld8(l->b, r, RBP, OFF(s) + (s32)n->imm);
		break;
	default: /* IR_PC */
		ld32(l->b, r, RBP, OFF(ea_page));
		if (n->imm)
			alu_ri(l->b, ALU_ADD, false, r, (s32)n->imm);
		break;
	}
	jit_bind(l, i, r);
}

/* ---- effects -------------------------------------------------------------------- */

static void lower_set(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);

	jit_leave_home(l, n->imm);
	if (!is_const(l, n->a))
		jit_get(l, n->a);
	lazy_set(l, n->imm, n->a);
	jit_set_home(l, n->imm, n->a);
}

/* Of the two flags that a comparison takes along, SO is as it was then. */
static void lower_field(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	int item = lazy_field(n->imm);

	if (item >= 0) {
		if (item == LAZY_SO)
			lazy_flush(l, LAZY_ALL_CR);
		if (!is_const(l, n->a))
			jit_get(l, n->a);
		lazy_set(l, (unsigned int)item, n->a);
		return;
	}
	flush_field(l, n->imm);
	if (n->op == IR_ST8 && is_const(l, n->a))
		st8_imm(l->b, RBP, OFF(s) + (s32)n->imm,
			(u8)node(l, n->a)->imm);
	else if (n->op == IR_ST32)
		st32(l->b, RBP, OFF(s) + (s32)n->imm, jit_get(l, n->a));
	else
		st8(l->b, RBP, OFF(s) + (s32)n->imm, jit_get(l, n->a));
}

static void lower_cmp(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);

	if (!is_const(l, n->a))
		jit_get(l, n->a);
	if (!is_const(l, n->b))
		jit_get(l, n->b);
	lazy_set(l, LAZY_CR + n->imm, i);
}

static void lower_crset(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	struct code_buf *b = l->b;

	lazy_drop(l, LAZY_CR + n->imm);
	mov_rr(b, RAX, jit_get(l, n->a));
	mov_ri64(b, RCX, (uintptr_t)l->j->cr_pack);
	rex(b, true, RCX, RAX, RCX, false);
	put8(b, 0x8b);
	mem_sib(b, RCX, RCX, RAX, 3);
	st64(b, RBP, OFF(s.cr) + 8 * (s32)n->imm, RCX);
	alu_ri(b, ALU_AND, false, RAX, 1);
	st8(b, RBP, OFF(s.cr_so) + (s32)n->imm, RAX);
}

static void lower_crcopy(struct lower *l, u32 to, u32 from)
{
	struct code_buf *b = l->b;

	if (to == from)
		return;
	lazy_flush(l, 1ull << (LAZY_CR + from));
	lazy_drop(l, LAZY_CR + to);
	ld64(b, RAX, RBP, OFF(s.cr) + 8 * (s32)from);
	st64(b, RBP, OFF(s.cr) + 8 * (s32)to, RAX);
	ld8(b, RAX, RBP, OFF(s.cr_so) + (s32)from);
	st8(b, RBP, OFF(s.cr_so) + (s32)to, RAX);
}

/* What waits, on a way out. */
static void store_all(struct lower *l)
{
	lazy_emit(l, ~0ull);
	if (l->is_fp_used)
		fpr_emit(l, &l->fp);
}

/* Back to the start of this block, @done instructions on. */
static void loop(struct lower *l, u32 done)
{
	loop_back(l);
	alu_ri(l->b, ALU_SUB, true, R15, (s32)done);
	jcc_to(l->b, CC_GE, l->entry);
	put8(l->b, 0xe9);
	put32(l->b, 0);
	l->spent[l->spents++] = l->b->used;
}

static void lower_near(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	bool is_loop = n->imm == 4 * l->ir->first;
	struct side_exit *e;
	enum x64_cc cc;
	size_t skip;

	if (n->a == IR_NO) {
		if (is_loop) {
			loop(l, n->pos + 1u);
			return;
		}
		store_all(l);
		jit_goto_offset(l, n->imm);
		return;
	}
	cc = test_condition(l, n->a);
	if (is_loop) {
		skip = jcc_fwd(l->b, cc ^ 1);
		loop(l, n->pos + 1u);
		patch_here(l->b, skip);
		return;
	}
	e = &l->exit[l->exits++];
	e->jump = jcc_fwd(l->b, cc);
	e->off = n->imm;
	e->rest = l->ir->insns - 1 - n->pos;
	e->saves = lazy_save(l, &e->save);
	e->has_fp = l->is_fp_used;
	if (e->has_fp)
		e->fp = l->fp;
}

static void give_back(struct lower *l, u32 insns)
{
	if (insns)
		alu_ri(l->b, ALU_ADD, true, R15, (s32)insns);
}

/* To the address in edx, which often lies in this page. */
static void goto_address(struct lower *l)
{
	struct code_buf *b = l->b;
	size_t far;

	mov_rr(b, RAX, RDX);
	alu_rm(b, ALU_SUB, RAX, RBP, OFF(ea_page));
	alu_ri(b, ALU_CMP, false, RAX, 4 * CODE_OPS);
	far = jcc_fwd(b, CC_AE);
	lea_at(b, RCX, l->cp->slots);
	jmp_table(b, RCX, RAX);
	patch_here(b, far);
	jit_goto_address(l->j);
}

static void lower_far(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int r = jit_get(l, n->b);
	size_t skip = 0;

	if (n->a != IR_NO)
		skip = jcc_fwd(l->b, test_condition(l, n->a) ^ 1);
	store_all(l);
	give_back(l, l->ir->insns - 1 - n->pos);
	mov_rr(l->b, RDX, r);
	goto_address(l);
	if (skip)
		patch_here(l->b, skip);
}

static void lower_exits(struct lower *l)
{
	unsigned int i;

	for (i = 0; i < l->exits; i++) {
		patch_here(l->b, l->exit[i].jump);
		lazy_restore(l, l->exit[i].save, l->exit[i].saves);
		if (l->exit[i].has_fp)
			fpr_emit(l, &l->exit[i].fp);
		give_back(l, l->exit[i].rest);
		jit_goto_offset(l, l->exit[i].off);
	}
}

static void lower_call(struct lower *l, u16 i)
{
	unsigned int g;

	lazy_flush(l, ~0ull);
	fpr_leave(l);
	jit_call_body(l, node(l, i)->imm, node(l, i)->pos, false);
	for (g = 0; g < 32; g++)
		l->home_of[g] = IR_NO;
}

static const enum x64_alu alu_of[] = {
	[IR_ADD] = ALU_ADD, [IR_SUB] = ALU_SUB, [IR_AND] = ALU_AND,
	[IR_OR] = ALU_OR, [IR_XOR] = ALU_XOR,
};

static void lower_value(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int r;

	switch (n->op) {
	case IR_CONST:
		break;
	case IR_GPR: case IR_LD32: case IR_LD8: case IR_PC:
		lower_get(l, i);
		break;
	case IR_ADD: case IR_SUB: case IR_AND: case IR_OR: case IR_XOR:
		lower_alu(l, i, alu_of[n->op]);
		break;
	case IR_MUL:
		lower_mul(l, i);
		break;
	case IR_NOT: case IR_SEXT8: case IR_SEXT16: case IR_CLZ:
	case IR_SWAP16: case IR_SWAP32:
		lower_unary(l, i);
		break;
	case IR_SHL: case IR_SHR: case IR_SAR: case IR_ROTL:
		lower_shift(l, i);
		break;
	case IR_LTU: case IR_LTS: case IR_EQ:
		r = jit_alloc(l);
		compare_nodes(l, n->a, n->b, false);
		put_flag(l, i, r, n->op == IR_LTU ? CC_B :
			 n->op == IR_LTS ? CC_L : CC_E);
		break;
	case IR_MULHS: case IR_MULHU:
		lower_mulh(l, i, n->op == IR_MULHS);
		break;
	case IR_SEL:
		lower_sel(l, i);
		break;
	case IR_CR_ALL:
		lazy_flush(l, LAZY_ALL_CR);
		fpr_leave(l);
		r = jit_alloc(l);
		call_to(l->b, l->j->stubs.read_cr);
		mov_rr(l->b, r, RAX);
		jit_bind(l, i, r);
		break;
	case IR_CRBIT:
		r = jit_alloc(l);
		put_flag(l, i, r, test_crbit(l, n));
		break;
	}
}

static void lower_effect(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);

	switch (n->op) {
	case IR_SET:
		lower_set(l, i);
		break;
	case IR_ST32: case IR_ST8:
		lower_field(l, i);
		break;
	case IR_CMP:
		lower_cmp(l, i);
		break;
	case IR_CRSET:
		lower_crset(l, i);
		break;
	case IR_CRCOPY:
		lower_crcopy(l, node(l, i)->imm >> 3, node(l, i)->imm & 7);
		break;
	case IR_SUPER:
		test_byte(l->b, RBP, OFF(s.msr) + 1, MSR_PR >> 8);
		jit_slow_if(l, CC_NE, i)->is_user = true;
		break;
	case IR_ASYNC:
		cmp_mi(l->b, false, RBP, OFF(async), 0);
		jit_slow_if(l, CC_NE, i);
		break;
	case IR_CALL:
		lower_call(l, i);
		break;
	case IR_SKIP:
		lower_skip(l, i);
		break;
	case IR_NEAR:
		lower_near(l, i);
		break;
	case IR_FAR:
		lower_far(l, i);
		break;
	case IR_LAST:
		if (n->imm == 4 * l->ir->first) {
			loop(l, n->pos);
			break;
		}
		store_all(l);
		jit_goto_offset(l, n->imm);
		break;
	default:
		if (!jit_lower_fp(l, i))
			jit_lower_memory(l, i);
		break;
	}
}

static void lower_node(struct lower *l, u16 i)
{
	if (has_effect(node(l, i)))
		lower_effect(l, i);
	else
		lower_value(l, i);
}

static void lower_init(struct lower *l, struct jit *j,
		       struct codepage *cp)
{
	unsigned int i, n = j->ir.count + SHARES;	/* share.c adds nodes */

	if (n > IR_NODES)
		n = IR_NODES;
	memset(l, 0, offsetof(struct lower, last));
	l->j = j;
	l->b = &j->buf;
	l->ir = &j->ir;
	l->cp = cp;
	memset(l->last, 0, n * sizeof(*l->last));
	memset(l->uses, 0, n * sizeof(*l->uses));
	memset(l->is_folded, 0, n * sizeof(*l->is_folded));
	memset(l->keeps, 0, n * sizeof(*l->keeps));
	memset(l->share_of, 0, n * sizeof(*l->share_of));
	memset(l->reg, NO_REG, n * sizeof(*l->reg));
	memset(l->home, NO_HOME, n * sizeof(*l->home));
	memset(l->spill, 0xff, n * sizeof(*l->spill));
	memset(l->next, 0xff, n * sizeof(*l->next));
	fpr_init(l);
	for (i = 0; i < 16; i++)
		l->holds[i] = IR_NO;
	for (i = 0; i < 32; i++)
		l->home_of[i] = IR_NO;
}

/* Count an entry; returns the jump to be taken when it was one too many. */
static size_t count_entry(struct lower *l)
{
	dec16(l->b, l->heat);
	return jcc_fwd(l->b, CC_S);
}

/* The block is not entered: its instructions are given back. */
static void lower_refusal(struct lower *l, size_t stub)
{
	give_back(l, l->ir->insns);
	mov_ri(l->b, RAX, 4 * l->ir->first);
	jmp_to(l->b, stub);
}

static void lower_nodes(struct lower *l)
{
	u32 i;

	for (i = 0; i < l->ir->count; i++) {
		if (l->is_folded[i] || loop_has(l, (u16)i) ||
		    (!has_effect(node(l, (u16)i)) && !l->uses[i]))
			continue;
		l->pos = i;
		l->pinned = 0;
		if (!l->is_eager)
			lazy_forget(l, l->vain[i]);
		lazy_make_room(l);
		lower_node(l, (u16)i);
		jit_advance(l, i);
	}
}

/* Emit to another place from now on; returns where it was. */
static size_t go_far(struct lower *l, size_t to)
{
	size_t from = l->b->used;

	l->b->used = to;
	return from;
}

/**
 * jit_emit_block - machine code of the block in j->ir
 * @j:    translator
 * @cp:   the block's page
 * @kind: how much work it is worth
 * @heat: counted down at each entry of a cold block; below 0 the block is
 *        left by the stub `hot`.  Of a hot one: see share.c
 *
 * Returns: the offset of the code in the buffer.  The caller has made sure
 *          that JIT_BLOCK_BYTES are left.
 */
size_t jit_emit_block(struct jit *j, struct codepage *cp, enum jit_kind kind,
		      u16 *heat)
{
	struct lower *l = j->lower;
	size_t start, near, hot = 0;
	unsigned int i;

	lower_init(l, j, cp);
	l->is_eager = kind == JIT_COLD;
	l->heat = heat;
	if (kind == JIT_SHARED)
		share_find(l);
	if (kind != JIT_COLD)
		loop_find(l);
	jit_count_uses(l);
	start = l->b->used;
	alu_ri(l->b, ALU_SUB, true, R15, (s32)j->ir.insns);
	l->poor[l->poors++] = jcc_fwd(l->b, CC_L);
	loop_enter(l);
	l->entry = l->b->used;
	if (kind == JIT_COLD)
		hot = count_entry(l);
	lower_nodes(l);
	lower_exits(l);
	near = go_far(l, j->far_used);
	jit_lower_specials(l);
	jit_lower_slow_paths(l);
	if (hot) {
		patch_here(l->b, hot);
		lower_refusal(l, j->stubs.hot);
	}
	for (i = 0; i < l->spents; i++)
		patch_here(l->b, l->spent[i]);
	if (l->spents)
		loop_store(l);
	for (i = 0; i < l->poors; i++)
		patch_here(l->b, l->poor[i]);
	lower_refusal(l, j->stubs.leave);
	j->far_used = go_far(l, near);
	return start;
}

/**
 * jit_lower_bytes - size of the work space of this file
 */
size_t jit_lower_bytes(void)
{
	return sizeof(struct lower);
}
