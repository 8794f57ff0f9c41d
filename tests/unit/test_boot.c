/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_boot.c - what is in RAM and in the registers at the entry.
 *
 * Registers: Linux's Documentation/powerpc/booting.rst for the kernel, its
 * arch/powerpc/boot (ppcboot.h, cuboot.c, treeboot-bamboo.c) for wrappers.
 */
#include <CUnit/CUnit.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/boot.h"

#define RAM (32u << 20)

struct rig {
	struct board b;
	struct clk clk;
	struct errmsg msg;
	struct image img;
	struct image_segment seg;
	struct boot_plan plan;
	u8 code[8192];
	u8 *ram;
	char initrd[64];
};

static void rig_open(struct rig *r)
{
	const char *src = getenv("srcdir");
	char dir[512];

	memset(r, 0, sizeof(*r));
	snprintf(dir, sizeof(dir), "%s/soc/boards", src ? src : ".");
	setenv("CULM_BOARDS", dir, 0);
	clk_init(&r->clk);
	r->clk.hz[CLK_CPU] = 533333328;
	r->clk.hz[CLK_PLB] = 133333332;
	r->clk.hz[CLK_OPB] = 66666666;
	r->ram = xcalloc(RAM, 1);
	memset(r->ram, 0xaa, RAM);
	memset(r->code, 0x60, sizeof(r->code));
	CU_ASSERT_EQUAL_FATAL(board_load(&r->b, "bamboo", &r->msg), 0);
	CU_ASSERT_EQUAL_FATAL(board_walk(&r->b, &r->msg), 0);
	r->img.path = "kernel";
	r->img.seg = &r->seg;
	r->img.nseg = 1;
	r->seg.load = 0x10000;
	r->seg.data = r->code;
	r->seg.file_bytes = sizeof(r->code);
	r->seg.mem_bytes = sizeof(r->code) + 256;
	r->img.entry = 0x10000;
}

static void rig_close(struct rig *r)
{
	board_free(&r->b);
	if (r->initrd[0])
		unlink(r->initrd);
	free(r->ram);
}

static void rig_initrd(struct rig *r, u32 bytes)
{
	u8 *data = xcalloc(bytes + 1, 1);
	int fd;

	memset(data, 0x5a, bytes);
	strcpy(r->initrd, "/tmp/culm-initrd-XXXXXX");
	fd = mkstemp(r->initrd);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(write(fd, data, bytes) == (ssize_t)bytes);
	close(fd);
	free(data);
}

static int prepare(struct rig *r, const char *append)
{
	r->msg.text[0] = 0;
	return boot_prepare(&r->plan, &r->b, &r->img,
			    r->initrd[0] ? r->initrd : NULL, append, r->ram,
			    RAM, &r->clk, &r->msg);
}

static u32 chosen(const void *tree, const char *name)
{
	int len;
	const void *p = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"),
				    name, &len);

	return p && len == 4 ? ldb32(p) : 0;
}

static const char *bootargs(const void *tree)
{
	return fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs",
			   NULL);
}

void test_boot_linux(void)
{
	struct rig r;
	const u8 *tree;
	u32 start, end;

	rig_open(&r);
	rig_initrd(&r, 5001);
	CU_ASSERT_EQUAL_FATAL(prepare(&r, "console=ttyS0"), 0);
	CU_ASSERT_EQUAL(r.plan.pc, 0x10000);
	CU_ASSERT_EQUAL(r.plan.gpr[3] % 8, 0);
	CU_ASSERT_EQUAL(r.plan.gpr[4], 0);
	CU_ASSERT_EQUAL(r.plan.gpr[5], 0);
	CU_ASSERT_EQUAL(r.plan.map_bytes, RAM);
	CU_ASSERT(r.plan.gpr[3] + r.b.blob_bytes <= RAM);
	tree = r.ram + r.plan.gpr[3];
	CU_ASSERT_EQUAL(fdt_check_full(tree, r.b.blob_bytes), 0);
	CU_ASSERT_STRING_EQUAL(bootargs(tree), "console=ttyS0");
	start = chosen(tree, "linux,initrd-start");
	end = chosen(tree, "linux,initrd-end");
	CU_ASSERT_EQUAL(end - start, 5001);
	CU_ASSERT_EQUAL(start % 4096, 0);
	CU_ASSERT(start >= r.plan.gpr[3] + r.b.blob_bytes ||
		  end <= r.plan.gpr[3]);
	CU_ASSERT(start > 0x10000 + r.seg.mem_bytes && end <= RAM);
	CU_ASSERT_EQUAL(r.ram[start], 0x5a);
	CU_ASSERT_EQUAL(r.ram[end - 1], 0x5a);
	/* the kernel, and its bss cleared */
	CU_ASSERT_EQUAL(memcmp(r.ram + 0x10000, r.code, sizeof(r.code)), 0);
	CU_ASSERT_EQUAL(r.ram[0x10000 + sizeof(r.code)], 0);
	CU_ASSERT_EQUAL(r.ram[0x10000 + sizeof(r.code) + 255], 0);
	CU_ASSERT_EQUAL(r.ram[0x10000 + sizeof(r.code) + 256], 0xaa);
	rig_close(&r);
}

void test_boot_again(void)
{
	struct boot_plan first;
	struct rig r;

	rig_open(&r);
	rig_initrd(&r, 100);
	CU_ASSERT_EQUAL_FATAL(prepare(&r, "a"), 0);
	first = r.plan;
	CU_ASSERT_EQUAL_FATAL(prepare(&r, "a"), 0);
	CU_ASSERT_EQUAL(memcmp(&first, &r.plan, sizeof(first)), 0);
	rig_close(&r);
}

