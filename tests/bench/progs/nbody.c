/* SPDX-License-Identifier: MIT */
/* nbody.c - five bodies that attract each other, in small steps of time. */
#include "real.h"

#define BODIES 5

struct body {
	real place[3], speed[3], mass;
};

static struct body bodies[BODIES];

/* A heavy one, and four that go round it. */
static void start(void)
{
	static const struct body first[BODIES] = {
		{ { 0, 0, 0 }, { 0, 0, 0 }, (real)39.5 },
		{ { (real)4.84, (real)-1.16, (real)-0.10 },
		  { (real)0.606, (real)2.81, (real)-0.02 }, (real)0.0377 },
		{ { (real)8.34, (real)4.12, (real)-0.40 },
		  { (real)-1.01, (real)1.82, (real)0.008 }, (real)0.0113 },
		{ { (real)12.9, (real)-15.1, (real)-0.22 },
		  { (real)1.08, (real)0.868, (real)-0.01 }, (real)0.0017 },
		{ { (real)15.4, (real)-25.9, (real)0.179 },
		  { (real)0.979, (real)0.594, (real)-0.034 }, (real)0.002 },
	};

	for (int i = 0; i < BODIES; i++)
		bodies[i] = first[i];
}

static void step(real dt)
{
	for (int i = 0; i < BODIES; i++) {
		struct body *a = &bodies[i];

		for (int j = i + 1; j < BODIES; j++) {
			struct body *b = &bodies[j];
			real x = a->place[0] - b->place[0];
			real y = a->place[1] - b->place[1];
			real z = a->place[2] - b->place[2];
			real square = x * x + y * y + z * z;
			real pull = dt / (square * SQUARE_ROOT(square));

			a->speed[0] -= x * b->mass * pull;
			a->speed[1] -= y * b->mass * pull;
			a->speed[2] -= z * b->mass * pull;
			b->speed[0] += x * a->mass * pull;
			b->speed[1] += y * a->mass * pull;
			b->speed[2] += z * a->mass * pull;
		}
	}
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < 3; k++)
			bodies[i].place[k] += dt * bodies[i].speed[k];
}

uint32_t KERNEL_NAME(nbody)(uint32_t n)
{
	uint32_t hash = HASH_START;

	start();
	while (n--)
		step((real)0.001);
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < 3; k++)
			hash = hash_double(hash, bodies[i].place[k]);
	return hash;
}
