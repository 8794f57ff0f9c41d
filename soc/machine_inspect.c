/* SPDX-License-Identifier: MIT */
/*
 * soc/machine_inspect.c - commands about a machine: one line in, lines of text
 * out.
 *
 * Reads the CPU's state, which it has brought up to date first, and the cells of
 * register tables, never through a callback that a guest's read would run, so
 * that to look changes nothing.
 * Must not know where the line comes from.
 */
#include "soc/machine_inspect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/cpu.h"
#include "cpu/dump.h"
#include "soc/board.h"
#include "soc/dev/gpio.h"
#include "soc/usb.h"

#define WORDS		4
#define LINE_BYTES	1024
#define REG_LINES	4096u		/* of one device, at most */

struct question {
	struct machine *machine;
	struct machine_insides in;
	char *word[WORDS + 1];	/* the command's name, then operands */
	void (*put)(void *to, const char *line);
	void *to;
	struct errmsg *msg;
};

static void __printf(2, 3) say(const struct question *q, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	q->put(q->to, text);
}

/* ---- the CPU ----------------------------------------------------------- */

static int do_status(struct question *q)
{
	const struct cpu *c = q->in.cpu;

	machine_look(q->machine);
	say(q, "state %s", c->s.msr & MSR_WE ? "waiting" : "running");
	say(q, "pc 0x%08x", c->s.pc);
	say(q, "cycles %llu", (unsigned long long)cpu_now(c));
	say(q, "insns %llu", (unsigned long long)cpu_insns(c));
	return 0;
}

struct filter {
	const struct question *q;
	const char *but;	/* lines that begin so, or do not */
	bool wants;
};

static void filter_put(void *opaque, const char *line)
{
	const struct filter *f = opaque;

	if (!strncmp(line, f->but, strlen(f->but)) == f->wants)
		f->q->put(f->q->to, line);
}

static int do_regs(struct question *q)
{
	struct filter f = { q, "tlb ", false };

	machine_look(q->machine);
	cpu_dump(q->in.cpu, filter_put, &f);
	return 0;
}

static int do_tlb(struct question *q)
{
	struct filter f = { q, "tlb ", true };

	machine_look(q->machine);
	cpu_dump(q->in.cpu, filter_put, &f);
	return 0;
}

static int do_engine(struct question *q)
{
	struct machine_stats st;

	if (q->word[1])
		return machine_set_engine(q->machine, q->word[1], q->msg);
	machine_stats(q->machine, &st);
	say(q, "engine %s", st.engine);
	return 0;
}

/* ---- devices ----------------------------------------------------------- */

/* "gpio0"; "at24.0" where the class's name ends in a digit. */
static void dev_name(const struct dev *dev, char *out, size_t room)
{
	const char *name = dev->cls->name;
	char last = name[strlen(name) - 1];

	snprintf(out, room, "%s%s%u", name,
		 last >= '0' && last <= '9' ? "." : "", dev->index);
}

static struct dev *find_dev(struct question *q, const char *name)
{
	const struct board *b = q->in.board;
	char text[64];

	for (unsigned int i = 0; i < b->count; i++) {
		struct dev *dev = b->node[i].dev;

		if (!dev)
			continue;
		dev_name(dev, text, sizeof(text));
		if (!strcmp(name, text) || !strcmp(name, dev->path))
			return dev;
	}
	err_set(q->msg, ERR_NOENT, "%s: no such device; see \"devices\"",
		name);
	return NULL;
}

static int do_devices(struct question *q)
{
	const struct board *b = q->in.board;
	char name[64];

	for (unsigned int i = 0; i < b->count; i++) {
		if (!b->node[i].dev)
			continue;
		dev_name(b->node[i].dev, name, sizeof(name));
		say(q, "%-16s %s  %s%s", name, b->node[i].path,
		    b->node[i].cls->desc,
		    b->node[i].is_implied ? " (implied)" : "");
	}
	return 0;
}

/* What no cell holds is made by a read of the guest's, which may do more. */
static void say_reg(struct question *q, const struct dev *dev,
		    const struct reg_desc *r, unsigned int i)
{
	char name[48];

	if (r->count > 1)
		snprintf(name, sizeof(name), "%s[%u]", r->name, i);
	else
		snprintf(name, sizeof(name), "%s", r->name);
	if (r->cell == REG_NO_CELL)
		say(q, "%-16s -", name);
	else
		say(q, "%-16s 0x%0*x", name, 2 * r->size,
		    ((const u32 *)((const char *)dev->priv + r->cell))[i]);
}

