/* ops/review.c: reviews, ratings, public replies and the annulment trail (rules 1, 22 to 29). What
 * may happen to a review stands in machines/review.c. */
#include "../ops.h"
#include "../reviews.h"

#include <string.h>

#include "../db.h"
#include "../history.h"
#include "../texts.h"

enum { LOAD, ADD, LIST, GET, OF_CLINIC, OF_PRACTITIONER, SPREAD, CLINIC_EXISTS, PRACTITIONER_FITS };
/* ?1 is the reader's sight, see below; ?2 to ?4 are the label in the three languages: it stands in
 * the author's (A13). */
#define REVIEW_COLUMNS                                                                          \
    "select r.review_id, r.clinic_id, r.practitioner_id, p.name practitioner_name,"            \
    " r.author_name, r.locale, case r.state when 'published' then r.rating end rating,"        \
    " case when r.state = 'annulled' and ?1 then r.rating end annulled_rating, r.text,"        \
    " r.published_at, r.state, nullif(r.annulled_at, 0) annulled_at,"                          \
    " nullif(r.reply, '') reply, nullif(r.replied_at, 0) replied_at,"                          \
    " case when r.label <> '' then case r.locale when 'ru' then ?2 when 'pl' then ?3"          \
    " else ?4 end end label,"                                                                  \
    " case when ?1 then rc.review_chat_id end review_chat_id,"                                 \
    " case when ?1 then rc.state end review_chat_state,"                                       \
    " case when ?1 and rc.review_chat_id then json_object('review_chat_id',"                   \
    " rc.review_chat_id, 'state', rc.state, 'purpose', rc.purpose, 'solved',"                  \
    " json(iif(rc.solved_at > 0, 'true', 'false')), 'muted',"                                  \
    " json(iif(rc.muted, 'true', 'false')), 'unanswered_count', rc.unanswered_count,"          \
    " 'last_author', rc.last_author, 'last_at', rc.last_at, 'message_count',"                  \
    " rc.message_count, 'unread_count', (select count(*) from message m"                       \
    " where m.item_kind = 'review_chat' and m.item_id = rc.review_chat_id"                     \
    " and m.author = 'patient' and m.message_id > rc.clinic_read_id), 'last_text',"            \
    " case when ?1 = 2 then (select substr(m.text, 1, 160) from message m"                     \
    " where m.item_kind = 'review_chat' and m.item_id = rc.review_chat_id"                     \
    " order by m.message_id desc limit 1) end,"                                                \
    " 'failed', json(iif(exists (select 1 from message m where m.item_kind = 'review_chat'"    \
    " and m.item_id = rc.review_chat_id and m.author = 'clinic' and m.delivery in"             \
    " ('failed', 'unknown')), 'true', 'false'))) end \"review_chat:json\""                     \
    " from review r left join practitioner p using (practitioner_id)"                          \
    " left join review_chat rc using (review_id)"
static const char *const review_sql[] = {
    [LOAD] = "select r.review_id, r.clinic_id, r.state, r.practitioner_id, r.rating, r.locale,"
             " c.name, rc.review_chat_id from review r join clinic c using (clinic_id)"
             " left join review_chat rc using (review_id) where r.review_id = ?1",
    [ADD] = "insert into review (clinic_id, practitioner_id, author_name, author_phone,"
            " author_email, locale, rating, text, published_at, rev)"
            " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, rev())",
    [LIST] = REVIEW_COLUMNS " where (?5 = 0 or r.clinic_id = ?5) and (?6 = 0 or"
             " r.practitioner_id = ?6) and (?7 = '' or r.state = ?7) and (?8 = 0 or"
             " r.review_id < ?8) order by r.review_id desc limit ?9 + 1",
    [GET] = REVIEW_COLUMNS " where r.review_id = ?5",
    [OF_CLINIC] = "select count(*), coalesce(sum(rating), 0) from review"
                  " where clinic_id = ?1 and state = 'published'",
    [OF_PRACTITIONER] = "select count(*), coalesce(sum(rating), 0) from review"
                        " where practitioner_id = ?1 and state = 'published'",
    [SPREAD] = "select json_array(count(*) filter (where rating = 1 and state = 'published'),"
               " count(*) filter (where rating = 2 and state = 'published'),"
               " count(*) filter (where rating = 3 and state = 'published'),"
               " count(*) filter (where rating = 4 and state = 'published'),"
               " count(*) filter (where rating = 5 and state = 'published'))"
               " \"distribution:json\", count(*) filter (where state = 'annulled')"
               " annulled_count from review where (?1 and clinic_id = ?1)"
               " or (?2 and practitioner_id = ?2)",
    [CLINIC_EXISTS] = "select 1 from clinic where clinic_id = ?1",
    [PRACTITIONER_FITS] = "select clinic_id from practitioner where practitioner_id = ?1",
};

