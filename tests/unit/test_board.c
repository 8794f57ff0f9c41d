/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_board.c - the board walker, on trees that the test writes.
 *
 * Expected addresses and inputs are those of the 440EP's memory map and UIC
 * table, or follow from the tree by the rules of [DTSPEC] 2.3 and 2.4.
 */
#include <CUnit/CUnit.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/board.h"
#include "tests/unit/unit.h"

/* A small machine that is no 440EP, so that no chip is added to it. */
#define HEAD \
	"/dts-v1/; / { #address-cells = <2>; #size-cells = <1>;" \
	"dcr-parent = <&C>; model = \"test\"; compatible = \"test,test\";" \
	"cpus { #address-cells = <1>; #size-cells = <0>; C: cpu@0 {" \
	" device_type = \"cpu\"; model = \"Test\"; reg = <0>;" \
	" dcr-controller; dcr-access-method = \"native\"; }; };" \
	"U0: uic0 { compatible = \"ibm,uic\"; interrupt-controller;" \
	" #interrupt-cells = <2>; #address-cells = <0>;" \
	" dcr-reg = <0xc0 9>; };" \
	"plb { compatible = \"ibm,plb4\"; #address-cells = <2>;" \
	" #size-cells = <1>; ranges; interrupt-parent = <&U0>;" \
	"opb { compatible = \"ibm,opb\"; #address-cells = <1>;" \
	" #size-cells = <1>; ranges = <0x40000000 1 0x40000000 0x1000>;"
#define UART(at, irq) \
	"serial@" #at " { device_type = \"serial\"; compatible = \"ns16550\";" \
	" reg = <0x" #at " 8>; interrupts = <" #irq " 4>; };"
#define TAIL "}; }; };"

struct rig {
	struct board b;
	struct errmsg msg;
	struct bus bus;
	struct dcr_space dcr;
	struct sched sched;
	struct clk clk;
	struct log log;
	struct dev_env env;
	char path[64];
};

static void no_reset(void *opaque, enum reset_kind kind)
{
	(void)opaque;
	(void)kind;
}

static struct chr *no_serial(void *opaque, unsigned int index)
{
	(void)opaque;
	(void)index;
	return NULL;
}

static void pin_set(void *opaque, unsigned int input, bool level)
{
	(void)opaque;
	(void)input;
	(void)level;
}

static const struct irq_line pins[2] = {
	{ pin_set, NULL, 0, false },
	{ pin_set, NULL, 1, false },
};

static void rig_open(struct rig *r)
{
	const char *src = getenv("srcdir");
	char dir[512];

	memset(r, 0, sizeof(*r));
	snprintf(dir, sizeof(dir), "%s/soc/boards", src ? src : ".");
	setenv("CULM_BOARDS", dir, 0);
	bus_init(&r->bus);
	dcr_init(&r->dcr);
	sched_init(&r->sched);
	clk_init(&r->clk);
	log_init(&r->log);
	r->log.level = LOG_ERROR;
	r->env = (struct dev_env){
		.bus = &r->bus,
		.dcr = &r->dcr,
		.sched = &r->sched,
		.clk = &r->clk,
		.log = &r->log,
		.ram_bytes = 64 << 20,
		.request_reset = no_reset,
		.serial = no_serial,
	};
}

static void rig_close(struct rig *r)
{
	sched_free(&r->sched);
	board_free(&r->b);
	bus_free(&r->bus);
	dcr_free(&r->dcr);
	if (r->path[0])
		unlink(r->path);
	r->path[0] = 0;
}

