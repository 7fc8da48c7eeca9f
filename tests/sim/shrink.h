/* shrink.h: from a life that went wrong to the few mishaps that it needs. */
#ifndef SHRINK_H
#define SHRINK_H

#include "sim.h"

/* Makes options->days and the tape as small as they can be while the same invariant is violated. */
void shrink(struct options *, struct tape *, const char *violated);

/* The names that the options of a loaded tape point to. */
struct tape_words {
    char policy[16], without[32], often[32];
};

/* A tape as text: options, the invariant, and every choice that is not 0. */
bool tape_save(const char *path, const struct options *, const struct tape *, const char *violated);
bool tape_load(const char *path, struct options *, struct tape *ret_tape,
               struct tape_words *ret_words);

#endif