void test_boot_too_big(void)
{
	struct rig r;
	char line[3000];

	rig_open(&r);
	r.seg.load = RAM - 4096;
	CU_ASSERT_EQUAL(prepare(&r, NULL), -ERR_RANGE);
	CU_ASSERT(!strncmp(r.msg.text, "kernel: ", 8));
	r.seg.load = 0xfffff000;
	CU_ASSERT_EQUAL(prepare(&r, NULL), -ERR_RANGE);
	r.seg.load = RAM - 16384;
	CU_ASSERT_EQUAL(prepare(&r, NULL), -ERR_RANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, "no room"));
	r.seg.load = 0;
	rig_initrd(&r, RAM - (3 << 20));
	CU_ASSERT_EQUAL(prepare(&r, NULL), -ERR_RANGE);
	CU_ASSERT(!strncmp(r.msg.text, r.initrd, strlen(r.initrd)));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, "does not fit"));
	unlink(r.initrd);
	rig_initrd(&r, 0);
	CU_ASSERT_EQUAL(prepare(&r, NULL), -ERR_FORMAT);
	unlink(r.initrd);
	CU_ASSERT_EQUAL(prepare(&r, NULL), -ERR_NOENT);
	r.initrd[0] = 0;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = 0;
	CU_ASSERT_EQUAL(prepare(&r, line), -ERR_RANGE);
	CU_ASSERT(!strncmp(r.msg.text, "--append", 8));
	rig_close(&r);
}

void test_boot_uboot(void)
{
	static const u8 mac0[6] = { 2, 'C', 'U', 'L', 'M', 0 };
	static const u8 mac1[6] = { 2, 'C', 'U', 'L', 'M', 1 };
	struct rig r;
	const u8 *bd;
	u32 n;

	rig_open(&r);
	rig_initrd(&r, 77);
	r.img.entry_kind = IMAGE_UBOOT;
	CU_ASSERT_EQUAL_FATAL(prepare(&r, "quiet"), 0);
	bd = r.ram + r.plan.gpr[3];
	CU_ASSERT_EQUAL(ldb32(bd), 0);
	CU_ASSERT_EQUAL(ldb32(bd + 4), RAM);
	CU_ASSERT_EQUAL(memcmp(bd + 0x24, mac0, 6), 0);
	CU_ASSERT_EQUAL(ldb32(bd + 0x34), 115200);
	CU_ASSERT_EQUAL(ldb32(bd + 0x5c), 533333328);
	CU_ASSERT_EQUAL(ldb32(bd + 0x60), 133333332);
	CU_ASSERT_EQUAL(memcmp(bd + 0x6e, mac1, 6), 0);
	CU_ASSERT_EQUAL(ldb32(bd + 0x74), 66666666);
	CU_ASSERT_EQUAL(r.plan.gpr[5] - r.plan.gpr[4], 77);
	CU_ASSERT_EQUAL(r.ram[r.plan.gpr[4]], 0x5a);
	n = r.plan.gpr[7] - r.plan.gpr[6];
	CU_ASSERT_EQUAL(n, 5);
	CU_ASSERT_EQUAL(memcmp(r.ram + r.plan.gpr[6], "quiet", 6), 0);
	/* the wrapper's heap ends 1 MB below the end of memory */
	CU_ASSERT(r.plan.gpr[1] > RAM - (1 << 20) && r.plan.gpr[1] < RAM);
	CU_ASSERT(r.plan.gpr[3] >= RAM - (1 << 20));
	CU_ASSERT_TRUE(r.plan.has_io_map);
	rig_close(&r);
}

/* A tree with an empty /chosen into the wrapper; returns where. */
static u8 *embed_tree(struct rig *r, u32 at)
{
	void *blob = r->code + at;

	memset(r->code, 0x60, sizeof(r->code));
	memset(r->code + at, 0, 4096);
	fdt_create(blob, 4096);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_begin_node(blob, "chosen");
	fdt_end_node(blob);
	fdt_end_node(blob);
	fdt_finish(blob);
	r->img.entry_kind = IMAGE_WRAPPER;
	return r->ram + r->seg.load + at;
}

void test_boot_wrapper(void)
{
	struct rig r;
	const u8 *tree;
	char line[1600];

	rig_open(&r);
	rig_initrd(&r, 77);
	tree = embed_tree(&r, 0x800);
	CU_ASSERT_EQUAL_FATAL(prepare(&r, "quiet"), 0);
	CU_ASSERT_STRING_EQUAL(bootargs(tree), "quiet");
	CU_ASSERT_EQUAL(chosen(tree, "linux,initrd-end") -
				chosen(tree, "linux,initrd-start"),
			77);
	/* the linker's next page, 0x11000, is where the kernel begins */
	CU_ASSERT(tree + fdt_totalsize(tree) <= r.ram + 0x11000);
	embed_tree(&r, 0xc00);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = 0;
	CU_ASSERT_EQUAL(prepare(&r, line), -ERR_RANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, "no room"));
	rig_close(&r);
}

void test_boot_epapr(void)
{
	struct rig r;

	rig_open(&r);
	r.img.entry_kind = IMAGE_WRAPPER;
	CU_ASSERT_EQUAL_FATAL(prepare(&r, "quiet"), 0);
	CU_ASSERT_STRING_EQUAL(bootargs(r.ram + r.plan.gpr[3]), "quiet");
	CU_ASSERT_EQUAL(r.plan.gpr[6], 0x45504150);
	CU_ASSERT_EQUAL(r.plan.gpr[7], r.plan.map_bytes);
	CU_ASSERT_TRUE(r.plan.has_io_map);
	rig_close(&r);
}
