/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/sem_jit.h - the vocabulary that emits: each word adds nodes to the
 * block's intermediate form.
 *
 * A value is a constant (x NULL) or node number @v of x->ir.  A word that is
 * not lowered yet sets x->is_unlowered; the translator then throws the
 * instruction's nodes away and calls its interpreted body.  So every row
 * works from the first day, and gets faster word by word.
 */
#ifndef CPU_JIT_SEM_JIT_H
#define CPU_JIT_SEM_JIT_H

#include "cpu/cpu.h"
#include "cpu/fpu.h"
#include "cpu/jit/jit.h"
#include "cpu/sem/sem.h"

/* Fields of the state whose value is kept in a node. */
enum held { HELD_LR, HELD_CTR, HELD_CA, HELD_SO, HELD_COUNT };

struct cr_known {
	u8 kind;		/* enum ir_cmp */
	u16 a, b, c;		/* c: a CMP_FLOAT's node */
};

/* Nodes that one instruction may add. */
#define INSN_NODES 64u
/* Instructions that a branch may skip and the path does not. */
#define MERGE_INSNS 4u

struct sx {
	struct ir *ir;
	u32 insn;		/* op being translated */
	u32 next;		/* op behind it on the block's path */
	u32 pos;		/* instructions before it */
	u32 limit;		/* instructions that the block may have */
	bool is_cold;		/* it ends at the first branch */
	const struct codepage *cp;
	const struct jit *j;
	u32 seen[32];		/* ops on the path, a bit each */
	bool is_unlowered;
	bool is_end;		/* the body ended the block */
	u32 merge_to;		/* a branch skips what lies before this op */
	u16 merge_if;		/* if this holds; 0: none.  See translate.c */
	u16 gpr[33];		/* node that holds a register, or IR_NO */
	u16 held[HELD_COUNT];	/* the same for fields of the state */
	struct cr_known cr[8];
	bool is_super;		/* seen to be supervisor mode */
	u32 reserved;		/* nodes up to a lwarx's last; 0: none yet */
	bool is_fp_on, is_fp_ready;
	/* what the words of an FPU row have noted: see sem_jit_fp.h */
	u8 fp, fp_op;
	u16 fp_ea, fp_compare;
};

struct v32 {
	struct sx *x;
	u32 v;
};

struct v64 {
	struct sx *x;
	u64 v;
};

/* ---- building ----------------------------------------------------------- */

static u16 add_node(struct sx *x, enum ir_op op, u16 a, u16 b, u32 imm)
{
	struct ir *ir = x->ir;

	ir->n[ir->count] = (struct irn){ .op = (u8)op, .a = a, .b = b,
					 .c = IR_NO, .imm = imm,
					 .insn = (u16)x->insn,
					 .pos = (u16)x->pos };
	return (u16)ir->count++;
}

static struct v32 value(struct sx *x, enum ir_op op, u16 a, u16 b, u32 imm)
{
	return (struct v32){ x, add_node(x, op, a, b, imm) };
}

static struct v32 imm32(u32 v)
{
	return (struct v32){ NULL, v };
}

static u16 ref(struct sx *x, struct v32 v)
{
	return v.x ? (u16)v.v : add_node(x, IR_CONST, IR_NO, IR_NO, v.v);
}

static bool is_imm(struct v32 v, u32 imm)
{
	return !v.x && v.v == imm;
}

static struct v32 unlowered(struct sx *x)
{
	x->is_unlowered = true;
	return imm32(0);
}

static struct v32 binary(enum ir_op op, struct v32 a, struct v32 b)
{
	struct sx *x = a.x ? a.x : b.x;
	u16 ra = ref(x, a);

	return value(x, op, ra, ref(x, b), 0);
}

/* A word of two operands; @fold computes it when both are constants. */
#define JWORD2(name, op, fold, shortcut) \
	static struct v32 name(struct v32 a, struct v32 b) \
	{ \
		if (!a.x && !b.x) \
			return imm32(fold); \
		shortcut \
		return binary(op, a, b); \
	}
