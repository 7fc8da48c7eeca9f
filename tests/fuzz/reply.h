/* reply.h: what desk.h promises of every reply, read by a reader of its own: the core's may have
 * the same mistake as its writer. A breach is a finding: it is printed and the program aborts,
 * which libFuzzer turns into a file with the input.
 * Decides nothing about the content of "ok". */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reply_form { REPLY_OK, REPLY_ERROR, REPLY_BATCH };

struct reply {
    const char *text; /* lives until the next call */
    size_t size;
    enum reply_form form;
    int64_t rev;
    bool empty;    /* "ok" without members: what the ops about the transaction answer */
    char code[40]; /* of the error, the first one of a batch, or "" */
};

/* Which codes may be answered: of a sound file neither bug.* nor storage.*; of a spoilt file any,
 * because the core cannot tell rows that lie from a mistake of its own. */
enum reply_codes { REPLY_SOUND, REPLY_SPOILT };

/* Reads the reply or reports the breach. */
void reply_read(const char *text, size_t size, enum reply_codes, struct reply *ret_reply);

/* Prints what was seen and ends the program. */
_Noreturn void finding(const char *what, const char *seen);

#endif
