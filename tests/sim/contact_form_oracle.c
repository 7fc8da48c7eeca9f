/* contact_form_oracle.c: what each accepted request makes of a question, by the rules, and which
 * requests may not be accepted at all. What the clocks do: contact_form_notices.c; what people are
 * shown: contact_form_replies.c. */
#include "contact_form_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"

static const char *const states[] = {"new", "read", "answered", "answered_by_phone", "rejected"};

void touch(struct sim *sim, const struct form *form) {
    struct form_model *model = model_of(sim);
    for (int i = 0; i < model->touched_n; i++)
        if (model->touched[i] == form->id) return;
    if (model->touched_n < TOUCHED_MAX) model->touched[model->touched_n++] = form->id;
}

int who_role(const cJSON *who, int *ret_clinic) {
    int64_t agent_id = number_of(who, "agent_id");
    *ret_clinic = agent_id ? clinic_of_agent(agent_id) : 0;
    return agent_id ? (int)((agent_id - 1) % AGENT_ROLES) : -1;
}

/* ---- questions ---- */

struct plan plan_for(const struct sim *sim, const struct form *form, int64_t now) {
    struct plan plan = plan_of(sim, form, now);
    bool answered = form->answered_at && clinic_at(sim, form->clinic)->policy[REARM] < 2;
    if (answered) plan.basic_at = plan.offer_at = 0;
    return plan;
}

void plan_set(struct sim *sim, struct form *form, struct plan plan) {
    form->plan_before = form->plan;
    form->plan_settle = model_of(sim)->settle;
    form->plan = plan;
}

static void clock_begins(struct sim *sim, struct form *form, int64_t at, bool by_reading) {
    form->clock_at = at;
    form->clock_read = by_reading;
    form->clock_settle = model_of(sim)->settle;
    form->reminded = form->told_none = false;
}

static void ask_note(struct judged *j, struct form *form, uint64_t digest, int64_t message_id) {
    form->asked_at = j->at;
    message_note(j->sim, form, &(struct message){.id = message_id, .at = j->at, .digest = digest});
}

static struct form *deliver(struct judged *j, int64_t id, int clinic, uint64_t digest) {
    static const char first[] = "select last_message_id from contact_form"
                                " where contact_form_id = ?1";
    struct form *form = form_add(j->sim, id);
    if (!form) return NULL;
    form->clinic = clinic;
    form->delivered_at = form->clock_at = form->since_at = j->at;
    form->tried = 1u << clinic;
    ask_note(j, form, digest, LOOK(j->sim, first, id));
    touch(j->sim, form);
    return form;
}

int64_t person_of(const char *email) {
    long long person = 0;
    bool mine = sscanf(email, "p%lld@patient.test", &person) == 1 ||
                sscanf(email, "P%lld@patient.test", &person) == 1;
    return mine ? person : 0;
}

static int service_of(const char *name) {
    for (int i = 1; services[i]; i++)
        if (strcmp(services[i], name) == 0) return i;
    return 0;
}

/* Rule 54, B13: whoever asks during an absence is told when somebody is back. */
static void warning_check(struct judged *j, const struct form *form) {
    char back[11] = "";
    int64_t end_at = absence_end(j->sim, form->clinic, form->doctor, j->at);
    const cJSON *warning = cJSON_GetObjectItemCaseSensitive(j->answer->body, "warning");
    if (end_at) date_text(day_at(form->clinic, end_at), back);
    if (strcmp(text_in(warning, "back_on"), back) != 0)
        violated(j->sim, "absence-warns", "question %lld: warned of «%s», away until «%s»",
                 (long long)form->id, text_in(warning, "back_on"), back);
}

static void on_send(struct judged *j) {
    const cJSON *in = j->in;
    int64_t id = number_of(j->answer->body, "contact_form_id");
    if (text_in(in, "trap")[0])
        violated(j->sim, "spam-and-bad-input-refused", "a filled trap was accepted");
    if (id == 0) return; /* the reply was erased with its person */
    struct form *form = deliver(j, id, (int)number_of(in, "clinic_id"),
                                digest_of(text_in(in, "text")));
    if (!form) return;
    form->doctor = number_of(in, "practitioner_id");
    form->person = person_of(text_in(in, "email"));
    form->service = service_of(text_in(in, "service"));
    plan_set(j->sim, form, plan_for(j->sim, form, j->at));
    warning_check(j, form);
}

static uint64_t first_digest(const struct sim *sim, const struct form *form) {
    const struct message *pool = model_of(sim)->messages;
    int i = form->message;
    while (i >= 0 && pool[i].before >= 0) i = pool[i].before;
    return i >= 0 ? pool[i].digest : 0;
}

