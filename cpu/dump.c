/* SPDX-License-Identifier: MIT */
/* cpu/dump.c - the state of a core as lines of text. */
#include <stdarg.h>
#include <stdio.h>

#include "cpu/cpu.h"
#include "cpu/dump.h"

struct sink {
	void (*put)(void *opaque, const char *line);
	void *opaque;
};

static void __printf(2, 3) line(const struct sink *k, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	k->put(k->opaque, text);
}

static void dump_gprs(const struct cpu_state *s, const struct sink *k)
{
	unsigned int i;

	for (i = 0; i < 32; i += 4)
		line(k, "r%-2u  %08x  r%-2u  %08x  r%-2u  %08x  r%-2u  %08x",
		     i, s->gpr[i], i + 1, s->gpr[i + 1], i + 2, s->gpr[i + 2],
		     i + 3, s->gpr[i + 3]);
}

static void dump_tlb(const struct tlb *t, const struct sink *k)
{
	unsigned int i;

	for (i = 0; i < TLB_ENTRIES; i++) {
		if (!tlb_is_valid(t, i))
			continue;
		line(k, "tlb %-2u  %08x..%08x  ts %u tid %-3u -> %01x%08x  "
		     "attributes %04x", i, t->epn[i], t->epn[i] +
		     tlb_span(t, i), !!(t->word[i][0] & TLB0_TS),
		     tlb_tid(t, i), t->word[i][1] & 0xf,
		     t->word[i][1] & 0xfffffc00u, t->word[i][2]);
	}
}

static void dump_counts(const struct cpu *cpu, const struct sink *k)
{
	unsigned int i;

	for (i = 0; i < IVOR_COUNT; i++)
		if (cpu->exceptions[i])
			line(k, "interrupts %-22s %llu", ivor_name(i),
			     (unsigned long long)cpu->exceptions[i]);
}

/**
 * cpu_dump - registers, TLB and interrupt counts
 * @cpu:    CPU
 * @put:    gets a line at a time, without newline
 * @opaque: for @put
 */
void cpu_dump(const struct cpu *cpu, void (*put)(void *opaque,
						 const char *line),
	      void *opaque)
{
	const struct cpu_state *s = &cpu->s;
	const struct sink k = { put, opaque };

	line(&k, "pc   %08x  msr  %08x  lr   %08x  ctr  %08x", s->pc, s->msr,
	     s->lr, s->ctr);
	line(&k, "cr   %08x  xer  %08x  pid  %08x  mmucr %08x", state_cr(s),
	     state_xer(s), s->pid, s->mmucr);
	line(&k, "srr0 %08x  srr1 %08x  esr  %08x  dear %08x", s->srr0,
	     s->srr1, s->esr, s->dear);
	line(&k, "csrr0 %08x csrr1 %08x mcsrr0 %08x mcsrr1 %08x mcsr %08x",
	     s->csrr0, s->csrr1, s->mcsrr0, s->mcsrr1, s->mcsr);
	line(&k, "ivpr %08x  tsr  %08x  tcr  %08x  dec  %08x", s->ivpr, s->tsr,
	     s->tcr, timer_dec(cpu));
	dump_gprs(s, &k);
	dump_tlb(&s->tlb, &k);
	dump_counts(cpu, &k);
	line(&k, "instructions %llu, cycles %llu",
	     (unsigned long long)cpu_insns(cpu),
	     (unsigned long long)cpu_now(cpu));
}