static void rig_file(struct rig *r, const void *data, size_t n)
{
	int fd;

	strcpy(r->path, "/tmp/culm-board-XXXXXX");
	fd = mkstemp(r->path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_FATAL(write(fd, data, n) == (ssize_t)n);
	close(fd);
}

/* Load and walk a source text; what board_load or board_walk returned. */
static int rig_walk(struct rig *r, const char *dts)
{
	int rc;

	rig_open(r);
	rig_file(r, dts, strlen(dts));
	rc = board_load(&r->b, r->path, &r->msg);
	return rc ? rc : board_walk(&r->b, &r->msg);
}

static int rig_walk_shipped(struct rig *r, const char *name)
{
	int rc;

	rig_open(r);
	rc = board_load(&r->b, name, &r->msg);
	return rc ? rc : board_walk(&r->b, &r->msg);
}

static int at(const struct rig *r, const char *path)
{
	unsigned int i;

	for (i = 0; i < r->b.count; i++)
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

/* The tree must be refused with @code, in one line with all of the words. */
static void refused(const char *dts, int code, const char *path,
		    const char *word)
{
	struct rig r;
	int rc = rig_walk(&r, dts);

	CU_ASSERT_EQUAL(rc, -code);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, r.path));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, path));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, word));
	CU_ASSERT_PTR_NULL(strchr(r.msg.text, '\n'));
	rig_close(&r);
}

static void irq_is(const struct rig *r, const char *path, unsigned int k,
		   const char *controller, unsigned int input)
{
	const struct board_node *n = node(r, path);

	CU_ASSERT_FATAL(k < n->nirq);
	CU_ASSERT_EQUAL(n->irq[k].controller, at(r, controller));
	CU_ASSERT_EQUAL(n->irq[k].input, input);
}

#define UIC0 "/interrupt-controller0"
#define UIC1 "/interrupt-controller1"

void test_board_shipped(void)
{
	struct rig r;
	const struct board_node *n;

	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&r, "bamboo"), 0);
	CU_ASSERT_STRING_EQUAL(r.b.model, "amcc,bamboo");
	CU_ASSERT_STRING_EQUAL(r.b.cpu_model, "PowerPC,440EP");
	CU_ASSERT_EQUAL(r.b.ram_bytes, BOARD_RAM_DEFAULT);
	n = node(&r, "/plb/opb/serial@ef600400");
	CU_ASSERT_EQUAL(n->kind, NODE_DEVICE);
	CU_ASSERT_STRING_EQUAL(n->cls->name, "uart");
	CU_ASSERT_EQUAL(n->mmio[0].base, 0xef600400u);
	CU_ASSERT_EQUAL(n->mmio[0].size, 8);
	irq_is(&r, "/plb/opb/serial@ef600400", 0, UIC0, 1);
	n = node(&r, "/plb/mcmal");
	CU_ASSERT_EQUAL(n->ndcr, 1);
	CU_ASSERT_EQUAL(n->dcr[0].base, 0x180);
	for (unsigned int i = 0; i < r.b.count; i++)
		CU_ASSERT_FALSE(r.b.node[i].is_implied);
	rig_close(&r);
}

void test_board_interrupt_map(void)
{
	struct rig r;

	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&r, "bamboo"), 0);
	irq_is(&r, "/plb/mcmal", 0, UIC0, 10);
	irq_is(&r, "/plb/mcmal", 1, UIC0, 11);
	irq_is(&r, "/plb/mcmal", 2, UIC1, 0);
	irq_is(&r, "/plb/mcmal", 3, UIC1, 1);
	irq_is(&r, "/plb/mcmal", 4, UIC1, 2);
	rig_close(&r);
}

void test_board_cascade(void)
{
	struct rig r;
	const struct board_node *n;

	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&r, "bamboo"), 0);
	irq_is(&r, UIC1, 0, UIC0, 30);
	irq_is(&r, UIC1, 1, UIC0, 31);
	n = node(&r, UIC0);
	CU_ASSERT_EQUAL(n->nirq, 2);
	CU_ASSERT_EQUAL(n->irq[0].controller, -1);
	CU_ASSERT_EQUAL(n->irq[1].controller, -1);
	CU_ASSERT_EQUAL(n->irq[1].input, 1);
	rig_close(&r);
}

