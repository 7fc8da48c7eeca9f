/* persons.c: where a patient's data are, and erasing them there. A table that gets a column with a
 * name, an address, a number or words of a patient gets a statement here. */
#include "persons.h"

#include <string.h>

#include "db.h"
#include "effects.h"
#include "history.h"
#include "machine.h"
#include "search.h"

enum { FORMS, REVIEWS, CHATS, EFFECTS, OPEN_CHATS, QUEUED, UNTOLD, NEEDLES };
static const char *const find_sql[] = {
    /* Addresses of forms are stored in small letters, those of reviews as they came. */
    [FORMS] = "select contact_form_id from contact_form where email <> '' and email = lower(?1)"
              " union select contact_form_id from contact_form where phone <> '' and phone = ?2"
              " order by 1",
    [REVIEWS] = "select review_id from review where (?1 <> '' and lower(author_email) = lower(?1))"
                " or (?2 <> '' and author_phone = ?2) order by review_id",
    [CHATS] = "select review_chat_id from review_chat where review_id in"
              " (select value from json_each(?1)) order by review_chat_id",
    [EFFECTS] = "select effect_id from effect where message_id in (select message_id from message"
                " where " OF_PERSON ") union select effect_id from effect where message_id is null"
                " and item_kind = 'contact_form' and item_id in (select value from json_each(?1))"
                " union select effect_id from effect where message_id is null and item_kind ="
                " 'link' and item_id in (select link_id from link where agent_id = 0 and "
                OF_PERSON ") order by 1",
    [OPEN_CHATS] = "select review_chat_id from review_chat where state = 'open'"
                   " and review_chat_id in (select value from json_each(?1))",
    [QUEUED] = "select effect_id from effect where state = 'queued'"
               " and effect_id in (select value from json_each(?1)) order by effect_id",
    [UNTOLD] = "select distinct message_id from effect where state = 'cancelled' and message_id"
               " is not null and effect_id in (select value from json_each(?1)) order by 1",
    /* How they may stand in a stored reply: in the very letters in which they are stored. */
    [NEEDLES] = "select email from contact_form where contact_form_id in (select value from"
                " json_each(?1)) union select phone from contact_form where contact_form_id in"
                " (select value from json_each(?1)) union select 'name\":' || json_quote(name)"
                " from contact_form where contact_form_id in (select value from json_each(?1))"
                " union select author_email from review where review_id in (select value from"
                " json_each(?2)) union select author_phone from review where review_id in (select"
                " value from json_each(?2)) union select 'name\":' || json_quote(author_name) from"
                " review where review_id in (select value from json_each(?2))"
                " union select '\"message_id\":' || message_id || ',' from message m where"
                " m.item_kind = 'contact_form' and m.item_id in (select value from json_each(?1))"
                " union select '\"contact_form_id\":' || value || column1 from json_each(?1),"
                " (values (','), ('}')) union select '\"review_chat_id\":' ||"
                " value || column1 from json_each(?3), (values (','), ('}'))",
};

/* ?1 forms, ?2 chats. */
static const char *const thread_sql[] = {
    "update history set facts = null where facts is not null and " OF_PERSON,
    "update history set facts = null where facts is not null and item_kind = 'message' and item_id"
    " in (select message_id from message where " OF_PERSON ")",
    "update session set ended_at = now_ms() where ended_at = 0 and link_id in (select link_id from"
    " link where agent_id = 0 and " OF_PERSON ")",
    "update link set recipient = '', revoked_at = iif(revoked_at = 0, now_ms(), revoked_at),"
    " code_until_at = 0, rev = rev() where agent_id = 0 and " OF_PERSON,
    "delete from schedule where " OF_PERSON,
    NULL,
};

/* ?1 the rows. */
static const char forms_blank[] =
    "update contact_form set name = '', email = '', phone = '', service = '', bounced = 0,"
    " waiting_since_at = 0, due_at = 0, claim_agent_id = 0, claim_until_at = 0,"
    " erased_at = now_ms(), rev = rev() where contact_form_id in (select value from json_each(?1))";
static const char drafts_delete[] =
    "delete from draft where contact_form_id in (select value from json_each(?1))";
static const char reviews_blank[] =
    "update review set author_name = '', author_phone = '', author_email = '', rev = rev()"
    " where review_id in (select value from json_each(?1))";
/* What is with a provider already may still fail or come back; then it must go nowhere. */
static const char effects_blank[] =
    "update effect set recipient = '', recipient_name = '', subject = '', text = '', error = '',"
    " facts = '{}', fallbacks = '', resends_max = 0, deadline_at = 0,"
    " rev = rev() where effect_id in (select value from json_each(?1))";
