/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_probe.c - runs a few instructions to find the faults that some
 * historical KVMs for 440 have.
 *
 * Linux 3.2 to 3.6 cannot run such a VCPU at all; up to 3.6 what follows a DCR
 * write loads a register.  No version number says which one this is, so it is
 * tried, at address 0 of a VCPU as it is made: that maps 16 MB there.
 */
#include "accel/kvm_priv.h"

#include <errno.h>

#define PAGE		4096u
#define PROBE_DCR	0x10u		/* any but CPR0's */
#define PROBE_RUNS	16u
#define PROBE_NS	2000000000u
#define MARK		0x2222u
#define WRONG		0x3333u

#define MFDCR(rt, n)	(0x7c000286u | (rt) << 21 | ((n) & 31) << 16 | \
			 (n) >> 5 << 11)
#define MTDCR(n, rs)	(0x7c000386u | (rs) << 21 | ((n) & 31) << 16 | \
			 (n) >> 5 << 11)
#define LI(rt, v)	(0x38000000u | (rt) << 21 | (v))

static const u32 program[] = {
	MFDCR(31u, PROBE_DCR),
	LI(31u, MARK),
	MTDCR(PROBE_DCR, 30u),
	MFDCR(29u, PROBE_DCR),
	0x48000000,
};

/* Run up to the next DCR access. */
static int to_dcr(struct kvm *k, bool is_write)
{
	int r = -EINTR;

	k->h->alarm(k->opaque, PROBE_NS);
	r = kvm_ioctl(k, k->vcpu, KVM44X_RUN, NULL);
	if (r < 0)
		return r;
	if (k->run->exit_reason != KVM44X_EXIT_DCR ||
	    k->run->u.dcr.dcrn != PROBE_DCR ||
	    !k->run->u.dcr.is_write != !is_write)
		return -EPROTO;
	k->run->u.dcr.data = is_write ? WRONG : 0;
	return 0;
}

static int run_program(struct kvm *k)
{
	struct kvm44x_regs regs;
	int r = to_dcr(k, false);

	if (!r)
		r = to_dcr(k, true);
	if (!r)
		r = to_dcr(k, false);
	if (!r)
		r = kvm_ioctl(k, k->vcpu, KVM44X_GET_REGS, &regs);
	k->h->alarm_seen(k->opaque);
	if (r < 0)
		return r;
	if (regs.gpr[31] == WRONG)
		k->features |= KVM_DCR_WRITE_LOADS;
	else if (regs.gpr[31] != MARK)
		return -EPROTO;
	return 0;
}

/**
 * kvm_probe_faults - find out what is wrong with a KVM
 * @k:   engine with a new VCPU; it gets another one
 * @msg: filled on error
 *
 * Returns: 0, with KVM_DCR_WRITE_LOADS set when it has that fault;
 *          -ERR_UNSUPP when it cannot run a guest.
 */
int kvm_probe_faults(struct kvm *k, struct errmsg *msg)
{
	const struct cpu_port *p = k->cpu->port;
	bool is_writable = false;
	u8 *page = p->direct(p->opaque, 0, &is_writable);
	u8 saved[sizeof(program)];
	int r;

	if (!page || !is_writable)
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: this KVM needs "
			       "memory at address 0");
	r = kvm_map_memory(k);
	if (!r) {
		memcpy(saved, page, sizeof(saved));
		for (unsigned int i = 0; i < ARRAY_SIZE(program); i++)
			stb32(page + 4 * i, program[i]);
		k->h->code_written(k->opaque);
		r = run_program(k);
		memcpy(page, saved, sizeof(saved));
	}
	if (r < 0)
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: /dev/kvm: this "
			       "version of KVM does not run on a 440: %s",
			       kvm_error(r));
	return kvm_make_vcpu(k, msg);
}
