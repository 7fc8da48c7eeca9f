/* search.h: full-text search over what was written. Messages are indexed behind the writes, in
 * order, so that a write never waits for it; a search first catches up with what is new. */
#ifndef SEARCH_H
#define SEARCH_H

#include "tx.h"

/* Indexes at most `max` messages that are not indexed yet; *ret_n of them. */
enum err search_catch_up(struct tx *, int64_t max, int64_t *ret_n);

/* Forgets the messages of one thread: before their text is erased. */
enum err search_forget(struct tx *, const char *item_kind, int64_t item_id);

#endif
