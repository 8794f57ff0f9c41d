/* SPDX-License-Identifier: MIT */
/*
 * cpu/mem.c - the slow path of memory: translate, check, fill the soft TLB,
 * split what crosses pages, reach devices, keep decoded code coherent.
 *
 * What the soft TLB may hold: pages of 4 KB or more, big-endian, backed by
 * host memory; writable only where the data cache would take a write, and
 * while nothing is decoded from the page.  So lines of the data cache that no
 * memory is behind (dline.h) are seen here and nowhere else.
 */
#include "cpu/cpu.h"

/* Writes into a decoded page, none of them to decoded lines, that make it
 * data again. */
#define RETIRE_WRITES 64

struct xlate {
	unsigned int entry;
	paddr_t pa;
	u32 attr;		/* word 2 of the entry */
	bool is_small;		/* a 1 KB page */
};

static bool may(const struct cpu *cpu, u32 attr, u32 user, u32 super)
{
	return attr & (cpu->s.msr & MSR_PR ? user : super);
}

/*
 * Out of reset the shadow TLBs map the last 4 KB, so that boot code may empty
 * the TLB under its own feet.  That is lost when code is fetched from anywhere
 * else, a little later than on the chip, where a context synchronisation ends
 * it.
 */
#define SHADOW_PAGE	0xfffff000u
#define SHADOW_ATTR	(TLB2_I | TLB2_SX | TLB2_SR)

static bool is_in_shadow(const struct cpu *cpu, u32 ea, u32 as)
{
	return cpu->s.is_shadowed && ea >= SHADOW_PAGE &&
	       !(cpu->s.msr & (as | MSR_PR));
}

static int translate(struct cpu *cpu, u32 ea, bool is_store, struct xlate *t)
{
	const struct tlb *tlb = &cpu->s.tlb;
	u32 esr = is_store ? ESR_ST : 0;

	if (tlb_lookup(tlb, ea, !!(cpu->s.msr & MSR_DS), cpu->s.pid,
		       &t->entry) == TLB_MISS) {
		if (!is_in_shadow(cpu, ea, MSR_DS))
			return cpu_raise_at(cpu, IVOR_DTLB, esr, ea);
		/* "small": nothing of it outlives the access */
		*t = (struct xlate){ 0, ea, SHADOW_ATTR, true };
		return is_store ? cpu_raise_at(cpu, IVOR_DSI, esr, ea) : 0;
	}
	t->attr = tlb->word[t->entry][2];
	if (is_store ? !may(cpu, t->attr, TLB2_UW, TLB2_SW) :
	    !may(cpu, t->attr, TLB2_UR, TLB2_SR))
		return cpu_raise_at(cpu, IVOR_DSI, esr, ea);
	t->pa = tlb_real(tlb, t->entry, ea);
	t->is_small = tlb_span(tlb, t->entry) < 0xfff;
	return 0;
}

static u8 *direct(struct cpu *cpu, paddr_t pa, bool *is_writable)
{
	return cpu->port->direct(cpu->port->opaque, pa & ~(paddr_t)0xfff,
				 is_writable);
}

/* Let the context reach the page from now on, where that is allowed. */
static void fill(struct cpu *cpu, u32 ea, const struct xlate *t, u8 *host,
		 bool is_writable)
{
	bool rd = may(cpu, t->attr, TLB2_UR, TLB2_SR);
	bool wr = may(cpu, t->attr, TLB2_UW, TLB2_SW) && is_writable;

	if (t->is_small || (t->attr & TLB2_E))
		return;
	/* dcbz of such a page is an exception: keep it on the slow path */
	if (t->attr & (TLB2_W | TLB2_I))
		wr = false;
	if (wr && codecache_find(&cpu->code, t->pa))
		wr = false;
	softtlb_fill(&cpu->soft, cpu->dctx, t->entry, ea, host, rd, wr);
}

static bool is_running_in(const struct cpu *cpu, const struct codepage *cp)
{
	return cpu->op - (uintptr_t)cp->op < sizeof(cp->op);
}

