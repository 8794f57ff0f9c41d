/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_engine.c - engine_switch: a CPU goes from engine to engine,
 * one of which is the `kvm` engine on a fake host.
 *
 * The fake executes nothing: what a KVM_RUN would have changed, a step changes.
 * Encodings are of [PPC].
 */
#include "tests/unit/kvm_rig.h"

#include <stdlib.h>

#include "cpu/spr.h"

#define CODE_AT		0x1000u
#define INSN_ADDI_3	0x38630001u	/* addi r3,r3,1 */
#define INSN_STW_3	0x90640000u	/* stw r3,0(r4) */
#define INSN_FADD_1	0xfc21102au	/* fadd f1,f1,f2 */
#define ONE		0x3ff0000000000000ull
#define TWO		0x4000000000000000ull
#define THREE		0x4008000000000000ull

static int open_fake(struct cpu *cpu, struct errmsg *msg)
{
	struct rig *r = cpu->port->opaque;

	return kvm_open_on(cpu, &fake_host, r, KVM_TAKE_OVER, msg);
}

/* The fake as an engine to switch to. */
static struct engine_ops fake_engine(void)
{
	struct engine_ops e = engine_kvm;

	e.take_over = open_fake;
	return e;
}

/* In the middle of a program of the interpreter's, with some of all state. */
static void begin(struct rig *r)
{
	struct cpu_state *s;

	rig_init(r);
	s = &r->cpu->s;
	for (u32 i = 0; i < 16; i++) {
		stb32(r->ram + CODE_AT + 12 * i, INSN_ADDI_3);
		stb32(r->ram + CODE_AT + 12 * i + 4, INSN_STW_3);
		stb32(r->ram + CODE_AT + 12 * i + 8, INSN_FADD_1);
	}
	tlb_write(&s->tlb, 1, 1, 0, 0);
	tlb_write(&s->tlb, 1, 2, TLB2_SR | TLB2_SW | TLB2_SX, 0);
	tlb_write(&s->tlb, 1, 0, TLB0_V | 7 << 4, 9);
	s->pid = 9;
	s->pc = CODE_AT;
	s->msr = MSR_FP;
	s->gpr[3] = 100;
	s->gpr[4] = 0x3000;
	s->fpr[1] = s->fpr[2] = ONE;
	cpu_state_changed(r->cpu);
	timer_set_dec(r->cpu, 5000);
	CU_ASSERT_EQUAL(interp_run(r->cpu, 3), CPU_BUDGET);
	CU_ASSERT_EQUAL(s->gpr[3], 101);
	CU_ASSERT_EQUAL(s->fpr[1], TWO);
}

/* What the guest would have done: three instructions, 1000 ticks. */
static int execute(struct rig *r)
{
	CU_ASSERT_EQUAL(r->f.regs.pc, CODE_AT + 12);
	CU_ASSERT_EQUAL(r->f.regs.gpr[3], 101);
	CU_ASSERT_EQUAL(r->f.regs.pid, 9);
	CU_ASSERT_EQUAL(*fake_reg(&r->f, KVM44X_REG_FPR(1)), TWO);
	CU_ASSERT_EQUAL(*fake_reg(&r->f, KVM44X_REG_TLB(1, 3)), 9);
	CU_ASSERT_EQUAL(*fake_reg(&r->f, KVM44X_REG_SPR(SPRN_DEC)), 5000 - 3);
	CU_ASSERT_EQUAL(ldb32(r->ram + 0x3000), 101);
	r->f.regs.pc += 12;
	r->f.regs.gpr[3] = 102;
	*fake_reg(&r->f, KVM44X_REG_FPR(1)) = THREE;
	*fake_reg(&r->f, KVM44X_REG_SPR(SPRN_DEC)) = 4000;
	*fake_reg(&r->f, KVM44X_REG_TLB(1, 3)) = 12;
	r->f.regs.pid = 12;
	stb32(r->ram + 0x3000, 102);
	return -EINTR;
}

void test_engine_round_trip(void)
{
	struct engine_ops fake = fake_engine();
	struct rig r;
	u64 cycles;

	begin(&r);
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, true);
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &engine_interp, &fake, &r.msg), 0);
	rig_steps(&r, execute, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.f.done, 1);
	/* the input that was high before is told */
	CU_ASSERT(r.f.irqs == 1 && r.f.irq[0] == KVM44X_INTERRUPT_SET_LEVEL);
	cycles = cpu_now(r.cpu);
	CU_ASSERT_EQUAL(cycles, 3 + r.f.tick_a_run);
	r.cpu->s.reserve = 1;
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &fake, &engine_interp, &r.msg), 0);
	CU_ASSERT_PTR_NULL(r.cpu->kvm);
	CU_ASSERT_EQUAL(r.f.fds, 0);
	/* time goes on; the time base is the host's, the decrementer its own */
	CU_ASSERT_EQUAL(cpu_now(r.cpu), cycles);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 3);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), r.f.tb);
	CU_ASSERT_EQUAL(timer_dec(r.cpu), 4000);
	CU_ASSERT(r.cpu->timer_at > cycles && r.cpu->timer_at <= cycles + 4000);
	CU_ASSERT_FALSE(r.cpu->s.reserve);
	CU_ASSERT(r.cpu->async & 1u << IVOR_EXTERNAL);
	/* and the program goes on */
	CU_ASSERT_EQUAL(interp_run(r.cpu, 3), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 36);
	CU_ASSERT_EQUAL(ldb32(r.ram + 0x3000), 103);
	CU_ASSERT_EQUAL(r.cpu->s.fpr[1], 0x4010000000000000ull);
	rig_close(&r);
}

