/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emulate.c - executes one instruction with the simulator's bodies: what is
 * privileged and not frequent, and loads and stores to devices.
 *
 * Owns the words of these bodies that need memory or the machine.  Runs with
 * interrupts off.
 */
#include "emulate.h"
#include "hw.h"

#include "cpu/decode.h"
#include "cpu/sem/sem.h"
#include "cpu/spr.h"

struct sx {
	struct cpu_state *s;
	struct vcpu *v;
	struct emul *e;
	u32 used;		/* answers consumed */
	bool is_exit;
	u8 size;		/* of an access; 0: none so far */
	bool is_store;
	/* the interrupt that a word asked for */
	u8 ivor;
	u32 esr, dear;
};

static __always_inline bool fp_fast(struct sx *x, enum fpu_lazy_op op,
	unsigned int form, u64 a, u64 b, u64 c, u64 *result)
{
	return false;
}

static __always_inline bool fp_fast_compare(struct sx *x, u64 a, u64 b,
					    u32 *nibble)
{
	return false;
}

#include "cpu/sem_interp.h"

static enum sem_result fault(struct sx *x, u32 ivor, u32 esr, u32 dear)
{
	x->ivor = (u8)ivor;
	x->esr = esr;
	x->dear = dear;
	return SEM_FAULT;
}

/* Branches never come here. */
static __always_inline struct v32 this_pc(struct sx *x, const struct op *o)
{
	return imm32(x->s->pc);
}

static __always_inline struct v32 next_pc(struct sx *x, const struct op *o)
{
	return imm32(x->s->pc + 4);
}

static __always_inline enum sem_result br_near(struct sx *x,
	const struct op *o, struct v32 cond)
{
	return SEM_NEXT;
}

static __always_inline enum sem_result br_to(struct sx *x, const struct op *o,
	struct v32 cond, struct v32 to)
{
	return SEM_NEXT;
}

static __always_inline enum sem_result br_self(struct sx *x)
{
	return SEM_NEXT;
}

static __always_inline enum sem_result sys_trap(struct sx *x, struct v32 cond)
{
	return cond.v ? fault(x, IVOR_PROGRAM, ESR_PTR, 0) : SEM_NEXT;
}

/**
 * emul_memory - guest memory at an address
 * @v:        VCPU
 * @gpa:      guest-physical; what lies in its 4 KB page may be accessed
 * @is_store: note it as written
 *
 * Returns: the host's address, NULL if there is no memory.
 */
void *emul_memory(struct vcpu *v, u64 gpa, bool is_store)
{
	u32 page = (u32)(gpa >> 12), i, n;
	const struct fast_slot *m;

	for (i = 0; i < v->slots; i++) {
		m = &v->slot[i];
		n = page - m->first;
		if (n >= m->pages)
			continue;
		if (m->dirty && is_store)
			m->dirty[n >> 5] |= 1u << (n & 31);
		return (u8 *)host_page(m->page[n] & 0xffffff) + (gpa & 0xfff);
	}
	return NULL;
}

/* Ask user space, or take its answer if it was asked before. */
static enum sem_result ask(struct sx *x, bool is_dcr, u32 size, u32 *val)
{
	struct emul *e = x->e;

	if (x->used < e->answers) {
		*val = e->answer[x->used++];
		return SEM_NEXT;
	}
	if (e->answers == IO_ANSWERS)
		return fault(x, IVOR_PROGRAM, ESR_PIL, 0);
	e->is_waiting = true;
	e->is_dcr = is_dcr;
	e->size = (u8)size;
	x->is_exit = true;
	return SEM_FAULT;
}

/* The instruction may be executed again, so it is an answer like another. */
static void look_ahead(struct sx *x, u64 gpa, u32 size, bool is_store, u32 *val)
{
	struct emul *e = x->e;

	if (!x->v->preview || x->used < e->answers ||
	    e->answers == IO_ANSWERS ||
	    !preview_access(x->v->preview, gpa, size, is_store, val))
		return;
	e->answer[e->answers++] = *val;
	x->v->count[COUNT_MMIO]++;
	x->v->count[COUNT_PREVIEW]++;
}

