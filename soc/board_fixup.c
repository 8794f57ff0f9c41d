/* SPDX-License-Identifier: MIT */
/*
 * soc/board_fixup.c - what firmware would put into the guest's tree: memory,
 * clocks, MAC addresses, command line, initrd, console.
 *
 * What the tree's author filled in stays, but for memory and what the command
 * line asks for.  It changes blobs only; devices and RAM are out of its sight.
 */
#include "soc/board_priv.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/net.h"

static int fix_err(const char *name, const char *path, const char *prop,
		   int fdt_rc, struct errmsg *msg)
{
	return err_set(msg, ERR_FORMAT, "%s: %s: %s: %s", name, path, prop,
		       fdt_strerror(fdt_rc));
}

static int set_prop(struct board *b, const char *path, const char *prop,
		    const void *val, int len, struct errmsg *msg)
{
	int off = fdt_path_offset(b->blob, path);

	if (off >= 0)
		off = fdt_setprop(b->blob, off, prop, val, len);
	return off < 0 ? fix_err(b->name, path, prop, off, msg) : 0;
}

static int set_string(struct board *b, const char *path, const char *prop,
		      const char *s, struct errmsg *msg)
{
	return set_prop(b, path, prop, s, (int)strlen(s) + 1, msg);
}

static int set_u32(struct board *b, const char *path, const char *prop, u32 v,
		   struct errmsg *msg)
{
	u8 cell[4];

	stb32(cell, v);
	return set_prop(b, path, prop, cell, 4, msg);
}

/* Set a frequency that the tree leaves open: absent, or 0. */
static int fill_hz(struct board *b, const char *path, const char *prop, u64 hz,
		   struct errmsg *msg)
{
	int off = fdt_path_offset(b->blob, path), len;
	const void *p = off < 0 ? NULL : fdt_getprop(b->blob, off, prop, &len);

	if (!hz || (p && (len != 4 || ldb32(p))))
		return 0;
	return set_u32(b, path, prop, (u32)hz, msg);
}

static int fix_cpu_hz(struct board *b, const char *path, const char *prop,
		      u64 hz, struct errmsg *msg)
{
	return b->has_own_clocks ? set_u32(b, path, prop, (u32)hz, msg) :
	       fill_hz(b, path, prop, hz, msg);
}

/* The clock behind a node's clock-frequency; CLK_COUNT when it has none. */
static enum clk_id node_clock(const struct board *b,
			      const struct board_node *n)
{
	static const struct {
		const char *compatible;
		enum clk_id id;
	} bus[] = {
		{ "ibm,plb3", CLK_PLB },
		{ "ibm,plb4", CLK_PLB },
		{ "ibm,opb", CLK_OPB },
		{ "ibm,ebc", CLK_EBC },
	};
	unsigned int i;

	if (n->kind != NODE_DEVICE && n->kind != NODE_BUS)
		return CLK_COUNT;
	if (n->cls && n->cls->has_node_clk)
		return n->cls->node_clk;
	for (i = 0; i < ARRAY_SIZE(bus); i++)
		if (!fdt_node_check_compatible(b->blob, n->offset,
					       bus[i].compatible))
			return bus[i].id;
	if (!strcmp(fdt_str(b->blob, n->offset, "device_type"), "serial"))
		return CLK_UART_EXT;
	return CLK_COUNT;
}

/*
 * Node offsets are those of the tree before the first change, so whatever
 * looks at a node's properties by offset comes before board_expand.
 */
struct plan {
	enum clk_id clock;
	bool is_cpu, is_memory, wants_mac;
};

static bool is_zero(const u8 *p, int n)
{
	while (n-- > 0)
		if (*p++)
			return false;
	return true;
}

static void plan_node(const struct board *b, const struct board_node *n,
		      struct plan *p)
{
	const char *type = fdt_str(b->blob, n->offset, "device_type");
	const u8 *mac;
	int len;

	p->clock = node_clock(b, n);
	p->is_cpu = !strcmp(type, "cpu");
	p->is_memory = !strcmp(type, "memory");
	mac = fdt_getprop(b->blob, n->offset, "local-mac-address", &len);
	p->wants_mac = mac ? is_zero(mac, len) : !strcmp(type, "network");
}

static int fix_memory(struct board *b, const char *path, u64 bytes,
		      struct errmsg *msg)
{
	int na = fdt_address_cells(b->blob, 0);
	int ns = fdt_size_cells(b->blob, 0);
	u8 reg[16] = { 0 };

