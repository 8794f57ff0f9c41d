/* SPDX-License-Identifier: MIT */
/*
 * cpu/debug.c - the debug facilities: which events occur, what they leave in
 * DBSR, and the Debug interrupt.
 *
 * While DBCR0 enables an event that instructions cause, cpu_run calls
 * debug_exec in place of the engine: it looks at one instruction, by means of
 * its body (debug_words.h), and lets the interpreter run it.  Nothing of this
 * costs anything when it is off.  Without a debugger on the JTAG port external
 * debug mode and debug wait mode are storage: there is internal debug mode
 * with DBCR0[IDM], else trace mode, which only records.
 *
 * Source: [440UM] chapter 8; 6.5.16 Debug interrupt; 6.7 priorities.
 */
#include "cpu/debug_words.h"
#include "cpu/variants.h"

#include "cpu/sem/all.h"

/* Events for which each instruction is looked at. */
#define WATCHED (DBEV_ICMP | DBEV_BRT | DBEV_TRAP | DBEV_IACS | DBEV_DACS | \
		 DBEV_RET)

/* Values of the fields of DBCR1 and DBCR2. */
enum { MODE_EXACT, MODE_MASK, MODE_INSIDE, MODE_OUTSIDE };
enum { DVC_NEVER, DVC_AND, DVC_OR, DVC_AND_OR };

static bool is_internal(const struct cpu *cpu)
{
	return cpu->s.dbcr0 & DBCR0_IDM;
}

/* In internal mode: events are only recorded until MSR[DE] is set. */
static bool is_delayed(const struct cpu *cpu)
{
	return is_internal(cpu) && !(cpu->s.msr & MSR_DE);
}

/**
 * debug_update - derive what follows from DBCR0 and DBSR
 * @cpu: CPU
 */
void debug_update(struct cpu *cpu)
{
	const struct cpu_state *s = &cpu->s;

	cpu->async &= ~(1u << IVOR_DEBUG);
	if ((s->dbsr & DBSR_EVENTS) && is_internal(cpu))
		cpu->async |= 1u << IVOR_DEBUG;
	cpu->watched = s->dbcr0 & WATCHED;
	timer_freeze(cpu, (s->dbsr & DBSR_EVENTS) && (s->dbcr0 & DBCR0_FT));
	cpu_check_attention(cpu);
}

/**
 * debug_write_dbcr0 - write DBCR0
 * @cpu: CPU
 * @val: new value
 */
void debug_write_dbcr0(struct cpu *cpu, u32 val)
{
	cpu->s.dbcr0 = val;
	cpu->reset_kind |= (u8)DBCR0_RST(val);
	debug_update(cpu);
	/* another executor may have to go on */
	cpu->attention = true;
}

/* @events occurred; true: the Debug interrupt comes at once. */
static bool record(struct cpu *cpu, u32 events)
{
	cpu->s.dbsr |= events;
	if (is_delayed(cpu))
		cpu->s.dbsr |= DBSR_IDE;
	debug_update(cpu);
	return is_internal(cpu) && !is_delayed(cpu);
}

/**
 * debug_interrupt - an interrupt occurred while DBCR0[IRPT] is set
 * @cpu:            CPU
 * @is_noncritical: its class; in internal mode others are no event
 */
void debug_interrupt(struct cpu *cpu, bool is_noncritical)
{
	if (is_noncritical || !is_internal(cpu))
		record(cpu, DBEV_IRPT);
}

/* ---- addresses ------------------------------------------------------------ */

/* Fields xUS and xER: privilege and address space. */
static bool is_qualified(u32 us, u32 er, bool is_user, bool space)
{
	return (us == 0 || us == (is_user ? 3 : 2)) &&
	       (er == 0 || er == (space ? 3 : 2));
}

static bool in_range(u32 mode, u32 addr, u32 from, u32 to)
{
	return (addr >= from && addr < to) == (mode == MODE_INSIDE);
}

