/* SPDX-License-Identifier: MIT */
/*
 * interp.c - a small machine with a stack, 16 variables and a memory of words,
 * interpreted by a switch; its programs are the sieve of Eratosthenes and the
 * Fibonacci numbers by recursion.
 */
#include "kernels.h"

#define WORDS 8192
#define STACK 256

/* An instruction is two bytes, the second its operand: a variable, a small
 * number or the distance of a jump in instructions. */
enum op {
	PUSH, LOAD, STORE, PEEK, POKE, ADD, SUB, MUL, LESS, EQUAL, DUP, SWAP, DROP,
	JUMP, JUMP_0, CALL, RETURN, SHIFT, STOP,
};

struct code {
	uint8_t op;
	int8_t arg;
};

/* Variable 0: how far; leaves the number of primes below it. */
static const struct code sieve[] = {
	/* v1 = 2 */
	{ PUSH, 2 }, { STORE, 1 },
	/* 2: while v1 < v0: memory[v1] = 1, v1++ */
	{ LOAD, 1 }, { LOAD, 0 }, { LESS, 0 }, { JUMP_0, 8 },
	{ PUSH, 1 }, { LOAD, 1 }, { POKE, 0 },
	{ LOAD, 1 }, { PUSH, 1 }, { ADD, 0 }, { STORE, 1 },
	{ JUMP, -12 },
	/* 14: v1 = 2, v3 = 0 */
	{ PUSH, 2 }, { STORE, 1 }, { PUSH, 0 }, { STORE, 3 },
	/* 18: while v1 < v0 */
	{ LOAD, 1 }, { LOAD, 0 }, { LESS, 0 }, { JUMP_0, 28 },
	/* 22: if memory[v1] */
	{ LOAD, 1 }, { PEEK, 0 }, { JUMP_0, 20 },
	/* 25: v3++, v2 = v1 + v1 */
	{ LOAD, 3 }, { PUSH, 1 }, { ADD, 0 }, { STORE, 3 },
	{ LOAD, 1 }, { DUP, 0 }, { ADD, 0 }, { STORE, 2 },
	/* 33: while v2 < v0: memory[v2] = 0, v2 += v1 */
	{ LOAD, 2 }, { LOAD, 0 }, { LESS, 0 }, { JUMP_0, 8 },
	{ PUSH, 0 }, { LOAD, 2 }, { POKE, 0 },
	{ LOAD, 2 }, { LOAD, 1 }, { ADD, 0 }, { STORE, 2 },
	{ JUMP, -12 },
	/* 45: v1++ */
	{ LOAD, 1 }, { PUSH, 1 }, { ADD, 0 }, { STORE, 1 },
	{ JUMP, -32 },
	/* 50 */
	{ LOAD, 3 }, { STOP, 0 },
};

/* Variable 0: which; leaves that Fibonacci number. */
static const struct code fibonacci[] = {
	{ LOAD, 0 }, { CALL, 1 }, { STOP, 0 },
	/* 3: n -> f(n): n < 2 is itself */
	{ DUP, 0 }, { PUSH, 2 }, { LESS, 0 }, { JUMP_0, 1 }, { RETURN, 0 },
	/* 8: f(n - 1), then f(n - 2) */
	{ DUP, 0 }, { PUSH, 1 }, { SUB, 0 }, { CALL, -9 },
	{ SWAP, 0 }, { PUSH, 2 }, { SUB, 0 }, { CALL, -13 },
	{ ADD, 0 }, { RETURN, 0 },
};

static uint32_t memory[WORDS];

static uint32_t execute(const struct code *code, uint32_t start)
{
	uint32_t var[16] = { start }, stack[STACK], *sp = stack;
	const struct code *back[STACK], **rp = back, *pc = code;

	for (;;) {
		const struct code i = *pc++;

		/* clang-format off */
		switch (i.op) {
		case PUSH: *sp++ = (uint32_t)i.arg; break;
		case LOAD: *sp++ = var[i.arg & 15]; break;
		case STORE: var[i.arg & 15] = *--sp; break;
		case PEEK: sp[-1] = memory[sp[-1] % WORDS]; break;
		case POKE: sp -= 2; memory[sp[1] % WORDS] = sp[0]; break;
		case ADD: sp--; sp[-1] += sp[0]; break;
		case SUB: sp--; sp[-1] -= sp[0]; break;
		case MUL: sp--; sp[-1] *= sp[0]; break;
		case LESS: sp--; sp[-1] = sp[-1] < sp[0]; break;
		case EQUAL: sp--; sp[-1] = sp[-1] == sp[0]; break;
		case DUP: *sp = sp[-1]; sp++; break;
		case SWAP: sp[0] = sp[-1]; sp[-1] = sp[-2]; sp[-2] = sp[0]; break;
		case DROP: sp--; break;
		case JUMP: pc += i.arg; break;
		case JUMP_0: if (!*--sp) pc += i.arg; break;
		case CALL: *rp++ = pc; pc += i.arg; break;
		case RETURN: pc = *--rp; break;
		case SHIFT: sp[-1] >>= i.arg; break;
		default: return sp[-1];
		}
		/* clang-format on */
	}
}

uint32_t kernel_interp(uint32_t n)
{
	uint32_t hash = HASH_START;

	for (uint32_t i = 0; i < n; i++) {
		hash = hash_word(hash, execute(sieve, WORDS - i % 64));
		hash = hash_word(hash, execute(fibonacci, 18 + i % 3));
	}
	return hash;
}
