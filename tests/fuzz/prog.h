/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/prog.h - the language of the inputs: what a driver gone mad and a
 * host can do to a device, one struct op after the other.
 *
 * Each op has a form in bytes, which the fuzzer changes, every string of bytes
 * being a program; and a form in text, which seeds are written in and findings
 * are shown in.  Both come from one table.  Must not know any device.
 */
#ifndef TESTS_FUZZ_PROG_H
#define TESTS_FUZZ_PROG_H

#include <stdio.h>

#include "base/env.h"

/*
 * OP(code, name, operands): b a byte, h 16 bits, v a value (any 32 bits, the
 * shorter the likelier), V up to 16 of them, B up to 255 bytes, w a window and
 * the offset in it.
 */
#define OPS \
	OP(WRITE1, "w1", "wv")		/* registers */ \
	OP(WRITE2, "w2", "wv") \
	OP(WRITE4, "w4", "wv") \
	OP(READ, "r", "bw")		/* b: see op_size, op_times */ \
	OP(FIFO, "fifo", "wB")		/* bytes to one register */ \
	OP(MEM_BE, "mb", "vV")		/* words to memory */ \
	OP(MEM_LE, "ml", "vV") \
	OP(MEM, "m", "vB") \
	OP(TIME, "t", "bb")		/* (second + 1) << first cycles */ \
	OP(STEP, "s", "b")		/* that many events */ \
	OP(FRAME, "frame", "bhB")	/* cable, length, first bytes */ \
	OP(LINE, "line", "bB")		/* characters */ \
	OP(HOST, "host", "bv")		/* enum op_host */ \
	OP(IRQ, "irq", "bb")		/* an interrupt input, level */ \
	OP(RESET, "reset", "b") \
	OP(CONFIG, "cfg", "bbv")	/* size, register of PCI, value */ \
	OP(ANY, "any", "bvv")		/* size, address, value */ \
	OP(PART, "part", "bB")		/* I2C or USB past the controller */

enum op_code {
#define OP(code, name, operands) OP_##code,
	OPS
#undef OP
	OP_COUNT
};

enum op_host {
	HOST_FAILS, HOST_LINK_DOWN, HOST_LINK_UP, HOST_BREAK, HOST_MODEM,
	HOST_KEY_DOWN, HOST_KEY_UP, HOST_ACTIONS
};

#define OP_VALUES 16

struct op {
	enum op_code code;
	u32 arg[4];		/* of b, h, v and w (two), in order */
	unsigned int vals, bytes;
	u32 val[OP_VALUES];
	u8 byte[256];
};

struct op_input {
	const u8 *at;
	size_t left;
};

/* Size of an access, and how often, in one operand. */
static inline unsigned int op_size(u32 b)
{
	return (b & 3) == 3 ? 4 : 1u << (b & 3);
}

static inline unsigned int op_times(u32 b)
{
	return 1u << 3 * (b >> 2 & 3);
}

/* @find: the window and offset of an address, false for none; see op_scan */
struct op_space {
	bool (*find)(void *opaque, bool is_dcr, u32 addr, u32 *window,
		     u32 *off);
	void *opaque;
};

bool op_get(struct op_input *in, struct op *op);
size_t op_put(const struct op *op, u8 *to);
void op_print(const struct op *op, FILE *f);
bool op_scan(struct op *op, const char *line, const struct op_space *space);

/* Most bytes that op_put gives. */
#define OP_BYTES 300

#endif