#define IF_ZERO(p, result) if (is_imm(p, 0)) return result;

/* An address that lies @by behind a known place of the path. */
static bool is_place(struct v32 a, struct v32 by)
{
	return a.x && !by.x && a.x->ir->n[a.v].op == IR_PC;
}

static struct v32 place_behind(struct v32 a, struct v32 by)
{
	return value(a.x, IR_PC, IR_NO, IR_NO, a.x->ir->n[a.v].imm + by.v);
}

JWORD2(add32, IR_ADD, a.v + b.v, IF_ZERO(a, b) IF_ZERO(b, a)
       if (is_place(a, b)) return place_behind(a, b);)
JWORD2(sub32, IR_SUB, a.v - b.v, IF_ZERO(b, a))
JWORD2(or32, IR_OR, a.v | b.v, IF_ZERO(a, b) IF_ZERO(b, a)
       if (a.x == b.x && a.v == b.v) return a;)
/* Turned round, and now back again. */
static bool is_twice_not(struct v32 a, struct v32 b)
{
	return is_imm(b, 1) && a.x && a.x->ir->n[a.v].op == IR_XOR &&
	       a.x->ir->n[a.x->ir->n[a.v].b].op == IR_CONST &&
	       a.x->ir->n[a.x->ir->n[a.v].b].imm == 1;
}

static struct v32 first_operand(struct v32 a)
{
	a.v = a.x->ir->n[a.v].a;
	return a;
}

JWORD2(xor32, IR_XOR, a.v ^ b.v, IF_ZERO(b, a)
       if (is_twice_not(a, b)) return first_operand(a);)
JWORD2(mul32, IR_MUL, a.v * b.v, )
JWORD2(mulh_s, IR_MULHS, (u32)((s64)(s32)a.v * (s32)b.v >> 32), )
JWORD2(mulh_u, IR_MULHU, (u32)((u64)a.v * b.v >> 32), )
JWORD2(shl6, IR_SHL, b.v & 32 ? 0 : a.v << (b.v & 31), IF_ZERO(b, a))
JWORD2(shr6, IR_SHR, b.v & 32 ? 0 : a.v >> (b.v & 31), IF_ZERO(b, a))
JWORD2(sar6, IR_SAR, (u32)((s32)a.v >> (b.v & 32 ? 31 : b.v & 31)),
       IF_ZERO(b, a))
JWORD2(rotl, IR_ROTL, rotl32(a.v, b.v & 31), IF_ZERO(b, a))

/* A rotation whose wrapped bits are masked away is a shift. */
static bool is_shift(struct v32 a, u32 mask, struct v32 *out)
{
	const struct irn *n = &a.x->ir->n[a.v];
	struct v32 from = { a.x, n->a };
	u32 k;

	if (n->op != IR_ROTL || a.x->ir->n[n->b].op != IR_CONST)
		return false;
	k = a.x->ir->n[n->b].imm & 31;
	if (k && mask == 0xffffffffu << k)
		*out = shl6(from, imm32(k));
	else if (k && mask == 0xffffffffu >> (32 - k))
		*out = shr6(from, imm32(32 - k));
	else
		return false;
	return true;
}

/* 0 or 1, by the operation that it comes from. */
static bool is_truth(struct v32 a)
{
	const struct irn *n;

	if (!a.x)
		return a.v < 2;
	n = &a.x->ir->n[a.v];
	if (n->op == IR_XOR)
		return is_truth((struct v32){ a.x, n->a }) &&
		       a.x->ir->n[n->b].op == IR_CONST &&
		       a.x->ir->n[n->b].imm < 2;
	return n->op == IR_LTU || n->op == IR_LTS || n->op == IR_EQ ||
	       n->op == IR_CRBIT;
}

static struct v32 and32(struct v32 a, struct v32 b)
{
	struct v32 v;

