/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_board_chip.c - what a tree for the 440EP gets beside what it
 * says: the parts of a shipped board, and the banks of the external bus.
 *
 * Expected parts are those of Bamboo; trees are the chip's with a few nodes.
 */
#include <CUnit/CUnit.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bits.h"
#include "soc/board.h"
#include "tests/unit/unit.h"

#define CHIP "/dts-v1/; /include/ \"ppc440ep.dtsi\""

struct rig {
	struct board b;
	struct errmsg msg;
	char path[64];
};

static void rig_close(struct rig *r)
{
	board_free(&r->b);
	unlink(r->path);
}

/* Load and walk a source text; what board_load or board_walk returned. */
static int rig_walk(struct rig *r, const char *dts)
{
	const char *src = getenv("srcdir");
	char dir[512];
	int fd, rc;

	memset(r, 0, sizeof(*r));
	snprintf(dir, sizeof(dir), "%s/soc/boards", src ? src : ".");
	setenv("CULM_BOARDS", dir, 0);
	strcpy(r->path, "/tmp/culm-board-XXXXXX");
	fd = mkstemp(r->path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_FATAL(write(fd, dts, strlen(dts)) == (ssize_t)strlen(dts));
	close(fd);
	rc = board_load(&r->b, r->path, &r->msg);
	return rc ? rc : board_walk(&r->b, &r->msg);
}

static int at(const struct rig *r, const char *path)
{
	for (unsigned int i = 0; i < r->b.count; i++)
		if (!strcmp(r->b.node[i].path, path))
			return (int)i;
	return -1;
}

static const struct board_node *node(const struct rig *r, const char *path)
{
	int i = at(r, path);

	CU_ASSERT_FATAL(i >= 0);
	return &r->b.node[i];
}

static const void *prop(const struct rig *r, const char *path,
			const char *name, int *len)
{
	return fdt_getprop(r->b.blob, fdt_path_offset(r->b.blob, path), name,
			   len);
}

/* Linux's bamboo.dts names none of these. */
void test_board_chip_parts(void)
{
	static const char *const path[] = {
		"/plb/opb/ebc/flash@0,0", "/plb/opb/ebc/flash@4,0",
		"/plb/opb/ebc/nvram@5,0", "/plb/opb/ebc/fpga@5,2000",
		"/plb/opb/i2c@ef600700/spd@50",
		"/plb/opb/i2c@ef600700/rtc@68",
	};
	struct rig r;
	unsigned int i;
	int len;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, CHIP
		"/ { compatible = \"amcc,bamboo\"; };"), 0);
	for (i = 0; i < ARRAY_SIZE(path); i++) {
		CU_ASSERT_TRUE(node(&r, path[i])->is_implied);
		CU_ASSERT_EQUAL(node(&r, path[i])->kind, NODE_DEVICE);
		CU_ASSERT(fdt_path_offset(r.b.blob, path[i]) < 0);
	}
	/* the EBC's banks, as its firmware sets them up */
	CU_ASSERT(prop(&r, "/plb/opb/ebc", "ranges", &len) && len == 5 * 16);
	rig_close(&r);
	/* another maker's board has the chip only */
	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, CHIP
		"/ { compatible = \"acube,bamboo\"; };"), 0);
	CU_ASSERT_EQUAL(at(&r, path[0]), -1);
	rig_close(&r);
}

/* Same place on the same bus, whatever the name and the address. */
void test_board_chip_own(void)
{
	struct rig r;
	unsigned int i, rtcs = 0;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, CHIP
		"/ { compatible = \"my,board\", \"amcc,bamboo\"; };"
		"&EBC0 { ranges = <0 0 0xff000000 0x01000000>;"
		" rom@0,0 { compatible = \"cfi-flash\"; bank-width = <2>;"
		" reg = <0 0 0x01000000>; }; };"
		"&IIC0 { clock@68 { compatible = \"dallas,ds1307\";"
		" reg = <0x68>; }; x@48 { status = \"disabled\";"
		" compatible = \"a,b\"; reg = <0x48>; }; };"
		"&IIC1 { status = \"disabled\"; };"), 0);
	CU_ASSERT_EQUAL(at(&r, "/plb/opb/ebc/flash@0,0"), -1);
	CU_ASSERT_EQUAL(at(&r, "/plb/opb/i2c@ef600700/sensor@48"), -1);
	CU_ASSERT_TRUE(node(&r, "/plb/opb/ebc/flash@4,0")->is_implied);
	CU_ASSERT_TRUE(node(&r, "/plb/opb/i2c@ef600700/spd@50")->is_implied);
	for (i = 0; i < r.b.count; i++)
		rtcs += r.b.node[i].cls &&
			!strcmp(r.b.node[i].cls->name, "rtc");
	CU_ASSERT_EQUAL(rtcs, 1);
	rig_close(&r);
	/* a bus that is off has no chips */
	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, CHIP
		"/ { compatible = \"amcc,bamboo\"; };"
		"&IIC0 { status = \"disabled\"; };"), 0);
	CU_ASSERT_EQUAL(at(&r, "/plb/opb/i2c@ef600700/spd@50"), -1);
	rig_close(&r);
}

/* U-Boot has Yosemite's 64 MB of flash at 0xfc000000, up to the reset vector. */
void test_board_chip_ranges(void)
{
	static const u32 want[] = {
		0, 0, 0xfc000000, 0x04000000,
		2, 0, 0x80000000, 0x00100000,
		3, 0, 0x80400000, 0x00400000,
	};
	const struct board_node *n;
	struct rig r;
	const u8 *p;
	int len, i;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, CHIP
		"/ { compatible = \"amcc,yosemite\"; };"
		"&EBC0 { nor@0,0 { compatible = \"cfi-flash\";"
		" bank-width = <2>; reg = <0 0 0x04000000>; };"
		"a@3,0 { compatible = \"x,y\"; reg = <3 0 8>; };"
		"b@3,200000 { compatible = \"x,y\";"
		" reg = <3 0x200000 16>; };"
		"c@2,0 { compatible = \"x,y\"; reg = <2 0 1>; }; };"), 0);
	p = prop(&r, "/plb/opb/ebc", "ranges", &len);
	CU_ASSERT_FATAL(p && len == sizeof(want));
	for (i = 0; i < (int)ARRAY_SIZE(want); i++)
		CU_ASSERT_EQUAL(ldb32(p + 4 * i), want[i]);
	n = node(&r, "/plb/opb/ebc/nor@0,0");
	CU_ASSERT(n->nmmio == 1 && n->mmio[0].base == 0xfc000000);
	n = node(&r, "/plb/opb/ebc/b@3,200000");
	CU_ASSERT(n->nmmio == 1 && n->mmio[0].base == 0x80600000);
	rig_close(&r);
	/* 128 MB is the largest bank: what reaches beyond it is refused */
	CU_ASSERT_EQUAL(rig_walk(&r, CHIP
		"/ { compatible = \"amcc,yosemite\"; };"
		"&EBC0 { nor@0,0 { compatible = \"cfi-flash\";"
		" bank-width = <2>; reg = <0 0 0x10000000>; }; };"),
		-ERR_RANGE);
	rig_close(&r);
}
