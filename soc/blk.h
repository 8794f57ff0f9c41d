/* SPDX-License-Identifier: MIT */
/*
 * soc/blk.h - storage of bytes between a device and the host: a disk image,
 * the content of a flash chip, an EEPROM.
 *
 * The host side fills in @ops; the device asks.  A call returns when it is
 * done: input enters at the instruction count of the access.  What flush
 * acknowledged survives the end of the process and of the host.
 */
#ifndef SOC_BLK_H
#define SOC_BLK_H

#include "base/env.h"
#include "base/err.h"

struct blk_ops {
	/* 0, or -ERR_x; [@off, @off + @bytes) lies within the size */
	int (*read)(void *opaque, u64 off, void *buf, u64 bytes);
	int (*write)(void *opaque, u64 off, const void *buf, u64 bytes);
	/* NULL: nothing to do */
	int (*flush)(void *opaque);
	/* content becomes zeros, storage may be given back; NULL: write */
	int (*zero)(void *opaque, u64 off, u64 bytes);
};

struct blk {
	const struct blk_ops *ops;
	void *opaque;
	u64 bytes;
	bool is_read_only;
	const char *name;	/* for messages; borrowed */
};

/* What the content belongs to. */
enum blk_role {
	BLK_DRIVE,		/* --drive; index in the order given */
	BLK_NOR,		/* boot flash: --firmware */
	BLK_NAND,		/* --nand: one file a chip, data and spare */
	BLK_NVRAM,		/* battery-backed RAM, EEPROMs */
	BLK_ROLES
};

/**
 * blk_read - read bytes
 * @b:     storage, or NULL
 * @off:   bytes from its start
 * @buf:   filled on success
 * @bytes: count
 *
 * Returns: 0; -ERR_RANGE outside the storage; what the host says.
 */
static inline int blk_read(const struct blk *b, u64 off, void *buf, u64 bytes)
{
	if (!b || off > b->bytes || bytes > b->bytes - off)
		return -ERR_RANGE;
	return b->ops->read(b->opaque, off, buf, bytes);
}

/**
 * blk_write - write bytes
 * @b:     storage, or NULL
 * @off:   bytes from its start
 * @buf:   what to write
 * @bytes: count
 *
 * Returns: 0; -ERR_RANGE outside the storage or read-only; what the host says.
 */
static inline int blk_write(const struct blk *b, u64 off, const void *buf,
			    u64 bytes)
{
	if (!b || b->is_read_only || off > b->bytes || bytes > b->bytes - off)
		return -ERR_RANGE;
	return b->ops->write(b->opaque, off, buf, bytes);
}

/**
 * blk_flush - wait until all that was written survives a crash of the host
 * @b: storage, or NULL
 *
 * Returns: 0, what the host says.
 */
static inline int blk_flush(const struct blk *b)
{
	return b && b->ops->flush ? b->ops->flush(b->opaque) : 0;
}

#endif
