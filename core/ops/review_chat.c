/* ops/review_chat.c: the requests of the private chat (rules 1 to 25). Decodes and answers; what
 * may happen stands in machines/review_chat.c. */
#include "../ops.h"
#include "../reviews.h"

#include <string.h>

#include "../db.h"
#include "../effects.h"
#include "../history.h"
#include "../messages.h"
#include "../policy.h"
#include "../texts.h"

enum { LOAD, HEAD, REVIEW, LIST, UNREAD, SEEN_BY_CLINIC, SEEN_BY_PATIENT,
       PERSON, PLATFORM };
static const char *const chat_sql[] = {
    [LOAD] = "select review_chat_id, clinic_id, state, review_id, solved_at, unanswered_count,"
             " last_clinic_at, muted, purpose, last_author, clinic_read_id,"
             " patient_read_id, mailed_at from review_chat where review_chat_id = ?1",
    [HEAD] = "select rc.review_chat_id, rc.review_id, rc.clinic_id, c.name clinic_name, rc.state,"
             " rc.solved_at > 0 \"solved:bool\", rc.purpose, rc.muted \"muted:bool\","
             " rc.unanswered_count, rc.opened_at, nullif(rc.solved_at, 0) solved_at,"
             " nullif(rc.ended_at, 0) ended_at, rc.message_count, rc.last_author, rc.last_at,"
             " rc.clinic_read_id, rc.patient_read_id from review_chat rc"
             " join clinic c using (clinic_id) where rc.review_chat_id = ?1",
    [REVIEW] = "select r.author_name, case r.state when 'published' then r.rating end rating,"
               " r.text, r.published_at, r.state, p.name practitioner_name,"
               " case r.state when 'annulled' then r.rating end annulled_rating,"
               " case when r.label <> '' then case r.locale when 'ru' then ?2 when 'pl' then ?3"
               " else ?4 end end label from review r"
               " left join practitioner p using (practitioner_id) where r.review_id = ?1",
    [LIST] = "select rc.review_chat_id, rc.review_id, rc.clinic_id, c.name clinic_name, rc.state,"
             " rc.solved_at > 0 \"solved:bool\", rc.purpose, rc.muted \"muted:bool\","
             " rc.unanswered_count, rc.message_count, rc.last_author, rc.last_at, r.author_name,"
             " case r.state when 'published' then r.rating end rating,"
             " case r.state when 'annulled' then r.rating end annulled_rating, r.text,"
             " r.published_at, r.state review_state, p.name practitioner_name"
             " from review_chat rc join clinic c using (clinic_id) join review r using (review_id)"
             " left join practitioner p using (practitioner_id)"
             " where (?1 = 0 or rc.clinic_id = ?1) and (?2 = 0 or rc.last_at < ?2)"
             " order by rc.last_at desc limit ?3 + 1",
    [UNREAD] = "select message_id from message where item_kind = 'review_chat' and item_id = ?1"
               " and author = ?2 and message_id > ?3 order by message_id",
    [SEEN_BY_CLINIC] = "update review_chat set clinic_read_id = ?2, rev = rev()"
                       " where review_chat_id = ?1",
    [SEEN_BY_PATIENT] = "update review_chat set patient_read_id = ?2, rev = rev()"
                        " where review_chat_id = ?1",
    [PLATFORM] = "select name from platform",
    [PERSON] = "select name, position from agent where agent_id = ?1",
};

static const char *const purposes[] = {"solve", "thank", NULL};

