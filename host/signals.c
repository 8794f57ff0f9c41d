/* SPDX-License-Identifier: MIT */
/*
 * host/signals.c - signals while a machine runs.
 *
 * Owns the dispositions of the signals in the table below, their earlier
 * ones, and a pipe that wakes a sleeping poll.  Handlers call
 * async-signal-safe functions only.  Must not know what runs.
 */
#include "host/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "host/tty.h"

enum signal_role {
	ROLE_STOP, ROLE_CRASH, ROLE_SUSPEND, ROLE_RESUME, ROLE_IGNORE,
};

static const struct signal_row {
	int number;
	enum signal_role role;
} rows[] = {
	{ SIGINT, ROLE_STOP },
	{ SIGTERM, ROLE_STOP },
	{ SIGHUP, ROLE_STOP },
	{ SIGQUIT, ROLE_STOP },
	{ SIGSEGV, ROLE_CRASH },
	{ SIGBUS, ROLE_CRASH },
	{ SIGILL, ROLE_CRASH },
	{ SIGFPE, ROLE_CRASH },
	{ SIGABRT, ROLE_CRASH },
	{ SIGTRAP, ROLE_CRASH },
	{ SIGSYS, ROLE_CRASH },
	{ SIGXCPU, ROLE_CRASH },
	{ SIGXFSZ, ROLE_IGNORE },	/* write() says it too */
	{ SIGALRM, ROLE_CRASH },
	{ SIGUSR1, ROLE_CRASH },
	{ SIGUSR2, ROLE_CRASH },
	{ SIGTSTP, ROLE_SUSPEND },
	{ SIGCONT, ROLE_RESUME },
	{ SIGPIPE, ROLE_IGNORE },	/* write() says it too */
};

/* Process-wide, as the dispositions themselves are. */
static struct {
	struct sigaction old[ARRAY_SIZE(rows)];
	bool is_caught;
	volatile sig_atomic_t stop;	/* first ROLE_STOP signal */
	int pipe[2];
	stack_t old_stack;
	char stack[65536];		/* a stack overflow is a crash too */
} state = { .pipe = { -1, -1 } };

static void wake(void)
{
	ssize_t n = write(state.pipe[1], "", 1);

	(void)n;	/* a full pipe wakes as well */
}

static void on_stop(int number)
{
	int saved = errno;

	if (state.stop) {
		tty_restore();
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	state.stop = number;
	wake();
	errno = saved;
}

static bool is_fault(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGILL ||
	       number == SIGFPE;
}

/*
 * The earlier action is put back.  A fault happens again on return and finds
 * it (a sanitizer's report needs the true fault); a signal that was sent is
 * sent again.
 */
static void on_crash(int number, siginfo_t *info, void *context)
{
	(void)context;
	tty_restore();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].number == number)
			sigaction(number, &state.old[i], NULL);
	if (info->si_code <= 0 || !is_fault(number))
		raise(number);
}

static void on_suspend(int number)
{
	int saved = errno;
	struct sigaction mine, def = { .sa_handler = SIG_DFL };
	sigset_t set, old;

	tty_restore();
	sigemptyset(&def.sa_mask);
	sigaction(number, &def, &mine);
	raise(number);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, &old);	/* stops here */
	sigprocmask(SIG_SETMASK, &old, NULL);
	sigaction(number, &mine, NULL);
	tty_rearm();
	errno = saved;
}

static void on_resume(int number)
{
	(void)number;
	tty_rearm();
	if (state.pipe[1] >= 0)
		wake();
}

static void catch_row(const struct signal_row *row, struct sigaction *old)
{
	struct sigaction sa = { .sa_flags = SA_ONSTACK };

	sigemptyset(&sa.sa_mask);
	switch (row->role) {
	case ROLE_STOP:
		sa.sa_handler = on_stop;
		break;
	case ROLE_CRASH:
		sa.sa_sigaction = on_crash;
		sa.sa_flags |= SA_SIGINFO;
		break;
	case ROLE_SUSPEND:
		sa.sa_handler = on_suspend;
		break;
	case ROLE_RESUME:
		sa.sa_handler = on_resume;
		break;
	case ROLE_IGNORE:
		sa.sa_handler = SIG_IGN;
		break;
	}
	sigaction(row->number, NULL, old);
	/* what the parent ignores (nohup, a shell's "&") stays ignored */
	if ((old->sa_flags & SA_SIGINFO) || old->sa_handler != SIG_IGN)
		sigaction(row->number, &sa, NULL);
}

/**
 * signals_catch - install the handlers
 * @msg: filled on error
 *
 * Returns: 0, -ERR_IO, -ERR_CONFLICT when they are installed already.
 */
int signals_catch(struct errmsg *msg)
{
	stack_t ss = {
		.ss_sp = state.stack, .ss_size = sizeof(state.stack),
	};

	if (state.is_caught)
		return err_set(msg, ERR_CONFLICT, "signals: caught already");
	if (pipe2(state.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_set(msg, ERR_IO, "signals: cannot make a pipe");
	state.stop = 0;
	sigaltstack(NULL, &state.old_stack);
	if (state.old_stack.ss_flags & SS_DISABLE)
		sigaltstack(&ss, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		catch_row(&rows[i], &state.old[i]);
	state.is_caught = true;
	return 0;
}

/**
 * signals_wake_fd - descriptor that is readable after a signal
 *
 * Returns: the descriptor, -1 when nothing is caught.
 */
int signals_wake_fd(void)
{
	return state.pipe[0];
}

/**
 * signals_drain - make the wake descriptor quiet again
 */
void signals_drain(void)
{
	char buf[64];

	while (state.pipe[0] >= 0 &&
	       read(state.pipe[0], buf, sizeof(buf)) > 0)
		;
}

/**
 * signals_stop - the signal that asked for an end
 *
 * Returns: its number, 0 when none came; kept after signals_release.
 */
int signals_stop(void)
{
	return state.stop;
}

/**
 * signals_release - put the earlier dispositions back
 */
void signals_release(void)
{
	if (!state.is_caught)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		sigaction(rows[i].number, &state.old[i], NULL);
	if (state.old_stack.ss_flags & SS_DISABLE)
		sigaltstack(&state.old_stack, NULL);
	close(state.pipe[0]);
	close(state.pipe[1]);
	state.pipe[0] = state.pipe[1] = -1;
	state.is_caught = false;
}
