/* contact_form_notices.c: every notice about a question that the core decides on, judged by the
 * clocks of the model: not before its time, once, to whom it is owed, and never after what made it
 * pointless (rules 31, 35 to 41, 48, 49, 55). Looks at the core when it is at rest. */
#include "contact_form_model.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* All that was decided about one question at one instant by one rule towards its clinic. */
struct notice {
    int64_t effect_id, form_id, at, clinic, agent_id;
    int rule, mails, pushes, to_clinic;
    int telling, say_read; /* mails with a subject; those that say that the question was read */
    uint32_t roles;
    bool patient, sms;
};

static bool settle_fresh(const struct sim *sim, const struct form *form) {
    return form->plan_settle == model_of(sim)->settle;
}

/* A clock that ran out in the very call that also moved it was right before or is right now. */
static bool due(const struct sim *sim, const struct form *form, size_t which, int64_t at) {
    const struct plan *plans[] = {&form->plan, settle_fresh(sim, form) ? &form->plan_before : NULL};
    for (int i = 0; i < 2; i++)
        if (plans[i] && *(const int64_t *)((const char *)plans[i] + which) == at) return true;
    return false;
}
#define DUE(sim, form, which, at) due((sim), (form), offsetof(struct plan, which), (at))

/* Where Premium's clock is the shorter one and ran out while the tier was Basic, it comes again
 * right after Basic's. */
static bool premium_due(const struct sim *sim, const struct form *form, int64_t at) {
    bool waited = form->plan.offer_at <= form->plan.basic_at && DUE(sim, form, basic_at, at - 1);
    return waited || DUE(sim, form, offer_at, at);
}

static bool changed_just_now(const struct sim *sim) {
    return model_of(sim)->changed_settle == model_of(sim)->settle;
}

/* Whether somebody of the clinic had seen the newest question at that instant. */
static bool was_read(const struct form *form, int64_t at) {
    return form->state == READ && form->seen_at < at;
}

static void still_owed(struct sim *sim, const struct form *form, int64_t at, const char *after) {
    bool unanswered = clinic_at(sim, form->clinic)->policy[UNANSWERED] != 0;
    if (form->erased_at && at > form->erased_at)
        violated(sim, "erased-person-is-gone", "question %lld still has clocks",
                 (long long)form->id);
    else if (!waits(form->state) && at > form->settled_at)
        violated(sim, after, "question %lld was settled at %lld, told at %lld",
                 (long long)form->id, (long long)form->settled_at, (long long)at);
    else if (was_read(form, at) && !unanswered && !changed_just_now(sim))
        violated(sim, "nothing-after-reading", "question %lld was read at %lld, told at %lld",
                 (long long)form->id, (long long)form->seen_at, (long long)at);
}

/* A clock that ran out in the very call that began another: by the times alone nobody can tell, as
 * the host's may have been set back. */
static bool of_an_earlier_clock(const struct sim *sim, const struct form *form,
                                const struct notice *notice) {
    return form->clock_settle == model_of(sim)->settle && notice->at != form->plan.remind_at;
}

