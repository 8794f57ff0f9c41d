/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_serial.c - the host end of serial ports, driven as a machine
 * drives it, by a device that is a buffer.
 *
 * Expected values: the contract of soc/chr.h (a device gets only what it has
 * room for, between slices) and that no byte is lost or reordered.
 */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "host/host.h"

#define MS 1000000ull
#define MANY 100000u

/* A device that keeps what it gets; '<' marks a break. */
struct sink {
	u8 got[2 * MANY];
	size_t used, room;
	unsigned int lines;
};

static struct sink sink;
static struct host *host;
static struct errmsg msg;
static int saved[2] = { -1, -1 };
static char dir[64], path[128];

static size_t sink_room(void *o)
{
	return ((struct sink *)o)->room;
}

static void sink_receive(void *o, const u8 *buf, size_t n)
{
	struct sink *s = o;

	CU_ASSERT_FATAL(n <= s->room && s->used + n <= sizeof(s->got));
	memcpy(s->got + s->used, buf, n);
	s->used += n;
}

static void sink_break(void *o)
{
	sink_receive(o, (const u8 *)"<", 1);
}

static void sink_modem(void *o, unsigned int lines)
{
	((struct sink *)o)->lines = lines;
}

static const struct chr_dev_ops sink_ops = {
	.room = sink_room,
	.receive = sink_receive,
	.receive_break = sink_break,
	.modem = sink_modem,
};

static int open_spec(const char *spec)
{
	struct host_config cfg = { .serial = { spec } };
	struct chr *c;
	int r;

	memset(&sink, 0x5a, sizeof(sink));
	sink.used = 0;
	sink.room = 16;
	msg.text[0] = '\0';
	r = host_open(&host, &cfg, &msg);
	if (r < 0)
		return r;
	c = host_serial(host, 0);
	c->dev = &sink_ops;
	c->dev_opaque = &sink;
	return 0;
}

static int close_host(void)
{
	int r;

	msg.text[0] = '\0';
	r = host_stop(host, &msg);
	host_close(host);
	host = NULL;
	return r;
}

static void print(const char *text)
{
	struct chr *c = host_serial(host, 0);

	c->host->write(c->host_opaque, (const u8 *)text, strlen(text));
}

static void wait_ms(unsigned int ms)
{
	u64 end = host_now_ns(NULL) + ms * MS;

	while (host_now_ns(NULL) < end && !host_should_stop(host))
		host_wait(host, end);
}

static void wait_for(size_t bytes)
{
	u64 end = host_now_ns(NULL) + 5000 * MS;

	while (sink.used < bytes && host_now_ns(NULL) < end)
		host_wait(host, host_now_ns(NULL) + 10 * MS);
	CU_ASSERT_EQUAL(sink.used, bytes);
}

static void expect(const char *text)
{
	wait_for(strlen(text));
	CU_ASSERT_EQUAL(memcmp(sink.got, text, strlen(text)), 0);
	sink.used = 0;
}

/* What the peer at @fd sees must begin with @text. */
static void expect_from(int fd, const char *text)
{
	char buf[256];
	size_t used = 0, want = strlen(text);
	u64 end = host_now_ns(NULL) + 3000 * MS;

	fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	while (used < want && host_now_ns(NULL) < end) {
		ssize_t n = read(fd, buf + used, want - used);

		if (n > 0)
			used += (size_t)n;
		host_wait(host, host_now_ns(NULL) + 10 * MS);
	}
	CU_ASSERT_EQUAL(used, want);
	CU_ASSERT_EQUAL(memcmp(buf, text, used), 0);
}

static u8 pattern(size_t i)
{
	return (u8)(i * 7 + i / 251);
}

static void print_many(void)
{
	struct chr *c = host_serial(host, 0);

	for (size_t i = 0; i < MANY; i++)
		chr_write(c, pattern(i));
}

static void use_stdio(int in, int out)
{
	fflush(stdout);
	saved[0] = dup(0);
	saved[1] = dup(1);
	dup2(in, 0);
	dup2(out, 1);
}

static void give_stdio_back(void)
{
	dup2(saved[0], 0);
	dup2(saved[1], 1);
	close(saved[0]);
	close(saved[1]);
}

