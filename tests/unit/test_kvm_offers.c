/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_kvm_offers.c - what a KVM offers beyond running a guest: times
 * of exits, hypercalls, the magic page.
 */
#include "tests/unit/kvm_rig.h"

struct ticks {
	unsigned int rows;
	u64 dcr, guest;
};

static void count_ticks(void *opaque, const char *name, u64 count)
{
	struct ticks *t = opaque;

	t->rows += !strncmp(name, "ticks ", 6);
	if (!strcmp(name, "ticks DCR"))
		t->dcr = count;
	if (!strcmp(name, "ticks TIMEINGUEST"))
		t->guest = count;
}

void test_kvm_times(void)
{
	struct ticks t = { 0 };
	struct rig r;

	rig_open(&r);
	r.f.times.kinds = 28;
	r.f.times.kind[1] = (struct kvm44x_time){ .count = 2, .sum = 1234 };
	r.f.times.kind[27] = (struct kvm44x_time){ .count = 3, .sum = 77 };
	engine_kvm.counts(r.cpu, count_ticks, &t);
	/* of kinds that did not occur there is nothing */
	CU_ASSERT_EQUAL(t.rows, 2);
	CU_ASSERT_EQUAL(t.dcr, 1234);
	CU_ASSERT_EQUAL(t.guest, 77);
	rig_close(&r);
}

void test_kvm_hcall(void)
{
	struct rig r;
	u32 insn[4] = { 0 };

	rig_init(&r);
	CU_ASSERT_EQUAL_FATAL(rig_try(&r), 0);
	r.f.hcall[0] = 0x3c004b56;
	r.f.hcall[3] = 0x60000000;
	CU_ASSERT_EQUAL(engine_kvm.hcall(r.cpu, insn), 4);
	CU_ASSERT(insn[0] == 0x3c004b56 && insn[3] == 0x60000000);
	/* a host that has none, or says so and gives an error */
	r.f.refused = KVM44X_PPC_GET_PVINFO;
	CU_ASSERT_EQUAL(engine_kvm.hcall(r.cpu, insn), 0);
	r.f.refused = 0;
	RIG_CAPS(&r, historical_caps);
	CU_ASSERT_EQUAL(engine_kvm.hcall(r.cpu, insn), 0);
	rig_close(&r);
}

void test_kvm_magic(void)
{
	struct cpu_state s;
	struct rig r;

	rig_open(&r);
	rig_steps(&r, chip_reset, NULL, NULL);
	/* mapped: nothing of it would be missed; then used */
	CU_ASSERT_EQUAL(engine_kvm.set_state(r.cpu, &r.cpu->s, &r.msg), 0);
	*fake_reg(&r.f, KVM44X_REG_MAGIC) = 0xfffff000;
	CU_ASSERT_EQUAL(engine_kvm.get_state(r.cpu, &s, &r.msg), 0);
	*fake_reg(&r.f, KVM44X_REG_MAGIC) = 0xfffff001;
	CU_ASSERT_EQUAL(engine_kvm.get_state(r.cpu, &s, &r.msg),
			-ERR_UNSUPP);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.msg.text, "magic page"));
	/* a reset ends it */
	CU_ASSERT_EQUAL(rig_run(&r), CPU_RESET);
	CU_ASSERT_EQUAL(*fake_reg(&r.f, KVM44X_REG_MAGIC), 0);
	CU_ASSERT_EQUAL(engine_kvm.get_state(r.cpu, &s, &r.msg), 0);
	rig_close(&r);
}
