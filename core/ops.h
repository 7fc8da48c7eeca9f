/* ops.h: the shape of an operation. The list itself is in the tables of core/ops, gathered by
 * ops.c; desk_describe() prints it. A new operation is a new row there and nothing elsewhere. */
#ifndef OPS_H
#define OPS_H

#include "access.h"
#include "fields.h"
#include "json.h"
#include "machine.h"
#include "tx.h"

struct op {
    const char *name;
    unsigned roles;  /* who may ask at all */
    unsigned writes; /* for whom it changes something; 0 for a read */
    bool (*unless)(struct tx *, const void *in); /* NULL, or: when it changes nothing this time */
    const struct field *in;
    int in_n;
    size_t in_size;
    enum err (*run)(struct tx *, const void *in, struct json *out);
    const struct machine *machine; /* with `event`: what a button of this op would do */
    enum event event;
    bool one_item;   /* may be asked in a session that is limited to one item (rule 32) */
    enum err denied; /* what other roles are told; 0 for denied.not_allowed */
    const char *out;   /* TypeScript type of the answer */
    const char *rules; /* numbers in spec/rules.md */
    const char *doc;   /* one sentence */
};

#define TAKES(type, table)                                    \
    .in = (table), .in_n = (int)(sizeof(table) / sizeof *(table)), .in_size = sizeof(type)
#define ALWAYS_WRITES .writes = ROLES_ALL

struct op_group {
    const struct op *ops;
    int n;
};
#define GROUP(table) {(table), (int)(sizeof(table) / sizeof *(table))}

/* One group per file of core/ops. */
extern const struct op_group directory_group, review_group, review_chat_group, effect_group,
    link_group, session_group, item_group, sync_group, core_group, policy_group,
    contact_form_group, contact_form_list_group, contact_form_patient_group, indicator_group,
    team_group, notice_group, calendar_group, search_group, person_group;
extern const struct op_group *const op_groups[];

/* By its name, or NULL. */
const struct op *op_find(const char *name);

/* Writes `allowed` and `refused` of an item for the actor, as the machine's own table says. */
enum err ops_allowed(struct tx *, const struct machine *, void *item, struct json *);

#endif
