/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fast.c - what an exit needs most often, in C that is copied into each
 * VCPU's block.
 *
 * Runs with IVPR at the block, interrupts off, the guest's shadow PID in PID
 * and the guest's nonvolatile registers in the CPU unless the exit is a
 * Program interrupt.  So: no static data, no calls but to what is copied as
 * well (tests/accel/build checks the object), no memory but low memory.
 *
 * Owns the guest TLB's index, shadow entries and shadow PIDs.  Knows nothing
 * of Linux.
 */
#include "vcpu.h"
#include "hw.h"

#include "cpu/spr.h"

#define ENTRY_BIT(i)	(0x80000000u >> ((i) & 31))

static inline void set_add(struct entry_set *s, u32 i)
{
	s->bits[i >> 5] |= ENTRY_BIT(i);
}

static inline void set_del(struct entry_set *s, u32 i)
{
	s->bits[i >> 5] &= ~ENTRY_BIT(i);
}

/* First member at or after @i, 64 if there is none. */
static inline u32 set_next(const struct entry_set *s, u32 i)
{
	u32 w;

	for (; i < TLB_ENTRIES; i = (i | 31) + 1) {
		w = s->bits[i >> 5] & (0xffffffffu >> (i & 31));
		if (w)
			return (i & ~31u) + (u32)__builtin_clz(w);
	}
	return TLB_ENTRIES;
}

static inline bool entry_matches(const struct tlb *t, u32 i, u32 ea, u32 key)
{
	return (((ea ^ t->epn[i]) & t->mask[i]) |
		((key ^ t->id[i]) & t->idmask[i])) == 0;
}

/**
 * fast_find - look for a guest TLB entry
 * @v:   VCPU
 * @ea:  effective address
 * @as:  0 or 1
 * @pid: process ID
 *
 * Returns: its number, or NO_ENTRY.
 * Context: what tlb_lookup() answers, through the index.
 */
u32 fast_find(const struct vcpu *v, u32 ea, u32 as, u32 pid)
{
	const struct tlb *t = &v->s.tlb;
	u32 i, key = TLB0_V | as << 8 | pid;

	for (i = v->bucket[ea >> 12 & 255]; i != NO_ENTRY; i = v->next[i])
		if (entry_matches(t, i, ea, key))
			return i;
	for (i = set_next(&v->large, 0); i < TLB_ENTRIES;
	     i = set_next(&v->large, i + 1))
		if (entry_matches(t, i, ea, key))
			return i;
	return NO_ENTRY;
}

/* Forget that host entry @h is ours; the entry itself is not touched. */
static void disown(struct vcpu *v, u32 h)
{
	if (v->owner[h] == NO_ENTRY)
		return;
	set_del(&v->shadows[v->owner[h]], h);
	v->owner[h] = NO_ENTRY;
}

/*
 * Make host entry @h invalid, unless the host has overwritten it meanwhile:
 * its own entries have TS = 0.
 */
static void kill_entry(struct vcpu *v, u32 h)
{
	disown(v, h);
	if (hw_tlbre(h, 0) & TLB0_TS)
		hw_tlbwe(h, 0, 0);
}

/**
 * fast_drop - drop all shadows of a guest TLB entry
 * @v: VCPU, whose shadows are in the host's TLB
 * @i: guest entry
 */
void fast_drop(struct vcpu *v, u32 i)
{
	u32 h;

	if (!(v->shadows[i].bits[0] | v->shadows[i].bits[1]))
		return;
	for (h = set_next(&v->shadows[i], 0); h < TLB_ENTRIES;
	     h = set_next(&v->shadows[i], h + 1))
		kill_entry(v, h);
}

/**
 * fast_flush - drop all shadows and take all shadow PIDs back
 * @v: VCPU
 *
 * The instruction cache is tagged with the PIDs: it goes as well.
 */
