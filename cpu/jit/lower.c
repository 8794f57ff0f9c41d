/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower.c - from a block's intermediate form to x86-64 code.
 *
 * One pass backwards counts uses; one pass forwards allocates registers and
 * emits.  A node's value is in a register, in a spill slot, or at home: in
 * the guest register's memory, where every write goes at once.  A memory
 * access that the tables do not answer, and what the vocabulary does not
 * lower, run the instruction's interpreted body out of line.
 */
#include "cpu/jit/x64.h"
#include "cpu/variants.h"

#define NO_REG 0xff
#define NO_HOME 0xff
#define NO_SPILL IR_NO
#define SPILLS IR_NODES

/* Registers that hold nodes, the cheapest encodings first. */
static const u8 pool[] = { RBX, RSI, RDI, R12, R8, R9, R10, R11 };

struct slow_path {
	size_t jumps[3];	/* to it, 0 for none */
	size_t back;
	u32 insn;
	u8 reg;			/* of a load's result, NO_REG for a store */
	u8 swap;		/* IR_SWAP16, IR_SWAP32: turn it back */
};

struct lower {
	struct jit *j;
	struct code_buf *b;
	struct ir *ir;
	struct codepage *cp;
	size_t entry;
	u16 last[IR_NODES];	/* last use; 0: none */
	u16 uses[IR_NODES];
	bool is_folded[IR_NODES];	/* into the branch that uses it */
	u8 reg[IR_NODES], home[IR_NODES];
	u16 spill[IR_NODES];
	u16 holds[16];		/* node in a register, or IR_NO */
	u16 home_of[32];	/* node whose value a guest register has */
	u32 pinned;		/* registers not to be evicted now */
	unsigned int spills;
	struct slow_path slow[IR_NODES / 4];
	unsigned int slows;
	u32 pos;
};

#define OFF(m) ((s32)offsetof(struct cpu, m))
#define OFF_GPR(n) (OFF(s.gpr) + 4 * (s32)(n))

static const struct irn *node(const struct lower *l, u16 n)
{
	return &l->ir->n[n];
}

static bool is_const(const struct lower *l, u16 n)
{
	return node(l, n)->op == IR_CONST;
}

/* ---- uses ---------------------------------------------------------------- */

static bool has_effect(const struct irn *n)
{
	return n->op >= IR_LOAD;
}

static void use(struct lower *l, u16 n, u32 at)
{
	if (n == IR_NO)
		return;
	l->uses[n]++;
	if (l->last[n] < at)
		l->last[n] = (u16)at;
}

/* A condition that the branch can test itself, so that it needs no register:
 * a known or stored CR bit, an equality, or one of them xor 1. */
static void fold_condition(struct lower *l, u16 c, u32 at)
{
	const struct irn *n = node(l, c);

	if (l->uses[c] != 1)
		return;
	if (n->op == IR_XOR && is_const(l, n->b) &&
	    node(l, n->b)->imm == 1) {
		l->is_folded[c] = true;
		use(l, n->a, at);
		fold_condition(l, n->a, at);
		return;
	}
	if (n->op != IR_CRBIT && n->op != IR_EQ)
		return;
	l->is_folded[c] = true;
	use(l, n->a, at);
	use(l, n->b, at);
}

static void count_uses(struct lower *l)
{
	const struct irn *n;
	u32 i;

	for (i = l->ir->count; i-- > 0;) {
		n = node(l, (u16)i);
		if (l->is_folded[i] || (!has_effect(n) && !l->uses[i]))
			continue;
		if (n->op == IR_CALL)
			continue;
		use(l, n->a, i);
		use(l, n->b, i);
		if (n->op == IR_SEL || n->op == IR_STORE_IF)
			use(l, n->c, i);
		if ((n->op == IR_NEAR || n->op == IR_FAR) && n->a != IR_NO)
			fold_condition(l, n->a, i);
	}
}

/* ---- registers ------------------------------------------------------------ */

static bool is_at_home(const struct lower *l, u16 n)
{
	return l->home[n] != NO_HOME && l->home_of[l->home[n]] == n;
}

static void drop(struct lower *l, unsigned int r)
{
	if (l->holds[r] != IR_NO)
		l->reg[l->holds[r]] = NO_REG;
	l->holds[r] = IR_NO;
}