static void on_onward(struct judged *j) {
    bool forward = strcmp(j->asked->op, "contact_form.forward") == 0;
    struct form *from = form_find(j->sim, number_of(j->in, "contact_form_id"));
    int clinic = (int)number_of(j->in, "clinic_id"), offices[OFFICES], found = 0;
    const char *text = text_in(j->in, "text");
    int64_t id = number_of(j->answer->body, "contact_form_id");
    if (!from || id == 0) return;
    if (forward && from->state != DECLINED)
        violated(j->sim, "forwarded-only-after-rejection", "question %lld is %s",
                 (long long)from->id, states[from->state]);
    if (!forward && !from->offered_at)
        violated(j->sim, "accepted-only-what-was-offered", "question %lld", (long long)from->id);
    int n = offices_of(j->sim, from, !forward && from->state != DECLINED, j->at, OFFICES, offices);
    for (int i = 0; i < n; i++) found |= offices[i] == clinic;
    if (!found && model_of(j->sim)->changed_settle != model_of(j->sim)->settle)
        violated(j->sim, "offered-offices-are-premium-and-not-the-same",
                 "question %lld went to clinic %d", (long long)from->id, clinic);
    struct form *form = deliver(j, id, clinic, *text ? digest_of(text)
                                                     : first_digest(j->sim, from));
    if (!form) return;
    form->doctor = number_of(j->in, "practitioner_id");
    form->person = from->person;
    form->service = from->service;
    form->secondary = !forward;
    form->forwarded = forward;
    form->root_id = from->root_id ? from->root_id : from->id;
    struct form *root = form_find(j->sim, form->root_id);
    if (root) WILL_CHANGE(j->sim, root->tried), root->tried |= 1u << clinic;
    plan_set(j->sim, form, plan_for(j->sim, form, j->at));
}

/* Whether something still lies ahead. Where the host's clock was already further and was set back,
 * the core is asked. */
static bool ahead(struct sim *sim, const struct form *form, int64_t due_at, int64_t at) {
    static const char waits_for[] = "select count(*) from schedule where item_kind = 'contact_form'"
                                    " and item_id = ?1 and due_at = ?2";
    if (due_at <= at) return false;
    return due_at > model_of(sim)->latest || LOOK(sim, waits_for, form->id, due_at);
}

/* Whether a clock of the question still runs; after an offer only the reminder's may. Whether there
 * was one the core is asked: the host may not have sent it yet. */
static bool owed(struct sim *sim, const struct form *form, int64_t at) {
    static const char offered[] = "select offered_at <> 0 from contact_form"
                                  " where contact_form_id = ?1";
    if (ahead(sim, form, form->plan.remind_at, at)) return true;
    if (LOOK(sim, offered, form->id)) return false;
    return ahead(sim, form, form->plan.basic_at, at) || ahead(sim, form, form->plan.offer_at, at);
}

static void on_reply(struct judged *j) {
    struct form *form = form_find(j->sim, number_of(j->in, "contact_form_id"));
    if (!form) return;
    const int64_t *policy = clinic_at(j->sim, form->clinic)->policy;
    will_change(j->sim, form, sizeof *form);
    bool was_done = !waits(form->state), was_new = form->state == NEW;
    bool goes_on = owed(j->sim, form, j->at);
    ask_note(j, form, digest_of(text_in(j->in, "text")), number_of(j->answer->body, "message_id"));
    touch(j->sim, form);
    if (was_done && policy[REARM] == 0) return;
    form->state = NEW;
    if (was_done) form->since_at = j->at;
    /* Rule 49, B11: what is new again is owed a reminder, unless one is under way already; who
     * writes once more before anybody has read keeps the clocks of the oldest question. */
    if (was_new || (!was_done && goes_on)) return;
    clock_begins(j->sim, form, j->at, false);
    plan_set(j->sim, form, plan_for(j->sim, form, j->at));
}

/* ---- the clinic ---- */

static struct form *form_of(struct judged *j) {
    struct form *form = form_find(j->sim, number_of(j->in, "contact_form_id"));
    if (form && j->role >= 0 && form->clinic != j->clinic)
        violated(j->sim, "strangers-learn-nothing", "%s on question %lld by agent %lld",
                 j->asked->op, (long long)form->id, (long long)number_of(j->who, "agent_id"));
    return form;
}

static bool claimed_by_other(const struct judged *j, const struct form *form) {
    return form->claim_agent && form->claim_agent != number_of(j->who, "agent_id") &&
           form->claim_until > j->at;
}

