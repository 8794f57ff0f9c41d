/* SPDX-License-Identifier: MIT */
/*
 * tests/boot/stuck.S - a guest that jumps to an address without a translation
 * while all of its interrupt vectors are at one, too.
 */
	.globl	_start
_start:
	lis	3, 0x7000
	mtspr	63, 3			/* IVPR */
	mtctr	3
	bctr
