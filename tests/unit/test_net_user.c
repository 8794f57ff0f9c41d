/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_net_user.c - the user-mode network, used by a guest that is
 * a few hundred lines: it makes its frames by hand.
 *
 * Expected values: RFC 826 (ARP), RFC 2131 and 2132 (DHCP), RFC 791 and 793
 * (IP, TCP), and the addresses that doc/network.md promises.
 */
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/host.h"
#include "tests/unit/unit.h"

#define MS 1000000ull
#define ROUTER	0x0a000202u
#define DNS	0x0a000203u
#define GUEST	0x0a00020fu
#define NOBODY	0u
#define MSS	1460u
#define STREAM_BYTES (8u << 20)

#define FIN	1u
#define SYN	2u
#define RST	4u
#define ACK	16u

/* One TCP connection of the guest's. */
struct tcp {
	u16 port, peer_port;
	u32 seq, ack, acked, window;
	bool is_open, has_ended;
	u64 got, wrong;
};

static struct host *host;
static struct net *net;
static struct errmsg msg;
static u8 last[1600];		/* the last frame of the kind that is waited for */
static size_t last_bytes;
static unsigned int arps;	/* requests for the guest that were answered */
static bool refuses;
static int link_up;
static struct tcp tcp;
static bool (*wanted)(const u8 *f, size_t bytes);

static const u8 mac[6] = { 0x52, 0x54, 0, 1, 2, 3 };
static u8 router_mac[6];

/* ---- bytes ------------------------------------------------------------- */

static void put16(u8 *p, unsigned int v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static void put32(u8 *p, u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static u32 get16(const u8 *p)
{
	return (u32)p[0] << 8 | p[1];
}

static u32 get32(const u8 *p)
{
	return get16(p) << 16 | get16(p + 2);
}

/* RFC 1071, begun with @sum. */
static unsigned int checksum(u32 sum, const u8 *p, size_t n)
{
	u64 s = sum;

	for (; n > 1; n -= 2, p += 2)
		s += get16(p);
	if (n)
		s += (u32)*p << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~(unsigned int)s & 0xffff;
}

static u8 pattern(u64 i)
{
	return (u8)(i * 7 + i / 251);
}

/* ---- frames ------------------------------------------------------------ */

static void put_ether(u8 *f, const u8 *to, unsigned int type)
{
	memcpy(f, to, 6);
	memcpy(f + 6, mac, 6);
	put16(f + 12, type);
}

/* RFC 826: Ethernet and IPv4. */
static void send_arp(unsigned int op, u32 from, const u8 *to_mac, u32 to)
{
	static const u8 all[6] = { 255, 255, 255, 255, 255, 255 };
	u8 f[60] = { 0 };

	put_ether(f, op == 1 ? all : to_mac, 0x0806);
	put16(f + 14, 1);
	put16(f + 16, 0x0800);
	f[18] = 6;
	f[19] = 4;
	put16(f + 20, op);
	memcpy(f + 22, mac, 6);
	put32(f + 28, from);
	if (op == 2)
		memcpy(f + 32, to_mac, 6);
	put32(f + 38, to);
	net_send(net, f, sizeof(f));
}

static void put_ip(u8 *ip, unsigned int protocol, u32 from, u32 to,
		   size_t payload)
{
	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned int)(20 + payload));
	ip[8] = 64;
	ip[9] = (u8)protocol;
	put32(ip + 12, from);
	put32(ip + 16, to);
	put16(ip + 10, checksum(0, ip, 20));
}

/* The sum of RFC 793's pseudo header. */
static u32 pseudo(unsigned int protocol, u32 from, u32 to, size_t n)
{
	return (from >> 16) + (from & 0xffff) + (to >> 16) + (to & 0xffff) +
	       protocol + (u32)n;
}

