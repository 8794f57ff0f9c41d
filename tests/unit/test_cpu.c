/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_cpu.c - cpu/core.c and cpu/interp.c: exact budgets, waiting,
 * stuck programs, resets and special purpose registers [440UM].
 */
#include "tests/unit/cpu_rig.h"

#include <stdio.h>

/* ---- budgets: a program with a bit of everything ------------------------ */

#define STEPS 3000
#define RANDOM_AT (CODE_AT + 0x4100)

struct bench {
	struct rig r;
	struct cpu_state s;	/* at the start */
	u8 *ram;
	u64 digest[STEPS + 1];	/* after so many instructions */
};

static u32 rnd(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Pairs that an engine may fuse, conditional skips, and now and then a fault. */
static void put_random(struct rig *r, u32 at, unsigned int n, u32 *seed)
{
	for (unsigned int i = 0; i < n; i++, at += 4) {
		u32 d = 3 + rnd(seed) % 10, a = 3 + rnd(seed) % 10;
		const u32 pick[] = {
			ADDI(d, a, 7), ADD(d, a, 5), CMPWI(a, 3), NOP,
			LWZ(d, 16, 20), STW(a, 16, 20), LBZ(d, 3, 20),
			I_D(28, a, d, 0xff0), I_D(21, a, d, 8 << 11 | 23 << 1),
			BC(12, rnd(seed) & 3, 8), BC(4, rnd(seed) & 3, 8),
			B(8), BC(4, 1, 8), LWZ(d, 0, 22), STW(a, 0xffe, 20),
			MTSPR(SPRN_CTR, a), MFSPR(d, SPRN_LR), TRAP,
		};
		u32 word = pick[rnd(seed) % ARRAY_SIZE(pick)];

		/* the last ones must not skip what follows */
		rig_put(r, at, i + 2 < n ? &word : &(u32){ NOP }, 1);
	}
}

/* Handlers: decrementer, and those that skip the instruction. */
static void put_handlers(struct rig *r)
{
	static const u8 skip[] = { IVOR_DTLB, IVOR_PROGRAM, IVOR_ALIGNMENT };

	for (unsigned int i = 0; i < ARRAY_SIZE(skip); i++)
		CODE(r, VECTOR(skip[i]), MFSPR(16, SPRN_SRR0), ADDI(16, 16, 4),
		     MTSPR(SPRN_SRR0, 16), RFI);
	CODE(r, VECTOR(IVOR_SYSCALL), ADDI(14, 14, 1), RFI);
	CODE(r, VECTOR(IVOR_DEC), LIS(17, 0x0800), MTSPR(SPRN_TSR, 17),
	     ADDI(15, 15, 1), RFI);
}

static void put_program(struct rig *r)
{
	u32 seed = 12345;

	put_handlers(r);
	/* straight over a page's end into a loop, then to other pages */
	CODE(r, CODE_AT + 0xff0, NOP, ADDI(3, 3, 1), STW(3, 0, 20),
	     ADDI(4, 4, 3),
	     LI(5, 5), MTSPR(SPRN_CTR, 5), ADDI(6, 6, 1), LWZ(7, 0, 20),
	     ADD(8, 8, 7), BDNZ(-12), BL(0x12f00 - 0x11018), SC,
	     STW(24, 0, 23), BL(0x12f80 - 0x11024), STW(25, 0, 23),
	     BL(0x12f80 - 0x1102c),
	     TLBWE(26, 28, 1), STW(3, 0, 29), TLBWE(27, 28, 1), STW(4, 0, 29),
	     MTSPR(SPRN_CTR, 30), BCTR | 1, LWZ(10, 0, 19), 0,
	     I_X(1023, 0, 0, 0), B(0x13ff0 - 0x11054));
	CODE(r, 0x12f00, ADDI(9, 9, 1), LWZ(10, 0, 22), LMW(31, 0, 20), BLR);
	CODE(r, 0x12f80, NOP, ADDI(12, 12, 1), BLR);
	/* in a page of 1 KB, where one instruction is decoded at a time */
	CODE(r, 0x15000, ADDI(13, 13, 1), CMPWI(13, 5), BEQ(8), ADDI(13, 13, 2),
	     LWZ(7, 0, 20), BLR);
	CODE(r, 0x13ff0, NOP, CMPWI(3, 2), BEQ(8), B(4),
	     B(RANDOM_AT - 0x14000));
	put_random(r, RANDOM_AT, 300, &seed);
	CODE(r, RANDOM_AT + 1200, B(CODE_AT + 0xff0 - RANDOM_AT - 1200));
}

static void bench_open(struct bench *b)
{
	struct cpu_state *s;

	rig_open(&b->r);
	put_program(&b->r);
	s = &b->r.cpu->s;
	rig_map(&b->r, 5, 0x50000000, 0x30000, SIZE_4K, SRWX);
	rig_map(&b->r, 6, 0x60000000, 0x15000, SIZE_1K, SRWX);
	s->gpr[20] = DATA_AT;
	s->gpr[22] = 0x70000000;	/* nothing there */
	s->gpr[23] = 0x12f80;
	s->gpr[24] = ADDI(11, 11, 1);
	s->gpr[25] = ADDI(11, 11, 16);
	s->gpr[26] = 0x31000;
	s->gpr[27] = 0x30000;
	s->gpr[28] = 5;
	s->gpr[29] = 0x50000000;
	s->gpr[30] = 0x60000000;
	s->gpr[19] = DEVICE_AT;
	s->pc = CODE_AT + 0xff0;
	s->msr = MSR_EE;
	s->tcr = TCR_DIE | TCR_ARE;
	s->decar = 37;
	s->dec_value = 23;
	cpu_state_changed(b->r.cpu);
	b->s = *s;
	b->ram = malloc(RAM_BYTES);
	memcpy(b->ram, b->r.ram, RAM_BYTES);
}

static void bench_close(struct bench *b)
{
	rig_close(&b->r);
	free(b->ram);
}

/* Back to the start, and to time 0. */
static void rewind_to_start(struct bench *b)
{
	struct cpu *c = b->r.cpu;

	memcpy(b->r.ram, b->ram, RAM_BYTES);
	c->s = b->s;
	c->limit = c->op = c->lim = 0;
	c->skipped = 0;
	c->streak = 0;
	cpu_state_changed(c);
}

static u64 mix(u64 h, const void *p, size_t n)
{
	const u8 *q = p;
	u64 w;

	for (; n >= 8; n -= 8, q += 8) {
		memcpy(&w, q, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 29;
	}
	while (n--)
		h = (h ^ *q++) * 0x9e3779b97f4a7c15ull;
	return h;
}

/* Everything that the program can see and change. */
static u64 digest(const struct bench *b)
{
	const struct cpu *c = b->r.cpu;
	u64 h = mix(1, &c->s, sizeof(c->s));

	h = mix(h, b->r.ram + CODE_AT, 0x6000);
	h = mix(h, b->r.ram + DATA_AT, 0x2000);
	h = mix(h, b->r.ram + 0x30000, 0x2000);
	return mix(h, c->exceptions, sizeof(c->exceptions));
}

static void clear_counts(struct bench *b)
{
	memset(b->r.cpu->exceptions, 0, sizeof(b->r.cpu->exceptions));
	rewind_to_start(b);
}

/* One instruction at a time: the reference. */
static void step_all(struct bench *b)
{
	clear_counts(b);
	for (u64 n = 1; n <= STEPS; n++) {
		CU_ASSERT_EQUAL_FATAL(interp_run(b->r.cpu, 1), CPU_BUDGET);
		CU_ASSERT_EQUAL_FATAL(cpu_insns(b->r.cpu), n);
		CU_ASSERT_EQUAL_FATAL(cpu_now(b->r.cpu), n);
		b->digest[n] = digest(b);
	}
}

void RIG_TEST(cpu, budget)(void)
{
	struct bench b;

	bench_open(&b);
	step_all(&b);
	/* the program does what it is there for */
	CU_ASSERT(b.r.cpu->exceptions[IVOR_DEC] > 50);
	CU_ASSERT(b.r.cpu->exceptions[IVOR_DTLB] > 10);
	CU_ASSERT(b.r.cpu->exceptions[IVOR_SYSCALL] >= 2);
	CU_ASSERT(b.r.cpu->exceptions[IVOR_PROGRAM] > 10);
	CU_ASSERT(b.r.cpu->s.gpr[11] >= 17 * 2);
	CU_ASSERT(b.r.reads >= 2);
	for (u64 n = 1; n <= STEPS; n++) {
		clear_counts(&b);
		CU_ASSERT_EQUAL_FATAL(RIG_RUN(&b.r, n), CPU_BUDGET);
		CU_ASSERT_EQUAL_FATAL(cpu_insns(b.r.cpu), n);
		CU_ASSERT_EQUAL_FATAL(digest(&b), b.digest[n]);
	}
	bench_close(&b);
}

void RIG_TEST(cpu, slices)(void)
{
	u32 seed = 20260101;
	struct bench b;

	bench_open(&b);
	step_all(&b);
	for (int trial = 0; trial < 500; trial++) {
		u64 n = 0, max = 1 + rnd(&seed) % 100;

		clear_counts(&b);
		while (n < STEPS) {
			u64 slice = 1 + rnd(&seed) % max;

			if (slice > STEPS - n)
				slice = STEPS - n;
			n += slice;
			CU_ASSERT_EQUAL_FATAL(RIG_RUN(&b.r, slice),
					      CPU_BUDGET);
			CU_ASSERT_EQUAL_FATAL(cpu_insns(b.r.cpu), n);
			if (digest(&b) == b.digest[n])
				continue;
			printf("     trial %d, after %llu\n", trial,
			       (unsigned long long)n);
			CU_FAIL_FATAL("the state depends on the slices");
		}
	}
	bench_close(&b);
}

/* A register that shifts, with branches on its bits over a few instructions. */
#define BOTH_WAYS \
	I_D(28, 3, 6, 1),		/*  0 andi. r6,r3,1 */ \
	I_D(21, 3, 3, 31 << 11 | 1 << 6 | 31 << 1), /* 1 srwi r3,r3,1 */ \
	BC(12, 2, 8),			/*  2 beq 4 */ \
	I_X(316, 3, 3, 7),		/*  3 xor r3,r3,r7 */ \
	CMPWI(3, 0x4000),		/*  4 */ \
	BC(12, 0, 16),			/*  5 blt 9 */ \
	ADDI(4, 4, 3),			/*  6 */ \
	ADD(8, 8, 4),			/*  7 */ \
	ADDI(9, 3, 0),			/*  8 */ \
	ADDI(5, 5, 1),			/*  9 */ \
	B(-40)				/* 10 */

/* What each of its instructions does to registers 3 to 9; the next one. */
static unsigned int both_ways(unsigned int at, u32 *gpr)
{
	switch (at) {
	case 0: gpr[6] = gpr[3] & 1; return 1;
	case 1: gpr[3] >>= 1; return 2;
	case 2: return gpr[6] ? 3 : 4;
	case 3: gpr[3] ^= gpr[7]; return 4;
	case 5: return gpr[3] < 0x4000 ? 9 : 6;
	case 6: gpr[4] += 3; return 7;
	case 7: gpr[8] += gpr[4]; return 8;
	case 8: gpr[9] = gpr[3]; return 9;
	case 9: gpr[5]++; return 10;
	case 10: return 0;
	default: return at + 1;
	}
}

void RIG_TEST(cpu, both_ways)(void)
{
	u32 gpr[10] = { [3] = 0xace1, [7] = 0xb400 }, seed = 440, slice;
	unsigned int at = 0, i, trial;
	struct rig r;

	rig_open(&r);
	CODE(&r, CODE_AT, BOTH_WAYS);
	for (i = 3; i < 10; i++)
		r.cpu->s.gpr[i] = gpr[i];
	for (trial = 0; trial < 3000; trial++) {
		slice = trial == 100 ? 100000 : 1 + rnd(&seed) % 40;
		CU_ASSERT_EQUAL_FATAL(RIG_RUN(&r, slice), CPU_BUDGET);
		for (i = 0; i < slice; i++)
			at = both_ways(at, gpr);
		CU_ASSERT_EQUAL_FATAL(r.cpu->s.pc, CODE_AT + 4 * at);
		for (i = 3; i < 10; i++)
			CU_ASSERT_EQUAL_FATAL(r.cpu->s.gpr[i], gpr[i]);
	}
	rig_close(&r);
}

/* Where one instruction at a time is decoded, too. */
void RIG_TEST(cpu, budget_single)(void)
{
	static const u32 loop[] = {
		ADDI(3, 3, 1), ADDI(4, 4, 2), LWZ(5, 0, 20), CMPWI(3, 7),
		ADD(6, 3, 4), BC(20, 0, -20),
	};
	static const struct { u32 ea, size, attr; } kinds[] = {
		{ 0x60000000, SIZE_1K, SRWX },
		{ 0x60001000, SIZE_4K, SRWX | TLB2_E },
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(kinds); k++)
		for (u64 n = 1; n <= 100; n++) {
			struct rig r;
			u32 i;

			rig_open(&r);
			rig_map(&r, 6, kinds[k].ea, 0x15000, kinds[k].size,
				kinds[k].attr);
			for (i = 0; i < ARRAY_SIZE(loop); i++)
				stb32(r.ram + 0x15000 + 4 * i, k ?
				      __builtin_bswap32(loop[i]) : loop[i]);
			r.cpu->s.gpr[20] = DATA_AT;
			r.cpu->s.pc = kinds[k].ea;
			cpu_state_changed(r.cpu);
			CU_ASSERT_EQUAL(RIG_RUN(&r, n), CPU_BUDGET);
			CU_ASSERT_EQUAL(cpu_insns(r.cpu), n);
			CU_ASSERT_EQUAL(r.cpu->s.pc, kinds[k].ea + n % 6 * 4);
			CU_ASSERT_EQUAL(r.cpu->s.gpr[3], (n + 5) / 6);
			rig_close(&r);
		}
}

void RIG_TEST(cpu, budget_zero)(void)
{
	struct rig r;

	rig_open(&r);
	CODE(&r, CODE_AT, ADDI(3, 3, 1), SELF);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 0), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 0);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 0);
	rig_close(&r);
}

