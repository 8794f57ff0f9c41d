/* SPDX-License-Identifier: GPL-2.0-only */
/* pinned_end.S - the end of what is copied into each block; see Kbuild. */
	.text
	.globl	world_end
world_end:
