/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_rules.c - the finer rules of exceptions: alignment and its
 * priority, DEAR, user cache locking, delayed and CR-updating FP exceptions,
 * MCSR, and masks of SPRs.
 * Source: [440UM], section in each comment.
 */
#include "tests/unit/cpu_rig.h"

#define NO_MAP	0x70000000u
#define LSWX(d, a, b) I_X(533, d, a, b)
#define LWBRX(d, a, b) I_X(534, d, a, b)

/* Each of @words at every alignment: ESR, or 0 where nothing is raised. */
void RIG_TEST(rules, flsta)(void)
{
	static const struct { u32 word, size, esr; } cs[] = {
		{ LWZ(3, 0, 20), 4, 0 }, { STW(3, 0, 20), 4, ESR_ST },
		{ LHZ(3, 0, 20), 2, 0 }, { STH(3, 0, 20), 2, ESR_ST },
		{ LBZ(3, 0, 20), 1, 0 }, { LWBRX(3, 0, 20), 4, 0 },
		{ LMW(29, 0, 20), 4, 0 }, { STMW(29, 0, 20), 4, ESR_ST },
		/* strings are bytes; FPU accesses have a rule of their own */
		{ LSWI(3, 20, 6), 1, 0 }, { STSWI(3, 20, 6), 1, 0 },
		{ LSWX(3, 0, 20), 1, 0 },
		{ LFS(1, 0, 20), 1, 0 }, { STFS(1, 0, 20), 1, 0 },
		{ LFD(1, 0, 20), 1, 0 },
	};

	/* 6.5.6: CCR0[FLSTA] */
	for (unsigned int i = 0; i < ARRAY_SIZE(cs); i++)
		for (u32 off = 0; off < 4; off++)
			for (u32 on = 0; on < 2; on++) {
				bool want = on && off % cs[i].size;
				struct rig r;

				rig_open(&r);
				cpu_set_msr(r.cpu, MSR_FP);
				cpu_mtspr(r.cpu, SPRN_XER, 6);
				cpu_mtspr(r.cpu, SPRN_CCR0,
					  on ? CCR0_FLSTA : 0);
				gpr(&r)[20] = DATA_AT + off;
				CU_ASSERT_EQUAL(rig_step(&r, cs[i].word),
						want ? IVOR_ALIGNMENT : 0);
				if (want) {
					CU_ASSERT_EQUAL(r.cpu->s.esr,
							cs[i].esr);
					CU_ASSERT_EQUAL(r.cpu->s.dear,
							DATA_AT + off);
				}
				rig_close(&r);
			}
}

void RIG_TEST(rules, translation_first)(void)
{
	static const struct { u32 word, esr; } cs[] = {
		{ LWARX(3, 0, 20), 0 }, { STWCX(3, 0, 20), ESR_ST },
		{ LFD(1, 8, 20), ESR_FP }, { STFD(1, 8, 20), ESR_FP | ESR_ST },
		{ LWZ(3, 0, 20), 0 }, { STW(3, 0, 20), ESR_ST },
		{ LMW(30, 0, 20), 0 },
	};

	/* 6.7.1, 6.7.2: Data TLB Error and Data Storage before Alignment */
	for (unsigned int i = 0; i < ARRAY_SIZE(cs); i++) {
		struct rig r;

		rig_open(&r);
		cpu_mtspr(r.cpu, SPRN_CCR0, CCR0_FLSTA);
		cpu_set_msr(r.cpu, MSR_FP);
		gpr(&r)[20] = NO_MAP + 2;
		CU_ASSERT_EQUAL(rig_step(&r, cs[i].word), IVOR_DTLB);
		CU_ASSERT_EQUAL(r.cpu->s.esr, cs[i].esr);
		cpu_set_msr(r.cpu, MSR_FP);
		rig_map(&r, 4, NO_MAP, DATA_AT, SIZE_4K, 0);
		CU_ASSERT_EQUAL(rig_step(&r, cs[i].word), IVOR_DSI);
		CU_ASSERT_EQUAL(r.cpu->s.esr, cs[i].esr);
		cpu_set_msr(r.cpu, MSR_FP);
		rig_map(&r, 4, NO_MAP, DATA_AT, SIZE_4K, SRWX);
		CU_ASSERT_EQUAL(rig_step(&r, cs[i].word), IVOR_ALIGNMENT);
		CU_ASSERT_EQUAL(r.cpu->s.esr, cs[i].esr);
		rig_close(&r);
	}
}

