/* grammar.h: requests made from what desk_describe() says: every op, its fields with their kinds
 * and limits, actors of every role, instants around the world's. Most of what it makes is good
 * enough to get past the door; the rest is wrong in one place.
 * Knows no op by name but the few that drive the clock and the outbox. Next: mutate.h. */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include <cJSON.h>
#include <stdint.h>

/* Chance from a seed; the same seed makes the same requests. */
struct chance {
    uint64_t state;
};
/* One of 0..n-1. */
unsigned choose(struct chance *, unsigned n);

/* A request of some op, at `now` or a little later. The caller deletes it. */
cJSON *grammar_request(struct chance *, int64_t now);
/* One that moves the world: the clock's next tick, taking effects, settling one. */
cJSON *grammar_move(struct chance *, int64_t now);

/* Another actor, a later or earlier instant, another key, another value of a field. */
void grammar_actor(struct chance *, cJSON *request);
void grammar_now(struct chance *, cJSON *request, int64_t now);
void grammar_key(struct chance *, cJSON *request);
void grammar_field(struct chance *, cJSON *request);

#endif
