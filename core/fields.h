/* fields.h: the shape of a message, as a table beside its struct. One table decodes, validates and
 * documents; what it refuses names the field. Strings are measured in characters, numbers are
 * integers below 2^53 unless the member is a double. */
#ifndef FIELDS_H
#define FIELDS_H

#include <cJSON.h>
#include <stddef.h>

#include "json.h"
#include "tx.h"

enum field_kind { FIELD_TEXT, FIELD_INT, FIELD_BOOL, FIELD_REAL, FIELD_JSON };
enum field_format { FORMAT_NONE, FORMAT_PHONE, FORMAT_EMAIL, FORMAT_TEXTS, FORMAT_OBJECTS };

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    bool required;
    int64_t min, max; /* of the value, or of the length: for max 0 the kind's own; lists have one */
    const char *const *one_of;
    enum field_format format;
    const char *doc;
};

/* The member decides the kind, so table and struct cannot disagree. */
#define FIELD(type, member, ...)                              \
    {.name = #member,                                         \
     .kind = _Generic(((type *)0)->member,                    \
         const char *: FIELD_TEXT,                            \
         int64_t: FIELD_INT,                                  \
         bool: FIELD_BOOL,                                    \
         double: FIELD_REAL,                                  \
         const cJSON *: FIELD_JSON),                          \
     .offset = offsetof(type, member),                        \
     __VA_ARGS__}

/* Reads `in` (an object) into the struct at `ret_in`, which is zeroed; absent members stay zero.
 * tx->given has a bit for each field of the table that was there and not null. */
enum err fields_decode(struct tx *, const struct field *, int n, const cJSON *in, void *ret_in);

/* The same for one of a list of objects; a refusal names it as list[place].member. */
enum err fields_decode_nth(struct tx *, const char *list, int place, const struct field *, int n,
                           const cJSON *in, void *ret_in);

/* "list[place].member", or without a member "list[place]". */
const char *field_path(struct tx *, const char *list, int place, const char *member);

/* A number that is the same for the same values: what idempotency compares. */
int64_t fields_digest(const char *op, const struct field *, int n, const void *in);

/* The member's text, number, … of a decoded struct. */
const char *field_text(const struct field *, const void *in);
int64_t field_int(const struct field *, const void *in);

/* Characters (code points) of a UTF-8 text. */
int64_t text_length(const char *text);

/* E.164: a plus and 7 to 15 digits, the first not 0. */
bool phone_valid(const char *text);
/* local@domain without spaces or control characters; the host checks more. */
bool email_valid(const char *text);

/* Lists that several tables use. */
extern const char *const locales[];
extern const char *const tiers[];

#endif
