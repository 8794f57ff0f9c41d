/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/prog.c - ops from and to bytes and text, see prog.h.
 *
 * A value is a byte that says where the rest comes from: numbers that drivers
 * use (addresses of memory, small ones, single bits) take one to three bytes,
 * so that a mutation often gives another one of the kind.
 */
#include "tests/fuzz/prog.h"

#include <ctype.h>
#include <stdlib.h>

static const struct {
	const char *name, *operands;
} ops[OP_COUNT] = {
#define OP(code, name, operands) { name, operands },
	OPS
#undef OP
};

/* ---- bytes ------------------------------------------------------------- */

static u32 get(struct op_input *in, unsigned int bytes)
{
	u32 v = 0;

	for (unsigned int i = 0; i < bytes && in->left; i++, in->left--)
		v |= (u32)*in->at++ << 8 * i;
	return v;
}

/* How a value is told: the low 3 bits of its first byte. */
enum { VAL_8, VAL_16, VAL_32, VAL_ADDR, VAL_PAGE, VAL_BIT, VAL_SMALL, VAL_EDGE };

static const u32 edges[32] = {
	0xffffffff, 0xfffffffe, 0xfffffffc, 0xfffffff0, 0xffffff00, 0xfffff000,
	0x7fffffff, 0x80000000, 0x7ffffffc, 0x0000ffff, 0xffff0000, 0x00010000,
	/* ends of the memory, and devices in the way */
	0x03fffff0, 0x03fffffc, 0x03ffffff, 0x04000000, 0x03fff000, 0xef600300,
	0xef600e00, 0xa0000000, 0xa0100000, 0xe8001000, 0xfff00000, 0xe0000000,
	0x55aa55aa, 0x00ff00ff, 0x40000000, 0xc0000000, 0x3fffffff, 0x00001000,
	0x00000800, 0x00000600,
};

static u32 get_value(struct op_input *in)
{
	u32 tag = get(in, 1), n = tag >> 3;

	switch (tag & 7) {
	case VAL_8:
		return get(in, 1);
	case VAL_16:
		return get(in, 2);
	case VAL_32:
		return get(in, 4);
	case VAL_ADDR:		/* a byte of the first megabyte, and flags */
		return get(in, 2) << 4 | (n & 15);
	case VAL_PAGE:
		return n << 12;
	case VAL_BIT:
		return 1u << n;
	case VAL_SMALL:
		return n;
	default:
		return edges[n];
	}
}

static size_t put(u8 *to, unsigned int bytes, u32 v)
{
	for (unsigned int i = 0; i < bytes; i++)
		to[i] = (u8)(v >> 8 * i);
	return bytes;
}

static size_t put_value(u8 *to, u32 v)
{
	if (v < 32) {
		*to = (u8)(VAL_SMALL | v << 3);
		return 1;
	}
	if (v < 1u << 20 && v >= 0x1000) {
		*to = (u8)(VAL_ADDR | (v & 15) << 3);
		return 1 + put(to + 1, 2, v >> 4);
	}
	*to = v < 256 ? VAL_8 : v < 65536 ? VAL_16 : VAL_32;
	return 1 + put(to + 1, v < 256 ? 1 : v < 65536 ? 2 : 4, v);
}

static void get_many(struct op_input *in, struct op *op, char kind)
{
	if (kind == 'V') {
		op->vals = 1 + get(in, 1) % OP_VALUES;
		for (unsigned int i = 0; i < op->vals; i++)
			op->val[i] = get_value(in);
		return;
	}
	op->bytes = get(in, 1);
	if (op->bytes > in->left)
		op->bytes = (unsigned int)in->left;
	for (unsigned int i = 0; i < op->bytes; i++)
		op->byte[i] = (u8)get(in, 1);
}

/**
 * op_get - the next op of a program
 * @in: what is left of it; moved on
 * @op: filled; what is missing at the end is 0
 *
 * Returns: false at the end.
 */
bool op_get(struct op_input *in, struct op *op)
{
	unsigned int n = 0;

	if (!in->left)
		return false;
	op->code = get(in, 1) % OP_COUNT;
	op->vals = op->bytes = 0;
	for (const char *o = ops[op->code].operands; *o; o++) {
		switch (*o) {
		case 'b':
			op->arg[n++] = get(in, 1);
			break;
		case 'h':
			op->arg[n++] = get(in, 2);
			break;
		case 'v':
			op->arg[n++] = get_value(in);
			break;
		case 'w':
			op->arg[n++] = get(in, 1);
			/* a third byte for the few windows that are large */
			op->arg[n] = get(in, 2);
			if (op->arg[n - 1] & 0x80)
				op->arg[n] |= get(in, 1) << 16;
			op->arg[n++ - 1] &= 0x7f;
			break;
		default:
			get_many(in, op, *o);
		}
	}
	return true;
}

