/* contact_form_rest.c: the rows of one question, looked at after it was touched: they say what the
 * model says, and its clocks run as long as something is owed (rules 34, 44, 50, 58, 64). */
#include "contact_form_model.h"

#include <sqlite3.h>
#include <string.h>

static void row_check(struct sim *sim, const struct form *form, const char *invariant,
                      const char *what, int64_t is, int64_t owed) {
    if (is == owed) return;
    violated(sim, invariant, "question %lld: %s is %lld, by the rules %lld", (long long)form->id,
             what, (long long)is, (long long)owed);
}

static int state_place(const char *word) {
    static const char *const states[] = {"new", "read", "answered", "answered_by_phone",
                                         "rejected"};
    for (int i = 0; i < 5; i++)
        if (strcmp(states[i], word) == 0) return i;
    return -1;
}

static void stored_check(struct sim *sim, const struct form *form, sqlite3_stmt *row) {
    int64_t n[16];
    for (int i = 1; i < 16; i++) n[i] = sqlite3_column_int64(row, i);
    row_check(sim, form, "state-as-told", "state",
              state_place((const char *)sqlite3_column_text(row, 0)), form->state);
    row_check(sim, form, "read-mark-first-display", "read_at", n[1], form->read_at);
    row_check(sim, form, "first-answer-once", "answered_at", n[2], form->answered_at);
    if (form->answered_at) {
        row_check(sim, form, "first-answer-once", "answer_ms", n[3],
                  form->answered_at > form->delivered_at ? form->answered_at - form->delivered_at
                                                         : 0);
        row_check(sim, form, "first-answer-once", "who answered first", n[4], form->first_agent);
        row_check(sim, form, "absence-is-counted", "absent_ms", n[5], form->absent_ms);
    }
    row_check(sim, form, "thread-append-only", "message_count", n[6], form->messages_n);
    row_check(sim, form, "thread-append-only", "last_message_id", n[7], form->newest_id);
    row_check(sim, form, "always-an-answer-or-a-reason", "waiting_since_at", n[8],
              waits(form->state) && !form->erased_at ? form->since_at : 0);
    row_check(sim, form, "secondary-marked", "offered_at", n[9], form->offered_at);
    row_check(sim, form, "secondary-marked", "origin secondary", n[10], form->secondary);
    row_check(sim, form, "secondary-marked", "origin forwarded", n[11], form->forwarded);
    row_check(sim, form, "reminder-once", "reminded_at", n[12], form->reminded_at);
    row_check(sim, form, "question-never-lost", "clinic", n[13], form->clinic);
    row_check(sim, form, "question-never-lost", "delivered_at", n[14], form->delivered_at);
    row_check(sim, form, "claim-exclusive", "claim_agent_id", n[15], form->claim_agent);
}

/* A clock that cannot have run out stands where the rules put it; no other one runs (I16). */
static void clocks_check(struct sim *sim, const struct form *form) {
    static const char due[] = "select coalesce(max(case event when 'remind' then due_at end), 0),"
                              " coalesce(max(case event when 'offer' then due_at end), 0),"
                              " coalesce(max(case event when 'offer_basic' then due_at end), 0)"
                              " from schedule where item_kind = 'contact_form' and item_id = ?1";
    sqlite3_stmt *row = look_rows(sim, due, 1, (const int64_t[]){form->id});
    if (!row || sqlite3_step(row) != SQLITE_ROW) return;
    int64_t now = model_of(sim)->latest, remind_at = sqlite3_column_int64(row, 0);
    int64_t offer_at = sqlite3_column_int64(row, 1), basic_at = sqlite3_column_int64(row, 2);
    look_end(row);
    const struct plan *plan = &form->plan;
    if (plan->remind_at > now || !plan->remind_at)
        row_check(sim, form, "clock-runs-iff-owed", "reminder due", remind_at, plan->remind_at);
    if (form->offered_at) return;
    if (plan->offer_at > now || !plan->offer_at)
        row_check(sim, form, "clock-runs-iff-owed", "offer due", offer_at, plan->offer_at);
    if (plan->basic_at > now || !plan->basic_at)
        row_check(sim, form, "clock-runs-iff-owed", "Basic offer due", basic_at, plan->basic_at);
}

static void told_check(struct sim *sim, const struct form *form) {
    if (form->erased_at) return;
    if (form->told_at != form->asked_at)
        violated(sim, "clinic-is-told-once", "question %lld: asked at %lld, told at %lld",
                 (long long)form->id, (long long)form->asked_at, (long long)form->told_at);
    bool invited = form->state == ANSWERED || form->state == DECLINED;
    if (invited && form->invited_at != form->settled_at)
        violated(sim, "patient-invited-once", "question %lld: settled at %lld, invited at %lld",
                 (long long)form->id, (long long)form->settled_at, (long long)form->invited_at);
}

