/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_debug.c - cpu/debug.c: which debug events occur, what DBSR
 * holds, when the Debug interrupt comes and what CSRR0 is then.
 * Source: [440UM] 8.3 debug events, table 8-3; 6.5.16 Debug interrupt, CSRR0;
 * 6.7 exception priorities; numbers in comments are its sections.
 */
#include "tests/unit/cpu_rig.h"

#define IDM	DBCR0_IDM
#define TARGET	(CODE_AT + 8)	/* of most IACs: the third instruction */
#define NO_MAP	0x70000000u
#define DCBST(a, b) I_X(54, 0, a, b)
#define DCBT(a, b)  I_X(278, 0, a, b)
#define DCBA(a, b)  I_X(758, 0, a, b)
#define DCCCI	    I_X(454, 0, 0, 0)
#define LSWX(d, a, b) I_X(533, d, a, b)
#define STSWX(s, a, b) I_X(661, s, a, b)

/* Registers 20 and 21 hold addresses of data, 22 of nothing. */
static void open_debug(struct rig *r, u32 dbcr0, u32 msr)
{
	rig_open(r);
	gpr(r)[20] = DATA_AT;
	gpr(r)[21] = DATA_AT + 0x100;
	gpr(r)[22] = NO_MAP;
	for (u32 i = 0; i < 0x200; i += 4)
		stb32(r->ram + DATA_AT + i, 0xd0000000 + i);
	cpu_set_msr(r->cpu, msr);
	cpu_mtspr(r->cpu, SPRN_DBCR0, dbcr0);
}

/* The Debug interrupt was taken once, at @pc. */
static void check_taken(struct rig *r, u32 pc, u32 dbsr, u32 msr)
{
	const struct cpu_state *s = &r->cpu->s;

	CU_ASSERT_EQUAL(s->pc, VECTOR(IVOR_DEBUG));
	CU_ASSERT_EQUAL(r->cpu->exceptions[IVOR_DEBUG], 1);
	CU_ASSERT_EQUAL(s->csrr0, pc);
	CU_ASSERT_EQUAL(s->csrr1, msr);
	CU_ASSERT_EQUAL(s->msr, msr & MSR_ME);
	CU_ASSERT_EQUAL(s->dbsr, dbsr);
}

static void check_none(struct rig *r, u32 dbsr)
{
	CU_ASSERT_EQUAL(r->cpu->exceptions[IVOR_DEBUG], 0);
	CU_ASSERT_EQUAL(r->cpu->s.dbsr, dbsr);
}

/* ---- instruction addresses ---------------------------------------------- */

void RIG_TEST(debug, iac_exact)(void)
{
	for (u32 n = 1; n <= 4; n++) {
		struct rig r;

		/* 8.3.1.2: suppressed, CSRR0 is the instruction */
		open_debug(&r, IDM | DBEV_IAC(n), MSR_DE | MSR_ME);
		r.cpu->s.iac[n - 1] = TARGET;
		CODE(&r, CODE_AT, ADDI(3, 3, 1), ADDI(3, 3, 1), ADDI(3, 3, 1),
		     SELF);
		rig_run(&r);
		check_taken(&r, TARGET, DBEV_IAC(n), MSR_DE | MSR_ME);
		CU_ASSERT_EQUAL(gpr(&r)[3], 2);
		CU_ASSERT_EQUAL(cpu_insns(r.cpu), 2);
		rig_close(&r);
		/* another register's address, and a register not enabled */
		open_debug(&r, IDM | DBEV_IAC(n), MSR_DE);
		for (u32 i = 1; i <= 4; i++)
			r.cpu->s.iac[i - 1] = i == n ? TARGET + 64 : TARGET;
		CODE(&r, CODE_AT, NOP, NOP, NOP, SELF);
		rig_run(&r);
		check_none(&r, 0);
		rig_close(&r);
	}
}

