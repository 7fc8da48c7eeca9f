/* contact_form_part.c: contact forms as a part of the simulator: their invariants by name, and the
 * ways in. Next: contact_form_world.c, contact_form_oracle.c. */
#include <string.h>

#include "contact_form_model.h"

static void begin(struct sim *sim) {
    model_begin(sim);
    staff_begin(sim);
    patients_begin(sim);
}

/* ---- refusals ---- */

static void unjust(struct sim *sim, const struct asked *asked, const struct answer *answer,
                   const char *invariant) {
    violated(sim, invariant, "%s %s by %s: %s", asked->op, asked->in, asked->who, answer->code);
}

/* A refusal that kept a text is answered from memory when it is asked for again. */
static bool known_already(struct sim *sim, const char *key) {
    struct form_model *model = model_of(sim);
    uint64_t digest = digest_of(key);
    for (int i = 0; i < KEPT_MAX; i++)
        if (model->kept[i] == digest) return true;
    WILL_CHANGE(sim, model->kept[model->kept_n % KEPT_MAX]); /* an older file has forgotten it */
    model->kept[model->kept_n++ % KEPT_MAX] = digest;
    return false;
}

/* Rule 57, B15: who is refused because somebody was faster loses no word and learns who it was. */
static void faster_judge(struct sim *sim, const struct asked *asked, const struct answer *answer,
                         const cJSON *in, const cJSON *who) {
    struct form *form = form_find(sim, number_of(in, "contact_form_id"));
    const cJSON *facts = cJSON_GetObjectItemCaseSensitive(answer->body, "facts");
    bool stale = strcmp(answer->code, "refused.stale") == 0;
    int clinic, role = who_role(who, &clinic);
    int64_t seen = number_of(in, "last_message_id"), agent_id = number_of(who, "agent_id");
    const char *text = text_in(in, strcmp(asked->op, "contact_form.answer") ? "note" : "text");
    if (!form || role < 0 || known_already(sim, asked->key)) return;
    if (stale && (!seen || seen >= form->newest_clinic_id))
        unjust(sim, asked, answer, "nobody-answers-over-another");
    if (stale && number_of(facts, "message_id") != form->newest_clinic_id)
        unjust(sim, asked, answer, "losing-text-kept");
    if (!stale && (!form->claim_agent || form->claim_agent == agent_id ||
                   form->claim_until <= answer->at))
        unjust(sim, asked, answer, "claim-exclusive");
    if (strcmp(asked->op, "contact_form.claim") == 0 || !*text) return;
    WILL_CHANGE(sim, form->draft[role]);
    form->draft[role] = digest_of(text);
    touch(sim, form);
}

static void already_judge(struct sim *sim, const struct asked *asked, const struct answer *answer,
                          const cJSON *in) {
    const struct form *form = form_find(sim, number_of(in, "contact_form_id"));
    if (!form) return;
    if (strcmp(answer->code, "refused.already_answered") == 0 && waits(form->state))
        unjust(sim, asked, answer, "answered-is-not-rejected");
    if (strcmp(answer->code, "refused.erased") == 0 && !form->erased_at)
        unjust(sim, asked, answer, "question-never-lost");
    bool accept = strcmp(asked->op, "contact_form.accept_offer") == 0;
    if (strcmp(answer->code, "refused.not_offered") == 0 && accept && form->offered_at &&
        form->state != DECLINED) {
        int offices[OFFICES], n;
        n = offices_of(sim, form, true, answer->at,
                       (int)clinic_at(sim, form->clinic)->policy[OFFER_MAX], offices);
        for (int i = 0; i < n; i++)
            if (offices[i] == number_of(in, "clinic_id") &&
                model_of(sim)->changed_settle != model_of(sim)->settle)
                unjust(sim, asked, answer, "accepted-only-what-was-offered");
    }
}

/* What somebody asks who may not tells them nothing, not even whether there is something. */
static void stranger_judge(struct sim *sim, const struct asked *asked,
                           const struct answer *answer) {
    char *text = cJSON_PrintUnformatted(answer->body);
    bool tells = strstr(text, " zp") != NULL || strncmp(answer->code, "refused.stale", 13) == 0;
    cJSON_free(text);
    if (tells) unjust(sim, asked, answer, "strangers-learn-nothing");
}

