/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/loop.c - guest registers that a loop keeps in host registers.
 *
 * A hot block that branches back to its own start is a loop.  What it reads
 * before it writes it, guest registers and CTR, is loaded once, in front of
 * it, into host registers that its head expects; a branch back moves the
 * values there.  What the loop changes of it waits to be stored from the head
 * on (lazy.c), so every way out stores it, also that of a spent budget.
 */
#include "cpu/jit/lower.h"

#define ITEM_CTR (LAZY_LR + 1)
/* What a node reads or writes of what can be kept; or -1. */
static int item_of(const struct irn *n)
{
	switch (n->op) {
	case IR_GPR: case IR_SET:
		return (int)n->imm;
	case IR_LD32: case IR_ST32:
		if (n->imm == offsetof(struct cpu_state, ctr))
			return ITEM_CTR;
	}
	return -1;
}

static bool is_back(const struct lower *l, const struct irn *n)
{
	return (n->op == IR_NEAR || n->op == IR_LAST) &&
	       n->imm == 4 * l->ir->first;
}

/* ---- before the code -------------------------------------------------------- */

/* The candidate is one of the best: worse ones make room. */
static void insert(struct lower *l, struct loop_reg k)
{
	unsigned int i = l->kept_count;

	if (i == KEPT_MAX && l->kept[i - 1].score >= k.score)
		return;
	if (i < KEPT_MAX)
		l->kept_count++;
	else
		i--;
	for (; i && l->kept[i - 1].score < k.score; i--)
		l->kept[i] = l->kept[i - 1];
	l->kept[i] = k;
}

/* The number of nodes up to the last branch back; 0: no loop. */
static u32 loop_end(const struct lower *l)
{
	u32 i;

	for (i = l->ir->count; i > 0; i--)
		if (is_back(l, node(l, (u16)(i - 1))))
			break;
	return i;
}

/**
 * loop_find - choose what a loop keeps
 * @l: block, whose uses are not counted yet
 */
void loop_find(struct lower *l)
{
	struct loop_reg cand[LAZY_ITEMS] = { 0 };
	u8 of[IR_NODES] = { 0 };	/* item that a node reads, + 1 */
	u32 i, end = loop_end(l);
	bool is_known = true;
	const struct irn *n;
	int item;

	for (i = 0; i < end; i++) {
		n = node(l, (u16)i);
		if (n->op == IR_CALL || n->op == IR_LOAD_MANY)
			is_known = false;
		if (n->a != IR_NO && of[n->a])
			cand[of[n->a] - 1].score++;
		if (n->b != IR_NO && of[n->b])
			cand[of[n->b] - 1].score++;
		item = item_of(n);
		if (item < 0)
			continue;
		if (n->op == IR_SET || n->op == IR_ST32) {
			if (!cand[item].written)
				cand[item].written = (u16)i;
		} else if (is_known && !cand[item].is_read) {
			cand[item].is_read = true;
			cand[item].node = (u16)i;
			of[i] = (u8)(item + 1);
		}
	}
	if (end)
		fpr_loop_find(l, end);
	for (i = 0; end && i < LAZY_ITEMS; i++) {
		cand[i].item = (u8)i;
		if (cand[i].written)
			cand[i].score += 100;
		if (cand[i].is_read)
			insert(l, cand[i]);
	}
}

/**
 * loop_next - the nodes that a branch back needs, one after the other
 * @l: block
 * @i: node
 * @k: 0 at first, counted up
 *
 * Returns: a node, or IR_NO at the end.
 */
u16 loop_next(const struct lower *l, u32 i, unsigned int *k)
{
	const struct loop_reg *r;

	if (!l->kept_count || !is_back(l, node(l, (u16)i)))
		return IR_NO;
	while (*k < l->kept_count) {
		r = &l->kept[(*k)++];
		if (!r->written || r->written > i)
			return r->node;
	}
	return IR_NO;
}

/**
 * loop_has - whether a node was loaded in front of the loop
 * @l: block
 * @i: node
 */
bool loop_has(const struct lower *l, u16 i)
{
	unsigned int k;

	for (k = 0; k < l->kept_count; k++)
		if (l->kept[k].node == i)
			return true;
	return false;
}