static void make_dir(void)
{
	strcpy(dir, "/tmp/culm-serial-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
}

static void remove_dir(void)
{
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static char *spec_of(const char *kind)
{
	static char spec[160];

	snprintf(spec, sizeof(spec), "%s:%s", kind, path);
	return spec;
}

void test_serial_bad_spec(void)
{
	static const char *const bad[] = {
		"", "stdi", "stdiox", "file", "file:", "unix:", "pty:x",
		"null:",
	};
	struct host_config two = { .serial = { "stdio", "null", "stdio" } };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CU_ASSERT_EQUAL(open_spec(bad[i]), -ERR_USAGE);
		CU_ASSERT_PTR_NULL(host);
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, bad[i]));
	}
	CU_ASSERT_EQUAL(host_open(&host, &two, &msg), -ERR_CONFLICT);
	CU_ASSERT_EQUAL(open_spec("file:/nonexistent/f"), -ERR_IO);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/nonexistent/f"));
	CU_ASSERT_EQUAL(open_spec("null"), 0);
	CU_ASSERT_PTR_NULL(host_serial(host, 0)->host);
	CU_ASSERT_EQUAL(close_host(), 0);
}

void test_serial_file_all(void)
{
	FILE *f;

	make_dir();
	CU_ASSERT_EQUAL_FATAL(open_spec(spec_of("file")), 0);
	print_many();
	CU_ASSERT_EQUAL(close_host(), 0);
	f = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (size_t i = 0; i < MANY; i++)
		if (fgetc(f) != pattern(i)) {
			CU_FAIL("a byte differs");
			break;
		}
	CU_ASSERT_EQUAL(fgetc(f), EOF);
	fclose(f);
	remove_dir();
}

void test_serial_file_full(void)
{
	CU_ASSERT_EQUAL_FATAL(open_spec("file:/dev/full"), 0);
	print("x");
	host_wait(host, 0);
	CU_ASSERT_TRUE(host_should_stop(host));
	print_many();
	CU_ASSERT_EQUAL(close_host(), -ERR_IO);
	CU_ASSERT_STRING_EQUAL(msg.text,
			       "/dev/full: No space left on device");
}

/* Reads slowly; exit status 0 when all bytes are as printed. */
static pid_t slow_reader(int in, int other)
{
	pid_t pid = fork();
	size_t i = 0;

	if (pid)
		return pid;
	close(other);
	for (;;) {
		u8 buf[5000];
		ssize_t n = read(in, buf, sizeof(buf));

		if (n <= 0)
			_exit(i != MANY);
		for (ssize_t k = 0; k < n; k++)
			if (buf[k] != pattern(i++))
				_exit(2);
		poll(NULL, 0, 2);
	}
}

void test_serial_slow_reader(void)
{
	int p[2], status = -1, null = open("/dev/null", O_RDWR);
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(p), 0);
	fcntl(p[1], F_SETPIPE_SZ, 4096);
	pid = slow_reader(p[0], p[1]);
	use_stdio(null, p[1]);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	print_many();
	CU_ASSERT_EQUAL(close_host(), 0);
	/* the descriptor that others share is as it was */
	CU_ASSERT_EQUAL(fcntl(1, F_GETFL) & O_NONBLOCK, 0);
	give_stdio_back();
	close(p[1]);
	close(p[0]);
	close(null);
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
}

void test_serial_broken_pipe(void)
{
	int p[2], null = open("/dev/null", O_RDWR);

	CU_ASSERT_EQUAL_FATAL(pipe(p), 0);
	use_stdio(null, p[1]);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	CU_ASSERT_EQUAL(host_start(host, &msg), 0);
	close(p[0]);
	print("x");
	host_wait(host, 0);
	CU_ASSERT_TRUE(host_should_stop(host));
	CU_ASSERT_EQUAL(close_host(), -ERR_IO);
	give_stdio_back();
	CU_ASSERT_STRING_EQUAL(msg.text, "standard output: Broken pipe");
	close(p[1]);
	close(null);
}

void test_serial_end_of_input(void)
{
	int p[2], null = open("/dev/null", O_RDWR);
	u64 start;
	clock_t cpu;

	CU_ASSERT_EQUAL_FATAL(pipe(p), 0);
	CU_ASSERT_EQUAL(write(p[1], "ab", 2), 2);
	close(p[1]);
	use_stdio(p[0], null);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	expect("ab");
	start = host_now_ns(NULL);
	cpu = clock();
	wait_ms(200);
	CU_ASSERT_FALSE(host_should_stop(host));
	CU_ASSERT(host_now_ns(NULL) - start >= 200 * MS);
	CU_ASSERT(clock() - cpu < CLOCKS_PER_SEC / 20);
	CU_ASSERT_EQUAL(close_host(), 0);
	give_stdio_back();
	close(p[0]);
	close(null);
}

static pid_t writer(int out)
{
	static u8 buf[MANY];
	pid_t pid = fork();

	if (pid)
		return pid;
	for (size_t i = 0; i < MANY; i++)
		buf[i] = pattern(i);
	for (size_t done = 0; done < MANY; ) {
		ssize_t n = write(out, buf + done, MANY - done);

		if (n < 0)
			_exit(1);
		done += (size_t)n;
	}
	_exit(0);
}