	if (na < 1 || na > 2 || ns < 1 || ns > 2 || (ns == 1 && bytes >> 32))
		return err_set(msg, ERR_RANGE,
			       "%s: /: #size-cells: %llu bytes "
			       "of memory do not fit",
			       b->name,
			       (unsigned long long)bytes);
	stb32(reg + 4 * (na + ns) - 4, (u32)bytes);
	if (ns == 2)
		stb32(reg + 4 * na, (u32)(bytes >> 32));
	return set_prop(b, path, "reg", reg, 4 * (na + ns), msg);
}

static int fix_node(struct board *b, unsigned int i, const struct plan *p,
		    unsigned int nth_mac, const struct clk *clk,
		    struct errmsg *msg)
{
	struct board_node *n = &b->node[i];
	u8 mac[NET_MAC_BYTES];
	int rc = 0;

	if (n->kind == NODE_UNSERVED)
		rc = set_string(b, n->path, "status", "disabled", msg);
	if (!rc && p->is_cpu)
		rc = fix_cpu_hz(b, n->path, "clock-frequency",
				clk->hz[CLK_CPU], msg);
	if (!rc && p->is_cpu)
		rc = fix_cpu_hz(b, n->path, "timebase-frequency",
				clk->hz[CLK_TB], msg);
	if (!rc && p->clock != CLK_COUNT)
		rc = fill_hz(b, n->path, "clock-frequency", clk->hz[p->clock],
			     msg);
	if (!rc && p->wants_mac) {
		net_own_mac(mac, NET_MAC_EMAC,
			    n->dev ? n->dev->index : nth_mac);
		rc = set_prop(b, n->path, "local-mac-address", mac, 6, msg);
	}
	return rc;
}

static int add_node(struct board *b, const char *name, struct errmsg *msg)
{
	int rc = fdt_add_subnode(b->blob, 0, name);

	return rc < 0 ? fix_err(b->name, "/", name, rc, msg) : 0;
}

static int fix_memories(struct board *b, const struct plan *plan, u64 bytes,
			struct errmsg *msg)
{
	const char *first = NULL;
	unsigned int i;
	int off, rc;

	for (i = 0; i < b->count; i++) {
		if (b->node[i].is_implied || !plan[i].is_memory)
			continue;
		if (!first) {
			first = b->node[i].path;
			continue;
		}
		/* the first one holds all of it */
		off = fdt_path_offset(b->blob, b->node[i].path);
		if (off >= 0)
			fdt_nop_node(b->blob, off);
	}
	if (first)
		return fix_memory(b, first, bytes, msg);
	rc = add_node(b, "memory", msg);
	if (!rc)
		rc = set_string(b, "/memory", "device_type", "memory", msg);
	return rc ? rc : fix_memory(b, "/memory", bytes, msg);
}

static struct board_node *console_node(const struct board *b,
				       unsigned int index)
{
	unsigned int i;

	for (i = 0; i < b->count; i++)
		if (b->node[i].dev && b->node[i].dev->index == index &&
		    b->node[i].nmmio && !b->node[i].is_implied &&
		    !strcmp(b->node[i].cls->name, "uart"))
			return &b->node[i];
	return NULL;
}

/* Bootargs and initrd into /chosen of @blob; 0 or an FDT error. */
static int fix_boot(void *blob, const struct board_boot *boot)
{
	int off = fdt_path_offset(blob, "/chosen"), rc = 0;

	if (off == -FDT_ERR_NOTFOUND)
		off = fdt_add_subnode(blob, 0, "chosen");
	if (off < 0)
		return off;
	if (boot->append)
		rc = fdt_setprop_string(blob, off, "bootargs", boot->append);
	if (rc)
		return rc;
	if (boot->initrd_start == boot->initrd_end) {
		fdt_delprop(blob, off, "linux,initrd-start");
		fdt_delprop(blob, off, "linux,initrd-end");
		return 0;
	}
	rc = fdt_setprop_u32(blob, off, "linux,initrd-start",
			     boot->initrd_start);
	return rc ? rc : fdt_setprop_u32(blob, off, "linux,initrd-end",
					 boot->initrd_end);
}

