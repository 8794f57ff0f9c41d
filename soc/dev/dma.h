/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/dma.h - the far end of a DMA channel: a device that asks for
 * transfers, and what dma.c (channels, registers) and dma_copy.c (one step of
 * a transfer) share.
 */
#ifndef SOC_DEV_DMA_H
#define SOC_DEV_DMA_H

#include "soc/dev.h"

extern const struct dev_class dma_class;

#define DMA_CHANNELS	4
#define DMA_CHUNK	1024		/* bytes in one step, at most */
#define DMA_UNITS	64		/* single accesses in one step */

/* Channel control, as on all 44x.  [LX 2.6 asm-ppc/ppc4xx_dma.h] */
#define DMA_CR_CE	0x80000000u
#define DMA_CR_CIE	0x40000000u
#define DMA_CR_TD	0x20000000u	/* from the peripheral */
#define DMA_CR_PL	0x10000000u	/* inside the chip */
#define DMA_CR_PW(cr)	((cr) >> 25 & 7)	/* width: 1 << this, 0 to 4 */
#define DMA_CR_DAI	0x01000000u
#define DMA_CR_SAI	0x00800000u
#define DMA_CR_TM(cr)	((cr) >> 20 & 3)
#define DMA_CR_ETD	0x00000100u	/* the EOT pin is an output */
#define DMA_CR_TCE	0x00000080u	/* stop at terminal count */
#define DMA_CR_CP(cr)	((cr) >> 5 & 3)
#define DMA_CR_DEC	0x00000004u
#define DMA_TM_PERIPHERAL	0
#define DMA_TM_RESERVED		1
#define DMA_TM_MEMORY		2	/* software starts */
#define DMA_TM_PACED		3	/* memory to memory, on request */

#define DMA_CT_TCIE	0x20000000u	/* these of scatter/gather only */
#define DMA_CT_ETIE	0x10000000u
#define DMA_CT_EIE	0x08000000u
#define DMA_CT_COUNT	0x0000ffffu

#define DMA_SR_CS(n)	(0x80000000u >> (n))
#define DMA_SR_TS(n)	(0x08000000u >> (n))
#define DMA_SR_RI(n)	(0x00800000u >> (n))
#define DMA_SR_IR(n)	(0x00080000u >> (n))
#define DMA_SR_ER(n)	(0x00008000u >> (n))
#define DMA_SR_CB(n)	(0x00000800u >> (n))
#define DMA_SR_SG(n)	(0x00000080u >> (n))
#define DMA_SGC_SSG(n)	(0x80000000u >> (n))
#define DMA_SGC_EM(n)	(0x00008000u >> (n))

/* A device at a channel's request, acknowledge and end lines. */
struct dma_port {
	/* the data of a transfer in peripheral mode; NULL: the bus is open */
	u32 (*read)(void *opaque, unsigned int size);
	void (*write)(void *opaque, unsigned int size, u32 val);
	/* terminal count on the EOT/TC line, an output; or NULL */
	void (*end)(void *opaque);
	void *opaque;
};

struct dma {
	u32 cr[DMA_CHANNELS], ct[DMA_CHANNELS];
	u32 sah[DMA_CHANNELS], sal[DMA_CHANNELS];
	u32 dah[DMA_CHANNELS], dal[DMA_CHANNELS];
	u32 sgh[DMA_CHANNELS], sgl[DMA_CHANNELS];
	u32 sr, sgc, slp, pol;
	struct dev *dev;
	enum bus_master by;
	unsigned int bus_bytes;	/* that the PLB moves in a cycle */
	const struct dma_port *port[DMA_CHANNELS];
	bool has_request[DMA_CHANNELS];
	/* the transfer came from a descriptor, and another follows it */
	bool is_sg[DMA_CHANNELS], has_link[DMA_CHANNELS];
	struct sched_event step;
	unsigned int now;	/* channel of the step that is armed */
};

/* @port: borrowed for the life of the controller. */
void dma_attach(struct dev *dev, unsigned int channel,
		const struct dma_port *port);
/* The request line; true: a transfer is wanted, and then another. */
void dma_request(struct dev *dev, unsigned int channel, bool level);
/* The device ends the transfer: EOT, where it is an input. */
void dma_eot(struct dev *dev, unsigned int channel);

/* One step of channel @ch. */
cycle_t dma_step_cycles(const struct dma *d, unsigned int ch);
/* 0, or -1: bus error, alignment.  Moves addresses and count. */
int dma_step(struct dma *d, unsigned int ch);
int dma_descriptor(struct dma *d, unsigned int ch);

static inline u32 dma_left(const struct dma *d, unsigned int ch)
{
	u32 n = d->ct[ch] & DMA_CT_COUNT;

	return n ? n : DMA_CT_COUNT + 1;
}

#endif
