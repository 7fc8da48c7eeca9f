/* arena.h: the memory of one call. Everything a request needs is taken here and given back at once
 * when the next call begins, so that no path through the core has to clean up.
 * A failed allocation sets `failed`; desk_call refuses to commit such a call. */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *first;
    struct arena_block *last;
    bool failed;
};

/* `size` bytes, zeroed and aligned for anything; NULL (and `failed`) when out of memory. */
void *arena_alloc(struct arena *, size_t size);

/* A copy of the first `size` bytes of `text`, NUL-terminated; "" when out of memory. */
const char *arena_text(struct arena *, const char *text, size_t size);

/* Grows what was the latest allocation in place where possible; otherwise copies. What is new is
 * not zeroed. */
void *arena_grow(struct arena *, void *old, size_t old_size, size_t size);

/* Where the arena stands now, and back to there: for loops that would pile memory up. */
struct arena_mark {
    struct arena_block *block;
    size_t used;
};
struct arena_mark arena_mark(const struct arena *);
void arena_rewind(struct arena *, struct arena_mark);

/* Forgets everything and keeps one block for the next call. */
void arena_reset(struct arena *);

/* Gives all memory back. */
void arena_free(struct arena *);

#endif