void test_board_pci_slot(void)
{
	static const char dts[] =
		HEAD UART(40000200, 0)
		"}; pci { device_type = \"pci\"; compatible = \"x,pci\";"
		"#address-cells = <3>; #size-cells = <2>;"
		"#interrupt-cells = <1>;"
		"interrupt-map-mask = <0xf800 0 0 0>;"
		"interrupt-map = <0x800 0 0 0 &U0 28 8 0x1000 0 0 0 &U0 27 8>;"
		"nic@2 { compatible = \"pci8086,100e\"; interrupts = <1>;"
		"reg = <0x1000 0 0 0 0>; }; }; }; };";
	struct rig r;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, dts), 0);
	irq_is(&r, "/plb/pci/nic@2", 0, "/uic0", 27);
	CU_ASSERT_EQUAL(node(&r, "/plb/pci/nic@2")->irq[0].sense, 8);
	CU_ASSERT_EQUAL(node(&r, "/plb/pci/nic@2")->nmmio, 0);
	rig_close(&r);
}

void test_board_extended(void)
{
	static const char dts[] = HEAD
		"serial@40000200 { compatible = \"ns16550\";"
		"reg = <0x40000200 8>;"
		"interrupts-extended = <&U0 5 4 &U0 7 1>; };" TAIL;
	struct rig r;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, dts), 0);
	irq_is(&r, "/plb/opb/serial@40000200", 0, "/uic0", 5);
	irq_is(&r, "/plb/opb/serial@40000200", 1, "/uic0", 7);
	rig_close(&r);
}

void test_board_ranges(void)
{
	struct rig r;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, HEAD UART(40000200, 0) TAIL), 0);
	CU_ASSERT_EQUAL(node(&r, "/plb/opb/serial@40000200")->mmio[0].base,
			0x140000200ull);
	rig_close(&r);
}

void test_board_outside(void)
{
	refused(HEAD UART(40001000, 0) TAIL, ERR_RANGE,
		"/plb/opb/serial@40001000: reg", "/plb/opb");
	refused(HEAD UART(40000ffc, 0) TAIL, ERR_RANGE,
		"/plb/opb/serial@40000ffc: reg", "outside");
	refused(HEAD "}; x@0 { compatible = \"x,y\"; reg = <0x10 0 8>; };"
		"}; };",
		ERR_RANGE, "/plb/x@0: reg", "36 bits");
}

void test_board_twice(void)
{
	refused(HEAD UART(40000200, 0) "u2@40000204 { compatible = \"ns16550\";"
		"reg = <0x40000204 8>; };" TAIL,
		ERR_CONFLICT,
		"/plb/opb/u2@40000204: reg", "serial@40000200");
	refused(HEAD "a { compatible = \"x,a\"; dcr-reg = <0xc8 1>; };" TAIL,
		ERR_CONFLICT, "/plb/opb/a: dcr-reg", "/uic0");
}

void test_board_dcr(void)
{
	refused(HEAD "a { compatible = \"x,a\"; dcr-reg = <0x3ff 2>; };" TAIL,
		ERR_RANGE, "/plb/opb/a: dcr-reg", "1024");
	refused(HEAD "a { compatible = \"x,a\"; dcr-reg = <0x3ff>; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: dcr-reg", "pairs");
	refused(HEAD "a { compatible = \"x,a\"; dcr-reg = <0x300 1>;"
		"dcr-parent = <77>; };" TAIL,
		ERR_NOENT, "/plb/opb/a: dcr-parent", "nowhere");
	refused(HEAD "a { compatible = \"x,a\"; dcr-reg = <0x300 1>;"
		"dcr-parent = <&U0>; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: dcr-parent", "/uic0");
}

