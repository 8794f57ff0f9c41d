/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_exc.c - cpu/exc.c: what each interrupt saves, sets and
 * masks, and when asynchronous ones are taken.  Source: [440UM] interrupts
 * and exceptions: registers, definitions of each, masking and ordering.
 */
#include "tests/unit/cpu_rig.h"

/* Enabled at entry; what is not here must be cleared by every interrupt. */
#define MSR_ALL (MSR_CE | MSR_EE | MSR_ME | MSR_DE | MSR_FE0 | MSR_FE1 | \
		 MSR_DWE)
#define KEPT_NONCRITICAL (MSR_CE | MSR_ME | MSR_DE)
#define NO_MAP 0x70000000u
#define KEEP_ESR 0xcccccccc
#define KEEP_DEAR 0xdddddddd

enum { NONCRITICAL, CRITICAL, MCHECK };

/* Where interrupts came from and in which registers they left it. */
static void check_entry(struct rig *r, enum ivor ivor, unsigned int class,
			u32 pc, u32 msr)
{
	const struct cpu_state *s = &r->cpu->s;
	u32 at[3] = { s->srr0, s->csrr0, s->mcsrr0 };
	u32 was[3] = { s->srr1, s->csrr1, s->mcsrr1 };
	static const u32 keeps[3] = { KEPT_NONCRITICAL, MSR_ME, 0 };

	CU_ASSERT_EQUAL(s->pc, VECTOR(ivor));
	CU_ASSERT_EQUAL(s->msr, msr & keeps[class]);
	CU_ASSERT_EQUAL(r->cpu->exceptions[ivor], 1);
	for (unsigned int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(at[i], i == class ? pc : 0xaaaaaaa8);
		CU_ASSERT_EQUAL(was[i], i == class ? msr : 0xbbbbbbbb);
	}
}

static void open_poisoned(struct rig *r, u32 msr)
{
	struct cpu_state *s;

	rig_open(r);
	s = &r->cpu->s;
	s->srr0 = s->csrr0 = s->mcsrr0 = 0xaaaaaaa8;
	s->srr1 = s->csrr1 = s->mcsrr1 = 0xbbbbbbbb;
	s->esr = KEEP_ESR;
	s->dear = KEEP_DEAR;
	s->gpr[20] = NO_MAP;
	s->gpr[21] = DATA_AT;
	cpu_set_msr(r->cpu, msr);
	/* read-only data at 0x60000000, write-through at 0x60001000 */
	rig_map(r, 4, 0x60000000, DATA_AT, SIZE_4K, TLB2_SR);
	rig_map(r, 5, 0x60001000, DATA_AT, SIZE_4K, SRWX | TLB2_W);
	s->gpr[22] = 0x60000000;
	s->gpr[23] = 0x60001000;
	s->gpr[24] = NOBODY_AT;
}

struct sync_case {
	u32 word;
	u8 ivor, class;
	bool is_after;		/* saves the next instruction's address */
	u32 esr, dear;		/* KEEP_x: untouched */
};

