/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * base/preview.h [F] - what a device says ahead about its registers, for an
 * engine to which asking it is dear.
 *
 * A row holds until its moment, until the device is accessed in another way,
 * or until something happens outside the CPU.  Reads that a row answers change
 * nothing, but for those of a queue; these, and the writes, are done for the
 * device later, in their order and with the time that they had.  So a device
 * offers to take writes ahead only while none of them, at once, can do anything
 * that the CPU or a memory would notice.
 */
#ifndef BASE_PREVIEW_H
#define BASE_PREVIEW_H

#include "base/env.h"

enum preview_flag {
	PREVIEW_READ	= 1,	/* reads give value */
	PREVIEW_QUEUE	= 2,	/* reads give the queue's next, while it has */
	PREVIEW_WRITE	= 4,	/* writes wait; they change value in mask */
	PREVIEW_KEEPS	= 8,	/* it answers reads also behind a write */
};

#define PREVIEW_ROWS	8
#define PREVIEW_WORDS	64

struct preview {
	unsigned int rows, queued;
	struct preview_row {
		u64 at;		/* address; a device says its offset */
		cycle_t until;
		u32 size;	/* bytes of the access, no other */
		u32 flags;	/* enum preview_flag */
		u32 value, mask;
		u32 stop;	/* a write of any of these bits does not wait */
	} row[PREVIEW_ROWS];
	u32 queue[PREVIEW_WORDS];
};

#endif
