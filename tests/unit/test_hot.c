/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_hot.c - integer code in loops long enough to be translated
 * well.
 */
#include "tests/unit/cpu_rig.h"

#define MR(d, s)	I_X(444, s, d, s)
#define ANDI_RC(a, s, v)	I_D(28, s, a, v)
#define ADDO_RC(d, a, b) (I_X(778, d, a, b) | 1)	/* addo. */
#define BGE(disp)	BC(4, 0, disp)

#define TURNS		1400u	/* hot after 1024 */
#define IN_AT		0x60000u
#define IN_BYTES	16u	/* three registers, and what is branched on */
#define OUT_AT		0x70000u
#define OUT_BYTES	12u
#define PROGRAM_BYTES	96u
#define FIRST		5u	/* registers FIRST, FIRST + 1, FIRST + 2 */
#define COPIES		6u

/*
 * Registers copied to and fro around a short branch.  One may then hold what it
 * held at first, by way of another one, and differ from what it holds where the
 * branch is taken.  All programs of two copies, a branch over two more, and
 * three registers.
 */
static const struct {
	u8 to, from;
} copies[COPIES] = { { 0, 1 }, { 0, 2 }, { 1, 0 }, { 1, 2 }, { 2, 0 }, { 2, 1 } };

static u32 mr(unsigned int copy)
{
	return MR(FIRST + copies[copy].to, FIRST + copies[copy].from);
}

static void copy(u32 *v, unsigned int i)
{
	v[copies[i].to] = v[copies[i].from];
}

static void put_inputs(struct rig *r)
{
	u32 seed = 0x440e9;

	for (u32 at = IN_AT; at < IN_AT + (TURNS + 1) * IN_BYTES; at += 4) {
		seed = seed * 1664525 + 1013904223;
		stb32(r->ram + at, seed);
	}
}

/* @body over and over, with new registers each turn, which are stored then. */
static void run_loop(struct rig *r, u32 at, const u32 *body, unsigned int n)
{
	const u32 after[] = {
		STW(5, 0, 21), STW(6, 4, 21), STW(7, 8, 21),
		ADDI(20, 20, IN_BYTES), ADDI(21, 21, OUT_BYTES),
		LWZ(5, 0, 20), LWZ(6, 4, 20), LWZ(7, 8, 20), LWZ(8, 12, 20),
		BDNZ(-4 * ((int)n + 9)), SELF
	};

	CODE(r, at, LWZ(5, 0, 20), LWZ(6, 4, 20), LWZ(7, 8, 20),
	     LWZ(8, 12, 20));
	rig_put(r, at + 16, body, n);
	rig_put(r, at + 16 + 4 * n, after, (unsigned int)ARRAY_SIZE(after));
	r->cpu->s.pc = at;
	r->cpu->s.ctr = TURNS;
	gpr(r)[20] = IN_AT;
	gpr(r)[21] = OUT_AT;
	cpu_set_msr(r->cpu, 0);
	rig_run(r);
}

/* How many turns stored something else than @model makes of their input. */
static unsigned int wrong_turns(const struct rig *r, const unsigned int *c,
				void (*model)(u32 *v, u32 r8,
					      const unsigned int *c))
{
	unsigned int wrong = 0, i, k;
	u32 v[3], at;

	for (i = 0; i < TURNS; i++) {
		at = IN_AT + IN_BYTES * i;
		for (k = 0; k < 3; k++)
			v[k] = rig_word(r, at + 4 * k);
		model(v, rig_word(r, at + 12), c);
		for (k = 0; k < 3; k++)
			if (rig_word(r, OUT_AT + OUT_BYTES * i + 4 * k) != v[k])
				break;
		wrong += k < 3;
	}
	return wrong;
}

static void model_copies(u32 *v, u32 r8, const unsigned int *c)
{
	copy(v, c[0]);
	copy(v, c[1]);
	if ((s32)r8 < 0) {
		copy(v, c[2]);
		copy(v, c[3]);
	}
}

void RIG_TEST(hot, copies)(void)
{
	unsigned int c[4], i, wrong;
	struct rig r;

	rig_open(&r);
	put_inputs(&r);
	for (i = 0; i < COPIES * COPIES * COPIES * COPIES; i++) {
		c[0] = i % COPIES;
		c[1] = i / COPIES % COPIES;
		c[2] = i / COPIES / COPIES % COPIES;
		c[3] = i / COPIES / COPIES / COPIES;
		run_loop(&r, CODE_AT + PROGRAM_BYTES * i, (const u32[]){
			 mr(c[0]), CMPWI(8, 0), mr(c[1]), BGE(12), mr(c[2]),
			 mr(c[3]) }, 6);
		wrong = wrong_turns(&r, c, model_copies);
		if (wrong)
			fprintf(stderr, "copies %u %u, then %u %u: %u turns are "
				"wrong\n", c[0], c[1], c[2], c[3], wrong);
		CU_ASSERT_EQUAL(wrong, 0);
	}
	rig_close(&r);
}

static void model_nested(u32 *v, u32 r8, const unsigned int *c)
{
	if (!(r8 & 0x3000))
		return;
	copy(v, c[0]);
	if ((s32)r8 < 0)
		copy(v, c[1]);
}

/* A branch over some instructions among which there is another one. */
void RIG_TEST(hot, branch_over_a_branch)(void)
{
	unsigned int c[2], i;
	struct rig r;

	rig_open(&r);
	put_inputs(&r);
	for (i = 0; i < COPIES * COPIES; i++) {
		c[0] = i % COPIES;
		c[1] = i / COPIES;
		run_loop(&r, CODE_AT + PROGRAM_BYTES * i, (const u32[]){
			 CMPWI(8, 0) | 1 << 23, ANDI_RC(9, 8, 0x3000),
			 BEQ(16), mr(c[0]), BC(4, 4, 8), mr(c[1]) }, 6);
		CU_ASSERT_EQUAL(wrong_turns(&r, c, model_nested), 0);
	}
	rig_close(&r);
}

/*
 * [BookE]: a record form copies XER[SO] as it is then.  What mtxer writes
 * behind it, @after, is not seen in CR0.
 */
static void try_so(u32 before, u32 addend, u32 after, u32 cr0)
{
	struct rig r;

	rig_open(&r);
	CODE(&r, CODE_AT, MTSPR(SPRN_XER, 6), ADDO_RC(3, 4, 5),
	     MTSPR(SPRN_XER, 7), BDNZ(-12), MFCR(8), SELF);
	r.cpu->s.pc = CODE_AT;
	r.cpu->s.ctr = TURNS;
	gpr(&r)[4] = 0x7fffffff;
	gpr(&r)[5] = addend;
	gpr(&r)[6] = before;
	gpr(&r)[7] = after;
	cpu_set_msr(r.cpu, 0);
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[8] >> 28, cr0);
	rig_close(&r);
}

void RIG_TEST(hot, so_of_a_record)(void)
{
	const u32 so = 0x80000000;

	try_so(0, 1, 0, 9);	/* negative, and an overflow */
	try_so(0, 0, so, 4);	/* positive, and none */
	try_so(so, 0, 0, 5);
	try_so(0, 1, so, 9);
}