/* The bytes at @pa change: undo what was decoded from them. */
static void code_written(struct cpu *cpu, paddr_t pa, u64 size)
{
	struct codepage *cp = codecache_find(&cpu->code, pa);

	if (likely(!cp))
		return;
	if (codecache_undo(&cpu->code, cp, pa, size)) {
		cpu->attention = true;
		return;
	}
	if (++cp->writes < RETIRE_WRITES || is_running_in(cpu, cp))
		return;
	softtlb_drop_code(&cpu->soft, cp);
	codecache_remove(&cpu->code, cp);
}

static u32 swap_bytes(unsigned int size, u32 val)
{
	return size == 4 ? __builtin_bswap32(val) :
	       size == 2 ? __builtin_bswap16((u16)val) : val;
}

/* Wait cycles pass at the next boundary; an error is a machine check. */
static void bus_result(struct cpu *cpu, int wait, u32 mcsr)
{
	if (wait < 0) {
		cpu_machine_check(cpu, mcsr);
	} else if (wait > 0) {
		cpu->wait += (u32)wait;
		cpu->attention = true;
	}
}

/* A device, or nothing at all. */
static void device_read(struct cpu *cpu, paddr_t pa, unsigned int size,
			u32 *val)
{
	const struct cpu_port *port = cpu->port;
	u32 part, i;
	int wait;

	*val = 0;
	if ((pa & (size - 1)) == 0) {
		wait = port->read(port->opaque, pa, size, val);
		if (wait < 0)
			*val = 0xffffffffu >> (32 - 8 * size);
		bus_result(cpu, wait, MCSR_DRB);
		return;
	}
	for (i = 0; i < size; i++) {
		device_read(cpu, pa + i, 1, &part);
		*val = *val << 8 | part;
	}
}

static void device_write(struct cpu *cpu, paddr_t pa, unsigned int size,
			 u32 val)
{
	const struct cpu_port *port = cpu->port;
	u32 i;

	if ((pa & (size - 1)) == 0) {
		val &= 0xffffffffu >> (32 - 8 * size);
		bus_result(cpu, port->write(port->opaque, pa, size, val),
			   MCSR_DWB);
		return;
	}
	for (i = 0; i < size; i++)
		device_write(cpu, pa + i, 1, val >> 8 * (size - 1 - i) & 0xff);
}

/* ---- lines that live in the data cache alone ---------------------------- */

/* The line that an access hits, where no memory answers; NULL: the bus. */
static struct dline *hit(struct cpu *cpu, const struct xlate *t)
{
	if (likely(!cpu->lines.count) || (t->attr & TLB2_I))
		return NULL;
	return dline_find(&cpu->lines, t->pa);
}

static bool crosses_line(const struct xlate *t, unsigned int size)
{
	return (t->pa & (DLINE_BYTES - 1)) + size > DLINE_BYTES;
}

static void uncached_load(struct cpu *cpu, struct xlate t, unsigned int size,
			  u32 *val)
{
	struct dline *line;
	u32 byte, i;

	if (unlikely(cpu->lines.count) && crosses_line(&t, size)) {
		*val = 0;
		for (i = 0; i < size; i++, t.pa++) {
			uncached_load(cpu, t, 1, &byte);
			*val = *val << 8 | byte;
		}
		return;
	}
	line = hit(cpu, &t);
	if (line)
		*val = ldb(line->byte + (t.pa & (DLINE_BYTES - 1)), size);
	else
		device_read(cpu, t.pa, size, val);
}

static void uncached_store(struct cpu *cpu, struct xlate t, unsigned int size,
			   u32 val)
{
	struct dline *line;
	u32 i;

	if (unlikely(cpu->lines.count) && crosses_line(&t, size)) {
		for (i = 0; i < size; i++, t.pa++)
			uncached_store(cpu, t, 1,
				       val >> 8 * (size - 1 - i) & 0xff);
		return;
	}
	line = hit(cpu, &t);
	if (line) {
		stb(line->byte + (t.pa & (DLINE_BYTES - 1)), size, val);
		line->is_dirty = !(t.attr & TLB2_W) || line->is_dirty;
	}
	if (!line || (t.attr & TLB2_W))
		device_write(cpu, t.pa, size, val);
}