void test_board_cells(void)
{
	refused(HEAD "a { compatible = \"ns16550\"; reg = <0x40000000>; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: reg", "rows");
	refused(HEAD "a { compatible = \"ns16550\"; reg = [00 01]; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: reg", "cells");
	refused(HEAD "a { compatible = \"ns16550\"; reg = <0x40000000 1"
		" 0x40000001 1 0x40000002 1 0x40000003 1 0x40000004 1"
		" 0x40000005 1 0x40000006 1>; };" TAIL,
		ERR_RANGE, "/plb/opb/a: reg", "more than 6");
	refused(HEAD "a { compatible = \"x,y\"; #address-cells = <5>;"
		"b { compatible = \"ns16550\"; reg = <0 1>; }; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: #address-cells", "more than 4");
	refused(HEAD "a { compatible = \"ns16550\"; interrupts = <1>; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: interrupts", "/uic0");
	refused(HEAD "a { compatible = \"ns16550\"; interrupts = <32 4>; };" TAIL,
		ERR_RANGE, "/plb/opb/a: interrupts", "no input 32");
	refused(HEAD "a { compatible = \"ns16550\"; interrupts = <0 4 1 4 2 4"
		" 3 4 4 4 5 4 6 4 7 4 8 4>; };" TAIL,
		ERR_RANGE, "/plb/opb/a: interrupts", "more than 8");
}

void test_board_phandle(void)
{
	refused(HEAD "a { compatible = \"x,a\"; interrupt-parent = <77>;"
		"interrupts = <1>; };" TAIL,
		ERR_NOENT,
		"/plb/opb/a: interrupt-parent", "0x4d");
	refused(HEAD "a { compatible = \"x,a\"; interrupts-extended = <77 1>;"
		"};" TAIL,
		ERR_NOENT, "/plb/opb/a: interrupts-extended",
		"0x4d");
	refused(HEAD "a { compatible = \"x,a\"; mal-device = <77>; };" TAIL,
		ERR_NOENT, "/plb/opb/a: mal-device", "0x4d");
	refused(HEAD "A: a { compatible = \"x,a\"; #interrupt-cells = <1>;"
		"#address-cells = <0>; interrupt-map = <0 77 1>;"
		"interrupt-parent = <&A>; interrupts = <0>; };" TAIL,
		ERR_NOENT, "/plb/opb/a: interrupt-map", "0x4d");
}

void test_board_irq_loop(void)
{
	/* two nexus nodes that hand on to each other */
	refused(HEAD "A: a { compatible = \"x,a\"; #interrupt-cells = <1>;"
		"interrupt-parent = <&B>; interrupts = <0>; };"
		"B: b { compatible = \"x,b\"; #interrupt-cells = <1>;"
		"interrupt-parent = <&A>; };" TAIL,
		ERR_FORMAT,
		"/plb/opb/a: interrupts", "loop");
	/* parents without cells that name each other */
	refused(HEAD "A: a { compatible = \"x,a\"; interrupt-parent = <&B>;"
		"interrupts = <0>; };"
		"B: b { compatible = \"x,b\"; interrupt-parent = <&A>; };" TAIL,
		ERR_FORMAT, "/plb/opb/a: interrupt-parent", "loop");
	/* two controllers that cascade into each other */
	refused(HEAD "}; A: a { compatible = \"ibm,uic\"; dcr-reg = <0xd0 9>;"
		"interrupt-controller; #interrupt-cells = <2>;"
		"interrupt-parent = <&B>; interrupts = <30 4>; };"
		"B: b { compatible = \"ibm,uic\"; dcr-reg = <0xe0 9>;"
		"interrupt-controller; #interrupt-cells = <2>;"
		"interrupt-parent = <&A>; interrupts = <30 4>; }; }; };",
		ERR_FORMAT, "interrupts", "loop");
	/* two controllers that both want the CPU's pins */
	refused(HEAD "a { compatible = \"ibm,uic\"; dcr-reg = <0xd0 9>;"
		"interrupt-controller; #interrupt-cells = <2>; };" TAIL,
		ERR_CONFLICT, "/plb/opb/a", "/uic0");
}

/* Blob in which the root has two nodes "a", or two nodes of phandle 7. */
static void *double_blob(bool same_name, u32 *size)
{
	void *blob = xcalloc(4096, 1);

	fdt_create(blob, 4096);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_begin_node(blob, "a");
	fdt_property_u32(blob, "phandle", 7);
	fdt_end_node(blob);
	fdt_begin_node(blob, same_name ? "a" : "b");
	fdt_property_u32(blob, "phandle", same_name ? 8 : 7);
	fdt_end_node(blob);
	fdt_end_node(blob);
	fdt_finish(blob);
	*size = fdt_totalsize(blob);
	return blob;
}

