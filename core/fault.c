/* fault.c: what was wrong with a request, for the error that answers it. */
#include <string.h>

#include "json.h"
#include "tx.h"

enum err fail(struct tx *tx, enum err err, const char *field) {
    tx->fault.field = field;
    return err;
}

enum err fail_detail(struct tx *tx, enum err err, const char *field, const char *detail) {
    tx->fault.detail = detail;
    return fail(tx, err, field);
}

enum err fail_range(struct tx *tx, const char *field, const char *from, const char *to) {
    struct json range = {.arena = tx->arena};
    json_append(&range, from, strlen(from));
    json_append(&range, " - ", 3);
    json_append(&range, to, strlen(to));
    return fail_detail(tx, ERR_OUT_OF_RANGE, field, json_end(&range));
}

enum err fail_rule(struct tx *tx, enum err err, int rule) {
    tx->fault.rule = rule;
    return err;
}
