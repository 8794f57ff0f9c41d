/* SPDX-License-Identifier: MIT */
/*
 * ram.c - DDR SDRAM: which chips there are, the controller, the read delay,
 * sizes as the chips show them, and a check.
 */
#include "fw.h"

#define CFG0	0x20
#define CFG1	0x21
#define MCSTS	0x24
#define RTR	0x30
#define BCR(i)	(0x40 + 4 * (i))
#define TR0	0x80
#define TR1	0x81
#define CLKTR	0x82
#define WDDCTR	0x83
#define DLYCAL	0x84

#define DCEN	0x80000000
#define MRSC	0x80000000

/* TR1 without the delay; its coarse half clock */
#define TR1_BASE	0x80800000
#define TR1_HALF	0x00000800

#define SPD		128

/* Bank 0 is soldered: 13 rows, 9 columns; the DIMMs have 1 and 2, and 3. */
static void find_chips(struct fw *fw)
{
	static const u8 first[2] = { 1, 3 }, lines[2] = { 2, 1 };
	u32 slot, i, sum;
	u8 spd[SPD];

	fw->bank[0].mb = 64;
	fw->bank[0].columns = 9;
	for (slot = 0; slot < 2; slot++) {
		if (iic_read(0x50 + slot, 0, spd, SPD)) {
			say("fw: SPD %u: empty\n", slot);
			continue;
		}
		for (sum = i = 0; i < 63; i++)
			sum += spd[i];
		if ((u8)sum != spd[63] || spd[2] != 7)
			stop("SPD %u: damaged, or no DDR", slot);
		say("fw: SPD %u: %u ranks of %u MB, %u rows, %u columns\n",
		    slot, (u32)spd[5], spd[31] * 4u, (u32)spd[3],
		    (u32)spd[4]);
		for (i = 0; i < spd[5] && i < lines[slot]; i++) {
			fw->bank[first[slot] + i].mb = spd[31] * 4;
			fw->bank[first[slot] + i].columns = spd[4];
		}
	}
}

static u32 log2_of(u32 v)
{
	return 31 - __builtin_clz(v);
}

/* Largest bank first, so that each lies at a multiple of its size. */
static void program_banks(struct fw *fw)
{
	u32 size, i, base = 0;

	sdram_set(CFG0, sdram_get(CFG0) & ~DCEN);
	for (i = 0; i < BANKS; i++)
		sdram_set(BCR(i), 0);
	for (size = 512; size >= 8; size >>= 1)
		for (i = 0; i < BANKS; i++) {
			struct bank *b = &fw->bank[i];

			if (b->mb != size)
				continue;
			b->base = base;
			sdram_set(BCR(i), base | log2_of(size / 4) << 17 |
				  (b->columns - 8) << 13 | 1);
			base += size << 20;
		}
	fw->ram = base;
	sdram_set(CFG0, DCEN | 0x04000000);
	while (!(sdram_get(MCSTS) & MRSC))
		;
}

static int is_good(u32 base)
{
	static const u32 pattern[] = {
		0, 0xffffffff, 0xaaaaaaaa, 0x55555555, 0xa5a5a5a5, 0x5a5a5a5a,
		0xaa55aa55, 0x55aa55aa,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pattern); i++)
		out32(base + 4 * i, pattern[i]);
	for (i = 0; i < ARRAY_SIZE(pattern); i++)
		if (in32(base + 4 * i) != pattern[i])
			return 0;
	return 1;
}

/* Try the delays of two whole clocks; settle in the middle of what works. */
static void set_delay(void)
{
	u32 half = (sdram_get(DLYCAL) >> 2 & 0xff) << 2;
	u32 t, at, run = 0, best = 0, end = 0, fails = 0;

	if (!half)
		stop("SDRAM: the delay line is not calibrated");
	for (t = 0; t < 4 * half; t++) {
		at = t % (2 * half);
		sdram_set(TR1, TR1_BASE | (at >= half ? TR1_HALF : 0) |
			  at % half);
		if (!is_good(0)) {
			fails++;
			run = 0;
		} else if (++run > best) {
			best = run;
			end = t;
		}
	}
	if (!best)
		stop("SDRAM: no read delay works");
	if (!fails)
		stop("SDRAM: reads do not depend on the delay");
	at = (end - best / 2) % (2 * half);
	sdram_set(TR1, TR1_BASE | (at >= half ? TR1_HALF : 0) | at % half);
	say("fw: SDRAM: %u delays of %u work, set to %u\n", best, 2 * half,
	    at);
}

/* What is above the chips' size shows them again. */
static u32 real_mb(const struct bank *b)
{
	u32 mb;

	for (mb = b->mb / 2; mb >= 1; mb >>= 1)
		out32(b->base + (mb << 20), ~mb);
	out32(b->base, 0x13572468);
	for (mb = 1; mb < b->mb; mb <<= 1)
		if (in32(b->base + (mb << 20)) != ~mb)
			return mb;
	return b->mb;
}

static void check_sizes(struct fw *fw)
{
	u32 i, mb, changed = 0;

	for (i = 0; i < BANKS; i++) {
		if (!fw->bank[i].mb)
			continue;
		mb = real_mb(&fw->bank[i]);
		if (mb == fw->bank[i].mb)
			continue;
		say("fw: SDRAM: bank %u has %u MB, not %u\n", i, mb,
		    fw->bank[i].mb);
		fw->bank[i].mb = mb;
		changed = 1;
	}
	if (changed)
		program_banks(fw);
}

static void check_all(const struct fw *fw)
{
	u32 a;

	for (a = 0; a < fw->ram; a += 0x4000)
		out32(a + (a >> 14 & 0xffc), a ^ 0xc001d00d);
	for (a = 0; a < fw->ram; a += 0x4000)
		if (in32(a + (a >> 14 & 0xffc)) != (a ^ 0xc001d00d))
			stop("SDRAM: wrong at 0x%8x", a);
}

static void map(u32 bytes, u32 attr)
{
	u32 i;

	for (i = 0; i << 28 < bytes && i < 4; i++)
		tlb_set(TLB_RAM + i, i << 28 | TLB_V | TLB_256M, i << 28,
			attr);
}

void ram_init(struct fw *fw)
{
	u32 i;

	find_chips(fw);
	sdram_set(WDDCTR, 0);
	sdram_set(CLKTR, 0x40000000);
	sdram_set(TR0, 0x410a4012);
	sdram_set(RTR, fw->plb_hz / 1000 * 78 / 10000 << 16 & 0xfff80000);
	sdram_set(CFG1, 0);
	map(0x40000000, TLB_IO);
	program_banks(fw);
	set_delay();
	check_sizes(fw);
	check_all(fw);
	for (i = 0; i < BANKS; i++)
		if (fw->bank[i].mb)
			say("fw: SDRAM: bank %u: %u MB at 0x%8x\n", i,
			    fw->bank[i].mb, fw->bank[i].base);
	say("fw: SDRAM: %u MB, checked\n", fw->ram >> 20);
	for (i = 0; i < 4; i++)
		tlb_set(TLB_RAM + i, 0, 0, 0);
	map(fw->ram, TLB_X | TLB_W | TLB_R);
}