void RIG_TEST(debug, delayed)(void)
{
	struct rig r;

	/* 8.3.1.2, MSR[DE] = 0: IDE, and the interrupt comes with DE */
	open_debug(&r, IDM | DBEV_IAC(1), 0);
	r.cpu->s.iac[0] = TARGET;
	gpr(&r)[4] = MSR_DE;
	CODE(&r, CODE_AT, NOP, NOP, ADDI(3, 3, 1), NOP, MTMSR(4), NOP, SELF);
	rig_run(&r);
	check_taken(&r, CODE_AT + 20, DBEV_IAC(1) | DBSR_IDE, MSR_DE);
	CU_ASSERT_EQUAL(gpr(&r)[3], 1);
	rig_close(&r);
	/* 6.5.16: by rfi, CSRR0 is where it returns to */
	open_debug(&r, IDM | DBEV_IAC(1), 0);
	r.cpu->s.iac[0] = CODE_AT;
	r.cpu->s.srr0 = CODE_AT + 0x40;
	r.cpu->s.srr1 = MSR_DE;
	CODE(&r, CODE_AT, NOP, RFI);
	rig_run(&r);
	check_taken(&r, CODE_AT + 0x40, DBEV_IAC(1) | DBSR_IDE, MSR_DE);
	rig_close(&r);
	/* cleared before: none; IDE alone is no event */
	open_debug(&r, IDM | DBEV_IAC(1), 0);
	r.cpu->s.iac[0] = CODE_AT;
	gpr(&r)[4] = MSR_DE;
	gpr(&r)[5] = DBEV_IAC(1);
	CODE(&r, CODE_AT, NOP, MTSPR(SPRN_DBSR, 5), MTMSR(4), NOP, SELF);
	rig_run(&r);
	check_none(&r, DBSR_IDE);
	rig_close(&r);
}

static const struct {
	u32 mode, from, to;
	int at;			/* instruction at which it occurs; -1 none */
} ranges[] = {
	{ 2, CODE_AT + 4, CODE_AT + 12, 1 },	/* inside: from <= a < to */
	{ 2, CODE_AT + 16, CODE_AT + 20, 4 },
	{ 2, CODE_AT + 8, CODE_AT + 8, -1 },
	{ 3, CODE_AT, CODE_AT + 12, 3 },	/* outside */
	{ 3, CODE_AT + 4, CODE_AT + 12, 0 },
};

void RIG_TEST(debug, iac_range)(void)
{
	for (unsigned int i = 0; i < 4 * ARRAY_SIZE(ranges); i++) {
		u32 pair = i & 1, de = i & 2 ? 0 : MSR_DE;
		u32 mode = ranges[i / 4].mode, on;
		int at = ranges[i / 4].at;
		struct rig r;

		/* one enable of the pair, or both, decide what is set */
		on = DBEV_IAC(1 + 2 * pair) | (at & 1 ? DBEV_IAC(2 + 2 * pair) : 0);
		open_debug(&r, IDM | on, de);
		r.cpu->s.dbcr1 = mode << (pair ? 6 : 22);
		r.cpu->s.iac[2 * pair] = ranges[i / 4].from;
		r.cpu->s.iac[2 * pair + 1] = ranges[i / 4].to;
		CODE(&r, CODE_AT, NOP, NOP, NOP, NOP, NOP, SELF);
		/* outside of every range lies the vector too: DE is clear */
		if (de && at >= 0) {
			rig_run(&r);
			check_taken(&r, CODE_AT + 4 * (u32)at, on, de);
		} else if (at < 0) {
			rig_run(&r);
			check_none(&r, 0);
		} else {
			/* 8.3.1.2: no range event while DE is clear */
			rig_run(&r);
			check_none(&r, 0);
		}
		rig_close(&r);
	}
}

void RIG_TEST(debug, iac_toggle)(void)
{
	struct rig r;

	/* table 8-2, in trace mode: into the range, then out of it */
	open_debug(&r, DBEV_IAC(1), 0);
	r.cpu->s.dbcr1 = 2u << 22 | PPC_BIT(15);
	r.cpu->s.iac[0] = CODE_AT + 4;
	r.cpu->s.iac[1] = CODE_AT + 12;
	CODE(&r, CODE_AT, NOP, NOP, NOP, NOP, SELF);
	RIG_RUN(&r, 1);
	check_none(&r, 0);
	RIG_RUN(&r, 1);
	check_none(&r, DBEV_IAC(1) | DBSR_IAC12ATS);
	r.cpu->s.dbsr &= ~DBEV_IAC(1);
	RIG_RUN(&r, 1);
	check_none(&r, DBSR_IAC12ATS);
	RIG_RUN(&r, 1);
	check_none(&r, DBEV_IAC(1));
	rig_close(&r);
}

