/* contact_form.c: a question to a clinic, from delivery to its answer. Reading stops the clocks of
 * the source, an answer stops all of them; what nobody read or answered comes back: to the clinic
 * as a reminder, to the patient as an offer of another office. */
#include "../contact_forms.h"

#include "../db.h"
#include "../effects.h"
#include "../form_notices.h"
#include "../offices.h"
#include "../schedule.h"

#include <string.h>

enum { DRAFT = 1, NEW = 2, READ = 4, ANSWERED = 8, ANSWERED_BY_PHONE = 16, REJECTED = 32 };
enum { WAITING = NEW | READ, DONE = ANSWERED | ANSWERED_BY_PHONE | REJECTED };
enum { ALIVE = WAITING | DONE };

/* Refusals that several rows share. */
#define REFUSE_ERASED REFUSE(ERR_ERASED, 0, "form_erased")
#define REFUSE_STALE REFUSE(ERR_STALE, 57, "form_stale")
#define REFUSE_CLAIMED REFUSE(ERR_CLAIMED, 57, "form_is_claimed")

static guard read_by_this_agent, basic, premium, source_clocks_only, offered_before,
    answered_before, reminder_is_missing, basic_clock_runs, no_office, told_no_office, erased,
    stale, claimed, taken_over, not_mine, clocks_run, notice_is_enough, never_offered,
    not_rejected, spam_stays, nowhere_left;
static action deliver, note_first_reader, note_reader, stay_silent, remind, remind_unanswered,
    remind_before_offer, await_basic_clock, offer_offices, tell_no_office, answer,
    answer_by_phone, reject, react, react_quietly, replan, claim, release, send_on;

