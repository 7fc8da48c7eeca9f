/* contact_form_world.c: patients: they ask, some of them twice, some of them programs; they open
 * the links of their mails on some later day, read, react, take their question elsewhere. The other
 * side: contact_form_staff.c. What must hold of it all: contact_form_oracle.c. */
#include <stdio.h>
#include <string.h>

#include "contact_form_model.h"
#include "core_oracle.h"
#include "review_chat.h"

const char *const services[] = {"", "cleaning", "implant", NULL};

enum { REGULARS = 8 };
static const char *const locales[] = {"pl", "ru", "en"};

/* Whoever asks one clinic. */
struct public {
    int clinic, n;
    int64_t regulars[REGULARS];
};

/* Somebody about to do something with a question of theirs. */
struct visit {
    int64_t form_id, serial;
    bool away; /* what is to be done: take it elsewhere */
};

/* Somebody who thinks of another thing soon after. */
struct afterthought {
    int clinic;
    int64_t person;
};

static happening question_comes, more_comes, patient_opens, patient_writes;

void patients_begin(struct sim *sim) {
    for (int clinic = 1; clinic <= sim->options.clinics; clinic++) {
        struct public *public = keep(sim, sizeof *public);
        public->clinic = clinic;
        later(sim, draw_ms(sim, 0, DAY_MS), question_comes, public);
    }
}

static const char *question_text(struct sim *sim, int clinic, int64_t person) {
    static char text[9000];
    const char *said = words(sim, clinic, person);
    uint32_t kind = draw(sim, 20);
    if (kind > 1) return said;
    size_t size = (size_t)snprintf(text, sizeof text, "%s\\n\\t\\u0041\\ud83d\\ude00 ", said);
    for (int i = 0; kind == 0 && i < 3800; i++, size += 2) memcpy(text + size, "ż", 3);
    return text;
}

/* ---- asking ---- */

static void send_as(struct sim *sim, int clinic, int64_t person, const char *text, int64_t b,
                    const char *more) {
    const struct clinic *at = clinic_at(sim, clinic);
    char doctor[48] = "", phone[40] = "";
    uint32_t place = draw(sim, 5);
    if (place < DOCTORS && at->doctors[place])
        snprintf(doctor, sizeof doctor, ",'practitioner_id':%lld", (long long)at->doctors[place]);
    if (person % 2)
        snprintf(phone, sizeof phone, ",'phone':'+4870%07lld'", (long long)(person % 10000000));
    person_writes_to(sim, person, clinic);
    ask(sim, drawn(sim, 80) ? visitor_who : integration_who, "contact_form.send", NULL, person, b,
        "{'clinic_id':%d,'name':'Pat zp%lldz','email':'%c%lld@patient.test','locale':'%s',"
        "'service':'%s','text':'%s'%s%s%s}", clinic, (long long)person, drawn(sim, 10) ? 'P' : 'p',
        (long long)person, locales[draw(sim, 3)], services[draw(sim, 3)], text, doctor, phone,
        more);
}

/* What no clinic may ever get to see. */
static void send_wrong(struct sim *sim, int clinic, int64_t person) {
    static const char *const wrong[] = {
        "'name':' ','email':'x@patient.test','locale':'pl','text':'?'",
        "'name':'X','email':'x at patient','locale':'pl','text':'?'",
        "'name':'X','email':'x@patient.test','locale':'xx','text':'?'",
        "'name':'X','email':'x@patient.test','locale':'pl','text':' \\n '",
        "'name':'X','email':'x@patient.test','locale':'pl','text':'?','phone':'12'",
        "'name':'X','email':'x@patient.test','locale':'pl','text':7",
        "'name':'X','email':'x@patient.test','locale':'pl','text':'?','practitioner_id':99999",
        "'name':'X','email':'x@patient.test','locale':'pl'",
        "'name':'X','email':'x@patient.test','locale':'pl','text':'?','more':1",
    };
    if (drawn(sim, 50))
        send_as(sim, clinic, person, "buy now", MUST_REFUSE, ",'trap':'http://spam.test'");
    else
        ask(sim, visitor_who, "contact_form.send", NULL, person, MUST_REFUSE,
            "{'clinic_id':%d,%s}", clinic, wrong[draw(sim, sizeof wrong / sizeof *wrong)]);
}

