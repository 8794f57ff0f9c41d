/* SPDX-License-Identifier: MIT */
/*
 * fputest - compare the FPU with integer arithmetic.
 *
 * Each test applies one FPU operation to pseudo-random operands in all four
 * rounding modes, computes the same result with integers only, and prints a
 * hash of what the FPU gave; a last group checks special values, that IEEE 754
 * fixes, and the sticky FPSCR bits. It closes with "fputest: all ok" and status
 * 0, or with the count of wrong results and status 1.
 */
#include "sys.h"

enum { MODE_NEAREST, MODE_ZERO, MODE_UP, MODE_DOWN, NR_MODES };
enum { CASES = 250, SHOWN_MAX = 10 };

/* FPSCR exception bits, which stay set until they are cleared. */
enum {
	FPSCR_OX = 0x10000000,
	FPSCR_UX = 0x08000000,
	FPSCR_ZX = 0x04000000,
	FPSCR_XX = 0x02000000,
	FPSCR_VXSNAN = 0x01000000,
	FPSCR_VXISI = 0x00800000,
	FPSCR_VXIDI = 0x00400000,
	FPSCR_VXZDZ = 0x00200000,
	FPSCR_VXIMZ = 0x00100000,
	FPSCR_STICKY = 0x1ff00000,
};

union dbl {
	uint64_t u;
	double d;
};

union sgl {
	uint32_t u;
	float f;
};

/* A finite value: (-1)^sign * sig * 2^(exp - 63), bit 63 of sig set unless 0. */
struct num {
	int sign;
	int exp;
	uint64_t sig;
};

static unsigned wrong;
static uint64_t rand_state = 0x440e9;

static uint32_t rand32(void)
{
	rand_state = rand_state * 6364136223846793005ull +
		     1442695040888963407ull;
	return rand_state >> 32;
}

/* A normal double; its exponent stays so small that no result overflows. */
static uint64_t rand_double(void)
{
	uint64_t frac = (uint64_t)rand32() << 20 ^ rand32();
	uint64_t sign = (uint64_t)(rand32() & 1) << 63;

	/* Half of them have few bits: ties, exact results. */
	if (rand32() & 1)
		frac &= ~0ull << 40;
	return sign | (uint64_t)(1023 - 30 + rand32() % 60) << 52 |
	       (frac & 0xfffffffffffffull);
}

static void set_mode(int mode)
{
	switch (mode) {
	case MODE_NEAREST:
		__asm__ volatile("mtfsfi 7, 0");
		break;
	case MODE_ZERO:
		__asm__ volatile("mtfsfi 7, 1");
		break;
	case MODE_UP:
		__asm__ volatile("mtfsfi 7, 2");
		break;
	case MODE_DOWN:
		__asm__ volatile("mtfsfi 7, 3");
		break;
	}
}

static uint32_t read_fpscr(void)
{
	union dbl v;

	__asm__ volatile("mffs %0" : "=d" (v.d));
	return v.u;
}

static void clear_fpscr(void)
{
	union dbl v = { .u = 0 };

	__asm__ volatile("mtfsf 0xff, %0" : : "d" (v.d));
}

/* The FPU, one operation at a time: asm, so that nothing is folded or fused. */
#define OP2(name, insn)							\
static uint64_t fpu_##name(uint64_t a, uint64_t b)			\
{									\
	union dbl x = { .u = a }, y = { .u = b }, r;			\
									\
	__asm__ volatile(insn " %0, %1, %2"				\
			 : "=d" (r.d) : "d" (x.d), "d" (y.d));		\
	return r.u;							\
}

OP2(add, "fadd")
OP2(sub, "fsub")
OP2(mul, "fmul")
OP2(div, "fdiv")
OP2(adds, "fadds")
OP2(muls, "fmuls")
OP2(divs, "fdivs")

static uint64_t fpu_msub(uint64_t a, uint64_t b, uint64_t c)
{
	union dbl x = { .u = a }, y = { .u = b }, z = { .u = c }, r;

	__asm__ volatile("fmsub %0, %1, %2, %3"
			 : "=d" (r.d) : "d" (x.d), "d" (y.d), "d" (z.d));
	return r.u;
}

static uint64_t fpu_rsp(uint64_t a, uint64_t unused)
{
	union dbl x = { .u = a }, r;

	(void)unused;
	__asm__ volatile("frsp %0, %1" : "=d" (r.d) : "d" (x.d));
	return r.u;
}

/* Only the low word is architected. */
static uint64_t fpu_ctiw(uint64_t a, uint64_t unused)
{
	union dbl x = { .u = a }, r;

	(void)unused;
	__asm__ volatile("fctiw %0, %1" : "=d" (r.d) : "d" (x.d));
	return (uint32_t)r.u;
}

