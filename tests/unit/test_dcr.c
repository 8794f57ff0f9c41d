/* SPDX-License-Identifier: MIT */
/* tests/unit/test_dcr.c - soc/dcr.c: who answers which number. */
#include <CUnit/CUnit.h>

#include "soc/bus.h"
#include "soc/dcr.h"

static int echo_read(void *opaque, u32 off, u32 *val)
{
	*val = *(u32 *)opaque + off;
	return BUS_OK;
}

static int echo_write(void *opaque, u32 off, u32 val)
{
	*(u32 *)opaque = val + off;
	return 2;
}

void test_dcr_windows(void)
{
	u32 a = 0x100, b = 0x200, v;
	struct dcr_target ta = { echo_read, echo_write, &a };
	struct dcr_target tb = { echo_read, echo_write, &b };
	struct errmsg msg = { "" };
	struct dcr_space d;

	dcr_init(&d);
	CU_ASSERT_EQUAL(dcr_map(&d, 0xd0, 9, &tb, "uic1", &msg), 0);
	CU_ASSERT_EQUAL(dcr_map(&d, 0xc0, 9, &ta, "uic0", &msg), 0);
	CU_ASSERT_EQUAL(dcr_read(&d, 0xc8, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 0x108);
	CU_ASSERT_EQUAL(dcr_read(&d, 0xd1, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 0x201);
	CU_ASSERT_EQUAL(dcr_write(&d, 0xd2, 5), 2);
	CU_ASSERT_EQUAL(b, 7);
	dcr_free(&d);
}

void test_dcr_nobody(void)
{
	u32 a = 0, v = 0xdead;
	struct dcr_target read_only = { echo_read, NULL, &a };
	struct errmsg msg = { "" };
	struct dcr_space d;

	dcr_init(&d);
	dcr_map(&d, 0x10, 1, &read_only, "ro", &msg);
	CU_ASSERT_EQUAL(dcr_read(&d, 0x11, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(v, 0);
	CU_ASSERT_EQUAL(dcr_write(&d, 0x11, 1), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(dcr_write(&d, 0x10, 1), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(dcr_read(&d, 1024, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(dcr_read(&d, 0xffffffff, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(d.no_target, 5);
	dcr_free(&d);
}

void test_dcr_conflict(void)
{
	u32 a = 0, v;
	struct dcr_target t = { echo_read, echo_write, &a };
	struct errmsg msg = { "" };
	struct dcr_space d;

	dcr_init(&d);
	CU_ASSERT_EQUAL(dcr_map(&d, 0xc0, 9, &t, "/uic0", &msg), 0);
	CU_ASSERT_EQUAL(dcr_map(&d, 0xc8, 2, &t, "/other", &msg),
			-ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/uic0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/other"));
	CU_ASSERT_EQUAL(dcr_read(&d, 0xc9, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(dcr_map(&d, 1023, 2, &t, "x", &msg), -ERR_RANGE);
	CU_ASSERT_EQUAL(dcr_map(&d, 1024, 1, &t, "x", &msg), -ERR_RANGE);
	CU_ASSERT_EQUAL(dcr_map(&d, 5, 0xffffffff, &t, "x", &msg), -ERR_RANGE);
	CU_ASSERT_EQUAL(dcr_map(&d, 0, 0, &t, "x", &msg), -ERR_RANGE);
	CU_ASSERT_EQUAL(dcr_map(&d, 1023, 1, &t, "last", &msg), 0);
	dcr_free(&d);
}
