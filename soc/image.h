/* SPDX-License-Identifier: MIT */
/*
 * soc/image.h - kernel images: what is in the file, and where it wants to be.
 *
 * Reads files; knows nothing of memory, the CPU or the board.  What it
 * returns has been checked: every segment lies inside the file's data and
 * inside 32 bits of address space.
 */
#ifndef SOC_IMAGE_H
#define SOC_IMAGE_H

#include "base/env.h"
#include "base/err.h"

enum image_entry {
	IMAGE_LINUX,	/* vmlinux, uImage: r3 = device tree, ePAPR-like */
	IMAGE_UBOOT,	/* cuImage: r3 = bd_info, r4-r7 initrd and command line */
	IMAGE_WRAPPER,	/* zImage, treeImage: carries its own tree */
};

struct image_segment {
	u32 load;		/* physical address */
	u32 file_bytes;
	u32 mem_bytes;		/* the rest is cleared */
	const u8 *data;		/* inside the image's own buffer */
};

struct image {
	enum image_entry entry_kind;
	u32 entry;		/* physical address of the first instruction */
	struct image_segment *seg;
	unsigned int nseg;
	const char *format;	/* "ELF", "uImage (gzip)", ... for `info` and logs */
	void *buffer;		/* owned */
	char *path;		/* owned; names the image in messages */
};

int image_load(struct image *img, const char *path, struct errmsg *msg);
void image_free(struct image *img);
/* A whole file in memory, at most @max bytes; "PATH: reason" on failure. */
int file_read(const char *path, u64 max, u8 **data, u64 *size,
	      struct errmsg *msg);

#endif
