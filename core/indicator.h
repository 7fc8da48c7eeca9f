/* indicator.h: how fast questions are answered, as the public sees it (rules 44, 45, B09). Every
 * figure can be opened to what it was counted from, and anybody can count again. */
#ifndef INDICATOR_H
#define INDICATOR_H

#include "db.h"
#include "json.h"
#include "tx.h"

/* Of a clinic, or of one doctor (then clinic_id is 0), as it stood at an instant. */
struct span {
    int64_t clinic_id, practitioner_id, as_of_at;
};

/* The indicator as members of the open object. */
enum err indicator_json(struct tx *, const struct span *, struct json *);

/* What was counted: each delivery of the window with its day and the time to its first answer. */
struct counted {
    struct rows samples; /* day, delivered_at, answer_ms or null; in order of delivery */
    int64_t median_ms;   /* of the answered ones, -1 for none */
    int64_t answered, waiting, total; /* waiting: younger than the median; total: all others */
    int64_t window_d, min_n, exclude_absence, from_at;
};
enum err indicator_count(struct tx *, const struct span *, struct counted *ret);

/* The samples as a text that anybody can make from response_indicator.proof, and its SHA-256. */
const char *indicator_canonical(struct tx *, const struct span *, const struct counted *);
const char *indicator_hash(struct tx *, const char *canonical);

/* The middle one, or the mean of the two middle ones rounded up; -1 of none. Sorts them. */
int64_t median_of(int64_t *values, int64_t n);

#endif