void RIG_TEST(rules, line_dear)(void)
{
	static const u32 words[] = {
		DCBZ(0, 20), DCBF(0, 20), DCBI(0, 20), ICBI(0, 20),
		I_X(54, 0, 0, 20),
	};
	struct rig r;

	/* 6.5.3: DEAR is the address that was calculated, not the line's */
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		rig_open(&r);
		gpr(&r)[20] = NO_MAP + 0x37;
		CU_ASSERT_EQUAL(rig_step(&r, words[i]), IVOR_DTLB);
		CU_ASSERT_EQUAL(r.cpu->s.dear, NO_MAP + 0x37);
		rig_close(&r);
	}
	/* dcbz clears the line around it, also where it is reached directly */
	rig_open(&r);
	memset(r.ram + DATA_AT, 0xff, 128);
	gpr(&r)[20] = DATA_AT + 0x37;
	rig_step(&r, DCBZ(0, 20));
	memset(r.ram + DATA_AT, 0xff, 128);
	rig_step(&r, DCBZ(0, 20));
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x1c), 0xffffffff);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x20), 0);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x3c), 0);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x40), 0xffffffff);
	rig_close(&r);
}

void RIG_TEST(rules, cache_lock)(void)
{
	static const struct { u32 word, lock, esr; } cs[] = {
		{ DCBF(0, 20), 1u << 19, 1u << 21 },	/* DULXE */
		{ ICBI(0, 20), 1u << 18, 1u << 20 },	/* IULXE */
		{ I_X(54, 0, 0, 20), 0, 0 },		/* dcbst: never */
	};

	/* 5.5: user mode only, locked line or not; a miss comes first */
	for (unsigned int i = 0; i < ARRAY_SIZE(cs); i++)
		for (u32 on = 0; on < 8; on++) {
			bool is_user = on & 1, is_locked = on & 2;
			bool is_miss = on & 4;
			bool want = is_user && is_locked && cs[i].lock;
			u32 other = 0x000c0000 & ~cs[i].lock;
			struct rig r;

			rig_open(&r);
			rig_map(&r, 0, 0, 0, SIZE_1M, SRWX | URWX);
			gpr(&r)[20] = is_miss ? NO_MAP : DATA_AT;
			r.cpu->s.msr = is_user ? MSR_PR : 0;
			if (!is_miss)
				rig_step(&r, LWZ(3, 0, 20));
			cpu_mtspr(r.cpu, SPRN_MMUCR,
				  is_locked ? cs[i].lock : other);
			if (is_user)
				r.cpu->s.mmucr = is_locked ? cs[i].lock : other;
			CU_ASSERT_EQUAL(rig_step(&r, cs[i].word),
					is_miss ? IVOR_DTLB :
					want ? IVOR_DSI : 0);
			if (want && !is_miss) {
				CU_ASSERT_EQUAL(r.cpu->s.esr, cs[i].esr);
				CU_ASSERT_EQUAL(r.cpu->s.dear, DATA_AT);
			}
			rig_close(&r);
		}
}

#define FDIV_RC	0xfc611025u	/* fdiv. 3,1,2 */
#define FCMPO	0xfe811040u	/* fcmpo cr5,1,2 */