static void evict(struct lower *l, unsigned int r)
{
	u16 n = l->holds[r];

	if (n != IR_NO && l->last[n] >= l->pos && !is_const(l, n) &&
	    !is_at_home(l, n) && l->spill[n] == NO_SPILL) {
		l->spill[n] = (u16)l->spills++;
		st32(l->b, RSP, 8 * l->spill[n], r);
	}
	drop(l, r);
}

/* A free register; what is needed last makes room. */
static unsigned int alloc(struct lower *l)
{
	unsigned int i, r, best = NO_REG;
	u32 far = 0;

	for (i = 0; i < ARRAY_SIZE(pool); i++) {
		r = pool[i];
		if (l->pinned >> r & 1)
			continue;
		if (l->holds[r] == IR_NO || l->last[l->holds[r]] < l->pos) {
			drop(l, r);
			best = r;
			break;
		}
		if (best == NO_REG || l->last[l->holds[r]] > far) {
			far = l->last[l->holds[r]];
			best = r;
		}
	}
	evict(l, best);
	l->pinned |= 1u << best;
	return best;
}

static void bind(struct lower *l, u16 n, unsigned int r)
{
	drop(l, r);
	l->holds[r] = n;
	l->reg[n] = (u8)r;
}

/* The register that holds @n, loaded if it must be; pinned for this node. */
static unsigned int get(struct lower *l, u16 n)
{
	unsigned int r = l->reg[n];

	if (r == NO_REG) {
		r = alloc(l);
		if (is_const(l, n))
			mov_ri(l->b, r, node(l, n)->imm);
		else if (l->spill[n] != NO_SPILL)
			ld32(l->b, r, RSP, 8 * l->spill[n]);
		else
			ld32(l->b, r, RBP, OFF_GPR(l->home[n]));
		bind(l, n, r);
	}
	l->pinned |= 1u << r;
	return r;
}

/* A register for the result of the node at pos, which may take over @a's. */
static unsigned int result_like(struct lower *l, u16 a)
{
	unsigned int ra = get(l, a), r;

	if (l->last[a] <= l->pos && !is_const(l, a)) {
		drop(l, ra);
		return ra;
	}
	r = alloc(l);
	mov_rr(l->b, r, ra);
	return r;
}

static void set_home(struct lower *l, unsigned int g, u16 n)
{
	l->home_of[g] = n;
	l->home[n] = (u8)g;
}

/* Guest register @g is about to change: save the node that relies on it. */
static void leave_home(struct lower *l, unsigned int g)
{
	u16 n = l->home_of[g];

	if (n != IR_NO && l->reg[n] == NO_REG && l->spill[n] == NO_SPILL &&
	    l->last[n] >= l->pos && !is_const(l, n))
		get(l, n);
	l->home_of[g] = IR_NO;
}

/* ---- values ----------------------------------------------------------------- */

static void lower_alu(struct lower *l, u16 i, enum x64_alu op)
{
	const struct irn *n = node(l, i);
	u16 a = n->a, b = n->b;
	unsigned int r, rb;

	if (is_const(l, a) && op != ALU_SUB) {
		a = n->b;
		b = n->a;
	}
	if (is_const(l, b)) {
		r = result_like(l, a);
		alu_ri(l->b, op, false, r, (s32)node(l, b)->imm);
	} else {
		rb = get(l, b);
		r = result_like(l, a);
		alu_rr(l->b, op, false, r, a == b ? r : rb);
	}
	bind(l, i, r);
}

static void lower_mul(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int ra, r;

	if (is_const(l, n->b)) {
		ra = get(l, n->a);
		r = alloc(l);
		imul_rri(l->b, r, ra, node(l, n->b)->imm);
	} else {
		ra = get(l, n->b);
		r = result_like(l, n->a);
		imul_rr(l->b, false, r, n->a == n->b ? r : ra);
	}
	bind(l, i, r);
}