static const char *const review_states[] = {"published", "annulled", NULL};

enum err review_load(struct tx *tx, int64_t review_id, void *ret_review) {
    struct review *review = ret_review;
    const struct value *v;
    enum err err = db_row(tx, review_sql[LOAD], WITH(review_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "review_id");
    TRY(err);
    *review = (struct review){.item = {v[0].i, v[1].i, state_find(&review_machine, v[2].text)},
                              .practitioner_id = v[3].i, .rating = v[4].i, .locale = v[5].text,
                              .clinic_name = v[6].text, .review_chat_id = v[7].i};
    return OK;
}

enum err rating_of(struct tx *tx, int64_t clinic_id, int64_t practitioner_id, int64_t *ret_mean_100,
                   int64_t *ret_count) {
    const struct value *v;
    if (clinic_id) TRY(db_row(tx, review_sql[OF_CLINIC], WITH(clinic_id), &v));
    else TRY(db_row(tx, review_sql[OF_PRACTITIONER], WITH(practitioner_id), &v));
    *ret_count = v[0].i;
    *ret_mean_100 = v[0].i ? (v[1].i * 200 + v[0].i) / (2 * v[0].i) : 0;
    return OK;
}

struct add_in {
    int64_t clinic_id, practitioner_id, rating, published_at;
    const char *author_name, *author_phone, *author_email, *locale, *text;
};
static const struct field add_fields[] = {
    FIELD(struct add_in, clinic_id, .required = true, .min = 1, .doc = "the clinic reviewed"),
    FIELD(struct add_in, practitioner_id, .min = 1, .doc = "the doctor reviewed"),
    FIELD(struct add_in, author_name, .required = true, .max = 120, .doc = "as published"),
    FIELD(struct add_in, author_phone, .required = true, .format = FORMAT_PHONE,
          .doc = "E.164; notices go there"),
    FIELD(struct add_in, author_email, .format = FORMAT_EMAIL,
          .doc = "second channel for notices, tried when the SMS fails"),
    FIELD(struct add_in, locale, .required = true, .one_of = locales,
          .doc = "the author's language"),
    FIELD(struct add_in, rating, .required = true, .min = 1, .max = 5, .doc = "1 to 5"),
    FIELD(struct add_in, text, .required = true, .max = 10000, .doc = "as published"),
    FIELD(struct add_in, published_at, .required = true, .min = 1,
          .doc = "when it was published, milliseconds UTC"),
};

static enum err exists_or(struct tx *tx, const char *sql, int64_t id, const char *field,
                          const struct value **ret_row) {
    enum err err = db_row(tx, sql, WITH(id), ret_row);
    return err == ERR_MISSING ? fail(tx, ERR_MISSING, field) : err;
}

static enum err review_add(struct tx *tx, const void *raw, struct json *out) {
    const struct add_in *in = raw;
    const struct value *v;
    int64_t review_id;
    TRY(exists_or(tx, review_sql[CLINIC_EXISTS], in->clinic_id, "clinic_id", &v));
    if (in->practitioner_id) {
        TRY(exists_or(tx, review_sql[PRACTITIONER_FITS], in->practitioner_id, "practitioner_id",
                      &v));
        if (v[0].i != in->clinic_id) return fail(tx, ERR_MISSING, "practitioner_id");
    }
    TRY(db_insert(tx, review_sql[ADD],
                  WITH(in->clinic_id, id_or_null(in->practitioner_id), in->author_name,
                       in->author_phone, in->author_email ? in->author_email : "", in->locale,
                       in->rating, in->text, in->published_at),
                  &review_id));
    json_put_int(out, "review_id", review_id);
    return OK;
}

/* 0: as the public sees a review; 1: with what was annulled and how its chat stands; 2: with the
 * chat's last words, which nobody but the clinic's own people reads without a trace (rules 12,
 * 13). */
static int sight(const struct tx *tx) {
    if (tx->actor.role & ROLES_CLINIC) return 2;
    return (tx->actor.role & (ROLES_AGENT | ROLE_INTEGRATION | ROLE_HOST)) != 0;
}

static const char *label(struct tx *tx, int locale) {
    return text_plain(tx, locales[locale], "label.solved");
}

struct list_in {
    int64_t clinic_id, practitioner_id, before_id, limit;
    const char *state;
};
static const struct field list_fields[] = {
    FIELD(struct list_in, clinic_id, .min = 1, .doc = "one clinic; absent: all one may see"),
    FIELD(struct list_in, practitioner_id, .min = 1, .doc = "one doctor"),
    FIELD(struct list_in, state, .one_of = review_states, .doc = "only in this state"),
    FIELD(struct list_in, before_id, .min = 1, .doc = "the page before this review"),
    FIELD(struct list_in, limit, .min = 1, .max = 200, .doc = "reviews, 50 unless told"),
};

static enum err review_list(struct tx *tx, const void *raw, struct json *out) {
    const struct list_in *in = raw;
    int64_t clinic_id, limit = in->limit ? in->limit : 50;
    bool more;
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    json_key(out, "reviews");
    json_array(out);
    TRY(db_json(tx, review_sql[LIST],
                WITH(sight(tx), label(tx, 0), label(tx, 1), label(tx, 2), clinic_id,
                     in->practitioner_id, in->state ? in->state : "", in->before_id, limit),
                limit, out, &more));
    json_array_end(out);
    json_put_bool(out, "more", more);
    return OK;
}

struct get_in {
    int64_t review_id;
};
static const struct field get_fields[] = {
    FIELD(struct get_in, review_id, .required = true, .min = 1, .doc = "the review"),
};

static enum err review_get(struct tx *tx, const void *raw, struct json *out) {
    const struct get_in *in = raw;
    struct review review;
    TRY(review_load(tx, in->review_id, &review));
    if (tx->actor.role == ROLE_PATIENT)
        TRY(access_item(tx, "review_chat", review.review_chat_id, 0, "review_id"));
    TRY(access_clinic(tx, review.item.clinic_id, "review_id"));
    json_key(out, "review");
    json_object(out);
    TRY(db_json_row(tx, review_sql[GET],
                    WITH(sight(tx), label(tx, 0), label(tx, 1), label(tx, 2),
                         in->review_id),
                    out));
    json_object_end(out);
    return ops_allowed(tx, &review_machine, &review, out);
}

struct reply_in {
    int64_t review_id;
    const char *text;
};
static const struct field reply_fields[] = {
    FIELD(struct reply_in, review_id, .required = true, .min = 1, .doc = "the review"),
    FIELD(struct reply_in, text, .required = true, .max = 4000,
          .doc = "what everybody will read under it; replaces an earlier reply"),
};

static enum err review_reply(struct tx *tx, const void *raw, struct json *out) {
    const struct reply_in *in = raw;
    struct review review;
    TRY(review_load(tx, in->review_id, &review));
    TRY(access_clinic(tx, review.item.clinic_id, "review_id"));
    TRY(machine_step(tx, &review_machine, &review, ON_REPLY, &(struct reply){in->text}));
    json_put_int(out, "replied_at", tx->now);
    return OK;
}

struct rating_in {
    int64_t clinic_id, practitioner_id;
};
static const struct field rating_fields[] = {
    FIELD(struct rating_in, clinic_id, .min = 1, .doc = "a clinic …"),
    FIELD(struct rating_in, practitioner_id, .min = 1, .doc = "… or a doctor"),
};

static enum err rating_get(struct tx *tx, const void *raw, struct json *out) {
    const struct rating_in *in = raw;
    const struct value *v;
    int64_t mean_100, count;
    if (!in->clinic_id == !in->practitioner_id) return fail(tx, ERR_REQUIRED, "clinic_id");
    if (in->clinic_id)
        TRY(exists_or(tx, review_sql[CLINIC_EXISTS], in->clinic_id, "clinic_id", &v));
    else
        TRY(exists_or(tx, review_sql[PRACTITIONER_FITS], in->practitioner_id, "practitioner_id",
                      &v));
    TRY(rating_of(tx, in->clinic_id, in->practitioner_id, &mean_100, &count));
    json_key(out, "mean");
    if (count) json_hundredths(out, mean_100);
    else json_null(out);
    json_put_int(out, "count", count);
    return db_json_row(tx, review_sql[SPREAD], WITH(in->clinic_id, in->practitioner_id), out);
}

/* Who made the rating vanish, when, on what warning and what confirmation: as rows of the chain
 * that anybody can recompute, without a word of the conversation. */
static enum err review_trail(struct tx *tx, const void *raw, struct json *out) {
    const struct get_in *in = raw;
    struct review review;
    int64_t broken_id = 0;
    TRY(review_load(tx, in->review_id, &review));
    TRY(access_clinic(tx, review.item.clinic_id, "review_id"));
    json_put_int(out, "review_id", in->review_id);
    json_key(out, "rows");
    json_array(out);
    TRY(history_proof(tx, in->review_id, review.review_chat_id, out, &broken_id));
    json_array_end(out);
    json_put_text(out, "chain", broken_id ? "broken" : "ok");
    return OK;
}

static const struct op ops[] = {
    {.name = "review.add", .roles = ROLE_INTEGRATION, ALWAYS_WRITES,
     TAKES(struct add_in, add_fields), .run = review_add, .rules = "1 3",
     .out = "{ review_id: number }", .doc = "Takes a published review over from the platform."},
    {.name = "review.list", .roles = ROLES_ALL & ~ROLE_PATIENT, TAKES(struct list_in, list_fields),
     .run = review_list, .rules = "4 5 23",
     .out = "{ reviews: Review[], more: boolean }", .doc = "Reviews, the newest first."},
    {.name = "review.get", .roles = ROLES_ALL, TAKES(struct get_in, get_fields), .run = review_get,
     .rules = "5 23 28", .out = "{ review: Review, allowed: string[], refused: Refused[] }",
     .doc = "One review with its label and what may be done."},
    {.name = "review.reply", .roles = ROLES_CHAT, ALWAYS_WRITES,
     TAKES(struct reply_in, reply_fields), .run = review_reply, .machine = &review_machine,
     .event = ON_REPLY, .rules = "26 27",
     .out = "{ replied_at: number }", .doc = "The clinic's public reply."},
    {.name = "rating.get", .roles = ROLES_ALL, TAKES(struct rating_in, rating_fields),
     .run = rating_get, .rules = "29", 
     .out = "{ mean: number | null, count: number, distribution: number[],"
            " annulled_count: number }",
     .doc = "The rating over all reviews that count, rounded to 0.01."},
    {.name = "review.trail",
     .roles = ROLES_CLINIC | ROLES_PLATFORM | ROLE_INTEGRATION | ROLE_HOST,
     TAKES(struct get_in, get_fields), .run = review_trail, .rules = "22 23 24",
     .out = "{ review_id: number, rows: TrailRow[], chain: 'ok' | 'broken' }",
     .doc = "The verifiable trail of an annulment."},
};
const struct op_group review_group = GROUP(ops);
