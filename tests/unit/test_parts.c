/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_parts.c - cards and USB functions as nodes of the tree.
 *
 * Expected slots and interrupts are those of Linux's bamboo.dts.
 */
#include <CUnit/CUnit.h>
#include <libfdt.h>
#include <stdlib.h>

#include "soc/board.h"
#include "tests/unit/unit.h"

static void open_board(struct board *b, struct errmsg *msg)
{
	const char *src = getenv("srcdir");
	char dir[512];

	snprintf(dir, sizeof(dir), "%s/soc/boards", src ? src : ".");
	setenv("CULM_BOARDS", dir, 0);
	CU_ASSERT_EQUAL_FATAL(board_load(b, "bamboo", msg), 0);
}

static const struct board_node *node_named(const struct board *b,
					   const char *path)
{
	for (unsigned int i = 0; i < b->count; i++)
		if (!strcmp(b->node[i].path, path))
			return &b->node[i];
	return NULL;
}

/* Slots 1 to 4 of a Bamboo lead to inputs 28, 27, 26, 25 of UIC0, all pins. */
void test_parts_cards(void)
{
	static const struct { const char *path; unsigned int input; } want[] = {
		{ "/plb/pci@ec000000/card@1", 28 },
		{ "/plb/pci@ec000000/card@2", 27 },
		{ "/plb/pci@ec000000/card@3", 26 },
		{ "/plb/pci@ec000000/card@4", 25 },
		{ "/plb/pci@ec000000/card@1,1", 28 },
	};
	const struct board_node *n;
	struct board_part part = {
		BUS_PART_PCI, "card", "pci10ec,8139", 0, false, "--nic"
	};
	struct errmsg msg = { "" };
	struct board b;

	open_board(&b, &msg);
	for (part.index = 0; part.index < ARRAY_SIZE(want); part.index++)
		CU_ASSERT_EQUAL_FATAL(board_add_part(&b, &part, &msg), 0);
	CU_ASSERT_EQUAL_FATAL(board_walk(&b, &msg), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
		n = node_named(&b, want[i].path);
		CU_ASSERT_PTR_NOT_NULL_FATAL(n);
		CU_ASSERT_EQUAL(n->nirq, 1);
		CU_ASSERT_EQUAL(n->irq[0].input, want[i].input);
		CU_ASSERT_EQUAL(n->irq[0].sense, 8);
		CU_ASSERT_STRING_EQUAL(b.node[n->irq[0].controller].path,
				       "/interrupt-controller0");
	}
	board_free(&b);
}

/* Device 12 alone has a line on a Yosemite: four cells of Linux's tree. */
void test_parts_one_slot(void)
{
	static const u32 row[] = { 0x6000, 0, 0, 0, 0, 25, 8 };
	struct board_part part = {
		BUS_PART_PCI, "card", "pci10ec,8139", 0, false, "--nic rtl8139"
	};
	const char *path = "/plb/pci@ec000000";
	const struct board_node *n;
	struct errmsg msg = { "" };
	struct board b;
	fdt32_t *map;
	int len, at;

	open_board(&b, &msg);
	at = fdt_path_offset(b.blob, path);
	map = fdt_getprop_w(b.blob, at, "interrupt-map", &len);
	CU_ASSERT_PTR_NOT_NULL_FATAL(map);
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++)
		if (i != 4)
			map[i] = cpu_to_fdt32(row[i]);
	fdt_setprop(b.blob, at, "interrupt-map", map, 4 * ARRAY_SIZE(row));
	while (part.index < 9 && !board_add_part(&b, &part, &msg))
		part.index++;
	CU_ASSERT_EQUAL(part.index, 8);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "no more than 8"));
	CU_ASSERT_EQUAL_FATAL(board_walk(&b, &msg), 0);
	n = node_named(&b, "/plb/pci@ec000000/card@c");
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	CU_ASSERT_EQUAL(n->irq[0].input, 25);
	board_free(&b);
}

/* A Sam440ep's tree says nothing of its slots' interrupts. */
void test_parts_no_line(void)
{
	struct board_part part = {
		BUS_PART_PCI, "card", "pci10ec,8139", 0, false, "--nic rtl8139"
	};
	struct errmsg msg = { "" };
	struct board b;

	open_board(&b, &msg);
	fdt_delprop(b.blob, fdt_path_offset(b.blob, "/plb/pci@ec000000"),
		    "interrupt-map");
	CU_ASSERT_EQUAL(board_add_part(&b, &part, &msg), -ERR_UNSUPP);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "pci@ec000000: no interrupt-map"));
	board_free(&b);
}

void test_parts_no_slot(void)
{
	struct board_part part = {
		BUS_PART_PCI, "card", "pci10ec,8139", 0, false, "--nic rtl8139"
	};
	struct errmsg msg = { "" };
	struct board b;

	open_board(&b, &msg);
	part.bus = BUS_PART_USB;
	part.option = "--drive x,if=usb";
	while (part.index < 3 && !board_add_part(&b, &part, &msg))
		part.index++;
	/* an OHCI of the 440EP has two ports; none until it has a class */
	CU_ASSERT_TRUE(part.index == (dev_class_find("ohci-be") ? 2u : 0u));
	board_free(&b);
}
