/* errors.h: the one list of refusals: name, category, word. The code that people and programs see
 * is "category.word"; its sentence in three languages is "error.word" in texts/. Listed in order
 * of precedence: where a request is wrong in two ways, the earlier category answers. */
#ifndef ERRORS_H
#define ERRORS_H

#include <stdbool.h>

#define ERRORS(X)                                         \
    X(ERR_MALFORMED, invalid, malformed)                  \
    X(ERR_TOO_LARGE, invalid, too_large)                  \
    X(ERR_UNKNOWN_OP, invalid, unknown_op)                \
    X(ERR_UNKNOWN_FIELD, invalid, unknown_field)          \
    X(ERR_DUPLICATE_FIELD, invalid, duplicate_field)      \
    X(ERR_REQUIRED, invalid, required)                    \
    X(ERR_WRONG_TYPE, invalid, wrong_type)                \
    X(ERR_TOO_LONG, invalid, too_long)                    \
    X(ERR_OUT_OF_RANGE, invalid, out_of_range)            \
    X(ERR_IN_THE_FUTURE, invalid, in_the_future)          \
    X(ERR_BAD_VALUE, invalid, bad_value)                  \
    X(ERR_BAD_PHONE, invalid, bad_phone)                  \
    X(ERR_BAD_EMAIL, invalid, bad_email)                  \
    X(ERR_BAD_DATE, invalid, bad_date)                    \
    X(ERR_OVERLAP, invalid, overlap)                      \
    X(ERR_BAD_REASON, invalid, bad_reason)                \
    X(ERR_NOT_ALLOWED, denied, not_allowed)               \
    X(ERR_NOT_AUTHOR, denied, not_author)                 \
    X(ERR_EXPIRED_SESSION, denied, expired_session)       \
    X(ERR_LIMITED, denied, limited)                       \
    X(ERR_MISSING, missing, not_found)                    \
    X(ERR_CLOSED, refused, closed)                        \
    X(ERR_STALE, refused, stale)                          \
    X(ERR_CLAIMED, refused, claimed)                      \
    X(ERR_ALREADY_ANSWERED, refused, already_answered)    \
    X(ERR_NOT_OFFERED, refused, not_offered)              \
    X(ERR_ERASED, refused, erased)                        \
    X(ERR_SPAM, refused, spam)                            \
    X(ERR_PURPOSE, refused, purpose)                      \
    X(ERR_NO_REPRESENTATIVE, refused, no_representative)  \
    X(ERR_NOT_CONFIRMED, refused, not_confirmed)          \
    X(ERR_EXISTS, refused, exists)                        \
    X(ERR_POLICY, refused, policy)                        \
    X(ERR_EXPIRED_LINK, refused, expired_link)            \
    X(ERR_USED_LINK, refused, used_link)                  \
    X(ERR_WRONG_CODE, refused, wrong_code)                \
    X(ERR_SETTLED, refused, settled)                      \
    X(ERR_NOT_HELD, refused, not_held)                    \
    X(ERR_HELD, refused, held)                            \
    X(ERR_DUPLICATE_COMMAND, refused, duplicate_command)  \
    X(ERR_TOO_MANY, busy, too_many)                       \
    X(ERR_FULL, storage, full)                            \
    X(ERR_IO, storage, io)                                \
    X(ERR_CORRUPT, storage, corrupt)                      \
    X(ERR_NEWER, storage, newer_schema)                   \
    X(ERR_COMMIT_UNKNOWN, storage, commit_unknown)        \
    X(ERR_MEMORY, storage, memory)                        \
    X(ERR_LOST, storage, lost)                            \
    X(ERR_BUG, bug, internal)

enum err {
    OK = 0,
#define ERR_ENUM(name, category, word) name,
    ERRORS(ERR_ENUM)
#undef ERR_ENUM
        ERR_COUNT
};

struct error_info {
    const char *name;     /* "refused.closed" */
    const char *category; /* "refused" */
    const char *word;     /* "closed" */
};

/* The entry of the list above; `err` is never OK. */
const struct error_info *error_info(enum err err);

/* Whether the whole transaction is worthless after it, not only the request. */
bool err_spoils(enum err err);

/* Leaves the function with the error, if there is one: the only control-flow macro. */
#define TRY(call)                  \
    do {                           \
        enum err try_ = (call);    \
        if (try_ != OK) return try_; \
    } while (0)

#endif
