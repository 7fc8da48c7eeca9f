/* sessions.h: who is signed in. The host holds no session of its own: it keeps a cookie's id. */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "json.h"
#include "tx.h"

/* Opens a session for an agent (link_id 0), or for the item of a patient's link (agent_id 0). */
enum err session_make(struct tx *, int64_t agent_id, int64_t link_id, const char *item_kind,
                      int64_t item_id, int64_t *ret_session_id);

/* Who a live session is, as members; ERR_MISSING when it has ended. A link that was opened in it
 * (0 for none) tells where to go on. */
enum err session_json(struct tx *, int64_t session_id, int64_t link_id, struct json *);

#endif