/* Rules 35, 37, 40, 55, 64; B03, B07, B14, B16. */
static void reminder_judge(struct sim *sim, struct form *form, const struct notice *notice) {
    long long id = (long long)form->id;
    bool missing = !form->reminded && premium_due(sim, form, notice->at);
    still_owed(sim, form, notice->at, "no-reminder-after-answer");
    if (!premium_maybe(sim, form))
        violated(sim, "basic-never-reminded", "question %lld", id);
    bool of_another = of_an_earlier_clock(sim, form, notice);
    if (form->reminded && !of_another)
        violated(sim, "reminder-once", "question %lld at %lld and at %lld", id,
                 (long long)form->reminded_at, (long long)notice->at);
    if (!DUE(sim, form, remind_at, notice->at) && !missing)
        violated(sim, notice->at < form->plan.remind_at ? "reminder-not-before-its-time"
                                                        : "reminder-at-its-time",
                 "question %lld at %lld, due at %lld", id, (long long)notice->at,
                 (long long)form->plan.remind_at);
    int rule = was_read(form, notice->at) ? 64 : 35;
    if (notice->rule != rule && notice->rule != 40 && !settle_fresh(sim, form))
        violated(sim, "reminder-says-why", "question %lld by rule %d instead of %d", id,
                 notice->rule, rule);
    if (notice->telling > 0 && (notice->say_read > 0) != (notice->rule == 64))
        violated(sim, "reminder-says-why", "question %lld by rule %d: %d of %d mails say that it"
                 " was read", id, notice->rule, notice->say_read, notice->mails);
    will_change(sim, form, sizeof *form);
    form->reminded_at = notice->at;
    form->reminded |= !of_another;
    /* What was answered or asked anew in the same call is owed no offer by this reminder. */
    if (notice->rule != 40 || !waits(form->state) || of_another) return;
    const int64_t *policy = clinic_at(sim, form->clinic)->policy;
    int64_t wait = policy[PREMIUM_AFTER] - policy[REMIND_AFTER];
    plan_set(sim, form, (struct plan){form->plan.remind_at, form->plan.basic_at,
                                      notice->at + (wait > 0 ? wait : policy[REMIND_AFTER]) *
                                                       SECOND_MS});
}

/* Rules 38 to 41; B04 to B07, B11. */
static void offer_judge(struct sim *sim, struct form *form, const struct notice *notice) {
    static const char offered[] = "select offered_at = ?2 from contact_form"
                                  " where contact_form_id = ?1";
    int offices[OFFICES];
    long long id = (long long)form->id;
    const int64_t *policy = clinic_at(sim, form->clinic)->policy;
    bool some = LOOK(sim, offered, form->id, notice->at) != 0;
    bool basic = basic_maybe(sim, form) && DUE(sim, form, basic_at, notice->at);
    still_owed(sim, form, notice->at, "no-offer-after-answer");
    if (form->answered_at && form->answered_at < notice->at && policy[REARM] < 2 &&
        !changed_just_now(sim))
        violated(sim, "no-offer-after-answer", "question %lld was answered before", id);
    if (form->offered_at || (!some && form->told_none))
        violated(sim, "offer-once", "question %lld at %lld", id, (long long)notice->at);
    if (!basic && !premium_due(sim, form, notice->at))
        violated(sim, "offer-at-its-time", "question %lld at %lld, due at %lld (Basic: %lld)", id,
                 (long long)notice->at, (long long)form->plan.offer_at,
                 (long long)form->plan.basic_at);
    if (!basic && !basic_maybe(sim, form) && !form->reminded)
        violated(sim, "no-offer-before-the-reminder", "question %lld", id);
    int n = offices_of(sim, form, true, notice->at, OFFICES, offices);
    if ((n > 0) != some && !changed_just_now(sim))
        violated(sim, "offered-when-there-are", "question %lld: %d offices, told of %s", id, n,
                 some ? "some" : "none");
    will_change(sim, form, sizeof *form);
    if (some) form->offered_at = notice->at;
    else form->told_none_at = notice->at;
    form->told_none |= !some && form->clock_settle != model_of(sim)->settle;
}

/* Everybody who handles questions hears of it; where nobody does, the clinic's own address. */
static void handlers_judge(struct sim *sim, const struct form *form, const struct notice *notice) {
    const struct clinic *clinic = clinic_at(sim, form->clinic);
    uint32_t owed = 0;
    for (int role = 0; role < AGENT_ROLES; role++)
        owed |= (uint32_t)agent_hears(clinic, role, form->doctor) << role;
    bool right = notice->roles == owed && notice->to_clinic == (owed == 0) &&
                 notice->mails == __builtin_popcount(owed) + (owed == 0);
    if (!right && !changed_just_now(sim))
        violated(sim, "all-who-handle-hear", "question %lld by rule %d: roles %x of %x, %d mails",
                 (long long)form->id, notice->rule, notice->roles, owed, notice->mails);
}

static void clinic_judge(struct sim *sim, struct form *form, const struct notice *notice) {
    handlers_judge(sim, form, notice);
    if (notice->rule == 31 || notice->rule == 49) {
        WILL_CHANGE(sim, form->told_at);
        form->told_at = notice->at;
        if (notice->at > form->asked_at)
            violated(sim, "clinic-is-told-once", "question %lld: told at %lld of what came at %lld",
                     (long long)form->id, (long long)notice->at, (long long)form->asked_at);
        return;
    }
    reminder_judge(sim, form, notice);
}