void fast_flush(struct vcpu *v)
{
	u32 i, k;

	for (i = 0; i <= v->hwater; i++) {
		disown(v, i);
		if (hw_tlbre(i, 0) & TLB0_TS)
			hw_tlbwe(i, 0, 0);
	}
	for (k = 0; k < 8; k++)
		for (i = 0; i < 256; i++)
			v->id[k][i] = 0;
	v->next_id = 1;
	v->count[COUNT_FLUSH]++;
	v->count[COUNT_ICCCI]++;
	hw_iccci();
}

/* Point the hardware at the guest's context: PID, MMUCR and MSR of the run. */
static void set_context(struct vcpu *v)
{
	u32 msr = v->s.msr;
	u32 k = (msr & MSR_PR ? 4 : 0) | (msr & MSR_IS ? 2 : 0) |
		(msr & MSR_DS ? 1 : 0);
	u32 id = v->id[k][v->s.pid];

	if (v->way == WAY_CLASSIC) {
		id = msr & MSR_PR ? 0 : 1;
	} else if (unlikely(!id)) {
		if (v->next_id > 255)
			fast_flush(v);
		id = v->next_id++;
		v->id[k][v->s.pid] = (u8)id;
	}
	v->id_row = v->id[k];
	v->no_quick = (v->way & ~WAY_OFFERED) | (msr & MSR_PR);
	v->shadow_pid = id;
	v->shadow_mmucr = MMUCR_STS | id;
	v->shadow_msr = MSR_EE | MSR_PR | MSR_ME | MSR_IS | MSR_DS |
			(msr & v->fp_mask);
}

/**
 * fast_set_msr - write the guest's MSR
 * @v:   VCPU
 * @msr: value; reserved bits are dropped
 *
 * Also recomputes what the hardware shall have, as after a change of fp_mask.
 */
void fast_set_msr(struct vcpu *v, u32 msr)
{
	v->s.msr = msr & MSR_MASK;
	set_context(v);
}

/* 3.14: drop every mapping that user space could see. */
static void drop_users(struct vcpu *v)
{
	u32 i;

	for (i = 0; i < TLB_ENTRIES; i++)
		if (tlb_tid(&v->s.tlb, i))
			fast_drop(v, i);
}

/**
 * fast_set_pid - write the guest's PID
 * @v:   VCPU
 * @pid: value
 */
void fast_set_pid(struct vcpu *v, u32 pid)
{
	if (v->way == WAY_CLASSIC)
		drop_users(v);
	v->s.pid = pid & 0xff;
	set_context(v);
}

/**
 * fast_interrupt - deliver an interrupt to the guest
 * @v:    VCPU, s.pc being what SRR0, CSRR0 or MCSRR0 shall hold
 * @ivor: which
 */
void fast_interrupt(struct vcpu *v, u32 ivor)
{
	fast_set_msr(v, exc_save(&v->s, (enum ivor)ivor, v->s.pc));
}

/**
 * fast_deliver - deliver the first pending interrupt that is enabled
 * @v: VCPU
 *
 * Returns: true if there was one.
 */
bool fast_deliver(struct vcpu *v)
{
	u32 ready = ready_interrupts(v), ivor;

	if (likely(!ready))
		return false;
	ivor = async_first(ready);
	/* an edge is used up, a level stays */
	if (ivor == IVOR_EXTERNAL && !v->is_level)
		v->pending &= ~(1u << IVOR_EXTERNAL);
	fast_interrupt(v, ivor);
	return true;
}

static void unlink_entry(struct vcpu *v, u32 i)
{
	u8 *p = &v->bucket[v->s.tlb.epn[i] >> 12 & 255];

	if (v->s.tlb.mask[i] == 0xfffffc00u)
		v->nr_small--;
	if (v->s.tlb.mask[i] < 0xfffff000u) {
		set_del(&v->large, i);
		return;
	}
	while (*p != i)
		p = &v->next[*p];
	*p = v->next[i];
}

