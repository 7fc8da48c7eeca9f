/* ops/contact_form_list.c: the inbox, the archive and one thread with all that belongs to it
 * (rules 34, 50, 59, 60). Showing a question to its clinic is what marks it read. */
#include "../contact_forms.h"

#include <string.h>

#include "../db.h"
#include "../history.h"
#include "../messages.h"
#include "../ops.h"
#include "../schedule.h"
#include "../texts.h"
#include "contact_form.h"

/* ?1 the asking agent, ?2 clinic, ?3 state, ?4 doctor, ?5 who answered, ?6 origin, ?7 reminded,
 * ?8 secondary, ?9 from, ?10 to, ?11 and ?12 answer times, ?13 limit. What is 0 or '' is off. */
#define FILTERS                                                                              \
    " and (?3 = '' or f.state = ?3) and (?4 = 0 or f.practitioner_id = ?4)"                  \
    " and (?5 = 0 or f.answered_agent_id = ?5) and (?6 = '' or f.origin = ?6)"               \
    " and (?7 = 0 or f.reminded_at > 0)"                                                     \
    " and (?8 = 0 or f.origin = 'secondary' or f.offered_at > 0)"                            \
    " and f.delivered_at >= ?9 and f.delivered_at < ?10"                                     \
    " and (?11 = 0 or f.answer_ms >= ?11) and (?12 = 0 or f.answer_ms < ?12)"

enum { WAITING, DONE, ALL, COUNTS, PLACE, ONE, CLAIM, READERS, DRAFT, ONWARD };
static const char *const list_sql[] = {
    [WAITING] = "select " FORM_COLUMNS FORM_TABLES " where f.clinic_id = ?2"
                " and f.waiting_since_at > 0 and (f.waiting_since_at, f.contact_form_id)"
                " > (?14, ?15)" FILTERS
                " order by f.waiting_since_at, f.contact_form_id limit ?13 + 1",
    [DONE] = "select " FORM_COLUMNS FORM_TABLES " where f.clinic_id = ?2"
             " and f.waiting_since_at = 0 and ?14 = ?14 and f.contact_form_id < ?15" FILTERS
             " order by f.contact_form_id desc limit ?13 + 1",
    [ALL] = "select " FORM_COLUMNS FORM_TABLES " where f.clinic_id = ?2 and ?14 = ?14"
            " and f.contact_form_id < ?15" FILTERS
            " order by f.contact_form_id desc limit ?13 + 1",
    [COUNTS] = "select count(*) waiting, coalesce(sum(state = 'new'), 0) new,"
               " coalesce(sum(reminded_at > 0), 0) reminded,"
               " coalesce(sum(origin = 'secondary' or offered_at > 0), 0) secondary"
               " from (select state, reminded_at, offered_at, origin from contact_form"
               " where clinic_id = ?1 and waiting_since_at > 0 limit 1000)",
    [PLACE] = "select waiting_since_at from contact_form where contact_form_id = ?1"
              " and clinic_id = ?2",
    [ONE] = "select " FORM_COLUMNS ", k.name clinic_name, iif(?3, null, f.email) email,"
            " iif(?3, null, nullif(f.phone, '')) phone, nullif(f.origin_id, 0) origin_id,"
            " nullif(f.offered_at, 0) offered_at, f.last_message_id,"
            " f.erased_at > 0 \"erased:bool\"" FORM_TABLES_FOR("?3 = 0 and ")
            " join clinic k on k.clinic_id = f.clinic_id where f.contact_form_id = ?2",
    [CLAIM] = "select " FORM_CLAIM FORM_TABLES " where f.contact_form_id = ?2",
    [READERS] = "select v.agent_id, g.name agent_name, min(v.at) at from activity v"
                " join agent g on g.agent_id = v.agent_id where v.contact_form_id = ?1"
                " and v.act = 'read' group by v.agent_id order by 3, 1",
    [DRAFT] = "select text from draft where contact_form_id = ?1 and agent_id = ?2",
    [ONWARD] = "select k.name clinic_name, n.origin, n.delivered_at sent_at from contact_form n"
               " join clinic k on k.clinic_id = n.clinic_id where n.root_id = ?2"
               " and n.root_id <> 0 and n.origin_id = ?1 order by n.contact_form_id",
};

static const char *const scopes[] = {"waiting", "done", "all", NULL};
static const char *const states[] = {"new", "read", "answered", "answered_by_phone", "rejected",
                                     NULL};
static const char *const origins[] = {"direct", "secondary", "forwarded", NULL};

