/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_kvm.c - accel/kvm*.c on a fake host.
 *
 * What a KVM answers is what Linux 2.6.26 to 3.14 had in
 * arch/powerpc/kvm/{powerpc,booke,44x}.c and virt/kvm; encodings are of [PPC].
 */
#include "tests/unit/kvm_rig.h"

#include "cpu/spr.h"

static void has_text(const struct rig *r, const char *text)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(r->msg.text, text));
	CU_ASSERT_PTR_NULL(strchr(r->msg.text, '\n'));
}

static void declines(struct rig *r, const char *text)
{
	CU_ASSERT(rig_try(r) < 0);
	has_text(r, text);
	CU_ASSERT_EQUAL(r->f.fds, 0);
	CU_ASSERT_PTR_NULL(r->cpu->kvm);
	rig_close(r);
}

void test_kvm_declines(void)
{
	struct rig r;

	rig_init(&r);
	r.f.is_440 = false;
	declines(&r, "no 440: it is a toaster");
	rig_init(&r);
	r.f.open_result = -ENOENT;
	declines(&r, "/dev/kvm: there is none");
	rig_init(&r);
	r.f.open_result = -EACCES;
	declines(&r, "no permission");
	rig_init(&r);
	r.f.version = 11;
	declines(&r, "version 11");
	rig_init(&r);
	r.f.caps = 0;
	declines(&r, "takes no memory");
	rig_init(&r);
	r.f.hz = 0;
	declines(&r, "timebase-frequency");
	rig_init(&r);
	r.f.refused = KVM44X_CREATE_VCPU;
	declines(&r, "KVM_CREATE_VCPU: Invalid argument");
	rig_init(&r);
	r.f.refused = KVM44X_SET_USER_MEMORY_REGION;
	declines(&r, "does not take the memory");
}

void test_kvm_memory(void)
{
	static const u32 caps[] = {
		KVM44X_CAP_USER_MEMORY, KVM44X_CAP_STATE, KVM44X_CAP_ONE_REG,
		KVM44X_CAP_CONTIGUOUS,
	};
	struct rig r;

	rig_open(&r);
	CU_ASSERT_EQUAL(r.f.slots, 1);
	CU_ASSERT_EQUAL(r.f.slot[0].guest_phys_addr, 0);
	CU_ASSERT_EQUAL(r.f.slot[0].memory_size, RAM_BYTES);
	CU_ASSERT_EQUAL(r.f.slot[0].userspace_addr, (uintptr_t)r.ram);
	CU_ASSERT_PTR_NULL(r.f.mapped_at);
	rig_close(&r);
	rig_init(&r);
	RIG_CAPS(&r, caps);
	CU_ASSERT_EQUAL(rig_try(&r), 0);
	CU_ASSERT_PTR_EQUAL(r.f.mapped_at, r.ram);
	rig_close(&r);
}

/* ---- accesses -------------------------------------------------------- */

static int mmio(struct rig *r, u64 pa, u32 len, bool is_write)
{
	r->f.run.exit_reason = KVM44X_EXIT_MMIO;
	r->f.run.u.mmio.phys_addr = pa;
	r->f.run.u.mmio.len = len;
	r->f.run.u.mmio.is_write = is_write;
	return 0;
}

static int write_half(struct rig *r)
{
	memcpy(r->f.run.u.mmio.data, "\xab\xcd", 2);
	return mmio(r, 0xef600302, 2, true);
}

static int read_word(struct rig *r)
{
	memset(r->f.run.u.mmio.data, 0, 8);
	return mmio(r, 0xef600300, 4, false);
}

static int read_8(struct rig *r)
{
	return mmio(r, 0xef600300, 8, false);
}

static int read_odd(struct rig *r)
{
	return mmio(r, 0xef600301, 2, false);
}

static int read_huge(struct rig *r)
{
	return mmio(r, 0xef600300, 0x80000000u, false);
}

