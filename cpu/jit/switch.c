/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/switch.c - into an interrupt handler, out of it, and from one
 * context to another, without C.
 *
 * Stubs that take the place of an interpreted body for what a guest's kernel
 * does at each way in and out.  They do what cpu/exc.c and cpu_set_msr do, in
 * the case that nothing else waits; for anything else they go to the body.  All
 * are called like stubs.slow, rcx the op and eax JIT_BODY_INFO, and like it
 * those that do not come back take the return address off the stack.
 */
#include "cpu/fpu.h"
#include "cpu/jit/lower.h"
#include "cpu/spr.h"
#include "cpu/variants.h"

#define CTX(m) ((s32)offsetof(struct softctx, m))
#define CTX_SHIFT 6u
#define CONTEXT_BITS (MSR_PR | MSR_IS | MSR_DS)

_Static_assert(sizeof(struct softctx) == 1u << CTX_SHIFT, "index by shift");
_Static_assert(!offsetof(struct cpu, s.gpr), "GPRs are indexed from rbp");
/* What may wait lies together: one comparison sees that nothing does. */
_Static_assert(offsetof(struct cpu, attention) ==
	       offsetof(struct cpu, async) + 4, "see unless_quiet");

/* The jump to be taken when somebody waits, or might after a change. */
static size_t unless_quiet(struct code_buf *b)
{
	cmp_mi(b, true, RBP, OFF(async), 0);
	return jcc_fwd(b, CC_NE);
}

/* The jump to be taken when MSR[FE0] or [FE1] might let something through. */
static size_t if_fp_pending(struct code_buf *b)
{
	test_byte(b, RBP, OFF(s.fpscr) + 3, FPSCR_FEX >> 24);
	return jcc_fwd(b, CC_NE);
}

/* What is privileged is not done in user mode. */
static void super_only(struct jit *j)
{
	test_byte(&j->buf, RBP, OFF(s.msr) + 1, MSR_PR >> 8);
	jcc_to(&j->buf, CC_NE, j->stubs.user);
}

/* Of JIT_BODY_INFO in @info: instructions from it to the end of the block. */
static void emit_rest(struct code_buf *b, unsigned int info)
{
	shift_ri(b, SH_SHR, false, info, 16);
	alu_ri(b, ALU_AND, false, info, JIT_REST_MAX);
}

/* The budget gets back what is behind the instruction that eax tells of. */
static void give_back(struct code_buf *b)
{
	emit_rest(b, RAX);
	alu_rr(b, ALU_ADD, true, R15, RAX);
	alu_ri(b, ALU_SUB, true, R15, 1);
}

/* Of JIT_BODY_INFO in @info: the instruction's address, in @r. */
static void emit_address(struct code_buf *b, unsigned int r, unsigned int info)
{
	mov_rr(b, r, info);
	shift_ri(b, SH_SHR, false, r, 22);
	shift_ri(b, SH_SHL, false, r, 2);
	alu_rm(b, ALU_ADD, r, RBP, OFF(ea_page));
}

/* @key, a context's, becomes its number, not 0; the jump if it has none. */
static size_t find_context(struct code_buf *b, unsigned int key)
{
	alu_rr(b, ALU_ADD, true, key, RBP);
	ld8(b, key, key, OFF(soft.of_key));
	test_rr(b, false, key, key);
	return jcc_fwd(b, CC_E);
}

/* From a number to the address; and @stamp, which is lost, into it. */
static void take_context(struct code_buf *b, unsigned int n,
			 unsigned int stamp)
{
	shift_ri(b, SH_SHL, true, n, CTX_SHIFT);
	alu_rr(b, ALU_ADD, true, n, RBP);
	alu_ri(b, ALU_ADD, true, n,
	       OFF(soft.ctx) - (s32)sizeof(struct softctx));
	st64(b, n, CTX(stamp), stamp);
}

static void next_stamp(struct code_buf *b, unsigned int r)
{
	ld64(b, r, RBP, OFF(soft.stamp));
	alu_ri(b, ALU_ADD, true, r, 1);
	st64(b, RBP, OFF(soft.stamp), r);
}

/* @ctx is the data's context from now on; @tmp is lost. */
static void set_data_context(struct code_buf *b, unsigned int ctx,
			     unsigned int tmp)
{
	st64(b, RBP, OFF(dctx), ctx);
	ld64(b, R13, ctx, CTX(tab.rd));
	ld64(b, tmp, ctx, CTX(tab.wr));
	st64(b, RBP, OFF(dt.rd), R13);
	st64(b, RBP, OFF(dt.wr), tmp);
	alu_ri(b, ALU_ADD, true, R13, TABLE_BIAS);
}

