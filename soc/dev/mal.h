/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/mal.h - what an EMAC asks of the memory access layer.
 *
 * The EMAC decides when a frame moves; MAL walks the descriptor ring and
 * moves the bytes.
 */
#ifndef SOC_DEV_MAL_H
#define SOC_DEV_MAL_H

#include "base/env.h"

struct dev;

extern const struct dev_class mal_class;

#define MAL_TX_CHANS	4
#define MAL_RX_CHANS	2
#define MAL_RING	256	/* descriptors, at most */
#define MAL_FRAME_MAX	16384	/* bytes of a frame, at most */

enum mal_tx {
	MAL_TX_FRAME,	/* a frame was read */
	MAL_TX_IDLE,	/* channel off, or its next descriptor not ready */
	MAL_TX_ERROR,	/* descriptor or bus error; the channel is off */
};

enum mal_tx mal_tx_frame(struct dev *mal, unsigned int ch, u8 *frame,
			 u32 *bytes, u32 *ctrl);
void mal_tx_done(struct dev *mal, unsigned int ch, u32 status);

#endif
