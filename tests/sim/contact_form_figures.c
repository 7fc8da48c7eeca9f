/* contact_form_figures.c: what is counted of questions, counted again: the public indicator with
 * its proof, the report behind it, what each of the staff did (rules 44, 45, 52, 58; B09). */
#include "contact_form_model.h"

#include <stdlib.h>
#include <string.h>

#include "sha256.h"

enum { SAMPLES_MAX = 4096 };

/* Of the forms delivered in a stretch, in the order of delivery. */
struct figures_of {
    int64_t times[SAMPLES_MAX], sorted[SAMPLES_MAX]; /* -1: not answered */
    int64_t delivered[SAMPLES_MAX];
    int n, answered;
    int64_t median;
};

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void form_count(struct figures_of *f, const struct form *form, int64_t as_of,
                       bool less_absence) {
    bool answered = form->answered_at && form->answered_at <= as_of;
    int i = f->n++;
    for (; i > 0 && f->delivered[i - 1] > form->delivered_at; i--) {
        f->delivered[i] = f->delivered[i - 1]; /* the clock was set back between the two */
        f->times[i] = f->times[i - 1];
    }
    int64_t whole = form->answered_at > form->delivered_at ? form->answered_at - form->delivered_at
                                                           : 0; /* a clock that was set back */
    int64_t ms = whole - (less_absence ? form->absent_ms : 0);
    f->delivered[i] = form->delivered_at;
    f->times[i] = answered ? ms : -1;
    if (answered) f->sorted[f->answered++] = ms;
}

/* Delivered after `from` and not after `to`; answered not after `as_of`. */
static void count(struct sim *sim, struct figures_of *f, int clinic, int64_t doctor, int64_t from,
                  int64_t to, int64_t as_of, bool less_absence) {
    const struct form_model *model = model_of(sim);
    f->n = f->answered = 0;
    for (int64_t id = 1; id <= model->newest_form && f->n < SAMPLES_MAX; id++) {
        const struct form *form = form_find(sim, id);
        if (!form || form->delivered_at <= from || form->delivered_at > to) continue;
        if (doctor ? form->doctor == doctor : form->clinic == clinic)
            form_count(f, form, as_of, less_absence);
    }
    qsort(f->sorted, (size_t)f->answered, sizeof *f->sorted, by_size);
    int half = f->answered / 2;
    f->median = f->answered == 0       ? -1
                : f->answered % 2 == 1 ? f->sorted[half]
                                       : (f->sorted[half - 1] + f->sorted[half] + 1) / 2;
}

static void figure_check(struct sim *sim, const char *what, int64_t is, int64_t owed) {
    if (is != owed)
        violated(sim, "indicator-recomputed", "%s is %lld, counted again %lld", what,
                 (long long)is, (long long)owed);
}

static int clinic_of_doctor(const struct sim *sim, int64_t doctor) {
    for (int c = 1; c <= sim->options.clinics; c++)
        for (int i = 0; i < DOCTORS; i++)
            if (clinic_at(sim, c)->doctors[i] == doctor) return c;
    return 1;
}

static struct figures_of indicator; /* one at a time */

static const struct clinic *indicator_count(struct sim *sim, const cJSON *in, int64_t at,
                                            int64_t *ret_as_of) {
    int64_t doctor = number_of(in, "practitioner_id"), as_of = number_of(in, "as_of_at");
    int number = doctor ? clinic_of_doctor(sim, doctor) : (int)number_of(in, "clinic_id");
    const struct clinic *clinic = clinic_at(sim, number);
    if (!as_of) as_of = at;
    count(sim, &indicator, number, doctor, as_of - clinic->policy[WINDOW_D] * DAY_MS, as_of, as_of,
          clinic->policy[EXCLUDE_ABSENCE] != 0);
    *ret_as_of = as_of;
    return clinic;
}

