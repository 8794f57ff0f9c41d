/* SPDX-License-Identifier: MIT */
/*
 * tests/insn/test_insn.c - one instruction at a time: vectors.
 *
 *	VEC(row, word, text, IN(before...), OUT(after...))
 *
 * Before: every register has its own pattern (MSR has FP, CR, XER and FPSCR
 * are 0, memory is 0), but for what IN names.  After: all of that must be as
 * it was, but for what OUT names; PC is the next instruction's.  So a vector
 * also shows what an instruction leaves alone.  Every row of cpu/insn.def has
 * at least one.  Values follow from the definitions in the manuals [440UM]
 * [PEM]; they were not taken from a run.
 */
#include "tests/unit/cpu_rig.h"

#include <stdio.h>

enum slot {
	AT_END,
	AT_R,
	AT_F = AT_R + 32,
	AT_W = AT_F + 32,	/* words of memory from DATA_AT */
	AT_T = AT_W + 8,	/* words of TLB entry 40 */
	AT_DCR = AT_T + 3,	/* DCRs 0xc0 to 0xc7 */
	AT_TID = AT_DCR + 8,
	AT_CR, AT_XER, AT_LR, AT_CTR, AT_PC, AT_MSR, AT_FPSCR, AT_SRR0, AT_SRR1,
	AT_CSRR0, AT_CSRR1, AT_MCSRR0, AT_MCSRR1, AT_ESR, AT_DEAR, AT_MMUCR,
	AT_RESERVE,
	AT_COMPARED,
	AT_TBL = AT_COMPARED, AT_TBU,
	AT_COUNT
};

struct cell {
	u32 slot;
	u64 value;
};

struct vec {
	enum insn_id row;
	u32 word;
	const char *text;
	struct cell in[16], out[16];
};

#define R(n, v) { AT_R + (n), v }
#define F(n, v) { AT_F + (n), v }
#define W(n, v) { AT_W + (n) / 4, v }
#define T(n, v) { AT_T + (n), v }
#define DCR(n, v) { AT_DCR + (n), v }
#define TID(v) { AT_TID, v }
#define CR(v) { AT_CR, v }
#define XER(v) { AT_XER, v }
#define LR(v) { AT_LR, v }
#define CTR(v) { AT_CTR, v }
#define PC(v) { AT_PC, v }
#define MSR(v) { AT_MSR, v }
#define FPSCR(v) { AT_FPSCR, v }
#define SRR0(v) { AT_SRR0, v }
#define SRR1(v) { AT_SRR1, v }
#define CSRR0(v) { AT_CSRR0, v }
#define CSRR1(v) { AT_CSRR1, v }
#define MCSRR0(v) { AT_MCSRR0, v }
#define MCSRR1(v) { AT_MCSRR1, v }
#define MMUCR(v) { AT_MMUCR, v }
#define RESERVE(v) { AT_RESERVE, v }
#define TBL(v) { AT_TBL, v }
#define TBU(v) { AT_TBU, v }
/* A Program interrupt with this ESR. */
#define PROGRAM(esr) \
	PC(VECTOR(IVOR_PROGRAM)), MSR(0), SRR0(CODE_AT), SRR1(MSR_FP), \
	{ AT_ESR, esr }
#define IN(...) { __VA_ARGS__ }
#define OUT(...) { __VA_ARGS__ }

static const struct vec vecs[] = {
#define VEC(row, word, text, ...) { INSN_##row, word, text, __VA_ARGS__ },
#include "tests/insn/branch.def"
#include "tests/insn/float.def"
#include "tests/insn/int.def"
#include "tests/insn/logic.def"
#include "tests/insn/mac.def"
#include "tests/insn/mem.def"
#include "tests/insn/sys.def"
};

static const char *const singles[] = {
	"tid", "cr", "xer", "lr", "ctr", "pc", "msr", "fpscr", "srr0", "srr1",
	"csrr0", "csrr1", "mcsrr0", "mcsrr1", "esr", "dear", "mmucr", "reserve",
};

static void poison(u64 *v)
{
	memset(v, 0, AT_COUNT * sizeof(*v));
	for (u32 i = 0; i < 32; i++) {
		v[AT_R + i] = 0xa5000000 + i * 0x010101;
		v[AT_F + i] = 0x3ff0123456780000ull + i;
	}
	v[AT_LR] = 0xa5a50100;
	v[AT_CTR] = 0xa5a50200;
	v[AT_PC] = CODE_AT;
	v[AT_MSR] = MSR_FP;
	for (u32 i = AT_SRR0; i <= AT_MCSRR1; i++)
		v[i] = 0xb0000000 + i * 4;
	v[AT_ESR] = 0;
	v[AT_DEAR] = 0xd0d0d0d0;
}

static void apply(u64 *v, const struct cell *c)
{
	for (unsigned int i = 0; i < 16 && c[i].slot != AT_END; i++)
		v[c[i].slot] = c[i].value;
}

static u32 *special(struct cpu_state *s, u32 slot)
{
	u32 *const at[] = {
		&s->srr0, &s->srr1, &s->csrr0, &s->csrr1, &s->mcsrr0,
		&s->mcsrr1, &s->esr, &s->dear, &s->mmucr,
	};

	return at[slot - AT_SRR0];
}