/* IAC1 and IAC2, whose fields are in the high half of DBCR1 [@dbcr]; or IAC3
 * and IAC4, whose are in the low. */
static u32 iac_pair(struct cpu *cpu, unsigned int first, u32 dbcr, u32 ats)
{
	struct cpu_state *s = &cpu->s;
	u32 mode = PPC_FIELD(dbcr, 8, 9), hit = 0;
	unsigned int i;

	/* ranges cannot occur while they would be delayed */
	if (mode != MODE_EXACT && is_delayed(cpu))
		return 0;
	if (s->dbsr & ats && dbcr & PPC_BIT(15))
		mode ^= 1;
	for (i = 0; i < 2; i++) {
		u32 us = dbcr << 4 * i >> 30, er = dbcr << (4 * i + 2) >> 30;
		const u32 *iac = &s->iac[first - 1];

		if (is_qualified(us, er, s->msr & MSR_PR, s->msr & MSR_IS) &&
		    (mode == MODE_EXACT ? s->pc == iac[i] :
		     mode != MODE_MASK && in_range(mode, s->pc, iac[0], iac[1])))
			hit |= DBEV_IAC(first + i);
	}
	hit &= s->dbcr0;
	if (hit && mode != MODE_EXACT && dbcr & PPC_BIT(15))
		s->dbsr ^= ats;
	return hit;
}

static u32 iac_events(struct cpu *cpu)
{
	if (!(cpu->s.dbcr0 & DBEV_IACS))
		return 0;
	return iac_pair(cpu, 1, cpu->s.dbcr1, DBSR_IAC12ATS) |
	       iac_pair(cpu, 3, cpu->s.dbcr1 << 16, DBSR_IAC34ATS);
}

/* ---- data ----------------------------------------------------------------- */

/* Whether two lanes from @first on hold what DVC wants; 405's reading of
 * "AND in each pair": a pair without a lane never does. */
static bool lanes_and(u32 enabled, u32 same, u32 lanes)
{
	return (enabled & lanes) && (enabled & lanes & ~same) == 0;
}

/* @bytes were moved at @ea: does a word of them match DVC@n? */
static bool dvc_matches(const struct cpu_state *s, unsigned int n, u32 ea,
			const u8 *bytes, u32 count)
{
	u32 mode = n == 1 ? PPC_FIELD(s->dbcr2, 12, 13) :
		   PPC_FIELD(s->dbcr2, 14, 15);
	u32 enabled = n == 1 ? PPC_FIELD(s->dbcr2, 20, 23) :
		      PPC_FIELD(s->dbcr2, 28, 31);
	u32 i, same = 0;

	for (i = 0; i < count; i++) {
		u32 lane = (ea + i) & 3;

		if (bytes[i] == (u8)(s->dvc[n - 1] >> (24 - 8 * lane)))
			same |= 8u >> lane;
		if (lane != 3 && i != count - 1)
			continue;
		if (mode == DVC_AND ? lanes_and(enabled, same, 15) :
		    mode == DVC_OR ? enabled & same :
		    mode == DVC_AND_OR && (lanes_and(enabled, same, 12) ||
					   lanes_and(enabled, same, 3)))
			return true;
		same = 0;
	}
	return false;
}

static bool dac_matches(const struct cpu_state *s, unsigned int n, u32 ea)
{
	u32 mode = PPC_FIELD(s->dbcr2, 8, 9);
	u32 at = 4 * (n - 1);

	if (!is_qualified(s->dbcr2 << at >> 30, s->dbcr2 << (at + 2) >> 30,
			  s->msr & MSR_PR, s->msr & MSR_DS))
		return false;
	if (mode == MODE_EXACT)
		return ea == s->dac[n - 1];
	if (mode == MODE_MASK)
		return ((ea ^ s->dac[0]) & s->dac[1]) == 0;
	return in_range(mode, ea, s->dac[0], s->dac[1]);
}

