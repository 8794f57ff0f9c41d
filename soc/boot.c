/* SPDX-License-Identifier: MIT */
/*
 * soc/boot.c - does what U-Boot's bootm or IBM's PIBS would: puts the kernel,
 * the initrd, the device tree and U-Boot's board information into RAM, and
 * says with which registers the CPU enters.
 *
 * It writes to the RAM it is given and, through board_console, to the serial
 * port; it does not know the CPU.  Layout, with `top` the end of RAM or 256 MB,
 * whatever is lower, which is what one TLB entry of the kernel maps:
 *
 *	image		where it wants to be
 *	(gap)		room for the kernel's bss and a wrapper's heap
 *	device tree	8-byte aligned, below the initrd
 *	initrd		page aligned
 *	top - 1 MB	bd_info, command line
 *	top		stack, growing down
 */
#include "soc/boot.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"

#define MAP_MAX	       (256u << 20)
#define FIRMWARE_BYTES (1u << 20)
#define GAP_BYTES      (2u << 20)
#define PAGE_BYTES     4096u
#define EPAPR_MAGIC    0x45504150u
#define APPEND_MAX     2047u /* Linux/PowerPC takes 2048 with the NUL */

struct layout {
	u8 *ram;
	u64 ram_bytes;
	u32 floor; /* end of the image, with the gap */
	u32 top;
	u32 initrd_start, initrd_end;
	u32 tree;
	u32 info; /* the megabyte of bd_info and command line */
};

static int place_image(struct layout *l, const struct image *img,
		       struct errmsg *msg)
{
	const struct image_segment *s;
	unsigned int i;
	u64 end;

	for (i = 0; i < img->nseg; i++) {
		s = &img->seg[i];
		end = (u64)s->load + s->mem_bytes;
		if (end > l->top)
			return err_set(msg, ERR_RANGE,
				       "%s: the segment "
				       "0x%x..0x%llx lies beyond the RAM that "
				       "can be used, 0x%x bytes",
				       img->path,
				       s->load, (unsigned long long)end - 1,
				       l->top);
		memcpy(l->ram + s->load, s->data, s->file_bytes);
		memset(l->ram + s->load + s->file_bytes, 0,
		       s->mem_bytes - s->file_bytes);
		if (end > l->floor)
			l->floor = (u32)end;
	}
	if (l->floor > l->info || l->info - l->floor < GAP_BYTES)
		return err_set(msg, ERR_RANGE,
			       "%s: the image ends at 0x%x, "
			       "which leaves no room below 0x%x",
			       img->path,
			       l->floor, l->top);
	l->floor += GAP_BYTES;
	return 0;
}

static int place_initrd(struct layout *l, const char *path, struct errmsg *msg)
{
	u64 size, room = l->info - l->floor;
	struct errmsg why = { "" };
	u8 *data;
	int rc;

	l->initrd_start = l->initrd_end = 0;
	if (!path)
		return 0;
	rc = file_read(path, room, &data, &size, &why);
	if (rc == -ERR_RANGE)
		return err_set(msg, ERR_RANGE,
			       "%s: the initrd does not fit in "
			       "the %llu bytes that the kernel leaves",
			       path,
			       (unsigned long long)room);
	if (rc)
		return err_set(msg, -rc, "%s", why.text);
	if (!size)
		rc = err_set(msg, ERR_FORMAT, "%s: the initrd is empty", path);
	if (!rc) {
		l->initrd_start = (l->info - (u32)size) & ~(PAGE_BYTES - 1);
		l->initrd_end = l->initrd_start + (u32)size;
		memcpy(l->ram + l->initrd_start, data, size);
	}
	free(data);
	return rc;
}

static int place_tree(struct layout *l, const struct board *b,
		      struct errmsg *msg)
{
	u32 below = l->initrd_start ? l->initrd_start : l->info;

	if (l->floor > below || below - l->floor < b->blob_bytes + 7)
		return err_set(msg, ERR_RANGE,
			       "%s: a device tree of %u bytes "
			       "does not fit beside kernel and initrd",
			       b->name, b->blob_bytes);
	l->tree = (below - b->blob_bytes) & ~7u;
	memcpy(l->ram + l->tree, b->blob, b->blob_bytes);
	return 0;
}

