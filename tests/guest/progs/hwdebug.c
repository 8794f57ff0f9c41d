/* SPDX-License-Identifier: MIT */
/*
 * hwdebug - debug a child through ptrace as a debugger does, with what the
 * core's debug facilities are for: single step (ICMP), step to a branch (BRT),
 * hardware breakpoints (IAC) and watchpoints (DAC, DVC).  Each step prints
 * what happened; the last line is `hwdebug: ok` when all was as it must be.
 */
#include "sys.h"

enum {
	SYS_KILL = 37,
	SYS_GETPID = 20,
	SYS_PTRACE = 26,

	PTRACE_TRACEME = 0,
	PTRACE_PEEKUSR = 3,
	PTRACE_CONT = 7,
	PTRACE_SINGLESTEP = 9,
	PTRACE_GETSIGINFO = 0x4202,
	PPC_GETHWDBGINFO = 0x89,
	PPC_SETHWDEBUG = 0x88,
	PPC_DELHWDEBUG = 0x87,
	PTRACE_SINGLEBLOCK = 0x100,

	PT_R3 = 3, PT_NIP = 32,
	SIGTRAP = 5, SIGSTOP = 19,
};

struct hw_breakpoint {
	uint32_t version, trigger, addr_mode, condition_mode;
	uint64_t addr, addr2, condition;
};

enum { ON_EXEC = 1, ON_READ = 2, ON_WRITE = 4 };

/* The child: its labels are what the parent watches. */
extern char child_start[], child_step[], child_branch[], child_to[];
extern char child_break[], child_load[], child_store[], child_match[];
static volatile uint32_t watched[4] __attribute__((used)) = { 1, 2, 3, 4 };

__asm__(".globl child_start, child_step, child_branch, child_to\n"
	".globl child_break, child_load, child_store, child_match\n"
	"child_start:\n"
	"	li	3, 0\n"
	"child_step:\n"
	"	addi	3, 3, 1\n"
	"	addi	3, 3, 1\n"
	"	lis	4, watched@ha\n"
	"	la	4, watched@l(4)\n"
	"child_branch:\n"
	"	b	child_to\n"
	"	trap\n"
	"child_to:\n"
	"	addi	3, 3, 16\n"
	"child_break:\n"
	"	addi	3, 3, 32\n"
	"	lwz	5, 0(4)\n"
	"	stw	5, 4(4)\n"
	"child_load:\n"
	"	lwz	5, 4(4)\n"
	"	lwz	6, 8(4)\n"
	"child_store:\n"
	"	stw	6, 8(4)\n"
	"	li	6, 77\n"
	"	stw	6, 12(4)\n"
	"	li	6, 78\n"
	"child_match:\n"
	"	stw	6, 12(4)\n"
	"	li	0, 1\n"
	"	sc\n");

static long child, failures;

static long ptrace(long what, long addr, long data)
{
	register long r0 __asm__("r0") = SYS_PTRACE;
	register long r3 __asm__("r3") = what;
	register long r4 __asm__("r4") = child;
	register long r5 __asm__("r5") = addr;
	register long r6 __asm__("r6") = data;

	__asm__ volatile("sc\n\tbns+ 1f\n\tneg 3, 3\n1:"
			 : "+r" (r0), "+r" (r3), "+r" (r4), "+r" (r5), "+r" (r6)
			 :
			 : "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "cr0",
			   "memory");
	return r3;
}

static uint32_t reg(long n)
{
	uint32_t v = 0;

	ptrace(PTRACE_PEEKUSR, 4 * n, (long)&v);
	return v;
}

/* Let the child go on by @how: it must stop with SIGTRAP at @nip. */
static void go(const char *text, long how, const char *nip)
{
	int status = 0;

	ptrace(how, 0, 0);
	sys_call(SYS_WAITPID, child, (long)&status, 0);
	put_text(text);
	if (status == (SIGTRAP << 8 | 0x7f) && reg(PT_NIP) == (uintptr_t)nip) {
		put_text(": ok\n");
		return;
	}
	failures++;
	put_text(": status ");
	put_hex(status, 8);
	put_text(" at +");
	put_dec(reg(PT_NIP) - (uintptr_t)child_start);
	put_text("\n");
}

/* A breakpoint or watchpoint at @at; @value is compared unless it is 0. */
static long set(uint32_t trigger, const volatile void *at, uint32_t value)
{
	struct hw_breakpoint b = {
		.version = 1, .trigger = trigger, .addr = (uintptr_t)at,
	};
	long slot;

	if (value) {
		b.condition_mode = 1 | 0xf << 16;	/* all four bytes */
		b.condition = value;
	}
	slot = ptrace(PPC_SETHWDEBUG, 0, (long)&b);
	if (slot <= 0) {
		failures++;
		put_text("SETHWDEBUG failed\n");
	}
	return slot;
}

static void clear(long slot)
{
	ptrace(PPC_DELHWDEBUG, 0, slot);
}

static void debug_child(void)
{
	long slot;

	go("single step", PTRACE_SINGLESTEP, child_step);
	go("a second", PTRACE_SINGLESTEP, child_step + 4);
	go("to the branch's target", PTRACE_SINGLEBLOCK, child_to);
	slot = set(ON_EXEC, child_break, 0);
	go("breakpoint", PTRACE_CONT, child_break);
	clear(slot);
	if (reg(PT_R3) != 18)
		failures++;
	slot = set(ON_READ, &watched[1], 0);
	go("read watchpoint", PTRACE_CONT, child_load);
	clear(slot);
	slot = set(ON_WRITE, &watched[2], 0);
	go("write watchpoint", PTRACE_CONT, child_store);
	clear(slot);
	slot = set(ON_WRITE, &watched[3], 78);
	go("watchpoint with a value", PTRACE_CONT, child_match);
	clear(slot);
}

static int prog_main(int argc, char **argv, char **envp)
{
	int status = 0;

	(void)argc;
	(void)argv;
	(void)envp;
	child = sys_call(SYS_FORK, 0, 0, 0);
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0);
		sys_call(SYS_KILL, sys_call(SYS_GETPID, 0, 0, 0), SIGSTOP, 0);
		((void (*)(void))child_start)();
	}
	sys_call(SYS_WAITPID, child, (long)&status, 0);
	/* out of kill() and up to the child's first instruction */
	for (long i = 0; i < 100 && reg(PT_NIP) != (uintptr_t)child_start; i++) {
		ptrace(PTRACE_SINGLESTEP, 0, 0);
		sys_call(SYS_WAITPID, child, (long)&status, 0);
	}
	debug_child();
	ptrace(PTRACE_CONT, 0, 0);
	sys_call(SYS_WAITPID, child, (long)&status, 0);
	if (status != (18 + 32) << 8)
		failures++;
	put_text(failures ? "hwdebug: failed\n" : "hwdebug: ok\n");
	return failures != 0;
}
