/* contact_form_changes.c: what the platform and the clinics change around the questions: hours,
 * absences, tiers, policies, staff; and the erasure of a person. Absences entered later move the
 * clocks that still run (B14). */
#include "contact_form_model.h"

#include <stdio.h>
#include <string.h>

static void clinic_changes(struct judged *j, struct clinic *clinic) {
    will_change(j->sim, clinic, sizeof *clinic);
    model_of(j->sim)->changed_settle = model_of(j->sim)->settle;
    clinic->unsure_at = j->at;
}

/* Whether a clock still runs. Of one that should have run out the core is asked: the host's tick
 * may be late. */
static bool runs(struct judged *j, const struct form *form, const char *waiting, int64_t at) {
    int64_t latest = model_of(j->sim)->latest > j->at ? model_of(j->sim)->latest : j->at;
    return at && (at > latest || LOOK(j->sim, waiting, form->id));
}
#define WAITING(event) "select count(*) from schedule where item_kind = 'contact_form'" \
                       " and item_id = ?1 and event = '" event "'"

/* Moves the clocks of one question that have not run out; true when its reminder moved. */
static bool form_replan(struct judged *j, struct form *form) {
    static const char reminds[] = WAITING("remind"), offers[] = WAITING("offer"),
                      basic[] = WAITING("offer_basic"),
                      clock[] = "select clock_at from contact_form where contact_form_id = ?1";
    struct plan plan = plan_for(j->sim, form, j->at), old = form->plan;
    if (form->reminded || !runs(j, form, reminds, old.remind_at)) return false;
    if (!runs(j, form, basic, old.basic_at)) plan.basic_at = old.basic_at;
    if (!runs(j, form, offers, old.offer_at)) plan.offer_at = old.offer_at;
    /* That no offer is wanted any more is seen as soon as something moves, and not before. */
    bool same_offer = !plan.basic_at || plan.basic_at == old.basic_at;
    if (plan.remind_at == old.remind_at && same_offer) return false;
    /* Asked of the core is what its commit left: a clock that began later in it is another. */
    bool moved = plan.remind_at != old.remind_at;
    j->unsure += moved && LOOK(j->sim, clock, form->id) != form->clock_at;
    will_change(j->sim, form, sizeof *form);
    plan_set(j->sim, form, plan);
    touch(j->sim, form);
    return moved;
}

/* Rule 55, B14: for all that wait in a clinic, or for one doctor. How many reminders moved. */
static int64_t replan(struct judged *j, int clinic, int64_t doctor) {
    struct form_model *model = model_of(j->sim);
    int64_t moved = 0;
    for (int64_t id = 1; id <= model->newest_form; id++) {
        struct form *form = form_find(j->sim, id);
        bool open = form && form->clinic == clinic && waits(form->state) && !form->erased_at &&
                    (!doctor || form->doctor == doctor) && form->plan.remind_at;
        if (open) moved += form_replan(j, form);
    }
    return moved;
}

static void moved_check(struct judged *j, int64_t moved) {
    int64_t said = number_of(j->answer->body, "moved");
    if (said > moved || said < moved - j->unsure)
        violated(j->sim, "absence-defers-reminder", "%s moved %lld reminders, by the rules %lld",
                 j->asked->op, (long long)said, (long long)moved);
}

void on_absence_add(struct judged *j) {
    int number = j->clinic ? j->clinic : (int)number_of(j->in, "clinic_id");
    struct clinic *clinic = clinic_at(j->sim, number);
    clinic_changes(j, clinic);
    if (clinic->away_n == AWAY_MAX)
        memmove(clinic->away, clinic->away + 1, sizeof *clinic->away * (size_t)--clinic->away_n);
    struct away *away = &clinic->away[clinic->away_n++];
    *away = (struct away){number_of(j->answer->body, "absence_id"),
                          number_of(j->in, "practitioner_id"), date_read(text_in(j->in, "from")),
                          date_read(text_in(j->in, "to")), false};
    moved_check(j, replan(j, number, away->doctor));
}

void on_absence_remove(struct judged *j) {
    int64_t id = number_of(j->in, "absence_id");
    for (int number = 1; number <= j->sim->options.clinics; number++) {
        struct clinic *clinic = clinic_at(j->sim, number);
        for (int i = 0; i < clinic->away_n; i++) {
            if (clinic->away[i].id != id) continue;
            clinic_changes(j, clinic);
            clinic->away[i].removed = true;
            moved_check(j, replan(j, number, clinic->away[i].doctor));
        }
    }
}

