/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_control.c - the control socket, by clients that behave and
 * by clients that do not; and what a machine answers.
 *
 * Expected values: the protocol of doc/control.md; GPIO pin n is bit n from
 * the left, and "a" is usage 4 of the HID usage tables, page 7.
 */
#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cpu/cpu.h"
#include "host/host.h"
#include "soc/board.h"
#include "soc/machine_inspect.h"
#include "soc/machine_priv.h"
#include "soc/usb.h"

#define MS 1000000ull
#define BIG 100000u		/* bytes of the answer to "big" */

static struct host *host;
static struct errmsg msg;
static char path[64];
static unsigned int asked;
static char last[1100];

/* ---- the host's side ----------------------------------------------------- */

static int answer(void *opaque, const char *line,
		  void (*put)(void *to, const char *text), void *to,
		  struct errmsg *why)
{
	(void)opaque;
	asked++;
	snprintf(last, sizeof(last), "%s", line);
	if (!strcmp(line, "two")) {
		put(to, "first");
		put(to, "second");
	} else if (!strcmp(line, "big")) {
		for (unsigned int i = 0; i < BIG / 10; i++)
			put(to, "123456789");
	} else if (!strcmp(line, "huge")) {
		for (unsigned int i = 0; i < BIG; i++)
			put(to, "123456789");
	} else {
		return err_set(why, ERR_NOENT, "%s: no\nsuch thing", line);
	}
	return 0;
}

static int try_open(void)
{
	struct host_config cfg = { .control = path };
	int r;

	msg.text[0] = '\0';
	asked = 0;
	r = host_open(&host, &cfg, &msg);
	if (r == 0)
		host_set_answer(host, &(struct host_answer){ answer, NULL });
	return r;
}

static void open_host(void)
{
	snprintf(path, sizeof(path), "/tmp/culm-control.%d", (int)getpid());
	unlink(path);
	CU_ASSERT_EQUAL_FATAL(try_open(), 0);
}

static void close_host(void)
{
	struct errmsg ignored = { "" };

	CU_ASSERT_EQUAL(host_stop(host, &ignored), 0);
	host_close(host);
	host = NULL;
	CU_ASSERT(access(path, F_OK) < 0);
}

static int client(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sun.sun_path, path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&sun,
				      sizeof(sun)), 0);
	return fd;
}