static void kick(struct rig *r)
{
	cpu_kick(r->cpu);
}

void RIG_TEST(cpu, kick)(void)
{
	struct rig r;

	/* right after the instruction that reached the device */
	rig_open(&r);
	r.hook = kick;
	r.cpu->s.gpr[20] = DEVICE_AT;
	CODE(&r, CODE_AT, NOP, LWZ(3, 0, 20), ADDI(4, 4, 1), STW(3, 0, 20), NOP,
	     SELF);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 8);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 2);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 16);
	/* a kick is for one run only */
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_IDLE);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 5);
	rig_close(&r);
}

void RIG_TEST(cpu, wait_cycles)(void)
{
	struct rig r;

	/* a bus wait is time without instructions */
	rig_open(&r);
	r.wait = 10;
	r.cpu->s.gpr[20] = DEVICE_AT;
	CODE(&r, CODE_AT, LWZ(3, 0, 20), NOP, STW(3, 0, 20), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 3);
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 23);
	rig_close(&r);
}

void RIG_TEST(cpu, wait_timer)(void)
{
	struct rig r;

	/* a timer that runs out during a bus wait interrupts right after it */
	rig_open(&r);
	r.wait = 100;
	r.cpu->s.gpr[20] = DEVICE_AT;
	r.cpu->s.tcr = TCR_DIE;
	r.cpu->s.msr = MSR_EE;
	CODE(&r, CODE_AT, LI(4, 50), MTSPR(SPRN_DEC, 4), LWZ(3, 0, 20),
	     ADDI(5, 5, 1), ADDI(5, 5, 1), ADDI(5, 5, 1), B(-12));
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_DEC));
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 12);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[5], 0);
	rig_close(&r);
}

