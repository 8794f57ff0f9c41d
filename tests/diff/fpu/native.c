/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/fpu/native.c - check cpu/fpu*.c against the FPU it runs on.
 *
 *	native [--qemu] [ROUNDS]
 *
 * For a PowerPC host, or an emulator of one: executes each floating-point
 * instruction on special and pseudo-random operands with all exceptions
 * disabled, and compares target and FPSCR with what cpu/fpu*.c says.
 * Compares nothing that the architecture leaves undefined.  --qemu leaves out
 * what QEMU 7.2 does against the manuals: it has no FR and no denormal class
 * of singles; sets FX for an exception whose bit was set already, but not in
 * mtfsb1; clears FI and sets C in a comparison; misses VXSNAN beside VXIMZ;
 * and rounds fnmadd and fnmsub after negating.
 *
 * Prints the first failures and `N passed, N failed, N skipped`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/fpu.h"

#define SHOWN_MAX 20
#define SEED 0x440e9f9ull

struct insn {
	const char *name;
	u64 (*hard)(u64 a, u64 c, u64 b, u64 *fpscr);
	u64 (*soft)(u32 *fpscr, u64 a, u64 c, u64 b);
	u64 defined;		/* bits of the target that are compared */
	u32 ignored;		/* bits of FPSCR that are not */
	u32 qemu;		/* nor under QEMU */
	bool is_single;		/* operands must be singles */
	bool is_negated;
};

/* Execute @text on %1 (FRA), %2 (FRC), %3 (FRB) into %0, FPSCR around it. */
#define HARD(name, text) \
static u64 hard_##name(u64 a, u64 c, u64 b, u64 *fpscr) \
{ \
	union { u64 u; double d; } fa = { a }, fc = { c }, fb = { b }; \
	union { u64 u; double d; } ft = { 0 }, fs = { *fpscr }; \
	__asm__ volatile("mtfsf 255,%1\n\t" text "\n\tmffs %1" \
			 : "=&f"(ft.d), "+f"(fs.d) \
			 : "f"(fa.d), "f"(fc.d), "f"(fb.d)); \
	*fpscr = fs.u; \
	return ft.u; \
}
#define SOFT(name, call) \
static u64 soft_##name(u32 *s, u64 a, u64 c, u64 b) \
{ \
	(void)s, (void)a, (void)b, (void)c; \
	return call; \
}

