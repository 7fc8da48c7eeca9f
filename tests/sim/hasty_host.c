/* hasty_host.c: a host whose clock runs a moment ahead serves a request, or takes what is to be
 * sent, just after a clock of the core has run out and before it ticks. The core must not need the
 * tick: what is due has happened before anything else does. Asks only what changes nothing. */
#include "contact_form_model.h"
#include "door.h"

static happening looks_ahead, question_is_asked_for, question_is_sent_on, effects_are_asked_for;

enum { EARLY_MS = 300, AHEAD_MS = SECOND_MS };

struct moment {
    int64_t at, contact_form_id;
};

static void plan(struct sim *sim, int64_t due_at, int64_t contact_form_id, happening *run) {
    struct moment *moment = keep(sim, sizeof *moment);
    *moment = (struct moment){due_at - EARLY_MS, contact_form_id};
    later(sim, moment->at - host_now(sim), run, moment);
}

static void looks_ahead(struct sim *sim, void *with) {
    static const char form_sql[] = "select item_id from schedule where item_kind = 'contact_form'"
                                   " and due_at > ?1 order by due_at limit 1";
    static const char due_sql[] = "select min(due_at) from schedule where item_kind ="
                                  " 'contact_form' and item_id = ?1 and due_at > ?2";
    static const char deadline_sql[] = "select coalesce(min(deadline_at), 0) from effect where"
                                       " state = 'queued' and deadline_at > ?1";
    (void)with;
    later(sim, pause_ms(sim, HOUR_MS, 5 * HOUR_MS), looks_ahead, NULL);
    if (sim->calm || door_asleep(sim)) return;
    int64_t form_id = LOOK(sim, form_sql, host_now(sim));
    int64_t due_at = form_id ? LOOK(sim, due_sql, form_id, host_now(sim)) : 0;
    int64_t deadline_at = LOOK(sim, deadline_sql, host_now(sim));
    if (due_at && drawn(sim, 20))
        plan(sim, due_at, form_id, due_at % 5 == 0 ? question_is_sent_on : question_is_asked_for);
    if (deadline_at) plan(sim, deadline_at, 0, effects_are_asked_for);
}

/* The host's clock may have been set meanwhile. */
static bool is_now(struct sim *sim, struct moment *moment, int64_t *ret_form_id) {
    bool now = moment->at == host_now(sim) && !sim->calm && !door_asleep(sim);
    *ret_form_id = moment->contact_form_id;
    drop(sim, moment);
    return now;
}

static const char overdue[] = "select count(*) from schedule where item_kind = 'contact_form'"
                              " and item_id = ?1 and due_at <= ?2";

/* After a failure the host ticks before anything else, even if the call that met it went well. */
static int64_t failures(const struct sim *sim) {
    return sim->figures.kills + sim->figures.disk_failures + sim->figures.memory_failures;
}

/* Some ask at the very instant and not a moment later: they come before the clock. */
static void question_is_asked_for(struct sim *sim, void *with) {
    int64_t form_id;
    if (!is_now(sim, with, &form_id)) return;
    int64_t due_at = host_now(sim) + EARLY_MS, before = LOOK(sim, overdue, form_id, due_at);
    bool in_time = due_at % 11 == 7;
    int64_t ahead_ms = in_time ? EARLY_MS : AHEAD_MS, failed = failures(sim);
    sim->skew_ms += ahead_ms;
    const cJSON *ok = host_call(sim, integration_who, "contact_form.get", NULL,
                                "{'contact_form_id':%lld}", (long long)form_id);
    int64_t after = ok ? LOOK(sim, overdue, form_id, host_now(sim)) : 0;
    if (ok && !in_time && after)
        violated(sim, "what-is-due-has-happened", "question %lld is shown as it was before",
                 (long long)form_id);
    if (ok && in_time && after != before && failures(sim) == failed)
        violated(sim, "at-the-instant-is-in-time", "question %lld is shown as it is after",
                 (long long)form_id);
    settle_now(sim);
    sim->skew_ms -= ahead_ms;
    outbox_poke(sim);
}

static const char rev_now[] = "select rev from desk_state where ?1";

