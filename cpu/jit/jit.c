/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/jit.c - owns the code buffer and runs translated code.
 *
 * The buffer is shared memory mapped twice: where it is written it cannot be
 * executed, where it is executed it cannot be written.  Each op of a code
 * page has a slot that leads to its block, or to a stub that comes back here
 * to translate; blocks jump through slots, so nothing has to be unlinked.
 */
#include "cpu/jit/jit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/xalloc.h"

#define SLOT_BYTES ((size_t)CODE_PAGES * CODE_OPS * sizeof(void *))
#define HEAT_BYTES ((size_t)CODE_PAGES * CODE_OPS * sizeof(u16))
#define PLAIN_BYTES ((size_t)CODE_PAGES * CODE_OPS)
#define GUESS_BYTES ((size_t)CODE_PAGES * CODE_OPS * sizeof(u64))
#define PLACE_BYTES ((size_t)CODE_PAGES * CODE_OPS * sizeof(struct jit_place))
#define BORN_BYTES ((size_t)CODE_PAGES * CODE_OPS * sizeof(u32))
#define WAY_BYTES ((size_t)CODE_PAGES * CODE_OPS)
#define MAP_BYTES (SLOT_BYTES + GUESS_BYTES + PLACE_BYTES + BORN_BYTES + \
		   HEAT_BYTES + PLAIN_BYTES + WAY_BYTES + JIT_CODE_BYTES)
/*
 * Failures of shared checks after which a block does without them, unless
 * fewer than one in so many cycles failed: a row of data has page ends.
 */
#define SHARE_FAILURES 4096u
#define SHARE_FAIR 512u
#define AGE_CYCLES 1024u
/* One block of so many is timed, and stands for all: clocks are slow. */
#define TIMED_EACH 8u

#if defined(__x86_64__)
/**
 * jit_is_possible - whether this host can run what lower.c emits
 */
bool jit_is_possible(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
	       __builtin_cpu_supports("avx2");	/* of the age of movbe */
}
#else
bool jit_is_possible(void)
{
	return false;
}
#endif

/*
 * Slots and the executable view side by side, within reach of each other;
 * the writable view is a second mapping of the same shared memory.
 */
