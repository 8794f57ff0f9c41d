/* SPDX-License-Identifier: MIT */
/*
 * spectral.c - the spectral norm of the matrix whose element (i, j) is
 * 1 / ((i + j)(i + j + 1) / 2 + i + 1), by repeated multiplication: divisions
 * and conversions of integers.
 */
#include "real.h"

#define N 160

static real u[N], v[N], t[N];

static real element(int i, int j)
{
	return 1 / (real)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const real *from, real *to)
{
	for (int i = 0; i < N; i++) {
		to[i] = 0;
		for (int j = 0; j < N; j++)
			to[i] += element(i, j) * from[j];
	}
}

static void times_turned(const real *from, real *to)
{
	for (int i = 0; i < N; i++) {
		to[i] = 0;
		for (int j = 0; j < N; j++)
			to[i] += element(j, i) * from[j];
	}
}

/* Each element over the first, or a float would overflow after 90 rounds. */
static void scale(real *to)
{
	for (int i = N - 1; i >= 0; i--)
		to[i] /= to[0];
}

uint32_t KERNEL_NAME(spectral)(uint32_t n)
{
	uint32_t hash = HASH_START;
	real uv = 0, vv = 0, norm;

	for (int i = 0; i < N; i++)
		u[i] = 1;
	while (n--) {
		times(u, t);
		times_turned(t, v);
		times(v, t);
		times_turned(t, u);
		scale(u);
		hash = hash_double(hash, u[N - 1]);
	}
	times(u, t);
	times_turned(t, v);
	for (int i = 0; i < N; i++) {
		uv += u[i] * v[i];
		vv += v[i] * v[i];
	}
	norm = SQUARE_ROOT(vv / uv);
	/* 1.2742241... as the matrix grows */
	if (!(norm > (real)1.274 && norm < (real)1.275))
		return 0;
	return hash_double(hash, norm);
}
