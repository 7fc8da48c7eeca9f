/* review_chat.c: the private chat between a clinic and the author of one review. The clinic opens
 * it, the author may end it or declare the problem solved; nobody reopens it. Sends nothing itself:
 * messages.h emits, delivery.c follows. */
#include "../reviews.h"

#include "../db.h"
#include "../never.h"
#include "../effects.h"
#include "../messages.h"
#include "../policy.h"

#include <string.h>

enum { DRAFT = 1, OPEN = 2, ENDED = 4 };

static guard author_was_mailed, by_author, muted, sms_was_sent_once, ended_for_good, thanks_only,
    solved_before, unconfirmed, closes_when_solved;
static action post_first, post_and_notify, post_muted, post_without_sms, answer,
    answer_without_mail, annul_rating, annul_and_end, end;

static const struct rule rules[] = {
    /* in          on              if                      go     then */
    {DRAFT,        ON_OPEN,        ALWAYS,                 OPEN,  DO(post_first),
        BECAUSE(11, "chat_opened")},
    {OPEN,         ON_POST,        IF(author_was_mailed),  OPEN,  DO(answer_without_mail),
        BECAUSE(16, "chat_answered_again")},
    {OPEN,         ON_POST,        IF(by_author),          OPEN,  DO(answer),
        BECAUSE(16, "chat_answered")},
    {OPEN,         ON_POST,        IF(muted),              OPEN,  DO(post_muted),
        BECAUSE(18, "chat_muted")},
    {OPEN,         ON_POST,        IF(sms_was_sent_once),  OPEN,  DO(post_without_sms),
        BECAUSE(11, "chat_sms_once")},
    {OPEN,         ON_POST,        ALWAYS,                 OPEN,  DO(post_and_notify),
        BECAUSE(11, "chat_posted")},
    {ENDED,        ON_POST,        ALWAYS,                 REFUSE(ERR_CLOSED, 20, "chat_closed")},
    {ENDED,        ON_MARK_SOLVED, IF(ended_for_good),     REFUSE(ERR_CLOSED, 21, "chat_closed")},
    {OPEN | ENDED, ON_MARK_SOLVED, IF(thanks_only),        REFUSE(ERR_PURPOSE, 8,
                                                                  "chat_thanks_only")},
    {OPEN | ENDED, ON_MARK_SOLVED, IF(solved_before),      STAY,  NOTHING,
        BECAUSE(22, "chat_solved")},
    {OPEN | ENDED, ON_MARK_SOLVED, IF(unconfirmed),        REFUSE(ERR_NOT_CONFIRMED, 22,
                                                                  "chat_unconfirmed")},
    {OPEN,         ON_MARK_SOLVED, IF(closes_when_solved), ENDED, DO(annul_and_end),
        BECAUSE(22, "chat_solved")},
    {OPEN | ENDED, ON_MARK_SOLVED, ALWAYS,                 STAY,  DO(annul_rating),
        BECAUSE(22, "chat_solved")},
    {OPEN,         ON_END,         ALWAYS,                 ENDED, DO(end),
        BECAUSE(20, "chat_ended")},
    {ENDED,        ON_END,         ALWAYS,                 REFUSE(ERR_CLOSED, 20, "chat_closed")},
};

enum { CLINIC_WROTE, PATIENT_WROTE, MAILED, ATTACH, SOLVED, END };
static const char *const chat_sql[] = {
    [CLINIC_WROTE] = "update review_chat set unanswered_count = ?2, muted = ?3,"
                     " message_count = message_count + 1, last_author = 'clinic',"
                     " last_at = now_ms(), last_clinic_at = now_ms(), rev = rev()"
                     " where review_chat_id = ?1",
    [PATIENT_WROTE] = "update review_chat set unanswered_count = 0, muted = ?2,"
                      " message_count = message_count + 1, last_author = 'patient',"
                      " last_at = now_ms(), rev = rev() where review_chat_id = ?1",
    [MAILED] = "update review_chat set mailed_at = now_ms(), rev = rev()"
               " where review_chat_id = ?1",
    [ATTACH] = "insert into review_chat_agent (review_chat_id, agent_id, rev)"
               " values (?1, ?2, rev()) on conflict do nothing",
    [SOLVED] = "update review_chat set solved_at = now_ms(), rev = rev()"
               " where review_chat_id = ?1",
    [END] = "update review_chat set ended_at = now_ms(), rev = rev() where review_chat_id = ?1",
};