/* Write back what only the cache has: an error is a machine check. */
static void cast_out(struct cpu *cpu, struct dline *line)
{
	for (u32 i = 0; line->is_dirty && i < DLINE_BYTES; i += 4)
		device_write(cpu, line->pa + i, 4, ldb32(line->byte + i));
	line->is_dirty = false;
}

/* A line of zeros at @pa, where no memory is; the bus hears nothing of it. */
static void make_line(struct cpu *cpu, paddr_t pa)
{
	struct dline *line = dline_find(&cpu->lines, pa);

	if (!line) {
		line = dline_take(&cpu->lines, pa);
		if (line->is_valid) {
			cast_out(cpu, line);
			dline_drop(&cpu->lines, line);
		}
		line->is_valid = true;
		cpu->lines.count++;
	}
	line->pa = pa;
	line->is_dirty = true;
	memset(line->byte, 0, sizeof(line->byte));
}

static void line_op(struct cpu *cpu, const struct xlate *t, enum cache_op kind)
{
	struct dline *line = dline_find(&cpu->lines, t->pa);

	if (!line || kind == CACHE_CODE)
		return;
	if (kind != CACHE_AS_STORE)
		cast_out(cpu, line);
	if (kind != CACHE_AS_LOAD)
		dline_drop(&cpu->lines, line);
}

/**
 * cpu_drop_lines - dccci: invalidate the data cache, writing nothing back
 * @cpu: CPU
 *
 * Source: [440UM] "dccci": the whole cache, whatever the operands.
 */
void cpu_drop_lines(struct cpu *cpu)
{
	dline_drop_all(&cpu->lines);
}

/* An access inside one page, translated. */
static void load_at(struct cpu *cpu, u32 ea, unsigned int size,
		    const struct xlate *t, u32 *val)
{
	bool is_writable = false;
	u8 *host = direct(cpu, t->pa, &is_writable);

	if (host) {
		*val = ldb(host + (t->pa & 0xfff), size);
		fill(cpu, ea, t, host, is_writable);
	} else {
		uncached_load(cpu, *t, size, val);
	}
	if (t->attr & TLB2_E)
		*val = swap_bytes(size, *val);
}

static void store_at(struct cpu *cpu, u32 ea, unsigned int size,
		     const struct xlate *t, u32 val)
{
	bool is_writable = false;
	u8 *host = direct(cpu, t->pa, &is_writable);

	if (t->attr & TLB2_E)
		val = swap_bytes(size, val);
	if (!host || !is_writable) {
		uncached_store(cpu, *t, size, val);
		return;
	}
	stb(host + (t->pa & 0xfff), size, val);
	code_written(cpu, t->pa, size);
	fill(cpu, ea, t, host, true);
}

/* Whether the bytes lie in two pages of the smallest size. */
static bool is_split(u32 ea, unsigned int size)
{
	return (ea & 0x3ff) + size > 0x400;
}

/* Where the second page begins: DEAR if it is that which faults [440UM]. */
static u32 second_page(u32 ea, unsigned int size)
{
	return (ea + size - 1) & ~0x3ffu;
}

/**
 * cpu_unaligned - an access whose alignment is an exception
 * @cpu:  CPU
 * @ea:   effective address
 * @size: bytes
 * @esr:  ESR_ST of a store, ESR_FP of an FPU's access
 *
 * Returns: -1: Data TLB Error or Data Storage come first, else Alignment is
 *          recorded.
 * Source:  [440UM] 6.7.1, 6.7.2 exception priorities.
 */