static const struct sync_case cases[] = {
	{ LWZ(3, 8, 20), IVOR_DTLB, NONCRITICAL, false, 0, NO_MAP + 8 },
	{ STW(3, 8, 20), IVOR_DTLB, NONCRITICAL, false, ESR_ST, NO_MAP + 8 },
	{ STB(3, 9, 20), IVOR_DTLB, NONCRITICAL, false, ESR_ST, NO_MAP + 9 },
	{ LMW(25, 0, 20), IVOR_DTLB, NONCRITICAL, false, 0, NO_MAP },
	{ LWARX(3, 0, 20), IVOR_DTLB, NONCRITICAL, false, 0, NO_MAP },
	{ STWCX(3, 0, 20), IVOR_DTLB, NONCRITICAL, false, ESR_ST, NO_MAP },
	{ DCBF(0, 20), IVOR_DTLB, NONCRITICAL, false, 0, NO_MAP },
	{ DCBZ(0, 20), IVOR_DTLB, NONCRITICAL, false, ESR_ST, NO_MAP },
	{ DCBI(0, 20), IVOR_DTLB, NONCRITICAL, false, ESR_ST, NO_MAP },
	{ ICBI(0, 20), IVOR_DTLB, NONCRITICAL, false, 0, NO_MAP },
	{ STW(3, 12, 22), IVOR_DSI, NONCRITICAL, false, ESR_ST, 0x6000000c },
	{ DCBI(0, 22), IVOR_DSI, NONCRITICAL, false, ESR_ST, 0x60000000 },
	{ STWCX(3, 0, 22), IVOR_DSI, NONCRITICAL, false, ESR_ST, 0x60000000 },
	{ DCBZ(0, 23), IVOR_ALIGNMENT, NONCRITICAL, false, ESR_ST,
	  0x60001000 },
	{ SC, IVOR_SYSCALL, NONCRITICAL, true, KEEP_ESR, KEEP_DEAR },
	{ TRAP, IVOR_PROGRAM, NONCRITICAL, false, ESR_PTR, KEEP_DEAR },
	{ 0, IVOR_PROGRAM, NONCRITICAL, false, ESR_PIL, KEEP_DEAR },
	{ MFSPR(3, 1023), IVOR_PROGRAM, NONCRITICAL, false, ESR_PIL,
	  KEEP_DEAR },
	{ LFD(1, 0, 21), IVOR_FP_UNAVAIL, NONCRITICAL, false, KEEP_ESR,
	  KEEP_DEAR },
	{ 0xfc21102a, IVOR_FP_UNAVAIL, NONCRITICAL, false, KEEP_ESR,
	  KEEP_DEAR },
	/* a bus error is reported after the access */
	{ LWZ(3, 0, 24), IVOR_MACHINE_CHECK, MCHECK, true, KEEP_ESR,
	  KEEP_DEAR },
	{ STW(3, 0, 24), IVOR_MACHINE_CHECK, MCHECK, true, KEEP_ESR,
	  KEEP_DEAR },
};

void RIG_TEST(exc, synchronous)(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sync_case *c = &cases[i];
		struct rig r;

		open_poisoned(&r, MSR_ALL);
		CODE(&r, CODE_AT, NOP, c->word, ADDI(9, 9, 1), SELF);
		rig_run(&r);
		check_entry(&r, c->ivor, c->class,
			    CODE_AT + (c->is_after ? 8 : 4), MSR_ALL);
		/* MCI, set before, stays set */
		CU_ASSERT_EQUAL(r.cpu->s.esr, c->esr | ESR_MCI);
		CU_ASSERT_EQUAL(r.cpu->s.dear, c->dear);
		CU_ASSERT_EQUAL(r.cpu->s.gpr[9], 0);
		rig_close(&r);
	}
}

