/* links.c: making a link row. Opening one: ops/link.c. */
#include "links.h"

#include "db.h"

static const char link_add[] =
    "insert into link (purpose, item_kind, item_id, clinic_id, recipient, locale, browser,"
    " uses_max, expires_at, agent_id, rev)"
    " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, rev())";

enum err link_make(struct tx *tx, const struct link_new *new, int64_t *ret_link_id) {
    return db_insert(tx, link_add,
                     WITH(new->purpose, new->item_kind, new->item_id, new->clinic_id,
                          new->recipient ? new->recipient : "", new->locale,
                          new->browser ? new->browser : "", new->uses_max,
                          tx_sent_at(tx) + new->ttl_ms, new->agent_id),
                     ret_link_id);
}