void test_kvm_mmio(void)
{
	struct rig r;

	rig_open(&r);
	r.bus_value = 0x11223344;
	rig_steps(&r, write_half, read_word, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL_FATAL(r.accesses, 2);
	CU_ASSERT_EQUAL(r.bus[0].pa, 0xef600302);
	CU_ASSERT_EQUAL(r.bus[0].size, 2);
	CU_ASSERT_EQUAL(r.bus[0].val, 0xabcd);
	CU_ASSERT(r.bus[0].is_write);
	CU_ASSERT_EQUAL(memcmp(r.f.run.u.mmio.data, "\x11\x22\x33\x44", 4), 0);
	CU_ASSERT_EQUAL(r.cpu->kvm->count[KVM_COUNT_MMIO_READ], 1);
	CU_ASSERT_EQUAL(r.cpu->kvm->count[KVM_COUNT_MMIO_WRITE], 1);
	rig_close(&r);
}

void test_kvm_mmio_sizes(void)
{
	struct rig r;

	rig_open(&r);
	r.bus_value = 0x11223344;
	rig_steps(&r, read_8, NULL, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.accesses, 2);
	CU_ASSERT_EQUAL(r.bus[1].pa, 0xef600304);
	CU_ASSERT_EQUAL(r.bus[1].size, 4);
	r.accesses = 0;
	rig_steps(&r, read_odd, NULL, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.accesses, 2);
	CU_ASSERT_EQUAL(r.bus[0].size, 1);
	CU_ASSERT_EQUAL(r.bus[1].pa, 0xef600302);
	r.accesses = 0;
	rig_steps(&r, read_huge, NULL, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.accesses, 2);
	rig_close(&r);
}

void test_kvm_bus_error(void)
{
	struct rig r;

	rig_open(&r);
	r.bus_status = -1;
	rig_steps(&r, read_word, NULL, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(memcmp(r.f.run.u.mmio.data, "\xff\xff\xff\xff", 4), 0);
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_SPR(SPRN_MCSR)),
			MCSR_MCS | MCSR_DRB);
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_PENDING),
			1u << IVOR_MACHINE_CHECK);
	rig_close(&r);
}

static int dcr(struct rig *r, bool is_write)
{
	r->f.run.exit_reason = KVM44X_EXIT_DCR;
	r->f.run.u.dcr.dcrn = 0xc2;
	r->f.run.u.dcr.data = 0x5555;
	r->f.run.u.dcr.is_write = is_write;
	return 0;
}

static int dcr_write(struct rig *r)
{
	return dcr(r, true);
}

static int dcr_read(struct rig *r)
{
	return dcr(r, false);
}

void test_kvm_dcr(void)
{
	struct rig r;

	rig_open(&r);
	rig_steps(&r, dcr_write, NULL, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.dcrn, 0xc2);
	CU_ASSERT_EQUAL(r.dcr_value, 0x5555);
	r.dcr_value = 0x1234;
	rig_steps(&r, dcr_read, NULL, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.run.u.dcr.data, 0x1234);
	CU_ASSERT_EQUAL(r.dcr_writes, 1);
	rig_close(&r);
}

/* ---- interrupt inputs ------------------------------------------------ */

void test_kvm_level(void)
{
	struct rig r;

	rig_open(&r);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.irqs, 0);
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, true);
	rig_run(&r);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.irqs, 1);
	CU_ASSERT_EQUAL(r.f.irq[0], KVM44X_INTERRUPT_SET_LEVEL);
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, false);
	rig_run(&r);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.irqs, 2);
	CU_ASSERT_EQUAL(r.f.irq[1], KVM44X_INTERRUPT_UNSET);
	rig_close(&r);
}

void test_kvm_critical(void)
{
	struct rig r;

	rig_open(&r);
	cpu_set_pin(r.cpu, IVOR_CRITICAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.irq[0], KVM44X_CRITICAL_SET_LEVEL);
	cpu_set_pin(r.cpu, IVOR_CRITICAL, false);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.irq[1], KVM44X_CRITICAL_UNSET);
	CU_ASSERT_EQUAL(r.f.irqs, 2);
	rig_close(&r);
}

/* ---- historical hosts ------------------------------------------------ */

/* The steps of the probe's program on a KVM that is right. */
static int probe_read(struct rig *r)
{
	dcr(r, false);
	r->f.run.u.dcr.dcrn = 0x10;
	return 0;
}

static int probe_write(struct rig *r)
{
	/* mfdcr r31,0x10 first, as assembled by binutils: 7f f0 02 86 */
	CU_ASSERT_EQUAL(ldb32(r->ram), 0x7ff00286);
	CU_ASSERT_EQUAL(ldb32(r->ram + 4), 0x3be02222);
	CU_ASSERT_EQUAL(ldb32(r->ram + 8), 0x7fd00386);
	r->f.regs.gpr[31] = 0x2222;
	dcr(r, true);
	r->f.run.u.dcr.dcrn = 0x10;
	return 0;
}

