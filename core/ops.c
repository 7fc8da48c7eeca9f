/* ops.c: gathers the operations and answers which of them would be taken now. Runs none itself:
 * desk.c does. */
#include "ops.h"

#include <string.h>

#include "never.h"
#include "texts.h"

const struct op_group *const op_groups[] = {
    &core_group, &directory_group, &calendar_group, &policy_group, &review_group,
    &review_chat_group, &contact_form_group, &contact_form_list_group,
    &contact_form_patient_group, &indicator_group, &team_group, &notice_group, &effect_group,
    &item_group, &search_group, &person_group, &link_group, &session_group, &sync_group, NULL};

const struct op *op_find(const char *name) {
    for (int g = 0; op_groups[g]; g++)
        for (int i = 0; i < op_groups[g]->n; i++)
            if (strcmp(op_groups[g]->ops[i].name, name) == 0) return &op_groups[g]->ops[i];
    return NULL;
}

/* "post" of "review_chat.post": what a button is called. */
static const char *op_verb(const struct op *op) {
    const char *dot = strchr(op->name, '.');
    return CERTAIN(dot) ? dot + 1 : op->name;
}

static enum err op_answer(struct tx *tx, const struct op *op, void *item,
                          const struct rule **ret_rule) {
    *ret_rule = NULL;
    if (!(op->roles & tx->actor.role)) return op->denied ? op->denied : ERR_NOT_ALLOWED;
    const struct rule *rule = machine_ask(tx, op->machine, item, op->event);
    *ret_rule = rule;
    return !rule ? ERR_SETTLED : rule->refuse;
}

static void refused_json(struct tx *tx, const struct op *op, enum err err,
                         const struct rule *rule, struct json *out) {
    json_object(out);
    json_put_text(out, "event", op_verb(op));
    json_put_text(out, "code", error_info(err)->name);
    json_put_text(out, "message", text_error(tx, err));
    json_put_id(out, "rule", rule ? rule->rule : 0);
    json_object_end(out);
}

static void allowed_part(struct tx *tx, const struct machine *machine, void *item, bool allowed,
                         struct json *out) {
    for (int g = 0; op_groups[g]; g++) {
        for (int i = 0; i < op_groups[g]->n; i++) {
            const struct op *op = &op_groups[g]->ops[i];
            const struct rule *rule;
            if (op->machine != machine) continue;
            enum err err = op_answer(tx, op, item, &rule);
            bool spent = !err && rule->go == STAY && !rule->then.run;
            if (allowed && !err && !spent) json_text(out, op_verb(op));
            if (!allowed && err) refused_json(tx, op, err, rule, out);
        }
    }
}

enum err ops_allowed(struct tx *tx, const struct machine *machine, void *item, struct json *out) {
    json_key(out, "allowed");
    json_array(out);
    allowed_part(tx, machine, item, true, out);
    json_array_end(out);
    json_key(out, "refused");
    json_array(out);
    allowed_part(tx, machine, item, false, out);
    json_array_end(out);
    return OK;
}
