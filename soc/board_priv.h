/* SPDX-License-Identifier: MIT */
/*
 * soc/board_priv.h - what the files soc/board*.c share, and nobody else sees.
 *
 * A tree is walked as a struct walk: the board's node list with parents and
 * phandles beside it.  Errors name file, node path and property, in that
 * order, through walk_err.  Only these files include libfdt.
 */
#ifndef SOC_BOARD_PRIV_H
#define SOC_BOARD_PRIV_H

#include <libfdt.h>

#include "soc/board.h"

#define BOARD_MAX_BLOB	(4u << 20) /* bytes of a tree; boards have 10 KB */
#define BOARD_MAX_NODES 4096u
#define BOARD_MAX_DEPTH 32

/* The shipped chip, for silicon that a foreign tree does not mention. */
struct board_chip {
	void *blob;
	unsigned int count;
	int *offset; /* of chip node i, in blob */
	int *index; /* what it is in board->node, -1: not there */
};

struct walk_phandle {
	u32 phandle;
	int node;
};

struct walk {
	struct board *b;
	const void *fdt;
	int *parent; /* index of the parent node, -1 for the root */
	struct walk_phandle *ph; /* sorted */
	unsigned int phandles;
	struct errmsg *msg;
};

int walk_err(struct walk *w, int code, int node, const char *prop,
	     const char *fmt, ...) __printf(5, 6);
int walk_by_phandle(const struct walk *w, u32 phandle);
int walk_cells(struct walk *w, int node, const char *prop,
	       const fdt32_t **cells, unsigned int *count);
u32 walk_u32(const struct walk *w, int node, const char *prop, u32 def);
bool walk_has(const struct walk *w, int node, const char *prop);
int walk_reg(struct walk *w, int node);
int walk_dcr(struct walk *w, int node);
int walk_irqs(struct walk *w, int node);
int walk_irq_roots(struct walk *w);
int walk_tree(struct board *b, struct errmsg *msg);

const void *node_blob(const struct board *b, const struct board_node *n);
const char *fdt_str(const void *fdt, int offset, const char *prop);
int board_order(const struct board *b, unsigned int *order, int *looped);
int board_dtc(const char *path, u8 **blob, u64 *bytes, struct errmsg *msg);

#endif
