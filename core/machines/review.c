/* review.c: a published review. Only its author, through the chat, can annul the rating; the text
 * never changes. Next: review_chat.c. */
#include "../reviews.h"

#include "../db.h"
#include "../texts.h"

#include <string.h>

enum { PUBLISHED = 1, ANNULLED = 2 };

static guard has_chat, not_represented, unconfirmed;
static action open_chat, annul, publish_reply;

static const struct rule rules[] = {
    /* in                  on        if                   go        then */
    {PUBLISHED | ANNULLED, ON_OPEN,  IF(has_chat),        REFUSE(ERR_EXISTS, 1, "review_has_chat")},
    {PUBLISHED | ANNULLED, ON_OPEN,  IF(not_represented), REFUSE(ERR_NO_REPRESENTATIVE, 9,
                                                                 "review_not_represented")},
    {PUBLISHED | ANNULLED, ON_OPEN,  IF(unconfirmed),     REFUSE(ERR_NOT_CONFIRMED, 8,
                                                                 "review_unconfirmed")},
    {PUBLISHED | ANNULLED, ON_OPEN,  ALWAYS,              STAY,     DO(open_chat),
        BECAUSE(6, "review_chat_opened")},
    {PUBLISHED | ANNULLED, ON_REPLY, ALWAYS,              STAY,     DO(publish_reply),
        BECAUSE(26, "review_replied")},
    {PUBLISHED,            ON_ANNUL, ALWAYS,              ANNULLED, DO(annul),
        BECAUSE(23, "review_annulled")},
    {ANNULLED,             ON_ANNUL, ALWAYS,              STAY,     NOTHING,
        BECAUSE(24, "review_annulled")},
};

enum { OPEN_CHAT, ANNUL, REPLY };
static const char *const review_sql[] = {
    [OPEN_CHAT] = "insert into review_chat (review_id, clinic_id, purpose, warning, opened_at,"
                  " rev) values (?1, ?2, ?3, ?4, now_ms(), rev())",
    [ANNUL] = "update review set label = 'solved', annulled_at = now_ms(), rev = rev()"
              " where review_id = ?1",
    [REPLY] = "update review set reply = ?2, replied_at = now_ms(), reply_agent_id = ?3,"
              " rev = rev() where review_id = ?1",
};

const struct machine review_machine = {
    .kind = "review",
    .doc = "a published review and whether its rating counts",
    .states = {"published", "annulled"},
    .rules = rules,
    .rules_n = sizeof rules / sizeof *rules,
    .item_size = sizeof(struct review),
    .load = review_load,
    .update = "update review set state = ?2, rev = rev() where review_id = ?1",
};

static bool has_chat(const struct step *step) {
    return ((const struct review *)step->item)->review_chat_id != 0;
}

static bool not_represented(const struct step *step) {
    return !step->tx->actor.represents;
}

static bool unconfirmed(const struct step *step) {
    const struct opening *opening = step->with;
    const struct review *review = step->item;
    bool needed = false;
    if (!opening || opening->confirmed) return false;
    return review_needs_confirmation(step->tx, review, opening->purpose, &needed) != OK || needed;
}

/* The chat is a draft until its first message is accepted, which is this same step (A07). The
 * warning is kept word for word as it was confirmed (A03). */
static enum err open_chat(struct step *step) {
    const struct review *review = step->item;
    const struct opening *opening = step->with;
    struct tx *tx = step->tx;
    const char *warning = opening->confirmed && strcmp(opening->purpose, "solve") == 0
                              ? text_format(tx, tx->locale, "warn.solve", NULL) : "";
    TRY(db_insert(tx, review_sql[OPEN_CHAT],
                  WITH(review->item.id, review->item.clinic_id, opening->purpose, warning),
                  opening->ret_review_chat_id));
    json_put_int(&step->facts, "review_chat_id", *opening->ret_review_chat_id);
    json_put_text(&step->facts, "purpose", opening->purpose);
    json_put_int(&step->facts, "rating", review->rating);
    json_put_text(&step->facts, "warning", warning);
    return machine_fire(tx, &review_chat_machine, *opening->ret_review_chat_id, ON_OPEN,
                        &opening->first);
}

/* The label and the annulment are one act (rules 23, 28); the ratings of clinic and practitioner
 * are computed from what counts, so nothing else is to be written (rule 29, A14). */
static enum err annul(struct step *step) {
    const struct review *review = step->item;
    json_put_int(&step->facts, "rating", review->rating);
    json_put_int(&step->facts, "review_chat_id", review->review_chat_id);
    return db_run(step->tx, review_sql[ANNUL], WITH(review->item.id));
}

static enum err publish_reply(struct step *step) {
    const struct review *review = step->item;
    const struct reply *reply = step->with;
    json_put_text(&step->facts, "reply", reply->text);
    return db_run(step->tx, review_sql[REPLY],
                  WITH(review->item.id, reply->text, step->tx->actor.agent_id));
}
