/* SPDX-License-Identifier: MIT */
/*
 * main.c - a firmware for Bamboo that does what boot loaders of the 440EP do:
 * from reset in flash to Linux, in the order in which they do it.
 *
 * In flash: clocks, external bus, console, memory.  In RAM: flash chips,
 * images, device tree, Linux.  NVRAM byte 0 'N': from NAND, before NOR.
 */
#include "fw.h"

#define NVRAM_CLOCK	(BOARD_EA + 0x1ff8)
#define FPGA_SETTING	(BOARD_EA + 0x2003)
#define MB		(1u << 20)
#define IMAGES		4

void fw_unexpected(u32 vector, u32 srr0, u32 dear, u32 esr, u32 mcsr)
{
	stop("interrupt %u at 0x%8x, DEAR 0x%8x, ESR 0x%8x, MCSR 0x%8x",
	     vector, srr0, dear, esr, mcsr);
}

void fw_first(void)
{
	struct fw fw;

	memset(&fw, 0, sizeof(fw));
	clocks_init(&fw);
	ebc_init();
	console_init();
	say("\nfw: Culm's test firmware; stack in the data cache\n");
	say("fw: reset %u; CPU %u, PLB %u, OPB %u, EBC %u kHz\n",
	    mfspr(304) >> 28 & 3, fw.cpu_hz / 1000, fw.plb_hz / 1000,
	    fw.opb_hz / 1000, fw.ebc_hz / 1000);
	pins_init();
	ram_init(&fw);
	relocate((fw.ram > 256 * MB ? 256 * MB : fw.ram) - FW_BYTES, &fw,
		 sizeof(fw));
}

static void show_board(void)
{
	u32 t[8], i;

	say("fw: board setting 0x%2x\n", (u32)in8(FPGA_SETTING));
	out8(NVRAM_CLOCK, in8(NVRAM_CLOCK) | 0x40);
	for (i = 0; i < 8; i++)
		t[i] = in8(NVRAM_CLOCK + i);
	out8(NVRAM_CLOCK, in8(NVRAM_CLOCK) & ~0x40);
	say("fw: NVRAM clock %2x%2x-%2x-%2x %2x:%2x:%2x\n", t[0] & 0x3f, t[7],
	    t[6] & 0x1f, t[5] & 0x3f, t[3] & 0x3f, t[2] & 0x7f, t[1] & 0x7f);
}

static const struct image *image_of(const struct image *im, u32 n, u32 type)
{
	for (; n; n--, im++)
		if (im->type == type)
			return im;
	return 0;
}

static void boot(const struct fw *fw, const struct image *im, u32 n)
{
	const struct image *kernel = image_of(im, n, IMAGE_KERNEL);
	const struct image *tree = image_of(im, n, IMAGE_TREE);
	const struct image *disk = image_of(im, n, IMAGE_RAMDISK);
	u32 size = kernel->size, initrd = 0, end = 0;
	u8 *dtb = (u8 *)im[0].data - 0x11000;

	if (kernel->comp == 1)
		size = gunzip(kernel->data, size, (u8 *)kernel->load,
			      (u32)dtb - kernel->load);
	else
		memcpy((u8 *)kernel->load, kernel->data, size);
	if (!size)
		stop("the kernel is damaged, or too large");
	say("fw: kernel of %u bytes at 0x%x\n", size, kernel->load);
	if (disk) {
		initrd = (u32)disk->data;
		end = initrd + disk->size;
	}
	if (!tree_fix(fw, tree->data, dtb, initrd, end))
		stop("the device tree is damaged");
	say("fw: entering Linux\n");
	enter(kernel->entry, (u32)dtb);
}

static void try(const struct fw *fw, const struct source *s)
{
	u32 top = fw->ram > 256 * MB ? 256 * MB : fw->ram, n;
	struct image im[IMAGES];
	/* half is the kernel's; the rest, less our 64 KB, for what is read */
	u8 *to = (u8 *)top - top / 2 + 0x12000;

	n = images_load(s, to, (u8 *)top - 0x20000, im, IMAGES);
	if (image_of(im, n, IMAGE_KERNEL) && image_of(im, n, IMAGE_TREE))
		boot(fw, im, n);
	say("fw: %s: no kernel with a device tree\n", s->name);
}

void fw_second(struct fw *fw)
{
	struct source s;
	u32 i, prefer_nand;

	say("fw: running from RAM at 0x%8x\n",
	    (fw->ram > 256 * MB ? 256 * MB : fw->ram) - FW_BYTES);
	show_board();
	prefer_nand = in8(BOARD_EA) == 'N';
	for (i = 0; i < 2; i++) {
		if (i == prefer_nand ? nor_find(&s) : nand_find(&s))
			try(fw, &s);
	}
	stop("nothing to boot");
}