static const struct rule rules[] = {
    /* in     on                  if                       go       then */
    {DRAFT,   ON_SEND,            ALWAYS,                  NEW,     DO(deliver),
        BECAUSE(31, "form_delivered")},
    {NEW,     ON_READ,            ALWAYS,                  READ,    DO(note_first_reader),
        BECAUSE(34, "form_read")},
    {ALIVE,   ON_READ,            IF(read_by_this_agent),  STAY,    NOTHING,
        BECAUSE(56, "form_read_again")},
    {ALIVE,   ON_READ,            ALWAYS,                  STAY,    DO(note_reader),
        BECAUSE(56, "form_read_too")},

    /* the clocks */
    {READ,    ON_REMIND,          IF(source_clocks_only),  STAY,    NOTHING,
        BECAUSE(64, "form_clock_off")},
    {NEW,     ON_REMIND,          IF(basic),               STAY,    DO(stay_silent),
        BECAUSE(37, "form_basic_silent")},
    {READ,    ON_REMIND,          IF(basic),               STAY,    NOTHING,
        BECAUSE(37, "form_basic_silent")},
    {NEW,     ON_REMIND,          ALWAYS,                  STAY,    DO(remind),
        BECAUSE(35, "form_reminded")},
    {READ,    ON_REMIND,          ALWAYS,                  STAY,    DO(remind_unanswered),
        BECAUSE(64, "form_unanswered")},
    {READ,    ON_OFFER_BASIC,     IF(source_clocks_only),  STAY,    NOTHING,
        BECAUSE(64, "form_clock_off")},
    {WAITING, ON_OFFER_BASIC,     IF(premium),             STAY,    NOTHING,
        BECAUSE(36, "form_offers_later")},
    {WAITING, ON_OFFER_BASIC,     IF(answered_before),     STAY,    NOTHING,
        BECAUSE(49, "form_was_answered")},
    {WAITING, ON_OFFER_BASIC,     IF(offered_before),      STAY,    NOTHING,
        BECAUSE(38, "form_offered")},
    {WAITING, ON_OFFER_BASIC,     IF(told_no_office),      STAY,    NOTHING,
        BECAUSE(38, "form_no_office")},
    {WAITING, ON_OFFER_BASIC,     IF(no_office),           STAY,    DO(tell_no_office),
        BECAUSE(38, "form_no_office")},
    {WAITING, ON_OFFER_BASIC,     ALWAYS,                  STAY,    DO(offer_offices),
        BECAUSE(38, "form_offered")},
    {READ,    ON_OFFER,           IF(source_clocks_only),  STAY,    NOTHING,
        BECAUSE(64, "form_clock_off")},
    {WAITING, ON_OFFER,           IF(answered_before),     STAY,    NOTHING,
        BECAUSE(49, "form_was_answered")},
    {WAITING, ON_OFFER,           IF(offered_before),      STAY,    NOTHING,
        BECAUSE(40, "form_offered")},
    {WAITING, ON_OFFER,           IF(basic_clock_runs),    STAY,    DO(await_basic_clock),
        BECAUSE(38, "form_offers_later")},
    {WAITING, ON_OFFER,           IF(reminder_is_missing), STAY,    DO(remind_before_offer),
        BECAUSE(40, "form_reminded_late")},
    {WAITING, ON_OFFER,           IF(told_no_office),      STAY,    NOTHING,
        BECAUSE(40, "form_no_office")},
    {WAITING, ON_OFFER,           IF(no_office),           STAY,    DO(tell_no_office),
        BECAUSE(40, "form_no_office")},
    {WAITING, ON_OFFER,           ALWAYS,                  STAY,    DO(offer_offices),
        BECAUSE(40, "form_offered")},
    {WAITING, ON_REPLAN,          ALWAYS,                  STAY,    DO(replan),
        BECAUSE(55, "form_replanned")},
    /* A timer that an answer has outrun. */
    {DONE,    ON_REMIND,          ALWAYS,                  STAY,    NOTHING,
        BECAUSE(35, "form_was_answered")},
    {DONE,    ON_OFFER_BASIC,     ALWAYS,                  STAY,    NOTHING,
        BECAUSE(38, "form_was_answered")},
    {DONE,    ON_OFFER,           ALWAYS,                  STAY,    NOTHING,
        BECAUSE(40, "form_was_answered")},

    /* the clinic */
    {ALIVE,   ON_CLAIM,           IF(erased),              REFUSE_ERASED},
    {ALIVE,   ON_CLAIM,           IF(taken_over),          STAY,    DO(claim),
        BECAUSE(57, "form_taken_over")},
    {ALIVE,   ON_CLAIM,           IF(claimed),             REFUSE_CLAIMED},
    {ALIVE,   ON_CLAIM,           ALWAYS,                  STAY,    DO(claim),
        BECAUSE(57, "form_claimed")},
    {ALIVE,   ON_RELEASE,         IF(not_mine),            STAY,    NOTHING,
        BECAUSE(57, "form_released")},
    {ALIVE,   ON_RELEASE,         ALWAYS,                  STAY,    DO(release),
        BECAUSE(57, "form_released")},
    {ALIVE,   ON_ANSWER,          IF(erased),              REFUSE_ERASED},
    {ALIVE,   ON_ANSWER,          IF(stale),               REFUSE_STALE},
    {ALIVE,   ON_ANSWER,          IF(claimed),             REFUSE_CLAIMED},
    {ALIVE,   ON_ANSWER,          ALWAYS,                  ANSWERED, DO(answer),
        BECAUSE(48, "form_answered")},
    {ALIVE,   ON_ANSWER_BY_PHONE, IF(erased),              REFUSE_ERASED},
    {ALIVE,   ON_ANSWER_BY_PHONE, IF(stale),               REFUSE_STALE},
    {ALIVE,   ON_ANSWER_BY_PHONE, IF(claimed),             REFUSE_CLAIMED},
    {ALIVE,   ON_ANSWER_BY_PHONE, ALWAYS,                  ANSWERED_BY_PHONE, DO(answer_by_phone),
        BECAUSE(52, "form_answered_by_phone")},
    {DONE,    ON_REJECT,          ALWAYS,                  REFUSE(ERR_ALREADY_ANSWERED, 42,
                                                                  "form_was_answered")},
    {WAITING, ON_REJECT,          IF(erased),              REFUSE_ERASED},
    {WAITING, ON_REJECT,          IF(stale),               REFUSE_STALE},
    {WAITING, ON_REJECT,          IF(claimed),             REFUSE_CLAIMED},
    {WAITING, ON_REJECT,          ALWAYS,                  REJECTED, DO(reject),
        BECAUSE(44, "form_rejected")},

    /* the patient; who asks again keeps the clocks of the oldest question, where they still run */
    {ALIVE,   ON_REPLY,           IF(erased),              REFUSE_ERASED},
    {NEW,     ON_REPLY,           ALWAYS,                  NEW,     DO(react_quietly),
        BECAUSE(49, "form_reaction")},
    {READ,    ON_REPLY,           IF(clocks_run),          NEW,     DO(react_quietly),
        BECAUSE(49, "form_reaction")},
    {DONE,    ON_REPLY,           IF(notice_is_enough),    STAY,    DO(react_quietly),
        BECAUSE(49, "form_reaction")},
    {READ | DONE, ON_REPLY,       ALWAYS,                  NEW,     DO(react),
        BECAUSE(49, "form_reaction")},
    {ALIVE,   ON_ACCEPT_OFFER,    IF(erased),              REFUSE_ERASED},
    {ALIVE,   ON_ACCEPT_OFFER,    IF(never_offered),       REFUSE(ERR_NOT_OFFERED, 38,
                                                                  "form_not_offered")},
    {ALIVE,   ON_ACCEPT_OFFER,    IF(no_office),           REFUSE(ERR_NOT_OFFERED, 38,
                                                                  "form_nowhere_left")},
    {ALIVE,   ON_ACCEPT_OFFER,    ALWAYS,                  STAY,    DO(send_on),
        BECAUSE(38, "form_offer_accepted")},
    {ALIVE,   ON_FORWARD,         IF(erased),              REFUSE_ERASED},
    {ALIVE,   ON_FORWARD,         IF(not_rejected),        REFUSE(ERR_NOT_OFFERED, 46,
                                                                  "form_not_rejected")},
    {ALIVE,   ON_FORWARD,         IF(spam_stays),          REFUSE(ERR_POLICY, 46,
                                                                  "form_spam_stays")},
    {ALIVE,   ON_FORWARD,         IF(nowhere_left),        REFUSE(ERR_NOT_OFFERED, 46,
                                                                  "form_nowhere_left")},
    {ALIVE,   ON_FORWARD,         ALWAYS,                  STAY,    DO(send_on),
        BECAUSE(46, "form_forwarded")},
};

