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
	MAL_TX_BAD,	/* likewise, but some of its bytes are not in memory */
	MAL_TX_IDLE,	/* channel off, or its next descriptor not ready */
	MAL_TX_ERROR,	/* descriptor error, or no descriptor in memory */
};

enum mal_rx {
	MAL_RX_DONE,	/* the frame is in the ring */
	MAL_RX_OFF,	/* software has the channel off */
	MAL_RX_FULL,	/* no descriptor; the channel is off, nothing stored */
	MAL_RX_CUT,	/* likewise, inside the frame, whose rest is lost */
};

/* Told when software turns receive channel on or off. */
struct mal_rx_client {
	void (*changed)(void *opaque, bool is_on);
	void *opaque;
};

enum mal_tx mal_tx_frame(struct dev *mal, unsigned int ch, u8 *frame,
			 u32 *bytes, u32 *ctrl);
void mal_tx_done(struct dev *mal, unsigned int ch, u32 status);
enum mal_rx mal_rx_frame(struct dev *mal, unsigned int ch, const u8 *frame,
			 u32 bytes, u32 status, bool is_bad);
void mal_rx_attach(struct dev *mal, unsigned int ch,
		   const struct mal_rx_client *client);

#endif
