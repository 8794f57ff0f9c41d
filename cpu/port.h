/* SPDX-License-Identifier: MIT */
/*
 * cpu/port.h - the CPU's only way out: memory and DCRs.
 *
 * soc/machine.c fills it in; a unit test gives a ten-line fake.
 */
#ifndef CPU_PORT_H
#define CPU_PORT_H

#include "base/env.h"
#include "base/preview.h"

struct cpu_port {
	void *opaque;
	/* @size 1, 2, 4; big-endian value; wait cycles >= 0, or < 0: bus error */
	int (*read)(void *opaque, paddr_t pa, unsigned int size, u32 *val);
	int (*write)(void *opaque, paddr_t pa, unsigned int size, u32 val);
	int (*dcr_read)(void *opaque, u32 dcrn, u32 *val);
	int (*dcr_write)(void *opaque, u32 dcrn, u32 val);
	/* host address of the 4 KB of memory at @pa (aligned), or NULL */
	u8 *(*direct)(void *opaque, paddr_t pa, bool *is_writable);
	/* what the device at @pa says ahead; no rows: nothing.  May be NULL. */
	void (*preview)(void *opaque, paddr_t pa, struct preview *p);
};

#endif
