/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_uic.c - soc/dev/uic.c.  Expected values: Linux 6.1
 * arch/powerpc/platforms/4xx/uic.c [LX], U-Boot's values for Bamboo [UB], the
 * IBM 405GP User's Manual, chapter 10 [405GP UM].
 */
#include <CUnit/CUnit.h>

#include "base/bits.h"
#include "soc/dev.h"

extern const struct dev_class uic_class;

enum { SR, SRS, ER, CR, PR, TR, MSR, VR, VCR };

struct rig {
	struct dcr_space dcr;
	struct dev_env env;
	struct dev *dev[2];
	bool pin[2];		/* the CPU's external and critical input */
};

struct props {
	u8 index[4];
};

static const void *prop(const struct dev_node *node, const char *name, int *len)
{
	const struct props *p = node->opaque;
	static const char compatible[] = "ibm,uic-440ep\0ibm,uic";

	if (!strcmp(name, "cell-index")) {
		*len = 4;
		return p->index;
	}
	if (!strcmp(name, "compatible")) {
		*len = sizeof(compatible);
		return compatible;
	}
	return NULL;
}

static void set_pin(void *opaque, unsigned int input, bool level)
{
	((bool *)opaque)[input] = level;
}

/* UIC0 at DCR 0xc0 on the CPU, UIC1 at 0xd0 on its inputs 30 and 31. */
static void rig_open(struct rig *r)
{
	struct errmsg msg = { "" };

	memset(r, 0, sizeof(*r));
	dcr_init(&r->dcr);
	r->env.dcr = &r->dcr;
	for (unsigned int i = 0; i < 2; i++) {
		struct props p = { .index = { 0, 0, 0, (u8)i } };
		struct dev_node node = { .prop = prop, .opaque = &p };
		struct dev *dev = dev_new(&uic_class, &r->env, "/uic");

		r->dev[i] = dev;
		dev->ndcr = 1;
		dev->dcr[0].base = 0xc0 + 0x10 * i;
		dev->dcr[0].size = 9;
		dev->nirq = 2;
		for (unsigned int k = 0; k < 2; k++) {
			dev->irq[k].set = i ? uic_class.irq_in : set_pin;
			dev->irq[k].opaque = i ? (void *)r->dev[0] : r->pin;
			dev->irq[k].input = i ? 30 + k : k;
		}
		CU_ASSERT_EQUAL_FATAL(dev_map_spaces(dev, &msg), 0);
		CU_ASSERT_EQUAL_FATAL(uic_class.probe(dev, &node, &msg), 0);
	}
	for (unsigned int i = 0; i < 2; i++)
		dev_reset(r->dev[i], RESET_SYSTEM);
}

static void rig_close(struct rig *r)
{
	dev_free(r->dev[1]);
	dev_free(r->dev[0]);
	dcr_free(&r->dcr);
}

static u32 get(struct rig *r, unsigned int uic, u32 reg)
{
	u32 v = 0xdeadbeef;

	CU_ASSERT_EQUAL(dcr_read(&r->dcr, 0xc0 + 0x10 * uic + reg, &v), BUS_OK);
	return v;
}

static void put(struct rig *r, unsigned int uic, u32 reg, u32 v)
{
	CU_ASSERT_EQUAL(dcr_write(&r->dcr, 0xc0 + 0x10 * uic + reg, v), BUS_OK);
}

static void drive(struct rig *r, unsigned int uic, unsigned int n, bool level)
{
	uic_class.irq_in(r->dev[uic], n, level);
}

/* What uic_init_one of [LX] does, then set_type by where the pins lead. */
static void linux_init(struct rig *r)
{
	for (unsigned int i = 0; i < 2; i++) {
		put(r, i, ER, 0);
		put(r, i, CR, 0);
		put(r, i, TR, 0);
		put(r, i, PR, i ? ~PPC_MASK(18, 20) : ~PPC_MASK(23, 29));
		put(r, i, SR, 0xffffffff);
	}
}