enum { FIRST_READ, ASKED, REMINDED, OFFERED, NO_OFFICE, CLAIM };
static const char *const form_sql[] = {
    [FIRST_READ] = "update contact_form set read_at = iif(read_at, read_at, now_ms()),"
                   " clock_at = now_ms(), clock_read = 1, rev = rev() where contact_form_id = ?1",
    [ASKED] = "update contact_form set clock_at = now_ms(), clock_read = 0, rev = rev(),"
              " waiting_since_at = iif(waiting_since_at, waiting_since_at, now_ms())"
              " where contact_form_id = ?1",
    [REMINDED] = "update contact_form set reminded_at = now_ms(), rev = rev()"
                 " where contact_form_id = ?1",
    [OFFERED] = "update contact_form set offered_at = now_ms(), rev = rev()"
                " where contact_form_id = ?1",
    [NO_OFFICE] = "update contact_form set no_office_at = now_ms(), rev = rev()"
                  " where contact_form_id = ?1",
    [CLAIM] = "update contact_form set claim_agent_id = ?2, claim_until_at = ?3, rev = rev()"
              " where contact_form_id = ?1",
};

const struct machine contact_form_machine = {
    .kind = "contact_form",
    .doc = "a patient's question to a clinic",
    .states = {"draft", "new", "read", "answered", "answered_by_phone", "rejected"},
    .rules = rules,
    .rules_n = sizeof rules / sizeof *rules,
    .item_size = sizeof(struct contact_form),
    .load = contact_form_load,
    .fired = contact_form_fired,
    .update = "update contact_form set state = ?2, rev = rev() where contact_form_id = ?1",
};

static int64_t form_policy(const struct step *step, enum policy policy) {
    const struct contact_form *form = step->item;
    int64_t value;
    return policy_get(step->tx, form->item.clinic_id, policy, &value) == OK ? value : 0;
}

/* Each person's first look is kept (B02); the later ones tell nothing new. */
static bool read_by_this_agent(const struct step *step) {
    return contact_form_is_read(step->tx, step->item);
}

static bool premium(const struct step *step) {
    return ((const struct contact_form *)step->item)->premium;
}

static bool basic(const struct step *step) { return !premium(step); }