static enum sem_result mmio(struct sx *x, u64 gpa, u32 size, bool is_store,
			    u32 *val)
{
	struct kvm44x_run *run = x->e->run;
	enum sem_result r;

	look_ahead(x, gpa, size, is_store, val);
	r = ask(x, false, size, val);
	if (!x->is_exit)
		return r;
	run->exit_reason = KVM44X_EXIT_MMIO;
	run->u.mmio.phys_addr = gpa;
	memset(run->u.mmio.data, 0, sizeof(run->u.mmio.data));
	if (is_store)
		stb(run->u.mmio.data, size, *val);
	run->u.mmio.len = size;
	run->u.mmio.is_write = is_store;
	x->v->count[COUNT_MMIO]++;
	return r;
}

static u32 swap_bytes(u32 v, u32 size)
{
	return size == 4 ? __builtin_bswap32(v) :
	       size == 2 ? __builtin_bswap16((u16)v) : v;
}

static enum sem_result translate(struct sx *x, u32 ea, bool is_store,
				 u64 *gpa, u32 *attr)
{
	struct cpu_state *s = x->s;
	u32 i = fast_find(x->v, ea, s->msr & MSR_DS ? 1 : 0, s->pid);
	u32 esr = is_store ? ESR_ST : 0;

	if (i == NO_ENTRY)
		return fault(x, IVOR_DTLB, esr, ea);
	if (!(entry_rights(x->v, i) & (is_store ? 2 : 1)))
		return fault(x, IVOR_DSI, esr, ea);
	*gpa = tlb_real(&s->tlb, i, ea);
	*attr = s->tlb.word[i][2];
	return SEM_NEXT;
}

/* @size bytes that lie in one page. */
static enum sem_result access_page(struct sx *x, u32 ea, u32 size,
				   bool is_store, u32 *val)
{
	bool is_little;
	u32 attr;
	u64 gpa;
	void *p;

	TRY(translate(x, ea, is_store, &gpa, &attr));
	is_little = attr & TLB2_E;
	if (is_little && is_store)
		*val = swap_bytes(*val, size);
	p = emul_memory(x->v, gpa, is_store);
	if (!p)
		TRY(mmio(x, gpa, size, is_store, val));
	else if (is_store)
		stb(p, size, *val);
	else
		*val = ldb(p, size);
	if (is_little && !is_store)
		*val = swap_bytes(*val, size);
	return SEM_NEXT;
}

static enum sem_result access(struct sx *x, u32 ea, u32 size, bool is_store,
			      u32 *val)
{
	u32 i, byte, all = 0;

	x->size = (u8)size;
	x->is_store = is_store;
	/* 1 KB is the smallest page */
	if (likely((ea & 0x3ff) + size <= 0x400))
		return access_page(x, ea, size, is_store, val);
	for (i = 0; i < size; i++) {
		byte = *val >> (8 * (size - 1 - i)) & 0xff;
		TRY(access_page(x, ea + i, 1, is_store, &byte));
		all = all << 8 | byte;
	}
	if (!is_store)
		*val = all;
	return SEM_NEXT;
}

static __always_inline enum sem_result mem_ld(struct sx *x, unsigned int size,
					      struct v32 ea, struct v32 *v)
{
	v->v = 0;
	return access(x, ea.v, size, false, &v->v);
}

static __always_inline enum sem_result mem_st(struct sx *x, unsigned int size,
					      struct v32 ea, struct v32 v)
{
	return access(x, ea.v, size, true, &v.v);
}

static __always_inline enum sem_result mem_ld_fp(struct sx *x, struct v32 ea,
						 struct v32 *v)
{
	return mem_ld(x, 4, ea, v);
}

static __always_inline enum sem_result mem_st_fp(struct sx *x, struct v32 ea,
						 struct v32 v)
{
	return mem_st(x, 4, ea, v);
}

static enum sem_result mem_ld64(struct sx *x, struct v32 ea, struct v64 *v)
{
	u32 hi = 0, lo = 0;