HARD(fadd, "fadd %0,%2,%4")
SOFT(fadd, fpu_add(s, 0, a, b, FPU_DBL))
HARD(fadds, "fadds %0,%2,%4")
SOFT(fadds, fpu_add(s, 0, a, b, FPU_SGL))
HARD(fsub, "fsub %0,%2,%4")
SOFT(fsub, fpu_add(s, 0, a, b, FPU_SUB))
HARD(fsubs, "fsubs %0,%2,%4")
SOFT(fsubs, fpu_add(s, 0, a, b, FPU_SUB | FPU_SGL))
HARD(fmul, "fmul %0,%2,%3")
SOFT(fmul, fpu_mul(s, 0, a, c, FPU_DBL))
HARD(fmuls, "fmuls %0,%2,%3")
SOFT(fmuls, fpu_mul(s, 0, a, c, FPU_SGL))
HARD(fdiv, "fdiv %0,%2,%4")
SOFT(fdiv, fpu_div(s, 0, a, b, FPU_DBL))
HARD(fdivs, "fdivs %0,%2,%4")
SOFT(fdivs, fpu_div(s, 0, a, b, FPU_SGL))
HARD(fmadd, "fmadd %0,%2,%3,%4")
SOFT(fmadd, fpu_madd(s, 0, a, c, b, FPU_DBL))
HARD(fmadds, "fmadds %0,%2,%3,%4")
SOFT(fmadds, fpu_madd(s, 0, a, c, b, FPU_SGL))
HARD(fmsub, "fmsub %0,%2,%3,%4")
SOFT(fmsub, fpu_madd(s, 0, a, c, b, FPU_SUB))
HARD(fmsubs, "fmsubs %0,%2,%3,%4")
SOFT(fmsubs, fpu_madd(s, 0, a, c, b, FPU_SUB | FPU_SGL))
HARD(fnmadd, "fnmadd %0,%2,%3,%4")
SOFT(fnmadd, fpu_madd(s, 0, a, c, b, FPU_NEG))
HARD(fnmadds, "fnmadds %0,%2,%3,%4")
SOFT(fnmadds, fpu_madd(s, 0, a, c, b, FPU_NEG | FPU_SGL))
HARD(fnmsub, "fnmsub %0,%2,%3,%4")
SOFT(fnmsub, fpu_madd(s, 0, a, c, b, FPU_NEG | FPU_SUB))
HARD(fnmsubs, "fnmsubs %0,%2,%3,%4")
SOFT(fnmsubs, fpu_madd(s, 0, a, c, b, FPU_NEG | FPU_SUB | FPU_SGL))
HARD(frsp, "frsp %0,%4")
SOFT(frsp, fpu_frsp(s, 0, b))
HARD(fctiw, "fctiw %0,%4")
SOFT(fctiw, fpu_fctiw(s, 0, b))
HARD(fctiwz, "fctiwz %0,%4")
SOFT(fctiwz, fpu_fctiwz(s, 0, b))
HARD(fsel, "fsel %0,%2,%3,%4")
SOFT(fsel, fpu_fsel(a, c, b))
HARD(fneg, "fneg %0,%4")
SOFT(fneg, fpu_fneg(b))
HARD(fabs, "fabs %0,%4")
SOFT(fabs, fpu_fabs(b))
HARD(fnabs, "fnabs %0,%4")
SOFT(fnabs, fpu_fnabs(b))
HARD(fcmpu, "fmr %0,%4\n\tfcmpu 7,%2,%4")
SOFT(fcmpu, (fpu_fcmpu(s, a, b), b))
HARD(fcmpo, "fmr %0,%4\n\tfcmpo 7,%2,%4")
SOFT(fcmpo, (fpu_fcmpo(s, a, b), b))
HARD(mtfsf, "fmr %0,%4\n\tmtfsf 0xf0,%2")
SOFT(mtfsf, (fpu_mtfsf(s, 0xf0, a), b))
HARD(mtfsfi, "fmr %0,%4\n\tmtfsfi 0,9")
SOFT(mtfsfi, (fpu_mtfsfi(s, 0, 9), b))
HARD(mtfsb1, "fmr %0,%4\n\tmtfsb1 8\n\tmtfsb1 2\n\tmtfsb1 15")
SOFT(mtfsb1, (fpu_mtfsb1(s, 8), fpu_mtfsb1(s, 2), fpu_mtfsb1(s, 15), b))
HARD(mtfsb0, "fmr %0,%4\n\tmtfsb0 0\n\tmtfsb0 1\n\tmtfsb0 7\n\tmtfsb0 13")
SOFT(mtfsb0, (fpu_mtfsb0(s, 0), fpu_mtfsb0(s, 1), fpu_mtfsb0(s, 7),
	      fpu_mtfsb0(s, 13), b))
HARD(mcrfs, "fmr %0,%4\n\tmcrfs 7,0\n\tmcrfs 7,2\n\tmcrfs 7,3")
SOFT(mcrfs, (fpu_mcrfs(s, 0), fpu_mcrfs(s, 2), fpu_mcrfs(s, 3), b))

#define ALL	0xffffffffffffffffull
#define INT	0xffffffffu
/* QEMU's FPSCR against the manuals: of doubles, of singles. */
#define Q_DBL	FPSCR_FR
#define Q_SGL	(FPSCR_FR | FPSCR_C)
#define ROW(name, defined, ignored, qemu, single, negated) \
	{ #name, hard_##name, soft_##name, defined, ignored, qemu, single, \
	  negated }