/* Rule 34, B02: the first display to somebody of the clinic, and nothing else, marks it read. */
void display_note(struct sim *sim, struct form *form, int role, int64_t at) {
    struct form_model *model = model_of(sim);
    bool fresh = form->state == NEW;
    touch(sim, form);
    if (!fresh && form->read_by >> role & 1) {
        model->shown[model->shown_n % SHOWN_MAX].form_id = form->id;
        model->shown[model->shown_n++ % SHOWN_MAX].role = role;
        return;
    }
    will_change(sim, form, sizeof *form);
    form->read_by |= 1u << role;
    form->reads[role]++;
    if (!fresh) return;
    form->state = READ;
    if (!form->read_at) form->read_at = at;
    form->seen_at = at;
    bool unanswered = clinic_at(sim, form->clinic)->policy[UNANSWERED] && !form->erased_at;
    /* A reading keeps the clock that an earlier one has begun (rule 64, B16). */
    if (unanswered && form->clock_read && owed(sim, form, at)) return;
    clock_begins(sim, form, at, true);
    plan_set(sim, form, unanswered ? plan_for(sim, form, at) : (struct plan){0});
}

static void on_get(struct judged *j) {
    struct form *form = form_of(j);
    if (!form) return;
    if (j->role >= 0) display_note(j->sim, form, j->role, j->at);
    if (j->blank) return;
    reply_get(j->sim, form, j->role, j->answer, number_of(j->who, "link_id") != 0);
}

static void on_claim(struct judged *j) {
    struct form *form = form_of(j);
    if (!form) return;
    bool take_over = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(j->in, "take_over"));
    if (claimed_by_other(j, form) && !take_over)
        violated(j->sim, "claim-exclusive", "question %lld was claimed by agent %lld",
                 (long long)form->id, (long long)form->claim_agent);
    will_change(j->sim, form, sizeof *form);
    form->claim_agent = number_of(j->who, "agent_id");
    form->claim_until = j->at + clinic_at(j->sim, form->clinic)->policy[CLAIM_TTL] * SECOND_MS;
    touch(j->sim, form);
}

static void on_release(struct judged *j) {
    struct form *form = form_of(j);
    if (!form || form->claim_agent != number_of(j->who, "agent_id")) return;
    will_change(j->sim, form, sizeof *form);
    form->claim_agent = form->claim_until = 0;
    touch(j->sim, form);
}

static void on_draft(struct judged *j) {
    struct form *form = form_of(j);
    const char *text = text_in(j->in, "text");
    if (!form || j->role < 0) return;
    WILL_CHANGE(j->sim, form->draft[j->role]);
    form->draft[j->role] = *text ? digest_of(text) : 0;
    touch(j->sim, form);
}

static void answer_judge(struct judged *j, const struct form *form, bool reject) {
    int64_t seen = number_of(j->in, "last_message_id");
    bool first = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(j->answer->body, "first"));
    long long id = (long long)form->id;
    if (seen && seen < form->newest_clinic_id)
        violated(j->sim, "nobody-answers-over-another", "question %lld: seen %lld, newest %lld",
                 id, (long long)seen, (long long)form->newest_clinic_id);
    if (claimed_by_other(j, form))
        violated(j->sim, "claim-exclusive", "question %lld was answered over a claim", id);
    if (reject && !waits(form->state))
        violated(j->sim, "answered-is-not-rejected", "question %lld is %s", id,
                 states[form->state]);
    if (form->erased_at)
        violated(j->sim, "erased-person-is-gone", "question %lld was answered", id);
    if (first != (form->answered_at == 0))
        violated(j->sim, "first-answer-once", "question %lld: first %d", id, first);
}

/* Rules 44, 47, 52: whatever settles it counts, the first time only. */
static void on_answer(struct judged *j) {
    struct form *form = form_of(j);
    if (!form || j->role < 0) return;
    const char *op = j->asked->op;
    bool phone = strcmp(op, "contact_form.answer_by_phone") == 0;
    bool reject = strcmp(op, "contact_form.reject") == 0;
    const char *text = text_in(j->in, phone || reject ? "note" : "text");
    answer_judge(j, form, reject);
    will_change(j->sim, form, sizeof *form);
    if (!form->answered_at) {
        form->answered_at = j->at;
        form->first_agent = number_of(j->who, "agent_id");
        form->absent_ms = absent_ms(j->sim, form->clinic, form->doctor, form->delivered_at, j->at);
    }
    if (!form->read_at) form->read_at = j->at;
    form->state = reject ? DECLINED : phone ? BY_PHONE : ANSWERED;
    form->spam = reject && strcmp(text_in(j->in, "reason"), "spam") == 0;
    form->settled_at = j->at;
    form->since_at = form->claim_agent = form->claim_until = 0;
    form->draft[j->role] = 0;
    plan_set(j->sim, form, (struct plan){0});
    message_note(j->sim, form, &(struct message){
        .id = number_of(j->answer->body, "message_id"), .agent_id = number_of(j->who, "agent_id"),
        .at = j->at, .digest = digest_of(text), .by_clinic = true, .phone = phone});
    touch(j->sim, form);
}