void test_board_same_name(void)
{
	struct rig r;
	void *blob;
	u32 size, i;

	for (i = 0; i < 2; i++) {
		blob = double_blob(i == 0, &size);
		rig_open(&r);
		rig_file(&r, blob, size);
		CU_ASSERT_EQUAL_FATAL(board_load(&r.b, r.path, &r.msg), 0);
		CU_ASSERT_EQUAL(board_walk(&r.b, &r.msg), -ERR_CONFLICT);
		CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, i ? "/b: phandle" :
							      "/a: "));
		rig_close(&r);
		free(blob);
	}
}

static void *shipped_blob(u32 *size)
{
	struct rig r;
	void *copy;

	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&r, "bamboo"), 0);
	*size = r.b.blob_bytes;
	copy = memcpy(xcalloc(*size, 1), r.b.blob, *size);
	rig_close(&r);
	return copy;
}

void test_board_cut(void)
{
	u32 size, n;
	u8 *blob = shipped_blob(&size);
	struct rig r;

	for (n = 0; n < size; n += n < 64 ? 1 : 61) {
		rig_open(&r);
		rig_file(&r, blob, n);
		/* below 4 bytes it is a source text for dtc, and none */
		CU_ASSERT(board_load(&r.b, r.path, &r.msg) < 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, r.path));
		rig_close(&r);
	}
	free(blob);
}

void test_board_damaged(void)
{
	u32 size, i, k, seed = 440, at_byte;
	u8 *blob = shipped_blob(&size), *bad = xcalloc(size, 1);
	struct rig r;
	int rc;

	for (i = 0; i < 300; i++) {
		memcpy(bad, blob, size);
		for (k = 0; k < 3; k++) {
			seed = seed * 1664525 + 1013904223;
			at_byte = 4 + (seed >> 8) % (size - 4);
			bad[at_byte] ^= (u8)(1u << (seed >> 5 & 7));
		}
		rig_open(&r);
		rig_file(&r, bad, size);
		rc = board_load(&r.b, r.path, &r.msg);
		if (!rc)
			rc = board_walk(&r.b, &r.msg);
		CU_ASSERT(rc <= 0);
		CU_ASSERT_EQUAL(rc != 0, r.msg.text[0] != 0);
		rig_close(&r);
	}
	free(bad);
	free(blob);
}

void test_board_no_file(void)
{
	static const char *const name[] = {
		"/nonexistent/x.dts",
		"/nonexistent/x.dtb",
		"/tmp/.",
		"",
		"no-such-board",
	};
	struct rig r;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(name); i++) {
		rig_open(&r);
		CU_ASSERT(board_load(&r.b, name[i], &r.msg) < 0);
		CU_ASSERT_EQUAL(strncmp(r.msg.text, name[i], strlen(name[i])),
				0);
		rig_close(&r);
	}
	rig_open(&r);
	rig_file(&r, "/dts-v1/; / {\n oops\n};\n", 23);
	CU_ASSERT_EQUAL(board_load(&r.b, r.path, &r.msg), -ERR_FORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, ":3.1"));
	CU_ASSERT_PTR_NULL(strchr(r.msg.text, '\n'));
	rig_close(&r);
}

static struct board_boot boot_of(u64 ram)
{
	return (struct board_boot){ .ram_bytes = ram };
}

static const void *prop(const struct rig *r, const char *path,
			const char *name, int *len)
{
	return fdt_getprop(r->b.blob, fdt_path_offset(r->b.blob, path), name,
			   len);
}

static u32 prop_u32(const struct rig *r, const char *path, const char *name)
{
	int len;
	const void *p = prop(r, path, name, &len);

	return p && len == 4 ? ldb32(p) : 0xdeadbeef;
}

