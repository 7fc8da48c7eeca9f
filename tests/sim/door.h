/* door.h: the host's side of the core, as the kernel sees it; parts use what part.h declares. */
#ifndef DOOR_H
#define DOOR_H

#include "part.h"

void door_open(struct sim *); /* a new disk and a desk on it */
void door_close(struct sim *);
/* The process ends, whatever it was about to do, and starts again. */
void door_restart(struct sim *);
/* Nothing runs for so long. */
void door_sleep(struct sim *, int64_t ms);
/* The disk has no room for so long. */
void door_fill(struct sim *, int64_t ms);
int64_t door_asleep_ms(const struct sim *);
/* The latest instant that the core was ever told. */
int64_t door_latest_at(const struct sim *);
/* Keeps a copy of the files now; puts the oldest kept one back. */
void door_back_up(struct sim *);
void door_restore(struct sim *);
/* The first number that nobody had been given when an older copy was put back last, else 0. */
int64_t door_lost_to(const struct sim *);
/* What the core said last: when it wants to be woken, and whether effects wait. */
int64_t door_wake_at(const struct sim *);
int64_t door_pending(const struct sim *);

/* Whether this is what is kept of a reply that showed a person who was erased since. */
bool reply_erased(struct sim *, const cJSON *body);

/* Whether the last call was the clock's. */
bool door_ticked(const struct sim *);

void checks_each_day(struct sim *);
void checks_at_end(struct sim *);

/* outbox.c: after every start, and after every call. */
void outbox_open(struct sim *);
void outbox_begin(struct sim *);
void outbox_poke(struct sim *);

#endif