/* ---- waiting ------------------------------------------------------------ */

void RIG_TEST(cpu, self)(void)
{
	struct rig r;

	rig_open(&r);
	r.cpu->s.msr = MSR_EE;
	CODE(&r, CODE_AT, NOP, SELF, NOP);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 4);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 1);
	/* time passes without instructions; an interrupt ends it */
	cpu_skip_to(r.cpu, 1000);
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 1000);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 1);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 4);
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_EXTERNAL));
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 4);
	rig_close(&r);
}

void RIG_TEST(cpu, wait_state)(void)
{
	struct rig r;

	rig_open(&r);
	CODE(&r, CODE_AT, LIS(3, 4), ORI(3, 3, 0x8000), MTMSR(3), NOP, SELF);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_IDLE);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 12);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_IDLE);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 3);
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, true);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_EXTERNAL));
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 12);
	CU_ASSERT_EQUAL(r.cpu->s.srr1, MSR_WE | MSR_EE);
	CU_ASSERT_EQUAL(r.cpu->s.msr, 0);
	rig_close(&r);
}

void RIG_TEST(cpu, wait_state_rfi)(void)
{
	struct rig r;

	/* an interrupt that returns with WE set waits again at once */
	rig_open(&r);
	r.cpu->s.srr0 = CODE_AT + 0x100;
	r.cpu->s.srr1 = MSR_WE | MSR_EE;
	CODE(&r, CODE_AT, RFI);
	CODE(&r, CODE_AT + 0x100, ADDI(3, 3, 1), ADDI(3, 3, 1), SELF);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_IDLE);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 0x100);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 0);
	rig_close(&r);
}