static void send_tcp(unsigned int flags, size_t bytes, u64 first)
{
	static u8 f[14 + 20 + 20 + MSS];
	u8 *t = f + 34;

	put_ether(f, router_mac, 0x0800);
	put_ip(f + 14, 6, GUEST, ROUTER, 20 + bytes);
	memset(t, 0, 20);
	put16(t, tcp.port);
	put16(t + 2, tcp.peer_port);
	put32(t + 4, tcp.seq);
	put32(t + 8, flags & ACK ? tcp.ack : 0);
	t[12] = 5 << 4;
	t[13] = (u8)flags;
	put16(t + 14, 65535);
	for (size_t i = 0; i < bytes; i++)
		t[20 + i] = pattern(first + i);
	put16(t + 16, checksum(pseudo(6, GUEST, ROUTER, 20 + bytes), t,
			       20 + bytes));
	tcp.seq += (u32)bytes + !!(flags & (SYN | FIN));
	net_send(net, f, 54 + bytes);
}

/* ---- the guest --------------------------------------------------------- */

static void take_arp(const u8 *f)
{
	if (get16(f + 20) == 1 && get32(f + 38) == GUEST) {
		memcpy(router_mac, f + 22, 6);
		arps++;
		send_arp(2, GUEST, f + 22, get32(f + 28));
	}
}

static void take_tcp(const u8 *t, size_t n)
{
	size_t head = (size_t)(t[12] >> 4) * 4;
	u32 seq = get32(t + 4);
	unsigned int flags = t[13];

	if (get16(t + 2) != tcp.port || get16(t) != tcp.peer_port || head > n)
		return;
	if (checksum(pseudo(6, ROUTER, GUEST, n), t, n) != 0)
		tcp.wrong++;
	tcp.window = get16(t + 14);
	if (flags & ACK)
		tcp.acked = get32(t + 8);
	if (flags & RST)
		tcp.has_ended = true;
	if (flags & SYN) {
		tcp.ack = seq + 1;
		tcp.is_open = true;
	} else if (seq == tcp.ack) {
		for (size_t i = head; i < n; i++)
			tcp.wrong += t[i] != pattern(tcp.got++);
		tcp.ack += (u32)(n - head);
		if (flags & FIN) {
			tcp.ack++;
			tcp.has_ended = true;
		}
	}
	if (n > head || (flags & (SYN | FIN)))
		send_tcp(ACK, 0, 0);
}

static bool nic_receive(void *o, const u8 *f, size_t bytes)
{
	(void)o;
	if (refuses)
		return false;
	if (wanted && bytes <= sizeof(last) && wanted(f, bytes)) {
		memcpy(last, f, bytes);
		last_bytes = bytes;
	}
	if (bytes >= 42 && get16(f + 12) == 0x0806)
		take_arp(f);
	if (bytes >= 54 && get16(f + 12) == 0x0800 && f[14] == 0x45 &&
	    f[23] == 6 && tcp.port)
		take_tcp(f + 34, get16(f + 16) - 20);
	return true;
}

static void nic_link(void *o, bool is_up)
{
	(void)o;
	link_up = is_up;
}

static const struct net_dev_ops nic_ops = {
	.receive = nic_receive,
	.link = nic_link,
};

static bool open_user(const char *spec)
{
	struct host_config cfg = { .net = { spec } };
	struct sigaction sa = { .sa_handler = SIG_IGN };

	if (host_net_check("user", &msg) < 0) {
		unit_skip("libslirp");
		return false;
	}
	sigaction(SIGPIPE, &sa, NULL);
	CU_ASSERT_EQUAL_FATAL(host_open(&host, &cfg, &msg), 0);
	net = host_net(host, 0);
	net->dev = &nic_ops;
	last_bytes = arps = 0;
	refuses = false;
	link_up = -1;
	wanted = NULL;
	memset(&tcp, 0, sizeof(tcp));
	return true;
}

static void close_user(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	host_close(host);
	sigaction(SIGPIPE, &sa, NULL);
}

static bool wait_for(bool (*what)(const u8 *f, size_t bytes))
{
	u64 end = host_now_ns(NULL) + 5000 * MS;

	wanted = what;
	while (!last_bytes && host_now_ns(NULL) < end)
		host_wait(host, host_now_ns(NULL) + MS);
	return last_bytes != 0;
}

/* ---- ARP, DHCP --------------------------------------------------------- */

