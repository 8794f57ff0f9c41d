/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_map.c - the machine's RAM as the slots of a VM.
 *
 * What is RAM is found through the CPU's port, page by page of a megabyte, so
 * that nothing here knows the bus.
 */
#include "accel/kvm_priv.h"

#include <errno.h>

#define STEP	(1u << 20)
#define PAGE	4096u
#define RAM_END	0x80000000u	/* of what the SDRAM controller decodes */

static u8 *ram_at(struct kvm *k, paddr_t pa)
{
	const struct cpu_port *p = k->cpu->port;
	bool is_writable = false;
	u8 *host = p->direct(p->opaque, pa, &is_writable);

	return is_writable ? host : NULL;
}

/* Bytes of RAM from @pa on that lie one after the other in the host, too. */
static u64 ram_run(struct kvm *k, paddr_t pa, const u8 *host)
{
	u64 n = STEP;

	while (pa + n < RAM_END && ram_at(k, pa + n) == host + n)
		n += STEP;
	return n;
}

static int set_slot(struct kvm *k, unsigned int i, const struct kvm_slot *s)
{
	struct kvm44x_memory_region m = {
		.slot = i,
		.guest_phys_addr = s->base,
		.memory_size = s->bytes,
		.userspace_addr = (uintptr_t)s->host,
	};
	int r = kvm_ioctl(k, k->vm, KVM44X_SET_USER_MEMORY_REGION, &m);

	if (r >= 0)
		k->slot[i] = *s;
	return r;
}

/* Fresh memory is zero: what was never written stays untouched. */
static void copy_content(u8 *to, const u8 *from, u64 bytes)
{
	static const u8 zero[PAGE];

	for (u64 i = 0; i < bytes; i += PAGE)
		if (memcmp(from + i, zero, PAGE))
			memcpy(to + i, from + i, PAGE);
}

/*
 * Memory in large pieces lets the KVM map it in large pages.  It takes the
 * place of the machine's, which keeps its address: devices know that.
 */
static int use_vm_memory(struct kvm *k, const struct kvm_slot *s)
{
	u8 *fresh;
	int r;

	if (!(k->features & KVM_HAS_CONTIGUOUS))
		return 0;
	if (!k->has_content)
		return k->h->map(k->opaque, s->host, s->bytes, k->vm) ==
		       s->host ? 0 : -ENOMEM;
	fresh = k->h->map(k->opaque, NULL, s->bytes, k->vm);
	if (!fresh)
		return -ENOMEM;
	copy_content(fresh, s->host, s->bytes);
	r = k->h->move(k->opaque, fresh, s->host, s->bytes);
	if (r < 0)
		k->h->unmap(k->opaque, fresh, s->bytes);
	return r;
}

/**
 * kvm_map_memory - give the VM the memory that the bus has now
 * @k: engine with a VM without slots
 *
 * With KVM_HAS_CONTIGUOUS it is other memory then, at the same address in the
 * process, and the content is kept if k->has_content.
 *
 * Returns: 0, -errno.
 */
int kvm_map_memory(struct kvm *k)
{
	unsigned int i = 0;
	paddr_t pa = 0;
	int r = 0;

	while (pa < RAM_END && i < KVM44X_MEM_SLOTS && r >= 0) {
		struct kvm_slot s = { .base = pa, .host = ram_at(k, pa) };

		s.bytes = STEP;
		if (s.host) {
			s.bytes = ram_run(k, pa, s.host);
			r = use_vm_memory(k, &s);
			if (!r)
				r = set_slot(k, i++, &s);
		}
		pa += s.bytes;
	}
	k->is_mapped = r >= 0;
	return r < 0 ? r : 0;
}

/**
 * kvm_release_memory - take all slots back from the VM
 * @k: engine
 *
 * A mapping of contiguous memory keeps the VM alive after its files are closed,
 * for as long as the machine has this memory.  Without slots that VM holds no
 * page of it.
 */
void kvm_release_memory(struct kvm *k)
{
	for (unsigned int i = 0; i < KVM44X_MEM_SLOTS; i++) {
		struct kvm_slot gone = { .base = k->slot[i].base };

		if (k->slot[i].bytes && (k->features & KVM_HAS_CONTIGUOUS))
			(void)set_slot(k, i, &gone);
	}
}

/**
 * kvm_forget_memory - the VM is gone, and its slots
 * @k: engine
 */
void kvm_forget_memory(struct kvm *k)
{
	memset(k->slot, 0, sizeof(k->slot));
	k->is_mapped = false;
}
