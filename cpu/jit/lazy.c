/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lazy.c - results that memory does not have yet.
 *
 * Guest registers, LR, CTR, the flags of XER and comparisons stay in host
 * registers until somebody may look: an interpreted body, or the way out of
 * the block.  What is overwritten before is never stored.  A side exit or a
 * slow path stores what was waiting at its jump, out of line.
 *
 * A node that something waits for is in a register or a constant; when its
 * register is taken away, what waits is stored first.  In code that may never
 * run again nothing waits: the notes would cost more than the stores.
 */
#include "cpu/jit/lower.h"

/* Fields of the state with a place in the list, in the order of LAZY_LR. */
static const struct {
	u32 off;
	bool is_byte;
} fields[] = {
	{ offsetof(struct cpu_state, lr), false },
	{ offsetof(struct cpu_state, ctr), false },
	{ offsetof(struct cpu_state, xer_ca), true },
	{ offsetof(struct cpu_state, xer_so), true },
};

static bool is_cr(unsigned int item)
{
	return item >= LAZY_CR;
}

/* Count @n in (1) or out (-1) as something that must be kept. */
static void keep(struct lower *l, unsigned int item, int by)
{
	const struct irn *n = node(l, l->lazy_node[item]);

	if (!is_cr(item)) {
		l->keeps[l->lazy_node[item]] += (u8)by;
		return;
	}
	l->keeps[n->a] += (u8)by;
	l->keeps[n->b] += (u8)by;
}

/**
 * lazy_drop - what waits under an item is not wanted any more
 * @l:    block
 * @item: 0..31: guest registers; LAZY_LR..; LAZY_CR + field
 */
void lazy_drop(struct lower *l, unsigned int item)
{
	if (l->fp.field != NO_REG)
		fpr_drop_cr(l, item);
	if (!(l->lazy >> item & 1))
		return;
	keep(l, item, -1);
	l->lazy &= ~(1ull << item);
}

/**
 * lazy_forget - what waits will be written again before anybody sees it
 * @l:     block
 * @items: bits: of these
 */
void lazy_forget(struct lower *l, u64 items)
{
	unsigned int item;

	/* comparisons that wait still have to take it along */
	if (l->lazy & ~items & LAZY_ALL_CR)
		items &= ~(1ull << LAZY_SO);
	for (items &= l->lazy; items; items &= items - 1) {
		item = (unsigned int)__builtin_ctzll(items);
		/* its memory never had the value */
		if (item < 32 && l->home_of[item] == l->lazy_node[item])
			l->home_of[item] = IR_NO;
		lazy_drop(l, item);
	}
}

/**
 * lazy_set - let a result wait
 * @l:    block
 * @item: what it is
 * @n:    its node, in a register or a constant; of a CR field the IR_CMP,
 *        whose operands are that
 */
void lazy_set(struct lower *l, unsigned int item, u16 n)
{
	lazy_drop(l, item);
	l->lazy_node[item] = n;
	l->lazy |= 1ull << item;
	keep(l, item, 1);
	if (l->is_eager)
		lazy_flush(l, 1ull << item);
}

/**
 * lazy_field - the item that a field of the state is
 * @off: bytes into struct cpu_state
 *
 * Returns: the item, or -1.
 */
int lazy_field(u32 off)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].off == off)
			return (int)(LAZY_LR + i);
	return -1;
}

/**
 * lazy_written - the item that a node writes
 * @l: block
 * @i: node
 *
 * Returns: a bit, or 0.
 */
u64 lazy_written(const struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	int item = -1;

	if (n->op == IR_SET)
		return 1ull << n->imm;
	if (n->op == IR_CMP || n->op == IR_CRSET)
		return 1ull << (LAZY_CR + n->imm);
	if (n->op == IR_ST32 || n->op == IR_ST8)
		item = lazy_field(n->imm);
	return item < 0 ? 0 : 1ull << item;
}

/**
 * lazy_read - the items whose right value must be known at a node
 * @l: block
 * @i: node
 *
 * Returns: bits; all where the block may be left or a body may run.
 */
u64 lazy_read(const struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct share *g = share_of(l, i);
	int item;

	if (g && g->head != i && !(is_float_access(n) && n->kind == FP_SINGLE))
		return 0;	/* no slow path */
	switch (n->op) {
	case IR_LD32: case IR_LD8:
		item = lazy_field(n->imm);
		return item < 0 ? LAZY_ALL_CR : 1ull << item;
	case IR_CRBIT:
		return n->kind != CMP_NONE && n->kind != CMP_FLOAT ?
		       0 : 1ull << (LAZY_CR + n->imm / 4);
	case IR_CR_ALL:
		return LAZY_ALL_CR;
	case IR_CMP:
		return 1ull << LAZY_SO;		/* takes a copy */
	case IR_ST32: case IR_ST8: case IR_SET: case IR_CRSET:
	case IR_SKIP:
		return 0;
	default:
		return has_effect(n) ? ~0ull : 0;
	}
}

/* ---- storing ------------------------------------------------------------- */

