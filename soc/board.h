/* SPDX-License-Identifier: MIT */
/*
 * soc/board.h - from a device tree to a list of devices, and back to the tree
 * that the guest gets.  board*.c are the only users of libfdt.
 *
 * Three steps: board_load reads the tree and checks it; board_walk resolves
 * every node (class, addresses, DCRs, interrupts); board_build makes the
 * devices.  board_fixup then fills in what firmware would: memory, clocks,
 * command line, initrd.
 */
#ifndef SOC_BOARD_H
#define SOC_BOARD_H

#include "base/env.h"
#include "base/err.h"
#include "soc/dev.h"

enum board_node_kind {
	NODE_DEVICE, /* served by a class */
	NODE_BUS, /* only a container: simple-bus and the like */
	NODE_INFO, /* cpus, memory, chosen, aliases, partitions, PHYs */
	NODE_DISABLED, /* status is not "okay" */
	NODE_UNSERVED, /* names hardware that no class serves */
};

struct board_irq {
	/* index into board->node; -1: the CPU's pin; -2: nowhere */
	int controller;
	unsigned int input;
	u32 sense; /* as the tree says */
};

struct board_node {
	char *path;
	int offset; /* in board->blob; implied: in the chip's */
	enum board_node_kind kind;
	const struct dev_class *cls;
	const char *compatible; /* first string, "" when none */
	struct dev_space mmio[DEV_SPACES];
	unsigned int nmmio;
	struct dev_space dcr[DEV_SPACES];
	unsigned int ndcr;
	struct board_irq irq[DEV_IRQS];
	unsigned int nirq;
	struct dev *dev; /* after board_build; owned by the board */
	bool is_implied; /* silicon that the tree given does not mention */
};

struct board {
	char *name; /* file or shipped name, for messages */
	void *blob; /* what the guest will get */
	u32 blob_bytes;
	struct board_node *node;
	unsigned int count;
	const char *model; /* root model */
	const char *cpu_model; /* of the boot CPU: "PowerPC,440EP" */
	u64 ram_bytes; /* of /memory; BOARD_RAM_DEFAULT when it says 0 */
	struct board_chip *chip; /* where the implied nodes come from */
	bool has_own_clocks; /* the CPU's, whatever the tree says */
	unsigned int hcalls; /* words of hcall; 0: there is no hypervisor */
	u32 hcall[4];
};

/* 64 MB soldered to Bamboo and a DIMM of 192 MB in two banks, by our choice. */
#define BOARD_RAM_DEFAULT (256ull << 20)

/* What firmware would put into the tree. */
struct board_boot {
	u64 ram_bytes;
	const char *append; /* bootargs; NULL keeps the tree's own */
	u32 initrd_start, initrd_end; /* 0, 0: none */
	unsigned int console; /* index of the serial port for stdout-path */
};

/* One `--set /node/path:property=value`. */
int board_set(struct board *b, const char *assignment, struct errmsg *msg);

/* A card or a USB function that is plugged in, by a command line option. */
enum board_part_bus { BUS_PART_PCI, BUS_PART_USB };

struct board_part {
	enum board_part_bus bus;
	const char *name, *compatible;	/* of its node */
	unsigned int index;	/* of its host end: drive, net, share */
	bool is_modern;		/* virtio without the legacy interface */
	const char *option;	/* for messages: "--drive disk.img" */
};

int board_add_part(struct board *b, const struct board_part *part,
		   struct errmsg *msg);

/* @name: a .dts, a .dtb, or a shipped board; .dts needs the dtc program. */
int board_load(struct board *b, const char *name, struct errmsg *msg);
int board_walk(struct board *b, struct errmsg *msg);
/* @cpu_pin: [0] external input, [1] critical input of the CPU. */
int board_build(struct board *b, const struct dev_env *env,
		const struct irq_line cpu_pin[2], struct errmsg *msg);
void board_reset(struct board *b, enum reset_kind kind);
int board_fixup(struct board *b, const struct board_boot *boot,
		const struct clk *clk, struct errmsg *msg);
/* Set up serial port @index as firmware leaves it, so that it can be written. */
void board_console(struct board *b, unsigned int index);
/* Bootargs and initrd into a tree of somebody else's, at most @room bytes. */
int board_patch_tree(void *blob, u32 room, const struct board_boot *boot,
		     const char *name, struct errmsg *msg);
/* Bytes of the tree at @p, 0 when there is no valid one within @room. */
u32 board_tree_bytes(const void *p, u64 room);
/* MAC address of Ethernet port @index, as the guest's tree has it. */
void board_mac(const struct board *b, unsigned int index, u8 mac[6]);
void board_free(struct board *b);

#endif
