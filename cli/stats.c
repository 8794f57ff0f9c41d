/* SPDX-License-Identifier: MIT */
/*
 * cli/stats.c - --stats: the counters of a run as a JSON file.
 *
 * The file is opened before the run, so that a name that cannot be written is
 * found at once, and filled at its end.  An earlier file keeps its content
 * until then.
 */
#include "cli/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXCEPTIONS 16

/* O_NONBLOCK: a FIFO that nobody reads is an error, not a wait. */
#define STATS_FLAGS (O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/**
 * stats_open - make sure that the file can be written
 * @f:    filled
 * @path: its name, NULL for none
 * @msg:  filled on error
 *
 * Returns: 0, -ERR_IO.
 */
int stats_open(struct stats_file *f, const char *path, struct errmsg *msg)
{
	*f = (struct stats_file){ .path = path, .fd = -1 };
	if (!path)
		return 0;
	f->fd = open(path, STATS_FLAGS | O_EXCL, 0666);
	f->is_new = f->fd >= 0;
	if (f->fd < 0 && errno == EEXIST)
		f->fd = open(path, STATS_FLAGS, 0666);
	if (f->fd < 0)
		return err_set(msg, ERR_IO, "%s: %s", path, errno == ENXIO ?
			       "nobody reads it" : strerror(errno));
	fcntl(f->fd, F_SETFL, fcntl(f->fd, F_GETFL) & ~O_NONBLOCK);
	return 0;
}

/**
 * stats_drop - close the file unwritten, remove it if we made it
 * @f: file; may be closed or none
 */
void stats_drop(struct stats_file *f)
{
	if (f->fd < 0)
		return;
	close(f->fd);
	f->fd = -1;
	if (f->is_new)
		unlink(f->path);
}

static void put_string(FILE *o, const char *s)
{
	fputc('"', o);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(o, "\\%c", c);
		else if (c < 0x20)
			fprintf(o, "\\u%04x", c);
		else
			fputc(c, o);
	}
	fputc('"', o);
}

static void put_text(FILE *o, const char *name, const char *value)
{
	fprintf(o, "  \"%s\": ", name);
	put_string(o, value);
	fprintf(o, ",\n");
}

static void put_number(FILE *o, const char *name, u64 value)
{
	fprintf(o, "  \"%s\": %" PRIu64 ",\n", name, value);
}

/* One more entry of an object; the first has no comma before it. */
struct object {
	FILE *o;
	unsigned int entries;
};

static void put_entry(void *opaque, const char *name, u64 count)
{
	struct object *obj = opaque;

	fprintf(obj->o, obj->entries++ ? ",\n    " : "\n    ");
	put_string(obj->o, name);
	fprintf(obj->o, ": %" PRIu64, count);
}

static void put_exceptions(FILE *o, const struct machine_stats *st)
{
	struct object obj = { o, 0 };

	fprintf(o, "  \"exceptions\": {");
	for (unsigned int i = 0; i < EXCEPTIONS; i++)
		put_entry(&obj, exception_name(i), st->exceptions[i]);
	fprintf(o, "\n  },\n");
}

static void put_translator(FILE *o, const struct machine_stats *st)
{
	struct object obj = { o, 0 };

	fprintf(o, "  \"translator\": {");
	put_entry(&obj, "blocks", st->translator.blocks);
	put_entry(&obj, "hot_blocks", st->translator.hot);
	put_entry(&obj, "code_bytes", st->translator.code_bytes);
	put_entry(&obj, "flushes", st->translator.flushes);
	put_entry(&obj, "memory_bytes", st->translator.memory);
	fprintf(o, ",\n    \"host_seconds\": %.6f\n  },\n",
		st->translator.host_seconds);
}

static void put_all(FILE *o, struct machine *m, const struct stats_run *run)
{
	struct object obj = { o, 0 }, exits = { o, 0 };
	struct machine_stats st;
	double seconds;

	machine_stats(m, &st);
	seconds = st.host_seconds;
	fprintf(o, "{\n");
	put_text(o, "board", run->board);
	put_text(o, "engine", st.engine);
	put_text(o, "clock", run->clock);
	put_text(o, "exit", run->exit);
	put_number(o, "insns", st.insns);
	put_number(o, "cycles", st.cycles);
	fprintf(o, "  \"host_seconds\": %.6f,\n", seconds);
	fprintf(o, "  \"mips\": %.3f,\n",
		seconds > 0 ? (double)st.insns / seconds / 1e6 : 0.0);
	put_number(o, "tlb_misses", st.tlb_misses);
	put_number(o, "soft_fills", st.soft_fills);
	put_number(o, "resets", st.resets);
	put_translator(o, &st);
	put_exceptions(o, &st);
	fprintf(o, "  \"exits\": {");
	machine_each_exit(m, put_entry, &exits);
	fprintf(o, exits.entries ? "\n  },\n" : "},\n");
	fprintf(o, "  \"unimplemented\": {");
	machine_each_unimplemented(m, put_entry, &obj);
	fprintf(o, obj.entries ? "\n  }\n}\n" : "}\n}\n");
}

/**
 * stats_write - write the counters and close the file
 * @f:   file from stats_open; closed in any case
 * @m:   machine after its run
 * @run: what else belongs into the file
 * @msg: filled on error
 *
 * Returns: 0, also for no file; -ERR_IO.
 */
int stats_write(struct stats_file *f, struct machine *m,
		const struct stats_run *run, struct errmsg *msg)
{
	FILE *o;
	bool failed;

	if (f->fd < 0)
		return 0;
	/* what is not a regular file has no length to cut */
	if (ftruncate(f->fd, 0) < 0 && errno != EINVAL)
		return err_set(msg, ERR_IO, "%s: %s", f->path,
			       strerror(errno));
	o = fdopen(f->fd, "w");
	if (!o)
		return err_set(msg, ERR_IO, "%s: %s", f->path,
			       strerror(errno));
	f->fd = -1;
	put_all(o, m, run);
	failed = fflush(o) != 0 || ferror(o);
	failed |= fclose(o) != 0;
	if (failed)
		return err_set(msg, ERR_IO, "%s: %s", f->path,
			       strerror(errno));
	return 0;
}