/* ---- stuck -------------------------------------------------------------- */

void RIG_TEST(cpu, stuck)(void)
{
	struct rig r;

	/* no handler is mapped */
	rig_open(&r);
	r.cpu->s.ivpr = 0x70000000;
	CODE(&r, CODE_AT, NOP, LWZ(3, 0, 20));
	r.cpu->s.gpr[20] = 0x71000000;
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_STUCK);
	CU_ASSERT_PTR_NOT_NULL(r.cpu->stuck);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 1);
	rig_close(&r);
	/* the handler is no program: zeros are illegal */
	rig_open(&r);
	CODE(&r, CODE_AT, 0);
	CODE(&r, VECTOR(IVOR_PROGRAM), 0);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_STUCK);
	rig_close(&r);
	/* a handler that returns to the fault is not stuck: it may change */
	rig_open(&r);
	CODE(&r, CODE_AT, 0);
	CODE(&r, VECTOR(IVOR_PROGRAM), RFI);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_BUDGET);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 1000);
	rig_close(&r);
}

void RIG_TEST(cpu, stuck_nowhere)(void)
{
	struct rig r;

	/* a fetch from a real address that nothing answers, with ME clear */
	rig_open(&r);
	r.cpu->s.pc = NOBODY_AT;
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_STUCK);
	rig_close(&r);
	rig_open(&r);
	r.cpu->s.pc = NOBODY_AT;
	r.cpu->s.msr = MSR_ME;
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_MACHINE_CHECK));
	CU_ASSERT_EQUAL(r.cpu->s.mcsrr0, NOBODY_AT);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_MCI);
	rig_close(&r);
}

