/* SPDX-License-Identifier: MIT */
/*
 * soc/dcr.c - the device control registers: which target answers a number.
 *
 * Owns the table of windows and the number-to-window map.  Must not know
 * what a register means; indirect (address and data) pairs are a device's.
 */
#include "soc/dcr.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "soc/bus.h"

/**
 * dcr_init - an empty DCR space
 * @d: filled
 */
void dcr_init(struct dcr_space *d)
{
	memset(d, 0, sizeof(*d));
}

/**
 * dcr_free - forget all windows
 * @d: left empty
 */
void dcr_free(struct dcr_space *d)
{
	free(d->win);
	dcr_init(d);
}

/**
 * dcr_map - let a target answer a range of DCR numbers
 * @d:      DCR space
 * @base:   first number
 * @count:  registers
 * @target: copied; a missing callback makes that direction go unanswered
 * @name:   borrowed for the life of the window; for messages
 * @msg:    one line on failure
 *
 * Returns: 0, -ERR_RANGE (empty or beyond 1024), -ERR_CONFLICT (the message
 *          names both windows).
 */
int dcr_map(struct dcr_space *d, u32 base, u32 count,
	    const struct dcr_target *target, const char *name,
	    struct errmsg *msg)
{
	struct dcr_window *w;

	if (count == 0 || base >= DCR_COUNT || count > DCR_COUNT - base)
		return err_set(msg, ERR_RANGE,
			       "%s: 0x%x registers at DCR 0x%x do not fit 0x%x",
			       name, count, base, DCR_COUNT);
	for (u32 i = base; i < base + count; i++) {
		if (!d->owner[i])
			continue;
		w = &d->win[d->owner[i] - 1];
		return err_set(msg, ERR_CONFLICT,
			       "%s: DCR 0x%x..0x%x overlaps %s: DCR 0x%x..0x%x",
			       name, base, base + count - 1, w->name,
			       w->base, w->base + w->count - 1);
	}
	d->win = xrealloc(d->win, d->windows + 1, sizeof(*d->win));
	w = &d->win[d->windows++];
	*w = (struct dcr_window){
		.base = base, .count = count, .target = *target, .name = name,
	};
	for (u32 i = base; i < base + count; i++)
		d->owner[i] = (u16)d->windows;
	return 0;
}

static const struct dcr_window *dcr_find(const struct dcr_space *d, u32 dcrn)
{
	if (dcrn >= DCR_COUNT || !d->owner[dcrn])
		return NULL;
	return &d->win[d->owner[dcrn] - 1];
}

/**
 * dcr_read - what mfdcr does
 * @d:    DCR space
 * @dcrn: register number, any value
 * @val:  set; 0 when nobody answers
 *
 * Returns: BUS_OK or wait cycles, BUS_NO_TARGET, or what the target says.
 */
int dcr_read(struct dcr_space *d, u32 dcrn, u32 *val)
{
	const struct dcr_window *w = dcr_find(d, dcrn);

	*val = 0;
	if (!w || !w->target.read) {
		d->no_target++;
		return BUS_NO_TARGET;
	}
	return w->target.read(w->target.opaque, dcrn - w->base, val);
}

/**
 * dcr_write - what mtdcr does
 * @d:    DCR space
 * @dcrn: register number, any value
 * @val:  value
 *
 * Returns: BUS_OK or wait cycles, BUS_NO_TARGET, or what the target says.
 */
int dcr_write(struct dcr_space *d, u32 dcrn, u32 val)
{
	const struct dcr_window *w = dcr_find(d, dcrn);

	if (!w || !w->target.write) {
		d->no_target++;
		return BUS_NO_TARGET;
	}
	return w->target.write(w->target.opaque, dcrn - w->base, val);
}
