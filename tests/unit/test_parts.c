/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_parts.c - cards and USB functions as nodes of the tree.
 *
 * Expected slots and interrupts are those of Linux's bamboo.dts.
 */
#include <CUnit/CUnit.h>
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
	struct errmsg msg;
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

void test_parts_no_slot(void)
{
	struct board_part part = {
		BUS_PART_PCI, "card", "pci10ec,8139", 0, false, "--nic rtl8139"
	};
	struct errmsg msg;
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