/* ... and up to Linux 3.6: "dcr_is_write" is never set. */
static int probe_read_wrong(struct rig *r)
{
	r->f.regs.gpr[31] = r->f.run.u.dcr.data;
	return probe_read(r);
}

/* Linux 3.2 to 3.6: kvmppc_sanity_check() fails for want of a PVR. */
static int insane(struct rig *r)
{
	r->f.run.exit_reason = KVM44X_EXIT_INTERNAL_ERROR;
	return -EINVAL;
}

static void open_historical(struct rig *r)
{
	rig_init(r);
	RIG_CAPS(r, historical_caps);
	rig_steps(r, probe_read, probe_write, probe_read);
	CU_ASSERT_EQUAL_FATAL(rig_try(r), 0);
}

void test_kvm_probe(void)
{
	struct rig r;

	open_historical(&r);
	CU_ASSERT_EQUAL(r.cpu->kvm->features & KVM_DCR_WRITE_LOADS, 0);
	CU_ASSERT_EQUAL(r.f.vms, 2);
	CU_ASSERT_EQUAL(ldb32(r.ram), 0);
	CU_ASSERT_EQUAL(r.f.slots, 1);
	rig_close(&r);
	rig_init(&r);
	RIG_CAPS(&r, historical_caps);
	rig_steps(&r, insane, NULL, NULL);
	declines(&r, "this version of KVM does not run on a 440");
}

static int load_r5(struct rig *r)
{
	r->f.regs.pc = 0x104;
	return read_word(r);
}

void test_kvm_dcr_fault(void)
{
	struct rig r;

	rig_init(&r);
	RIG_CAPS(&r, historical_caps);
	rig_steps(&r, probe_read, probe_write, probe_read_wrong);
	CU_ASSERT_EQUAL_FATAL(rig_try(&r), 0);
	CU_ASSERT(r.cpu->kvm->features & KVM_DCR_WRITE_LOADS);
	/* lwz r5,0(r3): the register that the KVM remembers */
	stb32(r.ram + 0x100, 0x80a30000);
	r.cpu->s.tlb = (struct tlb){ .epn = { 0 } };
	r.cpu->s.pc = 0;
	r.f.regs.gpr[5] = 0;
	rig_steps(&r, load_r5, dcr_write, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->kvm->load_reg, 5);
	CU_ASSERT_EQUAL(r.dcr_value, 0x5555);
	CU_ASSERT_EQUAL(r.f.run.u.dcr.data, r.f.regs.gpr[5]);
	rig_close(&r);
}

void test_kvm_edge(void)
{
	static const u32 caps[] = { KVM44X_CAP_USER_MEMORY };
	struct rig r;

	rig_init(&r);
	RIG_CAPS(&r, caps);
	rig_steps(&r, probe_read, probe_write, probe_read);
	CU_ASSERT_EQUAL_FATAL(rig_try(&r), 0);
	r.cpu->s.tlb = (struct tlb){ .epn = { 0 } };
	r.cpu->s.pc = 0;
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, true);
	r.f.alarm_ns = 0;
	engine_kvm.run(r.cpu, TB_HZ);
	CU_ASSERT_EQUAL(r.f.irqs, 1);
	/* a second is asked for, but an edge must be told again before */
	CU_ASSERT(r.f.alarm_ns > 0 && r.f.alarm_ns <= 20000001);
	engine_kvm.run(r.cpu, TB_HZ);
	CU_ASSERT_EQUAL(r.f.irqs, 2);
	/* nothing takes it back */
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, false);
	engine_kvm.run(r.cpu, TB_HZ);
	CU_ASSERT_EQUAL(r.f.irqs, 2);
	CU_ASSERT_EQUAL(r.f.irq[0], KVM44X_INTERRUPT_SET);
	rig_close(&r);
}

/* One to one from 0, as the machine enters a kernel. */
static void boot_state(struct cpu_state *s)
{
	memset(s, 0, sizeof(*s));
	tlb_reset(&s->tlb);
	tlb_write(&s->tlb, 0, 1, 0, 0);
	tlb_write(&s->tlb, 0, 2, TLB2_SR | TLB2_SW | TLB2_SX, 0);
	tlb_write(&s->tlb, 0, 0, TLB0_V | 9 << 4, 0);
	s->gpr[3] = 0x123456;
	s->pvr = 0x422218d3;
	for (u32 i = 0; i < 8; i++)
		state_set_cr_field(s, i, 0);
}

