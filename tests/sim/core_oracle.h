/* core_oracle.h: what the outbox tells the oracle of the desk's own promises. */
#ifndef CORE_ORACLE_H
#define CORE_ORACLE_H

#include "part.h"

/* A message left the provider: somebody will get it. */
void core_went_out(struct sim *, int64_t effect_id);
/* The core took over what became of an attempt. */
void core_settled(struct sim *, int64_t effect_id, const char *status);

/* Who may read what a person wrote: the clinics that the person wrote to. A part says so before
 * the first word is sent. */
void person_writes_to(struct sim *, int64_t person, int clinic);

#endif