/* Where many come three questions on a day, most from people who never asked before. */
static void question_comes(struct sim *sim, void *with) {
    struct public *public = with;
    later(sim, pause_ms(sim, 0, 16 * HOUR_MS), question_comes, public);
    if (sim->calm) return;
    bool regular = public->n > 0 && drawn(sim, 12);
    int64_t person = regular ? public->regulars[draw(sim, (uint32_t)(public->n < REGULARS
                                                                          ? public->n : REGULARS))]
                             : person_new(sim);
    if (!regular) public->regulars[public->n++ % REGULARS] = person;
    if (drawn(sim, 4)) send_wrong(sim, public->clinic, person);
    const char *text = question_text(sim, public->clinic, person);
    send_as(sim, public->clinic, person, text, FINE, "");
    if (drawn(sim, 4)) send_as(sim, public->clinic, person, text, FINE, "");
    if (drawn(sim, 4)) {
        struct afterthought *more = keep(sim, sizeof *more);
        *more = (struct afterthought){public->clinic, person};
        later(sim, draw_ms(sim, MINUTE_MS, 50 * MINUTE_MS), more_comes, more);
    }
    if (drawn(sim, 4)) /* they have just hung up and somebody looks whether it is there */
        ask(sim, agent_who(public->clinic, (enum agent_role)draw(sim, AGENT_ROLES)), "search",
            NULL, 0, 0, "{'text':'zp%lldz'}", (long long)person);
    if (drawn(sim, 5))
        ask(sim, visitor_who, "contact_form.preview", NULL, 0, 0, "{'clinic_id':%d}",
            public->clinic);
}

static void more_comes(struct sim *sim, void *with) {
    struct afterthought *more = with;
    if (!sim->calm)
        send_as(sim, more->clinic, more->person, question_text(sim, more->clinic, more->person),
                FINE, "");
    drop(sim, more);
}

/* ---- coming back ---- */

static void comes_back(struct sim *sim, const struct form *form, int64_t in_ms, happening *run,
                       bool away) {
    struct visit *visit = keep(sim, sizeof *visit);
    *visit = (struct visit){form->id, form->serial, away};
    later(sim, in_ms, run, visit);
}

/* The question, as long as it is the one that the patient means; restores may have undone it. */
static struct form *visited(struct sim *sim, struct visit *visit) {
    struct form *form = form_find(sim, visit->form_id);
    bool same = form && form->serial == visit->serial && form->link_id && !sim->calm;
    drop(sim, visit);
    return same ? form : NULL;
}

static const char *patient_who(const struct form *form) {
    static char who[WHO_BYTES];
    if (!form->session_id) return link_who(form->link_id);
    snprintf(who, sizeof who, "{\"role\":\"patient\",\"link_id\":%lld,\"session_id\":%lld}",
             (long long)form->session_link, (long long)form->session_id);
    return who;
}

/* Rule 64: who wants no receipts sent sends none. */
static void receipt_check(struct sim *sim, const struct form *form, const cJSON *effect) {
    const struct clinic *clinic = clinic_at(sim, form->clinic);
    const cJSON *because = cJSON_GetObjectItemCaseSensitive(effect, "because");
    if (number_of(because, "rule") == 64 && !clinic->policy[RECEIPT] &&
        clinic->unsure_at < form->delivered_at)
        violated(sim, "receipt-at-delivery", "question %lld has a receipt that nobody wants",
                 (long long)form->id);
}

/* The mail's link leads to the question; some follow it at once, some in days, some never. */
void patient_hears(struct sim *sim, const cJSON *effect) {
    const cJSON *link = cJSON_GetObjectItemCaseSensitive(effect, "link");
    struct form *form = form_find(sim, number_of(effect, "item_id"));
    if (!form || strcmp(text_in(link, "purpose"), "contact_form") != 0) return;
    receipt_check(sim, form, effect);
    WILL_CHANGE(sim, form->link_id);
    form->link_id = number_of(link, "link_id");
    if (!drawn(sim, 75)) return;
    comes_back(sim, form, drawn(sim, 70) ? draw_ms(sim, MINUTE_MS, 8 * HOUR_MS)
                                         : draw_ms(sim, 8 * HOUR_MS, 6 * (int64_t)DAY_MS),
               patient_opens, false);
}

