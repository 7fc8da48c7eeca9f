/* shrink.h: from a life that went wrong to the few mishaps that it needs. */
#ifndef SHRINK_H
#define SHRINK_H

#include "sim.h"

/* Makes options->days and the tape as small as they can be while the same invariant is violated. */
void shrink(struct options *, struct tape *, const char *violated);

/* A tape as text: options, the invariant, and every choice that is not 0. `ret_policy` and
 * `ret_without` hold the names that the options point to, 16 and 32 bytes. */
bool tape_save(const char *path, const struct options *, const struct tape *, const char *violated);
bool tape_load(const char *path, struct options *, struct tape *ret_tape, char *ret_policy,
               char *ret_without);

#endif
