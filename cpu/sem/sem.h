/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/sem/sem.h [F] - how an instruction's meaning is written.
 *
 * A body is SEM(name) { ... return result; } in one of the files beside this
 * one.  It is written in words: inline functions that an engine defines
 * before it includes the bodies (cpu/sem_interp.h computes; a translator's
 * words emit).  Rules:
 *
 *  - A guest value is a struct (v32, v64, the engine's): a C `if` on it does
 *    not compile.
 *    Decoded fields (o->d, o->imm, k) are plain integers: a C `if` on them
 *    decides at translation time, and is right in every engine.
 *  - Words that can fault come before the first word that writes a register;
 *    TRY() leaves the body when one did.
 *  - @k is the variant (cpu/decode.h) and a constant in each instance.
 *  - Anything with loops or tables is a word that calls one C function.
 */
#ifndef CPU_SEM_SEM_H
#define CPU_SEM_SEM_H

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/spr.h"
#include "cpu/state.h"

/* How a body ended. */
enum sem_result {
	SEM_NEXT,	/* go on with the next op */
	SEM_NEAR,	/* branched inside the page: op and count are set */
	SEM_FAR,	/* branched: target address is set */
	SEM_FAULT,	/* nothing was done: the exception is recorded */
	SEM_STOP,	/* done; look for interrupts before the next op */
	SEM_REFETCH,	/* done; and fetch anew, the context changed */
	SEM_JUMP,	/* done; s->pc is set, fetch anew */
	SEM_SELF,	/* a branch to itself */
};

/* Cache operations that name an address; dcbz is a word of its own. */
enum cache_op {
	CACHE_AS_LOAD,	/* dcbst */
	CACHE_FLUSH,	/* dcbf */
	CACHE_AS_STORE,	/* dcbi */
	CACHE_CODE,	/* icbi */
};

/* The bit of MMUCR that forbids an operation in user mode. */
static __always_inline u32 cache_lock(enum cache_op kind)
{
	return kind == CACHE_FLUSH ? MMUCR_DULXE :
	       kind == CACHE_CODE ? MMUCR_IULXE : 0;
}

struct sx;

#define SEM(name) \
	static __always_inline enum sem_result \
	sem_##name(struct sx *x, const struct op *o, const unsigned int k)

#define TRY(word) \
	do { \
		enum sem_result try_ = (word); \
		if (unlikely(try_ != SEM_NEXT)) \
			return try_; \
	} while (0)

#define UNUSED_K ((void)k)

#endif