static void send_text(int fd, const char *text)
{
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* Serve until @fd gave @want, or an end of file, or 2 seconds passed. */
static bool gets(int fd, const char *want)
{
	static char got[4 * BIG];
	u64 end = host_now_ns(NULL) + 2000 * MS;
	size_t n = 0;

	while (host_now_ns(NULL) < end && n < strlen(want)) {
		ssize_t r;

		host_wait(host, host_now_ns(NULL) + 5 * MS);
		r = read(fd, got + n, sizeof(got) - 1 - n);
		if (r == 0)
			break;
		n += r > 0 ? (size_t)r : 0;
	}
	got[n] = '\0';
	if (strcmp(got, want))
		printf("     got \"%.200s\"\n", got);
	return !strcmp(got, want);
}

/* The same for an answer of which only the end matters. */
static bool ends(int fd, const char *want)
{
	u64 end = host_now_ns(NULL) + 2000 * MS;
	size_t n = strlen(want), used = 0;
	static char got[4 * BIG];
	ssize_t r;

	while (host_now_ns(NULL) < end && used < sizeof(got)) {
		host_wait(host, host_now_ns(NULL) + 5 * MS);
		r = read(fd, got + used, sizeof(got) - used);
		used += r > 0 ? (size_t)r : 0;
		if (used >= n && !memcmp(got + used - n, want, n))
			return true;
	}
	return false;
}

static bool is_closed(int fd)
{
	u64 end = host_now_ns(NULL) + 2000 * MS;
	char byte;

	while (host_now_ns(NULL) < end) {
		host_wait(host, host_now_ns(NULL) + 5 * MS);
		if (read(fd, &byte, 1) == 0)
			return true;
	}
	return false;
}

void test_control_lines(void)
{
	int a, b;

	open_host();
	a = client();
	b = client();
	send_text(a, "two\n");
	CU_ASSERT_TRUE(gets(a, "first\nsecond\nok\n"));
	/* two at once, one in pieces, one with the end of line of a terminal */
	send_text(a, "two\n\n  two\r\n");
	CU_ASSERT_TRUE(gets(a, "first\nsecond\nok\nfirst\nsecond\nok\n"));
	send_text(a, "tw");
	send_text(b, "nonsense\n");
	CU_ASSERT_TRUE(gets(b, "error nonsense: no such thing\n"));
	CU_ASSERT_EQUAL(asked, 4);
	send_text(a, "o\n");
	CU_ASSERT_TRUE(gets(a, "first\nsecond\nok\n"));
	close(a);
	close(b);
	close_host();
}

void test_control_long(void)
{
	char line[1100];
	int fd;

	memset(line, 'x', sizeof(line));
	line[1023] = '\n';
	line[1024] = '\0';
	open_host();
	fd = client();
	send_text(fd, line);
	host_wait(host, host_now_ns(NULL) + 5 * MS);
	host_wait(host, host_now_ns(NULL) + 5 * MS);
	CU_ASSERT_EQUAL(strlen(last), 1023);
	close(fd);
	fd = client();
	asked = 0;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	for (unsigned int i = 0; i < 5; i++)
		send_text(fd, line);
	send_text(fd, "\ntwo\n");
	CU_ASSERT_TRUE(gets(fd, "error the line is longer than 1023 bytes\n"
				"first\nsecond\nok\n"));
	CU_ASSERT_EQUAL(asked, 1);
	send_text(fd, "huge\n");
	CU_ASSERT_TRUE(ends(fd, "89\nerror the answer is too long\n"));
	send_text(fd, "two\n");
	CU_ASSERT_TRUE(gets(fd, "first\nsecond\nok\n"));
	close(fd);
	close_host();
}

void test_control_deaf(void)
{
	unsigned int before;
	int deaf, fd, room = 1024;
	u64 end;

	open_host();
	deaf = client();
	setsockopt(deaf, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	for (unsigned int i = 0; i < 5; i++)
		send_text(deaf, "big\nbig\nbig\nbig\n");
	end = host_now_ns(NULL) + 100 * MS;
	while (host_now_ns(NULL) < end)
		host_wait(host, end);
	before = asked;
	CU_ASSERT(before < 20);
	fd = client();
	send_text(fd, "two\n");
	CU_ASSERT_TRUE(gets(fd, "first\nsecond\nok\n"));
	CU_ASSERT_EQUAL(asked, before + 1);
	/* and it goes without having read: no signal, no error */
	close(deaf);
	send_text(fd, "two\n");
	CU_ASSERT_TRUE(gets(fd, "first\nsecond\nok\n"));
	CU_ASSERT_FALSE(host_should_stop(host));
	close(fd);
	close_host();
}

void test_control_many(void)
{
	int fd[12];

	open_host();
	for (unsigned int i = 0; i < ARRAY_SIZE(fd); i++) {
		fd[i] = client();
		host_wait(host, host_now_ns(NULL) + 5 * MS);
	}
	send_text(fd[7], "two\n");
	CU_ASSERT_TRUE(gets(fd[7], "first\nsecond\nok\n"));
	/* the ninth has its turn when one of eight has gone */
	send_text(fd[8], "two\n");
	close(fd[0]);
	CU_ASSERT_TRUE(gets(fd[8], "first\nsecond\nok\n"));
	for (unsigned int i = 1; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	close_host();
}

void test_control_half(void)
{
	int fd;

	open_host();
	fd = client();
	send_text(fd, "two\ntwo");
	shutdown(fd, SHUT_WR);
	CU_ASSERT_TRUE(gets(fd, "first\nsecond\nok\nfirst\nsecond\nok\n"));
	CU_ASSERT_TRUE(is_closed(fd));
	close(fd);
	close_host();
}

void test_control_path(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	open_host();
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	close_host();
	/* one that nobody serves any more */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(sun.sun_path, path);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	CU_ASSERT_EQUAL_FATAL(try_open(), 0);
	close_host();
	/* a file, which stays */
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	CU_ASSERT_EQUAL(try_open(), -ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, path));
	CU_ASSERT_EQUAL(unlink(path), 0);
	memset(path, 'x', sizeof(path));
	memcpy(path, "/nosuch/", 8);
	path[sizeof(path) - 1] = '\0';
	CU_ASSERT_EQUAL(try_open(), -ERR_IO);
}

void test_control_stop(void)
{
	char got[64];
	ssize_t n;
	int fd;

	open_host();
	fd = client();
	send_text(fd, "stop\n");
	for (unsigned int i = 0; i < 50 && !host_should_stop(host); i++)
		host_wait(host, host_now_ns(NULL) + 5 * MS);
	CU_ASSERT_TRUE(host_should_stop(host));
	close_host();
	n = read(fd, got, sizeof(got));
	CU_ASSERT(n == 3 && !memcmp(got, "ok\n", 3));
	close(fd);
}

/* ---- the machine's side --------------------------------------------------- */

static char text[1 << 16];

static void collect(void *to, const char *line)
{
	size_t n = strlen(text);

	(void)to;
	CU_ASSERT_FATAL(n + strlen(line) + 2 < sizeof(text));
	sprintf(text + n, "%s\n", line);
}

static int tell(struct machine *m, const char *line)
{
	text[0] = msg.text[0] = '\0';
	return machine_command(m, line, collect, NULL, &msg);
}

static struct machine *open_machine(void)
{
	static const struct board_part kbd = {
		BUS_PART_USB, "keyboard", "culm,usb-kbd", 0, false, "--card",
	};
	struct machine_config cfg = {
		.board = "bamboo", .engine = "interp", .no_reboot = true,
		.part = &kbd, .parts = 1,
	};
	const char *src = getenv("srcdir");
	struct machine *m = NULL;
	char dir[512];

	snprintf(dir, sizeof(dir), "%s/soc/boards", src ? src : ".");
	setenv("CULM_BOARDS", dir, 0);
	msg.text[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(machine_new(&m, &cfg, &msg), 0);
	return m;
}

static struct dev *dev_of(struct machine *m, const struct dev_class *cls)
{
	struct machine_insides in;

	machine_insides(m, &in);
	for (unsigned int i = 0; i < in.board->count; i++)
		if (in.board->node[i].dev && in.board->node[i].cls == cls)
			return in.board->node[i].dev;
	return NULL;
}

void test_control_look(void)
{
	struct machine *m = open_machine();
	struct machine_insides in;
	u64 cycles;

	machine_insides(m, &in);
	cycles = cpu_now(in.cpu);
	CU_ASSERT_EQUAL(tell(m, "status"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "state running\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "insns 0\n"));
	CU_ASSERT_EQUAL(tell(m, "regs"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "msr "));
	/* 4 KB: SIZE 1 */
	tlb_write(&in.cpu->s.tlb, 7, 0, 0x12345000 | TLB0_V | 1 << 4, 0);
	CU_ASSERT_EQUAL(tell(m, "tlb"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "tlb 7 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "12345000..12345fff"));
	CU_ASSERT_EQUAL(tell(m, "regs"), 0);
	CU_ASSERT_PTR_NULL(strstr(text, "tlb "));
	CU_ASSERT_EQUAL(tell(m, "devices"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "uart1 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "/plb/opb/serial@ef600400"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "at24.0 "));
	CU_ASSERT_EQUAL(tell(m, "reg uart0"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "lcr "));
	CU_ASSERT_EQUAL(tell(m, "reg /plb/opb/serial@ef600300"), 0);
	CU_ASSERT_EQUAL(tell(m, "help"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "gpio DEVICE [PIN 0|1]"));
	CU_ASSERT_EQUAL(cpu_now(in.cpu), cycles);
	machine_free(m);
}

/* An engine that has the state where struct cpu has not. */
static int get_elsewhere(struct cpu *cpu, struct cpu_state *s,
			 struct errmsg *why)
{
	(void)why;
	cpu->s.pc = 0x00c0ffe0;
	cpu->s.msr |= MSR_WE;
	cpu->s.gpr[3] = 0x13572468;
	tlb_write(&cpu->s.tlb, 9, 0, 0x76543000 | TLB0_V | 1 << 4, 0);
	if (s != &cpu->s)
		*s = cpu->s;
	return 0;
}

void test_control_look_elsewhere(void)
{
	struct machine *m = open_machine();
	struct engine_ops engine = engine_interp;

	engine.get_state = get_elsewhere;
	m->engine = &engine;
	CU_ASSERT_EQUAL(tell(m, "tlb"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "76543000..76543fff"));
	m->cpu->s.gpr[3] = 0;
	CU_ASSERT_EQUAL(tell(m, "regs"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "13572468"));
	m->cpu->s.pc = m->cpu->s.msr = 0;
	CU_ASSERT_EQUAL(tell(m, "status"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "state waiting\npc 0x00c0ffe0\n"));
	machine_free(m);
}

void test_control_engine(void)
{
	struct machine *m = open_machine();

	CU_ASSERT_EQUAL(tell(m, "engine"), 0);
	CU_ASSERT_STRING_EQUAL(text, "engine interp\n");
	CU_ASSERT_EQUAL(tell(m, "engine interp"), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	CU_ASSERT_EQUAL(tell(m, "engine kvm"), -ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--clock=virtual"));
	CU_ASSERT_EQUAL(tell(m, "engine steam"), -ERR_UNSUPP);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "steam"));
	CU_ASSERT_EQUAL(tell(m, "engine"), 0);
	CU_ASSERT_STRING_EQUAL(text, "engine interp\n");
#ifdef HAVE_JIT
	if (engine_jit.is_possible()) {
		CU_ASSERT_EQUAL(tell(m, "engine jit"), 0);
		CU_ASSERT_EQUAL(tell(m, "engine"), 0);
		CU_ASSERT_STRING_EQUAL(text, "engine jit\n");
	}
#endif
	machine_free(m);
}

void test_control_all_regs(void)
{
	struct machine *m = open_machine();
	struct machine_insides in;
	char line[300];

	machine_insides(m, &in);
	for (unsigned int i = 0; i < in.board->count; i++) {
		const struct dev *dev = in.board->node[i].dev;

		if (!dev)
			continue;
		snprintf(line, sizeof(line), "reg %s", dev->path);
		CU_ASSERT_EQUAL(tell(m, line), 0);
		CU_ASSERT_EQUAL(!dev->cls->nspaces, !text[0]);
		CU_ASSERT_EQUAL(dev->holes, 0);
	}
	machine_free(m);
}

void test_control_gpio(void)
{
	struct machine *m = open_machine();

	CU_ASSERT_EQUAL(tell(m, "gpio gpio1"), 0);
	CU_ASSERT_STRING_EQUAL(text, "driven 0x00000000\nlevel 0x00000000\n");
	CU_ASSERT_EQUAL(tell(m, "gpio gpio1 3 1"), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	CU_ASSERT_EQUAL(tell(m, "gpio gpio1"), 0);
	CU_ASSERT_STRING_EQUAL(text, "driven 0x00000000\nlevel 0x10000000\n");
	CU_ASSERT_EQUAL(tell(m, "gpio gpio1 3 0"), 0);
	CU_ASSERT_EQUAL(tell(m, "gpio gpio1"), 0);
	CU_ASSERT_STRING_EQUAL(text, "driven 0x00000000\nlevel 0x00000000\n");
	machine_free(m);
}

void test_control_key(void)
{
	struct machine *m = open_machine();
	struct dev *dev = dev_of(m, &usb_kbd_class);
	struct usb_function *f;
	u8 report[8];

	CU_ASSERT_PTR_NOT_NULL_FATAL(dev);
	f = dev->priv;
	CU_ASSERT_EQUAL(tell(m, "key leftshift down"), 0);
	CU_ASSERT_EQUAL(tell(m, "key a press"), 0);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT(report[0] == 2 && !report[2]);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT(report[0] == 2 && report[2] == 4);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT(report[0] == 2 && !report[2]);
	CU_ASSERT_EQUAL(tell(m, "key leftshift up"), 0);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT_EQUAL(report[0], 0);
	/* the ends of the name table: numlock, 0x53; rightmeta, modifier 7 */
	CU_ASSERT_EQUAL(tell(m, "key numlock down"), 0);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT_EQUAL(report[2], 0x53);
	CU_ASSERT_EQUAL(tell(m, "key rightmeta down"), 0);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT_EQUAL(report[0], 0x80);
	CU_ASSERT_EQUAL(tell(m, "key compose down"), 0);
	CU_ASSERT_EQUAL(f->ops->in(f, 1, report, 8), 8);
	CU_ASSERT(report[2] == 0x65 || report[3] == 0x65);
	machine_free(m);
}

void test_control_reset(void)
{
	struct machine *m = open_machine();

	CU_ASSERT_EQUAL(tell(m, "reset chip"), 0);
	CU_ASSERT_EQUAL(machine_run(m), EXIT_RESET);
	machine_free(m);
}

void test_control_refused(void)
{
	static const struct { const char *line; int code; } bad[] = {
		{ "nonsense", ERR_NOENT }, { "reg", ERR_USAGE },
		{ "reg uart9", ERR_NOENT }, { "reg uart0 uart1", ERR_USAGE },
		{ "status now", ERR_USAGE }, { "gpio uart0", ERR_USAGE },
		{ "gpio gpio0 32 1", ERR_USAGE },
		{ "gpio gpio0 -1 1", ERR_USAGE },
		{ "gpio gpio0 1", ERR_USAGE },
		{ "gpio gpio0 1 2", ERR_USAGE }, { "key a", ERR_USAGE },
		{ "key a sideways", ERR_USAGE }, { "key anykey up", ERR_NOENT },
		{ "key 0x100 up", ERR_NOENT }, { "key 0x3 up", ERR_NOENT },
		{ "reset all", ERR_USAGE },
		{ "gpio gpio0 1 1 1", ERR_USAGE },
	};
	struct machine *m = open_machine();

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		CU_ASSERT_EQUAL(tell(m, bad[i].line), -bad[i].code);
		CU_ASSERT(msg.text[0] && !text[0]);
	}
	machine_free(m);
}