void test_serial_room(void)
{
	int p[2], null = open("/dev/null", O_RDWR), status = -1;
	unsigned int bad = 0;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(p), 0);
	pid = writer(p[1]);
	close(p[1]);
	use_stdio(p[0], null);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	sink.room = 0;
	wait_ms(50);
	CU_ASSERT_EQUAL(sink.used, 0);
	sink.room = 7;
	wait_for(MANY);
	for (size_t i = 0; i < MANY; i++)
		bad += sink.got[i] != pattern(i);
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_EQUAL(close_host(), 0);
	give_stdio_back();
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
	close(p[0]);
	close(null);
}

void test_serial_wait_early(void)
{
	int p[2], null = open("/dev/null", O_RDWR);
	u64 start;

	CU_ASSERT_EQUAL_FATAL(pipe(p), 0);
	use_stdio(p[0], null);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	start = host_now_ns(NULL);
	for (int i = 0; i < 1000; i++)
		host_wait(host, 0);
	CU_ASSERT(host_now_ns(NULL) - start < 1000 * MS);
	CU_ASSERT_EQUAL(write(p[1], "k", 1), 1);
	start = host_now_ns(NULL);
	host_wait(host, start + 20000 * MS);
	CU_ASSERT(host_now_ns(NULL) - start < 5000 * MS);
	expect("k");
	CU_ASSERT_EQUAL(close_host(), 0);
	give_stdio_back();
	close(p[0]);
	close(p[1]);
	close(null);
}

/* ---- terminals ---------------------------------------------------------- */

static int master, slave;

