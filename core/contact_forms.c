/* contact_forms.c: rows of contact forms, and when their clocks run out. What then happens:
 * machines/contact_form.c. */
#include "contact_forms.h"

#include <string.h>

#include "db.h"
#include "effects.h"
#include "schedule.h"

enum { LOAD, ADD, MESSAGE, TWIN, OPEN_CLINIC, OPEN_PRACTITIONER, DUE, ACT, READER, UNREAD,
       ANSWERED_FIRST, ANSWERED_NOW, DRAFT_DONE };
static const char *const forms_sql[] = {
    [LOAD] = "select f.contact_form_id, f.clinic_id, f.state, coalesce(f.practitioner_id, 0),"
             " f.origin_id, f.root_id, f.delivered_at, f.read_at, f.clock_at, f.waiting_since_at,"
             " f.answered_at, f.reminded_at, f.offered_at, f.no_office_at, f.erased_at,"
             " f.last_message_id, f.last_clinic_id, f.patient_read_id, f.claim_agent_id,"
             " f.claim_until_at, coalesce(nullif(p.tier, ''), c.tier) = 'premium', f.name, f.email,"
             " f.phone, f.locale, f.service, f.origin, f.reason, c.name, coalesce(p.name, ''),"
             " f.clock_read from contact_form f join clinic c on c.clinic_id = f.clinic_id"
             " left join practitioner p on p.practitioner_id = f.practitioner_id"
             " where f.contact_form_id = ?1",
    [ADD] = "insert into contact_form (contact_form_id, clinic_id, practitioner_id, name, email,"
            " phone, locale, service, origin, origin_id, root_id, duplicate_of, delivered_at,"
            " clock_at, waiting_since_at, rev) values ("
            NEXT_ID("contact_form") ", ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
            " now_ms(), now_ms(), now_ms(), rev())",
    [MESSAGE] = "update contact_form set message_count = message_count + 1, last_author = ?2,"
                " last_at = now_ms(), last_message_id = ?3,"
                " last_clinic_id = iif(?2 = 'clinic', ?3, last_clinic_id), rev = rev()"
                " where contact_form_id = ?1",
    [TWIN] = "select f.contact_form_id from contact_form f indexed by contact_form_email"
             " cross join message m on m.item_kind = 'contact_form'"
             " and m.item_id = f.contact_form_id where f.email = ?1 and f.email <> ''"
             " and f.clinic_id = ?2 and m.author = 'patient' and m.text = ?3"
             " and f.delivered_at > ?4 order by f.contact_form_id desc limit 1",
    [OPEN_CLINIC] = "select contact_form_id from contact_form where clinic_id = ?1"
                    " and waiting_since_at > 0 order by waiting_since_at, contact_form_id",
    [OPEN_PRACTITIONER] = "select contact_form_id from contact_form where clinic_id = ?1"
                          " and waiting_since_at > 0 and practitioner_id = ?2"
                          " order by waiting_since_at, contact_form_id",
    [DUE] = "update contact_form set due_at = coalesce((select min(due_at) from schedule"
            " where item_kind = 'contact_form' and item_id = ?1 and event <> ?2), 0),"
            " rev = rev() where contact_form_id = ?1",
    [READER] = "select 1 from activity where contact_form_id = ?1 and act = 'read'"
               " and agent_id = ?2",
    [ACT] = "insert into activity (clinic_id, agent_id, at, contact_form_id, act, answer_ms)"
            " values (?1, ?2, now_ms(), ?3, ?4, ?5) on conflict do nothing",
    [UNREAD] = "select message_id from message where item_kind = 'contact_form' and item_id = ?1"
               " and author = 'patient' and delivery <> 'read' order by message_id",
    [ANSWERED_FIRST] = "update contact_form set answered_at = now_ms(),"
                       " answer_ms = max(0, now_ms() - delivered_at), absent_ms = ?2,"
                       " answered_agent_id = ?3 where contact_form_id = ?1 and answered_at = 0",
    [ANSWERED_NOW] = "update contact_form set waiting_since_at = 0,"
                     " read_at = iif(read_at, read_at, now_ms()), reason = ?2,"
                     " claim_agent_id = 0, claim_until_at = 0, rev = rev()"
                     " where contact_form_id = ?1",
    [DRAFT_DONE] = "delete from draft where contact_form_id = ?1 and agent_id = ?2",
};

static const int64_t twin_ms = 30LL * 86400000;

