/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/softtlb_own.h - mmu/softtlb*.c under other names, in full size: a
 * test that includes the sources behind this has a copy of its own, OWN(name).
 */
#ifndef TESTS_UNIT_SOFTTLB_OWN_H
#define TESTS_UNIT_SOFTTLB_OWN_H

#undef CULM_HOSTILE
#define softtab_init OWN(tab_init)
#define softtab_free OWN(tab_free)
#define softtab_clear OWN(tab_clear)
#define softtab_clear_range OWN(tab_clear_range)
#define softtab_set OWN(tab_set)
#define softtab_set_code OWN(tab_set_code)
#define softtab_drop_writes OWN(tab_drop_writes)
#define softtab_drop_code OWN(tab_drop_code)
#define softtlb_init OWN(init)
#define softtlb_free OWN(free)
#define softtlb_new_context OWN(new_context)
#define softtlb_context OWN(context)
#define softtlb_fill OWN(fill)
#define softtlb_fill_code OWN(fill_code)
#define softtlb_drop_entry OWN(drop_entry)
#define softtlb_drop_host OWN(drop_host)
#define softtlb_drop_code OWN(drop_code)
#define softtlb_flush OWN(flush)

#endif