/* Five questions an hour to a clinic and twenty a day are not too many of one person. */
static void often_judge(struct sim *sim, const struct asked *asked, const struct answer *answer,
                        int clinic) {
    enum { AN_HOUR = 5, A_DAY = 20 };
    int64_t hour = 0, day = 0;
    for (int64_t id = 1; id <= model_of(sim)->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        if (!form || form->person != asked->a || form->clinic != clinic) continue;
        hour += form->delivered_at > answer->at - HOUR_MS;
        day += form->delivered_at > answer->at - DAY_MS;
    }
    if (hour < AN_HOUR && day < A_DAY) unjust(sim, asked, answer, "valid-input-is-taken");
}

static void refused(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    static const char *const mine[] = {"contact_form.", "absence.", "clinic.set", "policy.set",
                                       "notice.set", "response_indicator.", "report.", "team.",
                                       "search", "person."};
    bool ours = false;
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        ours |= strncmp(asked->op, mine[i], strlen(mine[i])) == 0;
    if (!ours) return;
    if (asked->b & MUST_REFUSE) {
        stranger_judge(sim, asked, answer);
        return;
    }
    cJSON *in = cJSON_Parse(asked->in), *who = cJSON_Parse(asked->who);
    /* A clock that was set back makes a future of what somebody has just read. */
    bool future = number_of(in, "as_of_at") > answer->at || number_of(in, "called_at") > answer->at;
    if (strcmp(answer->code, "busy.too_many") == 0)
        often_judge(sim, asked, answer, (int)number_of(in, "clinic_id"));
    if (strncmp(answer->code, "invalid.", 8) == 0 && !future)
        unjust(sim, asked, answer, "valid-input-is-taken");
    if (strcmp(answer->code, "refused.stale") == 0 || strcmp(answer->code, "refused.claimed") == 0)
        faster_judge(sim, asked, answer, in, who);
    else already_judge(sim, asked, answer, in);
    cJSON_Delete(in);
    cJSON_Delete(who);
    settle_later(sim);
}

static void arrived(struct sim *sim, const cJSON *effect) {
    if (strcmp(text_in(effect, "item_kind"), "contact_form") != 0) return;
    patient_hears(sim, effect);
    staff_hears(sim, effect);
}

static void restored(struct sim *sim, int64_t at) {
    (void)at;
    model_restore(sim);
    settle_later(sim);
}

