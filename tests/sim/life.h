/* life.h: one simulated life, begun, lived in portions, judged and ended. */
#ifndef LIFE_H
#define LIFE_H

#include "part.h"

void life_begin(struct sim *, const struct options *, const struct tape *replay);
/* False when it is over. */
bool life_go_on(struct sim *, int64_t events);
/* The last checks, and the state's hash. */
void life_judge(struct sim *);
/* Frees all but the tape. */
void life_end(struct sim *);
bool life_has_invariant(const char *name);

#endif