static void lower_mulh(struct lower *l, u16 i, bool is_signed)
{
	const struct irn *n = node(l, i);
	unsigned int ra = get(l, n->a), rb = get(l, n->b), r;

	if (is_signed) {
		movsxd(l->b, RAX, ra);
		movsxd(l->b, RCX, rb);
	} else {
		mov_rr(l->b, RAX, ra);
		mov_rr(l->b, RCX, rb);
	}
	imul_rr(l->b, true, RAX, RCX);
	shift_ri(l->b, SH_SHR, true, RAX, 32);
	r = alloc(l);
	mov_rr(l->b, r, RAX);
	bind(l, i, r);
}

static void lower_shift_const(struct lower *l, u16 i, u32 count)
{
	const struct irn *n = node(l, i);
	unsigned int r = result_like(l, n->a);

	if (n->op == IR_ROTL)
		shift_ri(l->b, SH_ROL, false, r, count & 31);
	else if (n->op == IR_SAR)
		shift_ri(l->b, SH_SAR, false, r, count & 32 ? 31 : count & 31);
	else if (count & 32)
		mov_ri(l->b, r, 0);
	else
		shift_ri(l->b, n->op == IR_SHL ? SH_SHL : SH_SHR, false, r,
			 count & 31);
	bind(l, i, r);
}

static void lower_shift(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int ra, rb, r;

	if (is_const(l, n->b)) {
		lower_shift_const(l, i, node(l, n->b)->imm);
		return;
	}
	rb = get(l, n->b);
	if (n->op == IR_ROTL) {
		r = result_like(l, n->a);
		mov_rr(l->b, RCX, rb);
		rol_cl(l->b, r);
		bind(l, i, r);
		return;
	}
	/* 64-bit shifts by the low 6 bits of the count do what is asked */
	ra = get(l, n->a);
	r = alloc(l);
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
	bind(l, i, r);
}

static void compare_nodes(struct lower *l, u16 a, u16 b)
{
	unsigned int ra = get(l, a);

	if (is_const(l, b) && node(l, b)->imm == 0)
		test_rr(l->b, false, ra, ra);
	else if (is_const(l, b))
		alu_ri(l->b, ALU_CMP, false, ra, (s32)node(l, b)->imm);
	else
		alu_rr(l->b, ALU_CMP, false, ra, get(l, b));
}

static void put_flag(struct lower *l, u16 i, enum x64_cc cc)
{
	unsigned int r;

	setcc(l->b, cc, RAX);
	op0f_rr(l->b, 0xb6, RAX, RAX, true);
	r = alloc(l);
	mov_rr(l->b, r, RAX);
	bind(l, i, r);
}

/* Set flags for a CR bit; returns the condition under which it is 1. */
static enum x64_cc test_crbit(struct lower *l, const struct irn *n)
{
	static const enum x64_cc known[3][2] = {
		{ CC_L, CC_B }, { CC_G, CC_A }, { CC_E, CC_E },
	};
	unsigned int f = n->imm >> 2, bit = n->imm & 3;

