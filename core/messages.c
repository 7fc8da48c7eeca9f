/* messages.c: storing messages and emitting their notices. Whether a notice is due is decided by
 * the thread's machine; what became of it by machines/delivery.c. */
#include "messages.h"

#include <string.h>

#include "db.h"
#include "effects.h"
#include "form_notices.h"
#include "links.h"
#include "policy.h"
#include "texts.h"

enum { LOAD, ADD, AUTHOR, CLINIC, BOUND, PAGE };
static const char *const messages_sql[] = {
    [LOAD] = "select message_id, clinic_id, delivery, item_kind, author, item_id, kind"
             " from message where message_id = ?1",
    [ADD] = "insert into message (message_id, item_kind, item_id, clinic_id, author, agent_id,"
            " agent_name, agent_position, text, sent_at, delivery, kind, reason, called_at, rev)"
            " select " NEXT_ID("message") ","
            " ?1, ?2, ?3, ?4, a.agent_id, coalesce(a.name, ''), coalesce(a.position, ''),"
            " ?6, now_ms(), ?7, ?8, ?9, ?10, rev() from (select 1)"
            " left join agent a on a.agent_id = ?5",
    [AUTHOR] = "select r.author_phone, r.author_email, r.author_name, r.locale, c.name, p.name"
               " from review_chat rc join review r using (review_id)"
               " join clinic c on c.clinic_id = rc.clinic_id left join platform p"
               " where rc.review_chat_id = ?1",
    /* The clinic's own address stands in where nobody attached is left (rule 16). */
    [CLINIC] = "select a.notice_email, a.name, coalesce(nullif(a.locale, ''), c.locale), c.name"
               " from review_chat_agent rca join agent a using (agent_id)"
               " join clinic c on c.clinic_id = a.clinic_id"
               " where rca.review_chat_id = ?1 and a.active = 1 and a.notice_email <> ''"
               " union all select c.email, c.name, c.locale, c.name from review_chat rc"
             " join clinic c using (clinic_id) where rc.review_chat_id = ?1 and c.email <> ''"
             " and not exists (select 1 from review_chat_agent rca join agent a using (agent_id)"
             " where rca.review_chat_id = ?1 and a.active = 1 and a.notice_email <> '')",
    [BOUND] = "select message_id from message where item_kind = ?1 and item_id = ?2"
              " and message_id < ?4 order by message_id desc limit 1 offset ?3",
    [PAGE] = "select message_id, author, kind, nullif(agent_name, '') agent_name,"
             " nullif(agent_position, '') agent_position, iif(?5 and kind = 'phone', '', text)"
             " text, nullif(reason, '') reason, nullif(called_at, 0) called_at, sent_at, delivery"
             " from message where item_kind = ?1 and item_id = ?2 and message_id > ?3"
             " and message_id < ?4 order by message_id",
};

