/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower_mem.c - memory accesses in line, writes of the TLB, and out of
 * line what the tables do not answer: the instruction's interpreted body.
 */
#include "cpu/jit/lower.h"
#include "cpu/variants.h"

/* ---- memory ------------------------------------------------------------------ */

/**
 * jit_slow_path - a place out of line that runs an instruction's body
 * @l:    block
 * @i:    node of the instruction
 * @reg:  host register to load with the result afterwards, or NO_REG
 *
 * Returns: the path; the caller fills in jumps and ends with jit_slow_back.
 */
struct slow_path *jit_slow_path(struct lower *l, u16 i, u8 reg)
{
	struct slow_path *s = &l->slow[l->slows++];

	memset(s, 0, offsetof(struct slow_path, fp));
	s->insn = node(l, i)->insn;
	s->pos = node(l, i)->pos;
	s->reg = reg;
	s->saves = lazy_save(l, &s->save);
	s->has_fp = l->is_fp_used;
	if (s->has_fp)
		s->fp = l->fp;
	s->ends_block = share_is_used(l, i) || node(l, i)->op >= IR_FP_READY ||
			(s->has_fp && fpr_is_busy(l));
	return s;
}

/**
 * jit_slow_back - where a slow path comes back to
 * @l: block
 * @s: path
 */
void jit_slow_back(struct lower *l, struct slow_path *s)
{
	s->back = l->b->used;
}

/**
 * jit_find_page - rcx: what to add to the address in @ea; or the slow path
 * @l:        block
 * @ea:       host register
 * @size:     bytes; what is not aligned goes the slow way
 * @is_store: which table
 * @s:        path; jumps[0] and [1] are set
 *
 * Afterwards rax is the table's index.
 */
void jit_find_page(struct lower *l, unsigned int ea, unsigned int size,
		   bool is_store, struct slow_path *s)
{
	struct code_buf *b = l->b;

	guess_page(l, ea, RCX, is_store ? TABLE_WR : TABLE_RD, s);
	if (size > 1) {
		test_low(b, ea, (u8)(size - 1));
		s->jumps[1] = jcc_fwd(b, CC_NE);
	}
}

/**
 * jit_movbe - load or store with the bytes turned
 * @b:        buffer
 * @is_store: direction
 * @size:     2, 4, 8 bytes
 * @r:        register of the value
 * @base:     address
 * @index:    added to it
 */
void jit_movbe(struct code_buf *b, bool is_store, unsigned int size,
	       unsigned int r, unsigned int base, unsigned int index)
{
	if (size == 2)
		put8(b, 0x66);
	rex(b, size == 8, r, index, base, false);
	put8(b, 0x0f);
	put8(b, 0x38);
	put8(b, is_store ? 0xf1 : 0xf0);
	mem_sib(b, r, base, index, 0);
}

/* What comes next is the access; @s is at its jump for what is not aligned. */
static void may_retry(struct lower *l, struct slow_path *s, unsigned int ea,
		      unsigned int size)
{
	if (size == 1 || l->is_eager)
		return;
	s->ea = (u8)ea;
	s->size = (u8)size;
	s->retry = l->b->used;
}

/*
 * An access that is not aligned, inside one page: the core does it like any
 * other unless CCR0[FLSTA] wants an interrupt.
 */
static void retry_access(struct lower *l, const struct slow_path *s)
{
	struct code_buf *b = l->b;
	size_t slow;

	patch_here(b, s->jumps[1]);
	ld32(b, RAX, RBP, OFF(s.ccr0));
	alu_ri(b, ALU_AND, false, RAX, (s32)CCR0_FLSTA);
	slow = jcc_fwd(b, CC_NE);
	mov_rr(b, RAX, s->ea);
	alu_ri(b, ALU_AND, false, RAX, 0xfff);
	alu_ri(b, ALU_CMP, false, RAX, 0x1000 - s->size);
	jcc_to(b, CC_BE, s->retry);
	patch_here(b, slow);
}

/* Load or store in register @r at [@base + @disp]. */
static void access_at(struct code_buf *b, const struct irn *n, unsigned int r,
		      unsigned int base, s32 disp)
{
	bool is_store = n->op == IR_STORE;

	if (n->kind == 2)
		put8(b, 0x66);
	rex(b, false, r, 0, base, n->kind == 1 && is_store && r >= RSP);
	if (n->kind == 1 && is_store) {
		put8(b, 0x88);
	} else {
		put8(b, 0x0f);
		if (n->kind == 1) {
			put8(b, 0xb6);
		} else {
			put8(b, 0x38);
			put8(b, is_store ? 0xf1 : 0xf0);
		}
	}
	mem_disp(b, r, base, disp);
}

