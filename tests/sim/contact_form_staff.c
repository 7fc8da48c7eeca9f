/* contact_form_staff.c: the people of the clinics, diligent, slow or never there; two of them at
 * once on old pages; and the platform, which changes hours, tiers and policies around them. */
#include <stdio.h>
#include <string.h>

#include "contact_form_model.h"

enum habit { NEVER, SLOW, DILIGENT };
enum act { ANSWER, PHONE, REJECT, DRAFT, ACTS };

struct office {
    int clinic;
    enum habit habit;
};

/* A page that somebody has open: what is done with it happens later, on what it showed. */
struct page {
    int64_t form_id, serial, seen_id, session_id;
    int clinic, role;
    enum act act;
};

static happening round_made, page_opened, page_used, platform_day, colleague_back;

static const char *role_who(const struct page *page) {
    static char who[WHO_BYTES];
    const char *plain = agent_who(page->clinic, (enum agent_role)page->role);
    if (!page->session_id) return plain;
    snprintf(who, sizeof who, "%.*s,\"session_id\":%lld}", (int)strlen(plain) - 1, plain,
             (long long)page->session_id);
    return who;
}

static enum habit habit_drawn(struct sim *sim) {
    uint32_t n = draw(sim, 10);
    return n < 2 ? NEVER : n < 5 ? SLOW : DILIGENT;
}

/* ---- at work ---- */

static struct page *page_new(struct sim *sim, const struct form *form, int role) {
    struct page *page = keep(sim, sizeof *page);
    *page = (struct page){.form_id = form->id, .serial = form->serial, .clinic = form->clinic,
                          .role = role};
    return page;
}

static void saw_page(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    const cJSON *row = cJSON_GetObjectItemCaseSensitive(answer->body, "contact_form");
    const struct form *form = form_find(sim, asked->a);
    uint32_t wish = draw(sim, 100);
    if (!answer->ok || !form || wish >= 80 || sim->calm) return;
    int role = (int)(asked->b & 0xFF);
    struct page *page = page_new(sim, form, role);
    page->session_id = asked->b >> 24;
    page->seen_id = number_of(row, "last_message_id");
    page->act = wish < 52 ? ANSWER : wish < 60 ? PHONE : wish < 72 ? REJECT : DRAFT;
    if (drawn(sim, 40))
        ask(sim, role_who(page), "contact_form.claim", NULL, form->id, 0,
            "{'contact_form_id':%lld,'take_over':%s}", (long long)form->id,
            drawn(sim, 20) ? "true" : "false");
    later(sim, drawn(sim, 80) ? draw_ms(sim, 30 * SECOND_MS, 20 * MINUTE_MS)
                              : draw_ms(sim, HOUR_MS, 3 * (int64_t)DAY_MS), page_used, page);
}

static void page_opened(struct sim *sim, void *with) {
    struct page *page = with;
    ask(sim, role_who(page), "contact_form.get", saw_page, page->form_id,
        page->role | page->session_id << 24, "{'contact_form_id':%lld}", (long long)page->form_id);
    drop(sim, page);
}

