/* ops/indicator.c: the public response time with its proof, and the report behind it, each figure
 * of which opens to its forms (rules 44, 45, B09). */
#include "../indicator.h"

#include <string.h>

#include "../calendar.h"
#include "../db.h"
#include "../ops.h"

struct indicator_in {
    int64_t clinic_id, practitioner_id, as_of_at;
};
static const struct field indicator_fields[] = {
    FIELD(struct indicator_in, clinic_id, .min = 1, .doc = "of a clinic"),
    FIELD(struct indicator_in, practitioner_id, .min = 1, .doc = "or of one doctor"),
    FIELD(struct indicator_in, as_of_at, .min = 1, .doc = "as it stood then; absent: now"),
};

static enum err span_of(struct tx *tx, const struct indicator_in *in, struct span *ret_span) {
    if ((in->clinic_id != 0) == (in->practitioner_id != 0))
        return fail_detail(tx, in->clinic_id ? ERR_BAD_VALUE : ERR_REQUIRED, "clinic_id",
                           "clinic_id / practitioner_id");
    if (in->as_of_at > tx->now) return fail(tx, ERR_IN_THE_FUTURE, "as_of_at");
    *ret_span = (struct span){in->clinic_id, in->practitioner_id,
                              in->as_of_at ? in->as_of_at : tx->now};
    return OK;
}

static enum err response_indicator_get(struct tx *tx, const void *raw, struct json *out) {
    struct span span;
    TRY(span_of(tx, raw, &span));
    return indicator_json(tx, &span, out);
}

static enum err response_indicator_proof(struct tx *tx, const void *raw, struct json *out) {
    struct span span;
    struct counted counted;
    TRY(span_of(tx, raw, &span));
    TRY(indicator_count(tx, &span, &counted));
    const char *canonical = indicator_canonical(tx, &span, &counted);
    json_put_text(out, "canonical", canonical);
    json_put_text(out, "hash", indicator_hash(tx, canonical));
    json_key(out, "samples");
    json_array(out);
    for (int i = 0; i < counted.samples.n; i++) {
        const struct value *v = row_at(&counted.samples, i);
        json_object(out);
        json_put_text(out, "day", v[0].text);
        json_key(out, "answer_ms");
        if (v[2].kind == VALUE_INT) json_int(out, v[2].i);
        else json_null(out);
        json_object_end(out);
    }
    json_array_end(out);
    return OK;
}

static const char forms_sql[] =
    "select contact_form_id, delivered_at, answer_ms from contact_form where clinic_id = ?1"
    " and delivered_at >= ?2 and delivered_at < ?3 and (?4 = 0 or practitioner_id = ?4)"
    " order by delivered_at, contact_form_id";

struct report_in {
    int64_t clinic_id, practitioner_id;
    const char *from, *to;
};
static const struct field report_fields[] = {
    FIELD(struct report_in, clinic_id, .min = 1,
          .doc = "the clinic; its own people may leave it out"),
    FIELD(struct report_in, practitioner_id, .min = 1, .doc = "only one doctor's"),
    FIELD(struct report_in, from, .required = true, .doc = "first local day of delivery"),
    FIELD(struct report_in, to, .required = true, .doc = "last local day, inclusive"),
};

/* The forms of a report, and the time that a figure is about. */
struct report {
    struct tx *tx;
    struct rows forms;
    int64_t *times; /* room for as many as there are forms */
};

enum { IDS_MAX = 200 };
static const int64_t hour_ms = 3600000, day_ms = 86400000;

/* Does the figure count this form? */
typedef bool counts(const struct value *form, int64_t from, int64_t to);

static bool answered_within(const struct value *form, int64_t from, int64_t to) {
    bool answered = form[2].kind == VALUE_INT;
    return answered && form[2].i >= from && (to == 0 || form[2].i < to);
}

static bool unanswered(const struct value *form, int64_t from, int64_t to) {
    (void)from, (void)to;
    return form[2].kind != VALUE_INT;
}

static bool delivered_within(const struct value *form, int64_t from, int64_t to) {
    return form[1].i >= from && form[1].i < to;
}

/* The ids of what a figure was counted from, the first 200 of them; returns how many there are. */
static int64_t ids_json(const struct report *report, counts *in, int64_t from, int64_t to,
                        struct json *out) {
    int64_t n = 0;
    json_key(out, "contact_form_ids");
    json_array(out);
    for (int i = 0; i < report->forms.n; i++) {
        const struct value *form = row_at(&report->forms, i);
        if (in(form, from, to) && n++ < IDS_MAX) json_int(out, form[0].i);
    }
    json_array_end(out);
    return n;
}

/* Median, answered and total of the deliveries in a period. */
static void period_json(const struct report *report, int64_t from_at, int64_t to_at,
                        struct json *out) {
    int64_t answered = 0, total = 0;
    for (int i = 0; i < report->forms.n; i++) {
        const struct value *form = row_at(&report->forms, i);
        if (!delivered_within(form, from_at, to_at)) continue;
        total++;
        if (form[2].kind == VALUE_INT) report->times[answered++] = form[2].i;
    }
    int64_t median_ms = median_of(report->times, answered);
    json_key(out, "median_ms");
    if (answered) json_int(out, median_ms);
    else json_null(out);
    json_put_int(out, "answered", answered);
    json_put_int(out, "total", total);
}