	if (n->kind != CMP_NONE) {
		compare_nodes(l, n->a, n->b);
		return known[bit][n->kind == CMP_UNSIGNED];
	}
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

static void swap_bytes(struct code_buf *b, unsigned int r, bool is_half)
{
	rex(b, false, 0, 0, r, false);
	put8(b, 0x0f);
	put8(b, 0xc8 | (r & 7));
	if (is_half)
		shift_ri(b, SH_SHR, false, r, 16);
}

static void lower_unary(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int r, ra;

	switch (n->op) {
	case IR_NOT:
		r = result_like(l, n->a);
		not_r(l->b, r);
		break;
	case IR_SWAP16:
	case IR_SWAP32:
		r = result_like(l, n->a);
		swap_bytes(l->b, r, n->op == IR_SWAP16);
		break;
	case IR_SEXT8:
	case IR_SEXT16:
		ra = get(l, n->a);
		r = alloc(l);
		op0f_rr(l->b, n->op == IR_SEXT8 ? 0xbe : 0xbf, r, ra,
			n->op == IR_SEXT8);
		break;
	default: /* IR_CLZ: bsr leaves the target alone for 0 */
		ra = get(l, n->a);
		r = alloc(l);
		mov_ri(l->b, RCX, 63);
		op0f_rr(l->b, 0xbd, RAX, ra, false);
		op0f_rr(l->b, 0x44, RAX, RCX, false);
		alu_ri(l->b, ALU_XOR, false, RAX, 31);
		mov_rr(l->b, r, RAX);
		break;
	}
	bind(l, i, r);
}

static void lower_sel(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int rc = get(l, n->a), rn = get(l, n->c), ry = get(l, n->b);
	unsigned int r = alloc(l);

	mov_rr(l->b, r, ry);
	test_rr(l->b, false, rc, rc);
	op0f_rr(l->b, 0x44, r, rn, false);
	bind(l, i, r);
}

static void lower_get(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int r = alloc(l);

	switch (n->op) {
	case IR_GPR:
		ld32(l->b, r, RBP, OFF_GPR(n->imm));
		set_home(l, n->imm, i);
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
	bind(l, i, r);
}

/* ---- memory ------------------------------------------------------------------ */

static struct slow_path *slow_path(struct lower *l, u32 insn, u8 reg)
{
	struct slow_path *s = &l->slow[l->slows++];

	*s = (struct slow_path){ .insn = insn, .reg = reg };
	return s;
}

/* rcx: what to add to the address in @ea; or off to the slow path. */
static void find_page(struct lower *l, unsigned int ea, unsigned int size,
		      unsigned int table, struct slow_path *s)
{
	struct code_buf *b = l->b;

	mov_rr(b, RCX, ea);
	shift_ri(b, SH_SHR, false, RCX, 12);
	rex(b, true, RCX, RCX, table, false);
	put8(b, 0x8b);
	mem_sib(b, RCX, table, RCX, 3);
	test_rr(b, true, RCX, RCX);
	s->jumps[0] = jcc_fwd(b, CC_E);
	if (size > 1) {
		test_low(b, ea, (u8)(size - 1));
		s->jumps[1] = jcc_fwd(b, CC_NE);
	}
}

/* Opcode of movbe, after its prefixes. */
static void movbe(struct code_buf *b, bool is_store, unsigned int size,
		  unsigned int r, unsigned int base, unsigned int index)
{
	if (size == 2)
		put8(b, 0x66);
	rex(b, false, r, index, base, false);
	put8(b, 0x0f);
	put8(b, 0x38);
	put8(b, is_store ? 0xf1 : 0xf0);
	mem_sib(b, r, base, index, 0);
}

static void lower_load(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = &l->cp->op[n->imm];
	struct code_buf *b = l->b;
	struct slow_path *s;
	unsigned int ea, r;

	leave_home(l, o->d);
	if (o->a < 32)
		leave_home(l, o->a);
	ea = get(l, n->a);
	r = alloc(l);
	s = slow_path(l, n->imm, (u8)r);
	find_page(l, ea, n->kind, R13, s);
	if (n->kind == 1) {
		rex(b, false, r, ea, RCX, false);
		put8(b, 0x0f);
		put8(b, 0xb6);
		mem_sib(b, r, RCX, ea, 0);
	} else {
		movbe(b, false, n->kind, r, RCX, ea);
	}
	s->back = b->used;
	if (n->kind == 2)
		op0f_rr(b, 0xb7, r, r, false);
	bind(l, i, r);
	if (n[1].a == i && (n[1].op == IR_SWAP16 || n[1].op == IR_SWAP32))
		s->swap = n[1].op;
}

static void lower_store(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = &l->cp->op[n->imm];
	struct code_buf *b = l->b;
	struct slow_path *s;
	unsigned int ea, r, rc = 0;
	size_t skip = 0;

	if (o->a < 32)
		leave_home(l, o->a);
	ea = get(l, n->a);
	r = get(l, n->b);
	if (n->op == IR_STORE_IF)
		rc = get(l, n->c);
	s = slow_path(l, n->imm, NO_REG);
	find_page(l, ea, n->kind, R14, s);
	if (n->op == IR_STORE_IF) {
		test_rr(b, false, rc, rc);
		skip = jcc_fwd(b, CC_E);
	}
	if (n->kind == 1) {
		rex(b, false, r, ea, RCX, r >= RSP);
		put8(b, 0x88);
		mem_sib(b, r, RCX, ea, 0);
	} else {
		movbe(b, true, n->kind, r, RCX, ea);
	}
	if (skip)
		patch_here(b, skip);
	s->back = b->used;
}

/* ecx and eax as the stub wants them. */
static void call_body(struct lower *l, u32 insn)
{
	const struct op *o = &l->cp->op[insn];
	u32 to_end = l->ir->first + l->ir->insns - insn;
	u32 key = codepage_decode(l->cp, insn * 4);

	mov_ri64(l->b, RCX, (uintptr_t)o);
	mov_ri(l->b, RAX, to_end << 16 | key);
	call_to(l->b, l->j->stubs.slow);
}

static void lower_slow_paths(struct lower *l)
{
	struct slow_path *s;
	unsigned int i, k;

	for (i = 0; i < l->slows; i++) {
		s = &l->slow[i];
		for (k = 0; k < 3; k++)
			if (s->jumps[k])
				patch_here(l->b, s->jumps[k]);
		call_body(l, s->insn);
		if (s->reg != NO_REG)
			ld32(l->b, s->reg, RBP,
			     OFF_GPR(l->cp->op[s->insn].d));
		if (s->swap)
			swap_bytes(l->b, s->reg, s->swap == IR_SWAP16);
		jmp_to(l->b, s->back);
	}
}

/* A slow path without a result, taken on @cc. */
static void slow_if(struct lower *l, enum x64_cc cc, u32 insn)
{
	struct slow_path *s = slow_path(l, insn, NO_REG);

	s->jumps[0] = jcc_fwd(l->b, cc);
	s->back = l->b->used;
}

static void lower_zero(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	struct code_buf *b = l->b;
	unsigned int ea = get(l, n->a);
	struct slow_path *s = slow_path(l, n->imm, NO_REG);

	find_page(l, ea, 1, R14, s);
	alu_rr(b, ALU_ADD, true, RCX, ea);
	put8(b, 0x0f);		/* xorps xmm0, xmm0 */
	put8(b, 0x57);
	modrm(b, 3, 0, 0);
	put8(b, 0x0f);		/* movups [rcx], xmm0 */
	put8(b, 0x11);
	modrm(b, 0, 0, RCX);
	put8(b, 0x0f);		/* movups [rcx + 16], xmm0 */
	put8(b, 0x11);
	mem_disp(b, 0, RCX, 16);
	s->back = b->used;
}

/* lmw and stmw inside one page; the state of every register is in memory. */
static void lower_many(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	bool is_load = n->op == IR_LOAD_MANY;
	struct code_buf *b = l->b;
	struct slow_path *s;
	unsigned int ea, g, d = 32u - n->kind;

	for (g = d; is_load && g < 32; g++)
		leave_home(l, g);
	ea = get(l, n->a);
	s = slow_path(l, n->imm, NO_REG);
	find_page(l, ea, 4, is_load ? R13 : R14, s);
	mov_rr(b, RAX, ea);
	alu_ri(b, ALU_AND, false, RAX, 0xfff);
	alu_ri(b, ALU_CMP, false, RAX, 0x1000 - 4 * n->kind);
	s->jumps[2] = jcc_fwd(b, CC_A);
	alu_rr(b, ALU_ADD, true, RCX, ea);
	for (g = 0; g < n->kind; g++) {
		if (!is_load)
			ld32(b, RAX, RBP, OFF_GPR(d + g));
		put8(b, 0x0f);	/* movbe eax, [rcx + 4 g] or back */
		put8(b, 0x38);
		put8(b, is_load ? 0xf0 : 0xf1);
		mem_disp(b, RAX, RCX, 4 * (s32)g);
		if (is_load)
			st32(b, RBP, OFF_GPR(d + g), RAX);
	}
	s->back = b->used;
}

/* ---- effects -------------------------------------------------------------------- */

static void lower_set(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);

	leave_home(l, n->imm);
	if (is_const(l, n->a) && l->reg[n->a] == NO_REG) {
		st32_imm(l->b, RBP, OFF_GPR(n->imm), node(l, n->a)->imm);
		return;
	}
	st32(l->b, RBP, OFF_GPR(n->imm), get(l, n->a));
	set_home(l, n->imm, n->a);
}

static void lower_cmp(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	struct code_buf *b = l->b;
	s32 cr = OFF(s.cr) + 8 * (s32)n->imm;

	if (n->kind == CMP_UNSIGNED)
		mov_rr(b, RAX, get(l, n->a));
	else
		movsxd(b, RAX, get(l, n->a));
	if (is_const(l, n->b) && (s32)node(l, n->b)->imm >= 0) {
		if (node(l, n->b)->imm)
			alu_ri(b, ALU_SUB, true, RAX, (s32)node(l, n->b)->imm);
	} else if (is_const(l, n->b) && n->kind == CMP_SIGNED) {
		alu_ri(b, ALU_SUB, true, RAX, (s32)node(l, n->b)->imm);
	} else if (n->kind == CMP_UNSIGNED) {
		alu_rr(b, ALU_SUB, true, RAX, get(l, n->b));
	} else {
		movsxd(b, RCX, get(l, n->b));
		alu_rr(b, ALU_SUB, true, RAX, RCX);
	}
	st64(b, RBP, cr, RAX);
	ld8(b, RCX, RBP, OFF(s.xer_so));
	st8(b, RBP, OFF(s.cr_so) + (s32)n->imm, RCX);
}

static void lower_crset(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	struct code_buf *b = l->b;

	mov_rr(b, RAX, get(l, n->a));
	mov_ri64(b, RCX, (uintptr_t)l->j->cr_pack);
	rex(b, true, RCX, RAX, RCX, false);
	put8(b, 0x8b);
	mem_sib(b, RCX, RCX, RAX, 3);
	st64(b, RBP, OFF(s.cr) + 8 * (s32)n->imm, RCX);
	alu_ri(b, ALU_AND, false, RAX, 1);
	st8(b, RBP, OFF(s.cr_so) + (s32)n->imm, RAX);
}

static void goto_address(struct lower *l)
{
	struct code_buf *b = l->b;
	size_t miss;

	/* edx: address */
	mov_rr(b, RCX, RDX);
	shift_ri(b, SH_SHR, false, RCX, 12);
	ld64(b, RAX, RBP, OFF(it.ex));
	rex(b, true, RAX, RCX, RAX, false);
	put8(b, 0x8b);
	mem_sib(b, RAX, RAX, RCX, 3);
	test_rr(b, true, RAX, RAX);
	miss = jcc_fwd(b, CC_E);
	mov_rr(b, RCX, RDX);
	alu_ri(b, ALU_AND, false, RCX, -4096);
	st32(b, RBP, OFF(ea_page), RCX);
	ld64(b, RCX, RAX, (s32)offsetof(struct codepage, slots));
	mov_rr(b, RAX, RDX);
	alu_ri(b, ALU_AND, false, RAX, 0xffc);
	put8(b, 0xff);		/* jmp [rcx + rax * 2] */
	modrm(b, 0, 4, 4);
	put8(b, 1 << 6 | RAX << 3 | RCX);
	patch_here(b, miss);
	jmp_to(b, l->j->stubs.far_miss);
}

static void goto_offset(struct lower *l, u32 off)
{
	struct code_buf *b = l->b;

	if (off >= 4 * CODE_OPS) {
		ld32(b, RDX, RBP, OFF(ea_page));
		alu_ri(b, ALU_ADD, false, RDX, (s32)off);
		goto_address(l);
		return;
	}
	if (off == 4 * l->ir->first) {
		jmp_to(b, l->entry);
		return;
	}
	mov_ri(b, RAX, off);
	jmp_slot(b, &l->cp->slots[off / 4]);
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
		compare_nodes(l, n->a, n->b);
		return CC_E;
	}
	r = get(l, c);
	test_rr(l->b, false, r, r);
	return CC_NE;
}

