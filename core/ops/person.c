/* ops/person.c: what a patient may ask of the platform about themselves: all of it as data, or all
 * of it gone. Where it is stored and how it goes: persons.c. */
#include "../persons.h"

#include <string.h>

#include "../db.h"
#include "../ops.h"
#include "../texts.h"

enum { FORM, REVIEW, CHAT, MESSAGES, DRAFTS, HISTORY, LINKS, SESSIONS, NOTICES, EACH };
static const char *const person_sql[] = {
    [EACH] = "select value from json_each(?1)",
    [FORM] = "select f.contact_form_id, f.clinic_id, c.name clinic_name, f.practitioner_id,"
             " p.name practitioner_name, f.state, f.name, f.email, nullif(f.phone, '') phone,"
             " f.locale, f.service, f.origin, nullif(f.origin_id, 0) origin_id, f.delivered_at,"
             " nullif(f.read_at, 0) read_at, nullif(f.answered_at, 0) answered_at,"
             " nullif(f.reason, '') reason,"
             " nullif(f.reminded_at, 0) reminded_at, nullif(f.offered_at, 0) offered_at,"
             " f.bounced \"bounced:bool\" from contact_form f join clinic c using (clinic_id)"
             " left join practitioner p on p.practitioner_id = f.practitioner_id"
             " where f.contact_form_id = ?1",
    [REVIEW] = "select r.review_id, r.clinic_id, c.name clinic_name, r.practitioner_id,"
               " p.name practitioner_name, r.author_name, r.author_phone,"
               " nullif(r.author_email, '') author_email, r.locale, r.rating, r.text,"
               " r.published_at, r.state, nullif(r.label, '') label,"
               " nullif(r.annulled_at, 0) annulled_at, nullif(r.reply, '') reply,"
               " nullif(r.replied_at, 0) replied_at from review r join clinic c using (clinic_id)"
               " left join practitioner p using (practitioner_id) where r.review_id = ?1",
    [CHAT] = "select review_chat_id, review_id, clinic_id, state, purpose, opened_at,"
             " nullif(solved_at, 0) solved_at, nullif(ended_at, 0) ended_at, muted \"muted:bool\""
             " from review_chat where review_chat_id = ?1",
    [MESSAGES] = "select message_id, author, kind, nullif(agent_name, '') agent_name,"
                 " nullif(agent_position, '') agent_position, text, sent_at, delivery from message"
                 " where item_kind = ?1 and item_id = ?2 order by message_id",
    [DRAFTS] = "select text, saved_at from draft where ?1 = 'contact_form' and contact_form_id = ?2"
               " order by saved_at",
    [HISTORY] = "select at, role, event, from_state, to_state, nullif(rule, 0) rule,"
                " facts \"facts:json\" from history where item_kind = ?1 and item_id = ?2"
                " order by history_id",
    [LINKS] = "select link_id, purpose, recipient, locale, uses, expires_at,"
              " nullif(revoked_at, 0) revoked_at from link where item_kind = ?1 and item_id = ?2"
              " and agent_id = 0 order by link_id",
    [SESSIONS] = "select s.opened_at, s.seen_at, nullif(s.ended_at, 0) ended_at from session s"
                 " join link l using (link_id) where l.item_kind = ?1 and l.item_id = ?2"
                 " and l.agent_id = 0 order by s.session_id",
    [NOTICES] = "select effect_id, kind, state, item_kind, item_id, recipient, recipient_name,"
                " subject, text, nullif(error, '') error, created_at from effect where effect_id in"
                " (select value from json_each(?1)) order by effect_id",
};

struct export_in {
    const char *email, *phone;
};
static const struct field export_fields[] = {
    FIELD(struct export_in, email, .format = FORMAT_EMAIL, .doc = "whose address it is …"),
    FIELD(struct export_in, phone, .format = FORMAT_PHONE, .doc = "… or whose number"),
};

static enum err find(struct tx *tx, const char *email, const char *phone,
                     struct person *ret_person) {
    if (!email && !phone) return fail(tx, ERR_REQUIRED, "email");
    return person_find(tx, email ? email : "", phone ? phone : "", ret_person);
}

static enum err list_json(struct tx *tx, const char *key, const char *sql, struct args args,
                          struct json *out) {
    json_key(out, key);
    json_array(out);
    TRY(db_json(tx, sql, args, INT64_MAX, out, NULL));
    json_array_end(out);
    return OK;
}

