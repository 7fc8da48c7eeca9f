/* crash.h: the machine that the core runs on, and all that may happen to it in a call. */
#ifndef CRASH_H
#define CRASH_H

#include "part.h"

enum { BACKUPS = 3 };

struct backup {
    void *file, *log;
    size_t file_size, log_size;
    int64_t at, event;
};

struct crash {
    desk *desk;
    int64_t started_at, epoch, asleep_until, full_until;
    int64_t latest_at;   /* of all instants that the core was ever told: clocks are set back, too */
    int64_t restored_to; /* of what instant the copy was that was put back last */
    int64_t lost_to;     /* and the first number that nobody was given before that */
    bool just_restored;
    bool unsure; /* something failed in the last call: the core may reopen its file */
    struct backup backups[BACKUPS]; /* the newest first */
};

void crash_open(struct sim *, struct crash *);
void crash_close(struct crash *);
/* One call, with whatever is planned to happen in it. NULL when the machine died. */
const char *crash_call(struct sim *, struct crash *, const char *request, size_t size);
/* The disk works from here on, unless it is full for longer. */
void crash_calm(void);
/* The clock's tick, on a disk with whatever is planned for it: what every start begins with, and
 * the first answer after a failure. */
const char *crash_tick(struct sim *, struct crash *);
/* Power is back: what was not synced may be lost, and it may die again while starting. Gives the
 * first answer, as the next two do. */
const char *crash_start(struct sim *, struct crash *);
/* The process ended; the machine and what was written stay. */
const char *crash_end_process(struct sim *, struct crash *);
void crash_back_up(struct sim *, struct crash *);
/* Puts the oldest copy back; NULL when there is none. */
const char *crash_restore(struct sim *, struct crash *);

#endif
