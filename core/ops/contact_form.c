/* ops/contact_form.c: what visitors and a clinic's people ask about questions. Decodes and
 * answers; what may happen stands in machines/contact_form.c. */
#include "../contact_forms.h"

#include <string.h>

#include "../db.h"
#include "../history.h"
#include "../indicator.h"
#include "../ops.h"
#include "../texts.h"
#include "contact_form.h"

enum { CLINIC, PRACTITIONER, RECENT, SERVICES, PRACTITIONERS, OTHER, CLAIMED_BY, RENEW, SAVE,
       DISCARD };
static const char *const form_sql[] = {
    [CLINIC] = "select name, locale from clinic where clinic_id = ?1",
    [PRACTITIONER] = "select name from practitioner where practitioner_id = ?1"
                     " and clinic_id = ?2",
    [RECENT] = "select coalesce(sum(delivered_at > ?3), 0), count(*) from contact_form"
               " indexed by contact_form_email where email = ?1 and email <> ''"
               " and clinic_id = ?2 and delivered_at > ?4",
    [SERVICES] = "select name from service where clinic_id = ?1 union select v.value from"
                 " practitioner p, json_each(p.services) v where p.clinic_id = ?1"
                 " and (?2 = 0 or p.practitioner_id = ?2) order by 1",
    [PRACTITIONERS] = "select practitioner_id, name from practitioner where clinic_id = ?1"
                      " order by name, practitioner_id",
    [OTHER] = "select message_id, nullif(agent_name, '') agent_name, kind, text, sent_at"
              " from message where message_id = ?1",
    [CLAIMED_BY] = "select f.claim_agent_id agent_id, a.name agent_name, f.claim_until_at until_at"
                   " from contact_form f join agent a on a.agent_id = f.claim_agent_id"
                   " where f.contact_form_id = ?1",
    [RENEW] = "update contact_form set claim_until_at = ?2, rev = rev()"
              " where contact_form_id = ?1",
    [SAVE] = "insert into draft (contact_form_id, agent_id, text, saved_at)"
             " values (?1, ?2, ?3, now_ms()) on conflict do update set text = excluded.text,"
             " saved_at = excluded.saved_at",
    [DISCARD] = "delete from draft where contact_form_id = ?1 and agent_id = ?2",
};

enum { HOUR_MS = 3600000, DAY_MS = 86400000, FORMS_AN_HOUR = 5, FORMS_A_DAY = 20 };

enum err form_open(struct tx *tx, int64_t contact_form_id, struct contact_form *ret_form) {
    TRY(contact_form_load(tx, contact_form_id, ret_form));
    return access_item(tx, "contact_form", contact_form_id, ret_form->item.clinic_id,
                       "contact_form_id");
}

enum err form_open_now(struct tx *tx, int64_t contact_form_id, struct contact_form *ret_form) {
    TRY(form_open(tx, contact_form_id, ret_form));
    TRY(contact_form_catch_up(tx, contact_form_id));
    return contact_form_load(tx, contact_form_id, ret_form);
}

