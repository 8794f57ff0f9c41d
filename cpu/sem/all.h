/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* cpu/sem/all.h [F] - every body; the words come first, from the engine. */
#include "cpu/sem/branch.h"
#include "cpu/sem/int.h"
#include "cpu/sem/mem.h"
#include "cpu/sem/sys.h"
/* uses words of mem.h */
#include "cpu/sem/float.h"