const struct machine review_chat_machine = {
    .kind = "review_chat",
    .doc = "the private chat between a clinic and the author of one review",
    .states = {"draft", "open", "ended"},
    .final = ENDED,
    .rules = rules,
    .rules_n = sizeof rules / sizeof *rules,
    .item_size = sizeof(struct review_chat),
    .load = review_chat_load,
    .update = "update review_chat set state = ?2, rev = rev() where review_chat_id = ?1",
};

static int64_t chat_policy(const struct step *step, enum policy policy) {
    const struct review_chat *chat = step->item;
    int64_t value;
    return policy_get(step->tx, chat->item.clinic_id, policy, &value) == OK ? value : 0;
}

static bool by_author(const struct step *step) {
    return step->tx->actor.role == ROLE_PATIENT;
}

/* Off unless notify.clinic.coalesce_s is set: the clinic has a mail to this chat already (A09). */
static bool author_was_mailed(const struct step *step) {
    const struct review_chat *chat = step->item;
    int64_t coalesce_ms = chat_policy(step, POLICY_NOTIFY_CLINIC_COALESCE_S) * 1000;
    bool recent = coalesce_ms && chat->mailed_at && step->tx->now - chat->mailed_at < coalesce_ms;
    return by_author(step) && recent;
}

static bool ended_for_good(const struct step *step) {
    return !chat_policy(step, POLICY_REVIEW_CHAT_SOLVE_AFTER_CLOSE);
}

/* Ignored twice in a row: two clinic messages stand unanswered when the next one comes (A10). */
static bool muted(const struct step *step) {
    const struct review_chat *chat = step->item;
    return chat->muted || chat->unanswered_count >= chat_policy(step, POLICY_MUTE_AFTER);
}

static bool sms_was_sent_once(const struct step *step) {
    return !chat_policy(step, POLICY_REVIEW_CHAT_SMS_EACH);
}

static bool thanks_only(const struct step *step) {
    return strcmp(((const struct review_chat *)step->item)->purpose, "thank") == 0;
}

static bool solved_before(const struct step *step) {
    return ((const struct review_chat *)step->item)->solved_at != 0;
}

static bool unconfirmed(const struct step *step) {
    const struct declaration *declaration = step->with;
    return declaration && !declaration->confirmed;
}

static bool closes_when_solved(const struct step *step) {
    return chat_policy(step, POLICY_CLOSE_ON_SOLVED) != 0;
}

/* A burst counts once: an option that is off unless mute.burst_s is set (A10). */
static bool counts(const struct step *step) {
    const struct review_chat *chat = step->item;
    int64_t burst_ms = chat_policy(step, POLICY_MUTE_BURST_S) * 1000;
    bool burst = burst_ms && strcmp(chat->last_author, "clinic") == 0 &&
                 step->tx->now - chat->last_clinic_at < burst_ms;
    return !burst;
}

static enum err clinic_writes(struct step *step, bool notified, bool now_muted,
                              struct message *ret_message) {
    struct review_chat *chat = step->item;
    const struct post *post = step->with;
    struct tx *tx = step->tx;
    if (counts(step)) chat->unanswered_count++;
    json_put_int(&step->facts, "unanswered_count", chat->unanswered_count);
    json_put_bool(&step->facts, "notified", notified);
    *ret_message = (struct message){.item = {.clinic_id = chat->item.clinic_id},
                                    .item_kind = "review_chat", .item_id = chat->item.id,
                                    .author = "clinic"};
    TRY(message_add(tx, &(struct message_new){
        .clinic_id = chat->item.clinic_id, .item_kind = "review_chat", .item_id = chat->item.id,
        .author = "clinic", .text = post->text, .delivery = notified ? "queued" : "silent"},
        &ret_message->item.id));
    json_put_int(&step->facts, "message_id", ret_message->item.id);
    TRY(db_run(tx, chat_sql[CLINIC_WROTE], WITH(chat->item.id, chat->unanswered_count, now_muted)));
    if (CERTAIN(tx->actor.agent_id))
        TRY(db_run(tx, chat_sql[ATTACH], WITH(chat->item.id, tx->actor.agent_id)));
    *post->ret_message_id = ret_message->item.id;
    *post->ret_notified = notified;
    return OK;
}