	TRY(access(x, ea.v, 4, false, &hi));
	TRY(access(x, ea.v + 4, 4, false, &lo));
	v->v = (u64)hi << 32 | lo;
	return SEM_NEXT;
}

static enum sem_result mem_st64(struct sx *x, struct v32 ea, struct v64 v)
{
	u32 hi = (u32)(v.v >> 32), lo = (u32)v.v;

	TRY(access(x, ea.v, 4, true, &hi));
	return access(x, ea.v + 4, 4, true, &lo);
}

static __always_inline enum sem_result mem_done(struct sx *x)
{
	return SEM_NEXT;
}

/* The hardware has checked alignment before it looked at the page. */
static __always_inline enum sem_result mem_fp_check(struct sx *x,
	struct v32 ea, unsigned int size, u32 st)
{
	return SEM_NEXT;
}

static __always_inline enum sem_result mem_many_check(struct sx *x,
	struct v32 ea, u32 st)
{
	return SEM_NEXT;
}

static __always_inline enum sem_result mem_fp(struct sx *x, enum sem_result r)
{
	if (r == SEM_FAULT)
		x->esr |= ESR_FP;
	return r;
}

static __always_inline struct v32 xer_bytes(struct sx *x)
{
	return imm32(x->s->xer_count);
}

static enum sem_result mem_load_many(struct sx *x, const struct op *o,
				     struct v32 ea, struct v32 bytes)
{
	u32 d = o->d, at = ea.v, n = bytes.v, v, i, byte;

	for (; n; d = (d + 1) & 31, at += 4, n -= n < 4 ? n : 4) {
		v = 0;
		if (n >= 4)
			TRY(access(x, at, 4, false, &v));
		for (i = 0; n < 4 && i < n; i++) {
			TRY(access(x, at + i, 1, false, &byte));
			v |= byte << (24 - 8 * i);
		}
		x->s->gpr[d] = v;
	}
	return SEM_NEXT;
}

static enum sem_result mem_store_many(struct sx *x, const struct op *o,
				      struct v32 ea, struct v32 bytes)
{
	u32 d = o->d, at = ea.v, n = bytes.v, v, i, byte;

	for (; n; d = (d + 1) & 31, at += 4, n -= n < 4 ? n : 4) {
		v = x->s->gpr[d];
		if (n >= 4)
			TRY(access(x, at, 4, true, &v));
		for (i = 0; n < 4 && i < n; i++) {
			byte = v >> (24 - 8 * i) & 0xff;
			TRY(access(x, at + i, 1, true, &byte));
		}
	}
	return SEM_NEXT;
}

static enum sem_result mem_reserve(struct sx *x, struct v32 ea, struct v32 *v)
{
	TRY(mem_ld(x, 4, ea, v));
	x->s->reserve = 1;
	return SEM_NEXT;
}

static enum sem_result mem_conditional(struct sx *x, struct v32 ea,
				       struct v32 v, struct v32 *stored)
{
	stored->v = x->s->reserve;
	if (stored->v)
		TRY(mem_st(x, 4, ea, v));
	x->s->reserve = 0;
	return SEM_NEXT;
}

static enum sem_result mem_cache_op(struct sx *x, enum cache_op kind,
				    struct v32 ea)
{
	u32 attr;
	u64 gpa;

	return translate(x, ea.v, kind == CACHE_AS_STORE, &gpa, &attr);
}

static __always_inline void mem_touch(struct sx *x, struct v32 ea)
{
}

static enum sem_result mem_zero_line(struct sx *x, struct v32 ea)
{
	u32 attr;
	u64 gpa;
	u8 *p;

	TRY(translate(x, ea.v, true, &gpa, &attr));
	p = emul_memory(x->v, gpa & ~31ull, true);
	if (!p || (attr & (TLB2_W | TLB2_I)))
		return fault(x, IVOR_ALIGNMENT, ESR_ST, ea.v);
	memset(p, 0, 32);
	return SEM_NEXT;
}

enum sys_return { SYS_RFI, SYS_RFCI, SYS_RFMCI };