static void link_entry(struct vcpu *v, u32 i)
{
	u8 *p = &v->bucket[v->s.tlb.epn[i] >> 12 & 255];

	if (v->s.tlb.mask[i] == 0xfffffc00u)
		v->nr_small++;
	if (v->s.tlb.mask[i] < 0xfffff000u) {
		set_add(&v->large, i);
		return;
	}
	v->next[i] = *p;
	*p = (u8)i;
}

/**
 * fast_write_tlb - write a word of the guest's TLB and all that follows
 * @v:    VCPU, whose shadows are in the host's TLB
 * @i:    entry; only the low 6 bits count
 * @word: 0..2; others are ignored
 * @val:  value
 * @stid: the entry's TID, when @word is 0
 *
 * Context: tlb->id[], not word[], says whether an entry can match: a size
 *          that the 440 has not makes it invalid.
 */
void fast_write_tlb(struct vcpu *v, u32 i, u32 word, u32 val, u32 stid)
{
	struct tlb *t = &v->s.tlb;

	i &= TLB_ENTRIES - 1;
	fast_drop(v, i);
	if (word == 0 && (t->id[i] & TLB0_V))
		unlink_entry(v, i);
	tlb_write(t, i, word, val, stid);
	if (word == 0 && (t->id[i] & TLB0_V))
		link_entry(v, i);
}

static const struct fast_slot *slot_of(const struct vcpu *v, u32 page)
{
	u32 i;

	for (i = 0; i < v->slots; i++)
		if (page - v->slot[i].first < v->slot[i].pages)
			return &v->slot[i];
	return NULL;
}

/* Drop what of the current context's shadows lies in the page of @ea. */
static void drop_overlap(struct vcpu *v, u32 ea, u32 mask)
{
	u32 h, m, epn;

	for (h = 0; h <= v->hwater; h++) {
		if (v->owner[h] == NO_ENTRY || v->tid[h] != v->shadow_pid)
			continue;
		m = ~((1024u << 2 * (v->page_id[h] >> 4 & 15)) - 1);
		epn = v->page_id[h] & 0xfffffc00u;
		if (((epn ^ ea) & mask & m) == 0)
			kill_entry(v, h);
	}
}

static u32 take_victim(struct vcpu *v)
{
	u32 h = v->victim;

	v->victim = h >= v->hwater ? 0 : h + 1;
	disown(v, h);
	return h;
}

/*
 * Word 2: the guest's rights for its privilege become the user's; SR lets an
 * exit read the instruction.
 *
 * Memory is cacheable even where the guest says I: user space, which plays the
 * devices, has the same page through the cache.  Such a page is written through
 * instead, for which dcbz is refused just as well.
 */
static u32 shadow_attr(const struct vcpu *v, u32 i, u32 rights)
{
	u32 attr = v->s.tlb.word[i][2];

	return (attr & (0xf000 | TLB2_W | TLB2_G | TLB2_E)) |
	       (attr & TLB2_I ? TLB2_W : 0) | TLB2_M | rights << 3 | TLB2_SR;
}

/*
 * 3.14 had 1 for what is global in the guest, which user mode (PID 0) did not
 * see, and 0 for the rest, which a change of PID drops.  Global pages of the
 * user's, which it missed for ever, are with the rest here.
 */
static u32 shadow_tid(const struct vcpu *v, u32 i)
{
	if (v->way == WAY_CLASSIC)
		return tlb_tid(&v->s.tlb, i) == 0 &&
		       !(v->s.tlb.word[i][2] & (TLB2_UX | TLB2_UW | TLB2_UR));
	return v->shadow_pid;
}

/**
 * fast_write_shadow - write an entry into the host's TLB
 * @v: VCPU
 * @i: guest entry that it is a shadow of, or MAGIC_ENTRY
 * @w: words; nothing maps the address in the guest's context now
 */