/* Access number @i of a group, with its value in @r. */
static void lower_shared(struct lower *l, u16 i, const struct share *g,
			 unsigned int r)
{
	unsigned int page = RCX, base = NO_REG;
	struct code_buf *b = l->b;
	struct slow_path *s;

	if (g->head != i) {
		page = share_page(l, g);
		access_at(b, node(l, i), r, page, share_disp(l, i));
		return;
	}
	if (g->base != IR_NO)
		base = jit_get(l, g->base);
	page = jit_alloc(l);
	s = jit_slow_path(l, i, NO_REG);
	share_head(l, g, base, page, s);
	access_at(b, node(l, i), r, page, share_disp(l, i));
	jit_bind(l, g->page, page);
}

/* The load itself, to @r. */
static void lower_load_to(struct lower *l, u16 i, unsigned int ea,
			  unsigned int r)
{
	const struct irn *n = node(l, i);
	struct code_buf *b = l->b;
	struct slow_path *s = jit_slow_path(l, i, (u8)r);

	jit_find_page(l, ea, n->kind, false, s);
	if (n->c == IR_NO)
		may_retry(l, s, ea, n->kind);
	if (n->kind == 1) {
		rex(b, false, r, ea, RCX, false);
		put8(b, 0x0f);
		put8(b, 0xb6);
		mem_sib(b, r, RCX, ea, 0);
	} else {
		jit_movbe(b, false, n->kind, r, RCX, ea);
	}
	jit_slow_back(l, s);
	if (n[1].a == i && (n[1].op == IR_SWAP16 || n[1].op == IR_SWAP32))
		s->swap = n[1].op;
}

static void lower_load(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = &l->cp->op[n->imm];
	const struct share *g = share_of(l, i);
	unsigned int ea, r;

	jit_leave_home(l, o->d);
	jit_leave_base(l, i);
	if (g) {
		r = jit_alloc(l);
		lower_shared(l, i, g, r);
	} else {
		ea = jit_get(l, n->a);
		r = jit_alloc(l);
		lower_load_to(l, i, ea, r);
	}
	if (n->kind == 2)
		op0f_rr(l->b, 0xb7, r, r, false);
	jit_bind(l, i, r);
}

static void lower_store(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct share *g = share_of(l, i);
	struct code_buf *b = l->b;
	struct slow_path *s;
	unsigned int ea, r, rc = 0;
	size_t skip = 0;

	jit_leave_base(l, i);
	if (g) {
		lower_shared(l, i, g, jit_get(l, n->b));
		return;
	}
	ea = jit_get(l, n->a);
	r = jit_get(l, n->b);
	if (n->op == IR_STORE_IF)
		rc = jit_get(l, n->c);
	s = jit_slow_path(l, i, NO_REG);
	jit_find_page(l, ea, n->kind, true, s);
	if (n->op == IR_STORE && n->c == IR_NO)
		may_retry(l, s, ea, n->kind);
	if (n->op == IR_STORE_IF) {
		test_rr(b, false, rc, rc);
		skip = jcc_fwd(b, CC_E);
	}
	if (n->kind == 1) {
		rex(b, false, r, ea, RCX, r >= RSP);
		put8(b, 0x88);
		mem_sib(b, r, RCX, ea, 0);
	} else {
		jit_movbe(b, true, n->kind, r, RCX, ea);
	}
	if (skip)
		patch_here(b, skip);
	jit_slow_back(l, s);
}

/**
 * jit_call_body - run the interpreted body of an instruction
 * @l:       block; nothing waits
 * @insn:    op of the page
 * @pos:     place on the path
 * @is_user: this is user mode, and it is privileged
 */
void jit_call_body(struct lower *l, u32 insn, u32 pos, bool is_user)
{
	const struct op *o = &l->cp->op[insn];
	u32 to_end = l->ir->insns - pos;
	u32 key = codepage_decode(l->cp, insn * 4);

	mov_ri64(l->b, RCX, (uintptr_t)o);
	mov_ri(l->b, RAX, JIT_BODY_INFO(key, to_end, insn));
	call_to(l->b, is_user ? l->j->stubs.user :
		jit_body_stub(l->j, key, o));
}

/**
 * jit_forget_block - the next time, the block is to be translated anew
 * @l: block
 * @r: host register that may be used
 */
void jit_forget_block(struct lower *l, unsigned int r)
{
	lea_at(l->b, r, l->j->slot_again);
	st64_at(l->b, &l->cp->slots[l->ir->first], r);
}

static bool is_taken(const struct slow_path *s)
{
	return s->jumps[0] || s->jumps[1] || s->jumps[2] || s->jumps[3] ||
	       s->miss.jump;
}