#define VIEW "{'op':'contact_form.get','actor':{'role':'integration'},"                     \
             "'in':{'contact_form_id':%lld}}"
#define FORWARD "{'op':'contact_form.forward','actor':{'role':'patient','link_id':%lld},"  \
                "'in':{'contact_form_id':%lld,'clinic_id':1}}"

/* The platform's views of another question leave a row each, in the same commit, and count. */
static bool refused_between_views(struct sim *sim, int64_t form_id, int64_t link_id) {
    long long other_id = form_id - 1;
    const cJSON *replies = host_batch(sim, VIEW "," FORWARD "," VIEW, other_id,
                                      (long long)link_id, (long long)form_id, other_id);
    return cJSON_HasObjectItem(cJSON_GetArrayItem(replies, 0), "ok") &&
           cJSON_HasObjectItem(cJSON_GetArrayItem(replies, 1), "error") &&
           cJSON_HasObjectItem(cJSON_GetArrayItem(replies, 2), "ok");
}

/* Nobody has rejected it, so it cannot be sent on; but its clock runs out before that is known. */
static void question_is_sent_on(struct sim *sim, void *with) {
    static const char link[] = "select coalesce(max(link_id), 0) from link where item_kind ="
                               " 'contact_form' and item_id = ?1 and agent_id = 0";
    int64_t form_id;
    if (!is_now(sim, with, &form_id)) return;
    int64_t due_at = host_now(sim) + EARLY_MS, link_id = LOOK(sim, link, form_id);
    int64_t before = LOOK(sim, overdue, form_id, due_at), rev = LOOK(sim, rev_now, 1);
    if (!link_id || !before || form_id == 1) return;
    sim->skew_ms += AHEAD_MS;
    int64_t failed = failures(sim);
    bool refused = refused_between_views(sim, form_id, link_id) && failures(sim) == failed;
    if (refused && LOOK(sim, overdue, form_id, due_at) != before)
        violated(sim, "refused-leaves-nothing", "question %lld: its clock has run out in a request"
                 " that was refused", (long long)form_id);
    if (refused && LOOK(sim, rev_now, 1) != rev + 2)
        violated(sim, "rev-counts-writes", "two were written after %lld, and %lld is told",
                 (long long)rev, (long long)LOOK(sim, rev_now, 1));
    settle_now(sim);
    sim->skew_ms -= AHEAD_MS;
    outbox_poke(sim);
}

/* Only when nothing else waits: what is given out here nobody sends. */
static void effects_are_asked_for(struct sim *sim, void *with) {
    static const char good[] = "select count(*) from effect where state = 'queued'"
                               " and due_at <= ?1 and deadline_at > ?1";
    int64_t none;
    if (!is_now(sim, with, &none) || LOOK(sim, good, host_now(sim) + AHEAD_MS)) return;
    sim->skew_ms += AHEAD_MS;
    const cJSON *ok = host_call(sim, host_who, "effect.take", NULL, "{'limit':20}");
    const cJSON *effect;
    cJSON_ArrayForEach(effect, cJSON_GetObjectItemCaseSensitive(ok, "effects"))
        if (number_of(effect, "deadline_at") <= host_now(sim))
            violated(sim, "never-after-deadline", "effect %lld is given out at its deadline",
                     (long long)number_of(effect, "effect_id"));
    settle_now(sim);
    sim->skew_ms -= AHEAD_MS;
    outbox_poke(sim);
}

static void begin(struct sim *sim) { later(sim, DAY_MS, looks_ahead, NULL); }

static const struct invariant invariants[] = {
    {"what-is-due-has-happened", "35 38 40", "Who asks about a question finds it as it is by the"
     " clock, whether the host has ticked or not.", 0, NULL},
    {"at-the-instant-is-in-time", "35", "Who comes at the very instant of a clock comes before it.",
     0, NULL},
    {"refused-leaves-nothing", "", "What a request had done before it was refused is undone,"
     " also in a commit that others share.", 0, NULL},
    {"rev-counts-writes", "", "rev grows by one with each write that is accepted.", 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part hasty_host_part = {
    .name = "hasty_host", .place = 6, .begin = begin, .invariants = invariants,
};