static void answer_send(struct sim *sim, const struct page *page, const struct form *form) {
    static const char *const reasons[] = {"duplicate", "spam", "not_performed", "cannot_meet_now"};
    const char *text = words(sim, form->clinic, form->person), *who = role_who(page);
    long long id = (long long)form->id, seen = (long long)page->seen_id;
    switch (page->act) {
    case ANSWER:
    case ACTS:
        ask(sim, who, "contact_form.answer", NULL, id, 0,
            "{'contact_form_id':%lld,'text':'%s','last_message_id':%lld}", id, text, seen);
        return;
    case PHONE:
        ask(sim, who, "contact_form.answer_by_phone", NULL, id, 0,
            "{'contact_form_id':%lld,'note':'%s','called_at':%lld,'last_message_id':%lld}", id,
            text, (long long)(host_now(sim) - 2 * (int64_t)DAY_MS), seen);
        return;
    case REJECT:
        ask(sim, who, "contact_form.reject", NULL, id, 0,
            "{'contact_form_id':%lld,'reason':'%s','note':'%s','last_message_id':%lld}", id,
            reasons[draw(sim, 4)], text, seen);
        if (drawn(sim, 5))
            ask(sim, who, "contact_form.reject", NULL, id, MUST_REFUSE,
                "{'contact_form_id':%lld,'reason':'ugly'}", id);
        return;
    case DRAFT:
        ask(sim, who, "contact_form.save_draft", NULL, id, 0,
            "{'contact_form_id':%lld,'text':'%s'}", id, drawn(sim, 85) ? text : "");
        if (drawn(sim, 30))
            ask(sim, who, "contact_form.release", NULL, id, 0, "{'contact_form_id':%lld}", id);
        return;
    }
}

/* Other people's questions, and what an assistant may not do. */
static void stranger_tries(struct sim *sim, const struct page *page) {
    static const char *const ops[] = {"contact_form.get", "contact_form.claim",
                                      "contact_form.save_draft", "contact_form.release"};
    int clinic = page->clinic % sim->options.clinics + 1;
    bool limited = page->session_id != 0;
    if (limited && choose(sim, 2)) {
        ask(sim, role_who(page), "contact_form.list", NULL, 0, MUST_REFUSE, "{}");
        ask(sim, role_who(page), "contact_form.get", NULL, 0, MUST_REFUSE,
            "{'contact_form_id':%lld}", (long long)(page->form_id > 1 ? page->form_id - 1
                                                                     : page->form_id + 1));
    } else if (clinic != page->clinic) {
        ask(sim, agent_who(clinic, (enum agent_role)page->role), ops[choose(sim, 4)], NULL, 0,
            MUST_REFUSE, "{'contact_form_id':%lld}", (long long)page->form_id);
    }
    ask(sim, agent_who(page->clinic, ASSISTANT), "absence.add", NULL, 0, MUST_REFUSE,
        "{'from':'2030-01-01','to':'2030-01-02'}");
}

static void page_used(struct sim *sim, void *with) {
    struct page *page = with;
    const struct form *form = form_find(sim, page->form_id);
    bool same = form && form->serial == page->serial && !sim->calm;
    if (same) answer_send(sim, page, form);
    if (same && mishap(sim, STRANGER)) stranger_tries(sim, page);
    drop(sim, page);
}

static void page_plan(struct sim *sim, const struct form *form, int role, int64_t in_ms) {
    later(sim, in_ms, page_opened, page_new(sim, form, role));
}

/* Out of the list one takes some; now and then a colleague takes the same. */
static void saw_list(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    const cJSON *row;
    bool done = strstr(asked->in, "\"done\"") != NULL;
    if (!answer->ok) return;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(answer->body, "contact_forms")) {
        const struct form *form = form_find(sim, number_of(row, "contact_form_id"));
        const char *state = text_in(row, "state");
        bool waiting = strcmp(state, "new") == 0 || strcmp(state, "read") == 0;
        if (done && waiting && form && !form->erased_at)
            violated(sim, "list-shows-what-is", "question %lld is %s and listed as done",
                     (long long)number_of(row, "contact_form_id"), state);
        bool both = mishap(sim, TWO_TABS) || drawn(sim, 8);
        if (!form || !drawn(sim, 70)) continue;
        int64_t in_ms = draw_ms(sim, 0, 30 * MINUTE_MS);
        page_plan(sim, form, (int)asked->b, in_ms);
        if (both)
            page_plan(sim, form, (int)draw(sim, AGENT_ROLES), in_ms + draw_ms(sim, 0, MINUTE_MS));
    }
}

