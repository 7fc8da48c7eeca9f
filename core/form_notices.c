/* form_notices.c: who handles a form, and how they and the patient hear of it. Whether anybody is
 * told is decided by machines/contact_form.c; what became of a notice, by machines/effect.c. */
#include "form_notices.h"

#include <string.h>

#include "db.h"
#include "effects.h"
#include "links.h"
#include "texts.h"

enum { HANDLERS, CLINIC, DEVICES, PLATFORM };
static const char *const notices_sql[] = {
    /* A doctor who is a practitioner hears of the own forms and of those to the clinic. */
    [HANDLERS] = "select a.agent_id, a.email, a.name, coalesce(nullif(a.locale, ''), c.locale)"
                 " from agent a join clinic c using (clinic_id) where a.clinic_id = ?1"
                 " and a.active = 1 and a.email <> '' and a.contact_form_email = 1"
                 " and (a.practitioner_id is null or ?2 = 0 or a.practitioner_id = ?2)"
                 " order by a.agent_id",
    [CLINIC] = "select email, name, locale from clinic where clinic_id = ?1",
    [DEVICES] = "select a.agent_id, json_object('endpoint', s.endpoint, 'keys',"
                " json_object('p256dh', s.p256dh, 'auth', s.auth)), a.name,"
                " coalesce(nullif(a.locale, ''), c.locale) from agent a"
                " join clinic c using (clinic_id) join push_subscription s using (agent_id)"
                " where a.clinic_id = ?1 and a.active = 1"
                " and (a.practitioner_id is null or ?2 = 0 or a.practitioner_id = ?2)"
                " order by s.push_subscription_id",
    [PLATFORM] = "select name from platform",
};

/* How long the patient has been waiting, in whole days of the recipient's language. */
static const char *waited(struct tx *tx, const struct contact_form *form, const char *locale) {
    static const int64_t day_ms = 86400000;
    int64_t now = tx_sent_at(tx), since_at = form->waiting_since_at ? form->waiting_since_at : now;
    int64_t waited_ms = now > since_at ? now - since_at : 0;
    return text_count(tx, locale, "days", (waited_ms + day_ms / 2) / day_ms);
}
#define CLINIC_VARS(locale) \
    {{"clinic", form->clinic_name}, {"days", waited(tx, form, (locale))}, {NULL, NULL}}

static const char *cabinet_path(struct tx *tx, const struct contact_form *form) {
    struct json path = {.arena = tx->arena};
    char id[21];
    json_append(&path, "/cabinet/#/contact_form/", 24);
    json_append(&path, id, int_text(form->item.id, id));
    return json_end(&path);
}

static enum err deadline_ms(struct tx *tx, const struct contact_form *form, enum policy policy,
                            int64_t *ret_ms) {
    TRY(policy_get(tx, form->item.clinic_id, policy, ret_ms));
    *ret_ms *= 1000;
    return OK;
}

/* The recipient's own link: it opens this form and nothing else (rules 31, 32, B01). */
static enum err staff_link(struct tx *tx, const struct contact_form *form, const struct value *v,
                           int64_t *ret_link_id) {
    int64_t ttl_s;
    TRY(policy_get(tx, form->item.clinic_id, POLICY_MAGIC_LINK_TTL_S, &ttl_s));
    return link_make(tx, &(struct link_new){
        .purpose = "contact_form_clinic", .item_kind = "contact_form", .item_id = form->item.id,
        .clinic_id = form->item.clinic_id, .agent_id = v[0].i, .recipient = v[1].text,
        .locale = v[3].text, .ttl_ms = ttl_s * 1000}, ret_link_id);
}

/* What all notices about a form have in common. */
static struct notice notice_of(const struct contact_form *form, const char *kind,
                               const char *texts, const struct text_var *vars,
                               int64_t message_id, int rule) {
    return (struct notice){
        .kind = kind, .clinic_id = form->item.clinic_id, .item_kind = "contact_form",
        .item_id = form->item.id, .message_id = message_id, .texts = texts, .vars = vars,
        .resends_max = 1, .rule = rule};
}

static enum err mail_handlers(struct tx *tx, const struct contact_form *form, struct notice notice,
                              int64_t *ret_n) {
    struct rows rows;
    int64_t effect_id;
    TRY(db_rows(tx, notices_sql[HANDLERS],
                WITH(form->item.clinic_id, form->practitioner_id), &rows));
    notice.audience = "agent";
    notice.path = "/sign-in";
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        struct text_var vars[] = CLINIC_VARS(v[3].text);
        notice.vars = vars;
        notice.agent_id = v[0].i;
        notice.recipient = v[1].text;
        notice.recipient_name = v[2].text;
        notice.locale = v[3].text;
        TRY(staff_link(tx, form, v, &notice.link_id));
        TRY(effects_emit(tx, &notice, &effect_id));
    }
    *ret_n = rows.n;
    return OK;
}

/* Where nobody has an address of his own, the clinic's stands in; its link asks for a sign-in. */
static enum err mail_clinic(struct tx *tx, const struct contact_form *form, struct notice notice,
                            int64_t *ret_n) {
    const struct value *v;
    int64_t effect_id;
    TRY(db_row(tx, notices_sql[CLINIC], WITH(form->item.clinic_id), &v));
    if (!v[0].text[0]) return OK;
    notice.audience = "clinic";
    notice.recipient = v[0].text;
    notice.recipient_name = v[1].text;
    notice.locale = v[2].text;
    notice.path = cabinet_path(tx, form);
    struct text_var vars[] = CLINIC_VARS(v[2].text);
    notice.vars = vars;
    *ret_n = 1;
    return effects_emit(tx, &notice, &effect_id);
}

