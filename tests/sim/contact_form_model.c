/* contact_form_model.c: the oracle's memory: forms by id, messages in a pool, and what they were
 * before each request, so that an older database finds an older model. Judges nothing.
 * Next: contact_form_oracle.c. */
#include "contact_form_model.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys of policy.list; the values are those of spec/rules.md part 2, not the core's. */
const struct policy_default policy_defaults[FORM_POLICIES] = {
    [REMIND_AFTER] = {"form.remind_after_s", 172800, 172800},
    [BASIC_AFTER] = {"form.basic_offer_after_s", 172800, 172800},
    [PREMIUM_AFTER] = {"form.premium_offer_after_s", 259200, 259200},
    [CLOCK] = {"form.clock", 0, 0},
    [UNANSWERED] = {"form.unanswered_clock", 0, 1},
    [REARM] = {"form.rearm", 1, 1},
    [OFFER_MAX] = {"form.offer_max", 3, 3},
    [RADIUS_KM] = {"form.offer_radius_km", 0, 50},
    [FORWARD_SPAM] = {"form.forward_spam", 1, 1},
    [DEFER] = {"absence.defer", 1, 1},
    [DEFER_BASIC] = {"absence.applies_to_basic", 0, 0},
    [AT_OPENING] = {"absence.remind_at_opening", 0, 1},
    [CLAIM_TTL] = {"claim.ttl_s", 300, 300},
    [RECEIPT] = {"form.receipt", 0, 1},
    [WINDOW_D] = {"indicator.window_d", 90, 90},
    [MIN_N] = {"indicator.min_n", 5, 5},
    [EXCLUDE_ABSENCE] = {"indicator.exclude_absence", 0, 0},
};

static void *grown(void *old, int64_t *room, int64_t n, size_t size) {
    if (n < *room) return old;
    int64_t bigger = *room ? *room : 256;
    while (bigger <= n) bigger *= 2;
    char *moved = realloc(old, (size_t)bigger * size);
    if (!moved) abort();
    memset(moved + (size_t)*room * size, 0, (size_t)(bigger - *room) * size);
    *room = bigger;
    return moved;
}

static void clinic_start(struct sim *sim, int number) {
    struct clinic *clinic = clinic_at(sim, number);
    clinic->premium = clinic->premium_before = is_premium(number);
    clinic->lat = 50 + number % 4 + 0.5;
    for (int i = 0; i < FORM_POLICIES; i++)
        clinic->policy[i] = model_of(sim)->literal ? policy_defaults[i].literal
                                                   : policy_defaults[i].recommended;
    for (int role = 0; role < AGENT_ROLES; role++)
        clinic->active[role] = clinic->mails[role] = true;
}

void model_begin(struct sim *sim) {
    static const char preset[] = "select policy_preset = 'literal' from platform";
    struct form_model *model = calloc(1, sizeof *model);
    if (!model) abort();
    sim->state[FORM_PLACE] = model;
    model->literal = look(sim, preset, 0, NULL) != 0;
    for (int clinic = 1; clinic <= sim->options.clinics; clinic++) clinic_start(sim, clinic);
}

void model_end(struct sim *sim) {
    struct form_model *model = model_of(sim);
    for (int64_t i = 0; i < model->forms_room; i++) free(model->forms[i]);
    for (int64_t i = 0; i < model->undos_n; i++) free(model->undos[i].bytes);
    free(model->forms);
    free(model->messages);
    free(model->undos);
    free(model);
    sim->state[FORM_PLACE] = NULL;
}

struct form *form_find(const struct sim *sim, int64_t id) {
    const struct form_model *model = model_of(sim);
    return id > 0 && id < model->forms_room && model->forms[id] && model->forms[id]->id
               ? model->forms[id] : NULL;
}

