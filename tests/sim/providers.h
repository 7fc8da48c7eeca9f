/* providers.h: the far side of the outbox: SMS centres, mail servers and push services with what
 * they do wrong. */
#ifndef PROVIDERS_H
#define PROVIDERS_H

#include "part.h"

struct attempt {
    int64_t effect_id, epoch, answers_in_ms, retry_after_ms;
    const char *status; /* as effect.settle takes it */
    const char *error;
    char provider_id[40];
    int parts; /* ids given back; 0 where none are known */
};

void providers_open(struct sim *);
/* The provider is asked; drop() the attempt when its outcome is settled or forgotten. */
struct attempt *attempt_begin(struct sim *, const cJSON *effect, int64_t lease_ms);
bool is_storage(const char *code);

#endif
