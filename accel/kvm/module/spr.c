/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spr.c - the guest's special purpose registers, by the simulator's table.
 *
 * Owns where each is kept.  What follows from writing one is emulate.c's.
 */
#include "emulate.h"
#include "hw.h"

#include "cpu/spr.h"

/* Rows of spr.def. */
enum spr_access { SPR_U, SPR_S, SPR_SR, SPR_UR, SPR_SW };
enum spr_kind { SPR_PLAIN, SPR_FUNC };

struct spr_row {
	u16 n;
	u8 access, kind;
	u16 offset;
	u32 mask;
};

#define none pc		/* a FUNC row has no cell of its own */
static const struct spr_row spr_rows[] = {
#define SPR(name, n, acc, msk, knd, cell) \
	{ n, SPR_##acc, SPR_##knd, offsetof(struct cpu_state, cell), msk },
#include "cpu/spr.def"
#undef SPR
};
#undef none

static const struct spr_row *spr_find(u32 sprn)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(spr_rows); i++)
		if (spr_rows[i].n == sprn)
			return &spr_rows[i];
	return NULL;
}

static u32 *spr_cell(struct cpu_state *s, const struct spr_row *row)
{
	return (u32 *)((u8 *)s + row->offset);
}

/* Registers that are not a cell of their own in spr.def, but are one here. */
static u32 *func_cell(struct vcpu *v, u32 sprn)
{
	switch (sprn) {
	case SPRN_XER: return &v->xer;
	case SPRN_PID: return &v->s.pid;
	case SPRN_TSR: return &v->s.tsr;
	case SPRN_TCR: return &v->s.tcr;
	case SPRN_DBSR: return &v->s.dbsr;
	case SPRN_DBCR0: return &v->s.dbcr0;
	case SPRN_MCSR: return &v->s.mcsr;
	case SPRN_CCR1: return &v->s.ccr1;
	}
	return NULL;
}

/**
 * emul_spr - where a special purpose register is kept, and who may do what
 * @v:    VCPU
 * @sprn: number
 * @r:    set
 *
 * Returns: whether there is such a register.
 */
bool emul_spr(struct vcpu *v, u32 sprn, struct emul_spr *r)
{
	const struct spr_row *row = spr_find(sprn);

	if (!row)
		return false;
	r->cell = row->kind == SPR_PLAIN ? spr_cell(&v->s, row) :
		  func_cell(v, sprn);
	r->mask = row->mask;
	r->is_plain = row->kind == SPR_PLAIN;
	r->is_readable = row->access != SPR_SW;
	r->is_writable = row->access != SPR_SR && row->access != SPR_UR;
	return true;
}

/**
 * emul_spr_tables - make the pinned code's table of simple registers
 * @v: VCPU
 *
 * A register is simple to read if it is a cell, and to write if nothing
 * follows from it.
 */
void emul_spr_tables(struct vcpu *v)
{
	const struct spr_row *row;
	u32 i, *cell;

	for (i = 0; i < ARRAY_SIZE(spr_rows); i++) {
		row = &spr_rows[i];
		cell = row->kind == SPR_PLAIN ? spr_cell(&v->s, row) :
		       func_cell(v, row->n);
		if (!cell || row->access == SPR_SW || row->n == SPRN_XER)
			continue;
		v->spr_index[spr_swap(row->n)] = (u8)(i + 1);
		v->spr[i + 1].offset = (u16)((u8 *)cell - (u8 *)&v->s);
		v->spr[i + 1].mask = row->mask;
		v->spr[i + 1].kind = row->kind == SPR_PLAIN &&
				     row->access == SPR_S ? SPR_IS_CELL :
				     SPR_IS_SPECIAL;
		if (row->n == SPRN_PID)
			v->spr[i + 1].kind = SPR_IS_PID;
		if (row->n >= SPRN_SPRG4W && row->n <= SPRN_SPRG7W)
			v->spr[i + 1].kind = SPR_IS_USER;
	}
	v->spr[NO_SPR].kind = SPR_IS_SPECIAL;
}

/**
 * emul_dec - the guest's decrementer now
 * @v: VCPU
 */
u32 emul_dec(const struct vcpu *v)
{
	u64 gone = hw_time() - v->s.dec_tick;

	return gone >= v->s.dec_value ? 0 : v->s.dec_value - (u32)gone;
}

/**
 * emul_set_dec - write the guest's decrementer
 * @e:   VCPU
 * @val: value; 0 stops it
 */
void emul_set_dec(struct emul *e, u32 val)
{
	e->v->s.dec_value = val;
	e->v->s.dec_tick = hw_time();
	vtimer_changed(e);
}