void RIG_TEST(cpu, illegal_counted)(void)
{
	struct rig r;

	rig_open(&r);
	CODE(&r, CODE_AT, NOP, I_X(1023, 1, 2, 3));
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_PROGRAM));
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_PIL);
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 4);
	CU_ASSERT_EQUAL(r.cpu->unimplemented[INSN_ILLEGAL], 1);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_PROGRAM], 1);
	rig_close(&r);
}

/* ---- reset -------------------------------------------------------------- */

void RIG_TEST(cpu, reset)(void)
{
	const struct tlb *t;
	unsigned int hit = 0;
	struct rig r;

	rig_open(&r);
	t = &r.cpu->s.tlb;
	r.cpu->s.tsr = 0xffffffff;
	r.cpu->s.tcr = 0xffffffff;
	r.cpu->s.dbcr0 = 0x40000000;
	r.cpu->s.gpr[5] = 5;
	r.cpu->s.reserve = 1;
	r.cpu->async = ~0u;
	cpu_reset(r.cpu, 2);
	CU_ASSERT_EQUAL(r.cpu->s.pc, 0xfffffffc);
	CU_ASSERT_EQUAL(r.cpu->s.msr, 0);
	CU_ASSERT_EQUAL(r.cpu->s.tcr, 0);
	CU_ASSERT_EQUAL(r.cpu->s.dbcr0, 0);
	CU_ASSERT_EQUAL(r.cpu->s.pvr, 0x422218d3);
	/* MRR says which reset; WRS keeps what the watchdog left */
	CU_ASSERT_EQUAL(r.cpu->s.dbsr, 0x20000000);
	CU_ASSERT_EQUAL(r.cpu->s.tsr, TSR_WRS_MASK);
	CU_ASSERT_EQUAL(r.cpu->async, 0);
	CU_ASSERT_FALSE(r.cpu->attention);
	/* the last 4 KB can be fetched from, uncached, not written; no more */
	CU_ASSERT_EQUAL(tlb_lookup(t, 0xfffffffc, 0, 0, &hit), TLB_HIT);
	CU_ASSERT_EQUAL(tlb_real(t, hit, 0xfffffffc), 0xfffffffc);
	CU_ASSERT(t->word[hit][2] & TLB2_SX);
	CU_ASSERT_FALSE(t->word[hit][2] & (TLB2_SW | TLB2_UX | TLB2_UW));
	CU_ASSERT_EQUAL(tlb_lookup(t, 0xffffeffc, 0, 0, &hit), TLB_MISS);
	CU_ASSERT_EQUAL(tlb_lookup(t, CODE_AT, 0, 0, &hit), TLB_MISS);
	rig_close(&r);
}