/* ---- code -------------------------------------------------------------------- */

static s32 place(unsigned int item)
{
	return item == ITEM_CTR ? OFF(s.ctr) : OFF_GPR(item);
}

/**
 * loop_enter - load what the loop keeps
 * @l: block; its head comes next
 */
void loop_enter(struct lower *l)
{
	struct loop_reg *k;

	fpr_loop_enter(l);
	l->pinned = 0;
	for (k = l->kept; k < l->kept + l->kept_count; k++) {
		k->reg = (u8)jit_alloc(l);
		ld32(l->b, k->reg, RBP, place(k->item));
		jit_bind(l, k->node, k->reg);
		if (k->item < 32)
			jit_set_home(l, k->item, k->node);
		if (k->written)
			lazy_set(l, k->item, k->node);
	}
}

/* The node that has an item's value now; IR_NO: memory has it. */
static u16 value_of(const struct lower *l, unsigned int item)
{
	u16 n;

	if (l->lazy >> item & 1)
		return l->lazy_node[item];
	n = item < 32 ? l->home_of[item] : IR_NO;
	if (n != IR_NO && (is_const(l, n) || l->reg[n] != NO_REG))
		return n;
	return IR_NO;
}

/* Whether a move other than @i still has to read what @i overwrites. */
static bool is_awaited(const u8 *to, const u8 *from, unsigned int n,
		       unsigned int i)
{
	unsigned int k;

	for (k = 0; k < n; k++)
		if (k != i && from[k] == to[i])
			return true;
	return false;
}

/**
 * loop_move - moves between registers, all at once
 * @b:     buffer
 * @move:  emits one
 * @to:    registers, all different
 * @from:  of the values; NO_REG for none; lost
 * @n:     how many
 * @spare: a register that is neither
 */
void loop_move(struct code_buf *b,
	       void (*move)(struct code_buf *b, unsigned int d, unsigned int s),
	       const u8 *to, u8 *from, unsigned int n, unsigned int spare)
{
	unsigned int i, k, waits;

	do {
		waits = NO_REG;
		for (i = 0; i < n; i++) {
			if (from[i] == NO_REG || from[i] == to[i])
				continue;
			if (!is_awaited(to, from, n, i))
				break;
			waits = i;
		}
		if (i < n) {
			move(b, to[i], from[i]);
			from[i] = NO_REG;
		} else if (waits != NO_REG) {
			/* all wait for each other: make one free */
			move(b, spare, to[waits]);
			for (k = 0; k < n; k++)
				if (k != waits && from[k] == to[waits])
					from[k] = (u8)spare;
		}
	} while (i < n || waits != NO_REG);
}

/**
 * loop_back - on the way back: the values to where the head expects them
 * @l: block, whose state stays as it is
 */
void loop_back(struct lower *l)
{
	const struct loop_reg *k;
	u8 to[KEPT_MAX], from[KEPT_MAX];
	u64 rest = ~0ull;
	unsigned int i;
	u16 n;

	for (i = 0; i < l->kept_count; i++)
		rest &= ~(1ull << l->kept[i].item);
	lazy_emit(l, rest);
	fpr_loop_back(l);
	for (i = 0; i < l->kept_count; i++) {
		n = value_of(l, l->kept[i].item);
		from[i] = n == IR_NO || is_const(l, n) ? NO_REG : l->reg[n];
		to[i] = l->kept[i].reg;
	}
	loop_move(l->b, mov_rr, to, from, l->kept_count, RAX);
	for (k = l->kept; k < l->kept + l->kept_count; k++) {
		n = value_of(l, k->item);
		if (n == IR_NO)
			ld32(l->b, k->reg, RBP, place(k->item));
		else if (is_const(l, n))
			mov_ri(l->b, k->reg, node(l, n)->imm);
	}
}

/**
 * loop_store - what waits at the head, when it is left there
 * @l: block
 */
void loop_store(struct lower *l)
{
	const struct loop_reg *k;

	if (l->is_fp_hoisted)
		fpr_emit(l, &l->fp_head);
	for (k = l->kept; k < l->kept + l->kept_count; k++)
		if (k->written)
			st32(l->b, RBP, place(k->item), k->reg);
}
