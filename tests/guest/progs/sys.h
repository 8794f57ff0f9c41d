/* SPDX-License-Identifier: MIT */
/*
 * sys.h - all that the small guest programs know of Linux on 32-bit PowerPC.
 *
 * Owns the entry point, the system calls and the text output, so that a program
 * is a few kilobytes in the initramfs and not a copy of a C library. Included
 * once by each program, which defines prog_main(); linked with libgcc alone.
 */
#ifndef CULM_GUEST_SYS_H
#define CULM_GUEST_SYS_H

#include <stddef.h>
#include <stdint.h>

enum {
	SYS_EXIT = 1,
	SYS_FORK = 2,
	SYS_WRITE = 4,
	SYS_WAITPID = 7,
	SYS_EXECVE = 11,
	SYS_CLOCK_GETTIME64 = 403,
};

#define CLOCK_MONOTONIC	1

static int prog_main(int argc, char **argv, char **envp);

/* r1 points at argc, argv[], 0, envp[], 0; the ABI wants a back chain there. */
__asm__(".globl _start\n"
	"_start:\n"
	"	mr	3, 1\n"
	"	clrrwi	1, 1, 4\n"
	"	li	0, 0\n"
	"	stwu	0, -16(1)\n"
	"	b	sys_start\n");

/* The result, or minus the error number: the kernel flags one in CR0[SO]. */
static inline long sys_call(long nr, long a, long b, long c)
{
	register long r0 __asm__("r0") = nr;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;

	__asm__ volatile("sc\n\tbns+ 1f\n\tneg 3, 3\n1:"
			 : "+r" (r0), "+r" (r3), "+r" (r4), "+r" (r5)
			 :
			 : "r6", "r7", "r8", "r9", "r10", "r11", "r12",
			   "ctr", "cr0", "memory");
	return r3;
}

static inline void __attribute__((noreturn)) sys_exit(int status)
{
	for (;;)
		sys_call(SYS_EXIT, status, 0, 0);
}

static void __attribute__((noreturn, used)) sys_start(long *sp)
{
	char **argv = (char **)(sp + 1);

	sys_exit(prog_main(sp[0], argv, argv + sp[0] + 1));
}

static inline uint64_t sys_monotonic_ns(void)
{
	struct { int64_t sec, nsec; } now = { 0, 0 };

	sys_call(SYS_CLOCK_GETTIME64, CLOCK_MONOTONIC, (long)&now, 0);
	return now.sec * 1000000000ull + now.nsec;
}

static inline void put_text(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	sys_call(SYS_WRITE, 1, (long)s, n);
}

static inline void put_dec(uint64_t v)
{
	char buf[21], *p = buf + sizeof(buf);

	*--p = 0;
	do {
		*--p = '0' + v % 10;
	} while (v /= 10);
	put_text(p);
}

static inline void put_hex(uint64_t v, int digits)
{
	char buf[17], *p = buf + sizeof(buf);

	*--p = 0;
	for (; digits-- > 0; v >>= 4)
		*--p = "0123456789abcdef"[v & 15];
	put_text(p);
}

/* -1 unless @s is a decimal number below a thousand million. */
static inline long get_dec(const char *s)
{
	long v = 0;
	int n;

	for (n = 0; s[n]; n++) {
		if (s[n] < '0' || s[n] > '9' || n == 9)
			return -1;
		v = v * 10 + s[n] - '0';
	}
	return n ? v : -1;
}

/*
 * GCC may call these by itself in any program; its optimizer must not turn
 * their loops into calls of themselves.
 */
#define SYS_MEM __attribute__((used, optimize("no-tree-loop-distribute-patterns")))

SYS_MEM void *memcpy(void *dst, const void *src, size_t n);
SYS_MEM void *memset(void *dst, int c, size_t n);

SYS_MEM void *memcpy(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	while (n--)
		*d++ = *s++;
	return dst;
}

SYS_MEM void *memset(void *dst, int c, size_t n)
{
	char *d = dst;

	while (n--)
		*d++ = c;
	return dst;
}

#endif