void RIG_TEST(debug, qualifiers)(void)
{
	/* 8.3.1.1: user/supervisor 0 any, 2 supervisor, 3 user; address space
	 * 0 any, 2 AS 0, 3 AS 1; 1 is reserved */
	for (u32 i = 0; i < 64; i++) {
		u32 us = i & 3, er = i >> 2 & 3;
		u32 msr = MSR_DE | (i & 16 ? MSR_PR : 0) |
			  (i & 32 ? MSR_IS | MSR_DS : 0);
		bool want = (us == 0 || us == (i & 16 ? 3 : 2)) &&
			    (er == 0 || er == (i & 32 ? 3 : 2));

		for (u32 dac = 0; dac < 2; dac++) {
			struct rig r;

			open_debug(&r, IDM | (dac ? DBEV_DACR(1) : DBEV_IAC(1)),
				   0);
			rig_map(&r, 0, 0, 0, SIZE_1M, SRWX | URWX);
			r.cpu->s.mmucr = 0;
			cpu_tlbwe(r.cpu, 9, 1, 0);
			cpu_tlbwe(r.cpu, 9, 2, SRWX | URWX);
			cpu_tlbwe(r.cpu, 9, 0, TLB0_V | TLB0_TS | SIZE_1M << 4);
			cpu_set_msr(r.cpu, msr);
			r.cpu->s.dbcr1 = r.cpu->s.dbcr2 = us << 30 | er << 28;
			r.cpu->s.iac[0] = TARGET;
			r.cpu->s.dac[0] = DATA_AT;
			CODE(&r, CODE_AT, NOP, NOP, LWZ(3, 0, 20), SELF);
			rig_run(&r);
			if (want)
				check_taken(&r, TARGET, dac ? DBEV_DACR(1) :
					    DBEV_IAC(1), msr);
			else
				check_none(&r, 0);
			rig_close(&r);
		}
	}
}

void RIG_TEST(debug, before_fetch)(void)
{
	struct rig r;

	/* 6.7: IAC comes before an Instruction TLB Error; ICMP of the branch
	 * comes before both */
	for (u32 icmp = 0; icmp < 2; icmp++) {
		u32 on = icmp ? DBEV_ICMP : DBEV_IAC(1);

		open_debug(&r, IDM | on, MSR_DE);
		r.cpu->s.iac[0] = NO_MAP;
		r.cpu->s.lr = NO_MAP;
		CODE(&r, CODE_AT, BLR);
		rig_run(&r);
		check_taken(&r, NO_MAP, on, MSR_DE);
		CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_ITLB], 0);
		rig_close(&r);
	}
}

/* ---- data addresses ------------------------------------------------------ */

void RIG_TEST(debug, dac)(void)
{
	for (u32 i = 0; i < 8; i++) {
		u32 n = 1 + (i & 1), is_write = i >> 1 & 1, after = i >> 2;
		u32 on = is_write ? DBEV_DACW(n) : DBEV_DACR(n);
		struct rig r;

		/* 8.3.2.2: DAC12A = 0 suppresses; 1 may let it complete */
		open_debug(&r, IDM | on, MSR_DE);
		r.cpu->s.dac[n - 1] = DATA_AT + 4;
		r.cpu->s.dbcr2 = after ? PPC_BIT(10) : 0;
		CODE(&r, CODE_AT, LWZ(3, 0, 20), STW(20, 8, 20),
		     is_write ? LWZ(3, 4, 20) : STW(20, 4, 20),
		     is_write ? STW(20, 4, 20) : LWZ(3, 4, 20), NOP, SELF);
		rig_run(&r);
		check_taken(&r, CODE_AT + 12 + 4 * after, on, MSR_DE);
		CU_ASSERT_EQUAL(gpr(&r)[3],
				is_write || after ? 0xd0000004 +
				(is_write ? 0 : DATA_AT - 0xd0000004) :
				0xd0000000);
		CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 4),
				is_write && !after ? 0xd0000004 : DATA_AT);
		rig_close(&r);
	}
}