void fast_write_shadow(struct vcpu *v, u32 i, const u32 w[3])
{
	u32 h = take_victim(v), tid = shadow_tid(v, i);

	/* a miss of the host's before this was called has left its own TID */
	hw_mtspr(HW_MMUCR, MMUCR_STS | tid);
	/* never valid with words of two entries */
	hw_tlbwe(h, 0, 0);
	hw_tlbwe(h, 1, w[1]);
	hw_tlbwe(h, 2, w[2]);
	hw_tlbwe(h, 0, w[0]);
	v->owner[h] = (u8)i;
	v->tid[h] = (u8)tid;
	v->page_id[h] = w[0];
	set_add(&v->shadows[i], h);
	v->count[COUNT_REFILL]++;
}

/*
 * In a context with IS != DS an address means two things, of which a shadow
 * entry can serve one: that of instructions.  Data goes through emulation.
 */
static u32 usable_rights(const struct vcpu *v, u32 i)
{
	u32 rights = entry_rights(v, i);

	return is_mixed(v->s.msr) ? rights & 4 : rights;
}

/* 3.14 mapped 4 KB; and no page may reach over the magic one. */
static u32 narrowed(const struct vcpu *v, u32 ea, u32 size)
{
	if (v->way == WAY_CLASSIC)
		return 1;
	/* there are no pages of SIZE 6 and 8 */
	while (size > 1 && (ea ^ v->magic_ea) >> (10 + 2 * size) == 0)
		size -= size > 5 ? 2 : 1;
	return size;
}

/**
 * fast_map - write a shadow of a guest TLB entry into the host's TLB
 * @v:    VCPU; nothing maps @ea in its context now
 * @i:    guest entry, which has the right @need
 * @ea:   address that missed
 * @need: X 4, W 2, R 1
 *
 * Returns: FAST_RESUME, or FAST_SLOW if there is no memory behind it.
 */
u32 fast_map(struct vcpu *v, u32 i, u32 ea, u32 need)
{
	const struct tlb *t = &v->s.tlb;
	u32 page = (u32)(tlb_real(t, i, ea) >> 12), size, run, mask, pfn, n;
	u32 rights = usable_rights(v, i), w[3];
	const struct fast_slot *slot = slot_of(v, page);

	if (unlikely(!slot || !(rights & need)))
		return FAST_SLOW;
	n = page - slot->first;
	pfn = slot->page[n] & 0xffffff;
	run = slot->page[n] >> PAGE_RUN_SHIFT;
	size = t->word[i][0] >> 4 & 15;
	if (size > run)
		size = run;
	if (size > 1 && v->way)
		size = narrowed(v, ea, size);
	if (unlikely(slot->dirty)) {
		if (size > 1)
			size = 1;
		if (need & 2)
			slot->dirty[n >> 5] |= 1u << (n & 31);
		if (!(slot->dirty[n >> 5] >> (n & 31) & 1))
			rights &= ~2u;
	}
	mask = ~((1024u << 2 * size) - 1);
	if (size > 1 || v->nr_small)
		drop_overlap(v, ea, mask);
	if (size > 1)
		v->count[COUNT_LARGE]++;
	w[0] = (ea & mask) | TLB0_V | TLB0_TS | size << 4;
	w[1] = ((pfn << 12 | (u32)(tlb_real(t, i, ea) & 0xfff)) & mask) |
	       pfn >> 20;
	w[2] = shadow_attr(v, i, rights);
	fast_write_shadow(v, i, w);
	return FAST_RESUME;
}

/**
 * fast_reflect - the interrupt of an exit is the guest's
 * @v:    VCPU, with DEAR and ESR of the exit
 * @ivor: which; not an asynchronous one
 *
 * Returns: FAST_RESUME.
 */
