/* SPDX-License-Identifier: MIT */
/* host/disk_nonbd.c - stands in for host/disk_nbd.c where there is no libnbd. */
#include "host/disk_priv.h"

/**
 * store_nbd_open - refuse an NBD export by name
 * @s:            not changed
 * @uri:          the export
 * @is_read_only: not looked at
 * @talk:         not looked at
 * @msg:          says what is missing
 *
 * Returns: -ERR_UNSUPP.
 */
int store_nbd_open(struct store **s, const char *uri, bool is_read_only,
		   struct disk_talk *talk, struct errmsg *msg)
{
	(void)s;
	(void)is_read_only;
	(void)talk;
	return err_set(msg, ERR_UNSUPP, "%s: this build has no NBD: libnbd "
		       "was not found (Debian: libnbd-dev)", uri);
}
