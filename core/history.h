/* history.h: what happened, to what, by whom, because of which rule and facts. Rows are only ever
 * appended and form a chain: hash = SHA-256(hash before, metadata, SHA-256(facts)), so that a
 * change or a deletion shows, and facts can be erased without breaking it. */
#ifndef HISTORY_H
#define HISTORY_H

#include "tx.h"

struct json;

struct history_row {
    int64_t clinic_id;
    const char *item_kind;
    int64_t item_id;
    const char *event, *from_state, *to_state;
    int rule;
    const char *because; /* key of a sentence */
    const char *facts;   /* JSON object */
};

enum err history_append(struct tx *, const struct history_row *);

/* Reads the newest hash into tx->head: at opening and after a rollback. */
enum err history_head(struct tx *);

/* Recomputes the whole chain; *ret_broken_id is the first row that does not fit, 0 for none. */
enum err history_verify(struct tx *, int64_t *ret_broken_id, int64_t *ret_rows);

/* The rows of one item after `after_id`, oldest first, each with its sentence, as array members. */
enum err history_json(struct tx *, const char *item_kind, int64_t item_id, int64_t after_id,
                      struct json *);

/* The rows of a review and its chat as proof: metadata, hashes and facts that anybody can
 * recompute; *ret_broken_id is the first row that does not fit the hash before it, 0 for none. */
enum err history_proof(struct tx *, int64_t review_id, int64_t review_chat_id, struct json *,
                       int64_t *ret_broken_id);

#endif