static enum err post_and_notify(struct step *step) {
    struct message message;
    TRY(clinic_writes(step, true, false, &message));
    return message_notify_author(step->tx, &message, "sms");
}

static enum err post_first(struct step *step) {
    json_put_text(&step->facts, "purpose", ((struct review_chat *)step->item)->purpose);
    return post_and_notify(step);
}

static enum err post_muted(struct step *step) {
    struct message message;
    json_put_int(&step->facts, "mute_after", chat_policy(step, POLICY_MUTE_AFTER));
    return clinic_writes(step, false, true, &message);
}

static enum err post_without_sms(struct step *step) {
    struct message message;
    return clinic_writes(step, false, false, &message);
}

static enum err author_writes(struct step *step, const char *delivery,
                              struct message *ret_message) {
    struct review_chat *chat = step->item;
    const struct post *post = step->with;
    bool stays_muted = chat->muted && !chat_policy(step, POLICY_MUTE_UNMUTE_ON_REPLY);
    *ret_message = (struct message){.item = {.clinic_id = chat->item.clinic_id},
                                    .item_kind = "review_chat", .item_id = chat->item.id,
                                    .author = "patient"};
    TRY(message_add(step->tx, &(struct message_new){
        .clinic_id = chat->item.clinic_id, .item_kind = "review_chat", .item_id = chat->item.id,
        .author = "patient", .text = post->text, .delivery = delivery},
        &ret_message->item.id));
    json_put_int(&step->facts, "message_id", ret_message->item.id);
    json_put_bool(&step->facts, "unmuted", chat->muted && !stays_muted);
    *post->ret_message_id = ret_message->item.id;
    return db_run(step->tx, chat_sql[PATIENT_WROTE], WITH(chat->item.id, stays_muted));
}

static enum err answer(struct step *step) {
    const struct post *post = step->with;
    struct message message;
    int64_t notices;
    TRY(author_writes(step, "queued", &message));
    TRY(message_notify_clinic(step->tx, &message, &notices));
    json_put_int(&step->facts, "notices", notices);
    *post->ret_notified = notices > 0;
    return db_run(step->tx, chat_sql[MAILED], WITH(message.item_id));
}

static enum err answer_without_mail(struct step *step) {
    struct message message;
    json_put_int(&step->facts, "coalesce_s", chat_policy(step, POLICY_NOTIFY_CLINIC_COALESCE_S));
    return author_writes(step, "silent", &message);
}

static enum err annul_rating(struct step *step) {
    struct review_chat *chat = step->item;
    json_put_int(&step->facts, "review_id", chat->review_id);
    json_put_bool(&step->facts, "confirmed", true);
    TRY(db_run(step->tx, chat_sql[SOLVED], WITH(chat->item.id)));
    return machine_fire(step->tx, &review_machine, chat->review_id, ON_ANNUL, NULL);
}

/* Who has ended the conversation must not be called back into it, neither by a notice that waits
 * nor by the next try of one that fails. */
static enum err close_chat(struct step *step) {
    int64_t review_chat_id = ((struct item *)step->item)->id;
    TRY(effects_call_off(step->tx, "review_chat", review_chat_id));
    return db_run(step->tx, chat_sql[END], WITH(review_chat_id));
}

static enum err annul_and_end(struct step *step) {
    TRY(close_chat(step));
    return annul_rating(step);
}

static enum err end(struct step *step) {
    json_put_bool(&step->facts, "solved", ((struct review_chat *)step->item)->solved_at != 0);
    return close_chat(step);
}
