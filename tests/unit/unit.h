/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/unit.h - what the runner offers to a test besides CUnit's asserts.
 *
 * A test is `void test_SUITE_NAME(void)` and a row of tests/suite.def.  It
 * must not know in which order or next to which others it runs.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

/**
 * unit_skip - count the running test as skipped, not as passed
 * @why: what is missing, one line; the test returns after this call
 */
void unit_skip(const char *why);

#endif
