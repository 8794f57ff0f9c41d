/* SPDX-License-Identifier: MIT */
/*
 * soc/chr.h - a character line between a serial device and the host.
 *
 * The host side (a terminal, a file, a socket) fills in @host; the device
 * fills in @dev.  Neither knows what the other is.  Host to device calls
 * come between slices only, so input enters at a known instruction count.
 */
#ifndef SOC_CHR_H
#define SOC_CHR_H

#include "base/env.h"

/* Modem lines, as seen by the end that receives them. */
#define CHR_CTS		1u
#define CHR_DSR		2u
#define CHR_RI		4u
#define CHR_DCD		8u
/* Modem lines, as driven by the device. */
#define CHR_DTR		16u
#define CHR_RTS		32u

struct chr_host_ops {
	void (*write)(void *opaque, const u8 *buf, size_t n);
	void (*set_break)(void *opaque, bool on);
	void (*set_modem)(void *opaque, unsigned int lines);
};

struct chr_dev_ops {
	size_t (*room)(void *opaque);		/* bytes it can take now */
	void (*receive)(void *opaque, const u8 *buf, size_t n);
	void (*receive_break)(void *opaque);
	void (*modem)(void *opaque, unsigned int lines);
};

struct chr {
	const struct chr_host_ops *host;	/* NULL: nobody listens */
	void *host_opaque;
	const struct chr_dev_ops *dev;		/* NULL until probed */
	void *dev_opaque;
	unsigned int modem;	/* lines the host drives: CTS DSR RI DCD */
};

static inline void chr_write(struct chr *c, u8 byte)
{
	if (c && c->host && c->host->write)
		c->host->write(c->host_opaque, &byte, 1);
}

#endif
