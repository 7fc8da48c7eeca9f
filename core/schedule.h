/* schedule.h: timers as rows. A timer is an event that fires on an item at its instant; an item has
 * at most one timer per event. Firing happens only in clock.tick, in due order, each at its own due
 * time, so that a long sleep changes nothing but the moment. What is sent on that occasion has its
 * full time from the request's own instant: tx_sent_at(). */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "machine.h"
#include "tx.h"

/* Sets or moves the timer. */
enum err schedule_set(struct tx *, const char *item_kind, int64_t item_id, enum event,
                      int64_t due_at);
/* When it fires, 0 where there is none. */
enum err schedule_due(struct tx *, const char *item_kind, int64_t item_id, enum event,
                      int64_t *ret_due_at);
/* Fires the item's timers that were due before now, each at its own time, as a tick in time would
 * have. What is due at this very instant is left: the request comes first. */
enum err schedule_catch_up(struct tx *, const char *item_kind, int64_t item_id);
/* Whether it has any such timer. */
bool schedule_overdue(struct tx *, const char *item_kind, int64_t item_id);
/* Removes it; fine when there is none. */
enum err schedule_cancel(struct tx *, const char *item_kind, int64_t item_id, enum event);

/* The earliest due time, 0 for none. */
enum err schedule_next(struct tx *, int64_t *ret_due_at);

/* Fires what is due at tx->now, at most `limit` timers; *ret_fired tells how many. */
enum err schedule_fire(struct tx *, int64_t limit, int64_t *ret_fired);

/* Fires the one earliest timer of the item or of its effects, whenever it is due, and moves
 * tx->now there; ERR_MISSING when it has none. For item.next, which rolls back afterwards. */
enum err schedule_foresee(struct tx *, const char *item_kind, int64_t item_id);

#endif