static bool is_arp_reply(const u8 *f, size_t bytes)
{
	return bytes >= 42 && get16(f + 12) == 0x0806 && get16(f + 20) == 2;
}

void test_net_user_arp(void)
{
	if (!open_user("user"))
		return;
	host_wait(host, 0);
	CU_ASSERT_EQUAL(link_up, 1);
	send_arp(1, GUEST, NULL, ROUTER);
	CU_ASSERT_EQUAL(last_bytes, 0);	/* nothing outside host_wait */
	CU_ASSERT_FATAL(wait_for(is_arp_reply));
	CU_ASSERT_EQUAL(memcmp(last, mac, 6), 0);
	CU_ASSERT_EQUAL(get16(last + 14), 1);
	CU_ASSERT_EQUAL(get16(last + 16), 0x0800);
	CU_ASSERT_EQUAL(get16(last + 18), 0x0604);
	CU_ASSERT_EQUAL(memcmp(last + 6, last + 22, 6), 0);
	CU_ASSERT_EQUAL(get32(last + 28), ROUTER);
	CU_ASSERT_EQUAL(memcmp(last + 32, mac, 6), 0);
	CU_ASSERT_EQUAL(get32(last + 38), GUEST);
	CU_ASSERT_EQUAL(host_net_counters(host, 0)->tx_frames, 1);
	CU_ASSERT_EQUAL(host_net_counters(host, 0)->tx_bytes, 60);
	close_user();
}

static bool is_dhcp(const u8 *f, size_t bytes)
{
	return bytes >= 282 && get16(f + 12) == 0x0800 && f[23] == 17 &&
	       get16(f + 34) == 67 && get16(f + 36) == 68;
}

static const u8 *dhcp_option(unsigned int code)
{
	const u8 *p = last + 282, *end = last + last_bytes;

	while (p + 1 < end && *p != 255) {
		if (*p == code)
			return p + 2;
		p += *p ? 2 + p[1] : 1;
	}
	return NULL;
}

static void check_option(unsigned int code, u32 value)
{
	const u8 *p = dhcp_option(code);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p[-1], 4);
	CU_ASSERT_EQUAL(get32(p), value);
}

void test_net_user_dhcp(void)
{
	static const u8 all[6] = { 255, 255, 255, 255, 255, 255 };
	static const u8 options[] = { 99, 130, 83, 99, 53, 1, 1, 255 };
	u8 f[14 + 20 + 8 + 300] = { 0 }, *bootp = f + 42;

	if (!open_user("user"))
		return;
	put_ether(f, all, 0x0800);
	put_ip(f + 14, 17, NOBODY, 0xffffffff, 308);
	put16(f + 34, 68);
	put16(f + 36, 67);
	put16(f + 38, 308);
	bootp[0] = 1;
	bootp[1] = 1;
	bootp[2] = 6;
	put32(bootp + 4, 0xcafe0440);
	memcpy(bootp + 28, mac, 6);
	memcpy(bootp + 236, options, sizeof(options));
	net_send(net, f, sizeof(f));
	CU_ASSERT_FATAL(wait_for(is_dhcp));
	CU_ASSERT_EQUAL(last[42], 2);		/* BOOTREPLY */
	CU_ASSERT_EQUAL(get32(last + 46), 0xcafe0440);
	CU_ASSERT_EQUAL(get32(last + 58), GUEST);
	CU_ASSERT_EQUAL(memcmp(last + 70, mac, 6), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dhcp_option(53));
	CU_ASSERT_EQUAL(*dhcp_option(53), 2);	/* DHCPOFFER */
	check_option(1, 0xffffff00);
	check_option(3, ROUTER);
	check_option(6, DNS);
	check_option(54, ROUTER);
	close_user();
}

/* ---- TCP --------------------------------------------------------------- */

/* A socket of this host's; *@port is set to where it listens. */
static int serve(u16 *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&in, n), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 1), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&in, &n), 0);
	*port = ntohs(in.sin_port);
	return fd;
}

