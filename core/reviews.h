/* reviews.h: a published review, and the one chat that may grow out of it. */
#ifndef REVIEWS_H
#define REVIEWS_H

#include "machine.h"
#include "tx.h"

struct review {
    struct item item; /* state: published or annulled (machines/review.c) */
    int64_t practitioner_id, rating, review_chat_id;
    const char *locale, *clinic_name;
};
enum err review_load(struct tx *, int64_t review_id, void *ret_review);

struct review_chat {
    struct item item; /* state: draft, open or ended (machines/review_chat.c) */
    int64_t review_id, solved_at, unanswered_count, last_clinic_at, mailed_at;
    int64_t clinic_read_id, patient_read_id; /* the newest message that each side has seen */
    bool muted;
    const char *purpose, *last_author;
};
enum err review_chat_load(struct tx *, int64_t review_chat_id, void *ret_chat);

/* What comes with a message, and what became of it. */
struct post {
    const char *text;
    int64_t *ret_message_id;
    bool *ret_notified;
};

/* What comes with the opening of a chat. */
struct opening {
    const char *purpose; /* "solve" or "thank" */
    bool confirmed;      /* the annulment warning was shown and confirmed */
    struct post first;
    int64_t *ret_review_chat_id;
};

/* Whether opening a chat of this purpose needs the warning confirmed (rule 8, A03). */
enum err review_needs_confirmation(struct tx *, const struct review *, const char *purpose,
                                   bool *ret_needs);

/* What comes with a declaration that the problem is solved. */
struct declaration {
    bool confirmed;
};

/* What a public reply says. */
struct reply {
    const char *text;
};

/* Mean and count of the ratings that count: of a clinic, or of a practitioner. The mean is in
 * hundredths, rounded half up. */
enum err rating_of(struct tx *, int64_t clinic_id, int64_t practitioner_id, int64_t *ret_mean_100,
                   int64_t *ret_count);

#endif
