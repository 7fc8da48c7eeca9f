/* ops/notice.c: how staff hear of new questions, whose address takes no mail, and the platform's
 * list of whom to call (rules 31, 61). */
#include "../bounces.h"
#include "../db.h"
#include "../ops.h"

#include <string.h>

enum { WISH, WISH_SET, DEVICES, BOUNCES, SUBSCRIBE, UNSUBSCRIBE, TASKS, TASK_CLOSE, SUBSCRIPTION };
static const char *const notice_sql[] = {
    [WISH] = "select contact_form_email \"contact_form_email:bool\" from agent where agent_id = ?1",
    [WISH_SET] = "update agent set contact_form_email = ?2, rev = rev() where agent_id = ?1",
    [DEVICES] = "select push_subscription_id subscription_id, label, added_at"
                " from push_subscription where agent_id = ?1 order by 1",
    [BOUNCES] = "select t.address, a.name agent_name, t.error, t.opened_at at from task t"
                " left join agent a on a.agent_id = t.agent_id where t.kind = 'bounced_address'"
                " and t.clinic_id = ?1 and t.closed_at = 0 order by t.task_id",
    [SUBSCRIBE] = "insert into push_subscription (agent_id, endpoint, p256dh, auth, label,"
                  " added_at) values (?1, ?2, ?3, ?4, ?5, now_ms()) on conflict (endpoint)"
                  " do update set agent_id = excluded.agent_id, p256dh = excluded.p256dh,"
                  " auth = excluded.auth, label = excluded.label",
    [UNSUBSCRIBE] = "delete from push_subscription where agent_id = ?1"
                    " and (endpoint = ?2 or push_subscription_id = ?3)",
    [SUBSCRIPTION] = "select push_subscription_id from push_subscription where endpoint = ?1",
    [TASKS] = "select t.task_id, t.kind, t.clinic_id, c.name clinic_name,"
              " nullif(t.agent_id, 0) agent_id, a.name agent_name, t.address, t.error,"
              " t.opened_at from task t join clinic c using (clinic_id)"
              " left join agent a on a.agent_id = t.agent_id where t.closed_at = 0"
              " order by t.task_id",
    [TASK_CLOSE] = "update task set closed_at = now_ms() where task_id = ?1 and closed_at = 0",
};

static enum err rows_json(struct tx *tx, const char *key, const char *sql, struct args args,
                          struct json *out) {
    json_key(out, key);
    json_array(out);
    TRY(db_json(tx, sql, args, INT64_MAX, out, NULL));
    json_array_end(out);
    return OK;
}

static enum err notice_get(struct tx *tx, const void *raw, struct json *out) {
    (void)raw;
    TRY(db_json_row(tx, notice_sql[WISH], WITH(tx->actor.agent_id), out));
    TRY(rows_json(tx, "push", notice_sql[DEVICES], WITH(tx->actor.agent_id), out));
    return rows_json(tx, "bounces", notice_sql[BOUNCES], WITH(tx->actor.clinic_id), out);
}

struct notice_in {
    bool contact_form_email;
};
static const struct field notice_fields[] = {
    FIELD(struct notice_in, contact_form_email, .required = true,
          .doc = "whether one wants e-mails about contact forms"),
};

static enum err notice_set(struct tx *tx, const void *raw, struct json *out) {
    const struct notice_in *in = raw;
    json_put_bool(out, "contact_form_email", in->contact_form_email);
    return db_run(tx, notice_sql[WISH_SET], WITH(tx->actor.agent_id, in->contact_form_email));
}

struct push_in {
    int64_t subscription_id;
    const char *endpoint, *p256dh, *auth, *label;
};
static const struct field subscribe_fields[] = {
    FIELD(struct push_in, endpoint, .required = true, .max = 1000,
          .doc = "where the device's push service takes messages, https"),
    FIELD(struct push_in, p256dh, .required = true, .max = 200, .doc = "its public key, base64url"),
    FIELD(struct push_in, auth, .required = true, .max = 100, .doc = "its secret, base64url"),
    FIELD(struct push_in, label, .max = 120, .doc = "how its owner knows the device"),
};

