/* search.h: full-text search over what was written. Messages are indexed behind the writes, in
 * order, so that a write never waits for it; a search first catches up with what is new.
 * Every word is stored with its clinic and its part before it, so that a search walks one clinic's
 * words only, however common they are elsewhere, and those of the newest messages first. */
#ifndef SEARCH_H
#define SEARCH_H

#include "words.h"

/* Indexes at most `max` messages that are not indexed yet; *ret_n of them. */
enum err search_catch_up(struct tx *, int64_t max, int64_t *ret_n);

/* Whether there is nothing to catch up with. */
bool search_is_current(struct tx *, const void *unused);

/* Forgets the messages of threads, their ids a JSON array: before their text is erased. */
enum err search_forget(struct tx *, const char *item_kind, const char *item_ids);

/* Forgets all of it; the next search begins anew. For a replica, whose rows come in any order. */
enum err search_restart(struct tx *);

/* Before anything else after a call that ran out of memory. FTS5 reads how many rows it has by a
 * statement inside the one that writes; where that one fails, SQLite rolls back under it, and FTS5
 * then takes what it could not read for read. The next write would keep that number, and nobody
 * with more messages than it says could ever be erased. A rollback of its own makes it forget. */
enum err search_wake(struct tx *);

/* What is looked for: beginnings of words, all of which a message must have. */
struct query {
    struct query_word {
        char text[WORD_BYTES_MAX];
        size_t size;
    } words[16];
    int n;
};
/* Reads a query as plain words; further ones than it has room for are left out. */
enum err search_query(const struct words *, const char *text, struct query *ret_query);

/* Messages come in parts of so many, by their ids: a search goes from the newest part back until
 * it has enough, because FTS5 gathers all that a beginning meets before it gives the first. */
enum { SEARCH_PART = 1 << 17 };

/* The newest message that is indexed, 0 for none. */
enum err search_newest(struct tx *, int64_t *ret_message_id);

/* The query as FTS5 takes it, for one clinic and one part. */
const char *search_match(struct tx *, const struct query *, int64_t clinic_id, int64_t part);

/* Whether the word begins with one that is looked for. */
bool query_meets(const struct query *, const struct word *);

#endif