static void patient_judge(struct sim *sim, struct form *form, const struct notice *notice) {
    long long id = (long long)form->id;
    switch (notice->rule) {
    case 38:
    case 40:
        offer_judge(sim, form, notice);
        return;
    case 44:
    case 48:
        if (notice->at == form->settled_at) {
            WILL_CHANGE(sim, form->invited_at);
            form->invited_at = notice->at;
        } else if (!notice->sms) {
            violated(sim, "patient-invited-once", "question %lld at %lld", id,
                     (long long)notice->at);
        }
        return;
    case 64:
        if (notice->at != form->delivered_at)
            violated(sim, "receipt-at-delivery", "question %lld at %lld", id,
                     (long long)notice->at);
        return;
    default:
        violated(sim, "patient-invited-once", "question %lld by rule %d", id, notice->rule);
    }
}

static void notice_judge(struct sim *sim, const struct notice *notice) {
    struct form *form = form_find(sim, notice->form_id);
    if (!form || !notice->effect_id || sim->violated) return;
    if (notice->clinic != form->clinic)
        violated(sim, "notices-stay-in-the-clinic", "effect %lld", (long long)notice->effect_id);
    touch(sim, form);
    if (notice->patient) patient_judge(sim, form, notice);
    else clinic_judge(sim, form, notice);
}

/* Two reactions may come in one call: each goes to everybody, in the order of their ids. */
static bool same_notice(const struct notice *a, const struct notice *b) {
    return !a->patient && !b->patient && a->form_id == b->form_id && a->at == b->at &&
           a->rule == b->rule && (b->agent_id > a->agent_id || b->pushes > 0);
}

/* One row into the notice that it belongs to. */
static bool says_read(const char *subject) {
    static const char *const words[] = {"was read", "przeczytane", "прочитан,"};
    for (int i = 0; i < 3; i++)
        if (strstr(subject, words[i])) return true;
    return false;
}

static void notice_add(struct sim *sim, struct notice *notice, sqlite3_stmt *row) {
    const char *kind = (const char *)sqlite3_column_text(row, 6);
    int64_t agent_id = sqlite3_column_int64(row, 5);
    int role = (int)((agent_id - 1) % AGENT_ROLES);
    notice->agent_id = agent_id;
    if (strcmp(kind, "email.send") != 0) {
        notice->pushes++;
        return;
    }
    notice->mails++;
    notice->telling += sqlite3_column_bytes(row, 8) > 0; /* an erased patient's tell nothing */
    notice->say_read += says_read((const char *)sqlite3_column_text(row, 8));
    notice->to_clinic += agent_id == 0;
    if (agent_id == 0) return;
    if (clinic_of_agent(agent_id) != notice->clinic || notice->roles >> role & 1)
        violated(sim, "notices-stay-in-the-clinic", "effect %lld goes to agent %lld",
                 (long long)notice->effect_id, (long long)agent_id);
    notice->roles |= 1u << role;
}

static struct notice notice_read(sqlite3_stmt *row) {
    const char *audience = (const char *)sqlite3_column_text(row, 4);
    const char *kind = (const char *)sqlite3_column_text(row, 6);
    bool push = strcmp(kind, "push.send") == 0;
    return (struct notice){.effect_id = sqlite3_column_int64(row, 0),
                           .rule = sqlite3_column_int(row, 1),
                           .form_id = sqlite3_column_int64(row, 2),
                           .at = sqlite3_column_int64(row, 3),
                           .clinic = sqlite3_column_int64(row, 7),
                           .agent_id = sqlite3_column_int64(row, 5), .pushes = push,
                           .patient = strcmp(audience, "patient") == 0,
                           .sms = strcmp(kind, "sms.send") == 0};
}

/* What was taken as the machine failed is heard of when it is asked again: until then the notices
 * about it wait, and those after them. */
