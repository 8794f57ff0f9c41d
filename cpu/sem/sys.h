/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/sem/sys.h [F] - privileged state: MSR, SPRs, DCRs, TLB, returns.
 *
 * The engine checks PRIV and FP of the row before it runs a body.  Words
 * sys_* call one C function that every engine shares; what they return says
 * whether the engine may go straight on.
 */

SEM(sc)
{
	return UNUSED_K, sys_call(x, o);
}

SEM(rfi)
{
	(void)o;
	return UNUSED_K, sys_return(x, SYS_RFI);
}

SEM(rfci)
{
	(void)o;
	return UNUSED_K, sys_return(x, SYS_RFCI);
}

SEM(rfmci)
{
	(void)o;
	return UNUSED_K, sys_return(x, SYS_RFMCI);
}

SEM(mfmsr)
{
	set_gpr(x, o->d, get_msr(x));
	return UNUSED_K, SEM_NEXT;
}

SEM(mtmsr)
{
	return UNUSED_K, sys_mtmsr(x, gpr(x, o->d));
}

SEM(wrtee)
{
	return UNUSED_K, sys_wrtee(x, and32(gpr(x, o->d), imm32(MSR_EE)));
}

SEM(wrteei)
{
	return UNUSED_K, sys_wrtee(x, imm32(o->imm));
}

SEM(mfspr)
{
	struct v32 v;

	if (k == SPR_IS_LR)
		v = lr(x);
	else if (k == SPR_IS_CTR)
		v = ctr(x);
	else if (k == SPR_IS_TBL)
		v = time_base_lower(x);
	else
		TRY(sys_mfspr(x, o->imm, &v));
	set_gpr(x, o->d, v);
	return k == SPR_IS_TBL ? sys_time_polled(x, o) : SEM_NEXT;
}

SEM(mtspr)
{
	if (k == SPR_IS_LR)
		return set_lr(x, gpr(x, o->d)), SEM_NEXT;
	if (k == SPR_IS_CTR)
		return set_ctr(x, gpr(x, o->d)), SEM_NEXT;
	return sys_mtspr(x, o->imm, gpr(x, o->d));
}

/* mftb names registers 268 and 269, which mfspr reads as well. */
SEM(mftb)
{
	struct v32 v;

	if (k == SPR_IS_TBL)
		v = time_base_lower(x);
	else
		TRY(sys_mfspr(x, o->imm, &v));
	set_gpr(x, o->d, v);
	return k == SPR_IS_TBL ? sys_time_polled(x, o) : SEM_NEXT;
}

SEM(mfdcr)
{
	struct v32 v;

	TRY(sys_mfdcr(x, o->imm, &v));
	set_gpr(x, o->d, v);
	return UNUSED_K, mem_done(x);
}

SEM(mtdcr)
{
	TRY(sys_mtdcr(x, o->imm, gpr(x, o->d)));
	return UNUSED_K, mem_done(x);
}

SEM(tlbre)
{
	set_gpr(x, o->d, sys_tlbre(x, gpr(x, o->a), o->b));
	return UNUSED_K, SEM_NEXT;
}

SEM(tlbwe)
{
	return UNUSED_K, sys_tlbwe(x, gpr(x, o->a), o->b, gpr(x, o->d));
}

/* Without a match rD is undefined [440UM]: it keeps its value. */
SEM(tlbsx)
{
	struct v32 index, hit;

	hit = sys_tlbsx(x, ea_x(x, o), &index);
	set_gpr(x, o->d, choose(hit, index, gpr(x, o->d)));
	if (k & K_RC)
		set_cr_field(x, 0, or32(choose(hit, imm32(2), imm32(0)),
					xer_so(x)));
	return SEM_NEXT;
}

SEM(tlbsync)
{
	(void)x, (void)o;
	return UNUSED_K, SEM_NEXT;
}