static void round_made(struct sim *sim, void *with) {
    struct office *office = with;
    if (drawn(sim, 3)) office->habit = habit_drawn(sim);
    later(sim, office->habit == DILIGENT ? draw_ms(sim, HOUR_MS, 12 * HOUR_MS)
                                         : draw_ms(sim, DAY_MS, 4 * (int64_t)DAY_MS),
          round_made, office);
    if (sim->calm || (office->habit == NEVER && !drawn(sim, 5))) return;
    static const char *const scopes[] = {"all", "done", "done", "waiting"};
    int role = (int)draw(sim, AGENT_ROLES);
    uint32_t scope = draw(sim, 25);
    ask(sim, agent_who(office->clinic, (enum agent_role)role), "contact_form.list", saw_list, 0,
        role, "{'scope':'%s','limit':%d}", scopes[scope < 3 ? scope : 3], 5 + (int)draw(sim, 20));
}

/* ---- by the link of a mail ---- */

static void staff_was_let_in(struct sim *sim, const struct asked *asked,
                             const struct answer *answer) {
    const struct form *form = form_find(sim, asked->a);
    int64_t session_id = number_of(answer->body, "session_id");
    if (!answer->ok || !form || !session_id) return;
    struct page *page = page_new(sim, form, (int)asked->b);
    page->session_id = session_id;
    if (mishap(sim, STRANGER)) stranger_tries(sim, page);
    page_opened(sim, page);
}

void staff_hears(struct sim *sim, const cJSON *effect) {
    const cJSON *link = cJSON_GetObjectItemCaseSensitive(effect, "link");
    int clinic = 0, role = 0;
    if (strcmp(text_in(link, "purpose"), "contact_form_clinic") != 0 || sim->calm) return;
    if (sscanf(text_in(effect, "to"), "agent%d.%d@", &clinic, &role) != 2 || !drawn(sim, 4)) return;
    ask(sim, host_who, "link.open", staff_was_let_in, number_of(effect, "item_id"), role,
        "{'link_id':%lld,'browser':'agent%d'}", (long long)number_of(link, "link_id"), role);
}

/* ---- the platform ---- */

static void absence_enter(struct sim *sim, int clinic) {
    const struct clinic *at = clinic_at(sim, clinic);
    char from[11], to[11], doctor[48] = "";
    int64_t first = day_at(clinic, host_now(sim)) - 1 + (int64_t)draw(sim, 8);
    uint32_t place = draw(sim, 4);
    date_text(first, from);
    date_text(first + (int64_t)draw(sim, 14), to);
    if (place < DOCTORS && at->doctors[place])
        snprintf(doctor, sizeof doctor, ",'practitioner_id':%lld", (long long)at->doctors[place]);
    ask(sim, agent_who(clinic, (enum agent_role)draw(sim, 3)), "absence.add", NULL, clinic, 0,
        "{'from':'%s','to':'%s'%s}", from, to, doctor);
}

static void absence_take_back(struct sim *sim, int clinic) {
    const struct clinic *at = clinic_at(sim, clinic);
    if (at->away_n == 0) return;
    const struct away *away = &at->away[at->away_n - 1];
    if (!away->removed)
        ask(sim, agent_who(clinic, ADMINISTRATOR), "absence.remove", NULL, clinic, 0,
            "{'absence_id':%lld}", (long long)away->id);
}

static void hours_set(struct sim *sim, int clinic) {
    char hours[600] = "", holiday[11];
    size_t size = 0;
    int days = 3 + (int)draw(sim, 5);
    date_text(day_at(clinic, host_now(sim)) + (int64_t)draw(sim, 10), holiday);
    for (int day = 1; day <= days && drawn(sim, 95); day++)
        size += (size_t)snprintf(hours + size, sizeof hours - size,
                                 "%s{'day':%d,'from':'%02d:30','to':'%02d:00'}", size ? "," : "",
                                 day, 7 + (int)draw(sim, 3), 14 + (int)draw(sim, 7));
    ask(sim, agent_who(clinic, ADMINISTRATOR), "clinic.set_hours", NULL, clinic, 0,
        "{'hours':[%s],'holidays':['%s']}", hours, holiday);
}