/* A form that a restore has taken back leaves its place behind, empty. */
struct form *form_add(struct sim *sim, int64_t id) {
    struct form_model *model = model_of(sim);
    if (id <= 0 || id > 1 << 24) return NULL;
    model->forms = grown(model->forms, &model->forms_room, id, sizeof *model->forms);
    if (!model->forms[id]) model->forms[id] = calloc(1, sizeof **model->forms);
    struct form *form = model->forms[id];
    if (!form) abort();
    will_change(sim, form, sizeof *form);
    WILL_CHANGE(sim, model->newest_form);
    WILL_CHANGE(sim, model->forms_n);
    *form = (struct form){.id = id, .serial = ++model->serial, .message = -1};
    if (id > model->newest_form) model->newest_form = id;
    model->forms_n++;
    return form;
}

/* ---- taking back ---- */

static int64_t in_pool(const struct form_model *model, const void *where) {
    uintptr_t pool = (uintptr_t)model->messages, at = (uintptr_t)where;
    uintptr_t size = (uintptr_t)model->messages_room * sizeof *model->messages;
    return at - pool < size ? (int64_t)(at - pool) : -1;
}

void will_change(struct sim *sim, void *where, size_t size) {
    struct form_model *model = model_of(sim);
    model->undos = grown(model->undos, &model->undos_room, model->undos_n, sizeof *model->undos);
    struct undo *undo = &model->undos[model->undos_n++];
    int64_t offset = in_pool(model, where);
    *undo = (struct undo){offset < 0 ? where : NULL, offset, (uint32_t)size, sim->figures.events,
                          malloc(size)};
    if (!undo->bytes) abort();
    memcpy(undo->bytes, where, size);
}

/* Back to what it was when the copy was made; what effects have told since then is told again by
 * those that are still there. */
void model_restore(struct sim *sim) {
    struct form_model *model = model_of(sim);
    while (model->undos_n > 0 && model->undos[model->undos_n - 1].event > sim->restored_event) {
        struct undo *undo = &model->undos[--model->undos_n];
        char *where = undo->where ? undo->where : (char *)model->messages + undo->offset;
        memcpy(where, undo->bytes, undo->size);
        free(undo->bytes);
    }
    model->touched_n = 0;
}

/* ---- what is noted ---- */

void message_note(struct sim *sim, struct form *form, const struct message *new) {
    struct form_model *model = model_of(sim);
    int64_t room = model->messages_room;
    model->messages = grown(model->messages, &room, model->messages_n, sizeof *new);
    model->messages_room = (int)room;
    struct message *message = &model->messages[model->messages_n];
    *message = *new;
    message->before = form->message;
    form->message = model->messages_n++;
    form->messages_n++;
    form->newest_id = new->id;
    if (new->by_clinic) form->newest_clinic_id = new->id;
}

/* The doctor's own tier before the clinic's (rule 36). */
static int doctor_tier(const struct clinic *clinic, int64_t doctor) {
    for (int i = 0; i < DOCTORS; i++)
        if (doctor && clinic->doctors[i] == doctor) return clinic->doctor_tier[i];
    return -1;
}

bool premium_now(const struct sim *sim, const struct form *form) {
    const struct clinic *clinic = clinic_at(sim, form->clinic);
    int own = doctor_tier(clinic, form->doctor);
    return own < 0 ? clinic->premium : own == 1;
}

/* What a clock saw that ran out in the same call as a change of tier. */
static bool tier_moves(const struct sim *sim, const struct form *form) {
    const struct clinic *clinic = clinic_at(sim, form->clinic);
    return doctor_tier(clinic, form->doctor) < 0 &&
           clinic->tier_settle == model_of(sim)->settle &&
           clinic->premium_before != clinic->premium;
}

bool premium_maybe(const struct sim *sim, const struct form *form) {
    return premium_now(sim, form) || tier_moves(sim, form);
}

bool basic_maybe(const struct sim *sim, const struct form *form) {
    return !premium_now(sim, form) || tier_moves(sim, form);
}

/* A doctor who sees patients hears of the own questions and of the clinic's. */
bool agent_hears(const struct clinic *clinic, int role, int64_t doctor) {
    return clinic->active[role] && clinic->mails[role] &&
           (!clinic->agent_doctor[role] || !doctor || clinic->agent_doctor[role] == doctor);
}