static int do_reg(struct question *q)
{
	const struct dev *dev = find_dev(q, q->word[1]);
	unsigned int lines = 0;

	if (!dev)
		return -ERR_NOENT;
	for (unsigned int s = 0; s < dev->cls->nspaces; s++) {
		const struct reg_space *space = &dev->cls->spaces[s];

		for (unsigned int n = 0; n < space->count; n++) {
			const struct reg_desc *r = &space->regs[n];
			unsigned int count = r->count ? r->count : 1;

			for (unsigned int i = 0; i < count; i++)
				if (lines++ < REG_LINES)
					say_reg(q, dev, r, i);
		}
	}
	return 0;
}

/* ---- inputs ------------------------------------------------------------ */

static bool number(const char *text, unsigned long max, unsigned long *v)
{
	char *end;

	*v = strtoul(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && *v <= max;
}

static int do_gpio(struct question *q)
{
	struct dev *dev = find_dev(q, q->word[1]);
	u32 driven = 0, level = 0;
	unsigned long pin, on;

	if (!dev)
		return -ERR_NOENT;
	if (!gpio_is(dev))
		return err_set(q->msg, ERR_USAGE, "%s: not a GPIO controller",
			       q->word[1]);
	if (!q->word[2]) {
		gpio_pins(dev, &driven, &level);
		say(q, "driven 0x%08x", driven);
		say(q, "level 0x%08x", level);
		return 0;
	}
	if (!number(q->word[2], GPIO_PINS - 1, &pin) || !q->word[3] ||
	    !number(q->word[3], 1, &on))
		return err_set(q->msg, ERR_USAGE, "gpio: a pin is 0 to %d, its "
			       "level 0 or 1", GPIO_PINS - 1);
	gpio_set_input(dev, (unsigned int)pin, on);
	return 0;
}

/* HID Usage Tables, page 7; the names are those of the US keyboard. */
static const struct {
	u8 usage;
	const char *names;	/* of this usage and those after it */
} keys[] = {
	{ 0x04, "a b c d e f g h i j k l m n o p q r s t u v w x y z" },
	{ 0x1e, "1 2 3 4 5 6 7 8 9 0 enter esc backspace tab space minus "
	  "equal leftbracket rightbracket backslash" },
	{ 0x33, "semicolon apostrophe grave comma dot slash capslock" },
	{ 0x3a, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 sysrq scrolllock "
	  "pause insert home pageup delete end pagedown right left down up "
	  "numlock" },
	{ 0x54, "kpslash kpasterisk kpminus kpplus kpenter kp1 kp2 kp3 kp4 "
	  "kp5 kp6 kp7 kp8 kp9 kp0 kpdot 102nd compose" },
	{ 0xe0, "leftctrl leftshift leftalt leftmeta rightctrl rightshift "
	  "rightalt rightmeta" },
};

/* 0: there is no such key. */
static u8 key_usage(const char *name)
{
	size_t n = strlen(name);
	unsigned long v;

	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *p = keys[i].names;

		for (u8 k = 0; *p; k++) {
			size_t len = strcspn(p, " ");

			if (len == n && !memcmp(p, name, n))
				return (u8)(keys[i].usage + k);
			p += len + (p[len] == ' ');
		}
	}
	if (name[0] == '0' && name[1] == 'x' && number(name, 0xff, &v) &&
	    v >= 4)
		return (u8)v;
	return 0;
}

static struct dev *find_keyboard(const struct question *q)
{
	const struct board *b = q->in.board;

	for (unsigned int i = 0; i < b->count; i++)
		if (b->node[i].dev && b->node[i].cls == &usb_kbd_class)
			return b->node[i].dev;
	return NULL;
}

