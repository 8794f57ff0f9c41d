/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/share.c - one look into the tables for neighbouring accesses.
 *
 * Loads and stores of a hot block whose addresses differ by constants form a
 * group.  Its first access, the head, makes sure that all of them lie in one
 * page, aligned, readable and writable as they need it, and keeps the host's
 * address of the lowest byte; the others are then one instruction each and
 * have no slow path.
 *
 * What the head has found holds until an interpreted body runs or the TLB is
 * written.  So these end all groups, and a slow path between the head and the
 * last access does not come back: it leaves the block behind its instruction.
 * A block whose heads fail too often, at a page's end or unaligned, is given up
 * and translated anew without groups.
 */
#include "cpu/jit/lower.h"

/* Bytes that a group spans at most: more would often cross a page. */
#define SPAN_MAX 256u

/* ---- finding them ---------------------------------------------------------- */

/* Base and offset of an address; base IR_NO for a constant. */
static u16 base_of(const struct lower *l, u16 n, u32 *off)
{
	*off = 0;
	while (node(l, n)->op == IR_ADD && is_const(l, node(l, n)->b)) {
		*off += node(l, node(l, n)->b)->imm;
		n = node(l, n)->a;
	}
	if (!is_const(l, n))
		return n;
	*off += node(l, n)->imm;
	return IR_NO;
}

/* Take in an access of @size bytes at @off, if the group stays a good one. */
static bool join(struct share *g, u32 off, u32 size)
{
	u32 align = g->align > size ? g->align : size;
	s32 to = (s32)(off - g->off);	/* g->off is aligned to g->align */
	s32 lo = g->lo < to ? g->lo : to;
	s32 hi = g->hi > to + (s32)size ? g->hi : to + (s32)size;

	if (to % (s32)(g->align < size ? g->align : size))
		return false;
	if (size > g->align) {	/* the new one is what is aligned now */
		g->off = off;
		lo -= to;
		hi -= to;
	}
	lo &= -(s32)align;
	if (hi - lo > (s32)SPAN_MAX)
		return false;
	g->lo = lo;
	g->hi = hi;
	g->align = align;
	return true;
}

static struct share *find(struct lower *l, unsigned int first, u16 base,
			  u32 off, u32 size)
{
	struct share trial;
	unsigned int i;

	for (i = first; i < l->shares; i++) {
		trial = l->share[i];
		if (trial.base != base || trial.off - off + SPAN_MAX >
					  2 * SPAN_MAX || !join(&trial, off, size))
			continue;
		l->share[i] = trial;
		return &l->share[i];
	}
	if (l->shares == SHARES)
		return NULL;
	l->share[l->shares] = (struct share){
		.base = base, .off = off, .hi = (s32)size, .align = size,
	};
	return &l->share[l->shares++];
}

static void take_in(struct lower *l, struct share *g, u16 i, u32 off)
{
	if (!g->count++)
		g->head = i;
	g->last = i;
	g->has_load |= node(l, i)->op == IR_LOAD ||
		       node(l, i)->op == IR_FP_LOAD;
	g->has_store |= node(l, i)->op == IR_STORE ||
			node(l, i)->op == IR_FP_STORE;
	l->share_of[i] = (u8)(g - l->share + 1);
	l->share_off[i] = off;
}

/* A node of its own, behind the block's, for what the head finds. */
static void add_page(struct lower *l, struct share *g)
{
	if (g->count < 2 || l->ir->count + l->pages >= IR_NODES)
		return;
	g->page = (u16)(l->ir->count + l->pages++);
	l->ir->n[g->page] = (struct irn){ .op = IR_PAGE, .a = IR_NO,
					  .b = IR_NO, .c = IR_NO };
}

/**
 * share_find - form the groups of a block
 * @l: block
 */