static enum err practitioner_of(struct tx *tx, int64_t practitioner_id, int64_t clinic_id,
                                const char **ret_name) {
    const struct value *v;
    *ret_name = NULL;
    if (!practitioner_id) return OK;
    enum err err = db_row(tx, form_sql[PRACTITIONER], WITH(practitioner_id, clinic_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "practitioner_id");
    TRY(err);
    *ret_name = v[0].text;
    return OK;
}

enum err form_addressee(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                        const char **ret_clinic_name, const char **ret_name) {
    const struct value *v;
    enum err err = db_row(tx, form_sql[CLINIC], WITH(clinic_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "clinic_id");
    TRY(err);
    *ret_clinic_name = v[0].text;
    return practitioner_of(tx, practitioner_id, clinic_id, ret_name);
}

/* Whoever writes during an absence is told when somebody will be back; the question is taken all
 * the same (rule 54, B13). */
static enum err absence_warning(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                                struct json *out) {
    int64_t end_at;
    char *date = arena_alloc(tx->arena, 11);
    if (!date) return ERR_MEMORY;
    TRY(calendar_absence_end(tx, clinic_id, practitioner_id, tx->now, &end_at));
    if (!end_at) return OK;
    TRY(calendar_date(tx, clinic_id, end_at, date));
    struct text_var vars[] = {{"date", text_date(tx, date)}, {NULL, NULL}};
    json_key(out, "warning");
    json_object(out);
    json_put_text(out, "code", "absent");
    json_put_text(out, "back_on", date);
    json_put_text(out, "text", text_format(tx, tx->locale,
                                           practitioner_id ? "warn.absence" : "warn.closed",
                                           vars));
    json_object_end(out);
    return OK;
}

struct send_in {
    int64_t clinic_id, practitioner_id;
    const char *name, *email, *phone, *locale, *service, *text, *trap;
};
static const struct field send_fields[] = {
    FIELD(struct send_in, clinic_id, .required = true, .min = 1, .doc = "whom it asks"),
    FIELD(struct send_in, practitioner_id, .min = 1, .doc = "a doctor there"),
    FIELD(struct send_in, name, .required = true, .max = 120, .doc = "the patient's name"),
    FIELD(struct send_in, email, .required = true, .format = FORMAT_EMAIL,
          .doc = "where the invitation to read the answer goes (rule 48)"),
    FIELD(struct send_in, phone, .format = FORMAT_PHONE, .doc = "E.164"),
    FIELD(struct send_in, locale, .required = true, .one_of = locales,
          .doc = "the patient's language"),
    FIELD(struct send_in, service, .max = 200,
          .doc = "what it is about, from contact_form.preview"),
    FIELD(struct send_in, text, .required = true, .max = 4000, .doc = "the question, plain text"),
    FIELD(struct send_in, trap, .max = 200,
          .doc = "a field that people do not see; whoever fills it is a program"),
};

static enum err too_many(struct tx *tx, const char *email, int64_t clinic_id) {
    const struct value *v;
    TRY(db_row(tx, form_sql[RECENT],
               WITH(email, clinic_id, tx->now - HOUR_MS, tx->now - DAY_MS), &v));
    bool many = v[0].i >= FORMS_AN_HOUR || v[1].i >= FORMS_A_DAY;
    return many ? fail(tx, ERR_TOO_MANY, "email") : OK;
}

/* Addresses are compared without regard to case, as every mail system does. */
static const char *lower(struct tx *tx, const char *text) {
    size_t size = strlen(text);
    char *out = arena_alloc(tx->arena, size + 1);
    if (!out) return "";
    for (size_t i = 0; i < size; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    return out;
}

static enum err contact_form_send(struct tx *tx, const void *raw, struct json *out) {
    const struct send_in *in = raw;
    const char *clinic_name, *practitioner_name, *email = lower(tx, in->email);
    int64_t contact_form_id;
    if (in->trap && *in->trap) return fail(tx, ERR_SPAM, "trap");
    TRY(form_addressee(tx, in->clinic_id, in->practitioner_id, &clinic_name, &practitioner_name));
    TRY(too_many(tx, email, in->clinic_id));
    TRY(contact_form_create(tx, &(struct form_new){
        .clinic_id = in->clinic_id, .practitioner_id = in->practitioner_id, .name = in->name,
        .email = email, .phone = in->phone ? in->phone : "", .locale = in->locale,
        .service = in->service ? in->service : "", .text = in->text, .origin = "direct"},
        &contact_form_id));
    json_put_int(out, "contact_form_id", contact_form_id);
    return absence_warning(tx, in->clinic_id, in->practitioner_id, out);
}

struct preview_in {
    int64_t clinic_id, practitioner_id;
};
static const struct field preview_fields[] = {
    FIELD(struct preview_in, clinic_id, .required = true, .min = 1, .doc = "whom it would ask"),
    FIELD(struct preview_in, practitioner_id, .min = 1, .doc = "a doctor there"),
};

static enum err addressee_json(struct tx *tx, const struct preview_in *in, struct json *out) {
    struct rows services;
    TRY(db_rows(tx, form_sql[SERVICES], WITH(in->clinic_id, in->practitioner_id), &services));
    json_key(out, "services");
    json_array(out);
    for (int i = 0; i < services.n; i++) json_text(out, row_at(&services, i)[0].text);
    json_array_end(out);
    json_key(out, "practitioners");
    json_array(out);
    TRY(db_json(tx, form_sql[PRACTITIONERS], WITH(in->clinic_id), INT64_MAX, out, NULL));
    json_array_end(out);
    return OK;
}

static enum err contact_form_preview(struct tx *tx, const void *raw, struct json *out) {
    const struct preview_in *in = raw;
    const char *clinic_name, *practitioner_name;
    int64_t opens_at;
    TRY(form_addressee(tx, in->clinic_id, in->practitioner_id, &clinic_name, &practitioner_name));
    json_put_text(out, "clinic_name", clinic_name);
    json_put_text(out, "practitioner_name", practitioner_name);
    TRY(addressee_json(tx, in, out));
    TRY(absence_warning(tx, in->clinic_id, in->practitioner_id, out));
    json_put_text(out, "emergency", text_plain(tx, tx->locale, "notice.emergency"));
    TRY(calendar_opening(tx, in->clinic_id, tx->now, &opens_at));
    json_key(out, "open_now");
    if (opens_at) json_bool(out, opens_at == tx->now);
    else json_null(out);
    json_put_id(out, "opens_at", opens_at == tx->now ? 0 : opens_at);
    json_key(out, "response");
    json_object(out);
    struct span span = {in->practitioner_id ? 0 : in->clinic_id, in->practitioner_id, tx->now};
    TRY(indicator_json(tx, &span, out));
    json_object_end(out);
    return OK;
}

struct form_in {
    int64_t contact_form_id;
    bool take_over;
};
static const struct field claim_fields[] = {
    FIELD(struct form_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
    FIELD(struct form_in, take_over, .doc = "although somebody else is answering"),
};
static const struct field form_fields[] = {
    FIELD(struct form_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
};

static const char *row_text(struct tx *tx, const char *sql, int64_t id) {
    struct json facts = {.arena = tx->arena};
    json_object(&facts);
    enum err err = db_json_row(tx, sql, WITH(id), &facts);
    json_object_end(&facts);
    return err == OK ? json_end(&facts) : NULL;
}

/* Shows whoever was refused what stands in the way: who is answering, or what was answered. */
static void show_other(struct tx *tx, const struct contact_form *form, enum err err,
                       int64_t unseen_id) {
    if (err == ERR_CLAIMED) tx->fault.facts = row_text(tx, form_sql[CLAIMED_BY], form->item.id);
    if (err == ERR_STALE) tx->fault.facts = row_text(tx, form_sql[OTHER], unseen_id);
}

/* Typing on renews one's own claim without a word in the history. */
static enum err contact_form_claim(struct tx *tx, const void *raw, struct json *out) {
    const struct form_in *in = raw;
    struct contact_form form;
    int64_t ttl_s;
    TRY(form_open_now(tx, in->contact_form_id, &form));
    TRY(policy_get(tx, form.item.clinic_id, POLICY_CLAIM_TTL_S, &ttl_s));
    int64_t until_at = tx->now + ttl_s * 1000;
    bool mine = form.claim_agent_id == tx->actor.agent_id && form.claim_until_at > tx->now;
    enum err err = mine ? db_run(tx, form_sql[RENEW], WITH(form.item.id, until_at))
                        : machine_step(tx, &contact_form_machine, &form, ON_CLAIM,
                                       &(struct claim){in->take_over});
    show_other(tx, &form, err, 0);
    TRY(err);
    json_put_int(out, "until_at", until_at);
    return OK;
}

static enum err contact_form_release(struct tx *tx, const void *raw, struct json *out) {
    const struct form_in *in = raw;
    struct contact_form form;
    (void)out;
    TRY(form_open_now(tx, in->contact_form_id, &form));
    return machine_step(tx, &contact_form_machine, &form, ON_RELEASE, NULL);
}

static enum err draft_save(struct tx *tx, int64_t contact_form_id, const char *text) {
    if (!text || !*text)
        return db_run(tx, form_sql[DISCARD], WITH(contact_form_id, tx->actor.agent_id));
    return db_run(tx, form_sql[SAVE], WITH(contact_form_id, tx->actor.agent_id, text));
}

struct draft_in {
    int64_t contact_form_id;
    const char *text;
};
static const struct field draft_fields[] = {
    FIELD(struct draft_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
    FIELD(struct draft_in, text, .max = 4000, .doc = "not sent yet; empty discards it"),
};

static enum err contact_form_save_draft(struct tx *tx, const void *raw, struct json *out) {
    const struct draft_in *in = raw;
    struct contact_form form;
    TRY(form_open(tx, in->contact_form_id, &form));
    if (form.erased_at) return fail(tx, ERR_ERASED, NULL);
    TRY(draft_save(tx, in->contact_form_id, in->text));
    json_put_int(out, "saved_at", tx->now);
    return OK;
}

/* Answers in any of the three ways. What is refused because somebody was faster keeps its text as
 * the writer's draft, and shows what the other one wrote (rule 57, B15). */
static enum err settle(struct tx *tx, int64_t contact_form_id, enum event event,
                       const struct answer *answer, struct json *out) {
    struct contact_form form;
    TRY(form_open_now(tx, contact_form_id, &form));
    enum err err = machine_step(tx, &contact_form_machine, &form, event, answer);
    if (err == ERR_STALE || err == ERR_CLAIMED) {
        show_other(tx, &form, err, answer_unseen(&form, answer));
        if (answer->text && *answer->text) TRY(draft_save(tx, contact_form_id, answer->text));
        tx->fault.keeps = true;
    }
    TRY(err);
    json_put_int(out, "message_id", *answer->ret_message_id);
    json_put_bool(out, "first", form.answered_at == 0);
    return OK;
}

struct answer_in {
    int64_t contact_form_id, last_message_id, called_at;
    const char *text, *note, *reason;
};
static const struct field answer_fields[] = {
    FIELD(struct answer_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
    FIELD(struct answer_in, text, .required = true, .max = 4000, .doc = "the answer, plain text"),
    FIELD(struct answer_in, last_message_id, .required = true, .min = 1,
          .doc = "the newest message that the writer had seen (B15)"),
};

static enum err contact_form_answer(struct tx *tx, const void *raw, struct json *out) {
    const struct answer_in *in = raw;
    int64_t message_id = 0;
    return settle(tx, in->contact_form_id, ON_ANSWER,
                  &(struct answer){.text = in->text, .last_message_id = in->last_message_id,
                                   .ret_message_id = &message_id}, out);
}

static const struct field by_phone_fields[] = {
    FIELD(struct answer_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
    FIELD(struct answer_in, note, .max = 2000,
          .doc = "for colleagues; the patient does not see it"),
    FIELD(struct answer_in, called_at, .min = 1,
          .doc = "when the call was, as claimed: shown, never counted (B12)"),
    FIELD(struct answer_in, last_message_id, .min = 1,
          .doc = "the newest message that the writer had seen (B15)"),
};

static enum err contact_form_answer_by_phone(struct tx *tx, const void *raw, struct json *out) {
    const struct answer_in *in = raw;
    int64_t message_id = 0;
    if (in->called_at > tx->now) return fail(tx, ERR_IN_THE_FUTURE, "called_at");
    return settle(tx, in->contact_form_id, ON_ANSWER_BY_PHONE,
                  &(struct answer){.text = in->note, .called_at = in->called_at,
                                   .last_message_id = in->last_message_id,
                                   .ret_message_id = &message_id}, out);
}

static const char *const reasons[] = {"duplicate", "spam", "not_performed", "cannot_meet_now",
                                      NULL};
static const struct field reject_fields[] = {
    FIELD(struct answer_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
    FIELD(struct answer_in, reason, .required = true,
          .doc = "duplicate, spam, not_performed or cannot_meet_now (rule 43)"),
    FIELD(struct answer_in, note, .max = 2000, .doc = "the patient reads it"),
    FIELD(struct answer_in, last_message_id, .min = 1,
          .doc = "the newest message that the writer had seen (B15)"),
};

static enum err contact_form_reject(struct tx *tx, const void *raw, struct json *out) {
    const struct answer_in *in = raw;
    int64_t message_id = 0;
    const char *known = NULL;
    for (int i = 0; reasons[i]; i++)
        if (strcmp(reasons[i], in->reason) == 0) known = reasons[i];
    if (!known) return fail_rule(tx, fail(tx, ERR_BAD_REASON, "reason"), 43);
    return settle(tx, in->contact_form_id, ON_REJECT,
                  &(struct answer){.text = in->note, .reason = known,
                                   .last_message_id = in->last_message_id,
                                   .ret_message_id = &message_id}, out);
}

#define PUBLIC (ROLE_VISITOR | ROLE_INTEGRATION | ROLE_HOST | ROLES_AGENT | ROLE_PATIENT)
#define ANSWERED "{ message_id: number, first: boolean }"
static const struct op ops[] = {
    {.name = "contact_form.send", .roles = ROLE_VISITOR | ROLE_INTEGRATION, ALWAYS_WRITES,
     TAKES(struct send_in, send_fields), .run = contact_form_send, .rules = "30 31 43 54 64",
     .out = "{ contact_form_id: number, warning?: AbsenceWarning }",
     .doc = "A patient asks; the clinic is told, and during an absence the patient is warned."},
    {.name = "contact_form.preview", .roles = PUBLIC, TAKES(struct preview_in, preview_fields),
     .run = contact_form_preview, .rules = "45 54",
     .out = "{ clinic_name: string, practitioner_name: string | null, services: string[],"
            " practitioners: { practitioner_id: number, name: string }[], warning?: AbsenceWarning,"
            " emergency: string, open_now: boolean | null, opens_at: number | null,"
            " response: Indicator }",
     .doc = "What a patient should know before writing."},
    {.name = "contact_form.claim", .roles = ROLES_CLINIC, ALWAYS_WRITES, .one_item = true,
     TAKES(struct form_in, claim_fields), .run = contact_form_claim,
     .machine = &contact_form_machine, .event = ON_CLAIM, .rules = "57",
     .out = "{ until_at: number }",
     .doc = "Tells colleagues that one is answering; ends by itself without a keystroke."},
    {.name = "contact_form.release", .roles = ROLES_CLINIC, ALWAYS_WRITES, .one_item = true,
     TAKES(struct form_in, form_fields), .run = contact_form_release,
     .machine = &contact_form_machine, .event = ON_RELEASE, .rules = "57", .out = "{}",
     .doc = "Gives one's claim back."},
    {.name = "contact_form.save_draft", .roles = ROLES_CLINIC, ALWAYS_WRITES, .one_item = true,
     TAKES(struct draft_in, draft_fields), .run = contact_form_save_draft, .rules = "57",
     .out = "{ saved_at: number }", .doc = "Keeps what is not sent yet, for its writer only."},
    {.name = "contact_form.answer", .roles = ROLES_CLINIC, ALWAYS_WRITES, .one_item = true,
     TAKES(struct answer_in, answer_fields), .run = contact_form_answer,
     .machine = &contact_form_machine, .event = ON_ANSWER, .rules = "30 33 47 48 57 62",
     .out = ANSWERED,
     .doc = "Answers; refused.stale shows the answer that came first and keeps the text as draft."},
    {.name = "contact_form.answer_by_phone", .roles = ROLES_CLINIC, ALWAYS_WRITES,
     .one_item = true, TAKES(struct answer_in, by_phone_fields),
     .run = contact_form_answer_by_phone, .machine = &contact_form_machine,
     .event = ON_ANSWER_BY_PHONE, .rules = "51 52", .out = ANSWERED,
     .doc = "Notes that it was settled by telephone; the time of this entry counts."},
    {.name = "contact_form.reject", .roles = ROLES_CLINIC, ALWAYS_WRITES, .one_item = true,
     TAKES(struct answer_in, reject_fields), .run = contact_form_reject,
     .machine = &contact_form_machine, .event = ON_REJECT, .rules = "42 43 44", .out = ANSWERED,
     .doc = "Rejects for one of four reasons; the patient is told and may send it on."},
};
const struct op_group contact_form_group = GROUP(ops);
