/* SPDX-License-Identifier: MIT */
/*
 * tree.c - a flattened device tree, copied with what only firmware knows:
 * memory, clocks, Ethernet addresses, where the initrd is.
 */
#include "fw.h"

#define MAGIC		0xd00dfeedu
#define BEGIN_NODE	1u
#define END_NODE	2u
#define PROP		3u
#define NOP		4u
#define END		9u
#define DEPTH		16

struct fdt {
	u32 magic, total, structs, strings, reserved, version, compatible,
	    boot_cpu, strings_size, structs_size;
};

struct job {
	const struct fw *fw;
	const u8 *in;
	const struct fdt *h;
	u32 *out;		/* next word of the new structure */
	u32 initrd, initrd_end;
	u32 start_name, end_name;	/* in the strings */
	const char *node[DEPTH];
	u32 depth, ethernets;
};

static const char new_strings[] = "linux,initrd-start\0linux,initrd-end";

static int begins(const char *s, const char *with)
{
	while (*with)
		if (*s++ != *with++)
			return 0;
	return 1;
}

static int is(const char *a, const char *b)
{
	return begins(a, b) && !a[strlen(b)];
}

static u32 clock_of(const struct fw *fw, const char *node)
{
	if (begins(node, "cpu@"))
		return fw->cpu_hz;
	if (is(node, "plb"))
		return fw->plb_hz;
	if (begins(node, "opb"))
		return fw->opb_hz;
	if (begins(node, "ebc"))
		return fw->ebc_hz;
	if (begins(node, "serial@"))
		return 11059200;
	return 0;
}

/* The value of a property, @bytes at @value of the new tree. */
static void fill(struct job *j, const char *name, u32 *value, u32 bytes)
{
	static const u8 mac[6] = { 0x02, 0x43, 0x55, 0x4c, 0x4d, 0x00 };
	const char *node = j->node[j->depth];
	u32 i;

	if (begins(node, "memory") && is(name, "reg")) {
		for (i = 0; i < bytes / 4; i++)
			value[i] = i + 1 == bytes / 4 ? j->fw->ram : 0;
	} else if (is(name, "clock-frequency") && bytes == 4 &&
		   clock_of(j->fw, node)) {
		*value = clock_of(j->fw, node);
	} else if (is(name, "timebase-frequency") && bytes == 4) {
		*value = j->fw->cpu_hz;
	} else if (is(name, "local-mac-address") && bytes == 6) {
		memcpy(value, mac, 6);
		((u8 *)value)[5] = (u8)j->ethernets++;
	}
}

static void add_cell(struct job *j, u32 name, u32 value)
{
	*j->out++ = PROP;
	*j->out++ = 4;
	*j->out++ = name;
	*j->out++ = value;
}

/* Nodes and properties as they come; 0 when the tree is damaged. */
static int copy_structs(struct job *j)
{
	const u32 *p = (const u32 *)(j->in + j->h->structs);
	const u32 *end = (const u32 *)(j->in + j->h->total);
	const char *strings = (const char *)j->in + j->h->strings;
	u32 words, was;

	while (p < end) {
		was = *p++;
		if (was == NOP)
			continue;
		*j->out++ = was;
		switch (was) {
		case BEGIN_NODE:
			if (++j->depth >= DEPTH)
				return 0;
			j->node[j->depth] = (const char *)p;
			words = strlen((const char *)p) / 4 + 1;
			memcpy(j->out, p, words * 4);
			p += words;
			j->out += words;
			if (is(j->node[j->depth], "chosen")) {
				add_cell(j, j->start_name, j->initrd);
				add_cell(j, j->end_name, j->initrd_end);
			}
			break;
		case END_NODE:
			j->depth--;
			break;
		case PROP:
			words = 2 + (p[0] + 3) / 4;
			if (p + words > end)
				return 0;
			memcpy(j->out, p, words * 4);
			fill(j, strings + p[1], j->out + 2, p[0]);
			p += words;
			j->out += words;
			break;
		case END:
			return 1;
		default:
			return 0;
		}
	}
	return 0;
}

u32 tree_fix(const struct fw *fw, const u8 *in, u8 *out, u32 initrd,
	     u32 initrd_end)
{
	const struct fdt *h = (const struct fdt *)in;
	struct fdt *to = (struct fdt *)out;
	struct job j = { .fw = fw, .in = in, .h = h, .initrd = initrd,
			 .initrd_end = initrd_end };
	u32 *reserved = (u32 *)(out + sizeof(*to));

	if (h->magic != MAGIC || h->version < 16)
		return 0;
	memset(to, 0, sizeof(*to));
	memset(reserved, 0, 16);
	j.start_name = h->strings_size;
	j.end_name = j.start_name + sizeof("linux,initrd-start");
	j.out = reserved + 4;
	to->structs = (u32)((u8 *)j.out - out);
	if (!copy_structs(&j))
		return 0;
	to->structs_size = (u32)((u8 *)j.out - out) - to->structs;
	to->strings = to->structs + to->structs_size;
	memcpy(out + to->strings, in + h->strings, h->strings_size);
	memcpy(out + to->strings + h->strings_size, new_strings,
	       sizeof(new_strings));
	to->strings_size = h->strings_size + sizeof(new_strings);
	to->magic = MAGIC;
	to->total = to->strings + to->strings_size;
	to->reserved = sizeof(*to);
	to->version = 17;
	to->compatible = 16;
	return to->total;
}
