/* SPDX-License-Identifier: MIT */
/*
 * sort.c - quicksort of numbers by their values, then a heap sort of pointers
 * to them through a comparison function: loads, compares and branches that
 * nothing can guess, over 320 KB: more than the TLB reaches with small pages.
 */
#include "kernels.h"

#define NUMBERS (64 * 1024)
#define HEAP (16 * 1024)

static uint32_t numbers[NUMBERS];
static const uint32_t *heap[HEAP];

static void quick(uint32_t *a, int32_t low, int32_t high)
{
	while (high - low > 12) {
		uint32_t pivot = a[low + (high - low) / 2];
		int32_t i = low, j = high;

		while (i <= j) {
			while (a[i] < pivot)
				i++;
			while (a[j] > pivot)
				j--;
			if (i <= j) {
				uint32_t t = a[i];

				a[i++] = a[j];
				a[j--] = t;
			}
		}
		if (j - low < high - i) {
			quick(a, low, j);
			low = i;
		} else {
			quick(a, i, high);
			high = j;
		}
	}
	for (int32_t i = low + 1; i <= high; i++) {
		uint32_t t = a[i];
		int32_t j = i;

		for (; j > low && a[j - 1] > t; j--)
			a[j] = a[j - 1];
		a[j] = t;
	}
}

/* By the low halves, then the high ones. */
static int by_halves(const uint32_t *a, const uint32_t *b)
{
	uint32_t x = *a & 0xffff, y = *b & 0xffff;

	if (x == y) {
		x = *a >> 16;
		y = *b >> 16;
	}
	return x < y ? -1 : x > y;
}

static void sift(uint32_t root, uint32_t n,
		 int (*order)(const uint32_t *, const uint32_t *))
{
	const uint32_t *moved = heap[root];
	uint32_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && order(heap[child], heap[child + 1]) < 0)
			child++;
		if (order(moved, heap[child]) >= 0)
			break;
		heap[root] = heap[child];
		root = child;
	}
	heap[root] = moved;
}

static void heap_sort(int (*order)(const uint32_t *, const uint32_t *))
{
	for (uint32_t i = HEAP / 2; i-- > 0;)
		sift(i, HEAP, order);
	for (uint32_t n = HEAP - 1; n > 0; n--) {
		const uint32_t *most = heap[0];

		heap[0] = heap[n];
		heap[n] = most;
		sift(0, n, order);
	}
}

uint32_t kernel_sort(uint32_t n)
{
	uint32_t hash = HASH_START, seed = 99;

	while (n--) {
		for (uint32_t i = 0; i < NUMBERS; i++)
			numbers[i] = next_random(&seed);
		quick(numbers, 0, NUMBERS - 1);
		for (uint32_t i = 0; i < HEAP; i++)
			heap[i] = &numbers[i * (NUMBERS / HEAP)];
		heap_sort(by_halves);
		for (uint32_t i = 0; i < NUMBERS; i += 5)
			hash = hash_word(hash, numbers[i]);
		for (uint32_t i = 0; i < HEAP; i++)
			hash = hash_word(hash, *heap[i]);
	}
	return hash;
}