void test_board_unserved(void)
{
	static const char dts[] = HEAD
		"a@40000300 { compatible = \"x,none\"; reg = <0x40000300 4>; };"
		"b@40000400 { compatible = \"ns16550\"; reg = <0x40000400 4>;"
		" status = \"disabled\"; };" UART(40000200, 0) TAIL;
	struct board_boot boot = boot_of(64 << 20);
	struct rig r;
	int len;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, dts), 0);
	CU_ASSERT_EQUAL(node(&r, "/plb/opb/a@40000300")->kind, NODE_UNSERVED);
	CU_ASSERT_EQUAL(node(&r, "/plb/opb/b@40000400")->kind, NODE_DISABLED);
	CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg), 0);
	CU_ASSERT_STRING_EQUAL(prop(&r, "/plb/opb/a@40000300", "status", &len),
			       "disabled");
	CU_ASSERT_PTR_NULL(prop(&r, "/plb/opb/serial@40000200", "status",
				&len));
	rig_close(&r);
}

void test_board_implied(void)
{
	struct board_boot boot = boot_of(64 << 20);
	struct rig r, whole;
	char *dts = strdup(HEAD UART(40000200, 0) TAIL), *model;
	const struct board_node *n;

	/* the same model string length: "Test" becomes a 440EP by --set */
	model = dts;
	rig_open(&r);
	rig_file(&r, model, strlen(model));
	CU_ASSERT_EQUAL_FATAL(board_load(&r.b, r.path, &r.msg), 0);
	CU_ASSERT_EQUAL_FATAL(board_set(&r.b, "/cpus/cpu@0:model=PowerPC,440EP",
					&r.msg),
			      0);
	CU_ASSERT_EQUAL_FATAL(board_walk(&r.b, &r.msg), 0);
	n = node(&r, UIC1);
	CU_ASSERT_TRUE(n->is_implied);
	irq_is(&r, UIC1, 0, "/uic0", 30);
	irq_is(&r, "/plb/mcmal", 4, UIC1, 2);
	CU_ASSERT_EQUAL(at(&r, UIC0), -1);
	CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg), 0);
	CU_ASSERT(fdt_path_offset(r.b.blob, "/plb/mcmal") < 0);
	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&whole, "ppc440ep"), 0);
	rig_close(&whole);
	rig_close(&r);
	free(dts);
}

void test_board_set(void)
{
	static const char *const bad[] = {
		"",
		"x",
		"/x=1",
		"/:=1",
		"/:a",
		"/nope:a=1",
		"/:a=<1",
		"/:a=<zz>",
		"/:a=[0]",
		"/:a=[00",
		"/:a=\"x",
		"/:a=<-1>",
		"/:a=<0x100000000>",
	};
	struct rig r;
	unsigned int i;
	int len;
	const u8 *p;

	rig_open(&r);
	CU_ASSERT_EQUAL_FATAL(board_load(&r.b, "bamboo", &r.msg), 0);
	CU_ASSERT_EQUAL(board_set(&r.b, "/:a=<1 0x20>", &r.msg), 0);
	CU_ASSERT_EQUAL(board_set(&r.b, "/:b=[00 1afF]", &r.msg), 0);
	CU_ASSERT_EQUAL(board_set(&r.b, "serial1:c=0x7b", &r.msg), 0);
	CU_ASSERT_EQUAL(board_set(&r.b, "/:d=\"a b\"", &r.msg), 0);
	CU_ASSERT_EQUAL(board_set(&r.b, "/:e=12ab", &r.msg), 0);
	CU_ASSERT_EQUAL(board_set(&r.b, "/:f=", &r.msg), 0);
	p = prop(&r, "/", "a", &len);
	CU_ASSERT(len == 8 && ldb32(p) == 1 && ldb32(p + 4) == 0x20);
	p = prop(&r, "/", "b", &len);
	CU_ASSERT(len == 3 && !memcmp(p, "\0\x1a\xff", 3));
	CU_ASSERT_EQUAL(prop_u32(&r, "/plb/opb/serial@ef600400", "c"), 0x7b);
	p = prop(&r, "/", "d", &len);
	CU_ASSERT(len == 4 && !memcmp(p, "a b", 4));
	p = prop(&r, "/", "e", &len);
	CU_ASSERT(len == 5 && !memcmp(p, "12ab", 5));
	CU_ASSERT(prop(&r, "/", "f", &len) && len == 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		r.msg.text[0] = 0;
		CU_ASSERT(board_set(&r.b, bad[i], &r.msg) < 0);
		CU_ASSERT(!strncmp(r.msg.text, "--set", 5));
	}
	rig_close(&r);
}