static void policy_change(struct sim *sim, int clinic, enum form_policy policy, int64_t value) {
    char text[40] = "";
    if (value >= 0) snprintf(text, sizeof text, ",'value':%lld", (long long)value);
    ask(sim, drawn(sim, 50) ? integration_who : agent_who(clinic, ADMINISTRATOR), "policy.set",
        NULL, clinic, 0, "{'clinic_id':%d,'key':'%s'%s}", clinic, policy_defaults[policy].key,
        text);
}

static void policy_drawn(struct sim *sim, int clinic) {
    static const struct {
        enum form_policy policy;
        uint32_t from, n;
    } moving[] = {{UNANSWERED, 0, 2}, {REARM, 0, 3}, {OFFER_MAX, 1, 3}, {RADIUS_KM, 0, 60},
                  {FORWARD_SPAM, 0, 2}, {CLAIM_TTL, 60, 600}, {RECEIPT, 0, 2}, {MIN_N, 1, 6},
                  {WINDOW_D, 7, 90}, {EXCLUDE_ABSENCE, 0, 2}};
    uint32_t i = draw(sim, sizeof moving / sizeof *moving);
    policy_change(sim, clinic, moving[i].policy,
                  drawn(sim, 20) ? -1 : (int64_t)(moving[i].from + draw(sim, moving[i].n)));
}

/* An assistant leaves, and is back after a while; the others are needed for reviews. */
static void colleague_leaves(struct sim *sim, int clinic) {
    int role = ASSISTANT + (int)draw(sim, 2);
    struct page *who = keep(sim, sizeof *who);
    *who = (struct page){.clinic = clinic, .role = role};
    ask(sim, integration_who, "agent.set", NULL, clinic, 0, "{'agent_id':%lld,'active':false}",
        (long long)agent_of(clinic, (enum agent_role)role));
    later(sim, draw_ms(sim, HOUR_MS, 9 * (int64_t)DAY_MS), colleague_back, who);
}

static void colleague_back(struct sim *sim, void *with) {
    struct page *who = with;
    ask(sim, integration_who, "agent.set", NULL, who->clinic, 0, "{'agent_id':%lld,'active':true}",
        (long long)agent_of(who->clinic, (enum agent_role)who->role));
    drop(sim, who);
}

static int64_t person_drawn(struct sim *sim, int clinic) {
    const struct form_model *model = model_of(sim);
    for (int tries = 0; tries < 20 && model->newest_form; tries++) {
        const struct form *form = form_find(sim, 1 + draw(sim, (uint32_t)model->newest_form));
        if (form && form->clinic == clinic && !form->erased_at) return form->person;
    }
    return 0;
}

/* Rule 58: what somebody is said to have done is what they did; the newest acts are looked at. */
static void saw_team(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    static const char other[] =
        "select a.contact_form_id from (select * from activity where clinic_id = ?1 and act <>"
        " 'read' order by at desc limit 40) a where not exists (select 1 from history h where"
        " h.item_kind = 'contact_form' and h.item_id = a.contact_form_id and h.at = a.at and"
        " h.to_state = a.act)";
    int64_t form_id = answer->ok ? LOOK(sim, other, asked->a) : 0;
    if (form_id)
        violated(sim, "activity-attributed", "question %lld: what was done is told as another act",
                 (long long)form_id);
}

