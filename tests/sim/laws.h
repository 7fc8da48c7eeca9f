/* laws.h: what only the far side of the outbox knows, for the laws that judge by it. */
#ifndef LAWS_H
#define LAWS_H

#include "part.h"

/* The core has taken a provider's report. */
void laws_reported(struct sim *, const char *channel, const char *provider_id, const char *status);
/* A provider wants to be left alone. */
void laws_busy(struct sim *, int64_t effect_id, int64_t until_at);

#endif
