/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_kvm_preview.c - accesses that the KVM answers ahead, on a
 * fake host whose guest makes them.
 */
#include "tests/unit/kvm_rig.h"

#define DEVICE	0xef600300u

static unsigned int asked;	/* times that the device was */

/* Two registers; the second's row holds for 1000 cycles. */
static void rig_preview(void *opaque, paddr_t pa, struct preview *p)
{
	struct rig *r = opaque;

	asked++;
	if (pa < DEVICE || pa >= DEVICE + 8)
		return;
	p->rows = 2;
	p->row[0] = (struct preview_row){
		.at = DEVICE, .until = ~0ull, .size = 4, .value = 0x1234,
		.mask = 0xff, .stop = 0x100,
		.flags = PREVIEW_READ | PREVIEW_WRITE,
	};
	p->row[1] = (struct preview_row){
		.at = DEVICE + 4, .until = cpu_now(r->cpu) + 1000, .size = 4,
		.flags = PREVIEW_QUEUE,
	};
	p->queued = 2;
	p->queue[0] = 11;
	p->queue[1] = 22;
}

static void open_with(struct rig *r)
{
	rig_open(r);
	asked = 0;
	r->port.preview = rig_preview;
}

static int read_at(struct rig *r, u32 pa)
{
	r->f.run.exit_reason = KVM44X_EXIT_MMIO;
	r->f.run.u.mmio.phys_addr = pa;
	r->f.run.u.mmio.len = 4;
	r->f.run.u.mmio.is_write = false;
	return 0;
}

static int read_device(struct rig *r)
{
	CU_ASSERT_EQUAL(r->f.preview.rows, 0);
	return read_at(r, DEVICE);
}

static int read_other(struct rig *r)
{
	return read_at(r, 0xef600700);
}

static int sees_rows(struct rig *r)
{
	const struct kvm44x_preview *p = &r->f.preview;

	CU_ASSERT_EQUAL(p->rows, 2);
	CU_ASSERT_EQUAL(p->row[0].gpa, DEVICE);
	CU_ASSERT_EQUAL(p->row[0].until, ~0ull);
	CU_ASSERT_EQUAL(p->row[0].size, 4);
	CU_ASSERT_EQUAL(p->row[0].value, 0x1234);
	CU_ASSERT_EQUAL(p->row[0].mask, 0xff);
	CU_ASSERT_EQUAL(p->row[0].stop, 0x100);
	CU_ASSERT_EQUAL(p->row[0].flags, PREVIEW_READ | PREVIEW_WRITE);
	CU_ASSERT_EQUAL(p->queued, 2);
	CU_ASSERT(p->queue[0] == 11 && p->queue[1] == 22);
	CU_ASSERT(p->taken == 0 && p->logged == 0);
	/* the read was after one run of 100 ticks; clocks are equal */
	CU_ASSERT_EQUAL(p->row[1].until, 1000000 + 100 + 1000);
	return -EINTR;
}

static int sees_none(struct rig *r)
{
	CU_ASSERT_EQUAL(r->f.preview.rows, 0);
	return -EINTR;
}

/* The EBC's banks, for one, move with a DCR. */
static int write_dcr(struct rig *r)
{
	CU_ASSERT_EQUAL(r->f.preview.rows, 2);
	r->f.run.exit_reason = KVM44X_EXIT_DCR;
	r->f.run.u.dcr.dcrn = 0x12;
	r->f.run.u.dcr.is_write = true;
	return 0;
}