struct list_in {
    int64_t clinic_id, practitioner_id, agent_id, from_at, to_at, answer_from_ms, answer_to_ms;
    int64_t after_id, limit;
    const char *scope, *state, *origin;
    bool reminded, secondary;
};
static const struct field list_fields[] = {
    FIELD(struct list_in, clinic_id, .min = 1,
          .doc = "the clinic; its own people may leave it out"),
    FIELD(struct list_in, scope, .one_of = scopes,
          .doc = "waiting: what the clinic owes an answer, longest first; done, or all (unless"
                 " told): the latest first"),
    FIELD(struct list_in, state, .one_of = states, .doc = "only these"),
    FIELD(struct list_in, practitioner_id, .min = 1, .doc = "only for this doctor"),
    FIELD(struct list_in, agent_id, .min = 1, .doc = "only what this person answered first"),
    FIELD(struct list_in, origin, .one_of = origins, .doc = "only these"),
    FIELD(struct list_in, reminded, .doc = "only what the clinic was reminded of"),
    FIELD(struct list_in, secondary, .doc = "only what was offered elsewhere, or came so (B06)"),
    FIELD(struct list_in, from_at, .min = 0, .doc = "delivered at this instant or later"),
    FIELD(struct list_in, to_at, .min = 0, .doc = "delivered before this instant"),
    FIELD(struct list_in, answer_from_ms, .min = 0, .doc = "answered after so long or longer"),
    FIELD(struct list_in, answer_to_ms, .min = 0, .doc = "answered in less"),
    FIELD(struct list_in, after_id, .min = 1, .doc = "the page after this form"),
    FIELD(struct list_in, limit, .min = 1, .max = 200, .doc = "forms, 50 unless told"),
};

static const char *or_empty(const char *text) { return text ? text : ""; }