static void connect_guest(u16 port)
{
	u64 end = host_now_ns(NULL) + 5000 * MS;

	send_arp(1, GUEST, NULL, ROUTER);
	CU_ASSERT_FATAL(wait_for(is_arp_reply));
	memcpy(router_mac, last + 22, 6);
	tcp.port = 1025;
	tcp.peer_port = port;
	tcp.seq = 0x10000;
	send_tcp(SYN, 0, 0);
	while (!tcp.is_open && host_now_ns(NULL) < end)
		host_wait(host, host_now_ns(NULL) + MS);
	CU_ASSERT_FATAL(tcp.is_open);
}

/* In a child: sends or checks the stream; 0 when all of it was right. */
static void peer(int listener, bool sends)
{
	static u8 buf[65536];
	int fd = accept(listener, NULL, NULL);
	u64 done = 0, wrong = 0;
	ssize_t n;

	alarm(60);
	while (done < STREAM_BYTES) {
		for (size_t i = 0; sends && i < sizeof(buf); i++)
			buf[i] = pattern(done + i);
		n = sends ? write(fd, buf, sizeof(buf)) :
			    read(fd, buf, sizeof(buf));
		if (n <= 0)
			_exit(2);
		for (ssize_t i = 0; !sends && i < n; i++)
			wrong += buf[i] != pattern(done + (u64)i);
		done += (u64)n;
	}
	_exit(wrong || done != STREAM_BYTES);
}

static pid_t start_peer(int listener, bool sends)
{
	pid_t pid = fork();

	if (pid == 0)
		peer(listener, sends);
	close(listener);
	return pid;
}

static void end_peer(pid_t pid)
{
	int status = -1;

	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

/* The device refuses now and then: nothing may be lost for that. */
void test_net_user_tcp_in(void)
{
	u64 end = host_now_ns(NULL) + 60000 * MS;
	unsigned int turn = 0;
	u16 port;
	pid_t pid;
	int fd;

	if (!open_user("user"))
		return;
	fd = serve(&port);
	pid = start_peer(fd, true);
	connect_guest(port);
	while (tcp.got < STREAM_BYTES && !tcp.has_ended &&
	       host_now_ns(NULL) < end) {
		refuses = turn++ % 16 < 3;
		host_wait(host, host_now_ns(NULL) + MS / 10);
	}
	CU_ASSERT_EQUAL(tcp.got, STREAM_BYTES);
	CU_ASSERT_EQUAL(tcp.wrong, 0);
	CU_ASSERT_EQUAL(host_net_counters(host, 0)->rx_drops, 0);
	end_peer(pid);
	close_user();
}

void test_net_user_tcp_out(void)
{
	u64 end = host_now_ns(NULL) + 60000 * MS, sent = 0;
	u32 first;
	u16 port;
	pid_t pid;
	int fd;

	if (!open_user("user"))
		return;
	fd = serve(&port);
	pid = start_peer(fd, false);
	connect_guest(port);
	first = tcp.seq;
	while (tcp.acked - first < STREAM_BYTES && host_now_ns(NULL) < end) {
		size_t n = STREAM_BYTES - sent < MSS ? STREAM_BYTES - sent : MSS;

		if (n && tcp.seq + n - tcp.acked <= tcp.window) {
			send_tcp(ACK, n, sent);
			sent += n;
			host_wait(host, 0);
		} else {
			host_wait(host, host_now_ns(NULL) + MS);
		}
	}
	CU_ASSERT_EQUAL(tcp.acked - first, STREAM_BYTES);
	end_peer(pid);
	close_user();
}

/* ---- UDP --------------------------------------------------------------- */

static void send_udp(u16 port)
{
	u8 f[60] = { 0 };

	put_ether(f, router_mac, 0x0800);
	put_ip(f + 14, 17, GUEST, ROUTER, 12);
	put16(f + 34, 1025);
	put16(f + 36, port);
	put16(f + 38, 12);	/* no checksum: RFC 768 lets it be 0 */
	net_send(net, f, sizeof(f));
}

/* While the device refuses, what a server floods it with waits outside. */
void test_net_user_udp_flood(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct host_net_counters *c;
	socklen_t n = sizeof(in);
	u8 buf[1400] = { 0 };
	int fd;

	if (!open_user("user"))
		return;
	c = host_net_counters(host, 0);
	send_arp(1, GUEST, NULL, ROUTER);
	CU_ASSERT_FATAL(wait_for(is_arp_reply));
	memcpy(router_mac, last + 22, 6);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&in, n), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&in, &n), 0);
	send_udp(ntohs(in.sin_port));
	CU_ASSERT_EQUAL_FATAL(recvfrom(fd, buf, sizeof(buf), 0,
				       (struct sockaddr *)&in, &n), 4);
	refuses = true;
	for (int i = 0; i < 2000; i++) {
		sendto(fd, buf, sizeof(buf), 0, (struct sockaddr *)&in, n);
		if (i % 20 == 0)
			host_wait(host, 1);
	}
	CU_ASSERT_EQUAL(c->rx_drops, 0);
	refuses = false;
	for (int i = 0; i < 20; i++)
		host_wait(host, host_now_ns(NULL) + MS);
	CU_ASSERT_EQUAL(c->rx_drops, 0);
	CU_ASSERT(c->rx_bytes > 256u << 10);
	close(fd);
	close_user();
}