void reply_indicator(struct sim *sim, const cJSON *in, const struct answer *answer) {
    int64_t as_of, waiting = 0;
    const struct clinic *clinic = indicator_count(sim, in, answer->at, &as_of);
    const cJSON *median = cJSON_GetObjectItemCaseSensitive(answer->body, "median_ms");
    bool enough = indicator.answered >= clinic->policy[MIN_N] && indicator.answered > 0;
    for (int i = 0; i < indicator.n; i++)
        waiting += indicator.times[i] < 0 && indicator.answered > 0 &&
                   as_of - indicator.delivered[i] <= indicator.median;
    figure_check(sim, "answered", number_of(answer->body, "answered"), indicator.answered);
    figure_check(sim, "waiting", number_of(answer->body, "waiting"), waiting);
    figure_check(sim, "total", number_of(answer->body, "total"), indicator.n - waiting);
    figure_check(sim, "median_ms", cJSON_IsNumber(median) ? (int64_t)median->valuedouble : -1,
                 enough ? indicator.median : -1);
}

void reply_proof(struct sim *sim, const cJSON *in, const struct answer *answer) {
    const char *canonical = text_in(answer->body, "canonical");
    const cJSON *row, *rows = cJSON_GetObjectItemCaseSensitive(answer->body, "samples");
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    int64_t as_of;
    struct sha256 sha;
    int i = 0;
    sha256_init(&sha);
    sha256_add(&sha, canonical, strlen(canonical));
    sha256_end(&sha, hash);
    sha256_hex(hash, hex);
    if (strcmp(hex, text_in(answer->body, "hash")) != 0)
        violated(sim, "indicator-recomputed", "the proof's hash is another: %s", hex);
    indicator_count(sim, in, answer->at, &as_of);
    figure_check(sim, "samples", cJSON_GetArraySize(rows), indicator.n);
    cJSON_ArrayForEach(row, rows) {
        const cJSON *ms = cJSON_GetObjectItemCaseSensitive(row, "answer_ms");
        if (i >= indicator.n) break;
        figure_check(sim, "a sample", cJSON_IsNumber(ms) ? (int64_t)ms->valuedouble : -1,
                     indicator.times[i++]);
    }
}

void reply_report(struct sim *sim, int clinic, const cJSON *in, const cJSON *body) {
    const cJSON *row, *median = cJSON_GetObjectItemCaseSensitive(body, "median_ms");
    int64_t from = day_start(clinic, date_read(text_in(in, "from")));
    int64_t to = day_start(clinic, date_read(text_in(in, "to")) + 1), in_buckets = 0;
    count(sim, &indicator, clinic, 0, from - 1, to - 1, INT64_MAX, false);
    figure_check(sim, "reported answered", number_of(body, "answered"), indicator.answered);
    figure_check(sim, "reported total", number_of(body, "total"), indicator.n);
    figure_check(sim, "reported median", cJSON_IsNumber(median) ? (int64_t)median->valuedouble : -1,
                 indicator.median);
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(body, "buckets"))
        in_buckets += number_of(row, "count");
    figure_check(sim, "answers in buckets", in_buckets, indicator.answered);
    figure_check(sim, "unanswered",
                 number_of(cJSON_GetObjectItemCaseSensitive(body, "unanswered"), "count"),
                 indicator.n - indicator.answered);
}

/* Over the whole life: what each of the staff read and settled. */
void reply_team(struct sim *sim, int clinic, const cJSON *body) {
    const struct form_model *model = model_of(sim);
    int64_t reads[AGENT_ROLES] = {0}, answers[AGENT_ROLES] = {0};
    const cJSON *row;
    for (int64_t id = 1; id <= model->newest_form; id++) {
        const struct form *form = form_find(sim, id);
        if (!form || form->clinic != clinic) continue;
        for (int role = 0; role < AGENT_ROLES; role++) reads[role] += form->reads[role];
        for (int i = form->message; i >= 0; i = model->messages[i].before)
            if (model->messages[i].by_clinic)
                answers[(model->messages[i].agent_id - 1) % AGENT_ROLES]++;
    }
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(body, "agents")) {
        int64_t agent_id = number_of(row, "agent_id");
        int role = (int)((agent_id - 1) % AGENT_ROLES);
        int64_t settled = number_of(row, "answered") + number_of(row, "answered_by_phone") +
                          number_of(row, "rejected");
        if (number_of(row, "read") != reads[role] || settled != answers[role])
            violated(sim, "activity-attributed", "agent %lld: %lld read of %lld, %lld settled of"
                     " %lld", (long long)agent_id, (long long)number_of(row, "read"),
                     (long long)reads[role], (long long)settled, (long long)answers[role]);
    }
}
