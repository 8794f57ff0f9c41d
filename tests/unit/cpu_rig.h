/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/cpu_rig.h - a core on a bench: 1 MB of memory, one device page,
 * DCRs, and an assembler of macros.
 *
 * Every vector holds a branch to itself, so that a run which takes an
 * interrupt ends there, with CPU_IDLE.  Knows nothing of the SoC.
 */
#ifndef TESTS_UNIT_CPU_RIG_H
#define TESTS_UNIT_CPU_RIG_H

#include <stdlib.h>

#include <CUnit/CUnit.h>

#include "base/bits.h"
#include "cpu/cpu.h"
#include "cpu/jit/jit.h"
#include "cpu/spr.h"
#include "tests/unit/unit.h"

/* test_X_jit.c defines RIG_JIT and includes test_X.c: the same tests again. */
#ifdef RIG_JIT
#define RIG_TEST(suite, name) test_jit_##suite##_##name
#else
#define RIG_TEST(suite, name) test_##suite##_##name
#endif
#define RIG_RUN(r, budget) ((r)->run((r)->cpu, budget))

#define RAM_BYTES	0x100000u
#define CODE_AT		0x10000u	/* programs */
#define DATA_AT		0x20000u	/* their data */
#define VECTORS_AT	0x40000u	/* IVPR; IVORn is n * 0x100 */
#define ROM_AT		0x2000000u	/* one page that cannot be written */
#define DEVICE_AT	0x8000000u	/* one page of a device */
#define MIRROR_AT	0x10000000u	/* 256 MB that mirror the ROM */
#define NOBODY_AT	0x9000000u	/* a bus error */
#define VECTOR(n)	(VECTORS_AT + (n) * 0x100u)

#define SRWX (TLB2_SR | TLB2_SW | TLB2_SX)
#define URWX (TLB2_UR | TLB2_UW | TLB2_UX)

enum { SIZE_1K, SIZE_4K, SIZE_16K, SIZE_64K, SIZE_256K, SIZE_1M,
       SIZE_16M = 7, SIZE_256M = 9 };

struct rig {
	struct cpu_port port;
	struct cpu *cpu;
	enum cpu_why (*run)(struct cpu *cpu, cycle_t budget);
	u8 *ram, *rom;
	u32 reads, writes;	/* of the device */
	u32 value;		/* what it reads as, what was written */
	paddr_t pa;		/* where */
	unsigned int size;
	int wait;		/* the device's wait cycles */
	void (*hook)(struct rig *r);	/* called by each access, or NULL */
	u32 dcr[1024];
};

static inline int rig_read(void *opaque, paddr_t pa, unsigned int size,
			   u32 *val)
{
	struct rig *r = opaque;

	if (pa - DEVICE_AT >= 0x1000)
		return -1;
	r->reads++;
	r->pa = pa;
	r->size = size;
	if (r->hook)
		r->hook(r);
	*val = size == 4 ? r->value : r->value & ((1u << 8 * size) - 1);
	return r->wait;
}

static inline int rig_write(void *opaque, paddr_t pa, unsigned int size,
			    u32 val)
{
	struct rig *r = opaque;

	if (pa - DEVICE_AT >= 0x1000)
		return -1;
	r->writes++;
	r->pa = pa;
	r->size = size;
	r->value = val;
	if (r->hook)
		r->hook(r);
	return r->wait;
}

static inline u8 *rig_direct(void *opaque, paddr_t pa, bool *is_writable)
{
	struct rig *r = opaque;

	*is_writable = pa < RAM_BYTES;
	if (pa < RAM_BYTES)
		return r->ram + pa;
	return pa == ROM_AT || pa >> 28 == 1 ? r->rom : NULL;
}

static inline int rig_dcr_read(void *opaque, u32 dcrn, u32 *val)
{
	*val = ((struct rig *)opaque)->dcr[dcrn & 1023];
	return 0;
}

static inline int rig_dcr_write(void *opaque, u32 dcrn, u32 val)
{
	((struct rig *)opaque)->dcr[dcrn & 1023] = val;
	return 0;
}