void test_uic_level(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	drive(&r, 0, 0, true);
	CU_ASSERT_TRUE(get(&r, 0, SR) & PPC_BIT(0));
	CU_ASSERT_EQUAL(get(&r, 0, MSR), 0);
	CU_ASSERT_FALSE(r.pin[0]);
	put(&r, 0, ER, PPC_BIT(0));
	CU_ASSERT_EQUAL(get(&r, 0, MSR), PPC_BIT(0));
	CU_ASSERT_TRUE(r.pin[0]);
	CU_ASSERT_FALSE(r.pin[1]);
	/* [LX]: an ack has no effect while the source is asserted */
	put(&r, 0, SR, PPC_BIT(0));
	CU_ASSERT_TRUE(r.pin[0]);
	/* ... and the bit stays until the ack that follows the source */
	drive(&r, 0, 0, false);
	CU_ASSERT_TRUE(r.pin[0]);
	put(&r, 0, SR, PPC_BIT(0));
	CU_ASSERT_FALSE(r.pin[0]);
	CU_ASSERT_EQUAL(get(&r, 0, MSR), 0);
	rig_close(&r);
}

void test_uic_edge(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	put(&r, 1, TR, PPC_BIT(8));
	put(&r, 1, ER, PPC_BIT(8));
	drive(&r, 1, 8, true);
	CU_ASSERT_EQUAL(get(&r, 1, MSR), PPC_BIT(8));
	put(&r, 1, SR, PPC_BIT(8));
	/* still high, but there was no further edge */
	CU_ASSERT_EQUAL(get(&r, 1, MSR), 0);
	drive(&r, 1, 8, false);
	CU_ASSERT_EQUAL(get(&r, 1, MSR), 0);
	drive(&r, 1, 8, true);
	CU_ASSERT_EQUAL(get(&r, 1, MSR), PPC_BIT(8));
	/* a falling edge counts when PR is 0 */
	put(&r, 1, PR, ~PPC_BIT(8));
	put(&r, 1, SR, PPC_BIT(8));
	drive(&r, 1, 8, false);
	CU_ASSERT_EQUAL(get(&r, 1, MSR), PPC_BIT(8));
	rig_close(&r);
}

void test_uic_polarity_on_chip(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	/* a quiet source inside the chip is low: active if PR says so */
	put(&r, 0, PR, ~PPC_BIT(3));
	CU_ASSERT_TRUE(get(&r, 0, SR) & PPC_BIT(3));
	put(&r, 0, PR, 0xffffffff);
	put(&r, 0, SR, PPC_BIT(3));
	CU_ASSERT_FALSE(get(&r, 0, SR) & PPC_BIT(3));
	rig_close(&r);
}

/* bamboo.dts: PCI IDSEL 1-4 are UIC0 28, 27, 26, 25, sense 8 (level low). */
void test_uic_external_pins_low(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	for (unsigned int n = 25; n <= 28; n++) {
		put(&r, 0, PR, get(&r, 0, PR) & ~PPC_BIT(n));
		put(&r, 0, SR, PPC_BIT(n));
		CU_ASSERT_FALSE(get(&r, 0, SR) & PPC_BIT(n));
		drive(&r, 0, n, true);
		CU_ASSERT_TRUE(get(&r, 0, SR) & PPC_BIT(n));
		drive(&r, 0, n, false);
		put(&r, 0, SR, PPC_BIT(n));
		CU_ASSERT_FALSE(get(&r, 0, SR) & PPC_BIT(n));
	}
	rig_close(&r);
}

/* [UB] bamboo.c; every source that Bamboo's tree has must then be quiet. */
void test_uic_firmware_values(void)
{
	struct rig r;
	u32 used0 = PPC_MASK(0, 7) | PPC_MASK(10, 11) | PPC_MASK(30, 31) |
		    PPC_BIT(25) | PPC_BIT(26) | PPC_BIT(28);
	u32 used1 = PPC_MASK(0, 9) | PPC_MASK(28, 31);

	rig_open(&r);
	put(&r, 0, CR, 0x00000009);
	put(&r, 0, PR, 0xfffffe13);
	put(&r, 0, TR, 0x01c00008);
	put(&r, 0, SR, 0xffffffff);
	put(&r, 1, CR, 0);
	put(&r, 1, PR, 0xffffe0ff);
	put(&r, 1, TR, 0x00ffc000);
	put(&r, 1, SR, 0xffffffff);
	CU_ASSERT_EQUAL(get(&r, 0, SR) & used0, 0);
	CU_ASSERT_EQUAL(get(&r, 1, SR) & used1, 0);
	/* the MAL's TXEOB arrives, and UIC0 31 is critical */
	put(&r, 0, ER, PPC_BIT(10) | PPC_BIT(31));
	drive(&r, 0, 10, true);
	CU_ASSERT_TRUE(r.pin[0]);
	CU_ASSERT_FALSE(r.pin[1]);
	rig_close(&r);
}

