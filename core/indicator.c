/* indicator.c: the median time to the first answer and what stands beside it. Which of a form's
 * times count is said once, in the statements at the top. */
#include "indicator.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "policy.h"
#include "sha256.h"
#include "texts.h"

/* ?1 clinic or doctor, ?2 after, ?3 up to and as of, ?4 whether absences are left out. What was
 * answered later than the instant asked for was not answered then. */
#define SAMPLE                                                                               \
    "select date(delivered_at / 1000, 'unixepoch'), delivered_at, iif(answered_at > 0"       \
    " and answered_at <= ?3, answer_ms - iif(?4, absent_ms, 0), null) from contact_form"
enum { CLINIC, PRACTITIONER, CLINIC_OF };
static const char *const indicator_sql[] = {
    [CLINIC] = SAMPLE " where clinic_id = ?1 and delivered_at > ?2 and delivered_at <= ?3"
                      " order by delivered_at, contact_form_id",
    [PRACTITIONER] = SAMPLE " where practitioner_id = ?1 and delivered_at > ?2"
                            " and delivered_at <= ?3 order by delivered_at, contact_form_id",
    [CLINIC_OF] = "select clinic_id from practitioner where practitioner_id = ?1",
};

static const int64_t day_ms = 86400000;

static int ms_order(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

int64_t median_of(int64_t *values, int64_t n) {
    if (n == 0) return -1;
    qsort(values, (size_t)n, sizeof *values, ms_order);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2] + 1) / 2;
}

enum err indicator_count(struct tx *tx, const struct span *span, struct counted *ret) {
    const struct value *v;
    int64_t clinic_id = span->clinic_id;
    if (span->practitioner_id) {
        enum err err = db_row(tx, indicator_sql[CLINIC_OF], WITH(span->practitioner_id), &v);
        if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "practitioner_id");
        TRY(err);
        clinic_id = v[0].i;
    }
    *ret = (struct counted){0};
    TRY(policy_get(tx, clinic_id, POLICY_INDICATOR_WINDOW_D, &ret->window_d));
    TRY(policy_get(tx, clinic_id, POLICY_INDICATOR_MIN_N, &ret->min_n));
    TRY(policy_get(tx, clinic_id, POLICY_INDICATOR_EXCLUDE_ABSENCE, &ret->exclude_absence));
    ret->from_at = span->as_of_at - ret->window_d * day_ms;
    TRY(db_rows(tx, indicator_sql[span->practitioner_id ? PRACTITIONER : CLINIC],
                WITH(span->practitioner_id ? span->practitioner_id : span->clinic_id,
                     ret->from_at, span->as_of_at, ret->exclude_absence), &ret->samples));
    int64_t *times = arena_alloc(tx->arena, sizeof *times * (size_t)(ret->samples.n + 1));
    if (!times) return ERR_MEMORY;
    for (int i = 0; i < ret->samples.n; i++) {
        const struct value *sample = row_at(&ret->samples, i);
        if (sample[2].kind == VALUE_INT) times[ret->answered++] = sample[2].i;
    }
    ret->median_ms = median_of(times, ret->answered);
    for (int i = 0; i < ret->samples.n; i++) {
        const struct value *sample = row_at(&ret->samples, i);
        bool waits = sample[2].kind != VALUE_INT && ret->answered > 0 &&
                     span->as_of_at - sample[1].i <= ret->median_ms;
        ret->waiting += waits;
    }
    ret->total = ret->samples.n - ret->waiting;
    return OK;
}

static void line(struct json *text, const char *word, int64_t number) {
    char digits[21];
    json_append(text, word, strlen(word));
    json_append(text, " ", 1);
    json_append(text, digits, int_text(number, digits));
    json_append(text, "\n", 1);
}