/*
 * U-Boot's bd_t, as a wrapper built with TARGET_4xx and TARGET_44x reads it:
 *
 *	00 memstart	04 memsize	08 flashstart	0c flashsize
 *	10 flashoffset	14 sramstart	18 sramsize	1c bootflags
 *	20 ip_addr	24 enetaddr[6]	2a ethspeed	2c intfreq, Hz
 *	30 busfreq, Hz	34 baudrate	38 s_version[4]	3c r_version[32]
 *	5c procfreq	60 plb_busfreq	64 pci_busfreq	68 pci_enetaddr[6]
 *	6e enet1addr[6]	74 opbfreq	78 iic_fast[2]
 *
 * Source: [LX] arch/powerpc/boot/ppcboot.h, cuboot-bamboo.c.
 */
#define BD_BYTES 128u

static void fill_bd_info(u8 *bd, const struct layout *l,
			 const struct board *b, const struct clk *clk)
{
	memset(bd, 0, BD_BYTES);
	stb32(bd + 0x04, (u32)l->ram_bytes);
	stb32(bd + 0x08, 0xfff00000);
	stb32(bd + 0x0c, 0x00100000);
	board_mac(b, 0, bd + 0x24);
	stb16(bd + 0x2a, 100);
	stb32(bd + 0x2c, (u32)clk->hz[CLK_CPU]);
	stb32(bd + 0x30, (u32)clk->hz[CLK_PLB]);
	stb32(bd + 0x34, 115200);
	stb32(bd + 0x5c, (u32)clk->hz[CLK_CPU]);
	stb32(bd + 0x60, (u32)clk->hz[CLK_PLB]);
	stb32(bd + 0x64, (u32)clk->hz[CLK_PCI]);
	board_mac(b, 1, bd + 0x6e);
	stb32(bd + 0x74, (u32)clk->hz[CLK_OPB]);
}

static void enter_uboot(struct boot_plan *plan, const struct layout *l,
			const struct board *b, const char *append,
			const struct clk *clk)
{
	u32 line = l->info + PAGE_BYTES;

	fill_bd_info(l->ram + l->info, l, b, clk);
	plan->gpr[3] = l->info;
	plan->gpr[4] = l->initrd_start;
	plan->gpr[5] = l->initrd_end;
	if (append && *append) {
		memcpy(l->ram + line, append, strlen(append) + 1);
		plan->gpr[6] = line;
		plan->gpr[7] = line + (u32)strlen(append);
	}
	plan->has_io_map = true;
}

/*
 * The tree that a wrapper carries, with the room up to the next page, where
 * its linker script puts the kernel.  NULL: it expects one from its loader.
 */
static u8 *wrapper_tree(const struct layout *l, const struct image *img,
			u32 *room)
{
	const struct image_segment *s;
	unsigned int i;
	u32 at, size, end;
	u8 *p;

	for (i = 0; i < img->nseg; i++) {
		s = &img->seg[i];
		for (at = (s->load + 3) & ~3u;
		     at + 4 <= s->load + s->file_bytes; at += 4) {
			p = l->ram + at;
			if (ldb32(p) != 0xd00dfeed)
				continue;
			size = board_tree_bytes(p, s->load +
							   s->file_bytes - at);
			if (!size)
				continue;
			end = at + size;
			while (end % PAGE_BYTES &&
			       end < s->load + s->file_bytes && !l->ram[end])
				end++;
			*room = end - at;
			return p;
		}
	}
	return NULL;
}

/*
 * A treeboot wrapper looks at no register: it has a tree, and the MAC
 * addresses from PIBS's flash.  One without a tree looks for ePAPR's.
 */