void test_kvm_boot_state_only(void)
{
	struct cpu_state s;
	struct rig r;

	open_historical(&r);
	boot_state(&s);
	s.pc = 0x1000;
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &s, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.regs.pc, 0x1000);
	CU_ASSERT_EQUAL(r.f.regs.gpr[3], 0x123456);
	CU_ASSERT_EQUAL(r.f.vms, 2);
	/* a reset after a run: another VCPU, since the TLB is what it was */
	rig_run(&r);
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &s, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.vms, 3);
	CU_ASSERT_EQUAL(r.f.slots, 1);
	s.msr = MSR_IS;
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &s, &r.msg), -ERR_UNSUPP);
	has_text(&r, "cannot be given a TLB");
	s.msr = 0;
	tlb_write(&s.tlb, 1, 1, 0x00100000, 0);
	tlb_write(&s.tlb, 1, 0, 0xc0000000 | TLB0_V | 1 << 4, 0);
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &s, &r.msg), -ERR_UNSUPP);
	rig_close(&r);
}

/* ---- state ----------------------------------------------------------- */

static void fill_state(struct cpu_state *s)
{
	boot_state(s);
	for (u32 i = 0; i < 32; i++) {
		s->gpr[i] = 0x01010101 * i;
		s->fpr[i] = 0x3ff0000000000000ull + i;
	}
	for (u32 i = 0; i < 8; i++)
		state_set_cr_field(s, i, i + 1);
	state_set_xer(s, 0xa0000012);
	state_set_fpscr(s, 0x82004001);
	s->pc = 0xc0001234;
	s->lr = 0xc0005678;
	s->ctr = 77;
	s->msr = MSR_EE | MSR_CE | MSR_ME | MSR_FP;
	s->srr0 = 0x1000;
	s->srr1 = MSR_PR;
	s->csrr0 = 0x2000;
	s->mcsrr0 = 0x3000;
	s->dear = 0xdeadbee0;
	s->esr = ESR_ST;
	s->ivpr = 0xc0000000;
	s->ivor[15] = 0x1f00;
	s->sprg[7] = 0x77;
	s->usprg0 = 0x88;
	s->pid = 5;
	s->mmucr = 0x00010005;
	s->ccr0 = 0x00200000;
	s->ccr1 = 0x00000080;
	s->tcr = TCR_DIE;
	s->tsr = TSR_DIS;
	s->decar = 99;
	s->iac[2] = 0x4000;
	s->inv[1] = 3;
	tlb_write(&s->tlb, 40, 1, 0xef600000, 0);
	tlb_write(&s->tlb, 40, 2, TLB2_I | TLB2_G | TLB2_SR | TLB2_UR, 0);
	tlb_write(&s->tlb, 40, 0, 0xfde00000 | TLB0_V | TLB0_TS | 1 << 4, 0x2a);
}

#define AT(member) offsetof(struct cpu_state, member)
static const size_t cells[] = {
	AT(pc), AT(lr), AT(ctr), AT(msr), AT(srr0), AT(srr1), AT(csrr0),
	AT(mcsrr0), AT(dear), AT(esr), AT(ivpr), AT(ivor[15]), AT(sprg[7]),
	AT(usprg0), AT(pid), AT(mmucr), AT(ccr0), AT(ccr1), AT(tcr), AT(tsr),
	AT(decar), AT(iac[2]), AT(inv[1]),
};

void test_kvm_state(void)
{
	struct cpu_state in, out;
	struct rig r;

	rig_open(&r);
	fill_state(&in);
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &in, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.code_written, 1);
	/* as the KVM holds it */
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_SPR(SPRN_MMUCR)), 0x10005);
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_SPR(SPRN_TSR)), TSR_DIS);
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_TLB(40, 3)), 0x2a);
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_TLB(40, 0)),
			0xfde00000 | TLB0_V | TLB0_TS | 1 << 4);
	CU_ASSERT_EQUAL(r.f.regs.cr, 0x12345678);
	CU_ASSERT_EQUAL(r.f.regs.xer, 0xa0000012);
	/* and back, after something else was there */
	memset(&r.cpu->s, 0xff, sizeof(r.cpu->s));
	r.cpu->s.is_frozen = 0;
	r.cpu->s.fpu.note = 0;
	CU_ASSERT_EQUAL(engine_kvm.get_state(r.cpu, &out, &r.msg), 0);
	CU_ASSERT_EQUAL(memcmp(out.gpr, in.gpr, 32 * 4), 0);
	CU_ASSERT_EQUAL(memcmp(out.fpr, in.fpr, sizeof(in.fpr)), 0);
	CU_ASSERT_EQUAL(memcmp(&out.tlb, &in.tlb, sizeof(in.tlb)), 0);
	CU_ASSERT_EQUAL(state_cr(&out), 0x12345678);
	CU_ASSERT_EQUAL(state_xer(&out), 0xa0000012);
	CU_ASSERT_EQUAL(state_fpscr(&out), 0x82004001);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		CU_ASSERT_EQUAL(memcmp((char *)&out + cells[i],
				       (char *)&in + cells[i], 4), 0);
	rig_close(&r);
}