void RIG_TEST(cpu, reset_asked)(void)
{
	struct rig r;

	/* DBCR0[RST]: 1 core, 2 chip, 3 system */
	for (u32 kind = 1; kind <= 3; kind++) {
		rig_open(&r);
		CODE(&r, CODE_AT, LIS(3, kind << 12), MTSPR(SPRN_DBCR0, 3),
		     ADDI(4, 4, 1), SELF);
		CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_RESET);
		CU_ASSERT_EQUAL(r.cpu->reset_kind, kind);
		CU_ASSERT_EQUAL(cpu_insns(r.cpu), 2);
		CU_ASSERT_EQUAL(r.cpu->s.gpr[4], 0);
		rig_close(&r);
	}
}

/* ---- special purpose registers ------------------------------------------ */

enum { SPR_U, SPR_S, SPR_SR, SPR_UR, SPR_SW };
enum { SPR_PLAIN, SPR_FUNC };

struct spr {
	const char *name;
	u32 n, mask;
	u8 access, kind;
};

static const struct spr sprs[] = {
#define SPR(name, n, access, mask, kind, cell) \
	{ #name, n, mask, SPR_##access, SPR_##kind },
#include "cpu/spr.def"
#undef SPR
};

static const struct spr *spr_row(u32 n)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sprs); i++)
		if (sprs[i].n == n)
			return &sprs[i];
	return NULL;
}

static u32 esr_of(struct rig *r, int failed)
{
	return !failed ? 0 : r->cpu->fault.ivor == IVOR_PROGRAM ?
	       r->cpu->fault.esr : ~0u;
}