/* What each instruction is to the debug facilities: read, write, neither. */
static const struct {
	u32 word;
	char kind;
	u32 at;			/* address that is compared */
} kinds[] = {
	{ LBZ(3, 1, 20), 'r', DATA_AT + 1 },
	{ LHZ(3, 2, 20), 'r', DATA_AT + 2 },
	{ LWZU(3, 4, 20), 'r', DATA_AT + 4 },
	{ STB(3, 1, 20), 'w', DATA_AT + 1 },
	{ STWU(3, 4, 20), 'w', DATA_AT + 4 },
	{ LFD(1, 8, 20), 'r', DATA_AT + 8 },
	{ STFD(1, 8, 20), 'w', DATA_AT + 8 },
	{ LFS(1, 8, 20), 'r', DATA_AT + 8 },
	{ STFS(1, 8, 20), 'w', DATA_AT + 8 },
	{ LMW(28, 0, 20), 'r', DATA_AT + 8 },
	{ STMW(28, 0, 20), 'w', DATA_AT + 12 },
	{ LMW(28, 0, 20), '-', DATA_AT + 16 },
	{ LSWI(3, 20, 7), 'r', DATA_AT + 4 },
	{ LSWI(3, 20, 7), '-', DATA_AT + 5 },
	{ STSWI(3, 20, 7), 'w', DATA_AT + 4 },
	{ LSWX(3, 0, 20), '-', DATA_AT },	/* length 0 */
	{ STSWX(3, 0, 20), '-', DATA_AT },
	{ LWARX(3, 0, 20), 'r', DATA_AT },
	{ STWCX(3, 0, 20), '-', DATA_AT },	/* without a reservation */
	/* 8.3.2.4; the address is not aligned to the line, 8.3.2 */
	{ DCBZ(0, 21), 'w', DATA_AT + 0x100 },
	{ DCBI(0, 21), 'w', DATA_AT + 0x100 },
	{ DCBF(0, 21), 'w', DATA_AT + 0x100 },
	{ DCBST(0, 21), 'w', DATA_AT + 0x100 },
	{ DCBT(0, 21), 'r', DATA_AT + 0x100 },
	{ ICBI(0, 21), 'r', DATA_AT + 0x100 },
	{ DCBA(0, 21), '-', DATA_AT + 0x100 },
	{ DCCCI, '-', 0 },
	/* table 2-2: pieces of what crosses a quadword */
	{ LWZ(3, 14, 20), 'r', DATA_AT + 14 },
	{ LWZ(3, 14, 20), 'r', DATA_AT + 16 },
	{ LWZ(3, 14, 20), '-', DATA_AT + 15 },
	{ STH(3, 15, 20), 'w', DATA_AT + 16 },
	{ STW(3, 10, 20), '-', DATA_AT + 12 },
	/* 6.7.1: Data TLB Error comes first; a touch does nothing then */
	{ LWZ(3, 0, 22), 'x', NO_MAP },
	{ DCBT(0, 22), '-', NO_MAP },
	{ ADD(3, 20, 20), '-', DATA_AT },
};

void RIG_TEST(debug, dac_kinds)(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		char kind = kinds[i].kind;
		u32 hit = kind == 'r' ? DBEV_DACR(1) : DBEV_DACW(1);
		u32 msr = MSR_DE | MSR_FP;
		struct rig r;

		open_debug(&r, IDM | DBEV_DACR(1) | DBEV_DACW(1), msr);
		r.cpu->s.dac[0] = kinds[i].at;
		CODE(&r, CODE_AT, NOP, kinds[i].word, SELF);
		rig_run(&r);
		if (kind == 'r' || kind == 'w')
			check_taken(&r, CODE_AT + 4, hit, msr);
		else
			check_none(&r, 0);
		CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DTLB], kind == 'x');
		rig_close(&r);
	}
}

