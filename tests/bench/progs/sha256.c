/* SPDX-License-Identifier: MIT */
/* sha256.c - SHA-256 (FIPS 180-4) of 16 KB, each time with the last digest in front. */
#include <string.h>

#include "kernels.h"

#define BYTES 16384

static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t first[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t turn(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void block(uint32_t state[8], const uint8_t *data)
{
	uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3],
		 e = state[4], f = state[5], g = state[6], h = state[7];

	for (int i = 0; i < 16; i++, data += 4)
		w[i] = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
		       (uint32_t)data[2] << 8 | data[3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
	for (int i = 0; i < 64; i++) {
		uint32_t x = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
			     ((e & f) ^ (~e & g)) + k[i] + w[i];
		uint32_t y = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
			     ((a & b) ^ (a & c) ^ (b & c));

		h = g;
		g = f;
		f = e;
		e = d + x;
		d = c;
		c = b;
		b = a;
		a = x + y;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

uint32_t kernel_sha256(uint32_t n)
{
	static uint8_t data[BYTES + 64];
	uint32_t state[8] = { 0 }, seed = 7;

	for (int i = 0; i < BYTES; i++)
		data[i] = (uint8_t)next_random(&seed);
	/* the end of a message of whole blocks: a bit, then its length in bits */
	memset(data + BYTES, 0, 64);
	data[BYTES] = 0x80;
	data[BYTES + 61] = BYTES * 8 >> 16 & 255;
	data[BYTES + 62] = BYTES * 8 >> 8 & 255;
	data[BYTES + 63] = BYTES * 8 & 255;
	while (n--) {
		memcpy(state, first, sizeof(state));
		for (int i = 0; i < BYTES + 64; i += 64)
			block(state, data + i);
		for (int i = 0; i < 32; i++)
			data[i] = (uint8_t)(state[i / 4] >> (24 - i % 4 * 8));
	}
	return state[0];
}
