/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/berr.h - where on the chip an access ends that nothing answers, and
 * how an arbiter or bridge latches it.
 *
 * The CPU is on PLB4.  So are the memory and a bridge to an OPB of its own;
 * what is left below 4 GB goes over the bridge to PLB3, where EBC, PCI and
 * the bridge to the other OPB are.  DMA masters of PLB3 come the other way.
 * An error is seen by each arbiter and bridge on the way.
 *
 * PLB4 masters: 0 instruction read, 1 data read, 2 data write, 3 DMA1, 4 the
 * bridge from PLB3.  PLB3 masters: 0 the bridge from PLB4, 1 MAL, 2 PCI,
 * 3 DMA0, 4 the bridge from OPB, 5 EBC.  The fabric does not tell an
 * instruction fetch from a load: both are master 1.  [BSP]
 */
#ifndef SOC_DEV_BERR_H
#define SOC_DEV_BERR_H

#include "base/bits.h"
#include "soc/bus.h"

enum berr_place { BERR_PLB4, BERR_P4OB, BERR_PLB3, BERR_P3OB };

/* The bus on which nobody answered. */
static inline enum berr_place berr_place(paddr_t pa)
{
	if (pa >> 16 == 0x5000)
		return BERR_P4OB;
	if (pa < 0x80000000u || pa > 0xffffffffu)
		return BERR_PLB4;
	return pa >> 20 == 0xef6 ? BERR_P3OB : BERR_PLB3;
}

static inline bool berr_is_on_plb4(const struct bus_fault *f)
{
	return f->by == BUS_CPU || f->by == BUS_DMA1;
}

static inline unsigned int berr_plb4_master(const struct bus_fault *f)
{
	if (f->by == BUS_CPU)
		return f->is_write ? 2 : 1;
	return f->by == BUS_DMA1 ? 3 : 4;
}

static inline unsigned int berr_plb3_master(const struct bus_fault *f)
{
	switch (f->by) {
	case BUS_MAL:
		return 1;
	case BUS_PCI:
		return 2;
	case BUS_DMA:
	case BUS_DMA0:
		return 3;
	case BUS_OPB:
		return 4;
	default:
		return 0;
	}
}

/* How a status register is cut into masters. */
struct berr_layout {
	u8 step;		/* bits from one master to the next */
	u8 type_bits;		/* then R/W, field lock, address lock */
	u8 per_reg;		/* masters in one register */
};

#define BERR_TIMEOUT	1u
#define BERR_SLAVE	2u	/* what answered reports an error */

/*
 * Latch @type for @master into @besr[], of @regs registers, and say whether
 * the address is to be latched too.  A locked field stays; any address lock
 * keeps the address.
 */
static inline bool berr_latch(u32 *besr, unsigned int regs,
			      const struct berr_layout *l,
			      unsigned int master, u32 type, bool is_write)
{
	unsigned int i, at, rw;
	u32 *reg;

	for (i = 0; i < regs * l->per_reg; i++) {
		at = i % l->per_reg * l->step + l->type_bits + 2;
		if (besr[i / l->per_reg] & PPC_BIT(at))
			regs = 0;	/* ends the loop: locked */
	}
	reg = &besr[master / l->per_reg];
	at = master % l->per_reg * l->step;
	rw = at + l->type_bits;
	if (*reg & PPC_BIT(rw + 1))
		return regs != 0;
	*reg &= ~PPC_MASK(at, rw);
	*reg |= PPC_PLACE(type, at, rw - 1) | (is_write ? 0 : PPC_BIT(rw));
	return regs != 0;
}

#endif