void RIG_TEST(debug, dac_modes)(void)
{
	static const struct { u32 mode, dac1, dac2, want; } modes[] = {
		/* 8.3.2.1: 1 is mask, 2 inside, 3 outside */
		{ 1, DATA_AT + 0x100, 0xffffff00, 5 },
		{ 1, DATA_AT + 0x0c, 0x0000001c, 3 },
		{ 2, DATA_AT + 8, DATA_AT + 12, 2 },
		{ 2, DATA_AT + 9, DATA_AT + 13, 3 },
		{ 3, DATA_AT, DATA_AT + 0x100, 5 },
		{ 3, DATA_AT, DATA_AT + 4, 1 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(modes); i++) {
		struct rig r;

		open_debug(&r, IDM | DBEV_DACR(1) | DBEV_DACR(2), MSR_DE);
		r.cpu->s.dbcr2 = modes[i].mode << 22;
		r.cpu->s.dac[0] = modes[i].dac1;
		r.cpu->s.dac[1] = modes[i].dac2;
		CODE(&r, CODE_AT, LWZ(3, 0, 20), LWZ(3, 4, 20), LWZ(3, 8, 20),
		     LWZ(3, 12, 20), LWZ(3, 16, 20), LWZ(3, 0, 21), SELF);
		rig_run(&r);
		check_taken(&r, CODE_AT + 4 * modes[i].want,
			    DBEV_DACR(1) | DBEV_DACR(2), MSR_DE);
		rig_close(&r);
	}
}

void RIG_TEST(debug, dvc)(void)
{
	/* 8.3.3.1: modes 1 AND, 2 OR, 3 AND-OR; a byte lane must be moved */
	static const struct { u32 mode, lanes, dvc, word; bool want; } cs[] = {
		{ 1, 15, 0xd0000004, LWZ(3, 4, 20), true },
		{ 1, 15, 0xd0000005, LWZ(3, 4, 20), false },
		{ 1, 14, 0xd0000005, LWZ(3, 4, 20), true },
		{ 1, 15, 0xd0000004, LHZ(3, 4, 20), false },
		{ 1, 12, 0xd0001234, LHZ(3, 4, 20), true },
		{ 2, 15, 0xffffff04, LWZ(3, 4, 20), true },
		{ 2, 14, 0xffffff04, LWZ(3, 4, 20), false },
		{ 3, 15, 0xd000ffff, LWZ(3, 4, 20), true },
		{ 3, 15, 0xffff0004, LWZ(3, 4, 20), true },
		{ 3, 15, 0xd0ffff04, LWZ(3, 4, 20), false },
		{ 1, 15, 0x12345678, STW(5, 4, 20), true },
		{ 1, 15, 0x12345678, STW(6, 4, 20), false },
		{ 1, 1, 0x00000078, STB(5, 7, 20), true },
		{ 1, 15, 0xd0000008, LFD(1, 4, 20), true },
		{ 1, 15, 0x12345678, DCBF(0, 23), false },
		{ 1, 15, 0, DCBZ(0, 23), true },
	};

	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(cs); i++) {
		u32 n = i & 1, fp = MSR_FP | MSR_DE;
		u32 on = DBEV_DACR(n + 1) | DBEV_DACW(n + 1);
		struct rig r;

		open_debug(&r, IDM | on, fp);
		gpr(&r)[5] = 0x12345678;
		gpr(&r)[23] = DATA_AT + 4;
		r.cpu->s.dac[n] = (cs[i / 2].word & 0xffff) == 7 ?
				  DATA_AT + 7 : DATA_AT + 4;
		r.cpu->s.dvc[n] = cs[i / 2].dvc;
		r.cpu->s.dbcr2 = cs[i / 2].mode << (n ? 16 : 18) |
				 cs[i / 2].lanes << (n ? 0 : 8);
		CODE(&r, CODE_AT, NOP, cs[i / 2].word, SELF);
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DEBUG], cs[i / 2].want);
		CU_ASSERT_EQUAL(!!(r.cpu->s.dbsr & on), cs[i / 2].want);
		rig_close(&r);
	}
}

/* ---- what instructions do ------------------------------------------------- */