	if (!a.x && !b.x)
		return imm32(a.v & b.v);
	if (is_imm(b, 0))
		return b;
	if (is_imm(b, 0xffffffff) || (is_imm(b, 1) && is_truth(a)))
		return a;
	if (is_imm(a, 1) && is_truth(b))
		return b;
	if (a.x && !b.x && is_shift(a, b.v, &v))
		return v;
	return binary(IR_AND, a, b);
}

JWORD2(lt_u, IR_LTU, a.v < b.v, )
JWORD2(lt_s, IR_LTS, (s32)a.v < (s32)b.v, )
JWORD2(eq32, IR_EQ, a.v == b.v, )

static struct v32 div_s(struct v32 a, struct v32 b)
{
	if (a.x || b.x)
		return unlowered(a.x ? a.x : b.x);
	if (!b.v || (a.v == 0x80000000u && b.v == 0xffffffffu))
		return imm32(0);
	return imm32((u32)((s32)a.v / (s32)b.v));
}

static struct v32 div_u(struct v32 a, struct v32 b)
{
	if (a.x || b.x)
		return unlowered(a.x ? a.x : b.x);
	return imm32(b.v ? a.v / b.v : 0);
}

#define JWORD1(name, op, fold) \
	static struct v32 name(struct v32 a) \
	{ \
		if (!a.x) \
			return imm32(fold); \
		return value(a.x, op, (u16)a.v, IR_NO, 0); \
	}
JWORD1(not32, IR_NOT, ~a.v)
JWORD1(clz, IR_CLZ, clz32(a.v))
JWORD1(sext8, IR_SEXT8, (u32)(s32)(s8)a.v)
JWORD1(sext16, IR_SEXT16, (u32)(s32)(s16)a.v)
JWORD1(swap16, IR_SWAP16, __builtin_bswap16((u16)a.v))
JWORD1(swap32, IR_SWAP32, __builtin_bswap32(a.v))

static struct v32 sign_bit(struct v32 a)
{
	return shr6(a, imm32(31));
}

static struct v32 half_hi_s(struct v32 a)
{
	return sar6(a, imm32(16));
}

static struct v32 half_hi_u(struct v32 a)
{
	return shr6(a, imm32(16));
}

static struct v32 half_lo_s(struct v32 a)
{
	return sext16(a);
}

static struct v32 half_lo_u(struct v32 a)
{
	return and32(a, imm32(0xffff));
}

static struct v32 div_s_undefined(struct v32 a, struct v32 b)
{
	struct v32 min = and32(eq32(a, imm32(0x80000000)),
			       eq32(b, imm32(0xffffffff)));

	return or32(eq32(b, imm32(0)), min);
}

static struct v32 choose(struct v32 cond, struct v32 yes, struct v32 no)
{
	struct sx *x = cond.x;
	u16 ry, rn;

	if (!x)
		return cond.v ? yes : no;
	ry = ref(x, yes);
	rn = ref(x, no);
	x->ir->n[add_node(x, IR_SEL, (u16)cond.v, ry, 0)].c = rn;
	return (struct v32){ x, x->ir->count - 1 };
}

/* ---- registers ----------------------------------------------------------- */

static struct v32 gpr(struct sx *x, unsigned int n)
{
	if (n == GPR_ZERO)
		return imm32(0);
	if (x->gpr[n] == IR_NO)
		x->gpr[n] = add_node(x, IR_GPR, IR_NO, IR_NO, n);
	if (x->ir->n[x->gpr[n]].op == IR_CONST)
		return imm32(x->ir->n[x->gpr[n]].imm);
	return (struct v32){ x, x->gpr[n] };
}

static void set_gpr(struct sx *x, unsigned int n, struct v32 v)
{
	u16 r = ref(x, v);

	add_node(x, IR_SET, r, IR_NO, n);
	x->gpr[n] = r;
}

static struct v32 load_state(struct sx *x, enum ir_op op, size_t off)
{
	return value(x, op, IR_NO, IR_NO, (u32)off);
}

static void store_state(struct sx *x, enum ir_op op, size_t off, struct v32 v)
{
	add_node(x, op, ref(x, v), IR_NO, (u32)off);
}

#define STATE(m) offsetof(struct cpu_state, m)

/* A field that only this block changes: loaded once. */
static struct v32 held(struct sx *x, enum held h, enum ir_op op, size_t off)
{
	if (x->held[h] == IR_NO)
		x->held[h] = (u16)load_state(x, op, off).v;
	return (struct v32){ x, x->held[h] };
}

static void set_held(struct sx *x, enum held h, enum ir_op op, size_t off,
		     struct v32 v)
{
	x->held[h] = ref(x, v);
	add_node(x, op, x->held[h], IR_NO, (u32)off);
}

static struct v32 lr(struct sx *x)
{
	return held(x, HELD_LR, IR_LD32, STATE(lr));
}

static void set_lr(struct sx *x, struct v32 v)
{
	set_held(x, HELD_LR, IR_ST32, STATE(lr), v);
}

static struct v32 ctr(struct sx *x)
{
	return held(x, HELD_CTR, IR_LD32, STATE(ctr));
}

static void set_ctr(struct sx *x, struct v32 v)
{
	set_held(x, HELD_CTR, IR_ST32, STATE(ctr), v);
}

#include "cpu/jit/sem_jit_cr.h"

#include "cpu/jit/sem_jit_branch.h"

/* ---- memory --------------------------------------------------------------- */

static enum sem_result mem_ld(struct sx *x, unsigned int size, struct v32 ea,
			      struct v32 *v)
{
	*v = value(x, IR_LOAD, ref(x, ea), IR_NO, x->insn);
	x->ir->n[v->v].kind = (u8)size;
	return SEM_NEXT;
}

static enum sem_result mem_st(struct sx *x, unsigned int size, struct v32 ea,
			      struct v32 v)
{
	u16 ra = ref(x, ea), rv = ref(x, v);

	x->ir->n[add_node(x, IR_STORE, ra, rv, x->insn)].kind = (u8)size;
	return SEM_NEXT;
}

static enum sem_result mem_done(struct sx *x)
{
	(void)x;
	return SEM_NEXT;
}

static enum sem_result mem_reserve(struct sx *x, struct v32 ea, struct v32 *v)
{
	mem_ld(x, 4, ea, v);
	x->ir->n[v->v].c = 0;	/* an Alignment interrupt, or aligned */
	store_state(x, IR_ST8, STATE(reserve), imm32(1));
	x->reserved = x->ir->count;
	return SEM_NEXT;
}

/* Whether a lwarx's reservation is still there: a device may take it. */
static bool is_reserved(const struct sx *x)
{
	const struct irn *n = &x->ir->n[x->reserved];

	if (!x->reserved)
		return false;
	for (; n < &x->ir->n[x->ir->count]; n++)
		if (n->op >= IR_LOAD && n->op != IR_SET && n->op != IR_CMP &&
		    n->op != IR_ST8 && n->op != IR_NEAR)
			return false;
	return true;
}

static enum sem_result mem_conditional(struct sx *x, struct v32 ea,
				       struct v32 v, struct v32 *stored)
{
	u16 ra = ref(x, ea), rv = ref(x, v), n;
	bool is_sure = is_reserved(x);

	*stored = is_sure ? imm32(1) : load_state(x, IR_LD8, STATE(reserve));
	n = add_node(x, is_sure ? IR_STORE : IR_STORE_IF, ra, rv, x->insn);
	x->ir->n[n].kind = 4;
	/* an Alignment interrupt, or aligned; or what it depends on */
	x->ir->n[n].c = is_sure ? 0 : (u16)stored->v;
	x->reserved = 0;
	store_state(x, IR_ST8, STATE(reserve), imm32(0));
	return SEM_NEXT;
}

