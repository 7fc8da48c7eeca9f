/* contact_form_days.c: what is looked at once a day and at the end of a life: that nothing was
 * lost, that what was owed came, that who was erased is gone (rules 30, 37, 40, 50, 64, 65). */
#include "contact_form_model.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

/* Nothing that the clocks look at has changed since they started. */
static bool steady(const struct sim *sim, const struct form *form) {
    return clinic_at(sim, form->clinic)->unsure_at < form->clock_at;
}

/* Rules 35 and 38 to 41 come true, late where the host slept, but they do. */
static void owed_check(struct sim *sim, const struct form *form, int64_t margin_ms) {
    const int64_t *policy = clinic_at(sim, form->clinic)->policy;
    int64_t now = host_now(sim) - margin_ms;
    bool open = waits(form->state) && !form->erased_at && steady(sim, form) &&
                (form->state == NEW || policy[UNANSWERED]);
    bool premium = premium_now(sim, form);
    if (!open) return;
    if (premium && form->plan.remind_at && form->plan.remind_at < now && !form->reminded)
        violated(sim, "always-an-answer-or-a-reason", "question %lld: no reminder since %lld",
                 (long long)form->id, (long long)form->plan.remind_at);
    int64_t offer_at = premium ? form->plan.offer_at : form->plan.basic_at;
    if (offer_at && offer_at < now && !form->offered_at && !form->told_none_at)
        violated(sim, "always-an-answer-or-a-reason", "question %lld: no offer since %lld",
                 (long long)form->id, (long long)offer_at);
}

static void forms_owed(struct sim *sim, int64_t margin_ms) {
    const struct form_model *model = model_of(sim);
    for (int64_t id = 1; id <= model->newest_form && !sim->violated; id++) {
        const struct form *form = form_find(sim, id);
        if (form) owed_check(sim, form, margin_ms);
    }
}

/* Where words, names and addresses of people are stored. */
static const char traces[] =
    "with n (words, mail, phone) as (select 'zp' || ?1 || 'z', 'p' || ?1 || '@patient.test',"
    " '+4870' || substr('0000000' || ?1, -7))"
    " select (select count(*) from message, n where instr(text, words))"
    " + (select count(*) from draft, n where instr(text, words))"
    " + (select count(*) from contact_form f, n where instr(f.name, words) or f.email = mail"
    " or f.phone = n.phone)"
    " + (select count(*) from effect, n where instr(text || subject || recipient || recipient_name,"
    " words) or recipient = mail or recipient = n.phone)"
    " + (select count(*) from link, n where recipient = mail or recipient = n.phone)"
    " + (select count(*) from history, n where instr(facts, words) or instr(facts, mail)"
    " or instr(facts, n.phone))"
    " + (select count(*) from request, n where instr(reply, words) or instr(reply, mail)"
    " or instr(reply, n.phone))";

/* Late requests of the same person make new questions; then the person is here again. */
static bool here_again(struct sim *sim, int64_t person) {
    const struct form_model *model = model_of(sim);
    for (int64_t id = 1; id <= model->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        if (form && form->person == person && !form->erased_at) return true;
    }
    return false;
}

void check_erased(struct sim *sim, int64_t person) {
    struct form_model *model = model_of(sim);
    if (here_again(sim, person)) return;
    int64_t n = LOOK(sim, traces, person);
    if (n)
        violated(sim, "erased-person-is-gone", "person %lld still stands in %lld rows",
                 (long long)person, (long long)n);
    if (model->erased_n < ERASED_MAX) model->erased[model->erased_n++] = person;
}

/* I46: neither in a page that is used nor in one that is free, nor in the log. */
static void bytes_check(struct sim *sim, const char *name, int64_t person) {
    void *bytes = NULL;
    char words[32];
    size_t size = disk_copy(name, &bytes);
    sqlite3_snprintf(sizeof words, words, "zp%lldz", (long long)person);
    for (const char *at = bytes, *end = at ? at + size : at; at && at < end; at++) {
        at = memchr(at, 'z', (size_t)(end - at));
        if (!at) break;
        if ((size_t)(end - at) >= strlen(words) && memcmp(at, words, strlen(words)) == 0) {
            violated(sim, "erased-person-is-gone", "the file %s still holds %s", name, words);
            break;
        }
    }
    free(bytes);
}

static void erased_look(struct sim *sim) {
    struct form_model *model = model_of(sim);
    if (!look(sim, "select rev from desk_state", 0, NULL) || door_asleep(sim)) return;
    for (int64_t i = 0; i < model->erased_n && !sim->violated; i++) {
        if (here_again(sim, model->erased[i])) continue;
        bytes_check(sim, "desk", model->erased[i]);
        bytes_check(sim, "desk-wal", model->erased[i]);
    }
    model->erased_n = 0;
}

void check_each_day(struct sim *sim) {
    if (!look(sim, "select rev from desk_state", 0, NULL)) return;
    settle_now(sim);
    if (sim->now - door_awake_since(sim) > HOUR_MS) forms_owed(sim, 5 * (int64_t)DAY_MS);
    erased_look(sim);
}

/* Rule 50: each message is as it was accepted, in its order, and there is no other. */
static void threads_check(struct sim *sim) {
    static const char all[] = "select message_id, item_id, author, sent_at, text from message"
                              " where item_kind = 'contact_form' and item_id = ?1"
                              " order by message_id desc";
    const struct form_model *model = model_of(sim);
    for (int64_t id = 1; id <= model->newest_form && !sim->violated; id++) {
        const struct form *form = form_find(sim, id);
        if (!form) continue;
        sqlite3_stmt *row = look_rows(sim, all, 1, &id);
        int at = form->message;
        for (; row && at >= 0 && sqlite3_step(row) == SQLITE_ROW;
             at = model->messages[at].before) {
            const struct message *said = &model->messages[at];
            const char *author = (const char *)sqlite3_column_text(row, 2);
            bool same = sqlite3_column_int64(row, 0) == said->id &&
                        sqlite3_column_int64(row, 3) == said->at &&
                        (strcmp(author, "clinic") == 0) == said->by_clinic &&
                        digest_of((const char *)sqlite3_column_text(row, 4)) == said->digest;
            if (!same)
                violated(sim, "thread-append-only", "question %lld: message %lld is another",
                         (long long)id, (long long)said->id);
        }
        look_end(row);
        if (at >= 0)
            violated(sim, "thread-append-only", "question %lld: message %lld is gone",
                     (long long)id, (long long)model->messages[at].id);
    }
}

void check_at_end(struct sim *sim) {
    const struct form_model *model = model_of(sim);
    int64_t stored = look(sim, "select count(*) from contact_form", 0, NULL), known = 0;
    for (int64_t id = 1; id <= model->newest_form && !sim->violated; id++) {
        struct form *form = form_find(sim, id);
        known += form != NULL;
        if (form) rest_check(sim, form);
    }
    if (stored != known)
        violated(sim, "question-never-lost", "%lld questions were accepted, %lld are there",
                 (long long)known, (long long)stored);
    threads_check(sim);
    forms_owed(sim, HOUR_MS);
}
