/* policy.c: which default holds. The values themselves are the list in policy.h. */
#include "policy.h"

#include <string.h>

#include "db.h"

const struct policy_info policy_infos[POLICY_COUNT] = {
#define POLICY_INFO(name, key, literal, recommended, min, max, rule, unit) \
    [POLICY_##name] = {key, literal, recommended, min, max, rule, unit},
    POLICIES(POLICY_INFO)
#undef POLICY_INFO
};

enum { STATE, FIND };
static const char *const policy_sql[] = {
    [STATE] = "select coalesce((select policy_preset = 'literal' from platform), 0),"
              " exists (select 1 from policy)",
    [FIND] = "select value from policy where key = ?2 and clinic_id in (0, ?1)"
             " order by clinic_id desc limit 1",
};

void policy_forget(struct policies *policies) {
    policies->known = false;
}

static enum err policies_know(struct tx *tx) {
    const struct value *row;
    if (tx->policies->known) return OK;
    TRY(db_row(tx, policy_sql[STATE], WITH_NOTHING, &row));
    *tx->policies = (struct policies){true, row[0].i != 0, row[1].i != 0};
    return OK;
}

enum err policy_get(struct tx *tx, int64_t clinic_id, enum policy policy, int64_t *ret_value) {
    const struct policy_info *info = &policy_infos[policy];
    const struct value *row;
    TRY(policies_know(tx));
    *ret_value = tx->policies->literal ? info->literal : info->recommended;
    if (!tx->policies->overridden) return OK;
    enum err err = db_row(tx, policy_sql[FIND], WITH(clinic_id, info->key), &row);
    if (err == OK) *ret_value = row[0].i;
    return err == ERR_MISSING ? OK : err;
}