void test_engine_memory(void)
{
	struct engine_ops fake = fake_engine();
	u8 *before;
	struct rig r;

	begin(&r);
	r.f.cap[r.f.caps++] = KVM44X_CAP_CONTIGUOUS;
	for (u32 i = 0x100000; i < RAM_BYTES; i += 4099)
		r.ram[i] = (u8)(i >> 4 | 1);
	before = malloc(RAM_BYTES);
	memcpy(before, r.ram, RAM_BYTES);
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &engine_interp, &fake, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.moves, 1);
	CU_ASSERT_EQUAL(r.f.slot[0].userspace_addr, (uintptr_t)r.ram);
	CU_ASSERT_EQUAL(memcmp(before, r.ram, RAM_BYTES), 0);
	/* the VM outlives its files; it must not hold on to the memory */
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &fake, &engine_interp, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.removed, 1);
	CU_ASSERT_EQUAL(memcmp(before, r.ram, RAM_BYTES), 0);
	/* no room for both: nothing is lost */
	r.f.move_result = -ENOMEM;
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &engine_interp, &fake, &r.msg),
			-ERR_NOMEM);
	CU_ASSERT_PTR_NULL(r.f.vm_memory);
	CU_ASSERT_EQUAL(memcmp(before, r.ram, RAM_BYTES), 0);
	free(before);
	rig_close(&r);
}

static int dies(struct rig *r)
{
	(void)r;
	return -EIO;
}

/* The switch fails with @text, and the interpreter goes on with the program. */
static void refused(struct rig *r, const char *text)
{
	struct engine_ops fake = fake_engine();

	CU_ASSERT(engine_switch(r->cpu, &engine_interp, &fake, &r->msg) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(r->msg.text, text));
	CU_ASSERT_PTR_NULL(strchr(r->msg.text, '\n'));
	CU_ASSERT_PTR_NULL(r->cpu->kvm);
	CU_ASSERT_EQUAL(r->f.fds, 0);
	CU_ASSERT_EQUAL(interp_run(r->cpu, 3), CPU_BUDGET);
	CU_ASSERT_EQUAL(ldb32(r->ram + 0x3000), 102);
	CU_ASSERT_EQUAL(r->cpu->s.fpr[1], THREE);
	CU_ASSERT_EQUAL(cpu_insns(r->cpu), 6);
	rig_close(r);
}

void test_engine_refused(void)
{
	struct rig r;

	begin(&r);
	r.f.is_440 = false;
	refused(&r, "no 440: it is a toaster");
	begin(&r);
	RIG_CAPS(&r, historical_caps);
	refused(&r, "cannot be given a state");
	begin(&r);
	r.f.refused = KVM44X_SET_REGS;
	refused(&r, "does not take the state");
	begin(&r);
	r.f.hz = TB_HZ / 2;
	refused(&r, "at 400000000 and 200000000 Hz there");
	/* Linux takes a time base that goes back for one that ran for years */
	begin(&r);
	timer_set_tb(r.cpu, r.f.tb + 1);
	refused(&r, "would go back");
	begin(&r);
	timer_set_tb(r.cpu, r.f.tb - 1);
	CU_ASSERT_EQUAL(rig_try(&r), 0);
	rig_close(&r);
}

/* The other way round: the `kvm` engine goes on. */
void test_engine_stays(void)
{
	struct engine_ops fake = fake_engine();
	struct rig r;

	begin(&r);
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &engine_interp, &fake, &r.msg), 0);
	r.f.refused = KVM44X_GET_REGS;
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &fake, &engine_interp, &r.msg),
			-ERR_IO);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, "does not give its state"));
	CU_ASSERT_EQUAL_FATAL(r.f.fds, 3);
	r.f.refused = 0;
	rig_steps(&r, execute, dies, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.done, 1);
	/* a guest that is stuck stays where its state is */
	CU_ASSERT_EQUAL(rig_run(&r), CPU_STUCK);
	r.msg.text[0] = '\0';
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &fake, &engine_interp, &r.msg),
			-ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, "stuck: KVM_RUN: "));
	rig_close(&r);
}

/* A machine check waits once: not again while its handler has not cleared MCSR. */
static void moves_check(bool waits)
{
	const u32 bit = 1u << IVOR_MACHINE_CHECK;
	struct engine_ops fake = fake_engine();
	struct rig r;

	begin(&r);
	cpu_machine_check(r.cpu, MCSR_DRB);
	if (!waits)
		r.cpu->async = 0;
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &engine_interp, &fake, &r.msg), 0);
	CU_ASSERT_EQUAL(!!*fake_reg(&r.f, KVM44X_REG_PENDING), waits);
	/* the guest takes it there, or meets one */
	*fake_reg(&r.f, KVM44X_REG_PENDING) ^= bit;
	waits = !waits;
	CU_ASSERT_EQUAL(engine_switch(r.cpu, &fake, &engine_interp, &r.msg), 0);
	CU_ASSERT_EQUAL(!!(r.cpu->async & bit), waits);
	CU_ASSERT_EQUAL(r.cpu->s.mcsr, MCSR_DRB | MCSR_MCS);
#ifdef HAVE_JIT
	if (engine_jit.is_possible()) {
		CU_ASSERT_EQUAL(engine_switch(r.cpu, &engine_interp,
					      &engine_jit, &r.msg), 0);
		CU_ASSERT_EQUAL(!!(r.cpu->async & bit), waits);
		engine_jit.close(r.cpu);
	}
#endif
	rig_close(&r);
}

void test_engine_machine_check(void)
{
	moves_check(true);
	moves_check(false);
}
