/* SPDX-License-Identifier: MIT */
/*
 * mmu/softtlb_tab.h - what a table layout gives to softtlb.c.
 */
#ifndef MMU_SOFTTLB_TAB_H
#define MMU_SOFTTLB_TAB_H

#include "mmu/softtlb.h"

int softtab_init(struct softtab *t);
void softtab_free(struct softtab *t);
/* Empty the table. */
void softtab_clear(struct softtab *t);
/* Empty the slots of the pages of [@ea, @ea + @span]. */
void softtab_clear_range(struct softtab *t, u32 ea, u32 span);
void softtab_set(struct softtab *t, u32 ea, uintptr_t rd, uintptr_t wr);
void softtab_set_code(struct softtab *t, u32 ea, struct codepage *code);
/* Empty the write slots that lead to the host page @host. */
void softtab_drop_writes(struct softtab *t, const u8 *host);
/* Empty the code slots that lead to @code; NULL: all of them. */
void softtab_drop_code(struct softtab *t, const struct codepage *code);

#endif
