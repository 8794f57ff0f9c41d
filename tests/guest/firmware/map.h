/* SPDX-License-Identifier: MIT */
/* map.h - where things are: effective addresses, and TLB words that say so. */
#ifndef FW_MAP_H
#define FW_MAP_H

#define FW_EA		0xffff0000	/* 64 KB, the end of the flash */
#define FW_BYTES	0x10000
#define OCP_EA		0xef600000
#define PCI_EA		0xeec00000
#define BOARD_EA	0x80000000	/* NVRAM, board registers: CS5 */
#define NAND_EA		0x90000000	/* CS1 */
#define STACK_EA	0x70000000	/* where no memory is */
#define STACK_BYTES	0x2000
#define FLASH_EA	0xc0000000
#define FLASH_RA	0xff000000
#define FLASH_BYTES	0x1000000

#define TLB_V		0x200
#define TLB_16K		0x20
#define TLB_64K		0x30
#define TLB_1M		0x50
#define TLB_16M		0x70
#define TLB_256M	0x90
#define TLB_I		0x400
#define TLB_G		0x100
#define TLB_X		4
#define TLB_W		2
#define TLB_R		1
#define TLB_IO		(TLB_I | TLB_G | TLB_W | TLB_R)

/* entries: those of start.S, then RAM */
#define TLB_RAM		8

#endif
