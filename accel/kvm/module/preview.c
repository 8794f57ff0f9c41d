/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * preview.c - accesses to devices that user space has answered ahead.  Copied
 * into each VCPU's block, as fast.c is, and under its rules.
 *
 * The page is shared with user space, which may write anything to it at any
 * time: each index is read once and checked, and nothing but what the guest
 * sees depends on the rest.
 */
#include "vcpu.h"
#include "hw.h"

/* The row for an access now, or NULL. */
static struct kvm44x_preview_row *find(struct kvm44x_preview *p, u64 gpa,
				       u32 size, u32 *index)
{
	u32 rows = READ_ONCE(p->rows), i;
	struct kvm44x_preview_row *r;
	u64 until;

	if (rows > PREVIEW_ROWS)
		return NULL;
	for (i = 0; i < rows; i++) {
		r = &p->row[i];
		if ((u32)r->gpa != (u32)gpa || r->gpa != gpa || r->size != size)
			continue;
		until = r->until;
		*index = i;
		return until == ~0ull || hw_time() < until ? r : NULL;
	}
	return NULL;
}

/* false: the log is full */
static bool note(struct kvm44x_preview *p, u32 row, u32 value)
{
	u32 n = READ_ONCE(p->logged);

	if (n >= KVM44X_PREVIEW_LOG)
		return false;
	p->log[n].row = row;
	p->log[n].value = value;
	p->log[n].time = hw_time();
	p->logged = n + 1;
	return true;
}

/* What other registers give may depend on it. */
static void forget(struct kvm44x_preview *p)
{
	u32 i;

	for (i = 0; i < PREVIEW_ROWS; i++)
		if (!(p->row[i].flags & PREVIEW_KEEPS))
			p->row[i].flags &= ~(PREVIEW_READ | PREVIEW_QUEUE);
}

static bool take_write(struct kvm44x_preview *p, u32 row, u32 val)
{
	struct kvm44x_preview_row *r = &p->row[row];

	if ((val & r->stop) || !note(p, row | KVM44X_PREVIEW_IS_WRITE, val))
		return false;
	r->value = (r->value & ~r->mask) | (val & r->mask);
	forget(p);
	return true;
}

static bool take_queue(struct kvm44x_preview *p, u32 row, u32 *val)
{
	u32 n = READ_ONCE(p->taken), queued = READ_ONCE(p->queued);

	if (n >= queued || n >= PREVIEW_WORDS)
		return false;
	*val = p->queue[n];
	if (!note(p, row, *val))
		return false;
	p->taken = n + 1;
	return true;
}

/**
 * preview_access - an access of the guest to what is no memory
 * @p:        the VCPU's page
 * @gpa:      guest-physical
 * @size:     bytes
 * @is_store: a store of the lowest @size bytes of *@val, else a load
 * @val:      what a load gives
 *
 * Returns: whether it is done; else user space must be asked.
 */
bool preview_access(struct kvm44x_preview *p, u64 gpa, u32 size, bool is_store,
		    u32 *val)
{
	struct kvm44x_preview_row *r;
	u32 row, flags;

	r = find(p, gpa, size, &row);
	if (!r)
		return false;
	flags = READ_ONCE(r->flags);
	if (is_store)
		return (flags & PREVIEW_WRITE) &&
		       take_write(p, row, *val & 0xffffffffu >> (32 - 8 * size));
	if (flags & PREVIEW_QUEUE)
		return take_queue(p, row, val);
	if (!(flags & PREVIEW_READ))
		return false;
	*val = r->value;
	return true;
}

/*
 * More equal reads of a register, no further apart than this, mean that the
 * guest waits for another value: it sleeps while there is none.
 */
#define POLLS		2
#define POLL_TICKS	4096

static u32 after_read(struct vcpu *v, u32 size, u32 value)
{
	const struct kvm44x_preview_row *r;
	u64 now, until;
	u32 row;

	if (v->poll_pa != v->device_pa || v->poll_value != value) {
		v->poll_pa = v->device_pa;
		v->poll_value = value;
		v->polls = 0;
		return FAST_RESUME;
	}
	now = hw_time();
	if (now - v->poll_time > POLL_TICKS)
		v->polls = 0;
	v->poll_time = now;
	if (++v->polls < POLLS)
		return FAST_RESUME;
	r = find(v->preview, v->device_pa, size, &row);
	if (!r || (r->flags & PREVIEW_QUEUE))
		return FAST_RESUME;
	until = r->until;
	if (until == ~0ull || until < now + v->nap_ticks)
		return FAST_RESUME;
	v->nap_until = until;
	return FAST_AGAIN;
}

static u32 reversed(u32 v, u32 size)
{
	return size == 4 ? __builtin_bswap32(v) : __builtin_bswap16((u16)v);
}

/**
 * preview_exit - an access to no memory, by an instruction that is known
 * @v: VCPU with all registers saved, the instruction and its device_pa
 *
 * Returns: FAST_RESUME if it is done, FAST_AGAIN if the guest can sleep then,
 * else FAST_SLOW.
 */
u32 preview_exit(struct vcpu *v)
{
	const struct fast_access *a = fast_access_of(v, v->insn);
	struct cpu_state *s = &v->s;
	u32 ea = s->gpr[a->a] + s->gpr[a->b] + a->imm, val = s->gpr[a->d];

	if (a->is_reversed && a->is_store)
		val = reversed(val, a->size);
	/* two pages may be two accesses; 1 KB is the smallest */
	if (!v->has_insn || a->insn != v->insn || (ea & 0x3ff) + a->size > 0x400 ||
	    !preview_access(v->preview, v->device_pa, a->size, a->is_store,
			    &val)) {
		v->polls = 0;
		return FAST_SLOW;
	}
	s->pc += 4;
	v->count[COUNT_EMULATED]++;
	v->count[COUNT_MMIO]++;
	v->count[COUNT_PREVIEW]++;
	if (a->is_store) {
		v->polls = 0;
		return FAST_RESUME;
	}
	s->gpr[a->d] = a->is_reversed ? reversed(val, a->size) : val;
	return after_read(v, a->size, val);
}
