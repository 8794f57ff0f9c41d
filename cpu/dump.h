/* SPDX-License-Identifier: MIT */
/* cpu/dump.h - the state of a core as lines of text, for people. */
#ifndef CPU_DUMP_H
#define CPU_DUMP_H

#include "cpu/cpu.h"

void cpu_dump(const struct cpu *cpu,
	      void (*put)(void *opaque, const char *line), void *opaque);

#endif