/* ---- what people read ---- */

static void on_list(struct judged *j) { reply_list(j->sim, j->clinic, j->answer->body); }
static void on_indicator(struct judged *j) { reply_indicator(j->sim, j->in, j->answer); }
static void on_proof(struct judged *j) { reply_proof(j->sim, j->in, j->answer); }
static void on_report(struct judged *j) { reply_report(j->sim, j->clinic, j->in, j->answer->body); }
static void on_team(struct judged *j) { reply_team(j->sim, j->clinic, j->answer->body); }
static void on_search(struct judged *j) { reply_search(j->sim, j->clinic, j->in, j->answer->body); }
static void on_export(struct judged *j) {
    reply_export(j->sim, person_of(text_in(j->in, "email")), j->answer->body);
}
static void on_offers(struct judged *j) {
    const struct form *form = form_find(j->sim, number_of(j->in, "contact_form_id"));
    if (form) reply_offers(j->sim, form, j->answer);
}

#define CHANGES(op, judge) {op, judge, false}
#define READS(op, judge) {op, judge, true}
static const struct {
    const char *op;
    void (*judge)(struct judged *);
    bool reads; /* and changes nothing */
} judges[] = {
    CHANGES("contact_form.send", on_send), CHANGES("contact_form.accept_offer", on_onward),
    CHANGES("contact_form.forward", on_onward), CHANGES("contact_form.reply", on_reply),
    CHANGES("contact_form.get", on_get), CHANGES("contact_form.claim", on_claim),
    CHANGES("contact_form.release", on_release), CHANGES("contact_form.save_draft", on_draft),
    CHANGES("contact_form.answer", on_answer), CHANGES("contact_form.answer_by_phone", on_answer),
    CHANGES("contact_form.reject", on_answer), READS("contact_form.list", on_list),
    READS("contact_form.offers", on_offers), CHANGES("absence.add", on_absence_add),
    CHANGES("absence.remove", on_absence_remove), CHANGES("clinic.set_hours", on_hours),
    CHANGES("clinic.set", on_clinic_set), CHANGES("policy.set", on_policy),
    CHANGES("agent.set", on_agent_set), CHANGES("notice.set", on_notice_set),
    CHANGES("person.erase", on_erase), READS("person.export", on_export),
    CHANGES("link.open", on_link_open), READS("response_indicator.get", on_indicator),
    READS("response_indicator.proof", on_proof), READS("report.response_times", on_report),
    READS("team.activity", on_team), READS("search", on_search),
};

/* Rule 32: a link opens its own question and no other. */
static void link_judge(struct judged *j) {
    static const char of_link[] = "select item_id from link where link_id = ?1"
                                  " and item_kind = 'contact_form'";
    int64_t link_id = number_of(j->who, "link_id"), form_id = number_of(j->in, "contact_form_id");
    if (link_id && form_id && LOOK(j->sim, of_link, link_id) != form_id)
        violated(j->sim, "limited-link-opens-only-its-form", "link %lld on question %lld by %s",
                 (long long)link_id, (long long)form_id, j->asked->op);
}

void forms_accepted(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
        if (strcmp(judges[i].op, asked->op) != 0) continue;
        cJSON *in = cJSON_Parse(asked->in), *who = cJSON_Parse(asked->who);
        struct judged j = {sim, asked, answer, in, who, answer->at, -1, 0, 0,
                           reply_erased(sim, answer->body)};
        j.role = who_role(who, &j.clinic);
        if (j.clinic > sim->options.clinics) j.role = -1, j.clinic = 0;
        if (asked->b & MUST_REFUSE)
            violated(sim, "spam-and-bad-input-refused", "%s %s by %s was accepted", asked->op,
                     asked->in, asked->who);
        link_judge(&j);
        if (!j.blank || !judges[i].reads) judges[i].judge(&j);
        model_of(sim)->accepted_n++;
        cJSON_Delete(in);
        cJSON_Delete(who);
        settle_later(sim);
        return;
    }
}
