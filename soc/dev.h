/* SPDX-License-Identifier: MIT */
/*
 * soc/dev.h - what a device class is, and what a device may ask for.
 *
 * A class is one const struct in one file of soc/dev/, listed by one row of
 * soc/dev/devices.def.  A device owns its private state and borrows what
 * struct dev_env and struct dev hold.  It never sees the CPU, the machine,
 * a host clock or libfdt.
 */
#ifndef SOC_DEV_H
#define SOC_DEV_H

#include "base/env.h"
#include "base/err.h"
#include "base/log.h"
#include "soc/blk.h"
#include "soc/bus.h"
#include "soc/chr.h"
#include "soc/clk.h"
#include "soc/dcr.h"
#include "soc/irq.h"
#include "soc/net.h"
#include "soc/reg.h"
#include "soc/sched.h"
#include "soc/share.h"

struct dev;
struct dev_map;

enum reset_kind { RESET_CORE = 1, RESET_CHIP = 2, RESET_SYSTEM = 3 };

/* What the machine lends to every device. */
struct dev_env {
	struct bus *bus;
	struct dcr_space *dcr;
	struct sched *sched;
	struct clk *clk;
	struct log *log;
	u64 ram_bytes;			/* size that --mem asked for */
	/* their memory; the SDRAM controller maps it where has_firmware */
	u8 *ram;
	/*
	 * true: firmware runs from the reset vector, so a reset leaves what
	 * the chip's manual says; false: it leaves what firmware would have
	 * set up before it enters a kernel.
	 */
	bool has_firmware;
	/* ask for a reset of the machine, done at the next boundary */
	void (*request_reset)(void *opaque, enum reset_kind kind);
	void *opaque;
	/* host end of serial port @index in the tree's order, or NULL */
	struct chr *(*serial)(void *opaque, unsigned int index);
	/*
	 * Content of a part that has @bytes of it, no more and no less; *@out
	 * NULL: it is not kept.  0 or -ERR_x with a message.
	 */
	int (*storage)(void *opaque, enum blk_role role, unsigned int index,
		       u64 bytes, struct blk **out, struct errmsg *msg);
	/* drive, cable, server number @index, or NULL: nothing there */
	struct blk *(*blk)(void *opaque, enum blk_role role,
			   unsigned int index);
	struct net *(*net)(void *opaque, unsigned int index);
	struct share *(*share)(void *opaque, unsigned int index);
	/* entropy; a fixed sequence where runs must repeat */
	void (*random)(void *opaque, void *buf, size_t bytes);
	/* Unix time in ns at guest time 0, for clocks with a battery */
	u64 epoch_ns;
};

static inline struct blk *env_blk(const struct dev_env *env,
				  enum blk_role role, unsigned int index)
{
	return env->blk ? env->blk(env->opaque, role, index) : NULL;
}

static inline int env_storage(const struct dev_env *env, enum blk_role role,
			      unsigned int index, u64 bytes, struct blk **out,
			      struct errmsg *msg)
{
	*out = NULL;
	return env->storage ? env->storage(env->opaque, role, index, bytes,
					   out, msg) : 0;
}

static inline struct net *env_net(const struct dev_env *env,
				  unsigned int index)
{
	return env->net ? env->net(env->opaque, index) : NULL;
}

struct dev_space {		/* a window the board gave to the device */
	u64 base;		/* physical address, or DCR number */
	u64 size;
};

/* How a device reads its node.  Cells are 32-bit, host order. */
struct dev_node {
	/* property bytes and length, NULL when absent */
	const void *(*prop)(const struct dev_node *node, const char *name,
			    int *len);
	/* device that the phandle in cell @cell of @name leads to, or NULL */
	struct dev *(*dev_at)(const struct dev_node *node, const char *name,
			      unsigned int cell);
	/* nearest ancestor that is a device (I2C, PCI, flash bus), or NULL */
	struct dev *(*parent)(const struct dev_node *node);
	const void *blob;
	int offset;
	void *opaque;
};

#define DEV_IRQS 8
#define DEV_SPACES 6

struct dev_class {
	const char *name;		/* short: "uic", "uart" */
	const char *desc;		/* one line for `culm info` */
	const char *const *compatible;	/* NULL-terminated */
	const struct reg_space *spaces;	/* NULL-kind-terminated by nspaces */
	unsigned int nspaces;
	size_t priv_size;
	/*
	 * probe: windows, lines and properties are known; map what the
	 * generic code did not; return 0 or -ERR_x with a message.
	 */
	int (*probe)(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg);
	/* link: every device is probed; look up companions by phandle */
	int (*link)(struct dev *dev, const struct dev_node *node,
		    struct errmsg *msg);
	void (*reset)(struct dev *dev, enum reset_kind kind);
	void (*remove)(struct dev *dev);
	/* an interrupt controller's inputs */
	void (*irq_in)(void *dev, unsigned int input, bool level);
	unsigned int irq_inputs;
	/* true: regs are mapped by probe itself, not by dev_map_spaces */
	bool own_map;
	/* clock that the node's clock-frequency shows (CLK_COUNT: none) */
	enum clk_id node_clk;
	bool has_node_clk;
};

struct dev {
	const struct dev_class *cls;
	void *priv;
	char *path;			/* node path; names it in messages */
	/* running number, in the tree's order, among devices of its class;
	 * board_build sets it before probe */
	unsigned int index;
	const struct dev_env *env;
	struct dev_space mmio[DEV_SPACES];
	unsigned int nmmio;
	struct dev_space dcr[DEV_SPACES];
	unsigned int ndcr;
	struct irq_line irq[DEV_IRQS];	/* outputs, in the node's order */
	unsigned int nirq;
	u64 holes;			/* accesses to no register */
	struct dev_map *map;		/* private to dev.c */
};

extern const struct dev_class *const dev_classes[];
extern const unsigned int dev_class_count;

const struct dev_class *dev_class_find(const char *compatible);
struct dev *dev_new(const struct dev_class *cls, const struct dev_env *env,
		    const char *path);
void dev_free(struct dev *dev);
/* Maps the k-th REG_MMIO space at mmio[k], the k-th REG_DCR space at dcr[k]. */
int dev_map_spaces(struct dev *dev, struct errmsg *msg);
void dev_reset(struct dev *dev, enum reset_kind kind);
u32 dev_prop_u32(const struct dev_node *node, const char *name, u32 def);

#endif
