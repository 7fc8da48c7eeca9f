/* bounces.h: addresses that take no mail. A clinic that does not hear of its questions must be told
 * in the cabinet, and the platform must be told to call. */
#ifndef BOUNCES_H
#define BOUNCES_H

#include "effects.h"

/* A notice has failed for good: remembers whose address that was. */
enum err bounce_note(struct tx *, const struct effect *);

/* The address was changed, or took mail again: an agent's, or (agent_id 0) the clinic's own. */
enum err bounce_forget(struct tx *, int64_t clinic_id, int64_t agent_id);

#endif
