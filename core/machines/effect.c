/* effect.c: the life of one outgoing message towards a provider: taken under a lease, performed,
 * settled, reported on. Sends nothing and knows no vendor. What the outcome means for the message
 * that it announces: delivery.c. */
#include "../effects.h"

#include "../bounces.h"
#include "../db.h"
#include "../schedule.h"
#include "../sha256.h"

#include <string.h>

enum { QUEUED = 1, TAKEN = 2, SENT = 4, DELIVERED = 8, READ = 16, FAILED = 32, UNKNOWN = 64,
       CANCELLED = 128 };

static guard may_send_again, time_left, failed_for_now;
static action lease, send_again, back_off, note_sent, tell_delivered, tell_read, fail_for_good,
    fail_for_now, leave_unknown, stop_timers;

static const struct rule rules[] = {
    /* in                     on            if                  go         then */
    {QUEUED,                  ON_TAKE,      ALWAYS,             TAKEN,     DO(lease),
        BECAUSE(0, "effect_taken")},
    {TAKEN,                   ON_LEASE_END, IF(may_send_again), QUEUED,    DO(send_again),
        BECAUSE(0, "effect_lease_again")},
    {TAKEN,                   ON_LEASE_END, ALWAYS,             UNKNOWN,   DO(leave_unknown),
        BECAUSE(0, "effect_lease_unknown")},
    {QUEUED | TAKEN | UNKNOWN, ON_SENT,     ALWAYS,             SENT,      DO(note_sent),
        BECAUSE(0, "effect_sent")},
    {QUEUED | TAKEN | SENT | UNKNOWN, ON_DELIVERED, ALWAYS,     DELIVERED, DO(tell_delivered),
        BECAUSE(0, "effect_delivered")},
    {FAILED,                  ON_DELIVERED, IF(failed_for_now), DELIVERED, DO(tell_delivered),
        BECAUSE(0, "effect_delivered_late")},
    {QUEUED | TAKEN | SENT | DELIVERED | UNKNOWN, ON_READ, ALWAYS, READ,   DO(tell_read),
        BECAUSE(0, "effect_read")},
    {QUEUED | TAKEN,          ON_RETRY,     IF(time_left),      QUEUED,    DO(back_off),
        BECAUSE(0, "effect_retry")},
    {QUEUED | TAKEN,          ON_RETRY,     ALWAYS,             FAILED,    DO(fail_for_now),
        BECAUSE(0, "effect_out_of_time")},
    {QUEUED | TAKEN | SENT | UNKNOWN, ON_FAILED, ALWAYS,        FAILED,    DO(fail_for_good),
        BECAUSE(0, "effect_failed")},
    {TAKEN,                   ON_UNKNOWN,   IF(may_send_again), QUEUED,    DO(send_again),
        BECAUSE(0, "effect_unknown_again")},
    {TAKEN,                   ON_UNKNOWN,   ALWAYS,             UNKNOWN,   DO(leave_unknown),
        BECAUSE(0, "effect_unknown")},
    {QUEUED,                  ON_DEADLINE,  ALWAYS,             FAILED,    DO(fail_for_now),
        BECAUSE(0, "effect_out_of_time")},
    {QUEUED,                  ON_CANCEL,    ALWAYS,             CANCELLED, DO(stop_timers),
        BECAUSE(0, "effect_cancelled")},
    /* What is over, or comes twice, changes nothing. */
    {ANY_STATE & ~QUEUED & ~TAKEN & ~UNKNOWN, ON_SENT, ALWAYS,  STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE,               ON_DELIVERED, ALWAYS,             STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE,               ON_READ,      ALWAYS,             STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE & ~QUEUED & ~TAKEN & ~SENT & ~UNKNOWN, ON_FAILED, ALWAYS, STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE & ~QUEUED & ~TAKEN, ON_RETRY, ALWAYS,            STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE & ~TAKEN,      ON_UNKNOWN,   ALWAYS,             STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE & ~TAKEN,      ON_LEASE_END, ALWAYS,             STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
    {ANY_STATE & ~QUEUED,     ON_DEADLINE,  ALWAYS,             STAY, NOTHING,
        BECAUSE(0, "effect_settled")},
};

enum { LEASE, AGAIN, BACK_OFF, ERROR };
static const char *const effect_sql[] = {
    [LEASE] = "update effect set attempt = attempt + 1, due_at = ?2, rev = rev()"
              " where effect_id = ?1",
    [AGAIN] = "update effect set resends = resends + 1, due_at = now_ms(), rev = rev()"
              " where effect_id = ?1",
    [BACK_OFF] = "update effect set due_at = ?2, error = ?3, rev = rev() where effect_id = ?1",
    [ERROR] = "update effect set error = ?2, final = ?3, rev = rev() where effect_id = ?1",
};

const struct machine effect_machine = {
    .kind = "effect",
    .doc = "one outgoing SMS, e-mail or push message towards its provider",
    .states = {"queued", "taken", "sent", "delivered", "read", "failed", "unknown", "cancelled"},
    .final = READ | CANCELLED,
    .rules = rules,
    .rules_n = sizeof rules / sizeof *rules,
    .item_size = sizeof(struct effect),
    .load = effect_load,
    .update = "update effect set state = ?2, rev = rev() where effect_id = ?1",
};

enum { BACKOFF_FROM_MS = 1000, BACKOFF_MAX_MS = 15 * 60 * 1000 };

/* Full jitter between one second and a ceiling that doubles with each attempt. It is drawn from the
 * effect's id, so that every build and every replay waits the same. */
static int64_t backoff_ms(const struct effect *effect, const struct outcome *outcome) {
    struct sha256 sha;
    uint8_t hash[SHA256_BYTES];
    int64_t ceiling = BACKOFF_FROM_MS, draw = 0;
    for (int64_t i = 0; i < effect->attempt && ceiling < BACKOFF_MAX_MS; i++) ceiling *= 2;
    if (ceiling > BACKOFF_MAX_MS) ceiling = BACKOFF_MAX_MS;
    sha256_init(&sha);
    sha256_add(&sha, &effect->item.id, sizeof effect->item.id);
    sha256_add(&sha, &effect->attempt, sizeof effect->attempt);
    sha256_end(&sha, hash);
    for (int i = 0; i < 6; i++) draw = draw << 8 | hash[i];
    int64_t wait = BACKOFF_FROM_MS + draw % ceiling;
    int64_t asked = outcome ? outcome->retry_after_ms : 0;
    return asked > wait ? asked : wait;
}

static bool may_send_again(const struct step *step) {
    const struct effect *effect = step->item;
    return effect->resends < effect->resends_max && step->tx->now < effect->deadline_at;
}

static bool time_left(const struct step *step) {
    const struct effect *effect = step->item;
    return step->tx->now + backoff_ms(effect, step->with) < effect->deadline_at;
}

static bool failed_for_now(const struct step *step) {
    return !((const struct effect *)step->item)->final;
}

static enum err lease(struct step *step) {
    struct effect *effect = step->item;
    const struct outcome *take = step->with;
    int64_t until = step->tx->now + take->lease_ms;
    json_put_int(&step->facts, "attempt", effect->attempt + 1);
    json_put_int(&step->facts, "lease_ms", take->lease_ms);
    TRY(db_run(step->tx, effect_sql[LEASE], WITH(effect->item.id, until)));
    return schedule_set(step->tx, "effect", effect->item.id, ON_LEASE_END, until);
}

/* The timer of the deadline may have gone off under the lease; where the host's clock was set back
 * after that, what waits again must not wait for ever. */
static enum err requeue(struct step *step) {
    const struct effect *effect = step->item;
    TRY(schedule_cancel(step->tx, "effect", effect->item.id, ON_LEASE_END));
    return schedule_set(step->tx, "effect", effect->item.id, ON_DEADLINE, effect->deadline_at);
}

static enum err send_again(struct step *step) {
    struct effect *effect = step->item;
    json_put_int(&step->facts, "resends", effect->resends + 1);
    TRY(requeue(step));
    return db_run(step->tx, effect_sql[AGAIN], WITH(effect->item.id));
}

static enum err back_off(struct step *step) {
    struct effect *effect = step->item;
    const struct outcome *outcome = step->with;
    int64_t wait = backoff_ms(effect, outcome);
    json_put_int(&step->facts, "wait_ms", wait);
    json_put_text(&step->facts, "error", outcome->error);
    TRY(requeue(step));
    return db_run(step->tx, effect_sql[BACK_OFF],
                  WITH(effect->item.id, step->tx->now + wait, outcome->error));
}

static enum err stop_timers(struct step *step) {
    int64_t effect_id = ((struct item *)step->item)->id;
    TRY(schedule_cancel(step->tx, "effect", effect_id, ON_LEASE_END));
    return schedule_cancel(step->tx, "effect", effect_id, ON_DEADLINE);
}

/* Passes the outcome on to the message that this effect announces, if it announces one. */
static enum err tell(struct step *step, enum event event) {
    const struct effect *effect = step->item;
    TRY(stop_timers(step));
    if (!effect->message_id) return OK;
    return machine_fire(step->tx, &delivery_machine, effect->message_id, event, effect);
}

static enum err note_sent(struct step *step) { return tell(step, ON_SENT); }

static enum err tell_delivered(struct step *step) {
    const struct effect *effect = step->item;
    bool staff = strcmp(effect->kind, "email.send") == 0 && effect->audience[0] &&
                 strcmp(effect->audience, "patient") != 0;
    if (staff) TRY(bounce_forget(step->tx, effect->item.clinic_id, effect->agent_id));
    return tell(step, ON_DELIVERED);
}

static enum err tell_read(struct step *step) { return tell(step, ON_READ); }
static enum err leave_unknown(struct step *step) { return tell(step, ON_UNKNOWN); }

static enum err fail_now(struct step *step, bool final, const char *error) {
    struct effect *effect = step->item;
    json_put_text(&step->facts, "error", error);
    effect->error = error;
    TRY(db_run(step->tx, effect_sql[ERROR], WITH(effect->item.id, error, final)));
    return tell(step, ON_FAILED);
}

/* Where the recipient was erased meanwhile, the provider's words would bring the address back. */
static enum err fail_for_good(struct step *step) {
    const struct outcome *outcome = step->with;
    bool erased = !((const struct effect *)step->item)->recipient[0];
    TRY(fail_now(step, outcome->final, erased ? "" : outcome->error));
    return outcome->final && !erased ? bounce_note(step->tx, step->item) : OK;
}

static enum err fail_for_now(struct step *step) {
    return fail_now(step, false, "deadline");
}