void test_uic_critical(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	put(&r, 0, ER, PPC_BIT(2) | PPC_BIT(5));
	put(&r, 0, CR, PPC_BIT(5));
	drive(&r, 0, 5, true);
	CU_ASSERT_FALSE(r.pin[0]);
	CU_ASSERT_TRUE(r.pin[1]);
	drive(&r, 0, 2, true);
	CU_ASSERT_TRUE(r.pin[0]);
	put(&r, 0, CR, 0);
	CU_ASSERT_FALSE(r.pin[1]);
	put(&r, 0, ER, 0);
	CU_ASSERT_FALSE(r.pin[0]);
	rig_close(&r);
}

void test_uic_cascade(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	put(&r, 0, ER, PPC_BIT(30) | PPC_BIT(31));
	put(&r, 0, CR, PPC_BIT(31));
	put(&r, 1, ER, PPC_BIT(28) | PPC_BIT(5));
	put(&r, 1, CR, PPC_BIT(5));
	drive(&r, 1, 28, true);
	CU_ASSERT_EQUAL(get(&r, 0, MSR), PPC_BIT(30));
	CU_ASSERT_TRUE(r.pin[0]);
	CU_ASSERT_FALSE(r.pin[1]);
	/* the order of uic_irq_cascade of [LX]: source, UIC1, then UIC0 */
	drive(&r, 1, 28, false);
	put(&r, 1, SR, PPC_BIT(28));
	put(&r, 0, SR, PPC_BIT(30));
	CU_ASSERT_FALSE(r.pin[0]);
	drive(&r, 1, 5, true);
	CU_ASSERT_EQUAL(get(&r, 0, MSR), PPC_BIT(31));
	CU_ASSERT_TRUE(r.pin[1]);
	CU_ASSERT_FALSE(r.pin[0]);
	rig_close(&r);
}

/* [405GP UM] 10.5.7 and 10.5.8, with the example of the manual. */
void test_uic_vector(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	put(&r, 0, ER, 0xffffffff);
	put(&r, 0, CR, PPC_BIT(27) | PPC_BIT(4) | PPC_BIT(8));
	put(&r, 0, VCR, 0x00100001);
	CU_ASSERT_EQUAL(get(&r, 0, VR), 0);
	put(&r, 0, SRS, PPC_BIT(27));
	CU_ASSERT_EQUAL(get(&r, 0, VR), 0x00100000 + 4 * 512);
	/* non-critical ones and lower priorities change nothing */
	put(&r, 0, SRS, PPC_BIT(31) | PPC_BIT(4) | PPC_BIT(8));
	CU_ASSERT_EQUAL(get(&r, 0, VR), 0x00100000 + 4 * 512);
	put(&r, 0, VCR, 0x00200000);
	CU_ASSERT_EQUAL(get(&r, 0, VR), 0x00200000 + 4 * 512);
	put(&r, 0, SR, PPC_BIT(4));
	CU_ASSERT_EQUAL(get(&r, 0, VR), 0x00200000 + 8 * 512);
	/* VR is read-only, VCR write-only */
	put(&r, 0, VR, 1);
	CU_ASSERT_EQUAL(get(&r, 0, VR), 0x00200000 + 8 * 512);
	CU_ASSERT_EQUAL(get(&r, 0, VCR), 0);
	rig_close(&r);
}

void test_uic_status_set(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	put(&r, 0, ER, PPC_BIT(9));
	put(&r, 0, SRS, PPC_BIT(9));
	CU_ASSERT_TRUE(r.pin[0]);
	put(&r, 0, SR, PPC_BIT(9));
	CU_ASSERT_FALSE(r.pin[0]);
	rig_close(&r);
}

void test_uic_reset(void)
{
	struct rig r;

	rig_open(&r);
	linux_init(&r);
	put(&r, 0, ER, 0xffffffff);
	put(&r, 0, SRS, 0xffffffff);
	CU_ASSERT_TRUE(r.pin[0]);
	dev_reset(r.dev[0], RESET_CHIP);
	CU_ASSERT_FALSE(r.pin[0]);
	CU_ASSERT_EQUAL(get(&r, 0, ER), 0);
	drive(&r, 0, 99, true);
	rig_close(&r);
}
