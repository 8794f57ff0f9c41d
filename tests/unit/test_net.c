/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_net.c - the host end of Ethernet cables, driven as a machine
 * drives it, by a device that is a list of frames.
 *
 * Expected values: the contract of soc/net.h (a device gets only what it
 * takes, between slices, in order) and what doc/network.md promises.
 */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/host.h"
#include "host/net_queue.h"
#include "tests/unit/unit.h"

#define MS 1000000ull
#define KEPT 64

struct nic {
	struct host *host;
	struct net *net;
	u8 frame[KEPT][1600];
	size_t bytes[KEPT];
	unsigned int count;	/* frames taken */
	unsigned int calls;	/* receive was called */
	bool is_full, is_echo;
	int link;		/* -1: not told */
	void (*on_frame)(struct nic *n, const u8 *f, size_t bytes);
};

static struct nic a, b;
static struct errmsg msg;
static char dir[64], path[96], spec[128];

static bool nic_receive(void *o, const u8 *f, size_t bytes)
{
	struct nic *n = o;

	n->calls++;
	if (n->is_full)
		return false;
	if (n->on_frame) {
		n->on_frame(n, f, bytes);
	} else if (bytes <= sizeof(n->frame[0])) {
		memcpy(n->frame[n->count % KEPT], f, bytes);
		n->bytes[n->count % KEPT] = bytes;
	}
	n->count++;
	if (n->is_echo)
		net_send(n->net, f, bytes);
	return true;
}

static void nic_link(void *o, bool is_up)
{
	((struct nic *)o)->link = is_up;
}

static const struct net_dev_ops nic_ops = {
	.receive = nic_receive,
	.link = nic_link,
};

static int nic_open(struct nic *n, const char *text)
{
	struct host_config cfg = { .net = { text } };
	int r;

	memset(n, 0x5a, sizeof(*n));
	n->count = n->calls = 0;
	n->is_full = n->is_echo = false;
	n->on_frame = NULL;
	n->link = -1;
	n->host = NULL;
	msg.text[0] = '\0';
	r = host_open(&n->host, &cfg, &msg);
	if (r < 0)
		return r;
	n->net = host_net(n->host, 0);
	n->net->dev = &nic_ops;
	n->net->dev_opaque = n;
	return 0;
}

static void nic_close(struct nic *n)
{
	host_close(n->host);
	n->host = NULL;
}

/* Let both ends run until @ok, at most five seconds. */
static bool run_until(bool (*ok)(void))
{
	u64 end = host_now_ns(NULL) + 5000 * MS;

	while (!ok() && host_now_ns(NULL) < end) {
		if (a.host)
			host_wait(a.host, host_now_ns(NULL) + MS);
		if (b.host)
			host_wait(b.host, host_now_ns(NULL) + MS);
	}
	return ok();
}

static void run_ms(unsigned int ms)
{
	u64 end = host_now_ns(NULL) + ms * MS;

	while (host_now_ns(NULL) < end) {
		if (a.host)
			host_wait(a.host, host_now_ns(NULL) + MS);
		if (b.host)
			host_wait(b.host, host_now_ns(NULL) + MS);
	}
}