void test_kvm_preview_shown(void)
{
	struct rig r;

	open_with(&r);
	rig_steps(&r, read_device, sees_rows, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	/* somebody else may have looked at the device since */
	rig_steps(&r, sees_none, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	/* another device has nothing to say */
	rig_steps(&r, read_device, read_other, sees_none);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	rig_steps(&r, read_device, write_dcr, sees_none);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL(asked, 4);
	rig_close(&r);
}

static int read_quietly(struct rig *r)
{
	return read_at(r, DEVICE);
}

/* What lies behind the first page is then none of ours. */
void test_kvm_preview_not_offered(void)
{
	const unsigned int last = ARRAY_SIZE(own_caps) - 1;
	struct rig r;

	CU_ASSERT_EQUAL(own_caps[last], KVM44X_CAP_PREVIEW);
	rig_init(&r);
	rig_caps(&r, own_caps, last);
	r.f.preview.rows = 77;
	r.f.preview.logged = 1;
	r.port.preview = rig_preview;
	asked = 0;
	CU_ASSERT_EQUAL_FATAL(rig_try(&r), 0);
	rig_steps(&r, read_quietly, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.accesses, 1);
	CU_ASSERT_EQUAL(r.f.preview.rows, 77);
	CU_ASSERT_EQUAL(r.f.preview.logged, 1);
	CU_ASSERT_EQUAL(asked, 0);
	rig_close(&r);
}

static void log_access(struct rig *r, u32 row, u32 value, u64 time)
{
	struct kvm44x_preview *p = &r->f.preview;

	p->log[p->logged].row = row;
	p->log[p->logged].value = value;
	p->log[p->logged++].time = time;
}

static cycle_t time_of[4];

static int timed_write(void *opaque, paddr_t pa, unsigned int size, u32 val)
{
	struct rig *r = opaque;

	if (r->accesses < ARRAY_SIZE(time_of))
		time_of[r->accesses] = cpu_now(r->cpu);
	return rig_write(opaque, pa, size, val);
}

/* The guest wrote twice and read the queue once, then something else. */
static int uses_rows(struct rig *r)
{
	u64 tb = r->f.tb;

	log_access(r, 0 | KVM44X_PREVIEW_IS_WRITE, 0xaa, tb - 80);
	log_access(r, 1, 11, tb - 70);
	log_access(r, 0 | KVM44X_PREVIEW_IS_WRITE, 0xbb, tb - 50);
	return read_other(r);
}

static int is_empty(struct rig *r)
{
	CU_ASSERT_EQUAL(r->f.preview.logged, 0);
	return -EINTR;
}

void test_kvm_preview_replayed(void)
{
	struct rig r;

	open_with(&r);
	r.port.write = timed_write;
	rig_steps(&r, read_device, uses_rows, is_empty);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	/* in the guest's order, before the access that came out */
	CU_ASSERT_EQUAL_FATAL(r.accesses, 5);
	CU_ASSERT(r.bus[1].is_write && r.bus[1].val == 0xaa);
	CU_ASSERT_EQUAL(r.bus[1].pa, DEVICE);
	CU_ASSERT(!r.bus[2].is_write && r.bus[2].pa == DEVICE + 4);
	CU_ASSERT_EQUAL(r.bus[2].size, 4);
	CU_ASSERT(r.bus[3].is_write && r.bus[3].val == 0xbb);
	CU_ASSERT_EQUAL(r.bus[4].pa, 0xef600700);
	/* and at the guest's time: two runs of 100 ticks, less 80 and 50 */
	CU_ASSERT_EQUAL(time_of[1], 120);
	CU_ASSERT_EQUAL(time_of[3], 150);
	rig_close(&r);
}

static int wrong_log(struct rig *r)
{
	log_access(r, PREVIEW_ROWS, 1, r->f.tb);
	log_access(r, ~0u, 1, r->f.tb);
	r->f.preview.logged = ~0u;
	return -EINTR;
}

/* A module that is wrong does not lead to a row that there is not. */
void test_kvm_preview_bounds(void)
{
	struct rig r;

	open_with(&r);
	for (unsigned int i = 2; i < KVM44X_PREVIEW_LOG; i++)
		r.f.preview.log[i].row = PREVIEW_ROWS + i;
	rig_steps(&r, wrong_log, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.accesses, 0);
	CU_ASSERT_EQUAL(r.f.preview.logged, 0);
	rig_close(&r);
}

/* The row is there again, since the access was served before this run. */
static int sees_rows_after(struct rig *r)
{
	CU_ASSERT_EQUAL(r->f.preview.rows, 2);
	return -EINTR;
}

static int sees_answer(struct rig *r)
{
	CU_ASSERT_EQUAL(memcmp(r->f.run.u.mmio.data, "\x55\x66\x77\x88", 4),
			0);
	CU_ASSERT_EQUAL(r->f.run.immediate_exit, 1);
	return -EINTR;
}

static void open_late(struct rig *r)
{
	open_with(r);
	r->f.tick_a_run = TB_HZ / 50;
	rig_steps(r, read_device, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(r), CPU_BUDGET);
	CU_ASSERT_EQUAL(r->accesses, 0);
}

/* An event is due when the access comes out: the event is first. */
void test_kvm_late_access(void)
{
	struct rig r;

	open_late(&r);
	r.bus_value = 0x99aabbcc;
	r.f.tick_a_run = 100;
	rig_steps(&r, sees_rows_after, NULL, NULL);
	CU_ASSERT_EQUAL(rig_run(&r), CPU_BUDGET);
	CU_ASSERT_EQUAL_FATAL(r.accesses, 1);
	CU_ASSERT_EQUAL(memcmp(r.f.run.u.mmio.data, "\x99\xaa\xbb\xcc", 4), 0);
	rig_close(&r);
}

/* Nor is it forgotten when the guest moves out instead. */
void test_kvm_late_access_settled(void)
{
	struct rig r;

	open_late(&r);
	rig_steps(&r, sees_answer, NULL, NULL);
	r.bus_value = 0x55667788;
	CU_ASSERT_EQUAL(engine_kvm.get_state(r.cpu, &r.cpu->s, &r.msg), 0);
	CU_ASSERT_EQUAL(r.accesses, 1);
	CU_ASSERT_EQUAL(r.f.done, 1);
	rig_close(&r);
}
