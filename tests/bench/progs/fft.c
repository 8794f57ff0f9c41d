/* SPDX-License-Identifier: MIT */
/*
 * fft.c - the fast Fourier transform of 1024 complex numbers, there and back.
 * The roots of unity come from halving angles: only square roots are needed.
 */
#include "real.h"

#define BITS 10
#define N (1 << BITS)

static real re[N], im[N], root_re[N / 2], root_im[N / 2];

static void roots(void)
{
	real c = -1, s = 0;	/* of a turn divided by 2, 4, 8 ... */

	root_re[0] = 1;
	root_im[0] = 0;
	for (int step = N / 4; step; step /= 2) {
		real half_c = SQUARE_ROOT((1 + c) / 2);

		s = step == N / 4 ? 1 : s / (2 * half_c);
		c = half_c;
		for (int i = step; i < N / 2; i += 2 * step) {
			root_re[i] = root_re[i - step] * c - root_im[i - step] * s;
			root_im[i] = root_im[i - step] * c + root_re[i - step] * s;
		}
	}
}

static void reorder(void)
{
	for (uint32_t i = 0, j = 0; i < N; i++) {
		uint32_t bit = N >> 1;

		if (i < j) {
			real t = re[i], u = im[i];

			re[i] = re[j];
			im[i] = im[j];
			re[j] = t;
			im[j] = u;
		}
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j |= bit;
	}
}

static void transform(real sign)
{
	reorder();
	for (int half = 1; half < N; half *= 2) {
		int stride = N / 2 / half;

		for (int i = 0; i < N; i += 2 * half) {
			for (int k = 0; k < half; k++) {
				real c = root_re[k * stride];
				real s = sign * root_im[k * stride];
				real *ar = &re[i + k], *ai = &im[i + k];
				real *br = ar + half, *bi = ai + half;
				real x = *br * c - *bi * s, y = *br * s + *bi * c;

				*br = *ar - x;
				*bi = *ai - y;
				*ar += x;
				*ai += y;
			}
		}
	}
}

uint32_t KERNEL_NAME(fft)(uint32_t n)
{
	uint32_t hash = HASH_START, seed = 5;

	roots();
	for (int i = 0; i < N; i++) {
		re[i] = next_real(&seed);
		im[i] = next_real(&seed);
	}
	while (n--) {
		transform(-1);
		hash = hash_double(hash, re[n % N]);
		transform(1);
		for (int i = 0; i < N; i++) {
			re[i] *= (real)1 / N;
			im[i] *= (real)1 / N;
		}
	}
	for (int i = 0; i < N; i += 7)
		hash = hash_double(hash_double(hash, re[i]), im[i]);
	/* and still near to what it was */
	seed = 5;
	return re[0] - next_real(&seed) < (real)0.001 ? hash : 0;
}