void RIG_TEST(rules, fp_delayed)(void)
{
	static const u32 ways[] = { MTMSR(4), RFI, RFCI, RFMCI };

	/* 6.5.7: FEX was set with FE0 = FE1 = 0; PIE when one of them is */
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		for (u32 fex = 0; fex < 2; fex++) {
			u32 msr = MSR_FP | (i & 1 ? MSR_FE0 : MSR_FE1);
			u32 to = CODE_AT + (i ? 0x40 : 4);
			struct cpu_state *s;
			struct rig r;

			rig_open(&r);
			s = &r.cpu->s;
			cpu_set_msr(r.cpu, MSR_FP);
			gpr(&r)[4] = s->srr1 = s->csrr1 = s->mcsrr1 = msr;
			s->srr0 = s->csrr0 = s->mcsrr0 = CODE_AT + 0x40;
			s->fpscr = fex ? 0x40000000 : 0;
			s->esr = ESR_ST;
			CODE(&r, CODE_AT, ways[i], ADDI(9, 9, 1), SELF);
			CODE(&r, CODE_AT + 0x40, ADDI(9, 9, 1), SELF);
			rig_run(&r);
			CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_PROGRAM], fex);
			CU_ASSERT_EQUAL(gpr(&r)[9], !fex);
			if (fex) {
				CU_ASSERT_EQUAL(s->srr0, to);
				CU_ASSERT_EQUAL(s->srr1, msr);
				CU_ASSERT_EQUAL(s->esr, ESR_FP | ESR_PIE);
			}
			rig_close(&r);
		}
}

void RIG_TEST(rules, fp_cr)(void)
{
	struct rig r;

	/* 6.5.7: CR is not updated; PCRE, PCMP and PCRF say what would be */
	rig_open(&r);
	cpu_set_msr(r.cpu, MSR_FP | MSR_FE0);
	r.cpu->s.fpscr = 0x10;		/* ZE */
	r.cpu->s.fpr[1] = 0x3ff0000000000000ull;
	for (u32 i = 0; i < 8; i++)
		state_set_cr_field(&r.cpu->s, i, 5);
	CU_ASSERT_EQUAL(rig_step(&r, FDIV_RC), IVOR_PROGRAM);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | 0x10);
	CU_ASSERT_EQUAL(state_cr(&r.cpu->s), 0x55555555);
	/* an ordered comparison with a NaN, VE set */
	cpu_set_msr(r.cpu, MSR_FP | MSR_FE0);
	r.cpu->s.fpscr = 0x80;
	r.cpu->s.fpr[1] = 0x7ff8000000000000ull;
	CU_ASSERT_EQUAL(rig_step(&r, FCMPO), IVOR_PROGRAM);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | 0x18 | 5);
	CU_ASSERT_EQUAL(state_cr(&r.cpu->s), 0x55555555);
	rig_close(&r);
}

void RIG_TEST(rules, mcsr_level)(void)
{
	struct rig r;

	/* 6.4.12: pending while MCS and ME are set, so twice here */
	rig_open(&r);
	cpu_set_msr(r.cpu, MSR_ME);
	gpr(&r)[20] = NOBODY_AT;
	CODE(&r, CODE_AT, LWZ(3, 0, 20), SELF);
	CODE(&r, VECTOR(IVOR_MACHINE_CHECK), ADDI(9, 9, 1), CMPWI(9, 2),
	     BNE(12), LIS(8, 0xffff), MTSPR(SPRN_MCSR, 8), RFMCI);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_MACHINE_CHECK], 2);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 4);
	CU_ASSERT_EQUAL(r.cpu->s.mcsr, 0);
	/* the summary bit alone decides */
	r.cpu->s.pc = CODE_AT;
	CODE(&r, VECTOR(IVOR_MACHINE_CHECK), ADDI(9, 9, 1), LIS(8, 0x8000),
	     MTSPR(SPRN_MCSR, 8), RFMCI);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_MACHINE_CHECK], 3);
	CU_ASSERT_EQUAL(r.cpu->s.mcsr, MCSR_DRB);
	rig_close(&r);
}

void RIG_TEST(rules, fetch_error_masked)(void)
{
	struct rig r;

	/* 6.5.2: no interrupt without ME, but ESR[MCI] */
	rig_open(&r);
	r.cpu->s.esr = ESR_ST;
	r.cpu->s.lr = NOBODY_AT + 8;
	CODE(&r, CODE_AT, BLR);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_STUCK);
	CU_ASSERT_EQUAL(r.cpu->s.pc, NOBODY_AT + 8);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_MCI | ESR_ST);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_MACHINE_CHECK], 0);
	rig_close(&r);
}