/* The difference of a comparison: see cpu/state.h. */
static void emit_compare(struct lower *l, const struct irn *n, unsigned int f,
			 unsigned int ra, unsigned int rb)
{
	struct code_buf *b = l->b;
	s32 imm = 0;

	if (is_const(l, n->a)) {
		mov_ri(b, RAX, node(l, n->a)->imm);
		ra = RAX;
	}
	if (n->kind == CMP_UNSIGNED)
		mov_rr(b, RAX, ra);
	else
		movsxd(b, RAX, ra);
	if (is_const(l, n->b)) {
		imm = (s32)node(l, n->b)->imm;
		if (imm < 0 && n->kind == CMP_UNSIGNED) {
			mov_ri(b, RCX, (u32)imm);
			alu_rr(b, ALU_SUB, true, RAX, RCX);
		} else if (imm) {
			alu_ri(b, ALU_SUB, true, RAX, imm);
		}
	} else if (n->kind == CMP_UNSIGNED) {
		alu_rr(b, ALU_SUB, true, RAX, rb);
	} else {
		movsxd(b, RCX, rb);
		alu_rr(b, ALU_SUB, true, RAX, RCX);
	}
	st64(b, RBP, OFF(s.cr) + 8 * (s32)f, RAX);
	ld8(b, RCX, RBP, OFF(s.xer_so));
	st8(b, RBP, OFF(s.cr_so) + (s32)f, RCX);
}

static void emit_value(struct lower *l, unsigned int item, u16 n,
		       unsigned int r)
{
	s32 off = item < LAZY_LR ? OFF_GPR(item) :
		  OFF(s) + (s32)fields[item - LAZY_LR].off;
	bool is_byte = item >= LAZY_LR && fields[item - LAZY_LR].is_byte;

	if (is_const(l, n) && is_byte)
		st8_imm(l->b, RBP, off, (u8)node(l, n)->imm);
	else if (is_const(l, n))
		st32_imm(l->b, RBP, off, node(l, n)->imm);
	else if (is_byte)
		st8(l->b, RBP, off, r);
	else
		st32(l->b, RBP, off, r);
}

static void emit_saved(struct lower *l, const struct lazy_saved *s)
{
	if (is_cr(s->item))
		emit_compare(l, node(l, s->node), s->item - LAZY_CR, s->ra,
			     s->rb);
	else
		emit_value(l, s->item, s->node, s->ra);
}

static struct lazy_saved look(const struct lower *l, unsigned int item)
{
	const struct irn *n = node(l, l->lazy_node[item]);
	struct lazy_saved s = { .item = (u8)item, .node = l->lazy_node[item] };

	if (is_cr(item)) {
		s.ra = l->reg[n->a];
		s.rb = l->reg[n->b];
	} else {
		s.ra = l->reg[s.node];
	}
	return s;
}

/* XER[SO] has a lower number than the CR fields, which take a copy of it. */
static unsigned int first_item(u64 items)
{
	return (unsigned int)__builtin_ctzll(items);
}

/**
 * lazy_emit - store what waits, and let it wait on
 * @l:     block; the way that is emitted leaves it
 * @items: bits: of these
 */
void lazy_emit(struct lower *l, u64 items)
{
	struct lazy_saved s;

	for (u64 left = l->lazy & items; left; left &= left - 1) {
		s = look(l, first_item(left));
		emit_saved(l, &s);
	}
}

/**
 * lazy_flush - store what waits, of some items
 * @l:     block
 * @items: bits
 */
void lazy_flush(struct lower *l, u64 items)
{
	struct lazy_saved s;

	if (l->fp.field != NO_REG)
		fpr_flush_cr(l, items);
	if (items & l->lazy & LAZY_ALL_CR)
		items |= 1ull << LAZY_SO;	/* which they take along */
	for (items &= l->lazy; items; items &= items - 1) {
		s = look(l, first_item(items));
		emit_saved(l, &s);
		lazy_drop(l, s.item);
	}
}

/**
 * lazy_release - store what waits for a node, since its register goes
 * @l: block
 * @n: node
 */
void lazy_release(struct lower *l, u16 n)
{
	const struct irn *c;
	u64 items = 0, left;
	unsigned int i;

	for (left = l->lazy; left; left &= left - 1) {
		i = first_item(left);
		c = node(l, l->lazy_node[i]);
		if (is_cr(i) ? c->a == n || c->b == n : l->lazy_node[i] == n)
			items |= 1ull << i;
	}
	lazy_flush(l, items);
}

/**
 * lazy_make_room - see to it that the next node can note what waits
 * @l: block; a node notes at most five times
 */
void lazy_make_room(struct lower *l)
{
	if (l->saves + 5 * LAZY_ITEMS > LAZY_SAVES)
		lazy_flush(l, ~0ull);
}

/**
 * lazy_save - note what waits at a jump out of line
 * @l:     block
 * @first: set to the first of the notes
 *
 * Returns: how many there are.
 */
unsigned int lazy_save(struct lower *l, unsigned int *first)
{
	*first = l->saves;
	for (u64 left = l->lazy; left; left &= left - 1)
		l->save[l->saves++] = look(l, first_item(left));
	return l->saves - *first;
}

/**
 * lazy_restore - store what waited at a jump
 * @l:     block
 * @first: of lazy_save
 * @count: of lazy_save
 */
void lazy_restore(struct lower *l, unsigned int first, unsigned int count)
{
	while (count--)
		emit_saved(l, &l->save[first++]);
}