void test_board_fixup(void)
{
	struct board_boot boot = boot_of(64 << 20);
	static const u8 mac1[6] = { 2, 'C', 'U', 'L', 'M', 1 };
	struct rig r;
	int len, turn;
	const u8 *p;

	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&r, "bamboo"), 0);
	r.clk.hz[CLK_CPU] = 333333330;
	r.clk.hz[CLK_TB] = 25000000;
	r.clk.hz[CLK_OPB] = 66666666;
	r.clk.hz[CLK_UART_EXT] = 11059200;
	boot.append = "console=ttyS0";
	boot.initrd_start = 0x1000;
	boot.initrd_end = 0x1801;
	for (turn = 0; turn < 2; turn++) {
		CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg),
				      0);
		CU_ASSERT_EQUAL(fdt_check_full(r.b.blob, r.b.blob_bytes), 0);
	}
	CU_ASSERT_EQUAL(prop_u32(&r, "/cpus/cpu@0", "clock-frequency"),
			333333330);
	CU_ASSERT_EQUAL(prop_u32(&r, "/cpus/cpu@0", "timebase-frequency"),
			25000000);
	CU_ASSERT_EQUAL(prop_u32(&r, "/plb/opb", "clock-frequency"), 66666666);
	CU_ASSERT_EQUAL(prop_u32(&r, "/plb/opb/serial@ef600300",
				 "clock-frequency"),
			11059200);
	p = prop(&r, "/memory", "reg", &len);
	CU_ASSERT(len == 12 && ldb64(p) == 0 && ldb32(p + 8) == 64 << 20);
	CU_ASSERT_EQUAL(prop_u32(&r, "/chosen", "linux,initrd-start"), 0x1000);
	CU_ASSERT_EQUAL(prop_u32(&r, "/chosen", "linux,initrd-end"), 0x1801);
	CU_ASSERT_STRING_EQUAL(prop(&r, "/chosen", "bootargs", &len),
			       "console=ttyS0");
	p = prop(&r, "/plb/opb/ethernet@ef600f00", "local-mac-address", &len);
	CU_ASSERT(len == 6 && !memcmp(p, mac1, 6));
	rig_close(&r);
}

void test_board_fixup_keeps(void)
{
	struct board_boot boot = boot_of(64 << 20);
	struct rig r;
	u8 mac[6];
	int len;

	rig_open(&r);
	CU_ASSERT_EQUAL_FATAL(board_load(&r.b, "bamboo", &r.msg), 0);
	board_set(&r.b, "/plb/opb:clock-frequency=<1234>", &r.msg);
	board_set(&r.b, "ethernet0:local-mac-address=[0004ac010203]", &r.msg);
	board_set(&r.b, "/chosen:bootargs=quiet", &r.msg);
	CU_ASSERT_EQUAL_FATAL(board_walk(&r.b, &r.msg), 0);
	CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg), 0);
	CU_ASSERT_EQUAL(prop_u32(&r, "/plb/opb", "clock-frequency"), 1234);
	board_mac(&r.b, 0, mac);
	CU_ASSERT(!memcmp(mac, "\0\x04\xac\1\2\3", 6));
	CU_ASSERT_STRING_EQUAL(prop(&r, "/chosen", "bootargs", &len), "quiet");
	CU_ASSERT_PTR_NULL(prop(&r, "/chosen", "linux,initrd-start", &len));
	rig_close(&r);
}