static enum sem_result sys_return(struct sx *x, enum sys_return kind)
{
	struct cpu_state *s = x->s;
	u32 pc = kind == SYS_RFI ? s->srr0 : kind == SYS_RFCI ? s->csrr0 :
		 s->mcsrr0;

	s->pc = pc & ~3u;
	fast_set_msr(x->v, kind == SYS_RFI ? s->srr1 :
		     kind == SYS_RFCI ? s->csrr1 : s->mcsrr1);
	x->v->count[COUNT_RFI]++;
	return SEM_JUMP;
}

static enum sem_result sys_call(struct sx *x, const struct op *o)
{
	return fault(x, IVOR_PROGRAM, ESR_PIL, 0);
}

static __always_inline struct v32 get_msr(struct sx *x)
{
	x->v->count[COUNT_MFMSR]++;
	return imm32(x->s->msr);
}

static enum sem_result sys_mtmsr(struct sx *x, struct v32 v)
{
	fast_set_msr(x->v, v.v);
	x->v->count[COUNT_MTMSR]++;
	return SEM_NEXT;
}

static enum sem_result sys_wrtee(struct sx *x, struct v32 ee)
{
	fast_set_msr(x->v, (x->s->msr & ~MSR_EE) | ee.v);
	x->v->count[COUNT_WRTEE]++;
	return SEM_NEXT;
}

static enum sem_result sys_mfspr(struct sx *x, u32 n, struct v32 *val)
{
	struct emul_spr r;

	x->v->count[COUNT_MFSPR]++;
	if (!emul_spr(x->v, n, &r) || !r.is_readable)
		return fault(x, IVOR_PROGRAM, ESR_PIL, 0);
	if (r.cell)
		val->v = *r.cell;
	else if (n == SPRN_DEC)
		val->v = emul_dec(x->v);
	else
		val->v = (u32)(hw_time() >> (n == SPRN_TBUR ? 32 : 0));
	return SEM_NEXT;
}

static enum sem_result write_dbcr0(struct sx *x, u32 val)
{
	struct kvm44x_run *run = x->e->run;

	x->s->dbcr0 = val & ~PPC_MASK(2, 3);
	if (!DBCR0_RST(val))
		return SEM_NEXT;
	run->exit_reason = KVM44X_EXIT_SYSTEM_EVENT;
	run->u.system_event.type = KVM44X_SYSTEM_RESET;
	run->u.system_event.flags = DBCR0_RST(val);
	x->is_exit = true;
	return SEM_NEXT;
}

static enum sem_result write_func(struct sx *x, u32 n, u32 val)
{
	struct cpu_state *s = x->s;

	switch (n) {
	case SPRN_XER:
		x->v->xer = val;
		break;
	case SPRN_DEC:
		emul_set_dec(x->e, val);
		break;
	case SPRN_PID:
		fast_set_pid(x->v, val);
		break;
	case SPRN_DBSR:
		s->dbsr &= ~val;
		break;
	case SPRN_DBCR0:
		return write_dbcr0(x, val);
	case SPRN_TSR:
		s->tsr &= ~val;
		vtimer_changed(x->e);
		break;
	case SPRN_TCR:
		/* WRC, once not 0, can be changed by a reset only */
		if (TCR_WRC(s->tcr))
			val = (val & ~TCR_WRC_MASK) | (s->tcr & TCR_WRC_MASK);
		s->tcr = val;
		vtimer_changed(x->e);
		break;
	case SPRN_MCSR:
		s->mcsr &= ~val;
		if (!(s->mcsr & MCSR_MCS))
			x->v->pending &= ~(1u << IVOR_MACHINE_CHECK);
		break;
	case SPRN_CCR1:
		s->ccr1 = val;
		break;
	}
	/* the time base is the host's: writes are ignored */
	return SEM_NEXT;
}

static enum sem_result sys_mtspr(struct sx *x, u32 n, struct v32 v)
{
	struct emul_spr r;