const char *indicator_canonical(struct tx *tx, const struct span *span,
                                const struct counted *counted) {
    struct json text = {.arena = tx->arena};
    char digits[21];
    line(&text, span->practitioner_id ? "practitioner" : "clinic",
         span->practitioner_id ? span->practitioner_id : span->clinic_id);
    line(&text, "from", counted->from_at);
    line(&text, "as_of", span->as_of_at);
    line(&text, "exclude_absence", counted->exclude_absence);
    for (int i = 0; i < counted->samples.n; i++) {
        const struct value *v = row_at(&counted->samples, i);
        bool answered = v[2].kind == VALUE_INT;
        json_append(&text, v[0].text, strlen(v[0].text));
        json_append(&text, " ", 1);
        if (answered) json_append(&text, digits, int_text(v[2].i, digits));
        else json_append(&text, "-", 1);
        json_append(&text, "\n", 1);
    }
    return json_end(&text);
}

const char *indicator_hash(struct tx *tx, const char *canonical) {
    static const char digits[] = "0123456789abcdef";
    struct sha256 sha;
    uint8_t hash[SHA256_BYTES];
    char *hex = arena_alloc(tx->arena, 2 * SHA256_BYTES + 1);
    if (!hex) return "";
    sha256_init(&sha);
    sha256_add(&sha, canonical, strlen(canonical));
    sha256_end(&sha, hash);
    for (int i = 0; i < SHA256_BYTES; i++) {
        hex[2 * i] = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
    return hex;
}

/* "3 h", "2 d": the larger unit, rounded half up, in the reader's language. */
static const char *duration_text(struct tx *tx, int64_t ms) {
    int64_t minutes = (ms + 30000) / 60000, hours = (ms + 1800000) / 3600000;
    int64_t days = (ms + day_ms / 2) / day_ms;
    const char *key = minutes < 60 ? "duration.minutes" : hours < 48 ? "duration.hours"
                                                                     : "duration.days";
    int64_t n = minutes < 60 ? minutes : hours < 48 ? hours : days;
    char *number = arena_alloc(tx->arena, 21);
    if (!number) return "";
    int_text(n, number);
    struct text_var vars[] = {{"n", number}, {NULL, NULL}};
    return text_format(tx, tx->locale, key, vars);
}

static const char *sentence(struct tx *tx, const struct counted *counted, bool enough) {
    char *percent = arena_alloc(tx->arena, 21);
    if (!percent) return "";
    if (!enough) return text_plain(tx, tx->locale, "indicator.not_enough");
    int_text((counted->answered * 200 + counted->total) / (2 * counted->total), percent);
    struct text_var vars[] = {{"time", duration_text(tx, counted->median_ms)},
                              {"percent", percent}, {NULL, NULL}};
    return text_format(tx, tx->locale, "indicator.median", vars);
}

enum err indicator_json(struct tx *tx, const struct span *span, struct json *out) {
    struct counted counted;
    TRY(indicator_count(tx, span, &counted));
    bool enough = counted.answered >= counted.min_n;
    json_key(out, "median_ms");
    if (enough) json_int(out, counted.median_ms);
    else json_null(out);
    json_put_int(out, "answered", counted.answered);
    json_put_int(out, "total", counted.total);
    json_put_int(out, "waiting", counted.waiting);
    json_key(out, "answer_rate");
    if (counted.total)
        json_hundredths(out, (counted.answered * 200 + counted.total) / (2 * counted.total));
    else json_null(out);
    json_put_int(out, "window_d", counted.window_d);
    json_put_int(out, "min_n", counted.min_n);
    json_put_bool(out, "enough", enough);
    json_put_bool(out, "exclude_absence", counted.exclude_absence != 0);
    json_put_int(out, "from_at", counted.from_at);
    json_put_int(out, "as_of_at", span->as_of_at);
    json_put_text(out, "hash", indicator_hash(tx, indicator_canonical(tx, span, &counted)));
    json_put_text(out, "text", sentence(tx, &counted, enough));
    return OK;
}