/* stdout-path, unless the tree names a console, in the new or the old way. */
static int fix_console(struct board *b, unsigned int index, struct errmsg *msg)
{
	const struct board_node *n = console_node(b, index);
	int off = fdt_path_offset(b->blob, "/chosen");

	if (!n || off < 0 || *fdt_str(b->blob, off, "stdout-path") ||
	    *fdt_str(b->blob, off, "linux,stdout-path"))
		return 0;
	return set_string(b, "/chosen", "stdout-path", n->path, msg);
}

/*
 * What hosts the guest, by the ePAPR's binding.  Without has-idle: a Linux that
 * finds it waits in a loop around EV_IDLE, which its interrupt handlers end on
 * 6xx and e500 only; on a 44x it would never come out.  MSR[WE] does as well.
 *
 * Source: [LX] arch/powerpc/kernel/epapr_paravirt.c, epapr_hcalls.S.
 */
static int fix_hypervisor(struct board *b, struct errmsg *msg)
{
	static const char path[] = "/hypervisor";
	u8 insn[4 * ARRAY_SIZE(b->hcall)];
	unsigned int i;
	int rc = 0;

	if (!b->hcalls)
		return 0;
	if (fdt_path_offset(b->blob, path) < 0)
		rc = add_node(b, path + 1, msg);
	if (!rc)
		rc = set_string(b, path, "compatible", "linux,kvm", msg);
	for (i = 0; i < b->hcalls; i++)
		stb32(insn + 4 * i, b->hcall[i]);
	return rc ? rc : set_prop(b, path, "hcall-instructions", insn,
				  (int)(4 * b->hcalls), msg);
}

static int board_expand(struct board *b, const struct board_boot *boot,
			struct errmsg *msg)
{
	u32 room = b->blob_bytes + 4096 + 256 * b->count;
	void *blob;
	int rc;

	room += boot->append ? (u32)strlen(boot->append) : 0;
	blob = xcalloc(room, 1);
	rc = fdt_open_into(b->blob, blob, (int)room);
	if (rc) {
		free(blob);
		return fix_err(b->name, "/", "tree", rc, msg);
	}
	free(b->blob);
	b->blob = blob;
	return 0;
}

/* Offsets and strings that the node list and the board hold in the blob. */
static void refresh(struct board *b)
{
	unsigned int i;

	for (i = 0; i < b->count; i++) {
		struct board_node *n = &b->node[i];

		if (n->is_implied)
			continue;
		n->offset = fdt_path_offset(b->blob, n->path);
		n->compatible = fdt_str(b->blob, n->offset, "compatible");
		if (!strcmp(fdt_str(b->blob, n->offset, "device_type"), "cpu"))
			b->cpu_model = fdt_str(b->blob, n->offset, "model");
	}
	b->model = fdt_str(b->blob, 0, "model");
}

/**
 * board_fixup - fill in the guest's tree as firmware would
 * @b:    walked; built, where the console's path is to be found
 * @boot: memory size, command line, initrd, console
 * @clk:  the machine's clocks
 * @msg:  one line on failure
 *
 * Written always: the size of /memory, initrd, `status` of nodes that no
 * class serves: "disabled", since a driver that touched one would get a bus
 * error where the real board has a device.  Written where the tree has none,
 * or zeros: clock-frequency and timebase-frequency, local-mac-address,
 * stdout-path; bootargs where @boot has none stay.  /hypervisor is there where
 * @b has its hcall.  May be called again, after
 * a reset of the guest.
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE.
 * Source:  [LX] arch/powerpc/boot/bamboo.c and 4xx.c fill in the same.
 */
int board_fixup(struct board *b, const struct board_boot *boot,
		const struct clk *clk, struct errmsg *msg)
{
	struct plan *plan = xcalloc(b->count, sizeof(*plan));
	unsigned int i, macs = 0;
	int rc;

	for (i = 0; i < b->count; i++)
		if (!b->node[i].is_implied)
			plan_node(b, &b->node[i], &plan[i]);
	rc = board_expand(b, boot, msg);
	for (i = 0; i < b->count && !rc; i++) {
		if (b->node[i].is_implied)
			continue;
		rc = fix_node(b, i, &plan[i], macs, clk, msg);
		macs += plan[i].wants_mac;
	}
	if (!rc)
		rc = fix_memories(b, plan, boot->ram_bytes, msg);
	if (!rc)
		rc = fix_hypervisor(b, msg);
	free(plan);
	if (rc)
		return rc;
	rc = fix_boot(b->blob, boot);
	if (rc)
		return fix_err(b->name, "/chosen", "bootargs", rc, msg);
	rc = fix_console(b, boot->console, msg);
	fdt_pack(b->blob);
	b->blob_bytes = fdt_totalsize(b->blob);
	refresh(b);
	return rc;
}

