/* desk_wasi.c: the core as a program: one request (or batch) per line on stdin, one reply per
 * line on stdout. The reactor form has no main; its exports are those of desk.h.
 * Read next: README.md beside this file. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "desk.h"

/* Only the newline that ends the line is not part of the request. */
static size_t line_length(const char *line, size_t length) {
    return length > 0 && line[length - 1] == '\n' ? length - 1 : length;
}

static int answer(desk *core, const char *line, size_t length) {
    if (length > UINT32_MAX) return 1;
    char *room = desk_buffer(core, (uint32_t)length);
    if (!room) return 1;
    memcpy(room, line, length);
    const char *reply = desk_call(core, (uint32_t)length);
    if (!reply) return 1;
    fwrite(reply, 1, desk_reply_size(core), stdout);
    fputc('\n', stdout);
    /* The caller waits for this reply before it sends the next request. */
    return fflush(stdout);
}

int main(int count, char **arguments) {
    if (count > 2) {
        fputs("usage: desk [PATH of the database, default :memory:]\n", stderr);
        return 2;
    }
    desk *core = desk_open(count == 2 ? arguments[1] : ":memory:");
    if (!core) {
        fputs("desk: out of memory\n", stderr);
        return 1;
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int failed = 0;
    while (!failed && (length = getline(&line, &room, stdin)) >= 0) {
        failed = answer(core, line, line_length(line, (size_t)length));
    }
    free(line);
    desk_close(core);
    if (failed) fputs("desk: the reply could not be written\n", stderr);
    return failed ? 1 : 0;
}