static void make_dir(void)
{
	strcpy(dir, "/tmp/culm-net-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
	snprintf(spec, sizeof(spec), "unix:%s", path);
}

/* An end that is closed leaves nothing behind. */
static void remove_dir(void)
{
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static bool both_up(void)
{
	return a.link == 1 && b.link == 1;
}

static void open_pair(void)
{
	make_dir();
	CU_ASSERT_EQUAL_FATAL(nic_open(&a, spec), 0);
	CU_ASSERT_EQUAL_FATAL(nic_open(&b, spec), 0);
	CU_ASSERT_FATAL(run_until(both_up));
}

static void close_pair(void)
{
	nic_close(&a);
	nic_close(&b);
	remove_dir();
}

/* Frame number @i, of a length that differs from its neighbours'. */
static size_t make_frame(u8 *f, unsigned int i, size_t bytes)
{
	for (size_t k = 0; k < bytes; k++)
		f[k] = (u8)(i * 31 + k);
	memcpy(f, &i, sizeof(i));
	return bytes;
}

static size_t some_bytes(unsigned int i)
{
	return 14 + i * 97 % 1501;
}

static const struct host_net_counters *counters(const struct nic *n)
{
	return host_net_counters(n->host, 0);
}

/* ---- the queue --------------------------------------------------------- */

/* Against a list of lengths; the contents say which frame it is. */
void test_net_queue(void)
{
	static unsigned int length[1 << 16];
	unsigned int in = 0, out = 0, seed = 440, bad = 0, refused = 0;
	struct net_queue q = { .buf = calloc(1, NET_QUEUE_BYTES) };
	u64 held = 0;
	u8 f[1600];

	for (unsigned int i = 0; i < 60000; i++) {
		size_t n;
		const u8 *p;

		seed = seed * 1103515245u + 12345;
		n = 14 + (seed >> 16) % 1501;
		make_frame(f, in, n);
		if (net_queue_put(&q, f, n)) {
			length[in++] = (unsigned int)n;
			held += n;
		} else {
			/* what is lost to the end of the buffer is little */
			bad += held + 3 * 1600 < NET_QUEUE_BYTES * 9u / 10;
			refused++;
		}
		if ((seed >> 8) % 100 >= 90 + (i >> 9) % 12)
			continue;
		if (i < 2000)
			continue;
		p = net_queue_head(&q, &n);
		if (!p || n != length[out]) {
			bad++;
			break;
		}
		make_frame(f, out, n);
		bad += memcmp(p, f, n) != 0;
		net_queue_pop(&q, n);
		held -= n;
		out++;
	}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT(refused > 100);
	CU_ASSERT(out > 20000);
	free(q.buf);
}

/* ---- specs ------------------------------------------------------------ */

void test_net_bad_spec(void)
{
	static const char *const bad[] = {
		"", "tap", "tap:", "unix:", "none:x", "nones", "usera",
		"user:", "user,", "user,restrict=maybe", "user,x",
		"user,hostfwd=", "user,hostfwd=tcp:22-:22",
		"user,hostfwd=sctp::1-:1", "user,hostfwd=tcp::0-:22",
		"user,hostfwd=tcp::65536-:22", "user,hostfwd=tcp::22-:",
		"user,hostfwd=tcp::22", "user,hostfwd=tcp:::22-:22",
		"user,hostfwd=tcp:1.2.3:22-:22", "user,hostfwd=tcp::22-:22x",
		"user,hostfwd=tcp::-1-:22", "user,restrict=on,",
		"user,hostfwd=tcp::22-:22222222222222222222222222222222222222"
		"22222222222222222222222222222222222222222222222222222222222",
		"tap:a/b", "tap:a-name-that-is-too-long",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		msg.text[0] = '\0';
		CU_ASSERT_EQUAL(host_net_check(bad[i], &msg), -ERR_USAGE);
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--net="));
		CU_ASSERT_EQUAL(nic_open(&a, bad[i]), -ERR_USAGE);
		CU_ASSERT_PTR_NULL(a.host);
	}
	memset(spec, 'x', sizeof(spec) - 1);
	memcpy(spec, "unix:/", 6);
	CU_ASSERT_EQUAL(host_net_check(spec, &msg), -ERR_RANGE);
}

void test_net_good_spec(void)
{
	static const char *const user[] = {
		"user", "user,restrict=on", "user,restrict=off",
		"user,hostfwd=tcp::2222-:22",
		"user,hostfwd=udp:127.0.0.1:69-10.0.2.15:69,"
		"hostfwd=tcp:0.0.0.0:80-10.0.2.16:65535,restrict=on",
	};
	int want;

	msg.text[0] = '\0';
	want = host_net_check("user", &msg);
	CU_ASSERT_EQUAL(host_net_check("none", &msg), 0);
	CU_ASSERT_EQUAL(host_net_check("tap:culm0", &msg), 0);
	CU_ASSERT_EQUAL(host_net_check("unix:s", &msg), 0);
	CU_ASSERT(want == 0 || want == -ERR_UNSUPP);
	if (want == -ERR_UNSUPP)
		CU_ASSERT_STRING_EQUAL(msg.text, "--net=user: this culm was "
				       "built without libslirp");
	for (size_t i = 0; i < ARRAY_SIZE(user); i++)
		CU_ASSERT_EQUAL(host_net_check(user[i], &msg), want);
}

void test_net_none(void)
{
	u8 f[64] = { 0 };

	CU_ASSERT_EQUAL_FATAL(nic_open(&a, "none"), 0);
	net_send(a.net, f, sizeof(f));
	host_wait(a.host, 0);
	CU_ASSERT_EQUAL(a.link, 0);
	CU_ASSERT_EQUAL(a.calls, 0);
	nic_close(&a);
}

/* ---- unix -------------------------------------------------------------- */

static bool b_has_500(void)
{
	return b.count == 500;
}

static unsigned int wrong, next_frame;

/* Whole, and not before one that was sent earlier. */
static void check_frame(struct nic *n, const u8 *f, size_t bytes)
{
	u8 want[1600];
	unsigned int i;

	(void)n;
	memcpy(&i, f, sizeof(i));
	make_frame(want, i, some_bytes(i));
	if (i < next_frame || bytes != some_bytes(i) ||
	    memcmp(want, f, bytes) != 0)
		wrong++;
	next_frame = i + 1;
}

void test_net_unix_order(void)
{
	u64 bytes = 0;
	u8 f[1600];

	open_pair();
	wrong = next_frame = 0;
	b.on_frame = check_frame;
	for (unsigned int i = 0; i < 500; i++) {
		size_t n = make_frame(f, i, some_bytes(i));

		net_send(a.net, f, n);
		bytes += n;
	}
	CU_ASSERT_EQUAL(b.count, 0);	/* nothing outside host_wait */
	CU_ASSERT(run_until(b_has_500));
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(counters(&a)->tx_frames, 500);
	CU_ASSERT_EQUAL(counters(&a)->tx_bytes, bytes);
	CU_ASSERT_EQUAL(counters(&b)->rx_frames, 500);
	CU_ASSERT_EQUAL(counters(&b)->rx_bytes, bytes);
	CU_ASSERT_EQUAL(counters(&a)->tx_drops + counters(&b)->rx_drops, 0);
	close_pair();
}

static bool b_has_all_sent(void)
{
	return a.host && b.count == counters(&a)->tx_frames;
}

/* More than queues and kernel hold: the first ones arrive, in order. */
void test_net_unix_overflow(void)
{
	u8 f[1600];

	open_pair();
	wrong = next_frame = 0;
	b.on_frame = check_frame;
	b.is_full = true;
	for (unsigned int i = 0; i < 20000; i++) {
		net_send(a.net, f, make_frame(f, i, some_bytes(i)));
		if (i % 64 == 0) {
			host_wait(a.host, 1);
			host_wait(b.host, 1);
		}
	}
	CU_ASSERT(counters(&a)->tx_drops > 1000);
	CU_ASSERT_EQUAL(b.count, 0);
	CU_ASSERT(b.calls > 1);		/* offered again and again */
	b.is_full = false;
	CU_ASSERT(run_until(b_has_all_sent));
	run_ms(20);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(b_has_all_sent());
	CU_ASSERT(b.count > (512u << 10) / 1514);
	CU_ASSERT_EQUAL(counters(&a)->tx_frames + counters(&a)->tx_drops,
			20000);
	CU_ASSERT_EQUAL(counters(&b)->rx_drops, 0);
	close_pair();
}

void test_net_bad_length(void)
{
	static u8 f[9217];

	open_pair();
	net_send(a.net, f, 0);
	net_send(a.net, f, 13);
	net_send(a.net, f, 9217);
	CU_ASSERT_EQUAL(counters(&a)->tx_bad, 3);
	net_send(a.net, f, 9216);
	net_send(a.net, f, 14);
	run_ms(20);
	CU_ASSERT_EQUAL(counters(&a)->tx_bad, 3);
	CU_ASSERT_EQUAL(counters(&a)->tx_frames, 2);
	CU_ASSERT_EQUAL(b.count, 2);
	CU_ASSERT_EQUAL(b.bytes[1], 14);
	CU_ASSERT_EQUAL(counters(&b)->rx_bytes, 9216 + 14);
	close_pair();
}

static bool a_is_down(void)
{
	return a.link == 0;
}

static bool b_is_down(void)
{
	return b.link == 0;
}

static bool b_has_one(void)
{
	return b.count == 1;
}

void test_net_unix_peers(void)
{
	u8 f[64];

	make_frame(f, 1, sizeof(f));
	make_dir();
	CU_ASSERT_EQUAL_FATAL(nic_open(&a, spec), 0);
	run_ms(5);
	CU_ASSERT_EQUAL(a.link, 0);
	net_send(a.net, f, sizeof(f));
	CU_ASSERT_EQUAL(counters(&a)->tx_drops, 1);
	CU_ASSERT_EQUAL_FATAL(nic_open(&b, spec), 0);
	CU_ASSERT(run_until(both_up));
	/* the second leaves and comes back */
	nic_close(&b);
	CU_ASSERT(run_until(a_is_down));
	CU_ASSERT_EQUAL_FATAL(nic_open(&b, spec), 0);
	CU_ASSERT(run_until(both_up));
	CU_ASSERT_EQUAL(b.count, 0);	/* the lost frame stays lost */
	/* the first leaves and comes back: the second serves meanwhile */
	nic_close(&a);
	CU_ASSERT(run_until(b_is_down));
	run_ms(300);
	CU_ASSERT_EQUAL_FATAL(nic_open(&a, spec), 0);
	CU_ASSERT(run_until(both_up));
	net_send(a.net, f, sizeof(f));
	CU_ASSERT(run_until(b_has_one));
	CU_ASSERT_EQUAL(memcmp(b.frame[0], f, sizeof(f)), 0);
	close_pair();
}

void test_net_unix_third(void)
{
	static struct nic first;

	open_pair();
	first = a;
	first.net->dev_opaque = &first;
	CU_ASSERT_EQUAL_FATAL(nic_open(&a, spec), 0);
	for (int i = 0; i < 300; i++) {
		host_wait(first.host, host_now_ns(NULL) + MS);
		run_ms(2);
		CU_ASSERT_NOT_EQUAL(a.link, 1);
		if (b.link != 1 || first.link != 1)
			break;
	}
	CU_ASSERT_EQUAL(b.link, 1);
	CU_ASSERT_EQUAL(first.link, 1);
	/* its turn comes */
	nic_close(&first);
	CU_ASSERT(run_until(both_up));
	close_pair();
}

/* Left by a killed Culm; removed by a person; something else's. */
void test_net_unix_path(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	make_dir();
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	CU_ASSERT_EQUAL_FATAL(nic_open(&a, spec), 0);
	CU_ASSERT_EQUAL(unlink(path), 0);
	CU_ASSERT_EQUAL_FATAL(nic_open(&b, spec), 0);
	CU_ASSERT(run_until(both_up));
	nic_close(&a);
	nic_close(&b);

	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	CU_ASSERT_EQUAL(nic_open(&a, spec), -ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, path));
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	CU_ASSERT_EQUAL(listen(fd, 1), 0);
	CU_ASSERT_EQUAL(nic_open(&a, spec), -ERR_CONFLICT);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	close(fd);
	unlink(path);
	remove_dir();
}

static bool few_left(void)
{
	return counters(&a)->rx_frames >= 1000;
}

/* Both answer each frame with it: neither wait goes on for ever. */
void test_net_echo(void)
{
	u8 f[64];
	u64 start;

	open_pair();
	a.is_echo = b.is_echo = true;
	net_send(a.net, f, make_frame(f, 7, sizeof(f)));
	start = host_now_ns(NULL);
	host_wait(a.host, 0);
	host_wait(b.host, 0);
	CU_ASSERT(host_now_ns(NULL) - start < 1000 * MS);
	CU_ASSERT(run_until(few_left));
	CU_ASSERT_EQUAL(memcmp(a.frame[0], f, sizeof(f)), 0);
	close_pair();
}

/* A peer that is no Culm, and sends nonsense. */
void test_net_unix_foreign(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	static u8 big[20000];
	char greeting[32];
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	make_dir();
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	CU_ASSERT_EQUAL_FATAL(nic_open(&a, spec), 0);
	CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	run_ms(5);
	CU_ASSERT_EQUAL(a.link, 1);
	CU_ASSERT_EQUAL(recv(fd, greeting, sizeof(greeting), 0), 10);
	CU_ASSERT_EQUAL(memcmp(greeting, "culm net 1", 10), 0);
	CU_ASSERT_EQUAL(send(fd, big, 13, 0), 13);
	CU_ASSERT_EQUAL(send(fd, big, 9217, 0), 9217);
	CU_ASSERT_EQUAL(send(fd, big, sizeof(big), 0), (ssize_t)sizeof(big));
	CU_ASSERT_EQUAL(send(fd, big, 60, 0), 60);
	run_ms(5);
	CU_ASSERT_EQUAL(a.count, 1);
	CU_ASSERT_EQUAL(a.bytes[0], 60);
	CU_ASSERT_EQUAL(counters(&a)->rx_drops, 3);
	close(fd);
	CU_ASSERT(run_until(a_is_down));
	nic_close(&a);
	remove_dir();
}

/* A full device whose peer is gone must not keep the loop awake. */
void test_net_sleeps(void)
{
	u64 start, looks = 0;
	u8 f[1514];

	open_pair();
	b.is_full = true;
	for (unsigned int i = 0; i < 2000; i++) {
		net_send(a.net, f, make_frame(f, i, sizeof(f)));
		host_wait(a.host, 1);
		host_wait(b.host, 1);
	}
	nic_close(&a);
	start = host_now_ns(NULL);
	b.calls = 0;
	while (host_now_ns(NULL) - start < 300 * MS) {
		host_wait(b.host, start + 300 * MS);
		looks++;
	}
	CU_ASSERT(looks < 30);
	CU_ASSERT(b.calls < 60);
	CU_ASSERT_EQUAL(b.count, 0);
	nic_close(&b);
	remove_dir();
}

/* ---- tap ---------------------------------------------------------------- */

void test_net_tap_errors(void)
{
	int r = nic_open(&a, "tap:lo");

	/* lo is no tap; or there is no right, or no tap driver */
	CU_ASSERT(r == -ERR_IO || r == -ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--net=tap:lo: "));
	CU_ASSERT_PTR_NULL(strchr(msg.text, '\n'));
}

static bool set_if_up(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r;

	strcpy(ifr.ifr_name, name);
	r = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return r == 0;
}

static bool a_has_arp(void)
{
	for (unsigned int i = 0; i < a.count && i < KEPT; i++)
		if (a.frame[i][12] == 0x88 && a.frame[i][13] == 0xb5)
			return true;
	return false;
}

/* A packet socket on the interface sees what the guest sends, and back. */
void test_net_tap_frames(void)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(0x88b5) };
	u8 f[60] = { [0] = 0xff, [12] = 0x88, [13] = 0xb5, [14] = 1 };
	u8 got[128];
	int fd;

	if (nic_open(&a, "tap:culmtest0") < 0) {
		unit_skip("the right to make a tap interface");
		return;
	}
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(0x88b5));
	ll.sll_ifindex = (int)if_nametoindex("culmtest0");
	if (fd < 0 || !set_if_up("culmtest0") ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0) {
		close(fd);
		nic_close(&a);
		unit_skip("the right to use a packet socket");
		return;
	}
	memset(f, 0xff, 6);
	run_ms(5);
	CU_ASSERT_EQUAL(a.link, 1);
	net_send(a.net, f, sizeof(f));
	run_ms(5);
	CU_ASSERT_EQUAL(recv(fd, got, sizeof(got), 0), 60);
	CU_ASSERT_EQUAL(memcmp(got, f, 60), 0);
	CU_ASSERT_EQUAL(send(fd, f, 60, 0), 60);
	CU_ASSERT(run_until(a_has_arp));
	close(fd);
	nic_close(&a);
}
