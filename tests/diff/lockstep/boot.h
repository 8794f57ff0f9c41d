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
	const char *typed;	/* on the console; NULL: nothing */
	u64 typed_at;		/* from that cycle on */
	bool is_shown;		/* print the first machine's console */
};

extern const struct scenario boot_scenario;

#endif