static bool unheard_of(struct sim *sim, const struct notice *notice) {
    struct form_model *model = model_of(sim);
    bool known = form_find(sim, notice->form_id) != NULL;
    if (known) model->stuck_at = 0;
    if (known) return false;
    if (!model->stuck_at) model->stuck_at = sim->now;
    if (sim->now - model->stuck_at > 4 * (int64_t)DAY_MS)
        violated(sim, "nobody-is-told-of-nothing", "effect %lld is about question %lld",
                 (long long)notice->effect_id, (long long)notice->form_id);
    return true;
}

static void notices_look(struct sim *sim, sqlite3_stmt *row) {
    struct form_model *model = model_of(sim);
    struct notice open = {0};
    while (!sim->violated && sqlite3_step(row) == SQLITE_ROW) {
        struct notice next = notice_read(row);
        if (next.form_id && unheard_of(sim, &next)) break;
        model->last_effect = next.effect_id;
        if (next.form_id == 0) continue;
        if (!same_notice(&open, &next)) {
            notice_judge(sim, &open);
            open = next;
            open.pushes = 0;
        }
        if (!open.patient) notice_add(sim, &open, row);
    }
    notice_judge(sim, &open);
}

void settle_now(struct sim *sim) {
    static const char rev[] = "select rev from desk_state";
    static const char since[] = "select effect_id, rule, iif(item_kind = 'contact_form', item_id,"
                                " 0), created_at, audience, agent_id, kind, clinic_id, subject from"
                                " effect where effect_id > ?1 order by effect_id";
    struct form_model *model = model_of(sim);
    model->settling = false;
    if (host_now(sim) > model->latest) model->latest = host_now(sim);
    if (!look(sim, rev, 0, NULL)) return;
    WILL_CHANGE(sim, model->last_effect);
    sqlite3_stmt *row = look_rows(sim, since, 1, (const int64_t[]){model->last_effect});
    if (row) notices_look(sim, row);
    look_end(row);
    if (model->stuck_at) return;
    for (int i = 0; i < model->touched_n && !sim->violated; i++) {
        struct form *form = form_find(sim, model->touched[i]);
        if (form) rest_check(sim, form);
    }
    model->touched_n = model->accepted_n = 0;
    if (model->erased_person) check_erased(sim, model->erased_person);
    model->erased_person = 0;
    model->settle++;
}

static void settle(struct sim *sim, void *with) {
    (void)with;
    settle_now(sim);
}

void settle_later(struct sim *sim) {
    struct form_model *model = model_of(sim);
    if (!model || model->settling) return; /* clinics are founded before the first day */
    model->settling = true;
    later(sim, 0, settle, NULL);
}

/* A mail leaves now. What it is about may have been settled since it was decided on; who has it in
 * hand finishes, nobody begins. */
void notices_attempt(struct sim *sim, const cJSON *effect) {
    const cJSON *because = cJSON_GetObjectItemCaseSensitive(effect, "because");
    int64_t rule = number_of(because, "rule"), id = number_of(effect, "item_id");
    const struct form *form = form_find(sim, id);
    const char *purpose = text_in(cJSON_GetObjectItemCaseSensitive(effect, "link"), "purpose");
    bool patient = strcmp(purpose, "contact_form") == 0;
    if (!form || strcmp(text_in(effect, "item_kind"), "contact_form") != 0) return;
    if (form->erased_at)
        violated(sim, "erased-person-is-gone", "effect %lld is sent after the erasure",
                 (long long)number_of(effect, "effect_id"));
    bool reminds = !patient && (rule == 35 || rule == 40 || rule == 64);
    if (reminds && !waits(form->state))
        violated(sim, "no-reminder-after-answer", "effect %lld, question %lld",
                 (long long)number_of(effect, "effect_id"), (long long)id);
    bool unread = !patient && (rule == 31 || rule == 35 || rule == 49);
    if (unread && form->state == READ)
        violated(sim, "nothing-after-reading", "effect %lld, question %lld",
                 (long long)number_of(effect, "effect_id"), (long long)id);
    if (patient && (rule == 38 || rule == 40) && !waits(form->state))
        violated(sim, "no-offer-after-answer", "effect %lld, question %lld",
                 (long long)number_of(effect, "effect_id"), (long long)id);
}
