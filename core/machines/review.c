/* review.c: a published review. Only its author, through the chat, can annul the rating; the text
 * never changes. Next: review_chat.c. */
#include "../reviews.h"

#include "../db.h"

enum { PUBLISHED = 1, ANNULLED = 2 };

static action annul, publish_reply;

static const struct rule rules[] = {
    /* in                   on        if      go        then */
    {PUBLISHED,             ON_ANNUL, ALWAYS, ANNULLED, DO(annul),
        BECAUSE(23, "review_annulled")},
    {ANNULLED,              ON_ANNUL, ALWAYS, STAY,     NOTHING,
        BECAUSE(24, "review_annulled")},
    {PUBLISHED | ANNULLED,  ON_REPLY, ALWAYS, STAY,     DO(publish_reply),
        BECAUSE(26, "review_replied")},
};

enum { ANNUL, REPLY };
static const char *const review_sql[] = {
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
