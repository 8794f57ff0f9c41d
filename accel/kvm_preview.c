/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_preview.c - accesses to devices that need no exit: what a device
 * says ahead goes to the KVM, and what came of it is done for the device.
 *
 * Rows are those of the device that was accessed last, and hold until the
 * engine is left or something else is accessed.  When KVM_RUN has come back,
 * the log is empty before anybody looks at a device.
 */
#include "accel/kvm_priv.h"

/**
 * kvm_preview_drop - nothing is known of any register
 * @k: engine
 */
void kvm_preview_drop(struct kvm *k)
{
	if (k->preview)
		k->preview->rows = 0;
}

/* The first tick at which the CPU's time has come to @when. */
static u64 tick_of(const struct kvm *k, cycle_t when)
{
	if (when == ~0ull)
		return when;
	if (when <= k->cycle_start)
		return k->tb_start;
	return k->tb_start + 1 +
	       kvm_scale(when - k->cycle_start - 1, k->cpu_hz, k->tb_hz);
}

/**
 * kvm_preview_show - a device was accessed: tell what it says ahead
 * @k:  engine
 * @pa: where
 */
void kvm_preview_show(struct kvm *k, paddr_t pa)
{
	const struct cpu_port *port = k->cpu->port;
	struct kvm44x_preview *to = k->preview;
	struct preview p = { .rows = 0 };

	if (!to)
		return;
	if (port->preview)
		port->preview(port->opaque, pa, &p);
	for (unsigned int i = 0; i < p.rows; i++) {
		const struct preview_row *r = &p.row[i];

		to->row[i].gpa = r->at;
		to->row[i].until = tick_of(k, r->until);
		to->row[i].size = r->size;
		to->row[i].flags = r->flags;
		to->row[i].value = r->value;
		to->row[i].mask = r->mask;
		to->row[i].stop = r->stop;
	}
	memcpy(to->queue, p.queue, p.queued * sizeof(p.queue[0]));
	to->queued = p.queued;
	to->taken = 0;
	to->rows = p.rows;
}

/**
 * kvm_preview_replay - do for the device what the guest did
 * @k: engine, whose KVM_RUN has come back
 *
 * Each access has the time at which the guest made it.
 */
void kvm_preview_replay(struct kvm *k)
{
	struct kvm44x_preview *p = k->preview;

	if (!p || !p->logged)
		return;
	for (u32 i = 0; i < p->logged && i < KVM44X_PREVIEW_LOG; i++) {
		const struct kvm44x_preview_entry *e = &p->log[i];
		u32 row = e->row & ~KVM44X_PREVIEW_IS_WRITE;
		const struct kvm44x_preview_row *r;

		if (row >= PREVIEW_ROWS)
			continue;
		r = &p->row[row];
		kvm_set_time(k, e->time);
		if (e->row & KVM44X_PREVIEW_IS_WRITE)
			kvm_bus_write(k, r->gpa, r->size, e->value);
		else
			(void)kvm_bus_read(k, r->gpa, r->size);
	}
	p->logged = 0;
}