int cpu_unaligned(struct cpu *cpu, u32 ea, unsigned int size, u32 esr)
{
	bool is_store = esr & ESR_ST;
	struct xlate t;

	if (translate(cpu, ea, is_store, &t) ||
	    (is_split(ea, size) &&
	     translate(cpu, second_page(ea, size), is_store, &t))) {
		cpu->fault.esr |= esr;
		return -1;
	}
	return cpu_raise_at(cpu, IVOR_ALIGNMENT, esr, ea);
}

/**
 * cpu_load - load a big-endian value
 * @cpu:  CPU
 * @ea:   effective address, any alignment
 * @size: 1, 2, 4 bytes
 * @val:  set on success
 *
 * Returns: 0, or -1 with the exception recorded and nothing done.
 */
int cpu_load(struct cpu *cpu, u32 ea, unsigned int size, u32 *val)
{
	struct xlate t, last;
	u32 part, i;

	if (translate(cpu, ea, false, &t))
		return -1;
	if (likely(!is_split(ea, size))) {
		load_at(cpu, ea, size, &t, val);
		return 0;
	}
	if (translate(cpu, second_page(ea, size), false, &last))
		return -1;
	*val = 0;
	for (i = 0; i < size; i++) {
		if (translate(cpu, ea + i, false, &t))
			return -1;
		load_at(cpu, ea + i, 1, &t, &part);
		*val = *val << 8 | part;
	}
	if (t.attr & TLB2_E)
		*val = swap_bytes(size, *val);
	return 0;
}

/**
 * cpu_store - store a big-endian value
 * @cpu:  CPU
 * @ea:   effective address, any alignment
 * @size: 1, 2, 4 bytes
 * @val:  value, right-justified
 *
 * Returns: 0, or -1 with the exception recorded and nothing done.
 */
int cpu_store(struct cpu *cpu, u32 ea, unsigned int size, u32 val)
{
	struct xlate t, last;
	u32 i;

	if (translate(cpu, ea, true, &t))
		return -1;
	if (likely(!is_split(ea, size))) {
		store_at(cpu, ea, size, &t, val);
		return 0;
	}
	if (translate(cpu, second_page(ea, size), true, &last))
		return -1;
	if (t.attr & TLB2_E)
		val = swap_bytes(size, val);
	for (i = 0; i < size; i++) {
		if (translate(cpu, ea + i, true, &t))
			return -1;
		store_at(cpu, ea + i, 1, &t, val >> 8 * (size - 1 - i) & 0xff);
	}
	return 0;
}

/**
 * cpu_load64 - load a big-endian doubleword for an FPR
 * @cpu: CPU
 * @ea:  effective address; the bytes lie in one page
 * @val: set on success
 *
 * Returns: 0, or -1 with the exception recorded and nothing done.
 */
int cpu_load64(struct cpu *cpu, u32 ea, u64 *val)
{
	struct xlate t;
	u32 w[2];

	if (translate(cpu, ea, false, &t))
		return -1;
	load_at(cpu, ea, 4, &t, &w[0]);
	t.pa += 4;
	load_at(cpu, ea + 4, 4, &t, &w[1]);
	*val = t.attr & TLB2_E ? (u64)w[1] << 32 | w[0] :
	       (u64)w[0] << 32 | w[1];
	return 0;
}

/**
 * cpu_store64 - store a big-endian doubleword of an FPR
 * @cpu: CPU
 * @ea:  effective address; the bytes lie in one page
 * @val: value
 *
 * Returns: 0, or -1 with the exception recorded and nothing done.
 */
int cpu_store64(struct cpu *cpu, u32 ea, u64 val)
{
	struct xlate t;

	if (translate(cpu, ea, true, &t))
		return -1;
	if (t.attr & TLB2_E)
		val = val << 32 | val >> 32;
	store_at(cpu, ea, 4, &t, (u32)(val >> 32));
	t.pa += 4;
	store_at(cpu, ea + 4, 4, &t, (u32)val);
	return 0;
}

