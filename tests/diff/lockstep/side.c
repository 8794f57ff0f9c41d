/* SPDX-License-Identifier: MIT */
/* tests/diff/lockstep/side.c - comparison of two simulators, in words too. */
#include "tests/diff/lockstep/side.h"

#include <stdio.h>

#include "base/bits.h"
#include "cpu/disasm.h"
#include "cpu/dump.h"

/* ---- the fields of the state, by name ---------------------------------- */

struct field {
	const char *name;
	u32 offset;
	u8 size, count;
};

/* clang-format off */
#define F(f) { #f, offsetof(struct cpu_state, f), \
	       sizeof(((struct cpu_state *)0)->f), 1 }
#define A(f) { #f, offsetof(struct cpu_state, f), \
	       sizeof(((struct cpu_state *)0)->f[0]), \
	       ARRAY_SIZE(((struct cpu_state *)0)->f) }
static const struct field fields[] = {
	A(gpr), F(pc), F(xer_so), F(xer_ov), F(xer_ca), F(xer_count),
	F(lr), F(ctr), F(msr), F(fpscr), A(fpr), F(srr0), F(srr1), F(csrr0),
	F(csrr1), F(mcsrr0), F(mcsrr1), F(dear), F(esr), F(mcsr), F(ivpr),
	A(ivor), A(sprg), F(usprg0), F(pid), F(mmucr), F(ccr0), F(ccr1),
	F(dbcr0), F(dbcr1), F(dbcr2), F(dbsr), A(iac), A(dac), A(dvc), F(dbdr),
	F(tsr), F(tcr), F(decar), F(pir), F(pvr), F(rstcfg), A(inv), A(itv),
	A(dnv), A(dtv), F(ivlim), F(dvlim), F(dcdbtrl), F(dcdbtrh), F(icdbtrl),
	F(icdbtrh), F(icdbdr), F(tb_offset), F(dec_tick), F(dec_value),
	F(poll_pc), F(poll_cycle), F(reserve), A(tlb.epn), A(tlb.mask),
	A(tlb.id), A(tlb.idmask),
};
#undef F
#undef A
/* clang-format on */

static u64 value_of(const struct cpu_state *s, const struct field *f,
		    unsigned int i)
{
	const u8 *p = (const u8 *)s + f->offset + (size_t)f->size * i;
	u32 v32;
	u64 v64;

	if (f->size == 1)
		return *p;
	if (f->size == 4) {
		memcpy(&v32, p, 4);
		return v32;
	}
	memcpy(&v64, p, 8);
	return v64;
}

/* CR fields and FPSCR have several representations, an engine its own. */
static void take_state(struct side *s, struct cpu_state *out)
{
	struct errmsg msg = { "" };
	unsigned int i;
	u32 cr;

	s->engine->get_state(s->cpu, out, &msg);
	state_settle_fpscr(out);
	memset(&out->fpu, 0, sizeof(out->fpu));
	cr = state_cr(out);
	for (i = 0; i < 8; i++)
		state_set_cr_field(out, i, cr >> (28 - 4 * i) & 15);
}

static bool is_cpu_same(const struct cpu *a, const struct cpu *b)
{
	return cpu_now(a) == cpu_now(b) && cpu_insns(a) == cpu_insns(b) &&
	       a->async == b->async && a->reset_kind == b->reset_kind &&
	       !a->stuck == !b->stuck &&
	       !memcmp(a->exceptions, b->exceptions, sizeof(a->exceptions));
}

/**
 * side_is_same - whether two simulators are in the same state
 * @a:        one
 * @b:        other
 * @with_ram: compare the memory as well
 */
bool side_is_same(struct side *a, struct side *b, bool with_ram)
{
	struct cpu_state sa, sb;

	memset(&sa, 0, sizeof(sa));
	memset(&sb, 0, sizeof(sb));
	take_state(a, &sa);
	take_state(b, &sb);
	return !memcmp(&sa, &sb, sizeof(sa)) && is_cpu_same(a->cpu, b->cpu) &&
	       a->log == b->log && a->is_over == b->is_over &&
	       (!with_ram || !memcmp(a->ram, b->ram, a->ram_bytes));
}

/* ---- printing ---------------------------------------------------------- */

static void put_line(void *opaque, const char *line)
{
	(void)opaque;
	printf("    %s\n", line);
}