static int do_key(struct question *q)
{
	struct dev *kbd = find_keyboard(q);
	u8 usage = key_usage(q->word[1]);
	const char *how = q->word[2];
	bool is_press = !strcmp(how, "press");

	if (!usage)
		return err_set(q->msg, ERR_NOENT, "%s: no such key",
			       q->word[1]);
	if (!is_press && strcmp(how, "down") && strcmp(how, "up"))
		return err_set(q->msg, ERR_USAGE, "%s: neither down, up nor "
			       "press", how);
	if (!kbd)
		return err_set(q->msg, ERR_NOENT, "no USB keyboard is plugged "
			       "in");
	if (is_press || !strcmp(how, "down"))
		usb_kbd_key(kbd, usage, true);
	if (is_press || !strcmp(how, "up"))
		usb_kbd_key(kbd, usage, false);
	return 0;
}

static int do_reset(struct question *q)
{
	static const char *const kind[] = {
		[RESET_CORE] = "core", [RESET_CHIP] = "chip",
		[RESET_SYSTEM] = "system",
	};
	const char *name = q->word[1] ? q->word[1] : "system";
	const struct dev_env *env = q->in.env;

	for (unsigned int i = RESET_CORE; i <= RESET_SYSTEM; i++)
		if (!strcmp(name, kind[i])) {
			env->request_reset(env->opaque, (enum reset_kind)i);
			return 0;
		}
	return err_set(q->msg, ERR_USAGE, "%s: neither core, chip nor system",
		       name);
}

/* ---- the table --------------------------------------------------------- */

static int do_help(struct question *q);

static const struct {
	const char *name, *operands, *help;
	unsigned int min, max;	/* operands */
	int (*run)(struct question *q);
} commands[] = {
	{ "status", "", "running or waiting, PC, cycles, instructions", 0, 0,
	  do_status },
	{ "regs", "", "registers and counters of the CPU", 0, 0, do_regs },
	{ "tlb", "", "valid entries of the TLB", 0, 0, do_tlb },
	{ "engine", "[interp|jit|kvm]", "what executes, or let another go on",
	  0, 1, do_engine },
	{ "devices", "", "name, node and kind of each device", 0, 0,
	  do_devices },
	{ "reg", "DEVICE", "registers of a device", 1, 1, do_reg },
	{ "gpio", "DEVICE [PIN 0|1]", "pins as masks, or set an input", 1, 3,
	  do_gpio },
	{ "key", "NAME down|up|press", "a key of the USB keyboard", 2, 2,
	  do_key },
	{ "reset", "[core|chip|system]", "reset the machine", 0, 1, do_reset },
	{ "help", NULL, NULL, 0, 0, do_help },
};

static int do_help(struct question *q)
{
	char head[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!commands[i].help)
			continue;
		snprintf(head, sizeof(head), "%s %s", commands[i].name,
			 commands[i].operands);
		say(q, "%-28s %s", head, commands[i].help);
	}
	return 0;
}

static int run_words(struct question *q, unsigned int words)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(q->word[0], commands[i].name))
			continue;
		if (words - 1 < commands[i].min || words - 1 > commands[i].max)
			return err_set(q->msg, ERR_USAGE, "usage: %s %s",
				       commands[i].name, commands[i].help ?
				       commands[i].operands : "");
		return commands[i].run(q);
	}
	return err_set(q->msg, ERR_NOENT, "%s: no such command; see \"help\"",
		       q->word[0]);
}

/**
 * machine_command - answer a line about a machine
 * @m:    machine
 * @line: command and operands, blanks between them; "help" lists them
 * @put:  gets the answer, a line at a time
 * @to:   for @put
 * @msg:  one line on failure
 *
 * Returns: 0; -ERR_NOENT for a command, device or key that is not there,
 *          -ERR_USAGE for wrong operands, -ERR_RANGE for a line of more than
 *          1023 bytes.
 * Context: between two slices.
 */
int machine_command(struct machine *m, const char *line,
		    void (*put)(void *to, const char *line), void *to,
		    struct errmsg *msg)
{
	struct question q = { .machine = m, .put = put, .to = to, .msg = msg };
	char copy[LINE_BYTES], *rest = copy, *word;
	unsigned int words = 0;

	if (strlen(line) >= sizeof(copy))
		return err_set(msg, ERR_RANGE, "the line is too long");
	strcpy(copy, line);
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (words == WORDS)
			return err_set(msg, ERR_USAGE, "more than %d words",
				       WORDS);
		q.word[words++] = word;
	}
	if (!words)
		return 0;
	machine_insides(m, &q.in);
	return run_words(&q, words);
}
