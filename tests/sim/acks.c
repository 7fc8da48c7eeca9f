/* acks.c: whoever was told "done" never learns that it was not. */
#include "acks.h"

#include <stdio.h>
#include <string.h>

#include "look.h"

/* A reply is kept for seven days, by a clock that may be three days ahead. */
bool remembered(const struct sim *sim, int64_t accepted_at) {
    enum { KEPT_MS = 7 * DAY_MS, AHEAD_MS = 4 * DAY_MS };
    return sim->now - accepted_at < KEPT_MS - AHEAD_MS;
}

void acks_note(struct acks *self, const struct asked *asked) {
    struct ack *ack = &self->all[self->n++ % ACKS];
    snprintf(ack->key, sizeof ack->key, "%s", asked->key);
    snprintf(ack->op, sizeof ack->op, "%s", asked->op);
    ack->at = asked->accepted_at; /* a repeat is not remembered for longer */
}

static int64_t oldest(const struct acks *self) { return self->n > ACKS ? self->n - ACKS : 0; }

void acks_check(struct sim *sim, const struct acks *self) {
    for (int64_t i = oldest(self); i < self->n && !sim->violated; i++) {
        const struct ack *ack = &self->all[i % ACKS];
        if (remembered(sim, ack->at) && look_key(sim, ack->key) == 0)
            violated(sim, "acknowledged-is-kept", "%s %s was answered and is gone", ack->op,
                     ack->key);
    }
}

void acks_take_back(struct acks *self, int64_t restored_to) {
    struct acks kept = {.n = 0};
    for (int64_t i = oldest(self); i < self->n; i++)
        if (self->all[i % ACKS].at <= restored_to) kept.all[kept.n++] = self->all[i % ACKS];
    *self = kept;
}