static enum sem_result mem_zero_line(struct sx *x, struct v32 ea)
{
	ea = and32(ea, imm32(~31u));
	add_node(x, IR_ZERO, ref(x, ea), IR_NO, x->insn);
	return SEM_NEXT;
}

static void mem_touch(struct sx *x, struct v32 ea)
{
	(void)x;
	(void)ea;
}

/* What is not aligned goes to the interpreted body anyway. */
static enum sem_result mem_many_check(struct sx *x, struct v32 ea, u32 st)
{
	(void)x;
	(void)ea;
	(void)st;
	return SEM_NEXT;
}

/* lmw and stmw; strings have odd lengths */
static enum sem_result many(struct sx *x, enum ir_op op, const struct op *o,
			    struct v32 ea, struct v32 bytes)
{
	u16 n;

	if (bytes.x || bytes.v != 4 * (32u - o->d)) {
		unlowered(x);
		return SEM_NEXT;
	}
	n = add_node(x, op, ref(x, ea), IR_NO, x->insn);
	x->ir->n[n].kind = (u8)(bytes.v / 4);
	return SEM_NEXT;
}

static enum sem_result mem_load_many(struct sx *x, const struct op *o,
				     struct v32 ea, struct v32 bytes)
{
	unsigned int i;

	many(x, IR_LOAD_MANY, o, ea, bytes);
	for (i = o->d; i < 32; i++)
		x->gpr[i] = IR_NO;
	return SEM_NEXT;
}

static enum sem_result mem_store_many(struct sx *x, const struct op *o,
				      struct v32 ea, struct v32 bytes)
{
	return many(x, IR_STORE_MANY, o, ea, bytes);
}

/* ---- system ---------------------------------------------------------------- */

static struct v32 get_msr(struct sx *x)
{
	return load_state(x, IR_LD32, STATE(msr));
}

static void super_only(struct sx *x)
{
	if (x->is_super)
		return;
	x->is_super = true;
	add_node(x, IR_SUPER, IR_NO, IR_NO, x->insn);
}

static enum sem_result sys_wrtee(struct sx *x, struct v32 ee)
{
	struct v32 rest = and32(get_msr(x), imm32(~MSR_EE));

	store_state(x, IR_ST32, STATE(msr), or32(rest, ee));
	add_node(x, IR_ASYNC, IR_NO, IR_NO, x->insn);
	return SEM_NEXT;
}

static enum sem_result sys_tlbwe(struct sx *x, struct v32 index,
				 unsigned int word, struct v32 val)
{
	u16 a = ref(x, index), b = ref(x, val);

	if (word > 2)
		unlowered(x);
	x->ir->n[add_node(x, IR_TLBWE, a, b, x->insn)].kind = (u8)word;
	return SEM_NEXT;
}

static enum sem_result sys_mfspr(struct sx *x, u32 n, struct v32 *v)
{
	u32 offset, mask;
	bool is_user;

	*v = imm32(0);
	if (n == SPRN_XER) {
		*v = xer(x);
		return SEM_NEXT;
	}
	if (n == SPRN_PID) {
		super_only(x);
		*v = load_state(x, IR_LD32, STATE(pid));
		return SEM_NEXT;
	}
	if (!spr_plain(n, false, &offset, &mask, &is_user)) {
		unlowered(x);
		return SEM_NEXT;
	}
	if (!is_user)
		super_only(x);
	*v = load_state(x, IR_LD32, offset);
	return SEM_NEXT;
}

static enum sem_result sys_mtspr(struct sx *x, u32 n, struct v32 v)
{
	u32 offset, mask;
	bool is_user;

	if (n == SPRN_XER) {
		set_xer(x, v);
		return SEM_NEXT;
	}
	if (!spr_plain(n, true, &offset, &mask, &is_user)) {
		unlowered(x);
		return SEM_NEXT;
	}
	if (!is_user)
		super_only(x);
	store_state(x, IR_ST32, offset, and32(v, imm32(mask)));
	return SEM_NEXT;
}

