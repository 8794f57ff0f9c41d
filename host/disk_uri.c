/* SPDX-License-Identifier: MIT */
/* host/disk_uri.c - tells the URI of an NBD export from the name of a file. */
#include "host/disk_priv.h"

/**
 * store_nbd_is_uri - is this the URI of an NBD export?
 * @name: what stands where a file's name could
 *
 * Returns: true for nbd:, nbds: and their +unix forms.
 */
bool store_nbd_is_uri(const char *name)
{
	static const char *const scheme[] = {
		"nbd://", "nbds://", "nbd+unix://", "nbds+unix://",
	};

	for (size_t i = 0; i < ARRAY_SIZE(scheme); i++)
		if (!strncmp(name, scheme[i], strlen(scheme[i])))
			return true;
	return false;
}