/* Host address of whole words that lie in one page, else NULL. */
static u8 *direct_many(uintptr_t add, u32 ea, u32 bytes)
{
	if (!add || (bytes & 3) || (ea & 0xfff) + bytes > 0x1000)
		return NULL;
	return (u8 *)(add + ea);
}

/**
 * cpu_load_many - lmw, lswi, lswx
 * @cpu:    CPU
 * @ea:     first byte
 * @d:      first register; after 31 comes 0
 * @bytes:  how many; the rest of the last register is cleared
 * @skip_a: registers that are not written (base and index); 32 for none
 * @skip_b: likewise
 *
 * A fault leaves the registers loaded so far loaded.
 *
 * Returns: 0, or -1 with the exception recorded.
 */
int cpu_load_many(struct cpu *cpu, u32 ea, unsigned int d, u32 bytes,
		  unsigned int skip_a, unsigned int skip_b)
{
	u32 word, byte, i;
	const u8 *p = direct_many(softtab_rd(&cpu->dt, ea), ea, bytes);

	for (; p && bytes; bytes -= 4, p += 4, d = (d + 1) & 31)
		if (d != skip_a && d != skip_b)
			cpu->s.gpr[d] = ldb32(p);
	while (bytes) {
		word = 0;
		if (bytes >= 4 && cpu_load(cpu, ea, 4, &word))
			return -1;
		for (i = 0; bytes < 4 && i < bytes; i++) {
			if (cpu_load(cpu, ea + i, 1, &byte))
				return -1;
			word |= byte << (24 - 8 * i);
		}
		if (d != skip_a && d != skip_b)
			cpu->s.gpr[d] = word;
		d = (d + 1) & 31;
		ea += 4;
		bytes -= bytes < 4 ? bytes : 4;
	}
	return 0;
}

/**
 * cpu_store_many - stmw, stswi, stswx
 * @cpu:   CPU
 * @ea:    first byte
 * @d:     first register; after 31 comes 0
 * @bytes: how many
 *
 * Returns: 0, or -1 with the exception recorded.
 */
int cpu_store_many(struct cpu *cpu, u32 ea, unsigned int d, u32 bytes)
{
	u8 *p = direct_many(softtab_wr(&cpu->dt, ea), ea, bytes);
	u32 i;

	for (; p && bytes; bytes -= 4, p += 4, d = (d + 1) & 31)
		stb32(p, cpu->s.gpr[d]);
	while (bytes) {
		if (bytes >= 4 && cpu_store(cpu, ea, 4, cpu->s.gpr[d]))
			return -1;
		for (i = 0; bytes < 4 && i < bytes; i++)
			if (cpu_store(cpu, ea + i, 1,
				      cpu->s.gpr[d] >> (24 - 8 * i) & 0xff))
				return -1;
		d = (d + 1) & 31;
		ea += 4;
		bytes -= bytes < 4 ? bytes : 4;
	}
	return 0;
}

/**
 * cpu_reserve - lwarx
 * @cpu: CPU
 * @ea:  effective address; must be a multiple of 4
 * @val: set
 *
 * Returns: 0, or -1 with the exception recorded.
 */
int cpu_reserve(struct cpu *cpu, u32 ea, u32 *val)
{
	struct xlate t;

	if (ea & 3)
		return cpu_unaligned(cpu, ea, 4, 0);
	if (translate(cpu, ea, false, &t))
		return -1;
	load_at(cpu, ea, 4, &t, val);
	cpu->s.reserve = 1;
	return 0;
}

/**
 * cpu_conditional - stwcx.
 * @cpu:    CPU; the reservation is lost
 * @ea:     effective address; must be a multiple of 4
 * @val:    value
 * @stored: set to 1 when the store was done, else 0
 *
 * Returns: 0, or -1 with the exception recorded.
 */
int cpu_conditional(struct cpu *cpu, u32 ea, u32 val, u32 *stored)
{
	struct xlate t;

	if (ea & 3)
		return cpu_unaligned(cpu, ea, 4, ESR_ST);
	if (translate(cpu, ea, true, &t))
		return -1;
	*stored = cpu->s.reserve;
	cpu->s.reserve = 0;
	if (*stored)
		store_at(cpu, ea, 4, &t, val);
	return 0;
}