void RIG_TEST(exc, fetch)(void)
{
	struct rig r;

	/* no entry: SRR0 is the target, ESR and DEAR stay */
	open_poisoned(&r, MSR_ALL);
	r.cpu->s.lr = NO_MAP + 0x123;
	CODE(&r, CODE_AT, BLR);
	rig_run(&r);
	check_entry(&r, IVOR_ITLB, NONCRITICAL, NO_MAP + 0x120, MSR_ALL);
	CU_ASSERT_EQUAL(r.cpu->s.esr, KEEP_ESR);
	CU_ASSERT_EQUAL(r.cpu->s.dear, KEEP_DEAR);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 1);
	rig_close(&r);
	/* an entry without the right to execute: ESR is cleared, but for MCI */
	open_poisoned(&r, MSR_ALL);
	r.cpu->s.lr = 0x60000010;
	CODE(&r, CODE_AT, BLR);
	rig_run(&r);
	check_entry(&r, IVOR_ISI, NONCRITICAL, 0x60000010, MSR_ALL);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_MCI);
	CU_ASSERT_EQUAL(r.cpu->s.dear, KEEP_DEAR);
	rig_close(&r);
	/* straight on from the last mapped page */
	open_poisoned(&r, MSR_ALL);
	rig_map(&r, 6, 0x61000000, 0x30000, SIZE_4K, SRWX);
	CODE(&r, 0x30ff8, ADDI(3, 3, 1), ADDI(3, 3, 1));
	r.cpu->s.pc = 0x61000ff8;
	rig_run(&r);
	check_entry(&r, IVOR_ITLB, NONCRITICAL, 0x61001000, MSR_ALL);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 2);
	rig_close(&r);
	/* a bus error: reported for the instruction that was to be fetched */
	open_poisoned(&r, MSR_ALL);
	r.cpu->s.lr = NOBODY_AT + 4;
	CODE(&r, CODE_AT, BLR);
	rig_run(&r);
	check_entry(&r, IVOR_MACHINE_CHECK, MCHECK, NOBODY_AT + 4, MSR_ALL);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_MCI);
	CU_ASSERT_EQUAL(r.cpu->s.mcsr, 0);
	rig_close(&r);
}

void RIG_TEST(exc, mcsr)(void)
{
	struct rig r;

	/* which access it was; a read gives ones, a write is lost */
	open_poisoned(&r, MSR_ME);
	CODE(&r, CODE_AT, LWZ(3, 0, 24), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.mcsr, MCSR_MCS | MCSR_DRB);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 0xffffffff);
	rig_close(&r);
	open_poisoned(&r, MSR_ME);
	CODE(&r, CODE_AT, STH(3, 2, 24), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.mcsr, MCSR_MCS | MCSR_DWB);
	rig_close(&r);
	/* without ME it stays pending until ME comes */
	open_poisoned(&r, 0);
	CODE(&r, CODE_AT, LWZ(3, 0, 24), NOP, LI(4, MSR_ME), MTMSR(4), NOP,
	     SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_MACHINE_CHECK));
	CU_ASSERT_EQUAL(r.cpu->s.mcsrr0, CODE_AT + 16);
	rig_close(&r);
	/* and who clears MCSR before has none */
	open_poisoned(&r, 0);
	CODE(&r, CODE_AT, LWZ(3, 0, 24), LIS(4, 0xffff), MTSPR(SPRN_MCSR, 4),
	     LI(4, MSR_ME), MTMSR(4), NOP, SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 24);
	rig_close(&r);
}

void RIG_TEST(exc, user)(void)
{
	static const u32 privileged[] = {
		MFMSR(3), MTMSR(3), RFI, RFCI, RFMCI, WRTEEI(0), TLBWE(3, 4, 0),
		TLBRE(3, 4, 0), DCBI(0, 21), I_X(131, 3, 0, 0),
		I_X(323, 3, 0, 0), I_X(451, 3, 0, 0), I_X(914, 3, 0, 4),
		I_X(566, 0, 0, 0), I_X(454, 0, 0, 0), I_X(966, 0, 0, 0),
		MFSPR(3, SPRN_SRR0), MTSPR(SPRN_PID, 3), MFSPR(3, 1023 - 1),
	};
	u32 msr = MSR_PR | MSR_EE | MSR_CE;

	for (unsigned int i = 0; i < ARRAY_SIZE(privileged); i++) {
		struct rig r;

		open_poisoned(&r, msr);
		rig_map(&r, 0, 0, 0, SIZE_1M, SRWX | URWX);
		CODE(&r, CODE_AT, NOP, privileged[i], SELF);
		rig_run(&r);
		check_entry(&r, IVOR_PROGRAM, NONCRITICAL, CODE_AT + 4, msr);
		CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_PPR | ESR_MCI);
		rig_close(&r);
	}
}