	x->v->count[COUNT_MTSPR]++;
	if (!emul_spr(x->v, n, &r) || !r.is_writable)
		return fault(x, IVOR_PROGRAM, ESR_PIL, 0);
	if (!r.is_plain)
		return write_func(x, n, v.v & r.mask);
	*r.cell = v.v & r.mask;
	return SEM_NEXT;
}

static __always_inline struct v32 time_base_lower(struct sx *x)
{
	return imm32((u32)hw_time());
}

static __always_inline enum sem_result sys_time_polled(struct sx *x,
						       const struct op *o)
{
	return SEM_NEXT;
}

static enum sem_result dcr(struct sx *x, u32 n, bool is_write, u32 *val)
{
	struct kvm44x_run *run = x->e->run;
	enum sem_result r = ask(x, true, 4, val);

	if (!x->is_exit)
		return r;
	run->exit_reason = KVM44X_EXIT_DCR;
	run->u.dcr.dcrn = n;
	run->u.dcr.data = is_write ? *val : 0;
	run->u.dcr.is_write = is_write;
	x->v->count[COUNT_DCR]++;
	return r;
}

static enum sem_result sys_mfdcr(struct sx *x, u32 n, struct v32 *v)
{
	v->v = 0;
	return dcr(x, n, false, &v->v);
}

static enum sem_result sys_mtdcr(struct sx *x, u32 n, struct v32 v)
{
	return dcr(x, n, true, &v.v);
}

static __always_inline struct v32 sys_tlbre(struct sx *x, struct v32 index,
					    u32 word)
{
	unsigned int stid = x->s->mmucr & 0xff;
	u32 val = tlb_read(&x->s->tlb, index.v, word, &stid);

	x->s->mmucr = (x->s->mmucr & ~0xffu) | stid;
	return imm32(val);
}

static enum sem_result sys_tlbwe(struct sx *x, struct v32 index, u32 word,
				 struct v32 val)
{
	fast_write_tlb(x->v, index.v, word, val.v, x->s->mmucr & 0xff);
	x->v->count[COUNT_TLBWE]++;
	return SEM_NEXT;
}

static struct v32 sys_tlbsx(struct sx *x, struct v32 ea, struct v32 *index)
{
	u32 i = fast_find(x->v, ea.v, x->s->mmucr & MMUCR_STS ? 1 : 0,
			  x->s->mmucr & 0xff);

	x->v->count[COUNT_TLBSX]++;
	*index = imm32(i & (TLB_ENTRIES - 1));
	return imm32(i != NO_ENTRY);
}

static enum sem_result sys_flush_code(struct sx *x)
{
	hw_iccci();
	x->v->count[COUNT_ICCCI]++;
	return SEM_NEXT;
}

/* Dropping lines of a cache that the host shares is not a guest's right. */
static enum sem_result sys_drop_lines(struct sx *x)
{
	return SEM_NEXT;
}

static enum sem_result sys_dcread(struct sx *x, const struct op *o,
				  struct v32 ea)
{
	set_gpr(x, o->d, imm32(0));
	return SEM_NEXT;
}

static enum sem_result sys_icread(struct sx *x, struct v32 ea)
{
	return SEM_NEXT;
}

static enum sem_result fp_done(struct sx *x, unsigned int k)
{
	return SEM_NEXT;
}

static enum sem_result fp_compared(struct sx *x, unsigned int field,
				   struct v32 nibble)
{
	return SEM_NEXT;
}

#include "cpu/sem/all.h"

/*
 * The rows that may come here: all loads, stores and storage control, since
 * their pipe is L or IL; and what the module emulates or lets out.
 */
#define ROW(name)	case INSN_##name: return sem_##name(x, o, k);
#define PICK_L(name, kvm)	ROW(name)
#define PICK_IL(name, kvm)	ROW(name)
#define PICK_F(name, kvm)
#define PICK_IJ(name, kvm)
#define PICK_I(name, kvm)	PICK_##kvm(name)
#define PICK_GUEST(name)
#define PICK_EMUL(name)	ROW(name)
#define PICK_EXIT(name)	ROW(name)
#define INSN(name, mnem, form, flags, vars, pipe, lat, rep, kvm) \
	PICK_##pipe(name, kvm)

