/* SPDX-License-Identifier: MIT */
/*
 * linpack.c - a system of 100 linear equations by elimination with pivots, in
 * columns, and its solution: the mix of LINPACK, whose inner loop adds a
 * multiple of a column to another.
 */
#include "real.h"

#define N 100

static real a[N][N];	/* a[column][row] */
static real b[N];
static int pivot[N];

static void make(uint32_t seed)
{
	for (int j = 0; j < N; j++)
		for (int i = 0; i < N; i++)
			a[j][i] = next_real(&seed);
	for (int i = 0; i < N; i++)
		b[i] = 0;
	for (int j = 0; j < N; j++)
		for (int i = 0; i < N; i++)
			b[i] += a[j][i];
}

static void add_multiple(int n, real factor, const real *x, real *y)
{
	for (int i = 0; i < n; i++)
		y[i] += factor * x[i];
}

static int largest(int n, const real *x)
{
	real most = 0;
	int at = 0;

	for (int i = 0; i < n; i++) {
		real v = x[i] < 0 ? -x[i] : x[i];

		if (v > most) {
			most = v;
			at = i;
		}
	}
	return at;
}

static void swap(real *x, real *y)
{
	real t = *x;

	*x = *y;
	*y = t;
}

static void factor(void)
{
	for (int k = 0; k < N - 1; k++) {
		int p = k + largest(N - k, a[k] + k);
		real t;

		pivot[k] = p;
		swap(&a[k][p], &a[k][k]);
		t = -1 / a[k][k];
		for (int i = k + 1; i < N; i++)
			a[k][i] *= t;
		for (int j = k + 1; j < N; j++) {
			swap(&a[j][p], &a[j][k]);
			add_multiple(N - k - 1, a[j][k], a[k] + k + 1, a[j] + k + 1);
		}
	}
}

static void solve(void)
{
	for (int k = 0; k < N - 1; k++) {
		swap(&b[pivot[k]], &b[k]);
		add_multiple(N - k - 1, b[k], a[k] + k + 1, b + k + 1);
	}
	for (int k = N - 1; k >= 0; k--) {
		b[k] /= a[k][k];
		add_multiple(k, -b[k], a[k], b);
	}
}

uint32_t KERNEL_NAME(linpack)(uint32_t n)
{
	uint32_t hash = HASH_START;

	for (uint32_t i = 1; i <= n; i++) {
		make(i);
		factor();
		solve();
		for (int j = 0; j < N; j++) {
			/* all are 1, but for rounding */
			if (!(b[j] > (real)0.9 && b[j] < (real)1.1))
				return 0;
			hash = hash_double(hash, b[j]);
		}
	}
	return hash;
}