/* Where the next page begins, in the order of the scope. */
static enum err place(struct tx *tx, const struct list_in *in, int64_t clinic_id, int scope,
                      int64_t *ret_since_at, int64_t *ret_id) {
    const struct value *v;
    *ret_since_at = 0;
    *ret_id = in->after_id ? in->after_id : scope == WAITING ? 0 : INT64_MAX;
    if (!in->after_id || scope != WAITING) return OK;
    enum err err = db_row(tx, list_sql[PLACE], WITH(in->after_id, clinic_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "after_id");
    if (err == OK) *ret_since_at = v[0].i;
    return err;
}

static enum err contact_form_list(struct tx *tx, const void *raw, struct json *out) {
    const struct list_in *in = raw;
    int64_t clinic_id, since_at, id, limit = in->limit ? in->limit : 50;
    bool more;
    int scope = !in->scope                            ? ALL
                : strcmp(in->scope, "waiting") == 0 ? WAITING
                : strcmp(in->scope, "done") == 0    ? DONE
                                                    : ALL;
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    if (!clinic_id) return fail(tx, ERR_REQUIRED, "clinic_id");
    TRY(place(tx, in, clinic_id, scope, &since_at, &id));
    json_key(out, "contact_forms");
    json_array(out);
    TRY(db_json(tx, list_sql[scope],
                WITH(tx->actor.agent_id, clinic_id, or_empty(in->state), in->practitioner_id,
                     in->agent_id, or_empty(in->origin), in->reminded, in->secondary, in->from_at,
                     in->to_at ? in->to_at : INT64_MAX, in->answer_from_ms, in->answer_to_ms,
                     limit, since_at, id),
                limit, out, &more));
    json_array_end(out);
    json_put_bool(out, "more", more);
    json_key(out, "counts");
    json_object(out);
    TRY(db_json_row(tx, list_sql[COUNTS], WITH(clinic_id), out));
    json_object_end(out);
    return OK;
}

struct get_in {
    int64_t contact_form_id, before_id, limit;
};
static const struct field get_fields[] = {
    FIELD(struct get_in, contact_form_id, .required = true, .min = 1, .doc = "the form"),
    FIELD(struct get_in, before_id, .min = 1, .doc = "the page before this message"),
    FIELD(struct get_in, limit, .min = 1, .max = 200, .doc = "messages, 50 unless told"),
};

/* The platform reads only in the commit that logs it, and its reading does not count (B02). */
static enum err reading(struct tx *tx, struct contact_form *form) {
    if (tx->actor.role & ROLES_CLINIC)
        return machine_step(tx, &contact_form_machine, form, ON_READ, NULL);
    if (!(tx->actor.role & (ROLE_MODERATOR | ROLE_INTEGRATION))) return OK;
    const char *state = state_word(&contact_form_machine, form->item.state);
    return history_append(tx, &(struct history_row){
        .clinic_id = form->item.clinic_id, .item_kind = "contact_form", .item_id = form->item.id,
        .event = "view", .from_state = state, .to_state = state, .rule = 34,
        .because = "form_viewed", .facts = "{}"});
}

/* A form that one has read already is only shown: pages ask again with every change of it. */
static bool shows_only(struct tx *tx, const void *raw) {
    const struct get_in *in = raw;
    struct contact_form form;
    if (!(tx->actor.role & ROLES_CLINIC)) return false;
    if (contact_form_load(tx, in->contact_form_id, &form) != OK) return true;
    bool unread = strcmp(state_word(&contact_form_machine, form.item.state), "new") == 0;
    return !unread && contact_form_is_read(tx, &form) &&
           !schedule_overdue(tx, "contact_form", form.item.id);
}

static enum err rows_json(struct tx *tx, const char *key, const char *sql, struct args args,
                          struct json *out) {
    json_key(out, key);
    json_array(out);
    TRY(db_json(tx, sql, args, INT64_MAX, out, NULL));
    json_array_end(out);
    return OK;
}

/* What only colleagues see: who is answering, who has read it, and what one has not sent yet. */
static enum err colleagues_json(struct tx *tx, int64_t contact_form_id, struct json *out) {
    const struct value *v;
    TRY(db_row(tx, list_sql[CLAIM], WITH(tx->actor.agent_id, contact_form_id), &v));
    json_put_raw(out, "claim", v[0].text);
    enum err err = db_row(tx, list_sql[DRAFT], WITH(contact_form_id, tx->actor.agent_id), &v);
    if (err != OK && err != ERR_MISSING) return err;
    json_put_text(out, "draft", err == OK ? v[0].text : NULL);
    return rows_json(tx, "read_by", list_sql[READERS], WITH(contact_form_id), out);
}

static void form_texts(struct tx *tx, struct json *out) {
    static const struct {
        const char *member, *key;
    } texts[] = {{"reason_duplicate", "reason.duplicate"}, {"reason_spam", "reason.spam"},
                 {"reason_not_performed", "reason.not_performed"},
                 {"reason_cannot_meet_now", "reason.cannot_meet_now"},
                 {"emergency", "notice.emergency"},
                 {"visibility", "notice.form_visibility"},
                 {"consent", "notice.form_consent"}};
    json_key(out, "texts");
    json_object(out);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_put_text(out, texts[i].member, text_plain(tx, tx->locale, texts[i].key));
    json_object_end(out);
}

static enum err contact_form_get(struct tx *tx, const void *raw, struct json *out) {
    const struct get_in *in = raw;
    struct contact_form form;
    bool patient = tx->actor.role == ROLE_PATIENT;
    TRY(patient ? form_open(tx, in->contact_form_id, &form)
                : form_open_now(tx, in->contact_form_id, &form));
    TRY(reading(tx, &form));
    int64_t root_id = form.root_id ? form.root_id : form.item.id;
    json_key(out, "contact_form");
    json_object(out);
    TRY(db_json_row(tx, list_sql[ONE], WITH(tx->actor.agent_id, form.item.id, patient), out));
    json_object_end(out);
    TRY(messages_json(tx, "contact_form", form.item.id, in->before_id, in->limit, out));
    if (!patient) TRY(colleagues_json(tx, form.item.id, out));
    TRY(rows_json(tx, "forwarded", list_sql[ONWARD], WITH(form.item.id, root_id), out));
    TRY(contact_form_load(tx, form.item.id, &form));
    TRY(ops_allowed(tx, &contact_form_machine, &form, out));
    form_texts(tx, out);
    return OK;
}

static const struct op ops[] = {
    {.name = "contact_form.list", .roles = ROLES_CLINIC | ROLE_INTEGRATION | ROLE_MODERATOR,
     TAKES(struct list_in, list_fields), .run = contact_form_list, .rules = "39 41 59 60 65",
     .out = "{ contact_forms: ContactFormRow[], more: boolean, counts: { waiting: number,"
            " new: number, reminded: number, secondary: number } }",
     .doc = "Questions without their words: looking at the list reads none of them."},
    {.name = "contact_form.get",
     .roles = ROLES_CLINIC | ROLE_MODERATOR | ROLE_INTEGRATION | ROLE_PATIENT,
     .writes = ROLES_CLINIC | ROLE_MODERATOR | ROLE_INTEGRATION, .unless = shows_only,
     .one_item = true,
     TAKES(struct get_in, get_fields), .run = contact_form_get, .rules = "33 34 47 50 56",
     .out = "{ contact_form: ContactForm, messages: Message[], more: boolean,"
            " claim?: Claim | null, draft?: string | null, read_by?: { agent_id: number,"
            " agent_name: string, at: number }[], forwarded: { clinic_name: string, origin: string,"
            " sent_at: number }[], allowed: string[], refused: Refused[],"
            " texts: Record<string, string> }",
     .doc = "The thread; the first display to somebody of the clinic marks it read."},
};
const struct op_group contact_form_list_group = GROUP(ops);