void RIG_TEST(exc, address_space)(void)
{
	u32 msr = MSR_IS | MSR_DS | MSR_PR | MSR_FP | MSR_EE;
	struct rig r;

	/* the handler runs in AS 0, privileged, without FP */
	open_poisoned(&r, 0);
	r.cpu->s.mmucr = 0;
	cpu_tlbwe(r.cpu, 9, 1, 0);
	cpu_tlbwe(r.cpu, 9, 2, URWX);
	cpu_tlbwe(r.cpu, 9, 0, TLB0_V | TLB0_TS | SIZE_1M << 4);
	cpu_set_msr(r.cpu, msr);
	CODE(&r, CODE_AT, NOP, SC);
	rig_run(&r);
	check_entry(&r, IVOR_SYSCALL, NONCRITICAL, CODE_AT + 8, msr);
	rig_close(&r);
}

#define TRIPS 3000u
#define SHARED_AT 0x50000000u

/*
 * A user program in address space 1 that calls, and tries what it may not, and
 * a kernel in address space 0 that looks into the other by MSR[DS].  Data and
 * code of the two lie at the same addresses.
 */
static void open_trips(struct rig *r)
{
	rig_open(r);
	rig_map(r, 9, SHARED_AT, DATA_AT + 0x1000, SIZE_4K, SRWX);
	for (u32 i = 10; i < 12; i++) {
		cpu_tlbwe(r->cpu, i, 1, i == 10 ? CODE_AT : DATA_AT);
		cpu_tlbwe(r->cpu, i, 2, URWX | SRWX);
		cpu_tlbwe(r->cpu, i, 0, TLB0_V | TLB0_TS | SIZE_4K << 4 |
			  (i == 10 ? VECTORS_AT : SHARED_AT));
	}
	stb32(r->ram + DATA_AT, 5);
	stb32(r->ram + DATA_AT + 0x1000, 7);
	CODE(r, CODE_AT, LWZ(5, 0, 21), ADD(6, 6, 5), SC, MTSPR(SPRN_SPRG0, 3),
	     BDNZ(-16), SELF);
	CODE(r, VECTOR(IVOR_SYSCALL), LWZ(7, 0, 21), ADD(8, 8, 7), MTMSR(25),
	     LWZ(7, 0, 21), ADD(9, 9, 7), MTMSR(26), LWZ(7, 0, 21),
	     ADD(10, 10, 7), RFI);
	CODE(r, VECTOR(IVOR_PROGRAM), MFSPR(3, SPRN_SRR0), ADDI(3, 3, 4),
	     MTSPR(SPRN_SRR0, 3), ADDI(11, 11, 1), RFI);
	gpr(r)[21] = SHARED_AT;
	gpr(r)[25] = MSR_DS;
	r->cpu->s.ctr = TRIPS;
	r->cpu->s.pc = VECTORS_AT;
	cpu_set_msr(r->cpu, MSR_IS | MSR_DS | MSR_PR);
}

void RIG_TEST(exc, trips)(void)
{
	struct rig r;

	open_trips(&r);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTORS_AT + 20);
	CU_ASSERT_EQUAL(r.cpu->s.msr, MSR_IS | MSR_DS | MSR_PR);
	CU_ASSERT_EQUAL(gpr(&r)[6], 5 * TRIPS);
	CU_ASSERT_EQUAL(gpr(&r)[8], 7 * TRIPS);
	CU_ASSERT_EQUAL(gpr(&r)[9], 5 * TRIPS);
	CU_ASSERT_EQUAL(gpr(&r)[10], 7 * TRIPS);
	CU_ASSERT_EQUAL(gpr(&r)[11], TRIPS);
	CU_ASSERT_EQUAL(r.cpu->s.sprg[0], 0);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_PPR);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_SYSCALL], TRIPS);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_PROGRAM], TRIPS);
	/* what trapped did not complete */
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), (4 + 9 + 5) * TRIPS);
	rig_close(&r);
}

