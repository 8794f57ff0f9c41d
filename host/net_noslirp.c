/* SPDX-License-Identifier: MIT */
/*
 * host/net_noslirp.c - what takes the place of host/net_slirp.c in a build
 * without libslirp: it says so.
 */
#include "host/net.h"

static int user_check(const char *arg, struct errmsg *msg)
{
	struct net_user_options o;
	int r = net_user_parse(&o, arg, msg);

	if (r < 0)
		return r;
	return err_set(msg, ERR_UNSUPP,
		       "--net=user: this culm was built without libslirp");
}

static int user_open(struct net_end *e, const char *arg, struct errmsg *msg)
{
	(void)e;
	return user_check(arg, msg);
}

const struct net_kind net_kind_user = {
	.name = "user",
	.has_options = true,
	.check = user_check,
	.open = user_open,
};
