/* SPDX-License-Identifier: MIT */
/*
 * cpu/disasm.h - instruction words as text, as binutils' objdump -M 440
 * prints them.
 */
#ifndef CPU_DISASM_H
#define CPU_DISASM_H

#include "base/env.h"
#include "cpu/decode.h"

/* Longest text and its 0. */
#define DISASM_CHARS 48

int disasm(u32 word, u32 ea, char *buf, size_t n);
enum insn_id disasm_row(u32 word);

#endif