void RIG_TEST(exc, no_handler)(void)
{
	struct rig r;

	/* the same moment again and again, the first by sc itself */
	open_poisoned(&r, 0);
	r.cpu->s.ivpr = NO_MAP;
	CODE(&r, CODE_AT, NOP, SC);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_STUCK);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_SYSCALL], 1);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_ITLB], 7);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 2);
	rig_close(&r);
}

void RIG_TEST(exc, vector)(void)
{
	struct rig r;

	/* IVPR 0:15 and IVOR 16:27 */
	rig_open(&r);
	rig_map(&r, 3, 0xabcd0000, 0x50000, SIZE_64K, SRWX);
	cpu_mtspr(r.cpu, SPRN_IVPR, 0xabcdffff);
	cpu_mtspr(r.cpu, SPRN_IVOR8, 0xffff1238);
	CODE(&r, 0x51230, SELF);
	CODE(&r, CODE_AT, SC);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, 0xabcd1230);
	rig_close(&r);
}

/* ---- asynchronous interrupts -------------------------------------------- */

static const struct {
	u8 ivor, class;
	u32 enable;
} order[] = {
	{ IVOR_MACHINE_CHECK, MCHECK, MSR_ME },
	{ IVOR_DEBUG, CRITICAL, MSR_DE },
	{ IVOR_CRITICAL, CRITICAL, MSR_CE },
	{ IVOR_WATCHDOG, CRITICAL, MSR_CE },
	{ IVOR_EXTERNAL, NONCRITICAL, MSR_EE },
	{ IVOR_FIT, NONCRITICAL, MSR_EE },
	{ IVOR_DEC, NONCRITICAL, MSR_EE },
};

/* Make an interrupt pending, as the hardware does, or withdraw it. */
static void pend(struct rig *r, enum ivor ivor, bool on)
{
	struct cpu_state *s = &r->cpu->s;

	switch (ivor) {
	case IVOR_MACHINE_CHECK:
		if (on)
			cpu_machine_check(r->cpu, MCSR_DRB);
		else
			cpu_mtspr(r->cpu, SPRN_MCSR, 0xffffffff);
		break;
	case IVOR_DEBUG:
		s->dbsr = on ? DBSR_UDE : 0;
		cpu_mtspr(r->cpu, SPRN_DBCR0, on ? DBCR0_IDM : 0);
		break;
	case IVOR_WATCHDOG:
		s->tcr |= TCR_WIE;
		s->tsr = on ? s->tsr | TSR_WIS : s->tsr & ~TSR_WIS;
		timer_update(r->cpu);
		break;
	case IVOR_FIT:
		s->tcr |= TCR_FIE;
		s->tsr = on ? s->tsr | TSR_FIS : s->tsr & ~TSR_FIS;
		timer_update(r->cpu);
		break;
	case IVOR_DEC:
		s->tcr |= TCR_DIE;
		s->tsr = on ? s->tsr | TSR_DIS : s->tsr & ~TSR_DIS;
		timer_update(r->cpu);
		break;
	default:
		cpu_set_pin(r->cpu, ivor, on);
		break;
	}
}

void RIG_TEST(exc, asynchronous)(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++) {
		struct rig r;

		/* masked by its own bit; ESR and DEAR stay */
		open_poisoned(&r, MSR_ALL & ~order[i].enable);
		CODE(&r, CODE_AT, NOP, NOP, SELF);
		pend(&r, order[i].ivor, true);
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 8);
		cpu_set_msr(r.cpu, order[i].enable);
		rig_run(&r);
		check_entry(&r, order[i].ivor, order[i].class, CODE_AT + 8,
			    order[i].enable);
		CU_ASSERT_EQUAL(r.cpu->s.esr, KEEP_ESR);
		CU_ASSERT_EQUAL(r.cpu->s.dear, KEEP_DEAR);
		rig_close(&r);
		/* withdrawn before it was let through: none */
		open_poisoned(&r, 0);
		CODE(&r, CODE_AT, NOP, NOP, SELF);
		pend(&r, order[i].ivor, true);
		RIG_RUN(&r, 1);
		pend(&r, order[i].ivor, false);
		cpu_set_msr(r.cpu, MSR_ALL);
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 8);
		rig_close(&r);
	}
}