static void start_terminal(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	CU_ASSERT_EQUAL_FATAL(grantpt(master) | unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	CU_ASSERT_FATAL(slave >= 0);
	use_stdio(slave, slave);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	CU_ASSERT_TRUE(host_on_terminal(host));
	CU_ASSERT_EQUAL(host_start(host, &msg), 0);
}

static void end_terminal(void)
{
	CU_ASSERT_EQUAL(close_host(), 0);
	give_stdio_back();
	close(slave);
	close(master);
}

static void type(const char *keys)
{
	CU_ASSERT_EQUAL(write(master, keys, strlen(keys)),
			(ssize_t)strlen(keys));
}

void test_serial_escapes(void)
{
	start_terminal();
	type("a\3\r\1\1b\1bc");
	expect("a\3\r\1b<c");
	CU_ASSERT_FALSE(host_should_stop(host));
	type("\1");
	wait_ms(20);
	type("x");
	wait_ms(1000);
	CU_ASSERT_TRUE(host_should_stop(host));
	CU_ASSERT_EQUAL(sink.used, 0);
	end_terminal();
}

void test_serial_hung_guest(void)
{
	u64 end;

	start_terminal();
	sink.room = 0;
	for (int i = 0; i < 40; i++) {
		type("0123456789012345678901234567890123456789012345678901234");
		wait_ms(1);
	}
	type("\1x");
	end = host_now_ns(NULL) + 2000 * MS;
	while (!host_should_stop(host) && host_now_ns(NULL) < end)
		host_wait(host, 0);
	CU_ASSERT_TRUE(host_should_stop(host));
	end_terminal();
}

void test_serial_terminal_back(void)
{
	struct termios before, during, after;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	CU_ASSERT_EQUAL_FATAL(grantpt(master) | unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	tcgetattr(slave, &before);
	use_stdio(slave, slave);
	CU_ASSERT_EQUAL(open_spec("stdio"), 0);
	CU_ASSERT_EQUAL(host_start(host, &msg), 0);
	tcgetattr(slave, &during);
	CU_ASSERT_EQUAL(during.c_lflag & (ICANON | ISIG | ECHO), 0);
	CU_ASSERT_EQUAL(during.c_oflag & OPOST, 0);
	CU_ASSERT_EQUAL(close_host(), 0);
	tcgetattr(slave, &after);
	CU_ASSERT_EQUAL(after.c_lflag, before.c_lflag);
	CU_ASSERT_EQUAL(after.c_iflag, before.c_iflag);
	CU_ASSERT_EQUAL(after.c_oflag, before.c_oflag);
	CU_ASSERT_EQUAL(after.c_cflag, before.c_cflag);
	CU_ASSERT_EQUAL(memcmp(after.c_cc, before.c_cc, sizeof(after.c_cc)), 0);
	give_stdio_back();
	close(slave);
	close(master);
}

/* ---- sockets ------------------------------------------------------------- */

static int connect_client(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sun.sun_path, path);
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void test_serial_unix_client(void)
{
	struct stat st;
	int a, b;

	make_dir();
	CU_ASSERT_EQUAL_FATAL(open_spec(spec_of("unix")), 0);
	print("early");
	wait_ms(20);
	a = connect_client();
	CU_ASSERT_FATAL(a >= 0);
	expect_from(a, "early");
	CU_ASSERT_TRUE(sink.lines & CHR_DCD);
	CU_ASSERT_EQUAL(write(a, "one", 3), 3);
	expect("one");
	b = connect_client();
	CU_ASSERT_FATAL(b >= 0);
	CU_ASSERT_EQUAL(write(b, "two", 3), 3);
	wait_ms(30);
	CU_ASSERT_EQUAL(sink.used, 0);
	close(a);
	expect("two");
	print("late");
	expect_from(b, "late");
	close(b);
	wait_ms(30);
	CU_ASSERT_FALSE(sink.lines & CHR_DCD);
	CU_ASSERT_TRUE(sink.lines & CHR_CTS);
	CU_ASSERT_EQUAL(close_host(), 0);
	CU_ASSERT(stat(path, &st) < 0);
	remove_dir();
}

void test_serial_unix_half(void)
{
	int a;

	make_dir();
	CU_ASSERT_EQUAL_FATAL(open_spec(spec_of("unix")), 0);
	a = connect_client();
	CU_ASSERT_EQUAL(write(a, "q", 1), 1);
	shutdown(a, SHUT_WR);
	expect("q");
	wait_ms(30);
	print("answer");
	expect_from(a, "answer");
	close(a);
	wait_ms(30);
	CU_ASSERT_FALSE(sink.lines & CHR_DCD);
	CU_ASSERT_EQUAL(close_host(), 0);
	remove_dir();
}

void test_serial_unix_path(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char spec[400];
	int fd;

	make_dir();
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	CU_ASSERT_EQUAL(listen(fd, 1), 0);
	CU_ASSERT_EQUAL(open_spec(spec_of("unix")), -ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, path));
	close(fd);
	CU_ASSERT_EQUAL(open_spec(spec_of("unix")), 0);
	CU_ASSERT_EQUAL(close_host(), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	CU_ASSERT_EQUAL(open_spec(spec_of("unix")), -ERR_CONFLICT);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	memset(spec, 'x', sizeof(spec));
	memcpy(spec, "unix:", 5);
	spec[sizeof(spec) - 1] = '\0';
	CU_ASSERT_EQUAL(open_spec(spec), -ERR_RANGE);
	remove_dir();
}

/* ---- pseudo-terminals ------------------------------------------------------ */

void test_serial_pty_reopen(void)
{
	const char *name;
	int fd;

	CU_ASSERT_EQUAL_FATAL(open_spec("pty"), 0);
	name = host_serial_shown(host, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(name);
	/* a peer that is gone before we look */
	fd = open(name, O_RDWR | O_NOCTTY);
	CU_ASSERT_EQUAL(write(fd, "brief", 5), 5);
	close(fd);
	expect("brief");
	wait_ms(120);
	print("early");
	for (int i = 0; i < 2; i++) {
		fd = open(name, O_RDWR | O_NOCTTY);
		CU_ASSERT_FATAL(fd >= 0);
		expect_from(fd, i ? "again" : "early");
		CU_ASSERT_EQUAL(write(fd, "\3key\r", 5), 5);
		close(fd);
		expect("\3key\r");
		wait_ms(120);
		CU_ASSERT_FALSE(sink.lines & CHR_DCD);
		print("again");
	}
	CU_ASSERT_EQUAL(close_host(), 0);
}

void test_serial_pty_unread(void)
{
	u64 start = host_now_ns(NULL);

	CU_ASSERT_EQUAL_FATAL(open_spec("pty"), 0);
	wait_ms(60);
	print_many();
	print_many();
	CU_ASSERT_EQUAL(close_host(), 0);
	CU_ASSERT(host_now_ns(NULL) - start < 3000 * MS);
}

/* ---- signals ----------------------------------------------------------------- */

void test_serial_signal_stops(void)
{
	u64 start = host_now_ns(NULL);
	pid_t pid, self = getpid();

	CU_ASSERT_EQUAL_FATAL(open_spec("null"), 0);
	CU_ASSERT_EQUAL(host_start(host, &msg), 0);
	CU_ASSERT_FALSE(host_should_stop(host));
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 50);
		kill(self, SIGTERM);
		_exit(0);
	}
	host_wait(host, start + 20000 * MS);
	CU_ASSERT(host_now_ns(NULL) - start < 5000 * MS);
	CU_ASSERT_TRUE(host_should_stop(host));
	CU_ASSERT_EQUAL(close_host(), 0);
	waitpid(pid, NULL, 0);
}