static enum sem_result execute(struct sx *x, enum insn_id id,
			       const struct op *o, unsigned int k)
{
	switch (id) {
#include "cpu/insn.def"
	default:
		return fault(x, IVOR_PROGRAM, ESR_PIL, 0);
	}
}

static void deliver(struct sx *x)
{
	struct cpu_state *s = x->s;

	if (x->ivor == IVOR_DSI || x->ivor == IVOR_DTLB ||
	    x->ivor == IVOR_ALIGNMENT)
		s->dear = x->dear;
	s->esr = x->esr | (s->esr & ESR_MCI);
	fast_interrupt(x->v, x->ivor);
}

/* What preview_exit() may do the next time. */
static void remember(struct sx *x, enum insn_id id, const struct op *o)
{
	struct fast_access a = {
		.insn = x->e->insn, .d = o->d, .a = o->a, .b = GPR_ZERO,
		.size = x->size, .is_store = x->is_store,
	};

	switch (id) {
	case INSN_lbz: case INSN_lhz: case INSN_lwz:
	case INSN_stb: case INSN_sth: case INSN_stw:
		a.imm = o->imm;
		break;
	case INSN_lbzx: case INSN_lhzx: case INSN_lwzx:
	case INSN_stbx: case INSN_sthx: case INSN_stwx:
		a.b = o->b;
		break;
	case INSN_lhbrx: case INSN_lwbrx: case INSN_sthbrx: case INSN_stwbrx:
		a.b = o->b;
		a.is_reversed = true;
		break;
	default:
		return;
	}
	*fast_access_of(x->v, a.insn) = a;
}

static enum emul_result run_insn(struct emul *e)
{
	struct sx x = { .s = &e->v->s, .v = e->v, .e = e };
	enum insn_id id = insn_find(e->insn);
	enum sem_result r;
	struct op op;
	unsigned int k;

	if (insn_table[id].flags & FP)
		vfpu_save(e->v);
	k = insn_decode(id, e->insn, x.s->pc, false, &op);
	x.s->gpr[GPR_ZERO] = 0;
	state_set_xer(x.s, e->v->xer);
	state_set_cr_field(x.s, 0, e->v->cr >> 28);
	r = execute(&x, id, &op, k);
	/* of these only stwcx. and tlbsx. write CR, and nothing XER */
	e->v->cr = (e->v->cr & 0x0fffffff) |
		   cr_nibble(x.s->cr[0], x.s->cr_so[0]) << 28;
	if (r == SEM_FAULT && x.is_exit)
		return EMUL_EXIT;
	e->answers = 0;
	if (x.size)
		remember(&x, id, &op);
	if (r == SEM_FAULT)
		deliver(&x);
	else if (r != SEM_JUMP)
		x.s->pc += 4;
	return x.is_exit ? EMUL_EXIT : EMUL_DONE;
}

/**
 * emul_insn - execute an instruction of the guest
 * @e:    VCPU, all of whose registers are in v->s, v->cr and v->xer
 * @insn: the instruction at v->s.pc
 *
 * Returns: EMUL_DONE; EMUL_EXIT when user space must answer, and then
 * emul_complete() comes next.
 * Context: interrupts off.
 */
enum emul_result emul_insn(struct emul *e, u32 insn)
{
	e->insn = insn;
	e->answers = 0;
	e->is_waiting = false;
	return run_insn(e);
}

/**
 * emul_complete - go on with the instruction that waits for user space
 * @e: VCPU with e->is_waiting, and the answer in e->run
 *
 * Returns: as emul_insn(); an instruction may need several answers.
 */
enum emul_result emul_complete(struct emul *e)
{
	const struct kvm44x_run *run = e->run;

	/* the page is shared with user space: trust only what we kept */
	e->answer[e->answers++] = e->is_dcr ? run->u.dcr.data :
				  ldb(run->u.mmio.data, e->size);
	e->is_waiting = false;
	return run_insn(e);
}