void RIG_TEST(exc, order)(void)
{
	/* of two that are pending, the earlier of the list comes first */
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++)
		for (unsigned int k = i + 1; k < ARRAY_SIZE(order); k++) {
			struct rig r;

			open_poisoned(&r, MSR_ALL);
			CODE(&r, CODE_AT, SELF);
			CODE(&r, VECTOR(order[i].ivor), ADDI(3, 3, 1), SELF);
			pend(&r, order[k].ivor, true);
			pend(&r, order[i].ivor, true);
			RIG_RUN(&r, 1);
			/* what it does not mask interrupts its handler */
			if (r.cpu->exceptions[order[k].ivor]) {
				CU_ASSERT(order[i].class == CRITICAL ?
					  order[k].class == MCHECK :
					  order[i].class == NONCRITICAL &&
					  order[k].class != NONCRITICAL);
			} else {
				CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 1);
			}
			CU_ASSERT_EQUAL(r.cpu->exceptions[order[i].ivor], 1);
			rig_close(&r);
		}
}

void RIG_TEST(exc, nesting)(void)
{
	struct rig r;

	/* critical inside noncritical inside the program, machine check last */
	open_poisoned(&r, MSR_ALL);
	CODE(&r, CODE_AT, NOP, SELF);
	CODE(&r, VECTOR(IVOR_EXTERNAL), ADDI(3, 3, 1), SELF);
	CODE(&r, VECTOR(IVOR_CRITICAL), ADDI(4, 4, 1), SELF);
	pend(&r, IVOR_EXTERNAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_EXTERNAL) + 4);
	pend(&r, IVOR_CRITICAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_CRITICAL) + 4);
	CU_ASSERT_EQUAL(r.cpu->s.csrr0, VECTOR(IVOR_EXTERNAL) + 4);
	CU_ASSERT_EQUAL(r.cpu->s.csrr1, KEPT_NONCRITICAL);
	pend(&r, IVOR_MACHINE_CHECK, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_MACHINE_CHECK));
	CU_ASSERT_EQUAL(r.cpu->s.mcsrr0, VECTOR(IVOR_CRITICAL) + 4);
	CU_ASSERT_EQUAL(r.cpu->s.mcsrr1, MSR_ME);
	CU_ASSERT_EQUAL(r.cpu->s.msr, 0);
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT);
	rig_close(&r);
}

/* Instructions that let a pending interrupt through, at the very next one. */
void RIG_TEST(exc, let_through)(void)
{
	static const struct {
		u32 word, reg, ce;
	} ways[] = {
		{ WRTEEI(1), 0, 0 },
		{ I_X(131, 3, 0, 0), MSR_EE, 0 },	/* wrtee 3 */
		{ MTMSR(3), MSR_EE, 0 },
		{ MTMSR(3), MSR_CE, 1 },
		{ MTMSR(3), MSR_EE | MSR_DS, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		struct rig r;

		open_poisoned(&r, 0);
		r.cpu->s.gpr[3] = ways[i].reg;
		CODE(&r, CODE_AT, NOP, ADDI(5, 5, 1), ways[i].word,
		     ADDI(5, 5, 1), SELF);
		pend(&r, ways[i].ce ? IVOR_CRITICAL : IVOR_EXTERNAL, true);
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->s.gpr[5], 1);
		CU_ASSERT_EQUAL(ways[i].ce ? r.cpu->s.csrr0 : r.cpu->s.srr0,
				CODE_AT + 12);
		rig_close(&r);
	}
}

