/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/spd.c - DIMMs: what sits in the sockets and what their SPD says.
 *
 * Owns the choice of modules for an amount of memory and the layout of JEDEC's
 * table for DDR.  Must not know I2C nor the SDRAM controller's registers.
 */
#include "soc/dev/spd.h"

#define RANK_MAX_MB	512
#define RANK_MIN_MB	8

/**
 * spd_layout - the DIMMs that make up an amount of memory
 * @ram_bytes: all memory of the machine
 * @soldered:  part of it that is on the board, without an SPD
 * @dimm:      set; the first socket has two ranks, the second one
 *
 * Ranks are powers of two of 8 to 512 MB and both ranks of a DIMM are equal.
 * Where no two such DIMMs give @ram_bytes, the largest smaller amount is
 * taken; of several ways, the one with the largest first rank.
 *
 * Returns: bytes of @soldered and both DIMMs; at least @soldered.
 * Units:   bytes.
 * Source:  UB (program_bxcr: DIMM 1 on banks 1 and 2, DIMM 2 on bank 3).
 */
u64 spd_layout(u64 ram_bytes, u64 soldered, struct spd_dimm dimm[SPD_SLOTS])
{
	u64 left = ram_bytes > soldered ? (ram_bytes - soldered) >> 20 : 0;
	u64 best = 0;
	u32 a, b, ranks;

	memset(dimm, 0, SPD_SLOTS * sizeof(*dimm));
	for (a = RANK_MAX_MB; a >= RANK_MIN_MB; a >>= 1)
		for (ranks = 1; ranks <= 2; ranks++)
			for (b = a; ; b = b > RANK_MIN_MB ? b >> 1 : 0) {
				u64 sum = (u64)a * ranks + b;

				if (sum <= left && sum > best) {
					best = sum;
					dimm[0] = (struct spd_dimm){ a, ranks };
					dimm[1] = (struct spd_dimm){ b, !!b };
				}
				if (!b)
					break;
			}
	return soldered + (best << 20);
}

/* Rows and columns of a rank 32 bits wide made of chips with 4 banks. */
static void rank_geometry(u32 mb, u8 *rows, u8 *columns)
{
	u32 bits = 19;		/* of 8 MB: 11 rows, 8 columns */

	for (u32 n = mb / RANK_MIN_MB; n > 1; n >>= 1)
		bits++;
	*columns = (u8)(bits < 21 ? 8 : bits < 23 ? 9 : bits < 24 ? 10 : 11);
	*rows = (u8)(bits - *columns);
}

/* DDR-266: 7.5 ns at CAS latency 2.5, 10 ns at 2. */
static const u8 spd_common[48] = {
	[0] = SPD_BYTES, [1] = 8, [2] = 7,	/* 256-byte EEPROM, DDR */
	[6] = 32, [8] = 4,			/* width, SSTL 2.5 V */
	[9] = 0x75, [10] = 0x75,
	[12] = 0x82, [13] = 16,			/* 7.8 us, chips x16 */
	[15] = 1, [16] = 0x0e, [17] = 4,	/* bursts, banks in a chip */
	[18] = 0x0c, [19] = 0x01, [20] = 0x02,	/* CAS, CS, write latency */
	[21] = 0x20, [22] = 0xc0,		/* differential clock */
	[23] = 0xa0, [24] = 0x75,
	[27] = 0x50, [28] = 0x3c, [29] = 0x50, [30] = 45,
	[32] = 0x90, [33] = 0x90, [34] = 0x50, [35] = 0x50,
	[41] = 65, [42] = 75, [43] = 0x30, [44] = 0x32, [45] = 0x75,
};

/**
 * spd_fill - the SPD bytes of a DIMM
 * @dimm: module; not empty
 * @out:  filled
 *
 * Source: [JEDEC 4.1.2.4] SPDs for DDR SDRAM.
 */
void spd_fill(const struct spd_dimm *dimm, u8 out[SPD_BYTES])
{
	static const char part[] = "CULM DDR266";
	unsigned int i, sum = 0;

	memset(out, 0, SPD_BYTES);
	memcpy(out, spd_common, sizeof(spd_common));
	rank_geometry(dimm->rank_mb, &out[3], &out[4]);
	out[5] = (u8)dimm->ranks;
	out[31] = (u8)(dimm->rank_mb / 4);	/* 4 MB a unit, 512 MB: 0x80 */
	out[62] = 0x10;
	for (i = 0; i < 63; i++)
		sum += out[i];
	out[63] = (u8)sum;
	memset(out + 73, ' ', 18);
	memcpy(out + 73, part, sizeof(part) - 1);
}