static void lower_branch(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	size_t skip = 0;

	if (n->op == IR_FAR)
		mov_rr(l->b, RDX, get(l, n->b));
	if (n->a != IR_NO)
		skip = jcc_fwd(l->b, test_condition(l, n->a) ^ 1);
	if (n->op == IR_FAR)
		goto_address(l);
	else
		goto_offset(l, n->imm);
	if (skip)
		patch_here(l->b, skip);
}

static void lower_call(struct lower *l, u16 i)
{
	unsigned int g;

	call_body(l, node(l, i)->imm);
	for (g = 0; g < 32; g++)
		l->home_of[g] = IR_NO;
}

static void lower_node(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);

	switch (n->op) {
	case IR_CONST:
		break;
	case IR_GPR: case IR_LD32: case IR_LD8: case IR_PC:
		lower_get(l, i);
		break;
	case IR_ADD:
		lower_alu(l, i, ALU_ADD);
		break;
	case IR_SUB:
		lower_alu(l, i, ALU_SUB);
		break;
	case IR_AND:
		lower_alu(l, i, ALU_AND);
		break;
	case IR_OR:
		lower_alu(l, i, ALU_OR);
		break;
	case IR_XOR:
		lower_alu(l, i, ALU_XOR);
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
		compare_nodes(l, n->a, n->b);
		put_flag(l, i, n->op == IR_LTU ? CC_B :
			 n->op == IR_LTS ? CC_L : CC_E);
		break;
	case IR_MULHS: case IR_MULHU:
		lower_mulh(l, i, n->op == IR_MULHS);
		break;
	case IR_SEL:
		lower_sel(l, i);
		break;
	case IR_CRBIT:
		put_flag(l, i, test_crbit(l, n));
		break;
	case IR_LOAD:
		lower_load(l, i);
		break;
	case IR_SET:
		lower_set(l, i);
		break;
	case IR_ST32:
		st32(l->b, RBP, OFF(s) + (s32)n->imm, get(l, n->a));
		break;
	case IR_ST8:
		st8(l->b, RBP, OFF(s) + (s32)n->imm, get(l, n->a));
		break;
	case IR_CMP:
		lower_cmp(l, i);
		break;
	case IR_STORE: case IR_STORE_IF:
		lower_store(l, i);
		break;
	case IR_ZERO:
		lower_zero(l, i);
		break;
	case IR_LOAD_MANY: case IR_STORE_MANY:
		lower_many(l, i);
		break;
	case IR_CRSET:
		lower_crset(l, i);
		break;
	case IR_SUPER:
		/* MSR[PR] is bit 14 from the right */
		test_byte(l->b, RBP, OFF(s.msr) + 1, MSR_PR >> 8);
		slow_if(l, CC_NE, n->imm);
		break;
	case IR_ASYNC:
		cmp_mi(l->b, false, RBP, OFF(async), 0);
		slow_if(l, CC_NE, n->imm);
		break;
	case IR_CALL:
		lower_call(l, i);
		break;
	case IR_NEAR: case IR_FAR:
		lower_branch(l, i);
		break;
	case IR_LAST:
		goto_offset(l, n->imm);
		break;
	}
}