/* The CR field: 8 less, 4 greater, 2 equal, 1 unordered. */
static uint64_t fpu_cmp(uint64_t a, uint64_t b)
{
	union dbl x = { .u = a }, y = { .u = b };
	uint32_t cr;

	__asm__ volatile("fcmpu 0, %1, %2\n\tmfcr %0"
			 : "=r" (cr) : "d" (x.d), "d" (y.d) : "cr0");
	return cr >> 28;
}

/* The same with integers. */

static struct num unpack(uint64_t u)
{
	struct num n = {
		.sign = u >> 63,
		.exp = (int)(u >> 52 & 0x7ff) - 1023,
		.sig = 1ull << 63 | u << 11,
	};
	return n;
}

/* Shift right; what falls out sets bit 0. */
static uint64_t shift_jam(uint64_t v, int n)
{
	if (n == 0)
		return v;
	if (n > 63)
		return v != 0;
	return v >> n | (v << (64 - n) != 0);
}

/* Does the magnitude @sig, cut to a multiple of @unit, go up by one unit? */
static int rounds_up(uint64_t sig, uint64_t unit, int sign, int mode)
{
	uint64_t rest = sig & (unit - 1), half = unit / 2;

	switch (mode) {
	case MODE_NEAREST:
		return rest > half || (rest == half && (sig & unit));
	case MODE_UP:
		return rest && !sign;
	case MODE_DOWN:
		return rest && sign;
	}
	return 0;
}

/* Round to @bits bits of significand and pack; the result is in range. */
static uint64_t pack(struct num n, int bits, int mode)
{
	uint64_t unit = 1ull << (64 - bits);

	if (!n.sig)
		return (uint64_t)(mode == MODE_DOWN) << 63;
	while (!(n.sig >> 63)) {
		n.sig <<= 1;
		n.exp--;
	}
	if (rounds_up(n.sig, unit, n.sign, mode)) {
		n.sig += unit;
		if (n.sig < unit) {
			n.sig = 1ull << 63;
			n.exp++;
		}
	}
	n.sig &= -unit;
	return (uint64_t)n.sign << 63 | (uint64_t)(n.exp + 1023) << 52 |
	       (n.sig << 1 >> 12);
}

static struct num num_add(struct num a, struct num b)
{
	struct num r;

	if (a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig)) {
		r = a;
		a = b;
		b = r;
	}
	r.sign = a.sign;
	r.exp = a.exp + 1;
	b.sig = shift_jam(b.sig, a.exp - b.exp + 1);
	r.sig = a.sig / 2 + (a.sign == b.sign ? b.sig : -b.sig);
	return r;
}

/* The product of two significands: 128 bits. */
static void mul_sig(uint64_t a, uint64_t b, uint64_t *hi, uint64_t *lo)
{
	uint64_t ah = a >> 32, al = (uint32_t)a, bh = b >> 32, bl = (uint32_t)b;
	uint64_t mid = ah * bl + (al * bl >> 32);
	uint64_t mid2 = al * bh + (uint32_t)mid;

	*hi = ah * bh + (mid >> 32) + (mid2 >> 32);
	*lo = mid2 << 32 | (uint32_t)(al * bl);
}

static struct num num_mul(struct num a, struct num b)
{
	struct num r = { .sign = a.sign ^ b.sign, .exp = a.exp + b.exp + 1 };
	uint64_t lo;

	mul_sig(a.sig, b.sig, &r.sig, &lo);
	r.sig |= lo != 0;
	return r;
}

static struct num num_div(struct num a, struct num b)
{
	struct num r = { .sign = a.sign ^ b.sign, .exp = a.exp - b.exp };
	uint64_t rest = a.sig / 2, div = b.sig / 2;
	int i;

	/* Each step yields one bit; the operands have 11 bits to spare. */
	for (i = 0; i < 63; i++) {
		r.sig <<= 1;
		if (rest >= div) {
			rest -= div;
			r.sig |= 1;
		}
		rest <<= 1;
	}
	r.sig = r.sig << 1 | (rest != 0);
	return r;
}

static uint64_t ref_add(uint64_t a, uint64_t b, int mode)
{
	return pack(num_add(unpack(a), unpack(b)), 53, mode);
}

static uint64_t ref_sub(uint64_t a, uint64_t b, int mode)
{
	return ref_add(a, b ^ 1ull << 63, mode);
}

static uint64_t ref_mul(uint64_t a, uint64_t b, int mode)
{
	return pack(num_mul(unpack(a), unpack(b)), 53, mode);
}

static uint64_t ref_div(uint64_t a, uint64_t b, int mode)
{
	return pack(num_div(unpack(a), unpack(b)), 53, mode);
}

static uint64_t ref_adds(uint64_t a, uint64_t b, int mode)
{
	return pack(num_add(unpack(a), unpack(b)), 24, mode);
}