/**
 * cpu_zero_line - dcbz
 * @cpu: CPU
 * @ea:  any address in a cache line; DEAR is what was calculated [440UM]
 *
 * Where no memory is, the line is the cache's own until it is written back or
 * invalidated.
 *
 * Returns: 0, or -1 with the exception recorded: Alignment where the page is
 *          caching-inhibited or write-through.
 * Source:  [440UM] "dcbz".
 */
int cpu_zero_line(struct cpu *cpu, u32 ea)
{
	bool is_writable = false;
	struct xlate t;
	u8 *host;
	u32 i;

	if (translate(cpu, ea, true, &t))
		return -1;
	if (t.attr & (TLB2_W | TLB2_I))
		return cpu_raise_at(cpu, IVOR_ALIGNMENT, ESR_ST, ea);
	t.pa &= ~(paddr_t)31;
	host = direct(cpu, t.pa, &is_writable);
	if (!host) {
		make_line(cpu, t.pa);
		return 0;
	}
	if (!is_writable) {
		for (i = 0; i < 32; i += 4)
			device_write(cpu, t.pa + i, 4, 0);
		return 0;
	}
	memset(host + (t.pa & 0xfff), 0, 32);
	code_written(cpu, t.pa, 32);
	fill(cpu, ea, &t, host, true);
	return 0;
}

/**
 * cpu_cache_check - the address check of a cache operation
 * @cpu:  CPU
 * @ea:   effective address
 * @kind: dcbi needs the right to write, the others to read; what MMUCR locks
 *        is forbidden in user mode, whether the line is locked or not
 *
 * Returns: 0, or -1 with the exception recorded.
 * Source:  [440UM] 5.5, MMUCR[DULXE, IULXE]; ESR[DLK] as Book E orders its
 *          bits, data then instruction [assumed: the page is not at hand].
 */
int cpu_cache_check(struct cpu *cpu, u32 ea, enum cache_op kind)
{
	struct xlate t;

	if (translate(cpu, ea, kind == CACHE_AS_STORE, &t))
		return -1;
	if ((cpu->s.msr & MSR_PR) && (cpu->s.mmucr & cache_lock(kind)))
		return cpu_raise_at(cpu, IVOR_DSI, kind == CACHE_FLUSH ?
				    ESR_DLK0 : ESR_DLK1, ea);
	if (unlikely(cpu->lines.count))
		line_op(cpu, &t, kind);
	return 0;
}

/**
 * cpu_peek - what an access would find, without doing it
 * @cpu:      CPU; no exception is recorded
 * @ea:       effective address
 * @size:     1 to 4 bytes, inside one page
 * @is_store: whether it needs the right to write
 * @bytes:    set to what is there, in the order of memory; or NULL.  A device
 *            is read, as the access would read it before it is suppressed.
 * @attr:     set to word 2 of the TLB entry
 *
 * Returns: false when the access would fault.
 */
bool cpu_peek(struct cpu *cpu, u32 ea, unsigned int size, bool is_store,
	      u8 *bytes, u32 *attr)
{
	struct cpu_fault before = cpu->fault;
	bool is_writable;
	struct xlate t;
	u32 val, i;
	u8 *host;

	if (translate(cpu, ea, is_store, &t)) {
		cpu->fault = before;
		return false;
	}
	*attr = t.attr;
	if (!bytes)
		return true;
	host = direct(cpu, t.pa, &is_writable);
	if (host) {
		memcpy(bytes, host + (t.pa & 0xfff), size);
		return true;
	}
	uncached_load(cpu, t, size == 3 ? 1 : size, &val);
	memset(bytes, 0, size);
	for (i = 0; i < size && size != 3; i++)
		bytes[i] = (u8)(val >> 8 * (size - 1 - i));
	return true;
}