/* Events of one access; @bytes NULL: none can be compared. */
static u32 dac_events(const struct cpu_state *s, u32 ea, bool is_write,
		      const u8 *bytes, u32 count)
{
	u32 hit = 0;
	unsigned int n;

	for (n = 1; n <= 2; n++) {
		u32 event = is_write ? DBEV_DACW(n) : DBEV_DACR(n);
		u32 lanes = n == 1 ? PPC_FIELD(s->dbcr2, 20, 23) :
			    PPC_FIELD(s->dbcr2, 28, 31);

		if (!(s->dbcr0 & event) || !dac_matches(s, n, ea))
			continue;
		if (!lanes || (bytes && dvc_matches(s, n, ea, bytes, count)))
			hit |= event;
	}
	return hit;
}

/*
 * Bytes of the access that begins at @ea, @left before the end: none crosses
 * a quadword, halfwords are cut into bytes and multiples into words [440UM
 * 2.2.1, table 2-2].
 */
static u32 piece(const struct probe_access *a, u32 ea, u32 left)
{
	u32 n = 16 - (ea & 15);

	if (a->is_line)
		return a->bytes;
	if (a->is_many && n > 4)
		n = 4;
	return n < left ? n : left;
}

/* One piece of an access: false when it would fault. */
static bool piece_events(struct cpu *cpu, const struct probe_access *a,
			 u32 offset, u32 count, u32 *hit)
{
	bool wants_data = a->has_data && PPC_FIELD(cpu->s.dbcr2, 20, 31);
	u32 ea = a->ea + offset, attr = 0, i;
	u8 bytes[32] = { 0 };
	bool is_peeked = wants_data && !a->is_write;

	for (i = 0; i < (a->is_line ? 1 : count); i += 4)
		if (!cpu_peek(cpu, ea + i, count - i < 4 ? count - i : 4,
			      a->is_store, is_peeked ? bytes + i : NULL, &attr))
			return false;
	if (a->is_touch ? attr & TLB2_I :
	    a->is_zero && attr & (TLB2_I | TLB2_W))
		return false;
	for (i = 0; i < count && a->is_write && !a->is_line; i++)
		bytes[i] = a->data[attr & TLB2_E && !a->is_many ?
				   a->bytes - 1 - offset - i :
				   attr & TLB2_E ? (offset + i) ^ 3 :
				   offset + i];
	*hit |= dac_events(&cpu->s, ea, a->is_write,
			   wants_data ? bytes : NULL, count);
	return true;
}

static u32 access_events(struct cpu *cpu, const struct probe_access *a)
{
	u32 offset = 0, hit = 0, count;

	while (offset < a->bytes) {
		count = piece(a, a->ea + offset, a->bytes - offset);
		/* of a single operand both parts are checked first */
		if (!piece_events(cpu, a, offset, count, &hit))
			return a->is_many ? hit : 0;
		offset += count;
	}
	return hit;
}

/* ---- instructions --------------------------------------------------------- */

#define INSN(name, mnem, form, flags, vars, ...) \
	static noinline enum sem_result probe_##name(struct sx *x, \
		const struct op *o, const unsigned int k) \
	{ \
		return sem_##name(x, o, k); \
	}
#include "cpu/insn.def"

typedef enum sem_result (*probe_fn)(struct sx *x, const struct op *o,
				    unsigned int k);

static const probe_fn probes[INSN_COUNT] = {
#define INSN(name, ...) [INSN_##name] = probe_##name,
#include "cpu/insn.def"
};

/* The instruction at s.pc; false when it cannot be fetched. */
static bool fetch(struct cpu *cpu, u32 *word)
{
	struct cpu_fault before = cpu->fault;
	struct codepage *cp = softtab_ex(&cpu->it, cpu->s.pc);

	if (!cp)
		cp = cpu_fetch(cpu, cpu->s.pc);
	cpu->fault = before;
	if (!cp)
		return false;
	cpu->is_fetched = cp == cpu->code.single;
	*word = cpu->is_fetched ? cp->word :
		ldb32(cp->host + (cpu->s.pc & 0xffc));
	return true;
}