/* ---- forwards ---------------------------------------------------------- */

static bool is_syn(const u8 *f, size_t bytes)
{
	return bytes >= 54 && get16(f + 12) == 0x0800 && f[23] == 6 &&
	       f[47] == SYN;
}

static int connect_to(u16 port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) < 0 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Ports that were free a moment ago; the forward itself needs SO_REUSEADDR. */
static u16 free_port(void)
{
	u16 port;
	int fd = serve(&port);

	close(fd);
	return port;
}

static void check_forward(const char *more)
{
	char spec[128];
	u16 port = free_port();
	int fd;

	snprintf(spec, sizeof(spec), "user,hostfwd=tcp::%u-:22%s", port, more);
	if (!open_user(spec))
		return;
	fd = connect_to(port);
	CU_ASSERT(fd >= 0);
	CU_ASSERT_FATAL(wait_for(is_syn));
	CU_ASSERT(arps > 0);
	CU_ASSERT_EQUAL(get32(last + 30), GUEST);
	CU_ASSERT_EQUAL(get16(last + 36), 22);
	CU_ASSERT_EQUAL(checksum(pseudo(6, get32(last + 26), GUEST,
					get16(last + 16) - 20u), last + 34,
				 get16(last + 16) - 20u), 0);
	close(fd);
	close_user();
}

void test_net_user_forward(void)
{
	check_forward("");
	check_forward(",restrict=on");
}

void test_net_user_forward_taken(void)
{
	struct host_config cfg = { .net = { NULL } };
	struct host *h = (struct host *)&cfg;
	char spec[128], where[64];
	u16 port;
	int fd;

	if (!open_user("user"))
		return;
	close_user();
	fd = serve(&port);
	snprintf(spec, sizeof(spec), "user,hostfwd=tcp::%u-:22", port);
	snprintf(where, sizeof(where), "hostfwd=tcp:127.0.0.1:%u: ", port);
	cfg.net[0] = spec;
	CU_ASSERT_EQUAL(host_open(&h, &cfg, &msg), -ERR_CONFLICT);
	CU_ASSERT_PTR_NULL(h);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, where));
	close(fd);
}

/* A restricted guest gets no connection to a server of this host's. */
void test_net_user_restrict(void)
{
	u64 end;
	u16 port;
	int fd;

	if (!open_user("user,restrict=on"))
		return;
	fd = serve(&port);
	send_arp(1, GUEST, NULL, ROUTER);
	CU_ASSERT_FATAL(wait_for(is_arp_reply));
	memcpy(router_mac, last + 22, 6);
	tcp.port = 1025;
	tcp.peer_port = port;
	send_tcp(SYN, 0, 0);
	end = host_now_ns(NULL) + 200 * MS;
	while (host_now_ns(NULL) < end)
		host_wait(host, end);
	CU_ASSERT(!tcp.is_open);
	close(fd);
	close_user();
}