/* The literal reading: what was read is never asked for again (B16). */
static bool source_clocks_only(const struct step *step) {
    return !form_policy(step, POLICY_FORM_UNANSWERED_CLOCK);
}

static bool offered_before(const struct step *step) {
    return ((const struct contact_form *)step->item)->offered_at != 0;
}

/* After one answer the patient has a clinic: a reaction brings reminders, no other office (B11). */
static bool answered_before(const struct step *step) {
    const struct contact_form *form = step->item;
    return form->answered_at && form_policy(step, POLICY_FORM_REARM) < 2;
}

/* No Premium patient is offered another office before the clinic was reminded (B07): so after a
 * change of tier between the two clocks. */
static bool reminder_is_missing(const struct step *step) {
    const struct contact_form *form = step->item;
    return form->premium && form->reminded_at < form->clock_at;
}

static bool basic_clock_runs(const struct step *step) {
    return basic(step) && form_clock_due(step->tx, step->item, ON_OFFER_BASIC) != 0;
}

static bool no_office(const struct step *step) {
    bool lack = false;
    return offices_lack(step->tx, step->item, true, &lack) == OK && lack;
}

/* A rejected question may go to any office, but not twice to the same one. */
static bool nowhere_left(const struct step *step) {
    bool lack = false;
    return offices_lack(step->tx, step->item, false, &lack) == OK && lack;
}

static bool told_no_office(const struct step *step) {
    return ((const struct contact_form *)step->item)->no_office_at != 0 && no_office(step);
}

static bool erased(const struct step *step) {
    return ((const struct contact_form *)step->item)->erased_at != 0;
}

static bool stale(const struct step *step) {
    return step->with && answer_unseen(step->item, step->with) != 0;
}

static bool claimed(const struct step *step) {
    return claimed_by_another(step->tx, step->item);
}

static bool taken_over(const struct step *step) {
    return step->with && ((const struct claim *)step->with)->take_over && claimed(step);
}

static bool not_mine(const struct step *step) {
    const struct contact_form *form = step->item;
    return form->claim_agent_id != step->tx->actor.agent_id;
}

/* Nothing is left to run for what was read under the literal reading (B16), or was reminded of and
 * offered: the next question begins anew. */
static bool clocks_run(const struct step *step) { return form_clocks_run(step->tx, step->item); }

static bool notice_is_enough(const struct step *step) {
    return form_policy(step, POLICY_FORM_REARM) == 0;
}

static bool never_offered(const struct step *step) { return !offered_before(step); }

static bool not_rejected(const struct step *step) {
    return ((const struct contact_form *)step->item)->item.state != REJECTED;
}

static bool spam_stays(const struct step *step) {
    bool stays = true;
    return form_spam_stays(step->tx, step->item, &stays) != OK || stays;
}

/* Those that end in an offer run only where one may still be made (rule 38, B11). */
static bool offerable(const struct step *s) { return !offered_before(s) && !answered_before(s); }

static enum err clocks_set(struct step *step) {
    int64_t remind_at;
    TRY(form_clocks_set(step->tx, step->item, offerable(step), &remind_at));
    json_put_int(&step->facts, "remind_at", remind_at);
    return OK;
}

static enum err message_store(struct step *step, const struct message_new *new,
                              int64_t *ret_message_id) {
    TRY(form_message_add(step->tx, step->item, new, ret_message_id));
    json_put_int(&step->facts, "message_id", *ret_message_id);
    return OK;
}

static enum err patient_writes(struct step *step, const char *texts, int rule) {
    const struct contact_form *form = step->item;
    const struct reaction *reaction = step->with;
    int64_t notices;
    TRY(message_store(step, &(struct message_new){
        .clinic_id = form->item.clinic_id, .item_kind = "contact_form", .item_id = form->item.id,
        .author = "patient", .kind = "text", .text = reaction->text, .delivery = "delivered"},
        reaction->ret_message_id));
    TRY(form_notify_clinic(step->tx, form, texts, rule, &notices));
    json_put_int(&step->facts, "notices", notices);
    return OK;
}

static enum err deliver(struct step *step) {
    const struct contact_form *form = step->item;
    TRY(patient_writes(step, "notice.contact_form_new", 31));
    json_put_text(&step->facts, "origin", form->origin);
    json_put_id(&step->facts, "origin_id", form->origin_id);
    if (form_policy(step, POLICY_FORM_RECEIPT))
        TRY(form_notify_patient(step->tx, form, "notice.contact_form_received", "email", 0, 64));
    return clocks_set(step);
}