/* ---- instructions ------------------------------------------------------ */

#define I_D(op, d, a, imm) ((u32)(op) << 26 | (u32)(d) << 21 | \
			    (u32)(a) << 16 | ((u32)(imm) & 0xffff))
#define I_X(xo, d, a, b) (31u << 26 | (u32)(d) << 21 | (u32)(a) << 16 | \
			  (u32)(b) << 11 | (u32)(xo) << 1)
#define I_XL(xo) (19u << 26 | (u32)(xo) << 1)
#define ADDI(d, a, v)	I_D(14, d, a, v)
#define LI(d, v)	I_D(14, d, 0, v)
#define LIS(d, v)	I_D(15, d, 0, v)
#define ORI(a, s, v)	I_D(24, s, a, v)
#define NOP		0x60000000u
#define LWZ(d, v, a)	I_D(32, d, a, v)
#define LWZU(d, v, a)	I_D(33, d, a, v)
#define LBZ(d, v, a)	I_D(34, d, a, v)
#define LHZ(d, v, a)	I_D(40, d, a, v)
#define STW(s, v, a)	I_D(36, s, a, v)
#define STWU(s, v, a)	I_D(37, s, a, v)
#define STB(s, v, a)	I_D(38, s, a, v)
#define STH(s, v, a)	I_D(44, s, a, v)
#define LMW(d, v, a)	I_D(46, d, a, v)
#define STMW(s, v, a)	I_D(47, s, a, v)
#define LFD(d, v, a)	I_D(50, d, a, v)
#define STFD(s, v, a)	I_D(54, s, a, v)
#define LFS(d, v, a)	I_D(48, d, a, v)
#define STFS(s, v, a)	I_D(52, s, a, v)
#define CMPWI(a, v)	I_D(11, 0, a, v)
#define ADD(d, a, b)	I_X(266, d, a, b)
#define B(disp)		(0x48000000u | ((u32)(disp) & 0x03fffffcu))
#define BL(disp)	(B(disp) | 1)
#define SELF		B(0)
#define BC(bo, bi, disp) I_D(16, bo, bi, (disp) & 0xfffc)
#define BDNZ(disp)	BC(16, 0, disp)
#define BNE(disp)	BC(4, 2, disp)
#define BEQ(disp)	BC(12, 2, disp)
#define BLR		0x4e800020u
#define BCTR		0x4e800420u
#define SC		0x44000002u
#define TRAP		0x7fe00008u
#define RFI		I_XL(50)
#define RFCI		I_XL(51)
#define RFMCI		I_XL(38)
#define ISYNC		I_XL(150)
#define MFSPR(d, n)	I_X(339, d, (n) & 31, (n) >> 5)
#define MTSPR(n, s)	I_X(467, s, (n) & 31, (n) >> 5)
#define MFMSR(d)	I_X(83, d, 0, 0)
#define MTMSR(s)	I_X(146, s, 0, 0)
#define WRTEEI(e)	I_X(163, 0, 0, (e) << 4)
#define TLBRE(d, a, w)	I_X(946, d, a, w)
#define TLBWE(s, a, w)	I_X(978, s, a, w)
#define LWARX(d, a, b)	I_X(20, d, a, b)
#define STWCX(s, a, b)	(I_X(150, s, a, b) | 1)
#define DCBZ(a, b)	I_X(1014, 0, a, b)
#define DCBI(a, b)	I_X(470, 0, a, b)
#define DCBF(a, b)	I_X(86, 0, a, b)
#define ICBI(a, b)	I_X(982, 0, a, b)
#define LSWI(d, a, n)	I_X(597, d, a, n)
#define STSWI(s, a, n)	I_X(725, s, a, n)
#define MFCR(d)		I_X(19, d, 0, 0)

/* ---- the bench --------------------------------------------------------- */

static inline void rig_put(struct rig *r, u32 at, const u32 *words,
			   unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		stb32(r->ram + at + 4 * i, words[i]);
	cpu_dma_wrote(r->cpu, at, 4ull * n);
}