void RIG_TEST(debug, icmp)(void)
{
	static const struct { u32 word, next, ivor; } cs[] = {
		{ ADDI(3, 3, 1), CODE_AT + 4, 0 },
		{ LWZ(3, 0, 20), CODE_AT + 4, 0 },
		{ BC(20, 0, 0x40), CODE_AT + 0x40, 0 },
		{ SELF, CODE_AT, 0 },
		{ BCTR, CODE_AT + 0x80, 0 },
		{ RFI, CODE_AT + 0xc0, 0 },
		/* 6.7: System Call comes before; the instruction completed */
		{ SC, VECTOR(IVOR_SYSCALL), 0 },
		/* these did not; the handler's first instruction does */
		{ LWZ(3, 0, 22), VECTOR(IVOR_DTLB), IVOR_DTLB },
		{ TRAP, VECTOR(IVOR_PROGRAM), IVOR_PROGRAM },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cs); i++) {
		struct rig r;

		open_debug(&r, IDM | DBEV_ICMP, MSR_DE);
		r.cpu->s.ctr = CODE_AT + 0x80;
		r.cpu->s.srr0 = CODE_AT + 0xc0;
		r.cpu->s.srr1 = MSR_DE;
		CODE(&r, CODE_AT, cs[i].word, SELF);
		rig_run(&r);
		check_taken(&r, cs[i].next, DBEV_ICMP, MSR_DE);
		CU_ASSERT_EQUAL(cpu_insns(r.cpu), 1);
		if (cs[i].ivor)
			CU_ASSERT_EQUAL(r.cpu->exceptions[cs[i].ivor], 1);
		rig_close(&r);
	}
}

void RIG_TEST(debug, icmp_msr)(void)
{
	struct rig r;

	/* 8.3.7: none with DE = 0, nor by the instruction that sets it */
	open_debug(&r, IDM | DBEV_ICMP, 0);
	gpr(&r)[4] = MSR_DE;
	CODE(&r, CODE_AT, NOP, NOP, MTMSR(4), NOP, NOP, SELF);
	rig_run(&r);
	check_taken(&r, CODE_AT + 16, DBEV_ICMP, MSR_DE);
	rig_close(&r);
	/* 6.5.16: by the one that clears it: delayed and imprecise */
	open_debug(&r, IDM | DBEV_ICMP, MSR_DE);
	gpr(&r)[4] = MSR_DE;
	CODE(&r, CODE_AT, MTMSR(5), NOP, MTMSR(4), NOP, SELF);
	rig_run(&r);
	check_taken(&r, CODE_AT + 12, DBEV_ICMP | DBSR_IDE, MSR_DE);
	rig_close(&r);
}

void RIG_TEST(debug, branch_taken)(void)
{
	struct rig r;
	u32 de;

	/* 8.3.4: before the branch; not at all with DE = 0 */
	for (de = 0; de <= MSR_DE; de += MSR_DE) {
		open_debug(&r, IDM | DBEV_BRT, de);
		CODE(&r, CODE_AT, CMPWI(3, 1), BEQ(0x40), BNE(8), NOP,
		     ADDI(6, 6, 1), TRAP);
		rig_run(&r);
		if (de)
			check_taken(&r, CODE_AT + 8, DBEV_BRT, MSR_DE);
		else
			check_none(&r, 0);
		CU_ASSERT_EQUAL(gpr(&r)[6], !de);
		rig_close(&r);
	}
	/* CTR and LR are not changed by a branch that was suppressed */
	open_debug(&r, IDM | DBEV_BRT, MSR_DE);
	r.cpu->s.ctr = 5;
	r.cpu->s.lr = 0x1234;
	CODE(&r, CODE_AT, BDNZ(0x40) | 1, SELF);
	rig_run(&r);
	check_taken(&r, CODE_AT, DBEV_BRT, MSR_DE);
	CU_ASSERT_EQUAL(r.cpu->s.ctr, 5);
	CU_ASSERT_EQUAL(r.cpu->s.lr, 0x1234);
	rig_close(&r);
}

