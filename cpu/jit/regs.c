/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/regs.c - uses of nodes, and the registers that hold them.  One pass
 * backwards counts uses; in the pass forwards registers are given, and what
 * is needed last from there on makes room.
 */
#include "cpu/jit/lower.h"

/* Registers that hold nodes, the cheapest encodings first. */
static const u8 pool[] = { RBX, RSI, RDI, RDX, R12, R8, R9, R10, R11,
			   R14 };

/* ---- uses ---------------------------------------------------------------- */

static void use(struct lower *l, u16 n, u32 at)
{
	if (n == IR_NO)
		return;
	l->uses[n]++;
	if (l->last[n] < at)
		l->last[n] = (u16)at;
	l->use[l->use_count++] = (struct use_note){
		.node = n, .at = (u16)at, .next = l->next[n]
	};
	l->next[n] = (u16)at;
}

/**
 * jit_advance - behind a node: its operands are needed at their next use
 * @l: block
 * @i: node
 */
void jit_advance(struct lower *l, u32 i)
{
	const struct use_note *u = &l->use[l->use_count];

	for (; l->use_count && u[-1].at <= i; u--, l->use_count--)
		l->next[u[-1].node] = u[-1].next;
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

/* Whether a node stands between two others, or uses the first one there. */
static bool is_between(const struct lower *l, u16 n, u32 at)
{
	const struct irn *k;

	for (k = node(l, n) + 1; k < node(l, (u16)at); k++)
		if (has_effect(k) || k->a == n || k->b == n || k->c == n)
			return true;
	return false;
}

/* An operand that is read here only, straight from the guest register. */
static bool fold_operand(struct lower *l, u16 n, u16 other, u32 at)
{
	if (node(l, n)->op != IR_GPR || l->uses[n] != 1 || n == other ||
	    is_const(l, other) || loop_has(l, n) || is_between(l, n, at))
		return false;
	l->is_folded[n] = true;
	return true;
}

static void fold_operands(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);

	if (n->op != IR_ADD && n->op != IR_SUB && n->op != IR_AND &&
	    n->op != IR_OR && n->op != IR_XOR)
		return;
	if (!fold_operand(l, n->b, n->a, i) && n->op != IR_SUB)
		fold_operand(l, n->a, n->b, i);
}

/*
 * Whether nobody sees what a node writes.  Going back, note the items that are
 * written from it on before the state can be looked at.
 */
static bool is_vain(struct lower *l, u16 i)
{
	u64 item = lazy_written(l, i);
	u64 again = i + 1u < l->ir->count ? l->vain[i + 1] : 0;
	bool is_vain = (item & again) != 0;

	l->vain[i] = (again | item) & ~lazy_read(l, i);
	return is_vain;
}

void jit_count_uses(struct lower *l)
{
	const struct irn *n;
	u16 kept, cr[8];	/* where the field is written next */
	unsigned int k;
	u32 i;

	memset(cr, 0xff, sizeof(cr));
	for (i = l->ir->count; i-- > 0;) {
		n = node(l, (u16)i);
		k = 0;
		while ((kept = loop_next(l, i, &k)) != IR_NO)
			use(l, kept, i);
		if (!l->is_eager)
			l->is_folded[i] |= is_vain(l, (u16)i);
		if (l->is_folded[i] || (!has_effect(n) && !l->uses[i]))
			continue;
		if (n->op == IR_CALL)
			continue;
		if (n->op == IR_CMP || n->op == IR_CRSET) {
			l->redone[i] = cr[n->imm];
			cr[n->imm] = (u16)i;
		}
		use(l, share_size(n) ? share_address(l, (u16)i) : n->a, i);
		use(l, n->b, i);
		if (n->op == IR_SEL || n->op == IR_STORE_IF ||
		    n->op == IR_FP_LOAD)
			use(l, n->c, i);
		fold_operands(l, (u16)i);
		if ((n->op == IR_NEAR || n->op == IR_FAR ||
		     n->op == IR_SKIP || n->op == IR_SEL) && n->a != IR_NO)
			fold_condition(l, n->a, i);
	}
}

/* ---- registers ------------------------------------------------------------ */

