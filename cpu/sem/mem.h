/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/sem/mem.h [F] - loads, stores and storage control.
 *
 * Words of the engine: mem_ld(x, size, ea, &v) and mem_st(x, size, ea, v) in
 * big-endian order at any alignment; mem_ld64, mem_st64 for FPRs; mem_lmw
 * and the like for what loops; mem_done(x) ends a body that accessed memory.
 */

static __always_inline struct v32 ea_d(struct sx *x, const struct op *o)
{
	return add32(gpr(x, o->a), imm32(o->imm));
}

static __always_inline struct v32 ea_x(struct sx *x, const struct op *o)
{
	return add32(gpr(x, o->a), gpr(x, o->b));
}

#define SAME(v) (v)

#define LOAD(name, size, ea_of, update, convert) \
	SEM(name) \
	{ \
		struct v32 ea = ea_of(x, o), v; \
		\
		TRY(mem_ld(x, size, ea, &v)); \
		set_gpr(x, o->d, convert(v)); \
		if (update) \
			set_gpr(x, o->a, ea); \
		return UNUSED_K, mem_done(x); \
	}
LOAD(lwz, 4, ea_d, 0, SAME)
LOAD(lwzu, 4, ea_d, 1, SAME)
LOAD(lwzx, 4, ea_x, 0, SAME)
LOAD(lwzux, 4, ea_x, 1, SAME)
LOAD(lbz, 1, ea_d, 0, SAME)
LOAD(lbzu, 1, ea_d, 1, SAME)
LOAD(lbzx, 1, ea_x, 0, SAME)
LOAD(lbzux, 1, ea_x, 1, SAME)
LOAD(lhz, 2, ea_d, 0, SAME)
LOAD(lhzu, 2, ea_d, 1, SAME)
LOAD(lhzx, 2, ea_x, 0, SAME)
LOAD(lhzux, 2, ea_x, 1, SAME)
LOAD(lha, 2, ea_d, 0, sext16)
LOAD(lhau, 2, ea_d, 1, sext16)
LOAD(lhax, 2, ea_x, 0, sext16)
LOAD(lhaux, 2, ea_x, 1, sext16)
LOAD(lwbrx, 4, ea_x, 0, swap32)
LOAD(lhbrx, 2, ea_x, 0, swap16)

#define STORE(name, size, ea_of, update, convert) \
	SEM(name) \
	{ \
		struct v32 ea = ea_of(x, o); \
		\
		TRY(mem_st(x, size, ea, convert(gpr(x, o->d)))); \
		if (update) \
			set_gpr(x, o->a, ea); \
		return UNUSED_K, mem_done(x); \
	}
STORE(stw, 4, ea_d, 0, SAME)
STORE(stwu, 4, ea_d, 1, SAME)
STORE(stwx, 4, ea_x, 0, SAME)
STORE(stwux, 4, ea_x, 1, SAME)
STORE(stb, 1, ea_d, 0, SAME)
STORE(stbu, 1, ea_d, 1, SAME)
STORE(stbx, 1, ea_x, 0, SAME)
STORE(stbux, 1, ea_x, 1, SAME)
STORE(sth, 2, ea_d, 0, SAME)
STORE(sthu, 2, ea_d, 1, SAME)
STORE(sthx, 2, ea_x, 0, SAME)
STORE(sthux, 2, ea_x, 1, SAME)
STORE(stwbrx, 4, ea_x, 0, swap32)
STORE(sthbrx, 2, ea_x, 0, swap16)

/* Multiple and string: registers o->d.., a count of bytes. */
SEM(lmw)
{
	struct v32 ea = ea_d(x, o);

	TRY(mem_many_check(x, ea, 0));
	TRY(mem_load_many(x, o, ea, imm32(4 * (32u - o->d))));
	return UNUSED_K, mem_done(x);
}

SEM(stmw)
{
	struct v32 ea = ea_d(x, o);

	TRY(mem_many_check(x, ea, ESR_ST));
	TRY(mem_store_many(x, o, ea, imm32(4 * (32u - o->d))));
	return UNUSED_K, mem_done(x);
}

SEM(lswi)
{
	TRY(mem_load_many(x, o, gpr(x, o->a), imm32(o->b ? o->b : 32)));
	return UNUSED_K, mem_done(x);
}

SEM(stswi)
{
	TRY(mem_store_many(x, o, gpr(x, o->a), imm32(o->b ? o->b : 32)));
	return UNUSED_K, mem_done(x);
}

SEM(lswx)
{
	TRY(mem_load_many(x, o, ea_x(x, o), xer_bytes(x)));
	return UNUSED_K, mem_done(x);
}

SEM(stswx)
{
	TRY(mem_store_many(x, o, ea_x(x, o), xer_bytes(x)));
	return UNUSED_K, mem_done(x);
}

SEM(lwarx)
{
	struct v32 v;

	TRY(mem_reserve(x, ea_x(x, o), &v));
	set_gpr(x, o->d, v);
	return UNUSED_K, mem_done(x);
}

SEM(stwcx_rc)
{
	struct v32 stored;

	TRY(mem_conditional(x, ea_x(x, o), gpr(x, o->d), &stored));
	set_cr_field(x, 0, or32(choose(stored, imm32(2), imm32(0)),
				xer_so(x)));
	return UNUSED_K, mem_done(x);
}

/*
 * Storage control.  Memory is always coherent here and decoded code follows
 * every write, so that most of these only check the access.
 */
SEM(msync)
{
	(void)x, (void)o;
	return UNUSED_K, SEM_NEXT;
}

SEM(mbar)
{
	(void)x, (void)o;
	return UNUSED_K, SEM_NEXT;
}

SEM(isync)
{
	(void)x, (void)o;
	return UNUSED_K, SEM_REFETCH;
}

#define CACHE_OP(name, kind) \
	SEM(name) \
	{ \
		TRY(mem_cache_op(x, kind, ea_x(x, o))); \
		return UNUSED_K, mem_done(x); \
	}
CACHE_OP(dcbf, CACHE_FLUSH)
CACHE_OP(dcbst, CACHE_AS_LOAD)
CACHE_OP(dcbi, CACHE_AS_STORE)
CACHE_OP(icbi, CACHE_CODE)

#define CACHE_HINT(name) \
	SEM(name) \
	{ \
		(void)x, (void)o; \
		return UNUSED_K, SEM_NEXT; \
	}
CACHE_HINT(dcba)
CACHE_HINT(rnop)

/* Touches do nothing, but the debug facilities may look at the address. */
#define CACHE_TOUCH(name) \
	SEM(name) \
	{ \
		mem_touch(x, ea_x(x, o)); \
		return UNUSED_K, SEM_NEXT; \
	}
CACHE_TOUCH(dcbt)
CACHE_TOUCH(dcbtst)
CACHE_TOUCH(icbt)

SEM(iccci)
{
	(void)o;
	return UNUSED_K, sys_flush_code(x);
}

SEM(dccci)
{
	(void)o;
	return UNUSED_K, sys_drop_lines(x);
}

SEM(dcbz)
{
	TRY(mem_zero_line(x, ea_x(x, o)));
	return UNUSED_K, mem_done(x);
}

SEM(dcread)
{
	TRY(sys_dcread(x, o, ea_x(x, o)));
	return UNUSED_K, SEM_NEXT;
}

SEM(icread)
{
	TRY(sys_icread(x, ea_x(x, o)));
	return UNUSED_K, SEM_NEXT;
}
