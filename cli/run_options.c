/* SPDX-License-Identifier: MIT */
/*
 * cli/run_options.c - the options of `culm run`: one table, one small handler
 * each.
 *
 * The whole command line that the project promises is here; what is not built
 * yet is marked so and refused by name, never ignored.
 */
#include "cli/run_options.h"

#include <string.h>

#include "host/host.h"

static const struct option_choice engines[] = {
	{ "auto", true }, { "interp", true }, { "jit", true }, { NULL, false },
};
static const struct option_choice accels[] = {
	{ "none", true }, { "kvm", true }, { NULL, false },
};
static const struct option_choice timings[] = {
	{ "none", true }, { "approx", false }, { NULL, false },
};
static const struct option_choice nics[] = {
	{ "emac", true }, { "virtio", true }, { "virtio-modern", true },
	{ "e1000", true }, { "rtl8139", true }, { NULL, false },
};
static const struct option_choice cards[] = {
	{ "virtio-rng", true }, { "virtio-console", true },
	{ "virtio-console:", true }, { "usb-kbd", true }, { NULL, false },
};
static const struct option_choice clocks[] = {
	{ "host", true }, { "virtual", true }, { NULL, false },
};
static const struct option_choice serials[] = {
	{ "stdio", true }, { "pty", true }, { "file:", true },
	{ "unix:", true }, { "null", true }, { NULL, false },
};

/* A handler that stores its value as it is. */
#define STORE(name, member) \
static int set_##name(void *into, const char *value, struct errmsg *msg) \
{ \
	(void)msg; \
	((struct run_options *)into)->member = value; \
	return 0; \
}

STORE(engine, cfg.engine)
STORE(accel, cfg.accel)
STORE(kernel, cfg.kernel)
STORE(initrd, cfg.initrd)
STORE(append, cfg.append)
STORE(clock, clock)
STORE(firmware, firmware)
STORE(nvram, nvram)
STORE(rtc, rtc)
STORE(stats, stats)
STORE(control, control)

static int set_mem(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;

	return parse_size(value, &o->cfg.mem_bytes, msg);
}

static int set_max_insns(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;

	return parse_count(value, &o->cfg.max_insns, msg);
}

static int set_no_reboot(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;

	(void)value;
	(void)msg;
	o->cfg.no_reboot = true;
	return 0;
}

static int set_serial(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;

	if (o->serials == MACHINE_SERIALS)
		return err_set(msg, ERR_USAGE, "%s: the board has %d serial "
			       "ports only", value, MACHINE_SERIALS);
	o->serial[o->serials++] = value;
	return 0;
}

/* A handler that appends its value to an array. */
#define APPEND(name, array, counter, what) \
static int set_##name(void *into, const char *value, struct errmsg *msg) \
{ \
	struct run_options *o = into; \
	\
	if (o->counter == ARRAY_SIZE(o->array)) \
		return err_set(msg, ERR_RANGE, "%s: more than %zu " what, \
			       value, ARRAY_SIZE(o->array)); \
	o->array[o->counter++] = value; \
	return 0; \
}

APPEND(nand, nand, nands, "NAND chips")
APPEND(drive, drive, drives, "drives")
APPEND(nic, nic, nics, "network interfaces")
APPEND(share, share, shares, "shared folders")

static int set_net(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;

	if (o->nets == ARRAY_SIZE(o->net))
		return err_set(msg, ERR_RANGE, "%s: more than %zu networks",
			       value, ARRAY_SIZE(o->net));
	o->net[o->nets++] = value;
	return host_net_check(value, msg);
}

/* virtio-console[:SERIAL] */
static int set_card(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;
	const char *line = strchr(value, ':');

	for (unsigned int i = 0; i < o->cards; i++)
		if (!strncmp(o->card[i], value, strlen(o->card[i])))
			return err_set(msg, ERR_USAGE, "%s: there is one "
				       "already", value);
	if (line)
		o->console = line + 1;
	o->card[o->cards++] = line ? "virtio-console" : value;
	return 0;
}

static int set_set(void *into, const char *value, struct errmsg *msg)
{
	struct run_options *o = into;

	if (o->sets == RUN_SETS)
		return err_set(msg, ERR_RANGE, "%s: more than %d assignments",
			       value, RUN_SETS);
	o->set[o->sets++] = value;
	return 0;
}