/* A form or a chat with all that hangs on it. */
static enum err thread_json(struct tx *tx, const char *item_kind, int64_t item_id,
                            struct json *out) {
    static const struct {
        const char *key;
        int sql;
    } parts[] = {{"messages", MESSAGES}, {"drafts", DRAFTS}, {"history", HISTORY},
                 {"links", LINKS}, {"sessions", SESSIONS}};
    json_object(out);
    TRY(db_json_row(tx, person_sql[strcmp(item_kind, "contact_form") ? CHAT : FORM], WITH(item_id),
                    out));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        TRY(list_json(tx, parts[i].key, person_sql[parts[i].sql], WITH(item_kind, item_id), out));
    json_object_end(out);
    return OK;
}

static enum err threads_json(struct tx *tx, const char *key, const char *item_kind,
                             const char *ids, struct json *out) {
    struct rows rows;
    TRY(db_rows(tx, person_sql[EACH], WITH(ids), &rows));
    json_key(out, key);
    json_array(out);
    for (int i = 0; i < rows.n; i++) TRY(thread_json(tx, item_kind, row_at(&rows, i)[0].i, out));
    json_array_end(out);
    return OK;
}

static enum err reviews_json(struct tx *tx, const char *ids, struct json *out) {
    struct rows rows;
    TRY(db_rows(tx, person_sql[EACH], WITH(ids), &rows));
    json_key(out, "reviews");
    json_array(out);
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        json_object(out);
        TRY(db_json_row(tx, person_sql[REVIEW], WITH(v[0]), out));
        TRY(list_json(tx, "history", person_sql[HISTORY], WITH("review", v[0]), out));
        json_object_end(out);
    }
    json_array_end(out);
    return OK;
}

static enum err person_export(struct tx *tx, const void *raw, struct json *out) {
    const struct export_in *in = raw;
    struct person person;
    TRY(find(tx, in->email, in->phone, &person));
    TRY(threads_json(tx, "contact_forms", "contact_form", person.forms, out));
    TRY(reviews_json(tx, person.reviews, out));
    TRY(threads_json(tx, "review_chats", "review_chat", person.chats, out));
    return list_json(tx, "notices", person_sql[NOTICES], WITH(person.effects), out);
}

struct erase_in {
    const char *email, *phone;
    bool confirmed;
};
static const struct field erase_fields[] = {
    FIELD(struct erase_in, email, .format = FORMAT_EMAIL, .doc = "whose address it is …"),
    FIELD(struct erase_in, phone, .format = FORMAT_PHONE, .doc = "… or whose number"),
    FIELD(struct erase_in, confirmed, .doc = "that it cannot be undone is understood"),
};

static enum err person_erase_op(struct tx *tx, const void *raw, struct json *out) {
    const struct erase_in *in = raw;
    struct person person;
    int64_t messages;
    TRY(find(tx, in->email, in->phone, &person));
    if (!in->confirmed) return fail(tx, ERR_NOT_CONFIRMED, "confirmed");
    TRY(person_erase(tx, &person, &messages));
    json_put_int(out, "contact_forms", person.forms_n);
    json_put_int(out, "reviews", person.reviews_n);
    json_put_int(out, "review_chats", person.chats_n);
    json_put_int(out, "messages", messages);
    json_put_int(out, "notices", person.effects_n);
    json_put_text(out, "text", text_format(tx, tx->locale, "person.erased", NULL));
    return OK;
}

static const struct op ops[] = {
    {.name = "person.export", .roles = ROLE_INTEGRATION | ROLE_HOST,
     TAKES(struct export_in, export_fields), .run = person_export, .rules = "47 50",
     .out = "{ contact_forms: object[], reviews: object[], review_chats: object[],"
            " notices: object[] }",
     .doc = "Everything that is stored about one patient."},
    {.name = "person.erase", .roles = ROLE_INTEGRATION | ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct erase_in, erase_fields), .run = person_erase_op,
     .out = "{ contact_forms: number, reviews: number, review_chats: number, messages: number,"
            " notices: number, text: string }",
     .doc = "Erases a patient for good; what was counted and what is public stays."},
};
const struct op_group person_group = GROUP(ops);