/* What the instruction at s.pc is about to do. */
static void probe(struct cpu *cpu, struct probe *p)
{
	struct cpu_state copy = cpu->s;
	struct sx x = { .s = &copy, .pc = copy.pc, .p = p };
	enum insn_id id;
	unsigned int flags, k;
	struct op op;
	u32 word;

	memset(p, 0, sizeof(*p));
	if (!fetch(cpu, &word))
		return;
	id = insn_find(word);
	if (id == INSN_ILLEGAL)
		return;
	flags = insn_table[id].flags;
	/* these exceptions have priority */
	if ((flags & PRIV && copy.msr & MSR_PR) ||
	    (flags & FP && !(copy.msr & MSR_FP)))
		return;
	k = insn_decode(id, word, copy.pc, false, &op);
	probes[id](&x, &op, k);
}

/* Events of the instruction at s.pc that occur before it is done. */
static u32 insn_events(struct cpu *cpu)
{
	u32 on = cpu->s.dbcr0, hit = 0;
	struct probe p;

	if (!(on & (DBEV_BRT | DBEV_TRAP | DBEV_RET | DBEV_DACS)))
		return 0;
	probe(cpu, &p);
	if (p.is_taken && !is_delayed(cpu))
		hit |= DBEV_BRT;
	if (p.is_trap)
		hit |= DBEV_TRAP;
	if (p.is_return && (p.kind == SYS_RFI || !is_delayed(cpu)))
		hit |= DBEV_RET;
	if (on & DBEV_DACS)
		hit |= access_events(cpu, &p.access);
	return hit & on;
}

/* True: the instruction at s.pc is suppressed by a Debug interrupt. */
static bool before_insn(struct cpu *cpu)
{
	u32 hit = iac_events(cpu);
	bool is_dac;

	if (hit && record(cpu, hit))
		return true;
	hit = insn_events(cpu);
	is_dac = hit & DBEV_DACS;
	if (!hit || !record(cpu, hit))
		return false;
	/* DAC12A: DAC events may be processed after the instruction */
	return !is_dac || !(cpu->s.dbcr2 & PPC_BIT(10));
}

/* In trace mode there is no such event. */
static bool icmp_can_occur(const struct cpu *cpu, u32 msr)
{
	return (cpu->s.dbcr0 & DBEV_ICMP) && is_internal(cpu) && (msr & MSR_DE);
}

/*
 * An instruction completed.  If it cleared MSR[DE] itself the interrupt is
 * delayed, and imprecise.
 */
static void after_insn(struct cpu *cpu, u32 msr_before)
{
	if (icmp_can_occur(cpu, msr_before))
		record(cpu, DBEV_ICMP);
}

/**
 * debug_exec - run one instruction and find its debug events
 * @cpu: CPU, with its budget in cpu->op and cpu->lim; cpu->limit is moved to
 *       the next instruction
 *
 * Returns: LEAVE_BOUNDARY; LEAVE_SELF at a branch to itself, unless each of its
 *          rounds may be an event.
 */
enum leave debug_exec(struct cpu *cpu)
{
	cycle_t now = cpu_now(cpu);
	u32 msr = cpu->s.msr;
	enum leave why;

	if (before_insn(cpu)) {
		cpu->is_fetched = false;
		return LEAVE_BOUNDARY;
	}
	cpu->limit = now + 1;
	cpu->op = 0;
	cpu->lim = sizeof(struct op);
	why = interp_exec(cpu);
	if (why == LEAVE_SELF && icmp_can_occur(cpu, msr)) {
		cpu->op = cpu->lim;
		why = LEAVE_BOUNDARY;
	}
	/* a fault takes no time, and completes nothing */
	if (cpu_now(cpu) != now)
		after_insn(cpu, msr);
	return why;
}