/* @key = the key's part that is @bit of the MSR in @msr, moved to @at. */
static void key_bit(struct code_buf *b, unsigned int key, unsigned int msr,
		    u32 bit, unsigned int at)
{
	unsigned int from = (unsigned int)__builtin_ctz(bit);

	mov_rr(b, key, msr);
	alu_ri(b, ALU_AND, false, key, (s32)bit);
	if (from < at)
		shift_ri(b, SH_SHL, false, key, at - from);
	else
		shift_ri(b, SH_SHR, false, key, from - at);
}

/* The block is left for good: eax the new MSR, edx where to go on. */
struct way_out {
	size_t with_msr;
	size_t with_pid;	/* eax the MSR that is in force; PID changed */
};

static struct way_out emit_switch(struct jit *j, size_t update)
{
	struct code_buf *b = &j->buf;
	struct way_out at = { .with_msr = b->used };
	size_t same, none[2];

	ld32(b, RCX, RBP, OFF(s.msr));
	st32(b, RBP, OFF(s.msr), RAX);
	alu_rr(b, ALU_XOR, false, RCX, RAX);
	alu_ri(b, ALU_AND, false, RCX, CONTEXT_BITS);
	same = jcc_fwd(b, CC_E);
	at.with_pid = b->used;
	key_bit(b, RSI, RAX, MSR_PR, SOFTCTX_PR_SHIFT);
	alu_rm(b, ALU_OR, RSI, RBP, OFF(s.pid));
	key_bit(b, RCX, RAX, MSR_DS, SOFTCTX_AS_SHIFT);
	key_bit(b, RDI, RAX, MSR_IS, SOFTCTX_AS_SHIFT);
	alu_rr(b, ALU_OR, false, RCX, RSI);
	alu_rr(b, ALU_OR, false, RDI, RSI);
	none[0] = find_context(b, RCX);
	none[1] = find_context(b, RDI);
	next_stamp(b, RSI);
	take_context(b, RCX, RSI);
	take_context(b, RDI, RSI);
	set_data_context(b, RCX, RSI);
	st64(b, RBP, OFF(ictx), RDI);
	ld64(b, RAX, RDI, CTX(tab.ex));
	st64(b, RBP, OFF(it.ex), RAX);
	patch_here(b, same);
	jit_goto_address(j);
	patch_here(b, none[0]);
	patch_here(b, none[1]);
	call_to(b, update);
	jit_load_tables(b);
	jit_goto_address(j);
	return at;
}

/* An interrupt of an instruction, or, with @esr 0, behind it. */
static size_t emit_interrupt(struct jit *j, const struct way_out *leave,
			     enum ivor ivor, u32 esr)
{
	struct code_buf *b = &j->buf;
	size_t at = b->used, waits = unless_quiet(b), event, streak;

	test_byte(b, RBP, OFF(s.dbcr0) + 3, DBEV_IRPT >> 24);
	event = jcc_fwd(b, CC_NE);
	/* r15 as of the instruction, in rdx until nothing can go wrong */
	mov_rr(b, RDX, RAX);
	emit_rest(b, RDX);
	alu_rr(b, ALU_ADD, true, RDX, R15);
	if (!esr)
		alu_ri(b, ALU_SUB, true, RDX, 1);
	ld64(b, RSI, RBP, OFF(limit));
	alu_rr(b, ALU_SUB, true, RSI, RDX);
	ld64(b, RDI, RBP, OFF(streak_at));
	alu_rr(b, ALU_CMP, true, RSI, RDI);
	streak = jcc_fwd(b, CC_E);
	st64(b, RBP, OFF(streak_at), RSI);
	st32_imm(b, RBP, OFF(streak), 1);
	mov_rr64(b, R15, RDX);
	emit_address(b, RAX, RAX);
	if (!esr)
		alu_ri(b, ALU_ADD, false, RAX, 4);
	st32(b, RBP, OFF(s.srr0), RAX);
	ld32(b, RAX, RBP, OFF(s.msr));
	st32(b, RBP, OFF(s.srr1), RAX);
	alu_ri(b, ALU_AND, false, RAX, MSR_CE | MSR_ME | MSR_DE);
	if (esr) {
		alu_mi(b, ALU_AND, RBP, OFF(s.esr), ESR_MCI);
		alu_mi(b, ALU_OR, RBP, OFF(s.esr), esr);
	}
	ld64(b, RCX, RBP, OFF(exceptions) + 8 * (s32)ivor);
	alu_ri(b, ALU_ADD, true, RCX, 1);
	st64(b, RBP, OFF(exceptions) + 8 * (s32)ivor, RCX);
	ld32(b, RDX, RBP, OFF(s.ivpr));
	alu_rm(b, ALU_OR, RDX, RBP, OFF(s.ivor) + 4 * (s32)ivor);
	alu_ri(b, ALU_ADD, true, RSP, 8);
	jmp_to(b, leave->with_msr);
	patch_here(b, waits);
	patch_here(b, event);
	patch_here(b, streak);
	jmp_to(b, j->stubs.slow);
	return at;
}

