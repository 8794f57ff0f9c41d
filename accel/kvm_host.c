/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_host.c - the calls of Linux that the `kvm` engine makes: files,
 * memory, the alarm, the time base.
 *
 * The alarm is a timer's signal that is blocked everywhere but in KVM_RUN, so
 * that none gets lost between a look at the time and the call.  Must not know
 * what the KVM does.
 */
#include "accel/kvm_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"

#define ALARM	SIGRTMIN

/* Process-wide, as the signal is; a process has one such engine. */
static struct {
	timer_t timer;
	bool is_started;
} state;

static bool host_is_440(void *opaque, char *why, size_t bytes)
{
	const char *platform = (const char *)getauxval(AT_PLATFORM);
	struct utsname u;

	(void)opaque;
#ifdef __powerpc__
	if (platform && !strncmp(platform, "ppc440", 6))
		return true;
#endif
	if (uname(&u) < 0)
		u.machine[0] = '\0';
	snprintf(why, bytes, "it is %s%s%s", u.machine, platform ? ", " : "",
		 platform ? platform : "");
	return false;
}

static int host_open(void *opaque)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	(void)opaque;
	return fd < 0 ? -errno : fd;
}

static void host_close(void *opaque, int fd)
{
	(void)opaque;
	close(fd);
}

static int host_ioctl(void *opaque, int fd, u32 request, uintptr_t arg)
{
	int r = ioctl(fd, request, arg);

	(void)opaque;
	return r < 0 ? -errno : r;
}

static void *host_map(void *opaque, void *at, size_t bytes, int fd)
{
	void *p = mmap(at, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | (at ? MAP_FIXED : 0), fd, 0);

	(void)opaque;
	return p == MAP_FAILED ? NULL : p;
}

static void host_unmap(void *opaque, void *p, size_t bytes)
{
	(void)opaque;
	munmap(p, bytes);
}

static int host_move(void *opaque, void *from, void *to, size_t bytes)
{
	(void)opaque;
	return mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	       MAP_FAILED ? -errno : 0;
}

static u64 host_cpu_hz(void *opaque, const char *property)
{
	static const char *const nodes[] = { "cpu@0", "PowerPC,440EP@0" };
	char path[128];
	u8 cell[8] = { 0 };
	ssize_t n = 0;
	int fd;

	(void)opaque;
	for (unsigned int i = 0; i < ARRAY_SIZE(nodes); i++) {
		snprintf(path, sizeof(path), "/proc/device-tree/cpus/%s/%s",
			 nodes[i], property);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		n = read(fd, cell, sizeof(cell));
		close(fd);
		break;
	}
	return n == 4 ? ldb32(cell) : n == 8 ? ldb64(cell) : 0;
}

#ifdef __powerpc__
static u64 host_timebase(void *opaque)
{
	u32 hi, lo, again;

	(void)opaque;
	do {
		asm volatile("mftbu %0; mftb %1; mftbu %2"
			     : "=r"(hi), "=r"(lo), "=r"(again));
	} while (hi != again);
	return (u64)hi << 32 | lo;
}
#else
static u64 host_timebase(void *opaque)
{
	(void)opaque;
	return 0;	/* is_440 has declined */
}
#endif

/*
 * The caches of a 440 do not watch each other, and what sets them straight by
 * address would touch all of the guest's memory.  To read as much as the data
 * cache holds twice drives out whatever was written; the KVM cares for the
 * other cache when it maps a page.
 * Source: [440UM] "Data cache": 32 KB, victims round robin.
 */
static void host_code_written(void *opaque)
{
	static const volatile u8 other[2 * 32768] = { 1 };

	(void)opaque;
	for (size_t i = 0; i < sizeof(other); i += 32)
		(void)other[i];
}

static void on_alarm(int number)
{
	(void)number;
}

static int host_start(void *opaque)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct sigevent ev = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = ALARM,
	};
	sigset_t set;

	(void)opaque;
	if (state.is_started)
		return -EBUSY;
	sigemptyset(&set);
	sigaddset(&set, ALARM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(ALARM, &sa, NULL);
	if (timer_create(CLOCK_MONOTONIC, &ev, &state.timer) < 0)
		return -errno;
	state.is_started = true;
	return 0;
}

static void host_stop(void *opaque)
{
	(void)opaque;
	if (state.is_started)
		timer_delete(state.timer);
	state.is_started = false;
}

static void host_alarm(void *opaque, u64 ns)
{
	struct itimerspec t = {
		.it_value.tv_sec = (time_t)(ns / 1000000000u),
		.it_value.tv_nsec = (long)(ns % 1000000000u),
	};

	(void)opaque;
	timer_settime(state.timer, 0, &t, NULL);
}

static void host_alarm_seen(void *opaque)
{
	static const struct timespec now;
	sigset_t set;

	(void)opaque;
	sigemptyset(&set);
	sigaddset(&set, ALARM);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
}

/* The kernel's set has 64 bits in longs: signal 1 is the lowest of the first. */
static void host_signal_mask(void *opaque, struct kvm44x_signal_mask *mask)
{
	unsigned long word[8 / sizeof(unsigned long)] = { 0 };
	const unsigned int bits = 8 * sizeof(word[0]);
	sigset_t set;

	(void)opaque;
	sigprocmask(SIG_BLOCK, NULL, &set);
	for (int s = 1; s <= 64; s++)
		if (s != ALARM && sigismember(&set, s) > 0)
			word[(unsigned int)(s - 1) / bits] |=
				1ul << ((unsigned int)(s - 1) % bits);
	memcpy(mask->sigset, word, sizeof(mask->sigset));
}

const struct kvm_host kvm_host_linux = {
	.is_440 = host_is_440,
	.open = host_open,
	.close = host_close,
	.ioctl = host_ioctl,
	.map = host_map,
	.unmap = host_unmap,
	.move = host_move,
	.cpu_hz = host_cpu_hz,
	.timebase = host_timebase,
	.code_written = host_code_written,
	.alarm = host_alarm,
	.alarm_seen = host_alarm_seen,
	.signal_mask = host_signal_mask,
	.start = host_start,
	.stop = host_stop,
};
