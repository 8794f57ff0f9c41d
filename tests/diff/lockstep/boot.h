/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/boot.h - two whole machines that boot Linux.
 */
#ifndef TESTS_DIFF_LOCKSTEP_BOOT_H
#define TESTS_DIFF_LOCKSTEP_BOOT_H

#include "tests/diff/lockstep/pair.h"

struct boot_config {
	const char *guest;	/* folder with vmlinux, initramfs.cpio.gz */
	const char *board;
	u64 insns;		/* cycles at which to end */
	u64 dense;		/* cycles with slices of some instructions */
};

extern const struct scenario boot_scenario;

#endif