void share_find(struct lower *l)
{
	unsigned int first = 0;
	const struct irn *n;
	struct share *g;
	u32 i, off, size;
	u16 base;

	for (i = 0; i < l->ir->count; i++) {
		n = node(l, (u16)i);
		if (n->op == IR_CALL || n->op == IR_TLBWE)
			first = l->shares;
		size = share_size(n);
		if (!size)
			continue;
		base = base_of(l, n->a, &off);
		g = find(l, first, base, off, size);
		if (g)
			take_in(l, g, (u16)i, off);
	}
	for (i = 0; i < l->shares; i++)
		add_page(l, &l->share[i]);
}

/* ---- using them ------------------------------------------------------------ */

/**
 * share_of - the group that an access belongs to
 * @l: block
 * @i: node
 *
 * Returns: NULL for none that is worth it.
 */
const struct share *share_of(const struct lower *l, u16 i)
{
	const struct share *g;

	if (!l->share_of[i])
		return NULL;
	g = &l->share[l->share_of[i] - 1];
	return g->page ? g : NULL;
}

/**
 * share_address - the node that an access takes its address from
 * @l: block
 * @i: node
 */
u16 share_address(const struct lower *l, u16 i)
{
	const struct share *g = share_of(l, i);

	if (!g)
		return node(l, i)->a;
	return g->head == i ? g->base : g->page;
}

/**
 * share_is_used - whether what a head has found is needed behind a node
 * @l: block
 * @i: node
 */
bool share_is_used(const struct lower *l, u16 i)
{
	const struct share *g;

	for (g = l->share; g < l->share + l->shares; g++)
		if (g->page && g->head <= i && i < g->last)
			return true;
	return false;
}

/**
 * share_page - a register with the address that the head has found
 * @l: block
 * @g: group
 *
 * Returns: a host register; rcx, where its own was taken away.
 */
unsigned int share_page(struct lower *l, const struct share *g)
{
	if (l->reg[g->page] != NO_REG)
		return l->reg[g->page];
	ld64(l->b, RCX, RSP, 8 * l->spill[g->page]);
	return RCX;
}

/**
 * share_disp - where an access lies behind the address that the head found
 * @l: block
 * @i: node
 */
s32 share_disp(const struct lower *l, u16 i)
{
	const struct share *g = share_of(l, i);

	return (s32)(l->share_off[i] - g->off) - g->lo;
}

/**
 * share_head - find the host's address of a group's lowest byte
 * @l:    block
 * @g:    group
 * @base: host register of its base, or NO_REG
 * @page: host register that gets the address
 * @s:    slow path of the head; its jumps are set
 */
void share_head(struct lower *l, const struct share *g, unsigned int base,
		unsigned int page, struct slow_path *s)
{
	u32 off = g->off + (u32)g->lo, span = (u32)(g->hi - g->lo);
	unsigned int bits = (unsigned int)__builtin_ctz(g->align);
	struct code_buf *b = l->b;

	if (base == NO_REG)
		mov_ri(b, RCX, off);
	else if (off)
		lea32(b, RCX, base, (s32)off);
	else
		mov_rr(b, RCX, base);
	guess_page(l, RCX, page, g->has_load ? TABLE_RD : TABLE_WR, s);
	if (g->has_load && g->has_store) {
		cmp_r_table(b, page, TABLE_WR, RAX);
		s->fails[0] = jcc_fwd(b, CC_NE);
	}
	alu_rr(b, ALU_ADD, true, page, RCX);
	alu_ri(b, ALU_AND, false, RCX, 0xfff);
	if (bits)
		shift_ri(b, SH_ROR, false, RCX, bits);
	alu_ri(b, ALU_CMP, false, RCX, (s32)((0x1000 - span) >> bits));
	s->fails[1] = jcc_fwd(b, CC_A);
}

/**
 * share_count_fail - behind the jumps of a head that failed: give the block
 *                    up when that happens too often
 * @l: block
 */
void share_count_fail(struct lower *l)
{
	struct code_buf *b = l->b;
	size_t go_on;

	dec16(b, l->heat);
	go_on = jcc_fwd(b, CC_NS);
	jit_forget_block(l, RCX);
	patch_here(b, go_on);
}
