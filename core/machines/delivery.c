/* delivery.c: what the other side got of one message. Fed by the effects that announce it and by
 * the reader; climbs in rank and never falls back, except to try the next channel or where the
 * notice is called off. Sends nothing itself: review_chat.c decides whether a message is announced
 * at all. */
#include "../messages.h"

#include "../db.h"
#include "../effects.h"

#include <string.h>

enum { SILENT = 1, QUEUED = 2, SENT = 4, DELIVERED = 8, READ = 16, FAILED = 32, UNKNOWN = 64 };

static guard another_channel, another_notice_lives;
static action notify_by_next_channel, cancel_notices;

static const struct rule rules[] = {
    /* in                            on            if                        go       then */
    {QUEUED | UNKNOWN | FAILED,      ON_SENT,      ALWAYS,                   SENT,      NOTHING,
        BECAUSE(0, "delivery_sent")},
    /* Silent, too: the next notice was called off while the first was on its way after all. */
    {ANY_STATE & ~(DELIVERED | READ), ON_DELIVERED, ALWAYS,                  DELIVERED, NOTHING,
        BECAUSE(0, "delivery_delivered")},
    {ANY_STATE & ~READ,              ON_READ,      ALWAYS,                   READ,
        DO(cancel_notices), BECAUSE(0, "delivery_read")},
    {QUEUED | SENT | UNKNOWN,        ON_FAILED,    IF(another_channel),      QUEUED,
        DO(notify_by_next_channel), BECAUSE(11, "delivery_next_channel")},
    {QUEUED | SENT | UNKNOWN,        ON_FAILED,    IF(another_notice_lives), STAY,      NOTHING,
        BECAUSE(0, "delivery_other")},
    {QUEUED | SENT | UNKNOWN,        ON_FAILED,    ALWAYS,                   FAILED,    NOTHING,
        BECAUSE(0, "delivery_failed")},
    {QUEUED,                         ON_UNKNOWN,   IF(another_notice_lives), STAY,      NOTHING,
        BECAUSE(0, "delivery_other")},
    {QUEUED,                         ON_UNKNOWN,   ALWAYS,                   UNKNOWN,   NOTHING,
        BECAUSE(0, "delivery_unknown")},
    {QUEUED,                         ON_CANCEL,    IF(another_notice_lives), STAY,      NOTHING,
        BECAUSE(0, "delivery_other")},
    {QUEUED,                         ON_CANCEL,    ALWAYS,                   SILENT,    NOTHING,
        BECAUSE(0, "effect_cancelled")},
    /* A report that comes late or twice changes nothing. */
    {ANY_STATE,                      ON_SENT,      ALWAYS,                   STAY,      NOTHING,
        BECAUSE(0, "delivery_known")},
    {ANY_STATE,                      ON_DELIVERED, ALWAYS,                   STAY,      NOTHING,
        BECAUSE(0, "delivery_known")},
    {ANY_STATE,                      ON_READ,      ALWAYS,                   STAY,      NOTHING,
        BECAUSE(0, "delivery_known")},
    {ANY_STATE,                      ON_FAILED,    ALWAYS,                   STAY,      NOTHING,
        BECAUSE(0, "delivery_known")},
    {ANY_STATE,                      ON_UNKNOWN,   ALWAYS,                   STAY,      NOTHING,
        BECAUSE(0, "delivery_known")},
    {ANY_STATE,                      ON_CANCEL,    ALWAYS,                   STAY,      NOTHING,
        BECAUSE(0, "delivery_known")},
};

enum { OTHERS };
static const char *const delivery_sql[] = {
    [OTHERS] = "select 1 from effect where message_id = ?1 and effect_id <> ?2"
               " and state in ('queued', 'taken', 'sent', 'delivered', 'read') limit 1",
};

const struct machine delivery_machine = {
    .kind = "message",
    .doc = "what the other side got of one message",
    .states = {"silent", "queued", "sent", "delivered", "read", "failed", "unknown"},
    .final = READ,
    .rules = rules,
    .rules_n = sizeof rules / sizeof *rules,
    .item_size = sizeof(struct message),
    .load = message_load,
    .update = "update message set delivery = ?2, rev = rev() where message_id = ?1",
};

static bool another_channel(const struct step *step) {
    const struct effect *failed = step->with;
    return failed && failed->fallbacks[0];
}

static bool another_notice_lives(const struct step *step) {
    const struct message *message = step->item;
    const struct effect *effect = step->with;
    const struct value *v;
    int64_t effect_id = effect ? effect->item.id : 0;
    return db_row(step->tx, delivery_sql[OTHERS], WITH(message->item.id, effect_id), &v) == OK;
}

static enum err notify_by_next_channel(struct step *step) {
    const struct message *message = step->item;
    const struct effect *failed = step->with;
    json_put_text(&step->facts, "failed", effect_channel(failed->kind));
    json_put_text(&step->facts, "next", failed->fallbacks);
    return message_notify_author(step->tx, message, failed->fallbacks);
}

/* Whoever has read the message needs no notice of it any more. */
static enum err cancel_notices(struct step *step) {
    const struct message *message = step->item;
    const struct effect *tells = step->with; /* on its way to being read itself */
    json_put_text(&step->facts, "author", message->author);
    return effects_cancel_message(step->tx, message->item.id, tells ? tells->item.id : 0);
}
