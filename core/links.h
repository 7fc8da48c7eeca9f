/* links.h: capabilities and sessions without secrets. A link is a row; its secret part is an HMAC
 * that the host makes while sending and checks before it asks here. Same for sessions and codes. */
#ifndef LINKS_H
#define LINKS_H

#include "tx.h"

struct link_new {
    const char *purpose, *item_kind;
    int64_t item_id, clinic_id, agent_id; /* agent_id: whom it signs in, 0 for a patient's */
    const char *recipient, *locale, *browser;
    int64_t uses_max, ttl_ms;
};
enum err link_make(struct tx *, const struct link_new *, int64_t *ret_link_id);

#endif