static bool is_at_home(const struct lower *l, u16 n)
{
	return l->home[n] != NO_HOME && l->home_of[l->home[n]] == n &&
	       !(l->lazy >> l->home[n] & 1);
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

	if (n != IR_NO && l->keeps[n] && !is_const(l, n))
		lazy_release(l, n);
	if (n != IR_NO && l->last[n] >= l->pos && !is_const(l, n) &&
	    !is_at_home(l, n) && l->spill[n] == NO_SPILL) {
		l->spill[n] = (u16)l->spills++;
		if (node(l, n)->op == IR_PAGE)
			st64(l->b, RSP, 8 * l->spill[n], r);
		else
			st32(l->b, RSP, 8 * l->spill[n], r);
	}
	drop(l, r);
}

/* How long a node is worth its register that waits to be stored only: a
 * comparison is much to store, and nothing when it is written anew. */
static u32 waits_for(const struct lower *l, u16 n)
{
	const struct irn *c;
	u64 left;
	u16 at;

	for (left = l->lazy & LAZY_ALL_CR; left; left &= left - 1) {
		at = l->lazy_node[__builtin_ctzll(left)];
		c = node(l, at);
		if (c->a == n || c->b == n)
			return l->redone[at];
	}
	return IR_NO;
}

/* A free register; what is needed last makes room. */
unsigned int jit_alloc(struct lower *l)
{
	unsigned int i, r, best = NO_REG;
	u32 far = 0, next;

	for (i = 0; i < ARRAY_SIZE(pool); i++) {
		r = pool[i];
		if (l->pinned >> r & 1)
			continue;
		if (l->holds[r] == IR_NO || (l->last[l->holds[r]] < l->pos &&
					     !l->keeps[l->holds[r]])) {
			drop(l, r);
			best = r;
			break;
		}
		/* needed no more but for a store: better now than a spill */
		next = l->last[l->holds[r]] < l->pos ?
		       waits_for(l, l->holds[r]) : l->next[l->holds[r]];
		if (best == NO_REG || next > far) {
			far = next;
			best = r;
		}
	}
	evict(l, best);
	l->pinned |= 1u << best;
	return best;
}

void jit_bind(struct lower *l, u16 n, unsigned int r)
{
	drop(l, r);
	l->holds[r] = n;
	l->reg[n] = (u8)r;
}

/* The register that holds @n, loaded if it must be; pinned for this node. */
unsigned int jit_get(struct lower *l, u16 n)
{
	unsigned int r = l->reg[n];

	if (r == NO_REG) {
		r = jit_alloc(l);
		if (is_const(l, n))
			mov_ri(l->b, r, node(l, n)->imm);
		else if (l->spill[n] != NO_SPILL)
			ld32(l->b, r, RSP, 8 * l->spill[n]);
		else
			ld32(l->b, r, RBP, OFF_GPR(l->home[n]));
		jit_bind(l, n, r);
	}
	l->pinned |= 1u << r;
	return r;
}

/*
 * Whether nobody needs @a behind the node at pos, so that its result may take
 * over the register.
 */
bool jit_may_take(const struct lower *l, u16 a)
{
	return l->last[a] <= l->pos && !is_const(l, a) && !l->keeps[a];
}

/* A register for the result of the node at pos, which may take over @a's. */
unsigned int jit_result_like(struct lower *l, u16 a)
{
	unsigned int ra = jit_get(l, a), r;

	if (jit_may_take(l, a)) {
		drop(l, ra);
		return ra;
	}
	r = jit_alloc(l);
	mov_rr(l->b, r, ra);
	return r;
}

void jit_set_home(struct lower *l, unsigned int g, u16 n)
{
	l->home_of[g] = n;
	l->home[n] = (u8)g;
}

/* Guest register @g is about to change: save the node that relies on it. */
void jit_leave_home(struct lower *l, unsigned int g)
{
	u16 n = l->home_of[g];

	if (n != IR_NO && l->reg[n] == NO_REG && l->spill[n] == NO_SPILL &&
	    l->last[n] >= l->pos && !is_const(l, n))
		jit_get(l, n);
	l->home_of[g] = IR_NO;
}

/**
 * jit_leave_base - the register of an access's address changes with it, in an
 *                  update form
 * @l: block
 * @i: node of the access
 */
void jit_leave_base(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i), *end = l->ir->n + l->ir->count;
	unsigned int a = op_of(l, i)->a;
	const struct irn *k;

	for (k = n; k < end && k->insn == n->insn && k->pos == n->pos; k++)
		if (k->op == IR_SET && k->imm == a)
			jit_leave_home(l, a);
}