static void emit_rfi(struct jit *j, const struct way_out *leave)
{
	struct code_buf *b = &j->buf;
	size_t waits, fp, idle;

	j->stubs.rfi = b->used;
	super_only(j);
	waits = unless_quiet(b);
	fp = if_fp_pending(b);
	ld32(b, RDX, RBP, OFF(s.srr1));
	mov_rr(b, RSI, RDX);
	alu_ri(b, ALU_AND, false, RSI, MSR_WE);
	idle = jcc_fwd(b, CC_NE);
	give_back(b);
	mov_rr(b, RAX, RDX);
	alu_ri(b, ALU_AND, false, RAX, MSR_MASK);
	ld32(b, RDX, RBP, OFF(s.srr0));
	alu_ri(b, ALU_AND, false, RDX, ~3);
	alu_ri(b, ALU_ADD, true, RSP, 8);
	jmp_to(b, leave->with_msr);
	patch_here(b, waits);
	patch_here(b, fp);
	patch_here(b, idle);
	jmp_to(b, j->stubs.slow);
}

/*
 * Load (0x8b) or store (0x89) @r, the guest register that a field of the op
 * names; @n is lost.
 */
static void gpr_at(struct code_buf *b, unsigned int op, unsigned int r,
		   unsigned int n, size_t field)
{
	ld8(b, n, RCX, (s32)field);
	rex(b, false, r, n, RBP, false);
	put8(b, op);
	mem_sib(b, r, RBP, n, 2);
}

/* edi the data's context by the MSR in edx, PR being clear. */
static size_t find_data_context(struct code_buf *b)
{
	key_bit(b, RDI, RDX, MSR_DS, SOFTCTX_AS_SHIFT);
	alu_rm(b, ALU_OR, RDI, RBP, OFF(s.pid));
	return find_context(b, RDI);
}

/* Inside a block: what changes the code's context is left to the body. */
static void emit_mtmsr(struct jit *j, size_t update)
{
	static const u8 used[] = { RDX, RSI, RDI };	/* rsp is aligned */
	struct code_buf *b = &j->buf;
	size_t waits, fp, odd[2], same, none, done;
	unsigned int i;

	j->stubs.mtmsr = b->used;
	super_only(j);
	waits = unless_quiet(b);
	fp = if_fp_pending(b);
	for (i = 0; i < ARRAY_SIZE(used); i++)
		push(b, used[i]);
	gpr_at(b, 0x8b, RDX, RDX, offsetof(struct op, d));
	mov_rr(b, RSI, RDX);
	alu_ri(b, ALU_AND, false, RSI, MSR_WE);
	odd[0] = jcc_fwd(b, CC_NE);
	alu_ri(b, ALU_AND, false, RDX, MSR_MASK);
	ld32(b, RSI, RBP, OFF(s.msr));
	alu_rr(b, ALU_XOR, false, RSI, RDX);
	mov_rr(b, RDI, RSI);
	alu_ri(b, ALU_AND, false, RDI, MSR_PR | MSR_IS);
	odd[1] = jcc_fwd(b, CC_NE);
	st32(b, RBP, OFF(s.msr), RDX);
	alu_ri(b, ALU_AND, false, RSI, MSR_DS);
	same = jcc_fwd(b, CC_E);
	none = find_data_context(b);
	next_stamp(b, RSI);
	take_context(b, RDI, RSI);
	set_data_context(b, RDI, RSI);
	patch_here(b, same);
	done = b->used;
	for (i = ARRAY_SIZE(used); i-- > 0;)
		pop(b, used[i]);
	put8(b, 0xc3);
	patch_here(b, none);
	call_to(b, update);
	jit_load_tables(b);
	jmp_to(b, done);
	patch_here(b, odd[0]);
	patch_here(b, odd[1]);
	for (i = ARRAY_SIZE(used); i-- > 0;)
		pop(b, used[i]);
	patch_here(b, waits);
	patch_here(b, fp);
	jmp_to(b, j->stubs.slow);
}