static void buckets_json(const struct report *report, struct json *out) {
    const int64_t edges[] = {0, hour_ms, 4 * hour_ms, 12 * hour_ms, day_ms, 2 * day_ms,
                             3 * day_ms, 0};
    json_key(out, "buckets");
    json_array(out);
    for (size_t i = 0; i + 1 < sizeof edges / sizeof *edges; i++) {
        json_object(out);
        json_put_int(out, "from_ms", edges[i]);
        json_put_id(out, "to_ms", edges[i + 1]);
        int64_t n = ids_json(report, answered_within, edges[i], edges[i + 1], out);
        json_put_int(out, "count", n);
        json_object_end(out);
    }
    json_array_end(out);
}

/* Days, weeks or months of thirty days, whichever gives a readable number of points. */
static int step_days(int64_t days) {
    return days <= 21 ? 1 : days <= 210 ? 7 : 30;
}

static enum err trend_json(const struct report *report, int64_t clinic_id, const char *from,
                           const char *to, struct json *out) {
    struct tx *tx = report->tx;
    int64_t begin_at, end_at, last_at;
    char day[11], next[11], until[11];
    TRY(calendar_day_start(tx, clinic_id, from, &begin_at));
    date_add(to, 1, until);
    TRY(calendar_day_start(tx, clinic_id, until, &last_at));
    int step = step_days((last_at - begin_at + day_ms / 2) / day_ms);
    memcpy(day, from, sizeof day);
    json_key(out, "trend");
    json_array(out);
    while (strcmp(day, until) < 0) {
        date_add(day, step, next);
        if (strcmp(next, until) > 0) memcpy(next, until, sizeof next);
        TRY(calendar_day_start(tx, clinic_id, day, &begin_at));
        TRY(calendar_day_start(tx, clinic_id, next, &end_at));
        json_object(out);
        json_put_text(out, "from", day);
        char last[11];
        date_add(next, -1, last);
        json_put_text(out, "to", last);
        period_json(report, begin_at, end_at, out);
        ids_json(report, delivered_within, begin_at, end_at, out);
        json_object_end(out);
        memcpy(day, next, sizeof day);
    }
    json_array_end(out);
    return OK;
}

static enum err dates_check(struct tx *tx, const char *from, const char *to) {
    char latest[11];
    if (!date_valid(from)) return fail(tx, ERR_BAD_DATE, "from");
    if (!date_valid(to)) return fail(tx, ERR_BAD_DATE, "to");
    date_add(from, 1100, latest);
    if (strcmp(to, from) < 0 || strcmp(to, latest) > 0) return fail_range(tx, "to", from, latest);
    return OK;
}

static enum err report_response_times(struct tx *tx, const void *raw, struct json *out) {
    const struct report_in *in = raw;
    struct report report = {.tx = tx};
    int64_t clinic_id, from_at, to_at;
    char until[11];
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    if (!clinic_id) return fail(tx, ERR_REQUIRED, "clinic_id");
    TRY(dates_check(tx, in->from, in->to));
    TRY(calendar_day_start(tx, clinic_id, in->from, &from_at));
    date_add(in->to, 1, until);
    TRY(calendar_day_start(tx, clinic_id, until, &to_at));
    TRY(db_rows(tx, forms_sql, WITH(clinic_id, from_at, to_at, in->practitioner_id),
                &report.forms));
    report.times = arena_alloc(tx->arena, sizeof *report.times * (size_t)(report.forms.n + 1));
    if (!report.times) return ERR_MEMORY;
    period_json(&report, from_at, to_at, out);
    buckets_json(&report, out);
    TRY(trend_json(&report, clinic_id, in->from, in->to, out));
    json_key(out, "unanswered");
    json_object(out);
    int64_t n = ids_json(&report, unanswered, 0, 0, out);
    json_put_int(out, "count", n);
    json_object_end(out);
    return OK;
}

static const struct op ops[] = {
    {.name = "response_indicator.get", .roles = ROLES_ALL,
     TAKES(struct indicator_in, indicator_fields), .run = response_indicator_get, .rules = "44 45",
     .out = "Indicator",
     .doc = "How fast questions are answered, as the public sees it. Unanswered questions that"
            " are younger than the median are `waiting`; older ones count in `total`."},
    {.name = "response_indicator.proof", .roles = ROLES_ALL,
     TAKES(struct indicator_in, indicator_fields), .run = response_indicator_proof, .rules = "45",
     .out = "{ canonical: string, hash: string, samples: { day: string,"
            " answer_ms: number | null }[] }",
     .doc = "What the indicator was counted from; anybody can count and hash it again."},
    {.name = "report.response_times", .roles = ROLES_CLINIC | ROLE_INTEGRATION | ROLE_MANAGER,
     TAKES(struct report_in, report_fields), .run = report_response_times, .rules = "44 58",
     .out = "{ median_ms: number | null, answered: number, total: number, buckets: Bucket[],"
            " trend: TrendPoint[], unanswered: { contact_form_ids: number[], count: number } }",
     .doc = "Distribution and trend of answer times; each figure carries its forms."},
};
const struct op_group indicator_group = GROUP(ops);
