/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/sem_jit_branch.h - the part of sem_jit.h for branches: where a path
 * goes on, and what leaves it.
 */
#ifndef CPU_JIT_SEM_JIT_BRANCH_H
#define CPU_JIT_SEM_JIT_BRANCH_H

static struct v32 this_pc(struct sx *x, const struct op *o)
{
	(void)o;
	return value(x, IR_PC, IR_NO, IR_NO, x->insn * 4);
}

static struct v32 next_pc(struct sx *x, const struct op *o)
{
	(void)o;
	return value(x, IR_PC, IR_NO, IR_NO, x->insn * 4 + 4);
}

/* The path goes on at op @to, if it may: not round in a circle. */
static bool follow(struct sx *x, u32 to)
{
	if (x->is_cold || to >= CODE_OPS || x->seen[to / 32] >> to % 32 & 1 ||
	    x->pos + 1 >= x->limit)
		return false;
	x->next = to;
	return true;
}

/* How often the block at an op was entered, as far as it was counted. */
static u32 entries(const struct sx *x, u32 insn)
{
	u16 left;

	if (insn >= CODE_OPS || x->cp->slots[insn] == x->j->slot_start)
		return 0;
	if (x->cp->slots[insn] == x->j->slot_again)
		return JIT_HOT_ENTRIES;
	left = x->j->heat[&x->cp->slots[insn] - x->j->slots];
	return left > JIT_HOT_ENTRIES ? JIT_HOT_ENTRIES : JIT_HOT_ENTRIES - left;
}

/* Counts of fewer entries than this say nothing. */
#define WAY_ENTRIES (JIT_HOT_ENTRIES / 32 + 1)

/*
 * Where this branch goes.  That is remembered: once there are paths, blocks on
 * them are not entered any more, only those that they leave for.
 */
static enum jit_way way_of(const struct sx *x, u32 to)
{
	u8 *way = &x->j->way[&x->cp->slots[x->insn] - x->j->slots];
	u32 there = entries(x, to), here = entries(x, x->insn + 1);

	if (*way == WAY_UNKNOWN && here + there >= WAY_ENTRIES)
		*way = there > 2 * here ? WAY_TAKEN :
		       there > here / 4 ? WAY_BOTH : WAY_ON;
	return (enum jit_way)*way;
}

/* Whether a branch to @to skips few instructions only. */
static bool may_merge(const struct sx *x, u32 to)
{
	u32 over = to - x->insn - 1;

	return over && over <= MERGE_INSNS && to < CODE_OPS &&
	       x->pos + over + 1 < x->limit &&
	       x->ir->count + (over + 2) * INSN_NODES <= IR_NODES;
}

static void side_exit(struct sx *x, struct v32 cond, u32 off)
{
	add_node(x, IR_NEAR, cond.x ? (u16)cond.v : IR_NO, IR_NO, off);
	x->is_end = x->is_cold || !cond.x;
}

/* To a place known by its distance from the page's start, often inside it. */
static void leave_for(struct sx *x, struct v32 cond, u32 off)
{
	enum jit_way way;
	u32 to = off / 4;

	if (is_imm(cond, 0) || (!cond.x && follow(x, to)))
		return;
	way = cond.x && !x->is_cold ? way_of(x, to) : WAY_UNKNOWN;
	if (way == WAY_BOTH && may_merge(x, to)) {
		x->merge_to = to;
		x->merge_if = (u16)cond.v;
		return;
	}
	if (way == WAY_TAKEN && to != x->ir->first && follow(x, to)) {
		cond = xor32(cond, imm32(1));
		off = x->insn * 4 + 4;
	}
	side_exit(x, cond, off);
}

static enum sem_result br_near(struct sx *x, const struct op *o,
			       struct v32 cond)
{
	s32 ops = (s32)o->imm / (s32)sizeof(struct op);

	leave_for(x, cond, 4 * (u32)((s32)x->insn + ops));
	return SEM_NEAR;
}

/* Whether @to is known as a distance from the page's start: @off then. */
static bool is_offset(struct v32 to, u32 *off)
{
	const struct irn *n;
	u32 mask = ~0u;

	if (!to.x)
		return false;
	n = &to.x->ir->n[to.v];
	if (n->op == IR_AND && to.x->ir->n[n->b].op == IR_CONST &&
	    to.x->ir->n[n->b].imm == ~3u) {
		n = &to.x->ir->n[n->a];
		mask = ~3u;
	}
	*off = n->imm & mask;
	return n->op == IR_PC;
}

static enum sem_result br_to(struct sx *x, const struct op *o,
			     struct v32 cond, struct v32 to)
{
	u32 off;

	(void)o;
	if (is_offset(to, &off)) {
		leave_for(x, cond, off);
		return SEM_FAR;
	}
	if (is_imm(cond, 0))
		return SEM_FAR;
	add_node(x, IR_FAR, cond.x ? (u16)cond.v : IR_NO, ref(x, to), 0);
	x->is_end = x->is_cold || !cond.x;
	return SEM_FAR;
}

static enum sem_result br_self(struct sx *x)
{
	unlowered(x);
	return SEM_SELF;
}

#endif