static void figures_read(struct sim *sim, int clinic) {
    const struct clinic *at = clinic_at(sim, clinic);
    char whose[48], from[11], to[11];
    int64_t today = day_at(clinic, host_now(sim));
    const char *who = agent_who(clinic, (enum agent_role)draw(sim, AGENT_ROLES));
    snprintf(whose, sizeof whose, "'clinic_id':%d", clinic);
    if (at->doctors[0] && drawn(sim, 40))
        snprintf(whose, sizeof whose, "'practitioner_id':%lld", (long long)at->doctors[0]);
    ask(sim, visitor_who, "response_indicator.get", NULL, 0, 0, "{%s}", whose);
    if (drawn(sim, 40))
        ask(sim, visitor_who, "response_indicator.proof", NULL, 0, 0, "{%s,'as_of_at':%lld}", whose,
            (long long)(host_now(sim) - draw_ms(sim, HOUR_MS, 20 * (int64_t)DAY_MS)));
    date_text(today - (int64_t)draw(sim, 60), from);
    date_text(today, to);
    if (drawn(sim, 30))
        ask(sim, who, "report.response_times", NULL, 0, 0, "{'from':'%s','to':'%s'}", from, to);
    if (drawn(sim, 30))
        ask(sim, who, "team.activity", saw_team, clinic, 0,
            "{'from':'2025-01-01','to':'2099-01-01'}");
}

static void people_looked_up(struct sim *sim, int clinic) {
    int64_t person = person_drawn(sim, clinic);
    const char *who = agent_who(clinic, (enum agent_role)draw(sim, AGENT_ROLES));
    if (!person) return;
    if (drawn(sim, 60))
        ask(sim, who, "search", NULL, 0, 0, "{'text':'zp%lldz'}", (long long)person);
    if (drawn(sim, 25))
        ask(sim, integration_who, "person.export", NULL, 0, 0, "{'email':'p%lld@patient.test'}",
            (long long)person);
    if (drawn(sim, 30))
        ask(sim, integration_who, "person.erase", NULL, 0, 0,
            "{'email':'p%lld@patient.test','confirmed':true}", (long long)person);
    else if (drawn(sim, 5))
        ask(sim, integration_who, "person.erase", NULL, 0, MUST_REFUSE,
            "{'email':'p%lld@patient.test'}", (long long)person);
}

static void moderator_looks(struct sim *sim, int clinic) {
    const struct form_model *model = model_of(sim);
    const struct form *form = form_find(sim, model->newest_form);
    (void)clinic;
    if (form)
        ask(sim, integration_who, "contact_form.get", NULL, form->id, 0, "{'contact_form_id':%lld}",
            (long long)form->id);
}

static void platform_day(struct sim *sim, void *with) {
    struct office *office = with;
    int clinic = office->clinic;
    later(sim, draw_ms(sim, 12 * HOUR_MS, 36 * HOUR_MS), platform_day, office);
    if (sim->calm) return;
    if (drawn(sim, 5)) absence_enter(sim, clinic);
    if (drawn(sim, 3)) absence_take_back(sim, clinic);
    if (drawn(sim, 2)) hours_set(sim, clinic);
    if (drawn(sim, 2)) policy_drawn(sim, clinic);
    if (drawn(sim, 2)) colleague_leaves(sim, clinic);
    if (drawn(sim, 4))
        ask(sim, integration_who, "clinic.set", NULL, 0, 0, "{'clinic_id':%d,'tier':'%s'}", clinic,
            drawn(sim, 60) ? "premium" : "basic");
    if (drawn(sim, 2))
        ask(sim, agent_who(clinic, (enum agent_role)draw(sim, AGENT_ROLES)), "notice.set", NULL, 0,
            0, "{'contact_form_email':%s}", drawn(sim, 60) ? "true" : "false");
    if (drawn(sim, 12)) figures_read(sim, clinic);
    if (drawn(sim, 8)) people_looked_up(sim, clinic);
    if (drawn(sim, 5)) moderator_looks(sim, clinic);
}

/* ---- before the first day ---- */