static void lower_init(struct lower *l, struct jit *j,
		       struct codepage *cp)
{
	unsigned int i;

	memset(l, 0, sizeof(*l));
	l->j = j;
	l->b = &j->buf;
	l->ir = &j->ir;
	l->cp = cp;
	memset(l->reg, NO_REG, sizeof(l->reg));
	memset(l->home, NO_HOME, sizeof(l->home));
	memset(l->spill, 0xff, sizeof(l->spill));
	for (i = 0; i < 16; i++)
		l->holds[i] = IR_NO;
	for (i = 0; i < 32; i++)
		l->home_of[i] = IR_NO;
}

/**
 * jit_emit_block - machine code of the block in j->ir
 * @j:  translator
 * @cp: the block's page
 *
 * Returns: the offset of the code in the buffer.  The caller has made sure
 *          that JIT_BLOCK_BYTES are left.
 */
size_t jit_emit_block(struct jit *j, struct codepage *cp)
{
	struct lower *l = j->lower;
	size_t poor;
	u32 i;

	lower_init(l, j, cp);
	count_uses(l);
	l->entry = l->b->used;
	alu_ri(l->b, ALU_SUB, true, R15, (s32)j->ir.insns);
	poor = jcc_fwd(l->b, CC_L);
	for (i = 0; i < j->ir.count; i++) {
		if (l->is_folded[i] ||
		    (!has_effect(node(l, (u16)i)) && !l->uses[i]))
			continue;
		l->pos = i;
		l->pinned = 0;
		lower_node(l, (u16)i);
	}
	lower_slow_paths(l);
	patch_here(l->b, poor);
	alu_ri(l->b, ALU_ADD, true, R15, (s32)j->ir.insns);
	mov_ri(l->b, RAX, 4 * j->ir.first);
	jmp_to(l->b, j->stubs.leave);
	return l->entry;
}

