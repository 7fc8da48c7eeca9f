/* ops/policy.c: reading and setting the policies of policy.h, for the platform or one clinic. */
#include "../ops.h"

#include <string.h>

#include "../db.h"
#include "../history.h"
#include "../policy.h"
#include "../texts.h"

enum { ROLES_POLICY = ROLE_INTEGRATION | ROLE_HOST | ROLE_MANAGER | ROLE_ADMINISTRATOR };

enum { SET, CLEAR, OWN, CLINIC };
static const char *const policy_sql[] = {
    [SET] = ("insert into policy (clinic_id, key, value, rev) values (?1, ?2, ?3, rev())"
             " on conflict do update set value = excluded.value, rev = excluded.rev"),
    [CLEAR] = "delete from policy where clinic_id = ?1 and key = ?2",
    [OWN] = "select value from policy where clinic_id = ?1 and key = ?2",
    [CLINIC] = "select 1 from clinic where clinic_id = ?1",
};

struct set_in {
    int64_t clinic_id, value;
    const char *key;
};
static const struct field set_fields[] = {
    FIELD(struct set_in, clinic_id, .min = 1, .doc = "for one clinic; absent: for the platform"),
    FIELD(struct set_in, key, .required = true, .max = 64, .doc = "as policy.list names it"),
    FIELD(struct set_in, value,
          .doc = "in the key's unit; absent: back to the default"),
};
enum { VALUE_GIVEN = 1u << 2 };

static const struct policy_info *policy_find(const char *key, enum policy *ret_policy) {
    for (int i = 0; i < POLICY_COUNT; i++) {
        *ret_policy = (enum policy)i;
        if (strcmp(policy_infos[i].key, key) == 0) return &policy_infos[i];
    }
    return NULL;
}

static enum err policy_log(struct tx *tx, int64_t clinic_id, const struct policy_info *info,
                           int64_t before, int64_t after) {
    struct json facts = {.arena = tx->arena};
    json_object(&facts);
    json_put_text(&facts, "key", info->key);
    json_put_int(&facts, "before", before);
    json_put_int(&facts, "after", after);
    json_object_end(&facts);
    return history_append(tx, &(struct history_row){
        .clinic_id = clinic_id, .item_kind = "policy", .item_id = clinic_id, .event = "set",
        .from_state = "", .to_state = "", .rule = info->rule, .because = "policy_set",
        .facts = json_end(&facts)});
}

static enum err policy_set(struct tx *tx, const void *raw, struct json *out) {
    const struct set_in *in = raw;
    const struct value *v;
    enum policy policy;
    int64_t clinic_id, before, after;
    const struct policy_info *info = policy_find(in->key, &policy);
    bool given = tx->given & VALUE_GIVEN;
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    if (!info) return fail(tx, ERR_MISSING, "key");
    if (given && (in->value < info->min || in->value > info->max)) {
        char from[21], to[21];
        int_text(info->min, from);
        int_text(info->max, to);
        return fail_range(tx, "value", from, to);
    }
    if (clinic_id) {
        enum err err = db_row(tx, policy_sql[CLINIC], WITH(clinic_id), &v);
        if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "clinic_id");
        TRY(err);
    }
    TRY(policy_get(tx, clinic_id, policy, &before));
    if (given) TRY(db_run(tx, policy_sql[SET], WITH(clinic_id, info->key, in->value)));
    else TRY(db_run(tx, policy_sql[CLEAR], WITH(clinic_id, info->key)));
    policy_forget(tx->policies);
    TRY(policy_get(tx, clinic_id, policy, &after));
    json_put_int(out, "value", after);
    return policy_log(tx, clinic_id, info, before, after);
}

struct list_in {
    int64_t clinic_id;
};
static const struct field list_fields[] = {
    FIELD(struct list_in, clinic_id, .min = 1, .doc = "as one clinic has them"),
};

static enum err policy_row(struct tx *tx, int64_t clinic_id, int i, struct json *out) {
    const struct policy_info *info = &policy_infos[i];
    struct json key = {.arena = tx->arena};
    const struct value *v;
    int64_t value;
    TRY(policy_get(tx, clinic_id, (enum policy)i, &value));
    enum err own = db_row(tx, policy_sql[OWN], WITH(clinic_id, info->key), &v);
    if (own != OK && own != ERR_MISSING) return own;
    json_append(&key, "policy.", 7);
    json_append(&key, info->key, strlen(info->key));
    json_object(out);
    json_put_text(out, "key", info->key);
    json_put_int(out, "value", value);
    json_put_bool(out, "changed", own == OK);
    json_put_int(out, "literal", info->literal);
    json_put_int(out, "recommended", info->recommended);
    json_put_int(out, "min", info->min);
    json_put_int(out, "max", info->max);
    json_put_text(out, "unit", info->unit);
    json_put_int(out, "rule", info->rule);
    json_put_text(out, "text", text_format(tx, tx->locale, json_end(&key), NULL));
    json_object_end(out);
    return OK;
}

static enum err policy_list(struct tx *tx, const void *raw, struct json *out) {
    const struct list_in *in = raw;
    int64_t clinic_id;
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    json_key(out, "policies");
    json_array(out);
    for (int i = 0; i < POLICY_COUNT; i++) TRY(policy_row(tx, clinic_id, i, out));
    json_array_end(out);
    json_put_bool(out, "editable", tx->actor.role & ROLES_POLICY);
    json_put_text(out, "preset", tx->policies->literal ? "literal" : "recommended");
    return OK;
}

static const struct op ops[] = {
    {.name = "policy.set", .roles = ROLES_POLICY, ALWAYS_WRITES,
     TAKES(struct set_in, set_fields), .run = policy_set,
     .out = "{ value: number }",
     .doc = "Changes a default, for all or for one clinic; an administrator for the own clinic."},
    {.name = "policy.list", .roles = ROLE_INTEGRATION | ROLE_HOST | ROLES_AGENT,
     TAKES(struct list_in, list_fields), .run = policy_list,
     .out = "{ policies: Policy[], editable: boolean, preset: 'recommended' | 'literal' }",
     .doc = "Every policy with the value that holds."},
};
const struct op_group policy_group = GROUP(ops);