u32 fast_reflect(struct vcpu *v, u32 ivor)
{
	struct cpu_state *s = &v->s;

	if (ivor == IVOR_DSI || ivor == IVOR_DTLB || ivor == IVOR_ALIGNMENT)
		s->dear = v->fault_dear;
	if (ivor == IVOR_DSI || ivor == IVOR_DTLB || ivor == IVOR_ALIGNMENT ||
	    ivor == IVOR_PROGRAM || ivor == IVOR_ISI)
		s->esr = v->fault_esr | (s->esr & ESR_MCI);
	fast_interrupt(v, ivor);
	return FAST_RESUME;
}

/* Not mapped though it may be: can preview_exit() know what it gives? */
static bool is_foreseen(struct vcpu *v, u32 i, u32 ea)
{
	if (!v->preview || !v->preview->rows ||
	    (v->s.tlb.word[i][2] & TLB2_E))
		return false;
	v->device_pa = tlb_real(&v->s.tlb, i, ea);
	return true;
}

/*
 * A miss, or a refusal: what a guest TLB entry allows becomes a shadow, else
 * the guest gets the interrupt that its own TLB would have given.
 */
static u32 storage_exit(struct vcpu *v, bool is_code, bool is_refusal)
{
	struct cpu_state *s = &v->s;
	u32 ea = is_code ? s->pc : v->fault_dear;
	u32 as = s->msr & (is_code ? MSR_IS : MSR_DS) ? 1 : 0;
	u32 need = is_code ? 4 : v->fault_esr & ESR_ST ? 2 : 1;
	u32 i = fast_find(v, ea, as, s->pid), r;
	int h;

	if (i == NO_ENTRY) {
		v->count[is_code ? COUNT_ITLB_REAL : COUNT_DTLB_REAL]++;
		v->miss_pc = s->pc;
		v->miss_ea = ea;
		v->miss_id = v->shadow_pid;
		v->miss_need = need;
		return fast_reflect(v, is_code ? IVOR_ITLB : IVOR_DTLB);
	}
	/* cache locking and byte order are refused by reasons of their own */
	if (unlikely(!(entry_rights(v, i) & need) ||
		     (v->fault_esr & (ESR_BO | ESR_DLK0 | ESR_DLK1) &&
		      is_refusal))) {
		v->count[is_code ? COUNT_ISI : COUNT_DSI]++;
		return fast_reflect(v, is_code ? IVOR_ISI : IVOR_DSI);
	}
	if (is_refusal) {
		hw_mtspr(HW_MMUCR, v->shadow_mmucr);
		h = hw_tlbsx(ea);
		if (h >= 0 && (u32)h <= v->hwater)
			kill_entry(v, (u32)h);
	}
	r = fast_map(v, i, ea, need);
	if (r == FAST_RESUME)
		v->count[is_code ? COUNT_ITLB_VIRT : COUNT_DTLB_VIRT]++;
	else if (!is_code && is_foreseen(v, i, ea))
		r = FAST_DEVICE;
	return r;
}

static inline u32 field(u32 insn, u32 first)
{
	return insn >> (27 - first) & 31;
}

static inline u32 spr_field(u32 insn)
{
	return insn >> 11 & 0x3ff;
}

/* After an MSR write: interrupts may be let through, or the guest waits. */
static u32 after_msr(struct vcpu *v)
{
	if (fast_deliver(v))
		return FAST_RESUME;
	return v->s.msr & MSR_WE ? FAST_AGAIN : FAST_RESUME;
}

static u32 *spr_cell(struct vcpu *v, const struct fast_spr *r)
{
	return (u32 *)((u8 *)&v->s + r->offset);
}

static u32 do_mfspr(struct vcpu *v, u32 insn)
{
	u32 k = v->spr_index[spr_field(insn)];

	if (k == NO_SPR)
		return FAST_SLOW;
	v->s.gpr[field(insn, 6)] = *spr_cell(v, &v->spr[k]);
	v->s.pc += 4;
	v->count[COUNT_MFSPR]++;
	return FAST_RESUME;
}