/**
 * jit_lower_bytes - size of the work space of this file
 */
size_t jit_lower_bytes(void)
{
	return sizeof(struct lower);
}

/* ---- stubs ------------------------------------------------------------------------ */

static const u8 saved[] = { RBX, RBP, R12, R13, R14, R15 };
static const u8 volatile_nodes[] = { RSI, RDI, R8, R9, R10, R11 };
#define FRAME_BYTES (8 + 8 * SPILLS)

static void emit_enter(struct jit *j)
{
	struct code_buf *b = &j->buf;
	unsigned int i;

	j->stubs.enter = b->used;
	/* rdi: code, rsi: cpu, rdx: left */
	for (i = 0; i < ARRAY_SIZE(saved); i++)
		push(b, saved[i]);
	alu_ri(b, ALU_SUB, true, RSP, FRAME_BYTES);
	mov_rr64(b, RBP, RSI);
	mov_rr64(b, R15, RDX);
	ld64(b, R13, RBP, OFF(dt.rd));
	ld64(b, R14, RBP, OFF(dt.wr));
	put8(b, 0xff);		/* jmp rdi */
	modrm(b, 3, 4, RDI);
}

/* eax: what C gets */
static void emit_return(struct code_buf *b)
{
	unsigned int i;

	alu_ri(b, ALU_ADD, true, RSP, FRAME_BYTES);
	for (i = ARRAY_SIZE(saved); i-- > 0;)
		pop(b, saved[i]);
	put8(b, 0xc3);
}