static void saw_offers(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    struct form *form = form_find(sim, asked->a);
    const cJSON *clinics = cJSON_GetObjectItemCaseSensitive(answer->body, "clinics");
    int n = cJSON_GetArraySize(clinics);
    if (!form || !form->link_id || !answer->ok || n == 0 || form->erased_at) return;
    int clinic = (int)number_of(cJSON_GetArrayItem(clinics, (int)draw(sim, (uint32_t)n)),
                                "clinic_id");
    bool old_page = form->person % 8 == 5; /* its button is of what the question was before */
    const char *op = (form->state == DECLINED) == old_page ? "contact_form.accept_offer"
                                                           : "contact_form.forward";
    char more[200] = "";
    if (drawn(sim, 30))
        snprintf(more, sizeof more, ",'text':'%s'", words(sim, clinic, form->person));
    person_writes_to(sim, form->person, clinic);
    int times = mishap(sim, TWO_TABS) ? 2 : 1;
    for (int i = 0; i < times; i++)
        ask(sim, patient_who(form), op, NULL, form->id, 0,
            "{'contact_form_id':%lld,'clinic_id':%d%s}", (long long)form->id, clinic, more);
}

static void patient_writes(struct sim *sim, void *with) {
    bool away = ((struct visit *)with)->away;
    struct form *form = visited(sim, with);
    if (!form) return;
    if (away) {
        ask(sim, patient_who(form), "contact_form.offers", saw_offers, form->id, 0,
            "{'contact_form_id':%lld}", (long long)form->id);
        return;
    }
    int times = mishap(sim, TWO_TABS) ? 2 : 1;
    for (int i = 0; i < times; i++)
        ask(sim, patient_who(form), "contact_form.reply", NULL, form->id, 0,
            "{'contact_form_id':%lld,'text':'%s'}", (long long)form->id,
            question_text(sim, form->clinic, form->person));
}

/* What one does about what one has read. */
static void saw_thread(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    struct form *form = form_find(sim, asked->a);
    const cJSON *row = cJSON_GetObjectItemCaseSensitive(answer->body, "contact_form");
    const char *state = text_in(row, "state");
    if (!form || !form->link_id || !answer->ok || sim->calm) return; /* a restore took the link */
    bool rejected = strcmp(state, "rejected") == 0, answered = strncmp(state, "answered", 8) == 0;
    bool offered = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "offered_elsewhere"));
    if (drawn(sim, 80))
        ask(sim, patient_who(form), "contact_form.mark_read", NULL, form->id, 0,
            "{'contact_form_id':%lld}", (long long)form->id);
    int64_t in_ms = drawn(sim, 70) ? draw_ms(sim, MINUTE_MS, HOUR_MS)
                                   : draw_ms(sim, HOUR_MS, 5 * (int64_t)DAY_MS);
    if ((rejected || offered) && drawn(sim, 50))
        comes_back(sim, form, in_ms, patient_writes, true);
    if (drawn(sim, answered ? 30 : 12)) comes_back(sim, form, in_ms, patient_writes, false);
    if (drawn(sim, 12))
        comes_back(sim, form, draw_ms(sim, DAY_MS, 12 * (int64_t)DAY_MS), patient_opens, false);
}

static void thread_open(struct sim *sim, const struct form *form) {
    int64_t id = form->id;
    ask(sim, patient_who(form), "contact_form.get", saw_thread, id, 0, "{'contact_form_id':%lld}",
        (long long)id);
    if (mishap(sim, STRANGER)) {
        int64_t other = id > 1 ? 1 + (int64_t)choose(sim, (uint32_t)id - 1) : id + 1;
        static const char *const ops[] = {"contact_form.get", "contact_form.reply",
                                          "contact_form.offers", "contact_form.mark_read"};
        const char *op = ops[choose(sim, 4)];
        ask(sim, patient_who(form), op, NULL, other, MUST_REFUSE, "{'contact_form_id':%lld%s}",
            (long long)other, strstr(op, "reply") ? ",'text':'let me in'" : "");
    }
}

static void was_let_in(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    const struct form *form = form_find(sim, asked->a);
    (void)answer;
    if (form && form->link_id) thread_open(sim, form);
}

static void patient_opens(struct sim *sim, void *with) {
    struct form *form = visited(sim, with);
    if (!form) return;
    if (!drawn(sim, 70)) {
        thread_open(sim, form);
        return;
    }
    char session[48] = "";
    if (form->session_id)
        snprintf(session, sizeof session, ",'session_id':%lld", (long long)form->session_id);
    ask(sim, host_who, "link.open", was_let_in, form->id, 0, "{'link_id':%lld,'browser':'b%lld'%s}",
        (long long)form->link_id, (long long)form->person, session);
}