void RIG_TEST(exc, let_through_return)(void)
{
	static const u32 returns[] = { RFI, RFCI, RFMCI };

	for (unsigned int i = 0; i < 3; i++) {
		struct rig r;
		struct cpu_state *s;

		open_poisoned(&r, 0);
		s = &r.cpu->s;
		*(i == 0 ? &s->srr0 : i == 1 ? &s->csrr0 : &s->mcsrr0) =
			CODE_AT + 0x40;
		*(i == 0 ? &s->srr1 : i == 1 ? &s->csrr1 : &s->mcsrr1) =
			MSR_EE | MSR_ME;
		CODE(&r, CODE_AT, NOP, returns[i], ADDI(5, 5, 1), SELF);
		CODE(&r, CODE_AT + 0x40, ADDI(5, 5, 1), SELF);
		pend(&r, IVOR_DEC, true);
		rig_run(&r);
		CU_ASSERT_EQUAL(s->pc, VECTOR(IVOR_DEC));
		CU_ASSERT_EQUAL(s->srr0, CODE_AT + 0x40);
		CU_ASSERT_EQUAL(s->srr1, MSR_EE | MSR_ME);
		CU_ASSERT_EQUAL(s->gpr[5], 0);
		rig_close(&r);
	}
}

void RIG_TEST(exc, masked_again)(void)
{
	struct rig r;

	/* let through for no instruction: mtmsr that clears EE comes first */
	open_poisoned(&r, MSR_EE);
	CODE(&r, CODE_AT, NOP, MTMSR(3), NOP, SELF);
	r.cpu->s.gpr[3] = 0;
	RIG_RUN(&r, 2);
	pend(&r, IVOR_EXTERNAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 12);
	rig_close(&r);
	/* EE on and off in two instructions lets one through in between */
	open_poisoned(&r, 0);
	CODE(&r, CODE_AT, WRTEEI(1), WRTEEI(0), SELF);
	pend(&r, IVOR_EXTERNAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_EXTERNAL));
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 4);
	rig_close(&r);
}

static void raise_pin(struct rig *r)
{
	cpu_set_pin(r->cpu, IVOR_EXTERNAL, r->writes & 1);
}

void RIG_TEST(exc, device_pin)(void)
{
	struct rig r;

	/* a store that raises a pin is followed by the interrupt */
	open_poisoned(&r, MSR_EE);
	r.hook = raise_pin;
	r.cpu->s.gpr[25] = DEVICE_AT;
	CODE(&r, CODE_AT, NOP, STW(3, 0, 25), ADDI(5, 5, 1), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_EXTERNAL));
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 8);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[5], 0);
	rig_close(&r);
	/* raised and lowered while masked: none */
	open_poisoned(&r, 0);
	r.hook = raise_pin;
	r.cpu->s.gpr[25] = DEVICE_AT;
	CODE(&r, CODE_AT, STW(3, 0, 25), STW(3, 0, 25), WRTEEI(1), NOP, SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 16);
	rig_close(&r);
}

void RIG_TEST(exc, fp_enabled)(void)
{
	struct rig r;

	/* 1.0 / 0.0 with ZE and FE0: Program with ESR[FP], at the divide */
	open_poisoned(&r, MSR_FP | MSR_FE0);
	state_set_fpscr(&r.cpu->s, 0x10);
	r.cpu->s.fpr[1] = 0x3ff0000000000000ull;
	r.cpu->s.fpr[3] = 0x1234;
	CODE(&r, CODE_AT, NOP, 0xfc611024, SELF);	/* fdiv 3,1,2 */
	rig_run(&r);
	check_entry(&r, IVOR_PROGRAM, NONCRITICAL, CODE_AT + 4,
		    MSR_FP | MSR_FE0);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | ESR_MCI);
	CU_ASSERT_EQUAL(r.cpu->s.fpr[3], 0x1234);
	rig_close(&r);
	/* without FE0 and FE1 it goes on */
	open_poisoned(&r, MSR_FP);
	state_set_fpscr(&r.cpu->s, 0x10);
	r.cpu->s.fpr[1] = 0x3ff0000000000000ull;
	CODE(&r, CODE_AT, NOP, 0xfc611024, SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 8);
	rig_close(&r);
}