/* tlbsx. of what it found last; the same key as in cpu_tlbsx. */
static void emit_tlbsx(struct jit *j)
{
	struct code_buf *b = &j->buf;
	size_t other;

	j->stubs.tlbsx = b->used;
	super_only(j);
	push(b, RDX);
	push(b, RSI);
	gpr_at(b, 0x8b, RDX, RDX, offsetof(struct op, a));
	gpr_at(b, 0x8b, RSI, RSI, offsetof(struct op, b));
	alu_rr(b, ALU_ADD, false, RDX, RSI);
	alu_ri(b, ALU_AND, false, RDX, ~0x3ff);
	alu_ri(b, ALU_OR, false, RDX, TLB0_V);
	ld8(b, RSI, RBP, OFF(s.mmucr));		/* STID */
	alu_rr(b, ALU_OR, false, RDX, RSI);
	ld32(b, RSI, RBP, OFF(s.mmucr));
	alu_ri(b, ALU_AND, false, RSI, MMUCR_STS);
	shift_ri(b, SH_SHR, false, RSI, 8);
	alu_rr(b, ALU_OR, false, RDX, RSI);
	alu_rm(b, ALU_CMP, RDX, RBP, OFF(found.key));
	other = jcc_fwd(b, CC_NE);
	ld32(b, RSI, RBP, OFF(found.index));
	gpr_at(b, 0x89, RSI, RDX, offsetof(struct op, d));
	mov_ri64(b, RSI, (u64)cr_pack(2));
	st64(b, RBP, OFF(s.cr), RSI);
	ld8(b, RSI, RBP, OFF(s.xer_so));
	st8(b, RBP, OFF(s.cr_so), RSI);
	pop(b, RSI);
	pop(b, RDX);
	put8(b, 0xc3);
	patch_here(b, other);
	pop(b, RSI);
	pop(b, RDX);
	jmp_to(b, j->stubs.slow);
}

/*
 * What timer_polled does at a read of the time base at rsi cycles: it takes
 * longer if that is polling.  rdi is lost, rdx the address; the jump to be taken
 * when the budget does not suffice.
 */
static size_t emit_polled(struct code_buf *b)
{
	size_t far, late, poor, once;

	mov_rr(b, RDI, RDX);
	alu_rm(b, ALU_SUB, RDI, RBP, OFF(s.poll_pc));
	alu_ri(b, ALU_ADD, false, RDI, TIMER_POLL_BYTES);
	alu_ri(b, ALU_CMP, false, RDI, 2 * TIMER_POLL_BYTES);
	far = jcc_fwd(b, CC_A);
	push(b, RAX);
	mov_rr64(b, RDI, RSI);
	ld64(b, RAX, RBP, OFF(s.poll_cycle));
	alu_rr(b, ALU_SUB, true, RDI, RAX);
	pop(b, RAX);
	alu_ri(b, ALU_CMP, true, RDI, TIMER_POLL_WITHIN);
	late = jcc_fwd(b, CC_A);
	alu_ri(b, ALU_CMP, true, R15, TIMER_POLL_CYCLES);
	poor = jcc_fwd(b, CC_LE);
	alu_ri(b, ALU_SUB, true, R15, TIMER_POLL_CYCLES);
	ld64(b, RDI, RBP, OFF(skipped));
	alu_ri(b, ALU_ADD, true, RDI, TIMER_POLL_CYCLES);
	st64(b, RBP, OFF(skipped), RDI);
	lea64(b, RDI, RSI, TIMER_POLL_CYCLES);
	once = jmp_fwd(b);
	patch_here(b, far);
	patch_here(b, late);
	mov_rr64(b, RDI, RSI);
	patch_here(b, once);
	st32(b, RBP, OFF(s.poll_pc), RDX);
	st64(b, RBP, OFF(s.poll_cycle), RDI);
	return poor;
}