static const struct option_row rows[] = {
	{ "engine", "auto|interp|jit", engines, 0, set_engine,
	  "what executes the guest's instructions; jit: x86-64 hosts only" },
	{ "accel", "none|kvm", accels, 0, set_accel,
	  "let the host's own 440 execute, by its /dev/kvm" },
	{ "timing", "none|approx", timings, 0, NULL,
	  "timing model; approx: not built yet" },
	{ "kernel", "F", NULL, 0, set_kernel,
	  "kernel to boot: vmlinux ELF, uImage, zImage, cuImage" },
	{ "initrd", "F", NULL, 0, set_initrd,
	  "initial root file system for the kernel" },
	{ "append", "STR", NULL, OPTION_MAY_BE_EMPTY, set_append,
	  "kernel command line (/chosen bootargs)" },
	{ "mem", "SIZE", NULL, 0, set_mem,
	  "RAM in bytes, with K, M or G after it; default: the board's" },
	{ "firmware", "F", NULL, 0, set_firmware,
	  "boot flash image, at its top; the CPU starts at the reset vector" },
	{ "nand", "F", NULL, 0, set_nand,
	  "content of the next NAND chip, made if absent; may be repeated" },
	{ "nvram", "F", NULL, 0, set_nvram,
	  "content of the battery-backed memory; F.1, F.2 ...: of EEPROMs" },
	{ "drive", "F[,OPTION]...", NULL, 0, set_drive,
	  "disk image or NBD URI; options: ro, format=raw, cow=G, snapshot,\n"
	  "if=virtio|usb; may be repeated" },
	{ "net", "KIND", NULL, 0, set_net,
	  "cable of the next network interface: user[,hostfwd=...], tap:NAME,\n"
	  "unix:PATH, none; may be repeated" },
	{ "nic", "emac|virtio|virtio-modern|e1000|rtl8139", nics, 0, set_nic,
	  "the next network interface; default: emac; may be repeated" },
	{ "share", "DIR[,ro][,tag=T]", NULL, 0, set_share,
	  "a host folder for the guest, by virtio-9p; tag: share0, share1 ..." },
	{ "card", "virtio-rng|virtio-console[:SERIAL]|usb-kbd", cards, 0,
	  set_card,
	  "plug in one more PCI card or a USB keyboard; SERIAL as with --serial" },
	{ "serial", "stdio|pty|file:F|unix:F|null", serials, 0, set_serial,
	  "host end of the next serial port, from UART0 on; up to 4 times;\n"
	  "default: stdio for UART0, null for the others" },
	{ "control", "PATH", NULL, 0, set_control,
	  "serve a socket for commands, one a line; \"help\" lists them" },
	{ "trace", "SPEC", NULL, OPTION_NOT_BUILT, NULL, "write a trace" },
	{ "gdb", "ADDR", NULL, OPTION_NOT_BUILT, NULL, "serve a debugger" },
	{ "snapshot", "F", NULL, OPTION_NOT_BUILT, NULL,
	  "start from a snapshot" },
	{ "record", "F", NULL, OPTION_NOT_BUILT, NULL, "record all inputs" },
	{ "replay", "F", NULL, OPTION_NOT_BUILT, NULL,
	  "repeat a recorded run" },
	{ "gui", NULL, NULL, OPTION_NOT_BUILT, NULL, "open a window" },
	{ "no-reboot", NULL, NULL, 0, set_no_reboot,
	  "end when the guest resets the machine" },
	{ "max-insns", "N", NULL, 0, set_max_insns,
	  "end after N instructions, with K, M or G (powers of 1000) after it" },
	{ "clock", "host|virtual", clocks, 0, set_clock,
	  "guest time keeps pace with the host's, or skips idle time;\n"
	  "default: host when a terminal is a serial port, else virtual" },
	{ "rtc", "host|N", NULL, 0, set_rtc,
	  "what battery-backed clocks show at the start: the host's time, or N\n"
	  "seconds since 1970; default: host, with --clock=virtual a fixed date" },
	{ "stats", "F.json", NULL, 0, set_stats,
	  "write counters of the run at its end" },
	{ "set", "/node/path:property=value", NULL, 0, set_set,
	  "change the device tree; may be repeated" },
};

const struct option_table run_option_table = {
	.command = "run",
	.operands = "BOARD",
	.max_operands = 1,
	.summary = "Simulate BOARD: a .dts, a .dtb, or a shipped board's name "
		   "(bamboo).",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.notes =
"\n--option VALUE is the same as --option=VALUE.\n"
"\nOn a terminal, Ctrl-a x stops, Ctrl-a h shows the other keys.\n"
"\nExit status: 0 the guest powered off, or reset under --no-reboot, or the\n"
"run ended as asked (Ctrl-a x, --max-insns); 1 bad input, one line says what;\n"
"2 wrong usage; 3 the guest is stuck, its state is on standard error.\n"
"\nExample:\n"
"  culm run bamboo --kernel=vmlinux --initrd=initramfs.cpio.gz --mem=128M\n",
};

/**
 * run_options_init - the options of an empty command line
 * @o: filled
 */
void run_options_init(struct run_options *o)
{
	*o = (struct run_options){ .cfg.engine = "auto" };
	o->cfg.set = o->set;
}