static void doctor_add(struct sim *sim, int clinic, int place) {
    static const char *const tiers[] = {"", ",'tier':'basic'", ",'tier':'premium'"};
    struct clinic *at = clinic_at(sim, clinic);
    uint32_t tier = drawn(sim, 60) ? 0 : 1 + draw(sim, 2);
    bool implants = place == 0 && clinic % 2 == 0;
    const cJSON *ok = host_call(sim, integration_who, "practitioner.add", NULL,
                                "{'clinic_id':%d,'name':'Doctor %d','services':[%s]%s}", clinic,
                                place, implants ? "'implant'" : "", tiers[tier]);
    at->doctors[place] = ok ? number_of(ok, "practitioner_id") : 0;
    at->doctor_tier[place] = (int)tier - 1;
}

static void clinic_furnish(struct sim *sim, int clinic) {
    struct clinic *at = clinic_at(sim, clinic);
    at->lat = clinic % 4 == 0 ? 55.0 : 52.0 + 0.1 * clinic;
    host_call(sim, integration_who, "service.add", NULL, "{'clinic_id':%d,'name':'cleaning'}",
              clinic);
    host_call(sim, integration_who, "clinic.set", NULL, "{'clinic_id':%d,'lat':%.1f}", clinic,
              at->lat);
    bool doctors = drawn(sim, 70);
    for (int place = 0; place < DOCTORS && doctors; place++) doctor_add(sim, clinic, place);
    if (doctors && drawn(sim, 50))
        ask(sim, integration_who, "agent.set", NULL, 0, 0,
            "{'agent_id':%lld,'practitioner_id':%lld}", (long long)agent_of(clinic, DOCTOR),
            (long long)at->doctors[0]);
    /* Mostly one person is told and tells the others. */
    uint32_t quiet = drawn(sim, 80) ? 95 : 30;
    for (int role = DOCTOR; role < AGENT_ROLES; role++)
        if (drawn(sim, quiet))
            ask(sim, agent_who(clinic, (enum agent_role)role), "notice.set", NULL, 0, 0,
                "{'contact_form_email':false}");
}

/* Clocks are set before the first question: a question keeps those it was asked under. */
static void clocks_choose(struct sim *sim, int clinic) {
    if (drawn(sim, 30)) policy_change(sim, clinic, WINDOW_D, 7 + (int64_t)draw(sim, 30));
    if (drawn(sim, 50)) return;
    int64_t days = 1 + (int64_t)draw(sim, 3);
    policy_change(sim, clinic, CLOCK, (int64_t)draw(sim, 3));
    if (drawn(sim, 50)) {
        policy_change(sim, clinic, REMIND_AFTER, days * 86400);
        policy_change(sim, clinic, BASIC_AFTER, (1 + (int64_t)draw(sim, 3)) * 86400);
        policy_change(sim, clinic, PREMIUM_AFTER, (days + (int64_t)draw(sim, 3)) * 86400);
    }
    if (drawn(sim, 30)) policy_change(sim, clinic, DEFER, (int64_t)draw(sim, 2));
    if (drawn(sim, 30)) policy_change(sim, clinic, DEFER_BASIC, (int64_t)draw(sim, 2));
    if (drawn(sim, 30)) policy_change(sim, clinic, AT_OPENING, (int64_t)draw(sim, 2));
}

void staff_begin(struct sim *sim) {
    bool calm = sim->calm;
    sim->calm = true; /* what is founded now is not retried */
    for (int clinic = 1; clinic <= sim->options.clinics; clinic++) clinic_furnish(sim, clinic);
    sim->calm = calm;
    for (int clinic = 1; clinic <= sim->options.clinics; clinic++) {
        struct office *office = keep(sim, sizeof *office);
        *office = (struct office){clinic, habit_drawn(sim)};
        clocks_choose(sim, clinic);
        if (drawn(sim, 50)) hours_set(sim, clinic);
        later(sim, draw_ms(sim, 0, DAY_MS), round_made, office);
        later(sim, draw_ms(sim, 0, DAY_MS), platform_day, office);
    }
}