/* A half of the time base, while it counts each cycle. */
static size_t emit_time(struct jit *j, bool is_upper)
{
	static const u8 used[] = { RDX, RSI, RDI };
	struct code_buf *b = &j->buf;
	size_t at = b->used, slow[2], poor = 0;
	unsigned int i;

	cmp_mi(b, false, RBP, OFF(tb_div), 1);
	slow[0] = jcc_fwd(b, CC_NE);
	test_byte(b, RBP, OFF(s.is_frozen), 0xff);
	slow[1] = jcc_fwd(b, CC_NE);
	for (i = 0; i < ARRAY_SIZE(used); i++)
		push(b, used[i]);
	mov_rr(b, RDX, RAX);
	emit_rest(b, RDX);
	alu_rr(b, ALU_ADD, true, RDX, R15);
	ld64(b, RSI, RBP, OFF(limit));
	alu_rr(b, ALU_SUB, true, RSI, RDX);
	if (!is_upper) {
		emit_address(b, RDX, RAX);
		poor = emit_polled(b);
	}
	ld64(b, RDX, RBP, OFF(s.tb_offset));
	alu_rr(b, ALU_ADD, true, RSI, RDX);
	if (is_upper)
		shift_ri(b, SH_SHR, true, RSI, 32);
	gpr_at(b, 0x89, RSI, RDX, offsetof(struct op, d));
	for (i = ARRAY_SIZE(used); i-- > 0;)
		pop(b, used[i]);
	put8(b, 0xc3);
	if (poor)
		patch_here(b, poor);
	for (i = ARRAY_SIZE(used); poor && i-- > 0;)
		pop(b, used[i]);
	patch_here(b, slow[0]);
	patch_here(b, slow[1]);
	jmp_to(b, j->stubs.slow);
	return at;
}

/* mtspr PID; what is behind it is fetched anew. */
static void emit_pid(struct jit *j, const struct way_out *leave)
{
	struct code_buf *b = &j->buf;
	size_t waits;

	j->stubs.pid = b->used;
	super_only(j);
	waits = unless_quiet(b);
	gpr_at(b, 0x8b, RDX, RDX, offsetof(struct op, d));
	alu_ri(b, ALU_AND, false, RDX, 0xff);
	st32(b, RBP, OFF(s.pid), RDX);
	emit_address(b, RDX, RAX);
	alu_ri(b, ALU_ADD, false, RDX, 4);
	give_back(b);
	ld32(b, RAX, RBP, OFF(s.msr));
	alu_ri(b, ALU_ADD, true, RSP, 8);
	jmp_to(b, leave->with_pid);
	patch_here(b, waits);
	jmp_to(b, j->stubs.slow);
}

/**
 * jit_emit_switch - the stubs of this file
 * @j: translator whose stub `slow` is there
 */
void jit_emit_switch(struct jit *j)
{
	size_t update = jit_emit_ask(&j->buf, (uintptr_t)cpu_update_context);
	struct way_out leave = emit_switch(j, update);

	j->stubs.user = emit_interrupt(j, &leave, IVOR_PROGRAM, ESR_PPR);
	j->stubs.call = emit_interrupt(j, &leave, IVOR_SYSCALL, 0);
	j->stubs.privileged = j->buf.used;
	super_only(j);
	jmp_to(&j->buf, j->stubs.slow);
	emit_rfi(j, &leave);
	emit_pid(j, &leave);
	emit_mtmsr(j, update);
	emit_tlbsx(j);
	j->stubs.time[0] = emit_time(j, false);
	j->stubs.time[1] = emit_time(j, true);
}

/* Of mfspr, mftb or mtspr. */
static size_t spr_stub(const struct jit *j, unsigned int key, u32 sprn)
{
	if (KEY_INSN(key) != INSN_mtspr && sprn == SPRN_TBLR)
		return j->stubs.time[0];
	if (KEY_INSN(key) != INSN_mtspr && sprn == SPRN_TBUR)
		return j->stubs.time[1];
	if (KEY_INSN(key) == INSN_mtspr && sprn == SPRN_PID)
		return j->stubs.pid;
	/* which numbers are privileged: see spr_refuse */
	return sprn & 0x10 ? j->stubs.privileged : j->stubs.slow;
}

/**
 * jit_body_stub - what runs the interpreted body of an instruction
 * @j:   translator
 * @key: INSN_KEY
 * @o:   its op
 *
 * Returns: its place, to be called like stubs.slow.
 */
size_t jit_body_stub(const struct jit *j, unsigned int key, const struct op *o)
{
	switch (KEY_INSN(key)) {
	case INSN_sc:
		return j->stubs.call;
	case INSN_rfi:
		return j->stubs.rfi;
	case INSN_mtmsr:
		return j->stubs.mtmsr;
	case INSN_mfspr: case INSN_mftb: case INSN_mtspr:
		return spr_stub(j, key, o->imm);
	case INSN_ILLEGAL:
		return j->stubs.slow;
	case INSN_tlbsx:
		if (key == INSN_KEY(INSN_tlbsx, K_RC))
			return j->stubs.tlbsx;
		return j->stubs.privileged;
	default:
		return insn_table[KEY_INSN(key)].flags & PRIV ?
		       j->stubs.privileged : j->stubs.slow;
	}
}