static enum err note_reader(struct step *step) {
    return form_act_note(step->tx, step->item, "read", -1);
}

/* The clock of the source stops here; the one for what stays unanswered begins (B16), unless the
 * person who asked is gone. One that an earlier reading has begun goes on, or a patient who writes
 * each day to a clinic that reads each day would never be reminded of. */
static enum err note_first_reader(struct step *step) {
    struct contact_form *form = step->item;
    TRY(note_reader(step));
    TRY(form_questions_read(step->tx, form));
    bool off = erased(step) || source_clocks_only(step);
    if (!off && form->clock_read && clocks_run(step)) return OK;
    form->clock_at = step->tx->now;
    TRY(db_run(step->tx, form_sql[FIRST_READ], WITH(form->item.id)));
    if (off) return form_clocks_stop(step->tx, form);
    return clocks_set(step);
}

static enum err stay_silent(struct step *step) {
    json_put_text(&step->facts, "tier", "basic");
    return OK;
}

static enum err remind_with(struct step *step, const char *texts) {
    const struct contact_form *form = step->item;
    int64_t notices;
    json_put_int(&step->facts, "waiting_since_at", form->waiting_since_at);
    TRY(form_notify_clinic(step->tx, form, texts, step->rule->rule, &notices));
    json_put_int(&step->facts, "notices", notices);
    return db_run(step->tx, form_sql[REMINDED], WITH(form->item.id));
}

static enum err remind(struct step *step) {
    bool again = ((const struct contact_form *)step->item)->answered_at != 0;
    return remind_with(step, again ? "notice.contact_form_reminder_again"
                                   : "notice.contact_form_reminder");
}

static enum err remind_unanswered(struct step *step) {
    return remind_with(step, "notice.contact_form_unanswered");
}

static enum err remind_before_offer(struct step *step) {
    const struct contact_form *form = step->item;
    int64_t remind_s = form_policy(step, POLICY_FORM_REMIND_AFTER_S);
    int64_t wait_s = form_policy(step, POLICY_FORM_PREMIUM_OFFER_AFTER_S) - remind_s;
    TRY(schedule_cancel(step->tx, "contact_form", form->item.id, ON_REMIND));
    TRY(schedule_set(step->tx, "contact_form", form->item.id, ON_OFFER,
                     step->tx->now + (wait_s > 0 ? wait_s : remind_s) * 1000));
    return remind(step);
}

/* Where Premium's clock is the shorter one it comes again after Basic's, in case the tier changes
 * between them. */
static enum err await_basic_clock(struct step *step) {
    const struct contact_form *form = step->item;
    json_put_text(&step->facts, "tier", "basic");
    return schedule_set(step->tx, "contact_form", form->item.id, ON_OFFER,
                        form_clock_due(step->tx, form, ON_OFFER_BASIC) + 1);
}

static enum err offer_offices(struct step *step) {
    const struct contact_form *form = step->item;
    struct office offices[OFFICES_MAX];
    int n;
    TRY(offices_find(step->tx, form, true, form_policy(step, POLICY_FORM_OFFER_MAX), offices,
                     &n));
    json_key(&step->facts, "clinic_ids");
    json_array(&step->facts);
    for (int i = 0; i < n; i++) json_int(&step->facts, offices[i].clinic_id);
    json_array_end(&step->facts);
    json_put_int(&step->facts, "offices", n);
    TRY(form_offers_stop(step->tx, form));
    TRY(db_run(step->tx, form_sql[OFFERED], WITH(form->item.id)));
    return form_notify_patient(step->tx, form,
                               form->item.state == NEW ? "notice.contact_form_offer"
                                                       : "notice.contact_form_offer_unanswered",
                               "email", 0, step->rule->rule);
}

/* Nobody is left to ask: the patient is told so, and no label is set (B05). */
static enum err tell_no_office(struct step *step) {
    const struct contact_form *form = step->item;
    TRY(db_run(step->tx, form_sql[NO_OFFICE], WITH(form->item.id)));
    return form_notify_patient(step->tx, form, "notice.contact_form_no_office", "email", 0,
                               step->rule->rule);
}

