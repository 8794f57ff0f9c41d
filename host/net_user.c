/* SPDX-License-Identifier: MIT */
/*
 * host/net_user.c - the options of --net=user, from text to numbers.
 *
 *	hostfwd=tcp|udp:[HOSTADDR]:HOSTPORT-[GUESTADDR]:GUESTPORT
 *	restrict=on|off
 *
 * Must not know what is done with them: there may be no library for it.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "host/net.h"

/* A forward is for this host only unless it names an address. */
#define LOOPBACK	0x7f000001u
#define GUEST		0x0a00020fu
#define ITEM_BYTES	80

/* ADDR:PORT, where an empty ADDR is @ip. */
static bool parse_end(char *text, u32 ip, u32 *out_ip, u16 *out_port)
{
	char *port = strchr(text, ':'), *end;
	struct in_addr a = { .s_addr = htonl(ip) };
	unsigned long n;

	if (!port || port[1] < '0' || port[1] > '9')
		return false;
	*port++ = '\0';
	n = strtoul(port, &end, 10);
	if (*end || n < 1 || n > 65535)
		return false;
	if (*text && inet_pton(AF_INET, text, &a) != 1)
		return false;
	*out_ip = ntohl(a.s_addr);
	*out_port = (u16)n;
	return true;
}

static bool parse_forward(struct net_forward *f, char *text)
{
	char *guest;

	f->is_udp = !strncmp(text, "udp:", 4);
	if (!f->is_udp && strncmp(text, "tcp:", 4) != 0)
		return false;
	text += 4;
	guest = strchr(text, '-');
	if (!guest)
		return false;
	*guest++ = '\0';
	return parse_end(text, LOOPBACK, &f->host_ip, &f->host_port) &&
	       parse_end(guest, GUEST, &f->guest_ip, &f->guest_port);
}

static int parse_item(struct net_user_options *o, const char *item,
		      struct errmsg *msg)
{
	char text[ITEM_BYTES];

	if (!strcmp(item, "restrict=on") || !strcmp(item, "restrict=off")) {
		o->is_restricted = item[strlen("restrict=o")] == 'n';
		return 0;
	}
	if (strncmp(item, "hostfwd=", 8) != 0)
		return err_set(msg, ERR_USAGE, "--net=user: \"%s\" is neither "
			       "hostfwd=... nor restrict=on|off", item);
	if (o->count == NET_FORWARDS)
		return err_set(msg, ERR_RANGE, "--net=user: more than %d "
			       "hostfwd", NET_FORWARDS);
	strcpy(text, item);
	if (!parse_forward(&o->forward[o->count], text + 8))
		return err_set(msg, ERR_USAGE, "--net=user: \"%s\" is not "
			       "hostfwd=tcp|udp:[HOSTADDR]:HOSTPORT-"
			       "[GUESTADDR]:GUESTPORT", item);
	o->count++;
	return 0;
}

/**
 * net_user_parse - read the options of --net=user
 * @o:    filled
 * @text: items with commas between; "" for none
 * @msg:  filled on error
 *
 * Returns: 0; -ERR_USAGE for what is no option, -ERR_RANGE for too many.
 */
int net_user_parse(struct net_user_options *o, const char *text,
		   struct errmsg *msg)
{
	*o = (struct net_user_options){ .count = 0 };
	while (*text) {
		size_t n = strcspn(text, ",");
		char item[ITEM_BYTES];
		int r;

		if (n >= sizeof(item))
			return err_set(msg, ERR_USAGE, "--net=user: \"%s\": "
				       "an option that is too long", text);
		memcpy(item, text, n);
		item[n] = '\0';
		r = parse_item(o, item, msg);
		if (r < 0)
			return r;
		text += n;
		if (*text == ',' && !*++text)
			return err_set(msg, ERR_USAGE, "--net=user: an option "
				       "is missing after the last comma");
	}
	return 0;
}
