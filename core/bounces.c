/* bounces.c: from a failed notice to the task of calling. Knows no provider: machines/effect.c says
 * when a notice has failed. */
#include "bounces.h"

#include <string.h>

#include "db.h"

enum { TASK, DONE, PATIENT, DEVICE };
static const char *const bounce_sql[] = {
    [TASK] = "insert into task (kind, clinic_id, agent_id, address, error, opened_at)"
             " values ('bounced_address', ?1, ?2, ?3, ?4, now_ms()) on conflict do update"
             " set address = excluded.address, error = excluded.error",
    [DONE] = "update task set closed_at = now_ms() where kind = 'bounced_address'"
             " and clinic_id = ?1 and agent_id = ?2 and closed_at = 0",
    [PATIENT] = "update contact_form set bounced = 1, rev = rev() where contact_form_id = ?1"
                " and bounced = 0",
    [DEVICE] = "delete from push_subscription where endpoint = ?1 ->> 'endpoint'",
};

enum err bounce_note(struct tx *tx, const struct effect *effect) {
    bool email = strcmp(effect->kind, "email.send") == 0;
    if (strcmp(effect->kind, "push.send") == 0 && strcmp(effect->error, "gone") == 0)
        return db_run(tx, bounce_sql[DEVICE], WITH(effect->recipient));
    if (!email || !effect->audience[0]) return OK;
    if (strcmp(effect->audience, "patient") != 0)
        return db_run(tx, bounce_sql[TASK], WITH(effect->item.clinic_id, effect->agent_id,
                                                 effect->recipient, effect->error));
    if (strcmp(effect->item_kind, "contact_form") != 0) return OK;
    return db_run(tx, bounce_sql[PATIENT], WITH(effect->item_id));
}

enum err bounce_forget(struct tx *tx, int64_t clinic_id, int64_t agent_id) {
    return db_run(tx, bounce_sql[DONE], WITH(clinic_id, agent_id));
}