void RIG_TEST(debug, trap)(void)
{
	struct rig r;

	/* 6.5.7: a Debug interrupt in place of Program */
	open_debug(&r, IDM | DBEV_TRAP, MSR_DE);
	CODE(&r, CODE_AT, I_X(4, 4, 20, 21), NOP, TRAP, SELF);
	rig_run(&r);
	check_taken(&r, CODE_AT + 8, DBEV_TRAP, MSR_DE);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_PROGRAM], 0);
	rig_close(&r);
	/* with DE = 0 both: Program now, DBSR for later */
	open_debug(&r, IDM | DBEV_TRAP, 0);
	CODE(&r, CODE_AT, NOP, NOP, TRAP, SELF);
	rig_run(&r);
	check_none(&r, DBEV_TRAP | DBSR_IDE);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_PROGRAM));
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_PTR);
	rig_close(&r);
}

void RIG_TEST(debug, returns)(void)
{
	static const u32 words[] = { RFI, RFCI, RFMCI };

	for (unsigned int i = 0; i < 6; i++) {
		u32 de = i & 1 ? MSR_DE : 0;
		struct cpu_state *s;
		struct rig r;

		/* 8.3.6: suppressed; with DE = 0 only rfi counts */
		open_debug(&r, IDM | DBEV_RET, de);
		s = &r.cpu->s;
		s->srr0 = s->csrr0 = s->mcsrr0 = CODE_AT + 0x40;
		CODE(&r, CODE_AT, NOP, words[i / 2]);
		CODE(&r, CODE_AT + 0x40, SELF);
		rig_run(&r);
		if (de)
			check_taken(&r, CODE_AT + 4, DBEV_RET, MSR_DE);
		else
			check_none(&r, i / 2 ? 0 : DBEV_RET | DBSR_IDE);
		CU_ASSERT_EQUAL(s->pc, de ? VECTOR(IVOR_DEBUG) : CODE_AT + 0x40);
		rig_close(&r);
	}
}

void RIG_TEST(debug, interrupts)(void)
{
	struct rig r;

	/* 8.3.8: CSRR0 is the first instruction of the handler */
	open_debug(&r, IDM | DBEV_IRPT, MSR_DE);
	CODE(&r, CODE_AT, NOP, SC);
	rig_run(&r);
	check_taken(&r, VECTOR(IVOR_SYSCALL), DBEV_IRPT, MSR_DE);
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 8);
	rig_close(&r);
	open_debug(&r, IDM | DBEV_IRPT, MSR_EE);
	CODE(&r, CODE_AT, SELF);
	cpu_set_pin(r.cpu, IVOR_EXTERNAL, true);
	rig_run(&r);
	check_none(&r, DBEV_IRPT | DBSR_IDE);
	rig_close(&r);
	/* a critical one is no event in internal mode, but in trace mode */
	for (u32 idm = 0; idm <= IDM; idm += IDM) {
		open_debug(&r, idm | DBEV_IRPT, MSR_CE | MSR_DE);
		CODE(&r, CODE_AT, SELF);
		cpu_set_pin(r.cpu, IVOR_CRITICAL, true);
		rig_run(&r);
		check_none(&r, idm ? 0 : DBEV_IRPT);
		CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_CRITICAL));
		rig_close(&r);
	}
}

void RIG_TEST(debug, trace_mode)(void)
{
	u32 on = DBEV_IACS | DBEV_DACS | DBEV_BRT | DBEV_TRAP | DBEV_ICMP;
	struct rig r;

	/* 8.2.4: recorded, whatever DE, and nothing else happens */
	for (u32 de = 0; de <= MSR_DE; de += MSR_DE) {
		open_debug(&r, on, de);
		r.cpu->s.iac[2] = TARGET;
		r.cpu->s.dac[1] = DATA_AT;
		CODE(&r, CODE_AT, LWZ(3, 0, 20), BC(20, 0, 4), NOP, TRAP);
		rig_run(&r);
		check_none(&r, DBEV_IAC(3) | DBEV_DACR(2) | DBEV_BRT |
			   DBEV_TRAP);
		CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_PROGRAM));
		rig_close(&r);
	}
}