void RIG_TEST(rules, event_at_fetch)(void)
{
	struct rig r;

	/* an interrupt that is due after a branch is taken before the fetch
	 * from its target, in every engine */
	for (u32 k = 1; k < 5; k++) {
		rig_open(&r);
		cpu_set_msr(r.cpu, MSR_EE);
		r.cpu->s.lr = NO_MAP;
		cpu_mtspr(r.cpu, SPRN_TCR, TCR_DIE);
		cpu_mtspr(r.cpu, SPRN_DEC, k);
		CODE(&r, CODE_AT, NOP, NOP, BLR, NOP);
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->s.srr0, k == 3 ? NO_MAP : k < 3 ?
				CODE_AT + 4 * k : NO_MAP);
		CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DEC], k < 4);
		CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_ITLB], k == 4);
		rig_close(&r);
	}
}

void RIG_TEST(rules, fetch_once)(void)
{
	struct rig r;

	/* code in a device: one read an instruction, in every engine, also
	 * where debug events look at it first, and a suppressed one is none */
	for (u32 on = 0; on < 2; on++) {
		rig_open(&r);
		cpu_mtspr(r.cpu, SPRN_DBCR0,
			  on ? DBCR0_IDM | DBEV_TRAP | DBEV_IAC(1) : 0);
		r.value = ADDI(3, 3, 1);
		r.cpu->s.pc = DEVICE_AT;
		CU_ASSERT_EQUAL(RIG_RUN(&r, 5), CPU_BUDGET);
		CU_ASSERT_EQUAL(r.reads, 5);
		CU_ASSERT_EQUAL(gpr(&r)[3], 5);
		r.cpu->s.iac[0] = DEVICE_AT + 20;
		cpu_set_msr(r.cpu, MSR_DE);
		if (on)
			rig_run(&r);
		CU_ASSERT_EQUAL(r.reads, 5);
		CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DEBUG], on);
		rig_close(&r);
	}
}

void RIG_TEST(rules, spr_bits)(void)
{
	/* the fields that 10.x and chapter 4 draw; the rest reads 0 */
	static const struct { u32 n, bits; } cs[] = {
		{ SPRN_CCR0, 0x4830e10f }, { SPRN_CCR1, 0xfffff880 },
		{ SPRN_MMUCR, 0x016d00ff }, { SPRN_ESR, 0x8fbf001f },
		{ SPRN_IVPR, 0xffff0000 }, { SPRN_IVOR3, 0x0000fff0 },
		{ SPRN_DBCR1, 0xffc1ffc1 }, { SPRN_DBCR2, 0xffef0f0f },
		{ SPRN_IAC4, 0xfffffffc }, { SPRN_DAC2, 0xffffffff },
		{ SPRN_PID, 0xff }, { SPRN_TCR, 0xffc00000 },
		{ SPRN_SRR0, 0xfffffffc }, { SPRN_DNV2, 0x3f3f3f3f },
		{ SPRN_USPRG0, 0xffffffff }, { SPRN_DBDR, 0xffffffff },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cs); i++) {
		struct rig r;
		u32 val = 1;

		rig_open(&r);
		gpr(&r)[3] = 0xffffffff;
		rig_step(&r, MTSPR(cs[i].n, 3));
		CU_ASSERT_EQUAL(cpu_mfspr(r.cpu, cs[i].n, &val), 0);
		CU_ASSERT_EQUAL(val, cs[i].bits);
		rig_close(&r);
	}
}

void RIG_TEST(rules, reserved_nops)(void)
{
	struct rig r;

	/* A.5: eight opcodes that do nothing, whatever their fields */
	rig_open(&r);
	gpr(&r)[20] = NO_MAP;
	for (u32 xo = 530; xo <= 754; xo += 32)
		for (u32 k = 0; k < 4; k++) {
			struct cpu_state was = r.cpu->s;

			CU_ASSERT_EQUAL(rig_step(&r, I_X(xo, 7 * k, 20, 20) |
						 (k & 1)), 0);
			CU_ASSERT_EQUAL(memcmp(was.gpr, r.cpu->s.gpr,
					       sizeof(was.gpr)), 0);
		}
	/* the next one is not of them */
	CU_ASSERT_EQUAL(rig_step(&r, I_X(786, 0, 0, 0)), IVOR_PROGRAM);
	rig_close(&r);
}