void on_hours(struct judged *j) {
    int number = j->clinic ? j->clinic : (int)number_of(j->in, "clinic_id");
    struct clinic *clinic = clinic_at(j->sim, number);
    const cJSON *v, *holidays = cJSON_GetObjectItemCaseSensitive(j->in, "holidays");
    clinic_changes(j, clinic);
    memset(clinic->open_from, 0, sizeof clinic->open_from);
    memset(clinic->open_to, 0, sizeof clinic->open_to);
    clinic->hours_known = false;
    cJSON_ArrayForEach(v, cJSON_GetObjectItemCaseSensitive(j->in, "hours")) {
        int day = (int)number_of(v, "day"), hour = 0, minute = 0;
        clinic->hours_known = true;
        if (sscanf(text_in(v, "from"), "%d:%d", &hour, &minute) == 2)
            clinic->open_from[day] = (int16_t)(hour * 60 + minute);
        if (sscanf(text_in(v, "to"), "%d:%d", &hour, &minute) == 2)
            clinic->open_to[day] = (int16_t)(hour * 60 + minute);
    }
    if (holidays) clinic->holidays_n = 0;
    cJSON_ArrayForEach(v, holidays)
        if (clinic->holidays_n < HOLIDAYS)
            clinic->holidays[clinic->holidays_n++] = date_read(v->valuestring);
    moved_check(j, replan(j, number, 0));
}

void on_clinic_set(struct judged *j) {
    struct clinic *clinic = clinic_at(j->sim, (int)number_of(j->in, "clinic_id"));
    const char *tier = text_in(j->in, "tier");
    if (!*tier) return;
    clinic_changes(j, clinic);
    clinic->premium_before = clinic->premium;
    clinic->premium = strcmp(tier, "premium") == 0;
    clinic->tier_settle = model_of(j->sim)->settle;
}

void on_policy(struct judged *j) {
    int number = j->clinic ? j->clinic : (int)number_of(j->in, "clinic_id");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(j->in, "value");
    if (!number) return;
    for (int i = 0; i < FORM_POLICIES; i++) {
        if (strcmp(policy_defaults[i].key, text_in(j->in, "key")) != 0) continue;
        struct clinic *clinic = clinic_at(j->sim, number);
        clinic_changes(j, clinic);
        clinic->policy[i] = cJSON_IsNumber(value)          ? (int64_t)value->valuedouble
                            : model_of(j->sim)->literal ? policy_defaults[i].literal
                                                        : policy_defaults[i].recommended;
    }
}

void on_agent_set(struct judged *j) {
    int clinic, role = who_role(j->in, &clinic);
    const cJSON *active = cJSON_GetObjectItemCaseSensitive(j->in, "active");
    if (clinic < 1 || clinic > j->sim->options.clinics) return;
    clinic_changes(j, clinic_at(j->sim, clinic));
    if (active) clinic_at(j->sim, clinic)->active[role] = cJSON_IsTrue(active);
    if (number_of(j->in, "practitioner_id"))
        clinic_at(j->sim, clinic)->agent_doctor[role] = number_of(j->in, "practitioner_id");
}

void on_notice_set(struct judged *j) {
    const cJSON *mails = cJSON_GetObjectItemCaseSensitive(j->in, "contact_form_email");
    if (j->role < 0) return;
    clinic_changes(j, clinic_at(j->sim, j->clinic));
    clinic_at(j->sim, j->clinic)->mails[j->role] = cJSON_IsTrue(mails);
}

void on_erase(struct judged *j) {
    struct form_model *model = model_of(j->sim);
    int64_t person = person_of(text_in(j->in, "email"));
    for (int64_t id = 1; id <= model->newest_form; id++) {
        struct form *form = form_find(j->sim, id);
        if (!form || form->person != person || form->erased_at) continue;
        will_change(j->sim, form, sizeof *form);
        form->erased_at = j->at;
        form->since_at = form->claim_agent = form->claim_until = 0;
        form->service = 0;
        memset(form->draft, 0, sizeof form->draft);
        plan_set(j->sim, form, (struct plan){0});
        for (int i = form->message; i >= 0; i = model->messages[i].before) {
            WILL_CHANGE(j->sim, model->messages[i].digest);
            model->messages[i].digest = digest_of("");
        }
        touch(j->sim, form);
    }
    if (person) model->erased_person = person;
}

void on_link_open(struct judged *j) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(j->answer->body, "item");
    struct form *form = form_find(j->sim, number_of(item, "item_id"));
    bool patient = strcmp(text_in(j->answer->body, "purpose"), "contact_form") == 0;
    if (!form || !patient) return;
    will_change(j->sim, form, sizeof *form);
    form->session_id = number_of(j->answer->body, "session_id");
    form->session_link = number_of(j->in, "link_id");
}