void jit_lower_slow_paths(struct lower *l)
{
	struct slow_path *s;
	unsigned int i, k;

	guess_end(l);
	for (i = 0; i < l->slows; i++) {
		s = &l->slow[i];
		if (!is_taken(s))
			continue;
		if (s->miss.jump)
			guess_miss(l, s);
		if (s->size)
			retry_access(l, s);
		for (k = 0; k < 2; k++)
			if (s->fails[k])
				patch_here(l->b, s->fails[k]);
		if (s->fails[1])
			share_count_fail(l);
		for (k = 0; k < ARRAY_SIZE(s->jumps); k++)
			if (s->jumps[k] && !(s->size && k == 1))
				patch_here(l->b, s->jumps[k]);
		lazy_restore(l, s->save, s->saves);
		if (s->has_fp)
			fpr_emit(l, &s->fp);
		jit_call_body(l, s->insn, s->pos, s->is_user);
		if (s->is_user)
			continue;
		if (s->reg != NO_REG)
			ld32(l->b, s->reg, RBP,
			     OFF_GPR(l->cp->op[s->insn].d));
		if (s->swap)
			swap_bytes(l->b, s->reg, s->swap == IR_SWAP16);
		if (s->ends_block) {
			alu_ri(l->b, ALU_ADD, true, R15,
			       (s32)(l->ir->insns - 1 - s->pos));
			jit_goto_offset(l, 4 * s->insn + 4);
			continue;
		}
		jmp_to(l->b, s->back);
	}
}

/* A slow path without a result, taken on @cc. */
struct slow_path *jit_slow_if(struct lower *l, enum x64_cc cc, u16 i)
{
	struct slow_path *s = jit_slow_path(l, i, NO_REG);

	s->jumps[0] = jcc_fwd(l->b, cc);
	jit_slow_back(l, s);
	return s;
}

static void lower_zero(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	struct code_buf *b = l->b;
	unsigned int ea = jit_get(l, n->a);
	struct slow_path *s = jit_slow_path(l, i, NO_REG);

	jit_find_page(l, ea, 1, true, s);
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
	jit_slow_back(l, s);
}

/* lmw and stmw inside one page; they move the registers' memory. */
static void lower_many(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	bool is_load = n->op == IR_LOAD_MANY;
	struct code_buf *b = l->b;
	struct slow_path *s;
	unsigned int ea, g, d = 32u - n->kind;

	for (g = d; is_load && g < 32; g++)
		jit_leave_home(l, g);
	if (!is_load)
		lazy_flush(l, 0xffffffffull);
	ea = jit_get(l, n->a);
	s = jit_slow_path(l, i, NO_REG);
	for (g = d; is_load && g < 32; g++)
		lazy_drop(l, g);
	jit_find_page(l, ea, 4, !is_load, s);
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
	jit_slow_back(l, s);
}

/*
 * A word other than the first, of an entry that nothing was filled from, is
 * stored and that is all.  Returns the jump behind the rest.
 */
static size_t store_word(struct lower *l, unsigned int word, unsigned int index,
			 unsigned int val)
{
	const s32 words = OFF(s.tlb.word);
	struct code_buf *b = l->b;
	size_t in_use, done;

	mov_rr(b, RCX, index);
	alu_ri(b, ALU_AND, false, RCX, TLB_ENTRIES - 1);
	imul_rri(b, RAX, RCX, sizeof(((struct tlb *)0)->word[0]));
	shift_ri(b, SH_SHL, false, RCX, 3);
	alu_rr(b, ALU_ADD, true, RCX, RBP);
	cmp_mi(b, true, RCX, OFF(soft.users), 0);
	in_use = jcc_fwd(b, CC_NE);
	alu_rr(b, ALU_ADD, true, RAX, RBP);
	mov_rr(b, RCX, val);
	alu_ri(b, ALU_AND, false, RCX,
	       (s32)(word == 1 ? TLB1_WRITABLE : TLB2_WRITABLE));
	st32(b, RAX, words + 4 * (s32)word, RCX);
	done = jmp_fwd(b);
	patch_here(b, in_use);
	return done;
}

/* Where code of this page is not mapped any more the body, which does the same
 * again, knows how to go on. */
static void lower_tlbwe(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	unsigned int index = jit_get(l, n->a), val = jit_get(l, n->b);
	size_t done = 0;

	fpr_leave(l);
	if (n->kind)
		done = store_word(l, n->kind, index, val);
	mov_rr(l->b, RCX, index);
	shift_ri(l->b, SH_SHL, false, RCX, 2);
	if (n->kind)
		alu_ri(l->b, ALU_OR, false, RCX, n->kind);
	mov_rr(l->b, RAX, val);
	call_to(l->b, l->j->stubs.write_tlb);
	test_rr(l->b, false, RAX, RAX);
	jit_slow_if(l, CC_NE, i);
	if (done)
		patch_here(l->b, done);
}

/**
 * jit_lower_memory - emit a node that accesses memory, or the TLB
 * @l: block
 * @i: node
 */
void jit_lower_memory(struct lower *l, u16 i)
{
	switch (node(l, i)->op) {
	case IR_LOAD:
		lower_load(l, i);
		break;
	case IR_STORE: case IR_STORE_IF:
		lower_store(l, i);
		break;
	case IR_TLBWE:
		lower_tlbwe(l, i);
		break;
	case IR_ZERO:
		lower_zero(l, i);
		break;
	case IR_LOAD_MANY: case IR_STORE_MANY:
		lower_many(l, i);
		break;
	}
}
