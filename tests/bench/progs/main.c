/* SPDX-License-Identifier: MIT */
/*
 * main.c - runs one kernel below Linux, in a guest or on the host.
 *
 *	kernels NAME [DIVISOR]
 *
 * DIVISOR divides the rounds.  Prints `sum: NAME CHECKSUM`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static const struct {
	const char *name;
	uint32_t (*run)(uint32_t n);
	uint32_t rounds;
} kernels[] = {
#define KERNEL(name, kind, rounds) { #name, kernel_##name, rounds },
#include "kernels.def"
#undef KERNEL
};

int main(int argc, char **argv)
{
	uint32_t divisor = argc > 2 ? (uint32_t)atoi(argv[2]) : 1;

	for (size_t i = 0; argc > 1 && i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		if (strcmp(kernels[i].name, argv[1]) != 0)
			continue;
		printf("sum: %s %08x\n", argv[1],
		       kernels[i].run(kernels[i].rounds / divisor + 1));
		return 0;
	}
	fprintf(stderr, "usage: kernels NAME [DIVISOR]\n");
	return 2;
}
