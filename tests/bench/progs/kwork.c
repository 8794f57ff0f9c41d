/* SPDX-License-Identifier: MIT */
/*
 * kwork.c - work for the kernel and the TLB, below Linux.
 *
 *	kwork exec N	fork, execve of /bin/true and wait
 *	kwork pipe N	a byte to another process and back
 *	kwork ring N	a byte round 32 processes
 *	kwork mmap N	map 64 pages, write to each, protect, unmap half and half
 *	kwork fill MB	write to that much memory, then read it
 *
 * Prints `sum: NAME CHECKSUM`.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels.h"

#define RING 32
#define PAGES 64

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint32_t work_exec(uint32_t n)
{
	uint32_t hash = HASH_START;

	for (uint32_t i = 0; i < n; i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(127);
		}
		if (waitpid(pid, &status, 0) < 0)
			die("waitpid");
		hash = hash_word(hash, (uint32_t)status);
	}
	return hash;
}

/* Reads bytes at @from, adds 1 and hands them on to @to, until the end. */
static void hand_on(int from, int to)
{
	uint8_t byte;

	while (read(from, &byte, 1) == 1) {
		byte++;
		if (write(to, &byte, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

/* A byte @n times round @members processes, this one among them. */
static uint32_t work_round(uint32_t n, int members)
{
	int first[2], last, link[2];
	uint32_t hash = HASH_START;

	if (pipe(first))
		die("pipe");
	last = first[0];
	for (int i = 1; i < members; i++) {
		pid_t pid;

		if (pipe(link))
			die("pipe");
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid) {
			close(first[1]);
			close(link[0]);
			hand_on(last, link[1]);
		}
		close(last);
		close(link[1]);
		last = link[0];
	}
	while (n--) {
		uint8_t byte = (uint8_t)n;

		if (write(first[1], &byte, 1) != 1 || read(last, &byte, 1) != 1)
			die("pipe");
		hash = hash_word(hash, byte);
	}
	close(first[1]);
	while (wait(NULL) > 0)
		;
	return hash;
}

static uint32_t work_mmap(uint32_t n)
{
	size_t page = 4096, half = PAGES / 2 * page;
	uint32_t hash = HASH_START;

	while (n--) {
		uint8_t *at = mmap(NULL, 2 * half, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			die("mmap");
		for (size_t i = 0; i < PAGES; i++)
			at[i * page + i] = (uint8_t)(i + n);
		if (mprotect(at, half, PROT_READ))
			die("mprotect");
		for (size_t i = 0; i < PAGES; i++)
			hash = hash_word(hash, at[i * page + i]);
		if (munmap(at + half, half) || munmap(at, half))
			die("munmap");
	}
	return hash;
}

static uint32_t work_fill(uint32_t megabytes)
{
	size_t words = (size_t)megabytes << 18;
	uint32_t *at = malloc(words * 4), seed = 1, hash = HASH_START;

	if (!at)
		die("malloc");
	for (size_t i = 0; i < words; i++)
		at[i] = next_random(&seed);
	for (size_t i = 0; i < words; i += 1021)
		hash = hash_word(hash, at[i]);
	return hash;
}

int main(int argc, char **argv)
{
	uint32_t n = argc == 3 ? (uint32_t)atoi(argv[2]) : 0, sum;

	if (n && !strcmp(argv[1], "exec"))
		sum = work_exec(n);
	else if (n && !strcmp(argv[1], "pipe"))
		sum = work_round(n, 2);
	else if (n && !strcmp(argv[1], "ring"))
		sum = work_round(n, RING);
	else if (n && !strcmp(argv[1], "mmap"))
		sum = work_mmap(n);
	else if (n && !strcmp(argv[1], "fill"))
		sum = work_fill(n);
	else {
		fprintf(stderr, "usage: kwork exec|pipe|ring|mmap|fill N\n");
		return 2;
	}
	printf("sum: %s %08x\n", argv[1], sum);
	return 0;
}
