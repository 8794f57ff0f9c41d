/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/rig.h - a machine without a CPU: the fabric, all devices of
 * tests/fuzz/board.dts, and host ends in memory; and doing ops to one of them.
 *
 * A target is a name for one or more nodes.  Windows are the registers that
 * its ops can name: its own first, then those of its bus and companions.
 */
#ifndef TESTS_FUZZ_RIG_H
#define TESTS_FUZZ_RIG_H

#include "soc/board.h"
#include "soc/pci.h"
#include "tests/fuzz/ends.h"
#include "tests/fuzz/prog.h"

#define RIG_RAM		(64u << 20)
#define RIG_PAGE	4096u
#define RIG_PAGES	(RIG_RAM / RIG_PAGE)
#define RIG_WINDOWS	48

enum rig_window_kind { RIG_BUS, RIG_DCR };

struct rig_window {
	enum rig_window_kind kind;
	bool is_le;		/* values are as PCI numbers them */
	u64 base;
	u32 span;
	const char *path;
};

struct rig {
	struct board board;
	struct bus bus;
	struct dcr_space dcr;
	struct sched sched;
	struct clk clk;
	struct log log;
	struct dev_env env;
	struct ends ends;
	u8 *ram;
	cycle_t now;
	enum reset_kind wants_reset;	/* 0: none */
	struct dev *dev;		/* the target */
	struct pci_card *card;		/* it is one; else NULL */
	struct rig_window window[RIG_WINDOWS];
	unsigned int windows;
	/* what an input can change by its windows; more than that: is_wide */
	struct dev *near[RIG_WINDOWS];
	unsigned int nears;
	bool is_wide;
	/* pages of memory that are not all zero */
	unsigned int dirty_count;
	u16 dirty[RIG_PAGES];
	bool is_dirty[RIG_PAGES];
};

const char *rig_target_name(const struct board_node *n, char *buf, size_t room);
void rig_open(struct rig *r, const struct board *board);
unsigned int rig_targets(const struct rig *r, const char *name);
void rig_select(struct rig *r, const char *name, unsigned int index);
void rig_start(struct rig *r);
void rig_do(struct rig *r, const struct op *op);
bool rig_find(void *rig, bool is_dcr, u32 addr, u32 *window, u32 *off);
void rig_close(struct rig *r);

#endif