/* An access is over only after the next KVM_RUN, [LX] Documentation/virt/kvm. */
static int check_immediate(struct rig *r)
{
	CU_ASSERT(r->f.run.immediate_exit);
	r->f.regs.gpr[7] = 0x42;
	return -EINTR;
}

/* What the device does: stop the run in the middle of an access. */
static int read_and_kick(void *opaque, paddr_t pa, unsigned int size, u32 *val)
{
	struct rig *r = opaque;

	cpu_kick(r->cpu);
	return rig_read(r, pa, size, val);
}

void test_kvm_settles(void)
{
	struct cpu_state s;
	struct rig r;

	rig_open(&r);
	r.port.read = read_and_kick;
	rig_steps(&r, read_word, check_immediate, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.f.done, 1);
	CU_ASSERT_EQUAL(engine_kvm.get_state(r.cpu, &s, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.done, 2);
	CU_ASSERT_EQUAL(s.gpr[7], 0x42);
	CU_ASSERT_FALSE(r.f.run.immediate_exit);
	rig_close(&r);
}

/* ---- time ------------------------------------------------------------ */

void test_kvm_time(void)
{
	struct rig r;
	u64 hz, tb_hz;

	rig_init(&r);
	r.f.clock_hz = 2 * TB_HZ;
	CU_ASSERT_EQUAL_FATAL(rig_try(&r), 0);
	engine_kvm.clocks(r.cpu, &hz, &tb_hz);
	CU_ASSERT_EQUAL(hz, 2 * TB_HZ);
	CU_ASSERT_EQUAL(tb_hz, TB_HZ);
	r.f.tb += 5000;
	engine_kvm.now(r.cpu);
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 10000);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 0);
	/* never back */
	r.f.tb -= 100;
	engine_kvm.now(r.cpu);
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 10000);
	rig_close(&r);
}

void test_kvm_alarm(void)
{
	struct rig r;

	rig_open(&r);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	/* 4000000 cycles of 400 MHz, rounded up */
	CU_ASSERT_EQUAL(r.f.alarm_ns, 10000001);
	CU_ASSERT_EQUAL(r.f.alarms, 1);
	CU_ASSERT_EQUAL(r.f.alarms_seen, 1);
	/* one that is set already and comes in time is left alone */
	rig_steps(&r, dcr_read, dcr_read, NULL);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.f.alarms, 2);
	rig_run(&r);
	/* one that is near is not told exactly */
	rig_steps(&r, dcr_read, NULL, NULL);
	engine_kvm.run(r.cpu, 1000);
	CU_ASSERT_EQUAL(r.f.alarm_ns, 200001);
	rig_close(&r);
}

static int waits(struct rig *r)
{
	r->f.run.exit_reason = KVM44X_EXIT_HLT;
	r->f.run.u.idle.wake_tb = r->f.tb + 1000;
	return 0;
}

static int waits_for_ever(struct rig *r)
{
	waits(r);
	r->f.run.u.idle.wake_tb = ~0ull;
	return 0;
}

void test_kvm_idle(void)
{
	struct rig r;

	rig_open(&r);
	rig_steps(&r, waits, waits_for_ever, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_IDLE);
	CU_ASSERT_EQUAL(r.cpu->timer_at, cpu_now(r.cpu) + 1001);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_IDLE);
	CU_ASSERT_EQUAL(r.cpu->timer_at, ~0ull);
	rig_close(&r);
}

/* ---- ends ------------------------------------------------------------ */

static int watchdog_exit(struct rig *r)
{
	*fake_reg(&r->f, KVM44X_REG_TCR) = PPC_PLACE(3, 2, 3);
	r->f.run.exit_reason = KVM44X_EXIT_WATCHDOG;
	return 0;
}