static void put_state(struct rig *r, const u64 *v)
{
	struct cpu_state *s = &r->cpu->s;
	u32 i;

	for (i = 0; i < 32; i++) {
		s->gpr[i] = (u32)v[AT_R + i];
		s->fpr[i] = v[AT_F + i];
	}
	for (i = 0; i < 8; i++) {
		stb32(r->ram + DATA_AT + 4 * i, (u32)v[AT_W + i]);
		r->dcr[0xc0 + i] = (u32)v[AT_DCR + i];
		state_set_cr_field(s, i, (u32)v[AT_CR] >> (28 - 4 * i) & 15);
	}
	for (i = 0; i < 3; i++)
		tlb_write(&s->tlb, 40, i, (u32)v[AT_T + i], (u32)v[AT_TID]);
	state_set_xer(s, (u32)v[AT_XER]);
	s->lr = (u32)v[AT_LR];
	s->ctr = (u32)v[AT_CTR];
	s->pc = (u32)v[AT_PC];
	state_set_fpscr(s, (u32)v[AT_FPSCR]);
	for (i = AT_SRR0; i <= AT_MMUCR; i++)
		*special(s, i) = (u32)v[i];
	s->reserve = (u8)v[AT_RESERVE];
	s->msr = (u32)v[AT_MSR];
	timer_set_tb(r->cpu, v[AT_TBU] << 32 | v[AT_TBL]);
	cpu_state_changed(r->cpu);
}

static void get_state(struct rig *r, u64 *v)
{
	struct cpu_state *s = &r->cpu->s;
	u32 i;

	for (i = 0; i < 32; i++) {
		v[AT_R + i] = s->gpr[i];
		v[AT_F + i] = s->fpr[i];
	}
	for (i = 0; i < 8; i++) {
		v[AT_W + i] = rig_word(r, DATA_AT + 4 * i);
		v[AT_DCR + i] = r->dcr[0xc0 + i];
	}
	for (i = 0; i < 3; i++)
		v[AT_T + i] = s->tlb.word[40][i];
	v[AT_TID] = tlb_tid(&s->tlb, 40);
	v[AT_CR] = state_cr(s);
	v[AT_XER] = state_xer(s);
	v[AT_LR] = s->lr;
	v[AT_CTR] = s->ctr;
	v[AT_PC] = s->pc;
	v[AT_FPSCR] = state_fpscr(s);
	v[AT_MSR] = s->msr;
	for (i = AT_SRR0; i <= AT_MMUCR; i++)
		v[i] = *special(s, i);
	v[AT_RESERVE] = s->reserve;
}

static void name_slot(u32 slot, char *name, size_t n)
{
	if (slot >= AT_TID)
		snprintf(name, n, "%s", singles[slot - AT_TID]);
	else if (slot >= AT_DCR)
		snprintf(name, n, "dcr %x", 0xc0 + slot - AT_DCR);
	else if (slot >= AT_T)
		snprintf(name, n, "tlb word %u", slot - AT_T);
	else if (slot >= AT_W)
		snprintf(name, n, "memory %u", 4 * (slot - AT_W));
	else
		snprintf(name, n, "%c%u", slot >= AT_F ? 'f' : 'r',
			 (slot - AT_R) & 31);
}

static void compare(const struct vec *t, const u64 *want, const u64 *got)
{
	char name[24];

	for (u32 i = AT_R; i < AT_COMPARED; i++) {
		if (want[i] == got[i])
			continue;
		name_slot(i, name, sizeof(name));
		printf("     %s (%08x): %s is %llx, not %llx\n", t->text,
		       t->word, name, (unsigned long long)got[i],
		       (unsigned long long)want[i]);
		CU_FAIL("an instruction has a wrong result");
	}
}

/* Memory is full of branches to themselves, so that a run ends anywhere. */
static void fill_memory(struct rig *r)
{
	for (u32 at = 0; at < RAM_BYTES; at += 4)
		stb32(r->ram + at, SELF);
	memset(r->ram + DATA_AT, 0, 4096);
}

static void run_vector(struct rig *r, const struct vec *t)
{
	u64 want[AT_COUNT], got[AT_COUNT];

	poison(want);
	apply(want, t->in);
	rig_put(r, CODE_AT, &t->word, 1);
	put_state(r, want);
	rig_run(r);
	/* what the registers could not hold was never there */
	want[AT_PC] = CODE_AT + 4;
	apply(want, t->out);
	want[AT_T] &= TLB0_WRITABLE;
	get_state(r, got);
	compare(t, want, got);
}

void RIG_TEST(insn, vectors)(void)
{
	struct rig r;

	rig_open(&r);
	fill_memory(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(vecs); i++)
		run_vector(&r, &vecs[i]);
	rig_close(&r);
}

#ifndef RIG_JIT
void test_insn_rows(void)
{
	bool has_vector[INSN_COUNT] = { false };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vecs); i++) {
		CU_ASSERT_EQUAL(insn_find(vecs[i].word), vecs[i].row);
		if (insn_find(vecs[i].word) != vecs[i].row)
			printf("     %s is not a %s\n", vecs[i].text,
			       insn_table[vecs[i].row].name);
		has_vector[vecs[i].row] = true;
	}
	for (i = 0; i < INSN_ILLEGAL; i++)
		if (!has_vector[i]) {
			printf("     no vector for %s\n", insn_table[i].name);
			CU_FAIL("a row of insn.def has no vector");
		}
}
#endif