static enum err replan(struct step *step) {
    int64_t remind_at;
    TRY(form_clocks_move(step->tx, step->item, offerable(step), &remind_at));
    json_put_int(&step->facts, "remind_at", remind_at);
    return OK;
}

static enum err claim(struct step *step) {
    const struct contact_form *form = step->item;
    int64_t ttl_s = form_policy(step, POLICY_CLAIM_TTL_S);
    json_put_int(&step->facts, "ttl_s", ttl_s);
    return db_run(step->tx, form_sql[CLAIM],
                  WITH(form->item.id, step->tx->actor.agent_id, step->tx->now + ttl_s * 1000));
}

static enum err release(struct step *step) {
    return db_run(step->tx, form_sql[CLAIM], WITH(((struct item *)step->item)->id, 0, 0));
}

/* Whatever settles the question: the clocks stop, its notices are not needed any more, and the
 * first time counts for the indicator (rules 44, 52). Nobody waits less than no time at all, also
 * where the host's clock was set back meanwhile. */
static enum err settle(struct step *step, const struct message_new *new, const char *act) {
    const struct contact_form *form = step->item;
    const struct answer *with = step->with;
    struct tx *tx = step->tx;
    TRY(form_questions_read(tx, form));
    TRY(effects_cancel_about(tx, "contact_form", form->item.id, false));
    TRY(form_clocks_stop(tx, form));
    TRY(message_store(step, new, with->ret_message_id));
    TRY(form_settled_note(tx, form, with->reason));
    json_put_bool(&step->facts, "first", form->answered_at == 0);
    if (!form->waiting_since_at) return form_act_note(tx, form, act, -1);
    int64_t waited_ms = tx->now - form->waiting_since_at;
    if (waited_ms < 0) waited_ms = 0;
    json_put_int(&step->facts, "waited_ms", waited_ms);
    return form_act_note(tx, form, act, waited_ms);
}

static struct message_new clinic_message(const struct step *step, const char *kind,
                                         const char *delivery) {
    const struct contact_form *form = step->item;
    const struct answer *with = step->with;
    return (struct message_new){
        .clinic_id = form->item.clinic_id, .item_kind = "contact_form", .item_id = form->item.id,
        .author = "clinic", .kind = kind, .text = with->text ? with->text : "",
        .reason = with->reason, .called_at = with->called_at, .delivery = delivery};
}

static enum err answer(struct step *step) {
    struct message_new new = clinic_message(step, "text", "queued");
    TRY(settle(step, &new, "answered"));
    return form_notify_patient(step->tx, step->item, "notice.contact_form_answer", "email",
                               *((const struct answer *)step->with)->ret_message_id, 48);
}

/* The entry's time counts; when the call was is shown and never used (B12). */
static enum err answer_by_phone(struct step *step) {
    struct message_new new = clinic_message(step, "phone", "silent");
    json_put_id(&step->facts, "called_at", new.called_at);
    return settle(step, &new, "answered_by_phone");
}

static enum err reject(struct step *step) {
    struct contact_form *form = step->item;
    const struct answer *with = step->with;
    struct message_new new = clinic_message(step, "rejection", "queued");
    json_put_text(&step->facts, "reason", with->reason);
    form->reason = with->reason;
    TRY(settle(step, &new, "rejected"));
    return form_notify_rejected(step->tx, form, "email", *with->ret_message_id, 44);
}

static enum err react_quietly(struct step *step) {
    return patient_writes(step, "notice.contact_form_reaction", 49);
}

static enum err react(struct step *step) {
    struct contact_form *form = step->item;
    form->clock_at = step->tx->now;
    if (!form->waiting_since_at) form->waiting_since_at = form->clock_at;
    TRY(react_quietly(step));
    TRY(db_run(step->tx, form_sql[ASKED], WITH(form->item.id)));
    return clocks_set(step);
}

static enum err send_on(struct step *step) {
    const struct contact_form *form = step->item;
    const struct onward *onward = step->with;
    json_put_int(&step->facts, "clinic_id", onward->clinic_id);
    TRY(contact_form_send_on(step->tx, form, onward));
    json_put_int(&step->facts, "contact_form_id", *onward->ret_contact_form_id);
    return OK;
}
