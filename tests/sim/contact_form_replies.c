/* contact_form_replies.c: what people are shown of questions, compared with the model: a thread,
 * a list with its counts, offices, hits of a search, all that is known of a person (rules 32, 34,
 * 38, 50, 57, 58, 60). Figures: contact_form_figures.c. */
#include "contact_form_model.h"

#include <string.h>

static const char *const states[] = {"new", "read", "answered", "answered_by_phone", "rejected"};

/* ---- one thread ---- */

/* The newest of the model against the last of the page, backwards (rule 50). */
static void messages_check(struct sim *sim, const struct form *form, bool patient,
                           const cJSON *messages) {
    const struct form_model *model = model_of(sim);
    int shown = cJSON_GetArraySize(messages), at = form->message;
    if (shown != form->messages_n && shown < 50)
        violated(sim, "thread-append-only", "question %lld shows %d of %d messages",
                 (long long)form->id, shown, form->messages_n);
    for (int i = shown - 1; i >= 0 && at >= 0; i--, at = model->messages[at].before) {
        const struct message *said = &model->messages[at];
        const cJSON *row = cJSON_GetArrayItem(messages, i);
        bool hidden = patient && said->phone;
        uint64_t digest = digest_of(text_in(row, "text"));
        if (number_of(row, "message_id") != said->id || number_of(row, "sent_at") != said->at ||
            digest != (hidden ? digest_of("") : said->digest))
            violated(sim, "thread-append-only", "question %lld: message %lld is not as it was sent",
                     (long long)form->id, (long long)said->id);
    }
}

static void claim_check(struct sim *sim, const struct form *form, int64_t at, const cJSON *claim) {
    int64_t owed = form->claim_until > at ? form->claim_agent : 0;
    if (number_of(claim, "agent_id") != owed)
        violated(sim, "claim-exclusive", "question %lld is shown with agent %lld answering, not"
                 " %lld", (long long)form->id, (long long)number_of(claim, "agent_id"),
                 (long long)owed);
}

void reply_get(struct sim *sim, const struct form *form, int role, const struct answer *answer,
               bool patient) {
    const cJSON *row = cJSON_GetObjectItemCaseSensitive(answer->body, "contact_form");
    const char *state = text_in(row, "state");
    if (number_of(row, "contact_form_id") != form->id)
        violated(sim, "limited-link-opens-only-its-form", "asked for %lld, shown %lld",
                 (long long)form->id, (long long)number_of(row, "contact_form_id"));
    if (strcmp(state, states[form->state]) != 0)
        violated(sim, "read-mark-first-display", "question %lld is shown as %s, is %s",
                 (long long)form->id, state, states[form->state]);
    if (number_of(row, "answered_at") != form->answered_at)
        violated(sim, "first-answer-once", "question %lld is shown as answered at %lld",
                 (long long)form->id, (long long)number_of(row, "answered_at"));
    messages_check(sim, form, patient,
                   cJSON_GetObjectItemCaseSensitive(answer->body, "messages"));
    if (patient) return;
    claim_check(sim, form, answer->at, cJSON_GetObjectItemCaseSensitive(answer->body, "claim"));
    if (role < 0) return;
    const char *draft = text_in(answer->body, "draft");
    if ((*draft ? digest_of(draft) : 0) != form->draft[role])
        violated(sim, "losing-text-kept", "question %lld: another draft is shown",
                 (long long)form->id);
}

/* ---- lists ---- */

/* A question that was taken as the machine failed is not heard of before it is asked again; at the
 * end they are counted. */
static bool unheard_of(struct sim *sim, int clinic) {
    static const char stored[] = "select count(*) from contact_form where clinic_id = ?1";
    const struct form_model *model = model_of(sim);
    int64_t known = 0;
    for (int64_t id = 1; id <= model->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        known += form && form->clinic == clinic;
    }
    return LOOK(sim, stored, clinic) > known;
}

static void count_check(struct sim *sim, int clinic, const char *what, int64_t is, int64_t owed) {
    if (is != owed && !unheard_of(sim, clinic))
        violated(sim, "counts-recomputed", "clinic %d: %lld %s, by the forms %lld", clinic,
                 (long long)is, what, (long long)owed);
}

