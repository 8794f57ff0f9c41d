/* SPDX-License-Identifier: MIT */
/*
 * fw.h - what the files of the firmware share.
 *
 * There are no variables: all state is one struct fw, on the stack, which
 * moves from the data cache to RAM.
 */
#ifndef FW_H
#define FW_H

#include "map.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define BANKS	4
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct bank {
	u32 mb, columns;	/* mb 0: no chips */
	u32 base;
};

struct fw {
	u32 cpu_hz, plb_hz, opb_hz, ebc_hz;
	struct bank bank[BANKS];
	u32 ram;		/* bytes, from 0 */
};

/* start.S */
void relocate(u32 to, const struct fw *fw, u32 bytes)
	__attribute__((noreturn));
void enter(u32 pc, u32 r3) __attribute__((noreturn));
void tlb_set(u32 index, u32 w0, u32 w1, u32 w2);

/* main.c */
void fw_first(void) __attribute__((noreturn));
void fw_second(struct fw *fw) __attribute__((noreturn));
void fw_unexpected(u32 vector, u32 srr0, u32 dear, u32 esr, u32 mcsr)
	__attribute__((noreturn));

/* io.c: console, clocks, the external bus, IIC0 */
void console_init(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void stop(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void clocks_init(struct fw *fw);
void ebc_init(void);
void pins_init(void);
int iic_read(u32 chip, u32 offset, u8 *to, u32 n);

/* ram.c */
void ram_init(struct fw *fw);

/* image.c: a flash, and the images in it */
struct source {
	const char *name;
	u32 bytes, step;	/* an image begins at a multiple of step */
	/* @n bytes at @at, which is a multiple of 512; 0 or -1 */
	int (*read)(const struct source *s, u32 at, void *to, u32 n);
	u32 page, pages;	/* of NAND */
};

enum { IMAGE_KERNEL = 2, IMAGE_RAMDISK = 3, IMAGE_TREE = 8 };

struct image {
	u32 type, load, entry, size, comp;
	u8 *data;
};

/* Load all images of @s behind each other from @to on; those found. */
u32 images_load(const struct source *s, u8 *to, u8 *end, struct image *out,
		u32 max);
u32 crc32(const void *data, u32 n);
/* inflate.c: bytes written, 0 when @in is damaged or @room too small */
u32 gunzip(const u8 *in, u32 n, u8 *out, u32 room);

/* flash.c: false when there is none */
int nor_find(struct source *s);
int nand_find(struct source *s);

/* tree.c: bytes of the new tree, 0 for a bad one */
u32 tree_fix(const struct fw *fw, const u8 *in, u8 *out, u32 initrd,
	     u32 initrd_end);

static inline u8 in8(u32 a)
{
	return *(volatile u8 *)a;
}

static inline void out8(u32 a, u8 v)
{
	*(volatile u8 *)a = v;
	__asm__ volatile("eieio" ::: "memory");
}

static inline u16 in16(u32 a)
{
	return *(volatile u16 *)a;
}

static inline void out16(u32 a, u16 v)
{
	*(volatile u16 *)a = v;
	__asm__ volatile("eieio" ::: "memory");
}

static inline u32 in32(u32 a)
{
	return *(volatile u32 *)a;
}

static inline void out32(u32 a, u32 v)
{
	*(volatile u32 *)a = v;
	__asm__ volatile("eieio" ::: "memory");
}

#define mtdcr(n, v) __asm__ volatile("mtdcr %0,%1" :: "i"(n), "r"(v))
#define mfdcr(n) ({ u32 v_; __asm__ volatile("mfdcr %0,%1" : "=r"(v_) \
		    : "i"(n)); v_; })
#define mtspr(n, v) __asm__ volatile("mtspr %0,%1" :: "i"(n), "r"(v))
#define mfspr(n) ({ u32 v_; __asm__ volatile("mfspr %0,%1" : "=r"(v_) \
		    : "i"(n)); v_; })

/* Registers behind an address and a data DCR. */
#define INDIRECT(name, dcr) \
	static inline void name##_set(u32 reg, u32 v) \
	{ \
		mtdcr(dcr, reg); \
		mtdcr(dcr + 1, v); \
	} \
	static inline u32 name##_get(u32 reg) \
	{ \
		mtdcr(dcr, reg); \
		return mfdcr(dcr + 1); \
	}
INDIRECT(cpr, 0x00c)
INDIRECT(sdr, 0x00e)
INDIRECT(sdram, 0x010)
INDIRECT(ebc, 0x012)

static inline u32 timebase(void)
{
	return mfspr(268);
}

void *memcpy(void *to, const void *from, __SIZE_TYPE__ n);
void *memset(void *to, int v, __SIZE_TYPE__ n);
int memcmp(const void *a, const void *b, __SIZE_TYPE__ n);
__SIZE_TYPE__ strlen(const char *s);

#endif
