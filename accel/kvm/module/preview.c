/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * preview.c - accesses to devices that user space has answered ahead.
 *
 * The page is shared with user space, which may write anything to it at any
 * time: each index is read once and checked, and nothing but what the guest
 * sees depends on the rest.
 */
#include "emulate.h"
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