static u32 node_u32(const struct board *b, const struct board_node *n,
		    const char *prop, u32 def)
{
	int len;
	const void *p = fdt_getprop(b->blob, n->offset, prop, &len);

	return p && len == 4 && ldb32(p) ? ldb32(p) : def;
}

/**
 * board_console - set up a serial port as firmware leaves it
 * @b:     built and fixed up; nothing happens to a port that it has not
 * @index: serial port
 *
 * 8 bits, no parity, one stop bit, DTR and RTS on, at the node's current-speed
 * or 115200 bits/s.  Boot wrappers write characters without setting this up.
 *
 * Source: [NS16550] LCR, MCR, divisor latch; [LX] arch/powerpc/boot/ns16550.c
 *         sets nothing but FCR.
 */
void board_console(struct board *b, unsigned int index)
{
	const struct board_node *n = console_node(b, index);
	struct bus *bus;
	u32 div, speed;
	u64 at;

	if (!n)
		return;
	bus = n->dev->env->bus;
	at = n->mmio[0].base;
	speed = node_u32(b, n, "current-speed", 115200);
	div = node_u32(b, n, "clock-frequency", 11059200) / 16 / speed;
	bus_write(bus, at + 3, 1, 0x83);
	bus_write(bus, at + 0, 1, div & 0xff);
	bus_write(bus, at + 1, 1, div >> 8 & 0xff);
	bus_write(bus, at + 3, 1, 0x03);
	bus_write(bus, at + 4, 1, 0x03);
}

/**
 * board_tree_bytes - is there a device tree blob at an address
 * @p:    first byte
 * @room: bytes that may be looked at
 *
 * Returns: its total size, 0 when there is none or it is damaged.
 */
u32 board_tree_bytes(const void *p, u64 room)
{
	u32 size;

	if (room < FDT_V1_SIZE || ldb32(p) != FDT_MAGIC)
		return 0;
	size = fdt_totalsize(p);
	if (size > room || size > BOARD_MAX_BLOB || fdt_check_full(p, size))
		return 0;
	return size;
}

/**
 * board_patch_tree - command line and initrd into the tree of a boot wrapper
 * @blob: the tree, in place, checked by board_tree_bytes
 * @room: bytes it may grow to
 * @boot: append and initrd are used; memory and clocks the wrapper fills in
 * @name: image, for the message
 * @msg:  one line on failure; @blob is then unchanged
 *
 * Returns: 0; -ERR_RANGE when the tree has no room for it.
 * Source:  [LX] arch/powerpc/boot/main.c keeps what it finds in /chosen when
 *          its own command line is empty and the loader passes no initrd.
 */
int board_patch_tree(void *blob, u32 room, const struct board_boot *boot,
		     const char *name, struct errmsg *msg)
{
	u32 size = room + 4096 + (boot->append ? strlen(boot->append) : 0);
	void *copy = xcalloc(size, 1);
	int rc;

	rc = fdt_open_into(blob, copy, (int)size);
	if (!rc)
		rc = fix_boot(copy, boot);
	if (!rc)
		rc = fdt_pack(copy);
	if (!rc && fdt_totalsize(copy) > room)
		rc = -FDT_ERR_NOSPACE;
	if (!rc)
		memcpy(blob, copy, fdt_totalsize(copy));
	free(copy);
	return rc ? err_set(msg, ERR_RANGE,
			    "%s: the image's own device tree "
			    "has no room for the command line and initrd: %s",
			    name, fdt_strerror(rc)) :
		    0;
}

/**
 * board_mac - the MAC address of an Ethernet port
 * @b:     board, fixed up or not
 * @index: N of /aliases ethernetN
 * @mac:   the tree's local-mac-address, or the default where it has zeros
 */
void board_mac(const struct board *b, unsigned int index, u8 mac[6])
{
	char alias[] = "ethernet0";
	const u8 *p = NULL;
	int off, len = 0;

	net_own_mac(mac, NET_MAC_EMAC, index);
	alias[8] = (char)('0' + index % 10);
	off = fdt_path_offset(b->blob, alias);
	if (off >= 0)
		p = fdt_getprop(b->blob, off, "local-mac-address", &len);
	if (p && len == 6 && !is_zero(p, 6))
		memcpy(mac, p, 6);
}
