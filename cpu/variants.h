/* SPDX-License-Identifier: MIT */
/*
 * cpu/variants.h - the instances of a row's body: V_kind(name, flags) gives
 * H(name, k, flags) for each variant k.  The includer defines H and INSN.
 */
#ifndef CPU_VARIANTS_H
#define CPU_VARIANTS_H

/* clang-format off */
#define V_ONE(name, f) H(name, 0, f)
#define V_RC(name, f) H(name, 0, f) H(name, 1, f)
#define V_OERC(name, f) H(name, 0, f) H(name, 1, f) H(name, 2, f) H(name, 3, f)
#define V_BRANCH(name, f) H(name, 0, f) H(name, 1, f) H(name, 2, f) \
	H(name, 3, f) H(name, 4, f)
#define V_BC(name, f) H(name, 0, f) H(name, 1, f) H(name, 2, f) H(name, 3, f) \
	H(name, 4, f) H(name, 5, f) H(name, 6, f) H(name, 7, f) \
	H(name, 8, f) H(name, 9, f) H(name, 10, f)
#define V_BLR(name, f) H(name, 0, f) H(name, 1, f)
#define V_BCTR(name, f) H(name, 0, f) H(name, 1, f) H(name, 2, f)
#define V_SPRN(name, f) H(name, 0, f) H(name, 1, f) H(name, 2, f) H(name, 3, f)
/* clang-format on */

/* A row and a variant as one number. */
#define INSN_KEY(id, k) ((unsigned int)(id) << 4 | (k))
#define KEY_INSN(key) ((enum insn_id)((key) >> 4))
#define KEY_VARIANT(key) ((key) & 15)

#endif