static enum err ring_devices(struct tx *tx, const struct contact_form *form,
                             struct notice notice) {
    struct rows rows;
    int64_t effect_id;
    TRY(db_rows(tx, notices_sql[DEVICES],
                WITH(form->item.clinic_id, form->practitioner_id), &rows));
    notice.audience = "agent";
    notice.path = cabinet_path(tx, form);
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        struct text_var vars[] = CLINIC_VARS(v[3].text);
        notice.vars = vars;
        notice.agent_id = v[0].i;
        notice.recipient = v[1].text;
        notice.recipient_name = v[2].text;
        notice.locale = v[3].text;
        TRY(effects_emit(tx, &notice, &effect_id));
    }
    return OK;
}

enum err form_notify_clinic(struct tx *tx, const struct contact_form *form, const char *texts,
                            int rule, int64_t *ret_n) {
    struct notice mail = notice_of(form, "email.send", texts, NULL, 0, rule);
    struct notice push = notice_of(form, "push.send", texts, NULL, 0, rule);
    TRY(deadline_ms(tx, form, POLICY_NOTICE_EMAIL_DEADLINE_S, &mail.deadline_ms));
    TRY(deadline_ms(tx, form, POLICY_NOTICE_SMS_DEADLINE_S, &push.deadline_ms));
    TRY(mail_handlers(tx, form, mail, ret_n));
    if (!*ret_n) TRY(mail_clinic(tx, form, mail, ret_n));
    return ring_devices(tx, form, push);
}

static enum err patient_link(struct tx *tx, const struct contact_form *form,
                             int64_t *ret_link_id) {
    int64_t ttl_s;
    TRY(policy_get(tx, form->item.clinic_id, POLICY_LINK_TTL_S, &ttl_s));
    return link_make(tx, &(struct link_new){
        .purpose = "contact_form", .item_kind = "contact_form", .item_id = form->item.id,
        .clinic_id = form->item.clinic_id, .recipient = form->phone[0] ? form->phone : form->email,
        .locale = form->locale, .ttl_ms = ttl_s * 1000}, ret_link_id);
}

static const char *reason_text(struct tx *tx, const struct contact_form *form) {
    struct json key = {.arena = tx->arena};
    json_append(&key, "reason.", 7);
    json_append(&key, form->reason, strlen(form->reason));
    return form->reason[0] ? text_plain(tx, form->locale, json_end(&key)) : "";
}

enum err form_notify_patient(struct tx *tx, const struct contact_form *form, const char *texts,
                             const char *channel, int64_t message_id, int rule) {
    bool email = strcmp(channel, "email") == 0;
    int64_t effect_id;
    const struct value *v;
    enum err named = db_row(tx, notices_sql[PLATFORM], WITH_NOTHING, &v);
    if (named != OK && named != ERR_MISSING) return named;
    /* Not the name: whoever writes a stranger's address must not write him a letter with it. */
    struct text_var vars[] = {{"clinic", form->clinic_name},
                              {"platform", named == OK ? v[0].text : ""},
                              {"reason", reason_text(tx, form)}, {NULL, NULL}};
    struct notice notice = notice_of(form, effect_kind(channel), texts, vars, message_id, rule);
    if (form->erased_at) return OK;
    notice.audience = "patient";
    notice.recipient = email ? form->email : form->phone;
    notice.locale = form->locale;
    notice.path = "/form";
    /* Only what a message announces may go by SMS instead: delivery.c follows it. */
    notice.fallbacks = email && message_id && form->phone[0] ? "sms" : "";
    TRY(deadline_ms(tx, form,
                    email ? POLICY_NOTICE_EMAIL_DEADLINE_S : POLICY_NOTICE_SMS_DEADLINE_S,
                    &notice.deadline_ms));
    TRY(patient_link(tx, form, &notice.link_id));
    return effects_emit(tx, &notice, &effect_id);
}

enum err form_spam_stays(struct tx *tx, const struct contact_form *form, bool *ret_stays) {
    int64_t forward_spam;
    TRY(policy_get(tx, form->item.clinic_id, POLICY_FORM_FORWARD_SPAM, &forward_spam));
    *ret_stays = strcmp(form->reason, "spam") == 0 && !forward_spam;
    return OK;
}

/* Nobody is invited to send on what the policy then refuses to send on (rule 46). */
enum err form_notify_rejected(struct tx *tx, const struct contact_form *form, const char *channel,
                              int64_t message_id, int rule) {
    bool stays;
    TRY(form_spam_stays(tx, form, &stays));
    return form_notify_patient(tx, form, stays ? "notice.contact_form_rejected_stays"
                                               : "notice.contact_form_rejected",
                               channel, message_id, rule);
}

enum err form_invite_again(struct tx *tx, const struct message *message, const char *channel) {
    struct contact_form form;
    TRY(contact_form_load(tx, message->item_id, &form));
    if (strcmp(message->kind, "rejection") == 0)
        return form_notify_rejected(tx, &form, channel, message->item.id, 48);
    return form_notify_patient(tx, &form, "notice.contact_form_answer", channel,
                               message->item.id, 48);
}