#define CODE(r, at, ...) \
	rig_put(r, at, (const u32[]){ __VA_ARGS__ }, \
		(unsigned int)ARRAY_SIZE(((const u32[]){ __VA_ARGS__ })))

/* Entry @i: @ea to @pa, page size @size, attributes @attr, any PID, AS 0. */
static inline void rig_map(struct rig *r, unsigned int i, u32 ea, paddr_t pa,
			   unsigned int size, u32 attr)
{
	r->cpu->s.mmucr = 0;
	cpu_tlbwe(r->cpu, i, 0, 0);
	cpu_tlbwe(r->cpu, i, 1, (u32)pa | (u32)(pa >> 32));
	cpu_tlbwe(r->cpu, i, 2, attr);
	cpu_tlbwe(r->cpu, i, 0, ea | TLB0_V | size << 4);
}

static inline void rig_engine(struct rig *r)
{
	r->run = interp_run;
#ifdef RIG_JIT
	if (jit_is_possible() && jit_open(r->cpu) == 0)
		r->run = jit_run;
	else
		unit_skip("the translator cannot run on this host");
#endif
}

/*
 * Memory is mapped one to one by entry 0 (1 MB, supervisor only), the device
 * by entry 1, nobody's page by entry 2.
 */
static inline void rig_open(struct rig *r)
{
	u32 self = SELF;

	memset(r, 0, sizeof(*r));
	r->ram = calloc(1, RAM_BYTES);
	r->rom = calloc(1, 0x1000);
	r->port = (struct cpu_port){ r, rig_read, rig_write, rig_dcr_read,
				     rig_dcr_write, rig_direct, NULL };
	r->cpu = cpu_new(&r->port, 0x422218d3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r->cpu);
	rig_engine(r);
	tlb_reset(&r->cpu->s.tlb);
	rig_map(r, 0, 0, 0, SIZE_1M, SRWX);
	rig_map(r, 1, DEVICE_AT, DEVICE_AT, SIZE_4K, SRWX | TLB2_I | TLB2_G);
	rig_map(r, 2, NOBODY_AT, NOBODY_AT, SIZE_4K, SRWX | TLB2_I | TLB2_G);
	r->cpu->s.ivpr = VECTORS_AT;
	for (unsigned int i = 0; i < IVOR_COUNT; i++) {
		r->cpu->s.ivor[i] = i * 0x100;
		rig_put(r, VECTOR(i), &self, 1);
	}
	r->cpu->s.dbsr = 0;
	r->cpu->s.pc = CODE_AT;
	cpu_state_changed(r->cpu);
}

static inline void rig_close(struct rig *r)
{
	if (r->run == jit_run)
		jit_close(r->cpu);
	cpu_free(r->cpu);
	free(r->ram);
	free(r->rom);
}

/* Run until the program waits, for ever or in a vector. */
static inline void rig_run(struct rig *r)
{
	r->cpu->streak = 0;
	CU_ASSERT_EQUAL(RIG_RUN(r, 1000000), CPU_IDLE);
}

static inline u32 *gpr(struct rig *r)
{
	return r->cpu->s.gpr;
}

/* Run one instruction; 0, or the IVOR of what it raised. */
static inline unsigned int rig_step(struct rig *r, u32 word)
{
	u64 before[IVOR_COUNT];

	memcpy(before, r->cpu->exceptions, sizeof(before));
	CODE(r, CODE_AT, word, SELF);
	r->cpu->s.pc = CODE_AT;
	cpu_set_msr(r->cpu, r->cpu->s.msr);
	rig_run(r);
	for (unsigned int i = 0; i < IVOR_COUNT; i++)
		if (r->cpu->exceptions[i] != before[i])
			return i;
	CU_ASSERT_EQUAL(r->cpu->s.pc, CODE_AT + 4);
	return 0;
}

static inline u32 rig_word(const struct rig *r, u32 at)
{
	return ldb32(r->ram + at);
}

#endif
