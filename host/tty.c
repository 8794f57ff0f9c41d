/* SPDX-License-Identifier: MIT */
/*
 * host/tty.c - raw mode of the terminal, and its way back.
 *
 * Owns the saved settings of the one terminal that the simulator makes raw.
 * tty_rearm and tty_restore call async-signal-safe functions only.  Must not
 * know why the terminal is wanted, nor what is typed on it.
 */
#include "host/tty.h"

#include <errno.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

/* Process-wide: a crash handler has no other way to find the terminal. */
static struct {
	int fd;
	struct termios cooked, raw;
	volatile sig_atomic_t is_held;	/* cooked and raw are valid */
	volatile sig_atomic_t is_raw;
} tty;

/* A terminal that is not ours to control has no foreground to wait for. */
static bool is_foreground(void)
{
	pid_t group = tcgetpgrp(tty.fd);

	return group < 0 ? errno == ENOTTY : group == getpgrp();
}

/* tcsetattr from the background would stop the process, if not blocked. */
static int set_quietly(const struct termios *t)
{
	sigset_t ttou, old;
	int r;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	do
		r = tcsetattr(tty.fd, TCSANOW, t);
	while (r < 0 && errno == EINTR);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

/**
 * tty_raw - take a terminal and make it raw
 * @fd:  descriptor of the terminal
 * @msg: filled on error
 *
 * Every key then comes as a byte, Ctrl-C included, and output passes as it
 * is.  A process in the background takes the terminal, but leaves it as it is
 * until tty_rearm finds it in the foreground.
 *
 * Returns: 0, -ERR_IO, -ERR_CONFLICT when a terminal is held already.
 */
int tty_raw(int fd, struct errmsg *msg)
{
	if (tty.is_held)
		return err_set(msg, ERR_CONFLICT, "terminal: in use already");
	if (tcgetattr(fd, &tty.cooked) < 0)
		return err_set(msg, ERR_IO, "terminal: cannot read settings");
	tty.fd = fd;
	tty.raw = tty.cooked;
	tty.raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP |
				       INLCR | IGNCR | ICRNL | IXON | IXOFF);
	tty.raw.c_oflag &= ~(tcflag_t)OPOST;
	tty.raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	tty.raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	tty.raw.c_cflag |= CS8;
	tty.raw.c_cc[VMIN] = 1;
	tty.raw.c_cc[VTIME] = 0;
	tty.is_held = 1;
	tty_rearm();
	return 0;
}

/**
 * tty_is_raw - whether keys may be read now
 *
 * Returns: true between tty_raw and tty_restore, while in the foreground.
 */
bool tty_is_raw(void)
{
	return tty.is_raw;
}

/**
 * tty_rearm - make the held terminal raw again, if in the foreground
 *
 * Context: any, signal handlers included; no effect when none is held.
 */
void tty_rearm(void)
{
	int saved = errno;

	if (tty.is_held) {
		tty.is_raw = is_foreground();
		if (tty.is_raw && set_quietly(&tty.raw) < 0)
			tty.is_raw = 0;
	}
	errno = saved;
}

/**
 * tty_restore - give the held terminal its settings back
 *
 * The terminal stays held: tty_rearm makes it raw again.
 *
 * Context: any, signal handlers included; no effect when it is not raw.
 */
void tty_restore(void)
{
	int saved = errno;

	if (tty.is_held && tty.is_raw) {
		tty.is_raw = 0;
		set_quietly(&tty.cooked);
	}
	errno = saved;
}

/**
 * tty_release - restore the terminal and forget it
 */
void tty_release(void)
{
	tty_restore();
	tty.is_held = 0;
}
