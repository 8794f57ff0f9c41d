/* SPDX-License-Identifier: MIT */
/*
 * host/disk.h - the guest's storage on the host: disk images (--drive) and
 * the contents of flash chips and battery-backed memory.
 *
 * A disk is a raw file, a block device or an NBD export, perhaps under a
 * copy-on-write overlay.  A flash is a file of fixed size whose small changes
 * are atomic and in order even when the process is killed.  Formats of the
 * overlay and of the journal: doc/disks.md.  Layer: base and soc/blk.h; must
 * not know which device reads.
 */
#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "base/env.h"
#include "base/err.h"
#include "soc/blk.h"

struct disk;
struct flash;

/* if=: which adapter shows the disk to the guest. */
enum disk_if { DISK_IF_VIRTIO, DISK_IF_USB };

int disk_spec_if(const char *spec, enum disk_if *which, struct errmsg *msg);
int disk_open(struct disk **d, const char *spec, struct errmsg *msg);
void disk_set_say(struct disk *d, void (*say)(void *opaque, const char *line),
		  void *opaque);
struct blk *disk_blk(struct disk *d);
int disk_close(struct disk *d);

/* What a chip holds where no file says so. */
enum flash_fill { FLASH_FILL_ZEROS, FLASH_FILL_ONES };

int flash_open(struct flash **f, const char *path, u64 bytes,
	       enum flash_fill fill, struct errmsg *msg);
int nor_open(struct flash **f, const char *firmware, u64 bytes,
	     struct errmsg *msg);
void flash_set_say(struct flash *f, void (*say)(void *opaque, const char *line),
		   void *opaque);
struct blk *flash_blk(struct flash *f);
int flash_close(struct flash *f);

#endif