enum err message_load(struct tx *tx, int64_t message_id, void *ret_message) {
    struct message *message = ret_message;
    const struct value *v;
    enum err err = db_row(tx, messages_sql[LOAD], WITH(message_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "message_id");
    TRY(err);
    *message = (struct message){
        .item = {v[0].i, v[1].i, state_find(&delivery_machine, v[2].text)},
        .item_kind = v[3].text, .author = v[4].text, .item_id = v[5].i, .kind = v[6].text};
    return OK;
}

enum err message_add(struct tx *tx, const struct message_new *new, int64_t *ret_message_id) {
    return db_insert(tx, messages_sql[ADD],
                     WITH(new->item_kind, new->item_id, new->clinic_id, new->author,
                          tx->actor.agent_id, new->text, new->delivery,
                          new->kind ? new->kind : "text", new->reason ? new->reason : "",
                          new->called_at),
                     ret_message_id);
}

static enum err author_link(struct tx *tx, const struct message *message, const char *recipient,
                            const char *locale, int64_t *ret_link_id) {
    int64_t ttl_s;
    TRY(policy_get(tx, message->item.clinic_id, POLICY_LINK_TTL_S, &ttl_s));
    return link_make(tx, &(struct link_new){
        .purpose = message->item_kind, .item_kind = message->item_kind,
        .item_id = message->item_id, .clinic_id = message->item.clinic_id,
        .recipient = recipient, .locale = locale, .ttl_ms = ttl_s * 1000}, ret_link_id);
}

enum err message_notify_author(struct tx *tx, const struct message *message, const char *channel) {
    if (strcmp(message->item_kind, "contact_form") == 0)
        return form_invite_again(tx, message, channel);
    bool email = strcmp(channel, "email") == 0;
    const struct value *v;
    int64_t deadline_s, link_id, effect_id;
    TRY(db_row(tx, messages_sql[AUTHOR], WITH(message->item_id), &v));
    const char *recipient = email ? v[1].text : v[0].text;
    bool fallback = !email && v[1].text[0];
    TRY(policy_get(tx, message->item.clinic_id,
                   email ? POLICY_NOTICE_EMAIL_DEADLINE_S : POLICY_NOTICE_SMS_DEADLINE_S,
                   &deadline_s));
    TRY(author_link(tx, message, v[0].text, v[3].text, &link_id));
    struct text_var vars[] = {{"clinic", v[4].text},
                              {"platform", v[5].kind == VALUE_TEXT ? v[5].text : ""},
                              {NULL, NULL}};
    return effects_emit(tx, &(struct notice){
        .kind = effect_kind(channel), .clinic_id = message->item.clinic_id,
        .item_kind = message->item_kind, .item_id = message->item_id,
        .message_id = message->item.id, .recipient = recipient, .recipient_name = v[2].text,
        .locale = v[3].text, .texts = "notice.review_chat", .vars = vars, .link_id = link_id,
        .path = "/chat", .fallbacks = fallback ? "email" : "", .deadline_ms = deadline_s * 1000,
        .resends_max = 1, .rule = 11}, &effect_id);
}

/* The notice names the clinic and nothing of the conversation; the link asks for a sign-in. */
static enum err notify_agent(struct tx *tx, const struct message *message, const struct value *v,
                             int64_t deadline_ms) {
    int64_t effect_id;
    struct json path = {.arena = tx->arena};
    char id[21];
    json_append(&path, "/cabinet/#/", 11);
    json_append(&path, message->item_kind, strlen(message->item_kind));
    json_append(&path, "/", 1);
    json_append(&path, id, int_text(message->item_id, id));
    struct text_var vars[] = {{"clinic", v[3].text}, {NULL, NULL}};
    return effects_emit(tx, &(struct notice){
        .kind = "email.send", .clinic_id = message->item.clinic_id,
        .item_kind = message->item_kind, .item_id = message->item_id,
        .message_id = message->item.id, .recipient = v[0].text, .recipient_name = v[1].text,
        .locale = v[2].text, .texts = "notice.review_chat_clinic", .vars = vars,
        .path = json_end(&path), .deadline_ms = deadline_ms, .resends_max = 1, .rule = 16},
        &effect_id);
}

enum err message_notify_clinic(struct tx *tx, const struct message *message, int64_t *ret_n) {
    struct rows rows;
    int64_t deadline_s;
    TRY(policy_get(tx, message->item.clinic_id, POLICY_NOTICE_EMAIL_DEADLINE_S, &deadline_s));
    TRY(db_rows(tx, messages_sql[CLINIC], WITH(message->item_id), &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(notify_agent(tx, message, row_at(&rows, i), deadline_s * 1000));
    *ret_n = rows.n;
    return OK;
}

/* The page's messages lie above a lower bound, the newest message before the page. */
enum err messages_json(struct tx *tx, const char *item_kind, int64_t item_id, int64_t before_id,
                       int64_t limit, struct json *out) {
    bool patient = tx->actor.role == ROLE_PATIENT;
    const struct value *v;
    if (!limit) limit = 50;
    if (!before_id) before_id = INT64_MAX;
    enum err err = db_row(tx, messages_sql[BOUND], WITH(item_kind, item_id, limit, before_id), &v);
    if (err != OK && err != ERR_MISSING) return err;
    json_key(out, "messages");
    json_array(out);
    TRY(db_json(tx, messages_sql[PAGE],
                WITH(item_kind, item_id, err == OK ? v[0].i : 0, before_id, patient), limit, out,
                NULL));
    json_array_end(out);
    json_put_bool(out, "more", err == OK);
    return OK;
}
