/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/sem_jit_fp.h - the floating-point words of the vocabulary that
 * emits.
 *
 * A value of 64 bits is not a node: which registers take part stands in the
 * op, so a word only notes in x->fp what is done, and the word that writes a
 * register or memory adds one node for the whole instruction.
 */
#ifndef CPU_JIT_SEM_JIT_FP_H
#define CPU_JIT_SEM_JIT_FP_H

/* MSR[FP] was seen set in this block, and nothing has changed it since. */
static void fp_on(struct sx *x)
{
	if (!x->is_fp_on)
		add_node(x, IR_FP_ON, IR_NO, IR_NO, x->insn);
	x->is_fp_on = true;
}

/* The same for the conditions of cpu/fpu_host.h that FPSCR has to meet. */
static void fp_ready(struct sx *x)
{
	if (!x->is_fp_ready)
		add_node(x, IR_FP_READY, IR_NO, IR_NO, x->insn);
	x->is_fp_ready = true;
}

static u16 fp_node(struct sx *x, enum ir_op op, u16 a)
{
	u16 n = add_node(x, op, a, IR_NO, x->insn);

	x->ir->n[n].kind = x->fp;
	return n;
}

static void join_words(struct ir *ir, u16 n);

static struct v64 fpr(struct sx *x, unsigned int n)
{
	(void)n;
	x->fp_op = IR_FP_MOVE;
	x->fp = FP_COPY;
	return (struct v64){ x, 0 };
}

static void set_fpr(struct sx *x, unsigned int n, struct v64 v)
{
	(void)n;
	(void)v;
	if (x->fp_op == IR_FP_ARITH || x->fp_op == IR_FP_TO_INT)
		fp_ready(x);
	if (x->fp_op != IR_FP_LOAD)
		fp_node(x, x->fp_op, IR_NO);
	else if (x->fp == FP_DOUBLE)
		join_words(x->ir, fp_node(x, IR_FP_LOAD, x->fp_ea));
	else
		fp_node(x, IR_FP_LOAD, x->fp_ea);
}

#define JFP_MOVE(name, how) \
static struct v64 name(struct v64 b) \
{ \
	b.x->fp = how; \
	return b; \
}
JFP_MOVE(fp_neg, FP_NEG)
JFP_MOVE(fp_abs, FP_ABS)
JFP_MOVE(fp_nabs, FP_NABS)

#define JFP_ARITH(name, op, ...) \
static struct v64 name(struct sx *x, struct v64 t, ##__VA_ARGS__, \
		       unsigned int form) \
{ \
	(void)t; \
	x->fp_op = IR_FP_ARITH; \
	x->fp = (u8)(op | form << 4); \
	return (struct v64){ x, 0 }; \
}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
JFP_ARITH(fp_add, FPU_LAZY_ADD, struct v64 a, struct v64 b)
JFP_ARITH(fp_mul, FPU_LAZY_MUL, struct v64 a, struct v64 b)
JFP_ARITH(fp_div, FPU_LAZY_DIV, struct v64 a, struct v64 b)
JFP_ARITH(fp_madd, FPU_LAZY_MADD, struct v64 a, struct v64 c, struct v64 b)
#pragma GCC diagnostic pop

static struct v64 fp_rsp(struct sx *x, struct v64 t, struct v64 b)
{
	(void)t;
	(void)b;
	x->fp_op = IR_FP_ARITH;
	x->fp = FPU_LAZY_RSP | FPU_SGL << 4;
	return (struct v64){ x, 0 };
}

static struct v64 fp_mffs(struct sx *x)
{
	x->fp_op = IR_FP_GET;
	return (struct v64){ x, 0 };
}

static void fp_mtfsf(struct sx *x, unsigned int fm, struct v64 v)
{
	(void)v;
	if (fm != 0xff) {
		unlowered(x);
		return;
	}
	fp_node(x, IR_FP_PUT, IR_NO);
	x->is_fp_ready = false;
}

/* The field with the rounding mode, if that is to be to nearest. */
static void fp_mtfsfi(struct sx *x, unsigned int bf, u32 u)
{
	if (bf != 7 || u & (FPSCR_XE | FPSCR_RN)) {
		unlowered(x);
		return;
	}
	x->fp = (u8)u;
	fp_node(x, IR_FP_MODE, IR_NO);
}

static struct v64 fp_ctiwz(struct sx *x, struct v64 t, struct v64 b)
{
	(void)t;
	(void)b;
	x->fp_op = IR_FP_TO_INT;
	return (struct v64){ x, 0 };
}

static enum sem_result fp_done(struct sx *x, unsigned int k)
{
	if (k & K_RC)
		unlowered(x);
	return SEM_NEXT;
}