static size_t put_many(const struct op *op, char kind, u8 *to)
{
	size_t n = 1;

	if (kind == 'V') {
		to[0] = (u8)(op->vals - 1);
		for (unsigned int i = 0; i < op->vals; i++)
			n += put_value(to + n, op->val[i]);
		return n;
	}
	to[0] = (u8)op->bytes;
	memcpy(to + 1, op->byte, op->bytes);
	return n + op->bytes;
}

/**
 * op_put - the bytes of an op
 * @op: op; @to: room for OP_BYTES
 *
 * Returns: bytes written.
 */
size_t op_put(const struct op *op, u8 *to)
{
	unsigned int a = 0;
	size_t n = 0;
	bool is_large;

	to[n++] = (u8)op->code;
	for (const char *o = ops[op->code].operands; *o; o++) {
		switch (*o) {
		case 'b':
			n += put(to + n, 1, op->arg[a++]);
			break;
		case 'h':
			n += put(to + n, 2, op->arg[a++]);
			break;
		case 'v':
			n += put_value(to + n, op->arg[a++]);
			break;
		case 'w':
			is_large = op->arg[a + 1] > 0xffff;
			n += put(to + n, 1, op->arg[a++] | is_large << 7);
			n += put(to + n, 2 + is_large, op->arg[a++]);
			break;
		default:
			n += put_many(op, *o, to + n);
		}
	}
	return n;
}

/* ---- text -------------------------------------------------------------- */

/**
 * op_print - the text of an op, a line
 * @op: op
 * @f:  where to
 */
void op_print(const struct op *op, FILE *f)
{
	unsigned int a = 0;

	fputs(ops[op->code].name, f);
	for (const char *o = ops[op->code].operands; *o; o++) {
		switch (*o) {
		case 'V':
			for (unsigned int i = 0; i < op->vals; i++)
				fprintf(f, " 0x%x", op->val[i]);
			break;
		case 'B':
			fputs(" x", f);
			for (unsigned int i = 0; i < op->bytes; i++)
				fprintf(f, "%02x", op->byte[i]);
			break;
		case 'w':
			fprintf(f, " %u", op->arg[a++]);
			/* fall through */
		default:
			fprintf(f, " 0x%x", op->arg[a++]);
		}
	}
	fputc('\n', f);
}

static const char *skip_blanks(const char *s)
{
	while (*s && isspace((u8)*s))
		s++;
	return s;
}

static bool scan_number(const char **s, u32 *v)
{
	char *end;

	*s = skip_blanks(*s);
	*v = (u32)strtoull(*s, &end, 0);
	if (end == *s)
		return false;
	*s = end;
	return true;
}

static bool scan_bytes(const char **s, struct op *op)
{
	unsigned int v, n;

	*s = skip_blanks(*s);
	if (**s != 'x')
		return false;
	for (++*s; op->bytes < 255 && sscanf(*s, "%2x%n", &v, &n) == 1; *s += n)
		op->byte[op->bytes++] = (u8)v;
	return true;
}

/* @ADDRESS or #DCR, or window and offset. */
static bool scan_window(const char **s, u32 *arg, const struct op_space *space)
{
	bool is_dcr;
	u32 addr;

	*s = skip_blanks(*s);
	if (**s != '@' && **s != '#')
		return scan_number(s, &arg[0]) && scan_number(s, &arg[1]);
	is_dcr = *(*s)++ == '#';
	return scan_number(s, &addr) &&
	       space->find(space->opaque, is_dcr, addr, &arg[0], &arg[1]);
}

static bool scan_operand(struct op *op, char o, unsigned int *a,
			 const char **s, const struct op_space *space)
{
	bool is_ok;

	switch (o) {
	case 'V':
		while (op->vals < OP_VALUES &&
		       scan_number(s, &op->val[op->vals]))
			op->vals++;
		return op->vals > 0;
	case 'B':
		return scan_bytes(s, op);
	case 'w':
		is_ok = scan_window(s, &op->arg[*a], space);
		*a += 2;
		return is_ok;
	default:
		return scan_number(s, &op->arg[(*a)++]);
	}
}

/**
 * op_scan - an op from its text
 * @op:    filled
 * @line:  text
 * @space: turns "@0xef600300" and "#0xc0" into a window and an offset
 *
 * Returns: false when it is none, or an address is in no window.
 */
bool op_scan(struct op *op, const char *line, const struct op_space *space)
{
	const char *s = skip_blanks(line);
	size_t n = strcspn(s, " \t\n");
	unsigned int a = 0;

	memset(op, 0, sizeof(*op));
	for (op->code = 0; op->code < OP_COUNT; op->code++)
		if (strlen(ops[op->code].name) == n &&
		    !strncmp(ops[op->code].name, s, n))
			break;
	if (op->code == OP_COUNT)
		return false;
	s += n;
	for (const char *o = ops[op->code].operands; *o; o++)
		if (!scan_operand(op, *o, &a, &s, space))
			return false;
	return !*skip_blanks(s);
}