static int map_buffer(struct jit *j)
{
	const int rw = PROT_READ | PROT_WRITE;
	u8 *base, *code;
	void *view;

	base = mmap(NULL, MAP_BYTES, rw,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return -ERR_NOMEM;
	xdense(base, MAP_BYTES);
	j->slots = (const void **)base;
	j->guess = (u64 *)(base + SLOT_BYTES);
	j->place = (struct jit_place *)(base + SLOT_BYTES + GUESS_BYTES);
	j->born = (u32 *)((u8 *)j->place + PLACE_BYTES);
	j->heat = (u16 *)((u8 *)j->born + BORN_BYTES);
	j->is_plain = (u8 *)j->heat + HEAT_BYTES;
	j->way = j->is_plain + PLAIN_BYTES;
	code = mmap(j->way + WAY_BYTES, JIT_CODE_BYTES, rw,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	view = code == MAP_FAILED ? MAP_FAILED :
	       mremap(code, 0, JIT_CODE_BYTES, MREMAP_MAYMOVE);
	if (view == MAP_FAILED ||
	    mprotect(code, JIT_CODE_BYTES, PROT_READ | PROT_EXEC)) {
		munmap(base, MAP_BYTES);
		return -ERR_NOMEM;
	}
	j->buf = (struct code_buf){ .rw = view, .rx = code,
				    .size = JIT_CODE_BYTES };
	return 0;
}

/**
 * jit_open - give a core a translator
 * @cpu: CPU
 *
 * Returns: 0, -ERR_NOMEM.
 */
int jit_open(struct cpu *cpu)
{
	struct jit *j = xcalloc(1, sizeof(*j));
	u32 i;

	cpu->jit = j;
	for (i = 0; i < 16; i++)
		j->cr_pack[i] = cr_pack(i);
	j->lower = xcalloc(1, jit_lower_bytes());
	if (map_buffer(j)) {
		jit_close(cpu);
		return -ERR_NOMEM;
	}
	jit_emit_stubs(j);
	j->far_used = JIT_NEAR_BYTES;
	cpu->code.slots = j->slots;
	j->slot_start = j->buf.rx + j->stubs.start;
	j->slot_again = j->buf.rx + j->stubs.hot;
	cpu->code.slot_start = j->slot_start;
	cpu_state_changed(cpu);
	return 0;
}

/**
 * jit_close - take the translator away
 * @cpu: CPU
 */
void jit_close(struct cpu *cpu)
{
	struct jit *j = cpu->jit;

	if (!j)
		return;
	cpu->code.slots = NULL;
	cpu_state_changed(cpu);
	if (j->buf.size) {
		munmap((void *)j->slots, MAP_BYTES);
		munmap(j->buf.rw, JIT_CODE_BYTES);
	}
	free(j->lower);
	free(j);
	cpu->jit = NULL;
}

/* Every block is forgotten; pages stay decoded. */
static void flush_code(struct cpu *cpu)
{
	struct jit *j = cpu->jit;
	size_t i, n = (size_t)cpu->code.used * CODE_OPS;

	for (i = 0; i < n; i++)
		j->slots[i] = cpu->code.slot_start;
	j->buf.used = j->floor;
	j->far_used = JIT_NEAR_BYTES;
	cpu->translation.flushes++;
}

static u64 host_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

/* Bytes of code in both halves of the buffer. */
static size_t code_bytes(const struct jit *j)
{
	return j->buf.used + j->far_used - JIT_NEAR_BYTES;
}

/* A block was made behind @before bytes of code, since @start, if noted. */
static void account(struct cpu *cpu, size_t before, bool is_cold, u64 start)
{
	struct cpu_translation *t = &cpu->translation;
	struct jit *j = cpu->jit;
	u64 memory;

	BUG_ON(code_bytes(j) - before > JIT_BLOCK_BYTES);
	memory = sizeof(*j) + jit_lower_bytes() + code_bytes(j) +
		 cpu->code.used * CODE_OPS *
			 (sizeof(*j->slots) + sizeof(*j->guess) +
			  sizeof(*j->place) + sizeof(*j->born) +
			  sizeof(*j->heat) + sizeof(*j->way));
	if (memory > t->memory)
		t->memory = memory;
	t->blocks++;
	t->hot += !is_cold;
	t->code_bytes += code_bytes(j) - before;
	if (start)
		t->ns += TIMED_EACH * (host_ns() - start);
}

static const void *translate(struct cpu *cpu, struct codepage *cp, u32 insn,
			     bool is_cold)
{
	struct jit *j = cpu->jit;
	size_t at, before, n = (size_t)(&cp->slots[insn] - j->slots);
	u16 *heat = &j->heat[n];
	u32 now = (u32)(cpu_now(cpu) / AGE_CYCLES);
	u64 start = cpu->translation.blocks % TIMED_EACH ? 0 : host_ns();
	enum jit_kind kind;

	/* it failed too often, or long */
	if (cp->slots[insn] == j->slot_again && *heat == 0xffff)
		j->is_plain[n] = now - j->born[n] <
				 SHARE_FAILURES * SHARE_FAIR / AGE_CYCLES;
	kind = is_cold ? JIT_COLD : j->is_plain[n] ? JIT_PLAIN : JIT_SHARED;
	if (j->buf.used + JIT_BLOCK_BYTES > JIT_NEAR_BYTES ||
	    j->far_used + JIT_BLOCK_BYTES > JIT_CODE_BYTES)
		flush_code(cpu);
	before = code_bytes(j);
	j->born[n] = now;
	*heat = is_cold ? JIT_HOT_ENTRIES : SHARE_FAILURES;
	j->now = cpu_now(cpu);
	j->page = cpu->s.pc & 0xfffff000u;
	j->mapped = &cpu->it;
	jit_translate(j, cp, insn, is_cold);
	at = jit_emit_block(j, cp, kind, heat);
	account(cpu, before, is_cold, start);
	cp->slots[insn] = j->buf.rx + at;
	return cp->slots[insn];
}

static s64 left_of(const struct cpu *cpu)
{
	return (s64)((cpu->lim - cpu->op) / sizeof(struct op));
}

static void set_left(struct cpu *cpu, s64 left)
{
	cpu->op = 0;
	cpu->lim = (uintptr_t)left * sizeof(struct op);
}

/* One instruction of a page that cannot be decoded as a whole. */
static enum leave step(struct cpu *cpu)
{
	cycle_t limit = cpu->limit;
	enum leave why;

	cpu->is_fetched = true;
	cpu->limit = cpu_now(cpu) + 1;
	set_left(cpu, 1);
	why = interp_exec(cpu);
	set_left(cpu, (s64)(limit - cpu_now(cpu)));
	cpu->limit = limit;
	return why;
}

static enum jit_exit enter(struct cpu *cpu, const void *code, s64 left)
{
	struct jit *j = cpu->jit;
	int (*fn)(const void *code, struct cpu *cpu, s64 left);
	const void *p = j->buf.rx + j->stubs.enter;

	memcpy(&fn, &p, sizeof(fn));
	return (enum jit_exit)fn(code, cpu, left);
}

/* The page at s.pc; NULL: an interrupt was delivered instead. */
static struct codepage *page_at_pc(struct cpu *cpu)
{
	u32 pc = cpu->s.pc;
	struct codepage *cp = softtab_ex(&cpu->it, pc);

	if (likely(cp))
		return cp;
	cp = cpu_fetch(cpu, pc);
	if (!cp)
		cpu_deliver(cpu, pc);
	return cp;
}

static enum leave jit_exec(struct cpu *cpu)
{
	const struct jit *j = cpu->jit;
	struct codepage *cp;
	const void *code;
	enum jit_exit why;
	u32 insn, pc;
	s64 left;

	for (;;) {
		left = left_of(cpu);
		if (left <= 0)
			return LEAVE_BOUNDARY;
		cp = page_at_pc(cpu);
		if (unlikely(!cp || cp == cpu->code.single)) {
			if (cp && step(cpu) == LEAVE_SELF)
				return LEAVE_SELF;
			if (cpu->attention || cpu->timer_at < cpu->limit)
				return LEAVE_BOUNDARY;
			continue;
		}
		pc = cpu->s.pc;
		insn = pc >> 2 & (CODE_OPS - 1);
		code = cp->slots[insn];
		if (code == j->slot_start || code == j->slot_again)
			code = translate(cpu, cp, insn, code == j->slot_start);
		cpu->ea_page = pc & 0xfffff000u;
		why = enter(cpu, code, left);
		if (why == JIT_SELF)
			return LEAVE_SELF;
		if (why == JIT_HOT) {
			set_left(cpu, cpu->jit_left);
			cp = page_at_pc(cpu);
			if (cp && cp != cpu->code.single)
				translate(cpu, cp, cpu->s.pc >> 2 &
					  (CODE_OPS - 1), false);
		}
		if (why == JIT_GO_ON) {
			set_left(cpu, cpu->jit_left);
			/* the budget ends inside the block */
			if (cpu->jit_left == left && cpu->s.pc == pc)
				return interp_exec(cpu);
		}
		if (why == JIT_BOUNDARY || cpu->attention)
			return LEAVE_BOUNDARY;
	}
}

/**
 * jit_run - run the CPU by translation
 * @cpu:    CPU with a translator
 * @budget: cycles, at most
 *
 * Returns: why it came back.
 */
enum cpu_why jit_run(struct cpu *cpu, cycle_t budget)
{
	return cpu_run(cpu, budget, jit_exec);
}