static const struct invariant invariants[] = {
    {"question-never-lost", "30 50 64 65", "What was accepted is there for ever, with its clinic.",
     AT_END, check_at_end},
    {"nobody-is-told-of-nothing", "31", "Every notice is about a question that somebody asked.",
     AFTER_CALL, settle_later},
    {"state-as-told", "34 47 49 60", "A question is new, read or settled by what was done.", 0,
     NULL},
    {"read-mark-first-display", "34", "The first display to the clinic marks it read, and nothing"
     " else does: no list, no search, no platform, no patient.", 0, NULL},
    {"clinic-is-told-once", "31 49", "Each question and reaction is announced to the clinic once,"
     " at once.", 0, NULL},
    {"all-who-handle-hear", "31 35 56", "Everybody who handles questions hears of it, or the clinic"
     " does.", 0, NULL},
    {"notices-stay-in-the-clinic", "31 32", "Nobody of another clinic hears of it.", 0, NULL},
    {"reminder-not-before-its-time", "35 55", "No reminder before its clock has run out, absences"
     " counted.", 0, NULL},
    {"reminder-at-its-time", "35 55", "It is decided for the instant at which its clock runs out.",
     0, NULL},
    {"reminder-once", "35", "One reminder for what has become new once.", 0, NULL},
    {"reminder-says-why", "35 64", "A reminder of what is unread is another than one of what is"
     " unanswered.", 0, NULL},
    {"basic-never-reminded", "37", "A Basic clinic gets no reminder.", 0, NULL},
    {"no-reminder-after-answer", "35 52", "Who has answered is not reminded, not even by a mail"
     " that was waiting.", 0, NULL},
    {"nothing-after-reading", "35 40", "Under the clocks of the source what was read brings neither"
     " reminder nor offer.", 0, NULL},
    {"offer-at-its-time", "38 40", "Offers come when the tier's clock runs out.", 0, NULL},
    {"offer-once", "38 40", "Other offices are offered once.", 0, NULL},
    {"no-offer-after-answer", "38 49", "Whose question was answered is offered nobody else.", 0,
     NULL},
    {"no-offer-before-the-reminder", "40", "No Premium patient is offered others before the clinic"
     " was reminded.", 0, NULL},
    {"offered-when-there-are", "38", "Offered if there is an office, told so if there is none.", 0,
     NULL},
    {"offered-offices-are-premium-and-not-the-same", "36 38", "Only near Premium offices that"
     " perform it, are there and were not tried.", 0, NULL},
    {"accepted-only-what-was-offered", "38", "A question goes on only to what was offered.", 0,
     NULL},
    {"secondary-marked", "39 41", "Both labels stand exactly where an offer was made or accepted.",
     0, NULL},
    {"forwarded-only-after-rejection", "46", "Only a rejected question is sent on.", 0, NULL},
    {"answered-is-not-rejected", "42", "What is settled cannot be rejected any more.", 0, NULL},
    {"first-answer-once", "44 52 57", "The first answer's time and author are written once; a"
     " rejection and a call count.", 0, NULL},
    {"absence-is-counted", "53", "How much of the waiting was absence is as the calendar says.", 0,
     NULL},
    {"nobody-answers-over-another", "57", "An answer is accepted only from who has seen the newest"
     " one.", 0, NULL},
    {"losing-text-kept", "57", "Drafts are their writer's; a text that came too late becomes one.",
     0, NULL},
    {"claim-exclusive", "57", "While somebody answers nobody else does, unless told.", 0, NULL},
    {"activity-attributed", "56 58", "Each act stands under the name of who did it, once.", 0,
     NULL},
    {"thread-append-only", "50", "Each message stays as it was accepted, in its order.", 0, NULL},
    {"patient-invited-once", "48", "Each answer and rejection invites the patient, once.", 0, NULL},
    {"receipt-at-delivery", "64", "A receipt belongs to the delivery.", 0, NULL},
    {"absence-warns", "54", "Who writes during an absence is told the day of return.", 0, NULL},
    {"absence-defers-reminder", "55", "Absences entered and taken back move what is not sent yet.",
     0, NULL},
    {"clock-runs-iff-owed", "35 40 55", "A clock runs as long as something is owed, and no longer.",
     0, NULL},
    {"always-an-answer-or-a-reason", "62 64", "What nobody answered was reminded of and offered, as"
     " the tier says.", EACH_DAY, check_each_day},
    {"counts-recomputed", "60", "The counts above a list are those of the forms.", 0, NULL},
    {"list-shows-what-is", "59 60 65", "A list shows the clinic's own questions as they are.", 0,
     NULL},
    {"indicator-recomputed", "44 45 52", "Median, counts and proof are those of the forms.", 0,
     NULL},
    {"search-finds-own-words-only", "47 50", "A search finds what the clinic was asked, and no"
     " other's.", 0, NULL},
    {"export-is-complete", "50", "An export holds all questions of a person.", 0, NULL},
    {"erased-person-is-gone", "", "No row, page or notice keeps what an erased person wrote.", 0,
     NULL},
    {"spam-and-bad-input-refused", "43", "What must be refused is refused.", 0, NULL},
    {"valid-input-is-taken", "30", "What is right is not called wrong.", 0, NULL},
    {"strangers-learn-nothing", "32 56", "Who may not see it cannot tell whether it is there.", 0,
     NULL},
    {"limited-link-opens-only-its-form", "32", "A link opens its own question and no other.", 0,
     NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part contact_form_part = {
    .name = "contact_form", .place = FORM_PLACE, .begin = begin, .end = model_end,
    .accepted = forms_accepted, .refused = refused, .arrived = arrived,
    .attempt = notices_attempt, .restored = restored, .invariants = invariants,
};
