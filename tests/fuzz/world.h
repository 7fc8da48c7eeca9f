/* world.h: the small portal that every input meets: three clinics, staff of each role, reviews,
 * a chat, forms, links and sessions, on the simulated disk; and the way back to it after an input.
 * It is played in through desk_call like everything else. Next: world.c, the story itself. */
#ifndef WORLD_H
#define WORLD_H

#include "desk.h"
#include "reply.h"

/* The instant at which the story ends. */
#define WORLD_NOW INT64_C(1772438910000)

struct world {
    const char *name; /* of its file */
    desk *core;
    struct sqlite3 *sqlite; /* the core's own connection, to look behind it */
    bool held;    /* inputs are undone by core.rollback; else nothing is undone but by force */
    bool touched; /* the last input may have left something behind */
    int64_t rev;  /* of the story's end */
};

/* The story as requests, NULL at the end; quotes are written as '. */
extern const char *const world_story[];

/* Plays the story into a desk that is empty; each of its requests must succeed. */
void world_play(desk *);

/* Ready for an input: the state is the story's end. `held` inputs run inside a transaction that is
 * undone, which is quick; the others are committed and, if they wrote, the desk is made anew. */
void world_ready(struct world *, bool held);

/* One call with exactly these bytes; whatever lies behind them must not be read. */
void world_call(struct world *, const void *bytes, size_t size, struct reply *ret_reply);
/* The same with a text. */
void world_ask(struct world *, const char *request, struct reply *ret_reply);

/* A call to a desk whose file may be spoilt: only a refusal is read, and may be storage.*. Whether
 * it was another than that. */
bool world_tell(desk *, const char *request);

/* The connection that the core made last, and how many it has made: when there is one more, it has
 * opened its file anew. */
struct sqlite3 *world_connection(unsigned *ret_count);

/* A number that is the same for the same input: decides what is looked at more closely. */
uint64_t input_digest(const uint8_t *bytes, size_t size);

#endif