void test_board_hypervisor(void)
{
	static const u32 hcall[4] = { 0x44000002, 0x60000000, 3, 4 };
	struct board_boot boot = boot_of(64 << 20);
	struct rig r;
	int len, turn;
	const u8 *p;

	CU_ASSERT_EQUAL_FATAL(rig_walk_shipped(&r, "bamboo"), 0);
	CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg), 0);
	CU_ASSERT(fdt_path_offset(r.b.blob, "/hypervisor") < 0);
	memcpy(r.b.hcall, hcall, sizeof(hcall));
	r.b.hcalls = 4;
	for (turn = 0; turn < 2; turn++) {
		CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg),
				      0);
		CU_ASSERT_STRING_EQUAL(prop(&r, "/hypervisor", "compatible",
					    &len), "linux,kvm");
		p = prop(&r, "/hypervisor", "hcall-instructions", &len);
		CU_ASSERT_EQUAL_FATAL(len, 16);
		CU_ASSERT(ldb32(p) == hcall[0] && ldb32(p + 12) == hcall[3]);
		CU_ASSERT_PTR_NULL(prop(&r, "/hypervisor", "has-idle", &len));
	}
	rig_close(&r);
}

void test_board_build(void)
{
	static const char dts[] =
		HEAD UART(40000200, 3) UART(40000300, 9)
		"}; }; aliases { serial0 = \"/plb/opb/serial@40000300\"; };"
		"};";
	struct rig r;
	struct dev *uart, *uic;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, dts), 0);
	CU_ASSERT_EQUAL_FATAL(board_build(&r.b, &r.env, pins, &r.msg), 0);
	uic = node(&r, "/uic0")->dev;
	uart = node(&r, "/plb/opb/serial@40000300")->dev;
	CU_ASSERT_EQUAL(uart->index, 0);
	CU_ASSERT_EQUAL(uart->nirq, 1);
	CU_ASSERT_EQUAL(uart->irq[0].input, 9);
	CU_ASSERT_PTR_EQUAL(uart->irq[0].opaque, uic);
	CU_ASSERT_PTR_EQUAL(uic->irq[0].set, pin_set);
	CU_ASSERT_EQUAL(uic->irq[1].input, 1);
	CU_ASSERT_EQUAL(node(&r, "/plb/opb/serial@40000200")->dev->index, 1);
	CU_ASSERT_PTR_NOT_NULL(bus_find(&r.bus, 0x140000300ull));
	board_reset(&r.b, RESET_SYSTEM);
	rig_close(&r);
}

void test_board_console(void)
{
	struct board_boot boot = boot_of(64 << 20);
	struct rig r;
	u64 at;
	u32 v;

	CU_ASSERT_EQUAL_FATAL(rig_walk(&r, HEAD UART(40000200, 3) TAIL), 0);
	CU_ASSERT_EQUAL_FATAL(board_build(&r.b, &r.env, pins, &r.msg), 0);
	board_reset(&r.b, RESET_SYSTEM);
	r.clk.hz[CLK_UART_EXT] = 11059200;
	CU_ASSERT_EQUAL_FATAL(board_fixup(&r.b, &boot, &r.clk, &r.msg), 0);
	board_console(&r.b, 0);
	board_console(&r.b, 3);
	at = 0x140000200ull;
	CU_ASSERT_EQUAL(bus_read(&r.bus, at + 3, 1, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 3);
	CU_ASSERT_EQUAL(bus_read(&r.bus, at + 4, 1, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 3);
	/* 11059200 / 16 / 115200 */
	bus_write(&r.bus, at + 3, 1, 0x83);
	CU_ASSERT_EQUAL(bus_read(&r.bus, at, 1, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 6);
	rig_close(&r);
}

void test_board_memory(void)
{
	struct rig r;

	CU_ASSERT_EQUAL(rig_walk(&r,
				 HEAD "}; }; memory { device_type ="
				 "\"memory\"; reg = <0 0 0x8000000>; }; };"),
			0);
	CU_ASSERT_EQUAL(r.b.ram_bytes, 0x8000000);
	rig_close(&r);
	refused(HEAD "}; }; memory { device_type = \"memory\";"
		"reg = <0 0x1000 0x8000000>; }; };",
		ERR_RANGE,
		"/memory: reg", "begin at 0");
}