static enum err push_subscribe(struct tx *tx, const void *raw, struct json *out) {
    const struct push_in *in = raw;
    const struct value *v;
    if (strncmp(in->endpoint, "https://", 8) != 0)
        return fail_detail(tx, ERR_BAD_VALUE, "endpoint", "https://…");
    TRY(db_run(tx, notice_sql[SUBSCRIBE], WITH(tx->actor.agent_id, in->endpoint, in->p256dh,
                                               in->auth, in->label ? in->label : "")));
    TRY(db_row(tx, notice_sql[SUBSCRIPTION], WITH(in->endpoint), &v));
    json_put_int(out, "subscription_id", v[0].i);
    return OK;
}

static const struct field unsubscribe_fields[] = {
    FIELD(struct push_in, subscription_id, .min = 1, .doc = "of notice.get: any own device"),
    FIELD(struct push_in, endpoint, .max = 1000, .doc = "or as this device gave it"),
};

static enum err push_unsubscribe(struct tx *tx, const void *raw, struct json *out) {
    const struct push_in *in = raw;
    (void)out;
    if (!in->endpoint == !in->subscription_id) return fail(tx, ERR_REQUIRED, "subscription_id");
    return db_run(tx, notice_sql[UNSUBSCRIBE],
                  WITH(tx->actor.agent_id, in->endpoint, in->subscription_id));
}

static enum err task_list(struct tx *tx, const void *raw, struct json *out) {
    (void)raw;
    return rows_json(tx, "tasks", notice_sql[TASKS], WITH_NOTHING, out);
}

struct task_in {
    int64_t task_id;
};
static const struct field task_fields[] = {
    FIELD(struct task_in, task_id, .required = true, .min = 1, .doc = "what was done"),
};

static enum err task_close(struct tx *tx, const void *raw, struct json *out) {
    const struct task_in *in = raw;
    (void)out;
    TRY(db_run(tx, notice_sql[TASK_CLOSE], WITH(in->task_id)));
    return db_changes(tx->db) ? OK : fail(tx, ERR_MISSING, "task_id");
}

#define ROLES_TASKS (ROLES_PLATFORM | ROLE_INTEGRATION | ROLE_HOST)
static const struct op ops[] = {
    {.name = "notice.get", .roles = ROLES_CLINIC, .run = notice_get, .rules = "31",
     .out = "{ contact_form_email: boolean, push: { subscription_id: number, label: string,"
            " added_at: number }[], bounces: { address: string, agent_name: string | null,"
            " error: string, at: number }[] }",
     .doc = "How one hears of questions, and which addresses of the clinic take no mail."},
    {.name = "notice.set", .roles = ROLES_CLINIC, ALWAYS_WRITES,
     TAKES(struct notice_in, notice_fields), .run = notice_set, .rules = "31",
     .out = "{ contact_form_email: boolean }", .doc = "Turns one's own e-mails on or off."},
    {.name = "push.subscribe", .roles = ROLES_CLINIC, ALWAYS_WRITES,
     TAKES(struct push_in, subscribe_fields), .run = push_subscribe, .rules = "61",
     .out = "{ subscription_id: number }", .doc = "This device wants to hear of questions."},
    {.name = "push.unsubscribe", .roles = ROLES_CLINIC, ALWAYS_WRITES,
     TAKES(struct push_in, unsubscribe_fields), .run = push_unsubscribe, .rules = "61",
     .out = "{}", .doc = "A device of one's own does not any more."},
    {.name = "task.list", .roles = ROLES_TASKS, .run = task_list, .rules = "31",
     .out = "{ tasks: Task[] }", .doc = "What the platform's people have to do."},
    {.name = "task.close", .roles = ROLES_TASKS, ALWAYS_WRITES, TAKES(struct task_in, task_fields),
     .run = task_close, .rules = "31", .out = "{}", .doc = "It was done."},
};
const struct op_group notice_group = GROUP(ops);