#include "cpu/jit/sem_jit_fp.h"

/* ---- not lowered yet ------------------------------------------------------- */

#define GIVE_UP(x) (unlowered(x), SEM_NEXT)

#define NO32(name, ...) \
	static inline struct v32 name(struct sx *x, ##__VA_ARGS__) \
	{ \
		return unlowered(x); \
	}
#define NO64(name, ...) \
	static inline struct v64 name(struct sx *x, ##__VA_ARGS__) \
	{ \
		unlowered(x); \
		return (struct v64){ x, 0 }; \
	}
#define NOVOID(name, ...) \
	static inline void name(struct sx *x, ##__VA_ARGS__) \
	{ \
		unlowered(x); \
	}
#define NORES(name, ...) \
	static inline enum sem_result name(struct sx *x, ##__VA_ARGS__) \
	{ \
		return GIVE_UP(x); \
	}

enum sys_return { SYS_RFI, SYS_RFCI, SYS_RFMCI };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
NO32(xer_bytes)
NO32(time_base_lower)
NO32(sys_tlbre, struct v32 i, unsigned int w)
NO32(sys_tlbsx, struct v32 ea, struct v32 *i)
NO32(fp_mcrfs, unsigned int n)
NOVOID(set_xer_count, struct v32 v)
NOVOID(fp_mtfsb, unsigned int m, bool v)
NOVOID(cr1_from_fpscr)
NORES(mem_cache_op, enum cache_op k, struct v32 ea)
NORES(sys_return, enum sys_return k)
NORES(sys_call, const struct op *o)
NORES(sys_trap, struct v32 c)
NORES(sys_mtmsr, struct v32 v)
NORES(sys_mfdcr, u32 n, struct v32 *v)
NORES(sys_mtdcr, u32 n, struct v32 v)
NORES(sys_time_polled, const struct op *o)
NORES(sys_flush_code)
NORES(sys_drop_lines)
NORES(sys_dcread, const struct op *o, struct v32 ea)
NORES(sys_icread, struct v32 ea)
/* clang-format off */
#define NOFP1(name) NO64(name, struct v64 t, struct v64 b)
NOFP1(fp_res) NOFP1(fp_rsqrte) NOFP1(fp_ctiw)
NO64(fp_sqrt, struct v64 t, struct v64 b, unsigned int f)
struct v64;	/* ends the list for the formatter */
/* clang-format on */
static inline struct v64 fp_sel(struct v64 a, struct v64 c, struct v64 b)
{
	a.x->fp_op = IR_FP_SEL;
	return a;
}
static inline struct v32 leftmost_zero_byte(struct v32 a, struct v32 b)
{
	return imm32(0);
}
/* The sums of MAC are lowered where both sides are constants. */
#define MAC_SUM(name, sum) \
	static inline struct v64 name(struct v32 a, struct v32 p) \
	{ \
		if (a.x || p.x) \
			unlowered(a.x ? a.x : p.x); \
		return (struct v64){ NULL, (u64)(sum) }; \
	}
MAC_SUM(mac_sum_s, (s64)(s32)a.v + (s32)p.v)
MAC_SUM(mac_diff_s, (s64)(s32)a.v - (s32)p.v)
MAC_SUM(mac_sum_u, (u64)a.v + p.v)
#define OF_SUM(name, result) \
	static inline struct v32 name(struct v64 t) \
	{ \
		s64 s = (s64)t.v; \
		\
		(void)s; \
		return imm32(result); \
	}
OF_SUM(low32, (u32)t.v)
OF_SUM(over_s, s != (s32)s)
OF_SUM(over_u, t.v >> 32 != 0)
OF_SUM(saturate_s, s > 0x7fffffffll ? 0x7fffffffu :
       s < -0x80000000ll ? 0x80000000u : (u32)s)
OF_SUM(saturate_u, t.v >> 32 ? 0xffffffffu : (u32)t.v)
#pragma GCC diagnostic pop

#endif
