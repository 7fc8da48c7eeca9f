/* look.h: what only the kernel needs of look.c; parts use what part.h declares. */
#ifndef LOOK_H
#define LOOK_H

#include "part.h"

/* Once per process, before the first desk_open. */
void look_install(void);
/* Before the core is closed, or may close its file by itself: no statement may keep that open. */
void look_forget(void);
/* Whether every page, index and reference is as it should be. */
bool look_sound(struct sim *, char *ret_why, size_t size);

/* One row of request: false at the end. */
bool look_request(struct sqlite3_stmt *, const char **ret_id, const char **ret_reply,
                  int64_t *ret_at);
/* How many requests of that key are kept. */
int64_t look_key(struct sim *, const char *key);

#endif