enum err contact_form_load(struct tx *tx, int64_t contact_form_id, void *ret_form) {
    struct contact_form *form = ret_form;
    const struct value *v;
    enum err err = db_row(tx, forms_sql[LOAD], WITH(contact_form_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "contact_form_id");
    TRY(err);
    *form = (struct contact_form){
        .item = {v[0].i, v[1].i, state_find(&contact_form_machine, v[2].text)},
        .practitioner_id = v[3].i, .origin_id = v[4].i, .root_id = v[5].i,
        .delivered_at = v[6].i, .read_at = v[7].i, .clock_at = v[8].i,
        .waiting_since_at = v[9].i, .answered_at = v[10].i, .reminded_at = v[11].i,
        .offered_at = v[12].i, .no_office_at = v[13].i, .erased_at = v[14].i,
        .last_message_id = v[15].i, .last_clinic_id = v[16].i, .patient_read_id = v[17].i,
        .claim_agent_id = v[18].i, .claim_until_at = v[19].i, .premium = v[20].i != 0,
        .name = v[21].text, .email = v[22].text, .phone = v[23].text, .locale = v[24].text,
        .service = v[25].text, .origin = v[26].text, .reason = v[27].text,
        .clinic_name = v[28].text, .practitioner_name = v[29].text,
        .clock_read = v[30].i != 0};
    return OK;
}

/* An earlier form of the same person to the same clinic in the same words (rule 43 a). */
static enum err twin_find(struct tx *tx, const struct form_new *new, int64_t *ret_twin_id) {
    const struct value *v;
    enum err err = db_row(tx, forms_sql[TWIN],
                          WITH(new->email, new->clinic_id, new->text, tx->now - twin_ms), &v);
    *ret_twin_id = err == OK ? v[0].i : 0;
    return err == ERR_MISSING ? OK : err;
}

enum err contact_form_create(struct tx *tx, const struct form_new *new,
                             int64_t *ret_contact_form_id) {
    int64_t twin_id, message_id;
    TRY(twin_find(tx, new, &twin_id));
    TRY(db_insert(tx, forms_sql[ADD],
                  WITH(new->clinic_id, id_or_null(new->practitioner_id), new->name, new->email,
                       new->phone, new->locale, new->service, new->origin, new->origin_id,
                       new->root_id, twin_id),
                  ret_contact_form_id));
    return machine_fire(tx, &contact_form_machine, *ret_contact_form_id, ON_SEND,
                        &(struct reaction){new->text, &message_id});
}

enum err contact_form_send_on(struct tx *tx, const struct contact_form *form,
                              const struct onward *onward) {
    return contact_form_create(tx, &(struct form_new){
        .clinic_id = onward->clinic_id, .practitioner_id = onward->practitioner_id,
        .origin_id = form->item.id, .root_id = form->root_id ? form->root_id : form->item.id,
        .name = form->name, .email = form->email, .phone = form->phone, .locale = form->locale,
        .service = form->service, .text = onward->text, .origin = onward->origin},
        onward->ret_contact_form_id);
}

enum err form_message_add(struct tx *tx, struct contact_form *form, const struct message_new *new,
                          int64_t *ret_message_id) {
    TRY(message_add(tx, new, ret_message_id));
    form->last_message_id = *ret_message_id;
    return db_run(tx, forms_sql[MESSAGE], WITH(form->item.id, new->author, *ret_message_id));
}

int64_t answer_unseen(const struct contact_form *form, const struct answer *answer) {
    bool unseen = answer->last_message_id && form->last_clinic_id > answer->last_message_id;
    return unseen ? form->last_clinic_id : 0;
}

bool claimed_by_another(const struct tx *tx, const struct contact_form *form) {
    return form->claim_agent_id && form->claim_agent_id != tx->actor.agent_id &&
           form->claim_until_at > tx->now;
}

bool contact_form_is_read(struct tx *tx, const struct contact_form *form) {
    const struct value *v;
    return db_row(tx, forms_sql[READER], WITH(form->item.id, tx->actor.agent_id), &v) == OK;
}

enum err form_questions_read(struct tx *tx, const struct contact_form *form) {
    struct rows rows;
    TRY(effects_cancel_about(tx, "contact_form", form->item.id, true));
    TRY(db_rows(tx, forms_sql[UNREAD], WITH(form->item.id), &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(machine_fire(tx, &delivery_machine, row_at(&rows, i)[0].i, ON_READ, NULL));
    return OK;
}

enum err contact_form_catch_up(struct tx *tx, int64_t contact_form_id) {
    return schedule_catch_up(tx, "contact_form", contact_form_id);
}

enum { ABSENCES_MAX = 20 };

/* To the end of the absence that holds then; the opening after it may lie in the next one. */
static enum err put_off(struct tx *tx, const struct contact_form *form, bool to_opening,
                        int64_t *ret_at) {
    int64_t end_at, opening_at;
    for (int i = 0; i < ABSENCES_MAX; i++) {
        TRY(calendar_absence_end(tx, form->item.clinic_id, form->practitioner_id, *ret_at,
                                 &end_at));
        if (!end_at) return OK;
        *ret_at = end_at;
        if (!to_opening) continue;
        TRY(calendar_opening(tx, form->item.clinic_id, end_at, &opening_at));
        if (opening_at) *ret_at = opening_at;
    }
    return OK;
}

/* The clock's end, put off to the end of an absence that it falls into (B14). Never in the past: an
 * absence may be taken back when what it put off would long have been due; it is due now then, or
 * when the absence that holds now ends. */
static enum err clock_end(struct tx *tx, const struct contact_form *form, int64_t from_at,
                          enum policy seconds, bool defers, int64_t *ret_at) {
    int64_t clock, after_s, opening;
    TRY(policy_get(tx, form->item.clinic_id, POLICY_FORM_CLOCK, &clock));
    TRY(policy_get(tx, form->item.clinic_id, seconds, &after_s));
    TRY(calendar_after(tx, form->item.clinic_id, form->practitioner_id, (enum clock)clock, from_at,
                       after_s, ret_at));
    TRY(policy_get(tx, form->item.clinic_id, POLICY_ABSENCE_REMIND_AT_OPENING, &opening));
    if (defers) TRY(put_off(tx, form, opening != 0, ret_at));
    if (*ret_at >= tx->now) return OK;
    *ret_at = tx->now;
    return defers ? put_off(tx, form, opening != 0, ret_at) : OK;
}

/* Planned for both tiers at once, because the tier is read when a clock runs out (B04). */
enum err form_plan(struct tx *tx, const struct contact_form *form, struct form_plan *ret_plan) {
    int64_t defer, basic_too, clock, remind_s, offer_s, distant_at;
    int64_t clinic_id = form->item.clinic_id;
    TRY(policy_get(tx, clinic_id, POLICY_ABSENCE_DEFER, &defer));
    TRY(policy_get(tx, clinic_id, POLICY_ABSENCE_APPLIES_TO_BASIC, &basic_too));
    TRY(policy_get(tx, clinic_id, POLICY_FORM_CLOCK, &clock));
    TRY(policy_get(tx, clinic_id, POLICY_FORM_REMIND_AFTER_S, &remind_s));
    TRY(policy_get(tx, clinic_id, POLICY_FORM_PREMIUM_OFFER_AFTER_S, &offer_s));
    TRY(clock_end(tx, form, form->clock_at, POLICY_FORM_REMIND_AFTER_S, defer != 0,
                  &ret_plan->remind_at));
    TRY(clock_end(tx, form, form->clock_at, POLICY_FORM_BASIC_OFFER_AFTER_S,
                  defer != 0 && basic_too != 0, &ret_plan->offer_basic_at));
    TRY(clock_end(tx, form, form->clock_at, POLICY_FORM_PREMIUM_OFFER_AFTER_S, false,
                  &ret_plan->offer_at));
    TRY(calendar_after(tx, clinic_id, form->practitioner_id, (enum clock)clock,
                       ret_plan->remind_at, offer_s > remind_s ? offer_s - remind_s : 0,
                       &distant_at));
    if (distant_at > ret_plan->offer_at) ret_plan->offer_at = distant_at;
    return OK;
}

static const enum event clocks[] = {ON_REMIND, ON_OFFER_BASIC, ON_OFFER};

/* The other tier's clock runs along, in case the tier changes, but nothing hangs on it. */
enum err form_due_note(struct tx *tx, const struct contact_form *form) {
    const char *idle = event_word(form->premium ? ON_OFFER_BASIC : ON_REMIND);
    return db_run(tx, forms_sql[DUE], WITH(form->item.id, idle));
}

enum err contact_form_fired(struct tx *tx, int64_t contact_form_id) {
    struct contact_form form;
    TRY(contact_form_load(tx, contact_form_id, &form));
    return form_due_note(tx, &form);
}

int64_t form_clock_due(struct tx *tx, const struct contact_form *form, enum event clock) {
    int64_t due_at;
    enum err err = schedule_due(tx, "contact_form", form->item.id, clock, &due_at);
    return err == OK ? due_at : 0;
}

bool form_clocks_run(struct tx *tx, const struct contact_form *form) {
    bool run = false;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        run |= form_clock_due(tx, form, clocks[i]) != 0;
    return run;
}

enum err form_clocks_stop(struct tx *tx, const struct contact_form *form) {
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        TRY(schedule_cancel(tx, "contact_form", form->item.id, clocks[i]));
    return form_due_note(tx, form);
}

enum err form_offers_stop(struct tx *tx, const struct contact_form *form) {
    TRY(schedule_cancel(tx, "contact_form", form->item.id, ON_OFFER_BASIC));
    return schedule_cancel(tx, "contact_form", form->item.id, ON_OFFER);
}

enum err form_clocks_set(struct tx *tx, const struct contact_form *form, bool offers,
                         int64_t *ret_remind_at) {
    struct form_plan plan;
    TRY(form_plan(tx, form, &plan));
    *ret_remind_at = plan.remind_at;
    TRY(schedule_set(tx, "contact_form", form->item.id, ON_REMIND, plan.remind_at));
    if (!offers) TRY(form_offers_stop(tx, form));
    if (offers) {
        TRY(schedule_set(tx, "contact_form", form->item.id, ON_OFFER_BASIC, plan.offer_basic_at));
        TRY(schedule_set(tx, "contact_form", form->item.id, ON_OFFER, plan.offer_at));
    }
    return form_due_note(tx, form);
}

/* What has run out stays so: who was told once is not told again because an absence changed. */
enum err form_clocks_move(struct tx *tx, const struct contact_form *form, bool offers,
                          int64_t *ret_remind_at) {
    struct form_plan plan;
    TRY(form_plan(tx, form, &plan));
    *ret_remind_at = plan.remind_at;
    if (!offers) TRY(form_offers_stop(tx, form));
    const int64_t plans[] = {plan.remind_at, plan.offer_basic_at, plan.offer_at};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        int64_t due_at;
        TRY(schedule_due(tx, "contact_form", form->item.id, clocks[i], &due_at));
        if (due_at)
            TRY(schedule_set(tx, "contact_form", form->item.id, clocks[i], plans[i]));
    }
    return form_due_note(tx, form);
}

enum err form_act_note(struct tx *tx, const struct contact_form *form, const char *act,
                       int64_t answer_ms) {
    struct value waited = answer_ms < 0 ? (struct value){0} : value_int(answer_ms);
    if (!tx->actor.agent_id) return OK;
    return db_run(tx, forms_sql[ACT],
                  WITH(form->item.clinic_id, tx->actor.agent_id, form->item.id, act, waited));
}

enum err form_settled_note(struct tx *tx, const struct contact_form *form, const char *reason) {
    int64_t agent_id = tx->actor.agent_id, absent_ms;
    TRY(calendar_absent_ms(tx, form->item.clinic_id, form->practitioner_id, form->delivered_at,
                           tx->now, &absent_ms));
    TRY(db_run(tx, forms_sql[ANSWERED_FIRST],
               WITH(form->item.id, absent_ms, id_or_null(agent_id))));
    TRY(db_run(tx, forms_sql[ANSWERED_NOW], WITH(form->item.id, reason ? reason : "")));
    return db_run(tx, forms_sql[DRAFT_DONE], WITH(form->item.id, agent_id));
}

/* A reminder that was sent stays sent: only clocks that still run are moved (B14). One that was due
 * before now would have been sent by a tick in time. */
static enum err form_replan(struct tx *tx, int64_t contact_form_id, int64_t *ret_moved) {
    struct contact_form form;
    struct form_plan plan;
    int64_t remind_at, offer_basic_at;
    TRY(contact_form_catch_up(tx, contact_form_id));
    TRY(schedule_due(tx, "contact_form", contact_form_id, ON_REMIND, &remind_at));
    TRY(schedule_due(tx, "contact_form", contact_form_id, ON_OFFER_BASIC, &offer_basic_at));
    if (!remind_at) return OK;
    TRY(contact_form_load(tx, contact_form_id, &form));
    TRY(form_plan(tx, &form, &plan));
    bool basic_stands = !offer_basic_at || plan.offer_basic_at == offer_basic_at;
    if (plan.remind_at == remind_at && basic_stands) return OK;
    *ret_moved += plan.remind_at != remind_at;
    return machine_step(tx, &contact_form_machine, &form, ON_REPLAN, NULL);
}

enum err contact_forms_catch_up(struct tx *tx, int64_t clinic_id) {
    struct rows rows;
    TRY(db_rows(tx, forms_sql[OPEN_CLINIC], WITH(clinic_id), &rows));
    for (int i = 0; i < rows.n; i++) TRY(contact_form_catch_up(tx, row_at(&rows, i)[0].i));
    return OK;
}

enum err contact_forms_due_note(struct tx *tx, int64_t clinic_id) {
    struct rows rows;
    TRY(db_rows(tx, forms_sql[OPEN_CLINIC], WITH(clinic_id), &rows));
    for (int i = 0; i < rows.n; i++) TRY(contact_form_fired(tx, row_at(&rows, i)[0].i));
    return OK;
}

enum err contact_forms_replan(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                              int64_t *ret_moved) {
    struct rows rows;
    *ret_moved = 0;
    TRY(practitioner_id ? db_rows(tx, forms_sql[OPEN_PRACTITIONER],
                                  WITH(clinic_id, practitioner_id), &rows)
                        : db_rows(tx, forms_sql[OPEN_CLINIC], WITH(clinic_id), &rows));
    for (int i = 0; i < rows.n; i++) TRY(form_replan(tx, row_at(&rows, i)[0].i, ret_moved));
    return OK;
}