/* Rules 39, 41, 60: the counts above the list are those of the forms that wait. */
void reply_list(struct sim *sim, int clinic, const cJSON *body) {
    const struct form_model *model = model_of(sim);
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(body, "counts"), *row;
    int64_t waiting = 0, fresh = 0, reminded = 0, secondary = 0;
    for (int64_t id = 1; id <= model->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        if (!form || form->clinic != clinic || !form->since_at) continue;
        waiting++;
        fresh += form->state == NEW;
        reminded += form->reminded_at > 0;
        secondary += form->secondary || form->offered_at;
    }
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(body, "contact_forms")) {
        const struct form *form = form_find(sim, number_of(row, "contact_form_id"));
        if (!form && unheard_of(sim, clinic)) continue;
        if (!form || form->clinic != clinic || strcmp(text_in(row, "state"), states[form->state]))
            violated(sim, "list-shows-what-is", "clinic %d: question %lld as %s", clinic,
                     (long long)number_of(row, "contact_form_id"), text_in(row, "state"));
    }
    enum { COUNTED_MAX = 1000 }; /* nobody reads a larger number, and to count it takes long */
    bool more = waiting > COUNTED_MAX;
    count_check(sim, clinic, "waiting", number_of(counts, "waiting"), more ? COUNTED_MAX : waiting);
    if (more) return;
    count_check(sim, clinic, "new", number_of(counts, "new"), fresh);
    if (model->accepted_n > 0) return; /* in one call with others, which may have run clocks */
    count_check(sim, clinic, "reminded", number_of(counts, "reminded"), reminded);
    count_check(sim, clinic, "secondary", number_of(counts, "secondary"), secondary);
}

/* ---- other offices ---- */

/* Rules 36, 38, 46, B05: Premium ones, the nearest first, none that was tried; after a rejection
 * whoever performs it. */
void reply_offers(struct sim *sim, const struct form *form, const struct answer *answer) {
    int offices[OFFICES], i = 0, n = 0;
    /* What was rejected as spam goes nowhere by that where the policy keeps it (B10). */
    bool kept = form->spam && !clinic_at(sim, form->clinic)->policy[FORWARD_SPAM];
    bool rejected = form->state == DECLINED && !kept;
    const cJSON *row, *rows = cJSON_GetObjectItemCaseSensitive(answer->body, "clinics");
    int64_t max = rejected ? OFFICES : clinic_at(sim, form->clinic)->policy[OFFER_MAX];
    if ((form->offered_at || rejected) && !form->erased_at)
        n = offices_of(sim, form, !rejected, answer->at, (int)max, offices);
    if (model_of(sim)->changed_settle == model_of(sim)->settle) return;
    cJSON_ArrayForEach(row, rows) {
        if (i >= n || number_of(row, "clinic_id") != offices[i]) {
            violated(sim, "offered-offices-are-premium-and-not-the-same",
                     "question %lld, %s: place %d is clinic %lld, by the rules %d",
                     (long long)form->id, states[form->state], i + 1,
                     (long long)number_of(row, "clinic_id"), i < n ? offices[i] : 0);
            return;
        }
        i++;
    }
    if (i != n)
        violated(sim, "offered-offices-are-premium-and-not-the-same",
                 "question %lld: %d offices, by the rules %d", (long long)form->id, i, n);
}

/* ---- search, export ---- */

/* Whose words are looked for: "zp17z". */
static int64_t person_sought(const char *text) {
    int64_t person = 0;
    if (strncmp(text, "zp", 2) != 0) return 0;
    for (text += 2; *text >= '0' && *text <= '9'; text++) person = person * 10 + *text - '0';
    return person;
}

void reply_search(struct sim *sim, int clinic, const cJSON *in, const cJSON *body) {
    const cJSON *row, *hits = cJSON_GetObjectItemCaseSensitive(body, "hits");
    int64_t person = person_sought(text_in(in, "text")), owed = 0, found = 0;
    cJSON_ArrayForEach(row, hits) {
        if (strcmp(text_in(row, "kind"), "contact_form") != 0) continue;
        const struct form *form = form_find(sim, number_of(row, "item_id"));
        if (!form || form->clinic != clinic || form->erased_at) {
            violated(sim, "search-finds-own-words-only", "clinic %d finds question %lld", clinic,
                     (long long)number_of(row, "item_id"));
            return;
        }
        if (form->state == NEW && text_in(row, "snippet")[0])
            violated(sim, "read-mark-first-display", "a search shows the unread question %lld",
                     (long long)form->id);
        found += form->person == person;
    }
    for (int64_t id = 1; person && id <= model_of(sim)->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        owed += form && form->clinic == clinic && form->person == person && !form->erased_at;
    }
    if (found < owed && owed < 10)
        violated(sim, "search-finds-own-words-only", "clinic %d: person %lld has %lld questions,"
                 " found in %lld messages", clinic, (long long)person, (long long)owed,
                 (long long)found);
}

void reply_export(struct sim *sim, int64_t person, const cJSON *body) {
    const cJSON *row, *rows = cJSON_GetObjectItemCaseSensitive(body, "contact_forms");
    int64_t owed = 0;
    for (int64_t id = 1; id <= model_of(sim)->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        owed += form && form->person == person && !form->erased_at;
    }
    if (cJSON_GetArraySize(rows) != owed)
        violated(sim, "export-is-complete", "person %lld: %d of %lld questions", (long long)person,
                 cJSON_GetArraySize(rows), (long long)owed);
    cJSON_ArrayForEach(row, rows) {
        const struct form *form = form_find(sim, number_of(row, "contact_form_id"));
        int n = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(row, "messages"));
        if (!form || form->person != person || n != form->messages_n)
            violated(sim, "export-is-complete", "question %lld with %d messages",
                     (long long)number_of(row, "contact_form_id"), n);
    }
}