static u32 do_mtspr(struct vcpu *v, u32 insn)
{
	const struct fast_spr *r = &v->spr[v->spr_index[spr_field(insn)]];
	u32 val = v->s.gpr[field(insn, 6)] & r->mask;

	switch (r->kind) {
	case SPR_IS_PID:
		fast_set_pid(v, val);
		break;
	case SPR_IS_USER:
	case SPR_IS_CELL:
		*spr_cell(v, r) = val;
		break;
	default:
		return FAST_SLOW;
	}
	if (r->kind == SPR_IS_USER) {
		hw_mtspr(SPRN_SPRG4W, v->s.sprg[4]);
		hw_mtspr(SPRN_SPRG5W, v->s.sprg[5]);
		hw_mtspr(SPRN_SPRG6W, v->s.sprg[6]);
		hw_mtspr(SPRN_SPRG7W, v->s.sprg[7]);
	}
	v->s.pc += 4;
	v->count[COUNT_MTSPR]++;
	return FAST_RESUME;
}

static u32 do_wrtee(struct vcpu *v, u32 ee)
{
	v->s.msr = (v->s.msr & ~MSR_EE) | (ee & MSR_EE);
	v->s.pc += 4;
	v->count[COUNT_WRTEE]++;
	return after_msr(v);
}

static u32 do_tlbsx(struct vcpu *v, u32 insn)
{
	u32 a = field(insn, 11);
	u32 ea = (a ? v->s.gpr[a] : 0) + v->s.gpr[field(insn, 16)];
	u32 i = fast_find(v, ea, v->s.mmucr & MMUCR_STS ? 1 : 0,
			  v->s.mmucr & 0xff);

	if (i != NO_ENTRY)
		v->s.gpr[field(insn, 6)] = i;
	if (insn & 1)
		v->cr = (v->cr & 0x0fffffff) | (v->xer >> 31) << 28 |
			(i != NO_ENTRY ? 0x20000000 : 0);
	v->s.pc += 4;
	v->count[COUNT_TLBSX]++;
	return FAST_RESUME;
}

static u32 do_tlbre(struct vcpu *v, u32 insn)
{
	struct cpu_state *s = &v->s;
	unsigned int stid = s->mmucr & 0xff;

	s->gpr[field(insn, 6)] = tlb_read(&s->tlb, s->gpr[field(insn, 11)],
					  field(insn, 16), &stid);
	s->mmucr = (s->mmucr & ~0xffu) | stid;
	s->pc += 4;
	v->count[COUNT_EMULATED]++;
	return FAST_RESUME;
}

/*
 * The guest comes back from a real miss, and its TLB has the entry: it will
 * miss there in a moment, so write the shadow now.
 */
static void map_ahead(struct vcpu *v)
{
	u32 as = v->s.msr & (v->miss_need == 4 ? MSR_IS : MSR_DS) ? 1 : 0, i;

	v->miss_id = 0;
	i = fast_find(v, v->miss_ea, as, v->s.pid);
	if (i == NO_ENTRY || !(entry_rights(v, i) & v->miss_need))
		return;
	hw_mtspr(HW_MMUCR, v->shadow_mmucr);
	if (hw_tlbsx(v->miss_ea) < 0 &&
	    fast_map(v, i, v->miss_ea, v->miss_need) == FAST_RESUME)
		v->count[COUNT_AHEAD]++;
}

static u32 do_return(struct vcpu *v, u32 pc, u32 msr)
{
	v->s.pc = pc & ~3u;
	fast_set_msr(v, msr);
	v->count[COUNT_RFI]++;
	if (v->miss_id == v->shadow_pid && v->miss_pc == v->s.pc)
		map_ahead(v);
	return after_msr(v);
}

