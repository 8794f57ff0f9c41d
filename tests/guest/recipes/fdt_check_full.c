/* SPDX-License-Identifier: MIT */
/*
 * fdt_check_full() for the libfdt that the Linux sources carry: that copy leaves
 * the function out. By libfdt's public functions only; it gives the results of
 * dtc 1.6.1's own, to which an empty structure block is good.
 */
#include <stdbool.h>
#include <libfdt.h>

/* The walk over the structure block: FDT_END has to come right after the root. */
static int check_structure(const void *fdt)
{
	bool root_ended = false;
	int offset, next = 0, depth = 0, err;
	const char *name;
	uint32_t tag;

	for (;;) {
		offset = next;
		tag = fdt_next_tag(fdt, offset, &next);
		if (next < 0)
			return next;
		if (root_ended && tag != FDT_END)
			return -FDT_ERR_BADSTRUCTURE;

		switch (tag) {
		case FDT_NOP:
			break;
		case FDT_BEGIN_NODE:
			name = fdt_get_name(fdt, offset, NULL);
			if (++depth == 1 && (!name || *name))
				return -FDT_ERR_BADSTRUCTURE;
			break;
		case FDT_END_NODE:
			if (depth == 0)
				return -FDT_ERR_BADSTRUCTURE;
			root_ended = --depth == 0;
			break;
		case FDT_PROP:
			if (!fdt_getprop_by_offset(fdt, offset, &name, &err))
				return err;
			break;
		case FDT_END:
			return depth ? -FDT_ERR_BADSTRUCTURE : 0;
		}
	}
}

/**
 * fdt_check_full - can every part of a device tree be read without harm?
 * @fdt:     the tree
 * @bufsize: bytes that may be read at @fdt
 *
 * Returns: 0, -FDT_ERR_TRUNCATED, -FDT_ERR_BADSTRUCTURE, what fdt_check_header()
 *          and fdt_num_mem_rsv() return, and what reading a property returns.
 */
int fdt_check_full(const void *fdt, size_t bufsize)
{
	int err;

	if (bufsize < FDT_V1_SIZE || bufsize < fdt_header_size(fdt))
		return -FDT_ERR_TRUNCATED;
	err = fdt_check_header(fdt);
	if (err)
		return err;
	if (bufsize < fdt_totalsize(fdt))
		return -FDT_ERR_TRUNCATED;
	err = fdt_num_mem_rsv(fdt);
	if (err < 0)
		return err;
	return check_structure(fdt);
}