static struct codepage *code_page_for(struct cpu *cpu, paddr_t pa, u8 *host)
{
	struct codepage *cp = codecache_find(&cpu->code, pa);

	if (cp)
		return cp;
	cp = codecache_add(&cpu->code, pa, host);
	if (!cp) {
		softtlb_drop_code(&cpu->soft, NULL);
		codecache_flush(&cpu->code);
		cp = codecache_add(&cpu->code, pa, host);
	}
	softtlb_drop_host(&cpu->soft, host);
	return cp;
}

static struct codepage *fetch_single(struct cpu *cpu, paddr_t pa, u32 attr,
				     const u8 *host)
{
	struct codepage *cp = cpu->code.single;

	codecache_unpatch(&cpu->code);
	if (host) {
		cp->word = ldb32(host + (pa & 0xfff));
	} else if (cpu->port->read(cpu->port->opaque, pa, 4, &cp->word) < 0) {
		/* synchronous: told by ESR, not by MCSR [440UM] */
		cpu_raise(cpu, IVOR_MACHINE_CHECK, ESR_MCI);
		return NULL;
	}
	if (attr & TLB2_E)
		cp->word = __builtin_bswap32(cp->word);
	return cp;
}

/**
 * cpu_fetch - the decoded page to execute from
 * @cpu: CPU
 * @ea:  address of the next instruction
 *
 * Returns: the page; cpu->code.single with the word of one instruction where
 *          a whole page cannot be decoded; NULL with an exception recorded.
 */
struct codepage *cpu_fetch(struct cpu *cpu, u32 ea)
{
	const struct tlb *tlb = &cpu->s.tlb;
	bool is_writable = false;
	struct codepage *cp;
	unsigned int i = 0;
	paddr_t pa;
	u32 attr;
	u8 *host;

	/* who looked at it before did the one read of the bus */
	if (unlikely(cpu->is_fetched)) {
		cpu->is_fetched = false;
		return cpu->code.single;
	}
	if (tlb_lookup(tlb, ea, !!(cpu->s.msr & MSR_IS), cpu->s.pid, &i) ==
	    TLB_MISS) {
		if (is_in_shadow(cpu, ea, MSR_IS))
			return fetch_single(cpu, ea, SHADOW_ATTR,
					    direct(cpu, ea, &is_writable));
		cpu_raise(cpu, IVOR_ITLB, 0);
		return NULL;
	}
	if (tlb->epn[i] != SHADOW_PAGE)
		cpu->s.is_shadowed = 0;
	attr = tlb->word[i][2];
	if (!may(cpu, attr, TLB2_UX, TLB2_SX)) {
		cpu_raise(cpu, IVOR_ISI, 0);
		return NULL;
	}
	pa = tlb_real(tlb, i, ea);
	host = direct(cpu, pa, &is_writable);
	if (!host || (attr & TLB2_E) || tlb_span(tlb, i) < 0xfff)
		return fetch_single(cpu, pa, attr, host);
	cp = code_page_for(cpu, pa, host);
	softtlb_fill_code(&cpu->soft, cpu->ictx, i, ea, cp);
	return cp;
}

/**
 * cpu_dma_wrote - memory changed by somebody else than this CPU
 * @cpu:  CPU
 * @pa:   first byte
 * @size: bytes
 */
void cpu_dma_wrote(struct cpu *cpu, paddr_t pa, u64 size)
{
	u64 n;

	/* any of them may be the reserved line: losing it is always allowed */
	cpu->s.reserve = 0;
	while (size) {
		n = 0x1000 - (pa & 0xfff);
		n = n < size ? n : size;
		code_written(cpu, pa, n);
		pa += n;
		size -= n;
	}
}

/**
 * cpu_memory_changed - memory was mapped or unmapped
 * @cpu: CPU; must be at a boundary or in a device access
 */
void cpu_memory_changed(struct cpu *cpu)
{
	softtlb_flush(&cpu->soft);
	cpu->code_stale = true;
	cpu_kick(cpu);
}
