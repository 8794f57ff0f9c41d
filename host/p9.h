/* SPDX-License-Identifier: MIT */
/*
 * host/p9.h - a folder of the host for the guest: a server of 9P2000.L.
 *
 * The guest is confined to the folder: no name, ".." or symbolic link, also
 * one that changes meanwhile, leads out of it.  What it makes belongs to the
 * host user, with modes within 0777.  Layer: base and soc/share.h; must not
 * know how messages travel.
 */
#ifndef HOST_P9_H
#define HOST_P9_H

#include "base/env.h"
#include "base/err.h"
#include "soc/share.h"

struct p9;

int p9_open(struct p9 **p, const char *folder, const char *tag,
	    bool is_read_only, struct errmsg *msg);
struct share *p9_share(struct p9 *p);
void p9_close(struct p9 *p);

#endif