void test_kvm_resets(void)
{
	struct rig r;

	rig_open(&r);
	rig_steps(&r, chip_reset, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_RESET);
	CU_ASSERT_EQUAL(r.cpu->reset_kind, 2);
	cpu_reset(r.cpu, 2);
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &r.cpu->s, &r.msg), 0);
	CU_ASSERT_EQUAL(r.f.regs.pc, 0xfffffffc);
	rig_steps(&r, watchdog_exit, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_RESET);
	CU_ASSERT_EQUAL(r.cpu->reset_kind, 3);
	CU_ASSERT_EQUAL(r.cpu->s.tsr & TSR_WRS_MASK, PPC_PLACE(3, 2, 3));
	rig_close(&r);
}

static int unknown_insn(struct rig *r)
{
	r->f.run.exit_reason = KVM44X_EXIT_UNKNOWN;
	r->f.run.u.hw.hardware_exit_reason = 0xffffffff7c0007a4ull;
	r->f.regs.pc = 0x2000;
	return 0;
}

static int debug_exit(struct rig *r)
{
	r->f.run.exit_reason = KVM44X_EXIT_DEBUG;
	return 0;
}

static int io_error(struct rig *r)
{
	(void)r;
	return -EIO;
}

static void gets_stuck(fake_step step, const char *why)
{
	struct rig r;

	rig_open(&r);
	rig_steps(&r, step, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_STUCK);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r.cpu->stuck);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.cpu->stuck, why));
	CU_ASSERT_EQUAL(r.cpu->s.pc, r.f.regs.pc);
	rig_close(&r);
}

void test_kvm_stuck(void)
{
	/* tlbwe r0,r0,0 */
	gets_stuck(unknown_insn, "0x7c0007a4, tlbwe");
	gets_stuck(debug_exit, "reason 4");
	gets_stuck(insane, "internal error");
	gets_stuck(io_error, "KVM_RUN: Input/output error");
}

/* Enough interruptions for two looks. */
static enum cpu_why look_twice(struct rig *r)
{
	enum cpu_why why = CPU_BUDGET;

	rig_run(r);
	r->f.regs.pc = 0x208;
	for (int i = 0; i < 200 && why == CPU_BUDGET; i++)
		why = rig_run(r);
	return why;
}

void test_kvm_looks(void)
{
	struct rig r;

	/* mtspr DBCR0,r9; b . - as ppc4xx_reset_system() of Linux ends */
	rig_open(&r);
	stb32(r.ram + 0x204, 0x7d344ba6);
	stb32(r.ram + 0x208, 0x48000000);
	rig_run(&r);
	r.f.regs.gpr[9] = PPC_PLACE(3, 2, 3);
	CU_ASSERT_EQUAL(look_twice(&r), CPU_RESET);
	CU_ASSERT_EQUAL(r.cpu->reset_kind, 3);
	rig_close(&r);
	/* the same loop alone: an interrupt may end it, or not */
	rig_open(&r);
	stb32(r.ram + 0x208, 0x48000000);
	rig_run(&r);
	r.f.regs.msr = MSR_EE;
	CU_ASSERT_EQUAL(look_twice(&r), CPU_BUDGET);
	r.f.regs.msr = 0;
	CU_ASSERT_EQUAL(look_twice(&r), CPU_STUCK);
	rig_close(&r);
}

static void count_one(void *opaque, const char *name, u64 count)
{
	u64 *sum = opaque;

	if (!strcmp(name, "user dcr_write"))
		*sum += count;
}

void test_kvm_counts(void)
{
	struct rig r;
	u64 sum = 0;

	rig_open(&r);
	rig_steps(&r, dcr_write, dcr_write, NULL);
	rig_run(&r);
	engine_kvm.counts(r.cpu, count_one, &sum);
	CU_ASSERT_EQUAL(sum, 2);
	rig_close(&r);
}

void test_kvm_caps(void)
{
	struct errmsg msg = { "" };

	CU_ASSERT_EQUAL(engine_check(&engine_interp, ENGINE_EXACT_COUNTS |
				     ENGINE_OWN_TIME | ENGINE_FIRMWARE, &msg),
			0);
	CU_ASSERT_EQUAL(engine_check(&engine_kvm, 0, &msg), 0);
	CU_ASSERT_EQUAL(engine_check(&engine_kvm, ENGINE_OWN_TIME, &msg),
			-ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--accel=kvm"));
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--clock=virtual"));
	CU_ASSERT_STRING_NOT_EQUAL(engine_find("auto", &msg)->name, "kvm");
	CU_ASSERT_PTR_EQUAL(engine_find("kvm", &msg), &engine_kvm);
}