static const char effects_history[] =
    "update history set facts = null where facts is not null and item_kind = 'effect' and item_id"
    " in (select value from json_each(?1))";
/* A reply that is blanked still answers to its id: who repeats the request does nothing twice. Of a
 * refusal nothing stays; request.c then says what happened to it. */
static const char replies_blank[] =
    "update request set reply = case refused when 0 then '{\"erased\":true}' else '' end"
    " where exists (select 1 from json_each(?1) n where instr(reply, n.value))";
static const char messages_blank[] =
    "update message set text = '', rev = rev() where text <> '' and " OF_PERSON;

/* The first column of all rows as a JSON array; empty texts are no needle and no id. */
static enum err as_array(struct tx *tx, const char *sql, struct args args, const char **ret_array,
                         int64_t *ret_n) {
    struct json out = {.arena = tx->arena};
    struct rows rows;
    TRY(db_rows(tx, sql, args, &rows));
    json_array(&out);
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        if (v->kind == VALUE_INT) json_int(&out, v->i);
        else if (v->size) json_text_sized(&out, v->text, v->size);
    }
    json_array_end(&out);
    *ret_array = json_end(&out);
    *ret_n = rows.n;
    return OK;
}

enum err person_find(struct tx *tx, const char *email, const char *phone,
                     struct person *ret_person) {
    struct person *person = ret_person;
    *person = (struct person){.email = email, .phone = phone};
    TRY(as_array(tx, find_sql[FORMS], WITH(email, phone), &person->forms, &person->forms_n));
    TRY(as_array(tx, find_sql[REVIEWS], WITH(email, phone), &person->reviews, &person->reviews_n));
    TRY(as_array(tx, find_sql[CHATS], WITH(person->reviews), &person->chats, &person->chats_n));
    if (person->forms_n + person->chats_n == 0) {
        person->effects = "[]";
        return OK;
    }
    return as_array(tx, find_sql[EFFECTS], WITH(person->forms, person->chats), &person->effects,
                    &person->effects_n);
}

static enum err each_fires(struct tx *tx, const char *sql, const char *ids,
                           const struct machine *machine, enum event event) {
    struct rows rows;
    TRY(db_rows(tx, sql, WITH(ids), &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(machine_fire(tx, machine, row_at(&rows, i)[0].i, event, NULL));
    return OK;
}

static enum err replies_forget(struct tx *tx, const struct person *person) {
    const char *needles;
    int64_t n;
    TRY(as_array(tx, find_sql[NEEDLES], WITH(person->forms, person->reviews, person->chats),
                 &needles, &n));
    return db_run(tx, replies_blank, WITH(needles));
}

static enum err note_erasure(struct tx *tx, const struct person *person) {
    struct json facts = {.arena = tx->arena};
    json_object(&facts);
    json_put_int(&facts, "contact_forms", person->forms_n);
    json_put_int(&facts, "reviews", person->reviews_n);
    json_put_int(&facts, "review_chats", person->chats_n);
    json_object_end(&facts);
    return history_append(tx, &(struct history_row){
        .item_kind = "person", .event = "erase", .from_state = "", .to_state = "erased",
        .because = "person_erased", .facts = json_end(&facts)});
}

enum err person_erase(struct tx *tx, const struct person *person, int64_t *ret_messages) {
    *ret_messages = 0;
    if (person->forms_n + person->reviews_n == 0) return OK;
    TRY(search_forget(tx, "contact_form", person->forms));
    TRY(search_forget(tx, "review_chat", person->chats));
    TRY(each_fires(tx, find_sql[QUEUED], person->effects, &effect_machine, ON_CANCEL));
    TRY(each_fires(tx, find_sql[UNTOLD], person->effects, &delivery_machine, ON_CANCEL));
    TRY(each_fires(tx, find_sql[OPEN_CHATS], person->chats, &review_chat_machine, ON_END));
    TRY(replies_forget(tx, person));
    for (int i = 0; thread_sql[i]; i++)
        TRY(db_run(tx, thread_sql[i], WITH(person->forms, person->chats)));
    TRY(db_run(tx, messages_blank, WITH(person->forms, person->chats)));
    *ret_messages = db_changes(tx->db);
    TRY(db_run(tx, drafts_delete, WITH(person->forms)));
    TRY(db_run(tx, forms_blank, WITH(person->forms)));
    TRY(db_run(tx, reviews_blank, WITH(person->reviews)));
    TRY(db_run(tx, effects_history, WITH(person->effects)));
    TRY(db_run(tx, effects_blank, WITH(person->effects)));
    tx->scrub = true;
    return note_erasure(tx, person);
}