static int enter_wrapper(struct boot_plan *plan, const struct layout *l,
			 const struct image *img,
			 const struct board_boot *boot, struct errmsg *msg)
{
	u32 room;
	u8 *tree = wrapper_tree(l, img, &room);

	plan->gpr[3] = l->tree;
	plan->gpr[6] = EPAPR_MAGIC;
	plan->gpr[7] = plan->map_bytes;
	plan->has_io_map = true;
	if (!tree || (!boot->append && !boot->initrd_end))
		return 0;
	return board_patch_tree(tree, room, boot, img->path, msg);
}

static void enter_linux(struct boot_plan *plan, const struct layout *l)
{
	plan->gpr[3] = l->tree;
	plan->gpr[6] = EPAPR_MAGIC;
	plan->gpr[7] = plan->map_bytes;
}

/**
 * boot_prepare - put everything into RAM and say how to enter
 * @plan:        filled
 * @b:           walked and built; its tree is fixed up
 * @img:         kernel image
 * @initrd_path: file, or NULL; copied as it is, packed or not
 * @append:      command line, NULL keeps that of the tree
 * @ram:         host memory of physical 0
 * @ram_bytes:   its length
 * @clk:         the machine's clocks
 * @msg:         one line on failure
 *
 * Registers, by img->entry_kind:
 *   IMAGE_LINUX	r3 tree, r4 r5 0, r6 ePAPR magic (not looked at),
 *			r7 bytes mapped
 *   IMAGE_UBOOT	r3 bd_info, r4 r5 initrd, r6 r7 command line, each as
 *			first byte and byte behind the last, 0 when absent
 *   IMAGE_WRAPPER	as IMAGE_LINUX; a wrapper with a tree of its own looks
 *			at none, so command line and initrd go into that tree
 * r1 is a stack at the top in all cases, and the console is set up.  May be
 * called again after a reset.
 *
 * Returns: 0; -ERR_RANGE when something does not fit; what file_read,
 *          board_fixup and board_patch_tree return.
 * Source:  [LX] Documentation/powerpc/booting.rst, head_44x.S, and in
 *          arch/powerpc/boot: cuboot.c, treeboot-bamboo.c, epapr.c;
 *          [EPAPR] 5.4.
 */
int boot_prepare(struct boot_plan *plan, struct board *b,
		 const struct image *img, const char *initrd_path,
		 const char *append, u8 *ram, u64 ram_bytes,
		 const struct clk *clk, struct errmsg *msg)
{
	struct layout l = { .ram = ram, .ram_bytes = ram_bytes };
	struct board_boot boot = { .ram_bytes = ram_bytes, .append = append };
	int rc;

	memset(plan, 0, sizeof(*plan));
	if (append && strlen(append) > APPEND_MAX)
		return err_set(msg, ERR_RANGE,
			       "--append: %zu characters are "
			       "more than the %u that Linux takes",
			       strlen(append), APPEND_MAX);
	l.top = ram_bytes < MAP_MAX ? (u32)ram_bytes : MAP_MAX;
	if (l.top < 4 * FIRMWARE_BYTES)
		return err_set(msg, ERR_RANGE,
			       "--mem: %llu bytes are too few "
			       "to start a kernel",
			       (unsigned long long)ram_bytes);
	l.info = (l.top - FIRMWARE_BYTES) & ~(PAGE_BYTES - 1);
	plan->map_bytes = l.top;
	plan->pc = img->entry;
	plan->gpr[1] = (l.top & ~15u) - 64; /* with a null back chain */
	memset(ram + plan->gpr[1], 0, l.top - plan->gpr[1]);
	rc = place_image(&l, img, msg);
	if (!rc)
		rc = place_initrd(&l, initrd_path, msg);
	boot.initrd_start = l.initrd_start;
	boot.initrd_end = l.initrd_end;
	if (!rc)
		rc = board_fixup(b, &boot, clk, msg);
	if (!rc)
		rc = place_tree(&l, b, msg);
	if (rc)
		return rc;
	board_console(b, boot.console);
	if (img->entry_kind == IMAGE_UBOOT)
		enter_uboot(plan, &l, b, append, clk);
	else if (img->entry_kind == IMAGE_WRAPPER)
		rc = enter_wrapper(plan, &l, img, &boot, msg);
	else
		enter_linux(plan, &l);
	return rc;
}
