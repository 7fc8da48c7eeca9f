/* acks.h: what people were told is done. It must be found again after every start. */
#ifndef ACKS_H
#define ACKS_H

#include "part.h"

enum { ACKS = 64 };

/* The newest of them. */
struct acks {
    struct ack {
        char key[KEY_BYTES], op[OP_BYTES];
        int64_t at;
    } all[ACKS];
    int64_t n;
};

/* Whether the core still promises to remember what it accepted then. */
bool remembered(const struct sim *, int64_t accepted_at);

void acks_note(struct acks *, const struct asked *);
void acks_check(struct sim *, const struct acks *);

/* What an older copy of the file does not hold was never accepted. */
void acks_take_back(struct acks *, int64_t restored_to);

#endif