void RIG_TEST(debug, freeze)(void)
{
	struct rig r;
	u32 dec;
	u64 tb;

	/* 8.5: timers stand while DBSR holds an event and FT is set */
	open_debug(&r, DBCR0_FT | DBEV_IAC(1), 0);
	r.cpu->s.iac[0] = TARGET;
	cpu_mtspr(r.cpu, SPRN_DEC, 1000);
	gpr(&r)[5] = 0xffffffff;
	CODE(&r, CODE_AT, NOP, NOP, NOP, NOP, NOP, NOP,
	     MTSPR(SPRN_DBSR, 5), NOP, NOP, SELF);
	tb = timer_tb(r.cpu);
	RIG_RUN(&r, 6);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), tb + 2);
	cpu_mfspr(r.cpu, SPRN_DEC, &dec);
	CU_ASSERT_EQUAL(dec, 998);
	/* cleared by the seventh instruction, they go on */
	RIG_RUN(&r, 3);
	cpu_mfspr(r.cpu, SPRN_DEC, &dec);
	CU_ASSERT_EQUAL(dec, 1000 - (u32)(timer_tb(r.cpu) - tb));
	CU_ASSERT(timer_tb(r.cpu) - tb >= 4 && timer_tb(r.cpu) - tb <= 5);
	rig_close(&r);
}

void RIG_TEST(debug, stepping_agrees)(void)
{
	u64 insns[2], tb[2];
	u32 sum[2];

	/* events that are enabled and never occur change nothing */
	for (u32 on = 0; on < 2; on++) {
		struct rig r;

		open_debug(&r, on ? IDM | DBEV_IAC(1) | DBEV_DACS | DBEV_TRAP :
			   0, MSR_DE | MSR_EE);
		r.cpu->s.iac[0] = r.cpu->s.dac[0] = r.cpu->s.dac[1] = NO_MAP;
		r.cpu->s.ctr = 2000;
		cpu_mtspr(r.cpu, SPRN_TCR, TCR_DIE);
		cpu_mtspr(r.cpu, SPRN_DEC, 777);
		/* the handler counts, acknowledges and returns by CSRR */
		CODE(&r, VECTOR(IVOR_DEC), ADDI(9, 9, 1), LIS(8, 0x0800),
		     MTSPR(SPRN_TSR, 8), LI(8, 500), MTSPR(SPRN_DEC, 8),
		     MFSPR(8, SPRN_SRR0), MTSPR(SPRN_CSRR0, 8),
		     MFSPR(8, SPRN_SRR1), MTSPR(SPRN_CSRR1, 8), RFCI);
		CODE(&r, CODE_AT, LWZ(3, 0, 20), ADD(3, 3, 9), STW(3, 0, 20),
		     BDNZ(-12), WRTEEI(0), SELF);
		rig_run(&r);
		insns[on] = cpu_insns(r.cpu);
		tb[on] = timer_tb(r.cpu);
		sum[on] = rig_word(&r, DATA_AT);
		CU_ASSERT(r.cpu->exceptions[IVOR_DEC] > 10);
		check_none(&r, 0);
		rig_close(&r);
	}
	CU_ASSERT_EQUAL(insns[0], insns[1]);
	CU_ASSERT_EQUAL(tb[0], tb[1]);
	CU_ASSERT_EQUAL(sum[0], sum[1]);
}

void RIG_TEST(debug, reset)(void)
{
	struct rig r;

	/* 8.4: DBCR0[RST] resets at once; DBSR[MRR] tells which it was */
	for (u32 kind = 1; kind < 4; kind++) {
		open_debug(&r, 0, 0);
		gpr(&r)[4] = PPC_PLACE(kind, 2, 3);
		CODE(&r, CODE_AT, MTSPR(SPRN_DBCR0, 4), ADDI(3, 3, 1), SELF);
		CU_ASSERT_EQUAL(RIG_RUN(&r, 100), CPU_RESET);
		CU_ASSERT_EQUAL(r.cpu->reset_kind, kind);
		CU_ASSERT_EQUAL(gpr(&r)[3], 0);
		cpu_reset(r.cpu, kind);
		CU_ASSERT_EQUAL(r.cpu->s.dbsr, PPC_PLACE(kind, 2, 3));
		CU_ASSERT_EQUAL(r.cpu->s.dbcr0, 0);
		rig_close(&r);
	}
}