static struct v32 fp_compare(struct sx *x)
{
	fp_ready(x);
	x->fp_compare = fp_node(x, IR_FP_CMP, IR_NO);
	return imm32(0);
}

static struct v32 fp_cmpu(struct sx *x, struct v64 a, struct v64 b)
{
	(void)a;
	(void)b;
	return fp_compare(x);
}

static struct v32 fp_cmpo(struct sx *x, struct v64 a, struct v64 b)
{
	(void)a;
	(void)b;
	return fp_compare(x);
}

static enum sem_result fp_compared(struct sx *x, unsigned int field,
				   struct v32 nibble)
{
	(void)nibble;
	x->cr[field] = (struct cr_known){ CMP_FLOAT, IR_NO, IR_NO,
					  x->fp_compare };
	return SEM_NEXT;
}

/* ---- memory ------------------------------------------------------------- */

/* An access that is not aligned goes to the interpreted body. */
static enum sem_result mem_fp_check(struct sx *x, struct v32 ea,
				    unsigned int bytes, u32 st)
{
	(void)x;
	(void)ea;
	(void)bytes;
	(void)st;
	return SEM_NEXT;
}

static enum sem_result mem_fp(struct sx *x, enum sem_result r)
{
	(void)x;
	return r;
}

static enum sem_result mem_ld_fp(struct sx *x, struct v32 ea, struct v32 *v)
{
	x->fp_op = IR_FP_LOAD;
	x->fp = FP_SINGLE;
	x->fp_ea = ref(x, ea);
	*v = (struct v32){ x, 0 };
	return SEM_NEXT;
}

/* Base and offset of an address node: base IR_NO for a constant address. */
static void split_address(const struct ir *ir, u16 n, u16 *base, u32 *off)
{
	const struct irn *a = &ir->n[n];

	*base = n;
	*off = 0;
	if (a->op == IR_ADD && ir->n[a->b].op == IR_CONST) {
		*base = a->a;
		*off = ir->n[a->b].imm;
	}
}

static bool is_word_store(const struct ir *ir, u32 i, u16 base, u32 off)
{
	const struct irn *n = &ir->n[i];
	u16 its_base;
	u32 its_off;

	if (n->op != IR_STORE || n->kind != 4)
		return false;
	split_address(ir, n->a, &its_base, &its_off);
	return its_base == base && its_off == off;
}

static bool may_write_memory(unsigned int op)
{
	switch (op) {
	case IR_STORE: case IR_STORE_IF: case IR_ZERO: case IR_STORE_MANY:
	case IR_FP_STORE: case IR_SUPER: case IR_ASYNC: case IR_CALL:
		return true;
	default:
		return false;
	}
}

/*
 * A double put together by two stores of words, as a conversion from integer
 * does it, is waited for by the host until both have reached its cache.  Such
 * a load, @n, takes the words from the stores: they are the last two of the
 * block.
 */
static void join_words(struct ir *ir, u16 n)
{
	u16 base, hi = IR_NO, lo = IR_NO;
	u32 i, off, stores = 0;

	split_address(ir, ir->n[n].a, &base, &off);
	for (i = n; i-- > 0 && stores < 2;) {
		if (!may_write_memory(ir->n[i].op))
			continue;
		stores++;
		if (is_word_store(ir, i, base, off))
			hi = ir->n[i].b;
		else if (is_word_store(ir, i, base, off + 4))
			lo = ir->n[i].b;
		else
			return;
	}
	if (hi == IR_NO || lo == IR_NO)
		return;
	ir->n[n].b = hi;
	ir->n[n].c = lo;
}

static enum sem_result mem_ld64(struct sx *x, struct v32 ea, struct v64 *v)
{
	x->fp_op = IR_FP_LOAD;
	x->fp = FP_DOUBLE;
	x->fp_ea = ref(x, ea);
	*v = (struct v64){ x, 0 };
	return SEM_NEXT;
}

static struct v64 fp_from_single(struct v32 w)
{
	return (struct v64){ w.x, 0 };
}

static struct v32 fp_to_single(struct v64 v)
{
	v.x->fp = FP_SINGLE;
	return (struct v32){ v.x, 0 };
}

static struct v32 word_of(struct v64 v)
{
	v.x->fp = FP_WORD;
	return (struct v32){ v.x, 0 };
}

static enum sem_result mem_st_fp(struct sx *x, struct v32 ea, struct v32 v)
{
	(void)v;
	fp_node(x, IR_FP_STORE, ref(x, ea));
	return SEM_NEXT;
}

static enum sem_result mem_st64(struct sx *x, struct v32 ea, struct v64 v)
{
	(void)v;
	x->fp = FP_DOUBLE;
	fp_node(x, IR_FP_STORE, ref(x, ea));
	return SEM_NEXT;
}

#endif