static uint64_t ref_muls(uint64_t a, uint64_t b, int mode)
{
	return pack(num_mul(unpack(a), unpack(b)), 24, mode);
}

static uint64_t ref_divs(uint64_t a, uint64_t b, int mode)
{
	return pack(num_div(unpack(a), unpack(b)), 24, mode);
}

static uint64_t ref_rsp(uint64_t a, uint64_t unused, int mode)
{
	(void)unused;
	return pack(unpack(a), 24, mode);
}

static uint64_t ref_ctiw(uint64_t a, uint64_t unused, int mode)
{
	struct num n = unpack(a);
	uint64_t v = shift_jam(n.sig, 31 - n.exp);	/* 32.32 fixed point */
	uint32_t whole = v >> 32;

	(void)unused;
	whole += rounds_up(v, 1ull << 32, n.sign, mode);
	return n.sign ? -whole : whole;
}

static uint64_t ref_cmp(uint64_t a, uint64_t b, int mode)
{
	int64_t x = a, y = b;

	(void)mode;
	if (x < 0 && y < 0)
		return x == y ? 2 : x > y ? 8 : 4;
	return x == y ? 2 : x < y ? 8 : 4;
}

/* Tests */

static void report(const char *name, int mode, uint64_t a, uint64_t b,
		   uint64_t got, uint64_t want)
{
	if (got == want || wrong++ >= SHOWN_MAX)
		return;
	put_text("wrong: ");
	put_text(name);
	put_text(" mode ");
	put_dec(mode);
	put_text(" of ");
	put_hex(a, 16);
	put_text(" ");
	put_hex(b, 16);
	put_text(" gave ");
	put_hex(got, 16);
	put_text(", not ");
	put_hex(want, 16);
	put_text("\n");
}

static void put_result(const char *name, uint64_t hash)
{
	put_text(name);
	put_text("\t");
	put_hex(hash, 16);
	put_text("\n");
}

static uint64_t hash_step(uint64_t hash, uint64_t v)
{
	return (hash ^ v ^ v >> 29) * 0x100000001b3ull;
}

struct op {
	const char *name;
	uint64_t (*fpu)(uint64_t a, uint64_t b);
	uint64_t (*ref)(uint64_t a, uint64_t b, int mode);
	int is_single;		/* the operands have to be single precision */
};

static const struct op ops[] = {
	{ "fadd", fpu_add, ref_add, 0 },
	{ "fsub", fpu_sub, ref_sub, 0 },
	{ "fmul", fpu_mul, ref_mul, 0 },
	{ "fdiv", fpu_div, ref_div, 0 },
	{ "fadds", fpu_adds, ref_adds, 1 },
	{ "fmuls", fpu_muls, ref_muls, 1 },
	{ "fdivs", fpu_divs, ref_divs, 1 },
	{ "frsp", fpu_rsp, ref_rsp, 0 },
	{ "fctiw", fpu_ctiw, ref_ctiw, 0 },
	{ "fcmpu", fpu_cmp, ref_cmp, 0 },
};

static void test_op(const struct op *op)
{
	uint64_t a, b, got, hash = 0xcbf29ce484222325ull;
	int i, mode;

	for (i = 0; i < CASES; i++) {
		a = rand_double();
		b = i % 16 ? rand_double() : a;
		if (op->is_single) {
			a &= ~0ull << 29;
			b &= ~0ull << 29;
		}
		for (mode = 0; mode < NR_MODES; mode++) {
			set_mode(mode);
			got = op->fpu(a, b);
			set_mode(MODE_NEAREST);
			hash = hash_step(hash, got);
			report(op->name, mode, a, b, got, op->ref(a, b, mode));
		}
	}
	put_result(op->name, hash);
}

/*
 * a * b less its own rounded value is the rounding error, exactly: no product
 * rounded before the subtraction gives it.
 */
static void test_fused(void)
{
	uint64_t a, b, p, got, hi, lo, hash = 0xcbf29ce484222325ull;
	struct num err;
	int i;

	for (i = 0; i < CASES; i++) {
		a = rand_double() & ~(1ull << 63);
		b = rand_double() & ~(1ull << 63);
		p = fpu_mul(a, b);
		got = fpu_msub(a, b, p);
		hash = hash_step(hash, got);

		mul_sig(unpack(a).sig, unpack(b).sig, &hi, &lo);
		err.exp = unpack(a).exp + unpack(b).exp - 52;
		if (!(hi >> 63)) {
			hi = hi << 1 | lo >> 63;
			lo <<= 1;
			err.exp--;
		}
		/* p is the top 53 bits; of the 75 below, the last 22 are 0 */
		err.sig = hi << 53 | lo >> 11;
		err.sign = err.sig >> 63 && rounds_up(hi | (lo != 0), 1 << 11, 0,
						      MODE_NEAREST);
		if (err.sign)
			err.sig = -err.sig;
		report("fmsub", 0, a, b, got, pack(err, 53, MODE_NEAREST));
	}
	put_result("fmsub", hash);
}