/**
 * side_print - print a simulator's state
 * @s: side
 */
void side_print(struct side *s)
{
	unsigned int i;

	printf("  %s:\n", s->engine->name);
	cpu_dump(s->cpu, put_line, NULL);
	printf("    fpscr %08x\n", state_fpscr(&s->cpu->s));
	for (i = 0; i < 32; i += 4)
		printf("    f%-2u  %016llx  %016llx  %016llx  %016llx\n", i,
		       (unsigned long long)s->cpu->s.fpr[i],
		       (unsigned long long)s->cpu->s.fpr[i + 1],
		       (unsigned long long)s->cpu->s.fpr[i + 2],
		       (unsigned long long)s->cpu->s.fpr[i + 3]);
}

static void differ(const char *name, unsigned int i, unsigned int of, u64 a,
		   u64 b)
{
	char full[40];

	if (a == b)
		return;
	snprintf(full, sizeof(full), of > 1 ? "%s[%u]" : "%s", name, i);
	printf("    %-14s %16llx %16llx\n", full, (unsigned long long)a,
	       (unsigned long long)b);
}

static void differ_in_ram(const struct side *a, const struct side *b)
{
	unsigned int shown = 0;
	u64 i;

	for (i = 0; i < a->ram_bytes && shown < 8; i += 4)
		if (memcmp(a->ram + i, b->ram + i, 4) != 0) {
			printf("    memory %07llx %16x %16x\n",
			       (unsigned long long)i, ldb32(a->ram + i),
			       ldb32(b->ram + i));
			shown++;
		}
}

/**
 * side_print_differences - print where two simulators differ
 * @a: one
 * @b: other
 */
void side_print_differences(struct side *a, struct side *b)
{
	struct cpu_state sa, sb;
	unsigned int i, k;

	take_state(a, &sa);
	take_state(b, &sb);
	printf("    %-14s %16s %16s\n", "", a->engine->name, b->engine->name);
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		for (k = 0; k < fields[i].count; k++)
			differ(fields[i].name, k, fields[i].count,
			       value_of(&sa, &fields[i], k),
			       value_of(&sb, &fields[i], k));
	differ("cr", 0, 1, state_cr(&sa), state_cr(&sb));
	for (i = 0; i < TLB_ENTRIES; i++)
		for (k = 0; k < 3; k++)
			differ("tlb.word", 3 * i + k, 2, sa.tlb.word[i][k],
			       sb.tlb.word[i][k]);
	differ("cycles", 0, 1, cpu_now(a->cpu), cpu_now(b->cpu));
	differ("instructions", 0, 1, cpu_insns(a->cpu), cpu_insns(b->cpu));
	differ("pending", 0, 1, a->cpu->async, b->cpu->async);
	for (i = 0; i < IVOR_COUNT; i++)
		differ(ivor_name(i), 0, 1, a->cpu->exceptions[i],
		       b->cpu->exceptions[i]);
	differ("device log", 0, 1, a->log, b->log);
	differ("is over", 0, 1, a->is_over, b->is_over);
	differ_in_ram(a, b);
}

/**
 * side_print_insn - print the instruction that is about to run
 * @s:  side
 * @pc: where it is
 */
void side_print_insn(const struct side *s, u32 pc)
{
	const struct cpu_state *st = &s->cpu->s;
	const struct cpu_port *port = s->cpu->port;
	char text[DISASM_CHARS];
	bool is_writable;
	unsigned int i;
	paddr_t pa;
	u8 *host;
	u32 word;

	if (tlb_lookup(&st->tlb, pc, !!(st->msr & MSR_IS), st->pid, &i) ==
	    TLB_MISS) {
		printf("    %08x: not mapped\n", pc);
		return;
	}
	pa = tlb_real(&st->tlb, i, pc);
	host = port->direct(port->opaque, pa & ~(paddr_t)0xfff, &is_writable);
	if (!host) {
		printf("    %08x: not in memory\n", pc);
		return;
	}
	word = ldb32(host + (pa & 0xfff));
	if (st->tlb.word[i][2] & TLB2_E)
		word = __builtin_bswap32(word);
	disasm(word, pc, text, sizeof(text));
	printf("    %08x: %08x  %s\n", pc, word, text);
}
