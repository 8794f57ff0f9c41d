/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/sem/float.h [F] - floating point.  fp_done(x, k) ends a body that may
 * have changed FPSCR: Rc, and the enabled exception; fp_compared(x, field,
 * nibble) does so for a comparison.
 */

#define FLOAD32(name, ea_of, update) \
	SEM(name) \
	{ \
		struct v32 ea = ea_of(x, o), v; \
		\
		TRY(mem_fp_check(x, ea, 4, 0)); \
		TRY(mem_fp(x, mem_ld_fp(x, ea, &v))); \
		set_fpr(x, o->d, fp_from_single(v)); \
		if (update) \
			set_gpr(x, o->a, ea); \
		return UNUSED_K, mem_done(x); \
	}
FLOAD32(lfs, ea_d, 0)
FLOAD32(lfsu, ea_d, 1)
FLOAD32(lfsx, ea_x, 0)
FLOAD32(lfsux, ea_x, 1)

#define FLOAD64(name, ea_of, update) \
	SEM(name) \
	{ \
		struct v32 ea = ea_of(x, o); \
		struct v64 v; \
		\
		TRY(mem_fp_check(x, ea, 8, 0)); \
		TRY(mem_fp(x, mem_ld64(x, ea, &v))); \
		set_fpr(x, o->d, v); \
		if (update) \
			set_gpr(x, o->a, ea); \
		return UNUSED_K, mem_done(x); \
	}
FLOAD64(lfd, ea_d, 0)
FLOAD64(lfdu, ea_d, 1)
FLOAD64(lfdx, ea_x, 0)
FLOAD64(lfdux, ea_x, 1)

#define FSTORE32(name, ea_of, update, convert) \
	SEM(name) \
	{ \
		struct v32 ea = ea_of(x, o); \
		\
		TRY(mem_fp_check(x, ea, 4, ESR_ST)); \
		TRY(mem_fp(x, mem_st_fp(x, ea, convert(fpr(x, o->d))))); \
		if (update) \
			set_gpr(x, o->a, ea); \
		return UNUSED_K, mem_done(x); \
	}
FSTORE32(stfs, ea_d, 0, fp_to_single)
FSTORE32(stfsu, ea_d, 1, fp_to_single)
FSTORE32(stfsx, ea_x, 0, fp_to_single)
FSTORE32(stfsux, ea_x, 1, fp_to_single)
FSTORE32(stfiwx, ea_x, 0, word_of)

#define FSTORE64(name, ea_of, update) \
	SEM(name) \
	{ \
		struct v32 ea = ea_of(x, o); \
		\
		TRY(mem_fp_check(x, ea, 8, ESR_ST)); \
		TRY(mem_fp(x, mem_st64(x, ea, fpr(x, o->d)))); \
		if (update) \
			set_gpr(x, o->a, ea); \
		return UNUSED_K, mem_done(x); \
	}
FSTORE64(stfd, ea_d, 0)
FSTORE64(stfdu, ea_d, 1)
FSTORE64(stfdx, ea_x, 0)
FSTORE64(stfdux, ea_x, 1)

/* Moves: FPSCR is not touched. */
#define FMOVE(name, expr) \
	SEM(name) \
	{ \
		struct v64 b = fpr(x, o->b); \
		\
		set_fpr(x, o->d, expr); \
		if (k & K_RC) \
			cr1_from_fpscr(x); \
		return SEM_NEXT; \
	}
FMOVE(fmr, b)
FMOVE(fneg, fp_neg(b))
FMOVE(fabs, fp_abs(b))
FMOVE(fnabs, fp_nabs(b))
FMOVE(fsel, fp_sel(fpr(x, o->a), fpr(x, o->c), b))

#define FARITH(name, expr) \
	SEM(name) \
	{ \
		struct v64 t = fpr(x, o->d); \
		\
		set_fpr(x, o->d, expr); \
		return fp_done(x, k); \
	}
#define FA fpr(x, o->a)
#define FB fpr(x, o->b)
#define FC fpr(x, o->c)
FARITH(fadd, fp_add(x, t, FA, FB, FPU_DBL))
FARITH(fsub, fp_add(x, t, FA, FB, FPU_DBL | FPU_SUB))
FARITH(fmul, fp_mul(x, t, FA, FC, FPU_DBL))
FARITH(fdiv, fp_div(x, t, FA, FB, FPU_DBL))
FARITH(fmadd, fp_madd(x, t, FA, FC, FB, FPU_DBL))
FARITH(fmsub, fp_madd(x, t, FA, FC, FB, FPU_DBL | FPU_SUB))
FARITH(fnmadd, fp_madd(x, t, FA, FC, FB, FPU_DBL | FPU_NEG))
FARITH(fnmsub, fp_madd(x, t, FA, FC, FB, FPU_DBL | FPU_NEG | FPU_SUB))
FARITH(fadds, fp_add(x, t, FA, FB, FPU_SGL))
FARITH(fsubs, fp_add(x, t, FA, FB, FPU_SGL | FPU_SUB))
FARITH(fmuls, fp_mul(x, t, FA, FC, FPU_SGL))
FARITH(fdivs, fp_div(x, t, FA, FB, FPU_SGL))
FARITH(fmadds, fp_madd(x, t, FA, FC, FB, FPU_SGL))
FARITH(fmsubs, fp_madd(x, t, FA, FC, FB, FPU_SGL | FPU_SUB))
FARITH(fnmadds, fp_madd(x, t, FA, FC, FB, FPU_SGL | FPU_NEG))
FARITH(fnmsubs, fp_madd(x, t, FA, FC, FB, FPU_SGL | FPU_NEG | FPU_SUB))
FARITH(fsqrt, fp_sqrt(x, t, FB, FPU_DBL))
FARITH(fsqrts, fp_sqrt(x, t, FB, FPU_SGL))
FARITH(fres, fp_res(x, t, FB))
FARITH(frsqrte, fp_rsqrte(x, t, FB))
FARITH(frsp, fp_rsp(x, t, FB))
FARITH(fctiw, fp_ctiw(x, t, FB))
FARITH(fctiwz, fp_ctiwz(x, t, FB))

SEM(fcmpu)
{
	return UNUSED_K, fp_compared(x, o->d, fp_cmpu(x, FA, FB));
}

SEM(fcmpo)
{
	return UNUSED_K, fp_compared(x, o->d, fp_cmpo(x, FA, FB));
}

SEM(mffs)
{
	set_fpr(x, o->d, fp_mffs(x));
	if (k & K_RC)
		cr1_from_fpscr(x);
	return SEM_NEXT;
}

SEM(mtfsf)
{
	fp_mtfsf(x, o->imm, FB);
	return fp_done(x, k);
}

SEM(mtfsfi)
{
	fp_mtfsfi(x, o->d, o->imm);
	return fp_done(x, k);
}

SEM(mtfsb1)
{
	fp_mtfsb(x, o->d, true);
	return fp_done(x, k);
}

SEM(mtfsb0)
{
	fp_mtfsb(x, o->d, false);
	return fp_done(x, k);
}

SEM(mcrfs)
{
	set_cr_field(x, o->d, fp_mcrfs(x, o->a));
	return UNUSED_K, fp_done(x, 0);
}
#undef FA
#undef FB
#undef FC
