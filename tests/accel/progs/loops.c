/* SPDX-License-Identifier: MIT */
/*
 * loops - how many ticks of the time base 10^8 instructions take: of integers,
 * then of floating point.  Two lines, a name and a number each.
 */
#include "sys.h"
#include "time_base.h"

#define ROUNDS 12500000u	/* of eight instructions */

static void integers(void)
{
	uint32_t a = 1, b = 3, c = 5;

	__asm__ volatile("mtctr %3\n"
			 "1:	add %0, %0, %1\n"
			 "	xor %1, %1, %2\n"
			 "	rlwinm %2, %0, 3, 0, 31\n"
			 "	subf %1, %0, %1\n"
			 "	and %2, %2, %1\n"
			 "	addi %0, %0, 7\n"
			 "	or %1, %1, %0\n"
			 "	bdnz 1b\n"
			 : "+r"(a), "+r"(b), "+r"(c)
			 : "r"(ROUNDS) : "ctr");
}

static void floats(void)
{
	double a = 1.0, b = 0.5, c = 0.25;

	__asm__ volatile("mtctr %3\n"
			 "1:	fadd %0, %1, %2\n"
			 "	fmul %1, %1, %2\n"
			 "	fmadd %2, %0, %1, %2\n"
			 "	fsub %0, %0, %2\n"
			 "	fmr %1, %0\n"
			 "	fneg %0, %0\n"
			 "	fabs %2, %1\n"
			 "	bdnz 1b\n"
			 : "+f"(a), "+f"(b), "+f"(c)
			 : "r"(ROUNDS) : "ctr");
}

static void measure(const char *name, void (*loop)(void))
{
	uint64_t start = time_base();

	loop();
	start = time_base() - start;
	put_text(name);
	put_dec(start);
	put_text("\n");
}

static int prog_main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	measure("ticks integer ", integers);
	measure("ticks float ", floats);
	return 0;
}