#define INF	0x7ff0000000000000ull
#define QNAN	0x7ff8000000000000ull
#define ONE	0x3ff0000000000000ull
#define THREE	0x4008000000000000ull
#define HALF	0x3fe0000000000000ull
#define MAX	0x7fefffffffffffffull
#define MIN	0x0010000000000000ull
#define NEG	0x8000000000000000ull

struct special {
	const char *name;
	uint64_t (*fpu)(uint64_t a, uint64_t b);
	uint64_t a, b, want;
	uint32_t sticky;
};

static const struct special specials[] = {
	{ "1/0", fpu_div, ONE, 0, INF, FPSCR_ZX },
	{ "1/-0", fpu_div, ONE, NEG, NEG | INF, FPSCR_ZX },
	{ "0/0", fpu_div, 0, 0, QNAN, FPSCR_VXZDZ },
	{ "inf/inf", fpu_div, INF, INF, QNAN, FPSCR_VXIDI },
	{ "inf-inf", fpu_sub, INF, INF, QNAN, FPSCR_VXISI },
	{ "inf*0", fpu_mul, INF, 0, QNAN, FPSCR_VXIMZ },
	{ "snan+1", fpu_add, INF | 5, ONE, QNAN | 5, FPSCR_VXSNAN },
	{ "qnan+1", fpu_add, QNAN | 7, ONE, QNAN | 7, 0 },
	{ "1/3", fpu_div, ONE, THREE, 0x3fd5555555555555ull, FPSCR_XX },
	{ "max+max", fpu_add, MAX, MAX, INF, FPSCR_OX | FPSCR_XX },
	{ "min/2", fpu_mul, MIN, HALF, MIN / 2, 0 },
	{ "tiny/2", fpu_mul, 1, HALF, 0, FPSCR_UX | FPSCR_XX },
	{ "3*tiny/2", fpu_mul, 3, HALF, 2, FPSCR_UX | FPSCR_XX },
	{ "tiny+tiny", fpu_add, 1, 1, 2, 0 },
	{ "1-1", fpu_sub, ONE, ONE, 0, 0 },
	{ "0*-1", fpu_mul, 0, NEG | ONE, NEG, 0 },
	{ "nan?1", fpu_cmp, QNAN, ONE, 1, 0 },
	{ "0?-0", fpu_cmp, 0, NEG, 2, 0 },
};

static void test_specials(void)
{
	const struct special *s = specials;
	const struct special *end = s + sizeof(specials) / sizeof(*s);
	uint64_t got;
	uint32_t sticky;

	for (; s < end; s++) {
		clear_fpscr();
		got = s->fpu(s->a, s->b);
		sticky = read_fpscr() & FPSCR_STICKY;
		put_result(s->name, got);
		report(s->name, 0, s->a, s->b, got, s->want);
		report("fpscr", 0, s->a, s->b, sticky, s->sticky);
	}
	clear_fpscr();
}

/* lfs and stfs convert a single in memory, denormals too, bit for bit. */
static void test_load_store_single(void)
{
	static const struct { uint32_t single; uint64_t dbl; } pairs[] = {
		{ 0x3f800000, ONE },
		{ 0x00000001, 0x36a0000000000000ull },
		{ 0x807fffff, 0xb80fffffc0000000ull },
		{ 0x7f7fffff, 0x47efffffe0000000ull },
		{ 0xff800000, NEG | INF },
		{ 0x7f800001, 0x7ff0000020000000ull },
	};
	union sgl in, out;
	union dbl v;
	unsigned i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		in.u = pairs[i].single;
		out.u = 0xdeadbeef;
		__asm__ volatile("lfs %0, 0(%1)"
				 : "=d" (v.d) : "b" (&in), "m" (in));
		__asm__ volatile("stfs %1, 0(%2)"
				 : "=m" (out) : "d" (v.d), "b" (&out));
		put_result("lfs", v.u);
		report("lfs", 0, in.u, 0, v.u, pairs[i].dbl);
		report("stfs", 0, v.u, 0, out.u, in.u);
	}
}

static int prog_main(int argc, char **argv, char **envp)
{
	unsigned i;

	(void)argc;
	(void)argv;
	(void)envp;
	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		test_op(&ops[i]);
	test_fused();
	test_specials();
	test_load_store_single();
	put_text("fputest: ");
	if (!wrong) {
		put_text("all ok\n");
		return 0;
	}
	put_dec(wrong);
	put_text(" wrong\n");
	return 1;
}