static void emit_leave(struct jit *j)
{
	struct code_buf *b = &j->buf;

	j->stubs.start = b->used;	/* eax: offset without code */
	j->stubs.leave = b->used;
	ld32(b, RDX, RBP, OFF(ea_page));
	alu_rr(b, ALU_ADD, false, RDX, RAX);
	j->stubs.far_miss = b->used;	/* edx: address */
	st32(b, RBP, OFF(s.pc), RDX);
	st64(b, RBP, OFF(jit_left), R15);
	mov_ri(b, RAX, 0);
	emit_return(b);
}

static void emit_slow(struct jit *j)
{
	struct code_buf *b = &j->buf;
	size_t out;
	unsigned int i;

	j->stubs.slow = b->used;
	for (i = 0; i < ARRAY_SIZE(volatile_nodes); i++)
		push(b, volatile_nodes[i]);
	alu_ri(b, ALU_SUB, true, RSP, 8);
	mov_rr64(b, RDI, RBP);
	mov_rr64(b, RSI, RCX);
	mov_rr(b, RDX, RAX);
	mov_rr(b, RCX, RAX);
	shift_ri(b, SH_SHR, false, RCX, 16);
	alu_rr(b, ALU_ADD, true, RCX, R15);
	mov_ri64(b, RAX, (uintptr_t)jit_interpret);
	put8(b, 0xff);		/* call rax */
	modrm(b, 3, 2, RAX);
	alu_ri(b, ALU_ADD, true, RSP, 8);
	for (i = ARRAY_SIZE(volatile_nodes); i-- > 0;)
		pop(b, volatile_nodes[i]);
	test_rr(b, false, RAX, RAX);
	out = jcc_fwd(b, CC_NE);
	ld64(b, R15, RBP, OFF(jit_left));
	ld64(b, R13, RBP, OFF(dt.rd));
	ld64(b, R14, RBP, OFF(dt.wr));
	put8(b, 0xc3);
	patch_here(b, out);
	alu_ri(b, ALU_ADD, true, RSP, 8);	/* our return address */
	emit_return(b);
}

/**
 * jit_emit_stubs - what blocks share, at the start of the buffer
 * @j: translator with an empty buffer
 */
void jit_emit_stubs(struct jit *j)
{
	emit_enter(j);
	emit_leave(j);
	emit_slow(j);
	j->floor = j->buf.used;
}