/* Every number, read and written, in both states: what it must give. */
void RIG_TEST(cpu, spr_access)(void)
{
	struct rig r;

	rig_open(&r);
	for (u32 n = 0; n < 1024; n++)
		for (u32 user = 0; user < 2; user++) {
			const struct spr *row = spr_row(n);
			/* bit 4 of the number marks the privileged ones */
			u32 no = user && (n & 0x10) ? ESR_PPR : ESR_PIL;
			u32 rd = no, wr = no, val = 0;

			if (n == SPRN_DBCR0)
				continue;
			if (row && row->access != SPR_SW)
				rd = user && row->access != SPR_U &&
				     row->access != SPR_UR ? ESR_PPR : 0;
			if (row && row->access != SPR_UR &&
			    row->access != SPR_SR)
				wr = user && row->access != SPR_U ? ESR_PPR : 0;
			cpu_set_msr(r.cpu, user ? MSR_PR : 0);
			CU_ASSERT_EQUAL(esr_of(&r, cpu_mfspr(r.cpu, n, &val)),
					rd);
			CU_ASSERT_EQUAL(esr_of(&r, cpu_mtspr(r.cpu, n, 0)), wr);
		}
	rig_close(&r);
}

void RIG_TEST(cpu, spr_masks)(void)
{
	struct rig r;
	u32 val;

	rig_open(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(sprs); i++) {
		const struct spr *p = &sprs[i];

		if (p->kind != SPR_PLAIN || (p->access != SPR_U &&
					     p->access != SPR_S))
			continue;
		cpu_mtspr(r.cpu, p->n, 0xffffffff);
		cpu_mfspr(r.cpu, p->n, &val);
		CU_ASSERT_EQUAL(val, p->mask);
		cpu_mtspr(r.cpu, p->n, 0);
		cpu_mfspr(r.cpu, p->n, &val);
		CU_ASSERT_EQUAL(val, 0);
	}
	/* SPRG4..7 are written at 0x114 and read at 0x104, by users too */
	for (u32 i = 0; i < 4; i++) {
		cpu_mtspr(r.cpu, SPRN_SPRG4W + i, 0xabc0 + i);
		cpu_mfspr(r.cpu, SPRN_SPRG4R + i, &val);
		CU_ASSERT_EQUAL(val, 0xabc0 + i);
	}
	rig_close(&r);
}

void RIG_TEST(cpu, spr_clear_by_ones)(void)
{
	struct rig r;
	u32 val;

	rig_open(&r);
	r.cpu->s.dbsr = 0xe0000000;
	r.cpu->s.mcsr = 0xf8000000;
	r.cpu->s.tsr = 0xfc000000;
	cpu_mtspr(r.cpu, SPRN_DBSR, 0x40000000);
	cpu_mtspr(r.cpu, SPRN_MCSR, 0x90000000);
	cpu_mtspr(r.cpu, SPRN_TSR, 0x48000000);
	cpu_mfspr(r.cpu, SPRN_DBSR, &val);
	CU_ASSERT_EQUAL(val, 0xa0000000);
	cpu_mfspr(r.cpu, SPRN_MCSR, &val);
	CU_ASSERT_EQUAL(val, 0x68000000);
	cpu_mfspr(r.cpu, SPRN_TSR, &val);
	CU_ASSERT_EQUAL(val, 0xb4000000);
	rig_close(&r);
}

void RIG_TEST(cpu, spr_xer_pid)(void)
{
	struct rig r;
	u32 val;

	rig_open(&r);
	cpu_mtspr(r.cpu, SPRN_XER, 0xffffffff);
	cpu_mfspr(r.cpu, SPRN_XER, &val);
	CU_ASSERT_EQUAL(val, 0xe000007f);
	cpu_mtspr(r.cpu, SPRN_XER, 0x40000011);
	cpu_mfspr(r.cpu, SPRN_XER, &val);
	CU_ASSERT_EQUAL(val, 0x40000011);
	cpu_mtspr(r.cpu, SPRN_PID, 0x1ff);
	cpu_mfspr(r.cpu, SPRN_PID, &val);
	CU_ASSERT_EQUAL(val, 0xff);
	/* reserved bits of MSR stay 0 */
	cpu_set_msr(r.cpu, 0xffffffff);
	CU_ASSERT_EQUAL(r.cpu->s.msr, 0x0006ff30);
	cpu_set_msr(r.cpu, 0);
	rig_close(&r);
}