static u32 emulate_31(struct vcpu *v, u32 insn)
{
	struct cpu_state *s = &v->s;

	switch (insn >> 1 & 0x3ff) {
	case XO31_mfspr:
		return do_mfspr(v, insn);
	case XO31_mtspr:
		return do_mtspr(v, insn);
	case XO31_wrteei:
		return do_wrtee(v, insn & 0x8000 ? MSR_EE : 0);
	case XO31_wrtee:
		return do_wrtee(v, s->gpr[field(insn, 6)]);
	case XO31_mfmsr:
		s->gpr[field(insn, 6)] = s->msr;
		s->pc += 4;
		v->count[COUNT_MFMSR]++;
		return FAST_RESUME;
	case XO31_mtmsr:
		s->pc += 4;
		fast_set_msr(v, s->gpr[field(insn, 6)]);
		v->count[COUNT_MTMSR]++;
		return after_msr(v);
	case XO31_tlbwe:
		fast_write_tlb(v, s->gpr[field(insn, 11)], field(insn, 16),
			       s->gpr[field(insn, 6)], s->mmucr & 0xff);
		s->pc += 4;
		v->count[COUNT_TLBWE]++;
		return FAST_RESUME;
	case XO31_tlbsx:
		return do_tlbsx(v, insn);
	case XO31_tlbre:
		return do_tlbre(v, insn);
	}
	return FAST_SLOW;
}

static u32 program_exit(struct vcpu *v)
{
	struct cpu_state *s = &v->s;
	u32 insn = v->insn;

	if ((s->msr & MSR_PR) || !(v->fault_esr & ESR_PPR)) {
		/* what is illegal for a user may be of a kernel's kind */
		if (!(s->msr & MSR_PR) && (v->fault_esr & ESR_PIL))
			return FAST_SLOW;
		v->count[COUNT_USER_PRIV]++;
		return fast_reflect(v, IVOR_PROGRAM);
	}
	if (unlikely(!v->has_insn || v->way == WAY_CLASSIC))
		return FAST_SLOW;
	if (insn >> 26 == 31)
		return emulate_31(v, insn);
	if (insn >> 26 != 19)
		return FAST_SLOW;
	switch (insn >> 1 & 0x3ff) {
	case XO19_rfi:
		return do_return(v, s->srr0, s->srr1);
	case XO19_rfci:
		return do_return(v, s->csrr0, s->csrr1);
	case XO19_rfmci:
		return do_return(v, s->mcsrr0, s->mcsrr1);
	}
	return FAST_SLOW;
}

/**
 * fast_exit - handle an exit, or say that C outside must
 * @v: VCPU whose volatile registers are saved; all of them on a Program exit
 *
 * Returns: enum fast_result.
 */
u32 fast_exit(struct vcpu *v)
{
	v->count[COUNT_TO_FAST]++;
	switch (v->exit_nr) {
	case EXIT_CHECK:
		return after_msr(v);
	case IVOR_PROGRAM:
		return program_exit(v);
	case IVOR_DTLB:
		return storage_exit(v, false, false);
	case IVOR_ITLB:
		return storage_exit(v, true, false);
	case IVOR_DSI:
		return storage_exit(v, false, true);
	case IVOR_ISI:
		return storage_exit(v, true, true);
	case IVOR_SYSCALL:
		if (!(v->s.msr & MSR_PR) && v->s.gpr[0] == 0x4b564d21)
			return FAST_SLOW;
		v->count[COUNT_SYSCALL]++;
		return fast_reflect(v, IVOR_SYSCALL);
	case IVOR_FP_UNAVAIL:
		if (v->s.msr & MSR_FP)
			return FAST_SLOW;
		v->count[COUNT_FP_UNAVAIL]++;
		return fast_reflect(v, IVOR_FP_UNAVAIL);
	case IVOR_ALIGNMENT:
	case IVOR_AP_UNAVAIL:
		v->count[COUNT_OTHER]++;
		return fast_reflect(v, v->exit_nr);
	}
	return FAST_SLOW;
}