enum err review_chat_load(struct tx *tx, int64_t review_chat_id, void *ret_chat) {
    struct review_chat *chat = ret_chat;
    const struct value *v;
    enum err err = db_row(tx, chat_sql[LOAD], WITH(review_chat_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "review_chat_id");
    TRY(err);
    *chat = (struct review_chat){
        .item = {v[0].i, v[1].i, state_find(&review_chat_machine, v[2].text)},
        .review_id = v[3].i, .solved_at = v[4].i, .unanswered_count = v[5].i,
        .last_clinic_at = v[6].i, .muted = v[7].i != 0, .purpose = v[8].text,
        .last_author = v[9].text, .clinic_read_id = v[10].i, .patient_read_id = v[11].i,
        .mailed_at = v[12].i};
    return OK;
}

/* Loads the chat for an actor who may see it. */
static enum err chat_open(struct tx *tx, int64_t review_chat_id, struct review_chat *ret_chat) {
    TRY(review_chat_load(tx, review_chat_id, ret_chat));
    return access_item(tx, "review_chat", review_chat_id, ret_chat->item.clinic_id,
                       "review_chat_id");
}

static enum err review_open(struct tx *tx, int64_t review_id, struct review *ret_review) {
    TRY(review_load(tx, review_id, ret_review));
    return access_clinic(tx, ret_review->item.clinic_id, "review_id");
}

struct greeting_in {
    int64_t review_id;
    const char *purpose;
};
static const struct field greeting_fields[] = {
    FIELD(struct greeting_in, review_id, .required = true, .min = 1, .doc = "the review"),
    FIELD(struct greeting_in, purpose, .required = true, .one_of = purposes,
          .doc = "what the chat is for (rule 6)"),
};

/* The automatic first message in the author's language (rule 10, A06). */
static enum err greeting_text(struct tx *tx, const struct review *review, const char *purpose,
                              const char **ret_text) {
    const struct value *v;
    TRY(db_row(tx, chat_sql[PERSON], WITH(tx->actor.agent_id), &v));
    struct text_var vars[] = {{"name", v[0].text}, {"position", v[1].text},
                              {"clinic", review->clinic_name}, {NULL, NULL}};
    bool solve = strcmp(purpose, "solve") == 0;
    *ret_text = text_format(tx, review->locale, solve ? "greeting.solve" : "greeting.thank", vars);
    return OK;
}

enum err review_needs_confirmation(struct tx *tx, const struct review *review, const char *purpose,
                                   bool *ret_needs) {
    int64_t confirm, positive_from;
    TRY(policy_get(tx, review->item.clinic_id, POLICY_REVIEW_CHAT_CONFIRM_SOLVE_ON_POSITIVE,
                   &confirm));
    TRY(policy_get(tx, review->item.clinic_id, POLICY_REVIEW_POSITIVE_FROM, &positive_from));
    *ret_needs = confirm && review->rating >= positive_from && strcmp(purpose, "solve") == 0;
    return OK;
}

static enum err review_chat_greeting(struct tx *tx, const void *raw, struct json *out) {
    const struct greeting_in *in = raw;
    struct review review;
    const char *text;
    bool confirm;
    int64_t positive_from;
    bool solve = strcmp(in->purpose, "solve") == 0;
    TRY(review_open(tx, in->review_id, &review));
    TRY(greeting_text(tx, &review, in->purpose, &text));
    TRY(review_needs_confirmation(tx, &review, in->purpose, &confirm));
    TRY(policy_get(tx, review.item.clinic_id, POLICY_REVIEW_POSITIVE_FROM, &positive_from));
    json_put_text(out, "text", text);
    json_put_text(out, "warning",
                  solve ? text_format(tx, tx->locale, "warn.solve", NULL) : NULL);
    json_put_bool(out, "confirm_required", confirm);
    json_put_bool(out, "propose_reply", review.rating >= positive_from);
    json_put_bool(out, "representative_known", tx->actor.represents);
    return OK;
}

struct open_in {
    int64_t review_id;
    const char *purpose, *text;
    bool confirmed;
};
static const struct field open_fields[] = {
    FIELD(struct open_in, review_id, .required = true, .min = 1, .doc = "the review"),
    FIELD(struct open_in, purpose, .required = true, .one_of = purposes,
          .doc = "what the chat is for; never changed afterwards (rule 6, A04)"),
    FIELD(struct open_in, text, .max = 4000,
          .doc = "first message; absent: the automatic text (rule 10)"),
    FIELD(struct open_in, confirmed,
          .doc = "the annulment warning was shown and confirmed (rule 8, A03)"),
};

static enum err review_chat_open(struct tx *tx, const void *raw, struct json *out) {
    const struct open_in *in = raw;
    struct review review;
    int64_t review_chat_id = 0, message_id = 0;
    bool notified = false;
    const char *text = in->text;
    TRY(review_open(tx, in->review_id, &review));
    if (!text || !*text) TRY(greeting_text(tx, &review, in->purpose, &text));
    enum err err = machine_step(tx, &review_machine, &review, ON_OPEN, &(struct opening){
        .purpose = in->purpose, .confirmed = in->confirmed,
        .first = {text, &message_id, &notified}, .ret_review_chat_id = &review_chat_id});
    if (err == ERR_NOT_CONFIRMED) tx->fault.field = "confirmed";
    TRY(err);
    json_put_int(out, "review_chat_id", review_chat_id);
    json_put_int(out, "message_id", message_id);
    return OK;
}

struct post_in {
    int64_t review_chat_id;
    const char *text;
};
static const struct field post_fields[] = {
    FIELD(struct post_in, review_chat_id, .required = true, .min = 1, .doc = "the chat"),
    FIELD(struct post_in, text, .required = true, .max = 4000, .doc = "the message, plain text"),
};

static enum err review_chat_post(struct tx *tx, const void *raw, struct json *out) {
    const struct post_in *in = raw;
    struct review_chat chat;
    int64_t message_id = 0;
    bool notified = false, patient = tx->actor.role == ROLE_PATIENT;
    TRY(chat_open(tx, in->review_chat_id, &chat));
    if (!patient && !tx->actor.represents) return fail_rule(tx, ERR_NO_REPRESENTATIVE, 9);
    TRY(machine_step(tx, &review_chat_machine, &chat, ON_POST,
                     &(struct post){in->text, &message_id, &notified}));
    json_put_int(out, "message_id", message_id);
    json_put_bool(out, "notified", notified);
    json_key(out, "because");
    json_object(out);
    json_put_int(out, "rule", patient ? 16 : notified ? 11 : 18);
    json_key(out, "facts");
    json_object(out);
    if (!patient) json_put_int(out, "unanswered_count", chat.unanswered_count);
    json_object_end(out);
    json_object_end(out);
    return OK;
}

struct chat_in {
    int64_t review_chat_id;
};
static const struct field chat_fields[] = {
    FIELD(struct chat_in, review_chat_id, .required = true, .min = 1, .doc = "the chat"),
};

static enum err review_chat_end(struct tx *tx, const void *raw, struct json *out) {
    const struct chat_in *in = raw;
    struct review_chat chat;
    TRY(chat_open(tx, in->review_chat_id, &chat));
    TRY(machine_step(tx, &review_chat_machine, &chat, ON_END, NULL));
    json_put_text(out, "state", "ended");
    return OK;
}

struct mark_solved_in {
    int64_t review_chat_id;
    bool confirmed;
};
static const struct field mark_solved_fields[] = {
    FIELD(struct mark_solved_in, review_chat_id, .required = true, .min = 1, .doc = "the chat"),
    FIELD(struct mark_solved_in, confirmed,
          .doc = "the author has confirmed that the rating will be annulled (A12)"),
};

static enum err review_chat_mark_solved(struct tx *tx, const void *raw, struct json *out) {
    const struct mark_solved_in *in = raw;
    struct review_chat chat;
    TRY(chat_open(tx, in->review_chat_id, &chat));
    bool before = chat.solved_at != 0;
    enum err err = machine_step(tx, &review_chat_machine, &chat, ON_MARK_SOLVED,
                                &(struct declaration){in->confirmed});
    if (err == ERR_NOT_CONFIRMED) tx->fault.field = "confirmed";
    TRY(err);
    json_put_bool(out, "solved", true);
    json_put_bool(out, "already_solved", before);
    return OK;
}

/* Marks what the other side wrote as read. Reading is not answering: the counter stays (A10). */
static enum err review_chat_mark_read(struct tx *tx, const void *raw, struct json *out) {
    const struct chat_in *in = raw;
    bool patient = tx->actor.role == ROLE_PATIENT;
    struct review_chat chat;
    struct rows rows;
    TRY(chat_open(tx, in->review_chat_id, &chat));
    int64_t seen_id = patient ? chat.patient_read_id : chat.clinic_read_id;
    TRY(db_rows(tx, chat_sql[UNREAD], WITH(chat.item.id, patient ? "clinic" : "patient", seen_id),
                &rows));
    for (int i = 0; i < rows.n; i++) {
        seen_id = row_at(&rows, i)[0].i;
        TRY(machine_fire(tx, &delivery_machine, seen_id, ON_READ, NULL));
    }
    if (rows.n > 0)
        TRY(db_run(tx, chat_sql[patient ? SEEN_BY_PATIENT : SEEN_BY_CLINIC],
                   WITH(chat.item.id, seen_id)));
    json_put_int(out, "read", rows.n);
    return OK;
}

struct get_in {
    int64_t review_chat_id, before_id, limit;
};
static const struct field get_fields[] = {
    FIELD(struct get_in, review_chat_id, .required = true, .min = 1, .doc = "the chat"),
    FIELD(struct get_in, before_id, .min = 1, .doc = "the page before this message"),
    FIELD(struct get_in, limit, .min = 1, .max = 200, .doc = "messages, 50 unless told"),
};

/* The platform sees a chat only in the same commit that logs the view (rule 13, A08). */
static enum err view_log(struct tx *tx, const struct review_chat *chat) {
    return history_append(tx, &(struct history_row){
        .clinic_id = chat->item.clinic_id, .item_kind = "review_chat", .item_id = chat->item.id,
        .event = "view", .from_state = state_word(&review_chat_machine, chat->item.state),
        .to_state = state_word(&review_chat_machine, chat->item.state), .rule = 13,
        .because = "chat_viewed", .facts = "{}"});
}

/* The sentences around the conversation; two of them are worded for the side that reads. */
static enum err chat_texts(struct tx *tx, struct json *out) {
    static const struct {
        const char *member, *key, *patient_key;
    } texts[] = {{"confirm_end", "confirm.end", "confirm.end"},
                 {"confirm_solved", "confirm.solved", "confirm.solved"},
                 {"label_solved", "label.solved", "label.solved"},
                 {"warn_solve", "warn.solve", "warn.solve"},
                 {"notice_visibility", "notice.visibility", "notice.visibility_patient"},
                 {"notice_muted", "notice.muted", "notice.muted_patient"}};
    bool patient = tx->actor.role == ROLE_PATIENT;
    const struct value *v;
    enum err err = db_row(tx, chat_sql[PLATFORM], WITH_NOTHING, &v);
    if (err != OK && err != ERR_MISSING) return err;
    struct text_var vars[] = {{"platform", err == OK ? v[0].text : ""}, {NULL, NULL}};
    json_key(out, "texts");
    json_object(out);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_put_text(out, texts[i].member,
                      text_format(tx, tx->locale, patient ? texts[i].patient_key : texts[i].key,
                                  vars));
    json_object_end(out);
    return OK;
}

static enum err chat_review(struct tx *tx, const struct review_chat *chat, struct json *out) {
    json_key(out, "review");
    json_object(out);
    TRY(db_json_row(tx, chat_sql[REVIEW],
                    WITH(chat->review_id, text_plain(tx, "ru", "label.solved"),
                         text_plain(tx, "pl", "label.solved"),
                         text_plain(tx, "en", "label.solved")),
                    out));
    json_object_end(out);
    return OK;
}

static enum err review_chat_get(struct tx *tx, const void *raw, struct json *out) {
    const struct get_in *in = raw;
    struct review_chat chat;
    TRY(chat_open(tx, in->review_chat_id, &chat));
    if (tx->actor.role & (ROLE_MODERATOR | ROLE_INTEGRATION)) TRY(view_log(tx, &chat));
    json_key(out, "review_chat");
    json_object(out);
    TRY(db_json_row(tx, chat_sql[HEAD], WITH(chat.item.id), out));
    json_object_end(out);
    TRY(chat_review(tx, &chat, out));
    TRY(messages_json(tx, "review_chat", in->review_chat_id, in->before_id, in->limit, out));
    TRY(ops_allowed(tx, &review_chat_machine, &chat, out));
    return chat_texts(tx, out);
}

struct list_in {
    int64_t clinic_id, before_at, limit;
};
static const struct field list_fields[] = {
    FIELD(struct list_in, clinic_id, .min = 1, .doc = "one clinic; absent: all one may see"),
    FIELD(struct list_in, before_at, .min = 1, .doc = "chats whose last message is older"),
    FIELD(struct list_in, limit, .min = 1, .max = 200, .doc = "chats, 50 unless told"),
};

static enum err review_chat_list(struct tx *tx, const void *raw, struct json *out) {
    const struct list_in *in = raw;
    int64_t clinic_id, limit = in->limit ? in->limit : 50;
    bool more;
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    json_key(out, "review_chats");
    json_array(out);
    TRY(db_json(tx, chat_sql[LIST], WITH(clinic_id, in->before_at, limit), limit, out, &more));
    json_array_end(out);
    json_put_bool(out, "more", more);
    return OK;
}

static const struct op ops[] = {
    {.name = "review_chat.greeting", .roles = ROLES_CHAT,
     TAKES(struct greeting_in, greeting_fields), .run = review_chat_greeting, .rules = "6 7 8 10",
     .out = "{ text: string, warning: string | null, confirm_required: boolean,"
            " propose_reply: boolean, representative_known: boolean }",
     .doc = "The automatic first message and the warning that belongs to a purpose."},
    {.name = "review_chat.open", .roles = ROLES_CHAT, ALWAYS_WRITES,
     TAKES(struct open_in, open_fields), .run = review_chat_open, .machine = &review_machine,
     .event = ON_OPEN, .rules = "1 2 5 6 8 9 10 11",
     .out = "{ review_chat_id: number, message_id: number }",
     .doc = "Opens the one chat of a review with its first message."},
    {.name = "review_chat.post", .roles = ROLES_CHAT | ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct post_in, post_fields), .run = review_chat_post,
     .machine = &review_chat_machine, .event = ON_POST, .rules = "11 16 17 18 20",
     .out = "{ message_id: number, notified: boolean, because: Because }",
     .doc = "Writes a message; the other side is notified unless the author is muted."},
    {.name = "review_chat.mark_solved", .roles = ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct mark_solved_in, mark_solved_fields), .run = review_chat_mark_solved,
     .machine = &review_chat_machine, .event = ON_MARK_SOLVED, .denied = ERR_NOT_AUTHOR,
     .rules = "8 19 21 22 23 24 28 29", .out = "{ solved: boolean, already_solved: boolean }",
     .doc = "The author declares the problem solved: the rating is annulled and labelled."},
    {.name = "review_chat.end", .roles = ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct chat_in, chat_fields), .run = review_chat_end, .machine = &review_chat_machine,
     .event = ON_END, .denied = ERR_NOT_AUTHOR, .rules = "19 20 21", .out = "{ state: string }",
     .doc = "The author ends the conversation for everybody."},
    {.name = "review_chat.mark_read", .roles = ROLES_CHAT | ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct chat_in, chat_fields), .run = review_chat_mark_read, .rules = "18",
     .out = "{ read: number }", .doc = "One's own side has seen what the other wrote."},
    {.name = "review_chat.get",
     .roles = ROLES_CLINIC | ROLE_MODERATOR | ROLE_PATIENT | ROLE_INTEGRATION,
     .writes = ROLE_MODERATOR | ROLE_INTEGRATION, TAKES(struct get_in, get_fields),
     .run = review_chat_get, .rules = "12 13 14 19",
     .out = "{ review_chat: ReviewChat, review: ChatReview, messages: Message[], more: boolean,"
            " allowed: string[], refused: Refused[], texts: Record<string, string> }",
     .doc = "The chat with its messages; every view by the platform is logged."},
    {.name = "review_chat.list", .roles = ROLES_CLINIC | ROLE_MODERATOR | ROLE_INTEGRATION,
     TAKES(struct list_in, list_fields), .run = review_chat_list, .rules = "12 13",
     .out = "{ review_chats: ReviewChatRow[], more: boolean }",
     .doc = "Chats without their messages, the latest first."},
};
const struct op_group review_chat_group = GROUP(ops);
