/* memory.h: malloc, calloc and realloc of the whole program, which fail when told. Link with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free; without the last one memory_live
 * says nothing. Refuses to judge: what has to survive a failure is the caller's matter. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The n-th allocation from now fails, 0 being the next one; -1 none. */
void memory_fail_at(int64_t n);
/* The n-th and all after it, until the next memory_fail_at or memory_fail_from. */
void memory_fail_from(int64_t n);
/* Whether one has failed since it was told. */
bool memory_failed(void);

/* Allocations since the program began. */
int64_t memory_allocations(void);
/* Those of them that nobody has freed yet. */
int64_t memory_live(void);

/* realloc for the simulator's own needs: neither counted nor failing. */
void *memory_of_world(void *old, size_t size);
void memory_of_world_free(void *);

#endif