#define PAIR(name, negated) \
	ROW(name, ALL, 0, Q_DBL, false, negated), \
	ROW(name##s, ALL, 0, Q_SGL, true, negated)
#define MOVE(name, qemu)	ROW(name, ALL, 0, qemu, false, false)

static const struct insn insns[] = {
	PAIR(fadd, false), PAIR(fsub, false),
	PAIR(fmul, false), PAIR(fdiv, false),
	PAIR(fmadd, false), PAIR(fmsub, false),
	PAIR(fnmadd, true), PAIR(fnmsub, true),
	ROW(frsp, ALL, 0, Q_SGL, false, false),
	ROW(fctiw, INT, FPSCR_FPRF, Q_DBL, false, false),
	ROW(fctiwz, INT, FPSCR_FPRF, Q_DBL, false, false),
	MOVE(fsel, 0), MOVE(fneg, 0), MOVE(fabs, 0), MOVE(fnabs, 0),
	MOVE(fcmpu, FPSCR_FI), MOVE(fcmpo, FPSCR_FI | FPSCR_C),
	MOVE(mtfsf, 0), MOVE(mtfsfi, 0), MOVE(mtfsb1, FPSCR_FX),
	MOVE(mtfsb0, 0), MOVE(mcrfs, 0),
};

static const u64 specials[] = {
	0, FPU_SIGN, 1, 0x8000000000000001ull, 0x0010000000000000ull,
	0x000fffffffffffffull, 0x3ff0000000000000ull, 0xbff0000000000000ull,
	0x7fefffffffffffffull, FPU_INF, FPU_INF | FPU_SIGN,
	0x7ff8000000000000ull, 0xfff8000020000000ull, 0x7ff0000020000000ull,
	0xfff4000040000000ull, 0x36a0000000000000ull, 0xb800000000000000ull,
	0x3810000000000000ull, 0x47efffffe0000000ull, 0x41e0000000000000ull,
	0xc1e0000000000000ull, 0x4000000000000000ull, 0x4004000000000000ull,
};

static u64 rand_state = SEED;

static u64 rand64(void)
{
	rand_state ^= rand_state << 13;
	rand_state ^= rand_state >> 7;
	rand_state ^= rand_state << 17;
	return rand_state;
}

/* A special one in four; of the others, half with exponents near each other. */
static u64 operand(bool is_single)
{
	u64 x = rand64(), r = rand64();

	if (r % 4 == 0)
		x = specials[r / 4 % ARRAY_SIZE(specials)];
	else if (r % 4 != 1)
		x = (x & ~FPU_INF) | (1023 - 32 + r / 4 % 64) << 52;
	return is_single ? fpu_lfs(fpu_stfs(x)) : x;
}

static u32 sticky_bits(void)
{
	u32 s = (u32)rand64() & FPSCR_IMPL & ~PPC_MASK(24, 29);

	/* Half of the time nothing but RN, so that every change is seen. */
	return rand64() & 1 ? s : s & FPSCR_RN;
}

static bool check(const struct insn *insn, bool is_qemu, bool *is_skipped)
{
	bool sgl = insn->is_single;
	u64 a = operand(sgl), c = operand(sgl), b = operand(sgl);
	u32 start = sticky_bits(), ignored = insn->ignored, s = 0;
	u64 hard_s, want, got;

	if (is_qemu && start & FPSCR_EXC)
		start |= FPSCR_FX;
	fpu_mtfsf(&s, 255, start);
	start = s;
	hard_s = s;
	*is_skipped = is_qemu && insn->is_negated &&
		      (s & FPSCR_RN) >= FPU_RN_PLUS;
	if (*is_skipped)
		return true;
	want = insn->hard(a, c, b, &hard_s);
	got = insn->soft(&s, a, c, b);
	if (is_qemu)
		ignored |= insn->qemu | (s & FPSCR_VXIMZ ? FPSCR_VXSNAN : 0);
	if (!((got ^ want) & insn->defined) &&
	    !((s ^ (u32)hard_s) & ~ignored))
		return true;
	printf("FAIL %s A %016" PRIx64 " C %016" PRIx64 " B %016" PRIx64
	       " FPSCR %08" PRIx32 "\n     got  %016" PRIx64 " %08" PRIx32
	       "\n     want %016" PRIx64 " %08" PRIx32 "\n", insn->name, a, c,
	       b, start, got, s, want, (u32)hard_s);
	return false;
}

int main(int argc, char **argv)
{
	bool is_qemu = argc > 1 && strcmp(argv[1], "--qemu") == 0;
	const char *count = argc > 1 + is_qemu ? argv[1 + is_qemu] : "20000";
	unsigned long rounds = strtoul(count, NULL, 10), i;
	unsigned long passed = 0, failed = 0, skipped = 0;
	size_t k;

	printf("seed %llx\n", SEED);
	for (i = 0; i < rounds && failed < SHOWN_MAX; i++)
		for (k = 0; k < ARRAY_SIZE(insns); k++) {
			bool is_skipped;

			if (!check(&insns[k], is_qemu, &is_skipped))
				failed++;
			else if (is_skipped)
				skipped++;
			else
				passed++;
		}
	printf("%lu passed, %lu failed, %lu skipped\n", passed, failed,
	       skipped);
	return failed || !passed;
}
