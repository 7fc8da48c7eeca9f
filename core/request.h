/* request.h: a request as its envelope gives it: {"op","now","actor","id","locale","in"}. */
#ifndef REQUEST_H
#define REQUEST_H

#include "ops.h"

struct request {
    const char *op, *id, *locale;
    int64_t now;
    const cJSON *actor, *in;
};

/* The instant of a whole call, 0 where it names none that could be one. */
int64_t request_now(const cJSON *root);

/* Whether a batch's envelope has only what belongs there, and each once. */
bool request_batch_good(const cJSON *root, const cJSON *batch);

/* Reads the envelope; `now` stands in for one that has no instant of its own. */
enum err request_read(struct tx *, cJSON *json, int64_t now, struct request *ret_request);

/* Finds the actor, decodes the input, judges the role. What is invalid is said before what is
 * denied, but in the reader's language: so the actor is looked up first and judged second. */
enum err request_check(struct tx *, const struct request *, const struct op *, void **ret_in);

/* Answers a repeated id from what was stored; *ret_answered tells. A refusal that was stored is
 * refused in the same words. Another request under the same id is refused. */
enum err request_repeat(struct tx *, const struct request *, int64_t digest, struct json *,
                        bool *ret_answered);

/* Stores under the request's id what was answered: the members that the op wrote into `out` from
 * `from` on, or the whole refusal that keeps something. */
enum err request_keep(struct tx *, const struct request *, int64_t digest, enum err refused,
                      size_t from, const struct json *out);

/* A refusal as an object, in the reader's words. */
void error_json(struct tx *, enum err, struct json *);

#endif