static void drafts_check(struct sim *sim, const struct form *form) {
    static const char drafts[] = "select agent_id, text from draft where contact_form_id = ?1";
    uint64_t seen[AGENT_ROLES] = {0};
    sqlite3_stmt *row = look_rows(sim, drafts, 1, (const int64_t[]){form->id});
    while (row && sqlite3_step(row) == SQLITE_ROW)
        seen[(sqlite3_column_int64(row, 0) - 1) % AGENT_ROLES] =
            digest_of((const char *)sqlite3_column_text(row, 1));
    look_end(row);
    for (int role = 0; role < AGENT_ROLES; role++)
        if (seen[role] != form->draft[role])
            violated(sim, "losing-text-kept", "question %lld: the draft of agent %lld %s",
                     (long long)form->id, (long long)agent_of(form->clinic, (enum agent_role)role),
                     seen[role] ? "is another" : "is gone");
}

/* Rule 58: each act stands under the name of who did it, once. */
static void acts_check(struct sim *sim, const struct form *form) {
    static const char readers[] = "select sum(role) from (select distinct 1 << (agent_id - 1) %"
                                  " 5 role from activity where contact_form_id = ?1 and act ="
                                  " 'read')";
    static const char answers[] = "select count(*) from activity where contact_form_id = ?1"
                                  " and act <> 'read'";
    static const char latest[] = "select count(*) from activity where contact_form_id = ?1"
                                 " and act <> 'read' and at = ?2 and agent_id = ?3";
    const struct form_model *model = model_of(sim);
    const struct message *newest = NULL;
    int64_t n = 0;
    for (int i = form->message; i >= 0; i = model->messages[i].before) {
        if (!model->messages[i].by_clinic) continue;
        if (!newest) newest = &model->messages[i];
        n++;
    }
    row_check(sim, form, "activity-attributed", "who read it", LOOK(sim, readers, form->id),
              form->read_by);
    row_check(sim, form, "activity-attributed", "answers noted", LOOK(sim, answers, form->id), n);
    if (newest && !LOOK(sim, latest, form->id, newest->at, newest->agent_id))
        violated(sim, "activity-attributed", "question %lld: the answer of agent %lld at %lld",
                 (long long)form->id, (long long)newest->agent_id, (long long)newest->at);
}

/* A page that showed nothing new is answered afresh when its request comes again, and may find
 * something new then; nobody tells the oracle, but the act is noted. */
static void shown_again(struct sim *sim, struct form *form) {
    static const char latest[] = "select coalesce(max(at), 0) from activity where contact_form_id ="
                                 " ?1 and act = 'read' and at >= ?2";
    static const char reader[] = "select agent_id from activity where contact_form_id = ?1"
                                 " and act = 'read' and at = ?2";
    static const char is_read[] = "select state = 'read' from contact_form"
                                  " where contact_form_id = ?1";
    const struct form_model *model = model_of(sim);
    if (form->state != NEW || !LOOK(sim, is_read, form->id)) return;
    int64_t at = LOOK(sim, latest, form->id, form->asked_at);
    int role = at ? (int)((LOOK(sim, reader, form->id, at) - 1) % AGENT_ROLES) : -1;
    for (int i = 0; i < SHOWN_MAX && role >= 0; i++) {
        if (model->shown[i].form_id != form->id || model->shown[i].role != role) continue;
        display_note(sim, form, role, at);
        return;
    }
}

void rest_check(struct sim *sim, struct form *form) {
    static const char stored[] =
        "select state, read_at, answered_at, answer_ms, answered_agent_id, absent_ms,"
        " message_count, last_message_id, waiting_since_at, offered_at, origin = 'secondary',"
        " origin = 'forwarded', reminded_at, clinic_id, delivered_at, claim_agent_id"
        " from contact_form where contact_form_id = ?1";
    shown_again(sim, form);
    sqlite3_stmt *row = look_rows(sim, stored, 1, (const int64_t[]){form->id});
    if (!row) return;
    if (sqlite3_step(row) == SQLITE_ROW) stored_check(sim, form, row);
    else violated(sim, "question-never-lost", "question %lld is gone", (long long)form->id);
    look_end(row);
    if (sim->violated) return;
    clocks_check(sim, form);
    told_check(sim, form);
    drafts_check(sim, form);
    acts_check(sim, form);
}
